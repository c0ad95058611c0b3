using System.IO.Abstractions;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Reporting;

// Not below the namespace of the other tests: these need none of our own packages, so none is packed for them.
namespace ReleaseGate.RealPackages.Tests;

/// <summary>What others say of our SARIF: the schema of the standard, and the validator of those who wrote the standard, with its rules for GitHub.</summary>
public sealed class SarifSchemaTests
{
    private const string Multitool = "@microsoft/sarif-multitool-linux";

    private const string Map = """{"version":3,"sources":["../src/a.ts"],"sourcesContent":["let a = 1;"],"names":[],"mappings":"AAAA"}""";

    private static readonly DateTime Now = new(2026, 4, 1, 9, 30, 0, DateTimeKind.Utc);

    // What the validator would like and what stays as it is.
    private static readonly Dictionary<string, string> Advice = new(StringComparer.Ordinal)
    {
        ["SARIF2002"] = "messages by id and arguments: a finding's message is made for it alone, and GitHub shows the text",
        ["SARIF2003"] = "the commit: the gate reads artifacts and asks no version control",
        ["SARIF2006"] = "addresses that cannot be reached: it depends on the machine",
        ["SARIF2010"] = "a copy of the source beside each region: what a package leaks is not copied into a report",
        ["SARIF2011"] = "lines around the region: as SARIF2010",
        ["SARIF2012"] = "descriptions of rules: a run without results needs none",
        ["SARIF2013"] = "copies of whole files: as SARIF2010",
    };

    private string _folder = "";

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("releasegate-sarif-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Validators_of_others_accept_what_is_written_and_joined()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("the validator comes as a program for Linux");
        var files = WriteAll();
        // Both have to find what is wrong, or they prove nothing: the first breaks the schema, the second only makes no sense.
        var broken = Change("broken.sarif", files[1], log => log["runs"]![0]!["results"]![0]!.AsObject().Remove("message"));
        var odd = Change("odd.sarif", files[1], log => log["runs"]![0]!["results"]![0]!["locations"]![0]!["physicalLocation"]!["region"]!["startLine"] = 9);
        Write("package.json", "{}");
        RealPackageTests.Node("npm", _folder, ["install", "ajv@8.17.1", "ajv-formats@3.0.1", Multitool + "@5.7.0", "--ignore-scripts", "--no-audit", "--no-fund"]);

        Assert.That(FitsSchema([.. files, broken, odd]), Is.EqualTo((string[])[.. files, odd]));

        var said = Validate([.. files, odd]);
        Assert.That(said.Where(s => s.File == odd && s.Level == "error").Select(s => s.Rule), Is.EqualTo(new[] { "SARIF1007" }));
        var ours = said.Where(s => s.File != odd).ToArray();
        Assert.That(ours.Where(s => s.Level != "note"), Is.Empty);
        Assert.That(ours.Select(s => s.Rule).Distinct().Where(r => !Advice.ContainsKey(r)), Is.Empty);
    }

