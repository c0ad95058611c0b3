using System.Buffers;
using System.Globalization;
using System.Text;
using ReleaseGate.Inspection;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn.Identifiers;

/// <summary>The words, hosts and patterns of a manifest as anchors, and what makes an occurrence of an anchor one of them.</summary>
internal sealed class IdentifierSearch
{
    /// <summary>A pattern sees so many bytes before and behind its literal.</summary>
    public const int PatternReach = 256;

    private readonly List<Anchor> _anchors = [];
    private AnchorMatcher? _matcher;

    /// <summary>Something to look for.</summary>
    /// <param name="What">What it is, in a message.</param>
    /// <param name="Text">As the manifest spells it.</param>
    public sealed record Target(string What, string Text)
    {
        public IdentifierWord? Word { get; init; }

        public IdentifierPattern? Pattern { get; init; }
    }

    /// <param name="Literal">What to look for.</param>
    /// <param name="Target">What that is.</param>
    /// <param name="Wide">Whether it is UTF-16.</param>
    /// <param name="Spelling">The word that escapes in the literal stand for, or null.</param>
    private sealed record Anchor(AnchorLiteral Literal, Target Target, bool Wide = false, string? Spelling = null);

    public IdentifierSearch(IdentifierList list)
    {
        foreach (var word in list.Words) Add(word);
        foreach (var host in list.Hosts) _anchors.Add(new Anchor(new AnchorLiteral(host, ignoreCase: true), new Target("host", host)));
        foreach (var pattern in list.Patterns)
            _anchors.Add(new Anchor(new AnchorLiteral(pattern.Literal, ignoreCase: true), new Target("pattern", pattern.Regex.ToString()) { Pattern = pattern }));
        // Anchors at one place come in this order: longer words hide those that they hold.
        _anchors.Sort(static (a, b) => b.Literal.Bytes.Length.CompareTo(a.Literal.Bytes.Length) is var order and not 0 ? order : string.CompareOrdinal(a.Target.Text, b.Target.Text));
        Literals = _anchors.ConvertAll(a => a.Literal);
    }

    /// <summary>What to look for in bytes.</summary>
    public IReadOnlyList<AnchorLiteral> Literals { get; }

    /// <summary>For texts that are no entries.</summary>
    public AnchorMatcher Matcher => _matcher ??= new AnchorMatcher(Literals);

    public Target TargetOf(int literal) => _anchors[literal].Target;

    /// <summary>Whether a literal stands in UTF-16.</summary>
    public bool IsWide(int literal) => _anchors[literal].Wide;

    /// <summary>Whether an occurrence of a literal is what is looked for.</summary>
    /// <param name="literal">Its number in <see cref="Literals"/>.</param>
    /// <param name="window">The bytes around.</param>
    /// <param name="start">Where it begins in the window.</param>
    /// <param name="found">What was found, as a range of the window: the whole host, the whole match of a pattern.</param>
    public bool IsFound(int literal, ReadOnlySpan<byte> window, int start, out Range found)
    {
        var anchor = _anchors[literal];
        var end = start + anchor.Literal.Bytes.Length;
        found = start..end;
        if (anchor.Target.Pattern is { } pattern) return IsMatch(pattern, window, start, out found);
        if (anchor.Target.Word is { } word)
            return word.Substring || anchor.Wide || (anchor.Spelling is { } spelling ? IsEscapedWord(spelling, window, start, end) : IsWordStart(window, start) && IsWordEnd(window, end));
        return IsHost(window, start, end, out found);
    }

    private void Add(IdentifierWord word)
    {
        var target = new Target("word", word.Text) { Word = word };
        if (Ascii.IsValid(word.Text))
        {
            _anchors.Add(new Anchor(new AnchorLiteral(word.Text, word.IgnoreCase), target));
            return;
        }

        // Anchors fold ASCII only, and their narrow view of UTF-16 as well: of other words the usual spellings are looked for, in both encodings.
        var text = word.Text;
        var spellings = new HashSet<string>(StringComparer.Ordinal) { text };
        if (word.IgnoreCase)
        {
            var lower = text.ToLowerInvariant();
            spellings.UnionWith([lower, text.ToUpperInvariant(), CultureInfo.InvariantCulture.TextInfo.ToTitleCase(lower)]);
        }

        var escapes = new HashSet<string>(word.IgnoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var spelling in spellings)
        {
            _anchors.Add(new Anchor(new AnchorLiteral(spelling, word.IgnoreCase), target));
            _anchors.Add(new Anchor(new AnchorLiteral(Encoding.Unicode.GetBytes(spelling)), target, Wide: true));
            // The serializer of .NET and most bundlers write ASCII alone; which case the digits have depends on whose it is.
            foreach (var escaped in (ReadOnlySpan<string?>)[Escaped(spelling, @"\u", "x4", char.MaxValue), Escaped(spelling, @"\u", "X4", char.MaxValue), Escaped(spelling, @"\x", "x2", '\xFF'), Escaped(spelling, @"\x", "X2", '\xFF')])
                if (escaped is not null && escapes.Add(escaped)) _anchors.Add(new Anchor(new AnchorLiteral(escaped, word.IgnoreCase), target, Spelling: spelling));
        }
    }

    /// <summary>A word with what is not ASCII escaped, or null where that is not possible.</summary>
    private static string? Escaped(string word, string prefix, string format, char last)
    {
        var escaped = new StringBuilder();
        foreach (var c in word)
        {
            if (c > last) return null;
            if (char.IsAscii(c)) escaped.Append(c);
            else escaped.Append(prefix).Append(((int)c).ToString(format, CultureInfo.InvariantCulture));
        }

        return escaped.ToString();
    }

