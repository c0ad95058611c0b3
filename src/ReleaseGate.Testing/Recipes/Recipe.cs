using System.Globalization;
using System.Text;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Testing;

/// <summary>Makes bytes from the lines below an entry.</summary>
internal static class Recipe
{
    private static readonly System.Text.Json.JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Bytes(IEnumerable<CorpusNode> nodes)
    {
        using var output = new MemoryStream();
        foreach (var node in nodes) output.Write(Piece(node));
        return output.ToArray();
    }

    private static byte[] Piece(CorpusNode node)
    {
        try
        {
            return Made(node);
        }
        catch (Exception wrong) when (IsOfText(wrong))
        {
            throw node.Error($"'{node.Word}' makes nothing of this: {wrong.Message}");
        }
    }

    /// <summary>Whether a number out of range, an unknown name or the like has led to an exception: the text is wrong, and whoever wrote it wants the line.</summary>
    public static bool IsOfText(Exception wrong) => wrong is ArgumentException or OverflowException or FormatException or InvalidOperationException or NotSupportedException or OutOfMemoryException;

    private static byte[] Made(CorpusNode node) => node.Word switch
    {
        "|" => Encoding.UTF8.GetBytes(node.Rest + "\n"),
        "want" => [],
        "@text" => Latin(node, Single(node)),
        "@hex" => Hex(node),
        "@base64" => Convert.FromBase64String(node.Rest),
        "@bom" => [0xEF, 0xBB, 0xBF],
        "@utf16" => [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(Bytes(node.Children)))],
        "@utf16be" => [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(Encoding.UTF8.GetString(Bytes(node.Children)))],
        "@asbase64" => Encoding.ASCII.GetBytes(Convert.ToBase64String(Bytes(node.Children))),
        "@asbase64url" => Encoding.ASCII.GetBytes(Convert.ToBase64String(Bytes(node.Children)).TrimEnd('=').Replace('+', '-').Replace('/', '_')),
        "@aspercent" => Encoding.ASCII.GetBytes(Uri.EscapeDataString(Encoding.UTF8.GetString(Bytes(node.Children)))),
        "@asjson" => Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize(Encoding.UTF8.GetString(Bytes(node.Children)), Plain)),
        "@gzip" => Samples.GZip(Bytes(node.Children)),
        "@brotli" => Samples.Brotli(Bytes(node.Children)),
        "@wasm" => [0, .. "asm"u8, 1, 0, 0, 0, .. Bytes(node.Children)],
        "@section" => Section(node, name: null),
        "@custom" => Section(node, Single(node)),
        "@name" => Sized(Bytes(node.Children)),
        "@zip" => new ZipFileBuilder(node.Children).Build(),
        "@tar" => new TarballBuilder(node.Children).Build(),
        "@tgz" => Samples.GZip(new TarballBuilder(node.Children).Build()),
        "@zeros" => new byte[Number(node, Single(node))],
        "@random" => Random(node),
        "@repeat" => Repeat(node),
        "@sample" => Sample(node),
        "@bundle" => new BundleBuilder(node).Build(),
        "@asar" => new AsarBuilder(node).Build(),
        "@elf" => NativeSamples.Elf(node),
        "@macho" => NativeSamples.MachO(node),
        "@fat" => NativeSamples.Fat([.. node.Children.Select(Piece)]),
        "@pe" => NativeSamples.Pe(node),
        "@hashed" => Hashed(node),
        "@assembly" => AssemblyBuilder.Read(node).Image,
        "@pdb" => AssemblyBuilder.Read(node).Pdb,
        "@windows-pdb" => AssemblyBuilder.WindowsPdb(Guid.Parse(Single(node)), 1),
        "@token" => Token(node),
        "@key" => Key(node),
        "@json" => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Encoding.UTF8.GetString(Bytes(node.Children)))),
        "@joined" => Joined(node),
        "@each" => EachLine(node),
        "@lines" => Lines(node),
        "@replaced" => Replaced(node),
        "@credential" => Credential(node),
        _ => throw node.Error($"the recipe '{node.Word}' is unknown"),
    };

    public static long Number(CorpusNode node, string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : text.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) ? number
        : throw node.Error($"'{text}' is no number");

    /// <summary>Text as UTF-8, but \xNN escapes (chars 0x80–0xFF of an otherwise ASCII text) as single bytes.</summary>
    public static byte[] Latin(CorpusNode node, string text) =>
        node.Rest.Contains("\\x", StringComparison.Ordinal) ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text);

    private static string Single(CorpusNode node)
    {
        var words = node.Words();
        return words.Count == 1 ? words[0] : throw node.Error($"{node.Word} takes one argument; quote it");
    }

    private static byte[] Hex(CorpusNode node)
    {
        var digits = node.Rest.Replace(" ", "", StringComparison.Ordinal);
        if (digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit)) throw node.Error("pairs of hexadecimal digits are expected");
        return Convert.FromHexString(digits);
    }

    /// <summary>A section of a WebAssembly module: id and size, of a custom section its name as well.</summary>
    private static byte[] Section(CorpusNode node, string? name) =>
        name is null ? [(byte)Number(node, Single(node)), .. Sized(Bytes(node.Children))] : [0, .. Sized([.. Sized(Encoding.UTF8.GetBytes(name)), .. Bytes(node.Children)])];

    /// <summary>Bytes behind their number in unsigned LEB128.</summary>
    private static byte[] Sized(byte[] bytes)
    {
        var number = new List<byte>();
        for (var left = bytes.Length; ; left >>= 7)
        {
            if (left < 0x80) return [.. number, (byte)left, .. bytes];
            number.Add((byte)(left & 0x7F | 0x80));
        }
    }

    private static byte[] Random(CorpusNode node)
    {
        var words = node.Words();
        if (words.Count != 2) throw node.Error("@random LENGTH SEED");
        var bytes = new byte[Number(node, words[0])];
        new Random((int)Number(node, words[1])).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Repeat(CorpusNode node)
    {
        var words = node.Words();
        if (words.Count is 0 or > 2 || (words.Count == 2) == (node.Children.Count > 0)) throw node.Error("@repeat COUNT \"text\", or @repeat COUNT and lines below it");
        var piece = words.Count == 2 ? Latin(node, words[1]) : Bytes(node.Children);
        var count = (int)Number(node, words[0]);
        var bytes = new byte[piece.Length * count];
        for (var i = 0; i < count; i++) piece.CopyTo(bytes, i * piece.Length);
        return bytes;
    }

    // As elements of a JSON array, under a salt that no list has.
    private static byte[] Hashed(CorpusNode node) =>
        Encoding.UTF8.GetBytes(string.Join(",\n", HashedWords.Make(node.Words().Select(w => HashedWords.TryNormalise(w, out var word, out var mistake) ? word : throw node.Error(mistake)), new byte[16])
            .Select(line => $"\"{line}\"")) + "\n");

    private static byte[] Token(CorpusNode node)
    {
        var words = node.Words();
        if (words.Count is 0 or > 3 || (words.Count == 3 && words[2] != "broken")) throw node.Error("@token KIND [SEED] [broken]");
        var token = Tokens.Make(words[0], words.Count > 1 ? (int)Number(node, words[1]) : 1);
        return Encoding.ASCII.GetBytes(words.Count == 3 ? Tokens.Break(token) : token);
    }

    private static byte[] Key(CorpusNode node)
    {
        var words = node.Words();
        return words.Count is 1 or 2 ? Keys.Make(words[0], words.Count == 2 ? words[1] : "rsa2048") : throw node.Error("@key FORMAT [ALGORITHM]");
    }

    // Strings that a program puts together: one a line.
    private static byte[] Joined(CorpusNode node)
    {
        var lines = Encoding.UTF8.GetString(Bytes(node.Children)).TrimEnd('\n').Split('\n');
        return Encoding.UTF8.GetBytes(string.Join(" +\n    ", lines.Select(line => $"\"{line}\\n\"")) + ";\n");
    }

    private static byte[] EachLine(CorpusNode node)
    {
        var prefix = Single(node);
        var lines = Encoding.UTF8.GetString(Bytes(node.Children)).TrimEnd('\n').Split('\n');
        return Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"{prefix}{line}\n")));
    }

    // One line, with something where the lines end.
    private static byte[] Lines(CorpusNode node) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Bytes(node.Children)).TrimEnd('\n').Replace("\n", Single(node), StringComparison.Ordinal));

    private static byte[] Replaced(CorpusNode node)
    {
        var words = node.Words();
        return words.Count == 2 ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Bytes(node.Children)).Replace(words[0], words[1], StringComparison.Ordinal)) : throw node.Error("@replaced \"OLD\" \"NEW\"");
    }

    private static byte[] Credential(CorpusNode node)
    {
        var words = node.Words();
        return words.Count == 2 ? Encoding.ASCII.GetBytes(Credentials.Make(words[0], (int)Number(node, words[1]))) : throw node.Error("@credential \"VENDOR NAME\" SEED");
    }

    private static byte[] Sample(CorpusNode node) =>
        Enum.TryParse<EntryKind>(Single(node), ignoreCase: false, out var kind) ? Samples.Of(kind) : throw node.Error($"'{node.Rest}' is no kind");
}
