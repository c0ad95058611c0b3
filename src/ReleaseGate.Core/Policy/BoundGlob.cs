namespace ReleaseGate.Policy;

/// <summary>A glob whose {id} and {version} are filled in, compiled for matching many paths.</summary>
internal sealed class BoundGlob
{
    private readonly Segment[][] _levels;

    public BoundGlob(GlobToken[]?[][] levels, PackageNames names) =>
        _levels = [.. levels.Select(level => level.SelectMany(tokens => Compile(tokens, names)).ToArray())];

    /// <summary>What the last segment of every path is that matches, or null where several are possible.</summary>
    public string? Name => _levels[^1][^1].Literal;

    /// <summary>Whether the whole path matches.</summary>
    public bool IsMatch(SplitName[] path)
    {
        if (path.Length != _levels.Length) return false;
        for (var level = 0; level < path.Length; level++)
            if (!IsMatch(_levels[level], path[level])) return false;
        return true;
    }

    /// <summary>Whether it matches something inside of this archive, so declares that the archive may be there.</summary>
    public bool ReachesInto(SplitName[] archive)
    {
        if (archive.Length >= _levels.Length) return false;
        for (var level = 0; level < archive.Length; level++)
            if (!IsMatch(_levels[level], archive[level])) return false;
        return true;
    }

    /// <summary>Whether what stands before "!/" number <paramref name="level"/> (from 1) does without * and **, so that somebody had this very archive in mind.</summary>
    public bool IsSpelledOut(int level)
    {
        for (var i = 0; i < level; i++)
            foreach (var segment in _levels[i])
                if (segment.IsWild) return false;
        return true;
    }

    private static bool IsMatch(Segment[] pattern, SplitName path)
    {
        // Cheap refusals first: most patterns do not match most paths.
        if (!pattern[0].IsAnyDepth && !pattern[0].IsMatch(path[0])) return false;
        if (!pattern[^1].IsAnyDepth && !pattern[^1].IsMatch(path[path.Count - 1])) return false;

        int next = 0, at = 0, anyDepth = -1, resume = 0;
        while (at < path.Count)
        {
            if (next < pattern.Length && pattern[next].IsAnyDepth)
            {
                anyDepth = next++;
                resume = at;
                if (next == pattern.Length) return true;
            }
            else if (next < pattern.Length && pattern[next].IsMatch(path[at]))
            {
                next++;
                at++;
            }
            else if (anyDepth >= 0)
            {
                // What stands between two ** has a fixed number of segments, so only the last ** ever has to take one more.
                next = anyDepth + 1;
                at = ++resume;
            }
            else
            {
                return false;
            }
        }

        while (next < pattern.Length && pattern[next].IsAnyDepth) next++;
        return next == pattern.Length;
    }

    private static IEnumerable<Segment> Compile(GlobToken[]? tokens, PackageNames names)
    {
        if (tokens is null) return [Segment.AnyDepth];
        // An npm scope is a folder of its own: {id} as a whole segment may be two.
        if (tokens is [GlobToken.Placeholder { Kind: PlaceholderKind.Id }] && names.Id is { } id && id.Contains('/', StringComparison.Ordinal))
            return id.Split('/').Select(part => new Segment([new GlobToken.Literal(part)]));
        return [new Segment([.. tokens.Select(t => t.Bind(names))])];
    }

    /// <summary>One segment. The shapes that nearly all patterns have are compared without tracking positions.</summary>
    private sealed class Segment
    {
        private readonly GlobToken[] _tokens;
        private readonly string _prefix = "";
        private readonly string[]? _suffixes;
        private readonly string? _literal;

        public Segment(GlobToken[] tokens)
        {
            _tokens = tokens;
            if (tokens is [GlobToken.Literal whole])
            {
                _literal = whole.Text;
                return;
            }

            var rest = tokens.AsSpan();
            if (rest is [GlobToken.Literal first, ..])
            {
                _prefix = first.Text;
                rest = rest[1..];
            }

            // prefix * suffix, where the suffix may end in literal alternatives: "*", "lib*.so", "*.{js,css}".
            if (rest is [GlobToken.Star, .. var tail])
            {
                _suffixes = tail switch
                {
                    [] => [""],
                    [GlobToken.Literal end] => [end.Text],
                    [GlobToken.Alternatives ends] => Literals(ends, ""),
                    [GlobToken.Literal before, GlobToken.Alternatives ends] => Literals(ends, before.Text),
                    _ => null,
                };
            }
        }

        private Segment() => _tokens = [];

        public static Segment AnyDepth { get; } = new() { IsAnyDepth = true };

        public bool IsAnyDepth { get; private init; }

        /// <summary>The one text that matches, or null.</summary>
        public string? Literal => _literal;

        public bool IsWild => IsAnyDepth || HasStar(_tokens);

        public bool IsMatch(ReadOnlySpan<char> text)
        {
            if (_literal is not null) return text.SequenceEqual(_literal);
            if (!text.StartsWith(_prefix.AsSpan())) return false;
            if (_suffixes is not null)
            {
                var rest = text[_prefix.Length..];
                foreach (var suffix in _suffixes)
                    if (rest.EndsWith(suffix.AsSpan())) return true;
                return false;
            }

            if (_tokens is [GlobToken.Placeholder placeholder]) return placeholder.Matches(text);

            const int OnStack = 512;
            var at = text.Length < OnStack ? stackalloc bool[OnStack] : new bool[text.Length + 1];
            at = at[..(text.Length + 1)];
            at.Clear();
            at[0] = true;
            GlobToken.Advance(_tokens, text, at);
            return at[text.Length];
        }

        private static bool HasStar(GlobToken[] tokens) =>
            Array.Exists(tokens, t => t is GlobToken.Star || (t is GlobToken.Alternatives alternatives && Array.Exists(alternatives.Choices, HasStar)));

        private static string[]? Literals(GlobToken.Alternatives ends, string before)
        {
            var suffixes = new string[ends.Choices.Length];
            for (var i = 0; i < suffixes.Length; i++)
            {
                if (ends.Choices[i] is []) suffixes[i] = before;
                else if (ends.Choices[i] is [GlobToken.Literal end]) suffixes[i] = before + end.Text;
                else return null;
            }

            return suffixes;
        }
    }
}
