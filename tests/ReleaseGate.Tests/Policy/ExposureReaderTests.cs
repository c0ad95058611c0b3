using System.IO.Abstractions;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Policy;

public sealed class ExposureReaderTests
{
    private const string Whole = """
        { "exposure": {
            "currency": "CHF",
            "streams": [ { "id": "saas", "title": "Subscriptions", "value": 4e8 } ],
            "contracts": [ { "id": "bank", "value": 2e7 } ],
            "pathways": [
              { "id": "npm", "artifact": "*.tgz", "releases": 120, "leakProbability": 0.05, "losses": { "imitation": { "low": 1e6, "high": 3e7 }, "legal": { "low": 1e6, "high": 1e7 } }, "streams": ["saas"], "contracts": ["bank"] },
              { "id": "nuget", "releases": 12, "leakProbability": 0.01, "loss": { "low": 1e5, "high": 1e6 }, "cap": 5e6 } ],
            "controls": [ { "id": "source-maps", "cost": 5000 }, { "id": "own", "title": "Own", "rules": ["RG3001", "ACME0001"] } ],
            "tolerance": [ { "loss": 5e7, "maxProbability": 0.02 }, { "loss": 1e6, "maxProbability": 0.3 } ],
            "maxEs95": 1e8, "minMiss": 0.1, "missRate": 0.25,
            "approvers": [ { "id": "alice", "limit": 50000 } ], "remediationBudget": 2.5e5 } }
        """;

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("exposure").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Reads_all_of_it()
    {
        var model = Read(Whole)!;
        Assert.Multiple(() =>
        {
            Assert.That((model.Currency, model.MaximumEs95, model.MinimumMiss, model.MissRate, model.Drill, model.RemediationBudget), Is.EqualTo(("CHF", 1e8, 0.1, 0.25, (string?)null, 2.5e5)));
            Assert.That(model.Streams, Is.EqualTo(new[] { new RevenueStream("saas", "Subscriptions", 4e8) }));
            Assert.That(model.Contracts, Is.EqualTo(new[] { new Contract("bank", "bank", 2e7) }));
            var (npm, nuget) = (model.Pathways[0], model.Pathways[1]);
            Assert.That((npm.Id, npm.Artifact!.ToString(), npm.Releases, npm.LeakProbability, npm.Low, npm.High, npm.LargestLoss, npm.Location.Line), Is.EqualTo(("npm", "*.tgz", 120.0, 0.05, 2e6, 4e7, 4.2e8, 6)));
            Assert.That(npm.Losses.Select(l => l.Name), Is.EqualTo(new[] { "imitation", "legal" }));
            Assert.That((nuget.Artifact, nuget.Low, nuget.High, nuget.LargestLoss), Is.EqualTo(((ManifestPattern?)null, 1e5, 1e6, (double?)5e6)));
            Assert.That(model.Controls.Select(c => (c.Id, c.Title, c.Cost)), Is.EqualTo(new[] { ("source-maps", Controls.Default.Single(c => c.Id == "source-maps").Title, (double?)5000), ("own", "Own", null) }));
            Assert.That(model.Controls[0].Rules, Is.EqualTo(Controls.Default.Single(c => c.Id == "source-maps").Rules));
            Assert.That(model.Tolerance.Select(t => (t.Loss, t.MaximumProbability)), Is.EqualTo(new[] { (1e6, 0.3), (5e7, 0.02) }), "by loss");
            Assert.That(model.Approvers, Is.EqualTo(new[] { new ApprovalLimit("alice", 50000) }));
        });
    }

    [Test]
    public void Usual_values()
    {
        var model = Read("""{ "exposure": { "currency": "EUR", "drill": "sub/drill.json", "pathways": [ { "id": "p", "releases": 1, "leakProbability": 1, "loss": { "low": 1, "high": 2 } } ] } }""")!;
        Assert.That((model.MinimumMiss, model.MissRate, model.Drill), Is.EqualTo((0.05, (double?)null, Path.Combine(_folder, "sub", "drill.json"))));
        Assert.That(model.Controls, Is.SameAs(Controls.Default));
        Assert.That(model.Tolerance, Is.Empty);
        Assert.That(Read("{ }"), Is.Null);
    }

