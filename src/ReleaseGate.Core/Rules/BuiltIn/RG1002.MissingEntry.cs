using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>What the manifest requires must be there.</summary>
internal sealed class MissingEntry() : ArtifactRule(new Descriptor("RG1002", nameof(MissingEntry),
    "The manifest requires an entry that the artifact does not have.",
    "Make the build put the file into the artifact, or take the pattern out of \"require\"."))
{
    public static RuleId RuleId { get; } = RuleId.Parse("RG1002");

    public override void Inspect(Inventory inventory, RuleContext context)
    {
        foreach (var pattern in context.Policy.AllowListFor(inventory).Missing)
        {
            context.Report(null, $"no entry matches {ManifestAdvice.Quoted(pattern.ToString())}, which is required{ManifestAdvice.WithoutPackage(pattern, inventory)}",
                fix: $"Make the build put the file into the artifact, or take the pattern out of \"require\" ({ManifestAdvice.Place(pattern.Location)}).",
                location: pattern.Location);
        }
    }
}
