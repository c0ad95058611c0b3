using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using ReleaseGate.Governance;
using ReleaseGate.Reporting;
using ReleaseGate.Reporting.Html;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Reporting;

/// <summary>What people and programs see of the exposure.</summary>
public sealed class RiskReportTests
{
    private const string Hostile = "\"><img src=x onerror=alert(1)></script><script>a('b')\u202e|`*@x";

    [Test]
    public void What_is_read_is_what_was_written([Values] bool withControls, [Values(0.05, 0.0001)] double most, [Values(Severity.Error, Severity.Off)] Severity severity)
    {
        var report = RiskSample.Report(RiskSample.Assessment(most, withControls: withControls) with { ToleranceSeverity = severity });
        var written = Json(report);

        var read = Read(written);

        Assert.That(Json(read), Is.EqualTo(written));
        var (was, now) = (report.Exposure!, read.Exposure!);
        Assert.That((now.Ale, now.Var95, now.Es95, now.Passed, now.Controls.Count), Is.EqualTo((was.Ale, was.Var95, was.Es95, was.Passed, withControls ? 3 : 0)));
        Assert.That(now.Drill!.Missed(_ => true), Is.EqualTo(was.Drill!.Missed(_ => true)));
        Assert.That(now.Pathways[0].History, Is.EqualTo(new ReleaseHistory(30, 2)));
        Assert.That(read.Waivers[0].Price, Is.EqualTo(12_345.678));
        // The same page, but for where the model stands.
        Assert.That(Alone(now), Is.EqualTo(Alone(was).Replace("/here/releasegate.json</code>, line 4", "closed</code>, line 1", StringComparison.Ordinal)));
    }

    [Test]
    public void Where_most_years_lose_nothing_no_share_of_them_loses_more()
    {
        var model = RiskSample.Model();
        var rare = ExposureAssessment.Of(model with { Pathways = [new ReleasePathway("a", null, 2, 0.01, [new LossComponent("remediation", 20_000, 200_000)], [], [], RiskSample.Place)] }, RiskSample.Drill(), new Dictionary<string, ReleaseHistory>(), withControls: false);
        Assert.That((rare.Var95, rare.LossProbability > 0), Is.EqualTo((0d, true)));
        var report = RiskSample.Report(rare);

        Assert.That(Markdown(report), Does.Contain("| To be expected in a year | No more in 95 % of years | Mean").And.Contain(" | EUR 0 | "));
        Assert.That(Html(report), Does.Contain("<dd>EUR 0</dd><dt>or less in 95 % of years (VaR 95)</dt>"));
        Assert.That(string.Join('\n', RiskText.Lines(report)), Does.Contain("at least 95 % of years lose nothing"));
    }

    [Test]
    public void Without_a_model_every_key_is_there_and_nothing_is_said()
    {
        var report = Sample.Report(Sample.Verdict("a.zip", []));
        using var json = JsonDocument.Parse(Json(report));
        var risk = json.RootElement.GetProperty("risk");

        Assert.That(risk.EnumerateObject().Count(p => p.Value.ValueKind is not JsonValueKind.Null && !(p.Value.ValueKind is JsonValueKind.Array && p.Value.GetArrayLength() == 0)), Is.Zero);
        Assert.That(risk.EnumerateObject().Count(), Is.EqualTo(22));
        Assert.That(Read(Json(report)).Exposure, Is.Null);
        Assert.That(RiskText.Lines(report), Is.Empty);
        Assert.That(Html(report), Does.Not.Contain("id=\"exposure\"").And.Not.Contain("Exposure in money"));
        Assert.That(Markdown(report), Does.Not.Contain("Exposure"));
    }

