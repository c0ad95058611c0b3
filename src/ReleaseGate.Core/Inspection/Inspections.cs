using System.IO.Abstractions;
using System.Runtime.ExceptionServices;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Inspection;

/// <summary>
/// The artifacts of one run, one inspected after another or several small ones at a time. Large ones use several threads each and are inspected alone,
/// so that memory does not grow with the number of processors. What comes out does not depend on the threads.
/// </summary>
internal sealed class Inspections
{
    private const int MostThreads = 8;
    private const long Small = 4L << 20;

    // The name alone makes a symbols package (PackageFacts).
    private const string SymbolsSuffix = ".snupkg";
    private const string PackageSuffix = ".nupkg";

    private readonly IFileSystem _files;
    private readonly IReadOnlyList<ArtifactLocation> _locations;
    private readonly Func<ArtifactLocation, Share, Verdict> _inspect;
    private readonly IProgress<GateProgress>? _progress;
    private readonly CancellationToken _cancel;
    private readonly int _threads;
    private readonly Verdict?[] _verdicts;
    private readonly Exception?[] _failures;
    private readonly object _largeBuffers = new();
    private int _done;
    private int _findings;
    private long _bytes;

    /// <param name="files">The disk.</param>
    /// <param name="locations">The artifacts.</param>
    /// <param name="inspect">Inspects and judges one; called on several threads.</param>
    /// <param name="threads">How many at most.</param>
    /// <param name="progress">Told how far the run is, or null.</param>
    /// <param name="cancel">Stops the run.</param>
    public Inspections(IFileSystem files, IReadOnlyList<ArtifactLocation> locations, Func<ArtifactLocation, Share, Verdict> inspect, int threads, IProgress<GateProgress>? progress, CancellationToken cancel)
    {
        _files = files;
        _locations = locations;
        _inspect = inspect;
        _progress = progress;
        _cancel = cancel;
        _threads = Math.Clamp(threads, 1, MostThreads);
        _verdicts = new Verdict?[locations.Count];
        _failures = new Exception?[locations.Count];
    }

    /// <summary>What an inspection shares with the others of its run.</summary>
    /// <param name="Companions">The packages that were inspected before; symbols packages are held against them.</param>
    /// <param name="SingleThreaded">Whether others run beside it.</param>
    /// <param name="LargeBuffers">Held by the one thread of the run that has a large entry in memory.</param>
    /// <param name="Progress">Takes the decompressed bytes so far, or null.</param>
    internal sealed record Share(IReadOnlyList<Inventory> Companions, bool SingleThreaded, object LargeBuffers, IProgress<long>? Progress)
    {
        /// <summary>What was released before, or null where nothing is to be compared.</summary>
        public Governance.Baselines? Baselines { get; init; }
    }

    /// <summary>Inspects all of them; the verdicts stand in the order of the artifacts.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public IReadOnlyList<Verdict> Run()
    {
        var packages = new List<int>();
        var symbols = new List<int>();
        for (var i = 0; i < _locations.Count; i++) (!_locations[i].IsDirectory && _locations[i].FullPath.EndsWith(SymbolsSuffix, StringComparison.OrdinalIgnoreCase) ? symbols : packages).Add(i);

        // Symbols come last: they are compared with the packages they belong to, in whatever order both were asked for.
        Inspect(packages, []);
        if (symbols.Count > 0) Inspect(symbols, Packages());
        foreach (var failure in _failures)
            if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        return _verdicts!;
    }

    private List<Inventory> Packages()
    {
        var packages = new List<Inventory>();
        foreach (var verdict in _verdicts)
            if (verdict is { Inventory.Kind: ArtifactKind.NuGetPackage }) packages.Add(verdict.Inventory);
        return packages;
    }

