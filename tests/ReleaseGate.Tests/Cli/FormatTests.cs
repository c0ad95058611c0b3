using ReleaseGate.Artifacts;
using ReleaseGate.Cli;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using ReleaseGate.Tests.Reporting;

namespace ReleaseGate.Tests.Cli;

public sealed class FormatTests
{
    // What build servers would obey if it reached their log as it is.
    private static readonly string[] Hostile = ["::error::gone", "::add-mask::a", "##[add-mask]a", "##vso[task.setvariable variable=a]b", "a\r\n::stop-commands::x", " ::warning::x", "###[error]", "##VSO[task.complete result=Succeeded;]"];

    [Test]
    public void GitHub_gets_workflow_commands_with_places_in_the_repository()
    {
        using var terminal = new Terminal { Format = OutputFormat.GitHub, Check = Answer(Blocked) };
        terminal.Write(".git/HEAD");

        Assert.That(terminal.Run("check", "out/a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(Lines(terminal), Is.EqualTo(new[]
        {
            "::error file=gate/release%2C1.json,line=3,col=7,title=TEST0001 Stray::lib/a.pdb: is 100%25 odd, see: x [a.zip]. Remove it.",
            "::warning file=gate/release%2C1.json,line=1,title=TEST0002 Odd::a.zip: odd. Look at it.",
            "::group::out/a.zip: more without an annotation",
            "out/a.zip : note TEST0001: a.zip: small. Remove it.",
            "::endgroup::",
            "out/a.zip: blocked, 1 error, 1 warning, 1 entry, 1.3 MB, 2 rules, 42 ms, sha256 " + Digest.Of("artifact"u8),
        }));
    }

    [Test]
    public void Azure_gets_logging_commands_with_full_paths()
    {
        using var terminal = new Terminal { Format = OutputFormat.Azure, Check = Answer(Blocked) };
        var manifest = Path.Combine(terminal.Folder, "gate", "release,1.json");

        Assert.That(terminal.Run("check", "out/a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(Lines(terminal), Is.EqualTo(new[]
        {
            $"##vso[task.logissue type=error;sourcepath={manifest};linenumber=3;columnnumber=7;code=TEST0001;]TEST0001 Stray: lib/a.pdb: is 100%AZP25 odd, see: x [a.zip%5D. Remove it.",
            $"##vso[task.logissue type=warning;sourcepath={manifest};linenumber=1;code=TEST0002;]TEST0002 Odd: a.zip: odd. Look at it.",
            "out/a.zip : note TEST0001: a.zip: small. Remove it.",
            "out/a.zip: blocked, 1 error, 1 warning, 1 entry, 1.3 MB, 2 rules, 42 ms, sha256 " + Digest.Of("artifact"u8),
        }));
    }