    [TestCase("currency", "\"eur\"", "$.risk.currency: a currency")]
    [TestCase("currency", "null", "without a currency nothing was computed")]
    [TestCase("passed", "false", "$.risk.passed: it contradicts the tolerance")]
    [TestCase("severity", "\"severe\"", "$.risk.severity: error, warning or note")]
    [TestCase("severity", "null", "$.risk.severity")]
    [TestCase("ale", "-1", "$.risk.ale: a number of at least 0")]
    [TestCase("ale", "\"1\"", "$.risk.ale: a number is expected")]
    [TestCase("ale", "null", "$.risk.ale: a number is expected")]
    [TestCase("tolerance", """[ { "loss": 1, "maxProbability": 0.5, "probability": 0.6, "exceeded": false } ]""", "$.risk.tolerance[0].exceeded: it contradicts the probabilities")]
    [TestCase("streams", "[]", "the report has no stream of this name")]
    [TestCase("contracts", "[]", "the report has no contract of this name")]
    [TestCase("drill", """{ "artifact": null, "folder": null, "started": null, "discounted": [], "controls": [], "leaks": [ { "id": "x", "caughtBy": [ "none" ] } ] }""", "the drill has no control of this name")]
    [TestCase("drill", """{ "artifact": null, "folder": true, "started": null, "discounted": [], "controls": [], "leaks": [] }""", "what was drilled has a name, a kind and a time, or none of these")]
    [TestCase("controls", """[ { "id": "a", "title": "A", "rules": [], "cost": null, "missRateWithout": 1, "aleWithout": null, "es95Without": null, "value": null, "return": null } ]""", "a control has all its figures, or none")]
    [TestCase("lec", "[ { } ]", "$.risk.lec[0]: the key 'loss' is missing")]
    [TestCase("more", "1", "there is no key 'more'")]
    public void What_no_run_wrote_is_refused_with_its_place(string key, string value, string says)
    {
        var report = JsonNode.Parse(Json(RiskSample.Report(RiskSample.Assessment())))!;
        report["risk"]![key] = JsonNode.Parse(value);

        Assert.That(() => Read(report.ToJsonString()), Throws.TypeOf<GateException>().With.Message.Contains(says));
    }

    [Test]
    public void Reports_of_one_model_are_joined_and_of_two_are_not()
    {
        var risky = RiskSample.Report(RiskSample.Assessment());
        var other = Sample.Report(Sample.Verdict("b.zip", []));

        var joined = JoinedReports.Join([("a.json", other), ("b.json", risky), ("c.json", Read(Json(risky with { Verdicts = [Sample.Verdict("c.zip", [])] })))]);

        Assert.That(joined.Exposure, Is.SameAs(risky.Exposure));
        Assert.That(JoinedReports.Join([("a.json", other)]).Exposure, Is.Null);
        var mild = risky with { Exposure = risky.Exposure! with { ToleranceSeverity = Severity.Note }, Verdicts = [] };
        Assert.That(JoinedReports.Join([("a.json", mild), ("b.json", risky)]).Exposure!.ToleranceSeverity, Is.EqualTo(Severity.Error), "the gravest");
        Assert.That(JoinedReports.Join([("a.json", mild), ("b.json", mild)]).Exposure!.ToleranceSeverity, Is.EqualTo(Severity.Note));
        Assert.That(() => JoinedReports.Join([("a.json", risky), ("b.json", RiskSample.Report(RiskSample.Assessment(most: 0.04)) with { Verdicts = [] })]),
            Throws.TypeOf<GateException>().With.Message.Contains("its exposure model, or what that comes to, is another than in 'a.json'").And.Property(nameof(GateException.File)).EqualTo("b.json"));
    }

    [Test]
    public void Runs_that_read_the_log_at_different_times_are_joined_by_the_gravest()
    {
        var (model, drill) = (RiskSample.Model(), RiskSample.Drill());
        GateReport By(int releases, int blocked, string name) => RiskSample.Report(ExposureAssessment.Of(model, drill, new Dictionary<string, ReleaseHistory> { ["npm-public"] = new(releases, blocked) }, false)) with { Verdicts = [Sample.Verdict(name, [])] };
        var (mild, grave, little) = (By(30, 1, "a.zip"), By(31, 4, "b.zip"), By(5, 0, "c.zip"));

        Assert.That(JoinedReports.Join([("a.json", mild), ("b.json", grave), ("c.json", little)]).Exposure, Is.SameAs(grave.Exposure));
        Assert.That(JoinedReports.Join([("b.json", grave), ("a.json", mild)]).Exposure, Is.SameAs(grave.Exposure));
        var others = RiskSample.Report(ExposureAssessment.Of(RiskSample.Model(most: 0.04), drill, new Dictionary<string, ReleaseHistory> { ["npm-public"] = new(30, 2) }, false)) with { Verdicts = [] };
        Assert.That(() => JoinedReports.Join([("a.json", mild), ("b.json", others)]), Throws.TypeOf<GateException>().With.Message.Contains("is another than in 'a.json'"), "another model");
    }

