using System.CommandLine;
using System.IO.Abstractions;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ReleaseGate.Cli;
using ReleaseGate.Documentation;
using ReleaseGate.Policy;
using ReleaseGate.Tests.Cli;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests.Documentation;

/// <summary>
/// What the pages show exists: ids, commands, options, keys, properties. A <c>jsonc</c> block is a manifest: whole where it begins with a brace,
/// else a member of one or of a section. JSON of other kinds stands in <c>json</c> blocks, or names its file on the first line: <c>// package.json</c>.
/// </summary>
public sealed partial class SnippetTests
{
    // Planned, and named in pages only to say so.
    private static readonly string[] ReservedIds = [];

    private static readonly JsonDocumentOptions Tolerant = new() { CommentHandling = JsonCommentHandling.Skip };

    private static readonly Lazy<MarkdownPage[]> Read = new(() => [.. MarkdownPage.All(Repository.Root).Select(p => MarkdownPage.Read(Repository.Root, p))]);

    private static IEnumerable<string> Pages() => MarkdownPage.All(Repository.Root);

    private static MarkdownPage Page(string path) => Read.Value.Single(p => p.Path == path);

    [TestCaseSource(nameof(Pages))]
    public void Ids_are_those_of_rules(string path)
    {
        var page = Page(path);
        var text = page.Prose.Select(p => p.Text).Concat(page.Blocks.Select(b => b.Text));
        var named = text.SelectMany(t => RuleIdText().Matches(t).Select(m => m.Value)).Distinct().Order(StringComparer.Ordinal);

        Assert.That(named.Except(RuleTests.Descriptors.Select(d => d.Id.ToString())).Except(ReservedIds), Is.Empty);
    }

    [Test]
    public void No_id_that_is_reserved_has_a_rule() => Assert.That(ReservedIds.Intersect(RuleTests.Descriptors.Select(d => d.Id.ToString())), Is.Empty);

    [Test]
    public void Command_lines_in_blocks_are_understood()
    {
        var root = CommandLine.Root(new Terminal().Surroundings);
        var (seen, wrong) = (0, new List<string>());
        foreach (var page in Read.Value)
        {
            foreach (var (line, number) in page.Blocks.SelectMany(b => b.Text.Replace("\\\n", "     ", StringComparison.Ordinal).Split('\n').Select((l, i) => (l, b.Line + i + 1))))
            {
                if (CommandOf(line) is not { } words || IsSynopsis(words)) continue;
                seen++;
                if (Mistake(root, words) is { } mistake) wrong.Add($"{page.Path}({number}): {line.Trim()}: {mistake}");
            }
        }

        Assert.That(wrong, Is.Empty);
        Assert.That(seen, Is.GreaterThan(40));
    }

    [Test]
    public void A_command_line_that_is_wrong_is_noticed()
    {
        var root = CommandLine.Root(new Terminal().Surroundings);

        Assert.That(CommandOf("$ npx --no-install releasegate check 'a b.tgz' --json r.json  # see below"), Is.EqualTo(new[] { "check", "a b.tgz", "--json", "r.json" }));
        Assert.That(Mistake(root, CommandOf("releasegate check a.tgz --json r.json")!), Is.Null);
        Assert.That(Mistake(root, CommandOf("- run: dotnet releasegate check a.tgz --jsn r.json")!), Does.Contain("--jsn"));
        Assert.That(Mistake(root, CommandOf("releasegate chek a.tgz")!), Does.Contain("chek"));
        Assert.That(Mistake(root, CommandOf("releasegate explain")!), Is.Not.Null);
        Assert.That(CommandOf("releasegate: error: no"), Is.Null);
        Assert.That(CommandOf("no releasegate.json was found"), Is.Null);
    }

    [Test]
    public void Commands_and_options_in_the_text_exist()
    {
        var root = CommandLine.Root(new Terminal().Surroundings);
        var (seen, wrong) = (0, new List<string>());
        foreach (var page in Read.Value)
        {
            foreach (var (code, line) in page.InlineCode)
            {
                if (CommandOf(code) is not { Length: > 0 } words || words[0].StartsWith('-') || words[0].StartsWith('…')) continue;
                seen++;
                if (Unknown(root, words) is { } unknown) wrong.Add($"{page.Path}({line}): {code}: {unknown}");
            }
        }

        Assert.That(wrong, Is.Empty);
        Assert.That(seen, Is.GreaterThan(40));
    }

    [Test]
    public void Each_command_is_described_with_its_options_and_no_others()
    {
        var page = Page("docs/cli.md");
        foreach (var command in CommandLine.Root(new Terminal().Surroundings).Subcommands.Where(c => !c.Hidden))
        {
            var section = page.Section(command.Name);
            var described = TableKeys(section).Concat(section.Split('\n').Where(l => l.StartsWith($"releasegate {command.Name} ", StringComparison.Ordinal)))
                .SelectMany(t => OptionText().Matches(t).Select(m => m.Value)).Distinct();
            var visible = command.Options.Concat(command.Subcommands.SelectMany(c => c.Options)).Where(o => !o.Hidden && o is not System.CommandLine.Help.HelpOption).Select(o => o.Name).Distinct();

            Assert.That(described, Is.EquivalentTo(visible), command.Name);
        }
    }

