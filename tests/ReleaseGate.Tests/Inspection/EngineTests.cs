using System.IO.Abstractions;
using System.IO.Compression;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Inspection;

/// <summary>What the engine promises to rules, seen with rules that write down what they are given.</summary>
public sealed class EngineTests
{
    private const int Fresh = 64 << 10;
    private const int Overlap = 4 << 10;

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("releasegate-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_scanner_sees_every_byte_once_in_order_behind_the_overlap(
        [Values(0, 1, Overlap, Fresh - 1, Fresh, Fresh + 1, 2 * Fresh, 3 * Fresh + 17)] int size)
    {
        var bytes = Bytes(size, seed: size);
        var scanners = new List<RecordingScanner>();
        var rule = new ScanningRule("TSCAN0001", new ScannerFactory<RecordingScanner>(_ => { var s = new RecordingScanner(); scanners.Add(s); return s; }));

        var result = Run(Zip(("data.bin", bytes)), rule);

        var scanner = scanners.Single();
        Assert.That(scanner.Seen.ToArray(), Is.EqualTo(bytes));
        Assert.That(scanner.Problems, Is.Empty);
        Assert.That(scanner.Finished, Is.True);
        Assert.That(result.Inventory.Entries.Single().Digest, Is.EqualTo(Digest.Of(bytes)));
        Assert.That(result.Inventory.Entries.Single().Length, Is.EqualTo(size));
        Assert.That(result.Inventory.Entries.Single().Complete, Is.True);
        Assert.That(result.Findings.Select(f => f.Rule.Id.ToString()), Is.EqualTo(new[] { "TSCAN0001" }));
    }

    [Test]
    public void Rules_that_name_the_same_factory_share_one_scanner()
    {
        var opened = 0;
        var factory = new ScannerFactory<RecordingScanner>(_ => { opened++; return new RecordingScanner(); });

        var result = Run(Zip(("a.txt", Bytes(10, 1)), ("b.txt", Bytes(10, 2))), new ScanningRule("TSCAN0001", factory), new ScanningRule("TSCAN0002", factory));

        Assert.That(opened, Is.EqualTo(2), "one for each entry");
        Assert.That(result.Findings.Select(f => $"{f.Rule.Id} {f.Entry}"), Is.EquivalentTo(new[]
            { "TSCAN0001 a.txt", "TSCAN0001 b.txt", "TSCAN0002 a.txt", "TSCAN0002 b.txt" }));
    }

    [Test]
    public void An_anchor_is_reported_once_wherever_it_stands_with_the_bytes_around_it()
    {
        var literal = "needle-in-the-hay"u8.ToArray();
        foreach (var at in Around(0, 512, Fresh - 3584, Fresh - Overlap, Fresh, 2 * Fresh - 3584, 2 * Fresh, 3 * Fresh - literal.Length))
        {
            var bytes = new byte[3 * Fresh];
            Array.Fill(bytes, (byte)'.');
            if (at + literal.Length > bytes.Length) continue;
            literal.CopyTo(bytes, at);
            var seen = new List<string>();
            var rule = new AnchorRule("TANCHOR0001", [new AnchorLiteral("other-thing"), new AnchorLiteral("NEEDLE-in", true)], (in AnchorMatch match) =>
            {
                Assert.That(match.Window.Slice(match.Start, literal.Length).ToArray(), Is.EqualTo(literal));
                Assert.That(match.Start, Is.GreaterThanOrEqualTo(Math.Min(512, at)));
                Assert.That(match.Window.Length - match.Start, Is.GreaterThanOrEqualTo(Math.Min(3584, bytes.Length - at)));
                seen.Add($"{match.Literal}@{match.Position}");
            });

            var result = Run(Zip(("hay.txt", bytes)), rule);

            Assert.That(result.Findings, Is.Empty);
            Assert.That(seen, Is.EqualTo(new[] { $"1@{at}" }));
        }
    }

