using ReleaseGate.Artifacts;
using ReleaseGate.Governance;

namespace ReleaseGate.Policy;

/// <summary>What waivers cost, and who may accept them: the one place that says, for the gate and for <c>waive</c>.</summary>
/// <param name="model">Names the approvers and the currency.</param>
/// <param name="priceOf">What a waiver adds to the loss to be expected from a day on until it expires; null where nothing says.</param>
/// <param name="realDay">The day of the run by the clock, UTC, where waivers may be judged by a later one; null: it is the same day.</param>
internal sealed class WaiverPrices(ExposureModel model, Func<Waiver, DateOnly, double?> priceOf, DateOnly? realDay = null)
{
    /// <summary>The same prices for a run that may judge waivers by a later day than its own.</summary>
    /// <param name="day">The day of the run by the clock, UTC.</param>
    public WaiverPrices On(DateOnly day) => new(model, priceOf, day);

    /// <summary>The prices by what an assessment rests on.</summary>
    /// <param name="inputs">Model, drill and history.</param>
    /// <param name="waivers">The waivers of the manifest: what several take away together, they cost together.</param>
    public static WaiverPrices By(ExposureInputs inputs, IReadOnlyList<Waiver> waivers) =>
        new(inputs.Model, (waiver, today) => ExposureAssessment.PriceOf(inputs.Model, inputs.Drill, waiver, today, inputs.History, waivers));

    /// <summary>The currency of the prices, ISO 4217.</summary>
    public string Currency => model.Currency;

    /// <summary>
    /// What a waiver adds to the loss to be expected until it expires, from the day that it says it is of, else from today; null where nothing says, or it has expired.
    /// </summary>
    /// <param name="waiver">The waiver.</param>
    /// <param name="today">The day by which waivers are judged, UTC.</param>
    public double? Of(Waiver waiver, DateOnly today)
    {
        if (waiver.Expires < today) return null;
        // Neither asking for a later day nor waiting makes a waiver cheap enough for its approver.
        var day = realDay < today ? realDay.Value : today;
        return priceOf(waiver, waiver.Since < day ? waiver.Since.Value : day);
    }

    /// <summary>Why nobody who may has accepted a waiver at its price, or null where somebody has, or nobody has to: there is no price, or the manifest sets no limits.</summary>
    /// <param name="waiver">The waiver.</param>
    /// <param name="today">The day, UTC.</param>
    public WaiverRefusal? Refuse(Waiver waiver, DateOnly today)
    {
        if (model.Approvers.Count == 0 || Of(waiver, today) is not { } price) return null;
        var amount = Money.Text(price, Currency);
        var may = Who(price);
        if (waiver.Approver is not { } approver)
            return new WaiverRefusal($"costs {amount} until it expires and names no approver, so it does not silence", $"Have it approved, and name who did as its \"approver\": {may}.");
        var name = EntryPath.Printable(approver);
        if (model.Approvers.FirstOrDefault(a => a.Id == approver) is not { } limit)
            return new WaiverRefusal($"costs {amount} until it expires, and its approver {name} is not among the \"approvers\" of the exposure, so it does not silence", $"Have it approved by one of them: {may}.");
        // Else it would become cheap by waiting, or by a renewal each day.
        if (price <= limit.Limit && waiver.Since is not null) return null;
        if (price <= limit.Limit) return new WaiverRefusal($"costs {amount} from today on and says not since when, so it does not silence", "Add \"since\" to the waiver: the day on which the finding was first seen; its price counts from there.");
        var shown = Money.Text(limit.Limit, Currency);
        return new WaiverRefusal($"costs {(shown == amount ? $"a little more than {amount}" : amount)} until it expires, and its approver {name} may accept {shown} at most, so it does not silence",
            $"Let it expire sooner, or have it approved by somebody who may: {may}.");
    }

    private string Who(double price)
    {
        var able = new List<string>();
        foreach (var approver in model.Approvers)
            if (price <= approver.Limit) able.Add($"{EntryPath.Printable(approver.Id)} (up to {Money.Text(approver.Limit, Currency)})");
        return able.Count == 0 ? "nobody may accept so much, so mend what it silences" : string.Join(", ", able);
    }
}
