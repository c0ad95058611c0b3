using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class HiddenData() : ArtifactRule(new Descriptor("RG6003", nameof(HiddenData),
    "An archive holds bytes that its directory does not account for, or says two different things about an entry.",
    "Build the archive again with an ordinary packer and let nothing write into it afterwards."))
{
    public override void Inspect(Inventory inventory, RuleContext context) => Anomalies.Report(AnomalyKind.HiddenData, inventory, context);
}
