namespace ReleaseGate.Governance;

/// <summary>
/// A year's loss: each source has a Poisson number of losses, each loss its own size. Solved on grids instead of by simulation, so the same inputs give the same figures (docs/exposure.md);
/// what lies beyond a grid is counted by the exact mean. Amounts are in whatever unit the sources have.
/// </summary>
public sealed class AggregateLoss
{
    /// <summary>More losses a year than this are refused: the grid would widen the distribution, and so many leaks are no question of risk any more.</summary>
    public const double MostFrequent = 1_000;

    private const int Cells = 4096;
    private const int CoarseCells = 128;
    private const int CurveCells = 1024;

    // Divisible by 1 to 10: where the cap of one loss is a whole part of the amount asked for, what lies exactly on it is told apart from what is larger.
    private const int CellsBelow = 2520;

    // As many losses as have a whole number of cells each.
    private const int MostTogether = 10;
    private const double Step = 1e-8;
    private const double Noticeable = 2e-4;

    private readonly List<LossSource> _sources = [];

    private AggregateLoss(IReadOnlyList<LossSource> sources)
    {
        foreach (var source in sources)
        {
            var mean = source.LimitedExpectedValue(double.PositiveInfinity);
            if (!(source.Frequency >= 0 && double.IsFinite(source.Frequency))) throw new ArgumentOutOfRangeException(nameof(sources), source.Frequency, "A frequency is a finite number, and not negative.");
            if (!(mean >= 0 && double.IsFinite(mean))) throw new ArgumentOutOfRangeException(nameof(sources), mean, "A mean loss is a finite number, and not negative.");
            if (source.Frequency == 0 || mean == 0) continue;
            _sources.Add(source);
            Frequency += source.Frequency;
            Mean += source.Frequency * mean;
        }

        if (Frequency > MostFrequent) throw new ArgumentOutOfRangeException(nameof(sources), Frequency, "More than 1,000 losses a year are no question of risk.");
        if (!double.IsFinite(Mean)) throw new ArgumentOutOfRangeException(nameof(sources), Mean, "The mean of all losses together is no number.");
    }

    /// <summary>Takes the sources together.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number of theirs is negative or no number, or there are more than <see cref="MostFrequent"/> losses a year.</exception>
    public static AggregateLoss Of(IReadOnlyList<LossSource> sources) => new(sources);

    /// <summary>How many losses are to be expected in a year.</summary>
    public double Frequency { get; }

    /// <summary>The loss to be expected in a year; exact.</summary>
    public double Mean { get; }

    /// <summary>The probability that a year has a loss at all; exact.</summary>
    public double LossProbability => 1 - Math.Exp(-Frequency);

    /// <summary>The smallest loss that a year does not exceed with a probability of <paramref name="p"/>, right to 0.05 %. Not subadditive: never add those of two portfolios.</summary>
    /// <param name="p">Above 0, at most 0.999999.</param>
    public double ValueAtRisk(double p) => Tail(p).ValueAtRisk;

    /// <summary>The mean loss of the worst years, which are the share 1 - <paramref name="p"/> of all.</summary>
    /// <param name="p">Above 0, at most 0.999999.</param>
    public double ExpectedShortfall(double p) => Tail(p).ExpectedShortfall;

    /// <summary><see cref="ValueAtRisk"/> and <see cref="ExpectedShortfall"/> for the price of one.</summary>
    /// <param name="p">Above 0, at most 0.999999.</param>
    public (double ValueAtRisk, double ExpectedShortfall) Tail(double p)
    {
        if (p is not (> 0 and <= 0.999999)) throw new ArgumentOutOfRangeException(nameof(p), p, "A probability above 0, and at most 0.999999.");
        var about = Locate(p);
        if (about == 0) return (0, Mean / (1 - p));
        // Three quarters of the grid, so that what was located roughly lies on it.
        for (var width = about / (Cells * 3 / 4);; width *= 1.25)
        {
            var grid = new LossGrid(_sources, width, Cells, p);
            if (grid.Reached(p) is { } cell) return (cell * width, cell * width + grid.Excess(cell, Mean) / (1 - p));
        }
    }

    /// <summary>The probability that a year's loss is larger than an amount.</summary>
    /// <param name="amount">The amount.</param>
    public double ProbabilityAbove(double amount)
    {
        if (double.IsNaN(amount)) throw new ArgumentOutOfRangeException(nameof(amount), amount, "An amount is a number.");
        if (amount < 0) return 1;
        if (_sources.Count == 0 || double.IsPositiveInfinity(amount)) return 0;
        if (amount == 0) return LossProbability;
        var grid = new LossGrid(_sources, amount / CellsBelow, CellsBelow);
        return Math.Min(LossProbability, 1 - grid.Cumulative(CellsBelow) + Hidden(amount, grid));
    }

    // What lies less than a cell above an amount is spread over the cells on both sides of it, and half of it would not count as larger. Where many losses lie there, as at a cap or in a narrow
    // interval, the years that have just one of them count after all; and so do those with two that are each a little more than half the amount, and so on.
    private double Hidden(double amount, LossGrid grid)
    {
        var (hidden, ways) = (0.0, 1.0);
        for (var losses = 1; losses <= MostTogether; losses++)
        {
            ways *= losses;
            var (part, frequency) = (amount / losses, 0.0);
            foreach (var source in _sources) frequency += source.Frequency * (Slope(source, part, part * Step) - Slope(source, part, grid.Width));
            if (frequency > Noticeable * Frequency) hidden += Math.Pow(frequency, losses) / ways * grid.Cumulative(0);
        }

        return hidden;

        // The share of losses that are larger than a limit, on average over a step above it.
        static double Slope(LossSource source, double limit, double step) => (source.LimitedExpectedValue(limit + step) - source.LimitedExpectedValue(limit)) / step;
    }

    /// <summary>The loss-exceedance curve: points whose amounts grow by about the same factor, right enough to be drawn (1 %).</summary>
    /// <param name="from">The first amount, above 0.</param>
    /// <param name="to">The last amount, above the first.</param>
    /// <param name="points">How many, at least 2.</param>
    public IReadOnlyList<LossPoint> Curve(double from, double to, int points)
    {
        if (!(from > 0 && to > from && double.IsFinite(to))) throw new ArgumentOutOfRangeException(nameof(to), to, "A curve runs from an amount above 0 to a larger one.");
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 2);
        var curve = new LossPoint[points];
        LossGrid? grid = null;
        for (var i = points - 1; i >= 0; i--)
        {
            var amount = from * Math.Pow(to / from, (double)i / (points - 1));
            // A grid serves as long as its cells are fine beside the amount.
            if (grid is null || amount < CurveCells / 4 * grid.Width) grid = new LossGrid(_sources, amount / CurveCells, CurveCells);
            var cell = (int)Math.Round(amount / grid.Width);
            curve[i] = new LossPoint(cell * grid.Width, 1 - grid.Cumulative(cell));
        }

        return curve;
    }

    /// <summary>Roughly the value at risk; 0 where it is none.</summary>
    private double Locate(double p)
    {
        if (1 - LossProbability >= p) return 0;
        var widened = false;
        for (var width = 4 * Mean / CoarseCells; width > Mean * 1e-15;)
        {
            var grid = new LossGrid(_sources, width, CoarseCells, p);
            if (grid.Reached(p) is not { } cell) (width, widened) = (width * 4, true);
            else if (cell < CoarseCells / 8 && !widened) width /= 4;
            else if (cell > 0) return cell * width;
        }

        return 0;
    }
}
