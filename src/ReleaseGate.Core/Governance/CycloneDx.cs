using System.Globalization;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Governance;

/// <summary>
/// Writes what an artifact holds as CycloneDX 1.6 JSON (docs/sbom.md): the artifact, every file in it with its SHA-256, the packages it declares and those it carries. It is made of the
/// inventory alone: the same artifact at the same time has the same document everywhere, byte for byte.
/// </summary>
/// <remarks>https://cyclonedx.org/docs/1.6/json/</remarks>
public static class CycloneDx
{
    /// <summary>What the name of such a file ends with, behind the whole name of its artifact.</summary>
    public const string Suffix = ".cdx.json";

    internal const string SchemaAddress = "http://cyclonedx.org/schema/bom-1.6.schema.json";

    private const string Prefix = "releasegate:";

    /// <summary>The longest version that the format takes.</summary>
    private const int MostVersion = 1024;

    private const int MostLicense = 200;

    /// <summary>The namespace of serial numbers: version 5 UUIDs whose name is the artifact's SHA-256 in lower case hexadecimal digits. Ours, made once at random.</summary>
    public static readonly Guid Namespace = new("5b0c5f6e-6d1a-4f0e-9c1d-7a3a4b0f2e61");

    /// <summary>Writes the document, UTF-8 without a mark, lines ending in a line feed.</summary>
    /// <param name="inventory">What was found in the artifact.</param>
    /// <param name="time">When, UTC; see <see cref="Receipt.TimeOf"/>.</param>
    /// <param name="output">Where to; stays open.</param>
    public static void Write(Inventory inventory, DateTime time, Stream output)
    {
        using var lines = new LineFeeds(output);
        using var json = new Utf8JsonWriter(lines, JsonReporter.Format);
        new Document(inventory, json).Write(time);
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private sealed class Document
    {
        private readonly Inventory _inventory;
        private readonly Utf8JsonWriter _json;
        private readonly SpdxList _licenses = new();
        private readonly SbomContent _content;
        private readonly string _root;

        public Document(Inventory inventory, Utf8JsonWriter json)
        {
            (_inventory, _json) = (inventory, json);
            _root = JsonReporter.PackageUrl(inventory) is { } url ? url : $"sha256:{inventory.Digest}";
            _content = new SbomContent(inventory, _root);
        }

        public void Write(DateTime time)
        {
            _json.WriteStartObject();
            _json.WriteString("$schema"u8, SchemaAddress);
            _json.WriteString("bomFormat"u8, "CycloneDX"u8);
            _json.WriteString("specVersion"u8, "1.6"u8);
            _json.WriteString("serialNumber"u8, $"urn:uuid:{NameBasedUuid.Of(Namespace, _inventory.Digest.ToString()):D}");
            _json.WriteNumber("version"u8, 1);
            WriteMetadata(time);
            _json.WriteStartArray("components"u8);
            foreach (var library in _content.Libraries) WriteLibrary(library);
            WriteEntries(_content.Entries);
            _json.WriteEndArray();
            WriteDependencies();
            WriteCompositions();
            _json.WriteEndObject();
        }

        private void WriteMetadata(DateTime time)
        {
            _json.WriteStartObject("metadata"u8);
            _json.WriteString("timestamp"u8, JsonReporter.Written(time));
            // First of what may differ: by it a run knows its own files again (ReportFile).
            _json.WriteStartObject("tools"u8);
            _json.WriteStartArray("components"u8);
            _json.WriteStartObject();
            _json.WriteString("type"u8, "application"u8);
            _json.WriteString("name"u8, "ReleaseGate"u8);
            _json.WriteString("version"u8, GateReport.ToolVersion);
            _json.WriteEndObject();
            _json.WriteEndArray();
            _json.WriteEndObject();
            _json.WriteStartArray("lifecycles"u8);
            _json.WriteStartObject();
            _json.WriteString("phase"u8, "post-build"u8);
            _json.WriteEndObject();
            _json.WriteEndArray();
            WriteArtifact();
            _json.WriteEndObject();
        }

        private void WriteArtifact()
        {
            var package = _inventory.Package;
            _json.WriteStartObject("component"u8);
            _json.WriteString("type"u8, TypeOf(_inventory));
            Text("bom-ref"u8, _root);
            WriteName(package?.Id ?? _inventory.Name, isNpm: _inventory.Kind == ArtifactKind.NpmPackage);
            WriteVersion(package?.Version);
            var isFolder = _inventory.Kind == ArtifactKind.Directory;
            // The digest of a folder is that of a list, and no file has it.
            if (!isFolder) WriteHash(_inventory.Digest);
            WriteLicense(package?.License);
            if (package is not null && JsonReporter.PackageUrl(_inventory) is { } url) Text("purl"u8, url);
            _json.WriteStartArray("properties"u8);
            Property("artifact", _inventory.Name);
            Property("kind", _inventory.Kind.ToString());
            Property("size", Number(_inventory.Length));
            Property("entries", Number(_inventory.Entries.Count));
            if (isFolder) Property("sha256", _inventory.Digest.ToString());
            if (package is not null)
                foreach (var type in package.PackageTypes) Property("package-type", type);
            _json.WriteEndArray();
            _json.WriteEndObject();
        }

        private void WriteLibrary(SbomLibrary library)
        {
            _json.WriteStartObject();
            _json.WriteString("type"u8, "library"u8);
            Text("bom-ref"u8, library.Reference);
            WriteName(library.Id, library.IsNpm);
            WriteVersion(library.Version);
            if (library.IsOptional is { } optional) _json.WriteString("scope"u8, optional ? "optional"u8 : "required"u8);
            WriteLicense(library.License);
            if (library.Url is { } url) Text("purl"u8, url);
            _json.WriteStartArray("properties"u8);
            foreach (var (name, value) in library.Properties) Property(name, value);
            _json.WriteEndArray();
            _json.WriteEndObject();
            if (_json.BytesPending > JsonReporter.FlushAt) _json.Flush();
        }

        // What stands in an archive stands in its component.
        private void WriteEntries(IEnumerable<Entry> entries)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var entry in entries)
            {
                if (entry.Type == EntryType.Directory) continue;
                var name = EntryPath.Printable(entry.Container is null ? entry.Path.Value : entry.Path.Inner);
                _json.WriteStartObject();
                _json.WriteString("type"u8, "file"u8);
                if (_content.ReferenceOf(entry) is { } reference) Text("bom-ref"u8, reference);
                Text("name"u8, name);
                if (entry is { Type: EntryType.File, Complete: true }) WriteHash(entry.Digest);
                _json.WriteStartArray("properties"u8);
                if (entry.Type == EntryType.File)
                {
                    Property("kind", entry.Kind.ToString());
                    Property("size", Number(entry.Length));
                }
                else
                {
                    Property("type", entry.Type.ToString());
                }

                if (entry.LinkTarget is { } target) Property("link-target", target);
                if (entry.Container is not null) Property("path", entry.Path.Value);
                // Two of one name are two components, and no two may be alike.
                if (!names.Add(name)) Property("position", Number(entry.Order));
                if (entry.Traits.TryGetValue(SbomContent.AssemblyTrait, out var assembly)) Property("assembly", assembly);
                if (entry is { Type: EntryType.File, Complete: false }) Property("incomplete", "true");
                _json.WriteEndArray();
                if (_content.Inside(entry) is { } inside)
                {
                    _json.WriteStartArray("components"u8);
                    WriteEntries(inside);
                    _json.WriteEndArray();
                }

                _json.WriteEndObject();
                if (_json.BytesPending > JsonReporter.FlushAt) _json.Flush();
            }
        }

