using System.Collections.Immutable;
using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>
/// Reads what <see cref="JsonReporter"/> wrote back into verdicts. Strict: what this version would not have written, or what contradicts itself, is
/// refused with its place, since whoever reads a report relies on it instead of the artifact.
/// </summary>
/// <param name="files">Where the reports lie.</param>
public sealed partial class ReportReader(IFileSystem files)
{
    /// <summary>Reads a report.</summary>
    /// <param name="path">Its full path.</param>
    /// <exception cref="GateException">RG0007: there is none, it is no report of this version, or the run it tells of did not end.</exception>
    public GateReport Read(string path) => ReportJson.Read(files, path, "name reports that 'releasegate check --json' of this version wrote", root => Report(root, path));

    private static GateReport Report(ReportJson root, string path)
    {
        var keys = root.Object("schema", "tool", "started", "result", "error", "warnOnly", "asOf", "policy", "shard", "artifact", "artifacts", "findings", "needApproval", "waivers", "risk", "seal");
        if (keys["schema"].Text() != JsonReporter.Schema) throw keys["schema"].Mistake($"'{JsonReporter.Schema}' is expected here");
        var tool = keys["tool"].Object("name", "version");
        if (tool["name"].Text() != "ReleaseGate" || tool["version"].Text() != GateReport.ToolVersion)
            throw tool["version"].Mistake($"ReleaseGate {EntryPath.Printable(tool["version"].Text())} wrote it, and this is {GateReport.ToolVersion}");
        if (keys["result"].Text() == "error")
        {
            var error = keys["error"].Object("rule", "message", "file", "line", "column");
            throw new GateException(GateRules.NothingInspected.Id, $"the run did not end, so nothing of it has passed: {error["rule"].TextOrNull() ?? "a defect of ReleaseGate"}: {EntryPath.Printable(error["message"].Text())}", path);
        }

        if (!keys["error"].IsNull) throw keys["error"].Mistake("a run that ended has no error");
        Empty(keys);
        var started = Time(keys["started"]);

        var policy = keys["policy"].Object("path", "sha256", "found", "from");
        if (policy["path"].IsNull != policy["sha256"].IsNull) throw policy["path"].Mistake("path and sha256 are both there, or both null");
        var manifest = ManifestOf(policy, null);
        var waivers = WaiversOf(keys["waivers"]);
        var findings = FindingsByArtifact(keys["findings"]);
        var verdicts = new List<Verdict>();
        foreach (var artifact in keys["artifacts"].Array()) verdicts.Add(VerdictOf(artifact, policy, findings, waivers));
        foreach (var (artifact, left) in findings)
            if (left is { Count: > 0 }) throw left[0]["artifact"].Mistake($"no artifact has the path '{EntryPath.Printable(artifact)}'");

        var request = new GateRequest
        {
            Artifacts = verdicts.ConvertAll(v => v.Path),
            SearchFrom = path,
            Manifest = manifest.File,
            PolicyFrom = RevisionOf(policy["from"].TextOrNull()),
            WarnOnly = keys["warnOnly"].Truth(),
            AsOf = keys["asOf"].IsNull ? null : Day(keys["asOf"]),
        };
        var report = new GateReport(request, manifest, policy["found"].Truth(), verdicts, started)
        {
            Waivers = waivers,
            PolicyFrom = policy["from"].TextOrNull(),
            NeedApproval = ChangesOf(keys["needApproval"]),
            Part = PartOf(keys["shard"]),
            SeveralManifests = policy["path"].IsNull,
            Seal = SealOf(keys["seal"]),
            Exposure = RiskOf(keys["risk"], manifest.Name),
        };
        if (report is { Seal: not null, Passed: false }) throw keys["seal"].Mistake("only what has passed is sealed");
        if (keys["result"].Text() != (report.Passed ? "passed" : "blocked")) throw keys["result"].Mistake("it contradicts the findings");
        return report;
    }

    // "origin/main (1a2b…)": the commit is told behind what was asked.
    private static string? RevisionOf(string? from) => from?.LastIndexOf(" (", StringComparison.Ordinal) is > 0 and var end ? from[..end] : from;

