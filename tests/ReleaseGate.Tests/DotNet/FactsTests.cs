using ReleaseGate.Artifacts;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn.DotNet;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests.DotNet;

/// <summary>What is read of executables and PDBs, and what becomes of bytes that lie.</summary>
public sealed class FactsTests
{
    private static readonly AssemblyBuilder Rich = new()
    {
        Name = "Acme.Core", Version = new Version(1, 2, 0, 0), Debuggable = 0x107, Configuration = "Debug", RepositoryUrl = "https://github.com/acme/acme", Friends = ["Acme.Tests, PublicKey=00"],
        Tests = 1, IsEmbedded = true, CodeView = "/_/obj/Acme.Core.pdb", Documents = [("/_/src/A.cs", "class A;"), ("/_/src/B.cs", null)], SourceLink = "{}", Optimization = "debug",
        Strings = ["a literal"],
    };

    [Test]
    public void An_assembly()
    {
        var facts = Image(Rich.Image)!;
        var pdb = Pdb(Rich.Pdb)!;

        Assert.That((facts.IsManaged, facts.IsReadyToRun, facts.IsReproducible, facts.HasCoffSymbols), Is.EqualTo((true, false, true, false)));
        var assembly = facts.Assembly!;
        Assert.That((assembly.Name, assembly.Version, assembly.Debuggable, assembly.Configuration, assembly.RepositoryUrl), Is.EqualTo(("Acme.Core", new Version(1, 2, 0, 0), (int?)0x107, "Debug", "https://github.com/acme/acme")));
        Assert.That(assembly.InternalsVisibleTo, Is.EqualTo(new[] { "Acme.Tests, PublicKey=00" }));
        Assert.That((assembly.TestFramework, assembly.Tests, assembly.AbstractTests), Is.EqualTo(("xunit.core", 1, 0)));
        Assert.That(facts.CodeViews, Is.EqualTo(new[] { new ImageFacts.CodeView(pdb.Id!, "/_/obj/Acme.Core.pdb") }));
        Assert.That(facts.PdbChecksums, Is.EqualTo(new[] { new ImageFacts.PdbChecksum("SHA256", pdb.Checksum!) }));
        Assert.That(facts.EmbeddedPdbLength, Is.EqualTo(Rich.Pdb.Length));
        Assert.That(facts.EmbeddedPdb!.Id, Is.EqualTo(pdb.Id));
        Assert.That(facts.EmbeddedPdb.Documents, Is.EqualTo(pdb.Documents));
    }

    [Test]
    public void A_portable_PDB()
    {
        var pdb = Pdb(Rich.Pdb)!;

        Assert.That(pdb.IsPortable, Is.True);
        Assert.That(pdb.Documents, Is.EqualTo(new[] { new PdbFacts.Document("/_/src/A.cs", 8), new PdbFacts.Document("/_/src/B.cs", null) }));
        Assert.That(pdb.SourceLink, Is.EqualTo("{}"u8.ToArray()));
        Assert.That(pdb.Optimization, Is.EqualTo("debug"));
        Assert.That(new AssemblyBuilder { Seed = 1 }.Pdb, Is.Not.EqualTo(new AssemblyBuilder { Seed = 2 }.Pdb));
    }

    [Test]
    public void A_Windows_PDB()
    {
        var pdb = Pdb(AssemblyBuilder.WindowsPdb(new Guid("00112233-4455-6677-8899-aabbccddeeff"), 3), EntryKind.WindowsPdb)!;

        Assert.That((pdb.IsPortable, pdb.Id, pdb.Checksum), Is.EqualTo((false, "00112233445566778899aabbccddeeff-3", (string?)null)));
        Assert.That(pdb.Documents, Is.Empty);
    }

    [Test]
    public void The_runtime_s_own_assemblies_are_compiled_ahead_and_optimised()
    {
        var facts = Image(File.ReadAllBytes(typeof(object).Assembly.Location))!;

        Assert.That((facts.IsManaged, facts.IsReadyToRun, facts.Assembly!.Name), Is.EqualTo((true, true, "System.Private.CoreLib")));
        Assert.That(facts.Assembly.Debuggable & AssemblyFacts.DisableOptimizations, Is.Zero);
        Assert.That(facts.CodeViews, Is.Not.Empty);
    }

    [Test]
    public void A_real_build_and_its_real_PDB_belong_together()
    {
        var location = typeof(ImageFacts).Assembly.Location;
        var image = Image(File.ReadAllBytes(location))!;
        var pdb = Pdb(File.ReadAllBytes(Path.ChangeExtension(location, ".pdb")))!;

        Assert.That(image.CodeViews.Select(c => c.Id), Is.EqualTo(new[] { pdb.Id }));
        Assert.That(image.PdbChecksums.Select(c => c.Value), Is.EqualTo(new[] { pdb.Checksum }));
    }

