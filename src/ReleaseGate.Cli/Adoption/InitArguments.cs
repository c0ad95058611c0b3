using ReleaseGate.Policy;

namespace ReleaseGate.Cli.Adoption;

/// <summary>What <c>releasegate init</c> was asked.</summary>
internal sealed record InitArguments
{
    /// <summary>The longest that what is wrong may ship without a further word.</summary>
    public const int MostDays = 90;

    /// <summary>How long it may unless somebody says otherwise.</summary>
    public const int UsualDays = 30;

    /// <summary>Artifacts, globs and folders of packages; empty where there is a <see cref="Project"/>.</summary>
    public IReadOnlyList<string> Artifacts { get; init; } = [];

    /// <summary>A project to pack, or null.</summary>
    public string? Project { get; init; }

    /// <summary>Whether the project is published and not packed.</summary>
    public bool Publish { get; init; }

    /// <summary>Whether npm runs no scripts.</summary>
    public bool IgnoreScripts { get; init; }

    /// <summary>Where the manifest goes, <c>-</c> for standard output; null: beside the project, or here.</summary>
    public string? Output { get; init; }

    /// <summary>Whether a file that is there is overwritten.</summary>
    public bool Force { get; init; }

    /// <summary>The profile the artifacts are good by.</summary>
    public string Profile { get; init; } = ManifestReader.DefaultProfile;

    /// <summary>Whether folders are themselves the artifacts.</summary>
    public bool AsDirectory { get; init; }

    /// <summary>Whether what is wrong today is waived for some days.</summary>
    public bool WaiveToday { get; init; }

    /// <summary>Who answers for the waivers, or null.</summary>
    public string? Owner { get; init; }

    /// <summary>For how many days.</summary>
    public int Days { get; init; } = UsualDays;
}
