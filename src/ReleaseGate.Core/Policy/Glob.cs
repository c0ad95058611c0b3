using System.Diagnostics.CodeAnalysis;
using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Policy;

/// <summary>
/// A pattern over entry paths: <c>*</c> within a segment, <c>**</c> for any number of whole segments (also none), <c>?</c> for one
/// character, <c>{a,b}</c> for alternatives within a segment, the placeholders <c>{id} {version} {tfm} {rid} {culture} {word}</c>, and
/// <c>!/</c> where a nested archive is entered. Ordinal and case-sensitive; no wildcard crosses <c>!/</c>.
/// Matching takes time linear in pattern and path: positions are tracked as sets, nothing is tried twice.
/// </summary>
public sealed class Glob
{
    /// <summary>The longest pattern, in characters.</summary>
    public const int MaximumLength = 1024;

    private readonly string _text;
    private readonly GlobToken[]?[][] _levels;
    private readonly BoundGlob _unbound;

    private Glob(string text, GlobToken[]?[][] levels, bool foldersOnly)
    {
        _text = text;
        _levels = levels;
        FoldersOnly = foldersOnly;
        Depends = levels.Any(l => l.Any(s => s is not null && s.Any(t => t.Depends)));
        _unbound = new BoundGlob(levels, PackageNames.None);
    }

    /// <summary>How many archives deep the entries are that it matches; 0 in the artifact itself.</summary>
    public int Depth => _levels.Length - 1;

    /// <summary>Whether it stands for folders only: an artifact pattern that ends in '/'.</summary>
    internal bool FoldersOnly { get; }

    /// <summary>Whether what it matches depends on the package's own id or version.</summary>
    internal bool Depends { get; }

    /// <summary>Parses a pattern over entry paths.</summary>
    /// <exception cref="FormatException">The pattern is wrong; the message says how.</exception>
    public static Glob Parse(string text) => TryParse(text, out var glob, out var error) ? glob : throw new FormatException(error);

    /// <summary>Parses a pattern over entry paths.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="glob">The parsed pattern.</param>
    /// <param name="error">What is wrong with it; begins in lower case, has no full stop.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Glob? glob, [NotNullWhen(false)] out string? error) =>
        TryParse(text, artifactName: false, out glob, out error);

    /// <summary>
    /// Parses a pattern over artifact names: one segment, whose only placeholder is {version}, any version (nothing was read yet that could
    /// say which); a '/' at the end makes it match folders only.
    /// </summary>
    internal static bool TryParseArtifactName(string text, [NotNullWhen(true)] out Glob? glob, [NotNullWhen(false)] out string? error) =>
        TryParse(text, artifactName: true, out glob, out error);

    /// <summary>Whether the whole of <paramref name="name"/> matches: a name, or a path without nested archives. {id} and {version} match nothing here.</summary>
    public bool IsMatch(string name) => _unbound.IsMatch([new SplitName(name)]);

    /// <summary>Whether the whole path matches, level by level of nested archives. {id} and {version} match nothing here.</summary>
    public bool IsMatch(EntryPath path) => _unbound.IsMatch(SplitName.Levels(path));

    /// <summary>Whether an artifact's name matches.</summary>
    internal bool IsMatch(string artifactName, bool isFolder) => (isFolder || !FoldersOnly) && IsMatch(artifactName);

    /// <summary>Fills in {id} and {version}.</summary>
    internal BoundGlob Bind(PackageNames names) => Depends ? new BoundGlob(_levels, names) : _unbound;

    /// <inheritdoc/>
    public override string ToString() => _text;

    private static bool TryParse(string text, bool artifactName, [NotNullWhen(true)] out Glob? glob, [NotNullWhen(false)] out string? error)
    {
        glob = null;
        if (Check(text) is { } wrong)
        {
            error = wrong;
            return false;
        }

        var foldersOnly = artifactName && text.Length > 1 && text[^1] == '/';
        var levels = new List<GlobToken[]?[]>();
        foreach (var level in (foldersOnly ? text[..^1] : text).Split("!/"))
        {
            if (level.Length == 0)
            {
                error = "'!/' stands between the path of an archive and a path inside it, e.g. 'tools/x.zip!/**'";
                return false;
            }

            var segments = new List<GlobToken[]?>();
            foreach (var segment in level.Split('/'))
            {
                if (!GlobParser.TryParse(segment, artifactName, out var tokens, out error)) return false;
                segments.Add(tokens);
            }

            levels.Add([.. segments]);
        }

        if (artifactName && (levels.Count > 1 || levels[0].Length > 1))
        {
            error = "it is held against the artifact's file name, which has no folders, e.g. '*.nupkg'; 'publish/' matches a folder";
            return false;
        }

        error = null;
        glob = new Glob(text, [.. levels], foldersOnly);
        return true;
    }

    private static string? Check(string text) => text switch
    {
        "" => "an empty pattern matches nothing",
        { Length: > MaximumLength } => $"a pattern has at most {MaximumLength} characters",
        _ when text.Contains('\\', StringComparison.Ordinal) => "'\\' is no separator here: write '/'",
        ['/', ..] => "paths have no leading '/'",
        _ => null,
    };
}

