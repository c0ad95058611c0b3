using System.Formats.Tar;
using System.IO.Abstractions;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseGate.Governance;

// Not below the namespace of the other tests: these need none of our own packages, so none is packed for them.
namespace ReleaseGate.RealPackages.Tests;

/// <summary>What the validator of the CycloneDX project and the parser of npm say of our inventories.</summary>
public sealed class SbomSchemaTests
{
    // Judged by the parser below, not by us.
    private static readonly string[] Licenses =
    [
        "MIT", "Apache-2.0", "0BSD", "GPL-2.0", "GPL-2.0+", "GPL-2.0-or-later", "GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0+ WITH GCC-exception-2.0", "(MIT)", "((MIT OR Apache-2.0))",
        "MIT or Apache-2.0 and Zlib", "(MIT OR Apache-2.0) AND Zlib", "MIT AND (Apache-2.0 OR Zlib)", "MIT AND(Zlib)", "LicenseRef-Acme.1", "DocumentRef-spdx-tool-1.2:LicenseRef-MIT-Style-2", "MIT OR LicenseRef-x",
        "Apache-2.0 WITH LLVM-exception AND MIT",
        "Nobody-Knows-1.0", "MIT AND Nobody-Knows-1.0", "GPL-2.0-only WITH Nobodys-exception", "MIT WITH MIT", "UNLICENSED", "Apache License 2.0", "MIT/X11", "MIT,", "MIT OR", "OR", "(MIT", "MIT)", "()", "GPL-2.0 +", "MIT MIT",
        "GPL-2.0 WITH", "a:b", "DocumentRef-a", "DocumentRef-a:MIT", "LicenseRef-", "LicenseRef-x+", "$license$", "MIT OR AND Zlib", "Classpath-exception-2.0",
    ];

