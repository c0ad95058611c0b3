using System.Security.Cryptography;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Inspection;

/// <summary>
/// Reads entries on one thread and collects what is found. Bytes come in chunks of up to 64 KiB fresh behind up to 4 KiB that were seen before;
/// an anchor is reported once at least 512 bytes before it and 3,584 from its start on are in sight, or the entry begins or ends there.
/// </summary>
internal sealed partial class EntryReading
{
    public const int FreshSize = 64 << 10;
    public const int Overlap = 4 << 10;
    public const int LookBehind = 512;
    private const int LookAhead = Overlap - LookBehind;
    private const int MetadataLimit = 4 << 20;
    private const int ContainerPathLimit = 1024;

    private readonly Inspection _inspection;
    private readonly ContentRules _rules;
    private readonly RuleContext[] _anchorContexts;
    private readonly RuleContext[][] _scanContexts;
    private readonly RuleContext[][] _readContexts;
    private readonly RuleContext[] _wholeContexts;
    private readonly bool[] _anchorWanted;
    private readonly object?[] _anchorStates;
    private readonly EntryScanner?[] _scanners;
    private readonly List<byte[]> _chunks = []; // one for each depth
    private readonly AnchorHits _hits = new();
    private readonly WideText _wide = new();
    private int _reports;

    public EntryReading(Inspection inspection)
    {
        _inspection = inspection;
        _rules = inspection.Content;
        RuleContext Context(ContentRule rule) => new(rule, inspection.Policy, Findings);
        _anchorContexts = Array.ConvertAll(_rules.Anchors, p => Context(p.Rule));
        _scanContexts = Array.ConvertAll(_rules.Scans, s => Array.ConvertAll(s.Parts, p => Context(p.Rule)));
        _readContexts = Array.ConvertAll(_rules.Reads, r => Array.ConvertAll(r.Parts, p => Context(p.Rule)));
        _wholeContexts = Array.ConvertAll(_rules.Whole, p => Context(p.Rule));
        _anchorWanted = new bool[_rules.Anchors.Length];
        _anchorStates = new object?[_rules.Anchors.Length];
        _scanners = new EntryScanner?[_rules.Scans.Length];
    }

    public List<Finding> Findings { get; } = [];

    public List<Entry> Entries { get; } = [];

    /// <summary>Bytes of entries a package describes itself in (.nuspec, package.json).</summary>
    public List<PackageFacts.Description> Metadata { get; } = [];

    /// <summary>Reads an entry of the artifact itself to its end, or takes over what was made of one of the same name and bytes.</summary>
    public void Read(EntrySource source)
    {
        if (source.Twins is { } twins && twins.Model != source)
        {
            ReadTwin(source, twins);
            return;
        }

        var (findings, reports) = (Findings.Count, _reports);
        Twins.Judgement? judgement = null;
        try
        {
            Read(source, depth: 0, container: null);
            var entry = source.Entry;
            if (source.Twins is not null && entry is { Complete: true, Entered: false } && _reports == reports) judgement = new(entry, [.. Findings[findings..]]);
        }
        finally
        {
            // Whatever happened: another thread may wait.
            source.Twins?.Settle(judgement);
        }
    }

    /// <summary>Reads one entry to its end, and what is nested in it.</summary>
    public void Read(EntrySource source, int depth, Entry? container)
    {
        var entry = source.Entry;
        entry.Container = container;
        _inspection.CountEntry();
        Entries.Add(entry);
        if (entry.Type != EntryType.File)
        {
            entry.Kind = EntryKind.Empty;
            entry.Complete = true;
            return;
        }

        try
        {
            Read(source, depth);
        }
        catch (UnreadableException e)
        {
            Report(AnomalyKind.Uninspectable, entry, e.Message, e.Offset);
        }
    }