    // What is replaced by what, and what is said then, with line and column.
    [TestCase("\"CHF\"", "\"Franken\"", "2,17", "'Franken' is no currency")]
    [TestCase("\"currency\": \"CHF\",", "", "1,15", "\"exposure\" has no \"currency\"")]
    [TestCase("\"currency\"", "\"curency\"", "2,5", "did you mean 'currency'?")]
    [TestCase("\"low\": 1e5, \"high\": 1e6", "\"low\": 1e6, \"high\": 1e6", "7,95", "\"high\" is not above \"low\"")]
    [TestCase("\"low\": 1e5, \"high\": 1e6", "\"low\": 0, \"high\": 1e6", "7,82", "\"low\" is not above 0")]
    [TestCase("\"low\": 1e5, \"high\": 1e6", "\"low\": -5, \"high\": 1e6", "7,82", "\"low\" is not above 0")]
    [TestCase("\"cap\": 5e6", "\"cap\": 5e5", "7,109", "the \"cap\", CHF 500k, is less than \"high\", CHF 1.00M; raise it")]
    [TestCase("\"value\": 4e8", "\"value\": 1e6", "6,7", "the streams and contracts that are named come to CHF 21.0M, less than \"high\" of all \"losses\" together, CHF 40.0M; name what is missing")]
    [TestCase("\"cap\": 5e6", "\"cap\": 999999", "7,109", "the \"cap\", CHF 1.00M, is a little less than \"high\", CHF 1.00M")]
    [TestCase("\"high\": 1e6 }, \"cap\": 5e6", "\"high\": 1e10 }", "7,7", "a \"cap\"")]
    [TestCase("\"low\": 1e5, \"high\": 1e6", "\"low\": 1e-300, \"high\": 1e6", "*", "so wide an interval says nothing")]
    [TestCase("\"cost\": 5000", "\"cost\": 1e-300", "*", "\"cost\" is less than any money there is")]
    [TestCase("\"leakProbability\": 0.05", "\"leakProbability\": 5", "6,79", "a probability from 0 to 1")]
    [TestCase("\"releases\": 120", "\"releases\": 1e6", "6,55", "no question of risk")]
    [TestCase("\"releases\": 120", "\"releases\": -1", "6,55", "not negative")]
    [TestCase("\"releases\": 120", "\"releases\": \"120\"", "6,55", "must be a number, this is a string")]
    [TestCase("\"releases\": 120", "\"releases\": 1e999", "6,55", "larger than anything there is")]
    [TestCase("\"streams\": [\"saas\"]", "\"streams\": [\"sas\"]", "*", "there is no \"sas\" in \"streams\" of the exposure; did you mean 'saas'?")]
    [TestCase("\"streams\": [\"saas\"]", "\"streams\": [\"saas\", \"saas\"]", "*", "a second time")]
    [TestCase("\"id\": \"nuget\"", "\"id\": \"npm\"", "7,15", "the id \"npm\" is taken, in line 6")]
    [TestCase("\"id\": \"nuget\"", "\"id\": \"nu get\"", "7,15", "letters, digits")]
    [TestCase("\"id\": \"source-maps\"", "\"id\": \"source-map\"", "8,19", "did you mean 'source-maps'?")]
    [TestCase("\"RG3001\", \"ACME0001\"", "\"RG2001\"", "*", "RG2001 belongs to the controls \"source-maps\" and \"own\"")]
    [TestCase("\"RG3001\", \"ACME0001\"", "\"nonsense\"", "*", "ids of rules")]
    [TestCase("\"loss\": 1e6, \"maxProbability\": 0.3", "\"loss\": 50000000, \"maxProbability\": 0.3", "9,71", "has a tolerance already, in line 9")]
    [TestCase("\"maxProbability\": 0.02", "\"maxProbability\": 2", "*", "a probability from 0 to 1")]
    [TestCase("\"missRate\": 0.25", "\"missRate\": 0.05", "10,49", "\"missRate\" is below \"minMiss\" (0.1)")]
    [TestCase("\"missRate\": 0.25", "\"missRate\": 0.25, \"drill\": \"d.json\"", "10,49", "leave one of them out")]
    [TestCase("\"maxEs95\": 1e8", "\"maxEs95\": 0", "10,16", "an amount above 0")]
    [TestCase("{ \"id\": \"alice\", \"limit\": 50000 }", "{ \"id\": \"alice\", \"limit\": 1 }, { \"id\": \"Alice\", \"limit\": 2 }", "*", "'Alice' has a limit already")]
    [TestCase("\"loss\": { \"low\": 1e5, \"high\": 1e6 }, ", "", "7,7", "neither \"loss\" nor \"losses\"")]
    [TestCase("\"artifact\": \"*.tgz\"", "\"artifact\": \"a/*.tgz\"", "6,34", "the pattern 'a/*.tgz' is wrong")]
    public void What_makes_no_sense_is_told_with_its_place(string from, string to, string place, string says)
    {
        Assert.That(Whole, Does.Contain(from));
        var text = Whole.Replace(from, to, StringComparison.Ordinal);
        var mistake = Assert.Throws<GateException>(() => Read(text))!;
        Assert.That(mistake.Rule, Is.EqualTo(GateRules.ManifestInvalid.Id));
        Assert.That(mistake.Message, Does.Contain(says));
        if (place != "*") Assert.That($"{mistake.Line},{mistake.Column}", Is.EqualTo(place));
    }

