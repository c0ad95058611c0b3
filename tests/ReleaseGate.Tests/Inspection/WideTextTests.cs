using System.IO.Abstractions;
using System.IO.Compression;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Inspection;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Inspection;

/// <summary>Anchors in UTF-16 text, as a rule sees them through an inspection.</summary>
public sealed class WideTextTests
{
    private const int Fresh = 64 << 10;
    private const string Needle = "needle-in-the-hay";

    private static readonly Encoding[] Orders = [new UnicodeEncoding(bigEndian: false, byteOrderMark: false), new UnicodeEncoding(bigEndian: true, byteOrderMark: false)];

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("releasegate-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_string_in_a_binary_is_found_once_wherever_it_stands([Values(0x00, 0xCC, 0x41)] int filler)
    {
        foreach (var at in Around(0, 512, Fresh - 3584, Fresh - 4096, Fresh, 2 * Fresh - 3584, 2 * Fresh, 3 * Fresh - 2 * Needle.Length))
        {
            var bytes = Filled(3 * Fresh, (byte)filler);
            var text = Orders[0].GetBytes(Needle);
            if (at + text.Length > bytes.Length) continue;
            text.CopyTo(bytes, at);

            Assert.That(Found(bytes), Is.EqualTo(new[] { $"needle@{at} wide" }), $"at {at}");
        }
    }

    [Test]
    public void Text_of_the_other_byte_order_is_found_up_to_its_last_character()
    {
        foreach (var at in Around(0, 512, Fresh - 3584, Fresh - 4096, Fresh, 3 * Fresh - 2 * Needle.Length).Where(at => at % 2 == 0 && at + 2 * Needle.Length <= 3 * Fresh))
        {
            var bytes = Filled(3 * Fresh, 0xCC);
            Orders[1].GetBytes(Needle).CopyTo(bytes, at);

            Assert.That(Found(bytes), Is.EqualTo(new[] { $"needle@{at + 1} wide" }), $"at {at}");
            Assert.That(Found(bytes[..(at + 2 * Needle.Length)]), Is.EqualTo(new[] { $"needle@{at + 1} wide" }), $"at the end, {at}");
        }
    }

    [Test]
    public void The_window_holds_the_text_around_with_runs_kept_apart()
    {
        using var stream = new MemoryStream();
        stream.Write(Filled(101, 0xCC));
        stream.Write(Orders[0].GetBytes("first line\r\nsecond"));
        stream.Write([0, 0, 1, 2, 3]);
        stream.Write(Orders[0].GetBytes("abc")); // too short to be text
        stream.Write([0, 0]);
        stream.Write(Orders[0].GetBytes("key=" + Needle + "!"));
        stream.Write([0, 0, 7]);
        stream.Write(Orders[0].GetBytes("then"));

        var windows = new List<string>();
        Found(stream.ToArray(), windows);

        Assert.That(windows, Is.EqualTo(new[] { $"first line\r\nsecond|key={Needle}!|then|" }));
    }

    [Test]
    public void A_literal_over_two_strings_is_none()
    {
        byte[] bytes = [.. Filled(100, 0xCC), .. Orders[0].GetBytes("need"), 0, 0, .. Orders[0].GetBytes("le-in-the-hay"), 0, 0];

        Assert.That(Found(bytes, literals: [new AnchorLiteral("need\0le-in"), new AnchorLiteral(Needle)]), Is.Empty);
    }

    [Test]
    public void Plain_text_and_wide_text_are_each_reported_for_what_they_are()
    {
        byte[] bytes = [.. Filled(50, 0xCC), .. Encoding.ASCII.GetBytes(Needle), .. Filled(50, 0xCC), .. Orders[0].GetBytes(Needle), 0xCC, 0xCC];

        Assert.That(Found(bytes), Is.EqualTo(new[] { "needle@50", $"needle@{100 + Needle.Length} wide" }));
    }

    [Test]
    public void A_file_with_a_byte_order_mark_is_text_in_every_script([Values(0, 1)] int order)
    {
        byte[] mark = order == 0 ? [0xFF, 0xFE] : [0xFE, 0xFF];
        var literals = new[] { new AnchorLiteral(Needle), new AnchorLiteral(Encoding.UTF8.GetBytes("Schlüssel")) };
        foreach (var at in Around(0, 256, (Fresh - 3584) / 2, (Fresh - 4096) / 2, Fresh / 2, Fresh).Where(at => at > 8))
        {
            // Characters of one, two, three and four bytes in UTF-8, so that no position follows from another by chance.
            var text = new StringBuilder();
            while (text.Length < 3 * Fresh / 2) text.Append("aß€\uD83D\uDE00\n");
            text.Remove(at, 18 + Needle.Length).Insert(at, "é" + Needle + "ñ Schlüssel \uD800 x");
            byte[] bytes = [.. mark, .. Encode(text.ToString(), order == 1)];

            var windows = new List<string>();
            Assert.That(Found(bytes, windows, literals), Is.EqualTo(new[] { $"needle@{2 + 2 * (at + 1)} wide", $"Schl@{2 + 2 * (at + 3 + Needle.Length)} wide" }), $"at {at}");
            Assert.That(windows, Has.All.Contains($"é{Needle}ñ Schlüssel \uFFFD x").And.All.Not.Contain('\uFEFF'));
        }
    }

    [Test]
    public void Short_files_end_where_they_end([Range(0, 12)] int cut)
    {
        foreach (var order in Orders)
        {
            foreach (var mark in new[] { true, false })
            {
                byte[] bytes = [.. mark ? order.GetBytes("\uFEFF") : [], .. order.GetBytes("ab " + Needle)];
                var found = Found(bytes[..^cut]);

                // Half a character at the end: that of little-endian text is not printable without its zero; with a mark an odd byte is none.
                Assert.That(found, Has.Length.EqualTo(cut == 0 ? 1 : 0), $"{order.WebName}, {mark}, {cut}");
            }
        }
    }

    [Test]
    public void User_strings_and_version_resources_of_an_assembly_are_text()
    {
        var assembly = File.ReadAllBytes(typeof(WideTextTests).Assembly.Location);
        const string inCode = "this stands in the heap of user strings";

        Assert.That(Found(assembly, literals: [new AnchorLiteral(inCode)]), Has.Length.EqualTo(1).And.All.EndWith("wide"));
        Assert.That(Found(assembly, literals: [new AnchorLiteral("FileDescription"), new AnchorLiteral("ProductVersion")]).Count(f => f.EndsWith("wide", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(2));
    }

    [Test]
    public void Random_bytes_hold_exactly_what_a_naive_search_finds([Range(1, 60)] int seed)
    {
        var random = new Random(seed);
        var alphabet = "\0\0\0ab"u8.ToArray();
        var bytes = Enumerable.Range(0, random.Next(0, 3000)).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray();
        var literals = new[] { "aaaa", "abab", "bbab", "abbaa" };
        var from = random.Next(0, bytes.Length + 1);
        var to = random.Next(from, bytes.Length + 1);

        var found = new List<(int At, string Literal)>();
        var wide = new WideText();
        var hits = new AnchorHits();
        if (wide.Read(EntryKind.Binary, bytes, from, to, 0))
        {
            new AnchorMatcher([.. literals.Select(l => new AnchorLiteral(l))]).Find(wide.Text, wide.From, wide.To, hits);
            hits.Sort();
            for (var i = 0; i < hits.Count; i++)
                if (wide.OriginOf(hits[i].Start, literals[hits[i].Literal].Length) is >= 0 and var at) found.Add((at, literals[hits[i].Literal]));
        }

        var little = new List<(int, string)>();
        var either = new List<(int, string)>();
        for (var at = from; at < to; at++)
        {
            foreach (var literal in literals)
            {
                var rest = bytes.AsSpan(at);
                if (rest.StartsWith(Orders[0].GetBytes(literal))) little.Add((at, literal));
                if (rest.StartsWith(Orders[0].GetBytes(literal).AsSpan()[..^1])) either.Add((at, literal));
            }
        }

        Assert.That(found, Is.Unique);
        Assert.That(found, Is.SupersetOf(little).And.SubsetOf(either));
    }

    private static byte[] Encode(string text, bool bigEndian)
    {
        // By hand: an encoding would repair the lone surrogate.
        var bytes = new byte[text.Length * 2];
        for (var i = 0; i < text.Length; i++) (bytes[2 * i], bytes[2 * i + 1]) = bigEndian ? ((byte)(text[i] >> 8), (byte)text[i]) : ((byte)text[i], (byte)(text[i] >> 8));
        return bytes;
    }

    private static IEnumerable<int> Around(params int[] positions) => positions.SelectMany(p => Enumerable.Range(p - 9, 12)).Where(p => p >= 0).Distinct();

    private static byte[] Filled(int length, byte filler)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, filler);
        return bytes;
    }

    private string[] Found(byte[] bytes, List<string>? windows = null, AnchorLiteral[]? literals = null)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("data.bin", CompressionLevel.NoCompression).Open();
            entry.Write(bytes);
        }

