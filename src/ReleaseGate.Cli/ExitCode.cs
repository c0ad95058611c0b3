namespace ReleaseGate.Cli;

/// <summary>What the process returns. Anything but <see cref="Passed"/> means: do not release.</summary>
internal static class ExitCode
{
    /// <summary>Everything asked for may be released.</summary>
    public const int Passed = 0;

    /// <summary>At least one artifact is blocked.</summary>
    public const int Blocked = 1;

    /// <summary>The run could not begin or not end: usage, manifest, input, rule assembly, or a defect of ours.</summary>
    public const int CouldNotRun = 2;

    /// <summary>Stopped by Ctrl-C: 128 + SIGINT, as shells have it.</summary>
    public const int Cancelled = 130;
}
