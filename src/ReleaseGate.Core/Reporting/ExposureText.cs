using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;

namespace ReleaseGate.Reporting;

/// <summary>An assessment for those who answer for the product: what hangs on the artifacts, what a leak would cost at which probability, which controls carry that. As text and as Markdown.</summary>
public static class ExposureText
{
    private const int LeastCell = 12;

    private static readonly (int Years, double Chance)[] Chances = [(2, 0.5), (10, 0.1), (20, 0.05), (100, 0.01)];

    /// <summary>As lines of text, of 80 columns at most.</summary>
    public static IReadOnlyList<string> Lines(ExposureAssessment exposure) => Lines(exposure, null);

    /// <summary>The same, with what remediation cost this year (null: there is no audit log).</summary>
    internal static IReadOnlyList<string> Lines(ExposureAssessment exposure, Spending? spending)
    {
        var lines = new List<string>();
        Add(lines, "", Title(exposure), "  ");
        lines.AddRange(["", "What hangs on what you release"]);
        foreach (var pathway in exposure.Pathways) AddPathway(lines, pathway, exposure);
        lines.AddRange(["", "What leaks would cost in a year"]);
        Table(lines, [.. Costs(exposure).Select(c => new[] { c.When, c.Cost })]);
        lines.AddRange(["", "Which release controls carry that value"]);
        AddControls(lines, exposure);
        lines.AddRange(["", "Tolerance"]);
        Table(lines, [.. Points(exposure).Select(p => new[] { p.IsOver ? "OVER" : "ok", p.Text })]);
        if (Untold(exposure) is { } untold) Add(lines, "  ", untold);
        lines.Add("");
        if (spending is not null)
        {
            lines.Add("Spent on remediation");
            foreach (var line in spending.Lines()) Add(lines, "  ", line, "    ");
            lines.Add("");
        }

        lines.Add("How good these figures are");
        foreach (var remark in Remarks(exposure)) Add(lines, "  - ", remark);
        return lines;
    }

    /// <summary>As Markdown, for a job summary or a decision paper.</summary>
    public static string Markdown(ExposureAssessment exposure) => Markdown(exposure, null);

    /// <summary>The same, with what remediation cost this year (null: there is no audit log).</summary>
    internal static string Markdown(ExposureAssessment exposure, Spending? spending)
    {
        var lines = new List<string> { ReportFile.Marker("markdown"), $"## {Plain(Title(exposure))}", "", "### What hangs on what you release", "", "| Pathway | Revenue streams and contracts | One leak costs | Leaks to be expected in a year | Loss in a year |", "|---|---|---|---|--:|" };
        foreach (var pathway in exposure.Pathways)
            lines.Add($"| {Plain(pathway.Pathway.Id)} | {Plain(Hanging(pathway.Pathway, exposure.Model.Currency) ?? "none named")} | {Plain(OneLeak(pathway, exposure.Model.Currency))} | {Plain(Frequency(pathway, exposure))} | {Plain(Money.Text(pathway.Ale, exposure.Model.Currency))} |");
        lines.AddRange(["", "### What leaks would cost in a year", "", "| | |", "|---|--:|"]);
        foreach (var (when, cost) in Costs(exposure)) lines.Add($"| {Plain(when)} | {Plain(cost)} |");
        lines.AddRange(["", "### Which release controls carry that value", ""]);
        if (exposure.Controls.Count == 0) lines.Add(Plain(NoControls(exposure)));
        else
        {
            lines.AddRange([Plain(OfControls), "", "| Control | Carries | Leaks missed without it | Return on its cost |", "|---|--:|--:|--:|"]);
            foreach (var value in ByValue(exposure)) lines.Add($"| {Plain(value.Control.Title)} | {Plain(Money.Text(value.Value, exposure.Model.Currency))} | {Plain(Money.Percent(value.MissRateWithout))} | {Plain(RiskText.Return(value) ?? "–")} |");
        }

        lines.AddRange(["", "### Tolerance", ""]);
        foreach (var (isOver, text) in Points(exposure)) lines.Add($"- {(!isOver ? "✅" : exposure.IsBlocking ? "❌" : "⚠️")} {Plain(text)}");
        if (Untold(exposure) is { } untold) lines.AddRange(HasTolerance(exposure) ? ["", Plain(untold)] : ["None is set."]);
        if (spending is not null)
        {
            lines.AddRange(["", "### Spent on remediation", ""]);
            foreach (var line in spending.Lines()) lines.Add($"- {(spending.IsOver ? "❌ " : "")}{Plain(line)}");
        }

        lines.AddRange(["", "### How good these figures are", ""]);
        foreach (var remark in Remarks(exposure)) lines.Add($"- {Plain(remark)}");
        return string.Join('\n', lines) + "\n";
    }

