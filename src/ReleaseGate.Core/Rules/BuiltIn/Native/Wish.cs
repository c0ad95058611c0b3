namespace ReleaseGate.Rules.BuiltIn.Native;

/// <summary>
/// Bytes that a reader of a stream asks for before they pass: the reader is an iterator that yields one wish after another, and goes on when it is granted.
/// So a format is read in one straight line without holding the file. A wish must not begin before what has passed already.
/// </summary>
internal sealed class Wish(long offset, int length)
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(length);
    private int _filled;

    /// <summary>What came; shorter than asked where the file ends before.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _filled);

    /// <summary>Whether all came that was asked for.</summary>
    public bool IsWhole => _filled == _bytes.Length;

    /// <summary>The same bytes, all of them.</summary>
    /// <exception cref="InvalidDataException">The file ends before.</exception>
    public ReadOnlySpan<byte> Whole(string what) =>
        IsWhole ? _bytes : throw new InvalidDataException($"{what} ends behind the end of the file");

    /// <summary>Takes what the buffer has of it.</summary>
    /// <param name="buffer">Bytes of the file.</param>
    /// <param name="position">Where they begin in it.</param>
    public void Take(ReadOnlySpan<byte> buffer, long position)
    {
        var at = offset + _filled - position;
        if (at < 0) throw new InvalidDataException($"what is needed at {offset} stands before what points to it");
        if (at >= buffer.Length) return;
        var piece = buffer[(int)at..];
        if (piece.Length > _bytes.Length - _filled) piece = piece[..(_bytes.Length - _filled)];
        piece.CopyTo(_bytes.AsSpan(_filled));
        _filled += piece.Length;
    }
}
