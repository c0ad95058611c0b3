using System.Runtime.InteropServices;

namespace ReleaseGate.Package.Tests;

/// <summary>What <c>dotnet publish</c> does with the gate beside the doors: what calls it, what it must not be lost by, and where it keeps quiet.</summary>
public sealed class PublishTests
{
    private const string Leak = "more/appsettings.Development.json";

    private const string Late = """<Target Name="Late" AfterTargets="Publish"><WriteLinesToFile File="$(PublishDir)late.bak" Lines="late" Overwrite="true" /></Target>""";

    private const string Marker = "releasegate-rejected.txt";

    private static string[] Folder => ["Acme", "bin", "Release", Sandbox.Framework, "publish"];

    [Test]
    public void A_container_is_not_made_of_what_was_planned()
    {
        using var sandbox = new Sandbox();
        sandbox.Program();
        sandbox.Write(Leak, "{}");

        var log = Container(sandbox, out var run);

        Assert.That(run.Errors, Does.Contain("RG2013"), run.Output);
        Assert.That(log.Tasks, Has.None.EqualTo("CreateNewImage"));
        Assert.That(sandbox.Files("image"), Is.Empty);
    }

    [Test]
    public void A_container_is_not_made_of_what_other_targets_wrote()
    {
        using var sandbox = new Sandbox();
        sandbox.Program(more: Late);

        var log = Container(sandbox, out var run);

        Assert.That(run.Errors, Does.Contain("RG1001"), run.Output);
        Assert.That(log.Failed, Does.Contain("_ReleaseGatePublishLate"));
        Assert.That(log.Tasks, Has.None.EqualTo("CreateNewImage"));
        Assert.That(sandbox.Files("image"), Is.Empty);
    }

