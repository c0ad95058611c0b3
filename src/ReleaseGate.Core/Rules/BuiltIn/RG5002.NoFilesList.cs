using System.Globalization;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class NoFilesList() : ArtifactRule(new Descriptor("RG5002", nameof(NoFilesList),
    "An npm package has no list of files, so whatever lies in its folder and is not ignored ships.",
    "List in package.json what may ship, e.g. \"files\": [\"dist\"].",
    Severity.Warning))
{
    public override void Inspect(Inventory inventory, RuleContext context)
    {
        if (inventory is not { Kind: ArtifactKind.NpmPackage, Package: { Npm: { } npm } package }) return;
        var everything = npm.Files.FirstOrDefault(IsEverything);
        if (npm.HasFiles && everything is null) return;

        var shipped = 0;
        foreach (var entry in inventory.Entries)
            if (entry.Type != EntryType.Directory && entry.Path.Depth == 0 && !ShipsAnyhow(entry.Path.Inner)) shipped++;
        // A folder of nothing but its description: there is nothing that could have slipped in, or the list is what is forgotten, which RG1002 sees.
        if (shipped == 0) return;
        var files = string.Create(CultureInfo.InvariantCulture, $"{shipped:#,0} {(shipped == 1 ? "file" : "files")} now");
        context.Report(package.Entry, everything is null
            ? $"it has no \"files\", so whatever npm does not ignore ships, {files}"
            : $"'{EntryPath.Printable(everything)}' in its \"files\" is everything, so whatever npm does not ignore ships, {files}");
    }

    // As npm 11 packs them, tried one by one.
    private static bool IsEverything(string pattern)
    {
        var path = pattern.AsSpan();
        if (path.StartsWith("./")) path = path[1..];
        return path.TrimStart('/') is "" or "*" or "**" or "**/*" or "**/**";
    }

    /// <summary>Whether npm takes a file along whatever "files" says, as npm-packlist has it.</summary>
    private static bool ShipsAnyhow(string path)
    {
        if (path == "package.json") return true;
        foreach (var name in (ReadOnlySpan<string>)["readme", "copying", "license", "licence"])
            if (path.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (path.Length == name.Length || path[name.Length] == '.') && !path.Contains('/', StringComparison.Ordinal)) return true;
        return false;
    }
}
