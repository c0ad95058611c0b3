using System.CommandLine;
using ReleaseGate.Policy;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate profile</c>: a built-in profile, verbatim.</summary>
internal static class ProfileCommand
{
    public const string Name = "profile";

    public static readonly string[] Examples = ["releasegate profile closed"];

    public static Command Create(Surroundings surroundings)
    {
        var profile = new Argument<string>("NAME") { Description = "The profile's name, e.g. closed." };
        var command = new Command(Name, "Prints a built-in profile; it is a manifest like yours.") { profile };
        command.SetAction(parsed =>
        {
            surroundings.Output.Write(ManifestReader.ProfileText(parsed.GetRequiredValue(profile)));
            return ExitCode.Passed;
        });
        return command;
    }
}
