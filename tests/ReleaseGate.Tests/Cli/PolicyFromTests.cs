using System.IO.Compression;
using System.Text.Json;
using ReleaseGate.Cli;
using ReleaseGate.Tests.Governance;

namespace ReleaseGate.Tests.Cli;

/// <summary>A change cannot exempt itself: <c>--policy-from</c> in a real repository.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PolicyFromTests : IDisposable
{
    private const string Base = """
        { "artifacts": [ { "match": "*.zip", "allow": ["app.js"] } ] }
        """;

    private const string Wider = """
        { "artifacts": [ { "match": "*.zip", "allow": ["app.js",
                                                       "notes.txt"] } ] }
        """;

    private readonly Terminal _terminal = new();
    private readonly GitRepository _repository;

    public PolicyFromTests() => _repository = new GitRepository(_terminal.Folder);

    public void Dispose()
    {
        _repository.Dispose();
        _terminal.Dispose();
    }

    [Test]
    public void A_permission_of_the_change_does_not_count_and_is_told()
    {
        var commit = Committed(Base);
        _repository.Write("releasegate.json", Wider);
        Zip("a.zip", "app.js", "notes.txt", "stray.txt");

        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Blocked), _terminal.Output);

        var lines = _terminal.Output.Split('\n');
        Assert.That(lines, Has.One.Contains("error RG1001: notes.txt: ").And.One.EndsWith(" The manifest of this change would let it pass; that counts once it is merged into main."));
        Assert.That(lines.Single(l => l.Contains("RG1001: notes.txt")), Does.EndWith("merged into main."));
        Assert.That(lines.Single(l => l.Contains("RG1001: stray.txt")), Does.Not.Contain("merged into"));
        Assert.That(lines, Has.One.EqualTo($"{_repository.PathOf("releasegate.json")}(2,48): needs approval: allows \"notes.txt\" in \"*.zip\""));
        Assert.That(lines.Count(l => l.Contains("needs approval:")), Is.EqualTo(1));
        Assert.That(_terminal.Error, Is.Empty);

        var report = Report();
        Assert.That(report.GetProperty("policy").GetProperty("from").GetString(), Is.EqualTo($"main ({commit})"));
        Assert.That(report.GetProperty("policy").GetProperty("path").GetString(), Is.EqualTo(_repository.PathOf("releasegate.json")));
        Assert.That(report.GetProperty("needApproval").EnumerateArray().Select(c => (c.GetProperty("what").GetString(), c.GetProperty("line").GetInt32())), Is.EqualTo(new[] { ("allows \"notes.txt\" in \"*.zip\"", 2) }));
        Assert.That(report.GetProperty("findings").EnumerateArray().ToDictionary(f => f.GetProperty("path").GetString()!, f => f.GetProperty("needsApproval").GetBoolean()),
            Is.EqualTo(new Dictionary<string, bool> { ["notes.txt"] = true, ["stray.txt"] = false }));

        // The other way round: once merged it is the policy.
        _repository.Commit();
        Zip("a.zip", "app.js", "notes.txt");
        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Not.Contain("needs approval"));
    }

    [Test]
    public void What_passes_by_both_passes_and_the_change_is_told_all_the_same()
    {
        Committed(Base);
        _repository.Write("releasegate.json", Wider);
        Zip("a.zip", "app.js");

        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("a.zip: passed, ").And.Contain(": needs approval: allows \"notes.txt\""));
        Assert.That(Check("a.zip", "--quiet"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Is.Empty);
    }

    [Test]
    public void A_stricter_manifest_does_not_count_yet_and_is_never_silent()
    {
        Committed(Wider);
        _repository.Write("releasegate.json", Base);
        Zip("a.zip", "app.js", "notes.txt");

        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("releasegate.json(1,1): needs approval: the manifest differs\n"));
    }

    [Test]
    public void What_a_change_tidies_up_is_no_mistake_of_it()
    {
        Committed(Wider);
        _repository.Write("releasegate.json", Base);
        Zip("a.zip", "app.js");

        // The pattern for notes.txt serves nothing by the base (RG0006), and the change takes it away.
        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain(": note RG0006: "));
        _repository.Write("releasegate.json", Wider + "\n// still there\n");
        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain(": error RG0006: ").And.Not.Contain("merged into"));
    }

    [Test]
    public void A_waiver_of_the_change_does_not_count_and_one_it_removes_is_no_mistake_of_it()
    {
        const string Waived = """
            { "artifacts": [ { "match": "*.zip", "allow": ["app.js"] } ],
              "waivers": [ { "id": "W-1", "rule": "RG1001", "path": "notes.txt", "owner": "a@acme.example", "reason": "until it is gone", "expires": "2026-05-01" } ] }
            """;
        Committed(Base);
        _repository.Write("releasegate.json", Waived);
        Zip("a.zip", "app.js", "notes.txt");

        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("error RG1001: notes.txt").And.Contain("merged into main.").And.Contain("releasegate.json(2,16): needs approval: waives RG1001 on \"notes.txt\" until 2026-05-01 (waiver W-1)"));

        // Merged it holds. A change that takes away both the file and the waiver is told of, and passes; one that leaves the waiver is at fault.
        _repository.Commit();
        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Zip("a.zip", "app.js");
        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("error RG0004"));
        _repository.Write("releasegate.json", Base);
        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("note RG0004"));
    }

    [Test]
    public void Everything_a_manifest_needs_is_taken_from_the_revision()
    {
        _repository.Write("policy/base.json", """{ "artifacts": [ { "match": "*.zip", "allow": ["app.js"] } ], "identifiers": { "file": "words.txt" } }""");
        _repository.Write("policy/words.txt", "falcon-internal");
        Committed("""{ "extends": "policy/base.json" }""");
        _repository.Write("policy/base.json", """{ "artifacts": [ { "match": "*.zip", "allow": ["app.js", "notes.txt"] } ], "identifiers": { "file": "words.txt" } }""");
        _repository.Write("policy/words.txt", "something else");
        Zip("a.zip", ("app.js", "falcon-internal"), ("notes.txt", "x"));

        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("RG3006: app.js").And.Contain("RG1001: notes.txt"));
        Assert.That(_terminal.Output, Does.Contain("base.json(1,58): needs approval: allows \"notes.txt\" in \"*.zip\"").And.Contain("needs approval: no longer guards 1 internal name"));
        // Of what is hidden no word is told by the change.
        Assert.That(_terminal.Output.Split('\n').Where(l => l.Contains("needs approval:")), Has.None.Contains("falcon"));
    }

    [Test]
    public void A_manifest_that_only_the_change_has_counts_once_it_is_merged()
    {
        _repository.Commit();
        _repository.Write("sub/releasegate.json", """{ "artifacts": [ { "match": "*.zip", "allow": ["**/*.pdb"] } ] }""");
        Zip("sub/a.zip", "a.pdb");

        Assert.That(CheckIn("sub"), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("RG1001: a.pdb").And.Contain("needs approval: allows \"**/*.pdb\" in \"*.zip\"")
            .And.Contain("no releasegate.json was found in main, so the built-in profile 'closed' served").And.Contain("One that this change brings counts once it is merged"));
        Assert.That(Report().GetProperty("policy").GetProperty("found").GetBoolean(), Is.False);
    }

    [Test]
    public void The_search_goes_upward_in_the_revision_as_on_the_disk()
    {
        _repository.Write("sub/deep/x", "x");
        _repository.Write("sub/releasegate.json", """{ "artifacts": [ { "match": "*.zip", "allow": ["sub.js"] } ] }""");
        Committed(Base);
        // A nearer one, in a folder that is new as well.
        _repository.Write("sub/new/releasegate.json", """{ "artifacts": [ { "match": "*.zip", "allow": ["**"] } ] }""");
        Zip("sub/new/a.zip", "sub.js", "other.js");

        Assert.That(CheckIn("sub/new"), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("RG1001: other.js").And.Not.Contain("RG1001: sub.js"));
        Assert.That(Report().GetProperty("policy").GetProperty("path").GetString(), Is.EqualTo(_repository.PathOf("sub/releasegate.json")));
    }

    [Test]
    public void A_project_that_moves_cannot_shed_its_manifest()
    {
        _repository.Write("src/Acme/releasegate.json", Base);
        _repository.Write("src/Acme/app.cs");
        _repository.Commit();
        Directory.Move(_repository.PathOf("src/Acme"), _repository.PathOf("src/AcmeLib"));
        File.Delete(_repository.PathOf("src/AcmeLib/releasegate.json"));
        Zip("src/AcmeLib/a.zip", "app.js");

        Assert.That(CheckIn("src/AcmeLib"), Is.EqualTo(ExitCode.CouldNotRun), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("RG0001: this folder is not in main, and the change removes src/Acme/releasegate.json, which is there").And.Contain("merged first"));

        // One that is only new is judged, and told of.
        _repository.Write("src/Acme/releasegate.json", Base);
        Assert.That(CheckIn("src/AcmeLib"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("needs approval: this folder is not in main: the built-in profile 'closed' judged it"));
        _repository.Write("releasegate.json", Base);
        _repository.Commit();
        Zip("src/New/a.zip", "app.js");
        Assert.That(CheckIn("src/New"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("needs approval: this folder is not in main: releasegate.json judged it"));
    }

    [Test]
    public void A_manifest_that_the_change_deletes_counts()
    {
        Committed(Base);
        File.Delete(_repository.PathOf("releasegate.json"));
        Zip("a.zip", "app.js", "notes.txt");

        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("RG1001: notes.txt").And.Contain("needs approval: has no manifest any more, so that the built-in profile 'closed' would serve").And.Not.Contain("no releasegate.json was found"));

        Assert.That(Check("a.zip", "--manifest", "releasegate.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("RG1001: notes.txt").And.Contain("needs approval: deletes the manifest, ").And.Not.Contain("merged into"));
    }

    [Test]
    public void Other_line_ends_are_no_change()
    {
        Committed(Wider.ReplaceLineEndings("\n"));
        _repository.Write("releasegate.json", Wider.ReplaceLineEndings("\r\n"));
        Zip("a.zip", "app.js", "notes.txt");

        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Not.Contain("needs approval"));
    }

    [Test]
    public void Mistakes_of_either_manifest_stop_the_run()
    {
        var commit = Committed("""
            { "artifacts": [ { "match": "*.zip", "alow": [] } ] }
            """);
        _repository.Write("releasegate.json", Base);
        Zip("a.zip", "app.js");

        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.StartWith($"{_repository.PathOf("releasegate.json")}(1,38): error RG0001: in main ({commit[..12]}): an element of \"artifacts\" has no key \"alow\""));

        _repository.Commit();
        _repository.Write("releasegate.json", "{ \"artifacts\": 1 }");
        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.StartWith($"{_repository.PathOf("releasegate.json")}(1,16): error RG0001: \"artifacts\" must be an array"));

        Committed("""{ "rules": { "RG2999": "off" } }""");
        _repository.Write("releasegate.json", Base);
        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("error RG0001: in main (").And.Contain("there is no rule RG2999"));
    }

    [Test]
    public void What_no_revision_can_hold_is_refused()
    {
        Committed(Base);
        Zip("a.zip", "app.js");
        _repository.Write("new.json", Base);

        Assert.That(Check("a.zip", "--profile", "open"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("RG0001: a profile stands in no revision").And.Contain("\"extends\": \"open\""));
        Assert.That(Check("a.zip", "--manifest", "new.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("RG0001: in main (").And.Contain("the manifest cannot be read: there is no such file"));
        Assert.That(Check("a.zip", "--manifest", Path.Combine(Path.GetTempPath(), "other.json")), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("lies outside of the repository"));
        Assert.That(_terminal.Run("check", "a.zip", "--policy-from", "nope"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("RG0001: git does not know the revision 'nope'"));
        Assert.That(_terminal.Run("check", "a.zip", "--policy-from=--help"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("is no name of a git revision"));
    }

    [Test]
    public void No_more_than_twenty_changes_are_shown()
    {
        Committed(Base);
        _repository.Write("releasegate.json", "{ \"artifacts\": [ { \"match\": \"*.zip\", \"allow\": [\"app.js\"" + string.Concat(Enumerable.Range(0, 25).Select(i => $", \"{i}.txt\"")) + "] } ] }");
        Zip("a.zip", "app.js");

        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output.Split('\n').Count(l => l.Contains("needs approval: allows")), Is.EqualTo(20));
        Assert.That(_terminal.Output, Does.Contain("\nneeds approval: 5 more, see --json\n"));
        Assert.That(Report().GetProperty("needApproval").GetArrayLength(), Is.EqualTo(25));
    }

    [Test]
    public void Build_servers_get_it_at_the_line_and_merge_keeps_it()
    {
        Committed(Base);
        _repository.Write("releasegate.json", Wider);
        Zip("a.zip", "app.js", "notes.txt");

        Assert.That(Check("a.zip", "--format", "github"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output.Split('\n'), Has.One.EqualTo("::notice file=releasegate.json,line=2,title=needs approval::allows \"notes.txt\" in \"*.zip\""));
        Assert.That(Check("a.zip", "--format", "azure"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain($"##vso[task.logissue type=warning;sourcepath={_repository.PathOf("releasegate.json")};linenumber=2;]needs approval: allows \"notes.txt\" in \"*.zip\"\n"));
        Assert.That(Check("a.zip", "--format", "tree"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("Needs approval.").And.Contain("needs approval: allows"));
        var from = Report().GetProperty("policy").GetProperty("from").GetString();

        Assert.That(_terminal.Run("merge", "report.json", "--json", "all.json", "--format", "text"), Is.EqualTo(ExitCode.Blocked), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("that counts once it is merged into main.\n").And.Contain("needs approval: allows \"notes.txt\""));
        Assert.That(Report("all.json").GetProperty("policy").GetProperty("from").GetString(), Is.EqualTo(from));
    }

    [Test]
    public void The_drill_is_taken_from_the_revision_like_the_manifest()
    {
        _repository.Write("gate/drill.json", ExposureModels.DrillText(40, 10));
        Committed(Exposed("gate/drill.json"));
        Zip("a.zip", "app.js");
        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(MissRate(), Is.EqualTo(11.0 / 42).Within(1e-9));
        Assert.That(_terminal.Output, Does.Not.Contain("needs approval"));

        // A change that brings a drill of its own, or takes it away.
        _repository.Write("gate/drill.json", ExposureModels.DrillText(40, 0));
        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(MissRate(), Is.EqualTo(11.0 / 42).Within(1e-9));
        Assert.That(_terminal.Output, Does.Contain("needs approval: loosens the exposure (\"drill\"): the report of the drill says something else"));
        File.Delete(_repository.PathOf("gate/drill.json"));
        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(MissRate(), Is.EqualTo(11.0 / 42).Within(1e-9));
        Assert.That(_terminal.Output, Does.Contain("needs approval: loosens the exposure (\"drill\"): the report of the drill is gone"));

        // The working copy's own counts without a revision, and once it is merged.
        _repository.Write("gate/drill.json", ExposureModels.DrillText(40, 3));
        Assert.That(_terminal.Run("check", "a.zip", "--json", "report.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(MissRate(), Is.EqualTo(4.0 / 42).Within(1e-9));
        _repository.Commit();
        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(MissRate(), Is.EqualTo(4.0 / 42).Within(1e-9));

        double MissRate() => Report().GetProperty("risk").GetProperty("missRate").GetDouble();
    }

    [Test]
    public void A_drill_that_the_revision_does_not_have_is_named()
    {
        Committed(Exposed("gate/drill.json"));
        _repository.Write("gate/drill.json", ExposureModels.DrillText(40, 0));
        Zip("a.zip", "app.js");
        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain("RG0001").And.Contain("in main (").And.Contain("gate/drill.json").And.Contain("there is no such file"));
        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);

        _repository.Write("gate/drill.json", "{ }");
        _repository.Commit();
        _repository.Write("gate/drill.json", ExposureModels.DrillText(40, 0));
        Assert.That(Check("a.zip"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain("RG0007").And.Contain("in main ("));
    }

    private static string Exposed(string drill) => $$"""
        { "artifacts": [ { "match": "*.zip", "allow": ["app.js"] } ],
          "exposure": { "currency": "EUR", "drill": "{{drill}}", "controls": [ { "id": "maps", "title": "Source maps", "rules": ["RG2001"] } ],
            "pathways": [ { "id": "zips", "releases": 12, "leakProbability": 0.05, "loss": { "low": 2e3, "high": 4e4 }, "cap": 1e9 } ] } }
        """;

    [Test]
    public void A_terminal_shows_it()
    {
        using var terminal = new Terminal { ForPeople = true };
        using var repository = new GitRepository(terminal.Folder);
        repository.Write("releasegate.json", Base);
        repository.Commit();
        repository.Write("releasegate.json", Wider);
        Zip(repository.PathOf("a.zip"), "app.js", "notes.txt");

        Assert.That(terminal.Run("check", "a.zip", "--policy-from", "main"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(terminal.Output, Does.Contain("needs approval: the manifest of this change would let it pass, once it is merged into main").And.Contain("needs approval: allows \"notes.txt\" in \"*.zip\""));
    }

    private string Committed(string manifest)
    {
        _repository.Write("releasegate.json", manifest);
        return _repository.Commit();
    }

    private int Check(params string[] arguments) => _terminal.Run(["check", .. arguments, "--policy-from", "main", "--json", "report.json"]);

    // As somebody would who stands there.
    private int CheckIn(string folder) => CommandLine.Run(["check", "a.zip", "--policy-from", "main", "--json", _repository.PathOf("report.json")], _terminal.Surroundings with { CurrentDirectory = _repository.PathOf(folder) });

    private JsonElement Report(string file = "report.json")
    {
        using var report = JsonDocument.Parse(File.ReadAllText(_repository.PathOf(file)));
        return report.RootElement.Clone();
    }

    private void Zip(string path, params string[] entries) => Zip(path, [.. entries.Select(e => (e, "x"))]);

    private void Zip(string path, params (string Name, string Text)[] entries)
    {
        using var stream = File.Create(Path.IsPathFullyQualified(path) ? path : _repository.Write(path));
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach (var (name, text) in entries)
        {
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(text);
        }
    }
}
