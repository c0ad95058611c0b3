using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.DotNet;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class BuildMachinePath() : ContentRule(new Descriptor("RG2010", nameof(BuildMachinePath),
    "An entry names folders of the machine that built it: who built it, where, and how the sources are laid out.",
    "Have the tool that wrote the entry map or leave out absolute paths; what is built on a public CI service below its well-known folders passes."))
{
    private const string FixCompiler = "Set ContinuousIntegrationBuild to true where packages are made from a repository (paths then begin with /_/), or PathMap to $(MSBuildProjectDirectory)=/_/ in the project file; then rebuild";
    private const int ExamplesShown = 3;
    private const int LongestExample = 160;

    public override ContentRequest Request { get; } = ContentRequest.Of(
    [
        ContentRequest.Read(ImageFacts.Reader, JudgeImage).Where(e => e.Kind == EntryKind.PortableExecutable),
        ContentRequest.Read(PdbFacts.Reader, JudgePdb).Where(e => e.Kind is EntryKind.PortablePdb or EntryKind.WindowsPdb),
        // A portable PDB holds its paths in pieces, and a source map is judged by its structure.
        ContentRequest.Anchors(HomePath.Literals, _ => new Paths(), Found, JudgePaths).Where(e => e.Kind != EntryKind.PortablePdb && !(e.Kind == EntryKind.Json && e.Path.NameEndsWith(".map"))),
        .. BuildMachinePathInMaps.Parts,
    ]);

    private sealed class Paths
    {
        public int Count { get; set; }

        public int InComments { get; set; }

        public long First { get; set; }

        public List<string> Examples { get; } = [];

        public void Add(string path)
        {
            Count++;
            if (Examples.Count < ExamplesShown && !Examples.Contains(path)) Examples.Add(path);
        }
    }

    private static void JudgeImage(ImageFacts facts, Entry entry, RuleContext context)
    {
        foreach (var codeView in facts.CodeViews)
        {
            if (!BuildPath.IsTelling(codeView.Path, context.Policy)) continue;
            // The one path that a build with default settings leaves: worth a word, and not worth to stop everyone's first pack.
            context.Report(entry, $"names the folder it was built in: {Shown(codeView.Path)} (CodeView entry)",
                facts.IsManaged ? FixCompiler + "." : "Link with /PDBALTPATH:%_PDB%.", severity: Severity.Warning, vendored: Severity.Note);
            break;
        }

        if (facts.EmbeddedPdb is { } pdb) JudgeDocuments(pdb, entry, context, "its embedded PDB names");
    }

    private static void JudgePdb(PdbFacts facts, Entry entry, RuleContext context) => JudgeDocuments(facts, entry, context, "it names");

    private static void JudgeDocuments(PdbFacts facts, Entry entry, RuleContext context, string subject)
    {
        var paths = new Paths();
        foreach (var document in facts.Documents)
            if (BuildPath.IsTelling(document.Name, context.Policy)) paths.Add(document.Name);
        var what = string.Create(CultureInfo.InvariantCulture, $"{subject} {paths.Count:N0} source {(paths.Count == 1 ? "file" : "files")} by absolute path");
        if (paths.Count == 0)
        {
            foreach (var (local, _) in SourceLinkDocument.Read(facts.SourceLink))
                if (local is not null && BuildPath.IsTelling(local, context.Policy)) paths.Add(local);
            what = $"{subject} the folder of the sources in its Source Link document";
        }

        if (paths.Count > 0) Report(paths, what, entry, context, FixCompiler + ".", offset: null, severity: null);
    }

    private static void Found(in AnchorMatch match, Paths paths, Entry entry, RuleContext context)
    {
        if (HomePath.Find(in match, entry) is not { } path || !BuildPath.IsTelling(path, context.Policy)) return;
        if (paths.Count == 0) paths.First = match.Position;
        paths.Add(path);
        if (HomePath.IsInComment(in match)) paths.InComments++;
    }

    private static void JudgePaths(Paths paths, Entry entry, RuleContext context)
    {
        if (paths.Count == 0) return;
        var what = paths.Count == 1 ? "holds a path of the machine it was made on" : string.Create(CultureInfo.InvariantCulture, $"holds {paths.Count:N0} paths of the machine it was made on");
        // What people wrote for people: rarely a leak, and then a small one.
        Report(paths, what, entry, context, fix: null, paths.First, IsDocumentation(entry) || paths.InComments == paths.Count ? Severity.Warning : null);
    }

    private static void Report(Paths paths, string what, Entry entry, RuleContext context, string? fix, long? offset, Severity? severity) =>
        context.Report(entry, $"{what}: {string.Join(", ", paths.Examples.Select(Shown))}{(paths.Count > paths.Examples.Count ? " …" : "")}", fix, offset,
            severity: severity, vendored: Severity.Warning, facts: ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
            [
                KeyValuePair.Create("paths", paths.Count.ToString(CultureInfo.InvariantCulture)),
            ]));

    private static bool IsDocumentation(Entry entry)
    {
        if (!PackageLayout.IsText(entry.Kind)) return false;
        var extension = entry.Path.Extension;
        foreach (var known in (ReadOnlySpan<string>)["", ".md", ".markdown", ".mdx", ".rst", ".adoc", ".txt", ".html", ".htm", ".xml"])
            if (extension.Equals(known, StringComparison.OrdinalIgnoreCase)) return true;
        return entry.Path.NameEndsWith(".d.ts") || entry.Path.NameEndsWith(".d.mts") || entry.Path.NameEndsWith(".d.cts");
    }

    private static string Shown(string path) => EntryPath.Printable(path.Length <= LongestExample ? path : path[..LongestExample] + "…");
}
