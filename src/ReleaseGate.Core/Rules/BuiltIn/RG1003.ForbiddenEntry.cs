using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>What the manifest forbids does not ship, whatever else allows it.</summary>
internal sealed class ForbiddenEntry() : ArtifactRule(new Descriptor("RG1003", nameof(ForbiddenEntry),
    "An entry matches a pattern that the manifest forbids.",
    "Leave the file out of the artifact, or narrow the pattern in \"forbid\"."))
{
    public override void Inspect(Inventory inventory, RuleContext context)
    {
        var list = context.Policy.AllowListFor(inventory);
        foreach (var entry in inventory.Entries)
        {
            if (list[entry] is not (Listing.Forbidden, { } pattern)) continue;
            context.Report(entry, $"forbidden by {ManifestAdvice.Quoted(pattern.ToString())}",
                fix: $"Leave the file out, or narrow the pattern in \"forbid\" ({ManifestAdvice.Place(pattern.Location)}).",
                location: pattern.Location);
        }
    }
}
