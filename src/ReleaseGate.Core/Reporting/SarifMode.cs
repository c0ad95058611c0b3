using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Reporting;

/// <summary>What is unusual about a run, in the properties of its SARIF.</summary>
/// <param name="WarnOnly">Whether somebody asked for warnings only.</param>
/// <param name="PolicyFrom">The revision that the manifest was taken from, or null.</param>
/// <param name="AsOf">The day that waivers were judged by, or null.</param>
/// <param name="Omitted">How many waived findings are left out.</param>
/// <param name="NeedApproval">What the working copy's manifest would permit beyond the one judged by.</param>
internal sealed record SarifMode(bool WarnOnly, string? PolicyFrom, string? AsOf, int Omitted, IReadOnlyList<string> NeedApproval)
{
    /// <summary>The name of the property.</summary>
    public const string Key = "mode";

    /// <summary>Whether nothing is, so that nothing is written.</summary>
    public bool IsUsual => !WarnOnly && PolicyFrom is null && AsOf is null && Omitted == 0 && NeedApproval.Count == 0;

    /// <summary>That of a report.</summary>
    public static SarifMode Of(GateReport report, IReadOnlyList<Verdict> verdicts) => new(
        report.Request.WarnOnly,
        report.Request.PolicyFrom is { } revision ? EntryPath.Printable(revision) : null,
        report.Request.AsOf is { } day ? JsonReporter.Written(day) : null,
        report.Request.SarifOmitsWaived ? verdicts.Sum(v => v.Waived) : 0,
        [.. report.NeedApproval.Select(c => EntryPath.Printable(c.What))]);

    /// <summary>What <see cref="Write"/> wrote.</summary>
    /// <exception cref="GateException">RG0007: nobody of ours did.</exception>
    public static SarifMode Read(ReportJson json, Func<ReportJson, string> plain)
    {
        var keys = json.Object("warnOnly", "policyFrom", "asOf", "omitted", "needApproval");
        var mode = new SarifMode(keys["warnOnly"].Truth(), keys["policyFrom"].IsNull ? null : plain(keys["policyFrom"]), keys["asOf"].IsNull ? null : plain(keys["asOf"]),
            keys["omitted"].Count(), keys["needApproval"].Array().ConvertAll(c => plain(c)));
        return mode.IsUsual ? throw json.Mistake("it says nothing") : mode;
    }

    /// <summary>That of a run made of several. Where they differ in what they were judged by, it says nothing of that.</summary>
    public static SarifMode? Join(IReadOnlyList<SarifMode?> modes)
    {
        if (modes.All(m => m is null)) return null;
        var (from, day) = (modes[0]?.PolicyFrom, modes[0]?.AsOf);
        var joined = new SarifMode(modes.Any(m => m?.WarnOnly == true), modes.All(m => m?.PolicyFrom == from) ? from : null, modes.All(m => m?.AsOf == day) ? day : null,
            modes.Sum(m => m?.Omitted ?? 0), [.. modes.SelectMany(m => m?.NeedApproval ?? []).Distinct(StringComparer.Ordinal)]);
        return joined.IsUsual ? null : joined;
    }

    /// <summary>Writes it as a property.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WritePropertyName(Key);
        ToJson().WriteTo(json);
    }

    /// <summary>Its value.</summary>
    public JsonObject ToJson() => new()
    {
        ["warnOnly"] = WarnOnly,
        ["policyFrom"] = PolicyFrom,
        ["asOf"] = AsOf,
        ["omitted"] = Omitted,
        ["needApproval"] = new JsonArray([.. NeedApproval.Select(c => JsonValue.Create(c))]),
    };
}
