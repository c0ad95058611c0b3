using System.IO.Compression;
using System.Text;
using ReleaseGate.Rules.BuiltIn.Tokens;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests.Detection;

/// <summary>How a leak lies in a package.</summary>
internal enum Disguise
{
    NameKept,
    Renamed,
    Nested,
    Compressed,
    AcrossBorder,
    AtStart,
    AtEnd,
    Utf16,
    ByteOrderMark,
    Large,
}

/// <summary>What a rule goes by, which says what the table must show.</summary>
internal enum Tier
{
    /// <summary>A checksum or a cryptographic structure holds: everything must be caught.</summary>
    Proven,

    /// <summary>A format's structure: everything must be caught.</summary>
    Structure,

    /// <summary>The file's name: everything that keeps it must be caught.</summary>
    Name,

    /// <summary>A probability.</summary>
    Heuristic,
}

/// <summary>
/// A kind of leak in one variant: <c>leak RULE "TITLE" as=text|file|name name=FILE [tier=…] [filler="…"] [pad=space|front|tail] [also=…] [not=…] [each=LIST]</c>, with its bytes as lines of the corpus below it.
/// <c>as=text</c> stands somewhere in a file and takes every disguise; <c>as=file</c> is a whole file and takes those that leave its bytes in one piece: <c>pad</c> says whether blanks around it, other
/// lines before it or zeros behind it leave it what it is, <c>also</c> adds <c>utf16,bom</c>; <c>as=name</c> is known by its name. <c>not</c> takes disguises away that make it something else.
/// </summary>
internal sealed class Leak
{
    private const int Border = 64 << 10;
    private const int LargeLength = 50_000_000;
    private const string Script = "var v = f(1);\n";

    private readonly byte[] _body;
    private readonly string _filler;
    private readonly string _pad;

    private Leak(CorpusNode node)
    {
        var words = node.Words();
        if (words.Count < 4) throw node.Error("leak RULE \"TITLE\" as=… name=…");
        var options = words.Skip(2).Select(w => w.Split('=', 2)).ToDictionary(w => w[0], w => w.Length == 2 ? w[1] : throw node.Error($"'{w[0]}' needs a value"), StringComparer.Ordinal);
        Rule = words[0];
        Title = words[1];
        Name = Take("name") ?? throw node.Error("name= is missing");
        var way = Take("as");
        _filler = Take("filler") ?? Script;
        _pad = Take("pad") ?? "";
        Disguise[] disguises = way switch
        {
            "text" => Enum.GetValues<Disguise>(),
            "file" => [Disguise.NameKept, Disguise.Renamed, Disguise.Nested, Disguise.Compressed, .. _pad switch
            {
                "space" => (Disguise[])[Disguise.AcrossBorder, Disguise.Large],
                "front" => [Disguise.AcrossBorder, Disguise.Large],
                "tail" => [Disguise.Large],
                "" => [],
                _ => throw node.Error("pad=space|front|tail"),
            }],
            "name" => [Disguise.NameKept, Disguise.Nested, Disguise.Compressed],
            _ => throw node.Error("as=text|file|name"),
        };
        Tier = Take("tier") is { } tier ? Enum.Parse<Tier>(tier, ignoreCase: true) : way == "name" ? Tier.Name : Tier.Structure;
        Disguises = [.. disguises.Concat(Read(Take("also"))).Except(Read(Take("not")))];
        _body = Recipe.Bytes(node.Children);
        if (options.Count > 0) throw node.Error($"'{options.First().Key}' is unknown");

        string? Take(string key) => options.Remove(key, out var value) ? value : null;
        IEnumerable<Disguise> Read(string? list) => list is null ? [] : list.Split(',').Select(w => w == "bom" ? Disguise.ByteOrderMark : Enum.Parse<Disguise>(w, ignoreCase: true));
    }

    /// <summary>The rule that must find it.</summary>
    public string Rule { get; }

    public string Title { get; }

    public Tier Tier { get; }

    /// <summary>The disguises under which it still is a leak.</summary>
    public IReadOnlyList<Disguise> Disguises { get; }

    private string Name { get; }

    public override string ToString() => $"{Rule} {Title}";

    /// <summary>Reads the list; it also holds the manifest of the run.</summary>
    public static (string Manifest, IReadOnlyList<Leak> Leaks) ReadAll()
    {
        var path = Path.Combine(Repository.Root, "tests", "ReleaseGate.Tests", "Detection", "leaks.txt");
        string? manifest = null;
        var leaks = new List<Leak>();
        foreach (var node in CorpusFile.Tree(Path.GetFileName(path), File.ReadAllText(path)))
        {
            if (node.Word == "manifest" && manifest is null) manifest = Encoding.UTF8.GetString(Recipe.Bytes(node.Children));
            else if (node.Word == "leak") leaks.AddRange(Each(node).Select(n => new Leak(n)));
            else throw node.Error("'leak' or one 'manifest' is expected");
        }

        return (manifest ?? throw new InvalidOperationException($"{path} holds no manifest"), leaks);
    }

