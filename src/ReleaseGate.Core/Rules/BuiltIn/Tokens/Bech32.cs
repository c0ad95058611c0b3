namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>The checksum of Bech32 (BIP 173).</summary>
internal static class Bech32
{
    private static ReadOnlySpan<byte> Alphabet => "qpzry9x8gf2tvdw0s3jn54khce6mua7l"u8;

    private static ReadOnlySpan<uint> Generator => [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    /// <summary>Whether the checksum holds.</summary>
    /// <param name="prefix">The human-readable part, in lower case.</param>
    /// <param name="data">What follows the separator <c>1</c>, in upper or lower case, with the checksum.</param>
    public static bool Holds(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> data)
    {
        var state = 1u;
        foreach (var c in prefix) Step(ref state, (uint)c >> 5);
        Step(ref state, 0);
        foreach (var c in prefix) Step(ref state, (uint)c & 31);
        foreach (var c in data)
        {
            var value = Alphabet.IndexOf(c is >= (byte)'A' and <= (byte)'Z' ? (byte)(c | 0x20) : c);
            if (value < 0) return false;
            Step(ref state, (uint)value);
        }

        return state == 1;
    }

    private static void Step(ref uint state, uint value)
    {
        var top = state >> 25;
        state = (state & 0x1ffffff) << 5 ^ value;
        for (var i = 0; i < 5; i++)
            if ((top >> i & 1) != 0) state ^= Generator[i];
    }
}
