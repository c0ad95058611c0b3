namespace ReleaseGate.Package.Tests;

/// <summary>Projects that are published.</summary>
internal static class PublishProject
{
    /// <summary>Writes the program "Acme" that uses the gate. Whatever lies in the folder "more" is published.</summary>
    public static void Program(this Sandbox sandbox, string properties = "", string more = "", string sdk = "Microsoft.NET.Sdk", string name = "Acme")
    {
        sandbox.Write($"{name}/{name}.csproj", $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>{Sandbox.Framework}</TargetFramework>
                <DebugType>none</DebugType>
                <PathMap>$(MSBuildThisFileDirectory)=/_/</PathMap>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="ReleaseGate" Version="{Feed.Version}" PrivateAssets="all" />
                <Content Include="../more/**" CopyToPublishDirectory="PreserveNewest" Link="%(RecursiveDir)%(Filename)%(Extension)" />
              </ItemGroup>
              {more}
            </Project>
            """);
        sandbox.Write($"{name}/Start.cs", "System.Console.WriteLine(1);");
    }

    /// <summary><c>dotnet publish</c> without the terminal logger.</summary>
    public static Run Publish(this Sandbox sandbox, params string[] arguments) => sandbox.Dotnet(["publish", .. arguments, "-tl:off", "-nologo"]);

    /// <summary>The paths of the files in a folder, sorted, separated by '/'; none where there is no folder.</summary>
    public static string[] Files(this Sandbox sandbox, params string[] parts)
    {
        var folder = sandbox.In(parts);
        return !Directory.Exists(folder) ? [] : [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal)];
    }
}
