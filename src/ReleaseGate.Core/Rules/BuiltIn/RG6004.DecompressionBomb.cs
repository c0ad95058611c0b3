using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class DecompressionBomb() : ArtifactRule(new Descriptor("RG6004", nameof(DecompressionBomb),
    "Far more comes out of an archive than its size explains, or its entries share their bytes.",
    "Look at what is so large and leave it out; where it is meant to be, raise 'limits' in the manifest."))
{
    public override void Inspect(Inventory inventory, RuleContext context) => Anomalies.Report(AnomalyKind.DecompressionBomb, inventory, context);
}
