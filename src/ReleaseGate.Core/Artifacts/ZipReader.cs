using System.Buffers.Binary;
using System.Text;

namespace ReleaseGate.Artifacts;

/// <summary>
/// Reads a zip by its central directory, as NuGet does, and holds everything else against it: local headers, data descriptors and every byte
/// of the file must be explained by the directory. Source: PKWARE APPNOTE.TXT 6.3.10; Info-ZIP's extra field notes.
/// </summary>
internal sealed class ZipReader(ByteSource source, EntryPath? container, Action<Anomaly> report) : ArtifactReader
{
    private const int EndLength = 22;
    private const int LocalLength = 30;
    private const int CentralLength = 46;
    private const int LinkLimit = 4096;

    // 128 MiB of directory are more than a million entries.
    private const int DirectoryLimit = 128 << 20;

    // Bytes in extra fields and comments that no rule reads; time stamps, owners and zip64 sizes take far less.
    private const int ExtraLimit = 512;
    private const int CommentLimit = 256;

    // Bytes of extra fields that time stamps, owners and sizes of one entry take, and what may go beyond them and in comments in the whole zip.
    private const int ExtraUsual = 64;
    private const long UnreadLimit = 16 << 10;

    // An archive that is wrong everywhere need not say so a hundred thousand times.
    private const int AnomalyLimit = 50;

    private Dictionary<AnomalyKind, int>? _reported;
    private long _unread;

    public override bool AnyOrder => true;

    /// <summary>Whether an end record stands where readers look for it.</summary>
    public static bool HasEnd(ByteSource source)
    {
        var tail = Tail(source, out _);
        return tail.AsSpan().IndexOf("PK\x5\x6"u8) >= 0;
    }

