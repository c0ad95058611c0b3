using System.Buffers;
using System.Globalization;
using System.IO.Abstractions;
using System.Security.Cryptography;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>
/// The last step of "stage, check, release": brings a checked set from its stage to the folder people push from, all of it or nothing,
/// or puts it aside. A file stands under its real name only after its bytes were compared with what the gate inspected.
/// </summary>
internal sealed class Stage(IFileSystem files)
{
    // Does not end in an extension that "push *.nupkg" or "npm publish *.tgz" would find.
    private const string Unverified = ".unverified";

    /// <summary>
    /// Copies the artifacts of a report that <see cref="GateReport.GoesOn"/> into <paramref name="folder"/>, compares every byte on the way and again at the end, and empties the stage.
    /// Older files of the same names are gone from the first moment on, also where this fails.
    /// </summary>
    /// <param name="report">The report of the staged set. All its artifacts are files with different names.</param>
    /// <param name="folder">The real output folder; made where it is missing. May lie on another volume.</param>
    /// <returns>The paths of the released files, in the report's order.</returns>
    /// <exception cref="GateException">RG0008: a staged or released file is not what was inspected. Nothing was released.</exception>
    /// <exception cref="ArgumentException">The report does not go on, or holds a folder or two artifacts of one name.</exception>
    /// <exception cref="IOException">The folder can't be written. Nothing was released.</exception>
    public IReadOnlyList<string> Release(GateReport report, string folder) => Release(report, [.. report.Verdicts.Select(_ => folder)]);

    /// <summary>The same for a set of which each artifact has a folder of its own.</summary>
    /// <param name="report">The report of the set.</param>
    /// <param name="folders">The real output folder of each artifact, in the report's order; null for one that stays where it lies.</param>
    /// <returns>The paths of the released files, in the report's order.</returns>
    /// <exception cref="GateException">RG0008: a staged or released file is not what was inspected. Nothing was released.</exception>
    /// <exception cref="ArgumentException">The report does not go on, there is not one folder for each artifact, or a folder or two artifacts of one name are to be released.</exception>
    /// <exception cref="IOException">A folder can't be written. Nothing was released.</exception>
    public IReadOnlyList<string> Release(GateReport report, IReadOnlyList<string?> folders) => Release(report, folders, static () => { });

    /// <summary>The same for a set that something else belongs to, e.g. its receipts: once the artifacts lie where they belong, and before the stage is emptied.</summary>
    /// <param name="report">The report of the set.</param>
    /// <param name="folders">The real output folder of each artifact, in the report's order; null for one that stays where it lies.</param>
    /// <param name="released">What is to be done then. Where it fails, the artifacts are taken back.</param>
    internal IReadOnlyList<string> Release(GateReport report, IReadOnlyList<string?> folders, Action released)
    {
        if (!report.GoesOn) throw new ArgumentException("Only what has passed is released, or what somebody asked only to be warned about.", nameof(report));
        if (folders.Count != report.Verdicts.Count) throw new ArgumentException("Each artifact wants a folder.", nameof(folders));
        var moves = new List<Move>(report.Verdicts.Count);
        for (var i = 0; i < folders.Count; i++)
        {
            var verdict = report.Verdicts[i];
            if (folders[i] is not { } folder) continue;
            if (verdict.Inventory.Kind == ArtifactKind.Directory)
                throw new ArgumentException($"'{verdict.Path}' is a folder; only files are staged.", nameof(report));
            var target = files.Path.Combine(folder, files.Path.GetFileName(verdict.Path));
            if (string.Equals(files.Path.GetFullPath(target), files.Path.GetFullPath(verdict.Path), StringComparison.OrdinalIgnoreCase))
                throw new ArgumentException($"'{verdict.Path}' lies where it would be released to.", nameof(folders));
            if (moves.Any(m => string.Equals(m.Target, target, StringComparison.OrdinalIgnoreCase)))
                throw new GateException(GateRules.NothingInspected.Id, $"two artifacts are named '{EntryPath.Printable(files.Path.GetFileName(target))}', and only one can be released under that name, so none was; release them to different folders, or rename one");
            moves.Add(new Move(verdict.Path, target, verdict.Inventory.Digest));
        }

        foreach (var folder in folders)
            if (folder is not null) DiskFile.CreateFolder(files, folder);
        foreach (var move in moves) files.File.Delete(move.Target);
        try
        {
            foreach (var move in moves) Copy(move);
            // A push of x.nupkg takes a x.snupkg beside it along, so the .nupkg comes last: killed half-way, there is nothing to push.
            foreach (var move in moves.OrderBy(m => m.Target.EndsWith(".nupkg", StringComparison.OrdinalIgnoreCase)))
                files.File.Move(move.Target + Unverified, move.Target);
            foreach (var move in moves) Verify(move);
            released();
        }
        catch
        {
            foreach (var move in moves)
            {
                files.File.Delete(move.Target);
                files.File.Delete(move.Target + Unverified);
            }

            throw;
        }

        foreach (var move in moves) files.File.Delete(move.Staged);
        return moves.ConvertAll(m => m.Target);
    }

