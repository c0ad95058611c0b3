using System.Text;

namespace ReleaseGate.Rules.BuiltIn.DotNet;

/// <summary>An address that metadata points at: its host, and the credentials in it.</summary>
/// <param name="Host">The host as it resolves.</param>
/// <param name="Credential">The password or token between scheme and host, or null.</param>
internal sealed record DeclaredUrl(string Host, string? Credential)
{
    private const int ShortestToken = 20;
    private const int LongestUrl = 2048;

    /// <summary>Reads a URL, as git and npm write them too (<c>git+ssh://…</c>, <c>git@host:path</c>); null for what names no host.</summary>
    public static DeclaredUrl? Parse(string text)
    {
        text = text.Trim();
        if (text.StartsWith("git+", StringComparison.Ordinal)) text = text["git+".Length..];
        if (!text.Contains("://", StringComparison.Ordinal)) return ParseScp(text);
        // Source Link ends in a '*', which is no trouble; a template in the host is no host.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.IsFile || HostOf(uri) is not { Length: > 0 } host) return null;
        return new DeclaredUrl(host, CredentialOf(uri));
    }

    private static string HostOf(Uri uri)
    {
        try
        {
            return uri.IdnHost;
        }
        catch (UriFormatException)
        {
            // No name that resolves; as it is spelled it is on no list of allowed hosts.
            return uri.Host;
        }
    }

    /// <summary>The URLs in a text that is no longer what it was meant to be.</summary>
    public static IEnumerable<string> In(byte[] text)
    {
        var found = new List<string>();
        var rest = text.AsSpan();
        for (int at; (at = rest.IndexOf("://"u8)) >= 0; rest = rest[(at + 3)..])
        {
            var start = at;
            while (start > 0 && (char.IsAsciiLetterOrDigit((char)rest[start - 1]) || rest[start - 1] is (byte)'+')) start--;
            var end = at + 3;
            while (end < rest.Length && end - at < LongestUrl && rest[end] > ' ' && rest[end] is not ((byte)'"' or (byte)'\'' or (byte)'<' or (byte)'>' or (byte)'\\')) end++;
            found.Add(Encoding.UTF8.GetString(rest[start..end]));
        }

        return found;
    }

    // git@host:path. A drive letter is none, nor is "github:user/repository".
    private static DeclaredUrl? ParseScp(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var colon = text.IndexOf(':', at + 1);
        if (at <= 0 || colon < at + 2 || text.AsSpan(0, colon).ContainsAny('/', ' ')) return null;
        return new DeclaredUrl(text[(at + 1)..colon], null);
    }

    // "user:secret" says it; a lone long word is a token, as GitHub and npm take it; "git" and "jane" are names.
    private static string? CredentialOf(Uri uri)
    {
        var user = Uri.UnescapeDataString(uri.UserInfo);
        var colon = user.IndexOf(':', StringComparison.Ordinal);
        var secret = colon < 0 ? user : user[(colon + 1)..];
        // GitHub's way to write a token where a name belongs.
        if (colon >= 0 && secret == "x-oauth-basic") secret = user[..colon];
        if (secret.Length == 0 || secret.IndexOfAny(['<', '{', '$', '%', '*']) >= 0) return null;
        return colon >= 0 || secret.Length >= ShortestToken ? secret : null;
    }
}
