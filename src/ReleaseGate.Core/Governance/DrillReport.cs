using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>What became of a leak in a drill.</summary>
public enum LeakOutcome
{
    /// <summary>At least one rule blocked the copy that held it.</summary>
    Caught,

    /// <summary>The copy that held it passed: it would have been released.</summary>
    Missed,

    /// <summary>It can't be seeded into an artifact of this kind, or the manifest lacks what it is about. It counts neither way.</summary>
    NotApplicable,
}

/// <summary>What a drill has shown about one kind of leak.</summary>
public sealed record LeakResult
{
    /// <summary>Its name, e.g. <c>source-map-beside</c>; of the user's own <c>own/</c> and the path.</summary>
    public required string Id { get; init; }

    /// <summary>The same for people.</summary>
    public required string Title { get; init; }

    /// <summary>How it comes about and what would have been public.</summary>
    public required string Story { get; init; }

    /// <summary>The control that is meant to hold it, one of <see cref="DrillReport.Controls"/> or of <see cref="Governance.Controls.Default"/>; null: nobody said.</summary>
    public string? Control { get; init; }

    /// <summary>Whether the user brought it, and not ReleaseGate.</summary>
    public bool IsOwn { get; init; }

    /// <summary>What became of it.</summary>
    public required LeakOutcome Outcome { get; init; }

    /// <summary>Why it does not apply; null where it does.</summary>
    public string? Reason { get; init; }

    /// <summary>What was seeded: the paths of entries that were added, changed or removed, or words where it is no entry. Sorted as they were seeded.</summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>The rules that blocked because of it, by id. What the artifact itself shows is none of them.</summary>
    public IReadOnlyList<RuleId> Rules { get; init; } = [];

    /// <summary>The controls that would have caught it alone, in the order of the columns.</summary>
    public IReadOnlyList<string> CaughtBy { get; init; } = [];

    /// <summary>From opening the copy to its verdict, in milliseconds; 0 where it does not apply.</summary>
    public double Milliseconds { get; init; }

    /// <summary>Who answers for it (<c>--owners</c>); null: nobody said.</summary>
    public string? Owner { get; init; }
}

/// <summary>What one leak by a pathway of the manifest's exposure model would cost.</summary>
/// <param name="Pathway">The pathway's id.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Low">The 5 % point, no more than the pathway's cap.</param>
/// <param name="High">The 95 % point, no more than the pathway's cap.</param>
public sealed record LeakCost(string Pathway, string Currency, double Low, double High);

/// <summary>A rehearsed leak of many kinds: <c>releasegate/drill/v1</c> (docs/drill.md, drill.schema.json).</summary>
public sealed record DrillReport
{
    /// <summary>The name of the format, the value of <c>schema</c>.</summary>
    public const string Schema = "releasegate/drill/v1";

    // 97.5 % point of the normal distribution.
    private const double Z = 1.959963984540054;

    /// <summary>The version of ReleaseGate that ran.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>When it began, UTC.</summary>
    public required DateTime Started { get; init; }

    /// <summary>The artifact's file or folder name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required ArtifactKind Kind { get; init; }

    /// <summary>The package URL, or null where it is no package.</summary>
    public string? PackageUrl { get; init; }

    /// <summary>Bytes on disk; of a folder the sum of its files.</summary>
    public required long Length { get; init; }

    /// <summary>SHA-256 of the artifact as it was found.</summary>
    public required Digest Digest { get; init; }

    /// <summary>What it was judged by.</summary>
    public required ReceiptPolicy Policy { get; init; }

    /// <summary>SHA-256 of what decides over findings in that manifest: lists, rules and names, and not waivers or costs.</summary>
    public required Digest Judging { get; init; }

    /// <summary>The kinds that were asked for (<c>--only</c>); empty: all. What a part of them shows says nothing of the controls.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>The release controls: the columns.</summary>
    public required IReadOnlyList<Control> Controls { get; init; }

    /// <summary>The leaks: the rows, in the order of the catalogue, the user's own behind.</summary>
    public required IReadOnlyList<LeakResult> Leaks { get; init; }

    /// <summary>What a leak of this artifact would cost, by pathway; empty: the manifest does not say.</summary>
    public IReadOnlyList<LeakCost> Costs { get; init; } = [];

    /// <summary>How many leaks were seeded.</summary>
    public int Seeded => Leaks.Count - NotApplicable;

    /// <summary>How many were caught.</summary>
    public int Caught => Leaks.Count(l => l.Outcome == LeakOutcome.Caught);

    /// <summary>How many slipped through.</summary>
    public int Missed => Leaks.Count(l => l.Outcome == LeakOutcome.Missed);

    /// <summary>How many do not apply to this artifact.</summary>
    public int NotApplicable => Leaks.Count(l => l.Outcome == LeakOutcome.NotApplicable);

    /// <summary>Whether leaks were seeded, and all of them caught.</summary>
    public bool Passed => Missed == 0 && Seeded > 0;

    /// <summary>The middle of the times to detect, in milliseconds; 0 where nothing was seeded.</summary>
    public double MedianMilliseconds
    {
        get
        {
            var times = Leaks.Where(l => l.Outcome != LeakOutcome.NotApplicable).Select(l => l.Milliseconds).Order().ToArray();
            return times.Length == 0 ? 0 : (times[(times.Length - 1) / 2] + times[times.Length / 2]) / 2;
        }
    }

    /// <summary>The longest of them.</summary>
    public double MaximumMilliseconds => Leaks.Select(l => l.Milliseconds).DefaultIfEmpty().Max();

    /// <summary>
    /// The upper end of Wilson's interval of 95 % for the share of leaks that slip through (E. B. Wilson, JASA 22, 1927): above 0 also where all were caught, and 1 where nothing was seeded.
    /// It is about leaks like those seeded, and no others.
    /// </summary>
    public double MissRateBound => WilsonUpper(Missed, Seeded);

    /// <summary>The matrix of leaks and controls, without the leaks that do not apply.</summary>
    public DrillMatrix Matrix()
    {
        var leaks = new List<DrilledLeak>();
        foreach (var leak in Leaks)
            if (leak.Outcome != LeakOutcome.NotApplicable) leaks.Add(new DrilledLeak(leak.Id, [.. Controls.Select(c => leak.CaughtBy.Contains(c.Id))]) { Rules = leak.Rules });
        return new DrillMatrix([.. Controls.Select(c => c.Id)], leaks) { Rules = [.. Controls.Select(c => c.Rules)], Source = new DrillSource(Name, Kind == ArtifactKind.Directory, Started) { Judging = Judging } };
    }

    /// <summary>The JSON Schema of the format.</summary>
    public static string SchemaText()
    {
        using var reader = new StreamReader(typeof(DrillReport).Assembly.GetManifestResourceStream("ReleaseGate.Schemas.drill.schema.json")!);
        return reader.ReadToEnd();
    }

    internal static double WilsonUpper(int hits, int of)
    {
        if (of == 0) return 1;
        double n = of, p = hits / n;
        return Math.Min(1, (p + Z * Z / (2 * n) + Z * Math.Sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))) / (1 + Z * Z / n));
    }
}
