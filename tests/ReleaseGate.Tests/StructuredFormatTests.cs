using System.Text;
using ReleaseGate.Rules.BuiltIn.Tokens;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests;

/// <summary>Every format of the table finds its own example, and nothing that is one character off.</summary>
public sealed class StructuredFormatTests
{
    private static readonly IReadOnlyList<TokenFormat> Formats = StructuredFormats.Load();

    private static IEnumerable<TestCaseData> All => Formats.Select((f, i) => new TestCaseData(i).SetArgDisplayNames($"{i} {f.Vendor} {f.Name}"));

    private static IEnumerable<TestCaseData> Shapes => Formats.Select((f, i) => (f, i)).Where(p => p.f is PrefixFormat)
        .Select(p => new TestCaseData(p.i).SetArgDisplayNames($"{p.i} {p.f.Vendor} {p.f.Name} {((PrefixFormat)p.f).Shape.Replace('{', '(').Replace('}', ')')}"));

    [Test]
    public void There_are_enough_vendors()
    {
        Assert.That(Formats.Select(f => f.Vendor).Distinct().Count(), Is.GreaterThanOrEqualTo(80));
        Assert.That(Formats.Sum(f => f.Anchors.Count), Is.LessThan(420));
    }

    [TestCaseSource(nameof(All))]
    public void Says_where_it_is_documented_and_how_to_find_it(int index)
    {
        var format = Formats[index];
        Assert.That(format.Page, Does.StartWith("https://"));
        Assert.That(format.Vendor, Is.Not.Empty);
        Assert.That(format.Name, Is.Not.Empty);
        Assert.That(format.Anchors, Is.Not.Empty);
        Assert.That(format.Anchors.Select(a => a.Bytes.Length), Has.All.GreaterThanOrEqualTo(4));
        Assert.That(format.Anchors.Select(a => a.IgnoreCase), Has.None.True);
    }

    [TestCaseSource(nameof(All))]
    public void Finds_its_example_wherever_it_stands(int index)
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var example = Credentials.Make(Formats[index], seed);
            foreach (var text in new[] { example, $"\"{example}\"", $"x = '{example}';", $"{{\\\"k\\\":\\\"{example}\\\"}}", $"\0{example}\0", $"\n{example}\n", $"a\\n{example}\\n", $"<a>{example}</a>" })
                Assert.That(Owners(text), Is.EqualTo(new[] { $"{Formats[index].Vendor} {Formats[index].Name}" }), $"seed {seed}: {text}");
        }
    }

    [TestCaseSource(nameof(Shapes))]
    public void Finds_nothing_that_is_of_another_length_or_glued_to_a_word(int index)
    {
        var format = (PrefixFormat)Formats[index];
        for (var seed = 1; seed <= 5; seed++)
        {
            var token = Credentials.Core(format, seed);
            Assert.That(Owners(Credentials.Surround(format, token, seed)), Is.Not.Empty);

            Assert.That(Owners(Credentials.Surround(format, Credentials.Core(format, seed, longer: -1), seed)), Is.Empty, "one too short");
            Assert.That(Owners(Credentials.Surround(format, Credentials.Core(format, seed, longer: 1, most: true), seed)), Is.Empty, "one too long");
            Assert.That(Owners(Credentials.Surround(format, Credentials.Core(format, seed, most: true) + "q_", seed)), Is.Empty, "glued behind");
            if (!format.InUrl) Assert.That(Owners(Credentials.Surround(format, "q" + token, seed)), Is.Empty, "glued before");
        }
    }

    [TestCaseSource(nameof(Shapes))]
    public void Finds_nothing_in_another_alphabet_or_in_examples(int index)
    {
        var format = (PrefixFormat)Formats[index];
        var token = Credentials.Core(format, 3);
        var last = token.LastIndexOf(token.Last(char.IsAsciiLetterOrDigit));
        Assert.That(Owners(Credentials.Surround(format, token[..(last - 3)] + "!" + token[(last - 2)..], 3)), Is.Empty, "a character that cannot be");

        var dull = new StringBuilder();
        foreach (var part in format.Parts)
            dull.Append(part.Text is { } literal ? Encoding.ASCII.GetString(literal) : new string(part.Set.Contains((byte)'x') ? 'x' : part.Set.Contains((byte)'X') ? 'X' : '0', part.Least));
        Assert.That(Owners(Credentials.Surround(format, dull.ToString(), 3)), Is.Empty, "an example");
    }

    [TestCase("npm_i_save_dev_types_node_typescript_eslint_prettier")]
    [TestCase("SG.languages.register(\"sgmlsgmlsgmlsgml\")")]
    [TestCase("SG.languages_register_all.the_editor_of_languages_is_not_a_key_at_al1")]
    [TestCase("hf_transformers_modeling_utils_pretrained")]
    [TestCase("sk_live_[0-9a-zA-Z]{24}")]
    [TestCase("AIza[0-9A-Za-z\\-_]{35}")]
    [TestCase("glpat-[\\w-]{20}")]
    [TestCase("dop_v1_[a-f0-9]{64}")]
    [TestCase("xoxb-000000000000-000000000000-xxxxxxxxxxxxxxxxxxxxxxxx")]
    [TestCase("https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX")]
    [TestCase("ghp_your_personal_access_token_goes_here")]
    [TestCase("sk-proj-your-key-here-T3BlbkFJ-and-more")]
    [TestCase("key-value-pairs")]
    [TestCase("process.env.STRIPE_SECRET_KEY || \"sk_test_\"")]
    [TestCase("task-proj-anything")]
    [TestCase("twilio: ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, your_auth_token")]
    [TestCase("sv=2024-11-04&se=2027-01-01&sig=signature")]
    public void Knows_the_traps(string text) => Assert.That(Owners(text), Is.Empty);

    [Test]
    public void Measures_how_probable_chance_is()
    {
        Assert.That(Randomness.IsCertain("GetRequiredServiceAsync"u8), Is.False);
        Assert.That(Randomness.IsCertain("Microsoft.Extensions.DependencyInjection"u8), Is.False);
        Assert.That(Randomness.IsCertain("my-super-secret-password-value"u8), Is.False);
        Assert.That(Randomness.IsCertain("node_modules/@types/react-dom"u8), Is.False);
        var missed = 0;
        foreach (var set in new[] { Charset.LowerHex, Charset.Alphanumeric, Charset.Base64Url, Charset.Base32, Charset.LowerAlphanumeric })
        {
            for (var seed = 0; seed < 400; seed++)
            {
                var random = new Random(seed);
                var alphabet = Enumerable.Range(0, 128).Where(c => set.Contains((byte)c)).ToArray();
                var text = Enumerable.Range(0, 32).Select(_ => (byte)alphabet[random.Next(alphabet.Length)]).ToArray();
                if (!Randomness.IsCertain(text)) missed++;
            }
        }

        Assert.That(missed, Is.LessThan(20), "of 2,000");
    }

    /// <summary>Which formats say that the text holds a credential, as the rule asks them.</summary>
    private static List<string> Owners(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var owners = new List<string>();
        foreach (var format in Formats)
        {
            for (var literal = 0; literal < format.Anchors.Count; literal++)
            {
                var anchor = format.Anchors[literal].Bytes.Span;
                for (var at = bytes.AsSpan().IndexOf(anchor); at >= 0;)
                {
                    if (format.Verify(bytes, at, literal).Proof == TokenProof.Structured) owners.Add($"{format.Vendor} {format.Name}");
                    var next = bytes.AsSpan(at + 1).IndexOf(anchor);
                    at = next < 0 ? -1 : at + 1 + next;
                }
            }
        }

        return owners;
    }
}
