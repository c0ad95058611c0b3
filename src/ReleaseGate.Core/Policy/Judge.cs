using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>The only place where a finding gets a meaning.</summary>
internal static class Judge
{
    /// <summary>Divides the rules into those that run and those that the manifest switched off.</summary>
    public static (List<Rule> Run, List<Rule> Off) Divide(RuleSet rules, ArtifactPolicy policy)
    {
        var run = new List<Rule>();
        var off = new List<Rule>();
        foreach (var rule in rules.Rules) (policy.SeverityOf(rule.Descriptor) == Severity.Off ? off : run).Add(rule);
        return (run, off);
    }

    /// <summary>Judges findings and puts them into stable order: by path, rule, offset, message. Leaves none out.</summary>
    public static IReadOnlyList<JudgedFinding> Findings(IEnumerable<Finding> findings, ArtifactPolicy policy, Inventory inventory)
    {
        var judged = new List<JudgedFinding>();
        foreach (var finding in findings) judged.Add(new JudgedFinding(finding, policy.SeverityOf(finding, inventory)));
        judged.Sort(static (a, b) => Compare(a.Finding, b.Finding));
        return judged;
    }

    /// <summary>
    /// Adds RG0006 to the verdict of the last artifact each unused pattern was meant for. Where the verdicts are only a part of a run it is a note, since
    /// another part may use the pattern; the places of those that this part uses come with it, for whoever joins the parts.
    /// </summary>
    public static (IReadOnlyList<Verdict> Verdicts, IReadOnlyList<string> Used) AddUnusedPatterns(IReadOnlyList<Verdict> verdicts, bool isPart)
    {
        var lists = verdicts.Select(v => v.Policy.AllowListFor(v.Inventory)).ToArray();
        var unused = PatternUse.Unused(lists);
        var used = isPart ? PatternUse.Used(lists) : [];
        if (unused.Count == 0) return (verdicts, used);
        return ([.. verdicts.Select((verdict, i) =>
        {
            var own = unused.Where(u => u.List == lists[i]).Select(u => u.Finding).ToArray();
            return own.Length == 0 ? verdict : verdict with { Findings = WithUnused(verdict, own, isPart) };
        })], used);
    }

    private static IReadOnlyList<JudgedFinding> WithUnused(Verdict verdict, Finding[] unused, bool isPart)
    {
        var all = Findings([.. verdict.Findings.Select(f => f.Finding), .. unused], verdict.Policy, verdict.Inventory);
        return isPart ? [.. all.Select(f => f.Finding.Rule.Id == GateRules.UnusedPattern.Id ? f with { Severity = Severity.Note } : f)] : all;
    }

    internal static int Compare(Finding a, Finding b)
    {
        var order = string.CompareOrdinal(a.Path?.Value, b.Path?.Value);
        if (order == 0) order = a.Rule.Id.CompareTo(b.Rule.Id);
        if (order == 0) order = Nullable.Compare(a.Offset, b.Offset);
        if (order == 0) order = string.CompareOrdinal(a.Message, b.Message);
        return order != 0 ? order : (a.Location?.Line ?? 0).CompareTo(b.Location?.Line ?? 0);
    }
}
