using System.Globalization;
using System.Text;

namespace ReleaseGate.Artifacts;

/// <summary>
/// Reads a tar: v7, ustar, pax and GNU. Headers are walked here and nowhere trusted: checksums are compared, sizes are counted,
/// and what stands in padding or behind the end is reported. Sources: POSIX.1-2017 pax; the GNU tar manual.
/// </summary>
internal sealed class TarReader(Stream stream, EntryPath? container, Action<Anomaly> report) : ArtifactReader
{
    // Long names and pax records; more than this is no honest header.
    private const int ExtensionLimit = 1 << 20;

    // pax records that mean nothing here (comments, extended attributes) may carry this many bytes before they count as hidden.
    private const int IgnoredLimit = 1024;

    // Longest record of a kind that is known and no path: a user's name.
    private const int KnownLimit = 256;

    // Longer names than any system can unpack; they cost whoever compares them.
    private const int NameLimit = short.MaxValue;

    // From here on the size does not fit the header's own field (11 octal digits), and a pax record takes its place.
    private const long LargeSize = 1L << 33;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly byte[] _block = new byte[TarHeader.Size];
    private int _start;
    private int _end;
    private long _position;
    private long _bodyLeft;
    private int _order;

    public override bool AnyOrder => false;

    public override IEnumerable<EntrySource> Entries()
    {
        Dictionary<string, string> globals = new(StringComparer.Ordinal);
        Dictionary<string, string>? locals = null;
        string? longName = null, longLink = null;

        for (; ; )
        {
            var at = _position;
            if (!ReadBlock()) throw new UnreadableException(at == 0 ? "the tar is empty" : "the tar ends without its end marker", at);
            if (IsZero(_block))
            {
                var second = _position;
                if (!ReadBlock()) throw new UnreadableException("the tar ends within its end marker", second);
                if (IsZero(_block)) break;
                report(new Anomaly(AnomalyKind.HiddenData, container, "the tar goes on after a zero block, where some programs stop reading", at));
                at = second;
            }

            if (!TarHeader.ChecksumHolds(_block)) throw new UnreadableException("a tar header has a wrong checksum", at);
            if (!TarHeader.TryNumber(_block.AsSpan(124, 12), out var size) || size < 0) throw new UnreadableException("a tar header has no valid size", at);

            var flag = (char)_block[156];
            switch (flag)
            {
                case 'x' or 'X':
                    if (locals is not null) throw new UnreadableException("two pax headers follow each other", at);
                    locals = Records(Extension(size, at), at);
                    continue;
                case 'g':
                    foreach (var (key, value) in Records(Extension(size, at), at))
                    {
                        if (key is "path" or "linkpath" or "size") throw new UnreadableException($"a global pax header sets the {key} of every entry", at);
                        globals[key] = value;
                    }

                    continue;
                case 'L':
                    if (longName is not null) throw new UnreadableException("two long-name headers follow each other", at);
                    longName = LongText(Extension(size, at), at);
                    continue;
                case 'K':
                    if (longLink is not null) throw new UnreadableException("two long-link headers follow each other", at);
                    longLink = LongText(Extension(size, at), at);
                    continue;
                case 'V' or 'M':
                    throw new UnreadableException("multi-volume tars are not read", at);
            }

            yield return Source(flag, size, at, globals, locals, longName, longLink);
            Skip();
            locals = null;
            longName = longLink = null;
        }

        if (locals is not null || longName is not null || longLink is not null)
            report(new Anomaly(AnomalyKind.HiddenData, container, "the tar ends with an extended header that belongs to no entry", _position));
        Trail();
    }

    public override void Dispose()
    {
        stream.Dispose();
        base.Dispose();
    }

