using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace ReleaseGate.Artifacts;

/// <summary>
/// Reads an asar, the archive of Electron: a header in JSON with the tree of the files, their lengths and places, and behind it their bytes, one after the other and as they are.
/// Source: electron/asar, README.md ("Format"); the numbers before the JSON are those of Chromium's Pickle.
/// </summary>
internal sealed class AsarReader(ByteSource source, EntryPath container, Action<Anomaly> report) : ArtifactReader
{
    private const int HeadLength = 16;
    private const int LongestHeader = 64 << 20;
    private const int LongestPadding = 3; // the JSON is filled up to four bytes

    private readonly List<AsarFile> _files = [];
    private int _order;

    public override bool AnyOrder => true;

    /// <summary>Whether an asar begins like this.</summary>
    public static bool IsHead(ReadOnlySpan<byte> head) =>
        head.Length > HeadLength && BinaryPrimitives.ReadUInt32LittleEndian(head) == 4 && head[HeadLength] == '{'
        && BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) is >= 10 and var header and < int.MaxValue
        && BinaryPrimitives.ReadUInt32LittleEndian(head[8..]) is var payload && payload <= header - 4
        && BinaryPrimitives.ReadUInt32LittleEndian(head[12..]) is >= 2 and var json && json <= payload - 4;

    public override IEnumerable<EntrySource> Entries()
    {
        var head = new byte[HeadLength];
        source.ReadExactly(0, head);
        var length = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(12));
        var data = 8L + BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(4));
        if (length > LongestHeader) throw new UnreadableException(string.Create(CultureInfo.InvariantCulture, $"the header of the asar has {length:N0} bytes; up to {LongestHeader:N0} are read"), 0);
        if (data > source.Length) throw new UnreadableException("the asar ends within its header", source.Length);
        var json = new byte[length];
        source.ReadExactly(HeadLength, json);
        ReadHeader(json, data);
        var end = HeadLength + length;
        if (data - end > LongestPadding || HasBytes(end, data)) report(new Anomaly(AnomalyKind.HiddenData, container, $"{data - end} bytes lie behind the header of the asar", end));
        ReportUncovered(data);
        return _files;
    }

    private void ReadHeader(byte[] json, long data)
    {
        try
        {
            // Each folder is two levels.
            using var header = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 512 });
            ReadFolder(header.RootElement, "", data);
        }
        // The second: a name or number that is none, such as half a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new UnreadableException("the header of the asar is damaged", HeadLength, e);
        }
    }

    private void ReadFolder(JsonElement folder, string prefix, long data)
    {
        if (!folder.TryGetProperty("files", out var files)) throw new UnreadableException("the header of the asar has no files", HeadLength);
        foreach (var node in files.EnumerateObject())
        {
            var path = prefix + node.Name;
            if (node.Value.TryGetProperty("files", out _)) ReadFolder(node.Value, path + "/", data);
            // It lies in the folder beside the archive, where it is an entry of its own.
            else if (!(node.Value.TryGetProperty("unpacked", out var unpacked) && unpacked.GetBoolean())) _files.Add(File(node.Value, path, data));
            if (_files.Count > Budget.Default.Entries) throw new UnreadableException(string.Create(CultureInfo.InvariantCulture, $"the asar claims more than {Budget.Default.Entries:N0} files"), HeadLength);
        }
    }

    private AsarFile File(JsonElement file, string path, long data)
    {
        var inside = new EntryPath(path, container);
        if (file.TryGetProperty("link", out var link)) return new AsarFile(source, new Entry(inside, _order++, EntryType.SymbolicLink) { LinkTarget = link.GetString() }, 0, 0);
        if (!file.TryGetProperty("size", out var size) || !size.TryGetInt64(out var length) || length < 0
            || !file.TryGetProperty("offset", out var at) || !long.TryParse(at.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var offset) || offset > source.Length)
            throw new UnreadableException($"the header of the asar does not say where '{EntryPath.Printable(path)}' lies", HeadLength);
        int? mode = file.TryGetProperty("executable", out var executable) && executable.GetBoolean() ? Convert.ToInt32("755", 8) : null;
        return new AsarFile(source, new Entry(inside, _order++) { CompressedLength = length, UnixMode = mode }, data + offset, length);
    }

    // What belongs to no file nobody would look at.
    private void ReportUncovered(long data)
    {
        var byPlace = _files.FindAll(static f => f.Length > 0);
        byPlace.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        var covered = data;
        foreach (var file in byPlace)
        {
            if (file.Offset > covered) ReportGap(covered, Math.Min(file.Offset, source.Length), "between the files");
            covered = Math.Max(covered, file.Offset + Math.Min(file.Length, source.Length));
        }

        ReportGap(covered, source.Length, "behind the files");
    }

    private void ReportGap(long from, long to, string where)
    {
        if (HasBytes(from, to)) report(new Anomaly(AnomalyKind.HiddenData, container, $"{to - from} bytes lie {where} of the asar", from));
    }

    private bool HasBytes(long from, long to)
    {
        Span<byte> bytes = stackalloc byte[4096];
        while (from < to)
        {
            var part = bytes[..(int)Math.Min(bytes.Length, to - from)];
            source.ReadExactly(from, part);
            if (part.ContainsAnyExcept((byte)0)) return true;
            from += part.Length;
        }

        return false;
    }

    private sealed class AsarFile(ByteSource source, Entry entry, long offset, long length) : EntrySource(entry)
    {
        public long Offset => offset;

        public override long Length => length;

        public override Stream Open() => length <= source.Length - offset
            ? new ByteSourceStream(source, offset, length)
            : throw new UnreadableException("the asar ends before it does", source.Length);
    }
}
