using System.IO.Compression;
using ReleaseGate.Cli;

namespace ReleaseGate.Tests.Cli;

/// <summary>What is written is nothing that is read, and what could not run leaves nothing that says "passed".</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OutputsTests : IDisposable
{
    private const string Html = "<!doctype html>\n<!-- releasegate/html/v1 -->\n";
    private const string Json = "{ \"schema\": \"releasegate/inventory/v1\" }";

    private readonly Terminal _terminal = new();

    public OutputsTests()
    {
        using var zip = ZipFile.Open(Path.Combine(_terminal.Folder, "a.zip"), ZipArchiveMode.Create);
        using var text = new StreamWriter(zip.CreateEntry("app.js").Open());
        text.Write("x=1");
    }

    public void Dispose() => _terminal.Dispose();

    [TestCase("f.html", Html, "check", "f.html", "--html", "./f.html")]
    [TestCase("f.html", Html, "check", "*.html", "--html", "F.html/../f.html")]
    [TestCase("x.json", Json, "check", "a.zip", "--baseline", "x.json", "--json", "x.json")]
    [TestCase("x.json", Json, "check", "a.zip", "--manifest", "x.json", "--json", "x.json")]
    [TestCase("x.json", Json, "verify", "a.zip", "--receipt", "x.json", "--json", "x.json")]
    [TestCase("x.json", Json, "verify", "a.zip", "--policy", "x.json", "--json", "./x.json")]
    [TestCase("x.json", Json, "inspect", "x.json", "--json", "x.json")]
    [TestCase("x.txt", "word", "init", "x.txt", "--output", "x.txt", "--force")]
    [TestCase("x.txt", "word", "hash-words", "x.txt", "--output", "x.txt", "--force")]
    public void An_input_is_no_output(string file, string text, params string[] command)
    {
        var full = _terminal.Write(file, text);

        Assert.That(_terminal.Run(command), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error + _terminal.Output, Does.Contain("is to be read and to be written"));
        Assert.That(File.ReadAllText(full), Is.EqualTo(text));
    }

    [Test]
    public void Two_outputs_are_two_files()
    {
        Assert.That(_terminal.Run("check", "a.zip", "--json", "x", "--html", "./x"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("is to be written twice"));
    }

    [Test]
    public void The_summary_of_a_job_is_no_artifact()
    {
        var zip = Path.Combine(_terminal.Folder, "a.zip");
        var before = File.ReadAllBytes(zip);
        _terminal.Variables["GITHUB_STEP_SUMMARY"] = zip;

        Assert.That(_terminal.Run("check", "a.zip", "--markdown", "a.zip"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(File.ReadAllBytes(zip), Is.EqualTo(before));
    }

    [TestCase("--shard", "9/4")]
    [TestCase("--nope")]
    [TestCase("--json", "-")]
    public void What_could_not_run_leaves_no_earlier_report(params string[] mistake)
    {
        var report = _terminal.Write("f.html", Html);

        Assert.That(_terminal.Run(["check", "a.zip", "--html", "f.html", .. mistake]), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(File.Exists(report), Is.False);
    }

    [TestCase("merge", "x.json")]
    [TestCase("accept")]
    [TestCase("diff", "a.zip")]
    [TestCase("inspect")]
    [TestCase("verify")]
    [TestCase("npm")]
    public void An_option_that_is_none_is_said_to_be_none(params string[] command)
    {
        Assert.That(_terminal.Run([.. command, "--no-such"]), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("there is no option '--no-such'"));
    }

    [Test]
    public void An_artifact_that_is_missing_is_said_to_be_missing()
    {
        Assert.That(_terminal.Run("verify", "nosuch.tgz"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("'nosuch.tgz' does not exist"));
    }

    [Test]
    public void A_full_standard_output_is_no_pass_and_no_crash()
    {
        using var output = new FullDisk();

        Assert.That(CommandLine.Run(["rules"], _terminal.Surroundings with { Output = output }), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("standard output cannot be written"));
    }

    private sealed class FullDisk : StringWriter
    {
        public override void Flush() => throw new IOException("No space left on device");
    }
}
