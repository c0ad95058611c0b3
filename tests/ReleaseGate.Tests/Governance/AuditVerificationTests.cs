using System.Diagnostics;
using System.IO.Abstractions;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseGate.Governance;
using ReleaseGate.Tests.Corpus;
using ReleaseGate.Documentation;

namespace ReleaseGate.Tests.Governance;

/// <summary>Whatever is done to a log before a place that a seal names is found.</summary>
internal sealed class AuditVerificationTests
{
    private static readonly DateTime Now = new(2026, 4, 1, 9, 30, 0, DateTimeKind.Utc);

    private string _folder = null!;
    private string _path = null!;

    [SetUp]
    public void Make()
    {
        _folder = Directory.CreateTempSubdirectory("releasegate-audit-").FullName;
        _path = Path.Combine(_folder, "audit.jsonl");
    }

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void An_untouched_log_is_intact()
    {
        var last = Fill(12);
        var log = Verify(Seal("a", last), Seal("b", null));
        Assert.Multiple(() =>
        {
            Assert.That((log.IsIntact, log.Lines, log.Torn, log.BreakCount), Is.EqualTo((true, 12L, 0L, 0L)));
            Assert.That(log.Last, Is.EqualTo(last));
            Assert.That((log.From, log.To), Is.EqualTo((Now, Now.AddMinutes(11))));
            Assert.That(log.Seals.Select(s => (s.File, s.Position, s.Problem)), Is.EqualTo(new (string, AuditPosition?, string?)[] { ("a.sigstore.json", last, null), ("b.sigstore.json", null, null) }));
            Assert.That(log.Remarks, Is.Empty);
        });
    }

    [Test]
    public void Every_change_of_every_kind_in_every_line_is_found()
    {
        var last = Fill(12);
        var seal = Seal("a", last);
        var text = File.ReadAllLines(_path);
        var random = new Random(6);
        var tried = 0;
        for (var at = 0; at < text.Length; at++)
        {
            // A letter, in each of the parts of a line and at random.
            int[] parts = [12, 80, 95, text[at].Length - 3];
            for (var i = 0; i < 12; i++)
            {
                var place = i < parts.Length ? parts[i] : random.Next(text[at].Length);
                Try("change", [.. text[..at], text[at][..place] + (text[at][place] == 'x' ? 'y' : text[at][place] == '1' ? '2' : '1') + text[at][(place + 1)..], .. text[(at + 1)..]]);
            }

            Try("delete", [.. text[..at], .. text[(at + 1)..]]);
            Try("repeat", [.. text[..at], text[at], text[at], .. text[(at + 1)..]]);
            Try("insert", [.. text[..at], text[random.Next(text.Length)], .. text[at..]]);
            Try("empty", [.. text[..at], "", .. text[at..]]);
            Try("carriage return", [.. text[..at], text[at] + "\r", .. text[(at + 1)..]]);
            Try("truncate", text[..at]);
            for (var other = at + 1; other < text.Length; other++) Try("swap", [.. text[..at], text[other], .. text[(at + 1)..other], text[at], .. text[(other + 1)..]]);
        }

        Assert.That(tried, Is.GreaterThan(250));

        void Try(string what, string[] lines)
        {
            tried++;
            File.WriteAllText(_path, string.Concat(lines.Select(l => l + "\n")));
            Assert.That(Verify(seal).IsIntact, Is.False, $"{what}: {string.Join('\n', lines)}");
        }
    }

    [Test]
    public void A_log_that_was_written_anew_breaks_no_chain_and_fits_no_seal()
    {
        var seal = Seal("a", Fill(12));
        File.Delete(_path);
        Fill(12, offset: 100);
        var log = Verify(seal);
        Assert.That((log.BreakCount, log.IsIntact), Is.EqualTo((0L, false)));
        Assert.That(log.Seals.Single().Problem, Does.Contain("the log was rewritten"));
    }

