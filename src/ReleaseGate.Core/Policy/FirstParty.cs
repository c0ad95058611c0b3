using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>
/// Which entries the project itself built. The manifest's <c>firstParty</c> says so; where it says nothing, the names do: in a NuGet package what is called like the
/// package or begins with its name and a dot; in an npm package everything outside of node_modules and vendor folders; in a folder that holds a .NET application
/// what is called like that application; anywhere else everything.
/// </summary>
internal sealed class FirstParty
{
    private readonly Inventory _inventory;
    private readonly BoundGlob[]? _patterns;
    private readonly string[]? _names;

    public FirstParty(ArtifactPolicy policy, Inventory inventory)
    {
        _inventory = inventory;
        if (policy.Manifest.FirstParty.Count > 0)
        {
            var names = PackageNames.Of(inventory);
            _patterns = [.. policy.Manifest.FirstParty.Select(p => p.Glob.Bind(names))];
            return;
        }

        _names = inventory.Kind switch
        {
            ArtifactKind.NuGetPackage or ArtifactKind.SymbolsPackage when inventory.Package is { } package => [package.Id],
            ArtifactKind.NpmPackage => null,
            _ => Applications(inventory) is { Length: > 0 } applications ? applications : null,
        };
    }

    /// <summary>Whether the project built this entry. What stands in a bundle or an archive is judged by its own name.</summary>
    public bool Includes(Entry entry)
    {
        if (_patterns is not null) return Array.Exists(_patterns, p => p.IsMatch(SplitName.Levels(entry.Path)));
        if (_names is not null) return Array.Exists(_names, n => IsNamed(entry.Path.Name, n));
        return _inventory.Kind != ArtifactKind.NpmPackage || !IsBelow(entry.Path, "node_modules/") && !IsBelow(entry.Path, "vendor/");
    }

    // "Acme.deps.json" stands beside "Acme.dll".
    private static string[] Applications(Inventory inventory) =>
        [.. inventory.Entries.Where(e => e.Path.Depth == 0).Select(e => e.Path.Name.ToString())
            .Where(n => n.EndsWith(".deps.json", StringComparison.OrdinalIgnoreCase)).Select(n => n[..^".deps.json".Length]).Distinct(StringComparer.OrdinalIgnoreCase)];

    private static bool IsNamed(ReadOnlySpan<char> file, string name) =>
        file.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (file.Length == name.Length || file[name.Length] == '.');

    private static bool IsBelow(EntryPath path, string folder)
    {
        for (EntryPath? level = path; level is not null; level = level.Container)
            if (level.Inner.StartsWith(folder, StringComparison.Ordinal) || level.Inner.Contains("/" + folder, StringComparison.Ordinal)) return true;
        return false;
    }
}
