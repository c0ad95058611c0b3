using System.Text.RegularExpressions;
using ReleaseGate.Rules;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests;

/// <summary>Holds a rule, its file, its page and its corpus together.</summary>
public sealed partial class RuleTests
{
    public static IEnumerable<Rule> Rules => BuiltInRules.All;

    public static IEnumerable<Descriptor> Descriptors => GateRules.All.Concat(BuiltInRules.All.Select(r => r.Descriptor)).Concat(SealRules.All).Concat(ExposureRules.All);

    [Test]
    public void Ids_are_unique_and_sorted()
    {
        Assert.That(BuiltInRules.All.Select(r => r.Descriptor.Id), Is.Ordered.And.Unique.And.Not.Empty);
        Assert.That(GateRules.All.Select(d => d.Id), Is.Ordered.And.Unique.And.Not.Empty);
        Assert.That(Descriptors.Select(d => d.Title), Is.Unique);
        Assert.That(BuiltInRules.All.Select(r => r.Descriptor.Id.IsGate), Has.None.True);
        Assert.That(Descriptors.Select(d => d.Id.IsBuiltIn), Has.None.False);
    }

    [Test]
    public void The_gates_own_findings_block_and_cannot_be_waived()
    {
        foreach (var descriptor in GateRules.All.Concat(SealRules.All))
        {
            Assert.That(descriptor.Id.IsGate, Is.EqualTo(GateRules.All.Contains(descriptor)), descriptor.Title);
            Assert.That(descriptor.Waivable, Is.False, descriptor.Title);
            Assert.That(descriptor.DefaultSeverity, Is.EqualTo(Severity.Error), descriptor.Title);
        }
    }

    [TestCaseSource(nameof(Descriptors))]
    public void Texts_read_well(Descriptor descriptor)
    {
        Assert.That(descriptor.Title, Does.Match("^([A-Z][a-z]+)+$"));
        foreach (var text in new[] { descriptor.Summary, descriptor.Fix })
        {
            Assert.That(text, Does.Match(@"^[A-Z'].*\.$"));
            Assert.That(text, Does.Not.Contain("\n"));
        }

        Assert.That(descriptor.HelpLink, Does.EndWith($"/docs/rules/{descriptor.Id}.md"));
    }

    [TestCaseSource(nameof(Rules))]
    public void Stands_in_a_file_named_after_it(Rule rule)
    {
        Assert.That(rule.GetType().Name, Is.EqualTo(rule.Descriptor.Title));
        Assert.That(Path.Combine(Repository.RuleSources, $"{rule.Descriptor.Id}.{rule.Descriptor.Title}.cs"), Does.Exist);
    }

    [Test]
    public void Every_rule_file_is_in_the_list()
    {
        var files = Directory.GetFiles(Repository.RuleSources, "RG*.cs").Select(Path.GetFileNameWithoutExtension);
        Assert.That(files, Is.EquivalentTo(BuiltInRules.All.Select(r => $"{r.Descriptor.Id}.{r.Descriptor.Title}")));
    }

    [TestCaseSource(nameof(Descriptors))]
    public void Has_a_page_that_says_the_same(Descriptor descriptor)
    {
        var page = File.ReadAllLines(Path.Combine(Repository.RulePages, $"{descriptor.Id}.md"));

        Assert.That(page.Take(7), Is.EqualTo(new[]
        {
            $"# {descriptor.Id} {descriptor.Title}",
            "",
            "| Default severity | Waivable |",
            "|---|---|",
            $"| {Word(descriptor.DefaultSeverity)} | {(descriptor.Waivable ? "yes" : "no")} |",
            "",
            $"> {descriptor.Summary}",
        }));
        Assert.That(page.Where(l => l.StartsWith("## ", StringComparison.Ordinal)), Is.EqualTo(new[] { "## What fails", "## How it got there", "## How to fix it", "## When to waive" }));
    }

    [Test]
    public void The_index_lists_every_page()
    {
        var rows = File.ReadAllLines(Path.Combine(Repository.RulePages, "README.md")).Where(l => l.StartsWith("| [RG", StringComparison.Ordinal));
        Assert.That(rows, Is.EqualTo(Descriptors.Select(d => $"| [{d.Id}]({d.Id}.md) | {d.Title} | {Word(d.DefaultSeverity)} | {d.Summary} |")));

        var pages = Directory.GetFiles(Repository.RulePages, "RG*.md").Select(Path.GetFileNameWithoutExtension);
        Assert.That(pages, Is.EquivalentTo(Descriptors.Select(d => d.Id.ToString())));
    }

    [TestCaseSource(nameof(Rules))]
    public void Has_a_corpus_with_wants_and_with_traps(Rule rule)
    {
        var id = rule.Descriptor.Id.ToString();
        var cases = CorpusFile.Parse($"{id}.txt", File.ReadAllText(Path.Combine(Repository.Corpus, $"{id}.txt")));

        Assert.That(cases.Any(c => c.Wants.Any(w => w.Rule == id)), Is.True, "a case that wants the rule");
        Assert.That(cases.Any(c => c.Wants.Count == 0), Is.True, "a false-positive trap");
        var known = Descriptors.Select(d => d.Id.ToString()).ToHashSet();
        Assert.That(cases.SelectMany(c => c.Wants).Select(w => w.Rule).Where(r => !known.Contains(r)), Is.Empty);
    }

    [Test]
    public void Every_corpus_file_belongs_to_a_finding()
    {
        var known = Descriptors.Select(d => d.Id.ToString()).ToHashSet();
        var files = Directory.GetFiles(Repository.Corpus, "*.txt").Select(f => Path.GetFileNameWithoutExtension(f));
        Assert.That(files.Where(f => !known.Contains(CorpusName().Match(f).Groups[1].Value)), Is.Empty);
    }

    private static string Word(Severity severity) => severity.ToString().ToLowerInvariant();

    // RG2001.txt, or RG2001.more-words.txt
    [GeneratedRegex(@"^(RG\d{4})(\.[a-z-]+)?$")]
    private static partial Regex CorpusName();
}
