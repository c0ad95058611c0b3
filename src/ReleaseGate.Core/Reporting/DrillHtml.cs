using System.Globalization;
using System.Text;
using ReleaseGate.Governance;
using ReleaseGate.Reporting.Html;

namespace ReleaseGate.Reporting;

/// <summary>The same table as <see cref="DrillMarkdown"/> in one HTML file that needs no network and no script, with the matrix below it.</summary>
internal static class DrillHtml
{
    /// <summary>Writes the page.</summary>
    /// <param name="report">What was shown.</param>
    /// <param name="output">Where to; stays open.</param>
    /// <param name="isPart">Whether only some of the leaks were asked for, see <see cref="DrillText.ControlsOf"/>.</param>
    public static void Write(DrillReport report, Stream output, bool isPart)
    {
        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 64 * 1024, leaveOpen: true) { NewLine = "\n" };
        var html = new Markup(writer);
        var icon = report.Passed ? Icon.Fine : Icon.Error;
        var word = report.Passed ? "All caught" : report.Seeded == 0 ? "Nothing was seeded" : report.Missed == 1 ? "A leak slipped through" : string.Create(CultureInfo.InvariantCulture, $"{report.Missed} leaks slipped through");
        var style = HtmlReporter.Resource("report.css");
        html.Write($"<!doctype html>\n<!-- {HtmlReporter.Schema} -->\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n");
        html.Write($"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{new Markup.Own(HtmlReporter.HashOf(style))}'; base-uri 'none'; form-action 'none'\"/>\n");
        html.Write($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><meta name=\"referrer\" content=\"no-referrer\"/><meta name=\"color-scheme\" content=\"light dark\"/>\n<title>Drill: {word}: {report.Name} – ReleaseGate</title>\n<style>");
        html.WriteOwn(style);
        html.Write($"</style></head>\n<body class=\"{Icons.NameOf(icon)}\">\n{new Markup.Own(Icons.Drawings)}\n<header class=\"top\"><p class=\"brand\">ReleaseGate</p></header>\n<main>\n");
        html.Write($"<section id=\"verdict\" class=\"verdict {Icons.NameOf(icon)}\" aria-labelledby=\"word\"><div class=\"word\">{icon}<div><h1 id=\"word\">{word}</h1><p class=\"of\">Drill with {report.Name}</p></div></div>\n");
        html.Write($"<p class=\"lead\">{DrillText.Counted(report)}. {DrillText.Bound(report)}</p>\n");
        if (DrillText.HeldByOne(report) is { } held) html.Write($"<p class=\"notice warning\">{Icon.Warning}<span>{held}</span></p>\n");
        html.Write($"</section>\n");
        WriteTable(html, report, "missed", "What slipped through", LeakOutcome.Missed);
        WriteTable(html, report, "caught", "What was stopped", LeakOutcome.Caught);
        WriteMatrix(html, report, DrillText.ControlsOf(report, isPart));
        WriteRest(html, report);
        html.Write($"</main>\n<footer>ReleaseGate {report.ToolVersion}, {JsonReporter.Written(report.Started)}</footer>\n</body></html>\n");
    }

    private static void WriteTable(Markup html, DrillReport report, string id, string title, LeakOutcome outcome)
    {
        var leaks = report.Leaks.Where(l => l.Outcome == outcome).ToArray();
        if (leaks.Length == 0) return;
        html.Write($"<section id=\"{id}\" class=\"leaks\"><h2>{title}</h2><div class=\"scroll\"><table><thead><tr><th scope=\"col\">Leak</th><th scope=\"col\">What would have been public</th><th scope=\"col\">Owner</th><th scope=\"col\">Stopped by</th><th scope=\"col\">It would have cost</th></tr></thead><tbody>\n");
        foreach (var leak in leaks)
            html.Write($"<tr><th scope=\"row\">{leak.Title}</th><td class=\"any\">{leak.Story}</td><td{NoBreak(leak.Owner is null)}>{leak.Owner ?? DrillText.NotSaid}</td><td>{DrillText.StoppedBy(report, leak)}{OnlyOne(leak)}</td><td{NoBreak(report.Costs.Count == 0)}>{DrillText.CostInWords(report)}</td></tr>\n");
        html.Write($"</tbody></table></div></section>\n");
    }

    private static Markup.Own OnlyOne(LeakResult leak) =>
        DrillText.IsHeldByOne(leak) ? new($"<span class=\"line\"><span class=\"badge warning\">{Icons.Use(Icon.Warning)}{DrillText.OnlyOne}</span></span>") : default;

    private static Markup.Own NoBreak(bool isShort) => new(isShort ? " class=\"nowrap\"" : "");

    private static void WriteMatrix(Markup html, DrillReport report, IReadOnlyList<Control> controls)
    {
        if (report.Seeded == 0) return;
        html.Write($"<section id=\"matrix\" class=\"leaks\"><h2>Which control catches which leak</h2><div class=\"scroll\"><table><thead><tr><th scope=\"col\">Leak</th>");
        foreach (var control in controls) html.Write($"<th scope=\"col\">{control.Title}</th>");
        html.Write($"</tr></thead><tbody>\n");
        foreach (var leak in report.Leaks)
        {
            if (leak.Outcome == LeakOutcome.NotApplicable) continue;
            html.Write($"<tr><th scope=\"row\">{leak.Id}</th>");
            foreach (var control in controls) html.Write($"<td>{(leak.CaughtBy.Contains(control.Id) ? "caught" : "–")}</td>");
            html.Write($"</tr>\n");
        }

        html.Write($"</tbody></table></div></section>\n");
    }

    private static void WriteRest(Markup html, DrillReport report)
    {
        if (report.NotApplicable > 0)
        {
            html.Write($"<section id=\"rest\" class=\"leaks\"><h2>Not applicable</h2><div class=\"scroll\"><table><thead><tr><th scope=\"col\">Leak</th><th scope=\"col\">Why</th></tr></thead><tbody>\n");
            foreach (var leak in report.Leaks)
                if (leak.Outcome == LeakOutcome.NotApplicable) html.Write($"<tr><th scope=\"row\">{leak.Title}</th><td>{leak.Reason}</td></tr>\n");
            html.Write($"</tbody></table></div></section>\n");
        }

        html.Write($"<section id=\"about\"><h2>What this is worth</h2><p>{DrillText.Cost(report)}</p>");
        foreach (var line in DrillText.HonestyOf(report)) html.Write($"<p>{line}</p>");
        if (report.Seeded > 0) html.Write($"<p>Time to detect: {report.MedianMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms in the middle, {report.MaximumMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms at most.</p>");
        html.Write($"</section>\n");
    }
}
