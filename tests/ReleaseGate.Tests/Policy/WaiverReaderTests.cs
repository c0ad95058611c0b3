using System.IO.Abstractions;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Policy;

/// <summary>How waivers and deadlines stand in a manifest. Whatever is not understood to the last letter ends the run.</summary>
public sealed class WaiverReaderTests
{
    private const string Digits = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("waivers").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Reads_everything_with_its_place()
    {
        var manifest = Read($$"""
            {
              "waivers": [
                // short
                { "id": "W-1", "rule": "RG2006", "path": ".", "owner": " alice ", "reason": "because", "expires": "2026-12-31" },
                {
                  "id": "SEC_2.b", "rule": "ACME0001", "path": "tools/x.zip!/lib/a.dll", "artifact": "Acme.{version}.nupkg", "sha256": "{{Digits.ToUpperInvariant()}}",
                  "owner": "bob", "approver": "alice", "ticket": "T-1", "reason": "r", "since": "2026-02-28", "expires": "2028-02-29",
                },
              ],
              "deadlines": { "critical": "24h", "high": "7d", "medium": "14d", "low": "366d" }
            }
            """);

        var file = manifest.File!;
        Assert.That(manifest.Waivers[0], Is.EqualTo(new Waiver("W-1", RuleId.Parse("RG2006"), Waiver.WholeArtifact, "alice", "because", new DateOnly(2026, 12, 31), new ManifestLocation(file, 4, 5))
        {
            RuleLocation = new ManifestLocation(file, 4, 28),
        }));
        var second = manifest.Waivers[1];
        Assert.That(second.Artifact!.ToString(), Is.EqualTo("Acme.{version}.nupkg"));
        Assert.That(second, Is.EqualTo(new Waiver("SEC_2.b", RuleId.Parse("ACME0001"), "tools/x.zip!/lib/a.dll", "bob", "r", new DateOnly(2028, 2, 29), new ManifestLocation(file, 5, 5))
        {
            Artifact = second.Artifact, Sha256 = Digest.TryParse(Digits, out var digest) ? digest : null, Approver = "alice", Ticket = "T-1", Since = new DateOnly(2026, 2, 28),
            RuleLocation = new ManifestLocation(file, 6, 32),
        }));
        Assert.That(manifest.Deadlines, Is.EqualTo(new Deadlines { Critical = TimeSpan.FromHours(24), High = TimeSpan.FromDays(7), Medium = TimeSpan.FromDays(14), Low = TimeSpan.FromDays(366) }));
        Assert.That((manifest.Deadlines.For(Urgency.High), manifest.Deadlines.For(Urgency.Low)), Is.EqualTo((TimeSpan.FromDays(7), TimeSpan.FromDays(366))));
        Assert.That(Read("{}").Waivers, Is.Empty);
        Assert.That(Read("""{ "waivers": [] }""").Waivers, Is.Empty);
    }

