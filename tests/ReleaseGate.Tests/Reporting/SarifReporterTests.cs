using System.IO.Abstractions;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Reporting;

public sealed class SarifReporterTests
{
    private static readonly string Root = Path.GetFullPath("/repo");

    [Test]
    public void A_result_stands_at_a_file_of_the_repository_and_names_the_entry()
    {
        var entry = Sample.Entry("lib/a b.pdb");
        var finding = new Finding(Sample.Stray, entry, "not listed") { Location = new ManifestLocation(Path.Combine(Root, "src", "releasegate.json"), 7, 5) };
        using var sarif = Write(Sample.Report(Package("out/Acme.1.0.0.nupkg", "Acme", new JudgedFinding(finding, Severity.Error), Sample.Judged(Sample.Odd, null, "odd"))));

        var run = sarif.RootElement.GetProperty("runs")[0];
        Assert.That(sarif.RootElement.GetProperty("version").GetString(), Is.EqualTo("2.1.0"));
        Assert.That(run.GetProperty("automationDetails").GetProperty("id").GetString(), Is.EqualTo("releasegate/Acme/"));
        Assert.That(run.GetProperty("tool").GetProperty("driver").GetProperty("semanticVersion").GetString(), Is.EqualTo(GateReport.ToolVersion));

        var (first, second) = (run.GetProperty("results")[0], run.GetProperty("results")[1]);
        Assert.That((first.GetProperty("ruleId").GetString(), first.GetProperty("level").GetString()), Is.EqualTo(("TEST0001", "error")));
        Assert.That((second.GetProperty("ruleId").GetString(), second.GetProperty("level").GetString()), Is.EqualTo(("TEST0002", "warning")));
        var place = first.GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.That(place.GetProperty("artifactLocation").GetProperty("uri").GetString(), Is.EqualTo("src/releasegate.json"));
        Assert.That(place.GetProperty("region").EnumerateObject().Select(p => $"{p.Name}={p.Value}"), Is.EqualTo(new[] { "startLine=7", "startColumn=5", "endLine=7", "endColumn=6" }));
        Assert.That(second.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString(), Is.EqualTo("releasegate.json"), "GitHub wants a file");
        Assert.That(first.GetProperty("message").GetProperty("text").GetString(), Does.StartWith("lib/a b.pdb: not listed"));
        Assert.That(first.GetProperty("relatedLocations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString(), Is.EqualTo("lib/a%20b.pdb"));
        var index = first.GetProperty("relatedLocations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("index").GetInt32();
        Assert.That(run.GetProperty("artifacts")[index].GetProperty("parentIndex").GetInt32(), Is.Zero);
        Assert.That(run.GetProperty("artifacts")[0].GetProperty("location").GetProperty("uri").GetString(), Does.EndWith("Acme.1.0.0.nupkg"));
        Assert.That(first.GetProperty("partialFingerprints").GetProperty("primaryLocationLineHash").GetString(), Does.Match("^[0-9a-f]{16}:1$"));
    }

    [Test]
    public void Every_rule_of_a_result_is_described_and_its_index_is_right()
    {
        var secret = new Descriptor("RG4001", "ProvenToken", "Finds tokens.", "Revoke it.");
        using var sarif = Write(Sample.Report(Package("a.nupkg", "A", Sample.Judged(Sample.Odd, null, "odd"), Sample.Judged(secret, null, "token"), Sample.Judged(Sample.Odd, null, "odd again", Severity.Note))));

        var run = sarif.RootElement.GetProperty("runs")[0];
        var rules = run.GetProperty("tool").GetProperty("driver").GetProperty("rules");
        Assert.That(rules.EnumerateArray().Select(r => $"{r.GetProperty("id")} {r.GetProperty("properties").GetProperty("security-severity")}"), Is.EqualTo(new[] { "RG4001 9.5", "TEST0002 5.5" }));
        foreach (var rule in rules.EnumerateArray())
            foreach (var text in (string[])["shortDescription", "fullDescription", "help"])
                Assert.That(rule.GetProperty(text).GetProperty("text").GetString(), Is.Not.Empty);
        foreach (var result in run.GetProperty("results").EnumerateArray())
            Assert.That(rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString(), Is.EqualTo(result.GetProperty("ruleId").GetString()));
    }

    [Test]
    public void Fingerprints_outlive_versions_and_tell_findings_apart()
    {
        string[] Of(string path) => Fingerprints(Sample.Report(Package(path, "Acme", Sample.Judged(Sample.Stray, Sample.Entry("a"), "one"), Sample.Judged(Sample.Stray, Sample.Entry("a"), "two"), Sample.Judged(Sample.Stray, Sample.Entry("b"), "one"))));

        Assert.That(Of("Acme.1.0.0.nupkg"), Is.EqualTo(Of("Acme.2.0.0.nupkg")).And.Unique);
    }

    [Test]
    public void A_folder_full_of_findings_is_one_result_and_none_is_lost_from_the_count()
    {
        var flood = Enumerable.Range(0, 300).Select(i => Sample.Judged(Sample.Stray, Sample.Entry($"wwwroot/js/{i}.map"), "stray"));
        var few = Enumerable.Range(0, 20).Select(i => Sample.Judged(Sample.Stray, Sample.Entry($"lib/{i}.pdb"), "stray"));
        using var sarif = Write(Sample.Report(Package("a.nupkg", "A", [.. few, .. flood])));

        var results = sarif.RootElement.GetProperty("runs")[0].GetProperty("results");
        Assert.That(results.GetArrayLength(), Is.EqualTo(21));
        Assert.That(results[20].GetProperty("message").GetProperty("text").GetString(), Does.StartWith("300 findings in wwwroot/js, the first: wwwroot/js/0.map: stray"));
    }

    [Test]
    public void Floods_in_many_folders_stay_below_the_limits()
    {
        var flood = Enumerable.Range(0, 6_000).Select(i => Sample.Judged(Sample.Stray, Sample.Entry($"d{i}/a.map"), "stray"));
        using var sarif = Write(Sample.Report(Package("a.nupkg", "A", [.. flood, Sample.Judged(Sample.Odd, null, "odd")])));

        var results = sarif.RootElement.GetProperty("runs")[0].GetProperty("results");
        Assert.That(results.EnumerateArray().Select(r => r.GetProperty("message").GetProperty("text").GetString()![..13]), Is.EqualTo(new[] { "6,000 finding", "a.nupkg: odd." }));
    }

    [Test]
    public void Each_package_has_its_run_and_more_than_GitHub_takes_share_one()
    {
        using var three = Write(Sample.Report(Package("b.nupkg", "B"), Package("a.nupkg", "A"), Package("b.snupkg", "B")));
        using var many = Write(Sample.Report([.. Enumerable.Range(0, 21).Select(i => Package($"{i}.nupkg", $"P{i}"))]));

        Assert.That(Ids(three), Is.EqualTo(new[] { "releasegate/A/", "releasegate/B/" }));
        Assert.That(three.RootElement.GetProperty("runs")[1].GetProperty("artifacts").GetArrayLength(), Is.EqualTo(2));
        Assert.That(Ids(many), Is.EqualTo(new[] { "releasegate/" }));
    }

    [Test]
    public void Names_from_packages_are_neither_links_nor_ways_out()
    {
        using var sarif = Write(Sample.Report(Package("a.nupkg", "A", Sample.Judged(Sample.Stray, Sample.Entry("[click](evil:x)/../\u202e\ud800?#.map"), "is [here](evil:y)"))));

        var text = sarif.RootElement.GetRawText();
        Assert.That(text, Does.Not.Contain("](").And.Not.Contain("\u202e"));
        var uri = sarif.RootElement.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("relatedLocations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString()!;
        Assert.That(Uri.IsWellFormedUriString(uri, UriKind.Relative), Is.True, uri);
        Assert.That(uri, Does.Contain("/%2E%2E/").And.Not.Contain("?").And.Not.Contain("#"));
    }

    [Test]
    public void No_two_artifacts_are_alike_and_a_link_is_an_address()
    {
        var rule = new Descriptor("TEST0003", "Odd", "", "Mend it.") { HelpLink = "see the wiki" };
        using var sarif = Write(Sample.Report(
            Package("/elsewhere/x/a.nupkg", "A", Sample.Judged(Sample.Stray, Sample.Entry("a//b"), "one"), Sample.Judged(Sample.Stray, Sample.Entry("a/b"), "two")),
            Package("/elsewhere/y/a.nupkg", "A", Sample.Judged(rule, null, "odd"))));

        var run = sarif.RootElement.GetProperty("runs")[0];
        Assert.That(run.GetProperty("artifacts").EnumerateArray().Select(a => a.GetProperty("location").GetProperty("uri").GetString()), Is.EqualTo(new[] { "a.nupkg", "elsewhere/y/a.nupkg", "a/b" }));
        Assert.That(run.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("relatedLocations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("index").GetInt32()), Is.EqualTo(new[] { 2, 2, 1 }));
        Assert.That(run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().Single(r => r.GetProperty("id").GetString() == "TEST0003").TryGetProperty("helpUri", out _), Is.False);
    }

    [Test]
    public void What_is_waived_is_suppressed_with_its_day_and_keeps_its_level()
    {
        var judged = Sample.Waived(Sample.Judged(Sample.Stray, Sample.Entry("a.pdb"), "stray"));
        var since = judged with { Waiver = judged.Waiver! with { Since = new DateOnly(2026, 3, 1) } };
        using var sarif = Write(Sample.Report(Package("a.nupkg", "A", judged, since, Sample.Judged(Sample.Odd, null, "odd"))));

        var results = sarif.RootElement.GetProperty("runs")[0].GetProperty("results");
        Assert.That(results[0].GetProperty("level").GetString(), Is.EqualTo("error"));
        Assert.That(results[0].GetProperty("suppressions").GetRawText().ReplaceLineEndings("").Replace(" ", ""), Is.EqualTo(
            """[{"kind":"external","status":"accepted","justification":"W-7alice:apartnerneedsit","properties":{"alias":"alice","expiryUtc":"2026-04-13T23:59:59Z"}}]"""));
        Assert.That(results[1].GetProperty("suppressions")[0].GetProperty("properties").GetProperty("timeUtc").GetString(), Is.EqualTo("2026-03-01T00:00:00Z"));
        Assert.That(results[2].TryGetProperty("suppressions", out _), Is.False);
        Assert.That(sarif.RootElement.GetProperty("runs")[0].TryGetProperty("properties", out _), Is.False);
    }

    [Test]
    public void What_is_waived_is_left_out_where_asked_and_counted()
    {
        var report = Sample.Report(Package("a.nupkg", "A", Sample.Waived(Sample.Judged(Sample.Stray, Sample.Entry("a.pdb"), "stray")), Sample.Judged(Sample.Odd, null, "odd")));
        report = report with { Request = report.Request with { SarifOmitsWaived = true, WarnOnly = true, PolicyFrom = "origin/main" }, NeedApproval = [new PolicyChange("allows *.pdb", null)] };
        using var sarif = Write(report);

        var run = sarif.RootElement.GetProperty("runs")[0];
        Assert.That(run.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("ruleId").GetString()), Is.EqualTo(new[] { "TEST0002" }));
        Assert.That(run.GetProperty("tool").GetProperty("driver").GetProperty("rules").GetArrayLength(), Is.EqualTo(1));
        Assert.That(run.GetProperty("properties").GetProperty("mode").GetRawText().ReplaceLineEndings("").Replace(" ", ""), Is.EqualTo("""{"warnOnly":true,"policyFrom":"origin/main","asOf":null,"omitted":1,"needApproval":["allows*.pdb"]}"""));
    }

    [Test]
    public void A_folder_of_waived_and_others_is_two_results()
    {
        var others = Enumerable.Range(0, 30).Select(i => Sample.Judged(Sample.Stray, Sample.Entry($"js/{i}.map"), "stray"));
        var waived = Enumerable.Range(0, 60).Select(i => Sample.Waived(Sample.Judged(Sample.Stray, Sample.Entry($"js/w{i}.map"), "stray"), i % 2 == 0 ? "W-1" : "W-2"));
        using var sarif = Write(Sample.Report(Package("a.nupkg", "A", [.. others, .. waived])));

        var results = sarif.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().ToArray();
        Assert.That(results.Select(r => $"{r.GetProperty("message").GetProperty("text").GetString()![..17]} {(r.TryGetProperty("suppressions", out var s) ? s[0].GetProperty("justification").GetString()![..3] : "-")}"),
            Is.EqualTo(new[] { "30 findings in js -", "30 findings in js W-1", "30 findings in js W-2" }));
        Assert.That(results.Select(r => r.GetProperty("partialFingerprints").GetProperty("primaryLocationLineHash").GetString()![16..]), Is.EqualTo(new[] { ":1", ":2", ":3" }));
    }

    [Test]
    public void Names_that_each_build_makes_anew_do_not_make_new_alerts()
    {
        string[] Of(string hash, string version, int count) => Fingerprints(Sample.Report(Sample.Verdict($"a.{version}.nupkg", ArtifactKind.NuGetPackage, new PackageMetadata("A", version, [], [], Sample.Entry("A.nuspec")), null, [],
            [.. Enumerable.Range(0, count).Select(i => Sample.Judged(Sample.Stray, Sample.Entry($"chunks/{hash}/{i}/v{version}/a.map"), "stray"))])));

        Assert.That(Of("a1b2c3d4", "1.2.0", 3), Is.EqualTo(Of("0099ffee", "1.3.0-rc.1", 3)).And.Unique);
        Assert.That(Of("chunk", "1.2.0", 3), Is.Not.EqualTo(Of("chunks", "1.3.0", 3)));

        using var flood = Write(Sample.Report(Package("a.nupkg", "A", [.. Enumerable.Range(0, 500).Select(i => Sample.Judged(Sample.Stray, Sample.Entry($"chunks/{i + 10_000_000}/a.map"), "stray"))])));
        var one = flood.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Single();
        Assert.That(one.GetProperty("message").GetProperty("text").GetString(), Does.StartWith("500 findings in chunks/*, the first: chunks/10000000/a.map: stray"));
    }

    [TestCase("chunks/a1b2c3d4/main-BxY12abZ.js", "chunks/*/main-*.js")]
    [TestCase("lib/net8.0/Acme.1.2.3.dll", "lib/net8.0/Acme.{version}.dll")]
    [TestCase("lib/netstandard2.0/11.2.3/1.2.34", "lib/netstandard2.0/11.2.3/1.2.34")]
    [TestCase("3f2504e0-4f89-11d3-9a0c-0305e82c3301/x", "*/x")]
    [TestCase("a/20260401/feedface/decade", "a/*/feedface/decade")]
    [TestCase("runtimes/win-x64/native//a.so.1", "runtimes/win-x64/native//a.so.1")]
    [TestCase("", "")]
    public void A_stable_path_has_no_hash_and_no_version(string path, string stable) => Assert.That(StablePath.Of(path, "1.2.3"), Is.EqualTo(stable));

    [Test]
    public void The_longest_names_stay_below_what_GitHub_takes()
    {
        var random = new Random(7);
        string Name(int i) => $"d{i}/{string.Concat(Enumerable.Range(0, 2_000).Select(_ => (char)('a' + random.Next(26))))}";
        using var output = new MemoryStream();
        using (var zip = new System.IO.Compression.GZipStream(output, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
            new SarifReporter(new FileSystem(), Root).Write(Sample.Report(Package("a.nupkg", "A", [.. Enumerable.Range(0, 5_000).Select(i => Sample.Judged(Sample.Stray, Sample.Entry(Name(i)), Name(i)))])), zip);

        Assert.That(output.Length, Is.LessThan(10_000_000));
    }

    private static string[] Ids(JsonDocument sarif) => [.. sarif.RootElement.GetProperty("runs").EnumerateArray().Select(r => r.GetProperty("automationDetails").GetProperty("id").GetString()!)];

    private static string[] Fingerprints(GateReport report)
    {
        using var sarif = Write(report);
        return [.. sarif.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray().Select(r => r.GetProperty("partialFingerprints").GetProperty("primaryLocationLineHash").GetString()!)];
    }

    private static Verdict Package(string path, string id, params JudgedFinding[] findings) =>
        Sample.Verdict(path, ArtifactKind.NuGetPackage, new PackageMetadata(id, "1.0.0", [], [], Sample.Entry(id + ".nuspec")), null, [], findings);

    private static JsonDocument Write(GateReport report)
    {
        using var output = new MemoryStream();
        new SarifReporter(new FileSystem(), Root).Write(report, output);
        using var again = new MemoryStream();
        new SarifReporter(new FileSystem(), Root).Write(report, again);
        Assert.That(again.ToArray(), Is.EqualTo(output.ToArray()));
        return JsonDocument.Parse(output.ToArray());
    }
}
