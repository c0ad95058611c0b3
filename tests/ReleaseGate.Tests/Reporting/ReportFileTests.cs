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

    [TestCase("")]
    [TestCase("""{ "schema": "releasegate/report/v1", """)]
    [TestCase("""{"schema":"releasegate/receipt/v2",""")]
    [TestCase("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- releasegate/junit/v1 -->\n<testsuites />")]
    [TestCase("<!-- releasegate/markdown/v1 -->\n## Blocked")]
    [TestCase("<!DOCTYPE html>\n<html lang=\"en\"><meta name=\"generator\" content=\"releasegate/html/v1\">")]
    [TestCase("{ \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",")]
    public void A_report_of_ours_is_replaced(string text)
    {
        File.WriteAllText(_file, text);

        Assert.That(ReportFile.MayReplace(Files, _file), Is.True);
        ReportFile.Clear(Files, _file);
        Assert.That(File.Exists(_file), Is.False);
    }

    [TestCase("# Docs\nSee docs/releasegate/report/v1 for what the gate writes.")]
    [TestCase("{ \"$schema\": \"https://example.invalid/releasegate/manifest/v1\" }")]
    [TestCase("{ \"name\": \"releasegate/tools\" }")]
    [TestCase("{ \"name\": \"releasegate/tools/vite\" }")]
    [TestCase("<!-- releasegate/ -->")]
    [TestCase("\"releasegate/report/v")]
    [TestCase("x")]
    public void Anything_else_is_somebodys_own(string text)
    {
        File.WriteAllText(_file, text);

        Assert.That(ReportFile.MayReplace(Files, _file), Is.False);
        Assert.That(() => ReportFile.Clear(Files, _file), Throws.TypeOf<IOException>().With.Message.Contains("is no report"));
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
