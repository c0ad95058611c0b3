using System.CommandLine;
using ReleaseGate.Artifacts;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate merge</c>: one report and one answer of the reports of many jobs.</summary>
internal static class MergeCommand
{
    public const string Name = "merge";

    public static readonly string[] Examples =
    [
        "releasegate merge shard-1.json shard-2.json shard-3.json --sarif all.sarif",
        "releasegate merge \"reports/*.json\" --json report.json",
        "releasegate merge \"shard-*.sarif\" --sarif all.sarif",
    ];

    public static Command Create(Surroundings surroundings)
    {
        var reports = new Argument<string[]>("FILE") { Description = "Reports that 'check --json' wrote, or files that 'check --sarif' wrote: of all shards of a run, of several runs, or both. A file or a glob (*, ?, **).", Arity = ArgumentArity.OneOrMore };
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Write the joined report; of reports only, not of SARIF files." };
        var sarif = new Option<string?>("--sarif") { HelpName = "FILE", Description = "Write the findings as SARIF 2.1.0, for code scanning." };
        var sarifWaived = new Option<string?>("--sarif-waived") { HelpName = "mark|omit", Description = "Whether SARIF has waived findings as suppressed or leaves them out; of reports only. Default: mark." }.AcceptOnlyFromAmong("mark", "omit");
        var junit = new Option<string?>("--junit") { HelpName = "FILE", Description = "Write JUnit XML, for test dashboards; of reports only." };
        var markdown = new Option<string?>("--markdown") { HelpName = "FILE", Description = "Write Markdown, for a job summary or a pull request; of reports only." };
        var html = new Option<string?>("--html") { HelpName = "FILE", Description = "Write a report for people: one file, for any browser; of reports only." };
        var format = OutputFormats.Option();
        var quiet = SharedOptions.Quiet();
        var command = new Command(Name, "Joins the reports of shards and runs, and says whether everything has passed.") { reports, json, sarif, sarifWaived, junit, markdown, html, format, quiet };
        command.SetAction(parsed =>
        {
            if (CheckCommand.HasUnknownOption(Name, parsed, parsed.GetRequiredValue(reports), surroundings)) return ExitCode.CouldNotRun;
            foreach (var output in (Option<string?>[])[json, sarif, junit, markdown, html])
                if (!Check.IsReportFile(parsed.GetValue(output), surroundings, output.Name)) return ExitCode.CouldNotRun;
            return Run(new GateRequest
            {
                Artifacts = parsed.GetRequiredValue(reports),
                SearchFrom = surroundings.CurrentDirectory,
                Report = Full(parsed.GetValue(json)),
                Sarif = Full(parsed.GetValue(sarif)),
                SarifOmitsWaived = parsed.GetValue(sarifWaived) == "omit",
                JUnit = Full(parsed.GetValue(junit)),
                Markdown = Full(parsed.GetValue(markdown)),
                Html = Full(parsed.GetValue(html)),
            }, new FindingsPrinter(OutputFormats.Of(parsed.GetValue(format), surroundings), parsed.GetValue(quiet), surroundings), surroundings);
        });
        return command;

        string? Full(string? path) => path is null ? null : surroundings.FullPath(path);
    }

    private static int Run(GateRequest request, FindingsPrinter printer, Surroundings surroundings)
    {
        try
        {
            var found = Find(request, surroundings);
            surroundings.Reports.Clear(request with { Artifacts = found });
            if (AreSarif(found, surroundings)) return JoinSarif(found, request, printer, surroundings);
            var reader = new ReportReader(surroundings.Files);
            var read = new List<(string, GateReport)>();
            foreach (var path in found)
            {
                surroundings.Cancel.ThrowIfCancellationRequested();
                read.Add((path, reader.Read(surroundings.FullPath(path))));
            }

            var report = JoinedReports.Join(read);
            report = report with
            {
                Request = report.Request with
                {
                    SearchFrom = request.SearchFrom, Report = request.Report, Sarif = request.Sarif, SarifOmitsWaived = request.SarifOmitsWaived,
                    JUnit = request.JUnit, Markdown = request.Markdown, Html = request.Html,
                },
            };
            surroundings.Reports.Write(report);
            printer.Write(report);
            return report.GoesOn ? ExitCode.Passed : ExitCode.Blocked;
        }
        catch (GateException mistake)
        {
            printer.Write(request, mistake);
            return ExitCode.CouldNotRun;
        }
    }

    private static int JoinSarif(List<string> found, GateRequest request, FindingsPrinter printer, Surroundings surroundings)
    {
        foreach (var (option, isAsked) in ((string, bool)[])[("--json", request.Report is not null), ("--junit", request.JUnit is not null), ("--markdown", request.Markdown is not null), ("--html", request.Html is not null)])
            if (isAsked) throw new GateException(GateRules.NothingInspected.Id, $"'{option}' needs reports: SARIF files do not say what an artifact holds; name the files that 'check --json' wrote", found[0]);
        if (request.SarifOmitsWaived) throw new GateException(GateRules.NothingInspected.Id, "'--sarif-waived omit' needs reports; of SARIF it is said when 'check --sarif' writes it", found[0]);
        var reader = new SarifReader(surroundings.Files);
        var files = new List<IReadOnlyList<SarifRun>>();
        foreach (var path in found)
        {
            surroundings.Cancel.ThrowIfCancellationRequested();
            files.Add(reader.Read(surroundings.FullPath(path), path));
        }

        var joined = JoinedSarif.Join(files);
        if (request.Sarif is { } sarif) ReportFile.Write(surroundings.Files, sarif, joined.Write);
        printer.Write(joined);
        return joined.Passed ? ExitCode.Passed : ExitCode.Blocked;
    }

    // By what they hold. Both say the same, but neither can be checked against the other.
    private static bool AreSarif(List<string> found, Surroundings surroundings)
    {
        var reader = new SarifReader(surroundings.Files);
        var first = reader.IsSarif(surroundings.FullPath(found[0]));
        foreach (var path in found)
            if (reader.IsSarif(surroundings.FullPath(path)) != first)
                throw new GateException(GateRules.NothingInspected.Id, $"this is {(first ? "a JSON report" : "SARIF")}, and '{EntryPath.Printable(found[0])}' is {(first ? "SARIF" : "a JSON report")}; name files of one sort", surroundings.FullPath(path));
        return first;
    }

    // "reports/*.json --json reports/all.json" does not mean the result of the last time. Who names a file both as input and output means something else.
    private static List<string> Find(GateRequest request, Surroundings surroundings)
    {
        string[] written = [.. ((string?[])[request.Report, request.Sarif, request.JUnit, request.Markdown, request.Html]).OfType<string>()];
        foreach (var path in request.Artifacts)
            if (written.Contains(surroundings.FullPath(path), StringComparer.Ordinal)) throw new GateException(GateRules.NothingInspected.Id, $"'{EntryPath.Printable(path)}' is to be read and to be written; give the result another name");
        var found = new List<string>();
        foreach (var path in new Gate(surroundings.Files).Find(request))
            if (!written.Contains(surroundings.FullPath(path), StringComparer.Ordinal)) found.Add(path);
        return found.Count > 0 ? found : throw new GateException(GateRules.NothingInspected.Id, "the only report named is the one to write");
    }
}
