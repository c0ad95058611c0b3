using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance.Leaks;

/// <summary>
/// Copies of a tar, compressed with gzip or not. A compressed one is compressed once more, every entry for itself up to a byte border (a sync flush, RFC 1951 3.2.4), so that a copy is
/// pieces in a row and nothing that stays is compressed again. The checksum of all comes from those of the pieces.
/// </summary>
internal sealed class TarCopies : Copies
{
    private readonly ByteSource _source;
    private readonly IDisposable? _handle;
    private readonly Inventory _inventory;
    private readonly string _root;
    private readonly bool _isCompressed;
    private readonly List<Piece> _pieces = [];

    public TarCopies(ByteSource source, IDisposable? handle, Inventory inventory, CancellationToken cancel)
    {
        _source = source;
        _handle = handle;
        _inventory = inventory;
        _root = RootOf(inventory);
        Span<byte> head = stackalloc byte[(int)Math.Min(source.Length, ArtifactFormat.HeadLength)];
        source.ReadExactly(0, head);
        _isCompressed = ArtifactFormat.IsGZip(head);
        using var raw = new SeekableByteSourceStream(source);
        using Stream tar = _isCompressed ? new GZipStream(raw, CompressionMode.Decompress) : raw;
        ReadPieces(new BufferedStream(tar, 1 << 16), cancel);
    }

    public override byte[] Read(Entry entry)
    {
        var name = entry.ArchivePath.Inner;
        // Programs that unpack keep the last of the same name.
        var piece = _pieces.FindLast(p => p.Name == name) ?? throw new UnreadableException($"'{entry}' is not found again");
        using var stream = Unpacked(piece);
        var bytes = new byte[piece.Length];
        stream.ReadExactly(bytes);
        return bytes.AsSpan(piece.Data, (int)piece.Size).ToArray();
    }

    public override Copy Make(IReadOnlyList<Seed> seeds, int worker)
    {
        var removed = new HashSet<string>(StringComparer.Ordinal);
        var changed = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var seed in seeds)
        {
            if (seed is RemovedEntry gone) removed.Add(ArchivePathOf(_inventory, gone.Path));
            else if (seed is ChangedEntry other) changed.Add(ArchivePathOf(_inventory, other.Path), other.Bytes);
        }

        var output = new Output(this, _isCompressed);
        foreach (var piece in _pieces)
        {
            if (removed.Contains(piece.Name)) continue;
            if (changed.TryGetValue(piece.Name, out var bytes)) output.Add(WithData(piece, bytes));
            else output.Add(piece);
        }

        foreach (var seed in seeds)
            if (seed is AddedEntry added) output.Add(EntryOf(added));
        var copy = output.Finish();
        foreach (var seed in seeds)
        {
            if (seed is BytesBehind { Bytes: var suffix }) copy.Add(suffix);
            if (seed is not CutEnd cut) continue;
            var whole = copy;
            copy = new SegmentedByteSource();
            copy.Add(whole, 0, Math.Max(0, whole.Length - cut.Count));
        }

