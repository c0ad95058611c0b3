using System.Collections.Immutable;
using System.IO.Compression;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;

namespace ReleaseGate.Testing;

/// <summary>Makes an assembly and the portable PDB that belongs to it, with the mistakes a build can make. The same properties give the same bytes.</summary>
internal sealed class AssemblyBuilder
{
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");
    private static readonly Guid SourceLinkKind = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");
    private static readonly Guid OptionsKind = new("B5FEEC05-8CD0-4A83-96DA-466284BB4BD8");
    private static readonly Guid CSharp = new("3F5162F8-07C6-11D3-9053-00C04FA302A1");
    private static readonly Guid Sha256 = new("8829D00F-11B8-4213-878B-770E8597AC16");

    private byte[]? _pdb;
    private BlobContentId _id;

    public string Name { get; init; } = "Acme";

    public Version Version { get; init; } = new(1, 0, 0, 0);

    /// <summary>The flags of DebuggableAttribute; null for none.</summary>
    public int? Debuggable { get; init; } = 2;

    /// <summary>Written with the constructor of two flags.</summary>
    public bool AsFlags { get; init; }

    /// <summary>The attribute is a type of the assembly itself, so its constructor is a MethodDef.</summary>
    public bool OwnAttribute { get; init; }

    public string? Configuration { get; init; }

    public string? RepositoryUrl { get; init; }

    public IReadOnlyList<string> References { get; init; } = [];

    public IReadOnlyList<string> Friends { get; init; } = [];

    public int Tests { get; init; }

    public int AbstractTests { get; init; }

    public bool IsReferenceAssembly { get; init; }

    public IReadOnlyList<string> Strings { get; init; } = [];

    public bool HasPdb { get; init; } = true;

    public bool IsEmbedded { get; init; }

    public string CodeView { get; init; } = "Acme.pdb";

    /// <summary>Source files; those with a text have it embedded.</summary>
    public IReadOnlyList<(string Path, string? Text)> Documents { get; init; } = [("/_/src/Acme/Class1.cs", null)];

    public string? SourceLink { get; init; }

    public string? Optimization { get; init; }

    public int Seed { get; init; }

    public byte[] Pdb => _pdb ??= BuildPdb();

    public byte[] Image => BuildImage();

    public static AssemblyBuilder Read(CorpusNode node)
    {
        string? name = null, version = null, configuration = null, repository = null, codeView = null, sourceLink = null, optimization = null;
        var debuggable = "2";
        var pdb = "file";
        bool flags = false, own = false, reference = false;
        int tests = 0, abstractTests = 0, seed = 0;
        List<string> references = [], friends = [], strings = [];
        List<(string, string?)> documents = [];
        foreach (var word in node.Words())
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var value = equals < 0 ? "" : word[(equals + 1)..];
            switch (equals < 0 ? word : word[..equals])
            {
                case "name": name = value; break;
                case "version": version = value; break;
                case "debuggable": debuggable = value; break;
                case "flags": flags = true; break;
                case "own": own = true; break;
                case "configuration": configuration = value; break;
                case "repository": repository = value; break;
                case "ref": references.Add(value); break;
                case "friend": friends.Add(value); break;
                case "tests": tests = (int)Recipe.Number(node, value); break;
                case "abstract-tests": abstractTests = (int)Recipe.Number(node, value); break;
                case "reference": reference = true; break;
                case "string": strings.Add(value); break;
                case "pdb": pdb = value; break;
                case "codeview": codeView = value; break;
                case "document": documents.Add((value, null)); break;
                case "source": documents.Add((value, "class C { }\n")); break;
                case "source-link": sourceLink = value; break;
                case "optimization": optimization = value; break;
                case "seed": seed = (int)Recipe.Number(node, value); break;
                default: throw node.Error($"an assembly has no '{word}'");
            }
        }

