using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Build.Utilities;
using ReleaseGate.Tasks;

namespace ReleaseGate.Package.Tests;

/// <summary>However a build ends: its reports say so, nothing of an earlier build outlives it, and what did not pass is not released.</summary>
public sealed class TaskReportTests
{
    private static readonly string[] Reports = ["report.json", "report.sarif", "report.junit.xml", "report.md", "report.html"];

    private string _folder = "";
    private string _artifact = "";

    [SetUp]
    public void Pass_once()
    {
        _folder = Directory.CreateTempSubdirectory("releasegate-task-").FullName;
        _artifact = In("stage/a.zip");
        Write("releasegate.json", """{ "artifacts": [ { "match": "**", "allow": ["a.txt"] } ] }""");
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256)) Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        Stage("a.txt");

        var build = new ListeningBuild();
        using var task = Task(build);
        Assert.That(task.Execute(), Is.True, () => string.Join('\n', build.Errors.Select(e => e.Message)));
        Assert.That(Left(), Is.EqualTo(((string[])["a.zip", "a.zip.cdx.json", "a.zip.receipt.json", "a.zip.sigstore.json", .. Reports]).Order(StringComparer.Ordinal)));
        Assert.That(Result(), Is.EqualTo("passed"));
        // As the targets do before they pack.
        File.Delete(In("out/a.zip"));
    }

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void What_blocks_is_in_every_report()
    {
        Stage("a.txt", "b.txt");
        Fails("RG1001", build => Task(build));

        Assert.That(Left(), Is.EqualTo(Reports.Order(StringComparer.Ordinal)));
        Assert.That(Result(), Is.EqualTo("blocked"));
        foreach (var report in Reports) Assert.That(File.ReadAllText(In("out/" + report)), Does.Contain("b.txt"), report);
        // Where it lies now.
        Assert.That(Json().GetProperty("artifacts")[0].GetProperty("path").GetString(), Is.EqualTo(In("rejected/a.zip")));
        Assert.That(File.Exists(In("rejected/a.zip")), Is.True);
    }

    [TestCase("manifest", "RG0001")]
    [TestCase("rules", "RG0002")]
    [TestCase("artifact", "RG0007")]
    [TestCase("log", "RG0010")]
    [TestCase("key", "RG0007")]
    [TestCase("cancelled", null)]
    [TestCase("relative", null)]
    public void What_can_not_be_done_is_in_the_JSON_report_and_no_other_stands(string what, string? code)
    {
        Stage("a.txt");
        if (what == "manifest") Write("releasegate.json", """{ "artefacts": [] }""");
        if (what == "artifact") File.Delete(_artifact);
        if (what == "log") Directory.CreateDirectory(In("log.jsonl"));
        if (what == "key") Write("key.pem", "no key");
        Fails(code, build =>
        {
            var task = Task(build);
            if (what == "rules") task.Rules = [new TaskItem(In("none.dll"))];
            if (what == "log") task.AuditLog = In("log.jsonl");
            if (what == "cancelled") task.Cancel();
            if (what == "relative") task.Plan = "plan.txt";
            return task;
        });

        Assert.That(Left(), Is.EqualTo(new[] { "report.json" }));
        Assert.That(Result(), Is.EqualTo("error"));
        Assert.That(Json().GetProperty("error").GetProperty("rule").GetString(), Is.EqualTo(code));
        Assert.That(Json().GetProperty("artifacts").GetArrayLength(), Is.Zero);
        Assert.That(File.Exists(In("rejected/a.zip")), Is.EqualTo(what != "artifact"));
    }

    [TestCase("day")]
    [TestCase("format")]
    public void A_setting_that_can_not_be_read_is_in_the_JSON_report_too(string what)
    {
        Stage("a.txt");
        Fails(null, build =>
        {
            var task = Task(build);
            if (what == "day") task.AsOf = "31.01.2027";
            if (what == "format") task.ReportFormats = [.. task.ReportFormats, "pdf"];
            return task;
        });

        Assert.That(Left(), Is.EqualTo(new[] { "report.json" }));
        Assert.That(Result(), Is.EqualTo("error"));
        Assert.That(Json().GetProperty("error").GetProperty("message").GetString(), Does.Contain(what == "day" ? "31.01.2027" : "pdf"));
        Assert.That(File.Exists(In("rejected/a.zip")), Is.True);
    }

    [Test]
    public void A_warning_that_the_build_counts_as_an_error_leaves_no_report_that_says_passed()
    {
        Write("releasegate.json", """{ "artifacts": [ { "match": "**", "allow": ["**"] } ], "rules": { "RG2001": "warning", "RG2002": "warning" } }""");
        Stage("a.txt", "b.js.map");
        var lenient = new ListeningBuild();
        using (var task = Task(lenient))
        {
            task.WarningsProject = In("Warnings.proj");
            Assert.That(task.Execute(), Is.True);
            Assert.That(lenient.Warnings.Select(w => w.Code), Does.Contain("RG2001"));
            Assert.That(Result(), Is.EqualTo("passed"));
        }

        File.Delete(In("out/a.zip"));
        Stage("a.txt", "b.js.map");
        Fails(null, build =>
        {
            var task = Task(build);
            task.WarningsProject = In("Warnings.proj");
            return task;
        }, warningsAreErrors: true);

        Assert.That(Left(), Is.EqualTo(new[] { "report.json" }));
        Assert.That(Result(), Is.EqualTo("error"));
        Assert.That(File.Exists(In("rejected/a.zip")), Is.True);
    }

    [Test]
    public void What_can_not_be_written_stops_the_release()
    {
        foreach (var report in Reports.Append("a.zip.receipt.json"))
        {
            Stage("a.txt");
            File.Delete(In("out/" + report));
            // Nothing of ours, and nothing that is overwritten.
            Write("out/" + report, "the user's own");
            Fails(null, build => Task(build));

            Assert.That(File.ReadAllText(In("out/" + report)), Is.EqualTo("the user's own"));
            Assert.That(Left().Where(name => name.StartsWith("a.zip", StringComparison.Ordinal)), Is.EqualTo(report == "a.zip.receipt.json" ? new[] { report } : []), report);
            Assert.That(Left().Contains("report.json") && report != "report.json" ? Result() : "error", Is.EqualTo("error"), report);
            File.Delete(In("out/" + report));
        }
    }

    private static void Fails(string? code, Func<ListeningBuild, CheckArtifacts> make, bool warningsAreErrors = false)
    {
        var build = new ListeningBuild { WarningsAreErrors = warningsAreErrors };
        using var task = make(build);
        Assert.That(task.Execute(), Is.False);
        Assert.That(task.Released, Is.Empty);
        Assert.That(build.Errors, Is.Not.Empty);
        if (code is not null) Assert.That(build.Errors.Select(e => e.Code), Has.All.EqualTo(code));
    }

    private CheckArtifacts Task(ListeningBuild build) => new()
    {
        BuildEngine = build,
        Artifacts = [new TaskItem(_artifact)], SearchFrom = _folder, ReleaseTo = In("out"), RejectTo = In("rejected"), Project = In("a.csproj"),
        Report = In("out/report.json"), ReportFormats = ["sarif;junit", "markdown", "html"],
        Receipts = In("out"), Sboms = In("out"), Seals = In("out"), SealKey = In("key.pem"),
    };

    private void Stage(params string[] entries)
    {
        Directory.CreateDirectory(In("stage"));
        File.Delete(_artifact);
        using var zip = ZipFile.Open(_artifact, ZipArchiveMode.Create);
        foreach (var entry in entries)
        {
            using var text = new StreamWriter(zip.CreateEntry(entry).Open());
            text.Write(entry.EndsWith(".map", StringComparison.Ordinal) ? """{"version":3,"sources":["a.ts"],"sourcesContent":["let a = 1;"],"mappings":"AAAA"}""" : "text\n");
        }
    }

    private string[] Left() => [.. Directory.GetFiles(In("out")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private JsonElement Json() => JsonDocument.Parse(File.ReadAllBytes(In("out/report.json"))).RootElement;

    private string? Result() => Json().GetProperty("result").GetString();

    private void Write(string name, string text) => File.WriteAllText(In(name), text);

    private string In(string name) => Path.Combine(_folder, name);
}
