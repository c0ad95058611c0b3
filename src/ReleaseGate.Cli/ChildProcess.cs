using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace ReleaseGate.Cli;

/// <summary>Runs a program to its end and returns its exit code; the real one, or what a test puts in its place.</summary>
internal delegate int ProgramRun(ProgramStart start, CancellationToken cancel);

/// <summary>A program to run. No shell sees any of it.</summary>
internal sealed record ProgramStart
{
    /// <summary>The full path of the program.</summary>
    public required string Program { get; init; }

    /// <summary>Its arguments, as they are to arrive.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The folder it runs in; a full path.</summary>
    public required string Folder { get; init; }

    /// <summary>Environment variables it gets on top of ours.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether an environment variable of ours is kept from it.</summary>
    public Func<string, bool> Withholds { get; init; } = static _ => false;

    /// <summary>Takes every line it writes to standard output and standard error, one at a time.</summary>
    public required Action<string> Said { get; init; }
}

/// <summary>Runs programs of the real world.</summary>
internal static class ChildProcess
{
    // A child of the program may live on and hold its output open, as the daemons of some build tools do.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    /// <summary>See <see cref="ProgramRun"/>.</summary>
    /// <exception cref="IOException">The program can't be started.</exception>
    /// <exception cref="OperationCanceledException">It was stopped, and every process it had started.</exception>
    public static int Run(ProgramStart start, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var info = new ProcessStartInfo(start.Program, start.Arguments)
        {
            WorkingDirectory = start.Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var name in (string[])[.. info.Environment.Keys])
            if (start.Withholds(name)) info.Environment.Remove(name);
        foreach (var (name, value) in start.Variables) info.Environment[name] = value;

        using var process = new Process { StartInfo = info };
        // Two streams; a late one finds nobody, and nothing that is disposed of.
        var open = 2;
        var listening = true;
        var saying = new object();
        process.OutputDataReceived += Said;
        process.ErrorDataReceived += Said;
        try
        {
            process.Start();
        }
        catch (Win32Exception mistake)
        {
            throw new IOException($"'{start.Program}' could not be started: {mistake.Message}", mistake);
        }

        using var stop = cancel.Register(Stop);
        try
        {
            // Nobody is there to answer a question.
            process.StandardInput.Close();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            // With a limit of time, however long, it waits for the process alone and not for whoever else holds its output.
            while (!process.WaitForExit(int.MaxValue)) { }
            cancel.ThrowIfCancellationRequested();
            var since = Stopwatch.GetTimestamp();
            lock (saying)
            {
                while (open > 0 && LastWords - Stopwatch.GetElapsedTime(since) is { Ticks: > 0 } left) Monitor.Wait(saying, left);
            }

            cancel.ThrowIfCancellationRequested();
            return process.ExitCode;
        }
        finally
        {
            lock (saying) listening = false;
        }

        void Stop()
        {
            try
            {
                process.Kill(entireProcessTree: true);
            }
            // It was faster, or one of its children belongs to somebody else: the run ends as stopped all the same, and passes nothing.
            catch (Exception ended) when (ended is InvalidOperationException or Win32Exception or AggregateException)
            {
            }
        }

        void Said(object sender, DataReceivedEventArgs line)
        {
            lock (saying)
            {
                if (line.Data is null)
                {
                    open--;
                    Monitor.PulseAll(saying);
                }
                else if (listening)
                {
                    start.Said(line.Data);
                }
            }
        }
    }
}
