using System.IO.Abstractions;
using System.Text.Json;
using ReleaseGate.Cli;
using ReleaseGate.Governance;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;
using ReleaseGate.Tests.Reporting;

namespace ReleaseGate.Tests.Cli;

/// <summary><c>--warn-only</c>: what blocks warns, loudly, and the record says so.</summary>
public sealed class WarnOnlyTests
{
    private static readonly Descriptor Unread = GateRules.Uninspectable;

    [Test]
    public void What_would_be_blocked_goes_on_and_is_told_loudly()
    {
        using var terminal = new Terminal { Check = Answer(Sample.Verdict("a.zip", [], Sample.Judged(Sample.Stray, null, "stray"), Sample.Judged(Sample.Stray, null, "more")), Sample.Verdict("b.zip", [])) };

        Assert.That(terminal.Run("check", "a.zip", "b.zip", "--warn-only", "--json", "r.json", "--project", "p.csproj"), Is.EqualTo(ExitCode.Passed));
        var project = Path.Combine(terminal.Folder, "p.csproj");
        Assert.That(terminal.Output, Does.Contain($"{project} : warning TEST0001: a.zip: stray. Remove it.\n").And.Not.Contain(": error "));
        Assert.That(terminal.Output, Does.Contain("\na.zip: would be blocked (warn only), 2 errors, ").And.Contain("\nb.zip: passed, "));
        Assert.That(terminal.Output, Does.Contain($"\n{project} : warning ReleaseGateWarnOnly: WARN ONLY: 1 of 2 artifacts would have been blocked: 2 errors. Nothing is vouched for.\n"));

        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(terminal.Folder, "r.json")));
        Assert.That((report.RootElement.GetProperty("result").GetString(), report.RootElement.GetProperty("warnOnly").GetBoolean()), Is.EqualTo(("blocked", true)));
        Assert.That(report.RootElement.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("severity").GetString()), Is.All.EqualTo("error"));

        // The same without: it blocks.
        Assert.That(terminal.Run("check", "a.zip", "b.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(terminal.Output, Does.Contain(": error TEST0001: ").And.Not.Contain("WARN ONLY"));
    }

    [Test]
    public void It_is_said_also_where_everything_passes()
    {
        using var terminal = new Terminal { Check = Answer(Sample.Verdict("a.zip", [])) };

        Assert.That(terminal.Run("check", "a.zip", "--warn-only"), Is.EqualTo(ExitCode.Passed));
        Assert.That(terminal.Output, Does.Contain("a.zip: passed, ").And.Contain("releasegate : warning ReleaseGateWarnOnly: WARN ONLY: nothing would have been blocked."));
        Assert.That(terminal.Run("check", "a.zip", "--warn-only", "--quiet"), Is.EqualTo(ExitCode.Passed));
        Assert.That(terminal.Output, Is.Empty);
    }

    [Test]
    public void What_the_gate_could_not_do_stops_it_all_the_same()
    {
        using var terminal = new Terminal { Check = Answer(Sample.Verdict("a.zip", [], Sample.Judged(Unread, null, "cut off"), Sample.Judged(Sample.Stray, null, "stray"))) };

        Assert.That(terminal.Run("check", "a.zip", "--warn-only"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(terminal.Output, Does.Contain(": error RG0003: ").And.Contain(": warning TEST0001: ").And.Contain("a.zip: blocked, 2 errors").And.Contain("WARN ONLY does not help here"));
    }

    [Test]
    public void A_run_over_nothing_and_one_that_cannot_begin_pass_by_no_means()
    {
        using var nothing = new Terminal { Check = Answer() };
        Assert.That(nothing.Run("check", "a.zip", "--warn-only"), Is.EqualTo(ExitCode.Blocked));
        using var mistake = new Terminal { Check = (_, _, _, _) => throw new GateException(RuleId.Parse("RG0001"), "wrong") };
        Assert.That(mistake.Run("check", "a.zip", "--warn-only"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(mistake.Output, Does.Contain("error RG0001: wrong"));
    }

    [Test]
    public void Quiet_still_says_what_would_have_been_blocked()
    {
        using var terminal = new Terminal { Check = Answer(Sample.Verdict("a.zip", [], Sample.Judged(Sample.Stray, null, "stray"), Sample.Judged(Sample.Odd, null, "odd"))) };

        Assert.That(terminal.Run("check", "a.zip", "--warn-only", "--quiet"), Is.EqualTo(ExitCode.Passed));
        Assert.That(terminal.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(": ")[1]), Is.EqualTo(new[] { "warning TEST0001", "warning ReleaseGateWarnOnly" }));
    }

    [TestCase("github", "::warning title=ReleaseGateWarnOnly::WARN ONLY: 1 of 1 artifact would have been blocked: 30 errors.", "::error")]
    [TestCase("azure", "##vso[task.logissue type=warning;]ReleaseGateWarnOnly: WARN ONLY: 1 of 1 artifact would", "type=error")]
    public void Build_servers_get_warnings_only(string format, string annotation, string never)
    {
        // More than GitHub shows: of each rule one, and the annotation that says what it is all about among the first.
        var findings = Enumerable.Range(0, 30).Select(i => Sample.Judged(new Descriptor(RuleId.Parse($"TEST1{i:000}"), "Stray", "", "Remove it."), null, "stray")).ToArray();
        using var terminal = new Terminal { Check = Answer(Sample.Verdict("a.zip", [], findings)) };

        Assert.That(terminal.Run("check", "a.zip", "--warn-only", "--format", format), Is.EqualTo(ExitCode.Passed));
        Assert.That(terminal.Output, Does.StartWith(annotation).And.Not.Contain(never));
        if (format == "github") Assert.That(terminal.Output.Split('\n').Count(l => l.StartsWith("::warning", StringComparison.Ordinal)), Is.EqualTo(10));
    }

    [Test]
    public void A_terminal_shows_warnings()
    {
        using var terminal = new Terminal { ForPeople = true, Check = Answer(Sample.Verdict("a.zip", [], Sample.Judged(Sample.Stray, null, "stray"))) };

        Assert.That(terminal.Run("check", "a.zip", "--warn-only"), Is.EqualTo(ExitCode.Passed));
        Assert.That(terminal.Output, Does.Contain("TEST0001 Stray  warning, would block").And.Contain("a.zip: would be blocked (warn only)").And.Contain("WARN ONLY: 1 of 1 artifact would"));
    }

    [Test]
    public void A_tree_says_it_too()
    {
        using var terminal = new Terminal { Check = Answer(Sample.Verdict("a.zip", [], Sample.Judged(Sample.Stray, null, "stray"))) };

        Assert.That(terminal.Run("check", "a.zip", "--warn-only", "--format", "tree"), Is.EqualTo(ExitCode.Passed));
        Assert.That(terminal.Output, Does.Contain("a.zip: would be blocked (warn only)").And.Contain("WARN ONLY: 1 of 1 artifact would have been blocked"));
    }

    [Test]
    public void What_goes_on_is_released_and_what_does_not_is_not()
    {
        using var terminal = new Terminal { Check = (request, _, _, _) => Real(request) };
        terminal.Write("stage/a.zip", "bytes");

        Assert.That(terminal.Run("check", "stage/a.zip", "--release-to", "out", "--reject-to", "rejected", "--warn-only"), Is.EqualTo(ExitCode.Passed), terminal.Output + terminal.Error);
        Assert.That(File.ReadAllText(Path.Combine(terminal.Folder, "out", "a.zip")), Is.EqualTo("bytes"));
        Assert.That(terminal.Output, Does.Contain("would be blocked (warn only)"));

        terminal.Write("stage/a.zip", "bytes");
        Assert.That(terminal.Run("check", "stage/a.zip", "--release-to", "out2", "--reject-to", "rejected"), Is.EqualTo(ExitCode.Blocked));
        Assert.That((File.Exists(Path.Combine(terminal.Folder, "out2", "a.zip")), File.Exists(Path.Combine(terminal.Folder, "rejected", "a.zip"))), Is.EqualTo((false, true)));

        static GateReport Real(GateRequest request)
        {
            var verdict = Sample.Verdict(Path.Combine(request.SearchFrom, "stage", "a.zip"), [], Sample.Judged(Sample.Stray, null, "stray"));
            return Sample.Report(verdict with { Inventory = new Inventory("a.zip", ReleaseGate.Artifacts.ArtifactKind.Zip, 5, Digest.Of("bytes"u8), [], [], null) }) with { Request = request };
        }
    }

    [Test]
    public void Nothing_of_it_is_remembered_and_a_stage_takes_nothing_that_stops()
    {
        var report = Sample.Report(Sample.Verdict("a", [], Sample.Judged(Sample.Stray, null, "stray")));
        report = report with { Request = report.Request with { WarnOnly = true, State = Path.Combine(Path.GetTempPath(), "never-written") } };

        Assert.That(() => new Gate(new FileSystem()).Remember(report), Throws.ArgumentException);
        var stopped = Sample.Report(Sample.Verdict("a", [], Sample.Judged(Unread, null, "cut off")));
        Assert.That(() => new Stage(new FileSystem()).Release(stopped with { Request = stopped.Request with { WarnOnly = true } }, Path.GetTempPath()), Throws.ArgumentException);
    }

    [Test]
    public void Merged_it_goes_on_where_all_of_them_do_and_never_with_one_that_blocks()
    {
        using var terminal = new Terminal { Check = Answer(Sample.Verdict("a.zip", [], Sample.Judged(Sample.Stray, null, "stray"))) };
        terminal.Run("check", "a.zip", "--warn-only", "--json", "warn.json");
        terminal.Run("check", "a.zip", "--json", "block.json");

        Assert.That(terminal.Run("merge", "warn.json", "--json", "all.json"), Is.EqualTo(ExitCode.Passed), terminal.Output);
        Assert.That(terminal.Output, Does.Contain("WARN ONLY"));
        Assert.That(File.ReadAllText(Path.Combine(terminal.Folder, "all.json")), Does.Contain("\"warnOnly\": true"));
        Assert.That(terminal.Run("merge", "block.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(terminal.Run("merge", "warn.json", "block.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(terminal.Output, Does.Contain("only warns (--warn-only), and the other blocks"));
    }

    private static GateRun Answer(params ReleaseGate.Policy.Verdict[] verdicts) => (request, _, _, _) => Sample.Report(verdicts) with { Request = request };
}
