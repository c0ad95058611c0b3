using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>What stands behind the name of an npm dependency (https://docs.npmjs.com/cli/using-npm/package-spec).</summary>
internal static class NpmSpecifier
{
    private const string Alias = "npm:";

    /// <summary>The name of the package that is installed: <c>{ "x": "npm:@acme/core@^1" }</c> installs <c>@acme/core</c>.</summary>
    public static string NameOf(PackageDependency dependency)
    {
        var range = dependency.Range.Trim();
        if (!range.StartsWith(Alias, StringComparison.OrdinalIgnoreCase)) return dependency.Id;
        var target = range[Alias.Length..];
        var at = target.IndexOf('@', Math.Min(1, target.Length));
        return at < 0 ? target : target[..at];
    }
}
