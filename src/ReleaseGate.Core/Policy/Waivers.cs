using System.Collections.Immutable;
using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Policy;

/// <summary>How much of a release a run sees, and so what it can say of a waiver that served nothing.</summary>
internal enum RunExtent
{
    /// <summary>All of it: what is unused is said.</summary>
    Whole,

    /// <summary>One of several parts: what is unused here is noted, and decided by whoever joins the parts.</summary>
    Part,

    /// <summary>A plan, or a folder that is still written into: waivers hold, and what is unused is said once all is there.</summary>
    Unfinished,
}

/// <summary>What waivers made of the verdicts of a run.</summary>
/// <param name="Verdicts">The verdicts, with what is waived and what is wrong with waivers.</param>
/// <param name="Waivers">What became of each waiver, in the order of the manifest.</param>
/// <param name="Added">The findings about waivers (RG0004, RG0005) that were added to the verdicts.</param>
/// <param name="Used">The ids of the waivers that met a finding, also of those that may not silence it any more.</param>
internal sealed record WaivedRun(IReadOnlyList<Verdict> Verdicts, IReadOnlyList<WaiverState> Waivers, IReadOnlyList<JudgedFinding> Added, IReadOnlyList<string> Used);

/// <summary>Judges waivers: the one place that does, for the task, the command line and the seal.</summary>
internal static class Waivers
{
    /// <summary>How many days before its end a waiver is warned about.</summary>
    public const int WarningDays = 14;

    /// <summary>The facts of RG0004 and RG0005: the waiver's id.</summary>
    public const string IdFact = "waiver";

    /// <summary>Of an RG0004: how near it is to something, see <see cref="NearFacts"/>.</summary>
    internal const string NearFact = "near";

    /// <summary>Of an RG0004 in a part of a run: what it would mean in a whole one.</summary>
    internal const string SeverityFact = "severity";

    /// <summary>Values of <see cref="NearFact"/>, the nearest last.</summary>
    internal static readonly string[] NearFacts = ["nothing", "path", "entry", "rule", "off", "bytes", "waived"];

    private const int Shown = 3;

    /// <summary>Applies the waivers of a manifest to what was found. What a waiver silences becomes a note and stays.</summary>
    /// <param name="verdicts">What was found, judged by the manifest.</param>
    /// <param name="manifest">The manifest.</param>
    /// <param name="today">The day of the run, UTC.</param>
    /// <param name="firstSeen">When a finding was first seen, UTC, by its <see cref="JsonReporter.Fingerprint(Verdict, Finding)"/>; or null where nobody records it.</param>
    /// <param name="extent">How much of a release the verdicts are.</param>
    /// <param name="prices">What waivers cost and who may accept them, or null where there is no exposure model.</param>
    /// <exception cref="GateException">RG0005: a waiver says "since" of a day that is still to come.</exception>
    public static WaivedRun Apply(IReadOnlyList<Verdict> verdicts, Manifest manifest, DateOnly today, Func<string, DateTime?>? firstSeen = null, RunExtent extent = RunExtent.Whole, WaiverPrices? prices = null)
    {
        if (manifest.Waivers.Count == 0 && firstSeen is null) return new WaivedRun(verdicts, [], [], []);
        RequirePast(manifest, today);
        var uses = new List<Use>();
        foreach (var waiver in manifest.Waivers) uses.Add(new Use(waiver));

        var lists = new List<List<JudgedFinding>>();
        var added = new List<JudgedFinding>();
        foreach (var verdict in verdicts)
        {
            var about = uses.FindAll(u => u.Waiver.IsAbout(verdict.Inventory));
            foreach (var use in about) use.Begin();
            var findings = new List<JudgedFinding>(verdict.Findings.Count);
            foreach (var judged in verdict.Findings) findings.Add(Judged(verdict, judged, manifest, about, today, firstSeen, prices));
            foreach (var use in about)
            {
                foreach (var said in Said(use, today))
                {
                    var finding = new JudgedFinding(said, verdict.Policy.SeverityOf(said, verdict.Inventory));
                    findings.Add(finding);
                    added.Add(finding);
                }
            }

            lists.Add(findings);
        }

        if (extent != RunExtent.Unfinished)
        {
            foreach (var use in uses)
            {
                if (use.HasMet || Unused(use, verdicts, lists, extent, today) is not var (place, unused)) continue;
                lists[place].Add(unused);
                added.Add(unused);
            }
        }

        // What no artifact of a run needs may be another's; but one that has expired serves nobody, and is said before it is forgotten.
        if (extent == RunExtent.Whole && lists.Count > 0)
        {
            var last = verdicts[^1];
            foreach (var use in uses)
            {
                if (use.IsAboutAny || use.Waiver.Expires >= today) continue;
                var said = About(use.Waiver, $"{Name(use.Waiver)} expired on {Day(use.Waiver.Expires)}, and no artifact of this run has a name like {use.Waiver.Artifact}", "Remove it, or mend its \"artifact\"; it silences nothing any more.") with { Severity = Severity.Warning };
                var finding = new JudgedFinding(said, last.Policy.SeverityOf(said, last.Inventory));
                lists[^1].Add(finding);
                added.Add(finding);
            }
        }

        var result = new List<Verdict>();
        for (var i = 0; i < lists.Count; i++)
        {
            lists[i].Sort(static (a, b) => Judge.Compare(a.Finding, b.Finding));
            result.Add(verdicts[i] with { Findings = lists[i] });
        }

        var used = new List<string>();
        foreach (var use in uses)
            if (use.HasMet) used.Add(use.Waiver.Id);
        return new WaivedRun(result, uses.ConvertAll(u => new WaiverState(u.Waiver, u.Silenced, DaysLeft(u.Waiver, today)) { Price = prices?.Of(u.Waiver, today) }), added, used);
    }