    [Test]
    public void A_change_is_said_where_it_shows()
    {
        Fill(5);
        var text = File.ReadAllText(_path);
        File.WriteAllText(_path, text.Replace("\"n\":2}", "\"n\":9}", StringComparison.Ordinal));
        Assert.That(Verify().Breaks, Is.EqualTo(new[] { new AuditBreak(4, "the line before it was changed, or is another one than it was written behind") }));
        File.WriteAllText(_path, text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
        Assert.That(Verify().Breaks, Is.EqualTo(new[] { new AuditBreak(1, "it was not the first: what stood before it is gone") }));
    }

    [Test]
    public void Odd_things_are_said_and_break_nothing()
    {
        Fill(3);
        new AuditLog(new FileSystem(), _path).Append(Event(9), Now.AddDays(-1));
        File.AppendAllText(_path, "{\"prev\":");
        var log = Verify();
        Assert.That(log.IsIntact);
        Assert.That(log.Torn, Is.EqualTo(8));
        Assert.That(log.Remarks, Is.EqualTo(new[]
        {
            "line 4: its time is 2026-03-31T09:30:00Z, and a line before it has 2026-04-01T09:32:00Z: a clock went back",
            "behind the last line there are 8 bytes of an unfinished one: a run was killed while it wrote; the next cuts that off and says so",
        }));
    }

    [TestCase("no JSON", "it is no seal that can be read")]
    [TestCase("{}", "it is no seal that can be read")]
    [TestCase("{\"dsseEnvelope\":{\"payload\":\"###\"}}", "it is no seal that can be read")]
    [TestCase("<audit>{\"seq\":-1,\"head\":\"00\"}", "no place")]
    [TestCase("<audit>{\"seq\":\"1\",\"head\":1}", "can be read")]
    public void A_seal_that_nobody_can_read_proves_nothing(string content, string problem)
    {
        Fill(2);
        var path = Path.Combine(_folder, "a.sigstore.json");
        File.WriteAllText(path, content.StartsWith("<audit>", StringComparison.Ordinal) ? Bundle(content["<audit>".Length..]) : content);
        var log = Verify(path);
        Assert.That(log.IsIntact, Is.False);
        Assert.That(log.Seals.Single().Problem, Does.Contain(problem));
    }

    [Test]
    public void A_long_log_and_a_line_that_has_no_end_are_read_in_pieces()
    {
        var log = new AuditLog(new FileSystem(), _path);
        for (var i = 0; i < 8; i++) log.Append(new AuditEvent("spend", new JsonObject { ["for"] = new string('x', 600_000 + i) }), Now);
        Assert.That((Verify().IsIntact, Verify().Lines), Is.EqualTo((true, 8L)));
        File.AppendAllText(_path, new string('x', 3 << 20));
        Assert.That((Verify().IsIntact, Verify().Lines), Is.EqualTo((false, 9L)));
    }

    [Test]
    public void Builds_append_while_somebody_reads()
    {
        Fill(3);
        var seen = 0;
        new AuditLogReader(new FileSystem(), _path).Read((_, _) =>
        {
            seen++;
            new AuditLog(new FileSystem(), _path) { Patience = TimeSpan.Zero }.Append(Event(50), Now);
        });
        Assert.That(seen, Is.EqualTo(3));
        Assert.That(Verify().Lines, Is.EqualTo(6));
    }

    [TestCase("python", "python3")]
    [TestCase("js", "node")]
    public void The_scripts_of_the_page_say_the_same(string language, string program)
    {
        Assume.That(program == "node" || IsThere(program), "Python is not on every machine.");
        var last = Fill(12);
        var block = MarkdownPage.Read(Repository.Root, "docs/audit-log.md").Blocks.Single(b => b.Language == language).Text;
        Assert.That(block.Trim().Split('\n'), Has.Length.LessThanOrEqualTo(10));
        var script = Path.Combine(_folder, language == "js" ? "verify.cjs" : "verify.py");
        File.WriteAllText(script, block);
        Assert.That(Run(program, script, _path), Is.EqualTo((0, $"12 lines, the last with sha256 {last.Head}\n")));
        File.WriteAllText(_path, File.ReadAllText(_path).Replace("\"n\":5}", "\"n\":6}", StringComparison.Ordinal));
        Assert.That(Run(program, script, _path).Code, Is.Not.Zero);
    }

    [Test]
    public void What_was_found_is_written_as_json()
    {
        var last = Fill(2);
        var log = Verify(Seal("a", last));
        using var output = new MemoryStream();
        log.Write(output);
        var json = JsonNode.Parse(output.ToArray())!;
        Assert.That(json.ToJsonString(), Is.EqualTo($$"""{"schema":"releasegate/log-verification/v1","tool":{"name":"ReleaseGate","version":"{{GateReport.ToolVersion}}"},"path":{{JsonSerializer.Serialize(_path)}},"intact":true,"lines":2,"seq":1,"head":"{{last.Head}}","from":"2026-04-01T09:30:00Z","to":"2026-04-01T09:31:00Z","torn":0,"breakCount":0,"breaks":[],"remarks":[],"seals":[{"file":"a.sigstore.json","seq":1,"head":"{{last.Head}}","key":null,"problem":null}]}"""));
    }

    private static bool IsThere(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(f => File.Exists(Path.Combine(f, program)) || File.Exists(Path.Combine(f, program + ".exe")));

    private static (int Code, string Output) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Replace("\r\n", "\n", StringComparison.Ordinal));
    }

    private AuditVerification Verify(params string[] seals) => AuditVerification.Of(new FileSystem(), _path, seals);

    private static AuditEvent Event(int number) => new("spend", new JsonObject { ["n"] = number });

    private AuditPosition Fill(int count, int offset = 0)
    {
        AuditPosition last = default;
        for (var i = 0; i < count; i++) last = new AuditLog(new FileSystem(), _path).Append(Event(i + offset), Now.AddMinutes(i));
        return last;
    }

    private string Seal(string name, AuditPosition? position)
    {
        var path = Path.Combine(_folder, name + ".sigstore.json");
        File.WriteAllText(path, Bundle(position is { } place ? $$"""{"seq":{{place.Sequence}},"head":"{{place.Head}}"}""" : "null"));
        return path;
    }

    private static string Bundle(string audit)
    {
        var statement = """{"_type":"https://in-toto.io/Statement/v1","predicate":{"verifier":{"id":"urn:acme:gate"},"policy":{"uri":"x"},"urn:acme:gate":{"audit":AUDIT}}}""".Replace("AUDIT", audit, StringComparison.Ordinal);
        return """{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","dsseEnvelope":{"payload":"PAYLOAD","payloadType":"application/vnd.in-toto+json","signatures":[]}}"""
            .Replace("PAYLOAD", Convert.ToBase64String(Encoding.UTF8.GetBytes(statement)), StringComparison.Ordinal);
    }
}
