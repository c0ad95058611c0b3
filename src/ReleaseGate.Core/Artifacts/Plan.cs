using System.Globalization;
using System.IO.Abstractions;
using ReleaseGate.Rules;

namespace ReleaseGate.Artifacts;

/// <summary>
/// What a build means to put into a folder, as its targets wrote it down: a first line with the name of the format, a tab and the time the build began (round-trip form, UTC);
/// then a line for each file, with its path in the folder, a tab, and the path it has now. "!/" stands behind the name of a program that the file goes into; "|/" where it only does as a .NET assembly, and otherwise lies beside the program.
/// </summary>
internal sealed class Plan
{
    /// <summary>The name of the format, the first word of the file.</summary>
    public const string Format = "releasegate/plan/v1";

    private readonly HashSet<string> _targets;

    private Plan(DateTime began, IReadOnlyList<PlannedFile> files)
    {
        Began = began;
        Files = files;
        // Windows is happy with another case than the one the build wrote.
        _targets = new HashSet<string>(files.Count, StringComparer.OrdinalIgnoreCase);
        foreach (var file in files)
        {
            _targets.Add(file.Target);
            if (file.Target.IndexOf("|/", StringComparison.Ordinal) is > 0 and var beside) _targets.Add(file.Target[(beside + 2)..]);
        }
    }

    /// <summary>When the build began, UTC.</summary>
    public DateTime Began { get; }

    /// <summary>The files, in the order of the build; each target once.</summary>
    public IReadOnlyList<PlannedFile> Files { get; }

    /// <summary>Whether an entry was there before the build began and is none of its files.</summary>
    public bool WasLeft(Entry entry) => entry.Path.Container is null && entry.Modified < Began && !_targets.Contains(entry.Path.Inner);

    /// <summary>Reads a plan.</summary>
    /// <exception cref="GateException">RG0007: it can't be read, or is none.</exception>
    public static Plan Read(IFileSystem files, string path)
    {
        string[] lines;
        try
        {
            lines = files.File.ReadAllLines(path);
        }
        catch (Exception mistake) when (mistake is IOException or UnauthorizedAccessException)
        {
            throw None(path, mistake.Message);
        }

        if (lines.Length == 0 || lines[0].Split('\t') is not [Format, var time]
            || !DateTime.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var began) || began.Kind != DateTimeKind.Utc)
            throw None(path, "its first line is not that of a plan");
        var planned = new List<PlannedFile>(lines.Length);
        var seen = new HashSet<string>(lines.Length, StringComparer.Ordinal);
        for (var i = 1; i < lines.Length; i++)
        {
            var tab = lines[i].IndexOf('\t', StringComparison.Ordinal);
            if (tab <= 0 || tab == lines[i].Length - 1) throw None(path, $"its line {(i + 1).ToString(CultureInfo.InvariantCulture)} names no file");
            // MSBuild takes either for a separator, wherever it runs.
            var target = lines[i][..tab].Replace('\\', '/');
            if (target.StartsWith("./", StringComparison.Ordinal)) target = target[2..];
            if (seen.Add(target)) planned.Add(new PlannedFile(target, lines[i][(tab + 1)..]));
        }

        return new Plan(began, planned);
    }

    private static GateException None(string path, string why) =>
        new(GateRules.NothingInspected.Id, $"what the build means to publish can't be read from '{EntryPath.Printable(path)}': {EntryPath.Printable(why)}");
}

/// <summary>A file of a plan.</summary>
/// <param name="Target">Its path in the folder, separated by '/'.</param>
/// <param name="Source">Where it lies now; a full path.</param>
internal sealed record PlannedFile(string Target, string Source);
