using System.IO.Abstractions;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;
using ReleaseGate.Rules.BuiltIn.Identifiers;

namespace ReleaseGate.Tests;

/// <summary>What the corpus of RG3006 does not reach: metadata of real assemblies, hashed words over any border, many words.</summary>
public sealed class IdentifierTests
{
    [TestCase("ReleaseGate.Policy", "", "its metadata names the internal namespace 'ReleaseGate.Policy'")]
    [TestCase("System.Text", "", "its metadata names the internal namespace 'System.Text' and ")]
    [TestCase("ReleaseGate.Schemas", "", "its metadata names the internal namespace 'ReleaseGate.Schemas.")]
    [TestCase("", "releasegate.core", "its metadata names the internal assembly 'ReleaseGate.Core'")]
    [TestCase("", "ReleaseGate.Benchmarks", "its metadata names the internal assembly 'ReleaseGate.Benchmarks'")]
    [TestCase("", "System.IO.Abstractions", "its metadata names the internal assembly 'System.IO.Abstractions'")]
    public void Finds_names_in_the_metadata_of_an_assembly(string @namespace, string assembly, string says)
    {
        var findings = Check(File.ReadAllBytes(typeof(Gate).Assembly.Location), Names(@namespace, assembly));

        Assert.That(findings.Select(f => $"{f.Path}: {f.Message}"), Has.Exactly(1).StartsWith($"a.dll: {says}"));
        Assert.That(findings, Has.Count.EqualTo(1));
    }

    [TestCase("ReleaseGate.Pol", "")]
    [TestCase("releasegate.Policy", "")]
    [TestCase("Polic", "")]
    [TestCase("", "ReleaseGate.Cor")]
    [TestCase("", "Core")]
    public void Finds_no_parts_of_names(string @namespace, string assembly) =>
        Assert.That(Check(File.ReadAllBytes(typeof(Gate).Assembly.Location), Names(@namespace, assembly)), Is.Empty);

    [Test]
    public void Damaged_metadata_blocks_and_never_crashes()
    {
        var bytes = File.ReadAllBytes(typeof(Gate).Assembly.Location);
        var random = new Random(5);
        for (var round = 0; round < 60; round++)
        {
            var damaged = round < 20 ? bytes[..(bytes.Length * (round + 1) / 21)] : (byte[])bytes.Clone();
            for (var i = 0; round >= 20 && i < 200; i++) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            for (var i = 0; round >= 40 && i < 20; i++) damaged[512 + random.Next(2048)] = 0xFF;
            Assert.That(Check(damaged, Names("Acme.Internal", "Acme.Internal")).Select(f => f.Rule.Id.ToString()), Is.All.EqualTo("RG0003"));
        }
    }

    [Test]
    public void Text_of_an_assembly_is_searched_in_its_heaps()
    {
        // A name in the heap of names (UTF-8).
        var findings = Check(File.ReadAllBytes(typeof(Gate).Assembly.Location), """{ "words": ["HashedWordScanner"], "hashes": [HASHES] }""", "internalidentifier");

        Assert.That(findings.Select(f => f.Message), Has.One.StartsWith("holds the internal word 'HashedWordScanner'").And.One.StartsWith("holds 'InternalIdentifier'"));
    }

