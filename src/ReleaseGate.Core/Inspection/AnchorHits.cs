namespace ReleaseGate.Inspection;

/// <summary>Occurrences of literals in a buffer. Kept by a thread and used again, so that finding allocates nothing.</summary>
internal sealed class AnchorHits
{
    private long[] _hits = new long[64];

    public int Count { get; private set; }

    /// <summary>Where the occurrence starts in the buffer, and the index of the literal.</summary>
    public (int Start, int Literal) this[int index] => ((int)(_hits[index] >> 32), (int)_hits[index]);

    public void Clear() => Count = 0;

    public void Add(int literal, int start)
    {
        if (Count == _hits.Length) Array.Resize(ref _hits, Count * 2);
        _hits[Count++] = (long)start << 32 | (uint)literal;
    }

    /// <summary>Puts them in order of position, then of literal.</summary>
    public void Sort()
    {
        // Shell's sort: they are nearly in order already, and a generic sort would have to be compiled first.
        foreach (var gap in (ReadOnlySpan<int>)[1750, 701, 301, 132, 57, 23, 10, 4, 1])
        {
            for (var i = gap; i < Count; i++)
            {
                var hit = _hits[i];
                var at = i;
                for (; at >= gap && _hits[at - gap] > hit; at -= gap) _hits[at] = _hits[at - gap];
                _hits[at] = hit;
            }
        }
    }
}