        return new Copy(Artifact.Of(_inventory.Name, copy));
    }

    public override void Dispose()
    {
        _handle?.Dispose();
        base.Dispose();
    }

    private void ReadPieces(Stream tar, CancellationToken cancel)
    {
        var block = new byte[TarHeader.Size];
        long position = 0;
        uint checksum = 0;
        for (; ; )
        {
            cancel.ThrowIfCancellationRequested();
            var from = position;
            var headers = new MemoryStream();
            string? longName = null;
            long size;
            // Headers that belong to the entry behind them.
            for (; ; )
            {
                tar.ReadExactly(block);
                if (headers.Length == 0 && !block.AsSpan().ContainsAnyExcept((byte)0)) return;
                headers.Write(block);
                if (!TarHeader.TryNumber(block.AsSpan(124, 12), out size) || size < 0) throw Refused(_inventory, "a tar header has no valid size");
                if (block[156] is not ((byte)'x' or (byte)'X' or (byte)'g' or (byte)'L' or (byte)'K')) break;
                var extension = new byte[size + (-size & (TarHeader.Size - 1))];
                tar.ReadExactly(extension);
                headers.Write(extension);
                if (block[156] == 'L') longName = TarHeader.Text(extension.AsSpan(0, (int)size));
                else if (block[156] is (byte)'x' or (byte)'X') longName = PathOf(Encoding.UTF8.GetString(extension, 0, (int)size)) ?? longName;
            }

            var length = headers.Length + size + (-size & (TarHeader.Size - 1));
            var piece = _isCompressed ? Compress(headers, tar, length) : Skip(headers, tar, length);
            checksum = ChecksumOfParts.Combine(checksum, piece.Checksum, piece.Length);
            _pieces.Add(piece with { Name = longName ?? TarHeader.Name(block), Offset = from, Data = (int)headers.Length, Size = size, Until = checksum });
            position += length;
        }
    }

    // "17 path=package/a\n"
    private static string? PathOf(string records)
    {
        foreach (var line in records.Split('\n'))
            if (line.IndexOf(" path=", StringComparison.Ordinal) is > 0 and var at) return line[(at + 6)..];
        return null;
    }

    private static Piece Compress(MemoryStream headers, Stream tar, long length)
    {
        var crc = default(Crc32);
        var output = new MemoryStream();
        using (var deflate = new DeflateStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            var first = headers.GetBuffer().AsSpan(0, (int)headers.Length);
            crc.Append(first);
            deflate.Write(first);
            var buffer = new byte[Math.Min(1 << 16, Math.Max(1, length - headers.Length))];
            for (var left = length - headers.Length; left > 0;)
            {
                var read = tar.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
                if (read == 0) throw new EndOfStreamException();
                crc.Append(buffer.AsSpan(0, read));
                deflate.Write(buffer, 0, read);
                left -= read;
            }

            // What disposing adds is the end of the stream, which comes once.
            deflate.Flush();
            return new Piece(output.ToArray(), length, crc.Value);
        }
    }

    private static Piece Skip(MemoryStream headers, Stream tar, long length)
    {
        var buffer = new byte[1 << 16];
        for (var left = length - headers.Length; left > 0;)
        {
            var read = tar.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0) throw new EndOfStreamException();
            left -= read;
        }

        return new Piece(null, length, 0);
    }

    private Stream Unpacked(Piece piece) => piece.Bytes is { } bytes && _isCompressed ? new DeflateStream(new MemoryStream(bytes), CompressionMode.Decompress)
        : piece.Bytes is { } plain ? new MemoryStream(plain) : new ByteSourceStream(_source, piece.Offset, piece.Length);

    private byte[] WithData(Piece piece, byte[] bytes)
    {
        using var stream = Unpacked(piece);
        var headers = new byte[piece.Data];
        stream.ReadExactly(headers);
        var last = headers.AsSpan(headers.Length - TarHeader.Size);
        Encoding.ASCII.GetBytes(Convert.ToString(bytes.Length, 8).PadLeft(11, '0') + "\0").CopyTo(last[124..]);
        last.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in last) sum += b;
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(last[148..]);
        return [.. headers, .. bytes, .. new byte[-bytes.Length & (TarHeader.Size - 1)]];
    }

    private byte[] EntryOf(AddedEntry added)
    {
        var name = added.IsRaw ? added.Path : _root + added.Path;
        using var output = new MemoryStream();
        var isShort = name.Length < 100 && Ascii.IsValid(name);
        using var writer = new TarWriter(output, isShort ? TarEntryFormat.Ustar : TarEntryFormat.Pax, leaveOpen: true);
        var type = added.LinkTarget is null ? TarEntryType.RegularFile : TarEntryType.SymbolicLink;
        System.Formats.Tar.TarEntry entry = isShort ? new UstarTarEntry(type, name) : new PaxTarEntry(type, name);
        entry.Mode = (UnixFileMode)(added.Mode ?? 0x1A4); // 0644
        entry.ModificationTime = DateTimeOffset.UnixEpoch.AddYears(50);
        if (added.LinkTarget is { } target) entry.LinkName = target;
        else if (added.Bytes.Length > 0) entry.DataStream = new MemoryStream(added.Bytes);
        writer.WriteEntry(entry);
        // What disposing the writer adds is the end of the tar, which comes once.
        return output.ToArray();
    }

    /// <param name="Bytes">The piece, compressed where the tar is; null: it lies in the source.</param>
    /// <param name="Length">Bytes of the tar.</param>
    /// <param name="Checksum">CRC-32 of these.</param>
    private sealed record Piece(byte[]? Bytes, long Length, uint Checksum)
    {
        public string Name { get; init; } = "";

        /// <summary>Where it begins in the tar.</summary>
        public long Offset { get; init; }

        /// <summary>Where its data begins within it.</summary>
        public int Data { get; init; }

        /// <summary>Bytes of its data.</summary>
        public long Size { get; init; }

        /// <summary>CRC-32 of the tar up to its end.</summary>
        public uint Until { get; init; }
    }

    /// <summary>Pieces in a row.</summary>
    private sealed class Output
    {
        private static readonly byte[] Header = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];

        private readonly TarCopies _copies;
        private readonly bool _isCompressed;
        private readonly SegmentedByteSource _bytes = new();
        private uint _checksum;
        private long _length;

        // Pieces of the original that follow each other: their checksum is known once for all.
        private Piece? _first;
        private Piece? _last;

        public Output(TarCopies copies, bool isCompressed)
        {
            _copies = copies;
            _isCompressed = isCompressed;
            if (isCompressed) _bytes.Add(Header);
        }

        public void Add(Piece piece)
        {
            if (_last is not null && _last.Offset + _last.Length != piece.Offset) EndRun();
            _first ??= piece;
            _last = piece;
            if (_isCompressed) _bytes.Add(piece.Bytes);
        }

        public void Add(byte[] entry) => AddRaw(entry, isLast: false);

        public SegmentedByteSource Finish()
        {
            AddRaw(new byte[2 * TarHeader.Size], isLast: true);
            if (!_isCompressed) return _bytes;
            var trailer = new byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(trailer, _checksum);
            BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(4), (uint)_length);
            _bytes.Add(trailer);
            return _bytes;
        }

        private void AddRaw(byte[] bytes, bool isLast)
        {
            EndRun();
            _checksum = ChecksumOfParts.Combine(_checksum, Crc32.Of(bytes), bytes.Length);
            _length += bytes.Length;
            if (!_isCompressed)
            {
                _bytes.Add(bytes);
                return;
            }

            using var output = new MemoryStream();
            var deflate = new DeflateStream(output, CompressionLevel.Fastest, leaveOpen: true);
            deflate.Write(bytes);
            if (isLast) deflate.Dispose();
            else deflate.Flush();
            _bytes.Add(output.ToArray());
            deflate.Dispose();
        }

        private void EndRun()
        {
            if (_first is null) return;
            var length = _last!.Offset + _last.Length - _first.Offset;
            if (_isCompressed)
            {
                var at = _copies._pieces.IndexOf(_first);
                var before = at == 0 ? 0 : _copies._pieces[at - 1].Until;
                _checksum = ChecksumOfParts.Combine(_checksum, ChecksumOfParts.Rest(_last.Until, before, length), length);
            }
            else
            {
                _bytes.Add(_copies._source, _first.Offset, length);
            }

            _length += length;
            _first = _last = null;
        }
    }
}
