using System.Globalization;
using System.IO.Abstractions;

namespace ReleaseGate.Benchmarks;

/// <summary>One method a command: what is measured against what.</summary>
internal static class Benchmarks
{
    private const int ProcessRounds = 15;

    /// <summary>What inflating and hashing alone costs, step by step.</summary>
    public static void Floors()
    {
        foreach (var path in (ReadOnlySpan<string>)[Fixtures.Tgz, Fixtures.Incident, Fixtures.Library, Fixtures.Folder, Fixtures.ManyInZip(100_000), Fixtures.ManyInTgz(100_000)])
        {
            Describe(path);
            Measurement.Compare(9,
                new Variant("inflate", () => Floor.Of(path, hashContent: false)),
                new Variant("inflate, SHA-256 of the content", () => Floor.Of(path)),
                new Variant("the same and SHA-256 of the file", () => Floor.Of(path) + Floor.HashOf(path)));
        }
    }

    /// <summary>The engine against the floor in one process, then the whole process.</summary>
    public static void Engine(string path) => Engine(path, 9);

    /// <inheritdoc cref="Engine(string)"/>
    public static void Engine(string path, int rounds)
    {
        Describe(path);
        Measurement.Compare(rounds,
            new Variant("floor: inflate, SHA-256 of content and file", () => Floor.Of(path) + Floor.HashOf(path)),
            new Variant("inflate, SHA-256 of content", () => Floor.Of(path)),
            new Variant("engine, closed profile, all rules", () => Check(path)));
        Processes(("releasegate check", Arguments(path)));
    }

    /// <summary>The incident under its four disguises, and what the map in it costs.</summary>
    public static void Incident()
    {
        (string Name, string Path)[] cases =
        [
            ("without the map", Fixtures.IncidentWithoutMap),
            ("cli.js.map", Fixtures.Incident),
            ("cli.bin", Fixtures.IncidentRenamed),
            ("cli.js.map.gz", Fixtures.IncidentCompressed),
            ("assets.zip!/cli.js.map", Fixtures.IncidentNested),
        ];
        foreach (var (_, path) in cases) Describe(path);
        // One floor for all four: what stands in the package is the same, and the floor does not look into archives.
        Measurement.Compare(9,
        [
            new Variant("floor: inflate, SHA-256 of content and file", static () => Floor.Of(Fixtures.Incident) + Floor.HashOf(Fixtures.Incident)),
            .. cases.Select(static c => new Variant("engine, " + c.Name, () => Check(c.Path))),
        ]);

        Processes([.. cases.Select(static c => ("releasegate check, " + c.Name, Arguments(c.Path)))]);
    }

    /// <summary>Whether the cost grows with the entries and not with their square.</summary>
    public static void Entries()
    {
        foreach (var make in (ReadOnlySpan<Func<int, string>>)[Fixtures.ManyInZip, Fixtures.ManyInTgz])
        {
            string[] paths = [make(25_000), make(50_000), make(100_000)];
            Describe(paths[^1]);
            Measurement.Compare(7, [.. paths.Select(static p => new Variant("engine on " + Path.GetFileName(p), () => Check(p)))]);
            Measurement.Compare(7,
                new Variant("floor of " + Path.GetFileName(paths[^1]), () => Floor.Of(paths[^1]) + Floor.HashOf(paths[^1])),
                new Variant("engine on " + Path.GetFileName(paths[^1]), () => Check(paths[^1])));
            Processes([.. paths.Select(static p => (Path.GetFileName(p), Arguments(p)))]);
        }
    }

    /// <summary>The runtime and the CLI with nothing to do.</summary>
    public static void Start() => Processes(("releasegate --version", ["--version"]), ("releasegate rules", ["rules"]), ("releasegate check nupkg", Arguments(Fixtures.Library)));

    /// <summary>For a profiler: one check in a loop.</summary>
    public static int Once(string path)
    {
        for (var i = 0; i < 20; i++) Check(path);
        return 0;
    }

    /// <summary>Runs the gate in process, as the task does.</summary>
    private static long Check(string path)
    {
        var request = new GateRequest { Artifacts = [path], Profile = "closed", AsDirectory = Directory.Exists(path), SearchFrom = Path.GetDirectoryName(path)! };
        var report = new Gate(new FileSystem()).Check(request, DateTime.UtcNow);
        return report.Verdicts[0].BytesRead > 0 ? report.Verdicts[0].BytesRead : throw new InvalidOperationException($"Nothing was read of {path}.");
    }

    private static string[] Arguments(string path) =>
        ["check", path, "--profile", "closed", .. Directory.Exists(path) ? (ReadOnlySpan<string>)["--as", "directory"] : []];

    private static void Processes(params (string Name, string[] Arguments)[] runs)
    {
        var tool = CommandLineProcess.Tool;
        var self = new CommandLineProcess("dotnet", [typeof(Benchmarks).Assembly.Location, "nothing"]);
        var processes = runs.Select(r => (r.Name, Process: new CommandLineProcess("dotnet", [tool, .. r.Arguments]))).Prepend(("dotnet, nothing done", self)).ToList();
        Variant[] variants = [.. processes.Select(static p => new Variant(p.Item1, () => p.Item2.Run().Code))];
        var times = Measurement.Time(ProcessRounds, variants);
        // The peak in runs of its own: looking costs time.
        var memory = processes.Select(static p => p.Item2.Peak(5)).ToArray();
        Measurement.Print(variants, times, memory);
        foreach (var (name, process) in processes.Skip(1))
        {
            var (code, output) = process.Run();
            Console.WriteLine($"  {name}: exit {code}: {Path.GetFileName(output.Split('\n').Last(static l => l.Length > 0))}");
        }
    }

    private static void Describe(string path)
    {
        var size = File.Exists(path) ? new FileInfo(path).Length : 0;
        var inside = Floor.Of(path, hashContent: false);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {Path.GetFileName(path)}: {(size > 0 ? $"{size / 1e6:0.0} MB, " : "")}{inside / 1e6:0.0} MB inside"));
    }
}
