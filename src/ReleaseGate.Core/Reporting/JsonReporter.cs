using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>
/// Writes <c>releasegate/report/v1</c> (docs/report.md, report.schema.json). The document is total: every key is always present and arrays
/// are never null, since policy languages pass silently over what is not there.
/// </summary>
public sealed partial class JsonReporter : IReporter
{
    /// <summary>The name of the format, the value of <c>schema</c>.</summary>
    public const string Schema = "releasegate/report/v1";

    /// <summary>The name of the format that <see cref="WriteInventory"/> writes.</summary>
    public const string InventorySchema = "releasegate/inventory/v1";

    internal const int FlushAt = 64 * 1024;

    // The file is JSON and never pasted into HTML, so paths stay readable.
    internal static readonly JsonWriterOptions Format = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The JSON Schema of the format.</summary>
    public static string SchemaText() => SchemaText("report.schema.json");

    internal static string SchemaText(string file)
    {
        using var reader = new StreamReader(typeof(JsonReporter).Assembly.GetManifestResourceStream("ReleaseGate.Schemas." + file)!);
        return reader.ReadToEnd();
    }

    /// <inheritdoc/>
    public void Write(GateReport report, Stream output)
    {
        using var json = new Utf8JsonWriter(output, Format);
        Begin(json, Schema, report.Started);
        json.WriteString("result"u8, report.Passed ? "passed" : "blocked");
        json.WriteNull("error"u8);
        WriteMode(json, report.Request);
        WritePolicy(json, report.SeveralManifests ? null : report.Manifest, report.ManifestFound, report.PolicyFrom);
        WriteShard(json, report.Part);
        json.WritePropertyName("artifact"u8);
        WriteWhole(json, report.Verdicts);
        json.WriteStartArray("artifacts"u8);
        foreach (var verdict in report.Verdicts) WriteArtifact(json, verdict);
        json.WriteEndArray();
        json.WriteStartArray("findings"u8);
        foreach (var verdict in report.Verdicts)
            foreach (var judged in verdict.Findings)
                WriteFinding(json, verdict, judged);
        json.WriteEndArray();
        End(json, report.NeedApproval, report.Waivers, report.Exposure, report.Seal);
        output.WriteByte((byte)'\n');
    }

    /// <summary>Writes the report of a run that could not begin or not end: result <c>error</c>, so that there is always a file to read.</summary>
    /// <param name="mistake">What was wrong: a <see cref="GateException"/> with its place, or a defect of the gate.</param>
    /// <param name="started">When the run began, UTC.</param>
    /// <param name="output">Where to; stays open.</param>
    public static void WriteError(Exception mistake, DateTime started, Stream output)
    {
        var place = mistake as GateException;
        using var json = new Utf8JsonWriter(output, Format);
        Begin(json, Schema, started);
        json.WriteString("result"u8, "error");
        json.WriteStartObject("error"u8);
        WriteText(json, "rule"u8, place?.Rule.ToString());
        WriteText(json, "message"u8, mistake.Message);
        WriteText(json, "file"u8, place?.File);
        WriteNumber(json, "line"u8, place is { Line: > 0 } ? place.Line : null);
        WriteNumber(json, "column"u8, place is { Column: > 0 } ? place.Column : null);
        json.WriteEndObject();
        WriteMode(json, null);
        WritePolicy(json, null, found: false, null);
        WriteShard(json, null);
        json.WritePropertyName("artifact"u8);
        WriteWhole(json, []);
        json.WriteStartArray("artifacts"u8);
        json.WriteEndArray();
        json.WriteStartArray("findings"u8);
        json.WriteEndArray();
        End(json, [], [], null, null);
        output.WriteByte((byte)'\n');
    }

