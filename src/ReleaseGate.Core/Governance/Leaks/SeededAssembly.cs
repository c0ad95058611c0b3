using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;

namespace ReleaseGate.Governance.Leaks;

/// <summary>An assembly and its portable PDB with a mistake that a build can make. Sources: ECMA-335; "Portable PDB v1.0" of dotnet/runtime.</summary>
internal sealed record SeededAssembly
{
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");
    private static readonly Guid CSharp = new("3F5162F8-07C6-11D3-9053-00C04FA302A1");
    private static readonly Guid Sha256 = new("8829D00F-11B8-4213-878B-770E8597AC16");

    /// <summary>The assembly's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it was built for debugging (DebuggableAttribute of Default | DisableOptimizations …).</summary>
    public bool IsDebug { get; init; }

    /// <summary>Whether the PDB is inside.</summary>
    public bool EmbedsPdb { get; init; }

    /// <summary>Whether the PDB holds the text of the sources.</summary>
    public bool EmbedsSource { get; init; }

    /// <summary>Whether it holds tests.</summary>
    public bool HasTests { get; init; }

    /// <summary>String literals in its code.</summary>
    public IReadOnlyList<string> Strings { get; init; } = [];

    /// <summary>The folder that the PDB names as that of the sources.</summary>
    public string Folder { get; init; } = "/_/src/";

    /// <summary>The PDB.</summary>
    public byte[] Pdb() => BuildPdb().Bytes;

    /// <summary>The assembly.</summary>
    public byte[] Image()
    {
        var (pdb, id) = BuildPdb();
        var metadata = new MetadataBuilder();
        metadata.AddAssembly(metadata.GetOrAddString(Name), new Version(1, 0, 0, 0), default, default, 0, AssemblyHashAlgorithm.Sha1);
        metadata.AddModule(0, metadata.GetOrAddString(Name + ".dll"), metadata.GetOrAddGuid(new Guid(SHA256.HashData(pdb)[..16])), default, default);
        var runtime = Reference(metadata, "System.Runtime");
        var code = new BlobBuilder();
        var bodies = new MethodBodyStreamEncoder(code);
        AddType(metadata, "", "<Module>", TypeAttributes.NotPublic);
        if (HasTests) AddTests(metadata, bodies);
        foreach (var text in Strings) metadata.GetOrAddUserString(text);
        var debuggable = Constructor(metadata, TypeReference(metadata, runtime, "System.Diagnostics", "DebuggableAttribute"), [0x20, 1, 1, 8]);
        metadata.AddCustomAttribute(EntityHandle.AssemblyDefinition, debuggable, metadata.GetOrAddBlob((byte[])[1, 0, .. BitConverter.GetBytes(IsDebug ? 0x107 : 2), 0, 0]));

        var debug = new DebugDirectoryBuilder();
        debug.AddCodeViewEntry(Name + ".pdb", id, portablePdbVersion: 0x0100);
        debug.AddReproducibleEntry();
        if (EmbedsPdb)
        {
            var blob = new BlobBuilder();
            blob.WriteBytes(pdb);
            debug.AddEmbeddedPortablePdbEntry(blob, portablePdbVersion: 0x0100);
        }

        var image = new BlobBuilder();
        new ManagedPEBuilder(new PEHeaderBuilder(imageCharacteristics: Characteristics.ExecutableImage | Characteristics.Dll), new MetadataRootBuilder(metadata), code, debugDirectoryBuilder: debug,
            deterministicIdProvider: IdOf).Serialize(image);
        return image.ToArray();
    }

    private (byte[] Bytes, BlobContentId Id) BuildPdb()
    {
        var metadata = new MetadataBuilder();
        foreach (var file in (string[])["Pricing.cs", "Licensing.cs", "Roadmap.cs"])
        {
            var text = $"namespace {Name};\n\n// {file}: what only we know.\ninternal static class C{file.Length} {{ public static int Secret() => {file.Length}; }}\n";
            var document = metadata.AddDocument(metadata.GetOrAddDocumentName(Folder + file), metadata.GetOrAddGuid(Sha256), metadata.GetOrAddBlob(SHA256.HashData(Encoding.UTF8.GetBytes(text))), metadata.GetOrAddGuid(CSharp));
            if (EmbedsSource) metadata.AddCustomDebugInformation(document, metadata.GetOrAddGuid(EmbeddedSource), metadata.GetOrAddBlob((byte[])[0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text)]));
        }

        var rows = new int[MetadataTokens.TableCount];
        rows[(int)TableIndex.Module] = 1;
        var bytes = new BlobBuilder();
        var id = new PortablePdbBuilder(metadata, ImmutableArray.Create(rows), default, IdOf).Serialize(bytes);
        return (bytes.ToArray(), id);
    }

    private static BlobContentId IdOf(IEnumerable<Blob> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var blob in content) hash.AppendData(blob.GetBytes());
        return BlobContentId.FromHash(hash.GetHashAndReset());
    }

    private static void AddTests(MetadataBuilder metadata, MethodBodyStreamEncoder bodies)
    {
        AddType(metadata, "Acme", "PricingTests", TypeAttributes.Public);
        var fact = Constructor(metadata, TypeReference(metadata, Reference(metadata, "xunit.core"), "Xunit", "FactAttribute"), [0x20, 0, 1]);
        for (var i = 0; i < 3; i++)
        {
            var il = new InstructionEncoder(new BlobBuilder());
            il.OpCode(ILOpCode.Ret);
            var method = metadata.AddMethodDefinition(MethodAttributes.Public | MethodAttributes.HideBySig, MethodImplAttributes.IL, metadata.GetOrAddString("Price_of_" + (char)('a' + i)),
                metadata.GetOrAddBlob((byte[])[0x20, 0, 1]), bodies.AddMethodBody(il), default);
            metadata.AddCustomAttribute(method, fact, metadata.GetOrAddBlob((byte[])[1, 0, 0, 0]));
        }
    }

    private static void AddType(MetadataBuilder metadata, string space, string name, TypeAttributes attributes) =>
        metadata.AddTypeDefinition(attributes, metadata.GetOrAddString(space), metadata.GetOrAddString(name), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(metadata.GetRowCount(TableIndex.MethodDef) + 1));

    private static AssemblyReferenceHandle Reference(MetadataBuilder metadata, string name) =>
        metadata.AddAssemblyReference(metadata.GetOrAddString(name), new Version(8, 0, 0, 0), default, default, 0, default);

    private static TypeReferenceHandle TypeReference(MetadataBuilder metadata, EntityHandle scope, string space, string name) =>
        metadata.AddTypeReference(scope, metadata.GetOrAddString(space), metadata.GetOrAddString(name));

    private static MemberReferenceHandle Constructor(MetadataBuilder metadata, EntityHandle type, byte[] signature) =>
        metadata.AddMemberReference(type, metadata.GetOrAddString(".ctor"), metadata.GetOrAddBlob(signature));
}
