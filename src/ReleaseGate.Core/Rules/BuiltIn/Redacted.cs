using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.Tokens;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>A command or an address of an artifact as it is shown: on one line, cut, and without what may be secret in it.</summary>
internal static class Redacted
{
    private const int MostShown = 100;
    private const int LongestWord = 20;

    /// <summary>Leaves out credentials in addresses, values of settings named like secrets, and long words with digits.</summary>
    public static string Show(string command)
    {
        var text = new StringBuilder();
        var behindName = false;
        foreach (var word in command.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (text.Length > MostShown) break;
            if (text.Length > 0) text.Append(' ');
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var named = SecretName.Is(Encoding.UTF8.GetBytes(equals > 0 ? word[..equals] : word));
            if (behindName) text.Append('…');
            else if (equals > 0 && named) text.Append(word, 0, equals + 1).Append('…');
            else Append(text, word);
            behindName = named && equals < 0;
        }

        var cut = text.Length > MostShown;
        if (cut) text.Length = MostShown;
        return EntryPath.Printable(text.ToString()) + (cut ? "…" : "");
    }

    /// <summary>What a dependency is asked for by, a range or an address, without credentials.</summary>
    public static string Specifier(string range) => range.AsSpan().IndexOfAny(':', '/', '@') < 0 ? range : Show(Address(range));

    /// <summary>A dependency as it is kept and compared: without credentials, and where that leaves something out with the fingerprint of what was written, so that another one is still another.</summary>
    public static PackageDependency Kept(PackageDependency dependency) =>
        dependency with { Id = Kept(dependency.Id, Address(dependency.Id)), Range = Kept(dependency.Range, Specifier(dependency.Range)) };

    /// <summary>The same for a dependency that was read from where it was kept: a version of ReleaseGate that left nothing out may have written it.</summary>
    public static PackageDependency KeptBefore(PackageDependency dependency)
    {
        var (id, range) = (WithoutFingerprint(dependency.Id), WithoutFingerprint(dependency.Range));
        return Address(id) == id && Specifier(range) == range ? dependency : Kept(dependency);
    }

    private const string FingerprintStart = " (sha256 ";

    private static string Kept(string written, string shown) => shown == written ? written : $"{shown}{FingerprintStart}{Secret.Fingerprint(Encoding.UTF8.GetBytes(written))})";

    private static string WithoutFingerprint(string kept)
    {
        var at = kept.LastIndexOf(FingerprintStart, StringComparison.Ordinal);
        if (at < 0 || !kept.EndsWith(')') || kept.Length != at + FingerprintStart.Length + Secret.FingerprintLength + 1) return kept;
        foreach (var c in kept.AsSpan(at + FingerprintStart.Length, Secret.FingerprintLength))
            if (!char.IsAsciiHexDigitLower(c)) return kept;
        return kept[..at];
    }

    /// <summary>Leaves out what addresses in a text can hold that is no place: what stands before '@', the query, the fragment. A name such as <c>@acme/core</c> stays.</summary>
    public static string Address(string text)
    {
        if (text.AsSpan().IndexOfAny(':', '/', '@') < 0) return text;
        var words = text.Split(' ');
        for (var i = 0; i < words.Length; i++) words[i] = WithoutSecrets(words[i]);
        return string.Join(' ', words);
    }

    private static string WithoutSecrets(string word)
    {
        const string Alias = "npm:";
        if (word.AsSpan().IndexOfAny(':', '/', '@') < 0) return word;
        // "npm:@acme/core@1.0.0" is a name and its version.
        if (word.StartsWith(Alias, StringComparison.OrdinalIgnoreCase) && word.AsSpan(Alias.Length).IndexOfAny(':', '?', '#') < 0) return word;
        var start = word.IndexOf("://", StringComparison.Ordinal) is >= 0 and var slashes ? slashes + 3 : SchemeLength(word);
        var (at, end) = (word.LastIndexOf('@'), word.AsSpan().IndexOfAny('?', '#'));
        // '@' in a fragment, or '#' in a password: nobody knows.
        if (end >= 0 && at > end) return word[..Math.Min(start, end)] + "…";
        if (end >= 0) word = word[..(end + 1)] + "…";
        return at > start ? $"{word[..start]}…{word[at..]}" : word;
    }

    // "github:", also where it is a user in truth.
    private static int SchemeLength(string word)
    {
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        for (var i = 0; i < colon; i++)
            if (!char.IsAsciiLetter(word[i]) && word[i] != '+') return 0;
        return colon + 1;
    }

    // "npm:@acme/core@1.0.0", "patch:core@npm:1.0.0": a name and its version. What else stands before a colon may be a user.
    private static int ProtocolLength(string word)
    {
        foreach (var protocol in (ReadOnlySpan<string>)["npm:", "jsr:", "patch:", "workspace:", "catalog:", "file:", "link:", "portal:", "exec:", "github:", "gitlab:", "bitbucket:", "gist:", "sourcehut:"])
            if (word.StartsWith(protocol, StringComparison.OrdinalIgnoreCase)) return protocol.Length;
        return 0;
    }

    private static void Append(StringBuilder text, string word)
    {
        var scheme = word.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0 && word.IndexOf('?', StringComparison.Ordinal) is > 0 and var query) word = word[..(query + 1)] + "…";
        // Without a scheme "user:password@host"; "git@host:path" has no password.
        var start = scheme >= 0 ? scheme + 3 : ProtocolLength(word) is var protocol && word.IndexOf(':', protocol) is >= 0 and var colon ? colon + 1 : word.Length;
        if (word.LastIndexOf('@') is var at && at > start)
        {
            text.Append(word, 0, start).Append('…');
            word = word[at..];
        }

        for (var i = 0; i < word.Length;)
        {
            var end = i;
            while (end < word.Length && (char.IsAsciiLetterOrDigit(word[end]) || word[end] is '_' or '-' or '+')) end++;
            if (end - i >= LongestWord && word.AsSpan(i, end - i).IndexOfAnyInRange('0', '9') >= 0) text.Append('…');
            else text.Append(word, i, end - i);
            if (end < word.Length) text.Append(word[end++]);
            i = end;
        }
    }
}
