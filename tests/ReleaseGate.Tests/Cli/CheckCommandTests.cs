using System.CommandLine;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using ReleaseGate.Cli;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using ReleaseGate.Tests.Reporting;

namespace ReleaseGate.Tests.Cli;

public sealed class CheckCommandTests
{
    [Test]
    public void What_passes_returns_0()
    {
        using var terminal = new Terminal { Check = Answer(Sample.Verdict("a.zip", [])) };

        Assert.That(terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Passed));
        Assert.That(terminal.Output, Does.StartWith("a.zip: passed, "));
        Assert.That(terminal.Error, Is.Empty);
    }

    [Test]
    public void What_is_blocked_returns_1()
    {
        using var terminal = new Terminal { Check = Answer(Sample.Verdict("a.zip", []), Sample.Verdict("b.zip", [], Sample.Judged(Sample.Stray, null, "stray"))) };

        Assert.That(terminal.Run("check", "a.zip", "b.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(terminal.Output, Does.Contain("\nb.zip : error TEST0001: b.zip: stray. Remove it.\nb.zip: blocked, 1 error, "));
    }

    [Test]
    public void A_run_over_nothing_returns_1()
    {
        using var terminal = new Terminal { Check = Answer() };
        Assert.That(terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Blocked));
    }

    [Test]
    public void Warnings_pass_and_quiet_says_nothing_of_them()
    {
        using var terminal = new Terminal { Check = Answer(Sample.Verdict("a.zip", [], Sample.Judged(Sample.Odd, null, "odd"))) };

        Assert.That(terminal.Run("check", "a.zip", "--quiet"), Is.EqualTo(ExitCode.Passed));
        Assert.That(terminal.Output, Is.Empty);
    }

    [Test]
    public void A_mistake_returns_2_and_names_its_line_also_in_the_report()
    {
        using var terminal = new Terminal { Check = (_, _, _, _) => throw new GateException(RuleId.Parse("RG0001"), "Unknown key 'alow'.", "/repo/releasegate.json", 3, 4) };

        Assert.That(terminal.Run("check", "a.zip", "--json", "out/report.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(terminal.Output, Is.EqualTo("/repo/releasegate.json(3,4): error RG0001: Unknown key 'alow'.\n"));
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(terminal.Folder, "out", "report.json")));
        Assert.That(report.RootElement.GetProperty("result").GetString(), Is.EqualTo("error"));
        Assert.That(report.RootElement.GetProperty("error").GetProperty("line").GetInt32(), Is.EqualTo(3));
    }

    [Test]
    public void A_defect_returns_2_asks_for_a_report_and_leaves_no_pass_behind()
    {
        using var terminal = new Terminal { Check = (_, _, _, _) => throw new InvalidOperationException("boom\u001b[31m") };
        terminal.Write("report.json", "{ \"schema\": \"releasegate/report/v1\", \"result\": \"passed\" }");

        Assert.That(terminal.Run("check", "a.zip", "--json", "report.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(terminal.Output, Is.Empty);
        Assert.That(terminal.Error, Does.Contain("Please report it").And.Contains(@"boom\u001b[31m").And.Contains("nothing was passed"));
        Assert.That(File.ReadAllText(Path.Combine(terminal.Folder, "report.json")), Does.Contain("\"result\": \"error\""));
    }

    [Test]
    public void Ctrl_C_returns_130_and_leaves_no_file_behind()
    {
        using var cancel = new CancellationTokenSource();
        using var terminal = new Terminal
        {
            Cancel = cancel.Token,
            Check = (_, _, _, token) =>
            {
                cancel.Cancel();
                token.ThrowIfCancellationRequested();
                throw new InvalidOperationException("not reached");
            },
        };
        terminal.Write("report.json", "{ \"schema\": \"releasegate/report/v1\", \"result\": \"passed\" }");

        Assert.That(terminal.Run("check", "a.zip", "--json", "report.json"), Is.EqualTo(ExitCode.Cancelled));
        Assert.That(terminal.Output, Is.Empty);
        Assert.That(terminal.Error, Does.Contain("nothing was passed"));
        Assert.That(Directory.GetFileSystemEntries(terminal.Folder), Is.Empty);
    }

    [Test]
    public void A_report_that_cannot_be_written_fails_a_run_that_passed()
    {
        using var terminal = new Terminal { Check = Answer(Sample.Verdict("a.zip", [])) };
        terminal.Write("file");

        Assert.That(terminal.Run("check", "a.zip", "--json", "file/report.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(terminal.Error, Does.StartWith("releasegate: error: "));
        Directory.CreateDirectory(Path.Combine(terminal.Folder, "folder"));
        Assert.That(terminal.Run("check", "a.zip", "--json", "folder"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Directory.GetFileSystemEntries(terminal.Folder).Select(Path.GetFileName), Is.EquivalentTo(new[] { "file", "folder" }));
    }

    [Test]
    public void Where_a_report_cannot_be_written_nothing_is_released()
    {
        using var terminal = new Terminal { Check = Answer(Sample.Verdict("a.zip", [])) };
        terminal.Write("a.zip");
        terminal.Write("file");

        foreach (var option in (string[])["--json", "--sarif"])
        {
            Assert.That(terminal.Run("check", "a.zip", option, "file/report", "--release-to", "out"), Is.EqualTo(ExitCode.CouldNotRun));
            Assert.That(Directory.Exists(Path.Combine(terminal.Folder, "out")), Is.False);
        }
    }

    [Test]
    public void A_file_is_no_folder()
    {
        using var terminal = new Terminal { Check = Answer(Sample.Verdict("a.zip", [])) };
        terminal.Write("a.zip");

        Assert.That(terminal.Run("check", "a.zip", "--as", "directory"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(terminal.Output, Does.Contain("error RG0007: 'a.zip' is a file, and '--as directory' takes folders"));
    }

    [TestCase("check")]
    [TestCase("check", "--json")]
    [TestCase("check", "a.zip", "--nonsense")]
    [TestCase("check", "a.zip", "--as", "file")]
    [TestCase("check", "a.zip", "--manifest", "a", "--manifest", "b")]
    [TestCase("chekc", "a.zip")]
    [TestCase]
    public void Bad_usage_returns_2(params string[] args)
    {
        using var terminal = new Terminal { Check = Answer(Sample.Verdict("a.zip", [])) };

        Assert.That(terminal.Run(args), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(terminal.Output, Is.Empty);
        Assert.That(terminal.Error, Does.StartWith("releasegate: error: ").And.Contains("--help"));
    }

    [Test]
    public void Bad_usage_is_told_on_one_line()
    {
        using var terminal = new Terminal { Check = Answer(Sample.Verdict("a.zip", [])) };

        Assert.That(terminal.Run("check", "a.zip", "--as", "folder"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(terminal.Error, Does.Match(@"^releasegate: error: [^\n]*'folder'[^\n]*'directory'[^\n]*\nSee ").And.Not.Contain("\\u000"));
    }

    [TestCase("@acme/cli.tgz")]
    [TestCase("-odd.tgz", "--")]
    public void A_strange_path_is_a_path(string path, string? before = null)
    {
        GateRequest? asked = null;
        using var terminal = new Terminal { Check = Answer(request => asked = request, Sample.Verdict("a.zip", [])) };
        var code = before is null ? terminal.Run("check", path) : terminal.Run("check", before, path);

        Assert.That(code, Is.EqualTo(ExitCode.Passed));
        Assert.That(asked!.Artifacts, Is.EqualTo(new[] { path }));
    }

    // Where a property of the request comes from. A new property or option must be entered here or in NotOfTheRequest.
    private static readonly Dictionary<string, string> OptionOf = new()
    {
        [nameof(GateRequest.Artifacts)] = "PATH",
        [nameof(GateRequest.Manifest)] = "--manifest",
        [nameof(GateRequest.Profile)] = "--profile",
        [nameof(GateRequest.Rules)] = "--rules",
        [nameof(GateRequest.FirstParty)] = "--first-party",
        [nameof(GateRequest.AsDirectory)] = "--as",
        [nameof(GateRequest.Shard)] = "--shard",
        [nameof(GateRequest.PolicyFrom)] = "--policy-from",
        [nameof(GateRequest.Baselines)] = "--baseline",
        [nameof(GateRequest.WarnOnly)] = "--warn-only",
        [nameof(GateRequest.AsOf)] = "--as-of",
        [nameof(GateRequest.Receipts)] = "--receipts",
        [nameof(GateRequest.Sboms)] = "--sbom",
        [nameof(GateRequest.Seals)] = "--seals",
        [nameof(GateRequest.SealKey)] = "--seal-key",
        [nameof(GateRequest.SealTo)] = "--seal-to",
        [nameof(GateRequest.AuditLog)] = "--log",
        [nameof(GateRequest.Report)] = "--json",
        [nameof(GateRequest.Sarif)] = "--sarif",
        [nameof(GateRequest.SarifOmitsWaived)] = "--sarif-waived",
        [nameof(GateRequest.JUnit)] = "--junit",
        [nameof(GateRequest.Markdown)] = "--markdown",
        [nameof(GateRequest.Html)] = "--html",
        [nameof(GateRequest.Project)] = "--project",
        [nameof(GateRequest.Plan)] = "--plan",
        [nameof(GateRequest.AsPlanned)] = "--planned",
        [nameof(GateRequest.Unfinished)] = "--unfinished",
        [nameof(GateRequest.State)] = "--state",
    };

    private static readonly string[] NotAnOption = [nameof(GateRequest.SearchFrom)];

    private static readonly string[] NotOfTheRequest = ["--report-formats", "--format", "--quiet", "--release-to", "--release-each", "--reject-to", "--mark-rejected"];

    [Test]
    public void Options_mirror_the_request_one_to_one()
    {
        using var terminal = new Terminal();
        var check = CommandLine.Root(terminal.Surroundings).Subcommands.Single(c => c.Name == "check");
        var properties = typeof(GateRequest).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => p.Name);

        Assert.That(properties, Is.EquivalentTo(OptionOf.Keys.Concat(NotAnOption)));
        Assert.That(check.Options.Select(o => o.Name).Concat(check.Arguments.Select(a => a.Name)), Is.EquivalentTo(OptionOf.Values.Concat(NotOfTheRequest)));
    }

    [Test]
    public void Every_option_reaches_the_request()
    {
        GateRequest? asked = null;
        using var terminal = new Terminal { Check = Answer(request => asked = request, Sample.Verdict("a.zip", [])) };
        string Full(string name) => Path.Combine(terminal.Folder, name);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        terminal.Variables["KEY"] = key.ExportPkcs8PrivateKeyPem();

        Assert.That(terminal.Run("check", "a.zip", "b*.zip", "--manifest", "m.json", "--profile", "open", "--rules", "one.dll", "--rules", "two.dll", "--first-party", "Acme", "--first-party", "Acme.Core",
            "--json", "r.json", "--as", "directory", "--shard", "3/8", "--project", "x/p.csproj", "--plan", "p.plan", "--planned", "--unfinished", "--policy-from", "origin/main", "--baseline", "old.zip", "--baseline", "old.receipt.json", "--warn-only",
            "--as-of", "2027-01-31", "--receipts", "kept", "--sbom", "boms", "--seals", "sealed", "--seal-key", "env://KEY", "--seal-to", "https://feed.acme.example/index.json", "--log", "audit.jsonl", "--sarif-waived", "omit"), Is.EqualTo(ExitCode.Passed), terminal.Error);
        Assert.That(asked!.Artifacts, Is.EqualTo(new[] { "a.zip", "b*.zip" }));
        Assert.That(asked.Manifest, Is.EqualTo(Full("m.json")));
        Assert.That(asked.Profile, Is.EqualTo("open"));
        Assert.That(asked.Rules, Is.EqualTo(new[] { Full("one.dll"), Full("two.dll") }));
        Assert.That(asked.FirstParty, Is.EqualTo(new[] { "Acme", "Acme.Core" }));
        Assert.That(asked.AsDirectory, Is.True);
        Assert.That(asked.Shard, Is.EqualTo(new ReleaseGate.Artifacts.Shard(3, 8)));
        Assert.That(asked.Report, Is.EqualTo(Full("r.json")));
        Assert.That(asked.Project, Is.EqualTo(Full(Path.Combine("x", "p.csproj"))));
        Assert.That(asked.Plan, Is.EqualTo(Full("p.plan")));
        Assert.That(asked.AsPlanned, Is.True);
        Assert.That(asked.Unfinished, Is.True);
        Assert.That(asked.PolicyFrom, Is.EqualTo("origin/main"));
        Assert.That(asked.Baselines, Is.EqualTo(new[] { Full("old.zip"), Full("old.receipt.json") }));
        Assert.That(asked.WarnOnly, Is.True);
        Assert.That(asked.AsOf, Is.EqualTo(new DateOnly(2027, 1, 31)));
        Assert.That(asked.Receipts, Is.EqualTo(Full("kept")));
        Assert.That((asked.Sboms, asked.Seals, asked.SealKey, asked.SealTo, asked.AuditLog), Is.EqualTo((Full("boms"), Full("sealed"), "env://KEY", "https://feed.acme.example/index.json", Full("audit.jsonl"))));
        Assert.That(asked.SarifOmitsWaived, Is.True);
        Assert.That(asked.SearchFrom, Is.EqualTo(terminal.Folder));

        Assert.That(terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Passed));
        Assert.That(asked, Is.EqualTo(new GateRequest { Artifacts = asked.Artifacts, Rules = asked.Rules, FirstParty = asked.FirstParty, Baselines = asked.Baselines, SearchFrom = terminal.Folder }));
        Assert.That(asked.Rules.Concat(asked.FirstParty).Concat(asked.Baselines), Is.Empty);
    }

    [Test]
    public void People_get_groups_and_colours_and_the_same_facts()
    {
        var entry = Sample.Entry("[red]a\u001b[2K.pdb[/]");
        var verdict = Sample.Verdict("a.zip", [entry], [.. Enumerable.Repeat(Sample.Judged(Sample.Stray, entry, "not on the [list]"), 25)]);
        using var plain = new Terminal { Check = Answer(verdict), ForPeople = true };
        using var colourful = new Terminal { Check = Answer(verdict), ForPeople = true, Colour = true };

        Assert.That(plain.Run("check", "a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(plain.Output, Does.Not.Contain("\u001b"));
        Assert.That(plain.Output, Does.Contain("TEST0001 Stray  error\n  [red]a\\u001b[2K.pdb[/]: not on the [list]\n"));
        Assert.That(plain.Output, Does.Contain("TEST0001: 5 more, see --json\n  > Remove it.\n"));
        Assert.That(plain.Output, Does.EndWith(ReleaseGate.Reporting.TextReporter.Summary(verdict) + "\n"), "lines are not broken");
        Assert.That(colourful.Run("check", "a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(colourful.Output, Does.Contain("\u001b[").And.Not.Contain("\u001b[2K"));
    }

    [Test]
    public void A_rule_has_a_heading_for_each_severity_so_that_errors_can_be_counted()
    {
        var dll = Sample.Entry("a.dll");
        var pdb = Sample.Entry("a.pdb");
        var verdict = Sample.Verdict("a.zip", [dll, pdb],
            [Sample.Judged(Sample.Stray, dll, "holds paths", Severity.Warning), Sample.Judged(Sample.Stray, pdb, "holds paths")]);
        using var terminal = new Terminal { Check = Answer(verdict), ForPeople = true };

        Assert.That(terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(terminal.Output, Does.StartWith("""
            TEST0001 Stray  error
              a.pdb: holds paths
              > Remove it.

            TEST0001 Stray  warning
              a.dll: holds paths
              > Remove it.


            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void An_error_behind_a_flood_of_warnings_of_its_rule_is_shown()
    {
        var entry = Sample.Entry("a");
        var verdict = Sample.Verdict("a.zip", [entry],
            [.. Enumerable.Repeat(Sample.Judged(Sample.Stray, entry, "odd", Severity.Warning), 25), Sample.Judged(Sample.Stray, entry, "wrong")]);
        using var terminal = new Terminal { Check = Answer(verdict), ForPeople = true };

        Assert.That(terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(terminal.Output, Does.StartWith("TEST0001 Stray  error\n  a: wrong\n  > Remove it.\n\nTEST0001 Stray  warning\n  a: odd\n"));
        Assert.That(terminal.Output, Does.Contain("  TEST0001: 5 more, see --json\n"));
        Assert.That(terminal.Run("check", "a.zip", "--quiet"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(terminal.Output, Is.EqualTo("TEST0001 Stray  error\n  a: wrong\n  > Remove it.\n\n"));
    }

    [Test]
    public void Progress_appears_after_a_second_and_is_erased()
    {
        var clock = new Watch();
        using var terminal = new Terminal
        {
            ForPeople = true,
            Time = clock,
            Check = (request, now, progress, _) =>
            {
                progress!.Report(new GateProgress("soon.zip", 0, 2, 1));
                clock.Seconds = 2;
                progress.Report(new GateProgress("late\u001b.zip", 1, 2, 5_000_000, 3));
                return Sample.Report(Sample.Verdict("a.zip", []));
            },
        };

        Assert.That(terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Passed));
        var line = @"2/2  5.0 MB  3 findings  late\u001b.zip";
        Assert.That(terminal.Error, Is.EqualTo($"\r{line}\r{new string(' ', line.Length)}\r"));
    }

    private static GateRun Answer(params Verdict[] verdicts) => Answer(_ => { }, verdicts);

    private static GateRun Answer(Action<GateRequest> asked, params Verdict[] verdicts) => (request, now, _, _) =>
    {
        asked(request);
        return new GateReport(request, Sample.Manifest(), true, verdicts, now);
    };

    private sealed class Watch : TimeProvider
    {
        public int Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
