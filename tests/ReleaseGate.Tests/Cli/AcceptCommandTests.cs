using System.IO.Compression;
using System.Security.Cryptography;
using ReleaseGate.Cli;
using ReleaseGate.Policy;

namespace ReleaseGate.Tests.Cli;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AcceptCommandTests : IDisposable
{
    private const string Map = """{"version":3,"sources":["a.ts"],"sourcesContent":["let a"],"names":[],"mappings":"AAAA"}""";

    private const string Manifest = """
        // ours
        {
          "artifacts": [
            { "match": "*.zip", "allow": ["x"] },
            {
              "match": "Acme.{version}.nupkg",
              "allow": [
                "README.md" // the read-me
              ]
            }
          ]
        }

        """;

    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void Adds_what_was_not_listed_and_nothing_else()
    {
        Write("releasegate.json", Manifest.ReplaceLineEndings("\r\n"));
        Package(("README.md", "# Acme"), ("lib/net8.0/Acme.xml", "<doc/>"), ("lib/net9.0/Acme.xml", "<doc/>"), ("docs/notes.txt", "x"));
        Check(ExitCode.Blocked);

        Assert.That(Accept("--dry-run"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Does.StartWith("would add to releasegate.json:\n"));
        Assert.That(Text(), Is.EqualTo(Manifest.ReplaceLineEndings("\r\n")));

        Assert.That(Accept(), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Is.EqualTo("""
            added to releasegate.json:
              Acme.{version}.nupkg:
                "docs/notes.txt": documentation (1 byte)
                "lib/{tfm}/{id}.xml": XML documentation (2 files, 12 bytes: lib/net8.0/Acme.xml …)
            next: read what was added, check again, and have it reviewed

            """.ReplaceLineEndings("\n")));
        Assert.That(Text(), Is.EqualTo(Manifest.Replace("""
                    "README.md" // the read-me

            """.TrimEnd().ReplaceLineEndings("\n"), """
                    "README.md", // the read-me
                    "docs/notes.txt", // accepted 2026-04-01: documentation (1 byte)
                    "lib/{tfm}/{id}.xml" // accepted 2026-04-01: XML documentation (2 files, 12 bytes: lib/net8.0/Acme.xml …)
            """.ReplaceLineEndings("\n"), StringComparison.Ordinal).ReplaceLineEndings("\r\n")));
        Check(ExitCode.Passed);
        Assert.That(Accept(), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Is.EqualTo("the report has passed, so there is nothing to accept\n"));
    }

    [Test]
    public void Accepts_nothing_that_other_rules_block_and_never_a_secret()
    {
        using var key = RSA.Create(2048);
        Write("releasegate.json", Manifest);
        Package(("README.md", "# Acme"), ("dist/a.js", "x=1"), ("dist/a.js.map", Map), ("dist/server.key", key.ExportPkcs8PrivateKeyPem()), ("dist/it's.cs", "class A { void M() { } }"));
        Check(ExitCode.Blocked);

        Assert.That(Accept(), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.StartWith("added to releasegate.json:\n  Acme.{version}.nupkg:\n    \"dist/a.js\": JavaScript (3 bytes)\nleft, since a list does not settle it:\n"));
        Assert.That(_terminal.Output, Does.Contain("  dist/a.js.map: RG1001: ").And.Contain(". RG2001, RG2002 block it too, and no list settles that\n"));
        Assert.That(_terminal.Output, Does.Contain(". No list settles it: mend it, as 'releasegate explain RG2001' says; only a waiver lets it ship meanwhile\n    releasegate waive RG2001 dist/a.js.map --reason TEXT --owner NAME --expires 2026-05-01\n"));
        Assert.That(_terminal.Output, Does.Contain("  dist/server.key: RG4003: ").And.Contain(". A secret is never accepted: revoke it, and take it out\n").And.Not.Contain("waive RG4003").And.Not.Contain("waive RG1001"));
        if (!OperatingSystem.IsWindows()) Assert.That(_terminal.Output, Does.Contain(@"releasegate waive RG3001 'dist/it'\''s.cs' --reason"), "what is copied goes through a shell");
        Assert.That(Sections(), Is.EqualTo(new[] { "*.zip: x", "Acme.{version}.nupkg: README.md dist/a.js" }));
        Check(ExitCode.Blocked);
        Assert.That(_terminal.Output, Does.Not.Contain(" dist/a.js: "));
    }

    [Test]
    public void The_worst_is_said_first_and_no_command_is_printed_that_is_refused()
    {
        using var key = RSA.Create(2048);
        Write("releasegate.json", Manifest);
        Package(("README.md", "# Acme"), ("a\n.js.map", Map), ("b.js.map", Map), ("z.key", key.ExportPkcs8PrivateKeyPem()));
        Check(ExitCode.Blocked);

        Assert.That(Accept(), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.StartWith("nothing was added; a list settles nothing of what blocks:\n  z.key: RG4003: "));
        Assert.That(_terminal.Output, Does.Contain("    such a name can't be waived from the command line; mend the name\n").And.Contain("    releasegate waive RG2001 b.js.map --reason"));
        Assert.That(_terminal.Output.Split('\n').Where(l => l.Contains("releasegate waive", StringComparison.Ordinal)), Has.None.Contains("u000a"));
    }

    [Test]
    public void A_wildcard_lets_in_nothing_that_was_left()
    {
        Write("releasegate.json", Manifest);
        Package([("README.md", "#"), .. Enumerable.Range(0, 12).Select(i => ($"dist/c{i}.js", i == 7 ? $"x=1\n//# sourceMappingURL=data:application/json;base64,{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Map))}\n" : "x=1"))]);
        Check(ExitCode.Blocked);

        Assert.That(Accept(), Is.EqualTo(ExitCode.Blocked));
        Assert.That(Sections()[1], Does.Contain("dist/c0.js").And.Not.Contain("*").And.Not.Contain("c7"));
        Package([("README.md", "#"), .. Enumerable.Range(0, 12).Select(i => ($"lib/c{i}.js", "x=1"))]);
        Write("releasegate.json", Manifest);
        Check(ExitCode.Blocked);
        Assert.That(Accept("--path", "lib/c?.js"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("  lib/c10.js: RG1001: ").And.Contain(". you did not ask for it\n"));
        Assert.That(Sections()[1], Does.Contain("lib/c9.js").And.Not.Contain("*").And.Not.Contain("c10"));
        Check(ExitCode.Blocked);
        Assert.That(Accept(), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Check(ExitCode.Passed);
    }

    [Test]
    public void An_archive_is_declared_by_what_is_in_it()
    {
        Write("releasegate.json", Manifest);
        var inner = Archive(("a.txt", "a"), ("b.js.map", Map));
        var clean = Archive(("sub/c.txt", "c"));
        Package([("README.md", "#")], [("tools/mixed.zip", inner), ("tools/clean.zip", clean)]);
        Check(ExitCode.Blocked);

        Assert.That(Accept("--rule", "RG1008"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(Sections()[1], Is.EqualTo("Acme.{version}.nupkg: README.md tools/clean.zip!/sub/c.txt tools/mixed.zip!/a.txt"));
        Assert.That(_terminal.Output, Does.Contain("tools/mixed.zip!/b.js.map: RG2001"));
        Package([("README.md", "#")], [("tools/mixed.zip", Archive(("a.txt", "a"))), ("tools/clean.zip", clean)]);
        Check(ExitCode.Passed);
    }

    [Test]
    public void Limits_and_what_is_missing_are_advice()
    {
        Write("releasegate.json", """{ "artifacts": [ { "match": "Acme.{version}.nupkg", "require": ["LICENSE"], "allow": ["README.md"], "limits": { "entry": 10 } } ] }""");
        Package(("README.md", "# much more than that"));
        Check(ExitCode.Blocked);
        var before = Text();

        Assert.That(Accept(), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.StartWith("nothing was added; a list settles nothing of what blocks:\n").And.Contain("RG1002: ").And.Contain("raise \"entry\" in \"limits\" (line 1 of releasegate.json).\n").And.Not.Contain("releasegate waive"));
        Assert.That(Text(), Is.EqualTo(before));
    }

    [Test]
    public void Without_a_manifest_it_writes_one_on_top_of_the_profile()
    {
        Directory.CreateDirectory(Path.Combine(_terminal.Folder, ".git"));
        Package(("README.md", "#"), ("odd/thing.xyz", "x"));
        Check(ExitCode.Blocked);

        Assert.That(Accept(), Is.EqualTo(ExitCode.Passed), _terminal.Error + _terminal.Output);
        Assert.That(Text(), Is.EqualTo("""
            // Written by 'releasegate accept': what may ship on top of what the profile 'closed' lets ship.
            {
              "$schema": "https://raw.githubusercontent.com/releasegate/releasegate/main/src/ReleaseGate.Core/Policy/releasegate.schema.json",
              "extends": "closed",
              "artifacts": [
                {
                  "match": "Acme.{version}.nupkg",
                  "allow": [
                    "odd/thing.xyz" // accepted 2026-04-01: other (1 byte)
                  ]
                }
              ]
            }

            """.ReplaceLineEndings("\n")));
        var written = Text();
        Assert.That(Accept(), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("the report was judged by the profile 'closed', and there is a manifest; check again"));
        Assert.That(Text(), Is.EqualTo(written));
        Check(ExitCode.Passed);
    }

    [Test]
    public void A_package_without_a_section_gets_one()
    {
        Write("releasegate.json", """{ "extends": "closed", "artifacts": [ { "match": "*.zip", "allow": ["x"] } ] }""");
        Package(("README.md", "#"), ("odd/thing.xyz", "x"));
        Check(ExitCode.Blocked);

        Assert.That(Accept(), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(Sections().Take(2), Is.EqualTo(new[] { "*.zip: x", "Acme.{version}.nupkg: odd/thing.xyz" }));
        Check(ExitCode.Passed);

        // Where nothing at all is about it, nobody knows which entries are meant.
        Write("releasegate.json", """{ "artifacts": [ { "match": "*.zip", "allow": ["x"] } ] }""");
        Check(ExitCode.Blocked);
        Assert.That(Accept(), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("'releasegate init' on it writes one"));
    }

    [Test]
    public void Only_the_report_of_this_very_manifest_counts()
    {
        Write("releasegate.json", Manifest);
        Package(("README.md", "#"), ("odd/thing.xyz", "x"));
        Check(ExitCode.Blocked);
        Write("releasegate.json", Manifest + "\n");

        Assert.That(Accept(), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Is.EqualTo("releasegate: error: releasegate.json is not, or is no longer, the manifest of this report; check again with '--json', then accept that report\n"));
        Assert.That(Text(), Is.EqualTo(Manifest + "\n"));

        // The same one under another name is.
        Write("sub/m.json", Manifest);
        Assert.That(Accept("--manifest", "sub/m.json"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "sub", "m.json")), Does.Contain("odd/thing.xyz"));
    }

    [Test]
    public void Reports_of_runs_that_failed_and_other_files_are_refused()
    {
        Write("releasegate.json", "{ oops");
        Package(("README.md", "#"));
        Check(ExitCode.CouldNotRun);
        Assert.That(Accept(), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("the run did not end, so nothing of it has passed"));
        Write("report.json", "{}");
        Assert.That(Accept(), Is.EqualTo(ExitCode.CouldNotRun));
        File.Delete(Path.Combine(_terminal.Folder, "report.json"));
        Assert.That(Accept(), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Run("accept"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Accept("--rule", "RG2001"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("a list settles findings of RG1001 and RG1008 only"));
        Assert.That(Accept("--path", "/x"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("'--path /x' is no pattern: "));
    }

    private int Accept(params string[] options) => _terminal.Run(["accept", "report.json", .. options]);

    private void Check(int expected) => Assert.That(_terminal.Run("check", "Acme.1.0.0.nupkg", "--json", "report.json"), Is.EqualTo(expected), _terminal.Output + _terminal.Error);

    private string Text() => File.ReadAllText(Path.Combine(_terminal.Folder, "releasegate.json"));

    private string[] Sections() =>
        [.. new ManifestReader(new System.IO.Abstractions.FileSystem()).Read(Path.Combine(_terminal.Folder, "releasegate.json")).Sections.Select(s => $"{s.Match}: {string.Join(' ', s.Allow.Select(p => p.ToString()).Order(StringComparer.Ordinal))}")];

    private void Write(string path, string text) => _terminal.Write(path, text);

    private void Package(params (string Name, string Text)[] entries) => Package(entries, []);

    private void Package((string Name, string Text)[] entries, (string Name, byte[] Bytes)[] more)
    {
        (string, byte[])[] all = [("Acme.nuspec", "<package><metadata><id>Acme</id><version>1.0.0</version></metadata></package>"u8.ToArray()), .. entries.Select(e => (e.Name, System.Text.Encoding.UTF8.GetBytes(e.Text))), .. more];
        File.WriteAllBytes(Path.Combine(_terminal.Folder, "Acme.1.0.0.nupkg"), Archive(all));
    }

    private static byte[] Archive(params (string Name, string Text)[] entries) => Archive(entries.Select(e => (e.Name, System.Text.Encoding.UTF8.GetBytes(e.Text))).ToArray());

    private static byte[] Archive((string Name, byte[] Bytes)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write(content);
            }
        }

        return bytes.ToArray();
    }
}
