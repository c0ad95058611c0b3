using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ReleaseGate;

/// <summary>A SHA-256 digest. Printed as 64 lower-case hexadecimal digits.</summary>
public readonly struct Digest : IEquatable<Digest>
{
    /// <summary>The length of a digest in bytes.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    /// <summary>Takes over a computed hash.</summary>
    /// <param name="sha256">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public Digest(ReadOnlySpan<byte> sha256)
    {
        if (sha256.Length != Size) throw new ArgumentException($"A SHA-256 digest has {Size} bytes, not {sha256.Length}.", nameof(sha256));
        _high = MemoryMarshal.Read<UInt128>(sha256);
        _low = MemoryMarshal.Read<UInt128>(sha256[16..]);
    }

    /// <summary>The digest of <paramref name="bytes"/>.</summary>
    public static Digest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(bytes, hash);
        return new Digest(hash);
    }

    /// <summary>Reads 64 hexadecimal digits of either case.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        if (text is not { Length: Size * 2 }) return false;
        foreach (var c in text)
            if (!char.IsAsciiHexDigit(c)) return false;
        digest = new Digest(Convert.FromHexString(text));
        return true;
    }

    /// <summary>Writes the 32 bytes of the digest.</summary>
    public void CopyTo(Span<byte> destination)
    {
        MemoryMarshal.Write(destination, in _high);
        MemoryMarshal.Write(destination[16..], in _low);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexString(bytes).ToLowerInvariant();
    }

    /// <inheritdoc/>
    public bool Equals(Digest other) => _high == other._high && _low == other._low;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Digest other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low);

    /// <summary>Whether two digests are the same.</summary>
    public static bool operator ==(Digest left, Digest right) => left.Equals(right);

    /// <summary>Whether two digests differ.</summary>
    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);
}
