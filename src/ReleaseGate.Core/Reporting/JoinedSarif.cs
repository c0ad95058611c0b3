using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>One SARIF log of several that <see cref="SarifReporter"/> wrote: of all shards of a run, of the doors of a build, or of both.</summary>
internal sealed class JoinedSarif
{
    /// <summary>GitHub refuses a run with more.</summary>
    public const int MostResults = 25_000;

    private JoinedSarif(IReadOnlyList<JsonObject> runs)
    {
        Runs = runs;
        Results = [.. runs.SelectMany(ResultsOf)];
    }

    /// <summary>The runs in the order of their categories, each shaped as <see cref="SarifReporter"/> shapes it.</summary>
    private IReadOnlyList<JsonObject> Runs { get; }

    /// <summary>What the results say, in their order.</summary>
    public IReadOnlyList<SarifResult> Results { get; }

    /// <summary>How many runs there are.</summary>
    public int Count => Runs.Count;

    /// <summary>How many artifacts they tell of.</summary>
    public int Artifacts => Runs.Sum(r => r["artifacts"]!.AsArray().Count(IsWhole));

    /// <summary>Whether no result is an error that nobody waived.</summary>
    public bool Passed => Results.All(r => r.Diagnostic.Severity != Severity.Error);

    /// <summary>How many results a waiver silences, and how many waived findings the files leave out.</summary>
    public int Waived => Results.Count(r => r.IsWaived) + Runs.Sum(r => r["properties"]?[SarifMode.Key]?["omitted"]?.GetValue<int>() ?? 0);

    /// <summary>Joins the runs of files.</summary>
    /// <param name="files">What <see cref="SarifReader"/> read of each; whatever their order, the answer is the same.</param>
    /// <exception cref="GateException">RG0007: a shard is missing or there twice, shards belong to different runs, or two files say different things of the same package.</exception>
    public static JoinedSarif Join(IReadOnlyList<IReadOnlyList<SarifRun>> files)
    {
        WholeRun.Require([.. files.Where(f => f[0].Part is not null).Select(f => new PartOfRun(f[0].File, f[0].Part!, f[0].Manifest, f.Sum(r => r.Artifacts)))]);
        var all = files.SelectMany(f => f).ToArray();
        // With more packages than runs in one part, the whole has as well.
        var shared = all.Any(r => r is { Part: not null, Id: SarifReporter.Shared });
        var byId = new SortedDictionary<string, List<SarifRun>>(StringComparer.Ordinal);
        foreach (var run in all)
        {
            // An empty part of a run has told by now that it is there.
            if (run.Artifacts == 0) continue;
            var id = shared && run.Part is not null ? SarifReporter.Shared : run.Id;
            if (!byId.TryGetValue(id, out var same)) byId.Add(id, [run]);
            else if (IsNew(run, same)) same.Add(run);
        }

        if (byId.Count == 0) throw Wrong("there is no artifact, so nothing was inspected", all[0].File);
        if (byId.Count > SarifReporter.MostRuns) byId = new(StringComparer.Ordinal) { [SarifReporter.Shared] = [.. byId.Values.SelectMany(r => r)] };
        var used = new HashSet<string>(all.SelectMany(r => r.Part?.UsedPatterns ?? []), StringComparer.Ordinal);
        var told = new HashSet<string>(StringComparer.Ordinal);
        // As in one run: with the last artifact the pattern was meant for.
        var runs = byId.Select(r => One(r.Key, r.Value)).ToArray();
        for (var i = runs.Length - 1; i >= 0; i--) JudgePatterns(runs[i], used, told);
        JudgeWaivers(runs, new HashSet<string>(all.SelectMany(r => r.Part?.UsedWaivers ?? []), StringComparer.Ordinal));
        foreach (var run in runs) Number(run);
        return new JoinedSarif(runs);
    }

