using System.Diagnostics;
using System.IO.Abstractions;
using System.Text.Json;
using ReleaseGate.Package.Tests;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;

// Not below the namespace of the other tests: these need none of our own packages, so none is packed for them.
namespace ReleaseGate.RealPackages.Tests;

/// <summary>
/// Public packages that nobody here made, restored by the ordinary clients, and what each profile says about them: rule and number of findings.
/// docs/real-packages.md says for each why that is right. A change here is a change of what users see.
/// </summary>
public sealed class RealPackageTests
{
    private static readonly Gate Gate = new(new FileSystem());

    private static readonly DateTime Now = new(2026, 4, 1, 9, 30, 0, DateTimeKind.Utc);

    private static readonly Known[] NuGet =
    [
        new("Newtonsoft.Json", "13.0.3", "", ""),
        new("System.CommandLine", "2.0.0", "RG1001 error 2, RG2006 error 2", "RG2006 note 2"),
        new("Microsoft.CodeAnalysis.Analyzers", "3.3.3", "RG1001 error 1, RG5003 warning 2", "RG1001 error 1, RG5003 warning 2"),
        new("dotnet-reportgenerator-globaltool", "5.1.23", "RG2007 warning 16, RG2008 warning 12", "RG2007 note 16, RG2008 note 12"),
        new("coverlet.msbuild", "6.0.0", "RG1001 error 2, RG2006 error 2, RG2007 warning 2, RG2010 warning 2, RG2010 note 11", "RG2006 note 2, RG2007 note 2, RG2010 warning 2, RG2010 note 11"),
        new("SQLitePCLRaw.lib.e_sqlite3", "2.0.6", "RG2011 warning 11", "RG2011 warning 11"),
        new("Humanizer", "2.14.1", "", ""),
        new("IsExternalInit", "1.0.2", "RG1001 error 10", ""),
        new("Grpc.Tools", "2.50.0", "RG1001 error 13, RG2006 error 2, RG2010 warning 2, RG2010 note 2, RG2011 warning 2", "RG2006 note 2, RG2010 warning 2, RG2010 note 2, RG2011 warning 2"),
        new("Microsoft.TypeScript.MSBuild", "3.9.6", "RG1001 error 66, RG2005 warning 5, RG2010 note 3", "RG2005 warning 5, RG2010 note 3"),
        new("Serilog", "3.1.1", "", ""),
        new("Microsoft.CodeAnalysis.CSharp", "4.8.0", "RG1001 error 3, RG2006 error 3", "RG2006 note 3"),
        new("Dapper", "2.1.66", "RG2007 error 3", "RG2007 note 3"),
        new("Google.Protobuf", "3.25.1", "RG1001 error 4, RG2006 error 4", "RG2006 note 4"),
        new("NUnit", "4.4.0", "", ""),
        new("Moq", "4.20.70", "RG2007 error 4", "RG2007 note 4"),
        new("System.IO.Abstractions", "17.0.24", "", ""),
        new("MathNet.Numerics", "5.0.0", "RG2010 warning 5", "RG2010 warning 5"),
        new("Microsoft.Data.SqlClient", "6.1.5", "", ""),
        new("Microsoft.Data.SqlClient.SNI.runtime", "6.0.4", "", ""),
        new("Polly", "8.5.2", "RG1001 error 4, RG2006 error 4", "RG2006 note 4"),
        new("AutoMapper", "15.1.4", "", ""),
    ];

