using System.Globalization;
using ReleaseGate.Policy;

namespace ReleaseGate.Reporting.Html;

/// <summary>The source text in one entry that everybody could read.</summary>
/// <param name="Judged">The finding that says so.</param>
/// <param name="Files">Source files with text.</param>
/// <param name="Lines">Lines of text, or null where they were not counted.</param>
/// <param name="Bytes">Bytes of text.</param>
internal sealed record Exposed(JudgedFinding Judged, long Files, long? Lines, long Bytes)
{
    /// <summary>Where the sources stood, those of most sources first; the number of sources is null where it is not known.</summary>
    public List<(string Name, long? Sources)> Folders { get; } = [];

    /// <summary>What an artifact exposes: source maps with text, whatever entry they stand in, and sources in symbols.</summary>
    public static List<Exposed> Of(Verdict verdict)
    {
        var found = new List<Exposed>();
        foreach (var judged in verdict.Findings)
        {
            var facts = judged.Finding.Facts;
            if (judged.Finding.Rule.Id.ToString() is not ("RG2002" or "RG2003" or "RG2008") || Number(facts.GetValueOrDefault("files")) is not { } files || files == 0) continue;
            var exposed = new Exposed(judged, files, Number(facts.GetValueOrDefault("lines")), Number(facts.GetValueOrDefault("bytes")) ?? 0);
            var folders = Parts(facts.GetValueOrDefault("folders"));
            var sources = Parts(facts.GetValueOrDefault("folderSources"));
            // A folder may have a comma in its name; then only the names are sure.
            for (var i = 0; i < folders.Length; i++) exposed.Folders.Add((folders[i], sources.Length == folders.Length ? Number(sources[i]) : null));
            found.Add(exposed);
        }

        found.Sort(static (a, b) => a.Bytes != b.Bytes ? b.Bytes.CompareTo(a.Bytes) : string.CompareOrdinal(a.Judged.Finding.Path?.Value, b.Judged.Finding.Path?.Value));
        return found;
    }

    private static string[] Parts(string? text) => string.IsNullOrEmpty(text) ? [] : text.Split(", ");

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
