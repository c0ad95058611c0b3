using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Reporting;

/// <summary>An exposure model of two pathways and three controls, and what it comes to.</summary>
internal static class RiskSample
{
    public static readonly ManifestLocation Place = new("/here/releasegate.json", 4, 3);

    /// <summary>The model.</summary>
    /// <param name="most">How probable a year's loss above 50 million may be.</param>
    /// <param name="name">Stands in every name, to see that it stays a name.</param>
    public static ExposureModel Model(double most = 0.05, string name = "")
    {
        var cli = new RevenueStream("cli" + name, "Subscriptions of the CLI" + name, 40_000_000);
        var service = new RevenueStream("service" + name, "Service" + name, 20_000_000);
        var bank = new Contract("bank" + name, "Escrow for a bank" + name, 15_000_000);
        return new ExposureModel
        {
            Location = Place,
            Currency = "EUR",
            Streams = [cli, service],
            Contracts = [bank],
            Pathways =
            [
                new ReleasePathway("npm-public" + name, new ManifestPattern(Glob.TryParseArtifactName("*.tgz", out var glob, out _) ? glob : throw new InvalidOperationException(), Place), 120, 0.05,
                    [new LossComponent("imitation" + name, 500_000, 20_000_000), new LossComponent("legal", 100_000, 5_000_000)], [cli, service], [bank], Place),
                new ReleasePathway("nuget-private" + name, null, 24, 0.01, [new LossComponent("remediation", 20_000, 200_000)], [], [], Place) { Cap = 1_000_000 },
            ],
            Controls =
            [
                new Control("maps" + name, "Source maps" + name, [RuleId.Parse("RG2001"), RuleId.Parse("RG2002")]) { Cost = 50_000 },
                new Control("secrets" + name, "Secrets" + name, [RuleId.Parse("RG4001")]),
                new Control("lists" + name, "Allowlists" + name, [RuleId.Parse("RG1001")]),
            ],
            Tolerance = [new TolerancePoint(1_000_000, 0.6, Place), new TolerancePoint(10_000_000, 0.25, Place), new TolerancePoint(50_000_000, most, Place)],
            MaximumEs95 = 60_000_000,
            Approvers = [new ApprovalLimit("bob" + name, 100_000), new ApprovalLimit("eve" + name, 5_000_000)],
            RemediationBudget = 250_000,
        };
    }

    /// <summary>Forty leaks: the first control catches half, the second a quarter, the third most, nobody catches two.</summary>
    public static DrillMatrix Drill(string name = "") =>
        new(["maps" + name, "secrets" + name, "lists" + name], [.. Enumerable.Range(0, 40).Select(i => new DrilledLeak($"leak-{i}{name}", [i < 20, i is >= 20 and < 30, i is > 5 and < 38]))])
        {
            Source = new DrillSource($"a{name}.tgz", false, new DateTime(2026, 3, 1, 9, 30, 0, DateTimeKind.Utc)),
            Discounted = [RuleId.Parse("RG2006")],
        };

    public static ExposureAssessment Assessment(double most = 0.05, string name = "", bool withControls = true) =>
        ExposureAssessment.Of(Model(most, name), Drill(name), new Dictionary<string, ReleaseHistory> { ["npm-public" + name] = new(30, 2) }, withControls);

    /// <summary>A report with it and a waiver that has a price.</summary>
    public static GateReport Report(ExposureAssessment assessment)
    {
        var entry = Sample.Entry("a.map");
        var waived = Sample.Waived(Sample.Judged(Sample.Stray, entry, "stray"));
        return Sample.Report(Sample.Verdict("a.tgz", [entry], waived)) with { Exposure = assessment, Waivers = [new WaiverState(waived.Waiver!, 1, 12) { Price = 12_345.678 }] };
    }
}
