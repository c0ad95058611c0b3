using System.IO.Abstractions;
using ReleaseGate.Policy;

namespace ReleaseGate.Tests.Policy;

/// <summary>The <c>seal</c> of a manifest.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SealPolicyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("releasegate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void What_a_manifest_says_counts_before_what_it_extends()
    {
        File.WriteAllText(Path.Combine(_folder, "base.json"), """{ "seal": { "approvals": 3, "maxAge": "7d", "verifier": "https://acme.example/gate" } }""");
        var seal = Read("""{ "extends": "./base.json", "seal": { "approvals": 2 } }""").Seal;
        Assert.That(seal, Is.EqualTo(new SealPolicy { Approvals = 2, MaximumAge = TimeSpan.FromDays(7), Verifier = "https://acme.example/gate" }));
        Assert.That(Read("{}").Seal, Is.EqualTo(new SealPolicy()));
    }

    [TestCase("""{ "seal": 1 }""", 11)]
    [TestCase("""{ "seal": { "aproval": 1 } }""", 13)]
    [TestCase("""{ "seal": { "approvals": 0 } }""", 26)]
    [TestCase("""{ "seal": { "approvals": 1.5 } }""", 26)]
    [TestCase("""{ "seal": { "approvals": "2" } }""", 26)]
    [TestCase("""{ "seal": { "approvals": 101 } }""", 26)]
    [TestCase("""{ "seal": { "maxAge": "1w" } }""", 23)]
    [TestCase("""{ "seal": { "maxAge": "0h" } }""", 23)]
    [TestCase("""{ "seal": { "verifier": "acme" } }""", 25)]
    [TestCase("""{ "seal": { "verifier": "https://me:word@acme.example/" } }""", 25)]
    [TestCase("""{ "seal": { "approvals": 2, "approvals": 1 } }""", 29)]
    public void What_is_wrong_is_refused_with_its_place(string manifest, int column)
    {
        var refused = Assert.Throws<GateException>(() => Read(manifest))!;
        Assert.That((refused.Rule.ToString(), refused.Line, refused.Column), Is.EqualTo(("RG0001", 1, column)), refused.Message);
    }

    [Test]
    public void What_asks_for_less_needs_approval()
    {
        const string Strict = """{ "seal": { "approvals": 2, "maxAge": "24h", "verifier": "https://acme.example/gate" } }""";
        Assert.That(Changes(Strict, Strict), Is.Empty);
        Assert.That(Changes("{}", """{ "seal": { "approvals": 2, "maxAge": "24h" } }"""), Is.Empty);
        Assert.That(Changes(Strict, """{ "seal": { "approvals": 3, "maxAge": "12h", "verifier": "https://acme.example/gate" } }"""), Is.Empty);
        Assert.That(Changes(Strict, "{}"), Is.EqualTo(new[]
        {
            "lowers \"approvals\" of seals from 2 to 1", "lets \"https://github.com/releasegate/releasegate\" seal instead of \"https://acme.example/gate\"", "no longer limits how old a seal may be",
        }));
        Assert.That(Changes(Strict, """{ "seal": { "approvals": 1, "maxAge": "2d", "verifier": "https://other.example/gate" } }"""), Is.EqualTo(new[]
        {
            "lowers \"approvals\" of seals from 2 to 1", "lets \"https://other.example/gate\" seal instead of \"https://acme.example/gate\"", "lets a seal be 48 hours old instead of 24",
        }));
    }

    [TestCase("24h", 24)]
    [TestCase("7d", 168)]
    [TestCase("1h", 1)]
    public void An_age_is_hours_or_days(string text, int hours)
    {
        Assert.That(SealPolicy.TryParseAge(text, out var age), Is.True);
        Assert.That(age, Is.EqualTo(TimeSpan.FromHours(hours)));
    }

    [TestCase("")]
    [TestCase("h")]
    [TestCase("0d")]
    [TestCase("-1h")]
    [TestCase("1.5h")]
    [TestCase("24")]
    [TestCase("24 h")]
    [TestCase("99999999999h")]
    [TestCase("40000d")]
    public void What_is_no_age_is_refused(string text) => Assert.That(SealPolicy.TryParseAge(text, out _), Is.False);

    private string[] Changes(string before, string after) => [.. ManifestChanges.Between(Read(before), Read(after)).Select(c => c.What)];

    private Manifest Read(string text)
    {
        var path = Path.Combine(_folder, "releasegate.json");
        File.WriteAllText(path, text);
        return new ManifestReader(new FileSystem()).Read(path);
    }
}
