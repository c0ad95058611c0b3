using System.Buffers;
using System.IO.Compression;

namespace ReleaseGate.Artifacts;

/// <summary>The bytes of one entry of a zip or bundle, verified against the directory: length, checksum where there is one, and that its compressed data was used up exactly.</summary>
internal sealed class ZipEntryStream : ForwardStream
{
    private readonly Feed _feed;
    private readonly DeflateStream? _deflate;
    private readonly long _expectedLength;
    private readonly uint? _expectedCrc;
    private Crc32 _crc;
    private long _length;
    private bool _ended;

    public ZipEntryStream(ByteSource source, long offset, long compressed, long length, uint? crc, bool deflated)
    {
        _feed = new Feed(source, offset, compressed, deflated);
        _expectedLength = length;
        _expectedCrc = crc;
        if (deflated) _deflate = new DeflateStream(_feed, CompressionMode.Decompress, leaveOpen: true);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_ended || buffer.Length == 0) return 0;
        int read;
        try
        {
            read = _deflate is null ? _feed.Read(buffer) : _deflate.Read(buffer);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new UnreadableException("its compressed data is damaged", _feed.Offset, e);
        }

        if (read == 0)
        {
            if (_length != _expectedLength) throw new UnreadableException($"it has {_length} bytes where the directory promises {_expectedLength}", _feed.Offset);
            if (_expectedCrc is { } crc && _crc.Value != crc) throw new UnreadableException("its checksum does not match", _feed.Offset);
            if (_feed.Left > 0) throw new UnreadableException("its compressed data ends before the directory says", _feed.Offset);
            _ended = true;
            return 0;
        }

        if (_expectedCrc is not null) _crc.Append(buffer[..read]);
        _length += read;
        if (_length > _expectedLength) throw new UnreadableException($"it has more than the {_expectedLength} bytes that the directory promises", _feed.Offset);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _deflate?.Dispose();
            _feed.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>
    /// Hands out the compressed bytes, the last one alone and only when it is asked for: DeflateStream asks for more only while its data has not
    /// ended, so a byte that is left over was hidden behind the end.
    /// </summary>
    private sealed class Feed(ByteSource source, long offset, long length, bool deflated) : ForwardStream
    {
        private const int BufferLength = 64 * 1024;

        private byte[]? _buffer = deflated && source is not MemoryByteSource ? ArrayPool<byte>.Shared.Rent((int)Math.Clamp(length, 1, BufferLength)) : null;
        private int _start;
        private int _end;

        public long Offset { get; private set; } = offset;

        public long Left { get; private set; } = length;

        public override int Read(Span<byte> buffer)
        {
            if (Left == 0) return deflated ? throw new UnreadableException("its compressed data ends early", Offset) : 0;
            var count = (int)Math.Min(buffer.Length, deflated && Left > 1 ? Left - 1 : Left);
            if (_buffer is not null)
            {
                if (_start == _end)
                {
                    _start = 0;
                    _end = source.Read(Offset, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, Left)));
                }

                count = Math.Min(count, _end - _start);
                _buffer.AsSpan(_start, count).CopyTo(buffer);
                _start += count;
            }
            else
            {
                count = source.Read(Offset, buffer[..count]);
            }

            if (count == 0) throw new UnreadableException("the file ends early", Offset);
            Offset += count;
            Left -= count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && _buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = null;
            }

            base.Dispose(disposing);
        }
    }
}
