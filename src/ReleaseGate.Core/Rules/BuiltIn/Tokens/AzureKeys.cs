using System.Buffers.Binary;

namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>
/// Azure's identifiable keys: base64 with the signature of the service directly before the last six characters, and in the last four bytes a Marvin32 of those
/// before, under a seed of the service. Source: microsoft/security-utilities, IdentifiableMetadata.
/// </summary>
internal sealed class AzureIdentifiableKey : ProvableFormat
{
    private const int Signature = 4;
    private const int Checksum = 6;
    private const int LongestKey = 64;

    /// <summary>How many bytes such a key has.</summary>
    public required int Bytes { get; init; }

    /// <summary>The seeds, as eight characters each.</summary>
    public required IReadOnlyList<string> Seeds { get; init; }

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var length = (Bytes * 8 + 5) / 6;
        var start = anchor + Signature + Checksum - length;
        if (start < 0 || start + length > window.Length) return TokenMatch.None;
        Span<byte> bytes = stackalloc byte[LongestKey];
        if (!TokenCodec.TryBase64(window.Slice(start, length), bytes, out var written) || written != Bytes) return TokenMatch.None;
        var stored = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(Bytes - 4)..]);
        Span<byte> seed = stackalloc byte[8];
        foreach (var name in Seeds)
        {
            for (var i = 0; i < 8; i++) seed[i] = (byte)name[i];
            if (Marvin32.Of(bytes[..(Bytes - 4)], Marvin32.Seed(seed)) == stored) return Judge(true, window, start, length, window.Slice(start, length - Signature - Checksum));
        }

        return TokenMatch.None;
    }
}

/// <summary>
/// A client secret of Microsoft Entra: 40 characters, <c>8Q~</c> at 3, and in the last three a Marvin32 of those before, in base 66.
/// Source: microsoft/security-utilities, IdentifiableMetadata. Those with <c>7Q~</c> have no checksum.
/// </summary>
internal sealed class EntraClientSecret : ProvableFormat
{
    private const int Length = 40;
    private const int Before = 3;
    private const int Checksum = 3;
    private const int Digits = 6;

    private static ReadOnlySpan<byte> Alphabet => "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~"u8;

    private static Charset Characters => Charset.Alphanumeric | Charset.Of('.') | Charset.Of('-') | Charset.Of('_') | Charset.Of('~');

    /// <summary>The three characters, followed by each that may follow: an anchor has four bytes.</summary>
    public static IReadOnlyList<AnchorLiteral> Prefixes()
    {
        var literals = new AnchorLiteral[Alphabet.Length];
        for (var i = 0; i < literals.Length; i++) literals[i] = new AnchorLiteral(new[] { (byte)'8', (byte)'Q', (byte)'~', Alphabet[i] });
        return literals;
    }

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var start = anchor - Before;
        if (start < 0 || TokenText.Run(window, start, Characters, Length) < Length) return TokenMatch.None;
        var secret = window.Slice(start, Length);
        Span<byte> digits = stackalloc byte[16];
        var count = TokenCodec.Digits(Marvin32.Of(secret[..^Checksum], Marvin32.Seed("AadPwd00"u8)), Alphabet, digits);
        for (var i = 0; i < Checksum; i++)
        {
            var expected = i < Digits - count ? Alphabet[0] : digits[i - (Digits - count)];
            if (secret[Length - Checksum + i] != expected) return TokenMatch.None;
        }

        return Judge(true, window, start, Length, secret[(Before + 3)..^Checksum]);
    }
}

/// <summary>
/// Azure DevOps tokens of the old form: 52 characters of base32 without a prefix, so they are looked for behind the names of variables and settings that hold them.
/// The checksum lies scattered in bytes 22, 8, 7 and 2: CRC-32 of the others, XOR a constant for users or for applications.
/// Source: microsoft/sarif-pattern-matcher, SEC101/102.
/// </summary>
internal sealed class AzureDevOpsToken : ProvableFormat
{
    private const int Length = 52;
    private const int Reach = 512;
    private const uint User = 0xE0B9692D;
    private const uint Application = 0x1019F92E;

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var end = Math.Min(window.Length, anchor + Reach);
        var at = anchor + Anchors[literal].Bytes.Length;
        while (at + Length <= end)
        {
            var run = TokenText.Run(window, at, Charset.LowerBase32, Length + 1);
            if (run == Length && TokenText.BeginsAt(window, at, Charset.Word) && TokenText.EndsAt(window, at + Length, Charset.Word) && Holds(window.Slice(at, Length)))
                return Judge(true, window, at, Length, window.Slice(at, Length));
            at += run + 1;
        }

        return TokenMatch.None;
    }

    private static bool Holds(ReadOnlySpan<byte> text)
    {
        Span<byte> bytes = stackalloc byte[32];
        Span<byte> others = stackalloc byte[28];
        if (!TokenCodec.TryBase32(text, bytes, out var length) || length != bytes.Length) return false;
        bytes[..2].CopyTo(others);
        bytes[3..7].CopyTo(others[2..]);
        bytes[9..22].CopyTo(others[6..]);
        bytes[23..32].CopyTo(others[19..]);
        var stored = (uint)(bytes[22] | bytes[8] << 8 | bytes[7] << 16 | bytes[2] << 24);
        return (Crc(others) ^ stored) is User or Application;
    }
}
