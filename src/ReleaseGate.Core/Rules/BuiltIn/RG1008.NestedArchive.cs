using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>An archive in the artifact is a second artifact; what it may hold has to be said as well.</summary>
internal sealed class NestedArchive() : ArtifactRule(Description)
{
    public static Descriptor Description { get; } = new("RG1008", nameof(NestedArchive),
        "The artifact contains an archive whose content the manifest does not declare.",
        "Leave the archive out, or declare in \"allow\" what may be in it with a pattern that has \"!/\", e.g. \"tools/data.zip!/**\".");

    public override void Inspect(Inventory inventory, RuleContext context)
    {
        var policy = context.Policy;
        // Where nothing speaks of the artifact, RG1001 says so once.
        if (policy.Sections.Count == 0) return;
        var location = ManifestAdvice.OwnSection(policy)?.Location;
        var counts = new Dictionary<EntryPath, int>();
        foreach (var entry in inventory.Entries)
            if (entry is { Path.Container: { } container, Type: not EntryType.Directory }) counts[container] = counts.GetValueOrDefault(container) + 1;
        foreach (var archive in policy.AllowListFor(inventory).UndeclaredArchives)
        {
            var inside = counts.GetValueOrDefault(archive.Path);
            var state = archive.Entered ? $"{archive.Kind}, {ManifestAdvice.Number(inside)} {(inside == 1 ? "entry" : "entries")}" : $"{archive.Kind}, which was not looked into";
            var what = archive.Kind is EntryKind.PortableExecutable or EntryKind.Elf or EntryKind.MachO ? "a single-file program" : "an archive";
            var pattern = ManifestAdvice.PatternFor(archive.Path) is { } path ? path + "!/**" : null;
            context.Report(archive, $"{what} whose content the manifest does not declare ({state})",
                fix: ManifestAdvice.ToAllow(policy, inventory, pattern, "leave the archive out"), location: location);
        }
    }
}