    // Each line: what replaces a key's value in a good waiver (null: the key goes), where the mistake is, and what is said.
    [TestCase("id", null, "{", "the waiver has no \"id\"; it needs id, rule, path, owner, reason, expires")]
    [TestCase("rule", null, "{", "the waiver has no \"rule\"")]
    [TestCase("path", null, "{", "the waiver has no \"path\"")]
    [TestCase("owner", null, "{", "the waiver has no \"owner\"")]
    [TestCase("reason", null, "{", "the waiver has no \"reason\"")]
    [TestCase("expires", null, "{", "the waiver has no \"expires\"")]
    [TestCase("id", "7", "7", "\"id\" must be a string, this is a number")]
    [TestCase("id", "\" \"", "\" \"", "\"id\" is blank")]
    [TestCase("id", "\"W 7\"", "\"W 7\"", "'W 7' is no id of a waiver")]
    [TestCase("id", "\"::W\"", "\"::W\"", "is no id of a waiver")]
    [TestCase("rule", "\"*\"", "\"*\"", "a waiver is about one rule")]
    [TestCase("rule", "\"RG2*\"", "\"RG2*\"", "a waiver is about one rule")]
    [TestCase("rule", "\"rg2006\"", "\"rg2006\"", "no rule id")]
    [TestCase("rule", "[\"RG2006\"]", "[", "must be a string, this is an array")]
    [TestCase("path", "\"\"", "\"\"", "the path is empty")]
    [TestCase("path", "\"**\"", "\"**\"", "would silence everything below a folder")]
    [TestCase("path", "\"lib/**\"", "\"lib/**\"", "would silence everything below a folder")]
    [TestCase("path", "\"*\"", "\"*\"", "would silence everything at the top")]
    [TestCase("path", "\"lib/*/*.pdb\"", "\"lib", "at most one '*'")]
    [TestCase("path", "\"lib\\\\a.pdb\"", "\"lib", "write '/'")]
    [TestCase("path", "\"/lib/a.pdb\"", "\"/lib", "no leading '/'")]
    [TestCase("artifact", "\"a/b.zip\"", "\"a/b", "no folders")]
    [TestCase("artifact", "\"{id}.zip\"", "\"{id}", "has no meaning in an artifact's name")]
    [TestCase("artifact", "[]", "[]", "must be a string")]
    [TestCase("sha256", "\"abc\"", "\"abc\"", "no SHA-256: 64 hexadecimal digits")]
    [TestCase("sha256", "null", "null", "must be a string, this is null")]
    [TestCase("owner", "\"\"", "\"\"", "\"owner\" is blank")]
    [TestCase("owner", "\"\\t \"", "\"\\t", "\"owner\" is blank")]
    [TestCase("reason", "\" \"", "\" \"", "\"reason\" is blank")]
    [TestCase("reason", "true", "true", "must be a string")]
    [TestCase("ticket", "\" \"", "\" \"", "\"ticket\" is blank")]
    [TestCase("approver", "\"\"", "\"\"", "\"approver\" is blank")]
    [TestCase("approver", "\" Alice \"", "\" Alice", "the approver is the owner")]
    [TestCase("owner", "\"\\u200b\"", "\"\\u200b", "\"owner\" holds a character that nobody sees (U+200B); leave it out")]
    [TestCase("approver", "\"Alice\\u200b\"", "\"Alice\\u200b", "\"approver\" holds a character that nobody sees (U+200B)")]
    [TestCase("ticket", "\"T\\u0007\"", "\"T\\u0007", "\"ticket\" holds a character that nobody sees (U+0007)")]
    [TestCase("owner", "\"a\\ue000\"", "\"a\\ue000", "(U+E000)")]
    [TestCase("owner", "\"-\"", "\"-\"", "\"owner\" has neither a letter nor a digit")]
    [TestCase("reason", "\"\\u200b\"", "\"\\u200b", "\"reason\" has neither a letter nor a digit")]
    [TestCase("expires", "\"2026-13-01\"", "\"2026-13", "that is no day; write it like \"2027-01-31\"")]
    [TestCase("expires", "\"2026-02-29\"", "\"2026-02", "no day")]
    [TestCase("expires", "\"31.12.2026\"", "\"31.", "no day")]
    [TestCase("expires", "\"2026-12-31T00:00:00Z\"", "\"2026-12-31T", "no day")]
    [TestCase("expires", "\"2026-1-1\"", "\"2026-1", "no day")]
    [TestCase("expires", "\" 2026-12-31\"", "\" 2026", "no day")]
    [TestCase("expires", "\"never\"", "\"never\"", "\"expires\" is 'never', and that is no day")]
    [TestCase("expires", "20261231", "20261231", "must be a string, this is a number")]
    [TestCase("since", "\"yesterday\"", "\"yester", "\"since\" is 'yesterday', and that is no day")]
    [TestCase("since", "\"2027-01-01\"", "\"2027-01-01\"", "expires before the day it says \"since\" of")]
    [TestCase("expired_at", "\"2026-12-31\"", "\"expired_at\"", "a waiver has no key \"expired_at\"")]
    [TestCase("paths", "[]", "\"paths\"", "a waiver has no key \"paths\", only id, rule, path, artifact, sha256, owner, approver, ticket, reason, since, expires; did you mean 'path'?")]
    public void Refuses_a_wrong_waiver_at_its_place(string key, string? value, string at, string says)
    {
        var keys = new Dictionary<string, string>
        {
            ["id"] = "\"W-7\"", ["rule"] = "\"RG2006\"", ["path"] = "\"lib/a.pdb\"", ["owner"] = "\"alice\"", ["reason"] = "\"because\"", ["expires"] = "\"2026-12-31\"",
        };
        keys.Remove(key);
        if (value is not null) keys[key] = value;
        // The key that is wrong stands in a line of its own, so that the place cannot be right by accident.
        var line = value is null ? "{ " : $"  \"{key}\": {value},";
        var text = $$"""
            { "waivers": [
            {{(value is null ? "" : "{")}}
            {{line}}
            {{string.Join(", ", keys.Where(k => k.Key != key).Select(k => $"\"{k.Key}\": {k.Value}"))}}
            } ] }
            """;
        Refused(text, 3, line.IndexOf(at, StringComparison.Ordinal) + 1, says);
    }

