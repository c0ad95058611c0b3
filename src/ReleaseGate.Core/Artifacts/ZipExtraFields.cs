using System.Buffers.Binary;
using System.Text;

namespace ReleaseGate.Artifacts;

/// <summary>What a header of a zip and its extra field say together. Source: PKWARE APPNOTE.TXT 6.3.10, 4.5; Info-ZIP's extra field notes.</summary>
/// <param name="Name">The entry's name: that of the Unicode path, where there is one that may replace the other.</param>
/// <param name="NameContradiction">Whether a Unicode path is there and may not.</param>
/// <param name="Damaged">Whether the field ends within one of its parts.</param>
/// <param name="Modified">The time of the last change, UTC, or null.</param>
internal readonly record struct ZipExtraFields(string Name, bool NameContradiction, bool Damaged, DateTime? Modified)
{
    /// <summary>Reads them; numbers that did not fit into the header are replaced (zip64).</summary>
    public static ZipExtraFields Read(ReadOnlySpan<byte> extra, ReadOnlySpan<byte> rawName, ushort flags, ref long compressed, ref long length, ref long offset, ref long disk)
    {
        var utf8 = (flags & 0x800) != 0;
        var name = utf8 ? Encoding.UTF8.GetString(rawName) : CodePage437.GetString(rawName);
        var contradiction = false;
        var damaged = false;
        DateTime? modified = null;
        while (extra.Length >= 4)
        {
            int id = BinaryPrimitives.ReadUInt16LittleEndian(extra), size = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (size > extra.Length - 4)
            {
                damaged = true;
                break;
            }

            var field = extra.Slice(4, size);
            extra = extra[(4 + size)..];
            switch (id)
            {
                case 0x0001: // zip64: only what does not fit, in this order
                    damaged |= !Wide(ref field, ref length) | !Wide(ref field, ref compressed) | !Wide(ref field, ref offset);
                    if (disk == ushort.MaxValue)
                    {
                        if (field.Length < 4) damaged = true;
                        else disk = BinaryPrimitives.ReadUInt32LittleEndian(field);
                    }

                    break;
                case 0x5455 when size >= 5 && (field[0] & 1) != 0: // UT: seconds since 1970, signed
                    var seconds = BinaryPrimitives.ReadInt32LittleEndian(field[1..]);
                    modified = DateTime.UnixEpoch.AddSeconds(seconds);
                    break;
                case 0x7075 when size >= 5 && field[0] == 1: // Info-ZIP Unicode path, valid for the name it was made for
                    var unicode = Encoding.UTF8.GetString(field[5..]);
                    if (BinaryPrimitives.ReadUInt32LittleEndian(field[1..]) != Crc32.Of(rawName) || Skeleton(unicode) != Skeleton(name) || (utf8 && unicode != name)) contradiction = true;
                    else name = unicode;
                    break;
            }
        }

        // A few bytes of alignment are customary (zipalign).
        damaged |= extra.ContainsAnyExcept((byte)0);
        return new ZipExtraFields(name, contradiction, damaged, modified);

        static bool Wide(ref ReadOnlySpan<byte> field, ref long value)
        {
            if (value != uint.MaxValue) return true;
            if (field.Length < 8) return false;
            value = BinaryPrimitives.ReadInt64LittleEndian(field);
            field = field[8..];
            return true;
        }

        // What a code page can neither lose nor change, and where it lost or changed something: nothing but that may be another.
        static string Skeleton(string text)
        {
            var skeleton = new StringBuilder(text.Length);
            foreach (var c in text)
            {
                if (c is < '\x80' and not '?' and not '_') skeleton.Append(c);
                else if (skeleton.Length == 0 || skeleton[^1] != '?') skeleton.Append('?');
            }

            return skeleton.ToString();
        }
    }
}
