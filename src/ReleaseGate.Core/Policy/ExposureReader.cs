using System.Globalization;
using ReleaseGate.Governance;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>Reads the <c>exposure</c> of manifests (docs/exposure.md). Every number that makes no sense is refused with its place and what is wrong about it: money is reckoned from it.</summary>
internal static class ExposureReader
{
    internal static readonly string[] Keys = ["currency", "pathways", "streams", "contracts", "controls", "tolerance", "maxEs95", "minMiss", "missRate", "drill", "approvers", "remediationBudget"];
    internal static readonly string[] PathwayKeys = ["id", "artifact", "releases", "leakProbability", "loss", "losses", "streams", "contracts", "cap"];
    internal static readonly string[] IntervalKeys = ["low", "high"];
    internal static readonly string[] ValueKeys = ["id", "title", "value"];
    internal static readonly string[] ControlKeys = ["id", "title", "rules", "cost"];
    internal static readonly string[] ToleranceKeys = ["loss", "maxProbability"];
    internal static readonly string[] ApproverKeys = ["id", "limit"];

    private const int LongestId = 64;
    private const double LeastCost = 1e-3;

    /// <summary>Reads the <c>exposure</c> of one manifest.</summary>
    /// <param name="files">Where paths in it lead.</param>
    /// <param name="text">The manifest.</param>
    /// <param name="member">The key.</param>
    /// <param name="manifest">The manifest's full path; null: a profile.</param>
    /// <exception cref="GateException">RG0001 with line and column.</exception>
    public static ExposureModel Read(IManifestFiles files, ManifestText text, JsonMember member, string? manifest)
    {
        var part = ManifestReader.Object(text, member.Value, "\"exposure\"");
        ManifestReader.RequireKeys(text, part, Keys, "\"exposure\"");
        var streams = Values(text, part, "streams", static (id, title, value) => new RevenueStream(id, title, value));
        var contracts = Values(text, part, "contracts", static (id, title, value) => new Contract(id, title, value));
        var minimumMiss = Member(part, "minMiss") is { } floor ? Share(text, floor) : 0.05;
        var missRate = Member(part, "missRate") is { } said ? Share(text, said) : (double?)null;
        if (missRate < minimumMiss) throw text.Wrong(Offset(part, "missRate"), string.Create(CultureInfo.InvariantCulture, $"\"missRate\" is below \"minMiss\" ({minimumMiss}), the least that is believed; raise it, or lower \"minMiss\""));
        if (missRate is not null && Member(part, "drill") is not null) throw text.Wrong(Offset(part, "missRate"), "\"missRate\" is an opinion on what the \"drill\" measures; leave one of them out");
        var currency = Currency(text, part);
        return new ExposureModel
        {
            Location = text.At(member.Offset),
            Currency = currency,
            Streams = [.. streams.Values],
            Contracts = [.. contracts.Values],
            Pathways = Pathways(text, part, currency, streams, contracts),
            Controls = ControlsOf(text, part),
            Tolerance = Tolerance(text, part),
            MaximumEs95 = Member(part, "maxEs95") is { } most ? Amount(text, most) : null,
            MinimumMiss = minimumMiss,
            MissRate = missRate,
            Drill = Member(part, "drill") is { } drill && ManifestReader.Text(text, drill) is var path ? ManifestReader.PathOf(files, text, path.Value, path.Offset, manifest, "a profile has no drill") : null,
            Approvers = Approvers(text, part),
            RemediationBudget = Member(part, "remediationBudget") is { } budget ? Amount(text, budget) : null,
        };
    }

    /// <summary>Refuses controls of rules that do not exist. Called once all rule assemblies are loaded.</summary>
    /// <exception cref="GateException">RG0001 at the first such control.</exception>
    public static void RequireKnownRules(ExposureModel model, HashSet<RuleId> known)
    {
        foreach (var control in model.Controls)
        {
            if (control.Location is null) continue;
            foreach (var rule in control.Rules)
                if (!known.Contains(rule))
                    throw ManifestText.Wrong(control.Location, $"the control \"{control.Id}\" names {rule}, and there is no such rule{(rule.IsBuiltIn ? Spelling.Suggest(rule.ToString(), known.Select(r => r.ToString())) : "; load the assembly that brings it (on the command line with '--rules')")}");
        }
    }

    private static string Currency(ManifestText text, JsonPart.Object part)
    {
        var value = ManifestReader.Text(text, Required(text, part, "currency", "\"exposure\"", "\"currency\": \"EUR\""));
        if (value.Value.Length == 3 && value.Value.All(char.IsAsciiLetterUpper)) return value.Value;
        throw text.Wrong(value.Offset, $"'{ManifestText.Shown(value.Value)}' is no currency; write its three letters by ISO 4217, e.g. \"EUR\"");
    }

