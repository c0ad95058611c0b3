using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Tests.Archives;

/// <summary>Damage of every kind, everywhere: never a pass, never another exception than UnreadableException.</summary>
public sealed class HostileArchiveTests
{
    private static readonly string Text = string.Concat(Enumerable.Repeat("The quick brown fox. ", 20));

    private static byte[] SmallZip(bool described) => new ZipBuilder(
        new ZipItem("lib/a.txt", Text) { Described = described },
        new ZipItem("b.bin", "stored bytes") { Method = 0, Described = described },
        new ZipItem("c", "") { Method = 0, Described = described }).Build();

    private static byte[] SmallTar() => new TarBuilder()
        .Add("package/package.json", "{}")
        .Pax(("path", "package/" + new string('n', 120)))
        .Add("package/short", Text)
        .Build();

    private static byte[] SmallGZip() => ArchiveTests.GZip(Encoding.UTF8.GetBytes(Text));

    private static byte[] SmallTgz() => ArchiveTests.GZip(SmallTar());

    [Test]
    public void The_small_archives_are_clean_to_begin_with()
    {
        Assert.That(Contents.OfZip(SmallZip(false)).Complaints, Is.Empty);
        Assert.That(Contents.OfZip(SmallZip(true)).Complaints, Is.Empty);
        Assert.That(Contents.OfTar(SmallTar()).Complaints, Is.Empty);
        Assert.That(Contents.OfGZip(SmallGZip()).Complaints, Is.Empty);
        Assert.That(Contents.OfTgz(SmallTgz()).Complaints, Is.Empty);
    }

    [Test]
    public void Truncation_anywhere_is_noticed()
    {
        EachPrefix(SmallZip(false), b => Contents.OfZip(b));
        EachPrefix(SmallZip(true), b => Contents.OfZip(b));
        EachPrefix(SmallTar(), Contents.OfTar);
        EachPrefix(SmallGZip(), b => Contents.OfGZip(b));
        EachPrefix(SmallTgz(), Contents.OfTgz);

        static void EachPrefix(byte[] bytes, Func<byte[], Contents> read)
        {
            for (var length = 0; length < bytes.Length; length++)
                Assert.That(read(bytes[..length]).Clean, Is.False, $"{length} of {bytes.Length} bytes");
        }
    }

    [Test]
    public void A_byte_more_anywhere_is_noticed()
    {
        EachInsertion(SmallZip(false), b => Contents.OfZip(b));
        EachInsertion(SmallZip(true), b => Contents.OfZip(b));
        EachInsertion(SmallTgz(), Contents.OfTgz, first: 10);

        static void EachInsertion(byte[] bytes, Func<byte[], Contents> read, int first = 0)
        {
            for (var at = first; at <= bytes.Length; at++)
                Assert.That(read([.. bytes[..at], 0x41, .. bytes[at..]]).Clean, Is.False, $"at {at} of {bytes.Length} bytes");
        }
    }

    [Test]
    public void A_flipped_bit_in_a_zip_is_noticed_or_stands_in_a_field_that_changes_no_byte([Values] bool described)
    {
        var zip = SmallZip(described);
        EachFlip(zip, b => Contents.OfZip(b), Benign(zip));

        // What may change without consequence for the bytes that ship: versions, times, attributes and the compressor's effort.
        static HashSet<(int, int)> Benign(byte[] zip)
        {
            var benign = new HashSet<(int, int)>();
            for (var i = 0; i + 4 <= zip.Length; i++)
            {
                if (zip.AsSpan(i).StartsWith("PK\u0003\u0004"u8))
                {
                    Whole(i + 4, 2); // version needed
                    Bits(i + 6, 1, 2); // compressor's effort
                    Whole(i + 10, 4); // time and date, for which the directory's counts
                    if (zip[i + 8] == 8) Bits(i + 30 + zip[i + 26] + ZipBuilder.Deflate(Encoding.UTF8.GetBytes(Text)).Length - 1, 3, 4, 5, 6, 7); // behind the last code
                }

                if (zip.AsSpan(i).StartsWith("PK\u0001\u0002"u8))
                {
                    Whole(i + 4, 4); // made by, version needed
                    Bits(i + 8, 1, 2);
                    Whole(i + 12, 4); // time and date
                    Whole(i + 36, 6); // internal and external attributes, which entries carry
                }
            }

            return benign;

            void Whole(int offset, int length)
            {
                for (var k = 0; k < length; k++) Bits(offset + k, 0, 1, 2, 3, 4, 5, 6, 7);
            }

            void Bits(int offset, params int[] bits)
            {
                foreach (var bit in bits) benign.Add((offset, bit));
            }
        }
    }

