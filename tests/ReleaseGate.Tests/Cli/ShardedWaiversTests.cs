using System.IO.Compression;
using System.Text.Json.Nodes;
using ReleaseGate.Cli;

namespace ReleaseGate.Tests.Cli;

/// <summary>The parts of a run, joined, say of waivers what the whole run says.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ShardedWaiversTests : IDisposable
{
    // The day is 2026-04-01.
    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [TestCase("error")]
    [TestCase("warning")]
    public void Joined_parts_say_what_the_whole_run_says(string severity)
    {
        foreach (var name in (string[])["a", "b", "c", "d", "e"]) Zip($"{name}.zip", "ok.txt", "all.txt", $"{name}.txt");
        Manifest(severity, Waiver("W-all", "all.txt"), Waiver("W-b", "b.txt"), Waiver("W-d", "d.txt", "2026-04-10"), Waiver("W-c", "c.txt", "2026-03-01"), Waiver("W-none", "none.txt"),
            Waiver("W-near", "ok.txt"), Waiver("W-rule", "a.txt").Replace("RG1001", "RG2006", StringComparison.Ordinal), Waiver("W-other", "a.txt").Replace("\"owner\"", "\"artifact\": \"z.zip\", \"owner\"", StringComparison.Ordinal));
        var exit = _terminal.Run("check", "*.zip", "--json", "whole.json", "--sarif", "whole.sarif");
        var whole = Findings("whole.json");
        Assert.That(whole.Where(f => f.Contains("RG0004", StringComparison.Ordinal)), Is.EqualTo(new[]
        {
            $"{severity} RG0004 a.zip W-rule rule", $"{severity} RG0004 e.zip W-near entry", $"{severity} RG0004 e.zip W-none path",
        }));
        Assert.That(whole.Where(f => f.Contains("RG0005", StringComparison.Ordinal)), Is.EqualTo(new[] { "error RG0005 c.zip W-c ", "warning RG0005 d.zip W-d " }));

        foreach (var count in (int[])[2, 3, 7])
        {
            string[] parts = [.. Enumerable.Range(1, count).Select(i => $"part{i}of{count}")];
            for (var i = 1; i <= count; i++)
            {
                _terminal.Run("check", "*.zip", "--shard", $"{i}/{count}", "--json", $"{parts[i - 1]}.json", "--sarif", $"{parts[i - 1]}.sarif");
                Assert.That(Findings($"{parts[i - 1]}.json").Where(f => f.Contains(" RG0004 ", StringComparison.Ordinal)), Is.All.StartsWith("note "));
            }

            // In whatever order.
            Assert.That(_terminal.Run(["merge", .. parts.Reverse().Select(p => $"{p}.json"), "--json", "all.json"]), Is.EqualTo(exit), _terminal.Output);
            Assert.That(Findings("all.json"), Is.EqualTo(whole));
            Assert.That(Report("all.json")["waivers"]!.ToJsonString(), Is.EqualTo(Report("whole.json")["waivers"]!.ToJsonString()));
            Assert.That(Report("all.json")["findings"]!.ToJsonString(), Is.EqualTo(Report("whole.json")["findings"]!.ToJsonString()));
            Assert.That(_terminal.Run(["merge", .. parts.Reverse().Select(p => $"{p}.sarif"), "--sarif", "all.sarif"]), Is.EqualTo(exit), _terminal.Output);
            Assert.That(File.ReadAllText(In("all.sarif")), Is.EqualTo(File.ReadAllText(In("whole.sarif"))));
        }
    }

    [Test]
    public void A_part_passes_although_its_waivers_wait_for_another()
    {
        Zip("a.zip", "ok.txt");
        Zip("b.zip", "ok.txt", "b.txt");
        Manifest("error", Waiver("W-b", "b.txt"));

        Assert.That(_terminal.Run("check", "*.zip", "--shard", "1/2", "--json", "1.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain(": note RG0004: a.zip: the waiver W-b (alice) silences nothing"));
        Assert.That(Report("1.json")["shard"]!["usedWaivers"]!.ToJsonString(), Is.EqualTo("[]"));
        Assert.That(_terminal.Run("check", "*.zip", "--shard", "2/2", "--json", "2.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(Report("2.json")["shard"]!["usedWaivers"]!.ToJsonString(), Is.EqualTo("""["W-b"]"""));
        Assert.That(_terminal.Run("merge", "1.json", "2.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Not.Contain("RG0004").And.Contains("Waived by W-b (alice, 274 days left)"));
    }

    [Test]
    public void Two_manifests_may_have_a_waiver_of_one_name_each()
    {
        Zip("a.zip", "ok.txt", "a.txt");
        Zip("b.zip", "ok.txt", "b.txt");
        Manifest("error", Waiver("W-1", "a.txt"));
        _terminal.Run("check", "a.zip", "--json", "1.json");
        File.Move(In("releasegate.json"), In("first.json"));
        Manifest("error", "", Waiver("W-1", "b.txt").Replace("it has to", "another reason", StringComparison.Ordinal));
        _terminal.Run("check", "b.zip", "--json", "2.json");

        Assert.That(_terminal.Run("merge", "1.json", "2.json", "--json", "3.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Run("merge", "3.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("b.txt: ").And.Contains("Waived by W-1 (alice, 274 days left): another reason."));
        Assert.That(_terminal.Output, Does.Contain("Waived by W-1 (alice, 274 days left): it has to."));
    }

    [Test]
    public void What_no_part_wrote_is_refused()
    {
        Zip("a.zip", "ok.txt");
        Manifest("error", Waiver("W-1", "none.txt"));
        _terminal.Run("check", "*.zip", "--shard", "1/1", "--json", "1.json", "--sarif", "1.sarif");
        File.WriteAllText(In("2.json"), File.ReadAllText(In("1.json")).Replace("\"near\": ", "\"far\": ", StringComparison.Ordinal));
        File.WriteAllText(In("2.sarif"), File.ReadAllText(In("1.sarif")).Replace("\"near\": \"nothing\"", "\"near\": \"far\"", StringComparison.Ordinal));
        File.WriteAllText(In("3.sarif"), File.ReadAllText(In("1.sarif")).Replace("\"level\": \"error\"\n", "\"level\": \"note\"\n", StringComparison.Ordinal));

        foreach (var (file, says) in (IEnumerable<(string, string)>)[("2.json", "its fact 'near' is not one that this version writes"), ("2.sarif", "one of nothing, path, entry, rule, off, bytes, waived is expected here"), ("3.sarif", "error or warning is expected here")])
        {
            Assert.That(_terminal.Run("merge", file), Is.EqualTo(ExitCode.CouldNotRun), file);
            Assert.That(_terminal.Output + _terminal.Error, Does.Contain("error RG0007: ").And.Contains(says));
        }

        Assert.That(_terminal.Run("merge", "1.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Run("merge", "1.sarif"), Is.EqualTo(ExitCode.Blocked));
    }

    private static string Waiver(string id, string path, string expires = "2026-12-31") =>
        $$"""{ "id": "{{id}}", "rule": "RG1001", "path": "{{path}}", "owner": "alice", "reason": "it has to", "expires": "{{expires}}" }""";

    private void Manifest(string severity, params string[] waivers) => _terminal.Write("releasegate.json",
        $$"""{ "artifacts": [ { "match": "*", "allow": ["ok.txt"] } ], "rules": { "RG0004": "{{severity}}" }, "waivers": [{{"\n" + string.Join(",\n", waivers.Where(w => w.Length > 0))}} ] }""");

    private string[] Findings(string file) =>
        [.. Report(file)["findings"]!.AsArray().Select(f => $"{f!["severity"]} {f["rule"]} {(f["rule"]!.ToString().StartsWith("RG0", StringComparison.Ordinal) ? $"{f["artifact"]} {f["facts"]!["waiver"]} {f["facts"]!["near"]}" : $"{f["path"]} {f["waiver"]}")}")];

    private JsonNode Report(string file) => JsonNode.Parse(File.ReadAllText(In(file)))!;

    private string In(string file) => Path.Combine(_terminal.Folder, file);

    private void Zip(string name, params string[] entries)
    {
        using var zip = new ZipArchive(File.Create(In(name)), ZipArchiveMode.Create);
        foreach (var path in entries)
        {
            using var writer = new StreamWriter(zip.CreateEntry(path).Open());
            writer.Write(name);
        }
    }
}
