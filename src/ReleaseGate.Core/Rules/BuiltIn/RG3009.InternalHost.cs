using System.Text;
using System.Text.Json;
using System.Xml;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.DotNet;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class InternalHost() : ContentRule(new Descriptor("RG3009", nameof(InternalHost),
    "Metadata points at a host that outsiders should not know of, or carries the credentials for one.",
    "Point the address at the public place or leave it out; hosts that may be named stand under 'hosts' in the manifest."))
{
    private const int Limit = 4 << 20;

    public override ContentRequest Request { get; } = ContentRequest.Of(
        ContentRequest.Read(ImageFacts.Reader, JudgeImage).Where(e => e.Kind == EntryKind.PortableExecutable),
        ContentRequest.Read(PdbFacts.Reader, (facts, entry, context) => JudgeSourceLink(facts, entry, context)).Where(e => e.Kind == EntryKind.PortablePdb),
        ContentRequest.Whole(Limit, JudgeNuspec).Where(e => e.Path.NameEndsWith(".nuspec")),
        ContentRequest.Whole(Limit, JudgePackageJson).Where(e => e.Path.NameIs("package.json")));

    private static void JudgeImage(ImageFacts facts, Entry entry, RuleContext context)
    {
        if (facts.Assembly?.RepositoryUrl is { } url)
            Judge("RepositoryUrl in its attributes", url, entry, context, "Set PublishRepositoryUrl to false, or RepositoryUrl to the public repository.");
        if (facts.EmbeddedPdb is { } pdb) JudgeSourceLink(pdb, entry, context);
    }

    private static void JudgeSourceLink(PdbFacts facts, Entry entry, RuleContext context)
    {
        var hosts = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (_, url) in SourceLinkDocument.Read(facts.SourceLink))
        {
            if (DeclaredUrl.Parse(url) is not { } parsed || !hosts.Add(parsed.Host)) continue;
            context.Recognise(entry, "source-link", EntryPath.Printable(string.Join(", ", hosts.Order(StringComparer.Ordinal))));
            Judge("Source Link", parsed, entry, context, "Set EnableSourceLink to false, or build from a clone of the public repository.");
        }
    }

    private static void JudgeNuspec(ReadOnlySpan<byte> bytes, Entry entry, RuleContext context)
    {
        var copy = bytes.ToArray();
        var urls = new List<(string, string)>();
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(copy), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true });
            var name = "";
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    name = reader.LocalName;
                    if (name == "repository" && reader.GetAttribute("url") is { } url) urls.Add(("the repository's url", url));
                }
                else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && name is "projectUrl" or "licenseUrl" or "iconUrl")
                {
                    urls.Add((name, reader.Value));
                }
            }
        }
        catch (XmlException)
        {
            // Nothing that reads packages can read it (RG0003 where it is the package's own); its URLs are still there to be seen.
            urls.Clear();
            foreach (var url in DeclaredUrl.In(copy)) urls.Add(("an address", url));
        }

        foreach (var (where, url) in urls) Judge(where, url, entry, context, null);
    }

    private static void JudgePackageJson(ReadOnlySpan<byte> bytes, Entry entry, RuleContext context)
    {
        var copy = bytes.ToArray();
        var urls = new List<(string, string)>();
        try
        {
            using var document = JsonDocument.Parse(copy.AsMemory(bytes.StartsWith("\uFEFF"u8) ? 3 : 0));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return;
            Take(root, "repository", "url");
            Take(root, "bugs", "url");
            Take(root, "homepage", null);
            if (root.TryGetProperty("publishConfig", out var publish) && publish.ValueKind == JsonValueKind.Object) Take(publish, "registry", null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // As above: a test fixture, most often. The latter where a string is no text: half a surrogate.
            urls.Clear();
            foreach (var url in DeclaredUrl.In(copy)) urls.Add(("an address", url));
        }

        foreach (var (where, url) in urls) Judge(where, url, entry, context, null);

        void Take(JsonElement parent, string name, string? inner)
        {
            if (!parent.TryGetProperty(name, out var value)) return;
            if (inner is not null && value.ValueKind == JsonValueKind.Object && value.TryGetProperty(inner, out var url)) value = url;
            if (value.ValueKind == JsonValueKind.String) urls.Add(($"'{name}'", value.GetString()!));
        }
    }

    private static void Judge(string where, string url, Entry entry, RuleContext context, string? fix)
    {
        if (DeclaredUrl.Parse(url) is { } parsed) Judge(where, parsed, entry, context, fix);
    }

    private static void Judge(string where, DeclaredUrl url, Entry entry, RuleContext context, string? fix)
    {
        var host = EntryPath.Printable(url.Host);
        if (url.Credential is { } credential)
            context.Report(entry, $"{where} carries credentials for {host}: {Secret.Show(Encoding.UTF8.GetBytes(credential))}", "Revoke them, then take them out of the address.", vendored: Severity.Warning);
        if (!context.Policy.Manifest.Hosts.Allows(url.Host))
            context.Report(entry, $"{where} points at {host}, {(context.Policy.Manifest.Hosts.IsConfigured ? "which 'hosts' in the manifest does not allow" : "a host of an inner network")}", fix, vendored: Severity.Warning);
    }
}