    private void ReadTwin(EntrySource source, Twins twins)
    {
        var entry = source.Entry;
        _inspection.CountEntry();
        Entries.Add(entry);
        try
        {
            using (var stream = source.Open())
            {
                var chunk = ChunkAt(0);
                var fresh = Fill(entry, stream, chunk.AsSpan(0, FreshSize));
                var head = chunk.AsSpan(0, fresh);
                if (Artifact.IsEntered(KindOf(entry, head, isWhole: fresh < FreshSize)) || !twins.MayBegin(head))
                {
                    Read(source, stream, 0, chunk, fresh);
                    return;
                }

                entry.Digest = HashRest(entry, stream, chunk, fresh);
            }

            if (twins.Wait() is { } known && entry.Digest == known.Entry.Digest && entry.Length == known.Entry.Length)
            {
                entry.Kind = known.Entry.Kind;
                entry.Traits = known.Entry.Traits;
                foreach (var finding in known.Findings) Findings.Add(finding with { Entry = entry });
                entry.Complete = true;
                return;
            }

            // Alike, but not the same: from the beginning.
            _inspection.CountBytes(-entry.Length);
            entry.Length = 0;
            Read(source, 0);
        }
        catch (UnreadableException e)
        {
            Report(AnomalyKind.Uninspectable, entry, e.Message, e.Offset);
        }
    }

    private Digest HashRest(Entry entry, Stream stream, byte[] chunk, int fresh)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (true)
        {
            hash.AppendData(chunk, 0, fresh);
            if (fresh < FreshSize) break;
            fresh = Fill(entry, stream, chunk.AsSpan(0, FreshSize));
        }

