using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using static ReleaseGate.Tests.Governance.ExposureModels;

namespace ReleaseGate.Tests.Governance;

internal sealed class ExposureAssessmentTests
{
    private static readonly ReleasePathway Npm = Pathway("npm", 120, 0.05, 2e6, 4e7, 1e9);

    [Test]
    public void Value_of_controls()
    {
        var model = Model(Npm) with { Tolerance = [new TolerancePoint(5e7, 0.02, Here)], MaximumEs95 = 5e7 };
        var found = ExposureAssessment.Of(model, Drilled, null, withControls: true);
        Assert.Multiple(() =>
        {
            Assert.That(found.MissRate, Is.EqualTo(3.0 / 42).Within(1e-15));
            Assert.That(found.Pathways.Single().Frequency, Is.EqualTo(0.429).Within(0.0005));
            Assert.That(found.Es95, Is.EqualTo(5.07e7).Within(0.005e7));
            Assert.That(found.Tolerance.Single().Probability, Is.EqualTo(0.017).Within(0.0005));
            Assert.That(found.Tolerance.Single().IsExceeded, Is.False);
            Assert.That(found.ExceedsEs95, Is.True);
            Assert.That(found.Passed, Is.False);
            Assert.That(found.Controls.Select(c => c.Control.Id), Is.EqualTo(new[] { "A", "H" }));
            Assert.That(found.Controls[0].MissRateWithout, Is.EqualTo(12.0 / 42).Within(1e-15));
            Assert.That(found.Controls[0].Es95Without, Is.EqualTo(1.04e8).Within(0.005e8));
            Assert.That(found.Controls[0].Value, Is.EqualTo(found.Controls[0].Es95Without - found.Es95));
            Assert.That(found.Controls[1].MissRateWithout, Is.EqualTo(4.0 / 42).Within(1e-15));
            Assert.That(found.Controls[1].Es95Without, Is.EqualTo(5.88e7).Within(0.005e7));
            Assert.That(found.Ale, Is.EqualTo(found.Pathways.Sum(p => p.Ale)).Within(1e-9 * found.Ale));
            Assert.That(found.LossProbability, Is.EqualTo(1 - Math.Exp(-18.0 / 42)).Within(1e-12));
        });
        // Without any control every leak gets out.
        var none = ExposureAssessment.Of(model with { MissRate = 1 }, null, null, withControls: true);
        Assert.That(none.Es95, Is.EqualTo(2.17e8).Within(0.005e8));
        Assert.That(none.Controls, Is.Empty);
    }

    [Test]
    public void Return_on_control()
    {
        var model = Model(Npm);
        var plain = ExposureAssessment.Of(model, Drilled, null, withControls: true);
        var saved = plain.Controls[0].AleWithout - plain.Ale;
        var priced = ExposureAssessment.Of(model with { Controls = [model.Controls[0] with { Cost = saved / 1.45 }, model.Controls[1] with { Cost = 1e9 }] }, Drilled, null, withControls: true);
        Assert.That(plain.Controls.Select(c => c.Return), Is.All.Null);
        Assert.That(priced.Controls[0].Return, Is.EqualTo(0.45).Within(1e-9));
        Assert.That(priced.Controls[1].Return, Is.EqualTo(-1).Within(0.01));
    }

    // Hubbard's table: (reduction of the expected loss) / cost - 1.
    [TestCase(0.969e6, 0.6e6, 0.90, 0.45)]
    [TestCase(0.409e6, 0.8e6, 0.95, -0.51)]
    [TestCase(0.113e6, 0.5e6, 1.00, -0.77)]
    public void Return_on_control_of_Hubbard(double ale, double cost, double effect, double expected)
    {
        // A drill whose first control catches just that share, measured by Laplace's rule: with it (1 - effect), without it 1 of what there is.
        const int Leaks = 9_998;
        var caught = (int)Math.Round(effect * (Leaks + 1));
        caught = Math.Min(caught, Leaks);
        var drill = new DrillMatrix(["A", "H"], [.. Enumerable.Range(0, Leaks).Select(i => new DrilledLeak($"{i}", [i < caught, false]))]);
        var unit = new LossDistribution(1e5, 1e6).Mean;
        var model = Model(Pathway("it", 1, ale / unit / 10, 1e5, 1e6) with { Releases = 10 }) with { MinimumMiss = 0 };
        model = model with { Controls = [model.Controls[0] with { Cost = cost }, model.Controls[1]] };
        var found = ExposureAssessment.Of(model, drill, null, withControls: true);
        Assert.That(found.Controls[0].Return, Is.EqualTo(expected).Within(0.005));
    }

