using System.CommandLine;

namespace ReleaseGate.Cli.Commands;

/// <summary>Options that mean the same in several commands.</summary>
internal static class SharedOptions
{
    /// <param name="place">Where the search for it begins, as the help says it.</param>
    public static Option<string?> Manifest(string place = "here") => new("--manifest") { HelpName = "FILE", Description = $"The manifest. Default: releasegate.json {place} or above, up to the repository root." };

    public static Option<string?> Profile() => new("--profile") { HelpName = "NAME", Description = "Judge by this built-in profile, whatever manifest lies around." };

    public static Option<string[]> Rules() => new("--rules") { HelpName = "DLL", Description = "An assembly with more rules. May be given several times." };

    public static Option<string[]> FirstParty() => new("--first-party") { HelpName = "NAME", Description = "An assembly that the project itself built; others only pass through. May be given several times." };

    /// <param name="more">What else is to be known, behind a semicolon.</param>
    public static Option<string?> PolicyFrom(string more = "") => new("--policy-from") { HelpName = "REVISION", Description = $"Judge by the manifest as it is in this git revision, e.g. origin/main{more}." };

    public static Option<string[]> Baseline() => new("--baseline") { HelpName = "PATH", Description = "What was released before, to compare with: an artifact, a folder, a receipt. May be given several times." };

    public static Option<string?> Log() => new("--log") { HelpName = "FILE", Description = "Append to this audit log." };

    public static Option<string?> AsDirectory(string description = "Take each folder as an artifact itself, e.g. the output of a publish.") =>
        new Option<string?>("--as") { HelpName = "directory", Description = description }.AcceptOnlyFromAmong("directory");

    public static Option<bool> Quiet() => new("--quiet") { Description = "Print errors only." };
}
