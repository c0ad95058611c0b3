using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Reporting;

public sealed partial class HtmlReporterTests
{
    private static readonly Descriptor Map = BuiltInRules.All.Single(r => r.Descriptor.Id.ToString() == "RG2001").Descriptor;
    private static readonly Descriptor Content = BuiltInRules.All.Single(r => r.Descriptor.Id.ToString() == "RG2002").Descriptor;
    private static readonly Descriptor Unlisted = BuiltInRules.All.Single(r => r.Descriptor.Id.ToString() == "RG1001").Descriptor;
    private static readonly Descriptor Token = BuiltInRules.All.Single(r => r.Descriptor.Id.ToString() == "RG4001").Descriptor;

    private static readonly string[] HostileNames =
    [
        "\"><img src=x onerror=alert(1)>.js", "</script><script>alert(1)</script>.js", "<!--.js", "]]>.js", "a\u202egpj.exe", "a\u001b[2J.js", "a\u2028b.js", "x\ud800y", "__proto__", "a&lt;b&amp;.js",
        "'onclick='alert(1)", new string('n', 4096), "\u00fcber/\U0001F600.txt", "javascript:alert(1)", "a\uffffb", "a\u0000b",
    ];

    [Test]
    public void Begins_with_a_marker_that_the_next_run_knows_again()
    {
        var text = Text(Sample.Report(Sample.Verdict("a.zip", [])));

        Assert.That(text, Does.StartWith("<!doctype html>\n<!-- releasegate/html/v1 -->\n"));
        var file = Path.GetTempFileName();
        File.WriteAllText(file, text);
        Assert.That(ReportFile.MayReplace(new System.IO.Abstractions.FileSystem(), file, ReportFormat.Html), Is.True);
        File.Delete(file);
    }

    [Test]
    public void Nothing_but_its_own_style_and_script_may_run_or_load()
    {
        var text = Text(Rich());
        var style = Between(text, "<style>", "</style>");
        var script = Between(text, "</footer>\n<script>", "</script>");

        var policy = Between(text, "Content-Security-Policy\" content=\"", "\"");
        Assert.That(policy, Is.EqualTo($"default-src 'none'; style-src '{Hash(style)}'; script-src '{Hash(script)}'; img-src data:; base-uri 'none'; form-action 'none'"));
        Assert.That(Regex.Count(text, "<style"), Is.EqualTo(1));
        Assert.That(style, Does.Not.Contain("url(").And.Not.Contain("@import").And.Not.Contain('\r'));
        Assert.That(Regex.Matches(script, "https?://[^']*").Select(m => m.Value).Distinct(), Is.EqualTo(new[] { "http://www.w3.org/2000/svg" }));
        Assert.That(script, Does.Not.Contain("innerHTML").And.Not.Contain("insertAdjacentHTML").And.Not.Contain("document.write").And.Not.Contain("eval("));
    }

