using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Inspection;

internal sealed partial class EntryReading
{
    /// <summary>Reads the files that a program carries, after the program itself was judged.</summary>
    /// <param name="entry">The program, read to its end.</param>
    /// <param name="bundle">What was noticed while it streamed by.</param>
    /// <param name="depth">How deep the program is nested.</param>
    /// <param name="judged">The number of findings there were before the program was read.</param>
    private void ReadBundle(Entry entry, BundleCapture bundle, int depth, int judged)
    {
        var bytes = bundle.Bytes();
        foreach (var (host, list) in bundle.Found)
        {
            if (BundleReader.Find(bytes, host, list, entry.ArchivePath, _inspection.Report) is not { } reader) continue;
            entry.Traits = entry.Traits.SetItem("bundle", string.Create(CultureInfo.InvariantCulture, $"v{reader.Version}, {reader.Count:N0} {(reader.Count == 1 ? "file" : "files")}"));
            Enter(entry, depth);
            var own = Findings.Count;
            var places = new List<(Entry Entry, long Start, long End)>();
            foreach (var source in reader.Entries())
            {
                if (BundleReader.RawPlace(source) is var (start, end)) places.Add((source.Entry, start, end));
                Read(source, depth + 1, entry);
            }

            DropRepeated(judged, own, places);
        }
    }

    /// <summary>
    /// A file that stands uncompressed in a program is seen twice. What a rule says of it at the same byte is kept where it names the file.
    /// </summary>
    private void DropRepeated(int from, int to, List<(Entry Entry, long Start, long End)> places)
    {
        if (from == to || places.Count == 0) return;
        var inside = new HashSet<(RuleId Rule, Entry Entry, long Offset)>();
        for (var i = to; i < Findings.Count; i++)
            if (Findings[i] is { Entry: { } entry, Offset: { } offset } finding) inside.Add((finding.Rule.Id, entry, offset));
        if (inside.Count == 0) return;
        for (var i = to - 1; i >= from; i--)
        {
            if (Findings[i] is not { Offset: { } offset } finding) continue;
            var place = places.Find(p => offset >= p.Start && offset < p.End);
            if (place.Entry is not null && inside.Contains((finding.Rule.Id, place.Entry, offset - place.Start))) Findings.RemoveAt(i);
        }
    }

    /// <summary>Takes note that an entry is looked into.</summary>
    /// <exception cref="UnreadableException">It is nested too deeply.</exception>
    private void Enter(Entry entry, int depth)
    {
        entry.Entered = true;
        if (depth >= _inspection.Policy.Budget.Depth)
            throw new UnreadableException($"archives are nested deeper than {_inspection.Policy.Budget.Depth} levels");
        // Every entry inside carries this path in front of its own.
        if (entry.ArchivePath.Value.Length > ContainerPathLimit)
            throw new UnreadableException($"archives with a path of more than {ContainerPathLimit} characters are not looked into");
    }
}