    [Test]
    public void A_number_of_the_log_is_shown_beside_that_of_the_manifest()
    {
        ExposureAssessment By(int releases) => ExposureAssessment.Of(RiskSample.Model(), RiskSample.Drill(), new Dictionary<string, ReleaseHistory> { ["npm-public"] = new(releases, 2) }, true);
        foreach (var isEnough in (bool[])[true, false])
        {
            var assessment = By(isEnough ? 30 : 19);
            Assert.That(string.Join(' ', ExposureText.Lines(assessment).Select(l => l.Trim())), Both());
            Assert.That(ExposureText.Markdown(assessment), Both());
            Assert.That(Html(RiskSample.Report(assessment)), Both());
            Assert.That(Markdown(RiskSample.Report(assessment)), isEnough ? Does.Contain("9.38 % instead of 5 %") : Does.Not.Contain("instead of"));
            var pathway = JsonNode.Parse(Json(RiskSample.Report(assessment)))!["risk"]!["pathways"]![0]!;
            Assert.That(((double)pathway["leakProbability"]!, (double)pathway["leakProbabilitySaid"]!), Is.EqualTo((isEnough ? 3.0 / 32 : 0.05, 0.05)));

            NUnit.Framework.Constraints.IResolveConstraint Both() => isEnough ? Does.Contain("the manifest says 5 %") : Does.Not.Contain("the manifest says");
        }
    }

    [Test]
    public void A_run_ends_with_what_it_comes_to_what_that_rests_on_and_what_waivers_add()
    {
        var assessment = RiskSample.Assessment();
        var lines = RiskText.Lines(RiskSample.Report(assessment));

        Assert.That(lines, Has.Count.EqualTo(3));
        Assert.That(lines[0], Is.EqualTo($"exposure: {Money.Text(assessment.Ale, "EUR")} a year, 5 % of years lose more than {Money.Text(assessment.Var95, "EUR")}, within tolerance"));
        Assert.That(lines[1], Is.EqualTo($"these figures are as good as what they are made of: 2 pathways as the manifest has them, but the probability of a leak by the audit log (npm-public 9.38 % instead of 5 %), a drill of 40 leaks (a.tgz, 2026-03-01) of which 2 got past all controls{(assessment.Doubts.Count > 0 ? "; 1 doubt" : "")}"));
        Assert.That(lines[2], Is.EqualTo("what waivers add to it while they run: W-7 (alice) EUR 12.3k until 2026-04-13"));
        using var text = new StringWriter();
        new TextReporter().Write(RiskSample.Report(assessment), text);
        using var tree = new StringWriter();
        new TreeReporter(width: 400).Write(RiskSample.Report(assessment), tree);
        foreach (var line in lines)
        {
            Assert.That(text.ToString(), Does.Contain(line));
            Assert.That(tree.ToString(), Does.Contain(line));
        }

        using var quiet = new StringWriter();
        new TextReporter(quiet: true).Write(RiskSample.Report(assessment), quiet);
        Assert.That(quiet.ToString(), Does.Not.Contain("exposure:"));
    }

    [Test]
    public void What_leaves_by_no_pathway_is_said_in_one_line()
    {
        var assessment = RiskSample.Assessment();
        var narrow = assessment with { Model = assessment.Model with { Pathways = [assessment.Model.Pathways[0]] } };
        GateReport Of(ExposureAssessment? exposure, params string[] names) => Sample.Report([.. names.Select(n => Sample.Verdict(n, []))]) with { Exposure = exposure };

        Assert.That(RiskText.Lines(Of(assessment, "a.tgz", "b.nupkg")), Has.None.Contains("no pathway"), "one of the pathways is about all");
        Assert.That(RiskText.Lines(Of(narrow, "a.tgz")), Has.None.Contains("no pathway"));
        Assert.That(RiskText.Lines(Of(null, "b.nupkg")), Is.Empty);
        Assert.That(RiskText.Lines(Of(narrow, "a.tgz", "b.nupkg"))[^1], Is.EqualTo("no pathway of the exposure is about b.nupkg, so its tolerance does not hold it back: see \"artifact\" in \"pathways\""));
        Assert.That(RiskText.Lines(Of(narrow, "b.nupkg", "a.tgz", "b\u202e.snupkg", "c.zip"))[^1], Does.StartWith("no pathway of the exposure is about b.nupkg and 2 other artifacts, so its tolerance does not hold them back"));
    }

