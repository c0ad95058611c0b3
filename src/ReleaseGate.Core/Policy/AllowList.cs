using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>What the allowlist says about one entry.</summary>
public enum Listing
{
    /// <summary>Nothing allows it: the implicit "nothing else" at the end of the list.</summary>
    Unlisted,

    /// <summary>A pattern of <c>require</c> or <c>allow</c> matches it.</summary>
    Allowed,

    /// <summary>A folder, or a part that every package of this format has.</summary>
    Plumbing,

    /// <summary>A pattern of <c>forbid</c> matches it, whatever allows it.</summary>
    Forbidden,

    /// <summary>It stands in a nested archive that no pattern reaches into; the archive is judged as one thing.</summary>
    InUndeclaredArchive,
}

/// <summary>
/// The patterns of all sections that apply to an artifact, held against every entry: <c>forbid</c> first, then <c>require</c> and
/// <c>allow</c>, then nothing else.
/// </summary>
public sealed class AllowList
{
    // By the place of the entry in the inventory.
    private readonly Listing[] _listings;
    private readonly ManifestPattern?[] _patterns;
    private readonly HashSet<ManifestPattern> _used = new(ReferenceEqualityComparer.Instance);
    private readonly List<Entry> _undeclared = [];

    internal AllowList(ArtifactPolicy policy, Inventory inventory)
    {
        Policy = policy;
        Inventory = inventory;
        var names = PackageNames.Of(inventory);
        Bound[] forbid = [.. policy.Sections.SelectMany(s => s.Forbid).Select(p => new Bound(p, names, counts: false))];
        Bound[] require = [.. policy.Sections.SelectMany(s => s.Require).Select(p => new Bound(p, names, counts: true))];
        Bound[] permit = [.. require, .. policy.Sections.SelectMany(s => s.Allow.Select(p => new Bound(p, names, counts: !s.Inherited)))];

        var entries = inventory.Entries;
        var undeclared = new HashSet<EntryPath>();
        SplitName[] path = [];
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (!IsArchive(entry)) continue;
            SplitName.Levels(entry.Path, ref path);
            var declared = false;
            foreach (var pattern in permit)
            {
                if (!pattern.Glob.ReachesInto(path)) continue;
                // What nobody looks into is declared by its name alone: a wildcard is meant for what is judged entry by entry.
                if (!entry.Entered && !pattern.Glob.IsSpelledOut(path.Length)) continue;
                declared = pattern.Reaches = true;
            }

            if (declared) continue;
            undeclared.Add(entry.Path);
        }

        // What stands inside of an undeclared archive is told once that one is declared.
        if (undeclared.Count > 0) _undeclared.AddRange(entries.Where(e => undeclared.Contains(e.Path) && !InUndeclared(e)));

        var byName = new PatternIndex(permit.Length, i => permit[i].Glob.Name);
        _listings = new Listing[entries.Count];
        _patterns = new ManifestPattern?[entries.Count];
        for (var i = 0; i < _listings.Length; i++)
        {
            SplitName.Levels(entries[i].Path, ref path);
            (_listings[i], _patterns[i]) = Judge(entries[i], path);
        }

        foreach (var pattern in permit)
            if (pattern.Matches || pattern.Reaches) _used.Add(pattern.Pattern);
        Missing = [.. require.Where(p => !p.Matches).Select(p => p.Pattern)];

        (Listing, ManifestPattern?) Judge(Entry entry, SplitName[] path)
        {
            if (entry.Type == EntryType.Directory) return (Listing.Plumbing, null);
            ManifestPattern? allowedBy = null;
            // An archive may also be allowed by a pattern that only reaches into it, whose last name is another.
            var isArchive = IsArchive(entry);
            for (var candidates = isArchive ? byName.All() : byName.For(path[^1][path[^1].Count - 1]); candidates.Next() is >= 0 and var index;)
            {
                var pattern = permit[index];
                // Once one allows the entry, the others only matter where nobody knows yet whether they match anything.
                if (allowedBy is not null && (pattern.Matches || !pattern.Counts)) continue;
                if (!pattern.Glob.IsMatch(path))
                {
                    // Whoever declares an archive's content allows the archive.
                    if (isArchive && pattern.Reaches && allowedBy is null && pattern.Glob.ReachesInto(path)) allowedBy = pattern.Pattern;
                    continue;
                }

                pattern.Matches = true;
                allowedBy ??= pattern.Pattern;
            }

            foreach (var pattern in forbid)
                if (pattern.Glob.IsMatch(path)) return (Listing.Forbidden, pattern.Pattern);
            if (InUndeclared(entry)) return (Listing.InUndeclaredArchive, null);
            if (allowedBy is not null) return (Listing.Allowed, allowedBy);
            return (IsPlumbing(entry, inventory) ? Listing.Plumbing : Listing.Unlisted, null);
        }

