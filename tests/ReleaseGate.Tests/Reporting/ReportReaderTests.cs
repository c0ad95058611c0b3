using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Reporting;

/// <summary>What <c>merge</c> joins and <c>accept</c> takes up is what was written; what contradicts itself is refused with its place.</summary>
public sealed class ReportReaderTests
{
    [Test]
    public void Drift_is_read_as_it_was_written([Values] bool isLicensed)
    {
        var drift = Everything(isLicensed ? new PackageLicense(LicenseKind.Expression, "MIT") : null);
        var written = Json(drift);

        var read = Read(written).Verdicts.Single().Drift!;

        Assert.That(Json(read), Is.EqualTo(written));
        Assert.That(read.Entries, Is.EqualTo(drift.Entries));
        Assert.That(read.Dependencies, Is.EqualTo(drift.Dependencies));
        Assert.That(read.Exposures, Is.EqualTo(drift.Exposures));
        Assert.That(read.InstallScripts, Is.EqualTo(drift.InstallScripts));
        Assert.That((read.Baseline, read.License), Is.EqualTo((drift.Baseline, drift.License)));
        Assert.That((read.NewKinds, read.NewFolders), Is.EqualTo((drift.NewKinds, drift.NewFolders)));
    }

    [TestCase("entries[0].change", "\"moved\"", "added, removed or changed is expected here")]
    [TestCase("entries[0].kind", "\"Sourcemap\"", "Sourcemap")]
    [TestCase("entries[0].before", "\"1\"", "a whole number is expected")]
    [TestCase("dependencies[0].id", "null", "a string is expected")]
    [TestCase("exposures[0].rule", "\"2001\"", "the id of a rule")]
    [TestCase("baseline.sha256", "\"00\"", "64 hexadecimal digits")]
    [TestCase("license.change", "\"added\"", "it does not say what before and after show")]
    [TestCase("license.after", "null", "it does not say what before and after show")]
    [TestCase("license.before.kind", "\"Verbal\"", "Verbal")]
    public void What_no_run_writes_is_refused_with_its_place(string place, string value, string says)
    {
        var report = JsonNode.Parse(Json(Everything(new PackageLicense(LicenseKind.Expression, "MIT"))))!;
        var node = report["artifacts"]![0]!["drift"]!;
        var steps = place.Split('.');
        foreach (var step in steps[..^1]) node = step.EndsWith(']') ? node[step[..^3]]![0]! : node[step]!;
        node[steps[^1]] = JsonNode.Parse(value);

        Assert.That(() => Read(report.ToJsonString()), Throws.TypeOf<GateException>().With.Message.Contains(says).And.Message.Contains("$.artifacts[0].drift." + steps[0]));
    }

    private static Drift Everything(PackageLicense? before) => new(
        new DriftBaseline("old.tgz", "old.tgz", "1.0.0", Digest.Of("old"u8), 1_000_000, 4),
        [
            new EntryChange("new.map", ChangeKind.Added, null, 5_000) { Kind = EntryKind.SourceMap, Mode = 0x1ED },
            new EntryChange("gone", ChangeKind.Removed, 2_000, null) { KindBefore = EntryKind.Text },
            new EntryChange("same", ChangeKind.Changed, 10, 10) { KindBefore = EntryKind.Text, Kind = EntryKind.Xml, ModeBefore = 0x1A4, Mode = 0x1ED },
        ],
        [EntryKind.SourceMap, EntryKind.Xml], ["src", "\u202e"],
        ImmutableSortedDictionary<string, string>.Empty.Add("postinstall", "node \"x\".js").Add("install", "a"),
        [new DependencyChange("left-pad", "dependencies", ChangeKind.Added, null, "1.3.0"), new DependencyChange("b", "net8.0", ChangeKind.Changed, "1.0.0", "2.0.0"), new DependencyChange("c", "", ChangeKind.Removed, "1", null)],
        [new SnapshotExposure(RuleId.Parse("RG4003"), "key.pem", "holds a key"), new SnapshotExposure(RuleId.Parse("RG2001"), null, "exposes all")])
    {
        License = before is null ? null : new LicenseChange(before, new PackageLicense(LicenseKind.File, "LICENSE.md")),
    };

    private static string Json(Drift drift)
    {
        using var output = new MemoryStream();
        new JsonReporter().Write(Sample.Report(Sample.Verdict("a.zip", []) with { Drift = drift }), output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static GateReport Read(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            return new ReportReader(new FileSystem()).Read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