    private const string OfControls = "Each as if it alone were switched off: how much more the worst 5 % of years would cost on average. These do not add up, since a leak may be caught twice.";

    // What exceeds it stands below.
    private static string Title(ExposureAssessment exposure) =>
        $"Exposure in money: {Money.Text(exposure.Ale, exposure.Model.Currency)} are to be expected in a year, {(exposure.Passed ? RiskText.Standing(exposure) : "over tolerance")}";

    private static bool HasTolerance(ExposureAssessment exposure) => exposure.Model.Tolerance.Count > 0 || exposure.Model.MaximumEs95 is not null;

    // What the points alone don't tell.
    private static string? Untold(ExposureAssessment exposure) =>
        !HasTolerance(exposure) ? "none is set, so nothing is held against it; see \"tolerance\" in docs/exposure.md" : RiskText.Unblocked(exposure);

    private static void AddPathway(List<string> lines, PathwayExposure own, ExposureAssessment exposure)
    {
        var (pathway, currency) = (own.Pathway, exposure.Model.Currency);
        Add(lines, "  ", $"{EntryPath.Printable(pathway.Id)}: {(pathway.Artifact is { } artifact ? $"artifacts named {EntryPath.Printable(artifact.ToString())}" : "all artifacts")}", "    ");
        var rows = new List<string[]>();
        foreach (var stream in pathway.Streams) rows.Add(["revenue stream", $"{EntryPath.Printable(stream.Title)}, {Money.Text(stream.Value, currency)}"]);
        foreach (var contract in pathway.Contracts) rows.Add(["contract", $"{EntryPath.Printable(contract.Title)}, {Money.Text(contract.Value, currency)}"]);
        if (rows.Count == 0) rows.Add(["hangs on it", "nothing is named"]);
        rows.Add(["one leak costs", OneLeak(own, currency)]);
        if (pathway.Losses.Count > 1) rows.Add(["made up of", string.Join(", ", pathway.Losses.Select(l => $"{EntryPath.Printable(l.Name)} {Money.Amount(l.Low)} to {Money.Amount(l.High)}"))]);
        rows.Add(["leaks a year", Frequency(own, exposure)]);
        rows.Add(["loss in a year", Money.Text(own.Ale, currency)]);
        Table(lines, rows, "    ");
    }

    private static void AddControls(List<string> lines, ExposureAssessment exposure)
    {
        if (exposure.Controls.Count == 0)
        {
            Add(lines, "  ", NoControls(exposure));
            return;
        }

        Add(lines, "  ", OfControls);
        var isPriced = exposure.Controls.Any(v => v.Return is not null);
        Table(lines, [Row("Control", "Carries", "Missed without it", "Return on its cost"), .. ByValue(exposure).Select(v => Row(EntryPath.Printable(v.Control.Title), Money.Text(v.Value, exposure.Model.Currency), $"{Money.Percent(v.MissRateWithout)} of leaks", RiskText.Return(v) ?? ""))], longest: 0);

        string[] Row(string title, string value, string missed, string back) => isPriced ? [title, value, missed, back] : [title, value, missed];
    }

    private static IEnumerable<ControlValue> ByValue(ExposureAssessment exposure) => exposure.Controls.OrderByDescending(v => v.Value).ThenBy(v => v.Control.Id, StringComparer.Ordinal);

    private static string NoControls(ExposureAssessment exposure) =>
        exposure.Drill is null ? "No drill has measured what each catches: 'releasegate drill ARTIFACT --json drill.json', and name it as \"drill\"." : "Nobody asked.";

    private static string? Hanging(ReleasePathway pathway, string currency)
    {
        List<string> all = [.. pathway.Streams.Select(s => $"{s.Title}, {Money.Text(s.Value, currency)}"), .. pathway.Contracts.Select(c => $"{c.Title}, {Money.Text(c.Value, currency)}")];
        return all.Count == 0 ? null : string.Join("; ", all);
    }

