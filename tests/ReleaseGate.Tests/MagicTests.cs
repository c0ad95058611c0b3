using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests;

public sealed class MagicTests
{
    // A scanner decides about SourceMap; by its first bytes it is JSON.
    public static IEnumerable<EntryKind> Kinds => Enum.GetValues<EntryKind>().Where(k => k is not (EntryKind.SourceMap or EntryKind.Brotli));

    [TestCaseSource(nameof(Kinds))]
    public void Knows_the_sample_of_each_kind(EntryKind kind) => Assert.That(Magic.Of(Samples.Of(kind), isWhole: true), Is.EqualTo(kind));

    // Nothing follows what is empty.
    public static IEnumerable<EntryKind> KindsWithBytes => Kinds.Where(k => k != EntryKind.Empty);

    [TestCaseSource(nameof(KindsWithBytes))]
    public void Knows_each_kind_also_where_more_follows(EntryKind kind)
    {
        // The DER sample says how long it is, so only its beginning can be the head of something longer.
        var head = kind == EntryKind.Der ? Samples.Of(kind).AsSpan(0, 64) : Samples.Of(kind);
        Assert.That(Magic.Of(head, isWhole: false), Is.EqualTo(kind));
    }

    [TestCaseSource(nameof(Kinds))]
    public void Reads_no_byte_behind_a_cut(EntryKind kind)
    {
        var sample = Samples.Of(kind);
        for (var length = 0; length < sample.Length; length++)
        {
            var whole = Magic.Of(sample.AsSpan(0, length), isWhole: true);
            var head = Magic.Of(sample.AsSpan(0, length), isWhole: false);
            Assert.That(length == 0, Is.EqualTo(whole == EntryKind.Empty), $"{length} bytes");
            Assert.That(Enum.IsDefined(head), Is.True);
        }
    }

