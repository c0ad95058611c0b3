using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.DotNet;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class EmbeddedSymbols() : ContentRule(new Descriptor("RG2007", nameof(EmbeddedSymbols),
    "An assembly holds its own debug symbols: names, paths and line numbers of the code, which no list of files shows.",
    "Set DebugType to none for Release builds, or to portable and keep the .pdb out of the package; 'embedded' puts it into the assembly."))
{
    public override ContentRequest Request { get; } = ContentRequest.Read(ImageFacts.Reader, Judge);

    public override bool Wants(Entry entry) => entry.Kind == EntryKind.PortableExecutable;

    private static void Judge(ImageFacts facts, Entry entry, RuleContext context)
    {
        if (facts.EmbeddedPdb is not { } pdb) return;
        var documents = pdb.Documents.Count;
        context.Report(entry, string.Create(CultureInfo.InvariantCulture,
            $"holds an embedded portable PDB of {ByteSize.Format(facts.EmbeddedPdbLength)} that names {documents:N0} source {(documents == 1 ? "file" : "files")}"), vendored: Severity.Warning);
    }
}
