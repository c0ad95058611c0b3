namespace ReleaseGate.Package.Tests;

/// <summary>A folder outside the repository with projects in it, as a user has them.</summary>
internal sealed class Sandbox : IDisposable
{
    public static readonly string Framework = $"net{Environment.Version.Major}.0";

    private static int _count;

    public Sandbox(string? name = null)
    {
        Folder = Path.Combine(Feed.Root, "work", $"{Interlocked.Increment(ref _count)}{name}");
        Directory.CreateDirectory(Folder);
        // Our own packages and what the repository was built with are enough, so no other source is asked.
        Write("nuget.config", $"""
            <configuration>
              <fallbackPackageFolders><clear /><add key="repository" value="{Feed.RepositoryCache}" /></fallbackPackageFolders>
              <packageSources><clear /><add key="feed" value="{Feed.Folder}" /></packageSources>
            </configuration>
            """);
        // Stops the search for other people's files above the temporary folder.
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Build.targets", "<Project />");
        Write("Directory.Packages.props", "<Project />");
        Directory.CreateDirectory(In(".git"));
    }

    public string Folder { get; }

    public string In(params string[] parts) => Path.Combine([Folder, .. parts]);

    public void Write(string path, string content)
    {
        var full = In(path.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }

    /// <summary>Writes a library that uses the gate. Whatever lies in its folder "more" is packed.</summary>
    public void Library(string name = "Acme", string properties = "", string more = "", string? frameworks = null, string reference = "PrivateAssets=\"all\"")
    {
        Write($"{name}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                {(frameworks is null ? $"<TargetFramework>{Framework}</TargetFramework>" : $"<TargetFrameworks>{frameworks}</TargetFrameworks>")}
                <Description>A library.</Description>
                <Authors>Acme</Authors>
                <PackageReadmeFile>README.md</PackageReadmeFile>
                <!-- Two packs of the same files are the same bytes. -->
                <DeterministicTimestamp>1700000000</DeterministicTimestamp>
                <PathMap>$(MSBuildThisFileDirectory)=/_/</PathMap>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="ReleaseGate" Version="{Feed.Version}" {reference} />
                <None Include="README.md" Pack="true" PackagePath="\" />
                <None Include="more/**" Pack="true" PackagePath="content" />
              </ItemGroup>
              {more}
            </Project>
            """);
        Write($"{name}/README.md", $"# {name}");
        Write($"{name}/Class1.cs", $"namespace {name.Replace('.', '_')}; public static class Class1 {{ public static int One => 1; }}");
    }

    public Run Dotnet(params string[] arguments) => Dotnet(arguments, []);

    public Run Dotnet(string[] arguments, Dictionary<string, string> environment) =>
        Tests.Dotnet.Run(Folder, arguments, new Dictionary<string, string>(environment) { ["NUGET_PACKAGES"] = Feed.Cache });

    /// <summary>What spares a second restore of the same projects: nothing the first time, then <c>--no-restore</c>.</summary>
    public string[] OnceRestored => Directory.GetFiles(Folder, "project.assets.json", SearchOption.AllDirectories).Length > 0 ? ["--no-restore"] : [];

    /// <summary><c>dotnet pack</c> without the terminal logger.</summary>
    public Run Pack(params string[] arguments) => Dotnet(["pack", .. arguments, "-tl:off", "-nologo"]);

    /// <summary>The names of all packages below a folder, wherever a push could find them: everywhere but in obj.</summary>
    public string[] Packages(params string[] parts) => Find(parts, inObj: false);

    /// <summary>The names of the packages that were put aside.</summary>
    public string[] Rejected(params string[] parts) => Find(parts, inObj: true, "rejected");

    /// <summary>The names of what still lies in a stage.</summary>
    public string[] Staged(params string[] parts) => Find(parts, inObj: true, "stage");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private string[] Find(string[] parts, bool inObj, string? folder = null) =>
        Directory.GetFiles(In(parts), "*.*nupkg*", SearchOption.AllDirectories)
            .Where(f => f.Split(Path.DirectorySeparatorChar).Contains("obj") == inObj)
            .Where(f => folder is null || Path.GetFileName(Path.GetDirectoryName(f)) == folder)
            .Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal).ToArray();
}
