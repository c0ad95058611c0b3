using System.CommandLine;
using System.CommandLine.Parsing;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
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

    private readonly JudgeOptions _judge = new("here");

    private readonly Option<string[]> _firstParty = SharedOptions.FirstParty();

    private readonly Option<string?> _shard = new("--shard") { HelpName = "N/M", Description = "Check the Nth of M parts of the artifacts, e.g. 3/8; 'releasegate merge' joins the reports." };

    private readonly Option<string?> _as = SharedOptions.AsDirectory();

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
        var judge = check._judge;
        var command = new GateCommand(Name, "Checks artifacts against the manifest.",
            parsed => Check.ClearReports(judge.PlacesOf(parsed) with { Paths = JudgeOptions.Words(parsed.GetResult(check._paths)), AsDirectory = parsed.GetResult(check._as) is not null }, surroundings))
        {
            check._paths, judge.Manifest, judge.Profile, judge.Rules, check._firstParty, judge.PolicyFrom, judge.Baseline, judge.WarnOnly,
            judge.AsOf, judge.Receipts, judge.Sboms, judge.Seals, judge.SealKey, judge.SealTo, judge.Log,
            judge.Json, judge.Sarif, judge.SarifWaived, judge.JUnit, judge.Markdown, judge.Html, judge.ReportFormats, check._shard, judge.Format, judge.Quiet, check._as, check._project,
            check._releaseTo, check._releaseEach, check._rejectTo, check._markRejected, check._plan, check._planned, check._unfinished, check._state,
        };
        command.SetAction(parsed => check.Run(parsed, surroundings));
        return command;
    }

    private int Run(ParseResult parsed, Surroundings surroundings)
    {
        var arguments = _judge.Of(parsed) with
        {
            Paths = parsed.GetRequiredValue(_paths),
            FirstParty = parsed.GetValue(_firstParty) ?? [],
            Shard = parsed.GetValue(_shard),
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
        if (HasUnknownOption(Name, parsed, arguments.Paths, surroundings))
        {
            Check.ClearReports(arguments, surroundings);
            return ExitCode.CouldNotRun;
        }

        return Check.Run(arguments, surroundings);
    }

    /// <summary>Says so where the library took a misspelled option for one more path.</summary>
    internal static bool HasUnknownOption(string command, ParseResult parsed, IReadOnlyList<string> paths, Surroundings surroundings)
    {
        if (UnknownOption(parsed, paths) is not { } unknown) return false;
        var meant = Spelling.Suggest(unknown.Split('=')[0], parsed.CommandResult.Command.Options.Select(o => o.Name));
        surroundings.Refuse($"there is no option '{CommandLine.Shown(unknown)}'; a path that begins with '-' stands after '--'{meant}", command);
        return true;
    }

    private static string? UnknownOption(ParseResult parsed, IReadOnlyList<string> paths)
    {
        foreach (var token in parsed.Tokens)
            if (token.Type == TokenType.DoubleDash) return null;
        foreach (var path in paths)
            if (path.StartsWith('-')) return path;
        return null;
    }
}
