using System.IO.Abstractions;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>
/// Seals a run: <c>NAME.sigstore.json</c> for each artifact, in <see cref="GateRequest.Seals"/>. Only for a run that has passed, never for one that was asked for warnings only
/// or judged waivers by another day, nor for a look at what is still planned or unfinished. On disk seals come and go as receipts do, see <see cref="ReceiptWriter"/>.
/// </summary>
/// <param name="files">The disk.</param>
/// <param name="variable">The value of a variable of the environment, for keys and their passwords.</param>
public sealed class SealWriter(IFileSystem files, Func<string, string?> variable)
{
    internal const string Unreleased = ".unreleased";

    /// <summary>Whether a run is sealed, once it has passed.</summary>
    public static bool IsWanted(GateRequest request) => request is { Seals: not null, WarnOnly: false, AsOf: null, AsPlanned: false, Unfinished: false };

    /// <summary>Why a run that asks for seals gets none, as the end of a sentence; or null.</summary>
    public static string? WhyNot(GateRequest request) => request switch
    {
        { Seals: null } or { AsPlanned: true } or { Unfinished: true } => null,
        { WarnOnly: true } => "the run was for warnings only",
        { AsOf: not null } => "waivers were judged by another day",
        _ => null,
    };

    /// <summary>Removes the seals of an earlier run that bear the names of this one's artifacts, so that a run which fails leaves none.</summary>
    /// <exception cref="GateException">A path leads to no artifact, or the seals would lie in the artifact itself (RG0007).</exception>
    /// <exception cref="IOException">One can't be removed, or is no seal of ours.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be removed.</exception>
    public void Clear(GateRequest request) => Clear(files, request);

    internal static void Clear(IFileSystem files, GateRequest request)
    {
        if (request.Seals is { } folder) Seals(files, folder).Clear(request, ReportFormat.Seal, Unreleased);
    }

    /// <summary>Whether the seals that an earlier look at the same artifacts made are there; true where none are wanted.</summary>
    /// <exception cref="GateException">A path leads to no artifact.</exception>
    public bool Stand(GateRequest request)
    {
        if (!IsWanted(request)) return true;
        foreach (var path in Paths(files, request))
            if (!files.File.Exists(path)) return false;
        return true;
    }

    /// <summary>Reads the key, before anything is inspected; null where nothing is to be sealed. To be disposed.</summary>
    /// <exception cref="GateException">RG0007: there is no such key, it is of another kind, or the feed is no address.</exception>
    public SealKey? ReadKey(GateRequest request)
    {
        if (request.Seals is null && request.SealKey is null && request.SealTo is null) return null;
        if (request.Seals is null) throw new GateException(GateRules.NothingInspected.Id, "a key or a feed to seal for was named, and nobody said where the seals go; name a folder with '--seals DIR'");
        if (request.SealKey is not { } key) throw new GateException(GateRules.NothingInspected.Id, "seals were asked for, and no key to seal with; name it with '--seal-key FILE', or '--seal-key env://NAME'");
        SealDestination.Feed(request.SealTo);
        if (IsWanted(request)) RequireWhole(request);
        // A look at what is not finished finds out, too, that the key is missing: before the build writes the rest.
        return WhyNot(request) is null ? SealKey.Read(files, key, variable) : null;
    }

    /// <summary>The report as it reads once its artifacts are sealed. To be called before the run is logged: what may not be sealed has not passed in any log.</summary>
    /// <exception cref="GateException">RG7006: an artifact may not go where it is to be sealed for. RG7003: it is a folder that no digest covers.</exception>
    public static GateReport Announce(GateReport report)
    {
        if (!IsWanted(report.Request) || !report.Passed) return report;
        RequireSealable(report);
        return report with { Seal = SealSummary.Of(report) };
    }

    private static void RequireWhole(GateRequest request) => Attachments.RequireWhole(request, "is not sealed", "Leave the key out here, and seal with 'releasegate seal' once that has passed");

    /// <summary>Refuses a report with an artifact that may not be sealed for its feed, or not at all.</summary>
    /// <exception cref="GateException">RG7006 or RG7003.</exception>
    internal static void RequireSealable(GateReport report)
    {
        RequireWhole(report.Request);
        var feed = SealDestination.Feed(report.Request.SealTo);
        foreach (var verdict in report.Verdicts) SealStatement.RequireSealable(verdict, report.Manifest, feed);
    }

