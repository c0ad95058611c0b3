using System.Globalization;
using System.Text;
using ReleaseGate.Rules.BuiltIn.Tokens;

namespace ReleaseGate.Testing;

/// <summary>Makes credentials in the form of a vendor from a seed, so that none stands in the repository.</summary>
internal static class Credentials
{
    /// <summary>The text of the format named "VENDOR NAME".</summary>
    public static string Make(string name, int seed)
    {
        var format = StructuredFormats.Load().First(f => $"{f.Vendor} {f.Name}" == name);
        return Make(format, seed);
    }

    public static string Make(TokenFormat format, int seed) => format switch
    {
        PrefixFormat prefix => Surround(prefix, Core(prefix, seed), seed),
        OpenAIKey => $"sk-proj-{Text('u', 74, seed)}{OpenAIKey.Infix}{Text('u', 74, seed + 1)}",
        AzureSharedAccessSignature => $"https://acme.blob.core.windows.net/a?sv=2024-11-04&se=2027-01-01T00%3A00%3A00Z&sr=c&sp=r&sig={Text('b', 43, seed)}%3D",
        DiscordBotToken => $"DISCORD_TOKEN={Convert.ToBase64String(Encoding.ASCII.GetBytes("1" + Text('d', 17, seed)))}.{Text('u', 6, seed + 1)}.{Text('u', 38, seed + 2)}",
        TwilioCredential => $"twilio: AC{Text('h', 32, seed)}, {Text('h', 32, seed + 1)}",
        _ => throw new NotSupportedException($"{format.GetType().Name} needs a sample here"),
    };

    /// <summary>The token of a shape, without what must stand around it. With a change of the length of its last run.</summary>
    public static string Core(PrefixFormat format, int seed, int longer = 0, bool most = false)
    {
        var text = new StringBuilder();
        var last = format.Parts.Count - 1;
        while (format.Parts[last].Text is not null) last--;
        for (var i = 0; i < format.Parts.Count; i++)
        {
            var part = format.Parts[i];
            if (part.Text is { } literal) text.Append(Encoding.ASCII.GetString(literal));
            else text.Append(Text(part.Set, (most ? part.Most : part.Least) + (i == last ? longer : 0), seed * 31 + i));
        }

        return text.ToString();
    }

    /// <summary>What a format needs around its token: a word before it, a secret beside it.</summary>
    public static string Surround(PrefixFormat format, string token, int seed)
    {
        var before = format.Context.Count > 0 ? $"{format.Context[0]}_key: " : format.InUrl ? "https://hooks" : "key: ";
        if (format.InUrl && !format.Literal.StartsWith('.')) before = "https://";
        var partner = format.Partner is { } shape ? $" secret {Core(new PrefixFormat(shape) { Vendor = "", Name = "", Page = "", Anchors = [] }, seed + 7)}" : "";
        return $"{before}{token}{partner}";
    }

    private static string Text(char letter, int length, int seed) => Text(letter switch
    {
        'd' => Charset.Digits,
        'h' => Charset.LowerHex,
        'b' => Charset.Alphanumeric,
        'u' => Charset.Base64Url,
        _ => throw new ArgumentOutOfRangeException(nameof(letter), letter.ToString(CultureInfo.InvariantCulture)),
    }, length, seed);

    /// <summary>Random characters that do not happen to look like an example.</summary>
    public static string Text(Charset set, int length, int seed)
    {
        var alphabet = Enumerable.Range(0, 128).Where(c => set.Contains((byte)c)).Select(c => (char)c).ToArray();
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var random = new Random(unchecked(seed * 7919 + attempt));
            var text = new string([.. Enumerable.Range(0, length).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            if (length < 8 || Randomness.IsLikely(Encoding.ASCII.GetBytes(text[..Math.Min(text.Length, 96)])) && char.IsAsciiLetterOrDigit(text[^1])) return text;
        }

        throw new InvalidOperationException($"No random text of {length} characters of this alphabet looks random.");
    }
}
