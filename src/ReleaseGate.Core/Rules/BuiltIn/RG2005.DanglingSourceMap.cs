using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class DanglingSourceMap() : ArtifactRule(new Descriptor("RG2005", nameof(DanglingSourceMap),
    "A file points at a source map that is not in the artifact.",
    "Build without the comment (webpack: 'hidden-source-map', esbuild: '--sourcemap=external'), so that debuggers and browsers don't look for what is not there.",
    Severity.Warning))
{
    private const string Trait = "source-map-reference";
    private const int Shown = 10;

    /// <summary>Notes what an entry points at, for the rule to look up when every entry is known. RG2003 and RG2004 read it.</summary>
    public static void Note(ScriptFacts facts, Entry entry, RuleContext context)
    {
        if (facts.Reference is { } url && entry.Kind != EntryKind.Json && PackageLayout.IsText(entry.Kind) && !ScriptScanner.IsDocument(entry))
            context.Recognise(entry, Trait, EntryPath.Printable(url));
    }

    public override void Inspect(Inventory inventory, RuleContext context)
    {
        if (IsOff("RG2003", context.Policy) && IsOff("RG2004", context.Policy))
        {
            context.Report(null, "cannot be judged, since RG2003 and RG2004, which read what files point at, are both switched off", "Switch RG2005 off as well, or one of them on.");
            return;
        }

        HashSet<string>? paths = null;
        ILookup<string, string>? byName = null;
        var missing = 0;
        foreach (var entry in inventory.Entries)
        {
            if (!entry.Traits.TryGetValue(Trait, out var url)) continue;
            paths ??= inventory.Entries.Select(e => e.Path.Value).ToHashSet(StringComparer.Ordinal);
            byName ??= paths.ToLookup(p => p[(p.LastIndexOf('/') + 1)..], StringComparer.Ordinal);
            if (IsThere(entry.Path, url, paths, byName) || ++missing > Shown) continue;
            context.Report(entry, $"points at the source map {(url.Length > 160 ? url[..160] + "…" : url)}, which is not in the artifact");
        }

        if (missing > Shown)
            context.Report(null, string.Create(CultureInfo.InvariantCulture, $"{missing - Shown:N0} more {(missing - Shown == 1 ? "entry points" : "entries point")} at source maps that are not in the artifact"));
    }

    private static bool IsOff(string rule, ArtifactPolicy policy) =>
        policy.Manifest.Rules.TryGetValue(RuleId.Parse(rule), out var setting) && setting.Severity == Severity.Off;

    /// <summary>Whether a map stands where a URL leads from an entry, as it is or compressed.</summary>
    private static bool IsThere(EntryPath from, string url, HashSet<string> paths, ILookup<string, string> byName)
    {
        var end = url.AsSpan().IndexOfAny('?', '#');
        var target = Uri.UnescapeDataString(end < 0 ? url : url[..end]);
        // From the root of a site, which may be any folder of the artifact.
        if (target.StartsWith('/')) return byName[target[(target.LastIndexOf('/') + 1)..]].Any(p => ("/" + p).EndsWith(target, StringComparison.Ordinal));

        // A file within its compressed twin is served from where the twin stands.
        if (from.Container is { } twin && (twin.Name.SequenceEqual(from.Inner + ".gz") || twin.Name.SequenceEqual(from.Inner + ".br"))) from = new EntryPath(twin.Inner[..^3], twin.Container);
        var segments = new List<string>(from.Inner.Split('/'));
        segments.RemoveAt(segments.Count - 1);
        foreach (var segment in target.Split('/'))
        {
            if (segment is "." or "") continue;
            if (segment != "..") segments.Add(segment);
            else if (segments.Count > 0) segments.RemoveAt(segments.Count - 1);
            else return false;
        }

        var inner = string.Join('/', segments);
        var path = new EntryPath(inner, from.Container).Value;
        return paths.Contains(path) || paths.Contains(path + ".gz") || paths.Contains(path + ".br");
    }
}
