using System.Globalization;
using System.Text;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

// Exposure in money, in a table.
public sealed partial class MarkdownReporter
{
    private static void WriteRisk(StringBuilder text, GateReport report)
    {
        if (report.Exposure is not { } exposure) return;
        var currency = exposure.Model.Currency;
        var over = RiskText.SeverityIn(report, exposure) == Severity.Error ? "❌" : "⚠️";
        text.Append("\n### Exposure in money\n\n").Append(exposure.Passed ? "" : $"{over} ").Append(MarkdownText.Plain(RiskText.Sentence(RiskText.Standing(exposure))));
        foreach (var remark in (string?[])[RiskText.Unblocked(exposure), RiskText.Unexposed(report)])
            if (remark is not null) text.Append(' ').Append(MarkdownText.Plain(RiskText.Sentence(remark)));
        text.Append("\n\n");
        text.Append("| To be expected in a year | No more in 95 % of years | Mean of the worst 5 % of years | Years with a loss |\n|--:|--:|--:|--:|\n");
        text.Append(CultureInfo.InvariantCulture, $"| {Text(exposure.Ale)} | {Text(exposure.Var95)} | {Text(exposure.Es95)} | {MarkdownText.Plain(Money.Percent(exposure.LossProbability))} |\n");
        if (exposure.Tolerance.Count > 0)
        {
            text.Append("\n| A year that loses more than | may be | is | |\n|--:|--:|--:|---|\n");
            foreach (var result in exposure.Tolerance)
                text.Append(CultureInfo.InvariantCulture, $"| {Text(result.Point.Loss)} | {MarkdownText.Plain(Money.Entered(result.Point.MaximumProbability))} | {MarkdownText.Plain(Money.Beside(result.Probability, result.Point.MaximumProbability))} | {(result.IsExceeded ? $"{over} over" : "✅ within")} |\n");
        }

        text.Append("\nThese figures are as good as what they are made of: ").Append(MarkdownText.Plain(RiskText.Inputs(exposure))).Append(".\n");

        string Text(double amount) => MarkdownText.Plain(Money.Text(amount, currency));
    }

    private static string PriceOf(GateReport report, Waiver waiver) =>
        report.Waivers.FirstOrDefault(w => w.Waiver.IsSameAs(waiver))?.Price is { } price ? MarkdownText.Plain(Money.Text(price, report.Exposure!.Model.Currency)) : "–";
}
