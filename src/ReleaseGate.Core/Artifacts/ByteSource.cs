using Microsoft.Win32.SafeHandles;

namespace ReleaseGate.Artifacts;

/// <summary>Bytes that can be read at any offset, from several threads at once.</summary>
internal abstract class ByteSource
{
    public abstract long Length { get; }

    /// <summary>Reads up to <paramref name="buffer"/>.Length bytes; returns how many, 0 only at the end.</summary>
    public abstract int Read(long offset, Span<byte> buffer);

    /// <summary>Fills <paramref name="buffer"/> or throws.</summary>
    public void ReadExactly(long offset, Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var read = Read(offset, buffer);
            if (read == 0) throw new UnreadableException("the data ends early", offset);
            offset += read;
            buffer = buffer[read..];
        }
    }
}

/// <summary>Bytes in memory: small artifacts, and nested archives that need random access.</summary>
internal sealed class MemoryByteSource(ReadOnlyMemory<byte> bytes) : ByteSource
{
    public override long Length => bytes.Length;

    public override int Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset >= bytes.Length) return 0;
        var available = bytes.Span[(int)offset..];
        var count = Math.Min(available.Length, buffer.Length);
        available[..count].CopyTo(buffer);
        return count;
    }
}

/// <summary>A file on disk, read by offset without a shared position.</summary>
internal sealed class FileByteSource(SafeFileHandle handle, long length) : ByteSource
{
    public override long Length => length;

    public override int Read(long offset, Span<byte> buffer) => RandomAccess.Read(handle, buffer, offset);
}

/// <summary>A forward stream over a part of a <see cref="ByteSource"/>.</summary>
internal sealed class ByteSourceStream(ByteSource source, long offset, long length) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        var left = length - _position;
        if (left <= 0) return 0;
        if (buffer.Length > left) buffer = buffer[..(int)left];
        var read = source.Read(offset + _position, buffer);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>All of a <see cref="ByteSource"/> as a seekable stream.</summary>
internal sealed class SeekableByteSourceStream(ByteSource source) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => source.Length;

    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "before the beginning");
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position >= source.Length) return 0;
        var read = source.Read(_position, buffer);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => Length + offset };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
