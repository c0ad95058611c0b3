using System.Collections.Immutable;
using System.Globalization;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class WasmDebugInfo() : ContentRule(new Descriptor("RG2012", nameof(WasmDebugInfo),
    "A WebAssembly module holds debug information, or points at some.",
    "Strip the module in the release build: 'wasm-opt --strip-debug', 'wasm-strip', '-g0' for Emscripten, 'strip = true' in a Cargo profile, WasmNativeStrip for .NET."))
{
    private const int Shown = 5;

    public override ContentRequest Request { get; } = ContentRequest.Scan(WasmScanner.Factory, Judge);

    public override bool Wants(Entry entry) => entry.Kind == EntryKind.WebAssembly;

    private static void Judge(WasmScanner module, Entry entry, RuleContext context)
    {
        if (module.CustomSections.Count > 0) context.Recognise(entry, "wasm", string.Join(", ", module.CustomSections.Select(EntryPath.Printable)));
        if (module.DebugSections.Count > 0)
        {
            var names = string.Join(", ", module.DebugSections.Take(Shown).Select(EntryPath.Printable));
            if (module.DebugSections.Count > Shown) names += $" and {module.DebugSections.Count - Shown} more";
            context.Report(entry, $"holds {ByteSize.Format(module.DebugBytes)} of DWARF debug information in {names}", facts: Fact("bytes", module.DebugBytes));
        }

        if (module.Inline.IsTooDeep) context.Report(entry, "names as its source map JSON nested too deep to tell");
        if (module.Inline.Maps > 0)
        {
            var map = module.Inline.Exposed;
            context.Report(entry, map.Files > 0 ? $"holds an inline source map with {map.Exposure()}" : $"holds an inline source map of {map.Sources.ToString("N0", CultureInfo.InvariantCulture)} sources", facts: map.Numbers());
        }

        if (module.SourceMapUrl is { Length: > 0 } url) Report("points at the source map", url, entry, context);
        if (module.ExternalDebugInfo is { Length: > 0 } external) Report("points at its debug information in", external, entry, context);

        var severity = context.Policy.Manifest.Debug.WasmNames;
        if (module.NameBytes == 0 || severity == Severity.Off) return;
        var functions = module.NamedFunctions;
        context.Report(entry, functions > 0
                ? string.Create(CultureInfo.InvariantCulture, $"names {functions:N0} {(functions == 1 ? "function" : "functions")} in its name section")
                : $"has a name section of {ByteSize.Format(module.NameBytes)}",
            "Strip the names ('wasm-opt --strip-debug', 'wasm-strip'), or set debug.wasmNames to \"off\" in the manifest.", severity: severity, facts: Fact("functions", functions));
    }

    private static void Report(string what, string url, Entry entry, RuleContext context)
    {
        // A host is more than a name: whoever reaches it has the sources.
        var host = RemoteUrl.HostOf(url);
        if (host is not null && RemoteUrl.IsNamed(host, context.Policy.Manifest.Hosts)) return;
        context.Report(entry, $"{what} {RemoteUrl.Shown(url)}", severity: host is null ? Severity.Warning : null);
    }

    private static ImmutableSortedDictionary<string, string> Fact(string name, long value) =>
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create(name, value.ToString(CultureInfo.InvariantCulture))]);
}
