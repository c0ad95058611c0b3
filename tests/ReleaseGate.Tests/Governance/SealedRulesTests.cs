using System.Text.Json.Nodes;
using ReleaseGate.Cli;
using ReleaseGate.OutsideRules;
using ReleaseGate.Tests.Cli;

namespace ReleaseGate.Tests.Governance;

/// <summary>A seal says which assemblies of rules judged, and whoever pushes can ask for theirs.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SealedRulesTests : IDisposable
{
    private readonly SealSample _sample = new(new Terminal(), """{ "artifacts": [ { "match": "**", "allow": ["**"] } ], "rules": { "ACME0001": "note", "ACME0002": "off" } }""");

    private Terminal Terminal => _sample.Terminal;

    public SealedRulesTests()
    {
        new RuleAssembly("Acme.One").Write(_sample.Path("Acme.One.dll"));
        new RuleAssembly("Acme.Two") { Id = "ACME0002" }.Write(_sample.Path("Acme.Two.dll"));
        Terminal.Write("releasegate.json", File.ReadAllText(_sample.Path("releasegate.json")));
    }

    public void Dispose() => _sample.Dispose();

    [Test]
    public void Rules_that_are_asked_for_have_judged()
    {
        _sample.Make("--rules", "Acme.One.dll", "--rules", "Acme.Two.dll");
        var own = _sample.Statement()["predicate"]!["https://github.com/releasegate/releasegate"]!["rules"]!.AsArray();
        Assert.That(own.Select(r => (string?)r!["assembly"]), Is.EqualTo(new[] { "Acme.One", "Acme.Two" }), "also where the manifest switches all of its rules off");
        Assert.That(own.Select(r => (string?)r!["sha256"]), Is.EqualTo(new[] { Sha256("Acme.One.dll"), Sha256("Acme.Two.dll") }));

        Assert.That(_sample.Refusals("--rules", "Acme.One.dll", "--rules", "Acme.Two.dll"), Is.Empty);
        Assert.That(Terminal.Output, Does.Not.Contain("nobody compared"));
        Assert.That(_sample.Refusals("--rules", "Acme.One.dll", "--json", "v.json"), Is.Empty);
        Assert.That(Said, Does.Contain($"{SealSample.Artifact}: nobody compared the rules beside ReleaseGate's own that judged it, too ('--rules DLL' does): Acme.Two 1.2.3.4, sha256 {Sha256("Acme.Two.dll")}\n"));
        var json = JsonNode.Parse(File.ReadAllText(_sample.Path("v.json")))!;
        Assert.That(json["expected"]!["rules"]!.ToJsonString(), Is.EqualTo($$"""[{"name":"Acme.One.dll","sha256":"{{Sha256("Acme.One.dll")}}"}]"""));
        Assert.That(json["seals"]![0]!["rules"]![1]!.ToJsonString(), Is.EqualTo($$"""{"assembly":"Acme.Two","version":"1.2.3.4","sha256":"{{Sha256("Acme.Two.dll")}}"}"""));
        Assert.That(_sample.Refusals(), Is.Empty);
        Assert.That(Said, Does.Contain("Acme.One 1.2.3.4, sha256 ").And.Contain("Acme.Two 1.2.3.4, sha256 "));
        Assert.That(_sample.Refusals("--quiet"), Is.Empty);
        Assert.That(Terminal.Output, Is.Empty);
    }

    [Test]
    public void Without_them_or_with_another_build_of_them_it_is_refused()
    {
        Terminal.Write("releasegate.json", ReceiptSample.Manifest);
        _sample.Make();
        Assert.That(_sample.Refusals("--rules", "Acme.One.dll"), Is.EqualTo(new[] { "RG7004" }));
        Assert.That(Terminal.Output, Does.Contain($"it was not judged by the rules of 'Acme.One.dll', sha256 {Sha256("Acme.One.dll")}, and by no rules but ReleaseGate's own. "));

        Terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "**", "allow": ["**"] } ], "rules": { "ACME0001": "note" } }""");
        _sample.Make("--rules", "Acme.One.dll");
        var before = Sha256("Acme.One.dll");
        new RuleAssembly("Acme.One") { Message = "is seen anew" }.Write(_sample.Path("Acme.One.dll"));
        Assert.That(_sample.Refusals("--rules", "Acme.One.dll", "--rules", "Acme.Two.dll"), Is.EqualTo(new[] { "RG7004", "RG7004" }));
        Assert.That(Terminal.Output, Does.Contain($"but by those of Acme.One 1.2.3.4, sha256 {before}. "));
    }

    [TestCase("there is no such rule assembly", "--key", "release.pub", "--any-policy", "--rules", "missing.dll")]
    [TestCase("want a value", "--key", "release.pub", "--any-policy", "--rules", "")]
    [TestCase("'--rules' is about seals", "--rules", "Acme.One.dll")]
    [TestCase("is to be read and to be written", "--key", "release.pub", "--any-policy", "--rules", "Acme.One.dll", "--json", "Acme.One.dll")]
    public void What_is_asked_for_wrongly_is_said(string said, params string[] more)
    {
        Assert.That(Terminal.Run(["verify", SealSample.Artifact, .. more]), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Terminal.Error, Does.Contain(said));
    }

    // Lines are for people, and broken for them.
    private string Said => Terminal.Output.Replace("\n  ", " ", StringComparison.Ordinal);

    private string Sha256(string file) => Digest.Of(File.ReadAllBytes(_sample.Path(file))).ToString();
}
