using System.Globalization;
using System.IO.Abstractions;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Cli;
using ReleaseGate.Governance;
using ReleaseGate.Rules;
using ReleaseGate.Tests.Cli;

namespace ReleaseGate.Tests.Governance;

/// <summary>What a run leaves of what has passed, and what it must not leave.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ReceiptTests : IDisposable
{
    private readonly Terminal _terminal = new();

    public ReceiptTests() => _terminal.Write("releasegate.json", ReceiptSample.Manifest);

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void A_receipt_says_what_was_inspected_and_by_what()
    {
        var package = ReceiptSample.Nupkg(_terminal, "out/Acme.1.0.0.nupkg", "1.0.0", ("README.md", "# Acme"), ("lib/net8.0/a.ts", "let a: number = 1;"));

        Assert.That(_terminal.Run("check", "out/Acme.1.0.0.nupkg", "--receipts", "kept"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);

        Assert.That(Receipts(), Is.EqualTo(new[] { "kept/Acme.1.0.0.nupkg.receipt.json" }));
        var receipt = Read("kept/Acme.1.0.0.nupkg.receipt.json");
        Assert.That((receipt.ToolVersion, receipt.Time, receipt.PackageUrl), Is.EqualTo((GateReport.ToolVersion, new DateTime(2026, 4, 1, 9, 30, 0, DateTimeKind.Utc), "pkg:nuget/Acme@1.0.0")));
        Assert.That((receipt.Policy.Path, receipt.Policy.Found, receipt.Policy.From), Is.EqualTo(("releasegate.json", true, (string?)null)));
        Assert.That(receipt.Rules.Select(r => r.Id), Is.EqualTo(BuiltInRules.All.Select(r => r.Descriptor.Id).Where(id => id.ToString() != "RG1008")));
        Assert.That(receipt.Rules.Select(r => (r.Version, r.Assembly, r.Module)).Distinct(), Is.EqualTo(new[] { (GateReport.ToolVersion, (string?)null, (Guid?)null) }));
        Assert.That(receipt.RulesOff.Select(r => r.ToString()), Is.EqualTo(new[] { "RG1008" }));
        Assert.That((receipt.Waivers.Count, receipt.Warnings), Is.EqualTo((0, 1)));
        var content = receipt.Content;
        var bytes = File.ReadAllBytes(package);
        Assert.That((content.Name, content.Kind, content.Id, content.Version, content.Length, content.Digest),
            Is.EqualTo(("Acme.1.0.0.nupkg", ArtifactKind.NuGetPackage, "Acme", "1.0.0", (long)bytes.Length, Digest.Of(bytes))));
        Assert.That(content.Entries.Select(e => e.Path), Is.EqualTo(new[] { "Acme.nuspec", "README.md", "lib/net8.0/a.ts" }));
        Assert.That((content.Entries[1].Type, content.Entries[1].Kind, content.Entries[1].Length, content.Entries[1].Digest), Is.EqualTo((EntryType.File, EntryKind.Text, 6L, (Digest?)Digest.Of("# Acme"u8))));
        Assert.That(content.Dependencies, Is.EqualTo(new[] { new PackageDependency("Other", "[1.0.0, )", "net8.0") }));
        Assert.That(content.Exposures.Select(e => (e.Rule.ToString(), e.Path)), Is.EqualTo(new[] { ("RG3001", "lib/net8.0/a.ts") }));
        Assert.That(content.InstallScripts, Is.Empty);
    }

    [Test]
    public void What_is_read_is_what_was_written()
    {
        Passing("a.zip");
        var text = File.ReadAllBytes(In("kept/a.zip.receipt.json"));
        using var again = new MemoryStream();

        ReceiptWriter.Write(Read("kept/a.zip.receipt.json"), again);

        Assert.That(again.ToArray(), Is.EqualTo(text));
        Assert.That(text, Has.None.EqualTo((byte)'\r'));
        Assert.That(text[^2..], Is.EqualTo("}\n"u8.ToArray()));
        using var schema = JsonDocument.Parse(Receipt.SchemaText());
        using var json = JsonDocument.Parse(text);
        Assert.That(json.RootElement.EnumerateObject().Select(p => p.Name), Is.EqualTo(schema.RootElement.GetProperty("required").EnumerateArray().Select(r => r.GetString())));
        Assert.That(_terminal.Run("schema", "receipt"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Is.EqualTo(Receipt.SchemaText()));
    }

    [Test]
    public void A_receipt_of_before_says_nothing_of_the_licence()
    {
        Passing("a.zip");
        var receipt = JsonNode.Parse(File.ReadAllText(In("kept/a.zip.receipt.json")))!;
        Assert.That(Read("kept/a.zip.receipt.json").Content.KnowsLicense, Is.True);
        receipt["artifact"]!["license"] = JsonNode.Parse("""{ "kind": "Expression", "text": "MIT" }""");
        File.WriteAllText(In("kept/a.zip.receipt.json"), receipt.ToJsonString());
        Assert.That(Read("kept/a.zip.receipt.json").Content.License, Is.EqualTo(new PackageLicense(LicenseKind.Expression, "MIT")));

        receipt["artifact"]!.AsObject().Remove("license");
        File.WriteAllText(In("kept/a.zip.receipt.json"), receipt.ToJsonString());

        Assert.That((Read("kept/a.zip.receipt.json").Content.KnowsLicense, Read("kept/a.zip.receipt.json").Content.License), Is.EqualTo((false, (PackageLicense?)null)));
    }

    [Test]
    public void Names_that_are_no_text_survive()
    {
        var entry = new SnapshotEntry("half \ud800 pair\u001b.txt", EntryType.File, EntryKind.Text, 1, Digest.Of("x"u8), 0x1ED, null);
        var receipt = Made() with { Content = Made().Content with { Entries = [entry], Name = "\u202e\r\n\"" } };
        using (var file = File.Create(In("r.json"))) ReceiptWriter.Write(receipt, file);

        var read = Read("r.json");

        Assert.That((read.Content.Entries[0], read.Content.Name), Is.EqualTo((entry, "\u202e\r\n\"")));
    }

    [Test]
    public void A_rule_of_another_assembly_is_named_with_it()
    {
        ReceiptSample.Zip(_terminal, "a.zip", CompressionLevel.Fastest, ("a.txt", "a"));
        var report = new Gate(new FileSystem()).Check(new GateRequest { Artifacts = [In("a.zip")], SearchFrom = _terminal.Folder, Receipts = In("kept") }, DateTime.UnixEpoch);
        var id = RuleId.Parse("ACME0001");
        var source = new RuleSource(id, "Acme.Rules", "2.1.0.0", new Guid("00112233-4455-6677-8899-aabbccddeeff"));
        report = report with { OutsideRules = [source], Verdicts = [report.Verdicts[0] with { RulesRun = [id, .. report.Verdicts[0].RulesRun] }] };

        using (var pending = new ReceiptWriter(new FileSystem()).Prepare(report, report.Started)) pending.Release();

        Assert.That(Read("kept/a.zip.receipt.json").Rules[0], Is.EqualTo(new ReceiptRule(id, source.Version, source.Assembly, source.Module)));
    }

    [Test]
    public void Waivers_that_were_used_stand_there_and_no_others_and_what_they_silence_stays_an_exposure()
    {
        _terminal.Write("releasegate.json", """
            { "artifacts": [ { "match": "**", "allow": ["**"] } ],
              "waivers": [ { "id": "W-2", "rule": "RG3001", "path": "a.ts", "owner": "mara", "approver": "otto", "reason": "a sample that customers read", "expires": "2026-05-01" } ] }
            """);
        ReceiptSample.Zip(_terminal, "a.zip", CompressionLevel.Fastest, ("a.ts", "let a: number = 1;"));

        _terminal.Variables[Receipt.EpochVariable] = "1";
        Assert.That(_terminal.Run("check", "a.zip", "--receipts", "kept"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);

        var receipt = Read("kept/a.zip.receipt.json");
        Assert.That(receipt.Waivers, Is.EqualTo(new[] { new ReceiptWaiver("W-2", RuleId.Parse("RG3001"), "a.ts", "mara", new DateOnly(2026, 5, 1)) }));
        Assert.That((receipt.Warnings, receipt.Notes), Is.EqualTo((0, 1)), "the waived one");
        Assert.That(receipt.Content.Exposures.Select(e => (e.Rule.ToString(), e.Path)), Is.EqualTo(new[] { ("RG3001", "a.ts") }));

        // Expired by the clock; what the epoch says is of no account.
        File.WriteAllText(In("releasegate.json"), File.ReadAllText(In("releasegate.json")).Replace("2026-05-01", "2026-03-31", StringComparison.Ordinal));
        Assert.That(_terminal.Run("check", "a.zip", "--receipts", "kept"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(Receipts(), Is.Empty);
    }

    [TestCase("1767225600", 9)]
    [TestCase("1767225600", -12)]
    [TestCase(null, 14)]
    public void The_same_artifact_has_the_same_receipt_everywhere(string? epoch, int hours)
    {
        // Tests run without the data of real cultures.
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NegativeSign, culture.NumberFormat.NumberGroupSeparator, culture.DateTimeFormat.DateSeparator, culture.DateTimeFormat.TimeSeparator) = ("~", "'", ".", "_");
        using var other = new Terminal { Time = new Elsewhere(hours, epoch is null ? 0 : 4711) };
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        foreach (var (terminal, folder) in ((Terminal, string)[])[(_terminal, "kept"), (other, "somewhere/else")])
        {
            terminal.Write("releasegate.json", ReceiptSample.Manifest);
            terminal.Write(".git/HEAD");
            ReceiptSample.Nupkg(terminal, terminal == other ? "deep/er/Acme.nupkg" : "Acme.nupkg", "1.0.0", ("b.ts", "let b: string = 'İı';"), ("a.ts", "let a = 1;"));
            if (epoch is not null) terminal.Variables[Receipt.EpochVariable] = epoch;
            if (terminal == other) CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = culture;
            try
            {
                Assert.That(terminal.Run("check", terminal == other ? "deep/**/*.nupkg" : "Acme.nupkg", "--receipts", folder), Is.EqualTo(ExitCode.Passed), terminal.Output + terminal.Error);
            }
            finally
            {
                (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before;
            }
        }

        var text = File.ReadAllText(In("kept/Acme.nupkg.receipt.json"));
        Assert.That(File.ReadAllText(Path.Combine(other.Folder, "somewhere/else/Acme.nupkg.receipt.json")), Is.EqualTo(text));
        Assert.That(text, Does.Not.Contain(_terminal.Folder).And.Not.Contain(Environment.MachineName).And.Not.Contain("milliseconds"));
        Assert.That(text, Does.Contain($"\"time\": \"{(epoch is null ? "2026-04-01T09:30:00Z" : "2026-01-01T00:00:00Z")}\""));
    }

    [Test]
    public void Any_byte_of_the_artifact_is_in_the_receipt()
    {
        Passing("a.zip", ("a.txt", "a"));
        var first = Read("kept/a.zip.receipt.json").Content;
        Passing("a.zip", ("a.txt", "b"));
        var second = Read("kept/a.zip.receipt.json").Content;

        Assert.That(second.Digest, Is.Not.EqualTo(first.Digest));
        Assert.That(second.Entries.Select(e => e.Digest), Is.Not.EqualTo(first.Entries.Select(e => e.Digest)));
    }

    [TestCase("0", "1970-01-01T00:00:00Z")]
    [TestCase("253402300799", "9999-12-31T23:59:59Z")]
    [TestCase("", "2026-04-01T09:30:00Z")]
    public void The_epoch_stands_for_the_clock_in_the_receipt_alone(string epoch, string time)
    {
        var asked = new List<DateTime>();
        var gate = new Gate(new FileSystem());
        using var terminal = new Terminal { Check = (request, now, progress, cancel) => { asked.Add(now); return gate.Check(request, now, progress, cancel); } };
        terminal.Write("releasegate.json", ReceiptSample.Manifest);
        ReceiptSample.Zip(terminal, "a.zip", CompressionLevel.Fastest, ("a.txt", "a"));
        terminal.Variables[Receipt.EpochVariable] = epoch;

        Assert.That(terminal.Run("check", "a.zip", "--receipts", "kept", "--json", "report.json"), Is.EqualTo(ExitCode.Passed), terminal.Error);

        Assert.That(File.ReadAllText(Path.Combine(terminal.Folder, "kept", "a.zip.receipt.json")), Does.Contain($"\"time\": \"{time}\""));
        // Waivers are judged by this one, and nobody can set it back.
        Assert.That(asked, Is.EqualTo(new[] { new DateTime(2026, 4, 1, 9, 30, 0, DateTimeKind.Utc) }));
        Assert.That(File.ReadAllText(Path.Combine(terminal.Folder, "report.json")), Does.Contain("\"started\": \"2026-04-01T09:30:00"));
    }

    [TestCase("yesterday")]
    [TestCase("1.5")]
    [TestCase("-1")]
    [TestCase(" 1")]
    [TestCase("1 ")]
    [TestCase("0x10")]
    [TestCase("253402300800")]
    [TestCase("99999999999999999999")]
    public void A_malformed_epoch_is_an_error_where_it_counts(string epoch)
    {
        ReceiptSample.Zip(_terminal, "a.zip", CompressionLevel.Fastest, ("a.txt", "a"));
        _terminal.Variables[Receipt.EpochVariable] = epoch;

        Assert.That(_terminal.Run("check", "a.zip", "--receipts", "kept"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain($"error RG0007: SOURCE_DATE_EPOCH is '{epoch}', which is no whole number of seconds since 1970"));
        Assert.That(Receipts(), Is.Empty);
        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Passed), "no receipt, no time");
    }

    [TestCase("blocked", ExitCode.Blocked)]
    [TestCase("manifest", ExitCode.CouldNotRun)]
    [TestCase("rules", ExitCode.CouldNotRun, "--rules", "nowhere.dll")]
    [TestCase("epoch", ExitCode.CouldNotRun)]
    [TestCase("planned", ExitCode.CouldNotRun, "--planned")]
    public void A_run_that_does_not_pass_leaves_no_receipt_of_an_earlier_one(string how, int code, params string[] options)
    {
        Passing("a.zip");
        Passing("b.zip");
        Assert.That(Receipts(), Has.Length.EqualTo(2));
        if (how == "blocked") ReceiptSample.Zip(_terminal, "a.zip", CompressionLevel.Fastest, ("a.map", """{"version":3,"sources":["a.ts"],"sourcesContent":["let a"],"mappings":"AAAA"}"""));
        if (how == "manifest") _terminal.Write("releasegate.json", "{");
        if (how == "epoch") _terminal.Variables[Receipt.EpochVariable] = "x";
        _terminal.Write("kept/a.zip.receipt.json.unreleased", "of a run that was killed");

        Assert.That(_terminal.Run(["check", "a.zip", "--receipts", "kept", .. options]), Is.EqualTo(code), _terminal.Output + _terminal.Error);

        Assert.That(Receipts(), Is.EqualTo(new[] { "kept/b.zip.receipt.json" }), "that of another artifact is nobody's business");
    }

    [Test]
    public void One_that_is_blocked_leaves_the_whole_run_without()
    {
        Passing("a.zip");
        ReceiptSample.Zip(_terminal, "b.zip", CompressionLevel.Fastest, ("a.map", """{"version":3,"sources":["a.ts"],"sourcesContent":["let a"],"mappings":"AAAA"}"""));

        Assert.That(_terminal.Run("check", "a.zip", "b.zip", "--receipts", "kept"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(Receipts(), Is.Empty);
    }

    [Test]
    public void Nothing_is_vouched_for_where_blocking_findings_only_warn_or_the_folder_is_unfinished()
    {
        var passed = new Gate(new FileSystem()).Check(new GateRequest { Artifacts = [ReceiptSample.Zip(_terminal, "a.zip", CompressionLevel.Fastest, ("a.txt", "a"))], SearchFrom = _terminal.Folder }, DateTime.UnixEpoch);
        var wanted = passed.Request with { Receipts = In("kept") };
        foreach (var request in (GateRequest[])[passed.Request, wanted with { WarnOnly = true }, wanted with { AsPlanned = true }, wanted with { Unfinished = true }])
        {
            using var pending = new ReceiptWriter(new FileSystem()).Prepare(passed with { Request = request }, DateTime.UnixEpoch);
            pending.Release();
            Assert.That(ReceiptWriter.IsWanted(request), Is.False);
            Assert.That(Directory.Exists(In("kept")), Is.False);
        }

        Assert.That(ReceiptWriter.IsWanted(wanted), Is.True);
        Passing("a.zip");
        _terminal.Run("check", "a.zip", "--receipts", "kept", "--warn-only");
        Assert.That(Receipts(), Is.Empty);
    }

    [Test]
    public void What_has_not_passed_gets_none()
    {
        var report = new Gate(new FileSystem()).Check(new GateRequest { Artifacts = [ReceiptSample.Zip(_terminal, "a.zip", CompressionLevel.Fastest, ("a.pdb", "BSJB"))], Profile = "closed", SearchFrom = _terminal.Folder, Receipts = In("kept") }, DateTime.UnixEpoch);

        Assert.That(report.Passed, Is.False);
        Assert.Throws<ArgumentException>(() => new ReceiptWriter(new FileSystem()).Prepare(report, DateTime.UnixEpoch));
        Assert.That(Directory.Exists(In("kept")), Is.False);
    }

    [Test]
    public void A_receipt_takes_the_place_of_nothing_but_a_receipt()
    {
        ReceiptSample.Zip(_terminal, "a.zip", CompressionLevel.Fastest, ("a.txt", "a"));
        _terminal.Write("kept/a.zip.receipt.json", "mine");

        Assert.That(_terminal.Run("check", "a.zip", "--receipts", "kept"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("is there and is no report"));
        Assert.That(File.ReadAllText(In("kept/a.zip.receipt.json")), Is.EqualTo("mine"));
    }

    [TestCase("publish")]
    [TestCase("publish/receipts")]
    public void A_folder_never_holds_its_own_receipt(string receipts)
    {
        _terminal.Write("publish/app.js", "x=1");

        Assert.That(_terminal.Run("check", "publish", "--as", "directory", "--receipts", receipts), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain("error RG0007: the receipts would lie in 'publish' itself"));
        Assert.That(Directory.GetFiles(In("publish")).Select(Path.GetFileName), Is.EqualTo(new[] { "app.js" }));
        Assert.That(_terminal.Run("check", "publish", "--as", "directory", "--receipts", "publish-receipts"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(Receipts(), Is.EqualTo(new[] { "publish-receipts/publish.receipt.json" }));
    }

    [Test]
    public void Two_artifacts_of_one_name_have_two_receipts()
    {
        var one = ReceiptSample.Zip(_terminal, "x/a.zip", CompressionLevel.Fastest, ("a.txt", "one"));
        var two = ReceiptSample.Zip(_terminal, "y/A.zip", CompressionLevel.Fastest, ("a.txt", "two"));

        for (var run = 0; run < 2; run++) Assert.That(_terminal.Run("check", "x/a.zip", "y/A.zip", "--receipts", "kept"), Is.EqualTo(ExitCode.Passed), _terminal.Error);

        Assert.That(Receipts(), Is.EqualTo(new[] { "kept/2/A.zip.receipt.json", "kept/a.zip.receipt.json" }));
        Assert.That(Read("kept/a.zip.receipt.json").Content.Digest, Is.EqualTo(Digest.Of(File.ReadAllBytes(one))));
        Assert.That(Read("kept/2/A.zip.receipt.json").Content.Digest, Is.EqualTo(Digest.Of(File.ReadAllBytes(two))));
    }

    [Test]
    public void A_shard_has_no_receipts_and_clears_those_of_its_own_artifacts()
    {
        string[] names = ["a.zip", "b.zip", "c.zip", "d.zip"];
        foreach (var name in names) ReceiptSample.Zip(_terminal, $"all/{name}", CompressionLevel.Fastest, ("a.txt", name));

        Assert.That(_terminal.Run("check", "all", "--receipts", "kept"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(Receipts(), Is.EqualTo(names.Select(n => $"kept/{n}.receipt.json")));
        Assert.That(_terminal.Run("check", "all", "--receipts", "kept", "--shard", "1/2", "--json", "shard.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("error RG0007: shard 1/2 is a part of a run, and a part has no receipts: whether the whole has passed only 'releasegate merge' says. Leave '--receipts' out here"));
        Assert.That(File.ReadAllText(In("shard.json")), Does.Contain("\"result\": \"error\""));
        Assert.That(Receipts(), Has.Length.EqualTo(2), "what the other shard is about is not this one's");
        Assert.That(_terminal.Run("check", "all", "--receipts", "kept", "--shard", "2/2"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Receipts(), Is.Empty);
        Assert.That(Directory.GetFiles(In("kept"), "*", SearchOption.AllDirectories), Is.Empty, "not even one that waits");

        for (var i = 1; i <= 2; i++) Assert.That(_terminal.Run("check", "all", "--sbom", "kept", "--shard", $"{i}/2"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        Assert.That(Directory.GetFiles(In("kept")), Has.Length.EqualTo(4), "what an artifact holds is the same in every part");
        var request = new GateRequest { Artifacts = [In("all")], SearchFrom = _terminal.Folder, Shard = new Shard(1, 2), Receipts = In("kept") };
        var report = new Gate(new FileSystem()).Check(request, DateTime.UnixEpoch);
        Assert.That(() => new ReceiptWriter(new FileSystem()).Prepare(report, DateTime.UnixEpoch), Throws.TypeOf<GateException>(), "nor for a program");
    }

    [Test]
    public void A_receipt_comes_after_its_artifact_was_released_and_none_comes_alone()
    {
        ReceiptSample.Zip(_terminal, "stage/a.zip", CompressionLevel.Fastest, ("a.txt", "a"));
        var files = new FileSystem();
        var report = new Gate(files).Check(new GateRequest { Artifacts = [In("stage/a.zip")], SearchFrom = _terminal.Folder, Receipts = In("kept") }, DateTime.UnixEpoch);
        using var pending = new ReceiptWriter(files).Prepare(report, DateTime.UnixEpoch);
        Assert.That(Receipts(), Is.Empty, "nothing is released yet");
        // In the way of the receipt: it can't get its name.
        Directory.CreateDirectory(In("kept/a.zip.receipt.json/x"));

        Assert.Catch<Exception>(() => new Stage(files).Release(report, [In("out")], pending.Release));

        Assert.That(Directory.GetFiles(In("out")), Is.Empty, "taken back");
        Assert.That(File.Exists(In("stage/a.zip")), Is.True);
        Directory.Delete(In("kept/a.zip.receipt.json"), recursive: true);
        var seen = new List<string>();
        new Stage(files).Release(report, [In("out")], () =>
        {
            seen.AddRange([.. Directory.GetFiles(In("out")).Select(f => Path.GetFileName(f)), .. Receipts()]);
            pending.Release();
        });
        Assert.That(seen, Is.EqualTo(new[] { "a.zip" }));
        Assert.That(Receipts(), Is.EqualTo(new[] { "kept/a.zip.receipt.json" }));
    }

    [Test]
    public void What_is_not_released_is_gone_with_it()
    {
        ReceiptSample.Zip(_terminal, "stage/a.zip", CompressionLevel.Fastest, ("a.txt", "a"));
        var files = new FileSystem();
        var report = new Gate(files).Check(new GateRequest { Artifacts = [In("stage/a.zip")], SearchFrom = _terminal.Folder, Receipts = In("kept") }, DateTime.UnixEpoch);
        using (var pending = new ReceiptWriter(files).Prepare(report, DateTime.UnixEpoch))
        {
            File.AppendAllText(In("stage/a.zip"), "!");
            Assert.Throws<GateException>(() => new Stage(files).Release(report, [In("out")], pending.Release));
        }

        Assert.That(Directory.GetFileSystemEntries(In("kept")), Is.Empty);
    }

    [TestCase("schema", "\"releasegate/report/v1\"", "$.schema: 'releasegate/receipt/v1' is expected here")]
    [TestCase("schema", null, "$: the key 'schema' is missing")]
    [TestCase("time", "\"2026-04-01\"", "$.time: a time like")]
    [TestCase("time", "\"2026-04-01T09:30:00+02:00\"", "$.time: a time like")]
    [TestCase("extra", "1", "$: there is no key 'extra'")]
    [TestCase("warnings", "-1", "$.warnings: a whole number")]
    [TestCase("notes", "1.5", "$.notes: a whole number")]
    [TestCase("entries", "[ { } ]", "$.entries[0]: the key 'path' is missing")]
    [TestCase("entries", """[ { "path": "a", "type": "File", "kind": "Text", "size": 1, "sha256": null, "mode": null, "linkTarget": null } ]""", "$.entries[0].sha256: a file has a SHA-256")]
    [TestCase("entries", """[ { "path": "a", "type": "Folder", "kind": "Text", "size": 1, "sha256": null, "mode": null, "linkTarget": null } ]""", "$.entries[0].type: 'Folder' is not known here")]
    [TestCase("rulesOff", "[ \"rg1\" ]", "$.rulesOff[0]: the id of a rule")]
    [TestCase("rules", """[ { "id": "AC0001", "version": "1", "assembly": "A", "module": null } ]""", "assembly and module are both there")]
    [TestCase("rules", """[ { "id": "AC0001", "version": "1", "assembly": "A", "module": "x" } ]""", "a module version id")]
    [TestCase("waivers", """[ { "id": "W", "rule": "RG2006", "path": "a", "owner": "o", "expires": "soon" } ]""", "$.waivers[0].expires: a day")]
    [TestCase("installScripts", """{ "a": 1 }""", "$.installScripts.a: a string")]
    [TestCase("policy", """{ "path": "x", "sha256": "abc", "found": true, "from": null }""", "$.policy.sha256: 64 hexadecimal digits")]
    [TestCase("artifact", """{ "name": "x", "kind": "Zip", "id": "a", "version": null, "purl": null, "sha256": "0000000000000000000000000000000000000000000000000000000000000000", "size": 1 }""", "$.artifact.id: id and version")]
    public void What_no_run_wrote_is_refused_with_its_place(string key, string? value, string says)
    {
        Passing("a.zip");
        var json = JsonNode.Parse(File.ReadAllText(In("kept/a.zip.receipt.json")))!.AsObject();
        if (value is null) json.Remove(key);
        else json[key] = JsonNode.Parse(value);
        _terminal.Write("kept/a.zip.receipt.json", json.ToJsonString());

        var mistake = Assert.Throws<GateException>(() => Read("kept/a.zip.receipt.json"));

        Assert.That(mistake!.Rule, Is.EqualTo(GateRules.NothingInspected.Id));
        Assert.That(mistake.Message, Does.Contain(says));
        Assert.That(mistake.File, Is.EqualTo(In("kept/a.zip.receipt.json")));
    }

    [TestCase("\"schema\": \"releasegate/receipt/v1\",", "\"schema\": \"releasegate/receipt/v1\", \"schema\": \"releasegate/receipt/v1\",", "the key 'schema' is there twice")]
    [TestCase("\"installScripts\": {}", "\"installScripts\": { \"a\": \"1\", \"a\": \"2\" }", "the key 'a' is there twice")]
    [TestCase("\"path\": \"a.txt\",", "\"path\": \"a.txt\", \"path\": \"b.txt\",", "the key 'path' is there twice")]
    public void A_key_stands_there_once(string old, string with, string says)
    {
        Passing("a.zip");
        var text = File.ReadAllText(In("kept/a.zip.receipt.json"));
        Assert.That(text, Does.Contain(old));
        _terminal.Write("kept/a.zip.receipt.json", text.Replace(old, with, StringComparison.Ordinal));

        Assert.That(Assert.Throws<GateException>(() => Read("kept/a.zip.receipt.json"))!.Message, Does.Contain(says));
    }

    [Test]
    public void A_damaged_receipt_is_refused_or_says_something_else()
    {
        Passing("a.zip");
        var whole = File.ReadAllBytes(In("kept/a.zip.receipt.json"));
        var was = Read("kept/a.zip.receipt.json");
        var refused = 0;
        for (var at = 0; at < whole.Length; at += 3)
        {
            var broken = whole.ToArray();
            broken[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(In("broken.json"), at % 2 == 0 ? broken : whole[..at]);
            try
            {
                using var again = new MemoryStream();
                ReceiptWriter.Write(Read("broken.json"), again);
                // White space alone may differ; everything else is kept as it is read.
                Assert.That(Encoding.UTF8.GetString(again.ToArray()) != Encoding.UTF8.GetString(whole) || char.IsWhiteSpace((char)whole[at]) || char.IsWhiteSpace((char)broken[at]) || char.IsAsciiLetter((char)whole[at]), Is.True, $"byte {at}");
            }
            catch (GateException mistake)
            {
                Assert.That(mistake.Rule, Is.EqualTo(GateRules.NothingInspected.Id));
                refused++;
            }
        }

        Assert.That(refused, Is.GreaterThan(whole.Length / 6), "every one that was cut off, and more");
        Assert.That(was.Content.Entries, Is.Not.Empty);
    }

    [Test]
    public void Other_files_are_no_receipts()
    {
        Passing("a.zip");
        var reader = new ReceiptReader(new FileSystem());
        _terminal.Run("check", "a.zip", "--json", "report.json");

        Assert.That(reader.IsReceipt(In("kept/a.zip.receipt.json")), Is.True);
        foreach (var other in (string[])["report.json", "a.zip", "nowhere.json", "releasegate.json"])
        {
            Assert.That(reader.IsReceipt(In(other)), Is.False, other);
            Assert.That(Assert.Throws<GateException>(() => reader.Read(In(other)))!.Rule, Is.EqualTo(GateRules.NothingInspected.Id), other);
        }
    }

    private static Receipt Made() => new()
    {
        ToolVersion = "1.0.0",
        Time = DateTime.UnixEpoch,
        Policy = new ReceiptPolicy("closed", Digest.Of("p"u8), null, false),
        Rules = [],
        RulesOff = [],
        Content = new Snapshot { Path = "", Name = "a", Kind = ArtifactKind.Zip, Length = 1, Digest = Digest.Of("a"u8), Entries = [] },
    };

    private void Passing(string name, params (string Name, string Text)[] entries)
    {
        ReceiptSample.Zip(_terminal, name, CompressionLevel.Fastest, entries.Length > 0 ? entries : [("a.txt", "a"), ("b/c.js", "x=1")]);
        Assert.That(_terminal.Run("check", name, "--receipts", "kept"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
    }

    private Receipt Read(string path) => new ReceiptReader(new FileSystem()).Read(In(path));

    private string[] Receipts() => Directory.GetFiles(_terminal.Folder, "*.receipt.json*", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(_terminal.Folder, f).Replace('\\', '/')).Where(f => !f.EndsWith(".unreleased", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();

    private string In(string path) => Path.Combine([_terminal.Folder, .. path.Split('/')]);

    private sealed class Elsewhere(int hours, int later) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.CreateCustomTimeZone("Elsewhere", TimeSpan.FromHours(hours), "Elsewhere", "Elsewhere");

        public override DateTimeOffset GetUtcNow() => new DateTimeOffset(2026, 4, 1, 9, 30, 0, 123, TimeSpan.Zero).AddMinutes(later).ToOffset(TimeSpan.FromHours(hours));
    }
}
