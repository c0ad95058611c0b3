using System.Buffers;
using System.IO.Compression;

namespace ReleaseGate.Artifacts;

/// <summary>
/// The decompressed bytes of a Brotli stream (RFC 7932). It has neither signature nor checksum: damage that decodes is not found out, but truncation
/// throws <see cref="UnreadableException"/> and bytes behind the end are reported. (BrotliStream keeps silent about both.)
/// </summary>
internal sealed class BrotliContentStream(Stream compressed, EntryPath container, Action<Anomaly> report) : ForwardStream
{
    private readonly byte[] _buffer = new byte[32 * 1024];
    private BrotliDecoder _decoder;
    private int _start;
    private int _end;
    private long _position; // in the stream, of _start
    private bool _ended;

    /// <summary>Whether the first bytes of something decode. Hardly any text does.</summary>
    public static bool MayBe(ReadOnlySpan<byte> head)
    {
        var decoder = default(BrotliDecoder);
        try
        {
            Span<byte> some = stackalloc byte[512];
            return decoder.Decompress(head, some, out _, out var written) != OperationStatus.InvalidData && written > 0;
        }
        finally
        {
            decoder.Dispose();
        }
    }

    public override int Read(Span<byte> buffer)
    {
        while (!_ended && buffer.Length > 0)
        {
            var status = _decoder.Decompress(_buffer.AsSpan(_start, _end - _start), buffer, out var consumed, out var written);
            _start += consumed;
            _position += consumed;
            switch (status)
            {
                case OperationStatus.Done:
                    End();
                    break;
                case OperationStatus.InvalidData:
                    throw new UnreadableException("the Brotli data is damaged", _position);
                case OperationStatus.NeedMoreData when written == 0:
                    if (!Fill()) throw new UnreadableException("the Brotli data ends early", _position);
                    break;
            }

            if (written > 0) return written;
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder.Dispose();
            compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool Fill()
    {
        // What is left over is less than a command; the decoder has taken it in.
        _start = 0;
        _end = compressed.Read(_buffer);
        return _end > 0;
    }

    private void End()
    {
        _ended = true;
        var at = _position;
        var hidden = _start < _end;
        while (Fill()) hidden = true;
        if (hidden) report(new Anomaly(AnomalyKind.HiddenData, container, "bytes follow the end of the Brotli data", at));
    }
}
