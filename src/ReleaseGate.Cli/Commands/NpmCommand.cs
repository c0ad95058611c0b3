using System.CommandLine;
using ReleaseGate.Artifacts;
using ReleaseGate.Cli.Npm;
using ReleaseGate.Reporting;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate npm</c>: instead of <c>npm pack</c>, so that what lies there afterwards has passed.</summary>
internal sealed class NpmCommand
{
    public const string Name = "npm";

    public static readonly string[] Examples =
    [
        "releasegate npm",
        "releasegate npm packages/cli --output artifacts",
        "releasegate npm --workspaces --output artifacts",
    ];

    private readonly Argument<string> _folder = new("FOLDER") { Description = "The folder of the package.json.", DefaultValueFactory = _ => "." };

    private readonly Option<string?> _output = new("--output") { HelpName = "DIR", Description = "Where the tarballs that have passed go. Default: here, as 'npm pack' does." };

    private readonly Option<bool> _workspaces = new("--workspaces") { Description = "Pack all workspaces." };

    private readonly Option<string[]> _workspace = new("--workspace", "-w") { HelpName = "NAME", Description = "Pack this workspace, by name or folder. May be given several times." };

    private readonly Option<bool> _ignoreScripts = new("--ignore-scripts") { Description = "Let npm run no scripts (prepack, prepare, postpack)." };

    private readonly JudgeOptions _judge = new("in FOLDER");

    private readonly Option<string?> _released = new("--released") { HelpName = "FILE", Description = "Write the paths of what was released there. For the MSBuild targets.", Hidden = true };

    private NpmCommand() { }

    public static Command Create(Surroundings surroundings)
    {
        var npm = new NpmCommand();
        var judge = npm._judge;
        var command = new GateCommand(Name, "Runs 'npm pack', checks the tarball, and hands it over only if it has passed.", parsed => NpmGate.Refuse(npm.Refused(parsed), surroundings))
        {
            npm._folder, npm._output, npm._workspaces, npm._workspace, npm._ignoreScripts, judge.Manifest, judge.Profile, judge.Rules, judge.PolicyFrom, judge.Baseline, judge.WarnOnly,
            judge.AsOf, judge.Receipts, judge.Sboms, judge.Seals, judge.SealKey, judge.SealTo, judge.Log,
            judge.Json, judge.Sarif, judge.SarifWaived, judge.JUnit, judge.Markdown, judge.Html, judge.ReportFormats, judge.Format, judge.Quiet, npm._released,
        };
        command.SetAction(parsed => npm.Run(parsed, surroundings));
        return command;
    }

    private int Run(ParseResult parsed, Surroundings surroundings)
    {
        var folder = parsed.GetRequiredValue(_folder);
        // The library takes a misspelled option for the folder.
        if (folder.StartsWith('-'))
        {
            surroundings.Refuse($"there is no option '{CommandLine.Shown(folder)}'", Name);
            // It took the place of the folder, which then is the current one.
            NpmGate.Refuse(Refused(parsed) with { Folder = "." }, surroundings);
            return ExitCode.CouldNotRun;
        }

        return NpmGate.Run(new NpmArguments
        {
            Folder = folder,
            Output = parsed.GetValue(_output),
            Workspaces = parsed.GetValue(_workspaces),
            Workspace = parsed.GetValue(_workspace) ?? [],
            IgnoreScripts = parsed.GetValue(_ignoreScripts),
            Released = parsed.GetValue(_released),
            Check = _judge.Of(parsed),
        }, surroundings);
    }

    // What can be told of a command line that is refused.
    private NpmArguments Refused(ParseResult parsed) => new()
    {
        Folder = JudgeOptions.Words(parsed.GetResult(_folder)) is [{ Length: > 0 } folder, ..] ? folder : ".",
        Output = JudgeOptions.Written(parsed, _output),
        Workspaces = parsed.GetResult(_workspaces) is { Implicit: false },
        Workspace = JudgeOptions.Words(parsed.GetResult(_workspace)),
        Released = JudgeOptions.Written(parsed, _released),
        Check = _judge.PlacesOf(parsed),
    };
}
