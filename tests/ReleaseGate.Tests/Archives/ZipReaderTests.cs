using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Tests.Archives;

public sealed class ZipReaderTests
{
    private static readonly byte[] Hidden = Encoding.ASCII.GetBytes("nobody looks here");

    private static ZipItem Item(string name = "a.txt") => new(name, "some text, some text, some text");

    private static string[] Complaints(ZipBuilder zip) => [.. Contents.OfZip(zip.Build()).Complaints];

    [Test]
    public void Reads_zip64()
    {
        var extra = ZipBuilder.Pack((ushort)1, (ushort)24, 31ul, (ulong)ZipBuilder.Deflate(Item().Content).Length, 0ul);
        var item = Item() with { Length = uint.MaxValue, Compressed = uint.MaxValue, Offset = uint.MaxValue, Extra = extra, LocalExtra = extra[..20] };
        item.LocalExtra[2] = 16;

        var contents = Contents.OfZip(new ZipBuilder(item) { Zip64 = true }.Build());

        Assert.That(contents.Complaints, Is.Empty);
        Assert.That(contents["a.txt"], Is.EqualTo(Item().Content));
    }

    [Test]
    public void Reads_every_shape_of_data_descriptor([Values] bool signed, [Values] bool wide)
    {
        var item = Item();
        var compressed = (ulong)ZipBuilder.Deflate(item.Content).Length;
        var sizes = wide ? ZipBuilder.Pack(compressed, 31ul) : ZipBuilder.Pack((uint)compressed, 31u);
        var descriptor = ZipBuilder.Pack(signed ? ZipBuilder.Pack(0x08074b50u) : [], Crc32.Of(item.Content), sizes);

        var zip = new ZipBuilder(item with { Described = true, Descriptor = descriptor }, Item("b"));

        Assert.That(Complaints(zip), Is.Empty);
    }

    [Test]
    public void Reads_an_empty_zip_and_an_empty_file_that_claims_to_be_deflated()
    {
        Assert.That(Complaints(new ZipBuilder()), Is.Empty);
        Assert.That(Complaints(new ZipBuilder(new ZipItem("e", "") { Data = [] })), Is.Empty);
    }

    [Test]
    public void Allows_a_short_comment() => Assert.That(Complaints(new ZipBuilder(Item()) { Comment = Hidden }), Is.Empty);

    [TestCase(9, "Deflate64")]
    [TestCase(12, "BZip2")]
    [TestCase(14, "LZMA")]
    [TestCase(93, "Zstandard")]
    [TestCase(99, "AES")]
    [TestCase(77, "77")]
    public void Refuses_other_methods(int method, string named) =>
        Assert.That(Complaints(new ZipBuilder(Item() with { Method = (ushort)method }, Item("b"))), Is.EqualTo(new[] { $"Unreadable a.txt: its compression method {named} is not read" }));

    [TestCase(1, "it is encrypted")]
    [TestCase(0x2000, "it is encrypted")]
    [TestCase(0x20, "it is patch data")]
    public void Refuses_what_flags_hide(int flags, string reason) =>
        Assert.That(Complaints(new ZipBuilder(Item() with { Flags = (ushort)flags })), Is.EqualTo(new[] { $"Unreadable a.txt: {reason}" }));

