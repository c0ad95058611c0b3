using System.Text.Json;
using ReleaseGate.Reporting;

namespace ReleaseGate.Governance;

/// <summary>Writes what a drill has shown as JSON: <see cref="DrillReport.Schema"/>. Every key is always present.</summary>
public static class DrillWriter
{
    /// <summary>Writes a report, UTF-8 without a mark, lines ending in a line feed. Nothing in it depends on the machine but the times.</summary>
    /// <param name="report">What was shown.</param>
    /// <param name="output">Where to; stays open.</param>
    public static void Write(DrillReport report, Stream output)
    {
        using var lines = new LineFeeds(output);
        using var json = new Utf8JsonWriter(lines, JsonReporter.Format);
        json.WriteStartObject();
        json.WriteString("schema"u8, DrillReport.Schema);
        json.WriteStartObject("tool"u8);
        json.WriteString("name"u8, "ReleaseGate"u8);
        JsonReporter.WriteText(json, "version"u8, report.ToolVersion);
        json.WriteEndObject();
        json.WriteString("started"u8, JsonReporter.Written(report.Started));
        json.WriteString("result"u8, report.Passed ? "passed"u8 : "missed"u8);
        json.WriteStartObject("artifact"u8);
        JsonReporter.WriteText(json, "name"u8, report.Name);
        json.WriteString("kind"u8, report.Kind.ToString());
        JsonReporter.WriteText(json, "purl"u8, report.PackageUrl);
        json.WriteString("sha256"u8, report.Digest.ToString());
        json.WriteNumber("size"u8, report.Length);
        json.WriteEndObject();
        json.WriteStartObject("policy"u8);
        JsonReporter.WriteText(json, "path"u8, report.Policy.Path);
        json.WriteString("sha256"u8, report.Policy.Digest.ToString());
        json.WriteBoolean("found"u8, report.Policy.Found);
        JsonReporter.WriteText(json, "from"u8, report.Policy.From);
        json.WriteString("judging"u8, report.Judging.ToString());
        json.WriteEndObject();
        json.WriteStartArray("only"u8);
        foreach (var id in report.Only) JsonReporter.WriteValue(json, id);
        json.WriteEndArray();
        WriteSummary(json, report);
        json.WriteStartArray("controls"u8);
        foreach (var control in report.Controls) WriteControl(json, control);
        json.WriteEndArray();
        json.WriteStartArray("costs"u8);
        foreach (var cost in report.Costs) WriteCost(json, cost);
        json.WriteEndArray();
        json.WriteStartArray("leaks"u8);
        foreach (var leak in report.Leaks) WriteLeak(json, leak);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private static void WriteSummary(Utf8JsonWriter json, DrillReport report)
    {
        json.WriteStartObject("summary"u8);
        json.WriteNumber("seeded"u8, report.Seeded);
        json.WriteNumber("caught"u8, report.Caught);
        json.WriteNumber("missed"u8, report.Missed);
        json.WriteNumber("notApplicable"u8, report.NotApplicable);
        json.WriteNumber("missRateBound"u8, Math.Round(report.MissRateBound, 4));
        json.WriteNumber("medianMilliseconds"u8, Math.Round(report.MedianMilliseconds, 1));
        json.WriteNumber("maximumMilliseconds"u8, Math.Round(report.MaximumMilliseconds, 1));
        json.WriteEndObject();
    }

    private static void WriteControl(Utf8JsonWriter json, Control control)
    {
        json.WriteStartObject();
        JsonReporter.WriteText(json, "id"u8, control.Id);
        JsonReporter.WriteText(json, "title"u8, control.Title);
        json.WriteStartArray("rules"u8);
        foreach (var rule in control.Rules) json.WriteStringValue(rule.ToString());
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCost(Utf8JsonWriter json, LeakCost cost)
    {
        json.WriteStartObject();
        JsonReporter.WriteText(json, "pathway"u8, cost.Pathway);
        JsonReporter.WriteText(json, "currency"u8, cost.Currency);
        json.WriteNumber("low"u8, cost.Low);
        json.WriteNumber("high"u8, cost.High);
        json.WriteEndObject();
    }

    private static void WriteLeak(Utf8JsonWriter json, LeakResult leak)
    {
        json.WriteStartObject();
        JsonReporter.WriteText(json, "id"u8, leak.Id);
        JsonReporter.WriteText(json, "title"u8, leak.Title);
        JsonReporter.WriteText(json, "story"u8, leak.Story);
        JsonReporter.WriteText(json, "control"u8, leak.Control);
        json.WriteBoolean("own"u8, leak.IsOwn);
        JsonReporter.WriteText(json, "owner"u8, leak.Owner);
        json.WriteString("outcome"u8, NameOf(leak.Outcome));
        JsonReporter.WriteText(json, "reason"u8, leak.Reason);
        json.WriteStartArray("seeds"u8);
        foreach (var seed in leak.Seeds) json.WriteStringValue(Artifacts.EntryPath.Printable(seed));
        json.WriteEndArray();
        json.WriteStartArray("rules"u8);
        foreach (var rule in leak.Rules) json.WriteStringValue(rule.ToString());
        json.WriteEndArray();
        json.WriteStartArray("caughtBy"u8);
        foreach (var control in leak.CaughtBy) json.WriteStringValue(control);
        json.WriteEndArray();
        json.WriteNumber("milliseconds"u8, Math.Round(leak.Milliseconds, 1));
        json.WriteEndObject();
    }

    internal static string NameOf(LeakOutcome outcome) => outcome switch
    {
        LeakOutcome.Caught => "caught",
        LeakOutcome.Missed => "missed",
        LeakOutcome.NotApplicable => "notApplicable",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "an outcome without a name"),
    };
}