    [Test]
    public void Floor_of_the_miss_rate_and_what_nobody_measured()
    {
        var all = new DrillMatrix(["A", "H"], [.. Enumerable.Range(0, 40).Select(i => new DrilledLeak($"{i}", [true, true]))]);
        var floored = ExposureAssessment.Of(Model(Npm), all, null, withControls: true);
        Assert.That(floored.MissRate, Is.EqualTo(0.05));
        Assert.That(floored.Doubts, Has.Some.Contains("minMiss"));
        Assert.That(floored.Controls.Select(c => c.Value), Is.All.Zero, "either control alone catches all");
        Assert.That(ExposureAssessment.Of(Model(Npm) with { MinimumMiss = 0 }, all, null, false).MissRate, Is.EqualTo(1.0 / 42).Within(1e-15));
        var unknown = ExposureAssessment.Of(Model(Npm), null, null, withControls: true);
        Assert.That(unknown.MissRate, Is.EqualTo(0.5));
        Assert.That(unknown.Doubts, Has.Some.Contains("every second leak"));
        Assert.That(ExposureAssessment.Of(Model(Npm) with { MissRate = 0.2 }, null, null, false).Doubts, Has.Some.Contains("20 %"));
        // With one control only, all leaks pass without it, also those of Laplace.
        var single = Model(Npm) with { Controls = [Model(Npm).Controls[0]] };
        Assert.That(ExposureAssessment.Of(single, new DrillMatrix(["A"], [new DrilledLeak("1", [true])]), null, true).Controls.Single().MissRateWithout, Is.EqualTo(1));
    }

    [Test]
    public void Releases_that_were_counted_replace_the_opinion()
    {
        ExposureAssessment With(int releases, int blocked) => ExposureAssessment.Of(Model(Npm), Drilled, new Dictionary<string, ReleaseHistory> { ["npm"] = new(releases, blocked) }, false);
        Assert.That(With(19, 19).Pathways.Single().LeakProbability, Is.EqualTo(0.05));
        Assert.That(With(20, 0).Pathways.Single().LeakProbability, Is.EqualTo(1.0 / 22).Within(1e-15));
        Assert.That(With(98, 9).Pathways.Single().Frequency, Is.EqualTo(120 * 0.1 * 3 / 42).Within(1e-12));
    }

    [Test]
    public void What_else_a_drill_has_is_always_on()
    {
        var more = new DrillMatrix(["gate", "A", "H"], [new DrilledLeak("1", [true, false, false]), new DrilledLeak("2", [false, true, false]), new DrilledLeak("3", [false, false, true])]);
        var found = ExposureAssessment.Of(Model(Npm), more, null, true);
        Assert.That(found.MissRate, Is.EqualTo(1.0 / 5));
        Assert.That(found.Controls.Select(c => c.MissRateWithout), Is.EqualTo(new[] { 2.0 / 5, 2.0 / 5 }));
    }

    [Test]
    public void Drill_without_a_control_is_refused()
    {
        Assert.That(() => ExposureAssessment.Of(Model(Npm), new DrillMatrix(["A"], []), null, false), Throws.InstanceOf<GateException>().With.Message.Contains("\"H\"").And.Property("Line").EqualTo(3));
        Assert.That(() => ExposureAssessment.Of(Model(Npm), new DrillMatrix(["A", "H"], [new DrilledLeak("l", [true])]), null, false), Throws.InstanceOf<GateException>().With.Message.Contains("\"l\""));
    }

