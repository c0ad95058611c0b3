using System.Globalization;
using System.Text;
using ReleaseGate.Package.Tests;

namespace ReleaseGate.Benchmarks;

/// <summary>
/// What the gate adds to <c>dotnet pack --no-build</c>: two projects that differ in one package reference, both made to repack every time, as
/// whole processes in turns.
/// </summary>
internal static class Pack
{
    private const int Rounds = 15;

    public static void Run()
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
            var plain = Project(root, "Plain", "");
            var gated = Project(root, "Gated", $"""<PackageReference Include="ReleaseGate" Version="{version}" PrivateAssets="all" />""");
            foreach (var project in (ReadOnlySpan<string>)[plain, gated]) Must("build", project, "-c", "Release");

            var size = 0L;
            Variant[] variants =
            [
                new("dotnet pack --no-build, forced", () => Repack(plain, out size)),
                new("the same with the gate", () => Repack(gated, out size)),
                new("without the gate again (noise)", () => Repack(plain, out size)),
            ];
            var times = Measurement.Time(Rounds, variants);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  a package of {size / 1e6:0.00} MB"));
            Measurement.Print(variants, times, memory: null);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static long Repack(string project, out long size)
    {
        Must("pack", project, "--no-build", "-c", "Release");
        var package = Directory.EnumerateFiles(Path.Combine(project, "bin", "Release"), "*.nupkg").Single();
        size = new FileInfo(package).Length;
        return size;
    }

    /// <summary>A library whose package is about 1.3 MB, in two target frameworks.</summary>
    private static string Project(string root, string name, string reference)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, name)).FullName;
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
              </PropertyGroup>
              <ItemGroup>
                <None Include="README.md" Pack="true" PackagePath="/" />
                {reference}
              </ItemGroup>
              <!-- NuGet skips a pack whose inputs did not change; both projects pack every time. -->
              <Target Name="ForceRepack" BeforeTargets="_CalculateInputsOutputsForPack;GenerateNuspec">
                <Delete Files="$(PackageOutputPath)/$(PackageId).$(PackageVersion).nupkg;$(NuspecOutputPath)$(PackageId).$(PackageVersion).nuspec" />
              </Target>
            </Project>
            """);
        File.WriteAllText(Path.Combine(folder, "README.md"), $"# {name}\n");
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
        return folder;
    }

    private static void Must(params string[] arguments)
    {
        var (exit, output) = new CommandLineProcess("dotnet", [.. arguments, "-nologo"]).Run();
        if (exit != 0) throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {exit}:\n{output}");
    }
}
