using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Reporting;

public sealed class MarkdownReporterTests
{
    private static readonly string Digest12 = Digest.Of("artifact"u8).ToString()[..12];

    [Test]
    public void A_release_that_passes_is_a_heading_and_a_table() => Assert.That(Write(Sample.Report(Sample.Verdict("out/a.zip", [Sample.Entry("x")]))), Is.EqualTo($"""
        <!-- releasegate/markdown/v1 -->
        ## ✅ ReleaseGate: passed

        1 artifact.

        | | Artifact | Errors | Warnings | Waived | Entries | Size | SHA-256 |
        |---|---|--:|--:|--:|--:|--:|---|
        | ✅ | `a.zip` | 0 | 0 | 0 | 1 | 1.3 MB | `{Digest12}` |

        ReleaseGate {GateReport.ToolVersion}, manifest `closed` (`{Digest.Of("manifest"u8).ToString()[..12]}`).

        """.ReplaceLineEndings("\n")));

    [Test]
    public void What_blocks_comes_by_rule_with_each_next_step_once()
    {
        var (a, b, c) = (Sample.Entry("lib/a.pdb"), Sample.Entry("lib/b.pdb"), Sample.Entry("lib/c.pdb"));
        var own = new JudgedFinding(new Finding(Sample.Stray, b, "not on the list") { Fix = "Add it.", Location = new ManifestLocation("/here/releasegate.json", 7, 5) }, Severity.Error) { NeedsApproval = true };
        var report = Sample.Report(Sample.Verdict("a.zip", [a, b, c], Sample.Judged(Sample.Stray, a, "not on the list"), own, Sample.Judged(Sample.Stray, c, "not on the list"), Sample.Judged(Sample.Odd, null, "has no readme"), Sample.Judged(Sample.Odd, a, "odd", Severity.Note)))
            with
        { NeedApproval = [new PolicyChange("allows lib/*.pdb in *.zip", new ManifestLocation("/here/releasegate.json", 8, 3))] };

        Assert.That(Write(report), Does.Contain("""
            ## ❌ ReleaseGate: blocked

            1 artifact, 3 errors, 1 warning.
            """.ReplaceLineEndings("\n")).And.Contain("""
            ### What blocks

            **TEST0001 Stray**: 3 findings

            - `lib/a.pdb`: not on the list
            - `lib/b.pdb`: not on the list, line 7 of `releasegate.json` **Needs approval.**
            - `lib/c.pdb`: not on the list

            > Remove it.

            > Add it.

            ### What warns

            **TEST0002 Odd**: 1 finding

            - `a.zip`: has no readme

            > Look at it.

            ### What needs approval

            The manifest of this change would permit what the one judged by does not:

            - allows lib/\*.pdb in \*.zip (line 8)

            1 note is not shown. The JSON and HTML reports have everything. ReleaseGate
            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void What_is_waived_says_by_whom_how_long_and_why()
    {
        var (a, b) = (Sample.Entry("a|b.pdb"), Sample.Entry("b.pdb"));
        var waiver = Sample.WaiverOf(Sample.Stray.Id, "*.pdb");
        JudgedFinding Silenced(Entry entry) => Sample.Judged(Sample.Stray, entry, "stray", Severity.Note) with { Waiver = waiver, Unwaived = Severity.Error, DaysLeft = 12 };
        var text = Write(Sample.Report(Sample.Verdict("a.zip", [a, b], Silenced(a), Silenced(b), Sample.Waived(Sample.Judged(Sample.Odd, b, "odd"), "W-8", "b|ad <reason>\nline"))));

        Assert.That(text, Does.Contain("1 artifact, 3 waived.").And.Contain("""
            | W-7 | TEST0001 Stray | `a\|b.pdb` and 1 more | alice | 12 days | 2026-04-13 | a partner needs it |
            | W-8 | TEST0002 Odd | `b.pdb` | alice | 12 days | 2026-04-13 | b\|ad \<reason\>\\u000aline |
            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void Modes_of_a_run_are_said()
    {
        var report = Sample.Report(manifestFound: false, Sample.Verdict("a.zip", [], Sample.Judged(Sample.Stray, null, "stray")));
        report = report with { Request = report.Request with { WarnOnly = true, PolicyFrom = "origin/main", AsOf = new DateOnly(2027, 1, 31) } };

        var passed = Sample.Report(Sample.Verdict("a.zip", []));
        Assert.That(Write(passed with { Request = passed.Request with { WarnOnly = true } }), Does.Contain("passed\n").And.Contain("(`--warn-only`): nothing would have been blocked.**"));
        Assert.That(Write(report), Does.Contain("(`--warn-only`): what blocks stopped nothing.**").And.Contain("would be blocked").And.Contain("`--warn-only`").And.Contain("`origin/main`").And.Contain("as of 2027-01-31").And.Contain("No manifest was found; the built-in profile `closed` served."));
    }

    [Test]
    public void Drift_is_a_few_lines_the_dangerous_ones_first()
    {
        var changes = Enumerable.Range(0, 12).Select(i => new EntryChange($"f{i:00}", ChangeKind.Added, null, 1_000 * i)).Append(new EntryChange("tool", ChangeKind.Changed, 10, 10) { KindBefore = EntryKind.Text, Kind = EntryKind.Elf, ModeBefore = 0b110_100_100, Mode = 0b111_101_101 });
        var drift = new Drift(new DriftBaseline("old.zip", "a.zip", "1.0.0", Digest.Of("old"u8), 1_000_000, 1), [.. changes], [EntryKind.Elf], ["native"],
            System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("postinstall", "node x.js"),
            [new DependencyChange("Left.Pad", "net8.0", ChangeKind.Changed, "1.0.0", "2.0.0")], [new SnapshotExposure(RuleId.Parse("RG2001"), "a.map", "is a source map")]);

        var text = Write(Sample.Report(Sample.Verdict("a.zip", []) with { Drift = drift }));

        Assert.That(text, Does.Contain("""
            ### `a.zip` since `1.0.0`

            1.0 MB became 1.3 MB; entries: 12 added, 0 removed, 1 changed.

            - Exposed and was not: RG2001 `a.map`: is a source map
            - Runs at installation: `postinstall`: `node x.js`
            - Dependency: changed `Left.Pad` (net8.0) `1.0.0` → `2.0.0`
            - New top folder: `native`
            - New kinds of entries: Elf
            - Entry: added `f11` 11.0 KB
            """.ReplaceLineEndings("\n")).And.Contain("- … 3 more\n"));
        Assert.That(Write(Sample.Report(Sample.Verdict("a.zip", []) with { Drift = drift with { Entries = [changes.Last()] } })), Does.Contain("- Entry: changed `tool` 10 bytes, Text became Elf, mode 644 became 755\n"));
    }

    [Test]
    public void A_flood_fits_a_comment_and_what_is_cut_is_counted()
    {
        var flood = Enumerable.Range(0, 5_000).Select(i => Sample.Judged(new Descriptor($"TEST{i % 100:0000}", "Stray", "", "Remove it."), Sample.Entry($"folder/{new string('x', 200)}{i}"), new string('y', 100)));
        var verdict = Sample.Verdict("a.zip", [], [.. flood]);

        var text = Write(Sample.Report(verdict));
        Assert.That(text, Has.Length.LessThan(MarkdownReporter.MostInComment));
        Assert.That(text, Does.Contain("5,000 errors").And.Contain("**TEST0099 Stray**: 50 findings\n\n- `folder/xxx").And.Contain("more\n").And.Contain("The JSON and HTML reports have everything."));

        var small = Write(Sample.Report(verdict), 2_000);
        Assert.That(small, Has.Length.LessThan(2_000));
        Assert.That(small, Does.Contain("5,000 errors").And.EndWith("There is more than fits here; the JSON and HTML reports have it.\n"));
    }

    [Test]
    public void Many_artifacts_are_cut_and_the_blocked_ones_stay()
    {
        var text = Write(Sample.Report([.. Enumerable.Range(0, 60).Select(i => Sample.Verdict($"p{i}.zip", [], i == 59 ? [Sample.Judged(Sample.Stray, null, "stray")] : []))]));

        Assert.That(text, Does.Contain("| ❌ | `p59.zip`").And.Contain("\n10 more artifacts, 0 of them blocked.\n").And.Contain("`p48.zip`").And.Not.Contain("`p49.zip`"));
    }

    [TestCase("a*b_c`d", "a\\*b\\_c\\`d")]
    [TestCase("[x](y)![z]", "\\[x\\]\\(y\\)\\!\u200b\\[z\\]")]
    [TestCase("<!-- x --> &lt;", "\\<\\!\u200b-- x --\\> \\&\u200blt;")]
    [TestCase("@alice #12 !3 GH-4 $5$", "\\@\u200balice \\#\u200b12 \\!\u200b3 GH-\u200b4 \\$\u200b5\\$")]
    [TestCase("set PathMap to $(MSBuildProjectDirectory)", "set PathMap to \\$\\(MSBuildProjectDirectory\\)")]
    [TestCase("$`x`$ $$x$$", "\\$\u200b\\`x\\`\\$ \\$\u200b\\$\u200bx\\$\u200b\\$")]
    [TestCase("https://x.example www.x.example", "https:\u200b//x.example www.\u200bx.example")]
    [TestCase("a|b", "a\\|b")]
    [TestCase("a\nb\u202e", "a\\\\u000ab\\\\u202e")]
    [TestCase("it's at lib/a.pdb, 12 - 3", "it's at lib/a.pdb, 12 - 3")]
    public void Text_from_packages_means_nothing(string text, string safe) => Assert.That(MarkdownText.Plain(text), Is.EqualTo(safe));

    [TestCase("a b", "`a b`")]
    [TestCase("", "(no name)")]
    [TestCase(" ", "(no name)")]
    [TestCase("a`b``c", "```a`b``c```")]
    [TestCase("`a", "`` `a ``")]
    [TestCase("<b>|@x", "`<b>|@x`")]
    public void A_name_is_code(string name, string code) => Assert.That(MarkdownText.Code(name), Is.EqualTo(code));

    [Test]
    public void Links_are_those_of_browsers()
    {
        Assert.That(MarkdownText.Link("RG1", "https://x.example/a(b) c"), Is.EqualTo("[RG1](https://x.example/a%28b%29%20c)"));
        foreach (var address in (string?[])["javascript:alert(1)", "see the wiki", "file:///etc/passwd", "https://bank.example@evil.example/", null]) Assert.That(MarkdownText.Link("RG[1]", address), Is.EqualTo("RG\\[1\\]"));
    }

    private static string Write(GateReport report, int most = MarkdownReporter.MostInComment)
    {
        using var output = new MemoryStream();
        new MarkdownReporter(most).Write(report, output);
        var text = Encoding.UTF8.GetString(output.ToArray());
        Assert.That(text, Does.StartWith(ReportFile.Marker("markdown") + "\n## "));
        Assert.That(text, Does.EndWith("\n").And.Not.Contain("\r"));
        return text;
    }
}