    private TarEntrySource Source(char flag, long size, long at, Dictionary<string, string> globals, Dictionary<string, string>? locals, string? longName, string? longLink)
    {
        string? Record(string key) => locals?.GetValueOrDefault(key) ?? globals.GetValueOrDefault(key);

        var name = Record("path") ?? longName ?? TarHeader.Name(_block);
        var link = Record("linkpath") ?? longLink ?? TarHeader.Text(_block.AsSpan(157, 100));
        if (name.Length > NameLimit || link.Length > NameLimit) throw new UnreadableException($"a tar header holds a path of more than {NameLimit} characters", at);
        var fieldSize = size;
        if (Record("size") is { } stated && (!long.TryParse(stated, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size > long.MaxValue - TarHeader.Size))
            throw new UnreadableException("a pax header has no valid size", at);

        string? refusal = null;
        if (flag == 'S')
        {
            refusal = "sparse tar entries are not read";
            for (var extended = _block[482] != 0; extended; extended = _extension[504] != 0)
                if (!ReadBlock(_extension)) throw new UnreadableException("the tar ends within a sparse map", _position);
        }
        else if (HasSparse(globals) || (locals is not null && HasSparse(locals)))
        {
            refusal = "sparse tar entries are not read";
        }

        var path = new EntryPath(name, container);
        if (size != fieldSize && size < LargeSize)
            report(new Anomaly(AnomalyKind.HiddenData, path, $"its pax header says {size} bytes, its own header {fieldSize}; programs differ in which they believe", at));
        // A sparse entry has its map there, and is not read at all.
        if (flag != 'S' && TarHeader.Ambiguity(_block) is { } ambiguity) report(new Anomaly(AnomalyKind.HiddenData, path, ambiguity, at));
        if ((longName is not null && longName != name) || (longLink is not null && longLink != link))
            report(new Anomaly(AnomalyKind.HiddenData, path, "its pax header and its long-name header give it different names", at));
        var type = flag switch
        {
            '1' => EntryType.HardLink,
            '2' => EntryType.SymbolicLink,
            '3' or '4' or '6' => EntryType.Device,
            '5' => EntryType.Directory,
            // Before there were type flags a folder was told by its name.
            '0' or '\0' when name.EndsWith('/') && size == 0 => EntryType.Directory,
            _ => EntryType.File,
        };
        if (flag is not ((>= '0' and <= '7') or '\0' or 'S'))
            report(new Anomaly(AnomalyKind.HiddenData, path, $"the entry has the unknown type {EntryPath.Printable(flag.ToString())}; programs differ in whether they unpack it", at));
        if (size > 0 && (type != EntryType.File || name.EndsWith('/')))
            report(new Anomaly(AnomalyKind.HiddenData, path, $"{size} bytes belong to an entry that is not a file", at));

        _bodyLeft = size;
        _bodyPadding = (int)(-size & (TarHeader.Size - 1));
        var entry = new Entry(path, _order++, type)
        {
            LinkTarget = type is EntryType.SymbolicLink or EntryType.HardLink ? link : null,
            UnixMode = TarHeader.TryNumber(_block.AsSpan(100, 8), out var mode) ? (int)(mode & 0xfff) : null,
            Owner = Owner(Record("uname") ?? TarHeader.Text(Ustar(265, 32)), Record("gname") ?? TarHeader.Text(Ustar(297, 32))),
            Modified = Modified(Record("mtime")),
            CompressedLength = null,
        };
        return new TarEntrySource(this, entry, refusal);
    }

    private readonly byte[] _extension = new byte[TarHeader.Size];
    private int _bodyPadding;

    private ReadOnlySpan<byte> Ustar(int offset, int length) => TarHeader.IsUstar(_block) ? _block.AsSpan(offset, length) : default;

    private static bool HasSparse(Dictionary<string, string> records) => records.Keys.Any(k => k.StartsWith("GNU.sparse.", StringComparison.Ordinal));

    private string? Owner(string user, string group)
    {
        TarHeader.TryNumber(_block.AsSpan(108, 8), out var uid);
        TarHeader.TryNumber(_block.AsSpan(116, 8), out var gid);
        if (user.Length == 0 && group.Length == 0 && uid == 0 && gid == 0) return null;
        if (user.Length == 0) user = uid.ToString(CultureInfo.InvariantCulture);
        if (group.Length == 0) group = gid.ToString(CultureInfo.InvariantCulture);
        return user + ":" + group;
    }

    private DateTime? Modified(string? pax)
    {
        long seconds;
        if (pax is not null)
        {
            if (!decimal.TryParse(pax, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var exact)
                || Math.Abs(exact) > 1e12m) return null;
            seconds = (long)decimal.Floor(exact);
        }
        else if (!TarHeader.TryNumber(_block.AsSpan(136, 12), out seconds))
        {
            return null;
        }

        const long last = 253_402_300_799; // 9999-12-31T23:59:59Z
        return seconds is >= 0 and <= last ? DateTime.UnixEpoch.AddSeconds(seconds) : null;
    }

    private Dictionary<string, string> Records(byte[] bytes, long at)
    {
        // "length key=value\n", the length counting itself (POSIX pax, "pax Header Block").
        var records = new Dictionary<string, string>(StringComparer.Ordinal);
        var ignored = 0;
        var rest = bytes.AsSpan();
        while (rest.Length > 0)
        {
            var blank = rest.IndexOf((byte)' ');
            if (blank is < 1 or > 9 || !int.TryParse(rest[..blank], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= blank + 1 || length > rest.Length || rest[length - 1] != '\n')
                throw new UnreadableException("a pax header is damaged", at);
            var record = rest[(blank + 1)..(length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals < 1) throw new UnreadableException("a pax header is damaged", at);
            var key = Encoding.UTF8.GetString(record[..equals]);
            // A repeated key is read differently by different programs.
            if (!records.TryAdd(key, Encoding.UTF8.GetString(record[(equals + 1)..]))) throw new UnreadableException("a pax header says something twice", at);
            // What is no path has no reason to be long, whatever its key.
            if (key is not ("path" or "linkpath") && (length > KnownLimit || key is not ("size" or "mtime" or "atime" or "ctime" or "uname" or "gname" or "uid" or "gid"))) ignored += length;
            rest = rest[length..];
        }

        if (ignored > IgnoredLimit) report(new Anomaly(AnomalyKind.HiddenData, container, $"a pax header carries {ignored} bytes that belong to no entry's content", at));
        return records;
    }

    /// <summary>A GNU long name: what stands behind its NUL is read by nobody.</summary>
    private string LongText(byte[] bytes, long at)
    {
        var end = bytes.AsSpan().IndexOf((byte)0);
        if (end >= 0 && bytes.AsSpan(end).ContainsAnyExcept((byte)0))
            report(new Anomaly(AnomalyKind.HiddenData, container, "bytes follow the end of a long name in a tar header", at));
        return TarHeader.Text(bytes);
    }

    private byte[] Extension(long size, long at)
    {
        if (size > ExtensionLimit) throw new UnreadableException($"an extended tar header claims {size} bytes", at);
        var bytes = new byte[size];
        for (var filled = 0; filled < bytes.Length;)
        {
            var read = ReadSome(bytes.AsSpan(filled));
            if (read == 0) throw new UnreadableException("the tar ends within an extended header", _position);
            filled += read;
        }

        _bodyLeft = 0;
        _bodyPadding = (int)(-size & (TarHeader.Size - 1));
        Skip();
        return bytes;
    }

    /// <summary>Passes over what is left of the present entry, and looks at its padding.</summary>
    private void Skip()
    {
        while (_bodyLeft > 0)
        {
            if (_start == _end && !Fill()) throw new UnreadableException($"the tar ends {_bodyLeft} bytes before the end of an entry", _position);
            var count = (int)Math.Min(_bodyLeft, _end - _start);
            _start += count;
            _position += count;
            _bodyLeft -= count;
        }

        var dirty = false;
        var at = _position;
        while (_bodyPadding > 0)
        {
            if (_start == _end && !Fill()) throw new UnreadableException("the tar ends within the padding of an entry", _position);
            var count = Math.Min(_bodyPadding, _end - _start);
            dirty |= _buffer.AsSpan(_start, count).ContainsAnyExcept((byte)0);
            _start += count;
            _position += count;
            _bodyPadding -= count;
        }

        if (dirty) report(new Anomaly(AnomalyKind.HiddenData, container, "the padding behind an entry is not zero", at));
    }

    /// <summary>Reads on to the end of the stream: behind the end marker there may only be zeros.</summary>
    private void Trail()
    {
        long? dirty = null;
        do
        {
            var found = _buffer.AsSpan(_start, _end - _start).IndexOfAnyExcept((byte)0);
            if (found >= 0) dirty ??= _position + found;
            _position += _end - _start;
            _start = _end;
        }
        while (Fill());

        if (dirty is { } at) report(new Anomaly(AnomalyKind.HiddenData, container, "bytes follow the end of the tar", at));
    }

    private int ReadBody(Span<byte> buffer)
    {
        if (_bodyLeft == 0 || buffer.Length == 0) return 0;
        if (buffer.Length > _bodyLeft) buffer = buffer[..(int)_bodyLeft];
        var read = ReadSome(buffer);
        if (read == 0) throw new UnreadableException($"the tar ends {_bodyLeft} bytes before the end of the entry", _position);
        _bodyLeft -= read;
        return read;
    }

    private bool ReadBlock() => ReadBlock(_block);

    private bool ReadBlock(byte[] block)
    {
        for (var filled = 0; filled < TarHeader.Size;)
        {
            var read = ReadSome(block.AsSpan(filled));
            if (read == 0) return filled == 0 ? false : throw new UnreadableException("the tar ends within a header", _position);
            filled += read;
        }

        return true;
    }

    private int ReadSome(Span<byte> buffer)
    {
        if (_start == _end)
        {
            if (buffer.Length >= _buffer.Length)
            {
                var direct = stream.Read(buffer);
                _position += direct;
                return direct;
            }

            if (!Fill()) return 0;
        }

        var count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        _position += count;
        return count;
    }

    private bool Fill()
    {
        _start = 0;
        _end = stream.Read(_buffer, 0, _buffer.Length);
        return _end > 0;
    }

    private static bool IsZero(ReadOnlySpan<byte> block) => !block.ContainsAnyExcept((byte)0);

    private sealed class TarEntrySource(TarReader reader, Entry entry, string? refusal) : EntrySource(entry)
    {
        public override Stream Open()
        {
            if (refusal is not null) throw new UnreadableException(refusal);
            return Entry.Type == EntryType.File ? new Body(reader, Entry.Order) : Null;
        }

        private static Stream Null => Stream.Null;
    }

    private sealed class Body(TarReader reader, int order) : ForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            if (order != reader._order - 1) throw new InvalidOperationException("The tar has moved on to the next entry.");
            return reader.ReadBody(buffer);
        }
    }
}
