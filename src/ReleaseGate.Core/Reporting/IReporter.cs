namespace ReleaseGate.Reporting;

/// <summary>Writes the verdicts of a run in one format. Reporters decide nothing and leave nothing out.</summary>
public interface IReporter
{
    /// <summary>Writes the report.</summary>
    void Write(GateReport report, TextWriter output);
}
