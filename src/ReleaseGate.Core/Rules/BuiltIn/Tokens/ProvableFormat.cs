using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>A format with a checksum or a structure that can be verified without asking anyone.</summary>
internal abstract class ProvableFormat : TokenFormat
{
    public sealed override bool CanBeProven => true;

    /// <summary>What the proof is, in words that follow the token: <c>its checksum holds</c>.</summary>
    public virtual string Evidence => "its checksum holds";

    /// <summary>
    /// The verdict where the checksum is computed: a random part that a person typed is a vendor's example, however right its checksum.
    /// </summary>
    /// <param name="holds">Whether the checksum holds.</param>
    /// <param name="window">The bytes around.</param>
    /// <param name="start">Where the token begins.</param>
    /// <param name="length">Its length.</param>
    /// <param name="random">Its random part.</param>
    /// <param name="detail">What is known about it.</param>
    protected static TokenMatch Judge(bool holds, ReadOnlySpan<byte> window, int start, int length, ReadOnlySpan<byte> random, string? detail = null)
    {
        if (holds) return new TokenMatch(TokenText.IsPlaceholder(random) ? TokenProof.Dummy : TokenProof.Proven, start, length, detail);
        return TokenText.BeginsAt(window, start, Charset.Word) && TokenText.EndsAt(window, start + length, Charset.Word) ? new TokenMatch(TokenProof.Dummy, start, length) : TokenMatch.None;
    }

    protected static IReadOnlyList<AnchorLiteral> Literals(params IReadOnlyList<string> texts)
    {
        var literals = new AnchorLiteral[texts.Count];
        for (var i = 0; i < literals.Length; i++) literals[i] = new AnchorLiteral(texts[i]);
        return literals;
    }

    protected static uint Crc(ReadOnlySpan<byte> bytes) => Crc32.Of(bytes);
}
