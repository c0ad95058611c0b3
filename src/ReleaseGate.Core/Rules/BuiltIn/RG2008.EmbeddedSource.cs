using System.Collections.Immutable;
using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.DotNet;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class EmbeddedSource() : ContentRule(new Descriptor("RG2008", nameof(EmbeddedSource),
    "A PDB, or an assembly with a PDB inside, holds the text of the sources it was compiled from.",
    "Set EmbedAllSources to false for Release builds and remove EmbeddedFiles items; EmbedUntrackedSources embeds generated files only."))
{
    private const int FoldersShown = 5;

    public override ContentRequest Request { get; } = ContentRequest.Of(
        ContentRequest.Read(PdbFacts.Reader, (facts, entry, context) => Judge(facts, entry, context, "")).Where(e => e.Kind is EntryKind.PortablePdb or EntryKind.WindowsPdb),
        ContentRequest.Read(ImageFacts.Reader, JudgeImage).Where(e => e.Kind == EntryKind.PortableExecutable));

    private static void JudgeImage(ImageFacts facts, Entry entry, RuleContext context)
    {
        if (facts.EmbeddedPdb is { } pdb) Judge(pdb, entry, context, " in its embedded PDB");
    }

    private static void Judge(PdbFacts facts, Entry entry, RuleContext context, string where)
    {
        var own = facts.Documents.Where(d => d is { Embedded: not null, IsGenerated: false }).ToList();
        var generated = facts.Documents.Count(d => d is { Embedded: not null, IsGenerated: true });
        context.Recognise(entry, "pdb", !facts.IsPortable ? "Windows" : string.Create(CultureInfo.InvariantCulture,
            $"portable, {facts.Documents.Count:N0} {(facts.Documents.Count == 1 ? "document" : "documents")}{(own.Count + generated == 0 ? "" : $", {own.Count + generated:N0} embedded")}"));

        var most = context.Policy.Manifest.Debug.GeneratedSources;
        if (own.Count == 0)
        {
            if (generated > most)
                context.Report(entry, string.Create(CultureInfo.InvariantCulture, $"holds the text of {generated:N0} generated source files{where}; up to {most:N0} may be there"),
                    "Set EmbedUntrackedSources to false, or raise debug.generatedSources in the manifest.", vendored: Severity.Warning);
            return;
        }

        var bytes = own.Sum(d => d.Embedded!.Value);
        var message = string.Create(CultureInfo.InvariantCulture, $"holds the text of {own.Count:N0} source {(own.Count == 1 ? "file" : "files")}, {ByteSize.Format(bytes)}{where}");
        if (generated > 0) message += string.Create(CultureInfo.InvariantCulture, $", beside {generated:N0} generated {(generated == 1 ? "one" : "ones")}");
        var folders = TopFolders(own.ConvertAll(d => d.Name.Replace('\\', '/'))).ConvertAll(EntryPath.Printable);
        if (folders.Count > 0)
        {
            message += $"; top {(folders.Count == 1 ? "folder" : "folders")} {string.Join(", ", folders.Take(FoldersShown))}";
            if (folders.Count > FoldersShown) message += $" and {folders.Count - FoldersShown} more";
        }

        context.Report(entry, message, vendored: Severity.Warning, facts: ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
        [
            KeyValuePair.Create("bytes", bytes.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create("files", own.Count.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create("generated", generated.ToString(CultureInfo.InvariantCulture)),
            KeyValuePair.Create("folders", string.Join(", ", folders)),
        ]));
    }

    /// <summary>The folders below the one that all files share, those with most files first; the shared one where there is nothing below.</summary>
    private static List<string> TopFolders(List<string> paths)
    {
        var shared = paths[0][..(paths[0].LastIndexOf('/') + 1)];
        foreach (var path in paths)
            while (!path.StartsWith(shared, StringComparison.Ordinal)) shared = shared[..(shared[..^1].LastIndexOf('/') + 1)];
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            var slash = path.IndexOf('/', shared.Length);
            if (slash > shared.Length) counts[path[shared.Length..slash]] = counts.GetValueOrDefault(path[shared.Length..slash]) + 1;
        }

        if (counts.Count > 0) return [.. counts.OrderByDescending(c => c.Value).Select(c => c.Key)];
        var name = shared.TrimEnd('/');
        name = name[(name.LastIndexOf('/') + 1)..];
        return name is "" or "_" || name.EndsWith(':') ? [] : [name];
    }
}
