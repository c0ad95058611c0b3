using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;

namespace ReleaseGate.Reporting;

/// <summary>What a drill has shown, for a terminal of 80 columns: a matrix, then what slipped through, then the numbers and what they are worth.</summary>
internal static class DrillText
{
    private const int Width = 80;

    /// <summary>What every report of a drill ends with: how far its numbers go.</summary>
    public static IReadOnlyList<string> HonestyOf(DrillReport report) =>
    [
        "These leaks were made by those who made the rules, so that they are caught says less than a miss would.",
        .. report.Leaks.Any(l => l.IsOwn) ? (string[])[] : ["Add your own: put files into a folder, and name it with '--leaks'."],
    ];

    /// <summary>The lines of a report.</summary>
    /// <param name="report">What was shown.</param>
    /// <param name="whole">Whether the matrix has every leak; otherwise those that slipped through, or one control alone holds.</param>
    public static IReadOnlyList<string> Lines(DrillReport report, bool whole)
    {
        var lines = new List<string> { $"{EntryPath.Printable(report.Name)}: {Counted(report)}", "" };
        AddMatrix(lines, report, whole);
        AddMissed(lines, report);
        if (whole) AddNotApplicable(lines, report);
        AddNumbers(lines, report);
        return lines;
    }

    /// <summary>How many were seeded, caught and missed, in words.</summary>
    public static string Counted(DrillReport report) => string.Create(CultureInfo.InvariantCulture,
        $"{report.Seeded} {(report.Seeded == 1 ? "leak" : "leaks")} seeded, {report.Caught} caught, {report.Missed} missed{(report.NotApplicable > 0 ? $"; {report.NotApplicable} {(report.NotApplicable == 1 ? "does" : "do")} not apply here" : "")}");

    /// <summary>The bound on the share that is missed, in words.</summary>
    public static string Bound(DrillReport report) => report.Seeded == 0 ? "Nothing was seeded, so nothing is known."
        : string.Create(CultureInfo.InvariantCulture, $"{report.Missed} of {report.Seeded} missed: of leaks like these, up to {report.MissRateBound * 100:0.0} % may slip through (Wilson, 95 %).");

    /// <summary>Stands where nobody said something.</summary>
    internal const string NotSaid = "not said";

    /// <summary>The controls that stop a leak, by their titles.</summary>
    internal static string StoppedBy(DrillReport report, LeakResult leak)
    {
        var titles = report.Controls.Where(c => leak.CaughtBy.Contains(c.Id)).Select(c => c.Title).ToArray();
        return titles.Length == 0 ? "nothing" : string.Join(", ", titles);
    }

    /// <summary>What one leak would have cost, by pathway.</summary>
    internal static string CostInWords(DrillReport report) => report.Costs.Count == 0 ? NotSaid
        : string.Join("; ", report.Costs.Select(c => $"{(report.Costs.Count > 1 ? c.Pathway + ": " : "")}{Money.Text(c.Low, c.Currency)} to {Money.Text(c.High, c.Currency)}"));

    /// <summary>Where the cost comes from.</summary>
    internal static string Cost(DrillReport report) => report.Costs.Count == 0
        ? "Nobody has said what a leak would cost: the manifest has no 'exposure' for this artifact."
        : "The cost is what the 'exposure' of the manifest says for one leak by this way: in nine cases of ten it lies between the two figures, which are no more than what hangs on it. It is the same for every leak, and as good as what was entered there.";

    private static void AddMatrix(List<string> lines, DrillReport report, bool whole)
    {
        var letters = new string[report.Controls.Count];
        for (var i = 0; i < letters.Length; i++) letters[i] = i < 26 ? ((char)('a' + i)).ToString() : "?";
        var rows = report.Leaks.Where(l => l.Outcome != LeakOutcome.NotApplicable && (whole || l.Outcome == LeakOutcome.Missed || l.CaughtBy.Count < 2)).OrderBy(l => l.Outcome == LeakOutcome.Missed ? 0 : 1).ToArray();
        var room = Math.Max(20, Width - 3 - 2 * letters.Length);
        if (rows.Length > 0)
        {
            if (!whole) lines.Add("Slipped through (!), or held by one control alone ('--all' shows every leak):");
            lines.Add($"  {new string(' ', room)} {string.Join(' ', letters)}");
            foreach (var leak in rows)
            {
                var row = new StringBuilder(leak.Outcome == LeakOutcome.Missed ? "! " : "  ");
                var name = Columns.Cut(EntryPath.Printable(leak.Id), room);
                row.Append(name).Append(' ', room - Columns.Of(name));
                foreach (var control in report.Controls) row.Append(leak.CaughtBy.Contains(control.Id) ? " x" : " .");
                lines.Add(row.ToString());
            }

            lines.Add("");
        }

        lines.Add("Each control alone would have caught:");
        for (var i = 0; i < letters.Length; i++)
        {
            var control = report.Controls[i];
            var caught = report.Leaks.Count(l => l.CaughtBy.Contains(control.Id));
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"  {letters[i]}  {caught,3} of {report.Seeded}  {Columns.Cut(EntryPath.Printable($"{control.Title} ({control.Id})"), 60)}"));
        }

        lines.Add("");
    }

    private static void AddMissed(List<string> lines, DrillReport report)
    {
        if (report.Missed == 0) return;
        lines.Add("What slipped through:");
        foreach (var leak in report.Leaks)
        {
            if (leak.Outcome != LeakOutcome.Missed) continue;
            Wrap(lines, "  ! ", $"{leak.Title} ({leak.Id})");
            Wrap(lines, "    ", leak.Story);
            Wrap(lines, "    ", $"seeded: {string.Join(", ", leak.Seeds)}{(leak.Control is { } control ? $"; meant for the control '{control}'" : "")}{(leak.Owner is { } owner ? $"; owner: {owner}" : "")}");
        }

        lines.Add("");
    }

    private static void AddNotApplicable(List<string> lines, DrillReport report)
    {
        if (report.NotApplicable == 0) return;
        lines.Add("Not applicable:");
        foreach (var leak in report.Leaks)
            if (leak.Outcome == LeakOutcome.NotApplicable) Wrap(lines, "  - ", $"{leak.Id}: {leak.Reason}");
        lines.Add("");
    }

    private static void AddNumbers(List<string> lines, DrillReport report)
    {
        if (report.Seeded > 0) lines.Add(string.Create(CultureInfo.InvariantCulture, $"Time to detect: {report.MedianMilliseconds:0} ms in the middle, {report.MaximumMilliseconds:0} ms at most."));
        Wrap(lines, "", Bound(report));
        foreach (var line in HonestyOf(report)) Wrap(lines, "", line);
    }

    private static void Wrap(List<string> lines, string begin, string text)
    {
        var first = true;
        foreach (var line in Columns.Wrap(EntryPath.Printable(text), Width - begin.Length))
        {
            lines.Add((first ? begin : new string(' ', begin.Length)) + line);
            first = false;
        }
    }
}
