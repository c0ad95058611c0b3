using System.Collections.Immutable;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Abstractions;
using System.IO.Compression;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.RealPackages.Tests;

/// <summary>Reports about packages as people have them, checked by the real gate.</summary>
/// <param name="folder">Where artifacts and reports are written.</param>
internal sealed class HtmlSamples(string folder)
{
    public static readonly string[] HostileNames =
    [
        "dist/\"><img src=x onerror=alert(1)>.js", "dist/</script><script>document.title='hacked'</script>.js", "dist/\u202egpj.exe", "dist/__proto__", "dist/constructor/toString.js",
        "dist/]]>&amp;<!--.js", "dist/{{7*7}}${7*7}.js", "dist/" + new string('n', 4000) + ".js", "dist/\u001b[2J.js", "dist/\u2028line.js", "dist/a'onclick='alert(1).js",
        "dist/\u0645\u0631\u062d\u0628\u0627/123.js",
    ];

    private static readonly DateTime Now = new(2026, 11, 21, 9, 30, 0, DateTimeKind.Utc);

    /// <summary>The incident: a bundle of 13 MB with its map of 59.8 MB beside it, one secret, one waiver; and what was released before.</summary>
    /// <param name="scale">1 for the real sizes; less where it need not be so large.</param>
    public GateReport Leaky(double scale)
    {
        var random = new Random(1);
        byte[] Bytes(double size) => Noise(random, (int)(size * scale));
        var entries = new List<(string, byte[])>
        {
            ("package.json", Encoding.UTF8.GetBytes("""{ "name": "acme-agent", "version": "2.1.88", "license": "SEE LICENSE IN LICENSE.md", "bin": { "acme": "cli.js" }, "files": ["*"], "type": "module", "dependencies": { "left-pad": "1.3.0" } }""")),
            ("LICENSE.md", "(c) Acme. All rights reserved.\n"u8.ToArray()),
            ("README.md", Text(12_000)),
            ("cli.js", Script((int)(13_000_000 * scale))),
            ("cli.js.map", Map(scale)),
            ("sdk.mjs", Script((int)(610_000 * scale))),
            ("sdk.d.ts", Text(38_000)),
            ("yoga.dat", Bytes(88_000)),
            ("vendor/ripgrep/COPYING", Text(1_200)),
            ("vendor/ripgrep/x64-linux/rg", Bytes(6_600_000)),
            ("vendor/ripgrep/x64-darwin/rg", Bytes(5_200_000)),
            ("vendor/ripgrep/arm64-darwin/rg", Bytes(4_500_000)),
            ("vendor/ripgrep/arm64-linux/rg", Bytes(5_400_000)),
            ("vendor/ripgrep/x64-win32/rg", Bytes(5_400_000)),
            ("vendor/claws/x64-linux/claws", Bytes(2_100_000)),
            ("vendor/claws/arm64-darwin/claws", Bytes(1_900_000)),
            ("locales/en.json", "{ \"hello\": \"Hello\" }"u8.ToArray()),
            ("locales/de.json", "{ \"hello\": \"Hallo\" }"u8.ToArray()),
            ("src/internal/pricing.ts", Text(9_000)),
            (".env.local", Encoding.UTF8.GetBytes("ACME_ENDPOINT=https://api.acme.example\nDEBUG=1\n")),
        };
        Tarball("acme-agent-2.1.88.tgz", entries);
        var report = Check(["acme-agent-2.1.88.tgz"], """
            { "extends": "closed",
              "artifacts": [ { "match": "*.tgz", "destination": "public",
                "require": ["cli.js"],
                "allow": ["sdk.*", "yoga.dat", "vendor/**", "locales/*.json", "src/internal/*.ts", "README.md", "LICENSE.md"] } ] }
            """);
        var verdict = report.Verdicts[0];
        var place = new ManifestLocation(In("releasegate.json"), 9, 7);
        var waivers = new[]
        {
            new WaiverState(new Waiver("W-12", RuleId.Parse("RG3001"), "src/internal/pricing.ts", "mira@acme.example", "The sample is part of the documentation until the rewrite ships.", new DateOnly(2027, 1, 9), place) { Approver = "tom@acme.example", Ticket = "ACME-4411", Since = new DateOnly(2026, 10, 1) }, 1, 49),
            new WaiverState(new Waiver("W-9", RuleId.Parse("RG5002"), "package.json", "jo@acme.example", "The list of files comes with the new build.", new DateOnly(2026, 11, 30), place with { Line = 12 }) { Approver = "tom@acme.example" }, 1, 9),
            new WaiverState(new Waiver("W-4", RuleId.Parse("RG2006"), "lib/*.pdb", "jo@acme.example", "Needed by support while 2.0 is tried out.", new DateOnly(2026, 11, 2), place with { Line = 15 }), 0, -19),
            new WaiverState(new Waiver("W-13", RuleId.Parse("RG3004"), "locales/.DS_Store", "mira@acme.example", "Came with the translations.", new DateOnly(2027, 2, 20), place with { Line = 18 }), 0, 91),
        };
        var findings = verdict.Findings.Select(f => f.Finding.Path?.Value == "src/internal/pricing.ts"
            ? f with { Severity = Severity.Note, Unwaived = f.Severity, Waiver = waivers[0].Waiver }
            : f.Finding.Rule.Id.ToString() == "RG5002" ? f with { Severity = Severity.Note, Unwaived = f.Severity, Waiver = waivers[1].Waiver } : f).ToArray();
        return report with { Verdicts = [verdict with { Findings = findings, Drift = Drift(verdict) }], Waivers = waivers };
    }

