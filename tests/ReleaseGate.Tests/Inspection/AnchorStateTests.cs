using System.IO.Abstractions;
using System.IO.Compression;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Inspection;

/// <summary>Anchors that are counted for each entry, and what a content rule says of names at the end.</summary>
public sealed class AnchorStateTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("releasegate-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Every_entry_with_an_occurrence_has_a_state_of_its_own_and_is_finished_once()
    {
        var begun = 0;
        var rule = new CountingRule(() => begun++);

        var result = Run(Zip(("a.txt", "needle needle"), ("b.txt", "hay"), ("c.txt", new string('.', 200_000) + "needle")), rule);

        Assert.That(result.Findings.Select(f => $"{f.Entry}: {f.Message}").Order(StringComparer.Ordinal), Is.EqualTo(new[] { "a.txt: 2 times", "c.txt: 1 times" }));
        Assert.That(begun, Is.EqualTo(2), "none for an entry without an occurrence");
    }

    [Test]
    public void What_was_found_before_an_entry_became_unreadable_is_still_reported()
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionMode.Compress)) gzip.Write("needle"u8.ToArray().Concat(Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7919 % 251))).ToArray());
        var result = Run(stream.ToArray()[..^6], new CountingRule(() => { }), "cut.gz");
        Assert.That(result.Findings.Select(f => $"{f.Rule.Id} {f.Message}"), Does.Contain("TCOUNT0001 1 times"));
        Assert.That(result.Findings.Select(f => f.Rule.Id.ToString()), Does.Contain("RG0003"));
    }

    [TestCase("begin")]
    [TestCase("finish")]
    [TestCase("conclude")]
    public void What_throws_is_RG0002(string where)
    {
        var result = Run(Zip(("a.txt", "needle")), new CountingRule(() => { if (where == "begin") throw new InvalidOperationException("boom"); }, where));

        Assert.That(result.Findings.Where(f => f.Rule.Id == GateRules.RuleFailed.Id).Select(f => f.Message), Is.EqualTo(new[] { "rule TCOUNT0001 crashed: InvalidOperationException: boom" }));
    }

    [Test]
    public void A_content_rule_sees_the_inventory_at_the_end()
    {
        var rule = new CountingRule(() => { });
        Run(Zip(("a.txt", ""), ("b/c.txt", "hay")), rule);

        Assert.That(rule.Concluded, Is.EqualTo(new[] { "a.txt, b/c.txt" }));
    }

    [Test]
    public void A_content_rule_that_asks_for_nothing_is_not_asked_at_the_end()
    {
        var rule = new CountingRule(() => { }, asks: false);
        Run(Zip(("a.txt", "needle")), rule);

        Assert.That(rule.Concluded, Is.Empty);
    }

    private static byte[] Zip(params (string Name, string Text)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, text) in entries)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write(text);
            }

        return stream.ToArray();
    }

    private ReleaseGate.Inspection.Inspection.Result Run(byte[] bytes, Rule rule, string name = "test.zip")
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        using var artifact = Artifact.Open(new FileSystem(), path, asDirectory: false);
        return ReleaseGate.Inspection.Inspection.Run(artifact, [rule], TestManifest.Parse("""{ "artifacts": [ { "match": "*", "allow": ["**"] } ] }""").For(name), [], null, CancellationToken.None);
    }

    private sealed class Count
    {
        public int Value { get; set; }
    }

    private sealed class CountingRule(Action begun, string crash = "", bool asks = true) : ContentRule(new Descriptor("TCOUNT0001", "Test", "A test rule.", "Nothing to do."))
    {
        public List<string> Concluded { get; } = [];

        public override ContentRequest Request { get; } = ContentRequest.Anchors([new AnchorLiteral("needle")],
            _ =>
            {
                begun();
                return new Count();
            },
            (in AnchorMatch _, Count count, Entry _, RuleContext _) => count.Value++,
            (count, entry, context) =>
            {
                if (crash == "finish") throw new InvalidOperationException("boom");
                context.Report(entry, $"{count.Value} times");
            });

        public override ContentRequest? RequestFor(ReleaseGate.Policy.ArtifactPolicy policy) => asks ? Request : null;

        public override void Conclude(Inventory inventory, RuleContext context)
        {
            if (crash == "conclude") throw new InvalidOperationException("boom");
            Concluded.Add(string.Join(", ", inventory.Entries));
        }
    }
}
