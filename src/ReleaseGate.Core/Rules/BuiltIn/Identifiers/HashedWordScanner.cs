using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn.Identifiers;

/// <summary>
/// Finds hashed words: splits text into the parts of its identifiers (at case, digits and <c>- _ . blank</c>) and looks up every run of up to
/// six parts whose letters are as many as some word has. Bytes are sorted and borders found 64 at a time; a part of up to eight letters is one number; of the runs that fit in
/// length one in thousands passes the tags and is hashed.
/// </summary>
internal sealed class HashedWordScanner(HashedWords words) : EntryScanner
{
    // A candidate of the most letters with single separators between its parts, in UTF-16, and what decides about its borders.
    private const int Look = 512;
    private const int Ahead = 16;
    private const int MostParts = 8; // a power of two; one place stays free
    private const int PartsUsed = 6;

    private const int Block = 64;

    private const byte Hard = 0, Soft = 1, Digit = 2, Lower = 3, Upper = 4;

    private static readonly byte[] Classes = MakeClasses();

    private readonly Dictionary<string, Hit> _hits = new(StringComparer.Ordinal);
    private byte[] _narrow = [];
    private long _judged; // candidates that end here or before were looked at

    /// <summary>The occurrences of a word.</summary>
    public sealed record Hit(string Text, long First, int Count);

    /// <summary>By first place.</summary>
    public IEnumerable<Hit> Hits => _hits.Values.OrderBy(h => h.First).ThenBy(h => h.Text, StringComparer.Ordinal);

    public override void Scan(in Chunk chunk)
    {
        var from = Math.Max(0, chunk.FreshStart - Look);
        var buffer = chunk.Buffer[from..];
        var position = chunk.Position - chunk.FreshStart + from;
        Scan(buffer, position, isCut: position > 0, chunk.IsLast);
    }

    /// <summary>Looks at one whole text.</summary>
    public void Scan(ReadOnlySpan<byte> text)
    {
        _judged = 0;
        _hits.Clear();
        Scan(text, 0, isCut: false, isLast: true);
    }

    private void Scan(ReadOnlySpan<byte> buffer, long position, bool isCut, bool isLast)
    {
        var limit = isLast ? buffer.Length : buffer.Length - Ahead;
        if (limit <= 0) return;
        Split(buffer, new View(position, 1, isCut ? 2 : 0, position + limit));
        _judged = position + limit;
    }

    /// <summary>How a span lies in the entry.</summary>
    /// <param name="Position">Where it begins.</param>
    /// <param name="Stride">Bytes for each byte of the span: 2 for text that was UTF-16.</param>
    /// <param name="Whole">Where the first part begins that is known to be whole.</param>
    /// <param name="Limit">Candidates that end behind this place in the entry come again with the next chunk.</param>
    private readonly record struct View(long Position, int Stride, int Whole, long Limit);

    /// <summary>The parts that stand one behind the other, the last eight.</summary>
    private struct Chain
    {
        public Numbers Values;
        public Indices Lengths;
        public Indices Starts;
        public int Count;
        public int End;
    }

    [InlineArray(MostParts)]
    private struct Numbers
    {
        private ulong _first;
    }

    [InlineArray(MostParts)]
    private struct Indices
    {
        private int _first;
    }

    /// <summary>Splits text into parts and judges the runs that end with each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a loop over megabytes in the first call: tiering up comes too late
    private void Split(ReadOnlySpan<byte> bytes, View view)
    {
        var chain = new Chain { End = -2 };
        var border = -1; // behind an escape
        var part = -1; // where the present part begins
        Span<byte> padded = stackalloc byte[Block];
        var wide = false;
        ulong lastLetters = 0, lastUpper = 0, lastLower = 0, lastDigits = 0; // the last bit of the block before, at bit 0
        var lastRun = 0; // letters and separators at the end of the block before
        for (var at = 0; at < bytes.Length; at += Block)
        {
            scoped var block = bytes[at..];
            if (block.Length < Block)
            {
                padded.Clear();
                block.CopyTo(padded);
                block = padded;
            }

            Classify(block[..Block], out var upper, out var lower, out var digits, out var soft, out var zeros);
            var letters = upper | lower | digits;
            wide |= zeros != 0;

            // Fewer than four letters and separators in a row hold no word. What the block before left open is gone through.
            var run = letters | soft;
            if (part < 0 && lastRun == 0 && (run & run >> 1 & run >> 2 & run >> 3) == 0 && (run >> 61) == 0)
            {
                (lastLetters, lastUpper, lastLower, lastDigits) = (0, 0, 0, 0);
                continue;
            }

            lastRun = (int)(run >> 63);
            // What comes behind the block decides about an upper-case letter at its end.
            var nextLower = at + Block < bytes.Length && Classes[bytes[at + Block]] == Lower ? 1UL << 63 : 0;
            var before = letters << 1 | lastLetters;
            var upperBefore = upper << 1 | lastUpper;
            var starts = letters & (~before
                | ((digits << 1 | lastDigits) ^ digits)
                | ((lower << 1 | lastLower) & upper)
                | (upperBefore & upper & (lower >> 1 | nextLower)));
            var ends = before & (~letters | starts);
            (lastLetters, lastUpper, lastLower, lastDigits) = (letters >> 63, upper >> 63, lower >> 63, digits >> 63);

            for (var events = starts | ends; events != 0; events &= events - 1)
            {
                var bit = BitOperations.TrailingZeroCount(events);
                var i = at + bit;
                if (part >= 0 && (ends >> bit & 1) != 0)
                {
                    border = Add(bytes, part, i, border, view, ref chain);
                    part = -1;
                }

                if ((starts >> bit & 1) != 0) part = i;
            }
        }

        if (part >= 0) Add(bytes, part, bytes.Length, border, view, ref chain);
        if (wide && view.Stride == 1) FindWide(bytes, view);
    }

