using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>
/// What was released before, found for each artifact of a run. A baseline is an artifact, its receipt, a folder of both (where folders are artifacts, the folder itself), or
/// <c>nuget:</c> with the folder of NuGet's packages: then it is the newest version below that of the artifact. What is named and can't be read, or belongs to nothing in the run, stops it.
/// </summary>
internal sealed class Baselines
{
    /// <summary>Begins a baseline that is looked for in the folder behind it, laid out as NuGet's global packages folder is.</summary>
    public const string Cache = "nuget:";

    /// <summary>The same where whoever asks knows the folder.</summary>
    public const string CacheWord = "nuget";

    private readonly object _lock = new();
    private readonly IFileSystem _files;
    private readonly Manifest _manifest;
    private readonly RuleSet _rules;
    private readonly CancellationToken _cancel;
    private readonly bool _alone;
    private readonly List<Source> _sources = [];
    private readonly Dictionary<string, Snapshot> _read = new(StringComparer.Ordinal);

    /// <param name="files">Where they lie.</param>
    /// <param name="request">Names them.</param>
    /// <param name="artifacts">How many artifacts the run has.</param>
    /// <param name="manifest">What they are inspected by, like the artifacts.</param>
    /// <param name="rules">The rules that look.</param>
    /// <param name="cancel">Stops the run.</param>
    /// <exception cref="GateException">One is not there or can't be read.</exception>
    public Baselines(IFileSystem files, GateRequest request, int artifacts, Manifest manifest, RuleSet rules, CancellationToken cancel)
    {
        _files = files;
        _manifest = manifest;
        _rules = rules;
        _cancel = cancel;
        _alone = artifacts == 1 && request.Baselines.Count == 1;
        foreach (var written in request.Baselines) _sources.Add(Make(written, request));
    }

    /// <summary>What was released before an artifact, or null. Called on several threads.</summary>
    /// <exception cref="GateException">It can't be read.</exception>
    public Snapshot? For(Artifact artifact, ArtifactKind kind, PackageMetadata? package)
    {
        var asked = new Asked(artifact.Path, VersionedName.Parse(artifact.Name), kind, package?.Id, PackageVersion.Parse(package?.Version ?? VersionedName.Parse(artifact.Name).Version));
        Snapshot? best = null;
        lock (_lock)
        {
            foreach (var source in _sources)
            {
                var found = false;
                foreach (var path in source.Candidates(asked))
                {
                    var snapshot = Read(path, source);
                    if (!Pairs(asked, snapshot)) continue;
                    if (source is CacheSource && _files.Path.GetFileName(_files.Path.GetDirectoryName(path)!) is var folder && PackageVersion.Compare(VersionOf(snapshot), PackageVersion.Parse(folder)) != 0)
                        throw Wrong(path, $"the folder says {EntryPath.Printable(folder)}, and the package in it is {EntryPath.Printable($"{snapshot.Id} {snapshot.Version}")}; delete the folder, and have the package restored again");
                    if (IsSame(path, artifact.Path)) throw Wrong(source.Written, "it is the artifact itself; name what was released before");
                    if (best is null || IsBetter(asked, snapshot, best)) best = snapshot;
                    found = true;
                    break;
                }

                source.Serves |= found;
            }
        }

        return best;
    }

    /// <summary>Says so where a baseline serves no artifact.</summary>
    /// <exception cref="GateException">RG0007: one serves none.</exception>
    public void RequireUsed()
    {
        foreach (var source in _sources)
            if (!source.Serves) throw Wrong(source.Written, source.Unused);
    }

    private Source Make(string written, GateRequest request)
    {
        if (written.StartsWith(Cache, StringComparison.Ordinal))
        {
            if (written.Length == Cache.Length) throw Wrong(written, "no folder stands behind it; a variable may be empty");
            var root = _files.Path.GetFullPath(written[Cache.Length..], request.SearchFrom);
            return _files.Directory.Exists(root) ? new CacheSource(written, root, _files) : throw Wrong(written, "there is no such folder, so NuGet has restored nothing there");
        }

        if (written.Length == 0) throw Wrong(written, "the path is empty; a variable may be");
        var path = _files.Path.TrimEndingDirectorySeparator(_files.Path.GetFullPath(written, request.SearchFrom));
        if (_files.Directory.Exists(path) && !request.AsDirectory) return new FolderSource(written, path, _files, request);
        if (!_files.Directory.Exists(path) && !_files.File.Exists(path)) throw Wrong(written, "it does not exist; name the artifact that was released before, its receipt, or a folder of them");
        var source = new FileSource(written, path);
        // Before anything is inspected: a wrong name is noticed at once.
        source.Content = Read(path, source);
        return source;
    }

