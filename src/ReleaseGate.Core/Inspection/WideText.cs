using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Inspection;

/// <summary>
/// The UTF-16 text in a chunk of an entry as one buffer of bytes, so that the same literals are found in it: the user strings of an assembly, version resources, files that
/// Windows wrote. Text with a byte order mark is made into UTF-8. In everything else runs of at least four printable ASCII characters are taken, at even and at odd
/// offsets and in both byte orders, with a zero byte between runs. Kept by a thread and used again.
/// </summary>
internal sealed class WideText
{
    /// <summary>What lies between two runs: no rule takes it for a part of a word, a token or a line.</summary>
    private const byte Separator = 0;

    private const int LeastCharacters = 4;

    private byte[] _text = [];
    private int _length;
    private char[] _characters = [];

    // Where runs start in the text and in the chunk.
    private int[] _runs = [];
    private int[] _origins = [];
    private int _count;

    // Of the entry being read, where it begins with a byte order mark.
    private bool _bigEndian;

    // A place in transcoded text and the same in the chunk; moves forward only.
    private int _cursor;
    private int _cursorOrigin;
    private bool _transcoded;

    /// <summary>The text.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

    /// <summary>Where what stands in the asked range of the chunk begins in <see cref="Text"/>.</summary>
    public int From { get; private set; }

    /// <summary>And where it ends.</summary>
    public int To { get; private set; }

    /// <summary>Takes the text out of a chunk.</summary>
    /// <param name="kind">What the entry is.</param>
    /// <param name="chunk">The bytes, with those around them as context.</param>
    /// <param name="from">Where in the chunk text counts.</param>
    /// <param name="to">Where it ends counting.</param>
    /// <param name="position">Where the chunk begins in the entry.</param>
    /// <returns>Whether there is text in the range.</returns>
    public bool Read(EntryKind kind, ReadOnlySpan<byte> chunk, int from, int to, long position)
    {
        _length = 0;
        _count = 0;
        _transcoded = kind == EntryKind.Utf16Text;
        if (_transcoded)
        {
            Transcode(chunk, from, to, position);
        }
        else
        {
            // Nearly all text ends here.
            if (!chunk.Contains((byte)0)) return false;
            Narrow(chunk);
            From = IndexOf(from);
            To = IndexOf(to);
        }

        return From < To;
    }

    /// <summary>Where in the chunk a piece of <see cref="Text"/> came from, or -1 for one that is not a piece of one run. Asked in ascending order.</summary>
    public int OriginOf(int start, int length)
    {
        if (_transcoded)
        {
            // Every code unit became one or more bytes, a damaged one the replacement character.
            _cursorOrigin += 2 * Encoding.UTF8.GetCharCount(_text, _cursor, start - _cursor);
            _cursor = start;
            return _cursorOrigin;
        }

        var run = RunOf(_runs, start);
        return start + length <= EndOf(run) ? _origins[run] + 2 * (start - _runs[run]) : -1;
    }

    private void Transcode(ReadOnlySpan<byte> chunk, int from, int to, long position)
    {
        if (position == 0)
        {
            _bigEndian = chunk[0] == 0xFE;
            from = Math.Max(2, from); // the mark itself is no text
        }

        // The chunks begin at even positions; a last odd byte is no character.
        from &= ~1;
        to = Math.Max(from, to & ~1);
        Reserve(chunk.Length / 2 * 3);
        Append(chunk[(position == 0 ? 2 : 0)..from]);
        (From, _cursor, _cursorOrigin) = (_length, _length, from);
        Append(chunk[from..to]);
        To = _length;
        Append(chunk[to..(chunk.Length & ~1)]);
    }

    private void Append(ReadOnlySpan<byte> units)
    {
        if (_characters.Length < units.Length / 2) _characters = new char[units.Length / 2];
        var count = (_bigEndian ? Encoding.BigEndianUnicode : Encoding.Unicode).GetChars(units, _characters);
        _length += Encoding.UTF8.GetBytes(_characters.AsSpan(0, count), _text.AsSpan(_length));
    }

