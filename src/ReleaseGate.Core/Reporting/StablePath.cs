using System.Text;

namespace ReleaseGate.Reporting;

/// <summary>
/// The path of an entry without what every build names anew, so that an alert about it is known again: hashes become <c>*</c>, and the package's version
/// <c>{version}</c>. <c>chunks/a1b2c3d4/main-BxY12abZ.js</c> is <c>chunks/*/main-*.js</c>.
/// </summary>
internal static class StablePath
{
    private const int LeastOfHash = 8;

    /// <summary>Makes it.</summary>
    /// <param name="path">The path.</param>
    /// <param name="version">The version of the package, or null.</param>
    public static string Of(string path, string? version)
    {
        var stable = new StringBuilder(path.Length);
        var rest = path.AsSpan();
        while (true)
        {
            var slash = rest.IndexOf('/');
            Append(stable, slash < 0 ? rest : rest[..slash], version);
            if (slash < 0) return stable.ToString();
            stable.Append('/');
            rest = rest[(slash + 1)..];
        }
    }

    private static void Append(StringBuilder stable, ReadOnlySpan<char> segment, string? version)
    {
        if (Guid.TryParseExact(segment, "D", out _))
        {
            stable.Append('*');
            return;
        }

        while (true)
        {
            var at = version is { Length: > 2 } ? IndexOf(segment, version) : -1;
            AppendWords(stable, at < 0 ? segment : segment[..at]);
            if (at < 0) return;
            stable.Append("{version}");
            segment = segment[(at + version!.Length)..];
        }
    }

    // "1.0.0" is no part of "11.0.0", nor of "1.0.01".
    private static int IndexOf(ReadOnlySpan<char> segment, string version)
    {
        for (var from = 0; ;)
        {
            var at = segment[from..].IndexOf(version, StringComparison.Ordinal);
            if (at < 0) return -1;
            at += from;
            var end = at + version.Length;
            if ((at == 0 || !(char.IsAsciiDigit(segment[at - 1]) || segment[at - 1] == '.' && at > 1 && char.IsAsciiDigit(segment[at - 2]))) && (end == segment.Length || !char.IsAsciiDigit(segment[end]))) return at;
            from = at + 1;
        }
    }

    private static void AppendWords(StringBuilder stable, ReadOnlySpan<char> text)
    {
        while (text.Length > 0)
        {
            var length = text.IndexOfAny('.', '-', '_');
            if (length < 0) length = text.Length;
            if (IsHash(text[..length])) stable.Append('*');
            else stable.Append(text[..length]);
            if (length == text.Length) return;
            stable.Append(text[length]);
            text = text[(length + 1)..];
        }
    }

    // Eight hexadecimal digits that are no word, or letters and digits mixed as no name mixes them.
    private static bool IsHash(ReadOnlySpan<char> word)
    {
        if (word.Length < LeastOfHash) return false;
        var (digits, changes, isHex) = (0, 0, true);
        for (var i = 0; i < word.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(word[i])) return false;
            if (char.IsAsciiDigit(word[i])) digits++;
            isHex &= char.IsAsciiHexDigit(word[i]);
            if (i > 0 && char.IsAsciiDigit(word[i]) != char.IsAsciiDigit(word[i - 1])) changes++;
        }

        return digits > 0 && (isHex || changes >= 2);
    }
}
