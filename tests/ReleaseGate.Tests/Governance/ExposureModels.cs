using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Governance;

/// <summary>Exposure models and drills for tests.</summary>
internal static class ExposureModels
{
    public static ManifestLocation Here { get; } = new("releasegate.json", 3, 5);

    public static ReleasePathway Pathway(string id, double releases, double probability, double low, double high, double? cap = null, string? artifact = null) =>
        new(id, artifact is null ? null : new ManifestPattern(Glob.TryParseArtifactName(artifact, out var glob, out var error) ? glob : throw new ArgumentException(error), Here),
            releases, probability, [new LossComponent("imitation", low, high)], [], [], Here) { Cap = cap };

    public static ExposureModel Model(params ReleasePathway[] pathways) => new()
    {
        Location = Here,
        Currency = "EUR",
        Pathways = pathways,
        Controls = [new Control("A", "Source maps", [RuleId.Parse("RG2001")]), new Control("H", "Hosts", [RuleId.Parse("RG3009")])],
    };

    /// <summary>The report of a drill with one control, <c>maps</c>, that missed some of its leaks.</summary>
    public static string DrillText(int leaks, int missed)
    {
        using var text = new MemoryStream();
        DrillWriter.Write(new DrillReport
        {
            ToolVersion = "1.0.0",
            Started = new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc),
            Name = "a.zip",
            Kind = ReleaseGate.Artifacts.ArtifactKind.Zip,
            PackageUrl = null,
            Digest = default,
            Length = 1,
            Policy = new ReceiptPolicy("releasegate.json", default, null, true),
            Judging = default,
            Controls = [new Control("maps", "Source maps", [RuleId.Parse("RG2001")])],
            Leaks =
            [
                .. Enumerable.Range(0, leaks).Select(i => new LeakResult
                {
                    Id = $"leak-{i}",
                    Title = "t",
                    Story = "s",
                    Outcome = i < missed ? LeakOutcome.Missed : LeakOutcome.Caught,
                    Rules = i < missed ? [] : [RuleId.Parse("RG2001")],
                    CaughtBy = i < missed ? [] : ["maps"],
                }),
            ],
        }, text);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>The drill of the worked example: 40 leaks, 2 missed by all; without A 11, without H 3.</summary>
    public static DrillMatrix Drilled { get; } = new(["H", "A"],
    [
        .. Enumerable.Range(0, 9).Select(i => new DrilledLeak($"a{i}", [false, true])),
        new DrilledLeak("h", [true, false]),
        .. Enumerable.Range(0, 28).Select(i => new DrilledLeak($"both{i}", [true, true])),
        .. Enumerable.Range(0, 2).Select(i => new DrilledLeak($"none{i}", [false, false])),
    ]);
}