    /// <summary>An RG0004 of a part of a run, once the whole is known.</summary>
    internal static JudgedFinding Decided(JudgedFinding unused)
    {
        var severity = Fact(unused, SeverityFact) switch { "error" => Severity.Error, "warning" => Severity.Warning, _ => throw Foreign(SeverityFact) };
        return new JudgedFinding(unused.Finding with { Facts = unused.Finding.Facts.Remove(SeverityFact) }, severity);
    }

    /// <summary>How near an RG0004 is to something, as a number.</summary>
    /// <exception cref="GateException">RG0007: a report says something else.</exception>
    internal static int Nearness(JudgedFinding unused) => Array.IndexOf(NearFacts, Fact(unused, NearFact)) is >= 0 and var near ? near : throw Foreign(NearFact);

    /// <summary>A fact of an RG0004.</summary>
    /// <exception cref="GateException">RG0007: a report has none, so this version did not write it.</exception>
    internal static string Fact(JudgedFinding unused, string name) => unused.Finding.Facts.TryGetValue(name, out var value) ? value : throw Foreign(name);

    private static GateException Foreign(string fact) => new(GateRules.NothingInspected.Id, $"a report notes a waiver that silences nothing, and its fact '{fact}' is not one that this version writes");

    /// <summary>Days a waiver still holds after today; negative once it has expired.</summary>
    public static int DaysLeft(Waiver waiver, DateOnly today) => waiver.Expires.DayNumber - today.DayNumber;

    /// <summary>Refuses waivers whose <c>since</c> is still to come: deadlines would count from there.</summary>
    /// <exception cref="GateException">RG0005 at the first.</exception>
    internal static void RequirePast(Manifest manifest, DateOnly today)
    {
        foreach (var waiver in manifest.Waivers)
            if (waiver.Since > today) throw WaiverReader.Wrong(waiver.Location, $"this waiver says \"since\" {Day(waiver.Since.Value)}, which is still to come; it is the day on which the finding was first seen");
    }

