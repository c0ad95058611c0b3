using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace ReleaseGate.Artifacts;

/// <summary>
/// Reads the files of a .NET single-file bundle: a host program, the files behind it, raw or deflated, and behind these a list of them, to which eight bytes before a
/// signature in the host point. Source: dotnet/runtime, Microsoft.NET.HostModel Bundle/Manifest.cs and FileEntry.cs; versions 1 (.NET Core 3), 2 (.NET 5) and 6 (.NET 6 and later).
/// </summary>
internal sealed class BundleReader : ArtifactReader
{
    /// <summary>Bytes of the pointer before the signature.</summary>
    public const int PointerLength = sizeof(long);

    private const int LatestVersion = 6;
    private const int LongestId = 255;
    private const int LongestName = 4096;

    private readonly ByteSource _source;
    private readonly EntryPath _path;
    private readonly Action<Anomaly> _report;
    private readonly long _host;
    private readonly long _list;

    private BundleReader(ByteSource source, long host, long list, EntryPath path, uint version, int count, Action<Anomaly> report)
    {
        _source = source;
        _host = host;
        _list = list;
        _path = path;
        _report = report;
        Version = version;
        Count = count;
    }

    /// <summary>SHA-256 of ".net core bundle" and a line feed.</summary>
    public static ReadOnlySpan<byte> Signature =>
    [
        0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93, 0x02, 0x14, 0xd7, 0xa0, 0x32,
        0x13, 0xf5, 0xb9, 0xe6, 0xef, 0xae, 0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae,
    ];

    /// <summary>The major version of the list.</summary>
    public uint Version { get; }

    /// <summary>How many files it claims to hold.</summary>
    public int Count { get; }

    public override bool AnyOrder => true;

    /// <summary>Looks for the list of files. Null where there is none: the signature stands in tools that write or read bundles as well.</summary>
    /// <param name="source">All bytes of the program, at least those behind <paramref name="host"/>.</param>
    /// <param name="host">Where the host's signature ends; files stand behind it.</param>
    /// <param name="list">Where the list begins, as the host says.</param>
    /// <param name="path">The program.</param>
    /// <param name="report">Told about anomalies.</param>
    public static BundleReader? Find(ByteSource source, long host, long list, EntryPath path, Action<Anomaly> report)
    {
        const int Smallest = 14; // versions, count, one character as id
        if (list < host || list > source.Length - Smallest) return null;
        Span<byte> head = stackalloc byte[Smallest];
        source.ReadExactly(list, head);
        var major = BinaryPrimitives.ReadUInt32LittleEndian(head);
        var minor = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        var count = BinaryPrimitives.ReadInt32LittleEndian(head[8..]);
        // A version to come is a bundle that cannot be read, not none.
        if (major is 0 or > 255 || minor > 255 || count < 0 || count > (source.Length - list) / FileLength(1)) return null;
        var id = head[12];
        if (id is 0 or > 0x7F || head[13] is < 0x21 or > 0x7E) return null;
        return new BundleReader(source, host, list, path, major, count, report);
    }

    public override IEnumerable<EntrySource> Entries()
    {
        if (Version > LatestVersion) throw new UnreadableException($"it is a single-file bundle of version {Version}; up to {LatestVersion} are known", _list);
        var files = ReadList();
        CheckOverlap(files);
        for (var i = 0; i < files.Count; i++) yield return new FileSource(_source, files[i], i, _path);
    }

    private List<BundledFile> ReadList()
    {
        if (Count > Budget.Default.Entries) throw new UnreadableException(string.Create(CultureInfo.InvariantCulture, $"the single-file bundle claims {Count:N0} files"), _list);
        var cursor = new Cursor(_source, _list + 12);
        cursor.Text(LongestId);
        // Where the settings stand, which are listed again as files; flags.
        if (Version >= 2) cursor.Skip(5 * sizeof(long));
        var files = new List<BundledFile>(Math.Min(Count, 1024));
        for (var i = 0; i < Count; i++)
        {
            var offset = cursor.Number();
            var length = cursor.Number();
            var compressed = Version >= 6 ? cursor.Number() : 0;
            cursor.Skip(1);
            var file = new BundledFile(cursor.Text(LongestName), offset, length, compressed);
            if (offset < _host || length < 0 || compressed < 0 || file.Stored > _source.Length - offset)
                throw new UnreadableException($"the single-file bundle says that '{EntryPath.Printable(file.Name)}' lies where the program does not have it", offset);
            files.Add(file);
        }

        return files;
    }

    private void CheckOverlap(List<BundledFile> files)
    {
        var byOffset = files.FindAll(static f => f.Stored > 0);
        byOffset.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        for (var i = 1; i < byOffset.Count; i++)
        {
            if (byOffset[i].Offset >= byOffset[i - 1].Offset + byOffset[i - 1].Stored) continue;
            var reason = $"'{EntryPath.Printable(byOffset[i].Name)}' lies over '{EntryPath.Printable(byOffset[i - 1].Name)}' in the single-file bundle";
            _report(new Anomaly(AnomalyKind.DecompressionBomb, _path, reason, byOffset[i].Offset));
            throw new UnreadableException(reason, byOffset[i].Offset);
        }
    }

    private static int FileLength(uint version) => (version >= 6 ? 3 : 2) * sizeof(long) + 3;

    /// <summary>Where bytes of a bundled file stand in the program; null for one that is compressed.</summary>
    internal static (long Start, long End)? RawPlace(EntrySource source) =>
        source is FileSource { File: { Compressed: 0 } file } ? (file.Offset, file.Offset + file.Length) : null;

    private readonly record struct BundledFile(string Name, long Offset, long Length, long Compressed)
    {
        public long Stored => Compressed > 0 ? Compressed : Length;
    }

    private sealed class FileSource(ByteSource source, BundledFile file, int order, EntryPath container)
        : EntrySource(new Entry(new EntryPath(file.Name, container), order) { CompressedLength = file.Stored })
    {
        public BundledFile File => file;

        public override Stream Open() => new ZipEntryStream(source, file.Offset, file.Stored, file.Length, null, deflated: file.Compressed > 0);
    }

    /// <summary>Reads small values one after the other with few large reads.</summary>
    private sealed class Cursor(ByteSource source, long offset)
    {
        private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

        private readonly byte[] _bytes = new byte[16 << 10];
        private long _offset = offset;
        private int _start;
        private int _end;

        public long Number() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

        public void Skip(int count) => Take(count);

        /// <summary>A text with its length in bytes before it, in groups of seven bits.</summary>
        public string Text(int longest)
        {
            var length = 0;
            for (var shift = 0; ; shift += 7)
            {
                var b = Take(1)[0];
                length |= (b & 0x7F) << shift;
                if ((b & 0x80) == 0) break;
                if (shift == 14) throw new UnreadableException("a name in the single-file bundle is longer than any path", _offset + _start);
            }

            if (length == 0 || length > longest) throw new UnreadableException($"a name in the single-file bundle has {length} bytes", _offset + _start);
            try
            {
                return Strict.GetString(Take(length));
            }
            catch (DecoderFallbackException e)
            {
                throw new UnreadableException("a name in the single-file bundle is no UTF-8", _offset + _start, e);
            }
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            while (_end - _start < count)
            {
                _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
                _offset += _start;
                _end -= _start;
                _start = 0;
                var read = source.Read(_offset + _end, _bytes.AsSpan(_end));
                if (read == 0) throw new UnreadableException("the list of files in the single-file bundle ends early", _offset + _end);
                _end += read;
            }

            var taken = _bytes.AsSpan(_start, count);
            _start += count;
            return taken;
        }
    }
}
