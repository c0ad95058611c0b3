using System.Diagnostics;
using System.IO.Abstractions;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance.Leaks;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>
/// Seeds leaks into copies of a real artifact, one at a time, and has every copy checked as the artifact would be: by the user's own manifest, waivers and rules. The artifact is only read.
/// </summary>
/// <param name="files">The disk.</param>
internal sealed class Drill(IFileSystem files)
{
    // Each thread has a copy of its own, and a folder's lies on disk.
    private const int MostThreads = 8;

    /// <summary>How many threads inspect at most. What is found does not depend on it.</summary>
    internal int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>What is seeded: the catalogue, unless a test has others.</summary>
    internal IReadOnlyList<Leak> Catalogue { get; init; } = LeakCatalogue.All();

    /// <summary>The kinds of leak there are: id, control, title and story, in the order of the report.</summary>
    public IReadOnlyList<LeakKind> Kinds() => [.. Catalogue.Select(l => new LeakKind(l.Id, l.Control!, l.Title, l.Story))];

    /// <summary>Makes the drill.</summary>
    /// <param name="request">What is drilled and how.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="progress">Told how many leaks are done, from several threads; or null.</param>
    /// <param name="cancel">Stops it; what was made on disk is removed.</param>
    /// <exception cref="GateException">It cannot begin: manifest, rules or artifact are wrong, the artifact does not pass, or a leak that was asked for does not exist.</exception>
    /// <remarks>Where an audit log is switched on, it gets an event <c>drill</c>.</remarks>
    /// <exception cref="IOException">The artifact, a leak of the user's or the folder for copies can't be read or written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public DrillReport Run(DrillRequest request, DateTime now, IProgress<DrillProgress>? progress = null, CancellationToken cancel = default)
    {
        var leaks = Select(request);
        var (report, verdict) = RequirePassing(request.Gate, now, cancel);
        var (manifest, found, check) = new Gate(files).Prepare(request.Gate, now, cancel);
        if (manifest.Digest != report.Manifest.Digest) throw Mistake("the manifest changed while the drill began; run it again");
        var path = files.Path.GetFullPath(verdict.Path, request.Gate.SearchFrom);
        var threads = Math.Clamp(Math.Min(Threads, leaks.Count), 1, MostThreads);
        using var copies = Copies.Open(files, path, verdict.Inventory, request.Scratch, threads, cancel);
        var original = new Original(verdict, copies);
        RequireSameBytes(original, copies, check);
        var columns = Controls.Columns(manifest.Exposure?.Controls ?? Controls.Default, verdict.RulesRun);
        var results = new Rehearsals(original, copies, check, columns, leaks, threads, progress, cancel).Run();
        var drilled = new DrillReport
        {
            ToolVersion = GateReport.ToolVersion,
            Started = now,
            Name = verdict.Inventory.Name,
            Kind = verdict.Inventory.Kind,
            PackageUrl = JsonReporter.PackageUrl(verdict.Inventory),
            Length = verdict.Inventory.Length,
            Digest = verdict.Inventory.Digest,
            Policy = Receipt.Of(report, verdict, now, files).Policy with { Found = found },
            Judging = manifest.JudgingDigest(),
            Only = request.Only,
            Controls = columns,
            Leaks = request.Owners is { } owners ? LeakOwners.Read(files, owners, Catalogue, columns).Assign(results) : results,
            Costs = CostsOf(manifest, verdict.Inventory.Name, original.IsFolder),
        };
        if (AuditedRun.LogOf(request.Gate, manifest) is { } log) new AuditLog(files, log).Append(EventOf(drilled), now);
        return drilled;
    }

    private static AuditEvent EventOf(DrillReport report) => new("drill", new JsonObject
    {
        ["artifact"] = report.Name,
        ["sha256"] = report.Digest.ToString(),
        ["policy"] = report.Policy.Digest.ToString(),
        ["seeded"] = report.Seeded,
        ["missed"] = report.Missed,
        ["own"] = report.Leaks.Count(l => l.IsOwn),
    });