    [TestCase(OutputFormat.GitHub, "::group::a.zip: waived", "::endgroup::")]
    [TestCase(OutputFormat.Azure, "##[group]a.zip: waived", "##[endgroup]")]
    public void What_is_waived_is_a_group_of_the_log_and_no_annotation(object format, string begin, string end)
    {
        using var terminal = new Terminal { Format = (OutputFormat)format, Check = Answer(_ => Sample.Verdict("a.zip", [], Sample.Waived(Sample.Judged(Sample.Stray, Sample.Entry("a.pdb"), "stray")))) };

        Assert.That(terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Passed));
        Assert.That(Lines(terminal), Is.EqualTo(new[]
        {
            begin,
            "a.zip : note TEST0001: a.pdb: stray [a.zip]. Remove it. Waived by W-7 (alice, 12 days left): a partner needs it.",
            end,
            "a.zip: passed, 1 waived, 0 entries, 1.3 MB, 2 rules, 42 ms, sha256 " + Digest.Of("artifact"u8),
        }));
        Assert.That(terminal.Run("check", "a.zip", "--quiet"), Is.EqualTo(ExitCode.Passed));
        Assert.That(terminal.Output, Is.Empty);
    }

    [Test]
    public void A_tree_is_coloured_at_a_terminal_and_plain_elsewhere()
    {
        var verdict = Sample.Verdict("a.zip", [Sample.Entry("a[red].pdb")], Sample.Judged(Sample.Stray, Sample.Entry("a[red].pdb"), "stray"));
        using var people = new Terminal { ForPeople = true, Colour = true, Check = Answer(_ => verdict) };
        using var file = new Terminal { Check = Answer(_ => verdict) };

        Assert.That(people.Run("check", "a.zip", "--format", "tree"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(people.Output, Does.StartWith("\u001b[").And.Contain("└─ a[red].pdb"));
        Assert.That(file.Run("check", "a.zip", "--format", "tree"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(file.Output, Does.StartWith("✗   5 bytes  └─ a[red].pdb\n\n✗ TEST0001 Stray, 1 finding\n"));
        Assert.That(file.Run("check", "a.zip", "--format", "tree", "--quiet"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(file.Output, Is.EqualTo("a.zip : error TEST0001: a[red].pdb: stray [a.zip]. Remove it.\n"));
    }

    [TestCase("text")]
    [TestCase("msbuild")]
    public void The_command_line_overrides_the_surroundings(string format)
    {
        using var server = new Terminal { Format = OutputFormat.GitHub, Check = Answer(Blocked) };
        using var plain = new Terminal { Check = Answer(Blocked) };

        Assert.That(server.Run("check", "out/a.zip", "--format", format), Is.EqualTo(plain.Run("check", "out/a.zip")));
        Assert.That(server.Output.Replace(server.Folder, ""), Is.EqualTo(plain.Output.Replace(plain.Folder, "")).And.Not.Contain("::error"));
        Assert.That(plain.Run("check", "out/a.zip", "--format", "azure"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(plain.Output, Does.StartWith("##vso["));
    }

    [Test]
    public void At_a_terminal_msbuild_means_canonical_lines_and_text_means_groups()
    {
        using var terminal = new Terminal { ForPeople = true, Check = Answer(Blocked) };

        terminal.Run("check", "out/a.zip", "--format", "msbuild");
        Assert.That(terminal.Output, Does.Contain(": error TEST0001: "));
        terminal.Run("check", "out/a.zip", "--format", "text");
        Assert.That(terminal.Output, Does.Contain("TEST0001 Stray  error\n"));
    }

    [Test]
    public void Quiet_leaves_only_errors()
    {
        using var terminal = new Terminal { Format = OutputFormat.GitHub, Check = Answer(Blocked) };

        Assert.That(terminal.Run("check", "out/a.zip", "--quiet"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(Lines(terminal), Has.Length.EqualTo(1).And.All.StartWith("::error "));
    }

    [Test]
    public void A_mistake_is_an_annotation_at_its_line()
    {
        using var terminal = new Terminal { Format = OutputFormat.GitHub };
        terminal.Write("releasegate.json", "{\n  \"alow\": []\n}");
        terminal.Write("a.zip");

        Assert.That(terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Lines(terminal).Single(), Does.StartWith("::error file=releasegate.json,line=2,col=3,title=RG0001 ").And.Contains("alow"));
        Assert.That(terminal.Run("check", "a.zip", "--format", "azure"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Lines(terminal).Single(), Does.StartWith($"##vso[task.logissue type=error;sourcepath={Path.Combine(terminal.Folder, "releasegate.json")};linenumber=2;columnnumber=3;code=RG0001;]RG0001 "));
    }

    [Test]
    public void What_has_no_place_in_the_repository_points_at_the_project_or_nowhere()
    {
        using var terminal = new Terminal
        {
            Format = OutputFormat.GitHub,
            Check = (request, now, _, _) => new GateReport(request, Sample.Manifest(), false, [Sample.Verdict("a.zip", [], Sample.Judged(Sample.Stray, null, "stray"))], now),
        };

        terminal.Run("check", "a.zip");
        Assert.That(Lines(terminal)[0], Is.EqualTo("::error title=TEST0001 Stray::a.zip: stray. Remove it."));
        terminal.Run("check", "a.zip", "--project", "x/p.csproj");
        Assert.That(Lines(terminal)[0], Does.StartWith("::error file=x/p.csproj,line=1,title="));
        terminal.Run("check", "a.zip", "--project", "../p.csproj");
        Assert.That(Lines(terminal)[0], Does.StartWith("::error title="));
    }

    [Test]
    public void Paths_begin_where_the_server_has_the_repository()
    {
        using var terminal = new Terminal();
        using var server = new Terminal { Format = OutputFormat.GitHub, Workspace = Path.GetDirectoryName(terminal.Folder), Check = Answer(Blocked) };

        server.Run("check", "out/a.zip");
        Assert.That(Lines(server)[0], Does.StartWith($"::error file={Path.GetFileName(server.Folder)}/gate/release%2C1.json,"));
    }

    [Test]
    public void More_than_GitHub_shows_stands_in_the_log_and_every_rule_has_its_annotation()
    {
        var many = Enumerable.Range(10, 15).Select(i => Sample.Judged(Sample.Stray, Sample.Entry($"{i}.txt"), "stray"));
        var verdicts = (Verdict[])[Sample.Verdict("a.zip", [], [.. many]), Sample.Verdict("b.zip", [], [Sample.Judged(Sample.Odd, null, "odd", Severity.Error), .. Enumerable.Repeat(0, 25).Select(_ => Sample.Judged(Sample.Stray, null, "stray", Severity.Warning))])];
        using var terminal = new Terminal { Format = OutputFormat.GitHub, Check = (request, now, _, _) => new GateReport(request, Sample.Manifest(), true, verdicts, now) };

        terminal.Run("check", "a.zip", "b.zip");
        var lines = Lines(terminal);
        Assert.That(lines.Count(l => l.StartsWith("::error ", StringComparison.Ordinal)), Is.EqualTo(10));
        Assert.That(lines.Count(l => l.StartsWith("::warning ", StringComparison.Ordinal)), Is.EqualTo(10));
        Assert.That(lines, Has.Exactly(1).Contains("TEST0002 Odd::b.zip: odd"));
        foreach (var i in Enumerable.Range(10, 15)) Assert.That(lines, Has.Exactly(1).Contains($"{i}.txt: stray"));
        Assert.That(lines, Has.Exactly(6).StartsWith("a.zip : error TEST0001: "));
        Assert.That(lines, Has.Exactly(10).StartsWith("b.zip : warning TEST0001: ").And.Exactly(1).EqualTo("TEST0001: 5 more, see --json"));
        Assert.That(lines.Count(l => l.StartsWith("::group::", StringComparison.Ordinal)), Is.EqualTo(lines.Count(l => l == "::endgroup::")).And.EqualTo(2));
    }

    [TestCaseSource(nameof(Hostile))]
    public void Names_from_packages_are_no_commands_to_a_build_server(string name)
    {
        using var terminal = new Terminal { Check = Answer(_ => Sample.Verdict(name, [], Sample.Judged(new Descriptor("TEST0009", name, name, name), Sample.Entry(name), EntryPath.Printable(name)), Sample.Judged(Sample.Odd, null, EntryPath.Printable(name)))) };
        foreach (var format in (string[])["text", "msbuild", "github", "azure"])
        {
            Assert.That(terminal.Run("check", "a.zip", "--format", format), Is.EqualTo(ExitCode.Blocked));
            foreach (var line in Lines(terminal))
            {
                var own = format == "github" && (line.StartsWith("::error ", StringComparison.Ordinal) || line.StartsWith("::warning ", StringComparison.Ordinal) || line.StartsWith("::group::", StringComparison.Ordinal) || line == "::endgroup::");
                if (!own) Assert.That(line.TrimStart(), Does.Not.StartWith("::"), format);
                Assert.That(line, Does.Not.Contain("##["), format);
                var rest = format == "azure" && line.StartsWith("##vso[task.logissue ", StringComparison.Ordinal) ? line[6..] : line;
                Assert.That(rest, Does.Not.Contain("##vso[").IgnoreCase, format);
            }
        }
    }

    [Test]
    public void Only_names_that_a_server_would_obey_are_escaped()
    {
        Assert.That(Hostile.Select(EntryPath.Printable), Has.All.Contain("\\u00"));
        foreach (var harmless in (string[])["std::vector", "# heading", "#[derive]", "a##b", "##", "a: b", ":", "http://[::1]/"])
            Assert.That(EntryPath.Printable(harmless), Is.EqualTo(harmless));
        Assert.That(EntryPath.Printable(EntryPath.Printable(Hostile[0])), Is.EqualTo("\\u003a:error::gone"));
    }

    [Test]
    public void An_unknown_format_is_refused()
    {
        using var terminal = new Terminal { Check = Answer(Blocked) };

        Assert.That(terminal.Run("check", "a.zip", "--format", "gitlab"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(terminal.Error, Does.Contain("'gitlab'").And.Contains("'azure'"));
    }

    private static string[] Lines(Terminal terminal) => terminal.Output.TrimEnd('\n').Split('\n');

    private static Verdict Blocked(string manifest)
    {
        var entry = Sample.Entry("lib/a.pdb");
        var finding = new Finding(Sample.Stray, entry, "is 100% odd, see: x") { Location = new ManifestLocation(manifest, 3, 7) };
        return Sample.Verdict("out/a.zip", [entry], new JudgedFinding(finding, Severity.Error), Sample.Judged(Sample.Odd, null, "odd"), Sample.Judged(Sample.Stray, null, "small", Severity.Note));
    }

    private static GateRun Answer(Func<string, Verdict> verdict) => (request, now, _, _) =>
    {
        var manifest = Path.Combine(request.SearchFrom, "gate", "release,1.json");
        return new GateReport(request, new Manifest("closed", manifest, Digest.Of("manifest"u8), [], new Dictionary<RuleId, RuleSetting>()), true, [verdict(manifest)], now);
    };
}
