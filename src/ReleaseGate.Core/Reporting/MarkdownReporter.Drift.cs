using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Reporting;

// What is different since the last release, in a few lines.
public sealed partial class MarkdownReporter
{
    private const int MostChanges = 10;

    private static bool WriteDrift(StringBuilder text, GateReport report)
    {
        var isCut = false;
        foreach (var verdict in report.Verdicts)
        {
            if (verdict.Drift is not { } drift) continue;
            text.Append("\n### ").Append(MarkdownText.Code(verdict.Inventory.Name, 80)).Append(" since ").Append(MarkdownText.Code(drift.Baseline.Version ?? drift.Baseline.Name, 80)).Append("\n\n");
            text.Append(CultureInfo.InvariantCulture, $"{ByteSize.Format(drift.Baseline.Length)} became {ByteSize.Format(verdict.Inventory.Length)}; ");
            text.Append(drift.IsEmpty ? "nothing that an entry shows is different.\n" : string.Create(CultureInfo.InvariantCulture,
                $"entries: {Of(drift, ChangeKind.Added):#,0} added, {Of(drift, ChangeKind.Removed):#,0} removed, {Of(drift, ChangeKind.Changed):#,0} changed.\n"));
            if (drift.IsEmpty) continue;
            text.Append('\n');
            // What somebody has to look at comes before what is only larger.
            isCut |= Write(text, "Exposed and was not", drift.Exposures, drift.ExposuresShown(MostChanges), e => $"{e.Rule} {(e.Path is { } path ? MarkdownText.Code(path) + ": " : "")}{MarkdownText.Plain(e.Message)}");
            isCut |= Write(text, "Runs at installation", [.. drift.InstallScripts], s => $"{MarkdownText.Code(s.Key)}: {MarkdownText.Code(s.Value)}");
            if (drift.License is { } license) isCut |= Write(text, "Licence", [license], l => $"{SignOf(l.Change)} {MarkdownText.Code(LicenseChange.Words(l.Before))} → {MarkdownText.Code(LicenseChange.Words(l.After))}");
            isCut |= Write(text, "Dependency", drift.Dependencies, d => $"{SignOf(d.Change)} {MarkdownText.Code(d.Id)}{(d.Group.Length > 0 ? $" ({MarkdownText.Plain(d.Group, 60)})" : "")} {Values(d.Before is null ? null : MarkdownText.Code(d.Before), d.After is null ? null : MarkdownText.Code(d.After))}");
            if (drift.NewFolders.Count > 0) isCut |= Write(text, "New top folder", drift.NewFolders, f => MarkdownText.Code(f));
            if (drift.NewKinds.Count > 0) text.Append("- New kinds of entries: ").AppendJoin(", ", drift.NewKinds).Append('\n');
            isCut |= Write(text, "Entry", Largest(drift.Entries), EntryLine);
        }

        return isCut;
    }

    private static int Of(Drift drift, ChangeKind change) => drift.Entries.Count(e => e.Change == change);

    private static bool Write<T>(StringBuilder text, string what, IReadOnlyList<T> items, Func<T, string> line) => Write(text, what, items, [.. items.Take(MostChanges)], line);

    private static bool Write<T>(StringBuilder text, string what, IReadOnlyList<T> items, IReadOnlyList<T> shown, Func<T, string> line)
    {
        foreach (var item in shown) text.Append("- ").Append(what).Append(": ").Append(line(item)).Append('\n');
        if (items.Count > shown.Count) text.Append(CultureInfo.InvariantCulture, $"- … {items.Count - shown.Count:#,0} more\n");
        return items.Count > shown.Count;
    }

    private static List<EntryChange> Largest(IReadOnlyList<EntryChange> changes)
    {
        var sorted = new List<EntryChange>(changes);
        sorted.Sort(static (a, b) => Grown(b).CompareTo(Grown(a)) is not 0 and var order ? order : string.CompareOrdinal(a.Path, b.Path));
        return sorted;
    }

    private static long Grown(EntryChange change) => Math.Abs((change.After ?? 0) - (change.Before ?? 0));

    private static string EntryLine(EntryChange change)
    {
        var text = new StringBuilder().Append(SignOf(change.Change)).Append(' ').Append(MarkdownText.Code(change.Path)).Append(' ')
            .Append(Values(change.Before is { } before ? ByteSize.Format(before) : null, change.After is { } after ? ByteSize.Format(after) : null));
        if (change.KindBefore is { } kind) text.Append(", ").Append(kind).Append(" became ").Append(change.Kind);
        if (change.ModeBefore is { } mode) text.Append(", mode ").Append(Convert.ToString(mode, 8)).Append(" became ").Append(change.Mode is { } now ? Convert.ToString(now, 8) : "none");
        return text.ToString();
    }

    private static string Values(string? before, string? after) => before is null || after is null || before == after ? after ?? before ?? "" : $"{before} → {after}";

    private static string SignOf(ChangeKind change) => change switch
    {
        ChangeKind.Added => "added",
        ChangeKind.Removed => "removed",
        _ => "changed",
    };
}
