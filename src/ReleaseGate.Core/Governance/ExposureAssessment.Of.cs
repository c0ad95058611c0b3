using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

public sealed partial record ExposureAssessment
{
    /// <summary>The miss rate where neither a drill nor the manifest says one.</summary>
    public const double UnknownMissRate = 0.5;

    private const int CurvePoints = 60;
    private const int FewLeaks = 20;
    private const int OldDays = 90;

    /// <summary>Assesses a model.</summary>
    /// <param name="model">What was said.</param>
    /// <param name="drill">What its controls catch, or null.</param>
    /// <param name="history">What was released by the pathways, by their ids, or null. Where it is <see cref="ReleaseHistory.Enough"/> it replaces the manifest's <see cref="ReleasePathway.LeakProbability"/>.</param>
    /// <param name="withControls">Whether to say what each control carries; takes a recursion for each, and a drill.</param>
    /// <param name="now">The time, UTC, to say how old the drill is; null: nothing is said of that.</param>
    /// <exception cref="GateException">RG0001: the drill says nothing of one of the controls, or a number of the model makes no sense.</exception>
    public static ExposureAssessment Of(ExposureModel model, DrillMatrix? drill, IReadOnlyDictionary<string, ReleaseHistory>? history, bool withControls, DateTime? now = null)
    {
        var coverage = drill is null ? null : new ControlCoverage(model, drill);
        var missRate = MissRateOf(model, coverage);
        var pathways = new List<PathwayExposure>(model.Pathways.Count);
        foreach (var pathway in model.Pathways) pathways.Add(Of(pathway, model.Currency, missRate, history));
        RequireRare(model, pathways);
        var portfolio = Portfolio(pathways, 1);
        var ((var95, es95), (var99, es99)) = (portfolio.Tail(0.95), portfolio.Tail(0.99));
        return new ExposureAssessment
        {
            Model = model,
            Drill = drill,
            MissRate = missRate,
            Pathways = pathways,
            Ale = portfolio.Mean,
            LossProbability = portfolio.LossProbability,
            Var95 = var95,
            Es95 = es95,
            Var99 = var99,
            Es99 = es99,
            Curve = CurveOf(model, portfolio, es99),
            Tolerance = ToleranceOf(model, portfolio),
            Controls = withControls && coverage is not null ? ControlValues(model, coverage, pathways, missRate, portfolio.Mean, es95) : [],
            Doubts = DoubtsOf(model, drill, coverage, pathways, now),
        };
    }

    /// <summary>
    /// What a waiver adds to the loss to be expected while it still runs: the control that its rule belongs to is off for that long, on every pathway that it may be about, and
    /// the controls of other waivers are off besides, as long as these run. So of controls that hold the same leaks not every one is cheap to waive. 0 once it has expired. Null where nothing says what the control catches: there is no drill, or the rule belongs to no control.
    /// </summary>
    /// <param name="model">What was said.</param>
    /// <param name="drill">What its controls catch, or null.</param>
    /// <param name="waiver">The waiver.</param>
    /// <param name="today">The first day that counts, UTC; the waiver's last day counts, too.</param>
    /// <param name="history">As for an assessment.</param>
    /// <param name="others">The waivers of the manifest; this one may be among them.</param>
    /// <exception cref="GateException">RG0001: as for an assessment.</exception>
    public static double? PriceOf(ExposureModel model, DrillMatrix? drill, Waiver waiver, DateOnly today, IReadOnlyDictionary<string, ReleaseHistory>? history = null, IReadOnlyList<Waiver>? others = null)
    {
        if (drill is null) return null;
        var coverage = new ControlCoverage(model, drill);
        if (coverage.ControlOf(waiver.Rule) is not { } control) return null;
        var price = 0.0;
        foreach (var pathway in model.Pathways)
        {
            if (!MayBeAbout(waiver, pathway)) continue;
            // Waivers of the same control take away the same.
            var beside = new List<Waiver>();
            foreach (var other in others ?? [])
                if (coverage.ControlOf(other.Rule) != control && MayBeAbout(other, pathway)) beside.Add(other);
            for (var (from, until) = (today, today); from <= waiver.Expires; from = until.AddDays(1))
            {
                var (off, rules) = (new HashSet<int>(), new HashSet<RuleId>());
                until = waiver.Expires;
                foreach (var other in beside)
                {
                    if (other.Expires < from) continue;
                    if (coverage.ControlOf(other.Rule) is { } own) off.Add(own);
                    else rules.Add(other.Rule);
                    if (other.Expires < until) until = other.Expires;
                }

                var without = coverage.MissRate(off, rules);
                off.Add(control);
                price += Of(pathway, model.Currency, coverage.MissRate(off, rules) - without, history).Ale * (until.DayNumber - from.DayNumber + 1) / 365;
                if (until == DateOnly.MaxValue) break;
            }
        }

        return price;
    }

