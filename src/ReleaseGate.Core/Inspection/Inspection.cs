using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Inspection;

/// <summary>
/// One pass over an artifact: every entry is opened once and its bytes go to the hash, to the shared anchor filter, to scanners and to whole-entry rules;
/// then entry rules and artifact rules see the finished inventory.
/// </summary>
internal sealed class Inspection
{
    private const int MostThreads = 4;
    private const long WorthThreads = 300_000;
    private const long MetadataLimit = 8 << 20;

    private readonly ArtifactPolicy _policy;
    private readonly ContentRules _content;
    private readonly IReadOnlyList<Rule> _rules;
    private readonly CancellationToken _cancel;
    private readonly IProgress<long>? _progress;
    private readonly ConcurrentBag<Anomaly> _anomalies = [];
    private readonly EntryBuffer.Pool _buffers;
    private long _artifactLength = long.MaxValue;
    private long _bytes;
    private long _metadata;
    private int _entries;

    private readonly bool _singleThreaded;

    private Inspection(IReadOnlyList<Rule> rules, ArtifactPolicy policy, IProgress<long>? progress, Inspections.Share? share, CancellationToken cancel)
    {
        _singleThreaded = share is { SingleThreaded: true };
        _rules = rules;
        _policy = policy;
        _progress = progress;
        _cancel = cancel;
        _content = new ContentRules(rules.OfType<ContentRule>(), policy);
        _buffers = new EntryBuffer.Pool(policy.Budget.Nested, share?.LargeBuffers);
    }

    /// <summary>What an inspection yields; nothing in it is judged yet.</summary>
    internal sealed record Result(Inventory Inventory, IReadOnlyList<Finding> Findings, long Bytes);

    /// <summary>Inspects an artifact with the rules that the policy does not switch off.</summary>
    public static Result Run(Artifact artifact, IReadOnlyList<Rule> rules, ArtifactPolicy policy, IReadOnlyList<Inventory> companions, IProgress<long>? progress, CancellationToken cancel) =>
        new Inspection(rules, policy, progress, share: null, cancel).Run(artifact, companions, plan: null);

    /// <summary>The same for one of several artifacts of a run.</summary>
    public static Result Run(Artifact artifact, IReadOnlyList<Rule> rules, ArtifactPolicy policy, Inspections.Share share, CancellationToken cancel, Plan? plan = null) =>
        new Inspection(rules, policy, share.Progress, share, cancel).Run(artifact, share.Companions, plan, share.Baselines);

    public ArtifactPolicy Policy => _policy;

    public ContentRules Content => _content;

    public EntryBuffer.Pool Buffers => _buffers;

    public CancellationToken Cancel => _cancel;

    private Result Run(Artifact artifact, IReadOnlyList<Inventory> companions, Plan? plan, Governance.Baselines? baselines = null)
    {
        if (!artifact.IsDirectory) _artifactLength = artifact.Length;
        var reading = new List<EntryReading>();
        var readToEnd = false;
        try
        {
            using var reader = artifact.Read(_anomalies.Add, _cancel);
            if (reader.AnyOrder) ReadInParallel(reader, reading);
            else ReadInOrder(reader, reading);
            readToEnd = true;
        }
        catch (UnreadableException e)
        {
            Report(AnomalyKind.Uninspectable, null, e.Message, e.Offset);
        }
        catch (BudgetException e)
        {
            // Two findings: whatever the manifest makes of a bomb, what was not read blocks.
            Report(AnomalyKind.Uninspectable, null, e.Message);
            Report(AnomalyKind.DecompressionBomb, null, e.Message);
        }

        var entries = new List<Entry>();
        var findings = new List<Finding>();
        var descriptions = new List<PackageFacts.Description>();
        foreach (var read in reading)
        {
            entries.AddRange(read.Entries);
            findings.AddRange(read.Findings);
            descriptions.AddRange(read.Metadata);
        }

        var facts = PackageFacts.Of(artifact, entries, descriptions, Report);
        entries.Sort(static (a, b) => a.Path.CompareTo(b.Path) is var order and not 0 ? order : a.Order.CompareTo(b.Order));

        if (!entries.Exists(static e => e.Type == EntryType.File))
            findings.Add(new Finding(GateRules.NothingInspected, null, "there is not a single file in it"));
        if (_rules.Count == 0)
            findings.Add(new Finding(GateRules.NothingInspected, null, "every rule is switched off"));

        Digest digest = default;
        try
        {
            digest = artifact.ReadDigest() ?? FolderDigest(entries);
            if (artifact.Changed(readToEnd ? entries : null))
                findings.Add(new Finding(GateRules.ArtifactChanged, null, $"the {(artifact.IsDirectory ? "folder" : "file")} changed while it was inspected"));
        }
        catch (UnreadableException e)
        {
            Report(AnomalyKind.Uninspectable, null, e.Message, e.Offset);
        }

        var length = artifact.IsDirectory ? entries.Sum(static e => e.Path.Depth == 0 ? e.Length : 0) : artifact.Length;
        var baseline = baselines?.For(artifact, facts.Kind, facts.Package);
        var inventory = new Inventory(artifact.Name, facts.Kind, length, digest, entries, Sorted(entries, findings), facts.Package)
        {
            Companions = companions,
            Plan = plan,
            Baseline = baseline,
            LacksBaseline = baselines is not null && baseline is null,
        };
        Judge(_rules, _policy, inventory, findings, _content, _cancel);
        return new Result(inventory, findings, Interlocked.Read(ref _bytes));
    }

