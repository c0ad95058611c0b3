using ReleaseGate.Artifacts;

namespace ReleaseGate.Governance.Leaks;

/// <summary>Bytes made of pieces of other sources, which are not copied.</summary>
internal sealed class SegmentedByteSource : ByteSource
{
    private readonly List<Segment> _segments = [];
    private long _length;

    public override long Length => _length;

    /// <summary>Adds bytes at the end.</summary>
    public void Add(ReadOnlyMemory<byte> bytes) => Add(new MemoryByteSource(bytes), 0, bytes.Length);

    /// <summary>Adds a piece of another source at the end.</summary>
    public void Add(ByteSource source, long offset, long length)
    {
        if (length == 0) return;
        _segments.Add(new Segment(_length, source, offset, length));
        _length += length;
    }

    public override int Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset >= _length) return 0;
        int low = 0, high = _segments.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_segments[middle].Start <= offset) low = middle;
            else high = middle - 1;
        }

        var segment = _segments[low];
        var within = offset - segment.Start;
        if (buffer.Length > segment.Length - within) buffer = buffer[..(int)(segment.Length - within)];
        return segment.Source.Read(segment.Offset + within, buffer);
    }

    private sealed record Segment(long Start, ByteSource Source, long Offset, long Length);
}