    private static IEnumerable<TestCaseData> Manifests() =>
        Read.Value.SelectMany(p => p.Blocks.Where(b => IsManifest(b)).Select(b => new TestCaseData(b.Text).SetArgDisplayNames($"{p.Path}({b.Line})")));

    [TestCaseSource(nameof(Manifests))]
    public void A_manifest_of_a_page_is_one(string text)
    {
        var folder = Directory.CreateTempSubdirectory("releasegate-");
        try
        {
            var path = Path.Combine(folder.FullName, "a", "b", ManifestSearch.FileName);
            foreach (Match file in FileText().Matches(text))
            {
                var beside = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, file.Groups[1].Value));
                Directory.CreateDirectory(Path.GetDirectoryName(beside)!);
                File.WriteAllText(beside, Beside(file.Groups[1].Value));
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, Whole(text));
            var manifest = new ManifestReader(new FileSystem()).Read(path);

            Assert.That(() => ManifestReader.RequireKnownRules(manifest, RuleTests.Descriptors.Select(d => d.Id)), Throws.Nothing);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void There_are_manifests() => Assert.That(Manifests().Count(), Is.GreaterThan(20));

    private static IEnumerable<TestCaseData> OtherJson() =>
        Read.Value.SelectMany(p => p.Blocks.Where(b => b.Language is "json" or "jsonc" && !IsManifest(b)).Select(b => new TestCaseData(b.Text).SetArgDisplayNames($"{p.Path}({b.Line})")));

    [TestCaseSource(nameof(OtherJson))]
    public void Other_json_is_json(string text) => Assert.That(() => JsonNode.Parse(Remark().Replace(text, "").TrimStart() is ['{' or '[', ..] ? text : $"{{ {text} }}", null, Tolerant), Throws.Nothing);

    private static IEnumerable<TestCaseData> Xml() =>
        Read.Value.SelectMany(p => p.Blocks.Where(b => b.Language == "xml").Select(b => new TestCaseData(b.Text).SetArgDisplayNames($"{p.Path}({b.Line})")));

    [TestCaseSource(nameof(Xml))]
    public void Xml_is_well_formed(string text) => Assert.That(() => XElement.Parse($"<all>{XmlDeclaration().Replace(text, "")}</all>"), Throws.Nothing);

