using System.Collections.Immutable;
using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>Holds the exposure of a manifest against its tolerance, once for a run: what leaves by one of its pathways is blocked where that is exceeded (RG8001).</summary>
internal static class ToleranceCheck
{
    /// <summary>Adds the assessment to a report whose manifest has a model, and where it is over tolerance a finding to each artifact that leaves by a pathway.</summary>
    /// <exception cref="GateException">RG0001: the drill does not belong to the model.</exception>
    public static GateReport Judge(GateReport report, ExposureInputs inputs)
    {
        // Only these show what each control carries.
        var withControls = report.Request.Report is not null || report.Request.Html is not null || report.Request.Markdown is not null;
        var exposure = inputs.Assess(withControls);
        report = report with { Exposure = exposure };
        if (exposure.Passed) return report;
        var verdicts = new List<Verdict>(report.Verdicts.Count);
        foreach (var verdict in report.Verdicts) verdicts.Add(IsExposed(exposure.Model, verdict.Inventory) ? WithFindings(verdict, exposure) : verdict);
        return report with { Verdicts = verdicts };
    }

    /// <summary>What of an assessment is over tolerance, as findings about an artifact as a whole.</summary>
    public static List<Finding> Findings(ExposureAssessment exposure)
    {
        var (model, found) = (exposure.Model, new List<Finding>());
        foreach (var result in exposure.Tolerance)
        {
            if (!result.IsExceeded) continue;
            found.Add(new Finding(ExposureRules.ToleranceExceeded, null,
                $"{Money.Beside(result.Probability, result.Point.MaximumProbability)} of years lose more than {Money.Text(result.Point.Loss, model.Currency)}, and at most {Money.Entered(result.Point.MaximumProbability)} may; by {RiskText.Inputs(exposure)}")
            {
                Location = result.Point.Location,
                Facts = Facts(("currency", model.Currency), ("loss", Number(result.Point.Loss)), ("maxProbability", Number(result.Point.MaximumProbability)), ("probability", Number(result.Probability))),
            });
        }

        if (exposure.ExceedsEs95)
        {
            var (es95, most) = Money.Apart(exposure.Es95, model.MaximumEs95!.Value, model.Currency);
            found.Add(new Finding(ExposureRules.ToleranceExceeded, null,
                $"the worst 5 % of years lose {es95} on average, and {most} at most may be; by {RiskText.Inputs(exposure)}")
            {
                Location = model.Location,
                Facts = Facts(("currency", model.Currency), ("es95", Number(exposure.Es95)), ("maxEs95", Number(model.MaximumEs95.Value))),
            });
        }

        return found;
    }

    /// <summary>Whether an artifact leaves by one of the model's pathways.</summary>
    public static bool IsExposed(ExposureModel model, Inventory inventory)
    {
        foreach (var pathway in model.Pathways)
            if (pathway.Artifact is null || pathway.Artifact.Glob.IsMatch(inventory.Name, inventory.Kind == ArtifactKind.Directory)) return true;
        return false;
    }

    private static Verdict WithFindings(Verdict verdict, ExposureAssessment exposure)
    {
        var all = new List<JudgedFinding>(verdict.Findings);
        foreach (var finding in Findings(exposure))
            if (verdict.Policy.SeverityOf(finding, verdict.Inventory) is not Severity.Off and var severity) all.Add(new JudgedFinding(finding, severity));
        all.Sort(static (a, b) => Policy.Judge.Compare(a.Finding, b.Finding));
        return verdict with { Findings = all };
    }

    private static ImmutableSortedDictionary<string, string> Facts(params (string Key, string Value)[] facts) =>
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, facts.Select(f => KeyValuePair.Create(f.Key, f.Value)));
    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
