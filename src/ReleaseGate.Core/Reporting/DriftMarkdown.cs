using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Reporting;

/// <summary>
/// Writes what is different between two artifacts as Markdown for a pull request: the sums, what somebody should look at, a table of the entries that changed most, and the whole tree to fold out.
/// Names from packages are code and can be nothing else. It fits into a comment, whatever the artifacts hold.
/// </summary>
internal static class DriftMarkdown
{
    private const int MostChanges = 30;
    private const int MostTold = 10;
    private const int MostName = 120;
    private const int TreeLines = 200;
    private const int TreeWidth = 120;

    /// <summary>The text.</summary>
    /// <param name="drift">What is different.</param>
    /// <param name="now">The newer artifact.</param>
    public static string Of(Drift drift, DriftBaseline now)
    {
        // Each part is bounded, so that the whole is: at most 30 rows, 40 lines (and one for each rule about content) and 200 lines of a tree.
        var text = new StringBuilder();
        text.Append(ReportFile.Marker("drift")).Append("\n### ").Append(MarkdownText.Code(now.Name, MostName)).Append(" since ").Append(MarkdownText.Code(drift.Baseline.Name, MostName)).Append("\n\n");
        text.Append("| | before | now | |\n|---|--:|--:|--:|\n");
        text.Append(CultureInfo.InvariantCulture, $"| size | {ByteSize.Format(drift.Baseline.Length)} | {ByteSize.Format(now.Length)} | {DriftText.Size(drift.Baseline.Length, now.Length)} |\n");
        text.Append(CultureInfo.InvariantCulture, $"| entries | {drift.Baseline.Entries:#,0} | {now.Entries:#,0} | {DriftText.Counts(drift)} |\n");
        if (drift.IsEmpty) return text.Append('\n').Append(DriftText.Nothing(drift, now)).Append(".\n").ToString();

        var marked = false;
        Add("**Newly exposed** ", drift.Exposures, drift.ExposuresShown(MostTold), e => $"{e.Rule}{(e.Path is { } path ? " " + MarkdownText.Code(path, MostName) : "")}: {MarkdownText.Plain(e.Message)}");
        AddAll("**Newly runs when it is installed:** ", [.. drift.InstallScripts], s => $"{MarkdownText.Code(s.Key, MostName)}: {MarkdownText.Code(s.Value)}");
        AddAll("New top folder ", drift.NewFolders, f => MarkdownText.Code(f, MostName));
        if (drift.NewKinds.Count > 0) AddAll("New kinds of files: ", [string.Join(", ", drift.NewKinds)], k => k);
        if (drift.License is { } license) AddAll("**Licence** ", [license], l => $"{DriftText.WordOf(l.Change)}: {MarkdownText.Code(LicenseChange.Words(l.Before), MostName)} → {MarkdownText.Code(LicenseChange.Words(l.After), MostName)}");
        AddAll("", drift.Dependencies, d => $"Dependency {DriftText.WordOf(d.Change)}: {MarkdownText.Code(d.Id, MostName)}{(d.Group.Length == 0 ? "" : $" ({MarkdownText.Code(d.Group, MostName)})")} {Values(d.Before, d.After)}");

        var largest = drift.Entries.OrderByDescending(c => Math.Abs((c.After ?? 0) - (c.Before ?? 0))).ThenBy(c => c.Path, StringComparer.Ordinal).Take(MostChanges).ToList();
        if (largest.Count == 0) return text.ToString();
        text.Append("\n| | entry | before | now | |\n|---|---|--:|--:|---|\n");
        foreach (var change in largest)
            text.Append(CultureInfo.InvariantCulture, $"| {DriftText.WordOf(change.Change)} | {Cell(change.Path)} | {(change.Before is { } before ? ByteSize.Format(before) : "")} | {(change.After is { } after ? ByteSize.Format(after) : "")} | {DriftText.Details(change)} |\n");
        if (drift.Entries.Count > largest.Count) text.Append(CultureInfo.InvariantCulture, $"\n{drift.Entries.Count - largest.Count:#,0} more entries are different.\n");

        text.Append("\n<details><summary>All by folder</summary>\n\n");
        var tree = DriftText.Tree(drift, TreeLines, TreeWidth);
        // Nothing in it may end the block: names hold no line break, and a fence is longer than what they hold.
        var fence = new string('`', Math.Max(3, tree.Max(l => LongestRun(l.Text)) + 1));
        text.Append(fence).Append("diff\n");
        foreach (var line in tree) text.Append(line.ToString().TrimEnd()).Append('\n');
        return text.Append(fence).Append("\n\n</details>\n").ToString();

        void AddAll<T>(string what, IReadOnlyList<T> all, Func<T, string> line) => Add(what, all, [.. all.Take(MostTold)], line);

        void Add<T>(string what, IReadOnlyList<T> all, IReadOnlyList<T> shown, Func<T, string> line)
        {
            if (all.Count == 0) return;
            if (!marked) text.Append('\n');
            marked = true;
            foreach (var item in shown) text.Append("- ").Append(what).Append(line(item)).Append('\n');
            if (all.Count > shown.Count) text.Append(CultureInfo.InvariantCulture, $"- and {all.Count - shown.Count:#,0} more of these\n");
        }
    }

    private static string Values(string? before, string? after) =>
        before is null || after is null ? MarkdownText.Code(after ?? before ?? "", MostName) : $"{MarkdownText.Code(before, MostName)} → {MarkdownText.Code(after, MostName)}";

    // A bar ends a cell even in code, and a backslash before one makes that one escaped no more.
    private static string Cell(string path) => MarkdownText.Code(EntryPath.Printable(path).Replace("|", "\\u007c", StringComparison.Ordinal), MostName);

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
