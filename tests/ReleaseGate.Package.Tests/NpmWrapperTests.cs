using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ReleaseGate.Package.Tests;

/// <summary>The npm package: what is in it, what it runs, and that it says what the .NET tool says.</summary>
public sealed partial class NpmWrapperTests
{
    private static readonly Dictionary<string, string?> NoDotnet = new() { ["PATH"] = "", ["DOTNET_ROOT"] = null, ["DOTNET_ROOT_X64"] = null };

    [OneTimeSetUp]
    public static void RequireNpm()
    {
        if (NpmWrapper.Find("npm") is null || NpmWrapper.Find("bash") is null) Assert.Ignore("npm or bash is not installed; they pack and install the wrapper");
    }

    [Test]
    public void The_wrapper_holds_these_files_and_no_others() =>
        Assert.That(Npm.Entries(NpmWrapper.Wrapper), Is.EqualTo(new[]
        {
            "LICENSE",
            "README.md",
            "bin/releasegate.js",
            "lib/find.js",
            "lib/platforms.json",
            "lib/run.js",
            "package.json",
            "tool/ReleaseGate.Core.dll",
            "tool/Spectre.Console.dll",
            "tool/System.CommandLine.dll",
            "tool/System.IO.Abstractions.dll",
            "tool/releasegate.deps.json",
            "tool/releasegate.dll",
            "tool/releasegate.runtimeconfig.json",
        }));

    [Test]
    public void A_platform_package_holds_one_program() =>
        Assert.That(Npm.Entries(NpmWrapper.Platform), Is.EqualTo(new[]
        {
            "LICENSE",
            "README.md",
            "THIRD-PARTY-NOTICES.txt",
            OperatingSystem.IsWindows() ? "bin/releasegate.exe" : "bin/releasegate",
            "package.json",
        }));

    [Test]
    public void Version_and_platforms_come_from_one_place_each()
    {
        using var source = JsonDocument.Parse(File.ReadAllText(Path.Combine(Feed.Repository, "npm", "releasegate", "package.json")));
        using var platforms = JsonDocument.Parse(File.ReadAllText(Path.Combine(Feed.Repository, "npm", "releasegate", "lib", "platforms.json")));
        using var wrapper = Manifest(NpmWrapper.Wrapper);
        using var platform = Manifest(NpmWrapper.Platform);

        Assert.That(source.RootElement.GetProperty("version").GetString(), Is.EqualTo("0.0.0"), "the version stands in Directory.Build.props");
        Assert.That(source.RootElement.TryGetProperty("optionalDependencies", out _), Is.False, "the platforms stand in platforms.json");
        Assert.That(wrapper.RootElement.GetProperty("version").GetString(), Is.EqualTo(Feed.Version));
        Assert.That(
            wrapper.RootElement.GetProperty("optionalDependencies").EnumerateObject().Select(p => (p.Name, p.Value.GetString())),
            Is.EqualTo(platforms.RootElement.EnumerateObject().Select(p => ("@releasegate/" + p.Name, Feed.Version))));
        Assert.That(wrapper.RootElement.TryGetProperty("dependencies", out _), Is.False);
        Assert.That(wrapper.RootElement.TryGetProperty("scripts", out _), Is.False, "nothing runs at installation");
        Assert.That(platform.RootElement.GetProperty("name").GetString(), Is.EqualTo("@releasegate/" + NpmWrapper.Here));
        Assert.That(platform.RootElement.GetProperty("version").GetString(), Is.EqualTo(Feed.Version));
        foreach (var field in platforms.RootElement.GetProperty(NpmWrapper.Here).EnumerateObject())
            Assert.That(platform.RootElement.GetProperty(field.Name).EnumerateArray().Select(v => v.GetString()), Is.EqualTo(new[] { field.Value.GetString() }));
    }

    [Test]
    public void Packed_again_they_are_the_same_bytes()
    {
        // First, for two at a time would build in the same folder.
        string[] packages = [NpmWrapper.Wrapper, NpmWrapper.Platform];
        // Compiled anew as well.
        Directory.Delete(Path.Combine(Feed.Repository, "artifacts", "npm"), recursive: true);
        var again = NpmWrapper.Pack("npm-again", NpmWrapper.Here);

        foreach (var package in packages)
            Assert.That(File.ReadAllBytes(Path.Combine(again, Path.GetFileName(package))).AsSpan().SequenceEqual(File.ReadAllBytes(package)), Is.True, package);
    }

