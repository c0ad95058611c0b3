using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class ProjectFile() : EntryRule(new Descriptor("RG3002", nameof(ProjectFile),
    "An entry belongs to the build: a project, a solution, a lock file, settings of a compiler or bundler, or what restore left.",
    "Leave it out (.NET: Pack=\"false\" on the item, CopyToPublishDirectory=\"Never\" where it is published; npm: build output alone in 'files')."))
{
    private static readonly NameTable Names = new(
        ("*.csproj", "a project file"),
        ("*.fsproj", "a project file"),
        ("*.vbproj", "a project file"),
        ("*.vcxproj", "a project file"),
        ("*.sqlproj", "a project file"),
        ("*.shproj", "a project file"),
        ("*.projitems", "a project file"),
        ("*.esproj", "a project file"),
        ("*.wixproj", "a project file"),
        ("*.njsproj", "a project file"),
        ("*.sln", "a solution file"),
        ("*.slnx", "a solution file"),
        ("*.slnf", "a solution filter"),
        ("*.sln.DotSettings", "settings of a solution"),
        ("Directory.Build.props", "build settings of a repository"),
        ("Directory.Build.targets", "build settings of a repository"),
        ("Directory.Packages.props", "package versions of a repository"),
        ("Directory.Solution.props", "build settings of a repository"),
        ("Directory.Solution.targets", "build settings of a repository"),
        ("Directory.Build.rsp", "build settings of a repository"),
        ("packages.lock.json", "a lock file"),
        ("packages.config", "a list of packages to restore"),
        ("project.assets.json", "a result of restore, with paths of the build machine"),
        ("project.nuget.cache", "a result of restore, with paths of the build machine"),
        ("*.nuget.g.props", "a result of restore, with paths of the build machine"),
        ("*.nuget.g.targets", "a result of restore, with paths of the build machine"),
        ("*.nuget.dgspec.json", "a result of restore, with paths of the build machine"),
        ("*.FileListAbsolute.txt", "build state, with paths of the build machine"),
        ("nuget.config", "a list of package sources"),
        // A web project publishes every .json beside it, and the manifest may name what nobody is to hear of.
        ("releasegate.json", "the manifest of ReleaseGate"),
        ("*.tsbuildinfo", "state of the TypeScript compiler, with the list of sources"),
        ("tsconfig.json", "settings of the TypeScript compiler"),
        ("jsconfig.json", "settings of the TypeScript compiler"),
        ("webpack.config.js", "settings of a bundler"),
        ("webpack.config.ts", "settings of a bundler"),
        ("vite.config.js", "settings of a bundler"),
        ("vite.config.ts", "settings of a bundler"),
        ("vite.config.mjs", "settings of a bundler"),
        ("rollup.config.js", "settings of a bundler"),
        ("rollup.config.mjs", "settings of a bundler"),
        ("rollup.config.ts", "settings of a bundler"),
        ("esbuild.config.js", "settings of a bundler"),
        ("tsup.config.ts", "settings of a bundler"),
        ("package-lock.json", "a lock file"),
        ("pnpm-lock.yaml", "a lock file"),
        ("yarn.lock", "a lock file"),
        ("bun.lockb", "a lock file"),
        ("bun.lock", "a lock file"),
        ("pnpm-workspace.yaml", "settings of a workspace"),
        ("lerna.json", "settings of a workspace"),
        ("nx.json", "settings of a workspace"),
        ("turbo.json", "settings of a workspace"),
        ("Makefile", "a build script"),
        ("Jenkinsfile", "a build script"),
        ("azure-pipelines.yml", "a build pipeline"),
        (".gitlab-ci.yml", "a build pipeline"));

    // A package whose product is a configuration, @tsconfig/node20 for one, ships it on purpose.
    private static readonly string[] ConfigurationPackages = ["tsconfig", "config"];

    public override void Inspect(Entry entry, Inventory inventory, RuleContext context)
    {
        if (!PackageLayout.IsFile(entry) || PackageLayout.IsTemplate(entry, inventory)) return;
        var what = Names.Find(entry.Path) ?? TypeScriptSettings(entry.Path.Name) ?? MSBuildFile(entry, inventory);
        if (what is null || IsProduct(entry, inventory)) return;
        context.Report(entry, $"holds {what}");
    }

    // tsconfig.build.json
    private static string? TypeScriptSettings(ReadOnlySpan<char> name) =>
        name.StartsWith("tsconfig.", StringComparison.OrdinalIgnoreCase) && name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? "settings of the TypeScript compiler" : null;

    /// <summary>.props and .targets where NuGet neither imports them nor expects them. Folders like tools/ and Sdk/ are imported from build/.</summary>
    private static string? MSBuildFile(Entry entry, Inventory inventory)
    {
        if (inventory.Kind != ArtifactKind.NuGetPackage || !IsMSBuildFile(entry.Path)) return null;
        var isAtRoot = entry.Path.Depth == 0 && !entry.Path.Inner.Contains('/', StringComparison.Ordinal);
        return isAtRoot || PackageLayout.IsBelow(entry, "lib") || PackageLayout.IsBelow(entry, "ref") || PackageLayout.IsBelow(entry, "content")
            || PackageLayout.IsBelow(entry, "contentFiles") || PackageLayout.IsBelow(entry, "src")
            ? "an MSBuild file where nothing imports it" : null;
    }

    private static bool IsProduct(Entry entry, Inventory inventory)
    {
        // Whatever their names, these are imported by the projects of users.
        if (inventory.Kind == ArtifactKind.NuGetPackage) return PackageLayout.IsBuildFolder(entry) && IsMSBuildFile(entry.Path);
        if (inventory is not { Kind: ArtifactKind.NpmPackage, Package: { } package }) return false;
        return entry.Path.NameEndsWith(".json") && entry.Path.Name.StartsWith("tsconfig", StringComparison.OrdinalIgnoreCase)
            && Array.Exists(ConfigurationPackages, c => package.Id.Contains(c, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsMSBuildFile(EntryPath path) => path.NameEndsWith(".props") || path.NameEndsWith(".targets");
}
