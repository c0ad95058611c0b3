using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>Places where source and settings are the product: what is a leak elsewhere is what users came for there.</summary>
internal static class PackageLayout
{
    /// <summary>
    /// Whether the entry is material of a project template: below <c>content/</c> of a NuGet package of type Template, or in a top folder
    /// <c>template…</c> of an npm package named <c>create-…</c>.
    /// </summary>
    public static bool IsTemplate(Entry entry, Inventory inventory)
    {
        if (inventory.Package is not { } package || entry.Path.Depth > 0) return false;
        if (inventory.Kind == ArtifactKind.NuGetPackage)
            return IsBelow(entry, "content") && package.PackageTypes.Contains("Template", StringComparer.OrdinalIgnoreCase);
        if (inventory.Kind != ArtifactKind.NpmPackage) return false;
        var name = package.Id[(package.Id.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var slash = entry.Path.Inner.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && entry.Path.Inner.StartsWith("template", StringComparison.Ordinal) && (name == "create" || name.StartsWith("create-", StringComparison.Ordinal));
    }

    /// <summary>Whether the entry stands in a folder at the top of the artifact.</summary>
    public static bool IsBelow(Entry entry, string folder) =>
        entry.Path.Depth == 0 && entry.Path.Inner.Length > folder.Length && entry.Path.Inner[folder.Length] == '/'
        && entry.Path.Inner.StartsWith(folder, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the entry stands where NuGet looks for MSBuild files, so that projects which use the package compile or import it.</summary>
    public static bool IsBuildFolder(Entry entry) =>
        IsBelow(entry, "build") || IsBelow(entry, "buildTransitive") || IsBelow(entry, "buildMultiTargeting") || IsBelow(entry, "buildCrossTargeting");

    /// <summary>Whether the entry is a file, or a link that pretends to be one.</summary>
    public static bool IsFile(Entry entry) => entry.Type is not EntryType.Directory;

    /// <summary>Whether the bytes are text of some kind.</summary>
    public static bool IsText(EntryKind kind) =>
        kind is EntryKind.Text or EntryKind.Utf16Text or EntryKind.Json or EntryKind.Xml or EntryKind.Script or EntryKind.SourceMap;
}