    [Test]
    public void The_outermost_counts_whole_and_the_others_have_to_make_sense()
    {
        File.WriteAllText(Path.Combine(_folder, "base.json"), Whole);
        var own = """{ "extends": "base.json", "exposure": { "currency": "EUR", "pathways": [ { "id": "p", "releases": 1, "leakProbability": 1, "loss": { "low": 1, "high": 2 } } ] } }""";
        Assert.That(Read(own)!.Tolerance, Is.Empty);
        Assert.That(Read("""{ "extends": "base.json" }""")!.Currency, Is.EqualTo("CHF"));
        File.WriteAllText(Path.Combine(_folder, "base.json"), Whole.Replace("CHF", "chf", StringComparison.Ordinal));
        Assert.That(() => Read(own), Throws.InstanceOf<GateException>());
    }

    [Test]
    public void Controls_of_unknown_rules_are_refused_once_all_rules_are_known()
    {
        var manifest = Manifest(Whole);
        RuleId[] known = [.. BuiltInRules.All.Select(r => r.Descriptor.Id)];
        Assert.That(() => ManifestReader.RequireKnownRules(manifest, known), Throws.InstanceOf<GateException>().With.Message.Contains("\"own\" names ACME0001").And.Property("Line").EqualTo(8));
        ManifestReader.RequireKnownRules(manifest, [.. known, RuleId.Parse("ACME0001")]);
    }

    [Test]
    public void RG8001_can_be_set_and_is_known() =>
        ManifestReader.RequireKnownRules(Manifest("""{ "rules": { "RG8001": "warning" } }"""), []);

    [Test]
    public void The_template_can_be_read()
    {
        var model = Read($"{{ {ExposureModel.Template()} }}")!;
        Assert.That(ExposureAssessment.Of(model, null, null, true).Passed, Is.True);
        Assert.That(model.Pathways.Single().Losses.Select(l => l.Name), Is.EqualTo(new[] { "imitation", "assurance", "remediation", "delay", "legal" }));
    }

