using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>A run of a file that <see cref="SarifReporter"/> wrote.</summary>
internal sealed class SarifRun
{
    internal SarifRun(string file, string id, JsonObject json, ShardOfRun? part, Digest manifest, SarifMode? mode)
    {
        (File, Id, Json, Part, Manifest, Mode) = (file, id, json, part, manifest, mode);
        Artifacts = json["artifacts"]!.AsArray().Count(a => a!["parentIndex"] is null);
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>Its category, e.g. <c>releasegate/Acme/</c>.</summary>
    public string Id { get; }

    /// <summary>The part of a whole run that the file is, or null.</summary>
    public ShardOfRun? Part { get; }

    /// <summary>How many artifacts it tells of.</summary>
    public int Artifacts { get; }

    /// <summary>What a part was judged by.</summary>
    internal Digest Manifest { get; }

    /// <summary>What is unusual about it, or null.</summary>
    internal SarifMode? Mode { get; }

    /// <summary>All of it, shaped as <see cref="SarifReporter"/> shapes it.</summary>
    internal JsonObject Json { get; }
}

/// <summary>
/// Reads what <see cref="SarifReporter"/> wrote, to join it. Strict as <see cref="ReportReader"/>: what this version would not have written is refused with
/// its place, since whoever joins files relies on them instead of the artifacts.
/// </summary>
/// <param name="files">Where they lie.</param>
internal sealed class SarifReader(IFileSystem files)
{
    private const string Wanted = "name files that 'releasegate check --sarif' of this version wrote";
    private const string FingerprintKey = "primaryLocationLineHash";

    /// <summary>Whether a file is SARIF or means to be; its name does not matter.</summary>
    /// <param name="path">Its full path.</param>
    /// <exception cref="GateException">RG0007: there is none, or it is no JSON.</exception>
    public bool IsSarif(string path) => ReportJson.Read(files, path, Wanted, root => root.Member("schema") is null && (root.Member("$schema") ?? root.Member("version") ?? root.Member("runs")) is not null);

    /// <summary>Reads the runs of a file.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="name">What it is called when files are compared, e.g. as the user wrote it.</param>
    /// <exception cref="GateException">RG0007: there is none, or another tool or another version wrote it, or somebody changed it.</exception>
    public IReadOnlyList<SarifRun> Read(string path, string? name = null) => ReportJson.Read(files, path, Wanted, root => Runs(root, name ?? path));

    private static List<SarifRun> Runs(ReportJson root, string path)
    {
        if (root.Member("version") is { } version && version.Text() != "2.1.0") throw version.Mistake("only SARIF 2.1.0 is read");
        var keys = root.Object("$schema", "version", "runs");
        if (keys["$schema"].Text() != SarifReporter.Schema) throw keys["$schema"].Mistake($"'{SarifReporter.Schema}' is expected here");
        var runs = new List<SarifRun>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in keys["runs"].Array())
        {
            var run = Run(item, path);
            if (!ids.Add(run.Id)) throw item.Mistake($"there are two runs of the category '{run.Id}'");
            if (runs.Count > 0 && !SamePart(runs[0], run)) throw item.Mistake("the runs of a file are of one shard, or all of none");
            runs.Add(run);
        }

        return runs.Count > 0 ? runs : throw keys["runs"].Mistake("there is no run, so nothing was inspected");
    }

    private static bool SamePart(SarifRun a, SarifRun b) => JsonNode.DeepEquals(a.Json["properties"]?["shard"], b.Json["properties"]?["shard"]);

