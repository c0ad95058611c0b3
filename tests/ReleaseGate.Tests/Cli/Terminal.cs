using System.IO.Abstractions;
using ReleaseGate.Cli;

namespace ReleaseGate.Tests.Cli;

/// <summary>Runs the command line in process, in a folder of its own, with a clock that stands still.</summary>
internal sealed class Terminal : IDisposable
{
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public string Folder { get; } = Directory.CreateTempSubdirectory("releasegate-").FullName;

    /// <summary>The engine, unless a test puts something else in its place.</summary>
    public GateRun Check { get; init; } = new Gate(new FileSystem()).Check;

    public string Input { get; set; } = "";

    /// <summary>The environment; empty unless a test fills it.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>What runs instead of other programs.</summary>
    public ProgramRun Start { get; set; } = (start, _) => throw new InvalidOperationException(start.Program);

    public bool ForPeople { get; init; }

    public bool Colour { get; init; }

    public OutputFormat Format { get; init; }

    public string? Workspace { get; init; }

    public CancellationToken Cancel { get; init; }

    public TimeProvider Time { get; init; } = new Clock();

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public int Run(params string[] args)
    {
        _output.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        return CommandLine.Run(args, Surroundings);
    }

    public Surroundings Surroundings => new()
    {
        Files = new FileSystem(),
        Time = Time,
        CurrentDirectory = Folder,
        Input = () => new StringReader(Input),
        Output = _output,
        Error = _error,
        Check = Check,
        Variable = name => Variables.GetValueOrDefault(name),
        Start = (start, cancel) => Start(start, cancel),
        OutputIsTerminal = ForPeople,
        ErrorIsTerminal = ForPeople,
        Colour = Colour,
        Format = Format,
        Workspace = Workspace,
        Cancel = Cancel,
    };

    public string Write(string path, string text = "x")
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 4, 1, 9, 30, 0, TimeSpan.Zero);
    }
}