    /// <summary>Why an interval means nothing, or null where it does.</summary>
    internal static string? Refusal(double low, double high, double? cap)
    {
        if (!(low > 0)) return "\"low\" is not above 0; a leak that costs nothing is none";
        if (!(high > low)) return "\"high\" is not above \"low\"; they are the ends of an interval that holds the truth in nine cases of ten";
        if (high / low > LossDistribution.WidestRatio) return "\"high\" is more than 1,000,000,000 times \"low\": so wide an interval says nothing; give a narrower one";
        return cap is null && high / low > LossDistribution.SenselessRatio
            ? string.Create(CultureInfo.InvariantCulture, $"\"high\" is more than {LossDistribution.SenselessRatio:N0} times \"low\": so wide an interval has a mean above itself; give a \"cap\", or the streams and contracts that hang on it, or a narrower interval")
            : null;
    }

    private static double MissRateOf(ExposureModel model, ControlCoverage? coverage) => coverage?.MissRate() ?? model.MissRate ?? UnknownMissRate;

    private static PathwayExposure Of(ReleasePathway pathway, string currency, double missRate, IReadOnlyDictionary<string, ReleaseHistory>? history)
    {
        var known = history is not null && history.TryGetValue(pathway.Id, out var own) ? own : null;
        var probability = known?.LeakProbability ?? pathway.LeakProbability;
        var cap = pathway.LargestLoss;
        if (pathway.Refusal(currency) is { } refusal)
            throw new GateException(GateRules.ManifestInvalid.Id, $"the pathway \"{EntryPath.Printable(pathway.Id)}\": {refusal}", pathway.Location.File, pathway.Location.Line, pathway.Location.Column);
        var mean = new LossDistribution(pathway.Low, pathway.High, cap).Mean;
        var frequency = pathway.Releases * probability * missRate;
        return new PathwayExposure(pathway, frequency, cap, mean, frequency * mean) { LeakProbability = probability, History = known };
    }

    // Without its controls, too, a portfolio has to be one that can be solved.
    private static void RequireRare(ExposureModel model, List<PathwayExposure> pathways)
    {
        var leaks = pathways.Sum(p => p.Pathway.Releases * p.LeakProbability);
        if (!(leaks <= AggregateLoss.MostFrequent))
            throw new GateException(GateRules.ManifestInvalid.Id, string.Create(CultureInfo.InvariantCulture, $"the pathways together expect {leaks:N0} releases with a leak a year before any control looked, and more than {AggregateLoss.MostFrequent:N0} are no question of risk; see that \"releases\" is a year's and \"leakProbability\" that of one release"), model.Location.File, model.Location.Line, model.Location.Column);
    }

    private static AggregateLoss Portfolio(List<PathwayExposure> pathways, double factor)
    {
        var sources = new LossSource[pathways.Count];
        for (var i = 0; i < sources.Length; i++)
            sources[i] = new LossSource(pathways[i].Frequency * factor, new LossDistribution(pathways[i].Pathway.Low, pathways[i].Pathway.High, pathways[i].Cap).LimitedExpectedValue);
        return AggregateLoss.Of(sources);
    }

    // From where nearly every loss is larger, to beyond everything that is said of the portfolio.
    private static IReadOnlyList<LossPoint> CurveOf(ExposureModel model, AggregateLoss portfolio, double es99)
    {
        if (portfolio.Mean == 0) return [];
        var from = model.Pathways.Min(p => p.Low) / 2;
        var to = Math.Max(2 * es99, 4 * from);
        foreach (var point in model.Tolerance) to = Math.Max(to, 1.25 * point.Loss);
        return portfolio.Curve(from, to, CurvePoints);
    }

    private static List<ToleranceResult> ToleranceOf(ExposureModel model, AggregateLoss portfolio)
    {
        var results = new List<ToleranceResult>(model.Tolerance.Count);
        foreach (var point in model.Tolerance) results.Add(new ToleranceResult(point, portfolio.ProbabilityAbove(point.Loss)));
        return results;
    }

    // The controls stand before every pathway, so without one of them all frequencies grow by the same factor.
    private static List<ControlValue> ControlValues(ExposureModel model, ControlCoverage coverage, List<PathwayExposure> pathways, double missRate, double ale, double es95)
    {
        var values = new List<ControlValue>(model.Controls.Count);
        for (var i = 0; i < model.Controls.Count; i++)
        {
            var control = model.Controls[i];
            var without = coverage.MissRate([i]);
            var portfolio = Portfolio(pathways, without / missRate);
            // What catches nothing that the others miss changes no digit.
            var es95Without = without == missRate ? es95 : portfolio.ExpectedShortfall(0.95);
            values.Add(new ControlValue(control, without, portfolio.Mean, es95Without, es95Without - es95, control.Cost is > 0 ? (portfolio.Mean - ale) / control.Cost - 1 : null));
        }

        return values;
    }

