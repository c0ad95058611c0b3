using System.Diagnostics;
using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate;

/// <summary>The program: open, inspect, judge.</summary>
public sealed class Gate(IFileSystem files)
{
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

        var verdicts = new List<Verdict>(locations.Count);
        foreach (var location in locations)
        {
            var told = progress is null ? null : new BytesProgress(bytes => progress.Report(new GateProgress(location.Path, verdicts.Count, locations.Count, bytes)));
            using var artifact = Artifact.Open(files, location.FullPath, location.IsDirectory);
            verdicts.Add(Inspect(artifact, location.Path, manifest, request.FirstParty, rules, [.. verdicts.Select(v => v.Inventory)], told, cancel));
        }

        return new GateReport(request, manifest, found, Judge.AddUnusedPatterns(verdicts), now);
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

    /// <summary>Inspects one artifact and judges what was found.</summary>
    internal static Verdict Inspect(Artifact artifact, string path, Manifest manifest, IReadOnlyList<string> firstParty, RuleSet rules, IReadOnlyList<Inventory> companions, IProgress<long>? progress, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        var policy = manifest.For(artifact.Name, artifact.IsDirectory, firstParty);
        var (run, off) = Judge.Divide(rules, policy);
        var result = Inspection.Inspection.Run(artifact, run, policy, companions, progress, cancel);
        return new Verdict(path, result.Inventory, policy, Judge.Findings(result.Findings, policy, result.Inventory),
            [.. run.Select(r => r.Descriptor.Id)], [.. off.Select(r => r.Descriptor.Id)], result.Bytes, Stopwatch.GetElapsedTime(started));
    }

    // Progress<T> would need a synchronisation context; reporting is the caller's business.
    private sealed class BytesProgress(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}

/// <summary>How far a run is.</summary>
/// <param name="Artifact">The artifact's path.</param>
/// <param name="Done">Artifacts finished.</param>
/// <param name="Total">Artifacts asked for.</param>
/// <param name="Bytes">Decompressed bytes inspected in the present artifact.</param>
public readonly record struct GateProgress(string Artifact, int Done, int Total, long Bytes);
