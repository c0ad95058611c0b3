using System.IO.Compression;
using System.Xml.Linq;

namespace ReleaseGate.Package.Tests;

/// <summary>The sample package of rules, made and installed as its users do it.</summary>
public sealed class RulePackageTests
{
    [TestCase("ReleaseGate.Core", "System.IO.Abstractions 17.0.24")]
    [TestCase("ReleaseGate.Testing", "ReleaseGate.Core [{0}]", Description = "It uses what is internal there, so it takes exactly its own version.")]
    public void The_libraries_hold_an_assembly_and_its_documentation(string id, string dependency)
    {
        Feed.RequireLibraries();
        using var package = ZipFile.OpenRead(Path.Combine(Feed.Folder, $"{id}.{Feed.Version}.nupkg"));

        Assert.That(package.Entries.Select(e => e.FullName).Where(e => e.EndsWith(".md", StringComparison.Ordinal) || e.StartsWith("lib/", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            Is.EqualTo(new[] { "README.md", $"lib/net8.0/{id}.dll", $"lib/net8.0/{id}.xml" }));
        Assert.That(package.Entries.Count(e => !e.FullName.Contains('/', StringComparison.Ordinal)), Is.EqualTo(3), "README.md, [Content_Types].xml and the nuspec");
        using var stream = package.GetEntry($"{id}.nuspec")!.Open();
        Assert.That(XDocument.Load(stream).Descendants().Where(e => e.Name.LocalName == "dependency").Select(e => $"{e.Attribute("id")!.Value} {e.Attribute("version")!.Value}"),
            Is.EqualTo(new[] { string.Format(System.Globalization.CultureInfo.InvariantCulture, dependency, Feed.Version) }));
    }

    [Test]
    public void Installing_a_package_of_rules_switches_them_on_in_the_task_the_process_and_by_name_in_the_command_line()
    {
        Feed.RequireLibraries();
        using var sandbox = new Sandbox();
        var sample = Path.Combine(Feed.Repository, "samples", "AcmeRules", "AcmeRules");
        foreach (var file in Directory.GetFiles(sample, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(sample, file).Replace('\\', '/');
            if (path.Split('/')[0] is "bin" or "obj") continue;
            sandbox.Write($"AcmeRules/{path}", File.ReadAllText(file).Replace("Version=\"0.1.0\"", $"Version=\"{Feed.Version}\"", StringComparison.Ordinal));
        }

        // The page about writing rules makes a package of the same name, and tests share a cache.
        const string Own = "1.0.1";
        var packed = sandbox.Dotnet("pack", "AcmeRules", "-o", "feed", "-nologo", "-tl:off", "-warnaserror", "-p:PackageVersion=" + Own);
        Assert.That(packed.ExitCode, Is.Zero, packed.Output);
        // Packed as several frameworks, a project takes what is for all of them from another folder of the package.
        sandbox.Library(frameworks: $"{Sandbox.Framework};net8.0", properties: $"<RestoreAdditionalProjectSources>{sandbox.In("feed")}</RestoreAdditionalProjectSources>",
            more: $"<ItemGroup><PackageReference Include=\"AcmeRules\" Version=\"{Own}\" PrivateAssets=\"all\" /></ItemGroup>");
        sandbox.Write("Acme/more/plan.draft.md", "# Not yet\n");
        sandbox.Write("Acme/more/notes.txt", "ACME-INTERNAL\n");

        var task = sandbox.Pack("Acme");
        var process = sandbox.Pack("Acme", "--no-build", "-p:ReleaseGateHost=process");
        var rejected = Directory.GetFiles(sandbox.In("Acme", "obj"), "Acme.1.0.0.nupkg", SearchOption.AllDirectories).Single();
        var rules = Path.Combine(Feed.Cache, "acmerules", Own, "tools", "net8.0", "AcmeRules.dll");
        var tool = sandbox.Dotnet(Path.Combine(Feed.Tool, "releasegate.dll"), "check", rejected, "--rules", rules, "--project", sandbox.In("Acme", "Acme.csproj"), "--format", "msbuild");

        foreach (var run in (Run[])[task, process, tool])
        {
            Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
            Assert.That(Said(run), Is.EqualTo(new[]
            {
                "error ACME0001: content/plan.draft.md: is a draft by its name",
                "error ACME0002: content/notes.txt: is marked as internal, 1 time",
                "warning ACME0003: Acme.1.0.0.nupkg: holds no LICENSE file",
            }), run.Output);
        }

        Assert.That(sandbox.Packages("Acme"), Is.Empty);

        static string[] Said(Run run) => [.. run.Lines.Where(l => l.Contains(" ACME000", StringComparison.Ordinal)).Select(l => l[l.IndexOf(" : ", StringComparison.Ordinal)..][3..])
            // What is about an entry names its package behind it; then comes the next step.
            .Select(l => l.Split(" [Acme.1.0.0.nupkg]. ")[0].Split(". Pack the LICENSE")[0]).Distinct().Order(StringComparer.Ordinal)];
    }
}
