using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>URLs that name a host, as scripts, maps and WebAssembly modules hold them.</summary>
internal static class RemoteUrl
{
    private const int LongestShown = 160;

    /// <summary>The host of <c>http://host</c>, <c>https://host</c>, <c>//host</c> and their like; null for anything else (<c>webpack://name</c> names no host).</summary>
    public static string? HostOf(string url)
    {
        var rest = url.AsSpan();
        if (rest.StartsWith("//")) rest = rest[2..];
        else if (rest.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) rest = rest[7..];
        else if (rest.StartsWith("https://", StringComparison.OrdinalIgnoreCase)) rest = rest[8..];
        else if (rest.StartsWith("ftp://", StringComparison.OrdinalIgnoreCase)) rest = rest[6..];
        else return null;
        var end = rest.IndexOfAny('/', '?', '#');
        if (end >= 0) rest = rest[..end];
        rest = rest[(rest.LastIndexOf('@') + 1)..];
        if (rest.Length > 0 && rest[0] == '[')
        {
            var close = rest.IndexOf(']');
            return close > 1 ? rest[1..close].ToString() : null;
        }

        var colon = rest.IndexOf(':');
        if (colon >= 0) rest = rest[..colon];
        return rest.IsEmpty || Uri.CheckHostName(rest.ToString()) == UriHostNameType.Unknown ? null : rest.ToString();
    }

    /// <summary>Whether the manifest's <c>hosts</c> name the host; without any, no map has to be fetched from anywhere.</summary>
    public static bool IsNamed(string host, HostList hosts) => hosts.IsConfigured && hosts.Allows(host);

    /// <summary>The URL fit to print: without user, password and query, which may be secrets, and not too long.</summary>
    public static string Shown(string url)
    {
        var end = url.AsSpan().IndexOfAny('?', '#');
        var plain = end < 0 ? url : url[..end];
        var authority = plain.IndexOf("//", StringComparison.Ordinal);
        if (authority >= 0)
        {
            var path = plain.IndexOf('/', authority + 2);
            var user = plain.LastIndexOf('@', (path < 0 ? plain.Length : path) - 1);
            if (user > authority) plain = plain[..(authority + 2)] + plain[(user + 1)..];
        }

        return Artifacts.EntryPath.Printable(plain.Length > LongestShown ? plain[..LongestShown] + "…" : plain);
    }
}
