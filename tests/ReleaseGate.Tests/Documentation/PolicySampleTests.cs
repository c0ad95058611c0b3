using System.Text.Json;
using System.Text.RegularExpressions;
using ReleaseGate.Reporting;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests.Documentation;

/// <summary>The policy for conftest in docs/report.md speaks of keys that the report has: what is undefined, Rego passes over without a word.</summary>
public sealed partial class PolicySampleTests
{
    [Test]
    public void Every_reference_of_the_policy_is_a_key_of_the_schema()
    {
        var policy = Policy(File.ReadAllText(Path.Combine(Repository.Root, "docs", "report.md")));
        var (seen, unknown) = References(policy);

        Assert.That(unknown, Is.Empty);
        Assert.That(seen, Is.SupersetOf(new[] { "input.schema", "input.result", "input.warnOnly", "f.urgency", "f.waived", "f.needsApproval", "a.rulesOff", "a.public", "w.daysLeft" }));
        Assert.That(policy, Does.Contain("input.schema != \"releasegate/report/v1\"").And.Contain($"\"{JsonReporter.Schema}\""));
    }

    [TestCase("deny if input.shema == 1", "input.shema")]
    [TestCase("deny if {\n\tsome f in input.findings\n\tf.severty == 1\n}", "f.severty")]
    [TestCase("deny if {\n\tsome x in input.artifact.sizes\n}", "input.artifact.sizes")]
    [TestCase("deny if {\n\tsome f in input.findings\n\tf.urgency == \"catastrophic\"\n}", "catastrophic")]
    public void A_reference_to_nothing_is_noticed(string policy, string unknown) => Assert.That(References(policy).Unknown, Is.EqualTo(new[] { unknown }));

    private static string Policy(string page) => Block().Matches(page).Select(m => m.Groups[1].Value).Single();

    private static (List<string> Seen, List<string> Unknown) References(string policy)
    {
        using var schema = JsonDocument.Parse(JsonReporter.SchemaText());
        var (seen, unknown) = (new List<string>(), new List<string>());
        // Each rule has variables of its own.
        foreach (var rule in Rule().Split(policy))
        {
            var known = new Dictionary<string, JsonElement?>(StringComparer.Ordinal) { ["input"] = schema.RootElement };
            foreach (Match some in Some().Matches(rule))
                known[some.Groups[1].Value] = Follow(some.Groups[2].Value, known) is { } list && list.TryGetProperty("items", out var items) ? items : null;
            foreach (Match reference in Reference().Matches(rule))
            {
                if (!known.ContainsKey(reference.Groups[1].Value)) continue;
                seen.Add(reference.Value);
                if (Follow(reference.Value, known) is not { } value) unknown.Add(reference.Value);
                else if (Compared(rule, reference.Value) is { } text && value.TryGetProperty("enum", out var values) && values.EnumerateArray().All(v => v.GetString() != text)) unknown.Add(text);
            }
        }

        return (seen, unknown);
    }

    private static JsonElement? Follow(string reference, Dictionary<string, JsonElement?> known)
    {
        var names = reference.Split('.');
        var at = known.GetValueOrDefault(names[0]);
        foreach (var name in names.Skip(1))
            at = at is { } here && here.TryGetProperty("properties", out var properties) && properties.TryGetProperty(name, out var next) ? next : null;
        return at;
    }

    private static string? Compared(string rule, string reference) =>
        Regex.Match(rule, Regex.Escape(reference) + " [!=]= \"([^\"]*)\"") is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex("```rego\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^(?=(?:deny|warn) )", RegexOptions.Multiline)]
    private static partial Regex Rule();

    [GeneratedRegex(@"some (\w+) in ([\w.]+)")]
    private static partial Regex Some();

    [GeneratedRegex(@"\b([a-z]\w*)(?:\.[a-zA-Z]\w*)+")]
    private static partial Regex Reference();
}
