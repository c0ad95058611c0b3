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

    /// <summary>Everything the gate said, without what a run of the clock changes and without the bracketed project that MSBuild appends.</summary>
    private static string[] Said(Run run) => run.Lines
        .Where(l => l.Contains(": error ") || l.Contains(": warning ") || l.Contains(", sha256 ") || l.Contains("releasegate.json") || l.Contains("(passed ReleaseGate)"))
        .Select(l => Elapsed().Replace(MSBuildProject().Replace(l, ""), " ms")).Distinct().Order(StringComparer.Ordinal).ToArray();

    [GeneratedRegex(@" [\d,]+ ms")]
    private static partial Regex Elapsed();

    [GeneratedRegex(@" \[[^\]]*\.csproj(::[^\]]*)?\]$")]
    private static partial Regex MSBuildProject();
}
