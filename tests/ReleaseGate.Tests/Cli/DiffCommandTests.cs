using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseGate.Reporting;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests.Cli;

/// <summary><c>releasegate diff</c>, from the command line to what it prints.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DiffCommandTests : IDisposable
{
    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void Says_everything_that_is_different()
    {
        Write("acme-1.0.0.tgz", """
              entry package/package.json
                | {"name":"acme","version":"1.0.0","license":"MIT","files":["dist"],"dependencies":{"left-pad":"^1.0.0"}}
              entry package/dist/a.js mode=644
                | hello
              entry package/dist/gone.js mode=644
                | hello
            """);
        Write("acme-1.1.0.tgz", """
              entry package/package.json
                | {"name":"acme","version":"1.1.0","license":"SEE LICENSE IN EULA.txt","files":["dist"],"dependencies":{"left-pad":"^2.0.0","x":"1"},"scripts":{"postinstall":"node x.js"}}
              entry package/dist/a.js mode=755
                | hello
              entry package/dist/a.js.map mode=644
                | {"version":3,"sources":["a.ts"],"sourcesContent":["let a = 1;"],"names":[],"mappings":"AAAA"}
              entry package/bin/x.bin mode=644
                @random 2000 1
            """);
        Assert.That(_terminal.Run("diff", "acme-1.0.0.tgz", "acme-1.1.0.tgz"), Is.Zero, _terminal.Error);
        Assert.That(_terminal.Output, Does.Match("""
            ^  acme-1.0.0.tgz -> acme-1.1.0.tgz
              size     [0-9]+ bytes -> 2.[0-9] KB, [0-9.]+ KB larger \(\+[0-9,.]+ %\)
              entries  3 -> 4, 2 entries added, 1 removed, 2 changed

            ! newly exposed: RG2001 dist/a.js.map: .*
            ! newly exposed: RG2002 dist/a.js.map: .*
            ! newly runs when it is installed: postinstall: node x.js
            ! new top folder: bin/
            ! new kinds of files: Binary, SourceMap
            ! permissions: dist/a.js: 644 -> 755
            ! licence: MIT -> the file EULA.txt
            ~ dependency: left-pad \^1.0.0 -> \^2.0.0 \(dependencies\)
            \+ dependency: x 1 \(dependencies\)

            \+    \+2.0 KB  bin/
            \+    \+2.0 KB    x.bin
            ~  \+[0-9]+ bytes  dist/
            ~    0 bytes    a.js  \(644 -> 755\)
            \+  \+[0-9]+ bytes    a.js.map
            -   -6 bytes    gone.js
            ~  \+[0-9]+ bytes  package.json
            $
            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void The_same_is_said_to_be_the_same()
    {
        Write("a-1.0.0.tgz", "  entry package/a.js\n    | x");
        Write("b/a-1.0.0.tgz", "  entry package/a.js\n    | x");
        Assert.That(_terminal.Run("diff", "a-1.0.0.tgz", "b/a-1.0.0.tgz", "--exit-code"), Is.Zero, _terminal.Error);
        Assert.That(_terminal.Output, Does.Contain("of the same size").And.Contain("no entry is different").And.Contain("both are the same bytes"));
    }

    [Test]
    public void Differences_are_an_exit_code_only_where_that_is_asked_for()
    {
        Write("a-1.0.0.tgz", "  entry package/a.js\n    | x");
        Write("a-1.0.1.tgz", "  entry package/a.js\n    | y");
        Assert.That(_terminal.Run("diff", "a-1.0.0.tgz", "a-1.0.1.tgz"), Is.Zero);
        Assert.That(_terminal.Run("diff", "a-1.0.0.tgz", "a-1.0.1.tgz", "--exit-code"), Is.EqualTo(1));
    }

    [Test]
    public void Names_play_no_tricks()
    {
        const string Name = "package/d/\\u001b[31m|`@me`<b>[x](https://x.example)&\\u202e\\n.js";
        Write("a-1.0.0.tgz", "  entry package/a.js\n    | x");
        Write("a-1.0.1.tgz", $"  entry package/a.js\n    | x\n  entry \"{Name}\"\n    | y\n  entry \"package/f`````g/x.js\"\n    | y");
        Assert.That(_terminal.Run("diff", "a-1.0.0.tgz", "a-1.0.1.tgz"), Is.Zero, _terminal.Error);
        Assert.That(_terminal.Output, Does.Contain("\\u001b[31m|`@me`").And.Not.Contain("\u001b").And.Not.Contain("\u202e"));
        Assert.That(_terminal.Run("diff", "a-1.0.0.tgz", "a-1.0.1.tgz", "--format", "markdown"), Is.Zero, _terminal.Error);
        var markdown = _terminal.Output;
        var rows = markdown.Split('\n').Where(l => l.StartsWith("| added", StringComparison.Ordinal)).ToArray();
        Assert.That(rows, Has.Length.EqualTo(2));
        // Five cells, and the name in one of them as code: between two runs of more backticks than it has.
        Assert.That(rows, Has.All.Matches<string>(r => r.Count('|') == 6));
        Assert.That(rows[0], Does.Contain("`` d/\\u001b[31m\\u007c`@me`<b>").Or.Contain("``d/\\u001b[31m\\u007c`@me`<b>"));
        Assert.That(markdown, Does.Contain("\n``````diff\n").And.Contain("\n``````\n\n</details>"));
    }

    [Test]
    public void Many_entries_fit_into_a_comment_and_onto_a_screen()
    {
        Write("a.zip", "  entry a.txt\n    | x");
        var entries = string.Join('\n', Enumerable.Range(0, 3000).Select(i => $"  entry d{i % 3}/e{i % 100}/{new string('n', 100)}{i}.txt\n    | y"));
        Write("b.zip", entries);
        Assert.That(_terminal.Run("diff", "a.zip", "b.zip", "--markdown", "x.md"), Is.Zero, _terminal.Error);
        Assert.That(_terminal.Output.Split('\n'), Has.Length.LessThan(75).And.All.Length.LessThanOrEqualTo(80));
        Assert.That(_terminal.Output, Does.Contain("d0/  (1,000 entries)").Or.Contain("d0/\n"));
        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "x.md")), Has.Length.LessThan(65_000));
        Assert.That(_terminal.Run("diff", "a.zip", "b.zip", "--all"), Is.Zero, _terminal.Error);
        Assert.That(_terminal.Output, Does.Contain(new string('n', 100) + "2999.txt"));
        Assert.That(_terminal.Output.Split('\n'), Has.Length.GreaterThan(3000));
    }

    [Test]
    public void Json_has_the_form_of_its_schema()
    {
        Write("a-1.0.0.tgz", "  entry package/a.js\n    | x");
        Write("a-1.0.1.tgz", "  entry package/a.js\n    | y\n  entry package/b.js\n    | y");
        Assert.That(_terminal.Run("diff", "a-1.0.0.tgz", "a-1.0.1.tgz", "--json", "x.json", "--format", "json"), Is.Zero, _terminal.Error);
        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "x.json")), Is.EqualTo(_terminal.Output));
        using var json = JsonDocument.Parse(_terminal.Output);
        using var schema = JsonDocument.Parse(JsonReporter.DriftSchemaText());
        Assert.That(json.RootElement.EnumerateObject().Select(p => p.Name), Is.EquivalentTo(schema.RootElement.GetProperty("required").EnumerateArray().Select(e => e.GetString())));
        Assert.That(json.RootElement.GetProperty("schema").GetString(), Is.EqualTo("releasegate/drift/v1"));
        Assert.That(json.RootElement.GetProperty("different").GetBoolean());
        Assert.That(json.RootElement.GetProperty("artifact").GetProperty("name").GetString(), Is.EqualTo("a-1.0.1.tgz"));
        Assert.That(json.RootElement.GetProperty("drift").GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("path").GetString()), Is.EqualTo(new[] { "a.js", "b.js" }));
    }

    [Test]
    public void The_schema_says_of_a_drift_what_that_of_the_report_says()
    {
        var (own, report) = (JsonNode.Parse(JsonReporter.DriftSchemaText())!["definitions"]!, JsonNode.Parse(JsonReporter.SchemaText())!["definitions"]!);
        Assert.That(own["drift"]!.ToJsonString(), Is.EqualTo(report["drift"]!.ToJsonString()));
        Assert.That(own["change"]!.ToJsonString(), Is.EqualTo(report["change"]!.ToJsonString()));
    }

    [Test]
    public void A_receipt_stands_for_its_artifact()
    {
        Write("a-1.0.0.tgz", "  entry package/a.js\n    | x");
        Write("a-1.0.1.tgz", "  entry package/a.js\n    | x\n  entry package/b.js\n    | y");
        _terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "*", "allow": ["*.js"] } ], "rules": { "RG5009": "off", "RG5002": "off" } }""");
        Assert.That(_terminal.Run("check", "a-1.0.0.tgz", "--receipts", "r"), Is.Zero, _terminal.Output);
        Assert.That(_terminal.Run("diff", "r/a-1.0.0.tgz.receipt.json", "a-1.0.1.tgz", "--format", "json"), Is.Zero, _terminal.Error);
        using var json = JsonDocument.Parse(_terminal.Output);
        Assert.That(json.RootElement.GetProperty("drift").GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("path").GetString()), Is.EqualTo(new[] { "b.js" }));
        Assert.That(_terminal.Run("diff", "r/a-1.0.0.tgz.receipt.json", "a-1.0.1.tgz", "--json", "r/a-1.0.0.tgz.receipt.json"), Is.EqualTo(2));
        Assert.That(File.Exists(Path.Combine(_terminal.Folder, "r/a-1.0.0.tgz.receipt.json")));
    }

    [Test]
    public void Folders_are_compared()
    {
        _terminal.Write("old/a.txt");
        _terminal.Write("new/a.txt", "longer");
        _terminal.Write("new/b/c.txt");
        Assert.That(_terminal.Run("diff", "old", "new"), Is.Zero, _terminal.Error);
        Assert.That(_terminal.Output, Does.Contain("~   +5 bytes  a.txt").And.Contain("new top folder: b/"));
    }

    [Test]
    public void What_cannot_be_read_is_not_compared()
    {
        Write("a-1.0.0.tgz", "  entry package/a.js\n    | x");
        Write("cut.tgz", "  entry package/a.js\n    @random 5000 1\n  cut 200");
        Assert.That(_terminal.Run("diff", "cut.tgz", "a-1.0.0.tgz"), Is.EqualTo(2));
        Assert.That(_terminal.Error, Does.Contain("RG0003").And.Contain("'cut.tgz' can't be compared"));
        Assert.That(_terminal.Run("diff", "gone.tgz", "a-1.0.0.tgz"), Is.EqualTo(2));
        Assert.That(_terminal.Error, Does.Contain("RG0007").And.Contain("gone.tgz"));
        Assert.That(_terminal.Run("diff", "a-1.0.0.tgz", "a-1.0.0.tgz", "--json", "-"), Is.EqualTo(2));
    }

    [Test]
    public void Colours_are_for_people()
    {
        using var people = new Terminal { ForPeople = true, Colour = true };
        people.Write("old/a.txt");
        people.Write("new/b.txt", "[red]x");
        Assert.That(people.Run("diff", "old", "new"), Is.Zero, people.Error);
        Assert.That(people.Output, Does.Contain("\u001b[").And.Contain("b.txt"));
    }

    private void Write(string name, string entries) => Written.Write(_terminal.Folder, name, entries);

    /// <summary>Artifacts from the text of a corpus case.</summary>
    internal static class Written
    {
        public static string Write(string folder, string name, string entries)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, CorpusFile.Parse("x", $"case It\n  artifact {Path.GetFileName(name)}\n{entries}\n").Single().Builder.Build());
            return path;
        }
    }
}
