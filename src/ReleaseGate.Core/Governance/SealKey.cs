using System.IO.Abstractions;
using System.Security.Cryptography;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>The private key that seals are signed with: ECDSA on the curve P-256, as PEM (RFC 7468), encrypted or not. Nothing of it is ever printed.</summary>
public sealed class SealKey : IDisposable
{
    /// <summary>The variable that holds the password of an encrypted key.</summary>
    public const string PasswordVariable = "RELEASEGATE_KEY_PASSWORD";

    private readonly ECDsa _key;

    private SealKey(ECDsa key)
    {
        _key = key;
        Public = TrustedKey.Of(key);
    }

    /// <summary>Its other half.</summary>
    public TrustedKey Public { get; }

    /// <summary>What tells it from other keys: base64 of the SHA-256 of its public half in DER, as cosign has it.</summary>
    public string Hint => Public.Hint;

    /// <summary>Reads a key.</summary>
    /// <param name="files">Where a file lies.</param>
    /// <param name="reference">The full path of a PEM file, or <c>env://NAME</c> for a variable that holds the PEM.</param>
    /// <param name="variable">The value of a variable, or null.</param>
    /// <exception cref="GateException">RG0007: there is none, or it is no key of this kind.</exception>
    public static SealKey Read(IFileSystem files, string reference, Func<string, string?> variable)
    {
        var (pem, file) = KeyText.Read(files, reference, variable, "key");
        return Import(pem, variable(PasswordVariable), KeyText.Named(files, reference), file);
    }

    /// <summary>Makes a key of its PEM.</summary>
    /// <param name="pem">The text.</param>
    /// <param name="password">The password of an encrypted one, or null.</param>
    /// <exception cref="GateException">RG0007: it is no key of this kind.</exception>
    public static SealKey Import(string pem, string? password = null) => Import(pem, password, "the key", null);

    private static SealKey Import(string pem, string? password, string name, string? file)
    {
        var label = KeyText.Label(pem) ?? throw Mistake($"{name} is no key in PEM form: no line '-----BEGIN PRIVATE KEY-----'; 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256' makes one");
        if (label is "PUBLIC KEY" or "CERTIFICATE") throw Mistake($"{name} holds a {(label == "PUBLIC KEY" ? "public key" : "certificate")}, and only a private key signs; name that one here, and the public one to 'releasegate verify'");
        if (label.Contains("SIGSTORE", StringComparison.Ordinal) || label.Contains("COSIGN", StringComparison.Ordinal))
            throw Mistake($"{name} is a private key in cosign's own form, which other programs can't read; make one with openssl and give it to cosign with 'cosign import-key-pair --key FILE', then both can use it");
        if (label is not ("PRIVATE KEY" or "EC PRIVATE KEY" or "EC PARAMETERS" or "ENCRYPTED PRIVATE KEY")) throw Mistake($"{name} holds a '{EntryPath.Printable(label)}', and an ECDSA key on P-256 is wanted");
        // Of openssl's older form of encryption .NET says only that it finds no key.
        if (pem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)) throw Mistake($"{name} is encrypted in an old form; 'openssl pkcs8 -topk8 -in OLD -out NEW' makes one that can be read");
        var key = ECDsa.Create();
        try
        {
            if (label == "ENCRYPTED PRIVATE KEY")
            {
                if (string.IsNullOrEmpty(password)) throw Mistake($"{name} is encrypted; its password belongs into the variable {PasswordVariable}");
                key.ImportFromEncryptedPem(pem, password);
            }
            else
            {
                key.ImportFromPem(pem);
            }

            if (!KeyText.IsP256(key)) throw Mistake($"{name} is no key on the curve P-256 (prime256v1), which is what verifiers of such seals know");
            // A public half alone would be found out only when it is to sign.
            var probe = new byte[1];
            if (!key.VerifyData(probe, key.SignData(probe, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256)) throw Mistake($"{name} holds two halves that do not belong together");
            return new SealKey(key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or PlatformNotSupportedException)
        {
            key.Dispose();
            throw Mistake(label == "ENCRYPTED PRIVATE KEY" ? $"{name} can't be decrypted: the password in {PasswordVariable} is not its own, or it is no ECDSA key" : $"{name} can't be read as an ECDSA key on P-256; is it of another kind, e.g. RSA or Ed25519, or damaged?", e);
        }
        catch (GateException)
        {
            key.Dispose();
            throw;
        }

        GateException Mistake(string what, Exception? inner = null) => new(GateRules.NothingInspected.Id, $"nothing can be sealed: {what}", file, inner: inner);
    }

    /// <summary>Signs bytes: SHA-256, the signature as DER, which openssl, cosign and Node.js expect.</summary>
    public byte[] Sign(ReadOnlySpan<byte> bytes) => _key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}

/// <summary>A public key whose seals are trusted: ECDSA on P-256.</summary>
public sealed class TrustedKey
{
    private readonly ECParameters _key;

