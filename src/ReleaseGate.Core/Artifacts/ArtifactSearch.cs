using System.IO.Abstractions;
using System.IO.Enumeration;
using ReleaseGate.Rules;

namespace ReleaseGate.Artifacts;

/// <summary>An artifact that was asked for and is there.</summary>
/// <param name="Path">Its path as the user wrote it; below a folder or glob that prefix with the rest appended.</param>
/// <param name="FullPath">The same as a full path.</param>
/// <param name="IsDirectory">Whether it is a folder.</param>
internal sealed record ArtifactLocation(string Path, string FullPath, bool IsDirectory);

/// <summary>
/// Turns the paths of a request into artifacts: a file is one, a glob (<c>*</c>, <c>?</c>, <c>**</c>) is what it matches, a folder is the
/// packages in it, or itself where the request says so. What is asked for twice is checked once. Nothing found is an error, never a pass.
/// </summary>
internal sealed class ArtifactSearch(IFileSystem files)
{
    /// <summary>How the names of packages in a folder end.</summary>
    internal static readonly string[] PackageSuffixes =
        [".nupkg", ".snupkg", ".tgz", ".tar.gz", ".tar", ".zip", ".vsix", ".whl", ".jar"];

    // Windows finds "A.NUPKG" under "a.nupkg"; elsewhere these are two files.
    private static bool IgnoreCase => OperatingSystem.IsWindows();

    /// <summary>The artifacts of a request, in the order asked; those of one glob or folder in ordinal order.</summary>
    /// <exception cref="GateException">A path leads to no artifact.</exception>
    public IReadOnlyList<ArtifactLocation> Find(GateRequest request)
    {
        if (request.Artifacts.Count == 0) throw Nothing("no artifact was named; name a package, a glob or a folder");
        var found = new List<ArtifactLocation>();
        var seen = new HashSet<string>(IgnoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var path in request.Artifacts)
            foreach (var artifact in Expand(path, request))
                if (seen.Add(artifact.FullPath)) found.Add(artifact);
        return found;
    }

    private List<ArtifactLocation> Expand(string path, GateRequest request)
    {
        if (string.IsNullOrWhiteSpace(path)) throw Nothing("an empty path was named; a variable in the command line may be empty");
        try
        {
            // A name that exists is meant literally, whatever characters it holds.
            var full = files.Path.TrimEndingDirectorySeparator(files.Path.GetFullPath(path, request.SearchFrom));
            if (files.File.Exists(full) || files.Directory.Exists(full)) return Named(path, full, request.AsDirectory);
            if (path.AsSpan().IndexOfAny('*', '?') < 0) throw Nothing($"'{EntryPath.Printable(path)}' does not exist; check the path, and that the build really made it");
            var artifacts = new List<ArtifactLocation>();
            foreach (var (shown, match) in Match(path, request.SearchFrom)) artifacts.AddRange(Named(shown, match, request.AsDirectory));
            return artifacts.Count > 0 ? artifacts : throw Nothing($"'{EntryPath.Printable(path)}' matches nothing; check the pattern, and that the build really made it");
        }
        catch (Exception mistake) when (mistake is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Nothing($"'{EntryPath.Printable(path)}' cannot be looked up: {EntryPath.Printable(mistake.Message)}", mistake);
        }
    }

    private List<ArtifactLocation> Named(string shown, string full, bool asDirectory)
    {
        if (!files.Directory.Exists(full)) return [new ArtifactLocation(shown, full, false)];
        return asDirectory ? [new ArtifactLocation(shown, full, true)] : PackagesIn(shown, full);
    }

    private List<ArtifactLocation> PackagesIn(string shown, string full)
    {
        var names = Names(files.Directory.EnumerateFiles(full));
        var packages = new List<ArtifactLocation>();
        foreach (var name in names)
            if (IsPackage(name)) packages.Add(new ArtifactLocation(files.Path.Combine(shown, name), files.Path.Combine(full, name), false));
        if (packages.Count > 0) return packages;

        var folder = EntryPath.Printable(shown);
        if (names.Count > 0)
            throw Nothing($"folder '{folder}' holds files but no package; to take the folder itself, e.g. the output of a publish, add '--as directory'");
        if (Names(files.Directory.EnumerateDirectories(full)).Count > 0)
            throw Nothing($"folder '{folder}' holds no package, only folders; name the packages with a glob, e.g. '{files.Path.Combine(folder, "**", "*.nupkg")}', or add '--as directory' to take the folder itself");
        throw Nothing($"folder '{folder}' is empty; check the path, and that the build really made it");
    }

    /// <summary>Whether a file in a folder is taken for a package.</summary>
    internal static bool IsPackage(string name)
    {
        foreach (var suffix in PackageSuffixes)
            if (name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    // Walks a glob segment by segment. Folders that are links are matched but not descended into by "**": they may lead in a circle.
    private List<(string Shown, string Full)> Match(string pattern, string from)
    {
        var root = files.Path.GetPathRoot(pattern) ?? "";
        var segments = pattern[root.Length..].Split([files.Path.DirectorySeparatorChar, files.Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        List<(string Shown, string Full)> matches = [(root, files.Path.GetFullPath(root.Length == 0 ? from : root, from))];
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            if (segment == "**" && i > 0 && segments[i - 1] == "**") continue;
            var last = i == segments.Length - 1;
            var next = new List<(string, string)>();
            foreach (var (shown, full) in matches)
            {
                if (!files.Directory.Exists(full)) continue;
                if (segment == "**")
                {
                    Descend(shown, full, next, last);
                }
                else if (segment.AsSpan().IndexOfAny('*', '?') < 0)
                {
                    var child = files.Path.GetFullPath(files.Path.Combine(full, segment));
                    if (files.Directory.Exists(child) || (last && files.File.Exists(child))) next.Add((files.Path.Combine(shown, segment), child));
                }
                else
                {
                    foreach (var name in Names(last ? files.Directory.EnumerateFileSystemEntries(full) : files.Directory.EnumerateDirectories(full)))
                        if (FileSystemName.MatchesSimpleExpression(segment, name, IgnoreCase)) next.Add((files.Path.Combine(shown, name), files.Path.Combine(full, name)));
                }
            }

            matches = next;
        }

        matches.Sort(static (a, b) => string.CompareOrdinal(a.Full, b.Full));
        return matches;
    }

    // A last "**" stands for all files below, another one for all folders, the first included.
    private void Descend(string shown, string full, List<(string Shown, string Full)> matches, bool last)
    {
        if (!last) matches.Add((shown, full));
        else
            foreach (var name in Names(files.Directory.EnumerateFiles(full))) matches.Add((files.Path.Combine(shown, name), files.Path.Combine(full, name)));

        foreach (var name in Names(files.Directory.EnumerateDirectories(full)))
        {
            var folder = files.Path.Combine(full, name);
            if ((files.File.GetAttributes(folder) & FileAttributes.ReparsePoint) == 0) Descend(files.Path.Combine(shown, name), folder, matches, last);
        }
    }

    private List<string> Names(IEnumerable<string> paths)
    {
        var names = new List<string>();
        foreach (var path in paths) names.Add(files.Path.GetFileName(path));
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private static GateException Nothing(string message, Exception? inner = null) => new(GateRules.NothingInspected.Id, message, inner: inner);
}
