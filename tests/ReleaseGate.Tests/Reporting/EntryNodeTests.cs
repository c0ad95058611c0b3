using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Reporting;

public sealed class EntryNodeTests
{
    [Test]
    public void Folders_have_the_sums_and_the_worst_of_what_is_in_them()
    {
        var (map, script) = (Sample.Entry("dist/js/a.map", "12345"), Sample.Entry("dist/a.js", "123"));
        var root = EntryNode.Of(Sample.Verdict("a.tgz", [script, map, Sample.Entry("lib/x.dll", "1"), Sample.Entry("README.md", "12")],
            Sample.Judged(Sample.Stray, map, "is a map"), Sample.Judged(Sample.Odd, script, "odd"), Sample.Judged(Sample.Odd, null, "as a whole")));

        Assert.That(Shown(root), Is.EqualTo(new[]
        {
            "Error a.tgz/ 11 4 2",
            "Error  dist/ 8 2 2",
            "Warning   a.js 3 1 1",
            "Error   js/ 5 1 1",
            "Error    a.map 5 1 1",
            "Fine  lib/ 1 1 0",
            "Fine   x.dll 1 1 0",
            "Fine  README.md 2 1 0",
        }));
        Assert.That((root.Mark, root.Findings.Count), Is.EqualTo((EntryMark.Warning, 1)));
        Assert.That(root.Children[0].Mark, Is.EqualTo(EntryMark.Fine));
    }

    [Test]
    public void What_is_in_an_archive_is_not_weighed_twice()
    {
        var outer = Sample.Entry("tools/outer.zip", "1234567");
        var inner = new Entry(new EntryPath("a/b.map", outer.Path), 0) { Length = 100 };
        // As a report that was read back has it, without a container.
        var read = new Entry(new EntryPath("tools/outer.zip!/c.map"), 0) { Length = 50 };
        var root = EntryNode.Of(Sample.Verdict("a.zip", [outer, inner, read], Sample.Judged(Sample.Stray, inner, "is a map")));

        Assert.That(Shown(root), Is.EqualTo(new[] { "Error a.zip/ 7 3 1", "Error  tools/ 7 3 1", "Error   outer.zip 7 3 1", "Error    a/ 100 1 1", "Error     b.map 100 1 1", "Fine    c.map 50 1 0" }));
    }

    [Test]
    public void Folders_and_files_of_one_name_and_twins_stay_apart()
    {
        var root = EntryNode.Of(Sample.Verdict("a.zip", [Sample.Entry("a", "1"), Sample.Entry("a/", "", EntryType.Directory), Sample.Entry("a/b", "2"), Sample.Entry("a//b", "3"), Sample.Entry("/", "4"), Sample.Entry("", "5"), Sample.Entry("!/x", "6")],
            Judged("a/b", Severity.Error), Judged("gone", Severity.Note), Judged("a/", Severity.Warning)));

        Assert.That(Shown(root), Is.EqualTo(new[]
        {
            "Error a.zip/ 6 6 3",
            "Warning  a 1 1 1",
            "Error  a/ 2 2 1",
            "Error   b 1 1 1",
            "Fine   b 1 1 0",
            "Fine  / 1 1 0",
            "Fine   1 1 0",
            "Fine  !/ 1 1 0",
            "Fine   x 1 1 0",
            "Fine  gone 0 0 1",
        }));
    }

    [Test]
    public void A_waiver_leaves_its_mark_and_a_note_does_not()
    {
        var waiver = new Waiver("W-1", Sample.Stray.Id, "a", "alice", "why", new DateOnly(2026, 5, 1), new ManifestLocation("m.json", 1, 1));
        var (a, b) = (Sample.Entry("a"), Sample.Entry("b"));
        var root = EntryNode.Of(Sample.Verdict("a.zip", [a, b], Sample.Judged(Sample.Stray, a, "stray", Severity.Note) with { Waiver = waiver, Unwaived = Severity.Error }, Sample.Judged(Sample.Odd, b, "odd", Severity.Note)));

        Assert.That(root.Children.Select(c => c.Mark), Is.EqualTo(new[] { EntryMark.Waived, EntryMark.Fine }));
        Assert.That((root.Worst, root.WithFindings), Is.EqualTo((EntryMark.Waived, 2)));
    }

    [Test]
    public void No_path_is_too_deep()
    {
        var deep = string.Concat(Enumerable.Repeat("a/", 30_000)) + "b";
        var root = EntryNode.Of(Sample.Verdict("a.zip", [.. Enumerable.Range(0, 50).Select(i => Sample.Entry(deep + i))], Judged(deep + 7, Severity.Error)));

        var depth = 0;
        var node = root;
        for (; node.Children.Count > 0; node = node.Children[0]) depth++;
        Assert.That(depth, Is.EqualTo(EntryNode.MostDepth + 1));
        Assert.That((root.Files, root.WithFindings, root.Worst, root.Length), Is.EqualTo((50, 1, EntryMark.Error, 250L)));
    }

    private static JudgedFinding Judged(string path, Severity severity) => new(new Finding(Sample.Stray, null, "stray") { Path = new EntryPath(path) }, severity);

    private static List<string> Shown(EntryNode node, int depth = 0)
    {
        List<string> lines = [$"{node.Worst} {new string(' ', depth)}{node.Name}{(node.IsFolder ? "/" : "")} {node.Length} {node.Files} {node.WithFindings}"];
        foreach (var child in node.Children)
        {
            Assert.That(child.Parent, Is.SameAs(node));
            lines.AddRange(Shown(child, depth + 1));
        }

        return lines;
    }
}
