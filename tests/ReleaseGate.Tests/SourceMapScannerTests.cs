using System.Text;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Tests;

public sealed class SourceMapScannerTests
{
    private const string Small = """
        { "version": 3, "file": "out.js", "mapp\u0069ngs": "AAAA,\"", "names": ["a", {"deep": [1, null]}], "x": -1.5e3,
          "sourceRoot": "", "sources": ["webpack://acme/./src/a.ts", null, "../packages/b\u00e9\ud83d\ude00/b.ts", "node_modules/x/i.js", "C:\\Users\\alice\\p\\src\\c.ts"],
          "sourcesContent": ["one\ntwo\r\n", null, "\u00e9\ud83d\ude00\u20ac\"\\ x\n\u000a", "", "über"] }
        """;

    [Test]
    public void Measures_what_a_map_exposes()
    {
        var scanner = Scan(Small);

        Assert.That(scanner.IsSourceMap, Is.True);
        var facts = scanner.Facts;
        Assert.That(facts.Sources, Is.EqualTo(5));
        Assert.That(facts.OwnSources, Is.EqualTo(3));
        Assert.That(facts.Files, Is.EqualTo(4));
        Assert.That(facts.Lines, Is.EqualTo(2 + 2 + 0 + 1));
        Assert.That(facts.Bytes, Is.EqualTo(new[] { "one\ntwo\r\n", "é😀€\"\\ x\n\n", "", "über" }.Sum(Encoding.UTF8.GetByteCount)));
        Assert.That(facts.Folders, Is.EqualTo(new[] { "Users", "packages", "src" }));
        Assert.That(facts.AbsolutePaths, Is.EqualTo(new[] { @"C:\Users\alice\p\src\c.ts" }));
    }

