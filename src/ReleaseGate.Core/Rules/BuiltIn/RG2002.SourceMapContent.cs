using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class SourceMapContent() : ContentRule(new Descriptor("RG2002", nameof(SourceMapContent),
    "A source map holds the text of the sources it was made from.",
    "Leave the map out as RG2001 says; where a map ships on purpose, build it without 'sourcesContent' and lower RG2001 in the manifest."))
{
    public override ContentRequest Request { get; } = ContentRequest.Scan(SourceMapScanner.Factory, Judge);

    public override bool Wants(Entry entry) => SourceMapScanner.MayBe(entry);

    private static void Judge(SourceMapScanner scanner, Entry entry, RuleContext context)
    {
        var facts = scanner.Facts;
        if (!scanner.IsSourceMap || facts.Files == 0) return;
        context.Recognise(entry, "source-map", facts.Trait());
        context.Report(entry, "exposes " + facts.Exposure(), facts: facts.Numbers());
    }
}
