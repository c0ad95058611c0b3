using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>
/// What of a report a list of entries can settle, for <c>releasegate accept</c>: entries that are blocked only because nobody listed them. It makes the patterns that
/// list them, and keeps what else blocks for whoever has to decide about it.
/// </summary>
internal sealed class Acceptance
{
    private static readonly HashSet<string> OfTheList = new(StringComparer.Ordinal) { "RG1001", "RG1008" };

    private readonly List<(Verdict Verdict, Inventory Inventory, List<Entry> Taken)> _artifacts = [];
    private readonly List<AcceptedPattern> _patterns = [];
    private readonly List<LeftFinding> _left = [];

    private Acceptance()
    {
    }

    /// <summary>The patterns to add, by section.</summary>
    public IReadOnlyList<AcceptedPattern> Patterns => _patterns;

    /// <summary>What blocks and is not settled by them.</summary>
    public IReadOnlyList<LeftFinding> Left => _left;

    /// <summary>Looks at a report.</summary>
    /// <param name="report">The report, as it was read from a file.</param>
    /// <param name="manifest">The manifest it was judged by.</param>
    /// <param name="isMeant">Whether somebody asked for a finding of this rule at this path.</param>
    public static Acceptance Of(GateReport report, Manifest manifest, Func<RuleId, EntryPath, bool> isMeant)
    {
        var result = new Acceptance();
        var sections = new Dictionary<(int Index, string Match), List<(Inventory Inventory, PackageNames Names, List<Entry> Taken)>>();
        var keptOut = new Dictionary<(int, string), KeptOut>();
        foreach (var verdict in report.Verdicts)
        {
            var inventory = Rebuilt(verdict.Inventory);
            var taken = result.Take(verdict, inventory, isMeant);
            result._artifacts.Add((verdict, inventory, taken));
            var key = SectionFor(manifest, inventory);
            var names = PackageNames.Of(inventory);
            if (!sections.TryGetValue(key, out var artifacts))
            {
                sections.Add(key, artifacts = []);
                keptOut.Add(key, new KeptOut());
            }

            artifacts.Add((inventory, names, taken));
            // What blocks, what is not listed by choice and what is waived must not come in by a wildcard for something else.
            var found = verdict.Findings.Where(f => f.Severity == Severity.Error || OfTheList.Contains(f.Finding.Rule.Id.ToString())).Select(f => f.Finding.Path?.Value).OfType<string>().ToHashSet(StringComparer.Ordinal);
            var isTaken = taken.ToHashSet<Entry>(ReferenceEqualityComparer.Instance);
            foreach (var entry in inventory.Entries)
                if (entry.Type != EntryType.Directory && !isTaken.Contains(entry) && Levels(entry.Path).Any(p => found.Contains(p.Value))) keptOut[key].Add(entry, names);
        }

        foreach (var (key, artifacts) in sections.OrderBy(s => s.Key.Index).ThenBy(s => s.Key.Match, StringComparer.Ordinal)) result._patterns.AddRange(PatternsFor(key, artifacts, keptOut[key]));
        return result;
    }

    /// <summary>Holds the new manifest against the report: what the patterns did not settle after all comes to <see cref="Left"/>.</summary>
    public void Verify(Manifest manifest)
    {
        foreach (var (verdict, inventory, taken) in _artifacts)
        {
            if (taken.Count == 0) continue;
            var list = manifest.For(inventory.Name, inventory.Kind == ArtifactKind.Directory).AllowListFor(inventory);
            var paths = taken.Where(e => list[e].Listing != Listing.Allowed).Select(e => e.Path.Value).ToHashSet(StringComparer.Ordinal);
            if (paths.Count == 0) continue;
            foreach (var judged in verdict.Findings)
                if (judged.Severity == Severity.Error && judged.Finding.Path is { } path && OfTheList.Contains(judged.Finding.Rule.Id.ToString()) && paths.Any(p => p == path.Value || p.StartsWith(path.Value + "!/", StringComparison.Ordinal)))
                    _left.Add(new LeftFinding(verdict, judged, "no pattern can list it"));
        }
    }

