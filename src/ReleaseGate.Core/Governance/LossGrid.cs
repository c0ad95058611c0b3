using System.Numerics;

namespace ReleaseGate.Governance;

/// <summary>
/// The distribution of a year's loss on a grid: compound Poisson by Panjer's recursion (Panjer 1981), after the cost of one loss was spread over the grid so that its mean stays exact
/// (local moment matching, Gerber 1982). All terms are positive, so the recursion is stable, and a cell depends only on those before it.
/// </summary>
internal sealed class LossGrid
{
    // Below exp(-700) numbers lose their digits.
    private const double MostAtOnce = 700;

    private readonly double[] _cumulative;

    /// <param name="sources">Where losses come from.</param>
    /// <param name="width">The distance of two cells.</param>
    /// <param name="cells">How many cells stand above zero, at most.</param>
    /// <param name="until">Cells are left out once the probability of a smaller loss has reached this.</param>
    public LossGrid(IReadOnlyList<LossSource> sources, double width, int cells, double until = 2)
    {
        Width = width;
        var (weights, frequency, last) = Spread(sources, width, cells);
        var halvings = 0;
        for (; frequency > MostAtOnce; frequency /= 2) halvings++;
        if (halvings > 0)
            for (var j = 1; j <= last; j++) weights[j] = Math.ScaleB(weights[j], -halvings);

        var reversed = new double[cells + 1];
        var cumulative = new double[cells + 1];
        reversed[cells] = Math.Exp(-frequency);
        cumulative[0] = reversed[cells];
        var count = 1;
        for (; count <= cells && (halvings > 0 || cumulative[count - 1] < until); count++)
        {
            var terms = Math.Min(count, last);
            reversed[cells - count] = Dot(weights.AsSpan(1, terms), reversed.AsSpan(cells - count + 1, terms)) / count;
            cumulative[count] = cumulative[count - 1] + reversed[cells - count];
        }

        // A year is two halves of a year.
        if (halvings > 0)
        {
            for (; halvings > 0; halvings--) reversed = Doubled(reversed);
            cumulative[0] = reversed[cells];
            for (count = 1; count <= cells && cumulative[count - 1] < until; count++) cumulative[count] = cumulative[count - 1] + reversed[cells - count];
        }

        _cumulative = cumulative;
        Cells = count;
    }

    /// <summary>The distance of two cells.</summary>
    public double Width { get; }

    /// <summary>How many cells are known, from that of no loss.</summary>
    public int Cells { get; }

    /// <summary>The probability that the loss is no larger than that of a cell.</summary>
    public double Cumulative(int cell) => Math.Min(1, _cumulative[cell]);

    /// <summary>The first cell that the loss exceeds with at most 1 - <paramref name="p"/>, or null where it lies beyond.</summary>
    public int? Reached(double p)
    {
        for (var cell = 0; cell < Cells; cell++)
            if (_cumulative[cell] >= p) return cell;
        return null;
    }

    /// <summary>The mean of what the loss is above a cell, by the exact mean of all: so nothing is missing that lies beyond the grid.</summary>
    public double Excess(int cell, double mean)
    {
        var below = 0.0;
        for (var i = 0; i < cell; i++) below += 1 - Cumulative(i);
        return Math.Max(0, mean - Width * below);
    }

    /// <summary>For each cell above zero: its number times how many losses a year it is to be expected to get. With it how many there are together, and the last cell that gets any.</summary>
    private static (double[] Weights, double Frequency, int Last) Spread(IReadOnlyList<LossSource> sources, double width, int cells)
    {
        var limited = new double[cells + 2];
        foreach (var source in sources)
            for (var j = 1; j < limited.Length; j++) limited[j] += source.Frequency * source.LimitedExpectedValue(j * width);

        var weights = new double[cells + 1];
        var last = 0;
        for (var j = 1; j <= cells; j++)
        {
            // Below the last digits of what is subtracted it is noise, which may be negative.
            var expected = 2 * limited[j] - limited[j - 1] - limited[j + 1];
            if (expected <= 0) continue;
            weights[j] = j * expected / width;
            last = j;
        }

        return (weights, limited[1] / width, last);
    }

    private static double[] Doubled(double[] reversed)
    {
        var cells = reversed.Length - 1;
        var forward = new double[reversed.Length];
        for (var i = 0; i <= cells; i++) forward[i] = reversed[cells - i];
        var doubled = new double[reversed.Length];
        for (var i = 0; i <= cells; i++) doubled[cells - i] = Dot(forward.AsSpan(0, i + 1), reversed.AsSpan(cells - i, i + 1));
        return doubled;
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var (first, second) = (Vector<double>.Zero, Vector<double>.Zero);
        var i = 0;
        for (; i <= a.Length - 2 * Vector<double>.Count; i += 2 * Vector<double>.Count)
        {
            first += new Vector<double>(a[i..]) * new Vector<double>(b[i..]);
            second += new Vector<double>(a[(i + Vector<double>.Count)..]) * new Vector<double>(b[(i + Vector<double>.Count)..]);
        }

        var sum = Vector.Sum(first + second);
        for (; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }
}
