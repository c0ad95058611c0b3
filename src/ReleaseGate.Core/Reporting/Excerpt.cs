using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>
/// The findings about one artifact that are shown one by one. A rule with more than <see cref="Most"/> findings shows the first and worst of them
/// and how many more there are; the JSON report has all. What is waived is counted by its waiver: no other finding hides that one is at work.
/// </summary>
internal sealed class Excerpt
{
    /// <summary>How many findings of one rule on one artifact are shown.</summary>
    public const int Most = 20;

    private Excerpt(IReadOnlyList<JudgedFinding> shown, IReadOnlyList<(RuleId Rule, int Count)> left)
    {
        Shown = shown;
        Left = left;
    }

    /// <summary>What is shown, in the verdict's order.</summary>
    public IReadOnlyList<JudgedFinding> Shown { get; }

    /// <summary>The rules that have more, by id, and how many more.</summary>
    public IReadOnlyList<(RuleId Rule, int Count)> Left { get; }

    /// <summary>Chooses from a verdict.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="least">Findings below this severity are neither shown nor counted.</param>
    public static Excerpt Of(Verdict verdict, Severity least = Severity.Note)
    {
        var kept = new bool[verdict.Findings.Count];
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var hidden = new Dictionary<RuleId, int>();
        // The worst first: what blocks is not to be hidden behind what only warns.
        foreach (var severity in (Severity[])[Severity.Error, Severity.Warning, Severity.Note])
        {
            for (var i = 0; i < kept.Length; i++)
            {
                var judged = verdict.Findings[i];
                if (judged.Severity != severity || severity < least) continue;
                var rule = judged.Finding.Rule.Id;
                var key = judged.Waiver is null ? rule.ToString() : $"{rule} {judged.Waiver.Id}";
                counts.TryGetValue(key, out var count);
                counts[key] = count + 1;
                kept[i] = count < Most;
                if (kept[i]) continue;
                hidden.TryGetValue(rule, out var more);
                hidden[rule] = more + 1;
            }
        }

        var shown = new List<JudgedFinding>();
        for (var i = 0; i < kept.Length; i++)
            if (kept[i]) shown.Add(verdict.Findings[i]);
        var left = new List<(RuleId Rule, int Count)>();
        foreach (var (rule, count) in hidden) left.Add((rule, count));
        left.Sort(static (a, b) => a.Rule.CompareTo(b.Rule));
        return new Excerpt(shown, left);
    }
}
