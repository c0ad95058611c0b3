using System.Text;

namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>Tells whether the name of a setting says that its value is a secret.</summary>
internal static class SecretName
{
    // Parts of a name that make it one, written without separators and in lower case. They stand at its end ("db_password"), or before what still is one ("password_prod").
    private static readonly string[] Endings =
    [
        "password", "passwd", "passphrase", "pwd", "pass", "secret", "secretkey", "secretaccesskey", "clientsecret", "apikey", "apitoken", "apisecret", "accesstoken", "accesskey", "authtoken", "authkey",
        "token", "privatekey", "signingkey", "encryptionkey", "masterkey", "sharedkey", "accountkey", "serverkey", "webhooksecret", "refreshtoken", "credential", "credentials", "connectionkey", "licensekey", "bearer", "secretkeybase", "githubpat", "devopspat",
    ];

    // Names that end like a secret and are none.
    private static readonly string[] Harmless =
    [
        "publickeytoken", "publictoken", "csrftoken", "xsrftoken", "cancellationtoken", "nexttoken", "pagetoken", "nextpagetoken", "continuationtoken", "antiforgerytoken", "replacetoken", "tokentype", "authtokentype",
        "bypass", "compass", "renderpass", "synctoken", "idtoken", "publicaccesskey", "canceltoken", "deletetoken", "endtoken", "starttoken", "errortoken", "metadatatoken", "syntaxtoken", "keytoken",
    ];

    /// <summary>Whether it does.</summary>
    public static bool Is(ReadOnlySpan<byte> name)
    {
        Span<byte> plain = stackalloc byte[64];
        var length = 0;
        foreach (var c in name)
        {
            if (!Charset.Alphanumeric.Contains(c)) continue;
            if (length == plain.Length) return false;
            plain[length++] = (byte)(Charset.Upper.Contains(c) ? c | 0x20 : c);
        }

        plain = plain[..length];
        foreach (var harmless in Harmless)
            if (EndsWith(plain, harmless)) return false;
        foreach (var ending in Endings)
            if (EndsWith(plain, ending)) return true;
        return false;
    }

    private static bool EndsWith(ReadOnlySpan<byte> plain, string ending) =>
        plain.Length >= ending.Length && Ascii.Equals(plain[^ending.Length..], ending);
}
