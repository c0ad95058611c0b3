namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>
/// Credentials that vendors print in their documentation, so that everybody's documentation and tests hold them. Kept as the beginnings of their SHA-256, since a list of them
/// would itself be found by every scanner.
/// </summary>
internal static class PublishedExample
{
    // Test keys of Stripe's API reference, the tokens of Dynatrace's documentation, the keys of Azure's storage and Cosmos emulators, a signature in Amazon's DataSync reference, keys of Google's samples and of the demo pages of Firebase and Maps.
    private static string[]? _fingerprints;

    /// <summary>Whether it is one of them. Hashes: ask last.</summary>
    public static bool Is(ReadOnlySpan<byte> token) => Array.IndexOf(_fingerprints ??= Load(), Secret.Fingerprint(token)) >= 0;

    private static string[] Load() =>
    [
        "2cafc0970149", "f2d6ca165150", "2d1f7723aabc", "69e5a07ccf06", "559fab6733c7", "f56e323494a6", "2037abcaffb2", "3f370c9dd822", "e4a5542bb7fd", "a19f89ab3555",
        "eb540d2b6ee2", "37f8f09bdf12", "8731261cb72d", "49f777db995e", "27a9a42931df", "dc0fcf046c61", "4c98242dcadc", "ea9bb1082cf9", "3a8b61d0f636", "a6c814bc555a",
        "0011cc25eb43", "aa6547439583", "577cfe66bf6c", "9154e2e6fbfb",
    ];
}
