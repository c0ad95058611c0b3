using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Tests.Archives;

/// <summary>Well-formed archives, held against the framework's own writers and readers.</summary>
public sealed class ArchiveTests
{
    [Test]
    public void Crc32_agrees_with_its_table_at_every_length()
    {
        var bytes = new byte[700];
        new Random(1).NextBytes(bytes);
        for (var length = 0; length < bytes.Length; length++)
            Assert.That(Crc32.Of(bytes.AsSpan(0, length)), Is.EqualTo(Crc32.OfScalar(bytes.AsSpan(0, length))), $"{length} bytes");
        // The check value of the catalogue of parametrised CRC algorithms.
        Assert.That(Crc32.Of("123456789"u8), Is.EqualTo(0xCBF43926));
        var parts = default(Crc32);
        parts.Append(bytes.AsSpan(0, 100));
        parts.Append(bytes.AsSpan(100));
        Assert.That(parts.Value, Is.EqualTo(Crc32.Of(bytes)));
    }

    [Test]
    public void Zip_of_the_framework_is_read_without_complaint([Values] bool seekable, [Values(CompressionLevel.NoCompression, CompressionLevel.Fastest, CompressionLevel.SmallestSize)] CompressionLevel level)
    {
        var wanted = Sample();
        using var output = new MemoryStream();
        using (var zip = new ZipArchive(seekable ? output : new WriteOnly(output), ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in wanted)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }

            zip.CreateEntry("folder/");
        }

        var contents = Contents.OfZip(output.ToArray());

        Assert.That(contents.Complaints, Is.Empty);
        Assert.That(contents.Names, Is.EqualTo(wanted.Keys.Append("folder/")));
        foreach (var (name, bytes) in wanted) Assert.That(contents[name].AsSpan().SequenceEqual(bytes), Is.True, name);
        Assert.That(contents.Entry("folder/").Type, Is.EqualTo(EntryType.Directory));
    }

    [Test]
    public void Tar_of_the_framework_is_read_without_complaint([Values(TarEntryFormat.V7, TarEntryFormat.Ustar, TarEntryFormat.Pax, TarEntryFormat.Gnu)] TarEntryFormat format)
    {
        var wanted = Sample().Where(f => format != TarEntryFormat.V7 || f.Key.All(char.IsAscii)).ToDictionary();
        var longName = string.Join('/', Enumerable.Repeat("a-folder-with-a-long-name", format is TarEntryFormat.Pax or TarEntryFormat.Gnu ? 12 : 6)) + "/end.txt";
        if (format != TarEntryFormat.V7) wanted.Add(longName, "far down"u8.ToArray());
        using var output = new MemoryStream();
        using (var tar = new TarWriter(output, format, leaveOpen: true))
        {
            foreach (var (name, bytes) in wanted)
            {
                System.Formats.Tar.TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
                    TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, name),
                    _ => new GnuTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream(bytes);
                entry.Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                entry.ModificationTime = new DateTimeOffset(2026, 3, 31, 12, 0, 0, TimeSpan.Zero);
                tar.WriteEntry(entry);
            }
        }

        var contents = Contents.OfTar(output.ToArray());

        Assert.That(contents.Complaints, Is.Empty);
        Assert.That(contents.Names, Is.EqualTo(wanted.Keys));
        foreach (var (name, bytes) in wanted) Assert.That(contents[name].AsSpan().SequenceEqual(bytes), Is.True, name);
        Assert.That(contents.Entries.Select(e => e.Entry.UnixMode), Is.All.EqualTo(0x180));
        Assert.That(contents.Entries.Select(e => e.Entry.Modified), Is.All.EqualTo(new DateTime(2026, 3, 31, 12, 0, 0, DateTimeKind.Utc)));
    }

    [Test]
    public void GZip_is_read_whatever_its_size([Values(0, 1, 7, 100, 8191, 8192, 65536, 1_000_003)] int length, [Values] bool random, [Values(CompressionLevel.NoCompression, CompressionLevel.Optimal)] CompressionLevel level)
    {
        var bytes = new byte[length];
        if (random) new Random(length).NextBytes(bytes);

        var contents = Contents.OfGZip(GZip(bytes, level), "notes.txt.gz");

        Assert.That(contents.Complaints, Is.Empty);
        Assert.That(contents["notes.txt"].AsSpan().SequenceEqual(bytes), Is.True);
    }

    [Test]
    public void GZip_members_follow_each_other_and_zeros_may_pad_them([Values(0, 1, 5, 16, 300, 400_000)] int padding, [Values(1, 2, 5)] int members, [Values(0, 3, 70_000)] int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var file = Enumerable.Repeat(GZip(bytes), members).SelectMany(b => b).Concat(new byte[padding]).ToArray();

        var contents = Contents.OfGZip(file);

        Assert.That(contents.Complaints, Is.Empty);
        Assert.That(contents["data"].AsSpan().SequenceEqual(Enumerable.Repeat(bytes, members).SelectMany(b => b).ToArray()), Is.True);
    }

    internal static byte[] GZip(byte[] bytes, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, level, leaveOpen: true)) gzip.Write(bytes);
        // The framework writes nothing at all for nothing.
        return output.Length > 0 ? output.ToArray() : [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }

    private static Dictionary<string, byte[]> Sample()
    {
        var random = new byte[300_000];
        new Random(3).NextBytes(random);
        return new Dictionary<string, byte[]>
        {
            ["empty.txt"] = [],
            ["one"] = [1],
            ["lib/net8.0/Größe.dll"] = random,
            ["text.txt"] = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 50_000).Select(i => $"line {i}\n"))),
            ["zeros"] = new byte[1_000_000],
            ["exact"] = random[..512],
        };
    }

    private sealed class WriteOnly(Stream inner) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