    private static SarifRun Run(ReportJson run, string path)
    {
        if (run.Member("tool")?.Member("driver")?.Member("name") is { } name && name.Text() != "ReleaseGate")
            throw name.Mistake($"the run is one of '{EntryPath.Printable(name.Text())}', and only those of ReleaseGate are joined");
        var keys = run.ObjectWithOptional("properties", "tool", "automationDetails", "invocations", "columnKind", "artifacts", "results");
        var driver = keys["tool"].Object("driver")["driver"].Object("name", "semanticVersion", "informationUri", "rules");
        if (driver["semanticVersion"].Text() != GateReport.ToolVersion)
            throw driver["semanticVersion"].Mistake($"ReleaseGate {EntryPath.Printable(driver["semanticVersion"].Text())} wrote it, and this is {GateReport.ToolVersion}");
        if (driver["name"].Text() != "ReleaseGate") throw driver["name"].Mistake("'ReleaseGate' is expected here");
        Plain(driver["informationUri"]);
        var category = keys["automationDetails"].Object("id")["id"];
        var id = Plain(category);
        if (!id.StartsWith(SarifReporter.Shared, StringComparison.Ordinal) || !id.EndsWith('/')) throw category.Mistake($"a category of '{SarifReporter.Shared}' is expected here");
        var invocations = keys["invocations"].Array();
        if (invocations.Count != 1 || !invocations[0].Object("executionSuccessful")["executionSuccessful"].Truth()) throw keys["invocations"].Mistake("one run that ended is expected here");
        if (keys["columnKind"].Text() != "utf16CodeUnits") throw keys["columnKind"].Mistake("'utf16CodeUnits' is expected here");

        var rules = Rules(driver["rules"]);
        var uris = Artifacts(keys["artifacts"]);
        ShardOfRun? part = null;
        Digest manifest = default;
        SarifMode? mode = null;
        if (keys.TryGetValue("properties", out var properties))
        {
            var known = properties.ObjectWithOptionals(["shard", SarifMode.Key]);
            if (known.Count == 0) throw properties.Mistake("it says nothing");
            if (known.TryGetValue("shard", out var shard)) (part, manifest) = PartOf(shard);
            if (known.TryGetValue(SarifMode.Key, out var unusual)) mode = SarifMode.Read(unusual, Plain);
        }

        if (uris.Count == 0 && part is null) throw keys["artifacts"].Mistake("there is no artifact, so nothing was inspected");
        foreach (var result in keys["results"].Array()) Result(result, rules, uris, part is not null);
        return new SarifRun(path, id, JsonObject.Create(run.Element.Clone())!, part, manifest, mode);
    }

    private static List<RuleId> Rules(ReportJson rules)
    {
        var ids = new List<RuleId>();
        foreach (var rule in rules.Array())
        {
            var keys = rule.ObjectWithOptional("helpUri", "id", "name", "shortDescription", "fullDescription", "help", "defaultConfiguration", "properties");
            var id = keys["id"].Rule();
            if (ids.Contains(id)) throw keys["id"].Mistake("the rule is there twice");
            ids.Add(id);
            Plain(keys["name"]);
            Plain(keys["shortDescription"].Object("text")["text"]);
            Plain(keys["fullDescription"].Object("text")["text"]);
            if (keys.TryGetValue("helpUri", out var link)) Plain(link);
            var help = keys["help"].Object("text", "markdown");
            Plain(help["text"]);
            foreach (var line in help["markdown"].Text().Split('\n')) Plain(help["markdown"], line);
            Level(keys["defaultConfiguration"].Object("level")["level"], orNone: true);
            var properties = keys["properties"].Object("tags", "precision", "security-severity");
            foreach (var tag in properties["tags"].Array()) Plain(tag);
            Plain(properties["precision"]);
            Plain(properties["security-severity"]);
        }

        return ids;
    }

    private static List<string> Artifacts(ReportJson artifacts)
    {
        var uris = new List<string>();
        var whole = 0;
        foreach (var artifact in artifacts.Array())
        {
            Dictionary<string, ReportJson> keys;
            if (artifact.Member("parentIndex") is { } parent)
            {
                keys = artifact.Object("location", "parentIndex");
                if (parent.Count() >= whole) throw parent.Mistake("no artifact has this place");
            }
            else
            {
                keys = artifact.ObjectWithOptional("properties", "location", "length", "hashes");
                if (keys.TryGetValue("properties", out var properties)) Drift(properties.Object("drift")["drift"]);
                if (uris.Count > whole++) throw artifact.Mistake("artifacts come before what is in them");
                keys["length"].Number();
                keys["hashes"].Object("sha-256")["sha-256"].Sha256();
            }

            uris.Add(Plain(keys["location"].Object("uri")["uri"]));
        }

        return uris;
    }

    private static void Drift(ReportJson drift)
    {
        var keys = drift.Object("baseline", "added", "removed", "changed");
        keys["baseline"].Sha256();
        foreach (var count in (string[])["added", "removed", "changed"]) keys[count].Count();
    }

    private static (ShardOfRun Part, Digest Manifest) PartOf(ReportJson shard)
    {
        var keys = shard.Object("index", "count", "total", "list", "manifest", "usedPatterns", "usedWaivers");
        var part = Shard.Parse(new Shard(keys["index"].Count(), keys["count"].Count()).ToString()) ?? throw shard.Mistake("there is no such part");
        return (new ShardOfRun(part, keys["total"].Count(), keys["list"].Sha256()) { UsedPatterns = keys["usedPatterns"].Array().ConvertAll(Plain), UsedWaivers = keys["usedWaivers"].Array().ConvertAll(Plain) }, keys["manifest"].Sha256());
    }