    /// <summary>Writes what an artifact holds and exposes, judged by nobody.</summary>
    /// <param name="report">The run whose only verdict names the artifact.</param>
    /// <param name="exposures">What it exposes, see <see cref="Exposure.Of"/>.</param>
    /// <param name="unreadable">The findings that say what could not be read.</param>
    /// <param name="output">Where to; stays open.</param>
    internal static void WriteInventory(GateReport report, IReadOnlyList<Exposure> exposures, IReadOnlyList<JudgedFinding> unreadable, Stream output)
    {
        var verdict = report.Verdicts[0];
        using var json = new Utf8JsonWriter(output, Format);
        Begin(json, InventorySchema, report.Started);
        json.WritePropertyName("artifact"u8);
        WriteArtifact(json, verdict);
        json.WriteStartArray("exposed"u8);
        foreach (var exposure in exposures)
        {
            json.WriteStartObject();
            json.WriteString("rule"u8, exposure.Rule.Id.ToString());
            json.WriteString("title"u8, exposure.Rule.Title);
            json.WriteString("summary"u8, exposure.Rule.Summary);
            json.WriteString("severity"u8, NameOf(exposure.Severity));
            json.WriteNumber("findings"u8, exposure.Findings.Count);
            json.WriteNumber("entries"u8, exposure.Entries);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("findings"u8);
        foreach (var exposure in exposures)
            foreach (var judged in exposure.Findings)
                WriteFinding(json, verdict, judged);
        foreach (var judged in unreadable) WriteFinding(json, verdict, judged);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    /// <summary>
    /// Tells a finding again in the next release: the first 16 hexadecimal digits of SHA-256 over rule, package (or artifact name) and entry path,
    /// separated by zero bytes. Neither the message nor the version is part of it.
    /// </summary>
    public static string Fingerprint(Verdict verdict, Finding finding) => Fingerprint(verdict, finding.Rule, finding.Path?.Value);

    /// <summary>The same for a rule and a path, or the artifact as a whole.</summary>
    internal static string Fingerprint(Verdict verdict, Descriptor rule, string? path)
    {
        var identity = $"{rule.Id}\0{verdict.Inventory.Package?.Id ?? verdict.Inventory.Name}\0{path}";
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(identity), hash);
        return Convert.ToHexString(hash[..8]).ToLowerInvariant();
    }

    private static void Begin(Utf8JsonWriter json, string schema, DateTime started)
    {
        json.WriteStartObject();
        json.WriteString("schema"u8, schema);
        json.WriteStartObject("tool"u8);
        json.WriteString("name"u8, "ReleaseGate");
        json.WriteString("version"u8, GateReport.ToolVersion);
        json.WriteEndObject();
        json.WriteString("started"u8, Written(started));
    }

    private static void WriteMode(Utf8JsonWriter json, GateRequest? request)
    {
        json.WriteBoolean("warnOnly"u8, request?.WarnOnly == true);
        WriteText(json, "asOf"u8, request?.AsOf is { } day ? Written(day) : null);
    }

    private static void End(Utf8JsonWriter json, IReadOnlyList<PolicyChange> changes, IReadOnlyList<WaiverState> waivers, ExposureAssessment? exposure, SealSummary? seal)
    {
        json.WriteStartArray("needApproval"u8);
        foreach (var change in changes) WriteChange(json, change);
        json.WriteEndArray();
        json.WriteStartArray("waivers"u8);
        foreach (var state in waivers) WriteWaiver(json, state);
        json.WriteEndArray();
        json.WritePropertyName("risk"u8);
        WriteRisk(json, exposure);
        json.WriteStartObject("seal"u8);
        json.WriteBoolean("present"u8, seal is not null);
        WriteText(json, "notAfter"u8, seal?.NotAfter is { } last ? Written(last) : null);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
    }

    private static void WritePolicy(Utf8JsonWriter json, Manifest? manifest, bool found, string? from)
    {
        json.WriteStartObject("policy"u8);
        WriteText(json, "path"u8, manifest?.Name);
        WriteText(json, "sha256"u8, manifest?.Digest.ToString());
        json.WriteBoolean("found"u8, found);
        WriteText(json, "from"u8, from);
        json.WriteEndObject();
    }

    private static void WriteShard(Utf8JsonWriter json, ShardOfRun? part)
    {
        json.WritePropertyName("shard"u8);
        if (part is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteNumber("index"u8, part.Shard.Index);
        json.WriteNumber("count"u8, part.Shard.Count);
        json.WriteNumber("total"u8, part.Total);
        json.WriteString("list"u8, part.List.ToString());
        json.WriteStartArray("usedPatterns"u8);
        foreach (var place in part.UsedPatterns) json.WriteStringValue(place);
        json.WriteEndArray();
        json.WriteStartArray("usedWaivers"u8);
        foreach (var id in part.UsedWaivers) json.WriteStringValue(id);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // The one artifact; of several what they have in common, with the cautious answer to "public".
    private static void WriteWhole(Utf8JsonWriter json, IReadOnlyList<Verdict> verdicts)
    {
        json.WriteStartObject();
        if (verdicts.Count == 1)
        {
            WriteIdentity(json, verdicts[0]);
        }
        else
        {
            var open = verdicts.Count == 0;
            long size = 0;
            var destination = verdicts.Count > 0 ? verdicts[0].Policy.Destination : null;
            foreach (var verdict in verdicts)
            {
                size += verdict.Inventory.Length;
                open |= IsPublic(verdict);
                if (!string.Equals(destination, verdict.Policy.Destination, StringComparison.Ordinal)) destination = null;
            }

            json.WriteNull("path"u8);
            json.WriteNull("kind"u8);
            json.WriteNull("name"u8);
            json.WriteNull("version"u8);
            json.WriteNull("purl"u8);
            json.WriteNull("sha256"u8);
            json.WriteNumber("size"u8, size);
            WriteText(json, "destination"u8, destination);
            json.WriteBoolean("public"u8, open);
        }

        json.WriteEndObject();
    }

    private static void WriteIdentity(Utf8JsonWriter json, Verdict verdict)
    {
        var inventory = verdict.Inventory;
        WriteText(json, "path"u8, verdict.Path);
        json.WriteString("kind"u8, inventory.Kind.ToString());
        WriteText(json, "name"u8, inventory.Package?.Id ?? inventory.Name);
        WriteText(json, "version"u8, inventory.Package?.Version);
        WriteText(json, "purl"u8, PackageUrl(inventory));
        json.WriteString("sha256"u8, inventory.Digest.ToString());
        json.WriteNumber("size"u8, inventory.Length);
        WriteText(json, "destination"u8, verdict.Policy.Destination);
        json.WriteBoolean("public"u8, IsPublic(verdict));
    }

    // What nobody declared private may end up in public.
    private static bool IsPublic(Verdict verdict) => !string.Equals(verdict.Policy.Destination, "private", StringComparison.Ordinal);

    private static void WriteArtifact(Utf8JsonWriter json, Verdict verdict)
    {
        json.WriteStartObject();
        WriteIdentity(json, verdict);
        json.WriteString("result"u8, verdict.Passed ? "passed" : "blocked");
        json.WriteNumber("bytesRead"u8, verdict.BytesRead);
        json.WriteNumber("milliseconds"u8, (long)verdict.Elapsed.TotalMilliseconds);
        WriteIds(json, "rulesRun"u8, verdict.RulesRun);
        WriteIds(json, "rulesOff"u8, verdict.RulesOff);
        json.WritePropertyName("drift"u8);
        WriteDrift(json, verdict.Drift);
        json.WriteStartArray("entries"u8);
        foreach (var entry in verdict.Inventory.Entries)
        {
            json.WriteStartObject();
            WriteText(json, "path"u8, entry.Path.Value);
            json.WriteString("type"u8, entry.Type.ToString());
            json.WriteString("kind"u8, entry.Kind.ToString());
            json.WriteNumber("size"u8, entry.Length);
            WriteNumber(json, "compressedSize"u8, entry.CompressedLength);
            WriteText(json, "sha256"u8, DigestOf(entry));
            json.WriteBoolean("complete"u8, entry.Complete);
            WriteText(json, "linkTarget"u8, entry.LinkTarget);
            WriteTexts(json, "traits"u8, entry.Traits);
            json.WriteEndObject();
            if (json.BytesPending > FlushAt) json.Flush();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteIds(Utf8JsonWriter json, ReadOnlySpan<byte> key, IReadOnlyList<RuleId> rules)
    {
        json.WriteStartArray(key);
        foreach (var rule in rules) json.WriteStringValue(rule.ToString());
        json.WriteEndArray();
    }

    private static void WriteFinding(Utf8JsonWriter json, Verdict verdict, JudgedFinding judged)
    {
        var finding = judged.Finding;
        json.WriteStartObject();
        json.WriteString("rule"u8, finding.Rule.Id.ToString());
        json.WriteString("title"u8, finding.Rule.Title);
        json.WriteString("severity"u8, NameOf(judged.Unwaived));
        json.WriteString("urgency"u8, Urgencies.NameOf(Urgencies.Of(finding.Rule, judged.Unwaived)));
        WriteText(json, "artifact"u8, verdict.Path);
        WriteText(json, "path"u8, finding.Path?.Value);
        WriteText(json, "sha256"u8, finding.Entry is { } entry ? DigestOf(entry) : null);
        WriteText(json, "message"u8, finding.Message);
        WriteText(json, "fix"u8, finding.Fix ?? finding.Rule.Fix);
        WriteText(json, "help"u8, finding.Rule.HelpLink);
        WriteNumber(json, "offset"u8, finding.Offset);
        WriteText(json, "file"u8, finding.Location?.File);
        WriteNumber(json, "line"u8, finding.Location?.Line);
        WriteNumber(json, "column"u8, finding.Location?.Column);
        WriteTexts(json, "facts"u8, finding.Facts);
        json.WriteString("fingerprint"u8, Fingerprint(verdict, finding));
        WriteText(json, "firstSeen"u8, judged.FirstSeen is { } seen ? Written(seen) : null);
        WriteText(json, "due"u8, judged.Due is { } due ? Written(due) : null);
        json.WriteBoolean("waived"u8, judged.Waiver is not null);
        WriteText(json, "waiver"u8, judged.Waiver?.Id);
        json.WriteBoolean("needsApproval"u8, judged.NeedsApproval);
        json.WriteEndObject();
        if (json.BytesPending > FlushAt) json.Flush();
    }

    private static string NameOf(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        Severity.Note => "note",
        _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, "A rule that is off has no findings."),
    };

    private static string? DigestOf(Entry entry) => entry is { Type: EntryType.File, Complete: true } ? entry.Digest.ToString() : null;

    internal static string? PackageUrl(Inventory inventory) =>
        inventory.Package is { } package ? Artifacts.PackageUrl.Of(inventory.Kind, package.Id, package.Version) : null;

    internal static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> key, long? value)
    {
        if (value is { } number) json.WriteNumber(key, number);
        else json.WriteNull(key);
    }

    internal static void WriteTexts(Utf8JsonWriter json, ReadOnlySpan<byte> key, ImmutableSortedDictionary<string, string> texts)
    {
        json.WriteStartObject(key);
        foreach (var (name, value) in texts)
        {
            json.WritePropertyName(name);
            WriteValue(json, value);
        }

        json.WriteEndObject();
    }

    internal static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> key, string? value)
    {
        json.WritePropertyName(key);
        WriteValue(json, value);
    }

    // Names of artifacts may hold half a surrogate pair, which the writer would replace; as an escape it is kept.
    internal static void WriteValue(Utf8JsonWriter json, string? value)
    {
        if (value is null) json.WriteNullValue();
        else if (IsWellFormed(value)) json.WriteStringValue(value);
        else json.WriteRawValue(Escaped(value), skipInputValidation: true);
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[++i])) return false;
        }

        return true;
    }

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is >= ' ' and < '\x7F' and not '"' and not '\\') escaped.Append(c);
            else escaped.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }

        return escaped.Append('"').ToString();
    }
}
