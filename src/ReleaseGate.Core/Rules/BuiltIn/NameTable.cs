using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>
/// Names that say what an entry is: whole names (<c>lcov.info</c>), endings (<c>*.trx</c>) and folders (<c>TestResults/</c>), each with the words
/// for a message. ASCII case is ignored, as consumers' file systems do.
/// </summary>
internal sealed class NameTable
{
    // By last character, so that an entry is compared with a handful of patterns, not with all.
    private readonly Row[][] _names;
    private readonly Row[][] _folders;

    /// <summary>Makes a table. "name" is a whole name, "*ending" an ending of a longer name, "folder/" a folder anywhere above the entry.</summary>
    public NameTable(params (string Pattern, string What)[] rows)
    {
        var names = new List<Row>();
        var folders = new List<Row>();
        foreach (var (pattern, what) in rows)
        {
            if (pattern.EndsWith('/')) folders.Add(new Row(pattern[..^1], what, IsEnding: false));
            else names.Add(pattern[0] == '*' ? new Row(pattern[1..], what, IsEnding: true) : new Row(pattern, what, IsEnding: false));
        }

        _names = Index(names);
        _folders = Index(folders);
    }

    /// <summary>The words for an entry of this name, or null where the name says nothing.</summary>
    public string? Find(EntryPath path) => OfName(path.Name) ?? OfFolders(path.Inner);

    private string? OfName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty) return null;
        foreach (var row in Bucket(_names, name[^1]))
        {
            if (row.IsEnding ? name.Length > row.Text.Length && name.EndsWith(row.Text, StringComparison.OrdinalIgnoreCase)
                : name.Equals(row.Text, StringComparison.OrdinalIgnoreCase))
                return row.What;
        }

        return null;
    }

    private string? OfFolders(string path)
    {
        var rest = path.AsSpan();
        for (int slash; (slash = rest.IndexOf('/')) >= 0; rest = rest[(slash + 1)..])
        {
            if (slash == 0) continue;
            var folder = rest[..slash];
            foreach (var row in Bucket(_folders, folder[^1]))
                if (folder.Equals(row.Text, StringComparison.OrdinalIgnoreCase)) return row.What;
        }

        return null;
    }

    private static Row[] Bucket(Row[][] index, char last) => last < 128 ? index[char.ToLowerInvariant(last)] : [];

    private static Row[][] Index(List<Row> rows)
    {
        var index = new Row[128][];
        Array.Fill(index, []);
        foreach (var row in rows)
        {
            ref var bucket = ref index[char.ToLowerInvariant(row.Text[^1])];
            bucket = [.. bucket, row];
        }

        return index;
    }

    private sealed record Row(string Text, string What, bool IsEnding);
}
