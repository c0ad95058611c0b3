using System.Text;
using ReleaseGate.Rules;

namespace ReleaseGate.Testing;

/// <summary>A finding that a case wants.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="Path">The entry, as its archive spells it, or null for the artifact.</param>
/// <param name="Message">A part of the message.</param>
/// <param name="Facts">Facts it must carry.</param>
/// <param name="Severity">The severity it must have, or null.</param>
/// <param name="Node">The line.</param>
internal sealed record Want(string Rule, string? Path, string Message, IReadOnlyDictionary<string, string> Facts, string? Severity, CorpusNode Node)
{
    public override string ToString() => $"line {Node.Line}: {Rule} {Path ?? "(artifact)"}: \"{Message}\"";
}

/// <summary>One artifact of a corpus, and what the gate must say about it.</summary>
public sealed class CorpusCase
{
    private readonly CorpusNode _node;

    private CorpusCase(CorpusNode node, CorpusNode artifact, string name)
    {
        _node = node;
        Title = node.Rest;
        Artifact = name;
        Builder = new ArtifactBuilder(artifact, node.Children);
        Wants = ReadWants(node.Children, "", null).ToList();
        var manifest = node.Children.Where(c => c.Word == "manifest").ToList();
        if (manifest.Count > 1) throw manifest[1].Error("a second manifest");
        var baselines = node.Children.Where(c => c.Word == "baseline").ToList();
        if (baselines.Count > 1) throw baselines[1].Error("a second baseline");
        if (baselines.Count == 1 && baselines[0].Words().Count == 0) throw baselines[0].Error("a name is expected");
        if (baselines.Count == 1) RequireBelow(baselines[0], baselines[0].Words()[0]);
        Baseline = baselines.Count == 0 ? null : baselines[0].Words()[0];
        BaselineBuilder = baselines.Count == 0 ? null : new ArtifactBuilder(baselines[0], baselines[0].Children);
        Manifest = manifest.Count == 0 ? null : Encoding.UTF8.GetString(Recipe.Bytes(manifest[0].Children));
    }

    /// <summary>What stands behind <c>case</c>; no two cases of a file have the same.</summary>
    public string Title { get; }

    /// <summary>The artifact's file name; a folder's ends with '/'.</summary>
    public string Artifact { get; }

    /// <summary>The manifest's text, or null: everything is allowed.</summary>
    public string? Manifest { get; }

    /// <summary>File and line, e.g. <c>ACME0001.txt(3)</c>.</summary>
    public string Place => $"{_node.File}({_node.Line})";

    internal ArtifactBuilder Builder { get; }

    /// <summary>The file name of what was released before, or null; its entries stand below it.</summary>
    internal string? Baseline { get; }

    internal ArtifactBuilder? BaselineBuilder { get; }

    internal IReadOnlyList<Want> Wants { get; }

    internal string File => _node.File;

    /// <summary>
    /// Builds the artifact, sends it through the gate as on 2026-06-01 and compares in both directions. With <paramref name="rules"/> the findings of these are compared,
    /// those of the gate itself (RG0…: a rule that throws, an entry that can't be read) and those of rules that the case wants something of; without, the findings of all.
    /// </summary>
    /// <param name="rules">The rules to test; none: ReleaseGate's own.</param>
    /// <returns>What is wanted and not said, and what is said and not wanted, in lines; empty where all is as wanted.</returns>
    /// <exception cref="CorpusException">The case has a recipe or an attribute that nobody knows.</exception>
    /// <exception cref="IOException">The folder for temporary files can't be written.</exception>
    public string Run(params IReadOnlyList<Rule> rules) => new CorpusRun(this, rules).Differences();

    /// <summary>Place and title, as test runners show it.</summary>
    public override string ToString() => $"{Place} {Title}";

    internal static CorpusCase Read(CorpusNode node)
    {
        if (node.Rest.Length == 0) throw node.Error("a case needs a title");
        foreach (var child in node.Children)
            if (child.Word is not ("artifact" or "baseline" or "manifest" or "want" or "entry" or "raw" or "prepend" or "append" or "cut" or "patch"))
                throw child.Error($"'{child.Word}' is unknown here");
        var artifacts = node.Children.Where(c => c.Word == "artifact").ToList();
        if (artifacts.Count != 1) throw node.Error("a case needs one 'artifact'");
        var words = artifacts[0].Words();
        if (words.Count == 0) throw artifacts[0].Error("a name is expected");
        RequireBelow(artifacts[0], words[0]);
        return new CorpusCase(node, artifacts[0], words[0]);
    }

    // It is written into a folder that is removed afterwards.
    private static void RequireBelow(CorpusNode node, string name)
    {
        if (name.Contains('\0', StringComparison.Ordinal) || Path.IsPathRooted(name) || name.Split('/', '\\').Contains("..")) throw node.Error("a name is expected, and no path that leads elsewhere");
    }

    private static IEnumerable<Want> ReadWants(IEnumerable<CorpusNode> nodes, string container, string? path)
    {
        foreach (var node in nodes)
        {
            if (node.Word == "want")
            {
                yield return ReadWant(node, path);
            }
            else if (node.Word == "entry")
            {
                var words = node.Words();
                if (words.Count == 0) throw node.Error("a path is expected");
                var full = container + words[0];
                foreach (var want in ReadWants(node.Children, container, full)) yield return want;
            }
            else if (node.Word is "@zip" or "@tgz" or "@tar" or "@gzip" or "@bundle" or "@asar")
            {
                // What stands in an archive is reported below the path of the entry that holds it.
                foreach (var want in ReadWants(node.Children, path + "!/", path)) yield return want;
            }
        }
    }

    private static Want ReadWant(CorpusNode node, string? path)
    {
        var words = node.Words();
        if (words.Count < 2) throw node.Error("want RULE [PATH] \"part of the message\" [severity=…] [fact=value …]");
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        string? severity = null;
        var plain = new List<string>();
        foreach (var word in words)
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (plain.Count < 2 || equals < 0) plain.Add(word);
            else if (word[..equals] == "severity") severity = word[(equals + 1)..];
            else facts.Add(word[..equals], word[(equals + 1)..]);
        }

        if (plain.Count > 3) throw node.Error("too many words; quote the message");
        if (plain[^1].Length == 0) throw node.Error("an empty message matches everything");
        return new Want(plain[0], plain.Count == 3 ? plain[1] : path, plain[^1], facts, severity, node);
    }
}
