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
/// length one in thousands passes the tags and is hashed. Runs of letters and separators shorter than the shortest word are not split at all.
/// </summary>
internal sealed class HashedWordScanner(HashedWords words) : EntryScanner
{
    // A candidate of the most letters with single separators between its parts, in UTF-16, and what decides about its borders.
    private const int Look = 512;
    private const int Ahead = 16;
    private const int MostParts = 256;
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
        Split(buffer, new View(position, 1, isCut ? 2 : 0, isLast ? long.MaxValue : position + limit));
        _judged = position + limit;
    }

    /// <summary>How a span lies in the entry.</summary>
    /// <param name="Position">Where it begins.</param>
    /// <param name="Stride">Bytes for each byte of the span: 2 for text that was UTF-16.</param>
    /// <param name="Whole">Where the first part begins that is known to be whole.</param>
    /// <param name="Limit">Candidates that end behind this place in the entry come again with the next chunk.</param>
    private readonly record struct View(long Position, int Stride, int Whole, long Limit);

    /// <summary>A part of an identifier, and the run of parts that ends with it and is judged at the moment.</summary>
    private struct Part
    {
        public int Start;
        public int End;
        public ulong Number;
        public ulong RunNumber;
        public int RunLength; // letters
        public int Chained; // how many parts stand one behind the other and end with this
    }

    /// <summary>Parts of a text in order.</summary>
    private ref struct Parts(Span<Part> all, Span<int> open, Span<int> found)
    {
        public readonly Span<Part> All = all;
        public readonly Span<int> Open = open; // parts whose runs go on before
        public readonly Span<int> Found = found; // parts whose run may be a word
        public int Begun; // the last one may be open
        public int Ended;
        public int Judged;

        /// <summary>Keeps what later parts may go on from.</summary>
        public void MakeRoom()
        {
            var keep = Math.Max(0, Judged - PartsUsed);
            All[keep..Begun].CopyTo(All);
            Begun -= keep;
            Ended -= keep;
            Judged -= keep;
        }
    }

    /// <summary>Splits text into parts and judges the runs that end with each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a loop over megabytes in the first call: tiering up comes too late
    private void Split(ReadOnlySpan<byte> bytes, View view)
    {
        var parts = new Parts(stackalloc Part[MostParts], stackalloc int[MostParts], stackalloc int[MostParts]);
        Span<byte> padded = stackalloc byte[Block];
        ulong lastLetters = 0, lastUpper = 0, lastLower = 0, lastDigits = 0, lastEscapes = 0; // the last bit of the block before, at bit 0
        ulong lastRun = 0, lastWide = 0;
        var border = -1; // behind an escape, in this block
        var shortest = words.Shortest;
        var wideEnd = 0;
        for (var at = 0; at < bytes.Length; at += Block)
        {
            scoped var block = bytes[at..];
            if (block.Length < Block)
            {
                padded.Clear();
                block.CopyTo(padded);
                block = padded;
            }

            Classify(block[..Block], out var upper, out var lower, out var digits, out var soft, out var escapes, out var zeros);
            var letters = upper | lower | digits;
            var run = letters | soft;
            if (view.Stride == 1)
            {
                // Three letters with their zeros make UTF-16 worth looking at.
                var wide = run & (zeros >> 1 | (at + Block < bytes.Length && bytes[at + Block] == 0 ? 1UL << 63 : 0));
                for (var third = wide & (wide << 2 | lastWide >> 62) & (wide << 4 | lastWide >> 60); third != 0; third &= third - 1)
                {
                    var start = at + BitOperations.TrailingZeroCount(third) - 4;
                    if (start >= wideEnd) wideEnd = SplitWide(bytes, start, view);
                }

                lastWide = wide;
            }

            // Fewer than four letters and separators in a row hold no word. What the block before left open is gone through.
            if (lastRun == 0 && (run & run >> 1 & run >> 2 & run >> 3) == 0 && run >> 61 == 0)
            {
                (lastLetters, lastUpper, lastLower, lastDigits, lastEscapes) = (0, 0, 0, 0, escapes >> 63);
                continue;
            }

            // Of the runs only those that may hold a word; one that goes across the begin or the end of the block counts as long.
            var held = run;
            for (int reached = 1, step; reached < shortest; reached += step)
            {
                step = Math.Min(reached, shortest - reached);
                held &= held >> step | ~(ulong.MaxValue >> step);
            }

            for (int reached = 1, step; reached < shortest; reached += step)
            {
                step = Math.Min(reached, shortest - reached);
                held |= held << step;
            }

            // What the block before left open: adding carries through the ones at the begin.
            held |= run & ~(run + lastRun);
            letters &= held;
            lastRun = run >> 63;
            // What comes behind the block decides about an upper-case letter at its end.
            var nextLower = at + Block < bytes.Length && Classes[bytes[at + Block]] == Lower ? 1UL << 63 : 0;
            var before = letters << 1 | lastLetters;
            var starts = letters & (~before
                | ((digits << 1 | lastDigits) ^ digits)
                | ((lower << 1 | lastLower) & upper)
                | ((upper << 1 | lastUpper) & upper & (lower >> 1 | nextLower)));

            // Letters behind a backslash may be an escape or the begin of a name (C:\falcon): there is a border behind them, and a run across it still counts.
            var added = border >= 0 ? 1UL << border : 0;
            border = -1;
            for (var escaped = starts & (escapes << 1 | lastEscapes); escaped != 0; escaped &= escaped - 1)
            {
                var bit = BitOperations.TrailingZeroCount(escaped);
                bit += EscapeLength(bytes, at + bit);
                if (bit < Block) added |= 1UL << bit;
                else border = bit - Block;
            }

            starts |= added & letters & before;
            var ends = before & (~letters | starts);
            (lastLetters, lastUpper, lastLower, lastDigits, lastEscapes) = (letters >> 63, upper >> 63, lower >> 63, digits >> 63, escapes >> 63);

            for (; starts != 0; starts &= starts - 1) parts.All[parts.Begun++].Start = at + BitOperations.TrailingZeroCount(starts);
            for (; ends != 0; ends &= ends - 1) parts.All[parts.Ended++].End = at + BitOperations.TrailingZeroCount(ends);
            if (parts.Begun <= MostParts - Block) continue;
            Judge(bytes, view, ref parts);
            parts.MakeRoom();
        }

        if (parts.Begun > parts.Ended) parts.All[parts.Ended++].End = bytes.Length;
        Judge(bytes, view, ref parts);
    }

    /// <summary>
    /// Looks up the runs of parts that end with those not judged yet: first all of one part, then of two and so on, each only where parts are linked so far. Loops without
    /// branches that depend on the text: a wrong guess costs more than all the rest of a part.
    /// </summary>
    private void Judge(ReadOnlySpan<byte> bytes, in View view, ref Parts parts)
    {
        var open = JudgeSingle(bytes, ref parts, out var found);
        for (var before = 0; ; before++)
        {
            for (var i = 0; i < found; i++)
            {
                ref var part = ref parts.All[parts.Found[i]];
                LookUp(bytes, parts.All[parts.Found[i] - before].Start, part.End, view, part.RunNumber, part.RunLength);
            }

            if (open == 0 || before == PartsUsed - 1) break;
            open = JudgeLonger(ref parts, before + 1, open, out found);
        }

        parts.Judged = parts.Ended;
    }

    /// <summary>Finds the numbers of parts, how they are linked, and which of them may be words. Returns how many runs go on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)] // alone it has the registers it needs
    private int JudgeSingle(ReadOnlySpan<byte> bytes, ref Parts parts, out int found)
    {
        ref var all = ref MemoryMarshal.GetReference(parts.All);
        ref var open = ref MemoryMarshal.GetReference(parts.Open);
        ref var hits = ref MemoryMarshal.GetReference(parts.Found);
        ref var text = ref MemoryMarshal.GetReference(bytes);
        ref var coarse = ref MemoryMarshal.GetReference(words.Coarse);
        ref var classes = ref MemoryMarshal.GetArrayDataReference(Classes);
        var factor = words.Factor;
        var readable = bytes.Length - 8;
        var (first, last) = (parts.Judged, parts.Ended);
        var (chained, previousEnd) = first > 0 ? (Unsafe.Add(ref all, first - 1).Chained, Unsafe.Add(ref all, first - 1).End) : (0, -256);
        nint goOn = 0, hit = 0;
        for (nint i = first; i < last; i++)
        {
            ref var part = ref Unsafe.Add(ref all, i);
            var start = part.Start;
            var length = part.End - start;
            // Parts belong together where nothing is between them, or one separator, whose class is 1. In front of a part is no letter otherwise.
            var gap = start - previousEnd;
            var linked = (gap - Unsafe.Add(ref classes, Unsafe.Add(ref text, Math.Max(0, start - 1))) - 1) >> 31;
            chained = (chained & linked) + 1;
            previousEnd = part.End;
            ulong number;
            if (length <= 8 && start <= readable)
            {
                var letters = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, start));
                if (!BitConverter.IsLittleEndian) letters = BinaryPrimitives.ReverseEndianness(letters);
                number = HashedWords.Reduce((letters | 0x2020202020202020) & (ulong.MaxValue >> (-8 * length)));
            }
            else
            {
                number = 0;
                if (length > words.Longest) chained = 0; // no word goes across it
                else number = HashedWords.NumberOf(bytes.Slice(start, length));
            }

            part.Number = number;
            part.RunNumber = number;
            part.RunLength = length;
            part.Chained = chained;
            Unsafe.Add(ref open, goOn) = (int)i;
            goOn += (nint)((uint)(1 - chained) >> 31);
            Unsafe.Add(ref hits, hit) = (int)i;
            hit += MayHold(ref coarse, number * factor, length);
        }

        found = (int)hit;
        return (int)goOn;
    }

    /// <summary>Takes one more part to the front of each run that goes on, and finds which of them may be words. Returns how many go on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)] // alone it has the registers it needs
    private int JudgeLonger(ref Parts parts, int before, int count, out int found)
    {
        ref var all = ref MemoryMarshal.GetReference(parts.All);
        ref var open = ref MemoryMarshal.GetReference(parts.Open);
        ref var hits = ref MemoryMarshal.GetReference(parts.Found);
        ref var coarse = ref MemoryMarshal.GetReference(words.Coarse);
        var factor = words.Factor;
        var longest = words.Longest;
        nint goOn = 0, hit = 0;
        for (nint i = 0; i < count; i++)
        {
            var index = Unsafe.Add(ref open, i);
            ref var part = ref Unsafe.Add(ref all, index);
            ref var first = ref Unsafe.Add(ref all, index - before);
            var letters = first.End - first.Start;
            var number = HashedWords.Join(first.Number, part.RunNumber, letters);
            var length = part.RunLength + letters;
            part.RunNumber = number;
            part.RunLength = length;
            Unsafe.Add(ref open, goOn) = index;
            goOn += (nint)((uint)((before + 1 - part.Chained) & (length - longest)) >> 31);
            Unsafe.Add(ref hits, hit) = index;
            hit += MayHold(ref coarse, number * factor, length);
        }

        found = (int)hit;
        return (int)goOn;
    }

    /// <summary>1 where a word may have this product of its number and the factor, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint MayHold(ref ulong coarse, ulong product, int length)
    {
        var at = product >> 50 | (ulong)(length & 15) << 14; // within the table, whatever the product and the length
        return (nint)(Unsafe.Add(ref coarse, (nuint)(at >> 6)) >> (int)(at & 63) & 1);
    }

    /// <summary>Sorts the bytes of a block: bit n is about byte n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Classify(ReadOnlySpan<byte> block, out ulong upper, out ulong lower, out ulong digits, out ulong soft, out ulong escapes, out ulong zeros)
    {
        upper = lower = digits = soft = escapes = zeros = 0;
        for (var at = 0; at < Block; at += Vector256<byte>.Count)
        {
            var bytes = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(block), (nuint)at);
            var isLetter = Vector256.LessThanOrEqual((bytes | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'), Vector256.Create((byte)25));
            var isLow = Vector256.Equals(bytes & Vector256.Create((byte)0x20), Vector256<byte>.Zero);
            var isDigit = Vector256.LessThanOrEqual(bytes - Vector256.Create((byte)'0'), Vector256.Create((byte)9));
            var isSoft = Vector256.Equals(bytes, Vector256.Create((byte)'-')) | Vector256.Equals(bytes, Vector256.Create((byte)'_'))
                | Vector256.Equals(bytes, Vector256.Create((byte)'.')) | Vector256.Equals(bytes, Vector256.Create((byte)' '));
            var isEscape = Vector256.Equals(bytes, Vector256.Create((byte)'\\')) | Vector256.Equals(bytes, Vector256.Create((byte)'%'));
            upper |= (ulong)(isLetter & isLow).ExtractMostSignificantBits() << at;
            lower |= (ulong)Vector256.AndNot(isLetter, isLow).ExtractMostSignificantBits() << at;
            digits |= (ulong)isDigit.ExtractMostSignificantBits() << at;
            soft |= (ulong)isSoft.ExtractMostSignificantBits() << at;
            escapes |= (ulong)isEscape.ExtractMostSignificantBits() << at;
            zeros |= (ulong)Vector256.Equals(bytes, Vector256<byte>.Zero).ExtractMostSignificantBits() << at;
        }
    }

    /// <summary>Letters with zeros between them are UTF-16: reads them without the zeros. Returns where they end.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int SplitWide(ReadOnlySpan<byte> bytes, int start, View view)
    {
        // A backslash in front says that the first letter may be an escape.
        if (start >= 2 && bytes[start - 1] == 0 && bytes[start - 2] is (byte)'\\' or (byte)'%') start -= 2;
        var length = 0;
        if (_narrow.Length <= bytes.Length / 2) _narrow = new byte[bytes.Length / 2 + 1];
        var at = start;
        for (; at + 1 < bytes.Length && bytes[at + 1] == 0 && bytes[at] != 0; at += 2) _narrow[length++] = bytes[at];
        // The last letter of text in big-endian order has its zero before it.
        if (at + 1 == bytes.Length && Classes[bytes[at]] >= Digit) _narrow[length++] = bytes[at++];
        Split(_narrow.AsSpan(0, length), new View(view.Position + start, 2, start < view.Whole ? 1 : 0, view.Limit));
        return at;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LookUp(ReadOnlySpan<byte> bytes, int start, int end, in View view, ulong number, int length)
    {
        var ends = view.Position + (long)end * view.Stride;
        if (start < view.Whole || ends <= _judged || ends > view.Limit || !words.HasTag(number * words.Factor, length)) return;
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
