using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>The <c>exposure</c> of a manifest: what a leak would cost and how often one is to be expected, as those who answer for the product see it (docs/exposure.md).</summary>
public sealed record ExposureModel
{
    /// <summary>A model to begin with, as a key of a manifest with comments.</summary>
    public static string Template()
    {
        using var reader = new StreamReader(typeof(ExposureModel).Assembly.GetManifestResourceStream("ReleaseGate.exposure-template.jsonc")!);
        return reader.ReadToEnd();
    }

    /// <summary>Where it stands.</summary>
    public required ManifestLocation Location { get; init; }

    /// <summary>The currency of every amount, ISO 4217, e.g. <c>EUR</c>.</summary>
    public required string Currency { get; init; }

    /// <summary>The ways by which artifacts leave.</summary>
    public required IReadOnlyList<ReleasePathway> Pathways { get; init; }

    /// <summary>What earns money and hangs on artifacts.</summary>
    public IReadOnlyList<RevenueStream> Streams { get; init; } = [];

    /// <summary>What was promised to others and hangs on artifacts.</summary>
    public IReadOnlyList<Contract> Contracts { get; init; } = [];

    /// <summary>The release controls; never empty.</summary>
    public required IReadOnlyList<Control> Controls { get; init; }

    /// <summary>The points of the tolerance curve, by loss (RG8001).</summary>
    public IReadOnlyList<TolerancePoint> Tolerance { get; init; } = [];

    /// <summary>The most that the expected shortfall at 95 % may be, or null.</summary>
    public double? MaximumEs95 { get; init; }

    /// <summary>The least share of leaks that all controls together are taken to miss, however well a drill went, from 0 to 1.</summary>
    public double MinimumMiss { get; init; } = 0.05;

    /// <summary>The report of the drill that says what controls catch, a full path; null: <see cref="MissRate"/> says it.</summary>
    public string? Drill { get; init; }

    /// <summary>SHA-256 of that report; null: there was none.</summary>
    internal Digest? DrillDigest { get; init; }

    /// <summary>The share of leaks that all controls together miss, from 0 to 1, where there is no drill; null: 0.5, which says that nobody knows.</summary>
    public double? MissRate { get; init; }

    /// <summary>Who may accept a waiver, and up to which price.</summary>
    public IReadOnlyList<ApprovalLimit> Approvers { get; init; } = [];

    /// <summary>What may be spent on remediation in a year, or null.</summary>
    public double? RemediationBudget { get; init; }
}

/// <summary>A way by which artifacts leave, e.g. to the public registry of npm.</summary>
/// <param name="Id">Its name, e.g. <c>npm-public</c>.</param>
/// <param name="Artifact">The artifacts that leave by it, as a glob over their names; null: all.</param>
/// <param name="Releases">Releases in a year.</param>
/// <param name="LeakProbability">The probability that a release holds a leak before any control looked, from 0 to 1.</param>
/// <param name="Losses">What one leak costs, by component; never empty.</param>
/// <param name="Streams">The revenue streams that hang on it.</param>
/// <param name="Contracts">The contracts that hang on it.</param>
/// <param name="Location">Where it stands.</param>
public sealed record ReleasePathway(
    string Id,
    ManifestPattern? Artifact,
    double Releases,
    double LeakProbability,
    IReadOnlyList<LossComponent> Losses,
    IReadOnlyList<RevenueStream> Streams,
    IReadOnlyList<Contract> Contracts,
    ManifestLocation Location)
{
    /// <summary>The most that one leak can cost as written, or null: the value of <see cref="Streams"/> and <see cref="Contracts"/> together, and without these no limit.</summary>
    public double? Cap { get; init; }

    /// <summary>The most that one leak can cost: <see cref="Cap"/>, else what hangs on it; null: there is no limit.</summary>
    public double? LargestLoss => Cap ?? (Streams.Count + Contracts.Count == 0 ? null : Streams.Sum(s => s.Value) + Contracts.Sum(c => c.Value));

    /// <summary>The 5 % point of what one leak costs. The components grow together: a large leak is large in all of them, so their points add up.</summary>
    public double Low => Losses.Sum(l => l.Low);

    /// <summary>The 95 % point of what one leak costs.</summary>
    public double High => Losses.Sum(l => l.High);

    /// <summary>Why what it says one leak costs means nothing, or null where it means something.</summary>
    internal string? Refusal(string currency)
    {
        if (ExposureAssessment.Refusal(Low, High, LargestLoss) is { } refusal) return refusal;
        if (LargestLoss is not { } largest || largest >= High) return null;
        var (most, high) = (Money.Text(largest, currency), Money.Text(High, currency));
        var less = $"{(most == high ? "a little less" : "less")} than {(Losses.Count > 1 ? "\"high\" of all \"losses\" together" : "\"high\"")}, {high}";
        return Cap is not null ? $"the \"cap\", {most}, is {less}; raise it, or lower \"high\""
            : $"a leak can't cost more than what hangs on it, and the streams and contracts that are named come to {most}, {less}; name what is missing, give a \"cap\", or lower \"high\"";
    }
}

/// <summary>A part of what a leak costs, as an interval that holds the truth in nine cases of ten.</summary>
/// <param name="Name">imitation, assurance, remediation, delay, legal, or a name of one's own.</param>
/// <param name="Low">Its 5 % point.</param>
/// <param name="High">Its 95 % point.</param>
public sealed record LossComponent(string Name, double Low, double High);

/// <summary>Something that earns money.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Title">The same for people.</param>
/// <param name="Value">What it is worth to those who would lose it.</param>
public sealed record RevenueStream(string Id, string Title, double Value);

/// <summary>Something that was promised.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Title">The same for people.</param>
/// <param name="Value">What a breach of it can cost.</param>
public sealed record Contract(string Id, string Title, double Value);

/// <summary>A point of the tolerance curve: how probable a year's loss above an amount may be.</summary>
/// <param name="Loss">The amount.</param>
/// <param name="MaximumProbability">The most that its probability may be, from 0 to 1.</param>
/// <param name="Location">Where it stands.</param>
public sealed record TolerancePoint(double Loss, double MaximumProbability, ManifestLocation Location);

/// <summary>Up to which price somebody may accept a waiver.</summary>
/// <param name="Id">Who, as waivers name their approver.</param>
/// <param name="Limit">The highest price.</param>
public sealed record ApprovalLimit(string Id, double Limit);