    [Test]
    public void Who_calls_publish_hears_that_it_failed()
    {
        using var sandbox = new Sandbox();
        sandbox.Program(more: Late);
        sandbox.Write("caller.proj", """
            <Project><Target Name="Go">
              <MSBuild Projects="Acme/Acme.csproj" Targets="Restore" Properties="Restoring=1" />
              <MSBuild Projects="Acme/Acme.csproj" Targets="Publish" Properties="Configuration=Release" />
              <Message Importance="high" Text="now it is deployed" />
            </Target></Project>
            """);

        var run = sandbox.Dotnet("msbuild", "caller.proj", "-t:Go", "-tl:off", "-nologo");

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Errors, Does.Contain("RG1001"), run.Output);
        Assert.That(run.Output, Does.Not.Contain("now it is deployed"));
        Assert.That(sandbox.Files(Folder), Does.Contain(Marker));
    }

    [TestCase("PublishProtocolProviderTargets", "Publish has run without ReleaseGate")]
    [TestCase("AfterMicrosoftNETSdkTargets", "AfterMicrosoftNETSdkTargets was replaced")]
    public void A_lost_hook_is_no_pass(string hook, string says)
    {
        using var sandbox = new Sandbox();
        sandbox.Program();
        sandbox.Write("Directory.Build.targets", $"<Project><PropertyGroup><{hook}></{hook}></PropertyGroup></Project>");

        var run = sandbox.Publish("Acme");

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Errors, Does.Contain("RG0007"), run.Output);
        Assert.That(run.Output, Does.Contain(says));
        Assert.That(sandbox.Files(Folder), Does.Contain(Marker));
    }

    [Test]
    public void Where_nothing_is_published_nothing_runs()
    {
        using var sandbox = new Sandbox();
        sandbox.Program();
        sandbox.Write(Leak, "{}");

        var build = sandbox.Dotnet("build", "Acme", "-c", "Release", "-tl:off", "-nologo", "-bl:" + sandbox.In("build.binlog"));
        var unpublishable = sandbox.Publish("Acme", "-p:IsPublishable=false", "-bl:" + sandbox.In("publish.binlog"));
        var off = sandbox.Publish("Acme", "--no-build", "-p:ReleaseGateEnabled=false");

        Assert.That(build.ExitCode, Is.Zero, build.Output);
        Assert.That(unpublishable.ExitCode, Is.Zero, unpublishable.Output);
        foreach (var log in (string[])["build.binlog", "publish.binlog"])
            // A build asks whether it has made any artifacts, which takes no task.
            Assert.That(BuildLog.Read(sandbox.In(log)).Targets.Where(t => t.Contains("ReleaseGate") && !t.StartsWith("_ReleaseGateArtifacts", StringComparison.Ordinal)), Is.Empty, log);
        Assert.That(off.ExitCode, Is.Zero, off.Output);
        Assert.That(off.Output, Does.Contain("warning ReleaseGateDisabled: "));
        Assert.That(sandbox.Files(Folder), Does.Contain("appsettings.Development.json"));
    }

    [Test]
    public void A_tool_that_is_packed_is_judged_in_its_package_only()
    {
        using var sandbox = new Sandbox();
        sandbox.Program("<PackAsTool>true</PackAsTool><Description>A tool.</Description><Authors>Acme</Authors><PackageReadmeFile>README.md</PackageReadmeFile>",
            """<ItemGroup><None Include="README.md" Pack="true" PackagePath="\" /></ItemGroup>""");
        sandbox.Write("Acme/README.md", "# Acme");

        var pack = sandbox.Pack("Acme", "-bl:" + sandbox.In("pack.binlog"));
        var publish = sandbox.Publish("Acme", "--no-build", "-bl:" + sandbox.In("publish.binlog"));

        Assert.That(pack.ExitCode, Is.Zero, pack.Output);
        Assert.That(publish.ExitCode, Is.Zero, publish.Output);
        Assert.That(BuildLog.Read(sandbox.In("pack.binlog")).TargetsOf("CheckArtifacts"), Is.EqualTo(new[] { "_ReleaseGateCheckByTask" }));
        Assert.That(BuildLog.Read(sandbox.In("publish.binlog")).TargetsOf("CheckArtifacts"), Is.EqualTo(new[] { "_ReleaseGatePlanned", "_ReleaseGateFolderCheck", "_ReleaseGatePublishLate" }));
    }

    [Test]
    public void A_process_of_its_own_says_the_same()
    {
        using var sandbox = new Sandbox();
        sandbox.Program(properties: "<ReleaseGateHost>process</ReleaseGateHost><ReleaseGateReportPath>obj/the report.json</ReleaseGateReportPath>");
        var report = sandbox.In("Acme", "obj", "the report.publish.json");

        var clean = sandbox.Publish("Acme");
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(clean.Lines, Has.One.Contains(": passed, "));
        Assert.That(File.ReadAllText(report), Does.Contain("\"passed\""));

        sandbox.Write(Leak, "{}");
        var planned = sandbox.Publish("Acme", "--no-build");
        Assert.That(planned.Errors, Does.Contain("RG2013"), planned.Output);
        Assert.That(planned.Output, Does.Contain("nothing was copied to"));
        Assert.That(File.ReadAllText(report), Does.Contain("\"blocked\""));
        Assert.That(sandbox.Files(Folder), Does.Not.Contain(Marker));
        File.Delete(sandbox.In(Leak.Split('/')));

        sandbox.Write("Directory.Build.targets", $"<Project>{Late}</Project>");
        var late = sandbox.Publish("Acme", "--no-build");
        Assert.That(late.ExitCode, Is.Not.Zero, late.Output);
        Assert.That(late.Errors, Does.Contain("RG1001"), late.Output);
        Assert.That(File.ReadAllText(sandbox.In([.. Folder, Marker])), Does.Contain("late.bak"));
    }

    [Test]
    public void A_process_that_does_not_run_is_no_pass()
    {
        using var sandbox = new Sandbox();
        sandbox.Program();

        var run = sandbox.Publish("Acme", "-p:ReleaseGateHost=process", "-p:_ReleaseGateCli=" + sandbox.In("missing.dll"));

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Output, Does.Contain("Acme.csproj : error "));
        Assert.That(sandbox.Files(Folder), Is.Empty);
    }

    [Test]
    public void Symbols_are_a_leak_and_the_message_says_what_to_set()
    {
        using var sandbox = new Sandbox();
        sandbox.Program("<DebugType>portable</DebugType>");

        var run = sandbox.Publish("Acme");

        Assert.That(run.Errors, Does.Contain("RG2006"), run.Output);
        Assert.That(run.Output, Does.Contain("error RG2006: Acme.pdb: holds a portable PDB").And.Contain("Set DebugType to none for Release builds"));
        Assert.That(sandbox.Files(Folder), Is.Empty);
    }

    [TestCase("out", "-p:PublishDir=../out/")]
    [TestCase("arts/publish/Acme/release", "--artifacts-path", "arts")]
    [TestCase("Acme/bin/Release/{tfm}/{rid}/publish", "-r", "{rid}", "--self-contained", "-p:PublishTrimmed=true", "-p:PublishReadyToRun=true")]
    public void Other_ways_to_call_it(string folder, params string[] arguments)
    {
        using var sandbox = new Sandbox();
        sandbox.Program();
        string Filled(string text) => text.Replace("{rid}", RuntimeInformation.RuntimeIdentifier).Replace("{tfm}", Sandbox.Framework);
        string[] call = ["Acme", .. arguments.Select(Filled)];
        var published = Filled(folder).Split('/');

        var clean = sandbox.Publish(call);
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(clean.Lines, Has.One.Contains(": passed, "), clean.Output);
        Assert.That(sandbox.Files(published), Does.Contain("Acme.dll"));

        sandbox.Write(Leak, "{}");
        var leaky = sandbox.Publish([.. call, "--no-restore"]);
        Assert.That(leaky.ExitCode, Is.Not.Zero, leaky.Output);
        Assert.That(leaky.Errors, Does.Contain("RG2013"), leaky.Output);
        Assert.That(sandbox.Files(published), Does.Not.Contain("appsettings.Development.json"));
    }

    [Test]
    public void A_solution_publishes_what_passes_and_stops_at_what_does_not()
    {
        using var sandbox = new Sandbox();
        sandbox.Program();
        sandbox.Program(name: "Other", properties: "<IsPublishable>false</IsPublishable>");
        Assert.That(sandbox.Dotnet("new", "sln", "--name", "All", "--format", "sln").ExitCode, Is.Zero);
        Assert.That(sandbox.Dotnet("sln", "All.sln", "add", "Acme", "Other").ExitCode, Is.Zero);

        var clean = sandbox.Publish("All.sln");
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(clean.Lines, Has.One.Contains(": passed, "), clean.Output);

        sandbox.Write(Leak, "{}");
        var leaky = sandbox.Publish("All.sln", "--no-restore");
        Assert.That(leaky.ExitCode, Is.Not.Zero, leaky.Output);
        Assert.That(leaky.Errors, Does.Contain("RG2013"), leaky.Output);
    }

    [Test]
    public void Content_of_a_single_file_program_is_listed_where_it_will_lie()
    {
        using var sandbox = new Sandbox();
        sandbox.Program("<PublishSingleFile>true</PublishSingleFile>");
        sandbox.Write("more/settings.json", "{}");
        var program = OperatingSystem.IsWindows() ? "Acme.exe" : "Acme";
        sandbox.Write("releasegate.json", $$"""
            { "artifacts": [ { "match": "out/", "require": ["{{program}}", "settings.json", "{{program}}!/Acme.dll", "{{program}}!/Acme.deps.json", "{{program}}!/Acme.runtimeconfig.json"] } ] }
            """);

        var run = sandbox.Publish("Acme", "-r", RuntimeInformation.RuntimeIdentifier, "--no-self-contained", "-o", "out");

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(sandbox.Files("out"), Is.EqualTo(new[] { program, "settings.json" }));
    }

    [TestCase("task")]
    [TestCase("process")]
    public void A_warning_that_counts_as_an_error_marks_the_folder(string host)
    {
        using var sandbox = new Sandbox();
        sandbox.Program();
        // Not known before the file is read, and only a warning.
        sandbox.Write("more/app.js", "console.log(1);\n//# sourceMappingURL=app.js.map\n");

        var run = sandbox.Publish("Acme", "-warnaserror:RG2005", "-p:ReleaseGateHost=" + host);

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Errors, Does.Contain("RG2005"), run.Output);
        Assert.That(sandbox.Files(Folder), Does.Contain(Marker));
    }

    private static BuildLog Container(Sandbox sandbox, out Run run)
    {
        run = sandbox.Publish("Acme", "-t:PublishContainer", "-p:ContainerArchiveOutputPath=" + sandbox.In("image", "acme.tar.gz"), "-bl:" + sandbox.In("container.binlog"));
        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        return BuildLog.Read(sandbox.In("container.binlog"));
    }
}