        private void WriteDependencies()
        {
            _json.WriteStartArray("dependencies"u8);
            if (_content.DeclaresDependencies)
            {
                _json.WriteStartObject();
                Text("ref"u8, _root);
                _json.WriteStartArray("dependsOn"u8);
                foreach (var library in _content.Libraries)
                    if (library.IsOptional is not null) Value(library.Reference);
                _json.WriteEndArray();
                _json.WriteEndObject();
            }

            _json.WriteEndArray();
        }

        private void WriteCompositions()
        {
            _json.WriteStartArray("compositions"u8);
            WriteComposition(_content.IsComplete ? "complete"u8 : "incomplete"u8, "assemblies"u8, [_root]);
            WriteComposition("complete"u8, "assemblies"u8, _content.CompleteArchives);
            WriteComposition("incomplete"u8, "assemblies"u8, _content.Incomplete);
            WriteComposition("unknown"u8, "assemblies"u8, _content.ClosedArchives);
            // What it declares is known; what that depends on in turn, a package manager knows.
            WriteComposition(_content.DeclaresDependencies ? "complete"u8 : "unknown"u8, "dependencies"u8, [_root]);
            var libraries = new List<string>(_content.Libraries.Count);
            foreach (var library in _content.Libraries) libraries.Add(library.Reference);
            WriteComposition("unknown"u8, "dependencies"u8, libraries);
            _json.WriteEndArray();
        }