    /// <summary>
    /// Whether a file ends in a zip of at least one entry, whatever it begins with: programs that unpack zips look for the end alone.
    /// </summary>
    /// <param name="tail">The last bytes of the file.</param>
    /// <param name="length">The length of the whole file.</param>
    public static bool EndsIn(ReadOnlySpan<byte> tail, long length)
    {
        for (var at = tail.LastIndexOf("PK\x5\x6"u8); at >= 0; at = tail[..at].LastIndexOf("PK\x5\x6"u8))
        {
            var record = tail[at..];
            if (record.Length < EndLength || record.Length != EndLength + BinaryPrimitives.ReadUInt16LittleEndian(record[20..])) continue;
            if (BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) != 0) continue; // several disks
            int here = BinaryPrimitives.ReadUInt16LittleEndian(record[8..]), entries = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
            long directory = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]), offset = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
            var isZip64 = at >= 20 && tail[(at - 20)..].StartsWith("PK\x6\x7"u8);
            if (isZip64 || (here == entries && entries > 0 && directory >= (long)entries * CentralLength && directory + offset <= length - record.Length)) return true;
        }

        return false;
    }

    public override IEnumerable<EntrySource> Entries()
    {
        foreach (var entry in ReadDirectory()) yield return entry;
    }

    private List<ZipEntrySource> ReadDirectory()
    {
        var end = FindEnd();
        var directory = new byte[end.DirectoryLength];
        source.ReadExactly(end.DirectoryOffset, directory);
        var records = Parse(directory, end);
        return Cover(records, end);
    }

    private static byte[] Tail(ByteSource source, out long offset)
    {
        var length = (int)Math.Min(source.Length, EndLength + ushort.MaxValue);
        offset = source.Length - length;
        var tail = new byte[length];
        source.ReadExactly(offset, tail);
        return tail;
    }

    /// <summary>What the end records say. Offsets are those in the file; <c>Shift</c> is what the archive's own offsets lack.</summary>
    private readonly record struct EndRecord(long DirectoryOffset, int DirectoryLength, long Entries, long Shift, long End);

    private EndRecord FindEnd()
    {
        var tail = Tail(source, out var tailOffset);
        UnreadableException? failure = null;
        // Readers take the last one that makes sense. One they might take instead is worth a finding.
        for (var at = tail.AsSpan().LastIndexOf("PK\x5\x6"u8); at >= 0; at = tail.AsSpan(0, at).LastIndexOf("PK\x5\x6"u8))
        {
            if (at + EndLength > tail.Length) continue;
            try
            {
                var end = ReadEnd(tail.AsSpan(at), tailOffset + at);
                if (failure is not null) Report(AnomalyKind.HiddenData, container, "the archive comment holds a second end record", tailOffset + at);
                var comment = BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(at + 20));
                var behind = tail.Length - at - EndLength - comment;
                if (behind > 0) Report(AnomalyKind.HiddenData, container, $"{behind} bytes follow the end of the zip", tailOffset + tail.Length - behind);
                if (comment > CommentLimit) Report(AnomalyKind.HiddenData, container, $"the archive comment has {comment} bytes that no rule reads", tailOffset + at + EndLength);
                return end;
            }
            catch (UnreadableException e)
            {
                failure ??= e;
            }
        }

        throw failure ?? new UnreadableException("the zip has no end record; it is truncated");
    }

    private EndRecord ReadEnd(ReadOnlySpan<byte> record, long at)
    {
        var commentLength = BinaryPrimitives.ReadUInt16LittleEndian(record[20..]);
        if (at + EndLength + commentLength > source.Length) throw new UnreadableException("the archive comment is truncated", at);
        int disk = BinaryPrimitives.ReadUInt16LittleEndian(record[4..]), directoryDisk = BinaryPrimitives.ReadUInt16LittleEndian(record[6..]);
        long here = BinaryPrimitives.ReadUInt16LittleEndian(record[8..]), entries = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]), offset = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);

        var directoryEnd = at;
        long? zip64Shift = null;
        var locator = new byte[20];
        if (at >= locator.Length)
        {
            source.ReadExactly(at - locator.Length, locator);
            if (locator.AsSpan().StartsWith("PK\x6\x7"u8))
            {
                if (BinaryPrimitives.ReadUInt32LittleEndian(locator.AsSpan(4)) != 0 || BinaryPrimitives.ReadUInt32LittleEndian(locator.AsSpan(16)) > 1)
                    throw new UnreadableException("zips of several disks are not read", at);
                var stated = (long)BinaryPrimitives.ReadUInt64LittleEndian(locator.AsSpan(8));
                // Without extensible data, which nobody writes, the zip64 record stands right before its locator.
                directoryEnd = at - locator.Length - 56;
                var zip64 = new byte[56];
                if (directoryEnd < 0) throw new UnreadableException("the zip64 end record is missing", at);
                source.ReadExactly(directoryEnd, zip64);
                if (!zip64.AsSpan().StartsWith("PK\x6\x6"u8) || BinaryPrimitives.ReadUInt64LittleEndian(zip64.AsSpan(4)) != 44)
                    throw new UnreadableException("the zip64 end record is missing, or of a form that is not read", directoryEnd);
                if (stated > directoryEnd || stated < 0) throw new UnreadableException("the zip64 locator points outside", at - locator.Length);
                zip64Shift = directoryEnd - stated;
                Settle(ref disk, BinaryPrimitives.ReadUInt32LittleEndian(zip64.AsSpan(16)), ushort.MaxValue);
                Settle(ref directoryDisk, BinaryPrimitives.ReadUInt32LittleEndian(zip64.AsSpan(20)), ushort.MaxValue);
                SettleLong(ref here, BinaryPrimitives.ReadUInt64LittleEndian(zip64.AsSpan(24)), ushort.MaxValue);
                SettleLong(ref entries, BinaryPrimitives.ReadUInt64LittleEndian(zip64.AsSpan(32)), ushort.MaxValue);
                SettleLong(ref length, BinaryPrimitives.ReadUInt64LittleEndian(zip64.AsSpan(40)), uint.MaxValue);
                SettleLong(ref offset, BinaryPrimitives.ReadUInt64LittleEndian(zip64.AsSpan(48)), uint.MaxValue);
            }
        }

        if (disk != 0 || directoryDisk != 0 || here != entries) throw new UnreadableException("zips of several disks are not read", at);
        if (length < 0 || offset < 0 || offset > source.Length || length > directoryEnd) throw new UnreadableException("the end record points outside the file", at);
        if (length > DirectoryLimit) throw new UnreadableException($"the zip's directory claims {length} bytes", at);

        // The directory should end where the end record begins; if not, either bytes lie between or bytes were put before everything.
        var last = directoryEnd - length;
        var shift = 0L;
        if (offset != last)
        {
            if (IsDirectory(offset, length)) Report(AnomalyKind.HiddenData, container, "bytes lie between the directory of the zip and its end record", offset + length);
            else if (last > offset && (length == 0 ? entries == 0 : IsDirectory(last, length))) shift = last - offset;
            else throw new UnreadableException("the zip's directory is not where its end record says", at);
        }

        if (zip64Shift is { } other && other != shift) Report(AnomalyKind.HiddenData, container, "the zip64 records contradict the end record", at);
        return new EndRecord(offset + shift, (int)length, entries, shift, at);

        void Settle(ref int value, uint wide, int unknown)
        {
            if (value == unknown) value = (int)Math.Min(wide, int.MaxValue);
            else if (value != wide) throw new UnreadableException("the zip64 end record contradicts the end record", at);
        }

        void SettleLong(ref long value, ulong wide, long unknown)
        {
            if (value == unknown) value = (long)Math.Min(wide, long.MaxValue);
            else if ((ulong)value != wide) throw new UnreadableException("the zip64 end record contradicts the end record", at);
        }
    }

    private bool IsDirectory(long offset, long length)
    {
        if (length < CentralLength || offset + length > source.Length) return false;
        Span<byte> signature = stackalloc byte[4];
        source.ReadExactly(offset, signature);
        return signature.SequenceEqual("PK\x1\x2"u8);
    }

    /// <summary>One record of the directory, decoded.</summary>
    private sealed class Record
    {
        public required EntryPath Path { get; init; }

        public required int Order { get; init; }

        public required ReadOnlyMemory<byte> RawName { get; init; }

        public required ushort Flags { get; init; }

        public required ushort Method { get; init; }

        public required uint Crc { get; init; }

        public required long Compressed { get; init; }

        public required long Length { get; init; }

        public required uint Attributes { get; init; }

        public required bool FromUnix { get; init; }

        public required DateTime? Modified { get; init; }

        /// <summary>Where the local header stands in the file.</summary>
        public required long Offset { get; init; }

        /// <summary>Where the compressed data stands; set when the local header was read.</summary>
        public long Data { get; set; } = -1;

        /// <summary>Why the entry cannot be read, or null.</summary>
        public string? Refusal { get; set; }
    }

    private List<Record> Parse(byte[] directory, EndRecord end)
    {
        // Before anything is made of them: a directory of zeros is small and claims millions.
        if (end.Entries > Budget.Default.Entries) throw new UnreadableException($"the zip's directory claims {end.Entries} entries", end.DirectoryOffset);
        var records = new List<Record>((int)Math.Min(end.Entries, directory.Length / CentralLength));
        var rest = directory.AsSpan();
        var at = 0;
        while (rest.Length >= CentralLength && rest.StartsWith("PK\x1\x2"u8))
        {
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(rest[28..]), extraLength = BinaryPrimitives.ReadUInt16LittleEndian(rest[30..]), commentLength = BinaryPrimitives.ReadUInt16LittleEndian(rest[32..]);
            var total = CentralLength + nameLength + extraLength + commentLength;
            if (total > rest.Length) throw new UnreadableException("the zip's directory is truncated", end.DirectoryOffset + at);

            var flags = BinaryPrimitives.ReadUInt16LittleEndian(rest[8..]);
            long compressed = BinaryPrimitives.ReadUInt32LittleEndian(rest[20..]), length = BinaryPrimitives.ReadUInt32LittleEndian(rest[24..]);
            long disk = BinaryPrimitives.ReadUInt16LittleEndian(rest[34..]), offset = BinaryPrimitives.ReadUInt32LittleEndian(rest[42..]);
            var rawName = rest.Slice(CentralLength, nameLength);
            var extra = rest.Slice(CentralLength + nameLength, extraLength);

            var fields = ZipExtraFields.Read(extra, rawName, flags, ref compressed, ref length, ref offset, ref disk);
            var path = new EntryPath(fields.Name, container);
            if (fields.NameContradiction) Report(AnomalyKind.HiddenData, path, "the Unicode name in its extra field is another one", end.DirectoryOffset + at);
            if (fields.Damaged) Report(AnomalyKind.HiddenData, path, "its extra field is damaged", end.DirectoryOffset + at);
            if (disk != 0) throw new UnreadableException("zips of several disks are not read", end.DirectoryOffset + at);
            if (commentLength > CommentLimit) Report(AnomalyKind.HiddenData, path, $"its comment has {commentLength} bytes that no rule reads", end.DirectoryOffset + at);
            _unread += commentLength + Math.Max(0, NonZero(extra) - ExtraUsual);
            if (NonZero(extra) > ExtraLimit) Report(AnomalyKind.HiddenData, path, $"its extra field has {extraLength} bytes that no rule reads", end.DirectoryOffset + at);

            records.Add(new Record
            {
                Path = path,
                Order = records.Count,
                RawName = directory.AsMemory(at + CentralLength, nameLength),
                Flags = flags,
                Method = BinaryPrimitives.ReadUInt16LittleEndian(rest[10..]),
                Crc = BinaryPrimitives.ReadUInt32LittleEndian(rest[16..]),
                Compressed = compressed,
                Length = length,
                Attributes = BinaryPrimitives.ReadUInt32LittleEndian(rest[38..]),
                FromUnix = rest[5] is 3 or 19,
                Modified = fields.Modified ?? DosTime(BinaryPrimitives.ReadUInt16LittleEndian(rest[14..]), BinaryPrimitives.ReadUInt16LittleEndian(rest[12..])),
                Offset = offset < 0 || offset > end.DirectoryOffset ? -1 : offset + end.Shift,
            });
            at += total;
            rest = rest[total..];
        }

        if (rest.Length > 0) Report(AnomalyKind.HiddenData, container, $"the zip's directory ends with {rest.Length} bytes that are no entry", end.DirectoryOffset + at);
        if (records.Count != end.Entries) throw new UnreadableException($"the zip's directory lists {records.Count} entries and claims {end.Entries}", end.DirectoryOffset);
        return records;
    }

    /// <summary>Reads the local headers in the order of the file and accounts for every byte.</summary>
    private List<ZipEntrySource> Cover(List<Record> records, EndRecord end)
    {
        var byOffset = records.ToArray();
        Array.Sort(byOffset, static (a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : a.Order.CompareTo(b.Order));
        var window = new Window(source);
        var covered = 0L;
        foreach (var record in byOffset)
        {
            if (record.Offset < 0 || record.Compressed < 0 || record.Length < 0)
            {
                record.Refusal = "the directory points outside the file";
                continue;
            }

            if (record.Offset > covered) Gap(window, covered, record.Offset);
            else if (record.Offset < covered) Report(AnomalyKind.DecompressionBomb, record.Path, "its bytes overlap with those of another entry", record.Offset);

            covered = Math.Max(covered, Local(window, record, end.DirectoryOffset));
        }

        if (covered < end.DirectoryOffset) Gap(window, covered, end.DirectoryOffset);
        if (_unread > UnreadLimit) Report(AnomalyKind.HiddenData, container, $"comments and extra fields of its entries have {_unread} bytes that no rule reads", end.DirectoryOffset);

        var entries = new List<ZipEntrySource>(records.Count);
        foreach (var record in records) entries.Add(Source(record));
        return entries;
    }

    private void Gap(Window window, long from, long to)
    {
        var place = from == 0 ? "before the first entry" : "between the entries";
        var header = window.Read(from, 4).StartsWith("PK\x3\x4"u8) ? ", among them an entry that the directory does not list" : "";
        Report(AnomalyKind.HiddenData, container, $"{to - from} bytes lie {place} of the zip{header}", from);
    }

    /// <summary>Compares the local header with the directory; returns where the entry ends, with its data descriptor.</summary>
    private long Local(Window window, Record record, long limit)
    {
        var local = window.Read(record.Offset, LocalLength);
        if (local.Length < LocalLength || !local.StartsWith("PK\x3\x4"u8))
        {
            record.Refusal = "there is no local header where the directory says";
            return record.Offset;
        }

        var flags = BinaryPrimitives.ReadUInt16LittleEndian(local[6..]);
        var method = BinaryPrimitives.ReadUInt16LittleEndian(local[8..]);
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(local[14..]);
        long compressed = BinaryPrimitives.ReadUInt32LittleEndian(local[18..]), length = BinaryPrimitives.ReadUInt32LittleEndian(local[22..]);
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(local[26..]), extraLength = BinaryPrimitives.ReadUInt16LittleEndian(local[28..]);
        record.Data = record.Offset + LocalLength + nameLength + extraLength;
        if (record.Data > limit || record.Compressed > limit - record.Data)
        {
            record.Refusal = "its data reaches into the zip's directory";
            return Math.Min(record.Data, limit);
        }

        var name = window.Read(record.Offset + LocalLength, nameLength);
        if (!name.SequenceEqual(record.RawName.Span))
            Contradiction(record, $"its local header names it '{EntryPath.Printable((flags & 0x800) != 0 ? Encoding.UTF8.GetString(name) : CodePage437.GetString(name))}'");
        var extra = window.Read(record.Offset + LocalLength + nameLength, extraLength);
        var zip64 = extraLength > 0 && ReadLocalExtra(record, extra, ref compressed, ref length);
        if (method != record.Method) Contradiction(record, $"its local header says compression method {method}, the directory {record.Method}");
        // Bits 1 and 2 tell how hard the compressor tried; some writers set them on one side only.
        if (((flags ^ record.Flags) & ~0x6) != 0) Contradiction(record, "the flags of its local header differ from the directory's");

        // A local header may leave to the data descriptor what was not known when it was written.
        var described = (flags & 8) != 0;
        if (crc != record.Crc && !(described && crc == 0)) Contradiction(record, "the checksum in its local header differs from the directory's");
        if (compressed != record.Compressed && !(described && compressed is 0 or uint.MaxValue)) Contradiction(record, "the compressed length in its local header differs from the directory's");
        if (length != record.Length && !(described && length is 0 or uint.MaxValue)) Contradiction(record, "the length in its local header differs from the directory's");

        var end = record.Data + record.Compressed;
        return described ? Descriptor(window, record, end, limit, zip64) : end;
    }

    private bool ReadLocalExtra(Record record, ReadOnlySpan<byte> extra, ref long compressed, ref long length)
    {
        _unread += Math.Max(0, NonZero(extra) - ExtraUsual);
        if (NonZero(extra) > ExtraLimit) Contradiction(record, $"the extra field of its local header has {extra.Length} bytes that no rule reads");
        long offset = 0, disk = 0;
        var zip64 = false;
        for (var rest = extra; rest.Length >= 4;)
        {
            zip64 |= BinaryPrimitives.ReadUInt16LittleEndian(rest) == 1;
            var next = 4 + BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            rest = next > rest.Length ? default : rest[next..];
        }

        var fields = ZipExtraFields.Read(extra, record.RawName.Span, record.Flags, ref compressed, ref length, ref offset, ref disk);
        if (fields.Damaged) Contradiction(record, "the extra field of its local header is damaged");
        if (fields.NameContradiction || fields.Name != record.Path.Inner) Contradiction(record, "the Unicode name in its local header is another one");
        return zip64;
    }

    /// <summary>A data descriptor comes in four shapes: with or without signature, with sizes of 4 or 8 bytes (APPNOTE 4.3.9).</summary>
    private long Descriptor(Window window, Record record, long at, long limit, bool zip64)
    {
        var bytes = window.Read(at, (int)Math.Min(24, limit - at));
        foreach (var wide in zip64 ? (ReadOnlySpan<bool>)[true, false] : [false, true])
        {
            foreach (var signed in (ReadOnlySpan<bool>)[true, false])
            {
                var rest = bytes;
                if (signed)
                {
                    if (!rest.StartsWith("PK\x7\x8"u8)) continue;
                    rest = rest[4..];
                }

                var size = wide ? 20 : 12;
                if (rest.Length < size || BinaryPrimitives.ReadUInt32LittleEndian(rest) != record.Crc) continue;
                var compressed = wide ? BinaryPrimitives.ReadInt64LittleEndian(rest[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
                var length = wide ? BinaryPrimitives.ReadInt64LittleEndian(rest[12..]) : BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]);
                if (compressed == record.Compressed && length == record.Length) return at + size + (signed ? 4 : 0);
            }
        }

        Contradiction(record, "its data descriptor is missing or differs from the directory");
        return at;
    }

    private ZipEntrySource Source(Record record)
    {
        var unixType = record.Attributes >> 28;
        var mode = record.Attributes >> 16;
        var type = unixType switch
        {
            0xA => EntryType.SymbolicLink,
            0x1 or 0x2 or 0x6 or 0xC => EntryType.Device,
            _ => record.Path.Inner.EndsWith('/') || (unixType == 0x4 && record.Length == 0) ? EntryType.Directory : EntryType.File,
        };
        record.Refusal ??= Refusal(record);
        // An empty deflate stream takes two bytes.
        var hasBytes = record.Length > 0 || record.Compressed > 2;
        if (type == EntryType.Directory && hasBytes)
        {
            // They ship, whatever unpacking makes of them: read them.
            Contradiction(record, "a folder has bytes");
            type = EntryType.File;
        }

        if (type == EntryType.Device && hasBytes) Contradiction(record, "a device has bytes");

        string? target = null;
        if (type == EntryType.SymbolicLink) target = ReadTarget(record);
        else if (type != EntryType.File && record.Refusal is not null) Report(AnomalyKind.Uninspectable, record.Path, record.Refusal, Math.Max(0, record.Offset));
        var entry = new Entry(record.Path, record.Order, type)
        {
            LinkTarget = target,
            UnixMode = record.FromUnix || mode != 0 ? (int)(mode & 0xfff) : null,
            Modified = record.Modified,
            CompressedLength = record.Compressed,
        };
        return new ZipEntrySource(this, record, entry);
    }

    private static string? Refusal(Record record)
    {
        if ((record.Flags & 0x2041) != 0) return "it is encrypted";
        if ((record.Flags & 0x20) != 0) return "it is patch data";
        if (record.Method is not (0 or 8)) return $"its compression method {MethodName(record.Method)} is not read";
        if (record.Method == 0 && record.Compressed != record.Length) return "it is stored, but its two lengths differ";
        return null;
    }

    private string? ReadTarget(Record record)
    {
        try
        {
            if (record.Length > LinkLimit) throw new UnreadableException($"a link's target has {record.Length} bytes");
            using var stream = OpenData(record);
            var target = new byte[LinkLimit];
            var length = stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(target, 0, length);
        }
        catch (UnreadableException e)
        {
            Report(AnomalyKind.Uninspectable, record.Path, e.Message, e.Offset ?? record.Offset);
            return null;
        }
    }

    private ZipEntryStream OpenData(Record record) => Open(record.Refusal, record.Offset, record.Data, record.Compressed, record.Length, record.Crc, record.Method);

    private ZipEntryStream Open(string? refusal, long offset, long data, long compressed, long length, uint crc, ushort method)
    {
        if (refusal is not null) throw new UnreadableException(refusal, offset < 0 ? null : offset);
        return new ZipEntryStream(source, data, compressed, length, crc, deflated: method == 8 && compressed + length > 0);
    }

    private void Contradiction(Record record, string reason) => Report(AnomalyKind.HiddenData, record.Path, reason, record.Offset);

    private void Report(AnomalyKind kind, EntryPath? path, string reason, long offset)
    {
        _reported ??= [];
        var count = _reported[kind] = _reported.GetValueOrDefault(kind) + 1;
        if (count < AnomalyLimit) report(new Anomaly(kind, path, reason, offset));
        else if (count == AnomalyLimit) report(new Anomaly(kind, container, $"there are {AnomalyLimit} and more such irregularities in the zip", offset));
    }

    private static int NonZero(ReadOnlySpan<byte> bytes) => bytes.Length - bytes.Count((byte)0);

    private static string MethodName(int method) => method switch
    {
        9 => "Deflate64",
        12 => "BZip2",
        14 => "LZMA",
        93 => "Zstandard",
        95 => "XZ",
        98 => "PPMd",
        99 => "AES",
        _ => method.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private static DateTime? DosTime(int date, int time)
    {
        int year = 1980 + (date >> 9), month = (date >> 5) & 15, day = date & 31;
        int hour = time >> 11, minute = (time >> 5) & 63, second = (time & 31) * 2;
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return null;
        return new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
    }

    /// <summary>Keeps what opening takes, not the record: its names and attributes are in the entry already.</summary>
    private sealed class ZipEntrySource(ZipReader reader, Record record, Entry entry) : EntrySource(entry)
    {
        private readonly ZipReader _reader = reader;
        private readonly string? _refusal = record.Refusal;
        private readonly long _offset = record.Offset;
        private readonly long _data = record.Data;
        private readonly long _compressed = record.Compressed;
        private readonly long _length = record.Length;
        private readonly uint _crc = record.Crc;
        private readonly ushort _method = record.Method;

        public override long Length => _length;

        public override uint? Likeness => _crc;

        public override Stream Open() => Entry.Type == EntryType.File ? _reader.Open(_refusal, _offset, _data, _compressed, _length, _crc, _method) : Stream.Null;
    }

    /// <summary>Reads small pieces that lie near each other with few large reads.</summary>
    private sealed class Window(ByteSource source)
    {
        private const int Capacity = 64 * 1024;

        private byte[] _bytes = new byte[Capacity];
        private long _offset;
        private int _length;

        /// <summary>The bytes at an offset, fewer at the end of the file. Valid until the next call.</summary>
        public ReadOnlySpan<byte> Read(long offset, int count)
        {
            if (offset < _offset || offset + count > _offset + _length)
            {
                if (count > _bytes.Length) _bytes = new byte[count];
                // Far from the last place entries are large: do not read what is not looked at.
                var wanted = offset > _offset + _length + Capacity ? Math.Max(count, 1024) : _bytes.Length;
                _offset = offset;
                _length = 0;
                while (_length < wanted)
                {
                    var read = source.Read(offset + _length, _bytes.AsSpan(_length, wanted - _length));
                    if (read == 0) break;
                    _length += read;
                }
            }

            var start = (int)(offset - _offset);
            return _bytes.AsSpan(start, Math.Min(count, _length - start));
        }
    }
}
