using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance.Leaks;

/// <summary>
/// Who answers for which leak: lines of a leak's id, a control's id or <c>*</c>, blanks, and whoever it is. As in CODEOWNERS the last line that matches wins, and <c>#</c> begins a comment.
/// </summary>
internal sealed class LeakOwners
{
    private readonly List<(string Word, string Owner)> _lines = [];

    private LeakOwners()
    {
    }

    /// <summary>Reads the file.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">Its full path.</param>
    /// <param name="catalogue">The leaks that ReleaseGate has.</param>
    /// <param name="controls">The controls of the drill.</param>
    /// <exception cref="GateException">RG0007: there is none, or a line names nothing that there is.</exception>
    public static LeakOwners Read(IFileSystem files, string path, IReadOnlyList<Leak> catalogue, IReadOnlyList<Control> controls)
    {
        if (!files.File.Exists(path)) throw new GateException(GateRules.NothingInspected.Id, "there is no such file of owners", path);
        DiskFile.RequireFile(files, path);
        var owners = new LeakOwners();
        var number = 0;
        foreach (var line in files.File.ReadAllLines(path))
        {
            number++;
            var text = (line.IndexOf('#', StringComparison.Ordinal) is >= 0 and var comment ? line[..comment] : line).Trim();
            if (text.Length == 0) continue;
            var blank = text.AsSpan().IndexOfAny(' ', '\t');
            if (blank < 0) throw Mistake("an owner is expected behind the name of a leak or a control");
            var word = text[..blank];
            if (word != "*" && !word.StartsWith(OwnLeaks.Prefix, StringComparison.Ordinal) && !catalogue.Any(l => l.Id == word || l.Control == word) && !controls.Any(c => c.Id == word))
                throw Mistake($"there is no leak and no control '{EntryPath.Printable(word)}'; 'releasegate drill --list' shows all");
            owners._lines.Add((word, text[blank..].Trim()));
        }

        return owners;

        GateException Mistake(string what) => new(GateRules.NothingInspected.Id, what, path, number, 1);
    }

    /// <summary>The results with their owners.</summary>
    public IReadOnlyList<LeakResult> Assign(IReadOnlyList<LeakResult> results) => [.. results.Select(r => r with { Owner = OwnerOf(r) })];

    private string? OwnerOf(LeakResult result)
    {
        string? owner = null;
        foreach (var (word, whose) in _lines)
            if (word == "*" || word == result.Id || word == result.Control || result.CaughtBy.Contains(word)) owner = whose;
        return owner;
    }
}