        Span<byte> digest = stackalloc byte[Digest.Size];
        hash.GetHashAndReset(digest);
        return new Digest(digest);
    }

    private void Report(AnomalyKind kind, Entry entry, string reason, long? offset = null)
    {
        _reports++;
        _inspection.Report(kind, entry.ArchivePath, reason, offset);
    }

    private byte[] ChunkAt(int depth)
    {
        while (_chunks.Count <= depth) _chunks.Add(new byte[Overlap + FreshSize]);
        return _chunks[depth];
    }

    private void Read(EntrySource source, int depth)
    {
        using var stream = source.Open();
        var chunk = ChunkAt(depth);
        var fresh = Fill(source.Entry, stream, chunk.AsSpan(0, FreshSize));
        source.Twins?.Begin(chunk.AsSpan(0, fresh));
        Read(source, stream, depth, chunk, fresh);
    }

    private void Read(EntrySource source, Stream stream, int depth, byte[] chunk, int fresh)
    {
        var entry = source.Entry;
        entry.Kind = KindOf(entry, chunk.AsSpan(0, fresh), isWhole: fresh < FreshSize);
        if (Artifact.IsEntered(entry.Kind))
        {
            ReadNested(entry, chunk.AsMemory(0, fresh), stream, depth);
        }
        else
        {
            var judged = Findings.Count;
            using var bundle = BundleCapture.MayBeIn(entry) ? new BundleCapture(source, _inspection.Buffers) : null;
            ReadContent(entry, stream, chunk, fresh, bundle);
            if (bundle is { Found.Count: > 0 }) ReadBundle(entry, bundle, depth, judged);
        }

        entry.Complete = true;
    }

    /// <summary>What an entry is, by its first bytes and, where there is no other way, its name.</summary>
    public static EntryKind KindOf(Entry entry, ReadOnlySpan<byte> head, bool isWhole)
    {
        var kind = Magic.Of(head, isWhole);
        // Brotli has no signature. Text is none, whatever its name ("messages.br" in Breton).
        return entry.Path.NameEndsWith(".br") && (kind == EntryKind.Binary || (PackageLayout.IsText(kind) && BrotliContentStream.MayBe(head))) ? EntryKind.Brotli : kind;
    }

    private void ReadContent(Entry entry, Stream stream, byte[] chunk, int fresh, BundleCapture? bundle)
    {
        var anchors = AskAnchors(entry);
        AskScanners(entry);
        var wholeWanted = AskWhole(entry);
        var metadata = PackageFacts.MayDescribe(entry) ? new MemoryStream() : null;
        using var buffer = wholeWanted ? new EntryBuffer(_inspection.Buffers) : null;
        string? tooLarge = null;
        IncrementalHash? hash = null;

        try
        {
            var seen = 0; // bytes at the start of the chunk that were seen before
            var from = 0; // where anchors that were not reported yet may start
            while (true)
            {
                var bytes = chunk.AsSpan(seen, fresh);
                var last = fresh < FreshSize;
                if (last && hash is null) entry.Digest = Digest.Of(bytes);
                else (hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256)).AppendData(bytes);

                var view = new Chunk(chunk.AsSpan(0, seen + fresh), seen, entry.Length - fresh, last);
                FeedScanners(entry, in view);
                bundle?.Look(in view);
                if (metadata is not null && metadata.Length <= MetadataLimit) metadata.Write(bytes);
                if (buffer is not null && tooLarge is null) tooLarge = Collect(buffer, bytes);

                var length = seen + fresh;
                var to = last ? length : length - LookAhead;
                if (anchors && to > from) FindAnchors(entry, chunk.AsSpan(0, length), from, to, entry.Length - length);
                if (last)
                {
                    if (ZipReader.EndsIn(chunk.AsSpan(0, length), entry.Length))
                        Report(AnomalyKind.HiddenData, entry, "it ends in a zip archive, which nobody looked into");
                    break;
                }

                var keep = Math.Min(Overlap, length);
                chunk.AsSpan(length - keep, keep).CopyTo(chunk);
                seen = keep;
                from = Math.Max(0, to - (length - keep));
                fresh = Fill(entry, stream, chunk.AsSpan(seen, FreshSize));
            }

            if (hash is not null)
            {
                Span<byte> digest = stackalloc byte[Digest.Size];
                hash.GetHashAndReset(digest);
                entry.Digest = new Digest(digest);
            }
        }
        finally
        {
            hash?.Dispose();
            // Also where the rest cannot be read: what was found until there stays found.
            if (anchors) FinishAnchors(entry);
        }

        FinishScanners(entry);
        if (buffer is not null) JudgeWhole(entry, buffer, tooLarge, tooLarge is null ? null : bundle?.OpenInPlace());
        // Only now: rules were asked whether they want the entry by the kind its first bytes have.
        foreach (var scanner in _scanners)
        {
            if (scanner?.Kind is { } kind) entry.Kind = kind;
            if (scanner?.Damage is { } damage) Report(AnomalyKind.Uninspectable, entry, $"it is damaged: {EntryPath.Printable(damage)}");
        }

        if (metadata is null) return;
        if (metadata.Length > MetadataLimit) throw new UnreadableException($"a package describes itself in less than {ByteSize.Format(MetadataLimit)}; this is larger");
        if (_inspection.KeepsMetadata(metadata.Length)) Metadata.Add(new PackageFacts.Description(entry, metadata.ToArray()));
    }

    private void ReadNested(Entry entry, ReadOnlyMemory<byte> head, Stream rest, int depth)
    {
        Enter(entry, depth);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var content = new NestedContent(head.ToArray(), rest, hash, count =>
        {
            entry.Length += count;
            _inspection.CountBytes(count);
        });
        try
        {
            using var buffer = new EntryBuffer(_inspection.Buffers);
            using var reader = OpenNested(entry, content, buffer);
            foreach (var source in reader.Entries()) Read(source, depth + 1, entry);
        }
        catch (UnreadableException e)
        {
            // The rest is still read, for the digest and for the checks of the outer archive.
            Report(AnomalyKind.Uninspectable, entry, e.Message, e.Offset);
        }

        content.ReadToEnd();
        Span<byte> digest = stackalloc byte[Digest.Size];
        hash.GetHashAndReset(digest);
        entry.Digest = new Digest(digest);
    }

    private ArtifactReader OpenNested(Entry entry, Stream content, EntryBuffer buffer)
    {
        if (entry.Kind is not (EntryKind.Zip or EntryKind.Asar)) return Artifact.Nested(entry.Kind, content, entry.ArchivePath, _inspection.Report);
        buffer.AppendAll(content);
        return entry.Kind == EntryKind.Zip ? new ZipReader(buffer, entry.ArchivePath, _inspection.Report) : new AsarReader(buffer, entry.ArchivePath, _inspection.Report);
    }

    /// <summary>Fills the span as far as the stream goes; less than asked means the end.</summary>
    private int Fill(Entry entry, Stream stream, Span<byte> span)
    {
        var filled = 0;
        while (filled < span.Length)
        {
            var read = stream.Read(span[filled..]);
            if (read == 0) break;
            filled += read;
        }

        entry.Length += filled;
        _inspection.CountBytes(filled);
        if (entry.Length > Budget.RatioFloor && entry.CompressedLength is { } compressed && entry.Length / Math.Max(1, compressed) > _inspection.Policy.Budget.Ratio)
        {
            var reason = $"{ByteSize.Format(entry.Length)} and more come out of {ByteSize.Format(compressed)} {Artifacts.Budget.Raise("ratio")}";
            Report(AnomalyKind.DecompressionBomb, entry, reason);
            throw new UnreadableException(reason);
        }

        return filled;
    }

    private bool AskAnchors(Entry entry)
    {
        var any = false;
        for (var i = 0; i < _anchorWanted.Length; i++) any |= _anchorWanted[i] = Wants(_rules.Anchors[i], entry);
        return any;
    }

    private bool AskWhole(Entry entry)
    {
        foreach (var part in _rules.Whole)
            if (Wants(part, entry)) return true;
        foreach (var (_, parts) in _rules.Reads)
            if (AnyWants(parts, entry)) return true;
        return false;
    }

    private bool AnyWants<TRequest>(ContentRules.Part<TRequest>[] parts, Entry entry)
        where TRequest : ContentRequest
    {
        foreach (var part in parts)
            if (Wants(part, entry)) return true;
        return false;
    }

    private void AskScanners(Entry entry)
    {
        for (var i = 0; i < _scanners.Length; i++)
        {
            _scanners[i] = null;
            var (factory, parts) = _rules.Scans[i];
            if (!AnyWants(parts, entry)) continue;
            try
            {
                _scanners[i] = factory.Open(entry);
            }
            catch (Exception e) when (!IsStop(e))
            {
                foreach (var part in parts) Findings.Add(Inspection.Crash(part.Rule, entry, e));
            }
        }
    }

    private bool Wants<TRequest>(ContentRules.Part<TRequest> part, Entry entry)
        where TRequest : ContentRequest
    {
        try
        {
            return part.Wants(entry);
        }
        catch (Exception e) when (!IsStop(e))
        {
            Findings.Add(Inspection.Crash(part.Rule, entry, e));
            return false;
        }
    }

    private void FeedScanners(Entry entry, in Chunk chunk)
    {
        for (var i = 0; i < _scanners.Length; i++)
        {
            if (_scanners[i] is not { Done: false } scanner) continue;
            try
            {
                scanner.Scan(in chunk);
            }
            catch (Exception e) when (!IsStop(e))
            {
                _scanners[i] = null;
                foreach (var part in _rules.Scans[i].Parts) Findings.Add(Inspection.Crash(part.Rule, entry, e));
            }
        }
    }

    private void FinishScanners(Entry entry)
    {
        for (var i = 0; i < _scanners.Length; i++)
        {
            if (_scanners[i] is not { } scanner) continue;
            var (_, parts) = _rules.Scans[i];
            try
            {
                scanner.Finish();
            }
            catch (InvalidDataException e)
            {
                // As of a reader: one reason is enough for all that share the scanner.
                Report(AnomalyKind.Uninspectable, entry, $"it is damaged: {EntryPath.Printable(e.Message)}");
                continue;
            }
            catch (Exception e) when (!IsStop(e))
            {
                foreach (var part in parts) Findings.Add(Inspection.Crash(part.Rule, entry, e));
                continue;
            }

            for (var p = 0; p < parts.Length; p++)
            {
                if (!Wants(parts[p], entry)) continue;
                try
                {
                    parts[p].Request.Judge(scanner, entry, _scanContexts[i][p]);
                }
                catch (Exception e) when (!IsStop(e))
                {
                    Findings.Add(Inspection.Crash(parts[p].Rule, entry, e));
                }
            }
        }
    }

    private void FindAnchors(Entry entry, ReadOnlySpan<byte> buffer, int from, int to, long bufferPosition)
    {
        _hits.Clear();
        _rules.Matcher!.Find(buffer, from, to, _hits);
        _hits.Sort();
        for (var i = 0; i < _hits.Count; i++)
        {
            var (start, literal) = _hits[i];
            FoundAnchor(entry, literal, buffer, start, bufferPosition + start, isWide: false);
        }

        FindEscapedAnchors(entry, buffer, from, to, bufferPosition);

        // The same literals in UTF-16 text. No occurrence is both: every second byte of these is a zero.
        if (!_wide.Read(entry.Kind, buffer, from, to, bufferPosition)) return;
        _hits.Clear();
        _rules.Matcher.Find(_wide.Text, _wide.From, _wide.To, _hits);
        _hits.Sort();
        for (var i = 0; i < _hits.Count; i++)
        {
            var (start, literal) = _hits[i];
            var origin = _wide.OriginOf(start, _rules.LengthOf(literal));
            if (origin >= 0) FoundAnchor(entry, literal, _wide.Text, start, bufferPosition + origin, isWide: true);
        }
    }

    private void FoundAnchor(Entry entry, int literal, ReadOnlySpan<byte> window, int start, long position, bool isWide)
    {
        var (owner, number) = _rules.OwnerOf(literal);
        if (!_anchorWanted[owner]) return;
        var (rule, request) = _rules.Anchors[owner];
        try
        {
            var state = request.Begin is { } begin ? _anchorStates[owner] ??= begin(entry) : null;
            request.Found(new AnchorMatch(number, window, start, _rules.LengthOf(literal), position, isWide), state, entry, _anchorContexts[owner]);
        }
        catch (Exception e) when (!IsStop(e))
        {
            Findings.Add(Inspection.Crash(rule, entry, e));
        }
    }

    private void FinishAnchors(Entry entry)
    {
        for (var i = 0; i < _anchorStates.Length; i++)
        {
            if (_anchorStates[i] is not { } state) continue;
            _anchorStates[i] = null;
            var (rule, request) = _rules.Anchors[i];
            try
            {
                request.Finished!(state, entry, _anchorContexts[i]);
            }
            catch (Exception e) when (!IsStop(e))
            {
                Findings.Add(Inspection.Crash(rule, entry, e));
            }
        }
    }

    // A rule that throws it by itself has crashed.
    private bool IsStop(Exception e) => e is OperationCanceledException && _inspection.Cancel.IsCancellationRequested;

    private static string? Collect(EntryBuffer buffer, ReadOnlySpan<byte> bytes)
    {
        try
        {
            buffer.Append(bytes);
            return null;
        }
        catch (UnreadableException e)
        {
            // Not dropped: becomes RG0003 for every rule that wanted the entry whole.
            return e.Message;
        }
    }

    private void JudgeWhole(Entry entry, EntryBuffer buffer, string? tooLarge, ByteSource? inPlace)
    {
        for (var i = 0; i < _rules.Reads.Length; i++)
        {
            var (reader, parts) = _rules.Reads[i];
            if (AnyWants(parts, entry)) JudgeFacts(entry, reader, parts, _readContexts[i], inPlace ?? buffer, inPlace is null ? tooLarge : null);
        }

        for (var i = 0; i < _rules.Whole.Length; i++)
        {
            var part = _rules.Whole[i];
            if (!Wants(part, entry) || !CanLook(part.Rule, part.Request.Limit, entry, buffer, tooLarge)) continue;
            try
            {
                part.Request.Judge(buffer.ToSpan(), entry, _wholeContexts[i]);
            }
            catch (Exception e) when (!IsStop(e))
            {
                Findings.Add(Inspection.Crash(part.Rule, entry, e));
            }
        }
    }

    private void JudgeFacts(Entry entry, FactsReader reader, ContentRules.Part<ContentRequest.ReadRequest>[] parts, RuleContext[] contexts, ByteSource buffer, string? tooLarge)
    {
        // One reason is enough for all that share the reader.
        var isWhole = tooLarge is null && buffer.Length <= reader.Limit;
        if (!isWhole && !reader.TakesBeginning)
        {
            CanLook(parts[0].Rule, reader.Limit, entry, buffer, tooLarge);
            return;
        }

        object? facts;
        try
        {
            using var stream = new SeekableByteSourceStream(buffer);
            facts = reader.Read(stream, entry);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or BadImageFormatException)
        {
            if (isWhole) Report(AnomalyKind.Uninspectable, entry, $"it is damaged: {EntryPath.Printable(e.Message)}");
            else CanLook(parts[0].Rule, reader.Limit, entry, buffer, tooLarge);
            return;
        }
        catch (Exception e) when (!IsStop(e))
        {
            foreach (var part in parts) Findings.Add(Inspection.Crash(part.Rule, entry, e));
            return;
        }

        if (facts is null) return;
        for (var p = 0; p < parts.Length; p++)
        {
            if (!Wants(parts[p], entry)) continue;
            try
            {
                parts[p].Request.Judge(facts, entry, contexts[p]);
            }
            catch (Exception e) when (!IsStop(e))
            {
                Findings.Add(Inspection.Crash(parts[p].Rule, entry, e));
            }
        }
    }

    private bool CanLook(Rule rule, int limit, Entry entry, ByteSource buffer, string? tooLarge)
    {
        if (tooLarge is null && buffer.Length <= limit) return true;
        Report(AnomalyKind.Uninspectable, entry,
            $"rule {rule.Descriptor.Id} could not look at it: {tooLarge ?? $"it is larger than the {ByteSize.Format(limit)} the rule can deal with"}");
        return false;
    }
}
