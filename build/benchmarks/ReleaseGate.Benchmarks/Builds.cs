using System.Globalization;
using System.Text;
using ReleaseGate.Package.Tests;

namespace ReleaseGate.Benchmarks;

/// <summary>What the gate adds to builds: two projects that differ in one package reference, as whole processes in turns.</summary>
internal static class Builds
{
    private const int Rounds = 15;

    /// <summary><c>dotnet pack --no-build</c>, made to repack every time.</summary>
    public static void Pack() => Compare("dotnet pack --no-build, forced", LibraryProject, static project =>
    {
        Must("pack", project, "--no-build", "-c", "Release");
        return new FileInfo(Directory.EnumerateFiles(Path.Combine(project, "bin", "Release"), "*.nupkg").Single()).Length;
    });

    /// <summary>The same for a library of one class.</summary>
    public static void SmallPack() => Compare("dotnet pack --no-build, forced", SmallProject, static project =>
    {
        Must("pack", project, "--no-build", "-c", "Release");
        return new FileInfo(Directory.EnumerateFiles(Path.Combine(project, "bin", "Release"), "*.nupkg").Single()).Length;
    });

    /// <summary><c>dotnet publish --no-build</c> of 7,000 files, 140 MB.</summary>
    public static void Publish() => Compare("dotnet publish --no-build", PublishProject, static project =>
    {
        Must("publish", project, "--no-build", "-c", "Release");
        return new DirectoryInfo(Path.Combine(project, "bin", "Release", "net10.0", "publish")).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
    });

    /// <summary><c>dotnet build</c> that finds everything up to date: no door is passed, so nothing may be added.</summary>
    public static void Build() => Compare("dotnet build, up to date", LibraryProject, static project =>
    {
        Must("build", project, "-c", "Release", "--no-restore");
        return 0;
    });

    private static void Compare(string name, Action<string, string> write, Func<string, long> run)
    {
        var root = Directory.CreateTempSubdirectory("releasegate-pack-").FullName;
        try
        {
            // A version of its own, so that no package of an earlier run is taken out of the cache.
            var version = string.Create(CultureInfo.InvariantCulture, $"0.0.1-benchmark.{DateTime.UtcNow:yyyyMMddHHmmss}");
            var feed = Path.Combine(root, "feed");
            Must("pack", Path.Combine(Fixtures.Repository, "src", "ReleaseGate.Tasks"), "-c", Fixtures.Configuration, "-o", feed, $"-p:PackageVersion={version}");

            // The package goes into the folder for this run alone.
            var config = Path.Combine(root, "NuGet.config");
            File.WriteAllText(config, $"""<configuration><packageSources><add key="benchmark" value="{feed}" /></packageSources></configuration>""");
            File.WriteAllText(Path.Combine(root, "Directory.Build.props"), "<Project />");
            var plain = Project("Plain", "");
            var gated = Project("Gated", $"""<PackageReference Include="ReleaseGate" Version="{version}" PrivateAssets="all" />""");

            string Project(string project, string reference)
            {
                var folder = Directory.CreateDirectory(Path.Combine(root, project)).FullName;
                write(folder, reference);
                return folder;
            }

            foreach (var project in (ReadOnlySpan<string>)[plain, gated]) Must("build", project, "-c", "Release");

            var size = 0L;
            Variant[] variants =
            [
                new(name, () => size = run(plain)),
                new("the same with the gate", () => run(gated)),
                new("without the gate again (noise)", () => run(plain)),
            ];
            var times = Measurement.Time(Rounds, variants);
            if (size > 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {size / 1e6:0.000} MB released"));
            Measurement.Print(variants, times, memory: null);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>A library of one class.</summary>
    private static void SmallProject(string folder, string reference)
    {
        WriteProject(folder, "", reference);
        File.WriteAllText(Path.Combine(folder, "One.cs"), "namespace Acme;\n/// <summary>One.</summary>\npublic static class One { /// <summary>One.</summary>\n public static int Value => 1; }\n");
    }

    /// <summary>A program with 7,000 files of content.</summary>
    private static void PublishProject(string folder, string reference)
    {
        WriteProject(folder, "<OutputType>Exe</OutputType><IsPackable>false</IsPackable>", $"""<None Include="{Fixtures.Folder}/**" LinkBase="content" CopyToPublishDirectory="Always" />{reference}""");
        File.WriteAllText(Path.Combine(folder, "Program.cs"), "return 0;\n");
    }

    /// <summary>A library whose package is about 1.3 MB, in two target frameworks.</summary>
    private static void LibraryProject(string folder, string reference)
    {
        WriteProject(folder, "", reference);
        var random = new TypeScriptProject.Sequence(11);
        var code = new StringBuilder("namespace Acme;\n");
        for (var type = 0; type < 90; type++)
        {
            code.Append(CultureInfo.InvariantCulture, $"/// <summary>Number {type} of the services.</summary>\npublic static class Service{type}\n{{\n");
            for (var method = 0; method < 90; method++)
            {
                code.Append(CultureInfo.InvariantCulture, $"/// <summary>Step {random.Below(100_000)} of {random.Below(100_000)}.</summary>\n/// <param name=\"value\">At most {random.Below(100_000)}.</param>\n");
                code.Append(CultureInfo.InvariantCulture, $"public static string Step{random.Below(1_000_000)}M{method}(int value)\n{{\n");
                for (var i = 2 + random.Below(5); i > 0; i--)
                    code.Append(CultureInfo.InvariantCulture, $"value = value * {random.Below(1_000_000)} + (value >> {random.Below(30)}); if (value > {random.Below(1_000_000)}) return \"{(char)('a' + random.Below(26))}{random.Below(1_000_000)} of {random.Below(1_000_000)}\" + value;\n");
                code.Append("return value.ToString();\n}\n");
            }

            code.Append("}\n");
        }

        File.WriteAllText(Path.Combine(folder, "Services.cs"), code.ToString());
    }

    private static void WriteProject(string folder, string properties, string more)
    {
        var name = Path.GetFileName(folder);
        File.WriteAllText(Path.Combine(folder, $"{name}.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <GenerateDocumentationFile>true</GenerateDocumentationFile>
                <DebugType>none</DebugType>
                <Description>A library to be packed.</Description>
                <PackageLicenseExpression>MIT</PackageLicenseExpression>
                <PackageReadmeFile>README.md</PackageReadmeFile>
                <PathMap>$(MSBuildProjectDirectory)=/_/</PathMap>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <None Include="README.md" Pack="true" PackagePath="/" />
                {more}
              </ItemGroup>
              <!-- NuGet skips a pack whose inputs did not change; both projects pack every time. -->
              <Target Name="ForceRepack" BeforeTargets="_CalculateInputsOutputsForPack;GenerateNuspec">
                <Delete Files="$(PackageOutputPath)/$(PackageId).$(PackageVersion).nupkg;$(NuspecOutputPath)$(PackageId).$(PackageVersion).nuspec" />
              </Target>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "README.md"), $"# {name}\n");
    }

    private static void Must(params string[] arguments)
    {
        var (exit, output) = new CommandLineProcess("dotnet", [.. arguments, "-nologo"]).Run();
        if (exit != 0) throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {exit}:\n{output}");
    }
}