    /// <summary>The files that a release writes.</summary>
    public List<string> Targets(GateReport report, IReadOnlyList<string?> folders)
    {
        var targets = new List<string>();
        for (var i = 0; i < folders.Count; i++)
        {
            if (folders[i] is not { } folder) continue;
            var target = files.Path.Combine(folder, files.Path.GetFileName(report.Verdicts[i].Path));
            targets.Add(target);
            targets.Add(target + Unverified);
        }

        return targets;
    }

    /// <summary>The report as it reads once each artifact lies in its folder; null for one that stays where it lies.</summary>
    public GateReport Moved(GateReport report, IReadOnlyList<string?> folders) => report with
    {
        Verdicts = report.Verdicts.Select((v, i) => folders[i] is { } folder ? v with { Path = files.Path.Combine(folder, files.Path.GetFileName(v.Path)) } : v).ToArray(),
    };

    /// <summary>
    /// Where <see cref="Reject"/> puts each artifact: the folder itself, or where another of the same name went there first, a numbered one in it; null for
    /// what is no file.
    /// </summary>
    /// <param name="artifacts">The files.</param>
    /// <param name="folder">The folder for rejected files.</param>
    public IReadOnlyList<string?> Aside(IEnumerable<string> artifacts, string folder)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        var folders = new List<string?>();
        foreach (var artifact in artifacts)
        {
            if (files.File.Exists(artifact) && !known.ContainsKey(artifact))
            {
                var own = folder;
                for (var i = 2; !taken.Add(files.Path.Combine(own, files.Path.GetFileName(artifact))); i++) own = files.Path.Combine(folder, i.ToString(CultureInfo.InvariantCulture));
                known.Add(artifact, own);
            }

            folders.Add(known.GetValueOrDefault(artifact));
        }

        return folders;
    }

    /// <summary>Puts artifacts that may not be released aside, where they can be looked at and are not pushed.</summary>
    /// <param name="artifacts">The staged files; what is no file (any more) is left alone.</param>
    /// <param name="folder">The folder for rejected files; made where it is missing.</param>
    /// <returns>The paths the files have now.</returns>
    public IReadOnlyList<string> Reject(IEnumerable<string> artifacts, string folder)
    {
        var rejected = new List<string>();
        var all = artifacts.ToArray();
        var places = Aside(all, folder);
        for (var i = 0; i < all.Length; i++)
        {
            var artifact = all[i];
            // Named twice, it has gone already.
            if (places[i] is not { } place || !files.File.Exists(artifact)) continue;
            files.Directory.CreateDirectory(place);
            var target = files.Path.Combine(place, files.Path.GetFileName(artifact));
            files.File.Move(artifact, target, overwrite: true);
            rejected.Add(target);
        }

        return rejected;
    }

    // A copy, not a rename: whoever still holds the staged file open can't change what is released.
    private void Copy(Move move)
    {
        var unverified = move.Target + Unverified;
        files.File.Delete(unverified);
        using var staged = Open(move.Staged);
        using var copy = files.File.Open(unverified, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        if (CopyAndHash(staged, copy) != move.Digest) throw Changed(move.Staged, "changed between the check and the release");
        // The rename that follows must not reach the disk before the bytes.
        if (copy is FileStream file) file.Flush(flushToDisk: true);
        else copy.Flush();
    }

    private void Verify(Move move)
    {
        using var released = Open(move.Target);
        if (CopyAndHash(released, Stream.Null) != move.Digest) throw Changed(move.Target, "is not what was checked, so it was deleted again");
    }

    private Stream Open(string path)
    {
        try
        {
            return files.File.Open(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Changed(path, "is gone since it was checked");
        }
    }

    private static Digest CopyAndHash(Stream from, Stream to)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            for (int read; (read = from.Read(buffer)) > 0;)
            {
                hash.AppendData(buffer.AsSpan(0, read));
                to.Write(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Span<byte> digest = stackalloc byte[Digest.Size];
        hash.GetHashAndReset(digest);
        return new Digest(digest);
    }

    private GateException Changed(string path, string how) =>
        new(GateRules.ArtifactChanged.Id, $"{EntryPath.Printable(files.Path.GetFileName(path))}: {how}. {GateRules.ArtifactChanged.Fix}");

    private sealed record Move(string Staged, string Target, Digest Digest);
}
