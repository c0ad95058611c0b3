using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>What one rule about content found in an artifact: the answer to "what did this package expose".</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Findings">Its findings in stable order; at least one.</param>
internal sealed record Exposure(Descriptor Rule, IReadOnlyList<JudgedFinding> Findings)
{
    /// <summary>The worst of the findings.</summary>
    public Severity Severity => Findings.Max(f => f.Severity);

    /// <summary>How many entries they are about.</summary>
    public int Entries => Findings.Select(f => f.Finding.Path).Distinct().Count();

    /// <summary>The findings about debug artifacts, source and know-how, and secrets (RG2, RG3, RG4) by rule, the worst first: by severity, secrets before sources before debug information, by count.</summary>
    public static IReadOnlyList<Exposure> Of(Verdict verdict) =>
    [
        .. verdict.Findings.Where(f => f.Finding.Rule.Id.IsBuiltIn && FamilyOf(f.Finding.Rule) is '2' or '3' or '4')
            .GroupBy(f => f.Finding.Rule)
            .Select(g => new Exposure(g.Key, [.. g]))
            .OrderByDescending(e => e.Severity).ThenByDescending(e => FamilyOf(e.Rule)).ThenByDescending(e => e.Findings.Count).ThenBy(e => e.Rule.Id),
    ];

    private static char FamilyOf(Descriptor rule) => rule.Id.ToString()[2];
}