    [TestCase("4D5A", EntryKind.Text, TestName = "MZ alone is two letters")]
    [TestCase("1F8B0900", EntryKind.Binary, TestName = "gzip needs method 8")]
    [TestCase("1F8B08E0", EntryKind.Binary, TestName = "gzip has no reserved flags")]
    [TestCase("CAFEBABE00000002010000070000000300001000", EntryKind.MachO, TestName = "fat Mach-O of two architectures")]
    [TestCase("7F454C4602020100000000000000000000040015", EntryKind.CoreDump, TestName = "big-endian core dump")]
    [TestCase("CFFAEDFE07000001030000000400000000000000", EntryKind.CoreDump, TestName = "Mach-O core dump")]
    [TestCase("80044E2E", EntryKind.Pickle, TestName = "the smallest pickle")]
    [TestCase("80024E2E00", EntryKind.Binary, TestName = "a pickle of nothing with something behind it")]
    [TestCase("8006954E2E", EntryKind.Binary, TestName = "pickle has no protocol 6")]
    [TestCase("0809120570796D", EntryKind.Binary, TestName = "a cut protobuf message")]
    [TestCase("0809120161120162", EntryKind.Binary, TestName = "a protobuf message without a graph")]
    [TestCase("CAFEBABE0000003400", EntryKind.JavaClass, TestName = "Java 8 class")]
    [TestCase("CAFEBABE0003002D00", EntryKind.JavaClass, TestName = "Java 1.1 class")]
    [TestCase("424A53420100", EntryKind.Binary, TestName = "metadata root backwards")]
    [TestCase("42534A420100010000000000", EntryKind.Binary, TestName = "metadata root without version")]
    [TestCase("FFFE0000", EntryKind.Binary, TestName = "UTF-32 is not UTF-16")]
    [TestCase("FFFE4100", EntryKind.Utf16Text, TestName = "UTF-16 little-endian")]
    [TestCase("FEFF0041", EntryKind.Utf16Text, TestName = "UTF-16 big-endian")]
    [TestCase("FFFE410042", EntryKind.Binary, TestName = "UTF-16 of odd length")]
    [TestCase("EFBBBF7B2261223A317D", EntryKind.Json, TestName = "JSON behind a BOM")]
    [TestCase("EFBBBF3C613E", EntryKind.Xml, TestName = "XML behind a BOM")]
    [TestCase("C77101000200A48100000000010000000000E0690200000002006100", EntryKind.Cpio, TestName = "cpio, binary")]
    [TestCase("71C70001000281A40000000000010000000069E00002000000026100", EntryKind.Cpio, TestName = "cpio, binary, big-endian")]
    [TestCase("C77101000200A48100000000010000000000E069030000000200610061", EntryKind.Binary, TestName = "no cpio: the name is longer than it says")]
    [TestCase("5D00008000FFFFFFFFFFFFFFFF0032994A6E00", EntryKind.CompressedStream, TestName = "LZMA of an unknown length")]
    [TestCase("5D0000C0000A000000000000000032994A6E00", EntryKind.CompressedStream, TestName = "LZMA of ten bytes")]
    [TestCase("5D0000D0000A000000000000000032994A6E00", EntryKind.Binary, TestName = "no LZMA: no such dictionary")]
    [TestCase("5D00008000FFFFFFFFFFFFFF7F0032994A6E00", EntryKind.Binary, TestName = "no LZMA: too long")]
    [TestCase("7F454C46020101004149020000000000", EntryKind.DiskImage, TestName = "AppImage")]
    [TestCase("61620063", EntryKind.Binary, TestName = "NUL is no text")]
    [TestCase("1B5B33316D", EntryKind.Text, TestName = "ANSI colours are text")]
    [TestCase("C3", EntryKind.Binary, TestName = "a cut character at the end of a whole file")]
    [TestCase("E9E8", EntryKind.Binary, TestName = "Latin-1 is not UTF-8")]
    [TestCase("3082000561626364", EntryKind.Binary, TestName = "DER that says another length than the file has, ended by text")]
    [TestCase("000001000000", EntryKind.Binary, TestName = "an icon without images")]
    [TestCase("504B0304", EntryKind.Zip, TestName = "zip cut behind its signature")]
    [TestCase("504B0708504B0304", EntryKind.Zip, TestName = "spanned zip")]
    [TestCase("502A4D1804000000", EntryKind.Zstandard, TestName = "skippable Zstandard frame")]
    public void Is_exact(string hex, EntryKind kind) => Assert.That(Magic.Of(Convert.FromHexString(hex), isWhole: true), Is.EqualTo(kind));

    [TestCase("Rar! is a format\n", EntryKind.Text)]
    [TestCase("PACKAGES\n", EntryKind.Text)]
    [TestCase("true\n", EntryKind.Text)]
    [TestCase("true story of a file that begins like a font\n", EntryKind.Text)]
    [TestCase("OTTO is a name, longer than a table directory\n", EntryKind.Text)]
    [TestCase("0, 1, 2\n", EntryKind.Text)]
    [TestCase("Go to the page\n", EntryKind.Text)]
    [TestCase("BZh9 is how bzip2 begins\n", EntryKind.Text)]
    [TestCase("ID3 tags\n", EntryKind.Text)]
    [TestCase("Nettrace files\n", EntryKind.Text)]
    [TestCase("GGUF models\n", EntryKind.Text)]
    [TestCase("PAR1 is Parquet\n", EntryKind.Text)]
    [TestCase("ARROW1 is Arrow\n", EntryKind.Text)]
    [TestCase("REDIS0011 dumps\n", EntryKind.Text)]
    [TestCase("PGDMP dumps\n", EntryKind.Text)]
    [TestCase("1234TFL3 models\n", EntryKind.Text)]
    [TestCase("        {\"dtype\":1,\"data_offsets\":2}\n", EntryKind.Json)]
    [TestCase("[section]\nkey=value\n", EntryKind.Text)]
    [TestCase("[![build](https://example.com/b.svg)]\n", EntryKind.Text)]
    [TestCase("// comment\n{ \"a\": 1 }", EntryKind.Text)]
    [TestCase("{{mustache}}", EntryKind.Text)]
    [TestCase("  \n[1, 2]", EntryKind.Json)]
    [TestCase("{}", EntryKind.Json)]
    [TestCase("<html>", EntryKind.Xml)]
    [TestCase("< b", EntryKind.Text)]
    [TestCase(")]}'\n{\"version\":3}", EntryKind.Text)]
    public void Does_not_take_prose_for_a_format(string text, EntryKind kind) =>
        Assert.That(Magic.Of(Encoding.UTF8.GetBytes(text), isWhole: true), Is.EqualTo(kind));

