using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.DotNet;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class SymbolMismatch() : ContentRule(new Descriptor("RG2017", nameof(SymbolMismatch),
    "A symbols package holds what it may not, or symbols of another build than the package beside it.",
    "Pack both in one build (IncludeSymbols with SymbolPackageFormat snupkg), from a clean output folder; a symbols package holds portable PDBs only."))
{
    private const string Id = "pdb-id";
    private const string Checksum = "pdb-checksum";
    private const string Symbols = "symbols";
    private const string WindowsPdb = "Windows PDB";
    private const string Wanted = "in a PDB of its own";
    private const string Embedded = "embedded";
    private const int Shown = 3;

    // What the public gallery takes: learn.microsoft.com/nuget/create-packages/symbol-packages-snupkg.
    private static readonly string[] Accepted = [".pdb", ".nuspec", ".xml", ".psmdcp", ".rels", ".p7s"];

    public override ContentRequest Request { get; } = ContentRequest.Of(
        ContentRequest.Read(ImageFacts.Reader, Note).Where(e => e.Kind == EntryKind.PortableExecutable),
        ContentRequest.Read(PdbFacts.Reader, Note).Where(e => e.Kind is EntryKind.PortablePdb or EntryKind.WindowsPdb));

    /// <summary>The symbols are inspected after the packages of the run, which are their companions then.</summary>
    public override void Conclude(Inventory inventory, RuleContext context)
    {
        if (inventory.Kind != ArtifactKind.SymbolsPackage) return;
        JudgeContent(inventory, context);
        if (PackageOf(inventory) is { } package) Compare(inventory, package, context);
    }

    private static void Note(ImageFacts facts, Entry entry, RuleContext context)
    {
        if (facts.CodeViews.Count > 0) context.Recognise(entry, Id, string.Join(' ', facts.CodeViews.Select(c => c.Id).Distinct()));
        var checksums = facts.PdbChecksums.Where(c => c.Algorithm == "SHA256").Select(c => c.Value).Distinct().ToList();
        if (checksums.Count > 0) context.Recognise(entry, Checksum, string.Join(' ', checksums));
        if (facts.EmbeddedPdb is not null) context.Recognise(entry, Symbols, Embedded);
        else if (facts.Assembly is { IsReferenceAssembly: false } && facts.CodeViews.Count > 0) context.Recognise(entry, Symbols, Wanted);
    }

    private static void Note(PdbFacts facts, Entry entry, RuleContext context)
    {
        if (facts.Id is { } id) context.Recognise(entry, Id, id);
        if (facts.Checksum is { } checksum) context.Recognise(entry, Checksum, checksum);
        if (!facts.IsPortable) context.Recognise(entry, Symbols, WindowsPdb);
    }

    private static Inventory? PackageOf(Inventory inventory)
    {
        if (inventory.Package is not { } package) return null;
        foreach (var other in inventory.Companions)
            if (other.Kind == ArtifactKind.NuGetPackage && other.Package is { } candidate && candidate.Id.Equals(package.Id, StringComparison.OrdinalIgnoreCase)
                && candidate.Version.Equals(package.Version, StringComparison.OrdinalIgnoreCase) && !other.Name.EndsWith(".symbols.nupkg", StringComparison.OrdinalIgnoreCase))
                return other;
        return null;
    }

    private static void JudgeContent(Inventory symbols, RuleContext context)
    {
        foreach (var entry in symbols.Entries)
        {
            if (!PackageLayout.IsFile(entry) || entry.Path.Depth > 0) continue;
            if (entry.Traits.GetValueOrDefault(Symbols) == WindowsPdb)
                context.Report(entry, "is a Windows PDB; symbol servers for packages take portable ones only", "Set DebugType to portable; PDBs of native code belong on a symbol server of your own.");
            else if (!IsAccepted(entry))
                context.Report(entry, "has no place in a symbols package; feeds refuse it, after they have taken the package beside it", "Leave it out of the .snupkg: only .pdb files and the package's own plumbing may be there.");
        }
    }

    private static bool IsAccepted(Entry entry)
    {
        if (entry.Path.Inner == "[Content_Types].xml") return true;
        foreach (var extension in Accepted)
            if (entry.Path.NameEndsWith(extension)) return true;
        return false;
    }

    private static void Compare(Inventory symbols, Inventory package, RuleContext context)
    {
        var images = package.Entries.Where(e => e.Kind == EntryKind.PortableExecutable && e.Traits.ContainsKey(Id)).ToList();
        var byId = new Dictionary<string, List<Entry>>(StringComparer.Ordinal);
        foreach (var image in images)
            foreach (var id in image.Traits[Id].Split(' '))
            {
                if (!byId.TryGetValue(id, out var list)) byId.Add(id, list = []);
                list.Add(image);
            }

        var found = new HashSet<Entry>();
        foreach (var pdb in symbols.Entries)
        {
            if (pdb.Kind is not (EntryKind.PortablePdb or EntryKind.WindowsPdb) || !pdb.Traits.TryGetValue(Id, out var id)) continue;
            if (!byId.TryGetValue(id, out var owners))
                context.Report(pdb, $"belongs to no assembly of {EntryPath.Printable(package.Name)}: none has its id {id}");
            else if (pdb.Traits.TryGetValue(Checksum, out var checksum) && owners.TrueForAll(o => o.Traits.TryGetValue(Checksum, out var wanted) && !wanted.Split(' ').Contains(checksum)))
                context.Report(pdb, $"was changed after it was made: {owners[0].Path} has its id, and another checksum");
            else found.UnionWith(owners);
        }

        var without = images.Where(i => i.Traits.GetValueOrDefault(Symbols) == Wanted && !found.Contains(i)).ToList();
        if (without.Count == 0) return;
        var names = string.Join(", ", without.Take(Shown).Select(e => e.Path.ToString()));
        context.Report(null, string.Create(CultureInfo.InvariantCulture,
            $"{without.Count:N0} {(without.Count == 1 ? "assembly has" : "assemblies have")} no symbols in it: {names}{(without.Count > Shown ? " …" : "")}"), severity: Severity.Note);
    }
}
