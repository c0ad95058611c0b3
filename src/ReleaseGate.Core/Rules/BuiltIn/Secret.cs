using System.Security.Cryptography;
using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>How a secret is shown: enough to find it and to tell two apart, never enough to use it.</summary>
internal static class Secret
{
    private const int ShownBefore = 4;
    private const int ShownBehind = 2;
    private const int FingerprintBytes = 6;

    /// <summary>How many digits a fingerprint has.</summary>
    public const int FingerprintLength = 2 * FingerprintBytes;

    /// <summary>Redacts: the first 4 and the last 2 characters and the beginning of the SHA-256, e.g. <c>ghp_…9Z (sha256 1a2b3c4d5e6f)</c>. Of short ones only the fingerprint.</summary>
    public static string Show(ReadOnlySpan<byte> secret)
    {
        // At least three quarters stay hidden.
        if (secret.Length < 4 * (ShownBefore + ShownBehind)) return $"… (sha256 {Fingerprint(secret)})";
        return EntryPath.Printable($"{Encoding.Latin1.GetString(secret[..ShownBefore])}…{Encoding.Latin1.GetString(secret[^ShownBehind..])} (sha256 {Fingerprint(secret)})");
    }

    /// <summary>The first 12 hex digits of the SHA-256 of the secret's bytes: the same secret has the same fingerprint everywhere.</summary>
    public static string Fingerprint(ReadOnlySpan<byte> secret) => Convert.ToHexString(SHA256.HashData(secret)[..FingerprintBytes]).ToLowerInvariant();
}
