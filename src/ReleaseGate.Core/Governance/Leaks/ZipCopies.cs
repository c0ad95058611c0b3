using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance.Leaks;

/// <summary>
/// Copies of a zip: what stays is taken over as it lies there, compressed; the directory is written anew, with the records of what stays. Source: PKWARE APPNOTE.TXT 6.3.10.
/// </summary>
internal sealed class ZipCopies : Copies
{
    private const int EndLength = 22;
    private const int CentralLength = 46;
    private const int LocalLength = 30;
    private const ushort Deflated = 8;
    private const ushort Utf8Name = 0x800;

    // 2020-01-01, 00:00: no attribute that a rule wonders about.
    private const ushort Date = 40 << 9 | 1 << 5 | 1;

    private readonly ByteSource _source;
    private readonly IDisposable? _handle;
    private readonly Inventory _inventory;
    private readonly string _root;
    private readonly List<Record> _records = [];
    private readonly long _directory;
    private readonly byte[] _comment;

    public ZipCopies(ByteSource source, IDisposable? handle, Inventory inventory)
    {
        _source = source;
        _handle = handle;
        _inventory = inventory;
        _root = RootOf(inventory);
        var tail = new byte[(int)Math.Min(source.Length, EndLength + ushort.MaxValue)];
        source.ReadExactly(source.Length - tail.Length, tail);
        var at = tail.AsSpan().LastIndexOf("PK\x5\x6"u8);
        while (at >= 0 && (at + EndLength > tail.Length || at + EndLength + BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(at + 20)) != tail.Length)) at = tail.AsSpan(0, at).LastIndexOf("PK\x5\x6"u8);
        if (at < 0) throw Refused(inventory, "its end record is not at its end");
        var end = tail.AsSpan(at);
        int entries = BinaryPrimitives.ReadUInt16LittleEndian(end[10..]);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]), offset = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
        _comment = end[EndLength..].ToArray();
        if (entries == ushort.MaxValue || offset == uint.MaxValue || (at >= 20 && tail.AsSpan(at - 20).StartsWith("PK\x6\x7"u8))) throw Refused(inventory, "it is a zip64, of more than 4 GB or 65,534 entries");
        if (offset + length != source.Length - end.Length) throw Refused(inventory, "its directory is not where its end record says");
        _directory = offset;
        ReadDirectory(entries, (int)length);
    }

    private Encoding Names { get; } = new UTF8Encoding(false);

    public override byte[] Read(Entry entry)
    {
        using var zip = new ZipArchive(new SeekableByteSourceStream(_source), ZipArchiveMode.Read);
        using var stream = (zip.GetEntry(entry.ArchivePath.Inner) ?? throw new UnreadableException($"'{entry}' is not found again")).Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    public override Copy Make(IReadOnlyList<Seed> seeds, int worker)
    {
        var copy = new SegmentedByteSource();
        long before = 0;
        var removed = new HashSet<string>(StringComparer.Ordinal);
        var changed = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var seed in seeds)
        {
            if (seed is BytesBefore { Bytes: var prefix })
            {
                copy.Add(prefix);
                before += prefix.Length;
            }
            else if (seed is RemovedEntry gone) removed.Add(ArchivePathOf(_inventory, gone.Path));
            else if (seed is ChangedEntry other) changed.Add(ArchivePathOf(_inventory, other.Path), other.Bytes);
        }

        var offsets = new long[_records.Count];
        Array.Fill(offsets, -1);
        CopyKept(copy, before, offsets, removed, changed);
        using var directory = new MemoryStream();
        var count = 0;
        for (var i = 0; i < _records.Count; i++)
        {
            var record = _records[i];
            if (removed.Contains(record.Name)) continue;
            count++;
            var central = record.Central.AsSpan();
            if (changed.TryGetValue(record.Name, out var bytes))
            {
                // Attributes stay.
                AddFile(copy, directory, before, record.RawName, bytes, central[4] | central[5] << 8, BinaryPrimitives.ReadUInt32LittleEndian(central[38..]), (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(central[8..]) & Utf8Name));
                continue;
            }

            var patched = record.Central.ToArray();
            BinaryPrimitives.WriteUInt32LittleEndian(patched.AsSpan(42), (uint)offsets[i]);
            directory.Write(patched);
        }

        foreach (var seed in seeds)
        {
            if (seed is not AddedEntry added) continue;
            count++;
            var name = Names.GetBytes(added.IsRaw ? added.Path : _root + added.Path);
            var mode = added.LinkTarget is not null ? 0xA1FF : added.Mode is { } permissions ? 0x8000 | permissions : 0;
            AddFile(copy, directory, before, name, added.LinkTarget is { } target ? Names.GetBytes(target) : added.Bytes, mode != 0 ? 3 << 8 | 20 : 20, (uint)mode << 16, Ascii.IsValid(name) ? (ushort)0 : Utf8Name);
        }

        AddEnd(copy, directory, count, copy.Length - before);
        var artifact = copy;
        foreach (var seed in seeds)
        {
            if (seed is BytesBehind { Bytes: var suffix }) artifact.Add(suffix);
            if (seed is not CutEnd cut) continue;
            artifact = new SegmentedByteSource();
            artifact.Add(copy, 0, Math.Max(0, copy.Length - cut.Count));
        }

        return new Copy(Artifact.Of(_inventory.Name, artifact));
    }

    public override void Dispose()
    {
        _handle?.Dispose();
        base.Dispose();
    }

    private void ReadDirectory(int entries, int length)
    {
        var directory = new byte[length];
        _source.ReadExactly(_directory, directory);
        var at = 0;
        for (var i = 0; i < entries; i++)
        {
            if (at + CentralLength > length || !directory.AsSpan(at).StartsWith("PK\x1\x2"u8)) throw Refused(_inventory, "its directory is damaged");
            var record = directory.AsSpan(at);
            int name = BinaryPrimitives.ReadUInt16LittleEndian(record[28..]), extra = BinaryPrimitives.ReadUInt16LittleEndian(record[30..]), comment = BinaryPrimitives.ReadUInt16LittleEndian(record[32..]);
            var offset = BinaryPrimitives.ReadUInt32LittleEndian(record[42..]);
            if (offset == uint.MaxValue) throw Refused(_inventory, "it is a zip64, of more than 4 GB or 65,534 entries");
            var central = record[..(CentralLength + name + extra + comment)].ToArray();
            var raw = central.AsSpan(CentralLength, name).ToArray();
            _records.Add(new Record((BinaryPrimitives.ReadUInt16LittleEndian(central.AsSpan(8)) & Utf8Name) != 0 ? Encoding.UTF8.GetString(raw) : CodePage437.GetString(raw), raw, central, offset));
            at += central.Length;
        }
    }

    // From a local header to the next, whatever lies there: data descriptors belong to the entry before them.
    private void CopyKept(SegmentedByteSource copy, long before, long[] offsets, HashSet<string> removed, Dictionary<string, byte[]> changed)
    {
        var order = Enumerable.Range(0, _records.Count).OrderBy(i => _records[i].Offset).ToArray();
        long from = 0, until = 0;
        for (var k = 0; k < order.Length; k++)
        {
            var record = _records[order[k]];
            var next = k + 1 < order.Length ? _records[order[k + 1]].Offset : _directory;
            if (removed.Contains(record.Name) || changed.ContainsKey(record.Name))
            {
                copy.Add(_source, from, record.Offset - from);
                from = next;
            }
            else
            {
                offsets[order[k]] = copy.Length - before + (record.Offset - from);
            }

            until = next;
        }

        copy.Add(_source, from, until - from);
    }

    private static void AddFile(SegmentedByteSource copy, MemoryStream directory, long before, byte[] name, byte[] bytes, int madeBy, uint attributes, ushort flags)
    {
        var offset = copy.Length - before;
        using var data = new MemoryStream();
        using (var deflate = new DeflateStream(data, CompressionLevel.Fastest, leaveOpen: true)) deflate.Write(bytes);
        var crc = Crc32.Of(bytes);
        var local = new byte[LocalLength + name.Length];
        "PK\x3\x4"u8.CopyTo(local);
        Fields(local.AsSpan(4));
        BinaryPrimitives.WriteUInt16LittleEndian(local.AsSpan(26), (ushort)name.Length);
        name.CopyTo(local, LocalLength);
        copy.Add(local);
        copy.Add(data.ToArray());

        var central = new byte[CentralLength + name.Length];
        "PK\x1\x2"u8.CopyTo(central);
        BinaryPrimitives.WriteUInt16LittleEndian(central.AsSpan(4), (ushort)madeBy);
        Fields(central.AsSpan(6));
        BinaryPrimitives.WriteUInt16LittleEndian(central.AsSpan(28), (ushort)name.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(central.AsSpan(38), attributes);
        BinaryPrimitives.WriteUInt32LittleEndian(central.AsSpan(42), (uint)offset);
        name.CopyTo(central, CentralLength);
        directory.Write(central);

        // What both headers say, from the version needed to the length.
        void Fields(Span<byte> at)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(at, 20);
            BinaryPrimitives.WriteUInt16LittleEndian(at[2..], flags);
            BinaryPrimitives.WriteUInt16LittleEndian(at[4..], Deflated);
            BinaryPrimitives.WriteUInt16LittleEndian(at[8..], Date);
            BinaryPrimitives.WriteUInt32LittleEndian(at[10..], crc);
            BinaryPrimitives.WriteUInt32LittleEndian(at[14..], (uint)data.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(at[18..], (uint)bytes.Length);
        }
    }

    private void AddEnd(SegmentedByteSource copy, MemoryStream directory, int count, long offset)
    {
        if (offset > uint.MaxValue - 1 || count > ushort.MaxValue - 1) throw Refused(_inventory, "with a leak in it, it would be a zip64, of more than 4 GB or 65,534 entries");
        copy.Add(directory.ToArray());
        var end = new byte[EndLength + _comment.Length];
        "PK\x5\x6"u8.CopyTo(end);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)count);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)count);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)directory.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), (uint)offset);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(20), (ushort)_comment.Length);
        _comment.CopyTo(end, EndLength);
        copy.Add(end);
    }

    private sealed record Record(string Name, byte[] RawName, byte[] Central, long Offset);
}