    [Test]
    public void The_page_of_the_manifest_describes_every_key_with_an_example_and_no_others()
    {
        var page = Page("docs/manifest.md");
        // Ids are keys of "rules"; what they mean is said on pages of their own.
        var keys = Keys(JsonNode.Parse(ManifestReader.SchemaText())!).Where(k => !RuleIdText().IsMatch(k)).Distinct().ToArray();
        var described = page.InlineCode.Select(c => c.Text).ToHashSet(StringComparer.Ordinal);
        var examples = page.Blocks.Where(b => b.Language == "jsonc").SelectMany(b => KeyText().Matches(b.Text).Select(m => m.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);
        var inTables = page.Prose.Select(p => p.Text).Aggregate((In: false, Keys: new List<string>()), (state, line) =>
        {
            var row = line.StartsWith('|');
            var isIn = row && (state.In || line.StartsWith("| key |", StringComparison.Ordinal));
            if (isIn) state.Keys.AddRange(TableKeys(line + "\n").SelectMany(c => CodeText().Matches(c).Select(m => m.Groups[1].Value)));
            return (isIn, state.Keys);
        }).Keys;

        Assert.That(keys, Has.Length.GreaterThan(30));
        Assert.That(keys.Except(described), Is.Empty, "keys that the page does not describe");
        Assert.That(keys.Except(examples), Is.Empty, "keys that the page shows no example of");
        Assert.That(inTables.Except(keys), Is.Empty, "keys that the schema does not have");
        Assert.That(inTables, Has.Count.GreaterThan(25));
    }

    [TestCaseSource(nameof(Pages))]
    public void Properties_exist(string path)
    {
        var page = Page(path);
        var named = page.Prose.Select(p => p.Text).Concat(page.Blocks.Select(b => b.Text)).SelectMany(t => PropertyText().Matches(t).Select(m => m.Value)).Distinct();

        Assert.That(named.Except(Targets().SelectMany(t => PropertyText().Matches(t).Select(m => m.Value))), Is.Empty);
    }

    [Test]
    public void Every_property_that_a_project_may_set_is_described()
    {
        var described = PropertyText().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "msbuild.md"))).Select(m => m.Value);
        var read = Targets().SelectMany(t => ReadText().Matches(t).Select(m => m.Groups[1].Value)).Distinct().ToArray();

        Assert.That(read, Has.Length.GreaterThan(10));
        Assert.That(read.Except(described), Is.Empty);
    }

    private static IEnumerable<string> Targets() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "nuget"), "ReleaseGate*.*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".targets" or ".props").Select(File.ReadAllText);

    private static bool IsManifest(FencedBlock block) =>
        block.Language == "jsonc" && (FileName().Match(block.Text) is not { Success: true } named || named.Groups[1].Value.EndsWith("releasegate.json", StringComparison.Ordinal));

    /// <summary>The arguments of a line that runs the command, as a shell would split them; null where it does not.</summary>
    private static string[]? CommandOf(string line)
    {
        var run = RunText().Match(line);
        if (!run.Success) return null;
        var rest = Expression().Replace(run.Groups["rest"].Value, "1");
        foreach (var end in (string[])[" && ", "  # ", " # ", " > ", " | ", " || "])
            if (rest.IndexOf(end, StringComparison.Ordinal) is >= 0 and var at) rest = rest[..at];
        if (line.TrimStart().StartsWith("sh '", StringComparison.Ordinal)) rest = rest.TrimEnd('\'');
        return [.. Word().Matches(rest).Select(m => m.Value.Replace("\"", "").Replace("'", ""))];
    }

    private static bool IsSynopsis(string[] words) => words.Any(w => w.StartsWith('[') || w.EndsWith("...", StringComparison.Ordinal) || w == "…");

    private static string? Mistake(Command root, string[] words) =>
        Unknown(root, words) ?? (root.Parse(words, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null }).Errors is [var first, ..] ? first.Message : null);

    // To the library what begins with a dash and is no option may be a path.
    private static string? Unknown(Command root, string[] words) =>
        words is ["--version" or "--help"] ? null
        : root.Subcommands.FirstOrDefault(c => c.Name == words.FirstOrDefault()) is not { } command ? words.FirstOrDefault() ?? "no command"
        : words.TakeWhile(w => w != "--").FirstOrDefault(w => w.StartsWith("--", StringComparison.Ordinal) && w != "--help" && !Names(command).Contains(w.Split('=')[0]));

    private static IEnumerable<string> Names(Command command) => command.Options.Concat(command.Subcommands.SelectMany(c => c.Options)).SelectMany(o => o.Aliases.Append(o.Name));

    /// <summary>The first cells of table rows.</summary>
    private static IEnumerable<string> TableKeys(string markdown) =>
        markdown.Split('\n').Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Select(l => l.Replace(@"\|", "/").Split('|')[1]);

    private static IEnumerable<string> Keys(JsonNode? schema) => schema switch
    {
        JsonObject one => (one["properties"] is JsonObject properties ? properties.Select(p => p.Key) : []).Concat(one.SelectMany(p => Keys(p.Value))),
        JsonArray several => several.SelectMany(Keys),
        _ => [],
    };

    private static string Whole(string text)
    {
        var bare = Remark().Replace(text, "").TrimStart();
        if (bare.StartsWith('{')) return text;
        var key = KeyText().Match(bare).Groups[1].Value;
        return ManifestReader.SectionKeys.Contains(key) ? $"{{ \"artifacts\": [ {{ {(key == "match" ? "" : "\"match\": \"*\",")} {text} }} ] }}" : $"{{ {text} }}";
    }

    private static string Beside(string name) => name switch
    {
        _ when name.EndsWith(".json", StringComparison.Ordinal) => "{ }",
        _ when name.Contains("hash", StringComparison.Ordinal) => Page("docs/cli.md").Blocks.Select(b => b.Text).Select(t => t[Math.Max(0, t.IndexOf("releasegate-words/v1", StringComparison.Ordinal))..])
            .Single(t => t.StartsWith("releasegate-words/v1", StringComparison.Ordinal)),
        _ => "falcon-internal\n",
    };

    [GeneratedRegex(@"\bRG[0-9]{4}\b")]
    private static partial Regex RuleIdText();

    [GeneratedRegex(@"^\s*(?:\$ |- run: |- script: |- |run: |sh ')?(?:npx (?:--no-install )?|dotnet )?releasegate (?<rest>.*)$")]
    private static partial Regex RunText();

    [GeneratedRegex("(?:\"[^\"]*\"|'[^']*'|[^\\s\"'])+")]
    private static partial Regex Word();

    [GeneratedRegex(@"\$\{\{.*?\}\}|\$\(.*?\)|\$[A-Z_]+")]
    private static partial Regex Expression();

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z0-9-]*")]
    private static partial Regex OptionText();

    [GeneratedRegex("\"((?:[\\w.-]+/)*[\\w.-]+\\.(?:json|txt))\"")]
    private static partial Regex FileText();

    [GeneratedRegex(@"^\s*<\?xml[^>]*\?>")]
    private static partial Regex XmlDeclaration();

    [GeneratedRegex("\"([^\"]+)\"\\s*:")]
    private static partial Regex KeyText();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeText();

    [GeneratedRegex(@"(?<![\w.])ReleaseGate[A-Z]\w*")]
    private static partial Regex PropertyText();

    [GeneratedRegex(@"[$@]\((ReleaseGate[A-Z]\w*)")]
    private static partial Regex ReadText();

    [GeneratedRegex(@"^// (\S+\.json)\b")]
    private static partial Regex FileName();

    [GeneratedRegex(@"(?m)^\s*//.*$")]
    private static partial Regex Remark();
}
