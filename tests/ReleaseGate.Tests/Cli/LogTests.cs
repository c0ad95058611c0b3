using System.IO.Abstractions;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ReleaseGate.Cli;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Cli;

/// <summary>What runs write into an audit log, what deadlines make of it, and <c>releasegate log</c>.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LogTests : IDisposable
{
    private const string Sections = """ "artifacts": [ { "match": "*", "allow": ["ok.txt"] } ] """;

    private readonly Clock _clock = new();
    private readonly Terminal _terminal;

    public LogTests() => _terminal = new() { Time = _clock };

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void Without_a_log_there_is_none()
    {
        Manifest("");
        Zip("a.zip", "ok.txt");
        Run(ExitCode.Passed, "check", "a.zip");
        Assert.That(Directory.GetFiles(_terminal.Folder).Select(Path.GetFileName), Is.EquivalentTo(new[] { "a.zip", "releasegate.json" }));
    }

    [Test]
    public void A_run_is_a_line_with_all_its_artifacts()
    {
        Manifest("\"log\": \"logs/a.jsonl\",");
        Zip("a.zip", "ok.txt");
        Zip("b.zip", "ok.txt", "b.txt", "c.txt");
        Run(ExitCode.Blocked, "check", "*.zip", "--json", "r.json");
        Run(ExitCode.Passed, "check", "a.zip");
        Run(ExitCode.Passed, "check", "b.zip", "--warn-only", "--as-of", "2026-05-01");
        var report = JsonNode.Parse(File.ReadAllText(In("r.json")))!;
        var lines = Lines("logs/a.jsonl");
        Assert.Multiple(() =>
        {
            Assert.That(lines.Select(l => $"{l["event"]} {l["result"]} {l["warnOnly"]} {l["asOf"]} {l["planned"]}"), Is.EqualTo(new[] { "check blocked false  false", "check passed false  false", "check warned true 2026-05-01 false" }));
            Assert.That(lines[0]["policy"]!.ToJsonString(), Is.EqualTo($$"""{"sha256":"{{report["policy"]!["sha256"]}}","found":true,"from":null}"""));
            var artifacts = lines[0]["artifacts"]!.AsArray();
            Assert.That(artifacts.Select(a => $"{a!["name"]} {a["errors"]} {a["warnings"]} {a["notes"]} {a["waived"]} {a["more"]}"), Is.EqualTo(new[] { "a.zip 0 0 0 0 0", "b.zip 2 0 0 0 0" }));
            Assert.That(artifacts.Select(a => (string?)a!["sha256"]), Is.EqualTo(report["artifacts"]!.AsArray().Select(a => (string?)a!["sha256"])));
            Assert.That(artifacts[1]!["rules"]!.ToJsonString(), Is.EqualTo("""{"RG1001":2}"""));
            Assert.That(artifacts[1]!["findings"]!.AsArray().Select(f => (string?)f), Is.EquivalentTo(report["findings"]!.AsArray().Select(f => (string?)f!["fingerprint"])));
            Assert.That(File.ReadAllText(In("logs/a.jsonl")), Does.Not.Contain("b.txt").And.Not.Contain(_terminal.Folder));
        });
    }

    [Test]
    public void The_command_line_comes_before_the_manifest()
    {
        Manifest("\"log\": \"a.jsonl\",");
        Zip("a.zip", "ok.txt");
        Run(ExitCode.Passed, "check", "a.zip", "--log", "b.jsonl");
        Assert.That((File.Exists(In("a.jsonl")), Lines("b.jsonl").Count), Is.EqualTo((false, 1)));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_log_that_cannot_be_written_releases_nothing(bool leaky)
    {
        Manifest("");
        _terminal.Write("no.jsonl", "not ours\n");
        Directory.CreateDirectory(In("stage"));
        Zip("stage/a.zip", leaky ? ["ok.txt", "b.txt"] : ["ok.txt"]);
        Run(ExitCode.CouldNotRun, "check", "stage/a.zip", "--log", "no.jsonl", "--json", "r.json", "--receipts", "receipts", "--release-to", "out", "--reject-to", "rejected");
        Assert.Multiple(() =>
        {
            Assert.That(_terminal.Output + _terminal.Error, Does.Contain("error RG0010: the last line of the file is none that ReleaseGate wrote"));
            Assert.That(Directory.Exists(In("out")) ? Directory.GetFiles(In("out")) : [], Is.Empty);
            Assert.That(Directory.GetFiles(In("rejected")).Select(Path.GetFileName), Is.EqualTo(new[] { "a.zip" }));
            Assert.That(Directory.Exists(In("receipts")) ? Directory.GetFiles(In("receipts")) : [], Is.Empty);
            Assert.That((string?)JsonNode.Parse(File.ReadAllText(In("r.json")))!["result"], Is.EqualTo("error"));
            Assert.That(File.ReadAllText(In("no.jsonl")), Is.EqualTo("not ours\n"));
        });
    }

    [Test]
    public void A_log_inside_of_what_is_released_is_refused()
    {
        Manifest("");
        _terminal.Write("publish/ok.txt");
        Run(ExitCode.CouldNotRun, "check", "publish", "--as", "directory", "--log", "publish/a.jsonl");
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain("RG0010").And.Contain("would lie in 'publish' itself"));
        Assert.That(Directory.GetFiles(In("publish")), Has.Length.EqualTo(1));
    }

    [Test]
    public void Deadlines_count_from_the_first_line_that_has_the_finding()
    {
        const string Waived = "\"log\": \"a.jsonl\", \"deadlines\": { \"high\": \"7d\" }, \"waivers\": [ { \"id\": \"W-1\", \"rule\": \"RG1001\", \"path\": \"b.txt\", \"owner\": \"alice\", \"reason\": \"x\", \"expires\": \"2026-04-08\" } ],";
        Zip("a.zip", "ok.txt", "b.txt");
        Manifest("\"log\": \"a.jsonl\", \"deadlines\": { \"high\": \"7d\" },");
        Run(ExitCode.Blocked, "check", "a.zip");
        // Two days on: a week from then is past what the first line allows.
        _clock.Now = _clock.Now.AddDays(2);
        Manifest(Waived);
        Run(ExitCode.Passed, "check", "a.zip", "--json", "r.json");
        var finding = Finding();
        Assert.That(((string?)finding["firstSeen"], (string?)finding["due"]), Is.EqualTo(("2026-04-01T09:30:00Z", "2026-04-08")));

        Manifest(Waived.Replace("2026-04-08", "2026-04-10", StringComparison.Ordinal));
        Run(ExitCode.Blocked, "check", "a.zip", "--json", "r.json");
        Assert.That(_terminal.Output, Does.Contain("RG0005").And.Contain("since 2026-04-01 that is until 2026-04-08"));

        // A day in the manifest counts where it is earlier, and only there.
        Manifest(Waived.Replace("\"expires\"", "\"since\": \"2026-04-02\", \"expires\"", StringComparison.Ordinal));
        Run(ExitCode.Passed, "check", "a.zip", "--as-of", "2026-04-08");
        Manifest(Waived.Replace("\"expires\"", "\"since\": \"2026-03-30\", \"expires\"", StringComparison.Ordinal));
        Run(ExitCode.Blocked, "check", "a.zip");
        Assert.That(_terminal.Output, Does.Contain("since 2026-03-30 that is until 2026-04-06"));
    }

    [Test]
    public void What_no_line_has_is_seen_now()
    {
        Zip("a.zip", "ok.txt", "b.txt");
        Manifest("\"log\": \"a.jsonl\", \"deadlines\": { \"high\": \"7d\" }, \"waivers\": [ { \"id\": \"W-1\", \"rule\": \"RG1001\", \"path\": \"b.txt\", \"owner\": \"alice\", \"reason\": \"x\", \"expires\": \"2026-04-08\" } ],");
        Run(ExitCode.Passed, "check", "a.zip", "--json", "r.json");
        Assert.That((string?)Finding()["firstSeen"], Is.EqualTo("2026-04-01T09:30:00Z"));
    }

    [Test]
    public void A_damaged_log_decides_no_deadline()
    {
        Zip("a.zip", "ok.txt", "b.txt");
        Manifest("\"log\": \"a.jsonl\", \"deadlines\": { \"high\": \"7d\" },");
        Run(ExitCode.Blocked, "check", "a.zip");
        Run(ExitCode.Blocked, "check", "a.zip");
        File.WriteAllText(In("a.jsonl"), File.ReadAllText(In("a.jsonl")).Replace("\"errors\":1", "\"errors\":0", StringComparison.Ordinal));
        Run(ExitCode.CouldNotRun, "check", "a.zip");
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain("RG0010").And.Contain("the audit log is damaged in line 2"));
    }

    [Test]
    public void Many_findings_are_told_by_the_most_urgent_and_a_number()
    {
        Zip("a.zip", [.. Enumerable.Range(0, AuditedRun.MostFindings + 7).Select(i => $"f{i}.txt"), "ok.txt"]);
        Manifest("\"rules\": { \"RG1001\": \"warning\" },");
        Run(ExitCode.Passed, "check", "a.zip", "--log", "a.jsonl", "--quiet");
        Run(ExitCode.Passed, "check", "a.zip", "--log", "a.jsonl", "--quiet");
        var artifacts = Lines("a.jsonl").ConvertAll(l => l["artifacts"]![0]!);
        Assert.That(artifacts.Select(a => (a["findings"]!.AsArray().Count, (int)a["more"]!)), Is.All.EqualTo((AuditedRun.MostFindings, 7)));
        Assert.That(artifacts[1].ToJsonString(), Is.EqualTo(artifacts[0].ToJsonString()), "the same ones each time");
    }

    [Test]
    public void Waivers_and_verifications_are_logged()
    {
        Manifest("\"log\": \"a.jsonl\",");
        Zip("a.zip", "ok.txt", "b.txt");
        Run(ExitCode.Passed, "waive", "RG1001", "b.txt", "--from-artifact", "a.zip", "--reason", "secret reason", "--owner", "alice", "--expires", "2026-06-01");
        Assert.That(File.Exists(In("a.jsonl")), Is.False, "nothing was written");
        Run(ExitCode.Passed, "waive", "RG1001", "b.txt", "--from-artifact", "a.zip", "--reason", "secret reason", "--owner", "alice", "--expires", "2026-06-01", "--write");
        Run(ExitCode.Passed, "check", "a.zip", "--receipts", ".", "--json", "r.json");
        Run(ExitCode.Passed, "verify", "a.zip", "--policy", "releasegate.json");
        File.AppendAllText(In("a.zip"), "x");
        Run(ExitCode.Blocked, "verify", "a.zip", "--log", "b.jsonl");
        var lines = Lines("a.jsonl");
        Assert.Multiple(() =>
        {
            Assert.That(lines.Select(l => (string?)l["event"]), Is.EqualTo(new[] { "waive", "check", "verify" }));
            Assert.That($"{lines[0]["waiver"]} {lines[0]["rule"]} {lines[0]["owner"]} {lines[0]["since"]} {lines[0]["expires"]}", Is.EqualTo("W-1 RG1001 alice 2026-04-01 2026-06-01"));
            Assert.That((string?)lines[0]["finding"], Is.EqualTo((string?)lines[1]["artifacts"]![0]!["findings"]![0]));
            Assert.That((string?)lines[0]["policy"]!["sha256"], Is.EqualTo((string?)lines[1]["policy"]!["sha256"]));
            Assert.That(File.ReadAllText(In("a.jsonl")), Does.Not.Contain("secret"));
            Assert.That(Show("a.jsonl"), Is.EqualTo("    0  2026-04-01 09:30  waive    W-1: RG1001 until 2026-06-01 (alice)"));
            Assert.That($"{lines[2]["result"]} {lines[2]["artifact"]!["name"]} {lines[2]["rules"]!.ToJsonString()}", Is.EqualTo("passed a.zip []"));
            Assert.That($"{Lines("b.jsonl")[0]["result"]} {Lines("b.jsonl")[0]["rules"]!.ToJsonString()}", Is.EqualTo("""failed ["RG7003"]"""));
        });
    }

    [Test]
    public void A_waiver_that_cannot_be_logged_is_not_written()
    {
        Manifest("\"log\": \"a.jsonl\",");
        _terminal.Write("a.jsonl", "not ours\n");
        var before = File.ReadAllText(In("releasegate.json"));
        Run(ExitCode.CouldNotRun, "waive", "RG1001", "b.txt", "--reason", "x", "--owner", "alice", "--expires", "2026-06-01", "--write");
        Assert.That(File.ReadAllText(In("releasegate.json")), Is.EqualTo(before));
    }

    [Test]
    public void Show_tells_people()
    {
        Fill();
        Run(ExitCode.Passed, "log", "show", "a.jsonl");
        Assert.That(_terminal.Output, Is.EqualTo(
            "    0  2026-04-01 09:30  check    blocked: b.zip, 2 errors (RG1001)\n"
            + "    1  2026-04-02 09:30  check    warned, warn only: b.zip, 2 errors (RG1001)\n"
            + "    2  2026-04-03 09:30  spend    1200.5 EUR: took \\u001b[2Kit out (W-7, T-1,\n"
            + new string(' ', 34) + "alice)\n"
            + "    3  2026-04-03 09:30  check    passed: a.zip\n"));
        Assert.That(_terminal.Output.Split('\n').Max(l => l.Length), Is.LessThanOrEqualTo(80));
        Run(ExitCode.Passed, "log", "show", "a.jsonl", "--event", "check", "--last", "1");
        Assert.That(_terminal.Output, Is.EqualTo("    3  2026-04-03 09:30  check    passed: a.zip\n"));
        Run(ExitCode.Passed, "log", "show", "a.jsonl", "--artifact", "b.zip", "--since", "2026-04-02");
        Assert.That(_terminal.Output, Does.StartWith("    1  ").And.Not.Contain("    3  "));
        Run(ExitCode.Passed, "log", "show", "a.jsonl", "--artifact", "c.zip");
        Assert.That(_terminal.Output, Is.EqualTo("no line matches\n"));
        Run(ExitCode.CouldNotRun, "log", "show", "a.jsonl", "--event", "chekc");
        Run(ExitCode.CouldNotRun, "log", "show", "a.jsonl", "--last", "0");
        Run(ExitCode.CouldNotRun, "log", "show", "a.jsonl", "--since", "yesterday");
        Run(ExitCode.CouldNotRun, "log", "show", "nothing.jsonl");
        Run(ExitCode.CouldNotRun, "log", "show");
        Assert.That(_terminal.Error, Does.Contain("which audit log?"));
        Run(ExitCode.CouldNotRun, "log");
        Assert.That(_terminal.Error, Does.Contain("releasegate log --help"));
        Run(ExitCode.CouldNotRun, "log", "verify", "a", "b");
        Assert.That(_terminal.Error, Does.Contain("releasegate log verify --help"));
    }

    [Test]
    public void Show_finds_a_package_by_its_id_in_events_that_only_name_its_file()
    {
        var (own, other, renamed) = (new string('a', 64), new string('b', 64), new string('c', 64));
        Append("check", new JsonObject { ["result"] = "passed", ["artifacts"] = new JsonArray(new JsonObject { ["name"] = "x.nupkg", ["id"] = "Acme.Cli", ["sha256"] = own }) });
        Append("seal", new JsonObject { ["artifact"] = new JsonObject { ["name"] = "x.nupkg", ["sha256"] = own }, ["key"] = Convert.ToBase64String(new byte[32]) });
        Append("drill", new JsonObject { ["artifact"] = "x.nupkg", ["sha256"] = own });
        Append("verify", new JsonObject { ["artifact"] = new JsonObject { ["name"] = "y.nupkg", ["sha256"] = other } });
        Append("verify", new JsonObject { ["artifact"] = new JsonObject { ["name"] = "Acme.Cli.1.0.0.nupkg", ["sha256"] = renamed } });
        Append("verify", new JsonObject { ["artifact"] = new JsonObject { ["name"] = "Acme.Cli.More.1.0.0.nupkg", ["sha256"] = other } });
        Run(ExitCode.Passed, "log", "show", "a.jsonl", "--artifact", "Acme.Cli");
        Assert.That(_terminal.Output.TrimEnd().Split('\n').Select(l => l.TrimStart()[0]), Is.EqualTo("0124"));
        Assert.That(_terminal.Output, Does.Contain("x.nupkg, sha256 aaaaaaaaaaaa\n").And.Contain("x.nupkg, key AAAAAAAAAAAA\n"));

        void Append(string name, JsonObject data) => new AuditLog(new FileSystem(), In("a.jsonl")).Append(new AuditEvent(name, data), _clock.Now);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Links need a privilege there.")]
    public void Links_in_a_folder_of_seals_lead_nowhere()
    {
        Fill();
        _terminal.Write("seals/more/a.sigstore.json", "no JSON");
        File.CreateSymbolicLink(In("seals/more/again"), In("seals"));
        File.CreateSymbolicLink(In("seals/b.sigstore.json"), In("seals/more/a.sigstore.json"));
        Run(ExitCode.Blocked, "log", "verify", "a.jsonl", "--seals", "seals");
        Assert.That(_terminal.Output, Does.Contain("0 of 1 seal found its line"));
    }

    [Test]
    public void A_manifest_names_the_log_and_a_broken_one_is_not_shown_on()
    {
        Fill();
        Manifest("\"log\": \"a.jsonl\",");
        var lines = File.ReadAllLines(In("a.jsonl"));
        File.WriteAllText(In("a.jsonl"), $"{lines[0]}\n{lines[2]}\n{lines[3]}\n");
        Run(ExitCode.Blocked, "log", "show");
        Assert.That(_terminal.Output.Split('\n'), Has.Length.EqualTo(2));
        Assert.That(_terminal.Error, Does.Contain("line 2 and what follows is left out"));
        Run(ExitCode.Blocked, "log", "export");
        Assert.That(JsonNode.Parse(_terminal.Output)!.AsArray(), Has.Count.EqualTo(1));
        Run(ExitCode.Blocked, "log", "spend");
        Run(ExitCode.Blocked, "log", "verify", "--json", "v.json");
        Assert.That(_terminal.Output, Does.Contain("a.jsonl(2): error: the line before it was changed").And.Contain("NOT intact, 3 lines"));
        Assert.That(JsonNode.Parse(File.ReadAllText(In("v.json")))!["breaks"]!.AsArray(), Has.Count.EqualTo(1));
    }

    [Test]
    public void Verify_says_that_all_is_well_and_what_it_does_not_know()
    {
        Fill();
        Run(ExitCode.Passed, "log", "verify", "a.jsonl");
        Assert.That(_terminal.Output, Does.Match(@"^a\.jsonl: intact, 4 lines, 2026-04-01 to 2026-04-03, the last with seq 3 and\n  sha256 [0-9a-f]{64}\na\.jsonl: whether its end was cut off only seals can tell: '--seals DIR'\n$"));
        foreach (var line in _terminal.Output.Split('\n')) Assert.That(line, Has.Length.LessThanOrEqualTo(80));
        Directory.CreateDirectory(In("seals"));
        Run(ExitCode.CouldNotRun, "log", "verify", "a.jsonl", "--seals", "seals");
        Assert.That(_terminal.Error, Does.Contain("there is no seal in this folder"));
        Run(ExitCode.CouldNotRun, "log", "verify", "a.jsonl", "--json", "a.jsonl");
        Run(ExitCode.CouldNotRun, "log", "verify", "b.jsonl");
        Run(ExitCode.CouldNotRun, "log", "verify", ".");
    }

    [Test]
    public void A_seal_names_the_line_of_its_run()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _terminal.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        _terminal.Write("pub.pem", key.ExportSubjectPublicKeyInfoPem());
        _terminal.Write("other.pem", other.ExportSubjectPublicKeyInfoPem());
        Fill();
        Run(ExitCode.Passed, "check", "a.zip", "--log", "a.jsonl", "--seals", "seals", "--seal-key", "key.pem");
        var sealing = JsonNode.Parse(File.ReadLines(In("a.jsonl")).Last())!;
        Assert.That((sealing["event"]!.GetValue<string>(), sealing["artifact"]!["name"]!.GetValue<string>(), sealing["check"]!.GetValue<long>(), sealing["key"]!.GetValue<string>().Length), Is.EqualTo(("seal", "a.zip", sealing["seq"]!.GetValue<long>() - 1, 44)));
        Run(ExitCode.Passed, "check", "a.zip", "--log", "a.jsonl");
        Run(ExitCode.Passed, "log", "verify", "a.jsonl", "--seals", "seals");
        Assert.That(_terminal.Output, Does.Contain("a.jsonl: 1 of 1 seal found its line, 0 name none; their signatures were not\n  verified: '--key FILE' does that\n"));
        Run(ExitCode.Blocked, "log", "verify", "a.jsonl", "--seals", "seals", "--key", "other.pem");
        Assert.That(_terminal.Output, Does.Contain("no key that was named signed it").And.EndWith("a.jsonl: 0 of 1 seal found its line, 0 name none, 1 with an error\n"));
        Run(ExitCode.Passed, "log", "verify", "a.jsonl", "--seals", "seals", "--key", "other.pem", "--key", "pub.pem");
        Assert.That(_terminal.Output, Does.EndWith("1 of 1 seal found its line, 0 name none\n"));
        Run(ExitCode.Blocked, "log", "verify", "a.jsonl", "--seals", "seals", "--key", "other.pem");
        Assert.That(_terminal.Output, Does.Contain("no key that was named signed it"));
        Run(ExitCode.CouldNotRun, "log", "verify", "a.jsonl", "--key", "pub.pem");
        Run(ExitCode.Passed, "verify", "a.zip", "--seal", "seals/a.zip.sigstore.json", "--key", "pub.pem", "--any-policy", "--log", "a.jsonl");
        Assert.That($"{Lines("a.jsonl")[^1]["result"]} {Lines("a.jsonl")[^1]["by"]}", Is.EqualTo("passed seal"));
        Run(ExitCode.Blocked, "verify", "a.zip", "--seal", "seals/a.zip.sigstore.json", "--key", "pub.pem", "--any-policy", "--log", "another.jsonl");
        Assert.That(Lines("another.jsonl").Single()["rules"]!.ToJsonString(), Does.Contain("RG70"));
        // Without its end the log is as good as another to the chain.
        File.WriteAllText(In("a.jsonl"), string.Concat(File.ReadAllLines(In("a.jsonl")).Take(4).Select(l => l + "\n")));
        Run(ExitCode.Passed, "log", "verify", "a.jsonl");
        Run(ExitCode.Blocked, "log", "verify", "a.jsonl", "--seals", "seals", "--key", "pub.pem");
        Assert.That(_terminal.Output, Does.Contain("the log had 5 lines or more, and 4 are left"));
    }

    [Test]
    public void Export_writes_for_programs()
    {
        Fill();
        Run(ExitCode.Passed, "log", "export", "a.jsonl", "--since", "2026-04-02");
        var json = JsonNode.Parse(_terminal.Output)!.AsArray();
        Assert.That(json.Select(l => l!.ToJsonString()), Is.EqualTo(Lines("a.jsonl").Skip(1).Select(l => l.ToJsonString())));
        Run(ExitCode.Passed, "log", "export", "a.jsonl", "--since", "2026-05-01");
        Assert.That(_terminal.Output, Is.EqualTo("[]\n"));
        new AuditLog(new FileSystem(), In("a.jsonl")).Append(new AuditEvent("spend", new JsonObject { ["amount"] = -5, ["currency"] = "EUR", ["for"] = "=1+1,\"x\"" }), _clock.Now);
        Run(ExitCode.Passed, "log", "export", "a.jsonl", "--format", "csv");
        var rows = _terminal.Output.Split('\n');
        Assert.That(rows[0], Does.StartWith("seq,time,event,result,artifact,"));
        Assert.That(rows[1], Does.StartWith("0,\"2026-04-01T09:30:00Z\",\"check\",\"blocked\",\"b.zip\",,,").And.Contain(",2,0,0,0,\"RG1001:2\","));
        Assert.That(rows[5], Is.EqualTo("4,\"2026-04-03T09:30:00Z\",\"spend\"" + new string(',', 15) + "-5,\"EUR\",\"'=1+1,\"\"x\"\"\",,"));
        Assert.That(rows, Has.Length.EqualTo(7));
        new AuditLog(new FileSystem(), In("a.jsonl")).Append(new AuditEvent("spend", new JsonObject { ["amount"] = 5, ["currency"] = "EUR", ["for"] = "a;=HYPERLINK(1); \"@x - y", ["ticket"] = "\u001b[2K\u202e", ["by"] = "\t=1" }), _clock.Now);
        Run(ExitCode.Passed, "log", "export", "a.jsonl", "--format", "csv");
        Assert.That(_terminal.Output.Split('\n')[6], Does.EndWith(",5,\"EUR\",\"a;'=HYPERLINK(1); \"\"'@x - y\",\"\\u001b[2K\\u202e\",\"\\u0009=1\""));
    }

    [Test]
    public void Spending_is_kept_and_summed_up_by_the_year()
    {
        Run(ExitCode.Passed, "log", "spend", "1200.50", "--currency", "EUR", "--for", "rotation", "--log", "a.jsonl");
        Assert.That(_terminal.Output, Is.EqualTo("added 1200.50 EUR to a.jsonl, seq 0\n"));
        Run(ExitCode.Passed, "log", "spend", "--currency", "EUR", "--for", "typed twice", "--log", "a.jsonl", "--", "-200");
        Run(ExitCode.Passed, "log", "spend", "7", "--currency", "USD", "--for", "x", "--log", "a.jsonl");
        Run(ExitCode.Passed, "log", "spend", "--log", "a.jsonl");
        Assert.That(_terminal.Output, Is.EqualTo("2026: 1000.50 EUR spent\n2026: 7 USD spent\n"));
        _clock.Now = _clock.Now.AddYears(1);
        Run(ExitCode.Passed, "log", "spend", "--log", "a.jsonl");
        Assert.That(_terminal.Output, Is.EqualTo("2027: nothing was spent\n"));
    }

    [TestCase("0", "EUR", "x")]
    [TestCase("1.200,50", "EUR", "x")]
    [TestCase("1e3", "EUR", "x")]
    [TestCase("1.00001", "EUR", "x")]
    [TestCase("12", "euro", "x")]
    [TestCase("12", "EUR", " ")]
    public void Spending_that_is_none_is_refused(string amount, string currency, string what)
    {
        Run(ExitCode.CouldNotRun, "log", "spend", amount, "--currency", currency, "--for", what, "--log", "a.jsonl");
        Assert.That(File.Exists(In("a.jsonl")), Is.False);
        Run(ExitCode.CouldNotRun, "log", "spend", "--for", "x", "--log", "a.jsonl");
    }

    [TestCase("\"log\": 5", "must be a string")]
    [TestCase("\"log\": \"\"", "is the file of the audit log")]
    [TestCase("\"log\": \"logs/\"", "is the file of the audit log")]
    [TestCase("\"log\": \"/var/log/a.jsonl\"", "no path relative to the manifest")]
    [TestCase("\"log\": \"logs\\\\a.jsonl\"", "write '/' instead of")]
    public void A_log_that_is_none_is_a_mistake_in_the_manifest(string log, string why)
    {
        _terminal.Write("releasegate.json", $"{{ {log} }}");
        var mistake = Assert.Throws<GateException>(() => new ManifestReader(new FileSystem()).Read(In("releasegate.json")))!;
        Assert.That((mistake.Rule, mistake.Line), Is.EqualTo((GateRules.ManifestInvalid.Id, 1)));
        Assert.That(mistake.Message, Does.Contain(why));
    }

    [Test]
    public void An_own_log_comes_before_that_of_what_is_extended()
    {
        _terminal.Write("shared/base.json", """{ "log": "base.jsonl" }""");
        _terminal.Write("releasegate.json", """{ "extends": "shared/base.json" }""");
        Assert.That(new ManifestReader(new FileSystem()).Read(In("releasegate.json")).AuditLog, Is.EqualTo(In("shared/base.jsonl")));
        _terminal.Write("releasegate.json", """{ "extends": "shared/base.json", "log": "own.jsonl" }""");
        Assert.That(new ManifestReader(new FileSystem()).Read(In("releasegate.json")).AuditLog, Is.EqualTo(In("own.jsonl")));
    }

    [TestCase("\"log\": \"a.jsonl\",", "", "no longer keeps an audit log")]
    [TestCase("\"log\": \"a.jsonl\",", "\"log\": \"b.jsonl\",", "keeps the audit log in another file")]
    [TestCase("", "\"log\": \"b.jsonl\",", null)]
    [TestCase("\"log\": \"a.jsonl\",", "\"log\": \"a.jsonl\",", null)]
    public void Taking_the_log_away_needs_approval(string before, string after, string? change)
    {
        var (old, working) = (Of(before), Of(after));
        Assert.That(ManifestChanges.Between(old, working).Select(c => c.What), Is.EqualTo(change is null ? [] : new[] { change }));

        Manifest Of(string log)
        {
            Manifest(log);
            return new ManifestReader(new FileSystem()).Read(In("releasegate.json"));
        }
    }

    private void Fill()
    {
        Manifest("");
        Zip("a.zip", "ok.txt");
        Zip("b.zip", "ok.txt", "b.txt", "c.txt");
        Run(ExitCode.Blocked, "check", "b.zip", "--log", "a.jsonl");
        _clock.Now = _clock.Now.AddDays(1);
        Run(ExitCode.Passed, "check", "b.zip", "--log", "a.jsonl", "--warn-only");
        _clock.Now = _clock.Now.AddDays(1);
        Run(ExitCode.Passed, "log", "spend", "1200.5", "--currency", "EUR", "--for", "took \u001b[2Kit out", "--waiver", "W-7", "--ticket", "T-1", "--by", "alice", "--log", "a.jsonl");
        Run(ExitCode.Passed, "check", "a.zip", "--log", "a.jsonl");
    }

    private void Run(int code, params string[] args) => Assert.That(_terminal.Run(args), Is.EqualTo(code), _terminal.Output + _terminal.Error);

    private string Show(string file)
    {
        Run(ExitCode.Passed, "log", "show", file);
        return _terminal.Output.Split('\n')[0];
    }

    private JsonNode Finding() => JsonNode.Parse(File.ReadAllText(In("r.json")))!["findings"]!.AsArray().Single(f => (string?)f!["rule"] == "RG1001")!;

    private void Manifest(string more) => _terminal.Write("releasegate.json", $"{{ {more} {Sections} }}");

    private List<JsonObject> Lines(string file)
    {
        var lines = new List<JsonObject>();
        new AuditLogReader(new FileSystem(), In(file)).ReadIntact((_, bytes) => lines.Add(AuditLine.Members(bytes)));
        foreach (var line in lines) Fits(line);
        return lines;
    }

    /// <summary>Each event has the members that the schema of a line says, and no others.</summary>
    private static void Fits(JsonObject line)
    {
        var schema = JsonNode.Parse(AuditLine.SchemaText())!;
        var members = schema["allOf"]!.AsArray().Single(b => (string?)b!["if"]!["properties"]!["event"]!["const"] == (string?)line["event"])!["then"]!;
        Has(line, members, schema["properties"]!.AsObject().Select(p => p.Key));
        if (line["artifacts"] is not JsonArray artifacts) return;
        foreach (var artifact in artifacts) Has(artifact!.AsObject(), schema["definitions"]!["artifact"]!, []);

        static void Has(JsonObject value, JsonNode schema, IEnumerable<string> always)
        {
            var keys = value.Select(p => p.Key).ToArray();
            Assert.That(schema["required"]!.AsArray().Select(r => (string?)r).Concat(always), Is.SubsetOf(keys));
            Assert.That(keys, Is.SubsetOf(schema["properties"]!.AsObject().Select(p => p.Key).Concat(always)));
        }
    }

    private void Zip(string name, params string[] entries)
    {
        File.Delete(In(name));
        using var zip = ZipFile.Open(In(name), ZipArchiveMode.Create);
        foreach (var entry in entries)
        {
            using var writer = new StreamWriter(zip.CreateEntry(entry).Open());
            writer.Write("x");
        }
    }

    private string In(string path) => Path.Combine(_terminal.Folder, path);

    private sealed class Clock : TimeProvider
    {
        public DateTime Now { get; set; } = new(2026, 4, 1, 9, 30, 0, DateTimeKind.Utc);

        public override DateTimeOffset GetUtcNow() => new(Now);
    }
}
