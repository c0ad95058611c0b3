using System.Buffers.Binary;
using System.Globalization;

namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>
/// A NuGet key of the old form: base32 of <c>v4</c> and ten random bytes, then base32 of 16 random bytes; 46 characters. Where the two parts end, the encoding leaves
/// bits that must be zero, and none of the first bytes is zero. Source: NuGetGallery, ApiKeyV4.
/// </summary>
internal sealed class NuGetKeyV4 : ProvableFormat
{
    private const int Length = 46;
    private const int Id = 20;

    public override string Evidence => "its structure holds";

    /// <summary><c>oy2</c> is how <c>v4</c> begins in base32; the fourth character begins with a zero bit.</summary>
    public static IReadOnlyList<AnchorLiteral> Prefixes()
    {
        var literals = new AnchorLiteral[16];
        for (var i = 0; i < literals.Length; i++) literals[i] = new AnchorLiteral(new[] { (byte)'o', (byte)'y', (byte)'2', (byte)('a' + i) });
        return literals;
    }

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        if (!TokenText.IsExact(window, anchor, Length, Charset.LowerBase32) || !TokenText.EndsAt(window, anchor + Length, Charset.Word) || !TokenText.BeginsAt(window, anchor, Charset.Word)) return TokenMatch.None;
        var key = window.Slice(anchor, Length);
        if (key[Id - 1] is not ((byte)'a' or (byte)'q') || key[^1] is not ((byte)'a' or (byte)'e' or (byte)'i' or (byte)'m' or (byte)'q' or (byte)'u' or (byte)'y' or (byte)'4')) return TokenMatch.None;
        Span<byte> bytes = stackalloc byte[12];
        if (!TokenCodec.TryBase32(key[..Id], bytes, out var length) || length != bytes.Length || bytes[0] != 'v' || bytes[1] != '4' || bytes[2..].Contains((byte)0)) return TokenMatch.None;
        return new TokenMatch(TokenText.IsRandom(key[4..]) ? TokenProof.Proven : TokenProof.Dummy, anchor, Length);
    }
}

/// <summary>
/// A PyPI token: a macaroon (version 2 of libmacaroons' format) in base64url, so its packets can be read from the location to the signature of 32 bytes.
/// </summary>
internal sealed class PyPiToken : ProvableFormat
{
    private const int Longest = 2048;
    private const int Signature = 32;

    public override string Evidence => "the macaroon in it reads to its signature";

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var body = anchor + "pypi-".Length;
        var length = TokenText.Run(window, body, Charset.Base64Url, Longest);
        if (length is < 85 or Longest) return TokenMatch.None;
        Span<byte> bytes = stackalloc byte[Longest];
        if (!TokenCodec.TryBase64(window.Slice(body, length), bytes, out var written)) return TokenMatch.None;
        var rest = (ReadOnlySpan<byte>)bytes[..written];
        if (rest[0] != 2) return TokenMatch.None;
        rest = rest[1..];

        // Location and identifier, then caveats until an empty section, then the signature.
        if (!TryPacket(ref rest, 1, out var location) || !TryPacket(ref rest, 2, out var identifier) || identifier.IsEmpty || !TryEnd(ref rest)) return TokenMatch.None;
        while (!TryEnd(ref rest))
        {
            TryPacket(ref rest, 1, out _);
            if (!TryPacket(ref rest, 2, out _)) return TokenMatch.None;
            TryPacket(ref rest, 4, out _);
            if (!TryEnd(ref rest)) return TokenMatch.None;
        }

        if (!TryPacket(ref rest, 6, out var signature) || signature.Length != Signature || !rest.IsEmpty) return TokenMatch.None;
        return new TokenMatch(TokenProof.Proven, anchor, body + length - anchor, $"for {TokenCodec.Text(location)}");
    }

    private static bool TryEnd(ref ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty || rest[0] != 0) return false;
        rest = rest[1..];
        return true;
    }

    // A type, a length as a variable-length number (two bytes at most, here), the content.
    private static bool TryPacket(ref ReadOnlySpan<byte> rest, byte type, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (rest.Length < 2 || rest[0] != type) return false;
        var length = (int)rest[1];
        var at = 2;
        if (length >= 0x80)
        {
            if (rest.Length < 3 || rest[2] >= 0x80) return false;
            length = length & 0x7F | rest[2] << 7;
            at = 3;
        }

        if (rest.Length - at < length) return false;
        content = rest.Slice(at, length);
        rest = rest[(at + length)..];
        return true;
    }
}

/// <summary>
/// A key of Amazon Web Services: the id (20 characters with a known prefix) says which account it is of and is no secret; with the 40 characters of its secret nearby it is a credential.
/// Source: AWS IAM user guide, unique ids; the account in the id as described by A. Nir, "A short note on AWS key id".
/// </summary>
internal sealed class AwsKeyPair : ProvableFormat
{
    private const int IdLength = 20;
    private const int SecretLength = 40;
    private const int Reach = 400;
    private const long LastAccount = 999_999_999_999;

