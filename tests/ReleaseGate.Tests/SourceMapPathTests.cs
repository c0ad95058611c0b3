using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Tests;

/// <summary>What source maps tell about the machine that built them.</summary>
public sealed class SourceMapPathTests
{
    [TestCase(@"C:\Users\alice\acme\a.ts", "C:/Users/alice/acme/a.ts")]
    [TestCase("C:/acme/a.ts", "C:/acme/a.ts")]
    [TestCase("/C:/acme/a.ts", "C:/acme/a.ts")]
    [TestCase("/home/alice/a.ts", "/home/alice/a.ts")]
    [TestCase("file:///home/alice/a.ts", "/home/alice/a.ts")]
    [TestCase("file:///C:/acme/a.ts", "C:/acme/a.ts")]
    [TestCase("webpack:///C:/acme/a.ts", "C:/acme/a.ts")]
    [TestCase("webpack:////home/alice/a.ts", "/home/alice/a.ts")]
    [TestCase("webpack:///home/alice/a.ts", "/home/alice/a.ts")]
    [TestCase("webpack://acme//home/alice/a.ts", "/home/alice/a.ts")]
    [TestCase(@"\\server\share\a.ts", @"\\server\share\a.ts")]
    [TestCase("webpack://acme/./src/a.ts", null)]
    [TestCase("webpack:///./src/a.ts", null)]
    [TestCase("webpack:///src/a.ts", null)]
    [TestCase("../src/a.ts", null)]
    [TestCase("a.ts", null)]
    [TestCase("ng://acme/home/a.ts", null)]
    [TestCase("", null)]
    public void Finds_the_path_of_a_machine(string source, string? path) => Assert.That(SourceMapPaths.OfMachine(source), Is.EqualTo(path));

    [TestCase("/home/alice/a.ts", true)]
    [TestCase("/Users/alice/a.ts", true)]
    [TestCase(@"D:\acme\a.ts", true)]
    [TestCase(@"\\server\share\a.ts", true)]
    [TestCase("file:///root/acme/a.ts", true)]
    [TestCase("webpack://acme//var/lib/jenkins/a.ts", true)]
    [TestCase("/home/runner/_work/acme/a.ts", false)]
    [TestCase("D:/a/1/s/a.ts", false)]
    [TestCase("/_/src/a.ts", false)]
    [TestCase("/src/a.ts", false, Description = "below the root of a site")]
    [TestCase("/source/", false)]
    [TestCase("/opt/acme/a.ts", false, Description = "a root that the manifest names")]
    [TestCase("https://example.com/home/a.ts", false)]
    public void Tells_what_tells_something(string source, bool tells)
    {
        var maps = new SourceMapFacts();
        maps.AddSource(source);
        var policy = TestManifest.Parse("""{ "artifacts": [], "debug": { "roots": ["/opt/acme"] } }""").For("a.zip");
        Assert.That(SourceMapPaths.Telling(maps, policy), Is.EqualTo(tells ? new[] { source } : []));
    }

    [Test]
    public void Is_not_hidden_behind_many_paths_that_tell_nothing()
    {
        var maps = new SourceMapFacts();
        for (var i = 0; i < 1_000; i++) maps.AddSource($"/home/runner/_work/{i}/a.ts");
        maps.AddSource("/home/alice/acme/a.ts");
        Assert.That(SourceMapPaths.Telling(maps, TestManifest.Parse("""{ "artifacts": [] }""").For("a.zip")), Is.EqualTo(new[] { "/home/alice/acme/a.ts" }));
    }

    [Test]
    public void Is_found_in_every_kind_of_map()
    {
        const string map = """{"version":3,"file":"/home/bob/acme/out.js","sourceRoot":"/home/alice/acme/","sources":["a.ts"],"sourcesContent":["x"],"mappings":""}""";
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(map));
        var url = "data:application/json;base64," + base64;
        byte[] name = [16, .. "sourceMappingURL"u8];
        byte[] wasm = [0, .. "asm"u8, 1, 0, 0, 0, 0, .. Number(name.Length + 2 + url.Length), .. name, .. Number(url.Length), .. Encoding.ASCII.GetBytes(url)];
        var found = Findings(("a.map", Encoding.UTF8.GetBytes(map)), ("b.js", Encoding.UTF8.GetBytes("//# sourceMappingURL=" + url)), ("c.wasm", wasm),
            ("d.js", "//# sourceMappingURL=/src/d.map"u8.ToArray()), ("e.js", Encoding.UTF8.GetBytes("//# sourceMappingURL=file:///home/carol/acme/e.map\n")));
        const string message = "names the path /home/alice/acme/ of the machine that built it and 1 more of its folders in its source map";
        Assert.That(found, Is.EquivalentTo(new[] { $"a.map {message}", $"b.js {message}", $"c.wasm {message}",
            "e.js names the path file:///home/carol/acme/e.map of the machine that built it in its source map" }));
    }

    private static byte[] Number(int value) => [(byte)(value & 0x7F | 0x80), (byte)(value >> 7)];

    private static List<string> Findings(params (string Name, byte[] Bytes)[] files)
    {
        var findings = new List<Finding>();
        var rule = new PathRule();
        var context = new RuleContext(rule, TestManifest.Parse("""{ "artifacts": [] }""").For("a.zip"), findings);
        foreach (var (name, bytes) in files)
        {
            var entry = new Entry(new EntryPath(name), 0) { Kind = Magic.Of(bytes, isWhole: true) };
            foreach (var part in BuildMachinePathInMaps.Parts.Cast<ContentRequest.ScanRequest>().Where(p => p.Wants(entry)))
            {
                var scanner = part.Factory.Open(entry);
                scanner.Scan(new Chunk(bytes, 0, 0, isLast: true));
                scanner.Finish();
                part.Judge(scanner, entry, context);
            }
        }

        return findings.Select(f => $"{f.Entry} {f.Message}").ToList();
    }

    private sealed class PathRule() : ContentRule(new Descriptor("TPATH0001", "Path", "A path.", "Remove it."))
    {
        public override ContentRequest Request { get; } = ContentRequest.Of(BuildMachinePathInMaps.Parts);
    }
}
