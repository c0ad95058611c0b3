using System.CommandLine;
using System.CommandLine.Parsing;
using ReleaseGate.Artifacts;

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

    private readonly Option<string[]> _firstParty = new("--first-party") { HelpName = "NAME", Description = "An assembly that the project itself built; others only pass through. May be given several times." };

    private readonly Option<string?> _json = new("--json") { HelpName = "FILE", Description = "Write a report with every finding and every entry." };

    private readonly Option<string?> _sarif = new("--sarif") { HelpName = "FILE", Description = "Write the findings as SARIF 2.1.0, for code scanning." };

    private readonly Option<string?> _shard = new("--shard") { HelpName = "N/M", Description = "Check the Nth of M parts of the artifacts, e.g. 3/8; 'releasegate merge' joins the reports." };

    private readonly Option<string?> _format = OutputFormats.Option();

    private readonly Option<bool> _quiet = new("--quiet") { Description = "Print errors only." };

    private readonly Option<string?> _as = new Option<string?>("--as") { HelpName = "directory", Description = "Take each folder as an artifact itself, e.g. the output of a publish." }.AcceptOnlyFromAmong("directory");

    private readonly Option<string?> _project = new("--project") { HelpName = "FILE", Description = "The file that findings point at which no manifest line stands for, e.g. the project or package.json." };

    private readonly Option<string?> _releaseTo = new("--release-to") { HelpName = "DIR", Description = "Move what has passed there, all or nothing. For the MSBuild targets.", Hidden = true };

    private readonly Option<string[]> _releaseEach = new("--release-each") { HelpName = "DIR", Description = "The same for each PATH, in their order; '-' for one that stays. For the MSBuild targets.", Hidden = true };

    private readonly Option<string?> _rejectTo = new("--reject-to") { HelpName = "DIR", Description = "Move what has not passed there. For the MSBuild targets.", Hidden = true };

    private readonly Option<bool> _markRejected = new("--mark-rejected") { Description = "Mark each folder that has not passed. For the MSBuild targets.", Hidden = true };

    private readonly Option<string?> _plan = new("--plan") { HelpName = "FILE", Description = "What the build puts into the folder. For the MSBuild targets.", Hidden = true };

    private readonly Option<bool> _planned = new("--planned") { Description = "Judge the folder by the plan, before it is written. For the MSBuild targets.", Hidden = true };

    private readonly Option<bool> _unfinished = new("--unfinished") { Description = "The build still writes into the folder: say nothing yet of what is missing. For the MSBuild targets.", Hidden = true };

    private readonly Option<string?> _state = new("--state") { HelpName = "FILE", Description = "Keep what the folder was like when it passed. For the MSBuild targets.", Hidden = true };

    private CheckCommand() { }

    public static Command Create(Surroundings surroundings)
    {
        var check = new CheckCommand();
        var command = new Command(Name, "Checks artifacts against the manifest.")
        {
            check._paths, check._manifest, check._profile, check._rules, check._firstParty, check._json, check._sarif, check._shard, check._format, check._quiet, check._as, check._project,
            check._releaseTo, check._releaseEach, check._rejectTo, check._markRejected, check._plan, check._planned, check._unfinished, check._state,
        };
        command.SetAction(parsed => check.Run(parsed, surroundings));
        return command;
    }

    private int Run(ParseResult parsed, Surroundings surroundings)
    {
        var arguments = new CheckArguments
        {
            Paths = parsed.GetRequiredValue(_paths),
            Manifest = parsed.GetValue(_manifest),
            Profile = parsed.GetValue(_profile),
            Rules = parsed.GetValue(_rules) ?? [],
            FirstParty = parsed.GetValue(_firstParty) ?? [],
            Json = parsed.GetValue(_json),
            Sarif = parsed.GetValue(_sarif),
            Shard = parsed.GetValue(_shard),
            Format = parsed.GetValue(_format),
            Quiet = parsed.GetValue(_quiet),
            AsDirectory = parsed.GetValue(_as) is not null,
            Project = parsed.GetValue(_project),
            ReleaseTo = parsed.GetValue(_releaseTo),
            ReleaseEach = parsed.GetValue(_releaseEach) ?? [],
            RejectTo = parsed.GetValue(_rejectTo),
            MarkRejected = parsed.GetValue(_markRejected),
            Plan = parsed.GetValue(_plan),
            AsPlanned = parsed.GetValue(_planned),
            Unfinished = parsed.GetValue(_unfinished),
            State = parsed.GetValue(_state),
        };
        if (UnknownOption(parsed, arguments.Paths) is { } unknown)
        {
            surroundings.Error.WriteLine($"releasegate: error: there is no option '{EntryPath.Printable(unknown)}'; a path that begins with '-' stands after '--'");
            surroundings.Error.WriteLine("See 'releasegate check --help'.");
            return ExitCode.CouldNotRun;
        }

        return Check.Run(arguments, surroundings);
    }

    // The library takes a misspelled option for one more path.
    private static string? UnknownOption(ParseResult parsed, IReadOnlyList<string> paths)
    {
        foreach (var token in parsed.Tokens)
            if (token.Type == TokenType.DoubleDash) return null;
        foreach (var path in paths)
            if (path.StartsWith('-')) return path;
        return null;
    }
}