    [Test]
    public void Intervals_that_mean_nothing_are_refused_and_wide_ones_doubted()
    {
        void Refused(ReleasePathway pathway, string why) => Assert.That(() => ExposureAssessment.Of(Model(pathway), null, null, false), Throws.InstanceOf<GateException>().With.Message.Contains(why));
        Refused(Pathway("p", 1, 0.1, 5, 5), "\"high\" is not above");
        Refused(Pathway("p", 1, 0.1, 0, 5), "not above 0");
        Refused(Pathway("p", 1, 0.1, 1, 5, 4), "the \"cap\", EUR 4.00, is less than \"high\", EUR 5.00");
        Refused(Pathway("p", 1, 0.1, 1, 50_001), "\"cap\"");
        Refused(Pathway("p", 20_000, 0.1, 1, 5), "no question of risk");
        Assert.That(ExposureAssessment.Of(Model(Pathway("p", 1, 0.1, 1, 50_001, 60_000)), null, null, false).Doubts, Has.Some.Contains("Narrow it"));
        Assert.That(ExposureAssessment.Of(Model(Pathway("p", 1, 0.1, 1, 1_000, 60_000)), null, null, false).Doubts, Has.None.Contains("Narrow it"));
    }

    [Test]
    public void Curve_reaches_beyond_the_tolerance()
    {
        var found = ExposureAssessment.Of(Model(Npm) with { Tolerance = [new TolerancePoint(5e9, 0.001, Here), new TolerancePoint(1e6, 0.9, Here)] }, Drilled, null, false);
        Assert.That(found.Curve, Has.Count.EqualTo(60));
        Assert.That(found.Curve[^1].Loss, Is.GreaterThan(5e9));
        Assert.That(found.Curve[0].Loss, Is.LessThan(2e6));
        Assert.That(found.Curve[0].Probability, Is.EqualTo(found.LossProbability).Within(0.01));
        Assert.That(found.Tolerance.Select(t => t.Point.Loss), Is.EqualTo(new[] { 5e9, 1e6 }));
        Assert.That(ExposureAssessment.Of(Model(Npm with { Releases = 0 }), Drilled, null, true).Curve, Is.Empty);
    }

    [Test]
    public void Price_of_a_waiver()
    {
        var today = new DateOnly(2026, 11, 21);
        Waiver Of(string rule, DateOnly expires, string? artifact = null) => new("W-1", RuleId.Parse(rule), "a", "o", "r", expires, Here) { Artifact = artifact is null ? null : Pathway("x", 1, 1, 1, 2, artifact: artifact).Artifact };
        var model = Model(Npm);
        var mean = new LossDistribution(2e6, 4e7, 1e9).Mean;
        Assert.Multiple(() =>
        {
            Assert.That(ExposureAssessment.PriceOf(model, Drilled, Of("RG2001", today.AddDays(72)), today), Is.EqualTo(120 * 0.05 * (9.0 / 42) * (73.0 / 365) * mean).Within(1e-3));
            Assert.That(ExposureAssessment.PriceOf(model, Drilled, Of("RG2001", today.AddDays(-1)), today), Is.Zero);
            Assert.That(ExposureAssessment.PriceOf(model, Drilled, Of("RG1001", today), today), Is.Null, "no control");
            Assert.That(ExposureAssessment.PriceOf(model, null, Of("RG2001", today), today), Is.Null, "no drill");
        });
        var two = Model(Npm with { Artifact = Pathway("x", 1, 1, 1, 2, artifact: "*.tgz").Artifact }, Pathway("nuget", 120, 0.05, 2e6, 4e7, 1e9, "acme.nupkg"));
        double Price(string? artifact) => ExposureAssessment.PriceOf(two, Drilled, Of("RG2001", today, artifact), today)!.Value;
        Assert.That(Price(null), Is.EqualTo(Price("*")).Within(1e-6));
        Assert.That(Price("acme.tgz"), Is.EqualTo(Price(null) / 2).Within(1e-6));
        Assert.That(Price("acme.nupkg"), Is.EqualTo(Price(null) / 2).Within(1e-6));
        Assert.That(Price("other.zip"), Is.Zero);
        Assert.That(Price("*.nupkg"), Is.EqualTo(Price(null)).Within(1e-6), "both patterns may mean the same");
    }

