using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

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

    /// <summary>What became of the manifest's waivers, in its order.</summary>
    public IReadOnlyList<WaiverState> Waivers { get; init; } = [];

    /// <summary>The git revision that the manifest was taken from, as asked, and its commit: <c>origin/main (1a2b…)</c>; null: the working copy (<see cref="GateRequest.PolicyFrom"/>).</summary>
    public string? PolicyFrom { get; init; }

    /// <summary>What the working copy's manifest would permit beyond the one judged by (<see cref="GateRequest.PolicyFrom"/>).</summary>
    public IReadOnlyList<PolicyChange> NeedApproval { get; init; } = [];

    /// <summary>Where the rules of other assemblies came from, by id.</summary>
    public IReadOnlyList<RuleSource> OutsideRules { get; init; } = [];

    /// <summary>What the manifest's exposure model comes to, or null where it has none.</summary>
    public ExposureAssessment? Exposure { get; init; }

    /// <summary>The seals that are made of this run, or null where none are.</summary>
    public SealSummary? Seal { get; init; }

    /// <summary>The line of the audit log about this run, which seals name; null where there is no log.</summary>
    public AuditPosition? Audit { get; init; }

    /// <summary>Whether everything may be released. A run that inspected nothing has not passed, unless it is the empty part of one that did.</summary>
    public bool Passed => (Verdicts.Count > 0 || Part is { Total: > 0 }) && Verdicts.All(v => v.Passed);

    /// <summary>
    /// Whether the release goes on: everything has passed, or somebody asked for warnings only. What the gate itself could not do (RG0…) stops that, too.
    /// </summary>
    public bool GoesOn => Passed || (Request.WarnOnly && Verdicts.Count > 0 && Verdicts.All(v => v.Findings.All(f => f.Severity != Severity.Error || !f.Finding.Rule.Id.IsGate)));

    /// <summary>The version of ReleaseGate that ran, e.g. <c>0.1.0</c>.</summary>
    public static string ToolVersion { get; } = typeof(GateReport).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
