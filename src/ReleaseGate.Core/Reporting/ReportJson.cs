using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>A value in a report's JSON, and where it stands. Whatever is not as the schema has it is a mistake that names its place.</summary>
internal sealed class ReportJson
{
    private readonly string _file;
    private readonly string _wanted;
    private readonly string _at;
    private readonly JsonElement _element;

    private ReportJson(string file, string wanted, string at, JsonElement element)
    {
        _file = file;
        _wanted = wanted;
        _at = at;
        _element = element;
    }

    /// <summary>Reads a document.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">Its full path.</param>
    /// <param name="wanted">What would be right, as the end of a mistake's message.</param>
    /// <param name="read">What to make of its root; the document is gone afterwards.</param>
    /// <exception cref="GateException">RG0007: it cannot be read, or is no JSON.</exception>
    public static T Read<T>(IFileSystem files, string path, string wanted, Func<ReportJson, T> read)
    {
        try
        {
            DiskFile.RequireFile(files, path);
            using var stream = files.File.OpenRead(path);
            return Read(stream, path, wanted, read);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new GateException(GateRules.NothingInspected.Id, $"there is no such file; {wanted}", path, inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GateException(GateRules.NothingInspected.Id, $"the report cannot be read: {EntryPath.Printable(e.Message)}", path, inner: e);
        }
    }

    /// <summary>Reads a document that somebody opened; the rest as for a file.</summary>
    /// <exception cref="GateException">RG0007: it is no JSON.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static T Read<T>(Stream stream, string path, string wanted, Func<ReportJson, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = 16 });
            return read(new ReportJson(path, wanted, "$", document.RootElement));
        }
        catch (JsonException e)
        {
            throw new GateException(GateRules.NothingInspected.Id, "this is no JSON, or not all of it", path, (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1, e);
        }
    }

    /// <summary>Whether it is null.</summary>
    public bool IsNull => _element.ValueKind == JsonValueKind.Null;

    /// <summary>The value itself, for as long as the document is there.</summary>
    public JsonElement Element => _element;

    /// <summary>A member of an object, whatever else it has; null where it has none of that name or is no object.</summary>
    public ReportJson? Member(string key) => _element.ValueKind == JsonValueKind.Object && _element.TryGetProperty(key, out var value) ? In($"{_at}.{key}", value) : null;

    /// <summary>The members of an object that has exactly these keys.</summary>
    public Dictionary<string, ReportJson> Object(params ReadOnlySpan<string> keys)
    {
        var members = Some(keys);
        foreach (var key in keys)
            if (!members.ContainsKey(key)) throw Mistake($"the key '{key}' is missing");
        return members;
    }

    /// <summary>The members of an object that has these keys, and one more perhaps.</summary>
    public Dictionary<string, ReportJson> ObjectWithOptional(string optional, params ReadOnlySpan<string> keys) => ObjectWithOptionals([optional], keys);

    /// <summary>The members of an object that has these keys, and perhaps some of the others.</summary>
    public Dictionary<string, ReportJson> ObjectWithOptionals(ReadOnlySpan<string> optional, params ReadOnlySpan<string> keys)
    {
        var members = Some([.. optional, .. keys]);
        foreach (var key in keys)
            if (!members.ContainsKey(key)) throw Mistake($"the key '{key}' is missing");
        return members;
    }

    private Dictionary<string, ReportJson> Some(ReadOnlySpan<string> keys)
    {
        if (_element.ValueKind != JsonValueKind.Object) throw Mistake("an object is expected here");
        var members = new Dictionary<string, ReportJson>(StringComparer.Ordinal);
        foreach (var member in _element.EnumerateObject())
        {
            if (keys.IndexOf(member.Name) < 0) throw Mistake($"there is no key '{EntryPath.Printable(member.Name)}' in a report of this version");
            if (!members.TryAdd(member.Name, In($"{_at}.{member.Name}", member.Value))) throw Mistake($"the key '{member.Name}' is there twice");
        }

        return members;
    }

