using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>What the findings say of an entry or a folder, from the best to the worst. Notes leave it as it is.</summary>
internal enum EntryMark
{
    /// <summary>Nothing is wrong with it.</summary>
    Fine,

    /// <summary>Something is, and a waiver silences it.</summary>
    Waived,

    /// <summary>Something warns.</summary>
    Warning,

    /// <summary>Something blocks.</summary>
    Error,
}

/// <summary>
/// A folder, a file or an archive in an artifact, with the sums of what is below it. Made by <see cref="Of"/> in one pass over entries and findings.
/// No tree is deeper than <see cref="MostDepth"/>: what would be has the rest of its path as its name.
/// </summary>
internal sealed class EntryNode
{
    /// <summary>How many folders stand above a node at most.</summary>
    public const int MostDepth = 32;

    private readonly List<EntryNode> _children = [];
    private readonly List<JudgedFinding> _findings = [];
    private Dictionary<string, EntryNode>? _folders;
    private Dictionary<string, EntryNode>? _files;

    private EntryNode(string name, EntryNode? parent, bool isFolder)
    {
        Name = name;
        Parent = parent;
        IsFolder = isFolder;
        parent?._children.Add(this);
    }

    /// <summary>The name as the archive spells it: one segment of a path; of the root the artifact's. Print it through <see cref="EntryPath.Printable"/>.</summary>
    public string Name { get; }

    /// <summary>The folder or archive it stands in; null for the root.</summary>
    public EntryNode? Parent { get; }

    /// <summary>Whether it has no bytes of its own: the root, and folders. An archive that was entered is none, and has children all the same.</summary>
    public bool IsFolder { get; }

    /// <summary>The entry; null for the root, for folders that only paths speak of, and for what a finding names and the artifact does not hold.</summary>
    public Entry? Entry { get; private set; }

    /// <summary>What stands in it, in the order of the inventory.</summary>
    public IReadOnlyList<EntryNode> Children => _children;

    /// <summary>The findings about it and nothing below it, in the verdict's order; of the root those about the artifact as a whole.</summary>
    public IReadOnlyList<JudgedFinding> Findings => _findings;

    /// <summary>Bytes: of a file its own, of a folder those of the files in it. What stands in an archive is not counted again.</summary>
    public long Length { get; private set; }

    /// <summary>How many files, links and devices it is or holds, those in archives included.</summary>
    public int Files { get; private set; }

    /// <summary>How many of <see cref="Files"/> have a finding, and folders that have one themselves.</summary>
    public int WithFindings { get; private set; }

    /// <summary>What the findings about it say.</summary>
    public EntryMark Mark { get; private set; }

    /// <summary>The worst mark of it and of everything below it.</summary>
    public EntryMark Worst { get; private set; }

    /// <summary>Builds the tree of a verdict.</summary>
    /// <returns>Its root.</returns>
    public static EntryNode Of(Verdict verdict)
    {
        var root = new EntryNode(verdict.Inventory.Name, null, isFolder: true);
        // Parents come before their children: backwards, sums are ready when they are needed.
        var made = new List<EntryNode> { root };
        foreach (var entry in verdict.Inventory.Entries)
        {
            var node = root.Make(entry.Path.Value, entry.Type == EntryType.Directory, made, isEntry: true);
            node.Entry = entry;
        }

        foreach (var judged in verdict.Findings) (judged.Finding.Path is { } path ? root.Make(path.Value, isFolder: false, made, isEntry: false) : root)._findings.Add(judged);

        for (var i = made.Count - 1; i >= 0; i--) made[i].Sum();
        return root;
    }

    /// <summary>The mark that a finding gives.</summary>
    public static EntryMark MarkOf(JudgedFinding judged) => judged switch
    {
        { Severity: Severity.Error } => EntryMark.Error,
        { Severity: Severity.Warning } => EntryMark.Warning,
        { Waiver: not null } => EntryMark.Waived,
        _ => EntryMark.Fine,
    };

    // Two entries may have one path, so each gets a node; findings go to the first of them.
    private EntryNode Make(string path, bool isFolder, List<EntryNode> made, bool isEntry)
    {
        var node = this;
        var rest = path.AsSpan().Trim('/');
        for (var depth = 0; depth < MostDepth && rest.IndexOf('/') is >= 0 and var slash; depth++)
        {
            var segment = rest[..slash].ToString();
            rest = rest[(slash + 1)..].TrimStart('/');
            // "outer.zip!/inner.txt" stands in the file "outer.zip".
            if (segment.Length > 1 && segment[^1] == '!' && node._files?.TryGetValue(segment[..^1], out var archive) == true) node = archive;
            else node = Folder(node, segment, made);
        }

        var name = rest.Length > 0 ? rest.ToString() : path;
        if (isFolder) return Folder(node, name, made);
        if (!isEntry)
        {
            if (node._files?.TryGetValue(name, out var file) == true) return file;
            if (node._folders?.TryGetValue(name, out var folder) == true) return folder;
        }

        var leaf = new EntryNode(name, node, isFolder: false);
        (node._files ??= new(StringComparer.Ordinal)).TryAdd(name, leaf);
        made.Add(leaf);
        return leaf;
    }

    private static EntryNode Folder(EntryNode parent, string name, List<EntryNode> made)
    {
        parent._folders ??= new(StringComparer.Ordinal);
        if (parent._folders.TryGetValue(name, out var folder)) return folder;
        folder = new EntryNode(name, parent, isFolder: true);
        parent._folders.Add(name, folder);
        made.Add(folder);
        return folder;
    }

    private void Sum()
    {
        foreach (var judged in _findings)
            if (MarkOf(judged) is var mark && mark > Mark) Mark = mark;
        Worst = Mark;
        if (!IsFolder)
        {
            Length = Entry?.Length ?? 0;
            Files = Entry is null ? 0 : 1;
        }

        WithFindings = _findings.Count > 0 && Parent is not null ? 1 : 0;
        foreach (var child in _children)
        {
            if (IsFolder) Length += child.Length;
            Files += child.Files;
            WithFindings += child.WithFindings;
            if (child.Worst > Worst) Worst = child.Worst;
        }

        _folders = null;
        _files = null;
    }
}
