using System.Collections.Immutable;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Policy;

/// <summary>What became different since the baseline, the artifact that was released before.</summary>
/// <param name="Baseline">What it is compared with.</param>
/// <param name="Entries">The entries that came, went or changed, by path.</param>
/// <param name="NewKinds">Kinds of entries that the baseline did not have.</param>
/// <param name="NewFolders">Top folders that the baseline did not have.</param>
/// <param name="InstallScripts">Scripts run at installation that are new or say something else, with what they say now.</param>
/// <param name="Dependencies">The declared dependencies that came, went or changed.</param>
/// <param name="Exposures">What is exposed now and was not, in any order.</param>
public sealed record Drift(
    DriftBaseline Baseline,
    IReadOnlyList<EntryChange> Entries,
    IReadOnlyList<EntryKind> NewKinds,
    IReadOnlyList<string> NewFolders,
    ImmutableSortedDictionary<string, string> InstallScripts,
    IReadOnlyList<DependencyChange> Dependencies,
    IReadOnlyList<SnapshotExposure> Exposures)
{
    /// <summary>What is exposed now and was not, the worst first: secrets before sources before debug information, then by rule and path.</summary>
    public IReadOnlyList<SnapshotExposure> Exposures { get; } = WorstFirst(Exposures);

    /// <summary>What became of the declared licence, or null where it is the same, or the baseline does not say.</summary>
    public LicenseChange? License { get; init; }

    /// <summary>Whether nothing is different but, perhaps, bytes that no entry shows.</summary>
    public bool IsEmpty => License is null && Entries.Count + NewKinds.Count + NewFolders.Count + InstallScripts.Count + Dependencies.Count + Exposures.Count == 0;

    /// <summary>What became different between two artifacts. Folders, and the parts that a packer writes for itself, say nothing and are left out.</summary>
    /// <param name="baseline">What was released before.</param>
    /// <param name="now">What is to be released.</param>
    public static Drift Between(Snapshot baseline, Snapshot now) => DriftComparison.Between(baseline, now);

    /// <summary>The exposures for which there is room, in their order. Of each rule there is at least one: nothing hides behind what is many. The rest are the worst.</summary>
    /// <param name="most">How many there is room for; there are more only where more rules than that have something to say.</param>
    public IReadOnlyList<SnapshotExposure> ExposuresShown(int most)
    {
        if (Exposures.Count <= most) return Exposures;
        // By rule they are in one piece.
        var room = most;
        for (var i = 0; i < Exposures.Count; i++)
            if (IsFirst(i)) room--;
        var shown = new List<SnapshotExposure>();
        for (var i = 0; i < Exposures.Count; i++)
        {
            if (!IsFirst(i) && room-- <= 0) continue;
            shown.Add(Exposures[i]);
        }

        return shown;

        bool IsFirst(int i) => i == 0 || Exposures[i].Rule != Exposures[i - 1].Rule;
    }

    private static List<SnapshotExposure> WorstFirst(IReadOnlyList<SnapshotExposure> exposures)
    {
        var sorted = new List<SnapshotExposure>(exposures);
        sorted.Sort(static (a, b) =>
        {
            // RG4 are secrets, RG3 sources, RG2 debug information.
            var order = b.Rule.ToString()[2].CompareTo(a.Rule.ToString()[2]);
            if (order == 0) order = a.Rule.CompareTo(b.Rule);
            if (order == 0) order = string.CompareOrdinal(a.Path, b.Path);
            return order != 0 ? order : string.CompareOrdinal(a.Message, b.Message);
        });
        return sorted;
    }
}

/// <summary>The identity of a baseline.</summary>
/// <param name="Path">Where it came from: an artifact or a receipt.</param>
/// <param name="Name">The artifact's file or folder name.</param>
/// <param name="Version">The package's version, or null.</param>
/// <param name="Digest">SHA-256 of the artifact.</param>
/// <param name="Length">Bytes on disk.</param>
/// <param name="Entries">How many entries it had.</param>
public sealed record DriftBaseline(string Path, string Name, string? Version, Digest Digest, long Length, int Entries)
{
    /// <summary>The identity of a snapshot.</summary>
    public static DriftBaseline Of(Snapshot snapshot) => new(snapshot.Path, snapshot.Name, snapshot.Version, snapshot.Digest, snapshot.Length, snapshot.Entries.Count);
}

/// <summary>What happened to an entry or a dependency.</summary>
public enum ChangeKind
{
    /// <summary>It was not there before.</summary>
    Added,

    /// <summary>It is not there any more.</summary>
    Removed,

    /// <summary>It is there and different.</summary>
    Changed,
}

/// <summary>An entry that came, went or changed.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Change">What happened.</param>
/// <param name="Before">Bytes before, or null where it was not there.</param>
/// <param name="After">Bytes now, or null where it is gone.</param>
public sealed record EntryChange(string Path, ChangeKind Change, long? Before, long? After)
{
    /// <summary>What it was by its bytes, where that changed or it is gone; or null.</summary>
    public EntryKind? KindBefore { get; init; }

    /// <summary>What it is by its bytes, or null where it is gone.</summary>
    public EntryKind? Kind { get; init; }

    /// <summary>Its permission bits before, where they changed; or null.</summary>
    public int? ModeBefore { get; init; }

    /// <summary>Its permission bits now, where they changed, or where it is new and may be executed; or null.</summary>
    public int? Mode { get; init; }
}

/// <summary>A declared licence that came, went or changed.</summary>
/// <param name="Before">What was declared, or null: none.</param>
/// <param name="After">What is declared, or null: none.</param>
public sealed record LicenseChange(PackageLicense? Before, PackageLicense? After)
{
    /// <summary>What happened.</summary>
    public ChangeKind Change => Before is null ? ChangeKind.Added : After is null ? ChangeKind.Removed : ChangeKind.Changed;

    /// <summary>A licence in words: the expression, <c>the file LICENSE.txt</c>, the address; or <c>none</c>.</summary>
    public static string Words(PackageLicense? license) => license switch
    {
        null => "none",
        { Kind: LicenseKind.File } => $"the file {license.Text}",
        _ => license.Text,
    };
}

/// <summary>A declared dependency that came, went or changed.</summary>
/// <param name="Id">The package depended on.</param>
/// <param name="Group">The target framework or the key of package.json, as in <see cref="PackageDependency.Group"/>.</param>
/// <param name="Change">What happened.</param>
/// <param name="Before">The range before, or null.</param>
/// <param name="After">The range now, or null.</param>
public sealed record DependencyChange(string Id, string Group, ChangeKind Change, string? Before, string? After);