    private static List<string> DoubtsOf(ExposureModel model, DrillMatrix? drill, ControlCoverage? coverage, List<PathwayExposure> pathways, DateTime? now)
    {
        var doubts = new List<string>();
        if (drill is null)
        {
            doubts.Add(model.MissRate is { } said
                ? string.Create(CultureInfo.InvariantCulture, $"No drill has measured what the controls catch: that they miss {Money.Entered(said)} of leaks is an opinion.")
                : "Nobody said what the controls miss, and no drill has measured it: every second leak is taken to get past them.");
        }
        else
        {
            if (drill.Leaks.Count < FewLeaks) doubts.Add(string.Create(CultureInfo.InvariantCulture, $"The drill seeded {drill.Leaks.Count} {(drill.Leaks.Count == 1 ? "leak" : "leaks")}: too few to say much of the controls."));
            if ((coverage!.Missed + 1.0) / (drill.Leaks.Count + 2.0) < model.MinimumMiss)
                doubts.Add($"The drill missed less than is believed of a tool that seeds what it looks for: {Money.Entered(model.MinimumMiss)} is taken (\"minMiss\").");
            AddDoubtsOf(drill, pathways, now, doubts);
        }

        foreach (var pathway in pathways)
        {
            var (id, low, high) = (EntryPath.Printable(pathway.Pathway.Id), pathway.Pathway.Low, pathway.Pathway.High);
            if (high / low > LossDistribution.DoubtfulRatio)
                doubts.Add(string.Create(CultureInfo.InvariantCulture, $"The loss by '{id}' is said to lie between two amounts of which one is {high / low:N0} times the other: most of its mean comes from beyond the larger one. Narrow it."));
            if (pathway.Cap is null) doubts.Add($"Nothing limits the loss by '{id}': name the streams and contracts that hang on it, or a \"cap\".");
            if (pathway.Frequency > 1) doubts.Add(string.Create(CultureInfo.InvariantCulture, $"More than one leak a year is expected by '{id}' ({pathway.Frequency:0.#}): see that \"leakProbability\" is that of one release."));
        }

        return doubts;
    }

    // A drill is of one artifact, one day and one manifest.
    private static void AddDoubtsOf(DrillMatrix drill, List<PathwayExposure> pathways, DateTime? now, List<string> doubts)
    {
        if (drill.IsOfOtherPolicy)
            doubts.Add("Lists, rules or names of the manifest have changed since the drill: the controls may catch less than they did. Drill again.");
        if (drill.Discounted.Count > 0)
            doubts.Add($"The drill counted what {string.Join(", ", drill.Discounted)} caught; the manifest keeps {(drill.Discounted.Count == 1 ? "this rule" : "these rules")} from blocking now, so it does not count. Drill again.");
        if (drill.Source is not { } source) return;
        var days = now is { } today ? (today - source.Started).TotalDays : 0;
        if (days > OldDays) doubts.Add(string.Create(CultureInfo.InvariantCulture, $"The drill is of {source.Started:yyyy-MM-dd}, more than {OldDays} days ago: artifact, manifest and rules may have changed since. Drill again."));
        if (days < -1) doubts.Add(string.Create(CultureInfo.InvariantCulture, $"The drill says that it is of {source.Started:yyyy-MM-dd}, which is still to come."));
        var others = new List<string>();
        foreach (var pathway in pathways)
            if (pathway.Pathway.Artifact is { } own && !own.Glob.IsMatch(source.Artifact, source.IsFolder)) others.Add($"'{EntryPath.Printable(pathway.Pathway.Id)}'");
        if (others.Count > 0)
            doubts.Add($"The drill was of {EntryPath.Printable(source.Artifact)}, which does not leave by {string.Join(", ", others)}: there, too, the controls are taken to catch what they caught in it.");
    }

    // Whether two patterns have a name in common can't be told in general; where one of them is a plain name it can.
    private static bool MayBeAbout(Waiver waiver, ReleasePathway pathway)
    {
        if (waiver.Artifact is not { } asked || pathway.Artifact is not { } own) return true;
        if (NameOf(asked) is { } name) return own.Glob.IsMatch(name, isFolder: true);
        return NameOf(own) is not { } other || asked.Glob.IsMatch(other, isFolder: true);

        // A folder's name has no '/' at its end, though its pattern has; and what has none may be a folder, too.
        static string? NameOf(ManifestPattern pattern) => pattern.ToString()!.AsSpan().IndexOfAny("*?[{") < 0 ? pattern.ToString()!.TrimEnd('/') : null;
    }
}