    /// <summary>The entries that are to be listed; all other findings that block are left.</summary>
    private List<Entry> Take(Verdict verdict, Inventory inventory, Func<RuleId, EntryPath, bool> isMeant)
    {
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var entry in inventory.Entries) entries.TryAdd(entry.Path.Value, entry);
        var blocking = verdict.Findings.Where(f => f.Severity == Severity.Error).ToArray();
        var otherwise = blocking.Where(f => !OfTheList.Contains(f.Finding.Rule.Id.ToString())).ToLookup(f => f.Finding.Path?.Value);
        var taken = new HashSet<Entry>(ReferenceEqualityComparer.Instance);
        foreach (var judged in blocking)
        {
            var path = judged.Finding.Path;
            if (!OfTheList.Contains(judged.Finding.Rule.Id.ToString())) Leave(WhyNot(judged.Finding));
            else if (path is null || !entries.TryGetValue(path.Value, out var entry)) Leave("no section of the manifest is about this artifact; 'releasegate init' on it writes one");
            else if (otherwise[path.Value].FirstOrDefault() is { } other) Leave($"{string.Join(", ", otherwise[path.Value].Select(o => o.Finding.Rule.Id).Distinct().Order())} {(otherwise[path.Value].Select(o => o.Finding.Rule.Id).Distinct().Count() == 1 ? "blocks" : "block")} it too, and no list settles that");
            else if (!isMeant(judged.Finding.Rule.Id, path)) Leave("you did not ask for it");
            else if (Content(entry) is not { Count: > 0 } content) Leave("everything in it is blocked by other rules");
            else taken.UnionWith(content);

            void Leave(string why) => _left.Add(new LeftFinding(verdict, judged, why));
        }

        return [.. inventory.Entries.Where(taken.Contains)];

