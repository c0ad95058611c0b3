using System.Text;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Inspection;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;
using ReleaseGate.Tests.Archives;

namespace ReleaseGate.Tests.Inspection;

/// <summary>Secrets of which JSON hides a part in escapes.</summary>
public sealed class EscapedTextTests
{
    private const string Address = "postgres://app:Zt7kQ9xLp2vR@db1.acme.io/app";
    private const string Sql = "Server=tcp:db1.acme.io,1433;User ID=app;Password='Zt7kQ9xLp2vR';Encrypt=True";

    [Test]
    public void Secrets_are_found_in_JSON_as_NETs_serializer_writes_it([Values("RG4001", "RG4005")] string rule)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var key = Tokens.Make("azure-storage", seed);
            var secret = rule == "RG4001" ? key : $"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={key};EndpointSuffix=core.windows.net";
            var once = JsonSerializer.Serialize(new { Storage = secret });
            Assert.That(once, Does.Contain(@"\u002B"), "the default encoder escapes every plus");
            foreach (var text in new[] { once, JsonSerializer.Serialize(once), once.Replace(@"\u002B", @"\u002b", StringComparison.Ordinal), "{ " + new string(' ', 65_500) + once[1..] })
                Assert.That(Findings(text), Has.Some.StartsWith($"{rule} "), $"seed {seed}");
        }
    }

    [Test]
    public void A_slash_that_JSON_escapes_hides_no_key()
    {
        var key = Enumerable.Range(0, 50).Select(s => Tokens.Make("azure-storage", s)).First(k => k.Contains('/', StringComparison.Ordinal));
        Assert.That(Findings($$"""{"k":"{{key.Replace("/", @"\/", StringComparison.Ordinal)}}"}"""), Has.Some.StartsWith("RG4001 "));
    }

    [Test]
    public void A_key_found_both_ways_is_told_once()
    {
        var token = Tokens.Make("github", 1);
        Assert.That(Findings($$"""{"a":"\u0026","b":"{{token}}","c":"x\u003Dy"}""").Count(f => f.StartsWith("RG4001 ", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [TestCase(Address, @"postgres:\/\/app:Zt7kQ9xLp2vR@db1.acme.io\/app")]
    [TestCase(Address, @"postgres:\\/\\/app:Zt7kQ9xLp2vR@db1.acme.io\\/app")]
    [TestCase(Address, @"postgres:\u002f\u002fapp:Zt7kQ9xLp2vR@db1.acme.io")]
    [TestCase("postgres://app:Zt7+kQ9xLp2vR@db1.acme.io", @"postgres://app:Zt7\u002BkQ9xLp2vR@db1.acme.io")]
    [TestCase(Sql, @"Server=tcp:db1.acme.io,1433;User ID=app;Password=\u0027Zt7kQ9xLp2vR\u0027;Encrypt=True")]
    public void Connection_strings_are_told_in_either_spelling(string plain, string escaped)
    {
        var wanted = Findings($$"""{"Db":"{{plain}}"}""");
        Assert.That(wanted, Has.One.StartsWith("RG4005 Error"));
        Assert.That(Findings($$"""{"Db":"{{escaped}}"}"""), Is.EqualTo(wanted));
    }

    [Test]
    public void Text_is_that_of_the_chunk_with_escapes_undone()
    {
        var text = new EscapedText();
        Assert.That(Read(text, @"plain \n \"" \\ \/ text \u00e9 \u0000 \u007f \u001f \u00"), Is.Null);
        Assert.That(Read(text, @"a\u002Bb\u00e9\u002fc\n\\u0041\/d\u00"), Is.EqualTo(@"a+b\u00e9/c\nA/d\u00"));
        Assert.That(Read(text, @"https:\/\/a\\/b"), Is.EqualTo("https://a/b"));
        Assert.That(Read(text, @"\u0041"), Is.EqualTo("A"));
        Assert.That(Read(text, @"\u004"), Is.Null);
        Assert.That(Read(text, @"\\\\u0041\"), Is.EqualTo(@"A\"));
    }

    [Test]
    public void Every_place_of_a_chunk_counts_in_one_range([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        string[] pieces = ["a", "b", @"\u0061", @"\\u0062", @"\/", @"\n", @"\", @"\u00", @"\u00e9"];
        var chunk = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => pieces[random.Next(pieces.Length)])) + @"\u0061");
        var text = new EscapedText();
        Assert.That(text.Read(chunk, 0, chunk.Length), Is.True);
        var whole = Enumerable.Range(text.From, text.To - text.From).Select(text.OriginOf).ToArray();
        Assert.That(whole, Is.Ordered.And.Unique);
        Assert.That((text.From, text.To), Is.EqualTo((0, text.Text.Length)));

        var cut = random.Next(0, chunk.Length + 1);
        var parts = new List<int>();
        foreach (var (from, to) in new[] { (0, cut), (cut, chunk.Length) })
            if (text.Read(chunk, from, to)) parts.AddRange(Enumerable.Range(text.From, text.To - text.From).Select(text.OriginOf));
        Assert.That(parts, Is.EqualTo(whole), $"cut at {cut}");
        for (var i = 0; i < whole.Length; i++)
            if (chunk[whole[i]] != '\\') Assert.That(text.Text[i], Is.EqualTo(chunk[whole[i]]));
    }

    private static string? Read(EscapedText text, string chunk) =>
        text.Read(Encoding.ASCII.GetBytes(chunk), 0, chunk.Length) ? Encoding.ASCII.GetString(text.Text) : null;

    private static string[] Findings(string text)
    {
        var zip = new ZipBuilder(new ZipItem("data.json", text)).Build();
        using var artifact = Artifact.Of("test.zip", zip);
        var policy = TestManifest.Parse("""{ "artifacts": [ { "match": "*", "allow": ["**"] } ] }""").For("test.zip");
        Rule[] rules = [new ProvenToken(), new StructuredToken(), new ConnectionString()];
        var result = ReleaseGate.Inspection.Inspection.Run(artifact, rules, policy, [], null, CancellationToken.None);
        return [.. result.Findings.Select(f => $"{f.Rule.Id} {f.Severity ?? f.Rule.DefaultSeverity} {f.Message}")];
    }
}
