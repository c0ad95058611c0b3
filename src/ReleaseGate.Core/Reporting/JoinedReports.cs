using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>Makes one report of several: of all shards of a run, of the doors of a build, or of both.</summary>
internal static class JoinedReports
{
    /// <summary>Joins reports.</summary>
    /// <param name="reports">The reports and the files they come from, in order.</param>
    /// <exception cref="GateException">RG0007: a shard is missing or there twice, shards belong to different runs, or two reports contradict each other.</exception>
    public static GateReport Join(IReadOnlyList<(string File, GateReport Report)> reports)
    {
        WholeRun.Require([.. reports.Where(r => r.Report.Part is not null).Select(r => new PartOfRun(r.File, r.Report.Part!, r.Report.Manifest.Digest, r.Report.Verdicts.Count))]);
        // Whether the joined one blocks could be answered for some of them only.
        if (reports.FirstOrDefault(r => r.Report.Request.WarnOnly != reports[0].Report.Request.WarnOnly) is { File: { } mixed })
            throw Wrong($"one of this and '{EntryPath.Printable(reports[0].File)}' only warns (--warn-only), and the other blocks; join those that warn, and those that block, each by themselves", mixed);
        var exposure = ExposureOf(reports);
        var verdicts = new List<Verdict>();
        var files = new List<string>();
        var byPath = new Dictionary<string, int>(StringComparer.Ordinal);
        var byDigest = new Dictionary<Digest, int>();
        foreach (var (file, report) in reports)
        {
            foreach (var verdict in report.Verdicts)
            {
                if (byPath.TryGetValue(verdict.Path, out var twin))
                {
                    if (!Same(verdicts[twin], verdict)) throw Contradiction(file, verdict, files[twin], "another verdict");
                    continue;
                }

                // The same bytes under another name, e.g. before and after a copy. An artifact without a digest was not readable.
                if (verdict.Inventory.Digest != default && !byDigest.TryAdd(verdict.Inventory.Digest, verdicts.Count) && verdicts[byDigest[verdict.Inventory.Digest]].Passed != verdict.Passed)
                    throw Contradiction(file, verdict, files[byDigest[verdict.Inventory.Digest]], "the same bytes with another verdict");
                byPath.Add(verdict.Path, verdicts.Count);
                verdicts.Add(verdict);
                files.Add(file);
            }
        }

        var first = reports[0].Report;
        // The shards of a run are in whatever order they were named; its artifacts are not.
        if (reports.Any(r => r.Report.Part is not null)) verdicts.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        var parts = reports.Where(r => r.Report.Part is not null).Select(r => r.Report.Part!).ToArray();
        return first with
        {
            Request = first.Request with { Artifacts = verdicts.ConvertAll(v => v.Path) },
            PolicyFrom = reports.All(r => r.Report.PolicyFrom == first.PolicyFrom) ? first.PolicyFrom : null,
            Waivers = StatesOf(reports),
            NeedApproval = [.. reports.SelectMany(r => r.Report.NeedApproval).Distinct()],
            ManifestFound = reports.All(r => r.Report.ManifestFound),
            Verdicts = parts.Length == 0 ? verdicts : JudgeWaivers(JudgePatterns(verdicts, parts), parts),
            Started = reports.Min(r => r.Report.Started),
            Part = null,
            // Sealed is the whole where every part is.
            Seal = reports.All(r => r.Report.Seal is not null) && verdicts.TrueForAll(v => v.Passed) ? new SealSummary(reports.Min(r => r.Report.Seal!.NotAfter)) : null,
            Exposure = exposure,
            SeveralManifests = reports.Any(r => r.Report.SeveralManifests || r.Report.Manifest.Digest != first.Manifest.Digest),
        };
    }

    // Amounts of different models can't be added, and one of them would stand for all.
    private static ExposureAssessment? ExposureOf(IReadOnlyList<(string File, GateReport Report)> reports)
    {
        var first = -1;
        var severity = Severity.Off;
        byte[] said = [];
        for (var i = 0; i < reports.Count; i++)
        {
            if (reports[i].Report.Exposure is not { } exposure) continue;
            if (exposure.ToleranceSeverity > severity) severity = exposure.ToleranceSeverity;
            // Manifests that share a model may differ in what being over its tolerance means.
            var own = JsonReporter.RiskOf(exposure with { ToleranceSeverity = Severity.Error });
            if (first < 0) (first, said) = (i, own);
            // Each run reads its own log, or the same one at another time: the gravest of what one model comes to stands.
            else if (IsByAnotherLog(exposure, reports[first].Report.Exposure!))
            {
                if (!IsGraver(exposure, reports[first].Report.Exposure!)) continue;
                (first, said) = (i, own);
            }
            else if (!own.AsSpan().SequenceEqual(said))
                throw Wrong($"its exposure model, or what that comes to, is another than in '{EntryPath.Printable(reports[first].File)}'; join the reports of each model by themselves", reports[i].File);
        }

        return first < 0 ? null : reports[first].Report.Exposure! is var gravest && gravest.ToleranceSeverity == severity ? gravest : gravest with { ToleranceSeverity = severity };
    }

    private static bool IsByAnotherLog(ExposureAssessment one, ExposureAssessment other) =>
        !one.Pathways.Select(p => p.History).SequenceEqual(other.Pathways.Select(p => p.History)) && JsonReporter.RiskOf(Said(one)).AsSpan().SequenceEqual(JsonReporter.RiskOf(Said(other)));

