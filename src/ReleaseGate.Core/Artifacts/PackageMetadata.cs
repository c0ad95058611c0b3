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
    Entry Entry);

/// <summary>A declared dependency.</summary>
/// <param name="Id">The id of the package depended on.</param>
/// <param name="Range">The version range as written.</param>
public sealed record PackageDependency(string Id, string Range);
