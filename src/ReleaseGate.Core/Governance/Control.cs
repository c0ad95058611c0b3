using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>A release control: rules that together keep one sort of leak in. Drills measure it, the exposure model prices it.</summary>
/// <param name="Id">Its name, e.g. <c>source-maps</c>.</param>
/// <param name="Title">The same for people, e.g. <c>Source maps and bundles</c>.</param>
/// <param name="Rules">The rules it stands for; a rule belongs to at most one control.</param>
public sealed record Control(string Id, string Title, IReadOnlyList<RuleId> Rules)
{
    /// <summary>What a year of it costs, in the currency of the exposure model; null: not said.</summary>
    public double? Cost { get; init; }

    /// <summary>Where it stands; null: it is one of the usual ones.</summary>
    public ManifestLocation? Location { get; init; }
}
