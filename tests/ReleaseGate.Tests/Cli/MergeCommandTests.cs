using System.IO.Abstractions;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseGate.Cli;
using ReleaseGate.Reporting;

namespace ReleaseGate.Tests.Cli;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MergeCommandTests : IDisposable
{
    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void Shards_together_say_what_the_whole_run_says()
    {
        Repository();
        Assert.That(_terminal.Run("check", "*.nupkg", "--json", "whole.json"), Is.EqualTo(ExitCode.Blocked));
        var whole = Facts("whole.json");
        Shards(3);

        Assert.That(_terminal.Run("merge", "s*.json", "--json", "all.json", "--sarif", "all.sarif"), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
        Assert.That(Facts("all.json"), Is.EqualTo(whole));
        Assert.That(whole, Has.Some.StartsWith("RG0006 error").And.Some.StartsWith("RG2001 error"));
        Assert.That(_terminal.Output, Does.Contain("error RG2001").And.Contain("p3.nupkg: blocked").And.Contain("p1.nupkg: passed"));
        Assert.That(File.ReadAllText(In("all.sarif")), Does.Contain("\"RG2001\""));
    }

    [Test]
    public void One_verdict_makes_every_format()
    {
        Repository();
        Shards(3);
        _terminal.Variables["GITHUB_STEP_SUMMARY"] = _terminal.Write("summary.md", "# Before\n");

        Assert.That(_terminal.Run("merge", "s*.json", "--json", "all.json", "--junit", "all.xml", "--markdown", "summary.md", "--sarif", "all.sarif", "--sarif-waived", "omit"), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
        Assert.That(File.ReadAllText(In("all.xml")), Does.Contain("<failure type=\"RG2001\"").And.Contain("<failure type=\"RG0006\""));
        Assert.That(File.ReadAllText(In("summary.md")), Does.StartWith("# Before\n<!-- releasegate/markdown/v1 -->").And.Contain("ReleaseGate: blocked"));
        Assert.That(_terminal.Run("merge", "all.sarif", "--junit", "x.xml"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("'--junit' needs reports"));
        Assert.That(_terminal.Run("merge", "all.sarif", "--sarif-waived", "omit"), Is.EqualTo(ExitCode.CouldNotRun));
    }

    [Test]
    public void What_is_read_is_what_was_written()
    {
        Repository();
        Package("odd.nupkg", ("content/\u001b[31m.txt", "x"), ("content/a.map", Map), ("bin/x.zip", "PK"));
        _terminal.Run("check", "*.nupkg", "--json", "a.json");
        _terminal.Run("check", "*.nupkg", "--shard", "1/2", "--json", "b.json");
        foreach (var name in (string[])["a.json", "b.json"])
        {
            using var output = new MemoryStream();
            new JsonReporter().Write(new ReportReader(new FileSystem()).Read(In(name)), output);
            Assert.That(System.Text.Encoding.UTF8.GetString(output.ToArray()), Is.EqualTo(File.ReadAllText(In(name))));
        }
    }

    [Test]
    public void Half_a_surrogate_pair_in_a_name_survives()
    {
        var verdict = Reporting.Sample.Verdict("a.zip", [Reporting.Sample.Entry("x\ud800\"\\\n.map")], Reporting.Sample.Judged(Reporting.Sample.Stray, null, "odd"));
        using (var file = File.Create(In("a.json"))) new JsonReporter().Write(Reporting.Sample.Report(verdict), file);

        Assert.That(new ReportReader(new FileSystem()).Read(In("a.json")).Verdicts[0].Inventory.Entries[0].Path.Value, Is.EqualTo("x\ud800\"\\\n.map"));
    }

    [Test]
    public void All_shards_passed_and_one_of_them_empty()
    {
        Package("a.nupkg", ("content/a.txt", "a"));
        Shards(2, "--profile", "open");

        Assert.That(_terminal.Run("merge", "s1.json", "s2.json", "--json", "all.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        using var all = JsonDocument.Parse(File.ReadAllText(In("all.json")));
        Assert.That(all.RootElement.GetProperty("shard").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(all.RootElement.GetProperty("artifacts").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public void A_missing_a_double_and_a_foreign_shard_are_refused()
    {
        Repository();
        Shards(3);

        Refused("shard 2 of 3 is missing", "s1.json", "s3.json");
        Refused("shards 1, 3 of 3 are missing", "s2.json");
        Refused("shard 1/3 is also in 's1.json'", "s1.json", "s2.json", "s3.json", Copy("s1.json", "again.json"));
        File.Move(In("s2.json"), In("old2.json"));
        Package("p9.nupkg", ("content/f.txt", "f"));
        Shards(3);
        Refused("they were given different artifacts", "s1.json", "old2.json", "s3.json");
        Shards(4);
        File.Copy(In("s2.json"), In("of4.json"));
        Shards(3);
        Refused("they count different numbers of shards", "s1.json", "of4.json", "s3.json");
        _terminal.Write("releasegate.json", """{ "extends": "open" }""");
        _terminal.Run("check", "*.nupkg", "--shard", "2/3", "--json", "s2.json");
        Refused("was judged by another manifest", "s1.json", "s2.json", "s3.json");
    }

    [Test]
    public void Reports_of_different_doors_are_joined_and_must_not_contradict_each_other()
    {
        Package("a.nupkg", ("content/a.txt", "a"));
        Package("b.nupkg", ("content/b.map", Map));
        _terminal.Run("check", "a.nupkg", "--profile", "open", "--json", "a.json");
        _terminal.Run("check", "b.nupkg", "--profile", "closed", "--json", "b.json");

        Assert.That(_terminal.Run("merge", "a.json", "b.json", "a.json", "--json", "all.json"), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
        using (var all = JsonDocument.Parse(File.ReadAllText(In("all.json"))))
        {
            Assert.That(all.RootElement.GetProperty("policy").GetProperty("sha256").ValueKind, Is.EqualTo(JsonValueKind.Null), "there are two");
            Assert.That(all.RootElement.GetProperty("artifacts").EnumerateArray().Select(x => x.GetProperty("path").GetString()), Is.EqualTo(new[] { "a.nupkg", "b.nupkg" }));
        }

        _terminal.Write("strict.json", """{ "extends": "closed", "artifacts": [ { "match": "*", "forbid": ["content/**"] } ] }""");
        _terminal.Run("check", "a.nupkg", "--manifest", "strict.json", "--json", "a2.json");
        Refused("'a.nupkg' is also in 'a.json', another verdict", "a.json", "a2.json");
        File.Copy(In("a.nupkg"), In("copy.nupkg"));
        _terminal.Run("check", "copy.nupkg", "--manifest", "strict.json", "--json", "a3.json");
        Refused("the same bytes with another verdict", "a.json", "a3.json");
    }

    [TestCase("no releasegate.json was found")]
    [TestCase("", "--profile", "open")]
    public void Where_no_manifest_was_no_file_is_named_to_write_a_destination_into(string hint, params string[] options)
    {
        Package("a.nupkg", ("content/a.txt", "a"));
        _terminal.Run(["check", "a.nupkg", "--json", "a.json", .. options]);

        _terminal.Run("merge", "a.json");
        Assert.That(_terminal.Output, Does.Not.Contain("note RG5001").And.Contain(hint));
    }

    [Test]
    public void A_note_about_the_destination_names_the_manifest()
    {
        var manifest = _terminal.Write("releasegate.json", """{ "extends": "open" }""");
        Package("a.nupkg", ("content/a.txt", "a"));
        _terminal.Run("check", "a.nupkg", "--json", "a.json");

        _terminal.Run("merge", "a.json");
        Assert.That(_terminal.Output, Does.Contain("note RG5001: a.nupkg: nothing says whether it is public or private"));
    }

    [Test]
    public void A_run_that_did_not_end_ends_the_merge()
    {
        Package("a.nupkg", ("content/a.txt", "a"));
        _terminal.Run("check", "a.nupkg", "--profile", "open", "--json", "a.json");
        _terminal.Run("check", "none.nupkg", "--json", "b.json");

        Refused("the run did not end, so nothing of it has passed: RG0007", "a.json", "b.json");
        Refused("does not exist", "a.json", "missing.json");
    }

    [TestCase("schema", "\"releasegate/report/v2\"", "$.schema")]
    [TestCase("schema", "1", "$.schema: a string")]
    [TestCase("tool", """{ "name": "ReleaseGate", "version": "99.0.0" }""", "ReleaseGate 99.0.0 wrote it")]
    [TestCase("result", "\"passed\"", "$.result: it contradicts the findings")]
    [TestCase("findings", "[]", "it contradicts the findings")]
    [TestCase("findings", "[ { } ]", "$.findings[0]: the key 'rule' is missing")]
    [TestCase("artifacts", "[]", "no artifact has the path 'a.nupkg'")]
    [TestCase("waivers", "[ { } ]", "$.waivers[0]: the key 'id' is missing")]
    [TestCase("extra", "1", "there is no key 'extra'")]
    [TestCase("started", "\"yesterday\"", "$.started")]
    [TestCase("policy", """{ "path": null, "sha256": "x", "found": true, "from": null }""", "$.policy.path")]
    public void What_no_run_wrote_is_refused_with_its_place(string key, string value, string says)
    {
        Package("a.nupkg", ("content/b.map", Map));
        _terminal.Run("check", "a.nupkg", "--profile", "closed", "--json", "a.json");
        var report = JsonNode.Parse(File.ReadAllText(In("a.json")))!.AsObject();
        report[key] = JsonNode.Parse(value);
        _terminal.Write("b.json", report.ToJsonString());

        Refused(says, "b.json");
    }

    [Test]
    public void A_report_that_is_cut_off_names_its_line()
    {
        Package("a.nupkg", ("content/b.map", Map));
        _terminal.Run("check", "a.nupkg", "--profile", "closed", "--json", "a.json");
        var text = File.ReadAllText(In("a.json"));
        _terminal.Write("b.json", text[..(text.Length / 2)]);
        _terminal.Write("c.json", text.Replace("\"result\": \"blocked\"", "\"result\": \"blocked\", \"result\": \"blocked\""));

        Refused("b.json(", "b.json");
        Refused("the key 'result' is there twice", "c.json");
    }

    [Test]
    public void The_result_of_the_last_time_is_no_input()
    {
        Package("a.nupkg", ("content/a.txt", "a"));
        _terminal.Run("check", "a.nupkg", "--profile", "open", "--json", "r1.json");

        foreach (var _ in (int[])[1, 2]) Assert.That(_terminal.Run("merge", "r*.json", "--json", "r-all.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Run("merge", "r1.json", "--json", "r1.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(File.Exists(In("r1.json")), Is.True);
    }

    [Test]
    public void On_a_build_server_it_speaks_to_the_server()
    {
        Package("a.nupkg", ("content/b.map", Map));
        _terminal.Run("check", "a.nupkg", "--profile", "closed", "--json", "a.json");

        Assert.That(_terminal.Run("merge", "a.json", "--format", "github"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("::error title=RG2001 SourceMap::content/b.map: "));
    }

    private const string Map = """{"version":3,"sources":["../src/a.ts"],"sourcesContent":["let a = 1;"],"names":[],"mappings":"AAAA"}""";

    private void Refused(string says, params string[] files)
    {
        Assert.That(_terminal.Run(["merge", .. files, "--json", "never.json"]), Is.EqualTo(ExitCode.CouldNotRun), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain(says).And.Contains("error RG0007: "));
        Assert.That(File.Exists(In("never.json")), Is.False);
    }

    // Two patterns that one artifact each uses, and one that none does.
    private void Repository()
    {
        _terminal.Write("releasegate.json", """
            {
              "extends": "closed",
              "artifacts": [ { "match": "*.nupkg", "allow": [
                "content/f.txt",
                "content/only-in-4.txt",
                "content/never.txt"
              ] } ]
            }
            """);
        for (var i = 0; i < 8; i++) Package($"p{i}.nupkg", i == 3 ? ("content/a.map", Map) : i == 4 ? ("content/only-in-4.txt", "4") : ("content/f.txt", $"{i}"));
    }

    private void Shards(int count, params string[] options)
    {
        for (var i = 1; i <= count; i++) _terminal.Run(["check", "*.nupkg", "--shard", $"{i}/{count}", "--json", $"s{i}.json", .. options]);
    }

    // Everything but the time it took and the order, which is that of the shards.
    private string[] Facts(string name)
    {
        using var report = JsonDocument.Parse(File.ReadAllText(In(name)));
        var root = report.RootElement;
        return
        [
            .. root.GetProperty("findings").EnumerateArray().Select(f => $"{f.GetProperty("rule")} {f.GetProperty("severity")} {f.GetProperty("artifact")} {f.GetProperty("path")} {f.GetProperty("message")} {f.GetProperty("line")} {f.GetProperty("fingerprint")}").Order(StringComparer.Ordinal),
            .. root.GetProperty("artifacts").EnumerateArray().Select(a => $"{a.GetProperty("path")} {a.GetProperty("sha256")} {a.GetProperty("result")} {a.GetProperty("entries").GetRawText()}").Order(StringComparer.Ordinal),
            root.GetProperty("policy").GetRawText(), root.GetProperty("result").GetString()!, root.GetProperty("shard").GetRawText(),
        ];
    }

    private string Copy(string from, string to)
    {
        File.Copy(In(from), In(to), overwrite: true);
        return to;
    }

    private string In(string name) => Path.Combine(_terminal.Folder, name);

    private void Package(string name, params (string Path, string Text)[] entries)
    {
        var id = Path.GetFileNameWithoutExtension(name);
        using var zip = new ZipArchive(File.Create(In(name)), ZipArchiveMode.Create);
        foreach (var (path, text) in entries.Prepend(($"{id}.nuspec", $"<package><metadata><id>{id}</id><version>1.0.0</version></metadata></package>")))
        {
            using var writer = new StreamWriter(zip.CreateEntry(path).Open());
            writer.Write(text);
        }
    }
}
