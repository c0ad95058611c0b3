using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ReleaseGate.Benchmarks;

/// <summary>Something to be timed; gives what its work was measured by, so that nothing is optimised away.</summary>
internal sealed record Variant(string Name, Func<long> Run);

/// <summary>
/// Times variants round by round, in turning order, so that a noisy neighbour hits all of them. The first is what the others are held against: the
/// ratio is the median of the ratios within the rounds, not the ratio of the medians. Beside the time on the wall stands the time on
/// the processors, of this process and its children: it means little where threads share the work, and much where a machine is busy with other things.
/// </summary>
internal static class Measurement
{
    public readonly record struct Sample(double Wall, double Processor);

    public static void Compare(int rounds, params IReadOnlyList<Variant> variants) => Print(variants, Time(rounds, variants), memory: null);

    /// <summary>Milliseconds of each round, for each variant. One more round before them warms up.</summary>
    public static Sample[][] Time(int rounds, IReadOnlyList<Variant> variants)
    {
        var samples = variants.Select(_ => new Sample[rounds]).ToArray();
        for (var round = -1; round < rounds; round++)
        {
            for (var turn = 0; turn < variants.Count; turn++)
            {
                var i = (turn + round + 1) % variants.Count;
                GC.Collect();
                var processor = Processor();
                var watch = Stopwatch.GetTimestamp();
                variants[i].Run();
                var wall = Stopwatch.GetElapsedTime(watch).TotalMilliseconds;
                if (round >= 0) samples[i][round] = new Sample(wall, Processor() - processor);
            }
        }

        return samples;
    }

    public static void Print(IReadOnlyList<Variant> variants, Sample[][] samples, long[]? memory)
    {
        var width = variants.Max(static v => v.Name.Length);
        Console.WriteLine($"  {"".PadRight(width)}  {"wall",10}  {"min - max",17}  {"ratio",6}  {"difference",12}  {"processor",10}  {"ratio",6}{(memory is null ? "" : "  peak memory")}");
        for (var i = 0; i < variants.Count; i++)
        {
            var wall = samples[i].Select(static s => s.Wall).ToArray();
            var (ratio, difference, processorRatio) = i == 0 ? ("", "", "") : (
                Ratio(Against(static (a, b) => a.Wall / b.Wall)),
                Show(Against(static (a, b) => a.Wall - b.Wall)) + " ms",
                Ratio(Against(static (a, b) => a.Processor / b.Processor)));
            var peak = memory is null || memory[i] == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"  {memory[i] / 1048576.0,7:0.0} MiB");
            Console.WriteLine($"  {variants[i].Name.PadRight(width)}  {Show(Median(wall)),7} ms  {Show(wall.Min()) + " - " + Show(wall.Max()),17}  {ratio,6}  {difference,12}  {Show(Median(samples[i].Select(static s => s.Processor))),7} ms  {processorRatio,6}{peak}");

            double Against(Func<Sample, Sample, double> compare) => Median(samples[i].Zip(samples[0], compare));
        }
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Ratio(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Show(double milliseconds) => milliseconds.ToString(Math.Abs(milliseconds) < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);

    /// <summary>Milliseconds that this process and its ended children have spent on the processors.</summary>
    private static double Processor()
    {
        var own = Environment.CpuUsage.TotalTime.TotalMilliseconds;
        if (!OperatingSystem.IsLinux()) return own;
        const int children = -1;
        Span<long> usage = stackalloc long[18]; // struct rusage of 64-bit Linux: user and system time as seconds and microseconds first
        return GetResourceUsage(children, ref MemoryMarshal.GetReference(usage)) == 0 ? own + (usage[0] + usage[2]) * 1000.0 + (usage[1] + usage[3]) / 1000.0 : own;
    }

    [DllImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetResourceUsage(int who, ref long usage);
}