    /// <summary>Writes the seals of a report under names that nobody takes for seals, to be released with what else waits.</summary>
    /// <param name="report">A report that has passed.</param>
    /// <param name="time">See <see cref="Receipt.TimeOf"/>.</param>
    /// <param name="key">What <see cref="ReadKey"/> gave.</param>
    /// <param name="pending">What they are released with.</param>
    /// <param name="sboms">The inventories of the artifacts, in the report's order (<see cref="SbomWriter.Prepare"/>): the seals name their digests. Empty where there are none.</param>
    /// <param name="now">The time for the audit log, UTC.</param>
    /// <exception cref="ArgumentException">The report has not passed.</exception>
    /// <exception cref="GateException">RG7006: an artifact may not go where it is sealed for. RG0010: the audit log can't be written.</exception>
    /// <exception cref="IOException">One can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be written.</exception>
    public void Prepare(GateReport report, DateTime time, SealKey? key, PendingReceipts pending, IReadOnlyList<WrittenSbom> sboms, DateTime now)
    {
        if (!IsWanted(report.Request)) return;
        if (key is null) throw new ArgumentException("Seals want a key.", nameof(key));
        var sealing = new Sealing(files, report, time, sboms);
        sealing.Prepare(key, Seals(files, report.Request.Seals!).Paths(report), pending);
        sealing.Log(key, now);
    }

    internal static List<string> Paths(IFileSystem files, GateRequest request) => request.Seals is { } folder ? Seals(files, folder).Paths(request) : [];

    internal static Attachments Seals(IFileSystem files, string folder) => new(files, folder, SigstoreBundle.Suffix, "seals");
}

/// <summary>The statements about a run that has passed, and its seals.</summary>
public sealed class Sealing
{
    /// <summary>The event of the audit log.</summary>
    internal const string Event = "seal";

    private const int LongestName = 260;

    private readonly IFileSystem _files;
    private readonly GateReport _report;

    /// <summary>Makes the statements.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="report">A report that has passed.</param>
    /// <param name="time">See <see cref="Receipt.TimeOf"/>.</param>
    /// <exception cref="ArgumentException">The report has not passed.</exception>
    /// <exception cref="GateException">RG7006: an artifact may not go where it is sealed for.</exception>
    public Sealing(IFileSystem files, GateReport report, DateTime time)
        : this(files, report, time, [])
    {
    }

    internal Sealing(IFileSystem files, GateReport report, DateTime time, IReadOnlyList<WrittenSbom> sboms, DrillReport? drill = null)
    {
        if (drill is not null) RequireDrilled(report, drill);
        (_files, _report) = (files, report);
        var statements = new List<SealStatement>(report.Verdicts.Count);
        for (var i = 0; i < report.Verdicts.Count; i++)
        {
            var statement = SealStatement.Of(report, report.Verdicts[i], time, files);
            if (drill is not null) statement = statement with { Drill = (drill.Seeded, drill.Missed) };
            statements.Add(sboms.Count == 0 ? statement : statement with { Sbom = sboms[i].Digest });
        }

        Statements = statements;
    }

    /// <summary>One for each artifact, in the report's order.</summary>
    public IReadOnlyList<SealStatement> Statements { get; }

    /// <summary>Refuses a drill that was about something else than what is sealed. It may have been about another version.</summary>
    /// <exception cref="GateException">RG0007: it was, or nothing was seeded.</exception>
    internal static void RequireDrilled(GateReport report, DrillReport drill)
    {
        if (drill.Seeded == 0) throw new GateException(GateRules.NothingInspected.Id, "the drill seeded no leak, so it says nothing; drill with more kinds of leak, or leave '--drill' out");
        foreach (var verdict in report.Verdicts)
            if (!IsAbout(drill, verdict.Inventory))
                throw new GateException(GateRules.NothingInspected.Id, $"the drill was of '{EntryPath.Printable(drill.PackageUrl ?? drill.Name)}', and this is '{EntryPath.Printable(JsonReporter.PackageUrl(verdict.Inventory) ?? verdict.Inventory.Name)}'; name a drill of this package, of whatever version, or leave '--drill' out");
    }

