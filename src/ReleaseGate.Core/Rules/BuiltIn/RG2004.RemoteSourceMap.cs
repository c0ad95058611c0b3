using System.Collections.Immutable;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class RemoteSourceMap() : ContentRule(new Descriptor("RG2004", nameof(RemoteSourceMap),
    "A file points at a source map at another host, or a source map names sources at a host that the manifest does not allow.",
    "Build without the URL (webpack: 'hidden-source-map'), or name the host in 'hosts' of the manifest where everyone may fetch maps from it."))
{
    private const string SourcesFix = "Build without 'sourceRoot', or name the host in 'hosts' of the manifest.";

    public override ContentRequest Request { get; } = ContentRequest.Of(
        ContentRequest.Scan(ScriptScanner.Factory, Judge).Where(ScriptScanner.MayBe),
        ContentRequest.Scan(SourceMapScanner.Factory, Judge).Where(SourceMapScanner.MayBe));

    private static void Judge(ScriptScanner scanner, Entry entry, RuleContext context)
    {
        var facts = scanner.Facts;
        DanglingSourceMap.Note(facts, entry, context);
        if (facts.Maps > 0) Judge(facts.Exposed, entry, context);
        if (entry.Kind == EntryKind.Json || ScriptScanner.IsDocument(entry)) return;
        foreach (var (url, offset) in facts.Remote)
        {
            var host = RemoteUrl.HostOf(url)!;
            if (RemoteUrl.IsNamed(host, context.Policy.Manifest.Hosts)) continue;
            context.Report(entry, $"points at a source map at {RemoteUrl.Shown(url)}", offset: offset, facts: Host(host));
        }

        if (facts.HasMoreRemote) context.Report(entry, "points at source maps at more hosts than anyone follows");
    }

    private static void Judge(SourceMapScanner scanner, Entry entry, RuleContext context)
    {
        if (scanner.IsSourceMap) Judge(scanner.Facts, entry, context);
    }

    private static void Judge(SourceMapFacts maps, Entry entry, RuleContext context)
    {
        foreach (var host in maps.Hosts)
            if (!context.Policy.Manifest.Hosts.Allows(host)) context.Report(entry, $"names sources at the host {EntryPath.Printable(host)}", SourcesFix, facts: Host(host));
        if (maps.HasMoreHosts) context.Report(entry, "names sources at more hosts than anyone follows", SourcesFix);
    }

    private static ImmutableSortedDictionary<string, string> Host(string host) =>
        ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("host", host)]);
}
