namespace ReleaseGate.Package.Tests;

/// <summary>What a build makes in ways of its own. The common ways through are among the doors; here stand the corners.</summary>
public sealed class ArtifactTests
{
    private const string ZipInBuild = "<PropertyGroup><BuildDependsOn>MakeZip</BuildDependsOn></PropertyGroup>";
    private const string Item = "<ItemGroup><ReleaseGateArtifact Include=\"out/site.zip\" /></ItemGroup>";
    private const string Rejected = "obj/releasegate/site---artifacts/rejected/site.zip";

    [TestCase("", "-t:ReleaseGate", "There is no artifact to check")]
    [TestCase("<PropertyGroup><ReleaseGateArtifacts>out/*.zip</ReleaseGateArtifacts></PropertyGroup>", "-t:Build", "There is no artifact to check")]
    [TestCase("<ItemGroup><ReleaseGateArtifact Include=\"out/*.zip\" /></ItemGroup>", "-t:Build", "A glob of ReleaseGateArtifact has matched nothing")]
    [TestCase("<ItemGroup><ReleaseGateArtifact Include=\"out/%2A.zip\" /></ItemGroup>", "-t:Build", "does not exist, so nothing was checked")]
    [TestCase(Item, "-t:Build", "site.zip' does not exist, so nothing was checked")]
    [TestCase("<ItemGroup><ReleaseGateArtifact Include=\"site/\" ReleaseTo=\"out\" /></ItemGroup>", "-t:Build", "is a folder, and only files can be released")]
    [TestCase("<ItemGroup><ReleaseGateArtifact Include=\"site/index.html\" ReleaseTo=\"site\" /></ItemGroup>", "-t:Build", "lies in its own ReleaseTo folder")]
    public void Nothing_checked_is_no_pass(string body, string target, string text)
    {
        using var project = new PlainProject(body);

        var run = project.Build(target);

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Errors, Is.EqualTo(new[] { "RG0007" }), run.Output);
        Assert.That(run.Lines, Has.Some.StartsWith(project.In("site.proj") + " : error RG0007: ").And.Some.Contains(text));
        Assert.That(File.Exists(project.In("site", "index.html")), Is.True);
    }

    // A commented glob, one of a condition, and a project that has nothing to do with artifacts.
    [TestCase("<!-- <ReleaseGateArtifact Include=\"*.zip\" /> -->")]
    [TestCase("<ItemGroup><ReleaseGateArtifact Include=\"*.zip\" Condition=\"'$(Configuration)' == 'Release'\" /></ItemGroup>")]
    [TestCase("")]
    public void A_build_without_artifacts_is_left_alone(string body)
    {
        using var project = new PlainProject(body);

        var run = project.Build();

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(run.Output.Trim(), Is.Empty);
    }

    [TestCase("Deploy", true)]
    [TestCase("DeployByTask", true)]
    // CallTarget does not tell its caller: that target goes on, and the build fails all the same.
    [TestCase("DeployByCall", false)]
    public void A_failure_stops_whoever_builds(string target, bool stops)
    {
        using var project = new PlainProject(ZipInBuild + Item + """
            <Target Name="Deploy" DependsOnTargets="Build"><Message Importance="high" Text="deployed" /></Target>
            <Target Name="DeployByTask"><MSBuild Projects="$(MSBuildProjectFullPath)" Properties="By=Task" Targets="Build" /><Message Importance="high" Text="deployed" /></Target>
            <Target Name="DeployByCall"><CallTarget Targets="Build" /><Message Importance="high" Text="deployed" /></Target>
            """);
        var clean = project.Build("-t:" + target);
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(clean.Lines, Does.Contain("deployed"));

        var run = project.Leaky().Build("-t:" + target);

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Lines, stops ? Does.Not.Contain("deployed") : Does.Contain("deployed"));
        Assert.That(project.Files("*.zip"), Is.EqualTo(new[] { Rejected }));
    }

    [TestCase("task")]
    [TestCase("process")]
    public void A_set_stands_or_falls_together(string host)
    {
        using var project = new PlainProject(ZipInBuild + """
            <ItemGroup><ReleaseGateArtifact Include="out/site.zip" ReleaseTo="release/web" /></ItemGroup>
            <Target Name="MakeMore" AfterTargets="Build">
              <Copy SourceFiles="site/index.html" DestinationFolder="dist" />
              <MakeDir Directories="pure" />
              <Copy SourceFiles="site/index.html" DestinationFolder="pure" />
              <ZipDirectory SourceDirectory="pure" DestinationFile="obj/b/site.zip" Overwrite="true" Condition="Exists('obj/b')" />
              <ItemGroup><ReleaseGateArtifact Include="dist" /><ReleaseGateArtifact Include="obj/b/site.zip" /></ItemGroup>
            </Target>
            """);
        Directory.CreateDirectory(project.In("obj", "b"));
        string[] arguments = ["-p:ReleaseGateHost=" + host, "-p:ReleaseGateReportPath=obj/gate.json"];

        var clean = project.Build(arguments);
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(project.Files("site.zip"), Is.EqualTo(new[] { "obj/b/site.zip", "release/web/site.zip" }));
        Assert.That(project.Files("gate*"), Is.EqualTo(new[] { "obj/gate.artifacts.json" }));
        Assert.That(File.ReadAllText(project.In("obj", "gate.artifacts.json")), Does.Contain("\"passed\""));

        var leaky = project.Leaky().Build(arguments);
        Assert.That(leaky.ExitCode, Is.Not.Zero, leaky.Output);
        Assert.That(leaky.Errors, Is.EquivalentTo(new[] { "", "RG1001", "RG2013" }), leaky.Output);
        var aside = Path.GetDirectoryName(Rejected)!.Replace('\\', '/');
        Assert.That(project.Files("site.zip"), Is.EqualTo(new[] { aside + "/2/site.zip", aside + "/site.zip" }));
        Assert.That(project.Files("releasegate-rejected.txt"), Is.EqualTo(new[] { "dist/releasegate-rejected.txt" }));
        Assert.That(File.ReadAllText(project.In("dist", "releasegate-rejected.txt")), Does.Contain("error RG2013: " + PlainProject.Leak));
        Assert.That(File.ReadAllText(project.In("obj", "gate.artifacts.json")), Does.Contain("\"blocked\""));
    }

    // The check that could not even be loaded or started: what it would have moved and marked is moved and marked all the same.
    [TestCase("task", "-p:_ReleaseGateTasks=")]
    [TestCase("process", "-p:_ReleaseGateCli=")]
    public void A_check_that_does_not_run_is_no_pass(string host, string missing)
    {
        using var project = new PlainProject(ZipInBuild + Item + "<ItemGroup><ReleaseGateArtifact Include=\"dist/\" /></ItemGroup>");
        project.Sandbox.Write("dist/index.html", "<h1>Acme</h1>");

        var run = project.Build("-p:ReleaseGateHost=" + host, missing + project.In("missing.dll"));

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(project.Files("*.zip"), Is.EqualTo(new[] { Rejected }));
        Assert.That(File.ReadAllText(project.In("dist", "releasegate-rejected.txt")), Does.StartWith("ReleaseGate has not passed this folder"));

        // The next check that passes takes the marker away.
        var mended = project.Build("-p:ReleaseGateHost=" + host);
        Assert.That(mended.ExitCode, Is.Zero, mended.Output);
        Assert.That(project.Files("releasegate-rejected.txt"), Is.Empty);
    }

    [Test]
    public void An_artifact_that_comes_too_late_fails_the_build()
    {
        using var project = new PlainProject(ZipInBuild + Item + """
            <PropertyGroup><ReleaseGateArtifactsAfterTargets>MakeZip</ReleaseGateArtifactsAfterTargets></PropertyGroup>
            <Target Name="Late" AfterTargets="Build"><ItemGroup><ReleaseGateArtifact Include="site/index.html" /></ItemGroup></Target>
            """);

        var run = project.Build();

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Output, Does.Contain("error RG0007: 'site/index.html' was added after ReleaseGate had looked"));
    }

    [Test]
    public void A_target_that_this_build_does_not_run_is_spoken_of()
    {
        using var project = new PlainProject(Item + "<PropertyGroup><ReleaseGateArtifactsAfterTargets>MakeZip</ReleaseGateArtifactsAfterTargets></PropertyGroup>");

        var build = project.Build();
        Assert.That(build.ExitCode, Is.Zero, build.Output);
        Assert.That(build.Output, Does.Contain("ReleaseGate has not checked 'out/site.zip': ReleaseGateArtifactsAfterTargets waits for 'MakeZip'"));

        var zip = project.Build("-t:MakeZip");
        Assert.That(zip.ExitCode, Is.Zero, zip.Output);
        Assert.That(zip.Output, Does.Contain(": passed, "));
    }

    [TestCase("Build")]
    [TestCase("ReleaseGate")]
    public void Switched_off_it_warns(string target)
    {
        using var project = new PlainProject(ZipInBuild + "<ItemGroup><ReleaseGateArtifact Include=\"out/site.zip\" ReleaseTo=\"release\" /></ItemGroup>");
        Assert.That(project.Leaky().Build("-t:MakeZip").ExitCode, Is.Zero);

        var run = project.Build("-p:ReleaseGateEnabled=false", "-t:" + target);

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(run.Warnings, Is.EqualTo(new[] { "ReleaseGateDisabled" }), run.Output);
        Assert.That(project.Files("*.zip"), Does.Contain("release/site.zip"));
    }

    [Test]
    public void Design_time_builds_check_nothing()
    {
        using var project = new PlainProject(Item);

        var run = project.Build("-p:DesignTimeBuild=true");

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(run.Output.Trim(), Is.Empty);
    }

    [TestCase("task")]
    [TestCase("process")]
    public void Odd_characters_in_paths(string host)
    {
        using var project = new PlainProject(ZipInBuild + """
            <ItemGroup><ReleaseGateArtifact Include="out/site.zip" ReleaseTo="it's; &amp; 100%25 süß" /></ItemGroup>
            """.Replace("it's;", "it's%3B"), " it's & $HOME `id` (süß) %PATH%");

        var clean = project.Build("-p:ReleaseGateHost=" + host);
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(project.Files("*.zip"), Is.EqualTo(new[] { "it's; & 100% süß/site.zip" }));

        var leaky = project.Leaky().Build("-p:ReleaseGateHost=" + host);
        Assert.That(leaky.ExitCode, Is.Not.Zero, leaky.Output);
        Assert.That(leaky.Lines, Has.Some.StartsWith(project.In("site.proj") + " : error RG2013: "));
        Assert.That(project.Files("*.zip"), Is.EqualTo(new[] { Rejected }));
    }

    // Of several frameworks: what stands in the project is checked once, in the outer build; what the build of one framework adds, in that build.
    // And targets of Directory.Build.targets, which comes after the package, may make artifacts too.
    [Test]
    public void Several_frameworks_and_late_targets()
    {
        using var sandbox = new Sandbox();
        sandbox.Write("Acme/Acme.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFrameworks>{Sandbox.Framework};net8.0</TargetFrameworks><EnableDefaultItems>false</EnableDefaultItems></PropertyGroup>
              <ItemGroup>
                <PackageReference Include="ReleaseGate" Version="{Feed.Version}" PrivateAssets="all" />
                <ReleaseGateArtifact Include="out/all.zip" />
              </ItemGroup>
              <Target Name="MakeZip" AfterTargets="Build" Condition="'$(IsCrossTargetingBuild)' == 'true'">
                <MakeDir Directories="out" />
                <ZipDirectory SourceDirectory="site" DestinationFile="out/all.zip" Overwrite="true" />
              </Target>
            </Project>
            """);
        sandbox.Write("Acme/Directory.Build.targets", """
            <Project>
              <Target Name="MakeOne" AfterTargets="Build" Condition="'$(TargetFramework)' == 'net8.0'">
                <MakeDir Directories="out" />
                <ZipDirectory SourceDirectory="site" DestinationFile="out/net8.0.zip" Overwrite="true" />
                <ItemGroup><ReleaseGateArtifact Include="out/net8.0.zip" /></ItemGroup>
              </Target>
            </Project>
            """);
        sandbox.Write("Acme/site/index.html", "<h1>Acme</h1>");
        sandbox.Write("releasegate.json", """{ "artifacts": [{ "match": "*.zip", "allow": ["*.html"] }] }""");

        var run = sandbox.Dotnet("build", "Acme", "-tl:off", "-nologo", "-bl:" + sandbox.In("build.binlog"));

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(run.Lines.Count(l => l.Contains("all.zip: passed, ")), Is.EqualTo(1), run.Output);
        Assert.That(run.Lines.Count(l => l.Contains("net8.0.zip: passed, ")), Is.EqualTo(1), run.Output);
        var log = BuildLog.Read(sandbox.In("build.binlog"));
        Assert.That(log.TargetsOf("CheckArtifacts"), Is.EqualTo(new[] { "_ReleaseGateCheckArtifactsByTask", "_ReleaseGateCheckArtifactsByTask" }));
        Assert.That(log.ForeignItems(), Is.Empty);
    }
}
