using System.Buffers.Binary;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.Tokens;

namespace ReleaseGate.Rules.BuiltIn.Keys;

/// <summary>A private key that was found.</summary>
/// <param name="What">Words that follow "holds": <c>an RSA private key of 2048 bits</c>.</param>
/// <param name="Format">How it is written, e.g. <c>PEM, PKCS#8</c>.</param>
/// <param name="Protection">Words about a password.</param>
/// <param name="Fingerprint">Of the key's bytes, as far as they were in sight.</param>
/// <param name="Start">Where it begins in the window.</param>
internal sealed record FoundKey(string What, string Format, string Protection, string Fingerprint, int Start)
{
    /// <summary>Whether there may be no private key in it after all: a key store in which only certificates are likely.</summary>
    public bool IsDoubtful { get; init; }
}

/// <summary>The ways in which private keys are written, and the literals that each is found by.</summary>
internal static class PrivateKeyFormats
{
    private const int Longest = TokenWindow.After;
    private const int ShortestArmor = 50;
    private const string Plain = "not encrypted";
    private const string Encrypted = "encrypted with a passphrase";
    private const string Password = "protected by a password";

    /// <summary>Looks around a literal; null where there is no key.</summary>
    public delegate FoundKey? Verifier(ReadOnlySpan<byte> window, int anchor);

    /// <summary>Every literal with its verifier.</summary>
    public static IReadOnlyList<(AnchorLiteral Literal, Verifier Verify)> All() =>
    [
        (new("PRIVATE KEY-----"), Pem),
        (new("PRIVATE KEY BLOCK-----"), Pgp),
        (new("BEGIN SSH2 ENCRYPTED PRIVATE KEY ----"), SshCom),
        (new("PuTTY-User-Key-File-"), Putty),
        (new("<RSAKeyValue>"), XmlRsa),
        (new("\"kty\""), JsonWebKey),
        (new("kty\\\""), JsonWebKey),
        (new("kty\\u0022"), JsonWebKey),

        // Base64 of DER without the lines around it: PKCS#1, PKCS#8 (RSA, P-256, P-384 and more, Ed25519), SEC 1 of three curves, PKCS#12 (of a length that is told, and of one that is not).
        (new("IBAAKCA"), static (window, anchor) => Base64Der(window, anchor, 6)),
        (new("IBAAKBgQ"), static (window, anchor) => Base64Der(window, anchor, 6)),
        (new("IBADANBgkqhkiG9w0BAQEFAASC"), static (window, anchor) => Base64Der(window, anchor, 6)),
        (new("AgEAMBMGByqGSM49AgEG"), static (window, anchor) => Base64Der(window, anchor, 4)),
        (new("AgEAMBAGByqGSM49AgEG"), static (window, anchor) => Base64Der(window, anchor, 4)),
        (new("MC4CAQAwBQYDK2VwBCIEI"), static (window, anchor) => Base64Der(window, anchor, 0)),
        (new("MHcCAQEEI"), static (window, anchor) => Base64Der(window, anchor, 0)),
        (new("MIGkAgEBBD"), static (window, anchor) => Base64Der(window, anchor, 0)),
        (new("MIHcAgEBBEI"), static (window, anchor) => Base64Der(window, anchor, 0)),
        (new("IBAzCC"), static (window, anchor) => Base64KeyStore(window, anchor, 6)),
        (new("IBAzCA"), static (window, anchor) => Base64KeyStore(window, anchor, 6)),
        (new("MIACAQMwg"), static (window, anchor) => Base64KeyStore(window, anchor, 0)),

        // Base64 of the text of a PEM file ("-----BEGIN "), as secrets of Kubernetes and settings of pipelines hold it; of OpenSSH's magic, without the lines around it.
        (new("LS0tLS1CRUdJTi"), Base64Pem),
        (new("b3BlbnNzaC1rZXktdjEA"), Base64OpenSsh),

        // DER itself: version 0 and a long number (PKCS#1, alone or in PKCS#8), version 1 and an octet string (SEC 1), curves and Ed25519 in PKCS#8, PKCS#8 encrypted.
        (Bytes(0x02, 0x01, 0x00, 0x02, 0x82), RawDer),
        (Bytes(0x02, 0x01, 0x00, 0x02, 0x81, 0x81, 0x00), RawDer),
        (Bytes(0x02, 0x01, 0x01, 0x04, 0x20), RawDer),
        (Bytes(0x02, 0x01, 0x01, 0x04, 0x30), RawDer),
        (Bytes(0x02, 0x01, 0x01, 0x04, 0x42), RawDer),
        (Bytes(0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01), RawDer),
        (Bytes(0x02, 0x01, 0x00, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01), RawDer),
        (Bytes(0x02, 0x01, 0x00, 0x30, 0x14, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01), RawDer),
        (Bytes(0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20), RawDer),
        (Bytes(0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0D, 0x30), RawEncrypted),
        (Bytes(0x06, 0x0A, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01, 0x03, 0x30), RawEncrypted),
        (Bytes(0x02, 0x01, 0x03, 0x30), KeyStore),
        (Bytes(0xFE, 0xED, 0xFE, 0xED, 0x00, 0x00, 0x00, 0x02), JavaKeyStore),
        (Bytes(0xCE, 0xCE, 0xCE, 0xCE, 0x00, 0x00, 0x00, 0x02), JavaKeyStore),
        (Bytes(0x07, 0x02, 0x00, 0x00, 0x00, 0x24, 0x00, 0x00, 0x52, 0x53, 0x41, 0x32), StrongName),
        (Bytes(0x07, 0x02, 0x00, 0x00, 0x00, 0xA4, 0x00, 0x00, 0x52, 0x53, 0x41, 0x32), StrongName),
    ];

