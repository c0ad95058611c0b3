using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn.DotNet;

/// <summary>
/// What a Windows or .NET executable says about how it was built. Read once for all rules.
/// Sources: PE format (learn.microsoft.com/windows/win32/debug/pe-format), ECMA-335, dotnet/runtime docs/design/specs/PE-COFF.md.
/// </summary>
internal sealed class ImageFacts
{
    /// <summary>Shared by every rule that looks at executables.</summary>
    public static readonly FactsReader<ImageFacts> Reader = new(int.MaxValue, Read) { TakesBeginning = true };

    private const int DebugEntrySize = 28;
    private const ushort PortableCodeView = 0x504D; // PE-COFF.md: the minor version of an entry that belongs to a portable PDB
    private const int MostDebugEntries = 256;
    private const int MostImports = 4096;
    private const int EmbeddedPdbLimit = 256 << 20;

    // learn.microsoft.com/cpp/c-runtime-library/crt-library-features: the debug versions, which may not be redistributed.
    private static readonly string[] DebugRuntimeNames = ["ucrtbased.dll", "vcruntime140d.dll", "vcruntime140_1d.dll", "msvcp140d.dll", "msvcp140_1d.dll", "msvcp140_2d.dll", "msvcr120d.dll", "msvcp120d.dll", "mfc140d.dll", "mfc140ud.dll"];

    private readonly List<CodeView> _codeViews = [];
    private readonly List<PdbChecksum> _checksums = [];

    /// <summary>Names the PDB that was made with the image.</summary>
    /// <param name="Id">GUID and age or time stamp, in the form of <see cref="PdbFacts.IdOf"/>.</param>
    /// <param name="Path">The PDB's path as the compiler was told.</param>
    public sealed record CodeView(string Id, string Path);

    /// <summary>A checksum of the portable PDB that was made with the image.</summary>
    /// <param name="Algorithm">E.g. <c>SHA256</c>.</param>
    /// <param name="Value">Lower-case hex.</param>
    public sealed record PdbChecksum(string Algorithm, string Value);

    /// <summary>Whether it holds .NET metadata.</summary>
    public bool IsManaged { get; private set; }

    /// <summary>Whether it holds code compiled ahead besides its IL.</summary>
    public bool IsReadyToRun { get; private set; }

    /// <summary>Whether the build was reproducible; says nothing about paths.</summary>
    public bool IsReproducible { get; private set; }

    /// <summary>Whether it holds a COFF symbol table or COFF debug data.</summary>
    public bool HasCoffSymbols { get; private set; }

    /// <summary>The PDBs that belong to it. Mostly one; code compiled ahead has a second.</summary>
    public IReadOnlyList<CodeView> CodeViews => _codeViews;

    /// <summary>The checksums of its portable PDB.</summary>
    public IReadOnlyList<PdbChecksum> PdbChecksums => _checksums;

    /// <summary>The portable PDB inside of it, or null.</summary>
    public PdbFacts? EmbeddedPdb { get; private set; }

    /// <summary>Bytes of <see cref="EmbeddedPdb"/> once inflated.</summary>
    public long EmbeddedPdbLength { get; private set; }

    /// <summary>Debug versions of the C runtime it needs, by file name.</summary>
    public IReadOnlyList<string> DebugRuntimes { get; private set; } = [];

    /// <summary>What the assembly says about itself, or null for native images and modules.</summary>
    public AssemblyFacts? Assembly { get; private set; }

    private static ImageFacts Read(Stream stream, Entry entry)
    {
        try
        {
            return Read(stream, isCut: stream.Length < entry.Length);
        }
        // What System.Reflection.Metadata and the arithmetic on offsets do when bytes lie. Memory is bounded by the entry, so no lack of it is theirs.
        catch (Exception e) when (e is IOException or ArgumentException or OverflowException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            throw new InvalidDataException($"the image contradicts itself: {e.Message}", e);
        }
    }

    private static ImageFacts Read(Stream stream, bool isCut)
    {
        using var image = new PEReader(stream, PEStreamOptions.LeaveOpen);
        var headers = image.PEHeaders;
        // Native libraries of hundreds of megabytes ship; what little they say of interest here stands near the beginning, or is done without.
        if (isCut && headers.PEHeader is { CorHeaderTableDirectory.Size: > 0 }) throw new InvalidDataException("a .NET image is read whole");
        var facts = new ImageFacts
        {
            IsManaged = image.HasMetadata,
            IsReadyToRun = headers.CorHeader is { ManagedNativeHeaderDirectory.Size: > 0 },
            HasCoffSymbols = headers.CoffHeader.NumberOfSymbols > 0,
        };
        facts.ReadDebugDirectory(headers, stream);
        if (image.HasMetadata)
        {
            var metadata = image.GetMetadataReader(MetadataReaderOptions.None);
            if (metadata.IsAssembly) facts.Assembly = AssemblyFacts.Of(metadata);
        }
        else
        {
            facts.ReadImports(headers, stream);
        }

        return facts;
    }

