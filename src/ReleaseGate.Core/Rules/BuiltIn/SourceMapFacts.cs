namespace ReleaseGate.Rules.BuiltIn;

/// <summary>What one source map, or several in one entry, expose. Bounded, whatever the map holds.</summary>
internal sealed class SourceMapFacts
{
    private const int MaximumFolders = 64;
    private const int MaximumSamples = 16;

    // Folders of relative sources stand below the sourceRoot, which may come later in the file than they do.
    private readonly Dictionary<string, long> _relative = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _absolute = new(StringComparer.Ordinal);
    private readonly List<string> _samples = [];
    private long _relativeSources;

    /// <summary>Elements of <c>sources</c>, nulls included.</summary>
    public long Sources { get; private set; }

    /// <summary>Sources that do not stand in a node_modules folder.</summary>
    public long OwnSources { get; private set; }

    /// <summary>Elements of <c>sourcesContent</c> that hold text.</summary>
    public long Files { get; private set; }

    /// <summary>Bytes of source text in UTF-8, with escapes undone. Exact for well-formed JSON.</summary>
    public long Bytes { get; private set; }

    /// <summary>Lines of source text; a last line without a line feed counts.</summary>
    public long Lines { get; private set; }

    /// <summary>The map's <c>sourceRoot</c>.</summary>
    public string SourceRoot { get; set; } = "";

    /// <summary>Sources and roots that are absolute paths of a machine, at most 16.</summary>
    public IReadOnlyList<string> AbsolutePaths => _samples;

    /// <summary>Folders at the top of the source tree without node_modules: those of most sources first.</summary>
    public IReadOnlyList<string> Folders => _absolute.Concat(_relative).GroupBy(f => f.Key, f => f.Value, StringComparer.Ordinal)
        .OrderByDescending(g => g.Sum()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key).ToList();

    public void AddFile() => Files++;

    public void AddText(long bytes, long lines)
    {
        Bytes += bytes;
        Lines += lines;
    }

    public void AddNamelessSource() => Sources++;

    public void AddSource(string source)
    {
        Sources++;
        var path = source.Replace('\\', '/');
        var isAbsolute = IsAbsolute(path);
        if (isAbsolute) Sample(source);
        if (IsInNodeModules(path)) return;
        OwnSources++;
        if (!isAbsolute && !path.Contains("://", StringComparison.Ordinal))
        {
            _relativeSources++;
            Count(_relative, TopFolder(path), 1);
        }
        else
        {
            Count(_absolute, TopFolder(path), 1);
        }
    }

    /// <summary>Takes over what a finished map exposes.</summary>
    public void Add(SourceMapFacts map)
    {
        Sources += map.Sources;
        OwnSources += map.OwnSources;
        Files += map.Files;
        Bytes += map.Bytes;
        Lines += map.Lines;
        foreach (var sample in map._samples) Sample(sample);
        var root = map.SourceRoot.Replace('\\', '/');
        if (IsAbsolute(root)) Sample(map.SourceRoot);
        foreach (var (folder, count) in map._absolute) Count(_absolute, folder, count);
        if (TopFolder(root + "/") is { Length: > 0 } top) Count(_absolute, top, map._relativeSources);
        else
            foreach (var (folder, count) in map._relative) Count(_absolute, folder, count);
    }

    /// <summary>
    /// The first folder of a source path without what only says where it was built: a scheme and its authority (<c>webpack://name/</c>),
    /// "./" and "../", a drive. Empty where there is none.
    /// </summary>
    internal static string TopFolder(string path)
    {
        var rest = path.AsSpan();
        var scheme = rest.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0 && !rest[..scheme].Contains('/'))
        {
            rest = rest[(scheme + 3)..];
            var slash = rest.IndexOf('/');
            if (slash < 0) return "";
            rest = rest[(slash + 1)..];
        }
        else if (rest.Length > 1 && rest[1] == ':' && char.IsAsciiLetter(rest[0]))
        {
            rest = rest[2..];
        }

        while (true)
        {
            var slash = rest.IndexOf('/');
            if (slash < 0) return "";
            var segment = rest[..slash];
            if (segment is not ("" or "." or "..")) return segment.ToString();
            rest = rest[(slash + 1)..];
        }
    }

    private static bool IsInNodeModules(string path) =>
        path.StartsWith("node_modules/", StringComparison.Ordinal) || path.Contains("/node_modules/", StringComparison.Ordinal);

    private static bool IsAbsolute(string path) =>
        path.StartsWith('/') || path.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
        || (path.Length > 2 && path[1] == ':' && char.IsAsciiLetter(path[0]) && path[2] == '/');

    private void Sample(string path)
    {
        if (_samples.Count < MaximumSamples && !_samples.Contains(path)) _samples.Add(path);
    }

    private static void Count(Dictionary<string, long> folders, string folder, long count)
    {
        if (folder.Length == 0 || count == 0) return;
        if (folders.TryGetValue(folder, out var known)) folders[folder] = known + count;
        else if (folders.Count < MaximumFolders) folders.Add(folder, count);
    }
}
