using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Reporting;

public sealed class TextReporterTests
{
    private static readonly string ArtifactDigest = Digest.Of("artifact"u8).ToString();

    [Test]
    public void A_passing_artifact_is_one_line() =>
        Assert.That(Print(Sample.Report(Sample.Verdict("out/a.zip", [Sample.Entry("x"), Sample.Entry("y")]))),
            Is.EqualTo($"out/a.zip: passed, 2 entries, 1.3 MB, 2 rules, 42 ms, sha256 {ArtifactDigest}\n"));

    [Test]
    public void A_blocked_artifact_has_its_canonical_lines_first()
    {
        var entry = Sample.Entry("lib/a.pdb");
        var report = Sample.Report(Sample.Verdict("a.zip", [entry], Sample.Judged(Sample.Stray, entry, "not on the list"), Sample.Judged(Sample.Odd, null, "has no readme")));

        Assert.That(Print(report), Is.EqualTo(
            "a.zip : error TEST0001: lib/a.pdb: not on the list [a.zip]. Remove it.\n" +
            "a.zip : warning TEST0002: a.zip: has no readme. Look at it.\n" +
            $"a.zip: blocked, 1 error, 1 warning, 1 entry, 1.3 MB, 2 rules, 42 ms, sha256 {ArtifactDigest}\n"));
        Assert.That(Print(report, quiet: true), Is.EqualTo("a.zip : error TEST0001: lib/a.pdb: not on the list [a.zip]. Remove it.\n"));
    }

