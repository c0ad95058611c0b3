using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ReleaseGate.Package.Tests;

/// <summary>The check runs inside the build, in a process of the build, or from the command line: the answer is the same.</summary>
public sealed partial class HostTests
{
    [Test]
    public void Task_process_and_command_line_say_the_same()
    {
        using var sandbox = new Sandbox();
        sandbox.Library(properties: "<IncludeSymbols>true</IncludeSymbols><SymbolPackageFormat>snupkg</SymbolPackageFormat>");
        sandbox.Write("Acme/more/appsettings.Development.json", "{}");
        sandbox.Write("Acme/more/Program.cs", "class C {}");
        Assert.That(sandbox.Dotnet("build", "Acme", "-c", "Release", "-nologo", "-v:q").ExitCode, Is.Zero);

        var task = sandbox.Pack("Acme", "--no-build");
        var process = sandbox.Pack("Acme", "--no-build", "-p:ReleaseGateHost=process");

        Assert.That(task.ExitCode, Is.Not.Zero, task.Output);
        Assert.That(process.ExitCode, Is.Not.Zero, process.Output);
        Assert.That(task.Errors, Does.Contain("RG2013"), task.Output);
        Assert.That(Said(process), Is.EqualTo(Said(task)));
        Assert.That(sandbox.Packages(), Is.Empty);
        Assert.That(sandbox.Rejected(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg", "Acme.1.0.0.snupkg" }));

        var folder = Directory.GetDirectories(sandbox.In("Acme", "obj"), "rejected", SearchOption.AllDirectories).Single();
        string[] arguments = ["check", Path.Combine(folder, "Acme.1.0.0.nupkg"), Path.Combine(folder, "Acme.1.0.0.snupkg"), "--project", sandbox.In("Acme", "Acme.csproj")];
        var packed = sandbox.Dotnet([Feed.PackedCommandLine, .. arguments]);
        var tool = sandbox.Dotnet([Path.Combine(Feed.Tool, "releasegate.dll"), .. arguments]);

        Assert.That(packed.ExitCode, Is.EqualTo(1), packed.Output);
        Assert.That(tool.ExitCode, Is.EqualTo(1), tool.Output);
        var lines = Said(task).Where(l => !l.Contains("released nothing")).ToArray();
        Assert.That(Said(packed), Is.EqualTo(lines));
        Assert.That(Said(tool), Is.EqualTo(lines));
    }

    [TestCase("GITHUB_ACTIONS", "GITHUB_WORKSPACE", "::error file=Acme/Acme.csproj,line=1,title=RG2013 ")]
    [TestCase("TF_BUILD", "BUILD_SOURCESDIRECTORY", "##vso[task.logissue type=error;sourcepath=")]
    public void On_a_build_server_the_tool_speaks_to_the_server_and_the_process_host_to_MSBuild(string server, string workspace, string annotation)
    {
        using var sandbox = new Sandbox();
        sandbox.Library();
        sandbox.Write("Acme/more/appsettings.Development.json", "{}");
        var there = new Dictionary<string, string> { [server] = "True", [workspace] = sandbox.Folder, ["NUGET_PACKAGES"] = Feed.Cache };

        var pack = Tests.Dotnet.Run(sandbox.Folder, ["pack", "Acme", "-p:ReleaseGateHost=process", "-tl:off", "-nologo"], there);
        var check = Tests.Dotnet.Run(sandbox.Folder, [Path.Combine(Feed.Tool, "releasegate.dll"), "check", Directory.GetFiles(sandbox.In("Acme", "obj"), "Acme.1.0.0.nupkg", SearchOption.AllDirectories).Single(), "--project", "Acme/Acme.csproj"], there);

        Assert.That(pack.Errors, Does.Contain("RG2013"), pack.Output);
        Assert.That(pack.Output, Does.Not.Contain("::error").And.Not.Contain("##vso["));
        Assert.That(check.ExitCode, Is.EqualTo(1), check.Output);
        Assert.That(check.Lines, Has.Some.StartsWith(annotation).And.Some.Contains("RG2013"), check.Output);
    }

    [Test]
    public void A_clean_package_passes_in_both()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();
        var task = sandbox.Pack("Acme");
        var process = sandbox.Pack("Acme", "--no-build", "-p:ReleaseGateHost=process");

        Assert.That(task.ExitCode, Is.Zero, task.Output);
        Assert.That(process.ExitCode, Is.Zero, process.Output);
        Assert.That(Said(process), Is.EqualTo(Said(task)));
        Assert.That(sandbox.Packages(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));

        var tool = sandbox.Dotnet(Path.Combine(Feed.Tool, "releasegate.dll"), "check", sandbox.In("Acme", "bin", "Release", "Acme.1.0.0.nupkg"));
        Assert.That(tool.ExitCode, Is.Zero, tool.Output);
        Assert.That(Said(tool), Is.EqualTo(Said(task).Where(l => !l.StartsWith("Acme -> ", StringComparison.Ordinal))));
    }

    [Test]
    public void The_tool_installs_and_runs()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();
        Assert.That(sandbox.Pack("Acme").ExitCode, Is.Zero);

        var install = sandbox.Dotnet("tool", "install", "ReleaseGate.Tool", "--version", Feed.Version, "--tool-path", sandbox.In("tools"));
        Assert.That(install.ExitCode, Is.Zero, install.Output);
        var manifest = sandbox.Dotnet("tool", "list", "--tool-path", sandbox.In("tools"));
        Assert.That(manifest.Output, Does.Contain("releasegate"), manifest.Output);

        // The installed files, run by the host: on this platform compiled ahead, and as IL where the package has nothing for the platform.
        var program = Directory.GetFiles(sandbox.In("tools"), "releasegate.dll", SearchOption.AllDirectories).Single();
        var package = Directory.GetFiles(sandbox.In("Acme", "bin"), "*.nupkg", SearchOption.AllDirectories).Single();
        var ahead = sandbox.Dotnet(program, "check", package, "--profile", "closed");
        Assert.That(ahead.ExitCode, Is.Zero, ahead.Output);
        Assert.That(ahead.Output, Does.Contain("passed, "));

        var deps = Path.ChangeExtension(program, ".deps.json");
        var text = File.ReadAllText(deps);
        Assert.That(text, Does.Contain("\"rid\": \"linux-x64\"").And.Contain("\"rid\": \"win-x64\""));
        File.WriteAllText(deps, System.Text.RegularExpressions.Regex.Replace(text, "\"rid\": \"[^\"]+\"", "\"rid\": \"solaris-x64\""));
        var il = sandbox.Dotnet(program, "check", package, "--profile", "closed");
        Assert.That(il.ExitCode, Is.Zero, il.Output);
    }

