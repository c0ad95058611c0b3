using System.Diagnostics;
using System.Globalization;
using System.IO.Abstractions;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseGate.Governance;

namespace ReleaseGate.Tests.Governance;

internal sealed class AuditLogTests
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
    public void The_format_is_this_to_the_byte()
    {
        var log = new AuditLog(new FileSystem(), _path);
        var first = log.Append(new AuditEvent("spend", new JsonObject { ["amount"] = 12.5m, ["for"] = "a \"new\" kéy\n" }), Now);
        var second = log.Append(Event(2), Now.AddSeconds(1));
        var one = "{\"prev\":\"" + new string('0', 64) + "\",\"seq\":0,\"time\":\"2026-04-01T09:30:00Z\",\"event\":\"spend\",\"amount\":12.5,\"for\":\"a \\u0022new\\u0022 k\\u00E9y\\n\"}";
        var two = "{\"prev\":\"" + Hash(one) + "\",\"seq\":1,\"time\":\"2026-04-01T09:30:01Z\",\"event\":\"spend\",\"n\":2}";
        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllText(_path), Is.EqualTo(one + "\n" + two + "\n"));
            Assert.That(first, Is.EqualTo(new AuditPosition(0, Digest.Of(Encoding.ASCII.GetBytes(one)))));
            Assert.That(second, Is.EqualTo(new AuditPosition(1, Digest.Of(Encoding.ASCII.GetBytes(two)))));
        });
    }

    [Test]
    public void A_file_and_its_folders_are_made_and_others_may_not_write_to_it()
    {
        var path = Path.Combine(_folder, "a", "b", "audit.jsonl");
        new AuditLog(new FileSystem(), path).Append(Event(1), Now);
        Assert.That(File.Exists(path));
        if (!OperatingSystem.IsWindows()) Assert.That(File.GetUnixFileMode(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute), Is.EqualTo(UnixFileMode.None));
    }

    [Test]
    public void Threads_of_one_process_do_not_fork_the_chain()
    {
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            for (var i = 0; i < 25; i++) new AuditLog(new FileSystem(), _path).Append(Event((thread * 100) + i), Now);
        });
        var lines = Chain();
        Assert.That(lines.Select(l => (int)l["n"]!), Is.EquivalentTo(Enumerable.Range(0, 8).SelectMany(t => Enumerable.Range(0, 25).Select(i => (t * 100) + i))));
    }

    [TestCase("{", 1)]
    [TestCase("{\"prev\":\"00", 11)]
    [TestCase("{\"prev\":\"0000\",\"seq\":7,\"time\":\"2026-04-01T09:30:00Z\",\"event\":\"spend\"}", 69)]
    [TestCase("\0\0\0\0", 4)]
    [TestCase("{\"pre\0\0\0", 8)]
    public void An_unfinished_line_is_cut_off_and_said(string torn, int bytes)
    {
        var log = new AuditLog(new FileSystem(), _path);
        log.Append(Event(1), Now);
        File.AppendAllText(_path, torn);
        var position = log.Append(Event(2), Now.AddDays(1));
        var lines = Chain();
        Assert.Multiple(() =>
        {
            Assert.That(lines.Select(l => (string)l["event"]!), Is.EqualTo(["spend", "recovered", "spend"]));
            Assert.That((int)lines[1]["bytes"]!, Is.EqualTo(bytes));
            Assert.That(position.Sequence, Is.EqualTo(2));
        });
    }

    [Test]
    public void An_unfinished_first_line_is_cut_off_and_said()
    {
        File.WriteAllText(_path, "{\"prev\":\"0000");
        new AuditLog(new FileSystem(), _path).Append(Event(1), Now);
        Assert.That(Chain().Select(l => (string)l["event"]!), Is.EqualTo(["recovered", "spend"]));
    }

    [Test]
    public void A_crash_in_the_middle_of_a_recovery_is_recovered_from()
    {
        var log = new AuditLog(new FileSystem(), _path);
        log.Append(Event(1), Now);
        File.AppendAllText(_path, "{\"prev\":\"");
        log.Append(Event(2), Now);
        // The recovery is there, and behind it the rest of the longer line that it overwrote.
        var text = File.ReadAllLines(_path);
        File.WriteAllText(_path, text[0] + "\n" + text[1] + "\nnt\":\"check\",\"artifact\":\"Acme\"");
        log.Append(Event(3), Now);
        Assert.That(Chain().Select(l => (string)l["event"]!), Is.EqualTo(["spend", "recovered", "recovered", "spend"]));
    }

    [Test]
    public void The_last_line_is_found_whatever_its_length([Values(3900, 4096, 5000, 70_000, 1_048_000)] int length, [Values(0, 10, 900_000)] int torn)
    {
        var log = new AuditLog(new FileSystem(), _path);
        log.Append(Event(1), Now);
        log.Append(new AuditEvent("spend", new JsonObject { ["for"] = new string('x', length) }), Now);
        if (torn > 0) File.AppendAllText(_path, "{\"prev\":\"" + new string('0', torn));
        log.Append(Event(2), Now);
        Assert.That(Chain(), Has.Count.EqualTo(torn > 0 ? 4 : 3));
    }

    [Test]
    public void A_line_that_is_too_long_is_not_written()
    {
        var log = new AuditLog(new FileSystem(), _path);
        log.Append(Event(1), Now);
        Assert.That(() => log.Append(new AuditEvent("spend", new JsonObject { ["for"] = new string('x', 1 << 20) }), Now), Throws.InstanceOf<GateException>().With.Message.Contains("at most 1,048,575"));
        Assert.That(Chain(), Has.Count.EqualTo(1));
    }

    [TestCase("hello\n", "no line of an audit log")]
    [TestCase("hello", "holds something else")]
    [TestCase("{\"prev\":1}\n", "no line of an audit log")]
    [TestCase("\n", "no line of an audit log")]
    [TestCase("<good>\r\n", "line ends")]
    [TestCase("<good>\nhello\n", "no line of an audit log")]
    [TestCase("<good>\nhello", "not written by ReleaseGate")]
    [TestCase("<good>\n{\"prev\":\"00\n", "no JSON")]
    [TestCase("<good>x\n", "no JSON")]
    [TestCase("<twice>\n", "no line of an audit log")]
    [TestCase("{", "holds something else")]
    [TestCase("{\"prev\":\"important", "holds something else")]
    [TestCase("\0\0\0\0", "holds something else")]
    [TestCase("{\"prev\":\"00\0\0", "holds something else")]
    [TestCase("<more>\"a\":{\"b\":1,\"\\u0062\":2}}\n", "two of its members have one name")]
    [TestCase("<more>\"a\":\"\\ud800\"}\n", "half a character")]
    [TestCase("<bad>\n", "no line of an audit log")]
    [TestCase("<late>\n", "no line of an audit log")]
    [TestCase("<full>\n", "the highest number")]
    public void Nothing_is_added_to_what_is_no_audit_log(string content, string why)
    {
        var good = "{\"prev\":\"" + new string('0', 64) + "\",\"seq\":0,\"time\":\"2026-04-01T09:30:00Z\",\"event\":\"spend\"}";
        content = content.Replace("<more>", good[..^1] + ",", StringComparison.Ordinal).Replace("<bad>", good.Replace("\"seq\":0", "\"seq\":9223372036854775807", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("<full>", good.Replace("\"seq\":0", "\"seq\":9007199254740992", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("<late>", good.Replace("2026-04-01", "9999-12-31", StringComparison.Ordinal), StringComparison.Ordinal);
        content = content.Replace("<good>", good, StringComparison.Ordinal).Replace("<twice>", good.Replace("}", ",\"seq\":1}", StringComparison.Ordinal), StringComparison.Ordinal);
        File.WriteAllText(_path, content);
        Assert.That(() => new AuditLog(new FileSystem(), _path).Append(Event(1), Now), Refused(why));
        Assert.That(File.ReadAllText(_path), Is.EqualTo(content));
    }

    [Test]
    public void A_line_that_is_no_utf_8_is_said()
    {
        File.WriteAllBytes(_path, [.. Encoding.ASCII.GetBytes("{\"prev\":\"" + new string('0', 64) + "\",\"seq\":0,\"time\":\"2026-04-01T09:30:00Z\",\"event\":\"spend\",\"for\":\""), 0xFF, .. "\"}\n"u8]);
        Assert.That(() => new AuditLog(new FileSystem(), _path).Append(Event(1), Now), Refused("it is no UTF-8"));
        Assert.That(AuditVerification.Of(new FileSystem(), _path, []).Breaks, Is.EqualTo(new[] { new AuditBreak(1, "it is no UTF-8") }));
    }

    [Test]
    public void An_object_may_have_the_names_of_another()
    {
        var log = new AuditLog(new FileSystem(), _path);
        log.Append(new AuditEvent("spend", new JsonObject { ["a"] = new JsonArray(new JsonObject { ["a"] = 1 }, new JsonObject { ["a"] = 2, ["prev"] = 3 }), ["b"] = new JsonObject { ["a"] = 1 } }), Now);
        log.Append(Event(2), Now);
        Assert.That(Chain(), Has.Count.EqualTo(2));
    }

    [Test]
    public void A_file_without_line_feeds_is_refused_without_reading_it_whole()
    {
        File.WriteAllText(_path, new string('x', 5 << 20));
        Assert.That(() => new AuditLog(new FileSystem(), _path).Append(Event(1), Now), Refused("too long for one"));
    }

    [Test]
    public void A_folder_is_refused()
    {
        Directory.CreateDirectory(_path);
        Assert.That(() => new AuditLog(new FileSystem(), _path).Append(Event(1), Now), Refused("is a folder"));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Links need a privilege there; pipes have no path.")]
    public void Links_and_pipes_are_refused([Values("link", "dangling", "pipe")] string what)
    {
        if (what == "link") File.WriteAllText(Path.Combine(_folder, "target"), "");
        if (what == "pipe") Process.Start("mkfifo", _path).WaitForExit();
        else File.CreateSymbolicLink(_path, Path.Combine(_folder, "target"));
        Assert.That(() => new AuditLog(new FileSystem(), _path).Append(Event(1), Now), Refused(what == "pipe" ? "is a device" : "is a link"));
        Assert.That(Directory.GetFiles(_folder, "target").Sum(f => new FileInfo(f).Length), Is.Zero);
    }

    [Test]
    public void What_another_program_holds_for_too_long_is_said()
    {
        using (File.Open(_path, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            Assert.That(() => new AuditLog(new FileSystem(), _path) { Patience = TimeSpan.FromMilliseconds(20) }.Append(Event(1), Now), Refused("another program has held the audit log"));
        Assert.That(new FileInfo(_path).Length, Is.Zero);
    }

    [Test]
    public void What_another_program_holds_for_a_moment_is_waited_for()
    {
        var held = File.Open(_path, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var waiting = Task.Run(() => new AuditLog(new FileSystem(), _path).Append(Event(1), Now));
        Thread.Sleep(50);
        Assert.That(waiting.IsCompleted, Is.False);
        held.Dispose();
        Assert.That(waiting.GetAwaiter().GetResult().Sequence, Is.Zero);
    }

    [Test]
    public void A_file_that_may_not_be_written_is_said()
    {
        new AuditLog(new FileSystem(), _path).Append(Event(1), Now);
        File.SetAttributes(_path, FileAttributes.ReadOnly);
        try
        {
            Assume.That(() => File.Open(_path, FileMode.Open, FileAccess.ReadWrite).Dispose(), Throws.InstanceOf<UnauthorizedAccessException>(), "Root may write whatever it likes.");
            Assert.That(() => new AuditLog(new FileSystem(), _path).Append(Event(1), Now), Refused("can't be written"));
        }
        finally
        {
            File.SetAttributes(_path, FileAttributes.Normal);
        }
    }

    [Test]
    public void A_file_where_a_folder_is_needed_is_said() =>
        Assert.That(() =>
        {
            File.WriteAllText(_path, "");
            new AuditLog(new FileSystem(), Path.Combine(_path, "audit.jsonl")).Append(Event(1), Now);
        }, Refused("can't be written"));

    [TestCase("prev")]
    [TestCase("seq")]
    [TestCase("time")]
    [TestCase("event")]
    public void No_event_has_a_member_that_every_line_has(string name) =>
        Assert.That(() => new AuditLog(new FileSystem(), _path).Append(new AuditEvent("spend", new JsonObject { [name] = 1 }), Now), Throws.ArgumentException);

    [TestCase("")]
    [TestCase("Spend")]
    [TestCase("spend\n")]
    public void No_event_has_a_name_that_is_none(string name) =>
        Assert.That(() => new AuditLog(new FileSystem(), _path).Append(new AuditEvent(name, []), Now), Throws.ArgumentException);

    [Test]
    public void Half_a_character_does_no_harm()
    {
        new AuditLog(new FileSystem(), _path).Append(new AuditEvent("spend", new JsonObject { ["for"] = "a\ud800b" }), Now);
        new AuditLog(new FileSystem(), _path).Append(Event(2), Now);
        Assert.That(Chain(), Has.Count.EqualTo(2));
    }

    private static NUnit.Framework.Constraints.Constraint Refused(string why) =>
        Throws.InstanceOf<GateException>().With.Message.Contains(why).And.Property(nameof(GateException.Rule)).Matches<Rules.RuleId>(r => r.ToString() == "RG0010");

    private static AuditEvent Event(int number) => new("spend", new JsonObject { ["n"] = number });

    private static string Hash(string line) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(line))).ToLowerInvariant();

    /// <summary>The lines, each held against the one before, by other means than those of the product.</summary>
    private List<JsonNode> Chain()
    {
        var text = File.ReadAllText(_path);
        Assert.That(text, Does.EndWith("\n"));
        var lines = new List<JsonNode>();
        var prev = new string('0', 64);
        foreach (var line in text[..^1].Split('\n'))
        {
            Assert.That(line, Does.StartWith(string.Create(CultureInfo.InvariantCulture, $"{{\"prev\":\"{prev}\",\"seq\":{lines.Count},\"time\":")));
            lines.Add(JsonNode.Parse(line, documentOptions: new JsonDocumentOptions { MaxDepth = 16 })!);
            prev = Hash(line);
        }

        return lines;
    }
}
