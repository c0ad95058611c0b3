using System.Collections;
using System.Globalization;
using System.IO.Abstractions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Tasks;

/// <summary>
/// Checks artifacts inside a build. Its parameters are those of <see cref="GateRequest"/>, all paths full ones; with <see cref="ReleaseTo"/> the
/// artifacts are a staged set that is released when it has passed and put aside when it has not. An artifact with metadata of that name goes there.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class CheckArtifacts : Microsoft.Build.Utilities.Task, ICancelableTask, IDisposable
{
    private const string CacheBaseline = "nuget:";

    private readonly CancellationTokenSource _cancel = new();
    private readonly List<string> _warned = [];

    /// <summary>The artifacts: files, globs or folders of packages.</summary>
    [Required]
    public ITaskItem[] Artifacts { get; set; } = [];

    /// <summary>The manifest to judge by. Empty: it is searched for from <see cref="SearchFrom"/> upward.</summary>
    public string? Manifest { get; set; }

    /// <summary>A built-in profile to judge by, whatever manifest lies around.</summary>
    public string? Profile { get; set; }

    /// <summary>Assemblies with outside rules.</summary>
    public ITaskItem[] Rules { get; set; } = [];

    /// <summary>Names of the assemblies that the project itself built.</summary>
    public string[] FirstParty { get; set; } = [];

    /// <summary>Whether a folder is itself the artifact.</summary>
    public bool AsDirectory { get; set; }

    /// <summary>A file that says what the build puts into the folder.</summary>
    public string? Plan { get; set; }

    /// <summary>Whether the folder is judged by the plan, before anything is written.</summary>
    public bool AsPlanned { get; set; }

    /// <summary>Whether the build still writes into the folder and has it looked at once more, see <see cref="GateRequest.Unfinished"/>.</summary>
    public bool Unfinished { get; set; }

    /// <summary>A file that keeps what a folder that passed was like. Where it still is, the verdict stands and nothing is read again.</summary>
    public string? State { get; set; }

    /// <summary>Where the search for a manifest begins: the project's folder.</summary>
    [Required]
    public string SearchFrom { get; set; } = "";

    /// <summary>The git revision to take the manifest from, see <see cref="GateRequest.PolicyFrom"/>.</summary>
    public string? PolicyFrom { get; set; }

    /// <summary>What was released before, to compare with.</summary>
    public ITaskItem[] Baselines { get; set; } = [];

    /// <summary>Whether what blocks only warns.</summary>
    public bool WarnOnly { get; set; }

    /// <summary>The day to judge waivers by, like 2027-01-31. Empty: today.</summary>
    public string? AsOf { get; set; }

    /// <summary>A folder for the receipt of each artifact that passes.</summary>
    public string? Receipts { get; set; }

    /// <summary>A folder for the CycloneDX inventory of each artifact.</summary>
    public string? Sboms { get; set; }

    /// <summary>A folder for the seal of each artifact that passes.</summary>
    public string? Seals { get; set; }

    /// <summary>The private key to seal with, see <see cref="GateRequest.SealKey"/>.</summary>
    public string? SealKey { get; set; }

    /// <summary>The feed that what is sealed may go to.</summary>
    public string? SealTo { get; set; }

    /// <summary>The audit log to append to.</summary>
    public string? AuditLog { get; set; }

    /// <summary>The variable SOURCE_DATE_EPOCH of the build, which receipts bear instead of the time; see <see cref="Receipt.TimeOf"/>. Empty: it is not set.</summary>
    public string? SourceDateEpoch { get; set; }

    /// <summary>A file for the JSON report.</summary>
    public string? Report { get; set; }

    /// <summary>More formats, written beside <see cref="Report"/>: names of <see cref="ReportFiles.Formats"/>.</summary>
    public string[] ReportFormats { get; set; } = [];

    /// <summary>Whether SARIF leaves waived findings out.</summary>
    public bool SarifOmitsWaived { get; set; }

    /// <summary>The project file, which findings without a manifest line point at.</summary>
    public string? Project { get; set; }

    /// <summary>The folder a passed set is released to. Empty: everything stays where it lies.</summary>
    public string? ReleaseTo { get; set; }

    /// <summary>The folder a set that has not passed is put aside in. Needed with <see cref="ReleaseTo"/>.</summary>
    public string? RejectTo { get; set; }

    /// <summary>Whether each folder of a set that has not passed gets a marker (<see cref="RejectedMarker"/>).</summary>
    public bool MarkRejected { get; set; }

    /// <summary>The project ReleaseGate.Warnings.proj, which knows whether the build counts a warning as an error. Empty: it is not asked.</summary>
    public string? WarningsProject { get; set; }

    /// <summary>Codes of warnings that the project has silenced or does not count as errors, with ';' or ',' between them.</summary>
    public string ToleratedWarnings { get; set; } = "";

    /// <summary>The released files.</summary>
    [Output]
    public ITaskItem[] Released { get; private set; } = [];

    /// <summary>The parameters as the engine takes them.</summary>
    internal GateRequest Request => ReportFiles.Beside(new()
    {
        Artifacts = Array.ConvertAll(Artifacts, a => a.ItemSpec),
        Manifest = NullIfEmpty(Manifest),
        Profile = NullIfEmpty(Profile),
        Rules = Array.ConvertAll(Rules, r => r.ItemSpec),
        FirstParty = FirstParty,
        AsDirectory = AsDirectory,
        Plan = NullIfEmpty(Plan),
        AsPlanned = AsPlanned,
        Unfinished = Unfinished,
        State = NullIfEmpty(State),
        SearchFrom = SearchFrom,
        PolicyFrom = NullIfEmpty(PolicyFrom),
        Baselines = Array.ConvertAll(Baselines, b => b.ItemSpec),
        WarnOnly = WarnOnly,
        AsOf = NullIfEmpty(AsOf) is not { } day ? null
            : DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed) ? parsed
            : throw new ArgumentException($"'{EntryPath.Printable(day)}' is no day; write ReleaseGateAsOf like 2027-01-31."),
        Receipts = NullIfEmpty(Receipts),
        Sboms = NullIfEmpty(Sboms),
        Seals = NullIfEmpty(Seals),
        SealKey = NullIfEmpty(SealKey),
        SealTo = NullIfEmpty(SealTo),
        AuditLog = NullIfEmpty(AuditLog),
        Report = NullIfEmpty(Report),
        SarifOmitsWaived = SarifOmitsWaived,
        Project = NullIfEmpty(Project),
    }, ReportFormats);

    /// <inheritdoc/>
    public override bool Execute()
    {
        var started = DateTime.UtcNow;
        var files = new FileSystem();
        var stage = new Stage(files);
        var reports = new ReportFiles(files);
        var receipts = new ReceiptWriter(files);
        var sboms = new SbomWriter(files);
        var seals = new SealWriter(files, Environment.GetEnvironmentVariable);
        GateReport? report = null;
        GateRequest request;
        try
        {
            request = Request;
        }
        catch (Exception mistake) when (mistake is ArgumentException or GateException)
        {
            Log.LogError("A setting of ReleaseGate is wrong, so nothing was checked: {0}", EntryPath.Printable(mistake.Message));
            var refused = ReportFiles.KnownBeside(new()
            {
                Artifacts = Array.ConvertAll(Artifacts, a => a.ItemSpec),
                AsDirectory = AsDirectory,
                SearchFrom = SearchFrom,
                Receipts = NullIfEmpty(Receipts),
                Sboms = NullIfEmpty(Sboms),
                Seals = NullIfEmpty(Seals),
                Report = NullIfEmpty(Report),
            }, ReportFormats);
            ClearRefused(files, refused);
            WriteErrorReport(files, refused, mistake, started);
            Reject(stage, new RejectedMarker(files), null, started);
            return false;
        }

        var hasBegun = false;
        try
        {
            RefuseRelativePaths(request);
            var gate = new Gate(files);
            if (gate.StillStands(request, started) && receipts.Stand(request) && sboms.Stand(request) && seals.Stand(request))
            {
                Log.LogMessage(MessageImportance.Normal, "{0}: unchanged since it passed", EntryPath.Printable(request.Artifacts[0]));
                return true;
            }

            reports.Clear(request);
            gate.Forget(request);
            Unmark(files, request);
            hasBegun = true;
            Attachments.ClearAll(files, request);
            using var key = seals.ReadKey(request);
            var time = ReceiptWriter.IsWanted(request) || SbomWriter.IsWanted(request) || key is not null ? Receipt.TimeOf(SourceDateEpoch, started) : started;
            report = gate.Check(request, started, null, _cancel.Token);
            // What a plan only warns about is said about the folder.
            if (!(AsPlanned || Unfinished) || !report.GoesOn) WriteFindings(report);
            if (!report.GoesOn && !Log.HasLoggedErrors) Log.LogError("Nothing was found to object to, and nothing has passed either.");
            // A warning that the build treats as an error was logged as one, and holds the release up like one.
            if (!Log.HasLoggedErrors && NullIfEmpty(WarningsProject) is { } project) AskAboutWarnings(project);
            var passed = !Log.HasLoggedErrors;
            // What people are told about lies where it is moved to, not in the stage.
            var folders = passed ? ReleaseFolders(report) : NullIfEmpty(RejectTo) is { } aside ? stage.Aside(report.Verdicts.Select(v => v.Path), aside) : new string?[report.Verdicts.Count];
            var moved = stage.Moved(passed ? SealWriter.Announce(report) : report, folders);
            // No report says "passed" of what the build holds up.
            if (!passed && report.GoesOn) WriteErrorReport(files, request, new GateException(GateRules.NothingInspected.Id, "the build treats a warning as an error, so nothing was released"), started);
            // A plan that passes says little: the report is that of the folder.
            else if (!(passed && (AsPlanned || Unfinished))) reports.Write(moved);
            _cancel.Token.ThrowIfCancellationRequested();
            // Before anything is released: what no line tells of does not go out.
            report = new AuditedRun(files).Logged(report, passed, DateTime.UtcNow, passed ? stage.Targets(report, folders) : []);
            if (passed && (AsPlanned || Unfinished))
            {
                Keep(gate, report);
                return true;
            }

            using var pending = passed ? receipts.Prepare(report, time) : null;
            if (pending is not null) seals.Prepare(report, time, key, pending, sboms.Prepare(report, time, pending), DateTime.UtcNow);
            if (pending is not null) Released = stage.Release(report, folders, pending.Release).Select(released => (ITaskItem)new TaskItem(released)).ToArray();
            if (passed) Keep(gate, report);
            WriteSummary(moved);
            if (passed) WriteWhatBelongs(files, report);
            if (!report.ManifestFound) Log.LogMessage(MessageImportance.High, TextReporter.ManifestHint(moved));
        }
        catch (GateException mistake)
        {
            Write(Diagnostic.From(request, mistake));
            WriteErrorReport(files, request, mistake, started);
        }
        catch (OperationCanceledException cancelled) when (_cancel.IsCancellationRequested)
        {
            Log.LogError("The check was cancelled; nothing was released.");
            WriteErrorReport(files, request, cancelled, started);
        }
#pragma warning disable CA1031 // Whatever goes wrong is an error of the build and nothing is released; MSBuild's own text for a crash would not say so.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            Log.LogError($"ReleaseGate itself failed, so nothing was released: {defect.GetType().Name}: {EntryPath.Printable(defect.Message)}");
            Log.LogMessage(MessageImportance.Normal, "{0}", defect);
            WriteErrorReport(files, request, defect, started);
        }

        if (!hasBegun && Log.HasLoggedErrors) ClearRefused(files, request);
        if (Log.HasLoggedErrors) Reject(stage, new RejectedMarker(files), report, started);
        return !Log.HasLoggedErrors;
    }

    /// <inheritdoc/>
    public void Cancel() => _cancel.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _cancel.Dispose();

    // No warning: a build that counts warnings as errors would fail over it when all is in its place.
    private void Keep(Gate gate, GateReport report)
    {
        if (gate.Keep(report) is { } forgotten) Log.LogMessage(MessageImportance.High, "ReleaseGate: {0}", forgotten);
    }

    // An artifact that is named twice is checked once, so the folders are those of the names.
    private string?[] ReleaseFolders(GateReport report)
    {
        var folders = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var artifact in Artifacts) folders[artifact.ItemSpec] = NullIfEmpty(artifact.GetMetadata(nameof(ReleaseTo))) ?? NullIfEmpty(ReleaseTo);
        return report.Verdicts.Select(v => folders.TryGetValue(v.Path, out var folder) ? folder : NullIfEmpty(ReleaseTo)).ToArray();
    }

    // Whatever is wrong with the settings, what an earlier build said must not outlive this one.
    private void ClearRefused(FileSystem files, GateRequest request)
    {
        foreach (var folder in (string?[])[request.SearchFrom, request.Receipts, request.Sboms, request.Seals])
            if (folder is not null && !Path.IsPathFullyQualified(folder)) return;
        try
        {
            Attachments.ClearRefused(files, request);
        }
        catch (Exception mistake) when (mistake is IOException or UnauthorizedAccessException)
        {
            Log.LogError($"What an earlier build said of an artifact is still there: {EntryPath.Printable(mistake.Message)}");
        }
    }

    // The marker of an earlier run is no part of the artifact.
    private void Unmark(FileSystem files, GateRequest request)
    {
        if (!MarkRejected) return;
        var marker = new RejectedMarker(files);
        foreach (var artifact in request.Artifacts) marker.Remove(artifact);
    }

    private void Reject(Stage stage, RejectedMarker marker, GateReport? report, DateTime started)
    {
        try
        {
            if (NullIfEmpty(RejectTo) is { } folder) stage.Reject(Artifacts.Select(a => a.ItemSpec), folder);
            if (!MarkRejected) return;
            foreach (var artifact in Artifacts)
            {
                if (!Directory.Exists(artifact.ItemSpec)) continue;
                if (report is not null) marker.Write(artifact.ItemSpec, report, started);
                else marker.Write(artifact.ItemSpec, "The check could not begin or end; the log of the build says why.", started);
            }
        }
        catch (Exception mistake) when (mistake is IOException or UnauthorizedAccessException)
        {
            Log.LogError($"What did not pass could not be put aside: {EntryPath.Printable(mistake.Message)}");
        }
    }

    // Only JSON can say that a run did not end. The others may be written already, and say "passed".
    private void WriteErrorReport(FileSystem files, GateRequest request, Exception mistake, DateTime started)
    {
        if (request.Report is not { } path || !Path.IsPathFullyQualified(path)) return;
        try
        {
            var reports = new ReportFiles(files);
            if (!reports.MayWrite(request)) return;
            reports.Clear(request);
            ReportFile.Write(files, path, output => JsonReporter.WriteError(mistake, started, output));
        }
        catch (GateException unwritable)
        {
            Write(Diagnostic.From(request, unwritable));
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            Log.LogError($"The report of this run could not be written, and one of an earlier run may still be there: {EntryPath.Printable(unwritable.Message)}");
        }
    }

    private void AskAboutWarnings(string project)
    {
        var codes = _warned.Distinct().Except(ToleratedWarnings.Split([',', ';', ' ', '\t', '\r', '\n'])).ToArray();
        if (codes.Length == 0) return;
        var answers = new Hashtable();
        var properties = new Hashtable { ["ReleaseGateTasks"] = typeof(CheckArtifacts).Assembly.Location, ["ReleaseGateCodes"] = string.Join(';', codes) };
        if (!BuildEngine.BuildProjectFile(project, ["Ask"], properties, answers) || answers["Ask"] is not ITaskItem[] errors)
            Log.LogError("Whether this build counts warnings as errors could not be found out.");
        else if (errors.Length > 0)
            Log.LogError(null, null, null, Project, 0, 0, 0, 0, "This build counts warnings as errors (-warnaserror): {0}.", string.Join(", ", errors.Select(e => e.ItemSpec)));
    }

    // The current directory of a build node is anybody's.
    private static void RefuseRelativePaths(GateRequest request)
    {
        if (request.SealKey is { } key) KeyText.RequireReference(key);
        foreach (var path in (IEnumerable<string?>)[.. request.Artifacts, .. request.Rules, request.Manifest, request.SearchFrom, request.Report, request.Plan, request.State, request.Receipts, request.Sboms, request.Seals, request.AuditLog, request.SealKey?.StartsWith(SealPolicy.VariablePrefix, StringComparison.Ordinal) == true ? null : request.SealKey, .. request.Baselines.Select(b => b.StartsWith(CacheBaseline, StringComparison.Ordinal) ? b[CacheBaseline.Length..] : b)])
            if (path is not null && !Path.IsPathFullyQualified(path)) throw new ArgumentException($"The task takes full paths only; '{path}' is none.");
    }

    private void WriteFindings(GateReport report)
    {
        foreach (var verdict in report.Verdicts)
        {
            var excerpt = Excerpt.Of(verdict);
            foreach (var judged in excerpt.Shown) Write(Diagnostic.From(report.Request, verdict, judged), judged.Waiver is null ? MessageImportance.Normal : MessageImportance.High);
            foreach (var (rule, count) in excerpt.Left) Log.LogMessage(MessageImportance.High, TextReporter.More(rule, count));
        }

        if (TextReporter.WarnOnlyHint(report) is not { } warnOnly) return;
        _warned.Add(TextReporter.WarnOnlyCode);
        Log.LogWarning(null, TextReporter.WarnOnlyCode, null, null, Project, 0, 0, 0, 0, "{0}", warnOnly);
    }

    private void WriteSummary(GateReport report)
    {
        foreach (var verdict in report.Verdicts)
        {
            Log.LogMessage(MessageImportance.High, TextReporter.Summary(verdict, report.Request.WarnOnly));
            foreach (var line in DriftText.Of(verdict)) Log.LogMessage(MessageImportance.High, "{0}", line);
        }

        foreach (var hint in DriftText.Hints(report)) Log.LogMessage(MessageImportance.Normal, "{0}", hint);
        foreach (var line in RiskText.Lines(report)) Log.LogMessage(MessageImportance.High, "{0}", line);
        foreach (var change in TextReporter.ApprovalLines(report)) Log.LogMessage(MessageImportance.High, "{0}", change);
        if (TextReporter.DestinationHint(report) is { } destination) Log.LogMessage(MessageImportance.Normal, "{0}", destination);
    }

    private void WriteWhatBelongs(FileSystem files, GateReport report)
    {
        var request = report.Request;
        foreach (var inventory in SbomWriter.IsWanted(request) ? new SbomWriter(files).Sboms(request.Sboms!).Paths(report) : []) Log.LogMessage(MessageImportance.Normal, "inventory: {0}", EntryPath.Printable(inventory));
        foreach (var seal in SealWriter.IsWanted(request) ? SealWriter.Seals(files, request.Seals!).Paths(report) : []) Log.LogMessage(MessageImportance.Normal, "sealed: {0}", EntryPath.Printable(seal));
        if (SealWriter.WhyNot(request) is { } why) Log.LogMessage(MessageImportance.High, "Nothing was sealed: {0}.", why);
    }

    // What is waived is seen by whoever builds, not by whoever asks for more words only.
    private void Write(Diagnostic diagnostic, MessageImportance note = MessageImportance.Normal)
    {
        var (file, line, column) = (diagnostic.File, diagnostic.Line, diagnostic.Column);
        switch (diagnostic.Severity)
        {
            case Severity.Error:
                Log.LogError(null, diagnostic.Rule.ToString(), null, diagnostic.HelpLink, file, line, column, 0, 0, diagnostic.Text);
                break;
            case Severity.Warning:
                _warned.Add(diagnostic.Rule.ToString());
                Log.LogWarning(null, diagnostic.Rule.ToString(), null, diagnostic.HelpLink, file, line, column, 0, 0, diagnostic.Text);
                break;
            default:
                Log.LogMessage(null, diagnostic.Rule.ToString(), null, file, line, column, 0, 0, note, diagnostic.Text);
                break;
        }
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
