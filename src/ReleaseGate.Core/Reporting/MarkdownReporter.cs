using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>
/// Writes Markdown for the summary of a job or a pull request: the verdict first, then what to do. What is too much is left out and counted; the JSON report has
/// all. The same run writes the same bytes: no times are in it.
/// </summary>
/// <param name="most">UTF-16 characters it may take.</param>
public sealed partial class MarkdownReporter(int most = MarkdownReporter.MostInComment) : IReporter
{
    /// <summary>A comment of GitHub takes 65,536 characters.</summary>
    public const int MostInComment = 60_000;

    // GitHub drops the summary of a step whole if it is larger.
    private const long MostInSummary = 1024 * 1024;

    private const int MostArtifacts = 50;
    private const int MostOthers = 50;

    // A comment begins with its verdict, whatever becomes of the rest.
    private const int Least = 2_000;

    /// <summary>How many characters fit into the summary of a job in which something stands already.</summary>
    /// <param name="bytes">What stands there.</param>
    public static int RoomInSummary(long bytes) => (int)Math.Clamp((MostInSummary - bytes) / 3, Least, MostInComment);

    /// <inheritdoc/>
    public void Write(GateReport report, Stream output)
    {
        var text = "";
        // Fewer findings of each rule until it fits, and then only the verdict.
        foreach (var shown in (int[])[Excerpt.Most, 10, 5, 2, 1, 0])
        {
            text = Written(report, shown);
            if (text.Length <= most) break;
        }

        if (text.Length > most)
        {
            var head = new StringBuilder();
            WriteHead(head, report);
            text = head.Append("\nThere is more than fits here; the JSON and HTML reports have it.\n").ToString();
        }

        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        writer.Write(text);
    }

    private static string Written(GateReport report, int shown)
    {
        var text = new StringBuilder();
        WriteHead(text, report);
        WriteArtifacts(text, report);
        var isCut = report.Verdicts.Count > MostArtifacts;
        foreach (var severity in (Severity[])[Severity.Error, Severity.Warning]) isCut |= WriteFindings(text, report, severity, shown);
        isCut |= WriteChanges(text, report);
        isCut |= WriteWaived(text, report);
        WriteRisk(text, report);
        isCut |= WriteDrift(text, report);
        var notes = report.Verdicts.Sum(v => v.Findings.Count(f => f.Severity == Severity.Note && f.Waiver is null));
        text.Append('\n');
        if (notes > 0) text.Append(Count(notes, "note is", "notes are")).Append(" not shown. ");
        if (isCut || notes > 0) text.Append("The JSON and HTML reports have everything. ");
        text.Append("ReleaseGate ").Append(GateReport.ToolVersion);
        if (!report.SeveralManifests) text.Append(", manifest ").Append(MarkdownText.Code(NameOf(report.Manifest), 80)).Append(" (`").Append(report.Manifest.Digest.ToString().AsSpan(0, 12)).Append("`)");
        return text.Append(".\n").ToString();
    }

    // The folder of a build machine says nothing and differs from run to run.
    private static string NameOf(Manifest manifest) => manifest.Name[(manifest.Name.AsSpan().LastIndexOfAny('/', '\\') + 1)..];

