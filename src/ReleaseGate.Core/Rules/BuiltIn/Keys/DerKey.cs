namespace ReleaseGate.Rules.BuiltIn.Keys;

/// <summary>A private key as DER structures hold it (X.690; RFC 8017 PKCS#1, RFC 5958 PKCS#8, RFC 5915 SEC 1).</summary>
/// <param name="Algorithm">RSA, EC, Ed25519, …; empty where it is encrypted.</param>
/// <param name="Format">PKCS#1, PKCS#8, SEC 1 or DSA.</param>
/// <param name="Bits">The size of the key, or 0.</param>
/// <param name="IsEncrypted">Whether a password protects it.</param>
/// <param name="Total">How many bytes the structure has.</param>
internal readonly record struct DerKey(string Algorithm, string Format, int Bits, bool IsEncrypted, int Total)
{
    private const byte Integer = 0x02;
    private const byte OctetString = 0x04;
    private const byte ObjectIdentifier = 0x06;
    private const byte Sequence = 0x30;
    private const int ShortestDamaged = 160;

    private static ReadOnlySpan<byte> Rsa => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01];

    private static ReadOnlySpan<byte> Pkcs5 => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05];

    private static ReadOnlySpan<byte> Pkcs12Pbe => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01];

    private static ReadOnlySpan<byte> EllipticCurve => [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];

    private static ReadOnlySpan<byte> Dsa => [0x2A, 0x86, 0x48, 0xCE, 0x38, 0x04, 0x01];

    private static ReadOnlySpan<byte> DiffieHellman => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x03, 0x01];

    private static ReadOnlySpan<byte> EdwardsAndMontgomery => [0x2B, 0x65];

    /// <summary>Reads a private key.</summary>
    /// <param name="der">The bytes, from the outer SEQUENCE on; there may be more behind it.</param>
    /// <param name="isCut">Whether the rest was out of sight: what is there must fit, as far as it goes.</param>
    /// <param name="key">What was read.</param>
    /// <returns>False where it is no private key, or the lengths do not add up.</returns>
    public static bool TryRead(ReadOnlySpan<byte> der, bool isCut, out DerKey key)
    {
        key = default;
        if (!TryHeader(der, out var tag, out var header, out var length) || tag != Sequence) return false;
        var total = header + length;
        // Half a key that was wrapped in some way unknown here is a key; a line of one, as examples show it, is none.
        if (der.Length < total && !isCut && der.Length < Math.Max(ShortestDamaged, total * 3 / 4)) return false;
        var rest = der[header..Math.Min(der.Length, total)];
        if (!TryHeader(rest, out tag, out header, out length) || rest.Length < header + length) return false;
        if (tag == Sequence) return TryEncrypted(rest.Slice(header, length), rest[(header + length)..], total, out key);
        if (tag != Integer || length != 1 || rest[header] > 1) return false;
        var version = rest[header];
        rest = rest[(header + length)..];
        if (!TryHeader(rest, out tag, out header, out length)) return false;
        return tag switch
        {
            Sequence when length <= 4096 && rest.Length >= header + length => TryPkcs8(rest.Slice(header, length), rest[(header + length)..], total, out key),
            Integer when version == 0 => TryIntegers(rest, header, length, total, out key),
            OctetString when version == 1 && length is >= 14 and <= 67 && rest.Length >= header + length && IsVaried(rest.Slice(header, length)) => Is(new DerKey("EC", "SEC 1", CurveSize(length), false, total), out key),
            _ => false,
        };
    }

    /// <summary>Reads tag and length (at most four bytes of it) of an element; its content need not be there.</summary>
    public static bool TryHeader(ReadOnlySpan<byte> bytes, out byte tag, out int header, out int length)
    {
        tag = 0;
        header = length = 0;
        if (bytes.Length < 2) return false;
        tag = bytes[0];
        if (bytes[1] < 0x80)
        {
            header = 2;
            length = bytes[1];
            return true;
        }

        var octets = bytes[1] - 0x80;
        if (octets is < 1 or > 3 || bytes.Length < 2 + octets) return false;
        for (var i = 0; i < octets; i++) length = length << 8 | bytes[2 + i];
        header = 2 + octets;
        return length >= 0x80;
    }

    /// <summary>Whether the bytes differ as those of a key do: no zeros, no counting up, no filler.</summary>
    public static bool IsVaried(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, 64)];
        Span<bool> seen = stackalloc bool[256];
        var different = 0;
        var steps = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!seen[bytes[i]]) different++;
            seen[bytes[i]] = true;
            if (i > 0 && bytes[i] - bytes[i - 1] is 1 or 0 or -1) steps++;
        }

        return bytes.Length >= 14 && different * 2 > bytes.Length && steps * 2 < bytes.Length;
    }

    private static bool Is(DerKey value, out DerKey key)
    {
        key = value;
        return true;
    }

    private static bool TryEncrypted(ReadOnlySpan<byte> algorithm, ReadOnlySpan<byte> rest, int total, out DerKey key)
    {
        key = default;
        if (!TryHeader(algorithm, out var tag, out var header, out var length) || tag != ObjectIdentifier || algorithm.Length < header + length) return false;
        var oid = algorithm.Slice(header, length);
        if (!oid.StartsWith(Pkcs5) && !oid.StartsWith(Pkcs12Pbe)) return false;
        return TryHeader(rest, out tag, out _, out length) && tag == OctetString && length >= 32 && Is(new DerKey("", "PKCS#8", 0, true, total), out key);
    }

    private static bool TryPkcs8(ReadOnlySpan<byte> algorithm, ReadOnlySpan<byte> rest, int total, out DerKey key)
    {
        key = default;
        if (!TryHeader(algorithm, out var tag, out var header, out var length) || tag != ObjectIdentifier || algorithm.Length < header + length) return false;
        var oid = algorithm.Slice(header, length);
        if (!TryHeader(rest, out tag, out header, out length) || tag != OctetString || length < 16) return false;
        var content = rest[header..Math.Min(rest.Length, header + length)];
        if (oid.StartsWith(Rsa))
        {
            if (!TryRead(content, isCut: true, out var inner) || inner.Algorithm != "RSA") return false;
            return Is(inner with { Format = "PKCS#8", Total = total }, out key);
        }

        if (oid.SequenceEqual(EllipticCurve)) return TryRead(content, isCut: true, out var curve) && Is(curve with { Format = "PKCS#8", Total = total }, out key);
        var name = oid.SequenceEqual(Dsa) ? "DSA" : oid.SequenceEqual(DiffieHellman) ? "Diffie-Hellman"
            : oid.StartsWith(EdwardsAndMontgomery) && oid.Length == 3 ? oid[2] switch { 0x6E => "X25519", 0x6F => "X448", 0x70 => "Ed25519", 0x71 => "Ed448", _ => "" } : "";
        // Post-quantum and national algorithms: the structure says enough.
        return content.Length >= 16 && IsVaried(content[2..]) && Is(new DerKey(name, "PKCS#8", 0, false, total), out key);
    }

    // RSA: modulus and public exponent; DSA: p and q.
    private static bool TryIntegers(ReadOnlySpan<byte> rest, int header, int length, int total, out DerKey key)
    {
        key = default;
        if (length is < 48 or > 4096 || length >= total) return false;
        if (rest.Length < header + length + 4) return IsVaried(rest[Math.Min(rest.Length, header + 1)..]) && Is(new DerKey("RSA", "PKCS#1", Size(length), false, total), out key);
        if (!IsVaried(rest.Slice(header + 1, length - 1))) return false;
        var second = rest[(header + length)..];
        if (!TryHeader(second, out var tag, out _, out var secondLength) || tag != Integer) return false;
        if (secondLength is 20 or 21 or 28 or 29 or 32 or 33) return Is(new DerKey("DSA", "DSA", Size(length), false, total), out key);
        // Seven more numbers follow, in all between three and five times as long as the modulus.
        return secondLength <= 5 && total > length * 3 && total < length * 6 + 64 && Is(new DerKey("RSA", "PKCS#1", Size(length), false, total), out key);
    }

    // Some libraries write the number without its leading zeros, or with one too many.
    private static int CurveSize(int length) => length switch
    {
        >= 30 and <= 33 => 256,
        >= 46 and <= 49 => 384,
        >= 65 and <= 67 => 521,
        _ => 8 * length,
    };

    // A number whose highest bit is set is written with a zero before it.
    private static int Size(int length) => (length - length % 2) * 8;
}
