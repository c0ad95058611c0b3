using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>Exposure in money in a few lines, for the end of a run.</summary>
internal static class RiskText
{
    private const int MostWaivers = 5;
    private const int MostPathways = 3;

    /// <summary>The lines about a run; none where its manifest has no exposure model.</summary>
    public static IReadOnlyList<string> Lines(GateReport report)
    {
        if (report.Exposure is not { } exposure) return [];
        List<string> lines = [Summary(exposure), $"these figures are as good as what they are made of: {Inputs(exposure)}"];
        if (Unblocked(exposure) is { } unblocked) lines.Add(unblocked);
        if (Waived(report, exposure) is { } waived) lines.Add(waived);
        if (Unexposed(report) is { } unexposed) lines.Add(unexposed);
        return lines;
    }

    /// <summary>An assessment on one line, e.g. <c>exposure: EUR 1.21M a year, 5 % of years lose more than EUR 5.56M, within tolerance</c>.</summary>
    public static string Summary(ExposureAssessment exposure)
    {
        var currency = exposure.Model.Currency;
        return $"exposure: {Money.Text(exposure.Ale, currency)} a year, {(exposure.Var95 > 0 ? $"5 % of years lose more than {Money.Text(exposure.Var95, currency)}" : "at least 95 % of years lose nothing")}, {Standing(exposure)}";
    }

    /// <summary>How it stands to the tolerance: <c>within tolerance</c>, or what exceeds it.</summary>
    public static string Standing(ExposureAssessment exposure)
    {
        var model = exposure.Model;
        if (model.Tolerance.Count == 0 && model.MaximumEs95 is null) return "no tolerance is set";
        if (exposure.Passed) return "within tolerance";
        var over = new List<string>();
        foreach (var result in exposure.Tolerance)
            if (result.IsExceeded) over.Add($"{Money.Beside(result.Probability, result.Point.MaximumProbability)} of years lose more than {Money.Text(result.Point.Loss, model.Currency)}, at most {Money.Entered(result.Point.MaximumProbability)} may");
        if (exposure.ExceedsEs95 && Money.Apart(exposure.Es95, model.MaximumEs95!.Value, model.Currency) is var (es95, most)) over.Add($"the worst 5 % of years lose {es95} on average, at most {most} may be");
        return $"over tolerance: {string.Join("; ", over)}";
    }

    /// <summary>Why nothing is blocked although it is over tolerance; null where it is within, or blocks.</summary>
    public static string? Unblocked(ExposureAssessment exposure)
    {
        var (id, severity) = (ExposureRules.ToleranceExceeded.Id, exposure.ToleranceSeverity);
        return exposure.Passed || exposure.IsBlocking ? null : $"\"rules\" in the manifest {(severity == Severity.Off ? $"switches {id} off" : $"has {id} as a {severity.ToString().ToLowerInvariant()}")}, so nothing is blocked";
    }

    /// <summary>What the figures rest on, e.g. <c>2 pathways, a drill of 40 leaks of which 2 got past all controls</c>.</summary>
    public static string Inputs(ExposureAssessment exposure)
    {
        var pathways = $"{Count(exposure.Pathways.Count, "pathway", "pathways")} as the manifest has {(exposure.Pathways.Count == 1 ? "it" : "them")}{Measured(exposure)}";
        var doubts = exposure.Doubts.Count == 0 ? "" : $"; {Count(exposure.Doubts.Count, "doubt", "doubts")}";
        return exposure.Drill is { } drill
            ? $"{pathways}, a drill of {Count(drill.Leaks.Count, "leak", "leaks")}{Of(drill.Source)} of which {drill.Missed(static _ => true)} got past all controls{doubts}"
            : $"{pathways}, and {MissRate(exposure)} of leaks taken to get past all controls, which no drill has measured{doubts}";
    }

