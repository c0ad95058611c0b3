using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using ReleaseGate.Cli;
using ReleaseGate.Policy;

namespace ReleaseGate.Tests.Cli;

/// <summary>Adopting the gate with <c>releasegate init</c>; the real dotnet and npm stand in the package tests.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class InitCommandTests : IDisposable
{
    private const string Map = """{"version":3,"sources":["a.ts"],"sourcesContent":["let a"],"names":[],"mappings":"AAAA"}""";

    private readonly Terminal _terminal = new();
    private readonly List<ProgramStart> _starts = [];

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void Waives_what_is_wrong_today_until_a_day()
    {
        Zip("a.zip", ("app.js", "x=1"), ("app.js.map", Map));

        Assert.That(_terminal.Run("init", "a.zip", "--waive-today", "--owner", "alice@acme.example"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        Assert.That(_terminal.Output, Is.EqualTo("""
            wrote releasegate.json; read it once, then commit it
            waived until 2026-05-01, alice@acme.example answers for it:
              W-1 RG2001 SourceMap: app.js.map
              W-2 RG2002 SourceMapContent: app.js.map
            the artifact passes by it until then: releasegate check a.zip
            next: mend them; 'releasegate explain RG2001' says how. A waiver that nothing needs any more is reported (RG0004)

            """.ReplaceLineEndings("\n")));
        Assert.That(Written(), Does.Contain("\"app.js.map\", // blocked by RG2001, RG2002, waived until 2026-05-01\n"));
        var waivers = Read().Waivers;
        Assert.That(waivers.Select(w => $"{w.Id} {w.Rule} {w.Path} {w.Owner} {w.Since:yyyy-MM-dd} {w.Expires:yyyy-MM-dd} {w.Artifact}"), Is.EqualTo(new[]
        {
            "W-1 RG2001 app.js.map alice@acme.example 2026-04-01 2026-05-01 ", "W-2 RG2002 app.js.map alice@acme.example 2026-04-01 2026-05-01 ",
        }));
        Assert.That(waivers[0].Reason, Is.EqualTo("found when ReleaseGate was adopted; to be mended before this ends"));
        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);

        // Not the next one, and not for longer.
        Zip("a.zip", ("app.js", "x=1"), ("app.js.map", Map), ("b.js.map", Map));
        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Blocked));
        Zip("a.zip", ("app.js", "x=1"), ("app.js.map", Map));
        Assert.That(_terminal.Run("check", "a.zip", "--as-of", "2026-05-01"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Run("check", "a.zip", "--as-of", "2026-05-02"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("error RG0005: ").And.Contain("error RG2001: "));
    }

    [Test]
    public void Proposes_them_as_comments_that_can_be_uncommented()
    {
        Zip("a.zip", ("app.js", "x=1"), ("app.js.map", Map), ("src/b.ts", "let b"));

        Assert.That(_terminal.Run("init", "a.zip", "--owner", "bob", "--days", "7"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.EndWith("to release meanwhile: init with '--waive-today' waives them for 7 days, and somebody answers for it\n"));
        Assert.That(Read().Waivers, Is.Empty);
        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Blocked));

        // Exactly the lines of JSON among the comments.
        var uncommented = Regex.Replace(Written(), """^(\s*)// (?=("[^"]+",? //|"waivers": \[|  \{|    "|  \}|\]))""", "$1", RegexOptions.Multiline);
        File.WriteAllText(In("releasegate.json"), uncommented);
        Assert.That(Read().Waivers.Select(w => $"{w.Rule} {w.Owner} {w.Expires:yyyy-MM-dd}").Distinct(), Is.EqualTo(new[] { "RG2001 bob 2026-04-08", "RG2002 bob 2026-04-08", "RG3001 bob 2026-04-08" }), uncommented);
        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
    }

    [Test]
    public void Never_waives_a_secret()
    {
        using var key = RSA.Create(2048);
        Zip("a.zip", ("app.js", "x=1"), ("app.js.map", Map), ("server.key", key.ExportPkcs8PrivateKeyPem()));

        Assert.That(_terminal.Run("init", "a.zip", "--waive-today", "--owner", "bob"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("  server.key: blocked by RG4003").And.Contain("\nnot waived by init: RG4003. A secret that leaked is revoked and taken out\n").And.Contain("  W-1 RG2001 SourceMap: app.js.map\n"));
        Assert.That(Read().Waivers.Select(w => w.Rule.ToString()), Is.EqualTo(new[] { "RG2001", "RG2002" }));
        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("error RG4003: ").And.Not.Contain("error RG2001"));
        Zip("a.zip", ("app.js", "x=1"), ("app.js.map", Map));
        Assert.That(_terminal.Run("check", "a.zip"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
    }

    [Test]
    public void What_stands_beside_a_secret_is_named_with_its_file()
    {
        using var key = RSA.Create(2048);
        Zip("a.zip", ("app.js", "x=1"), ("app.js.map", Map.Replace("let a", key.ExportPkcs8PrivateKeyPem().ReplaceLineEndings("\\n"), StringComparison.Ordinal)));

        Assert.That(_terminal.Run("init", "a.zip", "--owner", "bob"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("\nnot waived by init:\n  app.js.map: RG2001, RG2002, since RG4003 in it cannot be waived\n"));
    }

    [Test]
    public void A_hidden_file_is_waived_as_unlisted_and_never_listed()
    {
        Zip("a.zip", ("app.js", "x=1"), (".npmrc", "a=b"));

        Assert.That(_terminal.Run("init", "a.zip", "--waive-today", "--owner", "bob"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(Read().Waivers.Select(w => $"{w.Rule} {w.Path}"), Does.Contain("RG1001 .npmrc"));
        Assert.That(Read().Sections.Single().Allow.Select(p => p.ToString()), Is.EqualTo(new[] { "app.js" }));
    }

    [Test]
    public void Many_of_a_folder_are_one_waiver_that_covers_nothing_else()
    {
        var maps = Enumerable.Range(0, 300).Select(i => ($"dist/m{i}.js.map", Map)).ToArray();
        Zip("a.zip", [.. maps, ("dist/x.js", "x=1"), ("other/y.js.map", Map)]);

        Assert.That(_terminal.Run("init", "a.zip", "--waive-today", "--owner", "bob"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(Read().Waivers.Select(w => $"{w.Rule} {w.Path}"), Is.EqualTo(new[] { "RG2001 dist/*.js.map", "RG2001 other/y.js.map", "RG2002 dist/*.js.map", "RG2002 other/y.js.map" }));
        Assert.That(_terminal.Output, Does.Contain("  W-1 RG2001 SourceMap: dist/*.js.map, 300 findings\n"));

        // Where one of them is no such map, each has its own.
        Zip("a.zip", [.. maps.Take(30), ("dist/z.js.map", "just text")]);
        Assert.That(_terminal.Run("init", "a.zip", "--waive-today", "--owner", "bob", "--force"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(Read().Waivers, Has.Count.GreaterThanOrEqualTo(60));
        Assert.That(Read().Waivers.Select(w => w.Path), Has.None.Contains("*"));
    }

    [Test]
    public void So_many_are_no_case_for_waivers()
    {
        Zip("a.zip", [.. Enumerable.Range(0, 60).Select(i => ($"d{i}/m.js.map", Map)), ("x.js", "x=1")]);

        Assert.That(_terminal.Run("init", "a.zip", "--waive-today", "--owner", "bob"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("\nit would take 120 waivers, and nobody answers for so many: this is no case for waivers. "));
        Assert.That(Read().Waivers, Is.Empty);
        Assert.That(Read().Sections.Single().Allow.Select(p => p.ToString()), Is.EqualTo(new[] { "x.js" }));
    }

    [Test]
    public void Several_packages_become_one_manifest_with_a_section_each()
    {
        Package("out/Acme.1.0.0.nupkg", "Acme", ("lib/net8.0/Acme.xml", "<doc/>"), ("README.md", "# Acme"));
        Package("out/Acme.Core.1.0.0.nupkg", "Acme.Core", ("lib/net8.0/Acme.Core.xml", "<doc/>"), ("content/a.js.map", Map));
        Package("out/Acme.Core.1.1.0.nupkg", "Acme.Core", ("lib/net9.0/Acme.Core.xml", "<doc/>"), ("README.md", "# Core"));

        Assert.That(_terminal.Run("init", "out", "--waive-today", "--owner", "bob"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        Assert.That(_terminal.Output, Does.Contain("\nthe 3 artifacts pass by it until then: releasegate check out\n"));
        Assert.That(Written(), Does.StartWith("// What Acme.{version}.nupkg, Acme.Core.{version}.nupkg may hold, written by 'releasegate init' from Acme.1.0.0.nupkg, Acme.Core.1.0.0.nupkg, Acme.Core.1.1.0.nupkg.\n"));
        Assert.That(Read().Sections.Select(s => $"{s.Match}: {string.Join(' ', s.Require)} | {string.Join(' ', s.Allow)}"), Is.EqualTo(new[]
        {
            "Acme.{version}.nupkg: README.md | lib/{tfm}/{id}.xml",
            "Acme.{version}.snupkg:  | **/*.pdb",
            // Only one of the two has a read-me.
            "Acme.Core.{version}.nupkg:  | content/a.js.map README.md lib/{tfm}/{id}.xml",
            "Acme.Core.{version}.snupkg:  | **/*.pdb",
        }));
        Assert.That(Read().Waivers.Select(w => $"{w.Rule} {w.Path} {w.Artifact}"), Is.EqualTo(new[] { "RG2001 content/a.js.map Acme.Core.{version}.nupkg", "RG2002 content/a.js.map Acme.Core.{version}.nupkg" }));
        Assert.That(_terminal.Run("check", "out/*.nupkg"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Run("check", "out/Acme.1.0.0.nupkg"), Is.EqualTo(ExitCode.Passed), "waivers of a package that is not there are not unused");
    }

    [TestCase("", "      // Who may see it: uncomment the line if only some may, or write \"public\" (RG5001).\n      // \"destination\": \"private\",\n", null)]
    [TestCase(""", "private": true """, "      // package.json has \"private\": true, so only some may see it: RG5001 sees to that.\n      \"destination\": \"private\",\n", null)]
    [TestCase(""", "private": true, "publishConfig": { "access": "public" } """, "      // \"destination\": \"private\",\n", null)]
    [TestCase(""", "publishConfig": { "access": "restricted" } """, "      // publishConfig in package.json has \"access\": \"restricted\": if only some may see it, say so below, and where it goes in \"private\" (RG5001).\n      // \"destination\": \"private\",\n", null)]
    [TestCase(""", "publishConfig": { "access": "restricted", "registry": "https://npm.acme.example/", "@acme:registry": "https://npm.acme.example/" } """, "      \"destination\": \"private\",\n", "https://npm.acme.example/")]
    [TestCase(""", "publishConfig": { "access": "restricted", "registry": "https://npm.acme.example/" } """, "      // \"destination\": \"private\",\n", null)]
    public void The_destination_is_what_package_json_says(string says, string line, string? registry)
    {
        Npm("acme-cli-1.0.0.tgz", $$"""{ "name": "@acme/cli", "version": "1.0.0", "files": ["index.js"]{{says}}}""");

        Assert.That(_terminal.Run("init", "acme-cli-1.0.0.tgz"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(Written(), Does.Contain(line));
        Assert.That(Read().Private.Registries.Select(r => r.Text), Is.EqualTo(registry is null ? Array.Empty<string>() : [registry]));
        // The line that stands there as a comment may be uncommented.
        File.WriteAllText(In("releasegate.json"), Written().Replace("// \"destination\"", "\"destination\"", StringComparison.Ordinal));
        Assert.That(Read().Sections[0].Destination, Is.EqualTo("private"));
    }

    [Test]
    public void Somebody_answers_for_waivers()
    {
        Zip("a.zip", ("app.js", "x=1"), ("app.js.map", Map));

        Assert.That(_terminal.Run("init", "a.zip", "--waive-today"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Is.EqualTo("releasegate: error: waivers need somebody who answers for them, and git knows neither user.email nor user.name here; name one: '--owner NAME'\n"));

        _terminal.Write(OperatingSystem.IsWindows() ? "bin/git.exe" : "bin/git");
        _terminal.Variables["PATH"] = In("bin");
        _terminal.Start = (start, _) =>
        {
            Assert.That(start.Arguments[0], Is.EqualTo("config"));
            if (start.Arguments[1] != "user.name") return 1;
            start.Said("Carol");
            return 0;
        };
        Assert.That(_terminal.Run("init", "a.zip", "--waive-today"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(Read().Waivers.Select(w => w.Owner).Distinct(), Is.EqualTo(new[] { "Carol" }));
        _terminal.Start = (_, _) => 1;
        Assert.That(_terminal.Run("init", "a.zip", "--waive-today", "--force"), Is.EqualTo(ExitCode.CouldNotRun));
    }

    [TestCase("name artifacts, or a project to pack", "")]
    [TestCase("name either it or artifacts", "a.zip --project .")]
    [TestCase("'--publish' publishes a project", "a.zip --publish")]
    [TestCase("'--ignore-scripts' is about packing a project", "a.zip --ignore-scripts")]
    [TestCase("a project is published with '--publish'", "--project . --as directory")]
    [TestCase("'--days' is a number from 1 to 90", "a.zip --days 91")]
    [TestCase("'--days' is a number from 1 to 90", "a.zip --days 0")]
    [TestCase("'--owner' is empty", "a.zip --owner  ")]
    [TestCase("there is no option '--waive'", "a.zip --waive")]
    public void Mistakes_are_told(string says, string arguments)
    {
        Assert.That(_terminal.Run(["init", .. arguments.Split(' ').Where((a, i) => i == 0 ? a.Length > 0 : true)]), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain(says));
        Assert.That(File.Exists(In("releasegate.json")), Is.False);
    }

    [Test]
    public void A_project_is_packed_to_a_place_that_goes_away()
    {
        _terminal.Write("src/Acme/Acme.csproj", "<Project />");
        Dotnet(verb: "pack", make: to => Package(Path.Combine(to, "Acme.1.0.0.nupkg"), "Acme", ("lib/net8.0/Acme.xml", "<doc/>"), ("content/a.js.map", Map)));

        Assert.That(_terminal.Run("init", "--project", "src/Acme/Acme.csproj", "--waive-today", "--owner", "bob"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        Assert.That(_terminal.Output, Does.StartWith($"wrote {Path.Combine("src", "Acme", "releasegate.json")}; ").And.Contain($"passes by it until then: dotnet pack {Path.Combine("src", "Acme", "Acme.csproj")}\n"));
        Assert.That(_terminal.Error, Is.Empty, "what dotnet says is shown only when it fails");
        var pack = _starts.Last();
        Assert.That(pack.Arguments, Does.Contain("-p:ReleaseGateEnabled=false").And.Contain("Release"));
        Assert.That(pack.Folder, Is.EqualTo(In("src", "Acme")));
        Assert.That(Directory.Exists(To(pack)), Is.False);
        Assert.That(To(pack), Does.Not.StartWith(_terminal.Folder));
        Assert.That(Read("src/Acme/releasegate.json").Sections[0].Match.ToString(), Is.EqualTo("Acme.{version}.nupkg"));

        // The folder is enough, and what is there stays.
        _starts.Clear();
        Assert.That(_terminal.Run("init", "--project", "src/Acme"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("exists; '--force' overwrites it"));
        Assert.That(_starts, Is.Empty, "nothing is packed in vain");
        Assert.That(_terminal.Run("init", "--project", "src/Acme", "--output", "m.json"), Is.EqualTo(ExitCode.Blocked), _terminal.Error);
        Assert.That(Read("m.json").Sections, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_project_that_makes_no_package_can_be_published()
    {
        _terminal.Write("Acme.csproj", "<Project />");
        Dotnet(verb: "publish", isPackable: "false", make: to => Write(Path.Combine(to, "Acme.dll.config"), "<configuration/>"));

        Assert.That(_terminal.Run("init", "--project", "."), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("error RG0007: the project makes no package (IsPackable is false), so there is nothing to write a manifest from; to write a manifest for the folder it publishes, add '--publish'"));
        Assert.That(_terminal.Run("init", "--project", ".", "--publish"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        Assert.That(_terminal.Output, Does.Contain("passes by it: dotnet publish Acme.csproj\n"));
        Assert.That(Read().Sections.Single().Match.ToString(), Is.EqualTo("publish/"));
        Assert.That(Directory.Exists(Path.GetDirectoryName(To(_starts.Last()))), Is.False);
    }

    [Test]
    public void What_fails_says_so_in_its_own_words()
    {
        _terminal.Write("Acme.csproj", "<Project />");
        Dotnet(verb: "pack", make: _ => { });
        Assert.That(_terminal.Run("init", "--project", "Acme.csproj"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("'dotnet pack' ended well and left no package; to write a manifest for the folder it publishes, add '--publish'"));

        Dotnet(verb: "pack", make: _ => throw new InvalidDataException());
        Assert.That(_terminal.Run("init", "--project", "Acme.csproj"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.StartWith("error CS0001: x\n").And.Contain("'dotnet pack' failed with code 7, so nothing was written; its own words stand above"));
        Assert.That(Directory.Exists(To(_starts.Last())), Is.False);

        _terminal.Start = (start, _) =>
        {
            start.Said("no JSON");
            return 0;
        };
        Assert.That(_terminal.Run("init", "--project", "Acme.csproj"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("did not say what the project makes"));

        _terminal.Variables.Remove("DOTNET_HOST_PATH");
        Assert.That(_terminal.Run("init", "--project", "Acme.csproj"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("dotnet was not found on PATH"));

        _terminal.Write("Other.fsproj");
        _terminal.Write("All.sln");
        foreach (var (project, says) in new[] { (".", "there are several projects here: Acme.csproj, Other.fsproj; name one"), ("All.sln", "this is no project that init knows how to pack"), ("none.csproj", "there is no such project") })
        {
            Assert.That(_terminal.Run("init", "--project", project), Is.EqualTo(ExitCode.CouldNotRun));
            Assert.That(_terminal.Error, Does.Contain(says));
        }

        Directory.CreateDirectory(In("empty"));
        Assert.That(_terminal.Run("init", "--project", "empty"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("there is no project here"));
        Assert.That(Directory.GetFiles(_terminal.Folder, "releasegate.json", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public void A_package_json_is_packed_by_npm()
    {
        const string package = """{ "name": "acme", "version": "1.0.0", "files": ["index.js"] }""";
        _terminal.Write("cli/package.json", package);
        _terminal.Write(OperatingSystem.IsWindows() ? "bin/npm.exe" : "bin/npm");
        _terminal.Variables["PATH"] = In("bin");
        _terminal.Start = (start, _) =>
        {
            _starts.Add(start);
            start.Said("packing");
            Npm(Path.Combine(start.Arguments[2], "acme-1.0.0.tgz"), package);
            return 0;
        };

        Assert.That(_terminal.Run("init", "--project", "cli", "--ignore-scripts"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Is.EqualTo($"wrote {Path.Combine("cli", "releasegate.json")}; read it once, then commit it\nthe artifact passes by it: releasegate npm cli\n"));
        Assert.That(_terminal.Error, Is.Empty);
        Assert.That(_starts.Single().Arguments, Does.Contain("--ignore-scripts"));
        Assert.That(Directory.Exists(_starts.Single().Arguments[2]), Is.False);
        Assert.That(Read("cli/releasegate.json").Sections.Single().Match.ToString(), Is.EqualTo("acme-{version}.tgz"));

        Assert.That(_terminal.Run("init", "--project", "cli/package.json", "--force", "--publish"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("'--publish' is for .NET projects"));
        _terminal.Start = (start, _) =>
        {
            start.Said("npm ERR!");
            return 1;
        };
        Assert.That(_terminal.Run("init", "--project", "cli/package.json", "--force"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.StartWith("npm ERR!\n").And.Contain("'npm pack' failed with code 1"));
    }

    // A manifest that is written below another one takes its place, and nobody would notice that its identifiers hold no more.
    [Test]
    public void What_held_above_holds_on()
    {
        _terminal.Write("releasegate.json", """{ "extends": "closed", "identifiers": { "words": ["Bluebird"] }, "artifacts": [ { "match": "*.zip", "forbid": ["*.bak"] } ], "waivers": [ { "id": "W-4", "rule": "RG1001", "path": "z", "artifact": "z.zip", "owner": "a", "reason": "r", "expires": "2026-12-31" } ] }""");
        Zip("a.zip", ("app.js", "x=1"), ("b.js", "let Bluebird"), ("c.bak", "x"), ("app.js.map", Map));

        Assert.That(_terminal.Run("init", "a.zip", "--output", "sub/deep/releasegate.json"), Is.EqualTo(ExitCode.Blocked), _terminal.Output + _terminal.Error);
        Assert.That(_terminal.Output, Does.StartWith("wrote sub/deep/releasegate.json; the artifact does not pass by it\nit adds to ../../releasegate.json, which held here before and holds on\n"));
        Assert.That(_terminal.Output, Does.Contain("  b.js: blocked by RG3006").And.Contain("  c.bak: blocked by RG1003"));
        var manifest = Read("sub/deep/releasegate.json");
        Assert.That(Written("sub/deep/releasegate.json"), Does.Contain("\n  // This adds to ../../releasegate.json, which held here before: ").And.Contain("\n  \"extends\": \"../../releasegate.json\",\n"));
        Assert.That(manifest.Sections[0].Allow.Select(p => p.ToString()), Is.EqualTo(new[] { "app.js" }));
        Assert.That(_terminal.Run("check", "a.zip", "--manifest", "sub/deep/releasegate.json"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("error RG3006: b.js").And.Contain("error RG1003: c.bak"));

        // Waivers have ids of their own, and the profile asked for counts before what is above.
        Assert.That(_terminal.Run("init", "a.zip", "--output", "sub/deep/releasegate.json", "--force", "--waive-today", "--owner", "bob"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        Assert.That(Read("sub/deep/releasegate.json").Waivers.Select(w => w.Id), Is.EqualTo(new[] { "W-5", "W-6", "W-7", "W-8", "W-4" }));
        Zip("a.zip", ("app.js", "x=1"), ("app.js.map", Map));
        Assert.That(_terminal.Run("init", "a.zip", "--output", "sub/deep/releasegate.json", "--force", "--profile", "open"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        Assert.That(Read("sub/deep/releasegate.json").Identifiers.Words.Select(w => w.Text), Is.EqualTo(new[] { "Bluebird" }));

        // It does not add to itself, nor to what is beyond the repository.
        Directory.CreateDirectory(In("sub", ".git"));
        Assert.That(_terminal.Run("init", "a.zip", "--output", "sub/deep/releasegate.json", "--force", "--profile", "open"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        Assert.That(Written("sub/deep/releasegate.json"), Does.Not.Contain("extends"));
        Assert.That(_terminal.Run("init", "a.zip", "--force", "--profile", "open"), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        Assert.That(Written(), Does.Not.Contain("extends"));
    }

    /// <summary>A dotnet that evaluates to a project named Acme and makes what it is told to.</summary>
    private void Dotnet(string verb, Action<string> make, string isPackable = "true")
    {
        _terminal.Variables["DOTNET_HOST_PATH"] = _terminal.Write("sdk/dotnet");
        _terminal.Start = (start, _) =>
        {
            _starts.Add(start);
            if (start.Arguments[0] == "msbuild")
            {
                start.Said($$"""{ "Properties": { "AssemblyName": "Acme", "IsPackable": "{{isPackable}}" }, "Items": { "ProjectReference": [ { "Identity": "../B/B.csproj", "Filename": "B" } ] } }""");
                return 0;
            }

            Assert.That(start.Arguments[0], Is.EqualTo(verb));
            start.Said("error CS0001: x");
            try
            {
                make(To(start));
                return 0;
            }
            catch (InvalidDataException)
            {
                return 7;
            }
        };
    }

    private static string To(ProgramStart start) => start.Arguments[start.Arguments.ToList().IndexOf("-o") + 1];

    private string In(params string[] parts) => Path.Combine([_terminal.Folder, .. parts]);

    private string Written(string file = "releasegate.json") => File.ReadAllText(In(file));

    private Manifest Read(string file = "releasegate.json") => new ManifestReader(new System.IO.Abstractions.FileSystem()).Read(In(file));

    private string Write(string path, string text)
    {
        var full = In(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    private void Package(string path, string id, params (string Name, string Text)[] entries) =>
        Zip(path, [($"{id}.nuspec", $"<package><metadata><id>{id}</id><version>{Path.GetFileNameWithoutExtension(path)[(id.Length + 1)..]}</version></metadata></package>"), .. entries]);

    private void Npm(string path, string package)
    {
        var full = In(path);
        using var gzip = new GZipStream(File.Create(full), CompressionLevel.Fastest);
        using var tar = new System.Formats.Tar.TarWriter(gzip);
        foreach (var (name, text) in new[] { ("package/package.json", package), ("package/index.js", "x=1") })
            tar.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, name) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) });
    }

    private void Zip(string path, params (string Name, string Text)[] entries)
    {
        using var stream = File.Create(Write(path, ""));
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach (var (name, text) in entries)
        {
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(text);
        }
    }
}
