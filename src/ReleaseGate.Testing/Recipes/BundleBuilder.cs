using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Testing;

/// <summary>Writes a .NET single-file bundle as the SDK does: host, files, list; the host points to the list.</summary>
internal sealed class BundleBuilder(CorpusNode node)
{
    private const int HostLength = 6000;

    public byte[] Build()
    {
        var options = node.Words().Select(w => w.Split('=')).ToDictionary(w => w[0], w => w[1], StringComparer.Ordinal);
        var version = int.Parse(options.GetValueOrDefault("version", "6"), System.Globalization.CultureInfo.InvariantCulture);
        var files = EntrySpec.All(node.Children);
        using var output = new MemoryStream();
        using var writer = new BinaryWriter(output, Encoding.UTF8);
        var host = new byte[HostLength];
        Samples.Of(Enum.Parse<EntryKind>(options.GetValueOrDefault("host", nameof(EntryKind.Elf)))).CopyTo(host, 0);
        const int Pointer = 5000;
        SHA256.HashData(".net core bundle\n"u8).CopyTo(host, Pointer + 8);
        writer.Write(host);

        var places = new List<(long Offset, long Length, long Compressed)>();
        foreach (var file in files)
        {
            var stored = file.Text("method") == "deflate" ? Deflated(file.Body) : file.Body;
            places.Add((file.Number("offset", output.Position), file.Number("size", file.Body.Length), file.Number("csize", file.Text("method") == "deflate" ? stored.Length : 0)));
            writer.Write(stored);
        }

        var list = output.Position;
        writer.Write(version);
        writer.Write(0);
        writer.Write(options.TryGetValue("count", out var count) ? (int)Recipe.Number(node, count) : files.Count);
        writer.Write("Zm9vYmFyYmF6");
        if (version >= 2)
            for (var i = 0; i < 5; i++) writer.Write(0L);
        for (var i = 0; i < files.Count; i++)
        {
            writer.Write(places[i].Offset);
            writer.Write(places[i].Length);
            if (version >= 6) writer.Write(places[i].Compressed);
            writer.Write((byte)1);
            var name = files[i].PathBytes;
            writer.Write7BitEncodedInt(name.Length);
            writer.Write(name);
        }

        writer.Flush();
        output.Position = Pointer;
        writer.Write(options.TryGetValue("list", out var at) ? Recipe.Number(node, at) : list);
        writer.Flush();
        return output.ToArray();
    }

    private static byte[] Deflated(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var deflate = new DeflateStream(output, CompressionLevel.Optimal)) deflate.Write(bytes);
        return output.ToArray();
    }
}
