using System.IO.Compression;
using System.Text.Json.Nodes;
using ReleaseGate.Cli;
using ReleaseGate.Governance;
using ReleaseGate.Reporting;
using ReleaseGate.Tests.Corpus;
using ReleaseGate.Tests.Governance;

namespace ReleaseGate.Tests.Cli;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ExposureCommandTests : IDisposable
{
    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    private void Manifest(string more = "", string rules = "", string artifact = "*.zip") => _terminal.Write("releasegate.json", $$"""
        { "artifacts": [ { "match": "*.zip", "allow": ["a.txt"] } ], {{rules}}
          "exposure": { "currency": "EUR",
            "streams": [ { "id": "saas", "title": "Subscriptions", "value": 9e8 } ], "contracts": [ { "id": "bank", "title": "Acme Bank", "value": 1e8 } ],
            "pathways": [ { "id": "zips", "artifact": "{{artifact}}", "releases": 120, "leakProbability": 0.05, "loss": { "low": 2e6, "high": 4e7 }, "streams": ["saas"], "contracts": ["bank"] } ],
            "missRate": 0.0714285714{{more}} } }
        """);

    private const string Tight = ", \"tolerance\": [ { \"loss\": 5e7, \"maxProbability\": 0.01 } ]";

    private string Zip()
    {
        var path = Path.Combine(_terminal.Folder, "a.zip");
        File.Delete(path);
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        using var entry = zip.CreateEntry("a.txt").Open();
        entry.Write("hello"u8);
        return "a.zip";
    }

