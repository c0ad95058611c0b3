using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Tests.Archives;

public sealed class TarReaderTests
{
    private static string[] Complaints(byte[] tar) => [.. Contents.OfTar(tar).Complaints];

    [Test]
    public void Long_names_come_from_prefix_pax_and_gnu_headers()
    {
        var contents = Contents.OfTar(new TarBuilder()
            .Add("file", "1", prefix: "deep/down")
            .Pax(("path", "pax/ä"), ("comment", "x")).Add("short", "2")
            .Add("././@LongLink", Encoding.UTF8.GetBytes("gnu/long\0"), 'L').Add("gnu/lo", "3", magic: "ustar  \0", prefix: "not a prefix")
            .Add("old", "4", magic: "")
            .Add("././@LongLink", Encoding.UTF8.GetBytes("far/target\0"), 'K').Add("link", "", '2', link: "far/t")
            .Pax(("linkpath", "pax/target")).Add("hard", "", '1', link: "x")
            .Build());

        Assert.That(contents.Complaints, Is.Empty);
        Assert.That(contents.Entries.Select(e => (e.Entry.ArchivePath.Value, Encoding.UTF8.GetString(e.Bytes!), e.Entry.LinkTarget)), Is.EqualTo(new[]
        {
            ("deep/down/file", "1", null), ("pax/ä", "2", null), ("gnu/long", "3", null), ("old", "4", null),
            ("link", "", "far/target"), ("hard", "", (string?)"pax/target"),
        }));
    }

    [Test]
    public void A_name_that_programs_read_differently_is_told()
    {
        const string behind = "bytes follow the end of a name in its header";
        var contents = Contents.OfTar(new TarBuilder()
            .Add("a\0\n.env", "1")
            .Add("b", "2", tamper: static b => b[345 + 100] = (byte)'\r')
            .Add("c", "3", link: "x\0y")
            .Add("d", "4", magic: "ustar\0" + "01", prefix: "deep")
            // GNU keeps times where the prefix is.
            .Add("e", "5", magic: "ustar  \0", prefix: "1\0002")
            .Add("f", "6", magic: "ustar\0" + "01")
            // So do star and npm, behind a shorter prefix.
            .Add("g", "7", tamper: static b => TarBuilder.Text(b, 476, 24, "15013204773\015013204773"))
            .Add("h", "8", tamper: static b => TarBuilder.Text(b, 475, 25, "x"))
            .Build());

        Assert.That(contents.Complaints, Is.EqualTo(new[]
        {
            $"HiddenData a: {behind}", $"HiddenData b: {behind}", $"HiddenData c: {behind}",
            "HiddenData deep/d: its header is of an unknown version and has a prefix; programs differ in whether that belongs to its name",
            $"HiddenData h: {behind}",
        }));
        Assert.That(contents.Names, Is.EqualTo(new[] { "a", "b", "c", "deep/d", "e", "f", "g", "h" }));
    }

    [TestCase("path")]
    [TestCase("linkpath")]
    [TestCase("size")]
    public void A_global_header_names_and_measures_nothing(string key)
    {
        var contents = Contents.OfTar(new TarBuilder().Global((key, "1")).Add("a", "1").Build());

        Assert.That(contents.Failure, Is.EqualTo($"a global pax header sets the {key} of every entry"));
        Assert.That(contents.Entries, Is.Empty);
    }

    [Test]
    public void A_path_that_no_system_can_unpack_ends_the_reading()
    {
        var contents = Contents.OfTar(new TarBuilder().Pax(("path", string.Concat(Enumerable.Repeat("a/", 20_000)) + "b")).Add("a", "1").Build());

        Assert.That(contents.Failure, Does.Contain("a path of more than 32767 characters"));
    }

    [Test]
    public void Pax_records_win_over_headers_and_globals()
    {
        var contents = Contents.OfTar(new TarBuilder()
            .Global(("uname", "everyone"), ("mtime", "86400"))
            .Add("a", "1")
            .Pax(("size", "5"), ("uname", "alice"), ("gname", "staff"), ("mtime", "172800.75")).Add("b", "12345", size: 1)
            .Add("c", "3")
            .Build());

        Assert.That(contents.Complaints, Is.EqualTo(new[] { "HiddenData b: its pax header says 5 bytes, its own header 1; programs differ in which they believe" }));
        Assert.That(contents["b"], Is.EqualTo("12345"u8.ToArray()));
        Assert.That(contents.Entries.Select(e => e.Entry.Owner), Is.EqualTo(new[] { "everyone:0", "alice:staff", "everyone:0" }));
        Assert.That(contents.Entries.Select(e => e.Entry.Modified!.Value.Ticks - DateTime.UnixEpoch.Ticks).Select(t => t / TimeSpan.TicksPerDay), Is.EqualTo(new[] { 1, 2, 1 }));
    }

