using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Reporting;

/// <summary>How reports tell of a waiver that silences something: one wording for all of them.</summary>
public static class WaivedText
{
    /// <summary>E.g. <c>waived until 2027-01-31 (12 days left) by W-7 of alice: the reason</c>.</summary>
    public static string Of(GateReport report, Waiver waiver) =>
        EntryPath.Printable(string.Create(CultureInfo.InvariantCulture, $"waived until {JsonReporter.Written(waiver.Expires)} ({Left(DaysLeft(report, waiver))}) by {waiver.Id} of {waiver.Owner}: {waiver.Reason}"));

    /// <summary>Days it still holds after the day of judgement.</summary>
    public static int DaysLeft(GateReport report, Waiver waiver)
    {
        foreach (var state in report.Waivers)
            if (state.Waiver == waiver) return state.DaysLeft;
        return waiver.Expires.DayNumber - (report.Request.AsOf ?? DateOnly.FromDateTime(report.Started)).DayNumber;
    }

    /// <summary>E.g. <c>12 days left</c>, <c>last day</c>, <c>expired 3 days ago</c>.</summary>
    public static string Left(int days) => days switch
    {
        0 => "last day",
        1 => "1 day left",
        > 1 => string.Create(CultureInfo.InvariantCulture, $"{days:#,0} days left"),
        -1 => "expired 1 day ago",
        _ => string.Create(CultureInfo.InvariantCulture, $"expired {-days:#,0} days ago"),
    };
}
