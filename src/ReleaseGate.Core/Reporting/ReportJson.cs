using System.Globalization;
using System.Text;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>A value in a report's JSON, and where it stands. Whatever is not as the schema has it is a mistake that names its place.</summary>
internal sealed class ReportJson
{
    private readonly string _file;
    private readonly string _at;
    private readonly JsonElement _element;

    private ReportJson(string file, string at, JsonElement element)
    {
        _file = file;
        _at = at;
        _element = element;
    }

    /// <summary>The root of a document.</summary>
    public static ReportJson Root(string file, JsonElement element) => new(file, "$", element);

    /// <summary>Whether it is null.</summary>
    public bool IsNull => _element.ValueKind == JsonValueKind.Null;

    /// <summary>The members of an object that has exactly these keys.</summary>
    public Dictionary<string, ReportJson> Object(params ReadOnlySpan<string> keys)
    {
        if (_element.ValueKind != JsonValueKind.Object) throw Mistake("an object is expected here");
        var members = new Dictionary<string, ReportJson>(StringComparer.Ordinal);
        foreach (var member in _element.EnumerateObject())
        {
            if (keys.IndexOf(member.Name) < 0) throw Mistake($"there is no key '{EntryPath.Printable(member.Name)}' in a report of this version");
            if (!members.TryAdd(member.Name, new ReportJson(_file, $"{_at}.{member.Name}", member.Value))) throw Mistake($"the key '{member.Name}' is there twice");
        }

        foreach (var key in keys)
            if (!members.ContainsKey(key)) throw Mistake($"the key '{key}' is missing");
        return members;
    }

    /// <summary>The members of an object with any keys, all of them strings.</summary>
    public IEnumerable<KeyValuePair<string, string>> Texts()
    {
        if (_element.ValueKind != JsonValueKind.Object) throw Mistake("an object is expected here");
        foreach (var member in _element.EnumerateObject()) yield return new(member.Name, new ReportJson(_file, $"{_at}.{member.Name}", member.Value).Text());
    }

    /// <summary>The items of an array.</summary>
    public List<ReportJson> Array()
    {
        if (_element.ValueKind != JsonValueKind.Array) throw Mistake("an array is expected here");
        var items = new List<ReportJson>(_element.GetArrayLength());
        foreach (var item in _element.EnumerateArray()) items.Add(new ReportJson(_file, string.Create(CultureInfo.InvariantCulture, $"{_at}[{items.Count}]"), item));
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

    /// <summary>A whole number or null.</summary>
    public long? NumberOrNull() => IsNull ? null : Number();

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
    public GateException Mistake(string what) => new(GateRules.NothingInspected.Id, $"{_at}: {what}; name reports that 'releasegate check --json' of this version wrote", _file);

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