    [Test]
    public void Types_owners_modes_and_times_are_told()
    {
        var contents = Contents.OfTar(new TarBuilder()
            .Add("f", "x", user: "alice", group: "staff", mode: 0xded)
            .Add("n", "x", tamper: b => { TarBuilder.Text(b, 108, 8, "0001750"); TarBuilder.Text(b, 116, 8, "0000144"); })
            .Add("z", "x", '\0')
            .Add("c", "x", '7')
            .Add("d/", "", '5')
            .Add("old/", "", '\0')
            .Add("s", "", '2', link: "t")
            .Add("h", "", '1', link: "f")
            .Add("chr", "", '3').Add("blk", "", '4').Add("fifo", "", '6')
            .Build());

        Assert.That(contents.Complaints, Is.Empty);
        Assert.That(contents.Entries.Select(e => e.Entry.Type), Is.EqualTo(new[]
        {
            EntryType.File, EntryType.File, EntryType.File, EntryType.File, EntryType.Directory, EntryType.Directory, EntryType.SymbolicLink, EntryType.HardLink,
            EntryType.Device, EntryType.Device, EntryType.Device,
        }));
        Assert.That(contents.Entry("f").Owner, Is.EqualTo("alice:staff"));
        Assert.That(contents.Entry("n").Owner, Is.EqualTo("1000:100"));
        Assert.That(contents.Entry("z").Owner, Is.Null);
        Assert.That(contents.Entry("f").UnixMode, Is.EqualTo(0xded));
        Assert.That(contents.Entry("f").Modified, Is.EqualTo(new DateTime(1985, 10, 26, 8, 15, 0, DateTimeKind.Utc)));
    }

    [Test]
    public void Sizes_may_be_base_256_and_checksums_signed()
    {
        Action<byte[]> wide = b => { b.AsSpan(124, 12).Clear(); b[124] = 0x80; b[135] = 5; };
        Assert.That(Contents.OfTar(new TarBuilder().Add("ä", "12345", tamper: wide).Add("ö", "2", signed: true).Build()).Complaints, Is.Empty);
        Assert.That(Contents.OfTar(new TarBuilder().Add("a", "12345", tamper: wide).Build())["a"], Is.EqualTo("12345"u8.ToArray()));
    }

    [TestCase(0x80, 0x7f)] // far beyond 63 bits
    [TestCase(0xff, 0xff)] // negative
    [TestCase(0x38, 0x38)] // "88…", no octal digits
    public void Refuses_impossible_sizes(int first, int second) =>
        Assert.That(Complaints(new TarBuilder().Add("a", "x", tamper: b => { b.AsSpan(124, 12).Fill((byte)second); b[124] = (byte)first; }).Build()),
            Is.EqualTo(new[] { "Unreadable: a tar header has no valid size" }));

