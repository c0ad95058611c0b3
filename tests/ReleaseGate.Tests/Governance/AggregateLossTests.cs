using ReleaseGate.Governance;

namespace ReleaseGate.Tests.Governance;

/// <summary>Figures that others have published or that can be had in another way.</summary>
internal sealed class AggregateLossTests
{
    // The portfolio of riskquant's README.
    private static readonly (string Name, double Frequency, double Low, double High)[] Riskquant = [("ALICE", 0.01, 1e6, 1e7), ("BOB", 0.10, 1e7, 1e9), ("CHARLIE", 0.05, 5e6, 5e7)];

    // "How to measure anything in cybersecurity risk": the one-for-one substitution.
    private static readonly (double Frequency, double Low, double High, double Ale)[] Hubbard =
    [
        (0.1, 50e3, 500e3, 20200.06), (0.05, 100e3, 10e6, 133199.00), (0.01, 200e3, 25e6, 65652.81), (0.03, 100e3, 15e6, 117200.34), (0.05, 250e3, 30e6, 394814.11), (0.1, 200e3, 2e6, 80800.26), (0.07, 1e6, 10e6, 282800.90), (0.02, 100e3, 15e6, 78133.56),
    ];

    [TestCase(0.1, 1, 10, 0.4040012826945718)]
    [TestCase(3, 1, 10, 12.120038480837177)]
    [TestCase(0.1, 100_000, 1_000_000, 40400.128269457266)]
    [TestCase(1, 635_000, 19_000_000, 5922706.83351131)]
    [TestCase(0.01, 1e6, 1e7, 40400.13, 1e-7)]
    [TestCase(0.10, 1e7, 1e9, 26639800.98)]
    [TestCase(0.05, 5e6, 5e7, 1010003.21, 1e-8)]
    [TestCase(0.1, 50e3, 500e3, 20200.06, 1e-6)]
    // A wide interval: what raises its lower end may lower the mean.
    [TestCase(0.5, 1, 1e5, 72_200, 1e-3)]
    [TestCase(0.5, 1_000, 1e5, 13_300, 2e-3)]
    [TestCase(0.5, 99_999, 1e5, 50_000, 1e-4)]
    public void Expected_loss_of_a_year(double frequency, double low, double high, double expected, double tolerance = 1e-9)
    {
        var loss = AggregateLoss.Of([Lognormal(frequency, low, high)]);
        Assert.That(loss.Mean, Is.EqualTo(expected).Within(tolerance * expected));
    }

    // Right below where many losses lie: 1 - e^-0.4 (all of them are larger), and the share that reaches the cap, with two and more.
    [TestCase(0.4, 1e6, 1.00001e6, null, 999_990, 0.329)]
    [TestCase(0.8, 2e5, 1e6, 1e6, 999_999, 0.125)]
    public void What_lies_right_above_an_amount_is_larger(double frequency, double low, double high, double? cap, double amount, double expected) =>
        Assert.That(AggregateLoss.Of([Lognormal(frequency, low, high, cap)]).ProbabilityAbove(amount), Is.EqualTo(expected).Within(0.005));

    [Test]
    public void Mean_of_an_estimate_to_the_last_digit()
    {
        Assert.That(0.1 * new LossDistribution(1, 10).Mean, Is.EqualTo(0.4040012826945718).Within(1e-15));
        Assert.That(new LossDistribution(635_000, 19_000_000).Mean, Is.EqualTo(5922706.83351131).Within(1e-7));
    }

    // First reckoned on a coarse grid as 2.05e7 and 9.88e7, one cell too low: actuar says 2.066e7 with cells of 2e4, and 9.905e7 with cells of 5e4.
    [TestCase(0.90, 2.066e7, 2.719e8)]
    [TestCase(0.95, 9.905e7, 4.958e8)]
    [TestCase(0.99, 6.13e8, 1.4766e9)]
    [TestCase(0.999, 2.62e9, 4.7489e9)]
    public void Portfolio_of_riskquant(double p, double valueAtRisk, double expectedShortfall)
    {
        var loss = AggregateLoss.Of([.. Riskquant.Select(r => Lognormal(r.Frequency, r.Low, r.High))]);
        Assert.That(loss.Frequency, Is.EqualTo(0.16).Within(1e-15));
        Assert.That(1 - loss.LossProbability, Is.EqualTo(0.852143789).Within(1e-9));
        RequireTail(loss, p, valueAtRisk, expectedShortfall, 2e-3, 2e-4);
    }

    [Test]
    public void Cap_that_many_losses_reach()
    {
        var loss = AggregateLoss.Of([Lognormal(0.1, 1e7, 1e9, 5e8)]);
        Assert.That(loss.Mean, Is.EqualTo(16945294.8).Within(0.1));
        RequireTail(loss, 0.95, 9.70e7, 3.006e8, 1e-3, 2e-4);
        // The 99 % point lies in the atom at the cap itself.
        Assert.That(loss.ValueAtRisk(0.99), Is.EqualTo(5e8).Within(5e8 * 5e-4));
        Assert.That(loss.ValueAtRisk(0.99), Is.EqualTo(4.998e8).Within(4.998e8 * 1e-3));
        // Exactly the cap is not more than the cap; a little less is.
        var (at, below) = (loss.ProbabilityAbove(5e8), loss.ProbabilityAbove(4.99e8));
        var two = 1 - Math.Exp(-0.1) * 1.1;
        Assert.That(at, Is.LessThan(two));
        Assert.That(below - at, Is.GreaterThan(0.009));
    }