    [Test]
    public void A_rule_that_wants_the_whole_entry_gets_exactly_it_and_one_too_large_blocks()
    {
        byte[]? got = null;
        var bytes = Bytes(200_000, 3);
        var rule = new WholeRule("TWHOLE0001", 300_000, span => got = span.ToArray());

        var fits = Run(Zip(("small.bin", bytes)), rule);
        Assert.That(got, Is.EqualTo(bytes));
        Assert.That(fits.Findings, Is.Empty);

        var large = Run(Zip(("large.bin", Bytes(300_001, 4))), rule);
        Assert.That(large.Findings.Select(f => $"{f.Rule.Id} {f.Path}"), Is.EqualTo(new[] { "RG0003 large.bin" }));
        Assert.That(large.Findings.Single().Message, Does.Contain("TWHOLE0001"));
    }

    [Test]
    public void Rules_that_name_the_same_reader_share_its_facts_and_each_part_of_a_request_has_its_own_filter()
    {
        var read = 0;
        var reader = new FactsReader<string>(1 << 20, (bytes, entry) =>
        {
            read++;
            Assert.That(bytes.Length, Is.EqualTo(entry.Length));
            bytes.Position = bytes.Length - 4;
            Span<byte> end = stackalloc byte[4];
            bytes.ReadExactly(end);
            return Encoding.ASCII.GetString(end) is "none" ? null : Encoding.ASCII.GetString(end);
        });
        var zip = Zip(("a.bin", [.. Bytes(300_000, 1), .. "tail"u8]), ("b.bin", "xxnone"u8.ToArray()), ("c.txt", "an anchored text"u8.ToArray()));

        var result = Run(zip, new CombinedRule("TREAD0001", reader), new CombinedRule("TREAD0002", reader));

        Assert.That(read, Is.EqualTo(2), "once for each .bin");
        Assert.That(result.Findings.Select(f => $"{f.Rule.Id} {f.Entry}: {f.Message}"), Is.EquivalentTo(new[]
            { "TREAD0001 a.bin: tail", "TREAD0002 a.bin: tail", "TREAD0001 c.txt: anchored", "TREAD0002 c.txt: anchored" }));
        Assert.That(result.Inventory.Entries.Select(e => string.Join(',', e.Traits)), Is.EqualTo(new[] { "[end, tail]", "", "" }));
    }

    [TestCase(typeof(InvalidDataException), "RG0003")]
    [TestCase(typeof(BadImageFormatException), "RG0003")]
    [TestCase(typeof(EndOfStreamException), "RG0003")]
    [TestCase(typeof(InvalidOperationException), "RG0002 RG0002")]
    public void A_reader_that_cannot_make_sense_of_an_entry_blocks(Type failure, string rules)
    {
        var reader = new FactsReader<string>(1 << 20, (_, _) => throw (Exception)Activator.CreateInstance(failure, "boom")!);

        var result = Run(Zip(("a.bin", Bytes(10, 1))), new CombinedRule("TREAD0001", reader), new CombinedRule("TREAD0002", reader));

        Assert.That(string.Join(' ', result.Findings.Select(f => f.Rule.Id)), Is.EqualTo(rules));
        Assert.That(result.Findings.Select(f => f.Message), Is.All.Contains("boom"));
    }

    [Test]
    public void A_rule_with_nothing_to_look_for_under_a_manifest_is_not_asked()
    {
        var result = Run(Zip(("a.txt", "an anchored text"u8.ToArray())), new CombinedRule("TREAD0001", new FactsReader<string>(1, (_, _) => null)) { Idle = true });

        Assert.That(result.Findings, Is.Empty);
    }

    [Test]
    public void A_trait_has_a_plain_name() =>
        Assert.That(Run(Zip(("a.txt", "anchored"u8.ToArray())), new AnchorRule("TANCHOR0001", [new AnchorLiteral("anchored")], (in AnchorMatch _) => { }) { Trait = "No Good" }).Findings.Single().Message, Does.Contain("trait 'No Good'"));

