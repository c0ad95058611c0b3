using System.IO.Compression;
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
        foreach (var file in (string[])["ReleaseGate.props", "ReleaseGate.targets"])
        {
            var project = XDocument.Load(Path.Combine(Feed.Repository, "nuget", "build", file));
            var items = project.Descendants("ItemGroup").Elements().Select(e => e.Name.LocalName).Where(n => !n.StartsWith("_ReleaseGate", StringComparison.Ordinal)).Distinct();
            // Rewritten from the stage to where the packages were released, after they were.
            Assert.That(items, Is.SubsetOf(new[] { "NuGetPackOutput", "_OutputPackItems" }), file);
            var properties = project.Descendants("PropertyGroup").Elements().Select(e => e.Name.LocalName).Where(n => !n.StartsWith("_ReleaseGate", StringComparison.Ordinal)).Distinct();
            Assert.That(properties, Is.SubsetOf(new[] { "ReleaseGateEnabled", "PackDependsOn", "PackageOutputPath", "PackageOutputAbsolutePath" }), file);
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
