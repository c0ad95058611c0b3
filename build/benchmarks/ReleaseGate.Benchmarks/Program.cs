using System.Runtime.InteropServices;

namespace ReleaseGate.Benchmarks;

internal static class Program
{
    private static readonly (string Name, string What, Action Run)[] Commands =
    [
        ("floor", "what inflating and hashing alone costs, for every fixture", Benchmarks.Floors),
        ("tgz", "a 68 MB .tgz with 225 MB inside: engine against floor, and the CLI as a process", () => Benchmarks.Engine(Fixtures.Tgz)),
        ("incident", "a 13 MB bundle and a 59.8 MB source map: plain, renamed, compressed, nested", Benchmarks.Incident),
        ("nupkg", "a 1.1 MB class library package", () => Benchmarks.Engine(Fixtures.Library, rounds: 31)),
        ("folder", "7,000 files, 140 MB", () => Benchmarks.Engine(Fixtures.Folder)),
        ("entries", "25,000, 50,000 and 100,000 entries in a zip and in a tgz", Benchmarks.Entries),
        ("anchors", "the anchor filter with 62 to 10,000 literals, beside SearchValues and ripgrep -F", Anchors.Run),
        ("words", "the 68 MB .tgz with 0 to 10,000 internal words, plain and hashed", Words.Run),
        ("secretlint", "secretlint with its recommended rules on the same 1,000 files, 20 MB; npm fetches it", Secretlint.Run),
        ("pack", "dotnet pack with the gate against the same pack without it: a package of 1 MB", Builds.Pack),
        ("small-pack", "the same for a library of one class", Builds.SmallPack),
        ("publish", "dotnet publish of 7,000 files, 140 MB, with the gate against the same without it", Builds.Publish),
        ("build", "dotnet build with the gate against the same without it", Builds.Build),
        ("exposure", "an exposure model of 10 pathways and 5 controls", Exposures.Run),
        ("start", "the bare start of the runtime and of the CLI", Benchmarks.Start),
    ];

    public static int Main(string[] args)
    {
        if (args is ["nothing"]) return 0; // what a bare start of the runtime costs
        if (args is ["once", var fixture]) return Benchmarks.Once(fixture);
        var chosen = args is ["all"] ? Commands : Array.FindAll(Commands, c => args.Contains(c.Name));
        if (chosen.Length == 0 || (args is not ["all"] && chosen.Length != args.Length))
        {
            Console.Error.WriteLine("usage: ReleaseGate.Benchmarks all | COMMAND...");
            foreach (var (name, what, _) in Commands) Console.Error.WriteLine($"  {name,-10} {what}");
            return 2;
        }

        Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} processors");
        foreach (var (name, what, run) in chosen)
        {
            Console.WriteLine();
            Console.WriteLine($"{name}: {what}");
            run();
        }

        return 0;
    }
}
