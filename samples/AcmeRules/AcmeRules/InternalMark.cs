using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace AcmeRules;

/// <summary>ACME0002: bytes that Acme marks what is internal with. A <see cref="ContentRule"/> with an anchor: the engine finds it in the pass that it makes anyway.</summary>
public sealed class InternalMark() : ContentRule(new Descriptor("ACME0002", "InternalMark",
    "A file that bears the mark ACME-INTERNAL.",
    "Leave the file out, or have the mark taken out by whoever put it there.")
{
    HelpLink = "https://acme.example/rules#acme0002",
})
{
    /// <inheritdoc/>
    public override ContentRequest Request { get; } = ContentRequest.Anchors([new AnchorLiteral("ACME-INTERNAL")], _ => new Count(),
        static (in AnchorMatch match, Count count, Entry _, RuleContext _) =>
        {
            if (count.Marks++ == 0) count.First = match.Position;
        },
        static (count, entry, context) => context.Report(entry,
            string.Create(CultureInfo.InvariantCulture, $"is marked as internal, {count.Marks} time{(count.Marks == 1 ? "" : "s")}"), offset: count.First));

    private sealed class Count
    {
        public int Marks { get; set; }

        public long First { get; set; }
    }
}
