using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using ReleaseGate.Inspection;
using ReleaseGate.Package.Tests;
using ReleaseGate.Rules;

namespace ReleaseGate.Benchmarks;

/// <summary>
/// The anchor filter by number of literals, beside what the runtime offers and, where it is installed, ripgrep. By processor time: all of it is one thread.
/// </summary>
internal static class Anchors
{
    private const int Length = 32 << 20;
    private const int Chunk = 68 << 10;

    public static void Run()
    {
        var folder = Path.GetDirectoryName(Fixtures.ManyInZip(100))!;
        (string Name, byte[] Bytes)[] data = [("script", Fixtures.Script(Length, 77)), ("binary", Fixtures.Binary(Length, 78))];
        var ripgrep = HasRipgrep();
        if (!ripgrep) Console.WriteLine("  (ripgrep is not on the path)");
        Console.WriteLine($"  {"",-9}{"",-8}  {"GB/s: anchors",14}{"folding case",14}{"SearchValues",14}{"ripgrep -F",12}{"  built in",12}");
        foreach (var (name, bytes) in data)
        {
            var file = Path.Combine(folder, $"anchors-{name}");
            File.WriteAllBytes(file, bytes);
            foreach (var count in (ReadOnlySpan<int>)[62, 208, 1000, 10_000])
            {
                var literals = Literals(count);
                var watch = Stopwatch.GetTimestamp();
                var matcher = new AnchorMatcher([.. literals.Select(static l => new AnchorLiteral(l))]);
                var built = Stopwatch.GetElapsedTime(watch).TotalMilliseconds;
                var folding = new AnchorMatcher([.. literals.Select(static l => new AnchorLiteral(l, ignoreCase: true))]);
                // The built-in search is built for some dozens; with thousands it takes minutes to prove nothing.
                var values = count <= 1000 ? SearchValues.Create(literals, StringComparison.Ordinal) : null;
                var list = Path.Combine(folder, "anchors-list");
                File.WriteAllLines(list, literals);
                var speeds = new List<string>
                {
                    Speed(bytes, () => Search(matcher, bytes)),
                    Speed(bytes, () => Search(folding, bytes)),
                    values is null ? "-" : Speed(bytes, () => Search(values, bytes), 3),
                    ripgrep ? Speed(bytes, () => new CommandLineProcess("rg", ["-F", "-f", list, "-o", "-c", "-a", "-j1", file]).Run().Code, 3) : "-",
                };
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-9}{count,-8}  {speeds[0],14}{speeds[1],14}{speeds[2],14}{speeds[3],12}{built,9:0.00} ms"));
            }
        }
    }

    /// <summary>Prefixes as vendors choose them: a short name, a separator, a kind.</summary>
    private static string[] Literals(int count)
    {
        var random = new TypeScriptProject.Sequence(99);
        var literals = new HashSet<string>(StringComparer.Ordinal);
        while (literals.Count < count)
        {
            var text = new StringBuilder();
            for (var i = 3 + random.Below(3); i > 0; i--) text.Append((char)('a' + random.Below(26)));
            text.Append("_-.:"[random.Below(4)]);
            for (var i = random.Below(6); i > 0; i--) text.Append("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[random.Below(62)]);
            literals.Add(text.ToString());
        }

        return [.. literals];
    }

    // In pieces as the engine does it.
    private static long Search(AnchorMatcher matcher, byte[] bytes)
    {
        long hits = 0;
        var found = new AnchorHits();
        for (var offset = 0; offset < bytes.Length; offset += Chunk)
        {
            var chunk = bytes.AsSpan(offset, Math.Min(Chunk, bytes.Length - offset));
            found.Clear();
            matcher.Find(chunk, 0, chunk.Length, found);
            hits += found.Count;
        }

        return hits;
    }

    private static long Search(SearchValues<string> values, byte[] bytes)
    {
        long hits = 0;
        var buffer = new char[Chunk];
        for (var offset = 0; offset < bytes.Length; offset += Chunk)
        {
            var chunk = bytes.AsSpan(offset, Math.Min(Chunk, bytes.Length - offset));
            var text = buffer.AsSpan(0, Encoding.Latin1.GetChars(chunk, buffer));
            for (int at; (at = text.IndexOfAny(values)) >= 0; text = text[(at + 1)..]) hits++;
        }

        return hits;
    }

    private static string Speed(byte[] bytes, Func<long> search, int rounds = 9)
    {
        var times = Measurement.Time(rounds, [new Variant("", search)]);
        return (bytes.Length / 1e6 / Measurement.Median(times[0].Select(static t => t.Processor))).ToString("0.00", CultureInfo.InvariantCulture);
    }

    private static bool HasRipgrep() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(static p => File.Exists(Path.Combine(p, "rg")) || File.Exists(Path.Combine(p, "rg.exe")));
}
