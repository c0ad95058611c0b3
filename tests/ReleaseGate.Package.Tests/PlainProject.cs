namespace ReleaseGate.Package.Tests;

/// <summary>A project without any SDK, that imports the package's files by their path: what the artifact door needs of a build, and no more.</summary>
internal sealed class PlainProject : IDisposable
{
    public const string Leak = "appsettings.Development.json";

    public PlainProject(string body, string? folder = null, string? package = null)
    {
        Sandbox = new Sandbox(folder);
        Sandbox.Write("site/index.html", "<h1>Acme</h1>");
        Sandbox.Write("releasegate.json", """
            {
              "artifacts": [
                { "match": "*.zip", "allow": ["*.html"] },
                { "match": "dist/", "allow": ["*.html"] }
              ]
            }
            """);
        var build = Path.Combine(package ?? Feed.Package, "build");
        Sandbox.Write("site.proj", $"""
            <Project DefaultTargets="Build">
              <Import Project="{build}/ReleaseGate.props" />
              {body}
              <Target Name="Build" DependsOnTargets="$(BuildDependsOn)" />
              <Target Name="MakeZip">
                <MakeDir Directories="out" />
                <ZipDirectory SourceDirectory="site" DestinationFile="out/site.zip" Overwrite="true" />
              </Target>
              <Import Project="{build}/ReleaseGate.targets" />
            </Project>
            """);
    }

    public Sandbox Sandbox { get; }

    public string In(params string[] parts) => Sandbox.In(parts);

    /// <summary>Puts in what may not ship.</summary>
    public PlainProject Leaky()
    {
        Sandbox.Write("site/" + Leak, "{}");
        return this;
    }

    public Run Build(params string[] arguments) => Sandbox.Dotnet(["msbuild", "site.proj", "-tl:off", "-nologo", "-v:m", .. arguments]);

    /// <summary>All files of some name, relative to the project.</summary>
    public string[] Files(string pattern) =>
        Directory.GetFiles(Sandbox.Folder, pattern, SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Sandbox.Folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal).ToArray();

    public void Dispose() => Sandbox.Dispose();
}
