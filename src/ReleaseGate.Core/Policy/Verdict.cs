using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>A finding and what policy made of it.</summary>
/// <param name="Finding">The fact.</param>
/// <param name="Severity">What it means here.</param>
public sealed record JudgedFinding(Finding Finding, Severity Severity);

/// <summary>What policy made of the findings about one artifact.</summary>
/// <param name="Path">The artifact's path as the user wrote it.</param>
/// <param name="Inventory">What was inspected.</param>
/// <param name="Policy">What it was judged by.</param>
/// <param name="Findings">The findings in stable order: by path, rule, offset, message.</param>
/// <param name="RulesRun">The rules that ran.</param>
/// <param name="RulesOff">The rules that the manifest switched off.</param>
/// <param name="BytesRead">Decompressed bytes inspected.</param>
/// <param name="Elapsed">Time the inspection took.</param>
public sealed record Verdict(
    string Path,
    Inventory Inventory,
    ArtifactPolicy Policy,
    IReadOnlyList<JudgedFinding> Findings,
    IReadOnlyList<RuleId> RulesRun,
    IReadOnlyList<RuleId> RulesOff,
    long BytesRead,
    TimeSpan Elapsed)
{
    /// <summary>Whether the artifact may be released: no finding is an error.</summary>
    public bool Passed => Errors == 0;

    /// <summary>How many findings block.</summary>
    public int Errors => Findings.Count(f => f.Severity == Severity.Error);

    /// <summary>How many findings warn.</summary>
    public int Warnings => Findings.Count(f => f.Severity == Severity.Warning);
}