    private string _folder = "";

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("releasegate-sbom-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Inventories_are_strictly_valid_and_name_licences_that_are_some()
    {
        var files = new List<string>();
        Nupkg("Acme.1.0.0.nupkg", """
            <license type="expression">mit</license><dependencies>
              <group targetFramework="net8.0"><dependency id="Other" version="[1.0.0, )" /><dependency id="Exact" version="[2.0.0]" /></group>
              <group targetFramework="netstandard2.0"><dependency id="other" version="1.1.0" /></group></dependencies>
            """, ("README.md", "# Acme"), ("tools/n.zip", Latin(Zip(("a/b.txt", "b")))));
        Nupkg("Url.1.0.0.nupkg", "<licenseUrl>https://acme.example/a license|with\"odd&amp;characters</licenseUrl>");
        Tgz("acme-cli-1.0.0.tgz", """
            { "name": "@acme/cli", "version": "1.0.0-rc+1", "license": "SEE LICENSE IN LICENSE.txt", "bundleDependencies": true,
              "dependencies": { "left-pad": "^1.3.0", "pinned": "2.0.0", "al": "npm:@real/one@1.1.1", "git": "git+ssh://git@github.com/x/y.git", "": "1" },
              "optionalDependencies": { "fsevents": "~2" }, "peerDependencies": { "react": ">=17", "left-pad": "*" } }
            """, ("node_modules/left-pad/package.json", """{ "name": "left-pad", "version": "1.3.1", "license": "WTFPL" }"""), ("node_modules/left-pad/x/n.tgz", Latin(TarGz(("package.json", "{}")))), ("node_modules/bare/a.js", "1"));
        Tgz("hostile.tgz", """{ "name": "Ä/../b c\u202e\n", "version": "1.0.0\u0000<script>" , "license": "\ud83d\ude00 ]]>&" }""",
            ("e\u0001v\nil<>&\"'.txt", "1"), ("same", "1"), ("same", "1"), (new string('n', 9000), "1"), ("node_modules/@s/\u202e/package.json", """{ "name": "../x", "version": "%@?#/ " }"""),
            ("node_modules/@s/q/package.json", """{ "name": "a?b#c@d", "version": "1@2" }"""), ("\u00e4 \\u0001.txt", "1"));
        Tgz("licences.tgz", """{ "name": "l", "version": "1.0.0" }""", [.. Licenses.Select((l, i) => ($"node_modules/p{i:D3}/package.json", $$"""{ "name": "p{{i:D3}}", "version": "1.0.0", "license": {{JsonSerializer.Serialize(l)}} }"""))]);
        Write("site/a.js", "x=1");
        Write("site/deep/odd ä name.txt", "x");
        Directory.CreateDirectory(In("site/empty"));
        var cut = Zip(("a.txt", "aaaaaaaaaaaaaaaa"), ("b.txt", "b"));
        File.WriteAllBytes(In("cut.zip"), cut[..^30]);
        foreach (var artifact in (string[])["Acme.1.0.0.nupkg", "Url.1.0.0.nupkg", "acme-cli-1.0.0.tgz", "hostile.tgz", "licences.tgz", "site", "cut.zip"]) files.Add(Inventory(artifact));
        // It has to find what is wrong, or it proves nothing.
        var broken = JsonNode.Parse(File.ReadAllText(In(files[0])))!.AsObject();
        broken["components"]!.AsArray().Add(new JsonObject { ["type"] = "file" });
        File.WriteAllText(In("broken.cdx.json"), broken.ToJsonString());

        Write("package.json", """{ "type": "module" }""");
        RealPackageTests.Node("npm", _folder, ["install", "@cyclonedx/cyclonedx-library@10.3.0", "ajv@8.20.0", "ajv-formats@3.0.1", "ajv-formats-draft2019@1.6.1", "spdx-expression-parse@5.0.0", "--ignore-scripts", "--no-audit", "--no-fund"]);
        Write("expressions.json", JsonSerializer.Serialize(Licenses));
        Write("judge.js", """
            import * as CDX from '@cyclonedx/cyclonedx-library';
            import parse from 'spdx-expression-parse';
            import fs from 'node:fs';
            const validator = new CDX.Validation.JsonStrictValidator(CDX.Spec.Version.v1dot6);
            const result = { wrong: {}, licences: [], refs: [] };
            for (const file of process.argv.slice(2)) {
              const text = fs.readFileSync(file, 'utf8');
              const error = await validator.validate(text);
              if (error !== null) result.wrong[file] = JSON.stringify(error).slice(0, 400);
              // What a schema can't say: everything that is referred to is there, once.
              const bom = JSON.parse(text), refs = new Set();
              const walk = c => { if (c['bom-ref'] !== undefined) { if (refs.has(c['bom-ref'])) result.refs.push(file + ' twice ' + c['bom-ref']); refs.add(c['bom-ref']); } (c.components ?? []).forEach(walk); };
              walk(bom.metadata.component); bom.components.forEach(walk);
              for (const d of bom.dependencies) for (const r of [d.ref, ...(d.dependsOn ?? [])]) if (!refs.has(r)) result.refs.push(file + ' misses ' + r);
              for (const c of bom.compositions) for (const r of [...(c.assemblies ?? []), ...(c.dependencies ?? [])]) if (!refs.has(r)) result.refs.push(file + ' misses ' + r);
            }
            const isOne = text => { try { parse(text); return true; } catch { return false; } };
            result.licences = JSON.parse(fs.readFileSync('expressions.json', 'utf8')).map(isOne);
            const carried = JSON.parse(fs.readFileSync('licences.tgz.cdx.json', 'utf8')).components.filter(c => c.type === 'library');
            result.written = carried.filter(c => c.licenses[0].expression !== undefined && !isOne(c.licenses[0].expression)).map(c => c.licenses[0].expression);
            console.log(JSON.stringify(result));
            """);
        var result = JsonNode.Parse(RealPackageTests.Node("node", _folder, ["judge.js", .. files, "broken.cdx.json"]))!;

        var own = JsonNode.Parse(File.ReadAllText(In("licences.tgz.cdx.json")))!["components"]!.AsArray().Where(c => (string?)c!["type"] == "library").Select(c => (Text: (string?)c!["name"], IsOne: c["licenses"]![0]!["expression"] is not null)).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(result["wrong"]!.AsObject().Select(w => w.Key), Is.EqualTo(new[] { "broken.cdx.json" }), result["wrong"]!.ToJsonString());
            Assert.That(result["refs"]!.AsArray().Select(r => (string?)r), Is.Empty);
            Assert.That(own.Select(o => o.Text), Is.EqualTo(Licenses.Select((_, i) => $"p{i:D3}")));
            Assert.That(Licenses.Zip(own, (l, o) => $"{l}: {o.IsOne}"), Is.EqualTo(Licenses.Zip(result["licences"]!.AsArray(), (l, r) => $"{l}: {(bool)r!}")));
            Assert.That(own.Count(o => o.IsOne), Is.EqualTo(18), "and none of the others");
            Assert.That(result["written"]!.AsArray().Select(r => (string?)r), Is.Empty);
        });
    }

    private string Inventory(string name)
    {
        var report = new Gate(new FileSystem()).Check(new GateRequest { Artifacts = [name], Profile = "closed", AsDirectory = true, SearchFrom = _folder }, DateTime.UnixEpoch);
        using var output = File.Create(In(name + CycloneDx.Suffix));
        CycloneDx.Write(report.Verdicts[0].Inventory, DateTime.UnixEpoch, output);
        return name + CycloneDx.Suffix;
    }

    private void Nupkg(string name, string metadata, params (string, string)[] entries) =>
        File.WriteAllBytes(In(name), Zip([("Acme.nuspec", $"<package><metadata><id>Acme</id><version>1.0.0</version>{metadata}</metadata></package>"), .. entries]));

    private void Tgz(string name, string package, params (string, string)[] entries) => File.WriteAllBytes(In(name), TarGz([("package.json", package), .. entries]));

    private static byte[] Zip(params (string Path, string Text)[] entries)
    {
        using var output = new MemoryStream();
        using (var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (path, text) in entries)
                using (var stream = zip.CreateEntry(path).Open()) stream.Write(Bytes(text));
        return output.ToArray();
    }

    private static byte[] TarGz(params (string Path, string Text)[] entries)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
            foreach (var (path, text) in entries)
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "package/" + path) { DataStream = new MemoryStream(Bytes(text)) });
        return output.ToArray();
    }

    // Archives in archives are written as Latin-1, everything else as UTF-8.
    private static byte[] Bytes(string text) => text.StartsWith("PK", StringComparison.Ordinal) || text.StartsWith('\u001f') ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text);

    private static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.WriteAllText(In(path), text);
    }

    private string In(string path) => Path.Combine(_folder, path);
}
