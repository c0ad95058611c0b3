using ReleaseGate.Artifacts;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;
using ReleaseGate.Tests.Corpus;
using ReleaseGate.Tests.Policy;

namespace ReleaseGate.Tests;

/// <summary>What is kept of an artifact that was inspected.</summary>
public sealed class SnapshotTests
{
    [Test]
    public void Everything_of_an_entry_is_kept()
    {
        var snapshot = Of("acme-1.0.0.tgz", """
              entry package/package.json
                | {"name":"@acme/cli","version":"1.0.0","files":["dist"],"dependencies":{"left-pad":"^1.0.0"}}
              entry package/dist/a.js mode=755
                | hello
              entry package/dist/b.js symlink=a.js
            """);
        Assert.Multiple(() =>
        {
            Assert.That((snapshot.Path, snapshot.Name, snapshot.Kind, snapshot.Id, snapshot.Version), Is.EqualTo(("old/acme-1.0.0.tgz", "acme-1.0.0.tgz", ArtifactKind.NpmPackage, "@acme/cli", "1.0.0")));
            Assert.That(snapshot.Length, Is.Positive);
            Assert.That(snapshot.Entries.Select(e => e.Path), Is.EqualTo(new[] { "dist/a.js", "dist/b.js", "package.json" }));
            Assert.That(snapshot.Entries[0], Is.EqualTo(new SnapshotEntry("dist/a.js", EntryType.File, EntryKind.Text, 6, Digest.Of("hello\n"u8), 0b111_101_101)));
            Assert.That(snapshot.Entries[1], Is.EqualTo(new SnapshotEntry("dist/b.js", EntryType.SymbolicLink, snapshot.Entries[1].Kind, 0, null, snapshot.Entries[1].UnixMode, "a.js")));
            Assert.That(snapshot.Dependencies, Is.EqualTo(new[] { new PackageDependency("left-pad", "^1.0.0", "dependencies") }));
            Assert.That(snapshot.InstallScripts, Is.Empty);
            Assert.That(snapshot.Exposures, Is.Empty);
        });
    }

    [Test]
    public void Scripts_are_told_apart_and_no_secret_is_shown()
    {
        var snapshot = Scripts("""{"name":"a","version":"1.0.0","files":["dist"],"scripts":{"install":"node setup.js","postinstall":"node x.js --token=abcdefgh12345678","test":"no"}}""");
        var other = Scripts("""{"name":"a","version":"1.0.0","files":["dist"],"scripts":{"postinstall":"node x.js --token=abcdefgh12345679"}}""");
        Assert.Multiple(() =>
        {
            Assert.That(snapshot.InstallScripts.Keys, Is.EqualTo(new[] { "install", "postinstall" }));
            Assert.That(snapshot.InstallScripts["install"], Is.EqualTo("node setup.js"));
            Assert.That(snapshot.InstallScripts["postinstall"], Does.Match("^node x.js --token=… \\(sha256 [0-9a-f]{12}\\)$"));
            Assert.That(other.InstallScripts["postinstall"], Is.Not.EqualTo(snapshot.InstallScripts["postinstall"]));
        });
    }

    [Test]
    public void What_npm_and_NuGet_run_by_themselves_is_known()
    {
        var gyp = Of("a-1.0.0.tgz", "  entry package/binding.gyp\n    | {}");
        var nuget = Of("Acme.1.0.0.nupkg", "  entry tools/init.ps1\n    | x\n  entry tools/net48/install.ps1\n    | y\n  entry tools/other.ps1\n    | z");
        Assert.Multiple(() =>
        {
            Assert.That(gyp.InstallScripts, Is.EquivalentTo(new Dictionary<string, string> { ["install"] = "node-gyp rebuild" }));
            Assert.That(nuget.InstallScripts.Keys, Is.EqualTo(new[] { "tools/init.ps1", "tools/net48/install.ps1" }));
            Assert.That(nuget.InstallScripts["tools/init.ps1"], Is.EqualTo($"sha256 {Digest.Of("x\n"u8).ToString()[..12]}"));
        });
    }

    [Test]
    public void Exposures_are_those_of_three_families_each_once_and_in_order()
    {
        var inventory = Inventories.NuGet("lib/a.pdb");
        var (map, unlisted) = (BuiltInRules.All.Single(r => r.Descriptor.Id.ToString() == "RG2001").Descriptor, BuiltInRules.All.Single(r => r.Descriptor.Id.ToString() == "RG1001").Descriptor);
        var secret = BuiltInRules.All.Single(r => r.Descriptor.Id.ToString() == "RG4001").Descriptor;
        var entry = inventory.Entries.Single(e => e.Path.Value == "lib/a.pdb");
        var outside = new Descriptor("XY2001", "Other", "s", "f");
        Finding[] findings =
        [
            new(secret, entry, "a token") { Offset = 7 }, new(map, entry, "b"), new(secret, entry, "a token") { Offset = 99 }, new(unlisted, entry, "x"), new(map, null, "a"), new(outside, entry, "y"),
            new(GateRules.Uninspectable, entry, "z"),
        ];
        SnapshotExposure[] wanted = [new(map.Id, null, "a"), new(map.Id, "lib/a.pdb", "b"), new(secret.Id, "lib/a.pdb", "a token")];
        Assert.That(Snapshot.Of(inventory, "x", findings).Exposures, Is.EqualTo(wanted));
        Assert.That(Snapshot.Of(inventory, "x", findings.Reverse()).Exposures, Is.EqualTo(wanted));
    }

    private static Snapshot Scripts(string json) => Of("a-1.0.0.tgz", $"  entry package/package.json\n    | {json}");

    private static Snapshot Of(string name, string entries)
    {
        var @case = CorpusFile.Parse("x", $"case It\n  artifact {name}\n{entries}\n").Single();
        using var artifact = Artifact.Of(name, @case.Builder.Build());
        var result = ReleaseGate.Inspection.Inspection.Run(artifact, [], Inventories.Profile("closed").For(name), [], null, default);
        return Snapshot.Of(result.Inventory, "old/" + name, result.Findings);
    }
}
