using System.Text.Json.Nodes;
using ReleaseGate.Cli;
using ReleaseGate.Governance;
using ReleaseGate.OutsideRules;
using ReleaseGate.Tests.Cli;
using ReleaseGate.Tests.Reporting;

namespace ReleaseGate.Tests.Governance;

/// <summary>What <c>verify --json</c> writes has the keys that its schemas say.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class VerificationSchemaTests : IDisposable
{
    private readonly SealSample _sample = new(new Terminal(), """{ "artifacts": [ { "match": "**", "allow": ["**"] } ], "rules": { "ACME0001": "note" }, "seal": { "maxAge": "24h" } }""");

    private Terminal Terminal => _sample.Terminal;

    public void Dispose() => _sample.Dispose();

    [Test]
    public void A_verification_by_a_receipt_has_the_keys_of_its_schema()
    {
        Assert.That(Terminal.Run("check", SealSample.Artifact, "--rules", Rules(), "--receipts", "."), Is.Zero, Terminal.Output);
        var keys = new SchemaKeys(JsonNode.Parse(Verification.SchemaText())!);
        Assert.That(Terminal.Run("verify", SealSample.Artifact, "--json", "same.json"), Is.Zero, Terminal.Error);
        Assert.That(keys.Mistakes(Read("same.json")), Is.Empty);
        ReceiptSample.Nupkg(Terminal, SealSample.Artifact, "1.0.0", ("lib/readme.txt", "Bye."), ("lib/other.txt", "New."));
        Assert.That(Terminal.Run("verify", SealSample.Artifact, "--json", "other.json"), Is.EqualTo(ExitCode.Blocked), Terminal.Error);
        Assert.That(Read("other.json")["differences"]!.AsArray(), Has.Count.EqualTo(2));
        Assert.That(keys.Mistakes(Read("other.json")), Is.Empty);

        var broken = Read("other.json");
        broken["differences"]![0]!["after"]!.AsObject().Remove("mode");
        broken["policy"]!["more"] = 1;
        Assert.That(keys.Mistakes(broken), Is.EqualTo(new[] { "$.policy.more is not described", "$.differences[0].after.mode is missing" }));
        Printed("verification", Verification.SchemaText());
    }

    [Test]
    public void A_verification_by_seals_has_the_keys_of_its_schema()
    {
        _sample.Make("--rules", Rules());
        Assert.That(Terminal.Run("check", SealSample.Artifact, "--rules", Rules(), "--receipts", "."), Is.Zero, Terminal.Output);
        var keys = new SchemaKeys(JsonNode.Parse(SealVerification.SchemaText())!, ("verification.schema.json", JsonNode.Parse(Verification.SchemaText())!));
        string[] receipt = ["--receipt", SealSample.Artifact + ".receipt.json", "--rules", Rules()];
        foreach (var more in (string[][])[[], receipt])
        {
            Assert.That(_sample.Refusals([.. more, "--json", "passed.json"]), Is.Empty);
            Assert.That(keys.Mistakes(Read("passed.json")), Is.Empty);
        }

        Assert.That(_sample.Ids(Terminal.Run("verify", SealSample.Artifact, "--key", "release.pub", "--any-policy", "--seal", "nowhere.json", "--seal", SealSample.Seal, "--json", "refused.json")), Is.EqualTo(new[] { "RG7001", "RG7006" }));
        Assert.That(keys.Mistakes(Read("refused.json")), Is.Empty);
        var broken = Read("refused.json");
        broken["seals"]![0]!.AsObject().Remove("drill");
        Assert.That(keys.Mistakes(broken), Is.EqualTo(new[] { "$.seals[0].drill is missing" }));
        Printed("seal-verification", SealVerification.SchemaText());
    }

    private void Printed(string name, string schema)
    {
        Assert.That(Terminal.Run("schema", name), Is.Zero);
        Assert.That(Terminal.Output, Is.EqualTo(schema));
    }

    private JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(_sample.Path(file)))!;

    private string Rules()
    {
        if (!File.Exists(_sample.Path("Acme.One.dll"))) new RuleAssembly("Acme.One").Write(_sample.Path("Acme.One.dll"));
        return "Acme.One.dll";
    }
}