/// <summary>A piece of a segment.</summary>
internal abstract record GlobToken
{
    /// <summary>Whether what it matches depends on the package.</summary>
    public virtual bool Depends => false;

    /// <summary>Fills in what depends on the package.</summary>
    public virtual GlobToken Bind(PackageNames names) => this;

    /// <summary>
    /// Moves on: <paramref name="at"/> holds every position of <paramref name="text"/> where the pattern so far may have ended,
    /// and afterwards every position where it may end including this token.
    /// </summary>
    public abstract void Advance(ReadOnlySpan<char> text, Span<bool> at);

    public static void Advance(GlobToken[] tokens, ReadOnlySpan<char> text, Span<bool> at)
    {
        foreach (var token in tokens) token.Advance(text, at);
    }

    public sealed record Literal(string Text) : GlobToken
    {
        public override void Advance(ReadOnlySpan<char> text, Span<bool> at)
        {
            for (var end = text.Length; end >= 0; end--)
            {
                var start = end - Text.Length;
                at[end] = start >= 0 && at[start] && text[start..end].SequenceEqual(Text);
            }
        }
    }

    public sealed record OneCharacter : GlobToken
    {
        public override void Advance(ReadOnlySpan<char> text, Span<bool> at)
        {
            for (var end = text.Length; end >= 1; end--) at[end] = at[end - 1];
            at[0] = false;
        }
    }

    public sealed record Star : GlobToken
    {
        public override void Advance(ReadOnlySpan<char> text, Span<bool> at)
        {
            var reached = false;
            for (var end = 0; end <= text.Length; end++) at[end] = reached |= at[end];
        }
    }

    public sealed record Alternatives(GlobToken[][] Choices) : GlobToken
    {
        public override bool Depends => Choices.Any(c => c.Any(t => t.Depends));

        public override GlobToken Bind(PackageNames names) => new Alternatives([.. Choices.Select(c => c.Select(t => t.Bind(names)).ToArray())]);

        public override void Advance(ReadOnlySpan<char> text, Span<bool> at)
        {
            var before = at.ToArray();
            var choice = new bool[before.Length];
            at.Clear();
            foreach (var tokens in Choices)
            {
                before.CopyTo(choice, 0);
                Advance(tokens, text, choice);
                for (var end = 0; end < choice.Length; end++) at[end] |= choice[end];
            }
        }
    }

    public sealed record Placeholder(PlaceholderKind Kind) : GlobToken
    {
        // Names of frameworks, runtimes and cultures are short; the bound keeps a long segment linear.
        private const int Longest = 128;

        public override bool Depends => Kind is PlaceholderKind.Id or PlaceholderKind.Version;

        public override GlobToken Bind(PackageNames names) => Kind switch
        {
            PlaceholderKind.Id => new Alternatives([.. names.FileIds.Select(v => new GlobToken[] { new Literal(v) })]),
            PlaceholderKind.Version => new Alternatives([.. names.Versions.Select(v => new GlobToken[] { new Literal(v) })]),
            _ => this,
        };

        public bool Matches(ReadOnlySpan<char> text) => Kind switch
        {
            PlaceholderKind.Framework => FolderName.IsFramework(text),
            PlaceholderKind.Runtime => FolderName.IsRuntime(text),
            PlaceholderKind.Culture => FolderName.IsCulture(text),
            PlaceholderKind.Word => FolderName.IsWord(text),
            PlaceholderKind.AnyVersion => PackageNames.IsVersion(text),
            // Id and version are literals once bound; without a package they match nothing.
            _ => false,
        };

        public override void Advance(ReadOnlySpan<char> text, Span<bool> at)
        {
            var before = at.ToArray();
            at.Clear();
            for (var start = 0; start < text.Length; start++)
            {
                if (!before[start]) continue;
                for (var end = start + 1; end <= text.Length && end - start <= Longest; end++)
                    if (!at[end]) at[end] = Matches(text[start..end]);
            }
        }
    }
}

/// <summary>What a placeholder stands for.</summary>
internal enum PlaceholderKind
{
    Id,
    Version,

    /// <summary>{version} in an artifact's name: a version, whichever.</summary>
    AnyVersion,
    Framework,
    Runtime,
    Culture,
    Word,
}

