using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>One line of the tree report.</summary>
/// <param name="Text">The line.</param>
/// <param name="Mark">What it says of something, or null where it says nothing of the kind.</param>
/// <param name="IsQuiet">Whether it says less than the others.</param>
internal sealed record TreeLine(string Text, EntryMark? Mark = null, bool IsQuiet = false);

/// <summary>
/// Each artifact as a tree with sizes and a mark for every entry, then what was found. For people: fits <paramref name="width"/> columns and about two hundred lines;
/// what is folded is counted.
/// </summary>
/// <param name="ascii">Whether the output knows nothing but ASCII.</param>
/// <param name="width">Columns; at least 60.</param>
internal sealed partial class TreeReporter(bool ascii = false, int width = TreeReporter.UsualWidth) : IReporter
{
    /// <summary>Columns of a terminal that does not say.</summary>
    public const int UsualWidth = 80;

    /// <summary>What is written beside ASCII.</summary>
    public const string Signs = "✗·…├─└│";

    private const int MostLines = 200;
    private const int LeastLines = 24;
    private const int ManyArtifacts = 8;

    private readonly string _cut = ascii ? "..." : "…";

    /// <summary>Writes the report as plain lines.</summary>
    public void Write(GateReport report, TextWriter output)
    {
        foreach (var line in Lines(report)) output.WriteLine(line.Text);
    }

    /// <inheritdoc/>
    public void Write(GateReport report, Stream output)
    {
        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        Write(report, writer);
    }

    /// <summary>The lines of the report.</summary>
    public IReadOnlyList<TreeLine> Lines(GateReport report)
    {
        var lines = new List<TreeLine>();
        var most = Math.Max(LeastLines, MostLines / Math.Max(1, report.Verdicts.Count));
        foreach (var verdict in report.Verdicts)
        {
            // Among many artifacts, those that nothing was found in are a line each.
            if (report.Verdicts.Count <= ManyArtifacts || verdict.Findings.Count > 0)
            {
                var rows = Rows(EntryNode.Of(verdict), most * 3 / 5);
                lines.AddRange(rows);
                lines.Add(new TreeLine(""));
                lines.AddRange(Findings(verdict, most - rows.Count));
            }

            foreach (var part in Wrapped(TextReporter.Summary(verdict, report.Request.WarnOnly), 0)) lines.Add(new TreeLine(part, verdict.Passed ? EntryMark.Fine : EntryMark.Error));
            foreach (var drift in DriftText.Of(verdict))
                foreach (var part in Wrapped(drift, 2)) lines.Add(new TreeLine(part));
        }

        if (TextReporter.WarnOnlyHint(report) is { } warnOnly)
            foreach (var part in Wrapped(warnOnly, 0)) lines.Add(new TreeLine(part, EntryMark.Warning));
        foreach (var line in RiskText.Lines(report))
            foreach (var part in Wrapped(line, 0)) lines.Add(new TreeLine(part, report.Exposure is { Passed: false } ? EntryMark.Warning : null));
        foreach (var change in TextReporter.ApprovalLines(report))
            foreach (var part in Wrapped(change, 0)) lines.Add(new TreeLine(part, EntryMark.Warning));
        string?[] hints = [TextReporter.ExplainHint(report), TextReporter.DestinationHint(report), .. DriftText.Hints(report), report.ManifestFound ? null : TextReporter.ManifestHint(report), TextReporter.PartHint(report)];
        foreach (var hint in hints)
        {
            if (hint is null) continue;
            foreach (var part in Wrapped(hint, 0)) lines.Add(new TreeLine(part, IsQuiet: true));
        }

        return lines;
    }

