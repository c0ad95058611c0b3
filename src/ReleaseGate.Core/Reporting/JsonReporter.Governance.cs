using System.Globalization;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Reporting;

// Waivers, drift and what needs approval.
public sealed partial class JsonReporter
{
    /// <summary>How dates are written.</summary>
    internal const string DateFormat = "yyyy-MM-dd";

    /// <summary>How times are written, UTC.</summary>
    internal const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    internal static string Written(DateOnly day) => day.ToString(DateFormat, CultureInfo.InvariantCulture);

    internal static string Written(DateTime time) => time.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static void WriteWaiver(Utf8JsonWriter json, WaiverState state)
    {
        var waiver = state.Waiver;
        json.WriteStartObject();
        WriteText(json, "id"u8, waiver.Id);
        json.WriteString("rule"u8, waiver.Rule.ToString());
        WriteText(json, "path"u8, waiver.Path);
        WriteText(json, "artifact"u8, waiver.Artifact?.ToString());
        WriteText(json, "sha256"u8, waiver.Sha256?.ToString());
        WriteText(json, "owner"u8, waiver.Owner);
        WriteText(json, "approver"u8, waiver.Approver);
        WriteText(json, "ticket"u8, waiver.Ticket);
        WriteText(json, "reason"u8, waiver.Reason);
        WriteText(json, "since"u8, waiver.Since is { } since ? Written(since) : null);
        json.WriteString("expires"u8, Written(waiver.Expires));
        json.WriteNumber("daysLeft"u8, state.DaysLeft);
        json.WriteBoolean("used"u8, state.Uses > 0);
        json.WriteNumber("uses"u8, state.Uses);
        WriteAmount(json, "price"u8, state.Price);
        WriteText(json, "file"u8, waiver.Location.File);
        json.WriteNumber("line"u8, waiver.Location.Line);
        json.WriteNumber("column"u8, waiver.Location.Column);
        json.WriteEndObject();
    }

    private static void WriteChange(Utf8JsonWriter json, PolicyChange change)
    {
        json.WriteStartObject();
        WriteText(json, "what"u8, change.What);
        WriteText(json, "file"u8, change.Location?.File);
        WriteNumber(json, "line"u8, change.Location?.Line);
        WriteNumber(json, "column"u8, change.Location?.Column);
        json.WriteEndObject();
    }

    /// <summary>The name of the format that <see cref="WriteDrift(Drift, DriftBaseline, DateTime, Stream)"/> writes.</summary>
    public const string DriftSchema = "releasegate/drift/v1";

    /// <summary>The JSON Schema of that format.</summary>
    public static string DriftSchemaText() => SchemaText("drift.schema.json");

    /// <summary>Writes what is different between two artifacts as a document of its own, <c>releasegate/drift/v1</c> (docs/report.md, drift.schema.json).</summary>
    /// <param name="drift">What is different.</param>
    /// <param name="now">The newer artifact.</param>
    /// <param name="time">When they were compared, UTC.</param>
    /// <param name="output">Where to.</param>
    public static void WriteDrift(Drift drift, DriftBaseline now, DateTime time, Stream output)
    {
        using var json = new Utf8JsonWriter(output, Format);
        Begin(json, DriftSchema, time);
        json.WriteBoolean("different"u8, !drift.IsEmpty);
        json.WritePropertyName("artifact"u8);
        WriteIdentity(json, now);
        json.WritePropertyName("drift"u8);
        WriteDrift(json, drift);
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private static void WriteIdentity(Utf8JsonWriter json, DriftBaseline artifact)
    {
        json.WriteStartObject();
        WriteText(json, "path"u8, artifact.Path);
        WriteText(json, "name"u8, artifact.Name);
        WriteText(json, "version"u8, artifact.Version);
        json.WriteString("sha256"u8, artifact.Digest.ToString());
        json.WriteNumber("size"u8, artifact.Length);
        json.WriteNumber("entries"u8, artifact.Entries);
        json.WriteEndObject();
    }

    /// <summary>Writes a drift as the value of whatever property was begun, or null.</summary>
    internal static void WriteDrift(Utf8JsonWriter json, Drift? drift)
    {
        if (drift is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WritePropertyName("baseline"u8);
        WriteIdentity(json, drift.Baseline);
        json.WriteStartArray("entries"u8);
        foreach (var change in drift.Entries)
        {
            json.WriteStartObject();
            WriteText(json, "path"u8, change.Path);
            json.WriteString("change"u8, NameOf(change.Change));
            WriteNumber(json, "before"u8, change.Before);
            WriteNumber(json, "after"u8, change.After);
            WriteText(json, "kindBefore"u8, change.KindBefore?.ToString());
            WriteText(json, "kind"u8, change.Kind?.ToString());
            WriteNumber(json, "modeBefore"u8, change.ModeBefore);
            WriteNumber(json, "mode"u8, change.Mode);
            json.WriteEndObject();
            if (json.BytesPending > FlushAt) json.Flush();
        }

        json.WriteEndArray();
        json.WriteStartArray("newKinds"u8);
        foreach (var kind in drift.NewKinds) json.WriteStringValue(kind.ToString());
        json.WriteEndArray();
        json.WriteStartArray("newFolders"u8);
        foreach (var folder in drift.NewFolders) WriteValue(json, folder);
        json.WriteEndArray();
        WriteTexts(json, "installScripts"u8, drift.InstallScripts);
        json.WritePropertyName("license"u8);
        if (drift.License is { } licenses)
        {
            json.WriteStartObject();
            json.WriteString("change"u8, NameOf(licenses.Change));
            json.WritePropertyName("before"u8);
            WriteLicense(json, licenses.Before);
            json.WritePropertyName("after"u8);
            WriteLicense(json, licenses.After);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteStartArray("dependencies"u8);
        foreach (var change in drift.Dependencies)
        {
            json.WriteStartObject();
            WriteText(json, "id"u8, change.Id);
            WriteText(json, "group"u8, change.Group);
            json.WriteString("change"u8, NameOf(change.Change));
            WriteText(json, "before"u8, change.Before);
            WriteText(json, "after"u8, change.After);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("exposures"u8);
        foreach (var exposure in drift.Exposures)
        {
            json.WriteStartObject();
            json.WriteString("rule"u8, exposure.Rule.ToString());
            WriteText(json, "path"u8, exposure.Path);
            WriteText(json, "message"u8, exposure.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes a declared licence as the value of whatever property was begun, or null.</summary>
    internal static void WriteLicense(Utf8JsonWriter json, PackageLicense? license)
    {
        if (license is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("kind"u8, license.Kind.ToString());
        WriteText(json, "text"u8, license.Text);
        json.WriteEndObject();
    }

    internal static string NameOf(ChangeKind change) => change switch
    {
        ChangeKind.Added => "added",
        ChangeKind.Removed => "removed",
        _ => "changed",
    };
}
