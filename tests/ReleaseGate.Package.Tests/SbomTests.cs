using System.IO.Abstractions;
using ReleaseGate.Governance;

namespace ReleaseGate.Package.Tests;

/// <summary>The inventories that builds write, in both hosts.</summary>
public sealed class SbomTests
{
    private const string Epoch = "1767225600";

    private static readonly string[] Hosts = ["task", "process"];

    [Test]
    public void A_build_writes_the_inventory_of_what_it_releases_and_of_nothing_else()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();
        var texts = new List<string>();
        foreach (var host in Hosts)
        {
            // As a variable NuGet packs by it as well, so that both packages are one.
            var beside = sandbox.Dotnet(["pack", "Acme", .. sandbox.OnceRestored, "-tl:off", "-nologo", $"-p:ReleaseGateHost={host}", "-p:ReleaseGateSbom=package", "-o", sandbox.In("out")], new() { [Receipt.EpochVariable] = Epoch });
            Assert.That(beside.ExitCode, Is.Zero, beside.Output);
            Assert.That(sandbox.Files("out"), Is.EqualTo(new[] { "Acme.1.0.0.nupkg", "Acme.1.0.0.nupkg.cdx.json" }));
            texts.Add(File.ReadAllText(sandbox.In("out", "Acme.1.0.0.nupkg.cdx.json")));
        }

        Assert.That(texts[1], Is.EqualTo(Expected(sandbox)), "as the engine writes it, and so the command line");
        Assert.That(texts[1], Is.EqualTo(texts[0]));
        Assert.That(texts[0], Does.Not.Contain(sandbox.Folder));

        var inside = sandbox.Pack("Acme", "--no-restore", "-p:ReleaseGateSbom=obj");
        Assert.That(inside.ExitCode, Is.Zero, inside.Output);
        Assert.That(Boms(sandbox), Has.Length.EqualTo(1).And.All.StartsWith("Acme/obj/Release/").And.All.EndsWith("/sboms/Acme.1.0.0.nupkg.cdx.json"));

        sandbox.Write("Acme/more/a.map", """{ "version": 3, "sources": ["a.ts"], "sourcesContent": ["a"], "mappings": "AAAA" }""");
        foreach (var host in Hosts)
        {
            Assert.That(sandbox.Pack("Acme", "--no-restore", $"-p:ReleaseGateHost={host}", "-p:ReleaseGateSbom=obj").ExitCode, Is.Not.Zero);
            Assert.That(Boms(sandbox), Is.Empty, host);
        }

        var wrong = sandbox.Pack("Acme", "--no-restore", "-p:ReleaseGateSbom=bin");
        Assert.That(wrong.Output, Does.Contain("ReleaseGateSbom is 'bin', and takes obj, package and off only."));
    }

    private static string Expected(Sandbox sandbox)
    {
        var time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var report = new Gate(new FileSystem()).Check(new GateRequest { Artifacts = [sandbox.In("out", "Acme.1.0.0.nupkg")], Profile = "closed", SearchFrom = sandbox.Folder }, time);
        using var output = new MemoryStream();
        CycloneDx.Write(report.Verdicts[0].Inventory, time, output);
        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }

    private static string[] Boms(Sandbox sandbox) =>
        [.. Directory.GetFiles(sandbox.In("Acme", "obj"), "*.cdx.json*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(sandbox.Folder, f).Replace('\\', '/'))];
}
