using System.Globalization;
using System.Text;
using ReleaseGate.Governance;
using ReleaseGate.Policy;

namespace ReleaseGate.Reporting;

// Exposure in money, in a table.
public sealed partial class MarkdownReporter
{
    private static void WriteRisk(StringBuilder text, GateReport report)
    {
        if (report.Exposure is not { } exposure) return;
        var currency = exposure.Model.Currency;
        text.Append("\n### Exposure in money\n\n").Append(exposure.Passed ? "" : "⚠️ ").Append(MarkdownText.Plain(Standing(exposure))).Append(".\n\n");
        text.Append("| To be expected in a year | 5 % of years lose more than | Mean of the worst 5 % of years | Years with a loss |\n|--:|--:|--:|--:|\n");
        text.Append(CultureInfo.InvariantCulture, $"| {Text(exposure.Ale)} | {Text(exposure.Var95)} | {Text(exposure.Es95)} | {MarkdownText.Plain(Money.Percent(exposure.LossProbability))} |\n");
        if (exposure.Tolerance.Count > 0)
        {
            text.Append("\n| A year that loses more than | may be | is | |\n|--:|--:|--:|---|\n");
            foreach (var result in exposure.Tolerance)
                text.Append(CultureInfo.InvariantCulture, $"| {Text(result.Point.Loss)} | {MarkdownText.Plain(Money.Percent(result.Point.MaximumProbability))} | {MarkdownText.Plain(Money.Percent(result.Probability))} | {(result.IsExceeded ? "❌ over" : "✅ within")} |\n");
        }

        text.Append("\nThese figures are as good as what they are made of: ").Append(MarkdownText.Plain(RiskText.Inputs(exposure))).Append(".\n");

        string Text(double amount) => MarkdownText.Plain(Money.Text(amount, currency));
    }

    private static string Standing(ExposureAssessment exposure)
    {
        var standing = RiskText.Standing(exposure);
        return char.ToUpperInvariant(standing[0]) + standing[1..];
    }

    private static string PriceOf(GateReport report, Waiver waiver) =>
        report.Waivers.FirstOrDefault(w => w.Waiver.IsSameAs(waiver))?.Price is { } price ? MarkdownText.Plain(Money.Text(price, report.Exposure!.Model.Currency)) : "–";
}