        private void WriteComposition(ReadOnlySpan<byte> aggregate, ReadOnlySpan<byte> of, IReadOnlyList<string> references)
        {
            if (references.Count == 0) return;
            _json.WriteStartObject();
            _json.WriteString("aggregate"u8, aggregate);
            _json.WriteStartArray(of);
            foreach (var reference in references) Value(reference);
            _json.WriteEndArray();
            _json.WriteEndObject();
        }

        private void WriteName(string id, bool isNpm)
        {
            var slash = isNpm && id.StartsWith('@') ? id.IndexOf('/', StringComparison.Ordinal) : -1;
            if (slash > 0) Text("group"u8, id[..slash]);
            Text("name"u8, id[(slash + 1)..]);
        }

        private void WriteVersion(string? version)
        {
            if (version is null) return;
            version = EntryPath.Printable(Redacted.Address(version));
            if (version.Length <= MostVersion) Text("version"u8, version);
        }

        private void WriteHash(Digest digest)
        {
            _json.WriteStartArray("hashes"u8);
            _json.WriteStartObject();
            _json.WriteString("alg"u8, "SHA-256"u8);
            _json.WriteString("content"u8, digest.ToString());
            _json.WriteEndObject();
            _json.WriteEndArray();
        }

        private void WriteLicense(PackageLicense? license)
        {
            if (license is null || license.Text.Length == 0) return;
            _json.WriteStartArray("licenses"u8);
            _json.WriteStartObject();
            if (license.Kind == LicenseKind.Expression && _licenses.Expression(license.Text) is { } expression)
            {
                Text("expression"u8, expression);
                _json.WriteString("acknowledgement"u8, "declared"u8);
            }
            else
            {
                _json.WriteStartObject("license"u8);
                var address = license.Kind == LicenseKind.Url ? PlaceOf(license.Text) : null;
                var text = address ?? Redacted.Address(license.Text);
                if (text.Length > MostLicense) text = text[..MostLicense] + "…";
                // As npm says it.
                Text("name"u8, license.Kind == LicenseKind.File ? $"SEE LICENSE IN {text}" : text);
                _json.WriteString("acknowledgement"u8, "declared"u8);
                if (address is not null) Text("url"u8, address);
                _json.WriteEndObject();
            }

            _json.WriteEndObject();
            _json.WriteEndArray();
        }

        // Credentials stand before the host, tokens in the query or the fragment.
        private static string? PlaceOf(string text)
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)) return null;
            return address.UserInfo.Length + address.Query.Length + address.Fragment.Length == 0 ? address.AbsoluteUri
                : address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        }

        private void Property(string name, string value)
        {
            _json.WriteStartObject();
            Text("name"u8, Prefix + name);
            Text("value"u8, value);
            _json.WriteEndObject();
        }

        // Names from an artifact are fit to be shown: no control characters, no half surrogate pairs.
        private void Text(ReadOnlySpan<byte> key, string value) => _json.WriteString(key, EntryPath.Printable(value));

        private void Value(string value) => _json.WriteStringValue(EntryPath.Printable(value));

        private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

        private static ReadOnlySpan<byte> TypeOf(Inventory inventory) => inventory.Kind switch
        {
            ArtifactKind.NuGetPackage when inventory.Package?.PackageTypes.Contains("DotnetTool", StringComparer.OrdinalIgnoreCase) == true => "application"u8,
            ArtifactKind.NuGetPackage or ArtifactKind.SymbolsPackage or ArtifactKind.NpmPackage => "library"u8,
            ArtifactKind.Directory or ArtifactKind.Executable => "application"u8,
            _ => "file"u8,
        };
    }
}
