using System.IO.Compression;
using System.Text.Json.Nodes;
using ReleaseGate.Cli;
using ReleaseGate.Tests.Archives;
using ReleaseGate.Tests.Cli;

namespace ReleaseGate.Tests.Governance;

/// <summary>What an address of a dependency holds beside the place is neither kept nor printed, and still told apart.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class KeptDependencyTests : IDisposable
{
    private const string Secret = "hunter2secret";

    private static readonly string[] Check = ["check", "acme-1.1.0.tgz", "--baseline", "old/acme-1.0.0.tgz", "--receipts", "r", "--sbom", "r", "--json", "r/r.json", "--html", "r/r.html", "--markdown", "r/r.md", "--sarif", "r/r.sarif", "--junit", "r/r.xml"];

    private readonly Terminal _terminal = new();

    public KeptDependencyTests() => _terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "**", "allow": ["**"] } ], "dependencies": { "allow": ["one"] }, "rules": { "RG5004": "warning", "RG5005": "warning", "RG5007": "warning", "RG3009": "warning" } }""");

    public void Dispose() => _terminal.Dispose();

    [TestCase("git+https://user:" + Secret + "@git.acme.example/x.git#v1")]
    [TestCase("https://" + Secret + "@git.acme.example/x.tgz")]
    [TestCase("https://git.acme.example/x.tgz?token=" + Secret)]
    [TestCase("user:" + Secret + "@git.acme.example:x/y.git")]
    [TestCase("1.0.0-beta.1 || git+https://user:" + Secret + "@git.acme.example/x.git")]
    [TestCase("1.0.0-beta.1 - user:" + Secret + "@host")]
    public void Credentials_are_kept_nowhere(string range)
    {
        Tarball("old/acme-1.0.0.tgz", "1.0.0", range);
        Tarball("acme-1.1.0.tgz", "1.1.0", range + "x");

        Assert.That(_terminal.Run(Check), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        Assert.That(_terminal.Output + _terminal.Error, Does.Not.Contain(Secret));
        foreach (var file in Directory.GetFiles(In("r"))) Assert.That(File.ReadAllText(file), Does.Not.Contain(Secret), file);
        foreach (var format in (string[])["text", "markdown", "json"])
            foreach (var old in (string[])["old/acme-1.0.0.tgz", "r/acme-1.1.0.tgz.receipt.json"])
            {
                Assert.That(_terminal.Run("diff", old, "acme-1.1.0.tgz", "--format", format, "--all"), Is.Zero, _terminal.Error);
                Assert.That(_terminal.Output, Does.Not.Contain(Secret));
            }
    }

    [TestCase("git+https://user:" + Secret + "@git.acme.example/x.git#v1", "git+https://user:" + Secret + "@git.acme.example/x.git#v2", "git+https://…@git.acme.example/x.git#…")]
    [TestCase("git+https://user:" + Secret + "@git.acme.example/x.git", "git+https://user:another@git.acme.example/x.git", "git+https://…@git.acme.example/x.git")]
    [TestCase("^1.0.0", "^1.1.0", "^1.0.0")]
    [TestCase("npm:@acme/core@^1.0.0", "npm:@acme/core@^1.1.0", "npm:@acme/core@^1.0.0")]
    public void Another_address_is_another_dependency_and_the_same_is_the_same(string before, string after, string kept)
    {
        Tarball("old/acme-1.0.0.tgz", "1.0.0", before);
        Tarball("acme-1.1.0.tgz", "1.1.0", after);
        Assert.That(_terminal.Run("check", "old/acme-1.0.0.tgz", "--receipts", "r"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        var receipt = JsonNode.Parse(File.ReadAllText(In("r/acme-1.0.0.tgz.receipt.json")))!;
        var range = (string?)receipt["dependencies"]![0]!["range"];
        Assert.That(range, kept == before ? Is.EqualTo(kept) : Does.Match($"^{System.Text.RegularExpressions.Regex.Escape(kept)} \\(sha256 [0-9a-f]{{12}}\\)$"));

        foreach (var old in (string[])["old/acme-1.0.0.tgz", "r/acme-1.0.0.tgz.receipt.json"])
        {
            Assert.That(Changes(old, "acme-1.1.0.tgz"), Is.EqualTo(new[] { ("changed", range) }));
            Assert.That(Changes(old, "old/acme-1.0.0.tgz"), Is.Empty);
        }

        // What an older version kept whole is compared, and not shown.
        receipt["dependencies"]![0]!["range"] = before;
        _terminal.Write("r/acme-1.0.0.tgz.receipt.json", receipt.ToJsonString());
        Assert.That(Changes("r/acme-1.0.0.tgz.receipt.json", "old/acme-1.0.0.tgz"), Is.Empty);
        Assert.That(Changes("r/acme-1.0.0.tgz.receipt.json", "acme-1.1.0.tgz"), Is.EqualTo(new[] { ("changed", range) }));
        // Who writes a fingerprint behind a credential hides nothing.
        receipt["dependencies"]![0]!["range"] = $"https://user:{Secret}@git.acme.example/x (sha256 0123456789ab)";
        _terminal.Write("r/acme-1.0.0.tgz.receipt.json", receipt.ToJsonString());
        Assert.That(Changes("r/acme-1.0.0.tgz.receipt.json", "acme-1.1.0.tgz"), Has.Length.EqualTo(1));
        Assert.That(_terminal.Output, Does.Not.Contain(Secret));
    }

    [Test]
    public void The_address_of_a_licence_is_kept_without_credentials()
    {
        foreach (var (file, version) in (ReadOnlySpan<(string, string)>)[("a.1.0.0.nupkg", "1.0.0"), ("a.1.1.0.nupkg", "1.1.0")])
            ReceiptSample.Zip(_terminal, file, CompressionLevel.Fastest, ("a.nuspec", $"<package><metadata><id>a</id><version>{version}</version><licenseUrl>https://user:{Secret}@acme.example/licence</licenseUrl></metadata></package>"), ("README.md", version));
        Assert.That(_terminal.Run("check", "a.1.0.0.nupkg", "--receipts", "r"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(File.ReadAllText(In("r/a.1.0.0.nupkg.receipt.json")), Does.Contain("https://…@acme.example/licence").Or.Contain("https://\\u2026@acme.example/licence"));
        Assert.That(_terminal.Run("diff", "r/a.1.0.0.nupkg.receipt.json", "a.1.1.0.nupkg", "--format", "json"), Is.Zero, _terminal.Error);
        Assert.That(JsonNode.Parse(_terminal.Output)!["drift"]!["license"], Is.Null);
        Assert.That(_terminal.Output, Does.Not.Contain(Secret));
    }

    private (string?, string?)[] Changes(string old, string now)
    {
        Assert.That(_terminal.Run("diff", old, now, "--format", "json"), Is.Zero, _terminal.Error);
        return [.. JsonNode.Parse(_terminal.Output)!["drift"]!["dependencies"]!.AsArray().Select(d => ((string?)d!["change"], (string?)d["before"]))];
    }

    private void Tarball(string path, string version, string range)
    {
        var json = new JsonObject { ["name"] = "acme", ["version"] = version, ["license"] = "MIT", ["files"] = new JsonArray("dist"), ["dependencies"] = new JsonObject { ["one"] = range } };
        using var gzip = new GZipStream(File.Create(_terminal.Write(path)), CompressionLevel.Fastest);
        gzip.Write(new TarBuilder().Add("package/package.json", json.ToJsonString()).Add("package/README.md", "# Acme\n").Build());
    }

    private string In(string path) => Path.Combine(_terminal.Folder, path);
}
