using System.Security.Cryptography;

namespace ReleaseGate.Inspection;

/// <summary>The head of an entry that was read already, then the rest of it; hashes what passes and can read on to the end.</summary>
internal sealed class ReplayStream(byte[] head, Stream rest, Action<int> counted) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
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

        _hash.AppendData(buffer[..read]);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Reads what is left and gives the digest of everything.</summary>
    public Digest Finish()
    {
        var buffer = new byte[16 << 10];
        while (Read(buffer) > 0)
        {
            // Only for the hash, and for the checks that the stream below makes at its end.
        }

        Span<byte> digest = stackalloc byte[Digest.Size];
        _hash.GetHashAndReset(digest);
        return new Digest(digest);
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }
}
