using System.IO.Compression;
using System.Text;

namespace ReleaseGate.Testing;

/// <summary>Writes zip archives, lies included (APPNOTE 6.3.10).</summary>
internal sealed class ZipFileBuilder(IEnumerable<CorpusNode> nodes)
{
    private readonly List<EntrySpec> _entries = EntrySpec.All(nodes);

    /// <summary>Puts an entry before the others, as packers do with their own parts.</summary>
    public void Insert(string path, string text) =>
        _entries.Insert(0, new EntrySpec(new CorpusNode("", 0, "entry", $"\"{path}\"") { Children = { new CorpusNode("", 0, "|", text) } }));

    public bool Any(Func<string, bool> path) => _entries.Any(e => path(e.Path));

    public byte[] Build()
    {
        using var output = new MemoryStream();
        using var directory = new MemoryStream();
        using var zip = new BinaryWriter(output);
        using var central = new BinaryWriter(directory);
        var count = 0;
        foreach (var entry in _entries)
        {
            var offset = (uint)output.Position;
            var isDirectory = entry.Has("dir") || entry.Path.EndsWith('/');
            var body = entry.Text("symlink") is { } target ? Encoding.UTF8.GetBytes(target) : entry.Body;
            var method = entry.Text("method") switch
            {
                null => isDirectory || body.Length == 0 ? 0 : 8,
                "store" => 0,
                "deflate" => 8,
                var number => (int)Recipe.Number(entry.Node, number),
            };
            var data = method == 8 ? Deflate(body) : body;
            var crc = (uint)entry.Number("crc", Crc32(body));
            var size = (uint)entry.Number("size", body.Length);
            var compressed = (uint)entry.Number("csize", data.Length);
            var descriptor = entry.Has("descriptor");
            var name = entry.PathBytes;
            var localName = entry.Text("local-name") is { } other ? Encoding.UTF8.GetBytes(other) : name;
            var flags = (ushort)entry.Number("flags", (descriptor ? 8 : 0) | (name.Any(b => b > 0x7F) ? 0x800 : 0));
            var (date, time) = DosTime(entry.Modified);

            zip.Write(0x04034B50u);
            zip.Write((ushort)20);
            zip.Write(flags);
            zip.Write((ushort)entry.Number("local-method", method));
            zip.Write(time);
            zip.Write(date);
            zip.Write(descriptor ? 0u : (uint)entry.Number("local-crc", crc));
            zip.Write(descriptor ? 0u : (uint)entry.Number("local-csize", compressed));
            zip.Write(descriptor ? 0u : (uint)entry.Number("local-size", size));
            zip.Write((ushort)localName.Length);
            zip.Write((ushort)0);
            zip.Write(localName);
            zip.Write(data);
            if (descriptor)
            {
                zip.Write(0x08074B50u);
                zip.Write(crc);
                zip.Write(compressed);
                zip.Write(size);
            }

            if (entry.Has("hidden")) continue;
            count++;
            var mode = entry.Has("symlink") ? 0xA000 | (entry.Mode ?? 0x1FF)
                : isDirectory ? 0x4000 | (entry.Mode ?? 0x1ED)
                : entry.Mode is { } bits ? 0x8000 | bits : 0;
            var comment = Encoding.UTF8.GetBytes(entry.Text("comment") ?? "");
            central.Write(0x02014B50u);
            central.Write((ushort)(mode == 0 ? 20 : 3 << 8 | 20)); // made by Unix where there are Unix bits
            central.Write((ushort)20);
            central.Write(flags);
            central.Write((ushort)method);
            central.Write(time);
            central.Write(date);
            central.Write(crc);
            central.Write(compressed);
            central.Write(size);
            central.Write((ushort)name.Length);
            central.Write((ushort)0);
            central.Write((ushort)comment.Length);
            central.Write((ushort)0);
            central.Write((ushort)0);
            central.Write((uint)mode << 16 | (isDirectory ? 0x10u : 0));
            central.Write((uint)entry.Number("offset", offset));
            central.Write(name);
            central.Write(comment);
        }

        var start = (uint)output.Position;
        zip.Write(directory.ToArray());
        zip.Write(0x06054B50u);
        zip.Write(0u);
        zip.Write((ushort)count);
        zip.Write((ushort)count);
        zip.Write((uint)directory.Length);
        zip.Write(start);
        zip.Write((ushort)0);
        zip.Flush();
        return output.ToArray();
    }

    private static byte[] Deflate(byte[] body)
    {
        using var output = new MemoryStream();
        using (var deflate = new DeflateStream(output, CompressionLevel.Optimal)) deflate.Write(body);
        return output.ToArray();
    }

    private static (ushort Date, ushort Time) DosTime(DateTime t) =>
        ((ushort)((t.Year - 1980) << 9 | t.Month << 5 | t.Day), (ushort)(t.Hour << 11 | t.Minute << 5 | t.Second / 2));

    /// <summary>CRC-32 as zip and gzip have it (ISO 3309, reflected 0xEDB88320).</summary>
    public static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++) crc = (crc >> 1) ^ (0xEDB88320u & (uint)-(int)(crc & 1));
        }

        return ~crc;
    }
}
