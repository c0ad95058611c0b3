using System.IO.Abstractions;
using System.IO.Compression;
using System.Security.Cryptography;
using ReleaseGate.Cli;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Cli;

/// <summary>Where an audit log may lie: nowhere that a run reads or writes otherwise, and by a manifest only in its own repository.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LogPlaceTests : IDisposable
{
    private readonly Terminal _terminal = new();

    public LogPlaceTests()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _terminal.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        _terminal.Write("key.pub", key.ExportSubjectPublicKeyInfoPem());
        Manifest("");
        Directory.CreateDirectory(In("stage"));
        using var zip = ZipFile.Open(In("stage/a.zip"), ZipArchiveMode.Create);
        zip.CreateEntry("ok.txt");
    }

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void A_log_is_no_other_file_of_the_run(
        [Values("r.json", "r.sarif", "r.html", "R/a.zip.receipt.json", "R/a.zip.receipt.json.unreleased", "s/a.zip.sigstore.json", "s/a.zip.sigstore.json.unreleased", "b/a.zip.cdx.json", "b/a.zip.cdx.json.unreleased", "stage/a.zip", "key.pem", "releasegate.json", "out/a.zip", "out/A.zip.unverified")] string log,
        [Values] bool byManifest)
    {
        if (byManifest) Manifest($"\"log\": \"{log}\",");
        string[] args = ["check", "stage/a.zip", "--json", "r.json", "--sarif", "r.sarif", "--html", "r.html", "--receipts", "R", "--sbom", "b", "--seals", "s", "--seal-key", "key.pem", "--release-to", "out"];
        var before = File.Exists(In(log)) ? File.ReadAllBytes(In(log)) : null;
        Run(ExitCode.CouldNotRun, byManifest ? args : [.. args, "--log", log]);
        Assert.Multiple(() =>
        {
            Assert.That(_terminal.Output + _terminal.Error, Does.Contain("RG0010").And.Contain("give the log a file of its own"));
            Assert.That(Directory.Exists(In("out")) ? Directory.GetFiles(In("out")) : [], Is.Empty);
            foreach (var folder in (string[])["R", "s", "b"]) Assert.That(Directory.Exists(In(folder)) ? Directory.GetFiles(In(folder)) : [], Is.Empty);
            if (before is not null) Assert.That(File.ReadAllBytes(In(log)), Is.EqualTo(before));
        });
    }

    [TestCase("seal", "stage/a.zip", "--key", "key.pem", "--log", "x.json", "--out", "x.json")]
    [TestCase("seal", "stage/a.zip", "--key", "key.pem", "--log", "stage/a.zip.sigstore.json")]
    [TestCase("seal", "stage/a.zip", "--statement-out", "x.json", "--log", "x.json")]
    public void A_log_is_no_seal(params string[] args)
    {
        Run(ExitCode.CouldNotRun, args);
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain("RG0010").And.Contain("give the log a file of its own"));
        Assert.That((File.Exists(In("x.json")), File.Exists(In("stage/a.zip.sigstore.json"))), Is.EqualTo((false, false)));
    }

    [TestCase("verify", "stage/a.zip", "--receipt", "r/a.zip.receipt.json", "--json", "x.json", "--log", "./x.json")]
    [TestCase("verify", "stage/a.zip", "--receipt", "r/a.zip.receipt.json", "--policy", "releasegate.json", "--json", "gate.log")]
    [TestCase("verify", "stage/a.zip", "--receipt", "r/a.zip.receipt.json", "--log", "r/a.zip.receipt.json")]
    [TestCase("verify", "stage/a.zip", "--receipt", "r/a.zip.receipt.json", "--log", "stage/a.zip")]
    [TestCase("verify", "stage/a.zip", "--receipt", "r/a.zip.receipt.json", "--policy", "releasegate.json", "--log", "releasegate.json")]
    [TestCase("verify", "stage/a.zip", "--key", "key.pub", "--any-policy", "--json", "x.json", "--log", "x.json")]
    [TestCase("verify", "stage/a.zip", "--key", "key.pub", "--any-policy", "--log", "key.pub")]
    [TestCase("drill", "stage/a.zip", "--only", "unlisted-file", "--json", "x.json", "--log", "x.json")]
    [TestCase("drill", "stage/a.zip", "--only", "unlisted-file", "--markdown", "gate.log")]
    [TestCase("drill", "stage/a.zip", "--only", "unlisted-file", "--html", "gate.log")]
    [TestCase("seal", "stage/a.zip", "--key", "key.pem", "--log", "key.pem")]
    public void A_log_is_no_other_file_of_another_command(params string[] args)
    {
        Assert.That(_terminal.Run("check", "stage/a.zip", "--receipts", "r"), Is.Zero, _terminal.Output);
        Manifest("\"log\": \"gate.log\",");
        var before = Contents();
        Run(ExitCode.CouldNotRun, args);
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain("RG0010").And.Contain("give the log a file of its own"));
        Assert.That(Contents(), Is.EqualTo(before));
    }

    [TestCase("exposure", "--json", "gate.log")]
    [TestCase("exposure", "--markdown", "link.md")]
    [TestCase("exposure", "--html", "./GATE.log")]
    [Platform(Exclude = "Win", Reason = "Links need a privilege there.")]
    public void A_log_that_is_read_is_not_written(params string[] args)
    {
        Manifest("""
            "log": "gate.log",
            "exposure": { "currency": "EUR", "streams": [ { "id": "saas", "title": "Subscriptions", "value": 9e8 } ], "contracts": [],
              "pathways": [ { "id": "zips", "artifact": "*.zip", "releases": 120, "leakProbability": 0.05, "loss": { "low": 2e6, "high": 4e7 }, "streams": ["saas"], "contracts": [] } ], "missRate": 0.1 },
            """);
        File.CreateSymbolicLink(In("link.md"), In("gate.log"));
        var before = Contents();
        Run(ExitCode.CouldNotRun, args);
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain("is to be read and to be written").Or.Contain("leads to no file"));
        Assert.That(Contents(), Is.EqualTo(before));
    }

    [Test]
    public void A_waiver_is_not_logged_in_its_manifest()
    {
        Manifest("\"log\": \"releasegate.json\",");
        var before = Contents();
        Run(ExitCode.CouldNotRun, "waive", "RG2006", "a.pdb", "--reason", "a reason", "--owner", "alice", "--expires", "2026-05-01", "--write");
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain("RG0010").And.Contain("give the log a file of its own"));
        Assert.That(Contents(), Is.EqualTo(before));
    }

    private string[] Contents() =>
        [.. Directory.GetFiles(_terminal.Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where(f => new FileInfo(f).LinkTarget is null).Select(f => f + " " + Digest.Of(File.ReadAllBytes(f)))];

    [TestCase("../other.jsonl", true, "outside of the manifest's repository")]
    [TestCase("../other.jsonl", false, "outside of the manifest's folder")]
    [TestCase(".git/index.lock", true, "belongs to the version control")]
    [TestCase("sub/.GIT/hooks/x", true, "belongs to the version control")]
    [TestCase("link/a.jsonl", true, "outside of the manifest's repository")]
    [TestCase("link.jsonl", false, "outside of the manifest's folder")]
    [TestCase("logs/a.jsonl", true, null)]
    [TestCase("..a/..b.jsonl", false, null)]
    [Platform(Exclude = "Win", Reason = "Links need a privilege there.")]
    public void A_manifest_names_a_log_in_its_repository(string log, bool isRepository, string? why)
    {
        Directory.CreateDirectory(In(isRepository ? "repo/.git" : "repo"));
        Directory.CreateDirectory(In("elsewhere"));
        File.CreateSymbolicLink(In("repo/link"), In("elsewhere"));
        File.CreateSymbolicLink(In("repo/link.jsonl"), In("elsewhere/a.jsonl"));
        _terminal.Write("repo/releasegate.json", $"{{ \"log\": \"{log}\" }}");
        Manifest Read() => new ManifestReader(new FileSystem()).Read(In("repo/releasegate.json"));
        if (why is null)
        {
            Assert.That(Read().AuditLog, Is.EqualTo(In("repo/" + log)));
            return;
        }

        var mistake = Assert.Throws<GateException>(() => Read())!;
        Assert.That((mistake.Rule, mistake.Line, mistake.Column), Is.EqualTo((GateRules.ManifestInvalid.Id, 1, 10)));
        Assert.That(mistake.Message, Does.Contain(why).And.Contain("ReleaseGateLog"));
    }

    [Test]
    public void A_manifest_in_a_folder_names_a_log_at_the_root_of_its_repository()
    {
        Directory.CreateDirectory(In("repo/.git"));
        _terminal.Write("repo/src/releasegate.json", """{ "log": "../a.jsonl" }""");
        Assert.That(new ManifestReader(new FileSystem()).Read(In("repo/src/releasegate.json")).AuditLog, Is.EqualTo(In("repo/a.jsonl")));
    }

    [TestCase("check", "pub", "--as", "directory", "--log", "lnk/log.jsonl")]
    [TestCase("check", "lnk", "--as", "directory", "--log", "pub/log.jsonl")]
    [TestCase("check", "pub", "--as", "directory", "--receipts", "lnk/r")]
    [TestCase("seal", "pub", "--as", "directory", "--key", "key.pem", "--output", "pub")]
    [TestCase("seal", "pub", "--as", "directory", "--key", "key.pem", "--out", "lnk/x.json")]
    [TestCase("seal", "lnk", "--as", "directory", "--statement-out", "pub/x.json")]
    [Platform(Exclude = "Win", Reason = "Links need a privilege there.")]
    public void Nothing_is_written_into_a_folder_that_was_inspected(params string[] args)
    {
        _terminal.Write("pub/ok.txt");
        File.CreateSymbolicLink(In("lnk"), In("pub"));
        Run(ExitCode.CouldNotRun, args);
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain("that nobody inspected"));
        Assert.That(Directory.GetFileSystemEntries(In("pub")), Has.Length.EqualTo(1));
    }

    private void Manifest(string more) => _terminal.Write("releasegate.json", $$"""{ {{more}} "artifacts": [ { "match": "*", "allow": ["ok.txt"] } ] }""");

    private void Run(int code, params string[] args) => Assert.That(_terminal.Run(args), Is.EqualTo(code), _terminal.Output + _terminal.Error);

    private string In(string name) => Path.Combine(_terminal.Folder, name);
}
