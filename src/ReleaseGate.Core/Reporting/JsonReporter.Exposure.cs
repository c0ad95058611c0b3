using System.Text.Json;
using ReleaseGate.Governance;

namespace ReleaseGate.Reporting;

// Exposure in money as a document of its own.
public sealed partial class JsonReporter
{
    /// <summary>The name of the format that <c>WriteExposure</c> writes.</summary>
    public const string ExposureSchema = "releasegate/exposure/v1";

    /// <summary>The JSON Schema of that format.</summary>
    public static string ExposureSchemaText() => SchemaText("exposure.schema.json");

    /// <summary>Writes an assessment as a document of its own, <c>releasegate/exposure/v1</c> (docs/exposure.md, exposure.schema.json): its <c>risk</c> is that of a report.</summary>
    /// <param name="exposure">The assessment.</param>
    /// <param name="time">When it was made, UTC.</param>
    /// <param name="output">Where to; stays open.</param>
    public static void WriteExposure(ExposureAssessment exposure, DateTime time, Stream output) => WriteExposure(exposure, null, time, output);

    /// <summary>The same, with what remediation cost this year (null: there is no audit log).</summary>
    internal static void WriteExposure(ExposureAssessment exposure, Spending? spending, DateTime time, Stream output)
    {
        using var lines = new LineFeeds(output);
        using (var json = new Utf8JsonWriter(lines, Format))
        {
            Begin(json, ExposureSchema, time);
            json.WriteString("result"u8, exposure.IsBlocking || spending is { IsOver: true } ? "blocked" : "passed");
            WriteText(json, "manifest"u8, exposure.Model.Location.File);
            json.WritePropertyName("risk"u8);
            WriteRisk(json, exposure);
            json.WritePropertyName("remediation"u8);
            WriteRemediation(json, spending);
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    private static void WriteRemediation(Utf8JsonWriter json, Spending? spending)
    {
        if (spending is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteNumber("year"u8, spending.Year);
        json.WriteNumber("spent"u8, spending.Spent);
        WriteAmount(json, "budget"u8, spending.Budget);
        json.WriteBoolean("overBudget"u8, spending.IsOver);
        json.WriteStartArray("others"u8);
        foreach (var (currency, sum) in spending.Others)
        {
            json.WriteStartObject();
            WriteText(json, "currency"u8, currency);
            json.WriteNumber("spent"u8, sum);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
