using ReleaseGate.Artifacts;

namespace ReleaseGate.Reporting.Html;

/// <summary>A folder or an entry of an artifact, with the sizes of what is in it.</summary>
/// <param name="name">Its name, printable.</param>
internal sealed class TreeNode(string name)
{
    private const int Deepest = 40;
    private const int MostEnlarged = 40;

    /// <summary>Its name; of folders that hold only one another, all of them.</summary>
    public string Name { get; private set; } = name;

    /// <summary>What is in it; empty for an entry.</summary>
    public List<TreeNode> Children { get; private set; } = [];

    /// <summary>Bytes, all below it together.</summary>
    public long Size { get; private set; }

    /// <summary>Files below it, or 1.</summary>
    public int Files { get; private set; }

    /// <summary>The worst that policy made of it or of anything below.</summary>
    public Icon Worst { get; private set; }

    /// <summary>The area it is drawn with. What has findings is never too small to be seen.</summary>
    public double Weight { get; private set; }

    /// <summary>Makes the tree of an artifact.</summary>
    /// <param name="entries">Its entries.</param>
    /// <param name="worst">What policy made of each.</param>
    public static TreeNode Of(IReadOnlyList<Entry> entries, Func<Entry, Icon> worst)
    {
        var root = new TreeNode("");
        var folders = new Dictionary<string, TreeNode>(StringComparer.Ordinal) { [""] = root };
        foreach (var entry in entries)
        {
            if (entry.Type == EntryType.Directory) continue;
            var path = entry.Path.ToString();
            var slash = NameAt(path);
            Folder(folders, path[..slash]).Children.Add(new TreeNode(path[slash..])
            {
                // The bytes of an archive that was entered are those of the entries in it.
                Size = entry.Entered ? 0 : entry.Length,
                Files = 1,
                Worst = worst(entry),
            });
        }

        root.Sum();
        root.Weigh();
        return root;
    }

    /// <summary>Where the name of an entry begins. A path may have ten thousand folders, and nobody opens so many: what is below the deepest counts as a name.</summary>
    private static int NameAt(string path)
    {
        var at = 0;
        for (var depth = 0; depth < Deepest; depth++)
        {
            var slash = path.IndexOf('/', at);
            if (slash < 0) break;
            at = slash + 1;
        }

        return at;
    }

    private static TreeNode Folder(Dictionary<string, TreeNode> folders, string path)
    {
        if (folders.TryGetValue(path, out var known)) return known;
        var slash = path.AsSpan(0, path.Length - 1).LastIndexOf('/') + 1;
        var folder = new TreeNode(path[slash..]);
        Folder(folders, path[..slash]).Children.Add(folder);
        folders.Add(path, folder);
        return folder;
    }

    private void Sum()
    {
        foreach (var child in Children)
        {
            child.Sum();
            Size += child.Size;
            Files += child.Files;
            if (child.Worst > Worst) Worst = child.Worst;
        }

        // A folder that holds only one thing is no step of its own.
        if (Children is [var only] && Name.Length > 0)
        {
            Name += only.Name;
            Children = only.Children;
        }
    }

    private void Weigh()
    {
        var marked = Children.Count(c => c.Worst >= Icon.Waived);
        foreach (var child in Children)
        {
            child.Weight = child.Worst >= Icon.Waived && marked <= MostEnlarged ? Math.Max(child.Size, Size * 0.006) : child.Size;
            child.Weigh();
        }

        Children.Sort(static (a, b) => a.Weight != b.Weight ? b.Weight.CompareTo(a.Weight) : string.CompareOrdinal(a.Name, b.Name));
    }
}
