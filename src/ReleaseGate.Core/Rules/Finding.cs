using System.Collections.Immutable;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules;

/// <summary>A fact that a rule noticed. Whether it blocks is decided later, by policy.</summary>
/// <param name="Rule">The rule, with its texts.</param>
/// <param name="Entry">The entry it is about, or null for the artifact as a whole.</param>
/// <param name="Message">What was found, without the path; names from the artifact in it are already printable.</param>
public sealed record Finding(Descriptor Rule, Entry? Entry, string Message)
{
    /// <summary>The path shown: that of <see cref="Entry"/>, or one that could not become an entry.</summary>
    public EntryPath? Path { get => field ?? Entry?.Path; init; }

    /// <summary>Byte offset in the entry, or null.</summary>
    public long? Offset { get; init; }

    /// <summary>The next step, where it is more precise than the rule's own.</summary>
    public string? Fix { get; init; }

    /// <summary>What the finding means where the manifest does not set the rule's severity; null: the rule's default. Never more than that.</summary>
    public Severity? Severity { get; init; }

    /// <summary>The same for an entry that is not first-party, i.e. not what the project itself built.</summary>
    public Severity? VendoredSeverity { get; init; }

    /// <summary>The place in a manifest this is about, or null.</summary>
    public ManifestLocation? Location { get; init; }

    /// <summary>Numbers and names for reports, e.g. how many lines a source map exposes. Sorted by key.</summary>
    public ImmutableSortedDictionary<string, string> Facts { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>A place in a manifest.</summary>
/// <param name="File">The manifest's path, or the name of a profile.</param>
/// <param name="Line">1-based.</param>
/// <param name="Column">1-based.</param>
public sealed record ManifestLocation(string File, int Line, int Column);
