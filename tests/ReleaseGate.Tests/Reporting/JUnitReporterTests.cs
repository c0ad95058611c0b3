using System.Text;
using System.Xml.Linq;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Reporting;

public sealed class JUnitReporterTests
{
    [Test]
    public void A_suite_is_an_artifact_and_a_test_is_a_rule()
    {
        var entry = Sample.Entry("lib/a.pdb");
        var suite = Suite(Sample.Verdict("out/a.zip", [entry], Sample.Judged(Sample.Stray, entry, "not on the list"), Sample.Judged(Sample.Stray, entry, "again"), Sample.Judged(Sample.Odd, null, "has no readme")));

        Assert.That(Attributes(suite), Is.EqualTo("name=out/a.zip package=a.zip id=0 tests=2 failures=1 errors=0 skipped=0 time=0.042 timestamp=2026-04-01T09:30:00 hostname=localhost"));
        Assert.That(suite.Elements().Select(e => e.Name.LocalName), Is.EqualTo(new[] { "properties", "testcase", "testcase", "system-out", "system-err" }));
        var (stray, odd) = (suite.Elements("testcase").First(), suite.Elements("testcase").Last());
        Assert.That(Attributes(stray), Is.EqualTo("classname=out/a.zip name=TEST0001 time=0"));
        Assert.That(Attributes(stray.Element("failure")!), Is.EqualTo("type=TEST0001 message=lib/a.pdb: not on the list [a.zip]. Remove it. (and 1 more)"));
        Assert.That(stray.Element("failure")!.Value, Is.EqualTo("error TEST0001: lib/a.pdb: not on the list [a.zip]. Remove it.\nerror TEST0001: lib/a.pdb: again [a.zip]. Remove it.\n"));
        Assert.That(odd.HasElements, Is.False, "a warning fails no test");
        Assert.That(suite.Element("system-out")!.Value, Is.EqualTo("warning TEST0002: a.zip: has no readme. Look at it.\n"));
    }

    [Test]
    public void What_only_a_waiver_lets_pass_is_skipped_with_the_reason()
    {
        var (a, b) = (Sample.Entry("a.pdb"), Sample.Entry("b.pdb"));
        var (waived, blocking) = (Sample.Waived(Sample.Judged(Sample.Stray, a, "stray"), "W-7"), Sample.Judged(Sample.Stray, b, "stray"));
        const string Line = "waived TEST0001: a.pdb: stray [a.zip]. Remove it. Waived by W-7 (alice, 12 days left): a partner needs it.\n";

        var skipped = Suite(Sample.Verdict("a.zip", [a], waived));
        Assert.That((skipped.Attribute("skipped")!.Value, skipped.Attribute("failures")!.Value), Is.EqualTo(("1", "0")));
        Assert.That(skipped.Element("testcase")!.Element("skipped")!.Value, Is.EqualTo(Line));
        Assert.That(skipped.Element("system-out")!.Value, Is.EqualTo(Line));

        var failed = Suite(Sample.Verdict("a.zip", [a, b], waived, blocking));
        Assert.That((failed.Attribute("skipped")!.Value, failed.Attribute("failures")!.Value), Is.EqualTo(("0", "1")));
        Assert.That(failed.Element("testcase")!.Element("failure")!.Value, Is.EqualTo("error TEST0001: b.pdb: stray [a.zip]. Remove it.\n" + Line));
    }

    [Test]
    public void A_finding_of_no_rule_that_ran_is_a_test_of_its_own()
    {
        var suite = Suite(Sample.Verdict("a.zip", [], new JudgedFinding(new Finding(GateRules.Uninspectable, null, "is cut off"), Severity.Error)) with { RulesRun = [RuleId.Parse("RG2001"), Sample.Odd.Id], RulesOff = [Sample.Stray.Id] });

        Assert.That(suite.Elements("testcase").Select(t => t.Attribute("name")!.Value), Is.EqualTo(new[] { "RG0003 Uninspectable", "RG2001 SourceMap", "TEST0002" }));
        Assert.That(suite.Elements("testcase").First().Element("failure")!.Attribute("type")!.Value, Is.EqualTo("RG0003"));
        Assert.That((suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value), Is.EqualTo(("3", "1")));
    }

    [Test]
    public void Floods_are_cut_and_counted()
    {
        var flood = Enumerable.Range(0, 5_000).Select(i => Sample.Judged(i % 2 == 0 ? Sample.Stray : Sample.Odd, Sample.Entry($"f{i}"), "stray"));
        var suite = Suite(Sample.Verdict("a.zip", [], [.. flood]));

        Assert.That(suite.Element("testcase")!.Element("failure")!.Value, Does.EndWith("\n2,450 more, see the JSON report\n"));
        Assert.That(suite.Element("system-out")!.Value, Does.EndWith("\n2,000 more, see the JSON report\n"));
    }

    [Test]
    public void No_name_breaks_the_document_or_speaks_for_it()
    {
        const string Hostile = "]]><failure/>&amp;<!-- \"' -->\u0000\u0001\u001b[2K\r\n\ud800\udc00 \ud800\ufffe\uffff\u202e.js";
        var entry = Sample.Entry(Hostile);
        var verdict = Sample.Verdict("evil" + Hostile + ".zip", ArtifactKind.NuGetPackage, new PackageMetadata(Hostile, Hostile, [], [], entry), null, [entry],
            Sample.Judged(Sample.Stray, entry, Hostile), Sample.Waived(Sample.Judged(Sample.Odd, entry, Hostile), Hostile));

        var text = Write(Sample.Report(verdict));
        var suite = XDocument.Parse(text).Root!.Element("testsuite")!;

        Assert.That(suite.Descendants("failure").Count(), Is.EqualTo(1));
        Assert.That(suite.Descendants("failure").Single().Attribute("message")!.Value, Does.Contain(@"]]><failure/>&amp;<!-- ""' -->\u0000\u0001\u001b[2K\u000d\u000a" + "\U00010000" + @" \ud800\ufffe\uffff\u202e.js"));
        Assert.That(text, Does.Not.Contain("]]>").And.Not.Contain("\u202e"));
    }

    [Test]
    public void Runs_of_no_artifact_and_of_many_are_documents_too()
    {
        Assert.That(XDocument.Parse(Write(Sample.Report())).Root!.HasElements, Is.False);
        var many = XDocument.Parse(Write(Sample.Report(Sample.Verdict("a.zip", []), Sample.Verdict("b.zip", [])))).Root!;
        Assert.That(many.Elements("testsuite").Select(s => s.Attribute("id")!.Value), Is.EqualTo(new[] { "0", "1" }));
        Assert.That(many.HasAttributes, Is.False, "the schema of Ant knows none");
    }

    [Test]
    public void The_next_run_knows_it_for_a_report() => Assert.That(Write(Sample.Report()), Does.StartWith("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- releasegate/junit/v1 -->\n<testsuites"));

    private static XElement Suite(Verdict verdict) => XDocument.Parse(Write(Sample.Report(verdict))).Root!.Elements("testsuite").Single();

    private static string Attributes(XElement element) => string.Join(' ', element.Attributes().Select(a => $"{a.Name}={a.Value}"));

    private static string Write(GateReport report)
    {
        using var output = new MemoryStream();
        new JUnitReporter().Write(report, output);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