    // RFC 7292 4.2.2; with 1 for the last number it is a bag of a plain key.
    private static ReadOnlySpan<byte> ShroudedBag => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x0A, 0x01, 0x02];

    private static AnchorLiteral Bytes(params byte[] bytes) => new(bytes);

    private static FoundKey? Pem(ReadOnlySpan<byte> window, int anchor)
    {
        var begin = Begin(window, anchor, out var label);
        if (begin < 0) return null;
        Span<byte> characters = stackalloc byte[Longest];
        var text = ArmoredText.Read(window, anchor + "PRIVATE KEY-----".Length, begin, characters);
        if (text.Length < ShortestArmor) return null;
        Span<byte> bytes = stackalloc byte[Longest];
        if (!TokenCodec.TryBase64(characters[..text.Length], bytes, out var length)) return null;
        var body = (ReadOnlySpan<byte>)bytes[..length];
        if (body.StartsWith("openssh-key-v1\0"u8)) return OpenSsh(body, begin);
        if (text.IsEncrypted)
        {
            // A block cipher over the key: there is nothing to see but that it is none of an example.
            var what = label.IsEmpty ? "a private key" : $"{Article(label)} {TokenCodec.Text(label)} private key";
            return text.End != ArmorEnd.Other && DerKey.IsVaried(body) ? new FoundKey(what, "PEM", Encrypted, Secret.Fingerprint(body), begin) : null;
        }

        return DerKey.TryRead(body, text.End == ArmorEnd.Cut, out var key) ? Found(key, "PEM", body, begin) : null;
    }

    // "-----BEGIN RSA " before the literal; the label without its blank.
    private static int Begin(ReadOnlySpan<byte> window, int anchor, out ReadOnlySpan<byte> label)
    {
        var words = TokenText.RunBefore(window, anchor, Charset.UpperAlphanumeric | Charset.Of(' '), 40);
        var text = window.Slice(anchor - words, words);
        label = default;
        if (!text.StartsWith("BEGIN "u8) || anchor - words < 5 || !window[(anchor - words - 5)..].StartsWith("-----"u8)) return -1;
        label = text["BEGIN ".Length..].Trim((byte)' ');
        return anchor - words - 5;
    }

    private static FoundKey? OpenSsh(ReadOnlySpan<byte> body, int start)
    {
        // Strings: cipher, key derivation and its options; a count; the first public key, which begins with its type (PROTOCOL.key of OpenSSH).
        var rest = body["openssh-key-v1\0".Length..];
        if (!TryString(ref rest, out var cipher) || !TryString(ref rest, out _) || !TryString(ref rest, out _) || rest.Length < 8) return null;
        rest = rest[4..];
        if (!TryString(ref rest, out var publicKey) || !TryString(ref publicKey, out var type) || type.Length is 0 or > 64) return null;
        if (!DerKey.IsVaried(publicKey[Math.Min(publicKey.Length, 4)..])) return null;
        return new FoundKey($"an OpenSSH private key ({EntryPath.Printable(TokenCodec.Text(type))})", "OpenSSH", cipher.SequenceEqual("none"u8) ? Plain : Encrypted, Secret.Fingerprint(body), start);
    }

    private static bool TryString(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (rest.Length < 4) return false;
        var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - 4) return false;
        value = rest.Slice(4, (int)length);
        rest = rest[(4 + (int)length)..];
        return true;
    }

    private static FoundKey? Pgp(ReadOnlySpan<byte> window, int anchor)
    {
        var begin = Begin(window, anchor, out var label);
        if (begin < 0 || !label.SequenceEqual("PGP"u8)) return null;
        Span<byte> characters = stackalloc byte[Longest];
        var text = ArmoredText.Read(window, anchor + "PRIVATE KEY BLOCK-----".Length, begin, characters);
        if (text.Length < ShortestArmor || text.End == ArmorEnd.Other) return null;
        Span<byte> bytes = stackalloc byte[Longest];
        if (!TokenCodec.TryBase64(characters[..text.Length], bytes, out var length)) return null;
        var body = (ReadOnlySpan<byte>)bytes[..length];
        // A secret-key packet comes first (RFC 4880 4.2, 5.5): tag 5, a length, version 3 to 6.
        var header = body[0] switch { 0x94 => 2, 0x95 => 3, 0x96 => 5, 0xC5 => body[1] < 192 ? 2 : body[1] < 224 ? 3 : 6, _ => 0 };
        if (header == 0 || body[header] is < 3 or > 6 || !DerKey.IsVaried(body[(header + 6)..])) return null;
        if (text.End == ArmorEnd.Marker && text.Checksum >= 0 && Crc24(body) != text.Checksum) return null;
        return new FoundKey("a PGP private key", "PGP", "whether a passphrase protects it was not looked at", Secret.Fingerprint(body), begin);
    }

    // RFC 4880 6.1.
    private static int Crc24(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xB704CE;
        foreach (var b in bytes)
        {
            crc ^= b << 16;
            for (var i = 0; i < 8; i++)
            {
                crc <<= 1;
                if ((crc & 0x1000000) != 0) crc ^= 0x1864CFB;
            }
        }

        return crc & 0xFFFFFF;
    }

    private static FoundKey? SshCom(ReadOnlySpan<byte> window, int anchor)
    {
        Span<byte> characters = stackalloc byte[Longest];
        var text = ArmoredText.Read(window, anchor + "BEGIN SSH2 ENCRYPTED PRIVATE KEY ----".Length, -1, characters);
        Span<byte> bytes = stackalloc byte[Longest];
        if (text.Length < ShortestArmor || !TokenCodec.TryBase64(characters[..text.Length], bytes, out var length)) return null;
        var body = (ReadOnlySpan<byte>)bytes[..length];
        return body.StartsWith<byte>([0x3F, 0x6F, 0xF9, 0xEB]) ? new FoundKey("an SSH private key", "SSH2 of ssh.com", "mostly encrypted", Secret.Fingerprint(body), anchor) : null;
    }

    // PuTTY-User-Key-File-3: ssh-ed25519 / Encryption: none / Comment: … / Public-Lines: 2 / … / Private-Lines: 1 / …
    private static FoundKey? Putty(ReadOnlySpan<byte> window, int anchor)
    {
        var rest = window[(anchor + "PuTTY-User-Key-File-".Length)..];
        if (rest.Length < 8 || rest[0] is not ((byte)'1' or (byte)'2' or (byte)'3') || rest[1] != ':') return null;
        var type = TokenText.Run(rest, 3, Charset.Base64Url | Charset.Of('@') | Charset.Of('.'), 64);
        if (type < 4) return null;
        var encryption = rest[..Math.Min(rest.Length, 256)].IndexOf("Encryption: "u8);
        var lines = rest.IndexOf("Private-Lines: "u8);
        var publicLines = rest.IndexOf("Public-Lines: "u8);
        if (encryption < 0 || publicLines < 0 || lines < 0 && rest.Length < Longest - 64) return null;
        Span<byte> characters = stackalloc byte[Longest];
        var digits = TokenText.Run(rest, publicLines + "Public-Lines: ".Length, Charset.Digits, 4);
        var text = ArmoredText.Read(rest, publicLines + "Public-Lines: ".Length + digits, -1, characters);
        if (digits == 0 || text.Length < ShortestArmor) return null;
        var isPlain = rest[(encryption + "Encryption: ".Length)..].StartsWith("none"u8);
        return new FoundKey($"a PuTTY private key ({TokenCodec.Text(rest.Slice(3, type))})", "PuTTY", isPlain ? Plain : Encrypted, Secret.Fingerprint(characters[..text.Length]), anchor);
    }

    // What RSA.ToXmlString(true) writes; public keys in signatures end behind the exponent.
    private static FoundKey? XmlRsa(ReadOnlySpan<byte> window, int anchor)
    {
        if (!TryElement(window[anchor..], "<Modulus>"u8, out var modulus) || !TryElement(window[anchor..], "<D>"u8, out var d)) return null;
        Span<byte> bytes = stackalloc byte[Longest];
        if (modulus.Length < 86 || d.Length < modulus.Length / 2 || !TokenCodec.TryBase64(modulus, bytes, out var length) || !DerKey.IsVaried(bytes[..length])) return null;
        if (!TokenCodec.TryBase64(d, bytes, out var dLength) || !DerKey.IsVaried(bytes[..dLength])) return null;
        return new FoundKey($"an RSA private key of {length * 8} bits", "XML", Plain, Secret.Fingerprint(bytes[..dLength]), anchor);
    }

    private static bool TryElement(ReadOnlySpan<byte> text, ReadOnlySpan<byte> tag, out ReadOnlySpan<byte> content)
    {
        content = default;
        var start = text.IndexOf(tag);
        if (start < 0) return false;
        start += tag.Length;
        content = text.Slice(start, TokenText.Run(text, start, Charset.Base64));
        return !content.IsEmpty;
    }

    // RFC 7517, 7518: an object with "kty" and the private "d"; flat but for arrays, so its braces are the nearest ones. As text in JSON its quotes are escaped.
    private static FoundKey? JsonWebKey(ReadOnlySpan<byte> window, int anchor)
    {
        var open = window[..anchor].LastIndexOf((byte)'{');
        var close = window[anchor..].IndexOf((byte)'}');
        if (open < 0) return null;
        var members = close < 0 ? window[open..] : window[open..(anchor + close)];
        var type = Member(members, "kty"u8);
        var d = Member(members, "d"u8);
        if (d.Length < 40 || !type.SequenceEqual("RSA"u8) && !type.SequenceEqual("EC"u8) && !type.SequenceEqual("OKP"u8)) return null;
        Span<byte> bytes = stackalloc byte[Longest];
        if (!TokenCodec.TryBase64(d, bytes, out var length) || !DerKey.IsVaried(bytes[..length])) return null;
        var name = type.SequenceEqual("OKP"u8) ? "an Edwards or Montgomery curve's private key" : $"{Article(type)} {TokenCodec.Text(type)} private key";
        return new FoundKey(name, "JSON Web Key", Plain, Secret.Fingerprint(bytes[..length]), open);
    }

    // The base64url behind "name": "…"
    private static ReadOnlySpan<byte> Member(ReadOnlySpan<byte> members, ReadOnlySpan<byte> name)
    {
        for (var from = 0; ;)
        {
            var at = members[from..].IndexOf(name);
            if (at < 0) return default;
            at += from;
            from = at + name.Length;
            if (!members[..at].EndsWith("\""u8) && !members[..at].EndsWith("u0022"u8)) continue;
            var value = from;
            while (value < members.Length)
            {
                if (members[value..].StartsWith("\\u0022"u8)) value += 6;
                else if (members[value] is (byte)'\\' or (byte)'"' or (byte)':' or (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') value++;
                else break;
            }

            if (value == from || !members[from..value].Contains((byte)':')) continue;
            return members.Slice(value, TokenText.Run(members, value, Charset.Base64Url));
        }
    }

    private static FoundKey? Base64Der(ReadOnlySpan<byte> window, int anchor, int before)
    {
        var start = anchor - before;
        if (start < 0 || window[start] != 'M' || !TokenText.BeginsAt(window, start, Charset.Base64) || IsInArmor(window, start)) return null;
        Span<byte> characters = stackalloc byte[Longest];
        var text = ArmoredText.Read(window, start, -1, characters);
        Span<byte> bytes = stackalloc byte[Longest];
        if (text.Length < ShortestArmor || !TokenCodec.TryBase64(characters[..text.Length], bytes, out var length)) return null;
        var body = (ReadOnlySpan<byte>)bytes[..length];
        return DerKey.TryRead(body, text.End == ArmorEnd.Cut, out var key) && (length >= key.Total || text.End == ArmorEnd.Cut) ? Found(key, "base64", body, start) : null;
    }

    // Directly behind "-----BEGIN … PRIVATE KEY-----": that literal has told already.
    private static bool IsInArmor(ReadOnlySpan<byte> window, int start) => window[Math.Max(0, start - 160)..start].IndexOf("PRIVATE KEY-----"u8) >= 0;

    // The label stands in the first line, so most of what is none (certificates) is known by a few characters.
    private static FoundKey? Base64Pem(ReadOnlySpan<byte> window, int anchor)
    {
        const int head = 64;
        window = UntilNext(window, anchor, "LS0tLS1CRUdJTi"u8);
        Span<byte> characters = stackalloc byte[Longest];
        Span<byte> bytes = stackalloc byte[Longest];
        var text = ArmoredText.Read(window, anchor, -1, characters[..head]);
        if (!TokenCodec.TryBase64(characters[..text.Length], bytes, out var length) || bytes[..length].IndexOf("PRIVATE KEY"u8) < 0) return null;
        text = ArmoredText.Read(window, anchor, -1, characters);
        if (!TokenCodec.TryBase64(characters[..text.Length], bytes, out length)) return null;
        var pem = (ReadOnlySpan<byte>)bytes[..length];
        if (pem.IndexOf("PRIVATE KEY-----"u8) is >= 0 and var plain) return Pem(pem, plain) is { } key ? key with { Format = $"base64 of {key.Format}", Start = anchor } : null;
        return pem.IndexOf("PRIVATE KEY BLOCK-----"u8) is >= 0 and var block && Pgp(pem, block) is { } pgp ? pgp with { Format = $"base64 of {pgp.Format}", Start = anchor } : null;
    }

    // Where the next one begins this one has ended; and a file made of beginnings alone is not read once for each of them.
    private static ReadOnlySpan<byte> UntilNext(ReadOnlySpan<byte> window, int anchor, ReadOnlySpan<byte> literal) =>
        window[(anchor + 1)..].IndexOf(literal) is >= 0 and var next ? window[..(anchor + 1 + next)] : window;

    private static FoundKey? Base64OpenSsh(ReadOnlySpan<byte> window, int anchor)
    {
        // Behind its line, in whatever dress, that literal has told already.
        var before = window[Math.Max(0, anchor - 160)..anchor];
        if (before.LastIndexOf("PRIVATE KEY-----"u8) is >= 0 and var line && Pem(window, anchor - before.Length + line) is not null) return null;
        window = UntilNext(window, anchor, "b3BlbnNzaC1rZXktdjEA"u8);
        Span<byte> characters = stackalloc byte[Longest];
        var text = ArmoredText.Read(window, anchor, -1, characters);
        Span<byte> bytes = stackalloc byte[Longest];
        return text.Length >= ShortestArmor && TokenCodec.TryBase64(characters[..text.Length], bytes, out var length) && OpenSsh(bytes[..length], anchor) is { } key ? key with { Format = "base64, OpenSSH" } : null;
    }

    private static FoundKey? Base64KeyStore(ReadOnlySpan<byte> window, int anchor, int before)
    {
        var start = anchor - before;
        if (start < 0 || !window[start..].StartsWith("MI"u8) || !TokenText.BeginsAt(window, start, Charset.Base64)) return null;
        Span<byte> characters = stackalloc byte[Longest];
        var text = ArmoredText.Read(window, start, -1, characters);
        Span<byte> bytes = stackalloc byte[Longest];
        if (text.Length < ShortestArmor || !TokenCodec.TryBase64(characters[..text.Length], bytes, out var length) || length < 8) return null;
        var version = ((ReadOnlySpan<byte>)bytes[..length]).IndexOf<byte>([0x02, 0x01, 0x03, 0x30]);
        return version is 2 or 3 or 4 or 5 && KeyStore(bytes[..length], version) is { } found ? found with { Format = "base64, PKCS#12", Start = start } : null;
    }

    private static FoundKey? RawDer(ReadOnlySpan<byte> window, int anchor)
    {
        foreach (var header in (ReadOnlySpan<int>)[4, 3, 2])
        {
            var start = anchor - header;
            if (start < 0 || window[start] != 0x30 || !DerKey.TryHeader(window[start..], out _, out var length, out _) || length != header) continue;
            if (!DerKey.TryRead(window[start..], isCut: window.Length - anchor >= Longest, out var key)) continue;
            if (key.Format == "SEC 1" && IsInPkcs8(window, start)) return null;
            // Ten bytes are soon alike in code: a curve's key is believed where its parameters or its public part follow, or where nothing else is in the file.
            if (key.Format == "SEC 1" && !IsCurveKey(window[start..], key.Total) && !(start == 0 && key.Total == window.Length)) continue;
            if (key.Algorithm == "Ed25519" && !(start == 0 && key.Total == window.Length)) continue;
            return Found(key, "DER", window[start..], start);
        }

        return null;
    }

    // An octet string around it and the algorithm before: the literal of PKCS#8 has told already.
    private static bool IsInPkcs8(ReadOnlySpan<byte> window, int start) =>
        window[Math.Max(0, start - 40)..start].IndexOf<byte>([0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]) >= 0 && window[Math.Max(0, start - 4)..start].Contains((byte)0x04);

    private static bool IsCurveKey(ReadOnlySpan<byte> der, int total)
    {
        if (total > der.Length || !DerKey.TryHeader(der, out _, out var outer, out _) || !DerKey.TryHeader(der[(outer + 3)..], out _, out var header, out var length)) return false;
        var at = outer + 3 + header + length;
        return at + 4 < total && der[at] is 0xA0 or 0xA1;
    }

    // SEQUENCE { SEQUENCE { PBES2 …: the algorithm is found, and the two headers stand before it.
    private static FoundKey? RawEncrypted(ReadOnlySpan<byte> window, int anchor)
    {
        for (var inner = 2; inner <= 3; inner++)
        {
            for (var outer = 2; outer <= 4; outer++)
            {
                var start = anchor - inner - outer;
                if (start < 0 || window[start] != 0x30 || window[start + outer] != 0x30) continue;
                if (!DerKey.TryHeader(window[start..], out _, out var header, out _) || header != outer) continue;
                if (!DerKey.TryRead(window[start..], isCut: window.Length - anchor >= Longest, out var key) || !key.IsEncrypted) continue;
                // In a bag of PKCS#12, which was told about as a whole.
                return window[Math.Max(0, start - 24)..start].IndexOf(ShroudedBag) >= 0 ? null : Found(key, "DER", window[start..], start);
            }
        }

        return null;
    }

    // RFC 7292: SEQUENCE { version 3, ContentInfo { data or signedData … } }.
    private static FoundKey? KeyStore(ReadOnlySpan<byte> window, int anchor)
    {
        var isIndefinite = anchor >= 2 && window[anchor - 2] == 0x30 && window[anchor - 1] == 0x80;
        var start = -1;
        if (isIndefinite)
        {
            start = anchor - 2;
        }
        else
        {
            foreach (var header in (ReadOnlySpan<int>)[4, 5, 3])
                if (anchor >= header && window[anchor - header] == 0x30 && DerKey.TryHeader(window[(anchor - header)..], out _, out var read, out var length) && read == header && length > 128) start = anchor - header;
        }

        if (start < 0) return null;
        var rest = window[(anchor + 3)..];
        var at = rest.Length > 1 && rest[1] == 0x80 ? 2 : DerKey.TryHeader(rest, out _, out var inner, out _) ? inner : 0;
        if (at == 0 || rest.Length < at + 12 || !rest[at..].StartsWith<byte>([0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07]) || rest[at + 10] is not (1 or 2)) return null;
        // The bag of a key that a password shrouds, or of a plain one.
        var bags = rest.IndexOf(ShroudedBag[..^1]);
        var bag = bags >= 0 && bags + 10 < rest.Length ? rest[bags + 10] : 0;
        var (what, protection) = bag switch
        {
            1 => ("a PKCS#12 key store with a private key", Plain),
            2 => ("a PKCS#12 key store with a private key", Password),
            _ => ("a PKCS#12 key store", "what is in it is encrypted or out of sight"),
        };
        // All common software leaves the bags of keys in the clear, their content encrypted: where all is in sight and there is none, it is certificates.
        var isDoubtful = bag == 0 && !isIndefinite && DerKey.TryHeader(window[start..], out _, out var outer, out var content) && start + outer + content <= window.Length;
        return new FoundKey(what, "PKCS#12", isDoubtful ? "its content encrypted, probably certificates alone" : protection, Secret.Fingerprint(window[start..]), start) { IsDoubtful = isDoubtful };
    }

    // Magic, version 2, count, then entries: 1 a private key, 2 a certificate (sun.security.provider.JavaKeyStore).
    private static FoundKey? JavaKeyStore(ReadOnlySpan<byte> window, int anchor)
    {
        var rest = window[(anchor + 8)..];
        if (rest.Length < 16) return null;
        var count = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (count is 0 or > 100_000) return null;
        rest = rest[4..];
        for (var i = 0; i < count && rest.Length >= 6; i++)
        {
            var tag = BinaryPrimitives.ReadUInt32BigEndian(rest);
            var alias = BinaryPrimitives.ReadUInt16BigEndian(rest[4..]);
            if (tag is 0 or > 3 || alias > 1024) return null;
            if (tag is 1 or 3)
            {
                var format = window[anchor] == 0xFE ? "JKS" : "JCEKS";
                return new FoundKey($"a Java key store with a {(tag == 1 ? "private" : "secret")} key", format, Password, Secret.Fingerprint(window[anchor..]), anchor);
            }

            rest = rest[Math.Min(rest.Length, 6 + alias + 8)..];
            if (rest.Length < 2) return null;
            var type = BinaryPrimitives.ReadUInt16BigEndian(rest);
            rest = rest[Math.Min(rest.Length, 2 + type)..];
            if (rest.Length < 4) return null;
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > (uint)rest.Length - 4) return null;
            rest = rest[(4 + (int)length)..];
        }

        return null;
    }

    // PUBLICKEYSTRUC and RSAPUBKEY of CryptoAPI: bits, public exponent, modulus.
    private static FoundKey? StrongName(ReadOnlySpan<byte> window, int anchor)
    {
        var rest = window[(anchor + 12)..];
        if (rest.Length < 8 + 48) return null;
        var bits = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        var exponent = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
        if (bits is < 384 or > 16384 || bits % 8 != 0 || exponent < 3 || exponent % 2 == 0 || !DerKey.IsVaried(rest[8..])) return null;
        // Modulus, two primes, two exponents, a coefficient, the private exponent.
        var total = 20 + (int)(bits / 8 * 9 / 2);
        var seen = window.Slice(anchor, Math.Min(total, window.Length - anchor));
        if (seen.Length < total && window.Length - anchor < Longest) return null;
        return new FoundKey($"a key pair for strong names of {bits} bits", ".snk", Plain, Secret.Fingerprint(seen), anchor);
    }

    private static FoundKey Found(DerKey key, string writing, ReadOnlySpan<byte> bytes, int start)
    {
        var algorithm = key.Algorithm.Length == 0 ? "a private key" : $"{Article(key.Algorithm)} {key.Algorithm} private key";
        var size = key.Bits == 0 ? "" : $" of {key.Bits} bits";
        return new FoundKey(algorithm + size, $"{writing}, {key.Format}", key.IsEncrypted ? Encrypted : Plain, Secret.Fingerprint(bytes[..Math.Min(bytes.Length, key.Total)]), start);
    }

    // By sound: an RSA, an EC, an Ed25519, an X25519.
    private static string Article(string word) => word[0] is 'R' or 'E' or 'X' or 'A' or 'O' ? "an" : "a";

    private static string Article(ReadOnlySpan<byte> word) => Article(TokenCodec.Text(word));
}
