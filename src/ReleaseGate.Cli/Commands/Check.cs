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

        GateReport report;
        try
        {
            report = Settle(Inspect(request, started, surroundings), arguments, surroundings);
        }
        catch (GateException mistake)
        {
            Reject(request.Artifacts, arguments, surroundings);
            printer.Write(request, mistake);
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

    /// <summary>Moves what was checked to where it belongs, for the targets: all of it released, or all of it put aside.</summary>
    private static GateReport Settle(GateReport report, CheckArguments arguments, Surroundings surroundings)
    {
        var stage = new Stage(surroundings.Files);
        // Told as it was written, and not as a full path.
        if (!report.Passed) return Reject(report.Verdicts.Select(v => v.Path), arguments, surroundings) is null ? report : stage.Moved(report, arguments.RejectTo!);
        if (Full(arguments.ReleaseTo, surroundings) is not { } folder) return report;
        stage.Release(report, folder);
        return stage.Moved(report, arguments.ReleaseTo!);
    }

    private static string? Reject(IEnumerable<string> artifacts, CheckArguments arguments, Surroundings surroundings)
    {
        if (Full(arguments.RejectTo, surroundings) is not { } folder) return null;
        new Stage(surroundings.Files).Reject(artifacts.Select(surroundings.FullPath), folder);
        return folder;
    }

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
