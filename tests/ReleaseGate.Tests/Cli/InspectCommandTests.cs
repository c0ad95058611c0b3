using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Cli;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;
using ReleaseGate.Tests.Reporting;

namespace ReleaseGate.Tests.Cli;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class InspectCommandTests : IDisposable
{
    private static readonly Descriptor Token = new("RG4001", "ProvenToken", "Finds tokens.", "Revoke it.");
    private static readonly Descriptor Map = new("RG2001", "SourceMap", "Finds maps.", "Leave it out.");
    private static readonly Descriptor Source = new("RG3001", "SourceFile", "Finds sources.", "Leave it out.");
    private static readonly Descriptor Unlisted = new("RG1001", "UnlistedEntry", "Finds strays.", "Leave it out.");

    private readonly Terminal _terminal;
    private GateReport? _report;

    public InspectCommandTests() => _terminal = new Terminal { Check = (_, _, _, _) => _report! };

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void What_was_recognised_stands_under_its_entry()
    {
        var entry = Sample.Entry("lib/a.dll");
        entry.Traits = entry.Traits.Add("debug", "Debug").Add("pdb", "embedded, 55 documents\u001b");
        _report = Sample.Report(Sample.Verdict("a.zip", [entry, Sample.Entry("b.txt")]));

        Assert.That(_terminal.Run("inspect", "a.zip"), Is.EqualTo(ExitCode.Passed));
        var lines = _terminal.Output.Split('\n');
        Assert.That(lines[1], Does.EndWith("  lib/a.dll"));
        Assert.That(lines[2], Is.EqualTo("    debug: Debug; pdb: embedded, 55 documents\\u001b"));
        Assert.That(lines[3], Does.EndWith("  b.txt"));
    }

    [Test]
    public void What_it_exposes_stands_by_rule_the_worst_first_and_nothing_of_policy()
    {
        var a = Sample.Entry("a");
        var b = Sample.Entry("b");
        _report = Sample.Report(Sample.Verdict("a.zip", [a, b],
            Sample.Judged(Unlisted, a, "not listed"),
            Sample.Judged(Map, a, "is a map"), Sample.Judged(Map, b, "is a map as well"),
            Sample.Judged(Source, a, "is source", Severity.Warning),
            Sample.Judged(Token, b, "holds a token"), Sample.Judged(Token, b, "holds another")));

        Assert.That(_terminal.Run("inspect", "a.zip", "--json", "i.json"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Does.EndWith("""
            what it exposes:
              RG4001 ProvenToken: 2 times in 1 entry
                b: holds a token
                b: holds another
              RG2001 SourceMap: 2 entries
                a: is a map
                b: is a map as well
              RG3001 SourceFile: 1 entry
                a: is source

            """.ReplaceLineEndings("\n")));

        using var inventory = JsonDocument.Parse(File.ReadAllText(Path.Combine(_terminal.Folder, "i.json")));
        Assert.That(inventory.RootElement.GetProperty("exposed").EnumerateArray().Select(e => e.GetRawText().Replace(" ", "", StringComparison.Ordinal).ReplaceLineEndings("")), Is.EqualTo(new[]
        {
            """{"rule":"RG4001","title":"ProvenToken","summary":"Findstokens.","severity":"error","findings":2,"entries":1}""",
            """{"rule":"RG2001","title":"SourceMap","summary":"Findsmaps.","severity":"error","findings":2,"entries":2}""",
            """{"rule":"RG3001","title":"SourceFile","summary":"Findssources.","severity":"warning","findings":1,"entries":1}""",
        }));
        Assert.That(inventory.RootElement.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("rule").GetString()), Is.EqualTo(new[] { "RG4001", "RG4001", "RG2001", "RG2001", "RG3001" }));
    }

