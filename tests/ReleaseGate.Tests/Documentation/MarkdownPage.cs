using System.Text.RegularExpressions;

namespace ReleaseGate.Documentation;

/// <summary>A fenced block of a page.</summary>
/// <param name="Language">What stands behind the fence, e.g. <c>jsonc</c>; may be empty.</param>
/// <param name="Text">Its lines, each ended by a line feed.</param>
/// <param name="Line">The line of the page its fence stands on, from 1.</param>
/// <param name="Mark">The HTML comment on the line before the fence, without its brackets; empty where there is none.</param>
internal sealed record FencedBlock(string Language, string Text, int Line, string Mark)
{
    /// <summary>Its lines without their ends.</summary>
    public string[] Lines => Text.Split('\n')[..^1];
}

/// <summary>A page of the documentation as its readers see it: headings, links, code. Both test projects compile it.</summary>
internal sealed partial class MarkdownPage
{
    private MarkdownPage(string path, string text)
    {
        Path = path;
        var (anchors, blocks, prose) = (new HashSet<string>(StringComparer.Ordinal), new List<FencedBlock>(), new List<(string Text, int Line)>());
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (Fence().Match(lines[i]) is { Success: true } fence)
            {
                var (first, content) = (i, new List<string>());
                for (i++; i < lines.Length && lines[i].Trim() != fence.Groups["ticks"].Value; i++)
                    content.Add(lines[i].StartsWith(fence.Groups["indent"].Value, StringComparison.Ordinal) ? lines[i][fence.Groups["indent"].Length..] : lines[i].TrimStart());
                if (i == lines.Length) throw new FormatException($"{path}({first + 1}): the block has no end.");
                var mark = first > 0 && Comment().Match(lines[first - 1]) is { Success: true } comment ? comment.Groups[1].Value : "";
                blocks.Add(new FencedBlock(fence.Groups["language"].Value, string.Concat(content.Select(l => l + "\n")), first + 1, mark));
                continue;
            }

            if (Heading().Match(lines[i]) is { Success: true } heading) AddAnchor(anchors, heading.Groups[1].Value);
            foreach (Match named in NamedAnchor().Matches(lines[i])) anchors.Add(named.Groups[1].Value);
            prose.Add((lines[i], i + 1));
        }

        (Anchors, Blocks, Prose) = (anchors, blocks, prose);
    }

    /// <summary>Its path below the repository's root, with <c>/</c>.</summary>
    public string Path { get; }

    /// <summary>What a link may have behind its <c>#</c>, by the rules of GitHub.</summary>
    public IReadOnlySet<string> Anchors { get; }

    public IReadOnlyList<FencedBlock> Blocks { get; }

    /// <summary>The lines outside of fenced blocks, with their numbers.</summary>
    public IReadOnlyList<(string Text, int Line)> Prose { get; }

    /// <summary>The targets of all links.</summary>
    public IEnumerable<(string Target, int Line)> Links =>
        Prose.SelectMany(p => Link().Matches(Code().Replace(p.Text, "")).Select(m => (m.Groups[1].Value, p.Line)));

    /// <summary>What stands between backticks in the running text.</summary>
    public IEnumerable<(string Text, int Line)> InlineCode =>
        Prose.SelectMany(p => Code().Matches(p.Text).Select(m => (m.Groups["code"].Value.Trim(), p.Line)));

    /// <summary>The lines from a heading of any level to the next one of that level or above.</summary>
    public string Section(string title)
    {
        var lines = Prose.ToArray();
        var first = Array.FindIndex(lines, l => Heading().Match(l.Text) is { Success: true } m && m.Groups[1].Value == title);
        if (first < 0) throw new ArgumentException($"{Path} has no heading '{title}'.", nameof(title));
        var level = lines[first].Text.TakeWhile(c => c == '#').Count();
        var last = Array.FindIndex(lines, first + 1, l => Heading().IsMatch(l.Text) && l.Text.TakeWhile(c => c == '#').Count() <= level);
        var end = last < 0 ? int.MaxValue : lines[last].Line;
        return string.Concat(Prose.Where(p => p.Line >= lines[first].Line && p.Line < end).Select(p => p.Text + "\n"))
            + string.Concat(Blocks.Where(b => b.Line >= lines[first].Line && b.Line < end).Select(b => b.Text));
    }

    /// <summary>Reads a page.</summary>
    /// <param name="root">The repository's root.</param>
    /// <param name="path">The page's path below it, with <c>/</c>.</param>
    public static MarkdownPage Read(string root, string path) =>
        new(path, File.ReadAllText(System.IO.Path.Combine([root, .. path.Split('/')])).ReplaceLineEndings("\n"));

    /// <summary>The paths of all pages of the repository, without what is built or installed in it.</summary>
    public static IEnumerable<string> All(string root) =>
        Directory.EnumerateFiles(root, "*.md", SearchOption.AllDirectories)
            .Select(p => System.IO.Path.GetRelativePath(root, p).Replace('\\', '/'))
            .Where(p => !p.Split('/').Any(part => part is "bin" or "obj" or "node_modules" or "artifacts" or "feed" || part.StartsWith('.')))
            .Order(StringComparer.Ordinal);

    private static void AddAnchor(HashSet<string> anchors, string heading)
    {
        var text = NotInAnchor().Replace(Markup().Replace(heading, "$1").ToLowerInvariant(), "").Replace(' ', '-');
        if (anchors.Add(text)) return;
        for (var i = 1; !anchors.Add($"{text}-{i}"); i++) { }
    }

    [GeneratedRegex("^(?<indent>\\s*)(?<ticks>`{3,})(?<language>[^`\\s]*)\\s*$")]
    private static partial Regex Fence();

    [GeneratedRegex("^\\s*<!-- (.*) -->\\s*$")]
    private static partial Regex Comment();

    [GeneratedRegex("^#{1,6} (.+?)\\s*$")]
    private static partial Regex Heading();

    [GeneratedRegex("<a (?:id|name)=\"([^\"]+)\"")]
    private static partial Regex NamedAnchor();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Markup();

    [GeneratedRegex(@"[^\p{L}\p{N}\-_ ]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("(?<ticks>`+)(?<code>.+?)\\k<ticks>(?!`)")]
    private static partial Regex Code();
}
