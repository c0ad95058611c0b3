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
/// artifacts are a staged set that is released when it has passed and put aside when it has not.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class CheckArtifacts : Microsoft.Build.Utilities.Task, ICancelableTask, IDisposable
{
    private readonly CancellationTokenSource _cancel = new();

    /// <summary>The artifacts: files, globs or folders of packages.</summary>
    [Required]
    public ITaskItem[] Artifacts { get; set; } = [];

    /// <summary>The manifest to judge by. Empty: it is searched for from <see cref="SearchFrom"/> upward.</summary>
    public string? Manifest { get; set; }

    /// <summary>A built-in profile to judge by, whatever manifest lies around.</summary>
    public string? Profile { get; set; }

    /// <summary>Assemblies with outside rules.</summary>
    public ITaskItem[] Rules { get; set; } = [];

    /// <summary>Whether a folder is itself the artifact.</summary>
    public bool AsDirectory { get; set; }

    /// <summary>Where the search for a manifest begins: the project's folder.</summary>
    [Required]
    public string SearchFrom { get; set; } = "";

    /// <summary>A file for the JSON report.</summary>
    public string? Report { get; set; }

    /// <summary>The project file, which findings without a manifest line point at.</summary>
    public string? Project { get; set; }

    /// <summary>The folder a passed set is released to. Empty: everything stays where it lies.</summary>
    public string? ReleaseTo { get; set; }

    /// <summary>The folder a set that has not passed is put aside in. Needed with <see cref="ReleaseTo"/>.</summary>
    public string? RejectTo { get; set; }

    /// <summary>The released files.</summary>
    [Output]
    public ITaskItem[] Released { get; private set; } = [];

    /// <summary>The parameters as the engine takes them.</summary>
    internal GateRequest Request => new()
    {
        Artifacts = Array.ConvertAll(Artifacts, a => a.ItemSpec),
        Manifest = NullIfEmpty(Manifest),
        Profile = NullIfEmpty(Profile),
        Rules = Array.ConvertAll(Rules, r => r.ItemSpec),
        AsDirectory = AsDirectory,
        SearchFrom = SearchFrom,
        Report = NullIfEmpty(Report),
        Project = NullIfEmpty(Project),
    };

    /// <inheritdoc/>
    public override bool Execute()
    {
        var request = Request;
        var stage = new Stage(new FileSystem());
        try
        {
            RefuseRelativePaths(request);
            var report = new Gate(new FileSystem()).Check(request, DateTime.UtcNow, null, _cancel.Token);
            Write(report);
            // A warning that the build treats as an error was logged as one, and holds the release up like one.
            if (report.Passed && !Log.HasLoggedErrors && !_cancel.IsCancellationRequested)
            {
                if (NullIfEmpty(ReleaseTo) is { } folder)
                    Released = stage.Release(report, folder).Select(path => (ITaskItem)new TaskItem(path)).ToArray();
            }
            else if (!report.Passed && !Log.HasLoggedErrors)
            {
                // A report that has not passed must say why; if it does not, that is no reason to pass.
                Write(Diagnostic.From(request, new GateException(GateRules.NothingInspected.Id, GateRules.NothingInspected.Summary)));
            }
        }
        catch (GateException mistake)
        {
            Write(Diagnostic.From(request, mistake));
        }
        catch (OperationCanceledException) when (_cancel.IsCancellationRequested)
        {
            Log.LogError("The check was cancelled; nothing was released.");
        }
#pragma warning disable CA1031 // Whatever goes wrong is an error of the build and nothing is released; a crash must not look like anything else.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            Log.LogError($"ReleaseGate itself failed, so nothing was released: {defect.GetType().Name}: {EntryPath.Printable(defect.Message)}");
            Log.LogMessage(MessageImportance.Normal, defect.ToString());
        }

        if (Log.HasLoggedErrors) Reject(stage);
        return !Log.HasLoggedErrors;
    }

    /// <inheritdoc/>
    public void Cancel() => _cancel.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _cancel.Dispose();

    private void Reject(Stage stage)
    {
        Released = [];
        if (NullIfEmpty(RejectTo) is not { } folder) return;
        try
        {
            stage.Reject(Artifacts.Select(a => a.ItemSpec), folder);
        }
        catch (Exception mistake) when (mistake is IOException or UnauthorizedAccessException)
        {
            Log.LogError($"What did not pass could not be put aside: {EntryPath.Printable(mistake.Message)}");
        }
    }

    // The current directory of a build node is anybody's.
    private static void RefuseRelativePaths(GateRequest request)
    {
        foreach (var path in (IEnumerable<string?>)[.. request.Artifacts, .. request.Rules, request.Manifest, request.SearchFrom, request.Report])
            if (path is not null && !Path.IsPathFullyQualified(path)) throw new ArgumentException($"The task takes full paths only; '{path}' is none.");
    }

    private void Write(GateReport report)
    {
        foreach (var verdict in report.Verdicts)
        {
            foreach (var judged in verdict.Findings) Write(Diagnostic.From(report.Request, verdict, judged));
            if (verdict.Passed) Log.LogMessage(MessageImportance.High, Passed(verdict));
        }
    }

    private void Write(Diagnostic diagnostic)
    {
        var (file, line, column) = (diagnostic.File, diagnostic.Line, diagnostic.Column);
        switch (diagnostic.Severity)
        {
            case Severity.Error:
                Log.LogError(null, diagnostic.Rule.ToString(), null, diagnostic.HelpLink, file, line, column, 0, 0, diagnostic.Text);
                break;
            case Severity.Warning:
                Log.LogWarning(null, diagnostic.Rule.ToString(), null, diagnostic.HelpLink, file, line, column, 0, 0, diagnostic.Text);
                break;
            default:
                Log.LogMessage(null, diagnostic.Rule.ToString(), null, file, line, column, 0, 0, MessageImportance.Normal, diagnostic.Text);
                break;
        }
    }

    private static string Passed(Verdict verdict) => $"{EntryPath.Printable(verdict.Inventory.Name)} passed ReleaseGate: {verdict.Inventory.Entries.Count} entries, {verdict.RulesRun.Count} rules, sha256 {verdict.Inventory.Digest}";

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
