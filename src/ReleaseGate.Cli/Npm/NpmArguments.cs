using ReleaseGate.Cli.Commands;

namespace ReleaseGate.Cli.Npm;

/// <summary>What was written behind <c>releasegate npm</c>, unchanged.</summary>
internal sealed record NpmArguments
{
    /// <summary>The folder of the package.json.</summary>
    public required string Folder { get; init; }

    /// <summary>Where what has passed is released to; null is the current folder.</summary>
    public string? Output { get; init; }

    /// <summary>Whether all workspaces are packed.</summary>
    public bool Workspaces { get; init; }

    /// <summary>The workspaces that are packed, as npm takes them: names, folders.</summary>
    public IReadOnlyList<string> Workspace { get; init; } = [];

    /// <summary>Whether npm runs no scripts of the package.</summary>
    public bool IgnoreScripts { get; init; }

    /// <summary>A file for the full paths of what was released, one a line; or null.</summary>
    public string? Released { get; init; }

    /// <summary>How the tarballs are checked; its paths are those of the stage.</summary>
    public required CheckArguments Check { get; init; }
}