    [Test]
    public void Has_no_handler_no_style_attribute_and_leads_nowhere_but_to_pages_of_our_rules()
    {
        var page = Page(Rich());
        var attributes = page.Descendants().Attributes().ToList();

        Assert.That(attributes.Where(a => a.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase) || a.Name.LocalName is "style" or "src" or "action" or "srcset" or "formaction"), Is.Empty);
        Assert.That(page.Descendants().Select(e => e.Name.LocalName).Intersect(["img", "link", "iframe", "object", "embed", "form", "base", "audio", "video"]), Is.Empty);
        var links = attributes.Where(a => a.Name.LocalName == "href").Select(a => a.Value).ToList();
        Assert.That(links.Where(l => !l.StartsWith('#')), Is.Not.Empty.And.All.StartsWith("https://github.com/releasegate/releasegate/blob/main/docs/rules/RG"));
    }

    [Test]
    public void A_reader_of_the_screen_finds_the_way()
    {
        var page = Page(Rich());
        var ids = page.Descendants().Attributes("id").Select(a => a.Value).ToList();
        var levels = page.Descendants().Where(e => e.Name.LocalName is "h1" or "h2" or "h3" or "h4").Select(e => e.Name.LocalName[1] - '0').ToList();

        Assert.That(ids, Is.Unique);
        Assert.That(page.Descendants().Attributes("href").Select(a => a.Value).Where(v => v.StartsWith('#')).Select(v => v[1..]).Except(ids), Is.Empty);
        Assert.That(page.Descendants().Attributes("aria-labelledby").Select(a => a.Value).Except(ids), Is.Empty);
        Assert.That(levels[0], Is.EqualTo(1));
        Assert.That(levels.Count(l => l == 1), Is.EqualTo(1));
        for (var i = 1; i < levels.Count; i++) Assert.That(levels[i], Is.LessThanOrEqualTo(levels[i - 1] + 1));
        Assert.That(page.Descendants("th").Where(h => h.Attribute("scope") is null), Is.Empty);
        Assert.That(page.Descendants("html").Single().Attribute("lang")?.Value, Is.EqualTo("en"));
        Assert.That(page.Descendants("section").Where(s => s.Attribute("aria-labelledby") is null), Is.Empty);
        Assert.That(page.Descendants("svg").Where(s => s.Attribute("aria-hidden") is null && s.Attribute("aria-label") is null), Is.Empty);
        // A browser that comes back would put a choice there again, and nothing would be filtered by it.
        foreach (var control in page.Descendants().Where(e => e.Name.LocalName is "input" or "select"))
            Assert.That((control.Parent!.Name.LocalName, control.Attribute("autocomplete")?.Value), Is.EqualTo(("label", "off")));
        // What only a script makes work is not there without one.
        Assert.That(page.Descendants().Where(e => e.Name.LocalName is "input" or "select" or "button").Where(e => !e.AncestorsAndSelf().Attributes("hidden").Any()), Is.Empty);
    }

    [Test]
    public void Every_finding_stands_in_the_text_and_nothing_else_does()
    {
        var report = Rich();
        var page = Page(report);

        var written = page.Descendants("li").Where(l => l.Parent?.Attribute("class")?.Value == "causes" && l.Attribute("id") is not null)
            .SelectMany(l => l.Elements("p").Where(p => p.Attribute("class")?.Value == "message").Select(p => (l.Element("code")?.Value ?? "", p.Element("code")!.Value, p.Element("span")!.Value)));
        var found = report.Verdicts.SelectMany(v => v.Findings).Select(f => (f.Finding.Path?.ToString() ?? "", f.Finding.Rule.Id.ToString(), EntryPath.Printable(f.Finding.Message)));
        Assert.That(written, Is.EquivalentTo(found));
    }

    [Test]
    public void Names_from_packages_are_text_whatever_they_hold()
    {
        var entries = HostileNames.Select(n => Sample.Entry(n)).ToArray();
        var report = Sample.Report(Sample.Verdict("a<b>.zip", entries, [.. entries.Select(e => Sample.Judged(Sample.Stray, e, $"stray {EntryPath.Printable(e.Path.Value)}"))]));
        var page = Page(report);

        foreach (var table in page.Descendants("table").Where(t => t.Attribute("class")?.Value == "all"))
            Assert.That(table.Element("tbody")!.Elements("tr").Select(r => Visible(r.Element("th")!.Element("code")!.Value)), Is.EquivalentTo(entries.Select(e => Visible(e.Path.ToString()))));
        Assert.That(page.Descendants("script").Count(), Is.EqualTo(2));
        Assert.That(Rows(Text(report), 1), Is.EquivalentTo(entries.Select(e => e.Path.ToString())));
        Assert.That(Text(report), Does.Not.Contain("\u202e").And.Not.Contain("\u2028").And.Not.Contain("\u001b"));

        // A character that is none is written as a reference, which XML has no word for.
        static string Visible(string text) => text.Replace("\uffff", "", StringComparison.Ordinal).Replace("\ufffd", "", StringComparison.Ordinal);
    }

    [Test]
    public void The_data_block_cannot_be_left()
    {
        var text = Text(Sample.Report(Sample.Verdict("a.zip", [.. HostileNames.Select(n => Sample.Entry(n))])));
        var block = Between(text, "id=\"d1\">", "</script>");

        Assert.That(block, Does.Not.Contain('<').And.Not.Contain('>').And.Not.Contain('&').And.Not.Contain("\u2028"));
        Assert.That(() => JsonDocument.Parse(block).Dispose(), Throws.Nothing);
    }

    [Test]
    public void What_one_step_mends_is_one_cause_with_the_step_said_once()
    {
        var (one, other) = (Sample.Entry("dist/a.js.map"), Sample.Entry("dist/b.js.map"));
        var page = Page(Sample.Report(Sample.Verdict("a.zip", [one, other],
            Sample.Judged(Unlisted, one, "not listed"), Sample.Judged(Map, one, "is a map"), Sample.Judged(Content, one, "exposes"), Sample.Judged(Token, one, "holds a token"),
            Sample.Judged(Unlisted, other, "not listed"), Sample.Judged(Map, other, "is a map"))));

        Assert.That(Groups(page), Is.EqualTo(new[] { ("RG4001", "error", 1), ("RG2001", "error", 2) }));
        Assert.That(page.Descendants("p").Count(p => p.Attribute("class")?.Value == "fix" && p.Value.Contains(Map.Fix, StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(page.Descendants("p").Single(p => p.Attribute("class")?.Value == "lead").Value, Is.EqualTo("6 findings block, of 2 causes. Do not release it."));
    }

    [Test]
    public void What_blocks_is_never_hidden_below_what_only_warns()
    {
        var entry = Sample.Entry("a.map");
        var page = Page(Sample.Report(Sample.Verdict("a.zip", [entry], Sample.Judged(Map, entry, "is a map", Severity.Warning), Sample.Judged(Unlisted, entry, "not listed"))));

        Assert.That(Groups(page), Is.EqualTo(new[] { ("RG1001", "error", 1), ("RG2001", "warning", 1) }));
    }

    [Test]
    public void What_is_waived_stands_apart_with_reason_owner_and_days()
    {
        var page = Page(Rich());
        var group = page.Descendants("details").Single(d => d.Attribute("data-severity")?.Value == "waived");

        Assert.That(group.Attribute("data-rule")!.Value, Is.EqualTo("TEST0001"));
        Assert.That(group.Value, Does.Contain("W-1 Because it must.").And.Contain("Owner jo@acme.example, approved by tom@acme.example").And.Contain("12 days left").And.Contain("until 2026-04-13"));
        var rows = page.Descendants("table").Single(t => t.Attribute("class")?.Value == "waivers").Element("tbody")!.Elements("tr").Select(r => r.Value).ToArray();
        Assert.That(rows, Has.Length.EqualTo(3));
        Assert.That(rows[0], Does.StartWith("W-2").And.Contain("expired 3 days ago").And.Not.Contain("silences nothing"));
        Assert.That(rows[1], Does.StartWith("W-3 silences nothing").And.Contain("last day").And.Contain("the artifact as a whole"));
        Assert.That(rows[2], Does.StartWith("W-1").And.Contain("silences 1 finding"));
    }

    [TestCase(false, false, "Passed", "fine")]
    [TestCase(true, false, "Blocked", "error")]
    [TestCase(true, true, "Would be blocked", "warning")]
    [TestCase(false, true, "Passed", "fine")]
    public void The_verdict_is_a_word_a_sign_and_a_colour(bool blocks, bool warnOnly, string word, string name)
    {
        var entry = Sample.Entry("a");
        var report = Sample.Report(Sample.Verdict("a.zip", [entry], blocks ? [Sample.Judged(Sample.Stray, entry, "stray")] : []));
        var page = Page(report with { Request = report.Request with { WarnOnly = warnOnly } });

        Assert.That(page.Descendants("h1").Single().Value, Is.EqualTo(word));
        var verdict = page.Descendants("section").Single(s => s.Attribute("id")?.Value == "verdict");
        Assert.That(verdict.Attribute("class")!.Value, Is.EqualTo("verdict " + name));
        Assert.That(verdict.Descendants("use").First().Attribute("href")!.Value, Is.EqualTo("#i-" + name));
        Assert.That(verdict.Value.Contains("Warnings only.", StringComparison.Ordinal), Is.EqualTo(warnOnly));
    }

    [Test]
    public void What_makes_the_run_special_is_said_loudly()
    {
        var report = Rich();
        var verdict = Page(report).Descendants("section").Single(s => s.Attribute("id")?.Value == "verdict").Value;
        var gate = Sample.Judged(GateRules.Uninspectable, null, "damaged");
        var stopped = Sample.Report(Sample.Verdict("a.zip", [], gate));
        var nothing = Page(Sample.Report()).Descendants("section").First().Value;

        Assert.That(verdict, Does.Contain("Judged as of 2027-01-31, not of today.").And.Contain("1 change to the manifest needs approval.").And.Contain("512,000 lines of source text in 1,903 files would become public."));
        Assert.That(Page(report).Descendants("section").Single(s => s.Attribute("id")?.Value == "approval").Value, Does.Contain("allows *.pdb").And.Contain("releasegate.json(7,3)").And.Contain("origin/main"));
        Assert.That(Page(stopped with { Request = stopped.Request with { WarnOnly = true } }).Descendants("section").First().Value, Does.StartWith("Blocked").And.Contain("stops it all the same"));
        Assert.That(nothing, Does.StartWith("Blocked").And.Contain("Nothing was inspected"));
        Assert.That(Page(Sample.Report(false, Sample.Verdict("a.zip", []))).Descendants("section").First().Value, Does.Contain("No manifest was found."));
    }

    [Test]
    public void Drift_is_told_with_signs()
    {
        var drift = Page(Rich()).Descendants("section").Single(s => s.Attribute("id")?.Value == "a1-drift").Value;

        foreach (var told in (string[])["What changed since 1.0.0", "+300.0 KB", "1.0 MB → 1.3 MB", "+1added", "−1removed", "1changed", "new.map", "+5.0 KB", "−2.0 KB", "was Text, is Xml", "permissions 0644 → 0755", "New install script", "postinstall", "node x.js", "New top folders", "src", "left-pad", "1.3.0", "Newly exposed", "exposes all"])
            Assert.That(drift, Does.Contain(told));
        var verdict = Sample.Verdict("a.zip", []);
        Assert.That(Page(Sample.Report(verdict with { Drift = new Drift(new DriftBaseline("b.zip", "b.zip", null, default, 1_300_000, 0), [], [], [], ImmutableSortedDictionary<string, string>.Empty, [], []) })).Root!.Value, Does.Contain("What changed since b.zip").And.Contain("No entry, licence, dependency or script is different."));
    }

    [Test]
    public void Exposed_source_is_told_by_entry_and_folder()
    {
        var exposure = Page(Rich()).Descendants("section").Single(s => s.Attribute("id")?.Value == "a1-exposure");

        Assert.That(exposure.Value, Does.Contain("512,000 lines of source in 1,903 files, 42.0 MB of text"));
        Assert.That(exposure.Descendants("tbody").Last().Elements("tr").Select(r => (r.Element("th")!.Value, r.Element("td")!.Value)), Is.EqualTo(new[] { ("src/", "1,900"), ("packages/", "3") }));
    }

    [Test]
    public void Twenty_thousand_entries_with_findings_stay_small_and_whole()
    {
        var entries = Enumerable.Range(0, 20_000).Select(i => Sample.Entry($"node_modules/@acme/package-{i % 300}/dist/modules/file-{i}.js", new string('x', i % 50))).ToArray();
        var text = Text(Sample.Report(Sample.Verdict("a.tgz", entries)));
        var all = Text(Sample.Report(Sample.Verdict("a.tgz", entries, [.. entries.Select(e => Sample.Judged(Unlisted, e, "not listed in the manifest"))])));

        Assert.That(text.Length, Is.LessThan(1_500_000));
        Assert.That(Rows(text, 1), Is.EqualTo(entries.Select(e => e.Path.Value)));
        Assert.That(Regex.Count(all, "<li id=\"f"), Is.EqualTo(500));
        Assert.That(all, Does.Contain("<span class=\"many\">20,000 entries</span>").And.Contain("id=\"f501\" data-count=\"19500\">… 19,500 more, see the JSON report</p>").And.Contain("href=\"#f501\""));
        Assert.That(all.Length, Is.LessThan(8_000_000));
    }

    [Test]
    public void A_flood_of_one_rule_leaves_all_other_groups_and_their_anchors()
    {
        var entries = Enumerable.Range(0, 1_200).Select(i => Sample.Entry($"f{i:0000}")).ToArray();
        var text = Text(Sample.Report(Sample.Verdict("a.tgz", entries, [.. entries.Take(1_100).Select(e => Sample.Judged(Unlisted, e, "not listed")), .. entries.Skip(1_100).Select(e => Sample.Judged(Sample.Odd, e, "odd"))])));

        Assert.That(Regex.Count(text, "<li id=\"f"), Is.EqualTo(600));
        Assert.That(text, Does.Contain("… 600 more, see the JSON report").And.Contain("<li id=\"f502\"><code class=\"path\">f1100</code>"));
        var ids = Regex.Matches(text, " id=\"(f[0-9]+)\"").Select(m => m.Groups[1].Value).ToList();
        Assert.That(ids, Is.Unique.And.Count.EqualTo(601));
        Assert.That(Regex.Matches(text, "href=\"#(f[0-9]+)\"").Select(m => m.Groups[1].Value).Except(ids), Is.Empty);
    }

    [Test]
    public void Of_many_artifacts_the_blocked_ones_come_first_and_those_without_findings_are_folded()
    {
        var verdicts = Enumerable.Range(0, 40).Select(i => Sample.Verdict($"p{i}.zip", [Sample.Entry("x")], i % 2 == 0 ? [] : [Sample.Judged(Sample.Stray, null, "stray")])).ToArray();
        var articles = Page(Sample.Report(verdicts)).Descendants("article").ToList();

        Assert.That(articles.Take(20).Select(a => a.Descendants("h2").Single().Value), Is.EqualTo(Enumerable.Range(0, 20).Select(i => $"p{2 * i + 1}.zip")));
        Assert.That(articles.Select(a => a.Element("details")!.Attribute("open") is not null), Is.EqualTo(Enumerable.Range(0, 40).Select(i => i < 10)));
        Assert.That(Page(Sample.Report(verdicts[..10])).Descendants("article").Elements("details"), Is.Empty);
    }

    [Test]
    public void What_is_let_through_becomes_public()
    {
        var report = Rich();
        var passed = report.Verdicts[0];
        passed = passed with { Findings = [.. passed.Findings.Where(f => f.Finding.Rule == Content).Select(f => Sample.Waived(f))], Drift = null };
        var text = Text(Sample.Report(passed));
        var goesOn = Text(report with { Request = report.Request with { WarnOnly = true } });

        Assert.That(text, Does.Contain("in 1,903 files become public.").And.Contain("Source text that becomes public</h3>").And.Not.Contain("would become"));
        Assert.That(goesOn, Does.Contain("Would be blocked</span>").And.Not.Contain("Blocked</span>").And.Contain("become public."));
    }

    [Test]
    public void The_bar_of_a_waiver_is_full_on_its_first_day()
    {
        var waiver = Sample.WaiverOf(Sample.Stray.Id, "a") with { Since = DateOnly.FromDateTime(Sample.Started).AddDays(-18) };
        var bars = Page(Sample.Report(Sample.Verdict("a.zip", [])) with { Waivers = [new WaiverState(waiver with { Since = DateOnly.FromDateTime(Sample.Started) }, 1, 12), new WaiverState(waiver, 1, 15), new WaiverState(waiver with { Since = null }, 1, 45)] })
            .Descendants("table").Single(t => t.Attribute("class")?.Value == "waivers").Descendants("rect").Where(r => r.Attribute("class")!.Value == "fill").Select(r => r.Attribute("width")!.Value);
        Assert.That(bars, Is.EqualTo(new[] { "100", "50", "50" }));
    }

    [Test]
    public void Ten_thousand_folders_in_one_another_break_nothing()
    {
        var entry = Sample.Entry(string.Concat(Enumerable.Repeat("a/", 10_000)) + "b");

        Assert.That(Rows(Text(Sample.Report(Sample.Verdict("a.zip", [entry, Sample.Entry("//"), Sample.Entry("/x"), Sample.Entry("")]))), 1), Does.Contain(entry.Path.Value));
    }

    [Test]
    public void The_same_report_gives_the_same_file() => Assert.That(Text(Rich()), Is.EqualTo(Text(Rich(elapsed: 99))));

    [Test]
    public void Both_themes_can_be_read()
    {
        var style = Between(Text(Sample.Report()), "<style>", "</style>");
        var themes = ThemeVariables().Matches(style).Select(m => Variables(m.Value)).ToArray();
        Assert.That(themes, Has.Length.EqualTo(4));
        // By choice or by the system: the same.
        Assert.That(themes[2], Is.EqualTo(themes[1]));
        string[] grounds = ["bg", "card"];
        foreach (var theme in themes)
        {
            foreach (var ground in grounds)
                foreach (var letters in (string[])["text", "muted", "link", "error", "warning", "waived", "fine", "note"])
                    Assert.That(Contrast(theme[letters], theme[ground]), Is.GreaterThanOrEqualTo(4.5), $"{letters} on {ground}");
            foreach (var soft in (string[])["error", "warning", "waived", "fine", "note"])
                foreach (var letters in (string[])["text", "muted", soft])
                    Assert.That(Contrast(theme[letters], theme[soft + "-soft"]), Is.GreaterThanOrEqualTo(4.5), $"{letters} on {soft}-soft");
            foreach (var tile in (string[])["map-error", "map-warning", "map-waived", "tile"])
                Assert.That(Contrast(theme[tile + "-text"], theme[tile]), Is.GreaterThanOrEqualTo(4.5), tile);
            foreach (var letters in (string[])["text", "error", "warning", "waived"])
                Assert.That(Contrast(theme[letters], theme["folder"]), Is.GreaterThanOrEqualTo(4.5), $"{letters} on folder");
        }
    }

    /// <summary>A report with a little of everything.</summary>
    private static GateReport Rich(int elapsed = 42)
    {
        var entries = new[] { Sample.Entry("dist/cli.js"), Sample.Entry("dist/cli.js.map"), Sample.Entry("lib/x.pdb"), Sample.Entry("link", type: EntryType.SymbolicLink), Sample.Entry("folder/", type: EntryType.Directory) };
        var facts = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, new Dictionary<string, string> { ["files"] = "1903", ["lines"] = "512000", ["bytes"] = "42000000", ["folders"] = "src, packages", ["folderSources"] = "1900, 3" });
        var place = new ManifestLocation("/here/releasegate.json", 7, 3);
        var first = new Waiver("W-1", Sample.Stray.Id, "lib/x.pdb", "jo@acme.example", "Because it must.", new DateOnly(2026, 4, 13), place) { Approver = "tom@acme.example" };
        var verdict = Sample.Verdict("a.tgz", ArtifactKind.NpmPackage, new PackageMetadata("@acme/cli", "1.1.0", [], [], entries[0]), "public", entries,
            Sample.Judged(Sample.Odd, null, "odd as a whole"),
            Sample.Judged(Unlisted, entries[1], "not listed") with { NeedsApproval = true, Due = new DateOnly(2026, 5, 1), FirstSeen = Sample.Started },
            Sample.Judged(Map, entries[1], "is a map"),
            new JudgedFinding(new Finding(Content, entries[1], "exposes all") { Facts = facts, Offset = 17, Location = place, Fix = "Do <that>." }, Severity.Error),
            new JudgedFinding(new Finding(Sample.Stray, entries[2], "stray"), Severity.Note) { Waiver = first, Unwaived = Severity.Error },
            Sample.Judged(Sample.Odd, entries[3], "leads out", Severity.Note));
        var drift = new Drift(new DriftBaseline("old.tgz", "old.tgz", "1.0.0", Digest.Of("old"u8), 1_000_000, 4),
            [new EntryChange("new.map", ChangeKind.Added, null, 5_000), new EntryChange("gone", ChangeKind.Removed, 2_000, null), new EntryChange("same", ChangeKind.Changed, 10, 10) { KindBefore = EntryKind.Text, Kind = EntryKind.Xml, ModeBefore = 0x1A4, Mode = 0x1ED }],
            [EntryKind.SourceMap], ["src"], ImmutableSortedDictionary<string, string>.Empty.Add("postinstall", "node x.js"), [new DependencyChange("left-pad", "dependencies", ChangeKind.Added, null, "1.3.0")], [new SnapshotExposure(Content.Id, "dist/cli.js.map", "exposes all")]);
        var second = Sample.Verdict("b.zip", [Sample.Entry("fine.txt")]);
        var report = Sample.Report(verdict with { Drift = drift, Elapsed = TimeSpan.FromMilliseconds(elapsed) }, second with { Elapsed = TimeSpan.FromMilliseconds(elapsed) });
        return report with
        {
            Request = report.Request with { AsOf = new DateOnly(2027, 1, 31), PolicyFrom = "origin/main" },
            NeedApproval = [new PolicyChange("allows *.pdb", place)],
            Waivers = [new WaiverState(first, 1, 12), new WaiverState(first with { Id = "W-2", Expires = new DateOnly(2026, 3, 29) }, 0, -3), new WaiverState(first with { Id = "W-3", Path = Waiver.WholeArtifact }, 0, 0)],
        };
    }

    private static IEnumerable<(string Rule, string Severity, int Causes)> Groups(XDocument page) =>
        page.Descendants("details").Where(d => d.Attribute("data-rule") is not null).Select(d => (d.Attribute("data-rule")!.Value, d.Attribute("data-severity")!.Value, d.Descendants("ul").Single().Elements("li").Count()));

    private static List<string> Rows(string text, int artifact)
    {
        using var data = JsonDocument.Parse(Between(text, $"id=\"d{artifact}\">", "</script>"));
        var folders = data.RootElement.GetProperty("folders").EnumerateArray().Select(f => f.GetString()!).ToArray();
        return [.. data.RootElement.GetProperty("rows").EnumerateArray().Select(r => folders[r[0].GetInt32()] + r[1].GetString())];
    }

    private static string Text(GateReport report)
    {
        using var output = new MemoryStream();
        new HtmlReporter().Write(report, output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    /// <summary>The page, which is XML but for its first line and what stands in scripts and styles.</summary>
    private static XDocument Page(GateReport report)
    {
        var text = Regex.Replace(Text(report), "(<(?:script|style)[^>]*>).*?(</(?:script|style)>)", "$1$2", RegexOptions.Singleline)["<!doctype html>".Length..];
        using var reader = XmlReader.Create(new StringReader(text.Trim()), new XmlReaderSettings { CheckCharacters = false, DtdProcessing = DtdProcessing.Prohibit });
        return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
    }

    private static string Between(string text, string before, string after)
    {
        var start = text.IndexOf(before, StringComparison.Ordinal) + before.Length;
        Assert.That(start, Is.GreaterThanOrEqualTo(before.Length), before);
        return text[start..text.IndexOf(after, start, StringComparison.Ordinal)];
    }

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static Dictionary<string, string> Variables(string block) => Variable().Matches(block).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value, StringComparer.Ordinal);

    // https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
    private static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string colour)
    {
        double Part(int at)
        {
            var value = int.Parse(colour.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.03928 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return 0.2126 * Part(1) + 0.7152 * Part(3) + 0.0722 * Part(5);
    }

    [GeneratedRegex("color-scheme: (?:light|dark);[^}]*")]
    private static partial Regex ThemeVariables();

    [GeneratedRegex("--([a-z-]+): (#[0-9a-f]{6});")]
    private static partial Regex Variable();
}
