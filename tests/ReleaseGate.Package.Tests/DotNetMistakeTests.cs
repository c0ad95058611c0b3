namespace ReleaseGate.Package.Tests;

/// <summary>What goes wrong in the settings of a .NET build, with the real compiler: each mistake is found, and a build without one is clean.</summary>
public sealed class DotNetMistakeTests
{
    private const string Unmapped = "<PathMap></PathMap>";
    private const string Symbols = "<IncludeSymbols>true</IncludeSymbols><SymbolPackageFormat>snupkg</SymbolPackageFormat>";

    [TestCase("<DebugType>embedded</DebugType>", "RG2007")]
    [TestCase("<DebugType>embedded</DebugType><EmbedAllSources>true</EmbedAllSources>", "RG2007 RG2008")]
    [TestCase("<EmbedAllSources>true</EmbedAllSources>" + Symbols, "RG2008")]
    [TestCase("<Optimize>false</Optimize>", "RG2009")]
    [TestCase(Unmapped + Symbols, "RG2010")]
    [TestCase("<DebugType>embedded</DebugType>" + Unmapped, "RG2007 RG2010")]
    [TestCase("<PackageProjectUrl>https://wiki.acme.internal/</PackageProjectUrl>", "RG3009")]
    public void A_mistake_is_found(string properties, string expected)
    {
        using var sandbox = new Sandbox();
        sandbox.Library(properties: properties);

        var run = sandbox.Pack("Acme");

        Assert.That(Rules(run), Is.EqualTo(expected.Split(' ')), run.Output);
        Assert.That(run.ExitCode, Is.Not.Zero);
        Assert.That(sandbox.Packages(), Is.Empty);
    }

    [Test]
    public void A_Debug_build_is_found()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();

        var run = sandbox.Pack("Acme", "-c", "Debug");

        Assert.That(Rules(run), Is.EqualTo(new[] { "RG2009" }), run.Output);
        Assert.That(run.Output, Does.Contain("is a Debug build: DebuggableAttribute 0x107 switches the optimisations off, AssemblyConfiguration is 'Debug'"));
        Assert.That(sandbox.Packages("Acme"), Is.Empty);
    }

    // The first pack of a newcomer passes, and says in one line what to set.
    [Test]
    public void Default_settings_get_one_warning()
    {
        using var sandbox = new Sandbox();
        sandbox.Library(properties: Unmapped);

        var run = sandbox.Pack("Acme");

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(run.Warnings, Is.EqualTo(new[] { "RG2010" }), run.Output);
        Assert.That(run.Output, Does.Contain($"names the folder it was built in: {sandbox.In("Acme", "obj")}").And.Contain("Set ContinuousIntegrationBuild to true where packages are made"));
        Assert.That(sandbox.Packages(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));
    }

    [TestCase("<ContinuousIntegrationBuild>true</ContinuousIntegrationBuild>")]
    [TestCase("<DeterministicSourcePaths>true</DeterministicSourcePaths>")]
    [TestCase("<PathMap>$(MSBuildProjectDirectory)=/_/</PathMap>")]
    public void A_mapped_Release_build_is_clean(string property)
    {
        using var sandbox = new Sandbox();
        sandbox.Library(properties: Unmapped + Symbols + property, more: "<ItemGroup><SourceRoot Include=\"$(MSBuildThisFileDirectory)\" /></ItemGroup>");

        var run = sandbox.Pack("Acme");

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(run.Warnings, Is.Empty, run.Output);
        Assert.That(run.Output, Does.Not.Contain("RG20"));
        Assert.That(sandbox.Packages(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg", "Acme.1.0.0.snupkg" }));
    }

    [Test]
    public void Symbols_of_another_build_are_found()
    {
        using var sandbox = new Sandbox();
        sandbox.Library(properties: Symbols);
        Assert.That(sandbox.Pack("Acme").ExitCode, Is.Zero);
        var pdb = sandbox.In("Acme", "bin", "Release", Sandbox.Framework, "Acme.pdb");
        var earlier = File.ReadAllBytes(pdb);
        sandbox.Write("Acme/Class1.cs", "namespace Acme; public static class Class1 { public static int Two => 2; }");
        Assert.That(sandbox.Dotnet("build", "Acme", "-c", "Release", "-nologo", "-v:q").ExitCode, Is.Zero);
        File.WriteAllBytes(pdb, earlier);

        foreach (var host in (string[])["task", "process"])
        {
            var run = sandbox.Pack("Acme", "--no-build", "-p:ReleaseGateHost=" + host);

            Assert.That(Rules(run), Is.EqualTo(new[] { "RG2017" }), run.Output);
            Assert.That(run.Output, Does.Contain($"lib/{Sandbox.Framework}/Acme.pdb: belongs to no assembly of Acme.1.0.0.nupkg"));
            Assert.That(sandbox.Packages(), Is.Empty);
        }
    }

    [Test]
    public void A_test_project_that_is_packed_is_found()
    {
        using var sandbox = new Sandbox();
        sandbox.Library("Acme.Tests", more: "<ItemGroup><PackageReference Include=\"NUnit\" Version=\"4.4.0\" /></ItemGroup>");
        sandbox.Write("Acme.Tests/Class1.cs", "namespace Acme; public class OrderTests { [NUnit.Framework.Test] public void Adds() { } }");

        var run = sandbox.Pack("Acme.Tests");

        Assert.That(Rules(run), Is.EqualTo(new[] { "RG2015" }), run.Output);
        Assert.That(run.Output, Does.Contain("is a test assembly: 1 test method, refers to nunit.framework"));
    }

    // A project that is referred to is the project's own whatever its name; an assembly from elsewhere is not.
    [TestCase("task")]
    [TestCase("process")]
    public void What_the_build_made_is_judged_stricter_than_what_it_passes_on(string host)
    {
        using var sandbox = new Sandbox();
        sandbox.Library("Contoso", properties: Unmapped + "<IsPackable>false</IsPackable>");
        sandbox.Library("Vendor", properties: Unmapped + "<IsPackable>false</IsPackable>");
        sandbox.Library(more: $"""
            <ItemGroup>
              <ProjectReference Include="../Contoso/Contoso.csproj" PrivateAssets="all" />
              <None Include="../Contoso/bin/Release/{Sandbox.Framework}/Contoso.dll;../Vendor/bin/Release/{Sandbox.Framework}/Vendor.dll" Pack="true" PackagePath="lib/{Sandbox.Framework}" />
            </ItemGroup>
            """);
        sandbox.Write("Acme/releasegate.json", """{ "extends": "closed", "artifacts": [ { "match": "*.nupkg", "allow": ["lib/{tfm}/*.dll"] } ] }""");
        Assert.That(sandbox.Dotnet("build", "Vendor", "-c", "Release", "-nologo", "-v:q").ExitCode, Is.Zero);

        foreach (var arguments in (string[][])[["Acme"], ["Acme", "--no-build"]])
        {
            var run = sandbox.Pack([.. arguments, "-p:ReleaseGateHost=" + host]);

            Assert.That(run.ExitCode, Is.Zero, run.Output);
            Assert.That(run.Warnings, Is.EqualTo(new[] { "RG2010" }), run.Output);
            Assert.That(run.Output, Does.Contain($"warning RG2010: lib/{Sandbox.Framework}/Contoso.dll: names the folder it was built in"));
        }
    }

    // Without the line that says where what was packed lies, which has no code.
    private static IEnumerable<string> Rules(Run run) => run.Errors.Where(e => e.StartsWith("RG", StringComparison.Ordinal));
}
