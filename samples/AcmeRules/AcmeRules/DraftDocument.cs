using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace AcmeRules;

/// <summary>ACME0001: a document whose name says that it is a draft. An <see cref="EntryRule"/> looks at names and attributes.</summary>
public sealed class DraftDocument() : EntryRule(new Descriptor("ACME0001", "DraftDocument",
    "A document whose name says that it is a draft.",
    "Finish it and take '.draft' out of its name, or leave it out.")
{
    HelpLink = "https://acme.example/rules#acme0001",
})
{
    /// <inheritdoc/>
    public override void Inspect(Entry entry, Inventory inventory, RuleContext context)
    {
        if (entry.Path.Name.Contains(".draft.", StringComparison.OrdinalIgnoreCase)) context.Report(entry, "is a draft by its name");
    }
}
