using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>
/// What the file name of a package says about its id and version. NuGet writes <c>{id}.{version}.nupkg</c>, npm and pnpm <c>{name}-{version}.tgz</c> with
/// <c>scope-name</c> for <c>@scope/name</c>, Yarn 1 the same with a <c>v</c> before the version. Any other name says nothing.
/// </summary>
/// <remarks>
/// https://learn.microsoft.com/nuget/create-packages/creating-a-package · npm's documentation, 'npm-pack' · https://classic.yarnpkg.com/lang/en/docs/cli/pack
/// </remarks>
/// <param name="Id">The id in the file name where it is another than the package's own, or null.</param>
/// <param name="Version">The version in the file name where it is another than the package's own, or null.</param>
internal sealed record PackageFileName(string? Id, string? Version)
{
    private const string SymbolsSuffix = ".symbols";

    private static readonly PackageFileName Nothing = new(null, null);

    /// <summary>Holds the file name of a package against what the package says itself.</summary>
    public static PackageFileName Of(string name, ArtifactKind kind, PackageMetadata package) => kind switch
    {
        ArtifactKind.NuGetPackage or ArtifactKind.SymbolsPackage when Without(name, ".nupkg") is { } stem => OfNuGet(stem, package),
        ArtifactKind.NuGetPackage or ArtifactKind.SymbolsPackage when Without(name, ".snupkg") is { } stem => OfNuGet(stem, package),
        ArtifactKind.NpmPackage when Without(name, ".tgz") is { } stem => OfNpm(stem, package, writtenByTool: true),
        ArtifactKind.NpmPackage when Without(name, ".tar.gz") is { } stem => OfNpm(stem, package, writtenByTool: false),
        _ => Nothing,
    };

    private static PackageFileName OfNuGet(string stem, PackageMetadata package)
    {
        if (stem.Equals(package.Id, StringComparison.OrdinalIgnoreCase)) return Nothing;
        if (Without(stem, SymbolsSuffix) is { } shorter) return OfNuGet(shorter, package);
        if (Behind(stem, package.Id) is { } rest)
        {
            var version = WithoutV(rest);
            if (PackageNames.IsVersion(version) && Numbers(version) >= 2) return Same(PackageNames.Normalise(version), PackageNames.Normalise(package.Version)) ? Nothing : new PackageFileName(null, version);
        }

        // The leftmost place: "Acme.2.1.0.0" is Acme 2.1.0.0, as clients read it.
        for (var dot = stem.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = stem.IndexOf('.', dot + 1))
        {
            var version = stem[(dot + 1)..];
            if (!PackageNames.IsVersion(version) || Numbers(version) < 3) continue;
            // "acme-v1.2.3.4" is no id "acme-v1".
            return EndsInNumber(stem[..dot]) ? Nothing : new PackageFileName(stem[..dot], null);
        }

        return Nothing;
    }

    private static PackageFileName OfNpm(string stem, PackageMetadata package, bool writtenByTool)
    {
        // Yarn's "%s" keeps the '@'; a registry's address ends in the name without its scope.
        var slash = package.Id.IndexOf('/', StringComparison.Ordinal);
        var flat = package.Id.Replace('/', '-');
        foreach (var name in (ReadOnlySpan<string>)[flat.TrimStart('@'), flat, package.Id[(slash + 1)..]])
        {
            if (stem.Equals(name, StringComparison.OrdinalIgnoreCase)) return Nothing;
            if (Behind(stem, name) is not { } rest) continue;
            var version = WithoutV(rest);
            if (!PackageNames.IsVersion(version) || Numbers(version) != 3) continue;
            var own = WithoutBuild(package.Version.TrimStart('v', '=', ' '));
            // Bundles of programs say more behind the version: "acme-1.0.0-linux-x64.tar.gz".
            if (Same(WithoutBuild(version), own) || (!writtenByTool && version.StartsWith(own + "-", StringComparison.OrdinalIgnoreCase))) return Nothing;
            return new PackageFileName(null, version);
        }

        if (!writtenByTool) return Nothing;
        for (var hyphen = stem.IndexOf('-', StringComparison.Ordinal); hyphen > 0; hyphen = stem.IndexOf('-', hyphen + 1))
        {
            var version = WithoutV(stem[(hyphen + 1)..]);
            if (PackageNames.IsVersion(version) && Numbers(version) == 3) return new PackageFileName(stem[..hyphen], null);
        }

        return Nothing;
    }

    private static string? Without(string name, string ending) =>
        name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase) ? name[..^ending.Length] : null;

    private static string? Behind(string stem, string id) =>
        stem.Length > id.Length + 1 && stem.StartsWith(id, StringComparison.OrdinalIgnoreCase) && stem[id.Length] is '.' or '-' or '_' ? stem[(id.Length + 1)..] : null;

    private static string WithoutV(string version) => version is ['v' or 'V', _, ..] && char.IsAsciiDigit(version[1]) ? version[1..] : version;

    private static string WithoutBuild(string version) => version.IndexOf('+', StringComparison.Ordinal) is var plus and >= 0 ? version[..plus] : version;

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static int Numbers(string version)
    {
        var end = version.AsSpan().IndexOfAny('-', '+');
        return (end < 0 ? version.AsSpan() : version.AsSpan(0, end)).Count('.') + 1;
    }

    private static bool EndsInNumber(string id)
    {
        var at = id.Length;
        while (at > 0 && char.IsAsciiDigit(id[at - 1])) at--;
        if (at == id.Length) return false;
        if (at > 0 && id[at - 1] is 'v' or 'V') at--;
        return at == 0 || id[at - 1] is '-' or '_' or ' ';
    }
}
