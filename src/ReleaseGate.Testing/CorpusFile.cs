using System.Globalization;
using System.Text;

namespace ReleaseGate.Testing;

/// <summary>A corpus file that cannot be read: the message says file and line.</summary>
public sealed class CorpusException : Exception
{
    internal CorpusException(string file, int line, string message) : base($"{file}({line}): {message}") { }
}

/// <summary>A line of a corpus file with the lines indented below it.</summary>
internal sealed class CorpusNode(string file, int line, string word, string rest)
{
    public string File { get; } = file;

    public int Line { get; } = line;

    /// <summary>The first word: "entry", "want", "@hex", or "|" for a line of text.</summary>
    public string Word { get; } = word;

    /// <summary>What follows the first word, unparsed.</summary>
    public string Rest { get; } = rest;

    public List<CorpusNode> Children { get; } = [];

    public CorpusException Error(string message) => new(File, Line, message);

    /// <summary>Splits <see cref="Rest"/> at blanks; "quoted parts" may hold blanks and \n \t \r \0 \\ \" \xNN \uNNNN.</summary>
    public List<string> Words()
    {
        var words = new List<string>();
        var at = 0;
        while (true)
        {
            while (at < Rest.Length && Rest[at] == ' ') at++;
            if (at == Rest.Length) return words;
            var word = new StringBuilder();
            while (at < Rest.Length && Rest[at] != ' ')
            {
                if (Rest[at] != '"')
                {
                    word.Append(Rest[at++]);
                    continue;
                }

                for (at++; ; at++)
                {
                    if (at >= Rest.Length) throw Error("a quote is not closed");
                    if (Rest[at] == '"') break;
                    if (Rest[at] != '\\') word.Append(Rest[at]);
                    else word.Append(Escape(ref at));
                }

                at++;
            }

            words.Add(word.ToString());
        }
    }

    private char Escape(ref int at)
    {
        if (++at >= Rest.Length) throw Error("an escape is cut");
        switch (Rest[at])
        {
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case '0': return '\0';
            case '\\' or '"': return Rest[at];
            case 'x' or 'u':
                var digits = Rest[at] == 'x' ? 2 : 4;
                if (at + digits >= Rest.Length || !int.TryParse(Rest.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                    throw Error($"'\\{Rest[at]}' needs {digits} hexadecimal digits");
                at += digits;
                return (char)code;
            default: throw Error($"the escape '\\{Rest[at]}' is unknown");
        }
    }
}

/// <summary>Reads the corpus format; docs/corpus.md describes it.</summary>
internal static class CorpusFile
{
    /// <summary>Reads the cases of one file.</summary>
    public static IReadOnlyList<CorpusCase> Parse(string file, string text)
    {
        var cases = new List<CorpusCase>();
        foreach (var node in Tree(file, text))
        {
            if (node.Word != "case") throw node.Error($"'case' is expected, not '{node.Word}'");
            var parsed = CorpusCase.Read(node);
            if (cases.Any(c => c.Title == parsed.Title)) throw node.Error($"a second case is titled '{parsed.Title}'");
            cases.Add(parsed);
        }

        return cases.Count > 0 ? cases : throw new CorpusException(file, 1, "there is no case");
    }

    /// <summary>Reads lines as they are indented.</summary>
    public static List<CorpusNode> Tree(string file, string text)
    {
        var roots = new List<CorpusNode>();
        var open = new List<CorpusNode>();
        var number = 0;
        // Some editors begin a file with a byte order mark.
        foreach (var full in text.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            var raw = full.TrimEnd('\r');
            var line = raw.TrimStart(' ');
            if (line.Length == 0 || line[0] == '#') continue;
            var indent = raw.Length - line.Length;
            if (indent % 2 != 0 || indent / 2 > open.Count) throw new CorpusException(file, number, "two blanks more than the line it belongs to are expected");
            var isText = line[0] == '|';
            if (isText && line.Length > 1 && line[1] != ' ') throw new CorpusException(file, number, "a blank is expected after '|'");
            if (!isText) line = line.TrimEnd(' ');
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            var node = new CorpusNode(file, number, blank < 0 ? line : line[..blank], blank < 0 ? "" : line[(blank + 1)..]);
            open.RemoveRange(indent / 2, open.Count - indent / 2);
            (open.Count == 0 ? roots : open[^1].Children).Add(node);
            open.Add(node);
        }

        return roots;
    }
}
