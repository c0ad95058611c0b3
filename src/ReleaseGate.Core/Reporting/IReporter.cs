namespace ReleaseGate.Reporting;

/// <summary>Writes the verdicts of a run in one format. Reporters decide nothing and leave nothing out without saying so.</summary>
public interface IReporter
{
    /// <summary>Writes the report as UTF-8 without a byte order mark; the stream stays open.</summary>
    void Write(GateReport report, Stream output);
}
