using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Governance;

/// <summary>What remediation cost in a year by an audit log, held against the budget of an exposure model.</summary>
/// <param name="year">The year, UTC.</param>
/// <param name="model">Has the budget; null: there is none.</param>
/// <param name="path">The log, to say what is wrong with it.</param>
internal sealed class Spending(int year, ExposureModel? model, string path)
{
    /// <summary>The event of an expense.</summary>
    public const string Event = "spend";

    private readonly SortedDictionary<string, decimal> _sums = new(StringComparer.Ordinal);

    /// <summary>The year.</summary>
    public int Year => year;

    /// <summary>What may be spent, or null.</summary>
    public double? Budget => model?.RemediationBudget;

    /// <summary>What was spent in the currency of the model.</summary>
    public decimal Spent => model is null ? 0 : _sums.GetValueOrDefault(model.Currency);

    /// <summary>How much of it is above the budget; 0 where it is not, or there is none.</summary>
    public double Excess => Budget is { } budget && (double)Spent > budget ? (double)Spent - budget : 0;

    /// <summary>Whether more was spent than may be.</summary>
    public bool IsOver => Excess > 0;

    /// <summary>What was spent in other currencies, by these; it is not counted against the budget.</summary>
    public IEnumerable<KeyValuePair<string, decimal>> Others => _sums.Where(s => s.Key != model?.Currency);

    /// <summary>Whether a line is an expense of the year.</summary>
    public bool Counts(AuditLine line) => line.Event == Event && line.Time.Year == year;

    /// <summary>Adds such a line.</summary>
    /// <exception cref="GateException">RG0010: it says not what was spent.</exception>
    public void Add(AuditLine line, JsonObject members)
    {
        if (members["amount"] is not JsonValue value || value.GetValueKind() != JsonValueKind.Number || !value.TryGetValue<decimal>(out var amount)
            || members["currency"] is not JsonValue text || !text.TryGetValue<string>(out var currency))
            throw AuditLog.Mistake(string.Create(CultureInfo.InvariantCulture, $"the event with seq {line.Sequence} says not what was spent"), path);
        _sums[currency] = _sums.GetValueOrDefault(currency) + amount;
    }

    /// <summary>A line for each currency, e.g. <c>2026: 1200.50 EUR spent of 250000 EUR (the manifest's "remediationBudget")</c>.</summary>
    public IReadOnlyList<string> Lines()
    {
        var sums = new SortedDictionary<string, decimal>(_sums, StringComparer.Ordinal);
        // Nothing spent is a line as well.
        if (Budget is not null) _ = sums.TryAdd(model!.Currency, 0);
        if (sums.Count == 0) return [string.Create(CultureInfo.InvariantCulture, $"{year}: nothing was spent")];
        var lines = new List<string>();
        foreach (var (currency, sum) in sums)
        {
            var shown = EntryPath.Printable(currency);
            var text = string.Create(CultureInfo.InvariantCulture, $"{year}: {sum} {shown} spent");
            if (Budget is not { } budget) lines.Add(text);
            else if (currency != model!.Currency) lines.Add($"{text}; the budget is in {EntryPath.Printable(model.Currency)}, and this is not counted against it");
            else lines.Add(string.Create(CultureInfo.InvariantCulture, $"{text} of {budget} {shown} (the manifest's \"remediationBudget\"){(IsOver ? $": OVER BUDGET by {Excess}" : "")}"));
        }

        return lines;
    }
}
