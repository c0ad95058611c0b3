using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>
/// What may go where, as a package URL (package-url/purl-spec): <c>pkg:nuget/Acme.Cli@2.1.88?repository_url=https://feed.acme.example/v3/index.json</c>. Without
/// <c>repository_url</c> it is the public registry of its kind. What is no package of NuGet or npm is <c>pkg:generic/NAME?checksum=sha256:…</c>.
/// </summary>
public static class SealDestination
{
    private const string Repository = "repository_url=";

    /// <summary>An address of a feed in the form that addresses are compared in.</summary>
    /// <param name="feed">As written; null: the public registry.</param>
    /// <exception cref="GateException">RG0007: it is no address, or carries more than one, e.g. credentials.</exception>
    public static string? Feed(string? feed)
    {
        if (feed is null) return null;
        return RegistryAddress.Normalised(feed)
            ?? throw new GateException(GateRules.NothingInspected.Id, $"the feed {Shown(feed)}is no address of http or https without credentials, query and fragment, e.g. 'https://feed.acme.example/v3/index.json'; without a feed the public registry is meant");
    }

    // What is wrong with it may be that it carries a password, or that it is a key.
    private static string Shown(string feed) => feed.AsSpan().IndexOfAny("@?#") >= 0 || KeyText.IsKey(feed) ? "" : $"'{EntryPath.Printable(feed)}' ";

    /// <summary>The destination of an artifact.</summary>
    /// <param name="inventory">What the artifact says of itself.</param>
    /// <param name="name">What it is called where it is no package.</param>
    /// <param name="feed">See <see cref="Feed"/>.</param>
    public static string Of(Inventory inventory, string name, string? feed) => JsonReporter.PackageUrl(inventory) is { } package
        ? feed is null ? package : $"{package}?{Repository}{Escaped(feed)}"
        : $"pkg:generic/{Escaped(name, isName: true)}?checksum=sha256:{inventory.Digest}{(feed is null ? "" : $"&{Repository}{Escaped(feed)}")}";

    /// <summary>The part of a destination that names the feed; "" for the public registry.</summary>
    internal static string FeedOf(string destination)
    {
        var at = destination.IndexOf(Repository, StringComparison.Ordinal);
        return at > 0 && destination[at - 1] is '?' or '&' ? destination[(at + Repository.Length)..] : "";
    }

    internal static string FeedPart(string? feed) => feed is null ? "" : Escaped(feed);

    // In qualifiers ':' and '/' stand as they are; '/' in a name would begin a namespace.
    private static string Escaped(string text, bool isName = false)
    {
        var escaped = Uri.EscapeDataString(text).Replace("%3A", ":", StringComparison.Ordinal);
        return isName ? escaped : escaped.Replace("%2F", "/", StringComparison.Ordinal);
    }
}
