namespace ReleaseGate.Package.Tests.Doors;

/// <summary>The forms of packing.</summary>
internal static class PackDoors
{
    private const string Settings = "appsettings.Development.json";
    private const string Leak = "Acme/more/" + Settings;
    private const string Check = "_ReleaseGateCheckByTask";
    private const string Exe = "<OutputType>Exe</OutputType><DebugType>none</DebugType><SelfContained>false</SelfContained>";

    public static IEnumerable<Door> All =>
    [
        Pack("dotnet pack", s => s.Library()),
        Pack("dotnet pack with a process of its own for the check", s => s.Library(properties: "<ReleaseGateHost>process</ReleaseGateHost>")) with
        {
            Checks = [],
            Order = ["_ReleaseGateStagePackages", "GenerateNuspec", "_ReleaseGateCheckByProcess", "ReleaseGatePack"],
            Fails = "_ReleaseGateCheckByProcess",
        },
        Pack("dotnet pack of several frameworks with symbols", s => s.Library(
            frameworks: $"{Sandbox.Framework};net8.0", properties: "<IncludeSymbols>true</IncludeSymbols><SymbolPackageFormat>snupkg</SymbolPackageFormat>"), "-m:2"),
        Pack("dotnet pack with NuspecFile", Nuspec),
        Pack("dotnet pack with PackAsTool", s => Tool(s, "")),
        // The leak is in one platform's package only: the others passed and must not stay either.
        Pack("dotnet pack of a tool for each platform", s => Tool(s, "<RuntimeIdentifiers>linux-x64;win-x64</RuntimeIdentifiers>", """
            <ItemGroup Condition="'$(RuntimeIdentifier)' == 'win-x64'"><None Include="windows/**" Pack="true" PackagePath="content" /></ItemGroup>
            """)) with
        {
            Leak = s => s.Write("Acme/windows/" + Settings, "{}"),
            Mend = s => File.Delete(s.In("Acme", "windows", Settings)),
            Checks = [Check, Check, Check],
            Order = ["_ReleaseGatePackPlatforms", "_ReleaseGateStagePackages", "GenerateNuspec", Check, "ReleaseGatePack"],
        },
        Pack("dotnet pack of a template", Template) with
        {
            Leak = s => s.Write("Acme/templates/other/B.cs", "class B {}"),
            Mend = s => File.Delete(s.In("Acme", "templates", "other", "B.cs")),
            Rule = "RG1001",
            Entry = "content/other/B.cs",
        },
        Pack("dotnet pack of a file-based app", FileBased) with
        {
            Release = (s, more) => FileBasedPack(s, ["pack", "app.cs", "-tl:off", "-nologo", .. more]),
            Leak = s => s.Write("more/" + Settings, "{}"),
            Mend = s => File.Delete(s.In("more", Settings)),
        },
        Solution("dotnet pack of a solution into one folder, with central package versions", "All.slnx", CentralVersions, "-o", "out", "-m:2"),
        Solution("dotnet pack of a solution as a graph, multithreaded, with artifacts output and one line in Directory.Build.props", "All.sln", OneLine, "-graph", "-mt"),
        Build("dotnet build with GeneratePackageOnBuild", s => s.Library(
            frameworks: $"{Sandbox.Framework};net8.0", properties: "<GeneratePackageOnBuild>true</GeneratePackageOnBuild>"), "-t:Rebuild"),
        Build("dotnet build -t:Pack", s => s.Library(properties: "<EnablePackageValidation>true</EnablePackageValidation>"), "-t:Pack") with
        {
            Order = ["_ReleaseGateStagePackages", "GenerateNuspec", Check, "ReleaseGatePack", "RunPackageValidation"],
        },
        Pack("MSBuild task of another project", Caller) with
        {
            Release = (s, more) => s.Dotnet(["msbuild", "caller.proj", "-tl:off", "-nologo", .. more]),
        },
    ];

