using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance.Leaks;

internal static partial class LeakCatalogue
{
    private const int LargestSeed = 256 << 20;

    private static Leak[] Metadata() =>
    [
        new("destination-changed", "destination", "A private package without its mark", "The line that keeps a private package off the public registry was dropped in a merge.", o =>
        {
            if (!o.IsNpm) return Sowing.None("only npm packages say where they go");
            if (o.Policy.Destination != ArtifactPolicy.Private && o.Policy.Manifest.Private.Find(o.Inventory.Package!.Id) is null) return Sowing.None("the manifest does not say that the package is private");
            return PackageJson(o, json =>
            {
                json.Remove("private");
                json["publishConfig"] = new JsonObject { ["access"] = "public" };
            });
        }),
        new("unresolved-specifier", "metadata", "Dependency on a folder of the workspace", "The packer did not replace workspace: or file:, so nobody can install the package and the layout of the repository shows.",
            o => o.IsNpm ? PackageJson(o, json => Below(json, "dependencies")["@drill/pricing"] = "workspace:^") : Sowing.None("only npm packages have such dependencies")),
        new("unreplaced-token", "metadata", "Token of a template", "A value that the release should have filled in.", o => o.Kind switch
        {
            ArtifactKind.NuGetPackage => Nuspec(o, metadata => metadata.SetElementValue(metadata.Name.Namespace + "projectUrl", "https://$repository$/")),
            ArtifactKind.NpmPackage => PackageJson(o, json => json["homepage"] = "https://${HOST}/"),
            _ => Sowing.None(NoPackage),
        }),
        new("version-mismatch", "metadata", "Another version than the name says", "An old build was packed under the new name.", o => o.Kind != ArtifactKind.NuGetPackage ? Sowing.None("only NuGet packages go by their file name")
            : VersionedName.Parse(o.Inventory.Name).Version is null ? Sowing.None("the file's name has no version") : Nuspec(o, metadata => metadata.SetElementValue(metadata.Name.Namespace + "version", "0.0.1"))),
        new("license-changed", "metadata", "Licence that is not allowed", "The template's licence: the product would be open source by mistake.", o => !o.Policy.Manifest.Licenses.IsConfigured ? Sowing.None("the manifest lists no licences") : o.Kind switch
        {
            ArtifactKind.NuGetPackage => Nuspec(o, metadata => { metadata.SetElementValue(metadata.Name.Namespace + "license", "LicenseRef-Drill"); metadata.Element(metadata.Name.Namespace + "license")!.SetAttributeValue("type", "expression"); }),
            ArtifactKind.NpmPackage => PackageJson(o, json => json["license"] = "LicenseRef-Drill"),
            _ => Sowing.None(NoPackage),
        }),
        new("dependency-undeclared", "metadata", "Dependency that nobody approved", "A package more, whose author is unknown, runs at every customer's.", o => !o.Policy.Manifest.Dependencies.IsConfigured ? Sowing.None("the manifest lists no dependencies") : o.Kind switch
        {
            ArtifactKind.NuGetPackage => Nuspec(o, metadata => AddDependency(metadata, "Drill.Unknown", "1.0.0")),
            ArtifactKind.NpmPackage => PackageJson(o, json => Below(json, "dependencies")["drill-unknown"] = "^1.0.0"),
            _ => Sowing.None(NoPackage),
        }),
        new("prerelease-dependency", "metadata", "Dependency on a prerelease", "A stable package brings an unfinished one.", o => o.Inventory.Package is not { } package || o.Kind == ArtifactKind.SymbolsPackage ? Sowing.None(NoPackage)
            : package.Version.Contains('-', StringComparison.Ordinal) ? Sowing.None("the package is a prerelease itself") : o.Kind == ArtifactKind.NuGetPackage
            ? Nuspec(o, metadata => AddDependency(metadata, "Drill.Unfinished", "1.0.0-beta.1")) : PackageJson(o, json => Below(json, "dependencies")["drill-unfinished"] = "1.0.0-beta.1"))
            { Needs = RuleId.Parse("RG5007") },
        new("install-script", "metadata", "Script that runs at installation", "Code that runs at every customer's before anyone called it.",
            o => o.IsNpm ? PackageJson(o, json => Below(json, "scripts")["postinstall"] = "node setup.js") : Sowing.None("only npm packages have such scripts")) { Needs = RuleId.Parse("RG5003") },
        new("no-files-list", "metadata", "Package without a files list", "Without the list, npm packs whatever lies in the folder.",
            o => o.IsNpm ? PackageJson(o, json => json.Remove("files")) : Sowing.None("only npm packages have a files list")) { Needs = RuleId.Parse("RG5002") },
    ];

