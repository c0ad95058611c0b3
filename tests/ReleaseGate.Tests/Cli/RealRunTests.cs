using System.IO.Compression;
using System.Text.Json;
using ReleaseGate.Cli;

namespace ReleaseGate.Tests.Cli;

/// <summary>The command line with the real engine behind it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RealRunTests : IDisposable
{
    private const string Manifest = """
        { "artifacts": [ { "match": "*.zip", "allow": ["app.js", "lib/**"] } ] }
        """;

    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void A_clean_archive_passes_on_one_line()
    {
        _terminal.Write("releasegate.json", Manifest);
        Zip("out/a.zip", ("app.js", "x=1"), ("lib/b.js", "y=2"));

        Assert.That(_terminal.Run("check", "out/a.zip", "--json", "report.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        Assert.That(_terminal.Output, Does.Match(@"^out/a\.zip: passed, 2 entries, \d+ bytes, \d+ rules, [\d,]+ ms, sha256 [0-9a-f]{64}\n$"));
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(_terminal.Folder, "report.json")));
        Assert.That(report.RootElement.GetProperty("result").GetString(), Is.EqualTo("passed"));
        Assert.That(report.RootElement.GetProperty("artifacts")[0].GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("path").GetString()),
            Is.EqualTo(new[] { "app.js", "lib/b.js" }));
    }

    [TestCase("check", "a.zip")]
    [TestCase("check", "releasegate.json")]
    [TestCase("inspect", "a.zip")]
    public void A_report_takes_the_place_of_nothing_but_a_report(string command, string report)
    {
        _terminal.Write("releasegate.json", Manifest);
        Zip("a.zip", ("app.js", "x=1"), ("lib/b.js", "y=2"));
        var before = File.ReadAllBytes(Path.Combine(_terminal.Folder, report));

        Assert.That(_terminal.Run(command, "a.zip", "--json", report), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain(command == "inspect" ? "is to be read and to be written" : "is there and is no report"));
        Assert.That(File.ReadAllBytes(Path.Combine(_terminal.Folder, report)), Is.EqualTo(before));

        File.WriteAllText(Path.Combine(_terminal.Folder, "r.json"), "");
        for (var run = 0; run < 2; run++) Assert.That(_terminal.Run(command, "a.zip", "--json", "r.json"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
    }

    [Test]
    public void A_stray_blocks_and_its_name_cannot_steer_the_terminal()
    {
        _terminal.Write("releasegate.json", Manifest);
        Zip("a.zip", ("app.js", "x=1"), ("lib/b.js", "y=2"), ("evil\u001b[2K.js", "z=3"));

        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain(": error RG1001: evil\\u001b[2K.js: ").And.Not.Contain("\u001b"));
    }

    [Test]
    public void Globs_and_folders_reach_the_engine()
    {
        _terminal.Write("releasegate.json", Manifest);
        Zip("out/a.zip", ("app.js", "x=1"), ("lib/b.js", "y=2"));
        Zip("out/b.zip", ("app.js", "x=1"), ("lib/b.js", "y=2"));

        foreach (var path in (string[])["out", "out/*.zip", "**/*.zip"])
        {
            Assert.That(_terminal.Run("check", path), Is.EqualTo(ExitCode.Passed), _terminal.Output);
            Assert.That(_terminal.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(2), path);
        }
    }

    [TestCase("missing.zip")]
    [TestCase("*.zip")]
    [TestCase(".")]
    public void No_input_returns_2(string path)
    {
        _terminal.Write("releasegate.json", Manifest);

        Assert.That(_terminal.Run("check", path), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("error RG0007: "));
    }

    [Test]
    public void A_wrong_manifest_returns_2_with_its_line()
    {
        var manifest = _terminal.Write("releasegate.json", "{\n  \"artefacts\": []\n}");
        Zip("a.zip", ("app.js", "x=1"));

        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.StartWith($"{manifest}(2,3): error RG0001: "));
        Assert.That(_terminal.Run("check", "a.zip", "--manifest", "nope.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("error RG0001: "));
        Assert.That(_terminal.Run("check", "a.zip", "--profile", "nope"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("error RG0001: "));
    }

    [Test]
    public void A_rule_assembly_that_does_not_load_returns_2()
    {
        _terminal.Write("releasegate.json", Manifest);
        _terminal.Write("broken.dll", "no assembly");
        Zip("a.zip", ("app.js", "x=1"), ("lib/b.js", "y=2"));

        foreach (var rules in (string[])["broken.dll", "missing.dll"])
        {
            Assert.That(_terminal.Run("check", "a.zip", "--rules", rules), Is.EqualTo(ExitCode.CouldNotRun));
            Assert.That(_terminal.Output, Does.Contain("error RG0002: "));
        }
    }

    [Test]
    public void An_artifact_that_may_not_be_read_never_passes()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root") Assert.Ignore("Nothing is unreadable here.");
        _terminal.Write("releasegate.json", Manifest);
        var path = Zip("a.zip", ("app.js", "x=1"), ("lib/b.js", "y=2"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.None);

        Assert.That(_terminal.Run("check", "a.zip"), Is.Not.EqualTo(ExitCode.Passed));
    }

    [Test]
    public void An_empty_file_is_blocked()
    {
        _terminal.Write("releasegate.json", Manifest);
        _terminal.Write("a.zip", "");

        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain(": error RG0003: "));
    }

    [Test]
    public void Without_a_manifest_the_run_says_so()
    {
        Zip("a.zip", ("app.js", "x=1"));

        _terminal.Run("check", "a.zip");
        Assert.That(_terminal.Output, Does.EndWith("no releasegate.json was found, so the built-in profile 'closed' served. To write one: releasegate init a.zip\n"));
    }

    [Test]
    public void Inspect_lists_what_an_artifact_holds()
    {
        Zip("a.zip", ("app.js", "x=1"), ("data", ""), ("evil\u001b[2K", "z"));

        Assert.That(_terminal.Run("inspect", "a.zip", "--json", "inventory.json"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        var digest = Digest.Of("x=1"u8).ToString();
        var lines = _terminal.Output.Split('\n');
        Assert.That(lines[0], Does.Match("^kind +size +sha256 +path$"));
        Assert.That(lines[1], Does.Match($"^Text +3 bytes +{digest[..12]}  app\\.js$"));
        Assert.That(lines[2], Does.Match("^Empty +0 bytes +[0-9a-f]{12}  data$"));
        Assert.That(lines[3], Does.EndWith("  evil\\u001b[2K"));
        Assert.That(lines[4], Does.StartWith("a.zip: Zip, 3 entries, "));
        Assert.That(lines[5], Does.Match(@"^exposes nothing that one of \d+ rules knows$"));
        using var inventory = JsonDocument.Parse(File.ReadAllText(Path.Combine(_terminal.Folder, "inventory.json")));
        Assert.That(inventory.RootElement.GetProperty("schema").GetString(), Is.EqualTo("releasegate/inventory/v1"));
        Assert.That(inventory.RootElement.GetProperty("artifact").GetProperty("entries")[0].GetProperty("sha256").GetString(), Is.EqualTo(digest));
        Assert.That(inventory.RootElement.EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "schema", "tool", "started", "artifact", "exposed", "findings" }));
    }

    [Test]
    public void Inspect_says_what_a_source_map_exposes()
    {
        Zip("a.zip", ("cli.bin", """{"version":3,"sources":["src/a.ts","src/b.ts"],"sourcesContent":["let a\nlet b","let c"],"names":[],"mappings":"AAAA"}"""));

        Assert.That(_terminal.Run("inspect", "a.zip"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Does.EndWith("""
            what it exposes:
              RG2001 SourceMap: 1 entry
                cli.bin: is a source map of 2 sources
              RG2002 SourceMapContent: 1 entry
                cli.bin: exposes 2 source files, 3 lines, 16 bytes of source text; top
                  folder src

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void Inspect_takes_a_folder_and_refuses_several_artifacts()
    {
        _terminal.Write("out/a.txt");
        _terminal.Write("x.zip");
        _terminal.Write("y.zip");

        Assert.That(_terminal.Run("inspect", "out"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Does.Contain("out: Directory, 1 entry, "));
        Assert.That(_terminal.Run("inspect", "*.zip"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Run("inspect", "missing"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Is.Empty);
    }

    [Test]
    public void Inspect_and_init_do_not_pretend_to_have_read_what_is_damaged()
    {
        var path = Zip("a.zip", ("app.js", new string('x', 5000)));
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^30]);

        Assert.That(_terminal.Run("inspect", "a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("error RG0003: "));
        Assert.That(_terminal.Run("init", "a.zip"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("error RG0003: "));
        Assert.That(File.Exists(Path.Combine(_terminal.Folder, "releasegate.json")), Is.False);
    }

    [TestCase("some text")]
    [TestCase("")]
    public void Inspect_says_first_that_a_package_could_not_be_read(string content)
    {
        _terminal.Write("a.nupkg", content);

        Assert.That(_terminal.Run("inspect", "a.nupkg"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.StartWith("a.nupkg: could not be read, so nothing is known of what it exposes\na.nupkg : error RG0003: "));
        Assert.That(_terminal.Output, Does.Contain(". Pack it again; ").And.Not.Contain("limits"));
        Assert.That(_terminal.Output, Does.Not.Contain("exposes nothing"));
    }

    [TestCase("some text")]
    [TestCase("")]
    public void Init_writes_nothing_from_what_cannot_be_read(string content)
    {
        _terminal.Write("a.nupkg", content);

        foreach (var output in (string[])["releasegate.json", "-"])
        {
            Assert.That(_terminal.Run("init", "a.nupkg", "--output", output), Is.EqualTo(ExitCode.CouldNotRun));
            Assert.That(_terminal.Error, Does.StartWith("a.nupkg : error RG0003: ").And.EndsWith("\nreleasegate: error: nothing was written: what cannot be read cannot be known to be good; mend what stands above, then run init again\n"));
            Assert.That(_terminal.Output, Is.Empty);
        }

        Assert.That(Directory.GetFileSystemEntries(_terminal.Folder), Has.Length.EqualTo(1));
    }

    [Test]
    public void Init_writes_nothing_from_what_holds_no_file()
    {
        Directory.CreateDirectory(Path.Combine(_terminal.Folder, "publish", "sub"));
        Zip("a.zip");

        foreach (var (artifact, options) in new (string, string[])[] { ("publish", ["--as", "directory"]), ("a.zip", []) })
        {
            Assert.That(_terminal.Run(["init", artifact, .. options]), Is.EqualTo(ExitCode.CouldNotRun));
            Assert.That(_terminal.Error, Is.EqualTo($"releasegate: error: nothing was written: there is not a single file in '{artifact}', so there is nothing to list; check the path, and that the build really made it, then run init again\n"));
            Assert.That(_terminal.Output, Is.Empty);
        }

        Assert.That(File.Exists(Path.Combine(_terminal.Folder, "releasegate.json")), Is.False);
    }

    [Test]
    public void Init_writes_a_manifest_by_which_the_artifact_passes()
    {
        Zip("out/a.zip", ("app.js", "x=1"), ("lib/b.js", "y=2"));

        Assert.That(_terminal.Run("init", "out/a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Is.EqualTo("wrote releasegate.json; read it once, then commit it\nthe artifact passes by it: releasegate check out/a.zip\n"));
        Assert.That(_terminal.Run("check", "out/a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        var written = File.ReadAllText(Path.Combine(_terminal.Folder, "releasegate.json"));

        Assert.That(_terminal.Run("init", "out/a.zip"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("'releasegate.json' exists; '--force'"));
        Assert.That(_terminal.Run("init", "out/a.zip", "--force"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Run("init", "out/a.zip", "--output", "-"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Is.EqualTo(written));
        Assert.That(_terminal.Run("init", "out/a.zip", "--output", "sub/m.json"), Is.EqualTo(ExitCode.Passed));
        Assert.That(File.ReadAllText(Path.Combine(_terminal.Folder, "sub", "m.json")), Does.Contain("\"extends\": \"../releasegate.json\""), "what held before holds on");
        Assert.That(_terminal.Output, Does.Contain("releasegate check out/a.zip --manifest sub/m.json"));
    }

    [Test]
    public void Init_does_not_bless_a_leak()
    {
        Zip("a.zip", ("app.js", "x=1"), ("app.js.map", """{"version":3,"sources":["a.ts"],"sourcesContent":["let a"],"names":[],"mappings":"AAAA"}"""));

        Assert.That(_terminal.Run("init", "a.zip"), Is.EqualTo(ExitCode.Blocked), _terminal.Error);
        Assert.That(_terminal.Output, Is.EqualTo("""
            wrote releasegate.json; the artifact does not pass by it
            left out, as comments in the manifest:
              app.js.map: blocked by RG2001, RG2002: is a source map of 1 source
            next: mend the build so that the artifact no longer holds these, build it again, run init again with --force (or uncomment the lines of what belongs there), then: releasegate check a.zip
            what belongs there: uncomment its line; 'releasegate explain RULE' says what else its rule asks for
            sources, maps and symbols that ship on purpose, as open-source projects do, are let through by '--profile open'
            to release meanwhile: init with '--waive-today' waives them for 30 days, and somebody answers for it

            """.ReplaceLineEndings("\n")));
        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("error RG1001: app.js.map: ").And.Contain("error RG2001: "));
        Assert.That(_terminal.Run("init", "a.zip", "--output", "-"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.StartWith("//").And.EndsWith("}\n"));
        Assert.That(_terminal.Error, Does.StartWith("wrote the manifest; the artifact does not pass by it\n").And.Contains("--manifest FILE\n"));

        Assert.That(_terminal.Run("init", "a.zip", "--force", "--profile", "open"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Does.Contain("passes by it"));
        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("a.zip : note RG2001: app.js.map: "));
        Assert.That(_terminal.Run("init", "a.zip", "--force", "--profile", "none"), Is.EqualTo(ExitCode.CouldNotRun));
    }

    [Test]
    public void Init_asks_about_hidden_files_and_passes_once_they_are_gone()
    {
        Zip("a.zip", ("app.js", "x=1"), (".env", "A=1"), (".claude/settings.json", "{}"), (".npmrc", "a=b"), ("appsettings.Development.json", "{}"));

        Assert.That(_terminal.Run("init", "a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("\n  .env: a hidden file; does it belong here?\n").And.Contain("\n  .npmrc: ").And.Contain("\n  .claude/settings.json: blocked by RG3005: ").And.Contain("\n  appsettings.Development.json: blocked by RG2013: ").And.Not.Contain("--profile open"));
        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Blocked));
        Zip("a.zip", ("app.js", "x=1"));
        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
    }

    [Test]
    public void Init_takes_a_folder_only_where_told_to()
    {
        Zip("out/a.zip", ("app.js", "x=1"));
        Zip("out/b.zip", ("app.js", "x=1"));
        _terminal.Write("publish/app.js", "x=1");

        Assert.That(_terminal.Run("init", "out"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Does.Contain("\nthe 2 artifacts pass by it: releasegate check out\n"));
        File.Delete(Path.Combine(_terminal.Folder, "releasegate.json"));
        Assert.That(_terminal.Run("init", "publish"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("error RG0007: folder 'publish' holds files but no package; to take the folder itself").And.Contain("'--as directory'"));
        Assert.That(File.Exists(Path.Combine(_terminal.Folder, "releasegate.json")), Is.False);

        Assert.That(_terminal.Run("init", "publish", "--as", "directory"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Does.Contain("the artifact passes by it: releasegate check publish --as directory\n"));
        Assert.That(_terminal.Run("check", "publish", "--as", "directory"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
    }

    [TestCase("check")]
    [TestCase("inspect")]
    public void A_report_goes_to_a_file(string command)
    {
        Zip("a.zip", ("app.js", "x=1"));

        Assert.That(_terminal.Run(command, "a.zip", "--json", "-"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.StartWith("releasegate: error: '--json' wants the name of a file"));
        Assert.That(Directory.GetFileSystemEntries(_terminal.Folder).Select(Path.GetFileName), Is.EqualTo(new[] { "a.zip" }));
    }

    private string Zip(string path, params (string Name, string Text)[] entries)
    {
        var full = _terminal.Write(path);
        using var stream = File.Create(full);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach (var (name, text) in entries)
        {
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(text);
        }

        return full;
    }
}
