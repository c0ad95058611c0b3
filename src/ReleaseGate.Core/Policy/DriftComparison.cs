using System.Collections.Immutable;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>
/// Compares two snapshots in time linear in their entries. What differs in every packing says nothing and is left out: folders, and what packers of NuGet write for themselves
/// (<c>[Content_Types].xml</c>, <c>_rels/.rels</c>, the core properties under their random name, the signature that a feed adds). An entry whose path differs only in the artifact's own version is
/// the same entry.
/// </summary>
internal static class DriftComparison
{
    // What tells of a program: setuid, setgid, sticky, execute.
    private const int Telling = 0xE49;

    /// <summary>What became different.</summary>
    public static Drift Between(Snapshot baseline, Snapshot now)
    {
        var versions = Versions.Of(baseline, now);
        var (before, after) = (Compared(baseline), Compared(now));
        return new Drift(DriftBaseline.Of(baseline), Entries(before, after, versions), NewKinds(before, after), NewFolders(before, after, versions), Scripts(baseline, now),
            Dependencies(baseline, now), Exposures(baseline, now, versions))
        {
            License = baseline.KnowsLicense && now.KnowsLicense && baseline.License != now.License ? new LicenseChange(baseline.License, now.License) : null,
        };
    }

    /// <summary>The entries that are compared, by path.</summary>
    public static List<SnapshotEntry> Compared(Snapshot snapshot)
    {
        var isNuGet = snapshot.Kind is ArtifactKind.NuGetPackage or ArtifactKind.SymbolsPackage;
        var entries = new List<SnapshotEntry>(snapshot.Entries.Count);
        var sorted = true;
        foreach (var entry in snapshot.Entries)
        {
            if (entry.Type == EntryType.Directory || (isNuGet && IsPlumbing(entry))) continue;
            sorted = sorted && (entries.Count == 0 || string.CompareOrdinal(entries[^1].Path, entry.Path) <= 0);
            entries.Add(entry);
        }

        // Stable: of two entries of one path the first is compared with the first.
        return sorted ? entries : [.. entries.OrderBy(e => e.Path, StringComparer.Ordinal)];
    }

    /// <summary>The folder at the top that an entry stands in, or null where it stands in none.</summary>
    public static string? TopFolder(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        // What stands in an archive at the top stands in no folder.
        return slash <= 0 || path[slash - 1] == '!' ? null : path[..slash];
    }

    // Something else under such a name is an entry like others.
    private static bool IsPlumbing(SnapshotEntry entry) =>
        entry is { Type: EntryType.File, Kind: EntryKind.Xml or EntryKind.Text or EntryKind.Utf16Text or EntryKind.Der or EntryKind.Binary or EntryKind.Empty }
        && (entry.Path is "[Content_Types].xml" or "_rels/.rels" or ".signature.p7s" || AllowList.IsCoreProperties(entry.Path));

