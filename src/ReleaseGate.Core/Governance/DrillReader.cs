using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>
/// Reads what <see cref="DrillWriter"/> wrote. Strict: whatever the format does not have, and whatever contradicts itself, is refused with its place, since money is reckoned from it.
/// </summary>
public static class DrillReader
{
    /// <summary>The most bytes a report of a drill may have.</summary>
    private const long Limit = 64L << 20;

    private const string Wanted = "name a report that 'releasegate drill --json' wrote";

    /// <summary>Reads the matrix of leaks and controls.</summary>
    /// <param name="files">Where the report lies.</param>
    /// <param name="path">Its full path.</param>
    /// <exception cref="GateException">RG0007: there is none, or it is no report of a drill in this format; the message names the place.</exception>
    public static DrillMatrix Read(IFileSystem files, string path) => MatrixOf(ReadReport(files, path), path);

    /// <summary>Reads all of it. Times are as rounded as they were written.</summary>
    /// <param name="files">Where the report lies.</param>
    /// <param name="path">Its full path.</param>
    /// <exception cref="GateException">RG0007: there is none, or it is no report of a drill in this format; the message names the place.</exception>
    public static DrillReport ReadReport(IFileSystem files, string path)
    {
        var info = files.FileInfo.FromFileName(path);
        if (!info.Exists) throw Mistake("there is no such report; 'releasegate drill ARTIFACT --json FILE' writes one", path);
        if (info.Length > Limit || DiskFile.IsSpecial(files, path, info.Length)) throw Mistake("this is no report of a drill: it is a device, or too large for one", path);
        return ReportJson.Read(files, path, Wanted, Read);
    }

