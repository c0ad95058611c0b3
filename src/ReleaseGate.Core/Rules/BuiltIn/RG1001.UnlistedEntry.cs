using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>Default-deny: what the manifest does not list does not ship.</summary>
internal sealed class UnlistedEntry() : ArtifactRule(Description)
{
    public static Descriptor Description { get; } = new("RG1001", nameof(UnlistedEntry),
        "An entry is not listed in the manifest, so nobody said that it may ship.",
        "Leave the file out of the artifact, or add it to \"allow\" in the manifest.");

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
            var otherwise = IsOfProgram(entry, inventory)
                ? "the project is an executable packed as a library: set IsPackable to false in it, or PackAsTool to true; otherwise leave the file out"
                : "leave the file out";
            var left = inventory.Plan?.WasLeft(entry) == true;
            if (left) otherwise = "delete the folder and publish again";
            context.Report(entry, $"not listed in the manifest ({ManifestAdvice.Describe(entry)}){(left ? "; it is no part of this publish and older than this build, so an earlier one left it" : "")}",
                fix: ManifestAdvice.ToAllow(policy, inventory, ManifestAdvice.PatternFor(entry.Path), otherwise), location: location);
        }
    }

    /// <summary>What 'dotnet pack' puts into lib for an OutputType of Exe: its runtime configuration, and the program itself where it is packed.</summary>
    private static bool IsOfProgram(Entry entry, Inventory inventory)
    {
        if (inventory.Kind != ArtifactKind.NuGetPackage || entry.Path.Container is not null || !entry.Path.Inner.StartsWith("lib/", StringComparison.Ordinal)) return false;
        var name = entry.Path.Name;
        return name.EndsWith(".runtimeconfig.json", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase)
            || (entry.Kind is EntryKind.Elf or EntryKind.MachO && !name.Contains('.'));
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
                fix: $"List what may ship in a releasegate.json; {ManifestAdvice.ByInit(inventory)} writes one.");
            return;
        }

        context.Report(null, $"no section of {EntryPath.Printable(Path.GetFileName(manifest.File))} has a \"match\" for {name}, so nothing says what it may hold",
            fix: $"Add a section such as {{ \"match\": {match}, \"allow\": [\"README.md\"] }} to \"artifacts\" of {EntryPath.Printable(Path.GetFileName(manifest.File))}, or extend a profile with \"extends\": \"closed\".",
            location: new ManifestLocation(manifest.File, 1, 1));
    }
}
