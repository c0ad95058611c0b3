namespace ReleaseGate.Inspection;

/// <summary>Occurrences of literals in a buffer. Kept by a thread and used again, so that finding allocates nothing.</summary>
internal sealed class AnchorHits
{
    // Below this most lists are nearly in order already, and sorting by insertion beats a generic sort that has to be compiled first.
    private const int Few = 32;

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
        if (Count > Few)
        {
            Array.Sort(_hits, 0, Count);
            return;
        }

        for (var i = 1; i < Count; i++)
        {
            var hit = _hits[i];
            var at = i;
            for (; at > 0 && _hits[at - 1] > hit; at--) _hits[at] = _hits[at - 1];
            _hits[at] = hit;
        }
    }
}
