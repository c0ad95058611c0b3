using System.Collections.Immutable;
using System.Globalization;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class SourceMapContent() : ContentRule(new Descriptor("RG2002", nameof(SourceMapContent),
    "A source map holds the text of the sources it was made from.",
    "Leave the map out as RG2001 says; where a map ships on purpose, build it without 'sourcesContent' and lower RG2001 in the manifest."))
{
    private const int FoldersShown = 5;

    public override ContentRequest Request { get; } = ContentRequest.Scan(SourceMapScanner.Factory, Judge);

    public override bool Wants(Entry entry) => SourceMapScanner.MayBe(entry);

    private static void Judge(SourceMapScanner scanner, Entry entry, RuleContext context)
    {
        var facts = scanner.Facts;
        if (!scanner.IsSourceMap || facts.Files == 0) return;
        var message = string.Create(CultureInfo.InvariantCulture,
            $"exposes {facts.Files:N0} source {(facts.Files == 1 ? "file" : "files")}, {facts.Lines:N0} {(facts.Lines == 1 ? "line" : "lines")}, {ByteSize.Format(facts.Bytes)} of source text");
        var folders = facts.Folders.Select(EntryPath.Printable).ToList();
        if (folders.Count > 0)
        {
            message += $"; top {(folders.Count == 1 ? "folder" : "folders")} {string.Join(", ", folders.Take(FoldersShown))}";
            if (folders.Count > FoldersShown) message += $" and {folders.Count - FoldersShown} more";
        }

        context.Report(entry, message, facts: ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
        [
            KeyValuePair.Create("bytes", facts.Bytes.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create("files", facts.Files.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create("folders", string.Join(", ", folders)),
            KeyValuePair.Create("lines", facts.Lines.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create("sourcesWithoutContent", Math.Max(0, facts.Sources - facts.Files).ToString(CultureInfo.InvariantCulture)),
        ]));
    }
}
