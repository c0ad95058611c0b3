using System.IO.Compression;
using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Testing;

/// <summary>For each kind the smallest bytes that are of it, made here so that no binary lies in the repository.</summary>
internal static class Samples
{
    public static byte[] Of(EntryKind kind) => kind switch
    {
        EntryKind.Binary => [1, 2, 3, 0xFF],
        EntryKind.Empty => [],
        EntryKind.Text => "Hello, Wörld\n"u8.ToArray(),
        EntryKind.Utf16Text => [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("Hello\r\n")],
        EntryKind.Json => "{ \"a\": 1 }\n"u8.ToArray(),
        EntryKind.Xml => "<?xml version=\"1.0\"?><a/>\n"u8.ToArray(),
        EntryKind.Script => "#!/usr/bin/env node\n"u8.ToArray(),
        EntryKind.Zip => [(byte)'P', (byte)'K', 5, 6, .. new byte[18]],
        EntryKind.GZip => GZip("x"u8),
        EntryKind.Brotli => Brotli("x"u8),
        EntryKind.Tar => TarHeader("a.txt"),
        EntryKind.BZip2 => [.. "BZh9"u8, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, 0, 0, 0, 0],
        EntryKind.Xz => [0xFD, .. "7zXZ"u8, 0, 0, 4, 0xE6, 0xD6],
        EntryKind.Zstandard => [0x28, 0xB5, 0x2F, 0xFD, 0x20, 1, 9, 0, 0, (byte)'x'],
        EntryKind.SevenZip => [(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C, 0, 4],
        EntryKind.Rar => [.. "Rar!"u8, 0x1A, 7, 1, 0],
        EntryKind.Cabinet => [.. "MSCF"u8, .. new byte[4], 44, 0, 0, 0],
        EntryKind.Asar => AsarBuilder.Build([("a.txt", "x\n"u8.ToArray())]),
        EntryKind.Cpio => Encoding.ASCII.GetBytes("070701" + new string('0', 88) + "0000000b" + "00000000" + "TRAILER!!!\0\0\0\0"),
        EntryKind.SystemPackage => [.. "!<arch>\n"u8, .. "debian-binary   "u8, .. "1700000000  0     0     100644  4         "u8, .. "`\n2.0\n"u8],
        EntryKind.DiskImage => [.. "hsqs"u8, .. new byte[24], 4, 0, 0, 0, .. new byte[64]],
        EntryKind.CompressedStream => [0x04, 0x22, 0x4D, 0x18, 0x64, 0x40, 0xA7, 1, 0, 0, 0x80, (byte)'x', 0, 0, 0, 0],
        EntryKind.PortableExecutable => new AssemblyBuilder().Image,
        EntryKind.Elf => [0x7F, .. "ELF"u8, 2, 1, 1, .. new byte[57]],
        EntryKind.MachO => [0xCF, 0xFA, 0xED, 0xFE, 7, 0, 0, 1, .. new byte[24]],
        EntryKind.WebAssembly => [0, .. "asm"u8, 1, 0, 0, 0],
        EntryKind.JavaClass => [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 61, 0, 10],
        EntryKind.PortablePdb => new AssemblyBuilder().Pdb,
        EntryKind.WindowsPdb => AssemblyBuilder.WindowsPdb(new Guid("00112233-4455-6677-8899-aabbccddeeff"), 1),
        EntryKind.MiniDump => [.. "MDMP"u8, 0x93, 0xA7, 0, 0],
        EntryKind.NetTrace => [.. "Nettrace"u8, 20, 0, 0, 0, .. "!FastSerialization.1"u8],
        EntryKind.GcDump => [20, 0, 0, 0, .. "!FastSerialization.1"u8],
        EntryKind.HeapDump => [.. "JAVA PROFILE 1.0.2"u8, 0, 0, 0, 0, 8],
        EntryKind.CoreDump => [0x7F, .. "ELF"u8, 2, 1, 1, .. new byte[9], 4, 0, 62, 0, .. new byte[44]],
        EntryKind.Gguf => [.. "GGUF"u8, 3, 0, 0, 0, .. new byte[16]],
        EntryKind.SafeTensors => [55, 0, 0, 0, 0, 0, 0, 0, .. "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} "u8, 0, 0, 128, 63],
        EntryKind.Pickle => [0x80, 4, 0x95, 8, 0, 0, 0, 0, 0, 0, 0, (byte)'}', 0x94, 0x8C, 1, (byte)'w', 0x94, (byte)'N', (byte)'s', (byte)'.'],
        EntryKind.Onnx => [8, 9, 0x12, 7, .. "pytorch"u8, 0x3A, 12, 0x0A, 10, 0x0A, 1, (byte)'x', 0x12, 1, (byte)'y', 0x22, 2, .. "Mu"u8],
        EntryKind.NumPy => [0x93, .. "NUMPY"u8, 1, 0, 10, 0, .. "{'d':'f'}\n"u8],
        EntryKind.Hdf5 => [0x89, .. "HDF\r\n"u8, 26, 10, 0, 0, 0, 0],
        EntryKind.TensorFlowLite => [28, 0, 0, 0, .. "TFL3"u8, .. new byte[32]],
        EntryKind.PacketCapture => [0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0, .. new byte[16]],
        EntryKind.Parquet => [.. "PAR1"u8, 0x15, 0, 0x15, 0, .. new byte[8], .. "PAR1"u8],
        EntryKind.Arrow => [.. "ARROW1"u8, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF],
        EntryKind.Avro => [.. "Obj"u8, 1, 4, 22, .. "avro.schema"u8, 4, .. "{}"u8],
        EntryKind.AccessDatabase => [0, 1, 0, 0, .. "Standard ACE DB"u8, 0, 2, 0],
        EntryKind.DatabaseDump => [.. "PGDMP"u8, 1, 14, 0, 4, 8],
        EntryKind.Sqlite => [.. "SQLite format 3"u8, 0, 16, 0],
        EntryKind.GitPack => [.. "PACK"u8, 0, 0, 0, 2, 0, 0, 0, 1],
        EntryKind.GitIndex => [.. "DIRC"u8, 0, 0, 0, 2, 0, 0, 0, 1],
        EntryKind.DsStore => [0, 0, 0, 1, .. "Bud1"u8, 0, 0, 16, 0],
        EntryKind.VimSwap => [.. "b0VIM 9.1"u8, 0, 0, 16, 0],
        EntryKind.Png => [0x89, .. "PNG\r\n"u8, 0x1A, 10, 0, 0, 0, 13, .. "IHDR"u8],
        EntryKind.Jpeg => [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF"u8, 0],
        EntryKind.Gif => [.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0, 0x3B],
        EntryKind.WebP => [.. "RIFF"u8, 26, 0, 0, 0, .. "WEBPVP8L"u8],
        EntryKind.Icon => [0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 4, 0, 0, 0, 22, 0, 0, 0, 1, 2, 3, 4],
        EntryKind.Pdf => "%PDF-1.7\n%\u00E2\u00E3\n"u8.ToArray(),
        EntryKind.Font => [0, 1, 0, 0, 0, 1, 0, 16, 0, 0, 0, 0, .. "cmap"u8, .. new byte[12]],
        EntryKind.Media => [0, 0, 0, 24, .. "ftypisom"u8, 0, 0, 2, 0],
        EntryKind.CompoundFile => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0],
        EntryKind.Der => [0x30, 0x81, 0x80, .. new byte[128]],
        EntryKind.SourceMap => "{\"version\":3,\"sources\":[\"a.ts\"],\"mappings\":\"AAAA\"}"u8.ToArray(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "a kind without a sample"),
    };

    public static byte[] Brotli(ReadOnlySpan<byte> bytes)
    {
        using var output = new MemoryStream();
        using (var brotli = new BrotliStream(output, CompressionLevel.Optimal)) brotli.Write(bytes);
        return output.ToArray();
    }

    public static byte[] GZip(ReadOnlySpan<byte> bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal)) gzip.Write(bytes);
        return output.ToArray();
    }

    private static byte[] TarHeader(string name)
    {
        var block = new byte[512];
        Encoding.ASCII.GetBytes(name, block);
        "0000644\0"u8.CopyTo(block.AsSpan(100));
        "00000000000\0"u8.CopyTo(block.AsSpan(124));
        block[156] = (byte)'0';
        "ustar\u000000"u8.CopyTo(block.AsSpan(257));
        block.AsSpan(148, 8).Fill((byte)' ');
        var sum = block.Sum(b => b);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ", block.AsSpan(148));
        return block;
    }
}
