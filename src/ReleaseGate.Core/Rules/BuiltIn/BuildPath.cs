using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>Paths of the machine that built something, as compilers leave them in binaries, PDBs and source maps (RG2010).</summary>
internal static class BuildPath
{
    // Deterministic builds map to /_/ (Source Link, /pathmap); the others are what public CI services and tool chains check out to, the same for everyone.
    private static readonly string[] KnownRoots =
    [
        "/_/", "/_1/", "/_2/", "/_3/", "/__w/", "/rustc/", "/home/runner/", "/Users/runner/", "/home/vsts/", "/Users/vsts/", "/home/appveyor/", "/home/travis/", "/home/circleci/",
        "/github/workspace/", "/usr/", "/opt/hostedtoolcache/", "/workspace/", "/vercel/", "/drone/src/", "/builds/", "/bitbucket/pipelines/",
        "D:/a/", "C:/a/", "C:/projects/", "C:/hostedtoolcache/", "D:/hostedtoolcache/", "C:/Windows/", "C:/Program Files/", "C:/Program Files (x86)/",
    ];

    /// <summary>Whether a path begins at the root of a Unix or Windows machine or of a network share, or is a file: URL.</summary>
    public static bool IsAbsolute(ReadOnlySpan<char> path) =>
        path.Length > 1 && path[0] is '/' or '\\' && path is not ['/', '/', ..]
        || path.Length > 2 && path[1] == ':' && char.IsAsciiLetter(path[0]) && path[2] is '/' or '\\'
        || path.StartsWith("file:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a path tells something about the machine or the people that built it: absolute, and below no root that is the same for everyone.</summary>
    /// <param name="path">The path as it stands in the entry, with '/' or '\'.</param>
    /// <param name="policy">The manifest, which may allow more roots.</param>
    public static bool IsTelling(string path, ArtifactPolicy policy)
    {
        if (!IsAbsolute(path)) return false;
        var plain = path.Replace('\\', '/');
        if (plain.StartsWith("file:", StringComparison.OrdinalIgnoreCase)) plain = "/" + plain["file:".Length..].TrimStart('/');
        if (plain.Length > 3 && plain[0] == '/' && plain[2] == ':' && char.IsAsciiLetter(plain[1])) plain = plain[1..];
        return !Begins(plain, KnownRoots) && !Begins(plain, policy.Manifest.Debug.Roots);
    }

    // Windows writes drives and folders in either case.
    private static bool Begins(string path, IReadOnlyList<string> roots)
    {
        foreach (var root in roots)
            if (path.StartsWith(root, root[0] == '/' ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
