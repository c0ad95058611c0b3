using System.IO.Abstractions;
using System.IO.Compression;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests.Policy;

/// <summary>What waivers make of a run, through the gate: what they silence, when they do not, and what is said about them.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WaiversTests : IDisposable
{
    // What may ship; everything else in the archives is RG1001.
    private const string Sections = """ "artifacts": [ { "match": "*", "allow": ["ok.txt"] } ] """;

    private static readonly DateOnly Today = new(2026, 6, 1);

    private readonly string _folder = Directory.CreateTempSubdirectory("releasegate-waivers-").FullName;
    private readonly Gate _gate = new(new FileSystem());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_waived_finding_is_a_note_and_stays()
    {
        Zip("a.zip", "ok.txt", "b.txt", "c.txt");
        Manifest(Waiver("W-1", "b.txt", expires: "2026-12-31", more: "\"ticket\": \"T-1\","));

        var report = Check("a.zip");

        var verdict = report.Verdicts.Single();
        Assert.That(Said(verdict), Is.EqualTo(new[] { "note RG1001 b.txt", "error RG1001 c.txt" }));
        Assert.That((verdict.Errors, verdict.Waived, report.Passed), Is.EqualTo((1, 1, false)));
        var waived = verdict.Findings[0];
        Assert.That((waived.Waiver!.Id, waived.Unwaived, waived.DaysLeft), Is.EqualTo(("W-1", Severity.Error, 213)));
        Assert.That(verdict.Findings[1].Waiver, Is.Null);
        Assert.That(report.Waivers.Single(), Is.EqualTo(new WaiverState(report.Manifest.Waivers[0], 1, 213)));
        Assert.That(Diagnostic.From(report.Request, verdict, waived).ToString(), Does.Contain(": note RG1001: b.txt: ").And.EndsWith(". Waived by W-1 (alice, 213 days left): it has to."));
        Assert.That(TextReporter.Summary(verdict), Does.StartWith("a.zip: blocked, 1 error, 1 waived, 3 entries, "));
    }

    [TestCase("2026-06-16", "note RG1001 b.txt", null)]
    [TestCase("2026-06-15", "note RG1001 b.txt", "warning RG0005: the waiver W-1 (alice) expires on 2026-06-15, in 14 days; until then it silences RG1001 of b.txt")]
    [TestCase("2026-06-14", "note RG1001 b.txt", "warning RG0005: the waiver W-1 (alice) expires on 2026-06-14, in 13 days; until then it silences RG1001 of b.txt")]
    [TestCase("2026-06-02", "note RG1001 b.txt", "warning RG0005: the waiver W-1 (alice) expires on 2026-06-02, in 1 day; until then it silences RG1001 of b.txt")]
    [TestCase("2026-06-01", "note RG1001 b.txt", "warning RG0005: the waiver W-1 (alice) expires on 2026-06-01, that is today; until then it silences RG1001 of b.txt")]
    [TestCase("2026-05-31", "error RG1001 b.txt", "error RG0005: the waiver W-1 (alice) expired on 2026-05-31, so it no longer silences RG1001 of b.txt")]
    [TestCase("2020-01-01", "error RG1001 b.txt", "error RG0005: the waiver W-1 (alice) expired on 2020-01-01, so it no longer silences RG1001 of b.txt")]
    public void The_last_day_counts_and_the_day_after_does_not(string expires, string finding, string? about)
    {
        Zip("a.zip", "ok.txt", "b.txt");
        Manifest(Waiver("W-1", "b.txt", expires: expires));

        var report = Check("a.zip");

        Assert.That(Said(report.Verdicts[0]).Where(s => !s.Contains("RG0005", StringComparison.Ordinal)), Is.EqualTo(new[] { finding }));
        Assert.That(About(report, "RG0005"), Is.EqualTo(about is null ? [] : new[] { about }));
        Assert.That(report.Passed, Is.EqualTo(finding.StartsWith("note", StringComparison.Ordinal)));
        Assert.That(report.Waivers[0].IsExpired, Is.Not.EqualTo(report.Passed));
        foreach (var judged in report.Verdicts[0].Findings.Where(f => f.Finding.Rule.Id == GateRules.WaiverRefused.Id))
        {
            var line = Diagnostic.From(report.Request, report.Verdicts[0], judged);
            Assert.That((line.File, line.Line, line.Column), Is.EqualTo((In("releasegate.json"), 2, 1)));
        }
    }

    [Test]
    public void The_day_is_that_of_UTC_or_a_later_one_that_was_asked_for()
    {
        Zip("a.zip", "ok.txt", "b.txt");
        Manifest(Waiver("W-1", "b.txt", expires: "2026-06-01"));

        Assert.That(_gate.Check(Request("a.zip"), new DateTime(2026, 6, 1, 23, 59, 59, DateTimeKind.Utc)).Passed, Is.True);
        Assert.That(_gate.Check(Request("a.zip"), new DateTime(2026, 6, 2, 0, 0, 0, DateTimeKind.Utc)).Passed, Is.False);
        Assert.That(Check(Request("a.zip") with { AsOf = Today }).Passed, Is.True);
        Assert.That(Check(Request("a.zip") with { AsOf = Today.AddDays(1) }).Passed, Is.False);
        Assert.That(() => Check(Request("a.zip") with { AsOf = Today.AddDays(-1) }), Throws.TypeOf<GateException>()
            .With.Message.EqualTo("waivers can be judged by today or a later day, and 2026-05-31 is over: those that have expired since would hold again; ask for 2026-06-01 or later")
            .And.Property(nameof(GateException.Rule)).EqualTo(GateRules.WaiverRefused.Id));
    }

    [Test]
    public void A_waiver_is_about_one_rule_and_one_path()
    {
        Zip("a.zip", "ok.txt", "b.txt", "lib/b.txt", "bb.txt");
        File.WriteAllText(In("releasegate.json"), $$"""{ "artifacts": [ { "match": "*", "allow": ["ok.txt", "b.txt"], "forbid": ["b.txt"] } ], "waivers": [ {{Waiver("W-1", "b.txt")}} ] }""");

        var report = Check("a.zip");

        Assert.That(Said(report.Verdicts[0]), Is.EqualTo(new[] { "error RG0004", "error RG1003 b.txt", "error RG1001 bb.txt", "error RG1001 lib/b.txt" }));
        Assert.That(About(report, "RG0004"), Is.EqualTo(new[] { "error RG0004: the waiver W-1 (alice) silences nothing; b.txt has RG1003, and the waiver is about RG1001" }));
    }

    [Test]
    public void One_star_silences_what_differs_in_one_segment()
    {
        Zip("a.zip", "ok.txt", "app.1f2e.js", "app.77aa.js", "lib/app.1f2e.js");
        Manifest(Waiver("W-1", "app.*.js"));

        var report = Check("a.zip");

        Assert.That(Said(report.Verdicts[0]), Is.EqualTo(new[] { "note RG1001 app.1f2e.js", "note RG1001 app.77aa.js", "error RG1001 lib/app.1f2e.js" }));
        Assert.That(report.Waivers[0].Uses, Is.EqualTo(2));
    }

    [Test]
    public void Nested_archives_are_named_as_reports_print_them()
    {
        using var inner = new MemoryStream();
        using (var zip = new ZipArchive(inner, ZipArchiveMode.Create, leaveOpen: true)) zip.CreateEntry("secret.txt");
        Zip("a.zip", ("ok.txt", "ok"u8.ToArray()), ("inner.zip", inner.ToArray()));
        File.WriteAllText(In("releasegate.json"), $$"""{ "artifacts": [ { "match": "*", "allow": ["ok.txt", "inner.zip!/ok.txt"] } ], "rules": { "RG1004": "off" }, "waivers": [ {{Waiver("W-1", "inner.zip!/secret.txt")}} ] }""");

        Assert.That(Said(Check("a.zip").Verdicts[0]), Does.Contain("note RG1001 inner.zip!/secret.txt"));
    }

    [Test]
    public void A_dot_stands_for_the_artifact_as_a_whole()
    {
        Zip("a.zip", "ok.txt", "b.txt");
        File.WriteAllText(In("releasegate.json"), $$"""{ "artifacts": [ { "match": "*", "allow": ["ok.txt"], "require": ["LICENSE"] } ], "waivers": [ {{Waiver("W-1", ".").Replace("RG1001", "RG1002", StringComparison.Ordinal)}} ] }""");

        Assert.That(Said(Check("a.zip").Verdicts[0]), Is.EqualTo(new[] { "note RG1002", "error RG1001 b.txt" }));
    }

    [TestCase("2026-05-31", true)]
    [TestCase("2026-06-01", false)]
    public void One_that_has_expired_is_said_whatever_it_is_about(string expires, bool isSaid)
    {
        Zip("a.zip", "ok.txt");
        Zip("b.zip", "ok.txt");
        Manifest(Waiver("W-1", "b.txt", expires: expires, more: "\"artifact\": \"nope-*.nupkg\","));

        var report = Check("*.zip");

        Assert.That(report.Passed, Is.True, "it may be about the package of a neighbour");
        Assert.That(report.Verdicts[0].Findings, Is.Empty);
        Assert.That(About(report, "RG0005"), Is.EqualTo(isSaid ? new[] { "warning RG0005: the waiver W-1 (alice) expired on 2026-05-31, and no artifact of this run has a name like nope-*.nupkg" } : []));
        Assert.That(report.Waivers.Single().Uses, Is.Zero);
    }

    [Test]
    public void No_waiver_stands_for_a_list()
    {
        Zip("a.zip", "ok.txt", "b.txt");
        File.WriteAllText(In("releasegate.json"), $$"""{ "artifacts": [ { "match": "*.nupkg", "allow": ["ok.txt"] } ], "waivers": [ {{Waiver("W-1", ".")}} ] }""");

        Assert.That(() => Check("a.zip"), Throws.TypeOf<GateException>().With.Property("Rule").EqualTo(GateRules.WaiverRefused.Id).And.Message.Contains("RG1001 of \".\" is that no section of the manifest speaks of the artifact"));
    }

    [TestCase("9999-12-31", "")]
    [TestCase("9999-06-01", "\"deadlines\": { \"high\": \"366d\" },")]
    public void The_calendar_ends_somewhere(string day, string deadlines)
    {
        Zip("a.zip", "ok.txt", "b.txt");
        File.WriteAllText(In("releasegate.json"), $$"""{ {{deadlines}} {{Sections}}, "waivers": [ {{Waiver("W-1", "b.txt", expires: "9999-12-31", more: "\"since\": \"9999-05-31\",")}} ] }""");

        Assert.That(Check(Request("a.zip") with { AsOf = DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture) }).Passed, Is.True);
    }

    [Test]
    public void A_digest_binds_a_waiver_to_its_bytes()
    {
        Zip("a.zip", ("ok.txt", [1]), ("b.txt", "old"u8.ToArray()));
        Manifest(Waiver("W-1", "b.txt", more: $"\"sha256\": \"{Digest.Of("old"u8)}\","));
        Assert.That(Said(Check("a.zip").Verdicts[0]), Is.EqualTo(new[] { "note RG1001 b.txt" }));

        Zip("a.zip", ("ok.txt", [1]), ("b.txt", "new"u8.ToArray()));
        var report = Check("a.zip");
        Assert.That(Said(report.Verdicts[0]), Is.EqualTo(new[] { "error RG0004", "error RG1001 b.txt" }));
        Assert.That(About(report, "RG0004"), Is.EqualTo(new[] { $"error RG0004: the waiver W-1 (alice) silences nothing; the entry is there and its bytes are others (sha256 {Digest.Of("new"u8)})" }));
        Assert.That(report.Verdicts[0].Findings[0].Finding.Fix, Does.StartWith("Look at what is new in it; "));
    }

    [Test]
    public void A_secret_is_waived_by_its_digest()
    {
        var key = Keys.Make("pkcs8", "rsa2048");
        Zip("a.zip", ("ok.txt", [1]), ("test.key", key));
        var waiver = Waiver("W-1", "test.key", more: $"\"sha256\": \"{Digest.Of(key)}\",").Replace("RG1001", "RG4003", StringComparison.Ordinal);
        File.WriteAllText(In("releasegate.json"), $$"""{ "artifacts": [ { "match": "*", "allow": ["**"] } ], "waivers": [ {{waiver}} ] }""");

        var report = Check("a.zip");

        Assert.That(Said(report.Verdicts[0]), Does.Contain("note RG4003 test.key"));
        File.WriteAllText(In("releasegate.json"), File.ReadAllText(In("releasegate.json")).Replace("\"sha256\"", "\"ticket\"", StringComparison.Ordinal));
        Assert.That(() => Check("a.zip"), Throws.TypeOf<GateException>().With.Message.Contains("is waived for exact bytes only"));
    }

    [Test]
    public void What_is_not_waivable_stays_what_it_is()
    {
        Zip("a.zip", "ok.txt", "b.txt");
        foreach (var rule in GateRules.All)
        {
            Manifest(Waiver("W-1", ".").Replace("RG1001", rule.Id.ToString(), StringComparison.Ordinal));
            Assert.That(() => Check("a.zip"), Throws.TypeOf<GateException>().With.Message.Contains("is about the gate itself"), rule.Title);
        }
    }

    [TestCase("b.txt", "ok.txt", "", "; there is no entry b.txt", "nothing")]
    [TestCase("ok.txt", "ok.txt", "", "; ok.txt is there, and RG1001 finds nothing in it", "entry")]
    [TestCase("b.txt", "ok.txt,B.txt", "", "; RG1001 is found in B.txt, and the waiver is about b.txt", "path")]
    [TestCase("b.txt", "ok.txt,b.txt", "\"rules\": { \"RG1001\": \"off\" },", "; RG1001 is off in \"rules\"", "off")]
    public void An_unused_waiver_is_said_with_what_comes_near(string path, string entries, string rules, string says, string near)
    {
        Zip("a.zip", entries.Split(','));
        File.WriteAllText(In("releasegate.json"), $$"""{ {{rules}} {{Sections}}, "waivers": [ {{Waiver("W-1", path)}} ] }""");

        var report = Check("a.zip");

        Assert.That(About(report, "RG0004"), Is.EqualTo(new[] { "error RG0004: the waiver W-1 (alice) silences nothing" + says }));
        Assert.That(report.Verdicts[0].Findings.Single(f => f.Finding.Rule.Id == GateRules.UnusedWaiver.Id).Finding.Facts, Is.EqualTo(new Dictionary<string, string> { ["near"] = near, ["waiver"] = "W-1" }));
        Assert.That(report.Passed, Is.False);
        Assert.That(report.Waivers.Single().Uses, Is.Zero);
    }

    [Test]
    public void An_unused_waiver_can_be_a_warning()
    {
        Zip("a.zip", "ok.txt");
        File.WriteAllText(In("releasegate.json"), $$"""{ "rules": { "RG0004": "warning" }, {{Sections}}, "waivers": [ {{Waiver("W-1", "b.txt", expires: "2026-05-01")}} ] }""");

        var report = Check("a.zip");

        Assert.That(About(report, "RG0004"), Is.EqualTo(new[] { "warning RG0004: the waiver W-1 (alice) silences nothing, and expired on 2026-05-01; there is no entry b.txt" }));
        Assert.That(report.Passed, Is.True);
    }

    [Test]
    public void In_a_monorepo_a_waiver_names_the_artifact_it_is_for()
    {
        Zip("Acme.1.0.0.zip", "ok.txt", "b.txt");
        Zip("Other.2.0.0.zip", "ok.txt");
        Manifest(Waiver("W-1", "b.txt"));
        Assert.That(Check("Acme.1.0.0.zip").Passed, Is.True);
        Assert.That(Check("*.zip").Passed, Is.True, "it serves one of the run");
        var unused = Check("Other.2.0.0.zip");
        Assert.That(About(unused, "RG0004"), Has.Length.EqualTo(1));
        Assert.That(Diagnostic.From(unused.Request, unused.Verdicts[0], unused.Verdicts[0].Findings[0]).Text, Does.EndWith(". Remove the waiver, or name with \"artifact\" what it is for; left there it would silence the next accident."));

        Manifest(Waiver("W-1", "b.txt", more: "\"artifact\": \"Acme.{version}.zip\","));
        foreach (var artifact in (string[])["Acme.1.0.0.zip", "*.zip", "Other.2.0.0.zip"]) Assert.That(Check(artifact).Passed, Is.True, artifact);

        Zip("Acme.1.0.0.zip", "ok.txt");
        Zip("Other.2.0.0.zip", "ok.txt", "b.txt");
        var report = Check("*.zip");
        Assert.That(Said(report.Verdicts[0]), Is.EqualTo(new[] { "error RG0004" }));
        Assert.That(Said(report.Verdicts[1]), Is.EqualTo(new[] { "error RG1001 b.txt" }), "the waiver is not about this one");
    }

    [Test]
    public void Of_two_waivers_for_the_same_one_is_unused()
    {
        Zip("a.zip", "ok.txt", "b.txt");
        Manifest(Waiver("W-1", "b.txt"), Waiver("W-2", "*.txt"));

        var report = Check("a.zip");

        Assert.That(report.Verdicts[0].Findings[1].Waiver!.Id, Is.EqualTo("W-1"));
        Assert.That(About(report, "RG0004"), Is.EqualTo(new[] { "error RG0004: the waiver W-2 (alice) silences nothing; what it is about W-1 silences already" }));

        // An expired one gives way to the next, and is in the way no longer.
        Manifest(Waiver("W-1", "b.txt", expires: "2026-05-31"), Waiver("W-2", "*.txt"));
        report = Check("a.zip");
        Assert.That(report.Verdicts[0].Findings[1].Waiver!.Id, Is.EqualTo("W-2"));
        Assert.That(About(report, "RG0005"), Is.Empty);
        Assert.That(About(report, "RG0004"), Is.EqualTo(new[] { "error RG0004: the waiver W-1 (alice) silences nothing, and expired on 2026-05-31; what it is about W-2 silences already" }));
    }

    [TestCase("2027-06-02", true)]
    [TestCase("2027-06-03", false)]
    public void Without_deadlines_a_waiver_runs_a_year_at_most(string expires, bool holds)
    {
        Zip("a.zip", "ok.txt", "b.txt");
        Manifest(Waiver("W-1", "b.txt", expires: expires));

        var report = Check("a.zip");

        Assert.That(report.Passed, Is.EqualTo(holds));
        Assert.That(About(report, "RG0005"), Is.EqualTo(holds ? [] : new[] { $"error RG0005: the waiver W-1 (alice) runs until {expires}, more than 366 days ahead, so it does not silence RG1001 of b.txt" }));
    }

    [TestCase("2026-05-20", "2026-06-19", true, null)]
    [TestCase("2026-05-20", "2026-06-20", false, "runs until 2026-06-20, and \"deadlines\" lets high findings be waived for 30 days, since 2026-05-20 that is until 2026-06-19, so it does not silence RG1001 of b.txt")]
    [TestCase("2026-04-01", "2026-06-19", false, "runs until 2026-06-19, and \"deadlines\" lets high findings be waived for 30 days, since 2026-04-01 that is until 2026-05-01, so it does not silence RG1001 of b.txt")]
    [TestCase(null, "2026-06-19", false, "says not since when, and \"deadlines\" lets high findings be waived for 30 days from when they were first seen, so it does not silence RG1001 of b.txt")]
    public void A_deadline_counts_from_when_the_finding_was_first_seen(string? since, string expires, bool holds, string? says)
    {
        Zip("a.zip", "ok.txt", "b.txt");
        File.WriteAllText(In("releasegate.json"), $$"""{ {{Sections}}, "deadlines": { "critical": "24h", "high": "30d" }, "waivers": [ {{Waiver("W-1", "b.txt", expires: expires, more: since is null ? "" : $"\"since\": \"{since}\",")}} ] }""");

        var report = Check("a.zip");

        Assert.That(report.Passed, Is.EqualTo(holds));
        Assert.That(About(report, "RG0005"), Is.EqualTo(says is null ? [] : new[] { "error RG0005: the waiver W-1 (alice) " + says }));
        var finding = report.Verdicts[0].Findings.Single(f => f.Finding.Rule.Id.ToString() == "RG1001");
        Assert.That(finding.FirstSeen, Is.EqualTo(since is null ? (DateTime?)null : DateTime.Parse(since + "T00:00:00Z").ToUniversalTime()));
        Assert.That(finding.Due, Is.EqualTo(since is null ? (DateOnly?)null : DateOnly.Parse(since).AddDays(30)));
    }

    [Test]
    public void The_earliest_that_is_known_of_a_finding_counts()
    {
        Zip("a.zip", "ok.txt", "b.txt");
        File.WriteAllText(In("releasegate.json"), $$"""{ {{Sections}}, "deadlines": { "high": "7d" }, "waivers": [ {{Waiver("W-1", "b.txt", expires: "2026-06-05", more: "\"since\": \"2026-05-30\",")}} ] }""");
        var report = Check("a.zip");
        Assert.That(report.Passed, Is.True);
        var verdict = report.Verdicts[0] with { Findings = [.. report.Verdicts[0].Findings.Where(f => !f.Finding.Rule.Id.IsGate).Select(f => new JudgedFinding(f.Finding, f.Unwaived))] };
        var seen = new Dictionary<string, DateTime?> { [JsonReporter.Fingerprint(verdict, verdict.Findings[0].Finding)] = new DateTime(2026, 5, 20, 13, 0, 0, DateTimeKind.Utc) };

        var logged = Waivers.Apply([verdict], report.Manifest, Today, seen.GetValueOrDefault);

        Assert.That(logged.Verdicts[0].Findings.Select(f => $"{f.Severity} {f.Finding.Rule.Id}"), Is.EqualTo(new[] { "Error RG0005", "Error RG1001" }));
        Assert.That(logged.Verdicts[0].Findings[1].FirstSeen, Is.EqualTo(seen.Values.Single()));
        Assert.That(logged.Verdicts[0].Findings[1].Due, Is.EqualTo(new DateOnly(2026, 5, 27)));
        Assert.That(logged.Added.Select(f => f.Finding.Fix), Is.EqualTo(new[] { "Its time is over: mend what it was to silence, then remove the waiver." }));

        // What was seen later than the waiver says does not give it more time.
        seen[seen.Keys.Single()] = new DateTime(2026, 5, 31, 0, 0, 0, DateTimeKind.Utc);
        Assert.That(Waivers.Apply([verdict], report.Manifest, Today, seen.GetValueOrDefault).Verdicts[0].Findings.Single(f => f.Waiver is not null).FirstSeen, Is.EqualTo(new DateTime(2026, 5, 30, 0, 0, 0, DateTimeKind.Utc)));
    }

    [Test]
    public void A_waiver_may_run_too_long_for_one_finding_and_not_for_another()
    {
        Zip("a.zip", ("ok.txt", [1]), ("b.txt", [1]), ("b.md", [1]));
        File.WriteAllText(In("releasegate.json"), $$"""{ {{Sections}}, "rules": { "RG1001": "warning" }, "deadlines": { "medium": "1h" }, "waivers": [ {{Waiver("W-1", "b.*", expires: "2026-06-01", more: "\"since\": \"2026-06-01\",")}} ] }""");
        Assert.That(About(Check("a.zip"), "RG0005"), Is.EqualTo(new[] { "warning RG0005: the waiver W-1 (alice) expires on 2026-06-01, that is today; until then it silences RG1001 of b.md, b.txt" }));
        Assert.That(About(Check(Request("a.zip") with { AsOf = Today.AddDays(1) }), "RG0005"), Is.EqualTo(new[] { "error RG0005: the waiver W-1 (alice) expired on 2026-06-01, so it no longer silences RG1001 of b.md, b.txt" }));
    }

    [Test]
    public void Since_a_day_that_is_still_to_come_ends_the_run()
    {
        Zip("a.zip", "ok.txt", "b.txt");
        Manifest(Waiver("W-1", "b.txt", more: "\"since\": \"2026-06-02\","));

        Assert.That(() => Check("a.zip"), Throws.TypeOf<GateException>().With.Message.Contains("says \"since\" 2026-06-02, which is still to come").And.Property("Line").EqualTo(2).And.Property("Column").EqualTo(1));
        Assert.That(Check(Request("a.zip") with { AsOf = Today.AddDays(1) }).Passed, Is.True);
    }

    [Test]
    public void Of_what_was_not_read_whole_nobody_says_that_a_waiver_is_unused()
    {
        File.WriteAllBytes(In("a.zip"), [0x50, 0x4B, 3, 4, 0, 0]);
        Manifest(Waiver("W-1", "b.txt"));

        var report = Check("a.zip");

        Assert.That(Said(report.Verdicts[0]), Does.Contain("error RG0003"));
        Assert.That(About(report, "RG0004"), Is.Empty);
    }

    [Test]
    public void In_a_folder_that_is_not_finished_waivers_hold_and_unused_ones_wait()
    {
        foreach (var name in (string[])["ok.txt", "b.txt"])
        {
            Directory.CreateDirectory(In("out"));
            File.WriteAllText(In($"out/{name}"), "x");
        }

        File.WriteAllText(In("releasegate.json"), $$"""{ {{Sections.Replace("\"*\"", "\"out/\"", StringComparison.Ordinal)}}, "waivers": [ {{Waiver("W-1", "b.txt", more: $"\"sha256\": \"{Digest.Of("x"u8)}\",")}}, {{Waiver("W-2", "later.txt")}} ] }""");
        var plan = $"{Plan.Format}\t2026-03-31T10:00:00.0000000Z\n";
        foreach (var name in (string[])["ok.txt", "b.txt"]) plan += $"{name}\t{In($"out/{name}")}\n";
        File.WriteAllText(In("plan"), plan);
        var request = Request("out") with { AsDirectory = true, Plan = In("plan") };

        foreach (var early in (GateRequest[])[request with { AsPlanned = true }, request with { Unfinished = true }])
        {
            var report = Check(early);
            Assert.That(Said(report.Verdicts[0]), Is.EqualTo(new[] { "note RG1001 b.txt" }), early.AsPlanned ? "planned" : "unfinished");
            Assert.That(report.Waivers.Select(w => w.Uses), Is.EqualTo(new[] { 1, 0 }));
        }

        Assert.That(Said(Check(request).Verdicts[0]), Is.EqualTo(new[] { "error RG0004", "note RG1001 b.txt" }));
    }

    [Test]
    public void A_verdict_by_waivers_stands_for_the_day()
    {
        Directory.CreateDirectory(In("out"));
        File.WriteAllText(In("out/b.txt"), "x");
        File.WriteAllText(In("out/ok.txt"), "x");
        Manifest(Waiver("W-1", "b.txt", expires: "2026-06-30"));
        var request = Request("out") with { AsDirectory = true, State = In("state") };
        var morning = Today.ToDateTime(new TimeOnly(8, 0), DateTimeKind.Utc);
        _gate.Remember(_gate.Check(request, morning));

        Assert.That(_gate.StillStands(request, morning.AddHours(8)), Is.True);
        Assert.That(_gate.StillStands(request, morning.AddDays(1)), Is.False);
        Assert.That(_gate.StillStands(request with { AsOf = Today.AddDays(40) }, morning), Is.False);

        Manifest();
        File.Delete(In("out/b.txt"));
        _gate.Remember(_gate.Check(request, morning));
        Assert.That(_gate.StillStands(request, morning.AddDays(1)), Is.True, "without waivers no day matters");
    }

    [Test]
    public void Without_waivers_nothing_is_touched()
    {
        Zip("a.zip", "ok.txt", "b.txt");
        Manifest();
        var report = Check("a.zip");

        var applied = Waivers.Apply(report.Verdicts, report.Manifest, Today);

        Assert.That(applied.Verdicts, Is.SameAs(report.Verdicts));
        Assert.That(report.Waivers, Is.Empty);
    }

    [Test]
    public void Waived_findings_are_in_the_report_and_come_back_out_of_it()
    {
        Zip("a.zip", ("ok.txt", [1]), ("b.txt", "x"u8.ToArray()));
        Manifest(Waiver("W-1", "b.txt", more: $"\"sha256\": \"{Digest.Of("x"u8)}\", \"artifact\": \"*.zip\", \"approver\": \"bob\", \"ticket\": \"T-1\", \"since\": \"2026-05-01\","), Waiver("W-2", "none.txt", more: "\"artifact\": \"other.zip\","));
        var report = Check("a.zip");
        using (var file = File.Create(In("r.json"))) new JsonReporter().Write(report, file);

        var read = new ReportReader(new FileSystem()).Read(In("r.json"));

        Assert.That(read.Passed, Is.True);
        Assert.That(read.Waivers.Select(w => (w.Waiver.Id, w.Uses, w.DaysLeft)), Is.EqualTo(new[] { ("W-1", 1, 213), ("W-2", 0, 213) }));
        var waived = read.Verdicts[0].Findings.Single();
        Assert.That((waived.Severity, waived.Unwaived, waived.DaysLeft, waived.FirstSeen), Is.EqualTo((Severity.Note, Severity.Error, 213, new DateTime(2026, 5, 1, 0, 0, 0, DateTimeKind.Utc))));
        Assert.That(waived.Waiver, Is.EqualTo(report.Manifest.Waivers[0] with { Artifact = waived.Waiver!.Artifact, RuleLocation = null }));
        Assert.That(Diagnostic.From(read.Request, read.Verdicts[0], waived).Text, Is.EqualTo(Diagnostic.From(report.Request, report.Verdicts[0], report.Verdicts[0].Findings[0]).Text));
        using var again = new MemoryStream();
        new JsonReporter().Write(read, again);
        Assert.That(again.ToArray(), Is.EqualTo(File.ReadAllBytes(In("r.json"))));
    }

    [Test]
    public void No_number_of_findings_hides_that_a_waiver_is_at_work()
    {
        Zip("a.zip", ["ok.txt", .. Enumerable.Range(0, 30).Select(i => $"e{i:00}.txt"), .. Enumerable.Range(0, 25).Select(i => $"w/{i:00}.txt"), "z.txt"]);
        Manifest(Waiver("W-1", "w/*"), Waiver("W-2", "z.txt"));

        var excerpt = Excerpt.Of(Check("a.zip").Verdicts[0]);

        Assert.That(excerpt.Shown.Count(f => f.Severity == Severity.Error), Is.EqualTo(20));
        Assert.That(excerpt.Shown.Count(f => f.Waiver?.Id == "W-1"), Is.EqualTo(20));
        Assert.That(excerpt.Shown.Count(f => f.Waiver?.Id == "W-2"), Is.EqualTo(1));
        Assert.That(excerpt.Left.Select(l => (l.Rule.ToString(), l.Count)), Is.EqualTo(new[] { ("RG1001", 15) }));
    }

    private static string Waiver(string id, string path, string expires = "2026-12-31", string more = "") =>
        $$"""{ "id": "{{id}}", "rule": "RG1001", "path": "{{path}}", {{more}} "owner": "alice", "reason": "it has to.", "expires": "{{expires}}" }""";

    private void Manifest(params string[] waivers) => File.WriteAllText(In("releasegate.json"), $"{{ {Sections}, \"waivers\": [\n{string.Join(",\n", waivers)} ] }}");

    private static string[] Said(Verdict verdict) =>
        [.. verdict.Findings.Where(f => f.Finding.Rule.Id != GateRules.UnusedPattern.Id).Select(f => $"{f.Severity.ToString().ToLowerInvariant()} {f.Finding.Rule.Id}{(f.Finding.Path is { } path ? " " + path : "")}")];

    private static string[] About(GateReport report, string rule) =>
        [.. report.Verdicts.SelectMany(v => v.Findings).Where(f => f.Finding.Rule.Id.ToString() == rule).Select(f => $"{f.Severity.ToString().ToLowerInvariant()} {rule}: {f.Finding.Message}")];

    private GateReport Check(string artifact) => Check(Request(artifact));

    private GateReport Check(GateRequest request) => _gate.Check(request, Today.ToDateTime(new TimeOnly(12, 0), DateTimeKind.Utc));

    private GateRequest Request(string artifact) => new() { Artifacts = [artifact], Manifest = In("releasegate.json"), SearchFrom = _folder };

    private string In(string name) => Path.Combine(_folder, name);

    private void Zip(string name, params string[] entries) => Zip(name, Array.ConvertAll(entries, e => (e, "text"u8.ToArray())));

    private void Zip(string name, params (string Path, byte[] Bytes)[] entries)
    {
        using var zip = new ZipArchive(File.Create(In(name)), ZipArchiveMode.Create);
        foreach (var (path, bytes) in entries)
        {
            using var entry = zip.CreateEntry(path).Open();
            entry.Write(bytes);
        }
    }
}