        if (pdb is not ("file" or "none" or "embedded")) throw node.Error("pdb=file, pdb=none or pdb=embedded");
        return new AssemblyBuilder
        {
            Name = name ?? "Acme", Version = Version.Parse(version ?? "1.0.0.0"), Debuggable = debuggable == "none" ? null : (int)Recipe.Number(node, debuggable), AsFlags = flags, OwnAttribute = own,
            Configuration = configuration, RepositoryUrl = repository, References = references, Friends = friends, Tests = tests, AbstractTests = abstractTests, IsReferenceAssembly = reference, Strings = strings,
            HasPdb = pdb != "none", IsEmbedded = pdb == "embedded", CodeView = codeView ?? (name ?? "Acme") + ".pdb",
            Documents = documents.Count > 0 ? documents : [("/_/src/Acme/Class1.cs", null)], SourceLink = sourceLink, Optimization = optimization, Seed = seed,
        };
    }

    /// <summary>A multi-stream file of six pages that holds a GUID and an age, and nothing else.</summary>
    public static byte[] WindowsPdb(Guid id, uint age)
    {
        const int page = 512;
        var bytes = new byte[6 * page];
        using var writer = new BinaryWriter(new MemoryStream(bytes));
        writer.Write("Microsoft C/C++ MSF 7.00\r\n\u001ADS\0\0\0"u8);
        foreach (var number in (int[])[page, 1, 6, 16, 0, 3]) writer.Write(number); // page size, free map, pages, bytes of the directory, unknown, page of its map
        writer.Seek(3 * page, SeekOrigin.Begin);
        writer.Write(4); // the directory's page
        writer.Seek(4 * page, SeekOrigin.Begin);
        foreach (var number in (int[])[2, 0, 28, 5]) writer.Write(number); // two streams, their sizes, the page of the second
        writer.Seek(5 * page, SeekOrigin.Begin);
        foreach (var number in (uint[])[20000404, 0, age]) writer.Write(number);
        writer.Write(id.ToByteArray());
        return bytes;
    }

    private byte[] BuildPdb()
    {
        var metadata = new MetadataBuilder();
        metadata.GetOrAddBlob(BitConverter.GetBytes(Seed)); // another build, another id
        var first = true;
        foreach (var (path, text) in Documents)
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes((text ?? path) + (first ? Seed : 0)));
            first = false;
            var document = metadata.AddDocument(metadata.GetOrAddDocumentName(path), metadata.GetOrAddGuid(Sha256), metadata.GetOrAddBlob(hash), metadata.GetOrAddGuid(CSharp));
            if (text is not null) metadata.AddCustomDebugInformation(document, metadata.GetOrAddGuid(EmbeddedSource), metadata.GetOrAddBlob((byte[])[0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)]));
        }

        if (SourceLink is not null)
            metadata.AddCustomDebugInformation(EntityHandle.ModuleDefinition, metadata.GetOrAddGuid(SourceLinkKind), metadata.GetOrAddBlob(Encoding.UTF8.GetBytes(SourceLink)));
        if (Optimization is not null)
            metadata.AddCustomDebugInformation(EntityHandle.ModuleDefinition, metadata.GetOrAddGuid(OptionsKind), metadata.GetOrAddBlob(Encoding.UTF8.GetBytes($"version\02\0optimization\0{Optimization}\0")));
        var rows = new int[MetadataTokens.TableCount];
        rows[(int)TableIndex.Module] = 1;
        var builder = new PortablePdbBuilder(metadata, ImmutableArray.Create(rows), default, content =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var blob in content) hash.AppendData(blob.GetBytes());
            return BlobContentId.FromHash(hash.GetHashAndReset());
        });
        var bytes = new BlobBuilder();
        _id = builder.Serialize(bytes);
        return bytes.ToArray();
    }

    private byte[] BuildImage()
    {
        var pdb = Pdb;
        var metadata = new MetadataBuilder();
        metadata.AddAssembly(metadata.GetOrAddString(Name), Version, default, default, 0, AssemblyHashAlgorithm.Sha1);
        metadata.AddModule(0, metadata.GetOrAddString(Name + ".dll"), metadata.GetOrAddGuid(new Guid(SHA256.HashData(pdb)[..16])), default, default);
        var runtime = Reference(metadata, "System.Runtime");
        var code = new BlobBuilder();
        var bodies = new MethodBodyStreamEncoder(code);
        AddType(metadata, "", "<Module>", default, TypeAttributes.NotPublic);

        // The methods of a type stand in a row, so every type gets its own first.
        if (OwnAttribute)
        {
            AddType(metadata, "System.Diagnostics", "DebuggableAttribute", TypeReference(metadata, runtime, "System", "Attribute"), TypeAttributes.NotPublic);
            Attribute(metadata, AddMethod(metadata, bodies, ".ctor", Constructor(metadata, AsFlags ? 2 : 1)), DebuggableValue);
        }
        else if (Debuggable is not null)
        {
            Attribute(metadata, MemberReference(metadata, TypeReference(metadata, runtime, "System.Diagnostics", "DebuggableAttribute"), Constructor(metadata, AsFlags ? 2 : 1)), DebuggableValue);
        }

        foreach (var reference in References) Reference(metadata, reference);
        AddTests(metadata, bodies, "Tests", Tests, TypeAttributes.Public);
        AddTests(metadata, bodies, "TestBase", AbstractTests, TypeAttributes.Public | TypeAttributes.Abstract);
        foreach (var text in Strings) metadata.GetOrAddUserString(text);
        if (Configuration is not null) Attribute(metadata, runtime, "System.Reflection", "AssemblyConfigurationAttribute", Configuration);
        foreach (var friend in Friends) Attribute(metadata, runtime, "System.Runtime.CompilerServices", "InternalsVisibleToAttribute", friend);
        if (RepositoryUrl is not null) Attribute(metadata, runtime, "System.Reflection", "AssemblyMetadataAttribute", "RepositoryUrl", RepositoryUrl);
        if (IsReferenceAssembly) Attribute(metadata, runtime, "System.Runtime.CompilerServices", "ReferenceAssemblyAttribute");

        var debug = new DebugDirectoryBuilder();
        if (HasPdb)
        {
            debug.AddCodeViewEntry(CodeView, _id, portablePdbVersion: 0x0100);
            debug.AddPdbChecksumEntry("SHA256", [.. Checksum(pdb)]);
        }

        debug.AddReproducibleEntry();
        if (IsEmbedded)
        {
            var blob = new BlobBuilder();
            blob.WriteBytes(pdb);
            debug.AddEmbeddedPortablePdbEntry(blob, portablePdbVersion: 0x0100);
        }

        var image = new BlobBuilder();
        new ManagedPEBuilder(new PEHeaderBuilder(imageCharacteristics: Characteristics.ExecutableImage | Characteristics.Dll), new MetadataRootBuilder(metadata), code, debugDirectoryBuilder: debug,
            deterministicIdProvider: content => BlobContentId.FromHash(SHA256.HashData(content.SelectMany(b => b.GetBytes()).ToArray()))).Serialize(image);
        return image.ToArray();
    }

    private byte[] DebuggableValue =>
        AsFlags ? [1, 0, (byte)(Debuggable!.Value & 1), (byte)((Debuggable.Value & 0x100) >> 8), 0, 0] : [1, 0, .. BitConverter.GetBytes(Debuggable!.Value), 0, 0];

    private byte[] Checksum(byte[] pdb)
    {
        var id = _id.Guid.ToByteArray();
        var zeroed = pdb.ToArray();
        zeroed.AsSpan(pdb.AsSpan().IndexOf(id), 20).Clear();
        return SHA256.HashData(zeroed);
    }

    private static void AddTests(MetadataBuilder metadata, MethodBodyStreamEncoder bodies, string type, int count, TypeAttributes attributes)
    {
        if (count == 0) return;
        AddType(metadata, "Acme", type, default, attributes);
        var fact = MemberReference(metadata, TypeReference(metadata, Reference(metadata, "xunit.core"), "Xunit", "FactAttribute"), Constructor(metadata, 0));
        for (var i = 0; i < count; i++)
        {
            var method = AddMethod(metadata, bodies, $"Test{i}", Constructor(metadata, 0));
            metadata.AddCustomAttribute(method, fact, metadata.GetOrAddBlob((byte[])[1, 0, 0, 0]));
        }
    }

    private static void AddType(MetadataBuilder metadata, string space, string name, EntityHandle @base, TypeAttributes attributes) =>
        metadata.AddTypeDefinition(attributes, metadata.GetOrAddString(space), metadata.GetOrAddString(name), @base, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(metadata.GetRowCount(TableIndex.MethodDef) + 1));

    private static MethodDefinitionHandle AddMethod(MetadataBuilder metadata, MethodBodyStreamEncoder bodies, string name, BlobHandle signature)
    {
        var il = new InstructionEncoder(new BlobBuilder());
        il.OpCode(ILOpCode.Ret);
        return metadata.AddMethodDefinition(MethodAttributes.Public | MethodAttributes.HideBySig, MethodImplAttributes.IL, metadata.GetOrAddString(name), signature, bodies.AddMethodBody(il), default);
    }

    /// <summary>An instance method that returns nothing: without parameters, with one enum, with two flags.</summary>
    private static BlobHandle Constructor(MetadataBuilder metadata, int parameters) => metadata.GetOrAddBlob(parameters switch
    {
        0 => (byte[])[0x20, 0, 1],
        1 => [0x20, 1, 1, 8],
        _ => [0x20, 2, 1, 2, 2],
    });

    private static AssemblyReferenceHandle Reference(MetadataBuilder metadata, string name) =>
        metadata.AddAssemblyReference(metadata.GetOrAddString(name), new Version(8, 0, 0, 0), default, default, 0, default);

    private static TypeReferenceHandle TypeReference(MetadataBuilder metadata, EntityHandle scope, string space, string name) =>
        metadata.AddTypeReference(scope, metadata.GetOrAddString(space), metadata.GetOrAddString(name));

    private static MemberReferenceHandle MemberReference(MetadataBuilder metadata, EntityHandle type, BlobHandle signature) =>
        metadata.AddMemberReference(type, metadata.GetOrAddString(".ctor"), signature);

    private static void Attribute(MetadataBuilder metadata, EntityHandle constructor, byte[] value) =>
        metadata.AddCustomAttribute(EntityHandle.AssemblyDefinition, constructor, metadata.GetOrAddBlob(value));

    private static void Attribute(MetadataBuilder metadata, EntityHandle runtime, string space, string name, params string[] texts)
    {
        var value = new BlobBuilder();
        value.WriteUInt16(1);
        foreach (var text in texts) value.WriteSerializedString(text);
        value.WriteUInt16(0);
        byte[] signature = [0x20, (byte)texts.Length, 1, .. texts.Select(_ => (byte)0x0E)];
        Attribute(metadata, MemberReference(metadata, TypeReference(metadata, runtime, space, name), metadata.GetOrAddBlob(signature)), value.ToArray());
    }
}
