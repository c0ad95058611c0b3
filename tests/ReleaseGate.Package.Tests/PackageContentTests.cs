using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using Microsoft.Build.Logging.StructuredLogger;

namespace ReleaseGate.Package.Tests;

/// <summary>What we ship ourselves, and what it does to a project.</summary>
public sealed class PackageContentTests
{
    [Test]
    public void ReleaseGate_holds_these_files_and_no_others()
    {
        Assert.That(Entries("ReleaseGate"), Is.EqualTo(new[]
        {
            "README.md",
            "build/ReleaseGate.Artifacts.targets",
            "build/ReleaseGate.Late.targets",
            "build/ReleaseGate.Npm.targets",
            "build/ReleaseGate.Pack.targets",
            "build/ReleaseGate.Publish.targets",
            "build/ReleaseGate.Warnings.proj",
            "build/ReleaseGate.props",
            "build/ReleaseGate.targets",
            "buildMultiTargeting/ReleaseGate.props",
            "buildMultiTargeting/ReleaseGate.targets",
            "cli/ReleaseGate.Core.dll",
            "cli/Spectre.Console.dll",
            "cli/System.CommandLine.dll",
            "cli/System.IO.Abstractions.dll",
            "cli/releasegate.deps.json",
            "cli/releasegate.dll",
            "cli/releasegate.runtimeconfig.json",
            "releasegate.schema.json",
            "tasks/net8.0/ReleaseGate.Core.dll",
            "tasks/net8.0/ReleaseGate.Tasks.dll",
            "tasks/net8.0/System.IO.Abstractions.dll",
            "tasks/r2r/linux-arm64/ReleaseGate.Core.dll",
            "tasks/r2r/linux-arm64/ReleaseGate.Tasks.dll",
            "tasks/r2r/linux-arm64/System.IO.Abstractions.dll",
            "tasks/r2r/linux-x64/ReleaseGate.Core.dll",
            "tasks/r2r/linux-x64/ReleaseGate.Tasks.dll",
            "tasks/r2r/linux-x64/System.IO.Abstractions.dll",
            "tasks/r2r/osx-arm64/ReleaseGate.Core.dll",
            "tasks/r2r/osx-arm64/ReleaseGate.Tasks.dll",
            "tasks/r2r/osx-arm64/System.IO.Abstractions.dll",
            "tasks/r2r/win-x64/ReleaseGate.Core.dll",
            "tasks/r2r/win-x64/ReleaseGate.Tasks.dll",
            "tasks/r2r/win-x64/System.IO.Abstractions.dll",
        }));
    }

    [Test]
    public void ReleaseGate_Tool_holds_these_files_and_no_others()
    {
        Assert.That(Entries("ReleaseGate.Tool").Where(e => !e.EndsWith(".md", StringComparison.Ordinal) && !e.EndsWith(".schema.json", StringComparison.Ordinal)), Is.EqualTo(new[]
        {
            "tools/net8.0/any/DotnetToolSettings.xml",
            "tools/net8.0/any/ReleaseGate.Core.dll",
            "tools/net8.0/any/Spectre.Console.dll",
            "tools/net8.0/any/System.CommandLine.dll",
            "tools/net8.0/any/System.IO.Abstractions.dll",
            "tools/net8.0/any/releasegate.deps.json",
            "tools/net8.0/any/releasegate.dll",
            "tools/net8.0/any/releasegate.runtimeconfig.json",
            "tools/net8.0/any/runtimes/linux-arm64/lib/net8.0/ReleaseGate.Core.dll",
            "tools/net8.0/any/runtimes/linux-arm64/lib/net8.0/System.CommandLine.dll",
            "tools/net8.0/any/runtimes/linux-arm64/lib/net8.0/System.IO.Abstractions.dll",
            "tools/net8.0/any/runtimes/linux-x64/lib/net8.0/ReleaseGate.Core.dll",
            "tools/net8.0/any/runtimes/linux-x64/lib/net8.0/System.CommandLine.dll",
            "tools/net8.0/any/runtimes/linux-x64/lib/net8.0/System.IO.Abstractions.dll",
            "tools/net8.0/any/runtimes/osx-arm64/lib/net8.0/ReleaseGate.Core.dll",
            "tools/net8.0/any/runtimes/osx-arm64/lib/net8.0/System.CommandLine.dll",
            "tools/net8.0/any/runtimes/osx-arm64/lib/net8.0/System.IO.Abstractions.dll",
            "tools/net8.0/any/runtimes/win-x64/lib/net8.0/ReleaseGate.Core.dll",
            "tools/net8.0/any/runtimes/win-x64/lib/net8.0/System.CommandLine.dll",
            "tools/net8.0/any/runtimes/win-x64/lib/net8.0/System.IO.Abstractions.dll",
        }));
    }

