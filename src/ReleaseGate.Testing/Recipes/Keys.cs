using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ReleaseGate.Testing;

/// <summary>Makes private keys while the tests run. One of a kind in a run, since they take time.</summary>
internal static class Keys
{
    private static readonly ConcurrentDictionary<string, byte[]> Made = new(StringComparer.Ordinal);
    private static readonly PbeParameters Pbe = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);

    /// <summary>Makes a key.</summary>
    /// <param name="format">How it is written.</param>
    /// <param name="algorithm">rsa2048, ec256, ed25519, …</param>
    public static byte[] Make(string format, string algorithm) => Made.GetOrAdd($"{format} {algorithm}", _ => Bytes(format, algorithm));

    private static byte[] Bytes(string format, string algorithm) => format switch
    {
        "pkcs1" or "sec1" => Pem(Label(algorithm), Der(algorithm)),
        "pkcs8" => Pem("PRIVATE KEY", Pkcs8(algorithm)),
        "encrypted" => Pem("ENCRYPTED PRIVATE KEY", Encrypted(algorithm)),
        "proc-type" => ProcType(algorithm),
        "der" => Der(algorithm),
        "pkcs8-der" => Pkcs8(algorithm),
        "encrypted-der" => Encrypted(algorithm),
        "encrypted12-der" => Rsa(algorithm).ExportEncryptedPkcs8PrivateKey("correct horse", new PbeParameters(PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, HashAlgorithmName.SHA1, 1000)),
        "jwk" => Encoding.ASCII.GetBytes(Jwk(Rsa(algorithm).ExportParameters(true))),
        "jwk-public" => Encoding.ASCII.GetBytes(Jwk(Rsa(algorithm).ExportParameters(false))),
        "base64" => Encoding.ASCII.GetBytes(Convert.ToBase64String(Der(algorithm))),
        "pkcs8-base64" => Encoding.ASCII.GetBytes(Convert.ToBase64String(Pkcs8(algorithm))),
        "xml" => Encoding.ASCII.GetBytes(Xml(algorithm, true)),
        "xml-public" => Encoding.ASCII.GetBytes(Xml(algorithm, false)),
        "pem-public" => Encoding.ASCII.GetBytes(Rsa(algorithm).ExportSubjectPublicKeyInfoPem() + "\n" + Rsa(algorithm).ExportRSAPublicKeyPem() + "\n"),
        "certificate" => Encoding.ASCII.GetBytes(Certificate(algorithm).ExportCertificatePem() + "\n"),
        "pfx" => Certificate(algorithm).Export(X509ContentType.Pfx, "correct horse"),
        "pfx-certificates" => new X509Certificate2Collection(new X509Certificate2(Certificate(algorithm).RawData)).Export(X509ContentType.Pfx, "correct horse")!,
        "pfx-base64" => Encoding.ASCII.GetBytes(Convert.ToBase64String(Certificate(algorithm).Export(X509ContentType.Pfx, "correct horse"))),
        "pfx-ber" => Ber(Certificate(algorithm).Export(X509ContentType.Pfx, "correct horse")),
        "pfx-ber-base64" => Encoding.ASCII.GetBytes(Convert.ToBase64String(Make("pfx-ber", algorithm))),
        "ssh2" => Ssh2(),
        "snk" => StrongName(algorithm == "rsa8192" ? Large(8192) : Rsa(algorithm).ExportParameters(true)),
        "snk-public" => StrongName(Rsa(algorithm).ExportParameters(false)),
        "openssh" => Pem("OPENSSH PRIVATE KEY", OpenSsh("none"), 70),
        "openssh-encrypted" => Pem("OPENSSH PRIVATE KEY", OpenSsh("aes256-ctr"), 70),
        "putty" => Encoding.ASCII.GetBytes(Putty("none")),
        "putty-encrypted" => Encoding.ASCII.GetBytes(Putty("aes256-cbc")),
        "pgp" => Pgp(),
        "jks" => JavaKeyStore(0xFEEDFEED, 1),
        "jceks" => JavaKeyStore(0xCECECECE, 1),
        "jks-second" => JavaKeyStore(0xFEEDFEED, 2),
        "jks-trusted" => JavaKeyStore(0xFEEDFEED, 0),
        _ => throw new ArgumentException($"'{format}' is no format of keys"),
    };

    private static string Label(string algorithm) => algorithm.StartsWith("rsa", StringComparison.Ordinal) ? "RSA PRIVATE KEY" : "EC PRIVATE KEY";

    private static byte[] Pem(string label, byte[] der, int width = 64)
    {
        var text = Convert.ToBase64String(der);
        var lines = Enumerable.Range(0, (text.Length + width - 1) / width).Select(i => text.Substring(i * width, Math.Min(width, text.Length - i * width)));
        return Encoding.ASCII.GetBytes($"-----BEGIN {label}-----\n{string.Join('\n', lines)}\n-----END {label}-----\n");
    }

    // As Java and BouncyCastle write it: the outer lengths are not told beforehand (X.690 8.1.3.6).
    private static byte[] Ber(byte[] pfx)
    {
        var outer = new AsnReader(pfx, AsnEncodingRules.BER).ReadSequence();
        var version = outer.ReadEncodedValue().ToArray();
        var content = outer.ReadSequence();
        var type = content.ReadEncodedValue().ToArray();
        var octets = content.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadEncodedValue().ToArray();
        var mac = outer.ReadEncodedValue().ToArray();
        return [0x30, 0x80, .. version, 0x30, 0x80, .. type, 0xA0, 0x80, 0x24, 0x80, .. octets, 0, 0, 0, 0, 0, 0, .. mac, 0, 0];
    }

    // The form of ssh.com: a magic number, a length, words about the cipher, what is encrypted; headers of words, and lines of dashes with blanks.
    private static byte[] Ssh2()
    {
        byte[] body = [0x3F, 0x6F, 0xF9, 0xEB, 0, 0, 1, 0x40, .. RandomNumberGenerator.GetBytes(312)];
        var lines = Convert.ToBase64String(body).Chunk(70).Select(line => new string(line));
        return Encoding.ASCII.GetBytes($"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: \"1024-bit rsa, created by somebody\"\n{string.Join('\n', lines)}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----\n");
    }

    private static RSA Rsa(string algorithm)
    {
        var rsa = RSA.Create();
        rsa.ImportRSAPrivateKey(Make("der", algorithm), out _);
        return rsa;
    }

    // Large primes take too long to find, and nobody looks whether these are some: numbers of the right sizes.
    private static RSAParameters Large(int bits)
    {
        byte[] Number(int size)
        {
            var number = RandomNumberGenerator.GetBytes(size);
            number[0] |= 0x80;
            number[^1] |= 1;
            return number;
        }

        return new RSAParameters
        {
            Modulus = Number(bits / 8), Exponent = [1, 0, 1], D = Number(bits / 8),
            P = Number(bits / 16), Q = Number(bits / 16), DP = Number(bits / 16), DQ = Number(bits / 16), InverseQ = Number(bits / 16),
        };
    }

    private static byte[] LargeDer(int bits)
    {
        var key = Large(bits);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            foreach (var number in new[] { key.Modulus, key.Exponent, key.D, key.P, key.Q, key.DP, key.DQ, key.InverseQ }) writer.WriteIntegerUnsigned(number);
        }

        return writer.Encode();
    }

    private static byte[] LargePkcs8(int bits)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(0);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.1.1");
                writer.WriteNull();
            }

            writer.WriteOctetString(LargeDer(bits));
        }

        return writer.Encode();
    }

    private static byte[] Der(string algorithm)
    {
        var size = int.Parse(new string(algorithm.Where(char.IsAsciiDigit).ToArray()), CultureInfo.InvariantCulture);
        if (size >= 3072) return LargeDer(size);
        if (algorithm.StartsWith("rsa", StringComparison.Ordinal))
        {
            using var rsa = RSA.Create(size);
            return rsa.ExportRSAPrivateKey();
        }

        using var ec = Curve(size);
        return ec.ExportECPrivateKey();
    }

    private static ECDsa Curve(int size) => ECDsa.Create(size switch { 256 => ECCurve.NamedCurves.nistP256, 384 => ECCurve.NamedCurves.nistP384, _ => ECCurve.NamedCurves.nistP521 });

    private static byte[] Pkcs8(string algorithm)
    {
        if (algorithm == "ed25519") return [0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20, .. RandomNumberGenerator.GetBytes(32)];
        if (algorithm is "rsa4096" or "rsa8192") return LargePkcs8(algorithm == "rsa4096" ? 4096 : 8192);
        if (algorithm.StartsWith("rsa", StringComparison.Ordinal)) return Rsa(algorithm).ExportPkcs8PrivateKey();
        using var ec = ECDsa.Create();
        ec.ImportECPrivateKey(Make("der", algorithm), out _);
        return ec.ExportPkcs8PrivateKey();
    }

    private static byte[] Encrypted(string algorithm) => Rsa(algorithm).ExportEncryptedPkcs8PrivateKey("correct horse", Pbe);

    private static byte[] ProcType(string algorithm)
    {
        var text = Encoding.ASCII.GetString(Pem("RSA PRIVATE KEY", RandomNumberGenerator.GetBytes(Make("der", algorithm).Length / 16 * 16 + 16)));
        return Encoding.ASCII.GetBytes(text.Replace("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF0123456789ABCDEF\n\n", StringComparison.Ordinal)
            .Replace("-----END RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF0123456789ABCDEF\n\n", "-----END RSA PRIVATE KEY-----\n", StringComparison.Ordinal));
    }

    private static string Xml(string algorithm, bool isPrivate) => $"<Settings>{Rsa(algorithm).ToXmlString(isPrivate)}</Settings>\n";

    private static string Jwk(RSAParameters key)
    {
        static string Url(byte[] number) => Convert.ToBase64String(number).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var secret = key.D is null ? "" : $", \"d\": \"{Url(key.D)}\"";
        return $"{{ \"use\": \"sig\", \"kty\": \"RSA\", \"n\": \"{Url(key.Modulus!)}\", \"e\": \"AQAB\"{secret} }}\n";
    }

    private static X509Certificate2 Certificate(string algorithm)
    {
        using var rsa = Rsa(algorithm);
        return new CertificateRequest("CN=acme", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(90));
    }

    // PUBLICKEYSTRUC, RSAPUBKEY, then little-endian numbers. A public one has the form that sn -p writes: 12 bytes before.
    private static byte[] StrongName(RSAParameters key)
    {
        var isPrivate = key.D is not null;
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        if (!isPrivate) writer.Write([0x00, 0x24, 0x00, 0x00, 0x04, 0x80, 0x00, 0x00, 0x94, 0x00, 0x00, 0x00]);
        writer.Write([isPrivate ? (byte)7 : (byte)6, 2, 0, 0, 0, 0x24, 0, 0]);
        writer.Write(isPrivate ? "RSA2"u8 : "RSA1"u8);
        writer.Write(key.Modulus!.Length * 8);
        writer.Write(65537);
        foreach (var number in isPrivate ? new[] { key.Modulus, key.P, key.Q, key.DP, key.DQ, key.InverseQ, key.D } : [key.Modulus])
            writer.Write(Enumerable.Reverse(number!).ToArray());
        return stream.ToArray();
    }

    private static byte[] OpenSsh(string cipher)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        byte[] publicKey = [.. Ssh("ssh-ed25519"u8), .. Ssh(key)];
        return [.. "openssh-key-v1\0"u8, .. Ssh(Encoding.ASCII.GetBytes(cipher)), .. Ssh(cipher == "none" ? "none"u8 : "bcrypt"u8), .. Ssh([]), 0, 0, 0, 1, .. Ssh(publicKey), .. Ssh(RandomNumberGenerator.GetBytes(136))];
    }

    private static byte[] Ssh(ReadOnlySpan<byte> value)
    {
        var bytes = new byte[4 + value.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value.Length);
        value.CopyTo(bytes.AsSpan(4));
        return bytes;
    }

    private static string Putty(string encryption)
    {
        var publicKey = Convert.ToBase64String([.. Ssh("ssh-ed25519"u8), .. Ssh(RandomNumberGenerator.GetBytes(32))]);
        return $"PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: {encryption}\r\nComment: build\r\nPublic-Lines: 2\r\n{publicKey[..64]}\r\n{publicKey[64..]}\r\n"
            + $"Private-Lines: 1\r\n{Convert.ToBase64String(RandomNumberGenerator.GetBytes(36))}\r\nPrivate-MAC: {Convert.ToHexString(RandomNumberGenerator.GetBytes(32)).ToLowerInvariant()}\r\n";
    }

    // A secret-key packet (RFC 4880 5.5.3) whose numbers are random, armored with its CRC-24.
    private static byte[] Pgp()
    {
        byte[] body = [4, 0x5F, 0, 0, 0, 1, 0x08, 0x00, .. RandomNumberGenerator.GetBytes(600)];
        byte[] packet = [0x95, (byte)(body.Length >> 8), (byte)body.Length, .. body];
        var crc = 0xB704CE;
        foreach (var b in packet)
        {
            crc ^= b << 16;
            for (var i = 0; i < 8; i++)
                if (((crc <<= 1) & 0x1000000) != 0) crc ^= 0x1864CFB;
        }

        var armor = Encoding.ASCII.GetString(Pem("PGP PRIVATE KEY BLOCK", packet));
        return Encoding.ASCII.GetBytes(armor.Replace("BLOCK-----\n", "BLOCK-----\nVersion: Acme 1\n\n", StringComparison.Ordinal).Replace("-----END PGP PRIVATE KEY BLOCK-----\nVersion: Acme 1\n\n",
            $"={Convert.ToBase64String([(byte)(crc >> 16), (byte)(crc >> 8), (byte)crc])}\n-----END PGP PRIVATE KEY BLOCK-----\n", StringComparison.Ordinal));
    }

    // Magic, version, count, entries (sun.security.provider.JavaKeyStore), a digest.
    private static byte[] JavaKeyStore(uint magic, int privateAt)
    {
        using var stream = new MemoryStream();
        void Number(uint value) => stream.Write([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
        void Name(string text) => stream.Write([(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)]);
        Number(magic);
        Number(2);
        Number(2);
        for (var i = 1; i <= 2; i++)
        {
            Number(i == privateAt ? 1u : 2u);
            Name("acme" + i);
            stream.Write(new byte[8]);
            if (i != privateAt) Name("X.509");
            Number(700);
            stream.Write(RandomNumberGenerator.GetBytes(700));
            if (i == privateAt) Number(0);
        }

        stream.Write(RandomNumberGenerator.GetBytes(20));
        return stream.ToArray();
    }
}
