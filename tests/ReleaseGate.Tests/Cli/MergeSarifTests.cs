using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseGate.Cli;

namespace ReleaseGate.Tests.Cli;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MergeSarifTests : IDisposable
{
    private const string Map = """{"version":3,"sources":["../src/a.ts"],"sourcesContent":["let a = 1;"],"names":[],"mappings":"AAAA"}""";

    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void One_file_joined_is_the_file()
    {
        Repository(8);
        _terminal.Run("check", "*.nupkg", "--sarif", "whole.sarif");

        Assert.That(_terminal.Run("merge", "whole.sarif", "--sarif", "all.sarif"), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
        Assert.That(Text("all.sarif"), Is.EqualTo(Text("whole.sarif")));
        Assert.That(_terminal.Output, Does.Contain("releasegate.json(1,1): error RG2001: content/a.map: is a source map").And.Contain("releasegate.json(6,5): error RG0006: ").And.Contain("SARIF: blocked, errors 4, warnings 0, artifacts 8, runs 8"));
    }

    // Three shards of 8 packages have runs of their own; two of 50 share one each, and two of 30 do so only together.
    [TestCase(8, 3)]
    [TestCase(50, 2)]
    [TestCase(30, 2)]
    [TestCase(2, 3)]
    public void Shards_together_are_the_file_of_the_whole_run_in_whatever_order(int packages, int shards)
    {
        Repository(packages);
        Assert.That(_terminal.Run("check", "*.nupkg", "--sarif", "whole.sarif"), Is.EqualTo(ExitCode.Blocked));
        Shards(shards);
        string[] files = [.. Enumerable.Range(1, shards).Select(i => $"s{i}.sarif")];

        Assert.That(_terminal.Run(["merge", .. files, "--sarif", "a.sarif"]), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
        Assert.That(_terminal.Run(["merge", .. files.Reverse(), "--sarif", "b.sarif"]), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
        Assert.That(Text("a.sarif"), Is.EqualTo(Text("whole.sarif")));
        Assert.That(Text("b.sarif"), Is.EqualTo(Text("a.sarif")));
        Assert.That(Text("a.sarif"), Does.Contain("\"RG0006\"").And.Not.Contains("\"shard\"").And.Not.Contains("\"pattern\""));
    }

    [Test]
    public void What_is_waived_stays_waived_and_blocks_nothing()
    {
        WaivedFile("w.sarif");

        Assert.That(_terminal.Run("merge", "w.sarif", "--sarif", "all.sarif"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(Text("all.sarif"), Is.EqualTo(Text("w.sarif")).And.Contain("suppressions"));
        Assert.That(_terminal.Output, Does.Contain("note TEST0001").And.Contain("Waived by W-7").And.Contain("SARIF: passed, errors 0, warnings 0, waived 1, artifacts 1"));
        Assert.That(_terminal.Run("merge", "w.sarif", "--format", "github"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Does.Not.Contain("::error").And.Not.Contain("::warning"));
    }

    [Test]
    public void What_is_left_out_is_counted_still()
    {
        using var first = WaivedRun();
        Assert.That(first.Run("check", "a.zip", "--sarif", "o.sarif", "--sarif-waived", "omit"), Is.EqualTo(ExitCode.Passed));
        File.Copy(Path.Combine(first.Folder, "o.sarif"), In("o.sarif"));

        Assert.That(_terminal.Run("merge", "o.sarif", "--sarif", "all.sarif"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(Text("all.sarif"), Is.EqualTo(Text("o.sarif")).And.Contain("\"omitted\": 1"));
        Assert.That(_terminal.Output, Does.Contain("waived 1,"));
    }

    [TestCase("kind", "\"inSource\"", "'external' is expected here")]
    [TestCase("status", "\"underReview\"", "'accepted' is expected here")]
    [TestCase("justification", "\"because\"", "the id of a waiver")]
    [TestCase("justification", "\"W-7 alice: \"", "the id of a waiver")]
    [TestCase("justification", "\"W-7 bob: because\"", "the id of a waiver")]
    [TestCase("guid", "\"x\"", "there is no key 'guid'")]
    [TestCase("properties", "{}", "the key 'alias' is missing")]
    [TestCase("properties", """{ "alias": "alice", "expiryUtc": "soon" }""", "a time like")]
    public void A_suppression_that_nobody_of_ours_wrote_lets_nothing_pass(string key, string value, string says)
    {
        WaivedFile("w.sarif");
        var log = Json("w.sarif");
        log["runs"]![0]!["results"]![0]!["suppressions"]![0]![key] = JsonNode.Parse(value);
        _terminal.Write("w.sarif", log.ToJsonString());

        Refused(says, "w.sarif");
    }

    [Test]
    public void What_is_never_waived_is_not_waived_in_SARIF_either()
    {
        WaivedFile("w.sarif");
        var text = Text("w.sarif").Replace("TEST0001", "RG0003", StringComparison.Ordinal);
        _terminal.Write("gate.sarif", text);
        Refused("RG0003 is never waived", "gate.sarif");

        var twice = Json("w.sarif");
        twice["runs"]![0]!["results"]![0]!["suppressions"]!.AsArray().Clear();
        _terminal.Write("none.sarif", twice.ToJsonString());
        Refused("one is expected here", "none.sarif");
    }

    private static Terminal WaivedRun() => new()
    {
        Check = (request, _, _, _) => Reporting.Sample.Report(Reporting.Sample.Verdict("a.zip", [], Reporting.Sample.Waived(Reporting.Sample.Judged(Reporting.Sample.Stray, Reporting.Sample.Entry("a.pdb"), "stray")))) with { Request = request },
    };

    private void WaivedFile(string name)
    {
        using var first = WaivedRun();
        Assert.That(first.Run("check", "a.zip", "--sarif", name), Is.EqualTo(ExitCode.Passed), first.Error);
        File.Copy(Path.Combine(first.Folder, name), In(name));
    }

    [Test]
    public void A_pattern_that_only_one_shard_uses_is_used()
    {
        Repository(8, unused: false);
        File.Delete(In("p3.nupkg"));
        Shards(3);
        Assert.That(Text("s1.sarif") + Text("s2.sarif") + Text("s3.sarif"), Does.Contain("\"RG0006\""));

        Assert.That(_terminal.Run("merge", "s*.sarif", "--sarif", "all.sarif"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(Text("all.sarif"), Does.Not.Contain("\"RG0006\""));
        Assert.That(_terminal.Output, Does.Contain("SARIF: passed, errors 0, warnings 0, artifacts 7, runs 7"));
    }

    [Test]
    public void A_missing_a_double_and_a_foreign_shard_are_refused()
    {
        Repository(8);
        Shards(3);

        Refused("shard 2 of 3 is missing", "s1.sarif", "s3.sarif");
        File.Copy(In("s1.sarif"), In("again.sarif"));
        Refused("shard 1/3 is also in 's1.sarif'", "s1.sarif", "s2.sarif", "s3.sarif", "again.sarif");
        var short2 = Json("s2.sarif");
        short2["runs"]!.AsArray().RemoveAt(0);
        _terminal.Write("short.sarif", short2.ToJsonString());
        Refused("the shards hold 7 artifacts, and the run had 8", "s1.sarif", "short.sarif", "s3.sarif");
        File.Move(In("s2.sarif"), In("old2.sarif"));
        Package("p9.nupkg", ("content/f.txt", "f"));
        Shards(3);
        Refused("they were given different artifacts", "s1.sarif", "old2.sarif", "s3.sarif");
        _terminal.Write("releasegate.json", """{ "extends": "open" }""");
        _terminal.Run("check", "*.nupkg", "--shard", "2/3", "--sarif", "s2.sarif");
        Refused("was judged by another manifest", "s1.sarif", "s2.sarif", "s3.sarif");
    }

    [Test]
    public void Files_of_different_doors_are_joined_and_must_not_contradict_each_other()
    {
        Package("a.nupkg", ("content/a.txt", "a"));
        Package("b.nupkg", ("content/b.map", Map));
        _terminal.Run("check", "a.nupkg", "--profile", "open", "--sarif", "a.sarif");
        _terminal.Run("check", "b.nupkg", "--profile", "closed", "--sarif", "b.txt");

        File.Copy(In("a.sarif"), In("twin.sarif"));
        Assert.That(_terminal.Run("merge", "b.txt", "a.sarif", "twin.sarif", "--sarif", "all.sarif"), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
        Assert.That(Ids("all.sarif"), Is.EqualTo(new[] { "releasegate/a/", "releasegate/b/" }));
        Assert.That(_terminal.Run("merge", "a.sarif", "twin.sarif"), Is.EqualTo(ExitCode.Passed), _terminal.Output);

        _terminal.Write("strict.json", """{ "extends": "closed", "artifacts": [ { "match": "*", "forbid": ["content/**"] } ] }""");
        _terminal.Run("check", "a.nupkg", "--manifest", "strict.json", "--sarif", "a2.sarif");
        Refused("'releasegate/a/' is also in 'a.sarif', with other results", "a.sarif", "a2.sarif");
    }

    [Test]
    public void More_runs_than_GitHub_takes_are_one()
    {
        for (var i = 0; i < 21; i++)
        {
            Package($"p{i}.nupkg", ("content/a.map", Map), ("content/b.map", Map));
            _terminal.Run("check", $"p{i}.nupkg", "--profile", "closed", "--sarif", $"r{i:d2}.sarif");
        }

        Assert.That(_terminal.Run("merge", "r*.sarif", "--sarif", "all.sarif"), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
        var all = Json("all.sarif");
        _terminal.Run("check", "*.nupkg", "--profile", "closed", "--sarif", "whole.sarif");
        Assert.That(Text("all.sarif"), Is.EqualTo(Text("whole.sarif")));
        Assert.That(all["runs"]![0]!["artifacts"]!.AsArray(), Has.Count.EqualTo(21 * 3));
        // What may be joined once may be joined again, with others of many packages.
        Package("q.nupkg", ("content/a.txt", "a"));
        File.Delete(In("p0.nupkg"));
        _terminal.Run("check", "*.nupkg", "--profile", "closed", "--sarif", "other.sarif");
        Refused("'releasegate/' is also in 'all.sarif', with other results", "all.sarif", "other.sarif");
    }

    [Test]
    public void Reports_and_SARIF_are_not_mixed_and_what_SARIF_cannot_say_is_not_written()
    {
        Package("a.nupkg", ("content/a.txt", "a"));
        _terminal.Run("check", "a.nupkg", "--profile", "open", "--sarif", "a.sarif", "--json", "a.json");

        Refused("this is a JSON report, and 'a.sarif' is SARIF", "a.sarif", "a.json");
        Refused("this is SARIF, and 'a.json' is a JSON report", "a.json", "a.sarif");
        Assert.That(_terminal.Run("merge", "a.sarif", "--json", "never.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("a.sarif : error RG0007: '--json' needs reports"));
        Assert.That(File.Exists(In("never.json")), Is.False);
    }

    [Test]
    public void An_input_is_no_output()
    {
        Package("a.nupkg", ("content/b.map", Map));
        Package("b.nupkg", ("content/a.txt", "a"));
        foreach (var name in (string[])["a", "b"]) _terminal.Run("check", $"{name}.nupkg", "--profile", "closed", "--sarif", $"{name}.sarif", "--json", $"{name}.json");

        Assert.That(_terminal.Run("merge", "a.sarif", "b.sarif", "--sarif", "a.sarif"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("'a.sarif' is to be read and to be written"));
        Assert.That(_terminal.Run("merge", "a.json", "b.json", "--json", "./a.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Text("a.sarif") + Text("a.json"), Does.Contain("RG2001"));
        // By a glob it is the result of the last time.
        foreach (var _ in (int[])[1, 2]) Assert.That(_terminal.Run("merge", "*.sarif", "--sarif", "all.sarif"), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
        Assert.That(Ids("all.sarif"), Is.EqualTo(new[] { "releasegate/a/", "releasegate/b/" }));
    }

    [TestCase("version", "\"2.0.0\"", "$.version: only SARIF 2.1.0 is read")]
    [TestCase("version", null, "$: the key 'version' is missing")]
    [TestCase("runs", null, "$: the key 'runs' is missing")]
    [TestCase("runs", "[]", "$.runs: there is no run, so nothing was inspected")]
    [TestCase("runs", "1", "$.runs: an array is expected here")]
    [TestCase("runs", """[ { "tool": { "driver": { "name": "CodeQL" } } } ]""", "$.runs[0].tool.driver.name: the run is one of 'CodeQL', and only those of ReleaseGate are joined")]
    [TestCase("runs/0/tool/driver/semanticVersion", "\"99.0.0\"", "ReleaseGate 99.0.0 wrote it")]
    [TestCase("runs/0/invocations/0/executionSuccessful", "false", "$.runs[0].invocations: one run that ended is expected here")]
    [TestCase("runs/0/automationDetails/id", "\"other/\"", "$.runs[0].automationDetails.id")]
    [TestCase("runs/0/artifacts", "[]", "nothing was inspected")]
    [TestCase("runs/0/artifacts/1/parentIndex", "1", "$.runs[0].artifacts[1].parentIndex: no artifact has this place")]
    [TestCase("runs/0/results/0/ruleIndex", "7", "$.runs[0].results[0].ruleIndex: another rule has this place")]
    [TestCase("runs/0/results/0/level", "\"none\"", "$.runs[0].results[0].level")]
    [TestCase("runs/0/results/0/level", null, "$.runs[0].results[0]: the key 'level' is missing")]
    [TestCase("runs/0/results/0/suppressions", "[]", "one is expected here")]
    [TestCase("runs/0/results/0/locations", "[]", "$.runs[0].results[0].locations: one is expected here")]
    [TestCase("runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri", "\"a%1bb\"", "characters that nobody sees")]
    [TestCase("runs/0/results/0/relatedLocations/0/physicalLocation/artifactLocation/index", "0", "another artifact has this place")]
    [TestCase("runs/0/results/0/message/text", "\"\\u001b[31m\"", "$.runs[0].results[0].message.text: there are characters that nobody sees")]
    [TestCase("runs/0/results/0/message/text", "\"half \\ud800\"", "characters that nobody sees")]
    [TestCase("runs/0/results/0/message/text", "\"##vso[task.complete]\"", "a meaning for a build server")]
    [TestCase("runs/0/results/0/properties", """{ "pattern": "1:1" }""", "the place of the pattern belongs to")]
    [TestCase("runs/0/properties", """{ "shard": { "index": 3, "count": 2, "total": 1, "list": "", "manifest": "", "usedPatterns": [], "usedWaivers": [] } }""", "$.runs[0].properties.shard: there is no such part")]
    [TestCase("extra", "1", "there is no key 'extra'")]
    public void What_no_run_wrote_is_refused_with_its_place(string path, string? value, string says)
    {
        Package("a.nupkg", ("content/b.map", Map));
        _terminal.Run("check", "a.nupkg", "--profile", "closed", "--sarif", "a.sarif");
        JsonNode log = Json("a.sarif"), at = log;
        var steps = path.Split('/');
        foreach (var step in steps[..^1]) at = int.TryParse(step, out var index) ? at[index]! : at[step]!;
        if (value is null) at.AsObject().Remove(steps[^1]);
        // As text, since half a character cannot be a value.
        else at[steps[^1]] = "@@";
        _terminal.Write("b.sarif", log.ToJsonString().Replace("\"@@\"", value));

        Refused(says, "b.sarif");
        Assert.That(_terminal.Output, Does.Contain("b.sarif : error RG0007: $"));
    }

    [Test]
    public void A_file_that_is_cut_off_or_says_something_twice_is_refused()
    {
        Package("a.nupkg", ("content/b.map", Map));
        _terminal.Run("check", "a.nupkg", "--profile", "closed", "--sarif", "a.sarif");
        var text = Text("a.sarif");
        _terminal.Write("b.sarif", text[..(text.Length / 2)]);
        _terminal.Write("c.sarif", text.Replace("\"level\": \"error\",\n          \"message\"", "\"level\": \"error\",\n          \"level\": \"note\",\n          \"message\""));
        var twice = Json("a.sarif");
        twice["runs"]!.AsArray().Add(twice["runs"]![0]!.DeepClone());
        _terminal.Write("d.sarif", twice.ToJsonString());
        _terminal.Write("e.sarif", "[]");

        Refused("this is no JSON, or not all of it", "b.sarif");
        Refused("the key 'level' is there twice", "c.sarif");
        Refused("there are two runs of the category 'releasegate/a/'", "d.sarif");
        Refused("$: an object is expected here", "e.sarif");
    }

    [Test]
    public void On_a_build_server_it_speaks_to_the_server()
    {
        Repository(4);
        _terminal.Run("check", "p3.nupkg", "--sarif", "a.sarif");

        Assert.That(_terminal.Run("merge", "a.sarif", "--format", "github"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("::error file=releasegate.json,line=1,col=1,title=RG2001 SourceMap::content/a.map: "));
        _terminal.Run("merge", "a.sarif", "--format", "azure", "--quiet");
        Assert.That(_terminal.Output, Does.Contain("##vso[task.logissue type=error;sourcepath=").And.Contain("linenumber=1;columnnumber=1;code=RG2001;]"));
    }

    private void Refused(string says, params string[] files)
    {
        Assert.That(_terminal.Run(["merge", .. files, "--sarif", "never.sarif"]), Is.EqualTo(ExitCode.CouldNotRun), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain(says).And.Contains("error RG0007: "));
        Assert.That(File.Exists(In("never.sarif")), Is.False);
    }

    // Two patterns that some artifact uses, and perhaps one that none does; p3 leaks.
    private void Repository(int packages, bool unused = true)
    {
        _terminal.Write("releasegate.json", $$"""
            {
              "extends": "closed",
              "artifacts": [ { "match": "*.nupkg", "allow": [
                "content/f.txt",
                "content/only-in-0.txt"{{(unused ? "," : "")}}
                {{(unused ? "\"content/never.txt\"" : "")}}
              ] } ]
            }
            """);
        for (var i = 0; i < packages; i++) Package($"p{i}.nupkg", i == 3 ? ("content/a.map", Map) : i == 0 ? ("content/only-in-0.txt", "0") : ("content/f.txt", $"{i}"));
    }

    private void Shards(int count)
    {
        for (var i = 1; i <= count; i++) _terminal.Run("check", "*.nupkg", "--shard", $"{i}/{count}", "--sarif", $"s{i}.sarif");
    }

    private string[] Ids(string name) => [.. Json(name)["runs"]!.AsArray().Select(r => r!["automationDetails"]!["id"]!.GetValue<string>())];

    private JsonObject Json(string name) => JsonNode.Parse(Text(name))!.AsObject();

    private string Text(string name) => File.ReadAllText(In(name));

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