    [Test]
    public void ReleaseGate_is_a_development_dependency_without_dependencies()
    {
        using var package = Open("ReleaseGate");
        using var stream = package.GetEntry("ReleaseGate.nuspec")!.Open();
        var nuspec = XDocument.Load(stream);

        string? Value(string name) => nuspec.Descendants().SingleOrDefault(e => e.Name.LocalName == name)?.Value;
        Assert.That(Value("developmentDependency"), Is.EqualTo("true"));
        Assert.That(Value("license"), Is.EqualTo("MIT"));
        Assert.That(Value("readme"), Is.EqualTo("README.md"));
        Assert.That(nuspec.Descendants().Select(e => e.Name.LocalName), Has.None.AnyOf("dependency", "frameworkAssembly", "group", "packageType"));
    }

    [Test]
    public void No_assembly_of_ours_names_the_machine_that_built_it()
    {
        foreach (var id in (string[])["ReleaseGate", "ReleaseGate.Tool"])
        {
            using var package = Open(id);
            foreach (var entry in package.Entries)
            {
                using var bytes = new MemoryStream();
                using (var stream = entry.Open()) stream.CopyTo(bytes);
                var text = System.Text.Encoding.Latin1.GetString(bytes.ToArray());
                Assert.That(text, Does.Not.Contain(Feed.Repository.TrimEnd(Path.DirectorySeparatorChar)), entry.FullName);
            }
        }
    }

