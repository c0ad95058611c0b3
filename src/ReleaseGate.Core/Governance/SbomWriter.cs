using System.IO.Abstractions;
using System.Security.Cryptography;
using ReleaseGate.Artifacts;
using ReleaseGate.Reporting;

namespace ReleaseGate.Governance;

/// <summary>An inventory that was written.</summary>
/// <param name="Path">Where it lies once its artifact is released.</param>
/// <param name="Digest">SHA-256 of the document.</param>
public sealed record WrittenSbom(string Path, Digest Digest);

/// <summary>
/// Writes the inventories of a run: <c>NAME.cdx.json</c> for each artifact, in <see cref="GateRequest.Sboms"/>; see <see cref="CycloneDx"/>. For every run that goes on, also for one that was
/// asked for warnings only: an inventory says what is in an artifact, and vouches for nothing. Never for what is blocked, planned or unfinished: nobody may take that for what was released.
/// On disk they go the way of receipts (<see cref="ReceiptWriter"/>): all of them or none, with their artifacts.
/// </summary>
public sealed class SbomWriter(IFileSystem files)
{
    /// <summary>Whether a run writes inventories, once it goes on.</summary>
    public static bool IsWanted(GateRequest request) => request is { Sboms: not null, AsPlanned: false, Unfinished: false };

    /// <summary>Removes the inventories of an earlier run that bear the names of this one's artifacts, so that a run which fails leaves none.</summary>
    /// <exception cref="GateException">A path leads to no artifact, or the inventories would lie in the artifact itself (RG0007).</exception>
    /// <exception cref="IOException">One can't be removed, or is none of ours.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be removed.</exception>
    public void Clear(GateRequest request)
    {
        if (request.Sboms is { } folder) Sboms(folder).Clear(request, ReportFormat.CycloneDx, ReceiptWriter.Unreleased);
    }

    /// <summary>Whether the inventories that an earlier look at the same artifacts wrote are there; true where none are wanted.</summary>
    /// <exception cref="GateException">A path leads to no artifact.</exception>
    public bool Stand(GateRequest request)
    {
        if (!IsWanted(request)) return true;
        foreach (var path in Paths(request))
            if (!files.File.Exists(path)) return false;
        return true;
    }

    /// <summary>Writes the inventories of a report under names that nobody takes for some. They get their own with the receipts, or go with them.</summary>
    /// <param name="report">A report that <see cref="GateReport.GoesOn"/>.</param>
    /// <param name="time">See <see cref="Receipt.TimeOf"/>.</param>
    /// <param name="pending">Takes them over.</param>
    /// <returns>One for each verdict, in their order; empty where none are wanted.</returns>
    /// <exception cref="ArgumentException">The report does not go on.</exception>
    /// <exception cref="IOException">One can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be written.</exception>
    public IReadOnlyList<WrittenSbom> Prepare(GateReport report, DateTime time, PendingReceipts pending)
    {
        if (!IsWanted(report.Request)) return [];
        if (!report.GoesOn) throw new ArgumentException("Only what is released gets an inventory.", nameof(report));
        var paths = Sboms(report.Request.Sboms!).Paths(report);
        var written = new List<WrittenSbom>(paths.Count);
        for (var i = 0; i < paths.Count; i++)
        {
            DiskFile.CreateFolder(files, files.Path.GetDirectoryName(paths[i])!);
            pending.Add(paths[i] + ReceiptWriter.Unreleased, paths[i]);
            using var stream = files.FileStream.Create(paths[i] + ReceiptWriter.Unreleased, FileMode.Create, FileAccess.Write, FileShare.None);
            using var hash = SHA256.Create();
            using (var hashed = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true)) CycloneDx.Write(report.Verdicts[i].Inventory, time, hashed);
            written.Add(new WrittenSbom(paths[i], new Digest(hash.Hash)));
        }

        return written;
    }

    internal List<string> Paths(GateRequest request) => request.Sboms is { } folder ? Sboms(folder).Paths(request) : [];

    internal Attachments Sboms(string folder) => new(files, folder, CycloneDx.Suffix, "inventories");
}