    /// <summary>With <c>each=LIST</c> one for each item of a list, which stands where the lines have a '*'.</summary>
    private static IEnumerable<CorpusNode> Each(CorpusNode node)
    {
        var at = node.Rest.LastIndexOf(" each=", StringComparison.Ordinal);
        if (at < 0) return [node];
        IEnumerable<string> items = node.Rest[(at + " each=".Length)..] switch
        {
            "tokens" => Tokens.Kinds,
            "credentials" => StructuredFormats.Load().Select(f => $"{f.Vendor} {f.Name}"),
            var list => throw node.Error($"each={list} is unknown"),
        };
        return items.Select(item => With(node, node.Rest[..at], item));
    }

    private static CorpusNode With(CorpusNode node, string rest, string item)
    {
        var copy = new CorpusNode(node.File, node.Line, node.Word, rest.Replace("*", item, StringComparison.Ordinal));
        copy.Children.AddRange(node.Children.Select(c => With(c, c.Rest, item)));
        return copy;
    }

    /// <summary>The files that carry it so, in the folder given: names and bytes.</summary>
    public IEnumerable<(string Name, Action<Stream> Write)> Seed(Disguise disguise)
    {
        switch (disguise)
        {
            case Disguise.NameKept: yield return (Name, o => Write(o, Plain)); break;
            case Disguise.Renamed: yield return ("data.bin", o => Write(o, Plain)); break;
            case Disguise.Nested: yield return ("assets.zip", Zip); break;
            case Disguise.Compressed: yield return (Name + ".gz", o => Write(o, Samples.GZip(Plain))); break;
            case Disguise.AcrossBorder:
                // The border of what is read at one time goes through its first, second and third quarter.
                for (var quarter = 1; quarter < 4; quarter++)
                {
                    var within = Math.Max(1, (int)((long)_body.Length * quarter / 4));
                    var before = (within + Border - 1) / Border * Border - within;
                    yield return ($"{quarter}/{Name}", o => Around(o, before, 1000));
                }

                break;
            case Disguise.AtStart: yield return (Name, o => Around(o, 0, 3000)); break;
            case Disguise.AtEnd: yield return (Name, o => Write(o, [.. Filler(3000), .. IsText ? _body.AsSpan().TrimEnd("\r\n "u8) : _body])); break;
            case Disguise.Utf16: yield return (Name, o => Write(o, [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(Plain))])); break;
            case Disguise.ByteOrderMark: yield return (Name, o => Write(o, [.. Encoding.UTF8.Preamble, .. _body, .. Tail(300)])); break;
            case Disguise.Large: yield return (Name, o => Around(o, _pad switch { "tail" => 0, "front" => LargeLength, _ => LargeLength / 2 }, _pad == "tail" ? LargeLength : LargeLength / 2)); break;
            default: throw new ArgumentOutOfRangeException(nameof(disguise));
        }
    }

    // The last byte of what is no text may be any, a line feed too.
    private bool IsText => !_body.Contains((byte)0);

    private byte[] Plain => _pad.Length > 0 || !Disguises.Contains(Disguise.AtEnd) ? _body : [.. Filler(300), .. _body, .. Filler(300)];

    private static void Write(Stream output, ReadOnlySpan<byte> bytes) => output.Write(bytes);

    private void Zip(Stream output)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = zip.CreateEntry(Name).Open()) entry.Write(Plain);
        bytes.WriteTo(output);
    }

    private void Around(Stream output, int before, int after)
    {
        output.Write(_pad == "space" ? Blanks(before) : Filler(before));
        output.Write(_body);
        output.Write(Tail(after));
    }

    private byte[] Tail(int length) => _pad switch
    {
        "space" => Blanks(length),
        "tail" => new byte[length],
        _ => Disguises.Contains(Disguise.AtEnd) ? Filler(length) : [],
    };

    private static byte[] Blanks(int length)
    {
        var blanks = new byte[length];
        blanks.AsSpan().Fill((byte)' ');
        return blanks;
    }

    /// <summary>Harmless lines, exactly so many bytes of them, with a line break at their end.</summary>
    private byte[] Filler(int length)
    {
        var line = Encoding.UTF8.GetBytes(_filler);
        var bytes = Blanks(length);
        for (var at = 0; at + line.Length <= length; at += line.Length) line.CopyTo(bytes, at);
        if (length > 0) bytes[^1] = (byte)'\n';
        return bytes;
    }
}