    [Test]
    public void What_is_over_tolerance_says_by_how_much()
    {
        var assessment = RiskSample.Assessment(most: 0.0001);
        var probability = Money.Percent(assessment.Tolerance[2].Probability);

        Assert.That(RiskText.Standing(assessment), Is.EqualTo($"over tolerance: {probability} of years lose more than EUR 50.0M, at most 0.01 % may"));
        Assert.That(RiskText.Standing(assessment with { Tolerance = [], Model = assessment.Model with { MaximumEs95 = 1 } }), Does.StartWith("over tolerance: the worst 5 % of years lose EUR ").And.EndsWith(" on average, at most EUR 1.00 may be"));
        Assert.That(RiskText.Standing(assessment with { Tolerance = [], Model = assessment.Model with { Tolerance = [], MaximumEs95 = null } }), Is.EqualTo("no tolerance is set"));
        var page = Page(Html(RiskSample.Report(assessment)));
        var section = Section(page);
        Assert.That(section.Descendants("svg").Count(s => Class(s).StartsWith("curve", StringComparison.Ordinal)), Is.EqualTo(2), "a wide one and a narrow one");
        foreach (var curve in section.Descendants("svg").Where(s => Class(s).StartsWith("curve", StringComparison.Ordinal)))
        {
            Assert.That(curve.Elements("path").Count(p => Class(p) == "over"), Is.EqualTo(1), "a cross");
            Assert.That(curve.Elements("circle").Count(c => Class(c) == "kept"), Is.EqualTo(2), "rings");
            Assert.That(curve.Elements("text").Single(t => Class(t).StartsWith("tell over", StringComparison.Ordinal)).Value, Is.EqualTo($"over: {probability}, may be 0.01 %"));
            Assert.That(curve.Attribute("aria-label")!.Value, Does.Contain("1 of 3 points of the tolerance are exceeded"));
            Assert.That(curve.ToString(), Does.Not.Contain("NaN").And.Not.Contain("∞").And.Not.Contain("Infinity"));
        }

        Assert.That(section.Descendants("span").Where(s => Class(s).StartsWith("badge", StringComparison.Ordinal)).Select(s => s.Value), Is.EqualTo(new[] { "Over tolerance", "within", "within", "over" }));
    }