    /// <summary>What is said here, as a sentence of its own.</summary>
    public static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}.";

    /// <summary>The share of leaks that gets past all controls: measured, or as it was entered.</summary>
    public static string MissRate(ExposureAssessment exposure) => exposure.Drill is null ? Money.Entered(exposure.MissRate) : Money.Percent(exposure.MissRate);

    /// <summary>The probability of a leak: measured, or as it was entered.</summary>
    public static string LeakProbability(PathwayExposure own) => own.History?.LeakProbability is null ? Money.Entered(own.LeakProbability) : Money.Percent(own.LeakProbability);

    private static string Of(DrillSource? source) => source is null ? "" : $" ({EntryPath.Printable(source.Artifact)}, {JsonReporter.Written(DateOnly.FromDateTime(source.Started))})";

    /// <summary>The return on what a control costs, e.g. <c>+120 %</c>; null where nobody said what it costs.</summary>
    public static string? Return(ControlValue value)
    {
        // What is nearly nothing or nearly all need not be told apart here.
        if (value.Return is not { } back) return null;
        back = Math.Round(back, 3);
        return (back > 0 ? "+" : "") + Money.Percent(back);
    }

    // Where the audit log knows better how probable a leak is, both numbers.
    private static string Measured(ExposureAssessment exposure)
    {
        var measured = new List<string>();
        foreach (var own in exposure.Pathways)
            if (own.History?.LeakProbability is not null) measured.Add($"{EntryPath.Printable(own.Pathway.Id)} {Money.Percent(own.LeakProbability)} instead of {Money.Entered(own.Pathway.LeakProbability)}");
        if (measured.Count == 0) return "";
        var more = measured.Count > MostPathways ? string.Create(CultureInfo.InvariantCulture, $", {measured.Count - MostPathways:#,0} more") : "";
        return $", but the probability of a leak by the audit log ({string.Join(", ", measured.Take(MostPathways))}{more})";
    }

    // Those that cost most first. Each with what the others take away besides, so they do not add up.
    private static string? Waived(GateReport report, ExposureAssessment exposure)
    {
        var priced = report.Waivers.Where(w => w.Price is not null && !w.IsExpired).OrderByDescending(w => w.Price).ThenBy(w => w.Waiver.Id, StringComparer.Ordinal).ToList();
        if (priced.Count == 0) return null;
        var shown = priced.Take(MostWaivers).Select(w => $"{EntryPath.Printable(w.Waiver.Id)} ({EntryPath.Printable(w.Waiver.Owner)}) {Money.Text(w.Price!.Value, exposure.Model.Currency)} until {JsonReporter.Written(w.Waiver.Expires)}");
        var more = priced.Count > MostWaivers ? string.Create(CultureInfo.InvariantCulture, $", {priced.Count - MostWaivers:#,0} more") : "";
        return $"what waivers add to it while they run: {string.Join(", ", shown)}{more}";
    }

    /// <summary>How severe it is in a run to be over tolerance: what the manifest says, but where no artifact leaves by a pathway, nothing is held back.</summary>
    public static Severity SeverityIn(GateReport report, ExposureAssessment exposure)
    {
        foreach (var verdict in report.Verdicts)
            if (ToleranceCheck.IsExposed(exposure.Model, verdict.Inventory)) return exposure.ToleranceSeverity;
        return Severity.Warning;
    }

    /// <summary>What leaves by no pathway; null where all of it does. A pattern that fits no name would make a model that never blocks anything, and nobody would notice.</summary>
    public static string? Unexposed(GateReport report)
    {
        if (report.Exposure is not { } exposure) return null;
        string? first = null;
        var others = 0;
        foreach (var verdict in report.Verdicts)
        {
            if (ToleranceCheck.IsExposed(exposure.Model, verdict.Inventory)) continue;
            if (first is null) first = EntryPath.Printable(verdict.Inventory.Name);
            else others++;
        }

        if (first is null) return null;
        var more = others == 0 ? "" : $" and {Count(others, "other artifact", "other artifacts")}";
        return $"no pathway of the exposure is about {first}{more}, so its tolerance does not hold {(others == 0 ? "it" : "them")} back: see \"artifact\" in \"pathways\"";
    }

    private static string Count(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {(count == 1 ? one : many)}");
}
