using System.Globalization;
using System.Text;

namespace ReleaseGate.Governance;

/// <summary>
/// A signed envelope, DSSE version 1 (secure-systems-lab/dsse, envelope.md and protocol.md): bytes, what they are, and signatures over both.
/// </summary>
/// <param name="PayloadType">What the bytes are.</param>
/// <param name="Payload">The bytes, as they were signed; whoever parses them parses these.</param>
/// <param name="Signatures">The signatures; never empty.</param>
public sealed record DsseEnvelope(string PayloadType, ReadOnlyMemory<byte> Payload, IReadOnlyList<DsseSignature> Signatures)
{
    /// <summary>The payload type of in-toto statements.</summary>
    public const string InToto = "application/vnd.in-toto+json";

    /// <summary>What is signed: <c>DSSEv1 SP LEN(type) SP type SP LEN(body) SP body</c>, lengths in bytes as decimal digits.</summary>
    /// <param name="type">The payload type.</param>
    /// <param name="body">The payload.</param>
    public static byte[] PreAuthenticationEncoding(string type, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {body.Length} "));
        var encoded = new byte[head.Length + body.Length];
        head.CopyTo(encoded, 0);
        body.CopyTo(encoded.AsSpan(head.Length));
        return encoded;
    }

    /// <summary>What is signed of this envelope.</summary>
    public byte[] PreAuthenticationEncoding() => PreAuthenticationEncoding(PayloadType, Payload.Span);

    /// <summary>Signs bytes.</summary>
    /// <param name="type">What they are.</param>
    /// <param name="payload">The bytes.</param>
    /// <param name="key">The key.</param>
    public static DsseEnvelope Sign(string type, ReadOnlyMemory<byte> payload, SealKey key) =>
        new(type, payload, [new DsseSignature(key.Hint, key.Sign(PreAuthenticationEncoding(type, payload.Span)))]);

    /// <summary>Reads base64 of either alphabet, with its padding or without. No text but one stands for any bytes: what the last character holds too much must be zero.</summary>
    internal static bool TryReadBase64(string text, out byte[] bytes)
    {
        bytes = [];
        var digits = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        if (text.Length - digits.Length > 2 || (text.Length != digits.Length && text.Length % 4 != 0) || digits.Length % 4 == 1) return false;
        foreach (var c in digits)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/')) return false;
        bytes = Convert.FromBase64String(digits.PadRight((digits.Length + 3) / 4 * 4, '='));
        return Convert.ToBase64String(bytes).TrimEnd('=') == digits;
    }
}

/// <summary>A signature of an envelope.</summary>
/// <param name="KeyId">A hint at the key, which decides nothing; empty where there is none.</param>
/// <param name="Signature">The signature: of ECDSA as DER, or as r and s one after the other.</param>
public sealed record DsseSignature(string KeyId, ReadOnlyMemory<byte> Signature);