    // Poisson: exact, since all losses are multiples of the cells' width.
    [TestCase(0.90, 5, double.NaN)]
    [TestCase(0.95, 6, 7.014052284817)]
    [TestCase(0.99, 8, 8.528957507566)]
    [TestCase(0.999, 10, 10.384094883873)]
    public void Constant_losses(double p, double valueAtRisk, double expectedShortfall)
    {
        LossSource source = new(3, static limit => Math.Min(limit, 1));
        var grid = new LossGrid([source], 1, 64, p);
        var cell = grid.Reached(p)!.Value;
        Assert.That(cell, Is.EqualTo(valueAtRisk));
        if (!double.IsNaN(expectedShortfall)) Assert.That(cell + grid.Excess(cell, 3) / (1 - p), Is.EqualTo(expectedShortfall).Within(1e-10));

        // And where the cells are chosen without knowing that.
        RequireTail(AggregateLoss.Of([source]), p, valueAtRisk, expectedShortfall, 1e-3, 1e-3);
    }

    [TestCase(0.9, 4.728411, 6.441513)]
    [TestCase(0.95, 5.956922, 7.605438)]
    [TestCase(0.99, 8.622568, 10.171926)]
    [TestCase(0.999, 12.168950, 13.633895)]
    public void Exponential_losses(double p, double valueAtRisk, double expectedShortfall) =>
        RequireTail(AggregateLoss.Of([new LossSource(2, static limit => -Math.Exp(-limit) + 1)]), p, valueAtRisk, expectedShortfall, 5e-4, 1e-6);

    [TestCase(0.95, 1451.4, 2219.71)]
    [TestCase(0.99, 2488.3, 3955.13)]
    [TestCase(0.999, 5853.1, 9470.71)]
    public void Lognormal_losses_of_Shevchenko(double p, double valueAtRisk, double expectedShortfall)
    {
        var factor = Math.Exp(2 * NormalDistribution.Percentile95);
        RequireTail(AggregateLoss.Of([Lognormal(100, 1 / factor, factor)]), p, valueAtRisk, expectedShortfall, 1e-3, 1e-4);
    }

    [TestCase(0.95, 314_180, 631_880)]
    [TestCase(0.99, 809_770, 1.1852e6)]
    [TestCase(0.999, 1.6852e6, 2.1779e6)]
    public void Rare_losses(double p, double valueAtRisk, double expectedShortfall) =>
        RequireTail(AggregateLoss.Of([Lognormal(0.1, 1e5, 1e6)]), p, valueAtRisk, expectedShortfall, 1e-3, 1e-4);

    [Test]
    public void Most_years_have_no_loss()
    {
        var loss = AggregateLoss.Of([Lognormal(0.1, 1e5, 1e6)]);
        Assert.That(loss.ValueAtRisk(0.9), Is.Zero);
        Assert.That(loss.ExpectedShortfall(0.9), Is.EqualTo(loss.Mean / 0.1).Within(1e-6));
        Assert.That(loss.ProbabilityAbove(0), Is.EqualTo(1 - Math.Exp(-0.1)).Within(1e-15));
        Assert.That(loss.ProbabilityAbove(-1), Is.EqualTo(1));
        Assert.That(loss.ProbabilityAbove(double.PositiveInfinity), Is.Zero);
    }

    [TestCase(0.90, 1_303_711, double.NaN)]
    [TestCase(0.95, 1_967_773, 3.5792e6)]
    [TestCase(0.99, 4_265_137, 7.0011e6)]
    [TestCase(0.999, 1.0657e7, 1.62657e7)]
    public void Wide_losses(double p, double valueAtRisk, double expectedShortfall) =>
        RequireTail(AggregateLoss.Of([Lognormal(2, 1e4, 1e6)]), p, valueAtRisk, expectedShortfall, 1e-3, 1e-4);

    [Test]
    public void Portfolio_of_Hubbard()
    {
        foreach (var row in Hubbard) Assert.That(AggregateLoss.Of([Lognormal(row.Frequency, row.Low, row.High)]).Mean, Is.EqualTo(row.Ale).Within(0.5), $"{row}");
        var loss = AggregateLoss.Of([.. Hubbard.Select(r => Lognormal(r.Frequency, r.Low, r.High))]);
        Assert.That(loss.Mean, Is.EqualTo(1172801.04).Within(0.05));
        Assert.That(loss.ProbabilityAbove(1e6), Is.EqualTo(0.1787).Within(5e-5));
        Assert.That(loss.ProbabilityAbove(1e7), Is.EqualTo(0.0231).Within(5e-5));
        RequireTail(loss, 0.95, 5.56e6, 1.5508e7, 1e-3, 1e-4);
    }

