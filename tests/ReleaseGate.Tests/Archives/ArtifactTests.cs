using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Abstractions;
using System.Net.Sockets;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Archives;

/// <summary>Files and folders on disk, in a folder of their own.</summary>
public sealed class ArtifactTests
{
    private static readonly FileSystem Disk = new();
    private string _root = "";

    [SetUp]
    public void MakeFolder() => _root = Directory.CreateTempSubdirectory("releasegate-artifact-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_root, recursive: true);

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static (Contents Contents, Digest? Digest, ArtifactKind Kind) Read(string path, bool asDirectory = false)
    {
        using var artifact = Artifact.Open(Disk, path, asDirectory);
        var contents = Contents.Of(report => artifact.Read(report, CancellationToken.None));
        var digest = artifact.ReadDigest();
        Assert.That(artifact.Changed(), Is.False);
        return (contents, digest, artifact.Kind);
    }

    private static byte[] Zip() => new ZipBuilder(new ZipItem("a.txt", "text")).Build();

    private static byte[] Tar() => new TarBuilder().Add("package/a.txt", "text").Build();

    [Test]
    public void Formats_are_told_by_their_bytes()
    {
        var files = new Dictionary<string, (byte[] Bytes, ArtifactKind Kind, string Name)>
        {
            ["a.nupkg"] = (Zip(), ArtifactKind.Zip, "a.txt"),
            ["a.tar"] = (Tar(), ArtifactKind.Tar, "package/a.txt"),
            ["a.tgz"] = (ArchiveTests.GZip(Tar()), ArtifactKind.Tar, "package/a.txt"),
            ["notes.txt.gz"] = (ArchiveTests.GZip("text"u8.ToArray()), ArtifactKind.GZip, "notes.txt"),
            ["anything"] = (Zip(), ArtifactKind.Zip, "a.txt"),
        };
        foreach (var (name, (bytes, kind, entry)) in files)
        {
            var read = Read(Write(name, bytes));
            Assert.That(read.Contents.Complaints, Is.Empty, name);
            Assert.That(read.Contents.Names, Is.EqualTo(new[] { entry }), name);
            Assert.That(read.Contents[entry], Is.EqualTo("text"u8.ToArray()), name);
            Assert.That(read.Kind, Is.EqualTo(kind), name);
            Assert.That(read.Digest, Is.EqualTo(Digest.Of(bytes)), name);
        }
    }

    private static IEnumerable<TestCaseData> Contradictions()
    {
        yield return new TestCaseData("a.nupkg", ArchiveTests.GZip(Tar()), new[] { "KindMismatch: its name promises a zip, its bytes are gzip" });
        yield return new TestCaseData("a.tgz", Zip(), new[] { "KindMismatch: its name promises a gzip-compressed tar, its bytes are a zip" });
        yield return new TestCaseData("a.tgz", Tar(), new[] { "KindMismatch: its name promises a gzip-compressed tar, its bytes are a tar" });
        yield return new TestCaseData("a.tar.gz", ArchiveTests.GZip("no tar"u8.ToArray()), new[] { "KindMismatch: its name promises a gzip-compressed tar, but inside is no tar" });
        yield return new TestCaseData("a.tgz", ArchiveTests.GZip([]), new[] { "KindMismatch: its name promises a gzip-compressed tar, but inside is no tar" });
        yield return new TestCaseData("a.tar", Zip(), new[] { "KindMismatch: its name promises a tar, its bytes are a zip" });
        yield return new TestCaseData("a.whl", Tar(), new[] { "KindMismatch: its name promises a zip, its bytes are a tar" });
        yield return new TestCaseData("a.nupkg", Array.Empty<byte>(), new[] { "KindMismatch: its name promises a zip, its bytes are none", "Unreadable: the file is empty" });
        yield return new TestCaseData("a.tgz", Array.Empty<byte>(), new[] { "KindMismatch: its name promises a gzip-compressed tar, its bytes are none", "Unreadable: the file is empty" });
        yield return new TestCaseData("a.bin", "hello"u8.ToArray(), new[] { "Unreadable: these bytes are neither zip, gzip, tar nor a program" });
        yield return new TestCaseData("a.tgz", new byte[] { 0x1f, 0x8b, 8 }, new[] { "KindMismatch: its name promises a gzip-compressed tar, its bytes are of no known archive format", "Unreadable: these bytes are neither zip, gzip, tar nor a program" });
        yield return new TestCaseData("a.tgz", ArchiveTests.GZip(Tar())[..^9], new[] { "Unreadable: the gzip data ends early" });
    }

    [TestCaseSource(nameof(Contradictions))]
    public void Names_that_promise_something_else_are_reported(string name, byte[] bytes, string[] wanted)
    {
        var read = Read(Write(name, bytes));
        Assert.That(read.Contents.Complaints, Is.EquivalentTo(wanted));
        Assert.That(read.Digest, Is.EqualTo(Digest.Of(bytes)));
    }

    [Test]
    public void A_zip_behind_other_bytes_is_still_a_zip()
    {
        var read = Read(Write("setup.exe", [.. "MZ and more"u8, .. Zip()]));
        Assert.That(read.Contents.Names, Is.EqualTo(new[] { "a.txt" }));
        Assert.That(read.Contents.Complaints, Is.EqualTo(new[] { "HiddenData: 11 bytes lie before the first entry of the zip" }));
    }

    [Test]
    public void Large_files_are_read_where_they_lie([Values("a.zip", "a.tgz", "a.tar")] string name)
    {
        var content = new byte[20 << 20];
        new Random(9).NextBytes(content);
        var tar = () => new TarBuilder().Add("big", content).Add("small", "text").Build(trailing: new byte[10240]);
        var bytes = name switch
        {
            "a.zip" => new ZipBuilder(new ZipItem("big", content), new ZipItem("small", "text") { Method = 0 }).Build(),
            "a.tar" => tar(),
            _ => ArchiveTests.GZip(tar(), System.IO.Compression.CompressionLevel.Fastest),
        };

        var read = Read(Write(name, bytes));

        Assert.That(read.Contents.Complaints, Is.Empty);
        Assert.That(read.Contents["big"].AsSpan().SequenceEqual(content), Is.True);
        Assert.That(read.Contents["small"], Is.EqualTo("text"u8.ToArray()));
        Assert.That(read.Digest, Is.EqualTo(Digest.Of(bytes)));

        Assert.That(Read(Write(name, bytes[..^700_000])).Contents.Clean, Is.False);
    }

    [Test]
    public void The_digest_is_that_of_the_whole_file_even_if_reading_stopped()
    {
        var bytes = ArchiveTests.GZip(new TarBuilder().Add("a", new byte[3 << 20]).Raw([.. Enumerable.Repeat((byte)1, 512)]).Add("b", RandomBytes(4 << 20)).Build());
        var read = Read(Write("a.tgz", bytes));
        Assert.That(read.Contents.Complaints, Is.EqualTo(new[] { "Unreadable: a tar header has a wrong checksum" }));
        Assert.That(read.Digest, Is.EqualTo(Digest.Of(bytes)));
    }

    [Test]
    public void What_is_not_there_or_no_file_cannot_be_opened()
    {
        var file = Write("a.zip", Zip());
        Assert.That(() => Artifact.Open(Disk, Path.Combine(_root, "none.nupkg"), false), Throws.InstanceOf<GateException>().With.Property("Rule").EqualTo(GateRules.NothingInspected.Id));
        Assert.That(() => Artifact.Open(Disk, Path.Combine(_root, "none"), true), Throws.InstanceOf<GateException>());
        Assert.That(() => Artifact.Open(Disk, file, true), Throws.InstanceOf<GateException>());
        Assert.That(() => Artifact.Open(Disk, _root, false), Throws.InstanceOf<GateException>());
    }

    [Test]
    public void A_change_on_disk_is_noticed()
    {
        var path = Write("a.zip", Zip());
        using var artifact = Artifact.Open(Disk, path, false);
        Assert.That(artifact.Changed(), Is.False);
        File.SetLastWriteTimeUtc(path, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.That(artifact.Changed(), Is.True);
    }

    [Test]
    public void A_folder_is_read_in_order_with_what_hides_in_it()
    {
        foreach (var name in new[] { "b/z.txt", "b.txt", ".hidden/.env", "a", "b/a.txt" }) Write(name, System.Text.Encoding.UTF8.GetBytes(name));
        Directory.CreateDirectory(Path.Combine(_root, "empty", "inner"));

        var read = Read(_root, asDirectory: true);

        Assert.That(read.Contents.Complaints, Is.Empty);
        Assert.That(read.Contents.Names, Is.EqualTo(new[] { ".hidden/.env", "a", "b.txt", "b/a.txt", "b/z.txt", "empty/inner/" }));
        Assert.That(read.Contents["b/z.txt"], Is.EqualTo("b/z.txt"u8.ToArray()));
        Assert.That(read.Contents.Entry("empty/inner/").Type, Is.EqualTo(EntryType.Directory));
        Assert.That(read.Digest, Is.Null);
        Assert.That(read.Kind, Is.EqualTo(ArtifactKind.Directory));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Pipes and sockets are no files there, and links need a privilege.")]
    public void Links_pipes_and_sockets_are_reported_and_never_opened()
    {
        Write("real/inner.txt", [1]);
        File.CreateSymbolicLink(Path.Combine(_root, "file-link"), "real/inner.txt");
        Directory.CreateSymbolicLink(Path.Combine(_root, "folder-link"), "real");
        File.CreateSymbolicLink(Path.Combine(_root, "broken-link"), "nowhere");
        Directory.CreateSymbolicLink(Path.Combine(_root, "real", "circle"), "..");
        Write("empty", []);
        new PaxTarEntry(TarEntryType.Fifo, "pipe").ExtractToFile(Path.Combine(_root, "pipe"), overwrite: false);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_root, "socket")));

        var read = Read(_root, asDirectory: true);

        Assert.That(read.Contents.Complaints, Is.Empty);
        Assert.That(read.Contents.Entries.Select(e => (e.Entry.ArchivePath.Value, e.Entry.Type, e.Entry.LinkTarget, e.Bytes!.Length)), Is.EqualTo(new[]
        {
            ("broken-link", EntryType.SymbolicLink, "nowhere", 0),
            ("empty", EntryType.File, null, 0),
            ("file-link", EntryType.SymbolicLink, "real/inner.txt", 0),
            ("folder-link", EntryType.SymbolicLink, "real", 0),
            ("pipe", EntryType.Device, null, 0),
            ("real/circle", EntryType.SymbolicLink, "..", 0),
            ("real/inner.txt", EntryType.File, null, 1),
            ("socket", EntryType.Device, (string?)null, 0),
        }));
        Assert.That(() => Artifact.Open(Disk, Path.Combine(_root, "pipe"), false), Throws.InstanceOf<GateException>());
    }

