using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Policy;

public sealed class ManifestChangesTests
{
    private const string Full = """
        { "extends": "closed",
          "artifacts": [
            { "match": "*.nupkg", "destination": "private", "require": ["lib/{id}.dll"], "allow": ["build/**"], "forbid": ["**/*.pdb"],
              "limits": { "size": "2 MB", "entries": 60, "ratio": 100 } },
            { "match": "*.zip", "forbid": ["secret/**"], "destination": "private" } ],
          "rules": { "RG2010": "error", "RG2006": "error", "RG4006": "note" },
          "hosts": ["github.com"],
          "firstParty": ["lib/Acme.*.dll"],
          "debug": { "generatedSources": 3, "wasmNames": "error", "roots": ["/build"] },
          "identifiers": { "words": ["falcon-internal", "heron"], "namespaces": ["Acme.Internal"] },
          "private": { "ids": ["Acme.Internal.*"], "scopes": ["@acme"], "registries": ["https://npm.acme.example"] },
          "licenses": { "allow": ["MIT"] },
          "dependencies": { "allow": ["Acme.*"] } }
        """;

    [Test]
    public void The_same_manifest_permits_nothing_more() => Assert.That(Changes(Full, Full), Is.Empty);

    // What is replaced by what, and what is said then, with its line.
    [TestCase("\"build/**\"", "\"build/**\", \"src/**\"", "3 allows 'src/**' in '*.nupkg'")]
    [TestCase("\"require\": [\"lib/{id}.dll\"]", "\"require\": [\"lib/{id}.dll\", \"x\"]", "3 allows 'x' in '*.nupkg'")]
    [TestCase("\"require\": [\"lib/{id}.dll\"], \"allow\": [\"build/**\"]", "\"allow\": [\"lib/{id}.dll\", \"build/**\"]", "3 no longer requires 'lib/{id}.dll' in '*.nupkg'")]
    [TestCase("[\"**/*.pdb\"]", "[]", "3 no longer forbids '**/*.pdb' in '*.nupkg'")]
    [TestCase("\"2 MB\"", "\"3 MB\"", "4 raises 'size' of '*.nupkg' from 2.0 MB to 3.0 MB")]
    [TestCase("\"entries\": 60, ", "", "4 no longer limits 'entries' of '*.nupkg', which was 60")]
    [TestCase("\"ratio\": 100", "\"ratio\": 101", "4 raises 'ratio' of '*.nupkg' from 100 to 101")]
    [TestCase("\"ratio\": 100", "\"ratio\": 100, \"output\": \"900 GB\"", "4 raises 'output' of '*.nupkg' from *")]
    [TestCase("\"match\": \"*.nupkg\", \"destination\": \"private\",", "\"match\": \"*.nupkg\", \"destination\": \"public\",", "3 declares '*.nupkg' public")]
    [TestCase("\"match\": \"*.nupkg\", \"destination\": \"private\",", "\"match\": \"*.nupkg\",", "3 no longer declares '*.nupkg' private")]
    [TestCase(",\n    { \"match\": \"*.zip\", \"forbid\": [\"secret/**\"], \"destination\": \"private\" }", "", "- no longer forbids 'secret/**' in '*.zip'", "- no longer declares '*.zip' private")]
    [TestCase("{ \"match\": \"*.zip\"", "{ \"match\": \"*.tar\", \"allow\": [\"a\"], \"destination\": \"public\" }, { \"match\": \"*.zip\"", "5 allows 'a' in '*.tar'", "5 declares '*.tar' public")]
    [TestCase("\"RG2010\": \"error\"", "\"RG2010\": \"warning\"", "6 lowers RG2010 from error to warning")]
    [TestCase("\"RG2006\": \"error\"", "\"RG2006\": \"off\"", "6 switches RG2006 off")]
    [TestCase("\"RG2006\": \"error\", ", "", "6 no longer sets RG2006 to error")]
    [TestCase("\"RG4006\": \"note\"", "\"RG4006\": \"note\", \"RG2001\": \"note\"", "6 lowers RG2001 from error to note")]
    [TestCase("\"RG4006\": \"note\"", "\"RG4006\": \"note\", \"ACME0001\": \"warning\"", "6 lowers ACME0001 from error to warning")]
    [TestCase("[\"github.com\"]", "[\"github.com\",\n\"*.acme.corp\"]", "8 allows the host '*.acme.corp'")]
    [TestCase("\"hosts\": [\"github.com\"],", "", "- removes the list of hosts, so that an artifact may point at any public one")]
    [TestCase("\"lib/Acme.*.dll\"", "\"lib/Acme.Core.dll\"", "8 changes 'firstParty', by which some rules only warn about what others built")]
    [TestCase("\"generatedSources\": 3", "\"generatedSources\": 4", "9 raises 'generatedSources' from 3 to 4")]
    [TestCase("\"wasmNames\": \"error\"", "\"wasmNames\": \"note\"", "9 lowers 'wasmNames' from error to note")]
    [TestCase("[\"/build\"]", "[\"/build\", \"/home/me\"]", "9 lets the folder '/home/me/' of build machines show")]
    [TestCase("\"falcon-internal\", ", "", "10 no longer guards 1 internal name")]
    [TestCase("\"words\": [\"falcon-internal\", \"heron\"], \"namespaces\": [\"Acme.Internal\"]", "\"words\": [\"other\"]", "10 no longer guards 3 internal names")]
    [TestCase("\"identifiers\": { \"words\": [\"falcon-internal\", \"heron\"], \"namespaces\": [\"Acme.Internal\"] },", "", "- no longer guards 3 internal names")]
    [TestCase("\"ids\": [\"Acme.Internal.*\"], ", "", "11 no longer calls 'Acme.Internal.*' internal")]
    [TestCase("\"https://npm.acme.example\"", "\"https://npm.acme.example\", \"https://other.example\"", "11 lets private packages go to 'https://other.example'")]
    [TestCase("[\"MIT\"]", "[\"MIT\", \"ISC\"]", "12 allows the licence 'ISC'")]
    [TestCase("\"licenses\": { \"allow\": [\"MIT\"] },", "", "- removes the list of licences, so that any will do")]
    [TestCase("[\"Acme.*\"]", "[\"Acme.*\", \"Other\"]", "13 allows the dependency 'Other'")]
    [TestCase(",\n  \"dependencies\": { \"allow\": [\"Acme.*\"] }", "", "- removes the list of dependencies, so that any will do")]
    [TestCase("\"extends\": \"closed\"", "\"extends\": [\"closed\",\n\"open\"]", "2 extends the profile 'open'")]
    // Stricter, or the same said in another way.
    [TestCase("\"build/**\"", "")]
    [TestCase("\"2 MB\"", "\"1 MB\"")]
    [TestCase("\"RG4006\": \"note\"", "\"RG4006\": \"error\"")]
    [TestCase(", \"RG4006\": \"note\"", "")]
    [TestCase("\"heron\"", "\"heron\", \"osprey\"")]
    [TestCase("\"generatedSources\": 3", "\"generatedSources\": 0")]
    [TestCase("[\"/build\"]", "[]")]
    [TestCase("[\"secret/**\"]", "[\"secret/**\", \"x\"]")]
    [TestCase("\"entries\": 60", "\"entries\": 60, \"entry\": \"1 MB\"")]
    public void Tells_what_is_permitted_with_its_line(string replaced, string by, params string[] says)
    {
        var before = Full.ReplaceLineEndings("\n");
        var after = before.Replace(replaced, by, StringComparison.Ordinal);
        Assert.That(after, Is.Not.EqualTo(before), "the case replaces nothing");

        var changes = Changes(before, after);
        // A star at the end stands for numbers that are defined elsewhere.
        var shown = changes.Select((change, i) => i < says.Length && says[i].EndsWith('*') && change.StartsWith(says[i][..^1], StringComparison.Ordinal) ? says[i] : change);
        Assert.That(shown, Is.EqualTo(says));
    }