    [Test]
    public void What_is_over_by_less_than_is_shown_is_a_little_more()
    {
        var found = ExposureAssessment.Of(Model(Npm) with { Tolerance = [new TolerancePoint(5e7, 0.01, Here)] }, Drilled, null, false);
        string Says(double most) => ToleranceCheck.Findings(found with { Tolerance = [new ToleranceResult(new TolerancePoint(5e7, most, Here), 0.1112)] })[0].Message;
        Assert.That(Says(0.1111), Does.StartWith("a little more than 11.11 % of years lose more than EUR 50.0M, and at most 11.11 % may"));
        Assert.That(Says(0.1), Does.StartWith("11.1 % of years"));
    }

    [TestCase(1e-40, 1e15)]
    [TestCase(1e-300, 1e18)]
    [TestCase(1, 1.1e9)]
    public void An_interval_that_says_nothing_is_refused_with_a_cap_too(double low, double high) =>
        Assert.That(() => ExposureAssessment.Of(Model(Pathway("p", 1, 0.1, low, high, high)), null, null, false), Throws.InstanceOf<GateException>().With.Message.Contains("says nothing"));

    [Test]
    public void A_drill_that_measured_other_rules_under_an_id_is_refused()
    {
        DrillMatrix Of(params string[] rules) => Drilled with { Rules = [[RuleId.Parse("RG3009")], [.. rules.Select(RuleId.Parse)]] };
        Assert.That(() => ExposureAssessment.Of(Model(Npm), Of("RG2001"), null, false), Throws.Nothing);
        foreach (var other in (string[][])[["RG1004"], ["RG2001", "RG1004"], []])
            Assert.That(() => ExposureAssessment.Of(Model(Npm), Of(other), null, false), Throws.InstanceOf<GateException>().With.Message.Contains("the drill measured other rules under the id of the control \"A\"; run 'releasegate drill' again"));
    }

    [TestCase("publish/", "publish/", true)]
    [TestCase("publish/", "publish", true)]
    [TestCase("publish", "publish/", true)]
    [TestCase("publish/", "pub*/", true)]
    [TestCase("pub*/", "publish/", true)]
    [TestCase("publish/", "*", true)]
    [TestCase("*.zip", "publish/", false)]
    [TestCase("publish/", "public/", false)]
    [TestCase("publish/", "*.zip", false)]
    public void A_waiver_costs_nothing_only_where_it_can_not_be_about_the_pathway(string asked, string own, bool costs)
    {
        var today = new DateOnly(2026, 11, 21);
        var waiver = new Waiver("W-1", RuleId.Parse("RG2001"), "a", "o", "r", today.AddDays(9), Here) { Artifact = Pathway("x", 1, 1, 1, 2, artifact: asked).Artifact };
        Assert.That(ExposureAssessment.PriceOf(Model(Pathway("folder", 120, 0.05, 2e6, 4e7, 1e9, own)), Drilled, waiver, today) > 0, Is.EqualTo(costs));
    }

