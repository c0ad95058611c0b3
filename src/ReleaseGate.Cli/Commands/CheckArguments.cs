namespace ReleaseGate.Cli.Commands;

/// <summary>What was written behind <c>releasegate check</c>, unchanged.</summary>
internal sealed record CheckArguments
{
    public required IReadOnlyList<string> Paths { get; init; }

    public string? Manifest { get; init; }

    public string? Profile { get; init; }

    public IReadOnlyList<string> Rules { get; init; } = [];

    public IReadOnlyList<string> FirstParty { get; init; } = [];

    public string? PolicyFrom { get; init; }

    public IReadOnlyList<string> Baselines { get; init; } = [];

    public bool WarnOnly { get; init; }

    public DateOnly? AsOf { get; init; }

    public string? Receipts { get; init; }

    public string? Sboms { get; init; }

    public string? Seals { get; init; }

    public string? SealKey { get; init; }

    public string? SealTo { get; init; }

    public string? AuditLog { get; init; }

    public string? Json { get; init; }

    public string? Sarif { get; init; }

    public bool SarifOmitsWaived { get; init; }

    public string? JUnit { get; init; }

    public string? Markdown { get; init; }

    public string? Html { get; init; }

    public IReadOnlyList<string> ReportFormats { get; init; } = [];

    public string? Shard { get; init; }

    public string? Format { get; init; }

    public bool Quiet { get; init; }

    public bool AsDirectory { get; init; }

    public string? Plan { get; init; }

    public bool AsPlanned { get; init; }

    /// <summary><see cref="GateRequest.Unfinished"/>.</summary>
    public bool Unfinished { get; init; }

    public string? State { get; init; }

    public string? Project { get; init; }

    public string? ReleaseTo { get; init; }

    public IReadOnlyList<string> ReleaseEach { get; init; } = [];

    public string? RejectTo { get; init; }

    public bool MarkRejected { get; init; }
}