    [Test]
    public void The_way_back_permits_what_was_taken_away() =>
        Assert.That(Changes("""{ "artifacts": [ { "match": "*.zip", "allow": ["a"] } ] }""", """{ "artifacts": [ { "match": "*.zip", "allow": ["b"] } ] }"""), Is.EqualTo(new[] { "1 allows 'b' in '*.zip'" }));

    [Test]
    public void Sections_of_one_name_and_patterns_that_only_moved_are_the_same() => Assert.That(Changes(
        """{ "artifacts": [ { "match": "*.zip", "allow": ["a", "b"], "limits": { "size": 10 } } ] }""",
        """{ "artifacts": [ { "match": "*.zip", "allow": ["b"] }, { "match": "*.zip", "allow": ["a"], "limits": { "size": 10 } } ] }"""), Is.Empty);

    [Test]
    public void An_open_list_of_hosts_gets_only_what_nobody_may_point_at_otherwise() =>
        Assert.That(Changes("{ }", """{ "hosts": ["github.com", "build.corp"] }"""), Is.EqualTo(new[] { "1 allows the host 'build.corp'" }));

    [Test]
    public void Hashed_words_are_counted_and_not_told()
    {
        string List(byte salt, params string[] words) => "{ \"identifiers\": { \"hashes\": [" + string.Join(", ", HashedWords.Make(words, Enumerable.Repeat(salt, 16).ToArray()).Select(l => $"\"{l}\"")) + "] } }";

        Assert.That(Changes(List(1, "falcon", "heron"), List(1, "heron")), Is.EqualTo(new[] { "1 no longer guards 1 internal name" }));
        Assert.That(Changes(List(1, "heron"), List(1, "heron", "falcon")), Is.Empty);
        // Under another salt nobody can see that they are the same.
        Assert.That(Changes(List(1, "falcon", "heron"), List(2, "falcon", "heron")), Is.EqualTo(new[] { "1 no longer guards 2 internal names" }));
    }