    [Test]
    public void Every_point_of_the_tolerance_is_within_the_curve_and_nothing_is_told_over_something_else()
    {
        var model = RiskSample.Model() with
        {
            Tolerance = [.. (((double, double)[])[(0, 0.9), (1, 0.8), (900_000, 0.02), (1_000_000, 0.02), (1_100_000, 0.019), (1_200_000, 0.018), (9_000_000, 0.015), (10_000_000, 0.0149), (1e12, 1e-5)]).Select(p => new TolerancePoint(p.Item1, p.Item2, RiskSample.Place))],
        };
        var page = Page(Alone(ExposureAssessment.Of(model, RiskSample.Drill(), null, false)));
        foreach (var (name, width, height) in ((string, double, double)[])[("wide", 1000, 400), ("narrow", 380, 330)])
        {
            var curve = page.Descendants("svg").Single(s => Class(s) == $"curve {name}");
            var marks = curve.Elements("circle").Where(c => Class(c) == "kept").Select(c => Number(c, "cx"))
                .Concat(curve.Elements("path").Where(p => Class(p) == "over").Select(p => double.Parse(Regex.Match(p.Attribute("d")!.Value, "^M([0-9.]+) ").Groups[1].Value, CultureInfo.InvariantCulture) + 5.5)).ToList();
            Assert.That(marks, Has.Count.EqualTo(9).And.All.InRange(62, width - 16));
            Assert.That(marks.Distinct().Count(), Is.EqualTo(9), "no two at one place for want of an axis");
            var told = curve.Elements("text").Where(t => Class(t).StartsWith("tell ", StringComparison.Ordinal)).ToList();
            Assert.That(told.Count(t => Class(t) == "tell over"), Is.EqualTo(curve.Elements("path").Count(p => Class(p) == "over")).And.EqualTo(6));
            Assert.That(told.Count(t => Class(t) == "tell at"), Is.EqualTo(1));
            var boxes = told.ConvertAll(t => (Left: Number(t, "x"), Right: Number(t, "x") + (6.6 * t.Value.Length), Top: Number(t, "y") - 11, Bottom: Number(t, "y") + 3));
            for (var i = 0; i < boxes.Count; i++)
            {
                Assert.That((boxes[i].Left, boxes[i].Right, boxes[i].Top, boxes[i].Bottom), Is.EqualTo((Math.Max(boxes[i].Left, 62), Math.Min(boxes[i].Right, width), Math.Max(boxes[i].Top, 0), Math.Min(boxes[i].Bottom, height - 50))), told[i].Value);
                for (var j = 0; j < i; j++)
                    Assert.That(boxes[i].Right <= boxes[j].Left || boxes[j].Right <= boxes[i].Left || boxes[i].Bottom <= boxes[j].Top || boxes[j].Bottom <= boxes[i].Top, $"{told[i]} and {told[j]}");
            }
        }

        static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);
    }

    [Test]
    public void The_section_names_what_hangs_on_each_pathway_and_what_each_control_carries()
    {
        var section = Section(Page(Html(RiskSample.Report(RiskSample.Assessment()))));

        Assert.That(section.Value, Does.Contain("npm-public").And.Contain("Subscriptions of the CLI").And.Contain("EUR 40.0M").And.Contain("Escrow for a bank").And.Contain("contract, EUR 15.0M")
            .And.Contain("2 of 30 in the audit log").And.Contain("none is named").And.Contain("These values do not add up").And.Contain("These figures are as good as what they are made of").And.Contain("bob up to EUR 100k"));
        Assert.That(section.Descendants("th").Select(t => t.Value).Where(t => t.StartsWith("Source maps", StringComparison.Ordinal) || t.StartsWith("Secrets", StringComparison.Ordinal) || t.StartsWith("Allowlists", StringComparison.Ordinal)).Count(), Is.EqualTo(3));
        Assert.That(Section(Page(Html(RiskSample.Report(RiskSample.Assessment(withControls: false))))).Value, Does.Not.Contain("What each control carries"));
        Assert.That(Html(RiskSample.Report(RiskSample.Assessment())), Does.Contain("until 2026-04-13, adds EUR 12.3k"));
    }

    [Test]
    public void Names_in_a_model_are_text_whatever_they_hold([Values] bool alone)
    {
        var assessment = RiskSample.Assessment(name: Hostile);
        var text = alone ? Alone(assessment) : Html(RiskSample.Report(assessment));
        var page = Page(text);

        Assert.That(page.Descendants("script").Count(), Is.EqualTo(alone ? 1 : 2));
        Assert.That(page.Descendants("img"), Is.Empty);
        Assert.That(page.Descendants().Attributes().Where(a => a.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase)), Is.Empty);
        Assert.That(text, Does.Not.Contain("\u202e"));
        Assert.That(Section(page).Value, Does.Contain("npm-public\"><img src=x onerror=alert(1)></script>"));
        Assert.That(Markdown(RiskSample.Report(assessment)), Does.Not.Match(@"(?<!\\)<img").And.Not.Contain("\u202e"));
        Assert.That(RiskText.Lines(RiskSample.Report(assessment)), Has.None.Contain("\u202e"));
    }

    [Test]
    public void A_page_of_its_own_has_the_same_section_and_as_strict_a_policy()
    {
        var assessment = RiskSample.Assessment();
        var text = Alone(assessment);
        var page = Page(text);
        var report = Html(RiskSample.Report(assessment));

        Assert.That(text, Does.StartWith("<!doctype html>\n<!-- releasegate/html/v1 -->\n"));
        Assert.That(Policy(text), Is.EqualTo(Policy(report)));
        Assert.That(Section(page).Value, Is.EqualTo(Section(Page(report)).Value));
        var levels = page.Descendants().Where(e => Regex.IsMatch(e.Name.LocalName, "^h[1-6]$")).Select(e => e.Name.LocalName[1] - '0').ToList();
        Assert.That((levels[0], levels.Count(l => l == 1)), Is.EqualTo((1, 1)));
        foreach (var any in (XDocument[])[page, Page(report)])
        {
            Assert.That(any.Descendants().Attributes("id").Select(a => a.Value), Is.Unique);
            Assert.That(any.Descendants("th").Where(h => h.Attribute("scope") is null), Is.Empty);
            Assert.That(any.Descendants("svg").Where(s => s.Attribute("aria-hidden") is null && s.Attribute("aria-label") is null), Is.Empty);
            Assert.That(any.Descendants().Attributes("style"), Is.Empty);
            Assert.That(any.Descendants().Attributes("href").Select(a => a.Value).Where(v => v.StartsWith('#')).Select(v => v[1..]).Except(any.Descendants().Attributes("id").Select(a => a.Value)), Is.Empty);
        }
    }

    [Test]
    public void Where_no_loss_is_to_be_expected_nothing_is_drawn()
    {
        var model = RiskSample.Model();
        var none = ExposureAssessment.Of(model with { Pathways = [.. model.Pathways.Select(p => p with { Releases = 0 })] }, null, null, false);
        var section = Section(Page(Html(RiskSample.Report(none))));

        Assert.That(section.Value, Does.Contain("No year is expected to have a loss.").And.Contain("In nineteen years of twenty they cost nothing."));
        Assert.That(section.Descendants("svg").Where(s => Class(s).StartsWith("curve", StringComparison.Ordinal)), Is.Empty);
        Assert.That(Read(Json(RiskSample.Report(none))).Exposure!.Ale, Is.Zero);
    }

    [Test]
    public void Markdown_has_a_table_of_it_and_the_price_of_each_waiver()
    {
        var assessment = RiskSample.Assessment(most: 0.0001);
        var text = Markdown(RiskSample.Report(assessment));

        Assert.That(text, Does.Contain($"| {Money.Text(assessment.Ale, "EUR")} | {Money.Text(assessment.Var95, "EUR")} | {Money.Text(assessment.Es95, "EUR")} | {Money.Percent(assessment.LossProbability)} |\n"));
        Assert.That(text, Does.Contain("| EUR 50.0M | 0.01 % |").And.Contain("❌ over").And.Contain("✅ within").And.Contain("❌ Over tolerance: "));
        Assert.That(text, Does.Contain("| Left | Until | Price | Reason |\n|---|---|---|---|--:|---|--:|---|\n").And.Contain("| 2026-04-13 | EUR 12.3k | a partner needs it |"));
        var unpriced = RiskSample.Report(assessment) with { Exposure = null };
        Assert.That(Markdown(unpriced), Does.Contain("| Left | Until | Reason |\n|---|---|---|---|--:|---|---|\n").And.Contain("| 2026-04-13 | a partner needs it |"));
    }

    private static string Json(GateReport report)
    {
        using var output = new MemoryStream();
        new JsonReporter().Write(report, output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static GateReport Read(string json)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, json);
            return new ReportReader(new FileSystem()).Read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Markdown(GateReport report)
    {
        using var output = new MemoryStream();
        new MarkdownReporter().Write(report, output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static string Html(GateReport report)
    {
        using var output = new MemoryStream();
        new HtmlReporter().Write(report, output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static string Alone(ExposureAssessment assessment)
    {
        using var output = new MemoryStream();
        ExposurePage.Write(assessment, Sample.Started, output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static string Policy(string page) => Regex.Match(page, "Content-Security-Policy\" content=\"([^\"]*)\"").Groups[1].Value;

    private static string Class(XElement element) => element.Attribute("class")?.Value ?? "";

    private static XElement Section(XDocument page) => page.Descendants("section").Single(s => s.Attribute("id")?.Value == "exposure");

    private static XDocument Page(string page)
    {
        var text = Regex.Replace(page, "(<(?:script|style)[^>]*>).*?(</(?:script|style)>)", "$1$2", RegexOptions.Singleline)["<!doctype html>".Length..];
        using var reader = XmlReader.Create(new StringReader(text.Trim()), new XmlReaderSettings { CheckCharacters = false, DtdProcessing = DtdProcessing.Prohibit });
        return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
    }
}