    // Over what the entries were found to be, in ordinal order, in the form of sha256sum.
    private static Digest FolderDigest(List<Entry> entries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in entries)
            if (entry.Path.Depth == 0 && entry.Type == EntryType.File) hash.AppendData(Encoding.UTF8.GetBytes($"{entry.Digest}  {entry.Path.Value}\n"));
        return new Digest(hash.GetHashAndReset());
    }

    private void ReadInOrder(ArtifactReader reader, List<EntryReading> reading)
    {
        var worker = new EntryReading(this);
        reading.Add(worker);
        foreach (var source in reader.Entries()) worker.Read(source, depth: 0, container: null);
    }

    private void ReadInParallel(ArtifactReader reader, List<EntryReading> reading)
    {
        var sources = new List<EntrySource>();
        long size = 0;
        foreach (var source in reader.Entries())
        {
            sources.Add(source);
            size += source.Entry.CompressedLength ?? 0;
        }

        // Large ones first, so that no thread is left with the largest at the end. Dedicated threads: the pool of a build node is not ours.
        sources.Sort(static (a, b) => (b.Entry.CompressedLength ?? 0).CompareTo(a.Entry.CompressedLength ?? 0) is var order and not 0 ? order : a.Entry.Order.CompareTo(b.Entry.Order));
        Twins.SetApart(sources);
        var threads = _singleThreaded || (size < WorthThreads && sources.Count < 200) ? 1 : Math.Clamp(Math.Min(Environment.ProcessorCount, sources.Count), 1, MostThreads);
        var next = -1;
        Exception? failure = null;
        var workers = new EntryReading[threads];
        for (var i = 0; i < threads; i++) workers[i] = new EntryReading(this);
        reading.AddRange(workers);

        void Work(EntryReading worker)
        {
            try
            {
                int index;
                while (Volatile.Read(ref failure) is null && (index = Interlocked.Increment(ref next)) < sources.Count)
                    worker.Read(sources[index]);
            }
            catch (Exception e)
            {
                // Carried to the caller's thread and thrown there.
                Interlocked.CompareExchange(ref failure, e, null);
            }
        }

        var others = new Thread[threads - 1];
        for (var i = 0; i < others.Length; i++)
        {
            var worker = workers[i + 1];
            others[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = "ReleaseGate inspection" };
            others[i].Start();
        }

        Work(workers[0]);
        foreach (var thread in others) thread.Join();
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>The anomalies in stable order, under the paths that consumers see; those that stopped the reading become RG0003.</summary>
    private List<Anomaly> Sorted(List<Entry> entries, List<Finding> findings)
    {
        if (_anomalies.IsEmpty) return [];
        var byArchivePath = new Dictionary<EntryPath, Entry>();
        foreach (var entry in entries) byArchivePath.TryAdd(entry.ArchivePath, entry);

        var sorted = new List<Anomaly>();
        foreach (var anomaly in _anomalies)
        {
            var entry = anomaly.Path is null ? null : byArchivePath.GetValueOrDefault(anomaly.Path);
            sorted.Add(entry is null ? anomaly : anomaly with { Path = entry.Path });
            if (anomaly.Kind == AnomalyKind.Uninspectable)
                findings.Add(new Finding(GateRules.Uninspectable, entry, anomaly.Reason) { Path = anomaly.Path is null ? null : entry?.Path ?? anomaly.Path, Offset = anomaly.Offset, Fix = GateRules.FixOfUninspectable(anomaly.Reason) });
        }

        sorted.Sort(static (a, b) =>
        {
            var order = string.CompareOrdinal(a.Path?.Value, b.Path?.Value);
            if (order == 0) order = a.Kind.CompareTo(b.Kind);
            if (order == 0) order = Nullable.Compare(a.Offset, b.Offset);
            return order != 0 ? order : string.CompareOrdinal(a.Reason, b.Reason);
        });
        return sorted;
    }

    /// <summary>Lets the rules judge a finished inventory: those about entries and artifacts, and the conclusions of those about content.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="policy">What they judge by.</param>
    /// <param name="inventory">What they judge.</param>
    /// <param name="findings">Receives what they find.</param>
    /// <param name="content">What the content rules asked for; null where no content was read.</param>
    /// <param name="cancel">Stops it.</param>
    public static void Judge(IReadOnlyList<Rule> rules, ArtifactPolicy policy, Inventory inventory, List<Finding> findings, ContentRules? content, CancellationToken cancel)
    {
        foreach (var entry in inventory.Entries)
            if (entry.Type == EntryType.File && entry.Path.NameIs(Governance.RejectedMarker.FileName))
                findings.Add(new Finding(GateRules.RejectedFolder, entry, "says that the folder it lies in did not pass"));
        foreach (var rule in rules)
        {
            var context = new RuleContext(rule, policy, findings);
            if (rule is EntryRule entryRule)
            {
                foreach (var entry in inventory.Entries)
                {
                    cancel.ThrowIfCancellationRequested();
                    try
                    {
                        entryRule.Inspect(entry, inventory, context);
                    }
                    catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
                    {
                        findings.Add(Crash(rule, entry, e));
                    }
                }
            }
            else
            {
                try
                {
                    if (rule is ArtifactRule artifactRule) artifactRule.Inspect(inventory, context);
                    else if (rule is ContentRule contentRule && content?.Asks(contentRule) == true) contentRule.Conclude(inventory, context);
                }
                catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
                {
                    findings.Add(Crash(rule, null, e));
                }
            }
        }
    }

    /// <summary>What a rule throws becomes RG0002, and the other rules go on.</summary>
    internal static Finding Crash(Rule rule, Entry? entry, Exception e) =>
        new(GateRules.RuleFailed, entry, $"rule {rule.Descriptor.Id} crashed: {EntryPath.Printable(RuleSet.WordsOf(e))}");

    public void Report(AnomalyKind kind, EntryPath? path, string reason, long? offset = null) => _anomalies.Add(new Anomaly(kind, path, reason, offset));

    public void Report(Anomaly anomaly) => _anomalies.Add(anomaly);

    /// <summary>Whether the bytes of one more entry that may describe a package are kept; where not, the artifact is not inspectable.</summary>
    public bool KeepsMetadata(long length)
    {
        var total = Interlocked.Add(ref _metadata, length);
        if (total <= MetadataLimit) return true;
        // Said once, by whoever crosses the limit, and not about an entry: which one that is depends on the threads.
        if (total - length <= MetadataLimit)
            Report(AnomalyKind.Uninspectable, null, $"the files that may describe the package have more than {ByteSize.Format(MetadataLimit)} together");
        return false;
    }

    /// <summary>Counts an entry against the budget.</summary>
    public void CountEntry()
    {
        if (Interlocked.Increment(ref _entries) > _policy.Budget.Entries)
            throw new BudgetException(string.Create(CultureInfo.InvariantCulture, $"there are more than {_policy.Budget.Entries:N0} entries in it"));
    }

    /// <summary>Counts decompressed bytes against the budget; takes them back where they are negative.</summary>
    public void CountBytes(long bytes)
    {
        _cancel.ThrowIfCancellationRequested();
        var total = Interlocked.Add(ref _bytes, bytes);
        _progress?.Report(total);
        if (total > _policy.Budget.Output)
            throw new BudgetException($"more than {ByteSize.Format(_policy.Budget.Output)} come out of it {Budget.Raise("output")}");
        if (total > Budget.RatioFloor && total / Math.Max(1, _artifactLength) > _policy.Budget.Ratio)
            throw new BudgetException($"more than {_policy.Budget.Ratio} times its {ByteSize.Format(_artifactLength)} come out of it {Budget.Raise("ratio")}");
    }
}

/// <summary>The output budget or ratio was exceeded: reading the artifact stops altogether.</summary>
internal sealed class BudgetException(string reason) : Exception(reason);
