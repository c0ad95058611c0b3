using System.IO.Abstractions;
using System.IO.Compression;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests.Robustness;

/// <summary>
/// Damages what the samples and the corpus are made of, and sends it through every rule: each entry is judged or said to be not inspectable, no rule crashes and
/// nothing escapes. What others add to <see cref="Samples"/> and to the corpus is covered without a line here.
/// </summary>
public sealed class RobustnessTests
{
    private const int OfEachSample = 200;
    private const int OfEachBinary = 80;
    private const int OfEachText = 12;
    private const int OfEachArtifact = 6;
    private const int LargestSeed = 64 << 10;

    private static readonly DateTime Now = new(2026, 6, 1, 12, 0, 0, DateTimeKind.Utc);

    // Rules look at names as well: a kind is tried under those it goes by.
    private static readonly Dictionary<EntryKind, string[]> Names = new()
    {
        [EntryKind.PortableExecutable] = ["Acme.dll", "acme.exe"],
        [EntryKind.PortablePdb] = ["Acme.pdb"],
        [EntryKind.WindowsPdb] = ["Acme.pdb"],
        [EntryKind.WebAssembly] = ["acme.wasm"],
        [EntryKind.Elf] = ["libacme.so"],
        [EntryKind.MachO] = ["libacme.dylib"],
        [EntryKind.SourceMap] = ["acme.js.map"],
        [EntryKind.Script] = ["acme.js"],
        [EntryKind.Text] = ["acme.js", ".env", ".npmrc", "acme.css", "id_rsa"],
        [EntryKind.Utf16Text] = ["acme.txt"],
        [EntryKind.Json] = ["package.json", "appsettings.json"],
        [EntryKind.Xml] = ["nuget.config", "app.config"],
        [EntryKind.Der] = ["acme.pfx", "acme.snk"],
        [EntryKind.Brotli] = ["acme.js.br"],
        [EntryKind.GZip] = ["acme.js.gz"],
    };

    private static IEnumerable<EntryKind> Kinds => Enum.GetValues<EntryKind>().Where(k => k != EntryKind.Empty);

