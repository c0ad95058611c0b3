using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>What an exposure model comes to: a year's loss over all pathways. As good as its inputs.</summary>
public sealed partial record ExposureAssessment
{
    /// <summary>What was said.</summary>
    public required ExposureModel Model { get; init; }

    /// <summary>The drill it rests on, or null.</summary>
    public DrillMatrix? Drill { get; init; }

    /// <summary>The share of leaks that all controls together miss, as used.</summary>
    public required double MissRate { get; init; }

    /// <summary>The pathways, in the model's order.</summary>
    public required IReadOnlyList<PathwayExposure> Pathways { get; init; }

    /// <summary>The loss to be expected in a year.</summary>
    public required double Ale { get; init; }

    /// <summary>The probability that a year has a loss at all.</summary>
    public required double LossProbability { get; init; }

    /// <summary>The loss that a year exceeds with 5 %.</summary>
    public required double Var95 { get; init; }

    /// <summary>The mean loss of the worst 5 % of years.</summary>
    public required double Es95 { get; init; }

    /// <summary>The loss that a year exceeds with 1 %.</summary>
    public required double Var99 { get; init; }

    /// <summary>The mean loss of the worst 1 % of years.</summary>
    public required double Es99 { get; init; }

    /// <summary>The loss-exceedance curve, by loss: how probable it is that a year's loss is larger.</summary>
    public required IReadOnlyList<LossPoint> Curve { get; init; }

    /// <summary>The tolerance curve, held against it.</summary>
    public required IReadOnlyList<ToleranceResult> Tolerance { get; init; }

    /// <summary>What each control carries, in the model's order; empty where there is no drill to say what it catches, or nobody asked.</summary>
    public IReadOnlyList<ControlValue> Controls { get; init; } = [];

    /// <summary>What is doubtful about the inputs, a sentence each.</summary>
    public IReadOnlyList<string> Doubts { get; init; } = [];

    /// <summary>What the audit log knows, by the ids of the pathways.</summary>
    internal Dictionary<string, ReleaseHistory> Histories()
    {
        var histories = new Dictionary<string, ReleaseHistory>(StringComparer.Ordinal);
        foreach (var pathway in Pathways)
            if (pathway.History is { } known) histories[pathway.Pathway.Id] = known;
        return histories;
    }

    /// <summary>The loss that a year exceeds with some probability: exactly where it was computed, else between two points of the curve; null beyond its end.</summary>
    /// <param name="chance">The probability, from 0 to 1.</param>
    public double? LossAt(double chance)
    {
        if (chance == 0.05) return Var95;
        if (chance == 0.01) return Var99;
        if (chance >= LossProbability) return 0;
        LossPoint? before = null;
        foreach (var point in Curve)
        {
            if (point.Probability <= chance)
            {
                if (before is not { } last || last.Loss <= 0 || point.Probability <= 0 || last.Probability <= point.Probability) return point.Loss;
                var share = Math.Log(last.Probability / chance) / Math.Log(last.Probability / point.Probability);
                return last.Loss * Math.Pow(point.Loss / last.Loss, share);
            }

            before = point;
        }

        return null;
    }

    /// <summary>Whether <see cref="ExposureModel.MaximumEs95"/> is exceeded.</summary>
    public bool ExceedsEs95 => Model.MaximumEs95 is { } most && Es95 > most;

    /// <summary>How severe the manifest calls it to be over tolerance (RG8001).</summary>
    public Severity ToleranceSeverity { get; init; } = Severity.Error;

    /// <summary>Whether it is within tolerance.</summary>
    public bool Passed => !ExceedsEs95 && Tolerance.All(t => !t.IsExceeded);

    /// <summary>Whether being over tolerance holds back what leaves by a pathway.</summary>
    internal bool IsBlocking => !Passed && ToleranceSeverity == Severity.Error;
}

/// <summary>What one pathway adds.</summary>
/// <param name="Pathway">The pathway.</param>
/// <param name="Frequency">Leaks to be expected in a year that get past all controls.</param>
/// <param name="Cap">The most that one leak can cost, or null.</param>
/// <param name="MeanLoss">What a leak costs on average.</param>
/// <param name="Ale">The loss to be expected in a year.</param>
public sealed record PathwayExposure(ReleasePathway Pathway, double Frequency, double? Cap, double MeanLoss, double Ale)
{
    /// <summary>The probability that a release holds a leak before any control looked, as used.</summary>
    public double LeakProbability { get; init; } = Pathway.LeakProbability;

    /// <summary>What the audit log knows of it, or null.</summary>
    public ReleaseHistory? History { get; init; }
}

/// <summary>A point of the loss-exceedance curve.</summary>
/// <param name="Loss">An amount.</param>
/// <param name="Probability">The probability that a year's loss is larger.</param>
public readonly record struct LossPoint(double Loss, double Probability);

/// <summary>A point of the tolerance curve, held against the loss-exceedance curve.</summary>
/// <param name="Point">The point.</param>
/// <param name="Probability">The probability that a year's loss is larger.</param>
public sealed record ToleranceResult(TolerancePoint Point, double Probability)
{
    /// <summary>Whether it is more than may be.</summary>
    public bool IsExceeded => Probability > Point.MaximumProbability;
}

/// <summary>What a control carries: what would be different without it, all others being there. These values do not add up.</summary>
/// <param name="Control">The control.</param>
/// <param name="MissRateWithout">The share of leaks that the others miss.</param>
/// <param name="AleWithout">The loss to be expected in a year without it.</param>
/// <param name="Es95Without">The mean loss of the worst 5 % of years without it.</param>
/// <param name="Value">How much larger the expected shortfall at 95 % is without it.</param>
/// <param name="Return">Return on what it costs: (ALE without - ALE with) / cost - 1; null where nobody said what it costs.</param>
public sealed record ControlValue(Control Control, double MissRateWithout, double AleWithout, double Es95Without, double Value, double? Return);
