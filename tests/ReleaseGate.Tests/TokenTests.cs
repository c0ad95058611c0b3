using System.Text;
using ReleaseGate.Rules.BuiltIn.Tokens;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests;

/// <summary>Tokens made from the vendors' algorithms against the verifiers, in both directions.</summary>
public sealed class TokenTests
{
    private const int Seeds = 25;

    public static IEnumerable<string> Kinds => Tokens.Kinds;

    [TestCaseSource(nameof(Kinds))]
    public void Proves_what_the_algorithm_makes(string kind)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var token = Tokens.Make(kind, seed);
            foreach (var text in new[] { $"const key = \"{token}\";\n", token, $"{{\"a\":\"\\n{token}\\n\"}}", $"x={token}&y=1", $"\0\u0001{token}\0" })
                Assert.That(Proven(text).Distinct().Count(), Is.EqualTo(1), $"seed {seed}: {token}");
        }
    }

    // What has no checksum is proven by its structure, which most characters are no part of: Structures_that_do_not_read_are_no_proof.
    public static IEnumerable<string> KindsWithChecksum =>
        Kinds.Where(kind => kind is not ("aws" or "pypi" or "nuget-v4" or "github-installation") && !kind.StartsWith("jwt", StringComparison.Ordinal));

    [TestCaseSource(nameof(KindsWithChecksum))]
    public void Proves_nothing_where_one_character_is_another(string kind)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var token = Tokens.Make(kind, seed);
            // A base64 character behind the last whole byte carries bits that nothing depends on, and three characters of base 66 leave one chance in 287,496.
            Assert.That(Proven($"'{Tokens.Break(token)}'"), Is.Empty, $"seed {seed}: {token}");
        }
    }

    [Test]
    public void Every_format_is_made_by_a_kind()
    {
        var made = new HashSet<ProvableFormat>();
        foreach (var kind in Tokens.Kinds)
        {
            var bytes = Encoding.Latin1.GetBytes($"\"{Tokens.Make(kind, 3)}\"");
            foreach (var format in ChecksummedFormats.All)
                if (Matches(format, bytes).Any(m => m.Proof == TokenProof.Proven)) made.Add(format);
        }

        Assert.That(ChecksummedFormats.All.Except(made).Select(f => $"{f.Vendor} {f.Name}"), Is.Empty);
    }

    [Test]
    public void Formats_cite_where_they_are_described()
    {
        foreach (var format in ChecksummedFormats.All)
        {
            Assert.That(format.Page, Does.StartWith("https://"), format.Name);
            foreach (var anchor in format.Anchors) Assert.That(anchor.Bytes.Length, Is.GreaterThanOrEqualTo(4), format.Name);
        }
    }

    [Test]
    public void The_page_cites_every_format()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "rules", "RG4001.md"));
        foreach (var format in ChecksummedFormats.All)
        {
            Assert.That(page, Does.Contain(format.Page), $"{format.Vendor} {format.Name}");
            Assert.That(page, Does.Contain(format.Name), $"{format.Vendor} {format.Name}");
        }
    }

    // What vendors print in their documentation: the checksum holds, the random part was typed. Made here from its parts.
    [TestCase("NuGet")]
    [TestCase("Entra")]
    public void Agrees_with_published_examples_and_takes_them_for_examples(string vendor)
    {
        var token = vendor == "NuGet"
            ? Tokens.Annotated(new string('a', 52), "JQQJ99ALN5Z0000LZENeS003NUGT", nugetDigits: true)
            : Tokens.EntraSecret("zzz8Q~" + new string('z', 31));
        Assert.That(token[^(vendor == "NuGet" ? 4 : 3)..], Is.EqualTo(vendor == "NuGet" ? "3OrW" : "blP"));
        var found = ChecksummedFormats.All.SelectMany(f => Matches(f, Encoding.Latin1.GetBytes($"'{token}'"))).ToList();
        Assert.That(found.Select(m => m.Proof), Is.EqualTo(new[] { TokenProof.Dummy }));
    }

    [TestCase("aws-id")]
    [TestCase("jwt-none")]
    [TestCase("jwt-example")]
    [TestCase("jwt-empty")]
    [TestCase("jwt-expired")]
    [TestCase("jwt-reserved")]
    [TestCase("jwt-anon")]
    [TestCase("jwt-certified")]
    [TestCase("jwt-encrypted")]
    public void Proves_nothing_of_what_is_public(string kind)
    {
        for (var seed = 0; seed < Seeds; seed++) Assert.That(Proven($"\"{Tokens.Make(kind, seed)}\""), Is.Empty);
    }

    [Test]
    public void Structures_that_do_not_read_are_no_proof()
    {
        var pypi = Tokens.Make("pypi", 1);
        Assert.That(Proven($"'{pypi[..^4]}'"), Is.Empty, "signature too short");
        Assert.That(Proven($"'{pypi}AAAA'"), Is.Empty, "something behind the signature");
        var nuget = Tokens.Make("nuget-v4", 1);
        Assert.That(Proven($"'{nuget[..19]}b{nuget[20..]}'"), Is.Empty, "bits that must be zero");
        Assert.That(Proven($"'{nuget}a'"), Is.Empty, "too long");
        var jwt = Tokens.Make("jwt", 1);
        Assert.That(Proven($"'{jwt.Replace("eyJ", "eyK", StringComparison.Ordinal)}'"), Is.Empty, "no JSON");
        Assert.That(Proven($"'{jwt[..(jwt.LastIndexOf('.') + 1)]}'"), Is.Empty, "no signature");
        var aws = Tokens.Make("aws", 1);
        Assert.That(Proven(aws[..^1]), Is.Empty, "39 characters");
        Assert.That(Proven(aws + "x"), Is.Empty, "41 characters");
        Assert.That(Proven(aws[..aws.IndexOf('\n', StringComparison.Ordinal)] + "\n" + new string(' ', 450) + aws[aws.IndexOf('\n', StringComparison.Ordinal)..]), Is.Empty, "too far away");
    }

    // PHP escapes the slash, .NET the plus sign; the name of the secret may come first.
    [TestCase("\\/", "\\u002B")]
    [TestCase("\\u002F", "+")]
    [TestCase("/", "\\u002b")]
    public void An_AWS_secret_may_be_escaped(string slash, string plus)
    {
        var aws = Tokens.Make("aws", 1).Split('\n').Select(line => line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]).ToArray();
        var secret = $"{aws[1][..9]}/{aws[1][10..20]}+{aws[1][21..]}".Replace("/", slash, StringComparison.Ordinal).Replace("+", plus, StringComparison.Ordinal);

        Assert.That(Proven($"{{\"secret\":\"{secret}\",\"region\":\"eu-west-1\",\"id\":\"{aws[0]}\"}}"), Is.EqualTo(new[] { secret }));
        Assert.That(Proven($"{{\"id\":\"{aws[0]}\",\"secret\":\"{secret}\"}}"), Is.EqualTo(new[] { secret }));
        Assert.That(Proven($"{{\"id\":\"{aws[0]}\",\"secret\":\"{secret}A\"}}"), Is.Empty, "41 characters");
        Assert.That(Proven($"{{\"id\":\"{aws[0]}\",\"secret\":\"{secret[..^1]}\"}}"), Is.Empty, "39 characters");
    }

    [Test]
    public void Says_whose_it_is()
    {
        Assert.That(Detail("aws"), Is.EqualTo("account 123456789012"));
        Assert.That(Detail("jwt"), Is.EqualTo("issued by https://login.acme.test/, expires 2030-01-01"));
        Assert.That(Detail("jwt-service"), Does.Contain("role service_role"));
        Assert.That(Detail("azure-annotated"), Is.EqualTo("service APIM"));
        Assert.That(Detail("pypi"), Is.EqualTo("for acme.org"));
        Assert.That(Detail("github-installation"), Does.StartWith("app "));
    }

    // Nothing is read outside of the window, wherever it is cut.
    [TestCaseSource(nameof(Kinds))]
    public void Bears_a_window_that_ends_anywhere(string kind)
    {
        var bytes = Encoding.Latin1.GetBytes($"\"{Tokens.Make(kind, 5)}\"");
        for (var from = 0; from < bytes.Length; from += 3)
        {
            foreach (var format in ChecksummedFormats.All)
            {
                foreach (var match in Matches(format, bytes[from..]).Concat(Matches(format, bytes[..from])))
                    Assert.That(match.Start >= 0 && match.Start + match.Length <= bytes.Length, Is.True);
            }
        }
    }

    [Test]
    public void Charsets_hold_what_they_say()
    {
        AssertSet(Charset.Digits, "0123456789");
        AssertSet(Charset.Upper, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        AssertSet(Charset.Lower, "abcdefghijklmnopqrstuvwxyz");
        AssertSet(Charset.Letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
        AssertSet(Charset.Alphanumeric, Tokens.Base62);
        AssertSet(Charset.LowerAlphanumeric, Tokens.Base36);
        AssertSet(Charset.UpperAlphanumeric, Tokens.Base36.ToUpperInvariant());
        AssertSet(Charset.Hex, "0123456789abcdefABCDEF");
        AssertSet(Charset.LowerHex, "0123456789abcdef");
        AssertSet(Charset.UpperHex, "0123456789ABCDEF");
        AssertSet(Charset.Base32, Tokens.Base32.ToUpperInvariant());
        AssertSet(Charset.LowerBase32, Tokens.Base32);
        AssertSet(Charset.Word, Tokens.Base62 + "_");
        AssertSet(Charset.Base64Url, Tokens.Base62 + "-_");
        AssertSet(Charset.Base64, Tokens.Base62 + "+/");
        AssertSet(Charset.Of('~'), "~");
    }

    [TestCase("xxxxxxxxxxxxxxxxxxxx", true)]
    [TestCase("XXXXXXXXXXXXXXXXXXXX", true)]
    [TestCase("abc123EXAMPLEkey9871", true)]
    [TestCase("your_api_key_goes_he", true)]
    [TestCase("12345678901234567890", true)]
    [TestCase("98765432109876543210", true)]
    [TestCase("abcdefghijklmnopqrst", true)]
    [TestCase("a1b2c3a1b2c3a1b2c3a1", true)]
    [TestCase("00000000000000000000", true)]
    [TestCase("q8000000Zk3PqLm4Rt7Y", true)]
    [TestCase("<your token>........", true)]
    [TestCase("deadbeefdeadbeef0123", true)]
    [TestCase("f0e4c2f76c58916ec258", false)]
    [TestCase("q8Vw2Zk3PqLm4Rt7YbN1", false)]
    [TestCase("npmconfigregistryxyz", false)]
    public void Tells_examples(string text, bool isPlaceholder) => Assert.That(TokenText.IsPlaceholder(Encoding.ASCII.GetBytes(text)), Is.EqualTo(isPlaceholder));

    [TestCase("npm_config_registry_proxy_settings", false)]
    [TestCase("languages.registerCompletionItem", false)]
    [TestCase("thisIsMySecretTokenValue", false)]
    [TestCase("MyProjectApiTokenForProduction", false)]
    [TestCase("q8Vw2Zk3PqLm4Rt7YbN1cXo9", true)]
    [TestCase("6fa1c0e9b77d4f3e8c2a5d9b0e1f7a3c", true)]
    public void Tells_words_from_keys(string text, bool isRandom) => Assert.That(TokenText.IsRandom(Encoding.ASCII.GetBytes(text)), Is.EqualTo(isRandom));

    [Test]
    public void Takes_random_text_for_random()
    {
        var random = new Random(7);
        var wrong = Enumerable.Range(0, 20_000).Count(_ => !TokenText.IsRandom(Encoding.ASCII.GetBytes(Tokens.Text(random, Tokens.Base62, 24))));
        Assert.That(wrong, Is.LessThan(20));
    }

    [TestCase("=ghp", 1, true)]
    [TestCase("xghp", 1, false)]
    [TestCase("\\nghp", 2, true)]
    [TestCase("\\u0022ghp", 6, true)]
    [TestCase("\\x22ghp", 4, true)]
    [TestCase("%3Dghp", 3, true)]
    [TestCase("ghp", 0, true)]
    public void Knows_where_a_token_begins(string text, int start, bool begins) =>
        Assert.That(TokenText.BeginsAt(Encoding.ASCII.GetBytes(text), start, Charset.Word), Is.EqualTo(begins));

    private static void AssertSet(Charset set, string characters) =>
        Assert.That(string.Concat(Enumerable.Range(0, 256).Where(b => set.Contains((byte)b)).Select(b => (char)b)), Is.EqualTo(string.Concat(characters.Order())));

    private static string? Detail(string kind)
    {
        var bytes = Encoding.Latin1.GetBytes($"\"{Tokens.Make(kind, 2)}\"");
        return ChecksummedFormats.All.SelectMany(f => Matches(f, bytes)).First(m => m.Proof == TokenProof.Proven).Detail;
    }

    private static IEnumerable<string> Proven(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        foreach (var format in ChecksummedFormats.All)
            foreach (var match in Matches(format, bytes))
                if (match.Proof == TokenProof.Proven) yield return text.Substring(match.Start, match.Length);
    }

    private static List<TokenMatch> Matches(TokenFormat format, byte[] bytes)
    {
        var matches = new List<TokenMatch>();
        for (var literal = 0; literal < format.Anchors.Count; literal++)
        {
            var anchor = format.Anchors[literal].Bytes.Span;
            for (var at = bytes.AsSpan().IndexOf(anchor); at >= 0;)
            {
                var match = format.Verify(bytes, at, literal);
                if (match.Proof != TokenProof.None) matches.Add(match);
                var next = bytes.AsSpan(at + 1).IndexOf(anchor);
                at = next < 0 ? -1 : at + 1 + next;
            }
        }

        return matches;
    }
}
