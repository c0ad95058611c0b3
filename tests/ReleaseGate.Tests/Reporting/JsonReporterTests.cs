using System.Collections.Immutable;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Reporting;

public sealed class JsonReporterTests
{
    [Test]
    public void Says_what_was_found_and_where()
    {
        var entry = Sample.Entry("package/cli.js.map");
        var judged = new JudgedFinding(new Finding(Sample.Stray, entry, "holds 3 files")
        {
            Offset = 17,
            Location = new ManifestLocation("/repo/releasegate.json", 4, 9),
            Facts = ImmutableSortedDictionary<string, string>.Empty.Add("files", "3"),
        }, Severity.Error);
        var package = new PackageMetadata("@acme/cli", "1.0.0-rc+1", [], [], entry);
        var json = Write(Sample.Report(Sample.Verdict("out/a.tgz", ArtifactKind.NpmPackage, package, null, [entry], judged)));

        Assert.That(json.GetProperty("schema").GetString(), Is.EqualTo("releasegate/report/v1"));
        Assert.That(json.GetProperty("started").GetString(), Is.EqualTo("2026-04-01T09:30:00Z"));
        Assert.That(json.GetProperty("result").GetString(), Is.EqualTo("blocked"));
        var artifact = json.GetProperty("artifact");
        Assert.That(artifact.GetProperty("purl").GetString(), Is.EqualTo("pkg:npm/%40acme/cli@1.0.0-rc%2B1"));
        Assert.That(artifact.GetProperty("public").GetBoolean(), Is.True);
        Assert.That(artifact.GetProperty("destination").ValueKind, Is.EqualTo(JsonValueKind.Null));
        var written = json.GetProperty("artifacts")[0].GetProperty("entries")[0];
        Assert.That(written.GetProperty("sha256").GetString(), Is.EqualTo(Digest.Of("hello"u8).ToString()));
        var finding = json.GetProperty("findings")[0];
        Assert.That(finding.GetProperty("artifact").GetString(), Is.EqualTo("out/a.tgz"));
        Assert.That(finding.GetProperty("path").GetString(), Is.EqualTo("package/cli.js.map"));
        Assert.That(finding.GetProperty("offset").GetInt64(), Is.EqualTo(17));
        Assert.That(finding.GetProperty("line").GetInt32(), Is.EqualTo(4));
        Assert.That(finding.GetProperty("facts").GetProperty("files").GetString(), Is.EqualTo("3"));
        Assert.That(finding.GetProperty("fix").GetString(), Is.EqualTo("Remove it."));
        Assert.That(finding.GetProperty("waived").GetBoolean(), Is.False);
    }

    [Test]
    public void The_schema_names_exactly_the_keys_that_are_written()
    {
        var entry = Sample.Entry("a");
        var report = Write(Sample.Report(Sample.Verdict("a.zip", [entry], Sample.Judged(Sample.Stray, entry, "stray"))));
        var failed = WriteError(new GateException(RuleId.Parse("RG0001"), "bad", "/m.json", 3, 4));
        using var schema = JsonDocument.Parse(JsonReporter.SchemaText());

        AssertKeys(schema.RootElement, report, "$");
        AssertKeys(schema.RootElement, failed, "$");
        AssertKeys(schema.RootElement, Write(RiskSample.Report(RiskSample.Assessment())), "$");
    }