    [TestCase("{ \"waivers\": {} }", 14, "\"waivers\" must be an array, this is an object")]
    [TestCase("{ \"waivers\": [\"W-7\"] }", 15, "a waiver must be an object, this is a string")]
    [TestCase("{ \"deadlines\": [] }", 16, "\"deadlines\" must be an object")]
    [TestCase("{ \"deadlines\": {} }", 16, "\"deadlines\" says nothing")]
    [TestCase("{ \"deadlines\": { \"urgent\": \"1d\" } }", 18, "\"deadlines\" has no key \"urgent\", only critical, high, medium, low")]
    [TestCase("{ \"deadlines\": { \"high\": 7 } }", 26, "must be a string")]
    [TestCase("{ \"deadlines\": { \"high\": \"7\" } }", 26, "hours or days")]
    [TestCase("{ \"deadlines\": { \"high\": \"0d\" } }", 26, "hours or days")]
    [TestCase("{ \"deadlines\": { \"high\": \"d\" } }", 26, "hours or days")]
    [TestCase("{ \"deadlines\": { \"high\": \"7 d\" } }", 26, "hours or days")]
    [TestCase("{ \"deadlines\": { \"high\": \"-7d\" } }", 26, "hours or days")]
    [TestCase("{ \"deadlines\": { \"high\": \"1w\" } }", 26, "hours or days")]
    [TestCase("{ \"deadlines\": { \"high\": \"367d\" } }", 26, "at most 366 days")]
    [TestCase("{ \"deadlines\": { \"high\": \"99999999999h\" } }", 26, "at most 366 days")]
    public void Refuses_what_is_no_waiver_and_no_deadline(string text, int column, string says) => Refused(text, 1, column, says);

    [Test]
    public void An_id_that_stands_twice_is_refused_also_across_files()
    {
        Refused($"{{ \"waivers\": [ {Short("W-1")},\n  {Short("w-1")} ] }}", 2, 11, "there is a waiver \"w-1\" already, in line 1;");

        Write("base.json", $"{{ \"waivers\": [\n {Short("W-1")} ] }}");
        var error = Assert.Throws<GateException>(() => Read($"{{ \"extends\": \"./base.json\", \"waivers\": [ {Short("W-1")} ] }}"))!;
        Assert.That(error.Rule, Is.EqualTo(GateRules.WaiverRefused.Id));
        Assert.That((error.File, error.Line, error.Column), Is.EqualTo((Path.Combine(_folder, "base.json"), 2, 10)));
        Assert.That(error.Message, Does.Contain("in line 1 of ").And.Contain("releasegate.json"));
    }

    [Test]
    public void What_is_extended_comes_behind_and_the_first_deadline_counts()
    {
        Write("base.json", $$"""{ "waivers": [ {{Short("W-2")}} ], "deadlines": { "high": "30d", "low": "90d" }, "rules": { "RG0004": "error" } }""");
        var manifest = Read($$"""{ "extends": ["closed", "./base.json"], "waivers": [ {{Short("W-1")}} ], "deadlines": { "high": "7d" }, "rules": { "RG0004": "warning" } }""");

        Assert.That(manifest.Waivers.Select(w => w.Id), Is.EqualTo(new[] { "W-1", "W-2" }));
        Assert.That(manifest.Waivers[1].Location.File, Is.EqualTo(Path.Combine(_folder, "base.json")));
        Assert.That(manifest.Deadlines, Is.EqualTo(new Deadlines { High = TimeSpan.FromDays(7), Low = TimeSpan.FromDays(90) }));
        Assert.That(manifest.Rules[GateRules.UnusedWaiver.Id].Severity, Is.EqualTo(Severity.Warning));
    }

    [TestCase("note")]
    [TestCase("off")]
    public void An_unused_waiver_can_be_an_error_or_a_warning_only(string severity)
    {
        var error = Assert.Throws<GateException>(() => Read($$"""{ "rules": { "RG0004": "{{severity}}" } }"""))!;

        Assert.That((error.Rule, error.Line, error.Column), Is.EqualTo((GateRules.ManifestInvalid.Id, 1, 24)));
        Assert.That(error.Message, Does.Contain("RG0004 is about the gate itself; it can be set to error or warning only"));
        Assert.That(() => Read("""{ "rules": { "RG0005": "warning" } }"""), Throws.TypeOf<GateException>().With.Message.Contains("RG0005 is about the gate itself; its severity cannot be changed"));
    }

