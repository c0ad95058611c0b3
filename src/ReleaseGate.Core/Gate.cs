using System.Diagnostics;
using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Inspection;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate;

/// <summary>The program: open, inspect, judge.</summary>
public sealed class Gate(IFileSystem files)
{
    /// <summary>How many threads inspect at most. What is found does not depend on it.</summary>
    internal int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Checks the artifacts of a request.</summary>
    /// <param name="request">What is to be checked and how.</param>
    /// <param name="now">The time of the run, UTC.</param>
    /// <param name="progress">Told now and then how far the run is, from several threads; or null.</param>
    /// <param name="cancel">Stops the run; nothing is passed then.</param>
    /// <exception cref="GateException">The run cannot begin: manifest, rules or inputs are wrong.</exception>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public GateReport Check(GateRequest request, DateTime now, IProgress<GateProgress>? progress = null, CancellationToken cancel = default)
    {
        var rules = RuleSet.Create(RuleLoader.Load(request.Rules, request.SearchFrom));
        var (manifest, found) = ReadManifest(request);
        ManifestReader.RequireKnownRules(manifest, [.. GateRules.All.Select(d => d.Id), .. rules.Rules.Select(r => r.Descriptor.Id)]);
        var locations = new ArtifactSearch(files).Find(request);
        ShardOfRun? part = null;
        if (request.Shard is { } shard) (locations, part) = shard.Take(locations, files, request.SearchFrom);

        var verdicts = new Inspections(files, locations, (location, share) => Inspect(location, manifest, request.FirstParty, rules, share, locations.Count == 1, cancel), Threads, progress, cancel).Run();
        var (judged, used) = Judge.AddUnusedPatterns(verdicts, isPart: part is not null);
        return new GateReport(request, manifest, found, judged, now) { Part = part is null ? null : part with { UsedPatterns = used } };
    }

    /// <summary>The artifacts a request stands for, as paths in the order they would be checked. Reads none of them.</summary>
    /// <exception cref="GateException">A path leads to no artifact.</exception>
    public IReadOnlyList<string> Find(GateRequest request) => [.. new ArtifactSearch(files).Find(request).Select(l => l.Path)];

    private (Manifest Manifest, bool Found) ReadManifest(GateRequest request)
    {
        var reader = new ManifestReader(files);
        if (request.Manifest is not null && request.Profile is not null)
            throw new GateException(GateRules.ManifestInvalid.Id, "both a manifest and a profile were named; name one, and let the manifest extend the profile");
        if (request.Manifest is not null) return (reader.Read(files.Path.GetFullPath(request.Manifest, request.SearchFrom)), true);
        if (request.Profile is not null) return (reader.ReadProfile(request.Profile), true);
        return new ManifestSearch(files).Find(request.SearchFrom) is { } file ? (reader.Read(file), true) : (reader.ReadProfile(ManifestReader.DefaultProfile), false);
    }

    private Verdict Inspect(ArtifactLocation location, Manifest manifest, IReadOnlyList<string> firstParty, RuleSet rules, Inspections.Share share, bool alone, CancellationToken cancel)
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

        using (artifact) return Inspect(artifact, location.Path, manifest, firstParty, rules, share, cancel);
    }

    /// <summary>Inspects one artifact and judges what was found.</summary>
    internal static Verdict Inspect(Artifact artifact, string path, Manifest manifest, IReadOnlyList<string> firstParty, RuleSet rules, Inspections.Share share, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        var policy = manifest.For(artifact.Name, artifact.IsDirectory, firstParty);
        var (run, off) = Judge.Divide(rules, policy);
        var result = Inspection.Inspection.Run(artifact, run, policy, share, cancel);
        return new Verdict(path, result.Inventory, policy, Judge.Findings(result.Findings, policy, result.Inventory),
            [.. run.Select(r => r.Descriptor.Id)], [.. off.Select(r => r.Descriptor.Id)], result.Bytes, Stopwatch.GetElapsedTime(started));
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
