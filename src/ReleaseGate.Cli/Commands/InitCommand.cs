using System.CommandLine;
using ReleaseGate.Artifacts;
using ReleaseGate.Cli.Adoption;
using ReleaseGate.Policy;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate init</c>: a manifest from artifacts that are known to be good, or from what a project makes.</summary>
internal sealed class InitCommand
{
    public const string Name = "init";

    public static readonly string[] Examples =
    [
        "releasegate init --project src/Acme/Acme.csproj",
        "releasegate init --project packages/cli/package.json",
        "releasegate init bin/Release/Acme.1.0.0.nupkg",
        "releasegate init artifacts --output releasegate.json",
        "releasegate init publish --as directory --output -",
        "releasegate init --project . --waive-today --owner alice@acme.example --days 14",
    ];

    private readonly Argument<string[]> _artifacts = new("ARTIFACT") { Description = "A package, a glob, a folder of packages, or with '--as directory' a folder, that holds what it should hold.", Arity = ArgumentArity.ZeroOrMore };

    private readonly Option<string?> _project = new("--project") { HelpName = "FILE", Description = "Pack this project (.csproj, .fsproj, .vbproj, package.json, or its folder) to a temporary place and take that." };

    private readonly Option<bool> _publish = new("--publish") { Description = "With '--project': publish it, and take the folder." };

    private readonly Option<bool> _ignoreScripts = new("--ignore-scripts") { Description = "With '--project package.json': let npm run no scripts." };

    private readonly Option<string?> _output = new("--output") { HelpName = "FILE", Description = "Where to; '-' prints it. Default: releasegate.json here, or beside the project." };

    private readonly Option<bool> _force = new("--force") { Description = "Overwrite the file." };

    private readonly Option<string> _profile = new("--profile") { HelpName = "NAME", Description = "The profile it is good by; 'open' lets sources, maps and symbols ship.", DefaultValueFactory = _ => ManifestReader.DefaultProfile };

    private readonly Option<string?> _asDirectory = SharedOptions.AsDirectory("Take a folder as the artifact itself, e.g. the output of a publish.");

    private readonly Option<bool> _waiveToday = new("--waive-today") { Description = "Waive for some days what is wrong today, so that it can be released and is mended by then. Never secrets." };

    private readonly Option<string?> _owner = new("--owner") { HelpName = "NAME", Description = "Who answers for these waivers. Default: git's user.email." };

    private readonly Option<int> _days = new("--days") { HelpName = "N", Description = $"How many days they hold, at most {InitArguments.MostDays}.", DefaultValueFactory = _ => InitArguments.UsualDays };

    private InitCommand() { }

    public static Command Create(Surroundings surroundings)
    {
        var init = new InitCommand();
        var command = new Command(Name, "Writes a manifest that allows what artifacts hold now, by role.")
        {
            init._artifacts, init._project, init._publish, init._ignoreScripts, init._output, init._force, init._profile, init._asDirectory, init._waiveToday, init._owner, init._days,
        };
        command.SetAction(parsed => init.Run(parsed, surroundings));
        return command;
    }

    private int Run(ParseResult parsed, Surroundings surroundings)
    {
        var arguments = new InitArguments
        {
            Artifacts = parsed.GetValue(_artifacts) ?? [],
            Project = parsed.GetValue(_project),
            Publish = parsed.GetValue(_publish),
            IgnoreScripts = parsed.GetValue(_ignoreScripts),
            Output = parsed.GetValue(_output),
            Force = parsed.GetValue(_force),
            Profile = parsed.GetRequiredValue(_profile),
            AsDirectory = parsed.GetValue(_asDirectory) is not null,
            WaiveToday = parsed.GetValue(_waiveToday),
            Owner = parsed.GetValue(_owner)?.Trim(),
            Days = parsed.GetValue(_days),
        };
        return Mistake(arguments) is { } mistake ? surroundings.Refuse(EntryPath.Printable(mistake), Name) : InitRun.Run(arguments, surroundings);
    }

    private static string? Mistake(InitArguments arguments)
    {
        // The library takes a misspelled option for an artifact.
        if (arguments.Artifacts.FirstOrDefault(a => a.StartsWith('-')) is { } option) return $"there is no option '{option}'";
        if (arguments.Project is null && arguments.Artifacts.Count == 0) return "name artifacts, or a project to pack: '--project FILE'";
        if (arguments.Project is not null && arguments.Artifacts.Count > 0) return "'--project' packs the project itself; name either it or artifacts";
        if (arguments.Project is null && arguments.Publish) return "'--publish' publishes a project; name it: '--project FILE'";
        if (arguments.Project is null && arguments.IgnoreScripts) return "'--ignore-scripts' is about packing a project; name it: '--project package.json'";
        if (arguments.Project is not null && arguments.AsDirectory) return "'--as directory' is about a folder that is there; a project is published with '--publish'";
        if (arguments.Days is < 1 or > InitArguments.MostDays) return $"'--days' is a number from 1 to {InitArguments.MostDays}: what is wrong is mended, not forgotten";
        return arguments.Owner is { Length: 0 } ? "'--owner' is empty; name somebody who answers for the waivers" : null;
    }
}
