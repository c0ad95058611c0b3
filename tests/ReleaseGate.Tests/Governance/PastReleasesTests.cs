using System.IO.Abstractions;
using System.Text;
using System.Text.Json.Nodes;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Governance;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PastReleasesTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 4, 1, 9, 30, 0, DateTimeKind.Utc);

    private static readonly ExposureModel Model = ExposureModels.Model(
        ExposureModels.Pathway("npm", 120, 0.05, 2e6, 4e7, 1e9, "*.tgz"), ExposureModels.Pathway("all", 10, 0.01, 1e3, 1e5, 1e6), ExposureModels.Pathway("none", 10, 0.01, 1e3, 1e5, 1e6, "*.vsix"));

    private readonly string _folder = Directory.CreateTempSubdirectory("releasegate-").FullName;

    private string Log => Path.Combine(_folder, "a.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_release_is_a_version_of_a_package_or_a_name()
    {
        Check(Artifact("acme-1.0.0.tgz", "acme", "1.0.0"), Artifact("Acme.1.0.0.nupkg", "Acme", "1.0.0"));
        Check(Artifact("acme-1.0.0.tgz", "acme", "1.0.0", errors: 2));
        Check(Artifact("acme-1.0.0.tgz", "acme", "1.0.0"));
        Check(Artifact("acme-1.1.0.tgz", "acme", "1.1.0"));
        Check(Artifact("acme-other-name.tgz", "acme", "1.1.0"));
        Check(Artifact("app.zip"));
        Check(Artifact("app.zip", errors: 1), Artifact("web.tgz"));
        Assert.That(Read(), Is.EquivalentTo(new Dictionary<string, ReleaseHistory> { ["npm"] = new(3, 1), ["all"] = new(5, 2) }), "and nothing left by the third");
    }

    [Test]
    public void Plans_runs_by_another_day_old_ones_and_other_events_do_not_count_and_warned_ones_do()
    {
        Append(Now, Line([Artifact("a.tgz", errors: 1)], planned: true));
        Append(Now, Line([Artifact("b.tgz", errors: 1)], asOf: "2026-08-01"));
        Append(Now.AddDays(-365).AddSeconds(-1), Line([Artifact("c.tgz", errors: 1)]));
        Append(Now, new AuditEvent("verify", new JsonObject { ["result"] = "failed", ["artifact"] = new JsonObject { ["name"] = "d.tgz" } }));
        Assert.That(Read(), Is.Empty);
        Append(Now.AddDays(-365), Line([Artifact("e.tgz")]));
        Append(Now, Line([Artifact("f.tgz", errors: 1)], result: "warned"));
        Assert.That(Read()!["npm"], Is.EqualTo(new ReleaseHistory(2, 1)));
    }

    [Test]
    public void What_blocks_for_the_exposure_alone_says_nothing_of_the_release()
    {
        Check(Artifact("a.tgz", errors: 2, overTolerance: 2));
        Check(Artifact("b.tgz", errors: 3, overTolerance: 2));
        Assert.That(Read()!["npm"], Is.EqualTo(new ReleaseHistory(2, 1)));
    }

    [Test]
    public void Without_a_log_nothing_is_known()
    {
        Assert.That(Read(), Is.Null);
        Assert.That(PastReleases.Read(new FileSystem(), null, Model, Now), Is.Null);
    }

    [Test]
    public void A_broken_chain_decides_nothing()
    {
        Check(Artifact("a.tgz"));
        Check(Artifact("b.tgz"));
        File.WriteAllText(Log, File.ReadAllText(Log).Replace("a.tgz", "c.tgz", StringComparison.Ordinal), Encoding.ASCII);
        Assert.That(Read, Throws.InstanceOf<GateException>().With.Property("Rule").EqualTo(GateRules.NotLogged.Id).And.Message.Contains("damaged in line 2"));
    }

    [Test]
    public void A_check_that_does_not_say_what_it_found_is_refused()
    {
        Check(new JsonObject { ["name"] = "a.tgz" });
        Assert.That(Read, Throws.InstanceOf<GateException>().With.Message.Contains("the check with seq 0 says not what was found"));
    }

    [Test]
    public void Twenty_releases_replace_the_number_of_the_manifest()
    {
        for (var i = 0; i < 19; i++) Check(Artifact($"a-{i}.tgz", errors: i < 3 ? 1 : 0));
        Assert.That(Assess().Pathways[0].LeakProbability, Is.EqualTo(0.05), "19 are too few");
        Check(Artifact("a-19.tgz"));
        var assessment = Assess();
        Assert.That(assessment.Pathways.Select(p => p.LeakProbability), Is.EqualTo(new[] { 4.0 / 22, 4.0 / 22, 0.01 }).Within(1e-12));

        ExposureAssessment Assess() => ExposureInputs.Read(new FileSystem(), new ManifestReader(new FileSystem()).ReadProfile("closed"), Model, ExposureModels.Drilled, Log, Now).Assess(withControls: false);
    }

    private IReadOnlyDictionary<string, ReleaseHistory>? Read() => PastReleases.Read(new FileSystem(), Log, Model, Now);

    private void Check(params JsonObject[] artifacts) => Append(Now.AddDays(-1), Line(artifacts));

    private void Append(DateTime time, AuditEvent what) => new AuditLog(new FileSystem(), Log).Append(what, time);

    private static AuditEvent Line(JsonObject[] artifacts, bool planned = false, string? asOf = null, string result = "passed") =>
        new("check", new JsonObject { ["result"] = result, ["asOf"] = asOf, ["planned"] = planned, ["artifacts"] = new JsonArray([.. artifacts]) });

    private static JsonObject Artifact(string name, string? id = null, string? version = null, int errors = 0, int overTolerance = 0) =>
        new() { ["name"] = name, ["id"] = id, ["version"] = version, ["errors"] = errors, ["overTolerance"] = overTolerance };
}