    private static readonly Known[] Npm =
    [
        new("lodash", "4.17.21", "RG1001 error 2, RG5002 warning 1", "RG5002 warning 1"),
        new("react", "19.1.0", "RG2016 note 7", "RG2016 note 7"),
        new("typescript", "5.8.3", "RG2005 warning 5", "RG2005 warning 5"),
        new("@babel/core", "7.26.10", "RG1001 error 61, RG2001 error 55, RG2002 error 55, RG3001 error 6, RG5002 warning 1, RG5007 warning 1", "RG2001 note 55, RG2002 note 55, RG3001 note 6, RG5002 warning 1, RG5007 warning 1"),
        new("nanoid", "5.1.5", "RG5002 warning 1", "RG5002 warning 1"),
        new("@types/node", "22.15.21", "RG2010 warning 1, RG5002 warning 1", "RG2010 warning 1, RG5002 warning 1"),
        new("@esbuild/linux-x64", "0.25.5", "RG5002 warning 1", "RG5002 warning 1"),
        new("rollup", "4.41.1", "RG2005 warning 11", "RG2005 warning 11"),
        new("esbuild", "0.25.5", "RG5002 warning 1, RG5003 warning 1", "RG5002 warning 1, RG5003 warning 1"),
        new("sql.js", "1.13.0", "RG1001 error 2, RG1008 error 3, RG3004 warning 3, RG5002 warning 1", "RG1001 error 1, RG1008 error 3, RG3004 warning 3, RG5002 warning 1"),
        new("react-dom", "19.1.0", "RG2016 note 11", "RG2016 note 11"),
        new("next", "15.3.2", "RG1001 error 2489, RG2001 error 2479, RG2002 error 2438, RG2005 warning 2, RG2010 error 1, RG2010 warning 3, RG2016 warning 22, RG2016 note 72", "RG2001 note 2479, RG2002 note 2438, RG2005 warning 2, RG2010 error 1, RG2010 warning 3, RG2016 warning 22, RG2016 note 72"),
        new("vue", "3.5.14", "RG2016 warning 4", "RG2016 warning 4"),
        new("webpack", "5.99.9", "", ""),
        new("@swc/wasm", "1.11.29", "RG2012 warning 1", "RG2012 warning 1"),
        new("fsevents", "2.3.3", "RG2011 warning 1", "RG2011 warning 1"),
        new("bootstrap", "5.3.6", "RG1001 error 140, RG2001 error 48, RG2002 error 48", "RG2001 note 48, RG2002 note 48"),
        new("undici", "7.10.0", "RG1001 error 3, RG2001 error 2, RG5002 warning 1", "RG1001 error 1, RG2001 note 2, RG5002 warning 1"),
        new("axios", "1.9.0", "RG1001 error 6, RG2001 error 6, RG2002 error 6, RG5002 warning 1", "RG2001 note 6, RG2002 note 6, RG5002 warning 1"),
        new("firebase", "11.8.1", "RG1001 error 129, RG2001 error 129, RG2002 error 42", "RG2001 note 129, RG2002 note 42"),
        new("node-forge", "1.3.1", "RG1001 error 4, RG2001 error 3", "RG1001 error 1, RG2001 note 3"),
        new("pdfjs-dist", "5.2.133", "RG1001 error 195, RG2001 error 10, RG2002 error 10, RG5002 warning 1", "RG1001 error 179, RG2001 note 10, RG2002 note 10, RG5002 warning 1"),
    ];

    private static readonly Lazy<string[]> Packages = new(RestorePackages);

    private static readonly Lazy<string> Tarballs = new(DownloadTarballs);

    private static readonly Lazy<string> Ajv = new(InstallAjv);

    private static IEnumerable<TestCaseData> All => NuGet.Concat(Npm).Select(k => new TestCaseData(k).SetArgDisplayNames(k.Id));

    [TestCaseSource(nameof(All))]
    public void Each_profile_says_the_same_as_ever(object package)
    {
        var known = (Known)package;
        var artifact = Find(known);

        Assert.Multiple(() =>
        {
            Assert.That(Said(artifact, "closed"), Is.EqualTo(known.Closed), "closed");
            Assert.That(Said(artifact, "open"), Is.EqualTo(known.Open), "open");
        });
    }