    /// <summary>A clean NuGet package, with a waiver that ends soon.</summary>
    public GateReport Clean()
    {
        Zip("Acme.Geometry.4.2.0.nupkg",
        [
            ("Acme.Geometry.nuspec", Encoding.UTF8.GetBytes("<package><metadata><id>Acme.Geometry</id><version>4.2.0</version><authors>Acme</authors><description>Shapes.</description><license type=\"expression\">MIT</license><readme>README.md</readme></metadata></package>")),
            ("README.md", Text(5_000)), ("icon.png", [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, .. new byte[9_000]]),
            .. new[] { "net8.0", "net10.0", "netstandard2.0" }.Select(f => ($"lib/{f}/Acme.Geometry.xml", Text(140_000))),
            ("build/Acme.Geometry.props", "<Project />"u8.ToArray()),
        ]);
        var report = Check(["Acme.Geometry.4.2.0.nupkg"], """
            { "extends": "closed", "artifacts": [ { "match": "*.nupkg", "destination": "public", "require": ["README.md"], "allow": ["lib/**", "build/*.props", "icon.png"] } ] }
            """);
        return report;
    }

    /// <summary>Twenty thousand entries with some that block.</summary>
    public GateReport Large(int count = 20_000)
    {
        var random = new Random(7);
        string[] scopes = ["@acme/core", "@acme/ui", "@types/node", "lodash", "react-dom", "typescript", "webpack", "core-js", "rxjs", "date-fns", "three", "monaco-editor", "aws-sdk", "firebase", "ethers"];
        string[] parts = ["dist", "lib", "esm", "cjs", "modules", "internal", "es6", "types", "locale", "vs/editor", "clients", "utils"];
        var entries = new List<(string, byte[])>(count) { ("package.json", "{ \"name\": \"acme-server\", \"version\": \"9.0.0\", \"files\": [\"*\"], \"license\": \"MIT\" }"u8.ToArray()), ("server.js", Script(2_400_000)) };
        for (var i = entries.Count; i < count - 14; i++)
        {
            var scope = scopes[(int)(random.NextDouble() * random.NextDouble() * scopes.Length)];
            var size = (int)Math.Exp(4 + random.NextDouble() * 6);
            entries.Add(($"node_modules/{scope}/{parts[random.Next(parts.Length)]}/{parts[random.Next(parts.Length)]}/module-{i:x4}{(i % 5 == 0 ? ".json" : i % 7 == 0 ? ".css" : ".js")}", i % 5 == 0 ? "{}"u8.ToArray() : Script(size)));
        }

        for (var i = 0; i < 12; i++) entries.Add(($"node_modules/@acme/ui/dist/chunk-{i}.js.map", Map(0.004)));
        entries.Add(("config/.env", "ACME_ENDPOINT=x\n"u8.ToArray()));
        entries.Add(("reports/coverage/lcov.info", "TN:\nSF:src/a.ts\nDA:1,1\nend_of_record\n"u8.ToArray()));
        Tarball("acme-server-9.0.0.tgz", entries);
        return Check(["acme-server-9.0.0.tgz"], """
            { "extends": "closed", "artifacts": [ { "match": "*.tgz", "destination": "public", "allow": ["server.js", "node_modules/**"] } ] }
            """);
    }

