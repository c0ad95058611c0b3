using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseGate.Cli;
using ReleaseGate.Governance;
using ReleaseGate.Tests.Governance;

namespace ReleaseGate.Tests.Cli;

/// <summary>What passes is sealed, by 'seal' and by 'check', and nothing else is.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SealCommandTests : IDisposable
{
    private const string Internal = """
        { "artifacts": [ { "match": "**", "allow": ["**"], "destination": "private" } ], "private": { "registries": ["https://feed.acme.example/v3/index.json"] }, "rules": { "RG5001": "off" } }
        """;

    private readonly SealSample _sample = new(new Terminal());

    private Terminal Terminal => _sample.Terminal;

    public void Dispose() => _sample.Dispose();

    [Test]
    public void A_package_is_checked_and_its_seal_lies_beside_it()
    {
        _sample.Make();
        Assert.That(Terminal.Output, Does.Match($"^{SealSample.Artifact}: passed, .*\\n(.*\\n)*{SealSample.Artifact}: sealed for pkg:nuget/Acme@1\\.0\\.0\\?repository_url={SealSample.Feed}, {SealSample.Seal}, key [A-Za-z0-9+/]{{43}}=\\n$"));

        var statement = _sample.Statement();
        Assert.That(statement.Select(m => m.Key), Is.EqualTo(new[] { "_type", "subject", "predicateType", "predicate" }));
        var predicate = statement["predicate"]!;
        Assert.That(statement["subject"]![0]!["digest"]!["sha256"]!.GetValue<string>(), Is.EqualTo(Digest.Of(File.ReadAllBytes(_sample.Path(SealSample.Artifact))).ToString()));
        Assert.That(predicate["timeVerified"]!.GetValue<string>(), Is.EqualTo("2026-04-01T09:30:00Z"));
        Assert.That(predicate["resourceUri"]!.GetValue<string>(), Is.EqualTo($"pkg:nuget/Acme@1.0.0?repository_url={SealSample.Feed}"));
        Assert.That(predicate["verifiedLevels"]!.AsArray().Select(l => l!.GetValue<string>()), Is.EqualTo(new[] { "RELEASEGATE_CONTENT_V1" }));
        // Readable, as other tools write it.
        Assert.That(File.ReadAllText(_sample.Path(SealSample.Seal)), Does.Not.Contain("\\u"));

        Assert.That(_sample.Refusals(), Is.Empty);
        Assert.That(Terminal.Output, Does.Match($"^{SealSample.Artifact}: verified, sealed on 2026-04-01 09:30:00 UTC by\\n  https://github.com/releasegate/releasegate for\\n  pkg:nuget/.*,\\n?.*key \\S+,\\s+sha256\\s+[0-9a-f]{{64}}\\n$"));
        // Addresses and digests stay whole: they are copied.
        foreach (var line in Terminal.Output.Split('\n')) Assert.That(line.Length <= 80 || !line.Trim().Contains(' ', StringComparison.Ordinal), line);
        Assert.That(_sample.Refusals("--quiet"), Is.Empty);
        Assert.That(Terminal.Output, Is.Empty);
    }

    [Test]
    public void What_does_not_pass_is_not_sealed_and_an_older_seal_goes()
    {
        _sample.Make();
        Terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "**", "require": ["nothing.txt"] } ] }""");

        Assert.That(Terminal.Run("seal", SealSample.Artifact, "--key", "release.pem", "--to", SealSample.Feed), Is.EqualTo(ExitCode.Blocked));
        Assert.That(File.Exists(_sample.Path(SealSample.Seal)), Is.False);
        Assert.That(Directory.GetFiles(Terminal.Folder, "*.unreleased"), Is.Empty);
        Assert.That(_sample.Refusals(), Is.EqualTo(new[] { "RG7001" }));
    }

    [Test]
    public void A_file_that_is_no_seal_of_ours_is_not_replaced()
    {
        foreach (var own in (string[])["my notes", """{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"certificate":{}}}"""])
        {
            Terminal.Write(SealSample.Seal, own);
            Assert.That(Terminal.Run("seal", SealSample.Artifact, "--key", "release.pem"), Is.EqualTo(ExitCode.CouldNotRun));
            Assert.That(File.ReadAllText(_sample.Path(SealSample.Seal)), Is.EqualTo(own));
        }

        Assert.That(Terminal.Run("seal", SealSample.Artifact, "--key", "release.pem", "--out", "release.pem"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(File.ReadAllText(_sample.Path("release.pem")), Does.StartWith("-----BEGIN PRIVATE KEY-----"));
    }

    [Test]
    public void A_bundle_or_a_statement_of_somebody_else_is_not_replaced()
    {
        _sample.Make();
        var foreign = _sample.Statement();
        foreign["predicate"]!["verifier"] = new JsonObject { ["id"] = "https://acme.example/other" };
        _sample.Resign(foreign);
        var bundle = File.ReadAllText(_sample.Path(SealSample.Seal));
        Assert.That(Terminal.Run("seal", SealSample.Artifact, "--key", "release.pem"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(File.ReadAllText(_sample.Path(SealSample.Seal)), Is.EqualTo(bundle));

        foreach (var own in (string[])["{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[],\"predicateType\":\"https://slsa.dev/provenance/v1\"}", foreign.ToJsonString(), "{\"verifier\":{\"id\":\"https://acme.example/other\"}}"])
        {
            Terminal.Write("statement.json", own);
            Assert.That(Terminal.Run("seal", SealSample.Artifact, "--statement-out", "statement.json"), Is.EqualTo(ExitCode.CouldNotRun));
            Assert.That(File.ReadAllText(_sample.Path("statement.json")), Is.EqualTo(own));
        }
    }

    [TestCase("missing.nupkg")]
    [TestCase("--shard", "0/0")]
    [TestCase("--json", "-")]
    [TestCase("--json", "releasegate.json", Description = "It is no report, and is not replaced.")]
    [TestCase("--log", "st/Acme.1.0.0.nupkg.receipt.json")]
    [TestCase("--baseline", "nuget", Description = "There is no home folder here.")]
    [TestCase("--as-of", "soon")]
    [TestCase("--format", "nonsense")]
    [TestCase("--manifest")]
    [TestCase("--no-such-option")]
    public void Nothing_an_earlier_run_said_outlives_one_that_can_not_begin(params string[] more)
    {
        string[] check = ["check", SealSample.Artifact, "--receipts", "st", "--sbom", "st", "--seals", "st", "--seal-key", "release.pem", "--seal-to", SealSample.Feed];
        Assert.That(Terminal.Run(check), Is.Zero, Terminal.Error);
        Assert.That(Directory.GetFiles(_sample.Path("st")), Has.Length.EqualTo(3));
        Terminal.Write("st/notes.txt", "mine");

        Assert.That(Terminal.Run([.. check, .. more]), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Directory.GetFiles(_sample.Path("st")).Select(Path.GetFileName), Is.EqualTo(new[] { "notes.txt" }));
    }

    [Test]
    public void What_is_to_be_read_stays_where_a_run_can_not_begin()
    {
        string[] check = ["check", SealSample.Artifact, "--receipts", "st", "--seals", "st", "--seal-key", "release.pem", "--seal-to", SealSample.Feed];
        Assert.That(Terminal.Run(check), Is.Zero, Terminal.Error);
        Assert.That(Terminal.Run([.. check, "--baseline", "st/Acme.1.0.0.nupkg.receipt.json"]), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Terminal.Output + Terminal.Error, Does.Contain("is to be read and to be written"));
        foreach (var more in (string[][])[[], ["--baseline", "nuget"], ["--as-of", "soon"]])
        {
            Assert.That(Terminal.Run([.. check, "--baseline", "st/Acme.1.0.0.nupkg.receipt.json", .. more]), Is.EqualTo(ExitCode.CouldNotRun));
            Assert.That(Directory.GetFiles(_sample.Path("st")).Select(Path.GetFileName), Is.EqualTo(new[] { "Acme.1.0.0.nupkg.receipt.json" }));
        }
    }

    [TestCase("missing.nupkg")]
    [TestCase("*.tgz")]
    [TestCase("--no-such-option")]
    [TestCase("--as", "nonsense")]
    [TestCase("--to")]
    [TestCase("--to", "local")]
    [TestCase("--output", "d", "--out", "f")]
    [TestCase("--out", SealSample.Seal, "other.zip", Description = "Two artifacts, one seal.")]
    [TestCase("--statement-out", "releasegate.json", Description = "It is no statement, and is not replaced.")]
    [TestCase("--log", SealSample.Seal)]
    [TestCase("--manifest", "missing.json")]
    public void What_can_not_be_sealed_keeps_no_earlier_seal(params string[] more)
    {
        ReceiptSample.Zip(Terminal, "other.zip", System.IO.Compression.CompressionLevel.Fastest, ("a.txt", "a"));
        _sample.Make("--statement-out", "statement.json");
        string[] seal = ["seal", SealSample.Artifact, "--key", "release.pem"];

        Assert.That(Terminal.Run([.. seal, .. more]), Is.EqualTo(ExitCode.CouldNotRun), Terminal.Output + Terminal.Error);
        Assert.That(File.Exists(_sample.Path(SealSample.Seal)), Is.EqualTo(more.Contains("d")), Terminal.Error);
        Assert.That(File.ReadAllText(_sample.Path("releasegate.json")), Is.EqualTo(ReceiptSample.Manifest));

        // Nobody knows whose it is where the key can't be read, and what another key sealed stays.
        File.Delete(_sample.Path(SealSample.Seal));
        _sample.Make();
        foreach (var key in (string[])["nowhere.pem", "release.pub", "second.pem"])
        {
            Assert.That(Terminal.Run(["seal", SealSample.Artifact, "--key", key, .. more]), Is.EqualTo(ExitCode.CouldNotRun));
            Assert.That(File.Exists(_sample.Path(SealSample.Seal)), Is.True, key);
        }
    }

    [Test]
    public void What_is_to_be_sealed_is_not_removed_and_neither_is_what_was_not_named()
    {
        _sample.Make();
        File.Copy(_sample.Path(SealSample.Seal), _sample.Path("other.zip.sigstore.json"));
        foreach (var command in (string[][])[["seal", SealSample.Seal, "--key", "release.pem", "--out", SealSample.Seal], ["seal", "missing.nupkg", "--key", "release.pem"]])
        {
            Assert.That(Terminal.Run(command), Is.EqualTo(ExitCode.CouldNotRun));
            Assert.That(Directory.GetFiles(Terminal.Folder, "*.sigstore.json"), Has.Length.EqualTo(2), command[1]);
        }

        Assert.That(Terminal.Run("seal", SealSample.Artifact, "missing.nupkg", "--key", "release.pem", "--output", "elsewhere"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Directory.GetFiles(Terminal.Folder, "*.sigstore.json"), Has.Length.EqualTo(2), "it would not have been written here");
    }

    [Test]
    public void The_seal_of_another_approver_stays()
    {
        _sample.Make();
        var first = File.ReadAllText(_sample.Path(SealSample.Seal));
        Assert.That(Terminal.Run("seal", SealSample.Artifact, "--key", "second.pem", "--to", SealSample.Feed), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Terminal.Output + Terminal.Error, Does.Contain("another key made").And.Contain("'--out FILE'"));
        Assert.That(File.ReadAllText(_sample.Path(SealSample.Seal)), Is.EqualTo(first));
        // One's own is stale as soon as it is sealed anew, for a wrong feed too.
        Assert.That(Terminal.Run("seal", SealSample.Artifact, "--key", "release.pem", "--to", "local"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(File.Exists(_sample.Path(SealSample.Seal)), Is.False);
    }

    [TestCase("name the private key")]
    [TestCase("leave one of them out", "--key", "release.pem", "--output", "d", "--out", "f")]
    [TestCase("without '--key' there is none", "--statement-out", "s", "--output", "d")]
    [TestCase("there is no option '--keey'", "--keey", "release.pem")]
    [TestCase("the feed 'local' is no address", "--key", "release.pem", "--to", "local")]
    [TestCase("the feed is no address", "--key", "release.pem", "--to", "https://user:word@feed.acme.example/")]
    [TestCase("there is no such key", "--key", "nowhere.pem")]
    [TestCase("holds a public key", "--key", "release.pub")]
    [TestCase("the variable 'NONE'", "--key", "env://NONE")]
    public void What_is_asked_for_wrongly_is_said(string said, params string[] more)
    {
        Assert.That(Terminal.Run(["seal", SealSample.Artifact, .. more]), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Terminal.Error + Terminal.Output, Does.Contain(said));
        Assert.That(File.Exists(_sample.Path(SealSample.Seal)), Is.False);
    }

    [TestCase("a seal is worth what its key is worth", "--seal", SealSample.Seal)]
    [TestCase("name the manifest that it has to have passed", "--key", "release.pub")]
    [TestCase("leave one of them out", "--key", "release.pub", "--policy", "releasegate.json", "--any-policy")]
    [TestCase("'--max-age' wants hours or days", "--key", "release.pub", "--any-policy", "--max-age", "1w")]
    [TestCase("'--verifier' wants a URI", "--key", "release.pub", "--any-policy", "--verifier", "acme")]
    [TestCase("'--to' is about seals", "--to", SealSample.Feed)]
    [TestCase("'--any-policy' is about seals", "--any-policy")]
    [TestCase("holds a private key", "--key", "release.pem", "--any-policy")]
    [TestCase("want a value", "--key", "", "--any-policy")]
    [TestCase("the feed 'ftp://feed.acme.example/' is no address", "--key", "release.pub", "--any-policy", "--to", "ftp://feed.acme.example/")]
    [TestCase("the feed is no address", "--key", "release.pub", "--any-policy", "--to", "https://user:word@feed.acme.example/")]
    [TestCase("there is no manifest 'none.json'; what has none was judged by the built-in profile 'closed': '--policy closed'", "--key", "release.pub", "--policy", "none.json")]
    public void What_is_verified_wrongly_is_said(string said, params string[] more)
    {
        _sample.Make();
        Assert.That(Terminal.Run(["verify", SealSample.Artifact, .. more]), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Terminal.Error, Does.Contain(said));
    }

    [Test]
    public void What_the_manifest_calls_private_is_sealed_for_its_feed_only()
    {
        Terminal.Write("releasegate.json", Internal);
        Assert.That(Terminal.Run("seal", SealSample.Artifact, "--key", "release.pem"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Terminal.Error, Does.Contain("error RG7006: Acme.1.0.0.nupkg: the manifest declares it private, and a seal without a feed is one for the public registry"));
        Assert.That(Terminal.Run("seal", SealSample.Artifact, "--key", "release.pem", "--to", "https://other.acme.example"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Terminal.Error, Does.Contain("is none of the registries that \"private\" lists"));
        Assert.That(Terminal.Run("check", SealSample.Artifact, "--seals", "seals", "--seal-key", "release.pem"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Terminal.Output + Terminal.Error, Does.Contain("RG7006"));
        Assert.That(Directory.Exists(_sample.Path("seals")) ? Directory.GetFiles(_sample.Path("seals")) : [], Is.Empty);
        _sample.Make();
        Assert.That(_sample.Refusals(), Is.Empty);
    }

    [Test]
    public void What_is_private_is_sealed_for_no_address_while_none_is_listed()
    {
        Terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "**", "allow": ["**"], "destination": "private" } ], "rules": { "RG5001": "off" } }""");
        Assert.That(Terminal.Run("seal", SealSample.Artifact, "--key", "release.pem", "--to", SealSample.Feed), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Terminal.Error, Does.Contain("error RG7006: Acme.1.0.0.nupkg: the manifest declares it private, and the manifest names no registry that it may go to"));
        Assert.That(File.Exists(_sample.Path(SealSample.Seal)), Is.False);
    }

    [Test]
    public void What_may_not_be_sealed_has_not_passed_in_the_log()
    {
        Terminal.Write("releasegate.json", Internal);
        Assert.That(Terminal.Run("seal", SealSample.Artifact, "--key", "release.pem", "--log", "gate.log"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Terminal.Error, Does.Contain("RG7006"));
        Assert.That(Terminal.Run("check", SealSample.Artifact, "--seals", "seals", "--seal-key", "release.pem", "--log", "gate.log"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(File.Exists(_sample.Path("gate.log")) ? File.ReadAllText(_sample.Path("gate.log")) : "", Does.Not.Contain("passed"));
        _sample.Make("--log", "gate.log");
        Assert.That(File.ReadAllText(_sample.Path("gate.log")), Does.Contain("passed"));
    }

    [Test]
    public void A_key_that_is_given_instead_of_its_name_is_not_repeated()
    {
        var pem = File.ReadAllText(_sample.Path("release.pem"));
        var body = pem.Split('\n')[1];
        foreach (var given in (string[])[pem, "env://" + pem, body, "env://" + body, Convert.ToBase64String(Encoding.ASCII.GetBytes(pem)), "env://" + new string('a', 1001)])
        {
            foreach (var command in (string[][])
            [
                ["seal", SealSample.Artifact, "--key", given], ["verify", SealSample.Artifact, "--any-policy", "--key", given],
                ["check", SealSample.Artifact, "--seals", "seals", "--seal-key", given, "--json", "report.json"],
            ])
            {
                Assert.That(Terminal.Run(command), Is.EqualTo(ExitCode.CouldNotRun), command[0]);
                Assert.That(Terminal.Error, Does.Contain("looks like the key itself, and is not repeated here"));
                Assert.That(Terminal.Output + Terminal.Error, Does.Not.Contain(body[..20]).And.Not.Contain(given));
                Assert.That(File.Exists(_sample.Path("report.json")), Is.False);
            }
        }

        Assert.That(Terminal.Run("seal", SealSample.Artifact, pem, "--key", "release.pem"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Terminal.Output + Terminal.Error, Does.Contain("there is no option '…'").And.Not.Contain(body[..20]));
    }

    [Test]
    public void Check_seals_what_passes_and_says_so_in_its_report()
    {
        string[] check = ["check", SealSample.Artifact, "--seals", "seals", "--seal-key", "env://KEY", "--seal-to", SealSample.Feed, "--json", "r.json"];
        Terminal.Variables["KEY"] = File.ReadAllText(_sample.Path("release.pem"));
        Assert.That(Terminal.Run(check), Is.Zero, Terminal.Error);
        Assert.That(_sample.Refusals("--seal", "seals/" + SealSample.Seal), Is.Empty);
        Assert.That(Seal(), Is.EqualTo((true, (string?)null)));
        Assert.That(Terminal.Run("merge", "r.json", "--json", "joined.json"), Is.Zero, Terminal.Error);
        Assert.That(File.ReadAllText(_sample.Path("joined.json")), Does.Contain("\"present\": true"));

        // None of these is worth a seal, and none leaves an older one.
        foreach (var more in (string[][])[["--warn-only"], ["--as-of", "2026-05-01"]])
        {
            Assert.That(Terminal.Run(check), Is.Zero);
            Assert.That(Terminal.Run([.. check, .. more]), Is.Zero);
            Assert.That(Directory.GetFiles(_sample.Path("seals")), Is.Empty);
            Assert.That(Terminal.Error, Does.Contain("releasegate: nothing was sealed: "));
            Assert.That(Seal(), Is.EqualTo((false, (string?)null)));
        }

        Assert.That(Terminal.Run(check), Is.Zero);
        Terminal.Variables.Clear();
        Assert.That(Terminal.Run(check), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Terminal.Output, Does.Contain("the variable 'KEY', which is to hold the key, is empty or not set"));
        Assert.That(Directory.GetFiles(_sample.Path("seals")), Is.Empty);
        Assert.That(Terminal.Run("check", SealSample.Artifact, "--seals", "seals"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Terminal.Run("check", SealSample.Artifact, "--seal-key", "release.pem"), Is.EqualTo(ExitCode.CouldNotRun));

        (bool, string?) Seal()
        {
            using var json = JsonDocument.Parse(File.ReadAllText(_sample.Path("r.json")));
            var seal = json.RootElement.GetProperty("seal");
            return (seal.GetProperty("present").GetBoolean(), seal.GetProperty("notAfter").GetString());
        }
    }

    [Test]
    public void A_missing_key_holds_the_release_up()
    {
        Assert.That(Terminal.Run("check", _sample.Path(SealSample.Artifact), "--release-to", "out", "--reject-to", "rejected", "--seals", "out", "--seal-key", "nowhere.pem"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Directory.Exists(_sample.Path("out")) ? Directory.GetFiles(_sample.Path("out")) : [], Is.Empty);
        Assert.That(File.Exists(_sample.Path("rejected/" + SealSample.Artifact)), Is.True);
        File.Move(_sample.Path("rejected/" + SealSample.Artifact), _sample.Path(SealSample.Artifact));
        Assert.That(Terminal.Run("check", _sample.Path(SealSample.Artifact), "--release-to", "out", "--reject-to", "rejected", "--seals", "out", "--seal-key", "release.pem"), Is.Zero, Terminal.Output);
        Assert.That(Directory.GetFiles(_sample.Path("out")).Select(Path.GetFileName), Is.EquivalentTo(new[] { SealSample.Artifact, SealSample.Seal }));
    }

    [Test]
    public void A_seal_ends_with_the_first_waiver_it_rests_on()
    {
        Terminal.Write("releasegate.json", """
            { "artifacts": [ { "match": "**", "allow": ["**/*.txt"] } ],
              "waivers": [ { "id": "W-1", "rule": "RG1001", "path": "lib/readme.txt", "owner": "alice", "reason": "a reason", "expires": "2026-04-30" } ] }
            """);
        Terminal.Write("releasegate.json", File.ReadAllText(_sample.Path("releasegate.json")).Replace("**/*.txt", "other.txt", StringComparison.Ordinal).Replace("\"allow\": [\"other.txt\"]", "\"allow\": []", StringComparison.Ordinal));
        _sample.Make();
        Assert.That(Terminal.Output, Does.Contain(" until 2026-04-30T23:59:59Z, "));
        Assert.That(_sample.Statement()["predicate"]!["https://github.com/releasegate/releasegate"]!["waivers"]!.ToJsonString(), Is.EqualTo("""[{"id":"W-1","expires":"2026-04-30"}]"""));
        Assert.That(_sample.Refusals(), Is.Empty);

        using var later = new Terminal { Time = new At(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero)) };
        foreach (var file in (string[])[SealSample.Artifact, SealSample.Seal, "release.pub", "releasegate.json"]) File.Copy(_sample.Path(file), Path.Combine(later.Folder, file));
        Assert.That(later.Run("verify", SealSample.Artifact, "--key", "release.pub", "--policy", "releasegate.json", "--to", SealSample.Feed), Is.EqualTo(ExitCode.Blocked));
        Assert.That(later.Output, Does.Match("^Acme\\.1\\.0\\.0\\.nupkg : error RG7005: .*when the first waiver that it rests on expired: W-1\\..*\\n$"));
    }

    [Test]
    public void Two_approvers_seal_with_keys_of_their_own()
    {
        Terminal.Write("releasegate.json", ReceiptSample.Manifest.TrimEnd().TrimEnd('}') + ", \"seal\": { \"approvals\": 2, \"verifier\": \"https://acme.example/gate\", \"maxAge\": \"24h\" } }");
        _sample.Make();
        Assert.That(_sample.Refusals(), Is.EqualTo(new[] { "RG7012" }));
        Assert.That(_sample.Refusals("--seal", SealSample.Seal, "--seal", SealSample.Seal, "--key", "second.pub"), Is.EqualTo(new[] { "RG7012" }));
        Assert.That(Terminal.Run("seal", SealSample.Artifact, "--key", "second.pem", "--to", SealSample.Feed, "--out", "second.json"), Is.Zero);
        Assert.That(_sample.Refusals("--seal", SealSample.Seal, "--seal", "second.json"), Is.EqualTo(new[] { "RG7007" }));
        Assert.That(_sample.Refusals("--seal", SealSample.Seal, "--seal", "second.json", "--key", "second.pub", "--json", "v.json"), Is.Empty, Terminal.Output);
        Assert.That(Terminal.Output, Does.Contain($"{SealSample.Artifact}: verified, 2 of 2 approvals, sealed on "));
        using var json = JsonDocument.Parse(File.ReadAllText(_sample.Path("v.json")));
        Assert.That(json.RootElement.EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "schema", "tool", "result", "artifact", "expected", "seals", "objections", "receipt" }));
        Assert.That(json.RootElement.GetProperty("result").GetString(), Is.EqualTo("passed"));
        Assert.That(json.RootElement.GetProperty("seals").EnumerateArray().Select(s => s.GetProperty("verifier").GetString()), Is.All.EqualTo("https://acme.example/gate"));
        Assert.That(json.RootElement.GetProperty("expected").GetProperty("maxAgeHours").GetInt64(), Is.EqualTo(24));
    }

    [Test]
    public void Others_sign_the_statement_and_a_plain_envelope_is_verified()
    {
        Assert.That(Terminal.Run("seal", SealSample.Artifact, "--to", SealSample.Feed, "--statement-out", "statement.json", "--predicate-out", "predicate.json"), Is.Zero, Terminal.Error);
        Assert.That(Terminal.Output, Does.Contain($"{SealSample.Artifact}: not sealed; the statement for pkg:nuget/Acme@1.0.0?repository_url={SealSample.Feed} waits for a signature\n"));
        Assert.That(File.Exists(_sample.Path(SealSample.Seal)), Is.False);
        var payload = File.ReadAllBytes(_sample.Path("statement.json"));
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse(payload)!["predicate"], JsonNode.Parse(File.ReadAllBytes(_sample.Path("predicate.json")))), Is.True);

        using var key = System.Security.Cryptography.ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(_sample.Path("release.pem")));
        // As the framework signs unless it is told otherwise: r and s, no DER.
        var signature = key.SignData([.. Encoding.ASCII.GetBytes($"DSSEv1 28 application/vnd.in-toto+json {payload.Length} "), .. payload], System.Security.Cryptography.HashAlgorithmName.SHA256);
        var url = Convert.ToBase64String(signature).Replace('+', '-').Replace('/', '_').TrimEnd('=');
        File.WriteAllText(_sample.Path("envelope.json"), new JsonObject
        {
            ["payloadType"] = "application/vnd.in-toto+json",
            ["payload"] = Convert.ToBase64String(payload),
            ["signatures"] = new JsonArray(new JsonObject { ["sig"] = url }),
        }.ToJsonString());
        Assert.That(_sample.Refusals("--seal", "envelope.json"), Is.Empty, Terminal.Output);
        // Once more over what it wrote itself, and never over what others did.
        Assert.That(Terminal.Run("seal", SealSample.Artifact, "--to", SealSample.Feed, "--statement-out", "statement.json"), Is.Zero, Terminal.Error);
        Assert.That(Terminal.Run("seal", SealSample.Artifact, "--to", SealSample.Feed, "--statement-out", "releasegate.json"), Is.EqualTo(ExitCode.CouldNotRun));
    }

    [Test]
    public void A_folder_and_a_zip_are_sealed_by_their_digest()
    {
        Terminal.Write("site/index.html", "<p>Hello.</p>");
        Terminal.Write("site/a b/page.html", "<p>Hello.</p>");
        Assert.That(Terminal.Run("seal", "site", "--as", "directory", "--key", "release.pem", "--to", SealSample.Feed), Is.Zero, Terminal.Output + Terminal.Error);
        Assert.That(Terminal.Output, Does.Match($"sealed for pkg:generic/site\\?checksum=sha256:[0-9a-f]{{64}}&repository_url={SealSample.Feed}, site\\.sigstore\\.json"));
        string[] verify = ["--key", "release.pub", "--policy", "releasegate.json", "--to", SealSample.Feed];
        Assert.That(_sample.Ids(Terminal.Run(["verify", "site/", .. verify])), Is.Empty);
        // Carried elsewhere it may be called otherwise.
        Directory.Move(_sample.Path("site"), _sample.Path("other"));
        Assert.That(_sample.Ids(Terminal.Run(["verify", "other", "--seal", "site.sigstore.json", .. verify])), Is.Empty);
        Terminal.Write("other/index.html", "<p>Hullo.</p>");
        Assert.That(_sample.Ids(Terminal.Run(["verify", "other", "--seal", "site.sigstore.json", .. verify])), Is.EqualTo(new[] { "RG7003" }));
    }

    [Test]
    public void Several_artifacts_are_sealed_together_and_of_one_that_fails_none_is()
    {
        ReceiptSample.Nupkg(Terminal, "b/Acme.1.0.0.nupkg", "1.0.0", ("lib/other.txt", "Other."));
        Assert.That(Terminal.Run("seal", "*.nupkg", "b/*.nupkg", "--key", "release.pem", "--output", "seals"), Is.Zero, Terminal.Error);
        Assert.That(Directory.GetFiles(_sample.Path("seals"), "*", SearchOption.AllDirectories), Has.Length.EqualTo(2));
        Assert.That(Terminal.Run("seal", "*.nupkg", "b/*.nupkg", "--key", "release.pem", "--out", "one.json"), Is.EqualTo(ExitCode.CouldNotRun));
        ReceiptSample.Nupkg(Terminal, "b/Acme.1.0.0.nupkg", "1.0.0", ("lib/app.js.map", """{"version":3,"sources":["a.ts"],"sourcesContent":["x"],"mappings":"AAAA"}"""));
        Assert.That(Terminal.Run("seal", "*.nupkg", "b/*.nupkg", "--key", "release.pem", "--output", "seals"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(Directory.GetFiles(_sample.Path("seals"), "*", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public void The_time_is_that_of_the_epoch_where_it_is_set()
    {
        Terminal.Variables["SOURCE_DATE_EPOCH"] = "1774915200";
        _sample.Make();
        Assert.That(_sample.Statement()["predicate"]!["timeVerified"]!.GetValue<string>(), Is.EqualTo("2026-03-31T00:00:00Z"));
        Terminal.Variables["SOURCE_DATE_EPOCH"] = "soon";
        Assert.That(Terminal.Run("seal", SealSample.Artifact, "--key", "release.pem"), Is.EqualTo(ExitCode.CouldNotRun));
    }

    [Test]
    public void Receipt_and_seal_stand_together()
    {
        Assert.That(Terminal.Run("check", SealSample.Artifact, "--receipts", ".", "--seals", ".", "--seal-key", "release.pem", "--seal-to", SealSample.Feed), Is.Zero);
        Assert.That(_sample.Refusals("--receipt", SealSample.Artifact + ".receipt.json", "--json", "v.json"), Is.Empty);
        Assert.That(Terminal.Output.Split('\n').Count(l => l.StartsWith($"{SealSample.Artifact}: ", StringComparison.Ordinal)), Is.EqualTo(2));
        Assert.That(File.ReadAllText(_sample.Path("v.json")), Does.Contain("\"schema\": \"releasegate/verification/v1\""));
        ReceiptSample.Nupkg(Terminal, SealSample.Artifact, "1.0.0", ("lib/readme.txt", "Bye."));
        Assert.That(_sample.Refusals("--receipt", SealSample.Artifact + ".receipt.json"), Is.EqualTo(new[] { "RG7003", "RG7003" }));
    }

    private sealed class At(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
