using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;

namespace ReleaseGate.Reporting;

/// <summary>What a drill has shown, for a terminal of 80 columns: a matrix, then what slipped through, then the numbers and what they are worth.</summary>
internal static class DrillText
{
    // More would leave too little for the names of the leaks.
    private const int MostColumns = 26;

    private const string Signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// <summary>What every report of a drill ends with: how far its numbers go.</summary>
    public static IReadOnlyList<string> HonestyOf(DrillReport report) =>
    [
        .. report.Leaks.Any(l => !l.IsOwn && l.Outcome != LeakOutcome.NotApplicable)
            ? (string[])[$"{(HasOwn(report) ? "Those that are not your own" : "These leaks")} were made by those who made the rules, so that they are caught says less than a miss would."] : [],
        .. HasOwn(report) ? (string[])[] : ["Add your own: put files into a folder, and name it with '--leaks'."],
    ];

    private static bool HasOwn(DrillReport report) => report.Leaks.Any(l => l.IsOwn);

    /// <summary>The lines of a report.</summary>
    /// <param name="report">What was shown.</param>
    /// <param name="whole">Whether the matrix has every leak; otherwise those that slipped through, or one control alone holds.</param>
    /// <param name="isPart">Whether only some of the leaks were asked for, see <see cref="ControlsOf"/>.</param>
    public static IReadOnlyList<string> Lines(DrillReport report, bool whole, bool isPart)
    {
        var lines = new List<string>();
        lines.AddRange(Columns.Wrap($"{EntryPath.Printable(report.Name)}: ", Counted(report), "  "));
        lines.Add("");
        AddMatrix(lines, report, ControlsOf(report, isPart), whole);
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

    /// <summary>The controls that are shown: all of them, or where only some leaks were asked for those that these are meant for, and those that caught one.</summary>
    internal static IReadOnlyList<Control> ControlsOf(DrillReport report, bool isPart)
    {
        if (!isPart) return report.Controls;
        Control[] some = [.. report.Controls.Where(c => report.Leaks.Any(l => l.Outcome != LeakOutcome.NotApplicable && (l.Control == c.Id || l.CaughtBy.Contains(c.Id))))];
        return some.Length > 0 ? some : report.Controls;
    }

    /// <summary>Whether one control alone caught it: without that one it slips through.</summary>
    internal static bool IsHeldByOne(LeakResult leak) => leak.CaughtBy.Count == 1;

    /// <summary>How many leaks one control alone holds, as a sentence; null where there is none.</summary>
    internal static string? HeldByOne(DrillReport report) => report.Leaks.Count(IsHeldByOne) switch
    {
        0 => null,
        1 => "1 leak is held by one control alone: without it that leak slips through.",
        var some => string.Create(CultureInfo.InvariantCulture, $"{some} leaks are held by one control alone each: without it they slip through."),
    };

    /// <summary>Stands beside such a leak.</summary>
    internal const string OnlyOne = "only one control holds it";

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

    private static void AddMatrix(List<string> lines, DrillReport report, IReadOnlyList<Control> controls, bool whole)
    {
        var letters = new string[controls.Count];
        for (var i = 0; i < letters.Length; i++) letters[i] = i < Signs.Length ? Signs[i..(i + 1)] : "?";
        var rows = report.Leaks.Where(l => l.Outcome != LeakOutcome.NotApplicable && (whole || l.Outcome == LeakOutcome.Missed || IsHeldByOne(l))).OrderBy(l => l.Outcome == LeakOutcome.Missed ? 0 : 1).ToArray();
        if (rows.Length > 0 && !whole) lines.Add("Slipped through (!), or held by one control alone ('--all' shows every leak):");
        // What there is no room for stands in a matrix of its own.
        for (var from = 0; rows.Length > 0 && from < letters.Length; from += MostColumns)
        {
            var to = Math.Min(from + MostColumns, letters.Length);
            var room = Columns.Page - 3 - 2 * (to - from);
            lines.Add($"  {new string(' ', room)} {string.Join(' ', letters[from..to])}");
            foreach (var leak in rows)
            {
                var row = new StringBuilder(leak.Outcome == LeakOutcome.Missed ? "! " : "  ");
                var name = Columns.Cut(EntryPath.Printable(leak.Id), room);
                row.Append(name).Append(' ', room - Columns.Of(name));
                for (var i = from; i < to; i++) row.Append(leak.CaughtBy.Contains(controls[i].Id) ? " x" : " .");
                lines.Add(row.ToString());
            }

            lines.Add("");
        }

        lines.Add("Each control alone would have caught:");
        for (var i = 0; i < letters.Length; i++)
        {
            var caught = report.Leaks.Count(l => l.CaughtBy.Contains(controls[i].Id));
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"  {letters[i]}  {caught,3} of {report.Seeded}  {Columns.Cut(EntryPath.Printable($"{controls[i].Title} ({controls[i].Id})"), 60)}"));
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

    private static void Wrap(List<string> lines, string begin, string text) => lines.AddRange(Columns.Wrap(begin, EntryPath.Printable(text)));
}
