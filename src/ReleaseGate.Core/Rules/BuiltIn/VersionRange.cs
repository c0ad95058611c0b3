using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>Whether versions and ranges name prereleases: a version with a label behind '-', as Semantic Versioning has it; 0.x is none.</summary>
/// <remarks>
/// https://semver.org/#spec-item-9 · https://learn.microsoft.com/nuget/concepts/package-versioning#version-ranges · https://github.com/npm/node-semver#ranges ·
/// npm's documentation, 'package-json'
/// </remarks>
internal static class VersionRange
{
    // npm's documentation, 'npm-dist-tag', and what public packages use.
    private static readonly string[] PrereleaseTags = ["next", "beta", "alpha", "canary", "rc", "pre", "prerelease", "preview", "experimental", "nightly", "insiders", "edge", "dev"];

    /// <summary>Whether a version is a release: it can be read, and has no label.</summary>
    public static bool IsStable(string version)
    {
        version = version.TrimStart('v', '=', ' ');
        return PackageNames.IsVersion(version) && LabelOf(version).IsEmpty;
    }

    /// <summary>Whether the least version that a range of NuGet lets in is a prerelease; NuGet takes the least.</summary>
    public static bool NeedsPrereleaseOfNuGet(string range)
    {
        var text = range.AsSpan().Trim();
        if (text.IsEmpty) return false;
        if (text[0] is '[' or '(')
        {
            text = text[1..];
            var comma = text.IndexOf(',');
            // "(1.0.0-rc.1, )" lets in 1.0.0, and nobody knows what is there: the label is still what the author had in hand.
            text = (comma >= 0 ? text[..comma] : text.TrimEnd(']').TrimEnd(')')).Trim();
        }

        return StartsWithDigit(text) && !LabelOf(text).IsEmpty;
    }

    /// <summary>Whether every alternative of an npm range begins with a prerelease, or the range is a tag that stands for prereleases.</summary>
    public static bool NeedsPrereleaseOfNpm(string range)
    {
        const string Alias = "npm:";
        if (range.StartsWith(Alias, StringComparison.Ordinal))
        {
            var at = range.LastIndexOf('@');
            if (at <= Alias.Length) return false;
            range = range[(at + 1)..];
        }

        // Addresses, files and other protocols name no version that can be judged here.
        if (range.AsSpan().IndexOfAny(':', '/') >= 0) return false;
        if (Array.IndexOf(PrereleaseTags, range.Trim()) >= 0) return true;

        var rest = range.AsSpan();
        while (true)
        {
            var end = rest.IndexOf("||");
            if (!BeginsWithPrerelease(end < 0 ? rest : rest[..end])) return false;
            if (end < 0) return true;
            rest = rest[(end + 2)..];
        }
    }

    /// <summary>Whether of one alternative's comparators those that set a lower bound all name prereleases, and there is one.</summary>
    private static bool BeginsWithPrerelease(ReadOnlySpan<char> alternative)
    {
        var found = false;
        var upper = false;
        while (true)
        {
            alternative = alternative.TrimStart(" \t\r\n");
            if (alternative.IsEmpty) return found;
            // The second half of "1.0.0 - 2.0.0" is an upper bound.
            if (alternative is ['-'] or ['-', ' ' or '\t' or '\r' or '\n', ..])
            {
                upper = true;
                alternative = alternative[1..];
                continue;
            }

            if (alternative[0] == '<')
            {
                upper = true;
                alternative = alternative[1..];
                continue;
            }

            if (alternative[0] is '^' or '~' or '>' or '=' or 'v')
            {
                alternative = alternative[1..];
                continue;
            }

            var end = alternative.IndexOfAny(" \t\r\n");
            var version = end < 0 ? alternative : alternative[..end];
            alternative = end < 0 ? [] : alternative[end..];
            if (upper)
            {
                upper = false;
                continue;
            }

            var label = StartsWithDigit(version) ? LabelOf(version) : [];
            // "-0" is how one says "prereleases too".
            if (label.IsEmpty || label.SequenceEqual("0")) return false;
            found = true;
        }
    }

    private static bool StartsWithDigit(ReadOnlySpan<char> version) => !version.IsEmpty && char.IsAsciiDigit(version[0]);

    private static ReadOnlySpan<char> LabelOf(ReadOnlySpan<char> version)
    {
        var plus = version.IndexOf('+');
        if (plus >= 0) version = version[..plus];
        var hyphen = version.IndexOf('-');
        return hyphen < 0 ? [] : version[(hyphen + 1)..];
    }
}