    [Test]
    public void The_program_of_the_platform_says_what_the_tool_says()
    {
        using var sandbox = new Sandbox("mit Leerzeichen ä");
        NpmWrapper.Install(sandbox, NpmWrapper.Wrapper, NpmWrapper.Platform);

        SaysWhatTheToolSays(sandbox, NoDotnet);
    }

    [Test]
    public void With_dotnet_alone_it_says_what_the_tool_says()
    {
        using var sandbox = new Sandbox("mit Leerzeichen ä");
        NpmWrapper.Install(sandbox, NpmWrapper.Wrapper);

        Assert.That(Directory.Exists(sandbox.In("node_modules", "@releasegate")), Is.False);
        SaysWhatTheToolSays(sandbox, new Dictionary<string, string?>());
    }

    [Test]
    public void A_registry_without_the_platform_packages_does_not_stop_the_installation()
    {
        using var sandbox = new Sandbox();
        sandbox.Write("package.json", """{ "name": "acme", "version": "1.0.0" }""");
        using var registry = new HttpListener();
        var address = $"http://127.0.0.1:{FreePort()}/";
        registry.Prefixes.Add(address);
        registry.Start();
        var asked = 0;
        var answers = Task.Run(async () =>
        {
            while (registry.IsListening)
            {
                try
                {
                    var request = await registry.GetContextAsync();
                    Interlocked.Increment(ref asked);
                    request.Response.StatusCode = 404;
                    request.Response.Close();
                }
                // That is how a listener that was closed ends the wait.
                catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        });

        var install = NpmWrapper.TryInstall(sandbox, address, NpmWrapper.Wrapper);
        registry.Close();
        answers.Wait();

        Assert.That(install.ExitCode, Is.Zero, install.Output);
        Assert.That(asked, Is.Positive);
        var run = NpmWrapper.Node(sandbox, new Dictionary<string, string?>(), "--version");
        Assert.That(run.ExitCode, Is.Zero, run.Output);
    }

    [Test]
    public void With_nothing_to_run_it_says_what_it_looked_for()
    {
        using var sandbox = new Sandbox();
        NpmWrapper.Install(sandbox, NpmWrapper.Wrapper);

        var run = NpmWrapper.Node(sandbox, NoDotnet, "check", "acme-1.0.0.tgz");

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Output);
        Assert.That(run.Lines, Has.Length.EqualTo(1));
        Assert.That(run.Output, Does.StartWith("releasegate: error: found nothing to run on "));
        Assert.That(run.Output, Does.Contain($"@releasegate/{NpmWrapper.Here}").And.Contain("'dotnet' in DOTNET_ROOT and on the path").And.Contain("npm install").And.Contain(".NET runtime 8 or later"));
    }