    private static List<ReleasePathway> Pathways(ManifestText text, JsonPart.Object exposure, string currency, Dictionary<string, RevenueStream> streams, Dictionary<string, Contract> contracts)
    {
        const string Example = "\"pathways\": [ { \"id\": \"npm-public\", \"releases\": 50, \"leakProbability\": 0.02, \"loss\": { \"low\": 1e5, \"high\": 2e6 } } ]";
        var member = Required(text, exposure, "pathways", "\"exposure\"", Example);
        var pathways = new List<ReleasePathway>();
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in ManifestReader.Items(text, member))
        {
            var part = ManifestReader.Object(text, item, "a pathway");
            ManifestReader.RequireKeys(text, part, PathwayKeys, "a pathway");
            var id = Id(text, part, "a pathway", ids);
            var releases = Number(text, Required(text, part, "releases", "a pathway", "\"releases\": 50"));
            if (releases < 0) throw text.Wrong(Offset(part, "releases"), "\"releases\" is how many there are in a year, and not negative");
            var probability = Share(text, Required(text, part, "leakProbability", "a pathway", "\"leakProbability\": 0.02"));
            if (releases * probability > AggregateLoss.MostFrequent)
                throw text.Wrong(Offset(part, "releases"), string.Create(CultureInfo.InvariantCulture, $"{releases:N0} releases a year, of which a share of {probability} holds a leak, are {releases * probability:N0} leaks a year; more than {AggregateLoss.MostFrequent:N0} are no question of risk. \"leakProbability\" is that of one release, before any control looked"));
            var pathway = new ReleasePathway(id, Artifact(text, part), releases, probability, Losses(text, part), Hanging(text, part, "streams", streams), Hanging(text, part, "contracts", contracts), text.At(item.Offset))
            {
                Cap = Member(part, "cap") is { } cap ? Amount(text, cap) : null,
            };
            if (pathway.Refusal(currency) is { } refusal) throw text.Wrong(Member(part, "cap") is null ? item.Offset : Offset(part, "cap"), $"the pathway \"{id}\": {refusal}");
            pathways.Add(pathway);
        }

