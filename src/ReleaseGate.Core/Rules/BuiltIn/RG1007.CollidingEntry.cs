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
        var entries = new List<Entry>(inventory.Entries.Count);
        foreach (var entry in inventory.Entries)
            if (entry.Type != EntryType.Directory) entries.Add(entry);
        // Case-insensitively, and then by the inventory: what stands first is what the others collide with.
        entries.Sort((a, b) => CompareByFolder(a.Path.Value, b.Path.Value) is var order and not 0 ? order : inventory.PlaceOf(a).CompareTo(inventory.PlaceOf(b)));
        var kept = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            if (kept > 0 && CompareByFolder(entries[kept - 1].Path.Value, entry.Path.Value) == 0)
            {
                var other = entries[kept - 1];
                context.Report(entry, entry.Path == other.Path
                    ? "another entry has the same path"
                    : $"the path differs only by case from {ManifestAdvice.Quoted(other.Path.Value)}");
            }
            else
            {
                entries[kept++] = entry;
            }
        }

        ReportFilesThatAreFolders(entries[..kept], context);
    }

    // With '/' before everything else, what stands in a folder follows it directly: one look at each neighbour, whatever the depth.
    private static void ReportFilesThatAreFolders(List<Entry> entries, RuleContext context)
    {
        for (var i = 1; i < entries.Count; i++)
        {
            var (file, inside) = (entries[i - 1], entries[i].Path.Value);
            var length = file.Path.Value.Length;
            // "a.zip!/b" stands in the archive "a.zip", and "a.zip!" is another name.
            var start = inside.Length - entries[i].Path.Inner.Length;
            if (length > start && length < inside.Length && inside[length] == '/' && inside.StartsWith(file.Path.Value, StringComparison.OrdinalIgnoreCase))
                context.Report(file, $"it is a file, and {ManifestAdvice.Quoted(inside)} needs a folder of that name");
        }
    }

    private static int CompareByFolder(string a, string b)
    {
        var length = Math.Min(a.Length, b.Length);
        for (var i = 0; i < length; i++)
        {
            if (a[i] == b[i]) continue;
            var order = Rank(a[i]).CompareTo(Rank(b[i]));
            if (order != 0) return order;
        }

        return a.Length.CompareTo(b.Length);

        static int Rank(char c) => c == '/' ? -1 : char.ToUpperInvariant(c);
    }
}
