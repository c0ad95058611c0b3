namespace ReleaseGate.Inspection;

/// <summary>
/// The text in a chunk of an entry with the escapes of JSON undone that hide a part of a secret: <c>\u002B</c>, as .NET's own serializer writes a plus, <c>\u0026</c>, and
/// the <c>\/</c> of addresses. Without it a key in JSON is none: neither its literal nor its alphabet is what stands there. Kept by a thread and used again.
/// </summary>
internal sealed class EscapedText
{
    // "\u0041": the code of a printable ASCII character.
    private const int CodeLength = 6;

    private byte[] _text = [];
    private int _length;

    // Behind each escape: where the text goes on, and where that stands in the chunk.
    private int[] _starts = [];
    private int[] _origins = [];
    private int _count;

    /// <summary>The text.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

    /// <summary>Where what stands in the asked range of the chunk begins in <see cref="Text"/>.</summary>
    public int From { get; private set; }

    /// <summary>And where it ends.</summary>
    public int To { get; private set; }

    /// <summary>Takes the text out of a chunk.</summary>
    /// <param name="chunk">The bytes, with those around them as context.</param>
    /// <param name="from">Where in the chunk text counts.</param>
    /// <param name="to">Where it ends counting.</param>
    /// <param name="isJson">Whether it is JSON, in which <c>\/</c> is nothing but a slash; in a script it mostly belongs to a regular expression.</param>
    /// <returns>Whether anything is escaped in it.</returns>
    public bool Read(ReadOnlySpan<byte> chunk, int from, int to, bool isJson = false)
    {
        // Nearly all text ends here.
        if (!HasCode(chunk) && !(isJson ? chunk.IndexOf(@"\/"u8) >= 0 : HasAddress(chunk))) return false;
        if (_text.Length < chunk.Length) _text = new byte[chunk.Length];
        (_length, _count) = (0, 0);
        Add(0);
        var at = 0;
        while (at < chunk.Length)
        {
            var next = chunk[at..].IndexOf((byte)'\\');
            if (next < 0) next = chunk.Length - at;
            Append(chunk.Slice(at, next));
            at += next;
            if (at == chunk.Length) break;
            // JSON in a string of JSON or of a script has two of them, and more further in.
            var begin = at;
            while (at < chunk.Length && chunk[at] == '\\') at++;
            if (at < chunk.Length && chunk[at] == '/')
            {
                _text[_length++] = (byte)'/';
                at++;
            }
            else if (CodeAt(chunk, at - 1) is > 0 and var code)
            {
                _text[_length++] = code;
                at += CodeLength - 1;
            }
            else
            {
                Append(chunk[begin..at]);
                continue;
            }

            Add(at);
        }

        From = PlaceOf(from);
        To = PlaceOf(to);
        return From < To;
    }

    /// <summary>Where in the chunk a place in <see cref="Text"/> came from.</summary>
    public int OriginOf(int place)
    {
        var run = RunOf(_starts, place);
        return _origins[run] + (place - _starts[run]);
    }

    private static bool HasCode(ReadOnlySpan<byte> chunk)
    {
        for (int next; (next = chunk.IndexOf(@"\u00"u8)) >= 0; chunk = chunk[(next + 1)..])
            if (CodeAt(chunk, next) > 0) return true;
        return false;
    }

    // The '\/' of a regular expression hides nothing, unless it is that of "https:\/\/".
    private static bool HasAddress(ReadOnlySpan<byte> chunk)
    {
        for (int next; (next = chunk.IndexOf(@":\"u8)) >= 0;)
        {
            chunk = chunk[(next + 1)..];
            if (chunk.TrimStart((byte)'\\') is [(byte)'/', ..]) return true;
        }

        return false;
    }

    /// <summary>The printable ASCII character whose escape begins at a place, or 0.</summary>
    private static byte CodeAt(ReadOnlySpan<byte> chunk, int at)
    {
        if (at + CodeLength > chunk.Length || !chunk.Slice(at + 1, 3).SequenceEqual("u00"u8)) return 0;
        var code = Digit(chunk[at + 4]) << 4 | Digit(chunk[at + 5]);
        return code is >= 0x20 and < 0x7F ? (byte)code : (byte)0;

        // What is no digit makes the number too large.
        static int Digit(byte c) => c switch
        {
            >= (byte)'0' and <= (byte)'9' => c - '0',
            >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
            _ => 0x100,
        };
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_text.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Add(int origin)
    {
        if (_count == _starts.Length)
        {
            Array.Resize(ref _starts, Math.Max(16, _count * 2));
            Array.Resize(ref _origins, Math.Max(16, _count * 2));
        }

        _starts[_count] = _length;
        _origins[_count++] = origin;
    }

    /// <summary>The place in the text of a place in the chunk; of one within an escape, that behind it.</summary>
    private int PlaceOf(int origin)
    {
        var run = RunOf(_origins, origin);
        var end = run + 1 < _count ? _starts[run + 1] : _length;
        return Math.Min(end, _starts[run] + (origin - _origins[run]));
    }

    /// <summary>The last run that starts at a place or before it.</summary>
    private int RunOf(int[] starts, int place)
    {
        var found = Array.BinarySearch(starts, 0, _count, place);
        return found >= 0 ? found : ~found - 1;
    }
}
