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

    /// <summary>A file for the JSON report, or null.</summary>
    public string? Report { get; init; }

    /// <summary>The project file that findings without a manifest line point at, or null.</summary>
    public string? Project { get; init; }
}
