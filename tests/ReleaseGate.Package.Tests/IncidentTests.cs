using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace ReleaseGate.Package.Tests;

/// <summary>
/// The release the gate exists for, made again: a command line program of 1,906 TypeScript files and 512,000 lines, bundled by esbuild and packed by npm with the
/// source map beside the bundle, checked by the installed tool. What the gate counts is compared with what another JSON reader counts.
/// </summary>
public sealed class IncidentTests
{
    private const string Bundler = "esbuild@0.28.2";
    private const int Files = 1906;
    private const int Lines = 512_000;

    private static readonly Lazy<Incident> Made = new(Make);

    private sealed record Incident(Sandbox Sandbox, string Tool, byte[] Bundle, byte[] Map, long MapFiles, long MapLines, long MapBytes);

    [OneTimeSetUp]
    public static void RequireNpm()
    {
        if (Find("npm") is null) Assert.Ignore("npm is not installed; the bundler comes from there");
    }

    [OneTimeTearDown]
    public static void Remove()
    {
        if (Made.IsValueCreated) Made.Value.Sandbox.Dispose();
    }

    [Test]
    public void The_map_is_as_large_as_the_one_that_leaked()
    {
        var incident = Made.Value;

        Assert.That(incident.Map, Has.Length.GreaterThan(50 << 20));
        Assert.That((incident.MapFiles, incident.MapLines), Is.EqualTo((Files, Lines)));
    }

    [Test]
    public void The_bundle_alone_passes_with_a_word_about_the_map_it_points_at()
    {
        var (run, findings) = Check("clean", []);

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(findings.Select(About), Is.EqualTo(new[] { ("RG2005", "cli.js", "warning"), ("RG5002", "package.json", "warning") }));
    }

    [TestCase("plain", "cli.js.map", "cli.js.map", "RG1001")]
    [TestCase("renamed", "cli.bin", "cli.bin", "RG1001")]
    [TestCase("compressed", "cli.js.map.gz", "cli.js.map.gz!/cli.js.map", "RG1008")]
    [TestCase("nested", "assets.zip", "assets.zip!/cli.js.map", "RG1008")]
    public void The_map_is_found_in_every_disguise(string disguise, string name, string path, string unlisted)
    {
        var incident = Made.Value;
        var content = disguise switch
        {
            "compressed" => Compressed(incident.Map),
            "nested" => Zipped("cli.js.map", incident.Map),
            _ => incident.Map,
        };

        var (run, findings) = Check(disguise, [(name, content)]);

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Output);
        // Under its name the map is what the bundle points at, also where it is compressed.
        (string?, string?, string?)[] dangling = disguise is "renamed" or "nested" ? [("RG2005", "cli.js", "warning")] : [];
        Assert.That(findings.Select(About), Is.EquivalentTo([(unlisted, name, "error"), ("RG2001", path, "error"), ("RG2002", path, "error"), ("RG5002", "package.json", "warning"), .. dangling]), run.Output);

        var exposure = findings.Single(f => f.GetProperty("rule").GetString() == "RG2002");
        var facts = exposure.GetProperty("facts");
        Assert.That(facts.GetProperty("files").GetString(), Is.EqualTo(Text(incident.MapFiles)));
        Assert.That(facts.GetProperty("lines").GetString(), Is.EqualTo(Text(incident.MapLines)));
        Assert.That(facts.GetProperty("bytes").GetString(), Is.EqualTo(Text(incident.MapBytes)));
        Assert.That(run.Output, Does.Contain("exposes 1,906 source files, 512,000 lines"));
    }

    private static (Run Run, JsonElement[] Findings) Check(string name, (string Name, byte[] Content)[] beside)
    {
        var incident = Made.Value;
        var folder = Directory.CreateDirectory(incident.Sandbox.In(name)).FullName;
        File.WriteAllText(Path.Combine(folder, "package.json"), """{ "name": "@acme/cli", "version": "2.1.88", "description": "A command line program.", "license": "MIT", "bin": { "acme": "cli.js" } }""");
        File.WriteAllText(Path.Combine(folder, "README.md"), "# Acme\n");
        File.WriteAllBytes(Path.Combine(folder, "cli.js"), incident.Bundle);
        foreach (var (file, content) in beside) File.WriteAllBytes(Path.Combine(folder, file), content);

        Must(Npm(folder, "pack", "--silent"));
        var package = Path.Combine(folder, "acme-cli-2.1.88.tgz");
        var report = Path.Combine(folder, "report.json");
        var run = Start(incident.Tool, folder, "check", package, "--profile", "closed", "--json", report);
        using var json = JsonDocument.Parse(File.ReadAllBytes(report));
        return (run, [.. json.RootElement.GetProperty("findings").EnumerateArray().Select(static f => f.Clone())]);
    }

    private static Incident Make()
    {
        var sandbox = new Sandbox("incident");
        foreach (var (path, text) in new TypeScriptProject(Files, Lines).Files()) sandbox.Write(path, text);
        sandbox.Write("package.json", """{ "name": "workspace", "version": "1.0.0", "private": true }""");
        Must(Npm(sandbox.Folder, "install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", Bundler));
        Must(Start(sandbox.In("node_modules", ".bin", OperatingSystem.IsWindows() ? "esbuild.cmd" : "esbuild"), sandbox.Folder,
            TypeScriptProject.Main, "--bundle", "--minify", "--sourcemap", "--platform=node", "--outfile=out/cli.js", "--log-level=error"));
        Must(sandbox.Dotnet("tool", "install", "ReleaseGate.Tool", "--version", Feed.Version, "--tool-path", sandbox.In("tool")));

        var map = File.ReadAllBytes(sandbox.In("out", "cli.js.map"));
        long files = 0, lines = 0, bytes = 0;
        using (var json = JsonDocument.Parse(map))
        {
            foreach (var content in json.RootElement.GetProperty("sourcesContent").EnumerateArray())
            {
                if (content.GetString() is not { } text) continue;
                files++;
                bytes += Encoding.UTF8.GetByteCount(text);
                lines += text.AsSpan().Count('\n') + (text.Length == 0 || text.EndsWith('\n') ? 0 : 1);
            }
        }

        var tool = sandbox.In("tool", OperatingSystem.IsWindows() ? "releasegate.exe" : "releasegate");
        return new Incident(sandbox, tool, File.ReadAllBytes(sandbox.In("out", "cli.js")), map, files, lines, bytes);
    }

    private static byte[] Compressed(byte[] content)
    {
        var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest)) gzip.Write(content);
        return bytes.ToArray();
    }

    private static byte[] Zipped(string name, byte[] content)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        using (var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open())
            entry.Write(content);
        return bytes.ToArray();
    }

    private static Run Npm(string folder, params string[] arguments) => Start(Find("npm")!, folder, arguments);

    private static Run Start(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Run(process.ExitCode, output + error.Result);
    }

    private static void Must(Run run) => Assert.That(run.ExitCode, Is.Zero, run.Output);

    /// <summary>The full path of a program on the path, or null. On Windows npm is a .cmd.</summary>
    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => (string[])(OperatingSystem.IsWindows() ? [program + ".exe", program + ".cmd"] : [program]), Path.Combine)
            .FirstOrDefault(File.Exists);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static (string? Rule, string? Path, string? Severity) About(JsonElement finding) =>
        (finding.GetProperty("rule").GetString(), finding.GetProperty("path").GetString(), finding.GetProperty("severity").GetString());
}
