using System.Net;
using System.Net.Sockets;

namespace ReleaseGate.Policy;

/// <summary>
/// The <c>hosts</c> of a manifest: which hosts an artifact may point at. Where the manifest names some, only these; where it names none, every host but those
/// that evidently mean something only inside a company: single labels, private addresses, names reserved for inner networks.
/// </summary>
public sealed class HostList
{
    // RFC 6761, RFC 6762, RFC 8375, ICANN's ".internal", and what private networks are called by habit.
    private static readonly string[] InnerSuffixes =
        [".internal", ".intranet", ".corp", ".lan", ".local", ".localdomain", ".localhost", ".home", ".home.arpa", ".private", ".test"];

    private readonly string[] _patterns;

    internal HostList(IReadOnlyCollection<string> patterns) => _patterns = [.. patterns];

    /// <summary>Whether the manifest names hosts, so that all others are refused.</summary>
    public bool IsConfigured => _patterns.Length > 0;

    /// <summary>The names as written: <c>github.com</c> is that host, <c>*.acme.com</c> every host below.</summary>
    public IReadOnlyList<string> Patterns => _patterns;

    /// <summary>Whether an artifact may point at a host.</summary>
    /// <param name="host">A host name or address, as <see cref="Uri.IdnHost"/> gives it; case does not matter.</param>
    public bool Allows(string host)
    {
        host = host.TrimEnd('.');
        foreach (var pattern in _patterns)
        {
            if (pattern.StartsWith("*.", StringComparison.Ordinal)
                    ? host.Length > pattern.Length - 1 && host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
                    : host.Equals(pattern, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return !IsConfigured && !IsInner(host);
    }

    /// <summary>Whether a host means something only inside a company's or a machine's own network.</summary>
    public static bool IsInner(string host)
    {
        host = host.TrimEnd('.');
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address)) return IsInner(address);
        if (!host.Contains('.', StringComparison.Ordinal)) return true;
        foreach (var suffix in InnerSuffixes)
            if (host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    // RFC 1918, RFC 3927, RFC 6598, RFC 4193, RFC 4291; loopback.
    private static bool IsInner(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6SiteLocal || address.IsIPv6UniqueLocal) return true;
        if (address.AddressFamily != AddressFamily.InterNetwork) return false;
        var bytes = address.GetAddressBytes();
        return bytes[0] switch
        {
            0 or 10 => true,
            100 => (bytes[1] & 0xC0) == 64,
            169 => bytes[1] == 254,
            172 => (bytes[1] & 0xF0) == 16,
            192 => bytes[1] == 168,
            _ => false,
        };
    }
}
