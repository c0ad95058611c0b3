using System.Text;

namespace ReleaseGate.Artifacts;

/// <summary>
/// One 512-byte tar header block: POSIX.1-1988 ustar with the GNU and star extensions of numeric fields.
/// Source: POSIX.1-2017 pax, "ustar Interchange Format"; the GNU tar manual, "Basic Tar Format".
/// </summary>
internal static class TarHeader
{
    public const int Size = 512;

    /// <summary>Compares the stored checksum with the sum of the bytes, unsigned as POSIX says, or signed as some old programs did.</summary>
    public static bool ChecksumHolds(ReadOnlySpan<byte> block)
    {
        if (!TryNumber(block.Slice(148, 8), out var stored)) return false;
        long unsigned = 8 * ' ', signed = 8 * ' ';
        for (var i = 0; i < Size; i++)
        {
            if (i is >= 148 and < 156) continue;
            unsigned += block[i];
            signed += (sbyte)block[i];
        }

        // 256 is the sum of a block of zeros with a blank checksum field; a block that says nothing else is no header.
        return (stored == unsigned || stored == signed) && block[..148].ContainsAnyExcept((byte)0);
    }

    /// <summary>Reads an octal or base-256 field; an empty field is 0.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if ((field[0] & 0x80) != 0)
        {
            var negative = (field[0] & 0x40) != 0;
            // Big-endian two's complement in the remaining bits; whatever does not fit 63 bits is nonsense here.
            value = negative ? -1 : 0;
            for (var i = 0; i < field.Length; i++)
            {
                var part = i == 0 ? (negative ? field[0] | 0x80 : field[0] & 0x3f) : field[i];
                if (i == 0) value = negative ? (sbyte)part : part;
                else
                {
                    if (value is > long.MaxValue >> 8 or < long.MinValue >> 8) return false;
                    value = (value << 8) | (byte)part;
                }
            }

            return true;
        }

        var position = 0;
        while (position < field.Length && field[position] == ' ') position++;
        for (; position < field.Length && field[position] is >= (byte)'0' and <= (byte)'7'; position++)
        {
            if (value > long.MaxValue >> 3) return false;
            value = (value << 3) | (long)(field[position] - '0');
        }

        // What follows the digits must be the terminator.
        return position == field.Length || field[position] is 0 or (byte)' ';
    }

    /// <summary>A text field up to its NUL. Bytes that are no UTF-8 become U+FFFD, which RG6001 reports.</summary>
    public static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    public static bool IsUstar(ReadOnlySpan<byte> block) => block.Slice(257, 5).SequenceEqual("ustar"u8);

    /// <summary>
    /// Why programs may take another name or target out of the block than <see cref="Name"/> and <see cref="Text"/> do, or null: bytes behind the NUL that ends one of them
    /// (some go on reading at a line end), a prefix in a version of the format that not all take one from.
    /// </summary>
    public static string? Ambiguity(ReadOnlySpan<byte> block)
    {
        var isPosix = block.Slice(257, 6).SequenceEqual("ustar\0"u8);
        // As star does and npm after it: a prefix of 130 bytes, a NUL, then two times.
        var prefix = block.Slice(345, block[475] == 0 ? 130 : 155);
        if (IsDirty(block[..100]) || IsDirty(block.Slice(157, 100)) || (isPosix && IsDirty(prefix))) return "bytes follow the end of a name in its header";
        return isPosix && block[345] != 0 && !block.Slice(263, 2).SequenceEqual("00"u8) ? "its header is of an unknown version and has a prefix; programs differ in whether that belongs to its name" : null;
    }

    private static bool IsDirty(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return end >= 0 && field[end..].ContainsAnyExcept((byte)0);
    }

    /// <summary>The name, with the ustar prefix where the block is of POSIX format (GNU keeps times there).</summary>
    public static string Name(ReadOnlySpan<byte> block)
    {
        var name = Text(block[..100]);
        if (!block.Slice(257, 6).SequenceEqual("ustar\0"u8)) return name;
        var prefix = Text(block.Slice(345, 155));
        return prefix.Length == 0 ? name : prefix + "/" + name;
    }
}
