using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>A value of a manifest's JSON, with the byte where it begins.</summary>
internal abstract record JsonPart(int Offset)
{
    /// <summary>What it is, in an error message.</summary>
    public abstract string Kind { get; }

    public sealed record Text(int Offset, string Value) : JsonPart(Offset)
    {
        public override string Kind => "a string";
    }

    public sealed record Number(int Offset, string Digits) : JsonPart(Offset)
    {
        public override string Kind => "a number";
    }

    public sealed record Word(int Offset, string Value) : JsonPart(Offset)
    {
        public override string Kind => Value;
    }

    public sealed record Array(int Offset, IReadOnlyList<JsonPart> Items) : JsonPart(Offset)
    {
        public override string Kind => "an array";
    }

    public sealed record Object(int Offset, IReadOnlyList<JsonMember> Members) : JsonPart(Offset)
    {
        public override string Kind => "an object";
    }
}

/// <summary>A key of a JSON object, with the byte where it begins, and its value.</summary>
internal sealed record JsonMember(string Name, int Offset, JsonPart Value);

/// <summary>One of the texts a manifest was read from.</summary>
/// <param name="Name">The file's full path, or the name of a profile.</param>
/// <param name="IsProfile">Whether it is a built-in profile.</param>
/// <param name="Text">Says where things stand.</param>
/// <param name="Root">What it says.</param>
internal sealed record ManifestSource(string Name, bool IsProfile, ManifestText Text, JsonPart.Object Root);

/// <summary>The text of one manifest: parses it and says where things stand.</summary>
internal sealed class ManifestText
{
    private const int DeepestNesting = 32;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _file;
    private readonly byte[] _bytes;

    private ManifestText(string file, byte[] bytes)
    {
        _file = file;
        _bytes = bytes;
    }

    /// <summary>Parses JSON with comments and trailing commas; anything else about it is strict, duplicate keys are refused.</summary>
    /// <exception cref="GateException">RG0001 with line and column.</exception>
    public static (ManifestText Text, JsonPart Root) Parse(string file, byte[] bytes)
    {
        var text = new ManifestText(file, bytes);
        return (text, text.Parse());
    }

    /// <summary>The object without some of its keys, without comments and in one spelling of its spaces.</summary>
    public byte[] Without(IReadOnlyCollection<string> keys)
    {
        var start = _bytes.AsSpan().StartsWith(Bom) ? Bom.Length : 0;
        var root = JsonNode.Parse(_bytes.AsSpan(start), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = DeepestNesting })!.AsObject();
        foreach (var key in keys) root.Remove(key);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    /// <summary>The place of a byte, with the column counted in characters.</summary>
    public ManifestLocation At(int offset)
    {
        var before = _bytes.AsSpan(0, Math.Min(offset, _bytes.Length));
        var line = before.Count((byte)'\n') + 1;
        var start = before.LastIndexOf((byte)'\n') + 1;
        var column = before[start..];
        // The byte order mark shows in no editor's column.
        if (start == 0 && column.StartsWith(Bom)) column = column[Bom.Length..];
        return new ManifestLocation(_file, line, Encoding.UTF8.GetCharCount(column) + 1);
    }

    /// <summary>An RG0001 at a byte.</summary>
    public GateException Wrong(int offset, string message, Exception? inner = null) => Wrong(At(offset), message, inner);

    /// <summary>An RG0001 at a place.</summary>
    public static GateException Wrong(ManifestLocation at, string message, Exception? inner = null) =>
        new(GateRules.ManifestInvalid.Id, message, at.File, at.Line, at.Column, inner);

    private static ReadOnlySpan<byte> Bom => [0xEF, 0xBB, 0xBF];

