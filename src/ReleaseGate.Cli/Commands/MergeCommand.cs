using System.CommandLine;
using ReleaseGate.Reporting;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate merge</c>: one report and one answer of the reports of many jobs.</summary>
internal static class MergeCommand
{
    public const string Name = "merge";

    public static readonly string[] Examples =
    [
        "releasegate merge shard-1.json shard-2.json shard-3.json --sarif all.sarif",
        "releasegate merge \"reports/*.json\" --json report.json",
    ];

    public static Command Create(Surroundings surroundings)
    {
        var reports = new Argument<string[]>("FILE") { Description = "Reports that 'check --json' wrote: of all shards of a run, of several runs, or both. A file or a glob (*, ?, **).", Arity = ArgumentArity.OneOrMore };
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Write the joined report." };
        var sarif = new Option<string?>("--sarif") { HelpName = "FILE", Description = "Write the findings as SARIF 2.1.0, for code scanning." };
        var format = OutputFormats.Option();
        var quiet = new Option<bool>("--quiet") { Description = "Print errors only." };
        var command = new Command(Name, "Joins the reports of shards and runs, and says whether everything has passed.") { reports, json, sarif, format, quiet };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(reports), parsed.GetValue(json), parsed.GetValue(sarif), new FindingsPrinter(OutputFormats.Of(parsed.GetValue(format), surroundings), parsed.GetValue(quiet), surroundings), surroundings));
        return command;
    }

    private static int Run(IReadOnlyList<string> paths, string? json, string? sarif, FindingsPrinter printer, Surroundings surroundings)
    {
        if (!Check.IsReportFile(json, surroundings) || !Check.IsReportFile(sarif, surroundings, "--sarif")) return ExitCode.CouldNotRun;
        var request = new GateRequest { Artifacts = paths, SearchFrom = surroundings.CurrentDirectory };
        try
        {
            var found = Find(request, json, surroundings);
            foreach (var output in (string?[])[json, sarif])
                if (output is not null) ReportFile.Clear(surroundings.Files, surroundings.FullPath(output));
            var reader = new ReportReader(surroundings.Files);
            var read = new List<(string, GateReport)>();
            foreach (var path in found)
            {
                surroundings.Cancel.ThrowIfCancellationRequested();
                read.Add((path, reader.Read(surroundings.FullPath(path))));
            }

            var report = JoinedReports.Join(read);
            report = report with { Request = report.Request with { SearchFrom = surroundings.CurrentDirectory } };
            if (json is not null) ReportFile.Write(surroundings.Files, surroundings.FullPath(json), stream => new JsonReporter().Write(report, stream));
            if (sarif is not null) ReportFile.Write(surroundings.Files, surroundings.FullPath(sarif), stream => new SarifReporter(surroundings.Files, surroundings.Repository).Write(report, stream));
            printer.Write(report);
            return report.Passed ? ExitCode.Passed : ExitCode.Blocked;
        }
        catch (GateException mistake)
        {
            printer.Write(request, mistake);
            return ExitCode.CouldNotRun;
        }
    }

    // "reports/*.json --json reports/all.json" does not mean the result of the last time.
    private static List<string> Find(GateRequest request, string? output, Surroundings surroundings)
    {
        var found = new List<string>();
        foreach (var path in new Gate(surroundings.Files).Find(request))
            if (output is null || surroundings.FullPath(path) != surroundings.FullPath(output)) found.Add(path);
        return found.Count > 0 ? found : throw new GateException(Rules.GateRules.NothingInspected.Id, "the only report named is the one to write");
    }
}
