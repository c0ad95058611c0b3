namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>
/// GitHub's classic tokens and npm's, which share their form: a prefix, 30 characters of base62, the CRC-32 of these in six digits of base62.
/// </summary>
internal sealed class GitHubClassicToken : ProvableFormat
{
    private const int Random = 30;
    private const int Checksum = 6;

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var prefix = Anchors[literal].Bytes.Length;
        var body = anchor + prefix;
        if (TokenText.Run(window, body, Charset.Alphanumeric, Random + Checksum) < Random + Checksum) return TokenMatch.None;
        var random = window.Slice(body, Random);
        var holds = TokenCodec.TryBase62(window.Slice(body + Random, Checksum), out var stored) && stored == Crc(random);
        return Judge(holds, window, anchor, prefix + Random + Checksum, random);
    }
}

/// <summary>GitHub's installation tokens of 2026: <c>ghs_</c>, the id of the app, a JSON Web Token.</summary>
internal sealed class GitHubInstallationToken : ProvableFormat
{
    public override string Evidence => "the token in it decodes";

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var id = anchor + Anchors[literal].Bytes.Length;
        var digits = TokenText.Run(window, id, Charset.Alphanumeric, 24);
        if (digits is 0 or 24 || !TokenText.Has(window, id + digits, "_eyJ"u8)) return TokenMatch.None;
        var jwt = id + digits + 1;
        if (!JsonWebToken.TryRead(window, jwt, out var token) || !token.HasAlgorithm || token.Algorithm is JsonWebToken.Algorithm.None || token.SignatureLength < JsonWebToken.ShortestSignature) return TokenMatch.None;
        return new TokenMatch(TokenProof.Proven, anchor, jwt + token.Length - anchor, $"app {TokenCodec.Text(window.Slice(id, digits))}");
    }
}