    // The same package, or what is no package: a file or folder whose name differs in nothing but the version.
    private static bool IsAbout(DrillReport drill, Inventory inventory)
    {
        if (drill.Kind != inventory.Kind) return false;
        if (inventory.Package is not { } package || PackageUrl.Of(inventory.Kind, package.Id, version: null) is not { } url)
            return drill.PackageUrl is null && VersionedName.Parse(drill.Name).IsSameBut(VersionedName.Parse(inventory.Name));
        // In a package URL '@' stands before the version and nowhere else.
        return drill.PackageUrl is { } drilled && url.Equals(drilled.Split('@')[0], inventory.Kind == ArtifactKind.NpmPackage ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Where the seals of artifacts lie in a folder for all of them.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="artifacts">The artifacts.</param>
    public static IReadOnlyList<string> Places(IFileSystem files, string folder, IEnumerable<string> artifacts) =>
        SealWriter.Seals(files, folder).Places([.. artifacts.Select(a => files.Path.GetFileName(a))]);

    /// <summary>Signs the statements and writes the seals under names that nobody takes for seals. To be released, and disposed.</summary>
    /// <param name="key">The key; null: nothing is signed.</param>
    /// <param name="paths">Where each seal goes, full paths; empty without a key.</param>
    /// <exception cref="IOException">One can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be written.</exception>
    public PendingReceipts Prepare(SealKey? key, IReadOnlyList<string> paths)
    {
        var pending = new PendingReceipts(_files);
        if (key is null) return pending;
        try
        {
            Prepare(key, paths, pending);
        }
        catch
        {
            pending.Dispose();
            throw;
        }

        return pending;
    }

    /// <summary>Adds a line for each seal to the audit log that the run was written into, where there is one. Before they are released: no seal goes out that the log does not tell of.</summary>
    /// <param name="key">The key that signed.</param>
    /// <param name="now">The time, UTC.</param>
    /// <exception cref="GateException">RG0010: it can't be written.</exception>
    public void Log(SealKey key, DateTime now)
    {
        if (AuditedRun.LogOf(_report.Request, _report.Manifest) is not { } path) return;
        var log = new AuditLog(_files, path);
        foreach (var statement in Statements)
        {
            log.Append(new AuditEvent(Event, new JsonObject
            {
                ["artifact"] = new JsonObject { ["name"] = Columns.Cut(EntryPath.Printable(statement.Subjects[0].Name), LongestName), ["sha256"] = statement.Subjects[0].Digest.ToString() },
                ["resource"] = EntryPath.Printable(statement.Resource),
                ["key"] = key.Hint,
                ["notAfter"] = statement.NotAfter is { } end ? JsonReporter.Written(end) : null,
                ["check"] = _report.Audit?.Sequence,
            }), now);
        }
    }

    internal void Prepare(SealKey key, IReadOnlyList<string> paths, PendingReceipts pending)
    {
        if (paths.Count != Statements.Count) throw new ArgumentException("Each artifact wants a place for its seal.", nameof(paths));
        for (var i = 0; i < paths.Count; i++)
        {
            var bundle = new SigstoreBundle(DsseEnvelope.Sign(DsseEnvelope.InToto, Statements[i].ToBytes(), key));
            DiskFile.CreateFolder(_files, _files.Path.GetDirectoryName(paths[i])!);
            pending.Add(paths[i] + SealWriter.Unreleased, paths[i]);
            using var stream = _files.FileStream.Create(paths[i] + SealWriter.Unreleased, FileMode.Create, FileAccess.Write, FileShare.None);
            bundle.Write(stream);
        }
    }
}

/// <summary>What reports say of the seals of a run.</summary>
/// <param name="NotAfter">The moment at which the first of them ends to hold, UTC; null where no waiver was used.</param>
public sealed record SealSummary(DateTime? NotAfter)
{
    internal static SealSummary Of(GateReport report)
    {
        DateTime? first = null;
        foreach (var verdict in report.Verdicts)
            if (SealStatement.NotAfterOf(verdict) is { } end && (first is null || end < first)) first = end;
        return new SealSummary(first);
    }
}
