using System.IO.Abstractions;
using System.Text;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Testing;

/// <summary>Sends one case through the gate, in a folder of its own, and compares in both directions.</summary>
internal sealed class CorpusRun(CorpusCase wanted, IReadOnlyList<Rule> rules)
{
    // Everything is allowed, at every depth. Inherited, since a pattern of one's own that matches nothing is RG0006.
    private const string Permissive = """
        { "artifacts": [ { "match": "*", "allow": ["**", "**!/**", "**!/**!/**", "**!/**!/**!/**", "**!/**!/**!/**!/**"] } ] }
        """;

    private static readonly DateTime Now = new(2026, 6, 1, 12, 0, 0, DateTimeKind.Utc);

    public string Differences()
    {
        var folder = Directory.CreateTempSubdirectory("releasegate-corpus-");
        try
        {
            return Compare(Check(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private List<Said> Check(string folder)
    {
        var artifact = Write(wanted.Builder, wanted.Artifact, Path.Combine(folder, "in"));
        string[] baselines = wanted.BaselineBuilder is { } builder ? [Write(builder, wanted.Baseline!, Path.Combine(folder, "before"))] : [];
        var manifest = Path.Combine(folder, "releasegate.json");
        File.WriteAllText(Path.Combine(folder, "permissive.json"), Permissive);
        File.WriteAllText(manifest, wanted.Manifest ?? "{ \"extends\": \"./permissive.json\" }");

        var request = new GateRequest { Artifacts = [artifact], AsDirectory = wanted.Builder.IsDirectory, Manifest = manifest, SearchFrom = folder, Baselines = baselines };
        try
        {
            return [.. new Gate(new FileSystem()) { Rules = rules }.Check(request, Now).Verdicts.SelectMany(v => v.Findings).Where(IsCompared).Select(Said.From)];
        }
        catch (GateException e)
        {
            return [new Said(e.Rule.ToString(), [null], e.Message, new Dictionary<string, string>(), nameof(Severity.Error))];
        }
    }

    // A package made up for one rule has much that others would speak of. What the gate could not do counts always.
    private bool IsCompared(JudgedFinding judged)
    {
        var id = judged.Finding.Rule.Id;
        return rules.Count == 0 || id.IsGate || rules.Any(r => r.Descriptor.Id == id) || wanted.Wants.Any(w => w.Rule == id.ToString());
    }

    private static string Write(ArtifactBuilder builder, string name, string folder)
    {
        var artifact = Path.Combine(folder, name.TrimEnd('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(artifact)!);
        if (!builder.IsDirectory)
        {
            File.WriteAllBytes(artifact, builder.Build());
            return artifact;
        }

        Directory.CreateDirectory(artifact);
        foreach (var file in builder.Files())
        {
            if (file.Path.StartsWith('/') || file.Path.Split('/').Contains("..")) throw file.Node.Error("a file of a folder can't lie outside it");
            var path = Path.Combine([artifact, .. file.Path.TrimEnd('/').Split('/')]);
            Directory.CreateDirectory(file.Path.EndsWith('/') ? path : Path.GetDirectoryName(path)!);
            if (file.Path.EndsWith('/')) continue;
            if (file.Text("symlink") is { } target) File.CreateSymbolicLink(path, target);
            else File.WriteAllBytes(path, file.Body);
        }

        return artifact;
    }

    private string Compare(List<Said> said)
    {
        var surplus = new List<Said>(said);
        var missing = new List<Want>();
        // The longest messages first, so that a want of few words does not take what a precise one is about.
        foreach (var want in wanted.Wants.OrderByDescending(w => w.Message.Length))
        {
            var found = surplus.Find(s => s.Matches(want));
            if (found is null) missing.Add(want);
            else surplus.Remove(found);
        }

        if (missing.Count == 0 && surplus.Count == 0) return "";
        var report = new StringBuilder().AppendLine($"{wanted.Place}: {wanted.Title}");
        foreach (var want in missing) report.AppendLine($"  wanted, not said: {want}");
        foreach (var s in surplus) report.AppendLine($"  said, not wanted: {s}");
        return report.ToString();
    }

    private sealed record Said(string Rule, IReadOnlyList<string?> Paths, string Message, IReadOnlyDictionary<string, string> Facts, string Severity)
    {
        public static Said From(JudgedFinding judged)
        {
            var finding = judged.Finding;
            // Cases name entries as archives spell them; a tarball's entries lose their root folder on the way.
            return new Said(finding.Rule.Id.ToString(), [finding.Path?.Value, finding.Entry?.ArchivePath.Value], finding.Message, finding.Facts, judged.Severity.ToString());
        }

        public bool Matches(Want want) =>
            want.Rule == Rule
            && (want.Path is null ? Paths[0] is null : Paths.Contains(want.Path, StringComparer.Ordinal))
            && Message.Contains(want.Message, StringComparison.Ordinal)
            && want.Facts.All(f => Facts.TryGetValue(f.Key, out var value) && value == f.Value)
            && (want.Severity is null || string.Equals(want.Severity, Severity, StringComparison.OrdinalIgnoreCase));

        public override string ToString() =>
            $"{Severity} {Rule} {Paths[0] ?? "(artifact)"}: \"{Message}\" {string.Join(' ', Facts.Select(f => $"{f.Key}={f.Value}"))}".TrimEnd();
    }
}
