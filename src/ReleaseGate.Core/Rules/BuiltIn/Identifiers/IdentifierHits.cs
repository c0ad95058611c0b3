using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn.Identifiers;

/// <summary>What was found in one text: of each target how often, and the first place.</summary>
internal sealed class IdentifierHits(IdentifierSearch search)
{
    private const int ShownLength = 80;

    private readonly Dictionary<IdentifierSearch.Target, Hit> _hits = new(ReferenceEqualityComparer.Instance);
    private long _coveredFrom;
    private long _coveredTo;

    /// <summary>The occurrences of a target.</summary>
    public sealed record Hit(IdentifierSearch.Target Target, long First, string Text)
    {
        public int Count { get; set; } = 1;

        public long Last { get; set; } = First;
    }

    /// <summary>By first place.</summary>
    public IEnumerable<Hit> All => _hits.Values.OrderBy(h => h.First).ThenBy(h => h.Target.Text, StringComparer.Ordinal);

    public bool IsEmpty => _hits.Count == 0;

    public void Clear()
    {
        _hits.Clear();
        (_coveredFrom, _coveredTo) = (0, 0);
    }

    /// <summary>Looks at an occurrence of one of the literals in an entry.</summary>
    public void Add(in AnchorMatch match, Entry entry)
    {
        // Text with a byte order mark comes as UTF-8 as well, with all its letters.
        if (search.IsWide(match.Literal) && entry.Kind == EntryKind.Utf16Text) return;
        Add(match.Literal, match.Window, match.Start, match.Position, match.IsWide ? 2 : 1);
    }

    /// <summary>Looks at an occurrence of one of the literals.</summary>
    /// <param name="literal">Which one.</param>
    /// <param name="window">The bytes around.</param>
    /// <param name="start">Where it begins in the window.</param>
    /// <param name="position">Where it begins in the entry.</param>
    /// <param name="stride">Bytes of the entry for each byte of the window.</param>
    public void Add(int literal, ReadOnlySpan<byte> window, int start, long position, int stride = 1)
    {
        if (!search.IsFound(literal, window, start, out var range)) return;
        var target = search.TargetOf(literal);
        var first = position + (range.Start.Value - start) * stride;
        var end = position + (range.End.Value - start) * stride;
        if (target.Word is not null)
        {
            // A word in a longer one was told with it.
            if (first >= _coveredFrom && end <= _coveredTo && end - first < _coveredTo - _coveredFrom) return;
            (_coveredFrom, _coveredTo) = (first, end);
        }

        if (!_hits.TryGetValue(target, out var hit))
        {
            _hits.Add(target, new Hit(target, first, search.IsWide(literal) ? Printable(Encoding.Unicode.GetString(window[range])) : Shown(target, window, range)));
        }
        else if (hit.Last != first)
        {
            // Two literals in one match of a pattern are one.
            hit.Last = first;
            hit.Count++;
        }
    }

    /// <summary>The identifier around a word; else what was found itself.</summary>
    private static string Shown(IdentifierSearch.Target target, ReadOnlySpan<byte> window, Range range)
    {
        var (start, end) = (range.Start.Value, range.End.Value);
        if (target.Word is not null)
        {
            while (start > 0 && IsIdentifier(window[start - 1])) start--;
            while (end < window.Length && IsIdentifier(window[end])) end++;
            if (end - start > ShownLength) (start, end) = (range.Start.Value, range.End.Value);
        }

        return Printable(Encoding.UTF8.GetString(window[start..end]));
    }

    private static string Printable(string text) => EntryPath.Printable(text.Length > ShownLength ? text[..ShownLength] + "…" : text);

    private static bool IsIdentifier(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'_' or (byte)'-';
}
