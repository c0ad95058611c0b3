using System.Diagnostics;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Benchmarks;

/// <summary>What an exposure model costs: 10 pathways, 5 controls, a drill of 40 leaks, 3 points of tolerance.</summary>
internal static class Exposures
{
    public static void Run()
    {
        var place = new ManifestLocation("releasegate.json", 1, 1);
        var model = new ExposureModel
        {
            Location = place,
            Currency = "EUR",
            Pathways = [.. Enumerable.Range(1, 10).Select(i => new ReleasePathway($"p{i}", null, 12 * i, 0.02, [new LossComponent("loss", 1e4 * i, 2e5 * i * i)], [], [], place) { Cap = 1e8 })],
            Controls = [.. Enumerable.Range(0, 5).Select(i => new Control($"c{i}", $"c{i}", [RuleId.Parse($"RG200{i + 1}")]))],
            Tolerance = [new TolerancePoint(1e6, 0.1, place), new TolerancePoint(1e7, 0.01, place), new TolerancePoint(1e8, 0.001, place)],
        };
        var drill = new DrillMatrix([.. model.Controls.Select(c => c.Id)], [.. Enumerable.Range(0, 40).Select(i => new DrilledLeak($"l{i}", [.. Enumerable.Range(0, 5).Select(c => i % 7 != 0 && (i % 5 == c || i % 11 == c))]))]);
        // The first has everything compiled, as the command line has.
        var first = Once(model, drill, withControls: true);
        var all = Median(() => Once(model, drill, withControls: true));
        var check = Median(() => Once(model, drill, withControls: false));
        Console.WriteLine(FormattableString.Invariant($"  first time {first,6:0.0} ms, then {all:0.0} ms; as a check needs it, without the controls, {check:0.0} ms"));
    }

    private static double Once(ExposureModel model, DrillMatrix drill, bool withControls)
    {
        var started = Stopwatch.GetTimestamp();
        if (ExposureAssessment.Of(model, drill, null, withControls).Ale <= 0) throw new InvalidOperationException("No loss.");
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static double Median(Func<double> run)
    {
        var times = new double[31];
        for (var i = 0; i < times.Length; i++) times[i] = run();
        Array.Sort(times);
        return times[times.Length / 2];
    }
}
