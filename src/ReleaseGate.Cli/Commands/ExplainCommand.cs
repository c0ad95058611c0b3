using System.CommandLine;
using System.Reflection;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate explain</c>: a rule's page, as it stands in docs/rules.</summary>
internal static class ExplainCommand
{
    public const string Name = "explain";

    public static readonly string[] Examples =
    [
        "releasegate explain RG2001",
        "releasegate explain SourceMap",
    ];

    public static Command Create(Surroundings surroundings)
    {
        var rule = new Argument<string>("RULE") { Description = "The id of a rule, also without its letters, or its title." };
        var command = new Command(Name, "Prints what a rule finds, how it got there and how to mend it.") { rule };
        command.SetAction(parsed => Run(surroundings, parsed.GetRequiredValue(rule)));
        return command;
    }

    private static int Run(Surroundings surroundings, string name)
    {
        // Without letters a number is one of ours.
        var id = name.Length == 4 && name.All(char.IsAsciiDigit) ? "RG" + name : name;
        var known = RulesCommand.Known();
        foreach (var descriptor in known)
        {
            if (!descriptor.Id.ToString().Equals(id, StringComparison.OrdinalIgnoreCase) && !descriptor.Title.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            using var page = Assembly.GetExecutingAssembly().GetManifestResourceStream($"ReleaseGate.Pages.{descriptor.Id}.md")
                ?? throw new InvalidOperationException($"The page of {descriptor.Id} is not in the assembly.");
            using var reader = new StreamReader(page);
            if (surroundings.OutputIsTerminal) foreach (var line in PageText.Lines(reader.ReadToEnd())) surroundings.Output.WriteLine(line);
            else surroundings.Output.Write(reader.ReadToEnd());
            return ExitCode.Passed;
        }

        var alike = name.Length == 0 ? [] : known.FindAll(d => d.Title.Contains(name, StringComparison.OrdinalIgnoreCase));
        if (alike.Count > 0)
        {
            surroundings.Error.WriteLine($"releasegate: error: there is no rule '{EntryPath.Printable(name)}'. Rules whose title holds it:");
            foreach (var descriptor in alike) surroundings.Error.WriteLine($"  {descriptor.Id}  {descriptor.Title}");
            return ExitCode.CouldNotRun;
        }

        if (RuleId.TryParse(name.ToUpperInvariant(), out var other) && !other.IsBuiltIn)
        {
            surroundings.Error.WriteLine($"releasegate: error: {other} is no rule of ReleaseGate's own, and only these have a page here; ask whoever made the assembly that brings it.");
            return ExitCode.CouldNotRun;
        }

        var near = Spelling.Suggest(name, known.Select(d => d.Title));
        surroundings.Error.WriteLine($"releasegate: error: there is no rule '{EntryPath.Printable(name)}'{(near.Length == 0 ? "." : near)} 'releasegate rules' lists all.");
        return ExitCode.CouldNotRun;
    }
}
