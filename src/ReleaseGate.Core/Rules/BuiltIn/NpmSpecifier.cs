using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>
/// What stands behind the name of an npm dependency (npm's documentation, 'package-spec'), read as npm 11 reads it: held against what npm-package-arg makes of
/// each of the texts in tests/corpus/RG5004.txt.
/// </summary>
internal static class NpmSpecifier
{
    private const string Alias = "npm:";

    private static readonly string[] Remote = ["http", "https", "git", "git+http", "git+https", "git+rsync", "git+ftp", "git+ssh", "github", "gitlab", "bitbucket", "gist", "sourcehut"];

    // The hosts whose addresses npm knows also without "git+".
    private static readonly string[] KnownHosts = ["github.com", "gitlab.com", "bitbucket.org", "gist.github.com", "git.sr.ht"];

    /// <summary>What is installed: the name in a registry, behind an alias the real one; of an address, the address.</summary>
    public static string SourceOf(PackageDependency dependency)
    {
        var range = dependency.Range.Trim();
        var isAddress = range.AsSpan().IndexOfAny(':', '/') >= 0 && !range.StartsWith(Alias, StringComparison.OrdinalIgnoreCase) && WhyNot(range) is null;
        return isAddress ? range : NameOf(dependency);
    }

    /// <summary>The name of the package that is installed: <c>{ "x": "npm:@acme/core@^1" }</c> installs <c>@acme/core</c>.</summary>
    public static string NameOf(PackageDependency dependency)
    {
        var range = dependency.Range.Trim();
        return range.StartsWith(Alias, StringComparison.OrdinalIgnoreCase) ? Split(range).Name : dependency.Id;
    }

    /// <summary>Why nobody can install it, as the end of a sentence; null where it can be, as far as its form says.</summary>
    public static string? WhyNot(string range)
    {
        range = range.Trim();
        if (range.StartsWith(Alias, StringComparison.OrdinalIgnoreCase))
        {
            var (name, rest) = Split(range);
            if (name.Length == 0) return "which names no package";
            if (IsPath(name) || IsPath(rest) || rest.Contains('/', StringComparison.Ordinal)) return "and npm takes behind 'npm:' only what comes from a registry";
            return Scheme(rest) is null ? WhyNoRange(rest) : "and npm takes behind 'npm:' only what comes from a registry";
        }

        if (IsPath(range)) return "a path, which is there only for whoever packed it";
        switch (Scheme(range)?.ToLowerInvariant())
        {
            case "workspace":
                return "which means something only in the workspace it was written in";
            case "catalog":
                return "which names a catalog of the workspace it was written in";
            case "file" or "link" or "portal" or "git+file":
                return "a path, which is there only for whoever packed it";
            case "patch":
                return "which applies a patch of the repository it was written in";
            case "ssh" when IsKnownHost(range[(range.IndexOf("//", StringComparison.Ordinal) + 2)..]):
                return null;
            case { } scheme:
                return Remote.Contains(scheme, StringComparer.Ordinal) ? null : "which npm does not know how to install";
        }

        if (IsShorthand(range) || range.Contains('@', StringComparison.Ordinal) && IsKnownHost(range)) return null;
        if (range.Contains('/', StringComparison.Ordinal) || IsTarball(range)) return "which npm takes for a path";
        return WhyNoRange(range);
    }

    private static (string Name, string Range) Split(string alias)
    {
        var target = alias[Alias.Length..];
        var at = target.IndexOf('@', Math.Min(1, target.Length));
        return at < 0 ? (target, "") : (target[..at], target[(at + 1)..]);
    }

    // Also drives of Windows: npm takes "C:x" for a path everywhere.
    private static bool IsPath(string text) =>
        text.StartsWith('.') || text.StartsWith('/') || text.StartsWith('\\') || text.StartsWith("~/", StringComparison.Ordinal) || text.Length >= 2 && char.IsAsciiLetter(text[0]) && text[1] == ':';

    private static bool IsTarball(string text) =>
        text.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase) || text.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) || text.EndsWith(".tar", StringComparison.OrdinalIgnoreCase);

    /// <summary>What stands before the first colon, where it can be a scheme: letters, with "git+" before them or not.</summary>
    private static string? Scheme(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0) return null;
        var letters = text.AsSpan(0, colon);
        if (letters.StartsWith("git+", StringComparison.OrdinalIgnoreCase)) letters = letters[4..];
        foreach (var c in letters)
            if (!char.IsAsciiLetter(c)) return null;
        return letters.Length == 0 ? null : text[..colon];
    }

    // user/repository on GitHub, with #branch or not.
    private static bool IsShorthand(string text)
    {
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        var name = hash < 0 ? text : text[..hash];
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash == name.LastIndexOf('/') && slash < name.Length - 1 && name.AsSpan().IndexOfAny("@: \t") < 0;
    }

    private static bool IsKnownHost(string address)
    {
        var host = address.AsSpan(address.IndexOf('@', StringComparison.Ordinal) + 1);
        var end = host.IndexOfAny(':', '/');
        if (end >= 0) host = host[..end];
        foreach (var known in KnownHosts)
            if (host.Equals(known, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    // A tag is what a URL holds unescaped. A range is read leniently by npm: "1.2.3 beta" is one; without a number there is none.
    private static string? WhyNoRange(string text)
    {
        var (tag, range, number) = (true, true, text.Length == 0);
        foreach (var c in text)
        {
            var plain = char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '*';
            tag &= plain || c is '_' or '!' or '~' or '\'' or '(' or ')';
            range &= plain || c is '+' or '^' or '~' or '<' or '>' or '=' or '|' or ' ' or '\t' or '\n' or '\r';
            number |= char.IsAsciiDigit(c) || c == '*';
        }

        return tag || range && number ? null : "which is neither a version range nor a tag";
    }
}
