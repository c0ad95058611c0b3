using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class DevelopmentConfiguration() : EntryRule(new Descriptor("RG2013", nameof(DevelopmentConfiguration),
    "An entry is configuration of a developer's machine or of another environment than production.",
    "Keep it out of the output: CopyToPublishDirectory=\"Never\" or Pack=\"false\" on the item, or an entry in 'files' that does not reach it."))
{
    private static readonly NameTable Names = new(
        ("launchSettings.json", "launch profiles of a developer's machine"),
        ("secrets.json", "a file of user secrets"),
        ("local.settings.json", "local settings of Azure Functions"),
        ("*.runtimeconfig.dev.json", "a runtime configuration with paths of the build machine"),
        ("*.Development.json", "configuration of the development environment"),
        ("*proj.user", "a developer's settings of a project"),
        ("docker-compose.override.yml", "a local override of Docker Compose"),
        ("docker-compose.override.yaml", "a local override of Docker Compose"),
        ("compose.override.yml", "a local override of Docker Compose"),
        ("compose.override.yaml", "a local override of Docker Compose"),
        ("docker-compose.dev.yml", "a Docker Compose file for development"),
        ("docker-compose.debug.yml", "a Docker Compose file for debugging"),
        ("web.Debug.config", "a configuration transform for debugging"),
        ("app.Debug.config", "a configuration transform for debugging"),
        ("web.Development.config", "configuration of the development environment"),
        ("app.Development.config", "configuration of the development environment"),
        ("web.Staging.config", "configuration of the staging environment"),
        (".env.local", "environment variables of a developer's machine"),
        (".env.development", "environment variables for development"),
        (".env.development.local", "environment variables of a developer's machine"),
        (".env.production.local", "environment variables of a developer's machine"),
        (".env.test.local", "environment variables of a developer's machine"));

    public override void Inspect(Entry entry, Inventory inventory, RuleContext context)
    {
        if (!PackageLayout.IsFile(entry) || PackageLayout.IsTemplate(entry, inventory)) return;
        var what = Environment(entry.Path.Name) is { Length: > 0 } environment
            ? $"configuration of the environment '{EntryPath.Printable(environment)}'"
            : Names.Find(entry.Path);
        if (what is not null) context.Report(entry, $"holds {what}");
    }

    /// <summary>The environment in <c>appsettings.NAME.json</c>, where it is not production.</summary>
    private static string Environment(ReadOnlySpan<char> name)
    {
        const string prefix = "appsettings.", suffix = ".json";
        if (name.Length <= prefix.Length + suffix.Length || !name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) || !name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            return "";
        var environment = name[prefix.Length..^suffix.Length];
        return environment.Equals("Production", StringComparison.OrdinalIgnoreCase) || environment.Equals("schema", StringComparison.OrdinalIgnoreCase) ? "" : environment.ToString();
    }
}
