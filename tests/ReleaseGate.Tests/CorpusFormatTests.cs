using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests;

/// <summary>The corpus is only as good as its reader: what it does not understand it refuses, and what it writes others can read.</summary>
public sealed class CorpusFormatTests
{
    [Test]
    public void Reads_cases_wants_and_bytes()
    {
        var only = Parse("""
            # a comment
            case A title of several words
              artifact "my file.zip"
              manifest
                | { "a": 1 }
              want RG0007 "nothing"
              entry "a b.txt" mode=755

                want RG1001 "not listed" severity=warning lines=3
                | one
                |   two # no comment
                |
                @hex 00 fF
                @repeat 2 "x\ty"
                @repeat 2
                  @text "\x80"
              entry in/outer.zip
                want RG1008 "nested"
                @zip
                  entry inner.txt
                    want RG2006 "deep"
              want RG1002 missing.txt "gone"
            """);

        Assert.That(only.Title, Is.EqualTo("A title of several words"));
        Assert.That(only.Artifact, Is.EqualTo("my file.zip"));
        Assert.That(only.Manifest, Is.EqualTo("{ \"a\": 1 }\n"));
        Assert.That(only.Wants.Select(w => $"{w.Rule} {w.Path} {w.Message}"), Is.EqualTo(new[]
        {
            "RG0007  nothing", "RG1001 a b.txt not listed", "RG1008 in/outer.zip nested", "RG2006 in/outer.zip!/inner.txt deep", "RG1002 missing.txt gone",
        }));
        Assert.That(only.Wants[1].Severity, Is.EqualTo("warning"));
        Assert.That(only.Wants[1].Facts["lines"], Is.EqualTo("3"));

        using var zip = new ZipArchive(new MemoryStream(only.Builder.Build()));
        Assert.That(zip.Entries.Select(e => e.FullName), Is.EqualTo(new[] { "a b.txt", "in/outer.zip" }));
        Assert.That(zip.Entries[0].ExternalAttributes >>> 16, Is.EqualTo(0x81ED));
        Assert.That(Read(zip.Entries[0].Open()), Is.EqualTo((byte[])[.. "one\n  two # no comment\n\n"u8, 0, 255, .. "x\tyx\ty"u8, 0x80, 0x80]));
        using var inner = new ZipArchive(new MemoryStream(Read(zip.Entries[1].Open())));
        Assert.That(inner.Entries.Single().FullName, Is.EqualTo("inner.txt"));
    }

    [TestCase("a.zip", "entry a\n    @repeat -1 \"x\"", 4)]
    [TestCase("a.zip", "entry a\n    @zeros 999999999999", 4)]
    [TestCase("a.zip", "entry a\n    @token nope", 4)]
    [TestCase("a.zip", "entry a mode=999999999999", 3)]
    [TestCase("a.zip", "cut 99999", 3)]
    [TestCase("\"a\\0.zip\"", "entry a", 2)]
    [TestCase("../../../x.zip", "entry a", 2)]
    public void What_is_wrong_in_the_text_names_its_line(string artifact, string line, int at)
    {
        var wrong = Assert.Throws<CorpusException>(() => ReleaseGate.Testing.Corpus.Parse("a.txt", $"\uFEFFcase One\n  artifact {artifact}\n  {line}\n").Run())!;

        Assert.That(wrong.Message, Does.StartWith($"a.txt({at}): "));
    }

    [Test]
    public void Writes_tarballs_that_others_read()
    {
        var longName = "package/" + new string('n', 150) + ".js";
        var only = Parse($"""
            case Tar
              artifact acme-1.0.0.tgz
              entry package/cli.js mode=755 owner=alice:staff
                | hello
              entry {longName}
                | pax
              entry {longName}2 longname=gnu
                | gnu
              entry package/link symlink=cli.js
            """);

        using var gzip = new GZipStream(new MemoryStream(only.Builder.Build()), CompressionMode.Decompress);
        using var tar = new TarReader(gzip);
        var entries = new List<string>();
        while (tar.GetNextEntry() is { } entry)
            entries.Add($"{entry.EntryType} {entry.Name} {entry.LinkName} {(entry.DataStream is { } data ? Encoding.UTF8.GetString(Read(data)) : "")}".Trim());
        Assert.That(entries, Is.EqualTo(new[]
        {
            "RegularFile package/package.json  {\"name\":\"acme\",\"version\":\"1.0.0\",\"files\":[\"dist\"]}", "RegularFile package/cli.js  hello",
            $"RegularFile {longName}  pax", $"RegularFile {longName}2  gnu", "SymbolicLink package/link cli.js",
        }));
    }

    [Test]
    public void A_package_gets_its_plumbing_unless_bare()
    {
        Assert.That(Names("artifact a.nupkg"), Is.EqualTo(new[] { "Acme.nuspec", "_rels/.rels", "[Content_Types].xml", "x" }));
        Assert.That(Names("artifact a.nupkg bare"), Is.EqualTo(new[] { "x" }));

        static IEnumerable<string> Names(string artifact)
        {
            using var zip = new ZipArchive(new MemoryStream(Parse($"case T\n  {artifact}\n  entry x\n    | x").Builder.Build()));
            return zip.Entries.Select(e => e.FullName).ToArray();
        }
    }

    [Test]
    public void Damages_on_demand()
    {
        var only = Parse("""
            case Damaged
              artifact a.bin
              raw
                @hex 01 02 03 04
              prepend
                @hex AA
              append
                @hex BB CC
              cut 1
              patch -1 DD
              patch 1 EE
            """);
        Assert.That(Convert.ToHexString(only.Builder.Build()), Is.EqualTo("AAEE020304DD"));
    }

    [TestCase("artifact x.zip")]
    [TestCase("case T")]
    [TestCase("case T\n  artifact x.zip\n  wants RG1001 \"x\"")]
    [TestCase("case T\n  artifact x.unknown")]
    [TestCase("case T\n  artifact x.zip\n  artifact y.zip")]
    [TestCase("case T\n  artifact x.zip\n   entry odd")]
    [TestCase("case T\n  artifact x.zip\n  entry a\n    @nothing")]
    [TestCase("case T\n  artifact x.zip\n  entry a what=ever")]
    [TestCase("case T\n  artifact x.zip\n  entry \"open")]
    [TestCase("case T\n  artifact x.zip\n  entry a\n    want RG1001")]
    [TestCase("case T\n  artifact x.zip\n  entry a\n    want RG1001 \"\"")]
    [TestCase("case T\n  artifact x.zip\n  entry a\n    |text")]
    [TestCase("case T\n  artifact x.zip\ncase T\n  artifact x.zip")]
    [TestCase("")]
    public void Refuses_what_it_does_not_understand(string text) => Assert.That(() => CorpusFile.Parse("f.txt", text).Select(c => c.Builder.Build()).ToList(), Throws.TypeOf<CorpusException>());

    private static CorpusCase Parse(string text) => CorpusFile.Parse("f.txt", text).Single();

    private static byte[] Read(Stream stream)
    {
        using var copy = new MemoryStream();
        using (stream) stream.CopyTo(copy);
        return copy.ToArray();
    }
}
