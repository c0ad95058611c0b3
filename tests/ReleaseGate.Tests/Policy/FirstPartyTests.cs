using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Policy;

/// <summary>Whose file it is, and what that makes of a finding.</summary>
public sealed class FirstPartyTests
{
    private static readonly Descriptor Rule = new("TEST0001", "Test", "A test rule.", "Nothing to do.");

    [Test]
    public void In_a_NuGet_package_what_is_called_like_it() =>
        Assert.That(Own(Inventories.NuGet("lib/net8.0/Acme.dll", "lib/net8.0/acme.core.dll", "lib/net8.0/AcmeTools.dll", "lib/net8.0/Newtonsoft.Json.dll")),
            Is.EqualTo(new[] { "Acme.nuspec", "lib/net8.0/Acme.dll", "lib/net8.0/acme.core.dll" }));

    [Test]
    public void In_an_npm_package_everything_outside_of_node_modules_and_vendor() =>
        Assert.That(Own(Inventories.Npm("cli.js", "bin/tool", "vendor/rg", "node_modules/left-pad/index.js", "dist/node_modules/x.js", "x.zip", "x.zip!/vendor/y.js", "vendored.js")),
            Is.EqualTo(new[] { "bin/tool", "cli.js", "package.json", "vendored.js", "x.zip" }));

    [Test]
    public void In_a_folder_what_is_called_like_the_application() =>
        Assert.That(Own(Inventories.Folder("Acme.Server", "Acme.Server.dll", "Acme.Server.deps.json", "Serilog.dll")),
            Is.EqualTo(new[] { "Acme.Server", "Acme.Server.deps.json", "Acme.Server.dll" }));

    [Test]
    public void In_a_folder_that_says_nothing_everything() => Assert.That(Own(Inventories.Folder("a.js", "vendor/b.js")), Is.EqualTo(new[] { "a.js", "vendor/b.js" }));

    [Test]
    public void The_manifest_knows_better() =>
        Assert.That(Own(Inventories.NuGet("lib/net8.0/Acme.dll", "lib/net8.0/Contoso.dll", "lib/net8.0/Contoso.pdb"), """{ "firstParty": ["lib/{tfm}/Contoso.dll", "{id}.nuspec"] }"""),
            Is.EqualTo(new[] { "Acme.nuspec", "lib/net8.0/Contoso.dll" }));

    // What the manifest sets counts for all of a rule's findings; what a finding says of itself never makes it worse.
    [TestCase("{}", null, null, Severity.Error, Severity.Error)]
    [TestCase("{}", null, Severity.Warning, Severity.Error, Severity.Warning)]
    [TestCase("{}", Severity.Warning, Severity.Note, Severity.Warning, Severity.Note)]
    [TestCase("{}", Severity.Note, Severity.Warning, Severity.Note, Severity.Note)]
    [TestCase("""{ "rules": { "TEST0001": "error" } }""", Severity.Note, Severity.Warning, Severity.Error, Severity.Error)]
    [TestCase("""{ "rules": { "TEST0001": "note" } }""", null, Severity.Warning, Severity.Note, Severity.Note)]
    public void A_finding_means_less_where_it_says_so(string manifest, Severity? severity, Severity? vendored, Severity own, Severity others)
    {
        var inventory = Inventories.NuGet("lib/net8.0/Acme.dll", "lib/net8.0/Other.dll");
        var policy = Inventories.Manifest(manifest).PolicyFor(inventory);
        var findings = inventory.Entries.Where(e => e.Path.NameEndsWith(".dll")).Select(e => new Finding(Rule, e, "is odd") { Severity = severity, VendoredSeverity = vendored });

        Assert.That(Judge.Findings(findings, policy, inventory).Select(f => f.Severity), Is.EqualTo(new[] { own, others }));
    }

    [TestCase("lib/net8.0/Acme.dll", "{}", false)]
    [TestCase("lib/net8.0/Other.dll", "{}", true)]
    [TestCase("lib/net8.0/Other.dll", """{ "rules": { "TEST0001": "warning" } }""", false)]
    [TestCase("lib/net8.0/Other.dll", """{ "firstParty": ["**/*.dll"] }""", false)]
    public void The_line_says_why_it_means_less(string path, string manifest, bool says)
    {
        var inventory = Inventories.NuGet("lib/net8.0/Acme.dll", "lib/net8.0/Other.dll");
        var policy = Inventories.Manifest(manifest).PolicyFor(inventory);
        var finding = new Finding(Rule, inventory.Entries.Single(e => e.Path.Value == path), "is odd") { VendoredSeverity = Severity.Warning };
        var verdict = new Verdict("Acme.1.2.3.nupkg", inventory, policy, Judge.Findings([finding], policy, inventory), [], [], 0, TimeSpan.Zero);

        var line = Diagnostic.From(new GateRequest { Artifacts = [], SearchFrom = "/" }, verdict, verdict.Findings.Single());

        Assert.That(line.Text.Contains("'firstParty' in the manifest", StringComparison.Ordinal), Is.EqualTo(says), line.Text);
    }

    private static string[] Own(Inventory inventory, string manifest = "{}")
    {
        var policy = Inventories.Manifest(manifest).PolicyFor(inventory);
        return [.. inventory.Entries.Where(e => policy.IsFirstParty(e, inventory)).Select(e => e.Path.ToString())
            .Where(p => inventory.Kind != ArtifactKind.NuGetPackage || !p.Contains("_rels", StringComparison.Ordinal))];
    }
}