    /// <summary>Adds a part, or two where an escape ends in it, and judges what ends with it. Returns where the present escape ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Add(ReadOnlySpan<byte> bytes, int start, int end, int border, in View view, ref Chain chain)
    {
        // Its letters may be an escape or the begin of a name (C:\falcon): there is a border behind it, and a run across it still counts.
        if (start > 0 && bytes[start - 1] is (byte)'\\' or (byte)'%' && EscapeLength(bytes, start) is var escape and > 0) border = start + escape;
        if (border > start && border < end)
        {
            Judge(bytes, start, border, view, ref chain);
            start = border;
        }

        Judge(bytes, start, end, view, ref chain);
        return border;
    }

    /// <summary>Looks up the runs of parts that end with this one.</summary>
    private void Judge(ReadOnlySpan<byte> bytes, int start, int end, in View view, ref Chain chain)
    {
        // Parts belong together where nothing or one separator is between them.
        if (start != chain.End && (start != chain.End + 1 || Classes[bytes[chain.End]] != Soft)) chain.Count = 0;
        chain.End = end;
        var length = end - start;
        if (length > HashedWords.MaximumLength)
        {
            chain.Count = 0;
            return;
        }

        var slot = chain.Count++ & (MostParts - 1);
        var number = length <= 8 && start + 8 <= bytes.Length
            ? HashedWords.Reduce((BinaryPrimitives.ReadUInt64LittleEndian(bytes[start..]) | 0x2020202020202020) & (ulong.MaxValue >> (64 - 8 * length)))
            : HashedWords.NumberOf(bytes[start..end]);
        chain.Values[slot] = number;
        chain.Lengths[slot] = length;
        chain.Starts[slot] = start;
        var lengths = words.Lengths;
        if ((lengths >> length & 1) != 0 && words.MayHold(number, length)) LookUp(bytes, start, end, view, number, length);
        var least = Math.Max(0, chain.Count - PartsUsed);
        for (var part = chain.Count - 2; part >= least; part--)
        {
            slot = part & (MostParts - 1);
            length += chain.Lengths[slot];
            if (length > HashedWords.MaximumLength) return;
            number = HashedWords.Join(chain.Values[slot], number, chain.Lengths[slot]);
            if ((lengths >> length & 1) != 0 && words.MayHold(number, length)) LookUp(bytes, chain.Starts[slot], end, view, number, length);
        }
    }