    /// <summary>Reads the matrix of a report that lies elsewhere than on the disk.</summary>
    /// <param name="bytes">The report.</param>
    /// <param name="path">The path that it has there, for messages.</param>
    /// <exception cref="GateException">RG0007: it is no report of a drill in this format; the message names the place.</exception>
    internal static DrillMatrix Read(byte[] bytes, string path)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        return MatrixOf(ReportJson.Read(stream, path, Wanted, Read), path);
    }

    // One leak that is caught by one control would make all others free to waive.
    private static DrillMatrix MatrixOf(DrillReport report, string path) => report.Only.Count == 0 ? report.Matrix()
        : throw Mistake("this drill seeded only what '--only' named, so it does not say what the controls catch; run 'releasegate drill' without it", path);

    private static DrillReport Read(ReportJson root)
    {
        // Named first: a report of another kind has other keys, too.
        if (root.Member("schema") is { } schema && schema.Text() != DrillReport.Schema) throw schema.Mistake($"'{DrillReport.Schema}' is expected here");
        var keys = root.Object("schema", "tool", "started", "result", "artifact", "policy", "only", "summary", "controls", "costs", "leaks");
        var tool = keys["tool"].Object("name", "version");
        if (tool["name"].Text() != "ReleaseGate") throw tool["name"].Mistake("'ReleaseGate' is expected here");
        var artifact = keys["artifact"].Object("name", "kind", "purl", "sha256", "size");
        var policy = keys["policy"].Object("path", "sha256", "found", "from", "judging");
        if (!DateTime.TryParseExact(keys["started"].Text(), JsonReporter.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var started))
            throw keys["started"].Mistake("a time like 2026-04-01T09:30:00Z is expected here");
        var controls = ReadControls(keys["controls"]);
        var report = new DrillReport
        {
            ToolVersion = tool["version"].Text(),
            Started = started,
            Name = artifact["name"].Text(),
            Kind = artifact["kind"].Name<ArtifactKind>(),
            PackageUrl = artifact["purl"].TextOrNull(),
            Digest = artifact["sha256"].Sha256(),
            Length = artifact["size"].Number(),
            Policy = new ReceiptPolicy(policy["path"].Text(), policy["sha256"].Sha256(), policy["from"].TextOrNull(), policy["found"].Truth()),
            Judging = policy["judging"].Sha256(),
            Only = keys["only"].Array().ConvertAll(o => o.Text()),
            Controls = controls,
            Costs = keys["costs"].Array().ConvertAll(ReadCost),
            Leaks = ReadLeaks(keys["leaks"], controls),
        };
        RequireSummary(keys["summary"], report);
        if (keys["result"].Text() != (report.Passed ? "passed" : "missed")) throw keys["result"].Mistake("the result contradicts the leaks");
        return report;
    }

    private static List<Control> ReadControls(ReportJson list)
    {
        var controls = new List<Control>();
        var rules = new HashSet<RuleId>();
        foreach (var item in list.Array())
        {
            var keys = item.Object("id", "title", "rules");
            var id = keys["id"].Text();
            if (id.Length == 0 || controls.Exists(c => c.Id == id)) throw keys["id"].Mistake("a name is expected here that no other control has");
            var own = new List<RuleId>();
            foreach (var rule in keys["rules"].Array())
            {
                if (!rules.Add(rule.Rule())) throw rule.Mistake("the rule belongs to another control already");
                own.Add(rule.Rule());
            }

            controls.Add(new Control(id, keys["title"].Text(), own));
        }

        return controls.Count > 0 ? controls : throw list.Mistake("there is no control");
    }

    private static List<LeakResult> ReadLeaks(ReportJson list, List<Control> controls)
    {
        var leaks = new List<LeakResult>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in list.Array())
        {
            var leak = ReadLeak(item, controls);
            if (leak.Id.Length == 0 || !ids.Add(leak.Id)) throw item.Mistake("every leak has a name of its own");
            leaks.Add(leak);
        }

        return leaks;
    }

    private static LeakResult ReadLeak(ReportJson item, List<Control> controls)
    {
        var keys = item.Object("id", "title", "story", "control", "own", "owner", "outcome", "reason", "seeds", "rules", "caughtBy", "milliseconds");
        LeakOutcome? outcome = null;
        foreach (var known in Enum.GetValues<LeakOutcome>())
            if (DrillWriter.NameOf(known) == keys["outcome"].Text()) outcome = known;
        var leak = new LeakResult
        {
            Id = keys["id"].Text(),
            Title = keys["title"].Text(),
            Story = keys["story"].Text(),
            Control = keys["control"].TextOrNull(),
            IsOwn = keys["own"].Truth(),
            Owner = keys["owner"].TextOrNull(),
            Outcome = outcome ?? throw keys["outcome"].Mistake("'caught', 'missed' or 'notApplicable' is expected here"),
            Reason = keys["reason"].TextOrNull(),
            Seeds = keys["seeds"].Array().ConvertAll(s => s.Text()),
            Rules = keys["rules"].Array().ConvertAll(r => r.Rule()),
            CaughtBy = keys["caughtBy"].Array().ConvertAll(c => c.Text()),
            Milliseconds = Real(keys["milliseconds"]),
        };
        if (leak.Outcome == LeakOutcome.Caught != leak.Rules.Count > 0) throw keys["rules"].Mistake("a leak is caught by rules, and what is not caught has none");
        if (leak.Reason is null == (leak.Outcome == LeakOutcome.NotApplicable)) throw keys["reason"].Mistake("what does not apply has a reason, and nothing else has");
        // The columns follow from the rules.
        var columns = controls.FindAll(c => c.Rules.Any(leak.Rules.Contains)).ConvertAll(c => c.Id);
        if (!columns.SequenceEqual(leak.CaughtBy, StringComparer.Ordinal)) throw keys["caughtBy"].Mistake("these are not the controls that the rules belong to");
        return leak;
    }

    private static LeakCost ReadCost(ReportJson item)
    {
        var keys = item.Object("pathway", "currency", "low", "high");
        var cost = new LeakCost(keys["pathway"].Text(), keys["currency"].Text(), Real(keys["low"]), Real(keys["high"]));
        return cost.Low <= cost.High ? cost : throw item.Mistake("the low end is above the high end");
    }

    private static void RequireSummary(ReportJson summary, DrillReport report)
    {
        var keys = summary.Object("seeded", "caught", "missed", "notApplicable", "missRateBound", "medianMilliseconds", "maximumMilliseconds");
        foreach (var (key, count) in ((string, int)[])[("seeded", report.Seeded), ("caught", report.Caught), ("missed", report.Missed), ("notApplicable", report.NotApplicable)])
            if (keys[key].Count() != count) throw keys[key].Mistake("the number contradicts the leaks");
        if (Math.Abs(Real(keys["missRateBound"]) - report.MissRateBound) > 0.0001) throw keys["missRateBound"].Mistake("the number contradicts the leaks");
        _ = Real(keys["medianMilliseconds"]);
        _ = Real(keys["maximumMilliseconds"]);
    }

    private static double Real(ReportJson number) =>
        number.Element.ValueKind == JsonValueKind.Number && number.Element.TryGetDouble(out var value) && value >= 0 && double.IsFinite(value) ? value : throw number.Mistake("a number that is not negative is expected here");

    private static GateException Mistake(string what, string path) => new(GateRules.NothingInspected.Id, what, path);
}
