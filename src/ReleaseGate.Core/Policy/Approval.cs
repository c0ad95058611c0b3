using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>Tells which findings only the manifest of a git revision blocks (<see cref="GateRequest.PolicyFrom"/>), and the working copy's would not.</summary>
internal static class Approval
{
    /// <summary>Marks those findings. Nothing blocks less by it, but for mistakes in the revision's manifest that the working copy has mended by removing what was wrong.</summary>
    /// <param name="byBase">The verdicts by the revision's manifest.</param>
    /// <param name="byWorking">The verdicts about the same artifacts by the working copy's.</param>
    /// <param name="working">The working copy's manifest.</param>
    /// <param name="isPart">Whether they are a part of a run: only the whole knows what is unused.</param>
    public static IReadOnlyList<Verdict> Mark(IReadOnlyList<Verdict> byBase, IReadOnlyList<Verdict> byWorking, Manifest working, bool isPart)
    {
        var others = new Dictionary<string, Verdict>(StringComparer.Ordinal);
        foreach (var verdict in byWorking) others[verdict.Path] = verdict;
        var marked = new List<Verdict>();
        foreach (var verdict in byBase) marked.Add(others.TryGetValue(verdict.Path, out var other) ? Mark(verdict, other, working, isPart) : verdict);
        return marked;
    }

    private static Verdict Mark(Verdict verdict, Verdict other, Manifest working, bool isPart)
    {
        if (verdict.Passed) return verdict;
        var blocking = other.Findings.Where(f => f.Severity == Severity.Error).Select(KeyOf).ToHashSet();

        var findings = new List<JudgedFinding>();
        foreach (var judged in verdict.Findings)
        {
            if (judged.Severity != Severity.Error) findings.Add(judged);
            else if (!isPart && IsRemoved(judged.Finding, verdict.Policy.Manifest, working)) findings.Add(judged with { Severity = Severity.Note });
            else findings.Add(judged with { NeedsApproval = !blocking.Contains(KeyOf(judged)) });
        }

        return verdict with { Findings = findings };
    }

    // Messages name limits and patterns, which are others in another manifest.
    private static (RuleId, string?) KeyOf(JudgedFinding judged) => (judged.Finding.Rule.Id, judged.Finding.Path?.Value);

    // An allowance or a waiver that serves nothing any more: this change takes it away, as the finding asks.
    private static bool IsRemoved(Finding finding, Manifest before, Manifest working)
    {
        if (finding.Rule.Id == GateRules.UnusedPattern.Id && finding.Location is { } place)
        {
            foreach (var section in before.Sections)
                foreach (var pattern in section.Allow)
                    if (pattern.Location == place) return !working.Sections.Any(s => s.Match.ToString() == section.Match.ToString() && s.Allow.Any(p => p.ToString() == pattern.ToString()));
            return false;
        }

        // RG0004, RG0005: the waiver is named.
        return finding.Rule.Id.IsGate && finding.Facts.TryGetValue(Waivers.IdFact, out var id) && !working.Waivers.Any(w => w.Id == id);
    }
}
