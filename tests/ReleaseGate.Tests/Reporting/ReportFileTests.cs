using System.IO.Abstractions;
using ReleaseGate.Reporting;

namespace ReleaseGate.Tests.Reporting;

public sealed class ReportFileTests
{
    private static readonly FileSystem Files = new();

    private string _file = "";

    [SetUp]
    public void Create() => _file = Path.Combine(Directory.CreateTempSubdirectory("releasegate-").FullName, "file");

    [TearDown]
    public void Remove() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    private const string Sarif = "{ \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\", \"version\": \"2.1.0\", \"runs\": [ { \"tool\": { \"driver\": { \"name\": ";

    [TestCase("", ReportFormat.Json)]
    [TestCase("", ReportFormat.Html)]
    [TestCase("""{ "schema": "releasegate/report/v1", """, ReportFormat.Json)]
    [TestCase("""{"schema":"releasegate/receipt/v2",""", ReportFormat.Receipt)]
    [TestCase("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- releasegate/junit/v1 -->\n<testsuites />", ReportFormat.JUnit)]
    [TestCase("<!-- releasegate/markdown/v1 -->\n## Blocked", ReportFormat.Markdown)]
    [TestCase("<!doctype html>\n<!-- releasegate/html/v1 -->\n<html lang=\"en\">", ReportFormat.Html)]
    [TestCase(Sarif + "\"ReleaseGate\"", ReportFormat.Sarif)]
    public void A_report_of_ours_is_replaced_by_one_of_its_format(string text, object expected)
    {
        var format = (ReportFormat)expected;
        File.WriteAllText(_file, text);

        foreach (var other in Enum.GetValues<ReportFormat>())
            Assert.That(ReportFile.MayReplace(Files, _file, other), Is.EqualTo(text.Length == 0 || other == format), other.ToString());
        ReportFile.Clear(Files, _file, format);
        Assert.That(File.Exists(_file), Is.False);
    }

    [TestCase(false)]
    [TestCase(true)]
    [Platform(Exclude = "Win", Reason = "there are no pipes in folders")]
    public void A_pipe_stays_one(bool byLink)
    {
        using (var made = System.Diagnostics.Process.Start("mkfifo", _file + ".pipe")) made.WaitForExit();
        if (byLink) File.CreateSymbolicLink(_file, _file + ".pipe");
        else File.Move(_file + ".pipe", _file);

        Assert.That(() => ReportFile.Clear(Files, _file, ReportFormat.Html), Throws.TypeOf<IOException>().With.Message.Contains("is a device, a pipe or a socket"));
        Assert.That(() => ReportFile.Write(Files, _file, stream => stream.Write("x"u8)), Throws.TypeOf<IOException>().With.Message.Contains("is a device, a pipe or a socket"));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(_file)!), Has.Length.EqualTo(byLink ? 2 : 1));
        Assert.That(() => new ReportReader(Files).Read(_file), Throws.TypeOf<GateException>().With.Message.Contains("a file is expected here"));
        Assert.That(() => new ReleaseGate.Policy.ManifestReader(Files).Read(_file), Throws.TypeOf<GateException>().With.Message.Contains("a file is expected here"));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "links need rights there")]
    public void A_link_stays_one_and_what_it_leads_to_is_written()
    {
        var target = _file + ".target";
        File.WriteAllText(target, "<!-- releasegate/markdown/v1 -->\n## Passed");
        File.CreateSymbolicLink(_file, Path.GetFileName(target));

        ReportFile.Clear(Files, _file, ReportFormat.Markdown);
        Assert.That(File.ReadAllText(target), Is.Empty);
        ReportFile.Write(Files, _file, stream => stream.Write("new"u8));
        Assert.That(new FileInfo(_file).LinkTarget, Is.Not.Null);
        Assert.That(File.ReadAllText(target), Is.EqualTo("new"));

        File.Delete(target);
        Assert.That(() => ReportFile.Write(Files, _file, stream => stream.Write("new"u8)), Throws.TypeOf<IOException>().With.Message.Contains("leads to no file"));
        Assert.That(new FileInfo(_file).LinkTarget, Is.Not.Null);
    }

    [TestCase("# Docs\nSee docs/releasegate/report/v1 for what the gate writes.")]
    [TestCase("{ \"$schema\": \"https://example.invalid/releasegate/manifest/v1\" }")]
    [TestCase("{ \"name\": \"releasegate/tools\" }")]
    [TestCase("{ \"name\": \"releasegate/tools/vite\" }")]
    [TestCase("<!-- releasegate/ -->")]
    [TestCase("\"releasegate/report/v")]
    [TestCase("x")]
    [TestCase(Sarif + "\"CodeQL\"")]
    [TestCase("# Notes\n<!-- releasegate/markdown/v1 -->")]
    [TestCase("{ \"name\": 1, \"schema\": \"releasegate/report/v1\"")]
    public void Anything_else_is_somebodys_own(string text)
    {
        File.WriteAllText(_file, text);

        foreach (var format in Enum.GetValues<ReportFormat>()) Assert.That(ReportFile.MayReplace(Files, _file, format), Is.False);
        Assert.That(() => ReportFile.Clear(Files, _file, ReportFormat.Json), Throws.TypeOf<IOException>().With.Message.Contains("is no report"));
        Assert.That(File.ReadAllText(_file), Is.EqualTo(text));
    }

    [Test]
    public void What_is_appended_knows_what_is_there_and_comes_whole()
    {
        ReportFile.Append(Files, _file, (stream, length) => stream.Write("one\n"u8));
        ReportFile.Append(Files, _file, (stream, length) => stream.Write(System.Text.Encoding.UTF8.GetBytes($"after {length}\n")));

        Assert.That(() => ReportFile.Append(Files, _file, (stream, _) =>
        {
            stream.Write("half"u8);
            throw new InvalidOperationException();
        }), Throws.InvalidOperationException);
        Assert.That(File.ReadAllText(_file), Is.EqualTo("one\nafter 4\n"));
    }
}
