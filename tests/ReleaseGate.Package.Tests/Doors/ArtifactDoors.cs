namespace ReleaseGate.Package.Tests.Doors;

/// <summary>Archives and folders that a build makes in ways of its own, and the process host that Visual Studio needs.</summary>
internal static class ArtifactDoors
{
    private const string Leak = "appsettings.Development.json";

    private const string Zip = """<ZipDirectory SourceDirectory="site" DestinationFile="out/site.zip" Overwrite="true" />""";

    public static IEnumerable<Door> All =>
    [
        Site("zip in a NoTargets project", "*.zip", $"""
            <Target Name="MakeZip" AfterTargets="Build">
              <MakeDir Directories="out" />
              {Zip}
              <ItemGroup><ReleaseGateArtifact Include="out/site.zip" /></ItemGroup>
            </Target>
            """) with
        {
            Order = ["MakeZip", "_ReleaseGateCheckArtifactsByTask"],
        },

        // A target in the closure of Build: the gate stands right behind it, and whatever comes after Build sees released files only.
        Site("tgz with ReleaseTo", "*.tgz", """
            <PropertyGroup><ReleaseGateArtifactsAfterTargets>MakeTarball</ReleaseGateArtifactsAfterTargets></PropertyGroup>
            <ItemGroup><ReleaseGateArtifact Include="obj/site.tgz" ReleaseTo="out/" /></ItemGroup>
            <Target Name="MakeTarball" BeforeTargets="Build">
              <Exec Command="tar -czf obj/site.tgz site" />
            </Target>
            <Target Name="Upload" AfterTargets="Build"><Copy SourceFiles="out/site.tgz" DestinationFolder="obj/uploaded" /></Target>
            """) with
        {
            Entry = "site/" + Leak,
            Order = ["MakeTarball", "_ReleaseGateCheckArtifactsByTask", "Upload"],
        },

        // The shape of a JavaScript project (.esproj): the build runs a bundler that writes a folder, made anew each time.
        Site("folder that a bundler writes", "out/", """
            <ItemGroup><ReleaseGateArtifact Include="out/" /></ItemGroup>
            <Target Name="Bundle" AfterTargets="Build">
              <RemoveDir Directories="out" />
              <ItemGroup><Bundled Include="site/**" /></ItemGroup>
              <Copy SourceFiles="@(Bundled)" DestinationFolder="out" />
            </Target>
            """) with
        {
            Left = Aftermath.Marked,
            Order = ["Bundle", "_ReleaseGateCheckArtifactsByTask"],
        },

        Site("dotnet build -t:ReleaseGate", "*.zip", """
            <PropertyGroup><ReleaseGateArtifacts>out/*.zip</ReleaseGateArtifacts></PropertyGroup>
            """, "-t:ReleaseGate") with
        {
            Release = (sandbox, more) =>
            {
                // Somebody else's tool makes it.
                Directory.CreateDirectory(sandbox.In("Site", "out"));
                File.Delete(sandbox.In("Site", "out", "site.zip"));
                System.IO.Compression.ZipFile.CreateFromDirectory(sandbox.In("Site", "site"), sandbox.In("Site", "out", "site.zip"));
                return sandbox.Dotnet(["build", "Site", .. sandbox.OnceRestored, "-tl:off", "-nologo", "-t:ReleaseGate", .. more]);
            },
        },

        Site("zip of several frameworks, process host", "*.zip", $"""
            <PropertyGroup><ReleaseGateHost>process</ReleaseGateHost></PropertyGroup>
            <ItemGroup><ReleaseGateArtifact Include="out/site.zip" /></ItemGroup>
            <Target Name="MakeZip" AfterTargets="Build" Condition="'$(IsCrossTargetingBuild)' == 'true'">
              <MakeDir Directories="out" />
              {Zip}
            </Target>
            """) with
        {
            Arrange = s =>
            {
                s.Write("Site/Site.csproj", Project("Microsoft.NET.Sdk", $"<TargetFrameworks>{Sandbox.Framework};net8.0</TargetFrameworks><EnableDefaultItems>false</EnableDefaultItems>", $"""
                    <PropertyGroup><ReleaseGateHost>process</ReleaseGateHost></PropertyGroup>
                    <ItemGroup><ReleaseGateArtifact Include="out/site.zip" /></ItemGroup>
                    <Target Name="MakeZip" AfterTargets="Build" Condition="'$(IsCrossTargetingBuild)' == 'true'">
                      <MakeDir Directories="out" />
                      {Zip}
                    </Target>
                    """));
                Content(s, "*.zip");
            },
            Checks = [],
            Order = ["DispatchToInnerBuilds", "MakeZip", "_ReleaseGateCheckArtifactsByProcess"],
            Fails = "_ReleaseGateCheckArtifactsByProcess",
        },

        new Door("dotnet pack, process host")
        {
            Arrange = s => s.Library(properties: "<ReleaseGateHost>process</ReleaseGateHost>"),
            Release = (sandbox, more) => sandbox.Pack(["Acme", .. sandbox.OnceRestored, .. more]),
            Leak = s => s.Write("Acme/more/" + Leak, "{}"),
            Mend = s => File.Delete(s.In("Acme", "more", Leak)),
            Out = s => s.Packages(),
            Rule = "RG2013",
            Entry = "content/" + Leak,
            Left = Aftermath.Aside,
            Checks = [],
            Order = ["_ReleaseGateStagePackages", "GenerateNuspec", "_ReleaseGateCheckByProcess", "ReleaseGatePack"],
            Fails = "_ReleaseGateCheckByProcess",
        },
    ];

    /// <summary>A door of a project that compiles nothing: its folder "site" ends in something below "out".</summary>
    private static Door Site(string name, string match, string body, params string[] arguments) => new(name)
    {
        Arrange = s =>
        {
            s.Write("Site/Site.proj", Project(Feed.NoTargets, $"<TargetFramework>{Sandbox.Framework}</TargetFramework>", body));
            Content(s, match);
        },
        Release = (sandbox, more) => sandbox.Dotnet(["build", "Site", .. sandbox.OnceRestored, "-tl:off", "-nologo", .. arguments, .. more]),
        Leak = s => s.Write("Site/site/" + Leak, "{}"),
        Mend = s => File.Delete(s.In("Site", "site", Leak)),
        Out = s => Directory.Exists(s.In("Site", "out")) ? Directory.GetFiles(s.In("Site", "out")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal).ToArray() : [],
        Rule = "RG2013",
        Entry = Leak,
        Left = Aftermath.Aside,
        Checks = ["_ReleaseGateCheckArtifactsByTask"],
        Order = ["_ReleaseGateFindArtifacts", "_ReleaseGateCheckArtifactsByTask"],
        Fails = "_ReleaseGateCheckArtifactsByTask",
    };

    private static void Content(Sandbox sandbox, string match)
    {
        sandbox.Write("Site/site/index.html", "<h1>Acme</h1>");
        sandbox.Write("Site/site/app.js", "console.log(1);");
        sandbox.Write("releasegate.json", $$"""{ "artifacts": [{ "match": "{{match}}", "allow": ["**/*.html", "**/*.js"] }] }""");
    }

    private static string Project(string sdk, string properties, string body) => $"""
        <Project Sdk="{sdk}">
          <PropertyGroup>{properties}</PropertyGroup>
          <ItemGroup><PackageReference Include="ReleaseGate" Version="{Feed.Version}" PrivateAssets="all" /></ItemGroup>
          {body}
        </Project>
        """;
}
