using System.IO.Abstractions;
using System.Security.Cryptography;
using System.Text;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Policy;

public sealed class ManifestReaderTests
{
    private readonly ManifestReader _reader = new(new FileSystem());
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("manifest").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Reads_everything_with_its_place()
    {
        var manifest = Read("""
            // a comment
            {
              "$schema": "x",
              "artifacts": [
                { "match": "*.nupkg", "destination": "private", /* here too */
                  "require": ["lib/{tfm}/{id}.dll"],
                  "allow": ["README.md",
                            "build/**"],
                  "forbid": ["**/*.pdb"],
                  "limits": { "size": "2 MB", "entries": 60, "entry": "1.5 KiB", "output": 1000, "nested": "64MiB", "ratio": 300, "growth": "25%" } },
              ],
              "rules": { "RG2010": "warning", "ACME0001": "off" },
              "hosts": ["github.com", "*.acme.com"],
              "firstParty": ["lib/**/Acme.*.dll"],
              "debug": { "generatedSources": 0, "wasmNames": "off", "roots": ["/nightly"] },
            }
            """);

        var section = manifest.Sections.Single();
        Assert.That(manifest.File, Is.EqualTo(PathOf("releasegate.json")));
        Assert.That(section.Location, Is.EqualTo(new ManifestLocation(manifest.File!, 5, 5)));
        Assert.That(section.Match.ToString(), Is.EqualTo("*.nupkg"));
        Assert.That(section.Destination, Is.EqualTo("private"));
        Assert.That(section.Inherited, Is.False);
        Assert.That(section.Require.Select(p => p.ToString()), Is.EqualTo(new[] { "lib/{tfm}/{id}.dll" }));
        Assert.That(section.Allow.Select(p => (p.ToString(), p.Location.Line, p.Location.Column)), Is.EqualTo(new[] { ("README.md", 7, 17), ("build/**", 8, 17) }));
        Assert.That(section.Forbid.Select(p => p.ToString()), Is.EqualTo(new[] { "**/*.pdb" }));
        Assert.That(section.Limits, Is.EqualTo(new ManifestLimits
        {
            Location = new ManifestLocation(manifest.File!, 10, 7), Size = 2_000_000, Entries = 60, Entry = 1536, Output = 1000, Nested = 64 << 20, Ratio = 300, Growth = 0.25,
        }));
        Assert.That(manifest.Rules[RuleId.Parse("RG2010")].Severity, Is.EqualTo(Severity.Warning));
        Assert.That(manifest.Rules[RuleId.Parse("RG2010")].Location.Line, Is.EqualTo(12));
        Assert.That(manifest.Rules[RuleId.Parse("ACME0001")].Severity, Is.EqualTo(Severity.Off));
        Assert.That(manifest.Hosts.Patterns, Is.EqualTo(new[] { "github.com", "*.acme.com" }));
        Assert.That(manifest.FirstParty.Select(p => (p.ToString(), p.Location.Line)), Is.EqualTo(new[] { ("lib/**/Acme.*.dll", 14) }));
        Assert.That((manifest.Debug.GeneratedSources, manifest.Debug.WasmNames), Is.EqualTo((0, Severity.Off)));
        Assert.That(manifest.Debug.Roots, Is.EqualTo(new[] { "/nightly/" }));
    }