    private static IEnumerable<TestCaseData> Lies()
    {
        yield return Case("Lie: wrong checksum", new ZipBuilder(Item() with { Crc = 1 }), "Unreadable a.txt: its checksum does not match");
        yield return Case("Lie: longer than promised", new ZipBuilder(Item() with { Length = 30 }), "Unreadable a.txt: it has more than the 30 bytes that the directory promises");
        yield return Case("Lie: shorter than promised", new ZipBuilder(Item() with { Length = 32 }), "Unreadable a.txt: it has 31 bytes where the directory promises 32");
        yield return Case("Lie: surplus behind the deflate end", new ZipBuilder(Item() with { Data = [.. ZipBuilder.Deflate(Item().Content), .. Hidden] }), "Unreadable a.txt: its compressed data ends before the directory says");
        yield return Case("Lie: one byte of surplus", new ZipBuilder(Item() with { Data = [.. ZipBuilder.Deflate(Item().Content), 0] }), "Unreadable a.txt: its compressed data ends before the directory says");
        yield return Case("Lie: deflate end missing", new ZipBuilder(Item() with { Data = ZipBuilder.Deflate(Item().Content)[..^1] }), "Unreadable a.txt: its compressed data ends early");
        yield return Case("Lie: no deflate data", new ZipBuilder(Item() with { Data = [0xff, 0xff, 0xff] }), "Unreadable a.txt: its compressed data is damaged");
        yield return Case("Lie: stored with two lengths", new ZipBuilder(Item() with { Method = 0, Data = [.. Item().Content, 1] }), "Unreadable a.txt: it is stored, but its two lengths differ");

        yield return Case("Lie: another local name", new ZipBuilder(Item() with { LocalName = "b.txt"u8.ToArray() }), "HiddenData a.txt: its local header names it 'b.txt'");
        yield return Case("Lie: another local method", new ZipBuilder(Item() with { LocalMethod = 0 }), "HiddenData a.txt: its local header says compression method 0, the directory 8");
        yield return Case("Lie: other local flags", new ZipBuilder(Item() with { LocalFlags = 1 }), "HiddenData a.txt: the flags of its local header differ from the directory's");
        yield return Case("Lie: another local checksum", new ZipBuilder(Item() with { LocalCrc = 5 }), "HiddenData a.txt: the checksum in its local header differs from the directory's");
        yield return Case("Lie: another local length", new ZipBuilder(Item() with { LocalLength = 5 }), "HiddenData a.txt: the length in its local header differs from the directory's");
        yield return Case("Lie: another local compressed length", new ZipBuilder(Item() with { LocalCompressed = 5 }), "HiddenData a.txt: the compressed length in its local header differs from the directory's");
        yield return Case("Lie: described, yet another local length", new ZipBuilder(Item() with { Described = true, LocalLength = 5 }), "HiddenData a.txt: the length in its local header differs from the directory's");
        yield return Case("Lie: extra field full of something", new ZipBuilder(Item() with { Extra = new byte[600].Select(_ => (byte)'x').ToArray() }), "HiddenData a.txt: its extra field is damaged", "HiddenData a.txt: its extra field has 600 bytes that no rule reads",
            "HiddenData a.txt: the extra field of its local header has 600 bytes that no rule reads", "HiddenData a.txt: the extra field of its local header is damaged");
        yield return Case("Lie: long entry comment", new ZipBuilder(Item() with { Comment = new byte[300] }), "HiddenData a.txt: its comment has 300 bytes that no rule reads");
        yield return Case("Lie: many short comments", new ZipBuilder([.. Enumerable.Range(0, 100).Select(i => Item() with { Name = $"{i}.txt", Comment = new byte[200] })]), "HiddenData: comments and extra fields of its entries have 20000 bytes that no rule reads");
        yield return Case("Lie: long archive comment", new ZipBuilder(Item()) { Comment = new byte[300] }, "HiddenData: the archive comment has 300 bytes that no rule reads");

        yield return Case("Hidden: prepended, offsets fixed", new ZipBuilder(Item()) { Prepended = Hidden }, "HiddenData: 17 bytes lie before the first entry of the zip");
        yield return Case("Hidden: prepended, offsets not fixed", new ZipBuilder(Item()) { Prepended = Hidden, ShiftOffsets = true }, "HiddenData: 17 bytes lie before the first entry of the zip");
        yield return Case("Hidden: in a gap", new ZipBuilder(Item(), Item("b") with { Before = Hidden }), "HiddenData: 17 bytes lie between the entries of the zip");
        yield return Case("Hidden: before the directory", new ZipBuilder(Item()) { BeforeDirectory = Hidden }, "HiddenData: 17 bytes lie between the entries of the zip");
        yield return Case("Hidden: behind the directory", new ZipBuilder(Item()) { AfterDirectory = Hidden }, "HiddenData: bytes lie between the directory of the zip and its end record");
        yield return Case("Hidden: trailing", new ZipBuilder(Item()) { Trailing = Hidden }, "HiddenData: 17 bytes follow the end of the zip");
        yield return Case("Hidden: unlisted entry", new ZipBuilder(Item(), Item("b") with { Unlisted = true }, Item("c")),
            $"HiddenData: {30 + 1 + ZipBuilder.Deflate(Item().Content).Length} bytes lie between the entries of the zip, among them an entry that the directory does not list");
        yield return Case("Hidden: second end record in the comment", new ZipBuilder(Item()) { Comment = [.. new ZipBuilder().Build()] }, "HiddenData: 124 bytes lie before the first entry of the zip, among them an entry that the directory does not list");

        yield return Case("Lie: entry count too high", new ZipBuilder(Item()) { Count = 2 }, "Unreadable: the zip's directory lists 1 entries and claims 2");
        yield return Case("Lie: entry count too low", new ZipBuilder(Item(), Item("b")) { Count = 1 }, "Unreadable: the zip's directory lists 2 entries and claims 1");
        yield return Case("Lie: offset within", new ZipBuilder(Item() with { Offset = 3 }), "Unreadable a.txt: there is no local header where the directory says", "HiddenData: 3 bytes lie before the first entry of the zip, among them an entry that the directory does not list", "?");
        yield return Case("Lie: offset outside", new ZipBuilder(Item() with { Offset = 0x7fffffff }), "Unreadable a.txt: the directory points outside the file", "?");
        yield return Case("Lie: data reaches into the directory", new ZipBuilder(Item() with { Compressed = 3000 }), "Unreadable a.txt: its data reaches into the zip's directory", "?");
        yield return Case("Bomb: two entries share their bytes", new ZipBuilder(Item(), Item("b") with { Offset = 0 }), "DecompressionBomb b: its bytes overlap with those of another entry", "HiddenData b: its local header names it 'a.txt'", "?");

        static TestCaseData Case(string name, ZipBuilder zip, params string[] wanted) => new TestCaseData(zip, wanted).SetName(name);
    }

