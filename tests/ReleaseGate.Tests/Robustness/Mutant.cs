using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ReleaseGate.Tests.Robustness;

/// <summary>Bytes that were damaged on purpose, the same on every run.</summary>
/// <param name="Path">The entry: a folder that names origin and number, and the name rules know the original by.</param>
/// <param name="Bytes">What is left of them.</param>
internal sealed record Mutant(string Path, byte[] Bytes)
{
    // What length fields, offsets and counts are when they lie.
    private static readonly uint[] Lies = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x00FF_FFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF0, 0xFFFF_FFFF];

    /// <summary>Damages bytes in many ways: cut, flipped, overwritten with lies, pieces swapped, doubled or taken out.</summary>
    /// <param name="folder">What the mutants' paths begin with.</param>
    /// <param name="name">The file name rules see.</param>
    /// <param name="original">The bytes; at least one.</param>
    /// <param name="count">How many.</param>
    public static IEnumerable<Mutant> Of(string folder, string name, byte[] original, int count)
    {
        var random = new Random(BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(folder + "/" + name))));
        for (var i = 0; i < count; i++) yield return new Mutant($"{folder}/{i}/{name}", Damage(original, random, i, count));
    }

    private static byte[] Damage(byte[] original, Random random, int number, int count)
    {
        // A quarter is cut only: evenly over the whole length, so that every structure is cut somewhere.
        if (number % 4 == 0) return original[..(int)((long)original.Length * number / count)];
        var bytes = (byte[])original.Clone();
        for (var blow = 1 + random.Next(3); blow > 0; blow--) bytes = Strike(bytes, random);
        return bytes;
    }

    private static byte[] Strike(byte[] bytes, Random random)
    {
        if (bytes.Length == 0) return bytes;
        // Headers and tables stand in front more often than not.
        var at = random.Next(random.Next(2) == 0 ? Math.Min(bytes.Length, 512) : bytes.Length);
        var length = 1 + random.Next(Math.Min(64, bytes.Length - at));
        switch (random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                return Lie(bytes, at & ~3, random, bigEndian: false);
            case 3:
                return Lie(bytes, at & ~1, random, bigEndian: random.Next(2) == 0);
            case 4:
                return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + length)];
            case 5:
                return [.. bytes.AsSpan(0, at + length), .. bytes.AsSpan(at)];
            default:
                random.NextBytes(bytes.AsSpan(at, length));
                return bytes;
        }
    }

    private static byte[] Lie(byte[] bytes, int at, Random random, bool bigEndian)
    {
        Span<byte> lie = stackalloc byte[4];
        var value = Lies[random.Next(Lies.Length)];
        if (bigEndian) BinaryPrimitives.WriteUInt32BigEndian(lie, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(lie, value);
        var length = Math.Min(random.Next(2) == 0 ? 4 : 2, bytes.Length - at);
        lie[..length].CopyTo(bytes.AsSpan(at));
        return bytes;
    }
}
