using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection.Metadata;
using System.Security.Cryptography;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn.DotNet;

/// <summary>
/// What a PDB says: whose it is, the documents it names, the sources it holds. Read once for all rules; a PDB inside an executable has the same facts.
/// Sources: dotnet/runtime docs/design/specs/PortablePdb-Metadata.md and PE-COFF.md, microsoft/microsoft-pdb.
/// </summary>
internal sealed class PdbFacts
{
    /// <summary>Shared by every rule that looks at PDB files.</summary>
    public static readonly FactsReader<PdbFacts> Reader = new(int.MaxValue, Read);

    private const int IdSize = 20;

    // PortablePdb-Metadata.md, "CustomDebugInformation Table".
    private static readonly Guid EmbeddedSourceKind = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");
    private static readonly Guid SourceLinkKind = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");
    private static readonly Guid CompilationOptionsKind = new("B5FEEC05-8CD0-4A83-96DA-466284BB4BD8");

    private PdbFacts(string? id, bool isPortable)
    {
        Id = id;
        IsPortable = isPortable;
    }

    /// <summary>A source file the PDB names.</summary>
    /// <param name="Name">Its path as the compiler saw it, after path mapping.</param>
    /// <param name="Embedded">How many bytes of its text the PDB holds, as it says; null for none.</param>
    public sealed record Document(string Name, long? Embedded)
    {
        /// <summary>Whether the build wrote it, or a source-only package brought it.</summary>
        public bool IsGenerated => GeneratedDocument.Is(Name);
    }

    /// <summary>GUID and stamp (portable) or age (Windows) in the form of <see cref="IdOf"/>; null for the oldest Windows format.</summary>
    public string? Id { get; }

    /// <summary>Whether it is a portable PDB, the only one public symbol servers take.</summary>
    public bool IsPortable { get; }

    /// <summary>SHA-256 over a portable PDB file with its id zeroed, as compilers write it into the executable; lower-case hex. Null for an embedded one.</summary>
    public string? Checksum { get; private init; }

    /// <summary>The source files; empty for a Windows PDB.</summary>
    public IReadOnlyList<Document> Documents { get; private init; } = [];

    /// <summary>The Source Link document, JSON, or null.</summary>
    public byte[]? SourceLink { get; private set; }

    /// <summary>The option <c>optimization</c> of the compilation (<c>debug</c>, <c>release</c> …), or null.</summary>
    public string? Optimization { get; private set; }

    /// <summary>A GUID with a stamp or an age, as one word: what an executable and its PDB share.</summary>
    public static string IdOf(Guid id, uint stamp) => string.Create(CultureInfo.InvariantCulture, $"{id:n}-{stamp:x}");

