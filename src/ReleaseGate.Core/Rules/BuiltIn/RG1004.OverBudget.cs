using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>An artifact that is suddenly larger holds something new.</summary>
internal sealed class OverBudget() : ArtifactRule(new Descriptor("RG1004", nameof(OverBudget),
    "The artifact or an entry is larger than the manifest's limits allow.",
    "Find out what made it grow; raise the limit in the manifest if the growth is meant."))
{
    public override void Inspect(Inventory inventory, RuleContext context)
    {
        var limits = context.Policy.Limits;
        if (limits.Size is { } size && inventory.Length > size)
            Report(null, $"the artifact has {ManifestAdvice.Number(inventory.Length)} bytes, {ManifestAdvice.Number(size)} are allowed", "size", l => l.Size);

        if (limits.Entries is { } entries)
        {
            var count = inventory.Entries.Count(e => e.Path.Container is null && e.Type != EntryType.Directory);
            if (count > entries) Report(null, $"the artifact has {ManifestAdvice.Number(count)} entries, {ManifestAdvice.Number(entries)} are allowed", "entries", l => l.Entries);
        }

        if (limits.Entry is not { } each) return;
        foreach (var entry in inventory.Entries)
            if (entry.Length > each) Report(entry, $"it has {ManifestAdvice.Number(entry.Length)} bytes, an entry may have {ManifestAdvice.Number(each)}", "entry", l => l.Entry);

        void Report<T>(Entry? entry, string message, string key, Func<ManifestLimits, T?> limit) where T : struct
        {
            // The same choice as ArtifactPolicy.Limits: the first section that says something.
            var location = context.Policy.Sections.First(s => limit(s.Limits) is not null).Limits.Location;
            var place = location is null ? "" : $" ({ManifestAdvice.Place(location)})";
            context.Report(entry, message, fix: $"Find out what made it grow; if the growth is meant, raise \"{key}\" in \"limits\"{place}.", location: location);
        }
    }
}
