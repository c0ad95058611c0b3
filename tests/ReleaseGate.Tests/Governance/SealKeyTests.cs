using System.IO.Abstractions;
using System.Security.Cryptography;
using ReleaseGate.Governance;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Governance;

/// <summary>Keys, and what is said of those that are none.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SealKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("releasegate-").FullName;
    private readonly FileSystem _files = new();

    private string KeyFile => Path.Combine(_folder, "release.pem");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_key_stands_in_a_file_or_in_a_variable()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(KeyFile, "Bag attributes\n" + pair.ExportPkcs8PrivateKeyPem());

        using var byFile = SealKey.Read(_files, KeyFile, _ => null);
        using var byVariable = SealKey.Read(_files, "env://KEY", name => name == "KEY" ? pair.ExportECPrivateKeyPem() : null);
        Assert.That(byFile.Hint, Is.EqualTo(byVariable.Hint));
        Assert.That(TrustedKey.Read(_files, "env://PUB", _ => pair.ExportSubjectPublicKeyInfoPem()).Hint, Is.EqualTo(byFile.Hint));
    }

    [Test]
    public void An_encrypted_key_wants_its_password()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = pair.ExportEncryptedPkcs8PrivateKeyPem("correct horse", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));

        using var key = SealKey.Import(pem, "correct horse");
        Assert.That(key.Public.Signed("x"u8, key.Sign("x"u8)), Is.True);
        Assert.That(Refused(() => SealKey.Import(pem, "wrong")), Does.Contain("can't be decrypted: the password in RELEASEGATE_KEY_PASSWORD is not its own"));
        Assert.That(Refused(() => SealKey.Import(pem)), Does.Contain("is encrypted; its password belongs into the variable RELEASEGATE_KEY_PASSWORD"));
        Assert.That(Refused(() => SealKey.Read(_files, "env://KEY", name => name == "KEY" ? pem : "")), Does.Contain("the variable 'KEY' is encrypted"));
    }

    [Test]
    public void What_is_no_such_key_is_refused_in_words_that_help()
    {
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);

        Assert.That(Refused(() => SealKey.Import(p384.ExportPkcs8PrivateKeyPem())), Does.Contain("no key on the curve P-256"));
        Assert.That(Refused(() => SealKey.Import(rsa.ExportPkcs8PrivateKeyPem())), Does.Contain("e.g. RSA"));
        Assert.That(Refused(() => SealKey.Import(rsa.ExportRSAPrivateKeyPem())), Does.Contain("holds a 'RSA PRIVATE KEY'"));
        Assert.That(Refused(() => SealKey.Import(p256.ExportSubjectPublicKeyInfoPem())), Does.Contain("holds a public key, and only a private key signs"));
        Assert.That(Refused(() => SealKey.Import("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n")), Does.Contain("cosign's own form").And.Contain("import-key-pair"));
        Assert.That(Refused(() => SealKey.Import("no key at all")), Does.Contain("no key in PEM form"));
        Assert.That(Refused(() => SealKey.Import(p256.ExportPkcs8PrivateKeyPem().Replace("M", "N", StringComparison.Ordinal))), Does.Contain("damaged").Or.Contain("no key in PEM form").Or.Contain("holds a"));
        Assert.That(Refused(() => TrustedKey.Import(p256.ExportPkcs8PrivateKeyPem())), Does.Contain("holds a private key, and whoever verifies must not have it"));
        Assert.That(Refused(() => TrustedKey.Import(p384.ExportSubjectPublicKeyInfoPem())), Does.Contain("no key on the curve P-256"));
        Assert.That(Refused(() => TrustedKey.Import(rsa.ExportSubjectPublicKeyInfoPem())), Does.Contain("e.g. RSA"));
        Assert.That(Refused(() => TrustedKey.Import("")), Does.Contain("no key in PEM form"));
        Assert.That(Refused(() => SealKey.Read(_files, KeyFile, _ => null)), Does.Contain("there is no such key"));
        Assert.That(Refused(() => SealKey.Read(_files, "env://KEY", _ => null)), Does.Contain("the variable 'KEY', which is to hold the key, is empty or not set"));
        Assert.That(Refused(() => SealKey.Read(_files, "env://", _ => "x")), Does.Contain("name of the variable"));
        Assert.That(Refused(() => TrustedKey.Read(_files, "env://KEY", _ => null)), Does.Contain("to hold the public key"));
    }

    [Test]
    public void Nothing_of_a_key_is_printed()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var lines = pair.ExportPkcs8PrivateKeyPem().Split('\n')[1..^1];
        foreach (var broken in (string[])[string.Join('\n', lines), "-----BEGIN PRIVATE KEY-----\n" + lines[0] + "\n-----END PRIVATE KEY-----", "-----BEGIN OTHER-----\n" + string.Join('\n', lines) + "\n-----END OTHER-----"])
        {
            var said = Assert.Throws<GateException>(() => SealKey.Import(broken))!.Message;
            foreach (var line in lines) Assert.That(said, Does.Not.Contain(line[..16]));
        }
    }

    private static string Refused(Action read)
    {
        var refused = Assert.Throws<GateException>(() => read())!;
        Assert.That(refused.Rule, Is.EqualTo(GateRules.NothingInspected.Id));
        Assert.That(refused.Message, Does.Not.EndWith("."));
        return refused.Message;
    }
}