    /// <summary>Names that would be markup, script or another direction of writing, where they are taken for more than text.</summary>
    public GateReport Hostile()
    {
        Tarball("hostile-1.0.0.tgz", [("package.json", "{ \"name\": \"hostile\", \"version\": \"1.0.0\" }"u8.ToArray()), .. HostileNames.Select((n, i) => (n, Script(1_000 * (i + 1))))]);
        var report = Check(["hostile-1.0.0.tgz"], """{ "extends": "closed", "artifacts": [ { "match": "*.tgz", "destination": "public", "allow": ["dist/constructor/*"], "forbid": ["dist/**/*.js"] } ] }""");
        var reason = "</td><script>document.title='hacked'</script> <a href=javascript:alert(1)>x</a>";
        return report with { Waivers = [new WaiverState(new Waiver("<b>W</b>", RuleId.Parse("RG1001"), "dist/<i>x</i>", "<u>o</u>", reason, new DateOnly(2027, 1, 1), new ManifestLocation("</p>", 1, 1)), 0, 41)], NeedApproval = [new PolicyChange("allows <script>document.title='hacked'</script>", null)] };
    }

    /// <summary>Several archives, each with some hundred entries and with one that blocks.</summary>
    public GateReport Several(int count)
    {
        string[] names = [.. Enumerable.Range(1, count).Select(i => $"part-{i}.zip")];
        foreach (var name in names) Zip(name, [.. Enumerable.Range(0, 220).Select(i => ($"lib/module-{i}.js", Script(400 + i))), ("config/.env", Text(300))]);
        return Check(names, """{ "extends": "closed", "artifacts": [ { "match": "*.zip", "destination": "public", "allow": ["lib/**"] } ] }""");
    }

    /// <summary>A clean package whose manifest has an exposure model that is over its tolerance; every name in it would be markup where it is taken for more than text.</summary>
    public GateReport Risky()
    {
        const string Name = "</text></svg><img src=x onerror=alert(1)><script>document.title='hacked'</script>";
        var place = new ManifestLocation(In("releasegate.json"), 3, 3);
        var stream = new RevenueStream("s" + Name, "Subscriptions " + Name, 40_000_000);
        var contract = new Contract("c" + Name, "Escrow " + Name, 15_000_000);
        Control[] controls = [new("maps" + Name, "Source maps " + Name, [RuleId.Parse("RG2001")]) { Cost = 50_000 }, new("secrets", "Secrets", [RuleId.Parse("RG4001")])];
        var model = new ExposureModel
        {
            Location = place,
            Currency = "EUR",
            Streams = [stream],
            Contracts = [contract],
            Pathways = [new ReleasePathway("npm" + Name, null, 120, 0.05, [new LossComponent("legal" + Name, 500_000, 20_000_000)], [stream], [contract], place)],
            Controls = controls,
            Tolerance = [new TolerancePoint(1_000_000, 0.6, place), new TolerancePoint(40_000_000, 0.0001, place)],
        };
        var drill = new DrillMatrix([.. controls.Select(c => c.Id)], [.. Enumerable.Range(0, 40).Select(i => new DrilledLeak($"leak-{i}", [i < 30, i is >= 30 and < 38]))]);
        return Clean() with { Exposure = ExposureAssessment.Of(model, drill, null, withControls: true) };
    }

    /// <summary>Writes a report and says where.</summary>
    public string Write(string name, GateReport report)
    {
        using var output = File.Create(In(name + ".html"));
        new HtmlReporter().Write(report, output);
        return output.Name;
    }

    private GateReport Check(string[] artifacts, string manifest)
    {
        File.WriteAllText(In("releasegate.json"), manifest);
        return new Gate(new FileSystem()).Check(new GateRequest { Artifacts = artifacts, Manifest = In("releasegate.json"), SearchFrom = folder }, Now);
    }

