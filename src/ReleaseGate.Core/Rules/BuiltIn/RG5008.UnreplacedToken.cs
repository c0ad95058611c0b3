using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class UnreplacedToken() : ArtifactRule(Description)
{
    public static Descriptor Description { get; } = new("RG5008", nameof(UnreplacedToken),
        "What a package says about itself still holds a token or sample text of the template it was made from.",
        "Give the value to whatever fills in the template, or write it down where it stands.");

    // What 'nuget spec' writes, and NU5102 looks for: https://learn.microsoft.com/nuget/reference/errors-and-warnings/nu5102
    private const string SampleAddress = "_URL_HERE_OR_DELETE_THIS_LINE";
    private const string SampleNotes = "Summary of changes made in this release of the package.";
    private const string SampleTags = "Tag1 Tag2";
    private const string SampleDependency = "SampleDependency";

    // With a small 'd': "Package Description" is what Microsoft.NET.Sdk writes where a project has none, on which nobody needs a line at each pack.
    private const string SampleDescription = "Package description";

    // What release tools replace: semantic-release's habits, and that of Angular.
    private static readonly string[] DevelopmentVersions = ["0.0.0-development", "0.0.0-semantically-released", "0.0.0-semantic-release", "0.0.0-semantic-released", "0.0.0-managed-by-semantic-release"];
    private const string PlaceholderLabel = "PLACEHOLDER";

    private static readonly string[] Addresses = ["projectUrl", "iconUrl", "licenseUrl", "license", "icon", "readme", "language", "repository/url", "repository/type", "repository/branch", "repository/commit"];
    private static readonly string[] Titles = ["title", "authors", "owners", "copyright", "tags"];
    private static readonly string[] Prose = ["description", "summary", "releaseNotes"];

    private static readonly string[] NpmAddresses = ["homepage", "repository", "bugs", "license", "main", "module", "types", "typings"];
    private static readonly string[] NpmProse = ["description", "author"];

    public override void Inspect(Inventory inventory, RuleContext context)
    {
        if (inventory.Package is not { } package) return;
        if (inventory.Kind == ArtifactKind.NuGetPackage) InspectNuspec(package, context);
        else if (inventory.Kind == ArtifactKind.NpmPackage) InspectPackageJson(package, context);
    }

    private static void InspectNuspec(PackageMetadata package, RuleContext context)
    {
        Report("id", PlaceholderText.WithinName(package.Id));
        Report("version", PlaceholderText.WithinName(package.Version));
        foreach (var name in Addresses)
        {
            if (!package.Texts.TryGetValue(name, out var text)) continue;
            Report(name, PlaceholderText.Within(text));
            if (text.Contains(SampleAddress, StringComparison.OrdinalIgnoreCase)) Sample(name, text, Severity.Error);
        }

        foreach (var name in Titles)
            if (package.Texts.TryGetValue(name, out var text)) Report(name, PlaceholderText.WithinTitle(text));
        foreach (var name in Prose)
            if (package.Texts.TryGetValue(name, out var text)) Report(name, PlaceholderText.Whole(text));
        Dependencies(package, context);

        if (package.Texts.TryGetValue("description", out var description) && description.AsSpan().Trim().SequenceEqual(SampleDescription)) Sample("description", description, Severity.Warning);
        if (Is("releaseNotes", SampleNotes)) Sample("releaseNotes", SampleNotes, Severity.Warning);
        if (Is("tags", SampleTags)) Sample("tags", SampleTags, Severity.Warning);

        bool Is(string name, string sample) => package.Texts.TryGetValue(name, out var text) && text.AsSpan().Trim().Equals(sample, StringComparison.OrdinalIgnoreCase);

        void Report(string name, string? token) => UnreplacedToken.Report(package, context, name, token);

        void Sample(string name, string text, Severity severity) =>
            context.Report(package.Entry, $"<{name}> holds the sample text of a template, '{EntryPath.Printable(text.Trim())}'", "Write what is true of the package, or leave the element out.", severity: severity);
    }

    private static void InspectPackageJson(PackageMetadata package, RuleContext context)
    {
        Report(package, context, "name", PlaceholderText.WithinName(package.Id));
        Report(package, context, "version", PlaceholderText.WithinName(package.Version) ?? Placeholder(package.Version));
        foreach (var name in NpmAddresses)
            if (package.Texts.TryGetValue(name, out var text)) Report(package, context, name, PlaceholderText.Within(text));
        foreach (var name in NpmProse)
            if (package.Texts.TryGetValue(name, out var text)) Report(package, context, name, PlaceholderText.Whole(text));
        Dependencies(package, context);
        if (Array.Exists(DevelopmentVersions, v => v.Equals(package.Version, StringComparison.OrdinalIgnoreCase)))
            context.Report(package.Entry, $"says version '{package.Version}', which a release tool was to replace", "Let the release tool set the version before it packs.", severity: Severity.Warning);
    }

    private static void Dependencies(PackageMetadata package, RuleContext context)
    {
        // The same dependency stands in a group for each framework.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var dependency in package.Dependencies)
        {
            if (dependency.Id.Equals(SampleDependency, StringComparison.OrdinalIgnoreCase) && seen.Add(SampleDependency))
                context.Report(package.Entry, $"depends on '{EntryPath.Printable(Redacted.Address(dependency.Id))}', a sample of a template", "Take the dependency out.");
            if (TokenIn(dependency) is { } token && seen.Add(dependency.Id + ' ' + token))
                Report(package, context, $"the dependency on {EntryPath.Printable(Redacted.Address(dependency.Id))}", token);
        }
    }

    /// <summary>The token that nothing replaced in a dependency, or null.</summary>
    public static string? TokenIn(PackageDependency dependency) => PlaceholderText.WithinName(dependency.Id) ?? PlaceholderText.Within(dependency.Range) ?? Placeholder(dependency.Range);

    // Upper case, as templates write it: "0.0.0-PLACEHOLDER".
    private static string? Placeholder(string version)
    {
        var at = version.IndexOf('-' + PlaceholderLabel, StringComparison.Ordinal);
        var end = at + 1 + PlaceholderLabel.Length;
        return at >= 0 && (end == version.Length || !char.IsAsciiLetter(version[end])) ? PlaceholderLabel : null;
    }

    private static void Report(PackageMetadata package, RuleContext context, string where, string? token)
    {
        if (token is null) return;
        where = where.StartsWith("the ", StringComparison.Ordinal) ? where : package.Npm is null ? $"<{where}>" : $"\"{where}\"";
        context.Report(package.Entry, $"{where} holds the token '{EntryPath.Printable(token)}', which nothing replaced");
    }
}
