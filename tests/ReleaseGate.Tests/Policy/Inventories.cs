using System.Globalization;
using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Policy;

/// <summary>Inventories as text, and rules run over them.</summary>
internal static class Inventories
{
    /// <summary>
    /// Makes an inventory. Each entry is a path, with "!/" for nested archives, and optionally " @Kind" and " #length"; a '/' at the end makes a folder.
    /// An entry that others stand in is an archive that was entered.
    /// </summary>
    public static Inventory Of(string name, ArtifactKind kind, IEnumerable<string> entries, string? id = null, string version = "1.2.3", long length = 1000)
    {
        var made = new Dictionary<string, Entry>(StringComparer.Ordinal);
        var all = new List<Entry>();
        foreach (var line in entries)
        {
            var parts = line.Split([" @", " #"], StringSplitOptions.None);
            var text = parts[0];
            var at = text.LastIndexOf("!/", StringComparison.Ordinal);
            EntryPath? container = null;
            if (at >= 0)
            {
                var outer = made[text[..at]];
                outer.Entered = true;
                if (outer.Kind == EntryKind.Binary) outer.Kind = EntryKind.Zip;
                container = outer.Path;
            }

            var entry = new Entry(new EntryPath(at < 0 ? text : text[(at + 2)..], container), all.Count, text.EndsWith('/') ? EntryType.Directory : EntryType.File)
            {
                Complete = true,
                Kind = line.Contains(" @", StringComparison.Ordinal) ? Enum.Parse<EntryKind>(parts[1]) : EntryKind.Binary,
                Length = line.Contains(" #", StringComparison.Ordinal) ? long.Parse(parts[^1], CultureInfo.InvariantCulture) : 10,
            };
            made[text] = entry;
            all.Add(entry);
        }

        var sorted = all.OrderBy(e => e.Path).ThenBy(e => e.Order).ToArray();
        var package = id is null ? null : new PackageMetadata(id, version, [], [], sorted.FirstOrDefault(e => e.Path.Inner.EndsWith(".nuspec", StringComparison.Ordinal) || e.Path.Inner == "package.json") ?? sorted[0]);
        return new Inventory(name, kind, length, default, sorted, [], package);
    }

    public static Inventory NuGet(params string[] entries) => Of("Acme.1.2.3.nupkg", ArtifactKind.NuGetPackage, ["[Content_Types].xml", "_rels/.rels", "Acme.nuspec", "package/services/metadata/core-properties/1f.psmdcp", .. entries], "Acme");

    public static Inventory Npm(params string[] entries) => Of("acme-cli-1.2.3.tgz", ArtifactKind.NpmPackage, ["package.json", .. entries], "@acme/cli");

    public static Inventory Zip(params string[] entries) => Of("acme.zip", ArtifactKind.Zip, entries);

    public static Inventory Folder(params string[] entries) => Of("publish", ArtifactKind.Directory, entries);

    public static ArtifactPolicy PolicyFor(this Manifest manifest, Inventory inventory) => manifest.For(inventory.Name, inventory.Kind == ArtifactKind.Directory);

    /// <summary>What a rule says, as "path: message" lines.</summary>
    public static IReadOnlyList<Finding> Run(Rule rule, Manifest manifest, Inventory inventory)
    {
        var findings = new List<Finding>();
        var context = new RuleContext(rule, manifest.PolicyFor(inventory), findings);
        switch (rule)
        {
            case ArtifactRule artifactRule:
                artifactRule.Inspect(inventory, context);
                break;
            case EntryRule entryRule:
                foreach (var entry in inventory.Entries) entryRule.Inspect(entry, inventory, context);
                break;
            default:
                throw new NotSupportedException($"{rule} asks for bytes; an inventory has none.");
        }

        return findings;
    }

    public static string[] Paths(this IEnumerable<Finding> findings) => [.. findings.Select(f => f.Path?.ToString() ?? "")];

    public static Manifest Profile(string name) => new ManifestReader(new FileSystem()).ReadProfile(name);

    /// <summary>Reads a manifest from text, as if it lay in a folder of its own.</summary>
    public static Manifest Manifest(string text)
    {
        var folder = Directory.CreateTempSubdirectory("manifest").FullName;
        try
        {
            var file = Path.Combine(folder, ManifestSearch.FileName);
            File.WriteAllText(file, text);
            return new ManifestReader(new FileSystem()).Read(file);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