    private static IEnumerable<TestCaseData> Damages()
    {
        yield return Case("truncated content", new TarBuilder().Add("a", "12345", size: 6000).Build(), "Unreadable a: the tar ends 4464 bytes before the end of the entry", "Unreadable: the tar ends 4464 bytes before the end of an entry");
        yield return Case("no end marker", new TarBuilder().Add("a", "1").Build(endBlocks: 0), "Unreadable: the tar ends without its end marker");
        yield return Case("half an end marker", new TarBuilder().Add("a", "1").Build(endBlocks: 1), "Unreadable: the tar ends within its end marker");
        yield return Case("nothing", [], "Unreadable: the tar is empty");
        yield return Case("wrong checksum", new TarBuilder().Raw([.. Enumerable.Repeat((byte)'x', 512)]).Build(), "Unreadable: a tar header has a wrong checksum");
        yield return Case("trailing bytes", new TarBuilder().Add("a", "1").Build(trailing: [0, 0, 1]), "HiddenData: bytes follow the end of the tar");
        yield return Case("a second tar", new TarBuilder().Add("a", "1").Build(trailing: new TarBuilder().Add("b", "2").Build()), "HiddenData: bytes follow the end of the tar");
        yield return Case("zero block between", new TarBuilder().Add("a", "1").Raw(new byte[512]).Add("b", "2").Build(), "HiddenData: the tar goes on after a zero block, where some programs stop reading");
        yield return Case("padding", new TarBuilder().Add("a", "1", padding: 7).Build(), "HiddenData: the padding behind an entry is not zero");
        yield return Case("unknown type", new TarBuilder().Add("a", "1", 'Q').Build(), "HiddenData a: the entry has the unknown type Q; programs differ in whether they unpack it");
        yield return Case("link with bytes", new TarBuilder().Add("a", "1", '2', link: "b").Build(), "HiddenData a: 1 bytes belong to an entry that is not a file");
        yield return Case("folder with bytes", new TarBuilder().Add("a/", "1", '5').Build(), "HiddenData a/: 1 bytes belong to an entry that is not a file");
        yield return Case("old folder with bytes", new TarBuilder().Add("a/", "1").Build(), "HiddenData a/: 1 bytes belong to an entry that is not a file");
        yield return Case("volume label", new TarBuilder().Add("a", "", 'V').Build(), "Unreadable: multi-volume tars are not read");
        yield return Case("continued volume", new TarBuilder().Add("a", "", 'M').Build(), "Unreadable: multi-volume tars are not read");
        yield return Case("gnu sparse", new TarBuilder().Add("a", "1", 'S').Add("b", "2").Build(), "Unreadable a: sparse tar entries are not read");
        yield return Case("gnu sparse with a longer map", new TarBuilder().Add("a", [.. new byte[512], 1], 'S', size: 1, tamper: b => b[482] = 1).Add("b", "2").Build(), "Unreadable a: sparse tar entries are not read");
        yield return Case("pax sparse", new TarBuilder().Pax(("GNU.sparse.major", "1")).Add("a", "1").Add("b", "2").Build(), "Unreadable a: sparse tar entries are not read");
        yield return Case("pax without length", new TarBuilder().Add("x", "path=a\n", 'x').Add("a", "1").Build(), "Unreadable: a pax header is damaged");
        yield return Case("pax beyond its end", new TarBuilder().Add("x", "99 path=a\n", 'x').Add("a", "1").Build(), "Unreadable: a pax header is damaged");
        yield return Case("pax twice the same key", new TarBuilder().Pax(("path", "a"), ("path", "b")).Add("a", "1").Build(), "Unreadable: a pax header says something twice");
        yield return Case("pax with a wrong size", new TarBuilder().Pax(("size", "-1")).Add("a", "1").Build(), "Unreadable: a pax header has no valid size");
        yield return Case("pax with a huge size", new TarBuilder().Pax(("size", "9223372036854775807")).Add("a", "1").Build(), "Unreadable: a pax header has no valid size");
        yield return Case("pax at the end", new TarBuilder().Add("a", "1").Pax(("path", "b")).Build(), "HiddenData: the tar ends with an extended header that belongs to no entry");
        yield return Case("pax with a freight", new TarBuilder().Pax(("comment", new string('x', 2000))).Add("a", "1").Build(), "HiddenData: a pax header carries 2014 bytes that belong to no entry's content");
        yield return Case("endless extension", new TarBuilder().Add("x", "", 'L', size: 1 << 30).Build(), "Unreadable: an extended tar header claims 1073741824 bytes");

        static TestCaseData Case(string name, byte[] tar, params string[] wanted) => new TestCaseData(tar, wanted).SetName("Tar: " + name);
    }

    [TestCaseSource(nameof(Damages))]
    public void Reports(byte[] tar, string[] wanted) => Assert.That(Complaints(tar), Is.EqualTo(wanted));

    [Test]
    public void What_is_not_read_is_skipped_and_still_verified()
    {
        var anomalies = new List<Anomaly>();
        using var reader = new TarReader(new MemoryStream(new TarBuilder().Add("a", new byte[200_000]).Add("b", "2", padding: 1).Add("c", "3").Build()), null, anomalies.Add);
        Assert.That(reader.Entries().Select(e => e.Entry.ArchivePath.Value), Is.EqualTo(new[] { "a", "b", "c" }));
        Assert.That(anomalies, Has.Count.EqualTo(1));
    }

    [Test]
    public void An_entry_left_behind_gives_no_bytes_of_the_next()
    {
        using var reader = new TarReader(new MemoryStream(new TarBuilder().Add("a", "1").Add("b", "2").Build()), null, a => Assert.Fail(a.Reason));
        using var entries = reader.Entries().GetEnumerator();
        entries.MoveNext();
        using var first = entries.Current.Open();
        entries.MoveNext();
        Assert.That(() => first.ReadByte(), Throws.InvalidOperationException);
    }
}
