using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance.Leaks;

/// <summary>What leaks are made to fit: the artifact as it was found, before anything is seeded.</summary>
internal sealed class Original
{
    private readonly Copies _copies;
    private readonly HashSet<string> _paths = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="verdict">What was made of it.</param>
    /// <param name="copies">Where its bytes are.</param>
    public Original(Verdict verdict, Copies copies)
    {
        _copies = copies;
        Inventory = verdict.Inventory;
        Policy = verdict.Policy;
        foreach (var entry in Inventory.Entries)
        {
            if (entry.Path.Depth > 0 || entry.Type != EntryType.File) continue;
            _paths.Add(entry.Path.Inner);
            if (!Policy.IsFirstParty(entry, Inventory)) continue;
            if (entry.Path.Extension is ".js" or ".mjs" or ".cjs" && entry.Length > (Script?.Length ?? 0)) Script = entry;
            if (entry.Kind == EntryKind.PortableExecutable && entry.Path.Extension is ".dll" && entry.Length > (Assembly?.Length ?? 0)) Assembly = entry;
        }
    }

    public Inventory Inventory { get; }

    public ArtifactPolicy Policy { get; }

    public ArtifactKind Kind => Inventory.Kind;

    public bool IsNuGet => Kind is ArtifactKind.NuGetPackage or ArtifactKind.SymbolsPackage;

    public bool IsNpm => Kind == ArtifactKind.NpmPackage;

    public bool IsFolder => Kind == ArtifactKind.Directory;

    public bool IsZip => IsNuGet || Kind == ArtifactKind.Zip;

    /// <summary>The largest script that the project itself built, or null.</summary>
    public Entry? Script { get; }

    /// <summary>The largest assembly that the project itself built, or null.</summary>
    public Entry? Assembly { get; }

    /// <summary>What the package says about itself, or null.</summary>
    public Entry? Description => Inventory.Package?.Entry;

    /// <summary>A name for what the project itself built: the package's, without a scope.</summary>
    public string Id
    {
        get
        {
            if (Assembly is { } assembly) return assembly.Path.Name[..^4].ToString();
            var id = Inventory.Package?.Id ?? Inventory.Name;
            id = id[(id.LastIndexOf('/') + 1)..];
            var name = new StringBuilder(id.Length);
            foreach (var c in id) name.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || (c == '.' && Inventory.Package is not null) ? c : '_');
            return name.Length == 0 ? "acme" : name.ToString();
        }
    }

    /// <summary>A path beside the code, that no entry has.</summary>
    public string Beside(string name)
    {
        var code = (IsNuGet ? Assembly ?? Script : Script ?? Assembly)?.Path.Inner;
        return Free(code is null ? (IsNuGet ? "lib/net8.0/" : "") + name : code[..(code.LastIndexOf('/') + 1)] + name);
    }

    /// <summary>A path where files end up that nobody meant to pack, that no entry has.</summary>
    public string Stray(string path) => Free(IsNuGet ? "content/" + path : path);

    /// <summary>The path, or one like it that no entry has.</summary>
    public string Free(string path)
    {
        var (folder, name) = (path[..(path.LastIndexOf('/') + 1)], path[(path.LastIndexOf('/') + 1)..]);
        for (var i = 1; _paths.Contains(path); i++) path = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{folder}drill{i}/{name}");
        return path;
    }

    /// <summary>The bytes of an entry.</summary>
    public byte[] Read(Entry entry) => _copies.Read(entry);

    /// <summary>The bytes of an entry as text.</summary>
    public string ReadText(Entry entry) => Encoding.UTF8.GetString(Read(entry));

    /// <summary>A change of the assembly that the project built, or an assembly more.</summary>
    public Sowing InAssembly(Func<SeededAssembly, SeededAssembly> with)
    {
        if (Kind == ArtifactKind.SymbolsPackage) return Sowing.None("a symbols package holds no assemblies");
        var assembly = with(new SeededAssembly { Name = Id });
        return Assembly is { } there ? new ChangedEntry(there.Path.Inner, assembly.Image()) : new AddedEntry(Beside(Id + ".dll"), assembly.Image());
    }

    /// <summary>A line more in the script that the project built, or a script more.</summary>
    public Sowing InScript(string line) => Script is { } script
        ? new ChangedEntry(script.Path.Inner, [.. Read(script), .. Encoding.UTF8.GetBytes("\n" + line + "\n")])
        : new AddedEntry(Beside(Id + ".js"), Encoding.UTF8.GetBytes("export const start = () => run(1);\n" + line + "\n"));
}