    private static Leak[] Files() =>
    [
        new("unlisted-file", "allowlist", "File that nobody listed", "Notes of a meeting in a format that no rule knows.", o => new AddedEntry(o.Stray("notes/roadmap.drillnote"), Bytes("Next year: the new pricing.\n"))),
        new("required-file-missing", "allowlist", "Required file that is missing", "The build skipped a step, and what the manifest requires is not there.", RequiredMissing),
        new("forbidden-file", "allowlist", "File that is forbidden", "What the manifest names as never to ship.", Forbidden),
        new("oversized-file", "limits", "File larger than the limit", "A leak that nobody thought of, seen by its size: the package of 2026-03-31 grew sixfold.", Oversized),
        new("kind-mismatch", "kinds", "Program named like a picture", "An executable under the name of an icon, which allowlists pass.", o => o.Kind == ArtifactKind.SymbolsPackage
            ? new AddedEntry(o.Stray("icon.png"), Bytes("no picture\n")) : new AddedEntry(o.Free(o.IsNuGet ? "images/icon.png" : "icon.png"), new SeededAssembly { Name = "Setup" }.Image())),
        new("nested-archive", "kinds", "Archive that was not declared", "Nobody sees in a listing what is in it.", o => new AddedEntry(o.Stray("payload.zip"), SeededFiles.Zip(("notes/roadmap.drillnote", Bytes("Next year.\n"))))),
    ];

    private static Leak[] Archives() =>
    [
        new("bytes-before", "archive-structure", "Bytes before the archive", "Programs that unpack zips look at the end alone: what stands before is in no listing.",
            o => o.IsZip ? new BytesBefore(Bytes($"token={SeededSecrets.Password()}\n")) : Sowing.None("only a zip may begin with something else")),
        new("bytes-behind", "archive-structure", "Bytes behind the archive", "What follows the end is in no listing and reaches every customer.",
            o => o.IsFolder ? Sowing.None(NoArchive) : new BytesBehind(Bytes($"token={SeededSecrets.Password()}\n"))),
        new("path-traversal", "archive-structure", "Entry that leaves its folder", "Unpacked, it writes beside the folder it was unpacked in.",
            o => o.IsFolder ? Sowing.None(NoArchive) : new AddedEntry("../../drill.txt", Bytes("outside\n")) { IsRaw = true }),
        new("symbolic-link", "archive-structure", "Symbolic link", "A link to a file of the machine: whoever packs again packs that file.", o => o.IsFolder && OperatingSystem.IsWindows()
            ? Sowing.None("Windows lets only some make links") : new AddedEntry(o.Stray("current.txt"), []) { LinkTarget = "/etc/passwd" }),
        new("duplicate-entry", "archive-structure", "Two entries of one name", "Listings show the one, customers get the other.", o =>
        {
            if (o.IsFolder) return Sowing.None(NoArchive);
            var twin = o.Inventory.Entries.FirstOrDefault(e => e.Path.Depth == 0 && e.Type == EntryType.File && e != o.Description);
            return twin is null ? Sowing.None("there is no entry to double") : new AddedEntry(twin.ArchivePath.Inner, Bytes("another text\n")) { IsRaw = true };
        }),
        new("case-collision", "archive-structure", "Two entries that differ in case", "Windows and macOS keep one of the two, and nobody knows which.", o =>
        {
            if (o.IsFolder) return Sowing.None("the disk decides whether a folder can hold both");
            var twin = o.Inventory.Entries.FirstOrDefault(e => e.Path.Depth == 0 && e.Type == EntryType.File && e != o.Description && Swapped(e.ArchivePath.Inner) != e.ArchivePath.Inner);
            return twin is null ? Sowing.None("there is no entry to double") : new AddedEntry(Swapped(twin.ArchivePath.Inner), Bytes("another text\n")) { IsRaw = true };
        }),
        new("cut-off", "gate", "Archive that ends early", "The upload broke off; what was not read was not checked.", o => o.IsFolder ? Sowing.None(NoArchive) : new CutEnd(16)),
    ];