    private void ReadDebugDirectory(PEHeaders headers, Stream stream)
    {
        if (headers.PEHeader is not { } header || header.DebugTableDirectory.Size == 0) return;
        var directory = header.DebugTableDirectory;
        if (OffsetOf(headers, directory.RelativeVirtualAddress) is not { } offset)
        {
            if (IsManaged) throw new InvalidDataException("its debug directory lies outside of the file");
            return; // packers leave the entry behind; the loader does not look at it
        }

        // Other linkers than Microsoft's put a number of entries where the size belongs.
        var count = Math.Min(MostDebugEntries, directory.Size / DebugEntrySize);
        Span<byte> entry = stackalloc byte[DebugEntrySize];
        for (var i = 0; i < count; i++)
        {
            if (!TryRead(stream, offset + i * DebugEntrySize, entry))
            {
                if (IsManaged) throw new InvalidDataException("its debug directory ends behind the file");
                return;
            }

            var stamp = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
            var type = (DebugDirectoryEntryType)BinaryPrimitives.ReadInt32LittleEndian(entry[12..]);
            var size = BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]);
            long data = BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]);
            if (type == DebugDirectoryEntryType.Coff) HasCoffSymbols = true;
            else if (type == DebugDirectoryEntryType.Reproducible) IsReproducible = true;
            if (type is not (DebugDirectoryEntryType.CodeView or DebugDirectoryEntryType.EmbeddedPortablePdb or DebugDirectoryEntryType.PdbChecksum)) continue;
            if (data + size > stream.Length)
            {
                // A native image that was stripped or cut keeps the entry; a .NET image never does.
                if (IsManaged) throw new InvalidDataException($"its {type} data lies behind the end of the file");
                continue;
            }

            switch (type)
            {
                case DebugDirectoryEntryType.CodeView:
                    ReadCodeView(Bytes(stream, data, size), BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]) == PortableCodeView ? stamp : null);
                    break;
                case DebugDirectoryEntryType.PdbChecksum:
                    ReadChecksum(Bytes(stream, data, size));
                    break;
                default:
                    ReadEmbeddedPdb(stream, data, size);
                    break;
            }
        }
    }

    // "RSDS", GUID, age, path in UTF-8. Older formats ("NB10") carry no GUID and are of no use here.
    private void ReadCodeView(ReadOnlySpan<byte> data, uint? stamp)
    {
        if (data.Length < 24 || !data.StartsWith("RSDS"u8)) return;
        var path = data[24..];
        var end = path.IndexOf((byte)0);
        // A portable PDB is known by its stamp, which is that of the directory entry; a Windows PDB by its age.
        var id = PdbFacts.IdOf(new Guid(data.Slice(4, 16)), stamp ?? BinaryPrimitives.ReadUInt32LittleEndian(data[20..]));
        _codeViews.Add(new CodeView(id, Encoding.UTF8.GetString(end < 0 ? path : path[..end])));
    }

    // Name of the algorithm, NUL, checksum.
    private void ReadChecksum(ReadOnlySpan<byte> data)
    {
        var end = data.IndexOf((byte)0);
        if (end <= 0) throw new InvalidDataException("its PDB checksum names no algorithm");
        _checksums.Add(new PdbChecksum(Encoding.UTF8.GetString(data[..end]), Convert.ToHexString(data[(end + 1)..]).ToLowerInvariant()));
    }

    // "MPDB", size, deflate. The size is a claim: memory grows with what really comes out.
    private void ReadEmbeddedPdb(Stream stream, long data, uint size)
    {
        var bytes = Bytes(stream, data, size);
        if (bytes.Length < 8 || !bytes.AsSpan().StartsWith("MPDB"u8)) throw new InvalidDataException("its embedded PDB has no header");
        var claimed = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4));
        if (claimed > EmbeddedPdbLimit) throw new InvalidDataException($"its embedded PDB claims {ByteSize.Format(claimed)}; up to {ByteSize.Format(EmbeddedPdbLimit)} are looked at");
        using var inflated = new MemoryStream();
        using (var deflate = new DeflateStream(new MemoryStream(bytes, 8, bytes.Length - 8), CompressionMode.Decompress))
        {
            var buffer = new byte[64 << 10];
            for (int read; (read = deflate.Read(buffer)) > 0;)
            {
                if (inflated.Length + read > claimed) throw new InvalidDataException("more comes out of its embedded PDB than it claims");
                inflated.Write(buffer, 0, read);
            }
        }

        if (inflated.Length < claimed) throw new InvalidDataException("less comes out of its embedded PDB than it claims");
        var pdb = inflated.ToArray();
        EmbeddedPdbLength = pdb.Length;
        using var provider = MetadataReaderProvider.FromPortablePdbImage(ImmutableCollectionsMarshal.AsImmutableArray(pdb));
        EmbeddedPdb = PdbFacts.Of(provider.GetMetadataReader(MetadataReaderOptions.None), checksum: null);
    }

    // Only of native images: a .NET one imports mscoree.dll, if anything.
    private void ReadImports(PEHeaders headers, Stream stream)
    {
        if (headers.PEHeader is not { ImportTableDirectory: { Size: > 0 } imports } || OffsetOf(headers, imports.RelativeVirtualAddress) is not { } offset) return;
        List<string>? found = null;
        Span<byte> descriptor = stackalloc byte[20];
        Span<byte> name = stackalloc byte[32];
        for (var i = 0; i < MostImports && TryRead(stream, offset + i * descriptor.Length, descriptor); i++)
        {
            var rva = BinaryPrimitives.ReadInt32LittleEndian(descriptor[12..]);
            if (rva == 0) break;
            if (OffsetOf(headers, rva) is not { } at) continue;
            stream.Position = at;
            var read = stream.ReadAtLeast(name, name.Length, throwOnEndOfStream: false);
            var end = name[..read].IndexOf((byte)0);
            if (end <= 0) continue;
            foreach (var known in DebugRuntimeNames)
                if (Ascii.EqualsIgnoreCase(name[..end], known)) (found ??= []).Add(known);
        }

        if (found is not null) DebugRuntimes = found;
    }

    private static long? OffsetOf(PEHeaders headers, int rva)
    {
        foreach (var section in headers.SectionHeaders)
        {
            var within = (long)(uint)rva - (uint)section.VirtualAddress;
            if (within >= 0 && within < (uint)section.SizeOfRawData) return within + (uint)section.PointerToRawData;
        }

        return null;
    }

    private static bool TryRead(Stream stream, long offset, Span<byte> bytes)
    {
        if (offset > stream.Length - bytes.Length) return false;
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return true;
    }

    private static byte[] Bytes(Stream stream, long offset, uint size)
    {
        var bytes = new byte[size]; // no more than the entry has
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }
}

