using System.Text;
using System.Text.Json.Nodes;
using ReleaseGate.Governance;
using ReleaseGate.Tests.Cli;

namespace ReleaseGate.Tests.Governance;

/// <summary>Whatever is not as it was sealed is refused, with its own code and no other.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SealVerificationTests : IDisposable
{
    private const string Own = "https://github.com/releasegate/releasegate";

    private readonly SealSample _sample = new(new Terminal { Time = new MovingClock() });

    public void Dispose() => _sample.Dispose();

    private MovingClock Clock => (MovingClock)_sample.Terminal.Time;

    private static readonly object[] Statements =
    [
        Case("another type", "RG7008", s => s["_type"] = "https://in-toto.io/Statement/v0.1"),
        Case("no type", "RG7008", s => s.Remove("_type")),
        Case("a type that is no text", "RG7008", s => s["_type"] = 1),
        Case("another predicate", "RG7008", s => s["predicateType"] = "https://slsa.dev/provenance/v1"),
        Case("no predicate type", "RG7008", s => s.Remove("predicateType")),
        Case("another digest", "RG7003", s => s["subject"]![0]!["digest"]!["sha256"] = new string('0', 64)),
        Case("no digest", "RG7002", s => s["subject"]![0]!.AsObject().Remove("digest")),
        Case("another algorithm", "RG7002", s => s["subject"]![0]!["digest"] = new JsonObject { ["sha1"] = new string('0', 40) }),
        Case("a digest that is none", "RG7002", s => s["subject"]![0]!["digest"]!["sha256"] = "abc"),
        Case("nothing it is about", "RG7002", s => s["subject"] = new JsonArray()),
        Case("no subject", "RG7002", s => s.Remove("subject")),
        Case("no predicate", "RG7002", s => s.Remove("predicate")),
        Case("a predicate that is text", "RG7002", s => s["predicate"] = "x"),
        Case("another verifier", "RG7009", s => Rename(s, "https://evil.example/gate")),
        Case("a verifier that is nearly the same", "RG7009", s => Rename(s, Own + "/")),
        Case("no verifier", "RG7002", s => P(s).Remove("verifier")),
        Case("a verifier without words of its own", "RG7002", s => P(s).Remove(Own)),
        Case("another feed", "RG7006", s => P(s)["resourceUri"] = "pkg:nuget/Acme@1.0.0?repository_url=https://other.acme.example/v3/index.json"),
        Case("the public registry", "RG7006", s => P(s)["resourceUri"] = "pkg:nuget/Acme@1.0.0"),
        Case("another package", "RG7006", s => P(s)["resourceUri"] = $"pkg:nuget/Other@1.0.0?repository_url={SealSample.Feed}"),
        Case("another version", "RG7006", s => P(s)["resourceUri"] = $"pkg:nuget/Acme@1.0.1?repository_url={SealSample.Feed}"),
        Case("another kind", "RG7006", s => P(s)["resourceUri"] = $"pkg:npm/Acme@1.0.0?repository_url={SealSample.Feed}"),
        Case("no destination", "RG7002", s => P(s).Remove("resourceUri")),
        Case("failed", "RG7010", s => P(s)["verificationResult"] = "FAILED"),
        Case("passed in small letters", "RG7010", s => P(s)["verificationResult"] = "passed"),
        Case("no result", "RG7002", s => P(s).Remove("verificationResult")),
        Case("another level", "RG7010", s => P(s)["verifiedLevels"] = new JsonArray("SLSA_BUILD_LEVEL_3")),
        Case("no level", "RG7010", s => P(s)["verifiedLevels"] = new JsonArray()),
        Case("levels that are none", "RG7002", s => P(s)["verifiedLevels"] = "RELEASEGATE_CONTENT_V1"),
        Case("another policy", "RG7004", s => P(s)["policy"]!["digest"]!["sha256"] = new string('1', 64)),
        Case("no policy", "RG7002", s => P(s).Remove("policy")),
        Case("a policy without digest", "RG7002", s => P(s)["policy"]!.AsObject().Remove("digest")),
        Case("from the future", "RG7005", s => P(s)["timeVerified"] = "2026-04-01T09:35:01Z"),
        Case("no time", "RG7002", s => P(s).Remove("timeVerified")),
        Case("a time that is none", "RG7002", s => P(s)["timeVerified"] = "yesterday"),
        Case("an end that has come", "RG7005", s => P(s)[Own]!["notAfter"] = "2026-04-01T09:29:59Z"),
        Case("an end that is none", "RG7002", s => P(s)[Own]!["notAfter"] = "never"),
        Case("waivers without an end", "RG7002", s => P(s)[Own]!["waivers"] = new JsonArray(new JsonObject { ["id"] = "W-1", ["expires"] = "2027-01-31" })),
        Case("no list of waivers", "RG7002", s => P(s)[Own]!.AsObject().Remove("waivers")),
        Case("a log's line that is none", "RG7002", s => P(s)[Own]!["audit"] = new JsonObject { ["seq"] = -1, ["head"] = new string('0', 64) }),
    ];

    private static readonly object[] Kinds =
    [
        Case("a folder before", "RG7003", s => P(s)[Own]!["kind"] = "directory"),
        Case("something else before", "RG7003", s => P(s)[Own]!["kind"] = "image"),
        Case("a rule assembly without a module", "RG7002", s => P(s)[Own]!["rules"] = new JsonArray(new JsonObject { ["assembly"] = "Acme.Rules", ["version"] = "1.0.0.0" })),
        Case("a module that is none", "RG7002", s => P(s)[Own]!["rules"] = new JsonArray(new JsonObject { ["assembly"] = "Acme.Rules", ["version"] = "1.0.0.0", ["module"] = "1" })),
        Case("a kind that is no text", "RG7002", s => P(s)[Own]!["kind"] = 1),
    ];

    private static readonly object[] Harmless =
    [
        new Edit("a key that nobody knows", "", s => P(s)["https://other.example/field"] = new JsonObject { ["a"] = 1 }),
        new Edit("a file of which nobody said that it is none", "", s => P(s)[Own]!.AsObject().Remove("kind")),
        new Edit("a rule assembly", "", s => P(s)[Own]!["rules"] = new JsonArray(new JsonObject { ["assembly"] = "Acme.Rules", ["version"] = "1.0.0.0", ["module"] = "00112233-4455-6677-8899-aabbccddeeff" })),
        new Edit("another name", "", s => s["subject"]![0]!["name"] = "renamed.nupkg"),
        new Edit("one more level", "", s => P(s)["verifiedLevels"]!.AsArray().Add("OTHER")),
        new Edit("a clock that runs ahead a little", "", s => P(s)["timeVerified"] = "2026-04-01T09:35:00Z"),
        new Edit("another subject besides", "", s => s["subject"]!.AsArray().Insert(0, new JsonObject { ["name"] = "other", ["digest"] = new JsonObject { ["sha256"] = new string('0', 64) } })),
    ];

    private static JsonObject P(JsonObject statement) => statement["predicate"]!.AsObject();

    private static void Rename(JsonObject statement, string verifier)
    {
        var predicate = P(statement);
        predicate["verifier"]!["id"] = verifier;
        var own = predicate[Own]!.DeepClone();
        predicate.Remove(Own);
        predicate[verifier] = own;
    }

    private static Edit Case(string name, string rule, Action<JsonObject> change) => new(name, rule, change);

    [TestCaseSource(nameof(Statements))]
    [TestCaseSource(nameof(Kinds))]
    [TestCaseSource(nameof(Harmless))]
    public void Every_field_that_the_right_key_signs_is_checked(object given)
    {
        var edit = (Edit)given;
        _sample.Make();
        Assert.That(_sample.Refusals(), Is.Empty);
        var statement = _sample.Statement();
        edit.Change(statement);
        _sample.Resign(statement);

        Assert.That(_sample.Refusals(), Is.EqualTo(edit.Rule.Length == 0 ? Array.Empty<string>() : [edit.Rule]), _sample.Terminal.Output);

        // Without the key the same change is nobody's.
        // What was doctored is no seal of ours any more, and is not replaced.
        File.Delete(_sample.Path(SealSample.Seal));
        _sample.Make();
        var bundle = _sample.Bundle();
        bundle["dsseEnvelope"]!["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(statement.ToJsonString()));
        _sample.Write(bundle);
        Assert.That(_sample.Refusals(), Is.EqualTo(new[] { "RG7007" }));
    }

    private static readonly object[] Bundles =
    [
        Case("another media type", "RG7002", b => b["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.2"),
        Case("no media type", "RG7002", b => b.Remove("mediaType")),
        Case("no material", "RG7002", b => b.Remove("verificationMaterial")),
        Case("keyless", "RG7002", b => b["verificationMaterial"] = new JsonObject { ["certificate"] = new JsonObject { ["rawBytes"] = "AAAA" } }),
        Case("another hint", "RG7002", b => b["verificationMaterial"]!["publicKey"]!["hint"] = "AAAA"),
        Case("another key id", "RG7002", b => b["dsseEnvelope"]!["signatures"]![0]!["keyid"] = "AAAA"),
        Case("no envelope", "RG7002", b => b.Remove("dsseEnvelope")),
        Case("a message instead of an envelope", "RG7002", b =>
        {
            b.Remove("dsseEnvelope");
            b["messageSignature"] = new JsonObject();
        }),
        Case("another payload type", "RG7002", b => b["dsseEnvelope"]!["payloadType"] = "application/json"),
        Case("no payload", "RG7002", b => b["dsseEnvelope"]!.AsObject().Remove("payload")),
        Case("a payload that is no base64", "RG7002", b => b["dsseEnvelope"]!["payload"] = "{}"),
        Case("no signature", "RG7002", b => b["dsseEnvelope"]!["signatures"] = new JsonArray()),
        Case("two signatures", "RG7002", b => b["dsseEnvelope"]!["signatures"]!.AsArray().Add(b["dsseEnvelope"]!["signatures"]![0]!.DeepClone())),
        Case("a signature that is no base64", "RG7002", b => b["dsseEnvelope"]!["signatures"]![0]!["sig"] = "?"),
        Case("an empty signature", "RG7007", b => b["dsseEnvelope"]!["signatures"]![0]!["sig"] = ""),
        Case("a signature of zeros", "RG7007", b => b["dsseEnvelope"]!["signatures"]![0]!["sig"] = Convert.ToBase64String(new byte[64])),
        Case("an empty payload", "RG7007", b => b["dsseEnvelope"]!["payload"] = ""),
        Case("a key id that is left out", "", b => b["dsseEnvelope"]!["signatures"]![0]!.AsObject().Remove("keyid")),
        Case("the other alphabet", "", b => b["dsseEnvelope"]!["signatures"]![0]!["sig"] = b["dsseEnvelope"]!["signatures"]![0]!["sig"]!.GetValue<string>().Replace('+', '-').Replace('/', '_').TrimEnd('=')),
        Case("more keys", "", b => b["extra"] = 1),
    ];

    [TestCaseSource(nameof(Bundles))]
    public void The_bundle_is_taken_strictly(object given)
    {
        var edit = (Edit)given;
        _sample.Make();
        var bundle = _sample.Bundle();
        edit.Change(bundle);
        _sample.Write(bundle);

        Assert.That(_sample.Refusals(), Is.EqualTo(edit.Rule.Length == 0 ? Array.Empty<string>() : [edit.Rule]), _sample.Terminal.Output);
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("{\"mediaType\":1}")]
    [TestCase("{\"payload\":\"\\ud800\",\"payload\":\"\"}")]
    [TestCase("{\"\\ud800\":1}")]
    [TestCase("not json")]
    public void What_is_no_seal_is_refused(string text)
    {
        File.WriteAllText(_sample.Path(SealSample.Seal), text);
        Assert.That(_sample.Refusals(), Is.EqualTo(new[] { "RG7002" }));
    }

    [Test]
    public void What_is_said_twice_is_refused_in_the_bundle_and_in_the_payload()
    {
        _sample.Make();
        var bundle = File.ReadAllText(_sample.Path(SealSample.Seal));
        File.WriteAllText(_sample.Path(SealSample.Seal), bundle.Replace("\"keyid\":", "\"sig\":\"AAAA\",\"keyid\":", StringComparison.Ordinal));
        Assert.That(_sample.Refusals(), Is.EqualTo(new[] { "RG7002" }));
        Assert.That(_sample.Terminal.Output, Does.Contain("the key 'sig' is there twice"));

        _sample.Make();
        var payload = _sample.Statement().ToJsonString();
        _sample.Resign(Encoding.UTF8.GetBytes(payload.Replace("\"verificationResult\":", "\"verificationResult\":\"FAILED\",\"verificationResult\":", StringComparison.Ordinal)));
        Assert.That(_sample.Refusals(), Is.EqualTo(new[] { "RG7002" }));
        Assert.That(_sample.Terminal.Output, Does.Contain("the key 'verificationResult' is there twice"));
        _sample.Resign([.. Encoding.UTF8.GetBytes(payload), (byte)'}']);
        Assert.That(_sample.Refusals(), Is.EqualTo(new[] { "RG7002" }));
        _sample.Resign([.. "{\"_type\":\""u8, 0xff, .. "\"}"u8]);
        Assert.That(_sample.Refusals(), Is.EqualTo(new[] { "RG7002" }));
    }

    [Test]
    public void Every_region_of_the_artifact_is_sealed()
    {
        _sample.Make();
        var path = _sample.Path(SealSample.Artifact);
        var bytes = File.ReadAllBytes(path);
        for (var i = 0; i < bytes.Length; i += 7)
        {
            var changed = bytes.ToArray();
            changed[i] ^= 0x20;
            File.WriteAllBytes(path, changed);
            Assert.That(_sample.Refusals(), Is.EqualTo(new[] { "RG7003" }), $"byte {i}");
        }

        foreach (var changed in (byte[][])[[], bytes[1..], bytes[..^1], [0, .. bytes], [.. bytes, 0], Encoding.ASCII.GetBytes("something else")])
        {
            File.WriteAllBytes(path, changed);
            Assert.That(_sample.Refusals(), Is.EqualTo(new[] { "RG7003" }));
        }

        File.WriteAllBytes(path, bytes);
        Assert.That(_sample.Refusals(), Is.Empty);
    }

    [Test]
    public void The_public_registry_is_named_by_no_feed_on_both_sides()
    {
        var terminal = _sample.Terminal;
        Assert.That(terminal.Run("seal", SealSample.Artifact, "--key", "release.pem"), Is.Zero, terminal.Output + terminal.Error);

        Assert.That(_sample.Ids(terminal.Run("verify", SealSample.Artifact, "--key", "release.pub", "--policy", "releasegate.json")), Is.Empty);
        Assert.That(_sample.Refusals(), Is.EqualTo(new[] { "RG7006" }));
        Assert.That(terminal.Output, Does.Contain("it was sealed without a feed, and only no feed means the public registry: where it really goes there, leave '--to' out here, too"));
        _sample.Make();
        Assert.That(_sample.Ids(terminal.Run("verify", SealSample.Artifact, "--key", "release.pub", "--policy", "releasegate.json", "--to", "https://other.acme.example")), Is.EqualTo(new[] { "RG7006" }));
        Assert.That(terminal.Output, Does.Not.Contain("without a feed").And.Not.Contain("for a feed:"), "both name one");
    }

    [Test]
    public void Destination_policy_key_and_verifier_are_those_of_the_push()
    {
        _sample.Make();
        var terminal = _sample.Terminal;
        Assert.That(_sample.Ids(terminal.Run("verify", SealSample.Artifact, "--key", "release.pub", "--policy", "releasegate.json", "--to", "https://other.acme.example/v3/index.json")), Is.EqualTo(new[] { "RG7006" }));
        Assert.That(_sample.Ids(terminal.Run("verify", SealSample.Artifact, "--key", "release.pub", "--policy", "releasegate.json")), Is.EqualTo(new[] { "RG7006" }));
        Assert.That(terminal.Output, Does.Contain("and this is 'pkg:nuget/Acme@1.0.0', which means the public registry; it was sealed for a feed: name the same with '--to', or"));
        Assert.That(_sample.Ids(terminal.Run("verify", SealSample.Artifact, "--key", "second.pub", "--policy", "releasegate.json", "--to", SealSample.Feed)), Is.EqualTo(new[] { "RG7007" }));
        Assert.That(_sample.Refusals("--key", "second.pub"), Is.Empty);
        Assert.That(_sample.Refusals("--verifier", "https://acme.example/gate"), Is.EqualTo(new[] { "RG7009" }));
        // The same feed, written otherwise.
        Assert.That(_sample.Ids(terminal.Run("verify", SealSample.Artifact, "--key", "release.pub", "--policy", "releasegate.json", "--to", "HTTPS://FEED.acme.example:443/v3/index.json/")), Is.Empty);

        File.AppendAllText(_sample.Path("releasegate.json"), " ");
        Assert.That(_sample.Refusals(), Is.EqualTo(new[] { "RG7004" }));
        Assert.That(_sample.Ids(terminal.Run("verify", SealSample.Artifact, "--key", "release.pub", "--any-policy", "--to", SealSample.Feed)), Is.Empty);
        Assert.That(string.Join(' ', terminal.Output.Split('\n').Select(l => l.Trim())), Does.Contain("nobody compared the manifest it was judged by ('--policy FILE' does), 'releasegate.json', sha256 "));
        Assert.That(_sample.Ids(terminal.Run("verify", SealSample.Artifact, "--key", "release.pub", "--policy", "closed", "--to", SealSample.Feed)), Is.EqualTo(new[] { "RG7004" }));
    }

    [Test]
    public void A_package_is_read_by_the_limits_it_was_sealed_under()
    {
        _sample.Terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "**", "allow": ["**"], "limits": { "ratio": 100000 } } ] }""");
        ReceiptSample.Nupkg(_sample.Terminal, SealSample.Artifact, "1.0.0", ("lib/readme.txt", new string(' ', 65 << 20)));
        _sample.Make();
        Assert.That(_sample.Refusals(), Is.Empty);
        Assert.That(_sample.Terminal.Run("verify", SealSample.Artifact, "--key", "release.pub", "--any-policy", "--to", SealSample.Feed), Is.EqualTo(ReleaseGate.Cli.ExitCode.CouldNotRun));
        Assert.That(_sample.Terminal.Error, Does.Contain("error RG0003").And.Contain("name it with '--policy FILE'").And.Not.Contain("RG7006"));
    }

    [Test]
    public void A_seal_grows_old_and_does_not_come_from_the_future()
    {
        _sample.Make();
        Clock.Now = Clock.Now.AddHours(24);
        Assert.That(_sample.Refusals("--max-age", "24h"), Is.Empty);
        Clock.Now = Clock.Now.AddSeconds(1);
        Assert.That(_sample.Refusals("--max-age", "24h"), Is.EqualTo(new[] { "RG7005" }));
        Assert.That(_sample.Refusals("--max-age", "2d"), Is.Empty);
        Assert.That(_sample.Refusals(), Is.Empty);
        Clock.Now = Clock.Now.AddDays(-2);
        Assert.That(_sample.Refusals(), Is.EqualTo(new[] { "RG7005" }));
        Assert.That(_sample.Terminal.Output, Does.Contain("it was made at 2026-04-01T09:30:00Z, and now is 2026-03-31T09:30:01Z"));
    }

    [Test]
    public void Several_things_that_are_wrong_are_all_named()
    {
        _sample.Make();
        var statement = _sample.Statement();
        Rename(statement, "https://evil.example/gate");
        P(statement)["verificationResult"] = "FAILED";
        P(statement)["timeVerified"] = "2027-01-01T00:00:00Z";
        P(statement)["resourceUri"] = "pkg:nuget/Acme@1.0.0";
        P(statement)["policy"]!["digest"]!["sha256"] = new string('1', 64);
        statement["subject"]![0]!["digest"]!["sha256"] = new string('0', 64);
        _sample.Resign(statement);

        Assert.That(_sample.Refusals(), Is.EqualTo(new[] { "RG7003", "RG7009", "RG7006", "RG7010", "RG7004", "RG7005" }));
    }

    [Test]
    public void Random_changes_never_pass_as_something_else_and_never_end_in_a_defect()
    {
        _sample.Make();
        var original = File.ReadAllBytes(_sample.Path(SealSample.Seal));
        var payload = SigstoreBundle.Read(original).Envelope.Payload.ToArray();
        var key = TrustedKey.Import(File.ReadAllText(_sample.Path("release.pub")));
        var random = new Random(7);
        var (read, passed) = (0, 0);
        for (var i = 0; i < 6_000; i++)
        {
            var changed = original.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                var at = random.Next(changed.Length);
                changed = random.Next(4) switch
                {
                    0 => [.. changed[..at], (byte)random.Next(256), .. changed[at..]],
                    1 => [.. changed[..at], .. changed[(at + 1)..]],
                    2 => Set(changed, at, (byte)(changed[at] ^ (1 << random.Next(8)))),
                    _ => Set(changed, at, (byte)random.Next(32, 127)),
                };
                if (changed.Length == 0) changed = [0];
            }

            SigstoreBundle bundle;
            try
            {
                bundle = SigstoreBundle.Read(changed);
            }
            catch (GateException refused) when (refused.Rule.ToString() == "RG7002")
            {
                continue;
            }

            read++;
            var signature = bundle.Envelope.Signatures.Single().Signature;
            if (!key.Signed(bundle.Envelope.PreAuthenticationEncoding(), signature.Span)) continue;
            passed++;
            // What still holds says the same, byte for byte: something around it was changed that means nothing.
            Assert.That(bundle.Envelope.Payload.ToArray(), Is.EqualTo(payload));
        }

        Assert.That((read, passed), Is.Not.EqualTo((0, 0)));

        // The statement itself, signed by the right key, is read or refused.
        for (var i = 0; i < 3_000; i++)
        {
            var changed = payload.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            try
            {
                SealStatement.Read(changed);
            }
            catch (GateException refused)
            {
                Assert.That(refused.Rule.ToString(), Is.AnyOf("RG7002", "RG7008"));
            }
        }

        static byte[] Set(byte[] bytes, int at, byte value)
        {
            bytes[at] = value;
            return bytes;
        }
    }

    /// <summary>One change, and the code that it is refused with; none where nothing is wrong.</summary>
    private sealed record Edit(string Name, string Rule, Action<JsonObject> Change)
    {
        public override string ToString() => Name;
    }

    private sealed class MovingClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 4, 1, 9, 30, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
