using System.Globalization;
using System.Text;
using System.Xml;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>
/// Writes JUnit XML for test dashboards: an artifact is a suite, a rule that ran is a test of it. A rule that blocks has failed; one that would, were it not for
/// waivers, is skipped, which dashboards count and show. Fits the schema of Ant (windyroad/JUnit-Schema, JUnit.xsd) and that of Jenkins (jenkins-junit.xsd) at once,
/// so there is no output of single tests and no attribute of <c>skipped</c>.
/// </summary>
public sealed class JUnitReporter : IReporter
{
    // One mistake floods a rule. The JSON report has all.
    private const int MostInTest = 50;
    private const int MostInOutput = 500;

    private static readonly XmlWriterSettings Format = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        Indent = true,
        NewLineChars = "\n",
        CheckCharacters = true,
        CloseOutput = false,
    };

    /// <inheritdoc/>
    public void Write(GateReport report, Stream output)
    {
        using var xml = XmlWriter.Create(output, Format);
        xml.WriteStartDocument();
        xml.WriteRaw("\n" + ReportFile.Marker("junit") + "\n");
        xml.WriteStartElement("testsuites");
        for (var i = 0; i < report.Verdicts.Count; i++) WriteSuite(xml, report, report.Verdicts[i], i);
        xml.WriteEndElement();
        xml.WriteEndDocument();
    }

    private static void WriteSuite(XmlWriter xml, GateReport report, Verdict verdict, int index)
    {
        var tests = new SortedDictionary<RuleId, List<JudgedFinding>>();
        foreach (var rule in verdict.RulesRun) tests.TryAdd(rule, []);
        // The gate's own findings come from no rule that runs, and nothing that was found may be missing.
        foreach (var judged in verdict.Findings)
        {
            if (!tests.TryGetValue(judged.Finding.Rule.Id, out var test)) tests.Add(judged.Finding.Rule.Id, test = []);
            test.Add(judged);
        }

        var (failed, skipped) = (0, 0);
        foreach (var test in tests.Values)
        {
            if (HasFailed(test)) failed++;
            else if (IsSkipped(test)) skipped++;
        }

        var name = Text(verdict.Path);
        var time = verdict.Elapsed.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", name.Length > 0 ? name : "artifact");
        xml.WriteAttributeString("package", Text(verdict.Inventory.Package?.Id ?? verdict.Inventory.Name));
        xml.WriteAttributeString("id", Number(index));
        xml.WriteAttributeString("tests", Number(tests.Count));
        xml.WriteAttributeString("failures", Number(failed));
        xml.WriteAttributeString("errors", "0");
        xml.WriteAttributeString("skipped", Number(skipped));
        xml.WriteAttributeString("time", time);
        // The schema of Ant wants it without a zone; it is UTC. The name of the machine is nobody's business.
        xml.WriteAttributeString("timestamp", report.Started.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        xml.WriteAttributeString("hostname", "localhost");
        WriteProperties(xml, report, verdict);
        foreach (var (rule, findings) in tests) WriteTest(xml, report, verdict, rule, findings);
        xml.WriteElementString("system-out", Output(report, verdict));
        xml.WriteElementString("system-err", "");
        xml.WriteEndElement();
    }

    private static void WriteProperties(XmlWriter xml, GateReport report, Verdict verdict)
    {
        xml.WriteStartElement("properties");
        Property("releasegate", GateReport.ToolVersion);
        Property("result", verdict.Passed ? "passed" : "blocked");
        Property("sha256", verdict.Inventory.Digest.ToString());
        if (verdict.Inventory.Package is { } package) Property("version", package.Version);
        if (!report.SeveralManifests) Property("manifest", report.Manifest.Digest.ToString());
        if (report.Request.PolicyFrom is { } revision) Property("policyFrom", revision);
        if (report.Request.WarnOnly) Property("warnOnly", "true");
        if (report.Request.AsOf is { } day) Property("asOf", JsonReporter.Written(day));
        xml.WriteEndElement();

        void Property(string name, string value)
        {
            xml.WriteStartElement("property");
            xml.WriteAttributeString("name", name);
            xml.WriteAttributeString("value", Text(value));
            xml.WriteEndElement();
        }
    }

    private static void WriteTest(XmlWriter xml, GateReport report, Verdict verdict, RuleId rule, List<JudgedFinding> findings)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Text(verdict.Path));
        xml.WriteAttributeString("name", NameOf(rule));
        xml.WriteAttributeString("time", "0");
        if (HasFailed(findings))
        {
            var blocking = findings.FindAll(f => f.Severity == Severity.Error);
            var first = Line(report, verdict, blocking[0]);
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("type", rule.ToString());
            xml.WriteAttributeString("message", blocking.Count == 1 ? first : string.Create(CultureInfo.InvariantCulture, $"{first} (and {blocking.Count - 1:#,0} more)"));
            // What blocks comes first.
            xml.WriteString(Lines(report, verdict, [.. blocking, .. findings.FindAll(f => f.Severity != Severity.Error)], MostInTest));
            xml.WriteEndElement();
        }
        else if (IsSkipped(findings))
        {
            xml.WriteElementString("skipped", Lines(report, verdict, findings, MostInTest));
        }

        xml.WriteEndElement();
    }

    private static bool HasFailed(List<JudgedFinding> findings) => findings.Exists(f => f.Severity == Severity.Error);

    private static bool IsSkipped(List<JudgedFinding> findings) => findings.Exists(f => f.Waiver is not null);

    /// <summary>What does not block, and what became of the artifact.</summary>
    private static string Output(GateReport report, Verdict verdict)
    {
        var others = new List<JudgedFinding>();
        foreach (var judged in verdict.Findings)
            if (judged.Severity != Severity.Error) others.Add(judged);
        var text = new StringBuilder(Lines(report, verdict, others, MostInOutput));
        foreach (var change in report.NeedApproval) text.Append("needs approval: ").Append(Text(change.What)).Append('\n');
        return text.ToString();
    }

    private static string Lines(GateReport report, Verdict verdict, List<JudgedFinding> findings, int most)
    {
        var text = new StringBuilder();
        for (var i = 0; i < findings.Count && i < most; i++)
        {
            text.Append(findings[i].Waiver is null ? findings[i].Severity.ToString().ToLowerInvariant() : "waived").Append(' ').Append(findings[i].Finding.Rule.Id).Append(": ").Append(Line(report, verdict, findings[i])).Append('\n');
        }

        if (findings.Count > most) text.Append(CultureInfo.InvariantCulture, $"{findings.Count - most:#,0} more, see the JSON report\n");
        return text.ToString();
    }

    private static string Line(GateReport report, Verdict verdict, JudgedFinding judged) => Text(Diagnostic.From(report.Request, verdict, judged).Text);

    // A test keeps its name whether it fails or not; nobody tells what the rules of others are called while they find nothing.
    private static string NameOf(RuleId rule)
    {
        foreach (var known in GateRules.All)
            if (known.Id == rule) return $"{rule} {known.Title}";
        foreach (var known in ExposureRules.All)
            if (known.Id == rule) return $"{rule} {known.Title}";
        foreach (var known in BuiltInRules.All)
            if (known.Descriptor.Id == rule) return $"{rule} {known.Descriptor.Title}";
        return rule.ToString();
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    // Two characters that are printable as far as Unicode goes, and that XML 1.0 forbids.
    private static string Text(string text) => EntryPath.Printable(text).Replace("\ufffe", "\\ufffe", StringComparison.Ordinal).Replace("\uffff", "\\uffff", StringComparison.Ordinal);
}