    [Test]
    public void What_controls_carry_is_what_was_measured_below_the_floor_too()
    {
        // 84 leaks of which 6 only A catches and 1 only H: with all 1/86, far below the floor of 5 %.
        var drill = new DrillMatrix(["A", "H"], [.. Enumerable.Range(0, 84).Select(i => new DrilledLeak($"{i}", [i != 0, i is 0 or > 6]))]);
        var found = ExposureAssessment.Of(Model(Npm), drill, null, withControls: true);
        Assert.Multiple(() =>
        {
            Assert.That(found.MissRate, Is.EqualTo(0.05));
            Assert.That(found.Controls.Select(c => c.MissRateWithout), Is.EqualTo(new[] { 0.05 + 6.0 / 86, 0.05 + 1.0 / 86 }).Within(1e-15));
            Assert.That(found.Controls.Select(c => c.Value), Is.All.GreaterThan(0));
        });
        var today = new DateOnly(2026, 11, 21);
        var waiver = new Waiver("W-1", RuleId.Parse("RG2001"), "a", "o", "r", today.AddDays(72), Here);
        Assert.That(ExposureAssessment.PriceOf(Model(Npm), drill, waiver, today), Is.EqualTo(120 * 0.05 * (6.0 / 86) * (73.0 / 365) * new LossDistribution(2e6, 4e7, 1e9).Mean).Within(1e-3));
    }

    [Test]
    public void Waivers_of_controls_that_hold_the_same_leaks_are_priced_together()
    {
        var today = new DateOnly(2026, 11, 21);
        Waiver Of(string id, string rule, int days, string? artifact = null) => new(id, RuleId.Parse(rule), "a", "o", "r", today.AddDays(days - 1), Here) { Artifact = artifact is null ? null : Pathway("x", 1, 1, 1, 2, artifact: artifact).Artifact };
        var model = Model(Pathway("npm", 120, 0.05, 2e6, 4e7, 1e9, "*.tgz"));
        // 40 leaks, each caught by both.
        var both = new DrillMatrix(["A", "H"], [.. Enumerable.Range(0, 40).Select(i => new DrilledLeak($"{i}", [true, true]))]);
        var year = 120 * 0.05 * new LossDistribution(2e6, 4e7, 1e9).Mean;
        var (maps, hosts) = (Of("W-1", "RG2001", 73), Of("W-2", "RG3009", 73));
        double Price(Waiver waiver, params Waiver[] all) => ExposureAssessment.PriceOf(model, both, waiver, today, null, all)!.Value;
        Assert.Multiple(() =>
        {
            Assert.That(Price(maps, maps), Is.Zero, "H holds them all");
            // Without any control all leaks pass; with one of them 5 %, the floor.
            Assert.That(Price(maps, maps, hosts), Is.EqualTo(year * 0.95 / 5).Within(1e-3));
            Assert.That(Price(hosts, maps, hosts), Is.EqualTo(year * 0.95 / 5).Within(1e-3));
            Assert.That(Price(maps, maps, Of("W-3", "RG2001", 73)), Is.Zero, "the same control");
            Assert.That(Price(maps, maps, Of("W-2", "RG3009", 10)), Is.EqualTo(year * 0.95 * 10 / 365).Within(1e-3), "only as long as the other runs");
            Assert.That(Price(maps, maps, Of("W-2", "RG3009", 0)), Is.Zero, "it has expired");
            Assert.That(Price(maps, maps, Of("W-2", "RG3009", 73, "*.nupkg")), Is.EqualTo(year * 0.95 / 5).Within(1e-3), "both patterns may mean the same");
            Assert.That(Price(maps, maps, Of("W-2", "RG1001", 73)), Is.Zero, "no control");
        });
        var tgz = Model(Pathway("npm", 120, 0.05, 2e6, 4e7, 1e9, "acme.tgz"));
        Assert.That(ExposureAssessment.PriceOf(tgz, both, maps, today, null, [maps, Of("W-2", "RG3009", 73, "acme.nupkg")]), Is.Zero, "it is about another artifact");
    }

