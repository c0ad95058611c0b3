using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>
/// Makes patterns from entries: frameworks, runtimes, cultures, the package's id and version become placeholders; many files of one kind in one tree
/// become one pattern.
/// </summary>
internal static class RolePatterns
{
    // From here on a list of single files is no longer read by anybody.
    private const int Many = 8;

    /// <summary>The pattern with placeholders, or the literal one where that would not match, or null where none does.</summary>
    public static string? For(EntryPath path, Inventory inventory, PackageNames names)
    {
        var isNuGet = inventory.Kind is ArtifactKind.NuGetPackage or ArtifactKind.SymbolsPackage;
        var text = Generalised(path.Inner, isNuGet && path.Container is null, names);
        for (var container = path.Container; container is not null; container = container.Container)
            text = Generalised(container.Inner, isNuGet && container.Container is null, names) + "!/" + text;
        return Glob.TryParse(text, out var glob, out _) && glob.Bind(names).IsMatch(SplitName.Levels(path)) ? text : ManifestAdvice.PatternFor(path);
    }

    /// <summary>Makes one pattern of many: the same extension, the same kind of bytes, one tree of folders.</summary>
    /// <param name="roles">One role a pattern.</param>
    /// <param name="matchesTooMuch">Whether a pattern would match what is not meant.</param>
    public static List<EntryRole> Collapse(List<EntryRole> roles, Func<string, bool> matchesTooMuch)
    {
        var result = new List<EntryRole>();
        foreach (var group in roles.GroupBy(r => r.Tree))
        {
            var members = group.ToArray();
            if (members.Length < Many || group.Key.Extension.Length == 0 || members.Select(m => m.KindGroup).Distinct().Count() > 1)
            {
                result.AddRange(members);
                continue;
            }

            var common = members[0].Folders;
            foreach (var member in members) common = [.. common.Zip(member.Folders).TakeWhile(p => p.First == p.Second).Select(p => p.First)];
            var deep = members.Any(m => m.Folders.Length > common.Length);
            var pattern = group.Key.Container + string.Concat(common.Select(f => f + "/")) + (deep ? "**/*" : "*") + group.Key.Extension;
            if (matchesTooMuch(pattern))
            {
                result.AddRange(members);
                continue;
            }

            result.Add(members[0] with { Pattern = pattern, Count = members.Sum(m => m.Count), Bytes = members.Sum(m => m.Bytes) });
        }

        return [.. result.OrderBy(r => r.Pattern, StringComparer.Ordinal)];
    }

    /// <summary>Whether an artifact without it would not be worth publishing.</summary>
    public static bool IsEssential(string pattern, Inventory inventory, HashSet<string> programs)
    {
        if (!pattern.Contains('/', StringComparison.Ordinal))
        {
            var name = pattern.Split('.')[0];
            if (name.Equals("README", StringComparison.OrdinalIgnoreCase) || name.Equals("LICENSE", StringComparison.OrdinalIgnoreCase) || name.Equals("LICENCE", StringComparison.OrdinalIgnoreCase)) return true;
        }

        return inventory.Kind switch
        {
            ArtifactKind.NuGetPackage => pattern is "lib/{tfm}/{id}.dll" or "build/{id}.props" or "build/{id}.targets" or "tools/{tfm}/{rid}/DotnetToolSettings.xml" or "analyzers/dotnet/cs/{id}.dll",
            ArtifactKind.SymbolsPackage => pattern is "lib/{tfm}/{id}.pdb",
            ArtifactKind.NpmPackage => pattern is "index.js" or "index.mjs" or "index.cjs" or "dist/index.js" or "dist/index.mjs" or "dist/index.cjs" or "lib/index.js",
            ArtifactKind.Directory => programs.Any(p => pattern == ManifestAdvice.Escaped(p) + ".dll" || pattern == ManifestAdvice.Escaped(p) + ".runtimeconfig.json"),
            _ => false,
        };
    }