    [Test]
    public void Hashed_words_are_found_over_every_border_and_counted_once()
    {
        var words = Words("falconinternal", "kite", "peregrine2", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk");
        var text = new StringBuilder();
        var random = new Random(11);
        string[] pieces = ["falcon-internal ", "FalconInternal;", "\\nkite", "C:\\kite", "%2Fkite%20", "peregrine2", "Peregrine_2", " kites ", "falcon ", "internal\n", "xx", "7", "A", "__", "kite", "KITE",
            "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz.abcdefghijk "];
        while (text.Length < 30_000) text.Append(pieces[random.Next(pieces.Length)]);
        byte[][] inputs = [Encoding.ASCII.GetBytes(text.ToString()), Encoding.Unicode.GetBytes(text.ToString()), [0, .. Encoding.Unicode.GetBytes(text.ToString()), 1, 2, 3, .. Encoding.ASCII.GetBytes(text.ToString())]];
        foreach (var input in inputs)
        {
            var whole = new HashedWordScanner(words);
            whole.Scan(input);
            var expected = Show(whole);
            Assert.That(whole.Hits.Count(), Is.EqualTo(4));
            foreach (var fresh in (int[])[64 << 10, 5000, 4097, 1000, 613])
                Assert.That(Show(InChunks(new HashedWordScanner(words), input, fresh)), Is.EqualTo(expected), $"{fresh}");
        }

        // UTF-16 of either order says the same as ASCII.
        var reversed = new HashedWordScanner(words);
        reversed.Scan(Encoding.BigEndianUnicode.GetBytes("falcon-internal kite"));
        Assert.That(reversed.Hits.Select(h => h.Text), Is.EqualTo(new[] { "falcon-internal", "kite" }));
        var narrow = new HashedWordScanner(words);
        narrow.Scan(inputs[0]);
        var wide = new HashedWordScanner(words);
        wide.Scan(inputs[1]);
        Assert.That(wide.Hits.Select(h => (h.Text, h.Count, h.First / 2)), Is.EqualTo(narrow.Hits.Select(h => (h.Text, h.Count, h.First))));

        static string Show(HashedWordScanner scanner) => string.Join('\n', scanner.Hits.Select(h => $"{h.Text} {h.First} {h.Count}"));
    }

    [Test]
    public void A_hashed_word_is_found_wherever_it_would_be_found_plain_and_nowhere_else()
    {
        var words = Words("falcon");
        var list = new IdentifierList { Words = [new IdentifierWord("falcon")] };
        var random = new Random(3);
        string[] around = ["", "x", "X", "1", "_", "-", ".", " ", "\\n", "\\t", "\\u0041", "\\x41", "%41", "/", "\"", "Xy", "XY", "é", "\0", "AB", "s"];
        string[] spellings = ["falcon", "Falcon", "FALCON", "fALCON", "FalCon"];
        for (var round = 0; round < 5_000; round++)
        {
            var text = around[random.Next(around.Length)] + around[random.Next(around.Length)] + spellings[random.Next(spellings.Length)] + around[random.Next(around.Length)] + around[random.Next(around.Length)];
            var bytes = Encoding.UTF8.GetBytes(text);
            var scanner = new HashedWordScanner(words);
            scanner.Scan(bytes);
            var plain = new IdentifierHits(list.Search);
            var hits = new ReleaseGate.Inspection.AnchorHits();
            list.Search.Matcher.Find(bytes, 0, bytes.Length, hits);
            for (var i = 0; i < hits.Count; i++) plain.Add(hits[i].Literal, bytes, hits[i].Start, hits[i].Start);
            // Letters that are not ASCII end a hashed word and go on with a plain one; of a word split by its own case only the parts count.
            if (!text.Contains('é', StringComparison.Ordinal)) Assert.That(scanner.Hits.Any(), Is.EqualTo(!plain.IsEmpty), text);
        }
    }

    [Test]
    public void Ten_thousand_words_are_looked_for_at_once()
    {
        var words = Enumerable.Range(0, 10_000).Select(i => $"code{(char)('a' + i % 26)}{(char)('a' + i / 26 % 26)}{(char)('a' + i / 676)}name").ToArray();
        var json = $$"""{ "words": [{{string.Join(',', words.Select(w => $"\"{w}\""))}}] }""";
        var text = Encoding.ASCII.GetBytes(string.Join('\n', words.Where((_, i) => i % 100 == 7).Select(w => "let " + w + "Service = 1, x" + w)));

        var findings = Check(text, json, name: "a.js");

        Assert.That(findings, Has.Count.EqualTo(100));
        Assert.That(findings.Select(f => f.Facts["count"]), Is.All.EqualTo("1"));
    }

    private static string Names(string @namespace, string assembly) =>
        assembly.Length == 0 ? $$"""{ "namespaces": ["{{@namespace}}"] }""" : $$"""{ "assemblies": ["{{assembly}}"] }""";

    private static HashedWords Words(params string[] words)
    {
        var lines = HashedWords.Make(words, new byte[16]);
        Assert.That(HashedWords.TryBegin(lines[0], out var list, out _), Is.True);
        foreach (var line in lines.Skip(1)) Assert.That(list!.TryAdd(line, out var mistake), Is.True, mistake);
        return list!;
    }

    private static HashedWordScanner InChunks(HashedWordScanner scanner, byte[] input, int fresh)
    {
        const int overlap = 4 << 10;
        for (var at = 0; ; at += fresh)
        {
            var seen = Math.Min(overlap, at);
            var count = Math.Min(fresh, input.Length - at);
            var last = count < fresh;
            scanner.Scan(new Chunk(input.AsSpan(at - seen, seen + count), seen, at, last));
            if (last) return scanner;
        }
    }

    private static IReadOnlyList<Finding> Check(byte[] bytes, string identifiers, string? hashed = null, string name = "a.dll")
    {
        var folder = Directory.CreateTempSubdirectory("releasegate-");
        try
        {
            var lines = hashed is null ? "" : string.Join(',', HashedWords.Make([hashed], new byte[16]).Select(l => $"\"{l}\""));
            var manifest = TestManifest.Parse("""{ "artifacts": [ { "match": "*", "allow": ["**"] } ], "identifiers": """ + identifiers.Replace("HASHES", lines, StringComparison.Ordinal) + " }");
            Directory.CreateDirectory(Path.Combine(folder.FullName, "out"));
            File.WriteAllBytes(Path.Combine(folder.FullName, "out", name), bytes);
            using var artifact = Artifact.Open(new FileSystem(), Path.Combine(folder.FullName, "out"), asDirectory: true);
            return ReleaseGate.Inspection.Inspection.Run(artifact, [new InternalIdentifier()], manifest.For("out", isFolder: true), [], null, CancellationToken.None).Findings;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