    [TestCaseSource(nameof(All))]
    public void What_init_writes_passes_on_the_package_it_was_written_from(object package)
    {
        var known = (Known)package;
        var artifact = Find(known);
        var manifest = WriteManifest(known);

        var report = Check(artifact, manifest: manifest);

        // What init asks about is not in the list it writes.
        var before = Check(artifact).Verdicts.Single();
        var asked = ManifestDraft.Withheld(before.Inventory, before.Findings.Select(f => f.Finding), ProfileOf(known)).Select(w => w.Entry.Path.Value).ToArray();
        Assert.That(asked, known.Id switch
        {
            "sql.js" or "undici" => Is.Not.Empty.And.All.Match(@"(^|/)\."),
            "next" => Is.EqualTo(new[] { "dist/compiled/source-map08/mappings.wasm" }),
            _ => Is.Empty,
        });

        var errors = report.Verdicts.Single().Findings.Where(f => f.Severity == Rules.Severity.Error && !asked.Contains(f.Finding.Path?.Value)).Select(f => $"{f.Finding.Rule.Id} {f.Finding.Path}: {f.Finding.Message}");
        Assert.That(errors, Is.Empty, File.ReadAllText(manifest));
        Assert.That(report.Passed, Is.EqualTo(asked.Length == 0));
    }

