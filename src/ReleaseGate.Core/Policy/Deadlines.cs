namespace ReleaseGate.Policy;

/// <summary>How long a waiver may run, by the urgency of what it silences, counted from when that was first seen.</summary>
public sealed record Deadlines
{
    /// <summary>For secrets, or null.</summary>
    public TimeSpan? Critical { get; init; }

    /// <summary>For other errors, or null.</summary>
    public TimeSpan? High { get; init; }

    /// <summary>For warnings, or null.</summary>
    public TimeSpan? Medium { get; init; }

    /// <summary>For notes, or null.</summary>
    public TimeSpan? Low { get; init; }

    /// <summary>The deadline for an urgency, or null where none is set.</summary>
    public TimeSpan? For(Urgency urgency) => urgency switch
    {
        Urgency.Critical => Critical,
        Urgency.High => High,
        Urgency.Medium => Medium,
        _ => Low,
    };
}
