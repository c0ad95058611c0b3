using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>
/// What the artifact has and its baseline, the release before, had not: much larger, a kind of file of which there was none, a folder at the top. Patterns that were meant for one thing also let in
/// another; against the release before it stands out.
/// </summary>
internal sealed class UnexpectedGrowth() : ArtifactRule(new Descriptor(Id, nameof(UnexpectedGrowth),
    "Compared with its baseline the artifact grew beyond the limit, or has a new kind of file or a new top folder.",
    "'releasegate diff' shows what is new. If it is meant, waive it for this release; the next one is compared with it."))
{
    public const string Id = "RG1005";

    private const int Shown = 3;

    /// <summary>Its id.</summary>
    public static RuleId RuleId { get; } = RuleId.Parse("RG1005");

    public override void Inspect(Inventory inventory, RuleContext context)
    {
        var limit = context.Policy.Limits.Growth;
        if (inventory.Baseline is not { } baseline)
        {
            // Symbols are nothing that NuGet keeps.
            if (inventory.LacksBaseline && limit is not null && inventory.Kind != ArtifactKind.SymbolsPackage)
                context.Report(null, "there is nothing to compare it with, and the manifest limits its growth", "Name what was released before as a baseline; waive it for a first release.", location: LocationOf(context.Policy));
            return;
        }

        var drift = Drift.Between(baseline, Snapshot.Of(inventory, inventory.Name, []));
        var name = NameOf(drift.Baseline);
        if (limit is { } most && inventory.Length > drift.Baseline.Length * (1 + most)) ReportGrowth(inventory, context, drift, name, most);

        var byPath = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var entry in inventory.Entries) byPath.TryAdd(entry.Path.Value, entry);
        foreach (var kind in drift.NewKinds)
            if (IsTelling(kind)) ReportNew(drift, context, byPath, c => c.Kind == kind, $"is of kind {kind}, of which {name} had none");
        foreach (var folder in drift.NewFolders)
            ReportNew(drift, context, byPath, c => DriftComparison.TopFolder(c.Path) == folder, $"stands in the top folder '{EntryPath.Printable(folder)}', which {name} did not have");
    }

    // Text is what everything is made of; a first file of it says nothing.
    private static bool IsTelling(EntryKind kind) => kind is not (EntryKind.Text or EntryKind.Utf16Text or EntryKind.Json or EntryKind.Xml or EntryKind.Empty);

    private static string NameOf(DriftBaseline baseline) => EntryPath.Printable(baseline.Version is { } version ? $"version {version}" : baseline.Name);

    private static void ReportGrowth(Inventory inventory, RuleContext context, Drift drift, string name, double most)
    {
        var before = drift.Baseline.Length;
        var grown = before == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" by {(inventory.Length - before) * 100.0 / before:0.#}%");
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"it grew{grown} since {name}, from {ByteSize.Format(before)} to {ByteSize.Format(inventory.Length)}, and {most * 100:0.###}% are allowed");
        var largest = drift.Entries.Where(c => Growth(c) > 0).OrderByDescending(Growth).ThenBy(c => c.Path, StringComparer.Ordinal).Take(Shown).ToList();
        // Inside of an archive a file is larger than what it adds to it.
        if (largest.Count > 0) text.Append("; what grew most: ").AppendJoin(", ", largest.Select(c => $"{EntryPath.Printable(c.Path)} (+{ByteSize.Format(Growth(c))})"));
        var location = LocationOf(context.Policy);
        var place = location is null ? "" : $" ({ManifestAdvice.Place(location)})";
        context.Report(null, text.ToString(), $"'releasegate diff' shows what made it grow; if it is meant, raise \"growth\" in \"limits\"{place}, or waive it for this release.", location: location,
            facts: Facts(("before", before), ("after", inventory.Length)));
    }

    // About the first of them, so that a waiver has a path to name.
    private static void ReportNew(Drift drift, RuleContext context, Dictionary<string, Entry> byPath, Predicate<EntryChange> isMeant, string what)
    {
        var paths = new List<string>();
        var count = 0;
        long bytes = 0;
        foreach (var change in drift.Entries)
        {
            if (change.Change == ChangeKind.Removed || !isMeant(change)) continue;
            if (paths.Count < Shown) paths.Add(change.Path);
            count++;
            bytes += change.After ?? 0;
        }

        if (count == 0) throw new InvalidOperationException($"Nothing {what}, and it was said to be new.");
        var all = count == 1 ? ByteSize.Format(bytes) : string.Create(CultureInfo.InvariantCulture,
            $"{count:#,0} such entries with {ByteSize.Format(bytes)}, also {string.Join(", ", paths.Skip(1).Select(EntryPath.Printable))}{(count > Shown ? " …" : "")}");
        context.Report(byPath[paths[0]], $"{what} ({all})", facts: Facts(("entries", count), ("bytes", bytes)));
    }

    private static long Growth(EntryChange change) => change.Change == ChangeKind.Removed ? 0 : (change.After ?? 0) - (change.Before ?? 0);

    private static ManifestLocation? LocationOf(ArtifactPolicy policy) => policy.Sections.FirstOrDefault(s => s.Limits.Growth is not null)?.Limits.Location;

    private static ImmutableSortedDictionary<string, string> Facts(params (string Key, long Value)[] facts) =>
        ImmutableSortedDictionary.CreateRange(facts.Select(f => KeyValuePair.Create(f.Key, f.Value.ToString(CultureInfo.InvariantCulture))));
}
