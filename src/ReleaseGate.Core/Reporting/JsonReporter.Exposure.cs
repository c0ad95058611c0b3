using System.Text.Json;
using ReleaseGate.Governance;

namespace ReleaseGate.Reporting;

// Exposure in money as a document of its own.
public sealed partial class JsonReporter
{
    /// <summary>The name of the format that <see cref="WriteExposure"/> writes.</summary>
    public const string ExposureSchema = "releasegate/exposure/v1";

    /// <summary>The JSON Schema of that format.</summary>
    public static string ExposureSchemaText() => SchemaText("exposure.schema.json");

    /// <summary>Writes an assessment as a document of its own, <c>releasegate/exposure/v1</c> (docs/exposure.md, exposure.schema.json): its <c>risk</c> is that of a report.</summary>
    /// <param name="exposure">The assessment.</param>
    /// <param name="time">When it was made, UTC.</param>
    /// <param name="output">Where to; stays open.</param>
    public static void WriteExposure(ExposureAssessment exposure, DateTime time, Stream output)
    {
        using var lines = new LineFeeds(output);
        using (var json = new Utf8JsonWriter(lines, Format))
        {
            Begin(json, ExposureSchema, time);
            json.WriteString("result"u8, exposure.Passed ? "passed" : "blocked");
            WriteText(json, "manifest"u8, exposure.Model.Location.File);
            json.WritePropertyName("risk"u8);
            WriteRisk(json, exposure);
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }
}
