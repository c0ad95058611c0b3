namespace ReleaseGate.Package.Tests.Doors;

/// <summary>One way by which a build releases something: a row of docs/doors.md, and what <see cref="DoorTests"/> does with it.</summary>
internal sealed record Door(string Name)
{
    /// <summary>Writes a project that is clean.</summary>
    public required Action<Sandbox> Arrange { get; init; }

    /// <summary>Releases it. Called again and again in the same sandbox; adds the arguments (a binary log) where they are for an MSBuild of its own.</summary>
    public required Func<Sandbox, string[], Run> Release { get; init; }

    /// <summary>Puts in what may not ship.</summary>
    public required Action<Sandbox> Leak { get; init; }

    /// <summary>Takes it out again.</summary>
    public required Action<Sandbox> Mend { get; init; }

    /// <summary>What a push or a deployment would find, e.g. names of packages or of files in the publish folder.</summary>
    public required Func<Sandbox, string[]> Out { get; init; }

    /// <summary>The rule that must speak about the leak.</summary>
    public required string Rule { get; init; }

    /// <summary>The entry it must name.</summary>
    public required string Entry { get; init; }

    /// <summary>What is left of a failed release.</summary>
    public required Aftermath Left { get; init; }

    /// <summary>The targets in which the task must have run when clean, in order. Null where no MSBuild runs.</summary>
    public string[]? Checks { get; init; }

    /// <summary>Targets that must have run one after the other, the gate's among them.</summary>
    public string[] Order { get; init; } = [];

    /// <summary>The target of which failure must have failed the build.</summary>
    public string? Fails { get; init; }

    public override string ToString() => Name;
}

/// <summary>What is left of a release that failed.</summary>
internal enum Aftermath
{
    /// <summary>The package lies in rejected/, nothing where it would be pushed from.</summary>
    Aside,

    /// <summary>The folder stands, with releasegate-rejected.txt in it.</summary>
    Marked,

    /// <summary>Nothing was written at all.</summary>
    Nothing,
}
