namespace ReleaseGate.Rules;

/// <summary>Where a rule that is not ReleaseGate's own came from.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Assembly">The simple name of its assembly.</param>
/// <param name="Version">The assembly's version.</param>
/// <param name="Module">The id the compiler gave the assembly (MVID), which a deterministic build makes of what was compiled.</param>
public sealed record RuleSource(RuleId Rule, string Assembly, string Version, Guid Module)
{
    /// <summary>SHA-256 of the assembly's file; null where the rule is an object of the program.</summary>
    public Digest? Digest { get; init; }

    /// <summary>Where rules came from, by id.</summary>
    internal static IReadOnlyList<RuleSource> Of(IReadOnlyList<Rule> outside)
    {
        if (outside.Count == 0) return [];
        var sources = new List<RuleSource>(outside.Count);
        foreach (var rule in outside)
        {
            var assembly = rule.GetType().Assembly;
            var name = assembly.GetName();
            sources.Add(new RuleSource(rule.Descriptor.Id, name.Name ?? "", name.Version?.ToString() ?? "0.0.0.0", assembly.ManifestModule.ModuleVersionId) { Digest = rule.Loader?.Digest });
        }

        sources.Sort(static (a, b) => a.Rule.CompareTo(b.Rule));
        return sources;
    }
}
