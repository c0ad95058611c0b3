using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.Tokens;

namespace ReleaseGate.Governance.Leaks;

/// <summary>
/// Secrets that nobody issued, random in every run, with checksums that hold as their vendors describe them (docs/rules/RG4001.md names the sources). None stands in this file.
/// </summary>
internal static class SeededSecrets
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Base36 = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>Prefix, 30 random characters, their CRC-32 in six digits of base62: GitHub, npm.</summary>
    public static string WithBase62Checksum(string prefix)
    {
        var body = Random(Base62, 30);
        return prefix + body + Digits(Crc32.Of(Encoding.ASCII.GetBytes(body)), Base62).PadLeft(6, '0');
    }

    /// <summary>GitLab's routable token.</summary>
    public static string GitLab()
    {
        var payload = Random(Base62, 27);
        var text = $"glpat-{payload}.01.{Digits((uint)payload.Length, Base36).PadLeft(2, '0')}";
        return text + Digits(Crc32.Of(Encoding.ASCII.GetBytes(text)), Base36).PadLeft(7, '0');
    }

    /// <summary>Atlassian's API token.</summary>
    public static string Atlassian()
    {
        var text = "ATATT3xFfGF0" + Random(Base62, 172) + "=";
        return text + Crc32.Of(Encoding.ASCII.GetBytes(text)).ToString("X8", CultureInfo.InvariantCulture);
    }

    /// <summary>The token of a service account of Grafana.</summary>
    public static string Grafana()
    {
        var text = "glsa_" + Random(Base62, 32);
        return $"{text}_{BinaryPrimitives.ReverseEndianness(Crc32.Of(Encoding.ASCII.GetBytes(text))):x8}";
    }

    /// <summary>A pair of keys of AWS, as its command line keeps them.</summary>
    public static string Aws()
    {
        // The account's number behind a set bit, as in ids since 2019.
        var id = new byte[10];
        RandomNumberGenerator.Fill(id);
        BinaryPrimitives.WriteUInt64BigEndian(id, 1UL << 63 | 123456789012UL << 23 | (uint)RandomNumberGenerator.GetInt32(1 << 22));
        var bits = new BigInteger(id, isUnsigned: true, isBigEndian: true);
        var text = "";
        for (var i = 0; i < 16; i++, bits >>= 5) text = Base32[(int)(bits & 31)] + text;
        return $"[default]\naws_access_key_id = AKIA{text}\naws_secret_access_key = {Random(Base62, 40)}\n";
    }

    /// <summary>A password.</summary>
    public static string Password() => Random(Base62, 24);

    /// <summary>A private key as PEM, PKCS#8.</summary>
    public static string Pkcs8()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    /// <summary>A private key as PEM, SEC 1.</summary>
    public static string Sec1()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportECPrivateKeyPem() + "\n";
    }

    /// <summary>A private key as OpenSSH keeps it (PROTOCOL.key).</summary>
    public static string OpenSsh()
    {
        byte[] publicKey = [.. Field("ssh-ed25519"u8), .. Field(RandomNumberGenerator.GetBytes(32))];
        byte[] key = [.. "openssh-key-v1\0"u8, .. Field("none"u8), .. Field("none"u8), .. Field([]), 0, 0, 0, 1, .. Field(publicKey), .. Field(RandomNumberGenerator.GetBytes(136))];
        var text = new string(PemEncoding.Write("OPENSSH PRIVATE KEY", key));
        return text + "\n";

        static byte[] Field(ReadOnlySpan<byte> value)
        {
            var bytes = new byte[4 + value.Length];
            BinaryPrimitives.WriteInt32BigEndian(bytes, value.Length);
            value.CopyTo(bytes.AsSpan(4));
            return bytes;
        }
    }

    /// <summary>A key store with a certificate and its private key.</summary>
    public static byte[] Pkcs12()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=acme", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(90));
        return certificate.Export(System.Security.Cryptography.X509Certificates.X509ContentType.Pfx, Password());
    }

    /// <summary>Random characters that nobody takes for words or an example.</summary>
    public static string Random(string alphabet, int length)
    {
        for (; ; )
        {
            var text = RandomNumberGenerator.GetString(alphabet, length);
            if (length < 12 || Randomness.IsLikely(Encoding.ASCII.GetBytes(text))) return text;
        }
    }

    private static string Digits(uint value, string alphabet)
    {
        var text = "";
        do text = alphabet[(int)(value % (uint)alphabet.Length)] + text;
        while ((value /= (uint)alphabet.Length) != 0);
        return text;
    }
}
