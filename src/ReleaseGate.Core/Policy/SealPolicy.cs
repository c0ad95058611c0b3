namespace ReleaseGate.Policy;

/// <summary>The <c>seal</c> of a manifest: what the push step asks of seals (docs/seal.md).</summary>
public sealed record SealPolicy
{
    /// <summary>What a key that stands in an environment variable begins with: <c>env://NAME</c>.</summary>
    public const string VariablePrefix = "env://";

    /// <summary>How many seals, by as many keys, an artifact needs before it may be pushed; at least 1.</summary>
    public int Approvals { get; init; } = 1;

    /// <summary>The name, a URI, under which this gate seals, and which the push step expects; null: <c>https://github.com/releasegate/releasegate</c>.</summary>
    public string? Verifier { get; init; }

    /// <summary>How old a seal may be, or null: as old as it likes.</summary>
    public TimeSpan? MaximumAge { get; init; }
}
