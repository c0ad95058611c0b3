using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>Paths of build machines in source maps (RG2010).</summary>
internal static class SourceMapPaths
{
    // "/src/a.ts" in a map is as a rule a path below the site's root. These folders stand at the root of machines.
    private static readonly string[] MachineFolders =
        ["/home/", "/Users/", "/root/", "/var/", "/tmp/", "/private/", "/mnt/", "/media/", "/opt/", "/srv/", "/data/", "/Volumes/", "/export/", "/builds/", "/build/", "/jenkins/", "/workspaces/"];

    /// <summary>
    /// The path of a machine in a source's name, with '/' (but a network share as it stands), or null where it is none: <c>C:\p\a.ts</c>, <c>/home/alice/a.ts</c>, <c>file:///home/alice/a.ts</c>,
    /// <c>webpack:///C:/p/a.ts</c>, <c>webpack://name//home/alice/a.ts</c>, <c>\\server\share\a.ts</c>.
    /// </summary>
    public static string? OfMachine(string source)
    {
        if (source.Length < 3) return null;
        var path = source.Replace('\\', '/');
        if (source.StartsWith(@"\\", StringComparison.Ordinal)) return source;
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0)
        {
            var slash = path.IndexOf('/', scheme + 3);
            if (slash < 0) return null;
            var isFile = path.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
            var hasName = slash > scheme + 3;
            path = path[slash..];
            // "webpack://name/./src" is no folder of a machine; "webpack://name//home" and "webpack:///home" are.
            if (!isFile && !path.StartsWith("//", StringComparison.Ordinal) && path is not ['/', _, ':', ..] && (hasName || !IsOfMachine(path))) return null;
        }
        else if (path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            path = path["file:".Length..];
        }

        while (path.StartsWith("//", StringComparison.Ordinal) || path is ['/', _, ':', '/', ..] && char.IsAsciiLetter(path[1])) path = path[1..];
        return BuildPath.IsAbsolute(path) ? path : null;
    }

    /// <summary>The paths that tell something about the machine or the people that built the maps, as they stand in them.</summary>
    public static IReadOnlyList<string> Telling(SourceMapFacts maps, ArtifactPolicy policy) =>
        maps.AbsolutePaths.Where(p => OfMachine(p) is { } path && IsOfMachine(path) && BuildPath.IsTelling(path, policy)).ToList();

    private static bool IsOfMachine(string path) =>
        path[0] != '/' || Array.Exists(MachineFolders, f => path.StartsWith(f, StringComparison.Ordinal));
}
