using ReleaseGate.Cli;
using ReleaseGate.Tests.Governance;
using ReleaseGate.Tests.Reporting;

namespace ReleaseGate.Tests.Cli;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ReportFormatTests : IDisposable
{
    private readonly Terminal _terminal = new() { Check = (request, _, _, _) => Sample.Report(Sample.Verdict("a.zip", [], Sample.Judged(Sample.Stray, null, "is wrong"))) with { Request = request } };

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void All_formats_come_from_one_run_and_replace_those_of_the_last()
    {
        for (var i = 0; i < 2; i++)
            Assert.That(_terminal.Run("check", "a.zip", "--json", "r.json", "--junit", "r.xml", "--markdown", "r.md", "--sarif", "r.sarif"), Is.EqualTo(ExitCode.Blocked), _terminal.Error);

        Assert.That(Directory.GetFiles(_terminal.Folder).Select(Path.GetFileName), Is.EquivalentTo(new[] { "r.json", "r.xml", "r.md", "r.sarif" }));
        Assert.That(Read("r.md"), Does.Contain("blocked"));
        Assert.That(Read("r.xml"), Does.Contain("failures=\"1\""));
    }

    [Test]
    public void Every_JSON_ends_with_one_line_feed()
    {
        using var real = new Terminal();
        DrillSample.Write(real, "zip");
        foreach (var args in (string[][])
        [
            ["check", "acme.zip", "--json", "r.json", "--sarif", "r.sarif", "--receipts", "receipts", "--sbom", "sbom"], ["merge", "r.json", "--json", "m.json"], ["merge", "r.sarif", "--sarif", "m.sarif"],
            ["inspect", "acme.zip", "--json", "i.json"], ["diff", "acme.zip", "acme.zip", "--json", "d.json", "--format", "json"], ["check", "none.zip", "--json", "e.json"],
        ])
        {
            real.Run(args);
            if (args.Contains("--format")) Assert.That(real.Output, EndsWell());
        }

        foreach (var file in (string[])["r.json", "r.sarif", "m.json", "m.sarif", "i.json", "d.json", "e.json", "receipts/acme.zip.receipt.json", "sbom/acme.zip.cdx.json"])
            Assert.That(File.ReadAllText(Path.Combine(real.Folder, file)), EndsWell(), file);
        foreach (var format in (string[])["manifest", "report", "receipt", "drift", "drill", "exposure", "log"])
        {
            Assert.That(real.Run("schema", format), Is.EqualTo(ExitCode.Passed));
            Assert.That(real.Output, EndsWell(), format);
        }

        static NUnit.Framework.Constraints.IResolveConstraint EndsWell() => Does.EndWith("}\n").And.Not.EndWith("\n\n");
    }

    [Test]
    public void The_summary_of_a_job_is_added_to()
    {
        var summary = _terminal.Write("summary.md", "# Of another step\n");
        _terminal.Variables["GITHUB_STEP_SUMMARY"] = summary;

        for (var i = 0; i < 2; i++) Assert.That(_terminal.Run("check", "a.zip", "--markdown", summary), Is.EqualTo(ExitCode.Blocked), _terminal.Error);

        Assert.That(Read("summary.md"), Does.StartWith("# Of another step\n<!-- releasegate/markdown/v1 -->\n## "));
        Assert.That(Read("summary.md").Split("## ❌ ReleaseGate: blocked"), Has.Length.EqualTo(3));
    }

    [Test]
    public void A_file_of_somebody_else_is_not_added_to_and_not_replaced()
    {
        _terminal.Write("README.md", "# Mine\n");
        _terminal.Variables["GITHUB_STEP_SUMMARY"] = Path.Combine(_terminal.Folder, "summary.md");

        Assert.That(_terminal.Run("check", "a.zip", "--markdown", "README.md"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("is there and is no report"));
        Assert.That(Read("README.md"), Is.EqualTo("# Mine\n"));
    }

    [Test]
    public void Only_Markdown_is_added_to_a_summary()
    {
        _terminal.Variables["GITHUB_STEP_SUMMARY"] = _terminal.Write("summary.md", "# Of another step\n");

        Assert.That(_terminal.Run("check", "a.zip", "--json", "summary.md"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Read("summary.md"), Is.EqualTo("# Of another step\n"));
    }

    [Test]
    public void A_full_summary_gets_the_verdict_only()
    {
        var summary = _terminal.Write("summary.md", new string('x', (1024 * 1024) - 4_500));
        _terminal.Variables["GITHUB_STEP_SUMMARY"] = summary;
        _terminal.Run("check", "a.zip", "--markdown", summary);

        Assert.That(new FileInfo(summary).Length, Is.LessThanOrEqualTo(1024 * 1024));
        Assert.That(Read("summary.md"), Does.Contain("ReleaseGate: blocked"));
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_terminal.Folder, name));
}