    [Test]
    public void A_flipped_bit_in_a_tar_is_noticed_or_stands_in_content_or_behind_the_checksum()
    {
        var tar = SmallTar();
        // Blocks: header, content, pax header, records, header, content, end, end. Content has no checksum in a tar.
        Assert.That(tar, Has.Length.EqualTo(8 * 512));
        EachFlip(tar, Contents.OfTar, [.. Range(512, 2), .. Range(3 * 512, "1 path=package/".Length + 130), .. Range(5 * 512, Text.Length),
            // The checksum begins with 0 or blank and is ended by NUL or blank (they differ in one bit); nothing stands behind that.
            .. new[] { 0, 2, 4 }.SelectMany(b => Range((b * 512) + 155, 1).Append(((b * 512) + 154, 5)).Append(((b * 512) + 148, 4)))]);

        static IEnumerable<(int, int)> Range(int offset, int length) =>
            from k in Enumerable.Range(offset, length) from bit in Enumerable.Range(0, 8) select (k, bit);
    }

    [Test]
    public void A_flipped_bit_in_a_gzip_is_noticed_or_stands_in_its_header()
    {
        // Time, effort and operating system, and the flag "probably text".
        var header = (from k in Enumerable.Range(4, 6) from bit in Enumerable.Range(0, 8) select (k, bit)).Append((3, 0)).ToHashSet();
        // The last byte of the data has unused bits behind the last code.
        EachFlip(SmallGZip(), b => Contents.OfGZip(b), [.. header, .. Unused(SmallGZip())]);

        // In runs of zeros many encodings give the same bytes; what gives others must be noticed.
        var tgz = SmallTgz();
        var tar = Contents.OfTgz(tgz);
        EachFlip(tgz, Contents.OfTgz, header, flipped => flipped.Entries.Zip(tar.Entries).All(p => p.First.Bytes.AsSpan().SequenceEqual(p.Second.Bytes)) && flipped.Names.SequenceEqual(tar.Names));

        static IEnumerable<(int, int)> Unused(byte[] gzip) => Enumerable.Range(3, 5).Select(bit => (gzip.Length - 9, bit));
    }

    [Test]
    public void Random_bytes_are_no_archive_and_no_crash()
    {
        var random = new Random(5);
        for (var i = 0; i < 300; i++)
        {
            var bytes = new byte[random.Next(2000)];
            random.NextBytes(bytes);
            if (i % 3 == 0 && bytes.Length > 30) "PK\u0005\u0006"u8.CopyTo(bytes.AsSpan(bytes.Length - 22));
            if (i % 3 == 1 && bytes.Length > 30) new byte[] { 0x1f, 0x8b, 8, 0 }.CopyTo(bytes, 0);
            Assert.That(Contents.OfZip(bytes).Clean, Is.False);
            Assert.That(Contents.OfTar(bytes).Clean, Is.False);
            Assert.That(Contents.OfGZip(bytes).Clean, Is.False);
        }
    }

    private static void EachFlip(byte[] bytes, Func<byte[], Contents> read, HashSet<(int Offset, int Bit)> benign, Func<Contents, bool>? same = null)
    {
        var unnoticed = new List<(int, int)>();
        for (var offset = 0; offset < bytes.Length; offset++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var flipped = (byte[])bytes.Clone();
                flipped[offset] ^= (byte)(1 << bit);
                if (read(flipped) is { Clean: true } contents && !benign.Contains((offset, bit)) && same?.Invoke(contents) != true) unnoticed.Add((offset, bit));
            }
        }

        Assert.That(unnoticed, Is.Empty, "byte and bit");
    }
}