    /// <summary>The names of the .NET programs at the top of a folder.</summary>
    public static HashSet<string> Programs(Inventory inventory) =>
        inventory.Entries.Where(e => e.Path.Container is null && e.Path.Inner.EndsWith(".runtimeconfig.json", StringComparison.Ordinal) && !e.Path.Inner.Contains('/', StringComparison.Ordinal))
            .Select(e => e.Path.Inner[..^".runtimeconfig.json".Length]).ToHashSet(StringComparer.Ordinal);

    private static string Generalised(string path, bool isNuGet, PackageNames names)
    {
        var segments = path.Split('/');
        var result = new string[segments.Length];
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            var isFile = i == segments.Length - 1;
            var parent = i == 0 ? "" : segments[i - 1];
            var named = Named(segment, names);
            if (!isFile && named.EndsWith('!')) named = named[..^1] + "?";
            result[i] = isFile || i == 0 ? named
                : isNuGet && FolderName.IsFramework(segment) && segment.Any(char.IsAsciiDigit) ? "{tfm}"
                : FolderName.IsRuntime(segment) && (parent == "runtimes" || (isNuGet && segments[0] == "tools" && i == 2)) ? "{rid}"
                : FolderName.IsCulture(segment) && (segments[^1].EndsWith(".resources.dll", StringComparison.Ordinal) || IsTranslations(parent)) ? "{culture}"
                : named;
        }

        // Satellite assemblies of a published program lie in folders at its top.
        if (segments.Length == 2 && segments[1].EndsWith(".resources.dll", StringComparison.Ordinal) && FolderName.IsCulture(segments[0])) result[0] = "{culture}";
        return string.Join('/', result);
    }

    private static bool IsTranslations(string folder) => folder is "locales" or "locale" or "lang" or "i18n" or "translations";

    /// <summary>A segment as a pattern, with the package's id at its beginning and the version anywhere as placeholders.</summary>
    private static string Named(string segment, PackageNames names)
    {
        var prefix = "";
        foreach (var id in names.FileIds)
        {
            if (!segment.StartsWith(id, StringComparison.Ordinal) || (segment.Length > id.Length && segment[id.Length] is not ('.' or '-'))) continue;
            prefix = "{id}";
            segment = segment[id.Length..];
            break;
        }

        foreach (var version in names.Versions)
        {
            if (!version.Contains('.', StringComparison.Ordinal)) continue;
            var at = segment.IndexOf(version, StringComparison.Ordinal);
            if (at < 0 || (at > 0 && char.IsAsciiLetterOrDigit(segment[at - 1])) || (at + version.Length < segment.Length && char.IsAsciiLetterOrDigit(segment[at + version.Length]))) continue;
            return prefix + ManifestAdvice.Escaped(segment[..at]) + "{version}" + ManifestAdvice.Escaped(segment[(at + version.Length)..]);
        }

        return prefix + ManifestAdvice.Escaped(segment);
    }
}

/// <summary>Entries that no pattern may let in by the back door, to be asked by pattern.</summary>
internal sealed class KeptOut
{
    private readonly Dictionary<string, bool> _matches = new(StringComparer.Ordinal);
    private readonly List<(SplitName[] Path, PackageNames Names)> _paths = [];

    /// <summary>Adds an entry of an artifact with these names.</summary>
    public void Add(Entry entry, PackageNames names) => _paths.Add((SplitName.Levels(entry.Path), names));

    /// <summary>Whether a pattern with a placeholder or wildcard lets one of them in. A literal one names its entry on purpose.</summary>
    public bool AnyMatches(string pattern)
    {
        if (_paths.Count == 0 || pattern.AsSpan().IndexOfAny('{', '*', '?') < 0) return false;
        if (_matches.TryGetValue(pattern, out var known)) return known;
        var glob = Glob.Parse(pattern);
        var bound = new Dictionary<PackageNames, BoundGlob>(ReferenceEqualityComparer.Instance);
        foreach (var (path, names) in _paths)
        {
            if (!bound.TryGetValue(names, out var own)) bound.Add(names, own = glob.Bind(names));
            if (own.IsMatch(path)) return _matches[pattern] = true;
        }

        return _matches[pattern] = false;
    }
}
