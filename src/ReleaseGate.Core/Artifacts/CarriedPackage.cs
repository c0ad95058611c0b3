namespace ReleaseGate.Artifacts;

/// <summary>An npm package that an artifact carries in a <c>node_modules</c>.</summary>
/// <param name="Name">Its name: as its package.json says, otherwise that of its folder.</param>
/// <param name="Version">Its version, or null where that is not known.</param>
/// <param name="License">Its licence, or null where it declares none.</param>
internal sealed record CarriedPackage(string Name, string? Version, PackageLicense? License)
{
    /// <summary>The trait that RG5006 notes about a package.json: name and version, or the name alone.</summary>
    public const string IdentityTrait = "package";

    /// <summary>The trait with a licence that is meant to be an expression.</summary>
    public const string LicenseTrait = "license";

    /// <summary>The trait with the file that a licence stands in.</summary>
    public const string LicenseFileTrait = "license-file";

    /// <summary>What was noted about a package.json.</summary>
    /// <param name="entry">The package.json.</param>
    /// <param name="folder">The name of its folder, with the scope.</param>
    public static CarriedPackage Of(Entry entry, string folder)
    {
        var identity = entry.Traits.GetValueOrDefault(IdentityTrait);
        // Neither holds a blank.
        var blank = identity?.IndexOf(' ', StringComparison.Ordinal) ?? -1;
        return new CarriedPackage(identity is null ? folder : blank < 0 ? identity : identity[..blank], blank < 0 ? null : identity![(blank + 1)..], LicenseOf(entry));
    }

    /// <summary>The licence that was noted about a package.json, or null.</summary>
    public static PackageLicense? LicenseOf(Entry entry) =>
        entry.Traits.TryGetValue(LicenseTrait, out var expression) ? new PackageLicense(LicenseKind.Expression, expression)
        : entry.Traits.TryGetValue(LicenseFileTrait, out var file) ? new PackageLicense(LicenseKind.File, file)
        : null;
}