    private static bool IsGraver(ExposureAssessment one, ExposureAssessment other) => one.Passed == other.Passed ? one.Ale > other.Ale : !one.Passed;

    // Without what it comes to.
    private static ExposureAssessment Said(ExposureAssessment exposure) => exposure with
    {
        Pathways = [.. exposure.Pathways.Select(p => new PathwayExposure(p.Pathway, 0, p.Cap, p.MeanLoss, 0))],
        Ale = 0,
        LossProbability = 0,
        Var95 = 0,
        Es95 = 0,
        Var99 = 0,
        Es99 = 0,
        Curve = [],
        Tolerance = [.. exposure.Tolerance.Select(t => t with { Probability = 0 })],
        Controls = [],
        Doubts = [],
        ToleranceSeverity = Severity.Error,
    };

    // The same waiver serves in several parts; of two manifests both may have one of a name.
    private static List<WaiverState> StatesOf(IReadOnlyList<(string File, GateReport Report)> reports)
    {
        var joined = new List<WaiverState>();
        foreach (var (_, report) in reports)
        {
            foreach (var state in report.Waivers)
            {
                var twin = joined.FindIndex(s => s.Waiver.IsSameAs(state.Waiver));
                if (twin < 0) joined.Add(state);
                else joined[twin] = joined[twin] with { Uses = joined[twin].Uses + state.Uses };
            }
        }

        return joined;
    }

    // A pattern is unused where it is in every part that has a say in it.
    private static List<Verdict> JudgePatterns(List<Verdict> verdicts, ShardOfRun[] parts)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in parts) used.UnionWith(part.UsedPatterns);
        var told = new HashSet<string>(StringComparer.Ordinal);
        var judged = new List<Verdict>(verdicts);
        // As in one run: with the last artifact the pattern was meant for.
        for (var i = judged.Count - 1; i >= 0; i--)
        {
            if (!judged[i].Findings.Any(IsDeferredPattern)) continue;
            var findings = new List<JudgedFinding>();
            foreach (var finding in judged[i].Findings)
            {
                if (!IsDeferredPattern(finding)) findings.Add(finding);
                else if (finding.Finding.Location is not { } place || (!used.Contains(PatternUse.PlaceOf(place)) && told.Add(PatternUse.PlaceOf(place)))) findings.Add(finding with { Severity = Severity.Error });
            }

            judged[i] = judged[i] with { Findings = findings };
        }

        return judged;
    }

    // The same for waivers. One stands where it comes nearest to something, of several with the last artifact, as in one run.
    private static List<Verdict> JudgeWaivers(List<Verdict> verdicts, ShardOfRun[] parts)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in parts) used.UnionWith(part.UsedWaivers);
        var chosen = new Dictionary<string, JudgedFinding>(StringComparer.Ordinal);
        foreach (var verdict in verdicts)
        {
            foreach (var judged in verdict.Findings)
            {
                if (!IsDeferredWaiver(judged)) continue;
                var (id, near) = (Waivers.Fact(judged, Waivers.IdFact), Waivers.Nearness(judged));
                if (!chosen.TryGetValue(id, out var other) || near >= Waivers.Nearness(other)) chosen[id] = judged;
            }
        }

        if (chosen.Count == 0) return verdicts;
        return verdicts.ConvertAll(verdict => verdict.Findings.Any(IsDeferredWaiver) ? verdict with { Findings = [.. verdict.Findings.Where(Stays).Select(Decided)] } : verdict);

        bool Stays(JudgedFinding judged) => !IsDeferredWaiver(judged) || (ReferenceEquals(chosen[Waivers.Fact(judged, Waivers.IdFact)], judged) && !used.Contains(Waivers.Fact(judged, Waivers.IdFact)));

        static JudgedFinding Decided(JudgedFinding judged) => IsDeferredWaiver(judged) ? Waivers.Decided(judged) : judged;
    }

    /// <summary>Whether only the whole run can say if this is a mistake.</summary>
    internal static bool IsDeferred(JudgedFinding finding) => IsDeferredPattern(finding) || IsDeferredWaiver(finding);

    private static bool IsDeferredPattern(JudgedFinding finding) => finding.Finding.Rule.Id == GateRules.UnusedPattern.Id && finding.Severity == Severity.Note;

    private static bool IsDeferredWaiver(JudgedFinding finding) => finding.Finding.Rule.Id == GateRules.UnusedWaiver.Id && finding.Severity == Severity.Note;

    private static bool Same(Verdict a, Verdict b)
    {
        if (a.Inventory.Digest != b.Inventory.Digest || a.Findings.Count != b.Findings.Count) return false;
        for (var i = 0; i < a.Findings.Count; i++)
        {
            var (one, other) = (a.Findings[i], b.Findings[i]);
            if (one.Severity != other.Severity || one.Finding.Rule.Id != other.Finding.Rule.Id || one.Finding.Message != other.Finding.Message || one.Finding.Path?.Value != other.Finding.Path?.Value) return false;
        }

        return true;
    }

    private static GateException Contradiction(string file, Verdict verdict, string other, string what) =>
        Wrong($"'{EntryPath.Printable(verdict.Path)}' is also in '{EntryPath.Printable(other)}', {what}; one of the reports is of another run", file);

    private static GateException Wrong(string what, string file) => new(GateRules.NothingInspected.Id, what, file);
}
