using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class SymbolFile() : EntryRule(new Descriptor("RG2006", nameof(SymbolFile),
    "An entry holds debug symbols: names, paths and line numbers of the code, sometimes the code itself.",
    "Set DebugType to none for Release builds (tools and published folders carry their .pdb unless told otherwise); a library may ship symbols in a .snupkg to those who may have them."))
{
    private static readonly NameTable Names = new(
        ("*.pdb", "a program database"),
        ("*.dbg", "debug symbols"),
        ("*.debug", "debug symbols"),
        ("*.dwo", "split DWARF debug data"),
        ("*.dwp", "split DWARF debug data"),
        ("*.ilk", "incremental linker state"),
        ("*.idb", "compiler debug state"),
        ("*.mstat", "size statistics of native compilation"));

    // These are XML, of native compilation's making.
    private static readonly NameTable TextNames = new(
        ("*.map.xml", "a link map of native compilation"),
        ("*.codegen.dgml.xml", "a dependency graph of native compilation"),
        ("*.scan.dgml.xml", "a dependency graph of native compilation"));

    public override void Inspect(Entry entry, Inventory inventory, RuleContext context)
    {
        if (!PackageLayout.IsFile(entry)) return;
        var isPdb = entry.Kind is EntryKind.PortablePdb or EntryKind.WindowsPdb;
        if (inventory.Kind == ArtifactKind.SymbolsPackage && (isPdb || entry.Path.NameEndsWith(".pdb"))) return;
        if (What(entry) is not { } what) return;

        // Feeds take the old format for an ordinary package and serve it to everyone.
        var isLegacy = inventory.Kind == ArtifactKind.NuGetPackage && inventory.Name.EndsWith(".symbols.nupkg", StringComparison.OrdinalIgnoreCase);
        if (isLegacy) context.Report(entry, $"holds {what}, in a symbols package of the old format, which feeds serve as an ordinary package", "Set SymbolPackageFormat to snupkg.");
        else context.Report(entry, $"holds {what}");
    }

    private static string? What(Entry entry) => entry.Kind switch
    {
        EntryKind.PortablePdb or EntryKind.WindowsPdb => Magic.Describe(entry.Kind),
        _ when IsInSymbolBundle(entry.Path) => "a part of a dSYM symbol bundle",
        EntryKind.Empty => null,
        // Text named .pdb is a protein structure, text named .debug somebody's notes.
        _ when PackageLayout.IsText(entry.Kind) => TextNames.Find(entry.Path),
        _ => Names.Find(entry.Path),
    };

    private static bool IsInSymbolBundle(EntryPath path) => path.Inner.Contains(".dSYM/", StringComparison.OrdinalIgnoreCase);
}