    private static List<EntryChange> Entries(List<SnapshotEntry> before, List<SnapshotEntry> after, Versions versions)
    {
        var changes = new List<EntryChange>();
        var gone = new List<SnapshotEntry>();
        var come = new List<SnapshotEntry>();
        for (int i = 0, k = 0; i < before.Count || k < after.Count;)
        {
            var order = i == before.Count ? 1 : k == after.Count ? -1 : string.CompareOrdinal(before[i].Path, after[k].Path);
            if (order < 0) gone.Add(before[i++]);
            else if (order > 0) come.Add(after[k++]);
            else Compare(before[i++], after[k++]);
        }

        if (versions.Differ && gone.Count > 0 && come.Count > 0) (gone, come) = Renamed(gone, come);
        foreach (var entry in gone) changes.Add(new EntryChange(entry.Path, ChangeKind.Removed, entry.Length, null) { KindBefore = entry.Kind });
        foreach (var entry in come)
            changes.Add(new EntryChange(entry.Path, ChangeKind.Added, null, entry.Length) { Kind = entry.Kind, Mode = (entry.UnixMode & Telling) is > 0 ? entry.UnixMode : null });
        // By path; what changed its place in an archive only is not there.
        changes.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path) is var order and not 0 ? order : a.Change.CompareTo(b.Change));
        return changes;

        (List<SnapshotEntry> Gone, List<SnapshotEntry> Come) Renamed(List<SnapshotEntry> gone, List<SnapshotEntry> come)
        {
            var byKey = new Dictionary<string, SnapshotEntry>(StringComparer.Ordinal);
            foreach (var entry in gone)
                if (versions.OfBaseline(entry.Path) is { } key) byKey.TryAdd(key, entry);
            var left = new HashSet<SnapshotEntry>(gone, ReferenceEqualityComparer.Instance);
            var added = new List<SnapshotEntry>();
            foreach (var entry in come)
            {
                if (versions.OfNow(entry.Path) is { } key && byKey.Remove(key, out var old))
                {
                    left.Remove(old);
                    Compare(old, entry);
                }
                else
                {
                    added.Add(entry);
                }
            }

            return (gone.FindAll(left.Contains), added);
        }

        void Compare(SnapshotEntry old, SnapshotEntry entry)
        {
            var mode = IsOtherMode(old.UnixMode, entry.UnixMode);
            if (!mode && old.Type == entry.Type && old.Kind == entry.Kind && old.Length == entry.Length && old.Digest == entry.Digest && old.LinkTarget == entry.LinkTarget) return;
            changes.Add(new EntryChange(entry.Path, ChangeKind.Changed, old.Length, entry.Length)
            {
                KindBefore = old.Kind == entry.Kind ? null : old.Kind,
                Kind = entry.Kind,
                ModeBefore = mode ? old.UnixMode : null,
                Mode = mode ? entry.UnixMode : null,
            });
        }
    }

    // An archive that keeps no permissions beside one that does: only what makes a program differs.
    private static bool IsOtherMode(int? before, int? after) =>
        before is { } old && after is { } now ? old != now : ((before ?? 0) & Telling) != ((after ?? 0) & Telling);

    private static List<EntryKind> NewKinds(List<SnapshotEntry> before, List<SnapshotEntry> after)
    {
        var known = KindsOf(before);
        var kinds = new List<EntryKind>();
        foreach (var kind in KindsOf(after))
            if (!known.Contains(kind)) kinds.Add(kind);
        return kinds;
    }

    private static SortedSet<EntryKind> KindsOf(List<SnapshotEntry> entries)
    {
        var kinds = new SortedSet<EntryKind>();
        foreach (var entry in entries)
            if (entry is { Type: EntryType.File, Kind: not EntryKind.Empty }) kinds.Add(entry.Kind);
        return kinds;
    }

    private static List<string> NewFolders(List<SnapshotEntry> before, List<SnapshotEntry> after, Versions versions)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in before)
            if (TopFolder(entry.Path) is { } folder) known.Add(versions.OfBaseline(folder) ?? folder);
        var folders = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var entry in after)
            if (TopFolder(entry.Path) is { } folder && !known.Contains(versions.OfNow(folder) ?? folder)) folders.Add(folder);
        return [.. folders];
    }

    private static ImmutableSortedDictionary<string, string> Scripts(Snapshot baseline, Snapshot now)
    {
        var scripts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, script) in now.InstallScripts)
            if (baseline.InstallScripts.GetValueOrDefault(name) != script) scripts.Add(name, script);
        return scripts.ToImmutable();
    }

    private static List<DependencyChange> Dependencies(Snapshot baseline, Snapshot now)
    {
        // NuGet takes ids in any case; in npm another case is another package.
        var ids = now.Kind == ArtifactKind.NpmPackage ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
        var before = ByGroup(baseline, ids);
        var after = ByGroup(now, ids);
        var changes = new List<DependencyChange>();
        foreach (var (group, dependencies) in after)
            foreach (var dependency in dependencies.Values)
            {
                if (!before.TryGetValue(group, out var others) || !others.TryGetValue(dependency.Id, out var old))
                    changes.Add(new DependencyChange(dependency.Id, group, ChangeKind.Added, null, dependency.Range));
                else if (old.Range != dependency.Range)
                    changes.Add(new DependencyChange(dependency.Id, group, ChangeKind.Changed, old.Range, dependency.Range));
            }

        foreach (var (group, dependencies) in before)
            foreach (var dependency in dependencies.Values)
                if (!after.TryGetValue(group, out var others) || !others.ContainsKey(dependency.Id)) changes.Add(new DependencyChange(dependency.Id, group, ChangeKind.Removed, dependency.Range, null));
        changes.Sort(static (a, b) => string.CompareOrdinal(a.Group, b.Group) is var order and not 0 ? order : string.CompareOrdinal(a.Id, b.Id));
        return changes;
    }

    private static SortedDictionary<string, Dictionary<string, PackageDependency>> ByGroup(Snapshot snapshot, StringComparer ids)
    {
        var groups = new SortedDictionary<string, Dictionary<string, PackageDependency>>(StringComparer.Ordinal);
        foreach (var dependency in snapshot.Dependencies)
        {
            if (!groups.TryGetValue(dependency.Group, out var group)) groups.Add(dependency.Group, group = new Dictionary<string, PackageDependency>(ids));
            group.TryAdd(dependency.Id, dependency);
        }

        return groups;
    }

    /// <summary>
    /// A secret is new where it is another one. Everything else is told with numbers that change in every build (lines of a source map, the folder of a build agent): it is new where the rule said
    /// nothing about the entry, or less often.
    /// </summary>
    private static List<SnapshotExposure> Exposures(Snapshot baseline, Snapshot now, Versions versions)
    {
        var known = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var exposure in baseline.Exposures)
        {
            var key = Key(exposure, versions.OfBaseline(exposure.Path));
            if (!known.TryGetValue(key, out var messages)) known.Add(key, messages = []);
            messages.Add(exposure.Message);
        }

        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var exposure in now.Exposures)
        {
            var key = Key(exposure, versions.OfNow(exposure.Path));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        var found = new List<SnapshotExposure>();
        foreach (var exposure in now.Exposures)
        {
            var key = Key(exposure, versions.OfNow(exposure.Path));
            if (!known.TryGetValue(key, out var messages)) found.Add(exposure);
            else if ((IsSecret(exposure) || counts[key] > messages.Count) && !messages.Contains(exposure.Message)) found.Add(exposure);
        }

        return found;
    }

    private static bool IsSecret(SnapshotExposure exposure) => exposure.Rule.ToString().StartsWith("RG4", StringComparison.Ordinal);

    private static string Key(SnapshotExposure exposure, string? folded) => $"{exposure.Rule} {folded ?? exposure.Path}";

    /// <summary>The versions of both artifacts, to be taken out of paths.</summary>
    private sealed class Versions(string[] baseline, string[] now)
    {
        private const string Placeholder = "{version}";

        public bool Differ { get; } = baseline.Length > 0 && now.Length > 0 && baseline[0] != now[0];

        public static Versions Of(Snapshot baseline, Snapshot now) => new(Names(baseline), Names(now));

        /// <summary>A path with the version taken out; null where it holds none.</summary>
        public string? OfBaseline(string? path) => Differ ? Fold(path, baseline) : null;

        public string? OfNow(string? path) => Differ ? Fold(path, now) : null;

        private static string[] Names(Snapshot snapshot)
        {
            var version = snapshot.Version ?? VersionedName.Parse(snapshot.Name).Version;
            // A single number stands in too many paths for other reasons.
            if (version is null || !version.Contains('.', StringComparison.Ordinal)) return [];
            var normal = PackageNames.Normalise(version);
            // The longer first: 1.0.0.0 holds 1.0.0.
            return normal == version ? [version] : version.Length > normal.Length ? [version, normal] : [normal, version];
        }

        private static string? Fold(string? path, string[] versions)
        {
            if (path is null) return null;
            foreach (var version in versions)
                for (var at = path.IndexOf(version, StringComparison.Ordinal); at >= 0; at = path.IndexOf(version, at + 1, StringComparison.Ordinal))
                    if (IsWhole(path, at, at + version.Length)) return Replaced(path, at, version);
            return null;
        }

        private static string Replaced(string path, int at, string version)
        {
            var text = new System.Text.StringBuilder(path.Length);
            var done = 0;
            for (; at >= 0; at = path.IndexOf(version, at, StringComparison.Ordinal))
            {
                var end = at + version.Length;
                if (IsWhole(path, at, end))
                {
                    text.Append(path, done, at - done).Append(Placeholder);
                    done = end;
                }

                at = end;
            }

            return text.Append(path, done, path.Length - done).ToString();
        }

        // 1.0.0 does not stand in 11.0.0, 2.1.0.0 or 1.0.01.
        private static bool IsWhole(string path, int at, int end) =>
            (at == 0 || (!char.IsAsciiDigit(path[at - 1]) && !(path[at - 1] == '.' && at > 1 && char.IsAsciiDigit(path[at - 2]))))
            && (end == path.Length || (!char.IsAsciiDigit(path[end]) && !(path[end] == '.' && end + 1 < path.Length && char.IsAsciiDigit(path[end + 1]))));
    }
}