/// <summary>What an assembly says about itself in its metadata.</summary>
internal sealed class AssemblyFacts
{
    /// <summary>The flag of DebuggableAttribute that switches the JIT's optimisations off (<c>DebuggingModes.DisableOptimizations</c>).</summary>
    public const int DisableOptimizations = 0x100;

    private const int EnableTracking = 1; // DebuggingModes.Default
    private const int MostTexts = 256;

    // The assemblies that tests refer to, and the attributes that make a method one.
    private static readonly string[] TestAssemblies =
        ["xunit.core", "xunit.v3.core", "nunit.framework", "Microsoft.VisualStudio.TestPlatform.TestFramework", "MSTest.TestFramework", "TUnit.Core", "Microsoft.VisualStudio.QualityTools.UnitTestFramework"];

    private static readonly string[] TestAttributes = ["FactAttribute", "TheoryAttribute", "TestAttribute", "TestCaseAttribute", "TestCaseSourceAttribute", "TestMethodAttribute", "DataTestMethodAttribute"];

    private AssemblyFacts(string name, Version version)
    {
        Name = name;
        Version = version;
    }

    /// <summary>The simple name.</summary>
    public string Name { get; }

    /// <summary>The assembly version.</summary>
    public Version Version { get; }

    /// <summary>The flags of DebuggableAttribute, or null where there is none.</summary>
    public int? Debuggable { get; private set; }

    /// <summary>The text of AssemblyConfigurationAttribute, or null.</summary>
    public string? Configuration { get; private set; }

    /// <summary>The value of AssemblyMetadata("RepositoryUrl"), or null.</summary>
    public string? RepositoryUrl { get; private set; }

    /// <summary>Whether it is a reference assembly: signatures without code.</summary>
    public bool IsReferenceAssembly { get; private set; }

    /// <summary>The names of InternalsVisibleTo; not more than 256.</summary>
    public IReadOnlyList<string> InternalsVisibleTo => _internalsVisibleTo;

    /// <summary>The test framework it refers to, or null.</summary>
    public string? TestFramework { get; private set; }

    /// <summary>Methods that a test runner would run.</summary>
    public int Tests { get; private set; }

    /// <summary>Test methods of abstract classes, which are for others to derive from.</summary>
    public int AbstractTests { get; private set; }

    private readonly List<string> _internalsVisibleTo = [];