    private static PdbFacts Read(Stream stream, Entry entry)
    {
        try
        {
            return entry.Kind == EntryKind.WindowsPdb ? ReadWindows(stream) : ReadPortable(stream);
        }
        // What System.Reflection.Metadata and the arithmetic on offsets do when bytes lie.
        catch (Exception e) when (e is IOException or ArgumentException or OverflowException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"the PDB contradicts itself: {e.Message}", e);
        }
    }

    private static PdbFacts ReadPortable(Stream stream)
    {
        using var provider = MetadataReaderProvider.FromPortablePdbStream(stream, MetadataStreamOptions.LeaveOpen);
        var metadata = provider.GetMetadataReader(MetadataReaderOptions.None);
        var header = metadata.DebugMetadataHeader ?? throw new InvalidDataException("it has no #Pdb stream");
        return Of(metadata, ChecksumOf(stream, header.IdStartOffset));
    }

    /// <summary>Takes the facts of a portable PDB.</summary>
    /// <exception cref="BadImageFormatException">The bytes lie; so do other exceptions say.</exception>
    public static PdbFacts Of(MetadataReader metadata, string? checksum)
    {
        var header = metadata.DebugMetadataHeader ?? throw new InvalidDataException("it has no #Pdb stream");
        if (header.Id.Length != IdSize) throw new InvalidDataException("its id is cut");
        var embedded = new Dictionary<EntityHandle, long>();
        byte[]? sourceLink = null;
        string? optimization = null;
        foreach (var handle in metadata.CustomDebugInformation)
        {
            var information = metadata.GetCustomDebugInformation(handle);
            var kind = metadata.GetGuid(information.Kind);
            if (kind == EmbeddedSourceKind) embedded[information.Parent] = SourceLength(metadata.GetBlobReader(information.Value));
            else if (kind == SourceLinkKind) sourceLink = metadata.GetBlobBytes(information.Value);
            else if (kind == CompilationOptionsKind) optimization = Option(metadata.GetBlobReader(information.Value), "optimization"u8);
        }

        var documents = new List<Document>(metadata.Documents.Count);
        foreach (var handle in metadata.Documents)
            documents.Add(new Document(metadata.GetString(metadata.GetDocument(handle).Name), embedded.TryGetValue(handle, out var length) ? length : null));
        var id = header.Id.AsSpan();
        return new PdbFacts(IdOf(new Guid(id[..16]), BinaryPrimitives.ReadUInt32LittleEndian(id[16..])), isPortable: true)
        {
            Checksum = checksum,
            Documents = documents,
            SourceLink = sourceLink,
            Optimization = optimization,
        };
    }

    // A length, then the text: deflated where the length is not 0.
    private static long SourceLength(BlobReader value)
    {
        var length = value.ReadInt32();
        return length > 0 ? length : value.RemainingBytes;
    }

    // Names and values, each with a NUL behind it.
    private static string? Option(BlobReader value, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> rest = value.ReadBytes(value.RemainingBytes);
        while (!rest.IsEmpty)
        {
            var key = Next(ref rest);
            var text = Next(ref rest);
            if (key.SequenceEqual(name)) return Encoding.UTF8.GetString(text);
        }

        return null;

        static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
        {
            var end = rest.IndexOf((byte)0);
            var word = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            return word;
        }
    }

    private static string ChecksumOf(Stream stream, int idOffset)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 << 10];
        stream.Position = 0;
        long position = 0;
        for (int read; (read = stream.Read(buffer)) > 0; position += read)
        {
            var from = Math.Clamp(idOffset - position, 0, read);
            var to = Math.Clamp(idOffset + IdSize - position, 0, read);
            buffer.AsSpan((int)from, (int)(to - from)).Clear();
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }

    // A multi-stream file: the superblock names the page that lists the pages of the directory, which lists the pages of stream 1: version, stamp, age, GUID.
    private static PdbFacts ReadWindows(Stream stream)
    {
        const int magicSize = 32;
        Span<byte> head = stackalloc byte[magicSize + 24];
        stream.Position = 0;
        stream.ReadExactly(head);
        if (!head.StartsWith("Microsoft C/C++ MSF 7.00"u8)) return new PdbFacts(null, isPortable: false);
        var pageSize = BinaryPrimitives.ReadUInt32LittleEndian(head[magicSize..]);
        var directorySize = BinaryPrimitives.ReadUInt32LittleEndian(head[(magicSize + 12)..]);
        var directoryMap = BinaryPrimitives.ReadUInt32LittleEndian(head[(magicSize + 20)..]);
        if (pageSize is < 512 or > 65536 || (pageSize & (pageSize - 1)) != 0 || directorySize < 8 || directorySize > stream.Length) throw new InvalidDataException("its superblock lies");

        var streams = Number(DirectoryOffset(0));
        if (streams is < 2 or > 65536) throw new InvalidDataException("its directory names no streams");
        var size0 = Number(DirectoryOffset(4));
        var size1 = Number(DirectoryOffset(8));
        if (size1 is < 28 or uint.MaxValue) throw new InvalidDataException("its information stream is cut");
        var before = size0 == uint.MaxValue ? 0 : (size0 + pageSize - 1) / pageSize;
        Span<byte> information = stackalloc byte[28];
        Take(Number(DirectoryOffset(4 + 4 * (long)streams + 4 * (long)before)) * (long)pageSize, information);
        return new PdbFacts(IdOf(new Guid(information[12..]), BinaryPrimitives.ReadUInt32LittleEndian(information[8..])), isPortable: false);

        long DirectoryOffset(long at)
        {
            if (at + 4 > directorySize) throw new InvalidDataException("its directory is cut");
            return Number(directoryMap * (long)pageSize + at / pageSize * 4) * (long)pageSize + at % pageSize;
        }

        uint Number(long offset)
        {
            Span<byte> number = stackalloc byte[4];
            Take(offset, number);
            return BinaryPrimitives.ReadUInt32LittleEndian(number);
        }

        void Take(long offset, Span<byte> bytes)
        {
            if (offset > stream.Length - bytes.Length) throw new InvalidDataException("a page lies behind its end");
            stream.Position = offset;
            stream.ReadExactly(bytes);
        }
    }
}