    private void Inspect(List<int> artifacts, IReadOnlyList<Inventory> companions)
    {
        var small = new List<int>();
        foreach (var i in artifacts)
        {
            _cancel.ThrowIfCancellationRequested();
            if (_threads > 1 && artifacts.Count > 1 && IsSmall(_locations[i])) small.Add(i);
            else Inspect(i, companions, singleThreaded: false);
        }

        var next = -1;
        void Work()
        {
            for (int at; !_cancel.IsCancellationRequested && (at = Interlocked.Increment(ref next)) < small.Count;) Inspect(small[at], companions, singleThreaded: small.Count > 1);
        }

        // Dedicated threads: the pool of a build node is not ours.
        var others = new Thread[Math.Max(0, Math.Min(_threads, small.Count) - 1)];
        for (var i = 0; i < others.Length; i++)
        {
            others[i] = new Thread(Work) { IsBackground = true, Name = "ReleaseGate run" };
            others[i].Start();
        }

        Work();
        foreach (var thread in others) thread.Join();
        _cancel.ThrowIfCancellationRequested();
    }

    // Two builds of one version may lie in two folders: symbols belong to the package beside them.
    private IReadOnlyList<Inventory> NearestFirst(ArtifactLocation symbols, IReadOnlyList<Inventory> packages)
    {
        if (packages.Count < 2) return packages;
        for (var i = 0; i < _locations.Count; i++)
            if (_verdicts[i] is { Inventory.Kind: ArtifactKind.NuGetPackage } verdict && IsBeside(symbols.FullPath, _locations[i].FullPath)) return new Nearest(verdict.Inventory, packages);
        return packages;
    }

    private static bool IsBeside(string symbols, string package) =>
        symbols.Length - SymbolsSuffix.Length == package.Length - PackageSuffix.Length && package.EndsWith(PackageSuffix, StringComparison.OrdinalIgnoreCase)
        && symbols.AsSpan(0, symbols.Length - SymbolsSuffix.Length).Equals(package.AsSpan(0, package.Length - PackageSuffix.Length), StringComparison.OrdinalIgnoreCase);

    private bool IsSmall(ArtifactLocation location)
    {
        if (location.IsDirectory) return false;
        try
        {
            return _files.FileInfo.FromFileName(location.FullPath).Length < Small;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whatever is wrong with it is found, and said, when it is opened.
            return false;
        }
    }

    // One artifact's failure must not keep the others from being looked at: failures wait until all were.
    private void Inspect(int index, IReadOnlyList<Inventory> companions, bool singleThreaded)
    {
        try
        {
            var location = _locations[index];
            var verdict = _inspect(location, new Share(NearestFirst(location, companions), singleThreaded, _largeBuffers, _progress is null ? null : new BytesProgress(bytes => Report(location, bytes))));
            _verdicts[index] = verdict;
            Interlocked.Add(ref _bytes, verdict.BytesRead);
            Interlocked.Add(ref _findings, verdict.Findings.Count);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !_cancel.IsCancellationRequested)
        {
            _failures[index] = failure;
        }
        catch (OperationCanceledException)
        {
            // Thrown again by the thread that waits for all.
        }

        Interlocked.Increment(ref _done);
    }

    private void Report(ArtifactLocation location, long bytes) =>
        _progress!.Report(new GateProgress(location.Path, Volatile.Read(ref _done), _locations.Count, Interlocked.Read(ref _bytes) + bytes, Volatile.Read(ref _findings)));

    // Progress<T> would need a synchronisation context; reporting is the caller's business.
    private sealed class BytesProgress(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }

    // No copy: a thousand symbols packages would hold a thousand lists of a thousand packages.
    private sealed class Nearest(Inventory first, IReadOnlyList<Inventory> all) : IReadOnlyList<Inventory>
    {
        public int Count => all.Count + 1;

        public Inventory this[int index] => index == 0 ? first : all[index - 1];

        public IEnumerator<Inventory> GetEnumerator()
        {
            yield return first;
            foreach (var other in all) yield return other;
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
