using System.Diagnostics;
using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Inspection;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate;

/// <summary>The program: open, inspect, judge.</summary>
public sealed class Gate(IFileSystem files)
{
    /// <summary>How many threads inspect at most. What is found does not depend on it.</summary>
    internal int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Leaves out what a drill decides itself: the exposure's tolerance (RG8001) and the prices of waivers. A drill, which is the way back below the tolerance, could not begin otherwise.
    /// </summary>
    internal bool WithoutExposure { get; init; }

    /// <summary>Rules beside ReleaseGate's own and those that a request names by their assemblies (<see cref="GateRequest.Rules"/>).</summary>
    public IReadOnlyList<Rule> Rules { get; init; } = [];

    /// <summary>Checks the artifacts of a request.</summary>
    /// <param name="request">What is to be checked and how.</param>
    /// <param name="now">The time of the run, UTC.</param>
    /// <param name="progress">Told now and then how far the run is, from several threads; or null.</param>
    /// <param name="cancel">Stops the run; nothing is passed then.</param>
    /// <exception cref="GateException">The run cannot begin: manifest, rules or inputs are wrong.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public GateReport Check(GateRequest request, DateTime now, IProgress<GateProgress>? progress = null, CancellationToken cancel = default)
    {
        var outside = RuleLoader.Load(request.Rules, request.SearchFrom);
        if (Rules.Count > 0) outside = [.. Rules, .. outside];
        var rules = RuleSet.Create(outside);
        RuleId[] known = [.. GateRules.All.Select(d => d.Id), .. rules.Rules.Select(r => r.Descriptor.Id)];
        if (request.PolicyFrom is not null) return CheckByRevision(request, rules, outside, known, now, progress, cancel);
        var (manifest, found) = ReadManifest(request, new FilesOnDisk(files));
        ManifestReader.RequireKnownRules(manifest, known);
        AuditedRun.RequireOwnFile(files, request, manifest);
        return Check(request, rules, outside, manifest, found, now, progress, cancel);
    }

    /// <summary>Checks an artifact that lies on no disk, by a manifest that was read before (<see cref="ManifestReader"/>).</summary>
    /// <remarks>
    /// Nothing but the bytes is looked at, and nothing is written: the manifest's audit log gets no line (<see cref="Manifest.AuditLog"/>) and tells no first-seen days, and its exposure is
    /// neither assessed (<see cref="GateReport.Exposure"/> is null, and there is no RG8001) nor gives waivers a price. What is to be released is checked as a file, by
    /// <see cref="Check(GateRequest, DateTime, IProgress{GateProgress}, CancellationToken)"/>.
    /// </remarks>
    /// <param name="name">The file name it would have, e.g. <c>Acme.1.0.0.nupkg</c>: sections of the manifest match it.</param>
    /// <param name="bytes">Its bytes; not copied.</param>
    /// <param name="manifest">What it is judged by.</param>
    /// <param name="now">The time of the run, UTC.</param>
    /// <param name="cancel">Stops the run; nothing is passed then.</param>
    /// <exception cref="GateException">The manifest or a rule is wrong.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public GateReport Check(string name, ReadOnlyMemory<byte> bytes, Manifest manifest, DateTime now, CancellationToken cancel = default)
    {
        var rules = RuleSet.Create(Rules);
        ManifestReader.RequireKnownRules(manifest, [.. GateRules.All.Select(d => d.Id), .. rules.Rules.Select(r => r.Descriptor.Id)]);
        WaiverReader.RequireWaivableRules(manifest, rules);
        using var artifact = Artifact.Of(name, bytes);
        var verdict = Inspect(artifact, name, manifest, [], rules, new Inspections.Share([], SingleThreaded: false, new object(), Progress: null), cancel);
        var (judged, _) = Judge.AddUnusedPatterns([verdict], isPart: false);
        var waived = Waivers.Apply(judged, manifest, DateOnly.FromDateTime(now), firstSeen: null, RunExtent.Whole);
        var request = new GateRequest { Artifacts = [name], SearchFrom = "" };
        return new GateReport(request, manifest, true, waived.Verdicts, now) { Waivers = waived.Waivers, OutsideRules = RuleSource.Of(Rules) };
    }

