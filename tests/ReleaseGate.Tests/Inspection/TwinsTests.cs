using System.Collections.Concurrent;
using System.IO.Abstractions;
using System.IO.Compression;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Tests.Inspection;

/// <summary>Entries of the same name and the same bytes are judged once, and only those.</summary>
public sealed class TwinsTests
{
    private const int Size = 200_000;

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("releasegate-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Same_name_and_bytes_are_judged_once_and_reported_for_each([Values] bool asFolder, [Values(100, 20_000, Size)] int size)
    {
        var bytes = Bytes(size, 1);
        var rule = new LookingRule();

        var result = Run(asFolder, rule, ("lib/net8.0/Acme.dll", bytes), ("lib/net9.0/Acme.dll", bytes), ("lib/net10.0/Acme.dll", bytes), ("lib/net10.0/Other.dll", bytes));

        Assert.That(rule.Looked, Has.Count.EqualTo(size < 16 << 10 ? 4 : 2));
        Assert.That(result.Findings.Select(f => $"{f.Path} {f.Entry!.Path} {f.Message} {f.Offset}"), Is.EquivalentTo(result.Inventory.Entries.Select(e => $"{e.Path} {e.Path} {Digest.Of(bytes)} 7")));
        Assert.That(result.Inventory.Entries.Select(e => e.Path.Value), Is.EqualTo(new[] { "lib/net10.0/Acme.dll", "lib/net10.0/Other.dll", "lib/net8.0/Acme.dll", "lib/net9.0/Acme.dll" }));
        foreach (var entry in result.Inventory.Entries)
        {
            Assert.That(entry.Digest, Is.EqualTo(Digest.Of(bytes)));
            Assert.That((entry.Length, entry.Complete, entry.Kind), Is.EqualTo((size, true, EntryKind.Binary)));
            Assert.That(entry.Traits, Does.ContainKey("digest").WithValue(Digest.Of(bytes).ToString()));
        }

        Assert.That(result.Bytes, Is.EqualTo(4 * size));
    }

    [Test]
    public void What_differs_anywhere_is_judged_for_itself([Values(0, 5000, 150_000, Size - 1)] int at, [Values] bool asFolder)
    {
        var bytes = Bytes(Size, 1);
        var other = bytes.ToArray();
        other[at] ^= 0x20;
        // In a zip the checksum would tell them apart.
        if (!asFolder && at < Size - 1) Forge(other, at == 0 ? 100 : at + 10, Crc32.Of(bytes));
        var rule = new LookingRule();

        var result = Run(asFolder, rule, ("a/Acme.dll", bytes), ("b/Acme.dll", other), ("c/Acme.dll", other));

        Assert.That(result.Findings.Select(f => $"{f.Path} {f.Message}"), Is.EquivalentTo(new[] { $"a/Acme.dll {Digest.Of(bytes)}", $"b/Acme.dll {Digest.Of(other)}", $"c/Acme.dll {Digest.Of(other)}" }));
        Assert.That(result.Inventory.Entries.Select(e => (e.Length, e.Complete, e.Traits["digest"])), Is.EqualTo(new[] { (Size, true, Digest.Of(bytes).ToString()), (Size, true, Digest.Of(other).ToString()), (Size, true, Digest.Of(other).ToString()) }));
        Assert.That(result.Bytes, Is.EqualTo(3 * Size), "what is read twice counts once");
    }

    [Test]
    public void Archives_are_entered_each_for_itself()
    {
        var inner = Zip(("file.bin", Bytes(40_000, 3)));

        var result = Run(asFolder: false, new LookingRule(), ("a/inner.zip", inner), ("b/inner.zip", inner));

        Assert.That(result.Inventory.Entries.Select(e => e.Path.Value), Is.EqualTo(new[] { "a/inner.zip", "a/inner.zip!/file.bin", "b/inner.zip", "b/inner.zip!/file.bin" }));
        Assert.That(result.Findings.Select(f => f.Path!.Value), Is.EquivalentTo(new[] { "a/inner.zip!/file.bin", "b/inner.zip!/file.bin" }));
    }

    [Test]
    public void An_irregularity_is_reported_for_each()
    {
        byte[] bytes = [.. Bytes(Size, 1), .. Zip(("hidden.txt", "hidden"u8.ToArray()))];

        var result = Run(asFolder: false, new LookingRule(), ("a/Acme.dll", bytes), ("b/Acme.dll", bytes));

        Assert.That(result.Inventory.Anomalies.Select(a => $"{a.Kind} {a.Path}"), Is.EqualTo(new[] { "HiddenData a/Acme.dll", "HiddenData b/Acme.dll" }));
    }

    [Test]
    public void Damage_that_a_scanner_noticed_is_reported_for_each()
    {
        // A section that claims more bytes than there are, and a section table with entries of no size that ELF has.
        byte[] module = [0, .. "asm"u8, 1, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0x7F, .. Bytes(Size, 1)];
        byte[] image = [0x7F, .. "ELF"u8, 2, 1, 1, .. new byte[9], 3, 0, 0x3E, 0, 1, 0, 0, 0, .. new byte[16], 64, .. new byte[7], .. new byte[4], 64, 0, 0, 0, 0, 0, 7, 0, 1, 0, 0, 0, .. Bytes(Size, 2)];

        var modules = Run(asFolder: false, new WasmDebugInfo(), ("a/acme.wasm", module), ("b/acme.wasm", module));
        var images = Run(asFolder: false, new NativeDebugInfo(), ("a/acme.so", image), ("b/acme.so", image));

        Assert.That(modules.Findings.Select(f => $"{f.Rule.Id} {f.Path}"), Is.EquivalentTo(new[] { "RG0003 a/acme.wasm", "RG0003 b/acme.wasm" }));
        Assert.That(images.Findings.Select(f => $"{f.Rule.Id} {f.Path}"), Is.EquivalentTo(new[] { "RG0003 a/acme.so", "RG0003 b/acme.so" }));
    }

    [Test]
    public void A_rule_that_crashes_blocks_every_one_of_them()
    {
        var bytes = Bytes(Size, 1);

        var result = Run(asFolder: false, new LookingRule(crash: true), ("a/Acme.dll", bytes), ("b/Acme.dll", bytes));

        Assert.That(result.Findings.Select(f => $"{f.Rule.Id} {f.Path}"), Is.EquivalentTo(new[] { "RG0002 a/Acme.dll", "RG0002 b/Acme.dll" }));
    }

    [Test]
    public void A_damaged_one_is_unreadable_whoever_was_first([Values(0, 1)] int damaged)
    {
        var bytes = Bytes(Size, 1);
        var zip = Zip(CompressionLevel.NoCompression, ("a/Acme.dll", bytes), ("b/Acme.dll", bytes));
        var first = zip.AsSpan().IndexOf(bytes.AsSpan(0, 64));
        var place = damaged == 0 ? first : first + 1000 + zip.AsSpan(first + 1000).IndexOf(bytes.AsSpan(0, 64));
        zip[place + 100_000] ^= 1;

        var result = Run(zip, new LookingRule());

        var names = new[] { "a/Acme.dll", "b/Acme.dll" };
        Assert.That(result.Findings.Select(f => $"{f.Rule.Id} {f.Path}"), Is.EquivalentTo(new[] { $"RG0003 {names[damaged]}", $"TLOOK0001 {names[1 - damaged]}" }));
    }

    [Test]
    public void Many_on_all_threads_come_out_alike()
    {
        var bytes = Enumerable.Range(0, 40).Select(i => Bytes(20_000 + i % 3, i / 2)).ToArray();
        var entries = Enumerable.Range(0, 600).Select(i => ($"{i:000}/{i % 5}.dll", bytes[i * 7919 % 40])).ToArray();
        var zip = Zip(entries);

        for (var i = 0; i < 3; i++)
        {
            var result = Run(zip, new LookingRule());
            Assert.That(result.Findings.Select(f => $"{f.Path} {f.Message}"), Is.EquivalentTo(entries.Select(e => $"{e.Item1} {Digest.Of(e.Item2)}")));
            Assert.That(result.Inventory.Entries.Select(e => $"{e.Path} {e.Traits["digest"]}"), Is.EqualTo(entries.Select(e => $"{e.Item1} {Digest.Of(e.Item2)}")));
        }
    }

    private static byte[] Bytes(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        bytes.AsSpan(0, 3).Fill((byte)'x'); // never an archive by chance
        return bytes;
    }

    /// <summary>Sets four bytes so that the whole has a CRC-32, by running the register backwards.</summary>
    private static void Forge(byte[] bytes, int at, uint wanted)
    {
        var table = Enumerable.Range(0, 256).Select(i =>
        {
            var value = (uint)i;
            for (var bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? value >> 1 ^ 0xEDB88320 : value >> 1;
            return value;
        }).ToArray();

        var backwards = ~wanted;
        for (var i = bytes.Length - 1; i >= at + 4; i--) Back(bytes[i]);
        for (var i = 0; i < 4; i++) Back(0);
        BitConverter.TryWriteBytes(bytes.AsSpan(at), backwards ^ ~Crc32.Of(bytes.AsSpan(0, at)));
        Assert.That(Crc32.Of(bytes), Is.EqualTo(wanted));

        void Back(byte value)
        {
            var index = (uint)Array.FindIndex(table, t => t >> 24 == backwards >> 24);
            backwards = (backwards ^ table[index]) << 8 | (index ^ value);
        }
    }

    private static byte[] Zip(params (string Name, byte[] Bytes)[] entries) => Zip(CompressionLevel.Fastest, entries);

    private static byte[] Zip(CompressionLevel level, params (string Name, byte[] Bytes)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    private ReleaseGate.Inspection.Inspection.Result Run(bool asFolder, Rule rule, params (string Name, byte[] Bytes)[] entries)
    {
        if (!asFolder) return Run(Zip(entries), rule);
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "test.zip")).FullName;
        foreach (var (name, bytes) in entries)
        {
            var path = Path.Combine([folder, .. name.Split('/')]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }

        return Run(folder, rule, asFolder: true);
    }

    private ReleaseGate.Inspection.Inspection.Result Run(byte[] zip, Rule rule)
    {
        var path = Path.Combine(_folder, "test.zip");
        File.WriteAllBytes(path, zip);
        return Run(path, rule, asFolder: false);
    }

    private static ReleaseGate.Inspection.Inspection.Result Run(string path, Rule rule, bool asFolder)
    {
        using var artifact = Artifact.Open(new FileSystem(), path, asFolder);
        var policy = TestManifest.Parse("""{ "artifacts": [ { "match": "*", "allow": ["**"] } ] }""").For("test.zip", asFolder);
        return ReleaseGate.Inspection.Inspection.Run(artifact, [rule], policy, [], null, CancellationToken.None);
    }

    /// <summary>Reports the digest of what it saw.</summary>
    private sealed class LookingRule : ContentRule
    {
        public LookingRule(bool crash = false)
            : base(new Descriptor("TLOOK0001", "Test", "A test rule.", "Nothing to do.")) =>
            Request = ContentRequest.Whole(1 << 20, (bytes, entry, context) =>
            {
                if (crash) throw new InvalidOperationException("boom");
                Looked.Enqueue(entry);
                var digest = Digest.Of(bytes).ToString();
                context.Report(entry, digest, offset: 7);
                context.Recognise(entry, "digest", digest);
            });

        public ConcurrentQueue<Entry> Looked { get; } = new();

        public override ContentRequest Request { get; }
    }
}
