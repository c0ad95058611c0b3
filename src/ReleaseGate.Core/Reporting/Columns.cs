using System.Globalization;
using System.Text;

namespace ReleaseGate.Reporting;

/// <summary>Text measured as a terminal shows it: wide characters take two columns, marks that combine with others none.</summary>
internal static class Columns
{
    private const int EscapeLength = 6;

    // East Asian Wide and Fullwidth, and what terminals show as emoji (unicode.org/reports/tr11). Where they disagree it is taken as wide, so that nothing overflows.
    private static ReadOnlySpan<int> Wide =>
    [
        0x1100, 0x115F, 0x231A, 0x23FF, 0x25FD, 0x27BF, 0x2B05, 0x2B55, 0x2E80, 0x303E, 0x3041, 0x4DBF, 0x4E00, 0xA4CF, 0xA960, 0xA97F, 0xAC00, 0xD7A3, 0xF900, 0xFAFF, 0xFE10, 0xFE19, 0xFE30, 0xFE6F,
        0xFF01, 0xFF60, 0xFFE0, 0xFFE6, 0x16FE0, 0x18DFF, 0x1AFF0, 0x1B2FF, 0x1F004, 0x1FAFF, 0x20000, 0x3FFFD,
    ];

    /// <summary>How many columns a text takes.</summary>
    public static int Of(ReadOnlySpan<char> text)
    {
        var columns = 0;
        foreach (var rune in text.EnumerateRunes()) columns += Of(rune);
        return columns;
    }

    /// <summary>Cuts a text that takes more columns in its middle: names differ at their ends.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">Columns it may take.</param>
    /// <param name="mark">What stands for what was cut.</param>
    public static string Cut(string text, int most, string mark = "…")
    {
        // No character takes more than two columns; many that take none are cut as well.
        if (text.Length <= most / 2 || (text.Length <= most * 4 && Of(text) <= most)) return text;
        var room = most - Of(mark);
        if (room <= 0) return mark;
        var head = Fitting(text, (room + 1) / 2);
        var tail = text.Length - FittingEnd(text, room - ((room + 1) / 2));
        // Half of an escape (EntryPath.Printable) means nothing, or something else.
        if (EscapeAround(text, head) is { } first) head = first;
        if (EscapeAround(text, tail) is { } last) tail = last + EscapeLength;
        return string.Concat(text.AsSpan(0, head), mark, text.AsSpan(tail));
    }

    // Where the escape \u1234 begins that a cut would go through, or null.
    private static int? EscapeAround(string text, int cut)
    {
        for (var at = Math.Max(0, cut - EscapeLength + 1); at < cut; at++)
        {
            if (at + EscapeLength > text.Length || text[at] != '\\' || text[at + 1] != 'u') continue;
            var isEscape = true;
            for (var i = at + 2; i < at + EscapeLength; i++) isEscape &= char.IsAsciiHexDigit(text[i]);
            if (isEscape) return at;
        }

        return null;
    }

    /// <summary>Columns that texts for people take where nobody knows how wide their terminal is.</summary>
    public const int Page = 80;

    private const int LeastText = 20;

    /// <summary>Breaks a text into lines at its blanks; what has none is broken where the line ends.</summary>
    /// <param name="text">The text, on one line.</param>
    /// <param name="most">Columns a line may take; at least 2.</param>
    /// <param name="first">Columns the first line may take; null: as many.</param>
    /// <param name="keepsWords">Whether what has no blank stays whole, though its line gets longer: paths, addresses and digests are copied.</param>
    /// <returns>At least one line.</returns>
    public static List<string> Wrap(string text, int most, int? first = null, bool keepsWords = false)
    {
        var lines = new List<string>();
        var rest = text.AsSpan().Trim(' ');
        while (true)
        {
            var fits = Fitting(rest, lines.Count == 0 ? first ?? most : most);
            if (fits == rest.Length)
            {
                lines.Add(rest.ToString());
                return lines;
            }

            var at = rest[fits] == ' ' ? fits : rest[..fits].LastIndexOf(' ');
            // A number and its sign stay together.
            if (at > 0 && at + 1 < rest.Length && rest[at + 1] == '%' && rest[..at].LastIndexOf(' ') is > 0 and var before) at = before;
            if (at <= 0 && keepsWords) at = rest.IndexOf(' ') is > 0 and var end ? end : rest.Length;
            if (at <= 0) at = Math.Max(1, fits);
            lines.Add(rest[..at].TrimEnd(' ').ToString());
            rest = rest[at..].TrimStart(' ');
            if (rest.IsEmpty) return lines;
        }
    }

    /// <summary>Breaks a text into lines that take <see cref="Page"/> columns with what stands before them.</summary>
    /// <param name="begin">What the first line begins with; where it leaves no room it stands alone.</param>
    /// <param name="text">The text, on one line.</param>
    /// <param name="further">What the other lines begin with; null: as many blanks.</param>
    /// <param name="keepsWords">See <see cref="Wrap(string, int, int?, bool)"/>.</param>
    public static IEnumerable<string> Wrap(string begin, string text, string? further = null, bool keepsWords = false)
    {
        var room = Page - Of(begin);
        further ??= new string(' ', Math.Min(Of(begin), Page - LeastText));
        var isAlone = room < LeastText;
        if (isAlone) yield return begin.TrimEnd(' ');
        var lines = Wrap(text, Page - Of(further), isAlone ? null : room, keepsWords);
        for (var i = 0; i < lines.Count; i++) yield return (i == 0 && !isAlone ? begin : further) + lines[i];
    }

    private static int Of(Rune rune)
    {
        var value = rune.Value;
        if (value < 0x300) return 1;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format) return 0;
        for (var i = 0; i < Wide.Length && Wide[i] <= value; i += 2)
            if (value <= Wide[i + 1]) return 2;
        return 1;
    }

    // How many characters from the beginning fit; never half of a pair.
    private static int Fitting(ReadOnlySpan<char> text, int most)
    {
        var (columns, length) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            columns += Of(rune);
            // A text may consist of marks that take no column at all.
            if (columns > most || length > most * 4) break;
            length += rune.Utf16SequenceLength;
        }

        return Math.Min(length, text.Length);
    }

    private static int FittingEnd(ReadOnlySpan<char> text, int most)
    {
        var (columns, length) = (0, 0);
        while (length < text.Length)
        {
            Rune.DecodeLastFromUtf16(text[..^length], out var rune, out var used);
            columns += Of(rune);
            if (columns > most || length > most * 4) break;
            length += used;
        }

        return length;
    }
}