    [Test]
    public void A_profile_in_place_of_a_manifest_has_no_lines()
    {
        var reader = new ManifestReader(new System.IO.Abstractions.FileSystem());
        var own = TestManifest.Parse("""{ "artifacts": [ { "match": "*.zip", "allow": ["a"] } ] }""");

        Assert.That(Texts(ManifestChanges.Between(own, reader.ReadProfile("closed"))), Is.EqualTo(new[] { "- has no manifest any more, so that the built-in profile 'closed' would serve" }));
        Assert.That(Texts(ManifestChanges.Between(reader.ReadProfile("closed"), own)), Is.EqualTo(new[] { "1 allows 'a' in '*.zip'" }));
        Assert.That(Texts(ManifestChanges.Between(reader.ReadProfile("closed"), reader.ReadProfile("closed"))), Is.Empty);
    }

    [Test]
    public void Waivers_that_are_new_longer_wider_or_count_from_another_day()
    {
        var one = Waiver("W-1", "RG2006", "a.pdb", "2027-01-31");
        var bound = one with { Sha256 = Digest.Of("a"u8), Since = new DateOnly(2026, 1, 1) };

        Assert.That(WaiverChanges([], [one]), Is.EqualTo(new[] { "7 waives RG2006 on 'a.pdb' until 2027-01-31 (waiver W-1)" }));
        Assert.That(WaiverChanges([one], [one with { Expires = new DateOnly(2027, 2, 1) }]), Is.EqualTo(new[] { "7 prolongs waiver W-1 for RG2006 on 'a.pdb' from 2027-01-31 to 2027-02-01" }));
        Assert.That(WaiverChanges([one], [one with { Path = "*.pdb" }]), Is.EqualTo(new[] { "7 waiver W-1 is about something else now: RG2006 on '*.pdb', until 2027-01-31" }));
        Assert.That(WaiverChanges([one], [one with { Rule = RuleId.Parse("RG2001") }]), Has.Exactly(1).Contains("something else"));
        Assert.That(WaiverChanges([bound], [one with { Since = bound.Since }]), Has.Exactly(1).Contains("something else"));
        Assert.That(WaiverChanges([bound], [bound with { Since = null }]), Has.Exactly(1).Contains("count from another day"));
        Assert.That(WaiverChanges([bound], [bound with { Since = new DateOnly(2026, 2, 1) }]), Has.Exactly(1).Contains("count from another day"));

        Assert.That(WaiverChanges([one], []), Is.Empty);
        Assert.That(WaiverChanges([one], [one with { Expires = new DateOnly(2026, 12, 31), Reason = "other", Owner = "other" }]), Is.Empty);
        Assert.That(WaiverChanges([one], [bound]), Is.Empty);
    }