    /// <summary>Why a waiver may not silence a finding of some urgency, or null where it may.</summary>
    /// <param name="waiver">The waiver.</param>
    /// <param name="deadlines">How long waivers may run.</param>
    /// <param name="urgency">How fast somebody has to act on the finding.</param>
    /// <param name="seen">When the finding was first seen, or null.</param>
    /// <param name="today">The day, UTC.</param>
    internal static WaiverRefusal? Refuse(Waiver waiver, Deadlines deadlines, Urgency urgency, DateTime? seen, DateOnly today)
    {
        if (waiver.Expires < today)
            return new WaiverRefusal($"expired on {Day(waiver.Expires)}, so it no longer silences", "Mend what it silenced, then remove the waiver; or renew it, where somebody still answers for it, and have that reviewed.");
        if (deadlines.For(urgency) is not { } deadline)
        {
            var last = DateOnly.FromDayNumber(Math.Min(today.DayNumber + WaiverReader.MostDays, DateOnly.MaxValue.DayNumber));
            return waiver.Expires <= last ? null
                : new WaiverRefusal($"runs until {Day(waiver.Expires)}, more than {WaiverReader.MostDays} days ahead, so it does not silence", $"Let it expire on {Day(last)} or before, and renew it then if it is still needed.");
        }

        var name = Urgencies.NameOf(urgency);
        if (seen is not { } first)
            return new WaiverRefusal($"says not since when, and \"deadlines\" lets {name} findings be waived for {Written(deadline)} from when they were first seen, so it does not silence", "Add \"since\" to the waiver: the day on which the finding was first seen.");
        var due = DueOn(first, deadline);
        return waiver.Expires <= due ? null
            : new WaiverRefusal($"runs until {Day(waiver.Expires)}, and \"deadlines\" lets {name} findings be waived for {Written(deadline)}, since {Day(DateOnly.FromDateTime(first))} that is until {Day(due)}, so it does not silence",
                due < today ? "Its time is over: mend what it was to silence, then remove the waiver." : $"Let it expire on {Day(due)} or before, and mend what it silences by then.");
    }

    private static JudgedFinding Judged(Verdict verdict, JudgedFinding judged, Manifest manifest, List<Use> about, DateOnly today, Func<string, DateTime?>? firstSeen, WaiverPrices? prices)
    {
        var rule = judged.Finding.Rule;
        if (rule.Id.IsGate || !rule.Waivable) return judged;
        var logged = firstSeen?.Invoke(JsonReporter.Fingerprint(verdict, judged.Finding));
        var urgency = Urgencies.Of(rule, judged.Unwaived);
        var seen = logged;
        Use? silencing = null;
        List<(Use Use, WaiverRefusal Refusal)>? refused = null;
        foreach (var use in about)
        {
            if (!use.Waiver.Covers(judged.Finding, verdict.Inventory.IsPlanned)) continue;
            if (silencing is not null)
            {
                use.CoveredBy ??= silencing.Waiver;
                continue;
            }

            var own = Earliest(logged, use.Waiver.Since);
            if ((Refuse(use.Waiver, manifest.Deadlines, urgency, own, today) ?? use.TooDear(prices, today)) is { } refusal)
            {
                (refused ??= []).Add((use, refusal));
                seen = Earliest(seen, use.Waiver.Since);
                continue;
            }

            silencing = use;
            seen = own;
        }

        var due = seen is { } first && manifest.Deadlines.For(urgency) is { } deadline ? DueOn(first, deadline) : (DateOnly?)null;
        judged = judged with { FirstSeen = seen, Due = due };
        if (silencing is null)
        {
            if (refused is not null)
                foreach (var (use, refusal) in refused) use.Refuse(judged.Finding, refusal);
            return judged;
        }

        if (refused is not null)
            foreach (var (use, _) in refused) use.CoveredBy ??= silencing.Waiver;
        silencing.Silence(judged.Finding);
        return judged with { Severity = Severity.Note, Unwaived = judged.Unwaived, Waiver = silencing.Waiver, DaysLeft = DaysLeft(silencing.Waiver, today) };
    }

    // What is wrong with a waiver, or will be soon, as far as this artifact shows it. Each says what it is about, so that the parts of a run say the same as the whole.
    private static IEnumerable<Finding> Said(Use use, DateOnly today)
    {
        foreach (var (refusal, paths) in use.Refused)
            yield return About(use.Waiver, $"{Name(use.Waiver)} {refusal.Why} {What(use.Waiver, paths)}", refusal.Fix);
        var left = DaysLeft(use.Waiver, today);
        if (use.Here.Count == 0 || left > WarningDays) yield break;
        yield return About(use.Waiver, $"{Name(use.Waiver)} expires on {Day(use.Waiver.Expires)}, {(left == 0 ? "that is today" : left == 1 ? "in 1 day" : string.Create(CultureInfo.InvariantCulture, $"in {left} days"))}; until then it silences {What(use.Waiver, use.Here)}",
            "Mend what it silences before then; or renew it, where somebody still answers for it, and have that reviewed.") with { Severity = Severity.Warning };
    }

    private static Finding About(Waiver waiver, string message, string fix) => new(GateRules.WaiverRefused, null, message)
    {
        Location = waiver.Location,
        Fix = fix,
        Facts = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(IdFact, waiver.Id),
    };

