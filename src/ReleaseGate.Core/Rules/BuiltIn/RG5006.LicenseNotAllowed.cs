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

    /// <summary>Also where the manifest lists no licences: what is carried is known by name, version and licence then.</summary>
    public override ContentRequest Request { get; } = ContentRequest.Whole(Limit, Note).Where(e => e.Path.NameIs("package.json") && ModulePath.PackageOf(e, out var inside) is not null && inside == "package.json");

    public override void Conclude(Inventory inventory, RuleContext context)
    {
        if (inventory is not { Kind: ArtifactKind.NuGetPackage or ArtifactKind.NpmPackage, Package: { } package }) return;
        var licenses = context.Policy.Manifest.Licenses;
        if (!licenses.IsConfigured) return;
        if (licenses.Refuse(package.License) is { } refused) context.Report(package.Entry, refused + News.OfLicense(inventory.Baseline, package.License), FixFor(package.License));
        if (inventory.Kind != ArtifactKind.NpmPackage) return;

        var known = inventory.Baseline is { } baseline ? News.Carried(baseline) : null;
        foreach (var entry in inventory.Entries)
        {
            if (!entry.Path.NameIs("package.json") || ModulePath.PackageOf(entry, out var inside) is not { } name || inside != "package.json") continue;
            var license = CarriedPackage.LicenseOf(entry);
            if (licenses.Refuse(license) is { } why) context.Report(entry, $"{why}{(known is null || known.Contains(name) ? "" : ", and the package is new since " + News.NameOf(inventory.Baseline!))}", "Leave the package out of what is bundled, or list its licence under 'licenses' in the manifest.");
        }
    }

    private static void Note(ReadOnlySpan<byte> bytes, Entry entry, RuleContext context)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes[(bytes.StartsWith("\uFEFF"u8) ? 3 : 0)..].ToArray());
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return;
            if (Word(root, "name") is { } name) context.Recognise(entry, CarriedPackage.IdentityTrait, EntryPath.Printable(Word(root, "version") is { } version ? $"{name} {version}" : name));
            if (PackageFacts.ReadLicense(root) is { } license)
                context.Recognise(entry, license.Kind == LicenseKind.File ? CarriedPackage.LicenseFileTrait : CarriedPackage.LicenseTrait, EntryPath.Printable(license.Text));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No licence was noted, which Conclude reports where the file describes a package; elsewhere it is a fixture or a template.
        }
    }

    private static string? Word(JsonElement root, string key) =>
        root.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String && value.GetString()!.Trim() is { Length: > 0 } text && text.AsSpan().IndexOfAny(" \t\r\n") < 0 ? text : null;

    private static string? FixFor(PackageLicense? license) => license switch
    {
        { Kind: LicenseKind.File } => $"If that text is meant to ship, list \"file:{EntryPath.Printable(license.Text)}\" under 'licenses' in the manifest.",
        { Kind: LicenseKind.Expression } => "List the licence under 'licenses' in the manifest if packages may have it, or change what the package declares.",
        _ => null,
    };
}
