using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Reporting;

// The tree itself: what is shown of it, and how.
internal sealed partial class TreeReporter
{
    private const int SizeWidth = 9;
    private const int MostWrong = 20;
    private const int MostFine = 8;

    // Deeper folders are folded: names need room.
    private const int MostLevels = 12;

    /// <summary>What a folder shows: nodes, and what stands for those that it does not show.</summary>
    private sealed record Folder(List<EntryNode> Shown, int Files, long Length, int WithFindings)
    {
        public int Rows => Shown.Count + (Files + WithFindings > 0 ? 1 : 0);
    }

    private List<TreeLine> Rows(EntryNode root, int most)
    {
        var lines = new List<TreeLine>();
        var isLong = Size(root, most + 1) > most;
        var unfolded = Unfold(root, most, isLong);
        Add(lines, unfolded, root, "");
        return lines;
    }

    /// <summary>How many nodes there are, or <paramref name="enough"/>.</summary>
    private static int Size(EntryNode node, int enough)
    {
        var size = node.Children.Count;
        foreach (var child in node.Children)
        {
            if (size >= enough) return enough;
            size += Size(child, enough - size);
        }

        return Math.Min(size, enough);
    }

    /// <summary>Chooses what to unfold: the worst first, and of those the upper ones, as long as there is room.</summary>
    private static Dictionary<EntryNode, Folder> Unfold(EntryNode root, int most, bool isLong)
    {
        var unfolded = new Dictionary<EntryNode, Folder>();
        var waiting = new PriorityQueue<(EntryNode Node, int Level), (int Mark, int Level, int Order)>();
        waiting.Enqueue((root, 0), default);
        var (rows, order) = (0, 0);
        while (waiting.TryDequeue(out var next, out _))
        {
            var folder = Contents(next.Node, isLong);
            // Of the root at least the worst.
            if (isLong && rows > 0 && rows + folder.Rows > most) continue;
            unfolded.Add(next.Node, folder);
            rows += folder.Rows;
            foreach (var child in folder.Shown)
            {
                var last = End(child);
                if (last.Children.Count > 0 && next.Level + 1 < MostLevels && (!isLong || last.Worst > EntryMark.Fine)) waiting.Enqueue((last, next.Level + 1), (-(int)last.Worst, next.Level, order++));
            }
        }

        return unfolded;
    }

    private static Folder Contents(EntryNode node, bool isLong)
    {
        if (!isLong) return new Folder([.. node.Children], 0, 0, 0);
        var wrong = new List<EntryNode>();
        var fine = new List<EntryNode>();
        foreach (var child in node.Children) (child.Worst > EntryMark.Fine ? wrong : fine).Add(child);
        // Sorted is a copy; what is shown stays in the order of the package.
        wrong = [.. wrong.OrderByDescending(c => c.Worst).ThenByDescending(c => c.WithFindings).Take(MostWrong)];
        if (fine.Count > MostFine + 2) fine = [.. fine.OrderByDescending(c => c.Length).Take(MostFine)];
        var shown = new HashSet<EntryNode>(wrong.Concat(fine));
        var (list, files, length, found) = (new List<EntryNode>(shown.Count), 0, 0L, 0);
        foreach (var child in node.Children)
        {
            if (shown.Contains(child))
            {
                list.Add(child);
                continue;
            }

            files += child.Files;
            length += child.Length;
            found += child.WithFindings;
        }

        return new Folder(list, files, length, found);
    }

    /// <summary>Folders that hold one folder and nothing else are one row: <c>lib/net8.0/</c>.</summary>
    private static EntryNode End(EntryNode node)
    {
        while (node.IsFolder && node.Findings.Count == 0 && node.Children is [{ IsFolder: true } only]) node = only;
        return node;
    }

    private void Add(List<TreeLine> lines, Dictionary<EntryNode, Folder> unfolded, EntryNode node, string prefix)
    {
        var folder = unfolded[node];
        for (var i = 0; i < folder.Shown.Count; i++)
        {
            var isLast = i == folder.Shown.Count - 1 && folder.Rows == folder.Shown.Count;
            var child = folder.Shown[i];
            var end = End(child);
            var isUnfolded = unfolded.ContainsKey(end);
            var size = end.Entry is null && !end.IsFolder ? "-" : ByteSize.Format(end.Length);
            lines.Add(new TreeLine(Row(end.Worst, size, prefix + Branch(isLast), NameOf(child, end), Note(end, isUnfolded)), end.Worst));
            if (isUnfolded) Add(lines, unfolded, end, prefix + Stem(isLast));
        }

        if (folder.Rows == folder.Shown.Count) return;
        var rest = $"{Count(folder.Files, "file", "files")}, {ByteSize.Format(folder.Length)}, {Found(folder.WithFindings)}";
        lines.Add(new TreeLine(Row(null, "", prefix + Branch(true), $"{_cut} {rest}", ""), IsQuiet: true));
    }

    private string Row(EntryMark? mark, string size, string prefix, string name, string note)
    {
        var before = $"{(mark is { } known ? SignOf(known) : " ")} {size.PadLeft(SizeWidth)}  {prefix}";
        var room = width - Columns.Of(before);
        var shown = Columns.Cut(name, Math.Max(8, room - note.Length), _cut);
        return before + Columns.Cut(shown + note, room, _cut);
    }

    private string NameOf(EntryNode first, EntryNode last)
    {
        var name = new StringBuilder();
        for (var node = last; ; node = node.Parent!)
        {
            name.Insert(0, (name.Length > 0 || node.IsFolder ? "/" : "")).Insert(0, node.Name);
            if (ReferenceEquals(node, first)) break;
        }

        if (last.Entry?.LinkTarget is { } target) name.Append(" -> ").Append(target);
        return Text(name.ToString());
    }

    private static string Note(EntryNode node, bool isUnfolded)
    {
        if (node.Entry is null && !node.IsFolder) return "  (no entry)";
        if (node.Children.Count == 0 || isUnfolded) return "";
        var files = node.IsFolder ? node.Files : node.Files - 1;
        return $"  ({Count(files, "file", "files")}, {Found(node.WithFindings)})";
    }

    private static string Found(int count) => count == 0 ? "none with findings" : string.Create(CultureInfo.InvariantCulture, $"{count:#,0} with findings");

    private string Branch(bool isLast) => ascii ? isLast ? "`- " : "|- " : isLast ? "└─ " : "├─ ";

    private string Stem(bool isLast) => isLast ? "   " : ascii ? "|  " : "│  ";
}
