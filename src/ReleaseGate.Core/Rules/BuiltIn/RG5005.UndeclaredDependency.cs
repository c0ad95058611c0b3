using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class UndeclaredDependency() : ArtifactRule(new Descriptor("RG5005", nameof(UndeclaredDependency),
    "The package makes its users install something that only its own build needs.",
    "Set PrivateAssets=\"all\" on the PackageReference, or use a GlobalPackageReference."))
{
    // ReleaseGate marks itself a development dependency; a reference without PrivateAssets that names its assets overrides that.
    private const string OwnId = "ReleaseGate";

    public override void Inspect(Inventory inventory, RuleContext context)
    {
        if (inventory is not { Kind: ArtifactKind.NuGetPackage, Package: { } package } || package.Id.Equals(OwnId, StringComparison.OrdinalIgnoreCase)) return;
        if (package.Dependencies.Any(d => d.Id.Equals(OwnId, StringComparison.OrdinalIgnoreCase)))
            context.Report(package.Entry, "makes users of the package depend on ReleaseGate, which only its build needs");
    }
}
