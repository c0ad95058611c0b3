using System.Collections.Immutable;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.Keys;
using ReleaseGate.Rules.BuiltIn.Tokens;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class PrivateKey : ContentRule
{
    private readonly PrivateKeyFormats.Verifier[] _verifiers;

    public PrivateKey()
        : base(new Descriptor("RG4003", nameof(PrivateKey),
            "An entry holds a private key: PEM, DER, OpenSSH, PuTTY, PGP, a key store, or the key pair of a strong name.",
            "Replace the key where it is trusted (certificate, authorized_keys, key ring), since whoever has the package has it; then take the file out of what is packed.") { WaivedByDigestOnly = true })
    {
        var formats = PrivateKeyFormats.All();
        _verifiers = new PrivateKeyFormats.Verifier[formats.Count];
        var anchors = new AnchorLiteral[formats.Count];
        for (var i = 0; i < anchors.Length; i++) (anchors[i], _verifiers[i]) = formats[i];
        Request = ContentRequest.Anchors(anchors, Found);
    }

    public override ContentRequest Request { get; }

    private void Found(in AnchorMatch match, Entry entry, RuleContext context)
    {
        var window = TokenWindow.Of(match, out var anchor);
        if (_verifiers[match.Literal](window, anchor) is not { } key || !context.IsFirst(entry, key.Fingerprint)) return;
        context.Report(entry, $"holds {key.What} ({key.Format}), {key.Protection} (sha256 {key.Fingerprint})",
            offset: match.Position - anchor + key.Start,
            facts: ImmutableSortedDictionary<string, string>.Empty.Add("fingerprint", key.Fingerprint).Add("format", key.Format),
            severity: key.IsDoubtful ? Severity.Warning : null);
    }
}
