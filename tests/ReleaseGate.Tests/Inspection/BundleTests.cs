using System.IO.Abstractions;
using System.IO.Compression;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests.Inspection;

/// <summary>How the engine looks into single-file programs: where the bytes come from, what it costs, and what is said once.</summary>
public sealed class BundleTests
{
    private const string Needle = "needle-in-the-hay";

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("releasegate-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void What_a_rule_says_of_the_program_and_of_a_file_in_it_is_said_of_the_file()
    {
        var result = RunFolder(Bundle($"""
            entry raw.txt
              @text "xx{Needle}"
            entry packed.txt method=deflate
              @repeat 50 "{Needle}"
            """), appended: Needle);

        var said = result.Findings.Where(f => f.Rule.Id.ToString() == "TANCHOR0001").Select(f => $"{f.Path}@{f.Offset}").ToArray();
        Assert.That(said, Has.Exactly(1).EqualTo("app!/raw.txt@2"));
        Assert.That(said, Has.Exactly(50).StartsWith("app!/packed.txt@"));
        Assert.That(said.Where(s => s.StartsWith("app@", StringComparison.Ordinal)), Has.Exactly(1).Items, "what stands behind the bundle is in the program alone");
    }

    [Test]
    public void A_program_in_a_folder_is_read_in_place_and_one_in_an_archive_within_the_budget()
    {
        var program = Bundle("""
            entry Acme.dll
              @random 6000000 7
            entry a.txt
              | text
            """);
        const string Tight = """{ "artifacts": [ { "match": "*", "allow": ["**", "**!/**"], "limits": { "nested": "5 MB" } } ] }""";

        var folder = RunFolder(program, manifest: Tight);
        var zip = RunZip(program, Tight);
        var roomy = RunZip(program);

        Assert.That(Paths(folder), Is.EqualTo(new[] { "app", "app!/Acme.dll", "app!/a.txt" }));
        Assert.That(folder.Findings, Is.Empty);
        Assert.That(Paths(roomy), Is.EqualTo(new[] { "app", "app!/Acme.dll", "app!/a.txt" }));
        Assert.That(roomy.Findings, Is.Empty);
        Assert.That(Paths(zip), Is.EqualTo(new[] { "app" }));
        Assert.That(zip.Findings.Select(f => f.Message), Has.One.Contains("(raise 'limits.nested' in the manifest)"));
        Assert.That(zip.Findings.Select(f => f.Fix), Has.One.Contains("raise the limit that is named"));
        Assert.That(zip.Findings.Select(f => f.Rule.Id.ToString()), Is.EqualTo(new[] { "RG0003" }));
    }

    [Test]
    public void A_bundle_says_what_it_is_and_its_files_are_hashed_one_by_one()
    {
        var result = RunFolder(Bundle("""
            entry a.txt
              | text
            entry b.txt method=deflate
              | text
            """));

        var program = result.Inventory.Entries.Single(e => e.Path.Value == "app");
        Assert.That(program.Traits["bundle"], Is.EqualTo("v6, 2 files"));
        Assert.That(program.Entered, Is.True);
        foreach (var entry in result.Inventory.Entries.Where(e => e != program))
        {
            Assert.That(entry.Digest, Is.EqualTo(Digest.Of("text\n"u8)));
            Assert.That(entry.Container, Is.SameAs(program));
            Assert.That(entry.Complete, Is.True);
        }
    }

    [Test]
    public void Bundles_in_bundles_are_entered_as_deep_as_archives()
    {
        var recipe = new StringBuilder();
        for (var depth = 0; depth < 5; depth++) recipe.Append(' ', 4 * depth).Append("entry inner\n").Append(' ', 4 * depth + 2).Append("@bundle\n");
        recipe.Append(' ', 20).Append("entry a.txt\n").Append(' ', 22).Append("| x\n");

        var result = RunFolder(Bundle(recipe.ToString()));

        Assert.That(result.Findings.Select(f => $"{f.Rule.Id} {f.Path} {f.Message}"), Has.One.Matches<string>(m => m.StartsWith("RG0003 app!/inner!/inner!/inner!/inner ", StringComparison.Ordinal) && m.Contains("nested deeper than 4 levels", StringComparison.Ordinal)));
    }

    [Test]
    public void A_signature_across_two_chunks_is_seen([Range(-48, 8, 7)] int before)
    {
        var program = Bundle("entry a.txt\n  | x");
        // The builder's host has its pointer at 5,000. Bytes before the host move it to a border of chunks; they are not part of the program's own offsets.
        var moved = new byte[(64 << 10) + before];
        Samples.Of(EntryKind.Elf).CopyTo(moved, 0);
        var list = BitConverter.ToInt64(program, 5000);
        byte[] bytes = [.. moved, .. program.AsSpan(5000, 40), .. "x\n"u8, .. program.AsSpan((int)list)];
        BitConverter.TryWriteBytes(bytes.AsSpan(moved.Length), moved.Length + 42L);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - (program.Length - (int)list) + 12 + 13 + 40), moved.Length + 40L);

        Assert.That(Paths(RunFolder(bytes)), Is.EqualTo(new[] { "app", "app!/a.txt" }));
        Assert.That(Paths(RunZip(bytes)), Is.EqualTo(new[] { "app", "app!/a.txt" }));
    }

    private static string[] Paths(ReleaseGate.Inspection.Inspection.Result result) => [.. result.Inventory.Entries.Select(e => e.Path.Value)];

    private static byte[] Bundle(string entries) =>
        CorpusFile.Parse("test", "case x\n  artifact app\n  raw\n    @bundle\n" + string.Concat(entries.Split('\n').Select(l => "      " + l + "\n"))).Single().Builder.Build();

    private ReleaseGate.Inspection.Inspection.Result RunFolder(byte[] program, string appended = "", string? manifest = null)
    {
        var folder = Path.Combine(_folder, "publish");
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "app"), [.. program, .. Encoding.ASCII.GetBytes(appended)]);
        return Run(folder, isFolder: true, manifest);
    }

    private ReleaseGate.Inspection.Inspection.Result RunZip(byte[] program, string? manifest = null)
    {
        var path = Path.Combine(_folder, "test.zip");
        File.Delete(path);
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using var entry = zip.CreateEntry("app").Open();
            entry.Write(program);
        }

        return Run(path, isFolder: false, manifest);
    }

    private static ReleaseGate.Inspection.Inspection.Result Run(string path, bool isFolder, string? manifest)
    {
        using var artifact = Artifact.Open(new FileSystem(), path, isFolder);
        var policy = TestManifest.Parse(manifest ?? """{ "artifacts": [ { "match": "*", "allow": ["**", "**!/**"] } ] }""").For(artifact.Name, isFolder);
        return ReleaseGate.Inspection.Inspection.Run(artifact, [new NeedleRule()], policy, [], null, CancellationToken.None);
    }

    private sealed class NeedleRule() : ContentRule(new Descriptor("TANCHOR0001", "Test", "A test rule.", "Nothing to do."))
    {
        public override ContentRequest Request { get; } = ContentRequest.Anchors([new AnchorLiteral(Needle)],
            (in AnchorMatch match, Entry entry, RuleContext context) => context.Report(entry, "a needle", offset: match.Position));
    }
}
