using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting.Html;

/// <summary>One thing to mend: the finding that says what it is, and those that go away with it.</summary>
/// <param name="Main">What says it best.</param>
internal sealed record Cause(JudgedFinding Main)
{
    /// <summary>The others on the same entry that the same step mends.</summary>
    public List<JudgedFinding> Also { get; } = [];

    /// <summary>Its anchor in the document, unique in it.</summary>
    public int Number { get; set; }
}

/// <summary>The causes of one rule, mended the same way.</summary>
/// <param name="Rule">The rule of their main findings.</param>
/// <param name="Icon">What policy made of them.</param>
internal sealed record CauseGroup(Descriptor Rule, Icon Icon)
{
    /// <summary>The causes, in the order of the findings.</summary>
    public List<Cause> Causes { get; } = [];

    /// <summary>The next step, said once: what all causes have in common, else the rule's own.</summary>
    public string Fix
    {
        get
        {
            var first = Causes[0].Main.Finding.Fix;
            foreach (var cause in Causes)
                if (!string.Equals(cause.Main.Finding.Fix, first, StringComparison.Ordinal)) return Rule.Fix;
            return first ?? Rule.Fix;
        }
    }

    /// <summary>Groups the findings of a verdict: waived ones apart, those that one step mends together, the worst first.</summary>
    public static List<CauseGroup> Of(Verdict verdict)
    {
        var groups = new Dictionary<(RuleId, Icon), CauseGroup>();
        foreach (var cause in CausesOf(verdict))
        {
            var key = (cause.Main.Finding.Rule.Id, Icons.Of(cause.Main));
            if (!groups.TryGetValue(key, out var group)) groups.Add(key, group = new CauseGroup(cause.Main.Finding.Rule, key.Item2));
            group.Causes.Add(cause);
        }

        var sorted = groups.Values.ToList();
        sorted.Sort(static (a, b) =>
            a.Icon != b.Icon ? b.Icon.CompareTo(a.Icon)
            : IsSecret(a.Rule) != IsSecret(b.Rule) ? IsSecret(b.Rule).CompareTo(IsSecret(a.Rule))
            : a.Causes.Count != b.Causes.Count ? b.Causes.Count.CompareTo(a.Causes.Count)
            : a.Rule.Id.CompareTo(b.Rule.Id));
        return sorted;
    }

    private static List<Cause> CausesOf(Verdict verdict)
    {
        var causes = new List<Cause>();
        var findings = verdict.Findings;
        for (var i = 0; i < findings.Count;)
        {
            // They are sorted by path.
            var path = findings[i].Finding.Path;
            var end = i + 1;
            while (path is not null && end < findings.Count && path.Equals(findings[end].Finding.Path)) end++;
            var ofEntry = new List<JudgedFinding>(end - i);
            for (; i < end; i++) ofEntry.Add(findings[i]);
            ofEntry.Sort(static (a, b) => Icons.Of(a) != Icons.Of(b) ? Icons.Of(b).CompareTo(Icons.Of(a)) : Rank(a.Finding.Rule).CompareTo(Rank(b.Finding.Rule)));
            while (ofEntry.Count > 0)
            {
                var cause = new Cause(ofEntry[0]);
                ofEntry.RemoveAt(0);
                // What is waived has its own reason, and its own end.
                if (cause.Main.Waiver is null)
                {
                    var leaveOut = IsLeftOut(cause.Main.Finding.Rule);
                    for (var k = 0; k < ofEntry.Count;)
                    {
                        var rule = ofEntry[k].Finding.Rule;
                        if (ofEntry[k].Waiver is null && !rule.Id.IsGate && !IsSecret(rule) && (leaveOut || rule.Id == cause.Main.Finding.Rule.Id || Is(rule, "RG1001")))
                        {
                            cause.Also.Add(ofEntry[k]);
                            ofEntry.RemoveAt(k);
                        }
                        else
                        {
                            k++;
                        }
                    }
                }

                causes.Add(cause);
            }
        }

        return causes;
    }

    // Rules about entries that should not be there at all: without the entry everything else about it is gone, but for a secret, which is known by then.
    private static bool IsLeftOut(Descriptor rule) => rule.Id.IsBuiltIn && rule.Id.ToString() is
        "RG1003" or "RG2001" or "RG2006" or "RG2013" or "RG2014" or "RG2015" or "RG3001" or "RG3002" or "RG3003" or "RG3004" or "RG3005" or "RG3007" or "RG3008";

    private static bool IsSecret(Descriptor rule) => rule.Id.IsBuiltIn && rule.Id.ToString()[2] == '4';

    // That nobody listed an entry says least about it.
    private static int Rank(Descriptor rule) => Is(rule, "RG1001") ? 3 : Is(rule, "RG1003") ? 2 : IsLeftOut(rule) ? 0 : 1;

    private static bool Is(Descriptor rule, string id) => rule.Id.ToString() == id;
}