    private List<Leak> Select(DrillRequest request)
    {
        List<Leak> all = [.. Catalogue, .. request.Leaks is { } folder ? OwnLeaks.Read(files, folder) : []];
        if (request.Only.Count == 0) return all;
        foreach (var id in request.Only)
            if (!all.Exists(l => l.Id == id)) throw Mistake($"there is no leak '{EntryPath.Printable(id)}'; 'releasegate drill --list' shows all{Spelling.Suggest(id, all.Select(l => l.Id))}");
        return all.FindAll(l => request.Only.Contains(l.Id));
    }

    private (GateReport Report, Verdict Verdict) RequirePassing(GateRequest request, DateTime now, CancellationToken cancel)
    {
        var report = new Gate(files) { Threads = Threads, WithoutExposure = true }.Check(request, now, null, cancel);
        if (report.Verdicts is not [var verdict]) throw Mistake($"a drill is about one artifact, and there are {report.Verdicts.Count}; name one of them");
        if (verdict.Passed) return (report, verdict);
        var first = verdict.Findings.First(f => f.Severity == Severity.Error).Finding;
        throw Mistake($"'{EntryPath.Printable(verdict.Path)}' does not pass as it is, so nothing that is found in a copy could be told from what is there already: {first.Rule.Id}{(first.Path is { } entry ? $" {entry}" : "")}"
            + $"{(verdict.Errors > 1 ? $" and {verdict.Errors - 1} more" : "")}. Have 'releasegate check' pass it first, then drill");
    }

    // Whatever a copy without a leak shows would be taken for the finding of every leak.
    private static void RequireSameBytes(Original original, Copies copies, Func<Artifact, Verdict> check)
    {
        using var copy = copies.Make([], 0);
        var verdict = check(copy.Artifact);
        if (verdict.Findings.FirstOrDefault(f => f.Severity == Severity.Error) is { } wrong)
            throw Mistake($"'{EntryPath.Printable(original.Inventory.Name)}' can't be drilled: a copy of it is not taken for the same: {wrong.Finding.Rule.Id} {wrong.Finding.Message}");
        var (before, after) = (original.Inventory.Entries, verdict.Inventory.Entries);
        for (var i = 0; i < before.Count || i < after.Count; i++)
            if (i >= before.Count || i >= after.Count || before[i].Path != after[i].Path || before[i].Digest != after[i].Digest || before[i].Type != after[i].Type)
                throw Mistake($"'{EntryPath.Printable(original.Inventory.Name)}' can't be drilled: a copy of it is not the same from entry {(i < before.Count ? before[i] : after[i])} on; it may have changed meanwhile");
    }

    private static List<LeakCost> CostsOf(Manifest manifest, string artifact, bool isFolder)
    {
        if (manifest.Exposure is not { } model) return [];
        var costs = new List<LeakCost>();
        foreach (var pathway in model.Pathways)
        {
            if (pathway.Artifact is { } match && !match.Glob.IsMatch(artifact, isFolder)) continue;
            var cap = pathway.LargestLoss ?? double.PositiveInfinity;
            costs.Add(new LeakCost(pathway.Id, model.Currency, Math.Min(pathway.Low, cap), Math.Min(pathway.High, cap)));
        }

        return costs;
    }

    private static GateException Mistake(string what) => new(GateRules.NothingInspected.Id, what);

    /// <summary>The copies, checked on several threads.</summary>
    private sealed class Rehearsals(Original original, Copies copies, Func<Artifact, Verdict> check, IReadOnlyList<Control> columns, IReadOnlyList<Leak> leaks, int threads, IProgress<DrillProgress>? progress, CancellationToken cancel)
    {
        private readonly LeakResult?[] _results = new LeakResult?[leaks.Count];
        private Exception? _failure;
        private int _next = -1;
        private int _done;