    private static void Result(ReportJson result, List<RuleId> rules, List<string> uris, bool isPart)
    {
        var keys = result.ObjectWithOptionals(["properties", "suppressions"], "ruleId", "ruleIndex", "level", "message", "locations", "relatedLocations", "partialFingerprints");
        var index = keys["ruleIndex"].Count();
        if (index >= rules.Count || rules[index] != keys["ruleId"].Rule()) throw keys["ruleIndex"].Mistake("another rule has this place");
        var level = Level(keys["level"]);
        Plain(keys["message"].Object("text")["text"]);
        var place = One(keys["locations"]).Object("physicalLocation")["physicalLocation"].Object("artifactLocation", "region");
        var uri = place["artifactLocation"].Object("uri")["uri"];
        Plain(uri, Uri.UnescapeDataString(Plain(uri)));
        foreach (var (_, number) in place["region"].Object("startLine", "startColumn", "endLine", "endColumn"))
            if (number.Count() == 0) throw number.Mistake("lines and columns begin with 1");
        var about = One(keys["relatedLocations"]).Object("id", "physicalLocation", "message");
        about["id"].Count();
        Plain(about["message"].Object("text")["text"]);
        var artifact = about["physicalLocation"].Object("artifactLocation")["artifactLocation"].Object("uri", "index");
        if (artifact["index"].Count() >= uris.Count || uris[artifact["index"].Count()] != artifact["uri"].Text()) throw artifact["index"].Mistake("another artifact has this place");
        var fingerprint = keys["partialFingerprints"].Object(FingerprintKey)[FingerprintKey];
        if (Plain(fingerprint).IndexOf(':', StringComparison.Ordinal) <= 0) throw fingerprint.Mistake("a fingerprint and its number are expected here");
        var rule = keys["ruleId"].Rule();
        if (keys.TryGetValue("suppressions", out var suppressions)) Suppression(suppressions, rule);
        var isPattern = rule == GateRules.UnusedPattern.Id;
        var isDeferred = isPart && level == "note" && (isPattern || rule == GateRules.UnusedWaiver.Id);
        if (isDeferred != keys.TryGetValue("properties", out var properties)) throw result.Mistake("the place of the pattern belongs to a pattern, and the id of a waiver to a waiver, that a part of a run does not use, and to nothing else");
        if (properties is null) return;
        if (isPattern)
        {
            Plain(properties.Object("pattern")["pattern"]);
            return;
        }

        var waiver = properties.Object("waiver", "near", "level");
        Plain(waiver["waiver"]);
        if (!Waivers.NearFacts.Contains(Plain(waiver["near"]), StringComparer.Ordinal)) throw waiver["near"].Mistake($"one of {string.Join(", ", Waivers.NearFacts)} is expected here");
        if (Level(waiver["level"]) == "note") throw waiver["level"].Mistake("error or warning is expected here");
    }

    // A suppressed error lets a release pass, so it has to be one of ours: of a rule that may be waived, with an owner, a reason and a day.
    private static void Suppression(ReportJson suppressions, RuleId rule)
    {
        if (rule.IsGate || ExposureRules.All.Any(r => r.Id == rule) || BuiltInRules.All.Any(r => r.Descriptor.Id == rule && !r.Descriptor.Waivable)) throw suppressions.Mistake($"{rule} is never waived");
        var keys = One(suppressions).Object("kind", "status", "justification", "properties");
        if (keys["kind"].Text() != "external") throw keys["kind"].Mistake("'external' is expected here: a waiver stands in the manifest");
        if (keys["status"].Text() != "accepted") throw keys["status"].Mistake("'accepted' is expected here");
        var properties = keys["properties"].ObjectWithOptional("timeUtc", "alias", "expiryUtc");
        var alias = Plain(properties["alias"]);
        var id = Plain(keys["justification"]).Split(' ')[0];
        if (id.Length == 0 || alias.Length == 0 || !keys["justification"].Text().StartsWith(SarifReporter.Justification(id, alias, ""), StringComparison.Ordinal) || keys["justification"].Text().Length <= id.Length + alias.Length + 3)
            throw keys["justification"].Mistake("the id of a waiver, its owner and a reason are expected here, like 'W-7 alice: because'");
        foreach (var key in (string[])["timeUtc", "expiryUtc"])
            if (properties.TryGetValue(key, out var time) && !DateTime.TryParseExact(time.Text(), JsonReporter.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) throw time.Mistake("a time like 2027-01-31T23:59:59Z is expected here");
    }

    private static ReportJson One(ReportJson array) => array.Array() is [var one] ? one : throw array.Mistake("one is expected here");

    private static string Level(ReportJson level, bool orNone = false) =>
        level.Text() is var text && (text is "error" or "warning" or "note" || (orNone && text == "none")) ? text : throw level.Mistake("error, warning or note is expected here");

    private static string Plain(ReportJson text) => Plain(text, text.Text());

    // Whatever a file holds is printed and written again. Nothing of ours has such characters.
    private static string Plain(ReportJson where, string text) => EntryPath.Printable(text) == text ? text : throw where.Mistake("there are characters that nobody sees or that have a meaning for a build server");
}
