using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Reporting;

/// <summary>
/// Text that comes from packages, made harmless for GitHub, GitLab and Azure: no link, picture, HTML, emphasis or formula, nobody mentioned, no issue
/// referred to, on one line. Source: spec.commonmark.org, github.github.com/gfm, docs.gitlab.com/user/markdown (references).
/// </summary>
internal static class MarkdownText
{
    private const char ZeroWidthSpace = '\u200B';

    /// <summary>As part of a sentence, or of a cell of a table.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">Columns shown; the rest is cut out of the middle.</param>
    public static string Plain(string text, int most = 400)
    {
        var shown = Columns.Cut(EntryPath.Printable(text), most);
        var safe = new StringBuilder(shown.Length + 16);
        for (var i = 0; i < shown.Length; i++)
        {
            var c = shown[i];
            var next = i + 1 < shown.Length ? shown[i + 1] : ' ';
            if (c is '\\' or '`' or '*' or '_' or '{' or '}' or '[' or ']' or '<' or '>' or '(' or ')' or '#' or '+' or '!' or '|' or '~' or '&' or '$' or '@' or '"') safe.Append('\\');
            safe.Append(c);
            // Backslashes are gone by the time that names, numbers and addresses are looked for.
            if (c is '@' or '#' or '!' or '%' or '~' or '&' && !char.IsWhiteSpace(next)) safe.Append(ZeroWidthSpace);
            // A formula is gone with the backslash already; what people copy, $(Property), stays as it is.
            else if (c == '$' && (char.IsLetterOrDigit(next) || next is '$' or '`' or '\\')) safe.Append(ZeroWidthSpace);
            else if (c == ':' && next is '/' or ':') safe.Append(ZeroWidthSpace);
            else if (c == '.' && i >= 3 && shown.AsSpan(i - 3, 3).Equals("www", StringComparison.OrdinalIgnoreCase)) safe.Append(ZeroWidthSpace);
            else if (c == '-' && i >= 2 && shown.AsSpan(i - 2, 2).Equals("GH", StringComparison.OrdinalIgnoreCase)) safe.Append(ZeroWidthSpace);
        }

        return safe.ToString();
    }

    /// <summary>As code, where nothing has a meaning but what ends it: for names.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">Columns shown; the rest is cut out of the middle.</param>
    /// <param name="isCell">Whether it stands in a table, where a bar ends the cell even in code.</param>
    public static string Code(string text, int most = 160, bool isCell = false)
    {
        var shown = Columns.Cut(EntryPath.Printable(text), most);
        if (string.IsNullOrWhiteSpace(shown)) return "(no name)";
        var (longest, run) = (0, 0);
        foreach (var c in shown)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        if (isCell) shown = shown.Replace("|", "\\|", StringComparison.Ordinal);
        var fence = new string('`', longest + 1);
        var pad = shown[0] is '`' or ' ' || shown[^1] is '`' or ' ' ? " " : "";
        return $"{fence}{pad}{shown}{pad}{fence}";
    }

    /// <summary>A link, or its words where the address is none that a browser opens.</summary>
    /// <param name="words">What is shown, not escaped yet.</param>
    /// <param name="address">The address, or null.</param>
    public static string Link(string words, string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) && uri.UserInfo.Length == 0
            ? $"[{Plain(words)}]({uri.AbsoluteUri.Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal)})"
            : Plain(words);
}