        public LeakResult[] Run()
        {
            var others = new Thread[threads - 1];
            for (var i = 0; i < others.Length; i++)
            {
                var worker = i + 1;
                others[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = "ReleaseGate drill" };
                others[i].Start();
            }

            Work(0);
            foreach (var thread in others) thread.Join();
            cancel.ThrowIfCancellationRequested();
            if (_failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
            return _results!;
        }

        private void Work(int worker)
        {
            try
            {
                for (int at; Volatile.Read(ref _failure) is null && !cancel.IsCancellationRequested && (at = Interlocked.Increment(ref _next)) < leaks.Count;)
                {
                    _results[at] = Rehearse(leaks[at], worker);
                    progress?.Report(new DrillProgress(Interlocked.Increment(ref _done), leaks.Count));
                }
            }
            catch (Exception failure)
            {
                // Thrown once every thread has ended.
                Interlocked.CompareExchange(ref _failure, failure, null);
            }
        }

        private LeakResult Rehearse(Leak leak, int worker)
        {
            var sowing = Sow(leak);
            if (sowing.Reason is { } reason) return Result(leak, LeakOutcome.NotApplicable) with { Reason = reason };
            using var copy = copies.Make(sowing.Seeds, worker);
            var started = Stopwatch.GetTimestamp();
            var verdict = check(copy.Artifact);
            var elapsed = Stopwatch.GetElapsedTime(started);
            cancel.ThrowIfCancellationRequested();
            if (verdict.Findings.FirstOrDefault(f => f.Finding.Rule == GateRules.RuleFailed) is { } crash)
                throw new GateException(GateRules.RuleFailed.Id, $"a rule crashed on the leak '{EntryPath.Printable(leak.Id)}', and a crash is no catch: {crash.Finding.Message}");
            // The artifact itself has passed, so whatever blocks is new. What is about waivers or the exposure has not seen the leak.
            var rules = verdict.Findings.Where(f => f.Severity == Severity.Error && f.Finding.Rule != GateRules.WaiverRefused && f.Finding.Rule != ExposureRules.ToleranceExceeded)
                .Select(f => f.Finding.Rule.Id).Distinct().Order().ToArray();
            return Result(leak, rules.Length > 0 ? LeakOutcome.Caught : LeakOutcome.Missed) with
            {
                Seeds = [.. sowing.Seeds.Select(s => s.Shown)],
                Rules = rules,
                CaughtBy = [.. columns.Where(c => c.Rules.Any(rules.Contains)).Select(c => c.Id)],
                Milliseconds = elapsed.TotalMilliseconds,
            };
        }

        private Sowing Sow(Leak leak)
        {
            if (leak.Needs is { } id)
                foreach (var rule in RuleSet.Create([]).Rules)
                    if (rule.Descriptor.Id == id && original.Policy.SeverityOf(rule.Descriptor) != Severity.Error)
                        return Sowing.None($"{id} does not block by this manifest; make it \"error\" under 'rules' where it is to stop a release");
            return leak.Sow(original);
        }

        private static LeakResult Result(Leak leak, LeakOutcome outcome) =>
            new() { Id = leak.Id, Title = leak.Title, Story = leak.Story, Control = leak.Control, IsOwn = leak.IsOwn, Outcome = outcome };
    }
}

/// <summary>What is drilled and how.</summary>
internal sealed record DrillRequest
{
    /// <summary>The artifact, the manifest and the rules, as for a check; one artifact.</summary>
    public required GateRequest Gate { get; init; }

    /// <summary>A folder that does not exist yet, for copies of folders; it is removed in the end. A full path, used for folders only.</summary>
    public required string Scratch { get; init; }

    /// <summary>A folder with the user's own leaks, a full path: every file in it is one, seeded at its relative path; or null.</summary>
    public string? Leaks { get; init; }

    /// <summary>The leaks to seed, by id; empty: all of them.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>A file that says who answers for which leak (docs/drill.md), a full path; or null.</summary>
    public string? Owners { get; init; }
}

/// <summary>A kind of leak that a drill seeds.</summary>
/// <param name="Id">Its name, e.g. <c>source-map-beside</c>.</param>
/// <param name="Control">The control of <see cref="Controls.Default"/> that is meant to hold it.</param>
/// <param name="Title">What it is.</param>
/// <param name="Story">How it comes about and what is public then.</param>
internal sealed record LeakKind(string Id, string Control, string Title, string Story);

/// <summary>How far a drill is.</summary>
/// <param name="Done">Leaks done.</param>
/// <param name="Total">Leaks in all.</param>
internal readonly record struct DrillProgress(int Done, int Total);
