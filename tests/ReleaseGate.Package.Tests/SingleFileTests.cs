namespace ReleaseGate.Package.Tests;

/// <summary>What 'dotnet publish' bundles into one program is judged file by file.</summary>
public sealed class SingleFileTests
{
    private static readonly string Program = OperatingSystem.IsWindows() ? "Acme.exe" : "Acme";

    [Test]
    public void A_plain_program_passes_as_a_folder_and_by_itself()
    {
        using var sandbox = new Sandbox();
        var folder = Publish(sandbox, "-p:DebugType=none");

        var publish = Check(sandbox, folder, "--as", "directory");
        var program = Check(sandbox, Path.Combine(folder, Program));

        Assert.That(publish.ExitCode, Is.Zero, publish.Output);
        Assert.That(publish.Output, Does.Contain("passed, 4 entries"));
        Assert.That(program.ExitCode, Is.Zero, program.Output);
        Assert.That(program.Output, Does.Contain("passed, 4 entries"));
    }

    [Test]
    public void What_a_program_carries_is_judged()
    {
        using var sandbox = new Sandbox();
        var folder = Publish(sandbox, "-p:DebugType=none", "-p:IncludeAllContentForSelfExtract=true");

        var run = Check(sandbox, Path.Combine(folder, Program));

        Assert.That(File.Exists(Path.Combine(folder, "appsettings.Development.json")), Is.False, "the file is in the program");
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Output);
        Assert.That(run.Output, Does.Contain($"error RG2013: {Program}!/appsettings.Development.json: "));
    }

    [Test]
    public void What_init_writes_lets_the_program_pass_and_nothing_more()
    {
        using var sandbox = new Sandbox();
        var folder = Publish(sandbox, "-p:DebugType=none");
        var program = Path.Combine(folder, Program);

        var init = Tool(sandbox, "init", program, "--output", sandbox.In("releasegate.json"));
        var same = Check(sandbox, program, "--manifest", sandbox.In("releasegate.json"));
        var more = Check(sandbox, Path.Combine(Publish(sandbox, "-p:DebugType=none", "-p:IncludeAllContentForSelfExtract=true"), Program), "--manifest", sandbox.In("releasegate.json"));

        Assert.That(init.ExitCode, Is.Zero, init.Output);
        Assert.That(File.ReadAllText(sandbox.In("releasegate.json")), Does.Contain($"\"{Program}!/Acme.dll\""));
        Assert.That(same.ExitCode, Is.Zero, same.Output);
        Assert.That(more.ExitCode, Is.EqualTo(1), more.Output);
        Assert.That(more.Output, Does.Contain($"error RG1001: {Program}!/appsettings.Development.json: not listed in the manifest"));
    }

    private static string Publish(Sandbox sandbox, params string[] properties)
    {
        sandbox.Write("Acme/Acme.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>{Sandbox.Framework}</TargetFramework>
                <!-- The build machine's folder is no business of those who run the program. -->
                <PathMap>$(MSBuildThisFileDirectory)=/_/</PathMap>
              </PropertyGroup>
              <ItemGroup>
                <Content Include="appsettings.Development.json" CopyToPublishDirectory="Always" Condition="'$(IncludeAllContentForSelfExtract)' == 'true'" />
              </ItemGroup>
            </Project>
            """);
        sandbox.Write("Acme/appsettings.Development.json", "{}");
        sandbox.Write("Acme/Program.cs", "System.Console.WriteLine(1);");
        var folder = sandbox.In("publish");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        // For the machine's own runtime the SDK brings the host along, so nothing is restored.
        var run = sandbox.Dotnet(["publish", "Acme", "-c", "Release", "--use-current-runtime", "--self-contained", "false", "-p:PublishSingleFile=true", "-o", folder, "-tl:off", "-nologo", .. properties]);
        Assert.That(run.ExitCode, Is.Zero, run.Output);
        return folder;
    }

    private static Run Check(Sandbox sandbox, string artifact, params string[] arguments) => Tool(sandbox, ["check", artifact, .. arguments]);

    private static Run Tool(Sandbox sandbox, params string[] arguments) => sandbox.Dotnet([Path.Combine(Feed.Tool, "releasegate.dll"), .. arguments]);
}