    // The borders as if nothing were escaped; what is escaped beside the word counts as none of its letters.
    private static bool IsEscapedWord(string spelling, ReadOnlySpan<byte> window, int start, int end)
    {
        var before = window[Math.Max(0, start - 8)..start];
        var behind = window[end..Math.Min(window.Length, end + 8)];
        var letters = Encoding.UTF8.GetBytes(spelling);
        byte[] text = [.. before, .. letters, .. behind];
        return IsWordStart(text, before.Length) && IsWordEnd(text, before.Length + letters.Length);
    }

    /// <summary>Whether a word may begin here: at the begin of a run of letters or digits, where digits follow letters or the reverse, and where the case says so (myFalcon, IFalcon).</summary>
    private static bool IsWordStart(ReadOnlySpan<byte> window, int start)
    {
        if (Rune.DecodeLastFromUtf8(window[..start], out var before, out _) != OperationStatus.Done) return true;
        if (Rune.DecodeFromUtf8(window[start..], out var first, out var length) != OperationStatus.Done) return true;
        if (IsBorder(before, first) || (Rune.IsLower(before) && Rune.IsUpper(first))) return true;
        if (Rune.IsUpper(before) && Rune.IsUpper(first) && Rune.DecodeFromUtf8(window[(start + length)..], out var second, out _) == OperationStatus.Done && Rune.IsLower(second)) return true;
        return IsBehindEscape(window, start);
    }

    /// <summary>The same for the end: FalconService, FALCONService.</summary>
    private static bool IsWordEnd(ReadOnlySpan<byte> window, int end)
    {
        if (Rune.DecodeFromUtf8(window[end..], out var next, out var length) != OperationStatus.Done) return true;
        if (Rune.DecodeLastFromUtf8(window[..end], out var last, out _) != OperationStatus.Done) return true;
        if (IsBorder(last, next) || (Rune.IsLower(last) && Rune.IsUpper(next))) return true;
        return Rune.IsUpper(last) && Rune.IsUpper(next) && Rune.DecodeFromUtf8(window[(end + length)..], out var afterNext, out _) == OperationStatus.Done && Rune.IsLower(afterNext);
    }

    private static bool IsBorder(Rune left, Rune right)
    {
        if (!Rune.IsLetterOrDigit(left) || !Rune.IsLetterOrDigit(right) || Rune.IsDigit(left) != Rune.IsDigit(right)) return true;
        // Scripts without case are mostly written without blanks.
        return Rune.GetUnicodeCategory(left) == UnicodeCategory.OtherLetter && Rune.GetUnicodeCategory(right) == UnicodeCategory.OtherLetter;
    }

    /// <summary>Whether the letters in front belong to an escape: \nfalcon in JSON, %2Ffalcon in an address.</summary>
    private static bool IsBehindEscape(ReadOnlySpan<byte> window, int start)
    {
        var before = window[..start];
        if (before is [.., (byte)'\\', (byte)'n' or (byte)'r' or (byte)'t' or (byte)'b' or (byte)'f' or (byte)'v' or (byte)'0']) return true;
        if (before is [.., (byte)'%', var h, var l] && IsHex(h) && IsHex(l)) return true;
        if (before is [.., (byte)'\\', (byte)'x', var x, var y] && IsHex(x) && IsHex(y)) return true;
        return before is [.., (byte)'\\', (byte)'u', var a, var b, var c, var d] && IsHex(a) && IsHex(b) && IsHex(c) && IsHex(d);
    }

    private static bool IsHex(byte value) => char.IsAsciiHexDigit((char)value);

    private static bool IsHost(ReadOnlySpan<byte> window, int start, int end, out Range found)
    {
        found = start..end;
        // "acme.internal.example.com" and "acme.internal.js" are other names; the dot of a sentence ends this one.
        var next = end < window.Length ? window[end] : (byte)0;
        if (IsHostLetter(next) || (next == '.' && end + 1 < window.Length && IsHostLetter(window[end + 1]))) return false;
        var first = start;
        while (first > 0 && (IsHostLetter(window[first - 1]) || window[first - 1] == '.') && !(first <= start && IsBehindEscape(window, first))) first--;
        found = first..end;
        if (window[start] == '.') return first < start;
        return first == start || window[start - 1] == '.';
    }

    private static bool IsHostLetter(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'_';

    private static bool IsMatch(IdentifierPattern pattern, ReadOnlySpan<byte> window, int start, out Range found)
    {
        found = default;
        var from = Math.Max(0, start - PatternReach);
        // Not in the middle of a character.
        while (from < start && (window[from] & 0xC0) == 0x80) from++;
        var to = Math.Min(window.Length, start + pattern.Literal.Length + PatternReach);
        var before = Encoding.UTF8.GetString(window[from..start]);
        var text = before + Encoding.UTF8.GetString(window[start..to]);
        foreach (var match in pattern.Regex.EnumerateMatches(text))
        {
            if (match.Index > before.Length) return false;
            if (match.Index + match.Length <= before.Length) continue;
            // Bytes that are no UTF-8 become one character of three bytes, so places are counted from the literal, where both agree.
            var first = start - Encoding.UTF8.GetByteCount(before.AsSpan(match.Index));
            found = Math.Max(from, first)..Math.Min(to, start + Encoding.UTF8.GetByteCount(text.AsSpan(before.Length, match.Index + match.Length - before.Length)));
            return true;
        }

        return false;
    }
}