    [TestCaseSource(nameof(Lies))]
    public void Reports(object zip, string[] wanted)
    {
        // "?" stands for complaints that merely follow from the first one.
        var complaints = Complaints((ZipBuilder)zip);
        Assert.That(complaints, wanted.Contains("?") ? Is.SupersetOf(wanted.Where(w => w != "?")) : Is.EquivalentTo(wanted));
    }

    [Test]
    public void A_second_archive_in_the_comment_is_never_silent()
    {
        // Readers that search from the end find the inner one, others the outer one.
        var zip = new ZipBuilder(Item()) { Comment = new ZipBuilder(Item("evil")).Build() };
        Assert.That(Complaints(zip), Is.Not.Empty);
    }

    [Test]
    public void Names_are_kept_as_spelled()
    {
        var unicode = Encoding.UTF8.GetBytes("ä.txt");
        byte[] rawName = [0x84, .. ".txt"u8]; // ä in code page 437
        var right = ZipBuilder.Pack((ushort)0x7075, (ushort)(5 + unicode.Length), (byte)1, Crc32.Of(rawName), unicode);
        var other = ZipBuilder.Pack((ushort)0x7075, (ushort)10, (byte)1, Crc32.Of("b.txt"u8), "c.txt"u8.ToArray());

        Assert.That(Contents.OfZip(new ZipBuilder(Item("../x\\y\u202e.txt"), Item("a\0b")).Build()).Names, Is.EqualTo(new[] { "../x\\y\u202e.txt", "a\0b" }));
        Assert.That(Contents.OfZip(new ZipBuilder(Item() with { RawName = rawName }).Build()).Names, Is.EqualTo(new[] { "ä.txt" }));
        var named = Contents.OfZip(new ZipBuilder(Item() with { RawName = rawName, Extra = right }).Build());
        Assert.That(named.Complaints, Is.Empty);
        Assert.That(named.Names, Is.EqualTo(new[] { "ä.txt" }));
        Assert.That(Complaints(new ZipBuilder(Item("b.txt") with { Extra = other })), Is.EqualTo(new[]
        {
            "HiddenData b.txt: the Unicode name in its extra field is another one",
            "HiddenData b.txt: the Unicode name in its local header is another one",
        }));
    }

    // Half of all programs, NuGet among them, unpack under the name that the field is to replace.
    [TestCase(".env", ".envä", false)]
    [TestCase(".env", "ä.env", false)]
    [TestCase("a.cs", "a._cs", false)]
    [TestCase("a_.cs", "a.cs", false)]
    [TestCase("a?_.txt", "aäß.txt", true)]
    [TestCase("__.txt", "日本語.txt", true)]
    public void A_Unicode_name_replaces_nothing_but_what_a_code_page_lost(string raw, string unicode, bool isRight)
    {
        byte[] rawName = [.. Encoding.ASCII.GetBytes(raw)], name = Encoding.UTF8.GetBytes(unicode);
        var extra = ZipBuilder.Pack((ushort)0x7075, (ushort)(5 + name.Length), (byte)1, Crc32.Of(rawName), name);
        var contents = Contents.OfZip(new ZipBuilder(Item() with { RawName = rawName, Extra = extra }).Build());

        Assert.That(contents.Names, Is.EqualTo(new[] { isRight ? unicode : raw }));
        Assert.That(contents.Complaints, isRight ? Is.Empty : Has.Member($"HiddenData {raw}: the Unicode name in its extra field is another one"));
    }

