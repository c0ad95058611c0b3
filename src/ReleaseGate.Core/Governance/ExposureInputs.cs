using System.IO.Abstractions;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>What figures rest on: read once a run, so that the assessment and the prices of waivers rest on the same.</summary>
/// <param name="Model">What was said.</param>
/// <param name="Drill">What its controls catch, or null.</param>
/// <param name="History">What an audit log tells of the releases, by the ids of the pathways; null where there is none.</param>
/// <param name="Now">The time of the run, UTC.</param>
internal sealed record ExposureInputs(ExposureModel Model, DrillMatrix? Drill, IReadOnlyDictionary<string, ReleaseHistory>? History, DateTime Now)
{
    /// <summary>How severe the manifest calls it to be over tolerance.</summary>
    public Severity ToleranceSeverity { get; init; } = Severity.Error;

    /// <summary>Reads the drill that a model names, and the log.</summary>
    /// <param name="files">Where.</param>
    /// <param name="manifest">The manifest.</param>
    /// <param name="model">Its model, or what serves instead.</param>
    /// <param name="drill">The drill where it was read already, with the manifest of a revision; null: as it lies on the disk.</param>
    /// <param name="log">The audit log, a full path, or null.</param>
    /// <param name="now">The time of the run, UTC.</param>
    /// <exception cref="GateException">RG0007: the drill can't be read. RG0010: the log can't, or its chain is broken.</exception>
    public static ExposureInputs Read(IFileSystem files, Manifest manifest, ExposureModel model, DrillMatrix? drill, string? log, DateTime now) =>
        new(model, (drill ?? (model.Drill is { } path ? DrillReader.Read(files, path) : null))?.Under(manifest), PastReleases.Read(files, log, model, now), now)
        {
            ToleranceSeverity = manifest.Rules.TryGetValue(ExposureRules.ToleranceExceeded.Id, out var setting) ? setting.Severity : ExposureRules.ToleranceExceeded.DefaultSeverity,
        };

    /// <summary>What it comes to.</summary>
    /// <param name="withControls">Whether to say what each control carries.</param>
    /// <exception cref="GateException">RG0001: the drill does not belong to the model.</exception>
    public ExposureAssessment Assess(bool withControls) => ExposureAssessment.Of(Model, Drill, History, withControls, Now) with { ToleranceSeverity = ToleranceSeverity };
}