    private TrustedKey(ECParameters key, string hint) => (_key, Hint) = (key, hint);

    /// <summary>What tells it from other keys: base64 of the SHA-256 of its DER (SubjectPublicKeyInfo), as cosign has it.</summary>
    public string Hint { get; }

    /// <summary>Reads a key.</summary>
    /// <param name="files">Where a file lies.</param>
    /// <param name="reference">The full path of a PEM file, or <c>env://NAME</c> for a variable that holds the PEM.</param>
    /// <param name="variable">The value of a variable, or null.</param>
    /// <exception cref="GateException">RG0007: there is none, or it is no key of this kind.</exception>
    public static TrustedKey Read(IFileSystem files, string reference, Func<string, string?> variable)
    {
        var (pem, file) = KeyText.Read(files, reference, variable, "public key");
        return Import(pem, KeyText.Named(files, reference), file);
    }

    /// <summary>Makes a key of its PEM.</summary>
    /// <exception cref="GateException">RG0007: it is no key of this kind.</exception>
    public static TrustedKey Import(string pem) => Import(pem, "the key", null);

    private static TrustedKey Import(string pem, string name, string? file)
    {
        var label = KeyText.Label(pem) ?? throw Mistake($"{name} is no key in PEM form: no line '-----BEGIN PUBLIC KEY-----'");
        if (label.Contains("PRIVATE", StringComparison.Ordinal) || label == "EC PARAMETERS")
            throw Mistake($"{name} holds a private key, and whoever verifies must not have it; name the public one, 'openssl pkey -in PRIVATE -pubout -out PUBLIC' makes it");
        if (label != "PUBLIC KEY") throw Mistake($"{name} holds a '{EntryPath.Printable(label)}', and a public key is wanted");
        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or PlatformNotSupportedException)
        {
            throw Mistake($"{name} can't be read as an ECDSA key on P-256; is it of another kind, e.g. RSA or Ed25519, or damaged?", e);
        }

        return KeyText.IsP256(key) ? Of(key) : throw Mistake($"{name} is no key on the curve P-256 (prime256v1)");

        GateException Mistake(string what, Exception? inner = null) => new(GateRules.NothingInspected.Id, $"nothing can be verified: {what}", file, inner: inner);
    }

    internal static TrustedKey Of(ECDsa key) => new(key.ExportParameters(includePrivateParameters: false), Convert.ToBase64String(SHA256.HashData(key.ExportSubjectPublicKeyInfo())));

    /// <summary>Whether this key signed bytes; the signature as DER or as r and s one after the other.</summary>
    /// <param name="bytes">What was signed.</param>
    /// <param name="signature">The signature.</param>
    public bool Signed(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create(_key);
        return (signature.Length == 64 && key.VerifyData(bytes, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation)) || IsDer(key, bytes, signature);
    }

