using ReleaseGate.Rules;

namespace ReleaseGate.Governance.Leaks;

/// <summary>A kind of leak: a row of <see cref="LeakCatalogue"/>, or a file of the user's.</summary>
/// <param name="Id">Its name, e.g. <c>source-map-beside</c>.</param>
/// <param name="Control">The control that is meant to hold it, of <see cref="Controls.Default"/>; null: nobody said.</param>
/// <param name="Title">What it is, for people.</param>
/// <param name="Story">How it comes about and what is public then, in one sentence.</param>
/// <param name="Sow">Makes the seeds for an artifact, or says why it does not apply.</param>
internal sealed record Leak(string Id, string? Control, string Title, string Story, Func<Original, Sowing> Sow)
{
    /// <summary>A rule that only warns by default: unless the manifest has it block, the leak is none.</summary>
    public RuleId? Needs { get; init; }

    /// <summary>Whether the user brought it.</summary>
    public bool IsOwn { get; init; }
}

/// <summary>What is seeded, or why nothing is.</summary>
internal sealed class Sowing
{
    private Sowing(IReadOnlyList<Seed> seeds, string? reason)
    {
        Seeds = seeds;
        Reason = reason;
    }

    public IReadOnlyList<Seed> Seeds { get; }

    /// <summary>Why it does not apply, or null.</summary>
    public string? Reason { get; }

    public static Sowing Of(params Seed[] seeds) => new(seeds, null);

    public static Sowing None(string reason) => new([], reason);

    public static implicit operator Sowing(Seed seed) => Of(seed);
}