/// <summary>Reads one segment of a pattern.</summary>
internal ref struct GlobParser
{
    private const int DeepestBraces = 4;

    private readonly string _segment;
    private readonly bool _artifactName;
    private int _position;
    private string? _error;

    private GlobParser(string segment, bool artifactName)
    {
        _segment = segment;
        _artifactName = artifactName;
    }

    /// <summary>Reads a segment; null tokens stand for <c>**</c>.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="artifactName">Whether it is about an artifact's name, not about an entry's path.</param>
    /// <param name="tokens">What it consists of.</param>
    /// <param name="error">What is wrong with it.</param>
    public static bool TryParse(string segment, bool artifactName, out GlobToken[]? tokens, [NotNullWhen(false)] out string? error)
    {
        tokens = null;
        error = segment switch
        {
            "" => "a segment between two '/' is empty; to match what is in a folder write 'folder/**'",
            "." or ".." => $"'{segment}' is no part of an entry's path",
            _ => null,
        };
        if (error is not null) return false;
        if (segment == "**") return true;

        var parser = new GlobParser(segment, artifactName);
        tokens = parser.Sequence(0);
        error = parser._error;
        return error is null;
    }

    private GlobToken[] Sequence(int depth)
    {
        var tokens = new List<GlobToken>();
        var literal = new StringBuilder();
        while (_position < _segment.Length && _error is null)
        {
            var c = _segment[_position];
            if (depth > 0 && c is ',' or '}') break;
            _position++;
            switch (c)
            {
                case '*':
                    if (_position < _segment.Length && _segment[_position] == '*') _error = "'**' stands alone between two '/'; within a segment write '*'";
                    Add(new GlobToken.Star());
                    break;
                case '?':
                    Add(new GlobToken.OneCharacter());
                    break;
                case '{':
                    Add(Braces(depth + 1));
                    break;
                case '}':
                    _error = "'}' closes nothing; '?' matches a brace in a name";
                    break;
                default:
                    literal.Append(c);
                    break;
            }
        }

        Flush();
        return [.. tokens];

        void Add(GlobToken token)
        {
            Flush();
            tokens.Add(token);
        }

        void Flush()
        {
            if (literal.Length > 0) tokens.Add(new GlobToken.Literal(literal.ToString()));
            literal.Clear();
        }
    }

    private GlobToken Braces(int depth)
    {
        var start = _position;
        var choices = new List<GlobToken[]>();
        if (depth > DeepestBraces) _error = $"braces stand in each other at most {DeepestBraces} deep";
        while (_error is null)
        {
            choices.Add(Sequence(depth));
            if (_error is not null) break;
            if (_position >= _segment.Length)
            {
                _error = "'{' is not closed in its segment; alternatives hold no '/'";
                break;
            }

            if (_segment[_position++] == '}') break;
        }

        if (_error is not null || choices.Count > 1) return new GlobToken.Alternatives([.. choices]);

        var word = _segment[start..(_position - 1)];
        if (_artifactName && word is ("id" or "tfm" or "rid" or "culture"))
        {
            _error = $"'{{{word}}}' has no meaning in an artifact's name, which is looked at before anything is read: there are {{version}} and {{word}}; for anything else write '*'";
            return new GlobToken.Alternatives([]);
        }

        switch (word)
        {
            case "id": return new GlobToken.Placeholder(PlaceholderKind.Id);
            case "version": return new GlobToken.Placeholder(_artifactName ? PlaceholderKind.AnyVersion : PlaceholderKind.Version);
            case "tfm": return new GlobToken.Placeholder(PlaceholderKind.Framework);
            case "rid": return new GlobToken.Placeholder(PlaceholderKind.Runtime);
            case "culture": return new GlobToken.Placeholder(PlaceholderKind.Culture);
            case "word": return new GlobToken.Placeholder(PlaceholderKind.Word);
            default:
                _error = $"'{{{word}}}' is no placeholder: there are {{id}}, {{version}}, {{tfm}}, {{rid}}, {{culture}}, {{word}}; alternatives need a comma, as in {{a,b}}";
                return new GlobToken.Alternatives([]);
        }
    }
}

/// <summary>A name or path cut at '/', once for all patterns that are held against it.</summary>
internal sealed class SplitName
{
    private string _text = "";
    private int[] _ends = [];

    public SplitName(string text) => Cut(text);

    public int Count { get; private set; }

    public ReadOnlySpan<char> this[int segment]
    {
        get
        {
            var start = segment == 0 ? 0 : _ends[segment - 1] + 1;
            return _text.AsSpan(start, _ends[segment] - start);
        }
    }

    /// <summary>The levels of a path, outermost first.</summary>
    public static SplitName[] Levels(EntryPath path)
    {
        SplitName[] levels = [];
        Levels(path, ref levels);
        return levels;
    }

    /// <summary>The same into levels that are not needed any more, where they are as many.</summary>
    public static void Levels(EntryPath path, ref SplitName[] levels)
    {
        var count = path.Depth + 1;
        if (levels.Length != count) levels = new SplitName[count];
        var at = path;
        for (var level = count - 1; level >= 0; level--, at = at.Container!)
        {
            if (levels[level] is { } name) name.Cut(at.Inner);
            else levels[level] = new SplitName(at.Inner);
        }
    }

    private void Cut(string text)
    {
        _text = text;
        Count = text.AsSpan().Count('/') + 1;
        if (_ends.Length < Count) _ends = new int[Count];
        var start = 0;
        for (var i = 0; i < Count - 1; i++)
        {
            _ends[i] = text.IndexOf('/', start);
            start = _ends[i] + 1;
        }

        _ends[Count - 1] = text.Length;
    }
}
