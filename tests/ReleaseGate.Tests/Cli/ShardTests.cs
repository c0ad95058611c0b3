using System.IO.Compression;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Cli;

namespace ReleaseGate.Tests.Cli;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ShardTests : IDisposable
{
    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [TestCase("1/1", 1, 1)]
    [TestCase("3/8", 3, 8)]
    [TestCase("10000/10000", 10000, 10000)]
    public void A_part_is_an_index_and_a_count(string text, int index, int count) => Assert.That(Shard.Parse(text), Is.EqualTo(new Shard(index, count)));

    [TestCase("0/8")]
    [TestCase("9/8")]
    [TestCase("-1/8")]
    [TestCase("x")]
    [TestCase("3")]
    [TestCase("3/")]
    [TestCase("/8")]
    [TestCase("3/8/1")]
    [TestCase(" 3/8")]
    [TestCase("+3/8")]
    [TestCase("3/0")]
    [TestCase("1/10001")]
    [TestCase("1/99999999999")]
    public void Anything_else_is_none(string text)
    {
        Package("a.nupkg");

        Assert.That(Shard.Parse(text), Is.Null);
        Assert.That(_terminal.Run("check", "*.nupkg", "--shard=" + text), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("'--shard 3/8'"));
    }

    [Test]
    public void Every_artifact_is_in_exactly_one_part_in_whatever_order_they_are_named()
    {
        string[] names = [.. Enumerable.Range(0, 23).Select(i => $"p{i:00}.nupkg"), "p03.snupkg", "p11.snupkg", "z.tgz"];
        foreach (var name in names) Package(name);
        foreach (var count in (int[])[1, 2, 3, 7])
        {
            var parts = Enumerable.Range(1, count).Select(i => Part($"{i}/{count}", "*.*")).ToArray();
            Assert.That(parts.SelectMany(p => p.Paths), Is.EquivalentTo(names));
            Assert.That(parts.Select(p => p.List).Distinct().Count(), Is.EqualTo(1));
            Assert.That(parts.Select(p => p.Total), Is.All.EqualTo(names.Length));
            Assert.That(parts.Single(p => p.Paths.Contains("p03.snupkg")).Paths, Does.Contain("p03.nupkg"));
            Assert.That(Part($"1/{count}", [.. names.Reverse()]).Paths, Is.EquivalentTo(parts[0].Paths));
            Assert.That(Part($"1/{count}", [.. names.Reverse()]).List, Is.EqualTo(parts[0].List));
        }

        Package("one-more.nupkg");
        Assert.That(Part("1/2", "*.*").List, Is.Not.EqualTo(Part("1/2", names).List));
    }

    [Test]
    public void An_empty_part_passes_and_says_so_and_an_empty_run_does_not()
    {
        Package("a.nupkg");

        Assert.That(_terminal.Run("check", "*.nupkg", "--profile", "open", "--shard", "2/2", "--json", "r.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("shard 2/2: nothing of 1 artifact;"));
        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "r.json")), Does.Contain("\"result\": \"passed\""));
        Assert.That(_terminal.Run("check", "*.tgz", "--shard", "2/2"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("error RG0007"));
    }

    [Test]
    public void Whether_a_pattern_is_used_is_not_for_a_part_to_say()
    {
        Package("a.nupkg", "content/a.txt");
        Package("b.nupkg", "content/b.txt");
        _terminal.Write("releasegate.json", """
            { "extends": "closed", "artifacts": [ { "match": "*.nupkg", "allow": ["content/a.txt", "content/b.txt"] } ] }
            """);

        Assert.That(_terminal.Run("check", "*.nupkg"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        foreach (var (shard, place) in (IEnumerable<(string, string)>)[("1/2", "1:71"), ("2/2", "1:88")])
        {
            Assert.That(_terminal.Run("check", "*.nupkg", "--shard", shard, "--json", "r.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
            Assert.That(_terminal.Output, Does.Contain(": note RG0006: "));
            using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(_terminal.Folder, "r.json")));
            Assert.That(report.RootElement.GetProperty("shard").GetProperty("usedPatterns").EnumerateArray().Select(p => p.GetString()), Is.EqualTo(new[] { place }));
        }
    }

    private (string[] Paths, string List, int Total) Part(string shard, params string[] paths)
    {
        _terminal.Run(["check", .. paths, "--profile", "open", "--shard", shard, "--json", "part.json"]);
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(_terminal.Folder, "part.json")));
        File.Delete(Path.Combine(_terminal.Folder, "part.json"));
        var part = report.RootElement.GetProperty("shard");
        Assert.That($"{part.GetProperty("index")}/{part.GetProperty("count")}", Is.EqualTo(shard));
        return ([.. report.RootElement.GetProperty("artifacts").EnumerateArray().Select(a => a.GetProperty("path").GetString()!)], part.GetProperty("list").GetString()!, part.GetProperty("total").GetInt32());
    }

    private void Package(string name, string entry = "content/a.txt")
    {
        using var zip = new ZipArchive(File.Create(Path.Combine(_terminal.Folder, name)), ZipArchiveMode.Create);
        using (var nuspec = new StreamWriter(zip.CreateEntry("A.nuspec").Open())) nuspec.Write("<package><metadata><id>A</id><version>1.0.0</version></metadata></package>");
        using var writer = new StreamWriter(zip.CreateEntry(entry).Open());
        writer.Write("text");
    }
}