    private const string NoArchive = "a folder is no archive";

    private static Sowing RequiredMissing(Original o)
    {
        var names = PackageNames.Of(o.Inventory);
        foreach (var section in o.Policy.Sections)
        {
            foreach (var pattern in section.Require)
            {
                var bound = pattern.Glob.Bind(names);
                var all = o.Inventory.Entries.Where(e => e.Path.Depth == 0 && e.Type == EntryType.File && bound.IsMatch(SplitName.Levels(e.Path))).ToArray();
                if (all.Length > 0 && !all.Contains(o.Description)) return Sowing.Of([.. all.Select(e => new RemovedEntry(e.Path.Inner))]);
            }
        }

        return Sowing.None("the manifest requires no file");
    }

    private static Sowing Forbidden(Original o)
    {
        var names = PackageNames.Of(o.Inventory);
        foreach (var section in o.Policy.Sections)
        {
            foreach (var pattern in section.Forbid)
            {
                // A name that the pattern means: its wildcards filled with something.
                var path = pattern.ToString().Replace("**/", "", StringComparison.Ordinal).Replace("**", "drill", StringComparison.Ordinal).Replace("*", "drill", StringComparison.Ordinal).Replace("?", "d", StringComparison.Ordinal);
                if (path.Length == 0 || path.Contains("!/", StringComparison.Ordinal) || path.EndsWith('/') || o.Free(path) != path) continue;
                if (pattern.Glob.Bind(names).IsMatch(SplitName.Levels(new EntryPath(path)))) return new AddedEntry(path, Bytes("x\n"));
            }
        }

        return Sowing.None("the manifest forbids no file whose name could be made up");
    }

    private static Sowing Oversized(Original o)
    {
        var limits = o.Policy.Limits;
        long? bytes = limits.Entry is { } entry ? entry + 1 : limits.Size is { } size ? Math.Max(1, size - o.Inventory.Length + 1) : null;
        if (bytes is not { } length) return Sowing.None("the manifest sets no limit");
        if (length > LargestSeed) return Sowing.None("the limit is above what a drill makes, 256 MB");
        var content = new byte[length];
        System.Security.Cryptography.RandomNumberGenerator.Fill(content);
        return new AddedEntry(o.Stray("data/prices.bin"), content);
    }

    private static Sowing PackageJson(Original o, Action<JsonObject> change)
    {
        var text = o.ReadText(o.Description!).TrimStart('\uFEFF');
        var json = JsonNode.Parse(text)!.AsObject();
        change(json);
        return new ChangedEntry(o.Description!.Path.Inner, Bytes(json.ToJsonString()));
    }

    private static JsonObject Below(JsonObject json, string key)
    {
        if (json[key] is JsonObject there) return there;
        var made = new JsonObject();
        json[key] = made;
        return made;
    }

    private static Sowing Nuspec(Original o, Action<XElement> change)
    {
        using var stream = new MemoryStream(o.Read(o.Description!));
        var document = XDocument.Load(stream);
        change(document.Root!.Elements().First(e => e.Name.LocalName == "metadata"));
        using var changed = new MemoryStream();
        document.Save(changed);
        return new ChangedEntry(o.Description!.Path.Inner, changed.ToArray());
    }

    private static void AddDependency(XElement metadata, string id, string version)
    {
        var space = metadata.Name.Namespace;
        var list = metadata.Element(space + "dependencies");
        if (list is null) metadata.Add(list = new XElement(space + "dependencies"));
        (list.Element(space + "group") ?? list).Add(new XElement(space + "dependency", new XAttribute("id", id), new XAttribute("version", version)));
    }

    // The name's own letters, the folders as they are.
    private static string Swapped(string path)
    {
        var name = path.LastIndexOf('/') + 1;
        var text = new StringBuilder(path);
        for (var i = name; i < text.Length; i++) text[i] = char.IsAsciiLetterLower(text[i]) ? char.ToUpperInvariant(text[i]) : char.IsAsciiLetterUpper(text[i]) ? char.ToLowerInvariant(text[i]) : text[i];
        return text.ToString();
    }
}
