using System.Collections.Immutable;
using System.Globalization;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>What RG2010 asks of source maps: those that are files, those in scripts and those in WebAssembly modules.</summary>
internal static class BuildMachinePathInMaps
{
    /// <summary>For <see cref="ContentRequest.Of"/>; each wants the entries it can deal with.</summary>
    internal static IReadOnlyList<ContentRequest> Parts { get; } =
    [
        ContentRequest.Scan(SourceMapScanner.Factory, JudgeMap).Where(SourceMapScanner.MayBe),
        ContentRequest.Scan(ScriptScanner.Factory, static (scanner, entry, context) => Judge(scanner.Facts.Exposed, entry, context)).Where(ScriptScanner.MayBe),
        ContentRequest.Scan(WasmScanner.Factory, JudgeModule).Where(static e => e.Kind == EntryKind.WebAssembly),
    ];

    private static void JudgeMap(SourceMapScanner scanner, Entry entry, RuleContext context)
    {
        if (scanner.IsSourceMap) Judge(scanner.Facts, entry, context);
    }

    private static void JudgeModule(WasmScanner module, Entry entry, RuleContext context)
    {
        var paths = module.Inline.Exposed;
        foreach (var url in new[] { module.SourceMapUrl, module.ExternalDebugInfo })
            if (url is not null) paths.AddPath(url);
        Judge(paths, entry, context);
    }

    private static void Judge(SourceMapFacts maps, Entry entry, RuleContext context)
    {
        var paths = SourceMapPaths.Telling(maps, context.Policy);
        if (paths.Count == 0) return;
        var others = paths.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {paths.Count - 1:N0} more of its folders");
        context.Report(entry, $"names the path {EntryPath.Printable(paths[0])} of the machine that built it{others} in its source map",
            "Map the sources to relative paths: 'sourceRoot' and 'outDir' relative, 'output.devtoolModuleFilenameTemplate' in webpack, 'sourcemapPathTransform' in Rollup.",
            vendored: Severity.Warning,
            facts: ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("paths", string.Join(", ", paths.Take(16).Select(EntryPath.Printable)))]));
    }
}
