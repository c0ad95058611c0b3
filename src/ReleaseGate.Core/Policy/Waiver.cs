using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>An owned, reasoned, expiring exception: one rule on one path, as the manifest has it (docs/exceptions.md).</summary>
/// <param name="Id">Its name in reports and reviews, e.g. <c>W-7</c>; no two waivers share one.</param>
/// <param name="Rule">The rule it silences.</param>
/// <param name="Path">The entry's path, with at most one <c>*</c> inside one segment; <c>.</c> for the artifact as a whole.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Expires">The last day on which it holds, UTC.</param>
/// <param name="Location">Where it stands.</param>
public sealed record Waiver(string Id, RuleId Rule, string Path, string Owner, string Reason, DateOnly Expires, ManifestLocation Location)
{
    /// <summary>The <see cref="Path"/> that stands for the artifact as a whole.</summary>
    public const string WholeArtifact = ".";

    /// <summary>The artifacts it is about, as a glob over their file names; null: any.</summary>
    public ManifestPattern? Artifact { get; init; }

    /// <summary>The only bytes of the entry that it holds for, or null.</summary>
    public Digest? Sha256 { get; init; }

    /// <summary>Who agreed, somebody else than the owner; or null.</summary>
    public string? Approver { get; init; }

    /// <summary>Where it is discussed, or null.</summary>
    public string? Ticket { get; init; }

    /// <summary>The day on which the finding was first seen, UTC; deadlines count from it. Null: not said.</summary>
    public DateOnly? Since { get; init; }

    /// <summary>Where its rule is named, or null where nobody knows.</summary>
    internal ManifestLocation? RuleLocation { get; init; }

    /// <summary>Whether both were read from the same place and say the same.</summary>
    internal bool IsSameAs(Waiver other) => string.Equals(Artifact?.ToString(), other.Artifact?.ToString(), StringComparison.Ordinal) && this with { Artifact = null, RuleLocation = null } == other with { Artifact = null, RuleLocation = null };

    /// <summary>Whether a finding is one that it silences as long as it holds: its rule, its path and, where it names bytes, those of the entry.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="isPlanned">Whether nothing was read yet, so that bytes can't be compared; they are once the artifact is there.</param>
    public bool Covers(Finding finding, bool isPlanned = false) =>
        finding.Rule.Id == Rule && IsAbout(finding.Path?.Value)
        && (Sha256 is { } bytes ? isPlanned || (finding.Entry is { Complete: true } entry && entry.Digest == bytes) : !finding.Rule.WaivedByDigestOnly);

    /// <summary>Whether it is about an artifact.</summary>
    /// <param name="inventory">What the artifact holds.</param>
    public bool IsAbout(Inventory inventory) => Artifact is null || Artifact.Glob.IsMatch(inventory.Name, inventory.Kind == ArtifactKind.Directory);

    /// <summary>Whether it is about a path: ordinally, with one '*' for any characters of a segment, also none.</summary>
    /// <param name="path">The path of an entry exactly as the archives spell it, or null for the artifact as a whole.</param>
    public bool IsAbout(string? path)
    {
        if (path is null) return Path == WholeArtifact;
        var star = Path.IndexOf('*', StringComparison.Ordinal);
        if (star < 0) return string.Equals(Path, path, StringComparison.Ordinal) && path != WholeArtifact;
        var before = Path.AsSpan(0, star);
        var after = Path.AsSpan(star + 1);
        if (path.Length < before.Length + after.Length || !path.AsSpan().StartsWith(before, StringComparison.Ordinal) || !path.AsSpan().EndsWith(after, StringComparison.Ordinal)) return false;
        var any = path.AsSpan(before.Length, path.Length - before.Length - after.Length);
        // Nor does it take the '!' of "!/", which would lead into a nested archive.
        return !any.Contains('/') && !(any.EndsWith("!") && after.StartsWith("/"));
    }
}

/// <summary>What became of a waiver in one run.</summary>
/// <param name="Waiver">The waiver.</param>
/// <param name="Uses">How many findings it silenced.</param>
/// <param name="DaysLeft">Days it still holds after this one; 0 on its last day, negative once it has expired.</param>
public sealed record WaiverState(Waiver Waiver, int Uses, int DaysLeft)
{
    /// <summary>What it adds to the loss to be expected while it runs, in the currency of the exposure model; null where there is no model or it says nothing of it.</summary>
    public double? Price { get; init; }

    /// <summary>Whether it holds no more.</summary>
    public bool IsExpired => DaysLeft < 0;
}