    // Each line: the manifest, line and column of the mistake, and what the message must say.
    [TestCase("", 1, 1, "empty")]
    [TestCase(" \n ", 1, 1, "empty")]
    [TestCase("// nothing", 1, 11, "not JSON")]
    [TestCase("{ \"extends\": \"closed\"", 1, 22, "not JSON: it ends before everything that was begun is closed")]
    [TestCase("{\n  \"artifacts\": [ { \"match\": \"*\" }\n", 3, 1, "e.g. a '}' or a ']' is missing")]
    [TestCase("[]", 1, 1, "must be an object")]
    [TestCase("{} {}", 1, 4, "")]
    [TestCase("{\n  \"allow\": []\n}", 2, 3, "no key \"allow\", only $schema, extends, artifacts, rules")]
    [TestCase("{ \"artefacts\": [] }", 1, 3, "did you mean 'artifacts'?")]
    [TestCase("{ \"hosts\": \"github.com\" }", 1, 12, "must be an array")]
    [TestCase("{ \"hosts\": [1] }", 1, 13, "host names, which are strings")]
    [TestCase("{ \"hosts\": [\"https://github.com\"] }", 1, 13, "no host name")]
    [TestCase("{ \"hosts\": [\"*\"] }", 1, 13, "no host name")]
    [TestCase("{ \"firstParty\": [\"/a\"] }", 1, 18, "is wrong")]
    [TestCase("{ \"debug\": { \"wasm\": \"off\" } }", 1, 14, "no key \"wasm\"")]
    [TestCase("{ \"debug\": { \"generatedSources\": -1 } }", 1, 34, "from 0 to")]
    [TestCase("{ \"debug\": { \"wasmNames\": \"loud\" } }", 1, 27, "no severity")]
    [TestCase("{ \"debug\": { \"roots\": [\"build/\"] } }", 1, 24, "write it whole")]
    [TestCase("{ \"debug\": { \"roots\": [\"/\"] } }", 1, 24, "write it whole")]
    [TestCase("{ \"debug\": { \"roots\": [\"C:\\\\x\"] } }", 1, 24, "instead of")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"growth\": 25 } }] }", 1, 55, "is how much larger")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"growth\": \"25\" } }] }", 1, 55, "is how much larger")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"growth\": \"0%\" } }] }", 1, 55, "is how much larger")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"growth\": \"-5%\" } }] }", 1, 55, "is how much larger")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"growth\": \"%\" } }] }", 1, 55, "is how much larger")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"growth\": \"2.%\" } }] }", 1, 55, "is how much larger")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"growth\": \".5%\" } }] }", 1, 55, "is how much larger")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"growth\": \"1e3%\" } }] }", 1, 55, "is how much larger")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"growth\": \"25 %\" } }] }", 1, 55, "is how much larger")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"growth\": \"0.0001%\" } }] }", 1, 55, "is how much larger")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"growth\": \"1000000000%\" } }] }", 1, 55, "is how much larger")]
    [TestCase("{ \"rules\": {}, \"rules\": {} }", 1, 16, "second time")]
    [TestCase("{ \"rules\": {}, \"r\\u0075les\": {} }", 1, 16, "second time")]
    [TestCase("{ \"rules\": { \"RG2006\": \"note\",\n \"RG2006\": \"off\" } }", 2, 2, "second time")]
    [TestCase("{ \"artifacts\": {} }", 1, 16, "must be an array, this is an object")]
    [TestCase("{ \"artifacts\": [1] }", 1, 17, "must be an object, this is a number")]
    [TestCase("{ \"artifacts\": [{}] }", 1, 17, "no \"match\"")]
    [TestCase("{ \"artifacts\": [{ \"match\": null }] }", 1, 28, "must be a string, this is null")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"a/b\" }] }", 1, 28, "no folders")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"{id}.nupkg\" }] }", 1, 28, "'{id}' has no meaning in an artifact's name")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"a{-{rid},}.zip\" }] }", 1, 28, "there are {version} and {word}")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"x.zip!/y\" }] }", 1, 28, "no folders")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"allow\": \"x\" }] }", 1, 42, "must be an array")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"allow\": [1] }] }", 1, 43, "which are strings; this is a number")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"allow\": [\"ä\", \"{foo}\"] }] }", 1, 48, "'{foo}' is no placeholder")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"allow\": [\"\"] }] }", 1, 43, "empty pattern")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"allow\": [\"a\", \"\\u0061\"] }] }", 1, 48, "second time")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"destination\": \" \" }] }", 1, 48, "is no destination, there are private, public")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"destination\": \"Private\" }] }", 1, 48, "did you mean 'private'?")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"destination\": true }] }", 1, 48, "must be a string")]
    [TestCase("{ \"private\": {} }", 1, 14, "is empty and guards nothing")]
    [TestCase("{ \"private\": { \"names\": [] } }", 1, 16, "no key \"names\", only ids, scopes, registries")]
    [TestCase("{ \"private\": { \"ids\": [] } }", 1, 23, "\"ids\" is empty")]
    [TestCase("{ \"private\": { \"ids\": \"Acme.*\" } }", 1, 23, "must be an array")]
    [TestCase("{ \"private\": { \"ids\": [1] } }", 1, 24, "holds strings")]
    [TestCase("{ \"private\": { \"ids\": [\"\"] } }", 1, 24, "no pattern of ids")]
    [TestCase("{ \"private\": { \"ids\": [\"Acme.?\"] } }", 1, 24, "no pattern of ids")]
    [TestCase("{ \"private\": { \"ids\": [\"@acme\"] } }", 1, 24, "belongs in \"scopes\"")]
    [TestCase("{ \"private\": { \"ids\": [\"**\"] } }", 1, 24, "makes every package internal")]
    [TestCase("{ \"private\": { \"scopes\": [\"acme\"] } }", 1, 27, "no scope")]
    [TestCase("{ \"private\": { \"scopes\": [\"@\"] } }", 1, 27, "no scope")]
    [TestCase("{ \"private\": { \"scopes\": [\"@acme/*\"] } }", 1, 27, "no scope")]
    [TestCase("{ \"private\": { \"registries\": [\"npm.acme.example\"] } }", 1, 31, "no address of a registry")]
    [TestCase("{ \"private\": { \"registries\": [\"ftp://npm.acme.example\"] } }", 1, 31, "no address of a registry")]
    [TestCase("{ \"private\": { \"registries\": [\"https://jill@npm.acme.example/\"] } }", 1, 31, "without credentials")]
    [TestCase("{ \"private\": { \"registries\": [\"https://npm.acme.example/?a\"] } }", 1, 31, "without credentials, query")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"size\": \"2 mb\" } }] }", 1, 53, "e.g. \"2 MB\"")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"size\": \"MB\" } }] }", 1, 53, "is a size")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"size\": \"1.5\" } }] }", 1, 53, "is a size")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"size\": \"1,5 MB\" } }] }", 1, 53, "is a size")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"size\": -1 } }] }", 1, 53, "is a size")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"size\": 0 } }] }", 1, 53, "is a size")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"size\": 1e3 } }] }", 1, 53, "is a size")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"size\": \"99999999999 GB\" } }] }", 1, 53, "is a size")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"size\": true } }] }", 1, 53, "is a size")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"nested\": \"3 GiB\" } }] }", 1, 55, "at most")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"entries\": \"60\" } }] }", 1, 56, "whole number")]
    [TestCase("{ \"artifacts\": [{ \"match\": \"*\", \"limits\": { \"ratio\": 0 } }] }", 1, 54, "whole number")]
    [TestCase("{ \"rules\": { \"rg2006\": \"off\" } }", 1, 14, "no rule id")]
    [TestCase("{ \"rules\": { \"*\": \"off\" } }", 1, 14, "no rule id")]
    [TestCase("{ \"rules\": { \"RG0003\": \"off\" } }", 1, 14, "cannot be changed")]
    [TestCase("{ \"rules\": { \"RG2006\": \"warn\" } }", 1, 24, "no severity")]
    [TestCase("{ \"rules\": { \"RG2006\": \"warnng\" } }", 1, 24, "did you mean 'warning'?")]
    [TestCase("{ \"rules\": { \"RG2006\": false } }", 1, 24, "must be a string")]
    [TestCase("{ \"extends\": \"clossed\" }", 1, 14, "there is no profile 'clossed', only closed, open; a file is named with a '/' or ends in .json; did you mean 'closed'?")]
    [TestCase("{ \"extends\": [] }", 1, 14, "empty")]
    [TestCase("{ \"extends\": [\"closed\", 3] }", 1, 25, "\"extends\" is")]
    [TestCase("{ \"extends\": \"\" }", 1, 14, "\"extends\" is")]
    [TestCase("{ \"extends\": \"./none.json\" }", 1, 14, "is not there")]
    [TestCase("{ \"extends\": \"/etc/x.json\" }", 1, 14, "no path relative")]
    [TestCase("{ \"extends\": \"C:/x.json\" }", 1, 14, "no path relative")]
    [TestCase("{ \"extends\": \"..\\\\x.json\" }", 1, 14, "write '/'")]
    [TestCase("{ \"extends\": \"releasegate.json\" }", 1, 14, "extends itself")]
    [TestCase("{ \"a\": \"\\ud800\" }", 1, 8, "surrogate")]
    [TestCase("{\n  \"rules\": {\n    x\n  } }", 3, 5, "not JSON")]
    [TestCase("{ \"rules\": ", 1, 12, "not JSON")]
    [TestCase("{ 'rules': {} }", 1, 3, "not JSON")]
    public void Refuses_a_wrong_manifest_at_its_place(string text, int line, int column, string says)
    {
        var error = Assert.Throws<GateException>(() => Read(text))!;

        Assert.That(error.Rule, Is.EqualTo(GateRules.ManifestInvalid.Id));
        Assert.That(error.File, Is.EqualTo(PathOf("releasegate.json")));
        Assert.That((error.Line, error.Column), Is.EqualTo((line, column)), error.Message);
        Assert.That(error.Message, Does.Contain(says));
        Assert.That(error.Message, Does.Not.EndWith("."));
    }

    [Test]
    public void Refuses_nesting_without_end() =>
        Assert.That(() => Read(new string('[', 10_000)), Throws.TypeOf<GateException>().With.Message.Contains("not JSON"));

    [Test]
    public void Accepts_a_byte_order_mark_and_does_not_count_it()
    {
        var error = Assert.Throws<GateException>(() => Read([0xEF, 0xBB, 0xBF, .. "{ \"x\": 1 }"u8]))!;
        Assert.That((error.Line, error.Column), Is.EqualTo((1, 3)));

        Assert.That(Read([0xEF, 0xBB, 0xBF, .. "{}"u8]).Sections, Is.Empty);
    }

    [Test]
    public void Refuses_what_is_not_UTF8()
    {
        Assert.That(() => Read([.. "{\n \""u8, 0xE4, .. "\": 1 }"u8]), Throws.TypeOf<GateException>()
            .With.Message.Contains("not UTF-8").And.Property(nameof(GateException.Line)).EqualTo(2).And.Property(nameof(GateException.Column)).EqualTo(3));
        Assert.That(() => Read(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("{}")).ToArray()), Throws.TypeOf<GateException>().With.Message.Contains("UTF-16"));
    }

    [Test]
    public void Refuses_what_is_too_large()
    {
        var largest = Encoding.UTF8.GetBytes("{}".PadRight(ManifestReader.MaximumLength));
        Assert.That(Read(largest).Sections, Is.Empty);
        Assert.That(() => Read([.. largest, (byte)' ']), Throws.TypeOf<GateException>().With.Message.Contains("4 MiB"));
    }

    [Test]
    public void Refuses_a_missing_file_a_folder_and_a_relative_path()
    {
        Assert.That(() => _reader.Read(PathOf("none.json")), Throws.TypeOf<GateException>().With.Message.Contains("cannot be read"));
        Assert.That(() => _reader.Read(_folder), Throws.TypeOf<GateException>().With.Message.Contains("cannot be read"));
        Assert.That(() => _reader.Read("releasegate.json"), Throws.ArgumentException);
    }

    [Test]
    public void Merges_what_it_extends_behind_its_own()
    {
        Write("shared/base.json", """{ "artifacts": [{ "match": "*.zip", "allow": ["b"], "limits": { "size": 2, "entries": 2 } }], "rules": { "RG2006": "off", "RG2010": "note" } }""");
        Write("shared/other.json", """{ "extends": "./base.json", "artifacts": [{ "match": "*.zip", "allow": ["c"], "destination": "public" }], "rules": { "RG2010": "off" } }""");
        var manifest = Read("""{ "extends": ["shared/other.json", "./shared/base.json"], "rules": { "RG2006": "warning" }, "artifacts": [{ "match": "*.zip", "allow": ["a"], "limits": { "size": 1 } }] }""");

        Assert.That(manifest.Sections.Select(s => (s.Allow.Single().ToString(), s.Inherited)), Is.EqualTo(new[] { ("a", false), ("c", true), ("b", true) }));
        Assert.That(manifest.Rules.ToDictionary(r => r.Key.ToString(), r => r.Value.Severity), Is.EquivalentTo(new Dictionary<string, Severity> { ["RG2006"] = Severity.Warning, ["RG2010"] = Severity.Off }));

        var policy = manifest.For("x.zip");
        Assert.That((policy.Limits.Size, policy.Limits.Entries, policy.Destination), Is.EqualTo((1L, 2, "public")));
        Assert.That(manifest.For("x.nupkg").Sections, Is.Empty);

        byte[] all = [.. Part("releasegate.json"), .. Part("shared/other.json"), .. Part("shared/base.json")];
        Assert.That(manifest.Digest, Is.EqualTo(new Digest(SHA256.HashData(all))));

        byte[] Part(string file) => [.. BitConverter.GetBytes(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(new FileInfo(PathOf(file)).Length)), .. File.ReadAllBytes(PathOf(file))];
    }

    [Test]
    public void What_moves_from_one_file_to_the_next_is_another_manifest()
    {
        const string Text = """{ "extends": "./base.json" }""";
        Write("base.json", "{ }");
        var digest = Read(Text + "\n").Digest;
        Write("base.json", "\n{ }");
        Assert.That(Read(Text).Digest, Is.Not.EqualTo(digest));
    }

    [Test]
    public void Adds_up_what_is_private()
    {
        Write("base.json", """{ "private": { "ids": ["Acme.Secret"], "registries": ["http://feed.acme.example:8080/npm"] } }""");
        var known = Read("{ \"extends\": \"./base.json\",\n\"private\": { \"ids\": [\"Acme.*.Internal\"], \"scopes\": [\"@acme\"], \"registries\": [\"HTTPS://NPM.acme.example:443/\"] } }").Private;

        Assert.That(known.Ids.Select(i => (i.Text, i.Location.Line)), Is.EqualTo(new[] { ("Acme.*.Internal", 2), ("Acme.Secret", 1) }));
        foreach (var id in (string[])["acme.secret", "Acme.Core.Internal", "ACME..INTERNAL", "Acme.Internal.Internal", "@acme/x", "@Acme/x"]) Assert.That(known.Find(id), Is.Not.Null, id);
        foreach (var id in (string[])["Acme.Secrets", "Acme.Internal", "Acme.Core.Internal.Api", "@acme-x/acme", "acme", "@other/Acme.Secret", ""]) Assert.That(known.Find(id), Is.Null, id);
        foreach (var address in (string[])["https://npm.acme.example", "https://npm.acme.example/", "https://Npm.Acme.Example:443//", "http://feed.acme.example:8080/npm/"]) Assert.That(known.Allows(address), address);
        foreach (var address in (string[])["http://npm.acme.example/", "https://npm.acme.example.evil.example/", "https://npm.acme.example/npm", "https://npm.acme.example:8443/", "http://feed.acme.example:8080/NPM", "https://x@npm.acme.example/",
            "https://npm.acme.example/?a", " https://npm.acme.example/", "npm.acme.example", ""]) Assert.That(known.Allows(address), Is.False, address);
    }

    [Test]
    public void Symbols_go_where_their_package_goes()
    {
        var manifest = Read("""{ "artifacts": [{ "match": "*.nupkg", "destination": "private" }, { "match": "*.snupkg", "allow": ["**"] }, { "match": "Open.*.snupkg", "destination": "public" }] }""");

        Assert.That(manifest.For("Acme.1.0.0.nupkg").Destination, Is.EqualTo("private"));
        Assert.That(manifest.For("Acme.1.0.0.snupkg").Destination, Is.EqualTo("private"));
        Assert.That(manifest.For("Open.1.0.0.snupkg").Destination, Is.EqualTo("public"));
        Assert.That(manifest.For("Acme.1.0.0.zip").Destination, Is.Null);
    }

    [Test]
    public void Finds_a_cycle_and_names_it_where_it_closes()
    {
        Write("a.json", "{ \"extends\": \"./b.json\" }");
        Write("b.json", "{\n\"extends\": \"./a.json\" }");

        var error = Assert.Throws<GateException>(() => _reader.Read(PathOf("a.json")))!;

        Assert.That(error.File, Is.EqualTo(PathOf("b.json")));
        Assert.That((error.Line, error.Column), Is.EqualTo((2, 12)));
        Assert.That(error.Message, Does.Contain("extends itself").And.Contain("a.json"));
    }

    [Test]
    public void Finds_a_chain_that_is_too_long()
    {
        for (var i = 0; i < 40; i++) Write($"m{i}.json", $"{{ \"extends\": \"./m{i + 1}.json\" }}");

        Assert.That(() => _reader.Read(PathOf("m0.json")), Throws.TypeOf<GateException>().With.Message.Contains("extend one another"));
    }

    [Test]
    public void Names_the_extended_file_in_which_a_mistake_stands()
    {
        Write("base.json", "{\n  \"oops\": 1 }");

        Assert.That(() => Read("{ \"extends\": \"base.json\" }"), Throws.TypeOf<GateException>()
            .With.Property(nameof(GateException.File)).EqualTo(PathOf("base.json")).And.Property(nameof(GateException.Line)).EqualTo(2));
    }

    [TestCase("Acme.{version}.nupkg", "Acme.1.0.0.nupkg", true)]
    [TestCase("Acme.{version}.nupkg", "Acme.1.0.0-rc.1.nupkg", true)]
    [TestCase("Acme.{version}.nupkg", "Acme.1.0.0.7.nupkg", true)]
    [TestCase("Acme.{version}.nupkg", "Acme.1.0.0-rc-1+sha.0a1b.nupkg", true)]
    [TestCase("Acme.{version}.nupkg", "Acme.2.nupkg", true)]
    [TestCase("Acme.{version}.nupkg", "Acme.Core.1.0.0.nupkg", false)]
    [TestCase("Acme.{version}.nupkg", "Acme.1.0.0.snupkg", false)]
    [TestCase("Acme.{version}.nupkg", "Acme.1.0.0.symbols.nupkg", false)]
    [TestCase("Acme.{version}.nupkg", "Acme.1.0.0.0.0.nupkg", false)]
    [TestCase("Acme.{version}.nupkg", "Acme.1..0.nupkg", false)]
    [TestCase("Acme.{version}.nupkg", "Acme.1.0.0-.nupkg", false)]
    [TestCase("Acme.{version}.nupkg", "Acme.1.0.0-a..b.nupkg", false)]
    [TestCase("Acme.{version}.nupkg", "Acme.1.0.0+.nupkg", false)]
    [TestCase("Acme.{version}.nupkg", "Acme.v1.0.0.nupkg", false)]
    [TestCase("Acme.{version}.nupkg", "Acme..nupkg", false)]
    [TestCase("acme-cli-{version}.tgz", "acme-cli-1.2.3.tgz", true)]
    [TestCase("acme-cli-{version}.tgz", "acme-cli-extra-1.2.3.tgz", false)]
    [TestCase("acme{-{version},}.{zip,tar.gz}", "acme-1.2.3.tar.gz", true)]
    [TestCase("acme{-{version},}.{zip,tar.gz}", "acme.zip", true)]
    [TestCase("acme{-{version},}.{zip,tar.gz}", "acme-x.zip", false)]
    public void In_a_match_the_version_is_any_version(string match, string name, bool expected) =>
        Assert.That(Read($$"""{ "artifacts": [{ "match": "{{match}}" }] }""").For(name).Sections, expected ? Has.Count.EqualTo(1) : Is.Empty);

    [Test]
    public void A_match_with_a_slash_at_its_end_is_about_folders()
    {
        var manifest = Read("""{ "artifacts": [{ "match": "*/", "allow": ["a"] }, { "match": "pub*", "allow": ["b"] }] }""");

        Assert.That(manifest.For("publish", isFolder: true).Sections, Has.Count.EqualTo(2));
        Assert.That(manifest.For("publish").Sections.Single().Allow.Single().ToString(), Is.EqualTo("b"));
    }

    [Test]
    public void Refuses_severities_of_rules_that_do_not_exist()
    {
        var manifest = Read("{ \"rules\": {\n \"RG2001\": \"note\",\n \"RG2066\": \"off\" } }");
        RuleId[] known = [RuleId.Parse("RG2001"), RuleId.Parse("RG2006"), RuleId.Parse("ACME0001")];

        Assert.That(() => ManifestReader.RequireKnownRules(manifest, known), Throws.TypeOf<GateException>()
            .With.Message.EqualTo("there is no rule RG2066; did you mean 'RG2006'?").And.Property(nameof(GateException.Line)).EqualTo(3));
        Assert.That(() => ManifestReader.RequireKnownRules(manifest, [.. known, RuleId.Parse("RG2066")]), Throws.Nothing);

        var outside = Read("{ \"rules\": { \"ACME0002\": \"off\" } }");
        Assert.That(() => ManifestReader.RequireKnownRules(outside, known), Throws.TypeOf<GateException>().With.Message.Contains("load the assembly"));
    }

    [Test]
    public void Says_which_profiles_there_are()
    {
        Assert.That(ManifestReader.ProfileNames, Does.Contain(ManifestReader.DefaultProfile));
        Assert.That(() => _reader.ReadProfile("strict"), Throws.TypeOf<GateException>().With.Message.Contains("closed"));
        Assert.That(() => ManifestReader.ProfileText("strict"), Throws.TypeOf<GateException>());

        var profile = _reader.ReadProfile(ManifestReader.DefaultProfile);
        Assert.That(profile.File, Is.Null);
        Assert.That(profile.Name, Is.EqualTo("closed"));
        Assert.That(profile.Sections.All(s => s.Inherited), Is.True);
    }

    private Manifest Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    private Manifest Read(byte[] bytes)
    {
        File.WriteAllBytes(PathOf("releasegate.json"), bytes);
        return _reader.Read(PathOf("releasegate.json"));
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
    }

    private string PathOf(string name) => Path.GetFullPath(Path.Combine(_folder, name));
}