    [Test]
    public void Of_a_drill_counts_what_still_blocks()
    {
        DrilledLeak Caught(string id, bool byH, bool byA, params string[] rules) => new(id, [byH, byA]) { Rules = [.. rules.Select(RuleId.Parse)] };
        var model = Model(Npm) with { Controls = [Model(Npm).Controls[0] with { Rules = [RuleId.Parse("RG2001"), RuleId.Parse("RG2002")] }, Model(Npm).Controls[1]] };
        var drill = new DrillMatrix(["H", "A"], [Caught("1", false, true, "RG2001"), Caught("2", false, true, "RG2001", "RG2002"), Caught("3", true, true, "RG2001", "RG3009"), Caught("4", false, false)])
        {
            Rules = [[RuleId.Parse("RG3009")], [RuleId.Parse("RG2001"), RuleId.Parse("RG2002")]],
        };
        DrillMatrix By(params (string Rule, Severity Severity)[] settings) => drill.Under(new Manifest("m", null, default, [], settings.ToDictionary(s => RuleId.Parse(s.Rule), s => new RuleSetting(s.Severity, Here))));
        Assert.That(By().Discounted, Is.Empty);
        Assert.That(By(("RG2001", Severity.Error), ("RG2003", Severity.Off)).Missed(static _ => true), Is.EqualTo(1));
        foreach (var severity in (Severity[])[Severity.Warning, Severity.Note, Severity.Off])
        {
            var now = By(("RG2001", severity));
            Assert.That(now.Leaks.Select(l => string.Concat(l.Caught.Select(c => c ? '1' : '0'))), Is.EqualTo(new[] { "00", "01", "10", "00" }));
            var found = ExposureAssessment.Of(model, now, null, false);
            Assert.That(found.MissRate, Is.EqualTo(3.0 / 6));
            Assert.That(found.Doubts, Has.One.Contains("what RG2001 caught; the manifest keeps this rule from blocking now"));
        }
    }

    [Test]
    public void Of_a_drill_under_other_lists_or_rules_what_only_warns_does_not_count_and_the_rest_is_doubted()
    {
        Manifest Read(string text) => new ManifestReader(new System.IO.Abstractions.FileSystem()).Read("/m.json", System.Text.Encoding.UTF8.GetBytes(text));

        // RG5007 warns by default.
        var model = Model(Npm) with { Controls = [Model(Npm).Controls[0] with { Rules = [RuleId.Parse("RG5007")] }, Model(Npm).Controls[1]] };
        var strict = Read("""{ "extends": "closed", "rules": { "RG5007": "error" } }""");
        var drill = new DrillMatrix(["H", "A"], [new DrilledLeak("1", [false, true]) { Rules = [RuleId.Parse("RG5007")] }, new DrilledLeak("2", [true, false]) { Rules = [RuleId.Parse("RG3009")] }])
        {
            Rules = [[RuleId.Parse("RG3009")], [RuleId.Parse("RG5007")]],
            Source = new DrillSource("a.tgz", false, default) { Judging = strict.JudgingDigest() },
        };
        foreach (var same in (string[])["""{ "extends": "closed", "rules": { "RG5007": "error" } }""", """{ /* ours */ "extends" : "closed", "rules": { "RG5007": "error", }, "waivers": [] }"""])
            Assert.That((drill.Under(Read(same)).Discounted.Count, drill.Under(Read(same)).Missed(static _ => true)), Is.EqualTo((0, 0)), same);
        var now = drill.Under(Read("""{ "extends": "closed" }"""));
        Assert.That((string.Join(' ', now.Discounted), now.Missed(static _ => true)), Is.EqualTo(("RG5007", 1)));
        Assert.That(ExposureAssessment.Of(model, now, null, false).Doubts, Has.One.Contains("Lists, rules or names of the manifest have changed since the drill").And.One.Contains("what RG5007 caught"));
        var wider = drill.Under(Read("""{ "extends": "closed", "rules": { "RG5007": "error" }, "artifacts": [ { "match": "**", "allow": ["src/**"] } ] }"""));
        Assert.That(ExposureAssessment.Of(model, wider, null, false).Doubts, Has.One.Contains("Lists, rules or names"));
    }

