using System.CommandLine;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate rules</c>: all rules, one a line.</summary>
internal static class RulesCommand
{
    public const string Name = "rules";

    public static readonly string[] Examples = ["releasegate rules"];

    public static Command Create(Surroundings surroundings)
    {
        var command = new Command(Name, "Lists the rules: id, title, default severity, whether a waiver may silence it, what it finds.");
        command.SetAction(_ => Run(surroundings));
        return command;
    }

    /// <summary>The gate's own findings, those of a verification, those of an exposure and all built-in rules, by id.</summary>
    public static List<Descriptor> Known()
    {
        var known = new List<Descriptor>(GateRules.All);
        known.AddRange(SealRules.All);
        known.AddRange(ExposureRules.All);
        foreach (var rule in BuiltInRules.All) known.Add(rule.Descriptor);
        known.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        return known;
    }

    private static int Run(Surroundings surroundings)
    {
        var output = surroundings.Output;
        var known = Known();
        var titles = 0;
        foreach (var descriptor in known) titles = Math.Max(titles, descriptor.Title.Length);
        // Programs want one line a rule; at a terminal there is no room for it.
        output.WriteLine($"{"id",-6}  {"title".PadRight(titles)}  {"severity",-8}  waivable{(surroundings.OutputIsTerminal ? "" : "  finds")}");
        foreach (var descriptor in known)
        {
            var row = $"{descriptor.Id,-6}  {descriptor.Title.PadRight(titles)}  {descriptor.DefaultSeverity.ToString().ToLowerInvariant(),-8}  {(descriptor.Waivable ? "yes" : "no"),-8}";
            output.WriteLine(surroundings.OutputIsTerminal ? row.TrimEnd() : $"{row}  {descriptor.Summary}");
            if (!surroundings.OutputIsTerminal) continue;
            foreach (var line in Columns.Wrap("        ", descriptor.Summary)) output.WriteLine(line);
        }

        return ExitCode.Passed;
    }
}