    [Test]
    public void A_flood_is_cut_and_counted_per_rule_and_artifact()
    {
        var findings = Enumerable.Range(0, 1254).Select(i => Sample.Judged(Sample.Stray, Sample.Entry($"f{i:0000}"), "not on the list")).ToList();
        findings.Add(Sample.Judged(Sample.Odd, Sample.Entry("z"), "odd"));
        var lines = Print(Sample.Report(Sample.Verdict("a.zip", [], [.. findings]), Sample.Verdict("b.zip", [], [.. findings.Take(20)]))).Split('\n');

        Assert.That(lines.Count(l => l.StartsWith("a.zip : error TEST0001", StringComparison.Ordinal)), Is.EqualTo(Excerpt.Most));
        Assert.That(lines[20], Does.StartWith("a.zip : warning TEST0002"));
        Assert.That(lines[21], Is.EqualTo("TEST0001: 1,234 more, see --json"));
        Assert.That(lines.Count(l => l.StartsWith("b.zip : error TEST0001", StringComparison.Ordinal)), Is.EqualTo(20));
        Assert.That(lines.Count(l => l.Contains(" more, ", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public void Warnings_hide_no_error_of_the_same_rule()
    {
        var findings = Enumerable.Range(0, 30).Select(i => Sample.Judged(Sample.Stray, null, $"is number {i}", i < 25 ? Severity.Warning : Severity.Error));

        var lines = Print(Sample.Report(Sample.Verdict("a.zip", [], [.. findings]))).Split('\n');

        Assert.That(lines.Count(l => l.StartsWith("a.zip : error TEST0001", StringComparison.Ordinal)), Is.EqualTo(5));
        Assert.That(lines.Count(l => l.StartsWith("a.zip : warning TEST0001", StringComparison.Ordinal)), Is.EqualTo(15));
        Assert.That(lines, Has.One.EqualTo("TEST0001: 10 more, see --json"));
    }

    [Test]
    public void Says_how_to_write_a_manifest_where_none_was_found()
    {
        var report = Sample.Report(manifestFound: false, Sample.Verdict("my out/a.zip", []));

        Assert.That(Print(report), Does.EndWith("no releasegate.json was found, so the built-in profile 'closed' served. To write one: releasegate init \"my out/a.zip\"\n"));
        Assert.That(Print(report, quiet: true), Is.Empty);

        var blocked = Sample.Report(manifestFound: false, Sample.Verdict("obj/rejected/a.zip", [], Sample.Judged(Sample.Stray, null, "is wrong")));
        Assert.That(Print(blocked), Does.EndWith("served. 'releasegate init' writes one, from an artifact that is right\n"), "from this one it would list the leak");
    }

    [Test]
    public void Says_once_that_nobody_declared_a_destination()
    {
        const string Hint = "note RG5001: a.1.0.0.nupkg (and 1 other package): nothing says whether it is public or private";
        var file = Path.Combine(Path.GetTempPath(), "releasegate.json");
        var package = new PackageMetadata("a", "1.0.0", [], [], Sample.Entry("a.nuspec"));
        Verdict Package(string name, string? destination = null) => Sample.Verdict(name, ArtifactKind.NuGetPackage, package, destination, []);
        GateReport Report(Manifest manifest, params Verdict[] verdicts) => Sample.Report(verdicts) with { Manifest = manifest };
        Manifest Read(PrivatePackages? known = null) => new(file, file, Digest.Of("manifest"u8), [], new Dictionary<RuleId, RuleSetting>()) { Private = known ?? new([], [], []) };
        var off = Package("a.1.0.0.nupkg") with { RulesOff = [RuleId.Parse("RG5001")] };

        Assert.That(Print(Report(Read(), Sample.Verdict("z.zip", []), Package("a.1.0.0.nupkg"), Package("c.1.0.0.nupkg", "public"), Package("b.1.0.0.nupkg"))), Does.EndWith(
            $"{file} : {Hint}, so nothing was compared: write \"destination\": \"public\" or \"private\" into the section of the manifest that is about it\n"));
        Assert.That(Print(Report(Read(), Package("a.1.0.0.nupkg"), Package("b.1.0.0.nupkg")), quiet: true), Is.Empty);
        foreach (var said in (GateReport[])
        [
            Report(Read(), Package("a.1.0.0.nupkg", "private")),
            Report(Read(), Sample.Verdict("z.zip", [])),
            Report(Read(), off),
            Report(Read(new PrivatePackages([new InternalName("B", new ManifestLocation(file, 1, 1))], [], [])), Package("a.1.0.0.nupkg")),
            Report(Sample.Manifest(), Package("a.1.0.0.nupkg")),
            // As a report that was read back names a profile.
            Report(new Manifest("open", "open", Digest.Of("manifest"u8), [], new Dictionary<RuleId, RuleSetting>()), Package("a.1.0.0.nupkg")),
        ]) Assert.That(Print(said), Does.Not.Contain("RG5001"));

        Assert.That(Print(Sample.Report(manifestFound: false, Package("a.1.0.0.nupkg"))), Does.EndWith(
            "no releasegate.json was found, so the built-in profile 'closed' served, and nothing says what is private (RG5001). To write one: releasegate init a.1.0.0.nupkg\n"));
    }

    [Test]
    public void Rules_that_are_off_are_counted()
    {
        var verdict = Sample.Verdict("a.zip", []) with { RulesOff = [RuleId.Parse("RG2006")] };
        Assert.That(Print(Sample.Report(verdict)), Does.Contain(", 2 rules (1 off), "));
    }

    [Test]
    public void Names_from_the_artifact_cannot_steer_a_terminal()
    {
        var entry = Sample.Entry("a\u001b[2K\r\nb.zip: passed\u202e.js");
        var text = Print(Sample.Report(Sample.Verdict("evil\u001b]0;x\u0007.zip", [entry], Sample.Judged(Sample.Stray, entry, "not on the list"))));

        Assert.That(text.Where(c => char.IsControl(c) && c != '\n'), Is.Empty);
        Assert.That(text.Split('\n'), Has.Length.EqualTo(3), "two lines and an end");
        Assert.That(text, Does.Contain(@"a\u001b[2K\u000d\u000ab.zip: passed\u202e.js"));
    }

    [TestCase(0, "0 bytes")]
    [TestCase(1, "1 byte")]
    [TestCase(999, "999 bytes")]
    [TestCase(59_800_000, "59.8 MB")]
    [TestCase(999_999, "1.0 MB")]
    public void Sizes_are_powers_of_1000(long bytes, string text) => Assert.That(ByteSize.Format(bytes), Is.EqualTo(text));

    private static string Print(GateReport report, bool quiet = false)
    {
        using var output = new MemoryStream();
        new TextReporter(quiet).Write(report, output);
        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }
}
