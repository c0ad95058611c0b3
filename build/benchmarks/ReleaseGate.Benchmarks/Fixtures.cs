using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Text;
using ReleaseGate.Package.Tests;

namespace ReleaseGate.Benchmarks;

/// <summary>What is inspected. Made once into a cache beside the intermediate files, the same bytes everywhere; never committed.</summary>
internal static class Fixtures
{
    public const int MapSources = 1906;
    public const int MapLines = 512_000;
    public const int MapLength = 59_800_000;
    public const int BundleLength = 13_000_000;

    // Part of the cache's path: raise it when what is generated changes.
    private const string Version = "3";

    private static readonly DateTimeOffset Time = new(2026, 3, 31, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A real class library package of 1.1 MB.</summary>
    public static string Library => Metadata("Library");

    /// <summary>The folder this repository lies in.</summary>
    public static string Repository => Metadata("Repository");

    public static string Configuration => Metadata("Configuration");

    /// <summary>68 MB with 225 MB inside: scripts and binaries.</summary>
    public static string Tgz => Cached("big.tgz", static path => WriteTgz(path, BigEntries()));

    /// <summary>The incident: a bundle and its source map.</summary>
    public static string Incident => Cached("incident.tgz", static path => WriteTgz(path, Around("cli.js.map", Map)));

    /// <summary>The same without the map.</summary>
    public static string IncidentWithoutMap => Cached("incident-without.tgz", static path => WriteTgz(path, Around(null, null)));

    /// <summary>The map under a name that says nothing.</summary>
    public static string IncidentRenamed => Cached("incident-renamed.tgz", static path => WriteTgz(path, Around("cli.bin", Map)));

    /// <summary>The map as a gzip-compressed entry.</summary>
    public static string IncidentCompressed => Cached("incident-gz.tgz", static path => WriteTgz(path, Around("cli.js.map.gz", static () => GZip(Map()))));

    /// <summary>The map in a zip in the package.</summary>
    public static string IncidentNested => Cached("incident-zip.tgz", static path => WriteTgz(path, Around("assets.zip", static () => Zip([("cli.js.map", Map())]))));

    /// <summary>A publish folder: 7,000 files, 140 MB.</summary>
    public static string Folder => Cached("folder", static path => WriteFolder(path, 7000));

    /// <summary>The first 1,000 files of it, 20 MB.</summary>
    public static string SmallFolder => Cached("small-folder", static path => WriteFolder(path, 1000));

    /// <summary>A zip of many small entries.</summary>
    public static string ManyInZip(int count) => Cached($"{count}.zip", path => File.WriteAllBytes(path, Zip(Small(count))));

    /// <summary>A .tgz of many small entries.</summary>
    public static string ManyInTgz(int count) => Cached($"{count}.tgz", path => WriteTgz(path, Small(count).Prepend(("package.json", PackageJson()))));

    /// <summary>Text as bundlers write it: short names, few spaces, long lines, and much that was said before in nearly the same way.</summary>
    public static byte[] Script(int length, int seed)
    {
        var random = new TypeScriptProject.Sequence((ulong)seed + 1000);
        var text = new StringBuilder(length + 300);
        var said = new List<int>();
        while (text.Length < length)
        {
            var start = text.Length;
            if (said.Count > 50 && random.Below(100) < 17)
            {
                // A statement from nearby once more, as templates, transpilers and copied modules make it.
                var from = said[^(1 + random.Below(Math.Min(said.Count - 1, 250)))];
                text.Append(text.ToString(from, Math.Min(40 + random.Below(200), start - from)));
            }
            else
            {
                Statement(text, random);
            }

            said.Add(start);
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    private static void Statement(StringBuilder text, TypeScriptProject.Sequence random)
    {
        var names = Names.Value;
        var (a, b, c) = (Short(), names[random.Below(names.Length)], names[Rare()]);
        switch (random.Below(8))
        {
            case 0: text.Append("function ").Append(a).Append('(').Append(Short()).Append(',').Append(Short()).Append("){return ").Append(Short()).Append('.').Append(b).Append('(').Append(Short()).Append(")}"); break;
            case 1: text.Append("var ").Append(a).Append('=').Append(Short()).Append('[').Append(random.Below(900)).Append("],").Append(Short()).Append("=\"").Append(b).Append(' ').Append(c).Append("\";"); break;
            case 2: text.Append("if(").Append(a).Append("===").Append(Short()).Append("&&").Append(Short()).Append('.').Append(c).Append(")throw new Error(\"").Append(b).Append("\");"); break;
            case 3: text.Append(a).Append('.').Append(b).Append("={").Append(c).Append(':').Append(random.Below(100_000)).Append(',').Append(names[Rare()]).Append(":!0};"); break;
            case 4: text.Append("for(let ").Append(a).Append(" of ").Append(Short()).Append('.').Append(b).Append(')').Append(Short()).Append(".push(").Append(a).Append(");"); break;
            case 5: text.Append("await ").Append(Short()).Append('(').Append(a).Append(",{signal:").Append(Short()).Append(".signal,").Append(c).Append("});"); break;
            case 6: text.Append("export const ").Append(c).Append(random.Below(1000)).Append('=').Append(a).Append("=>").Append(Short()).Append('?').Append(Short()).Append(':').Append(random.Below(1 << 30)).Append(";\n"); break;
            default: text.Append('"').Append(Base64(random, 4 + random.Below(20))).Append("\","); break;
        }

        string Short() => ShortNames[random.Below(ShortNames.Length)];
        int Rare()
        {
            var n = random.Below(names.Length);
            return (int)((long)n * n / names.Length);
        }
    }

    /// <summary>Bytes as compilers write them: instructions that repeat, tables with small numbers, runs of zeros, some noise.</summary>
    public static byte[] Binary(int length, int seed)
    {
        var random = new TypeScriptProject.Sequence((ulong)seed + 2000);
        var bytes = new byte[length];
        ulong row = 0;
        for (var i = 0; i < length;)
        {
            var run = 16 + random.Below(200);
            var kind = random.Below(20);
            var back = 1 + random.Below(Math.Max(1, Math.Min(i, 20_000)));
            for (var k = 0; k < run && i < length; k++, i++)
            {
                bytes[i] = kind switch
                {
                    < 5 => (byte)random.Next(),
                    < 7 => (k & 3) switch { 0 => (byte)(row += (ulong)random.Below(9)), 1 => (byte)(row >> 8), _ => 0 },
                    < 9 => 0,
                    _ => i > back ? bytes[i - back] : (byte)k,
                };
            }
        }

        // What a native add-on of npm is: a shared library of Linux on x64, stripped of all sections.
        ReadOnlySpan<byte> elf =
        [
            0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0x3E, 0, 1, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        elf[..Math.Min(elf.Length, length)].CopyTo(bytes);
        return bytes;
    }

    /// <summary>The incident's map: 1,906 sources with 512,000 lines, 59.8 MB.</summary>
    public static byte[] Map()
    {
        var map = new MemoryStream(MapLength);
        Write("{\"version\":3,\"sources\":[");
        var files = new TypeScriptProject(MapSources, MapLines).Files().ToList();
        Write(string.Join(',', files.Select(static f => $"\"../{f.Path}\"")));
        Write("],\"sourcesContent\":[");
        for (var i = 0; i < files.Count; i++)
            Write((i == 0 ? "\"" : ",\"") + files[i].Text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "\"");
        Write("],\"mappings\":\"");
        var random = new TypeScriptProject.Sequence(3);
        const string end = "\",\"names\":[]}";
        var mappings = new byte[MapLength - end.Length - (int)map.Length];
        for (var i = 0; i < mappings.Length; i++) mappings[i] = (byte)((i % 6) switch { 5 => ',', 0 => "IKOSUW"[random.Below(6)], 1 => 'A', _ => "ACEDFGHIgBCE"[random.Below(12)] });
        map.Write(mappings);
        Write(end);
        return map.ToArray();

        void Write(string text) => map.Write(Encoding.UTF8.GetBytes(text));
    }

    private static readonly string[] ShortNames = [.. Enumerable.Range(0, 400).Select(static i => i < 26 ? ((char)('a' + i)).ToString() : $"{(char)('a' + i % 26)}{(char)('A' + i / 26)}")];

    private static readonly Lazy<string[]> Names = new(static () =>
        [.. TypeScriptProject.Code(5, 3000).Split([' ', '\n', '.', '"', '(', ')', '{', '}', ';', ':', ',', '`', '[', ']'], StringSplitOptions.RemoveEmptyEntries).Where(static w => w.Length > 4 && w.All(char.IsAsciiLetter)).Distinct()]);

    private static IEnumerable<(string, byte[])> BigEntries()
    {
        yield return ("package.json", PackageJson());
        yield return ("README.md", "# Fixture\n"u8.ToArray());
        long left = 225_000_000;
        for (var i = 0; left > 0; i++)
        {
            // Many small files, some large ones: 4 KiB to 4 MiB.
            var size = (int)Math.Min(left, i % 40 == 0 ? 4 << 20 : (4 << 10) << (i % 7));
            left -= size;
            yield return i % 20 == 0 && i % 40 != 0 || i % 5 == 2
                ? ($"lib/native/module{i}.node", Binary(size, i))
                : ($"lib/chunk{i}.js", Script(size, i));
        }
    }

    private static IEnumerable<(string, byte[])> Around(string? name, Func<byte[]>? content)
    {
        yield return ("package.json", PackageJson());
        yield return ("README.md", "# Fixture\n"u8.ToArray());
        yield return ("cli.js", Script(BundleLength, 1));
        if (name is not null) yield return (name, content!());
    }

    private static IEnumerable<(string, byte[])> Small(int count)
    {
        var script = Script(1 << 20, 8);
        for (var i = 0; i < count; i++) yield return ($"lib/{i / 1000}/part{i}.js", script[(i * 3331 % 900_000)..][..(100 + i % 300)]);
    }

    private static void WriteFolder(string path, int files)
    {
        var script = Script(8 << 20, 20);
        var binary = Binary(8 << 20, 21);
        for (var i = 0; i < files; i++)
        {
            // 20,000 bytes on average, most of them smaller.
            var size = i % 10 == 0 ? 110_000 : 4_000 + i * 37 % 12_000;
            var folder = Path.Combine(path, "wwwroot", $"part{i / 100}");
            if (i % 100 == 0) Directory.CreateDirectory(folder);
            var source = i % 3 == 0 ? binary : script;
            using var file = File.Create(Path.Combine(folder, i % 3 == 0 ? $"data{i}.dat" : $"script{i}.js"));
            if (i % 3 == 0) file.Write([0, 0xE5, 0x01, 0]);
            file.Write(source.AsSpan(i * 1109 % (source.Length - size), size - (i % 3 == 0 ? 4 : 0)));
        }
    }

    private static byte[] PackageJson() => """{"name":"@acme/fixture","version":"1.0.0","private":false,"license":"MIT","main":"cli.js"}"""u8.ToArray();

    private static void WriteTgz(string path, IEnumerable<(string Path, byte[] Bytes)> entries)
    {
        using var file = File.Create(path);
        using var gzip = new GZipStream(file, CompressionLevel.Optimal);
        using var tar = new TarWriter(gzip, TarEntryFormat.Ustar);
        foreach (var (name, bytes) in entries)
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "package/" + name) { DataStream = new MemoryStream(bytes), ModificationTime = Time, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead });
    }

    private static byte[] Zip(IEnumerable<(string Path, byte[] Bytes)> entries)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
                entry.LastWriteTime = Time;
                using var stream = entry.Open();
                stream.Write(content);
            }
        }

        return bytes.ToArray();
    }

    private static byte[] GZip(byte[] content)
    {
        var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(content);
        return bytes.ToArray();
    }

    private static string Base64(TypeScriptProject.Sequence random, int words)
    {
        var bytes = new byte[words];
        for (var i = 0; i < words; i++) bytes[i] = (byte)random.Next();
        return Convert.ToBase64String(bytes);
    }

    private static string Cached(string name, Action<string> write)
    {
        var folder = Path.Combine(Metadata("Fixtures"), Version);
        var path = Path.Combine(folder, name);
        if (File.Exists(path) || Directory.Exists(path)) return path;
        Console.WriteLine($"  (making {name})");
        var half = path + ".half"; // a run that was stopped leaves no half fixture under the real name
        if (Directory.Exists(half)) Directory.Delete(half, recursive: true);
        Directory.CreateDirectory(folder);
        write(half);
        Directory.Move(half, path); // moves files as well
        return path;
    }

    private static string Metadata(string key) =>
        typeof(Fixtures).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
