using System.Globalization;
using System.Text;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli;

/// <summary>Prints what a run found, in the form that whoever reads along understands.</summary>
internal sealed class FindingsPrinter(OutputFormat format, bool quiet, Surroundings surroundings)
{
    /// <summary>Prints the findings and what became of each artifact.</summary>
    public void Write(GateReport report)
    {
        switch (format)
        {
            // People get colours and groups; whatever is not a terminal gets the lines that programs parse.
            // Of errors alone there is no tree.
            case OutputFormat.Tree when !quiet:
                WriteTree(report);
                break;
            case OutputFormat.Text or OutputFormat.Tree when surroundings.OutputIsTerminal:
                TerminalReporter.Write(report, surroundings, quiet);
                break;
            case OutputFormat.GitHub or OutputFormat.Azure:
                new AnnotationReporter(format, quiet, surroundings).Write(report);
                break;
            default:
                new TextReporter(quiet).Write(report, surroundings.Output);
                break;
        }
    }

    private void WriteTree(GateReport report)
    {
        var tree = new TreeReporter(ascii: !Knows(surroundings.Output.Encoding, TreeReporter.Signs));
        if (surroundings.OutputIsTerminal) TerminalReporter.Write(tree.Lines(report), surroundings);
        else tree.Write(report, surroundings.Output);
    }

    // Consoles of Windows often do not.
    private static bool Knows(Encoding encoding, string text) => encoding.GetString(encoding.GetBytes(text)) == text;

    /// <summary>Prints what joined SARIF files say.</summary>
    public void Write(JoinedSarif joined)
    {
        var annotations = format is OutputFormat.GitHub or OutputFormat.Azure ? new AnnotationReporter(format, quiet, surroundings) : null;
        var counts = new SortedDictionary<RuleId, int>();
        var (errors, warnings) = (0, 0);
        foreach (var result in joined.Results)
        {
            var (severity, rule) = (result.Diagnostic.Severity, result.Diagnostic.Rule);
            if (severity == Severity.Error) errors++;
            if (severity == Severity.Warning) warnings++;
            if (quiet && severity != Severity.Error) continue;
            counts[rule] = counts.GetValueOrDefault(rule) + 1;
            if (counts[rule] > Excerpt.Most) continue;
            if (annotations is not null && severity != Severity.Note) annotations.Write(result);
            else surroundings.Output.WriteLine(result.Diagnostic.ToString());
        }

        foreach (var (rule, count) in counts)
            if (count > Excerpt.Most) surroundings.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rule}: {count - Excerpt.Most:#,0} more, see the SARIF files"));
        if (!quiet) surroundings.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"SARIF: {(joined.Passed ? "passed" : "blocked")}, errors {errors:#,0}, warnings {warnings:#,0}{(joined.Waived > 0 ? $", waived {joined.Waived:#,0}" : "")}, artifacts {joined.Artifacts:#,0}, runs {joined.Count:#,0}"));
    }

    /// <summary>Prints what kept the run from beginning.</summary>
    public void Write(GateRequest request, GateException mistake)
    {
        if (format is OutputFormat.GitHub or OutputFormat.Azure) new AnnotationReporter(format, quiet, surroundings).Write(request, mistake);
        else surroundings.Output.WriteLine(Diagnostic.From(request, mistake).ToString());
    }
}
