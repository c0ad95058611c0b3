using ReleaseGate.Rules;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests.Detection;

/// <summary>One leak of every kind under every disguise: what has a proof or a structure is caught always.</summary>
public sealed class DetectionTests
{
    // Rules of these families that no seeded file can show: they are about two artifacts at a time.
    private static readonly string[] NotSeeded = ["RG2017"];

    private static string Page => Path.Combine(Repository.Root, "docs", "detection.md");

    [Test]
    public void What_is_proven_or_has_a_structure_is_caught_always_and_the_page_says_so()
    {
        var (manifest, leaks) = Leak.ReadAll();

        var table = DetectionTable.Measure(manifest, leaks, (_, disguise) => disguise != Disguise.Large);

        Assert.That(table.Unasked, Is.Empty);
        Assert.That(table.Missed, Is.Empty);
        var rows = File.ReadAllLines(Page).Where(l => l.StartsWith("| RG", StringComparison.Ordinal)).ToList();
        Assert.That(rows, Has.Count.EqualTo(table.Leaks.Count));
        Assert.That(table.Leaks.Select((leak, i) => table.Row(leak, rows[i])), Is.EqualTo(rows));
        Assert.That(rows, Has.None.Contains("✗"));
    }

    [Test]
    public void One_of_each_rule_is_caught_in_a_file_of_50_MB()
    {
        var (manifest, leaks) = Leak.ReadAll();
        var first = leaks.Where(l => l.Disguises.Contains(Disguise.Large)).DistinctBy(l => l.Rule).ToList();

        var table = DetectionTable.Measure(manifest, first, (_, disguise) => disguise == Disguise.Large);

        Assert.That(table.Unasked, Is.Empty);
        Assert.That(table.Missed, Is.Empty);
        Assert.That(first, Is.Not.Empty);
    }

    [Test]
    public void Every_rule_about_content_has_a_leak()
    {
        var seeded = Leak.ReadAll().Leaks.Select(l => l.Rule).ToHashSet(StringComparer.Ordinal);
        var rules = BuiltInRules.All.Select(r => r.Descriptor.Id.ToString()).Where(id => id[2] is '2' or '3' or '4');

        Assert.That(rules.Where(id => !seeded.Contains(id)), Is.EquivalentTo(NotSeeded.Where(id => BuiltInRules.All.Any(r => r.Descriptor.Id.ToString() == id))));
    }

    [Test, Explicit("writes docs/detection.md; takes minutes")]
    public void Write_the_page()
    {
        var (manifest, leaks) = Leak.ReadAll();

        var table = DetectionTable.Measure(manifest, leaks, (_, _) => true);

        File.WriteAllText(Page, table.Render());
        Assert.That(table.Unasked, Is.Empty);
        Assert.That(table.Missed, Is.Empty);
    }
}