    [Test]
    public void Deadlines_that_are_longer_or_gone()
    {
        var day = new Deadlines { Critical = TimeSpan.FromHours(24), High = TimeSpan.FromDays(7) };

        Assert.That(Texts(ManifestChanges.Between(Manifest(deadlines: day), Manifest(deadlines: day with { Critical = TimeSpan.FromHours(36), High = null, Low = TimeSpan.FromDays(1) }))),
            Is.EqualTo(new[] { "- loosens the deadline for critical from 24 to 36 hours", "- removes the deadline for high" }));
        Assert.That(Texts(ManifestChanges.Between(Manifest(deadlines: day), Manifest(deadlines: day with { Critical = TimeSpan.FromHours(1) }))), Is.Empty);
    }

    [Test]
    public void Growth_that_is_larger_or_without_a_limit()
    {
        Assert.That(Growth(0.25, 0.5), Is.EqualTo(new[] { "7 raises 'growth' of '*.zip' from 25% to 50%" }));
        Assert.That(Growth(0.25, null), Is.EqualTo(new[] { "7 no longer limits 'growth' of '*.zip', which was 25%" }));
        Assert.That(Growth(0.25, 0.1), Is.Empty);
        Assert.That(Growth(null, 0.1), Is.Empty);

        string[] Growth(double? before, double? after) => Texts(ManifestChanges.Between(Limited(before), Limited(after)));
        Manifest Limited(double? growth) => Manifest(sections: [new ManifestSection(new ManifestPattern(Glob.Parse("*.zip"), Place), [], [], [], new ManifestLimits { Growth = growth }, null, false, Place)]);
    }

    private static readonly ManifestLocation Place = new(Path.Combine(Path.GetTempPath(), "releasegate.json"), 7, 3);

    private static Waiver Waiver(string id, string rule, string path, string expires) => new(id, RuleId.Parse(rule), path, "me", "because", DateOnly.Parse(expires, System.Globalization.CultureInfo.InvariantCulture), Place);

    private static string[] WaiverChanges(Waiver[] before, Waiver[] after) => Texts(ManifestChanges.Between(Manifest(before), Manifest(after)));

    private static Manifest Manifest(Waiver[]? waivers = null, Deadlines? deadlines = null, ManifestSection[]? sections = null) =>
        new(Place.File, Place.File, default, sections ?? [], new Dictionary<RuleId, RuleSetting>()) { Waivers = waivers ?? [], Deadlines = deadlines ?? new() };

    private static string[] Changes(string before, string after) => Texts(ManifestChanges.Between(TestManifest.Parse(before), TestManifest.Parse(after)));

    private static string[] Texts(IReadOnlyList<PolicyChange> changes) =>
        [.. changes.Select(c => $"{(c.Location is { } at ? at.Line.ToString(System.Globalization.CultureInfo.InvariantCulture) : "-")} {c.What.Replace('"', '\'')}")];
}
