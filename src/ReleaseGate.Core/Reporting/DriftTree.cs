using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Reporting;

/// <summary>Changed entries by folder, with what came and went below each.</summary>
internal sealed class DriftTree
{
    // A sign, a blank, a size as long as "+999.9 MB", two blanks.
    private const int SizeWidth = 10;
    private const int Left = 2 + SizeWidth + 2;
    private const int LeastName = 12;
    private const int MostDepth = 20;

    private readonly Node _root = new("", 0);

    public DriftTree(IReadOnlyList<EntryChange> changes)
    {
        foreach (var change in changes)
        {
            var node = _root;
            node.Add(change);
            var path = change.Path;
            // What stands in an archive stands below it.
            for (int at = 0, slash; (slash = path.IndexOf('/', at)) >= 0 && slash < path.Length - 1; at = slash + 1)
            {
                // Nobody reads on, and the tree of a hostile name may not be as deep as that is long.
                if (node.Depth >= MostDepth) break;
                node = node.Folder(path[at..slash]);
                node.Add(change);
            }

            var from = PathStart(path, node.Depth);
            var leaf = new Node(path[from..], node.Depth + 1) { Change = change };
            leaf.Add(change);
            node.Children.Add(leaf);
        }

        foreach (var child in _root.Children) child.Shorten();
    }

    /// <summary>The lines.</summary>
    public List<DriftLine> Lines(int most, int width)
    {
        Open(most);
        var lines = new List<DriftLine>();
        Write(_root, 0, lines, width, most);
        return lines;
    }

    private static int PathStart(string path, int depth)
    {
        var at = 0;
        for (var i = 0; i < depth; i++) at = path.IndexOf('/', at) + 1;
        return at;
    }

    // Those that changed most are opened as long as there is room for what is in them.
    private void Open(int most)
    {
        var room = most - _root.Children.Count;
        _root.IsOpen = true;
        var closed = new PriorityQueue<Node, long>();
        Enqueue(_root);
        while (closed.TryDequeue(out var node, out _))
        {
            if (node.Children.Count > room) continue;
            room -= node.Children.Count;
            node.IsOpen = true;
            Enqueue(node);
        }

        void Enqueue(Node parent)
        {
            foreach (var child in parent.Children)
                if (child.Change is null) closed.Enqueue(child, -child.Weight);
        }
    }

    private static void Write(Node parent, int level, List<DriftLine> lines, int width, int most)
    {
        IReadOnlyList<Node> shown = parent.Children;
        var left = 0;
        if (level == 0 && shown.Count > most)
        {
            // One line says how many are left.
            var heaviest = shown.OrderByDescending(n => n.Weight).Take(Math.Max(0, most - 1)).ToHashSet<Node>(ReferenceEqualityComparer.Instance);
            left = shown.Count - heaviest.Count;
            shown = [.. shown.Where(heaviest.Contains)];
        }

        foreach (var node in shown)
        {
            lines.Add(node.Line(level, width));
            if (node.IsOpen) Write(node, level + 1, lines, width, most);
        }

        if (left > 0) lines.Add(new DriftLine(' ', string.Create(CultureInfo.InvariantCulture, $"{"",SizeWidth}  and {left:#,0} more")));
    }

    private sealed class Node(string name, int depth)
    {
        private readonly int[] _counts = new int[3];
        private Dictionary<string, Node>? _folders;
        private string _name = name;
        private long _delta;

        public int Depth { get; } = depth;

        public EntryChange? Change { get; init; }

        public bool IsOpen { get; set; }

        public List<Node> Children { get; private set; } = [];

        /// <summary>How much is to be told about it.</summary>
        public long Weight { get; private set; }

        public void Add(EntryChange change)
        {
            _counts[(int)change.Change]++;
            var delta = (change.After ?? 0) - (change.Before ?? 0);
            _delta += delta;
            Weight += Math.Abs(delta) + 1;
        }

        public Node Folder(string folder)
        {
            _folders ??= new Dictionary<string, Node>(StringComparer.Ordinal);
            if (_folders.TryGetValue(folder, out var node)) return node;
            _folders.Add(folder, node = new Node(folder, Depth + 1));
            Children.Add(node);
            return node;
        }

        /// <summary>Joins a folder with the only folder in it.</summary>
        public void Shorten()
        {
            while (Children is [{ Change: null } only])
            {
                _name += "/" + only._name;
                Children = only.Children;
            }

            foreach (var child in Children) child.Shorten();
        }

        public DriftLine Line(int level, int width)
        {
            var indent = new string(' ', 2 * level);
            if (Change is { } change)
            {
                var details = DriftText.Details(change);
                if (details.Length > 0) details = $"  ({details})";
                return Make(DriftText.SignOf(change.Change), (change.After ?? 0) - (change.Before ?? 0), indent, _name, details);
            }

            var all = _counts[0] + _counts[1] + _counts[2];
            var sign = _counts[(int)ChangeKind.Added] == all ? '+' : _counts[(int)ChangeKind.Removed] == all ? '-' : '~';
            var count = IsOpen ? "" : string.Create(CultureInfo.InvariantCulture, $"  ({all:#,0} {(all == 1 ? "entry" : "entries")})");
            return Make(sign, _delta, indent, _name + "/", count);

            DriftLine Make(char sign, long delta, string indent, string name, string behind)
            {
                var room = Math.Max(LeastName, width - Left - indent.Length - behind.Length);
                return new DriftLine(sign, $"{DriftText.Signed(delta),SizeWidth}  {indent}{DriftText.Cut(name, room)}{behind}");
            }
        }
    }
}
