using System.Collections.Immutable;
using ReleaseGate.Rules;

namespace ReleaseGate.Artifacts;

/// <summary>What an artifact held when it was inspected, without its bytes: what a receipt keeps and a baseline compares.</summary>
public sealed record Snapshot
{
    /// <summary>Where it came from, as somebody wrote it: the path of an artifact or of a receipt.</summary>
    public required string Path { get; init; }

    /// <summary>The artifact's file or folder name.</summary>
    public required string Name { get; init; }

    /// <summary>What it was, by its bytes.</summary>
    public required ArtifactKind Kind { get; init; }

    /// <summary>The package's id, or null where it was no package.</summary>
    public string? Id { get; init; }

    /// <summary>The package's version as written, or null.</summary>
    public string? Version { get; init; }

    /// <summary>Bytes on disk; of a folder the sum of its files.</summary>
    public required long Length { get; init; }

    /// <summary>SHA-256, see <see cref="Inventory.Digest"/>.</summary>
    public required Digest Digest { get; init; }

    /// <summary>All entries, those of nested archives included, in the order of <see cref="Inventory.Entries"/>.</summary>
    public required IReadOnlyList<SnapshotEntry> Entries { get; init; }

    /// <summary>The declared run-time dependencies.</summary>
    public IReadOnlyList<PackageDependency> Dependencies { get; init; } = [];

    /// <summary>The scripts of an npm package that run when it is installed, by name.</summary>
    public ImmutableSortedDictionary<string, string> InstallScripts { get; init; } = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>What it was known to expose: findings of the rules about debug artifacts, source and secrets, whatever policy made of them.</summary>
    public IReadOnlyList<SnapshotExposure> Exposures { get; init; } = [];
}

/// <summary>One entry of a <see cref="Snapshot"/>.</summary>
/// <param name="Path">Its path as patterns are written, unchanged.</param>
/// <param name="Type">File, folder, link or device.</param>
/// <param name="Kind">What it was, by its bytes.</param>
/// <param name="Length">Decompressed bytes.</param>
/// <param name="Digest">SHA-256; null where it was no file.</param>
/// <param name="UnixMode">Permission bits, or null where the archive had none.</param>
/// <param name="LinkTarget">Where a link led, or null.</param>
public sealed record SnapshotEntry(string Path, EntryType Type, EntryKind Kind, long Length, Digest? Digest, int? UnixMode, string? LinkTarget = null);

/// <summary>Something an artifact exposed.</summary>
/// <param name="Rule">The rule that noticed it.</param>
/// <param name="Path">The entry, or null for the artifact as a whole.</param>
/// <param name="Message">What was found.</param>
public sealed record SnapshotExposure(RuleId Rule, string? Path, string Message);