    [Test]
    public void A_schema_validator_and_our_reader_agree_on_manifests()
    {
        var folder = Folder("manifests");
        var good = new List<string>();
        foreach (var profile in ManifestReader.ProfileNames) good.Add(Write(folder, profile + ".json", ManifestReader.ProfileText(profile)));
        foreach (var known in (Known[])[.. NuGet, .. Npm]) good.Add(WriteManifest(known));
        foreach (var sample in Directory.GetFiles(Path.Combine(Feed.Repository, "samples"), "*releasegate.json", SearchOption.AllDirectories)) good.Add(sample);
        good.Add(Path.Combine(Feed.Repository, "releasegate.json"));
        good.Add(Write(folder, "full.json", """
            { "$schema": "x", "extends": ["closed", "./open.json"], "artifacts": [ { "match": "*.nupkg", "destination": "private", "require": ["lib/{tfm}/{id}.dll"], "allow": ["a!/**"],
              "forbid": ["**/*.Internal.dll"], "limits": { "size": "2 MB", "entries": 60, "entry": 100, "output": "1 GiB", "nested": "64 MiB", "ratio": 250 } } ],
              "private": { "ids": ["Acme.Internal.*", "Ämter"], "scopes": ["@acme"], "registries": ["https://npm.acme.example/", "http://10.1.2.3:4873"] }, "rules": { "RG2006": "off", "ACME0001": "note", "RG0004": "warning" },
              "deadlines": { "critical": "24h", "high": "7d", "medium": "14d", "low": "90d" },
              "waivers": [
                { "id": "W-1", "rule": "RG2006", "path": ".", "owner": "alice", "reason": "r", "expires": "2027-01-31" },
                { "id": "W_2.b", "rule": "ACME0001", "path": "*.zip!/lib/a.dll", "artifact": "Acme.{version}.nupkg", "owner": "a", "approver": "b", "ticket": "T-1", "reason": "r", "since": "2026-12-01", "expires": "2027-01-31" },
                { "id": "W-3", "rule": "RG4001", "path": "a.js", "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF", "owner": "a", "reason": "r", "expires": "2027-01-31" } ] }
            """));
        var bad = new List<string>();
        foreach (var text in (string[])
        [
            "[]",
            "1",
            """{ "artefacts": [] }""",
            """{ "extends": "" }""",
            """{ "extends": [] }""",
            """{ "artifacts": {} }""",
            """{ "artifacts": [ {} ] }""",
            """{ "artifacts": [ { "match": "" } ] }""",
            """{ "artifacts": [ { "match": "a/b" } ] }""",
            """{ "artifacts": [ { "match": "*", "allow": "a" } ] }""",
            """{ "artifacts": [ { "match": "*", "allow": [""] } ] }""",
            """{ "artifacts": [ { "match": "*", "allow": ["/a"] } ] }""",
            """{ "artifacts": [ { "match": "*", "allow": ["a\\b"] } ] }""",
            """{ "artifacts": [ { "match": "*", "allow": ["a", "a"] } ] }""",
            """{ "artifacts": [ { "match": "*", "allow": [1] } ] }""",
            """{ "artifacts": [ { "match": "*", "destination": " " } ] }""",
            """{ "artifacts": [ { "match": "*", "destination": "internal" } ] }""",
            """{ "private": {} }""",
            """{ "private": { "ids": [] } }""",
            """{ "private": { "ids": ["*"] } }""",
            """{ "private": { "ids": ["@acme"] } }""",
            """{ "private": { "scopes": ["acme"] } }""",
            """{ "private": { "registries": ["npm.acme.example"] } }""",
            """{ "private": { "registries": ["https://jill@npm.acme.example/"] } }""",
            """{ "artifacts": [ { "match": "*", "limits": { "size": "2 XB" } } ] }""",
            """{ "artifacts": [ { "match": "*", "limits": { "size": 0 } } ] }""",
            """{ "artifacts": [ { "match": "*", "limits": { "entries": 1.5 } } ] }""",
            """{ "artifacts": [ { "match": "*", "limits": { "depth": 1 } } ] }""",
            """{ "rules": { "RG2006": "fatal" } }""",
            """{ "rules": { "RG0003": "off" } }""",
            """{ "rules": { "symbols": "off" } }""",
            """{ "waivers": [ { "rule": "RG2006", "path": "a", "owner": "o", "reason": "r", "expires": "2027-01-31" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG2006", "path": "a", "owner": "o", "reason": "r" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG2006", "path": "a", "owner": " ", "reason": "r", "expires": "2027-01-31" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG2006", "path": "a", "owner": "o", "reason": "", "expires": "2027-01-31" } ] }""",
            """{ "waivers": [ { "id": "W 1", "rule": "RG2006", "path": "a", "owner": "o", "reason": "r", "expires": "2027-01-31" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "*", "path": "a", "owner": "o", "reason": "r", "expires": "2027-01-31" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG0003", "path": "a", "owner": "o", "reason": "r", "expires": "2027-01-31" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG2006", "path": "*", "owner": "o", "reason": "r", "expires": "2027-01-31" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG2006", "path": "a/**", "owner": "o", "reason": "r", "expires": "2027-01-31" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG2006", "path": "*/*.pdb", "owner": "o", "reason": "r", "expires": "2027-01-31" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG2006", "path": "/a", "owner": "o", "reason": "r", "expires": "2027-01-31" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG2006", "path": "a\\b", "owner": "o", "reason": "r", "expires": "2027-01-31" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG2006", "path": "", "owner": "o", "reason": "r", "expires": "2027-01-31" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG2006", "path": "a", "owner": "o", "reason": "r", "expires": "2027-13-01" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG2006", "path": "a", "owner": "o", "reason": "r", "expires": "31.01.2027" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG2006", "path": "a", "owner": "o", "reason": "r", "expires": "2027-01-31", "since": "today" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG2006", "path": "a", "owner": "o", "reason": "r", "expires": "2027-01-31", "sha256": "abc" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG2006", "path": "a", "owner": "o", "reason": "r", "expires": "2027-01-31", "artifact": "a/b" } ] }""",
            """{ "waivers": [ { "id": "W-1", "rule": "RG2006", "path": "a", "owner": "o", "reason": "r", "expires": "2027-01-31", "paths": "a" } ] }""",
            """{ "waivers": {} }""",
            """{ "deadlines": {} }""",
            """{ "deadlines": { "high": "7" } }""",
            """{ "deadlines": { "high": "0d" } }""",
            """{ "deadlines": { "urgent": "7d" } }""",
            """{ "rules": { "RG0004": "note" } }""",
        ]) bad.Add(Write(folder, $"bad{bad.Count}.json", text));

        var accepted = Validate(ManifestReader.SchemaText(), [.. good, .. bad]);

        Assert.That(accepted, Is.EqualTo(good.Select(Plain)));
        var reader = new ManifestReader(new FileSystem());
        Assert.Multiple(() =>
        {
            foreach (var path in good) Assert.That(() => reader.Read(path), Throws.Nothing, File.ReadAllText(path));
            foreach (var path in bad) Assert.That(() => reader.Read(path), Throws.TypeOf<GateException>(), File.ReadAllText(path));
        });
    }

