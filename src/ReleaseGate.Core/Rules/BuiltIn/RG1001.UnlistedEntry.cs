using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>Default-deny: what the manifest does not list does not ship.</summary>
internal sealed class UnlistedEntry() : ArtifactRule(new Descriptor("RG1001", nameof(UnlistedEntry),
    "An entry is not listed in the manifest, so nobody said that it may ship.",
    "Leave the file out of the artifact, or add it to \"allow\" in the manifest."))
{
    public override void Inspect(Inventory inventory, RuleContext context)
    {
        var policy = context.Policy;
        if (policy.Sections.Count == 0)
        {
            ReportUnknownArtifact(inventory, context);
            return;
        }

        var list = policy.AllowListFor(inventory);
        var location = ManifestAdvice.OwnSection(policy)?.Location;
        // RG1008 speaks about an undeclared archive. Where it does not block, the archive is an entry like any other.
        var archives = policy.SeverityOf(NestedArchive.Description) == Severity.Error
            ? list.UndeclaredArchives.ToHashSet<Entry>(ReferenceEqualityComparer.Instance)
            : [];
        foreach (var entry in inventory.Entries)
        {
            if (list[entry].Listing != Listing.Unlisted || archives.Contains(entry)) continue;
            context.Report(entry, $"not listed in the manifest ({ManifestAdvice.Describe(entry)})",
                fix: ManifestAdvice.ToAllow(policy, inventory, ManifestAdvice.PatternFor(entry.Path), "leave the file out"), location: location);
        }
    }

    private static void ReportUnknownArtifact(Inventory inventory, RuleContext context)
    {
        // One finding for the artifact, not one for each entry: the mistake is one.
        var manifest = context.Policy.Manifest;
        var match = ManifestAdvice.Quoted(ManifestAdvice.MatchFor(inventory));
        var name = ManifestAdvice.Quoted(inventory.Name);
        if (manifest.File is null)
        {
            context.Report(null, $"the profile '{manifest.Name}' knows no artifacts with names like {name}, so nothing says what it may hold",
                fix: $"Run 'releasegate init {EntryPath.Printable(inventory.Name)}' to write a manifest that lists what may ship.");
            return;
        }

        context.Report(null, $"no section of {EntryPath.Printable(Path.GetFileName(manifest.File))} has a \"match\" for {name}, so nothing says what it may hold",
            fix: $"Add a section such as {{ \"match\": {match}, \"allow\": [\"README.md\"] }} to \"artifacts\" of {EntryPath.Printable(Path.GetFileName(manifest.File))}, or extend a profile with \"extends\": \"closed\".",
            location: new ManifestLocation(manifest.File, 1, 1));
    }
}
