namespace ReleaseGate.Policy;

/// <summary>
/// Patterns by the name their paths end in: a list of a thousand files must not be held against every one of a hundred thousand entries. Patterns that
/// end in a wildcard go with every name.
/// </summary>
internal sealed class PatternIndex
{
    private readonly string?[] _names;
    private readonly int[] _any; // patterns for every name
    private readonly int[] _first; // by hash: the first pattern of the chain + 1
    private readonly int[] _next; // by pattern: the next one + 1; the chains ascend

    /// <param name="count">How many patterns there are.</param>
    /// <param name="nameOf">What a pattern's paths end in, or null.</param>
    public PatternIndex(int count, Func<int, string?> nameOf)
    {
        _names = new string?[count];
        var any = 0;
        for (var i = 0; i < count; i++)
            if ((_names[i] = nameOf(i)) is null) any++;
        _any = new int[any];
        _next = new int[count];
        _first = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count + 1)];
        // From the last one, so that each goes before those behind it.
        for (var i = count - 1; i >= 0; i--)
        {
            if (_names[i] is not { } name)
            {
                _any[--any] = i;
                continue;
            }

            ref var first = ref _first[PlaceOf(name)];
            _next[i] = first;
            first = i + 1;
        }
    }

    /// <summary>The patterns that may match a path with this last segment, in their order.</summary>
    public Candidates For(ReadOnlySpan<char> name) => new(this, name, _first[PlaceOf(name)]);

    /// <summary>All patterns, in their order.</summary>
    public Candidates All() => new(this, default, -1);

    private int PlaceOf(ReadOnlySpan<char> name) => string.GetHashCode(name) & (_first.Length - 1);

    /// <summary>A way through some of the patterns.</summary>
    public ref struct Candidates(PatternIndex index, ReadOnlySpan<char> name, int next)
    {
        private readonly ReadOnlySpan<char> _name = name;
        private int _next = next; // -1: all patterns
        private int _any;

        /// <summary>The next pattern, or -1.</summary>
        public int Next()
        {
            if (_next < 0) return _any < index._names.Length ? _any++ : -1;
            while (_next > 0 && !_name.SequenceEqual(index._names[_next - 1])) _next = index._next[_next - 1];
            if (_any < index._any.Length && (_next == 0 || index._any[_any] < _next - 1)) return index._any[_any++];
            if (_next == 0) return -1;
            var found = _next - 1;
            _next = index._next[found];
            return found;
        }
    }
}
