namespace ReleaseGate.Package.Tests.Doors;

/// <summary>The ways of an npm package, with the real npm.</summary>
internal static class NpmDoors
{
    private const string Map = """{ "version": 3, "sources": ["../src/main.ts"], "sourcesContent": ["console.log('internal');\n"], "names": [], "mappings": "AAAA" }""";

    public static IEnumerable<Door> All =>
    [
        Tarball("releasegate npm", "cli") with
        {
            Arrange = s => s.NpmPackage("cli", "@acme/cli"),
            Release = (s, _) => s.ReleaseGate("npm", "cli"),
        },
        Tarball("releasegate npm --workspaces", "packages/cli") with
        {
            Arrange = Workspaces,
            Release = (s, _) => s.ReleaseGate("npm", "--workspaces", "--output", "artifacts"),
        },
        Tarball("npm publish with releasegate npm as prepublishOnly", "cli") with
        {
            Arrange = s => s.NpmPackage("cli", "@acme/cli", more: $$""", "scripts": { "prepublishOnly": "dotnet \"{{Feed.Tool.Replace('\\', '/')}}/releasegate.dll\" npm" }"""),
            Release = (s, _) => Registry.Publish(s, "cli"),
            // A second tarball would take the first one's place, so what is in it counts.
            Out = s => [.. s.Tarballs(), .. Directory.GetFiles(s.In("registry")).SelectMany(Npm.Entries)],
            Left = Aftermath.Nothing,
        },
        Tarball("dotnet pack with ReleaseGateNpmPackage", "Acme/ClientApp") with
        {
            Arrange = s =>
            {
                s.Library(more: """<ItemGroup><ReleaseGateNpmPackage Include="ClientApp/" /></ItemGroup>""");
                s.NpmPackage("Acme/ClientApp", "@acme/client");
            },
            Release = (s, more) => s.Pack(["Acme", .. s.OnceRestored, .. more]),
            // Neither the tarball nor the package beside it.
            Out = s => [.. s.Tarballs(), .. s.Packages()],
            Checks = ["_ReleaseGateCheckByTask"],
            Order = ["GenerateNuspec", "_ReleaseGateNpmPack", "_ReleaseGateCheckByTask", "ReleaseGatePack"],
            Fails = "_ReleaseGateNpmPack",
        },
        Tarball("dotnet build of a NoTargets project with ReleaseGateNpmPackage", "Web/app") with
        {
            Arrange = s =>
            {
                s.NoTargets("Web", """<ReleaseGateNpmPackage Include="app/package.json" OutputFolder="../artifacts" />""");
                s.NpmPackage("Web/app", "acme-web");
            },
            Release = (s, more) => s.Dotnet(["build", "Web", .. s.OnceRestored, "-tl:off", "-nologo", .. more]),
            Checks = [],
            Order = ["_ReleaseGateNpmPack"],
            Fails = "_ReleaseGateNpmPack",
        },
    ];

    /// <summary>A door with a source map for a leak, in a folder that holds a package.json.</summary>
    private static Door Tarball(string name, string folder) => new(name)
    {
        Arrange = _ => { },
        Release = (_, _) => new Run(-1, "not said"),
        Leak = s => s.Write(folder + "/dist/index.js.map", Map),
        Mend = s => File.Delete(s.In([.. folder.Split('/'), "dist", "index.js.map"])),
        Out = s => s.Tarballs(),
        Rule = "RG2001",
        Entry = "dist/index.js.map",
        Left = Aftermath.Aside,
    };

    private static void Workspaces(Sandbox sandbox)
    {
        sandbox.Write("package.json", """{ "name": "all", "version": "1.0.0", "private": true, "workspaces": ["packages/*"] }""");
        sandbox.NpmPackage("packages/cli", "@acme/cli");
        sandbox.NpmPackage("packages/core", "@acme/core");
    }
}
