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
    private long _pathLength;
    private string? _strange;

    public override bool AnyOrder => true;

    /// <summary>Whether an asar begins like this, also one whose numbers lie: readers differ in what they forgive.</summary>
    public static bool IsHead(ReadOnlySpan<byte> head)
    {
        if (head.Length <= HeadLength || BinaryPrimitives.ReadUInt32LittleEndian(head) != 4) return false;
        var header = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        var payload = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
        // A Pickle takes for its own header whatever its payload leaves of it: four bytes as all write it, but any number that four divides.
        if (payload > header || (header - payload) % 4 != 0 || 12L + header - payload >= head.Length) return false;
        var json = head[(int)(12 + header - payload)..];
        if (json.StartsWith("\uFEFF"u8)) json = json[3..];
        json = json.TrimStart(" \t\r\n"u8);
        if (json.IsEmpty || json[0] != '{') return false;
        json = json[1..].TrimStart(" \t\r\n"u8);
        return json.IsEmpty || json[0] is (byte)'"' or (byte)'}';
    }

    public override IEnumerable<EntrySource> Entries()
    {
        var head = new byte[HeadLength];
        source.ReadExactly(0, head);
        var header = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4));
        var payload = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8));
        var length = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(12));
        // Not more room than for the padding: whoever takes another of these numbers would read another header.
        if (payload != header - 4L || length > payload - 4L) throw new UnreadableException("the numbers before the header of the asar do not fit together", 0);
        if (length > LongestHeader) throw new UnreadableException(string.Create(CultureInfo.InvariantCulture, $"the header of the asar has {length:N0} bytes; up to {LongestHeader:N0} are read"), 0);
        var data = 8L + header;
        if (data > source.Length) throw new UnreadableException("the asar ends within its header", source.Length);
        var json = new byte[length];
        source.ReadExactly(HeadLength, json);
        ReadHeader(json, data);
        var end = HeadLength + (int)length;
        if (data - end > LongestPadding || HasBytes(end, data)) report(new Anomaly(AnomalyKind.HiddenData, container, $"{data - end} bytes lie behind the header of the asar", end));
        if (_strange is not null) report(new Anomaly(AnomalyKind.HiddenData, container, $"the header of the asar holds '{EntryPath.Printable(_strange)}', which says nothing about a file", HeadLength));
        ReportUncovered(data);
        return _files;
    }

    private void ReadHeader(byte[] json, long data)
    {
        try
        {
            // Each folder is two levels.
            using var header = JsonDocument.Parse(json.AsMemory(json.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0), new JsonDocumentOptions { MaxDepth = 512 });
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
        NoteStrange(folder);
        foreach (var node in files.EnumerateObject())
        {
            var path = prefix + node.Name;
            // A folder's name is written once and belongs to each path in it.
            if ((_pathLength += path.Length) > LongestHeader) throw new UnreadableException(string.Create(CultureInfo.InvariantCulture, $"the paths in the asar have more than {LongestHeader:N0} characters"), HeadLength);
            if (node.Value.TryGetProperty("files", out _))
            {
                ReadFolder(node.Value, path + "/", data);
                continue;
            }

            NoteStrange(node.Value);
            // It lies in the folder beside the archive, where it is an entry of its own. A link is made wherever the archive is unpacked.
            var isElsewhere = node.Value.TryGetProperty("unpacked", out var unpacked) && unpacked.GetBoolean() && !node.Value.TryGetProperty("link", out _);
            if (!isElsewhere) _files.Add(File(node.Value, path, data));
            if (_files.Count > Budget.Default.Entries) throw new UnreadableException(string.Create(CultureInfo.InvariantCulture, $"the asar claims more than {Budget.Default.Entries:N0} files"), HeadLength);
        }
    }

    // Text that no reader asks for is unpacked by nobody, but it ships.
    private void NoteStrange(JsonElement node)
    {
        if (_strange is not null) return;
        var seen = new List<string>();
        foreach (var property in node.EnumerateObject())
        {
            if (!IsUsual(property) || seen.Contains(property.Name))
            {
                _strange = property.Name;
                return;
            }

            seen.Add(property.Name);
        }

        if (seen.Contains("files") && seen.Contains("link")) _strange = "link";
    }

    private static bool IsUsual(JsonProperty property) => property.Name switch
    {
        "files" => true,
        "size" => property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetInt64(out _),
        "offset" => property.Value.ValueKind == JsonValueKind.String && long.TryParse(property.Value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out _),
        "executable" or "unpacked" => property.Value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "link" => property.Value.ValueKind == JsonValueKind.String,
        "integrity" => property.Value.ValueKind == JsonValueKind.Object && IsIntegrity(property.Value),
        _ => false,
    };

    // electron/asar, src/integrity.ts: digests of the file and of its blocks.
    private static bool IsIntegrity(JsonElement integrity)
    {
        var count = 0;
        foreach (var property in integrity.EnumerateObject())
        {
            count++;
            var isUsual = property.Name switch
            {
                "algorithm" => property.Value.ValueKind == JsonValueKind.String && property.Value.ValueEquals("SHA256"),
                "hash" => IsDigest(property.Value),
                "blockSize" => property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetInt32(out _),
                "blocks" => property.Value.ValueKind == JsonValueKind.Array && AreDigests(property.Value),
                _ => false,
            };
            if (!isUsual) return false;
        }

        return count <= 4;
    }

    private static bool AreDigests(JsonElement blocks)
    {
        foreach (var block in blocks.EnumerateArray())
            if (!IsDigest(block)) return false;
        return true;
    }

    private static bool IsDigest(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: 64 } digest) return false;
        foreach (var digit in digest)
            if (!char.IsAsciiHexDigit(digit)) return false;
        return true;
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
        byPlace.Sort(static (a, b) => (a.Offset, a.Length).CompareTo((b.Offset, b.Length)));
        var covered = data;
        AsarFile? last = null;
        var isTold = false;
        foreach (var file in byPlace)
        {
            // The same file twice may lie there once; parts of others no writer shares.
            if (!isTold && file.Offset < covered && (file.Offset != last!.Offset || file.Length != last.Length))
            {
                report(new Anomaly(AnomalyKind.DecompressionBomb, file.Entry.ArchivePath, "its bytes overlap with those of another entry", file.Offset));
                isTold = true;
            }

            last = file;
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