    public static AssemblyFacts Of(MetadataReader metadata)
    {
        var definition = metadata.GetAssemblyDefinition();
        var facts = new AssemblyFacts(metadata.GetString(definition.Name), definition.Version);
        foreach (var handle in definition.GetCustomAttributes()) facts.Take(metadata, metadata.GetCustomAttribute(handle));
        foreach (var handle in metadata.AssemblyReferences)
        {
            var name = metadata.GetString(metadata.GetAssemblyReference(handle).Name);
            foreach (var known in TestAssemblies)
                if (name.Equals(known, StringComparison.OrdinalIgnoreCase)) facts.TestFramework ??= name;
        }

        if (facts.TestFramework is not null) facts.CountTests(metadata);
        return facts;
    }

    private void Take(MetadataReader metadata, CustomAttribute attribute)
    {
        var comparer = metadata.StringComparer;
        if (TypeOf(metadata, attribute) is not { } type) return;
        if (comparer.Equals(type.Name, "DebuggableAttribute")) Debuggable = DebuggingModes(metadata, attribute);
        else if (comparer.Equals(type.Name, "AssemblyConfigurationAttribute")) Configuration = Text(metadata, attribute, 0);
        else if (comparer.Equals(type.Name, "ReferenceAssemblyAttribute")) IsReferenceAssembly = true;
        else if (comparer.Equals(type.Name, "InternalsVisibleToAttribute"))
        {
            if (_internalsVisibleTo.Count < MostTexts && Text(metadata, attribute, 0) is { } friend) _internalsVisibleTo.Add(friend);
        }
        else if (comparer.Equals(type.Name, "AssemblyMetadataAttribute") && Text(metadata, attribute, 0) == "RepositoryUrl") RepositoryUrl = Text(metadata, attribute, 1);
    }

    // DebuggableAttribute(DebuggingModes) or DebuggableAttribute(bool isJITTrackingEnabled, bool isJITOptimizerDisabled): ECMA-335 II.23.3,
    // prolog, fixed arguments, number of named ones. The two differ in length.
    private static int? DebuggingModes(MetadataReader metadata, CustomAttribute attribute)
    {
        var value = metadata.GetBlobReader(attribute.Value);
        if (value.Length < 4 || value.ReadUInt16() != 1) return null;
        switch (Parameters(metadata, attribute))
        {
            case 1 when value.RemainingBytes >= 4:
                return value.ReadInt32();
            case 2 when value.RemainingBytes >= 2:
                return (value.ReadByte() != 0 ? EnableTracking : 0) | (value.ReadByte() != 0 ? DisableOptimizations : 0);
            default:
                return null;
        }
    }

    private static string? Text(MetadataReader metadata, CustomAttribute attribute, int index)
    {
        var value = metadata.GetBlobReader(attribute.Value);
        if (value.Length < 4 || value.ReadUInt16() != 1) return null;
        string? text = null;
        for (var i = 0; i <= index; i++) text = value.ReadSerializedString();
        return text;
    }

    // ECMA-335 II.23.2.1: calling convention, number of parameters.
    private static int Parameters(MetadataReader metadata, CustomAttribute attribute)
    {
        var handle = attribute.Constructor.Kind == HandleKind.MethodDefinition
            ? metadata.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).Signature
            : metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Signature;
        var signature = metadata.GetBlobReader(handle);
        signature.ReadByte();
        return signature.ReadCompressedInteger();
    }

    /// <summary>The attribute's type: defined elsewhere, or in the assembly itself, as compilers do for what a framework lacks.</summary>
    private static (StringHandle Namespace, StringHandle Name)? TypeOf(MetadataReader metadata, CustomAttribute attribute)
    {
        var type = attribute.Constructor.Kind switch
        {
            HandleKind.MethodDefinition => metadata.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType(),
            HandleKind.MemberReference => metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent,
            _ => default,
        };
        switch (type.Kind)
        {
            case HandleKind.TypeReference when !type.IsNil:
                var reference = metadata.GetTypeReference((TypeReferenceHandle)type);
                return (reference.Namespace, reference.Name);
            case HandleKind.TypeDefinition when !type.IsNil:
                var definition = metadata.GetTypeDefinition((TypeDefinitionHandle)type);
                return (definition.Namespace, definition.Name);
            default:
                return null;
        }
    }

    private void CountTests(MetadataReader metadata)
    {
        var seen = new HashSet<MethodDefinitionHandle>();
        foreach (var handle in metadata.CustomAttributes)
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (attribute.Parent.Kind != HandleKind.MethodDefinition || TypeOf(metadata, attribute) is not { } type) continue;
            var isTest = false;
            foreach (var known in TestAttributes) isTest |= metadata.StringComparer.Equals(type.Name, known);
            var method = (MethodDefinitionHandle)attribute.Parent;
            if (!isTest || !seen.Add(method)) continue;
            var declaring = metadata.GetTypeDefinition(metadata.GetMethodDefinition(method).GetDeclaringType());
            if ((declaring.Attributes & System.Reflection.TypeAttributes.Abstract) != 0) AbstractTests++;
            else Tests++;
        }
    }
}
