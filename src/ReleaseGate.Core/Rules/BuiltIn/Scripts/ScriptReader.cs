namespace ReleaseGate.Rules.BuiltIn;

/// <summary>How an entry spells ASCII.</summary>
internal enum TextForm : byte { Bytes, Utf16, Utf16BigEndian }

/// <summary>
/// Looks for a word in a stream, and from there on takes what follows character by character until it has enough. UTF-16 is narrowed where it is looked at,
/// not before: a character beyond ASCII becomes 0xFF.
/// </summary>
internal abstract class ScriptReader(TextForm form)
{
    private const int Piece = 8 * 1024;
    private readonly TextForm _form = form;
    private byte[]? _narrow;
    private long _next;

    private bool _taking;

    private bool _stopped;

    /// <summary>How many bytes a character has.</summary>
    protected int Size => _form == TextForm.Bytes ? 1 : 2;

    /// <summary>Where the characters given to <see cref="Take"/> begin in the entry, in bytes.</summary>
    protected long Position => _next;

    protected abstract ReadOnlySpan<byte> Word { get; }

    /// <summary>The same in <paramref name="form"/>.</summary>
    protected abstract ReadOnlySpan<byte> Needle(TextForm form);

    /// <summary>Called where the word stands. True: what follows is wanted.</summary>
    /// <param name="before">At most 512 characters before the word.</param>
    /// <param name="after">What of the characters behind the word is in sight, at most 16; all where <paramref name="isAll"/>.</param>
    /// <param name="isAll">Whether there are 16, or the entry ends there. Where not, null may be returned to be asked again with more.</param>
    /// <param name="offset">Where the word begins, in bytes.</param>
    protected abstract bool? Begins(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, bool isAll, long offset);

    /// <summary>Takes what follows. Fewer characters than given: the rest does not belong to it.</summary>
    protected abstract int Take(ReadOnlySpan<byte> text);

    /// <summary>The entry ends while characters are taken.</summary>
    protected abstract void EndTaking();

    /// <summary>Called with the last bytes of the entry, at most 4 KiB of which were seen before.</summary>
    protected virtual void Last(ReadOnlySpan<byte> buffer, long start) { }

    /// <param name="buffer">Bytes seen before, then fresh ones.</param>
    /// <param name="start">Where the buffer begins in the entry.</param>
    /// <param name="isLast">Whether the entry ends with it.</param>
    public void Read(ReadOnlySpan<byte> buffer, long start, bool isLast)
    {
        var at = (int)Math.Max(0, _next - start);
        while (at < buffer.Length)
        {
            _next = start + at;
            if (_taking)
            {
                var taken = TakeFrom(buffer[at..], out var all);
                at += taken;
                _next = start + at;
                if (!all) _taking = false;
                else if (_form != TextForm.Bytes && buffer.Length - at < 2) break;
            }
            else
            {
                var needle = Needle(_form);
                var found = buffer[at..].IndexOf(needle);
                if (found < 0)
                {
                    at = Math.Max(at, buffer.Length - needle.Length + 1);
                    break;
                }

                if (!Asks(buffer, at + found, needle.Length, start, isLast, out _taking))
                {
                    at += found;
                    break;
                }

                at += found + (_taking || _form != TextForm.Bytes ? needle.Length : 1);
            }
        }

        _next = start + at;
        if (isLast) Last(buffer, start);
    }

    public void Finish()
    {
        if (_taking) EndTaking();
    }

    /// <summary>The characters of a stretch of the buffer, in a scratch buffer where they have to be narrowed.</summary>
    protected ReadOnlySpan<byte> Narrow(ReadOnlySpan<byte> bytes)
    {
        if (_form == TextForm.Bytes) return bytes;
        _narrow ??= new byte[Piece];
        var count = Math.Min(bytes.Length / 2, Piece);
        var low = _form == TextForm.Utf16 ? 0 : 1;
        for (var i = 0; i < count; i++)
            _narrow[i] = bytes[2 * i + 1 - low] == 0 && bytes[2 * i + low] < 0x80 ? bytes[2 * i + low] : (byte)0xFF;
        return _narrow.AsSpan(0, count);
    }

    private int TakeFrom(ReadOnlySpan<byte> bytes, out bool all)
    {
        var text = Narrow(bytes);
        var taken = Take(text);
        all = taken == text.Length && !_stopped;
        _stopped = false;
        return _form == TextForm.Bytes ? taken : taken * 2;
    }

    /// <summary>Called in <see cref="Take"/> when the last of the given characters is the last that belongs to it.</summary>
    protected void Stop() => _stopped = true;

    /// <summary>False: more bytes are needed to tell.</summary>
    private bool Asks(ReadOnlySpan<byte> buffer, int at, int length, long start, bool isLast, out bool taking)
    {
        const int most = 16;
        Span<byte> after = stackalloc byte[most];
        var rest = buffer[(at + length)..];
        var narrow = Narrow(rest[..Math.Min(rest.Length, most * Size)]);
        narrow.CopyTo(after);
        after = after[..narrow.Length];
        var from = Math.Max(0, at - 512 * Size);
        if ((at - from) % Size != 0) from++;
        var begins = Begins(Narrow(buffer[from..at]), after, isLast || after.Length == most, start + at);
        taking = begins ?? false;
        return begins is not null;
    }
}
