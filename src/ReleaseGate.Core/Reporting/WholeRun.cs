using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>What a file says of a part of a run.</summary>
/// <param name="File">The file.</param>
/// <param name="Part">The part.</param>
/// <param name="Manifest">What it was judged by.</param>
/// <param name="Artifacts">How many artifacts it tells of.</param>
internal sealed record PartOfRun(string File, ShardOfRun Part, Digest Manifest, int Artifacts);

/// <summary>Whether parts are the whole of one run.</summary>
internal static class WholeRun
{
    /// <summary>Refuses parts that are not, each once, all of one run.</summary>
    /// <param name="parts">The parts; none at all is right too.</param>
    /// <exception cref="GateException">RG0007: a part is missing or there twice, or belongs to another run.</exception>
    public static void Require(IReadOnlyList<PartOfRun> parts)
    {
        if (parts.Count == 0) return;
        var first = parts[0];
        var (count, total) = (first.Part.Shard.Count, first.Part.Total);
        var seen = new Dictionary<int, string>();
        var artifacts = 0;
        foreach (var (file, part, manifest, own) in parts)
        {
            if (part.Shard.Count != count || part.List != first.Part.List || part.Total != total)
                throw Wrong($"shard {part.Shard} belongs to another run than shard {first.Part.Shard} in '{EntryPath.Printable(first.File)}': {(part.Shard.Count != count ? "they count different numbers of shards" : "they were given different artifacts")}", file);
            if (manifest != first.Manifest) throw Wrong($"shard {part.Shard} was judged by another manifest than shard {first.Part.Shard} in '{EntryPath.Printable(first.File)}'", file);
            if (!seen.TryAdd(part.Shard.Index, file)) throw Wrong($"shard {part.Shard} is also in '{EntryPath.Printable(seen[part.Shard.Index])}'; name each once", file);
            artifacts += own;
        }

        var missing = Enumerable.Range(1, count).Where(i => !seen.ContainsKey(i)).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToArray();
        if (missing.Length > 0) throw Wrong($"{(missing.Length == 1 ? "shard" : "shards")} {string.Join(", ", missing.Take(10))}{(missing.Length > 10 ? " …" : "")} of {count} {(missing.Length == 1 ? "is" : "are")} missing, so nobody knows about {(missing.Length == 1 ? "its" : "their")} artifacts; name the reports of all", first.File);
        if (artifacts != total) throw Wrong(string.Create(CultureInfo.InvariantCulture, $"the shards hold {artifacts:N0} artifacts, and the run had {total:N0}"), first.File);
    }

    private static GateException Wrong(string what, string file) => new(GateRules.NothingInspected.Id, what, file);
}
