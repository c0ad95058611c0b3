using ReleaseGate.Reporting;

namespace ReleaseGate.Cli;

/// <summary>A page of the documentation at a terminal: its paragraphs in lines of <see cref="Columns.Page"/> columns. Code, tables and headings stay as they are.</summary>
internal static class PageText
{
    private const string Fence = "```";
    private const string Quote = "> ";

    /// <summary>The lines of a page.</summary>
    /// <param name="page">Markdown.</param>
    public static List<string> Lines(string page)
    {
        var lines = new List<string>();
        var (begin, text, isCode) = ("", "", false);
        foreach (var line in page.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
        {
            var rest = line.TrimStart(' ');
            var isFence = rest.StartsWith(Fence, StringComparison.Ordinal);
            if (isCode || isFence || rest.Length == 0 || rest[0] is '#' or '|')
            {
                End();
                lines.Add(line);
                if (isFence) isCode = !isCode;
                continue;
            }

            var mark = rest[..MarkOf(rest)];
            if (text.Length == 0 || (mark.Length > 0 && (mark != Quote || begin != Quote)))
            {
                End();
                begin = new string(' ', line.Length - rest.Length) + mark;
            }

            text = $"{text} {rest[mark.Length..]}";
        }

        End();
        return lines;

        void End()
        {
            if (text.Length > 0) lines.AddRange(Columns.Wrap(begin, text, begin == Quote ? Quote : null, keepsWords: true));
            text = "";
        }
    }

    // How long the mark is that an item of a list or a quotation begins with: "- ", "12. ", "> ".
    private static int MarkOf(string line)
    {
        if (line.StartsWith("- ", StringComparison.Ordinal) || line.StartsWith(Quote, StringComparison.Ordinal)) return 2;
        var digits = 0;
        while (digits < line.Length && char.IsAsciiDigit(line[digits])) digits++;
        return digits > 0 && line.AsSpan(digits).StartsWith(". ", StringComparison.Ordinal) ? digits + 2 : 0;
    }
}
