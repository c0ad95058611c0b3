namespace ReleaseGate.Rules.BuiltIn;

/// <summary>
/// Finds what a template left unreplaced: <c>$token$</c> of NuGet, <c>$(Property)</c> of MSBuild, <c>${name}</c> of shells and bundlers, <c>{{name}}</c> of Mustache and its kin,
/// <c>&lt;%= name %&gt;</c> of EJS, and in names and versions <c>__NAME__</c>, <c>%NAME%</c>, <c>@NAME@</c>, <c>#{NAME}#</c>.
/// </summary>
/// <remarks>
/// https://learn.microsoft.com/nuget/reference/nuspec#replacement-tokens · https://learn.microsoft.com/visualstudio/msbuild/msbuild-properties ·
/// https://mustache.github.io/mustache.5.html · https://ejs.co/#docs
/// </remarks>
internal static class PlaceholderText
{
    // A longer one is prose between two signs that happen to be there.
    private const int Longest = 64;

    private static readonly string[] OwnTokens = ["id", "version", "author", "authors", "title", "description", "copyright", "configuration"];

    /// <summary>The first token in a value that has no place for one: an address, a path, a version range.</summary>
    public static string? Within(string text) => Find(text, inName: false);

    /// <summary>The first token in an id or a version.</summary>
    public static string? WithinName(string text) => Find(text, inName: true);

    /// <summary>The first of NuGet's own tokens in a short text, or the text if it is nothing but a token.</summary>
    public static string? WithinTitle(string text)
    {
        for (var at = 0; at < text.Length; at++)
            if (text[at] == '$' && Length(text, at, out var form) is var length and > 0 && form == Form.Dollar && Array.IndexOf(OwnTokens, text[(at + 1)..(at + length - 1)].ToLowerInvariant()) >= 0)
                return text.Substring(at, length);
        return Whole(text);
    }

    /// <summary>The text if it is nothing but a token: prose may well speak about tokens.</summary>
    public static string? Whole(string text)
    {
        text = text.Trim();
        return text.Length > 0 && Length(text, 0, out _) == text.Length ? text : null;
    }

    private enum Form
    {
        Dollar,
        Property,
        Braces,
        Template,
        Underscores,
        Percent,
        At,
    }

    private static string? Find(string text, bool inName)
    {
        for (var at = 0; at < text.Length; at++)
            if (Length(text, at, out var form) is var length and > 0 && (inName || form is not (Form.Underscores or Form.Percent or Form.At))) return text.Substring(at, length);
        return null;
    }

    /// <summary>The length of the token that begins at <paramref name="at"/>, or 0.</summary>
    private static int Length(string text, int at, out Form form)
    {
        var rest = text.AsSpan(at);
        form = Form.Dollar;
        switch (rest)
        {
            case ['$', '(', ..]:
                form = Form.Property;
                return Between(rest, "$(", ")", upper: false);
            case ['$', '{', ..]:
                form = Form.Braces;
                return Between(rest, "${", "}", upper: false);
            case ['$', ..]:
                return Between(rest, "$", "$", upper: false);
            case ['{', '{', ..]:
                form = Form.Braces;
                return Between(rest, "{{", "}}", upper: false);
            case ['#', '{', ..]:
                form = Form.Braces;
                return Between(rest, "#{", "}#", upper: false);
            case ['<', '%', ..]:
                form = Form.Template;
                return Between(rest, rest is [_, _, '=' or '-', ..] ? rest[..3] : "<%", "%>", upper: false);
            case ['_', '_', ..]:
                form = Form.Underscores;
                return Between(rest, "__", "__", upper: true);
            case ['%', ..]:
                form = Form.Percent;
                return Between(rest, "%", "%", upper: true);
            case ['@', ..]:
                form = Form.At;
                return Between(rest, "@", "@", upper: true);
            default:
                return 0;
        }
    }

    /// <summary>The length of begin, name and end: the name starts with a letter and goes on with letters, digits, '_', '.', '-', and blanks at both ends.</summary>
    private static int Between(ReadOnlySpan<char> text, ReadOnlySpan<char> begin, ReadOnlySpan<char> end, bool upper)
    {
        var inner = text[begin.Length..];
        if (inner.Length > Longest + end.Length) inner = inner[..(Longest + end.Length)];
        var length = inner.IndexOf(end);
        if (length <= 0) return 0;
        var name = inner[..length].Trim(' ');
        // Blanks are for the forms with two different ends: "costs $5 or $6" holds no token.
        if (name.IsEmpty || (name.Length < length && begin is "$" or "__" or "%" or "@") || !(char.IsAsciiLetter(name[0]) || name[0] == '_')) return 0;
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '.' or '-') || (upper && char.IsAsciiLetterLower(c))) return 0;
        return begin.Length + length + end.Length;
    }
}