    /// <summary>A door that packs "Acme" with the leak among its content.</summary>
    private static Door Pack(string name, Action<Sandbox> arrange, params string[] arguments) => new(name)
    {
        Arrange = arrange,
        Release = (sandbox, more) => sandbox.Pack(["Acme", .. sandbox.OnceRestored, .. arguments, .. more]),
        Leak = s => s.Write(Leak, "{}"),
        Mend = s => File.Delete(s.In(Leak.Split('/'))),
        Out = s => s.Packages(),
        Rule = "RG2013",
        Entry = "content/" + Settings,
        Left = Aftermath.Aside,
        Checks = [Check],
        Order = ["_ReleaseGateStagePackages", "GenerateNuspec", Check, "ReleaseGatePack"],
        Fails = Check,
    };

    private static Door Build(string name, Action<Sandbox> arrange, params string[] arguments) => Pack(name, arrange) with
    {
        Release = (sandbox, more) => sandbox.Dotnet(["build", "Acme", "-c", "Release", "-tl:off", "-nologo", .. sandbox.OnceRestored, .. arguments, .. more]),
    };

    /// <summary>Two packages besides projects that are none. The other package passes every time and is no business of this door.</summary>
    private static Door Solution(string name, string solution, Action<Sandbox> arrange, params string[] arguments) => Pack(name, arrange) with
    {
        Release = (sandbox, more) => sandbox.Pack([solution, .. sandbox.OnceRestored, .. arguments, .. more]),
        Out = s =>
        {
            var packages = s.Packages();
            Assert.That(packages, Does.Contain("Other.1.0.0.nupkg"));
            return [.. packages.Except(["Other.1.0.0.nupkg"])];
        },
        Checks = [Check, Check],
    };

    private static void Nuspec(Sandbox sandbox)
    {
        sandbox.Library(properties: "<NuspecFile>other.nuspec</NuspecFile><NuspecProperties>folder=content;number=9.9.9.0</NuspecProperties>");
        sandbox.Write("Acme/more/note.txt", "A note.");
        sandbox.Write("Acme/other.nuspec", $"""
            <package>
              <metadata><id>Quite.Other</id><version>$number$</version><authors>Acme</authors><description>Other.</description><readme>README.md</readme>
                <dependencies><group targetFramework="{Sandbox.Framework}" /></dependencies></metadata>
              <files>
                <file src="README.md" target="" />
                <file src="more/*" target="$folder$" />
                <file src="bin/Release/{Sandbox.Framework}/Acme.dll" target="lib/{Sandbox.Framework}" />
              </files>
            </package>
            """);
        sandbox.Write("Acme/releasegate.json", """{ "extends": "closed", "artifacts": [ { "match": "*.nupkg", "allow": ["content/*"] } ] }""");
    }

    private static void Tool(Sandbox sandbox, string properties, string more = "")
    {
        sandbox.Library(properties: Exe + "<PackAsTool>true</PackAsTool>" + properties, more: more);
        sandbox.Write("Acme/Class1.cs", "System.Console.WriteLine(1);");
    }

    private static void Template(Sandbox sandbox)
    {
        sandbox.Library(
            // NU5128: a template package has neither lib nor dependencies.
            properties: "<PackageType>Template</PackageType><IncludeBuildOutput>false</IncludeBuildOutput><NoWarn>$(NoWarn);NU5128</NoWarn><EnableDefaultItems>false</EnableDefaultItems>",
            more: """<ItemGroup><Content Include="templates/**" PackagePath="content" /></ItemGroup>""");
        sandbox.Write("Acme/templates/console/A.cs", "class A {}");
        sandbox.Write("Acme/releasegate.json", """{ "extends": "closed", "artifacts": [ { "match": "*.nupkg", "allow": ["content/console/**"] } ] }""");
    }