        // An archive is declared by what is in it, and by that only as far as no other rule blocks it.
        List<Entry> Content(Entry entry)
        {
            if (!AllowList.IsArchive(entry)) return [entry];
            var inside = inventory.Entries.Where(e => e.Type != EntryType.Directory && Levels(e.Path).Skip(1).Any(p => p == entry.Path)).ToArray();
            if (inside.Length == 0) return [entry];
            var isContainer = inside.Select(e => e.Path.Container!).ToHashSet();
            return [.. inside.Where(e => !isContainer.Contains(e.Path) && !Levels(e.Path).Any(p => otherwise[p.Value].Any()))];
        }
    }

    private static string WhyNot(Finding finding)
    {
        var rule = finding.Rule;
        if (rule.Id.IsBuiltIn && rule.Id.ToString()[2] == '4') return "A secret is never accepted: revoke it, and take it out";
        return rule.Id.ToString() is "RG1002" or "RG1004" or "RG1005" || !WaiverProposals.IsForWaiver(rule) ? finding.Fix ?? rule.Fix : $"No list settles it: mend it{(rule.Id.IsBuiltIn ? $", as 'releasegate explain {rule.Id}' says" : "")}; only a waiver lets it ship meanwhile";
    }

    private static IEnumerable<AcceptedPattern> PatternsFor((int Index, string Match) section, List<(Inventory Inventory, PackageNames Names, List<Entry> Taken)> artifacts, KeptOut keptOut)
    {
        var roles = new SortedDictionary<string, EntryRole>(StringComparer.Ordinal);
        foreach (var (inventory, names, taken) in artifacts)
        {
            foreach (var entry in taken)
            {
                if (RolePatterns.For(entry.Path, inventory, names) is not { } pattern) continue;
                var isArchive = AllowList.IsArchive(entry);
                var inside = isArchive ? "!/**" : "";
                if (keptOut.AnyMatches(pattern + inside) && ManifestAdvice.PatternFor(entry.Path) is { } literal) pattern = literal;
                pattern += inside;
                if (roles.TryGetValue(pattern, out var role)) role.Add(entry);
                else roles.Add(pattern, new EntryRole(pattern, entry, isArchive));
            }
        }

        foreach (var role in RolePatterns.Collapse([.. roles.Values], keptOut.AnyMatches)) yield return new AcceptedPattern(section.Index, section.Match, role.Pattern, role.Comment, role.Count);
    }

    /// <summary>The first own section that is about an artifact, by its index; -1 and a <c>match</c> for one that is yet to be written.</summary>
    private static (int Index, string Match) SectionFor(Manifest manifest, Inventory inventory)
    {
        if (ManifestAdvice.OwnSection(manifest.For(inventory.Name, inventory.Kind == ArtifactKind.Directory)) is not { } own) return (-1, ManifestAdvice.MatchFor(inventory));
        for (var i = 0; i < manifest.Sections.Count; i++)
            if (ReferenceEquals(manifest.Sections[i], own)) return (i, own.Match.ToString());
        throw new InvalidOperationException("A section of the manifest is not among its sections.");
    }

    /// <summary>A path and those of the archives it stands in, the innermost first.</summary>
    private static IEnumerable<EntryPath> Levels(EntryPath path)
    {
        for (var at = path; at is not null; at = at.Container) yield return at;
    }

    /// <summary>An inventory of a report, which has paths as texts, with the archives that entries stand in.</summary>
    private static Inventory Rebuilt(Inventory read)
    {
        var known = new Dictionary<string, Entry>(StringComparer.Ordinal);
        var entries = new List<Entry>();
        foreach (var entry in read.Entries)
        {
            var text = entry.Path.Value;
            Entry? container = null;
            var inner = text;
            for (var at = text.LastIndexOf("!/", StringComparison.Ordinal); at > 0; at = text.LastIndexOf("!/", at - 1, StringComparison.Ordinal))
            {
                if (!known.TryGetValue(text[..at], out container)) continue;
                container.Entered = true;
                inner = text[(at + 2)..];
                break;
            }

            var made = new Entry(new EntryPath(inner, container?.Path), entry.Order, entry.Type) { Kind = entry.Kind, Length = entry.Length, Digest = entry.Digest, Complete = entry.Complete };
            known.TryAdd(text, made);
            entries.Add(made);
        }

        return new Inventory(read.Name, read.Kind, read.Length, read.Digest, entries, [], read.Package);
    }
}

/// <summary>A pattern that lists what a report named.</summary>
/// <param name="Section">The index of the section in the manifest, or -1 where there is none yet.</param>
/// <param name="Match">The section's <c>match</c>.</param>
/// <param name="Pattern">The pattern.</param>
/// <param name="Comment">What it is and which entries it stands for.</param>
/// <param name="Entries">How many entries it lists.</param>
internal sealed record AcceptedPattern(int Section, string Match, string Pattern, string Comment, int Entries)
{
    /// <summary>The line of the manifest.</summary>
    /// <param name="day">The day on which it was accepted, UTC.</param>
    public ManifestElement Line(DateOnly day) => new(ManifestAdvice.Quoted(Pattern), $"accepted {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}: {Comment}");
}

/// <summary>A finding that blocks and that no list of entries settles.</summary>
/// <param name="Verdict">The artifact's verdict.</param>
/// <param name="Judged">The finding.</param>
/// <param name="Why">Why it is left, or what to do.</param>
internal sealed record LeftFinding(Verdict Verdict, JudgedFinding Judged, string Why)
{
    /// <summary>Whether a waiver could silence it.</summary>
    public bool IsForWaiver => WaiverProposals.IsForWaiver(Judged.Finding.Rule) && Judged.Finding.Rule.Id.ToString() is not ("RG1001" or "RG1002" or "RG1004" or "RG1005" or "RG1008");
}
