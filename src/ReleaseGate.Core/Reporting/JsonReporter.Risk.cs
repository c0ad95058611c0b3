using System.Globalization;
using System.Text.Json;
using ReleaseGate.Governance;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

// Exposure in money: the figures, and everything they are made of.
public sealed partial class JsonReporter
{
    /// <summary>The <c>risk</c> of a report alone: two assessments that say the same have the same bytes.</summary>
    internal static byte[] RiskOf(ExposureAssessment exposure)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Format)) WriteRisk(json, exposure);
        return bytes.ToArray();
    }

    /// <summary>Writes an assessment as the value of whatever property was begun; where there is none, the same keys with null and empty arrays.</summary>
    internal static void WriteRisk(Utf8JsonWriter json, ExposureAssessment? exposure)
    {
        var model = exposure?.Model;
        json.WriteStartObject();
        WriteText(json, "currency"u8, model?.Currency);
        WriteAmount(json, "ale"u8, exposure?.Ale);
        WriteAmount(json, "lossProbability"u8, exposure?.LossProbability);
        WriteAmount(json, "var95"u8, exposure?.Var95);
        WriteAmount(json, "es95"u8, exposure?.Es95);
        WriteAmount(json, "var99"u8, exposure?.Var99);
        WriteAmount(json, "es99"u8, exposure?.Es99);
        WriteAmount(json, "maxES95"u8, model?.MaximumEs95);
        if (exposure is null) json.WriteNull("passed"u8);
        else json.WriteBoolean("passed"u8, exposure.Passed);
        WriteText(json, "severity"u8, exposure is null ? null : exposure.ToleranceSeverity == Severity.Off ? "off" : NameOf(exposure.ToleranceSeverity));
        json.WriteStartArray("lec"u8);
        if (exposure is not null) WriteCurve(json, exposure.Curve);
        json.WriteEndArray();
        json.WriteStartArray("tolerance"u8);
        foreach (var result in exposure?.Tolerance ?? [])
        {
            json.WriteStartObject();
            json.WriteNumber("loss"u8, result.Point.Loss);
            json.WriteNumber("maxProbability"u8, result.Point.MaximumProbability);
            json.WriteNumber("probability"u8, result.Probability);
            json.WriteBoolean("exceeded"u8, result.IsExceeded);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteAmount(json, "missRate"u8, exposure?.MissRate);
        WriteAmount(json, "minMiss"u8, model?.MinimumMiss);
        WriteAmount(json, "remediationBudget"u8, model?.RemediationBudget);
        WriteDrill(json, exposure?.Drill);
        WriteValued(json, "streams"u8, model?.Streams ?? [], static s => (s.Id, s.Title, s.Value));
        WriteValued(json, "contracts"u8, model?.Contracts ?? [], static c => (c.Id, c.Title, c.Value));
        json.WriteStartArray("pathways"u8);
        foreach (var pathway in exposure?.Pathways ?? []) WritePathway(json, pathway);
        json.WriteEndArray();
        json.WriteStartArray("controls"u8);
        foreach (var control in model?.Controls ?? []) WriteControl(json, control, exposure!.Controls.FirstOrDefault(v => v.Control.Id == control.Id));
        json.WriteEndArray();
        json.WriteStartArray("approvers"u8);
        foreach (var approver in model?.Approvers ?? [])
        {
            json.WriteStartObject();
            WriteText(json, "id"u8, approver.Id);
            json.WriteNumber("limit"u8, approver.Limit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("doubts"u8);
        foreach (var doubt in exposure?.Doubts ?? []) WriteValue(json, doubt);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCurve(Utf8JsonWriter json, IReadOnlyList<LossPoint> curve)
    {
        foreach (var point in curve)
        {
            json.WriteStartObject();
            json.WriteNumber("loss"u8, point.Loss);
            json.WriteNumber("probability"u8, point.Probability);
            json.WriteEndObject();
        }
    }

    private static void WriteDrill(Utf8JsonWriter json, DrillMatrix? drill)
    {
        json.WritePropertyName("drill"u8);
        if (drill is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        WriteText(json, "artifact"u8, drill.Source?.Artifact);
        if (drill.Source is { } source)
        {
            json.WriteBoolean("folder"u8, source.IsFolder);
            WriteText(json, "started"u8, source.Started.ToString(TimeFormat, CultureInfo.InvariantCulture));
        }
        else
        {
            json.WriteNull("folder"u8);
            json.WriteNull("started"u8);
        }

        WriteIds(json, "discounted"u8, drill.Discounted);
        json.WriteStartArray("controls"u8);
        foreach (var id in drill.Controls) WriteValue(json, id);
        json.WriteEndArray();
        json.WriteStartArray("leaks"u8);
        foreach (var leak in drill.Leaks)
        {
            json.WriteStartObject();
            WriteText(json, "id"u8, leak.Id);
            json.WriteStartArray("caughtBy"u8);
            for (var i = 0; i < drill.Controls.Count; i++)
                if (leak.Caught[i]) WriteValue(json, drill.Controls[i]);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteValued<T>(Utf8JsonWriter json, ReadOnlySpan<byte> key, IReadOnlyList<T> items, Func<T, (string Id, string Title, double Value)> of)
    {
        json.WriteStartArray(key);
        foreach (var item in items)
        {
            var (id, title, value) = of(item);
            json.WriteStartObject();
            WriteText(json, "id"u8, id);
            WriteText(json, "title"u8, title);
            json.WriteNumber("value"u8, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePathway(Utf8JsonWriter json, PathwayExposure exposure)
    {
        var pathway = exposure.Pathway;
        json.WriteStartObject();
        WriteText(json, "id"u8, pathway.Id);
        WriteText(json, "artifact"u8, pathway.Artifact?.ToString());
        json.WriteNumber("releases"u8, pathway.Releases);
        json.WriteNumber("leakProbability"u8, exposure.LeakProbability);
        json.WriteNumber("leakProbabilitySaid"u8, pathway.LeakProbability);
        json.WritePropertyName("history"u8);
        if (exposure.History is not { } history) json.WriteNullValue();
        else
        {
            json.WriteStartObject();
            json.WriteNumber("releases"u8, history.Releases);
            json.WriteNumber("blocked"u8, history.Blocked);
            json.WriteEndObject();
        }

        json.WriteNumber("frequency"u8, exposure.Frequency);
        json.WriteStartArray("losses"u8);
        foreach (var loss in pathway.Losses)
        {
            json.WriteStartObject();
            WriteText(json, "name"u8, loss.Name);
            json.WriteNumber("low"u8, loss.Low);
            json.WriteNumber("high"u8, loss.High);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteAmount(json, "cap"u8, exposure.Cap);
        json.WriteNumber("meanLoss"u8, exposure.MeanLoss);
        json.WriteNumber("ale"u8, exposure.Ale);
        json.WriteStartArray("streams"u8);
        foreach (var stream in pathway.Streams) WriteValue(json, stream.Id);
        json.WriteEndArray();
        json.WriteStartArray("contracts"u8);
        foreach (var contract in pathway.Contracts) WriteValue(json, contract.Id);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteControl(Utf8JsonWriter json, Control control, ControlValue? value)
    {
        json.WriteStartObject();
        WriteText(json, "id"u8, control.Id);
        WriteText(json, "title"u8, control.Title);
        WriteIds(json, "rules"u8, control.Rules);
        WriteAmount(json, "cost"u8, control.Cost);
        WriteAmount(json, "missRateWithout"u8, value?.MissRateWithout);
        WriteAmount(json, "aleWithout"u8, value?.AleWithout);
        WriteAmount(json, "es95Without"u8, value?.Es95Without);
        WriteAmount(json, "value"u8, value?.Value);
        WriteAmount(json, "return"u8, value?.Return);
        json.WriteEndObject();
    }

    private static void WriteAmount(Utf8JsonWriter json, ReadOnlySpan<byte> key, double? amount)
    {
        if (amount is { } number) json.WriteNumber(key, number);
        else json.WriteNull(key);
    }
}