    [Test]
    public void Several_artifacts_share_findings_and_the_cautious_summary()
    {
        var first = Sample.Verdict("a.zip", ArtifactKind.Zip, null, "private", []);
        var second = Sample.Verdict("b.zip", ArtifactKind.Zip, null, null, [], Sample.Judged(Sample.Odd, null, "odd"));
        var json = Write(Sample.Report(first, second));

        var artifact = json.GetProperty("artifact");
        Assert.That(artifact.GetProperty("path").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(artifact.GetProperty("public").GetBoolean(), Is.True);
        Assert.That(artifact.GetProperty("destination").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(artifact.GetProperty("size").GetInt64(), Is.EqualTo(2_600_000));
        Assert.That(json.GetProperty("artifacts").EnumerateArray().Select(a => a.GetProperty("public").GetBoolean()), Is.EqualTo(new[] { false, true }));
        Assert.That(json.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("artifact").GetString()), Is.EqualTo(new[] { "b.zip" }));
        Assert.That(json.GetProperty("result").GetString(), Is.EqualTo("passed"));
    }

    [Test]
    public void A_run_that_could_not_begin_has_a_report_with_the_place()
    {
        var json = WriteError(new GateException(RuleId.Parse("RG0001"), "unknown key 'alow'", "/repo/releasegate.json", 3, 4));

        Assert.That(json.GetProperty("result").GetString(), Is.EqualTo("error"));
        var error = json.GetProperty("error");
        Assert.That(error.GetProperty("rule").GetString(), Is.EqualTo("RG0001"));
        Assert.That(error.GetProperty("line").GetInt32(), Is.EqualTo(3));
        Assert.That(json.GetProperty("artifact").GetProperty("public").GetBoolean(), Is.True);
        Assert.That(WriteError(new InvalidOperationException("defect")).GetProperty("error").GetProperty("rule").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public void A_run_over_nothing_has_not_passed() => Assert.That(Write(Sample.Report()).GetProperty("result").GetString(), Is.EqualTo("blocked"));

    [Test]
    public void Names_are_kept_unchanged_however_strange()
    {
        string[] names = ["a\u001b[2K\r\n\"\\.js", "\u202egpj.exe", "über/😀.txt", "<script>&'+"];
        var json = Write(Sample.Report(Sample.Verdict("a.zip", [.. names.Select(n => Sample.Entry(n))])));

        Assert.That(json.GetProperty("artifacts")[0].GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("path").GetString()), Is.EqualTo(names));
    }

    [Test]
    public void Half_a_surrogate_pair_is_kept_as_an_escape()
    {
        using var output = new MemoryStream();
        new JsonReporter().Write(Sample.Report(Sample.Verdict("a.zip", [Sample.Entry("x\ud800y\u00e9\"z")])), output);

        Assert.That(System.Text.Encoding.UTF8.GetString(output.ToArray()), Does.Contain("\"x\\ud800y\\u00e9\\u0022z\""));
        Assert.That(() => JsonDocument.Parse(output.ToArray()).Dispose(), Throws.Nothing);
    }

    [Test]
    public void What_was_not_read_whole_has_no_digest()
    {
        var json = Write(Sample.Report(Sample.Verdict("a.zip", [Sample.Entry("broken", complete: false), Sample.Entry("folder/", type: EntryType.Directory)])));

        Assert.That(json.GetProperty("artifacts")[0].GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("sha256").ValueKind), Is.All.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public void A_fingerprint_outlives_version_and_message_but_not_rule_or_path()
    {
        var entry = Sample.Entry("a.pdb");
        Verdict At(string version) => Sample.Verdict($"acme.{version}.nupkg", ArtifactKind.NuGetPackage, new PackageMetadata("Acme", version, [], [], entry), null, [entry]);
        string Of(Verdict verdict, Descriptor rule, Entry at, string message) => JsonReporter.Fingerprint(verdict, new Finding(rule, at, message));

        var one = Of(At("1.0.0"), Sample.Stray, entry, "x");
        Assert.That(one, Has.Length.EqualTo(16));
        Assert.That(one, Is.EqualTo(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("TEST0001\0Acme\0a.pdb"u8))[..16].ToLowerInvariant()));
        Assert.That(Of(At("2.0.0"), Sample.Stray, entry, "y"), Is.EqualTo(one));
        Assert.That(Of(At("1.0.0"), Sample.Odd, entry, "x"), Is.Not.EqualTo(one));
        Assert.That(Of(At("1.0.0"), Sample.Stray, Sample.Entry("b.pdb"), "x"), Is.Not.EqualTo(one));
    }

    [Test]
    public void A_hundred_thousand_entries_are_written_in_pieces()
    {
        var entry = Sample.Entry("a/path/of/ordinary/length.txt");
        using var output = new CountingStream();
        new JsonReporter().Write(Sample.Report(Sample.Verdict("a.zip", [.. Enumerable.Repeat(entry, 100_000)])), output);

        Assert.That(output.Written, Is.GreaterThan(10_000_000));
        Assert.That(output.Largest, Is.LessThan(1_000_000));
    }

    private static void AssertKeys(JsonElement schema, JsonElement value, string at)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray()) AssertKeys(schema.GetProperty("items"), item, at + "[]");
            return;
        }

        if (value.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties)) return;
        var named = properties.EnumerateObject().Select(p => p.Name).ToArray();
        Assert.That(value.EnumerateObject().Select(p => p.Name), Is.EquivalentTo(named), at);
        Assert.That(schema.GetProperty("required").EnumerateArray().Select(r => r.GetString()), Is.EquivalentTo(named), at + " required");
        Assert.That(schema.GetProperty("additionalProperties").GetBoolean(), Is.False, at);
        foreach (var property in value.EnumerateObject()) AssertKeys(properties.GetProperty(property.Name), property.Value, $"{at}.{property.Name}");
    }

    private static JsonElement Write(GateReport report)
    {
        using var output = new MemoryStream();
        new JsonReporter().Write(report, output);
        return JsonDocument.Parse(output.ToArray()).RootElement;
    }

    private static JsonElement WriteError(Exception mistake)
    {
        using var output = new MemoryStream();
        JsonReporter.WriteError(mistake, Sample.Started, output);
        return JsonDocument.Parse(output.ToArray()).RootElement;
    }

    private sealed class CountingStream : Stream
    {
        public long Written { get; private set; }

        public int Largest { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Written;

        public override long Position { get => Written; set => throw new NotSupportedException(); }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Written += buffer.Length;
            Largest = Math.Max(Largest, buffer.Length);
        }
    }
}
