using System.CommandLine;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate profile</c>: a built-in profile, verbatim.</summary>
internal static class ProfileCommand
{
    public const string Name = "profile";

    private const string Prefix = "ReleaseGate.Profiles.";

    private const string Suffix = ".json";

    public static readonly string[] Examples = ["releasegate profile closed"];

    public static Command Create(Surroundings surroundings)
    {
        var profile = new Argument<string>("NAME") { Description = "The profile's name, e.g. closed." };
        var command = new Command(Name, "Prints a built-in profile; it is a manifest like yours.") { profile };
        command.SetAction(parsed => Run(surroundings, parsed.GetRequiredValue(profile)));
        return command;
    }

    private static int Run(Surroundings surroundings, string name)
    {
        using var profile = typeof(Gate).Assembly.GetManifestResourceStream(Prefix + name + Suffix);
        if (profile is null)
        {
            surroundings.Error.WriteLine($"releasegate: error: there is no profile '{EntryPath.Printable(name)}'. There are: {string.Join(", ", Names())}.");
            return ExitCode.CouldNotRun;
        }

        using var reader = new StreamReader(profile);
        surroundings.Output.Write(reader.ReadToEnd());
        return ExitCode.Passed;
    }

    private static List<string> Names()
    {
        var names = new List<string>();
        foreach (var resource in typeof(Gate).Assembly.GetManifestResourceNames())
            if (resource.StartsWith(Prefix, StringComparison.Ordinal) && resource.EndsWith(Suffix, StringComparison.Ordinal))
                names.Add(resource[Prefix.Length..^Suffix.Length]);
        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