/// <summary>Tells documents that a build wrote, or took from a source-only package, from those that the project's people wrote.</summary>
internal static class GeneratedDocument
{
    private static readonly string[] Endings =
    [
        ".g.cs", ".g.i.cs", ".g.vb", ".g.fs", ".generated.cs", ".generated.vb", ".designer.cs", ".designer.vb", "AssemblyInfo.cs", "AssemblyInfo.vb", "AssemblyInfo.fs",
        "AssemblyAttributes.cs", "AssemblyAttributes.vb", "AssemblyAttributes.fs", ".AssemblyAttributes", "GlobalUsings.cs",
    ];

    /// <summary>
    /// Whether a document is output of the build: below <c>obj/</c>, named as generators name their files, the virtual file of a source generator; or a file of NuGet's cache.
    /// EmbedUntrackedSources embeds all of these, since nobody could fetch them from the repository.
    /// </summary>
    public static bool Is(string path)
    {
        foreach (var ending in Endings)
            if (path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return true;
        var folders = path.Split('/', '\\');
        return HasFolder(folders, "obj") || IsOfGenerator(path, folders) || IsOfPackage(path, folders);
    }

    // "Generator.Assembly/Generator.Type/File.cs", alone (no other relative paths are given to compilers) or below a folder that EmitCompilerGeneratedFiles names.
    // https://github.com/dotnet/roslyn/blob/main/docs/features/source-generators.md
    private static bool IsOfGenerator(string path, string[] folders) =>
        folders.Length > 2 && folders[^2].EndsWith("Generator", StringComparison.Ordinal) && IsTypeOf(folders[^3], folders[^2])
        || folders.Length > 2 && !BuildPath.IsAbsolute(path) && path[0] != '.' && IsTypeOf(folders[0], folders[1]);

    // A type is named like its assembly, or the assembly like it; "src/Acme.Generator" and what PathMap makes of "/home/jill/src/Acme.Core" is a project.
    private static bool IsTypeOf(string assembly, string type)
    {
        var dot = type.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return false;
        var first = assembly.IndexOf('.', StringComparison.Ordinal) is >= 0 and var end ? assembly.AsSpan(0, end) : assembly;
        return type.AsSpan(0, dot).Equals(first, StringComparison.OrdinalIgnoreCase) || type.EndsWith("." + assembly, StringComparison.OrdinalIgnoreCase);
    }

    // NuGet's cache is a source root of its own, mapped to /_1/ and so on, with folders id/version.
    private static bool IsOfPackage(string path, string[] folders) =>
        HasFolder(folders, "contentFiles") || HasFolder(folders, ".nuget")
        || folders.Length > 4 && path.StartsWith("/_", StringComparison.Ordinal) && folders[1].Length > 1 && char.IsAsciiDigit(folders[1][1])
            && folders[3].Contains('.', StringComparison.Ordinal) && PackageNames.IsVersion(folders[3]);

    private static bool HasFolder(string[] folders, string folder)
    {
        for (var i = 0; i < folders.Length - 1; i++)
            if (folders[i].Equals(folder, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