    // What blocks by the revision's manifest is judged once more by the working copy's, so that whoever makes a change learns what only waits for approval.
    private GateReport CheckByRevision(GateRequest request, RuleSet rules, IReadOnlyList<Rule> outside, RuleId[] known, DateTime now, IProgress<GateProgress>? progress, CancellationToken cancel)
    {
        var policy = BasePolicy.Read(files, request, known, source => ReadManifest(request, source));
        // A waiver that nobody could use is refused before it is merged.
        if (policy.Working is { } working) WaiverReader.RequireWaivableRules(working, rules);
        AuditedRun.RequireOwnFile(files, request, policy.Manifest);
        var report = Check(request, rules, outside, policy.Manifest, policy.Found, now, progress, cancel, policy.Drill) with { PolicyFrom = policy.From, NeedApproval = policy.Changes };
        if (report.Passed || policy.Working is null) return report;
        var byWorking = Check(request, rules, outside, policy.Working, found: true, now, progress: null, cancel);
        return report with { Verdicts = Approval.Mark(report.Verdicts, byWorking.Verdicts, policy.Working, report.Part is not null) };
    }

    private GateReport Check(GateRequest request, RuleSet rules, IReadOnlyList<Rule> outside, Manifest manifest, bool found, DateTime now, IProgress<GateProgress>? progress, CancellationToken cancel, DrillMatrix? drill = null)
    {
        WaiverReader.RequireWaivableRules(manifest, rules);
        var today = DayOf(request, now);
        var plan = request.Plan is null ? null : Plan.Read(files, request.Plan);
        if (request.AsPlanned) return Waived([InspectPlan(request, plan, manifest, rules, cancel)], RunExtent.Unfinished);
        var locations = new ArtifactSearch(files).Find(request);
        ShardOfRun? part = null;
        if (request.Shard is { } shard) (locations, part) = shard.Take(locations, files, request.SearchFrom);

        // What the build still writes into is compared once it is finished.
        var baselines = request.Baselines.Count == 0 || request.Unfinished ? null : new Baselines(files, request, locations.Count, manifest, rules, cancel);
        var verdicts = new Inspections(files, locations, (location, share) => Inspect(location, manifest, request.FirstParty, request.Unfinished ? rules.Without(MissingEntry.RuleId) : rules,
            baselines is null ? share : share with { Baselines = baselines }, plan, locations.Count == 1, cancel), Threads, progress, cancel).Run();
        if (request.Unfinished) return Waived(verdicts, RunExtent.Unfinished);
        // What could not be read finds no baseline, and says why itself. In a part of a run another part may use it.
        if (baselines is not null && part is null && verdicts.All(v => !v.Findings.Any(f => f.Finding.Rule.Id.IsGate))) baselines.RequireUsed();
        var (judged, used) = Judge.AddUnusedPatterns(verdicts, isPart: part is not null);
        return part is null ? Waived(judged, RunExtent.Whole) : Waived(judged, RunExtent.Part, part with { UsedPatterns = used });

        GateReport Waived(IReadOnlyList<Verdict> judgedOnce, RunExtent extent, ShardOfRun? own = null)
        {
            var model = WithoutExposure ? null : manifest.Exposure;
            var isAssessed = model is not null && extent != RunExtent.Unfinished;
            var inputs = model is not null && (isAssessed || manifest.Waivers.Count > 0) ? ExposureInputs.Read(files, manifest, model, drill, AuditedRun.LogOf(request, manifest), now) : null;
            var waived = Waivers.Apply(judgedOnce, manifest, today, FirstSeen.Of(files, request, manifest, now), extent, manifest.Waivers.Count == 0 || inputs is null ? null : WaiverPrices.By(inputs, manifest.Waivers).On(DateOnly.FromDateTime(now)));
            var report = new GateReport(request, manifest, found, waived.Verdicts, now) { Waivers = waived.Waivers, OutsideRules = RuleSource.Of(outside), Part = own is null ? null : own with { UsedWaivers = waived.Used } };
            return isAssessed ? ToleranceCheck.Judge(report, inputs!) : report;
        }
    }

