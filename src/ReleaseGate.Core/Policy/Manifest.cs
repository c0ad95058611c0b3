using System.Security.Cryptography;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>
/// The allowlist and the policy, as read from <c>releasegate.json</c> or a built-in profile, with everything it extends merged in:
/// sections of the extending file first, its rule severities win.
/// </summary>
public sealed class Manifest
{
    internal Manifest(string name, string? file, Digest digest, IReadOnlyList<ManifestSection> sections, IReadOnlyDictionary<RuleId, RuleSetting> rules)
    {
        Name = name;
        File = file;
        Digest = digest;
        Sections = sections;
        Rules = rules;
    }

    /// <summary>The file's path, or the profile's name where no file was found or named.</summary>
    public string Name { get; }

    /// <summary>The file's full path, or null for a built-in profile.</summary>
    public string? File { get; }

    /// <summary>SHA-256 of the bytes of the manifest and, in order, of everything it extends.</summary>
    public Digest Digest { get; }

    /// <summary>The sections, own ones first, then inherited ones.</summary>
    public IReadOnlyList<ManifestSection> Sections { get; }

    /// <summary>Severities the manifest sets.</summary>
    public IReadOnlyDictionary<RuleId, RuleSetting> Rules { get; }

    /// <summary>The hosts an artifact may point at.</summary>
    public HostList Hosts { get; internal init; } = new([]);

    /// <summary>Patterns of entries that the project itself built; empty where names decide.</summary>
    public IReadOnlyList<ManifestPattern> FirstParty { get; internal init; } = [];

    /// <summary>Where debug information ends and a leak begins.</summary>
    public DebugPolicy Debug { get; internal init; } = new();

    /// <summary>Names that may not ship.</summary>
    public IdentifierList Identifiers { get; internal init; } = new();

    /// <summary>Which packages are internal, and where these may go.</summary>
    public PrivatePackages Private { get; internal init; } = new([], [], []);

    /// <summary>The licences that packages may have.</summary>
    public LicensePolicy Licenses { get; internal init; } = new();

    /// <summary>The packages that packages may depend on.</summary>
    public DependencyPolicy Dependencies { get; internal init; } = new();

    /// <summary>The exceptions, own ones first.</summary>
    public IReadOnlyList<Waiver> Waivers { get; internal init; } = [];

    /// <summary>How long the waiver of a finding may run, counted from when it was first seen.</summary>
    public Deadlines Deadlines { get; internal init; } = new();

    /// <summary>The audit log that runs append to, a full path; null: none.</summary>
    public string? AuditLog { get; internal init; }

    /// <summary>What the push step asks of seals.</summary>
    public SealPolicy Seal { get; internal init; } = new();

    /// <summary>What a leak would cost, as the owners of the product see it; null where they said nothing.</summary>
    public ExposureModel? Exposure { get; internal init; }

    /// <summary>The texts it was read from, in order: its own, then everything it extends.</summary>
    internal IReadOnlyList<ManifestSource> Sources { get; init; } = [];

    /// <summary>
    /// SHA-256 of what decides over findings, in all texts it was read from and the lists of words these name: lists, rules, names, and not the waivers, nor where logs and seals are kept, nor what a leak costs. Comments and spaces don't count.
    /// </summary>
    internal Digest JudgingDigest()
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var source in Sources) ManifestReader.Append(digest, source.Text.Without(NotJudging));
        Span<byte> words = stackalloc byte[Digest.Size];
        foreach (var list in Identifiers.Files)
        {
            list.CopyTo(words);
            ManifestReader.Append(digest, words);
        }

        return new Digest(digest.GetHashAndReset());
    }

    private static readonly string[] NotJudging = ["$schema", "waivers", "deadlines", "seal", "log", "exposure"];

    /// <summary>What the manifest says about one artifact: all sections that match its name, together.</summary>
    /// <param name="artifactName">The file or folder name of the artifact.</param>
    /// <param name="isFolder">Whether it is a folder; a <c>match</c> that ends in '/' is about folders only.</param>
    /// <param name="firstParty">Names of the assemblies that the project itself built, where that is known.</param>
    public ArtifactPolicy For(string artifactName, bool isFolder = false, IReadOnlyList<string>? firstParty = null) => new(this, artifactName, isFolder, firstParty);
}

/// <summary>A severity set in a manifest, and where.</summary>
/// <param name="Severity">What the manifest says.</param>
/// <param name="Location">Where it says so.</param>
public sealed record RuleSetting(Severity Severity, ManifestLocation Location);

/// <summary>One element of <c>artifacts</c>.</summary>
/// <param name="Match">The glob on the artifact's name.</param>
/// <param name="Require">Patterns that must match an entry (RG1002).</param>
/// <param name="Allow">Patterns of entries that may ship.</param>
/// <param name="Forbid">Patterns of entries that may not ship, whatever else allows them (RG1003).</param>
/// <param name="Limits">Size limits and inspection budgets.</param>
/// <param name="Destination">Where the artifact is meant to go: <see cref="ArtifactPolicy.Private"/>, <see cref="ArtifactPolicy.Public"/> or null.</param>
/// <param name="Inherited">Whether the section comes from a profile or an extended file; its unused patterns are no mistake.</param>
/// <param name="Location">Where the section begins.</param>
public sealed record ManifestSection(
    ManifestPattern Match,
    IReadOnlyList<ManifestPattern> Require,
    IReadOnlyList<ManifestPattern> Allow,
    IReadOnlyList<ManifestPattern> Forbid,
    ManifestLimits Limits,
    string? Destination,
    bool Inherited,
    ManifestLocation Location);

/// <summary>A glob in a manifest, and where it stands.</summary>
/// <param name="Glob">The parsed glob.</param>
/// <param name="Location">Line and column of the pattern.</param>
public sealed record ManifestPattern(Glob Glob, ManifestLocation Location)
{
    /// <inheritdoc/>
    public override string ToString() => Glob.ToString();
}

/// <summary>The <c>limits</c> of a section; null where it says nothing.</summary>
public sealed record ManifestLimits
{
    /// <summary>Where <c>limits</c> stands, or null.</summary>
    public ManifestLocation? Location { get; init; }

    /// <summary>Nothing limited.</summary>
    public static ManifestLimits None { get; } = new();

    /// <summary>The most bytes the artifact may have on disk.</summary>
    public long? Size { get; init; }

    /// <summary>How much larger than its baseline the artifact may be, as a fraction: 0.25 for "25%".</summary>
    public double? Growth { get; init; }

    /// <summary>The most entries the artifact may have, nested ones not counted.</summary>
    public int? Entries { get; init; }

    /// <summary>The most bytes a single entry may have, decompressed.</summary>
    public long? Entry { get; init; }

    /// <summary>Replaces <see cref="Budget.Output"/>.</summary>
    public long? Output { get; init; }

    /// <summary>Replaces <see cref="Budget.Nested"/>.</summary>
    public long? Nested { get; init; }

    /// <summary>Replaces <see cref="Budget.Ratio"/>.</summary>
    public int? Ratio { get; init; }
}
