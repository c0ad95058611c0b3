using ReleaseGate.Artifacts;

namespace ReleaseGate;

/// <summary>
/// What is to be checked and how. CLI options and task properties mirror it one to one (a test reflects over all three).
/// </summary>
public sealed record GateRequest
{
    /// <summary>The artifacts: files, globs, folders of packages, or folders (see <see cref="AsDirectory"/>).</summary>
    public required IReadOnlyList<string> Artifacts { get; init; }

    /// <summary>The manifest to judge by, or null: it is searched for from <see cref="SearchFrom"/> upward to the repository root.</summary>
    public string? Manifest { get; init; }

    /// <summary>A built-in profile to judge by, whatever manifest lies around, or null.</summary>
    public string? Profile { get; init; }

    /// <summary>Assemblies with outside rules.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Names of the assemblies that the project itself built, so that rules tell its own from what it only passes on. Empty: the manifest and file names decide.</summary>
    public IReadOnlyList<string> FirstParty { get; init; } = [];

    /// <summary>Whether a folder is itself the artifact. Otherwise the packages in it are the artifacts.</summary>
    public bool AsDirectory { get; init; }

    /// <summary>
    /// A file that says what a build puts into the folder, and when the build began (see <c>docs/msbuild.md</c>), or null. An entry that is no part of it and older was left by
    /// an earlier build.
    /// </summary>
    public string? Plan { get; init; }

    /// <summary>Whether the folder is judged before it is there: by the names and the first bytes of the files in <see cref="Plan"/>.</summary>
    public bool AsPlanned { get; init; }

    /// <summary>Whether the build still writes into the folder and has it looked at once more: what may not be there is judged now, what is missing (RG1002, RG0006) only then.</summary>
    public bool Unfinished { get; init; }

    /// <summary>A file of the build's own that keeps what a folder that passed was like, or null; see <see cref="Gate.StillStands"/>.</summary>
    public string? State { get; init; }

    /// <summary>Where the search for a manifest begins: the project's folder, or the current one for the CLI. A full path.</summary>
    public required string SearchFrom { get; init; }

    /// <summary>The part of the artifacts to check, or null: all of them. The command line's only: a build checks what it made.</summary>
    public Shard? Shard { get; init; }

    /// <summary>
    /// A revision of the git repository, e.g. <c>origin/main</c>, or null. The manifest is judged as it is there, so that a change cannot exempt itself;
    /// what the working copy's would add is reported as <see cref="GateReport.NeedApproval"/>.
    /// </summary>
    public string? PolicyFrom { get; init; }

    /// <summary>What was released before, to compare with: artifacts, folders, receipts. Each is found by the package's id.</summary>
    public IReadOnlyList<string> Baselines { get; init; } = [];

    /// <summary>Whether what blocks only warns: for the first days with the gate. The report says so, and there are no receipts.</summary>
    public bool WarnOnly { get; init; }

    /// <summary>The day to judge waivers by instead of today, UTC, or null: shows what will break then. Never earlier than today.</summary>
    public DateOnly? AsOf { get; init; }

    /// <summary>A folder for the receipt of each artifact that passes, or null.</summary>
    public string? Receipts { get; init; }

    /// <summary>A folder for the CycloneDX inventory of each artifact, or null.</summary>
    public string? Sboms { get; init; }

    /// <summary>A folder for the seal of each artifact that passes, or null; with <see cref="SealKey"/>.</summary>
    public string? Seals { get; init; }

    /// <summary>The private key to seal with: a PEM file, or <c>env://NAME</c> for an environment variable that holds the PEM; or null.</summary>
    public string? SealKey { get; init; }

    /// <summary>The feed that sealed artifacts may go to, an address; null: the public registry of their kind.</summary>
    public string? SealTo { get; init; }

    /// <summary>The audit log to append to, a file; null: what the manifest says (<see cref="Policy.Manifest.AuditLog"/>).</summary>
    public string? AuditLog { get; init; }

    /// <summary>A file for the JSON report, or null.</summary>
    public string? Report { get; init; }

    /// <summary>A file for SARIF 2.1.0, or null.</summary>
    public string? Sarif { get; init; }

    /// <summary>Whether SARIF leaves waived findings out, for services that do not know suppressions.</summary>
    public bool SarifOmitsWaived { get; init; }

    /// <summary>A file for JUnit XML, or null.</summary>
    public string? JUnit { get; init; }

    /// <summary>A file for Markdown, or null.</summary>
    public string? Markdown { get; init; }

    /// <summary>A file for the HTML report, or null.</summary>
    public string? Html { get; init; }

    /// <summary>The project file that findings without a manifest line point at, or null.</summary>
    public string? Project { get; init; }
}