    /// <summary>The artifacts a request stands for, as paths in the order they would be checked. Reads none of them.</summary>
    /// <exception cref="GateException">A path leads to no artifact.</exception>
    public IReadOnlyList<string> Find(GateRequest request) => [.. new ArtifactSearch(files).Find(request).Select(l => l.Path)];

    /// <summary>
    /// Whether the folder of a request is what <see cref="Remember"/> kept in its <see cref="GateRequest.State"/>: the same files by path, length, time and permissions, asked for
    /// under the same manifest and rules (with all that lies beside a rule assembly), and where there are waivers on the same day. Nothing is read of the files themselves. Any doubt is a no,
    /// and the folder is to be checked.
    /// </summary>
    /// <param name="request">What is to be checked and how.</param>
    /// <param name="today">The time, UTC.</param>
    /// <exception cref="GateException">The manifest is wrong.</exception>
    public bool StillStands(GateRequest request, DateTime today)
    {
        if (request.State is not { } state || !files.File.Exists(state)) return false;
        try
        {
            var folder = FolderOf(request);
            var now = FolderState.Of(new DirectoryReader(files, folder, static _ => throw new UnreadableException("the folder can't be listed")));
            var manifest = request.PolicyFrom is null ? ReadManifest(request, new FilesOnDisk(files)).Manifest : BasePolicy.ReadManifest(files, request);
            var history = manifest.Exposure is { } model && !request.Unfinished ? PastReleases.Read(files, AuditedRun.LogOf(request, manifest), model, today) : null;
            return files.File.ReadAllText(state) == StateOf(request, manifest, folder, now, today, history);
        }
        catch (Exception doubt) when (doubt is IOException or UnauthorizedAccessException or UnreadableException)
        {
            return false;
        }
    }

    /// <summary>Keeps what a folder that has passed was like in the request's <see cref="GateRequest.State"/>.</summary>
    /// <exception cref="ArgumentException">The report has not passed, or is about something else than one folder.</exception>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Remember(GateReport report)
    {
        if (!report.Passed || report.Verdicts is not [{ Inventory: { Kind: ArtifactKind.Directory, IsPlanned: false } inventory }])
            throw new ArgumentException("Only a folder that has passed is remembered.", nameof(report));
        if (report.Request.State is { } state)
            files.File.WriteAllText(state, StateOf(report.Request, report.Manifest, FolderOf(report.Request), FolderState.Of(inventory.Entries), report.Started, report.Exposure?.Histories()));
    }

    /// <summary>Takes away what is remembered, before a folder is inspected: a run that fails for whatever reason leaves nothing by which the next one would pass.</summary>
    /// <exception cref="IOException">It can't be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be removed.</exception>
    internal void Forget(GateRequest request)
    {
        if (request.State is { } state && files.File.Exists(state)) files.File.Delete(state);
    }

    /// <summary><see cref="Remember"/> as the last step of a run, when all that the run was to leave is in its place: what can't be kept takes nothing back, and costs the next look a check.</summary>
    /// <returns>Why it could not be kept, or null.</returns>
    internal string? Keep(GateReport report)
    {
        if (report.Request.State is null || !report.Passed) return null;
        try
        {
            Remember(report);
            return null;
        }
        catch (Exception mistake) when (mistake is IOException or UnauthorizedAccessException)
        {
            return $"that this folder has passed could not be kept, so it will be checked again: {EntryPath.Printable(mistake.Message)}";
        }
    }

    /// <summary>The day that waivers are judged by.</summary>
    /// <exception cref="GateException">RG0005: the day asked for is over, and waivers that have expired since would hold again.</exception>
    private static DateOnly DayOf(GateRequest request, DateTime now)
    {
        var today = DateOnly.FromDateTime(now);
        if (request.AsOf is not { } day) return today;
        if (day >= today) return day;
        throw new GateException(GateRules.WaiverRefused.Id, string.Create(CultureInfo.InvariantCulture, $"waivers can be judged by today or a later day, and {day:yyyy-MM-dd} is over: those that have expired since would hold again; ask for {today:yyyy-MM-dd} or later"));
    }

