namespace ReleaseGate.Tests.Corpus;

/// <summary>The repository the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its root: the folder above the test assembly that holds the solution.</summary>
    public static string Root
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "ReleaseGate.sln"))) return folder.FullName;
            throw new InvalidOperationException("The tests do not run inside the repository; their corpus and the docs are there.");
        }
    }

    public static string Corpus => Path.Combine(Root, "tests", "corpus");

    public static string RulePages => Path.Combine(Root, "docs", "rules");

    public static string RuleSources => Path.Combine(Root, "src", "ReleaseGate.Core", "Rules", "BuiltIn");
}
