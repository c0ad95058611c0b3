using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>
/// Finds what scripts, style sheets and pages say about the sources they were made from, in whatever kind of entry they stand: <c>sourceMappingURL</c> and
/// <c>sourceURL</c> comments (ECMA-426, section 11), other data: URIs, and source maps that stand in the code as objects. Streams: a map of any size in a data: URI is decoded on the way.
/// </summary>
internal sealed class ScriptScanner : EntryScanner
{
    /// <summary>Shared by every rule that asks about scripts.</summary>
    public static readonly ScannerFactory<ScriptScanner> Factory = new(static entry => new ScriptScanner(entry));

    private readonly EntryKind _kind;
    private readonly bool _isDocument;
    private ScriptReader[]? _readers;

    private ScriptScanner(Entry entry)
    {
        _kind = entry.Kind;
        _isDocument = IsDocument(entry);
    }

    /// <summary>What was found; whole when the entry has ended.</summary>
    public ScriptFacts Facts { get; } = new();

    /// <summary>Whether an entry may hold a script: text does, and so do binaries that carry files as resources; pictures and their like don't.</summary>
    public static bool MayBe(Entry entry) => entry.Kind is not (EntryKind.Empty or EntryKind.Png or EntryKind.Jpeg or EntryKind.Gif or EntryKind.WebP or EntryKind.Icon
        or EntryKind.Font or EntryKind.Media or EntryKind.JavaClass or EntryKind.WebAssembly or EntryKind.SevenZip or EntryKind.Rar or EntryKind.Xz or EntryKind.BZip2
        or EntryKind.Zstandard or EntryKind.Cabinet or EntryKind.GitPack);

    /// <summary>Whether an entry is prose: comments in it are examples.</summary>
    public static bool IsDocument(Entry entry) =>
        entry.Path.NameEndsWith(".md") || entry.Path.NameEndsWith(".markdown") || entry.Path.NameEndsWith(".mdx") || entry.Path.NameEndsWith(".rst")
        || entry.Path.NameEndsWith(".adoc") || entry.Path.NameEndsWith(".txt");

    /// <inheritdoc/>
    public override void Scan(in Chunk chunk)
    {
        if (chunk.Buffer.IsEmpty) return;
        _readers ??= Readers(chunk.Buffer);
        foreach (var reader in _readers) reader.Read(chunk.Buffer, chunk.Position - chunk.FreshStart, chunk.IsLast);
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        foreach (var reader in _readers ?? []) reader.Finish();
    }

    private ScriptReader[] Readers(ReadOnlySpan<byte> first)
    {
        var form = _kind != EntryKind.Utf16Text ? TextForm.Bytes : first[0] == 0xFE ? TextForm.Utf16BigEndian : TextForm.Utf16;
        if (_kind is EntryKind.Binary or EntryKind.PortableExecutable)
        {
            return
            [
                new LinkReader(TextForm.Bytes, Facts), new LinkReader(TextForm.Utf16, Facts), new DataUriReader(TextForm.Bytes, Facts), new DataUriReader(TextForm.Utf16, Facts),
                new EmbeddedMapReader(TextForm.Bytes, Facts),
            ];
        }

        if (_isDocument) return [new LinkReader(form, Facts), new DataUriReader(form, Facts)];
        return [new LinkReader(form, Facts), new DataUriReader(form, Facts), new EmbeddedMapReader(form, Facts, onlyInStrings: _kind == EntryKind.Json)];
    }
}

/// <summary>What <see cref="ScriptScanner"/> found in one entry. Bounded, whatever the entry holds.</summary>
internal sealed class ScriptFacts
{
    private const int MaximumUrls = 16;
    private readonly List<(string Url, long Offset)> _remote = [];
    private SourceMapFacts? _exposed;

    /// <summary>Source maps in data: URIs and in code.</summary>
    public int Maps { get; private set; }

    /// <summary>Where the first of them begins, in bytes.</summary>
    public long FirstMap { get; private set; }

    /// <summary>Whether there is JSON nested so deep that a map may be in it.</summary>
    public bool IsTooDeep { get; set; }

    /// <summary>What all these maps expose.</summary>
    public SourceMapFacts Exposed => _exposed ??= new SourceMapFacts();

    /// <summary>URLs of maps at a host, one for each host, at most 16.</summary>
    public IReadOnlyList<(string Url, long Offset)> Remote => _remote;

    /// <summary>Whether there are more hosts than are kept.</summary>
    public bool HasMoreRemote { get; private set; }

    /// <summary>The URL of a map beside the entry, from the comment that browsers and debuggers follow: the last one, with nothing but comments after it.</summary>
    public string? Reference { get; set; }

    /// <summary>Modules that webpack's development mode keeps as text for eval.</summary>
    public int EvalModules { get; private set; }

    /// <summary>The name of the first of them.</summary>
    public string FirstEvalModule { get; private set; } = "";

    /// <summary>Where it ends, in bytes.</summary>
    public long FirstEvalModuleOffset { get; private set; }

    public void AddMap(SourceMapFacts map, long offset)
    {
        if (Maps++ == 0 || offset < FirstMap) FirstMap = offset;
        Exposed.Add(map);
    }

    public void AddRemote(string url, string host, long offset)
    {
        foreach (var (known, _) in _remote)
            if (string.Equals(RemoteUrl.HostOf(known), host, StringComparison.OrdinalIgnoreCase)) return;
        if (_remote.Count < MaximumUrls) _remote.Add((url, offset));
        else HasMoreRemote = true;
    }

    public void AddEvalModule(string name, long offset)
    {
        if (EvalModules++ > 0) return;
        FirstEvalModule = name;
        FirstEvalModuleOffset = offset;
    }
}
