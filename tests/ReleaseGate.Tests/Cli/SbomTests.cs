using System.IO.Abstractions;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ReleaseGate.Cli;
using ReleaseGate.Governance;
using ReleaseGate.Tests.Governance;

namespace ReleaseGate.Tests.Cli;

/// <summary>When a run leaves an inventory, and when it must not.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SbomTests : IDisposable
{
    private readonly Terminal _terminal = new();

    public SbomTests() => _terminal.Write("releasegate.json", ReceiptSample.Manifest);

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void What_passes_has_one_and_what_is_blocked_next_time_has_none()
    {
        Zip("a.zip", "a");
        Assert.That(_terminal.Run("check", "a.zip", "--sbom", "boms"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        Assert.That(Boms(), Is.EqualTo(new[] { "boms/a.zip.cdx.json" }));

        Assert.That(_terminal.Run("inspect", "a.zip", "--sbom", "alone.cdx.json"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(Read("alone.cdx.json"), Is.EqualTo(Read("boms/a.zip.cdx.json")), "of 'inspect' and of 'check'");
        Assert.That(_terminal.Run("inspect", "a.zip", "--sbom", "alone.cdx.json"), Is.EqualTo(ExitCode.Passed), "again");

        Block();
        Assert.That(_terminal.Run("check", "a.zip", "--sbom", "boms"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(Boms(), Is.Empty);
    }

    [Test]
    public void It_bears_the_time_of_the_epoch()
    {
        Zip("a.zip", "a");
        _terminal.Variables[Receipt.EpochVariable] = "1";

        Assert.That(_terminal.Run("check", "a.zip", "--sbom", "boms"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(Read("boms/a.zip.cdx.json"), Does.Contain("\"timestamp\": \"1970-01-01T00:00:01Z\""));

        _terminal.Variables[Receipt.EpochVariable] = "noon";
        Assert.That(_terminal.Run("check", "a.zip", "--sbom", "boms"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Boms(), Is.Empty);
        Assert.That(_terminal.Run("inspect", "a.zip", "--sbom", "alone.cdx.json"), Is.EqualTo(ExitCode.CouldNotRun));
    }

    [Test]
    public void A_run_that_only_warns_writes_one_and_no_receipt()
    {
        Zip("a.zip", "a");
        Block();

        Assert.That(_terminal.Run("check", "a.zip", "--sbom", "boms", "--receipts", "boms", "--warn-only"), Is.EqualTo(ExitCode.Passed), _terminal.Error);

        Assert.That(Boms(), Is.EqualTo(new[] { "boms/a.zip.cdx.json" }));
    }

    [Test]
    public void A_file_of_somebody_else_is_left_alone()
    {
        Zip("a.zip", "a");
        _terminal.Write("boms/a.zip.cdx.json", """{"$schema":"http://cyclonedx.org/schema/bom-1.6.schema.json","bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"tools":{"components":[{"type":"application","name":"npm"}]}}}""");
        var before = Read("boms/a.zip.cdx.json");

        Assert.That(_terminal.Run("check", "a.zip", "--sbom", "boms"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("no report of this format (CycloneDx)"));
        Assert.That(Read("boms/a.zip.cdx.json"), Is.EqualTo(before));
    }

    [Test]
    public void Two_of_one_name_have_two_and_none_lies_in_what_is_checked()
    {
        Zip("one/a.zip", "a");
        Zip("two/a.zip", "b");
        Assert.That(_terminal.Run("check", "one/a.zip", "two/a.zip", "--sbom", "boms"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(Boms(), Is.EqualTo(new[] { "boms/2/a.zip.cdx.json", "boms/a.zip.cdx.json" }));

        Assert.That(_terminal.Run("check", "one", "--as", "directory", "--sbom", "one/boms"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error + _terminal.Output, Does.Contain("the inventories would lie in 'one' itself"));
    }

    [Test]
    public void The_digest_that_is_handed_on_is_that_of_the_file()
    {
        Zip("a.zip", "a");
        var files = new FileSystem();
        var report = new Gate(files).Check(new GateRequest { Artifacts = ["a.zip"], SearchFrom = _terminal.Folder, Sboms = Path.Combine(_terminal.Folder, "boms") }, DateTime.UnixEpoch);
        using var pending = new ReceiptWriter(files).Prepare(report, DateTime.UnixEpoch);

        var written = new SbomWriter(files).Prepare(report, DateTime.UnixEpoch, pending);
        Assert.That(Boms(), Is.EqualTo(new[] { "boms/a.zip.cdx.json.unreleased" }), "before anything is released");
        pending.Release();

        Assert.That(written, Is.EqualTo(new[] { new WrittenSbom(Path.Combine(_terminal.Folder, "boms", "a.zip.cdx.json"), Digest.Of(File.ReadAllBytes(Path.Combine(_terminal.Folder, "boms/a.zip.cdx.json")))) }));
    }

    [Test]
    public void A_seal_names_the_inventory()
    {
        Zip("a.zip", "a");
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256)) _terminal.Write("key.pem", key.ExportPkcs8PrivateKeyPem());

        Assert.That(_terminal.Run("check", "a.zip", "--sbom", "boms", "--seals", "seals", "--seal-key", "key.pem"), Is.EqualTo(ExitCode.Passed), _terminal.Error + _terminal.Output);

        var bundle = JsonNode.Parse(File.ReadAllText(Directory.GetFiles(Path.Combine(_terminal.Folder, "seals")).Single()))!;
        var payload = Encoding.UTF8.GetString(Convert.FromBase64String((string)bundle["dsseEnvelope"]!["payload"]!));
        Assert.That(payload, Does.Contain($"\"sbom\":{{\"sha256\":\"{Digest.Of(File.ReadAllBytes(Path.Combine(_terminal.Folder, "boms/a.zip.cdx.json")))}\"}}").Or.Contain($"\"sha256\": \"{Digest.Of(File.ReadAllBytes(Path.Combine(_terminal.Folder, "boms/a.zip.cdx.json")))}\""));
    }

    private void Block() => _terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "**", "allow": ["**"], "forbid": ["a.txt"] } ] }""");

    private void Zip(string path, string text) => ReceiptSample.Zip(_terminal, path, CompressionLevel.Fastest, ("a.txt", text));

    private string Read(string path) => File.ReadAllText(Path.Combine(_terminal.Folder, path));

    private string[] Boms()
    {
        var folder = Path.Combine(_terminal.Folder, "boms");
        if (!Directory.Exists(folder)) return [];
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_terminal.Folder, f).Replace('\\', '/')).ToArray();
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }
}