    [Test]
    [Platform("Linux", Reason = "Elsewhere names are always valid.")]
    public void A_name_that_is_no_text_is_unreadable_and_no_link()
    {
        // No file system of the framework can make such a name, nor delete it.
        Shell("printf secret > \"$(printf 'bad\\377')\"");
        var read = Read(_root, asDirectory: true);
        Shell("rm bad*");

        Assert.That(read.Contents.Entries.Select(e => (e.Entry.ArchivePath.Value, e.Entry.Type)), Is.EqualTo(new[] { ("bad\ufffd", EntryType.File) }));
        Assert.That(read.Contents.Complaints.Single(), Does.Contain("the system refuses to read it"));

        void Shell(string command)
        {
            using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = _root })!;
            shell.WaitForExit();
        }
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Links need a privilege there.")]
    public void A_link_that_leads_nowhere_cannot_be_opened()
    {
        var link = Path.Combine(_root, "a.nupkg");
        File.CreateSymbolicLink(link, "nowhere");

        Assert.That(() => Artifact.Open(Disk, link, false), Throws.InstanceOf<GateException>().With.Message.Contains("a link that leads nowhere"));
    }

    [Test]
    public void Files_that_change_or_vanish_while_read_are_unreadable()
    {
        Write("gone", [1, 2]);
        Write("longer", [1, 2]);
        Write("shorter", [1, 2]);
        using var reader = new DirectoryReader(Disk, _root, a => Assert.Fail(a.Reason));
        var sources = reader.Entries().ToDictionary(s => s.Entry.ArchivePath.Value);
        File.Delete(Path.Combine(_root, "gone"));
        File.AppendAllText(Path.Combine(_root, "longer"), "3");
        File.WriteAllText(Path.Combine(_root, "shorter"), "1");

        foreach (var name in new[] { "gone", "longer", "shorter" })
        {
            Assert.That(() =>
            {
                using var stream = sources[name].Open();
                stream.CopyTo(Stream.Null);
            }, Throws.InstanceOf<UnreadableException>(), name);
        }
    }

    [Test]
    public void Packages_that_others_made_are_read_without_complaint()
    {
        var cache = typeof(ArtifactTests).Assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyMetadataAttribute), false)
            .Cast<System.Reflection.AssemblyMetadataAttribute>().Single(a => a.Key == "NuGetPackageRoot").Value!;
        var packages = new[] { "nunit", "nunit3testadapter", "microsoft.net.test.sdk", "system.io.abstractions" }
            .SelectMany(id => Directory.EnumerateFiles(Path.Combine(cache, id), "*.nupkg", SearchOption.AllDirectories)).ToArray();
        Assert.That(packages, Has.Length.GreaterThanOrEqualTo(4));
        foreach (var package in packages)
        {
            var read = Read(package);
            Assert.That(read.Contents.Complaints, Is.Empty, Path.GetFileName(package));
            Assert.That(read.Contents.Names, Has.Some.EndsWith(".nuspec").And.Some.EqualTo(".signature.p7s"), Path.GetFileName(package));
            Assert.That(read.Digest, Is.EqualTo(Digest.Of(File.ReadAllBytes(package))));
        }
    }

    private static byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