    private static SealSummary? SealOf(ReportJson seal)
    {
        var keys = seal.Object("present", "notAfter");
        DateTime? notAfter = keys["notAfter"].IsNull ? null : Time(keys["notAfter"]);
        if (keys["present"].Truth()) return new SealSummary(notAfter);
        return notAfter is null ? null : throw keys["notAfter"].Mistake("without a seal there is no end of it");
    }

    private static void Empty(Dictionary<string, ReportJson> keys)
    {
        keys["artifact"].Object("path", "kind", "name", "version", "purl", "sha256", "size", "destination", "public");
    }

    private static Manifest ManifestOf(Dictionary<string, ReportJson> policy, string? destination)
    {
        var name = policy["path"].TextOrNull() ?? "";
        var place = new ManifestLocation(name, 1, 1);
        IReadOnlyList<ManifestSection> sections = destination is null ? [] :
            [new ManifestSection(new ManifestPattern(Glob.Parse("**"), place), [], [], [], ManifestLimits.None, destination, Inherited: true, place)];
        return new Manifest(name, name.Length > 0 ? name : null, policy["sha256"].IsNull ? default : policy["sha256"].Sha256(), sections, new Dictionary<RuleId, RuleSetting>());
    }

    private static ShardOfRun? PartOf(ReportJson shard)
    {
        if (shard.IsNull) return null;
        var keys = shard.Object("index", "count", "total", "list", "usedPatterns", "usedWaivers");
        var part = Shard.Parse(new Shard(keys["index"].Count(), keys["count"].Count()).ToString()) ?? throw shard.Mistake("there is no such part");
        return new ShardOfRun(part, keys["total"].Count(), keys["list"].Sha256()) { UsedPatterns = keys["usedPatterns"].Array().ConvertAll(p => p.Text()), UsedWaivers = keys["usedWaivers"].Array().ConvertAll(w => w.Text()) };
    }

    private static Dictionary<string, List<Dictionary<string, ReportJson>>?> FindingsByArtifact(ReportJson findings)
    {
        var byArtifact = new Dictionary<string, List<Dictionary<string, ReportJson>>?>(StringComparer.Ordinal);
        foreach (var finding in findings.Array())
        {
            var keys = finding.Object("rule", "title", "severity", "urgency", "artifact", "path", "sha256", "message", "fix", "help", "offset", "file", "line", "column", "facts", "fingerprint", "firstSeen", "due", "waived", "waiver", "needsApproval");
            if (keys["waived"].Truth() == keys["waiver"].IsNull) throw finding.Mistake("a waived finding names its waiver, and no other does");
            var artifact = keys["artifact"].Text();
            if (!byArtifact.TryGetValue(artifact, out var list)) byArtifact.Add(artifact, list = []);
            list!.Add(keys);
        }

        return byArtifact;
    }

    private static Verdict VerdictOf(ReportJson artifact, Dictionary<string, ReportJson> policy, Dictionary<string, List<Dictionary<string, ReportJson>>?> findings, List<WaiverState> waivers)
    {
        var keys = artifact.Object("path", "kind", "name", "version", "purl", "sha256", "size", "destination", "public", "result", "bytesRead", "milliseconds", "rulesRun", "rulesOff", "drift", "entries");
        var path = keys["path"].Text();
        var entries = new List<Entry>();
        foreach (var entry in keys["entries"].Array()) entries.Add(EntryOf(entry, entries.Count));
        var package = keys["version"].TextOrNull() is { } version ? new PackageMetadata(keys["name"].Text(), version, [], [], new Entry(new EntryPath(""), 0)) : null;
        var name = package is null ? keys["name"].Text() : FileName(path);
        var inventory = new Inventory(name, keys["kind"].Name<ArtifactKind>(), keys["size"].Number(), keys["sha256"].Sha256(), entries, [], package);

        var judged = new List<JudgedFinding>();
        if (findings.TryGetValue(path, out var own))
        {
            if (own is null) throw keys["path"].Mistake("the path is there twice");
            foreach (var finding in own) judged.Add(FindingOf(finding, entries, waivers));
        }

        // Taken: whatever is left at the end belongs to no artifact.
        findings[path] = null;
        var verdict = new Verdict(path, inventory, ManifestOf(policy, keys["destination"].TextOrNull()).For(name), judged,
            keys["rulesRun"].Array().ConvertAll(r => r.Rule()), keys["rulesOff"].Array().ConvertAll(r => r.Rule()), keys["bytesRead"].Number(), TimeSpan.FromMilliseconds(keys["milliseconds"].Number()))
        {
            Drift = DriftOf(keys["drift"]),
        };
        if (keys["result"].Text() != (verdict.Passed ? "passed" : "blocked")) throw keys["result"].Mistake("it contradicts the findings");
        return verdict;
    }