        bool InUndeclared(Entry entry)
        {
            for (var container = entry.Path.Container; container is not null; container = container.Container)
                if (undeclared.Contains(container)) return true;
            return false;
        }
    }

    /// <summary>What is judged.</summary>
    public Inventory Inventory { get; }

    /// <summary>Patterns of <c>require</c> that match no entry.</summary>
    public IReadOnlyList<ManifestPattern> Missing { get; }

    /// <summary>Nested archives that no pattern reaches into, in the order of the inventory.</summary>
    public IReadOnlyList<Entry> UndeclaredArchives => _undeclared;

    internal ArtifactPolicy Policy { get; }

    /// <summary>What the list says about an entry of the inventory, and the pattern that says so, if one does.</summary>
    /// <exception cref="KeyNotFoundException">The entry is not in the inventory.</exception>
    public (Listing Listing, ManifestPattern? Pattern) this[Entry entry]
    {
        get
        {
            var place = Inventory.PlaceOf(entry);
            return (_listings[place], _patterns[place]);
        }
    }

    /// <summary>Whether a pattern of <c>require</c> or of an own <c>allow</c> matched an entry, or declared a nested archive.</summary>
    public bool IsUsed(ManifestPattern pattern) => _used.Contains(pattern);

    /// <summary>Whether the entry is an archive of its own, entered or of a kind that cannot be opened.</summary>
    internal static bool IsArchive(Entry entry) => entry.Entered || entry.Kind is EntryKind.Zip or EntryKind.GZip or EntryKind.Brotli or EntryKind.Tar
        or EntryKind.BZip2 or EntryKind.Xz or EntryKind.Zstandard or EntryKind.SevenZip or EntryKind.Rar or EntryKind.Cabinet
        or EntryKind.Asar or EntryKind.Cpio or EntryKind.SystemPackage or EntryKind.DiskImage or EntryKind.CompressedStream;

    /// <summary>Parts that the format itself brings along; no user writes them.</summary>
    private static bool IsPlumbing(Entry entry, Inventory inventory)
    {
        if (entry.Path.Container is not null || entry.Type != EntryType.File) return false;
        var path = entry.Path.Inner;
        return inventory.Kind switch
        {
            ArtifactKind.NuGetPackage or ArtifactKind.SymbolsPackage =>
                path is "[Content_Types].xml" or "_rels/.rels" or ".signature.p7s"
                || IsCoreProperties(path)
                || (inventory.Package is { } package && path.Equals(package.Id + ".nuspec", StringComparison.OrdinalIgnoreCase)),
            ArtifactKind.NpmPackage => path == "package.json",
            _ => false,
        };
    }

    /// <summary>Whether a path is that of the core properties, whose name packers choose at random.</summary>
    internal static bool IsCoreProperties(string path)
    {
        const string Folder = "package/services/metadata/core-properties/";
        const string Extension = ".psmdcp";
        return path.StartsWith(Folder, StringComparison.Ordinal) && path.EndsWith(Extension, StringComparison.Ordinal)
            && path.Length > Folder.Length + Extension.Length && path.IndexOf('/', Folder.Length) < 0;
    }

    private sealed class Bound(ManifestPattern pattern, PackageNames names, bool counts)
    {
        /// <summary>Whether somebody asks in the end if it matched: require (RG1002) and own allow (RG0006).</summary>
        public bool Counts { get; } = counts;

        public ManifestPattern Pattern { get; } = pattern;

        public BoundGlob Glob { get; } = pattern.Glob.Bind(names);

        /// <summary>Whether it matched an entry.</summary>
        public bool Matches { get; set; }

        /// <summary>Whether it declared a nested archive.</summary>
        public bool Reaches { get; set; }
    }
}