    [Test]
    public void So_frequent_that_no_loss_is_as_good_as_impossible()
    {
        // exp(-1000) is zero to a computer. Sums of Poisson's terms, by logarithms.
        var grid = new LossGrid([new LossSource(1000, static limit => Math.Min(limit, 1))], 1, 2000);
        double log = 0, sum = 0;
        for (var n = 0; n <= 1100; n++)
        {
            if (n > 0) log += Math.Log(n);
            sum += Math.Exp(-1000 + n * Math.Log(1000) - log);
            if (n >= 900 && n % 50 == 0) Assert.That(grid.Cumulative(n), Is.EqualTo(sum).Within(1e-11), $"{n}");
        }

        // Near the normal distribution: mean 1000, variance 2000.
        var (var95, es95) = AggregateLoss.Of([new LossSource(1000, static limit => -Math.Exp(-limit) + 1)]).Tail(0.95);
        Assert.That(var95, Is.EqualTo(1000 + 1.645 * Math.Sqrt(2000)).Within(2.5));
        Assert.That(es95, Is.EqualTo(1000 + 2.063 * Math.Sqrt(2000)).Within(4));
    }

    [Test]
    public void No_loss_at_all()
    {
        var loss = AggregateLoss.Of([Lognormal(0, 1, 10)]);
        Assert.That((loss.Frequency, loss.Mean, loss.LossProbability, loss.ValueAtRisk(0.99), loss.ExpectedShortfall(0.99), loss.ProbabilityAbove(0), loss.ProbabilityAbove(1)), Is.EqualTo((0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)));
        Assert.That(AggregateLoss.Of([]).Tail(0.95), Is.EqualTo((0.0, 0.0)));
    }

    [Test]
    public void Numbers_that_mean_nothing_are_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => new LossDistribution(0, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new LossDistribution(2, 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new LossDistribution(double.NaN, 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new LossDistribution(1, double.PositiveInfinity), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new LossDistribution(1, 2, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new LossDistribution(1e-300, 1e300), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => AggregateLoss.Of([Lognormal(-1, 1, 2)]), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => AggregateLoss.Of([Lognormal(double.NaN, 1, 2)]), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => AggregateLoss.Of([Lognormal(600, 1, 2), Lognormal(600, 1, 2)]), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => AggregateLoss.Of([Lognormal(1, 1, 2)]).ValueAtRisk(1), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => AggregateLoss.Of([Lognormal(1, 1, 2)]).ProbabilityAbove(double.NaN), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public void Normal_distribution_also_far_out()
    {
        // By 30 digits arithmetic.
        (double Z, double Expected)[] published =
        [
            (0, 1), (0.5, 0.4795001221869535), (1, 0.15729920705028513), (1.9999, 0.004679802092970608), (2, 0.004677734981047266), (3, 2.209049699858544e-5), (5, 1.5374597944280349e-12),
            (10, 2.088487583762545e-45), (-1, 1.8427007929497148), (-5, 1.9999999999984626), (double.PositiveInfinity, 0), (double.NegativeInfinity, 2),
        ];
        foreach (var (z, expected) in published) Assert.That(NormalDistribution.ErrorComplement(z), Is.EqualTo(expected).Within(2e-13 * expected), $"{z}");
        Assert.That(NormalDistribution.Cumulative(NormalDistribution.Percentile95), Is.EqualTo(0.95).Within(1e-15));
        Assert.That(NormalDistribution.Cumulative(double.NaN), Is.NaN);
        // Between its nodes as at them, and beyond.
        for (var x = -12.0; x <= 12; x += 0.00317)
        {
            var expected = 0.5 * NormalDistribution.ErrorComplement(-x / Math.Sqrt(2));
            Assert.That(NormalDistribution.Cumulative(x), Is.EqualTo(expected).Within(1e-11 * expected), $"{x}");
        }
    }

    internal static double AboveFiftyMillion(ExposureAssessment exposure) =>
        AggregateLoss.Of([.. exposure.Pathways.Select(p => Lognormal(p.Frequency, p.Pathway.Low, p.Pathway.High, p.Cap))]).ProbabilityAbove(5e7);

    internal static LossSource Lognormal(double frequency, double low, double high, double? cap = null) => new(frequency, new LossDistribution(low, high, cap).LimitedExpectedValue);

    private static void RequireTail(AggregateLoss loss, double p, double valueAtRisk, double expectedShortfall, double ofValue, double ofShortfall)
    {
        var tail = loss.Tail(p);
        Assert.That(tail.ValueAtRisk, Is.EqualTo(valueAtRisk).Within(ofValue * valueAtRisk));
        if (!double.IsNaN(expectedShortfall)) Assert.That(tail.ExpectedShortfall, Is.EqualTo(expectedShortfall).Within(ofShortfall * expectedShortfall));
    }
}
