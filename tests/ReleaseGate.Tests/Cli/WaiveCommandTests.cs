using System.IO.Compression;
using ReleaseGate.Cli;

namespace ReleaseGate.Tests.Cli;

/// <summary>What the command prints is what the manifest takes, and what a later check would refuse is refused at once.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WaiveCommandTests : IDisposable
{
    private static readonly string[] Who = ["--reason", "support needs it", "--owner", "alice", "--expires", "2026-12-31"];

    // The day is 2026-04-01.
    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void Prints_the_object_and_nothing_else()
    {
        Assert.That(_terminal.Run(["waive", "RG2006", "lib/a \"b\".pdb", .. Who]), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Is.EqualTo("""
            {
              "id": "W-1",
              "rule": "RG2006",
              "path": "lib/a \"b\".pdb",
              "owner": "alice",
              "reason": "support needs it",
              "since": "2026-04-01",
              "expires": "2026-12-31"
            }

            """));
        Assert.That(_terminal.Error, Is.Empty);

        Assert.That(_terminal.Run(["waive", "RG2006", "a\u202e.pdb", .. Who, "--artifact", "*.zip", "--sha256", new string('a', 64), "--approver", "bob", "--ticket", "T-1", "--since", "2026-03-01", "--id", "X.1"]), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Is.EqualTo($$"""
            {
              "id": "X.1",
              "rule": "RG2006",
              "path": "a\u202e.pdb",
              "artifact": "*.zip",
              "sha256": "{{new string('a', 64)}}",
              "owner": "alice",
              "approver": "bob",
              "ticket": "T-1",
              "reason": "support needs it",
              "since": "2026-03-01",
              "expires": "2026-12-31"
            }

            """));
        Assert.That(Directory.EnumerateFileSystemEntries(_terminal.Folder), Is.Empty);
    }

    [Test]
    public void Writes_it_into_the_manifest_and_keeps_everything_else()
    {
        const string Before = "\uFEFF// ours\r\n{\r\n\t\"extends\": \"open\", // as a library\r\n\t\"waivers\": [\r\n\t\t{ \"id\": \"W-6\", \"rule\": \"RG2006\", \"path\": \"a.pdb\", \"owner\": \"bob\", \"reason\": \"r\", \"expires\": \"2026-12-31\" }, // soon gone\r\n\t\t/* none below */\r\n\t],\r\n\t\"rules\": {}\r\n}\r\n";
        var path = _terminal.Write("releasegate.json");
        File.WriteAllBytes(path, System.Text.Encoding.UTF8.GetBytes(Before));

        Assert.That(_terminal.Run(["waive", "RG2001", "app.*.js.map", .. Who, "--write"]), Is.EqualTo(ExitCode.Passed), _terminal.Error);

        const string Added = "\t\t{\r\n\t\t\t\"id\": \"W-7\",\r\n\t\t\t\"rule\": \"RG2001\",\r\n\t\t\t\"path\": \"app.*.js.map\",\r\n\t\t\t\"owner\": \"alice\",\r\n\t\t\t\"reason\": \"support needs it\",\r\n\t\t\t\"since\": \"2026-04-01\",\r\n\t\t\t\"expires\": \"2026-12-31\"\r\n\t\t},\r\n";
        var after = System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(path));
        Assert.That(after, Is.EqualTo(Before.Replace("\t],\r\n", Added + "\t],\r\n", StringComparison.Ordinal)));
        Assert.That(_terminal.Output, Does.EndWith($"}}\nadded W-7 to {path}, line 7; have it reviewed\n"));
    }

    [Test]
    public void Writes_the_first_one_and_a_later_check_goes_by_it()
    {
        _terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "*.zip", "allow": ["ok.txt"] } ] }""");
        Zip("a.zip", ("ok.txt", "ok"), ("b.txt", "b"));
        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Blocked));

        Assert.That(_terminal.Run(["waive", "RG1001", "b.txt", .. Who, "--from-artifact", "a.zip", "--artifact", "a.zip", "--write"]), Is.EqualTo(ExitCode.Passed), _terminal.Error);

        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "releasegate.json")), Does.Contain($"\"sha256\": \"{Digest.Of("b"u8)}\""));
        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("a.zip : note RG1001: b.txt: ").Or.Contain("note RG1001: b.txt: ").And.Contain("Waived by W-1 (alice, 274 days left): support needs it."));
        Assert.That(_terminal.Run("check", "a.zip", "--as-of", "2027-01-01"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("error RG0005: a.zip: the waiver W-1 (alice) expired on 2026-12-31, so it no longer silences RG1001 of b.txt."));

        Assert.That(_terminal.Run(["waive", "RG1001", "b.txt", .. Who, "--from-artifact", "a.zip"]), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Is.EqualTo("releasegate: error: RG0005: W-1 silences it already; move its \"expires\" where it is to run longer\n"));
    }

    [Test]
    public void A_folder_and_findings_about_the_whole_have_no_digest_to_take()
    {
        _terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "out/", "require": ["x.dll"], "allow": ["ok.txt"] } ] }""");
        foreach (var name in (string[])["ok.txt", "a1.txt", "a2.txt"]) _terminal.Write($"out/{name}");

        Assert.That(_terminal.Run(["waive", "RG1002", ".", .. Who, "--from-artifact", "out"]), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Does.Not.Contain("sha256"));
        Assert.That(_terminal.Run(["waive", "RG1001", "a*.txt", .. Who, "--from-artifact", "out"]), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Does.Not.Contain("sha256"));
        Assert.That(_terminal.Run(["waive", "RG1001", "a1.txt", .. Who, "--from-artifact", "out"]), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Does.Contain("sha256"));
    }

    [TestCase("a.zip has no RG2006 of b.txt; b.txt has RG1001", "RG2006", "b.txt", "--from-artifact", "a.zip")]
    [TestCase("a.zip has no RG1001 of ok.txt; there is one of b.txt, c.txt, d.txt …", "RG1001", "ok.txt", "--from-artifact", "a.zip")]
    [TestCase("a.zip has no RG2006 of none.txt", "RG2006", "none.txt", "--from-artifact", "a.zip")]
    [TestCase("the waiver is about artifacts named other.zip, and this one is a.zip", "RG1001", "b.txt", "--from-artifact", "a.zip", "--artifact", "other.zip")]
    [TestCase("there is no rule RG9999", "RG9999", "a")]
    [TestCase("'rg2006' is no rule id", "rg2006", "a")]
    [TestCase("a waiver is about one rule", "*", "a")]
    [TestCase("RG0003 is about the gate itself, and no waiver silences it", "RG0003", "a")]
    [TestCase("'**' would silence everything below a folder", "RG1001", "lib/**")]
    [TestCase("at most one '*'", "RG1001", "*/*.pdb")]
    [TestCase("this waiver has no \"sha256\": RG4003 (PrivateKey) is waived for exact bytes only", "RG4003", "a.key")]
    [TestCase("\"sha256\" is that of one entry, and the path has a '*'", "RG4003", "*.key", "--sha256", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [TestCase("the approver is the owner", "RG1001", "a", "--approver", "Alice")]
    [TestCase("\"expires\" is 'soon', and that is no day", "RG1001", "a", "--expires", "soon")]
    [TestCase("this waiver expired on 2026-03-31, so it no longer silences RG1001 of a", "RG1001", "a", "--expires", "2026-03-31", "--since", "2026-03-01")]
    [TestCase("2026-03-31 is over, and a waiver holds until a day that is still to come", "RG1001", "a", "--expires", "2026-03-31")]
    [TestCase("this waiver runs until 2027-04-03, more than 366 days ahead", "RG1001", "a", "--expires", "2027-04-03")]
    [TestCase("says \"since\" 2026-04-02, which is still to come", "RG1001", "a", "--since", "2026-04-02")]
    [TestCase("\"owner\" is blank", "RG1001", "a", "--owner", " ")]
    [TestCase("'W 1' is no id of a waiver", "RG1001", "a", "--id", "W 1")]
    public void Refuses_what_a_check_would(string says, params string[] args)
    {
        _terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "*.zip", "allow": ["ok.txt"] } ] }""");
        Zip("a.zip", ("ok.txt", "ok"), ("b.txt", "b"), ("c.txt", "b"), ("d.txt", "b"), ("e.txt", "b"));
        var before = File.ReadAllBytes(Path.Combine(_terminal.Folder, "releasegate.json"));
        List<string> all = ["waive", .. args, "--write"];
        for (var i = 0; i < Who.Length; i += 2)
            if (!args.Contains(Who[i])) all.AddRange([Who[i], Who[i + 1]]);

        Assert.That(_terminal.Run([.. all]), Is.EqualTo(ExitCode.CouldNotRun), _terminal.Output);

        Assert.That(_terminal.Error, Does.StartWith("releasegate: error: RG0005: ").And.Contains(says));
        Assert.That(_terminal.Output, Is.Empty);
        Assert.That(File.ReadAllBytes(Path.Combine(_terminal.Folder, "releasegate.json")), Is.EqualTo(before));
    }

    [Test]
    public void Refuses_what_the_manifest_says_otherwise()
    {
        _terminal.Write("releasegate.json", """
            { "rules": { "RG2006": "off" }, "deadlines": { "high": "30d" },
              "waivers": [ { "id": "w-4", "rule": "RG1001", "path": "a", "owner": "o", "reason": "r", "since": "2026-03-20", "expires": "2026-04-05" } ] }
            """);

        Refused("RG0005: RG2006 is off in \"rules\", and a rule that is off needs no waiver", ["waive", "RG2006", "a", .. Who]);
        Refused("RG0005: this waiver runs until 2026-12-31, and \"deadlines\" lets high findings be waived for 30 days, since 2026-04-01 that is until 2026-05-01, so it does not silence RG1001 of b", ["waive", "RG1001", "b", .. Who]);
        Refused("RG0005: w-4 silences it already; move its \"expires\" where it is to run longer", ["waive", "RG1001", "a", .. Who[..^1], "2026-04-20"]);
        Refused("RG0005: there is a waiver \"W-4\" already, in line 2; give each an id of its own", ["waive", "RG1001", "b", .. Who[..^1], "2026-04-20", "--id", "W-4"]);
        Refused("'--from-artifact' takes the digest of the entry; leave '--sha256' out", ["waive", "RG1001", "b", .. Who, "--sha256", "a", "--from-artifact", "a.zip"]);
        Assert.That(_terminal.Run(["waive", "RG1001", "b", .. Who[..^1], "2026-05-01"]), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Does.Contain("\"id\": \"W-5\""));
    }

    [Test]
    public void Without_a_manifest_it_can_be_printed_only_and_a_wrong_manifest_is_said_with_its_place()
    {
        Refused("there is no manifest to write it into; 'releasegate init ARTIFACT' writes one", ["waive", "RG1001", "b", .. Who, "--write"]);
        var path = _terminal.Write("releasegate.json", "{\n \"waivers\": [ {} ] }");
        Assert.That(_terminal.Run(["waive", "RG1001", "b", .. Who, "--write"]), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.StartWith($"{path}(2,15): error RG0005: the waiver has no \"id\""));
        Assert.That(_terminal.Run("waive", "RG1001", "b"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("'--reason'").And.Contains("'--owner'").And.Contains("'--expires'"));
    }

    private void Refused(string says, string[] args)
    {
        Assert.That(_terminal.Run(args), Is.EqualTo(ExitCode.CouldNotRun), _terminal.Output);
        Assert.That(_terminal.Error, Is.EqualTo($"releasegate: error: {says}\n"));
    }

    private void Zip(string name, params (string Path, string Text)[] entries)
    {
        using var zip = new ZipArchive(File.Create(Path.Combine(_terminal.Folder, name)), ZipArchiveMode.Create);
        foreach (var (path, text) in entries)
        {
            using var writer = new StreamWriter(zip.CreateEntry(path).Open());
            writer.Write(text);
        }
    }
}
