using System.CommandLine;
using System.CommandLine.Parsing;
using ReleaseGate.Artifacts;
using ReleaseGate.Reporting;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate check</c>: its options are <see cref="GateRequest"/>, one to one.</summary>
internal sealed class CheckCommand
{
    public const string Name = "check";

    public static readonly string[] Examples =
    [
        "releasegate check bin/Release/Acme.1.0.0.nupkg",
        "releasegate check \"artifacts/**/*.nupkg\" --json report.json",
        "releasegate check publish --as directory --manifest publish.releasegate.json",
    ];

    private readonly Argument<string[]> _paths = new("PATH")
    {
        Description = "A package, a glob (*, ?, **), a folder of packages, or with '--as directory' a folder.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _manifest = new("--manifest") { HelpName = "FILE", Description = "The manifest. Default: releasegate.json here or above, up to the repository root." };

    private readonly Option<string?> _profile = new("--profile") { HelpName = "NAME", Description = "Judge by this built-in profile, whatever manifest lies around." };

    private readonly Option<string[]> _rules = new("--rules") { HelpName = "DLL", Description = "An assembly with more rules. May be given several times." };

    private readonly Option<string?> _json = new("--json") { HelpName = "FILE", Description = "Write a report with every finding and every entry." };

    private readonly Option<bool> _quiet = new("--quiet") { Description = "Print errors only." };

    private readonly Option<string?> _as = new Option<string?>("--as") { HelpName = "directory", Description = "Take each folder as an artifact itself, e.g. the output of a publish." }.AcceptOnlyFromAmong("directory");

    private readonly Option<string?> _project = new("--project") { HelpName = "FILE", Description = "The project file that findings point at.", Hidden = true };

    private readonly Surroundings _surroundings;

    private CheckCommand(Surroundings surroundings) => _surroundings = surroundings;

    public static Command Create(Surroundings surroundings)
    {
        var check = new CheckCommand(surroundings);
        var command = new Command(Name, "Checks artifacts against the manifest.")
        {
            check._paths, check._manifest, check._profile, check._rules, check._json, check._quiet, check._as, check._project,
        };
        command.SetAction(check.Run);
        return command;
    }

    private GateRequest RequestFrom(ParseResult parsed) => new()
    {
        Artifacts = parsed.GetRequiredValue(_paths),
        Manifest = Full(parsed.GetValue(_manifest)),
        Profile = parsed.GetValue(_profile),
        Rules = Array.ConvertAll(parsed.GetValue(_rules) ?? [], _surroundings.FullPath),
        AsDirectory = parsed.GetValue(_as) is not null,
        SearchFrom = _surroundings.CurrentDirectory,
        Report = Full(parsed.GetValue(_json)),
        Project = Full(parsed.GetValue(_project)),
    };

    private string? Full(string? path) => path is null ? null : _surroundings.FullPath(path);

    private int Run(ParseResult parsed)
    {
        var request = RequestFrom(parsed);
        if (UnknownOption(parsed, request.Artifacts) is { } unknown)
        {
            _surroundings.Error.WriteLine($"releasegate: error: there is no option '{EntryPath.Printable(unknown)}'. A path that begins with '-' stands after '--'.");
            _surroundings.Error.WriteLine("See 'releasegate check --help'.");
            return ExitCode.CouldNotRun;
        }

        var quiet = parsed.GetValue(_quiet);
        var started = _surroundings.Time.GetUtcNow().UtcDateTime;
        if (request.Report is { } old) ReportFile.Clear(_surroundings.Files, old);

        GateReport report;
        try
        {
            report = Check(request, started);
        }
        catch (GateException mistake)
        {
            _surroundings.Output.WriteLine(Diagnostic.From(request, mistake).ToString());
            WriteError(request, mistake, started);
            return ExitCode.CouldNotRun;
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            WriteError(request, defect, started);
            throw;
        }

        // People get colours and groups; whatever is not a terminal gets the lines that programs parse.
        if (_surroundings.OutputIsTerminal) TerminalReporter.Write(report, _surroundings, quiet);
        else new TextReporter(quiet).Write(report, _surroundings.Output);
        _surroundings.Cancel.ThrowIfCancellationRequested();
        if (request.Report is { } path) ReportFile.Write(_surroundings.Files, path, stream => new JsonReporter().Write(report, stream));
        return report.Passed ? ExitCode.Passed : ExitCode.Blocked;
    }

    // The parser takes a misspelled option for one more path.
    private static string? UnknownOption(ParseResult parsed, IReadOnlyList<string> paths)
    {
        foreach (var token in parsed.Tokens)
            if (token.Type == TokenType.DoubleDash) return null;
        foreach (var path in paths)
            if (path.StartsWith('-')) return path;
        return null;
    }

    private GateReport Check(GateRequest request, DateTime started)
    {
        if (!_surroundings.ErrorIsTerminal) return _surroundings.Check(request, started, null, _surroundings.Cancel);
        using var progress = new ProgressLine(_surroundings.Error, _surroundings.Time, _surroundings.Width);
        return _surroundings.Check(request, started, progress, _surroundings.Cancel);
    }

    private void WriteError(GateRequest request, Exception mistake, DateTime started)
    {
        if (request.Report is { } path) ReportFile.Write(_surroundings.Files, path, stream => JsonReporter.WriteError(mistake, started, stream));
    }
}