    [Test]
    public void Answers_in_plain_words_with_the_inputs()
    {
        Manifest(", \"tolerance\": [ { \"loss\": 5e7, \"maxProbability\": 0.02 } ]");
        Assert.That(_terminal.Run("exposure"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        foreach (var said in (string[])["EUR 5.80M are to be expected in a year, within tolerance", "Subscriptions, EUR 900M", "Acme Bank, EUR 100M", "EUR 2.00M to 40.0M in nine cases of ten, 13.5M on average, 1.00B at most",
            "0.429: 120 releases x 5 % that hold a leak x 7.14285714 % that get past all controls", "one year in 2 nothing", "one year in 10 more", "one year in 20 more", "one year in 100 more", "EUR 50.7M", "1.72 % of years lose more than EUR 50.0M, at most 2 % may",
            "as good as what they are made of: 1 pathway as the manifest has it, ", "'releasegate drill ARTIFACT --json drill.json'"])
            Assert.That(Flat(_terminal.Output), Does.Contain(said));
        Assert.That(_terminal.Error, Is.Empty);
    }

    [TestCase("0.0714285714", "0.429: 120 releases")]
    [TestCase("0.01, \"minMiss\": 0", "0.06: 120 releases")]
    [TestCase("0.0001234, \"minMiss\": 0", "0.00074: 120 releases")]
    [TestCase("0.00000001, \"minMiss\": 0", "<0.000001: 120 releases")]
    [TestCase("0, \"minMiss\": 0", "0: 120 releases")]
    public void Leaks_that_are_rare_are_not_called_none(string missRate, string said)
    {
        Manifest();
        var path = Path.Combine(_terminal.Folder, "releasegate.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("0.0714285714", missRate, StringComparison.Ordinal));
        Assert.That(_terminal.Run("exposure"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Does.Contain($"leaks a year    {said}"));
    }

    [Test]
    public void No_line_of_the_text_is_longer_than_80_columns()
    {
        _terminal.Write("drill.json", ExposureModels.DrillText(40, 10));
        Manifest(Tight + ", \"maxEs95\": 5e7, \"remediationBudget\": 100000, \"controls\": [ { \"id\": \"maps\", \"title\": \"What is done about source maps and whatever else is made of sources\", \"rules\": [\"RG2001\"], \"cost\": 25000 } ]",
            "\"log\": \"a.jsonl\",", artifact: "*-of-a-name-that-is-longer-than-any-that-one-would-choose-for-a-package-*.zip");
        var path = Path.Combine(_terminal.Folder, "releasegate.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"missRate\": 0.0714285714", "\"drill\": \"drill.json\"", StringComparison.Ordinal).Replace("Subscriptions", "Subscriptions of the command line and of the service behind it, all countries", StringComparison.Ordinal));
        Assert.That(_terminal.Run("log", "spend", "123456.78", "--currency", "EUR", "--for", "x"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Releases(20, blocked: 6);
        Assert.That(_terminal.Run("exposure"), Is.EqualTo(ExitCode.Blocked), _terminal.Error);
        foreach (var line in _terminal.Output.Split('\n')) Assert.That(line, Has.Length.LessThanOrEqualTo(80));
        Assert.That(Flat(_terminal.Output), Does.StartWith("Exposure in money: EUR ").And.Contain(" are to be expected in a year, over tolerance What hangs").And.Contain("Subscriptions of the command line and of the service behind it, all countries, EUR 900M").And.Contain("OVER BUDGET by "));
        Assert.That(_terminal.Output, Does.Match(@"\n  Control +Carries +Missed without it +Return on its cost\n  What is done about source +EUR [0-9.]+M  [0-9.]+ % of leaks +\+[0-9,]+ %\n  maps and whatever else is\n"));
    }

    [Test]
    public void Over_tolerance_is_what_the_manifest_calls_it()
    {
        foreach (var (word, sign) in ((string, string)[])[("warning", "warning"), ("note", "note"), ("off", "note")])
        {
            Manifest(Tight + ", \"maxEs95\": 5e7", $"\"rules\": {{ \"RG8001\": \"{word}\" }},");
            Assert.That(_terminal.Run("exposure", "--json", "e.json", "--html", "e.html", "--markdown", "e.md"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
            if (word == "off") Assert.That(_terminal.Error, Is.Empty);
            else Assert.That(_terminal.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(2).And.All.Contains($": {word} RG8001: "));
            var unblocked = $"in the manifest {(word == "off" ? "switches RG8001 off" : $"has RG8001 as a {word}")}, so nothing is blocked";
            Assert.That(Flat(_terminal.Output), Does.Contain("OVER").And.Contain(unblocked));
            var json = JsonNode.Parse(File.ReadAllText(Path.Combine(_terminal.Folder, "e.json")))!;
            Assert.That(((string?)json["result"], (bool?)json["risk"]!["passed"]), Is.EqualTo(("passed", false)), "it is over, and blocks nothing");
            var html = File.ReadAllText(Path.Combine(_terminal.Folder, "e.html"));
            Assert.That(html, Does.Contain($"<body class=\"alone {sign}\">").And.Contain($"<span class=\"badge {sign}\">").And.Not.Contain("class=\"badge error\"").And.Not.Contain("class=\"notice error\"").And.Contain(unblocked));
            Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "e.md")), Does.Contain("⚠️").And.Not.Contain("❌").And.Contain(unblocked));

            Assert.That(_terminal.Run("check", Zip(), "--json", "r.json", "--html", "r.html", "--markdown", "r.md"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
            Assert.That(_terminal.Output, Does.Contain(unblocked));
            Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "r.html")), Does.Contain(unblocked).And.Contain($"<span class=\"badge {sign}\">").And.Not.Contain("class=\"badge error\""));
            Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "r.md")), Does.Contain("⚠️ Over tolerance").And.Contain(unblocked).And.Contain("| ⚠️ over |").And.Not.Contain("❌"));
            Assert.That(_terminal.Run("merge", "r.json", "--html", "m.html"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
            Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "m.html")), Does.Contain(unblocked));
            Assert.That((string?)Risk("r.json")["severity"], Is.EqualTo((string?)json["risk"]!["severity"]).And.EqualTo(word));
        }

