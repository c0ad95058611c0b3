using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>stub</summary>
public sealed class AllowList
{
    internal AllowList(IReadOnlyList<ManifestSection> sections, Inventory inventory) => throw new NotImplementedException();
}
