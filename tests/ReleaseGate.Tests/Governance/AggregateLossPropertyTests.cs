using FsCheck;
using FsCheck.Fluent;
using ReleaseGate.Governance;

namespace ReleaseGate.Tests.Governance;

/// <summary>What holds for any portfolio.</summary>
internal sealed class AggregateLossPropertyTests
{
    // Cells are 0.033 % of the value at risk.
    private const double Cell = 1e-3;

    private static readonly Arbitrary<Sample> Samples = (from frequency in Gen.Choose(1, 400)
                                                         from low in Gen.Choose(1, 1_000_000)
                                                         from ratio in Gen.Choose(2, 900)
                                                         from p in Gen.Elements(0.5, 0.9, 0.95, 0.99, 0.999)
                                                         from factor in Gen.Choose(2, 50)
                                                         select new Sample(frequency / 100.0, low, (double)low * ratio, p, factor / 7.0)).ToArbitrary();

    [Test]
    public void Two_alike_are_one_twice_as_frequent() => ForAny(s =>
    {
        var whole = AggregateLoss.Of([s.Source(s.Frequency)]);
        var parts = AggregateLoss.Of([s.Source(0.3 * s.Frequency), s.Source(0.7 * s.Frequency)]);
        var ((wholeAtRisk, wholeShortfall), (partsAtRisk, partsShortfall)) = (whole.Tail(s.P), parts.Tail(s.P));
        Assert.That(partsAtRisk, Is.EqualTo(wholeAtRisk).Within(Cell * wholeAtRisk));
        Assert.That(partsShortfall, Is.EqualTo(wholeShortfall).Within(1e-6 * wholeShortfall));
        Assert.That(parts.Mean, Is.EqualTo(whole.Mean).Within(1e-12 * whole.Mean));
        Assert.That(parts.ProbabilityAbove(s.High), Is.EqualTo(whole.ProbabilityAbove(s.High)).Within(1e-11));
    });

    [Test]
    public void Another_currency_changes_nothing_else() => ForAny(s =>
    {
        var one = AggregateLoss.Of([s.Source(s.Frequency)]);
        var other = AggregateLoss.Of([AggregateLossTests.Lognormal(s.Frequency, s.Low * s.Factor, s.High * s.Factor)]);
        var ((oneAtRisk, oneShortfall), (otherAtRisk, otherShortfall)) = (one.Tail(s.P), other.Tail(s.P));
        Assert.That(otherAtRisk, Is.EqualTo(oneAtRisk * s.Factor).Within(Cell * otherAtRisk));
        Assert.That(otherShortfall, Is.EqualTo(oneShortfall * s.Factor).Within(1e-6 * otherShortfall));
        Assert.That(other.ProbabilityAbove(s.High * s.Factor), Is.EqualTo(one.ProbabilityAbove(s.High)).Within(1e-11));
    });

    [Test]
    public void Expected_shortfall_is_no_less_than_value_at_risk_and_both_grow_with_it() => ForAny(s =>
    {
        var loss = AggregateLoss.Of([s.Source(s.Frequency)]);
        var (before, last) = (0.0, loss.Mean);
        foreach (var p in (double[])[0.5, 0.8, 0.9, 0.95, 0.99, 0.999])
        {
            var (valueAtRisk, shortfall) = loss.Tail(p);
            Assert.That(shortfall, Is.GreaterThanOrEqualTo(valueAtRisk));
            Assert.That(valueAtRisk, Is.GreaterThanOrEqualTo(before * (1 - Cell)));
            Assert.That(shortfall, Is.GreaterThanOrEqualTo(last * (1 - 1e-6)));
            (before, last) = (valueAtRisk, shortfall);
            // Both ways of asking agree: beside the value at risk lies its probability.
            Assert.That(loss.ProbabilityAbove(valueAtRisk * (1 + Cell)), Is.LessThanOrEqualTo(1 - p + 1e-9));
            if (valueAtRisk > 0) Assert.That(loss.ProbabilityAbove(valueAtRisk * (1 - 2 * Cell)), Is.GreaterThanOrEqualTo((1 - p) * (1 - 1e-9)));
        }
    });

    [Test]
    public void More_frequent_or_less_capped_is_no_less() => ForAny(s =>
    {
        var loss = AggregateLoss.Of([s.Source(s.Frequency)]);
        var more = AggregateLoss.Of([s.Source(s.Frequency * (1 + s.Factor / 10))]);
        var capped = AggregateLoss.Of([AggregateLossTests.Lognormal(s.Frequency, s.Low, s.High, s.High * s.Factor)]);
        var tighter = AggregateLoss.Of([AggregateLossTests.Lognormal(s.Frequency, s.Low, s.High, s.High * s.Factor / 2)]);
        var ordered = new[] { tighter, capped, loss, more };
        for (var i = 1; i < ordered.Length; i++)
        {
            Assert.That(ordered[i].Mean, Is.GreaterThanOrEqualTo(ordered[i - 1].Mean));
            Assert.That(ordered[i].ValueAtRisk(s.P), Is.GreaterThanOrEqualTo(ordered[i - 1].ValueAtRisk(s.P) * (1 - Cell)));
            Assert.That(ordered[i].ExpectedShortfall(s.P), Is.GreaterThanOrEqualTo(ordered[i - 1].ExpectedShortfall(s.P) * (1 - 1e-5)));
            Assert.That(ordered[i].ProbabilityAbove(s.High), Is.GreaterThanOrEqualTo(ordered[i - 1].ProbabilityAbove(s.High) - 1e-5));
        }
    });

    [Test]
    public void Curve_falls() => ForAny(s =>
    {
        var loss = AggregateLoss.Of([s.Source(s.Frequency), AggregateLossTests.Lognormal(0.02, s.Low * 10, s.High * 20, s.High * 40)]);
        var curve = loss.Curve(s.Low / 2, s.High * 200, 60);
        Assert.That(curve, Has.Count.EqualTo(60));
        for (var i = 0; i < curve.Count; i++)
        {
            Assert.That(curve[i].Probability, Is.InRange(0, loss.LossProbability + 1e-12));
            Assert.That(curve[i].Probability, Is.EqualTo(loss.ProbabilityAbove(curve[i].Loss)).Within(1e-2 * loss.LossProbability), $"{i}: {curve[i]}");
            if (i == 0) continue;
            Assert.That(curve[i].Loss, Is.GreaterThan(curve[i - 1].Loss));
            Assert.That(curve[i].Probability, Is.LessThanOrEqualTo(curve[i - 1].Probability + 1e-12));
        }
    });

    [Test]
    public void What_never_happens_changes_nothing() => ForAny(s =>
    {
        var loss = AggregateLoss.Of([s.Source(s.Frequency)]);
        var same = AggregateLoss.Of([AggregateLossTests.Lognormal(0, 1, 1e9), s.Source(s.Frequency), new LossSource(3, static _ => 0)]);
        Assert.That((same.Mean, same.Frequency, same.Tail(s.P), same.ProbabilityAbove(s.Low)), Is.EqualTo((loss.Mean, loss.Frequency, loss.Tail(s.P), loss.ProbabilityAbove(s.Low))));
    });

    private static void ForAny(Action<Sample> body) => Check.One(Config.QuickThrowOnFailure.WithMaxTest(10), Prop.ForAll(Samples, body));

    internal sealed record Sample(double Frequency, double Low, double High, double P, double Factor)
    {
        public LossSource Source(double frequency) => AggregateLossTests.Lognormal(frequency, Low, High);
    }
}