    private static IEnumerable<string> CorpusFiles => Directory.GetFiles(Repository.Corpus, "*.txt").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Kinds))]
    public void A_damaged_sample_is_judged_or_not_inspectable(EntryKind kind)
    {
        var names = Names.GetValueOrDefault(kind) ?? ["acme.bin"];
        Endures(names.SelectMany(n => Mutant.Of(kind.ToString(), n, Samples.Of(kind), OfEachSample / names.Length)));
    }

    [TestCaseSource(nameof(CorpusFiles))]
    public void A_damaged_entry_of_the_corpus_is_judged_or_not_inspectable(string file)
    {
        var mutants = new List<Mutant>();
        foreach (var (name, bytes) in Seeds(file))
        {
            var isText = Magic.Of(bytes.AsSpan(0, Math.Min(bytes.Length, Magic.HeadLength)), isWhole: bytes.Length <= Magic.HeadLength)
                is EntryKind.Text or EntryKind.Utf16Text or EntryKind.Json or EntryKind.Xml or EntryKind.Script;
            mutants.AddRange(Mutant.Of(mutants.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), name, bytes, isText ? OfEachText : OfEachBinary));
        }

        Assert.That(mutants, Is.Not.Empty);
        Endures(mutants);
    }

    [TestCaseSource(nameof(CorpusFiles))]
    public void A_damaged_artifact_of_the_corpus_is_judged_or_not_inspectable(string file)
    {
        using var folder = new Folder();
        foreach (var @case in Cases(file))
        {
            if (@case.Builder.IsDirectory) continue;
            var artifact = @case.Builder.Build();
            if (artifact.Length is 0 or > LargestSeed) continue;
            foreach (var mutant in Mutant.Of(@case.Title, @case.Artifact, artifact, OfEachArtifact))
            {
                var report = folder.Check(@case.Artifact, mutant.Bytes);
                Assert.That(Crashes(report), Is.Empty, $"{@case.Place}, {mutant.Path}: {Convert.ToHexString(mutant.Bytes.AsSpan(0, Math.Min(mutant.Bytes.Length, 2048)))}");
            }
        }
    }

    /// <summary>All mutants as entries of one archive: thousands go through the gate in one run.</summary>
    private static void Endures(IEnumerable<Mutant> mutants)
    {
        var byPath = mutants.ToDictionary(m => m.Path, StringComparer.Ordinal);
        using var folder = new Folder();
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var mutant in byPath.Values)
            {
                using var entry = zip.CreateEntry(mutant.Path, CompressionLevel.NoCompression).Open();
                entry.Write(mutant.Bytes);
            }
        }

        var report = folder.Check("mutants.zip", bytes.ToArray());

        Assert.That(Crashes(report).Select(c => $"{c.Path}: {c.Message}: {Show(byPath, c.Path)}"), Is.Empty);
        var verdict = report.Verdicts.Single();
        // Nothing may stop the whole run, and every entry was read to its end or is named as one that was not.
        Assert.That(verdict.Findings.Where(f => f.Finding.Rule == GateRules.Uninspectable && f.Finding.Path is null).Select(f => f.Finding.Message), Is.Empty);
        var unreadable = verdict.Findings.Where(f => f.Finding.Rule == GateRules.Uninspectable).Select(f => f.Finding.Path!.Value).ToHashSet(StringComparer.Ordinal);
        var entries = verdict.Inventory.Entries.Where(e => e.Path.Depth == 0).ToDictionary(e => e.Path.Value, StringComparer.Ordinal);
        Assert.That(entries.Keys, Is.EquivalentTo(byPath.Keys));
        Assert.That(entries.Values.Where(e => !e.Complete && !unreadable.Contains(e.Path.Value)).Select(e => e.Path), Is.Empty);
        Assert.That(entries.Values.Where(e => e.Complete && e.Length != byPath[e.Path.Value].Bytes.Length).Select(e => e.Path), Is.Empty);
    }

    private static IEnumerable<(string Path, string Message)> Crashes(GateReport report) =>
        report.Verdicts.SelectMany(v => v.Findings).Where(f => f.Finding.Rule == GateRules.RuleFailed).Select(f => (f.Finding.Path?.Value ?? "(artifact)", f.Finding.Message));

    // Enough to repeat it by @hex in the corpus.
    private static string Show(Dictionary<string, Mutant> byPath, string path)
    {
        var outer = path.Split("!/")[0];
        return byPath.TryGetValue(outer, out var mutant) ? Convert.ToHexString(mutant.Bytes.AsSpan(0, Math.Min(mutant.Bytes.Length, 2048))) : "?";
    }

    private static IReadOnlyList<CorpusCase> Cases(string file) => CorpusFile.Parse(file, File.ReadAllText(Path.Combine(Repository.Corpus, file)));

    /// <summary>Every entry of a corpus file, by its name and bytes; each bytes once.</summary>
    private static IEnumerable<(string Name, byte[] Bytes)> Seeds(string file)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var @case in Cases(file))
        {
            foreach (var entry in @case.Builder.Entries())
            {
                if (entry.Body.Length is 0 or > LargestSeed) continue;
                var name = entry.Path.TrimEnd('/').Split('/')[^1];
                // Names that are about paths are the business of other tests.
                if (name.Trim('.', ' ').Length == 0 || name.Any(c => c is < ' ' or > '~' or '\\' or ':' or '!')) continue;
                if (seen.Add(name + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(entry.Body)))) yield return (name, entry.Body);
            }
        }
    }

    private sealed class Folder : IDisposable
    {
        // Every rule that a manifest can wake is awake.
        private const string Manifest = """
            { "artifacts": [ { "match": "*", "allow": ["**", "**!/**", "**!/**!/**", "**!/**!/**!/**"] } ] }
            """;

        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("releasegate-robust-");

        public Folder() => File.WriteAllText(Path.Combine(_folder.FullName, "releasegate.json"), Manifest);

        public GateReport Check(string name, byte[] bytes)
        {
            var path = Path.Combine(_folder.FullName, name);
            File.WriteAllBytes(path, bytes);
            return new Gate(new FileSystem()).Check(new GateRequest { Artifacts = [path], Manifest = Path.Combine(_folder.FullName, "releasegate.json"), SearchFrom = _folder.FullName }, Now);
        }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
