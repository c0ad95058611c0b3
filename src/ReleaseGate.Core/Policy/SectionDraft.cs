using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>What becomes of an entry that not simply everybody may list.</summary>
internal enum Fate
{
    /// <summary>It stands in the manifest as a comment.</summary>
    LeftOut,

    /// <summary>It is listed, and a waiver silences what blocks it.</summary>
    Waived,

    /// <summary>It is not listed, and a waiver silences that.</summary>
    Unlisted,
}

/// <summary>A section of a manifest that is being drafted, from one artifact or several with the same <c>match</c>.</summary>
internal sealed class SectionDraft(string match)
{
    private readonly List<(Inventory Artifact, PackageNames Names, Dictionary<Entry, (WithheldEntry Held, Fate Fate)> Exceptions)> _artifacts = [];
    private readonly KeptOut _exceptions = new();
    private readonly KeptOut _notWaived = new();

    public string Match { get; } = match;

    public IEnumerable<Inventory> Artifacts => _artifacts.Select(a => a.Artifact);

    public IReadOnlyList<EntryRole> Required { get; private set; } = [];

    public IReadOnlyList<EntryRole> Allowed { get; private set; } = [];

    /// <summary>What stands there as a comment.</summary>
    public IReadOnlyList<EntryRole> LeftOut { get; private set; } = [];

    /// <summary>What is listed, and would block without a waiver.</summary>
    public IReadOnlyList<EntryRole> Waived { get; private set; } = [];

    /// <summary>Entries that no pattern can name.</summary>
    public List<Entry> Unnamed { get; } = [];

    /// <summary>Adds an artifact.</summary>
    public void Add(Inventory artifact, Dictionary<Entry, (WithheldEntry Held, Fate Fate)> exceptions)
    {
        var names = PackageNames.Of(artifact);
        _artifacts.Add((artifact, names, exceptions));
        foreach (var entry in artifact.Entries)
        {
            if (entry.Type == EntryType.Directory) continue;
            var isException = exceptions.TryGetValue(entry, out var exception);
            if (isException) _exceptions.Add(entry, names);
            if (!isException || exception.Fate != Fate.Waived) _notWaived.Add(entry, names);
        }
    }

    /// <summary>Makes the lists, once all artifacts are there: no pattern for one may let in what another leaves out.</summary>
    public void Finish()
    {
        var listed = new SortedDictionary<string, EntryRole>(StringComparer.Ordinal);
        var essential = new Dictionary<string, HashSet<Inventory>>(StringComparer.Ordinal);
        var waived = new SortedDictionary<string, EntryRole>(StringComparer.Ordinal);
        var left = new Dictionary<(string Pattern, string Reason), EntryRole>();
        foreach (var (artifact, names, exceptions) in _artifacts)
        {
            var programs = RolePatterns.Programs(artifact);
            foreach (var entry in ToList(artifact))
            {
                var isException = exceptions.TryGetValue(entry, out var exception);
                if (isException && exception.Fate == Fate.Unlisted) continue;
                if (RolePatterns.For(entry.Path, artifact, names) is not { } pattern)
                {
                    Unnamed.Add(entry);
                    continue;
                }

                var isArchive = AllowList.IsArchive(entry);
                var inside = isArchive ? "!/**" : "";
                if (isException && exception.Fate == Fate.LeftOut)
                {
                    var key = (pattern + inside, exception.Held.Reason);
                    if (left.TryGetValue(key, out var same)) same.Add(entry);
                    else left[key] = new EntryRole(key.Item1, entry, isArchive) { Reason = key.Reason, Finding = exception.Held.Said };
                    continue;
                }

                // A placeholder does not let in by the back door what stands beside as a comment, nor a waived file's line what nobody waived.
                if ((isException ? _notWaived : _exceptions).AnyMatches(pattern + inside) && ManifestAdvice.PatternFor(entry.Path) is { } literal) pattern = literal;
                pattern += inside;
                var roles = isException ? waived : listed;
                if (roles.TryGetValue(pattern, out var role)) role.Add(entry);
                else roles[pattern] = new EntryRole(pattern, entry, isArchive) { Reason = isException ? exception.Held.Reason : null };
                if (isException || isArchive || !RolePatterns.IsEssential(pattern, artifact, programs)) continue;
                if (!essential.TryGetValue(pattern, out var needing)) essential.Add(pattern, needing = []);
                needing.Add(artifact);
            }
        }

        var required = listed.Values.Where(r => essential.TryGetValue(r.Pattern, out var needing) && needing.Count == _artifacts.Count).ToList();
        Required = required;
        Allowed = RolePatterns.Collapse([.. listed.Values.Except(required)], _exceptions.AnyMatches);
        // No pattern stands there twice, nor would once its line is uncommented.
        var taken = required.Concat(Allowed).Select(r => r.Pattern).ToHashSet(StringComparer.Ordinal);
        Waived = [.. RolePatterns.Collapse([.. waived.Values], _notWaived.AnyMatches).Where(r => taken.Add(r.Pattern))];
        LeftOut = [.. left.Values.GroupBy(r => r.Reason).SelectMany(g => RolePatterns.Collapse([.. g], _ => false)).Where(r => taken.Add(r.Pattern)).OrderBy(r => r.Pattern, StringComparer.Ordinal)];
    }

    /// <summary>The entries that need a line.</summary>
    private static IEnumerable<Entry> ToList(Inventory artifact)
    {
        // What the format brings along is known without a manifest: an empty list says which entries these are.
        var nothing = new AllowList(new Manifest("", null, default, [], new Dictionary<RuleId, RuleSetting>()).For(""), artifact);
        var containers = artifact.Entries.Where(e => e.Type != EntryType.Directory && e.Path.Container is not null).Select(e => e.Path.Container!).ToHashSet();
        foreach (var entry in artifact.Entries)
        {
            if (nothing[entry].Listing == Listing.Plumbing) continue;
            // An archive is allowed by the patterns for its content; it needs a line of its own only where there are none.
            if (AllowList.IsArchive(entry) && containers.Contains(entry.Path)) continue;
            yield return entry;
        }
    }
}
