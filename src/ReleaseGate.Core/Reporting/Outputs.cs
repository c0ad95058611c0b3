using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>What a run writes must be nothing that it reads, and each of it a file of its own: nobody asks for that on purpose, and it would be lost.</summary>
internal static class Outputs
{
    private const string PackageCache = "nuget:";

    /// <summary>Refuses an output that is an input or another output, under whatever name. Touches nothing.</summary>
    /// <param name="files">Where.</param>
    /// <param name="written">Full paths of what is to be written.</param>
    /// <param name="read">Full paths of what is to be read.</param>
    /// <exception cref="GateException">RG0007: one is.</exception>
    public static void Require(IFileSystem files, IReadOnlyList<string> written, IReadOnlyList<string> read)
    {
        if (Conflict(files, written, read) is { } why) throw new GateException(GateRules.NothingInspected.Id, why);
    }

    /// <summary>The same, for what a request names to be read.</summary>
    /// <param name="files">Where.</param>
    /// <param name="written">Full paths of what is to be written.</param>
    /// <param name="request">The request.</param>
    /// <exception cref="GateException">RG0007: one is.</exception>
    public static void Require(IFileSystem files, IReadOnlyList<string> written, GateRequest request)
    {
        if (Conflict(files, written, request) is { } why) throw new GateException(GateRules.NothingInspected.Id, why);
    }

    internal static string? Conflict(IFileSystem files, IReadOnlyList<string> written, GateRequest request)
    {
        if (written.Count == 0) return null;
        var isThere = false;
        foreach (var path in written) isThere |= files.File.Exists(path);
        // What is not there yet can't be read.
        return Conflict(files, written, isThere ? ReadBy(files, request) : []);
    }

    private static string? Conflict(IFileSystem files, IReadOnlyList<string> written, IReadOnlyList<string> read)
    {
        var inputs = Resolved(files, written.Count > 0 ? read : []);
        var outputs = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var path in written)
        {
            var resolved = DiskFile.Resolve(files, path);
            if (inputs.Contains(resolved)) return $"'{EntryPath.Printable(path)}' is to be read and to be written; give the result another name";
            if (!outputs.Add(resolved)) return $"'{EntryPath.Printable(path)}' is to be written twice; give each result a name of its own";
        }

        return null;
    }

    /// <summary>Refuses an audit log that is anything else of the run, under whatever name: it would be overwritten, and what it tells of would be gone. Touches nothing.</summary>
    /// <param name="files">Where.</param>
    /// <param name="request">The request.</param>
    /// <param name="log">The full path of the log.</param>
    /// <param name="manifest">What the run is judged by, once it is known.</param>
    /// <param name="more">Full paths of what else the run writes.</param>
    /// <exception cref="GateException">RG0010: it is.</exception>
    public static void RequireOwnLog(IFileSystem files, GateRequest request, string log, Manifest? manifest = null, params IReadOnlyList<string> more)
    {
        if (LogConflict(files, request, log, manifest, more) is { } why) throw AuditLog.Mistake(why, log);
    }

    /// <summary>The same for a command that is no check.</summary>
    /// <param name="files">Where.</param>
    /// <param name="log">The full path of the log.</param>
    /// <param name="written">Full paths of what the command writes.</param>
    /// <param name="read">Full paths of what it reads.</param>
    /// <exception cref="GateException">RG0010: it is.</exception>
    public static void RequireOwnLog(IFileSystem files, string log, IReadOnlyList<string> written, IReadOnlyList<string> read)
    {
        if (LogConflict(files, log, written, read) is { } why) throw AuditLog.Mistake(why, log);
    }

    internal static string? LogConflict(IFileSystem files, GateRequest request, string log, Manifest? manifest = null, params IReadOnlyList<string> more)
    {
        var read = ReadBy(files, request);
        if (request.SealKey is { } key && !key.StartsWith(SealPolicy.VariablePrefix, StringComparison.Ordinal)) read.Add(files.Path.GetFullPath(key, request.SearchFrom));
        if (manifest is not null)
            foreach (var source in manifest.Sources)
                if (!source.IsProfile) read.Add(source.Name);
        var written = new List<string>(more);
        foreach (var path in (string?[])[request.Report, request.Sarif, request.JUnit, request.Markdown, request.Html])
            if (path is not null) written.Add(files.Path.GetFullPath(path, request.SearchFrom));
        foreach (var path in (IEnumerable<string>)[.. Receipts(files, request), .. Sboms(files, request), .. Seals(files, request)])
        {
            written.Add(path);
            written.Add(path + SealWriter.Unreleased);
        }

        return LogConflict(files, log, written, read);
    }

    private static string? LogConflict(IFileSystem files, string log, IReadOnlyList<string> written, IReadOnlyList<string> read)
    {
        var resolved = DiskFile.Resolve(files, log);
        foreach (var path in read)
            if (IsLog(path)) return $"the audit log is '{EntryPath.Printable(path)}', which the run reads; give the log a file of its own";
        foreach (var path in written)
            if (IsLog(path)) return $"the audit log is '{EntryPath.Printable(path)}', which the run writes as something else; give the log a file of its own";
        return null;

        bool IsLog(string path) => DiskFile.Resolve(files, path).Equals(resolved, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Paths as they are compared: links are followed, and letters are those of Windows wherever this runs.</summary>
    internal static HashSet<string> Resolved(IFileSystem files, IReadOnlyList<string> paths)
    {
        var resolved = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var path in paths) resolved.Add(DiskFile.Resolve(files, path));
        return resolved;
    }

    /// <summary>Full paths of what a request names to be read.</summary>
    internal static List<string> ReadBy(IFileSystem files, GateRequest request)
    {
        var read = new List<string>();
        foreach (var artifact in request.Artifacts)
        {
            if (artifact.Length == 0) continue;
            read.Add(files.Path.GetFullPath(artifact, request.SearchFrom));
            if (request.AsPlanned) continue;
            try
            {
                foreach (var location in new ArtifactSearch(files).Find(request with { Artifacts = [artifact], Shard = null })) read.Add(location.FullPath);
            }
            catch (GateException)
            {
                // Nothing is read of a path that leads to no artifact, and the run itself ends with these words.
            }
        }

        foreach (var baseline in request.Baselines)
            if (!baseline.StartsWith(PackageCache, StringComparison.Ordinal)) Add(baseline);
        foreach (var rules in request.Rules) Add(rules);
        foreach (var path in (string?[])[request.Manifest, request.Project, request.Plan, request.State])
            if (path is not null) Add(path);
        return read;

        void Add(string path) => read.Add(files.Path.GetFullPath(path, request.SearchFrom));
    }

    /// <summary>The seals that a request asks for, or would remove where it can't begin.</summary>
    internal static IReadOnlyList<string> Seals(IFileSystem files, GateRequest request) => request.Seals is { } folder ? SealWriter.Seals(files, folder).Stale(request) : [];

    /// <summary>The receipts.</summary>
    internal static IReadOnlyList<string> Receipts(IFileSystem files, GateRequest request) => request.Receipts is { } folder ? new ReceiptWriter(files).Receipts(folder).Stale(request) : [];

    /// <summary>The inventories.</summary>
    internal static IReadOnlyList<string> Sboms(IFileSystem files, GateRequest request) => request.Sboms is { } folder ? new SbomWriter(files).Sboms(folder).Stale(request) : [];
}
