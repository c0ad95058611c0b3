namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>The part of an anchor's window that is always there, so that a verdict does not depend on where a block ended.</summary>
internal static class TokenWindow
{
    /// <summary>Bytes before the anchor, unless the entry begins there.</summary>
    public const int Before = 512;

    /// <summary>Bytes from the anchor on, unless the entry ends there.</summary>
    public const int After = 3584;

    /// <summary>Cuts the window.</summary>
    /// <param name="match">The occurrence.</param>
    /// <param name="anchor">Where the anchor begins in what is returned.</param>
    public static ReadOnlySpan<byte> Of(in AnchorMatch match, out int anchor)
    {
        var from = Math.Max(0, match.Start - Before);
        anchor = match.Start - from;
        return match.Window[from..Math.Min(match.Window.Length, match.Start + After)];
    }
}
