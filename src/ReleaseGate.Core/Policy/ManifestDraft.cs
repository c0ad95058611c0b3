using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>An artifact that a manifest is written from.</summary>
/// <param name="Inventory">What it holds now.</param>
/// <param name="Findings">What the rules found in it.</param>
internal sealed record ManifestSubject(Inventory Inventory, IReadOnlyList<Finding> Findings);

/// <summary>A manifest that holds already where a new one is written, so that the new one adds to it.</summary>
/// <param name="Extends">Its path from the new one, with '/'.</param>
/// <param name="Basis">What holds by it and by the profile together.</param>
internal sealed record ManifestBehind(string Extends, Manifest Basis);

/// <summary>
/// A manifest written from artifacts that are known to be good, for <c>releasegate init</c>: a section for each kind of artifact, roles, not a frozen list.
/// The artifacts pass what is written, but for what it leaves out, which stands there as a comment.
/// </summary>
internal sealed class ManifestDraft
{
    // What a list settles by itself.
    private static readonly HashSet<string> OfTheList = new(StringComparer.Ordinal) { "RG0006", "RG1001", "RG1002", "RG1008" };

    private readonly WaiverProposals _waivers;

    private ManifestDraft(IReadOnlyList<ManifestSubject> subjects, Manifest profile, WaiverTerms? terms, ManifestBehind? behind)
    {
        (Profile, Terms, Extends) = (profile, terms, behind?.Extends);
        var basis = behind?.Basis ?? profile;
        // No two waivers share an id, also not with those of what is extended.
        _waivers = new WaiverProposals(WaiverProposals.LastNumber(basis));
        var bySection = subjects.GroupBy(s => ManifestAdvice.MatchFor(s.Inventory)).ToArray();
        var isActive = terms is { Active: true };
        var held = new Dictionary<ManifestSubject, IReadOnlyList<WithheldEntry>>(ReferenceEqualityComparer.Instance);
        var blocking = new List<(Inventory Artifact, Finding Finding)>();
        foreach (var section in bySection)
        {
            foreach (var subject in section)
            {
                held[subject] = Withheld(subject.Inventory, subject.Findings, basis);
                Finding[] own = [.. Blocking(subject.Findings, subject.Inventory, PolicyOf(subject.Inventory, basis))];
                blocking.AddRange(own.Select(f => (subject.Inventory, f)));
                // A hidden file is only a question as long as nobody asked for waivers.
                if (terms is not null) _waivers.Add(subject.Inventory, own, held[subject].Where(w => isActive && w.Findings.Count == 0).Select(w => w.Entry), subjects.Count > 1 ? section.Key : null);
            }
        }

        var leftOut = new List<(Inventory Artifact, WithheldEntry Entry)>();
        var sections = new List<SectionDraft>();
        foreach (var section in bySection)
        {
            var draft = new SectionDraft(section.Key);
            foreach (var subject in section)
            {
                var exceptions = held[subject].ToDictionary(h => h.Entry, h => (Held: h, Fate: FateOf(h)));
                leftOut.AddRange(held[subject].Where(h => exceptions[h.Entry].Fate == Fate.LeftOut).Select(h => (subject.Inventory, h)));
                draft.Add(subject.Inventory, exceptions);
            }

            draft.Finish();
            sections.Add(draft);
        }

        Sections = sections;
        LeftOut = leftOut;
        var explained = leftOut.SelectMany(l => l.Entry.Findings).ToHashSet<Finding>(ReferenceEqualityComparer.Instance);
        Blocked = [.. blocking.Where(b => !explained.Contains(b.Finding) && !(isActive && !_waivers.Refuses(b.Finding)))];
        Unwaivable = terms is null || _waivers.TooMany ? [] : [.. blocking.Where(b => _waivers.Refuses(b.Finding))];
        Lowered = [.. subjects.SelectMany(s => s.Findings).Where(f => profile.Rules.ContainsKey(f.Rule.Id)).GroupBy(f => f.Rule.Id).OrderBy(g => g.Key).Select(g => (g.First().Rule, g.Count()))];
        Text = ManifestWriter.Write(this);

        Fate FateOf(WithheldEntry entry) =>
            !isActive || _waivers.TooMany || entry.Findings.Any(_waivers.Refuses) ? Fate.LeftOut
            // What is waived as unlisted stands on no list.
            : entry.Findings.Count == 0 ? Fate.Unlisted : Fate.Waived;
    }

