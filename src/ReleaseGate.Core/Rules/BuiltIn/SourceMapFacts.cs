using System.Collections.Immutable;
using System.Globalization;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>What one source map, or several in one entry, expose. Bounded, whatever the map holds.</summary>
internal sealed class SourceMapFacts
{
    private const int FoldersShown = 5;
    private const int MaximumFolders = 64;
    private const int MaximumSamples = 64;
    private const int MaximumHosts = 64;

    // Folders of relative sources stand below the sourceRoot, which may come later in the file than they do.
    private readonly Dictionary<string, long> _relative = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _absolute = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _samples = new(StringComparer.Ordinal);
    private readonly List<string> _hosts = [];
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

    /// <summary>Sources, roots and files that are absolute paths: one for each of their first three folders, at most 64.</summary>
    public IReadOnlyCollection<string> AbsolutePaths => _samples.Values;

    /// <summary>The hosts that sources and roots stand at, at most 64, as they are spelled.</summary>
    public IReadOnlyList<string> Hosts => _hosts;

    /// <summary>Whether there are more hosts than are kept.</summary>
    public bool HasMoreHosts { get; private set; }

    /// <summary>Folders at the top of the source tree without node_modules: those of most sources first.</summary>
    public IReadOnlyList<string> Folders => CountedFolders().ConvertAll(f => f.Key);

    /// <summary>What the text in the map amounts to: <c>3 source files, 6 lines, 38 bytes of source text; top folders packages, src</c>.</summary>
    public string Exposure()
    {
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{Files:N0} source {(Files == 1 ? "file" : "files")}, {Lines:N0} {(Lines == 1 ? "line" : "lines")}, {ByteSize.Format(Bytes)} of source text");
        var folders = Folders.Select(EntryPath.Printable).ToList();
        if (folders.Count == 0) return text;
        text += $"; top {(folders.Count == 1 ? "folder" : "folders")} {string.Join(", ", folders.Take(FoldersShown))}";
        return folders.Count > FoldersShown ? $"{text} and {folders.Count - FoldersShown} more" : text;
    }

    /// <summary>The same for the inventory: <c>1,903 files, 512,000 lines</c>, or how many sources are named where none has text.</summary>
    public string Trait() => string.Create(CultureInfo.InvariantCulture,
        $"{(Files > 0 ? $"{Files:N0} {(Files == 1 ? "file" : "files")}, {Lines:N0} {(Lines == 1 ? "line" : "lines")}" : $"{Sources:N0} {(Sources == 1 ? "source" : "sources")}, no text")}");

    /// <summary>The same as numbers for reports.</summary>
    public ImmutableSortedDictionary<string, string> Numbers() => ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("bytes", Bytes.ToString(CultureInfo.InvariantCulture)),
        KeyValuePair.Create("files", Files.ToString(CultureInfo.InvariantCulture)),
        KeyValuePair.Create("folders", string.Join(", ", Folders.Select(EntryPath.Printable))),
        KeyValuePair.Create("folderSources", string.Join(", ", CountedFolders().ConvertAll(f => f.Value.ToString(CultureInfo.InvariantCulture)))),
        KeyValuePair.Create("lines", Lines.ToString(CultureInfo.InvariantCulture)),
        KeyValuePair.Create("sourcesWithoutContent", Math.Max(0, Sources - Files).ToString(CultureInfo.InvariantCulture)),
    ]);

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
        if (isAbsolute || path.Contains("://", StringComparison.Ordinal)) AddPath(source);
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
        foreach (var (root3, sample) in map._samples) Sample(root3, sample);
        foreach (var host in map._hosts) AddHost(host);
        HasMoreHosts |= map.HasMoreHosts;
        var root = map.SourceRoot.Replace('\\', '/');
        AddPath(map.SourceRoot);
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

    private List<KeyValuePair<string, long>> CountedFolders() =>
    [
        .. _absolute.Concat(_relative).GroupBy(f => f.Key, f => f.Value, StringComparer.Ordinal).Select(g => KeyValuePair.Create(g.Key, g.Sum()))
            .OrderByDescending(f => f.Value).ThenBy(f => f.Key, StringComparer.Ordinal),
    ];

    private static bool IsInNodeModules(string path) =>
        path.StartsWith("node_modules/", StringComparison.Ordinal) || path.Contains("/node_modules/", StringComparison.Ordinal);

    private static bool IsAbsolute(string path) =>
        path.StartsWith('/') || path.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
        || (path.Length > 2 && path[1] == ':' && char.IsAsciiLetter(path[0]) && path[2] == '/');

    /// <summary>Takes a path that may name a host or a folder of a machine.</summary>
    public void AddPath(string path)
    {
        if (RemoteUrl.HostOf(path) is { } host)
        {
            AddHost(host);
            return;
        }

        if (SourceMapPaths.OfMachine(path) is not { } plain) return;
        var end = 0;
        for (var folders = 0; folders < 3 && end >= 0; folders++) end = plain.IndexOf('/', end + 1);
        Sample(end < 0 ? plain : plain[..end], path);
    }

    private void Sample(string folders, string path)
    {
        if (_samples.Count < MaximumSamples) _samples.TryAdd(folders, path);
    }

    private void AddHost(string host)
    {
        if (_hosts.Contains(host, StringComparer.OrdinalIgnoreCase)) return;
        if (_hosts.Count < MaximumHosts) _hosts.Add(host);
        else HasMoreHosts = true;
    }

    private static void Count(Dictionary<string, long> folders, string folder, long count)
    {
        if (folder.Length == 0 || count == 0) return;
        if (folders.TryGetValue(folder, out var known)) folders[folder] = known + count;
        else if (folders.Count < MaximumFolders) folders.Add(folder, count);
    }
}