    [TestCase("0.02", "0.05", "tolerance")]
    [TestCase("{ \"loss\": 5e7, \"maxProbability\": 0.02 }, ", "", "tolerance")]
    [TestCase("\"maxEs95\": 1e8", "\"maxEs95\": 2e8", "maxEs95")]
    [TestCase("\"maxEs95\": 1e8, ", "", "maxEs95")]
    [TestCase("\"minMiss\": 0.1", "\"minMiss\": 0.09", "minMiss")]
    [TestCase("\"missRate\": 0.25", "\"missRate\": 0.2", "missRate")]
    [TestCase("\"missRate\": 0.25", "\"drill\": \"drill.json\"", "drill")]
    [TestCase("\"high\": 3e7", "\"high\": 2e7", "loss")]
    [TestCase("\"low\": 1e6, \"high\": 3e7", "\"low\": 2e6, \"high\": 3e7", "loss")]
    [TestCase("\"releases\": 120", "\"releases\": 60", "releases")]
    [TestCase("\"leakProbability\": 0.05", "\"leakProbability\": 0.04", "leakProbability")]
    [TestCase("\"cap\": 5e6", "\"cap\": 4e6", "cap")]
    [TestCase("\"*.tgz\"", "\"x.tgz\"", "artifact")]
    [TestCase("\"limit\": 50000", "\"limit\": 60000", "approvers")]
    [TestCase("[\"RG3001\", \"ACME0001\"]", "[\"RG3001\"]", "controls")]
    [TestCase("\"CHF\"", "\"JPY\"", "currency")]
    [TestCase("\"remediationBudget\": 2.5e5", "\"remediationBudget\": 3e5", "remediationBudget")]
    public void What_is_looser_needs_approval(string from, string to, string key)
    {
        Assert.That(Whole, Does.Contain(from));
        var looser = Manifest(Whole.Replace(from, to, StringComparison.Ordinal));
        var changes = ManifestChanges.Between(Manifest(Whole), looser);
        Assert.That(changes.Select(c => c.What), Is.All.StartsWith($"loosens the exposure (\"{key}\")").And.Not.Empty);
        Assert.That(changes.Select(c => c.Location), Is.All.Not.Null);
        if (key is not ("drill" or "artifact" or "currency" or "loss")) Assert.That(ManifestChanges.Between(looser, Manifest(Whole)).Select(c => c.What), Is.Empty, "the other way round it is tighter");
    }

    [TestCase("\"loss\": 5e7, \"maxProbability\": 0.02", "\"loss\": 5e7, \"maxProbability\": 0.050001", "5.0001 % of years may lose more than CHF 50.0M instead of 2 %")]
    [TestCase("\"maxEs95\": 1e8", "\"maxEs95\": 100100000", "CHF 100.0M becomes CHF 100.1M")]
    [TestCase("\"maxEs95\": 1e8, ", "", "CHF 100M becomes no limit")]
    [TestCase("\"minMiss\": 0.1", "\"minMiss\": 0.09", "10 % becomes 9 %")]
    [TestCase("\"releases\": 120", "\"releases\": 60", "of the pathway \"npm\" 120 becomes 60")]
    [TestCase("\"leakProbability\": 0.05", "\"leakProbability\": 0.00004", "of the pathway \"npm\" 5 % becomes 0.004 %")]
    [TestCase("\"cap\": 5e6", "\"cap\": 4e6", "CHF 5.00M becomes CHF 4.00M")]
    [TestCase("\"limit\": 50000", "\"limit\": 60000", "may approve of: waivers of CHF 60.0k at most instead of CHF 50.0k")]
    public void What_is_looser_is_said_as_people_read_it(string from, string to, string says)
    {
        Assert.That(Whole, Does.Contain(from));
        Assert.That(ManifestChanges.Between(Manifest(Whole), Manifest(Whole.Replace(from, to, StringComparison.Ordinal))).Select(c => c.What), Has.One.EndsWith(says));
    }

    [Test]
    public void Taking_the_model_away_needs_approval_and_adding_one_does_not()
    {
        Assert.That(ManifestChanges.Between(Manifest(Whole), Manifest("{ }")).Single().What, Does.StartWith("removes \"exposure\""));
        Assert.That(ManifestChanges.Between(Manifest("{ }"), Manifest(Whole)), Is.Empty);
    }

    private ExposureModel? Read(string text) => Manifest(text).Exposure;

    private Manifest Manifest(string text)
    {
        var path = Path.Combine(_folder, "releasegate.json");
        File.WriteAllText(path, text.ReplaceLineEndings("\n"));
        return new ManifestReader(new FileSystem()).Read(path);
    }
}
