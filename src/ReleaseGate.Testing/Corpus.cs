using System.Text;
using ReleaseGate.Rules;

namespace ReleaseGate.Testing;

/// <summary>
/// Packages as text, and what the gate must say about each. The format is described in docs/corpus.md. A test is one line in every test framework:
/// the text that <see cref="Run"/> gives must be empty.
/// </summary>
public sealed class Corpus
{
    private Corpus(IReadOnlyList<CorpusCase> cases) => Cases = cases;

    /// <summary>The cases, file by file in ordinal order of the names, at least one.</summary>
    public IReadOnlyList<CorpusCase> Cases { get; }

    /// <summary>Reads a corpus file, or all files <c>*.txt</c> of a folder.</summary>
    /// <param name="path">The file or folder; where it is relative, below the folder of the running program (<see cref="AppContext.BaseDirectory"/>), where a build copies files of tests.</param>
    /// <exception cref="CorpusException">A file is wrong, or the folder holds none.</exception>
    /// <exception cref="IOException">There is no such file, or it can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static Corpus Read(string path)
    {
        var full = Path.GetFullPath(path, AppContext.BaseDirectory);
        if (!Directory.Exists(full)) return Parse(Path.GetFileName(full), File.ReadAllText(full));
        var files = Directory.GetFiles(full, "*.txt");
        if (files.Length == 0) throw new CorpusException(path, 1, "the folder holds no *.txt");
        Array.Sort(files, StringComparer.Ordinal);
        return new Corpus([.. files.SelectMany(file => CorpusFile.Parse(Path.GetFileName(file), File.ReadAllText(file)))]);
    }

    /// <summary>Reads cases from text.</summary>
    /// <param name="name">What messages name as the file.</param>
    /// <param name="text">The text of a corpus file.</param>
    /// <exception cref="CorpusException">The text is wrong.</exception>
    public static Corpus Parse(string name, string text) => new(CorpusFile.Parse(name, text));

    /// <summary>Runs every case; see <see cref="CorpusCase.Run"/>.</summary>
    /// <param name="rules">The rules to test, made as the gate makes them; none: ReleaseGate's own.</param>
    /// <returns>What is wanted and not said, and what is said and not wanted, in lines; empty where all is as wanted.</returns>
    public string Run(params IReadOnlyList<Rule> rules)
    {
        var differences = new StringBuilder();
        foreach (var each in Cases) differences.Append(each.Run(rules));
        return differences.ToString();
    }
}