    private string FolderOf(GateRequest request) => files.Path.TrimEndingDirectorySeparator(files.Path.GetFullPath(request.Artifacts[0], request.SearchFrom));

    private string StateOf(GateRequest request, Manifest manifest, string folder, Digest content, DateTime today, IReadOnlyDictionary<string, ReleaseHistory>? history)
    {
        var text = new StringBuilder($"{GateReport.ToolVersion}\n{folder}\n{content}\n{manifest.Digest}\n{request.Profile}\n{request.AuditLog}\n{(request.Unfinished ? "unfinished" : "")}\n");
        if (request.Seals is not null) text.Append(CultureInfo.InvariantCulture, $"{request.SealKey}\n{request.SealTo}\n");
        // A waiver that held when the folder passed may have expired since.
        if (manifest.Waivers.Count > 0) text.Append(CultureInfo.InvariantCulture, $"{request.AsOf ?? DateOnly.FromDateTime(today):yyyy-MM-dd}\n");
        foreach (var rules in request.Rules)
        {
            var info = files.FileInfo.FromFileName(files.Path.GetFullPath(rules, request.SearchFrom));
            // What a rule loads lies beside it, or below.
            var beside = FolderState.Of(new DirectoryReader(files, files.Path.GetDirectoryName(info.FullName)!, static _ => throw new IOException("the folder of a rule assembly can't be listed")));
            text.Append(CultureInfo.InvariantCulture, $"{info.FullName} {info.Length} {info.LastWriteTimeUtc.Ticks} {beside}\n");
        }

        // These decide how large the exposure is (RG8001), with the drill, which is in the manifest's digest.
        foreach (var pathway in manifest.Exposure?.Pathways ?? [])
            if (history is not null && history.TryGetValue(pathway.Id, out var past) && past.LeakProbability is { } probability) text.Append(CultureInfo.InvariantCulture, $"{pathway.Id} {probability:R}\n");
        return text.AppendJoin('\n', request.FirstParty).Append('\n').AppendJoin('\n', request.Baselines).Append('\n').ToString();
    }

    private (Manifest Manifest, bool Found) ReadManifest(GateRequest request, IManifestFiles source)
    {
        var reader = new ManifestReader(source);
        if (request.Manifest is not null && request.Profile is not null)
            throw new GateException(GateRules.ManifestInvalid.Id, "both a manifest and a profile were named; name one, and let the manifest extend the profile");
        if (request.Manifest is not null) return (reader.Read(files.Path.GetFullPath(request.Manifest, request.SearchFrom)), true);
        if (request.Profile is not null) return (reader.ReadProfile(request.Profile), true);
        return new ManifestSearch(source).Find(request.SearchFrom) is { } file ? (reader.Read(file), true) : (reader.ReadProfile(ManifestReader.DefaultProfile), false);
    }

    private Verdict Inspect(ArtifactLocation location, Manifest manifest, IReadOnlyList<string> firstParty, RuleSet rules, Inspections.Share share, Plan? plan, bool alone, CancellationToken cancel)
    {
        Artifact artifact;
        try
        {
            artifact = Artifact.Open(files, location.FullPath, location.IsDirectory);
        }
        catch (GateException gone) when (!alone && gone.Rule == GateRules.NothingInspected.Id)
        {
            return Gone(location, manifest, gone);
        }

        using (artifact) return Inspect(artifact, location.Path, manifest, firstParty, rules, share, cancel, plan);
    }

    /// <summary>Inspects one artifact and judges what was found.</summary>
    internal static Verdict Inspect(Artifact artifact, string path, Manifest manifest, IReadOnlyList<string> firstParty, RuleSet rules, Inspections.Share share, CancellationToken cancel, Plan? plan = null)
    {
        var started = Stopwatch.GetTimestamp();
        var policy = manifest.For(artifact.Name, artifact.IsDirectory, firstParty);
        var (run, off) = Judge.Divide(rules, policy);
        var result = Inspection.Inspection.Run(artifact, run, policy, share, cancel, plan);
        return new Verdict(path, result.Inventory, policy, Judge.Findings(result.Findings, policy, result.Inventory),
            [.. run.Select(r => r.Descriptor.Id)], [.. off.Select(r => r.Descriptor.Id)], result.Bytes, Stopwatch.GetElapsedTime(started))
        {
            Drift = result.Inventory.Baseline is { } baseline ? Drift.Between(baseline, Snapshot.Of(result.Inventory, path, result.Findings)) : null,
        };
    }

