using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Unicode;

namespace ReleaseGate.Artifacts;

/// <summary>
/// Decides from its first bytes what an entry is. Only signatures that leave no doubt count: whoever trusts a kind skips work for it.
/// Sources: the format specifications (PE/COFF, ELF, Mach-O loader.h, RFC 1952, APPNOTE 6.3.10, POSIX pax, PNG, ISO-BMFF …) as listed beside each line.
/// </summary>
internal static class Magic
{
    /// <summary>More bytes than this are never looked at.</summary>
    public const int HeadLength = 64 * 1024;

    // ECMA-119 (ISO 9660): behind a system area that may hold anything.
    private const int VolumeDescriptor = 0x8000;

    // Signatures by first byte, longest first where one is the beginning of another.
    private static readonly Signature[][] ByFirstByte = Index(
    [
        new(EntryKind.Zip, "PK\x3\x4"u8), // APPNOTE 4.3.7, local file header
        new(EntryKind.Zip, "PK\x5\x6"u8), // 4.3.16, end of central directory: an archive without entries
        new(EntryKind.Zip, "PK\x7\x8PK\x3\x4"u8), // 8.5.3, spanning marker
        new(EntryKind.GZip, [0x1F, 0x8B, 8], static (head, _) => head.Length > 3 && (head[3] & 0xE0) == 0), // RFC 1952: deflate, no reserved flag
        new(EntryKind.BZip2, "BZh"u8, static (head, _) => head.Length > 9 && head[3] is >= (byte)'1' and <= (byte)'9'
            && (head[4..].StartsWith<byte>([0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) || head[4..].StartsWith<byte>([0x17, 0x72, 0x45, 0x38, 0x50, 0x90]))),
        new(EntryKind.Xz, [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]),
        new(EntryKind.Zstandard, [0x28, 0xB5, 0x2F, 0xFD]), // RFC 8878
        new(EntryKind.SevenZip, [(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C]),
        new(EntryKind.Rar, "Rar!\x1A\x7"u8),
        new(EntryKind.Cabinet, "MSCF\0\0\0\0"u8),
        new(EntryKind.Asar, [4, 0, 0, 0], static (head, _) => AsarReader.IsHead(head)),
        new(EntryKind.Cpio, "070701"u8, static (head, _) => IsCpio(head, 110)), // cpio(5): "newc", without and with checksum, then the octal format of POSIX
        new(EntryKind.Cpio, "070702"u8, static (head, _) => IsCpio(head, 110)),
        new(EntryKind.Cpio, "070707"u8, static (head, _) => IsCpio(head, 76)),
        new(EntryKind.Cpio, [0xC7, 0x71], static (head, _) => IsBinaryCpio(head, isBigEndian: false)), // the binary format, in either byte order
        new(EntryKind.Cpio, [0x71, 0xC7], static (head, _) => IsBinaryCpio(head, isBigEndian: true)),
        new(EntryKind.SystemPackage, "!<arch>\ndebian-binary"u8), // deb(5): an ar whose first member says the version. Other ar archives are libraries, not compressed.
        new(EntryKind.SystemPackage, [0xED, 0xAB, 0xEE, 0xDB], static (head, _) => head.Length > 4 && head[4] is 3 or 4), // rpm lead
        new(EntryKind.SystemPackage, "xar!"u8, static (head, _) => head.Length > 7 && BinaryPrimitives.ReadUInt16BigEndian(head[4..]) >= 28 && head[6] == 0 && head[7] == 1), // xar.h
        new(EntryKind.DiskImage, "hsqs"u8, static (head, _) => head.Length > 31 && head[28] == 4 && head[29] == 0 && head[31] == 0), // SquashFS 4
        new(EntryKind.DiskImage, "MSWIM\0\0\0"u8),
        new(EntryKind.DiskImage, "vhdxfile"u8, static (head, _) => head.Length > 9 && HasControl(head[..Math.Min(head.Length, 512)])),
        new(EntryKind.DiskImage, [(byte)'Q', (byte)'F', (byte)'I', 0xFB]), // QCOW
        new(EntryKind.DiskImage, "KDMV"u8, static (head, _) => head.Length > 7 && head[4] is > 0 and < 4 && head[5] == 0), // VMDK
        new(EntryKind.CompressedStream, [0x04, 0x22, 0x4D, 0x18], static (head, _) => head.Length > 4 && head[4] >> 6 == 1), // LZ4 frame: version 1
        new(EntryKind.CompressedStream, [0x02, 0x21, 0x4C, 0x18]), // LZ4, legacy frame
        new(EntryKind.CompressedStream, "LZIP\x1"u8),
        new(EntryKind.CompressedStream, [0x5D, 0, 0], static (head, _) => IsLzma(head)), // as xz --format=lzma writes it
        new(EntryKind.CompressedStream, [0x1F, 0x9D], static (head, _) => head.Length > 3 && (head[2] & 0x60) == 0 && (head[2] & 0x1F) is >= 9 and <= 16), // compress: bits of a code
        new(EntryKind.CompressedStream, [0xFF, 6, 0, 0, (byte)'s', (byte)'N', (byte)'a', (byte)'P', (byte)'p', (byte)'Y']), // Snappy, framed
        new(EntryKind.DiskImage, [0x7F, (byte)'E', (byte)'L', (byte)'F'], static (head, _) => head.Length > 10 && head[8] == 'A' && head[9] == 'I' && head[10] is 1 or 2), // AppImage: a loader before a file system
        new(EntryKind.PortableExecutable, "MZ"u8, IsPortableExecutable),
        new(EntryKind.CoreDump, [0x7F, (byte)'E', (byte)'L', (byte)'F'], static (head, _) => head.Length > 17 && head[4] is 1 or 2 && (head[5] == 1 ? head[16] == 4 && head[17] == 0 : head[5] == 2 && head[16] == 0 && head[17] == 4)), // ET_CORE
        new(EntryKind.CoreDump, [0xFE, 0xED, 0xFA, 0xCF], static (head, _) => head.Length > 15 && BinaryPrimitives.ReadUInt32BigEndian(head[12..]) == 4), // MH_CORE
        new(EntryKind.CoreDump, [0xCF, 0xFA, 0xED, 0xFE], static (head, _) => head.Length > 15 && BinaryPrimitives.ReadUInt32LittleEndian(head[12..]) == 4),
        new(EntryKind.Elf, [0x7F, (byte)'E', (byte)'L', (byte)'F'], static (head, _) => head.Length > 5 && head[4] is 1 or 2 && head[5] is 1 or 2),
        new(EntryKind.MachO, [0xFE, 0xED, 0xFA, 0xCE]),
        new(EntryKind.MachO, [0xFE, 0xED, 0xFA, 0xCF]),
        new(EntryKind.MachO, [0xCE, 0xFA, 0xED, 0xFE]),
        new(EntryKind.MachO, [0xCF, 0xFA, 0xED, 0xFE]),
        new(EntryKind.MachO, [0xCA, 0xFE, 0xBA, 0xBF, 0, 0, 0]), // fat, 64-bit offsets
        // Fat Mach-O and Java class share four bytes. What follows is a small count of architectures, or minor and major version (45 and up).
        new(EntryKind.MachO, [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0], static (head, _) => head.Length > 7 && head[7] is > 0 and < 45),
        new(EntryKind.JavaClass, [0xCA, 0xFE, 0xBA, 0xBE], static (head, _) => head.Length > 7 && BinaryPrimitives.ReadUInt16BigEndian(head[6..]) is >= 45 and < 256),
        new(EntryKind.WebAssembly, "\0asm"u8, static (head, _) => head.Length > 7),
        new(EntryKind.PortablePdb, "BSJB"u8, IsPortablePdb),
        new(EntryKind.WindowsPdb, "Microsoft C/C++ MSF 7.00\r\n\x1A"u8),
        new(EntryKind.WindowsPdb, "Microsoft C/C++ program database 2.00\r\n\x1A"u8),
        new(EntryKind.MiniDump, [(byte)'M', (byte)'D', (byte)'M', (byte)'P', 0x93, 0xA7]), // MINIDUMP_HEADER
        new(EntryKind.NetTrace, "Nettrace"u8, static (head, _) => head.Length > 11 && head[8] is 0 or 20 && head[9] == 0),
        new(EntryKind.GcDump, "\x14\0\0\0!FastSerialization."u8),
        new(EntryKind.HeapDump, "JAVA PROFILE 1.0."u8, static (head, _) => head.Length > 18 && head[17] is >= (byte)'0' and <= (byte)'9' && head[18] == 0),
        new(EntryKind.Sqlite, "SQLite format 3\0"u8),
        new(EntryKind.AccessDatabase, "\0\u0001\0\0Standard Jet DB\0"u8),
        new(EntryKind.AccessDatabase, "\0\u0001\0\0Standard ACE DB\0"u8),
        new(EntryKind.DatabaseDump, "PGDMP\x1"u8), // pg_dump -Fc: major version 1, still
        new(EntryKind.DatabaseDump, "REDIS00"u8, static (head, _) => head.Length > 9 && char.IsAsciiDigit((char)head[7]) && char.IsAsciiDigit((char)head[8]) && head[9] > 0x7F), // RDB: an opcode follows
        new(EntryKind.PacketCapture, [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0]), // libpcap: micro- and nanoseconds, either byte order
        new(EntryKind.PacketCapture, [0x4D, 0x3C, 0xB2, 0xA1, 2, 0, 4, 0]),
        new(EntryKind.PacketCapture, [0xA1, 0xB2, 0xC3, 0xD4, 0, 2, 0, 4]),
        new(EntryKind.PacketCapture, [0xA1, 0xB2, 0x3C, 0x4D, 0, 2, 0, 4]),
        new(EntryKind.PacketCapture, [0x0A, 0x0D, 0x0D, 0x0A], static (head, _) => head.Length > 11 && BinaryPrimitives.ReadUInt32BigEndian(head[8..]) is 0x1A2B3C4D or 0x4D3C2B1A), // pcapng
        new(EntryKind.Parquet, "PAR1"u8, static (head, _) => head.Length > 11 && HasControl(head[..12])),
        new(EntryKind.Arrow, "ARROW1\0\0"u8),
        new(EntryKind.Avro, "Obj\x1"u8, static (head, _) => head[..Math.Min(head.Length, 4096)].IndexOf("avro.schema"u8) > 0),
        new(EntryKind.Gguf, "GGUF"u8, ModelFormat.IsGguf),
        new(EntryKind.Gguf, "lmgg"u8, ModelFormat.IsGgml),
        new(EntryKind.Gguf, "fmgg"u8, ModelFormat.IsGgml),
        new(EntryKind.Gguf, "tjgg"u8, ModelFormat.IsGgml),
        new(EntryKind.NumPy, [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'], static (head, _) => head.Length > 9 && head[6] is 1 or 2 or 3),
        new(EntryKind.Hdf5, [0x89, (byte)'H', (byte)'D', (byte)'F', 13, 10, 26, 10]),
        new(EntryKind.Pickle, [0x80], ModelFormat.IsPickle),
        new(EntryKind.Onnx, [8], ModelFormat.IsOnnx),
        new(EntryKind.GitPack, "PACK\0\0\0"u8, static (head, _) => head.Length > 11 && head[7] is 2 or 3),
        new(EntryKind.GitPack, "# v2 git bundle\n"u8, IsGitBundle), // gitformat-bundle(5): a list of commits before a pack
        new(EntryKind.GitPack, "# v3 git bundle\n"u8, IsGitBundle),
        new(EntryKind.GitIndex, "DIRC\0\0\0"u8, static (head, _) => head.Length > 11 && head[7] is 2 or 3 or 4),
        new(EntryKind.DsStore, "\0\0\0\u0001Bud1"u8),
        new(EntryKind.VimSwap, "b0VIM "u8, static (head, _) => head.Length > 11 && head[..12].Contains((byte)0)),
        new(EntryKind.Png, [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]),
        new(EntryKind.Jpeg, [0xFF, 0xD8, 0xFF]),
        new(EntryKind.Gif, "GIF87a"u8, static (head, _) => head.Length > 12),
        new(EntryKind.Gif, "GIF89a"u8, static (head, _) => head.Length > 12),
        new(EntryKind.WebP, "RIFF"u8, static (head, _) => head.Length > 11 && head[8..].StartsWith("WEBP"u8)),
        new(EntryKind.Media, "RIFF"u8, static (head, _) => head.Length > 11 && (head[8..].StartsWith("WAVE"u8) || head[8..].StartsWith("AVI "u8))),
        new(EntryKind.Icon, [0, 0, 1, 0], IsIcon),
        new(EntryKind.Icon, [0, 0, 2, 0], IsIcon),
        new(EntryKind.Pdf, "%PDF-"u8, static (head, _) => head.Length > 7 && char.IsAsciiDigit((char)head[5]) && head[6] == '.'),
        new(EntryKind.Font, [0, 1, 0, 0], IsFont),
        new(EntryKind.Font, "OTTO"u8, IsFont),
        new(EntryKind.Font, "true"u8, IsFont),
        new(EntryKind.Font, "ttcf\0"u8),
        new(EntryKind.Font, "wOFF"u8, static (head, _) => head.Length > 43 && head[14] == 0 && head[15] == 0), // reserved, must be zero
        new(EntryKind.Font, "wOF2"u8, static (head, _) => head.Length > 47 && head[14] == 0 && head[15] == 0),
        new(EntryKind.Media, "ID3"u8, static (head, _) => head.Length > 9 && head[3] is 2 or 3 or 4 && (head[5] & 0x0F) == 0 && (head[6] | head[7] | head[8] | head[9]) < 0x80),
        new(EntryKind.Media, "OggS\0"u8),
        new(EntryKind.Media, "fLaC"u8, static (head, _) => head.Length > 7 && (head[4] & 0x7F) == 0 && head[5] == 0 && head[6] == 0 && head[7] == 34), // STREAMINFO first
        new(EntryKind.Media, [0x1A, 0x45, 0xDF, 0xA3]), // EBML: Matroska, WebM
        new(EntryKind.Media, "MThd\0\0\0\x6"u8), // MIDI
        new(EntryKind.Media, [0x47], IsTransportStream),
        new(EntryKind.Media, [0xFF, 0xFB], IsMpegAudio),
        new(EntryKind.Media, [0xFF, 0xFA], IsMpegAudio),
        new(EntryKind.Media, [0xFF, 0xF3], IsMpegAudio),
        new(EntryKind.Media, [0xFF, 0xF2], IsMpegAudio),
        new(EntryKind.CompoundFile, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]), // MS-CFB
        new(EntryKind.Der, [0x30], IsDer),
        new(EntryKind.Utf16Text, [0xFF, 0xFE], static (head, isWhole) => IsUtf16Text(head, isWhole, bigEndian: false)),
        new(EntryKind.Utf16Text, [0xFE, 0xFF], static (head, isWhole) => IsUtf16Text(head, isWhole, bigEndian: true)),
    ]);

    private delegate bool Test(ReadOnlySpan<byte> head, bool isWhole);

    /// <summary>Decides what an entry is.</summary>
    /// <param name="head">Its first bytes, at best 64 KiB of them.</param>
    /// <param name="isWhole">Whether these are all its bytes.</param>
    public static EntryKind Of(ReadOnlySpan<byte> head, bool isWhole)
    {
        if (head.IsEmpty) return EntryKind.Empty;
        if (head.Length > HeadLength)
        {
            head = head[..HeadLength];
            isWhole = false;
        }

        // First, since a tar begins with a name that anyone may choose, "%PDF-1.7" for one.
        if (IsTarHeader(head)) return EntryKind.Tar;
        // So does an ISO 9660 image with whatever boots it, a program for one.
        if (head.Length > VolumeDescriptor + 5 && head[(VolumeDescriptor + 1)..].StartsWith("CD001"u8)) return EntryKind.DiskImage;
        // These begin with a number.
        if (ModelFormat.IsSafeTensors(head, isWhole)) return EntryKind.SafeTensors;
        if (ModelFormat.IsTensorFlowLite(head, isWhole)) return EntryKind.TensorFlowLite;
        foreach (var signature in ByFirstByte[head[0]])
            if (head.StartsWith(signature.Prefix) && (signature.Test is null || signature.Test(head, isWhole))) return signature.Kind;
        if (head.Length > 11 && head[4..].StartsWith("ftyp"u8) && head[0] == 0) return EntryKind.Media; // ISO-BMFF: MP4, MOV, HEIC
        if ((head[0] & 0xF0) == 0x50 && head.Length > 3 && head[1..].StartsWith<byte>([0x2A, 0x4D, 0x18])) return EntryKind.Zstandard; // skippable frame
        return IsText(head, isWhole) ? OfText(head) : EntryKind.Binary;
    }

    /// <summary>Words for a kind that fit behind "is": <c>a zip archive</c>, <c>JSON</c>.</summary>
    public static string Describe(EntryKind kind) => kind switch
    {
        EntryKind.Binary => "binary data",
        EntryKind.Empty => "nothing",
        EntryKind.Text => "text",
        EntryKind.Utf16Text => "UTF-16 text",
        EntryKind.Json => "JSON",
        EntryKind.Xml => "XML",
        EntryKind.Script => "a script",
        EntryKind.Zip => "a zip archive",
        EntryKind.GZip => "a gzip stream",
        EntryKind.Brotli => "a Brotli stream",
        EntryKind.Tar => "a tar archive",
        EntryKind.BZip2 => "a bzip2 stream",
        EntryKind.Xz => "an xz stream",
        EntryKind.Zstandard => "a Zstandard stream",
        EntryKind.SevenZip => "a 7-Zip archive",
        EntryKind.Rar => "a RAR archive",
        EntryKind.Cabinet => "a cabinet",
        EntryKind.Asar => "an asar archive",
        EntryKind.Cpio => "a cpio archive",
        EntryKind.SystemPackage => "a package of an operating system",
        EntryKind.DiskImage => "a disk image",
        EntryKind.CompressedStream => "a compressed stream",
        EntryKind.PortableExecutable => "a Windows or .NET executable",
        EntryKind.Elf => "an ELF executable",
        EntryKind.MachO => "a Mach-O executable",
        EntryKind.WebAssembly => "a WebAssembly module",
        EntryKind.JavaClass => "a Java class",
        EntryKind.PortablePdb => "a portable PDB",
        EntryKind.WindowsPdb => "a Windows PDB",
        EntryKind.MiniDump => "a memory dump",
        EntryKind.NetTrace => "a .NET event trace",
        EntryKind.GcDump => "a .NET heap dump",
        EntryKind.HeapDump => "a Java heap dump",
        EntryKind.CoreDump => "a core dump",
        EntryKind.Sqlite => "a SQLite database",
        EntryKind.Gguf => "a GGUF model",
        EntryKind.SafeTensors => "a safetensors model",
        EntryKind.Pickle => "a Python pickle",
        EntryKind.Onnx => "an ONNX model",
        EntryKind.NumPy => "a NumPy array",
        EntryKind.Hdf5 => "an HDF5 file",
        EntryKind.TensorFlowLite => "a TensorFlow Lite model",
        EntryKind.PacketCapture => "a capture of network traffic",
        EntryKind.Parquet => "a Parquet table",
        EntryKind.Arrow => "an Arrow table",
        EntryKind.Avro => "an Avro file",
        EntryKind.AccessDatabase => "an Access database",
        EntryKind.DatabaseDump => "a database dump",
        EntryKind.GitPack => "a git pack",
        EntryKind.GitIndex => "a git index",
        EntryKind.DsStore => "a folder description of macOS",
        EntryKind.VimSwap => "an editor's swap file",
        EntryKind.Png => "a PNG image",
        EntryKind.Jpeg => "a JPEG image",
        EntryKind.Gif => "a GIF image",
        EntryKind.WebP => "a WebP image",
        EntryKind.Icon => "an icon",
        EntryKind.Pdf => "a PDF document",
        EntryKind.Font => "a font",
        EntryKind.Media => "audio or video",
        EntryKind.CompoundFile => "an OLE compound file",
        EntryKind.Der => "a DER structure",
        EntryKind.SourceMap => "a source map",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a kind without words"),
    };

    /// <summary>
    /// Whether a block is a tar header: POSIX pax, "Header Block", the checksum at 148 is the sum of all bytes with the field itself taken as blanks.
    /// </summary>
    public static bool IsTarHeader(ReadOnlySpan<byte> block)
    {
        if (block.Length < 512) return false;
        var stored = 0;
        var digits = 0;
        foreach (var b in block.Slice(148, 8))
        {
            if (b is >= (byte)'0' and <= (byte)'7')
            {
                stored = stored * 8 + (b - '0');
                digits++;
            }
            else if (b is not (0 or (byte)' ') || (digits > 0 && b == ' ' && digits < 3))
            {
                return false;
            }
        }

        if (digits < 3) return false;
        int unsigned = 8 * ' ', signed = 8 * ' ';
        for (var i = 0; i < 512; i++)
        {
            if (i is >= 148 and < 156) continue;
            unsigned += block[i];
            signed += (sbyte)block[i]; // what some old Unix tars wrote
        }

        return stored == unsigned || stored == signed;
    }

    private static bool IsText(ReadOnlySpan<byte> head, bool isWhole)
    {
        if (HasControl(head)) return false;
        if (!isWhole) head = WithoutCutCharacter(head);
        return Utf8.IsValid(head);
    }

    /// <summary>Whether a C0 byte other than \t \n \f \r \x1B stands in it. DEL stays text: minified scripts hold it in character classes.</summary>
    /// <remarks>Every text is looked at, so this is compiled well at once; SearchValues is several generic methods, compiled slow first.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool HasControl(ReadOnlySpan<byte> bytes)
    {
        // Bit n: the byte n is allowed.
        const uint allowed = 1u << '\t' | 1u << '\n' | 1u << '\f' | 1u << '\r' | 1u << 27;
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            ref var start = ref MemoryMarshal.GetReference(bytes);
            for (; i + Vector256<byte>.Count <= bytes.Length; i += Vector256<byte>.Count)
            {
                var block = Vector256.LoadUnsafe(ref start, (nuint)i);
                var control = Vector256.LessThan(block, Vector256.Create((byte)0x20));
                var harmless = Vector256.Equals(block, Vector256.Create((byte)'\n')) | Vector256.Equals(block, Vector256.Create((byte)'\t'))
                    | Vector256.Equals(block, Vector256.Create((byte)'\r')) | Vector256.Equals(block, Vector256.Create((byte)'\f')) | Vector256.Equals(block, Vector256.Create((byte)27));
                if (Vector256.AndNot(control, harmless) != Vector256<byte>.Zero) return true;
            }
        }

        for (; i < bytes.Length; i++)
            if (bytes[i] < 0x20 && (allowed >> bytes[i] & 1) == 0) return true;
        return false;
    }

    private static EntryKind OfText(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("\uFEFF"u8)) head = head[3..];
        if (head.StartsWith("#!"u8)) return EntryKind.Script;
        head = head.TrimStart(" \t\r\n"u8);
        if (head.Length < 2) return EntryKind.Text;
        var rest = head[1..].TrimStart(" \t\r\n"u8);
        return head[0] switch
        {
            (byte)'{' when rest.Length > 0 && rest[0] is (byte)'"' or (byte)'}' => EntryKind.Json,
            // "[section]" of an INI file and "[![badge](…" of a readme begin with a bracket too.
            (byte)'[' when rest.Length > 0 && (rest[0] is (byte)'{' or (byte)'[' or (byte)'"' or (byte)']' or (byte)'-' or (>= (byte)'0' and <= (byte)'9')
                || rest.StartsWith("null,"u8) || rest.StartsWith("true,"u8) || rest.StartsWith("false,"u8)) => EntryKind.Json,
            (byte)'<' when char.IsAsciiLetter((char)head[1]) || head[1] is (byte)'_' or (byte)'?'
                || head.StartsWith("<!--"u8) || head.StartsWith("<!DOCTYPE"u8) || head.StartsWith("<!doctype"u8) => EntryKind.Xml,
            _ => EntryKind.Text,
        };
    }

    /// <summary>Takes away the beginning of a UTF-8 sequence that the end of the head cuts.</summary>
    private static ReadOnlySpan<byte> WithoutCutCharacter(ReadOnlySpan<byte> head)
    {
        for (var back = 1; back <= 3 && back <= head.Length; back++)
        {
            var b = head[^back];
            if ((b & 0xC0) == 0x80) continue;
            var needed = b switch { >= 0xF0 and < 0xF5 => 4, >= 0xE0 and < 0xF0 => 3, >= 0xC2 and < 0xE0 => 2, _ => 1 };
            return needed > back ? head[..^back] : head;
        }

        return head;
    }

    private static bool IsUtf16Text(ReadOnlySpan<byte> head, bool isWhole, bool bigEndian)
    {
        if (isWhole && head.Length % 2 != 0) return false;
        for (var i = 2; i + 1 < head.Length; i += 2)
        {
            var unit = bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(head[i..]) : BinaryPrimitives.ReadUInt16LittleEndian(head[i..]);
            if (unit is >= 0xFFFE or < 0x20 and not (9 or 10 or 12 or 13 or 0x1B)) return false;
        }

        return true;
    }

    private static bool IsPortableExecutable(ReadOnlySpan<byte> head, bool isWhole)
    {
        if (head.Length < 64) return false;
        var offset = BinaryPrimitives.ReadUInt32LittleEndian(head[0x3C..]);
        if (offset > (uint)head.Length - 4) return !isWhole && offset < int.MaxValue;
        return head[(int)offset..].StartsWith("PE\0\0"u8);
    }

    // A metadata root (ECMA-335 II.24.2.1) is a PDB when its version says so, or when it has a #Pdb stream, which is what the runtime looks at.
    private static bool IsPortablePdb(ReadOnlySpan<byte> head, bool isWhole) =>
        head.Length > 23 && (head[16..].StartsWith("PDB v"u8) || head[..Math.Min(head.Length, 512)].IndexOf("#Pdb\0"u8) > 0);

    // Behind its first line: a capability, a commit that it builds upon, or one that it holds.
    private static bool IsGitBundle(ReadOnlySpan<byte> head, bool isWhole) =>
        head.Length > 16 && (head[16] is (byte)'@' or (byte)'-' || char.IsAsciiHexDigitLower((char)head[16]));

    // All fields of its header are numbers of ASCII digits, and a name follows that a zero ends: a text of digits has none.
    private static bool IsCpio(ReadOnlySpan<byte> head, int length)
    {
        if (head.Length < length || !head[length..].Contains((byte)0)) return false;
        foreach (var digit in head[..length])
            if (!char.IsAsciiHexDigit((char)digit)) return false;
        return true;
    }

    // The twenty-first byte on is the length of the name with the zero that ends it; the name follows the header.
    private static bool IsBinaryCpio(ReadOnlySpan<byte> head, bool isBigEndian)
    {
        if (head.Length < 28) return false;
        var length = isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(head[20..]) : BinaryPrimitives.ReadUInt16LittleEndian(head[20..]);
        return length is > 1 and <= 4096 && head.Length >= 26 + length && head[26..].IndexOf((byte)0) == length - 1;
    }

    // xz, alone_decoder.c: a dictionary of 2^n or 2^n + 2^(n-1) bytes, and a length that is unknown or below 256 GiB. The first byte of the coder is always zero.
    private static bool IsLzma(ReadOnlySpan<byte> head)
    {
        if (head.Length < 18 || head[13] != 0) return false;
        var dictionary = BinaryPrimitives.ReadUInt32LittleEndian(head[1..]);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(head[5..]);
        var below = dictionary & (dictionary - 1); // without its lowest bit
        return dictionary != 0 && (below == 0 || below == (dictionary ^ below) << 1) && length is ulong.MaxValue or < 1UL << 38;
    }

    private static bool IsIcon(ReadOnlySpan<byte> head, bool isWhole)
    {
        if (head.Length < 22) return false;
        var count = BinaryPrimitives.ReadUInt16LittleEndian(head[4..]);
        return count is > 0 and < 1024 && head[9] is 0 or 255
            && BinaryPrimitives.ReadUInt32LittleEndian(head[14..]) > 0
            && BinaryPrimitives.ReadUInt32LittleEndian(head[18..]) >= 6 + 16u * count;
    }

    // OpenType table directory: number of tables, then searchRange = 16 × the largest power of two that fits.
    private static bool IsFont(ReadOnlySpan<byte> head, bool isWhole)
    {
        if (head.Length < 28) return false;
        var tables = BinaryPrimitives.ReadUInt16BigEndian(head[4..]);
        if (tables is 0 or > 256) return false;
        foreach (var b in head.Slice(12, 4))
            if (b is < 0x20 or > 0x7E) return false;
        return head[..12].Contains((byte)0);
    }

    // ISO 13818-1: packets of 188 bytes, each with the sync byte.
    private static bool IsTransportStream(ReadOnlySpan<byte> head, bool isWhole) =>
        head.Length > 376 && head[188] == 0x47 && head[376] == 0x47 && HasControl(head[..376]);

    // ISO 11172-3 frame header: bit rate and sampling rate are not the forbidden values.
    private static bool IsMpegAudio(ReadOnlySpan<byte> head, bool isWhole) =>
        head.Length > 3 && (head[2] & 0xF0) is not (0 or 0xF0) && (head[2] & 0x0C) != 0x0C;

    // X.690: a SEQUENCE whose length spans the whole entry, or the indefinite form that PKCS#7 and PKCS#12 writers use.
    private static bool IsDer(ReadOnlySpan<byte> head, bool isWhole)
    {
        if (head.Length < 8) return false;
        if (head[1] == 0x80) return head[2..].StartsWith<byte>([0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7]) || head[2..].StartsWith<byte>([0x02, 0x01, 0x03, 0x30]);
        var octets = head[1] - 0x80;
        if (octets is < 1 or > 4) return false;
        long length = 0;
        for (var i = 0; i < octets; i++) length = length << 8 | head[2 + i];
        var total = 2 + octets + length;
        return isWhole ? total == head.Length : total > head.Length;
    }

    private static Signature[][] Index(Signature[] signatures)
    {
        var index = new Signature[256][];
        Array.Fill(index, []);
        foreach (var signature in signatures)
        {
            ref var bucket = ref index[signature.Prefix[0]];
            bucket = [.. bucket, signature];
        }

        return index;
    }

    private sealed class Signature(EntryKind kind, ReadOnlySpan<byte> prefix, Test? test = null)
    {
        public EntryKind Kind { get; } = kind;

        public byte[] Prefix { get; } = prefix.ToArray();

        public Test? Test { get; } = test;
    }
}