    [Test]
    public void Long_lines_are_broken_and_many_findings_cut()
    {
        var entry = Sample.Entry("a");
        var message = "says " + string.Concat(Enumerable.Repeat("something ", 30)) + new string('x', 120);
        _report = Sample.Report(Sample.Verdict("a.zip", [entry], [.. Enumerable.Range(0, 12).Select(_ => Sample.Judged(Map, entry, message))]));

        Assert.That(_terminal.Run("inspect", "a.zip"), Is.EqualTo(ExitCode.Passed));
        var lines = _terminal.Output.TrimEnd('\n').Split('\n').SkipWhile(l => l != "what it exposes:").ToArray();
        Assert.That(lines.Where(l => !l.EndsWith('x')).Select(l => l.Length), Is.All.LessThanOrEqualTo(80));
        Assert.That(string.Join(' ', lines.Skip(2).TakeWhile((l, i) => i == 0 || l.StartsWith("      ", StringComparison.Ordinal)).Select(l => l.Trim())), Is.EqualTo("a: " + message));
        Assert.That(lines[^1], Is.EqualTo("    and 2 more; '--json FILE' writes all"));
    }

    [Test]
    public void What_could_not_be_read_stands_in_both_and_fails()
    {
        var entry = Sample.Entry("a", complete: false);
        _report = Sample.Report(Sample.Verdict("a.zip", [entry], Sample.Judged(GateRules.Uninspectable, entry, "it is cut")));

        Assert.That(_terminal.Run("inspect", "a.zip", "--json", "i.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.StartWith("a.zip: could not be inspected whole, so what it exposes is known only in part\na.zip : error RG0003: a: it is cut"));
        Assert.That(_terminal.Output, Does.Not.Contain("exposes nothing"));
        using var inventory = JsonDocument.Parse(File.ReadAllText(Path.Combine(_terminal.Folder, "i.json")));
        Assert.That(inventory.RootElement.GetProperty("findings")[0].GetProperty("rule").GetString(), Is.EqualTo("RG0003"));
        Assert.That(inventory.RootElement.GetProperty("exposed").GetArrayLength(), Is.Zero);
    }

    [Test]
    public void A_rule_that_failed_fails_it_as_well()
    {
        var entry = Sample.Entry("a");
        _report = Sample.Report(Sample.Verdict("a.zip", [entry], Sample.Judged(GateRules.RuleFailed, entry, "rule RG2001 crashed"), Sample.Judged(Map, entry, "is a map")));

        Assert.That(_terminal.Run("inspect", "a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.StartWith("a.zip: could not be inspected whole, so what it exposes is known only in part\na.zip : error RG0002: a: rule RG2001 crashed"));
        Assert.That(_terminal.Output, Does.EndWith("what it exposes:\n  RG2001 SourceMap: 1 entry\n    a: is a map\n"));
    }

    [Test]
    public void Every_rule_runs_whatever_manifest_lies_around()
    {
        using var terminal = new Terminal();
        terminal.Write("releasegate.json", """{ "extends": "closed", "rules": { "RG2001": "off", "RG2002": "off" } }""");
        terminal.Write("out/cli.map", """{"version":3,"sources":["a.ts"],"mappings":""}""");

        Assert.That(terminal.Run("inspect", "out", "--json", "i.json"), Is.EqualTo(ExitCode.Passed), terminal.Error);
        Assert.That(terminal.Output, Does.Contain("\n  RG2001 SourceMap: 1 entry\n"));
        using var inventory = JsonDocument.Parse(File.ReadAllText(Path.Combine(terminal.Folder, "i.json")));
        var artifact = inventory.RootElement.GetProperty("artifact");
        Assert.That(artifact.GetProperty("rulesOff").GetArrayLength(), Is.Zero);
        Assert.That(artifact.GetProperty("rulesRun").GetArrayLength(), Is.EqualTo(BuiltInRules.All.Count));
        Assert.That(artifact.GetProperty("entries")[0].GetProperty("traits").ValueKind, Is.EqualTo(JsonValueKind.Object));
    }
}
