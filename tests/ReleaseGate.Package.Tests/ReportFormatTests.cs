namespace ReleaseGate.Package.Tests;

/// <summary>The reports that builds write beside the JSON one.</summary>
public sealed class ReportFormatTests
{
    [TestCase("task")]
    [TestCase("process")]
    public void Formats_go_beside_the_report_or_below_obj(string host)
    {
        using var sandbox = new Sandbox();
        sandbox.Library();

        // As it is written at a command line, where a bare ';' would end the property.
        var run = sandbox.Pack("Acme", $"-p:ReleaseGateHost={host}", "-p:ReleaseGateReportFormats=html%3Bmarkdown");
        Assert.That(run.ExitCode, Is.Zero, run.Output);
        string[] expected = ["report.html", "report.json", "report.md"];
        Assert.That(Directory.GetFiles(sandbox.In("Acme", "obj"), "report.*", SearchOption.AllDirectories).Select(Path.GetFileName).Order(StringComparer.Ordinal), Is.EqualTo(expected));

        var named = sandbox.Pack("Acme", $"-p:ReleaseGateHost={host}", "-p:ReleaseGateReportFormats=junit", $"-p:ReleaseGateReportPath={sandbox.In("out", "gate.json")}");
        Assert.That(named.ExitCode, Is.Zero, named.Output);
        Assert.That(sandbox.Files("out"), Is.EqualTo(new[] { "gate.json", "gate.junit.xml" }));

        var unknown = sandbox.Pack("Acme", $"-p:ReleaseGateHost={host}", "-p:ReleaseGateReportFormats=htm");
        Assert.That(unknown.ExitCode, Is.Not.Zero);
        Assert.That(unknown.Output, Does.Contain("there is no report format 'htm', only sarif, junit, markdown, html"));
        Assert.That(sandbox.Packages("Acme"), Is.Empty);
    }
}
