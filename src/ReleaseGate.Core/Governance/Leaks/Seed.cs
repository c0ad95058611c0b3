namespace ReleaseGate.Governance.Leaks;

/// <summary>One thing that is different in a copy of an artifact.</summary>
internal abstract record Seed
{
    /// <summary>What it is about, for reports: a path, or words.</summary>
    public abstract string Shown { get; }
}

/// <summary>An entry more.</summary>
/// <param name="Path">Its path as consumers see it, i.e. without the root folder of npm packages.</param>
/// <param name="Bytes">Its bytes; of a link nothing.</param>
internal sealed record AddedEntry(string Path, byte[] Bytes) : Seed
{
    /// <summary>Where it leads to if it is a symbolic link, or null.</summary>
    public string? LinkTarget { get; init; }

    /// <summary>Unix permissions, or null for the usual ones.</summary>
    public int? Mode { get; init; }

    /// <summary>Whether <see cref="Path"/> is what the archive itself says: it leaves the folder, or is there already.</summary>
    public bool IsRaw { get; init; }

    /// <inheritdoc/>
    public override string Shown => LinkTarget is { } target ? $"{Path} -> {target}" : Path;
}

/// <summary>An entry with other bytes, in its place and with its attributes.</summary>
/// <param name="Path">Its path as consumers see it.</param>
/// <param name="Bytes">Its new bytes.</param>
internal sealed record ChangedEntry(string Path, byte[] Bytes) : Seed
{
    /// <inheritdoc/>
    public override string Shown => $"{Path} (changed)";
}

/// <summary>An entry less.</summary>
/// <param name="Path">Its path as consumers see it.</param>
internal sealed record RemovedEntry(string Path) : Seed
{
    /// <inheritdoc/>
    public override string Shown => $"{Path} (removed)";
}

/// <summary>Bytes before the archive.</summary>
internal sealed record BytesBefore(byte[] Bytes) : Seed
{
    /// <inheritdoc/>
    public override string Shown => "bytes before the archive";
}

/// <summary>Bytes behind the archive.</summary>
internal sealed record BytesBehind(byte[] Bytes) : Seed
{
    /// <inheritdoc/>
    public override string Shown => "bytes behind the archive";
}

/// <summary>The archive ends early.</summary>
/// <param name="Count">How many bytes are cut off its end.</param>
internal sealed record CutEnd(int Count) : Seed
{
    /// <inheritdoc/>
    public override string Shown => "the end of the archive (cut off)";
}
