using System.Runtime.CompilerServices;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn.Identifiers;

/// <summary>
/// Finds hashed words: splits text into the parts of its identifiers (at case, digits and <c>- _ . blank</c>) and looks up every run of up to
/// six parts whose letters are as many as some word has. A part in the middle costs a multiplication a byte; of runs that fit in length one in thousands passes the tags
/// and is hashed.
/// </summary>
internal sealed class HashedWordScanner(HashedWords words) : EntryScanner
{
    // A candidate of the most letters with single separators between its parts, in UTF-16, and what decides about its borders.
    private const int Look = 512;
    private const int Ahead = 16;
    private const int MostParts = 8; // a power of two; one place stays free
    private const int PartsUsed = 6;
    private const int ShownLength = 80;

    private const byte Hard = 0, Soft = 1, Digit = 2, Lower = 3, Upper = 4, EscapeEnd = 5;

    private static readonly byte[] Classes = MakeClasses();

    private readonly Dictionary<string, Hit> _hits = new(StringComparer.Ordinal);
    private byte[] _narrow = [];
    private long _judged; // candidates that end here or before were looked at

    /// <summary>The occurrences of a word.</summary>
    public sealed record Hit(string Text, long First)
    {
        public int Count { get; set; } = 1;
    }

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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a loop over megabytes in the first call: tiering up comes too late
    private void Split(ReadOnlySpan<byte> bytes, View view)
    {
        var classes = Classes.AsSpan();
        var sums = default(Numbers);
        var letters = default(Indices);
        var starts = default(Indices);
        var parts = 0;
        var factor = words.Base;
        ulong sum = 0;
        var count = 0;
        var previous = Hard;
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            var c = classes[b];
            if (c == Lower && previous == Lower)
            {
                sum = sum * factor + b;
                count++;
                continue;
            }

            if (c < Digit)
            {
                if (previous >= Digit) Judge(bytes, i, view, in sums, in letters, in starts, parts, sum, count);
                // Two separators in a row part for good.
                if (c == Hard || previous == Soft) parts = 0;
                previous = c;
                continue;
            }

            var begins = true;
            if (previous >= Digit)
            {
                begins = previous == EscapeEnd
                    || (previous == Digit) != (c == Digit)
                    || (c == Upper && (previous == Lower || (previous == Upper && i + 1 < bytes.Length && classes[bytes[i + 1]] == Lower)));
                if (begins) Judge(bytes, i, view, in sums, in letters, in starts, parts, sum, count);
            }
            else if (view.Stride == 1 && i + 3 < bytes.Length && bytes[i + 1] == 0 && bytes[i + 2] != 0 && bytes[i + 3] == 0)
            {
                i = SplitWide(bytes, i, view) - 1;
                previous = Hard;
                parts = 0;
                continue;
            }

            if (begins)
            {
                if (parts == 0) (sum, count) = (0, 0);
                var slot = parts & (MostParts - 1);
                sums[slot] = sum;
                letters[slot] = count;
                starts[slot] = i;
                parts++;
            }

            sum = sum * factor + (c == Upper ? (byte)(b | 0x20) : b);
            count++;
            if (begins && i > 0 && bytes[i - 1] is (byte)'\\' or (byte)'%' && EscapeLength(bytes, i) is var escape and > 0)
            {
                // Its letters may be an escape or the begin of a name (C:\falcon): there is a border behind it, and a run across it still counts.
                for (; escape > 1; escape--)
                {
                    b = bytes[++i];
                    sum = sum * factor + (byte)(classes[b] == Upper ? b | 0x20 : b);
                    count++;
                }

                previous = EscapeEnd;
                continue;
            }

            previous = c;
        }

        if (previous >= Digit) Judge(bytes, bytes.Length, view, in sums, in letters, in starts, parts, sum, count);
    }

    /// <summary>Letters with zeros between them are UTF-16: reads them without the zeros. Returns where they end.</summary>
    private int SplitWide(ReadOnlySpan<byte> bytes, int start, View view)
    {
        var length = 0;
        if (_narrow.Length <= bytes.Length / 2) _narrow = new byte[bytes.Length / 2 + 1];
        var at = start;
        for (; at + 1 < bytes.Length && bytes[at + 1] == 0 && bytes[at] != 0; at += 2) _narrow[length++] = bytes[at];
        // The last letter of text in big-endian order has its zero before it.
        if (at + 1 == bytes.Length && Classes[bytes[at]] >= Digit) _narrow[length++] = bytes[at++];
        Split(_narrow.AsSpan(0, length), new View(view.Position + start, 2, start < view.Whole ? 1 : 0, view.Limit));
        return at;
    }

    /// <summary>Looks up the runs of parts that end here.</summary>
    private void Judge(ReadOnlySpan<byte> bytes, int end, in View view, in Numbers sums, in Indices letters, in Indices starts, int parts, ulong sum, int count)
    {
        var least = Math.Max(0, parts - PartsUsed);
        if (count - letters[least & (MostParts - 1)] < HashedWords.MinimumLength) return;
        for (var part = parts - 1; part >= least; part--)
        {
            var slot = part & (MostParts - 1);
            var length = count - letters[slot];
            if (length > HashedWords.MaximumLength) return;
            if ((words.Lengths >> length & 1) == 0) continue;
            var own = sum - sums[slot] * words.PowerOf(length);
            if (words.MayHold(own, length)) LookUp(bytes, starts[slot], end, view, own, length);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void LookUp(ReadOnlySpan<byte> bytes, int start, int end, in View view, ulong sum, int length)
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
        if (!words.Holds(word[..length], sum)) return;
        var key = Encoding.ASCII.GetString(word[..length]);
        if (_hits.TryGetValue(key, out var hit))
        {
            hit.Count++;
            return;
        }

        var text = EntryPath.Printable(Encoding.ASCII.GetString(bytes[start..end]));
        _hits.Add(key, new Hit(text.Length > ShownLength ? text[..ShownLength] + "…" : text, view.Position + (long)start * view.Stride));
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
