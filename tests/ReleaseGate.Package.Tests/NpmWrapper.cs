using System.Diagnostics;
using System.Text;

namespace ReleaseGate.Package.Tests;

/// <summary>The packages for npm, packed once by build/npm.sh, and projects outside the repository that have them installed by the real npm.</summary>
internal static class NpmWrapper
{
    /// <summary>The platform of this machine as .NET names it.</summary>
    public static string Here { get; } = (OperatingSystem.IsWindows() ? "win-" : OperatingSystem.IsMacOS() ? "osx-" : "linux-") +
        (System.Runtime.InteropServices.RuntimeInformation.OSArchitecture is System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "x64");

    private static readonly Lazy<string> Packed = new(() => Pack("npm", Here));

    public static string Wrapper => Path.Combine(Packed.Value, $"releasegate-{Feed.Version}.tgz");

    public static string Platform => Path.Combine(Packed.Value, $"releasegate-{Here}-{Feed.Version}.tgz");

    /// <summary>Packs into a folder below the feed's.</summary>
    public static string Pack(string name, params string[] platforms)
    {
        var folder = Path.Combine(Feed.Root, name);
        var run = Run(Program("bash"), Feed.Repository, [Path.Combine(Feed.Repository, "build", "npm.sh"), folder, Feed.Version, .. platforms]);
        Assert.That(run.ExitCode, Is.Zero, run.Output);
        return folder;
    }

    /// <summary>Installs tarballs into an empty project. No registry is asked: there is none at that address.</summary>
    public static void Install(Sandbox sandbox, params string[] packages)
    {
        sandbox.Write("package.json", """{ "name": "acme", "version": "1.0.0", "private": true, "scripts": { "gate": "releasegate check" } }""");
        var run = TryInstall(sandbox, "http://127.0.0.1:9/", packages);
        Assert.That(run.ExitCode, Is.Zero, run.Output);
    }

    public static Run TryInstall(Sandbox sandbox, string registry, params string[] arguments) =>
        Run(Program("npm"), sandbox.Folder, ["install", "--no-audit", "--no-fund", "--fetch-retries=0", "--registry", registry, "--cache", sandbox.In(".npm"), .. arguments]);

    /// <summary>Runs <c>npx --no-install releasegate</c>.</summary>
    public static Run Npx(Sandbox sandbox, params string[] arguments) => Run(Program("npx"), sandbox.Folder, ["--no-install", "releasegate", .. arguments]);

    /// <summary>Runs the wrapper's script. An environment variable that is null is removed; without PATH there is no dotnet, for node is named in full.</summary>
    public static Run Node(Sandbox sandbox, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var start = Start(Program("node"), sandbox.Folder, [Script(sandbox), .. arguments]);
        foreach (var (name, value) in environment)
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }

        return Run(start);
    }

    public static string Script(Sandbox sandbox) => sandbox.In("node_modules", "releasegate", "bin", "releasegate.js");

    public static Run Run(string program, string folder, IEnumerable<string> arguments) => Run(Start(program, folder, arguments));

    public static ProcessStartInfo Start(string program, string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        // 'dotnet test' tells its children things about itself; npm takes its own settings from the environment.
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || n.StartsWith("npm_", StringComparison.OrdinalIgnoreCase) || n is "RELEASEGATE_BINARY" or "TERM").ToArray())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        return start;
    }

    public static Run Run(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Run(process.ExitCode, output + error.Result);
    }

    /// <summary>The full path of a program on the path. On Windows npm is a .cmd.</summary>
    public static string Program(string name) =>
        Find(name) ?? throw new FileNotFoundException($"'{name}' is not on the path");

    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => (string[])(OperatingSystem.IsWindows() ? [name + ".exe", name + ".cmd"] : [name]), Path.Combine)
            .FirstOrDefault(File.Exists);
}
