using System.IO.Abstractions;
using System.Runtime.InteropServices;
using System.Text;

namespace ReleaseGate.Cli;

internal static class Program
{
    public static int Main(string[] args)
    {
        // A rule of another assembly may end the process: with 0, and nothing was passed. Nothing of ours ends it but by returning from here.
        var ended = false;
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (!ended && Environment.ExitCode == ExitCode.Passed) Environment.ExitCode = ExitCode.CouldNotRun;
        };
        try
        {
            return Run(args);
        }
        // What standard output did not take is written once more when it is closed.
        catch (IOException)
        {
            return ExitCode.CouldNotRun;
        }
        finally
        {
            ended = true;
        }
    }

    private static int Run(string[] args)
    {
        using var cancel = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        // A terminal that is closed, and Ctrl+\: what lies in temporary folders goes as well.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, Stop);

        var understandsMore = Environment.GetEnvironmentVariable("TERM") is not "dumb";
        var outputIsFile = Console.IsOutputRedirected;
        using var output = Writer(outputIsFile, Console.OpenStandardOutput, () => Console.Out);
        using var error = Writer(Console.IsErrorRedirected, Console.OpenStandardError, () => Console.Error);
        var files = new FileSystem();
        return CommandLine.Run(args, new Surroundings
        {
            Files = files,
            Time = TimeProvider.System,
            CurrentDirectory = Environment.CurrentDirectory,
            Input = () => new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true)),
            Output = output,
            Error = error,
            Check = new Gate(files).Check,
            Variable = Environment.GetEnvironmentVariable,
            Start = ChildProcess.Run,
            OutputIsTerminal = !outputIsFile && understandsMore,
            ErrorIsTerminal = !Console.IsErrorRedirected && understandsMore,
            // https://no-color.org: set and not empty.
            Colour = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            Width = Console.IsErrorRedirected ? Surroundings.UsualWidth : ProgressWidth(),
            Format = Format(),
            Workspace = Workspace(),
            Cancel = cancel.Token,
        });

        // The first signal ends the run in order; a second one finds its default action again and ends the process.
        void Stop(PosixSignalContext context)
        {
            if (cancel.IsCancellationRequested) return;
            context.Cancel = true;
            cancel.Cancel();
        }
    }

    // Both say so in every step: GITHUB_ACTIONS=true, TF_BUILD=True.
    private static OutputFormat Format() =>
        IsSet("GITHUB_ACTIONS") ? OutputFormat.GitHub : IsSet("TF_BUILD") ? OutputFormat.Azure : OutputFormat.Text;

    private static bool IsSet(string variable) => string.Equals(Environment.GetEnvironmentVariable(variable), "true", StringComparison.OrdinalIgnoreCase);

    private static string? Workspace()
    {
        var folder = IsSet("GITHUB_ACTIONS") ? Environment.GetEnvironmentVariable("GITHUB_WORKSPACE") : IsSet("TF_BUILD") ? Environment.GetEnvironmentVariable("BUILD_SOURCESDIRECTORY") : null;
        return Path.IsPathFullyQualified(folder ?? "") ? folder : null;
    }

    // Some terminals do not know how wide they are.
    private static int ProgressWidth() => Console.WindowWidth is > 20 and var width ? width : Surroundings.UsualWidth;

    // A file or pipe gets UTF-8 in blocks; Console would flush line by line and use the code page of Windows.
    private static TextWriter Writer(bool isFile, Func<Stream> stream, Func<TextWriter> console) =>
        isFile ? new StreamWriter(stream(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 16 * 1024) : console();
}