    /// <summary>Drafts a manifest.</summary>
    /// <param name="subjects">The artifacts; at least one.</param>
    /// <param name="profile">
    /// The profile they are good by. The severities it gives to rules that found something are written as well, each on a line that can be
    /// deleted; <c>closed</c> gives none, so that nothing is let through which nobody asked for.
    /// </param>
    /// <param name="terms">On which terms waivers are proposed for what is wrong; null: none are.</param>
    /// <param name="behind">The manifest that the draft adds to; null: it stands alone.</param>
    public static ManifestDraft From(IReadOnlyList<ManifestSubject> subjects, Manifest profile, WaiverTerms? terms = null, ManifestBehind? behind = null) => new(subjects, profile, terms, behind);

    /// <summary>The manifest: JSON with a comment on each line.</summary>
    public string Text { get; }

    /// <summary>The entries that it holds as comments, each with its artifact.</summary>
    public IReadOnlyList<(Inventory Artifact, WithheldEntry Entry)> LeftOut { get; }

    /// <summary>What blocks whatever is listed, and is not waived; without what blocks an entry that is <see cref="LeftOut"/>.</summary>
    public IReadOnlyList<(Inventory Artifact, Finding Finding)> Blocked { get; }

    /// <summary>The waivers it proposes; they hold if their terms are active.</summary>
    public IReadOnlyList<WaiverProposal> Waivers => _waivers.All;

    /// <summary>How many waivers it would take, where these are too many to propose any; else 0.</summary>
    public int TooManyWaivers => _waivers.TooMany ? _waivers.Needed : 0;

    /// <summary>What no waiver is proposed for: secrets, what cannot be waived, and what else is wrong with these entries.</summary>
    public IReadOnlyList<(Inventory Artifact, Finding Finding)> Unwaivable { get; }

    /// <summary>The manifest it adds to, as a path from its own place; null: none.</summary>
    public string? Extends { get; }

    internal Manifest Profile { get; }

    internal WaiverTerms? Terms { get; }

    internal IReadOnlyList<SectionDraft> Sections { get; }

    /// <summary>The rules that found something and that the profile sets, with the number of their findings.</summary>
    internal IReadOnlyList<(Descriptor Rule, int Count)> Lowered { get; }

    /// <summary>
    /// The entries that no list lets ship, or that nobody should list without a thought: those in which rules find what blocks by the profile, and
    /// hidden files that the profile does not know.
    /// </summary>
    /// <param name="inventory">What the artifact holds now.</param>
    /// <param name="findings">What the rules found in it.</param>
    /// <param name="profile">The profile the artifact is good by.</param>
    public static IReadOnlyList<WithheldEntry> Withheld(Inventory inventory, IEnumerable<Finding> findings, Manifest profile)
    {
        var policy = PolicyOf(inventory, profile);
        var known = policy.AllowListFor(inventory);
        var blocked = Blocking(findings, inventory, policy).Where(f => f.Path is not null).ToLookup(f => f.Path!);
        var result = new List<WithheldEntry>();
        foreach (var entry in inventory.Entries)
        {
            if (entry.Type == EntryType.Directory) continue;
            // What is in a blocked archive ships with it.
            var own = new List<Finding>();
            for (var path = entry.Path; path is not null; path = path.Container) own.AddRange(blocked[path]);
            if (own.Count > 0) result.Add(new WithheldEntry(entry, own));
            else if (IsHidden(entry.Path) && known[entry].Listing is not (Listing.Allowed or Listing.Plumbing)) result.Add(new WithheldEntry(entry, []));
        }

        return result;
    }

    /// <summary>The findings that block by a policy and that no list of entries settles.</summary>
    public static IEnumerable<Finding> Blocking(IEnumerable<Finding> findings, Inventory inventory, ArtifactPolicy policy) =>
        findings.Where(f => policy.SeverityOf(f, inventory) == Severity.Error && !OfTheList.Contains(f.Rule.Id.ToString()));

    private static ArtifactPolicy PolicyOf(Inventory inventory, Manifest profile) => profile.For(inventory.Name, inventory.Kind == ArtifactKind.Directory);

    private static bool IsHidden(EntryPath path)
    {
        for (var at = path; at is not null; at = at.Container)
            if (at.Inner.Split('/').Any(segment => segment.Length > 1 && segment[0] == '.')) return true;
        return false;
    }
}
