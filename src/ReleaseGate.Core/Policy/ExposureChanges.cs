using System.Globalization;
using ReleaseGate.Governance;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>What one exposure model lets pass and another does not.</summary>
internal static class ExposureChanges
{
    /// <summary>What is looser in <paramref name="after"/> than in <paramref name="before"/>, with its place there.</summary>
    public static List<(string What, ManifestLocation? Location)> Between(ExposureModel? before, ExposureModel? after)
    {
        var changes = new List<(string, ManifestLocation?)>();
        if (before is null) return changes;
        if (after is null)
        {
            changes.Add(("removes \"exposure\", so that nothing is held against the tolerance", null));
            return changes;
        }

        if (before.Currency != after.Currency) Add("currency", $"counts in {after.Currency} instead of {before.Currency}", after.Location);
        foreach (var point in before.Tolerance)
        {
            // A point at a smaller loss that is no more probable says the same or more.
            var now = after.Tolerance.Where(p => p.Loss <= point.Loss).MinBy(p => p.MaximumProbability);
            if (now is null || now.MaximumProbability > point.MaximumProbability)
                Add("tolerance", $"{(now is null ? "any share" : Money.Entered(now.MaximumProbability))} of years may lose more than {Money.Text(point.Loss, before.Currency)} instead of {Money.Entered(point.MaximumProbability)}", now?.Location ?? after.Location);
        }

        Higher("maxEs95", before.MaximumEs95, after.MaximumEs95);
        LowerShare("minMiss", before.MinimumMiss, after.MinimumMiss);
        if (before.Drill != after.Drill) Add("drill", after.Drill is null ? "no drill says any more what the controls catch" : before.Drill is null ? "a drill says now what the controls catch" : "another drill says what the controls catch", after.Location);
        else if (before.DrillDigest != after.DrillDigest) Add("drill", after.DrillDigest is null ? "the report of the drill is gone" : "the report of the drill says something else of what the controls catch", after.Location);
        else if (before.Drill is null) LowerShare("missRate", before.MissRate ?? ExposureAssessment.UnknownMissRate, after.MissRate ?? ExposureAssessment.UnknownMissRate);
        Higher("remediationBudget", before.RemediationBudget, after.RemediationBudget);
        AddPathways(before, after, Add);
        AddControls(before, after, Add);
        foreach (var limit in after.Approvers)
        {
            var was = before.Approvers.FirstOrDefault(a => a.Id.Equals(limit.Id, StringComparison.OrdinalIgnoreCase));
            if (was is null && before.Approvers.Count == 0) continue;
            if (limit.Limit <= was?.Limit) continue;
            var (old, now) = was is null ? ("none", Money.Text(limit.Limit, after.Currency)) : Amounts(before, after, was.Limit, limit.Limit);
            Add("approvers", $"what '{ManifestText.Shown(limit.Id)}' may approve of: waivers of {now} at most instead of {old}", after.Location);
        }

        if (before.Approvers.Count > 0 && after.Approvers.Count == 0) Add("approvers", "anybody may approve of a waiver at any price", after.Location);
        return changes;

        void Add(string key, string what, ManifestLocation? location) => changes.Add(($"loosens the exposure (\"{key}\"): {what}", location));

        void Higher(string key, double? old, double? now)
        {
            if (old is not { } from || now <= from) return;
            var (was, then) = now is { } to ? Amounts(before, after, from, to) : (Money.Text(from, before.Currency), "no limit");
            Add(key, $"{was} becomes {then}", after.Location);
        }

        void LowerShare(string key, double old, double now)
        {
            if (now < old) Add(key, $"{Money.Entered(old)} becomes {Money.Entered(now)}", after.Location);
        }
    }

    private static void AddPathways(ExposureModel before, ExposureModel after, Action<string, string, ManifestLocation?> add)
    {
        foreach (var old in before.Pathways)
        {
            var now = after.Pathways.FirstOrDefault(p => p.Id == old.Id);
            if (now is null)
            {
                add("pathways", $"the pathway \"{old.Id}\" is gone", after.Location);
                continue;
            }

            if (now.Releases < old.Releases) Becomes("releases", Count(old.Releases), Count(now.Releases));
            if (now.LeakProbability < old.LeakProbability) Becomes("leakProbability", Money.Entered(old.LeakProbability), Money.Entered(now.LeakProbability));
            // Either end moves the mean and the tail, not always the same way: a higher low makes the tail shorter.
            if (!SameLosses(old, now)) add("loss", $"what a leak by the pathway \"{old.Id}\" costs is estimated otherwise", now.Location);
            if (now.LargestLoss is { } cap && !(old.LargestLoss <= cap))
            {
                var (most, least) = old.LargestLoss is { } was ? Amounts(before, after, was, cap) : ("no limit", Money.Text(cap, after.Currency));
                Becomes("cap", most, least);
            }

            if (old.Artifact?.ToString() != now.Artifact?.ToString()) add("artifact", $"the pathway \"{old.Id}\" is about other artifacts", now.Location);

            void Becomes(string key, string from, string to) => add(key, $"of the pathway \"{old.Id}\" {from} becomes {to}", now.Location);
        }
    }

    private static bool SameLosses(ReleasePathway old, ReleasePathway now)
    {
        if (old.Losses.Count != now.Losses.Count) return false;
        for (var i = 0; i < old.Losses.Count; i++)
            if (old.Losses[i] != now.Losses[i]) return false;
        return true;
    }

    // What a control stands for decides what its waivers cost.
    private static void AddControls(ExposureModel before, ExposureModel after, Action<string, string, ManifestLocation?> add)
    {
        foreach (var old in before.Controls)
        {
            var now = after.Controls.FirstOrDefault(c => c.Id == old.Id);
            if (now is null || !old.Rules.All(now.Rules.Contains)) add("controls", now is null ? $"the control \"{old.Id}\" is gone" : $"the control \"{old.Id}\" stands for fewer rules", now?.Location ?? after.Location);
        }
    }

    private static (string Before, string After) Amounts(ExposureModel before, ExposureModel after, double from, double to) =>
        before.Currency == after.Currency ? Money.Apart(from, to, after.Currency) : (Money.Text(from, before.Currency), Money.Text(to, after.Currency));

    private static string Count(double count) => count.ToString("#,0.######", CultureInfo.InvariantCulture);
}