    /// <summary>Sorts the bytes of a block: bit n is about byte n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Classify(ReadOnlySpan<byte> block, out ulong upper, out ulong lower, out ulong digits, out ulong soft, out ulong zeros)
    {
        upper = lower = digits = soft = zeros = 0;
        for (var at = 0; at < Block; at += Vector256<byte>.Count)
        {
            var bytes = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(block), (nuint)at);
            var isLetter = Vector256.LessThanOrEqual((bytes | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'), Vector256.Create((byte)25));
            var isLow = Vector256.Equals(bytes & Vector256.Create((byte)0x20), Vector256<byte>.Zero);
            var isDigit = Vector256.LessThanOrEqual(bytes - Vector256.Create((byte)'0'), Vector256.Create((byte)9));
            var isSoft = Vector256.Equals(bytes, Vector256.Create((byte)'-')) | Vector256.Equals(bytes, Vector256.Create((byte)'_'))
                | Vector256.Equals(bytes, Vector256.Create((byte)'.')) | Vector256.Equals(bytes, Vector256.Create((byte)' '));
            upper |= (ulong)(isLetter & isLow).ExtractMostSignificantBits() << at;
            lower |= (ulong)Vector256.AndNot(isLetter, isLow).ExtractMostSignificantBits() << at;
            digits |= (ulong)isDigit.ExtractMostSignificantBits() << at;
            soft |= (ulong)isSoft.ExtractMostSignificantBits() << at;
            zeros |= (ulong)Vector256.Equals(bytes, Vector256<byte>.Zero).ExtractMostSignificantBits() << at;
        }
    }

    /// <summary>Letters with zeros between them are UTF-16: reads them without the zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindWide(ReadOnlySpan<byte> bytes, in View view)
    {
        // Three letters with their zeros make a run worth looking at.
        for (var start = 0; start + 4 < bytes.Length;)
        {
            var zero = bytes[(start + 1)..].IndexOf((byte)0);
            if (zero < 0) return;
            start += zero;
            if (Classes[bytes[start]] == Hard || start + 4 >= bytes.Length || Classes[bytes[start + 2]] == Hard || bytes[start + 3] != 0 || Classes[bytes[start + 4]] == Hard)
            {
                start++;
                continue;
            }

            var length = 0;
            if (_narrow.Length <= bytes.Length / 2) _narrow = new byte[bytes.Length / 2 + 1];
            var at = start;
            for (; at + 1 < bytes.Length && bytes[at + 1] == 0 && bytes[at] != 0; at += 2) _narrow[length++] = bytes[at];
            // The last letter of text in big-endian order has its zero before it.
            if (at + 1 == bytes.Length && Classes[bytes[at]] >= Digit) _narrow[length++] = bytes[at++];
            Split(_narrow.AsSpan(0, length), new View(view.Position + start, 2, start < view.Whole ? 1 : 0, view.Limit));
            start = Math.Max(at, start + 1);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LookUp(ReadOnlySpan<byte> bytes, int start, int end, in View view, ulong number, int length)
    {
        var ends = view.Position + (long)end * view.Stride;
        if (start < view.Whole || ends <= _judged || ends > view.Limit) return;
        Span<byte> word = stackalloc byte[HashedWords.MaximumLength];
        var at = 0;
        foreach (var b in bytes[start..end])
        {
            if (Classes[b] < Digit) continue;
            word[at++] = Classes[b] == Upper ? (byte)(b | 0x20) : b;
        }

        if (at != length) throw new InvalidOperationException("The letters of a candidate were miscounted.");
        if (!words.Holds(word[..length], number)) return;
        var key = Encoding.ASCII.GetString(word[..length]);
        var first = view.Position + (long)start * view.Stride;
        var text = EntryPath.Printable(Encoding.ASCII.GetString(bytes[start..end]));
        if (!_hits.TryGetValue(key, out var hit)) _hits.Add(key, new Hit(text, first, 1));
        // What stands in UTF-16 is looked at behind the rest of its chunk.
        else _hits[key] = first < hit.First ? new Hit(text, first, hit.Count + 1) : hit with { Count = hit.Count + 1 };
    }

    /// <summary>How many letters and digits belong to the escape that a backslash or a percent sign began.</summary>
    private static int EscapeLength(ReadOnlySpan<byte> bytes, int start)
    {
        var rest = bytes[start..];
        if (bytes[start - 1] == '%') return AreHex(rest, 0, 2) ? 2 : 0;
        return rest[0] switch
        {
            (byte)'n' or (byte)'r' or (byte)'t' or (byte)'b' or (byte)'f' or (byte)'v' or (byte)'0' => 1,
            (byte)'x' when AreHex(rest, 1, 2) => 3,
            (byte)'u' when AreHex(rest, 1, 4) => 5,
            _ => 0,
        };
    }

    private static bool AreHex(ReadOnlySpan<byte> bytes, int start, int count)
    {
        if (bytes.Length < start + count) return false;
        foreach (var b in bytes.Slice(start, count))
            if (!char.IsAsciiHexDigit((char)b)) return false;
        return true;
    }

    private static byte[] MakeClasses()
    {
        var classes = new byte[256];
        foreach (var b in "-_. "u8) classes[b] = Soft;
        for (var b = '0'; b <= '9'; b++) classes[b] = Digit;
        for (var b = 'a'; b <= 'z'; b++) classes[b] = Lower;
        for (var b = 'A'; b <= 'Z'; b++) classes[b] = Upper;
        return classes;
    }
}