    [Test]
    public void A_schema_validator_accepts_every_report()
    {
        var folder = Folder("reports");
        string[] reports =
        [
            Report("passed.json", o => new JsonReporter().Write(Check(Find(NuGet[0])), o)),
            Report("blocked.json", o => new JsonReporter().Write(Check(Find(Npm[9])), o)),
            Report("several.json", o => new JsonReporter().Write(Gate.Check(new GateRequest { Artifacts = [Find(NuGet[0]), Find(Npm[3])], Profile = "open", SearchFrom = RealFolder.Root }, Now), o)),
            Report("error.json", o => JsonReporter.WriteError(Assert.Throws<GateException>(() => Check(Path.Combine(RealFolder.Root, "missing")))!, Now, o)),
        ];
        var cut = Write(folder, "cut.json", File.ReadAllText(reports[0]).Replace("\"waivers\"", "\"wavers\"", StringComparison.Ordinal));

        Assert.That(Validate(JsonReporter.SchemaText(), [.. reports, cut]), Is.EqualTo(reports.Select(Plain)));

        string Report(string name, Action<Stream> write)
        {
            using var output = new MemoryStream();
            write(output);
            return Write(folder, name, System.Text.Encoding.UTF8.GetString(output.ToArray()));
        }
    }

    /// <summary>
    /// Writes the two lists above as they would have to be now, and below them each finding, to <c>artifacts/real-packages.txt</c>: for whoever changes a rule.
    /// <c>dotnet test tests/ReleaseGate.Package.Tests --filter Name=What_each_profile_says_now</c>
    /// </summary>
    [Test, Explicit("pins nothing; writes what could be pinned")]
    public void What_each_profile_says_now()
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(Feed.Repository, "artifacts")).FullName, "real-packages.txt");
        using var output = File.CreateText(path);
        foreach (var known in (Known[])[.. NuGet, .. Npm])
            output.WriteLine($"        new(\"{known.Id}\", \"{known.Version}\", \"{Said(Find(known), "closed")}\", \"{Said(Find(known), "open")}\"),");
        foreach (var known in (Known[])[.. NuGet, .. Npm])
        {
            output.WriteLine($"\n{known.Id} {known.Version}");
            foreach (var said in Check(Find(known)).Verdicts.Single().Findings) output.WriteLine($"  {said.Severity} {said.Finding.Rule.Id} {said.Finding.Path}: {said.Finding.Message}");
        }

        TestContext.Progress.WriteLine(path);
    }

    private static string Said(string artifact, string profile) => string.Join(", ",
        Check(artifact, profile).Verdicts.Single().Findings
            .GroupBy(f => (Rule: f.Finding.Rule.Id.ToString(), f.Severity)).OrderBy(g => g.Key.Rule, StringComparer.Ordinal).ThenByDescending(g => g.Key.Severity)
            .Select(g => $"{g.Key.Rule} {g.Key.Severity.ToString().ToLowerInvariant()} {g.Count()}"));

    private static GateReport Check(string artifact, string? profile = "closed", string? manifest = null) =>
        Gate.Check(new GateRequest { Artifacts = [artifact], Profile = manifest is null ? profile : null, Manifest = manifest, SearchFrom = Path.GetTempPath() }, Now);

    /// <summary>As <c>releasegate init</c> does it; with <c>--profile open</c> for what ships maps, symbols or sources on purpose.</summary>
    private static string WriteManifest(Known known)
    {
        var artifact = Find(known);
        var verdict = Check(artifact).Verdicts.Single();
        var manifest = ManifestDraft.From([new ManifestSubject(verdict.Inventory, [.. verdict.Findings.Select(f => f.Finding)])], ProfileOf(known)).Text;
        return Write(Folder("init"), Path.GetFileName(artifact) + ".releasegate.json", manifest);
    }

    private static Manifest ProfileOf(Known known) => new ManifestReader(new FileSystem()).ReadProfile(known.ShipsOnPurpose ? "open" : "closed");

    private static string Find(Known known)
    {
        var isNpm = Npm.Contains(known);
        string[] folders = isNpm ? [Tarballs.Value] : Packages.Value;
        var name = isNpm
            ? $"{known.Id.TrimStart('@').Replace('/', '-')}-{known.Version}.tgz"
            : Path.Combine(known.Id.ToLowerInvariant(), known.Version, $"{known.Id.ToLowerInvariant()}.{known.Version}.nupkg");
        var path = folders.Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);
        Assert.That(path, Is.Not.Null, $"{name} in {string.Join(", ", folders)}");
        return path!;
    }

    /// <summary>Restores into the user's own packages folder, so that a second run downloads nothing; says where packages are.</summary>
    private static string[] RestorePackages()
    {
        var folder = Folder("restore");
        foreach (var name in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"]) Write(folder, name, "<Project />");
        Write(folder, "restore.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>{Sandbox.Framework}</TargetFramework></PropertyGroup>
              <ItemGroup>
                {string.Concat(NuGet.Select(k => $"<PackageDownload Include=\"{k.Id}\" Version=\"[{k.Version}]\" />"))}
              </ItemGroup>
            </Project>
            """);
        var run = Dotnet.Run(folder, ["restore", "-nologo"]);
        Assert.That(run.ExitCode, Is.Zero, run.Output);
        using var assets = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "obj", "project.assets.json")));
        return [.. assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(f => f.Name)];
    }

    private static string DownloadTarballs()
    {
        var folder = Folder("npm");
        Node("npm", folder, ["pack", .. Npm.Select(k => $"{k.Id}@{k.Version}")]);
        return folder;
    }

    /// <summary>Asks ajv which of the files fit a schema. Comments are taken out first, as editors do.</summary>
    internal static string[] Validate(string schema, IReadOnlyList<string> files)
    {
        var own = Folder("schema-" + Guid.NewGuid().ToString("n")[..8]);
        var lines = Node("node", Ajv.Value, ["validate.js", Write(own, "schema.json", schema), Write(own, "files.txt", string.Join('\n', files.Select(Plain)))]).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.Length.EqualTo(files.Count));
        return [.. lines.Where(l => l.StartsWith("fits ", StringComparison.Ordinal)).Select(l => l["fits ".Length..])];
    }

    private static string InstallAjv()
    {
        var folder = Folder("ajv");
        Write(folder, "package.json", "{}");
        Node("npm", folder, ["install", "ajv@8.17.1", "ajv-formats@3.0.1", "--ignore-scripts", "--no-audit", "--no-fund"]);
        Write(folder, "validate.js", """
            const fs = require('fs');
            const ajv = new (require('ajv'))({ strict: true, allowUnionTypes: true });
            require('ajv-formats')(ajv);
            const [schema, files] = process.argv.slice(2);
            const fits = ajv.compile(JSON.parse(fs.readFileSync(schema, 'utf8')));
            for (const file of fs.readFileSync(files, 'utf8').split('\n'))
                console.log((fits(JSON.parse(fs.readFileSync(file, 'utf8'))) ? 'fits ' : 'does not fit ') + file);
            """);
        return folder;
    }

    /// <summary>The same file without comments.</summary>
    private static string Plain(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        var plain = Path.Combine(Folder("plain"), path.Replace(Path.DirectorySeparatorChar, '-').Replace(':', '-'));
        File.WriteAllText(plain, JsonSerializer.Serialize(document.RootElement));
        return plain;
    }

    /// <summary>Runs a program of Node.js; where there is none the test says so and is left out.</summary>
    internal static string Node(string program, string folder, IEnumerable<string> arguments)
    {
        // On Windows npm is a script, which only the command interpreter runs.
        var start = OperatingSystem.IsWindows() && program == "npm" ? new ProcessStartInfo("cmd.exe", ["/c", "npm", .. arguments]) : new ProcessStartInfo(program, arguments);
        start.WorkingDirectory = folder;
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.That(process.ExitCode, Is.Zero, output + error.Result);
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore($"{program} is not installed");
            throw;
        }
    }

    private static string Folder(string name) => RealFolder.Create(name);

    private static string Write(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A public package and what is said about it.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Version">The exact version.</param>
    /// <param name="Closed">What the profile closed says: rule, severity, number of findings.</param>
    /// <param name="Open">What the profile open says.</param>
    private sealed record Known(string Id, string Version, string Closed, string Open)
    {
        /// <summary>Whether it carries maps, symbols or sources that the profile open lets pass.</summary>
        public bool ShipsOnPurpose => Open.Contains(" note ", StringComparison.Ordinal);
    }
}
