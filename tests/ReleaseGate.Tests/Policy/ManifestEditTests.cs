using System.IO.Abstractions;
using System.Text;
using ReleaseGate.Policy;

namespace ReleaseGate.Tests.Policy;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ManifestEditTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("releasegate-").FullName;

    private string Manifest => Path.Combine(_folder, "releasegate.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Adds_to_an_array_and_keeps_the_rest()
    {
        Assert.That(Added("""
            // top
            {
              "artifacts": [
                {
                  "match": "*.zip", /* here */
                  "allow": [
                    "a.txt", // one
                    "b.txt" // two
                    // the end
                  ],
                  "limits": { "entries": 5 }
                }
              ]
            }

            """), Is.EqualTo("""
            // top
            {
              "artifacts": [
                {
                  "match": "*.zip", /* here */
                  "allow": [
                    "a.txt", // one
                    "b.txt", // two
                    // the end
                    "c.txt", // accepted
                    "d.txt"
                  ],
                  "limits": { "entries": 5 }
                }
              ]
            }

            """));
    }

    [TestCase("""{ "artifacts": [ { "match": "*.zip", "allow": ["a.txt"] } ] }""", "{ \"artifacts\": [ { \"match\": \"*.zip\", \"allow\": [\"a.txt\",\n  \"c.txt\", // accepted\n  \"d.txt\"\n] } ] }")]
    [TestCase("""{ "artifacts": [ { "match": "*.zip", "allow": [ /* none */ ] } ] }""", "{ \"artifacts\": [ { \"match\": \"*.zip\", \"allow\": [ /* none */\n  \"c.txt\", // accepted\n  \"d.txt\"\n] } ] }")]
    [TestCase("""{ "artifacts": [ { "match": "*.zip" } ] }""", "{ \"artifacts\": [ { \"match\": \"*.zip\",\n  \"allow\": [\n    \"c.txt\", // accepted\n    \"d.txt\"\n  ]\n} ] }")]
    [TestCase("{\n\t\"artifacts\": [\n\t\t{\n\t\t\t\"match\": \"*.zip\"\n\t\t}\n\t]\n}", "{\n\t\"artifacts\": [\n\t\t{\n\t\t\t\"match\": \"*.zip\",\n\t\t\t\"allow\": [\n\t\t\t\t\"c.txt\", // accepted\n\t\t\t\t\"d.txt\"\n\t\t\t]\n\t\t}\n\t]\n}")]
    [TestCase("{\n    \"artifacts\": [ { \"match\": \"*.zip\",\n        \"allow\": [\n            \"a.txt\" /* , */ , // ,\n        ] } ]\n}", "{\n    \"artifacts\": [ { \"match\": \"*.zip\",\n        \"allow\": [\n            \"a.txt\" /* , */ , // ,\n            \"c.txt\", // accepted\n            \"d.txt\",\n        ] } ]\n}")]
    [TestCase("\ufeff{\r\n  \"artifacts\": [\r\n    {\r\n      \"match\": \"*.zip\",\r\n      \"allow\": [\r\n      ]\r\n    }\r\n  ]\r\n}\r\n", "\ufeff{\r\n  \"artifacts\": [\r\n    {\r\n      \"match\": \"*.zip\",\r\n      \"allow\": [\r\n        \"c.txt\", // accepted\r\n        \"d.txt\"\r\n      ]\r\n    }\r\n  ]\r\n}\r\n")]
    public void Takes_the_style_of_what_stands_around(string before, string after) => Assert.That(Added(before), Is.EqualTo(after));

    [TestCase("{}", "{\n  \"waivers\": [\n    // why\n    {\n      \"id\": 1\n    }\n  ]\n}")]
    [TestCase("{ \"extends\": \"closed\" }\n", "{ \"extends\": \"closed\",\n  \"waivers\": [\n    // why\n    {\n      \"id\": 1\n    }\n  ]\n}\n")]
    [TestCase("{\n  \"waivers\": [\n    { \"id\": 0 }\n  ]\n}", "{\n  \"waivers\": [\n    { \"id\": 0 },\n    // why\n    {\n      \"id\": 1\n    }\n  ]\n}")]
    public void Adds_at_the_top(string before, string after)
    {
        File.WriteAllText(Manifest, before);
        var edit = ManifestEdit.Open(new FileSystem(), Manifest);

        edit.Append("waivers", [new ManifestElement("{\n  \"id\": 1\n}", "why")]);

        Assert.That(edit.Text, Is.EqualTo(after));
        Assert.That(File.ReadAllText(Manifest), Is.EqualTo(before), "nothing is written before it is saved");
    }

    [Test]
    public void Adds_to_one_section_of_several_as_often_as_asked()
    {
        File.WriteAllText(Manifest, """{ "artifacts": [ { "match": "a.zip", "allow": ["x"] }, { "allow": ["y"], "match": "b.zip" } ] }""");
        var edit = ManifestEdit.Open(new FileSystem(), Manifest);

        edit.Append(1, "allow", [new ManifestElement("\"z\"")]);
        edit.Append(0, "require", [new ManifestElement("\"q\"")]);
        edit.Append(1, "allow", [new ManifestElement("\"zz\"")]);
        edit.Append(1, "allow", []);
        edit.Save();

        var read = new ManifestReader(new FileSystem()).Read(Manifest);
        Assert.That(read.Sections.Select(s => $"{s.Match} {string.Join(',', s.Require)} {string.Join(',', s.Allow)}"), Is.EqualTo(new[] { "a.zip q x", "b.zip  y,z,zz" }));
        Assert.That(() => edit.Append(2, "allow", [new ManifestElement("\"z\"")]), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Writes_nothing_that_cannot_be_read_back()
    {
        const string before = """{ "artifacts": [ { "match": "a.zip", "allow": ["x"] } ] }""";
        File.WriteAllText(Manifest, before);
        var edit = ManifestEdit.Open(new FileSystem(), Manifest);
        edit.Append(0, "allow", [new ManifestElement("\"x\"")]);

        Assert.That(() => edit.Save(), Throws.TypeOf<GateException>().With.Message.Contains("a second time"));
        Assert.That(File.ReadAllText(Manifest), Is.EqualTo(before));

        var tooLong = ManifestEdit.Open(new FileSystem(), Manifest);
        tooLong.Append(0, "allow", [new ManifestElement($"\"{new string('x', ManifestReader.MaximumLength)}\"")]);
        Assert.That(() => tooLong.Save(), Throws.TypeOf<GateException>().With.Message.Contains("has more than 4 MiB"));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void Overwrites_nobody_elses_change()
    {
        File.WriteAllText(Manifest, "{ }");
        var edit = ManifestEdit.Open(new FileSystem(), Manifest);
        edit.Append("hosts", [new ManifestElement("\"a.example\"")]);
        File.WriteAllText(Manifest, "{ \"hosts\": [] }");

        Assert.That(() => edit.Save(), Throws.TypeOf<IOException>().With.Message.Contains("has been changed meanwhile"));
        Assert.That(File.ReadAllText(Manifest), Is.EqualTo("{ \"hosts\": [] }"));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "permission bits and links as on Unix")]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void A_link_stays_a_link_and_permissions_stay()
    {
        var real = Path.Combine(_folder, "real.json");
        File.WriteAllText(real, "{ }");
        File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.GroupRead);
        File.CreateSymbolicLink(Manifest, "real.json");
        var edit = ManifestEdit.Open(new FileSystem(), Manifest);
        edit.Append("hosts", [new ManifestElement("\"a.example\"")]);

        edit.Save();

        Assert.That(File.ResolveLinkTarget(Manifest, false)?.FullName, Is.EqualTo(real));
        Assert.That(File.ReadAllText(real), Is.EqualTo(edit.Text).And.Contains("a.example"));
        Assert.That(File.GetUnixFileMode(real), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.GroupRead));

        File.SetUnixFileMode(real, UnixFileMode.UserRead);
        edit = ManifestEdit.Open(new FileSystem(), Manifest);
        edit.Append("hosts", [new ManifestElement("\"b.example\"")]);
        Assert.That(() => edit.Save(), Throws.TypeOf<UnauthorizedAccessException>().With.Message.Contains("read-only"));
    }

    [TestCase("", "the manifest is empty")]
    [TestCase("{", "this is not JSON")]
    [TestCase("[]", "must be an object")]
    public void What_is_no_manifest_is_told(string text, string says)
    {
        File.WriteAllText(Manifest, text);

        Assert.That(() => ManifestEdit.Open(new FileSystem(), Manifest), Throws.TypeOf<GateException>().With.Message.Contains(says));
    }

    [Test]
    public void What_is_no_array_is_told_with_its_place()
    {
        File.WriteAllText(Manifest, "{\n  \"hosts\": \"x\" }");

        Assert.That(() => ManifestEdit.Open(new FileSystem(), Manifest).Append("hosts", [new ManifestElement("\"a\"")]), Throws.TypeOf<GateException>().With.Message.Contains("must be an array").And.Property("Line").EqualTo(2));
    }

    /// <summary>The text with two patterns added to its only section, which has been read back.</summary>
    private string Added(string text)
    {
        File.WriteAllBytes(Manifest, Encoding.UTF8.GetBytes(text));
        var edit = ManifestEdit.Open(new FileSystem(), Manifest);
        edit.Append(0, "allow", [new ManifestElement("\"c.txt\"", "accepted"), new ManifestElement("\"d.txt\"")]);
        edit.Save();

        var read = new ManifestReader(new FileSystem()).Read(Manifest);
        Assert.That(read.Sections.Single().Allow.Select(p => p.ToString()).TakeLast(2), Is.EqualTo(new[] { "c.txt", "d.txt" }));
        Assert.That(read.Digest, Is.EqualTo(edit.Read().Digest));
        return Encoding.UTF8.GetString(File.ReadAllBytes(Manifest));
    }
}
