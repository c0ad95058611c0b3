using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Reporting;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate drill</c>: seeds leaks into copies of an artifact and shows what catches them.</summary>
internal sealed class DrillCommand
{
    public const string Name = "drill";

    public static readonly string[] Examples =
    [
        "releasegate drill bin/Release/Acme.1.0.0.nupkg",
        "releasegate drill acme-cli-1.0.0.tgz --json drill.json --html drill.html",
        "releasegate drill publish --as directory --leaks our-leaks --owners owners.txt",
    ];

    private readonly Argument<string?> _path = new("ARTIFACT") { Description = "The package, archive or folder to drill with; it is only read.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _manifest = SharedOptions.Manifest();
    private readonly Option<string?> _profile = SharedOptions.Profile();
    private readonly Option<string[]> _rules = SharedOptions.Rules();
    private readonly Option<string[]> _firstParty = SharedOptions.FirstParty();
    private readonly Option<string?> _policyFrom = SharedOptions.PolicyFrom();
    private readonly Option<string?> _leaks = new("--leaks") { HelpName = "DIR", Description = "Leaks of your own: each file below is seeded at its relative path." };
    private readonly Option<string[]> _only = new("--only") { HelpName = "ID", Description = "Seed this leak only. May be given several times." };
    private readonly Option<bool> _list = new("--list") { Description = "Print the kinds of leak there are, and seed none." };
    private readonly Option<string?> _owners = new("--owners") { HelpName = "FILE", Description = "Who answers for which leak: lines of a leak, a control or *, and a name." };
    private readonly Option<string?> _json = new("--json") { HelpName = "FILE", Description = "Write the matrix as JSON; a manifest's 'exposure' reads it." };
    private readonly Option<string?> _markdown = new("--markdown") { HelpName = "FILE", Description = "Write a table for a leadership exercise as Markdown." };
    private readonly Option<string?> _html = new("--html") { HelpName = "FILE", Description = "Write the same as one HTML file, for any browser." };
    private readonly Option<bool> _all = new("--all") { Description = "Print every leak; otherwise those that slipped through or one control alone holds." };
    private readonly Option<string?> _as = SharedOptions.AsDirectory("Take the folder as the artifact itself, e.g. the output of a publish.");
    private readonly Option<string?> _log = SharedOptions.Log();

    private DrillCommand() { }

    public static Command Create(Surroundings surroundings)
    {
        var drill = new DrillCommand();
        var command = new Command(Name, "Seeds leaks into copies of an artifact, and shows what catches them.")
        {
            drill._path, drill._manifest, drill._profile, drill._rules, drill._firstParty, drill._policyFrom, drill._leaks, drill._only, drill._list, drill._owners, drill._json, drill._markdown, drill._html, drill._all, drill._as, drill._log,
        };
        command.SetAction(parsed => drill.Run(parsed, surroundings));
        return command;
    }

    private int Run(ParseResult parsed, Surroundings surroundings)
    {
        var path = parsed.GetValue(_path);
        if (CheckCommand.HasUnknownOption(Name, parsed, path is null ? [] : [path], surroundings)) return ExitCode.CouldNotRun;
        var engine = new Drill(surroundings.Files);
        if (parsed.GetValue(_list)) return List(engine, surroundings);
        if (path is null) return surroundings.Refuse("name an artifact, e.g. 'releasegate drill a.nupkg'; '--list' shows the leaks");
        var (json, markdown, html) = (parsed.GetValue(_json), parsed.GetValue(_markdown), parsed.GetValue(_html));
        foreach (var (option, file) in ((string, string?)[])[("--json", json), ("--markdown", markdown), ("--html", html)])
            if (!Check.IsReportFile(file, surroundings, option)) return ExitCode.CouldNotRun;
        var gate = Check.RequestFrom(new CheckArguments
        {
            Paths = [path],
            Manifest = parsed.GetValue(_manifest),
            Profile = parsed.GetValue(_profile),
            Rules = parsed.GetValue(_rules) ?? [],
            FirstParty = parsed.GetValue(_firstParty) ?? [],
            PolicyFrom = parsed.GetValue(_policyFrom),
            AsDirectory = parsed.GetValue(_as) is not null,
            AuditLog = parsed.GetValue(_log),
            // So that the check refuses a log that is one of them.
            Json = json,
            Markdown = markdown,
            Html = html,
        }, surroundings);
        var isPart = parsed.GetValue(_only) is { Length: > 0 };
        var outputs = new List<(string Path, ReportFormat Format, Action<DrillReport, Stream> Write)>();
        if (json is not null) outputs.Add((surroundings.FullPath(json), ReportFormat.Json, DrillWriter.Write));
        if (markdown is not null) outputs.Add((surroundings.FullPath(markdown), ReportFormat.Markdown, static (report, stream) => stream.Write(Encoding.UTF8.GetBytes(DrillMarkdown.Of(report)))));
        if (html is not null) outputs.Add((surroundings.FullPath(html), ReportFormat.Html, (report, stream) => DrillHtml.Write(report, stream, isPart)));
        Outputs.Require(surroundings.Files, [.. outputs.Select(o => o.Path)], gate);
        if (gate.AuditLog is { } log) Outputs.RequireOwnLog(surroundings.Files, gate, log);
        // A drill that ends early leaves none that says all was caught.
        foreach (var output in outputs) ReportFile.Clear(surroundings.Files, output.Path, output.Format);

        var report = Rehearse(engine, new DrillRequest
        {
            Gate = gate,
            Scratch = surroundings.Files.Path.Combine(surroundings.Files.Path.GetTempPath(), "releasegate-drill-" + surroundings.Files.Path.GetRandomFileName()),
            Leaks = parsed.GetValue(_leaks) is { } leaks ? surroundings.FullPath(leaks) : null,
            Only = parsed.GetValue(_only) ?? [],
            Owners = parsed.GetValue(_owners) is { } owners ? surroundings.FullPath(owners) : null,
        }, surroundings);
        foreach (var output in outputs) ReportFile.Write(surroundings.Files, output.Path, stream => output.Write(report, stream));
        foreach (var line in DrillText.Lines(report, parsed.GetValue(_all), isPart)) surroundings.Output.WriteLine(line);
        return report.Passed ? ExitCode.Passed : report.Seeded > 0 ? ExitCode.Blocked : ExitCode.CouldNotRun;
    }

    private static DrillReport Rehearse(Drill engine, DrillRequest request, Surroundings surroundings)
    {
        var now = surroundings.Time.GetUtcNow().UtcDateTime;
        if (!surroundings.ErrorIsTerminal) return engine.Run(request, now, null, surroundings.Cancel);
        using var line = new ProgressLine(surroundings.Error, surroundings.Time, surroundings.Width);
        var name = request.Gate.Artifacts[0];
        return engine.Run(request, now, new Relay(p => line.Report(new GateProgress(name, p.Done, p.Total, 0))), surroundings.Cancel);
    }

    private static int List(Drill engine, Surroundings surroundings)
    {
        var kinds = engine.Kinds();
        var width = kinds.Max(k => k.Id.Length);
        foreach (var control in kinds.Select(k => k.Control).Distinct())
        {
            surroundings.Output.WriteLine(control);
            foreach (var kind in kinds)
                if (kind.Control == control) surroundings.Output.WriteLine($"  {kind.Id.PadRight(width)}  {kind.Title}");
        }

        return ExitCode.Passed;
    }

    private sealed class Relay(Action<DrillProgress> report) : IProgress<DrillProgress>
    {
        public void Report(DrillProgress value) => report(value);
    }
}