    [Test]
    public void Unix_attributes_tell_links_devices_and_modes()
    {
        var contents = Contents.OfZip(new ZipBuilder(
            new ZipItem("link", "../target") { Method = 0, MadeBy = 3, Attributes = 0xA1FFu << 16 },
            new ZipItem("fifo") { Method = 0, MadeBy = 3, Attributes = 0x11A4u << 16 },
            new ZipItem("tool", "#!") { MadeBy = 3, Attributes = 0x89EDu << 16 },
            new ZipItem("folder/") { Method = 0, MadeBy = 3, Attributes = 0x41EDu << 16 },
            new ZipItem("dos", "x") { Attributes = 0x20 },
            new ZipItem("huge link", new string('x', 5000)) { MadeBy = 3, Attributes = 0xA1FFu << 16 },
            new ZipItem("no folder/", "bytes")).Build());

        Assert.That(contents.Entries.Select(e => (e.Entry.ArchivePath.Value, e.Entry.Type, e.Entry.UnixMode, e.Entry.LinkTarget)), Is.EqualTo(new[]
        {
            ("link", EntryType.SymbolicLink, (int?)0x1ff, "../target"),
            ("fifo", EntryType.Device, 0x1a4, null),
            ("tool", EntryType.File, 0x9ed, null),
            ("folder/", EntryType.Directory, 0x1ed, null),
            ("dos", EntryType.File, null, null),
            ("huge link", EntryType.SymbolicLink, 0x1ff, null),
            ("no folder/", EntryType.File, null, (string?)null),
        }));
        Assert.That(contents.Complaints, Is.EquivalentTo(new[]
        {
            "Uninspectable huge link: a link's target has 5000 bytes",
            "HiddenData no folder/: a folder has bytes",
        }));
        Assert.That(contents["no folder/"], Is.EqualTo("bytes"u8.ToArray()));
        Assert.That(contents["link"], Is.Empty);
    }

    [Test]
    public void Times_come_from_the_extra_field_or_from_dos()
    {
        var contents = Contents.OfZip(new ZipBuilder(Item(), Item("ut") with { Extra = ZipBuilder.Pack((ushort)0x5455, (ushort)5, (byte)1, 86400u) }, Item("none") with { Date = 0 }).Build());
        Assert.That(contents.Entries.Select(e => e.Entry.Modified), Is.EqualTo(new DateTime?[]
        {
            new DateTime(2026, 3, 31, 12, 0, 0, DateTimeKind.Utc), new DateTime(1970, 1, 2, 0, 0, 0, DateTimeKind.Utc), null,
        }));
        Assert.That(contents.Complaints, Is.Empty);
    }

    [Test]
    public void Paths_of_a_nested_zip_name_their_container()
    {
        var contents = Contents.OfZip(new ZipBuilder(Item()).Build(), new EntryPath("tools/in.zip"));
        Assert.That(contents.Names, Is.EqualTo(new[] { "tools/in.zip!/a.txt" }));
    }

    [Test]
    public void Anomalies_without_number_are_summed_up()
    {
        var zip = new ZipBuilder([.. Enumerable.Range(0, 500).Select(i => Item($"{i}") with { LocalCrc = 1 })]);
        var complaints = Complaints(zip);
        Assert.That(complaints, Has.Length.EqualTo(50));
        Assert.That(complaints[^1], Is.EqualTo("HiddenData: there are 50 and more such irregularities in the zip"));
    }

    [Test]
    public void Entries_are_opened_in_any_order_and_on_several_threads()
    {
        var zip = new ZipBuilder([.. Enumerable.Range(0, 200).Select(i => new ZipItem($"{i}.txt", string.Concat(Enumerable.Repeat($"{i} ", 3000))))]).Build();
        using var reader = new ZipReader(new MemoryByteSource(zip), null, a => Assert.Fail(a.Reason));
        var sources = reader.Entries().Reverse().ToArray();
        Assert.That(reader.AnyOrder, Is.True);
        var texts = new string[sources.Length];

        Parallel.For(0, sources.Length, i =>
        {
            using var text = new StreamReader(sources[i].Open());
            texts[i] = text.ReadToEnd();
        });

        for (var i = 0; i < texts.Length; i++) Assert.That(texts[i], Does.StartWith($"{199 - i} {199 - i} "));
    }
}