    [Test]
    public void Says_the_same_wherever_the_stream_is_cut()
    {
        foreach (var bytes in (byte[][])[Encoding.UTF8.GetBytes(Small), [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Small)],
            [.. ")]}'\n"u8, .. Encoding.UTF8.GetBytes(Small)]])
        {
            var expected = Describe(Scan(bytes));
            Assert.That(expected, Does.StartWith("True 5 "));
            for (var first = 0; first <= bytes.Length; first++)
            {
                var scanner = new SourceMapScanner();
                scanner.Scan(bytes.AsSpan(0, first));
                scanner.Scan(bytes.AsSpan(first));
                scanner.Finish();
                Assert.That(Describe(scanner), Is.EqualTo(expected), $"cut at {first}");
            }

            for (var step = 1; step < 40; step++)
            {
                var scanner = new SourceMapScanner();
                for (var at = 0; at < bytes.Length; at += step) scanner.Scan(bytes.AsSpan(at, Math.Min(step, bytes.Length - at)));
                scanner.Finish();
                Assert.That(Describe(scanner), Is.EqualTo(expected), $"pieces of {step}");
            }
        }
    }

    [TestCase("{\"mappings\":\"\",\"sources\":[]}", TestName = "the least map")]
    [TestCase("{\"sources\":[],\"mappings\":\"\"}", TestName = "any key order")]
    [TestCase("\uFEFF \r\n\t{\"sources\":[],\"mappings\":\"\"}", TestName = "BOM and blanks")]
    [TestCase(")]}'\n{\"sources\":[],\"mappings\":\"\"}", TestName = "guard line")]
    [TestCase(")]}', more of it\r\n {\"sources\":[],\"mappings\":\"\"}", TestName = "longer guard line")]
    [TestCase("{\"\\u0073ources\":[],\"m\\u0061ppings\":\"\"}", TestName = "escapes in keys")]
    [TestCase("{\"mappings\":1,\"mappings\":\"\",\"sources\":{},\"sources\":[]}", TestName = "duplicate keys")]
    [TestCase("[{\"a\":1},{\"sources\":[],\"mappings\":\"\"}]", TestName = "in an array")]
    [TestCase("{\"chunks\":[{\"map\":{\"sources\":[],\"mappings\":\"\"}}]}", TestName = "in statistics of a bundler")]
    [TestCase("{\"a\":1}\n{\"sources\":[],\"mappings\":\"\"}", TestName = "on a later line")]
    [TestCase("{\"sections\":[{\"offset\":{\"line\":0,\"column\":0},\"map\":{}}]}", TestName = "index map")]
    [TestCase("{\"sections\":[{\"map\":{},\"offset\":{}}]}", TestName = "index map, other order")]
    [TestCase("{\"sources\":[\"a\"],\"sourcesContent\":[\"x\"]}", TestName = "without mappings, as a mutilated map has it")]
    [TestCase("{\"sources\":[\"a\"],\"mappings\":\"AAA", TestName = "cut in mappings")]
    [TestCase("{\"sources\":[\"a\"],\"sourcesContent\":[\"x", TestName = "cut in its content, mappings still to come")]
    [TestCase("{\"version\":3,\"mappings\":\"\",\"sources\":[\"\\", TestName = "cut in an escape")]
    public void Recognises(string text)
    {
        Assert.That(Scan(text).IsSourceMap, Is.True);
        Assert.That(Scan([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)]).IsSourceMap, Is.True, "UTF-16");
        Assert.That(Scan([.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(text)]).IsSourceMap, Is.True, "UTF-16, big-endian");
    }

    [TestCase("", TestName = "nothing")]
    [TestCase("{", TestName = "one brace")]
    [TestCase("{\"mappings\":{\"properties\":{}},\"sources\":[]}", TestName = "a search index's mappings are an object")]
    [TestCase("{\"mappings\":\"\",\"sources\":\"a\"}", TestName = "sources is text")]
    [TestCase("{\"mappings\":\"\",\"x\":{\"sources\":[]}}", TestName = "keys of different objects")]
    [TestCase("{\"a\":\"mappings\",\"b\":\"sources\"}", TestName = "the words as values")]
    [TestCase("[\"mappings\",\"\",\"sources\",[]]", TestName = "the words in an array")]
    [TestCase("{\"text\":\"{\\\"mappings\\\":\\\"\\\",\\\"sources\\\":[]}\"}", TestName = "a map quoted in text")]
    [TestCase("{\"sections\":[{\"title\":\"t\",\"map\":\"world.png\"}]}", TestName = "sections of something else")]
    [TestCase("{\"sections\":{\"offset\":{},\"map\":{}}}", TestName = "sections that are no array")]
    [TestCase("{\"offset\":{},\"map\":{}}", TestName = "offset and map outside sections")]
    [TestCase("var x = {\"mappings\":\"\",\"sources\":[]}", TestName = "script")]
    [TestCase(")]}' {\"mappings\":\"\",\"sources\":[]}", TestName = "nothing but a guard line")]
    [TestCase(") {\"mappings\":\"\",\"sources\":[]}", TestName = "half a guard")]
    [TestCase("linker map\n{\"mappings\":\"\"}", TestName = "a linker's map")]
    public void Leaves_alone(string text) => Assert.That(Scan(text).IsSourceMap, Is.False);

    [Test]
    public void Looks_as_deep_as_65536_and_says_so_where_it_looks_no_deeper()
    {
        const string map = "{\"sources\":[],\"mappings\":\"\"}";
        const int deepest = 1 << 16;
        // The map's own braces are one level, its array of sources the next.
        var deep = Scan(new string('[', deepest - 2) + map + new string(']', deepest - 2));
        Assert.That((deep.IsSourceMap, deep.IsTooDeep), Is.EqualTo((true, false)));
        var deeper = Scan(new string('[', deepest) + map + new string(']', deepest));
        Assert.That((deeper.IsSourceMap, deeper.IsTooDeep), Is.EqualTo((false, true)));
        Assert.That(Scan(new string('[', 100_000) + new string(']', 100_000 - 1) + "," + map).IsSourceMap, Is.True, "back from the deep");
    }

    [Test]
    public void Adds_up_the_maps_of_an_index_map()
    {
        var scanner = Scan("""
            {"version":3,"sections":[
              {"offset":{"line":0,"column":0},"map":{"version":3,"sourceRoot":"/home/alice/acme","sources":["a/a.ts"],"sourcesContent":["1\n2"],"mappings":""}},
              {"offset":{"line":9,"column":0},"map":{"version":3,"sourcesContent":["3"],"sources":["lib/b.ts","../lib/c.ts"],"mappings":""}}]}
            """);

        Assert.That(Describe(scanner), Is.EqualTo("True 3 3 2 4 3 lib,home | /home/alice/acme"));
    }

    [Test]
    public void Does_not_count_arrays_of_objects_that_are_no_map()
    {
        var scanner = Scan("{\"media\":[{\"sources\":[\"a.mp4\",\"b.webm\"]},{\"sourcesContent\":[\"x\"]}],\"map\":{\"sources\":[\"s/a.ts\"],\"mappings\":\"\"}}");
        Assert.That(Describe(scanner), Is.EqualTo("True 1 1 0 0 0 s | "));
    }

    [TestCase("src/a.ts", "src")]
    [TestCase("a.ts", "")]
    [TestCase("../../src/a.ts", "src")]
    [TestCase("./../src/a.ts", "src")]
    [TestCase("webpack:///./src/a.ts", "src")]
    [TestCase("webpack://acme/./src/a.ts", "src")]
    [TestCase("webpack-internal:///(rsc)/./src/a.ts", "(rsc)")]
    [TestCase("file:///home/alice/a.ts", "home")]
    [TestCase("https://cdn.example.com", "")]
    [TestCase("C:/build/a.ts", "build")]
    [TestCase("/src/a.ts", "src")]
    public void Finds_the_top_folder(string source, string folder) => Assert.That(SourceMapFacts.TopFolder(source), Is.EqualTo(folder));

    [Test]
    public void Stays_small_however_many_folders_there_are()
    {
        var sources = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"\"/d{i}/a.ts\""));
        var facts = Scan($"{{\"mappings\":\"\",\"sources\":[{sources}]}}").Facts;
        Assert.That(facts.Sources, Is.EqualTo(5_000));
        Assert.That(facts.Folders, Has.Count.EqualTo(64));
        Assert.That(facts.AbsolutePaths, Has.Count.EqualTo(64));
    }

    [Test]
    public void Counts_a_map_of_fifty_megabytes_in_odd_pieces()
    {
        // As esbuild writes it: the content before the mappings, so that nothing is decided until the end.
        const int files = 2_000, lines = 500;
        const string line = @"  export const value = compute(\""a\"", 1); // text\n";
        var body = string.Concat(Enumerable.Repeat(line, lines));
        var scanner = new SourceMapScanner();
        var odd = new Queue<int>([1, 65_537, 7, 4_093, 131_071, 3]);
        var length = 0L;
        Feed("{\"version\":3,\"sources\":[" + string.Join(',', Enumerable.Range(0, files).Select(i => $"\"../src/f{i}.ts\"")) + "],\"sourcesContent\":[");
        for (var i = 0; i < files; i++) Feed((i > 0 ? ",\"" : "\"") + body + "\"");
        Feed("],\"mappings\":\"");
        for (var i = 0; i < 100; i++) Feed(new string('A', 50_000));
        Feed("\",\"names\":[]}");
        scanner.Finish();

        Assert.That(length, Is.GreaterThan(50_000_000));
        Assert.That(Describe(scanner), Is.EqualTo($"True {files} {files} {files} {files * lines * (line.Length - 3)} {files * lines} src | "));

        void Feed(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text).AsSpan();
            length += bytes.Length;
            while (bytes.Length > 0)
            {
                var size = odd.Dequeue();
                odd.Enqueue(size);
                var piece = bytes[..Math.Min(size, bytes.Length)];
                scanner.Scan(piece);
                bytes = bytes[piece.Length..];
            }
        }
    }

    [Test]
    public void Counts_like_a_parser_does()
    {
        var random = new Random(4711);
        const string alphabet = "ab \n\n\"\\\t\r/é€\u0001\uD83D\uDE00";
        for (var round = 0; round < 300; round++)
        {
            var contents = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Text(random, alphabet)).ToArray();
            var json = System.Text.Json.JsonSerializer.Serialize(new { version = 3, sources = contents.Select((_, i) => $"s/{i}"), sourcesContent = contents, mappings = "" });
            var facts = Scan(json).Facts;

            Assert.That(facts.Files, Is.EqualTo(contents.Length));
            Assert.That(facts.Bytes, Is.EqualTo(contents.Sum(Encoding.UTF8.GetByteCount)), json);
            Assert.That(facts.Lines, Is.EqualTo(contents.Sum(c => c.Count(x => x == '\n') + (c.Length > 0 && c[^1] != '\n' ? 1 : 0))), json);
        }

        static string Text(Random random, string alphabet)
        {
            var text = new StringBuilder();
            for (var left = random.Next(200); left > 0; left--)
            {
                var c = alphabet[random.Next(alphabet.Length)];
                if (char.IsSurrogate(c)) text.Append("\uD83D\uDE00");
                else text.Append(c);
            }

            return text.ToString();
        }
    }

    private static string Describe(SourceMapScanner scanner)
    {
        var f = scanner.Facts;
        return $"{scanner.IsSourceMap} {f.Sources} {f.OwnSources} {f.Files} {f.Bytes} {f.Lines} {string.Join(',', f.Folders)} | {string.Join(',', f.AbsolutePaths)}";
    }

    private static SourceMapScanner Scan(string text) => Scan(Encoding.UTF8.GetBytes(text));

    private static SourceMapScanner Scan(byte[] bytes)
    {
        var scanner = new SourceMapScanner();
        scanner.Scan(bytes);
        scanner.Finish();
        return scanner;
    }
}