    private Snapshot Read(string path, Source source)
    {
        if (_read.TryGetValue(path, out var known)) return known;
        var shown = source is CacheSource ? path : path == source.Path ? source.Written : _files.Path.Combine(source.Written, _files.Path.GetFileName(path));
        var snapshot = IsReceipt(path) ? new ReceiptReader(_files).Read(path).Content with { Path = shown } : Inspect(path, shown);
        _read.Add(path, snapshot);
        return snapshot;
    }

    private bool IsReceipt(string path)
    {
        if (_files.Directory.Exists(path)) return false;
        try
        {
            return path.EndsWith(Receipt.Suffix, StringComparison.OrdinalIgnoreCase) || new ReceiptReader(_files).IsReceipt(path);
        }
        catch (Exception mistake) when (mistake is IOException or UnauthorizedAccessException)
        {
            throw Wrong(path, $"the system refuses to read it: {mistake.GetType().Name}");
        }
    }

    /// <summary>It was released already: nothing is judged. What could not be inspected whole can't be compared.</summary>
    private Snapshot Inspect(string path, string shown)
    {
        using var artifact = Artifact.Open(_files, path, _files.Directory.Exists(path));
        var policy = _manifest.For(artifact.Name, artifact.IsDirectory);
        var (run, _) = Judge.Divide(_rules, policy);
        var result = Inspection.Inspection.Run(artifact, run, policy, [], null, _cancel);
        // What could not be read is the cause of the others.
        if ((result.Findings.FirstOrDefault(f => f.Rule.Id == GateRules.Uninspectable.Id) ?? result.Findings.FirstOrDefault(f => f.Rule.Id.IsGate)) is { } finding)
            throw new GateException(finding.Rule.Id, $"the baseline '{EntryPath.Printable(shown)}' can't be compared with: {(finding.Path is { } entry ? $"{entry}: " : "")}{EntryPath.Printable(finding.Message)}. Name one that can be inspected whole");
        return Snapshot.Of(result.Inventory, shown, result.Findings);
    }