    private static string OneLeak(PathwayExposure own, string currency) =>
        $"{Money.Text(own.Pathway.Low, currency)} to {Money.Amount(own.Pathway.High)} in nine cases of ten, {Money.Amount(own.MeanLoss)} on average{(own.Cap is { } cap ? $", {Money.Amount(cap)} at most" : "")}";

    private static string Frequency(PathwayExposure own, ExposureAssessment exposure) => string.Create(CultureInfo.InvariantCulture,
        $"{Rate(own.Frequency)}: {own.Pathway.Releases:#,0.######} releases x {RiskText.LeakProbability(own)} that hold a leak{(own.History?.LeakProbability is null ? "" : $" (by the audit log, {own.History.Blocked} of {own.History.Releases} blocked; the manifest says {Money.Entered(own.Pathway.LeakProbability)})")} x {RiskText.MissRate(exposure)} that get past all controls");

    // Three digits, as of everything here. What is rare is not called never.
    private static string Rate(double frequency) => frequency is > 0 and < 0.000001 ? "<0.000001"
        : double.Parse(frequency.ToString("E2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString("#,0.########", CultureInfo.InvariantCulture);

    private static IEnumerable<(string When, string Cost)> Costs(ExposureAssessment exposure)
    {
        var currency = exposure.Model.Currency;
        yield return ("on average over the years", Money.Text(exposure.Ale, currency));
        foreach (var (years, chance) in Chances)
            if (exposure.LossAt(chance) is { } loss) yield return ($"one year in {years}", loss > 0 ? $"more than {Money.Text(loss, currency)}" : "nothing");
        yield return ("on average in the worst 5 % of years", Money.Text(exposure.Es95, currency));
        yield return ("years with any loss", Money.Percent(exposure.LossProbability));
    }

    private static IEnumerable<(bool IsOver, string Text)> Points(ExposureAssessment exposure)
    {
        var currency = exposure.Model.Currency;
        foreach (var result in exposure.Tolerance)
            yield return (result.IsExceeded, $"{Money.Beside(result.Probability, result.Point.MaximumProbability)} of years lose more than {Money.Text(result.Point.Loss, currency)}, at most {Money.Entered(result.Point.MaximumProbability)} may");
        if (exposure.Model.MaximumEs95 is { } limit && Money.Apart(exposure.Es95, limit, currency) is var (es95, most))
            yield return (exposure.ExceedsEs95, $"the worst 5 % of years lose {es95} on average, at most {most} may be");
    }

    private static IEnumerable<string> Remarks(ExposureAssessment exposure)
    {
        yield return $"They are as good as what they are made of: {RiskText.Inputs(exposure)}.";
        foreach (var doubt in exposure.Doubts) yield return doubt;
    }

    private static void Add(List<string> lines, string begin, string text, string? further = null) => lines.AddRange(Columns.Wrap(begin, text, further));

    // One column takes what the others leave, and is broken where that is too little: the last one, or the one that is named.
    private static void Table(List<string> lines, List<string[]> rows, string indent = "  ", int? longest = null)
    {
        if (rows.Count == 0) return;
        const string Gap = "  ";
        var widths = new int[rows[0].Length];
        foreach (var row in rows)
            for (var i = 0; i < row.Length; i++) widths[i] = Math.Max(widths[i], Columns.Of(row[i]));
        var broken = longest ?? widths.Length - 1;
        var left = Columns.Page - indent.Length - (Gap.Length * (widths.Length - 1)) - (widths.Sum() - widths[broken]);
        widths[broken] = Math.Min(widths[broken], Math.Max(LeastCell, left));
        foreach (var row in rows)
        {
            var parts = Columns.Wrap(row[broken], widths[broken]);
            for (var n = 0; n < parts.Count; n++)
                lines.Add((indent + string.Join(Gap, row.Select((cell, i) => Padded(i == broken ? parts[n] : n == 0 ? cell : "", widths[i])))).TrimEnd());
        }
    }

    private static string Padded(string cell, int width) => cell + new string(' ', Math.Max(0, width - Columns.Of(cell)));

    private static string Plain(string text) => MarkdownText.Plain(text);
}
