using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class UndeclaredDependency() : ArtifactRule(new Descriptor("RG5005", nameof(UndeclaredDependency),
    "The package makes its users install, or carries with it, what nobody said it may, or what only its own build needs.",
    "Set PrivateAssets=\"all\" on the PackageReference, use a GlobalPackageReference, or list the package under 'dependencies' in the manifest."))
{
    // ReleaseGate marks itself a development dependency; a reference without PrivateAssets that names its assets overrides that.
    private const string OwnId = "ReleaseGate";

    // They do nothing but take part in the build of the project that refers to them. With '*' at the end for all that begin so.
    private static readonly string[] BuildTools =
        ["Microsoft.SourceLink.*", "Microsoft.Build.Tasks.Git", "MinVer", "Nerdbank.GitVersioning", "GitVersion.MsBuild", "GitVersionTask", "Microsoft.NETFramework.ReferenceAssemblies", "Microsoft.NETFramework.ReferenceAssemblies.*"];

    public override void Inspect(Inventory inventory, RuleContext context)
    {
        if (inventory is not { Kind: ArtifactKind.NuGetPackage or ArtifactKind.NpmPackage, Package: { } package }) return;
        var isNuGet = inventory.Kind == ArtifactKind.NuGetPackage;
        var policy = context.Policy.Manifest.Dependencies;
        var baseline = inventory.Baseline;
        var known = baseline is null ? null : new HashSet<string>(baseline.Dependencies.Select(static d => d.Id), isNuGet ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        // One that stands in a group for each framework is one.
        var seen = new HashSet<string>(isNuGet ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var dependency in package.Dependencies)
        {
            if (!seen.Add(dependency.Id)) continue;
            var id = EntryPath.Printable(Redacted.Address(dependency.Id));
            if (isNuGet && dependency.Id.Equals(OwnId, StringComparison.OrdinalIgnoreCase) && !package.Id.Equals(OwnId, StringComparison.OrdinalIgnoreCase))
                context.Report(package.Entry, "makes users of the package depend on ReleaseGate, which only its build needs");
            else if (policy.IsConfigured)
            {
                // Behind an alias the real name is meant, and an address has none.
                var source = isNuGet ? dependency.Id : NpmSpecifier.SourceOf(dependency);
                var remedy = !isNuGet && source != NpmSpecifier.NameOf(dependency) ? "Take it from a registry" : $"List \"{EntryPath.Printable(Redacted.Address(source))}\" under 'dependencies' in the manifest";
                if (!policy.Allows(source, ignoreCase: isNuGet))
                    context.Report(package.Entry, $"depends on {id} {Redacted.Show(Redacted.Address(dependency.Range))}, which \"dependencies\" in the manifest does not allow{News.Since(baseline, known?.Contains(Redacted.Kept(dependency).Id))}", $"{remedy}, or {(isNuGet ? "set PrivateAssets=\"all\" where only the build needs it" : "move it to devDependencies")}.");
            }
            else if (isNuGet && IsBuildTool(dependency.Id) && !IsBuildPackage(package))
            {
                context.Report(package.Entry, $"makes users of the package install {id}, which only its build needs", severity: Severity.Warning);
            }
        }

        if (policy.IsConfigured && !isNuGet) InspectCarried(inventory, context, seen);
    }

    private static void InspectCarried(Inventory inventory, RuleContext context, HashSet<string> seen)
    {
        var known = inventory.Baseline is { } baseline ? News.Carried(baseline) : null;
        foreach (var entry in inventory.Entries)
        {
            if (ModulePath.PackageOf(entry, out _) is not { } name || !seen.Add(name) || context.Policy.Manifest.Dependencies.Allows(name, ignoreCase: false)) continue;
            context.Report(entry, $"carries the package {EntryPath.Printable(name)}, which \"dependencies\" in the manifest does not allow{News.Since(inventory.Baseline, known?.Contains(name))}", $"List \"{EntryPath.Printable(name)}\" under 'dependencies' in the manifest, or leave it out of what is bundled.");
        }
    }

    private static bool IsBuildTool(string id)
    {
        foreach (var tool in BuildTools)
            if (tool[^1] == '*' ? id.StartsWith(tool[..^1], StringComparison.OrdinalIgnoreCase) : id.Equals(tool, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    // Sets of build tools bring others on purpose.
    private static bool IsBuildPackage(PackageMetadata package) =>
        (package.Texts.TryGetValue("developmentDependency", out var value) && value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase))
        || package.PackageTypes.Contains("MSBuildSdk", StringComparer.OrdinalIgnoreCase) || IsBuildTool(package.Id);
}
