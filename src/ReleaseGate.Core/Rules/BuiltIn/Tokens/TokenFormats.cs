namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>Every format of a credential. Made when first asked for.</summary>
internal static class TokenFormats
{
    private static IReadOnlyList<TokenFormat>? _all;

    /// <summary>All formats; where several fit the same text, the first counts.</summary>
    public static IReadOnlyList<TokenFormat> All => _all ??= [.. ChecksummedFormats.All, .. StructuredFormats.Load()];

    /// <summary>Whether a value is or holds a credential in one of the forms, so that RG4001 or RG4002 speak about it. For small texts only: asks every format.</summary>
    public static bool Recognise(ReadOnlySpan<byte> value)
    {
        foreach (var format in All.Concat(ChecksummedFormats.All))
        {
            for (var literal = 0; literal < format.Anchors.Count; literal++)
            {
                var at = value.IndexOf(format.Anchors[literal].Bytes.Span);
                if (at >= 0 && format.Verify(value, at, literal).Proof >= TokenProof.Structured) return true;
            }
        }

        return false;
    }
}
