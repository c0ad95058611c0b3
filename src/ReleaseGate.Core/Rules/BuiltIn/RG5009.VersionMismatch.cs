using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class VersionMismatch() : ArtifactRule(new Descriptor("RG5009", nameof(VersionMismatch),
    "The file name of a package says another id or version than the package itself.",
    "Pack again from a clean output folder and leave the name as the tool writes it: feeds go by what is inside, people and scripts by the name."))
{
    public override void Inspect(Inventory inventory, RuleContext context)
    {
        if (inventory.Package is not { } package) return;
        var name = PackageFileName.Of(inventory.Name, inventory.Kind, package);
        if (name.Version is { } version)
            context.Report(package.Entry, $"says version '{EntryPath.Printable(package.Version)}', the package's file name says '{EntryPath.Printable(version)}'");
        // Folder feeds of NuGet go by the file name; nothing of npm does.
        if (name.Id is { } id)
            context.Report(package.Entry, $"says the {(inventory.Kind == ArtifactKind.NpmPackage ? "name" : "id")} '{EntryPath.Printable(package.Id)}', the package's file name says '{EntryPath.Printable(id)}'",
                severity: inventory.Kind == ArtifactKind.NpmPackage ? Severity.Warning : null);
    }
}
