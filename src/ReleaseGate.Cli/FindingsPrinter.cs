using ReleaseGate.Policy;
using ReleaseGate.Reporting;

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
            case OutputFormat.Text when surroundings.OutputIsTerminal:
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

    /// <summary>Prints what kept the run from beginning.</summary>
    public void Write(GateRequest request, GateException mistake)
    {
        if (format is OutputFormat.GitHub or OutputFormat.Azure) new AnnotationReporter(format, quiet, surroundings).Write(request, mistake);
        else surroundings.Output.WriteLine(Diagnostic.From(request, mistake).ToString());
    }
}