    /// <summary>Runs of all sorts; the second has results.</summary>
    private string[] WriteAll()
    {
        Package("clean.1.0.0.nupkg", "Clean", ("README.md", "# Clean"));
        Package("leaky.1.0.0.nupkg", "Leaky", ("content/a.map", Map), ("lib/net8.0/a.pdb", "BSJB"), (".env", "A=b"));
        Package("host ile #1%.nupkg", "Host:Ile](x)/..//<b>\u202e?#", ("content/[click](javascript:x)/../\u202e?#%.map", Map), ("content/a//b.map", Map), ("content/a/b.map", Map), ("content/{0}.map", Map),
            ("content/##vso[x].map", Map), ("http://evil.example/a.map", Map), ("//evil.example/a.map", Map), ("content/\u00e4 \U0001F600\u001b.map", Map), (new string('a', 300) + ".map", Map), ("C:\\a\\b.map", Map));
        Directory.CreateDirectory(In("folder/js"));
        for (var i = 0; i < 30; i++) Write($"folder/js/{i}.map", Map);
        string[] many = [.. Enumerable.Range(0, 24).Select(i => Package($"p{i}.1.0.0.nupkg", $"P{i}", ("content/a.map", Map)))];
        // Two of one name and the same bytes, where the repository is neither's folder.
        var outside = Path.Combine(_folder, "repository");
        string[] twins = [.. ((string[])["x", "y"]).Select(f => In($"{f}/twin.nupkg"))];
        foreach (var twin in twins)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(twin)!);
            File.Copy(In("leaky.1.0.0.nupkg"), twin);
        }

        string[] shards = [.. Enumerable.Range(1, 3).Select(i => Sarif($"shard-{i}", many, r => r with { Shard = new Shard(i, 3) }))];
        string[] halves = [.. Enumerable.Range(1, 2).Select(i => Sarif($"half-{i}", [In("clean.1.0.0.nupkg")], r => r with { Shard = new Shard(i, 2) }))];
        var clean = Sarif("clean", [In("clean.1.0.0.nupkg")]);
        var leaky = Sarif("leaky", [In("leaky.1.0.0.nupkg")]);
        var hostile = Sarif("hostile", [In("host ile #1%.nupkg")]);
        var all = Sarif("many", many);
        var twinned = Sarif("twins", twins, root: outside);
        var folder = Sarif("folder", [In("folder")], r => r with { AsDirectory = true });
        using (var twinLog = JsonDocument.Parse(File.ReadAllText(twinned)))
            Assert.That(twinLog.RootElement.GetProperty("runs")[0].GetProperty("artifacts").EnumerateArray().Count(a => !a.TryGetProperty("parentIndex", out _)), Is.EqualTo(2));
        // Some of it waived, judged against what was released before.
        Package("old/leaky.0.9.0.nupkg", "Leaky", ("README.md", "# Leaky"));
        Write("waivers.json", """
            { "extends": "closed",
              "waivers": [ { "id": "W-1", "rule": "RG2001", "path": "content/a.map", "owner": "alice [x](y)", "reason": "a partner {0} needs it](z)", "since": "2026-03-20", "expires": "2026-05-01" } ] }
            """);
        GateRequest Waived(GateRequest request) => request with { Profile = null, Manifest = In("waivers.json"), Baselines = [In("old/leaky.0.9.0.nupkg")], WarnOnly = true };
        var waived = Sarif("waived", [In("leaky.1.0.0.nupkg")], Waived);
        var omitted = Sarif("omitted", [In("leaky.1.0.0.nupkg")], r => Waived(r) with { SarifOmitsWaived = true });
        Assert.That(File.ReadAllText(waived), Does.Contain("\"suppressions\"").And.Contain("\"drift\""));
        Assert.That(File.ReadAllText(omitted), Does.Contain("\"omitted\": 1").And.Not.Contain("suppressions"));
        return [clean, leaky, hostile, all, twinned, folder, waived, omitted, Join("joined-waived", [waived]), .. shards, .. halves, Join("joined-shards", shards), Join("joined-runs", [hostile, leaky, all, clean])];
    }

    private string Sarif(string name, string[] artifacts, Func<GateRequest, GateRequest>? change = null, string? root = null)
    {
        var files = new FileSystem();
        var request = new GateRequest { Artifacts = artifacts, Profile = "closed", SearchFrom = _folder };
        using var output = File.Create(In(name + ".sarif"));
        new SarifReporter(files, root ?? _folder).Write(new Gate(files).Check(change?.Invoke(request) ?? request, Now), output);
        return output.Name;
    }

    private string Join(string name, IEnumerable<string> inputs)
    {
        var reader = new SarifReader(new FileSystem());
        using var output = File.Create(In(name + ".sarif"));
        JoinedSarif.Join([.. inputs.Select(i => reader.Read(i))]).Write(output);
        return output.Name;
    }

    private string Change(string name, string file, Action<JsonNode> change)
    {
        var log = JsonNode.Parse(File.ReadAllText(file))!;
        change(log);
        Write(name, log.ToJsonString());
        return In(name);
    }

    /// <summary>The files that ajv accepts by the schema of the standard.</summary>
    private string[] FitsSchema(string[] files)
    {
        Write("validate.js", $$"""
            const fs = require('fs');
            const ajv = new (require('ajv/dist/2020'))({ strict: false });
            require('ajv-formats')(ajv);
            const fits = ajv.compile(JSON.parse(fs.readFileSync('node_modules/{{Multitool}}/sarif-2.1.0.json', 'utf8')));
            for (const file of fs.readFileSync('files.txt', 'utf8').split('\n'))
                console.log((fits(JSON.parse(fs.readFileSync(file, 'utf8'))) ? 'fits ' : JSON.stringify(fits.errors) + ' in ') + file);
            """);
        Write("files.txt", string.Join('\n', files));
        var lines = RealPackageTests.Node("node", _folder, ["validate.js"]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.Length.EqualTo(files.Length));
        TestContext.Out.WriteLine(string.Join('\n', lines));
        return [.. lines.Where(l => l.StartsWith("fits ", StringComparison.Ordinal)).Select(l => l["fits ".Length..])];
    }

    /// <summary>What the validator says. It exits with 0 whatever it finds, so its own log is read.</summary>
    private (string File, string Rule, string Level, string Text)[] Validate(string[] files)
    {
        var program = In($"node_modules/{Multitool}/Sarif.Multitool");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.UserExecute);
        RealPackageTests.Node(program, _folder, ["validate", .. files, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note", "--kind", "Fail", "-o", "said.sarif", "--log", "ForceOverwrite"]);
        using var log = JsonDocument.Parse(File.ReadAllText(In("said.sarif")));
        var run = log.RootElement.GetProperty("runs").EnumerateArray().Single();
        foreach (var invocation in run.GetProperty("invocations").EnumerateArray())
        {
            Assert.That(invocation.GetProperty("executionSuccessful").GetBoolean(), Is.True);
            Assert.That(invocation.TryGetProperty("toolExecutionNotifications", out var notes) ? notes.GetRawText() : "", Does.Not.Contain("\"error\""));
        }

        var said = run.GetProperty("results").EnumerateArray().Select(r => (
            Path.GetFullPath(new Uri(r.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString()!).LocalPath),
            r.GetProperty("ruleId").GetString()!, r.TryGetProperty("level", out var level) ? level.GetString()! : "warning", r.GetProperty("message").GetRawText())).ToArray();
        // It says nothing of a file that it cannot read. Of each it would like the commit.
        Assert.That(said.Where(s => s.Item2 == "SARIF2003").Select(s => s.Item1).Distinct(), Is.EquivalentTo(files));
        return said;
    }

    private string Package(string name, string id, params (string Path, string Text)[] entries)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        using var zip = new ZipArchive(File.Create(In(name)), ZipArchiveMode.Create);
        foreach (var (path, text) in entries.Prepend(("x.nuspec", $"<package><metadata><id>{System.Security.SecurityElement.Escape(id)}</id><version>1.0.0</version></metadata></package>")))
        {
            using var writer = new StreamWriter(zip.CreateEntry(path).Open());
            writer.Write(text);
        }

        return In(name);
    }

    private string In(string path) => Path.Combine([_folder, .. path.Split('/')]);

    private void Write(string path, string text) => File.WriteAllText(In(path), text);
}
