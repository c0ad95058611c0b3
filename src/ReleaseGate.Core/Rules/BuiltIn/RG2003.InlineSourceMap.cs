using System.Globalization;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class InlineSourceMap() : ContentRule(new Descriptor("RG2003", nameof(InlineSourceMap),
    "A source map stands inside another file, as a data: URI or as an object in its code.",
    "Switch inline maps off in the release build: 'devtool' in webpack, '--sourcemap=inline' in esbuild, 'inlineSourceMap' in TypeScript, 'sourceMap' of css-loader and sass-loader."))
{
    public override ContentRequest Request { get; } = ContentRequest.Scan(ScriptScanner.Factory, Judge);

    public override bool Wants(Entry entry) => ScriptScanner.MayBe(entry);

    private static void Judge(ScriptScanner scanner, Entry entry, RuleContext context)
    {
        DanglingSourceMap.Note(scanner.Facts, entry, context);
        Judge(scanner.Facts, entry, context);
    }

    private static void Judge(ScriptFacts facts, Entry entry, RuleContext context)
    {
        if (facts.IsTooDeep) context.Report(entry, "holds JSON nested too deep to tell whether there is a source map in it");
        if (facts.Maps == 0) return;
        var exposed = facts.Exposed;
        context.Recognise(entry, "inline-source-map", exposed.Trait());
        var maps = facts.Maps == 1 ? "an inline source map" : string.Create(CultureInfo.InvariantCulture, $"{facts.Maps:N0} inline source maps");
        var message = exposed.Files > 0
            ? $"holds {maps} with {exposed.Exposure()}"
            : string.Create(CultureInfo.InvariantCulture, $"holds {maps} of {exposed.Sources:N0} {(exposed.Sources == 1 ? "source" : "sources")}");
        context.Report(entry, message, offset: facts.FirstMap, facts: exposed.Numbers().Add("maps", facts.Maps.ToString(CultureInfo.InvariantCulture)));
    }
}