        var path = Path.Combine(_folder, "test.zip");
        File.WriteAllBytes(path, stream.ToArray());
        var found = new List<string>();
        var rule = new AnchorRule(literals ?? [new AnchorLiteral(Needle)], (in AnchorMatch match) =>
        {
            var name = Encoding.UTF8.GetString(match.Window.Slice(match.Start, match.Length)).Split('-')[0];
            found.Add($"{(name.StartsWith("Schl", StringComparison.Ordinal) ? "Schl" : name)}@{match.Position}{(match.IsWide ? " wide" : "")}");
            windows?.Add(Encoding.UTF8.GetString(match.Window).Replace('\0', '|'));
        });
        using var artifact = Artifact.Open(new FileSystem(), path, asDirectory: false);
        var policy = TestManifest.Parse("""{ "artifacts": [ { "match": "*", "allow": ["**"] } ] }""").For("test.zip");
        var result = ReleaseGate.Inspection.Inspection.Run(artifact, [rule], policy, [], null, CancellationToken.None);
        Assert.That(result.Findings, Is.Empty);
        return [.. found];
    }

    private delegate void Matched(in AnchorMatch match);

    private sealed class AnchorRule(IReadOnlyList<AnchorLiteral> literals, Matched matched) : ContentRule(new Descriptor("TANCHOR0001", "Test", "A test rule.", "Nothing to do."))
    {
        public override ContentRequest Request { get; } = ContentRequest.Anchors(literals, (in AnchorMatch match, Entry _, RuleContext _) => matched(in match));
    }
}
