using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Governance.Leaks;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using ReleaseGate.Tests.Cli;

namespace ReleaseGate.Tests.Governance;

/// <summary>Leaks seeded into copies of artifacts: what catches them, what slips through, and that nothing else is different in a copy.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DrillTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 4, 1, 9, 30, 0, DateTimeKind.Utc);

    private readonly Terminal _terminal = new();
    private readonly FileSystem _files = new();

    public void Dispose() => _terminal.Dispose();

    [TestCase("nupkg", 80)]
    [TestCase("tgz", 80)]
    [TestCase("tar", 70)]
    [TestCase("zip", 75)]
    [TestCase("folder", 70)]
    public void Every_leak_that_applies_is_caught_under_the_closed_profile(string kind, int atLeast)
    {
        var report = Run(kind);

        Assert.That(report.Leaks.Where(l => l.Outcome == LeakOutcome.Missed).Select(l => l.Id), Is.Empty);
        Assert.That(report.Seeded, Is.GreaterThanOrEqualTo(atLeast));
        Assert.That(report.Leaks.Select(l => l.Id), Is.EqualTo(LeakCatalogue.All().Select(l => l.Id)));
        Assert.That(report.Passed);
        foreach (var leak in report.Leaks)
        {
            Assert.That(leak.Reason is null, Is.EqualTo(leak.Outcome == LeakOutcome.Caught), leak.Id);
            Assert.That(leak.Rules.Count > 0 && leak.CaughtBy.Count > 0 && leak.Seeds.Count > 0, Is.EqualTo(leak.Outcome == LeakOutcome.Caught), leak.Id);
        }
    }

    // What no rule but the allowlist knows.
    [TestCase("nupkg", "unlisted-file")]
    [TestCase("tgz", "unlisted-file")]
    [TestCase("folder", "unlisted-file")]
    public void Without_an_allowlist_slips_through_what_only_an_allowlist_knows(string kind, string missed)
    {
        var report = Run(kind, DrillSample.AllowAll);

        Assert.That(report.Leaks.Where(l => l.Outcome == LeakOutcome.Missed).Select(l => l.Id), Is.EquivalentTo(missed.Split(' ')));
        Assert.That(report.Leaks.Where(l => l.Outcome == LeakOutcome.Caught).Select(l => l.Id).Intersect(missed.Split(' ')), Is.Empty);
        Assert.That(report.Passed, Is.False);
    }

    [Test]
    public void What_is_switched_off_catches_nothing_and_the_rest_as_much_as_before()
    {
        var on = Run("tgz", DrillSample.AllowAll);
        var off = Run("tgz", """
            { "artifacts": [ { "match": "**", "allow": ["**"] } ],
              "rules": { "RG2001": "off", "RG2002": "off", "RG2003": "off", "RG2004": "off", "RG2005": "off", "RG2016": "off", "RG6003": "warning" } }
            """);

        var expected = on.Leaks.Where(l => l.Outcome == LeakOutcome.Missed || (l.CaughtBy.Count > 0 && l.CaughtBy.All(c => c == "source-maps")) || l.Rules.SequenceEqual([RuleId.Parse("RG6003")])).Select(l => l.Id).ToArray();
        Assert.That(expected, Does.Contain("source-map-beside").And.Contains("source-map-in-addon").And.Contains("bytes-behind"));
        Assert.That(off.Leaks.Where(l => l.Outcome == LeakOutcome.Missed).Select(l => l.Id), Is.EquivalentTo(expected));
        foreach (var (before, after) in on.Leaks.Zip(off.Leaks)) Assert.That(after.CaughtBy, Is.EqualTo(before.CaughtBy.Where(c => c is not "source-maps" && !(c == "archive-structure" && before.Id == "bytes-behind"))), before.Id);
    }

    [Test]
    public void The_manifest_makes_more_leaks_apply()
    {
        var report = Run("tgz", """
            { "extends": "closed",
              "artifacts": [ { "match": "*.tgz", "destination": "private", "require": ["dist/cli.js"], "forbid": ["**/*.drill", "secret/*.js"], "limits": { "size": "1 MB" } } ],
              "identifiers": { "words": ["falcon"], "hosts": ["build.acme.corp"] },
              "private": { "scopes": ["@acme"], "registries": ["https://npm.acme.corp/"] },
              "licenses": { "allow": ["MIT"] }, "dependencies": { "allow": ["react"] },
              "rules": { "RG5001": "error", "RG5002": "error", "RG5003": "error", "RG5007": "error" } }
            """, write: t => DiffCommandTests.Written.Write(t.Folder, "acme-cli-1.0.0.tgz", """
                  entry package/package.json
                    | {"name":"@acme/cli","version":"1.0.0","files":["dist"],"license":"MIT","private":true}
                  entry package/dist/cli.js mode=755
                    | run(1);
                """));

        string[] more = ["codename", "codename-in-path", "internal-identifier-host", "destination-changed", "license-changed", "dependency-undeclared", "prerelease-dependency", "install-script", "no-files-list", "required-file-missing", "forbidden-file", "oversized-file"];
        Assert.That(report.Leaks.Where(l => more.Contains(l.Id)).Select(l => (l.Id, l.Outcome)), Is.EquivalentTo(more.Select(m => (m, LeakOutcome.Caught))));
        foreach (var (leak, control) in ((string, string)[])[("codename", "internal-names"), ("destination-changed", "destination"), ("license-changed", "metadata"), ("install-script", "metadata"), ("required-file-missing", "allowlist"), ("oversized-file", "limits")])
            Assert.That(report.Leaks.Single(l => l.Id == leak).CaughtBy, Does.Contain(control), leak);
        Assert.That(report.Leaks.Where(l => l.Outcome == LeakOutcome.Missed).Select(l => l.Id), Is.Empty);
    }

    [TestCase("nupkg")]
    [TestCase("tgz")]
    [TestCase("tar")]
    [TestCase("zip")]
    [TestCase("folder")]
    public void A_copy_differs_from_the_artifact_by_its_seeds_alone(string kind)
    {
        var request = DrillSample.Request(_terminal, DrillSample.Write(_terminal, kind), DrillSample.AllowAll);
        var verdict = new Gate(_files).Check(request, Now).Verdicts[0];
        Assert.That(verdict.Passed, string.Join('\n', verdict.Findings));
        var (_, _, check) = new Gate(_files).Prepare(request, Now, CancellationToken.None);
        var scratch = Path.Combine(_terminal.Folder, "scratch");
        var before = Described(verdict.Inventory);
        using (var copies = Copies.Open(_files, Path.Combine(_terminal.Folder, verdict.Path), verdict.Inventory, scratch, 1, CancellationToken.None))
        {
            var original = new Original(verdict, copies);
            foreach (var leak in LeakCatalogue.All())
            {
                var sowing = leak.Sow(original);
                if (sowing.Reason is not null || sowing.Seeds.Any(s => s is CutEnd)) continue;
                using var copy = copies.Make(sowing.Seeds, 0);
                var inventory = check(copy.Artifact).Inventory;

                var expected = before.ToList();
                foreach (var seed in sowing.Seeds)
                {
                    if (seed is ChangedEntry changed) expected[expected.FindIndex(e => e.Path == changed.Path)] = expected.First(e => e.Path == changed.Path) with { Digest = Digest.Of(changed.Bytes) };
                    else if (seed is RemovedEntry removed) expected.RemoveAll(e => e.Path == removed.Path);
                    else if (seed is AddedEntry { IsRaw: false, LinkTarget: null } added) expected.Add(new Description(added.Path, Digest.Of(added.Bytes), EntryType.File));
                    else if (seed is AddedEntry { IsRaw: false } link) expected.Add(new Description(link.Path, null, EntryType.SymbolicLink));
                }

                var actual = Described(inventory);
                if (sowing.Seeds is [AddedEntry { IsRaw: true } raw])
                {
                    Assert.That(actual, Has.Count.EqualTo(before.Count + 1), leak.Id);
                    Assert.That(actual.Count(e => e.Digest == Digest.Of(raw.Bytes)), Is.EqualTo(1), leak.Id);
                    actual.RemoveAll(e => e.Digest == Digest.Of(raw.Bytes));
                }

                Assert.That(actual, Is.EquivalentTo(expected), leak.Id);
            }
        }

        Assert.That(Directory.Exists(scratch), Is.False);
        Assert.That(Described(new Gate(_files).Check(request, Now).Verdicts[0].Inventory), Is.EqualTo(before));
    }

    [Test]
    public void What_does_not_pass_or_is_not_there_can_not_be_drilled()
    {
        var leaky = ReceiptSample.Zip(_terminal, "leaky.zip", System.IO.Compression.CompressionLevel.Fastest, ("a.js.map", """{"version":3,"sources":["a.ts"],"names":[],"mappings":"AAAA"}"""));
        Assert.That(Wrong("leaky.zip"), Does.Contain("does not pass as it is").And.Contains("RG1001 a.js.map"));
        Assert.That(Wrong("nothing.zip"), Does.Contain("nothing.zip"));
        File.WriteAllBytes(Path.Combine(_terminal.Folder, "one.js.gz"), SeededFiles.GZip("run();"u8.ToArray()));
        Assert.That(Wrong("one.js.gz", DrillSample.AllowAll), Does.Contain("can't be drilled: it is a single compressed file"));
        Assert.That(File.Exists(leaky));

        string Wrong(string path, string? manifest = null) => Assert.Throws<GateException>(() => Drilled(new DrillRequest { Gate = DrillSample.Request(_terminal, path, manifest), Scratch = Path.Combine(_terminal.Folder, "scratch") }))!.Message;
    }

    [Test]
    public void A_folder_stays_as_it_is_and_its_copies_are_removed_also_when_the_drill_is_stopped()
    {
        var path = DrillSample.Write(_terminal, "folder");
        var before = Times();
        var scratch = Path.Combine(_terminal.Folder, "scratch");
        using var stop = new CancellationTokenSource();
        var request = new DrillRequest { Gate = DrillSample.Request(_terminal, path), Scratch = scratch };

        Assert.That(() => new Drill(_files).Run(request, Now, new Stopping(stop, 5), stop.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Directory.Exists(scratch), Is.False);
        Assert.That(Times(), Is.EqualTo(before));

        Assert.That(new Drill(_files).Run(request, Now).Passed);
        Assert.That(Directory.Exists(scratch), Is.False);
        Assert.That(Times(), Is.EqualTo(before));

        List<(string, DateTime, byte[])> Times() => [.. Directory.GetFiles(Path.Combine(_terminal.Folder, path), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => (f, File.GetLastWriteTimeUtc(f), File.ReadAllBytes(f)))];
    }

    [Test]
    public void What_is_found_does_not_depend_on_threads_or_chance()
    {
        var request = new DrillRequest { Gate = DrillSample.Request(_terminal, DrillSample.Write(_terminal, "tgz")), Scratch = Path.Combine(_terminal.Folder, "scratch") };
        var one = new Drill(_files) { Threads = 1 }.Run(request, Now);
        var many = new Drill(_files) { Threads = 6 }.Run(request, Now);

        Assert.That(many.Leaks.Select(Words), Is.EqualTo(one.Leaks.Select(Words)));

        static string Words(LeakResult l) => $"{l.Id} {l.Outcome} {l.Reason} {string.Join(' ', l.Rules)} {string.Join(' ', l.CaughtBy)}";
    }

    [Test]
    public void The_default_controls_have_every_rule_once()
    {
        var rules = Controls.Default.SelectMany(c => c.Rules).Select(r => r.ToString()).ToArray();

        Assert.That(rules, Is.Unique);
        Assert.That(rules, Is.EquivalentTo([.. GateRules.All.Select(d => d.Id.ToString()), .. BuiltInRules.All.Select(r => r.Descriptor.Id.ToString())]));
        Assert.That(Controls.Default.Select(c => c.Id), Is.Unique);
        Assert.That(LeakCatalogue.All().Select(l => l.Id), Is.Unique);
        Assert.That(LeakCatalogue.All().Select(l => l.Control).Except(Controls.Default.Select(c => c.Id)), Is.Empty);
        Assert.That(LeakCatalogue.All(), Has.Count.GreaterThanOrEqualTo(90));
    }

    [Test]
    public void Controls_that_leave_rules_out_get_columns_for_the_rest()
    {
        var own = new Control("maps", "Maps", [RuleId.Parse("RG2001")]);

        var columns = Controls.Columns([own], [RuleId.Parse("RG2001"), RuleId.Parse("RG1001"), RuleId.Parse("ACME0001")]);

        Assert.That(columns.Select(c => c.Id), Is.EqualTo(new[] { "maps", "gate", "other" }));
        Assert.That(columns[2].Rules.Select(r => r.ToString()), Is.EqualTo(new[] { "ACME0001", "RG1001" }));
        Assert.That(Controls.Columns(Controls.Default, BuiltInRules.All.Select(r => r.Descriptor.Id)), Is.EqualTo(Controls.Default));
    }

    [TestCase(0, 20, 0.1611)]
    [TestCase(0, 86, 0.0428)]
    [TestCase(1, 86, 0.0630)]
    [TestCase(20, 20, 1)]
    [TestCase(0, 0, 1)]
    public void The_bound_is_that_of_Wilson(int missed, int of, double bound) => Assert.That(DrillReport.WilsonUpper(missed, of), Is.EqualTo(bound).Within(0.0001));

    [Test]
    public void The_checksum_of_parts_is_that_of_the_whole()
    {
        var random = new Random(7);
        for (var i = 0; i < 50; i++)
        {
            var (first, second) = (new byte[random.Next(0, 5000)], new byte[random.Next(0, 5000)]);
            random.NextBytes(first);
            random.NextBytes(second);
            var whole = Crc32.Of([.. first, .. second]);
            Assert.That(ChecksumOfParts.Combine(Crc32.Of(first), Crc32.Of(second), second.Length), Is.EqualTo(whole));
            Assert.That(ChecksumOfParts.Rest(whole, Crc32.Of(first), second.Length), Is.EqualTo(Crc32.Of(second)));
        }
    }

    private DrillReport Run(string kind, string? manifest = null, Action<Terminal>? write = null)
    {
        var path = DrillSample.Write(_terminal, kind);
        write?.Invoke(_terminal);
        return Drilled(new DrillRequest { Gate = DrillSample.Request(_terminal, path, manifest), Scratch = Path.Combine(_terminal.Folder, "scratch") });
    }

    private DrillReport Drilled(DrillRequest request) => new Drill(_files).Run(request, Now);

    private static List<Description> Described(Inventory inventory) =>
        [.. inventory.Entries.Where(e => e.Path.Depth == 0).Select(e => new Description(e.Path.Inner, e.Type == EntryType.File ? e.Digest : null, e.Type))];

    private sealed record Description(string Path, Digest? Digest, EntryType Type);

    private sealed class Stopping(CancellationTokenSource stop, int after) : IProgress<DrillProgress>
    {
        public void Report(DrillProgress value)
        {
            if (value.Done >= after) stop.Cancel();
        }
    }
}
