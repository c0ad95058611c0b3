using System.Formats.Tar;
using System.IO.Abstractions;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Rules;
using ReleaseGate.Tests.Cli;

namespace ReleaseGate.Tests.Governance;

/// <summary>What the inventory in CycloneDX says of an artifact. That its form is right, a validator of others says (SbomSchemaTests).</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CycloneDxTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 4, 1, 9, 30, 0, DateTimeKind.Utc);

    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void Every_file_is_a_component_with_the_digest_it_was_inspected_with()
    {
        var inner = new MemoryStream();
        using (var zip = new ZipArchive(inner, ZipArchiveMode.Create, leaveOpen: true))
        using (var writer = new StreamWriter(zip.CreateEntry("deep/b.txt").Open())) writer.Write("b");
        var inventory = Npm("acme-1.0.0.tgz", """{ "name": "acme", "version": "1.0.0" }""", ("a.js", "x=1"), ("n.zip", Encoding.Latin1.GetString(inner.ToArray())), ("empty", ""));

        var bom = Bom(inventory);

        var expected = inventory.Entries.Where(e => e.Type != EntryType.Directory).Select(e => (e.Path.Value, e.Digest.ToString())).ToList();
        Assert.That(expected, Has.Count.EqualTo(5));
        Assert.That(Files(bom), Is.EqualTo(expected));
        var zipped = Components(bom).Single(c => (string?)c!["name"] == "n.zip")!;
        Assert.That(zipped["components"]!.AsArray().Select(c => ((string?)c!["name"], Property(c, "path"))), Is.EqualTo(new[] { ("deep/b.txt", (string?)"n.zip!/deep/b.txt") }));
        Assert.That((Property(zipped, "kind"), Property(zipped, "size")), Is.EqualTo(("Zip", (string?)inner.Length.ToString(System.Globalization.CultureInfo.InvariantCulture))));
        Assert.That((string?)bom["metadata"]!["component"]!["hashes"]![0]!["content"], Is.EqualTo(inventory.Digest.ToString()));
        Assert.That(Compositions(bom), Is.EqualTo(new[] { "complete assemblies pkg:npm/acme@1.0.0", "complete assemblies entry:n.zip", "complete dependencies pkg:npm/acme@1.0.0" }));
    }

    [Test]
    public void The_same_artifact_at_the_same_time_has_the_same_bytes()
    {
        var first = Text(Npm("acme-1.0.0.tgz", """{ "name": "acme", "version": "1.0.0" }""", ("a.js", "x=1"), ("b.js", "x=2")));
        var again = Text(Npm("acme-1.0.0.tgz", """{ "name": "acme", "version": "1.0.0" }""", ("a.js", "x=1"), ("b.js", "x=2")));
        var other = Text(Npm("acme-1.0.0.tgz", """{ "name": "acme", "version": "1.0.0" }""", ("a.js", "x=1"), ("b.js", "x=3")));

        Assert.That(again, Is.EqualTo(first));
        Assert.That(other, Is.Not.EqualTo(first));
        Assert.That(first, Does.Not.Contain("\r").And.EndsWith("}\n"));
    }

    [Test]
    public void The_serial_number_follows_from_the_digest()
    {
        _terminal.Write("site/a.txt", "a");

        // Python: uuid.uuid5(uuid.UUID(CycloneDx.Namespace), digest)
        var bom = Bom(Inspect("site"));

        Assert.That((string?)bom["serialNumber"], Is.EqualTo("urn:uuid:d2c6c507-c8be-55da-a548-c948b5123dcc"));
        Assert.That(Property(bom["metadata"]!["component"]!, "sha256"), Is.EqualTo("29ef94e5c0fea664a65880e81a83b2e6dd44ee8ffe5617447daefa7ff5c2bf18"));
        Assert.That(bom["metadata"]!["component"]!["hashes"], Is.Null, "no file has the digest of a folder");
        Assert.That((string?)bom["metadata"]!["component"]!["type"], Is.EqualTo("application"));
        Assert.That((string?)bom["metadata"]!["timestamp"], Is.EqualTo("2026-04-01T09:30:00Z"));
        Assert.That(Compositions(bom), Is.EqualTo(new[]
        {
            "complete assemblies sha256:29ef94e5c0fea664a65880e81a83b2e6dd44ee8ffe5617447daefa7ff5c2bf18", "unknown dependencies sha256:29ef94e5c0fea664a65880e81a83b2e6dd44ee8ffe5617447daefa7ff5c2bf18",
        }));
    }

    [Test]
    public void Packages_of_npm_stand_there_declared_and_carried()
    {
        var bom = Bom(Npm("acme-cli-1.0.0.tgz", """
            { "name": "@acme/cli", "version": "1.0.0-rc+1", "license": "MIT or apache-2.0",
              "dependencies": { "left-pad": "^1.3.0", "pinned": "=2.0.0", "al": "npm:@real/one@1.1.1", "git": "git+https://user:hunter2@github.com/x/y.git", "range": "1.2", "nightly": "1.2.0-nightly-20260401-0123456789abcdef" },
              "optionalDependencies": { "fsevents": "~2" }, "peerDependencies": { "react": ">=17" }, "bundleDependencies": ["left-pad"] }
            """,
            ("node_modules/left-pad/package.json", """{ "name": "left-pad", "version": "1.3.1", "license": "WTFPL" }"""), ("node_modules/left-pad/index.js", "x"),
            ("node_modules/left-pad/node_modules/@x/y/package.json", """{ "name": "@x/y", "version": "0.0.1", "license": "SEE LICENSE IN LIC" }"""),
            ("node_modules/@x/y/package.json", """{ "name": "@x/y", "version": "0.0.1", "license": "SEE LICENSE IN LIC" }"""),
            ("node_modules/bare/index.js", "x")));

        var root = bom["metadata"]!["component"]!;
        Assert.That(((string?)root["group"], (string?)root["name"], (string?)root["version"], (string?)root["purl"], (string?)root["bom-ref"]),
            Is.EqualTo(("@acme", "cli", "1.0.0-rc+1", "pkg:npm/%40acme/cli@1.0.0-rc%2B1", "pkg:npm/%40acme/cli@1.0.0-rc%2B1")));
        Assert.That((string?)root["licenses"]![0]!["expression"], Is.EqualTo("MIT OR Apache-2.0"), "as the list spells it");
        Assert.That(Libraries(bom), Is.EqualTo(new[]
        {
            "pkg:npm/left-pad@1.3.1 1.3.1 required WTFPL range:dependencies=^1.3.0 bundled=true path=node_modules/left-pad",
            "pkg:npm/pinned@2.0.0 2.0.0 required - range:dependencies==2.0.0",
            "pkg:npm/%40real/one@1.1.1 1.1.1 required - range:dependencies=npm:@real/one@1.1.1 alias=al",
            "- - required - range:dependencies=git+https://…@github.com/x/y.git",
            "pkg:npm/range - required - range:dependencies=1.2",
            "pkg:npm/nightly@1.2.0-nightly-20260401-0123456789abcdef 1.2.0-nightly-20260401-0123456789abcdef required - range:dependencies=1.2.0-nightly-20260401-0123456789abcdef",
            "pkg:npm/fsevents - optional - range:optionalDependencies=~2",
            "pkg:npm/react - required - range:peerDependencies=>=17",
            "pkg:npm/%40x/y@0.0.1 0.0.1 - SEE LICENSE IN LIC path=node_modules/@x/y path=node_modules/left-pad/node_modules/@x/y",
            "pkg:npm/bare - - - path=node_modules/bare",
        }));
        Assert.That(bom["dependencies"]!.AsArray().Select(d => (string?)d!["ref"] + " " + string.Join(' ', d["dependsOn"]!.AsArray().Select(o => (string?)o))),
            Is.EqualTo(new[] { "pkg:npm/%40acme/cli@1.0.0-rc%2B1 pkg:npm/left-pad@1.3.1 pkg:npm/pinned@2.0.0 pkg:npm/%40real/one@1.1.1 dependency:git pkg:npm/range pkg:npm/nightly@1.2.0-nightly-20260401-0123456789abcdef pkg:npm/fsevents pkg:npm/react" }));
        Assert.That(Text(Npm("a.tgz", """{ "name": "a", "version": "1.0.0", "dependencies": { "git": "git+https://user:hunter2@github.com/x/y.git" } }""")), Does.Not.Contain("hunter2"));
    }

    [TestCase("git+https://user:S3cret@github.com/x/y.git", "git+https://…@github.com/x/y.git")]
    [TestCase("github:u:S3cret@o/r", "github:…@o/r")]
    [TestCase("https://h.example/x.tgz#S3cret", "https://h.example/x.tgz#…")]
    [TestCase("https://h.example/x.tgz?token=S3cret", "https://h.example/x.tgz?…")]
    [TestCase("https://u:S3#cret@h.example/x.tgz", "https://…")]
    [TestCase("u:S3cret@h.example", "u:…@h.example")]
    [TestCase("npm:@real/one@^1", "npm:@real/one@^1")]
    [TestCase(">=1.2 <2 || ~3", ">=1.2 <2 || ~3")]
    public void No_credentials_stand_in_what_is_said_of_a_dependency(string range, string shown)
    {
        var text = Text(Npm("a.tgz", $$"""{ "name": "a", "version": "1.0.0", "license": "SEE LICENSE IN https://user:S3cret@h.example/l", "dependencies": { "b": "{{range}}", "https://user:S3cret@h.example/c": "1" } }"""));

        Assert.That(text, Does.Not.Contain("S3").And.Not.Contain("user"));
        var library = JsonNode.Parse(text)!["components"]!.AsArray().First(c => (string?)c!["type"] == "library")!;
        Assert.That(Property(library, "range:dependencies"), Is.EqualTo(shown));
    }

    [TestCase("""<license type="expression">mit</license>""", "MIT")]
    [TestCase("""<license type="expression">MIT AND Nobody-Knows-1.0</license>""", "name: MIT AND Nobody-Knows-1.0")]
    [TestCase("""<license type="file">docs/LICENSE.txt</license>""", "name: SEE LICENSE IN docs/LICENSE.txt")]
    [TestCase("<licenseUrl>https://acme.example/license</licenseUrl>", "name: https://acme.example/license https://acme.example/license")]
    [TestCase("<licenseUrl>https://user:S3cret@acme.example/l?token=S3cret#S3cret</licenseUrl>", "name: https://acme.example/l https://acme.example/l")]
    [TestCase("<licenseUrl>see the readme</licenseUrl>", "name: see the readme")]
    [TestCase("", "-")]
    public void A_package_of_NuGet_has_its_dependencies_once_and_its_licence_as_far_as_it_is_one(string license, string expected)
    {
        ReceiptSample.Zip(_terminal, "Acme.1.0.0.nupkg", CompressionLevel.Fastest, ("Acme.nuspec", $"""
            <package><metadata><id>Acme</id><version>1.0.0</version>{license}<dependencies>
              <group targetFramework="net8.0"><dependency id="Other" version="[1.0.0, )" /><dependency id="Exact" version="[2.0.0]" /></group>
              <group targetFramework="netstandard2.0"><dependency id="other" version="1.1.0" /><dependency id="Exact" version="[ 2.0.0 ]" /></group>
            </dependencies></metadata></package>
            """));

        var bom = Bom(Inspect("Acme.1.0.0.nupkg"));

        Assert.That(License(bom["metadata"]!["component"]!), Is.EqualTo(expected));
        Assert.That(Libraries(bom), Is.EqualTo(new[]
        {
            "pkg:nuget/Other - required - range:net8.0=[1.0.0, ) range:netstandard2.0=1.1.0",
            "pkg:nuget/Exact@2.0.0 2.0.0 required - range:net8.0=[2.0.0] range:netstandard2.0=[ 2.0.0 ]",
        }));
    }

    [Test]
    public void Names_that_are_no_text_are_shown_as_such_and_two_of_one_name_are_two()
    {
        var inventory = Npm("a.tgz", """{ "name": "a", "version": "1.0.0" }""", ("e\u0001v\nil\u202e.txt", "x"), ("same", "x"), ("same", "x"), (new string('n', 3000), "x"));

        var bom = Bom(inventory);

        Assert.That(Components(bom).Select(c => (string?)c!["name"]), Is.EqualTo(new[] { "e\\u0001v\\u000ail\\u202e.txt", new string('n', 3000), "package.json", "same", "same" }));
        Assert.That(Components(bom).Select(c => c!.ToJsonString()), Is.Unique);
    }

    [Test]
    public void What_was_not_read_whole_is_said_to_be_incomplete()
    {
        var full = ReceiptSample.Zip(_terminal, "a.zip", CompressionLevel.NoCompression, ("a.txt", "aaaa"), ("b.txt", "bbbb"));
        var bytes = File.ReadAllBytes(full);
        bytes[bytes.AsSpan().IndexOf("aaaa"u8)] = (byte)'z';
        File.WriteAllBytes(full, bytes);
        var inventory = Inspect("a.zip");

        var bom = Bom(inventory);

        Assert.That(Compositions(bom).Take(2), Is.EqualTo(new[] { $"incomplete assemblies sha256:{inventory.Digest}", "incomplete assemblies entry:a.txt" }));
        Assert.That(Components(bom).Select(c => ((string?)c!["name"], c["hashes"] is null, Property(c, "incomplete"))), Is.EqualTo(new[] { ("a.txt", true, "true"), ("b.txt", false, (string?)null) }));
    }

    [Test]
    public void A_hundred_thousand_entries_are_no_matter()
    {
        var inventory = Npm("a.tgz", """{ "name": "a", "version": "1.0.0" }""", [.. Enumerable.Range(0, 100_000).Select(i => ($"f/{i:D6}.js", "x=1"))]);
        var output = new Most();

        CycloneDx.Write(inventory, Now, output);

        Assert.That(output.Length, Is.GreaterThan(20_000_000));
        Assert.That(output.Largest, Is.LessThan(1 << 20), "or it is built whole before it is written");
    }

    private Inventory Npm(string name, string package, params (string Path, string Text)[] entries)
    {
        using (var file = new GZipStream(File.Create(_terminal.Write(name)), CompressionLevel.Fastest))
        using (var tar = new TarWriter(file))
            foreach (var (path, text) in ((string, string)[])[("package.json", package), .. entries])
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "package/" + path) { DataStream = new MemoryStream(Encoding.Latin1.GetBytes(text)), ModificationTime = DateTimeOffset.UnixEpoch });
        return Inspect(name);
    }

    private Inventory Inspect(string name) =>
        new Gate(new FileSystem()).Check(new GateRequest { Artifacts = [name], Profile = "closed", AsDirectory = true, SearchFrom = _terminal.Folder }, Now).Verdicts[0].Inventory;

    private static string Text(Inventory inventory)
    {
        using var output = new MemoryStream();
        CycloneDx.Write(inventory, Now, output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static JsonNode Bom(Inventory inventory) => JsonNode.Parse(Text(inventory))!;

    private static IEnumerable<JsonNode?> Components(JsonNode bom) => bom["components"]!.AsArray().Where(c => (string?)c!["type"] == "file");

    private static List<(string?, string?)> Files(JsonNode bom)
    {
        var files = new List<(string?, string?)>();
        Add(Components(bom));
        return files;

        void Add(IEnumerable<JsonNode?> components)
        {
            foreach (var component in components)
            {
                files.Add((Property(component!, "path") ?? (string?)component!["name"], (string?)component!["hashes"]![0]!["content"]));
                if (component!["components"] is { } inside) Add(inside.AsArray());
            }
        }
    }

    private static IEnumerable<string> Libraries(JsonNode bom) =>
        bom["components"]!.AsArray().Where(c => (string?)c!["type"] == "library").Select(c =>
            string.Join(' ', [(string?)c!["purl"] ?? "-", (string?)c["version"] ?? "-", (string?)c["scope"] ?? "-", License(c).Replace("name: ", "", StringComparison.Ordinal), .. c["properties"]!.AsArray().Select(p => $"{((string)p!["name"]!)["releasegate:".Length..]}={(string?)p["value"]}")]));

    private static string License(JsonNode component) => component["licenses"]?[0] switch
    {
        null => "-",
        { } license when license["expression"] is { } expression => (string)expression!,
        { } license => $"name: {(string?)license["license"]!["name"]}{(license["license"]!["url"] is { } url ? " " + (string?)url : "")}",
    };

    private static string? Property(JsonNode component, string name) =>
        (string?)component["properties"]!.AsArray().FirstOrDefault(p => (string?)p!["name"] == "releasegate:" + name)?["value"];

    private static IEnumerable<string> Compositions(JsonNode bom) => bom["compositions"]!.AsArray().Select(c =>
        $"{(string?)c!["aggregate"]} {(c["assemblies"] is null ? "dependencies" : "assemblies")} {string.Join(' ', (c["assemblies"] ?? c["dependencies"])!.AsArray().Select(r => (string?)r))}");

    private sealed class Most : MemoryStream
    {
        public int Largest { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Largest = Math.Max(Largest, buffer.Length);
            base.Write(buffer);
        }
    }
}
