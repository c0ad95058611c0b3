using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class PrereleaseDependency() : ArtifactRule(new Descriptor("RG5007", nameof(PrereleaseDependency),
    "A stable package depends on a prerelease, which its users did not ask for.",
    "Depend on a stable version, or release the package as a prerelease.", Severity.Warning))
{
    public override void Inspect(Inventory inventory, RuleContext context)
    {
        if (inventory is not { Kind: ArtifactKind.NuGetPackage or ArtifactKind.NpmPackage, Package: { } package } || !VersionRange.IsStable(package.Version)) return;
        HashSet<string>? seen = null;
        foreach (var dependency in package.Dependencies)
        {
            if (!(inventory.Kind == ArtifactKind.NpmPackage ? VersionRange.NeedsPrereleaseOfNpm(dependency.Range) : VersionRange.NeedsPrereleaseOfNuGet(dependency.Range))) continue;
            // The same stands in a group for each framework.
            if (!(seen ??= new HashSet<string>(StringComparer.OrdinalIgnoreCase)).Add($"{dependency.Id} {dependency.Range}")) continue;
            context.Report(package.Entry, $"is a stable version, {EntryPath.Printable(package.Version)}, and depends on {EntryPath.Printable(Redacted.Address(dependency.Id))} {EntryPath.Printable(Redacted.Specifier(dependency.Range))}, a prerelease");
        }
    }
}
