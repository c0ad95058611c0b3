using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

// Exposure in money.
public sealed partial class ReportReader
{
    private static ExposureAssessment? RiskOf(ReportJson risk, string manifest)
    {
        var keys = risk.Object("currency", "ale", "lossProbability", "var95", "es95", "var99", "es99", "maxES95", "passed", "severity", "lec", "tolerance", "missRate", "minMiss", "remediationBudget", "drill",
            "streams", "contracts", "pathways", "controls", "approvers", "doubts");
        if (keys["currency"].IsNull)
        {
            foreach (var (key, value) in keys)
                if (key is "lec" or "tolerance" or "streams" or "contracts" or "pathways" or "controls" or "approvers" or "doubts" ? value.Array().Count > 0 : !value.IsNull) throw value.Mistake("without a currency nothing was computed");
            return null;
        }

        var currency = keys["currency"].Text();
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper)) throw keys["currency"].Mistake("a currency like EUR is expected here");
        var place = new ManifestLocation(manifest, 1, 1);
        var streams = keys["streams"].Array().ConvertAll(s => s.Object("id", "title", "value")).ConvertAll(s => new RevenueStream(s["id"].Text(), s["title"].Text(), s["value"].Amount()));
        var contracts = keys["contracts"].Array().ConvertAll(c => c.Object("id", "title", "value")).ConvertAll(c => new Contract(c["id"].Text(), c["title"].Text(), c["value"].Amount()));
        var pathways = keys["pathways"].Array().ConvertAll(p => PathwayOf(p, streams, contracts, place));
        var controls = keys["controls"].Array().ConvertAll(ControlOf);
        var tolerance = keys["tolerance"].Array().ConvertAll(t => ToleranceOf(t, place));
        var assessment = new ExposureAssessment
        {
            Model = new ExposureModel
            {
                Location = place,
                Currency = currency,
                Pathways = pathways.ConvertAll(p => p.Pathway),
                Streams = streams,
                Contracts = contracts,
                Controls = controls.ConvertAll(c => c.Control),
                Tolerance = tolerance.ConvertAll(t => t.Point),
                MaximumEs95 = keys["maxES95"].AmountOrNull(),
                MinimumMiss = keys["minMiss"].Amount(),
                Approvers = keys["approvers"].Array().ConvertAll(a => a.Object("id", "limit")).ConvertAll(a => new ApprovalLimit(a["id"].Text(), a["limit"].Amount())),
                RemediationBudget = keys["remediationBudget"].AmountOrNull(),
            },
            Drill = DrillOf(keys["drill"]),
            MissRate = keys["missRate"].Amount(),
            Pathways = pathways,
            Ale = keys["ale"].Amount(),
            LossProbability = keys["lossProbability"].Amount(),
            Var95 = keys["var95"].Amount(),
            Es95 = keys["es95"].Amount(),
            Var99 = keys["var99"].Amount(),
            Es99 = keys["es99"].Amount(),
            Curve = keys["lec"].Array().ConvertAll(p => p.Object("loss", "probability")).ConvertAll(p => new LossPoint(p["loss"].Amount(), p["probability"].Amount())),
            Tolerance = tolerance,
            Controls = [.. controls.Select(c => c.Value).OfType<ControlValue>()],
            Doubts = keys["doubts"].Array().ConvertAll(d => d.Text()),
            ToleranceSeverity = keys["severity"] is var severity && severity.Text() == "off" ? Severity.Off : SeverityOf(severity),
        };
        if (keys["passed"].Truth() != assessment.Passed) throw keys["passed"].Mistake("it contradicts the tolerance");
        return assessment;
    }

    private static PathwayExposure PathwayOf(ReportJson pathway, List<RevenueStream> streams, List<Contract> contracts, ManifestLocation place)
    {
        var keys = pathway.Object("id", "artifact", "releases", "leakProbability", "leakProbabilitySaid", "history", "frequency", "losses", "cap", "meanLoss", "ale", "streams", "contracts");
        var artifact = keys["artifact"].TextOrNull() is not { } name ? null
            : new ManifestPattern(Glob.TryParseArtifactName(name, out var glob, out _) ? glob : throw keys["artifact"].Mistake("a glob over artifact names is expected here"), place);
        var read = new ReleasePathway(
            keys["id"].Text(), artifact, keys["releases"].Amount(), keys["leakProbabilitySaid"].Amount(),
            keys["losses"].Array().ConvertAll(l => l.Object("name", "low", "high")).ConvertAll(l => new LossComponent(l["name"].Text(), l["low"].Amount(), l["high"].Amount())),
            keys["streams"].Array().ConvertAll(s => streams.Find(t => t.Id == s.Text()) ?? throw s.Mistake("the report has no stream of this name")),
            keys["contracts"].Array().ConvertAll(c => contracts.Find(t => t.Id == c.Text()) ?? throw c.Mistake("the report has no contract of this name")),
            place) { Cap = keys["cap"].AmountOrNull() };
        return new PathwayExposure(read, keys["frequency"].Amount(), read.Cap, keys["meanLoss"].Amount(), keys["ale"].Amount()) { LeakProbability = keys["leakProbability"].Amount(), History = HistoryOf(keys["history"]) };
    }

    private static ReleaseHistory? HistoryOf(ReportJson history)
    {
        if (history.IsNull) return null;
        var keys = history.Object("releases", "blocked");
        return new ReleaseHistory(keys["releases"].Count(), keys["blocked"].Count());
    }

    private static ToleranceResult ToleranceOf(ReportJson tolerance, ManifestLocation place)
    {
        var keys = tolerance.Object("loss", "maxProbability", "probability", "exceeded");
        var result = new ToleranceResult(new TolerancePoint(keys["loss"].Amount(), keys["maxProbability"].Amount(), place), keys["probability"].Amount());
        return keys["exceeded"].Truth() == result.IsExceeded ? result : throw keys["exceeded"].Mistake("it contradicts the probabilities");
    }

    private static (Control Control, ControlValue? Value) ControlOf(ReportJson control)
    {
        var keys = control.Object("id", "title", "rules", "cost", "missRateWithout", "aleWithout", "es95Without", "value", "return");
        var read = new Control(keys["id"].Text(), keys["title"].Text(), keys["rules"].Array().ConvertAll(r => r.Rule())) { Cost = keys["cost"].AmountOrNull() };
        if (!keys["value"].IsNull)
            return (read, new ControlValue(read, keys["missRateWithout"].Amount(), keys["aleWithout"].Amount(), keys["es95Without"].Amount(), keys["value"].Real(), keys["return"].IsNull ? null : keys["return"].Real()));
        foreach (var key in (ReadOnlySpan<string>)["missRateWithout", "aleWithout", "es95Without", "return"])
            if (!keys[key].IsNull) throw keys[key].Mistake("a control has all its figures, or none");
        return (read, null);
    }

    private static DrillMatrix? DrillOf(ReportJson drill)
    {
        if (drill.IsNull) return null;
        var keys = drill.Object("artifact", "folder", "started", "discounted", "controls", "leaks");
        var controls = keys["controls"].Array().ConvertAll(c => c.Text());
        return new DrillMatrix(controls, keys["leaks"].Array().ConvertAll(leak =>
        {
            var own = leak.Object("id", "caughtBy");
            var caught = new bool[controls.Count];
            foreach (var by in own["caughtBy"].Array())
                caught[controls.IndexOf(by.Text()) is >= 0 and var column ? column : throw by.Mistake("the drill has no control of this name")] = true;
            return new DrilledLeak(own["id"].Text(), caught);
        })) { Source = SourceOf(keys["artifact"], keys["folder"], keys["started"]), Discounted = keys["discounted"].Array().ConvertAll(r => r.Rule()) };
    }

    private static DrillSource? SourceOf(ReportJson artifact, ReportJson folder, ReportJson started)
    {
        if (!artifact.IsNull) return new DrillSource(artifact.Text(), folder.Truth(), Time(started));
        if (!folder.IsNull || !started.IsNull) throw artifact.Mistake("what was drilled has a name, a kind and a time, or none of these");
        return null;
    }
}
