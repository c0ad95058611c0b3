using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate;

/// <summary>The verdicts of one run.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Manifest">What it was judged by.</param>
/// <param name="ManifestFound">False where no manifest was found or named and the built-in profile served.</param>
/// <param name="Verdicts">One for each artifact, in the order asked.</param>
/// <param name="Started">When the run began, UTC.</param>
public sealed record GateReport(GateRequest Request, Manifest Manifest, bool ManifestFound, IReadOnlyList<Verdict> Verdicts, DateTime Started)
{
    /// <summary>The part of a larger run that this is, or null.</summary>
    public ShardOfRun? Part { get; init; }

    /// <summary>Whether several reports were joined that were judged by different manifests; <see cref="Manifest"/> is then that of the first.</summary>
    public bool SeveralManifests { get; init; }

    /// <summary>Whether everything may be released. A run that inspected nothing has not passed, unless it is the empty part of one that did.</summary>
    public bool Passed => (Verdicts.Count > 0 || Part is { Total: > 0 }) && Verdicts.All(v => v.Passed);

    /// <summary>The version of ReleaseGate that ran, e.g. <c>0.1.0</c>.</summary>
    public static string ToolVersion { get; } = typeof(GateReport).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
