namespace ReleaseGate.Package.Tests;

/// <summary>A pack is compared with the release before it, in both hosts.</summary>
public sealed class BaselineTests
{
    private const string Manifest = """{ "extends": "closed", "artifacts": [ { "match": "*.nupkg", "require": ["lib/{tfm}/{id}.dll"], "allow": ["README.md"] }, { "match": "*1.2.0.nupkg", "allow": ["content/**"] } ] }""";

    [TestCase("task")]
    [TestCase("process")]
    public void What_is_new_against_the_baseline_blocks(string host)
    {
        // The cache of packages is that of all tests, so the id is this one's own.
        var id = "AcmeDrift" + host;
        using var sandbox = new Sandbox();
        sandbox.Library(id, properties: $"<ReleaseGateHost>{host}</ReleaseGateHost>");
        sandbox.Write("releasegate.json", Manifest);
        var first = sandbox.Pack(id, "-p:Version=1.0.0");
        Assert.That(first.ExitCode, Is.Zero, first.Output);
        var package = sandbox.In(id, "bin", "Release", $"{id}.1.0.0.nupkg");
        Directory.CreateDirectory(sandbox.In("old"));
        File.Copy(package, sandbox.In("old", $"{id}.1.0.0.nupkg"));
        Directory.CreateDirectory(sandbox.In("receipts"));
        File.Copy(Directory.GetFiles(sandbox.In(id, "obj"), "*.receipt.json", SearchOption.AllDirectories).Single(), sandbox.In("receipts", $"{id}.1.0.0.nupkg.receipt.json"));

        var missing = sandbox.Pack(id, "--no-build", "-p:Version=1.1.0", "-p:ReleaseGateBaseline=nuget");
        Assert.That(missing.ExitCode, Is.Not.Zero, missing.Output);
        Assert.That(missing.Output, Does.Contain($"RG0007").And.Contain($"it has no version of {id} below this one"));

        var cached = Path.Combine(Feed.Cache, id.ToLowerInvariant(), "1.0.0");
        Directory.CreateDirectory(cached);
        File.Copy(package, Path.Combine(cached, $"{id.ToLowerInvariant()}.1.0.0.nupkg"), overwrite: true);
        try
        {
            foreach (var baseline in (string[])["../old", $"../receipts/{id}.1.0.0.nupkg.receipt.json", "nuget"])
            {
                var same = sandbox.Pack(id, "--no-build", "-p:Version=1.1.0", $"-p:ReleaseGateBaseline={baseline}");
                Assert.That(same.ExitCode, Is.Zero, same.Output);
                Assert.That(same.Output, Does.Contain("compared with ").IgnoreCase.And.Contain("1.0.0.nupkg: "));
            }

            sandbox.Write($"{id}/more/x.txt", "x");
            var grown = sandbox.Pack(id, "--no-build", "-p:Version=1.2.0", "-p:ReleaseGateBaseline=nuget");
            Assert.That(grown.ExitCode, Is.Not.Zero, grown.Output);
            Assert.That(grown.Errors, Does.Contain("RG1005"), grown.Output);
            Assert.That(grown.Output, Does.Contain("stands in the top folder 'content', which version 1.0.0 did not have").And.Not.Contain("RG1001"));
            Assert.That(sandbox.Packages(id), Does.Not.Contain($"{id}.1.2.0.nupkg"));
        }
        finally
        {
            Directory.Delete(cached, recursive: true);
        }
    }
}
