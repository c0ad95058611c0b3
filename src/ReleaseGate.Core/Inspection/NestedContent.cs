using System.Security.Cryptography;

namespace ReleaseGate.Inspection;

/// <summary>The bytes of a nested archive: the head that was read already, then the rest. Hashes and counts what passes, and can read on to the end.</summary>
internal sealed class NestedContent(byte[] head, Stream rest, IncrementalHash hash, Action<int> counted) : Stream
{
    private int _replayed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        int read;
        if (_replayed < head.Length)
        {
            read = Math.Min(buffer.Length, head.Length - _replayed);
            head.AsSpan(_replayed, read).CopyTo(buffer);
            _replayed += read;
        }
        else
        {
            read = rest.Read(buffer);
            counted(read);
        }

        hash.AppendData(buffer[..read]);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Reads what the archive's reader left, for the hash and for the checks that the stream below makes at its end.</summary>
    public void ReadToEnd()
    {
        var buffer = new byte[16 << 10];
        while (Read(buffer.AsSpan()) > 0) continue;
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
