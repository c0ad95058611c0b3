using ReleaseGate.Documentation;

namespace ReleaseGate.Package.Tests;

/// <summary>The pages that people follow step by step do what they say, with the packed packages and the real tools.</summary>
public sealed class GuideTests
{
    [OneTimeSetUp]
    public static void RequirePrograms()
    {
        foreach (var program in (string[])["bash", "git", "node", "npm"])
            if (NpmWrapper.Find(program) is null) Assert.Ignore($"{program} is not installed; the pages use it");
    }

    /// <summary>Every page with something to run; a new one is found by itself.</summary>
    private static IEnumerable<string> Pages() =>
        MarkdownPage.All(Feed.Repository).Where(p => MarkdownPage.Read(Feed.Repository, p).Blocks.Any(b => b.Mark.StartsWith("run: ", StringComparison.Ordinal)));

    [Test]
    public void There_are_pages_to_follow() =>
        Assert.That(Pages(), Is.SupersetOf(new[] { "docs/getting-started-dotnet.md", "docs/getting-started-npm.md", "docs/getting-started-monorepo.md", "docs/exceptions.md", "docs/is-it-worth-it.md", "docs/library.md", "docs/writing-rules.md" }));

    [TestCaseSource(nameof(Pages))]
    public void A_page_does_what_it_says(string path)
    {
        using var guide = new Guide(path);

        guide.Follow();

        Assert.That(guide.Ran, Is.GreaterThan(3), "commands");
        Assert.That(guide.Compared, Is.GreaterThan(1), "blocks of output");
    }
}