        return pathways.Count > 0 ? pathways : throw text.Wrong(member.Value.Offset, $"\"pathways\" is empty: without a way out there is no exposure, e.g. {Example}");
    }

    private static ManifestPattern? Artifact(ManifestText text, JsonPart.Object part)
    {
        if (Member(part, "artifact") is not { } member) return null;
        var value = ManifestReader.Text(text, member);
        return Glob.TryParseArtifactName(value.Value, out var glob, out var error)
            ? new ManifestPattern(glob, text.At(value.Offset))
            : throw text.Wrong(value.Offset, $"the pattern '{ManifestText.Shown(value.Value)}' is wrong: {error}");
    }

    private static List<LossComponent> Losses(ManifestText text, JsonPart.Object pathway)
    {
        if (Member(pathway, "loss") is { } whole)
        {
            if (Member(pathway, "losses") is not null) throw text.Wrong(Offset(pathway, "losses"), "\"losses\" are the components of \"loss\"; leave one of them out");
            return [Interval(text, whole, "loss")];
        }

        if (Member(pathway, "losses") is not { } member)
            throw text.Wrong(pathway.Offset, "the pathway has neither \"loss\" nor \"losses\": what one leak costs, as an interval that holds the truth in nine cases of ten, e.g. \"loss\": { \"low\": 1e5, \"high\": 2e6 }");
        var parts = ManifestReader.Object(text, member.Value, "\"losses\"");
        if (parts.Members.Count == 0) throw text.Wrong(parts.Offset, "\"losses\" is empty; its keys are imitation, assurance, remediation, delay, legal, or names of your own");
        var losses = new List<LossComponent>();
        foreach (var component in parts.Members)
        {
            RequireId(text, component.Name, component.Offset, "a component of a loss");
            losses.Add(Interval(text, component, component.Name));
        }

        return losses;
    }

    private static LossComponent Interval(ManifestText text, JsonMember member, string name)
    {
        var part = ManifestReader.Object(text, member.Value, $"\"{name}\"");
        ManifestReader.RequireKeys(text, part, IntervalKeys, $"\"{name}\"");
        const string Example = "\"low\": 1e5, \"high\": 2e6";
        var low = Number(text, Required(text, part, "low", $"\"{name}\"", Example));
        var high = Number(text, Required(text, part, "high", $"\"{name}\"", Example));
        if (ExposureAssessment.Refusal(low, high, double.PositiveInfinity) is { } refusal) throw text.Wrong(Offset(part, low > 0 ? "high" : "low"), refusal);
        return new LossComponent(name, low, high);
    }

    private static List<T> Hanging<T>(ManifestText text, JsonPart.Object pathway, string key, Dictionary<string, T> known)
    {
        var hanging = new List<T>();
        if (Member(pathway, key) is not { } member) return hanging;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in ManifestReader.Items(text, member))
        {
            if (item is not JsonPart.Text id) throw text.Wrong(item.Offset, $"\"{key}\" of a pathway holds ids, which are strings; this is {item.Kind}");
            if (!known.TryGetValue(id.Value, out var one)) throw text.Wrong(id.Offset, $"there is no \"{ManifestText.Shown(id.Value)}\" in \"{key}\" of the exposure{Spelling.Suggest(id.Value, known.Keys)}");
            if (!seen.Add(id.Value)) throw text.Wrong(id.Offset, $"\"{ManifestText.Shown(id.Value)}\" stands here a second time, and would count twice");
            hanging.Add(one);
        }

        return hanging;
    }

    private static Dictionary<string, T> Values<T>(ManifestText text, JsonPart.Object exposure, string key, Func<string, string, double, T> make)
    {
        var values = new Dictionary<string, T>(StringComparer.Ordinal);
        if (Member(exposure, key) is not { } member) return values;
        var what = $"an element of \"{key}\"";
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in ManifestReader.Items(text, member))
        {
            var part = ManifestReader.Object(text, item, what);
            ManifestReader.RequireKeys(text, part, ValueKeys, what);
            var id = Id(text, part, what, ids);
            values.Add(id, make(id, Title(text, part) ?? id, Amount(text, Required(text, part, "value", what, "\"value\": 2e7"))));
        }

        return values;
    }

    private static IReadOnlyList<Control> ControlsOf(ManifestText text, JsonPart.Object exposure)
    {
        if (Member(exposure, "controls") is not { } member) return Controls.Default;
        var controls = new List<Control>();
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var owners = new Dictionary<RuleId, string>();
        foreach (var item in ManifestReader.Items(text, member))
        {
            var part = ManifestReader.Object(text, item, "a control");
            ManifestReader.RequireKeys(text, part, ControlKeys, "a control");
            var id = Id(text, part, "a control", ids);
            var known = Controls.Default.FirstOrDefault(c => c.Id == id);
            var rules = Member(part, "rules") is { } named ? RulesOf(text, named)
                : known?.Rules ?? throw text.Wrong(item.Offset, $"the control \"{id}\" has no \"rules\", and is none of those that need none: {ManifestReader.Listed(Controls.Default.Select(c => c.Id))}{Spelling.Suggest(id, Controls.Default.Select(c => c.Id))}");
            foreach (var rule in rules)
                if (!owners.TryAdd(rule, id)) throw text.Wrong(item.Offset, $"{rule} belongs to the controls \"{owners[rule]}\" and \"{id}\"; what it catches can be owed to one only");
            var cost = Member(part, "cost") is { } costs ? Number(text, costs) : (double?)null;
            if (cost < 0) throw text.Wrong(Offset(part, "cost"), "\"cost\" is what a year of the control costs, and not negative");
            if (cost is > 0 and < LeastCost) throw text.Wrong(Offset(part, "cost"), "\"cost\" is less than any money there is; write 0, or what a year of the control costs");
            controls.Add(new Control(id, Title(text, part) ?? known?.Title ?? id, rules) { Cost = cost, Location = text.At(item.Offset) });
        }

        return controls.Count > 0 ? controls : throw text.Wrong(member.Value.Offset, "\"controls\" is empty; leave it out for the usual ones");
    }

    private static List<RuleId> RulesOf(ManifestText text, JsonMember member)
    {
        var rules = new List<RuleId>();
        foreach (var item in ManifestReader.Items(text, member))
        {
            if (item is not JsonPart.Text rule || !RuleId.TryParse(rule.Value, out var id)) throw text.Wrong(item.Offset, "\"rules\" of a control holds ids of rules, e.g. \"RG2001\"");
            if (rules.Contains(id)) throw text.Wrong(item.Offset, $"{id} stands here a second time");
            rules.Add(id);
        }

        return rules.Count > 0 ? rules : throw text.Wrong(member.Value.Offset, "\"rules\" is empty: a control is the rules it stands for");
    }

    private static List<TolerancePoint> Tolerance(ManifestText text, JsonPart.Object exposure)
    {
        var points = new List<TolerancePoint>();
        if (Member(exposure, "tolerance") is not { } member) return points;
        const string Example = "{ \"loss\": 5e7, \"maxProbability\": 0.02 }";
        foreach (var item in ManifestReader.Items(text, member))
        {
            var part = ManifestReader.Object(text, item, "an element of \"tolerance\"");
            ManifestReader.RequireKeys(text, part, ToleranceKeys, "an element of \"tolerance\"");
            var loss = Number(text, Required(text, part, "loss", "an element of \"tolerance\"", Example));
            if (loss < 0) throw text.Wrong(Offset(part, "loss"), "\"loss\" is an amount, and not negative");
            var probability = Share(text, Required(text, part, "maxProbability", "an element of \"tolerance\"", Example));
            foreach (var other in points)
                if (other.Loss == loss) throw text.Wrong(Offset(part, "loss"), string.Create(CultureInfo.InvariantCulture, $"a loss of {loss} has a tolerance already, in line {other.Location.Line}"));
            points.Add(new TolerancePoint(loss, probability, text.At(item.Offset)));
        }

        if (points.Count == 0) throw text.Wrong(member.Value.Offset, $"\"tolerance\" is empty, e.g. {Example}; leave it out where nothing is to be held against it");
        points.Sort(static (a, b) => a.Loss.CompareTo(b.Loss));
        return points;
    }

    private static List<ApprovalLimit> Approvers(ManifestText text, JsonPart.Object exposure)
    {
        var approvers = new List<ApprovalLimit>();
        if (Member(exposure, "approvers") is not { } member) return approvers;
        foreach (var item in ManifestReader.Items(text, member))
        {
            var part = ManifestReader.Object(text, item, "an element of \"approvers\"");
            ManifestReader.RequireKeys(text, part, ApproverKeys, "an element of \"approvers\"");
            var id = ManifestReader.Text(text, Required(text, part, "id", "an element of \"approvers\"", "\"id\": \"alice\""));
            if (id.Value.Trim() != id.Value || id.Value.Length == 0) throw text.Wrong(id.Offset, "the \"id\" of an approver is the name that waivers have for them, without blanks around it");
            if (approvers.Any(a => a.Id.Equals(id.Value, StringComparison.OrdinalIgnoreCase))) throw text.Wrong(id.Offset, $"'{ManifestText.Shown(id.Value)}' has a limit already");
            var limit = Number(text, Required(text, part, "limit", "an element of \"approvers\"", "\"limit\": 50000"));
            if (limit < 0) throw text.Wrong(Offset(part, "limit"), "\"limit\" is the highest price they may approve of, and not negative");
            approvers.Add(new ApprovalLimit(id.Value, limit));
        }

        return approvers;
    }

    private static string Id(ManifestText text, JsonPart.Object part, string what, Dictionary<string, int> seen)
    {
        var id = ManifestReader.Text(text, Required(text, part, "id", what, "\"id\": \"npm-public\""));
        RequireId(text, id.Value, id.Offset, $"the id of {what}");
        if (!seen.TryAdd(id.Value, id.Offset)) throw text.Wrong(id.Offset, $"the id \"{id.Value}\" is taken, in line {text.At(seen[id.Value]).Line}");
        return id.Value;
    }

    private static void RequireId(ManifestText text, string id, int offset, string what)
    {
        var good = id.Length is > 0 and <= LongestId;
        foreach (var c in id) good &= char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
        if (!good) throw text.Wrong(offset, $"'{ManifestText.Shown(id)}' can't be {what}: letters, digits, '-', '_' and '.', at most {LongestId}");
    }

    private static string? Title(ManifestText text, JsonPart.Object part)
    {
        if (Member(part, "title") is not { } member) return null;
        var title = ManifestReader.Text(text, member);
        return string.IsNullOrWhiteSpace(title.Value) ? throw text.Wrong(title.Offset, "\"title\" is blank") : title.Value.Trim();
    }

    private static double Amount(ManifestText text, JsonMember member)
    {
        var amount = Number(text, member);
        return amount > 0 ? amount : throw text.Wrong(member.Value.Offset, $"\"{member.Name}\" is an amount above 0");
    }

    private static double Share(ManifestText text, JsonMember member)
    {
        var share = Number(text, member);
        return share is >= 0 and <= 1 ? share : throw text.Wrong(member.Value.Offset, $"\"{member.Name}\" is a probability from 0 to 1, e.g. 0.02 for 2 %");
    }

    private static double Number(ManifestText text, JsonMember member)
    {
        // So large an amount is a slip, and sums of such lose their digits.
        if (member.Value is JsonPart.Number number && double.TryParse(number.Digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) <= 1e18) return value;
        throw text.Wrong(member.Value.Offset, member.Value is JsonPart.Number ? $"\"{member.Name}\" is larger than anything there is" : $"\"{member.Name}\" must be a number, this is {member.Value.Kind}; large ones may be written as 2.5e6");
    }

    private static JsonMember Required(ManifestText text, JsonPart.Object part, string key, string what, string example) =>
        Member(part, key) ?? throw text.Wrong(part.Offset, $"{what} has no \"{key}\", e.g. {example}");

    private static JsonMember? Member(JsonPart.Object part, string key)
    {
        foreach (var member in part.Members)
            if (member.Name == key) return member;
        return null;
    }

    private static int Offset(JsonPart.Object part, string key) => Member(part, key)?.Value.Offset ?? part.Offset;
}
