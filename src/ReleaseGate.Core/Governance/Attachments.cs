using System.Globalization;
using System.IO.Abstractions;
using System.Runtime.ExceptionServices;
using ReleaseGate.Artifacts;
using ReleaseGate.Reporting;
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
            if (location.IsDirectory && DiskFile.IsWithin(files, folder, location.FullPath))
                throw new GateException(GateRules.NothingInspected.Id, $"the {what} would lie in '{EntryPath.Printable(location.Path)}' itself and be entries that nobody inspected; name another folder for them");
            names.Add(files.Path.GetFileName(location.FullPath));
        }

        return Places(names);
    }

    /// <summary>The same for a run that may not begin: a path that leads to no artifact gives its name alone, and none lies in an artifact.</summary>
    public List<string> Stale(GateRequest request)
    {
        try
        {
            return Paths(request);
        }
        catch (GateException)
        {
            return PathsAsNamed(request);
        }
    }

    private List<string> PathsAsNamed(GateRequest request)
    {
        var names = new List<string>();
        foreach (var artifact in request.Artifacts)
        {
            try
            {
                foreach (var location in new ArtifactSearch(files).Find(request with { Artifacts = [artifact], Shard = null }))
                    if (!location.IsDirectory || !DiskFile.IsWithin(files, folder, location.FullPath)) names.Add(files.Path.GetFileName(location.FullPath));
            }
            catch (GateException)
            {
                // It may have been there when an earlier run wrote something about it.
                var name = files.Path.GetFileName(files.Path.TrimEndingDirectorySeparator(artifact));
                if (name.Length > 0 && name.AsSpan().IndexOfAny('*', '?', '\0') < 0 && name is not ("." or "..")) names.Add(name);
            }
        }

        return Places(names);
    }

    /// <summary>Removes those of an earlier run, also where this one can't begin.</summary>
    /// <param name="request">The run.</param>
    /// <param name="format">What they are.</param>
    /// <param name="unreleased">What their names end with as long as they wait for their artifacts.</param>
    /// <exception cref="GateException">As for <see cref="Paths(GateRequest)"/>; they are removed all the same.</exception>
    /// <exception cref="IOException">One can't be removed, or is none of ours.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be removed.</exception>
    public void Clear(GateRequest request, ReportFormat format, string unreleased)
    {
        GateException? mistake = null;
        List<string> paths;
        try
        {
            paths = Paths(request);
        }
        catch (GateException e)
        {
            (paths, mistake) = (PathsAsNamed(request), e);
        }

        foreach (var path in paths)
        {
            ReportFile.Clear(files, path, format);
            if (files.File.Exists(path + unreleased)) files.File.Delete(path + unreleased);
        }

        if (mistake is not null) ExceptionDispatchInfo.Throw(mistake);
    }

    /// <summary>Refuses a part of a run: what the other parts find is known only once all of them are joined.</summary>
    /// <param name="request">The run.</param>
    /// <param name="what">What it is not to have, e.g. <c>is not sealed</c>.</param>
    /// <param name="instead">What to do, as the end of a sentence.</param>
    /// <exception cref="GateException">RG0007: it is one.</exception>
    public static void RequireWhole(GateRequest request, string what, string instead)
    {
        if (request.Shard is { } shard)
            throw new GateException(GateRules.NothingInspected.Id, $"shard {shard} is a part of a run, and a part {what}: whether the whole has passed only 'releasegate merge' says. {instead}");
    }

    /// <summary>Removes receipts, inventories and seals of an earlier run: all that can be, whatever becomes of the others.</summary>
    /// <param name="files">Where.</param>
    /// <param name="request">The run.</param>
    /// <exception cref="GateException">A path leads to no artifact, or they would lie in the artifact itself (RG0007).</exception>
    /// <exception cref="IOException">One can't be removed, or is none of ours.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be removed.</exception>
    public static void ClearAll(IFileSystem files, GateRequest request)
    {
        Exception? first = null;
        Try(() => new ReceiptWriter(files).Clear(request));
        Try(() => new SbomWriter(files).Clear(request));
        Try(() => SealWriter.Clear(files, request));
        if (first is not null) ExceptionDispatchInfo.Throw(first);

        void Try(Action clear)
        {
            try
            {
                clear();
            }
            catch (Exception mistake) when (mistake is GateException or IOException or UnauthorizedAccessException)
            {
                first ??= mistake;
            }
        }
    }

    /// <summary>The same for a run that is refused, wherever it ended: a path that leads to no artifact is no mistake any more, and what the run was to read stays.</summary>
    /// <param name="files">Where.</param>
    /// <param name="request">The run.</param>
    /// <exception cref="IOException">One can't be removed, or is none of ours.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be removed.</exception>
    public static void ClearRefused(IFileSystem files, GateRequest request)
    {
        Exception? first = null;
        HashSet<string>? read = null;
        Clear(Outputs.Receipts(files, request), ReportFormat.Receipt);
        Clear(Outputs.Sboms(files, request), ReportFormat.CycloneDx);
        Clear(Outputs.Seals(files, request), ReportFormat.Seal);
        if (first is not null) ExceptionDispatchInfo.Throw(first);

        void Clear(IReadOnlyList<string> paths, ReportFormat format)
        {
            foreach (var path in paths)
            {
                try
                {
                    read ??= Outputs.Resolved(files, Outputs.ReadBy(files, request));
                    if (read.Contains(DiskFile.Resolve(files, path))) continue;
                    ReportFile.Clear(files, path, format);
                    if (files.File.Exists(path + SealWriter.Unreleased)) files.File.Delete(path + SealWriter.Unreleased);
                }
                catch (Exception mistake) when (mistake is IOException or UnauthorizedAccessException)
                {
                    first ??= mistake;
                }
            }
        }
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
}