    // Whatever is changed: it is read, or refused in a way that becomes RG0003. Every byte of the small ones, many of the others.
    [Test]
    public void No_byte_that_lies_crashes_a_reader()
    {
        var windows = AssemblyBuilder.WindowsPdb(Guid.Empty, 1);
        var image = new AssemblyBuilder().Image;
        foreach (var value in (byte[])[0x00, 0x7F, 0xFF])
        {
            for (var i = 0; i < windows.Length; i += i < 64 ? 1 : 4) Survives(windows, i, value, EntryKind.WindowsPdb);
            for (var i = 0; i < image.Length; i++) Survives(image, i, value, EntryKind.PortableExecutable);
            for (var i = 0; i < Rich.Pdb.Length; i++) Survives(Rich.Pdb, i, value, EntryKind.PortablePdb);
        }

        var random = new Random(20260331);
        var rich = Rich.Image;
        for (var round = 0; round < 4_000; round++)
        {
            var changed = (round % 2 == 0 ? rich : Rich.Pdb).ToArray();
            for (var n = random.Next(1, 8); n > 0; n--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            Survives(changed, round % 2 == 0 ? EntryKind.PortableExecutable : EntryKind.PortablePdb);
        }
    }

    [Test]
    public void No_cut_crashes_a_reader()
    {
        foreach (var (bytes, kind) in ((byte[], EntryKind)[])[(Rich.Image, EntryKind.PortableExecutable), (Rich.Pdb, EntryKind.PortablePdb), (AssemblyBuilder.WindowsPdb(Guid.Empty, 1), EntryKind.WindowsPdb)])
            for (var length = 0; length < bytes.Length; length += 3) Survives(bytes[..length], kind);
    }

    // What linkers of other vendors and packers leave in native images; the loader does not mind.
    [TestCase(0x9000u, 28u, Description = "a debug directory outside of every section")]
    [TestCase(0x1000u, 1u, Description = "a number of entries instead of a size")]
    [TestCase(0x1000u, 56u, Description = "data behind the end of the file")]
    public void Odd_native_images_are_no_trouble(uint address, uint size)
    {
        var facts = Image(Native(address, size));
        Assert.That((facts!.IsManaged, facts.CodeViews.Count, facts.Assembly), Is.EqualTo((false, 0, (AssemblyFacts?)null)));
    }

    // What cannot be held in memory: the beginning of a native image is enough, half a .NET image is not.
    [Test]
    public void Images_larger_than_what_may_be_held()
    {
        var folder = Directory.CreateTempSubdirectory("releasegate-");
        try
        {
            var package = Path.Combine(folder.FullName, "large.zip");
            using (var zip = System.IO.Compression.ZipFile.Open(package, System.IO.Compression.ZipArchiveMode.Create))
                foreach (var (name, bytes) in ((string, byte[])[])[("native.dll", Native(0x1000, 28)), ("Acme.dll", new AssemblyBuilder().Image)])
                {
                    using var stream = zip.CreateEntry(name, System.IO.Compression.CompressionLevel.NoCompression).Open();
                    stream.Write(bytes);
                    stream.Write(new byte[9 << 20]);
                }

            File.WriteAllText(Path.Combine(folder.FullName, "releasegate.json"), """{ "artifacts": [ { "match": "*", "allow": ["**"], "limits": { "nested": "8 MiB" } } ] }""");
            var request = new GateRequest { Artifacts = [package], Manifest = Path.Combine(folder.FullName, "releasegate.json"), SearchFrom = folder.FullName };

            var findings = new Gate(new System.IO.Abstractions.FileSystem()).Check(request, new DateTime(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc)).Verdicts.Single().Findings;

            Assert.That(findings.Where(f => f.Finding.Rule.Id.ToString() is "RG0002" or "RG0003").Select(f => $"{f.Finding.Path}: {f.Finding.Message}"), Is.EqualTo(new[]
            {
                "Acme.dll: rule RG2007 could not look at it: more than 8.4 MB would have to be held in memory to look inside (raise 'limits.nested' in the manifest)",
            }));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestCase("/_/src/Acme/Order.cs", false)]
    [TestCase("C:\\src\\Acme\\Order.cs", false)]
    [TestCase("./src/Acme/Order.cs", false)]
    [TestCase("Order.cs", false)]
    [TestCase("src/Order.cs", false)]
    [TestCase("/_/src/Acme/objects/Order.cs", false)]
    [TestCase("/_1/submodule/src/Order.cs", false)]
    [TestCase("/_/src/Acme/obj/Release/net8.0/Order.cs", true)]
    [TestCase("C:\\src\\OBJ\\x.cs", true)]
    [TestCase("/_/src/Acme/Resources.Designer.cs", true)]
    [TestCase("/_/src/Acme/Page.g.i.cs", true)]
    [TestCase("System.Text.Json.SourceGeneration/System.Text.Json.SourceGeneration.JsonSourceGenerator/Context.cs", true)]
    [TestCase("InterfaceStubGeneratorV2/Refit.Generator.InterfaceStubGeneratorV2/IOrders.cs", true)]
    [TestCase("/_/out/Acme.Generators/Acme.Generators.OrderGenerator/Order.cs", true)]
    [TestCase("/_/src/Acme.OrderGenerator/Emitter.cs", false)]
    [TestCase("src/Acme.Core/Order.cs", false)] // PathMap to a relative folder
    [TestCase("acme/src.v2/Order.cs", false)]
    [TestCase("/home/jill/.nuget/packages/nullable/1.3.1/contentFiles/a.cs", true)]
    [TestCase("/_1/acme.sources/1.0.0/build/a.cs", true)]
    public void Generated_documents_are_told_from_real_ones(string path, bool generated) => Assert.That(GeneratedDocument.Is(path), Is.EqualTo(generated));

    [TestCase("https://github.com/acme/acme", "github.com", null)]
    [TestCase("git+https://git.corp/acme.git", "git.corp", null)]
    [TestCase("git+ssh://git@git.corp/acme.git", "git.corp", null)]
    [TestCase("git@git.corp:acme/acme.git", "git.corp", null)]
    [TestCase("https://jill@git.corp/acme.git", "git.corp", null)]
    [TestCase("https://jill:pass@git.corp/acme.git", "git.corp", "pass")]
    [TestCase("https://jill:p%40ss@git.corp:8443/*", "git.corp", "p@ss")]
    [TestCase("https://abcdefghijklmnopqrstuvwxyz@git.corp/", "git.corp", "abcdefghijklmnopqrstuvwxyz")]
    [TestCase("https://abcdefghijklmnop:x-oauth-basic@github.com/", "github.com", "abcdefghijklmnop")]
    [TestCase("https://jill:${TOKEN}@git.corp/", "git.corp", null)]
    [TestCase("http://[fd00::1]/x", "[fd00::1]", null)]
    public void Addresses_are_read_as_git_and_npm_write_them(string text, string host, string? credential)
    {
        var url = DeclaredUrl.Parse(text)!;
        Assert.That((url.Host, url.Credential), Is.EqualTo((host.Trim('[', ']'), credential)));
    }

    [TestCase("github:acme/acme")]
    [TestCase("acme/acme")]
    [TestCase("")]
    [TestCase("file:///home/jill/acme")]
    [TestCase("C:\\src\\acme")]
    [TestCase("mail jill@acme.com: she knows")]
    public void What_names_no_host_is_no_address(string text) => Assert.That(DeclaredUrl.Parse(text), Is.Null);

    private static ImageFacts? Image(byte[] bytes) => (ImageFacts?)ImageFacts.Reader.Read(new MemoryStream(bytes), Entry(EntryKind.PortableExecutable));

    private static PdbFacts? Pdb(byte[] bytes, EntryKind kind = EntryKind.PortablePdb) => (PdbFacts?)PdbFacts.Reader.Read(new MemoryStream(bytes), Entry(kind));

    private static Entry Entry(EntryKind kind) => new(new EntryPath("a"), 0) { Kind = kind };

    private static void Survives(byte[] bytes, int at, byte value, EntryKind kind)
    {
        var changed = bytes.ToArray();
        changed[at] = value;
        Survives(changed, kind);
    }

    private static void Survives(byte[] bytes, EntryKind kind)
    {
        FactsReader reader = kind == EntryKind.PortableExecutable ? ImageFacts.Reader : PdbFacts.Reader;
        try
        {
            reader.Read(new MemoryStream(bytes), Entry(kind));
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or BadImageFormatException)
        {
            // The engine makes RG0003 of these three, with their words.
            Assert.That(e.Message, Is.Not.Empty);
        }
    }

    /// <summary>An image without metadata: one section, whose first bytes are a debug directory that points behind the file.</summary>
    private static byte[] Native(uint debugAddress, uint debugSize)
    {
        var bytes = new byte[0x400];
        using var writer = new BinaryWriter(new MemoryStream(bytes));
        writer.Write("MZ"u8);
        writer.Seek(0x3C, SeekOrigin.Begin);
        writer.Write(0x40);
        writer.Write("PE\0\0"u8);
        foreach (var number in (ushort[])[0x14C, 1, 0, 0, 0, 0, 0, 0, 224, 0x102]) writer.Write(number);
        writer.Write((ushort)0x10B);
        writer.Seek(0x40 + 24 + 28, SeekOrigin.Begin);
        foreach (var number in (uint[])[0x400000, 0x1000, 0x200, 4, 0, 4, 0, 0x3000, 0x200, 0, 3, 0x1000, 0x1000, 0x1000, 0x1000, 0, 16]) writer.Write(number);
        writer.Seek(0x40 + 24 + 96 + 6 * 8, SeekOrigin.Begin);
        writer.Write(debugAddress);
        writer.Write(debugSize);
        writer.Seek(0x40 + 24 + 224, SeekOrigin.Begin);
        writer.Write(".text\0\0\0"u8);
        foreach (var number in (uint[])[0x200, 0x1000, 0x200, 0x200, 0, 0, 0, 0x60000020]) writer.Write(number);
        writer.Seek(0x200, SeekOrigin.Begin);
        foreach (var number in (uint[])[0, 0, 0, 2, 0x40, 0x5000, 0x5000]) writer.Write(number);
        return bytes;
    }
}
