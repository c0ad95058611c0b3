using System.Collections.Immutable;

namespace ReleaseGate.Artifacts;

/// <summary>What a package says about itself in its .nuspec or package.json.</summary>
/// <param name="Id">The package id or name, e.g. <c>Acme.Core</c> or <c>@acme/cli</c>.</param>
/// <param name="Version">The version as written.</param>
/// <param name="Dependencies">The declared run-time dependencies of all groups: id and version range.</param>
/// <param name="PackageTypes">NuGet package types (<c>DotnetTool</c>, <c>SymbolsPackage</c> …); empty for npm.</param>
/// <param name="Entry">The entry it was read from.</param>
public sealed record PackageMetadata(
    string Id,
    string Version,
    IReadOnlyList<PackageDependency> Dependencies,
    IReadOnlyList<string> PackageTypes,
    Entry Entry)
{
    /// <summary>The licence as declared, or null where the package declares none.</summary>
    public PackageLicense? License { get; init; }

    /// <summary>The texts of the description by the name of their element or key (<c>title</c>, <c>authors</c>, <c>description</c>, <c>repository/url</c> …): strings only, as written.</summary>
    public ImmutableSortedDictionary<string, string> Texts { get; init; } = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>What only npm packages say, or null.</summary>
    public NpmMetadata? Npm { get; init; }
}

/// <summary>What a package.json says about publishing and installing (npm's documentation, 'package-json').</summary>
public sealed record NpmMetadata
{
    /// <summary>Whether <c>private</c> is true: then <c>npm publish</c> refuses.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Whether there is a <c>files</c> list.</summary>
    public bool HasFiles { get; init; }

    /// <summary>The patterns of <c>files</c>.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Whether <c>gypfile</c> is false: then npm builds nothing although there is a <c>binding.gyp</c>.</summary>
    public bool DeclinesGyp { get; init; }

    /// <summary>The strings of <c>publishConfig</c>, e.g. <c>registry</c>, <c>@acme:registry</c>, <c>access</c>.</summary>
    public ImmutableSortedDictionary<string, string> PublishConfig { get; init; } = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The <c>scripts</c>.</summary>
    public ImmutableSortedDictionary<string, string> Scripts { get; init; } = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The names in <c>bundleDependencies</c> or <c>bundledDependencies</c>; all dependencies where it is <c>true</c>.</summary>
    public IReadOnlyList<string> Bundled { get; init; } = [];
}

/// <summary>A declared licence.</summary>
/// <param name="Kind">What kind of statement it is.</param>
/// <param name="Text">The SPDX expression, the path of the file, or the address.</param>
public sealed record PackageLicense(LicenseKind Kind, string Text);

/// <summary>How a package declares its licence.</summary>
public enum LicenseKind
{
    /// <summary>An SPDX licence expression, or what stands for one.</summary>
    Expression,

    /// <summary>A file in the package.</summary>
    File,

    /// <summary>An address, which says nothing that can be judged.</summary>
    Url,
}

/// <summary>A declared dependency.</summary>
/// <param name="Id">The id of the package depended on.</param>
/// <param name="Range">The version range as written.</param>
/// <param name="Group">npm: the key it stands below (<c>dependencies</c>, <c>optionalDependencies</c>, <c>peerDependencies</c>); NuGet: the target framework, or "".</param>
public sealed record PackageDependency(string Id, string Range, string Group = "");
