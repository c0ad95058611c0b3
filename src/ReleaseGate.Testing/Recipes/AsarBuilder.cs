using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseGate.Testing;

/// <summary>Writes an asar as electron/asar does. An entry may have another <c>size</c> or <c>offset</c> than its bytes, be a <c>symlink</c>, <c>unpacked</c> or <c>hidden</c>.</summary>
internal sealed class AsarBuilder(CorpusNode node)
{
    public byte[] Build()
    {
        using var data = new MemoryStream();
        var tree = new JsonObject();
        foreach (var file in EntrySpec.All(node.Children))
        {
            var isInside = !file.Has("unpacked") && !file.Has("symlink");
            var written = file.Text("symlink") is { } link ? new JsonObject { ["link"] = link }
                : isInside ? new JsonObject { ["size"] = file.Number("size", file.Body.Length), ["offset"] = file.Number("offset", data.Length).ToString(CultureInfo.InvariantCulture) }
                : new JsonObject { ["size"] = file.Body.Length, ["unpacked"] = true };
            if (file.Mode == Convert.ToInt32("755", 8)) written["executable"] = true;
            if (isInside) data.Write(file.Body);
            if (!file.Has("hidden")) Put(tree, Encoding.UTF8.GetString(file.PathBytes), written);
        }

        return Build(new JsonObject { ["files"] = tree }.ToJsonString(), data.ToArray());
    }

    public static byte[] Build(IReadOnlyList<(string Path, byte[] Body)> files)
    {
        var tree = new JsonObject();
        using var data = new MemoryStream();
        foreach (var (path, body) in files)
        {
            Put(tree, path, new JsonObject { ["size"] = body.Length, ["offset"] = data.Length.ToString(CultureInfo.InvariantCulture) });
            data.Write(body);
        }

        return Build(new JsonObject { ["files"] = tree }.ToJsonString(), data.ToArray());
    }

    /// <summary>An archive with a header of any text.</summary>
    public static byte[] Build(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var padded = (json.Length + 3) / 4 * 4;
        var head = new byte[16 + padded];
        int[] numbers = [4, padded + 8, padded + 4, json.Length];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4 * i), numbers[i]);
        json.CopyTo(head, 16);
        return [.. head, .. data];
    }

    private static void Put(JsonObject tree, string path, JsonObject file)
    {
        var parts = path.Split('/');
        foreach (var folder in parts[..^1])
        {
            if (tree[folder] is null) tree[folder] = new JsonObject { ["files"] = new JsonObject() };
            tree = (JsonObject)tree[folder]!["files"]!;
        }

        tree[parts[^1]] = file;
    }
}