    [Test]
    public void Lets_the_head_cut_a_character()
    {
        var text = Encoding.UTF8.GetBytes("abc€😀");
        for (var cut = 3; cut <= text.Length; cut++)
            Assert.That(Magic.Of(text.AsSpan(0, cut), isWhole: false), Is.EqualTo(EntryKind.Text), $"cut at {cut}");
        Assert.That(Magic.Of([.. "abc"u8, 0x80], isWhole: false), Is.EqualTo(EntryKind.Binary));
    }

    [Test]
    public void Looks_for_the_PE_header_where_the_file_says()
    {
        var image = Samples.Of(EntryKind.PortableExecutable);
        image[0x3C] = 0x40;
        Assert.That(Magic.Of(image, isWhole: true), Is.EqualTo(EntryKind.Binary));

        // Behind the head nobody can look; what begins like an executable and goes on is taken for one.
        image[0x3E] = 0x10;
        Assert.That(Magic.Of(image, isWhole: true), Is.EqualTo(EntryKind.Binary));
        Assert.That(Magic.Of(image, isWhole: false), Is.EqualTo(EntryKind.PortableExecutable));
    }

    [Test]
    public void A_tar_is_a_tar_whatever_its_first_name_looks_like()
    {
        var tar = Samples.Of(EntryKind.Tar);
        tar[0] ^= 1; // another name, a wrong sum
        Assert.That(Magic.Of(tar, isWhole: true), Is.EqualTo(EntryKind.Binary));

        var named = TarNamed("%PDF-1.7");
        Assert.That(Magic.Of(named, isWhole: true), Is.EqualTo(EntryKind.Tar));
    }

    [Test]
    public void An_image_is_an_image_whatever_boots_it()
    {
        var image = new byte[Magic.HeadLength];
        Samples.Of(EntryKind.PortableExecutable).CopyTo(image, 0);
        Assert.That(Magic.Of(image, isWhole: true), Is.EqualTo(EntryKind.PortableExecutable));

        "\u0001CD001\u0001"u8.CopyTo(image.AsSpan(0x8000));
        Assert.That(Magic.Of(image, isWhole: true), Is.EqualTo(EntryKind.DiskImage));
    }

    [Test]
    public void A_text_of_digits_is_no_cpio() => Assert.That(Magic.Of(Encoding.ASCII.GetBytes("070701" + new string('0', 200)), isWhole: true), Is.EqualTo(EntryKind.Text));

    [Test]
    public void Control_bytes_behind_the_head_are_not_seen()
    {
        var head = new byte[Magic.HeadLength + 10];
        head.AsSpan().Fill((byte)'a');
        head[^1] = 0;
        Assert.That(Magic.Of(head, isWhole: true), Is.EqualTo(EntryKind.Text));
    }

    [Test]
    public void A_control_byte_makes_binary_wherever_it_stands()
    {
        for (var value = 0; value < 0x20; value++)
        {
            var expected = value is '\t' or '\n' or '\f' or '\r' or 27 ? EntryKind.Text : EntryKind.Binary;
            for (var i = 1; i < 100; i++)
            {
                var head = new byte[100];
                head.AsSpan().Fill((byte)'a');
                head[i] = (byte)value;
                Assert.That(Magic.Of(head, isWhole: true), Is.EqualTo(expected), $"byte {value} at {i}");
            }
        }
    }

    private static byte[] TarNamed(string name)
    {
        using var output = new MemoryStream();
        using (var tar = new System.Formats.Tar.TarWriter(output, System.Formats.Tar.TarEntryFormat.Ustar))
            tar.WriteEntry(new System.Formats.Tar.UstarTarEntry(System.Formats.Tar.TarEntryType.RegularFile, name));
        return output.ToArray();
    }
}