        Manifest(Tight + ", \"remediationBudget\": 1", "\"log\": \"a.jsonl\", \"rules\": { \"RG8001\": \"warning\" },");
        Assert.That(_terminal.Run("log", "spend", "2", "--currency", "EUR", "--for", "x"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Run("exposure"), Is.EqualTo(ExitCode.Blocked), "the budget is another matter");
        Manifest(Tight);
        Assert.That(_terminal.Run("exposure"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Not.Contain("nothing is blocked"));
        Assert.That(_terminal.Run("check", Zip(), "--json", "r.json", "--html", "r.html", "--markdown", "r.md"), Is.EqualTo(ExitCode.Blocked));
        Assert.That((string?)Risk("r.json")["severity"], Is.EqualTo("error"));
        foreach (var file in (string[])["r.html", "r.md"]) Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, file)), Does.Not.Contain("nothing is blocked"));
        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "r.md")), Does.Contain("❌ Over tolerance"));

        Manifest(Tight, artifact: "*.tgz");
        Assert.That(_terminal.Run("check", Zip(), "--html", "r.html", "--markdown", "r.md"), Is.EqualTo(ExitCode.Passed), "it leaves by no pathway");
        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "r.html")), Does.Contain("No pathway of the exposure is about a.zip").And.Contain("<span class=\"badge warning\">").And.Not.Contain("class=\"badge error\""));
        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "r.md")), Does.Contain("No pathway of the exposure is about a.zip").And.Contain("⚠️ Over tolerance").And.Not.Contain("❌"));
    }

    [Test]
    public void A_limit_is_shown_as_it_was_entered()
    {
        Manifest(", \"tolerance\": [ { \"loss\": 5e7, \"maxProbability\": 0.000012345 }, { \"loss\": 6e7, \"maxProbability\": 0.99996 } ], \"maxEs95\": 50600000");
        Assert.That(_terminal.Run("exposure", "--html", "e.html", "--markdown", "e.md"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(Flat(_terminal.Output), Does.Contain("at most 0.0012345 % may").And.Contain("at most 99.996 % may").And.Contain("at most EUR 50.6M may be"));
        Assert.That(_terminal.Error, Does.Contain("at most 0.0012345 % may"));
        Assert.That(_terminal.Run("check", Zip(), "--html", "r.html", "--markdown", "r.md"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("at most 0.0012345 % may"));
        foreach (var file in (string[])["e.html", "e.md", "r.html", "r.md"])
            Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, file)), Does.Contain("0.0012345 %").And.Contain("99.996 %").And.Not.Contain("&lt;0.01 %").And.Not.Contain("<0.01 %"), file);
    }

    [Test]
    public void Over_tolerance_it_returns_1_and_says_why()
    {
        Manifest(Tight + ", \"maxEs95\": 5e7");
        Assert.That(_terminal.Run("exposure"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("OVER"));
        Assert.That(_terminal.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(2).And.All.Contains("error RG8001: "));
        Assert.That(_terminal.Error, Does.Contain("releasegate.json(5,").And.Contains("1.72 % of years lose more than EUR 50.0M, and at most 1 % may").And.Contains("the worst 5 % of years lose EUR 50.7M on average"));
    }

    [Test]
    public void Writes_json_markdown_and_html_and_prints_them()
    {
        Manifest(Tight);
        Assert.That(_terminal.Run("exposure", "--json", "e.json", "--markdown", "e.md", "--html", "e.html", "--format", "json"), Is.EqualTo(ExitCode.Blocked));
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(_terminal.Folder, "e.json")))!;
        Assert.That(((string?)json["schema"], (string?)json["result"], (bool?)json["risk"]!["passed"]), Is.EqualTo(("releasegate/exposure/v1", "blocked", false)));
        Assert.That((double)json["risk"]!["ale"]!, Is.EqualTo(5.80e6).Within(0.01e6));
        Assert.That(_terminal.Output, Is.EqualTo(File.ReadAllText(Path.Combine(_terminal.Folder, "e.json"))));
        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "e.md")), Does.Contain("| Pathway |").And.Contains("Subscriptions"));
        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "e.html")), Does.StartWith("<!doctype html>"));
        // And again, over what it wrote itself.
        Assert.That(_terminal.Run("exposure", "--json", "e.json", "--markdown", "e.md", "--html", "e.html", "--format", "markdown"), Is.EqualTo(ExitCode.Blocked), _terminal.Error);
        Assert.That(_terminal.Output, Is.EqualTo(File.ReadAllText(Path.Combine(_terminal.Folder, "e.md"))));
        var schema = JsonNode.Parse(JsonReporter.ExposureSchemaText())!;
        Assert.That(json.AsObject().Select(p => p.Key), Is.EqualTo(schema["required"]!.AsArray().Select(k => (string?)k)).And.EquivalentTo(schema["properties"]!.AsObject().Select(p => p.Key)));
        Assert.That(_terminal.Run("schema", "exposure"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Is.EqualTo(JsonReporter.ExposureSchemaText()));
    }

    [TestCase("there is no manifest here", null)]
    [TestCase("the manifest has no \"exposure\"", "{ }")]
    [TestCase("is no currency", "{ \"exposure\": { \"currency\": \"?\" } }")]
    public void Without_a_model_nobody_knows(string says, string? manifest)
    {
        Directory.CreateDirectory(Path.Combine(_terminal.Folder, ".git"));
        if (manifest is not null) _terminal.Write("releasegate.json", manifest);
        Assert.That(_terminal.Run("exposure"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("RG0001").And.Contains(says));
        Assert.That(_terminal.Output, Is.Empty);
    }

    [Test]
    public void A_drill_that_is_not_there_is_a_mistake_and_outputs_are_no_inputs()
    {
        Manifest();
        Assert.That(_terminal.Run("exposure", "--drill", "no.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("there is no such report"));
        Assert.That(_terminal.Run("exposure", "--json", "releasegate.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Run("exposure", "--json", "-"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "releasegate.json")), Does.Contain("exposure"));
    }

    [Test]
    public void Template_is_printed()
    {
        Assert.That(_terminal.Run("exposure", "--template"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Is.EqualTo(ExposureModel.Template()));
    }

    [Test]
    public void A_check_blocks_what_leaves_by_a_pathway_over_tolerance()
    {
        var zip = Zip();
        Manifest(Tight);
        Assert.That(_terminal.Run("check", zip, "--json", "r.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("RG8001").And.Contains("1.72 % of years lose more than EUR 50.0M"));
        var report = JsonNode.Parse(File.ReadAllText(Path.Combine(_terminal.Folder, "r.json")))!;
        Assert.That(report["findings"]!.AsArray().Select(f => (string?)f!["rule"]), Is.EqualTo(new[] { "RG8001" }));
        Assert.That((double)report["risk"]!["ale"]!, Is.EqualTo(5.80e6).Within(0.01e6));

        Manifest(Tight, "\"rules\": { \"RG8001\": \"warning\" },");
        Assert.That(_terminal.Run("check", zip), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("warning RG8001"));
        Manifest(Tight, "\"rules\": { \"RG8001\": \"off\" },");
        Assert.That(_terminal.Run("check", zip), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Not.Contain(" RG8001: ").And.Contain("switches RG8001 off, so nothing is blocked").And.Not.Contain("no pathway"));
        Manifest(Tight, artifact: "*.tgz");
        Assert.That(_terminal.Run("check", zip), Is.EqualTo(ExitCode.Passed), "it leaves by no pathway");
        Assert.That(_terminal.Output.Split('\n').Where(l => l.Contains("pathway of", StringComparison.Ordinal)), Is.EqualTo(new[] { "no pathway of the exposure is about a.zip, so its tolerance does not hold it back: see \"artifact\" in \"pathways\"" }));
        Manifest(", \"tolerance\": [ { \"loss\": 5e7, \"maxProbability\": 0.02 } ]");
        Assert.That(_terminal.Run("check", zip), Is.EqualTo(ExitCode.Passed), "it is within tolerance");
    }

    [Test]
    public void A_check_whose_drill_is_gone_does_not_pass()
    {
        var zip = Zip();
        Manifest();
        var path = Path.Combine(_terminal.Folder, "releasegate.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"missRate\": 0.0714285714", "\"drill\": \"drill.json\"", StringComparison.Ordinal));
        Assert.That(_terminal.Run("check", zip), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("drill.json"));
    }

    [Test]
    public void What_was_released_replaces_the_opinion()
    {
        var zip = Zip();
        const string Tolerance = ", \"tolerance\": [ { \"loss\": 5e7, \"maxProbability\": 0.02 } ]";
        Manifest(Tolerance);
        Releases(19, blocked: 6);
        Assert.That(_terminal.Run("exposure", "--log", "a.jsonl"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(Flat(_terminal.Output), Does.Contain("0.429: 120 releases x 5 % that hold a leak x").And.Not.Contain("by the audit log"), "too few");
        Releases(1, blocked: 0);
        Assert.That(_terminal.Run("exposure", "--log", "a.jsonl"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(Flat(_terminal.Output), Does.Contain("2.73: 120 releases x 31.8 % that hold a leak (by the audit log, 6 of 20 blocked; the manifest says 5 %) x").And.Contain("but the probability of a leak by the audit log (zips 31.8 % instead of 5 %)"));
        Assert.That(_terminal.Run("exposure"), Is.EqualTo(ExitCode.Passed), "nobody names the log");

        Manifest(Tolerance, "\"log\": \"a.jsonl\",");
        Assert.That(_terminal.Run("exposure", "--format", "json"), Is.EqualTo(ExitCode.Blocked), "the manifest does");
        var pathway = JsonNode.Parse(_terminal.Output)!["risk"]!["pathways"]![0]!;
        Assert.That(((double)pathway["leakProbability"]!, (double)pathway["leakProbabilitySaid"]!, pathway["history"]!.ToJsonString()), Is.EqualTo((7.0 / 22, 0.05, "{\"releases\":20,\"blocked\":6}")));
        Assert.That(_terminal.Run("check", zip, "--json", "r.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("RG8001").And.Contain("zips 31.8 % instead of 5 %"));
        Assert.That(Risk("r.json")["pathways"]![0]!.ToJsonString(), Is.EqualTo(pathway.ToJsonString()), "the same figures");

        // Blocked by the exposure alone: that is no leak, and the next run is no worse for it.
        Assert.That(_terminal.Run("check", zip, "--json", "r.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(Risk("r.json")["pathways"]![0]!["history"]!.ToJsonString(), Is.EqualTo("{\"releases\":21,\"blocked\":6}"));
    }

    [Test]
    public void A_waiver_costs_the_same_in_every_place()
    {
        var zip = Zip();
        _terminal.Write("drill.json", ExposureModels.DrillText(40, 10));
        string Of(string waivers) => $$"""
            { "log": "a.jsonl", "artifacts": [ { "match": "*.zip", "allow": ["a.txt"] } ], "waivers": [{{waivers}}],
              "exposure": { "currency": "EUR", "drill": "drill.json", "controls": [ { "id": "maps", "title": "Source maps", "rules": ["RG2001"], "cost": 1 } ],
                "pathways": [ { "id": "zips", "artifact": "*.zip", "releases": 12, "leakProbability": 0.05, "loss": { "low": 2e3, "high": 4e4 }, "cap": 1e9 } ] } }
            """;
        _terminal.Write("releasegate.json", Of(""));
        string[] waive = ["waive", "RG2001", "x.map", "--reason", "r", "--owner", "alice", "--expires", "2026-06-01"];
        Assert.That(_terminal.Run(waive), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        var before = _terminal.Error;
        Releases(20, blocked: 6);
        Assert.That(_terminal.Run(waive), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Error, Does.Contain("to the loss to be expected").And.Not.EqualTo(before), "the log counts");
        var says = _terminal.Error.Split("it adds ")[1].Split(" to the loss")[0];
        _terminal.Write("releasegate.json", Of(_terminal.Output));
        _terminal.Run("check", zip, "--json", "r.json");
        var price = JsonNode.Parse(File.ReadAllText(Path.Combine(_terminal.Folder, "r.json")))!["waivers"]![0]!["price"]!;
        Assert.That(Money.Text((double)price, "EUR"), Is.EqualTo(says));
    }

    [Test]
    public void A_waiver_that_nobody_may_accept_at_its_price_is_not_written()
    {
        _terminal.Write("drill.json", ExposureModels.DrillText(40, 10));
        var manifest = _terminal.Write("releasegate.json", """
            { "artifacts": [ { "match": "*.zip", "allow": ["a.txt"] } ], "waivers": [],
              "exposure": { "currency": "EUR", "drill": "drill.json", "controls": [ { "id": "maps", "title": "Source maps", "rules": ["RG2001"] } ],
                "approvers": [ { "id": "bob", "limit": 1 }, { "id": "carol", "limit": 1e9 } ],
                "pathways": [ { "id": "zips", "releases": 12, "leakProbability": 0.05, "loss": { "low": 2e3, "high": 4e4 }, "cap": 1e9 } ] } }
            """);
        var before = File.ReadAllText(manifest);
        string[] waive = ["waive", "RG2001", "x.map", "--reason", "r", "--owner", "alice", "--expires", "2026-06-01", "--write"];
        foreach (var (approver, says) in ((string?, string)[])[(null, "names no approver"), ("bob", "its approver bob may accept EUR 1.00 at most"), ("dave", "its approver dave is not among the \"approvers\"")])
        {
            Assert.That(_terminal.Run(approver is null ? waive : [.. waive, "--approver", approver]), Is.EqualTo(ExitCode.CouldNotRun));
            Assert.That(_terminal.Error, Does.Contain("RG0005").And.Contain(says).And.Contain("carol (up to EUR 1.00B)"));
            Assert.That(File.ReadAllText(manifest), Is.EqualTo(before));
        }

        Assert.That(_terminal.Run([.. waive, "--approver", "carol"]), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(File.ReadAllText(manifest), Does.Contain("\"approver\": \"carol\""));
    }

    [Test]
    public void A_waiver_that_makes_another_one_too_dear_is_not_written()
    {
        // Each leak is caught by both controls.
        var drill = JsonNode.Parse(ExposureModels.DrillText(40, 0))!.AsObject();
        drill["controls"] = JsonNode.Parse("""[ { "id": "maps", "title": "m", "rules": ["RG2001"] }, { "id": "hosts", "title": "h", "rules": ["RG3009"] } ]""");
        foreach (var leak in drill["leaks"]!.AsArray()) (leak!["rules"], leak["caughtBy"]) = (new JsonArray("RG2001", "RG3009"), new JsonArray("maps", "hosts"));
        _terminal.Write("drill.json", drill.ToJsonString());
        var manifest = _terminal.Write("releasegate.json", """
            { "artifacts": [ { "match": "*.zip", "allow": ["a.txt"] } ], "waivers": [],
              "exposure": { "currency": "EUR", "drill": "drill.json", "controls": [ { "id": "maps", "title": "m", "rules": ["RG2001"] }, { "id": "hosts", "title": "h", "rules": ["RG3009"] } ],
                "approvers": [ { "id": "bob", "limit": 1 }, { "id": "carol", "limit": 1e9 } ],
                "pathways": [ { "id": "zips", "releases": 12, "leakProbability": 0.05, "loss": { "low": 2e3, "high": 4e4 }, "cap": 1e9 } ] } }
            """);
        string[] of = ["--reason", "r", "--owner", "alice", "--expires", "2026-06-01", "--write"];
        Assert.That(_terminal.Run(["waive", "RG2001", "x.map", .. of, "--approver", "bob"]), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Error, Does.Contain("adds EUR 0 to"), "the other control holds the same leaks");
        var before = File.ReadAllText(manifest);
        Assert.That(_terminal.Run(["waive", "RG3009", "x.js", .. of, "--approver", "bob"]), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Run(["waive", "RG3009", "x.js", .. of, "--approver", "carol"]), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("beside this waiver, W-1 of alice costs EUR ").And.Contain("its approver bob may accept EUR 1.00 at most").And.Contain("both hold the same leaks"));
        Assert.That(File.ReadAllText(manifest), Is.EqualTo(before));
    }

    [Test]
    public void A_drill_of_a_few_kinds_says_nothing_of_controls()
    {
        _terminal.Write("drill.json", ExposureModels.DrillText(40, 10).Replace("\"only\": []", "\"only\": [\"leak-1\"]", StringComparison.Ordinal));
        _terminal.Write("releasegate.json", """
            { "exposure": { "currency": "EUR", "drill": "drill.json", "controls": [ { "id": "maps", "title": "Source maps", "rules": ["RG2001"] } ],
                "pathways": [ { "id": "zips", "releases": 12, "leakProbability": 0.05, "loss": { "low": 2e3, "high": 4e4 }, "cap": 1e9 } ] } }
            """);
        Assert.That(_terminal.Run("exposure"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("this drill seeded only what '--only' named").And.Contain("drill.json"));
    }

    [Test]
    public void The_report_of_the_drill_belongs_to_what_is_judged_by()
    {
        var zip = Zip();
        _terminal.Write("releasegate.json", """
            { "artifacts": [ { "match": "*.zip", "allow": ["a.txt"] } ],
              "exposure": { "currency": "EUR", "drill": "drill.json", "controls": [ { "id": "maps", "title": "Source maps", "rules": ["RG2001"] } ],
                "pathways": [ { "id": "zips", "releases": 12, "leakProbability": 0.05, "loss": { "low": 2e3, "high": 4e4 }, "cap": 1e9 } ] } }
            """);
        string Policy(int missed)
        {
            _terminal.Write("drill.json", ExposureModels.DrillText(40, missed));
            Assert.That(_terminal.Run("check", zip, "--receipts", "r"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
            return (string)JsonNode.Parse(File.ReadAllText(Directory.GetFiles(Path.Combine(_terminal.Folder, "r")).Single()))!["policy"]!["sha256"]!;
        }

        Assert.That((Policy(10) == Policy(10), Policy(10) == Policy(11)), Is.EqualTo((true, false)));
    }

    [Test]
    public void A_drill_counts_for_the_manifest_as_it_is_now()
    {
        _terminal.Write("drill.json", ExposureModels.DrillText(40, 10));
        void Manifest(string rules) => _terminal.Write("releasegate.json", $$"""
            { {{rules}} "artifacts": [ { "match": "*.zip", "allow": ["a.txt"] } ],
              "exposure": { "currency": "EUR", "drill": "drill.json", "controls": [ { "id": "maps", "title": "Source maps", "rules": ["RG2001"] } ],
                "pathways": [ { "id": "tars", "artifact": "*.tgz", "releases": 12, "leakProbability": 0.05, "loss": { "low": 2e3, "high": 4e4 }, "cap": 1e9 } ] } }
            """);
        Manifest("");
        Assert.That(_terminal.Run("exposure", "--format", "json"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        var risk = JsonNode.Parse(_terminal.Output)!["risk"]!;
        Assert.That(((double)risk["missRate"]!, (string?)risk["drill"]!["artifact"], (bool?)risk["drill"]!["folder"], (string?)risk["drill"]!["started"]), Is.EqualTo((11.0 / 42, "a.zip", false, "2026-03-01T00:00:00Z")));
        Assert.That(risk["doubts"]!.AsArray().Select(d => (string?)d), Has.One.Contains("The drill was of a.zip, which does not leave by 'tars'"));
        Assert.That(_terminal.Run("exposure"), Is.EqualTo(ExitCode.Passed));
        Assert.That(string.Join(' ', _terminal.Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), Does.Contain("a drill of 40 leaks (a.zip, 2026-03-01) of which 10 got past all controls"));

        Manifest("\"rules\": { \"RG2001\": \"warning\" },");
        Assert.That(_terminal.Run("exposure", "--format", "json"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        risk = JsonNode.Parse(_terminal.Output)!["risk"]!;
        Assert.That(((double)risk["missRate"]!, risk["drill"]!["discounted"]!.ToJsonString()), Is.EqualTo((41.0 / 42, "[\"RG2001\"]")));
        Assert.That(risk["doubts"]!.AsArray().Select(d => (string?)d), Has.One.Contains("RG2001"));
    }

    [Test]
    public void The_price_of_a_waiver_stands_before_it_wherever_both_go()
    {
        _terminal.Write("drill.json", ExposureModels.DrillText(40, 10));
        _terminal.Write("releasegate.json", """
            { "exposure": { "currency": "EUR", "drill": "drill.json", "controls": [ { "id": "maps", "title": "Source maps", "rules": ["RG2001"] } ],
                "pathways": [ { "id": "zips", "releases": 12, "leakProbability": 0.05, "loss": { "low": 2e3, "high": 4e4 }, "cap": 1e9 } ] } }
            """);
        // As the process has them where both are redirected: each holds back what it is told.
        using var both = new MemoryStream();
        using (var output = new StreamWriter(both, leaveOpen: true))
        using (var error = new StreamWriter(both, leaveOpen: true))
            Assert.That(CommandLine.Run(["waive", "RG2001", "x.map", "--reason", "r", "--owner", "alice", "--expires", "2026-06-01"], _terminal.Surroundings with { Output = output, Error = error }), Is.EqualTo(ExitCode.Passed));
        Assert.That(System.Text.Encoding.UTF8.GetString(both.ToArray()), Does.Match(@"^until 2026-06-01 it adds EUR [0-9.]+k? to the loss to be expected\r?\n\{\r?\n"));
        Assert.That(_terminal.Run("waive", "RG2001", "x.map", "--reason", "r", "--owner", "alice", "--expires", "2026-06-01"), Is.EqualTo(ExitCode.Passed));
        Assert.That(JsonNode.Parse(_terminal.Output)!["rule"]!.GetValue<string>(), Is.EqualTo("RG2001"), "and what is piped is the waiver alone");
    }

    [Test]
    public void A_broken_log_decides_nothing()
    {
        var zip = Zip();
        Manifest(rules: "\"log\": \"a.jsonl\",");
        Assert.That(_terminal.Run("exposure"), Is.EqualTo(ExitCode.Passed), "the first run begins it");
        Releases(2, blocked: 0);
        var log = Path.Combine(_terminal.Folder, "a.jsonl");
        File.WriteAllText(log, File.ReadAllText(log).Replace("-0.zip", "-9.zip", StringComparison.Ordinal));
        foreach (var command in (string[][])[["exposure"], ["check", zip]])
        {
            Assert.That(_terminal.Run(command), Is.EqualTo(ExitCode.CouldNotRun));
            Assert.That(_terminal.Output + _terminal.Error, Does.Contain("RG0010").And.Contain("damaged in line 2"));
        }

        Assert.That(_terminal.Run("exposure", "--log", "no.jsonl"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("RG0010").And.Contain("there is no such audit log"));
        File.WriteAllText(log, "{ } { }");
        Assert.That(_terminal.Run("exposure", "--log", "a.jsonl", "--json", "a.jsonl"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(File.ReadAllText(log), Is.EqualTo("{ } { }"), "what is read is not written over");
        _terminal.Write("releasegate.json", """{ "log": "a.jsonl", "artifacts": [ { "match": "*.zip", "allow": ["a.txt"] } ] }""");
        Assert.That(new ReleaseGate.Gate(new System.IO.Abstractions.FileSystem()).Check(new GateRequest { Artifacts = [zip], SearchFrom = _terminal.Folder }, new DateTime(2026, 4, 1, 0, 0, 0, DateTimeKind.Utc)).Passed, "without a model nobody reads it");
    }

    [Test]
    public void What_was_spent_stands_beside_the_budget()
    {
        Manifest(", \"remediationBudget\": 1000", "\"log\": \"a.jsonl\",");
        Assert.That(_terminal.Run("exposure", "--json", "e.json"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Does.Not.Contain("remediation"), "there is no log yet");
        Assert.That(Written()["remediation"], Is.Null);
        foreach (var (amount, currency) in ((string, string)[])[("900.5", "EUR"), ("7", "USD")])
            Assert.That(_terminal.Run("log", "spend", amount, "--currency", currency, "--for", "x"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Run("exposure", "--json", "e.json", "--markdown", "e.md", "--html", "e.html"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        const string Line = "2026: 900.5 EUR spent of 1000 EUR (the manifest's \"remediationBudget\")";
        Assert.That(_terminal.Output, Does.Contain($"Spent on remediation\n  {Line}\n  2026: 7 USD spent; the budget is in EUR"));
        Assert.That(Written()["remediation"]!.ToJsonString(), Is.EqualTo("""{"year":2026,"spent":900.5,"budget":1000,"overBudget":false,"others":[{"currency":"USD","spent":7}]}"""));
        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "e.md")), Does.Contain("### Spent on remediation\n\n- 2026: 900.5 EUR spent of 1000 EUR"));
        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "e.html")), Does.Contain("Remediation in 2026: 900.5 EUR spent"));

        Assert.That(_terminal.Run("log", "spend", "100", "--currency", "EUR", "--for", "x"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Run("exposure", "--json", "e.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(Flat(_terminal.Output), Does.Contain("OVER BUDGET by 0.5"));
        Assert.That(_terminal.Error, Does.Contain("above the budget of 1000 EUR by 0.5"));
        Assert.That(((string?)Written()["result"], (bool?)Written()["risk"]!["passed"], (bool?)Written()["remediation"]!["overBudget"]), Is.EqualTo(("blocked", true, true)));
        Assert.That(_terminal.Run("log", "spend"), Is.EqualTo(ExitCode.Blocked), "as this says");
        Assert.That(_terminal.Output, Does.Contain("2026: 1000.5 EUR spent of 1000 EUR (the manifest's \"remediationBudget\"): OVER BUDGET by 0.5\n2026: 7 USD spent; the budget is in EUR"));
        var zip = Zip();
        Assert.That(_terminal.Run("check", zip), Is.EqualTo(ExitCode.Passed), "a release costs no remediation");

        JsonNode Written() => JsonNode.Parse(File.ReadAllText(Path.Combine(_terminal.Folder, "e.json")))!;
    }

    // As it reads, wherever it was broken.
    private static string Flat(string text) => string.Join(' ', text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private JsonNode Risk(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(_terminal.Folder, file)))!["risk"]!;

    private int _released;

    private void Releases(int count, int blocked)
    {
        var log = new AuditLog(new System.IO.Abstractions.FileSystem(), Path.Combine(_terminal.Folder, "a.jsonl"));
        for (var i = 0; i < count; i++)
        {
            var artifact = new JsonObject { ["name"] = $"r-{_released++}.zip", ["id"] = null, ["version"] = null, ["errors"] = i < blocked ? 1 : 0, ["overTolerance"] = 0 };
            log.Append(new AuditEvent("check", new JsonObject { ["asOf"] = null, ["planned"] = false, ["artifacts"] = new JsonArray(artifact) }), new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc));
        }
    }

    [Test]
    public void The_worked_example_of_the_page_is_right()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "exposure.md"));
        var model = ExposureModels.Model(ExposureModels.Pathway("npm", 120, 0.05, 2e6, 4e7, 1e9));
        var found = ExposureAssessment.Of(model, ExposureModels.Drilled, null, withControls: true);
        var none = ExposureAssessment.Of(model with { MissRate = 1 }, null, null, withControls: false);
        foreach (var (label, value) in ((string, string)[])
        [
            ("Share of leaks that gets past all controls, 3 / 42", Money.Percent(found.MissRate)), ("Leaks to be expected in a year, 120 × 5 % × 7.14 %", "0.429"), ("What one costs on average", Money.Text(found.Pathways[0].MeanLoss, "EUR")),
            ("Loss to be expected in a year (ALE)", Money.Text(found.Ale, "EUR")), ("Years with any loss", Money.Percent(found.LossProbability)), ("Mean of the worst 5 % of years (ES 95)", Money.Text(found.Es95, "EUR")),
            ("Years that lose more than EUR 50.0M", Money.Percent(AggregateLossTests.AboveFiftyMillion(found))), ("ES 95 without the control that alone catches 9 of the 40 leaks", Money.Text(found.Controls[0].Es95Without, "EUR")),
            ("ES 95 without the control that alone catches 1 of them", Money.Text(found.Controls[1].Es95Without, "EUR")), ("ES 95 without any control", Money.Text(none.Es95, "EUR")),
        ])
            Assert.That(page, Does.Contain($"| {label} | {value} |"));
    }
}
