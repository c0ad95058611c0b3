using System.Text;

namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>The encodings tokens are written in. Decoders fail on a character outside of their alphabet and never allocate.</summary>
internal static class TokenCodec
{
    /// <summary>Decodes base64 (RFC 4648) in the common or in the URL alphabet, without padding.</summary>
    /// <param name="text">The text; bits that make no whole byte are dropped.</param>
    /// <param name="to">Where the bytes go.</param>
    /// <param name="written">How many there are.</param>
    /// <returns>False where a character is none of base64, or the bytes don't fit.</returns>
    public static bool TryBase64(ReadOnlySpan<byte> text, Span<byte> to, out int written)
    {
        written = 0;
        uint bits = 0;
        var count = 0;
        foreach (var c in text)
        {
            var value = Base64Value(c);
            if (value < 0) return false;
            bits = bits << 6 | (uint)value;
            count += 6;
            if (count < 8) continue;
            count -= 8;
            if (written == to.Length) return false;
            to[written++] = (byte)(bits >> count);
        }

        return true;
    }

    /// <summary>The six bits a base64 character stands for, in either alphabet; -1 for others.</summary>
    public static int Base64Value(byte c) => c switch
    {
        >= (byte)'A' and <= (byte)'Z' => c - 'A',
        >= (byte)'a' and <= (byte)'z' => c - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => c - '0' + 52,
        (byte)'+' or (byte)'-' => 62,
        (byte)'/' or (byte)'_' => 63,
        _ => -1,
    };

    /// <summary>Decodes base32 (RFC 4648) of either case, without padding.</summary>
    /// <returns>False where a character is none of base32, or the bytes don't fit.</returns>
    public static bool TryBase32(ReadOnlySpan<byte> text, Span<byte> to, out int written)
    {
        written = 0;
        uint bits = 0;
        var count = 0;
        foreach (var c in text)
        {
            var value = (c | 0x20) is >= 'a' and <= 'z' ? (c | 0x20) - 'a' : c is >= (byte)'2' and <= (byte)'7' ? c - '2' + 26 : -1;
            if (value < 0) return false;
            bits = bits << 5 | (uint)value;
            count += 5;
            if (count < 8) continue;
            count -= 8;
            if (written == to.Length) return false;
            to[written++] = (byte)(bits >> count);
        }

        return true;
    }

    /// <summary>Reads hexadecimal digits of either case, at most 16.</summary>
    public static bool TryHex(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        foreach (var c in text)
        {
            var digit = c is >= (byte)'0' and <= (byte)'9' ? c - '0' : (c | 0x20) is >= 'a' and <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
            if (digit < 0) return false;
            value = value << 4 | (uint)digit;
        }

        return text.Length is > 0 and <= 16;
    }

    /// <summary>Reads base62 (<c>0-9A-Za-z</c>), the first digit the highest, at most 10 of them.</summary>
    public static bool TryBase62(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        foreach (var c in text)
        {
            var digit = c switch
            {
                >= (byte)'0' and <= (byte)'9' => c - '0',
                >= (byte)'A' and <= (byte)'Z' => c - 'A' + 10,
                >= (byte)'a' and <= (byte)'z' => c - 'a' + 36,
                _ => -1,
            };
            if (digit < 0) return false;
            value = value * 62 + (uint)digit;
        }

        return text.Length is > 0 and <= 10;
    }

    /// <summary>Reads base36 (<c>0-9a-z</c>), the first digit the highest, at most 12 of them.</summary>
    public static bool TryBase36(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        foreach (var c in text)
        {
            var digit = c is >= (byte)'0' and <= (byte)'9' ? c - '0' : c is >= (byte)'a' and <= (byte)'z' ? c - 'a' + 10 : -1;
            if (digit < 0) return false;
            value = value * 36 + (uint)digit;
        }

        return text.Length is > 0 and <= 12;
    }

    /// <summary>Writes a number with the digits of an alphabet, the highest first.</summary>
    /// <param name="value">The number.</param>
    /// <param name="alphabet">The digits, from that for 0 on.</param>
    /// <param name="to">Filled from its start; as long as the digits at most.</param>
    /// <returns>How many digits there are; at least one.</returns>
    public static int Digits(uint value, ReadOnlySpan<byte> alphabet, Span<byte> to)
    {
        Span<byte> reversed = stackalloc byte[32];
        var count = 0;
        do
        {
            reversed[count++] = alphabet[(int)(value % (uint)alphabet.Length)];
            value /= (uint)alphabet.Length;
        }
        while (value != 0);
        for (var i = 0; i < count; i++) to[i] = reversed[count - 1 - i];
        return count;
    }

    /// <summary>Bytes as text, for a detail of a finding.</summary>
    public static string Text(ReadOnlySpan<byte> ascii) => Encoding.Latin1.GetString(ascii);
}