    // A candidate: three characters, each followed by a zero byte. Text of the other byte order is such a run too, from its first character on; only its last
    // one lacks the zero, and is taken in afterwards.
    private void Narrow(ReadOnlySpan<byte> chunk)
    {
        Reserve(chunk.Length);
        ref var bytes = ref MemoryMarshal.GetReference(chunk);
        var position = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            // A block looks at 65 bytes.
            while (position + 65 <= chunk.Length)
            {
                var wide = Wide(ref Unsafe.Add(ref bytes, position));
                // What stands behind the block is hoped for.
                var candidates = wide & (wide >> 2 | 3UL << 62) & (wide >> 4 | 15UL << 60);
                if (candidates == 0)
                {
                    position += 64;
                    continue;
                }

                position += BitOperations.TrailingZeroCount(candidates);
                position = Take(chunk, position);
            }
        }

        while (position + 5 < chunk.Length)
        {
            if (IsWide(chunk, position) && IsWide(chunk, position + 2) && IsWide(chunk, position + 4)) position = Take(chunk, position);
            else position++;
        }
    }

    /// <summary>Bit n: a printable character stands at n, no blank but the space, and a zero behind it.</summary>
    private static ulong Wide(ref byte block) =>
        WideQuarter(ref block) | WideQuarter(ref Unsafe.Add(ref block, 16)) << 16 | WideQuarter(ref Unsafe.Add(ref block, 32)) << 32 | WideQuarter(ref Unsafe.Add(ref block, 48)) << 48;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong WideQuarter(ref byte bytes)
    {
        var printable = Vector128.LessThan(Vector128.LoadUnsafe(ref bytes) - Vector128.Create((byte)' '), Vector128.Create((byte)('~' - ' ' + 1)));
        return (printable & Vector128.Equals(Vector128.LoadUnsafe(ref bytes, 1), Vector128<byte>.Zero)).ExtractMostSignificantBits();
    }

    private static bool IsPrintable(byte value) => value is >= (byte)' ' and <= (byte)'~' or >= (byte)'\t' and <= (byte)'\r';

    private static bool IsWide(ReadOnlySpan<byte> chunk, int at) => at + 1 < chunk.Length && chunk[at + 1] == 0 && IsPrintable(chunk[at]);

    /// <summary>Appends the run that begins at a position, if it is long enough; returns where to go on.</summary>
    private int Take(ReadOnlySpan<byte> chunk, int start)
    {
        var begin = _length;
        var at = start;
        if (Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian)
        {
            // Eight characters at once.
            while (at + 16 <= chunk.Length)
            {
                var units = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(chunk), (nuint)at).AsUInt16();
                var printable = Vector128.LessThan(units - Vector128.Create((ushort)' '), Vector128.Create((ushort)('~' - ' ' + 1)))
                    | Vector128.LessThan(units - Vector128.Create((ushort)'\t'), Vector128.Create((ushort)5));
                if (printable.ExtractMostSignificantBits() != 0xFF) break;
                BitConverter.TryWriteBytes(_text.AsSpan(_length), Vector128.Narrow(units, units).AsUInt64().ToScalar());
                _length += 8;
                at += 16;
            }
        }

        for (; IsWide(chunk, at); at += 2) _text[_length++] = chunk[at];

        // Units of big-endian text begin with the zero: at even offsets, as nearly all text is, the characters then stand at odd ones.
        if ((start & 1) != 0 && chunk[start - 1] == 0 && at < chunk.Length && IsPrintable(chunk[at])) _text[_length++] = chunk[at];
        if (_length - begin < LeastCharacters)
        {
            _length = begin;
            return start + 1;
        }

        _runs[_count] = begin;
        _origins[_count++] = start;
        _text[_length++] = Separator;
        return at;
    }

    private void Reserve(int length)
    {
        // Runs never overlap: a character of one would be a zero of the other. So each takes at least seven bytes.
        if (_text.Length < length + 16) _text = new byte[length + 16];
        if (_transcoded || _runs.Length >= length / 7 + 1) return;
        _runs = new int[length / 7 + 1];
        _origins = new int[length / 7 + 1];
    }

    /// <summary>The first place in the text that came from a place in the chunk or from behind it.</summary>
    private int IndexOf(int origin)
    {
        var run = RunOf(_origins, origin);
        if (run < 0) return 0;
        return Math.Min(EndOf(run) + 1, _runs[run] + (origin - _origins[run] + 1) / 2);
    }

    private int EndOf(int run) => (run + 1 < _count ? _runs[run + 1] : _length) - 1;

    /// <summary>The last run that starts at a place or before it.</summary>
    private int RunOf(int[] starts, int place)
    {
        var found = Array.BinarySearch(starts, 0, _count, place);
        return found >= 0 ? found : ~found - 1;
    }
}