    [TestCase("RG2099", 26, "there is no rule RG2099")]
    [TestCase("ACME0001", 26, "there is no rule ACME0001; load the assembly that brings it (on the command line with '--rules')")]
    [TestCase("RG0003", 26, "RG0003 is about the gate itself, and no waiver silences it")]
    [TestCase("RG0004", 26, "RG0004 is about the gate itself")]
    [TestCase("TEST0001", 26, "TEST0001 (Firm) cannot be waived")]
    [TestCase("RG4001", 3, "this waiver has no \"sha256\": RG4001 (ProvenToken) is waived for exact bytes only")]
    [TestCase("RG4003", 3, "this waiver has no \"sha256\": RG4003 (PrivateKey) is waived for exact bytes only")]
    [TestCase("TEST0002", 3, "this waiver has no \"sha256\": TEST0002 (Exact) is waived for exact bytes only")]
    public void Refuses_rules_that_no_waiver_silences(string rule, int column, string says)
    {
        var manifest = $"{{ \"waivers\": [\n  {Short("W-1").Replace("RG2006", rule, StringComparison.Ordinal)} ] }}";
        var rules = RuleSet.Create([new Silent(new Descriptor("TEST0001", "Firm", "S.", "F.", waivable: false)), new Silent(new Descriptor("TEST0002", "Exact", "S.", "F.") { WaivedByDigestOnly = true })]);

        var error = Assert.Throws<GateException>(() => WaiverReader.RequireWaivableRules(Read(manifest), rules))!;
        Assert.That((error.Rule, error.Line, error.Column), Is.EqualTo((GateRules.WaiverRefused.Id, 2, column)), error.Message);
        Assert.That(error.File, Does.EndWith(".json"));
        Assert.That(error.Message, Does.Contain(says));
    }

    [TestCase("lib/a.pdb", "lib/a.pdb", true)]
    [TestCase("lib/a.pdb", "lib/A.pdb", false)]
    [TestCase("lib/a.pdb", "lib/a.pdb.gz", false)]
    [TestCase("lib/*.pdb", "lib/a.pdb", true)]
    [TestCase("lib/*.pdb", "lib/.pdb", true)]
    [TestCase("lib/*.pdb", "lib/x/a.pdb", false)]
    [TestCase("lib/*/a.pdb", "lib/net8.0/a.pdb", true)]
    [TestCase("lib/*/a.pdb", "lib/a.pdb", false)]
    [TestCase("lib/*/a.pdb", "lib/net8.0/x/a.pdb", false)]
    [TestCase("*.pdb", "a.pdb", true)]
    [TestCase("*.pdb", "lib/a.pdb", false)]
    [TestCase("app.*.js", "app.min.js", true)]
    [TestCase("app.*.js", "app.js", false)]
    [TestCase("*/a.pdb", "x.zip!/a.pdb", false)]
    [TestCase("x.*/a.pdb", "x.zip!/a.pdb", false)]
    [TestCase("x.*!/a.pdb", "x.zip!/a.pdb", true)]
    [TestCase("x.zip!/a.pdb", "x.zip!/a.pdb", true)]
    [TestCase("x.zip!/*.pdb", "x.zip!/a.pdb", true)]
    [TestCase("x.zip!/*.pdb", "x.zip!/y.zip!/a.pdb", false)]
    [TestCase(".", ".", false)]
    public void One_star_stays_within_one_segment(string pattern, string path, bool isAbout)
    {
        var waiver = new Waiver("W", RuleId.Parse("RG2006"), pattern, "o", "r", DateOnly.MaxValue, new ManifestLocation("m", 1, 1));

        Assert.That(waiver.IsAbout(path), Is.EqualTo(isAbout));
        Assert.That(waiver.IsAbout((string?)null), Is.EqualTo(pattern == "."));
    }

    private static string Short(string id) => $$"""{ "id": "{{id}}", "rule": "RG2006", "path": "a.pdb", "owner": "alice", "reason": "r", "expires": "2026-12-31" }""";

    private void Refused(string text, int line, int column, string says)
    {
        var error = Assert.Throws<GateException>(() => Read(text))!;

        Assert.That(error.Rule, Is.EqualTo(GateRules.WaiverRefused.Id), error.Message);
        Assert.That(error.File, Is.EqualTo(Path.Combine(_folder, "releasegate.json")));
        Assert.That((error.Line, error.Column), Is.EqualTo((line, column)), error.Message);
        Assert.That(error.Message, Does.Contain(says));
        Assert.That(error.Message, Does.Not.EndWith("."));
    }

    private Manifest Read(string text) => new ManifestReader(new FileSystem()).Read(Write("releasegate.json", text));

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private sealed class Silent(Descriptor descriptor) : ArtifactRule(descriptor)
    {
        public override void Inspect(Inventory inventory, RuleContext context)
        {
        }
    }
}