    private static string FileName(string path)
    {
        var trimmed = path.Replace('\\', '/').TrimEnd('/');
        return trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }

    private static Entry EntryOf(ReportJson entry, int order)
    {
        var keys = entry.Object("path", "type", "kind", "size", "compressedSize", "sha256", "complete", "linkTarget", "traits");
        return new Entry(new EntryPath(keys["path"].Text()), order, keys["type"].Name<EntryType>())
        {
            Kind = keys["kind"].Name<EntryKind>(),
            Length = keys["size"].Number(),
            CompressedLength = keys["compressedSize"].NumberOrNull(),
            Digest = keys["sha256"].IsNull ? default : keys["sha256"].Sha256(),
            Complete = keys["complete"].Truth(),
            LinkTarget = keys["linkTarget"].TextOrNull(),
            Traits = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, keys["traits"].Texts()),
        };
    }

    private static JudgedFinding FindingOf(Dictionary<string, ReportJson> keys, List<Entry> entries, List<WaiverState> waivers)
    {
        var severity = SeverityOf(keys["severity"]);
        var path = keys["path"].TextOrNull();
        Entry? about = null;
        if (!keys["sha256"].IsNull)
        {
            var digest = keys["sha256"].Sha256();
            about = entries.Find(e => e.Path.Value == path && e.Digest == digest) ?? throw keys["sha256"].Mistake("no entry of the artifact has this path and these bytes");
        }

        var location = PlaceOf(keys);
        var finding = new Finding(DescriptorOf(keys, severity), about, keys["message"].Text())
        {
            Path = about is null && path is not null ? new EntryPath(path) : null,
            Offset = keys["offset"].NumberOrNull(),
            Fix = keys["fix"].Text(),
            Location = location,
            Facts = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, keys["facts"].Texts()),
        };
        WaiverState? state = null;
        if (keys["waiver"].TextOrNull() is { } id) state = waivers.Find(s => s.Waiver.Id == id && s.Waiver.Covers(finding, isPlanned: about is null)) ?? throw keys["waiver"].Mistake("the report has no waiver of this name for this finding");
        return new JudgedFinding(finding, state is null ? severity : Severity.Note)
        {
            Waiver = state?.Waiver,
            DaysLeft = state?.DaysLeft ?? 0,
            Unwaived = state is null ? Severity.Off : severity,
            FirstSeen = keys["firstSeen"].IsNull ? null : Time(keys["firstSeen"]),
            Due = keys["due"].IsNull ? null : Day(keys["due"]),
            NeedsApproval = keys["needsApproval"].Truth(),
        };
    }

    private static Severity SeverityOf(ReportJson severity) => severity.Text() switch
    {
        "error" => Severity.Error,
        "warning" => Severity.Warning,
        "note" => Severity.Note,
        _ => throw severity.Mistake("error, warning or note is expected here"),
    };

    // What the report does not say of a rule (its summary, its usual severity) the built-in ones say themselves.
    private static Descriptor DescriptorOf(Dictionary<string, ReportJson> keys, Severity severity)
    {
        var id = keys["rule"].Rule();
        var title = keys["title"].Text();
        var help = keys["help"].TextOrNull();
        var known = GateRules.All.FirstOrDefault(d => d.Id == id) ?? BuiltInRules.All.FirstOrDefault(r => r.Descriptor.Id == id)?.Descriptor ?? ExposureRules.All.FirstOrDefault(d => d.Id == id);
        return known is not null && known.Title == title && known.HelpLink == help ? known : new Descriptor(id, title, "", keys["fix"].Text(), severity) { HelpLink = help };
    }
}
