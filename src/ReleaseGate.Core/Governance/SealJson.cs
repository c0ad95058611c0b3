using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>A value in the JSON of a seal, and where it stands. Keys that nobody knows are passed over, as the formats want it; a key that is there twice is refused, since readers differ in which they take.</summary>
internal readonly struct SealJson
{
    // Statements and bundles are a few levels deep.
    private const int MostDepth = 32;

    private readonly string _at;
    private readonly JsonElement _element;

    private SealJson(string at, JsonElement element) => (_at, _element) = (at, element);

    /// <summary>Reads a document.</summary>
    /// <param name="bytes">All of it, UTF-8.</param>
    /// <param name="what">What it is, for messages, e.g. <c>the payload</c>.</param>
    /// <param name="read">What to make of its root; the document is gone afterwards.</param>
    /// <exception cref="GateException">RG7002: it is no JSON, or says something twice.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> bytes, string what, Func<SealJson, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MostDepth });
            RequireUniqueKeys(document.RootElement, what);
            return read(new SealJson(what, document.RootElement));
        }
        // Half a surrogate pair has no text.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Mistake($"{what} is no JSON, or not all of it", e);
        }
    }

    /// <summary>Whether it is null.</summary>
    public bool IsNull => _element.ValueKind == JsonValueKind.Null;

    /// <summary>A member, or null where there is none or it is null.</summary>
    public SealJson? Optional(string key)
    {
        if (_element.ValueKind != JsonValueKind.Object) throw Mistake("an object is expected");
        return _element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? new SealJson($"{_at}.{key}", value) : null;
    }

    /// <summary>A member that has to be there.</summary>
    public SealJson Member(string key) => Optional(key) ?? throw Mistake($"'{key}' is missing");

    /// <summary>The items of an array.</summary>
    public List<SealJson> Items()
    {
        if (_element.ValueKind != JsonValueKind.Array) throw Mistake("an array is expected");
        var items = new List<SealJson>();
        foreach (var item in _element.EnumerateArray()) items.Add(new SealJson($"{_at}[{items.Count}]", item));
        return items;
    }

    /// <summary>A string.</summary>
    public string Text() => _element.ValueKind == JsonValueKind.String ? _element.GetString()! : throw Mistake("a string is expected");

    /// <summary>A string where it is one.</summary>
    public string? TextOrNull() => _element.ValueKind == JsonValueKind.String ? _element.GetString() : null;

    /// <summary>A whole number that is not negative.</summary>
    public long Number() => _element.ValueKind == JsonValueKind.Number && _element.TryGetInt64(out var number) && number >= 0 ? number : throw Mistake("a whole number is expected");

    /// <summary>A SHA-256.</summary>
    public Digest Sha256() => Digest.TryParse(Text(), out var digest) ? digest : throw Mistake("64 hexadecimal digits are expected");

    /// <summary>Base64 of either alphabet.</summary>
    public byte[] Base64() => DsseEnvelope.TryReadBase64(Text(), out var bytes) ? bytes : throw Mistake("base64 is expected");

    /// <summary>What is wrong here.</summary>
    public GateException Mistake(string what) => Mistake($"{_at}: {what}", null);

    private static GateException Mistake(string what, Exception? inner) => new(SealRules.SealInvalid.Id, EntryPath.Printable(what), inner: inner);

    private static void RequireUniqueKeys(JsonElement element, string at)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray()) RequireUniqueKeys(item, at);
            return;
        }

        if (element.ValueKind != JsonValueKind.Object) return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            if (!seen.Add(member.Name)) throw Mistake($"{at}: the key '{member.Name}' is there twice", null);
            RequireUniqueKeys(member.Value, $"{at}.{member.Name}");
        }
    }
}
