using System.Globalization;
using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>Where the files lie that belong to the artifacts of a run, one to each: its receipts, inventories, seals.</summary>
/// <param name="files">Where.</param>
/// <param name="folder">The folder for all of them.</param>
/// <param name="suffix">What their names end with, behind the whole name of the artifact.</param>
/// <param name="what">What they are, in the plural.</param>
internal sealed class Attachments(IFileSystem files, string folder, string suffix, string what)
{
    /// <summary>Their paths, in the order of the artifacts.</summary>
    /// <exception cref="GateException">A path leads to no artifact, or they would lie in the artifact itself (RG0007).</exception>
    public List<string> Paths(GateRequest request)
    {
        var names = new List<string>();
        if (request.AsPlanned)
        {
            // The folder may not be there yet.
            foreach (var artifact in request.Artifacts) names.Add(files.Path.GetFileName(files.Path.TrimEndingDirectorySeparator(artifact)));
            return Places(names);
        }

        var locations = new ArtifactSearch(files).Find(request);
        if (request.Shard is { } shard) (locations, _) = shard.Take(locations, files, request.SearchFrom);
        foreach (var location in locations)
        {
            if (location.IsDirectory && IsWithin(folder, location.FullPath))
                throw new GateException(GateRules.NothingInspected.Id, $"the {what} would lie in '{EntryPath.Printable(location.Path)}' itself and be entries that nobody inspected; name another folder for them");
            names.Add(files.Path.GetFileName(location.FullPath));
        }

        return Places(names);
    }

    /// <summary>The same for what was inspected.</summary>
    public List<string> Paths(GateReport report)
    {
        var names = new List<string>(report.Verdicts.Count);
        foreach (var verdict in report.Verdicts) names.Add(verdict.Inventory.Name);
        return Places(names);
    }

    /// <summary>Two artifacts of one name, from different folders: what belongs to the second goes to a numbered folder. Letters are compared as Windows does, wherever this runs.</summary>
    /// <param name="names">The names of the artifacts.</param>
    public List<string> Places(IReadOnlyList<string> names)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var paths = new List<string>(names.Count);
        foreach (var name in names)
        {
            var path = files.Path.Combine(folder, name + suffix);
            for (var i = 2; !taken.Add(path); i++) path = files.Path.Combine(folder, i.ToString(CultureInfo.InvariantCulture), name + suffix);
            paths.Add(path);
        }

        return paths;
    }

    private bool IsWithin(string path, string parent)
    {
        var relative = files.Path.GetRelativePath(parent, path);
        return relative == "." || (relative != ".." && !relative.StartsWith(".." + files.Path.DirectorySeparatorChar, StringComparison.Ordinal) && !files.Path.IsPathRooted(relative));
    }
}
