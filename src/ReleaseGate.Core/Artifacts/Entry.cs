using System.Collections.Immutable;

namespace ReleaseGate.Artifacts;

/// <summary>What an archive says an entry is.</summary>
public enum EntryType
{
    /// <summary>A file with bytes.</summary>
    File,

    /// <summary>A folder; has no bytes.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>A hard link to another entry.</summary>
    HardLink,

    /// <summary>A character or block device, a FIFO or a socket.</summary>
    Device,
}

/// <summary>One file inside an artifact: name and attributes as the archive gives them, and what was found by reading it.</summary>
public sealed class Entry
{
    private static readonly ImmutableSortedDictionary<string, string> NoTraits = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    // There may be a hundred thousand entries: what may be missing is kept as a number that cannot be, in half the bytes of a nullable.
    private readonly long _compressedLength = -1;
    private readonly long _modified = -1;
    private readonly int _unixMode = -1;
    private readonly byte _type;
    private byte _kind;

    /// <summary>Makes an entry that was not read yet.</summary>
    /// <param name="path">Its path, as spelled by the archive.</param>
    /// <param name="order">Its position in its archive, from 0.</param>
    /// <param name="type">File, folder, link or device.</param>
    public Entry(EntryPath path, int order, EntryType type = EntryType.File)
    {
        ArchivePath = path;
        Path = path;
        Order = order;
        _type = (byte)type;
    }

    /// <summary>The path exactly as the archive spells it, e.g. <c>package/cli.js</c> in an npm tarball.</summary>
    public EntryPath ArchivePath { get; }

    /// <summary>
    /// The path as consumers see it and as patterns are written: that of the archive, without an npm tarball's root folder.
    /// While content is read it is still <see cref="ArchivePath"/>, since the root is known only at the end.
    /// </summary>
    public EntryPath Path { get; internal set; }

    /// <summary>Position in its archive, from 0.</summary>
    public int Order { get; }

    /// <summary>File, folder, link or device.</summary>
    public EntryType Type => (EntryType)_type;

    /// <summary>Where a link points to, or null.</summary>
    public string? LinkTarget { get; init; }

    /// <summary>The Unix permission bits (with setuid, setgid, sticky), or null where the archive has none.</summary>
    public int? UnixMode
    {
        get => _unixMode < 0 ? null : _unixMode;
        init => _unixMode = value ?? -1;
    }

    /// <summary>Owner and group names or numbers a tar carries (<c>alice:staff</c>), or null.</summary>
    public string? Owner { get; init; }

    /// <summary>The time of last change in UTC, or null where there is none or it makes no sense.</summary>
    public DateTime? Modified
    {
        get => _modified < 0 ? null : new DateTime(_modified, DateTimeKind.Utc);
        init => _modified = value?.Ticks ?? -1;
    }

    /// <summary>Bytes the entry takes in its archive, or null where an archive compresses entries together.</summary>
    public long? CompressedLength
    {
        get => _compressedLength < 0 ? null : _compressedLength;
        init => _compressedLength = value ?? -1;
    }

    /// <summary>Bytes that were really read (never what a header says).</summary>
    public long Length { get; internal set; }

    /// <summary>SHA-256 of the bytes that were read. Meaningful when <see cref="Complete"/>.</summary>
    public Digest Digest { get; internal set; }

    /// <summary>What the bytes are.</summary>
    public EntryKind Kind
    {
        get => (EntryKind)_kind;
        internal set => _kind = (byte)value;
    }

    /// <summary>What content rules recognised in it, by name, e.g. <c>debug</c>: <c>Release</c>. Sorted; mostly empty.</summary>
    public ImmutableSortedDictionary<string, string> Traits { get; internal set; } = NoTraits;

    /// <summary>Whether every byte was read and verified. Where not, there is an RG0003.</summary>
    public bool Complete { get; internal set; }

    /// <summary>Whether the entry was entered as an archive of its own.</summary>
    public bool Entered { get; internal set; }

    /// <summary>The nested archive this entry stands in, or null.</summary>
    public Entry? Container { get; internal set; }

    /// <summary>Where it stands in the inventory.</summary>
    internal int Place { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Path.ToString();
}