    private bool Pairs(Asked asked, Snapshot snapshot)
    {
        if (asked.Kind != snapshot.Kind || asked.Kind == ArtifactKind.Unknown || asked.Id is null != snapshot.Id is null) return false;
        if (asked.Id is not null) return asked.Id.Equals(snapshot.Id, asked.Kind == ArtifactKind.NpmPackage ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
        return _alone || asked.Name.IsSameBut(VersionedName.Parse(snapshot.Name));
    }

    // The newest that came before; where nothing did, the newest. Of equals the one named first.
    private static bool IsBetter(Asked asked, Snapshot snapshot, Snapshot best)
    {
        var (one, other) = (VersionOf(snapshot), VersionOf(best));
        var (isEarlier, wasEarlier) = (PackageVersion.Compare(one, asked.Version) < 0, PackageVersion.Compare(other, asked.Version) < 0);
        return isEarlier != wasEarlier ? isEarlier : PackageVersion.Compare(one, other) > 0;
    }

    private static PackageVersion? VersionOf(Snapshot snapshot) => PackageVersion.Parse(snapshot.Version ?? VersionedName.Parse(snapshot.Name).Version);

    private static bool IsSame(string path, string other) => path.Equals(other, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    private static GateException Wrong(string written, string what) => new(GateRules.NothingInspected.Id, $"the baseline '{EntryPath.Printable(written)}' can't serve: {what}");

    /// <summary>An artifact that looks for its baseline.</summary>
    private sealed record Asked(string Path, VersionedName Name, ArtifactKind Kind, string? Id, PackageVersion? Version);

    /// <summary>One baseline as somebody wrote it.</summary>
    private abstract class Source(string written, string path)
    {
        public string Written { get; } = written;

        public string Path { get; } = path;

        public bool Serves { get; set; }

        /// <summary>Why it serves nothing, and what to do.</summary>
        public abstract string Unused { get; }

        /// <summary>Files that may be what is looked for, the best first.</summary>
        public abstract IEnumerable<string> Candidates(Asked asked);
    }

    private sealed class FileSource(string written, string path) : Source(written, path)
    {
        public Snapshot? Content { get; set; }

        public override string Unused => Content is { Id: { } id } content
            ? $"it is {EntryPath.Printable($"{id} {content.Version}")} ({content.Kind}), and the run has no such package; name what was released before, or leave it out for what is new"
            : $"the run has no artifact of its kind ({Content?.Kind}) and name; name what was released before, or leave it out for what is new";

        public override IEnumerable<string> Candidates(Asked asked) => [Path];
    }

    private sealed class FolderSource(string written, string path, IFileSystem files, GateRequest request) : Source(written, path)
    {
        private List<(string Path, VersionedName Name)>? _content;

        public override string Unused => "nothing in it has the name of an artifact of the run, but for the version; name the file itself, or leave the folder out for what is new";

        public override IEnumerable<string> Candidates(Asked asked)
        {
            var found = new List<(string Path, PackageVersion? Version)>();
            foreach (var (path, name) in _content ??= Content())
            {
                // Of packages the id decides in the end, and a label of a prerelease may stand behind the numbers.
                var mayBe = asked.Id is null ? name.IsSameBut(asked.Name) : name.Before.Equals(asked.Name.Before, StringComparison.OrdinalIgnoreCase) && Extension(name.After) == Extension(asked.Name.After);
                if (mayBe && !IsSame(path, asked.Path)) found.Add((path, PackageVersion.Parse(asked.Id is null ? name.Version : name.Version + Label(name.After)) ?? PackageVersion.Parse(name.Version)));
            }

            // Those before the artifact, the newest first; then the others, the newest first.
            found.Sort((a, b) =>
            {
                var (left, right) = (PackageVersion.Compare(a.Version, asked.Version) < 0, PackageVersion.Compare(b.Version, asked.Version) < 0);
                if (left != right) return left ? -1 : 1;
                var order = PackageVersion.Compare(b.Version, a.Version);
                return order != 0 ? order : string.CompareOrdinal(a.Path, b.Path);
            });
            foreach (var (path, _) in found) yield return path;
        }

        private List<(string Path, VersionedName Name)> Content()
        {
            var content = new List<(string, VersionedName)>();
            try
            {
                foreach (var path in files.Directory.EnumerateFiles(Path))
                {
                    var name = files.Path.GetFileName(path);
                    if (name.EndsWith(Receipt.Suffix, StringComparison.OrdinalIgnoreCase)) content.Add((path, VersionedName.Parse(name[..^Receipt.Suffix.Length])));
                    else if (ArtifactSearch.IsPackage(name)) content.Add((path, VersionedName.Parse(name)));
                }
            }
            catch (Exception mistake) when (mistake is IOException or UnauthorizedAccessException)
            {
                throw Wrong(Written, $"the system refuses to list it: {mistake.GetType().Name}");
            }

            if (content.Count == 0)
                throw Wrong(Written, $"the folder holds neither a package nor a receipt{(request.Artifacts.Count > 0 ? "; to compare with the folder itself, e.g. the output of a publish, add '--as directory'" : "")}");
            return content;
        }

        // ".nupkg" of "-rc.1.nupkg", ".tar.gz".
        private static string Extension(string after)
        {
            foreach (var suffix in ArtifactSearch.PackageSuffixes)
                if (after.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) return suffix;
            return "";
        }

        private static string Label(string after) => after[..^Extension(after).Length];
    }

    private sealed class CacheSource(string written, string root, IFileSystem files) : Source(written, root)
    {
        private string? _looked;

        public override string Unused => _looked is null
            ? "it serves NuGet packages, and the run has none"
            : $"it has no version of {_looked} below this one. Have the released one restored (<PackageDownload Include=\"{_looked}\" Version=\"[1.0.0]\" />), or leave the baseline out for a first release";

        public override IEnumerable<string> Candidates(Asked asked)
        {
            if (asked is not { Kind: ArtifactKind.NuGetPackage, Id: { } id }) yield break;
            _looked ??= EntryPath.Printable(id);
            // The folders are lower case: learn.microsoft.com/nuget/consume-packages/managing-the-global-packages-and-cache-folders. An id is no path.
            var name = id.ToLowerInvariant();
            if (name.Length == 0 || name.AsSpan().IndexOfAny('/', '\\', ':') >= 0 || name is "." or "..") yield break;
            var folder = files.Path.Combine(Path, name);
            if (!files.Directory.Exists(folder)) yield break;
            var versions = new List<(string Name, PackageVersion Version)>();
            foreach (var path in files.Directory.EnumerateDirectories(folder))
                if (files.Path.GetFileName(path) is var version && PackageVersion.Parse(version) is { } parsed && PackageVersion.Compare(parsed, asked.Version) < 0) versions.Add((version, parsed));
            versions.Sort(static (a, b) => PackageVersion.Compare(b.Version, a.Version) is var order and not 0 ? order : string.CompareOrdinal(a.Name, b.Name));
            foreach (var (version, _) in versions)
                if (files.Path.Combine(folder, version, $"{name}.{version}.nupkg") is var file && files.File.Exists(file)) yield return file;
        }
    }
}