    private static void WriteHead(StringBuilder text, GateReport report)
    {
        var (errors, warnings, waived) = (report.Verdicts.Sum(v => v.Errors), report.Verdicts.Sum(v => v.Warnings), report.Verdicts.Sum(v => v.Waived));
        text.Append(ReportFile.Marker("markdown")).Append("\n## ").Append(report.Passed ? "✅ ReleaseGate: passed" : report.GoesOn ? "⚠️ ReleaseGate: would be blocked" : "❌ ReleaseGate: blocked").Append("\n\n");
        List<string> parts = [Count(report.Verdicts.Count, "artifact", "artifacts")];
        if (errors > 0) parts.Add(Count(errors, "error", "errors"));
        if (warnings > 0) parts.Add(Count(warnings, "warning", "warnings"));
        if (waived > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{waived:#,0} waived"));
        text.AppendJoin(", ", parts).Append(".\n");
        if (report.Request.WarnOnly) text.Append("\n**Somebody asked for warnings only (`--warn-only`): ").Append(report.Passed ? "nothing would have been blocked" : report.GoesOn ? "what blocks stopped nothing" : "what the gate itself could not do stops it all the same").Append(".**\n");
        if (report.Request.PolicyFrom is { } revision) text.Append("\nJudged by the manifest as it is in ").Append(MarkdownText.Code(revision)).Append(".\n");
        if (report.Request.AsOf is { } day) text.Append("\nJudged as of ").Append(JsonReporter.Written(day)).Append(".\n");
        if (!report.ManifestFound) text.Append("\nNo manifest was found; the built-in profile ").Append(MarkdownText.Code(report.Manifest.Name)).Append(" served.\n");
        if (TextReporter.PartHint(report) is { } part) text.Append('\n').Append(MarkdownText.Plain(part)).Append(".\n");
    }

    private static void WriteArtifacts(StringBuilder text, GateReport report)
    {
        if (report.Verdicts.Count == 0) return;
        text.Append("\n| | Artifact | Errors | Warnings | Waived | Entries | Size | SHA-256 |\n|---|---|--:|--:|--:|--:|--:|---|\n");
        // What is blocked is never among those left out for what has passed.
        var rows = new List<Verdict>();
        foreach (var verdict in report.Verdicts)
            if (!verdict.Passed && rows.Count < MostArtifacts) rows.Add(verdict);
        var others = MostArtifacts - rows.Count;
        var told = new HashSet<Verdict>(rows, ReferenceEqualityComparer.Instance);
        foreach (var verdict in report.Verdicts)
            if (others > 0 && verdict.Passed && told.Add(verdict)) others--;
        foreach (var verdict in report.Verdicts)
        {
            if (!told.Contains(verdict)) continue;
            var inventory = verdict.Inventory;
            text.Append(CultureInfo.InvariantCulture, $"| {(verdict.Passed ? "✅" : "❌")} | {MarkdownText.Code(inventory.Name, 80, isCell: true)} | {verdict.Errors:#,0} | {verdict.Warnings:#,0} | {verdict.Waived:#,0} | {inventory.Entries.Count:#,0} | {ByteSize.Format(inventory.Length)} | `{inventory.Digest.ToString().AsSpan(0, 12)}` |\n");
        }

        if (report.Verdicts.Count > told.Count) text.Append(CultureInfo.InvariantCulture, $"\n{report.Verdicts.Count - told.Count:#,0} more artifacts, {report.Verdicts.Count(v => !v.Passed && !told.Contains(v)):#,0} of them blocked.\n");
    }

    private static bool WriteFindings(StringBuilder text, GateReport report, Severity severity, int shown)
    {
        var groups = new SortedDictionary<RuleId, List<(Verdict Verdict, JudgedFinding Judged)>>();
        foreach (var verdict in report.Verdicts)
        {
            foreach (var judged in verdict.Findings)
            {
                if (judged.Severity != severity) continue;
                if (!groups.TryGetValue(judged.Finding.Rule.Id, out var group)) groups.Add(judged.Finding.Rule.Id, group = []);
                group.Add((verdict, judged));
            }
        }

        if (groups.Count == 0) return false;
        var isCut = false;
        text.Append(severity == Severity.Error ? "\n### What blocks\n" : "\n### What warns\n");
        foreach (var (id, group) in groups)
        {
            var rule = group[0].Judged.Finding.Rule;
            text.Append("\n**").Append(MarkdownText.Link(id.ToString(), rule.HelpLink)).Append(' ').Append(MarkdownText.Plain(rule.Title)).Append("**: ").Append(Count(group.Count, "finding", "findings")).Append("\n\n");
            // The same next step is said once, below the findings that it is for.
            var fixes = new List<string>();
            for (var i = 0; i < group.Count && i < shown; i++)
            {
                var (verdict, judged) = group[i];
                var finding = judged.Finding;
                text.Append("- ").Append(MarkdownText.Code(finding.Path?.Value ?? verdict.Inventory.Name)).Append(": ").Append(MarkdownText.Plain(finding.Message));
                if (finding.Path is not null && report.Verdicts.Count > 1) text.Append(" (in ").Append(MarkdownText.Code(verdict.Inventory.Name, 80)).Append(')');
                if (finding.Location is { } place) text.Append(CultureInfo.InvariantCulture, $", line {place.Line} of {MarkdownText.Code(place.File[(place.File.AsSpan().LastIndexOfAny('/', '\\') + 1)..], 80)}");
                if (judged.NeedsApproval) text.Append(" **Needs approval.**");
                text.Append('\n');
                if (!fixes.Contains(finding.Fix ?? finding.Rule.Fix)) fixes.Add(finding.Fix ?? finding.Rule.Fix);
            }

            if (group.Count > shown) text.Append(CultureInfo.InvariantCulture, $"- … {group.Count - shown:#,0} more\n");
            isCut |= group.Count > shown;
            if (fixes.Count == 0) fixes.Add(rule.Fix);
            foreach (var fix in fixes) text.Append("\n> ").Append(MarkdownText.Plain(fix)).Append('\n');
        }

        return isCut;
    }

    private static bool WriteChanges(StringBuilder text, GateReport report)
    {
        if (report.NeedApproval.Count == 0) return false;
        text.Append("\n### What needs approval\n\nThe manifest of this change would permit what the one judged by does not:\n\n");
        for (var i = 0; i < report.NeedApproval.Count && i < MostOthers; i++)
        {
            var change = report.NeedApproval[i];
            text.Append("- ").Append(MarkdownText.Plain(change.What));
            if (change.Location is { } place) text.Append(CultureInfo.InvariantCulture, $" (line {place.Line})");
            text.Append('\n');
        }

        if (report.NeedApproval.Count > MostOthers) text.Append(CultureInfo.InvariantCulture, $"- … {report.NeedApproval.Count - MostOthers:#,0} more\n");
        return report.NeedApproval.Count > MostOthers;
    }

    private static bool WriteWaived(StringBuilder text, GateReport report)
    {
        // By waiver: one may silence a folder of findings.
        var waivers = new List<(Waiver Waiver, JudgedFinding First, int Count)>();
        var places = new Dictionary<Waiver, int>();
        foreach (var verdict in report.Verdicts)
        {
            foreach (var judged in verdict.Findings)
            {
                if (judged.Waiver is not { } waiver) continue;
                if (places.TryAdd(waiver, waivers.Count)) waivers.Add((waiver, judged, 1));
                else waivers[places[waiver]] = waivers[places[waiver]] with { Count = waivers[places[waiver]].Count + 1 };
            }
        }

        if (waivers.Count == 0) return false;
        var isPriced = report.Exposure is not null && report.Waivers.Any(w => w.Price is not null);
        text.Append("\n### What is waived\n\n| Waiver | Rule | Where | Owner | Left | Until |").Append(isPriced ? " Price |" : "").Append(" Reason |\n|---|---|---|---|--:|---|").Append(isPriced ? "--:|" : "").Append("---|\n");
        for (var i = 0; i < waivers.Count && i < MostOthers; i++)
        {
            var (waiver, first, count) = waivers[i];
            var others = count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {count - 1:#,0} more");
            text.Append(CultureInfo.InvariantCulture, $"| {MarkdownText.Plain(waiver.Id, 40)} | {first.Finding.Rule.Id} {MarkdownText.Plain(first.Finding.Rule.Title, 60)} | {MarkdownText.Code(first.Finding.Path?.Value ?? waiver.Path, 80, isCell: true)}{others} | {MarkdownText.Plain(waiver.Owner, 60)} | {Left(first.DaysLeft)} | {JsonReporter.Written(waiver.Expires)} |{(isPriced ? $" {PriceOf(report, waiver)} |" : "")} {MarkdownText.Plain(waiver.Reason, 200)} |\n");
        }

        if (waivers.Count > MostOthers) text.Append(CultureInfo.InvariantCulture, $"\n{waivers.Count - MostOthers:#,0} more waivers.\n");
        return waivers.Count > MostOthers;
    }

    private static string Left(int days) => days == 0 ? "last day" : Count(days, "day", "days");

    private static string Count(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {(count == 1 ? one : many)}");
}
