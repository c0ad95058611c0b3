using System.Globalization;
using System.IO.Abstractions;
using System.Text;

namespace ReleaseGate.Artifacts;

/// <summary>One of several parts that a run over many artifacts is divided into, e.g. over the jobs of a build server.</summary>
/// <param name="Index">1-based.</param>
/// <param name="Count">How many there are.</param>
public sealed record Shard(int Index, int Count)
{
    /// <summary>More would not be a division of labour.</summary>
    public const int Most = 10_000;

    private const string Package = ".nupkg";
    private const string Symbols = ".snupkg";

    /// <summary>Reads <c>3/8</c>; null where the text is no shard.</summary>
    public static Shard? Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !Number(text.AsSpan(0, slash), out var index) || !Number(text.AsSpan(slash + 1), out var count)) return null;
        return index >= 1 && index <= count && count <= Most ? new Shard(index, count) : null;

        static bool Number(ReadOnlySpan<char> digits, out int value) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    /// <summary>
    /// The artifacts of this part, in the order asked. Which they are depends on the paths alone, not on the order they were named in or the folder the
    /// repository lies in; a symbols package stays with its package.
    /// </summary>
    internal (IReadOnlyList<ArtifactLocation> Own, ShardOfRun Part) Take(IReadOnlyList<ArtifactLocation> all, IFileSystem files, string from)
    {
        var keys = new string[all.Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = Key(all[i], files, from);
        var stems = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var key in keys) stems.Add(Stem(key));
        var turns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var stem in stems) turns.Add(stem, turns.Count % Count + 1);

        var own = new List<ArtifactLocation>();
        for (var i = 0; i < keys.Length; i++)
            if (turns[Stem(keys[i])] == Index) own.Add(all[i]);
        Array.Sort(keys, StringComparer.Ordinal);
        return (own, new ShardOfRun(this, all.Count, Digest.Of(Encoding.UTF8.GetBytes(string.Join('\n', keys)))));
    }

    // Jobs may have the repository in different folders.
    private static string Key(ArtifactLocation artifact, IFileSystem files, string from) =>
        files.Path.GetRelativePath(from, artifact.FullPath).Replace(files.Path.DirectorySeparatorChar, '/');

    private static string Stem(string key) =>
        key.EndsWith(Package, StringComparison.OrdinalIgnoreCase) ? key[..^Package.Length] : key.EndsWith(Symbols, StringComparison.OrdinalIgnoreCase) ? key[..^Symbols.Length] : key;
}

/// <summary>Which part of a whole run was inspected, so that whoever joins the parts sees whether one is missing or belongs to another run.</summary>
/// <param name="Shard">The part.</param>
/// <param name="Total">Artifacts in the whole run.</param>
/// <param name="List">SHA-256 of the sorted paths of them all, one a line, relative to where the run began.</param>
public sealed record ShardOfRun(Shard Shard, int Total, Digest List)
{
    /// <summary>The lines and columns of the manifest's own <c>allow</c> patterns that served an artifact of this part. Only the whole run knows which served none.</summary>
    public IReadOnlyList<string> UsedPatterns { get; init; } = [];

    /// <summary>The ids of the waivers that met a finding of this part. Only the whole run knows which met none.</summary>
    public IReadOnlyList<string> UsedWaivers { get; init; } = [];
}
