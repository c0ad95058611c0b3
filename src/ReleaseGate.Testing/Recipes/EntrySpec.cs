using System.Globalization;
using System.Text;

namespace ReleaseGate.Testing;

/// <summary>An <c>entry</c> line: its path, attributes and bytes.</summary>
internal sealed class EntrySpec
{
    private static readonly string[] Known =
    [
        "mode", "symlink", "hardlink", "typeflag", "method", "mtime", "size", "csize", "crc", "flags", "descriptor", "owner", "uid", "gid",
        "local-name", "local-size", "local-csize", "local-crc", "local-method", "hidden", "unpacked", "dir", "longname", "pax", "comment", "offset", "badsum",
    ];

    private readonly Dictionary<string, string> _attributes = new(StringComparer.Ordinal);

    public EntrySpec(CorpusNode node)
    {
        Node = node;
        var words = node.Words();
        if (words.Count == 0) throw node.Error("a path is expected");
        Path = words[0];
        foreach (var word in words.Skip(1))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? word : word[..equals];
            if (!Known.Contains(key)) throw node.Error($"the attribute '{key}' is unknown");
            if (!_attributes.TryAdd(key, equals < 0 ? "" : word[(equals + 1)..])) throw node.Error($"'{key}' is given twice");
        }

        Body = Recipe.Bytes(node.Children);
    }

    public CorpusNode Node { get; }

    public string Path { get; }

    /// <summary>The path's bytes: UTF-8, or the bytes written with \xNN.</summary>
    public byte[] PathBytes => Recipe.Latin(Node, Path);

    public byte[] Body { get; }

    public bool Has(string attribute) => _attributes.ContainsKey(attribute);

    public string? Text(string attribute) => _attributes.GetValueOrDefault(attribute);

    public long Number(string attribute, long otherwise) => Text(attribute) is { } text ? Recipe.Number(Node, text) : otherwise;

    public int? Mode
    {
        get
        {
            if (Text("mode") is not { } octal) return null;
            try
            {
                return Convert.ToInt32(octal, 8);
            }
            catch (Exception wrong) when (Recipe.IsOfText(wrong))
            {
                throw Node.Error($"'{octal}' is no octal number of a mode");
            }
        }
    }

    public DateTime Modified => Text("mtime") is { } text
        ? DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : throw Node.Error($"'{text}' is no time")
        : new DateTime(2026, 1, 2, 3, 4, 6, DateTimeKind.Utc);

    public static List<EntrySpec> All(IEnumerable<CorpusNode> nodes)
    {
        var specs = new List<EntrySpec>();
        foreach (var node in nodes)
            if (node.Word == "entry") specs.Add(new EntrySpec(node));
        return specs;
    }
}