    /// <summary>The members of an object with any keys, all of them strings.</summary>
    public IEnumerable<KeyValuePair<string, string>> Texts()
    {
        if (_element.ValueKind != JsonValueKind.Object) throw Mistake("an object is expected here");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in _element.EnumerateObject())
        {
            if (!seen.Add(member.Name)) throw Mistake($"the key '{EntryPath.Printable(member.Name)}' is there twice");
            yield return new(member.Name, In($"{_at}.{member.Name}", member.Value).Text());
        }
    }

    /// <summary>The items of an array.</summary>
    public List<ReportJson> Array()
    {
        if (_element.ValueKind != JsonValueKind.Array) throw Mistake("an array is expected here");
        var items = new List<ReportJson>(_element.GetArrayLength());
        foreach (var item in _element.EnumerateArray()) items.Add(In(string.Create(CultureInfo.InvariantCulture, $"{_at}[{items.Count}]"), item));
        return items;
    }

    /// <summary>A string.</summary>
    public string Text()
    {
        if (_element.ValueKind != JsonValueKind.String) throw Mistake("a string is expected here");
        try
        {
            return _element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, in a name of an artifact.
            return Unescaped(_element.GetRawText());
        }
    }

    /// <summary>A string or null.</summary>
    public string? TextOrNull() => IsNull ? null : Text();

    /// <summary>A whole number that is not negative.</summary>
    public long Number() => _element.ValueKind == JsonValueKind.Number && _element.TryGetInt64(out var number) && number >= 0 ? number : throw Mistake("a whole number is expected here");

    /// <summary>The same within 32 bits.</summary>
    public int Count() => Number() is <= int.MaxValue and var number ? (int)number : throw Mistake("the number is too large");

    /// <summary>A whole number of 32 bits, negative or not.</summary>
    public int Integer() => _element.ValueKind == JsonValueKind.Number && _element.TryGetInt32(out var number) ? number : throw Mistake("a whole number is expected here");

    /// <summary>A whole number or null.</summary>
    public long? NumberOrNull() => IsNull ? null : Number();

    /// <summary>A number, negative or not.</summary>
    public double Real() => _element.ValueKind == JsonValueKind.Number && _element.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Mistake("a number is expected here");

    /// <summary>A number that is not negative.</summary>
    public double Amount() => Real() is >= 0 and var amount ? amount : throw Mistake("a number of at least 0 is expected here");

    /// <summary>A number that is not negative, or null.</summary>
    public double? AmountOrNull() => IsNull ? null : Amount();

    /// <summary>True or false.</summary>
    public bool Truth() => _element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Mistake("true or false is expected here"),
    };

    /// <summary>A SHA-256.</summary>
    public Digest Sha256() => Digest.TryParse(Text(), out var digest) ? digest : throw Mistake("64 hexadecimal digits are expected here");

    /// <summary>The id of a rule.</summary>
    public RuleId Rule() => RuleId.TryParse(Text(), out var id) ? id : throw Mistake("the id of a rule is expected here");

    /// <summary>A name of an enumeration, as it is spelled there.</summary>
    public T Name<T>()
        where T : struct, Enum => Enum.TryParse<T>(Text(), out var value) && value.ToString() == Text() ? value : throw Mistake($"'{EntryPath.Printable(Text())}' is not known here");

    /// <summary>What is wrong here.</summary>
    public GateException Mistake(string what) => new(GateRules.NothingInspected.Id, $"{_at}: {what}; {_wanted}", _file);

    private ReportJson In(string at, JsonElement element) => new(_file, _wanted, at, element);

    private static string Unescaped(string raw)
    {
        var text = new StringBuilder();
        for (var i = 1; i < raw.Length - 1; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            i++;
            text.Append(raw[i] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => (char)int.Parse(raw.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                var other => other,
            });
            if (raw[i] == 'u') i += 4;
        }

        return text.ToString();
    }
}