    private JsonPart Parse()
    {
        if (_bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) throw Wrong(0, "the manifest is UTF-16; save it as UTF-8");
        RequireUtf8();
        var start = _bytes.AsSpan().StartsWith(Bom) ? Bom.Length : 0;
        if (_bytes.AsSpan(start).Trim(" \t\r\n"u8).IsEmpty) throw Wrong(0, "the manifest is empty; the smallest one is { \"extends\": \"closed\" }");

        var reader = new Utf8JsonReader(new ReadOnlySpan<byte>(_bytes, start, _bytes.Length - start),
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = DeepestNesting });
        try
        {
            reader.Read();
            var root = Read(ref reader, start);
            // Reads on, so that anything behind the first value is refused.
            while (reader.Read()) throw Wrong(start + (int)reader.TokenStartIndex, "the manifest is one object; there is more behind it");
            return root;
        }
        catch (JsonException e)
        {
            var at = start + OffsetOf(e, start);
            // The library has a sentence about its depth here.
            throw Wrong(at, reader.CurrentDepth > 0 && _bytes.AsSpan(at).Trim(" \t\r\n"u8).IsEmpty ? "this is not JSON: it ends before everything that was begun is closed, e.g. a '}' or a ']' is missing" : $"this is not JSON: {Sentence(e)}", e);
        }
    }

    private JsonPart Read(ref Utf8JsonReader reader, int start)
    {
        var offset = start + (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new JsonPart.Text(offset, Decode(ref reader, offset));
            case JsonTokenType.Number:
                return new JsonPart.Number(offset, Encoding.UTF8.GetString(reader.ValueSpan));
            case JsonTokenType.StartArray:
                var items = new List<JsonPart>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Read(ref reader, start));
                return new JsonPart.Array(offset, items);
            case JsonTokenType.StartObject:
                var members = new List<JsonMember>();
                var names = new Dictionary<string, int>(StringComparer.Ordinal);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var nameOffset = start + (int)reader.TokenStartIndex;
                    var name = Decode(ref reader, nameOffset);
                    // Compared after unescaping: "al\u006cow" is "allow" once more.
                    if (!names.TryAdd(name, nameOffset)) throw Wrong(nameOffset, $"the key \"{Shown(name)}\" stands here a second time; the first is in line {At(names[name]).Line}");
                    reader.Read();
                    members.Add(new JsonMember(name, nameOffset, Read(ref reader, start)));
                }

                return new JsonPart.Object(offset, members);
            case JsonTokenType.True:
            case JsonTokenType.False:
            case JsonTokenType.Null:
                return new JsonPart.Word(offset, Encoding.UTF8.GetString(reader.ValueSpan));
            default:
                throw Wrong(offset, $"this is not JSON: {reader.TokenType} has no place here");
        }
    }

    private string Decode(ref Utf8JsonReader reader, int offset)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw Wrong(offset, "the string holds half of a surrogate pair", e);
        }
    }

    private void RequireUtf8()
    {
        try
        {
            _ = StrictUtf8.GetCharCount(_bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw Wrong(ValidLength(), "the manifest is not UTF-8; save it as UTF-8", e);
        }
    }

    private int ValidLength()
    {
        var at = 0;
        while (at < _bytes.Length && Rune.DecodeFromUtf8(_bytes.AsSpan(at), out _, out var length) == OperationStatus.Done) at += length;
        return at;
    }

    private int OffsetOf(JsonException e, int start)
    {
        var at = start;
        for (var line = 0L; line < (e.LineNumber ?? 0); line++)
        {
            var feed = _bytes.AsSpan(at).IndexOf((byte)'\n');
            if (feed < 0) break;
            at += feed + 1;
        }

        return Math.Min(_bytes.Length, at + (int)(e.BytePositionInLine ?? 0)) - start;
    }

    private static string Sentence(JsonException e)
    {
        // "'x' is invalid … LineNumber: 3 | BytePositionInLine: 4." — the place is told in our own way.
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return Shown((end < 0 ? e.Message : e.Message[..end]).TrimEnd('.', ' '));
    }

    /// <summary>Text of a manifest, fit for a message.</summary>
    public static string Shown(string text) => Artifacts.EntryPath.Printable(text.Length > 100 ? text[..100] + "…" : text);
}
