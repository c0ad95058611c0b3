using System.Text;

namespace ReleaseGate.Artifacts;

/// <summary>Package URLs: what names a package whatever holds it.</summary>
/// <remarks>https://github.com/package-url/purl-spec: the "@" of an npm scope is encoded, its "/" is not; ":" never is.</remarks>
internal static class PackageUrl
{
    /// <summary>The package URL of a package, e.g. <c>pkg:npm/%40acme/cli@1.0.0</c>.</summary>
    /// <param name="kind">What kind of package it is; null is the answer to all but those of NuGet and npm.</param>
    /// <param name="id">Its id or name.</param>
    /// <param name="version">Its version, or null.</param>
    public static string? Of(ArtifactKind kind, string id, string? version)
    {
        var type = kind switch
        {
            ArtifactKind.NuGetPackage or ArtifactKind.SymbolsPackage => "nuget",
            ArtifactKind.NpmPackage => "npm",
            _ => null,
        };
        if (type is null) return null;
        var text = new StringBuilder("pkg:").Append(type);
        foreach (var segment in id.Split('/')) text.Append('/').Append(Encoded(segment));
        if (version is not null) text.Append('@').Append(Encoded(version));
        return text.ToString();
    }

    private static string Encoded(string text) => Uri.EscapeDataString(text).Replace("%3A", ":", StringComparison.Ordinal);
}
