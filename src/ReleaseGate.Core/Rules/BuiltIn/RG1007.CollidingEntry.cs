using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>Of two entries with one name consumers get one, and not all of them the same.</summary>
internal sealed class CollidingEntry() : ArtifactRule(new Descriptor("RG1007", nameof(CollidingEntry),
    "Two entries have the same path, or paths that are the same where case does not count.",
    "Leave one of them out, or rename it; which one consumers get depends on their tool and file system."))
{
    public override void Inspect(Inventory inventory, RuleContext context)
    {
        var first = new Dictionary<string, Entry>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in inventory.Entries)
        {
            if (entry.Type == EntryType.Directory || first.TryAdd(entry.Path.Value, entry)) continue;
            var other = first[entry.Path.Value];
            context.Report(entry, entry.Path == other.Path
                ? "another entry has the same path"
                : $"the path differs only by case from {ManifestAdvice.Quoted(other.Path.Value)}");
        }

        ReportFilesThatAreFolders(inventory, context, first);
    }

    private static void ReportFilesThatAreFolders(Inventory inventory, RuleContext context, Dictionary<string, Entry> files)
    {
        var folders = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in inventory.Entries)
        {
            var path = entry.Path.Value;
            var inner = path.Length - entry.Path.Inner.Length;
            // Upward until a folder is known: then those above it are as well.
            for (var slash = path.LastIndexOf('/'); slash > inner; slash = path.LastIndexOf('/', slash - 1))
            {
                var folder = path[..slash];
                if (!folders.Add(folder)) break;
                if (files.TryGetValue(folder, out var file))
                    context.Report(file, $"it is a file, and {ManifestAdvice.Quoted(path)} needs a folder of that name");
            }
        }
    }
}
