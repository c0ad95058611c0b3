using System.IO.Abstractions;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Policy;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class IdentifierReaderTests : IDisposable
{
    private const string Salt = "00112233445566778899aabbccddeeff";

    private readonly string _folder = Directory.CreateTempSubdirectory("manifest").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Reads_everything()
    {
        Write("eng/words.txt", "\uFEFF# codenames\r\nPeregrine\r\n\r\n  exact:Kestrel  \nsubstring:merlin\nsubstring:exact:Hobby\nperegrine\n");
        Write("hashed.txt", "# made by hash-words\n" + string.Join('\n', HashedWords.Make(["falconinternal", "kite"], new byte[16])));
        var list = Read("""
            {
              "words": ["falcon", { "text": "Falcon", "case": "exact", "match": "substring" }, { "text": "heron", "match": "word", "case": "ignore" }],
              "file": "eng/words.txt",
              "patterns": ["ACME-[0-9]+", { "regex": "a|bcde", "literal": "bcde" }],
              "namespaces": ["Acme.Internal"], "assemblies": ["Acme.Internal", "Acme"],
              "hosts": ["acme.internal", ".corp.acme.com"],
              "hashes": "hashed.txt"
            }
            """);

        Assert.That(list.Words, Is.EqualTo(new[]
        {
            new IdentifierWord("falcon"), new IdentifierWord("Falcon", IgnoreCase: false, Substring: true), new IdentifierWord("heron"),
            new IdentifierWord("Peregrine"), new IdentifierWord("Kestrel", IgnoreCase: false), new IdentifierWord("merlin", Substring: true), new IdentifierWord("Hobby", IgnoreCase: false, Substring: true),
        }), "what comes twice in a file counts once");
        Assert.That(list.Patterns.Select(p => (p.Regex.ToString(), p.Literal)), Is.EqualTo(new[] { ("ACME-[0-9]+", "ACME-"), ("a|bcde", "bcde") }));
        Assert.That(list.Namespaces, Is.EqualTo(new[] { "Acme.Internal" }));
        Assert.That(list.Assemblies, Is.EqualTo(new[] { "Acme.Internal", "Acme" }));
        Assert.That(list.Hosts, Is.EqualTo(new[] { "acme.internal", ".corp.acme.com" }));
        Assert.That(list.Hashes.Select(h => h.Count), Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public void Adds_up_what_is_extended_and_takes_the_files_into_the_digest()
    {
        Write("shared/words.txt", "peregrine");
        Write("shared/base.json", """{ "identifiers": { "words": ["falcon", "kite"], "file": "words.txt" } }""");
        var text = """{ "extends": "./shared/base.json", "identifiers": { "words": ["falcon", "heron"] } }""";
        var manifest = ReadManifest(text);
        Assert.That(manifest.Identifiers.Words.Select(w => w.Text), Is.EqualTo(new[] { "falcon", "heron", "kite", "peregrine" }));

        Write("shared/words.txt", "peregrines");
        Assert.That(ReadManifest(text).Digest, Is.Not.EqualTo(manifest.Digest));
    }

    // Each line: the value of "identifiers", the column of the mistake, and what the message must say.
    [TestCase("{}", 18, "guards nothing")]
    [TestCase("[]", 18, "must be an object")]
    [TestCase("{ \"word\": [] }", 20, "did you mean 'words'?")]
    [TestCase("{ \"words\": [] }", 29, "\"words\" is empty and guards nothing")]
    [TestCase("{ \"words\": \"falcon\" }", 29, "must be an array")]
    [TestCase("{ \"words\": [1] }", 30, "this is a number")]
    [TestCase("{ \"words\": [{}] }", 30, "no \"text\"")]
    [TestCase("{ \"words\": [{ \"text\": 1 }] }", 40, "must be a string")]
    [TestCase("{ \"words\": [{ \"texts\": \"falcon\" }] }", 32, "did you mean 'text'?")]
    [TestCase("{ \"words\": [{ \"text\": \"falcon\", \"case\": \"lower\" }] }", 58, "neither ignore nor exact")]
    [TestCase("{ \"words\": [{ \"text\": \"falcon\", \"match\": \"all\" }] }", 59, "neither substring nor word")]
    [TestCase("{ \"words\": [\"abc\"] }", 30, "it has 3 bytes")]
    [TestCase("{ \"words\": [\"\"] }", 30, "it has 0 bytes")]
    [TestCase("{ \"words\": [\"----\"] }", 30, "no letter")]
    [TestCase("{ \"words\": [\" falcon\"] }", 30, "begins or ends with a blank")]
    [TestCase("{ \"words\": [\"fal\\ncon\"] }", 30, "control character")]
    [TestCase("{ \"words\": [\"falcon\", \"FALCON\"] }", 40, "second time")]
    [TestCase("{ \"file\": [] }", 28, "guards nothing")]
    [TestCase("{ \"file\": \"none.txt\" }", 28, "cannot be read")]
    [TestCase("{ \"file\": \"comments.txt\" }", 28, "is empty and guards nothing")]
    [TestCase("{ \"file\": \"empty.txt\" }", 28, "is empty and guards nothing")]
    [TestCase("{ \"file\": [\"good.txt\", \"empty.txt\"] }", 41, "is empty and guards nothing")]
    [TestCase("{ \"file\": \"hashed.txt\" }", 28, "name it under \"hashes\"")]
    [TestCase("{ \"file\": \"utf16.txt\" }", 28, "is not UTF-8")]
    [TestCase("{ \"file\": \"/good.txt\" }", 28, "no path relative")]
    [TestCase("{ \"file\": \"eng\\\\good.txt\" }", 28, "write '/'")]
    [TestCase("{ \"file\": 1 }", 28, "is the path of a list")]
    [TestCase("{ \"patterns\": [] }", 32, "guards nothing")]
    [TestCase("{ \"patterns\": [\"ACME-(\"] }", 33, "the regular expression is wrong")]
    [TestCase("{ \"patterns\": [\"ACME-(?=x)\"] }", 33, "looks around")]
    [TestCase("{ \"patterns\": [\"(ACME-)\\\\1\"] }", 33, "looks around")]
    [TestCase("{ \"patterns\": [\"[0-9]+\"] }", 33, "name one that does")]
    [TestCase("{ \"patterns\": [\"ACME-|BCME-\"] }", 33, "name one that does")]
    [TestCase("{ \"patterns\": [\"\\\\AACME-\"] }", 33, "asks for the begin")]
    [TestCase("{ \"patterns\": [{ \"regex\": \"a*\", \"literal\": \"aaaa\" }] }", 44, "matches nothing at all")]
    [TestCase("{ \"patterns\": [{ \"regex\": \"ACME-\", \"literal\": \"ACM\" }] }", 64, "less than 4 bytes")]
    [TestCase("{ \"patterns\": [{ \"literal\": \"ACME-\" }] }", 33, "no \"regex\"")]
    [TestCase("{ \"patterns\": [1] }", 33, "this is a number")]
    [TestCase("{ \"namespaces\": [] }", 34, "guards nothing")]
    [TestCase("{ \"namespaces\": [\"Acme.*\"] }", 35, "is no name")]
    [TestCase("{ \"namespaces\": [\"Acme.\"] }", 35, "is no name")]
    [TestCase("{ \"assemblies\": [\"\"] }", 35, "is no name")]
    [TestCase("{ \"hosts\": [\"https://acme.internal\"] }", 30, "is no host name")]
    [TestCase("{ \"hosts\": [\"*.acme.internal\"] }", 30, "is no host name")]
    [TestCase("{ \"hosts\": [\".\"] }", 30, "is no host name")]
    [TestCase("{ \"hashes\": [] }", 30, "guards nothing")]
    [TestCase("{ \"hashes\": 1 }", 30, "this is a number")]
    [TestCase("{ \"hashes\": [\"x\"] }", 31, "begins with the line 'releasegate-words/v1 salt=")]
    [TestCase("{ \"hashes\": [\"releasegate-words/v1 salt=00\"] }", 31, "16 to 64 bytes")]
    [TestCase("{ \"hashes\": [\"releasegate-words/v1 salt=" + Salt + "\"] }", 30, "is empty and guards nothing")]
    [TestCase("{ \"hashes\": [\"releasegate-words/v1 salt=" + Salt + "\", \"6 0000 00\"] }", 93, "was not written by")]
    [TestCase("{ \"hashes\": [\"releasegate-words/v1 salt=" + Salt + "\", \"99 000000 " + Salt + "\"] }", 93, "4 to 63 letters")]
    [TestCase("{ \"hashes\": [\"releasegate-words/v1 salt=" + Salt + "\", \"9 000000 " + Salt + "\", \"9 000000 " + Salt + "\"] }", 138, "second time")]
    [TestCase("{ \"hashes\": \"none.txt\" }", 30, "cannot be read")]
    [TestCase("{ \"hashes\": \"empty.txt\" }", 30, "is empty and guards nothing")]
    public void Refuses_what_is_wrong_at_its_place(string identifiers, int column, string says)
    {
        Write("good.txt", "falcon");
        Write("empty.txt", "");
        Write("hashed.txt", "# codenames\nreleasegate-words/v1 salt=" + Salt + "\n");
        Write("comments.txt", "# falcon\n\n  # more\n");
        File.WriteAllText(Path.Combine(_folder, "utf16.txt"), "falcon", System.Text.Encoding.Unicode);

        var error = Assert.Throws<GateException>(() => Read(identifiers))!;

        Assert.That(error.Rule, Is.EqualTo(GateRules.ManifestInvalid.Id));
        Assert.That(error.File, Is.EqualTo(Path.Combine(_folder, "releasegate.json")));
        Assert.That((error.Line, error.Column), Is.EqualTo((1, column)), error.Message);
        Assert.That(error.Message, Does.Contain(says));
        Assert.That(error.Message, Does.Not.EndWith("."));
    }

    [TestCase("file", "falcon\n# x\nabc\n", 3, "it has 3 bytes")]
    [TestCase("file", "exact:abc", 1, "'abc'")]
    [TestCase("hashes", "# x\nwords", 2, "begins with the line")]
    [TestCase("hashes", "releasegate-words/v1 salt=" + Salt + "\n\nfalcon", 3, "was not written by")]
    [TestCase("hashes", "releasegate-words/v1 salt=" + Salt + " more", 1, "and nothing else")]
    [TestCase("hashes", "releasegate-words/v2 salt=" + Salt, 1, "releasegate-words/v1")]
    public void Refuses_a_wrong_line_of_a_file_in_its_own_place(string key, string content, int line, string says)
    {
        Write("list.txt", content);

        var error = Assert.Throws<GateException>(() => Read($"{{ \"{key}\": \"list.txt\" }}"))!;

        Assert.That((error.File, error.Line, error.Column), Is.EqualTo((Path.Combine(_folder, "list.txt"), line, 1)), error.Message);
        Assert.That(error.Message, Does.Contain(says));
    }

    [TestCase("ACME-[0-9]+", "ACME-")]
    [TestCase(@"\bACME-\d{4}", "ACME-")]
    [TestCase(@"x+y?abcdz*", "abcd")]
    [TestCase(@"(foo|bar)internal\.acme", "internal.acme")]
    [TestCase(@"[^]abcd](abcd)efgh{2}", "efg")]
    [TestCase(@"^abcd$", "abcd")]
    [TestCase(@"abcd|efgh", null)]
    [TestCase(@"abcd\d|e", null)]
    [TestCase(@"abcd{b|c}", null)]
    [TestCase(@"(?x)ab cd", null)]
    [TestCase(@"\x41bcd", null)]
    [TestCase(@"\p{Lu}bcde", null)]
    public void Takes_the_literal_from_the_expression_only_where_it_is_sure(string regex, string? literal) =>
        Assert.That(RequiredLiteral.Of(regex), Is.EqualTo(literal));

    [Test]
    public void Profiles_name_no_words() =>
        Assert.That(ManifestReader.ProfileNames.Select(n => Inventories.Profile(n).Identifiers.Words), Is.All.Empty);

    private IdentifierList Read(string identifiers) => ReadManifest("{ \"identifiers\": " + identifiers + " }").Identifiers;

    private Manifest ReadManifest(string text)
    {
        Write("releasegate.json", text);
        return new ManifestReader(new FileSystem()).Read(Path.Combine(_folder, "releasegate.json"));
    }

    private void Write(string path, string text)
    {
        var full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
