using System.Buffers.Binary;
using System.Numerics;

namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>
/// Marvin32, the keyed checksum in Microsoft's identifiable secrets: the Marvin of US patent 20130262421 that .NET hashes strings with, folded to 32 bits.
/// Checked against the example keys that NuGetGallery and the Entra documentation publish.
/// </summary>
internal static class Marvin32
{
    /// <summary>The seed that eight ASCII characters stand for, e.g. <c>Default0</c>.</summary>
    public static ulong Seed(ReadOnlySpan<byte> name) => BinaryPrimitives.ReadUInt64BigEndian(name);

    /// <summary>The checksum of bytes under a seed.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes, ulong seed)
    {
        var a = (uint)seed;
        var b = (uint)(seed >> 32);
        for (; bytes.Length >= 4; bytes = bytes[4..])
        {
            a += BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            Mix(ref a, ref b);
        }

        // What is left, and a bit that marks its end.
        var last = 0x80u;
        for (var i = bytes.Length - 1; i >= 0; i--) last = last << 8 | bytes[i];
        a += last;
        Mix(ref a, ref b);
        Mix(ref a, ref b);
        return a ^ b;
    }

    private static void Mix(ref uint a, ref uint b)
    {
        b ^= a;
        a = BitOperations.RotateLeft(a, 20) + b;
        b = BitOperations.RotateLeft(b, 9) ^ a;
        a = BitOperations.RotateLeft(a, 27) + b;
        b = BitOperations.RotateLeft(b, 19);
    }
}
