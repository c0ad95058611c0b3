using System.Collections.Immutable;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.Tokens;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class ProvenToken : ContentRule
{
    private readonly ProvableFormat[] _formats;
    private readonly int[] _literals;

    public ProvenToken()
        : base(new Descriptor("RG4001", nameof(ProvenToken),
            "An entry holds an access token or key that its own checksum or structure proves to be one.",
            "Revoke it where it was issued first: whoever has the package can use it. Then take it out of what is packed, issue a new one, and read that at run time.") { WaivedByDigestOnly = true })
    {
        // Which format a literal belongs to, and its number there.
        var formats = new List<ProvableFormat>();
        var numbers = new List<int>();
        var anchors = new List<AnchorLiteral>();
        foreach (var format in ChecksummedFormats.All)
        {
            for (var i = 0; i < format.Anchors.Count; i++)
            {
                formats.Add(format);
                numbers.Add(i);
                anchors.Add(format.Anchors[i]);
            }
        }

        _formats = [.. formats];
        _literals = [.. numbers];
        Request = ContentRequest.AnchorsAlsoEscaped(anchors, Found);
    }

    public override ContentRequest Request { get; }

    private void Found(in AnchorMatch match, Entry entry, RuleContext context)
    {
        var format = _formats[match.Literal];
        var window = TokenWindow.Of(match, out var anchor);
        var token = format.Verify(window, anchor, _literals[match.Literal]);
        if (token.Proof != TokenProof.Proven) return;
        var secret = window.Slice(token.Start, token.Length);
        var fingerprint = Secret.Fingerprint(secret);
        if (!context.IsFirst(entry, fingerprint)) return;
        var detail = token.Detail is null ? "" : $"; {EntryPath.Printable(token.Detail)}";
        context.Report(entry, $"holds {Article(format.Vendor)} {format.Vendor} {format.Name} {Secret.Show(secret)}, {format.Evidence}{detail}",
            offset: match.Position - anchor + token.Start,
            facts: ImmutableSortedDictionary<string, string>.Empty.Add("fingerprint", fingerprint).Add("kind", format.Name).Add("vendor", format.Vendor));
    }

    private static string Article(string word) => word[0] is 'A' or 'E' or 'I' or 'O' or 'a' or 'e' or 'i' or 'o' || word == "npm" ? "an" : "a";
}