    /// <summary>
    /// What a request is judged by, made ready once, and a check of artifacts that lie nowhere: by the same manifest, rules, waivers and day as <see cref="Check(GateRequest, DateTime, IProgress{GateProgress}, CancellationToken)"/>
    /// would take. The check may be called on several threads.
    /// </summary>
    /// <exception cref="GateException">The manifest or the rules are wrong.</exception>
    internal (Manifest Manifest, bool Found, Func<Artifact, Verdict> Check) Prepare(GateRequest request, DateTime now, CancellationToken cancel)
    {
        var rules = RuleSet.Create(RuleLoader.Load(request.Rules, request.SearchFrom));
        RuleId[] known = [.. GateRules.All.Select(d => d.Id), .. rules.Rules.Select(r => r.Descriptor.Id)];
        var (manifest, found) = ReadManifest(request, known);
        WaiverReader.RequireWaivableRules(manifest, rules);
        var today = DayOf(request, now);
        var largeBuffers = new object();
        return (manifest, found, artifact =>
        {
            var verdict = Inspect(artifact, artifact.Path, manifest, request.FirstParty, rules, new Inspections.Share([], SingleThreaded: true, largeBuffers, Progress: null), cancel);
            var (judged, _) = Judge.AddUnusedPatterns([verdict], isPart: false);
            return Waivers.Apply(judged, manifest, today).Verdicts[0];
        });
    }

    private (Manifest Manifest, bool Found) ReadManifest(GateRequest request, RuleId[] known)
    {
        if (request.PolicyFrom is not null && BasePolicy.Read(files, request, known, source => ReadManifest(request, source)) is var policy) return (policy.Manifest, policy.Found);
        var (manifest, found) = ReadManifest(request, new FilesOnDisk(files));
        ManifestReader.RequireKnownRules(manifest, known);
        return (manifest, found);
    }

    private Verdict InspectPlan(GateRequest request, Plan? plan, Manifest manifest, RuleSet rules, CancellationToken cancel)
    {
        if (plan is null || request.Artifacts.Count != 1)
            throw new GateException(GateRules.NothingInspected.Id, "a plan is about one folder; name the folder and the file with the plan");
        var started = Stopwatch.GetTimestamp();
        var name = files.Path.GetFileName(FolderOf(request));
        var policy = manifest.For(name, isFolder: true, request.FirstParty);
        var (run, off) = Judge.Divide(rules, policy);
        run = PlannedInspection.Select(run);
        var result = PlannedInspection.Run(files, name, plan, run, policy, cancel);
        return new Verdict(request.Artifacts[0], result.Inventory, policy, Judge.Findings(result.Findings, policy, result.Inventory),
            [.. run.Select(r => r.Descriptor.Id)], [.. off.Select(r => r.Descriptor.Id)], 0, Stopwatch.GetElapsedTime(started));
    }

    // It was there when the run began. The others are judged all the same, and this one blocks.
    private Verdict Gone(ArtifactLocation location, Manifest manifest, GateException gone)
    {
        var name = files.Path.GetFileName(location.FullPath);
        var policy = manifest.For(name, location.IsDirectory);
        var inventory = new Inventory(name, ArtifactKind.Unknown, 0, default, [], [], null);
        return new Verdict(location.Path, inventory, policy, Judge.Findings([new Finding(GateRules.NothingInspected, null, gone.Message.TrimEnd('.'))], policy, inventory), [], [], 0, TimeSpan.Zero);
    }
}

/// <summary>How far a run is.</summary>
/// <param name="Artifact">The artifact's path.</param>
/// <param name="Done">Artifacts finished.</param>
/// <param name="Total">Artifacts asked for.</param>
/// <param name="Bytes">Decompressed bytes inspected, at least.</param>
/// <param name="Findings">Findings about the finished artifacts.</param>
public readonly record struct GateProgress(string Artifact, int Done, int Total, long Bytes, int Findings = 0);
