using System.IO.Abstractions;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;

namespace ReleaseGate.Cli;

/// <summary>Checks a request; the engine, or what a test puts in its place.</summary>
internal delegate GateReport GateRun(GateRequest request, DateTime now, IProgress<GateProgress>? progress, CancellationToken cancel);

/// <summary>Everything a command needs of the world around it. Nothing else in this assembly asks the process.</summary>
internal sealed record Surroundings
{
    /// <summary>The disk.</summary>
    public required IFileSystem Files { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>What relative paths are relative to; a full path.</summary>
    public required string CurrentDirectory { get; init; }

    /// <summary>Opens standard input, for commands that take <c>-</c>.</summary>
    public Func<TextReader> Input { get; init; } = () => TextReader.Null;

    /// <summary>Standard output.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Standard error.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>The engine.</summary>
    public required GateRun Check { get; init; }

    /// <summary>The value of an environment variable, or null.</summary>
    public Func<string, string?> Variable { get; init; } = static _ => null;

    /// <summary>Runs other programs.</summary>
    public ProgramRun Start { get; init; } = static (start, _) => throw new InvalidOperationException($"There is no '{start.Program}' here.");

    /// <summary>Whether people read <see cref="Output"/> on a terminal that understands more than lines.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether people read <see cref="Error"/> on such a terminal.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether colours are welcome on the terminal.</summary>
    public bool Colour { get; init; }

    /// <summary>Columns a terminal is taken to have that does not say.</summary>
    public const int UsualWidth = 80;

    /// <summary>Columns of the terminal behind <see cref="Error"/>.</summary>
    public int Width { get; init; } = UsualWidth;

    /// <summary>How findings are printed unless the command line says otherwise.</summary>
    public OutputFormat Format { get; init; }

    /// <summary>The folder that a build server has the repository in, or null; a full path.</summary>
    public string? Workspace { get; init; }

    /// <summary>The root of the repository that paths in annotations begin at: what the build server says, else the nearest folder upward that is one, else the current folder.</summary>
    public string Repository => Workspace ?? new ManifestSearch(Files).FindRepository(CurrentDirectory) ?? CurrentDirectory;

    /// <summary>Writes reports. The summary of a job of GitHub Actions belongs to all its steps: <c>--markdown "$GITHUB_STEP_SUMMARY"</c> adds to it.</summary>
    public ReportFiles Reports => new(Files, Repository, Variable("GITHUB_STEP_SUMMARY") is { Length: > 0 } summary ? FullPath(summary) : null);

    /// <summary>Set by Ctrl-C.</summary>
    public CancellationToken Cancel { get; init; }

    /// <summary>Says why a command does not run.</summary>
    /// <param name="why">What is wrong.</param>
    /// <param name="command">The command whose help says how it is called; null where that would not help.</param>
    /// <returns>The exit code.</returns>
    public int Refuse(string why, string? command = null)
    {
        Error.WriteLine($"releasegate: error: {why}");
        if (command is not null) Error.WriteLine($"See 'releasegate {command} --help'.");
        return ExitCode.CouldNotRun;
    }

    /// <summary>A path of the command line as a full path.</summary>
    public string FullPath(string path) => Files.Path.GetFullPath(path, CurrentDirectory);

    /// <summary>A full path the way a person at the current folder would write it: "" for the folder itself, whole where it lies elsewhere.</summary>
    public string Shown(string path)
    {
        var shown = Files.Path.GetRelativePath(CurrentDirectory, path);
        if (shown == ".") return "";
        return shown == ".." || shown.StartsWith(".." + Files.Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : shown;
    }
}
