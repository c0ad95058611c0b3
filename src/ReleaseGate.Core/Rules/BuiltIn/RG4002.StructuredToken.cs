using System.Collections.Immutable;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.Tokens;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class StructuredToken() : ContentRule(new Descriptor("RG4002", nameof(StructuredToken),
    "An entry holds a text that has the prefix, length and alphabet of a vendor's credential and looks random.",
    "Revoke it at the vendor, since it was in a build; then take it out of the entry and read it from the environment or a secret store at run time."))
{
    private ContentRequest? _request;

    public override ContentRequest Request => _request ??= Ask();

    private static ContentRequest Ask()
    {
        var literals = new List<AnchorLiteral>();
        var owners = new List<(TokenFormat Format, int Literal)>();
        foreach (var format in TokenFormats.All)
        {
            for (var i = 0; i < format.Anchors.Count; i++)
            {
                literals.Add(format.Anchors[i]);
                owners.Add((format, i));
            }
        }

        return ContentRequest.AnchorsAlsoEscaped(literals, (in AnchorMatch match, Entry entry, RuleContext context) =>
        {
            var (format, literal) = owners[match.Literal];
            var window = TokenWindow.Of(match, out var anchor);
            var found = format.Verify(window, anchor, literal);
            if (found.Proof == TokenProof.Structured || found.Proof == TokenProof.Dummy && SaysDummy(format, window.Slice(found.Start, found.Length))) Report(format, found, window, match, anchor, entry, context);
        });
    }

    // Made-up ones are worth a word where everybody takes the form for the real thing; expired web tokens and keys of documentation are not.
    private static bool SaysDummy(TokenFormat format, ReadOnlySpan<byte> token) =>
        format.Vendor is "GitHub" or "npm" && Randomness.IsLikely(token[(token.IndexOf((byte)'_') + 1)..]);

    private static void Report(TokenFormat format, in TokenMatch found, ReadOnlySpan<byte> window, in AnchorMatch match, int anchor, Entry entry, RuleContext context)
    {
        var secret = window.Slice(found.Start, found.Length);
        var fingerprint = Secret.Fingerprint(secret);
        if (!context.IsFirst(entry, fingerprint)) return;
        var what = $"{format.Vendor} {format.Name}";
        var detail = found.Detail is { } known ? $", {EntryPath.Printable(known)}" : "";
        var isDummy = found.Proof == TokenProof.Dummy;
        context.Report(entry,
            isDummy
                ? $"holds a text in the form of a credential, {what}, that its checksum shows to be made up: {Secret.Show(secret)}"
                : $"holds a text in the form of a credential, {what}: {Secret.Show(secret)}{detail}",
            fix: isDummy ? "Nothing needs to be done; an example without a real prefix would not be reported." : null,
            offset: match.Position + (found.Start - anchor) * (match.IsWide ? 2 : 1),
            severity: isDummy ? Severity.Note : format.Severity == Severity.Error ? null : format.Severity,
            facts: ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
            [
                KeyValuePair.Create("fingerprint", fingerprint),
                KeyValuePair.Create("format", what),
                KeyValuePair.Create("page", format.Page),
            ]));
    }
}
