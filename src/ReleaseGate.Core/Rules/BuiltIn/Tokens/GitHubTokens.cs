using System.Security.Cryptography;

namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>
/// GitHub's classic tokens, npm's and Vercel's, which share their form: a prefix, 30, 50 or 70 characters of base62, the CRC-32 of these in six digits of base62.
/// </summary>
internal sealed class GitHubClassicToken : ProvableFormat
{
    private const int Checksum = 6;

    /// <summary>How many random characters there are.</summary>
    public int Random { get; init; } = 30;

    /// <summary>What a checksum that does not hold means: a vendor may show that there is one, and not say of what.</summary>
    public TokenProof Otherwise { get; init; } = TokenProof.Dummy;

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var prefix = Anchors[literal].Bytes.Length;
        var body = anchor + prefix;
        if (TokenText.Run(window, body, Charset.Alphanumeric, Random + Checksum) < Random + Checksum) return TokenMatch.None;
        var random = window.Slice(body, Random);
        var holds = TokenCodec.TryBase62(window.Slice(body + Random, Checksum), out var stored) && stored == Crc(random);
        var match = Judge(holds, window, anchor, prefix + Random + Checksum, random);
        return !holds && match.Proof == TokenProof.Dummy && Randomness.IsLikely(random) ? match with { Proof = Otherwise } : match;
    }
}

/// <summary>
/// GitHub's fine-grained personal access tokens: <c>github_pat_</c>, 22 characters of base62, <c>_</c>, 43 more, the first 40 bits of the SHA-256 of everything before in
/// eight characters of base32, and eight characters of which nothing is known. GitHub documents the prefix alone: what the eight are was measured.
/// </summary>
internal sealed class GitHubFineGrainedToken : ProvableFormat
{
    private const int Id = 22;
    private const int Random = 43;
    private const int Checksum = 8;
    private const int Rest = 8;

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var id = anchor + Anchors[literal].Bytes.Length;
        var body = id + Id + 1;
        if (TokenText.Run(window, id, Charset.Alphanumeric, Id) < Id || !TokenText.Has(window, id + Id, "_"u8)) return TokenMatch.None;
        if (TokenText.Run(window, body, Charset.Alphanumeric, Random + Checksum + Rest) < Random + Checksum + Rest) return TokenMatch.None;
        var random = window.Slice(body, Random);
        var checksum = body + Random;
        var length = checksum + Checksum + Rest - anchor;
        var holds = TokenText.Run(window, checksum, Charset.Base32, Checksum) == Checksum && Holds(window[anchor..checksum], window.Slice(checksum, Checksum));
        var match = Judge(holds, window, anchor, length, random);
        return !holds && match.Proof == TokenProof.Dummy && Randomness.IsLikely(random) ? match with { Proof = TokenProof.Structured } : match;
    }

    private static bool Holds(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> checksum)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(signed, hash);
        Span<byte> stored = stackalloc byte[5];
        return TokenCodec.TryBase32(checksum, stored, out var written) && written == stored.Length && stored.SequenceEqual(hash[..written]);
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
