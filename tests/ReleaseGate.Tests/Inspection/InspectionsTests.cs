using System.IO.Abstractions;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Inspection;

/// <summary>Runs over many artifacts: the same answer with any number of threads.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed partial class InspectionsTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly string _folder = Directory.CreateTempSubdirectory("releasegate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Threads_change_nothing_in_the_report()
    {
        Make(60);
        var one = Report(1);
        Assert.That(one, Does.Contain("RG2001").And.Contain("RG0003").And.Contain("RG0006"));
        foreach (var threads in (int[])[2, 5, 8]) Assert.That(Report(threads), Is.EqualTo(one), $"{threads} threads");
    }

    [Test]
    public void The_verdicts_stand_in_the_order_asked_for()
    {
        Make(20);
        var files = Directory.GetFiles(_folder, "*pkg").Order(StringComparer.Ordinal).Reverse().ToArray();

        Assert.That(Check(4, files).Verdicts.Select(v => v.Path), Is.EqualTo(files));
    }

    [Test]
    public void An_artifact_that_is_gone_blocks_and_the_others_are_judged_all_the_same()
    {
        Make(6);
        // The link was there when the run looked for artifacts, and leads nowhere when it is opened.
        if (OperatingSystem.IsWindows()) Assert.Ignore("Making links needs a privilege there.");
        File.CreateSymbolicLink(Path.Combine(_folder, "P03x.nupkg"), Path.Combine(_folder, "nowhere"));

        var report = Check(4, _folder);
        Assert.That(report.Passed, Is.False);
        Assert.That(report.Verdicts.Single(v => v.Path.EndsWith("P03x.nupkg", StringComparison.Ordinal)).Findings.Select(f => (f.Finding.Rule.Id, f.Severity)), Is.EqualTo(new[] { (GateRules.NothingInspected.Id, Severity.Error) }));
        Assert.That(report.Verdicts, Has.Count.GreaterThan(6).And.Exactly(1).Matches<ReleaseGate.Policy.Verdict>(v => v.Inventory.Entries.Count == 0));
        Assert.That(() => Check(4, Path.Combine(_folder, "P03x.nupkg")), Throws.TypeOf<GateException>(), "alone it ends the run");
    }

    [Test]
    public void A_run_that_is_stopped_passes_nothing()
    {
        Make(40);
        using var cancel = new CancellationTokenSource();
        var told = new Told(progress => { if (progress.Done >= 3) cancel.Cancel(); });

        Assert.That(() => new Gate(new FileSystem()) { Threads = 4 }.Check(Request(_folder), Now, told, cancel.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Progress_says_how_many_are_done_and_what_was_found()
    {
        Make(12);
        var last = default(GateProgress);
        var told = new Told(progress => last = progress.Done >= last.Done ? progress : last);

        var report = new Gate(new FileSystem()) { Threads = 1 }.Check(Request(_folder), Now, told);
        Assert.That(last.Total, Is.EqualTo(report.Verdicts.Count));
        Assert.That(last.Done, Is.EqualTo(report.Verdicts.Count - 1));
        Assert.That(last.Bytes, Is.GreaterThan(0).And.LessThanOrEqualTo(report.Verdicts.Sum(v => v.BytesRead)));
        Assert.That(last.Findings, Is.GreaterThan(0));
    }

    // Every seventh is leaky, every eleventh damaged, every fifth has symbols.
    private void Make(int count)
    {
        File.WriteAllText(Path.Combine(_folder, "releasegate.json"), """{ "extends": "closed", "artifacts": [ { "match": "*pkg", "allow": ["content/**", "never/used.txt"] } ] }""");
        for (var i = 0; i < count; i++)
        {
            var leak = i % 7 == 0 ? """{"version":3,"sources":["../src/a.ts"],"sourcesContent":["let a = 1;"],"names":[],"mappings":"AAAA"}""" : "plain";
            var path = Path.Combine(_folder, $"P{i:00}.nupkg");
            Write(path, $"P{i}", ("content/a.js", leak), ("content/b.txt", new string((char)('a' + i % 26), 100 + i)));
            if (i % 5 == 0) Write(Path.ChangeExtension(path, ".snupkg"), $"P{i}", ("lib/x.txt", "no symbol"));
            if (i % 11 == 10) File.WriteAllBytes(path, File.ReadAllBytes(path)[..^30]);
        }
    }

    private static void Write(string path, string id, params (string Path, string Text)[] entries)
    {
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, text) in entries.Prepend(($"{id}.nuspec", $"<package><metadata><id>{id}</id><version>1.0.0</version></metadata></package>")))
        {
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(text);
        }
    }

    private GateRequest Request(params string[] paths) => new() { Artifacts = paths, SearchFrom = _folder };

    private GateReport Check(int threads, params string[] paths) => new Gate(new FileSystem()) { Threads = threads }.Check(Request(paths), Now);

    private string Report(int threads)
    {
        using var output = new MemoryStream();
        new JsonReporter().Write(Check(threads, _folder), output);
        return Milliseconds().Replace(Encoding.UTF8.GetString(output.ToArray()), "");
    }

    [GeneratedRegex("\"milliseconds\": [0-9]+")]
    private static partial Regex Milliseconds();

    private sealed class Told(Action<GateProgress> report) : IProgress<GateProgress>
    {
        public void Report(GateProgress value) => report(value);
    }
}
