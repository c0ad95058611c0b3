using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>What the path of an entry says about a package that an npm package carries below <c>node_modules</c>.</summary>
internal static class ModulePath
{
    private const string Folder = "node_modules/";

    /// <summary>The name of the innermost package that the entry stands in, or null.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="inside">Its path inside of that package.</param>
    public static string? PackageOf(Entry entry, out string inside)
    {
        inside = "";
        return entry.Path.Depth > 0 ? null : PackageOf(entry.Path.Inner, out inside);
    }

    /// <summary>The same for a path that leads into no nested archive.</summary>
    public static string? PackageOf(string path, out string inside)
    {
        inside = "";
        var at = path.LastIndexOf(Folder, StringComparison.Ordinal);
        while (at > 0 && path[at - 1] != '/') at = path.LastIndexOf(Folder, at - 1, StringComparison.Ordinal);
        if (at < 0) return null;
        var start = at + Folder.Length;
        // ".bin", ".package-lock.json" and the like are the package manager's own.
        if (start == path.Length || path[start] == '.') return null;
        var end = path.IndexOf('/', start);
        if (end >= 0 && path[start] == '@') end = path.IndexOf('/', end + 1);
        if (end < 0) return null;
        inside = path[(end + 1)..];
        return path[start..end];
    }
}
