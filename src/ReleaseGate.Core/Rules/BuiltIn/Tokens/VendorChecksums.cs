using System.Buffers.Binary;

namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>GitLab's routable tokens: prefix, payload, <c>.01.</c>, the length of the payload and the CRC-32 of everything before in seven digits of base36. Source: gitlabhq, RoutableToken.</summary>
internal sealed class GitLabRoutableToken : ProvableFormat
{
    private const int ShortestPayload = 27;
    private const int LongestPayload = 340;
    private const int Tail = 9;
    private const int Checksum = 7;

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        // The last anchor is the separator: it finds tokens whose prefix an instance chose itself.
        var start = anchor;
        var dot = anchor;
        if (literal == Anchors.Count - 1)
        {
            start = anchor - TokenText.RunBefore(window, anchor, Charset.Base64Url, LongestPayload);
            if (start > 0 && window[start - 1] == '\\' && window[start] is (byte)'n' or (byte)'r' or (byte)'t') start++;
        }
        else
        {
            dot = anchor + TokenText.Run(window, anchor, Charset.Base64Url, LongestPayload);
        }

        if (dot - start < ShortestPayload || !TokenText.Has(window, dot, "."u8) || !TokenText.IsExact(window, dot + 1, 2, Charset.LowerAlphanumeric) || !TokenText.Has(window, dot + 3, "."u8)) return TokenMatch.None;
        var tail = dot + 4;
        if (TokenText.Run(window, tail, Charset.LowerAlphanumeric, Tail) < Tail) return TokenMatch.None;
        var checksum = tail + Tail - Checksum;
        var holds = TokenCodec.TryBase36(window.Slice(checksum, Checksum), out var stored) && stored == Crc(window[start..checksum]);
        return holds ? Judge(true, window, start, tail + Tail - start, window[start..dot]) : TokenMatch.None;
    }
}

/// <summary>Atlassian's API tokens: base64url, <c>=</c>, the CRC-32 of everything before in eight hexadecimal digits.</summary>
internal sealed class AtlassianToken : ProvableFormat
{
    private const int Shortest = 64;
    private const int Longest = 512;
    private const int Checksum = 8;

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var length = TokenText.Run(window, anchor, Charset.Base64Url, Longest);
        var checksum = anchor + length + 1;
        if (length < Shortest || !TokenText.Has(window, checksum - 1, "="u8) || TokenText.Run(window, checksum, Charset.UpperHex, Checksum) < Checksum) return TokenMatch.None;
        var holds = TokenCodec.TryHex(window.Slice(checksum, Checksum), out var stored) && stored == Crc(window[anchor..checksum]);
        return Judge(holds, window, anchor, length + 1 + Checksum, window.Slice(anchor + 16, length - 16));
    }
}

/// <summary>Tokens of the form prefix, random characters, perhaps a separator, and eight hexadecimal digits of CRC-32.</summary>
internal sealed class HexChecksumToken : ProvableFormat
{
    private const int Checksum = 8;

    /// <summary>How many random characters there are.</summary>
    public required int Random { get; init; }

    /// <summary>What stands between them and the checksum: <c>_</c> or nothing.</summary>
    public required string Separator { get; init; }

    /// <summary>Whether the prefix is part of what the checksum is of.</summary>
    public bool OverPrefix { get; init; }

    /// <summary>Whether the lowest byte of the checksum is written first.</summary>
    public bool LowestFirst { get; init; }

    /// <summary>What a checksum that does not hold means: a vendor may document that there is one, and not of what.</summary>
    public TokenProof Otherwise { get; init; } = TokenProof.Dummy;

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var prefix = Anchors[literal].Bytes.Length;
        var body = anchor + prefix;
        var checksum = body + Random + Separator.Length;
        var length = prefix + Random + Separator.Length + Checksum;
        if (TokenText.Run(window, body, Charset.Alphanumeric, Random) < Random || TokenText.Run(window, checksum, Charset.Hex, Checksum) < Checksum) return TokenMatch.None;
        if (Separator.Length != 0 && window[checksum - 1] != Separator[0]) return TokenMatch.None;
        var random = window.Slice(body, Random);
        var crc = Crc(OverPrefix ? window.Slice(anchor, prefix + Random) : random);
        var holds = TokenCodec.TryHex(window.Slice(checksum, Checksum), out var stored) && stored == (LowestFirst ? BinaryPrimitives.ReverseEndianness(crc) : crc);
        var match = Judge(holds, window, anchor, length, random);
        return !holds && match.Proof == TokenProof.Dummy && !TokenText.IsPlaceholder(random) ? match with { Proof = Otherwise } : match;
    }
}

/// <summary>A Confluent Cloud secret since 2025: <c>cflt</c>, 54 characters, the CRC-32 of these in six characters of base64.</summary>
internal sealed class ConfluentSecret : ProvableFormat
{
    private const int Random = 54;
    private const int Checksum = 6;

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var prefix = Anchors[literal].Bytes.Length;
        var body = anchor + prefix;
        if (TokenText.Run(window, body, Charset.Base64, Random + Checksum) < Random + Checksum) return TokenMatch.None;
        var random = window.Slice(body, Random);
        Span<byte> bytes = stackalloc byte[4];
        var holds = TokenCodec.TryBase64(window.Slice(body + Random, Checksum), bytes, out _) && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Crc(random);
        // The prefix is four letters long, so what does not hold is mostly a word in base64.
        return holds ? Judge(true, window, anchor, prefix + Random + Checksum, random) : TokenMatch.None;
    }
}

/// <summary>A secret key of age, the file encryption tool: Bech32 with the prefix <c>AGE-SECRET-KEY-</c>. Source: C2SP, age.</summary>
internal sealed class AgeSecretKey : ProvableFormat
{
    private const int Data = 58;

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var prefix = Anchors[literal].Bytes.Length;
        if (TokenText.Run(window, anchor + prefix, Charset.UpperAlphanumeric, Data) < Data) return TokenMatch.None;
        var data = window.Slice(anchor + prefix, Data);
        var holds = Bech32.Holds(literal == 0 ? "age-secret-key-"u8 : "age-secret-key-pq-"u8, data);
        return Judge(holds, window, anchor, prefix + Data, data[..^6]);
    }
}
