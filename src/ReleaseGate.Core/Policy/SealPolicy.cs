using System.Globalization;

namespace ReleaseGate.Policy;

/// <summary>The <c>seal</c> of a manifest: what the push step asks of seals (docs/seal.md).</summary>
public sealed record SealPolicy
{
    /// <summary>What a key that stands in an environment variable begins with: <c>env://NAME</c>.</summary>
    public const string VariablePrefix = "env://";

    /// <summary>The name under which a gate seals that has none of its own.</summary>
    public const string UsualVerifier = "https://github.com/releasegate/releasegate";

    internal static readonly string[] Keys = ["approvals", "verifier", "maxAge"];

    // More people than ever stand behind one release.
    private const int MostApprovals = 100;

    // A hundred years.
    private const int MostDays = 36_500;

    /// <summary>How many seals, by as many keys, an artifact needs before it may be pushed; at least 1.</summary>
    public int Approvals { get; init; } = 1;

    /// <summary>The name, a URI, under which this gate seals, and which the push step expects; null: <see cref="UsualVerifier"/>.</summary>
    public string? Verifier { get; init; }

    /// <summary>How old a seal may be, or null: as old as it likes.</summary>
    public TimeSpan? MaximumAge { get; init; }

    /// <summary>Reads how old a seal may be: whole hours or days, e.g. <c>24h</c> or <c>7d</c>.</summary>
    /// <param name="text">As written.</param>
    /// <param name="age">What it says.</param>
    public static bool TryParseAge(string? text, out TimeSpan age)
    {
        age = default;
        if (text is not { Length: > 1 } || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0) return false;
        if (text[^1] == 'h' && number <= MostDays * 24) age = TimeSpan.FromHours(number);
        else if (text[^1] == 'd' && number <= MostDays) age = TimeSpan.FromDays(number);
        else return false;
        return true;
    }

    /// <summary>Whether a text can be the name of a verifier: an absolute URI of https or http, or a URN.</summary>
    public static bool IsVerifier(string text) =>
        text == text.Trim() && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" or "urn" && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
        && text.StartsWith(uri.Scheme + ":", StringComparison.Ordinal) && text.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;

    /// <summary>Adds what one manifest says; what was read before it wins.</summary>
    internal SealPolicy Merged(ManifestText text, JsonMember member, HashSet<string> seen)
    {
        var part = ManifestReader.Object(text, member.Value, "\"seal\"");
        ManifestReader.RequireKeys(text, part, Keys, "\"seal\"");
        var merged = this;
        foreach (var setting in part.Members)
        {
            var isNew = seen.Add(setting.Name);
            switch (setting.Name)
            {
                case "approvals":
                    if (setting.Value is not JsonPart.Number { Digits: var digits } || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var approvals) || approvals is < 1 or > MostApprovals)
                        throw text.Wrong(setting.Value.Offset, $"\"approvals\" is a whole number from 1 to {MostApprovals}: how many seals, by as many keys, a push needs");
                    if (isNew) merged = merged with { Approvals = approvals };
                    break;
                case "verifier":
                    var verifier = ManifestReader.Text(text, setting);
                    if (!IsVerifier(verifier.Value)) throw text.Wrong(verifier.Offset, $"'{ManifestText.Shown(verifier.Value)}' is no name of a verifier: an address of yours, e.g. \"https://acme.example/releasegate\"; nothing has to be there");
                    if (isNew) merged = merged with { Verifier = verifier.Value };
                    break;
                case "maxAge":
                    var age = ManifestReader.Text(text, setting);
                    if (!TryParseAge(age.Value, out var span)) throw text.Wrong(age.Offset, $"\"maxAge\" is a number of hours or days, e.g. \"24h\" or \"7d\"");
                    if (isNew) merged = merged with { MaximumAge = span };
                    break;
            }
        }

        return merged;
    }
}
