using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using ReleaseGate.Governance;

namespace ReleaseGate.Tests.Governance;

/// <summary>The published vectors of DSSE (secure-systems-lab/dsse, protocol.md), and what keys are called.</summary>
public sealed class DsseTests
{
    [TestCase("", "", "DSSEv1 0  0 ")]
    [TestCase("http://example.com/HelloWorld", "hello world", "DSSEv1 29 http://example.com/HelloWorld 11 hello world")]
    [TestCase("http://example.com/HelloWorld", "ಠ", "DSSEv1 29 http://example.com/HelloWorld 3 ಠ")]
    [TestCase("ಠ", "x", "DSSEv1 3 ಠ 1 x")]
    public void What_is_signed_is_encoded_as_published(string type, string body, string encoded) =>
        Assert.That(Encoding.UTF8.GetString(DsseEnvelope.PreAuthenticationEncoding(type, Encoding.UTF8.GetBytes(body))), Is.EqualTo(encoded));

    [Test]
    public void The_published_signature_holds_and_one_bit_less_does_not()
    {
        var key = TrustedKey.Import(PublishedKey());
        var signed = DsseEnvelope.PreAuthenticationEncoding("http://example.com/HelloWorld", "hello world"u8);
        var signature = Convert.FromBase64String("A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==");

        Assert.That(key.Signed(signed, signature), Is.True);
        for (var i = 0; i < signature.Length; i++)
        {
            signature[i] ^= 1;
            Assert.That(key.Signed(signed, signature), Is.False);
            signature[i] ^= 1;
        }

        Assert.That(key.Signed([.. signed, 0], signature), Is.False);
        Assert.That(key.Signed(signed, []), Is.False);
        Assert.That(key.Signed(signed, signature.AsSpan(1)), Is.False);
    }

    private static string PublishedKey()
    {
        var x = BigInteger.Parse("46950820868899156662930047687818585632848591499744589407958293238635476079160", CultureInfo.InvariantCulture);
        var y = BigInteger.Parse("5640078356564379163099075877009565129882514886557779369047442380624545832820", CultureInfo.InvariantCulture);
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(x), Y = Bytes(y) } });
        return key.ExportSubjectPublicKeyInfoPem();

        static byte[] Bytes(BigInteger number)
        {
            var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
            return [.. new byte[32 - bytes.Length], .. bytes];
        }
    }

    [Test]
    public void Signatures_are_made_as_DER_and_taken_in_both_forms()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = SealKey.Import(pair.ExportPkcs8PrivateKeyPem());
        var bytes = "what is signed"u8.ToArray();

        var der = key.Sign(bytes);
        Assert.That(pair.VerifyData(bytes, der, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence), Is.True);
        Assert.That(key.Public.Signed(bytes, der), Is.True);
        Assert.That(key.Public.Signed(bytes, pair.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)), Is.True);
        Assert.That(key.Public.Signed([1, .. bytes], der), Is.False);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.That(TrustedKey.Import(other.ExportSubjectPublicKeyInfoPem()).Signed(bytes, der), Is.False);
    }

    [Test]
    public void A_key_is_called_by_the_digest_of_its_public_half()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = SealKey.Import(pair.ExportECPrivateKeyPem());

        Assert.That(key.Hint, Is.EqualTo(Convert.ToBase64String(SHA256.HashData(pair.ExportSubjectPublicKeyInfo()))));
        Assert.That(TrustedKey.Import(pair.ExportSubjectPublicKeyInfoPem()).Hint, Is.EqualTo(key.Hint));
    }

    [Test]
    public void Openssl_calls_a_key_the_same()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var folder = Directory.CreateTempSubdirectory("releasegate-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "key.pub"), pair.ExportSubjectPublicKeyInfoPem());
            // Not every machine has it; where it is, it has its say.
            Assume.That(Openssl(folder, "pkey", "-pubin", "-in", "key.pub", "-outform", "DER", "-out", "key.der"), Is.Zero);
            Assert.That(Convert.ToBase64String(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, "key.der")))), Is.EqualTo(TrustedKey.Import(pair.ExportSubjectPublicKeyInfoPem()).Hint));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Openssl(string folder, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { WorkingDirectory = folder, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    [TestCase("", "")]
    [TestCase("Zg==", "f")]
    [TestCase("Zg", "f")]
    [TestCase("Zm8=", "fo")]
    [TestCase("Zm9v", "foo")]
    [TestCase("+/8=", "\u00fb\u00ff")]
    [TestCase("-_8", "\u00fb\u00ff")]
    public void Base64_is_read_in_both_alphabets(string text, string latin)
    {
        Assert.That(DsseEnvelope.TryReadBase64(text, out var bytes), Is.True);
        Assert.That(bytes, Is.EqualTo(Encoding.Latin1.GetBytes(latin)));
    }

    // The last character of one byte holds four bits too much, and they are zero.
    [TestCase("Zh==")]
    [TestCase("Z")]
    [TestCase("Zg=")]
    [TestCase("Zg===")]
    [TestCase("Zm9v=")]
    [TestCase("Zm 9v")]
    [TestCase("Zm9v\n")]
    [TestCase("Zm9é")]
    [TestCase("=")]
    public void What_is_no_base64_is_refused(string text) => Assert.That(DsseEnvelope.TryReadBase64(text, out _), Is.False);
}
