using System.Collections.Immutable;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

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

    /// <summary>The licence the package declares, or null where it declares none, or where that is not known.</summary>
    public PackageLicense? License { get; init; }

    /// <summary>Whether <see cref="License"/> says something: receipts of older versions do not.</summary>
    public bool KnowsLicense { get; init; } = true;

    /// <summary>All entries, those of nested archives included, in the order of <see cref="Inventory.Entries"/>.</summary>
    public required IReadOnlyList<SnapshotEntry> Entries { get; init; }

    /// <summary>The declared run-time dependencies. An address is fit to be shown: without credentials, query and fragment, and with the fingerprint of what was written, so that it differs where that does.</summary>
    public IReadOnlyList<PackageDependency> Dependencies { get; init; } = [];

    /// <summary>
    /// What runs when it is installed (RG5003): the scripts of an npm package by name, those of NuGet by path. The values are fit to be shown, and differ where the scripts do.
    /// </summary>
    public ImmutableSortedDictionary<string, string> InstallScripts { get; init; } = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>What it was known to expose: findings of the rules about debug artifacts, source and secrets, whatever policy made of them.</summary>
    public IReadOnlyList<SnapshotExposure> Exposures { get; init; } = [];

    /// <summary>Takes it of an artifact that was inspected.</summary>
    /// <param name="inventory">What was found in it.</param>
    /// <param name="path">Where it came from, as somebody wrote it.</param>
    /// <param name="findings">What rules noticed, in any order; those of RG2, RG3 and RG4 are its exposures. Each is there once.</param>
    public static Snapshot Of(Inventory inventory, string path, IEnumerable<Finding> findings)
    {
        var entries = new SnapshotEntry[inventory.Entries.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            var entry = inventory.Entries[i];
            entries[i] = new SnapshotEntry(entry.Path.Value, entry.Type, entry.Kind, entry.Length,
                entry is { Type: EntryType.File, Complete: true } ? entry.Digest : null, entry.UnixMode, entry.LinkTarget);
        }

        return new Snapshot
        {
            Path = path,
            Name = inventory.Name,
            Kind = inventory.Kind,
            Id = inventory.Package?.Id,
            Version = inventory.Package?.Version,
            License = inventory.Package?.License is { Kind: LicenseKind.Url } address ? address with { Text = Redacted.Address(address.Text) } : inventory.Package?.License,
            Length = inventory.Length,
            Digest = inventory.Digest,
            Entries = entries,
            Dependencies = [.. (inventory.Package?.Dependencies ?? []).Select(Redacted.Kept)],
            InstallScripts = InstallScript.Of(inventory),
            Exposures = ExposuresOf(findings),
        };
    }

    private static List<SnapshotExposure> ExposuresOf(IEnumerable<Finding> findings)
    {
        var exposures = new List<SnapshotExposure>();
        foreach (var finding in findings)
            if (finding.Rule.Id.IsBuiltIn && finding.Rule.Id.ToString()[2] is '2' or '3' or '4') exposures.Add(new SnapshotExposure(finding.Rule.Id, finding.Path?.Value, finding.Message));
        exposures.Sort(static (a, b) =>
        {
            var order = a.Rule.CompareTo(b.Rule);
            if (order == 0) order = string.CompareOrdinal(a.Path, b.Path);
            return order != 0 ? order : string.CompareOrdinal(a.Message, b.Message);
        });
        // The same at two offsets of an entry is one exposure.
        var kept = 0;
        for (var i = 0; i < exposures.Count; i++)
            if (kept == 0 || exposures[kept - 1] != exposures[i]) exposures[kept++] = exposures[i];
        exposures.RemoveRange(kept, exposures.Count - kept);
        return exposures;
    }
}

/// <summary>One entry of a <see cref="Snapshot"/>.</summary>
/// <param name="Path">Its path as patterns are written, unchanged.</param>
/// <param name="Type">File, folder, link or device.</param>
/// <param name="Kind">What it was, by its bytes.</param>
/// <param name="Length">Decompressed bytes.</param>
/// <param name="Digest">SHA-256; null where it was no file, or one that could not be read whole.</param>
/// <param name="UnixMode">Permission bits, or null where the archive had none.</param>
/// <param name="LinkTarget">Where a link led, or null.</param>
public sealed record SnapshotEntry(string Path, EntryType Type, EntryKind Kind, long Length, Digest? Digest, int? UnixMode, string? LinkTarget = null);

/// <summary>Something an artifact exposed.</summary>
/// <param name="Rule">The rule that noticed it.</param>
/// <param name="Path">The entry, or null for the artifact as a whole.</param>
/// <param name="Message">What was found.</param>
public sealed record SnapshotExposure(RuleId Rule, string? Path, string Message);
