using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Reflection;

namespace ReleaseGate.Package.Tests;

/// <summary>Our packages, packed once for all tests under a version of their own, so that no cache can serve older bits.</summary>
[SetUpFixture]
internal sealed class Feed
{
    public static string Root { get; } = Path.Combine(Path.GetTempPath(), "releasegate-packages-" + Guid.NewGuid().ToString("n")[..8]);

    public static string Folder { get; } = Path.Combine(Root, "feed");

    /// <summary>Where the tests' projects restore to: nobody else's cache is touched or trusted.</summary>
    public static string Cache { get; } = Path.Combine(Root, "cache");

    public static string Version { get; } = "0.1.0-test." + DateTime.UtcNow.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    /// <summary>The name of the compiler that serves all projects of this run and no others; null: there is none, and each project starts its own.</summary>
    public static string? Compiler { get; private set; }

    private static Process? _compiler;

    public static string Repository { get; } = Fact("RepositoryRoot");

    /// <summary>The packages that the build of the repository needed, the reference assemblies of .NET 8 among them.</summary>
    public static string RepositoryCache { get; } = Fact("NuGetPackageRoot");

    /// <summary>The package, unpacked: for projects that import its files by their path.</summary>
    public static string Package => Path.Combine(Root, "package");

    /// <summary>The SDK of projects that compile nothing, from <see cref="RepositoryCache"/>.</summary>
    public static string NoTargets { get; } = "Microsoft.Build.NoTargets/" + Fact("NoTargetsVersion");

    /// <summary>The command line as the package carries it for the process host.</summary>
    public static string PackedCommandLine => Path.Combine(Cache, "releasegate", Version, "cli", "releasegate.dll");

    /// <summary>The command line as the tool package carries it.</summary>
    public static string Tool => Path.Combine(Root, "tool", "tools", "net8.0", "any");

    // Few tests need them.
    private static readonly Lazy<bool> Libraries = new(() =>
    {
        Pack("ReleaseGate.Core");
        Pack("ReleaseGate.Testing");
        return true;
    });

    [OneTimeSetUp]
    public void Pack()
    {
        Directory.CreateDirectory(Folder);
        StartCompiler();
        Pack("ReleaseGate.Tasks");
        Pack("ReleaseGate.Cli");

        ZipFile.ExtractToDirectory(Path.Combine(Folder, $"ReleaseGate.{Version}.nupkg"), Package);
        ZipFile.ExtractToDirectory(Path.Combine(Folder, $"ReleaseGate.Tool.{Version}.nupkg"), Path.Combine(Root, "tool"));
    }

    [OneTimeTearDown]
    public void Remove()
    {
        var isGone = _compiler?.HasExited;
        if (isGone == false)
        {
            _compiler!.Kill();
            _compiler.WaitForExit();
        }

        Directory.Delete(Root, recursive: true);
        // Nothing else would say so: each project starts its own then, and all take twice as long.
        Assert.That(isGone, Is.Not.True, "the compiler did not live as long as the tests");
    }

    // Started here: one that the first build starts is its child, and goes with it where a test stops a build. Then the rest of the run would try in vain to start another under that name.
    private static void StartCompiler()
    {
        if (Fact("CompilerServer") is var server && !File.Exists(server)) return;
        // Its pipe is a file beside the folder of the run, so it needs another name.
        var name = Path.GetFileName(Root) + "-compiler";
        var start = new ProcessStartInfo(Dotnet.Host, [server, "-pipename:" + name]) { WorkingDirectory = Root };
        start.Environment["DOTNET_TieredPGO"] = "0";
        _compiler = Process.Start(start);
        Compiler = name;
    }

    /// <summary>Packs what rule authors and programs take, ReleaseGate.Core and ReleaseGate.Testing, for whoever asks first.</summary>
    public static void RequireLibraries() => Assert.That(Libraries.Value);

    private static void Pack(string project)
    {
        // The analyzers have seen the same sources when the tests were built, and change nothing in what is packed.
        var run = Dotnet.Run(Repository, ["pack", Path.Combine("src", project), "-c", "Release", "-o", Folder, "-p:PackageVersion=" + Version, "-p:RunAnalyzers=false", "-v:q", "-nologo"]);
        Assert.That(run.ExitCode, Is.Zero, run.Output);
    }

    private static string Fact(string key) => typeof(Feed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
