using System.Globalization;
using System.IO.Abstractions;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>
/// Writes SARIF 2.1.0 as GitHub code scanning takes it: one run, and so one category of alerts, for each package; every result at a file of the
/// repository, with the entry as a related location; fingerprints that outlive versions. Source: the OASIS standard, and
/// docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning.
/// </summary>
/// <param name="files">The disk; only its rules for paths are used.</param>
/// <param name="root">The root of the repository; a full path.</param>
public sealed partial class SarifReporter(IFileSystem files, string root) : IReporter
{
    /// <summary>GitHub takes no more runs in a file.</summary>
    public const int MostRuns = 20;

    // GitHub shows 5,000 results of a run and takes 25,000. A folder whose every file is wrong is one mistake.
    private const int MostInFolder = 20;
    private const int MostInRun = 5_000;

    // GitHub takes 10 MB, compressed. Names of packages may be as long as they like.
    private const int MostInMessage = 1_000;
    private const int MostInName = 300;

    /// <summary>What the schema is called in a file.</summary>
    internal const string Schema = "https://json.schemastore.org/sarif-2.1.0.json";

    /// <summary>The category of packages that share a run.</summary>
    internal const string Shared = "releasegate/";

    private const string Information = "https://github.com/releasegate/releasegate";

    // Indented, so that two files can be compared. Never pasted into HTML.
    internal static readonly JsonWriterOptions Format = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public void Write(GateReport report, Stream output)
    {
        using var json = new Utf8JsonWriter(output, Format);
        json.WriteStartObject();
        json.WriteString("$schema"u8, Schema);
        json.WriteString("version"u8, "2.1.0");
        json.WriteStartArray("runs"u8);
        foreach (var (category, verdicts) in Runs(report)) WriteRun(json, report, category, verdicts);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    // A later upload of the same category replaces an earlier one, so each package has its own.
    private static SortedDictionary<string, List<Verdict>> Runs(GateReport report)
    {
        var runs = new SortedDictionary<string, List<Verdict>>(StringComparer.Ordinal);
        foreach (var verdict in report.Verdicts)
        {
            var package = EntryPath.Printable(verdict.Inventory.Package?.Id ?? verdict.Inventory.Name);
            if (!runs.TryGetValue(package, out var run)) runs.Add(package, run = []);
            run.Add(verdict);
        }

        // An empty part of a run says that it is one: nobody would miss a file without runs.
        if (report.Verdicts.Count == 0 && report.Part is { } part) runs.Add(string.Create(CultureInfo.InvariantCulture, $"shard {part.Shard.Index} of {part.Shard.Count}"), []);
        if (runs.Count <= MostRuns) return runs;
        return new SortedDictionary<string, List<Verdict>>(StringComparer.Ordinal) { [""] = [.. report.Verdicts] };
    }

    private void WriteRun(Utf8JsonWriter json, GateReport report, string category, List<Verdict> verdicts)
    {
        var results = Results(verdicts, report.Request.SarifOmitsWaived);
        var rules = new SortedDictionary<RuleId, Descriptor>();
        foreach (var result in results) rules.TryAdd(result.Judged.Finding.Rule.Id, result.Judged.Finding.Rule);

        json.WriteStartObject();
        json.WriteStartObject("tool"u8);
        json.WriteStartObject("driver"u8);
        json.WriteString("name"u8, "ReleaseGate");
        json.WriteString("semanticVersion"u8, GateReport.ToolVersion);
        json.WriteString("informationUri"u8, Information);
        json.WriteStartArray("rules"u8);
        foreach (var rule in rules.Values) WriteRule(json, rule);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("automationDetails"u8);
        json.WriteString("id"u8, category.Length == 0 ? Shared : $"{Shared}{category}/");
        json.WriteEndObject();
        json.WriteStartArray("invocations"u8);
        json.WriteStartObject();
        json.WriteBoolean("executionSuccessful"u8, true);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("columnKind"u8, "utf16CodeUnits");
        var places = WriteArtifacts(json, verdicts, results);

        json.WriteStartArray("results"u8);
        var order = new List<RuleId>(rules.Keys);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var result in results) WriteResult(json, report, result, order, places, seen);
        json.WriteEndArray();
        var mode = SarifMode.Of(report, verdicts);
        if (report.Part is not null || !mode.IsUsual)
        {
            json.WriteStartObject("properties"u8);
            if (report.Part is { } part) WriteShard(json, part, report.Manifest.Digest);
            if (!mode.IsUsual) mode.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // What whoever joins the files needs to know whether they are all, see JoinedSarif.
    private static void WriteShard(Utf8JsonWriter json, ShardOfRun part, Digest manifest)
    {
        json.WriteStartObject("shard"u8);
        json.WriteNumber("index"u8, part.Shard.Index);
        json.WriteNumber("count"u8, part.Shard.Count);
        json.WriteNumber("total"u8, part.Total);
        json.WriteString("list"u8, part.List.ToString());
        json.WriteString("manifest"u8, manifest.ToString());
        json.WriteStartArray("usedPatterns"u8);
        foreach (var place in part.UsedPatterns) json.WriteStringValue(place);
        json.WriteEndArray();
        json.WriteStartArray("usedWaivers"u8);
        foreach (var id in part.UsedWaivers) json.WriteStringValue(id);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRule(Utf8JsonWriter json, Descriptor rule)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, rule.Id.ToString());
        json.WriteString("name"u8, EntryPath.Printable(rule.Title));
        WriteText(json, "shortDescription"u8, rule.Title);
        WriteText(json, "fullDescription"u8, rule.Summary.Length > 0 ? rule.Summary : rule.Title);
        // The schema wants an address; a rule from outside may have anything there.
        if (rule.HelpLink is { } link && Uri.IsWellFormedUriString(link, UriKind.Absolute)) json.WriteString("helpUri"u8, link);
        json.WriteStartObject("help"u8);
        json.WriteString("text"u8, Plain(rule.HelpLink is { } page ? $"{rule.Fix} {page}" : rule.Fix));
        json.WriteString("markdown"u8, rule.HelpLink is { } address ? $"{Plain(rule.Fix)}\n\n[{rule.Id}]({address})" : Plain(rule.Fix));
        json.WriteEndObject();
        json.WriteStartObject("defaultConfiguration"u8);
        json.WriteString("level"u8, LevelOf(rule.DefaultSeverity));
        json.WriteEndObject();
        json.WriteStartObject("properties"u8);
        json.WriteStartArray("tags"u8);
        json.WriteStringValue("security");
        json.WriteEndArray();
        json.WriteString("precision"u8, "high");
        json.WriteString("security-severity"u8, ScoreOf(rule));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // GitHub: above 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, below low.
    private static string ScoreOf(Descriptor rule) => Urgencies.Of(rule, rule.DefaultSeverity) switch
    {
        Urgency.Critical => "9.5",
        Urgency.High => "8.0",
        Urgency.Medium => "5.5",
        _ => "2.0",
    };

    private static string LevelOf(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        Severity.Note => "note",
        _ => "none",
    };

    /// <summary>The artifacts and, below them, the entries that results are about; where each stands in the list, and as what. No two are alike.</summary>
    private Dictionary<string, Place> WriteArtifacts(Utf8JsonWriter json, List<Verdict> verdicts, List<Result> results)
    {
        var places = new Dictionary<string, Place>(StringComparer.Ordinal);
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        json.WriteStartArray("artifacts"u8);
        foreach (var verdict in verdicts)
        {
            if (places.ContainsKey(verdict.Path)) continue;
            // Two outside the repository may have one name.
            var uri = UriOf(NameOf(verdict));
            if (taken.ContainsKey(uri)) uri = UriOf(verdict.Path);
            while (!taken.TryAdd(uri, taken.Count)) uri += "%2F";
            places.Add(verdict.Path, new Place(taken[uri], uri));
            json.WriteStartObject();
            json.WriteStartObject("location"u8);
            json.WriteString("uri"u8, uri);
            json.WriteEndObject();
            json.WriteNumber("length"u8, verdict.Inventory.Length);
            json.WriteStartObject("hashes"u8);
            json.WriteString("sha-256"u8, verdict.Inventory.Digest.ToString());
            json.WriteEndObject();
            if (verdict.Drift is { } drift) WriteDrift(json, drift);
            json.WriteEndObject();
        }

        foreach (var result in results)
        {
            if (result.Path is null || places.ContainsKey(KeyOf(result))) continue;
            var (parent, uri) = (places[result.Verdict.Path].Index, UriOf(result.Path));
            // "a//b" and "a/b" are two entries and one reference.
            var isNew = taken.TryAdd($"{parent}\0{uri}", taken.Count);
            places.Add(KeyOf(result), new Place(taken[$"{parent}\0{uri}"], uri));
            if (!isNew) continue;
            json.WriteStartObject();
            json.WriteStartObject("location"u8);
            json.WriteString("uri"u8, uri);
            json.WriteEndObject();
            json.WriteNumber("parentIndex"u8, parent);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        return places;
    }

    private sealed record Place(int Index, string Uri);

    private static string KeyOf(Result result) => $"{result.Verdict.Path}\0{result.Path}";

    private void WriteResult(Utf8JsonWriter json, GateReport report, Result result, List<RuleId> rules, Dictionary<string, Place> places, Dictionary<string, int> seen)
    {
        var (verdict, judged) = (result.Verdict, result.Judged);
        var finding = judged.Finding;
        json.WriteStartObject();
        json.WriteString("ruleId"u8, finding.Rule.Id.ToString());
        json.WriteNumber("ruleIndex"u8, rules.BinarySearch(finding.Rule.Id));
        json.WriteString("level"u8, LevelOf(judged.Waiver is null ? judged.Severity : judged.Unwaived));
        var text = Columns.Cut(Diagnostic.From(report.Request, verdict, judged).Text, MostInMessage);
        WriteText(json, "message"u8, result.Others == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{result.Others + 1:#,0} findings in {Columns.Cut(EntryPath.Printable(result.Path ?? verdict.Inventory.Name), MostInName)}, the first: {text}"));

        json.WriteStartArray("locations"u8);
        var place = RepositoryPlace.Of(files, root, report.Request, report.ManifestFound ? report.Manifest : null, finding.Location);
        // GitHub refuses a result without a file; where the repository has no manifest, that is the one to write.
        WriteLocation(json, place?.Path ?? ManifestSearch.FileName, place?.Line ?? 1, Math.Max(1, place?.Column ?? 1));
        json.WriteEndArray();

        json.WriteStartArray("relatedLocations"u8);
        json.WriteStartObject();
        json.WriteNumber("id"u8, 1);
        json.WriteStartObject("physicalLocation"u8);
        json.WriteStartObject("artifactLocation"u8);
        var about = places[result.Path is null ? verdict.Path : KeyOf(result)];
        json.WriteString("uri"u8, about.Uri);
        json.WriteNumber("index"u8, about.Index);
        json.WriteEndObject();
        json.WriteEndObject();
        var name = Columns.Cut(EntryPath.Printable(verdict.Inventory.Name), MostInName);
        WriteText(json, "message"u8, result.Path is null ? name : $"{Columns.Cut(EntryPath.Printable(result.Path), MostInName)} in {name}");
        json.WriteEndObject();
        json.WriteEndArray();

        // The same rule about the same entry may be there twice; the number tells them apart, as CodeQL does it.
        var fingerprint = result.Fingerprint;
        seen[fingerprint] = seen.GetValueOrDefault(fingerprint) + 1;
        json.WriteStartObject("partialFingerprints"u8);
        json.WriteString("primaryLocationLineHash"u8, string.Create(CultureInfo.InvariantCulture, $"{fingerprint}:{seen[fingerprint]}"));
        json.WriteEndObject();
        if (judged.Waiver is { } waiver) WriteSuppression(json, waiver);
        if (report.Part is not null && JoinedReports.IsDeferred(judged) && finding.Location is { } pattern)
        {
            json.WriteStartObject("properties"u8);
            if (finding.Rule.Id == GateRules.UnusedPattern.Id)
            {
                json.WriteString("pattern"u8, PatternUse.PlaceOf(pattern));
            }
            else
            {
                json.WriteString("waiver"u8, finding.Facts[Waivers.IdFact]);
                json.WriteString("near"u8, finding.Facts[Waivers.NearFact]);
                json.WriteString("level"u8, finding.Facts[Waivers.SeverityFact]);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteLocation(Utf8JsonWriter json, string path, int line, int column)
    {
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation"u8);
        json.WriteStartObject("artifactLocation"u8);
        json.WriteString("uri"u8, UriOf(path));
        json.WriteEndObject();
        json.WriteStartObject("region"u8);
        json.WriteNumber("startLine"u8, line);
        json.WriteNumber("startColumn"u8, column);
        json.WriteNumber("endLine"u8, line);
        json.WriteNumber("endColumn"u8, column + 1);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private string NameOf(Verdict verdict)
    {
        var full = files.Path.GetFullPath(verdict.Path, root);
        var relative = files.Path.GetRelativePath(root, full);
        return relative.StartsWith("..", StringComparison.Ordinal) || files.Path.IsPathFullyQualified(relative) ? verdict.Inventory.Name : relative.Replace(files.Path.DirectorySeparatorChar, '/');
    }

    // A relative reference: every segment escaped, nothing left that could be a scheme, a query or a way out.
    private static string UriOf(string path)
    {
        var segments = Columns.Cut(EntryPath.Printable(path), MostInName).Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < segments.Length; i++) segments[i] = segments[i] is "." or ".." ? segments[i].Replace(".", "%2E", StringComparison.Ordinal) : Uri.EscapeDataString(segments[i]);
        return segments.Length == 0 ? "%2F" : string.Join('/', segments);
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> key, string text)
    {
        json.WriteStartObject(key);
        json.WriteString("text"u8, Plain(text));
        json.WriteEndObject();
    }

    // "[text](target)" would be a link, and the text may come from a package.
    private static string Plain(string text) => EntryPath.Printable(text).Replace("](", "] (", StringComparison.Ordinal);
}
