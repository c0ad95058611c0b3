using System.IO.Abstractions;
using System.IO.Compression;
using ReleaseGate.Rules;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests.DotNet;

/// <summary>A package and its symbols package in one run, in both orders (RG2017); and whom the build names as its own.</summary>
public sealed class SymbolPairTests
{
    private static readonly AssemblyBuilder Acme = new() { Name = "Acme" };

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("releasegate-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Of_one_build([Values] bool symbolsFirst) =>
        Assert.That(Check(symbolsFirst, [("lib/net8.0/Acme.dll", Acme.Image)], [("lib/net8.0/Acme.pdb", Acme.Pdb)]), Is.Empty);

    [Test]
    public void Of_two_builds([Values] bool symbolsFirst)
    {
        var said = Check(symbolsFirst, [("lib/net8.0/Acme.dll", Acme.Image)], [("lib/net8.0/Acme.pdb", new AssemblyBuilder { Name = "Acme", Seed = 1 }.Pdb)]);

        Assert.That(said, Has.Length.EqualTo(2));
        Assert.That(said[0], Does.StartWith("Error ").And.Contain("lib/net8.0/Acme.pdb").And.Contain("belongs to no assembly of Acme.1.0.0.nupkg: none has its id "));
        Assert.That(said[1], Does.StartWith("Note ").And.Contain("1 assembly has no symbols in ").And.EndsWith(": lib/net8.0/Acme.dll"));
        Assert.That(said[0], Does.Contain("Acme.pdb: belongs"));
    }

    [Test]
    public void A_PDB_that_was_changed_behind_the_compiler([Values] bool symbolsFirst)
    {
        var changed = Acme.Pdb.ToArray();
        changed[^1] ^= 1; // padding of a heap
        var said = Check(symbolsFirst, [("lib/net8.0/Acme.dll", Acme.Image)], [("lib/net8.0/Acme.pdb", changed)]);

        Assert.That(said[0], Does.StartWith("Error ").And.Contain("was changed after it was made: lib/net8.0/Acme.dll has its id, and another checksum"));
    }

    [Test]
    public void Assemblies_without_symbols_of_their_own_are_not_missed()
    {
        var said = Check(false,
            [("lib/net8.0/Acme.dll", Acme.Image), ("ref/net8.0/Acme.dll", new AssemblyBuilder { Name = "Acme", IsReferenceAssembly = true, Seed = 2 }.Image), ("lib/net8.0/None.dll", new AssemblyBuilder { HasPdb = false }.Image)],
            [("lib/net8.0/Acme.pdb", Acme.Pdb)]);

        Assert.That(said, Is.Empty);
    }

    [Test]
    public void Another_version_is_no_companion()
    {
        Write("Acme.1.0.0.nupkg", [("lib/net8.0/Acme.dll", Acme.Image)]);
        Write("Acme.2.0.0.snupkg", [("lib/net8.0/Acme.pdb", new AssemblyBuilder { Seed = 1 }.Pdb)], "2.0.0");

        Assert.That(Check("Acme.1.0.0.nupkg", "Acme.2.0.0.snupkg"), Is.Empty);
    }

    [Test]
    public void Symbols_belong_to_the_package_beside_them()
    {
        foreach (var (folder, seed) in (IEnumerable<(string, int)>)[("a", 1), ("b", 2), ("c", 3)])
        {
            Directory.CreateDirectory(Path.Combine(_folder, folder));
            var built = new AssemblyBuilder { Name = "Acme", Seed = seed };
            Write(folder + "/Acme.1.0.0.nupkg", [("lib/net8.0/Acme.dll", built.Image)]);
            Write(folder + "/Acme.1.0.0.snupkg", [("lib/net8.0/Acme.pdb", built.Pdb)]);
        }

        Assert.That(Check("a/Acme.1.0.0.nupkg", "b/Acme.1.0.0.nupkg", "c/Acme.1.0.0.nupkg", "a/Acme.1.0.0.snupkg", "c/Acme.1.0.0.snupkg", "b/Acme.1.0.0.snupkg"), Is.Empty);
        Assert.That(Check("a/Acme.1.0.0.nupkg", "b/Acme.1.0.0.snupkg"), Is.Not.Empty);
    }

    [Test]
    public void What_the_build_names_is_first_party_and_nothing_else()
    {
        Write("Acme.1.0.0.nupkg",
        [
            ("lib/net8.0/Acme.dll", new AssemblyBuilder { Debuggable = 0x107 }.Image), ("lib/net8.0/Acme.Vendor.dll", new AssemblyBuilder { Name = "Acme.Vendor", Debuggable = 0x107 }.Image),
            ("lib/net8.0/Contoso.dll", new AssemblyBuilder { Name = "Contoso", Debuggable = 0x107 }.Image),
        ]);
        string[] Said(params string[] firstParty) => [.. Report(["Acme.1.0.0.nupkg"], firstParty).Verdicts.SelectMany(v => v.Findings).Where(f => f.Finding.Rule.Id.ToString() == "RG2009")
            .Select(f => $"{f.Finding.Path}: {f.Severity}")];

        Assert.That(Said(), Is.EqualTo(new[] { "lib/net8.0/Acme.Vendor.dll: Error", "lib/net8.0/Acme.dll: Error", "lib/net8.0/Contoso.dll: Warning" }));
        Assert.That(Said("acme", "Contoso"), Is.EqualTo(new[] { "lib/net8.0/Acme.Vendor.dll: Warning", "lib/net8.0/Acme.dll: Error", "lib/net8.0/Contoso.dll: Error" }));
    }

    private string[] Check(bool symbolsFirst, (string Path, byte[] Bytes)[] package, (string Path, byte[] Bytes)[] symbols)
    {
        Write("Acme.1.0.0.nupkg", package);
        Write("Acme.1.0.0.snupkg", symbols);
        return symbolsFirst ? Check("Acme.1.0.0.snupkg", "Acme.1.0.0.nupkg") : Check("Acme.1.0.0.nupkg", "Acme.1.0.0.snupkg");
    }

    private string[] Check(params string[] names) =>
        [.. Report(names).Verdicts.SelectMany(v => v.Findings).Where(f => f.Finding.Rule.Id.ToString() == "RG2017").OrderByDescending(f => f.Severity)
            .Select(f => $"{f.Severity} {f.Finding.Path}: {f.Finding.Message}")];

    private GateReport Report(string[] names, string[]? firstParty = null) =>
        new Gate(new FileSystem()).Check(new GateRequest { Artifacts = [.. names.Select(n => Path.Combine(_folder, n))], FirstParty = firstParty ?? [], Profile = "open", SearchFrom = _folder }, new DateTime(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc));

    private void Write(string name, (string Path, byte[] Bytes)[] entries, string version = "1.0.0")
    {
        using var zip = new ZipArchive(File.Create(Path.Combine(_folder, name)), ZipArchiveMode.Create);
        using (var nuspec = new StreamWriter(zip.CreateEntry("Acme.nuspec").Open())) nuspec.Write($"<package><metadata><id>Acme</id><version>{version}</version></metadata></package>");
        foreach (var (path, bytes) in entries)
        {
            using var stream = zip.CreateEntry(path).Open();
            stream.Write(bytes);
        }
    }
}