    [TestCase("wants")]
    [TestCase("open")]
    [TestCase("scan")]
    [TestCase("finish")]
    [TestCase("judge")]
    public void A_scanning_rule_that_throws_is_RG0002_and_the_others_still_report(string where)
    {
        var crashing = new ScanningRule("TCRASH0001", new ScannerFactory<RecordingScanner>(_ => where == "open" ? throw new InvalidOperationException("boom") : new RecordingScanner(where)), where);
        var other = new ScanningRule("TSCAN0001", new ScannerFactory<RecordingScanner>(_ => new RecordingScanner()));

        var result = Run(Zip(("a.txt", Bytes(10, 1))), crashing, other);

        Assert.That(result.Findings.Select(f => $"{f.Rule.Id} {f.Entry}").Distinct(), Is.EquivalentTo(new[] { "RG0002 a.txt", "TSCAN0001 a.txt" }));
        Assert.That(result.Findings.First(f => f.Rule.Id == GateRules.RuleFailed.Id).Message, Does.Contain("TCRASH0001").And.Contain("boom"));
    }

    [Test]
    public void Rules_of_the_other_kinds_that_throw_are_RG0002()
    {
        var result = Run(Zip(("a.txt", "needle-in"u8.ToArray())),
            new AnchorRule("TANCHOR0001", [new AnchorLiteral("needle")], (in AnchorMatch _) => throw new InvalidOperationException("boom")),
            new WholeRule("TWHOLE0001", 100, _ => throw new InvalidOperationException("boom")),
            new CrashingEntryRule(), new CrashingArtifactRule());

        Assert.That(result.Findings.Select(f => f.Rule.Id.ToString()), Is.All.EqualTo("RG0002"));
        Assert.That(result.Findings.Select(f => f.Message.Split(' ')[1]), Is.EquivalentTo(new[] { "TANCHOR0001", "TWHOLE0001", "TENTRY0001", "TARTIF0001" }));
    }

