using ReleaseGate.Documentation;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests.Documentation;

/// <summary>Whoever follows a link arrives, and whoever begins at the table of contents finds every page.</summary>
public sealed class DocsLinkTests
{
    // Where the packages' own pages, which are read outside of the repository, point at it.
    private static readonly string[] AddressesOfOurs = ["https://github.com/releasegate/releasegate/blob/main/", "https://github.com/releasegate/releasegate/tree/main/"];

    private static IEnumerable<string> Pages() => MarkdownPage.All(Repository.Root);

    private static MarkdownPage Page(string path) => MarkdownPage.Read(Repository.Root, path);

    [Test]
    public void There_are_pages()
    {
        Assert.That(Pages().Count(), Is.GreaterThan(80));
        Assert.That(Pages(), Is.SupersetOf(new[] { "README.md", "CHANGELOG.md", "docs/index.md", "docs/rules/RG2001.md", "nuget/README.md", "npm/releasegate/README.md" }));
    }

    [TestCaseSource(nameof(Pages))]
    public void Links_lead_to_a_file_and_a_heading(string path)
    {
        var broken = new List<string>();
        foreach (var (target, line) in Page(path).Links)
        {
            var ours = AddressesOfOurs.FirstOrDefault(a => target.StartsWith(a, StringComparison.Ordinal));
            if (ours is null && (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))) continue;
            if (!Resolves(ours is null ? path : "", ours is null ? target : target[ours.Length..])) broken.Add($"{path}({line}): {target}");
        }

        Assert.That(broken, Is.Empty);
    }

    [Test]
    public void A_link_that_leads_nowhere_is_noticed()
    {
        Assert.That(Resolves("docs/index.md", "manifest.md#limits"), Is.True);
        Assert.That(Resolves("docs/index.md", "rules"), Is.True);
        Assert.That(Resolves("docs/index.md", "#releasegate-documentation"), Is.True);
        Assert.That(Resolves("docs/index.md", "manifest.md#limit"), Is.False);
        Assert.That(Resolves("docs/index.md", "manifests.md"), Is.False);
        Assert.That(Resolves("docs/index.md", "../src/README.md"), Is.False);
    }

    [Test]
    public void The_table_of_contents_names_every_page()
    {
        var linked = Targets("docs/index.md");
        var pages = Pages().Where(p => p.StartsWith("docs/", StringComparison.Ordinal) && !p.StartsWith("docs/rules/", StringComparison.Ordinal) && p != "docs/index.md");

        Assert.That(linked, Is.SupersetOf(pages.Append("docs/rules/README.md").Append("README.md")));
        Assert.That(Targets("docs/rules/README.md"), Is.SupersetOf(Pages().Where(p => p.StartsWith("docs/rules/RG", StringComparison.Ordinal))));
        Assert.That(Targets("README.md"), Does.Contain("docs/index.md"));
    }

    private static string[] Targets(string path) =>
        [.. Page(path).Links.Where(l => !l.Target.Contains("://", StringComparison.Ordinal)).Select(l => Full(path, l.Target.Split('#')[0])).Distinct()];

    private static bool Resolves(string page, string target)
    {
        var parts = target.Split('#', 2);
        var path = Full(page, parts[0]);
        if (!Path.Exists(Path.Combine(Repository.Root, path))) return false;
        return parts.Length == 1 || (path.EndsWith(".md", StringComparison.Ordinal) && Page(path).Anchors.Contains(parts[1]));
    }

    // Paths of links are those of addresses: with '/', relative to the page.
    private static string Full(string page, string target) =>
        target.Length == 0 ? page : new Uri(new Uri("file:///" + page), target.TrimEnd('/')).AbsolutePath[1..];
}
