using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Reporting;

public sealed class TreeReporterTests
{
    [Test]
    public void A_small_package_is_shown_whole()
    {
        var report = Sample.Report(Small());

        Assert.That(Print(report), Is.EqualTo($"""
            ✗ 300 bytes  ├─ dist/js/
            ✗ 200 bytes  │  ├─ a.map
            ·   5 bytes  │  ├─ a.js
            ~  95 bytes  │  └─ b.pdb
            !  20 bytes  ├─ README.md
            ·   7 bytes  └─ tools -> ../tools

            ✗ TEST0001 Stray, 1 finding
                dist/js/a.map: is a source map
                > Remove it.

            ! TEST0002 Odd, 1 finding
                README.md: odd
                > Look at it.

            ~ TEST0001 Stray, 1 finding
                dist/js/b.pdb: holds symbols
                  Waived by W-7 (alice, 12 days left): a partner needs it.
                > Remove it.

            a.tgz: blocked, 1 error, 1 warning, 1 waived, 5 entries, 1.3 MB, 2 rules, 42
            ms, sha256 {Digest.Of("artifact"u8)}

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void Where_only_ASCII_is_known_there_is_only_ASCII()
    {
        var entry = Sample.Entry("b\u00fccher/\u6587.map");
        var text = Print(Sample.Report(Sample.Verdict("\u00e4.tgz", [entry, Sample.Entry("x")], Sample.Judged(Sample.Stray, entry, "is \u201cquoted\u201d"))), ascii: true);

        Assert.That(Ascii.IsValid(text), Is.True, text);
        Assert.That(text, Does.StartWith("x   5 bytes  |- b\\u00fccher/\nx   5 bytes  |  `- \\u6587.map\n.   5 bytes  `- x\n"));
    }

    [Test]
    public void Every_line_fits_and_wide_characters_are_two()
    {
        List<Entry> entries = [Sample.Entry(new string('\u6587', 100) + ".map"), Sample.Entry(string.Join('/', Enumerable.Range(0, 40).Select(i => $"d{i}")) + "/x")];
        for (var i = 0; i < 20; i++) entries.Add(Sample.Entry(string.Concat(Enumerable.Range(0, i).Select(k => $"n{k}/")) + "file" + new string('e', 100)));
        foreach (var ascii in (bool[])[false, true])
        {
            var text = Print(Sample.Report(Sample.Verdict(new string('p', 300) + ".tgz", entries, Sample.Judged(Sample.Stray, entries[0], new string('w', 5_000)), Sample.Judged(Sample.Odd, entries[1], string.Join(' ', Enumerable.Repeat("\U0001F600 word", 200))))), ascii);

            foreach (var line in text.Split('\n')) Assert.That(Columns.Of(line), Is.LessThanOrEqualTo(80), line);
        }
    }

    [Test]
    public void Large_folders_are_folded_and_counted()
    {
        var entries = new List<Entry>();
        var findings = new List<JudgedFinding>();
        for (var i = 0; i < 20_000; i++)
        {
            entries.Add(Sample.Entry($"f{i / 500:00}/g{i / 50:000}/{i:00000}.js", new string('x', (i % 90) + 1)));
            if (i is >= 10_000 and < 15_000) findings.Add(Sample.Judged(i % 3 == 0 ? Sample.Odd : Sample.Stray, entries[i], "stray"));
        }

        var lines = Print(Sample.Report(Sample.Verdict("a.tgz", entries, [.. findings]))).Split('\n');

        Assert.That(lines, Has.Length.LessThan(210));
        Assert.That(lines, Has.Some.Contains("… 11,000 files, ").And.Some.EndsWith(", none with findings"));
        Assert.That(lines, Has.Some.Matches("^✗ .*f20/$").And.Some.Matches("^✗ .*50 files, 50 with findings\\)$"));
        Assert.That(lines, Has.One.EqualTo("✗ TEST0001 Stray, 3,334 findings").And.One.EqualTo("! TEST0002 Odd, 1,666 findings"));
        Assert.That(lines, Has.Some.EqualTo("    TEST0001: 3,314 more, see --json"));
        Assert.That(lines.Where(l => l.StartsWith('·')), Is.Not.Empty, "the largest of the others are shown");
    }

    [Test]
    public void Each_waiver_is_named_however_much_is_cut_and_secrets_come_first()
    {
        var secret = new Descriptor("RG4001", "Token", "", "Revoke it.");
        var findings = new List<JudgedFinding>();
        for (var i = 0; i < 600; i++) findings.Add(Sample.Judged(new Descriptor($"TEST{i % 120:0000}", "Stray", "", "Remove it."), Sample.Entry($"f{i}"), "stray"));
        for (var i = 0; i < 60; i++) findings.Add(Sample.Waived(Sample.Judged(Sample.Stray, Sample.Entry($"w{i:00}"), "stray"), $"W-{i % 3}", $"reason {i % 3}"));
        findings.Add(Sample.Judged(new Descriptor("RG2001", "Map", "", "Remove it."), Sample.Entry("x"), "map"));
        findings.Add(Sample.Judged(secret, Sample.Entry("z"), "token"));

        var lines = Print(Sample.Report(Sample.Verdict("a.tgz", [], [.. findings]))).Split('\n');

        for (var i = 0; i < 3; i++) Assert.That(lines, Has.One.EqualTo($"    Waived by W-{i} (alice, 12 days left): reason {i}."));
        Assert.That(lines.First(l => l.StartsWith("✗ RG", StringComparison.Ordinal) || l.StartsWith("✗ TEST", StringComparison.Ordinal)), Is.EqualTo("✗ RG4001 Token, 1 finding"));
    }

    [Test]
    public void A_long_tree_without_findings_shows_its_top()
    {
        var lines = Print(Sample.Report(Sample.Verdict("a.tgz", [.. Enumerable.Range(0, 1_000).Select(i => Sample.Entry($"lib/f{i % 7}/{i}"))]))).Split('\n');

        Assert.That(lines[0], Is.EqualTo("·    5.0 KB  └─ lib/  (1,000 files, none with findings)"));
    }

    [Test]
    public void What_stands_in_an_archive_stands_below_it_and_what_is_not_there_says_so()
    {
        var outer = Sample.Entry("outer.zip");
        var inner = new Entry(new EntryPath("a.map", outer.Path), 0) { Length = 100 };
        var gone = new JudgedFinding(new Finding(Sample.Odd, null, "is missing") { Path = new EntryPath("LICENSE") }, Severity.Warning);

        Assert.That(Print(Sample.Report(Sample.Verdict("a.zip", [outer, inner], Sample.Judged(Sample.Stray, inner, "is a map"), gone))), Does.StartWith(
            "✗   5 bytes  ├─ outer.zip\n✗ 100 bytes  │  └─ a.map\n!         -  └─ LICENSE  (no entry)\n"));
    }

    [Test]
    public void Many_artifacts_share_the_lines_and_those_that_passed_are_one_each()
    {
        var lines = Print(Sample.Report([.. Enumerable.Range(0, 50).Select(i => Sample.Verdict($"p{i}.tgz", [Sample.Entry("x")], i == 7 ? [Sample.Judged(Sample.Stray, null, "stray")] : []))])).Split('\n');

        Assert.That(lines.Count(l => l.StartsWith("·   5 bytes", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(lines.Count(l => l.Contains(": passed, ", StringComparison.Ordinal)), Is.EqualTo(49));
    }

    [Test]
    public void Names_from_the_artifact_cannot_steer_a_terminal()
    {
        var entry = Sample.Entry("a\u001b[2K\r\nb/[red]x[/]\u202e.js");
        var text = Print(Sample.Report(Sample.Verdict("evil\u0007.tgz", [entry], Sample.Judged(Sample.Stray, entry, "is \u001b[0m"))));

        Assert.That(text.Where(c => char.IsControl(c) && c != '\n'), Is.Empty);
        Assert.That(text, Does.Contain(@"a\u001b[2K\u000d\u000ab/").And.Contain(@"[red]x[").And.Not.Contain("\u202e"));
    }

    [TestCase("abc", 3, "abc")]
    [TestCase("abcdef", 5, "ab…ef")]
    [TestCase("abcdef", 4, "ab…f")]
    [TestCase("abcd\\u202eefgh\\u202e", 15, "abcd…h\\u202e")]
    [TestCase("a\\u202ebcdefgh", 9, "a…efgh")]
    [TestCase("abcd\\uxyz1efgh", 11, "abcd\\…1efgh")]
    [TestCase("\u6587\u6587\u6587\u6587", 5, "\u6587…\u6587")]
    [TestCase("\U0001F600\U0001F600\U0001F600", 4, "\U0001F600…")]
    [TestCase("e\u0301e\u0301", 2, "e\u0301e\u0301")]
    public void Names_are_cut_in_the_middle(string name, int most, string cut)
    {
        Assert.That(Columns.Cut(name, most), Is.EqualTo(cut));
        Assert.That(Columns.Of(cut), Is.LessThanOrEqualTo(most));
    }

    [TestCase("one two three", 7, "one two|three")]
    [TestCase("one  two", 3, "one|two")]
    [TestCase("abcdefgh i", 4, "abcd|efgh|i")]
    [TestCase("", 4, "")]
    [TestCase("\u6587\u6587\u6587", 3, "\u6587|\u6587|\u6587")]
    [TestCase("of these 34.7 % are", 14, "of these|34.7 % are")]
    public void Text_is_wrapped_at_its_blanks(string text, int most, string lines) => Assert.That(string.Join('|', Columns.Wrap(text, most)), Is.EqualTo(lines));

    private static Verdict Small()
    {
        var (map, symbols, readme) = (Sample.Entry("dist/js/a.map", new string('x', 200)), Sample.Entry("dist/js/b.pdb", new string('x', 95)), Sample.Entry("README.md", new string('x', 20)));
        var link = new Entry(new EntryPath("tools"), 0, EntryType.SymbolicLink) { Length = 7, LinkTarget = "../tools" };
        return Sample.Verdict("a.tgz", [map, Sample.Entry("dist/js/a.js"), symbols, readme, link],
            Sample.Judged(Sample.Stray, map, "is a source map"), Sample.Waived(Sample.Judged(Sample.Stray, symbols, "holds symbols")), Sample.Judged(Sample.Odd, readme, "odd"));
    }

    private static string Print(GateReport report, bool ascii = false)
    {
        using var output = new MemoryStream();
        new TreeReporter(ascii).Write(report, output);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
