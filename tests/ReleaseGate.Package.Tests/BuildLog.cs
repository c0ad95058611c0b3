using Microsoft.Build.Logging.StructuredLogger;

namespace ReleaseGate.Package.Tests;

/// <summary>What a binary log says about a build: which targets ran in which order, which tasks, which items were added by whom.</summary>
internal sealed class BuildLog
{
    private readonly Build _build;

    private BuildLog(Build build)
    {
        _build = build;
        // Targets that were skipped for their condition or because they ran before have no children of their own.
        build.VisitAllChildren<Target>(t => { if (t.Children.Any(c => c is Microsoft.Build.Logging.StructuredLogger.Task or Folder or AddItem or RemoveItem or Property)) _targets.Add(t); });
        build.VisitAllChildren<Microsoft.Build.Logging.StructuredLogger.Task>(_tasks.Add);
        _targets.Sort((a, b) => a.StartTime.CompareTo(b.StartTime));
    }

    private readonly List<Target> _targets = [];
    private readonly List<Microsoft.Build.Logging.StructuredLogger.Task> _tasks = [];

    public static BuildLog Read(string path) => new(BinaryLog.ReadBuild(path));

    /// <summary>What MSBuild says about the assemblies of tasks that it loaded.</summary>
    public IReadOnlyList<string> Loaded
    {
        get
        {
            var loaded = new List<string>();
            _build.VisitAllChildren<TextNode>(m => { if (m.Text?.StartsWith("Assembly loaded", StringComparison.Ordinal) == true) loaded.Add(m.Text); });
            return loaded;
        }
    }

    public bool Succeeded => _build.Succeeded;

    /// <summary>The names of the targets that really ran, of all projects, by their start.</summary>
    public IReadOnlyList<string> Targets => _targets.ConvertAll(t => t.Name);

    /// <summary>The errors as an editor's list shows them: code, file, line and column; 0 where there is none.</summary>
    public IReadOnlyList<(string Code, string File, int Line, int Column)> Errors
    {
        get
        {
            var errors = new List<(string, string, int, int)>();
            _build.VisitAllChildren<Error>(e => errors.Add((e.Code ?? "", e.File ?? "", e.LineNumber, e.ColumnNumber)));
            return errors;
        }
    }

    /// <summary>The targets that failed.</summary>
    public IReadOnlyList<string> Failed => _targets.Where(t => !t.Succeeded).Select(t => t.Name).ToArray();

    /// <summary>The names of the tasks that ran, of all projects.</summary>
    public IReadOnlyList<string> Tasks => _tasks.ConvertAll(t => t.Name);

    /// <summary>The targets in which a task ran, by their start.</summary>
    public IReadOnlyList<string> TargetsOf(string task) =>
        _tasks.Where(t => t.Name == task).OrderBy(t => t.StartTime).Select(t => t.GetNearestParent<Target>()?.Name ?? "").ToArray();

    /// <summary>The names of items that targets of the gate added or removed, its own left out.</summary>
    public IReadOnlyList<string> ForeignItems()
    {
        var items = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var target in _targets.Where(IsOurs))
        {
            // Not what other targets did in builds that this one called.
            target.VisitAllChildren<AddItem>(i => { if (i.GetNearestParent<Target>() == target) items.Add(i.Name); });
            target.VisitAllChildren<RemoveItem>(i => { if (i.GetNearestParent<Target>() == target) items.Add(i.Name); });
        }

        items.RemoveWhere(i => i.StartsWith("_ReleaseGate", StringComparison.Ordinal) || i.StartsWith("ReleaseGate", StringComparison.Ordinal));
        return [.. items];
    }

    private static bool IsOurs(Target target) =>
        target.Name.StartsWith("ReleaseGate", StringComparison.Ordinal) || target.Name.StartsWith("_ReleaseGate", StringComparison.Ordinal);
}
