namespace ReleaseGate.Artifacts;

/// <summary>The formats that artifacts come in, told by their bytes.</summary>
internal static class ArtifactFormat
{
    /// <summary>Bytes at the beginning that suffice to decide.</summary>
    public const int HeadLength = TarHeader.Size;

    /// <summary>A local file header or the end record of an empty zip.</summary>
    public static bool IsZip(ReadOnlySpan<byte> head) => head.StartsWith("PK\x3\x4"u8) || head.StartsWith("PK\x5\x6"u8);

    /// <summary>A gzip member header of method deflate without reserved flags (RFC 1952).</summary>
    public static bool IsGZip(ReadOnlySpan<byte> head) => head.Length >= 4 && head[0] == 0x1f && head[1] == 0x8b && head[2] == 8 && (head[3] & 0xe0) == 0;

    /// <summary>A tar header whose checksum holds.</summary>
    public static bool IsTar(ReadOnlySpan<byte> head) => head.Length >= TarHeader.Size && TarHeader.ChecksumHolds(head[..TarHeader.Size]);

    /// <summary>A program or library: PE, ELF or Mach-O.</summary>
    public static bool IsProgram(ReadOnlySpan<byte> head, bool isWhole) => Magic.Of(head, isWhole) is EntryKind.PortableExecutable or EntryKind.Elf or EntryKind.MachO;

    /// <summary>A zip behind other bytes: there is an end record near the end.</summary>
    public static bool HasZipEnd(ByteSource source) => ZipReader.HasEnd(source);
}
