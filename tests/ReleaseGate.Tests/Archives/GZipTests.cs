using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Tests.Archives;

public sealed class GZipTests
{
    private static readonly byte[] Data = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 9000).Select(i => $"{i * 7919}\n")));

    private static string[] Complaints(params byte[][] parts) => [.. Contents.OfGZip(parts.SelectMany(p => p).ToArray()).Complaints];

    private static byte[] With(int flags, params byte[][] fields) => [0x1f, 0x8b, 8, (byte)flags, 0, 0, 0, 0, 0, 3, .. fields.SelectMany(f => f), .. ArchiveTests.GZip(Data)[10..]];

    [Test]
    public void Trailing_bytes_are_hidden_data([Values(1, 7, 8, 9, 30, 9000, 400_000)] int length)
    {
        var garbage = new byte[length];
        new Random(length).NextBytes(garbage);
        garbage[0] = 0x55;
        Assert.That(Complaints(ArchiveTests.GZip(Data), garbage), Is.EqualTo(new[] { "HiddenData: bytes follow the end of the gzip data" }));
    }

    [Test]
    public void Bytes_behind_zero_padding_are_hidden_data([Values(1, 20, 5000, 500_000)] int zeros) =>
        Assert.That(Complaints(ArchiveTests.GZip(Data), new byte[zeros], [9]), Is.EqualTo(new[] { "HiddenData: bytes follow the end of the gzip data" }));

    [Test]
    public void Bytes_between_data_and_trailer_are_never_silent([Values(1, 8, 100, 5000)] int length)
    {
        var gzip = ArchiveTests.GZip(Data);
        var garbage = new byte[length];
        new Random(length).NextBytes(garbage);
        Assert.That(Complaints(gzip[..^8], garbage, gzip[^8..]), Is.Not.Empty);
        // A member that looks like one before it, a trailer that fits the data: still not where the data ended.
        Assert.That(Complaints(gzip[..^8], gzip[..10], gzip[^8..]), Is.Not.Empty);
        Assert.That(Complaints(gzip[..^8], new byte[length], gzip[^8..]), Is.Not.Empty);
    }

    [Test]
    public void A_damaged_second_member_is_noticed()
    {
        var gzip = ArchiveTests.GZip(Data);
        Assert.That(Complaints(gzip, gzip[..^1]), Is.Not.Empty);
        Assert.That(Complaints(gzip, [0x1f, 0x8b]), Is.Not.Empty);
        Assert.That(Complaints(gzip, [0x1f, 0x8b, 9, .. gzip[3..]]), Is.Not.Empty);
        Assert.That(Complaints(gzip, [.. gzip[..^5], (byte)(gzip[^5] ^ 1), .. gzip[^4..]]), Is.EqualTo(new[] { "Unreadable data: the gzip checksum does not match the data", "Unreadable: the gzip checksum does not match the data" }));
        Assert.That(Complaints(gzip, [.. gzip[..^1], (byte)(gzip[^1] ^ 1)]), Is.EqualTo(new[] { "Unreadable data: the gzip length does not match the data", "Unreadable: the gzip length does not match the data" }));
    }

    [Test]
    public void Header_fields_may_name_but_not_carry()
    {
        byte[] name = [.. "data.txt"u8, 0];
        byte[] path = [.. "/home/someone/data.txt"u8, 0];
        Assert.That(Complaints(With(8, name)), Is.Empty);
        Assert.That(Complaints(With(8, path)), Is.EqualTo(new[] { "HiddenData: the gzip header names the original file '/home/someone/data.txt'" }));
        Assert.That(Complaints(With(16, name)), Is.EqualTo(new[] { "HiddenData: the gzip header carries a comment of 8 bytes" }));
        Assert.That(Complaints(With(4, [3, 0], [1, 2, 3])), Is.EqualTo(new[] { "HiddenData: the gzip header carries an extra field of 3 bytes" }));
        Assert.That(Complaints(With(0x20)), Is.Not.Empty);

        byte[] head = [0x1f, 0x8b, 8, 2, 0, 0, 0, 0, 0, 3];
        var sum = (ushort)Crc32.Of(head);
        Assert.That(Complaints(With(2, [(byte)sum, (byte)(sum >> 8)])), Is.Empty);
        Assert.That(Complaints(With(2, [(byte)~sum, (byte)(sum >> 8)])), Is.EqualTo(new[] { "Unreadable data: the gzip header has a wrong checksum", "Unreadable: the gzip header has a wrong checksum" }));
    }

    [Test]
    public void What_is_inside_need_not_be_read_to_be_verified()
    {
        var gzip = ArchiveTests.GZip(Data);
        gzip[^1] ^= 1;
        using var reader = new GZipReader(new GZipContentStream(new MemoryStream(gzip), null, _ => { }), "x", null);
        Assert.That(() => reader.Entries().Count(), Throws.InstanceOf<UnreadableException>());
    }

    [Test]
    public void Data_full_of_likely_ends_is_read_right()
    {
        // Stored, so that what looks like members and padding stands in the compressed bytes as it is.
        var looks = new byte[300_000];
        for (var i = 0; i < looks.Length; i++) looks[i] = (i % 1000) switch { < 3 => (byte)(i % 3 == 0 ? 0x1f : i % 3 == 1 ? 0x8b : 8), < 500 => 0, _ => (byte)i };
        for (var i = 0; i + 3 < looks.Length; i += 1000) new byte[] { 0x1f, 0x8b, 8 }.CopyTo(looks, i);
        var contents = Contents.OfGZip(ArchiveTests.GZip(looks, System.IO.Compression.CompressionLevel.NoCompression));
        Assert.That(contents.Complaints, Is.Empty);
        Assert.That(contents["data"]!.AsSpan().SequenceEqual(looks), Is.True);
    }

    [TestCase("a.txt.gz", "a.txt")]
    [TestCase("a.tgz", "a.tar")]
    [TestCase("a.TGZ", "a.tar")]
    [TestCase("a.tar.gz", "a.tar")]
    [TestCase("logo.svgz", "logo.svg")]
    [TestCase("noname", "noname")]
    [TestCase(".gz", ".gz")]
    public void Inside_the_name_lacks_its_suffix(string outside, string inside) => Assert.That(GZipReader.InnerName(outside), Is.EqualTo(inside));
}
