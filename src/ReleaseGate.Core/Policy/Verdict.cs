using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>A finding and what policy made of it.</summary>
/// <param name="Finding">The fact.</param>
/// <param name="Severity">What it means here: a note where a waiver silences it.</param>
public sealed record JudgedFinding(Finding Finding, Severity Severity)
{
    /// <summary>The waiver that silences it, or null.</summary>
    public Waiver? Waiver { get; init; }

    /// <summary>Days its <see cref="Waiver"/> still holds after the day of the run.</summary>
    public int DaysLeft { get; init; }

    /// <summary>What it would mean without its waiver; where there is none, what it means.</summary>
    public Severity Unwaived { get => field == Severity.Off ? Severity : field; init; }

    /// <summary>When it was first seen, UTC, or null where nobody recorded it.</summary>
    public DateTime? FirstSeen { get; init; }

    /// <summary>The last day on which a waiver may still silence it, by the manifest's deadlines; or null.</summary>
    public DateOnly? Due { get; init; }

    /// <summary>Whether the working copy's manifest would let it pass, and the one judged by does not.</summary>
    public bool NeedsApproval { get; init; }
}

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
    /// <summary>What is different from the baseline, or null where there is none to compare with.</summary>
    public Drift? Drift { get; init; }

    /// <summary>Whether the artifact may be released: no finding is an error.</summary>
    public bool Passed => Errors == 0;

    /// <summary>How many findings block.</summary>
    public int Errors => Findings.Count(f => f.Severity == Severity.Error);

    /// <summary>How many findings warn.</summary>
    public int Warnings => Findings.Count(f => f.Severity == Severity.Warning);

    /// <summary>How many findings a waiver silences.</summary>
    public int Waived => Findings.Count(f => f.Waiver is not null);
}
