using System.Text.Json.Nodes;
using ReleaseGate.Cli;
using ReleaseGate.Tests.Cli;

namespace ReleaseGate.Tests.Governance;

/// <summary>A seal tells of the drill that whoever seals names, and of no drill of something else. A part of a run is not sealed.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SealedDrillTests : IDisposable
{
    private const string Own = "https://github.com/releasegate/releasegate";

    private readonly SealSample _sample = new(new Terminal());

    private Terminal Terminal => _sample.Terminal;

    public void Dispose() => _sample.Dispose();

    [Test]
    public void A_drill_of_the_same_package_stands_in_the_seal()
    {
        ReceiptSample.Nupkg(Terminal, "old/Acme.0.9.0.nupkg", "0.9.0", ("lib/readme.txt", "Hello."));
        Drill("old/Acme.0.9.0.nupkg");
        _sample.Make();
        Assert.That(_sample.Statement()["predicate"]![Own]!.AsObject().ContainsKey("drill"), Is.False);

        _sample.Make("--drill", "drill.json");
        Assert.That(_sample.Statement()["predicate"]![Own]!["drill"]!.ToJsonString(), Is.EqualTo("""{"seeded":2,"missed":1}"""));
        Assert.That(_sample.Refusals("--json", "v.json"), Is.Empty);
        Assert.That(JsonNode.Parse(File.ReadAllText(_sample.Path("v.json")))!["seals"]![0]!["drill"]!.ToJsonString(), Is.EqualTo("""{"seeded":2,"missed":1}"""));
    }

    [TestCase("the drill was of 'pkg:nuget/Other@1.0.0', and this is 'pkg:nuget/Acme@1.0.0'", "\"pkg:nuget/Acme@0.9.0\"", "\"pkg:nuget/Other@1.0.0\"")]
    [TestCase("the drill was of 'pkg:npm/Acme@0.9.0'", "\"pkg:nuget/Acme@0.9.0\"", "\"pkg:npm/Acme@0.9.0\"")]
    [TestCase("the drill was of 'Acme.0.9.0.nupkg'", "\"pkg:nuget/Acme@0.9.0\"", "null")]
    [TestCase("the drill was of 'pkg:nuget/Acme@0.9.0'", "\"kind\": \"NuGetPackage\"", "\"kind\": \"SymbolsPackage\"")]
    [TestCase("is expected here", "releasegate/drill/v1", "releasegate/report/v1")]
    public void A_drill_of_something_else_is_refused(string said, string before, string after)
    {
        ReceiptSample.Nupkg(Terminal, "old/Acme.0.9.0.nupkg", "0.9.0", ("lib/readme.txt", "Hello."));
        Drill("old/Acme.0.9.0.nupkg");
        var text = File.ReadAllText(_sample.Path("drill.json"));
        Assert.That(text, Does.Contain(before));
        Terminal.Write("drill.json", text.Replace(before, after, StringComparison.Ordinal));
        _sample.Make();
        foreach (var file in (string[])["drill.json", "missing.json"])
        {
            Assert.That(Terminal.Run("seal", SealSample.Artifact, "--key", "release.pem", "--drill", file, "--log", "gate.log"), Is.EqualTo(ExitCode.CouldNotRun));
            if (file == "drill.json") Assert.That(Terminal.Error, Does.Contain("RG0007").And.Contain(said));
            Assert.That(File.Exists(_sample.Path(SealSample.Seal)), Is.False);
            Assert.That(File.Exists(_sample.Path("gate.log")), Is.False, "nothing has passed that was not sealed");
        }
    }

    [Test]
    public void Folders_fit_by_their_names()
    {
        foreach (var folder in (string[])["site-1.0.0", "site-1.1.0", "other-1.0.0"]) Terminal.Write(folder + "/a.txt", "Hello.");
        Drill("site-1.0.0", "--as", "directory");
        Assert.That(Terminal.Run("seal", "site-1.1.0", "--as", "directory", "--key", "release.pem", "--drill", "drill.json"), Is.Zero, Terminal.Error);
        Assert.That(Terminal.Run("seal", "other-1.0.0", "--as", "directory", "--key", "release.pem", "--drill", "drill.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Terminal.Error, Does.Contain("the drill was of 'site-1.0.0', and this is 'other-1.0.0'"));
    }

    [Test]
    public void A_part_of_a_run_is_not_sealed()
    {
        ReceiptSample.Nupkg(Terminal, "Acme.1.0.1.nupkg", "1.0.1", ("lib/readme.txt", "Hello."));
        string[] check = ["check", "*.nupkg", "--receipts", "st", "--seals", "st", "--seal-key", "release.pem", "--seal-to", SealSample.Feed];
        Assert.That(Terminal.Run(check), Is.Zero, Terminal.Output);
        Assert.That(Directory.GetFiles(_sample.Path("st"), "*.sigstore.json"), Has.Length.EqualTo(2));

        foreach (var shard in (string[])["1/2", "2/2", "1/1"])
        {
            Assert.That(Terminal.Run([.. check, "--shard", shard, "--json", "shard.json"]), Is.EqualTo(ExitCode.CouldNotRun));
            Assert.That(Terminal.Output, Does.Contain($"error RG0007: shard {shard} is a part of a run, and a part is not sealed").And.Contain("'releasegate merge'").And.Contain("'releasegate seal'"));
            Assert.That((string?)JsonNode.Parse(File.ReadAllText(_sample.Path("shard.json")))!["result"], Is.EqualTo("error"));
        }

        Assert.That(Directory.GetFiles(_sample.Path("st")), Is.Empty, "those of an earlier run are gone");
    }

    private void Drill(string artifact, params string[] more)
    {
        Assert.That(Terminal.Run(["drill", artifact, "--json", "drill.json", "--only", "source-map-beside", "--only", "unlisted-file", .. more]), Is.EqualTo(ExitCode.Blocked), Terminal.Output + Terminal.Error);
    }
}
