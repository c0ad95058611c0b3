using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace ReleaseGate.Governance.Leaks;

/// <summary>Small files of the formats that leaks are in.</summary>
internal static class SeededFiles
{
    // In parts, since our own packages go through the gate, and would be found to leak what they only seed.
    internal static string MapKey => string.Concat("sourceMapping", "URL".AsSpan().ToString());

    internal static string MachinePath => string.Join('/', (string[])["", "home", "jill.drill", "work", "pricing-engine", "src", "index.ts"]);

    /// <summary>A source map (ECMA-426) of so many files, with their text or without.</summary>
    public static string Map(int files, bool hasText, string folder = "../src/", string? root = null)
    {
        var names = Enumerable.Range(1, files).Select(i => string.Create(CultureInfo.InvariantCulture, $"{folder}pricing{i}.ts")).ToArray();
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 3);
            if (root is not null) json.WriteString("sourceRoot", root);
            json.WriteStartArray("sources");
            foreach (var name in names) json.WriteStringValue(name);
            json.WriteEndArray();
            if (hasText)
            {
                json.WriteStartArray("sourcesContent");
                foreach (var name in names) json.WriteStringValue($"// {name}\nexport function price(customer: Customer): number {{\n  return customer.seats * {name.Length};\n}}\n");
                json.WriteEndArray();
            }

            json.WriteStartArray("names");
            json.WriteEndArray();
            json.WriteString("mappings", "AAAA,SAASA,IACP");
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>An index map: maps within a map.</summary>
    public static string IndexMap() => $$"""{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":{{Map(2, hasText: true)}}}]}""";

    /// <summary>The comment that holds a map itself.</summary>
    public static string InlineMap(string begin = "//# ", string end = "") =>
        $"{begin}{MapKey}=data:application/json;charset=utf-8;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(Map(3, hasText: true)))}{end}";

    public static byte[] GZip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest)) gzip.Write(bytes);
        return output.ToArray();
    }

    public static byte[] Brotli(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var brotli = new BrotliStream(output, CompressionLevel.Fastest)) brotli.Write(bytes);
        return output.ToArray();
    }

    public static byte[] Zip(params (string Path, byte[] Bytes)[] files)
    {
        using var output = new MemoryStream();
        using (var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, bytes) in files)
            {
                var entry = zip.CreateEntry(path, CompressionLevel.Fastest);
                // The clock of this machine is no part of a leak.
                entry.LastWriteTime = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var stream = entry.Open();
                stream.Write(bytes);
            }
        }

        return output.ToArray();
    }

    public static byte[] Tgz(string path, byte[] bytes)
    {
        using var tar = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(tar, System.Formats.Tar.TarEntryFormat.Ustar, leaveOpen: true))
            writer.WriteEntry(new System.Formats.Tar.UstarTarEntry(System.Formats.Tar.TarEntryType.RegularFile, path) { DataStream = new MemoryStream(bytes), ModificationTime = DateTimeOffset.UnixEpoch.AddYears(50) });
        return GZip(tar.ToArray());
    }

    /// <summary>A 64-bit ELF image with these sections (System V ABI, gABI 4.1).</summary>
    public static byte[] Elf(params (string Name, byte[] Bytes)[] sections)
    {
        var names = "\0" + string.Concat(sections.Select(s => s.Name + "\0")) + ".shstrtab\0";
        using var image = new MemoryStream();
        using var writer = new BinaryWriter(image);
        var data = 64 + sections.Sum(s => s.Bytes.Length);
        writer.Write([0x7F, .. "ELF"u8, 2, 1, 1, .. new byte[9]]);
        writer.Write((ushort)3); // shared object
        writer.Write((ushort)62); // x86-64
        writer.Write(1);
        writer.Write(0L);
        writer.Write(0L);
        writer.Write((long)(data + names.Length)); // section headers
        writer.Write(0);
        foreach (var number in (ushort[])[64, 56, 0, 64, (ushort)(sections.Length + 2), (ushort)(sections.Length + 1)]) writer.Write(number);
        foreach (var (_, bytes) in sections) writer.Write(bytes);
        writer.Write(Encoding.ASCII.GetBytes(names));
        writer.Write(new byte[64]);
        long offset = 64;
        foreach (var (name, bytes) in sections)
        {
            Section(names.IndexOf("\0" + name + "\0", StringComparison.Ordinal) + 1, 1, offset, bytes.Length);
            offset += bytes.Length;
        }

        Section(names.IndexOf("\0.shstrtab\0", StringComparison.Ordinal) + 1, 3, data, names.Length);
        writer.Flush();
        return image.ToArray();

        void Section(int name, int type, long at, long size)
        {
            writer.Write(name);
            writer.Write(type);
            writer.Write(0L);
            writer.Write(0L);
            writer.Write(at);
            writer.Write(size);
            writer.Write(0L);
            writer.Write(1L);
            writer.Write(0L);
        }
    }

    /// <summary>A WebAssembly module with one custom section (WebAssembly Core 2.0, 5.5).</summary>
    public static byte[] Wasm(string section, byte[] bytes)
    {
        byte[] content = [(byte)section.Length, .. Encoding.ASCII.GetBytes(section), .. bytes];
        return [0, .. "asm"u8, 1, 0, 0, 0, 0, (byte)(content.Length & 0x7F | 0x80), (byte)(content.Length >> 7), .. content];
    }

    /// <summary>A multi-stream file of six pages that holds the GUID of a Windows PDB (microsoft/microsoft-pdb).</summary>
    public static byte[] WindowsPdb()
    {
        const int page = 512;
        var bytes = new byte[6 * page];
        using var writer = new BinaryWriter(new MemoryStream(bytes));
        writer.Write("Microsoft C/C++ MSF 7.00\r\n\u001ADS\0\0\0"u8);
        foreach (var number in (int[])[page, 1, 6, 16, 0, 3]) writer.Write(number);
        writer.Seek(3 * page, SeekOrigin.Begin);
        writer.Write(4);
        writer.Seek(4 * page, SeekOrigin.Begin);
        foreach (var number in (int[])[2, 0, 28, 5]) writer.Write(number);
        writer.Seek(5 * page, SeekOrigin.Begin);
        foreach (var number in (uint[])[20000404, 0, 1]) writer.Write(number);
        writer.Write(new Guid("00112233-4455-6677-8899-aabbccddeeff").ToByteArray());
        return bytes;
    }

    /// <summary>The first page of a SQLite database (sqlite.org/fileformat).</summary>
    public static byte[] Sqlite()
    {
        var bytes = new byte[4096];
        "SQLite format 3\0"u8.CopyTo(bytes);
        byte[] header = [0x10, 0, 1, 1, 0, 64, 32, 32];
        header.CopyTo(bytes, 16);
        bytes[100] = 13;
        return bytes;
    }

    /// <summary>Weights in safetensors.</summary>
    public static byte[] SafeTensors()
    {
        var header = """{"model.embed.weight":{"dtype":"F32","shape":[16],"data_offsets":[0,64]}}"""u8.ToArray();
        return [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[64]];
    }

    /// <summary>A core file of Linux: an ELF image of type 4.</summary>
    public static byte[] Core() => [0x7F, .. "ELF"u8, 2, 1, 1, .. new byte[9], 4, 0, 62, 0, .. new byte[200]];
}
