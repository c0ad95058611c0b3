using ReleaseGate.Rules;

namespace AcmeRules;

/// <summary>ACME0003: a package without the text of its licence. An <see cref="ArtifactRule"/> looks at everything at once.</summary>
public sealed class UnlicensedPackage() : ArtifactRule(new Descriptor("ACME0003", "UnlicensedPackage",
    "A package that holds no LICENSE file.",
    "Pack the LICENSE file of the repository.", Severity.Warning)
{
    HelpLink = "https://acme.example/rules#acme0003",
})
{
    /// <inheritdoc/>
    public override void Inspect(Inventory inventory, RuleContext context)
    {
        if (inventory.Package is null) return;
        foreach (var entry in inventory.Entries)
            if (entry.Path.Value.StartsWith("LICENSE", StringComparison.OrdinalIgnoreCase)) return;
        context.Report(null, "holds no LICENSE file");
    }
}
