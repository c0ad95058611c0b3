namespace ReleaseGate.Reporting.Html;

/// <summary>
/// The map of an artifact as it is drawn without a script: squarified (Bruls, Huizing, van Wijk, "Squarified Treemaps", 2000), folders in folders as far as they are large enough.
/// </summary>
internal sealed class Treemap(Markup html)
{
    private const double Width = 1000;
    private const double Height = 440;
    private const double Heading = 20;
    private const double Gap = 2;
    private const double LetterWidth = 7;
    private const int MostTiles = 260;
    private const int MostChildren = 80;
    private const int Deepest = 5;

    private int _tiles;

    /// <summary>Draws it.</summary>
    public void Write(TreeNode root, string label)
    {
        html.Write($"<svg class=\"map\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{label}\">");
        Divide(root, 0, 0, Width, Height, 0);
        html.Write($"</svg>\n");
    }

    private void Divide(TreeNode node, double x, double y, double width, double height, int depth)
    {
        var count = 0;
        double rest = 0;
        foreach (var child in node.Children)
            if (child.Weight > 0 && count < MostChildren) count++;
            else rest += child.Weight;
        double total = rest;
        for (var i = 0; i < count; i++) total += node.Children[i].Weight;
        if (total <= 0) return;
        var scale = width * height / total;

        for (var i = 0; i < count;)
        {
            var side = Math.Min(width, height);
            double row = 0;
            var worst = double.MaxValue;
            var end = i;
            for (; end < count; end++)
            {
                var area = node.Children[end].Weight * scale;
                var next = Worst(row + area, node.Children[i].Weight * scale, area, side);
                if (next > worst) break;
                worst = next;
                row += area;
            }

            var breadth = row / side;
            var at = width >= height ? y : x;
            for (; i < end; i++)
            {
                var length = node.Children[i].Weight * scale / breadth;
                if (width >= height) Tile(node.Children[i], x, at, breadth, length, depth);
                else Tile(node.Children[i], at, y, length, breadth, depth);
                at += length;
            }

            if (width >= height) (x, width) = (x + breadth, width - breadth);
            else (y, height) = (y + breadth, height - breadth);
        }
    }

    private static double Worst(double row, double largest, double smallest, double side) => Math.Max(side * side * largest / (row * row), row * row / (side * side * smallest));

    private void Tile(TreeNode node, double x, double y, double width, double height, int depth)
    {
        (width, height) = (width - Gap, height - Gap);
        if (width < 2 || height < 2 || _tiles >= MostTiles) return;
        _tiles++;
        var name = Icons.NameOf(node.Worst);
        var inner = node.Children.Count > 0 && depth < Deepest && width > 48 && height > Heading + 16;
        // A folder is not what is wrong with a file in it: it has a frame in its colour.
        var framed = inner || (node.Children.Count > 0 && node.Worst >= Icon.Waived);
        html.Write($"<g><title>{node.Name}: {ByteSize.Format(node.Size)}, {Icons.WordOf(node.Worst).ToLowerInvariant()}</title><rect class=\"{(framed ? "folder" : "tile")} {name}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>");
        if (!framed && node.Worst >= Icon.Waived) html.Write($"<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"url(#p-{name})\"/>");
        var letters = (int)((width - 10) / LetterWidth);
        if (letters >= 4 && height >= 18)
            html.Write($"<text class=\"{name}\" x=\"{x + 6}\" y=\"{y + 15}\">{Shortened(node.Name, letters)}</text>");
        if (!inner && letters >= 7 && height >= 36) html.Write($"<text class=\"{name} size\" x=\"{x + 6}\" y=\"{y + 30}\">{ByteSize.Format(node.Size)}</text>");
        html.Write($"</g>");
        if (inner) Divide(node, x + Gap, y + Heading, width - Gap, height - Heading, depth + 1);
    }

    private static string Shortened(string name, int letters)
    {
        if (name.Length <= letters) return name;
        var end = letters - 1;
        if (char.IsHighSurrogate(name[end - 1])) end--;
        return name[..end] + "…";
    }
}