    /// <summary>Writes the log, formatted as <see cref="SarifReporter"/> does it.</summary>
    public void Write(Stream output)
    {
        using var json = new Utf8JsonWriter(output, SarifReporter.Format);
        json.WriteStartObject();
        json.WriteString("$schema"u8, SarifReporter.Schema);
        json.WriteString("version"u8, "2.1.0");
        json.WriteStartArray("runs"u8);
        foreach (var run in Runs) run.WriteTo(json);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    // Parts of one run hold different artifacts, which WholeRun has seen to. Otherwise the same category is the same package, told of twice.
    private static bool IsNew(SarifRun run, List<SarifRun> same)
    {
        if (same.Any(s => JsonNode.DeepEquals(s.Json, run.Json))) return false;
        foreach (var other in same)
        {
            if (run.Part is not null && other.Part is not null) continue;
            // Many packages share this one, and need not be the same.
            if (run.Id == SarifReporter.Shared && !Uris(run).Overlaps(Uris(other))) continue;
            var results = JsonNode.DeepEquals(run.Json["results"], other.Json["results"]) ? "artifacts" : "results";
            throw Wrong($"'{EntryPath.Printable(run.Id)}' is also in '{EntryPath.Printable(other.File)}', with other {results}; leave one of the files out, or name all files of the package in one 'releasegate check'", run.File);
        }

        return true;
    }

    private static HashSet<string> Uris(SarifRun run) => [.. run.Json["artifacts"]!.AsArray().Where(IsWhole).Select(a => a!["location"]!["uri"]!.GetValue<string>())];

    private static bool IsWhole(JsonNode? artifact) => artifact!["parentIndex"] is null;

    /// <summary>One run of several: their artifacts, then what is in them, then their results in the order of the artifacts.</summary>
    private static JsonObject One(string id, List<SarifRun> sources)
    {
        var joined = sources[0].Json.DeepClone().AsObject();
        joined.Remove("properties");
        if (SarifMode.Join([.. sources.Select(s => s.Mode)]) is { } mode) joined["properties"] = new JsonObject { [SarifMode.Key] = mode.ToJson() };
        joined["automationDetails"]!["id"] = id;
        if (sources.Count == 1) return joined;

        var whole = new List<(string Key, SarifRun Run, int Index)>();
        foreach (var run in sources)
        {
            var artifacts = run.Json["artifacts"]!.AsArray();
            for (var i = 0; i < artifacts.Count; i++)
                if (IsWhole(artifacts[i])) whole.Add(($"{artifacts[i]!["location"]!["uri"]} {artifacts[i]!["hashes"]!["sha-256"]} {run.Part?.Shard.Index:d5}", run, i));
        }

        whole.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        var list = new JsonArray();
        var places = new Dictionary<(SarifRun Run, int Index), int>();
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (_, run, index) in whole) Place(run, index, run.Json["artifacts"]![index]!.DeepClone());

        var results = new JsonArray();
        var rules = new Dictionary<(SarifRun, int), JsonNode>();
        foreach (var run in sources)
            foreach (var (rule, i) in run.Json["tool"]!["driver"]!["rules"]!.AsArray().Select((r, i) => (r!, i))) rules.Add((run, i), rule);
        var described = new Dictionary<string, (JsonNode Rule, string File)>(StringComparer.Ordinal);
        var byArtifact = sources.SelectMany(run => run.Json["results"]!.AsArray().Select(result => (Run: run, Result: result!)))
            .ToLookup(r => (r.Run, r.Run.Json["artifacts"]![IndexOf(r.Result)]!["parentIndex"]?.GetValue<int>() ?? IndexOf(r.Result)));
        foreach (var (run, about) in whole.Select(w => (w.Run, w.Index)))
        {
            foreach (var (_, result) in byArtifact[(run, about)])
            {
                var index = IndexOf(result);
                if (!places.ContainsKey((run, index)))
                {
                    var entry = run.Json["artifacts"]![index]!.DeepClone();
                    entry["parentIndex"] = places[(run, about)];
                    Place(run, index, entry);
                }

                var copy = result.DeepClone();
                copy["relatedLocations"]![0]!["physicalLocation"]!["artifactLocation"]!["index"] = places[(run, index)];
                results.Add(copy);
                var rule = rules[(run, copy["ruleIndex"]!.GetValue<int>())];
                var ruleId = copy["ruleId"]!.GetValue<string>();
                if (!described.TryAdd(ruleId, (rule, run.File)) && !JsonNode.DeepEquals(rule, described[ruleId].Rule))
                    throw Wrong($"the rule {ruleId} is another one than in '{EntryPath.Printable(described[ruleId].File)}'", run.File);
            }
        }

        joined["tool"]!["driver"]!["rules"] = new JsonArray([.. described.Values.Select(d => d.Rule.DeepClone())]);
        joined["artifacts"] = list;
        joined["results"] = results;
        return results.Count <= MostResults ? joined
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"together they hold {results.Count:#,0} results, and GitHub takes no more than {MostResults:#,0} in a run; join the reports of 'check --json' instead, which merge condenses"), sources[0].File);

        // No two items of the list may be alike.
        void Place(SarifRun run, int index, JsonNode item)
        {
            if (known.TryAdd(item.ToJsonString(), list.Count)) list.Add(item);
            places.Add((run, index), known[item.ToJsonString()]);
        }
    }

    private static int IndexOf(JsonNode result) => result["relatedLocations"]![0]!["physicalLocation"]!["artifactLocation"]!["index"]!.GetValue<int>();

    // What JoinedReports does with verdicts: a pattern is unused where it is in every part that has a say in it.
    private static void JudgePatterns(JsonObject run, HashSet<string> used, HashSet<string> told)
    {
        var results = run["results"]!.AsArray();
        for (var i = results.Count - 1; i >= 0; i--)
        {
            var result = results[i]!;
            if (result["properties"]?["pattern"]?.GetValue<string>() is not { } pattern) continue;
            result.AsObject().Remove("properties");
            if (used.Contains(pattern) || !told.Add(pattern)) results.RemoveAt(i);
            else result["level"] = "error";
        }
    }

    // Again what JoinedReports does: a waiver that is unused everywhere is said where it comes nearest to something.
    private static void JudgeWaivers(JsonObject[] runs, HashSet<string> used)
    {
        var chosen = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var run in runs)
        {
            foreach (var result in run["results"]!.AsArray())
            {
                if (WaiverOf(result!) is { } waiver && (!chosen.TryGetValue(waiver, out var other) || Nearness(result!) >= Nearness(other))) chosen[waiver] = result!;
            }
        }

        foreach (var run in runs)
        {
            var results = run["results"]!.AsArray();
            for (var i = results.Count - 1; i >= 0; i--)
            {
                var result = results[i]!;
                if (WaiverOf(result) is not { } waiver) continue;
                if (used.Contains(waiver) || chosen[waiver] != result)
                {
                    results.RemoveAt(i);
                    continue;
                }

                result["level"] = result["properties"]!["level"]!.DeepClone();
                result.AsObject().Remove("properties");
            }
        }

        static string? WaiverOf(JsonNode result) => result["properties"]?["waiver"]?.GetValue<string>();

        static int Nearness(JsonNode result) => Array.IndexOf(Waivers.NearFacts, result["properties"]!["near"]!.GetValue<string>());
    }

    /// <summary>Gives rules their places and twins their numbers anew: results have gone, or have come from elsewhere.</summary>
    private static void Number(JsonObject run)
    {
        var driver = run["tool"]!["driver"]!;
        var described = new SortedDictionary<RuleId, JsonNode>();
        foreach (var rule in driver["rules"]!.AsArray()) described.Add(Id(rule!["id"]!), rule);
        var results = run["results"]!.AsArray();
        var order = results.Select(r => Id(r!["ruleId"]!)).Distinct().Order().ToList();
        driver["rules"] = new JsonArray([.. order.Select(id => described[id].DeepClone())]);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var result in results)
        {
            result!["ruleIndex"] = order.BinarySearch(Id(result["ruleId"]!));
            var fingerprints = result["partialFingerprints"]!;
            var hash = fingerprints["primaryLocationLineHash"]!.GetValue<string>();
            hash = hash[..hash.IndexOf(':', StringComparison.Ordinal)];
            seen[hash] = seen.GetValueOrDefault(hash) + 1;
            fingerprints["primaryLocationLineHash"] = string.Create(CultureInfo.InvariantCulture, $"{hash}:{seen[hash]}");
        }
    }

    private static RuleId Id(JsonNode text) => RuleId.TryParse(text.GetValue<string>(), out var id) ? id : throw new InvalidOperationException("The reader lets no other text pass.");

    private static IEnumerable<SarifResult> ResultsOf(JsonObject run)
    {
        var rules = run["tool"]!["driver"]!["rules"]!.AsArray();
        foreach (var result in run["results"]!.AsArray())
        {
            var rule = rules[result!["ruleIndex"]!.GetValue<int>()]!;
            var place = result["locations"]![0]!["physicalLocation"]!;
            var region = place["region"]!;
            var isWaived = result["suppressions"] is not null;
            var severity = isWaived ? Severity.Note : result["level"]!.GetValue<string>() switch { "error" => Severity.Error, "warning" => Severity.Warning, _ => Severity.Note };
            yield return new SarifResult(rule["name"]!.GetValue<string>(), isWaived, new Diagnostic(
                Uri.UnescapeDataString(place["artifactLocation"]!["uri"]!.GetValue<string>()), region["startLine"]!.GetValue<int>(), region["startColumn"]!.GetValue<int>(),
                severity, Id(result["ruleId"]!), result["message"]!["text"]!.GetValue<string>(), rule["helpUri"]?.GetValue<string>()));
        }
    }

    private static GateException Wrong(string what, string file) => new(GateRules.NothingInspected.Id, what, file);
}

/// <summary>What a result says.</summary>
/// <param name="Title">The title of its rule.</param>
/// <param name="IsWaived">Whether a waiver silences it; it is a note then.</param>
/// <param name="Diagnostic">The line; its file is a path from the root of the repository.</param>
internal sealed record SarifResult(string Title, bool IsWaived, Diagnostic Diagnostic);