    private static void FileBased(Sandbox sandbox)
    {
        sandbox.Write("app.cs", $"""
            #:package ReleaseGate@{Feed.Version}
            #:property PackageId=Acme
            #:property PackageReadmeFile=README.md
            #:property DebugType=none
            #:property PublishAot=false
            System.Console.WriteLine(1);
            """);
        sandbox.Write("README.md", "# Acme");
        sandbox.Write("Directory.Build.targets", """
            <Project>
              <ItemGroup>
                <None Include="$(MSBuildThisFileDirectory)README.md" Pack="true" PackagePath="\" />
                <None Include="$(MSBuildThisFileDirectory)more/**" Pack="true" PackagePath="content" />
              </ItemGroup>
            </Project>
            """);
        Directory.CreateDirectory(sandbox.In("home"));
    }

    // The SDK keeps what it builds of such an app below the user's folder for data.
    private static Run FileBasedPack(Sandbox sandbox, string[] arguments) => Dotnet.Run(sandbox.Folder, arguments, new Dictionary<string, string>
    {
        ["NUGET_PACKAGES"] = Feed.Cache,
        [OperatingSystem.IsWindows() ? "LOCALAPPDATA" : "XDG_DATA_HOME"] = sandbox.In("home"),
    });

    private static void CentralVersions(Sandbox sandbox)
    {
        Members(sandbox);
        sandbox.Write("Directory.Packages.props", $"""
            <Project>
              <PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
              <ItemGroup><GlobalPackageReference Include="ReleaseGate" Version="{Feed.Version}" /></ItemGroup>
            </Project>
            """);
        sandbox.Write("All.slnx", """
            <Solution><Project Path="Acme/Acme.csproj" /><Project Path="Other/Other.csproj" /><Project Path="Inside/Inside.csproj" /><Project Path="Checks/Checks.csproj" /></Solution>
            """);
    }

    private static void OneLine(Sandbox sandbox)
    {
        Members(sandbox, "<PathMap>$([MSBuild]::NormalizeDirectory('$(MSBuildThisFileDirectory)', '..'))=/_/</PathMap>");
        sandbox.Write("Directory.Build.props", $"""
            <Project>
              <PropertyGroup><UseArtifactsOutput>true</UseArtifactsOutput></PropertyGroup>
              <ItemGroup><PackageReference Include="ReleaseGate" Version="{Feed.Version}" PrivateAssets="all" /></ItemGroup>
            </Project>
            """);
        string[] made = ["new", "sln", "--format", "sln", "--name", "All"], added = ["sln", "All.sln", "add", "Acme", "Other", "Inside", "Checks"];
        foreach (var arguments in new[] { made, added })
        {
            var run = sandbox.Dotnet(arguments);
            Assert.That(run.ExitCode, Is.Zero, run.Output);
        }
    }

    private static void Members(Sandbox sandbox, string properties = "")
    {
        Member("Acme", properties, """<ItemGroup><ProjectReference Include="../Other/Other.csproj" /></ItemGroup>""");
        Member("Other", properties);
        Member("Inside", properties + "<IsPackable>false</IsPackable>");
        Member("Checks", properties + "<IsTestProject>true</IsTestProject>");

        void Member(string name, string properties, string more = "")
        {
            sandbox.Library(name, properties, more);
            var project = sandbox.In(name, name + ".csproj");
            File.WriteAllLines(project, File.ReadAllLines(project).Where(l => !l.Contains("Include=\"ReleaseGate\"")));
        }
    }

    private static void Caller(Sandbox sandbox)
    {
        sandbox.Library();
        sandbox.Write("caller.proj", """
            <Project>
              <Target Name="Build">
                <MSBuild Projects="Acme/Acme.csproj" Targets="Restore" Properties="Restoring=true" />
                <MSBuild Projects="Acme/Acme.csproj" Targets="Pack" Properties="Configuration=Release" />
              </Target>
            </Project>
            """);
    }
}
