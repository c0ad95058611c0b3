namespace ReleaseGate.Governance;

/// <summary>What one loss costs: lognormal, as whoever estimates it says with an interval that holds the truth in nine cases of ten, and no more than a cap.</summary>
public sealed class LossDistribution
{
    /// <summary>An interval whose ends are further apart than this, by their ratio, says little: most of the mean comes from beyond it.</summary>
    public const double DoubtfulRatio = 1_000;

    /// <summary>Beyond this ratio the mean lies above the interval. Only with a cap does it mean something.</summary>
    public const double SenselessRatio = 50_000;

    // Beyond it an interval says nothing, and its mean has no digits left. Whoever reads one refuses it.
    internal const double WidestRatio = 1e9;

    private readonly double _mu;
    private readonly double _sigma;
    private readonly double _uncapped;

    /// <summary>Takes an estimate.</summary>
    /// <param name="low">The 5 % point, above 0.</param>
    /// <param name="high">The 95 % point, above <paramref name="low"/>.</param>
    /// <param name="cap">The most that it can be, above 0; null: there is no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is none of these.</exception>
    public LossDistribution(double low, double high, double? cap = null)
    {
        if (!(low > 0 && double.IsFinite(low))) throw new ArgumentOutOfRangeException(nameof(low), low, "The 5 % point is a finite number above 0.");
        if (!(high > low && double.IsFinite(high))) throw new ArgumentOutOfRangeException(nameof(high), high, "The 95 % point is a finite number above the 5 % point.");
        if (!(cap is null or > 0)) throw new ArgumentOutOfRangeException(nameof(cap), cap, "The cap is above 0.");
        (Low, High, Cap) = (low, high, cap);
        _mu = (Math.Log(low) + Math.Log(high)) / 2;
        _sigma = (Math.Log(high) - Math.Log(low)) / (2 * NormalDistribution.Percentile95);
        _uncapped = Math.Exp(_mu + _sigma * _sigma / 2);
        if (!double.IsFinite(_uncapped)) throw new ArgumentOutOfRangeException(nameof(high), high, "The interval is so wide that its mean is no number.");
    }

    /// <summary>The 5 % point before the cap.</summary>
    public double Low { get; }

    /// <summary>The 95 % point before the cap.</summary>
    public double High { get; }

    /// <summary>The most that it can be, or null.</summary>
    public double? Cap { get; }

    /// <summary>The mean, the cap counted.</summary>
    public double Mean => LimitedExpectedValue(double.PositiveInfinity);

    /// <summary>The mean of what is left of a loss where nothing above a limit counts: E[min(loss, limit)].</summary>
    /// <param name="limit">The limit; infinity gives the mean.</param>
    public double LimitedExpectedValue(double limit)
    {
        if (Cap < limit) limit = Cap.Value;
        if (!(limit > 0)) return 0;
        if (double.IsPositiveInfinity(limit)) return _uncapped;
        var z = (Math.Log(limit) - _mu) / _sigma;
        return _uncapped * NormalDistribution.Cumulative(z - _sigma) + limit * NormalDistribution.Cumulative(-z);
    }
}