    /// <summary>The findings by rule, the worst first, of the same severity secrets first; of each rule fewer the more there are. Each waiver is named, whatever is cut.</summary>
    private List<TreeLine> Findings(Verdict verdict, int most)
    {
        var groups = new SortedDictionary<(int Order, bool IsOther, string Rule), List<JudgedFinding>>();
        foreach (var judged in verdict.Findings)
        {
            var id = judged.Finding.Rule.Id;
            // RG4 are secrets.
            var key = (judged.Waiver is not null ? 2 : judged.Severity switch { Severity.Error => 0, Severity.Warning => 1, _ => 3 }, !id.IsBuiltIn || id.ToString()[2] != '4', id.ToString());
            if (!groups.TryGetValue(key, out var group)) groups.Add(key, group = []);
            group.Add(judged);
        }

        List<TreeLine> lines = [];
        foreach (var shown in (int[])[Excerpt.Most, 10, 5, 2, 1, 0])
        {
            lines = [];
            foreach (var group in groups.Values) Add(lines, verdict, group, shown);
            if (lines.Count <= most) break;
        }

        return lines;
    }

    private void Add(List<TreeLine> lines, Verdict verdict, List<JudgedFinding> group, int shown)
    {
        var rule = group[0].Finding.Rule;
        var mark = EntryNode.MarkOf(group[0]);
        lines.Add(new TreeLine(Columns.Cut(string.Create(CultureInfo.InvariantCulture, $"{SignOf(mark)} {rule.Id} {Text(rule.Title)}, {Count(group.Count, "finding", "findings")}"), width, _cut), mark));
        string? fix = null;
        var named = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < group.Count && i < shown; i++)
        {
            var finding = group[i].Finding;
            // The same next step below one another is said once.
            var next = finding.Fix ?? rule.Fix;
            if (fix is not null && fix != next) AddFix(lines, fix);
            fix = next;
            var approval = group[i].NeedsApproval ? " Needs approval." : "";
            var text = $"{Columns.Cut(Text(finding.Path?.Value ?? verdict.Inventory.Name), 70, _cut)}: {Columns.Cut(Text(finding.Message), 320, _cut)}{approval}";
            foreach (var line in Wrapped(text, 4)) lines.Add(new TreeLine(line));
            if (Diagnostic.WaivedBy(group[i]) is not { } waived) continue;
            AddWaived(waived, 6);
            named.Add(group[i].Waiver!.Id);
        }

        if (group.Count > shown && shown > 0) lines.Add(new TreeLine("    " + TextReporter.More(rule.Id, group.Count - shown), IsQuiet: true));
        for (var i = shown; i < group.Count; i++)
            if (Diagnostic.WaivedBy(group[i]) is { } waived && named.Add(group[i].Waiver!.Id)) AddWaived(waived, 4);
        AddFix(lines, fix ?? rule.Fix);
        lines.Add(new TreeLine(""));

        void AddWaived(string waived, int indent)
        {
            foreach (var line in Wrapped(Columns.Cut(Text(waived), 300, _cut), indent)) lines.Add(new TreeLine(line, EntryMark.Waived));
        }
    }

    private void AddFix(List<TreeLine> lines, string fix)
    {
        foreach (var line in Wrapped("> " + Text(fix), 4)) lines.Add(new TreeLine(line, IsQuiet: true));
    }

    // A name may have no blank, so the first line is as long as the others and the others stand in by two.
    private List<string> Wrapped(string text, int indent)
    {
        var lines = Columns.Wrap(ascii ? Ascii(text) : text, width - indent - 2);
        for (var i = 0; i < lines.Count; i++) lines[i] = new string(' ', indent + (i > 0 && indent > 0 ? 2 : 0)) + lines[i];
        return lines;
    }

    private string SignOf(EntryMark mark) => mark switch
    {
        EntryMark.Error => ascii ? "x" : "✗",
        EntryMark.Warning => "!",
        EntryMark.Waived => "~",
        _ => ascii ? "." : "·",
    };

    private string Text(string text) => ascii ? Ascii(EntryPath.Printable(text)) : EntryPath.Printable(text);

    private static string Ascii(string text)
    {
        if (System.Text.Ascii.IsValid(text)) return text;
        var escaped = new StringBuilder();
        foreach (var c in text)
        {
            if (char.IsAscii(c)) escaped.Append(c);
            else escaped.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }

        return escaped.ToString();
    }

    private static string Count(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {(count == 1 ? one : many)}");
}
