using System.Reflection;
using System.Text.RegularExpressions;

namespace ReleaseGate.Tests;

/// <summary>What the documentation points at is there.</summary>
public sealed partial class DocsTests
{
    private static readonly string Root = FindRoot();

    private static IEnumerable<string> Pages() =>
        Directory.EnumerateFiles(Root, "*.md", SearchOption.TopDirectoryOnly)
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "nuget"), "*.md", SearchOption.AllDirectories))
            .Select(p => Path.GetRelativePath(Root, p).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    [Test]
    public void There_are_pages() => Assert.That(Pages().Count(), Is.GreaterThan(30));

    [TestCaseSource(nameof(Pages))]
    public void Relative_links_lead_somewhere(string page)
    {
        var path = Path.Combine(Root, page);
        var broken = Link().Matches(File.ReadAllText(path))
            .Select(m => m.Groups[1].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal))
            .Where(target => !Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, target)))
            .ToArray();

        Assert.That(broken, Is.Empty);
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    private static string FindRoot()
    {
        // The tests run from their own output folder inside the repository.
        for (var folder = new DirectoryInfo(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "ReleaseGate.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException("The repository's root was not found above the tests.");
    }
}
