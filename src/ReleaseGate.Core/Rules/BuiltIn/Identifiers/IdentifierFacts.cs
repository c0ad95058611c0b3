using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ReleaseGate.Rules.BuiltIn.Identifiers;

/// <summary>The names in the metadata of an assembly: ECMA-335, partition II, sections 22 and 24.</summary>
/// <param name="Namespaces">Of the types it declares, refers to and forwards, with the names of its resources, which begin with one.</param>
/// <param name="Assemblies">Its own name, those it refers to, and those that may see its internals.</param>
internal sealed record IdentifierFacts(IReadOnlyCollection<string> Namespaces, IReadOnlyCollection<string> Assemblies)
{
    /// <summary>Shared by all runs; reads nothing but names.</summary>
    public static readonly FactsReader<IdentifierFacts> Reader = new(1 << 30, static (stream, _) => Read(stream));

    private static IdentifierFacts? Read(Stream stream)
    {
        try
        {
            using var image = new PEReader(stream, PEStreamOptions.LeaveOpen);
            if (!image.HasMetadata) return null;
            var reader = image.GetMetadataReader();
            return new IdentifierFacts(NamespacesOf(reader), AssembliesOf(reader));
        }
        // What the reader of the framework throws where offsets lead nowhere.
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or OverflowException or IndexOutOfRangeException or NotSupportedException or IOException and not EndOfStreamException)
        {
            throw new InvalidDataException($"its metadata cannot be read: {e.Message}", e);
        }
    }

    private static SortedSet<string> NamespacesOf(MetadataReader reader)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        // A handle for each distinct name in the heap, so that thousands of types make few strings.
        var seen = new HashSet<StringHandle>();
        foreach (var handle in reader.TypeDefinitions) Add(reader.GetTypeDefinition(handle).Namespace);
        foreach (var handle in reader.TypeReferences) Add(reader.GetTypeReference(handle).Namespace);
        foreach (var handle in reader.ExportedTypes) Add(reader.GetExportedType(handle).Namespace);
        foreach (var handle in reader.ManifestResources) Add(reader.GetManifestResource(handle).Name);
        return names;

        void Add(StringHandle name)
        {
            if (!name.IsNil && seen.Add(name)) names.Add(reader.GetString(name));
        }
    }

    private static SortedSet<string> AssembliesOf(MetadataReader reader)
    {
        var names = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var handle in reader.AssemblyReferences) names.Add(reader.GetString(reader.GetAssemblyReference(handle).Name));
        if (!reader.IsAssembly) return names;
        var assembly = reader.GetAssemblyDefinition();
        names.Add(reader.GetString(assembly.Name));
        foreach (var handle in assembly.GetCustomAttributes())
        {
            if (FriendOf(reader, reader.GetCustomAttribute(handle)) is { } friend) names.Add(friend);
        }

        return names;
    }

    /// <summary>The assembly that <c>[InternalsVisibleTo("Name, PublicKey=…")]</c> names.</summary>
    private static string? FriendOf(MetadataReader reader, CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference) return null;
        var parent = reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        if (parent.Kind != HandleKind.TypeReference || !reader.StringComparer.Equals(reader.GetTypeReference((TypeReferenceHandle)parent).Name, "InternalsVisibleToAttribute")) return null;
        var blob = reader.GetBlobReader(attribute.Value);
        if (blob.RemainingBytes < 2 || blob.ReadUInt16() != 1) return null;
        return blob.ReadSerializedString()?.Split(',')[0].Trim();
    }
}
