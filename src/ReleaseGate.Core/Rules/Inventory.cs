using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules;

/// <summary>Every entry of an artifact, and what was met while reading it.</summary>
public sealed class Inventory
{
    internal Inventory(string name, ArtifactKind kind, long length, Digest digest, IReadOnlyList<Entry> entries, IReadOnlyList<Anomaly> anomalies, PackageMetadata? package)
    {
        Name = name;
        Kind = kind;
        Length = length;
        Digest = digest;
        // Not the lists themselves: a rule could take something out of them before others have seen it.
        Entries = entries is IList<Entry> list ? new System.Collections.ObjectModel.ReadOnlyCollection<Entry>(list) : entries;
        for (var i = 0; i < entries.Count; i++) entries[i].Place = i;
        Anomalies = anomalies is IList<Anomaly> met ? new System.Collections.ObjectModel.ReadOnlyCollection<Anomaly>(met) : anomalies;
        Package = package;
    }

    /// <summary>The artifact's file or folder name.</summary>
    public string Name { get; }

    /// <summary>What the artifact is, by its bytes.</summary>
    public ArtifactKind Kind { get; }

    /// <summary>The artifact's size in bytes as it lies on disk; for a folder the sum of its files.</summary>
    public long Length { get; }

    /// <summary>SHA-256 of the artifact; for a folder of its sorted "digest, two spaces, path, line feed" lines.</summary>
    public Digest Digest { get; }

    /// <summary>All entries, those of nested archives included, ordered by path and then by position.</summary>
    public IReadOnlyList<Entry> Entries { get; }

    /// <summary>The irregularities met, ordered by path.</summary>
    public IReadOnlyList<Anomaly> Anomalies { get; }

    /// <summary>For a symbols package: the NuGet packages of the same run, in the order asked; among them may be the one whose symbols it holds. Empty for everything else.</summary>
    public IReadOnlyList<Inventory> Companions { get; internal init; } = [];

    /// <summary>What was released before under the same name, or null where nothing is to be compared.</summary>
    public Snapshot? Baseline { get; internal init; }

    /// <summary>Whether others of the run have a <see cref="Baseline"/>, or were meant to have one, and this has none.</summary>
    internal bool LacksBaseline { get; init; }

    /// <summary>What the build says that it puts there, or null where nobody asked it.</summary>
    internal Plan? Plan { get; init; }

    /// <summary>Whether the entries are those of <see cref="Plan"/>: names and first bytes, nothing was read whole.</summary>
    internal bool IsPlanned { get; init; }

    /// <summary>What the package says about itself, or null where the artifact is no package.</summary>
    public PackageMetadata? Package { get; }

    /// <summary>Where an entry stands in <see cref="Entries"/>.</summary>
    /// <exception cref="KeyNotFoundException">Nowhere.</exception>
    internal int PlaceOf(Entry entry) =>
        entry.Place < Entries.Count && ReferenceEquals(Entries[entry.Place], entry) ? entry.Place : throw new KeyNotFoundException($"'{entry}' is not in the inventory.");
}
