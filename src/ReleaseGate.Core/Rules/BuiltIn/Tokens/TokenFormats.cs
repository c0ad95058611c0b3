namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>Every format of a credential. Made when first asked for.</summary>
internal static class TokenFormats
{
    private static IReadOnlyList<TokenFormat>? _all;

    /// <summary>All formats; where several fit the same text, the first counts.</summary>
    public static IReadOnlyList<TokenFormat> All => _all ??= [.. StructuredFormats.Load()];
}
