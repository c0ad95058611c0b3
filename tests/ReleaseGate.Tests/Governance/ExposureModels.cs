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

    /// <summary>The drill of the worked example: 40 leaks, 2 missed by all; without A 11, without H 3.</summary>
    public static DrillMatrix Drilled { get; } = new(["H", "A"],
    [
        .. Enumerable.Range(0, 9).Select(i => new DrilledLeak($"a{i}", [false, true])),
        new DrilledLeak("h", [true, false]),
        .. Enumerable.Range(0, 28).Select(i => new DrilledLeak($"both{i}", [true, true])),
        .. Enumerable.Range(0, 2).Select(i => new DrilledLeak($"none{i}", [false, false])),
    ]);
}