    /// <summary>The RG0004 of a waiver that met nothing, and the place of the artifact it stands with: the one it comes nearest to, of several the last. Null where no artifact it is about was inspected whole.</summary>
    private static (int Place, JudgedFinding Finding)? Unused(Use use, IReadOnlyList<Verdict> verdicts, List<List<JudgedFinding>> lists, RunExtent extent, DateOnly today)
    {
        var waiver = use.Waiver;
        var (place, nearest, text) = (-1, 0, "");
        for (var i = 0; i < verdicts.Count; i++)
        {
            if (!waiver.IsAbout(verdicts[i].Inventory) || !IsWhole(verdicts[i]) || LacksBaseline(waiver, verdicts[i])) continue;
            var (near, what) = Near(use, verdicts[i], lists[i]);
            if (near >= nearest) (place, nearest, text) = (i, near, what);
        }

        if (place < 0) return null;
        var expired = waiver.Expires < today ? $", and expired on {Day(waiver.Expires)}" : "";
        var severity = verdicts[place].Policy.SeverityOf(GateRules.UnusedWaiver);
        var facts = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add(IdFact, waiver.Id).Add(NearFact, NearFacts[nearest]);
        if (extent == RunExtent.Part) facts = facts.Add(SeverityFact, severity == Severity.Error ? "error" : "warning");
        var finding = new Finding(GateRules.UnusedWaiver, null, $"{Name(waiver)} silences nothing{expired}{text}")
        {
            Location = waiver.Location,
            Fix = NearFacts[nearest] switch
            {
                "bytes" => "Look at what is new in it; where it may ship, put its sha256 into the waiver and have that reviewed.",
                "waived" => "Remove one of the two waivers.",
                "off" => "Remove the waiver; a rule that is off needs none.",
                "path" => "Mend the path, or remove the waiver.",
                "rule" => "Mend what is found now; the waiver is about another rule, so remove it.",
                _ when waiver.Artifact is null => null,
                _ => "Remove the waiver; left there it would silence the next accident.",
            },
            Facts = facts,
        };
        return (place, new JudgedFinding(finding, extent == RunExtent.Part ? Severity.Note : severity));
    }

    private static (int Near, string Text) Near(Use use, Verdict verdict, List<JudgedFinding> findings)
    {
        var waiver = use.Waiver;
        if (use.CoveredBy is { } other) return (Array.IndexOf(NearFacts, "waived"), $"; what it is about {other.Id} silences already");
        string? bytes = null, rule = null, path = null;
        foreach (var judged in findings)
        {
            var finding = judged.Finding;
            if (finding.Rule.Id.IsGate) continue;
            // What another waiver silences is no hint where this one was meant for.
            var isAbout = waiver.IsAbout(finding.Path?.Value);
            if (finding.Rule.Id != waiver.Rule)
            {
                if (isAbout && judged.Waiver is null) rule ??= $"; {What(finding)} has {finding.Rule.Id}, and the waiver is about {waiver.Rule}";
            }
            else if (!isAbout)
            {
                if (judged.Waiver is null) path ??= $"; {waiver.Rule} is found in {What(finding)}, and the waiver is about {PathOf(waiver)}";
            }
            else if (waiver.Sha256 is not null)
            {
                bytes ??= finding.Entry is { Complete: true } entry ? $"; the entry is there and its bytes are others (sha256 {entry.Digest})" : "; the entry is there and was not read whole, so nobody knows whether its bytes are those of the waiver";
            }
        }

        if (bytes is not null) return (Array.IndexOf(NearFacts, "bytes"), bytes);
        foreach (var off in verdict.RulesOff)
            if (off == waiver.Rule) return (Array.IndexOf(NearFacts, "off"), $"; {waiver.Rule} is off in \"rules\"");
        if (rule is not null) return (Array.IndexOf(NearFacts, "rule"), rule);
        foreach (var entry in verdict.Inventory.Entries)
            if (waiver.IsAbout(entry.Path.Value)) return (Array.IndexOf(NearFacts, "entry"), $"; {entry.Path} is there, and {waiver.Rule} finds nothing in it");
        if (path is not null) return (Array.IndexOf(NearFacts, "path"), path);
        return (0, waiver.Path == Waiver.WholeArtifact ? $"; {waiver.Rule} is not found" : $"; there is no entry {PathOf(waiver)}");
    }

