using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using ReleaseGate.Reporting;

namespace ReleaseGate.Governance;

/// <summary>A line of an audit log (docs/audit-log.md), as far as the chain needs it.</summary>
/// <param name="Prev">SHA-256 of the line before; zeros at the first.</param>
/// <param name="Sequence">The number of the line, from 0.</param>
/// <param name="Time">When it was written, UTC.</param>
/// <param name="Event">What happened.</param>
internal sealed record AuditLine(Digest Prev, long Sequence, DateTime Time, string Event)
{
    /// <summary>The most bytes a line may have, with its line feed: what is read of a log's end stays small.</summary>
    public const int Limit = 1 << 20;

    /// <summary>How deep a line may nest.</summary>
    public const int MaxDepth = 16;

    /// <summary>The highest number that a line may have: what every reader of JSON reads exactly.</summary>
    public const long MaxSequence = 1L << 53;

    // Something is added to times.
    private const int LastYear = 9998;

    private static readonly string[] Own = ["prev", "seq", "time", "event"];

    private static ReadOnlySpan<byte> Start => "{\"prev\":\""u8;

    private static ReadOnlySpan<byte> FirstStart => "{\"prev\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"seq\":0,\"time\":\"0000-00-00T00:00:00Z\",\"event\":\""u8;

    // Where the time begins in it.
    private const int FirstTime = 9 + 64 + 2 + 8 + 8;

    /// <summary>The JSON Schema of a line.</summary>
    public static string SchemaText()
    {
        using var reader = new StreamReader(typeof(AuditLine).Assembly.GetManifestResourceStream("ReleaseGate.Schemas.log.schema.json")!);
        return reader.ReadToEnd();
    }

    /// <summary>The bytes of a line, without its line feed. Nothing but ASCII: what a terminal shows of it can't mislead.</summary>
    /// <exception cref="ArgumentException">The event's name is none, or a member has a name that every line has.</exception>
    public static byte[] Write(Digest prev, long sequence, DateTime time, AuditEvent what)
    {
        if (!IsName(what.Name)) throw new ArgumentException($"'{what.Name}' is no name of an event.", nameof(what));
        using var bytes = new MemoryStream();
        // The default escapes whatever is not plain.
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("prev"u8, prev.ToString());
            json.WriteNumber("seq"u8, sequence);
            json.WriteString("time"u8, JsonReporter.Written(time));
            json.WriteString("event"u8, what.Name);
            foreach (var (name, value) in what.Data)
            {
                if (Array.IndexOf(Own, name) >= 0) throw new ArgumentException($"every line has a '{name}' of its own.", nameof(what));
                json.WritePropertyName(name);
                if (value is null) json.WriteNullValue();
                else value.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>Reads a line; null with the reason where it is no line of an audit log.</summary>
    /// <param name="line">Its bytes without the line feed.</param>
    /// <param name="why">What is wrong.</param>
    public static AuditLine? Read(ReadOnlySpan<byte> line, out string why)
    {
        why = "it is no line of an audit log";
        if (line is [.., (byte)'\r'])
        {
            why = "it ends in a carriage return: something converted the line ends";
            return null;
        }

        if (!line.StartsWith(Start)) return null;
        if (!Utf8.IsValid(line))
        {
            why = "it is no UTF-8";
            return null;
        }

        var json = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            json.Read();
            if (Text(ref json, "prev"u8) is not { } hex || !IsLowerHex(hex) || !Digest.TryParse(hex, out var prev)) return null;
            if (!Next(ref json, "seq"u8) || json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out var sequence) || sequence is < 0 or > MaxSequence) return null;
            if (Text(ref json, "time"u8) is not { } written || !DateTime.TryParseExact(written, JsonReporter.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) || time.Year > LastYear) return null;
            if (Text(ref json, "event"u8) is not { } name || !IsName(name)) return null;
            var names = new List<HashSet<string>?> { null, new(Own, StringComparer.Ordinal) };
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.PropertyName)
                {
                    // Readers of JSON take the last of two, or none.
                    if ((names[json.CurrentDepth] ??= new(StringComparer.Ordinal)).Add(json.GetString()!)) continue;
                    why = "it is no line of an audit log: two of its members have one name";
                    return null;
                }

                if (json.TokenType == JsonTokenType.StartObject)
                {
                    while (names.Count <= json.CurrentDepth + 1) names.Add(null);
                    names[json.CurrentDepth + 1]?.Clear();
                }

                // Half a character, escaped.
                if (json.TokenType == JsonTokenType.String && json.ValueIsEscaped) _ = json.GetString();
            }

            return new AuditLine(prev, sequence, time, name);
        }
        catch (InvalidOperationException)
        {
            why = "it holds half a character";
            return null;
        }
        catch (JsonException)
        {
            why = "it is no JSON, or not all of it";
            return null;
        }
    }

    /// <summary>The members of a line that <see cref="Read"/> has read.</summary>
    public static JsonObject Members(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = MaxDepth });
        return JsonNode.Parse(ref json)!.AsObject();
    }

    /// <summary>Whether these bytes, which no line feed ends, can be what is left of a line: the beginning of one, or what a file system puts where nothing was written before the power failed.</summary>
    public static bool CanBeTorn(ReadOnlySpan<byte> bytes) =>
        bytes.IndexOfAnyExcept((byte)0) < 0 || bytes[..Math.Min(bytes.Length, Start.Length)].TrimEnd((byte)0).SequenceEqual(Start[..Math.Min(bytes.TrimEnd((byte)0).Length, Start.Length)]);

    /// <summary>Whether these bytes, all that a file holds, can be what is left of its first line. Nothing before them says that the file is ours, so they have to.</summary>
    public static bool CanBeTornFirst(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            // Numbers of the time stand for any; what follows depends on the event, and is ASCII.
            var isOurs = i >= FirstStart.Length ? bytes[i] is >= 0x20 and < 0x7F
                : i >= FirstTime && char.IsAsciiDigit((char)FirstStart[i]) ? char.IsAsciiDigit((char)bytes[i]) : bytes[i] == FirstStart[i];
            if (!isOurs) return false;
        }

        return bytes.Length >= Start.Length;
    }

    private static string? Text(ref Utf8JsonReader json, ReadOnlySpan<byte> name) => Next(ref json, name) && json.TokenType == JsonTokenType.String ? json.GetString() : null;

    private static bool Next(ref Utf8JsonReader json, ReadOnlySpan<byte> name) => json.Read() && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(name) && json.Read();

    private static bool IsLowerHex(string text)
    {
        foreach (var c in text)
            if (!char.IsAsciiHexDigitLower(c)) return false;
        return true;
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 40 && name.AsSpan().IndexOfAnyExceptInRange('a', 'z') < 0;
}
