using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>
/// Which permissions of the manifest served no artifact of a run (RG0006): an unused permission waits for the next accident.
/// Only own <c>allow</c> patterns of sections that applied to some artifact count: <c>require</c> has RG1002, <c>forbid</c> is content
/// with matching nothing, and a profile allows what not everyone has.
/// </summary>
internal static class PatternUse
{
    /// <summary>The unused patterns of a run, in the order of the manifest.</summary>
    /// <param name="lists">The allowlist of each artifact of the run (<see cref="ArtifactPolicy.AllowListFor"/>).</param>
    public static IReadOnlyList<UnusedPattern> Unused(IEnumerable<AllowList> lists)
    {
        var last = new Dictionary<ManifestPattern, AllowList>(ReferenceEqualityComparer.Instance);
        var used = new HashSet<ManifestPattern>(ReferenceEqualityComparer.Instance);
        var order = new List<ManifestPattern>();
        var sections = new Dictionary<ManifestPattern, ManifestSection>(ReferenceEqualityComparer.Instance);
        foreach (var list in lists)
        {
            foreach (var section in list.Policy.Sections.Where(s => !s.Inherited))
            {
                foreach (var pattern in section.Allow)
                {
                    if (last.TryAdd(pattern, list)) order.Add(pattern);
                    else last[pattern] = list;
                    sections[pattern] = section;
                    if (list.IsUsed(pattern)) used.Add(pattern);
                }
            }
        }

        if (used.Count == order.Count) return [];
        return
        [
            .. order.Where(p => !used.Contains(p))
                .OrderBy(p => p.Location.Line).ThenBy(p => p.Location.Column)
                .Select(p => new UnusedPattern(last[p], new Finding(GateRules.UnusedPattern, null,
                    $"the pattern {ManifestAdvice.Quoted(p.ToString())} of \"allow\" matches no entry{ManifestAdvice.WithoutPackage(p, last[p].Inventory)}")
                {
                    Location = p.Location,
                    Fix = FixFor(sections[p].Match),
                })),
        ];
    }

    /// <summary>The places of the patterns that served an artifact, <c>line:column</c> in the manifest, in its order.</summary>
    /// <param name="lists">The allowlist of each artifact.</param>
    public static IReadOnlyList<string> Used(IEnumerable<AllowList> lists)
    {
        var used = new HashSet<ManifestPattern>(ReferenceEqualityComparer.Instance);
        foreach (var list in lists)
            foreach (var section in list.Policy.Sections)
                if (!section.Inherited)
                    foreach (var pattern in section.Allow)
                        if (list.IsUsed(pattern)) used.Add(pattern);
        return [.. used.OrderBy(p => p.Location.Line).ThenBy(p => p.Location.Column).Select(p => PlaceOf(p.Location))];
    }

    /// <summary>How <see cref="Used"/> names a place.</summary>
    public static string PlaceOf(ManifestLocation location) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{location.Line}:{location.Column}");

    /// <summary>A section about any name is easily about more artifacts than its author thought of, e.g. those of every project in a solution.</summary>
    private static string? FixFor(ManifestPattern match) => match.ToString().Contains('*', StringComparison.Ordinal)
        ? $"Remove the pattern or mend its spelling; if it is meant for another artifact, narrow \"match\" of its section: {ManifestAdvice.Quoted(match.ToString())} is about this artifact too."
        : null;
}

/// <summary>A permission that served nothing.</summary>
/// <param name="List">The allowlist of the last artifact of the run that its section applied to.</param>
/// <param name="Finding">The RG0006.</param>
internal sealed record UnusedPattern(AllowList List, Finding Finding);
