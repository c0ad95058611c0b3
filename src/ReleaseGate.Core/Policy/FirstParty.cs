using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>
/// Which entries the project itself built. The manifest's <c>firstParty</c> says so; where it says nothing, the build does about assemblies and their PDBs
/// (<see cref="GateRequest.FirstParty"/>), and names do about the rest: in a NuGet package what is called like the
/// package or begins with its name and a dot; in an npm package everything outside of node_modules and vendor folders; in a folder that holds a .NET application
/// what is called like that application; anywhere else everything.
/// </summary>
internal sealed class FirstParty
{
    private readonly Inventory _inventory;
    private readonly BoundGlob[]? _patterns;
    private readonly string[]? _names;
    private readonly HashSet<string>? _built;

    public FirstParty(ArtifactPolicy policy, Inventory inventory)
    {
        _inventory = inventory;
        if (policy.Manifest.FirstParty.Count > 0)
        {
            var names = PackageNames.Of(inventory);
            _patterns = [.. policy.Manifest.FirstParty.Select(p => p.Glob.Bind(names))];
            return;
        }

        if (policy.Built.Count > 0) _built = new HashSet<string>(policy.Built, StringComparer.OrdinalIgnoreCase);
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
        if (_built is not null && AssemblyName(entry.Path.Name) is { } assembly) return _built.Contains(assembly);
        if (_names is not null) return Array.Exists(_names, n => IsNamed(entry.Path.Name, n));
        return _inventory.Kind != ArtifactKind.NpmPackage || !IsBelow(entry.Path, "node_modules/") && !IsBelow(entry.Path, "vendor/");
    }

    // "Acme.deps.json" stands beside "Acme.dll", also in a single-file program.
    private static string[] Applications(Inventory inventory) =>
        [.. inventory.Entries.Where(e => e.Path.Depth == 0 || e.Container is { Path.Depth: 0, Kind: EntryKind.PortableExecutable or EntryKind.Elf or EntryKind.MachO }).Select(e => e.Path.Name.ToString())
            .Where(n => n.EndsWith(".deps.json", StringComparison.OrdinalIgnoreCase)).Select(n => n[..^".deps.json".Length]).Distinct(StringComparer.OrdinalIgnoreCase)];

    // Of an assembly, its satellites, its PDB, what was compiled from it to native code.
    private static string? AssemblyName(ReadOnlySpan<char> file)
    {
        foreach (var ending in (ReadOnlySpan<string>)[".resources.dll", ".dll", ".exe", ".winmd", ".pdb", ".dylib.dbg", ".so.dbg", ".dbg"])
            if (file.Length > ending.Length && file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) return file[..^ending.Length].ToString();
        return null;
    }

    private static bool IsNamed(ReadOnlySpan<char> file, string name) =>
        file.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (file.Length == name.Length || file[name.Length] == '.');

    private static bool IsBelow(EntryPath path, string folder)
    {
        for (EntryPath? level = path; level is not null; level = level.Container)
            if (level.Inner.StartsWith(folder, StringComparison.Ordinal) || level.Inner.Contains("/" + folder, StringComparison.Ordinal)) return true;
        return false;
    }
}