    private static Drift Drift(Verdict verdict)
    {
        EntryChange Added(string path) => new(path, ChangeKind.Added, null, verdict.Inventory.Entries.Single(e => e.Path.Value == path).Length) { Kind = verdict.Inventory.Entries.Single(e => e.Path.Value == path).Kind };
        var map = verdict.Findings.Single(f => f.Finding.Rule.Id.ToString() == "RG2002");
        return new Drift(new DriftBaseline("released/acme-agent-2.1.87.tgz", "acme-agent-2.1.87.tgz", "2.1.87", Digest.Of("before"u8), verdict.Inventory.Length * 6 / 10, 17),
            [
                Added("cli.js.map"), Added("src/internal/pricing.ts"), Added(".env.local"),
                new EntryChange("cli.js", ChangeKind.Changed, 12_640_000, 13_000_000) { Kind = EntryKind.Text },
                new EntryChange("vendor/ripgrep/x64-linux/rg", ChangeKind.Changed, 6_700_000, 6_600_000) { Kind = EntryKind.Elf, ModeBefore = 0x1A4, Mode = 0x1ED },
                new EntryChange("sdk.mjs", ChangeKind.Changed, 610_000, 610_000) { Kind = EntryKind.Text },
                new EntryChange("vendor/sharp/sharp.node", ChangeKind.Removed, 412_000, null),
            ],
            [EntryKind.SourceMap], ["src"], ImmutableSortedDictionary<string, string>.Empty.Add("postinstall", "node cli.js --setup"),
            [new DependencyChange("left-pad", "dependencies", ChangeKind.Added, null, "1.3.0"), new DependencyChange("sharp", "optionalDependencies", ChangeKind.Changed, "^0.33.0", "^0.34.1")],
            [new SnapshotExposure(map.Finding.Rule.Id, map.Finding.Path?.Value, map.Finding.Message)]);
    }

    // 59.8 MB at scale 1: 1,906 files and 512,000 lines of text.
    private static byte[] Map(double scale)
    {
        string[] folders = ["src/tools", "src/commands", "src/components", "src/services", "src/utils", "packages/core", "packages/bridge", "packages/memory", "vendor/shims", "native/ts"];
        var files = Math.Max(4, (int)(1_906 * scale));
        var lines = 512_000 * scale / files;
        var json = new StringBuilder("{\"version\":3,\"file\":\"cli.js\",\"sources\":[");
        for (var i = 0; i < files; i++) json.Append(i > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"\"../{folders[i * i % 97 % folders.Length]}/file{i}.ts\"");
        json.Append("],\"sourcesContent\":[");
        var line = "export const answer = (question: Question): Promise<Answer> => bridge.ask(question, { retries: 3 });" + "\\n";
        double written = 0;
        for (var i = 0; i < files; i++)
        {
            json.Append(i > 0 ? "," : "").Append('"');
            for (; written < Math.Round((i + 1) * lines); written++) json.Append(line);
            json.Append('"');
        }

        return Encoding.UTF8.GetBytes(json.Append("],\"names\":[],\"mappings\":\"").Append('A', (int)(7_500_000 * scale)).Append("\"}").ToString());
    }

    private static byte[] Script(int size) => Encoding.UTF8.GetBytes("var a=1;" + string.Concat(Enumerable.Repeat("function f(){return a+1}\n", size / 25 + 1)))[..Math.Max(1, size)];

    private static byte[] Text(int size) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("Shapes and how to use them. ", size / 28 + 1)))[..size];

    private static byte[] Noise(Random random, int size)
    {
        var bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }

    private void Tarball(string name, IEnumerable<(string Path, byte[] Content)> entries)
    {
        using var tar = new TarWriter(new GZipStream(File.Create(In(name)), CompressionLevel.Fastest), TarEntryFormat.Pax);
        foreach (var (path, content) in entries) tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "package/" + path) { DataStream = new MemoryStream(content) });
    }

    private void Zip(string name, IEnumerable<(string Path, byte[] Content)> entries)
    {
        using var zip = new ZipArchive(File.Create(In(name)), ZipArchiveMode.Create);
        foreach (var (path, content) in entries)
        {
            using var stream = zip.CreateEntry(path).Open();
            stream.Write(content);
        }
    }

    private string In(string name) => Path.Combine(folder, name);
}