    private static bool IsDer(ECDsa key, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
    {
        try
        {
            return key.VerifyData(bytes, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        // What is no DER at all is no signature.
        catch (CryptographicException)
        {
            return false;
        }
    }
}

/// <summary>The text of a key, wherever it stands.</summary>
internal static class KeyText
{
    private const int Limit = 64 << 10;

    private const int LongestReference = 1000;

    /// <summary>Refuses what is a key where the name of one is wanted. To be called before anything, a path e.g., is made of it: whatever is printed later would print the key.</summary>
    /// <param name="reference">As it was given; not repeated in the message.</param>
    /// <exception cref="GateException">RG0007.</exception>
    public static void RequireReference(string reference)
    {
        if (!IsReference(reference)) throw new GateException(GateRules.NothingInspected.Id, $"the key is to be named by a file or {SealPolicy.VariablePrefix}NAME; what was given looks like the key itself, and is not repeated here");
    }

    /// <summary>Whether a text may be the name of a file or of a variable.</summary>
    public static bool IsReference(string text) =>
        !IsKey(text) && (!text.StartsWith(SealPolicy.VariablePrefix, StringComparison.Ordinal) || IsVariable(text.AsSpan(SealPolicy.VariablePrefix.Length)));

    /// <summary>Whether a text looks like a key, and is not to be printed.</summary>
    public static bool IsKey(string text)
    {
        if (text.Length > LongestReference || text.Contains("-----", StringComparison.Ordinal) || text.AsSpan().IndexOfAny('\r', '\n') >= 0) return true;
        // How PEM, and the DER of keys on P-256, encrypted or not, begin in base64.
        foreach (var beginning in (ReadOnlySpan<string>)["LS0tLS1CRUdJTi", "MIGHAgEAM", "MIGTAgEAM", "MHcCAQEEI", "MIHsMFcG", "MIH0MF8G"])
            if (text.Contains(beginning, StringComparison.Ordinal)) return true;
        return false;
    }

    // None at all has a message of its own.
    private static bool IsVariable(ReadOnlySpan<char> name)
    {
        for (var i = 0; i < name.Length; i++)
            if (name[i] != '_' && !char.IsAsciiLetter(name[i]) && (i == 0 || !char.IsAsciiDigit(name[i]))) return false;
        return true;
    }

    public static (string Pem, string? File) Read(IFileSystem files, string reference, Func<string, string?> variable, string what)
    {
        RequireReference(reference);
        if (reference.StartsWith(SealPolicy.VariablePrefix, StringComparison.Ordinal))
        {
            var name = reference[SealPolicy.VariablePrefix.Length..];
            if (name.Length == 0) throw new GateException(GateRules.NothingInspected.Id, $"'{SealPolicy.VariablePrefix}' is followed by the name of the variable that holds the {what}");
            return string.IsNullOrEmpty(variable(name)) ? throw new GateException(GateRules.NothingInspected.Id, $"the variable '{EntryPath.Printable(name)}', which is to hold the {what}, is empty or not set") : (variable(name)!, null);
        }

        try
        {
            if (files.Directory.Exists(reference)) throw new GateException(GateRules.NothingInspected.Id, $"this is a folder, and the {what} is a file", reference);
            var info = files.FileInfo.FromFileName(reference);
            if (!info.Exists) throw new GateException(GateRules.NothingInspected.Id, $"there is no such {what}; name a PEM file, or '{SealPolicy.VariablePrefix}NAME' for a variable that holds it", reference);
            if (info.Length > Limit) throw new GateException(GateRules.NothingInspected.Id, $"this is no {what}: it is too large for one", reference);
            DiskFile.RequireFile(files, reference);
            return (files.File.ReadAllText(reference), reference);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GateException(GateRules.NothingInspected.Id, $"the {what} can't be read: {EntryPath.Printable(e.Message)}", reference, inner: e);
        }
    }

    /// <summary>How messages call it.</summary>
    public static string Named(IFileSystem files, string reference) =>
        reference.StartsWith(SealPolicy.VariablePrefix, StringComparison.Ordinal) ? $"the variable '{EntryPath.Printable(reference[SealPolicy.VariablePrefix.Length..])}'" : $"'{EntryPath.Printable(files.Path.GetFileName(reference))}'";

    /// <summary>What its first PEM block, behind the parameters that openssl likes to put before a key, says that it is; or null.</summary>
    public static string? Label(string pem)
    {
        string? first = null;
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var label = rest[fields.Label].ToString();
            first ??= label;
            if (label != "EC PARAMETERS") return label;
            rest = rest[fields.Location.End..];
        }

        if (first is not null) return first;
        // PEM with headers, or of another format.
        const string Begin = "-----BEGIN ";
        var at = pem.IndexOf(Begin, StringComparison.Ordinal);
        var end = at < 0 ? -1 : pem.IndexOf("-----", at + Begin.Length, StringComparison.Ordinal);
        return end < 0 ? null : pem[(at + Begin.Length)..end];
    }

    public static bool IsP256(ECDsa key)
    {
        var curve = key.ExportParameters(includePrivateParameters: false).Curve;
        return key.KeySize == 256 && curve.IsNamed && (curve.Oid.Value is "1.2.840.10045.3.1.7" || curve.Oid.FriendlyName is "nistP256" or "ECDSA_P256");
    }
}
