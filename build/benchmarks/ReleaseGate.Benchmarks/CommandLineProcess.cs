using System.Diagnostics;
using System.Globalization;

namespace ReleaseGate.Benchmarks;

/// <summary>A program that is started, waited for, and measured from outside.</summary>
internal sealed class CommandLineProcess(string program, IReadOnlyList<string> arguments, string? folder = null)
{
    /// <summary>The command line tool as it is built beside this project.</summary>
    public static string Tool { get; } = Path.Combine(Fixtures.Repository, "src", "ReleaseGate.Cli", "bin", Fixtures.Configuration, "net8.0", "releasegate.dll");

    /// <summary>Runs it to its end.</summary>
    public (int Code, string Output) Run()
    {
        using var process = Start();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    /// <summary>
    /// The most memory it held resident, in bytes; the largest of several runs, 0 where there is no /proc. The kernel keeps the peak itself (VmHWM); it is
    /// asked for every other millisecond, since it is gone with the process. (What wait4 gives counts the parent in: the child begins as its copy.)
    /// </summary>
    public long Peak(int runs)
    {
        if (!OperatingSystem.IsLinux()) return 0;
        long peak = 0;
        for (var i = 0; i < runs; i++)
        {
            using var process = Start();
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            while (!process.WaitForExit(2)) peak = Math.Max(peak, HighWaterMark(process.Id));
            Task.WaitAll(output, error);
        }

        return peak;
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Path.GetTempPath() };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        return Process.Start(start)!;
    }

    private static long HighWaterMark(int id)
    {
        try
        {
            foreach (var line in File.ReadLines($"/proc/{id}/status"))
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                    return long.Parse(line.AsSpan(6, line.Length - 9), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            // It ended between two looks; the earlier ones stand.
        }

        return 0;
    }
}