    // Of what could not be inspected nobody knows what a waiver would have been good for.
    private static bool IsWhole(Verdict verdict)
    {
        foreach (var judged in verdict.Findings)
            if (judged.Finding.Rule.Id.IsGate && judged.Finding.Rule.Id != GateRules.UnusedPattern.Id) return false;
        return true;
    }

    // Where there is nothing to compare with, a rule that compares cannot need its waiver.
    private static bool LacksBaseline(Waiver waiver, Verdict verdict) => verdict.Inventory.Baseline is null && waiver.Rule.ToString() == UnexpectedGrowth.Id;

    private static string What(Waiver waiver, List<string> paths)
    {
        var distinct = new List<string>();
        foreach (var path in paths)
            if (!distinct.Contains(path)) distinct.Add(path);
        var more = distinct.Count > Shown ? string.Create(CultureInfo.InvariantCulture, $" and {distinct.Count - Shown:#,0} more") : "";
        return $"{waiver.Rule} of {string.Join(", ", distinct.Take(Shown))}{more}";
    }

    private static string What(Finding finding) => finding.Path?.ToString() ?? "the artifact as a whole";

    private static string PathOf(Waiver waiver) => waiver.Path == Waiver.WholeArtifact ? "the artifact as a whole" : EntryPath.Printable(waiver.Path);

    private static string Name(Waiver waiver) => $"the waiver {waiver.Id} ({EntryPath.Printable(waiver.Owner)})";

    private static string Day(DateOnly day) => day.ToString(WaiverReader.DayFormat, CultureInfo.InvariantCulture);

    private static string Written(TimeSpan span) =>
        span.Ticks % TimeSpan.TicksPerDay != 0 || span.Days == 1 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0} {(span.TotalHours == 1 ? "hour" : "hours")}") : string.Create(CultureInfo.InvariantCulture, $"{span.Days} days");

    // The calendar ends somewhere.
    private static DateOnly DueOn(DateTime seen, TimeSpan deadline) => deadline > DateTime.MaxValue - seen ? DateOnly.MaxValue : DateOnly.FromDateTime(seen + deadline);

    private static DateTime? Earliest(DateTime? logged, DateOnly? since)
    {
        if (since is not { } day) return logged;
        var begun = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        return logged < begun ? logged : begun;
    }

    /// <summary>What a waiver met.</summary>
    private sealed class Use(Waiver waiver)
    {
        private bool _isPriced;
        private WaiverRefusal? _tooDear;

        public Waiver Waiver { get; } = waiver;

        /// <summary>How many findings it silenced.</summary>
        public int Silenced { get; private set; }

        /// <summary>Whether there was a finding it is about and no other waiver silences.</summary>
        public bool HasMet { get; private set; }

        /// <summary>Whether an artifact of the run is one that it is about.</summary>
        public bool IsAboutAny { get; private set; }

        /// <summary>A waiver that silences what this one is about.</summary>
        public Waiver? CoveredBy { get; set; }

        /// <summary>Where it silenced something in the present artifact.</summary>
        public List<string> Here { get; } = [];

        /// <summary>What it may not silence in the present artifact, by reason.</summary>
        public List<(WaiverRefusal Refusal, List<string> Paths)> Refused { get; } = [];

        /// <summary>Why nobody who may has accepted it at its price, or null. Looked at once.</summary>
        public WaiverRefusal? TooDear(WaiverPrices? prices, DateOnly today)
        {
            if (!_isPriced) (_isPriced, _tooDear) = (true, prices?.Refuse(Waiver, today));
            return _tooDear;
        }

        public void Begin()
        {
            IsAboutAny = true;
            Here.Clear();
            Refused.Clear();
        }

        public void Silence(Finding finding)
        {
            HasMet = true;
            Silenced++;
            Here.Add(What(finding));
        }

        public void Refuse(Finding finding, WaiverRefusal refusal)
        {
            HasMet = true;
            var place = Refused.FindIndex(r => r.Refusal == refusal);
            if (place < 0) Refused.Add((refusal, [What(finding)]));
            else Refused[place].Paths.Add(What(finding));
        }
    }
}

/// <summary>Why a waiver may not silence something, as the middle of a sentence, and what to do.</summary>
internal sealed record WaiverRefusal(string Why, string Fix);
