using System.Collections.Immutable;
using System.Text.Json;
using System.Xml;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Inspection;

/// <summary>Decides what kind of package an artifact is, from what it holds, and reads what the package says about itself.</summary>
internal sealed record PackageFacts(ArtifactKind Kind, PackageMetadata? Package)
{
    /// <summary>An entry that a package may describe itself in, whole.</summary>
    public sealed record Description(Entry Entry, byte[] Bytes);

    /// <summary>Receives an anomaly.</summary>
    public delegate void Report(AnomalyKind kind, EntryPath? path, string reason, long? offset = null);

    /// <summary>Whether an entry may be the one a package describes itself in: a .nuspec at the root, a package.json one folder down.</summary>
    public static bool MayDescribe(Entry entry)
    {
        if (entry.ArchivePath.Depth > 0) return false;
        var path = entry.ArchivePath.Inner;
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0
            ? path.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase)
            : slash == path.LastIndexOf('/') && path.AsSpan(slash).SequenceEqual("/package.json");
    }

    /// <summary>Decides the kind and reads the metadata. For an npm package, takes the root folder off the entries' paths.</summary>
    public static PackageFacts Of(Artifact artifact, List<Entry> entries, List<Description> candidates, Report report)
    {
        candidates.Sort(static (a, b) => a.Entry.Order.CompareTo(b.Entry.Order));
        switch (artifact.Kind)
        {
            case ArtifactKind.Zip:
                var nuspecs = candidates.FindAll(c => c.Entry.ArchivePath.NameEndsWith(".nuspec"));
                if (nuspecs.Count > 1)
                    report(AnomalyKind.Uninspectable, null, $"it holds {nuspecs.Count} .nuspec files at its root; which one a consumer reads is open");
                var symbols = artifact.Name.EndsWith(".snupkg", StringComparison.OrdinalIgnoreCase);
                if (nuspecs.Count == 0)
                {
                    if (symbols || artifact.Name.EndsWith(".nupkg", StringComparison.OrdinalIgnoreCase))
                        report(AnomalyKind.KindMismatch, null, "it is named like a NuGet package, but there is no .nuspec at its root");
                    return new PackageFacts(ArtifactKind.Zip, null);
                }

                var package = Read(nuspecs[0].Entry, nuspecs[0].Bytes, ReadNuspec, report);
                // By name alone: whatever type it claims, a feed takes a .nupkg for an ordinary package and serves it to everyone.
                Unescape(entries);
                return new PackageFacts(symbols ? ArtifactKind.SymbolsPackage : ArtifactKind.NuGetPackage, package);

            case ArtifactKind.Tar:
                candidates.RemoveAll(c => c.Entry.ArchivePath.Inner.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase));
                if (RootOf(candidates, entries) is not { } root)
                {
                    // How 'tar -C dir .' names what is in the folder; unpacked it is the same with it and without.
                    StripRoot(entries, "./");
                    return new PackageFacts(ArtifactKind.Tar, null);
                }

                StripRoot(entries, root);
                foreach (var stray in entries.Where(e => e.ArchivePath.Depth == 0 && e.Type != EntryType.Directory && !e.ArchivePath.Inner.StartsWith(root, StringComparison.Ordinal)))
                    report(AnomalyKind.HiddenData, stray.ArchivePath, $"stands beside '{EntryPath.Printable(root)}'; npm takes off the first folder whatever its name and unpacks both into one");
                var described = candidates.First(c => c.Entry.ArchivePath.Inner == root + "package.json");
                return new PackageFacts(ArtifactKind.NpmPackage, Read(described.Entry, described.Bytes, ReadPackageJson, report));

            default:
                return new PackageFacts(artifact.Kind, null);
        }
    }

    // npm takes off the first folder, whatever its name; nearly always it is "package".
    private static string? RootOf(List<Description> candidates, List<Entry> entries)
    {
        if (candidates.Count == 0) return null;
        if (candidates.Exists(c => c.Entry.ArchivePath.Inner == "package/package.json")) return "package/";
        var first = candidates[0].Entry.ArchivePath.Inner;
        var root = first[..(first.IndexOf('/', StringComparison.Ordinal) + 1)];
        return entries.TrueForAll(e => e.ArchivePath.Depth > 0 || e.ArchivePath.Inner.StartsWith(root, StringComparison.Ordinal)) ? root : null;
    }

    // NuGet writes part names as URIs and unescapes them when it unpacks: "Foo%2Ecs" arrives as "Foo.cs".
    private static void Unescape(List<Entry> entries)
    {
        foreach (var entry in entries)
            if (entry.ArchivePath.Depth == 0 && entry.ArchivePath.Inner.Contains('%', StringComparison.Ordinal)) entry.Path = new EntryPath(Uri.UnescapeDataString(entry.ArchivePath.Inner));
        foreach (var entry in entries)
            if (entry.Container is { } container) entry.Path = new EntryPath(entry.ArchivePath.Inner, container.Path);
    }

    private static void StripRoot(List<Entry> entries, string root)
    {
        var done = new HashSet<Entry>();
        foreach (var entry in entries) Strip(entry);

        void Strip(Entry entry)
        {
            if (!done.Add(entry)) return;
            if (entry.Container is { } container)
            {
                Strip(container);
                entry.Path = new EntryPath(entry.ArchivePath.Inner, container.Path);
            }
            else if (entry.ArchivePath.Inner.Length > root.Length && entry.ArchivePath.Inner.StartsWith(root, StringComparison.Ordinal))
            {
                entry.Path = new EntryPath(entry.ArchivePath.Inner[root.Length..]);
            }
        }
    }

    private static PackageMetadata? Read(Entry entry, byte[] bytes, Func<Entry, byte[], PackageMetadata> read, Report report)
    {
        try
        {
            return read(entry, bytes);
        }
        // The last is the framework's for "\ud800" alone, which is no text.
        catch (Exception e) when (e is XmlException or JsonException or FormatException or InvalidOperationException)
        {
            report(AnomalyKind.Uninspectable, entry.ArchivePath, $"what the package says about itself cannot be read: {EntryPath.Printable(e.Message)}");
            return null;
        }
    }

    private static PackageMetadata ReadNuspec(Entry entry, byte[] bytes)
    {
        string? id = null, version = null;
        var dependencies = new List<PackageDependency>();
        var types = new List<string>();
        var texts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        PackageLicense? licenseUrl = null;
        string? licenseType = null, licenseText = null;
        var framework = "";
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true };
        using var reader = XmlReader.Create(new MemoryStream(bytes), settings);
        var path = new List<string>();
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                path.Add(reader.LocalName);
                // What matters stands at most five deep; longer paths are not made.
                switch (path.Count > 5 ? "" : string.Join('/', path))
                {
                    case "package/metadata/dependencies/group":
                        framework = reader.GetAttribute("targetFramework") ?? "";
                        break;
                    case "package/metadata/dependencies/dependency":
                        dependencies.Add(new PackageDependency(reader.GetAttribute("id") ?? "", reader.GetAttribute("version") ?? ""));
                        break;
                    case "package/metadata/dependencies/group/dependency":
                        dependencies.Add(new PackageDependency(reader.GetAttribute("id") ?? "", reader.GetAttribute("version") ?? "", framework));
                        break;
                    case "package/metadata/license":
                        if (licenseType is not null) throw new FormatException("there are two licences");
                        licenseType = reader.GetAttribute("type") ?? "";
                        break;
                    case "package/metadata/repository":
                        foreach (var name in (ReadOnlySpan<string>)["type", "url", "branch", "commit"])
                            if (reader.GetAttribute(name) is { } attribute) texts["repository/" + name] = attribute;
                        break;
                    case "package/metadata/packageTypes/packageType":
                        types.Add(reader.GetAttribute("name") ?? "");
                        break;
                }

                if (reader.IsEmptyElement) path.RemoveAt(path.Count - 1);
            }
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && path.Count == 3 && path[1] == "metadata")
            {
                if (path[2] == "id") id = id is null ? reader.Value.Trim() : throw new FormatException("there are two ids");
                else if (path[2] == "version") version = version is null ? reader.Value.Trim() : throw new FormatException("there are two versions");
                else if (path[2] == "license") licenseText += reader.Value;
                else if (path[2] == "licenseUrl") licenseUrl = new PackageLicense(LicenseKind.Url, reader.Value.Trim());
                // A comment or CDATA parts a text; whoever reads the element sees one.
                texts[path[2]] = texts.TryGetValue(path[2], out var before) ? before + reader.Value : reader.Value;
            }
            else if (reader.NodeType == XmlNodeType.EndElement)
            {
                path.RemoveAt(path.Count - 1);
            }
        }

        if (id is not { Length: > 0 } || version is not { Length: > 0 }) throw new FormatException("there is no package/metadata/id or no package/metadata/version");
        var license = licenseText is null ? licenseUrl : new PackageLicense(licenseType == "file" ? LicenseKind.File : LicenseKind.Expression, licenseText.Trim());
        return new PackageMetadata(id, version, dependencies, types, entry) { License = license, Texts = texts.ToImmutable() };
    }

    private static PackageMetadata ReadPackageJson(Entry entry, byte[] bytes)
    {
        var json = bytes.AsMemory();
        if (json.Span.StartsWith("\uFEFF"u8)) json = json[3..];
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw new FormatException("package.json is no JSON object");
        var dependencies = new List<PackageDependency>();
        foreach (var group in (ReadOnlySpan<string>)["dependencies", "optionalDependencies", "peerDependencies"])
            if (root.TryGetProperty(group, out var list) && list.ValueKind == JsonValueKind.Object)
                foreach (var dependency in list.EnumerateObject())
                    dependencies.Add(new PackageDependency(dependency.Name, dependency.Value.ValueKind == JsonValueKind.String ? dependency.Value.GetString()! : dependency.Value.GetRawText(), group));
        return new PackageMetadata(Text("name"), Text("version"), dependencies, [], entry)
        {
            License = ReadLicense(root),
            Texts = Strings(root),
            Npm = new NpmMetadata
            {
                IsPrivate = root.TryGetProperty("private", out var isPrivate) && isPrivate.ValueKind == JsonValueKind.True,
                HasFiles = root.TryGetProperty("files", out var files) && files.ValueKind == JsonValueKind.Array,
                Files = files.ValueKind == JsonValueKind.Array ? [.. files.EnumerateArray().Where(f => f.ValueKind == JsonValueKind.String).Select(f => f.GetString()!)] : [],
                DeclinesGyp = root.TryGetProperty("gypfile", out var gyp) && gyp.ValueKind == JsonValueKind.False,
                PublishConfig = Below("publishConfig"),
                Scripts = Below("scripts"),
                Bundled = Bundled(root),
            },
        };

        ImmutableSortedDictionary<string, string> Below(string name) =>
            root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? Strings(value) : ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

        // npm takes off blanks before it publishes.
        string Text(string name) =>
            root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString()!.Trim() is { Length: > 0 } text
                ? text
                : throw new FormatException($"there is no \"{name}\"");
    }

    private static ImmutableSortedDictionary<string, string> Strings(JsonElement element)
    {
        var strings = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        // Of a key that stands twice, npm takes the last.
        foreach (var member in element.EnumerateObject())
            if (member.Value.ValueKind == JsonValueKind.String) strings[member.Name] = member.Value.GetString()!;
            else strings.Remove(member.Name);
        return strings.ToImmutable();
    }

    // "license": "MIT"; the forms of old are { "type": "MIT" } and "licenses": [ { "type": "MIT" } ].
    internal static PackageLicense? ReadLicense(JsonElement root)
    {
        if (!root.TryGetProperty("license", out var license) && root.TryGetProperty("licenses", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0) license = list[0];
        if (license.ValueKind == JsonValueKind.Object && license.TryGetProperty("type", out var type)) license = type;
        if (license.ValueKind != JsonValueKind.String) return null;
        const string InFile = "SEE LICENSE IN ";
        var text = license.GetString()!.Trim();
        return text.StartsWith(InFile, StringComparison.OrdinalIgnoreCase) ? new PackageLicense(LicenseKind.File, text[InFile.Length..].Trim()) : new PackageLicense(LicenseKind.Expression, text);
    }

    private static string[] Bundled(JsonElement root)
    {
        if (!root.TryGetProperty("bundleDependencies", out var bundled)) root.TryGetProperty("bundledDependencies", out bundled);
        return bundled.ValueKind switch
        {
            JsonValueKind.Array => [.. bundled.EnumerateArray().Where(b => b.ValueKind == JsonValueKind.String).Select(b => b.GetString()!)],
            JsonValueKind.True when root.TryGetProperty("dependencies", out var all) && all.ValueKind == JsonValueKind.Object => [.. all.EnumerateObject().Select(d => d.Name)],
            _ => [],
        };
    }
}
