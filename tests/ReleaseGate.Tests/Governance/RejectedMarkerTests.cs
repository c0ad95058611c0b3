using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Governance;

public sealed class RejectedMarkerTests
{
    private static readonly DateTime Now = new(2026, 11, 21, 6, 30, 0, DateTimeKind.Utc);

    private readonly RejectedMarker _marker = new(new FileSystem());
    private string _folder = "";

    private string File => Path.Combine(_folder, RejectedMarker.FileName);

    [SetUp]
    public void MakeFolder()
    {
        _folder = Path.Combine(Path.GetTempPath(), "releasegate-marker-" + Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(_folder);
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_marker_says_what_was_found_and_goes_again()
    {
        System.IO.File.WriteAllText(Path.Combine(_folder, "app.js"), "1");

        _marker.Write(_folder, Failed(), Now);

        var lines = System.IO.File.ReadAllLines(File);
        Assert.That(lines[0], Is.EqualTo("ReleaseGate has not passed this folder: release nothing of it."));
        Assert.That(lines[1], Does.StartWith("2026-11-21 06:30:00 UTC, ReleaseGate "));
        Assert.That(lines, Has.Some.StartsWith("error RG0003: ").And.Some.Contains("is damaged\\u001b[0m"));
        Assert.That(lines, Has.Some.Contains("dist: blocked, 1 error, "));
        Assert.That(_marker.IsMarker(File), Is.True);

        Assert.That(_marker.Remove(_folder), Is.True);
        Assert.That(_marker.Remove(_folder), Is.False);
        Assert.That(Directory.GetFiles(_folder), Is.EqualTo(new[] { Path.Combine(_folder, "app.js") }));
    }

    [Test]
    public void A_marker_replaces_an_older_one_and_one_that_was_half_written()
    {
        System.IO.File.WriteAllText(File, "");
        _marker.Write(_folder, Failed(), Now);
        _marker.Write(_folder, "the check was cancelled", Now);

        Assert.That(System.IO.File.ReadAllText(File), Does.EndWith("\n\nthe check was cancelled\n").And.Not.Contains("RG0003"));
    }

    [TestCase("ReleaseGate has not passed this folder: release nothing of it.\r\n")]
    [TestCase("ReleaseGate has not passed this folder: release nothing of it.\n")]
    public void What_the_targets_write_where_the_check_could_not_is_a_marker(string content)
    {
        System.IO.File.WriteAllText(File, content);

        Assert.That(_marker.Remove(_folder), Is.True);
        Assert.That(System.IO.File.Exists(File), Is.False);
    }

    [TestCase("notes of my own")]
    [TestCase("ReleaseGate has not passed this folder: release nothing of it. Or so.")]
    [TestCase("ReleaseGate")]
    public void A_file_of_somebody_else_stays(string content)
    {
        System.IO.File.WriteAllText(File, content);

        Assert.That(_marker.IsMarker(File), Is.False);
        Assert.That(_marker.Remove(_folder), Is.False);
        Assert.Throws<IOException>(() => _marker.Write(_folder, "why", Now));
        Assert.That(System.IO.File.ReadAllText(File), Is.EqualTo(content));
    }

    [Test]
    public void A_link_is_no_marker()
    {
        var elsewhere = Path.Combine(_folder, "elsewhere");
        Directory.CreateDirectory(elsewhere);
        _marker.Write(elsewhere, "why", Now);
        System.IO.File.CreateSymbolicLink(File, Path.Combine(elsewhere, RejectedMarker.FileName));

        Assert.That(_marker.Remove(_folder), Is.False);
        Assert.Throws<IOException>(() => _marker.Write(_folder, "why", Now));
        Assert.That(_marker.IsMarker(Path.Combine(elsewhere, RejectedMarker.FileName)), Is.True);
    }

    [Test]
    public void A_folder_that_is_missing_has_none()
    {
        Assert.That(_marker.Remove(Path.Combine(_folder, "missing")), Is.False);
    }

    private GateReport Failed()
    {
        var manifest = new Manifest("closed", null, default, [], new Dictionary<RuleId, RuleSetting>());
        var verdict = new Verdict("dist", new Inventory("dist", ArtifactKind.Directory, 0, Digest.Of("x"u8), [], [], null), manifest.For("dist", true),
            [new JudgedFinding(new Finding(GateRules.Uninspectable, null, "is damaged\u001b[0m"), Severity.Error)], [], [], 0, TimeSpan.Zero);
        return new GateReport(new GateRequest { Artifacts = [_folder], SearchFrom = _folder }, manifest, ManifestFound: true, [verdict], Now);
    }
}