    [Test]
    public void The_targets_add_nothing_that_others_see()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Feed.Repository, "nuget", "build")))
        {
            var project = XDocument.Load(file);
            var items = project.Descendants("ItemGroup").Elements().Select(e => e.Name.LocalName).Where(n => !n.StartsWith("_ReleaseGate", StringComparison.Ordinal)).Distinct();
            // Rewritten from the stage to where the packages were released, after they were.
            Assert.That(items, Is.SubsetOf(new[] { "NuGetPackOutput", "_OutputPackItems", "ReleaseGateNpmTarball" }), file);
            var properties = project.Descendants("PropertyGroup").Elements().Select(e => e.Name.LocalName).Where(n => !n.StartsWith("_ReleaseGate", StringComparison.Ordinal)).Distinct();
            Assert.That(properties, Is.SubsetOf(new[]
            {
                "ReleaseGateEnabled", "ReleaseGateArtifactsAfterTargets", "ReleaseGateNpmAfterTargets",
                // The hooks, added to; and the output path, while packing.
                "BuildDependsOn", "PackDependsOn", "PublishProtocolProviderTargets", "AfterMicrosoftNETSdkTargets", "PackageOutputPath", "PackageOutputAbsolutePath",
            }), file);
        }
    }

    [Test]
    public void The_check_runs_once_after_packing_and_before_whatever_follows_pack()
    {
        using var sandbox = new Sandbox();
        sandbox.Library(frameworks: $"{Sandbox.Framework};net8.0", more: """
            <Target Name="WhatFollowsPack" AfterTargets="Pack"><Message Importance="high" Text="after: @(NuGetPackOutput) $(PackageOutputPath) $(PackageOutputAbsolutePath)" /></Target>
            """);

        var run = sandbox.Pack("Acme", "-bl:" + sandbox.In("pack.binlog"));

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        var after = run.Lines.Single(l => l.StartsWith("after: ", StringComparison.Ordinal));
        Assert.That(after, Does.Contain(sandbox.In("Acme", "bin", "Release", "Acme.1.0.0.nupkg")).And.Not.Contain("stage"));

        var build = BinaryLog.ReadBuild(sandbox.In("pack.binlog"));
        var tasks = new List<string>();
        build.VisitAllChildren<Microsoft.Build.Logging.StructuredLogger.Task>(t => { if (t.Name is "PackTask" or "CheckArtifacts") tasks.Add(t.Name); });
        Assert.That(tasks, Is.EqualTo(new[] { "PackTask", "CheckArtifacts" }));
        var targets = new List<(DateTime Ended, string Name)>();
        build.VisitAllChildren<Target>(t => { if (t.Name is "_ReleaseGateStagePackages" or "GenerateNuspec" or "ReleaseGatePack" or "WhatFollowsPack" && t.Succeeded && t.HasChildren) targets.Add((t.EndTime, t.Name)); });
        var order = targets.OrderBy(t => t.Ended).Select(t => t.Name).ToArray();
        Assert.That(order, Is.SupersetOf(new[] { "_ReleaseGateStagePackages", "GenerateNuspec", "ReleaseGatePack", "WhatFollowsPack" }));
        Assert.That(Array.LastIndexOf(order, "_ReleaseGateStagePackages"), Is.LessThan(Array.LastIndexOf(order, "GenerateNuspec")));
        Assert.That(Array.LastIndexOf(order, "GenerateNuspec"), Is.LessThan(Array.LastIndexOf(order, "ReleaseGatePack")));
        Assert.That(Array.LastIndexOf(order, "ReleaseGatePack"), Is.LessThan(Array.LastIndexOf(order, "WhatFollowsPack")));
    }

    [TestCase("linux-arm64", Machine.Arm64, 0x7B79)]
    [TestCase("linux-x64", Machine.Amd64, 0x7B79)]
    [TestCase("osx-arm64", Machine.Arm64, 0x4644)]
    [TestCase("win-x64", Machine.Amd64, 0)]
    public void What_is_compiled_ahead_is_the_same_IL_for_its_platform(string platform, Machine machine, int system)
    {
        using var package = Open("ReleaseGate");
        foreach (var name in (string[])["ReleaseGate.Core.dll", "ReleaseGate.Tasks.dll", "System.IO.Abstractions.dll"])
        {
            using var il = Assembly(package, $"tasks/net8.0/{name}");
            using var ahead = Assembly(package, $"tasks/r2r/{platform}/{name}");

            Assert.That(ahead.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size, Is.Positive, name);
            Assert.That(il.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size, Is.Zero, name);
            // The system is marked by an XOR over the machine.
            Assert.That((ushort)ahead.PEHeaders.CoffHeader.Machine, Is.EqualTo((ushort)machine ^ system), name);
            Assert.That(Version(ahead), Is.EqualTo(Version(il)), name);
        }

        static PEReader Assembly(ZipArchive package, string path)
        {
            var bytes = new MemoryStream();
            using (var stream = package.GetEntry(path)!.Open()) stream.CopyTo(bytes);
            bytes.Position = 0;
            return new PEReader(bytes);
        }

        static Guid Version(PEReader assembly)
        {
            var metadata = assembly.GetMetadataReader();
            return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        }
    }

    [Test]
    public void A_build_loads_the_task_compiled_for_its_platform_and_the_IL_where_there_is_none()
    {
        using var sandbox = new Sandbox();
        ZipFile.ExtractToDirectory(Path.Combine(Feed.Folder, $"ReleaseGate.{Feed.Version}.nupkg"), sandbox.In("package"));
        sandbox.Write("Acme/Acme.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>{Sandbox.Framework}</TargetFramework></PropertyGroup>
              <Import Project="../package/build/ReleaseGate.props" />
              <Import Project="../package/build/ReleaseGate.targets" />
            </Project>
            """);
        string Task(params string[] arguments)
        {
            var run = sandbox.Dotnet(["msbuild", sandbox.In("Acme", "Acme.csproj"), "-nologo", "-getProperty:_ReleaseGateTasks", .. arguments]);
            Assert.That(run.ExitCode, Is.Zero, run.Output);
            return run.Output.Trim();
        }

        var il = sandbox.In("package", "tasks", "net8.0", "ReleaseGate.Tasks.dll");
        // On a platform without a folder of its own the build takes the IL too, and all the other tests run on it.
        var platform = RuntimeInformation.RuntimeIdentifier;
        var own = sandbox.In("package", "tasks", "r2r", platform, "ReleaseGate.Tasks.dll");
        Assert.That(Task(), Is.EqualTo(File.Exists(own) ? own : il));
        Assert.That(Task("-p:NETCoreSdkPortableRuntimeIdentifier=win-x64"), Is.EqualTo(sandbox.In("package", "tasks", "r2r", "win-x64", "ReleaseGate.Tasks.dll")));
        Assert.That(Task("-p:NETCoreSdkPortableRuntimeIdentifier=freebsd-x64"), Is.EqualTo(il));
        Assert.That(Task("-p:NETCoreSdkPortableRuntimeIdentifier="), Is.EqualTo(il));

        Directory.Delete(sandbox.In("package", "tasks", "r2r"), recursive: true);
        Assert.That(Task(), Is.EqualTo(il));
    }

    [Test]
    public void Both_forms_of_the_task_run()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();
        Assert.That(sandbox.Pack("Acme", "-bl:" + sandbox.In("own.binlog")).ExitCode, Is.Zero);
        Assert.That(sandbox.Pack("Acme", "--no-build", "-p:NETCoreSdkPortableRuntimeIdentifier=freebsd-x64", "-bl:" + sandbox.In("il.binlog")).ExitCode, Is.Zero);

        Assert.That(Folder("il.binlog"), Is.EqualTo("net8.0"));
        var packed = Path.Combine(Feed.Cache, "releasegate", Feed.Version, "tasks", "r2r", RuntimeInformation.RuntimeIdentifier);
        Assert.That(Folder("own.binlog"), Is.EqualTo(Directory.Exists(packed) ? RuntimeInformation.RuntimeIdentifier : "net8.0"));

        string Folder(string log)
        {
            string? assembly = null;
            BinaryLog.ReadBuild(sandbox.In(log)).VisitAllChildren<Microsoft.Build.Logging.StructuredLogger.Task>(t => { if (t.Name == "CheckArtifacts") assembly = t.FromAssembly; });
            return Path.GetFileName(Path.GetDirectoryName(assembly))!;
        }
    }

    private static ZipArchive Open(string id) => ZipFile.OpenRead(Path.Combine(Feed.Folder, $"{id}.{Feed.Version}.nupkg"));

    // Without what NuGet adds to every package.
    private static string[] Entries(string id)
    {
        using var package = Open(id);
        return package.Entries.Select(e => e.FullName)
            .Where(e => e != "[Content_Types].xml" && e != $"{id}.nuspec" && !e.StartsWith("_rels/", StringComparison.Ordinal) && !e.StartsWith("package/services/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ToArray();
    }
}
