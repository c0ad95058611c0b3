using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Tests;

/// <summary>What scripts say about their sources, however the stream is cut. What counts and what does not is in the corpus.</summary>
public sealed class ScriptScannerTests
{
    private const string Map = """{"version":3,"sources":["src/a.ts"],"sourcesContent":["let a = \"x\";\nb?>~();"],"mappings":"AAAA"}""";

    private static readonly string Script = string.Join('\n',
        "a();//# sourceMappingURL=data:application/json;charset=utf-8;base64," + Base64(Map),
        "b();/*# sourceMappingURL=data:application/json;base64," + Base64(Map).TrimEnd('=').Replace('+', '-').Replace('/', '_') + " */",
        "c();//# sourceMappingURL=data:application/json," + Uri.EscapeDataString(Map),
        "d(" + Map + ");",
        "e({version:3,sources:['src/a.ts'],sourcesContent:['let a = \"x\";\\nb?>~();']});",
        "f('" + Map.Replace("\\", @"\\", StringComparison.Ordinal) + "');",
        "g(" + System.Text.Json.JsonSerializer.Serialize("x(" + Map + ");").Replace("\\u0022", "\\\"", StringComparison.Ordinal) + ");",
        @"eval(""a();\n//# sourceURL=webpack-internal:///./src/a.js\n"");",
        "//# sourceMappingURL=https://maps.example.com/a.js.map",
        "x = \"//# sourceMappingURL=https://\" + host; {version:3,sources:f()}",
        "//# sourceMappingURL=a.js.map",
        "// the end") + "\n";

    private const string Said = "7 maps: 7 files, 14 lines, 140 bytes; 1 modules: ./src/a.js; https://maps.example.com/a.js.map; a.js.map";

    [Test]
    public void Says_the_same_wherever_the_stream_is_cut()
    {
        foreach (var (bytes, kind) in new (byte[], EntryKind)[]
        {
            (Encoding.UTF8.GetBytes(Script), EntryKind.Text),
            ([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Script)], EntryKind.Utf16Text),
            ([.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(Script)], EntryKind.Utf16Text),
        })
        {
            Assert.That(Describe(Scan(bytes, kind, [bytes.Length])), Is.EqualTo(Said));
            for (var first = 0; first <= bytes.Length; first += first % 7 == 0 ? 3 : 1)
                Assert.That(Describe(Scan(bytes, kind, [first, bytes.Length])), Is.EqualTo(Said), $"cut at {first}");
            for (var step = 1; step < 40; step++)
                Assert.That(Describe(Scan(bytes, kind, [step])), Is.EqualTo(Said), $"pieces of {step}");
        }
    }

    [Test]
    public void Survives_damage()
    {
        var random = new Random(4711);
        var script = Encoding.UTF8.GetBytes(Script);
        for (var round = 0; round < 2_000; round++)
        {
            var bytes = script.ToArray();
            for (var i = random.Next(1, 8); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var cut = random.Next(bytes.Length);
            var facts = Scan(bytes[..cut], round % 2 == 0 ? EntryKind.Text : EntryKind.Binary, [random.Next(1, 5_000)]);
            Assert.That(facts.Maps, Is.LessThanOrEqualTo(8));
        }
    }

    [Test]
    public void Survives_damaged_modules()
    {
        var random = new Random(4711);
        byte[] module = [0, .. "asm"u8, 1, 0, 0, 0, 1, 1, 0, 0, 9, 4, .. "name"u8, 1, 2, 1, 0, 0, 14, 11, .. ".debug_line"u8, 1, 2, 0, 8, 4, .. "abcd"u8, 1, 2, 3];
        for (var round = 0; round < 5_000; round++)
        {
            var bytes = module.ToArray();
            for (var i = random.Next(3); i > 0; i--) bytes[random.Next(8, bytes.Length)] = (byte)random.Next(256);
            bytes = bytes[..random.Next(8, bytes.Length + 1)];
            string? whole = null;
            foreach (var step in new[] { bytes.Length, 1, 3 })
            {
                var scanner = new WasmScanner();
                for (var at = 0; at < bytes.Length; at += step) scanner.Scan(bytes.AsSpan(at, Math.Min(step, bytes.Length - at)));
                scanner.Finish();
                var said = $"{scanner.Damage} {string.Join(',', scanner.CustomSections)} {scanner.DebugBytes} {scanner.NameBytes} {scanner.NamedFunctions}";
                Assert.That(said, Is.EqualTo(whole ??= said), Convert.ToHexString(bytes));
            }
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Describe(ScriptFacts f) =>
        $"{f.Maps} maps: {f.Exposed.Files} files, {f.Exposed.Lines} lines, {f.Exposed.Bytes} bytes; {f.EvalModules} modules: {f.FirstEvalModule}; {string.Join(' ', f.Remote.Select(r => r.Url))}; {f.Reference}";

    /// <summary>Feeds as the engine does: fresh bytes behind at most 4 KiB that were seen before.</summary>
    private static ScriptFacts Scan(byte[] bytes, EntryKind kind, int[] sizes)
    {
        var scanner = (ScriptScanner)((ScannerFactory)ScriptScanner.Factory).Open(new Entry(new EntryPath("a.js"), 0) { Kind = kind });
        for (int at = 0, i = 0; at < bytes.Length || i == 0; i++)
        {
            var size = Math.Min(sizes[Math.Min(i, sizes.Length - 1)], bytes.Length - at);
            var seen = Math.Min(at, 4096);
            scanner.Scan(new Chunk(bytes.AsSpan(at - seen, seen + size), seen, at, isLast: at + size == bytes.Length));
            at += size;
        }

        scanner.Finish();
        return scanner.Facts;
    }
}
