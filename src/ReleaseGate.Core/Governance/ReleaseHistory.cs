namespace ReleaseGate.Governance;

/// <summary>What the audit log knows of the releases by one pathway.</summary>
/// <param name="Releases">How many were checked.</param>
/// <param name="Blocked">How many of them had at least one finding that blocked.</param>
public sealed record ReleaseHistory(int Releases, int Blocked)
{
    /// <summary>From so many releases on it replaces the probability that the manifest says.</summary>
    public const int Enough = 20;

    /// <summary>The probability that a release holds a leak before any control looked, by Laplace's rule of succession; null where the releases are too few to say.</summary>
    public double? LeakProbability => Releases < Enough ? null : (Blocked + 1.0) / (Releases + 2.0);
}