    public override string Evidence => "its key id stands beside it";

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        if (!TokenText.IsExact(window, anchor, IdLength, Charset.Base32) || !TokenText.BeginsAt(window, anchor, Charset.Word) || !TokenText.EndsAt(window, anchor + IdLength, Charset.Word)) return TokenMatch.None;
        var id = window.Slice(anchor, IdLength);
        if (TokenText.IsPlaceholder(id[4..])) return TokenMatch.None;
        Span<byte> secret = stackalloc byte[SecretLength];
        var (start, length) = NearestSecret(window, anchor, secret);
        if (length == 0) return TokenMatch.None;
        var detail = Account(id) is { } account ? $"account {account}" : null;
        return new TokenMatch(TokenText.IsRandom(secret) ? TokenProof.Proven : TokenProof.Dummy, start, length, detail);
    }

    // Writes the secret without the escapes of JSON and tells where it stands; of no length where there is none.
    private static (int Start, int Length) NearestSecret(ReadOnlySpan<byte> window, int anchor, Span<byte> secret)
    {
        var from = Math.Max(0, anchor - Reach);
        var to = Math.Min(window.Length, anchor + IdLength + Reach);
        var best = (Start: -1, Length: 0);
        Span<byte> plain = stackalloc byte[SecretLength];
        for (var at = from; at < to;)
        {
            var run = TokenText.Run(window, at, Charset.Base64);
            var begin = at;
            var length = 0;
            // A '/' or '+' before may belong to a path or to a concatenation; the id itself is 20 characters and never fits.
            if (run == SecretLength && at + run <= to) length = run;
            else if (run == SecretLength + 1 && window[at] is (byte)'n' or (byte)'t' or (byte)'r' && at > 0 && window[at - 1] == '\\') (begin, length) = (at + 1, SecretLength);
            else if (run < SecretLength && at + run < to && window[at + run] == '\\') length = Escaped(window, at, plain);

            if (length == SecretLength) window.Slice(begin, length).CopyTo(plain);
            if (length > 0 && IsSecret(window, begin, length, plain) && (best.Length == 0 || Distance(begin, anchor) < Distance(best.Start, anchor)))
            {
                best = (begin, length);
                plain.CopyTo(secret);
            }

            at += Math.Max(run, length) + 1;
        }

        return best;
    }

    // "\/" as PHP writes it, "\u002B" as .NET does.
    private static int Escaped(ReadOnlySpan<byte> window, int start, Span<byte> plain)
    {
        var at = start;
        var count = 0;
        for (; at < window.Length; count++)
        {
            var left = window[at..];
            var (c, length) = Charset.Base64.Contains(left[0]) ? (left[0], 1)
                : left.StartsWith("\\/"u8) ? ((byte)'/', 2)
                : left.StartsWith("\\u002B"u8) || left.StartsWith("\\u002b"u8) ? ((byte)'+', 6)
                : left.StartsWith("\\u002F"u8) || left.StartsWith("\\u002f"u8) ? ((byte)'/', 6)
                : default;
            if (length == 0) break;
            if (count == SecretLength) return 0;
            plain[count] = c;
            at += length;
        }

        return count == SecretLength ? at - start : 0;
    }

    private static int Distance(int at, int anchor) => Math.Abs(at - anchor);

    // Not a digest, not a path, not a word: all three kinds of characters, as all but one secret in 1,000 have them.
    private static bool IsSecret(ReadOnlySpan<byte> window, int at, int length, ReadOnlySpan<byte> plain)
    {
        if (!TokenText.EndsAt(window, at + length, Charset.Word | Charset.Of('=') | Charset.Of('-'))) return false;
        if (at > 0 && window[at - 1] is (byte)'-' or (byte)'_') return false;
        int lower = 0, upper = 0, digits = 0;
        foreach (var c in plain)
        {
            if (Charset.Lower.Contains(c)) lower++;
            else if (Charset.Upper.Contains(c)) upper++;
            else if (Charset.Digits.Contains(c)) digits++;
        }

        return lower > 3 && upper > 3 && digits > 0;
    }

    // The first 40 bits behind the first one, which is set in ids that hold the account.
    private static string? Account(ReadOnlySpan<byte> id)
    {
        Span<byte> bytes = stackalloc byte[10];
        if (!TokenCodec.TryBase32(id[4..], bytes, out var length) || length != bytes.Length || bytes[0] < 0x80) return null;
        var first = (long)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32 | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]);
        var account = (first & 0x7fffffffff80) >> 7;
        return account <= LastAccount ? account.ToString("D12", CultureInfo.InvariantCulture) : null;
    }
}
