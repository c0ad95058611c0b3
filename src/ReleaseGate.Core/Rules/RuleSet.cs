using System.Text;

namespace ReleaseGate.Rules;

/// <summary>The rules of a run, validated before anything is read.</summary>
internal sealed class RuleSet
{
    private RuleSet(IReadOnlyList<Rule> rules) => Rules = rules;

    /// <summary>All rules, by id.</summary>
    public IReadOnlyList<Rule> Rules { get; }

    /// <summary>Takes the built-in rules and others.</summary>
    /// <param name="outside">Rules of other assemblies; may not use the prefix RG.</param>
    /// <exception cref="GateException">RG0002: a rule contradicts the contract; the message says which and how.</exception>
    public static RuleSet Create(IReadOnlyCollection<Rule> outside)
    {
        foreach (var rule in outside)
            if (rule.Descriptor?.Id?.ToString().StartsWith("RG", StringComparison.Ordinal) == true)
                throw Invalid(rule, "uses the prefix RG, which is ReleaseGate's own; choose another");
        return Of(outside.Count == 0 ? BuiltInRules.All : [.. BuiltInRules.All, .. outside]);
    }

    /// <summary>The same rules but one.</summary>
    internal RuleSet Without(RuleId id) => new([.. Rules.Where(r => r.Descriptor.Id != id)]);

    /// <summary>Takes exactly these rules.</summary>
    /// <exception cref="GateException">RG0002: a rule contradicts the contract.</exception>
    internal static RuleSet Of(IReadOnlyCollection<Rule> rules)
    {
        var byId = new Dictionary<RuleId, Rule>(rules.Count);
        foreach (var rule in rules)
        {
            Validate(rule);
            if (!byId.TryAdd(rule.Descriptor.Id, rule)) throw Invalid(rule, $"has the id of another rule ({byId[rule.Descriptor.Id].GetType().FullName})");
        }

        var sorted = byId.Values.ToArray();
        Array.Sort(sorted, static (a, b) => a.Descriptor.Id.CompareTo(b.Descriptor.Id));
        return new RuleSet(sorted);
    }

    private static void Validate(Rule rule)
    {
        var descriptor = rule.Descriptor;
        if (descriptor?.Id is null) throw Invalid(rule, "has no id");
        if (string.IsNullOrWhiteSpace(descriptor.Title) || string.IsNullOrWhiteSpace(descriptor.Summary) || string.IsNullOrWhiteSpace(descriptor.Fix))
            throw Invalid(rule, "has no title, summary or fix");
        if (descriptor.DefaultSeverity is < Severity.Off or > Severity.Error) throw Invalid(rule, $"has the default severity {(int)descriptor.DefaultSeverity}, and there is none such");
        if (rule is not ContentRule content) return;
        ContentRequest request;
        try
        {
            request = content.Request;
        }
        catch (Exception crash)
        {
            throw Crashed(rule, crash);
        }

        Validate(rule, request);
    }

    /// <summary>Refuses a request that contradicts the contract.</summary>
    /// <exception cref="GateException">RG0002.</exception>
    internal static void Validate(Rule rule, ContentRequest? request)
    {
        switch (request)
        {
            case ContentRequest.CombinedRequest combined:
                if (combined.Parts.Count == 0) throw Invalid(rule, "combines no requests");
                foreach (var part in combined.Parts)
                {
                    if (part is ContentRequest.CombinedRequest) throw Invalid(rule, "combines combined requests");
                    Validate(rule, part);
                }

                break;
            case ContentRequest.ReadRequest { Reader.Limit: <= 0 }:
                throw Invalid(rule, "reads entries of no size");
            case null:
                throw Invalid(rule, "asks for no bytes");
            case ContentRequest.AnchorRequest { Literals.Count: 0 }:
                throw Invalid(rule, "asks for anchors and names none");
            case ContentRequest.AnchorRequest anchors:
                foreach (var literal in anchors.Literals)
                    if (literal.Bytes.Length is < ContentRequest.AnchorRequest.MinimumLength or > ContentRequest.AnchorRequest.MaximumLength)
                        throw Invalid(rule, $"names the anchor '{Artifacts.EntryPath.Printable(Encoding.Latin1.GetString(literal.Bytes.Span))}' of {literal.Bytes.Length} bytes; {ContentRequest.AnchorRequest.MinimumLength} to {ContentRequest.AnchorRequest.MaximumLength} are possible");
                break;
            case ContentRequest.WholeRequest { Limit: <= 0 }:
                throw Invalid(rule, "asks for whole entries of no size");
        }
    }

    /// <summary>What a rule threw, in words. What went wrong in a static constructor stands inside.</summary>
    internal static string WordsOf(Exception e) =>
        e is TypeInitializationException { InnerException: { } inner } ? $"{e.GetType().Name}: {e.Message} {inner.GetType().Name}: {inner.Message}" : $"{e.GetType().Name}: {e.Message}";

    /// <summary>RG0002 for a rule that threw when it was asked what it looks for.</summary>
    internal static GateException Crashed(Rule rule, Exception crash) => Invalid(rule, $"crashed when it was asked what it looks for: {Artifacts.EntryPath.Printable(WordsOf(crash))}", crash);

    private static GateException Invalid(Rule rule, string what, Exception? inner = null) =>
        new(GateRules.RuleFailed.Id, $"rule {rule.Descriptor?.Id} ({rule.GetType().FullName}) {what}", inner: inner);
}
