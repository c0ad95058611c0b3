using System.IO.Abstractions;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseGate.Cli;
using ReleaseGate.Governance;
using ReleaseGate.Governance.Leaks;
using ReleaseGate.Tests.Corpus;
using ReleaseGate.Tests.Governance;

namespace ReleaseGate.Tests.Cli;

/// <summary><c>releasegate drill</c>, from the command line to its reports.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DrillCommandTests : IDisposable
{
    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void All_caught_is_0_and_a_leak_that_slips_through_is_1_and_named_first()
    {
        var path = DrillSample.Write(_terminal, "tgz");
        Assert.That(_terminal.Run("drill", path, "--only", "source-map-beside", "--only", "unlisted-file"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Does.StartWith("acme-cli-1.0.0.tgz: 2 leaks seeded, 2 caught, 0 missed\n").And.Contain("0 of 2 missed: of leaks like these, up to 65.8 % may slip through"));

        _terminal.Write("releasegate.json", DrillSample.AllowAll);
        Assert.That(_terminal.Run("drill", path, "--only", "source-map-beside", "--only", "unlisted-file", "--all"), Is.EqualTo(ExitCode.Blocked), _terminal.Error);
        Assert.That(_terminal.Output, Does.Match("""
            ^acme-cli-1.0.0.tgz: 2 leaks seeded, 1 caught, 1 missed

             +a b
            ! unlisted-file + \. \.
              source-map-beside + \. x

            Each control alone would have caught:
              a    0 of 2  Allowlist \(allowlist\)
              b    1 of 2  Source maps and bundles \(source-maps\)

            What
            """.ReplaceLineEndings("\n")));
        Assert.That(_terminal.Output, Does.Contain("""
            What slipped through:
              ! File that nobody listed (unlisted-file)
                Notes of a meeting in a format that no rule knows.
                seeded: notes/roadmap.drillnote; meant for the control 'allowlist'
            """.ReplaceLineEndings("\n")));
        foreach (var line in _terminal.Output.Split('\n')) Assert.That(line, Has.Length.LessThanOrEqualTo(80));
    }

    [Test]
    public void Every_control_is_shown_unless_only_some_leaks_were_asked_for()
    {
        var path = DrillSample.Write(_terminal, "tgz");
        _terminal.Write("releasegate.json", DrillSample.AllowAll);
        Assert.That(_terminal.Run("drill", path, "--html", "drill.html"), Is.EqualTo(ExitCode.Blocked), _terminal.Error);
        Assert.That(Caught(), Is.EqualTo(Controls.Default.Count));
        Assert.That(Heads("drill.html"), Is.EqualTo(Controls.Default.Select(c => c.Title)));
        Assert.That(File.ReadAllText(In("drill.html")), Does.Contain("<section id=\"matrix\" class=\"leaks\">").And.Contain(".leaks tbody th { min-width:"), "no name is broken within a word beside thirteen columns");
        foreach (var line in _terminal.Output.Split('\n')) Assert.That(line, Has.Length.LessThanOrEqualTo(80));

        Assert.That(_terminal.Run("drill", path, "--only", "source-map-beside", "--html", "drill.html"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(Caught(), Is.EqualTo(1));
        Assert.That(Heads("drill.html"), Is.EqualTo(new[] { "Source maps and bundles" }));

        // Controls of one's own that are of no leak: then there is nothing to choose by.
        _terminal.Write("releasegate.json", $$"""
            { "artifacts": [ { "match": "**", "allow": ["**"] } ], "exposure": { "currency": "EUR", "pathways": [ { "id": "p", "releases": 1, "leakProbability": 0.1, "loss": { "low": 1, "high": 2 } } ],
              "controls": [ {{string.Join(", ", RuleTests.Descriptors.Where(d => !d.Id.IsGate && d.Id.ToString()[2] is not ('7' or '8')).Select(d => $"{{ \"id\": \"c-{d.Id}\", \"title\": \"{d.Title}\", \"rules\": [\"{d.Id}\"] }}"))}} ] } }
            """);
        Assert.That(_terminal.Run("drill", path, "--only", "unlisted-file"), Is.EqualTo(ExitCode.Blocked), _terminal.Error);
        Assert.That(Caught(), Is.GreaterThan(50));
        foreach (var line in _terminal.Output.Split('\n')) Assert.That(line, Has.Length.LessThanOrEqualTo(80));
        Assert.That(_terminal.Output, Does.Match(@"\n +a b c d e f g h i j k l m n o p q r s t u v w x y z\n! unlisted-file +( \.){26}\n\n +A B C D "));

        int Caught() => System.Text.RegularExpressions.Regex.Count(_terminal.Output, "(?m)^  [a-zA-Z0-9?] +[0-9]+ of [0-9]+  ");
        string[] Heads(string file) => [.. System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(In(file)).Split("id=\"matrix\"")[1].Split("</thead>")[0], "<th scope=\"col\">([^<]*)</th>").Skip(1).Select(m => m.Groups[1].Value)];
    }

    [Test]
    public void A_leak_that_one_control_alone_holds_is_marked()
    {
        var path = DrillSample.Write(_terminal, "tgz");
        _terminal.Write("releasegate.json", DrillSample.AllowAll);
        Assert.That(_terminal.Run("drill", path, "--only", "source-map-beside", "--only", "netrc", "--html", "drill.html", "--markdown", "drill.md"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        var (html, markdown) = (File.ReadAllText(In("drill.html")), File.ReadAllText(In("drill.md")));
        Assert.That(markdown, Does.Contain("2 leaks are held by one control alone each: without it they slip through.").And.Contain("| Secrets ⚠️ only one control holds it |"));
        Assert.That(html, Does.Contain("2 leaks are held by one control alone each: without it they slip through."));
        Assert.That(System.Text.RegularExpressions.Regex.Count(html, "only one control holds it"), Is.EqualTo(2));
        Assert.That(() => System.Xml.Linq.XDocument.Parse(html.Replace("<!doctype html>", "", StringComparison.Ordinal)), Throws.Nothing);

        // The allowlist holds them as well.
        File.Delete(In("releasegate.json"));
        Assert.That(_terminal.Run("drill", path, "--only", "source-map-beside", "--only", "netrc", "--html", "drill.html", "--markdown", "drill.md"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(File.ReadAllText(In("drill.html")) + File.ReadAllText(In("drill.md")), Does.Not.Contain("only one control").And.Not.Contain("one control alone"));
    }

    [Test]
    public void The_list_shows_every_leak_under_its_control()
    {
        Assert.That(_terminal.Run("drill", "--list"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        foreach (var leak in LeakCatalogue.All()) Assert.That(_terminal.Output, Does.Match($"\n  {leak.Id} +{System.Text.RegularExpressions.Regex.Escape(leak.Title)}\n"));
    }

    [TestCase("name an artifact", "drill")]
    [TestCase("there is no option '--onyl'", "drill", "--onyl")]
    [TestCase("there is no leak 'source-map-besides'; 'releasegate drill --list' shows all; did you mean 'source-map-beside'?", "drill", "acme.zip", "--only", "source-map-besides")]
    [TestCase("'--json' wants the name of a file", "drill", "acme.zip", "--json", "-")]
    [TestCase("there is no folder", "drill", "acme.zip", "--leaks", "none")]
    [TestCase("there is no such file of owners", "drill", "acme.zip", "--owners", "none", "--only", "unlisted-file")]
    [TestCase("nothing.zip", "drill", "nothing.zip")]
    public void What_can_not_run_is_2_and_says_why(string says, params string[] args)
    {
        DrillSample.Write(_terminal, "zip");
        Assert.That(_terminal.Run(args), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain(says));
        Assert.That(_terminal.Output, Is.Empty);
    }

    [Test]
    public void Leaks_of_ones_own_are_seeded_where_they_lie()
    {
        var path = DrillSample.Write(_terminal, "tgz");
        _terminal.Write("releasegate.json", DrillSample.AllowAll);
        _terminal.Write("own/dist/cli.js", "const secret = \"the new pricing\";");
        _terminal.Write("own/plan.txt", "the new pricing");
        _terminal.Write("own/cli.js.map", SeededFiles.Map(3, hasText: true));

        Assert.That(_terminal.Run("drill", path, "--leaks", "own", "--only", "own/dist/cli.js", "--only", "own/plan.txt", "--only", "own/cli.js.map", "--json", "drill.json"), Is.EqualTo(ExitCode.Blocked), _terminal.Error);

        var report = Read();
        Assert.That(report.Leaks.Select(l => (l.Id, l.Outcome, l.IsOwn, l.Control, string.Join(' ', l.Seeds))), Is.EqualTo(new[]
        {
            ("own/cli.js.map", LeakOutcome.Caught, true, (string?)null, "cli.js.map"),
            ("own/dist/cli.js", LeakOutcome.Missed, true, null, "dist/cli.js (changed)"),
            ("own/plan.txt", LeakOutcome.Missed, true, null, "plan.txt"),
        }));

        // Who made which: one's own are nobody else's.
        Assert.That(_terminal.Output, Does.Not.Contain("made by those").And.Not.Contain("Add your own"));
        Assert.That(_terminal.Run("drill", path, "--leaks", "own", "--only", "own/plan.txt", "--only", "netrc"), Is.EqualTo(ExitCode.Blocked), _terminal.Error);
        Assert.That(_terminal.Output.ReplaceLineEndings(" "), Does.Contain("Those that are not your own were made by those who made the rules, so that").And.Not.Contain("These leaks were").And.Not.Contain("Add your own"));
        Assert.That(_terminal.Run("drill", path, "--only", "netrc"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output.ReplaceLineEndings(" "), Does.Contain("These leaks were made by those who made the rules, so that").And.Contain("Add your own"));
    }

    [Test]
    public void A_rule_that_crashes_on_a_leak_has_not_caught_it()
    {
        var path = DrillSample.Write(_terminal, "tgz");
        _terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "**", "allow": ["**"] } ], "rules": { "ACME0001": "warning" } }""");
        _terminal.Write("own/plan.txt", "the new pricing");
        new OutsideRules.RuleAssembly("Acme.One") { CrashOn = "plan.txt" }.Write(In("Acme.One.dll"));

        Assert.That(_terminal.Run("drill", path, "--rules", "Acme.One.dll", "--leaks", "own", "--only", "own/plan.txt", "--json", "drill.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("RG0002").And.Contain("a rule crashed on the leak 'own/plan.txt', and a crash is no catch: rule ACME0001 crashed: InvalidOperationException"));
        Assert.That(File.Exists(In("drill.json")), Is.False);
    }

    [Test]
    public void What_only_a_drill_brings_below_the_tolerance_can_be_drilled()
    {
        var path = DrillSample.Write(_terminal, "tgz");
        _terminal.Write("releasegate.json", """
            { "artifacts": [ { "match": "**", "allow": ["**"] } ],
              "exposure": { "currency": "EUR", "tolerance": [ { "loss": 1, "maxProbability": 0.01 } ],
                "pathways": [ { "id": "p", "releases": 100, "leakProbability": 0.5, "loss": { "low": 1000, "high": 2000 } } ] } }
            """);
        Assert.That(_terminal.Run("check", path), Is.EqualTo(ExitCode.Blocked), _terminal.Error);
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain("RG8001"));

        Assert.That(_terminal.Run("drill", path, "--only", "source-map-beside", "--only", "unlisted-file", "--json", "drill.json"), Is.EqualTo(ExitCode.Blocked), _terminal.Error);
        Assert.That(Read().Leaks.Select(l => (l.Id, l.Outcome)), Is.EquivalentTo(new[] { ("unlisted-file", LeakOutcome.Missed), ("source-map-beside", LeakOutcome.Caught) }));
    }

    [TestCase("round", "'round' is no leak to seed: it is a link, and links are not followed")]
    [TestCase("gone.txt", "'gone.txt' is no leak to seed: it is a link")]
    [TestCase("large.bin", "'large.bin' is no leak to seed: it has 65.0 MB, and at most 64.0 MB are possible")]
    public void A_leak_of_ones_own_is_a_plain_file(string name, string says)
    {
        var path = DrillSample.Write(_terminal, "tgz");
        _terminal.Write("own/plan.txt", "the new pricing");
        if (name == "round") Directory.CreateSymbolicLink(In("own/round"), "..");
        else if (name == "gone.txt") File.CreateSymbolicLink(In("own/gone.txt"), "nowhere");
        else
        {
            using var large = File.Create(In("own/large.bin"));
            large.SetLength(65_000_000);
        }

        Assert.That(_terminal.Run("drill", path, "--leaks", "own"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain(says));
    }

    [Test]
    public void Owners_and_costs_stand_in_the_tables()
    {
        var path = DrillSample.Write(_terminal, "tgz");
        _terminal.Write("owners.txt", "# who\n*            release team\nsecrets\tsecurity <team>  # behind\ntoken-npm    Jill\n");
        string[] run = ["drill", path, "--owners", "owners.txt", "--only", "token-npm", "--only", "netrc", "--only", "source-map-beside", "--only", "codename", "--json", "drill.json", "--markdown", "drill.md", "--html", "drill.html"];
        Assert.That(_terminal.Run(run), Is.EqualTo(ExitCode.Passed), _terminal.Error);

        Assert.That(Read().Leaks.Select(l => (l.Id, l.Owner)), Is.EqualTo(new[] { ("source-map-beside", "release team"), ("codename", "release team"), ("token-npm", "Jill"), ("netrc", "security <team>") }));
        var markdown = File.ReadAllText(In("drill.md"));
        Assert.That(markdown, Does.StartWith("<!-- releasegate/drill/v1 -->\n# Drill: acme-cli-1.0.0.tgz\n"));
        Assert.That(markdown, Does.Contain("| Token of npm in a text | A token in a file of settings. | Jill | Allowlist, Secrets | not said |"));
        Assert.That(markdown, Does.Contain("security \\<team\\>").And.Contains("Nobody has said what a leak would cost").And.Contains("## Not applicable\n"));
        var html = File.ReadAllText(In("drill.html"));
        Assert.That(html, Does.Contain("security &lt;team&gt;").And.Not.Contains("<team>").And.Not.Contains("<script"));
        Assert.That(html, Does.Contain("Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-"));
        Assert.That(() => System.Xml.Linq.XDocument.Parse(html.Replace("<!doctype html>", "", StringComparison.Ordinal)), Throws.Nothing);

        // Once more: reports of the same kind are replaced.
        Assert.That(_terminal.Run(run), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        _terminal.Write("owners.txt", "tokens Jill");
        Assert.That(_terminal.Run(run), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("owners.txt(1,1)").And.Contains("there is no leak and no control 'tokens'"));
        Assert.That(File.Exists(In("drill.json")), Is.False);
    }

    [Test]
    public void The_report_is_read_back_strictly_into_the_matrix()
    {
        var path = DrillSample.Write(_terminal, "zip");
        _terminal.Write("releasegate.json", DrillSample.AllowAll);
        Assert.That(_terminal.Run("drill", path, "--json", "drill.json"), Is.EqualTo(ExitCode.Blocked), _terminal.Error);
        var text = File.ReadAllText(In("drill.json"));

        var report = Read();
        using var again = new MemoryStream();
        DrillWriter.Write(report, again);
        // The median of times that were rounded may round to another tenth.
        Assert.That(Timeless(System.Text.Encoding.UTF8.GetString(again.ToArray())), Is.EqualTo(Timeless(text)));

        var matrix = DrillReader.Read(new FileSystem(), In("drill.json"));
        Assert.That(matrix.Controls, Is.EqualTo(Controls.Default.Select(c => c.Id)));
        Assert.That(matrix.Leaks.Select(l => l.Id), Is.EqualTo(report.Leaks.Where(l => l.Outcome != LeakOutcome.NotApplicable).Select(l => l.Id)));
        Assert.That(matrix.Missed(_ => true), Is.EqualTo(report.Missed));
        Assert.That(matrix.Missed(i => matrix.Controls[i] != "secrets"), Is.GreaterThan(report.Missed));

        using var schema = JsonDocument.Parse(DrillReport.SchemaText());
        using var json = JsonDocument.Parse(text);
        Assert.That(json.RootElement.EnumerateObject().Select(p => p.Name), Is.EqualTo(schema.RootElement.GetProperty("required").EnumerateArray().Select(r => r.GetString())));
        Assert.That(json.RootElement.GetProperty("leaks")[0].EnumerateObject().Select(p => p.Name), Is.EqualTo(schema.RootElement.GetProperty("properties").GetProperty("leaks").GetProperty("items").GetProperty("required").EnumerateArray().Select(r => r.GetString())));
        Assert.That(_terminal.Run("schema", "drill"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Is.EqualTo(DrillReport.SchemaText()));

        static string Timeless(string json) => System.Text.RegularExpressions.Regex.Replace(json, "\"(median|maximum)?[mM]illiseconds\": [0-9.]+", "");
    }

    [TestCase("$.schema: 'releasegate/drill/v1' is expected", "releasegate/drill/v1", "releasegate/drill/v2")]
    [TestCase("$.summary.seeded: the number contradicts the leaks", "\"seeded\": 2", "\"seeded\": 3")]
    [TestCase("$.summary.missRateBound: the number contradicts", "\"missRateBound\": 0.65", "\"missRateBound\": 0.05")]
    [TestCase("$.result: the result contradicts", "\"result\": \"passed\"", "\"result\": \"missed\"")]
    [TestCase("$.leaks[0].rules: a leak is caught by rules", "\"outcome\": \"caught\"", "\"outcome\": \"missed\"")]
    [TestCase("$.leaks[0].outcome: 'caught', 'missed'", "\"outcome\": \"caught\"", "\"outcome\": \"Caught\"")]
    [TestCase("$.leaks[0].caughtBy: these are not the controls", "\"source-maps\"\n      ]", "\"secrets\"\n      ]")]
    [TestCase("there is no key 'extra'", "\"own\": false", "\"own\": false, \"extra\": 1")]
    [TestCase("$.leaks[0].own: true or false", "\"own\": false", "\"own\": null")]
    [TestCase("no JSON", "\"leaks\": [", "\"leaks\": (")]
    public void A_report_that_was_changed_is_refused_with_its_place(string says, string from, string to)
    {
        var path = DrillSample.Write(_terminal, "tgz");
        Assert.That(_terminal.Run("drill", path, "--only", "source-map-beside", "--only", "unlisted-file", "--json", "drill.json"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        var text = File.ReadAllText(In("drill.json"));
        Assert.That(text, Does.Contain(from));
        var at = text.IndexOf(from, StringComparison.Ordinal);
        File.WriteAllText(In("drill.json"), text[..at] + to + text[(at + from.Length)..]);

        var mistake = Assert.Throws<GateException>(() => Read())!;
        Assert.That(mistake.Message, Does.Contain(says));
        Assert.That(mistake.File, Is.EqualTo(In("drill.json")));
    }

    [Test]
    public void No_report_is_refused() => Assert.That(() => DrillReader.Read(new FileSystem(), In("none.json")), Throws.InstanceOf<GateException>().With.Message.Contains("there is no such report"));

    [Test]
    public void A_drill_stands_in_the_audit_log_where_there_is_one()
    {
        var path = DrillSample.Write(_terminal, "tgz");
        Assert.That(_terminal.Run("drill", path, "--only", "source-map-beside", "--log", "audit.jsonl"), Is.EqualTo(ExitCode.Passed), _terminal.Error);

        var line = JsonNode.Parse(File.ReadAllLines(In("audit.jsonl")).Single())!;
        Assert.That(((string?)line["event"], (string?)line["artifact"], (string?)line["sha256"], (int?)line["seeded"], (int?)line["missed"], (int?)line["own"]),
            Is.EqualTo(("drill", "acme-cli-1.0.0.tgz", Digest.Of(File.ReadAllBytes(In(path))).ToString(), 1, 0, 0)));
        Assert.That((string?)line["policy"], Does.Match("^[0-9a-f]{64}$"));
    }

    [Test]
    public void The_page_names_every_leak_and_every_control()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "drill.md"));
        foreach (var leak in LeakCatalogue.All()) Assert.That(page, Does.Contain($"| `{leak.Id}` | {leak.Title} | `{leak.Control}` |"));
        foreach (var control in Controls.Default) Assert.That(page, Does.Contain($"| `{control.Id}` | {control.Title} |"));
    }

    private DrillReport Read() => DrillReader.ReadReport(new FileSystem(), In("drill.json"));

    private string In(string path) => Path.Combine(_terminal.Folder, path);
}
