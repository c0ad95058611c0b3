using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;
using ReleaseGate.Tests.Reporting;

namespace ReleaseGate.Tests.Policy;

/// <summary>What a waiver costs, and who may accept that.</summary>
public sealed class WaiverPricesTests
{
    private static readonly DateOnly Today = DateOnly.FromDateTime(Sample.Started);

    [TestCase("bob", 100_000, null, TestName = "The limit itself may be accepted")]
    [TestCase("bob", 0, null)]
    [TestCase("eve", 100_000.01, null)]
    [TestCase("bob", 100_000.01, "the waiver W-7 (alice) costs a little more than EUR 100k until it expires, and its approver bob may accept EUR 100k at most, so it does not silence TEST0001 of a.map")]
    [TestCase("bob", 2_000_000, "the waiver W-7 (alice) costs EUR 2.00M until it expires, and its approver bob may accept EUR 100k at most, so it does not silence TEST0001 of a.map")]
    [TestCase("Bob", 1, "the waiver W-7 (alice) costs EUR 1.00 until it expires, and its approver Bob is not among the \"approvers\" of the exposure, so it does not silence TEST0001 of a.map")]
    [TestCase(null, 1, "the waiver W-7 (alice) costs EUR 1.00 until it expires and names no approver, so it does not silence TEST0001 of a.map")]
    [TestCase(null, -1, null, TestName = "Where nothing says what it costs no limit counts")]
    public void Somebody_who_may_has_accepted_it_or_it_silences_nothing(string? approver, double price, string? says)
    {
        var run = Apply(Waiver(approver), new WaiverPrices(RiskSample.Model(), (_, _) => price < 0 ? null : price));

        var about = run.Added.Where(f => f.Finding.Rule.Id == GateRules.WaiverRefused.Id && f.Severity == Severity.Error).Select(f => f.Finding.Message);
        Assert.That(about, Is.EqualTo(says is null ? [] : new[] { says }));
        Assert.That(run.Verdicts[0].Passed, Is.EqualTo(says is null));
        Assert.That(run.Verdicts[0].Waived, Is.EqualTo(says is null ? 1 : 0), "what a refused waiver was about counts again");
        Assert.That(run.Waivers[0].Price, Is.EqualTo(price < 0 ? null : price));
    }

    [Test]
    public void The_next_step_names_who_may()
    {
        Assert.That(Fix("bob", 2_000_000), Is.EqualTo("Let it expire sooner, or have it approved by somebody who may: eve (up to EUR 5.00M)."));
        Assert.That(Fix("bob", 9_000_000), Is.EqualTo("Let it expire sooner, or have it approved by somebody who may: nobody may accept so much, so mend what it silences."));
        Assert.That(Fix("carol", 1), Is.EqualTo("Have it approved by one of them: bob (up to EUR 100k), eve (up to EUR 5.00M)."));
        Assert.That(Fix(null, 1), Is.EqualTo("Have it approved, and name who did as its \"approver\": bob (up to EUR 100k), eve (up to EUR 5.00M)."));

        static string Fix(string? approver, double price) =>
            Apply(Waiver(approver), new WaiverPrices(RiskSample.Model(), (_, _) => price)).Added.Single(f => f.Severity == Severity.Error).Finding.Fix!;
    }

    [Test]
    public void Without_a_day_that_its_price_counts_from_it_silences_nothing()
    {
        var run = Apply(Waiver("bob") with { Since = null }, new WaiverPrices(RiskSample.Model(), (_, _) => 1));
        var refused = run.Added.Single(f => f.Severity == Severity.Error).Finding;
        Assert.That(refused.Message, Is.EqualTo("the waiver W-7 (alice) costs EUR 1.00 from today on and says not since when, so it does not silence TEST0001 of a.map"));
        Assert.That(refused.Fix, Does.StartWith("Add \"since\" to the waiver"));
    }

    [Test]
    public void Without_limits_or_without_a_model_nobody_has_to_accept_anything()
    {
        var free = Apply(Waiver(null), new WaiverPrices(RiskSample.Model() with { Approvers = [] }, (_, _) => 1e9));
        Assert.That((free.Verdicts[0].Passed, free.Waivers[0].Price), Is.EqualTo((true, (double?)1e9)));

        var none = Apply(Waiver(null), null);
        Assert.That((none.Verdicts[0].Passed, none.Waivers[0].Price), Is.EqualTo((true, (double?)null)));
    }

    [Test]
    public void An_expired_waiver_has_no_price_and_is_said_to_have_expired()
    {
        var run = Apply(Waiver(null) with { Expires = Today.AddDays(-1) }, new WaiverPrices(RiskSample.Model(), (_, _) => 1));

        Assert.That(run.Waivers[0].Price, Is.Null);
        Assert.That(run.Added.Single().Finding.Message, Does.Contain("expired on 2026-03-31"));
    }

    [Test]
    public void The_price_is_that_of_the_control_for_the_days_that_are_left()
    {
        var waiver = Waiver(null) with { Rule = RuleId.Parse("RG2001"), Since = null, Expires = Today.AddDays(9) };
        var history = new Dictionary<string, ReleaseHistory> { ["npm-public"] = new(30, 2) };
        var prices = WaiverPrices.By(new ExposureInputs(RiskSample.Model(), RiskSample.Drill(), history, Today.ToDateTime(TimeOnly.MinValue)), [waiver]);

        var ten = prices.Of(waiver, Today);
        Assert.That(ten, Is.GreaterThan(0));
        Assert.That(prices.Of(waiver, Today.AddDays(5)), Is.EqualTo(ten / 2).Within(1e-6), "10 days, and 5");
        Assert.That(prices.Of(waiver with { Rule = RuleId.Parse("RG6001") }, Today), Is.Null, "no control has the rule");
        // The history of the log counts in the price as it does in the figures.
        Assert.That(ExposureAssessment.PriceOf(RiskSample.Model(), RiskSample.Drill(), waiver, Today), Is.Not.EqualTo(ten));
    }

    [Test]
    public void Neither_a_later_day_nor_waiting_makes_a_waiver_cheaper()
    {
        var prices = new WaiverPrices(RiskSample.Model(), static (waiver, day) => 10_000.0 * (waiver.Expires.DayNumber - day.DayNumber + 1));
        var waiver = Waiver("bob");

        Assert.That(prices.On(Today).Of(waiver, Today.AddDays(12)), Is.EqualTo(130_000), "by --as-of");
        Assert.That(prices.On(Today).Refuse(waiver, Today.AddDays(12)), Is.Not.Null);
        Assert.That(prices.On(Today).Of(waiver, Today.AddDays(13)), Is.Null, "expired by then");
        Assert.That(prices.On(Today.AddDays(10)).Of(waiver with { Since = Today }, Today.AddDays(10)), Is.EqualTo(130_000), "ten days later");
        Assert.That(prices.On(Today).Of(waiver with { Since = Today.AddDays(12) }, Today.AddDays(12)), Is.EqualTo(130_000), "since is no way around it");
    }

    private static Waiver Waiver(string? approver) => Sample.WaiverOf(Sample.Stray.Id, "a.map") with { Approver = approver, Since = Today };

    private static WaivedRun Apply(Waiver waiver, WaiverPrices? prices)
    {
        var entry = Sample.Entry("a.map");
        var plain = Sample.Manifest();
        var manifest = new Manifest(plain.Name, plain.File, plain.Digest, plain.Sections, plain.Rules) { Waivers = [waiver] };
        return Waivers.Apply([Sample.Verdict("a.zip", [entry], Sample.Judged(Sample.Stray, entry, "stray"))], manifest, Today, prices: prices);
    }
}
