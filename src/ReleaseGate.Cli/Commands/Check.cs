using ReleaseGate.Governance;
using ReleaseGate.Reporting;

namespace ReleaseGate.Cli.Commands;

/// <summary>The run behind <c>releasegate check</c>.</summary>
internal static class Check
{
    /// <summary>Checks, prints, writes the report.</summary>
    public static int Run(CheckArguments arguments, Surroundings surroundings)
    {
        if (!IsReportFile(arguments.Json, surroundings)) return ExitCode.CouldNotRun;
        var request = RequestFrom(arguments, surroundings);
        var printer = new FindingsPrinter(OutputFormats.Of(arguments.Format, surroundings), arguments.Quiet, surroundings);
        var started = surroundings.Time.GetUtcNow().UtcDateTime;
        if (request.Report is { } old) ReportFile.Clear(surroundings.Files, old);

        if (arguments.MarkRejected) Unmark(request, surroundings);

        GateReport report;
        try
        {
            report = Settle(Inspect(request, started, surroundings), arguments, surroundings);
        }
        catch (GateException mistake)
        {
            Reject(request.Artifacts, arguments, surroundings);
            printer.Write(request, mistake);
            Mark(request, arguments, mistake.Message, surroundings);
            WriteError(request, mistake, started, surroundings);
            return ExitCode.CouldNotRun;
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            WriteError(request, defect, started, surroundings);
            throw;
        }

        printer.Write(report);
        surroundings.Cancel.ThrowIfCancellationRequested();
        if (request.Report is { } path) ReportFile.Write(surroundings.Files, path, stream => new JsonReporter().Write(report, stream));
        return report.Passed ? ExitCode.Passed : ExitCode.Blocked;
    }

    /// <summary>Says so where '--json' names no file: elsewhere '-' is standard output, which other lines are written to here.</summary>
    public static bool IsReportFile(string? json, Surroundings surroundings)
    {
        if (json != "-") return true;
        surroundings.Error.WriteLine("releasegate: error: '--json' wants the name of a file, e.g. '--json report.json'; it does not write to standard output");
        return false;
    }

    /// <summary>Moves what was checked to where it belongs, for the targets: all of it released, or all of it put aside and its folders marked.</summary>
    private static GateReport Settle(GateReport report, CheckArguments arguments, Surroundings surroundings)
    {
        var stage = new Stage(surroundings.Files);
        if (!report.Passed)
        {
            var rejected = Reject(report.Verdicts.Select(v => v.Path), arguments, surroundings) is { } places ? stage.Moved(report, places) : report;
            if (arguments.MarkRejected)
                foreach (var folder in Folders(report.Request, surroundings)) new RejectedMarker(surroundings.Files).Write(folder, rejected, surroundings.Time.GetUtcNow().UtcDateTime);
            return rejected;
        }

        if (arguments.ReleaseTo is null && arguments.ReleaseEach.Count == 0) return report;
        stage.Release(report, ReleaseFolders(report, arguments, surroundings.FullPath));
        // Told as it was written, and not as a full path.
        return stage.Moved(report, ReleaseFolders(report, arguments, path => path));
    }

    private static string?[] ReleaseFolders(GateReport report, CheckArguments arguments, Func<string, string> path)
    {
        var all = arguments.ReleaseTo is { } to ? path(to) : null;
        if (arguments.ReleaseEach.Count == 0) return report.Verdicts.Select(_ => all).ToArray();
        if (arguments.ReleaseEach.Count != arguments.Paths.Count) throw new ArgumentException("'--release-each' wants one folder for each path.");
        var folders = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Paths.Count; i++) folders[arguments.Paths[i]] = arguments.ReleaseEach[i] is "-" ? all : path(arguments.ReleaseEach[i]);
        return report.Verdicts.Select(v => folders.TryGetValue(v.Path, out var folder) ? folder : all).ToArray();
    }

    private static IReadOnlyList<string?>? Reject(IEnumerable<string> artifacts, CheckArguments arguments, Surroundings surroundings)
    {
        if (Full(arguments.RejectTo, surroundings) is not { } folder) return null;
        var stage = new Stage(surroundings.Files);
        var paths = artifacts.Select(surroundings.FullPath).ToArray();
        var places = stage.Aside(paths, arguments.RejectTo!);
        stage.Reject(paths, folder);
        return places;
    }

    // The marker of an earlier run is no part of the artifact.
    private static void Unmark(GateRequest request, Surroundings surroundings)
    {
        foreach (var folder in Folders(request, surroundings)) new RejectedMarker(surroundings.Files).Remove(folder);
    }

    private static void Mark(GateRequest request, CheckArguments arguments, string reason, Surroundings surroundings)
    {
        if (!arguments.MarkRejected) return;
        foreach (var folder in Folders(request, surroundings)) new RejectedMarker(surroundings.Files).Write(folder, reason, surroundings.Time.GetUtcNow().UtcDateTime);
    }

    private static IEnumerable<string> Folders(GateRequest request, Surroundings surroundings) =>
        request.Artifacts.Select(surroundings.FullPath).Where(surroundings.Files.Directory.Exists);

    private static GateRequest RequestFrom(CheckArguments arguments, Surroundings surroundings)
    {
        var rules = new string[arguments.Rules.Count];
        for (var i = 0; i < rules.Length; i++) rules[i] = surroundings.FullPath(arguments.Rules[i]);
        return new GateRequest
        {
            Artifacts = arguments.Paths,
            Manifest = Full(arguments.Manifest, surroundings),
            Profile = arguments.Profile,
            Rules = rules,
            FirstParty = arguments.FirstParty,
            AsDirectory = arguments.AsDirectory,
            SearchFrom = surroundings.CurrentDirectory,
            Report = Full(arguments.Json, surroundings),
            Project = Full(arguments.Project, surroundings),
        };
    }

    private static string? Full(string? path, Surroundings surroundings) => path is null ? null : surroundings.FullPath(path);

    private static GateReport Inspect(GateRequest request, DateTime started, Surroundings surroundings)
    {
        if (!surroundings.ErrorIsTerminal) return surroundings.Check(request, started, null, surroundings.Cancel);
        using var progress = new ProgressLine(surroundings.Error, surroundings.Time, surroundings.Width);
        return surroundings.Check(request, started, progress, surroundings.Cancel);
    }

    private static void WriteError(GateRequest request, Exception mistake, DateTime started, Surroundings surroundings)
    {
        if (request.Report is { } path) ReportFile.Write(surroundings.Files, path, stream => JsonReporter.WriteError(mistake, started, stream));
    }
}
