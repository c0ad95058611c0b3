using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>
/// Holds what a package says about its destination against what the manifest says: <c>destination</c> of the section, <c>private</c> of the manifest.
/// Where npm sends a package was tried with npm 11; NuGet knows no destination of a package, so there the manifest alone can say one.
/// </summary>
internal sealed class WrongDestination() : ArtifactRule(new Descriptor("RG5001", nameof(WrongDestination),
    "A package that is private may go to the public.",
    "Say in the package where it goes, and in the manifest where it may go."))
{
    /// <summary>Its id, for the note that there is nothing to hold a package against.</summary>
    public static RuleId RuleId { get; } = RuleId.Parse("RG5001");

    public override void Inspect(Inventory inventory, RuleContext context)
    {
        if (inventory.Package is not { } package) return;
        var policy = context.Policy;
        var name = policy.Manifest.Private.Find(package.Id);
        var isPrivate = policy.Destination == ArtifactPolicy.Private;

        // What names itself internal and is sent to everybody: one of the two is wrong, and which one no gate can know.
        if (name is not null && policy.Destination == ArtifactPolicy.Public)
            context.Report(package.Entry, $"{Internal(package.Id, name)}, and the manifest sends it to the public", "Set \"destination\": \"private\" in its section, or take the name out of \"private\".", location: policy.Sections.FirstOrDefault(s => s.Destination is not null)?.Location);
        else if (inventory.Kind == ArtifactKind.NpmPackage && (isPrivate || name is not null))
            InspectNpm(package, package.Npm ?? new NpmMetadata(), name, context);
        else if (name is not null && !isPrivate)
            context.Report(package.Entry, $"{Internal(package.Id, name)}, and the manifest does not send it to a private feed; a NuGet package goes wherever it is pushed",
                "Set \"destination\": \"private\" in the section of the manifest that is about it.", location: name.Location);

        if (!isPrivate && name is null) InspectDependencies(package, context);
    }

    private static void InspectNpm(PackageMetadata package, NpmMetadata npm, InternalName? name, RuleContext context)
    {
        var known = context.Policy.Manifest.Private;
        var why = name is null ? "the manifest says that it is private" : Internal(package.Id, name);
        if (npm.PublishConfig.TryGetValue("access", out var access) && access == "public")
            context.Report(package.Entry, $"{why}, and its publishConfig.access is 'public': on a registry that everybody reads it would be there for all", "Take \"access\" out of publishConfig, or make it \"restricted\".");
        // npm publish refuses then, whatever else is set.
        if (npm.IsPrivate) return;
        foreach (var proxy in (ReadOnlySpan<string>)["proxy", "http-proxy", "https-proxy"])
            if (npm.PublishConfig.ContainsKey(proxy)) context.Report(package.Entry, $"{why}, and its publishConfig.{proxy} sends it by way of another host", $"Take \"{proxy}\" out of publishConfig; it is a matter of the machine that publishes.");

        if (known.Registries.Count == 0)
        {
            context.Report(package.Entry, $"{why}, but it is not \"private\": true, and the manifest names no registry that it may go to",
                "Set \"private\": true in package.json, or list the registry under \"private\": { \"registries\": [ … ] } of the manifest and name it in publishConfig.");
            return;
        }

        var slash = package.Id.StartsWith('@') ? package.Id.IndexOf('/', StringComparison.Ordinal) : -1;
        // A package without a scope goes where that of the configuration does.
        var scope = slash > 0 ? package.Id[..slash] : npm.PublishConfig.TryGetValue("scope", out var configured) && configured.Trim().Length > 0 ? "@" + configured.Trim().TrimStart('@') : null;
        var scoped = scope is null ? null : scope + ":registry";
        var fix = scoped is null
            ? "Set \"private\": true in package.json, or publishConfig.registry to a registry under \"private\" of the manifest."
            : $"Set \"private\": true in package.json, or publishConfig.registry and publishConfig[\"{EntryPath.Printable(scoped)}\"] to the same registry under \"private\" of the manifest.";
        if (!npm.PublishConfig.TryGetValue("registry", out var registry))
        {
            context.Report(package.Entry, $"{why}, but it is not \"private\": true and has no publishConfig.registry, so it goes wherever npm is configured to publish", fix);
            return;
        }

        if (!known.Allows(registry))
            context.Report(package.Entry, $"{why}, but its publishConfig.registry is {Shown(registry)}, which is not among the registries under \"private\" of the manifest", fix);
        if (scoped is null) return;
        // Measured: "@acme:registry" in an .npmrc, or --registry, wins over publishConfig.registry, but not over publishConfig["@acme:registry"].
        if (!npm.PublishConfig.TryGetValue(scoped, out var ofScope))
            context.Report(package.Entry, $"{why}, but publishConfig has no \"{EntryPath.Printable(scoped)}\": an .npmrc or --registry sends it elsewhere, whatever publishConfig.registry says", fix);
        else if (!known.Allows(ofScope) || RegistryAddress.Normalised(ofScope) != RegistryAddress.Normalised(registry))
            context.Report(package.Entry, $"{why}, but publishConfig[\"{EntryPath.Printable(scoped)}\"] is {Shown(ofScope)}, {(known.Allows(ofScope) ? "not the same as publishConfig.registry" : "which is not among the registries under \"private\" of the manifest")}", fix);
    }

    /// <summary>What is not private may not need what is: nobody outside could install it, and everybody would read the name.</summary>
    private static void InspectDependencies(PackageMetadata package, RuleContext context)
    {
        var known = context.Policy.Manifest.Private;
        if (known.Ids.Count == 0 && known.Scopes.Count == 0) return;
        // npm refuses to publish it anywhere.
        if (package.Npm is { IsPrivate: true }) return;
        foreach (var dependency in package.Dependencies)
        {
            var id = package.Npm is null ? dependency.Id : NpmSpecifier.NameOf(dependency);
            if (known.Find(id) is not { } name || !context.IsFirst(package.Entry, id)) continue;
            var goes = context.Policy.Destination == ArtifactPolicy.Public ? "goes to the public" : "is not declared private";
            context.Report(package.Entry, $"it {goes}, and depends on '{EntryPath.Printable(id)}', which is internal by {Pattern(name)}",
                "Take the dependency out, or set \"destination\": \"private\" in the section of the manifest that is about the package.");
        }
    }

    private static string Internal(string id, InternalName name) => $"'{EntryPath.Printable(id)}' is internal by {Pattern(name)}";

    private static string Pattern(InternalName name) => $"'{EntryPath.Printable(name.Text)}' ({ManifestAdvice.Place(name.Location)})";

    /// <summary>An address without what may be secret in it.</summary>
    private static string Shown(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? $"at {EntryPath.Printable(uri.IdnHost)}{(uri.UserInfo.Length > 0 ? ", with credentials" : "")}" : "no address";
}
