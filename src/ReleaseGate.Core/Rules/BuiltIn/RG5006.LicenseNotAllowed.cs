using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Inspection;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class LicenseNotAllowed() : ContentRule(new Descriptor("RG5006", nameof(LicenseNotAllowed),
    "A package, or one that it carries, has a licence that the manifest does not allow, or none that can be judged.",
    "Declare the licence as an SPDX expression (PackageLicenseExpression, \"license\" in package.json), or list it under 'licenses' in the manifest."))
{
    private const int Limit = 4 << 20;
    private const string Trait = "license";
    private const string FileTrait = "license-file";

    public override ContentRequest Request { get; } = ContentRequest.Whole(Limit, Note).Where(e => e.Path.NameIs("package.json"));

    /// <summary>Where the manifest lists no licences, any may be.</summary>
    public override ContentRequest? RequestFor(ArtifactPolicy policy) => policy.Manifest.Licenses.IsConfigured ? Request : null;

    public override void Conclude(Inventory inventory, RuleContext context)
    {
        if (inventory is not { Kind: ArtifactKind.NuGetPackage or ArtifactKind.NpmPackage, Package: { } package }) return;
        var licenses = context.Policy.Manifest.Licenses;
        if (licenses.Refuse(package.License) is { } refused) context.Report(package.Entry, refused, FixFor(package.License));
        if (inventory.Kind != ArtifactKind.NpmPackage) return;

        foreach (var entry in inventory.Entries)
        {
            if (!entry.Path.NameIs("package.json") || ModulePath.PackageOf(entry, out var inside) is null || inside != "package.json") continue;
            var license = entry.Traits.TryGetValue(Trait, out var expression) ? new PackageLicense(LicenseKind.Expression, expression)
                : entry.Traits.TryGetValue(FileTrait, out var file) ? new PackageLicense(LicenseKind.File, file)
                : null;
            if (licenses.Refuse(license) is { } why) context.Report(entry, why, "Leave the package out of what is bundled, or list its licence under 'licenses' in the manifest.");
        }
    }

    private static void Note(ReadOnlySpan<byte> bytes, Entry entry, RuleContext context)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes[(bytes.StartsWith("\uFEFF"u8) ? 3 : 0)..].ToArray());
            if (document.RootElement.ValueKind == JsonValueKind.Object && PackageFacts.ReadLicense(document.RootElement) is { } license)
                context.Recognise(entry, license.Kind == LicenseKind.File ? FileTrait : Trait, EntryPath.Printable(license.Text));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No licence was noted, which Conclude reports where the file describes a package; elsewhere it is a fixture or a template.
        }
    }

    private static string? FixFor(PackageLicense? license) => license switch
    {
        { Kind: LicenseKind.File } => $"If that text is meant to ship, list \"file:{EntryPath.Printable(license.Text)}\" under 'licenses' in the manifest.",
        { Kind: LicenseKind.Expression } => "List the licence under 'licenses' in the manifest if packages may have it, or change what the package declares.",
        _ => null,
    };
}
