namespace ReleaseGate.Artifacts;

/// <summary>
/// How much an artifact may cost to inspect. Exceeding one stops the reading with RG0003 (and RG6004 where it smells of a bomb);
/// the numbers can be raised in the manifest's <c>limits</c>.
/// </summary>
/// <param name="Output">Decompressed bytes in total, nested archives included.</param>
/// <param name="Entries">Entries in total, nested archives included.</param>
/// <param name="Ratio">Decompressed to compressed bytes of one stream, looked at once 64 MiB have come out of it.</param>
/// <param name="Nested">Bytes of nested archives that are held in memory at one time.</param>
/// <param name="Depth">How deep archives in archives are entered.</param>
public sealed record Budget(long Output, int Entries, int Ratio, long Nested, int Depth)
{
    /// <summary>8 GiB, 500,000 entries, 250:1, 64 MiB, 4 levels.</summary>
    public static Budget Default { get; } = new(8L << 30, 500_000, 250, 64L << 20, 4);

    /// <summary>Output below this is never a bomb, whatever its ratio (runs of zeros compress 1,000:1).</summary>
    public const long RatioFloor = 64L << 20;

    private const string RaiseBegin = "(raise 'limits.";
    private const string RaiseEnd = "' in the manifest)";

    /// <summary>What a reason ends with where a number of the manifest can be raised.</summary>
    /// <param name="limit">The key in <c>limits</c>.</param>
    internal static string Raise(string limit) => $"{RaiseBegin}{limit}{RaiseEnd}";

    /// <summary>Whether a reason is that of a budget that can be raised.</summary>
    internal static bool CanBeRaised(string reason) => reason.EndsWith(RaiseEnd, StringComparison.Ordinal) && reason.Contains(RaiseBegin, StringComparison.Ordinal);
}
