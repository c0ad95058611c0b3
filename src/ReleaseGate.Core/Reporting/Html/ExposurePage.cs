using System.Text;
using ReleaseGate.Governance;

namespace ReleaseGate.Reporting.Html;

/// <summary>Exposure in money as a page of its own (docs/html-report.md): the section of a report, with the same style sheet and as strict a policy.</summary>
internal static class ExposurePage
{
    /// <summary>Writes it.</summary>
    /// <param name="assessment">What is to be shown.</param>
    /// <param name="time">When it was computed, UTC.</param>
    /// <param name="output">Where to; stays open.</param>
    /// <param name="spending">What remediation cost this year, or null.</param>
    public static void Write(ExposureAssessment assessment, DateTime time, Stream output, Spending? spending = null)
    {
        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 64 * 1024, leaveOpen: true) { NewLine = "\n" };
        var html = new Markup(writer);
        var (style, script) = (HtmlReporter.Resource("report.css"), HtmlReporter.Resource("report.js"));
        var (icon, word) = ExposureSection.Standing(assessment, assessment.ToleranceSeverity);
        html.Write($"<!doctype html>\n<!-- {HtmlReporter.Schema} -->\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n");
        html.Write($"<meta http-equiv=\"Content-Security-Policy\" content=\"{HtmlReporter.PolicyFor(style, script)}\"/>\n");
        html.Write($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><meta name=\"referrer\" content=\"no-referrer\"/><meta name=\"color-scheme\" content=\"light dark\"/>\n<title>{word}: {Money.Text(assessment.Ale, assessment.Model.Currency)} a year – ReleaseGate</title>\n<style>");
        html.WriteOwn(style);
        html.Write($"</style></head>\n<body class=\"alone {Icons.NameOf(icon)}\">\n{new Markup.Own(Icons.Drawings)}\n<header class=\"top\"><p class=\"brand\">ReleaseGate</p><div class=\"room\"></div><button type=\"button\" id=\"theme\" class=\"quiet\" hidden=\"hidden\">Dark</button></header>\n<main>\n");
        new ExposureSection(html, assessment).Write();
        foreach (var line in spending?.Lines() ?? []) html.Write($"<p class=\"muted\">Remediation in {line}</p>\n");
        html.Write($"</main>\n<footer>ReleaseGate {GateReport.ToolVersion}, {JsonReporter.Written(time)}</footer>\n<script>");
        html.WriteOwn(script);
        html.Write($"</script>\n</body></html>\n");
    }
}
