using System.Buffers.Binary;

namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>
/// Microsoft's common annotated security key, which NuGet keys since 2025, Azure DevOps tokens and new Azure keys are: 84 characters of base64 without its
/// signs, <c>JQQJ9</c> at 52, year and month, the signature of the issuing service at 76, and four characters of a Marvin32 over the first 60 bytes.
/// Source: microsoft/security-utilities; NuGetGallery, ApiKeyV5.
/// </summary>
internal sealed class CommonAnnotatedKey : ProvableFormat
{
    private const int Length = 84;
    private const int Random = 52;
    private const int Month = 59;
    private const int Provider = 76;
    private const int Checksum = 80;

    private static ReadOnlySpan<byte> Base62 => "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8;

    private static ReadOnlySpan<byte> Base64 => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;

    /// <summary>Services that have a format of their own in the list.</summary>
    private static readonly string[] OwnFormats = ["NUGT", "AZDO"];

    /// <summary>The signature of the service in capital letters; null: every other service.</summary>
    public required string? Service { get; init; }

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var start = anchor - Random;
        if (start < 0 || TokenText.Run(window, start, Charset.Alphanumeric, Length) < Length) return TokenMatch.None;
        var key = window.Slice(start, Length);
        if (key[Random + 5] is not ((byte)'9' or (byte)'D' or (byte)'H') || key[Month] is < (byte)'A' or > (byte)'L') return TokenMatch.None;
        var provider = key.Slice(Provider, 4);
        if (Service is null ? IsOwn(provider) : !Is(provider, Service)) return TokenMatch.None;
        return Judge(Holds(key), window, start, Length, key[..Random], Service is null ? $"service {TokenCodec.Text(provider)}" : null);
    }

    private static bool IsOwn(ReadOnlySpan<byte> provider)
    {
        foreach (var service in OwnFormats)
            if (Is(provider, service)) return true;
        return false;
    }

    private static bool Is(ReadOnlySpan<byte> provider, string service)
    {
        for (var i = 0; i < 4; i++)
            if ((provider[i] & ~0x20) != service[i]) return false;
        return true;
    }

    // Two libraries write the same checksum in two ways: its first three bytes in base64, or the number its bytes make in base62.
    private static bool Holds(ReadOnlySpan<byte> key)
    {
        Span<byte> bytes = stackalloc byte[60];
        if (!TokenCodec.TryBase64(key[..Checksum], bytes, out var length) || length != bytes.Length) return false;
        var hash = Marvin32.Of(bytes, Marvin32.Seed("Default0"u8));
        var stored = key[Checksum..];
        if (stored[0] == Base64[(int)(hash >> 2 & 63)] && stored[1] == Base64[(int)((hash & 3) << 4 | hash >> 12 & 15)]
            && stored[2] == Base64[(int)((hash >> 8 & 15) << 2 | hash >> 22 & 3)] && stored[3] == Base64[(int)(hash >> 16 & 63)]) return true;

        Span<byte> digits = stackalloc byte[8];
        digits.Fill((byte)'0');
        TokenCodec.Digits(BinaryPrimitives.ReverseEndianness(hash), Base62, digits);
        return stored.SequenceEqual(digits[..4]);
    }
}