    [Test]
    public void A_list_of_words_in_a_file_of_its_own_belongs_to_what_a_drill_was_made_under()
    {
        var folder = Directory.CreateTempSubdirectory("releasegate-words-").FullName;
        try
        {
            const string manifest = """{ "identifiers": { "file": "words.txt" } }""";
            var drill = new DrillMatrix([], []) { Rules = [], Source = new DrillSource("a.tgz", false, default) { Judging = Read("Bluebird\nRedkite\n", manifest).JudgingDigest() } };

            Assert.That(drill.Under(Read("Bluebird\nRedkite\n", manifest + " // the same")).IsOfOtherPolicy, Is.False);
            Assert.That(drill.Under(Read("Bluebird\n", manifest)).IsOfOtherPolicy, Is.True);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Manifest Read(string words, string manifest)
        {
            File.WriteAllText(Path.Combine(folder, "words.txt"), words);
            return new ManifestReader(new System.IO.Abstractions.FileSystem()).Read(Path.Combine(folder, "releasegate.json"), System.Text.Encoding.UTF8.GetBytes(manifest));
        }
    }

    [Test]
    public void What_rules_of_no_control_catch_stays_where_controls_are_off_and_goes_where_they_are_waived()
    {
        var today = new DateOnly(2026, 11, 21);
        Waiver Of(string id, string rule) => new(id, RuleId.Parse(rule), "a", "o", "r", today.AddDays(72), Here);
        var model = Model(Npm) with { Controls = [Model(Npm).Controls[0]], MinimumMiss = 0 };
        // 40 leaks, caught by the control and by a rule of none.
        var drill = new DrillMatrix(["A", "other"], [.. Enumerable.Range(0, 40).Select(i => new DrilledLeak($"{i}", [true, true]) { Rules = [RuleId.Parse("RG2001"), RuleId.Parse("RG1001")] })])
        {
            Rules = [[RuleId.Parse("RG2001")], [RuleId.Parse("RG1001"), RuleId.Parse("RG1003")]],
        };
        var found = ExposureAssessment.Of(model, drill, null, withControls: true);
        Assert.That(found.Controls.Single().MissRateWithout, Is.EqualTo(found.MissRate).And.EqualTo(1.0 / 42), "the list holds them all");
        double? Price(params Waiver[] all) => ExposureAssessment.PriceOf(model, drill, Of("W-1", "RG2001"), today, null, all);
        Assert.That(Price(), Is.Zero);
        Assert.That(Price(Of("W-2", "RG1003")), Is.Zero, "it caught none of them");
        Assert.That(Price(Of("W-2", "RG1001")), Is.EqualTo(120 * 0.05 * (40.0 / 42) * (73.0 / 365) * new LossDistribution(2e6, 4e7, 1e9).Mean).Within(1e-3));
    }

    [Test]
    public void What_was_drilled_and_when_is_told_and_doubted()
    {
        var started = new DateTime(2026, 3, 1, 8, 0, 0, DateTimeKind.Utc);
        var two = Model(Npm with { Artifact = Pathway("x", 1, 1, 1, 2, artifact: "*.tgz").Artifact }, Pathway("nuget", 120, 0.05, 2e6, 4e7, 1e9, "*.nupkg"));
        IReadOnlyList<string> Doubts(string name, double days) => ExposureAssessment.Of(two, Drilled with { Source = new DrillSource(name, false, started) }, null, false, started.AddDays(days)).Doubts;
        Assert.Multiple(() =>
        {
            Assert.That(Doubts("acme.tgz", 90), Is.EqualTo(new[] { "The drill was of acme.tgz, which does not leave by 'nuget': there, too, the controls are taken to catch what they caught in it." }));
            Assert.That(Doubts("acme.tgz", 90.5), Has.Count.EqualTo(2).And.One.Contains("The drill is of 2026-03-01, more than 90 days ago"));
            Assert.That(Doubts("acme.tgz", -2), Has.One.Contains("still to come"));
            Assert.That(Doubts("other.zip", 1), Has.One.Contains("does not leave by 'npm', 'nuget'"));
            Assert.That(ReleaseGate.Reporting.RiskText.Inputs(ExposureAssessment.Of(two, Drilled with { Source = new DrillSource("acme.tgz", false, started) }, null, false)), Does.Contain("a drill of 40 leaks (acme.tgz, 2026-03-01) of which 2 got past"));
        });
    }
}