    [Test]
    public void Findings_and_inventory_do_not_depend_on_the_threads()
    {
        var entries = Enumerable.Range(0, 400).Select(i => ($"f/{i * 7919 % 400:000}.bin", Bytes(3000 + i, i))).ToArray();
        var zip = Zip(entries);
        var rule = new ScanningRule("TSCAN0001", new ScannerFactory<RecordingScanner>(_ => new RecordingScanner()));

        string Once() => string.Join('\n', Judge.Findings(Run(zip, rule).Findings, Policy(), Run(zip, rule).Inventory).Select(f => $"{f.Finding.Entry} {f.Finding.Entry!.Digest}"));
        var first = Once();

        Assert.That(first.Split('\n'), Has.Length.EqualTo(400).And.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
        for (var i = 0; i < 5; i++) Assert.That(Once(), Is.EqualTo(first));
    }

    [Test]
    public void Nested_archives_are_entered_and_named_by_their_way()
    {
        var inner = Zip(("deep/file.txt", "text"u8.ToArray()));
        var result = Run(Zip(("tools/inner.zip", inner), ("web/site.js.gz", GZip("var a;"u8.ToArray()))));

        Assert.That(result.Findings, Is.Empty);
        Assert.That(result.Inventory.Entries.Select(e => $"{e.Path} {e.Kind} {e.Length}"), Is.EqualTo(new[]
        {
            $"tools/inner.zip Zip {inner.Length}",
            "tools/inner.zip!/deep/file.txt Text 4",
            $"web/site.js.gz GZip {GZip("var a;"u8.ToArray()).Length}",
            "web/site.js.gz!/site.js Text 6",
        }));
        Assert.That(result.Inventory.Entries[0].Digest, Is.EqualTo(Digest.Of(inner)));
    }

    [Test]
    public void Archives_nested_too_deep_block()
    {
        var archive = Zip(("file.txt", "text"u8.ToArray()));
        for (var i = 0; i < 5; i++) archive = Zip(($"level{i}.zip", archive));

        var result = Run(archive);

        Assert.That(result.Findings.Select(f => $"{f.Rule.Id} {f.Path}"), Is.EqualTo(new[]
            { "RG0003 level4.zip!/level3.zip!/level2.zip!/level1.zip!/level0.zip" }));
        Assert.That(result.Findings.Single().Message, Does.Contain("deeper than 4"));
    }

    [Test]
    public void A_package_that_describes_itself_a_thousand_times_is_not_kept_in_memory()
    {
        // Random, so that no ratio stops it first.
        var described = Enumerable.Range(0, 10).Select(i => ($"{i}.nuspec", Bytes(1 << 20, i))).ToArray();

        var result = Run(Zip(described));

        Assert.That(result.Findings.Count(f => f.Message.Contains("have more than 8.4 MB together", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public void A_nuspec_may_be_deeper_than_anyone_looks()
    {
        const int depth = 100_000;
        var nuspec = "<package><metadata><id>Acme</id><version>1.0.0</version>" + string.Concat(Enumerable.Repeat("<a>", depth)) + string.Concat(Enumerable.Repeat("</a>", depth)) + "</metadata></package>";

        var result = Run(Zip(("Acme.nuspec", System.Text.Encoding.UTF8.GetBytes(nuspec))));

        Assert.That(result.Findings, Is.Empty);
        Assert.That(result.Inventory.Package!.Id, Is.EqualTo("Acme"));
    }

    [Test]
    public void Archives_with_endless_names_block_since_all_that_is_in_them_would_repeat_the_name()
    {
        var result = Run(Zip((new string('n', 1025), Zip(("file.txt", "text"u8.ToArray())))));

        Assert.That(result.Inventory.Entries, Has.Count.EqualTo(1));
        Assert.That(result.Findings.Single(f => f.Rule.Id.ToString() == "RG0003").Message, Does.Contain("a path of more than 1024 characters"));
    }

    [Test]
    public void A_truncated_nested_archive_blocks_and_its_neighbours_are_still_read()
    {
        var inner = Zip(("file.txt", Bytes(1000, 9)));
        var result = Run(Zip(("cut.zip", inner[..^30]), ("other.txt", "text"u8.ToArray())));

        Assert.That(result.Findings.Select(f => $"{f.Rule.Id} {f.Path}").Distinct(), Is.EqualTo(new[] { "RG0003 cut.zip" }));
        Assert.That(result.Inventory.Entries.Single(e => e.Path.Value == "other.txt").Complete, Is.True);
        Assert.That(result.Findings.Select(f => f.Fix ?? f.Rule.Fix).Distinct(), Is.EqualTo(new[] { "Pack it again; leave out what is encrypted, damaged or cannot be looked into." }), "no limit stands in the way");
    }

    [TestCase("the system refuses to read it: IOException", "See that the gate may read it")]
    [TestCase("it is damaged: (raise 'limits.nested' in the manifest) it says", null)]
    [TestCase("the file is empty", null)]
    public void The_next_step_for_what_was_not_read_goes_by_the_reason(string reason, string? begins) =>
        Assert.That(GateRules.FixOfUninspectable(reason), begins is null ? Is.Null : Does.StartWith(begins));

    [Test]
    public void Output_beyond_the_budget_blocks_as_unread_and_as_bomb()
    {
        var zip = Zip(("zeros.bin", new byte[100_000]));

        var result = Run(zip, Policy("""{ "artifacts": [ { "match": "*", "allow": ["**"], "limits": { "output": 50000 } } ] }"""));

        Assert.That(result.Findings.Select(f => f.Rule.Id.ToString()), Is.EqualTo(new[] { "RG0003" }));
        Assert.That(result.Inventory.Anomalies.Select(a => a.Kind), Is.EquivalentTo(new[] { AnomalyKind.Uninspectable, AnomalyKind.DecompressionBomb }));
        Assert.That(result.Findings.Single().Message, Does.EndWith("(raise 'limits.output' in the manifest)"));
        Assert.That(result.Findings.Single().Fix, Is.EqualTo("Where it is meant to be so large, raise the limit that is named; else find out what made it grow."));
    }

    [Test]
    public void A_ratio_beyond_the_budget_blocks()
    {
        var result = Run(Zip(("zeros.bin", new byte[70 << 20])));

        Assert.That(result.Findings.Select(f => f.Rule.Id.ToString()).Distinct(), Is.EqualTo(new[] { "RG0003" }));
        Assert.That(result.Inventory.Anomalies.Select(a => a.Kind), Does.Contain(AnomalyKind.DecompressionBomb));
    }

    [Test]
    public void An_artifact_without_a_file_in_it_is_RG0007()
    {
        Assert.That(Run(Zip()).Findings.Select(f => f.Rule.Id.ToString()), Is.EqualTo(new[] { "RG0007" }));
        Assert.That(Run(Zip(("empty/", []))).Findings.Select(f => f.Rule.Id.ToString()), Is.EqualTo(new[] { "RG0007" }));
    }

    [Test]
    public void The_run_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        var rule = new ScanningRule("TSCAN0001", new ScannerFactory<RecordingScanner>(_ => { cancel.Cancel(); return new RecordingScanner(); }));

        Assert.That(() => Run(Zip(("a.bin", Bytes(500_000, 1)), ("b.bin", Bytes(500_000, 2))), Policy(), [rule], cancel.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Rules_that_contradict_the_contract_are_refused_before_anything_runs()
    {
        var scan = new ScanningRule("TSCAN0001", new ScannerFactory<RecordingScanner>(_ => new RecordingScanner()));
        Refused("has the id of another rule", scan, scan);
        Refused("names none", new AnchorRule("TANCHOR0001", [], (in AnchorMatch _) => { }));
        Refused("4 to 1024 are possible", new AnchorRule("TANCHOR0001", [new AnchorLiteral("abc")], (in AnchorMatch _) => { }));
        Refused("no size", new WholeRule("TWHOLE0001", 0, _ => { }));
        Assert.That(() => RuleSet.Create([new ScanningRule("RG9999", new ScannerFactory<RecordingScanner>(_ => new RecordingScanner()))]),
            Throws.InstanceOf<GateException>().With.Message.Contains("prefix RG").And.Property("Rule").EqualTo(GateRules.RuleFailed.Id));

        static void Refused(string message, params Rule[] rules) =>
            Assert.That(() => RuleSet.Of(rules), Throws.InstanceOf<GateException>().With.Message.Contains(message).And.Property("Rule").EqualTo(GateRules.RuleFailed.Id));
    }

    private static IEnumerable<int> Around(params int[] positions) => positions.SelectMany(p => new[] { p - 1, p, p + 1, p - 9 }).Where(p => p >= 0).Distinct();

    private static byte[] Bytes(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        if (size > 3) bytes.AsSpan(0, 3).Fill((byte)'x'); // never an archive by chance
        return bytes;
    }

    private static byte[] Zip(params (string Name, byte[] Bytes)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    private static byte[] GZip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionMode.Compress)) gzip.Write(bytes);
        return stream.ToArray();
    }

    private static ArtifactPolicy Policy(string manifest = """{ "artifacts": [ { "match": "*", "allow": ["**"] } ] }""") =>
        TestManifest.Parse(manifest).For("test.zip");

    private ReleaseGate.Inspection.Inspection.Result Run(byte[] zip, params Rule[] rules) => Run(zip, Policy(), rules);

    private ReleaseGate.Inspection.Inspection.Result Run(byte[] zip, ArtifactPolicy policy, params Rule[] rules) => Run(zip, policy, rules, CancellationToken.None);

    private ReleaseGate.Inspection.Inspection.Result Run(byte[] zip, ArtifactPolicy policy, Rule[] rules, CancellationToken cancel)
    {
        var path = Path.Combine(_folder, "test.zip");
        File.WriteAllBytes(path, zip);
        using var artifact = Artifact.Open(new FileSystem(), path, asDirectory: false);
        // An inspection without any rule is RG0007 of its own; where a test brings none, a silent one runs.
        return ReleaseGate.Inspection.Inspection.Run(artifact, rules.Length == 0 ? [new SilentRule()] : rules, policy, [], null, cancel);
    }

    private static Descriptor Make(string id) => new(id, "Test", "A test rule.", "Nothing to do.");

    private delegate void Matched(in AnchorMatch match);

    private sealed class SilentRule() : ArtifactRule(Make("TSILENT0001"))
    {
        public override void Inspect(Inventory inventory, RuleContext context) { }
    }

    private sealed class CrashingEntryRule() : EntryRule(Make("TENTRY0001"))
    {
        public override void Inspect(Entry entry, Inventory inventory, RuleContext context) => throw new InvalidOperationException("boom");
    }

    private sealed class CrashingArtifactRule() : ArtifactRule(Make("TARTIF0001"))
    {
        public override void Inspect(Inventory inventory, RuleContext context) => throw new InvalidOperationException("boom");
    }

    private sealed class AnchorRule(string id, IReadOnlyList<AnchorLiteral> literals, Matched matched) : ContentRule(Make(id))
    {
        public string? Trait { get; init; }

        public override ContentRequest Request => _request ??= ContentRequest.Anchors(literals, (in AnchorMatch match, Entry entry, RuleContext context) =>
        {
            matched(in match);
            if (Trait is not null) context.Recognise(entry, Trait, "x");
        });

        private ContentRequest? _request;
    }

    private sealed class CombinedRule(string id, FactsReader<string> reader) : ContentRule(Make(id))
    {
        public bool Idle { get; init; }

        public override ContentRequest Request { get; } = ContentRequest.Of(
            ContentRequest.Read(reader, (facts, entry, context) =>
            {
                context.Recognise(entry, "end", facts);
                context.Report(entry, facts);
            }).Where(e => e.Path.NameEndsWith(".bin")),
            ContentRequest.Anchors([new AnchorLiteral("anchored")], (in AnchorMatch _, Entry entry, RuleContext context) => context.Report(entry, "anchored")).Where(e => e.Path.NameEndsWith(".txt")));

        public override ContentRequest? RequestFor(ArtifactPolicy policy) => Idle ? null : Request;
    }

    private delegate void Looked(ReadOnlySpan<byte> bytes);

    private sealed class WholeRule(string id, int limit, Looked looked) : ContentRule(Make(id))
    {
        public override ContentRequest Request { get; } = ContentRequest.Whole(limit, (bytes, _, _) => looked(bytes));
    }

    private sealed class ScanningRule(string id, ScannerFactory<RecordingScanner> factory, string crash = "") : ContentRule(Make(id))
    {
        public override ContentRequest Request { get; } = ContentRequest.Scan(factory, (_, entry, context) =>
        {
            if (crash == "judge") throw new InvalidOperationException("boom");
            context.Report(entry, "seen");
        });

        public override bool Wants(Entry entry) => crash == "wants" ? throw new InvalidOperationException("boom") : true;
    }

    private sealed class RecordingScanner(string crash = "") : EntryScanner
    {
        private bool _last;

        public MemoryStream Seen { get; } = new();

        public List<string> Problems { get; } = [];

        public bool Finished { get; private set; }

        public override void Scan(in Chunk chunk)
        {
            if (crash == "scan") throw new InvalidOperationException("boom");
            if (_last) Problems.Add("a chunk after the last one");
            if (chunk.Position != Seen.Length) Problems.Add($"position {chunk.Position} at {Seen.Length}");
            var before = chunk.Buffer[..chunk.FreshStart];
            if (before.Length != Math.Min(Overlap, Seen.Length)) Problems.Add($"overlap of {before.Length} at {Seen.Length}");
            if (!Seen.ToArray().AsSpan()[^before.Length..].SequenceEqual(before)) Problems.Add("the overlap differs from what was seen");
            if (chunk.Fresh.Length > Fresh) Problems.Add("too much fresh");
            Seen.Write(chunk.Fresh);
            _last = chunk.IsLast;
        }

        public override void Finish()
        {
            if (crash == "finish") throw new InvalidOperationException("boom");
            if (!_last) Problems.Add("no last chunk");
            Finished = true;
        }
    }
}