    [Test]
    public void A_dotnet_without_a_runtime_that_serves_is_no_pass()
    {
        using var sandbox = new Sandbox();
        NpmWrapper.Install(sandbox, NpmWrapper.Wrapper);

        // Only 8.0.0 itself would do then.
        var run = NpmWrapper.Node(sandbox, new Dictionary<string, string?> { ["DOTNET_ROLL_FORWARD"] = "Disable" }, "--version");

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Output);
        Assert.That(run.Lines[^1], Does.EndWith("has no runtime that serves. Install the .NET runtime 8 or later, or run 'npm install' without --omit=optional."));
    }

    [Test]
    public void A_package_for_another_machine_or_of_another_version_does_not_serve()
    {
        using var sandbox = new Sandbox();
        NpmWrapper.Install(sandbox, NpmWrapper.Wrapper);
        var foreign = OperatingSystem.IsWindows() ? "osx-arm64" : "win-x64";
        // As it lies there after node_modules was copied from another machine.
        sandbox.Write($"node_modules/@releasegate/{foreign}/package.json", $$"""{ "name": "@releasegate/{{foreign}}", "version": "{{Feed.Version}}" }""");

        var copied = NpmWrapper.Node(sandbox, NoDotnet, "--version");
        var helped = NpmWrapper.Node(sandbox, new Dictionary<string, string?>(), "--version");
        sandbox.Write($"node_modules/@releasegate/{NpmWrapper.Here}/package.json", $$"""{ "name": "@releasegate/{{NpmWrapper.Here}}", "version": "0.0.9" }""");
        var older = NpmWrapper.Node(sandbox, new Dictionary<string, string?>(), "--version");
        sandbox.Write($"node_modules/@releasegate/{NpmWrapper.Here}/package.json", $$"""{ "name": "@releasegate/{{NpmWrapper.Here}}", "version": "{{Feed.Version}}" }""");
        var empty = NpmWrapper.Node(sandbox, new Dictionary<string, string?>(), "--version");

        Assert.That(copied.ExitCode, Is.EqualTo(2), copied.Output);
        Assert.That(copied.Output, Does.Contain($"only @releasegate/{foreign} is installed"));
        Assert.That(helped.ExitCode, Is.Zero, helped.Output);
        Assert.That(older.ExitCode, Is.EqualTo(2), older.Output);
        Assert.That(older.Output, Does.Contain($"found @releasegate/{NpmWrapper.Here} 0.0.9. Install both in the same version: npm install releasegate@{Feed.Version} @releasegate/{NpmWrapper.Here}@{Feed.Version}"));
        Assert.That(empty.ExitCode, Is.EqualTo(2), empty.Output);
        Assert.That(empty.Output, Does.Contain("is installed without "));
    }

    [Test]
    public void The_environment_can_name_the_program_and_the_log_says_so()
    {
        using var sandbox = new Sandbox();
        NpmWrapper.Install(sandbox, NpmWrapper.Wrapper);
        var tool = Path.Combine(Feed.Tool, "releasegate.dll");

        var named = NpmWrapper.Node(sandbox, new Dictionary<string, string?> { ["RELEASEGATE_BINARY"] = tool }, "check", "--nonsense");
        var without = NpmWrapper.Node(sandbox, new Dictionary<string, string?>(NoDotnet) { ["RELEASEGATE_BINARY"] = tool }, "--version");
        var missing = NpmWrapper.Node(sandbox, new Dictionary<string, string?> { ["RELEASEGATE_BINARY"] = sandbox.In("nothing") }, "--version");
        var noProgram = NpmWrapper.Node(sandbox, new Dictionary<string, string?> { ["RELEASEGATE_BINARY"] = sandbox.In("package.json") }, "--version");
        // The system takes an empty file for an empty shell script, which ends well.
        sandbox.Write("empty", "");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(sandbox.In("empty"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var empty = NpmWrapper.Node(sandbox, new Dictionary<string, string?> { ["RELEASEGATE_BINARY"] = sandbox.In("empty") }, "check", "leaky.tgz");

        Assert.That(named.ExitCode, Is.EqualTo(2), named.Output);
        Assert.That(named.Lines[0], Is.EqualTo($"releasegate: RELEASEGATE_BINARY is set: runs {tool}"));
        Assert.That(named.Output, Does.Contain("--nonsense"));
        Assert.That(without.ExitCode, Is.EqualTo(2), without.Output);
        Assert.That(without.Output, Does.Contain("which needs 'dotnet'"));
        Assert.That(missing.ExitCode, Is.EqualTo(2), missing.Output);
        Assert.That(missing.Output, Does.Contain("which is no file"));
        Assert.That(noProgram.ExitCode, Is.EqualTo(2), noProgram.Output);
        Assert.That(noProgram.Output, Does.Contain("which is no program"));
        Assert.That(empty.ExitCode, Is.EqualTo(2), empty.Output);
        Assert.That(empty.Output, Does.Contain("which is no program"));
    }

    [TestCase("INT", 130)]
    [TestCase("TERM", 130)]
    [Platform("Linux", Reason = "the test reads /proc to see how far the program is")]
    public void A_signal_to_the_wrapper_ends_the_check_in_order(string signal, int code)
    {
        if (signal == "INT") Dotnet.AssumeInterrupts();
        using var sandbox = new Sandbox();
        NpmWrapper.Install(sandbox, NpmWrapper.Wrapper);
        // Nothing on disk and long to read.
        Directory.CreateDirectory(sandbox.In("publish"));
        using (var file = File.Create(sandbox.In("publish", "large.bin"))) file.SetLength(6L << 30);
        var start = NpmWrapper.Start(NpmWrapper.Program("node"), sandbox.Folder, [NpmWrapper.Script(sandbox), "check", "publish", "--as", "directory"]);

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        while (!process.HasExited && !Reads(process.Id, "large.bin")) Thread.Sleep(10);
        NpmWrapper.Run("/bin/sh", sandbox.Folder, ["-c", $"kill -{signal} {process.Id}"]);
        process.WaitForExit();

        Assert.That(error.Result, Is.EqualTo("releasegate: stopped; nothing was passed\n"));
        Assert.That(output.Result, Is.Empty);
        Assert.That(process.ExitCode, Is.EqualTo(code));
    }

    [Test]
    [Platform("Linux,MacOsX", Reason = "other systems have no signals")]
    public void A_program_that_a_signal_ended_ends_the_wrapper_by_the_same()
    {
        using var sandbox = new Sandbox();
        NpmWrapper.Install(sandbox, NpmWrapper.Wrapper);

        // A shell, told as the program, that ends itself.
        var environment = new Dictionary<string, string?> { ["RELEASEGATE_BINARY"] = "/bin/sh" };
        var killed = NpmWrapper.Node(sandbox, environment, "-c", "kill -9 $$");
        var terminated = NpmWrapper.Node(sandbox, environment, "-c", "kill -15 $$");
        var code = NpmWrapper.Node(sandbox, environment, "-c", "exit 77");

        Assert.That((killed.ExitCode, terminated.ExitCode, code.ExitCode), Is.EqualTo((137, 143, 77)));
    }

    /// <summary>Clean, leaky and wrong usage, with names that no shell would leave alone.</summary>
    private static void SaysWhatTheToolSays(Sandbox sandbox, IReadOnlyDictionary<string, string?> environment)
    {
        sandbox.Write("$HOME & Müll/app/index.js", "console.log(1);\n");
        sandbox.Write("$HOME & Müll/app/package.json", """{ "name": "acme-cli", "version": "1.0.0", "description": "A program.", "license": "MIT", "files": ["index.js"] }""");
        var clean = Tarball(sandbox, "$HOME & Müll/app", "clean \"1\" ü.tgz");
        sandbox.Write("$HOME & Müll/app/package.json", """{ "name": "acme-cli", "version": "1.0.0", "description": "A program.", "license": "MIT", "files": ["*.js", "*.map"] }""");
        sandbox.Write("$HOME & Müll/app/index.js.map", """{ "version": 3, "sources": ["../src/index.ts"], "sourcesContent": ["export const one = 1;\nconsole.log(one);\n"], "names": [], "mappings": "AAAA" }""");
        var leaky = Tarball(sandbox, "$HOME & Müll/app", "leaky 'x' %PATH% ü.tgz");

        foreach (var (arguments, code) in ((string[], int)[])[(["check", clean], 0), (["check", leaky, clean], 1), (["check"], 2), (["check", ""], 2), (["explain", "RG2001"], 0)])
        {
            var wrapped = NpmWrapper.Node(sandbox, environment, arguments);
            var tool = sandbox.ReleaseGate(arguments);

            Assert.That(wrapped.ExitCode, Is.EqualTo(code), wrapped.Output);
            Assert.That(tool.ExitCode, Is.EqualTo(code), tool.Output);
            Assert.That(WithoutTimes(wrapped.Output), Is.EqualTo(WithoutTimes(tool.Output)));
        }

        Assert.That(NpmWrapper.Npx(sandbox, "check", clean).ExitCode, Is.Zero);
        var blocked = NpmWrapper.Npx(sandbox, "check", leaky);
        Assert.That(blocked.ExitCode, Is.EqualTo(1), blocked.Output);
        Assert.That(blocked.Errors, Does.Contain("RG2002"));
        Assert.That(NpmWrapper.Npx(sandbox, "check").ExitCode, Is.EqualTo(2));
        Assert.That(NpmWrapper.Run(NpmWrapper.Program("npm"), sandbox.Folder, ["run", "gate", "--", leaky]).ExitCode, Is.EqualTo(1), "in a package script");
    }

    /// <summary>Packs a folder with the real npm and gives the tarball a name.</summary>
    private static string Tarball(Sandbox sandbox, string folder, string name)
    {
        var run = NpmWrapper.Run(NpmWrapper.Program("npm"), sandbox.In(folder.Split('/')), ["pack", "--silent", "--pack-destination", sandbox.Folder]);
        Assert.That(run.ExitCode, Is.Zero, run.Output);
        if (OperatingSystem.IsWindows()) name = name.Replace('"', '_');
        File.Move(sandbox.In("acme-cli-1.0.0.tgz"), sandbox.In(name));
        return name;
    }

    private static bool Reads(int wrapper, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{wrapper}/task/{wrapper}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(child => Directory.GetFiles($"/proc/{child}/fd"))
                .Any(fd => File.ResolveLinkTarget(fd, returnFinalTarget: false)?.Name == file);
        }
        // Processes and their files come and go while one looks.
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static JsonDocument Manifest(string package)
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(package), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name == "package/package.json") return JsonDocument.Parse(entry.DataStream!);
        }

        throw new FileNotFoundException("package/package.json");
    }

    private static string WithoutTimes(string output) => Times().Replace(output, ", # ms,");

    [GeneratedRegex(", [0-9,]+ ms,")]
    private static partial Regex Times();
}
