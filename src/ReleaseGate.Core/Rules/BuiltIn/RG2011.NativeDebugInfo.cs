using System.Collections.Immutable;
using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.Native;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class NativeDebugInfo() : ContentRule(new Descriptor("RG2011", nameof(NativeDebugInfo),
    "A native program or library holds debug information: names of functions and variables, often of source files with their lines.",
    "Strip it before it is packed: 'strip' for ELF and Mach-O, strip = \"symbols\" in the release profile of Cargo.toml, -ldflags \"-s -w\" for Go, StripSymbols for NativeAOT."))
{
    public override ContentRequest Request { get; } = ContentRequest.Scan(NativeScanner.Factory, Judge);

    // Files for debuggers by name are RG2006's.
    public override bool Wants(Entry entry) => entry.Kind is EntryKind.Elf or EntryKind.MachO or EntryKind.PortableExecutable
        && !entry.Path.NameEndsWith(".dbg") && !entry.Path.NameEndsWith(".debug") && !entry.Path.NameEndsWith(".dwo") && !entry.Path.NameEndsWith(".dwp");

    private static void Judge(NativeScanner scanner, Entry entry, RuleContext context)
    {
        var facts = scanner.Facts;
        if (!facts.IsManaged || facts.DebugSections > 0 || facts.Symbols > 0) context.Recognise(entry, "native", facts.ToString());
        if (facts.DebugSections > 0)
        {
            var also = facts.Symbols + facts.DebugSymbols is var symbols and > 0 ? $", and a symbol table of {Names(symbols)}" : "";
            context.Report(entry, string.Create(CultureInfo.InvariantCulture,
                $"holds DWARF debug information: {facts.DebugSections:N0} {(facts.DebugSections == 1 ? "section" : "sections")}, {ByteSize.Format(facts.DebugBytes)}, with the names of source files and functions{also}"),
                facts: Numbers(facts), vendored: Severity.Warning);
        }
        else if (facts.DebugSymbols > 0)
        {
            context.Report(entry, string.Create(CultureInfo.InvariantCulture, $"holds a debug map: {Names(facts.DebugSymbols)}, which say where sources and object files were"),
                facts: Numbers(facts), severity: Severity.Warning);
        }
        else if (facts.Symbols > 0)
        {
            context.Report(entry, $"holds a symbol table that only debuggers need: {Names(facts.Symbols)} of functions and variables", facts: Numbers(facts), severity: Severity.Warning);
        }
    }

    private static string Names(long count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? "name" : "names")}");

    private static ImmutableSortedDictionary<string, string> Numbers(NativeFacts facts) => ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("debugBytes", facts.DebugBytes.ToString(CultureInfo.InvariantCulture)),
        KeyValuePair.Create("debugSections", facts.DebugSections.ToString(CultureInfo.InvariantCulture)),
        KeyValuePair.Create("symbols", (facts.Symbols + facts.DebugSymbols).ToString(CultureInfo.InvariantCulture)),
    ]);
}