    [TestCase("task")]
    [TestCase("process")]
    public void Odd_characters_in_paths(string host)
    {
        using var sandbox = new Sandbox(" it's & $HOME `id` (süß) %PATH%");
        // NuGet refuses quotes in the paths it packs from, the command line of MSBuild drops them, and Windows has none at all.
        var output = OperatingSystem.IsWindows() ? "out; put" : "out; \"put\" 'there'";
        sandbox.Library("Acme", properties: $"<ReleaseGateHost>{host}</ReleaseGateHost><ReleaseGateReportPath>obj/the report.json</ReleaseGateReportPath><PackageOutputPath>../{output.Replace(";", "%3B")}</PackageOutputPath>");

        var clean = sandbox.Pack("Acme");
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(sandbox.Packages(output), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));
        Assert.That(File.ReadAllText(sandbox.In("Acme", "obj", "the report.json")), Does.Contain("\"passed\""));

        sandbox.Write("Acme/more/appsettings.Development.json", "{}");
        var leaky = sandbox.Pack("Acme", "--no-build");
        Assert.That(leaky.ExitCode, Is.Not.Zero, leaky.Output);
        Assert.That(leaky.Errors, Does.Contain("RG2013"), leaky.Output);
        Assert.That(leaky.Output, Does.Contain(sandbox.In("Acme", "Acme.csproj")), leaky.Output);
        Assert.That(sandbox.Packages(), Is.Empty);
        Assert.That(File.ReadAllText(sandbox.In("Acme", "obj", "the report.json")), Does.Contain("\"blocked\""));
    }

    [Test]
    public void A_process_that_does_not_run_is_no_pass()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();

        var run = sandbox.Pack("Acme", "-p:ReleaseGateHost=process", "-p:_ReleaseGateCli=" + sandbox.In("missing.dll"));

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Output, Does.Contain("Acme.csproj : error "));
        Assert.That(sandbox.Packages(), Is.Empty);
        Assert.That(sandbox.Rejected(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));
    }

    [Test]
    public void A_host_that_does_not_exist_is_no_pass()
    {
        using var sandbox = new Sandbox();
        sandbox.Library();

        var run = sandbox.Pack("Acme", "-p:ReleaseGateHost=thread");

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Errors, Is.EqualTo(new[] { "RG0007" }), run.Output);
        Assert.That(sandbox.Packages(), Is.Empty);
    }

    [TestCase("task")]
    [TestCase("process")]
    public void A_mistake_in_the_manifest_names_its_line(string host)
    {
        using var sandbox = new Sandbox();
        sandbox.Library();
        sandbox.Write("Acme/releasegate.json", "{\n  \"extend\": \"closed\"\n}");

        var run = sandbox.Pack("Acme", "-p:ReleaseGateHost=" + host);

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Output, Does.Match(Regex.Escape(sandbox.In("Acme", "releasegate.json")) + @"\(2,\d+\): error RG0001: "));
        Assert.That(sandbox.Packages(), Is.Empty);
        Assert.That(sandbox.Rejected(), Is.EqualTo(new[] { "Acme.1.0.0.nupkg" }));
    }

    // What an Error List shows: file, line and column of the manifest, or the project.
    [TestCase("task")]
    [TestCase("process")]
    public void Errors_stand_at_the_line_of_the_manifest_or_at_the_project(string host)
    {
        using var project = new PlainProject("""<PropertyGroup><BuildDependsOn>MakeZip</BuildDependsOn></PropertyGroup><ItemGroup><ReleaseGateArtifact Include="out/site.zip" /></ItemGroup>""");

        var run = project.Leaky().Build("-p:ReleaseGateHost=" + host, "-bl:" + project.In("build.binlog"));

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        var errors = BuildLog.Read(project.In("build.binlog")).Errors;
        Assert.That(errors, Is.EquivalentTo(new[]
        {
            ("RG1001", project.In("releasegate.json"), 3, 5),
            ("RG2013", project.In("site.proj"), 0, 0),
            // The sum of it. A task's own errors have the line of the task, which is nobody's business.
            ("", project.In("site.proj"), 0, 0),
        }), run.Output);
        Assert.That(run.Lines, Has.Some.Contains("/docs/rules/"), "a process can't give MSBuild a help link, so the text has the address");
    }

    // MSBuild.exe: the property is MSBuild's own and can't be set, so the targets are read with the word it has there. No task assembly is there to load.
    [Test]
    public void Where_tasks_of_modern_NET_do_not_load_the_process_does_it()
    {
        using var source = new Sandbox();
        var package = source.In("package");
        Directory.CreateDirectory(Path.Combine(package, "build"));
        foreach (var file in Directory.GetFiles(Path.Combine(Feed.Package, "build")))
            File.WriteAllText(Path.Combine(package, "build", Path.GetFileName(file)), File.ReadAllText(file).Replace("$(MSBuildRuntimeType)", "Full"));
        CopyFolder(Path.Combine(Feed.Package, "cli"), Path.Combine(package, "cli"));
        using var project = new PlainProject("""<PropertyGroup><BuildDependsOn>MakeZip</BuildDependsOn></PropertyGroup><ItemGroup><ReleaseGateArtifact Include="out/site.zip" /></ItemGroup>""", package: package);

        var clean = project.Build();
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(clean.Output, Does.Contain("site.zip: passed, "));

        var asked = project.Build("-p:ReleaseGateHost=task");
        Assert.That(asked.Errors, Is.EqualTo(new[] { "RG0007" }), asked.Output);

        var leaky = project.Leaky().Build();
        Assert.That(leaky.ExitCode, Is.Not.Zero, leaky.Output);
        Assert.That(leaky.Errors, Does.Contain("RG2013"), leaky.Output);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "the shell is found by PATH, too, and linked to there")]
    public void Without_any_dotnet_it_says_what_it_needs()
    {
        using var project = new PlainProject("""<PropertyGroup><BuildDependsOn>MakeZip</BuildDependsOn></PropertyGroup><ItemGroup><ReleaseGateArtifact Include="out/site.zip" /></ItemGroup>""");

        Directory.CreateDirectory(project.In("bin"));
        File.CreateSymbolicLink(project.In("bin", "sh"), "/bin/sh");

        // A global property stands before the environment's, which 'dotnet' sets itself.
        var run = project.Sandbox.Dotnet(["msbuild", "site.proj", "-tl:off", "-nologo", "-v:m", "-p:ReleaseGateHost=process", "-p:DOTNET_HOST_PATH="], new() { ["PATH"] = project.In("bin") });

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Lines, Has.Some.Match(@"site\.proj : error RG0007: The process of ReleaseGate ended with code '\d+', so nothing was checked\. It needs \.NET 8 or later and tried 'dotnet(\.exe)?': install the \.NET SDK, or set DOTNET_HOST_PATH\."));
        Assert.That(project.Files("*.zip"), Has.Length.EqualTo(1).And.All.Contains("/rejected/"));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "closes standard input by the shell of Unix")]
    public void It_works_without_a_console()
    {
        using var sandbox = new Sandbox();
        sandbox.Write("site/appsettings.Development.json", "{}");
        var dotnet = Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

        // No input, no terminal, no environment.
        var run = Tests.Dotnet.Run(sandbox.Folder, ["-c", "exec env -i DOTNET_ROOT=\"$DOTNET_ROOT\" \"$@\" <&-", "sh", dotnet, Path.Combine(Feed.Package, "cli", "releasegate.dll"), "check", "--as", "directory", "site", "--profile", "closed"], program: "/bin/sh");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Output);
        Assert.That(run.Lines, Has.Some.Contains(" : error RG2013: appsettings.Development.json: "));
        Assert.That(run.Output, Does.Not.Contain("\u001b"));
    }

    // The folder holds a file without content that would take hours to read. Once somebody has it open, the check is in it; then the build is told to stop.
    [TestCase("task")]
    [TestCase("process")]
    [Platform("Linux", Reason = "looks for the file among those that processes have open, and signals as a terminal does")]
    public void Told_to_stop_it_stops_at_once_and_releases_nothing(string host)
    {
        Tests.Dotnet.AssumeInterrupts();
        using var project = new PlainProject("""
            <PropertyGroup><BuildDependsOn>MakeZip</BuildDependsOn></PropertyGroup>
            <ItemGroup><ReleaseGateArtifact Include="out/site.zip" ReleaseTo="release" /><ReleaseGateArtifact Include="dist" /></ItemGroup>
            """);
        project.Sandbox.Write("releasegate.json", """{ "artifacts": [{ "match": "*.zip", "allow": ["*.html"] }, { "match": "dist/", "allow": ["big.bin"], "limits": { "output": "4000 GB" } }] }""");
        Directory.CreateDirectory(project.In("dist"));
        var big = project.In("dist", "big.bin");
        using (var file = File.Create(big)) file.SetLength(2L << 40);

        var run = Tests.Dotnet.Run(project.Sandbox.Folder, ["msbuild", "site.proj", "-tl:off", "-nologo", "-v:m", "-p:ReleaseGateHost=" + host], started: build =>
        {
            while (!build.HasExited && OpenedBy(big).Length == 0) Thread.Sleep(20);
            if (!build.HasExited) Process.Start("kill", ["-INT", build.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        });

        Assert.That(run.ExitCode, Is.Not.Zero, run.Output);
        Assert.That(run.Output, Does.Not.Contain("passed, ").And.Not.Contain("Build succeeded"), run.Output);
        Assert.That(OpenedBy(big), Is.Empty, "no process may be left behind");
        Assert.That(Directory.Exists(project.In("release")), Is.False);
    }

    private static string[] OpenedBy(string path)
    {
        var processes = new List<string>();
        foreach (var process in Directory.GetDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            try
            {
                if (Directory.GetFiles(Path.Combine(process, "fd")).Any(f => new FileInfo(f).LinkTarget == path)) processes.Add(process);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // A process that ended meanwhile, or somebody else's.
            }
        }

        return [.. processes];
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Everything the gate said, without what a run of the clock changes and without the bracketed project that MSBuild appends.</summary>
    private static string[] Said(Run run) => run.Lines
        .Where(l => l.Contains(": error ") || l.Contains(": warning ") || l.Contains(", sha256 ") || l.Contains("releasegate.json") || l.Contains("(passed ReleaseGate)"))
        .Select(l => Elapsed().Replace(MSBuildProject().Replace(l, ""), " ms")).Distinct().Order(StringComparer.Ordinal).ToArray();

    [GeneratedRegex(@" [\d,]+ ms")]
    private static partial Regex Elapsed();

    [GeneratedRegex(@" \[[^\]]*\.csproj(::[^\]]*)?\]$")]
    private static partial Regex MSBuildProject();
}
