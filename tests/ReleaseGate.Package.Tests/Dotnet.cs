using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ReleaseGate.Package.Tests;

/// <summary>What a run of <c>dotnet</c> did and said.</summary>
/// <param name="ExitCode">0 for success.</param>
/// <param name="Output">Standard output and standard error.</param>
internal sealed partial record Run(int ExitCode, string Output)
{
    /// <summary>The lines without indentation.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The codes of all error lines, sorted, each once; "" for an error without a code.</summary>
    public string[] Errors => Codes("error");

    /// <summary>The codes of all warning lines, sorted, each once.</summary>
    public string[] Warnings => Codes("warning");

    private string[] Codes(string category) => Lines
        .Select(line => Canonical().Match(line)).Where(m => m.Success && m.Groups[1].Value == category)
        .Select(m => m.Groups[2].Value).Distinct().Order(StringComparer.Ordinal).ToArray();

    [GeneratedRegex(@"(?:^|: |\) ?: )(error|warning) ?([A-Za-z]*[0-9]*) ?: ")]
    private static partial Regex Canonical();
}

/// <summary>Runs the real <c>dotnet</c>, the one that runs the tests.</summary>
internal static class Dotnet
{
    /// <summary>Its path, or its name where another program runs the tests.</summary>
    public static string Host { get; } = Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";

    /// <summary>Runs it to its end.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="arguments">What it is told.</param>
    /// <param name="environment">Variables to set besides.</param>
    /// <param name="program">Another program, which may run <c>dotnet</c> in its turn.</param>
    /// <param name="started">Told of the process while it runs.</param>
    public static Run Run(string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? program = null, Action<Process>? started = null)
    {
        var start = new ProcessStartInfo(program ?? Host, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        // 'dotnet test' tells its children things about itself that a developer's shell would not.
        foreach (var name in start.Environment.Keys.Where(IsOfTheTestRun).ToArray()) start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        // A node that lives on would hold the packages' assemblies and, on Windows, the folders.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        // Instrumented code is for programs that live longer than these.
        start.Environment["DOTNET_TieredPGO"] = "0";
        // Compiling is nothing that these tests show: one compiler serves the whole run, started for it and ended with it, instead of starting anew for each project.
        start.Environment["UseSharedCompilation"] = Feed.Compiler is null ? "false" : "true";
        if (Feed.Compiler is { } compiler) start.Environment["SharedCompilationId"] = compiler;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var watching = started is null ? Task.CompletedTask : Task.Run(() => started(process));
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        watching.GetAwaiter().GetResult();
        return new Run(process.ExitCode, output + error.Result);
    }

    /// <summary>Leaves the test out where SIGINT is ignored, as in what a script starts with '&amp;': programs inherit that, and would run on for ever.</summary>
    public static void AssumeInterrupts()
    {
        var ignored = File.ReadLines("/proc/self/status").Single(l => l.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..].Trim();
        // One bit a signal, that of signal 1 the lowest.
        Assume.That(ulong.Parse(ignored, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 0b10, Is.Zero, "SIGINT is ignored here, so nothing that is started can be stopped by it");
    }

    private static bool IsOfTheTestRun(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase) ||
        name is "DOTNET_HOST_PATH" or "NUGET_PACKAGES" or "TERM" or "GITHUB_ACTIONS" or "TF_BUILD";
}
