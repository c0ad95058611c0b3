using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ReleaseGate.Artifacts;

/// <summary>
/// The decompressed bytes of a gzip stream (RFC 1952), all members of it, verified: a wrong checksum or length, damaged data and
/// truncation throw <see cref="UnreadableException"/>, bytes behind the end are reported. The framework's GZipStream does neither on every version.
/// </summary>
/// <remarks>
/// DeflateStream does not tell where in its input the compressed data ended. So the feed looks ahead for the places where it may end (8 bytes
/// before the end of the file, before another member, before zero padding) and hands out the byte before such a place alone: an end there is exact.
/// </remarks>
internal sealed class GZipContentStream : ForwardStream
{
    private const int TrailerLength = 8;
    private const int HeaderTextLimit = 32 * 1024;

    private readonly Feed _feed;
    private readonly EntryPath? _container;
    private readonly Action<Anomaly> _report;
    private DeflateStream? _deflate;
    private Crc32 _crc;
    private uint _length;
    private bool _ended;
    private UnreadableException? _failure;

    public GZipContentStream(Stream compressed, EntryPath? container, Action<Anomaly> report)
    {
        _feed = new Feed(compressed);
        _container = container;
        _report = report;
    }

    public override int Read(Span<byte> buffer)
    {
        if (_failure is not null) throw new UnreadableException(_failure.Message, _failure.Offset, _failure);
        if (buffer.Length == 0) return 0;
        try
        {
            return ReadMembers(buffer);
        }
        catch (UnreadableException e)
        {
            // Whoever reads on regardless hears the same again.
            _failure = e;
            throw;
        }
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

    private int ReadMembers(Span<byte> buffer)
    {
        while (!_ended)
        {
            if (_deflate is null) BeginMember();
            var read = Inflate(buffer);
            if (read > 0)
            {
                _crc.Append(buffer[..read]);
                _length += (uint)read;
                return read;
            }

            EndMember();
        }

        return 0;
    }

    private int Inflate(Span<byte> buffer)
    {
        try
        {
            return _deflate!.Read(buffer);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new UnreadableException("the compressed data is damaged", _feed.Offset, e);
        }
    }

    private void BeginMember()
    {
        var at = _feed.Offset;
        Span<byte> head = stackalloc byte[10];
        _feed.Take(head);
        if (!ArtifactFormat.IsGZip(head)) throw new UnreadableException("the gzip header is damaged", at);
        var checksum = default(Crc32);
        checksum.Append(head);
        var flags = head[3];
        Span<byte> two = stackalloc byte[2];
        if ((flags & 4) != 0)
        {
            _feed.Take(two);
            checksum.Append(two);
            var extra = new byte[BinaryPrimitives.ReadUInt16LittleEndian(two)];
            _feed.Take(extra);
            checksum.Append(extra);
            if (extra.Length > 0) Hidden($"the gzip header carries an extra field of {extra.Length} bytes", at);
        }

        if ((flags & 8) != 0)
        {
            var name = HeaderText(ref checksum);
            if (name.AsSpan().IndexOfAny('/', '\\') >= 0) Hidden($"the gzip header names the original file '{EntryPath.Printable(name)}'", at);
        }

        if ((flags & 16) != 0)
        {
            var comment = HeaderText(ref checksum);
            if (comment.Length > 0) Hidden($"the gzip header carries a comment of {comment.Length} bytes", at);
        }

        if ((flags & 2) != 0)
        {
            _feed.Take(two);
            if (BinaryPrimitives.ReadUInt16LittleEndian(two) != (ushort)checksum.Value) throw new UnreadableException("the gzip header has a wrong checksum", at);
        }

        _crc = default;
        _length = 0;
        _feed.BeginMember();
        _deflate = new DeflateStream(_feed, CompressionMode.Decompress, leaveOpen: true);
    }

    private string HeaderText(ref Crc32 checksum)
    {
        var text = new List<byte>();
        Span<byte> one = stackalloc byte[1];
        for (; ; )
        {
            _feed.Take(one);
            checksum.Append(one);
            if (one[0] == 0) return Encoding.Latin1.GetString([.. text]);
            if (text.Count == HeaderTextLimit) throw new UnreadableException("the gzip header has no end", _feed.Offset);
            text.Add(one[0]);
        }
    }

    private void EndMember()
    {
        _deflate!.Dispose();
        _deflate = null;

        Span<byte> expected = stackalloc byte[TrailerLength];
        BinaryPrimitives.WriteUInt32LittleEndian(expected, _crc.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(expected[4..], _length);

        if (!_feed.Exact)
        {
            // It ended where no end was to be expected: whatever follows is no member and no padding.
            if (!_feed.TryFindInLastChunk(expected)) throw new UnreadableException("the gzip data ends before the file does, without a valid checksum", _feed.Offset);
            End(hidden: true);
            return;
        }

        var at = _feed.Offset;
        Span<byte> trailer = stackalloc byte[TrailerLength];
        _feed.Take(trailer);
        if (!trailer[..4].SequenceEqual(expected[..4])) throw new UnreadableException("the gzip checksum does not match the data", at);
        if (!trailer[4..].SequenceEqual(expected[4..])) throw new UnreadableException("the gzip length does not match the data", at);

        if (_feed.AtEnd) _ended = true;
        else if (!_feed.StartsWithMember()) End(hidden: false);
    }

    private void End(bool hidden)
    {
        var at = _feed.Offset;
        var onlyZeros = _feed.Drain();
        if (hidden || !onlyZeros) Hidden("bytes follow the end of the gzip data", at);
        _ended = true;
    }

    private void Hidden(string reason, long offset) => _report(new Anomaly(AnomalyKind.HiddenData, _container, reason, offset));

    /// <summary>The compressed bytes: taken by us for headers and trailers, handed to DeflateStream in between.</summary>
    private sealed class Feed(Stream input) : ForwardStream
    {
        private const int Capacity = 256 * 1024;
        // DeflateStream asks for 8 KiB at a time; a chunk stays in the buffer until the next is asked for.
        private const int ChunkLimit = 16 * 1024;
        // An end is known to be plausible when the trailer and what begins behind it have been seen.
        private const int LookAhead = 32;
        private const int LookBehind = ChunkLimit + 32;
        private const int PaddingRun = 16;
        private const int BufferLength = LookBehind + Capacity;

        // Rented: an artifact may hold thousands of small streams.
        private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        private readonly List<(long From, long To)> _ends = [];
        private int _nextEnd;
        private int _start = LookBehind;
        private int _end = LookBehind;
        private int _scanned = LookBehind;
        private long _base = -LookBehind; // offset in the stream of _buffer[0]
        private bool _complete;
        private int _lastChunk;

        public long Offset => _base + _start;

        /// <summary>Whether the last chunk was a single byte, so that the compressed data ended exactly at <see cref="Offset"/>.</summary>
        public bool Exact => _lastChunk == 1;

        public bool AtEnd
        {
            get
            {
                Need(1);
                return _start == _end;
            }
        }

        public void BeginMember() => _lastChunk = 0;

        public bool StartsWithMember()
        {
            Need(3);
            return _buffer.AsSpan(_start, _end - _start).StartsWith("\u001f"u8) && _end - _start >= 2 && _buffer[_start + 1] == 0x8b;
        }

        public void Take(Span<byte> bytes)
        {
            while (bytes.Length > 0)
            {
                Need(1);
                if (_start == _end) throw new UnreadableException("the gzip data ends early", Offset);
                var count = Math.Min(bytes.Length, _end - _start);
                _buffer.AsSpan(_start, count).CopyTo(bytes);
                _start += count;
                bytes = bytes[count..];
            }
        }

        public override int Read(Span<byte> buffer)
        {
            Need(LookAhead + 1);
            var available = _end - _start;
            if (available == 0) throw new UnreadableException("the gzip data ends early", Offset);
            var count = Math.Min(Math.Min(buffer.Length, ChunkLimit), _complete ? available : available - LookAhead);
            while (_nextEnd < _ends.Count && _ends[_nextEnd].To <= Offset) _nextEnd++;
            if (_nextEnd < _ends.Count)
            {
                var end = Math.Max(_ends[_nextEnd].From, Offset + 1);
                count = (int)Math.Min(count, Math.Max(1, end - 1 - Offset));
            }

            _buffer.AsSpan(_start, count).CopyTo(buffer);
            _start += count;
            _lastChunk = count;
            return count;
        }

        /// <summary>Looks for a trailer that begins in the last chunk, and moves behind it.</summary>
        public bool TryFindInLastChunk(ReadOnlySpan<byte> trailer)
        {
            var from = _start - _lastChunk;
            Need(TrailerLength, keep: _lastChunk);
            from = _start - _lastChunk;
            var found = _buffer.AsSpan(from, Math.Min(_end, _start + TrailerLength) - from).IndexOf(trailer);
            if (found < 0) return false;
            _start = from + found + TrailerLength;
            return true;
        }

        /// <summary>Reads to the end; whether there were only zeros.</summary>
        public bool Drain()
        {
            var zeros = true;
            for (; ; )
            {
                zeros &= !_buffer.AsSpan(_start, _end - _start).ContainsAnyExcept((byte)0);
                _start = _end;
                Need(1);
                if (_start == _end) return zeros;
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && _buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = [];
                input.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Need(int count, int keep = 0)
        {
            if (_complete || _end - _start >= count) return;
            // Keep what may be looked at again: the last chunk, and the bytes around which an end may lie.
            var behind = Math.Max(keep, LookAhead);
            var shift = _start - behind;
            if (shift > 0 && BufferLength - _end < Capacity / 2)
            {
                _buffer.AsSpan(shift, _end - shift).CopyTo(_buffer);
                _base += shift;
                _start -= shift;
                _end -= shift;
                _scanned -= shift;
            }

            while (!_complete && (_end - _start < count || BufferLength - _end >= Capacity / 2))
            {
                var read = input.Read(_buffer, _end, BufferLength - _end);
                if (read == 0) _complete = true;
                _end += read;
            }

            FindEnds();
        }

        private void FindEnds()
        {
            _ends.RemoveRange(0, _nextEnd);
            _nextEnd = 0;

            // Seen again: what may have stood across the border of the last scan.
            var first = Math.Max(LookBehindStart, _scanned - PaddingRun - 4);
            var fresh = _buffer.AsSpan(0, _end);
            for (var at = first; at < _end;)
            {
                var found = fresh[at..].IndexOf(MemberHead);
                if (found < 0) break;
                at += found;
                Add(at - TrailerLength, at - TrailerLength);
                at += MemberHead.Length;
            }

            for (var at = first; at < _end;)
            {
                var found = fresh[at..].IndexOf(ZeroRun);
                if (found < 0) break;
                at += found;
                // The length's high bytes are zeros as well, and so may be the last bytes of the data.
                Add(at - TrailerLength - 1, at + 8);
                var behind = fresh[at..].IndexOfAnyExcept((byte)0);
                if (behind < 0) break;
                at += behind;
            }

            if (_complete)
            {
                var last = fresh.LastIndexOfAnyExcept((byte)0) + 1;
                Add(last - TrailerLength - 1, Math.Min(last + 8, _end - TrailerLength));
                Add(_end - TrailerLength, _end - TrailerLength);
            }

            _scanned = _end;
            _ends.Sort();

            void Add(int from, int to) => _ends.Add((_base + from, _base + to));
        }

        private int LookBehindStart => (int)Math.Max(0, -_base);

        private static ReadOnlySpan<byte> MemberHead => [0x1f, 0x8b, 0x08];

        private static ReadOnlySpan<byte> ZeroRun => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }
}

/// <summary>One compressed file: a container with a single entry.</summary>
internal sealed class GZipReader(Stream content, string suggestedName, EntryPath? container, long? compressedLength = null) : ArtifactReader
{
    public override bool AnyOrder => false;

    /// <summary>The name of what is inside: the container's without its <c>.gz</c> or <c>.br</c>.</summary>
    public static string InnerName(string name)
    {
        bool Ends(string suffix) => name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase);
        if (Ends(".tgz")) return name[..^4] + ".tar";
        if (Ends(".svgz")) return name[..^1];
        return Ends(".gz") || Ends(".br") ? name[..^3] : name;
    }

    public override IEnumerable<EntrySource> Entries()
    {
        var entry = new Entry(new EntryPath(suggestedName, container), 0) { CompressedLength = compressedLength };
        yield return new Source(entry, content);
        // What nobody read is read now: the end must be reached to know that it is one.
        var rest = new byte[64 * 1024];
        while (content.Read(rest, 0, rest.Length) > 0) { }
    }

    public override void Dispose()
    {
        content.Dispose();
        base.Dispose();
    }

    private sealed class Source(Entry entry, Stream content) : EntrySource(entry)
    {
        public override Stream Open() => new Kept(content);
    }

    /// <summary>The reader still needs the stream when the entry's is disposed.</summary>
    private sealed class Kept(Stream content) : ForwardStream
    {
        public override int Read(Span<byte> buffer) => content.Read(buffer);
    }
}
