using System.Text;
using ReleaseGate.Governance;

namespace ReleaseGate.Reporting;

/// <summary>A drill as a table for a leadership exercise: what would have been public, whose it is, what stops it, what it would have cost. Markdown.</summary>
internal static class DrillMarkdown
{
    /// <summary>The text.</summary>
    public static string Of(DrillReport report)
    {
        var text = new StringBuilder(ReportFile.Marker("drill")).Append('\n');
        text.Append("# Drill: ").Append(MarkdownText.Plain(report.Name)).Append("\n\n");
        text.Append("**").Append(DrillText.Counted(report)).Append(".** ").Append(DrillText.Bound(report)).Append("\n\n");
        if (DrillText.HeldByOne(report) is { } held) text.Append("⚠️ ").Append(held).Append("\n\n");
        Table(text, report, "What slipped through", LeakOutcome.Missed);
        Table(text, report, "What was stopped", LeakOutcome.Caught);
        var rest = report.Leaks.Where(l => l.Outcome == LeakOutcome.NotApplicable).ToArray();
        if (rest.Length > 0)
        {
            text.Append("## Not applicable\n\n");
            foreach (var leak in rest) text.Append("- ").Append(MarkdownText.Plain(leak.Title)).Append(": ").Append(MarkdownText.Plain(leak.Reason!)).Append('\n');
            text.Append('\n');
        }

        text.Append("## What this is worth\n\n");
        text.Append(DrillText.Cost(report)).Append("\n\n");
        foreach (var line in DrillText.HonestyOf(report)) text.Append(MarkdownText.Plain(line)).Append('\n');
        return text.ToString();
    }

    private static void Table(StringBuilder text, DrillReport report, string title, LeakOutcome outcome)
    {
        var leaks = report.Leaks.Where(l => l.Outcome == outcome).ToArray();
        if (leaks.Length == 0) return;
        text.Append("## ").Append(title).Append("\n\n| Leak | What would have been public | Owner | Stopped by | It would have cost |\n| --- | --- | --- | --- | --- |\n");
        foreach (var leak in leaks)
        {
            text.Append("| ").Append(MarkdownText.Plain(leak.Title)).Append(" | ").Append(MarkdownText.Plain(leak.Story)).Append(" | ").Append(MarkdownText.Plain(leak.Owner ?? DrillText.NotSaid));
            text.Append(" | ").Append(MarkdownText.Plain(DrillText.StoppedBy(report, leak))).Append(DrillText.IsHeldByOne(leak) ? $" ⚠️ {DrillText.OnlyOne}" : "").Append(" | ").Append(MarkdownText.Plain(DrillText.CostInWords(report))).Append(" |\n");
        }

        text.Append('\n');
    }
}
