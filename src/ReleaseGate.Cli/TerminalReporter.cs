using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;
using Spectre.Console;

namespace ReleaseGate.Cli;

/// <summary>
/// The report for people at a terminal: grouped by artifact and rule, in colour. The only type that touches Spectre.Console, so that a run
/// whose output is redirected never loads it.
/// </summary>
internal static class TerminalReporter
{
    private const int Unbroken = 1 << 20;

    /// <summary>Writes what is different between two artifacts.</summary>
    public static void Write(IReadOnlyList<DriftLine> lines, Surroundings surroundings)
    {
        var console = Console(surroundings);
        foreach (var line in lines) Line(console, (line.ToString(), new Style(line.Sign switch { '+' => Color.Green, '-' => Color.Red, '~' => Color.Blue, '!' => Color.Yellow, _ => Color.Default })));
    }

    /// <summary>Writes the report.</summary>
    public static void Write(GateReport report, Surroundings surroundings, bool quiet)
    {
        var console = Console(surroundings);
        foreach (var verdict in report.Verdicts) Write(console, report.Request, verdict, quiet);
        if (TextReporter.WarnOnlyHint(report) is { } warnOnly && !(quiet && report.Passed)) Line(console, (warnOnly, new Style(Color.Yellow, decoration: Decoration.Bold)));
        foreach (var line in quiet ? [] : RiskText.Lines(report)) Line(console, (line, report.Exposure is { Passed: false } ? new Style(Color.Yellow) : Style.Plain));
        foreach (var change in quiet ? [] : TextReporter.ApprovalLines(report)) Line(console, (change, new Style(Color.Yellow)));
        if (!quiet && TextReporter.DestinationHint(report) is { } destination) Line(console, (destination, new Style(Color.Grey)));
        foreach (var hint in quiet ? [] : DriftText.Hints(report)) Line(console, (hint, new Style(Color.Grey)));
        if (!report.ManifestFound && !quiet) Line(console, (TextReporter.ManifestHint(report), new Style(Color.Grey)));
        if (TextReporter.PartHint(report) is { } part && !quiet) Line(console, (part, new Style(Color.Grey)));
    }

    /// <summary>Writes the lines of a tree.</summary>
    public static void Write(IReadOnlyList<TreeLine> lines, Surroundings surroundings)
    {
        var console = Console(surroundings);
        foreach (var line in lines)
            Line(console, (line.Text, line.IsQuiet ? new Style(Color.Grey) : line.Mark switch
            {
                EntryMark.Error => new Style(Color.Red),
                EntryMark.Warning => new Style(Color.Yellow),
                EntryMark.Waived => new Style(Color.Aqua),
                _ => Style.Plain,
            }));
    }

    private static IAnsiConsole Console(Surroundings surroundings)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = surroundings.Colour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = surroundings.Colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(surroundings.Output),
        });
        // The terminal wraps; lines broken here could not be copied, nor their links followed.
        console.Profile.Width = Unbroken;
        return console;
    }

    private static void Write(IAnsiConsole console, GateRequest request, Verdict verdict, bool quiet)
    {
        var byRule = new SortedDictionary<RuleId, List<JudgedFinding>>();
        foreach (var judged in verdict.Findings)
        {
            if (!byRule.TryGetValue(judged.Finding.Rule.Id, out var group)) byRule.Add(judged.Finding.Rule.Id, group = []);
            group.Add(judged);
        }

        // A rule may block in one file and warn in another: a heading for each, so that the errors of the summary can be counted.
        foreach (var (_, group) in byRule)
            foreach (var severity in (Severity[])[Severity.Error, Severity.Warning, Severity.Note])
                if ((!quiet || severity == Severity.Error) && group.FindAll(j => j.Severity == severity && j.Waiver is null) is { Count: > 0 } alike) Write(console, request, verdict, severity, alike);
        // What is waived stands by itself, behind what is to be done, a waiver at a time.
        if (!quiet)
            foreach (var (_, group) in byRule)
                while (group.Find(j => j.Waiver is not null) is { } first)
                {
                    Write(console, request, verdict, Severity.Note, group.FindAll(j => j.Waiver == first.Waiver));
                    group.RemoveAll(j => j.Waiver == first.Waiver);
                }

        if (quiet) return;
        Line(console, (TextReporter.Summary(verdict, request.WarnOnly), new Style(verdict.Passed ? Color.Green : Color.Red)));
        foreach (var line in DriftText.Of(verdict)) Line(console, (line, line.StartsWith("  !", StringComparison.Ordinal) ? new Style(Color.Yellow) : Style.Plain));
    }

    private static void Write(IAnsiConsole console, GateRequest request, Verdict verdict, Severity severity, List<JudgedFinding> group)
    {
        var rule = group[0].Finding.Rule;
        var shown = Diagnostic.SeverityOf(request, group[0]);
        Line(console, ($"{rule.Id} {EntryPath.Printable(rule.Title)}", new Style(ColourOf(shown), decoration: Decoration.Bold)), ($"  {(group[0].Waiver is null ? shown.ToString().ToLowerInvariant() : "waived")}{(shown == severity ? "" : ", would block")}", new Style(ColourOf(shown))));
        string? fix = null;
        foreach (var judged in group.Take(Excerpt.Most))
        {
            var finding = judged.Finding;
            var next = finding.Fix ?? finding.Rule.Fix;
            // The same next step below one another is printed once.
            if (fix is not null && fix != next) Step(console, fix);
            fix = next;
            Line(console, ("  " + (finding.Path?.ToString() ?? EntryPath.Printable(verdict.Inventory.Name)), new Style(decoration: Decoration.Bold)), (": " + EntryPath.Printable(finding.Message), Style.Plain));
            if (judged.NeedsApproval && request.PolicyFrom is { } revision) Line(console, ($"    needs approval: the manifest of this change would let it pass, once it is merged into {EntryPath.Printable(revision)}", new Style(Color.Yellow)));
            if (finding.Location is { } place) Line(console, (string.Create(CultureInfo.InvariantCulture, $"    at {EntryPath.Printable(place.File)}({place.Line},{place.Column})"), new Style(Color.Grey)));
        }

        if (group.Count > Excerpt.Most) Line(console, ("  " + TextReporter.More(rule.Id, group.Count - Excerpt.Most), new Style(Color.Grey)));
        if (Diagnostic.WaivedBy(group[0]) is { } waived) Line(console, ("  " + EntryPath.Printable(waived), Style.Plain));
        Step(console, fix!);
        if (rule.HelpLink is { } link) Line(console, ("  " + link, new Style(Color.Grey)));
        console.WriteLine();
    }

    private static void Step(IAnsiConsole console, string fix) => Line(console, ("  > " + EntryPath.Printable(fix), new Style(Color.Blue)));

    private static Color ColourOf(Severity severity) => severity switch
    {
        Severity.Error => Color.Red,
        Severity.Warning => Color.Yellow,
        _ => Color.Grey,
    };

    // Text and style, never markup: names from artifacts may hold brackets.
    private static void Line(IAnsiConsole console, params ReadOnlySpan<(string Text, Style Style)> parts)
    {
        var paragraph = new Paragraph();
        foreach (var (text, style) in parts) paragraph.Append(text, style);
        console.Write(paragraph);
        console.WriteLine();
    }
}
