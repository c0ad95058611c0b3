using System.Globalization;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class SourceMap() : ContentRule(new Descriptor("RG2001", nameof(SourceMap),
    "An entry is a source map: it names the files a bundle was made from, and often holds their text.",
    "Leave it out: switch source maps off in the release build, or keep it from being packed (npm: 'files' in package.json; .NET: Pack=\"false\" on the item)."))
{
    public override ContentRequest Request { get; } = ContentRequest.Scan(SourceMapScanner.Factory, Judge);

    public override bool Wants(Entry entry) => SourceMapScanner.MayBe(entry);

    private static void Judge(SourceMapScanner scanner, Entry entry, RuleContext context)
    {
        if (scanner.IsTooDeep) context.Report(entry, "is JSON nested too deep to tell whether there is a source map in it");
        if (!scanner.IsSourceMap) return;
        context.Recognise(entry, "source-map", scanner.Facts.Trait());
        var sources = scanner.Facts.Sources;
        context.Report(entry, string.Create(CultureInfo.InvariantCulture, $"is a source map of {sources:N0} {(sources == 1 ? "source" : "sources")}"));
    }
}
