using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Inspection;

/// <summary>
/// Entries of one artifact that may be the same file in several folders: equal last segment and length, and in a zip equal checksum. The first is read as any entry;
/// the others are only hashed, and where the digest is that of the first, what content rules made of it holds for them too (see <see cref="ContentRule"/>).
/// </summary>
internal sealed class Twins(EntrySource model)
{
    // Below this, looking costs no more than comparing.
    private const long Worthwhile = 16 << 10;
    private const int HeadSize = 4 << 10;

    private readonly object _lock = new();
    private bool _settled;
    private Judgement? _judgement;
    private long _head = -1;

    /// <summary>What was made of the first.</summary>
    /// <param name="Entry">The first, read whole.</param>
    /// <param name="Findings">What content rules reported about it.</param>
    public sealed record Judgement(Entry Entry, Finding[] Findings);

    /// <summary>The one that is read first.</summary>
    public EntrySource Model { get; } = model;

    /// <summary>Finds those that may be alike among the sources, tells them of each other, and moves all but the first of each to the end.</summary>
    public static void SetApart(List<EntrySource> sources)
    {
        var candidates = sources.FindAll(static s => s.Likeness is not null && s.Entry.Type == EntryType.File && s.Length >= Worthwhile && !PackageFacts.MayDescribe(s.Entry));
        if (candidates.Count < 2) return;
        candidates.Sort(static (a, b) => Compare(a, b) is var order and not 0 ? order : a.Entry.Order.CompareTo(b.Entry.Order));
        EntrySource? model = null;
        foreach (var candidate in candidates)
        {
            if (model is null || Compare(model, candidate) != 0)
            {
                model = candidate;
                continue;
            }

            candidate.Twins = model.Twins ??= new Twins(model);
        }

        var others = sources.FindAll(static s => s.Twins is { } twins && twins.Model != s);
        if (others.Count == 0) return;
        sources.RemoveAll(static s => s.Twins is { } twins && twins.Model != s);
        sources.AddRange(others);
    }

    /// <summary>Notes how the first begins, so that what differs is mostly noticed before all of it was hashed.</summary>
    public void Begin(ReadOnlySpan<byte> bytes) => Volatile.Write(ref _head, HeadOf(bytes));

    /// <summary>Whether these bytes may be the beginning of the first, as far as that is known yet.</summary>
    public bool MayBegin(ReadOnlySpan<byte> bytes) => Volatile.Read(ref _head) is var head && (head < 0 || head == HeadOf(bytes));

    /// <summary>Tells what was made of the first: null where that does not go for others, because it was entered or not read whole.</summary>
    public void Settle(Judgement? judgement)
    {
        lock (_lock)
        {
            _judgement = judgement;
            _settled = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>What was made of the first, or null. Another thread may still be at it; waits for that.</summary>
    public Judgement? Wait()
    {
        lock (_lock)
        {
            while (!_settled) Monitor.Wait(_lock);
            return _judgement;
        }
    }

    private static uint HeadOf(ReadOnlySpan<byte> bytes) => Crc32.Of(bytes[..Math.Min(bytes.Length, HeadSize)]);

    private static int Compare(EntrySource a, EntrySource b)
    {
        var order = a.Length.CompareTo(b.Length);
        if (order == 0) order = a.Likeness!.Value.CompareTo(b.Likeness!.Value);
        return order != 0 ? order : a.Entry.Path.Name.CompareTo(b.Entry.Path.Name, StringComparison.Ordinal);
    }
}
