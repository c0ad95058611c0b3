using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Tests.Policy;

public sealed class ManifestDraftTests
{
    [Test]
    public void Writes_the_roles_of_a_class_library()
    {
        var inventory = Inventories.NuGet(
            "lib/net8.0/Acme.dll @PortableExecutable", "lib/net8.0/Acme.xml @Xml", "lib/netstandard2.0/Acme.dll @PortableExecutable", "lib/netstandard2.0/Acme.xml @Xml",
            "lib/net8.0/de/Acme.resources.dll @PortableExecutable", "lib/net8.0/pt-BR/Acme.resources.dll @PortableExecutable", "runtimes/win-x64/native/acme.dll", "runtimes/linux-x64/native/libacme.so @Elf",
            "README.md @Text", "LICENSE.txt @Text", "icon.png @Png", "build/Acme.targets @Xml", "docs/notes-1.2.3.txt @Text");

        Assert.That(Written(inventory, [], Profile("closed")), Is.EqualTo("""
            // What Acme.{version}.nupkg may hold, written by 'releasegate init' from Acme.1.2.3.nupkg.
            // Read every line once: whatever stands here may ship from now on, and nothing else.
            {
              "$schema": "https://raw.githubusercontent.com/releasegate/releasegate/main/src/ReleaseGate.Core/Policy/releasegate.schema.json",
              "artifacts": [
                {
                  "match": "Acme.{version}.nupkg",
                  // Who may see it: uncomment the line if only some may, or write "public" (RG5001).
                  // "destination": "private",
                  // What must be there.
                  "require": [
                    "LICENSE.txt", // a licence or notice (10 bytes)
                    "README.md", // the read-me (10 bytes)
                    "build/{id}.targets", // MSBuild (10 bytes: build/Acme.targets)
                    "lib/{tfm}/{id}.dll" // an assembly or library (2 files, 20 bytes: lib/net8.0/Acme.dll …)
                  ],
                  // What may be there as well.
                  "allow": [
                    "docs/notes-{version}.txt", // documentation (10 bytes: docs/notes-1.2.3.txt)
                    "icon.png", // a picture (10 bytes)
                    "lib/{tfm}/{culture}/{id}.resources.dll", // a satellite assembly (2 files, 20 bytes: lib/net8.0/de/Acme.resources.dll …)
                    "lib/{tfm}/{id}.xml", // XML documentation (2 files, 20 bytes: lib/net8.0/Acme.xml …)
                    "runtimes/{rid}/native/acme.dll", // an assembly or library (10 bytes: runtimes/win-x64/native/acme.dll)
                    "runtimes/{rid}/native/libacme.so" // a native library or program (10 bytes: runtimes/linux-x64/native/libacme.so)
                  ]
                },
                // The symbols package that may be packed beside it.
                {
                  "match": "Acme.{version}.snupkg",
                  "allow": ["**/*.pdb"]
                }
              ]
            }

            """.ReplaceLineEndings("\n")));
        RoundTrips(inventory);
    }

    [Test]
    public void Makes_one_pattern_of_many_files_of_one_kind_in_one_tree()
    {
        string[] entries =
        [
            .. Enumerable.Range(0, 9).Select(i => $"dist/chunk{i}.js @Text"), "dist/deep/er/x.js @Script", "dist/a.css @Text",
            .. Enumerable.Range(0, 8).Select(i => $"dist/types/t{i}.d.ts @Text"), "dist/one.ts @Text",
            .. Enumerable.Range(0, 8).Select(i => $"data/d{i}.bin @{(i == 3 ? "Zip" : "Binary")}"),
            .. Enumerable.Range(0, 8).Select(i => $"top{i}.json @Json"),
            .. Enumerable.Range(0, 7).Select(i => $"few/f{i}.js @Text"),
        ];
        var inventory = Inventories.Npm(entries);

        var text = RoundTrips(inventory);

        Assert.That(text, Does.Contain("\"dist/**/*.js\", // JavaScript (10 files, 100 bytes: dist/chunk0.js …)"));
        Assert.That(text, Does.Contain("\"dist/types/*.d.ts\", // types (8 files, 80 bytes: dist/types/t0.d.ts …)"));
        Assert.That(text, Does.Contain("\"dist/one.ts\", // source code: does it belong here?"));
        Assert.That(text, Does.Contain("\"*.json\", // settings or data (8 files, 80 bytes: top0.json …)"));
        // A zip among binaries is another kind: nothing is collapsed over it.
        Assert.That(text, Does.Contain("\"data/d0.bin\"").And.Contain("\"data/d3.bin!/**\"").And.Not.Contain("data/*"));
        Assert.That(text, Does.Contain("\"few/f0.js\"").And.Not.Contain("few/*"));
        Assert.That(text, Does.Not.Contain("\"**"));
    }

    [Test]
    public void Declares_what_is_in_nested_archives()
    {
        var text = RoundTrips(Inventories.Zip("t/x.zip", "t/x.zip!/a.txt", "t/x.zip!/d/y.zip", "t/x.zip!/d/y.zip!/b.txt", "z.7z @SevenZip", "empty.zip @Zip", "folders.zip", "folders.zip!/d/"));

        Assert.That(text, Does.Contain("\"t/x.zip!/a.txt\"").And.Contain("\"t/x.zip!/d/y.zip!/b.txt\"").And.Contain("\"z.7z!/**\"").And.Contain("\"empty.zip!/**\"").And.Contain("\"folders.zip!/**\""));
    }

    [Test]
    public void Marks_what_hardly_belongs_into_a_release()
    {
        var text = RoundTrips(Inventories.Npm("dist/cli.js @Text", "dist/cli.js.map @SourceMap", "src/cli.ts @Text", ".env @Text", "a.pdb @PortablePdb"));

        Assert.That(text.Split("does it belong here?"), Has.Length.EqualTo(4));
        Assert.That(text, Does.Contain("symbols: do they belong here?"));
        Assert.That(text, Does.Contain("        // \".env\", // a hidden file: does it belong here?\n"));
        Assert.That(text, Does.Contain("\"match\": \"acme-cli-{version}.tgz\""));
    }

    [Test]
    public void Works_for_folders_and_their_satellites()
    {
        var text = RoundTrips(Inventories.Folder("App.dll", "App.runtimeconfig.json", "App.deps.json", "App", "de/App.resources.dll", "fr/App.resources.dll", "runtimes/linux-x64/native/x.so", "wwwroot/index.html", "wwwroot/app.js.gz @GZip", "wwwroot/app.js.gz!/app.js"));

        Assert.That(text, Does.Contain("\"match\": \"publish/\""));
        Assert.That(text, Does.Contain("\"{culture}/App.resources.dll\""));
        Assert.That(text[..text.IndexOf("\"allow\"", StringComparison.Ordinal)], Does.Contain("\"App.dll\"").And.Contain("\"App.runtimeconfig.json\""));
    }

    [Test]
    public void Copes_with_names_that_mean_something_in_patterns_or_JSON()
    {
        RoundTrips(Inventories.Npm("a*b.js", "c{d}.js", "e?.js", "f\"g.js", "h\\i.js", "j!/k.js".Replace("!/", "!x/", StringComparison.Ordinal), "l\u0001m.js", "n\u202eo.js", "\ud83d\ude00.js", "p,q.js", "[r].js", "s t.js", "acme-cli.js", "acme-cli-1.2.3/u.js"));
        RoundTrips(Inventories.Of("a.tgz", ArtifactKind.Tar, [], length: 1));

        var broken = new Entry(new EntryPath("x\ud800y!/z"), 0) { Complete = true };
        RoundTrips(new Inventory("we*ird \"na{me}.zip", ArtifactKind.Zip, 1, default, [broken], [], null));
    }

    [Test]
    public void Says_which_entries_no_pattern_can_name()
    {
        var entry = new Entry(new EntryPath("../x\n.txt"), 0) { Complete = true };

        var text = Written(new Inventory("a.zip", ArtifactKind.Zip, 1, default, [entry], [], null), [], Profile("closed"));

        Assert.That(text, Does.Contain("// No pattern can name this entry: \"../x\\n.txt\"\n"));
        Assert.That(Inventories.Manifest(text).Sections.Single().Allow, Is.Empty);
    }

    [Test]
    public void Lowers_what_the_profile_lowers_and_was_found()
    {
        var inventory = Inventories.Npm("dist/a.js", "dist/a.js.map", "dist/b.js.map", ".git/config");
        Finding Found(Rule rule, int entry) => new(rule.Descriptor, inventory.Entries[entry], "x");

        Finding[] findings = [Found(new SymbolFile(), 2), Found(new SourceMap(), 1), Found(new SourceMap(), 2), Found(new VersionControlData(), 3)];
        var text = Written(inventory, findings, Profile("open"));

        Assert.That(text, Does.Contain("    \"RG2001\": \"note\", // SourceMap, 2 findings\n    \"RG2006\": \"note\" // SymbolFile, 1 finding\n"));
        Assert.That(Inventories.Manifest(text).Rules.Keys.Select(k => k.ToString()), Is.EquivalentTo(new[] { "RG2001", "RG2006" }));
        Assert.That(Written(inventory, findings, Profile("closed")), Does.Not.Contain("\"rules\""));
    }

    [Test]
    public void Leaves_out_what_rules_block_as_lines_that_can_be_uncommented()
    {
        var inventory = Inventories.NuGet(
            "lib/net8.0/Acme.dll @PortableExecutable", "lib/net8.0/Acme.pdb @PortablePdb", "lib/netstandard2.0/Acme.dll @PortableExecutable", "lib/netstandard2.0/Acme.pdb @PortablePdb",
            "content/appsettings.Development.json @Json", "content/appsettings.json @Json", "content/.npmrc @Text", ".signature.p7s");
        Finding[] findings =
        [
            .. Found(new SymbolFile(), "is a portable PDB", "lib/net8.0/Acme.pdb", "lib/netstandard2.0/Acme.pdb"),
            .. Found(new DevelopmentConfiguration(), "holds a\n\" // b", "content/appsettings.Development.json"),
            .. Found(new InstallScript(), "a warning", "content/appsettings.json"),
            .. Found(new UnlistedEntry(), "not listed", "lib/net8.0/Acme.dll"),
        ];
        var text = Written(inventory, findings, Profile("closed"));

        Assert.That(text, Does.Contain("""
                  "allow": [
                    // "content/.npmrc", // a hidden file: does it belong here?
                    // "content/appsettings.Development.json", // blocked by RG2013: holds a\u000a" // b
                    // "lib/{tfm}/{id}.pdb", // blocked by RG2006, 2 files
                    "content/appsettings.json" // settings or data (10 bytes)
                  ]

            """.ReplaceLineEndings("\n")));
        Assert.That(Unlisted(text), Is.EqualTo(new[] { "content/.npmrc", "content/appsettings.Development.json", "lib/net8.0/Acme.pdb", "lib/netstandard2.0/Acme.pdb" }));
        Assert.That(ManifestDraft.Withheld(inventory, findings, Profile("closed")).Select(w => $"{w.Entry.Path} {w.Reason}"), Is.EqualTo(new[]
        {
            "content/.npmrc ", "content/appsettings.Development.json RG2013", "lib/net8.0/Acme.pdb RG2006", "lib/netstandard2.0/Acme.pdb RG2006",
        }));
        // Each line alone makes its entries ship.
        Assert.That(Unlisted(text.Replace("// \"", "\"", StringComparison.Ordinal).Replace("\"RG2013: ", "", StringComparison.Ordinal)), Is.Empty);

        // What only warns about an entry does not keep it out.
        var warnings = findings.Select(f => f with { Severity = Severity.Warning });
        Assert.That(ManifestDraft.Withheld(inventory, warnings, Profile("closed")).Select(w => w.Entry.Path.Inner), Is.EqualTo(new[] { "content/.npmrc" }));

        // By a profile that lets symbols ship they are listed.
        Assert.That(ManifestDraft.Withheld(inventory, findings, Profile("open")).Select(w => w.Entry.Path.Inner), Is.EqualTo(new[] { "content/.npmrc", "content/appsettings.Development.json" }));

        Finding[] Found(Rule rule, string message, params string[] paths) => [.. paths.Select(p => new Finding(rule.Descriptor, inventory.Entries.Single(e => e.Path.Value == p), message))];

        string[] Unlisted(string manifest) => Inventories.Run(new UnlistedEntry(), Inventories.Manifest(manifest), inventory).Paths();
    }

    [Test]
    public void No_pattern_lets_in_what_was_left_out()
    {
        string[] names = [.. Enumerable.Range(0, 9).Select(i => $"dist/c{i}.js @Text"), "lib/net8.0/a.js @Text", "lib/net462/a.js @Text", "x.zip", "x.zip!/y.js", "x.zip!/z.txt", "bad.zip", "bad.zip!/a.txt", "whole.zip", "whole.zip!/w.js"];
        var inventory = Inventories.Of("Acme.1.2.3.nupkg", ArtifactKind.NuGetPackage, names, "Acme");
        string[] blocked = ["dist/c3.js", "lib/net462/a.js", "x.zip!/y.js", "bad.zip", "whole.zip!/w.js"];
        var findings = blocked.Select(p => new Finding(new SourceFile().Descriptor, inventory.Entries.Single(e => e.Path.Value == p), "x")).ToArray();

        var text = Written(inventory, findings, Profile("closed"));

        var manifest = Inventories.Manifest(text);
        var list = manifest.PolicyFor(inventory).AllowListFor(inventory);
        Assert.That(inventory.Entries.Where(e => list[e].Listing != Listing.Allowed).Select(e => e.Path.Value),
            Is.EquivalentTo(new[] { "dist/c3.js", "lib/net462/a.js", "x.zip!/y.js", "bad.zip", "bad.zip!/a.txt", "whole.zip", "whole.zip!/w.js" }), text);
        Assert.That(PatternUse.Unused([list]), Is.Empty);
        Assert.That(text, Does.Contain("\"dist/c0.js\"").And.Contain("\"lib/net8.0/a.js\"").And.Contain("// \"lib/{tfm}/a.js\", // blocked by RG3001: x"));
    }

    [Test]
    public void Many_that_are_left_out_become_one_line()
    {
        var inventory = Inventories.Npm([.. Enumerable.Range(0, 2000).Select(i => $"dist/m{i}.js.map @SourceMap")]);

        var text = Written(inventory, inventory.Entries.Where(e => e.Kind == EntryKind.SourceMap).SelectMany(e => new Finding[] { new(new SourceMapContent().Descriptor, e, "y"), new(new SourceMap().Descriptor, e, "x") }), Profile("closed"));

        Assert.That(text, Does.Contain("      \"allow\": [\n        // \"dist/*.js.map\", // blocked by RG2001, RG2002, 2000 files\n      ]\n"));
        Assert.That(Inventories.Manifest(text).Sections.Single().Allow, Is.Empty);
    }

    [Test]
    public void The_artifact_always_passes_what_was_written_from_it()
    {
        var random = new Random(11);
        string[] folders = ["lib", "net8.0", "netstandard2.0", "tools", "any", "win-x64", "runtimes", "native", "de", "pt-BR", "Acme", "dist", "locales", "x{y}", "1.2.3", "build"];
        string[] files = ["Acme", "Acme.dll", "a.js", "b.js", "c.d.ts", "d.js.map", "README.md", "e.resources.dll", ".env", "f.1.2.3.txt", "g", "h.pdb", "Acme.1.2.3.json", "_._", "i.tar.gz", "j k.png"];
        string[] kinds = ["Binary", "Text", "Json", "PortableExecutable", "SevenZip", "GZip", "PortablePdb"];
        for (var round = 0; round < 300; round++)
        {
            var entries = new HashSet<string>(StringComparer.Ordinal);
            var count = random.Next(1, 60);
            while (entries.Count < count)
            {
                var path = string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => folders[random.Next(folders.Length)] + "/"));
                entries.Add(path + (random.Next(3) == 0 ? $"n{random.Next(30)}.js" : files[random.Next(files.Length)]));
            }

            foreach (var archive in entries.Where(_ => random.Next(10) == 0).ToArray())
                foreach (var file in files.Where(_ => random.Next(4) == 0))
                    entries.Add($"{archive}!/{folders[random.Next(folders.Length)]}/{file}");
            // Containers before what is in them; a kind for those that are no containers.
            var lines = entries.Order(StringComparer.Ordinal).Select(e => entries.Any(o => o.StartsWith(e + "!/", StringComparison.Ordinal)) ? e : $"{e} @{kinds[random.Next(kinds.Length)]}").ToArray();
            RoundTrips(random.Next(3) switch
            {
                0 => Inventories.Of("Acme.1.2.3.nupkg", ArtifactKind.NuGetPackage, lines, "Acme"),
                1 => Inventories.Of("acme-1.2.3.tgz", ArtifactKind.NpmPackage, lines, "@Acme/Acme"),
                _ => Inventories.Of("out", ArtifactKind.Directory, lines),
            });
        }
    }

    private static string Written(Inventory inventory, IEnumerable<Finding> findings, Manifest profile) => ManifestDraft.From([new ManifestSubject(inventory, [.. findings])], profile).Text;

    private static Manifest Profile(string name) => new ManifestReader(new System.IO.Abstractions.FileSystem()).ReadProfile(name);

    /// <summary>What is written can be read, every entry is matched but the hidden ones that are asked about, every pattern is used.</summary>
    private static string RoundTrips(Inventory inventory)
    {
        var text = Written(inventory, [], Profile("closed"));
        var manifest = Inventories.Manifest(text);
        Rule[] rules = [new UnlistedEntry(), new MissingEntry(), new ForbiddenEntry(), new OverBudget(), new NestedArchive()];
        var asked = ManifestDraft.Withheld(inventory, [], Profile("closed")).Select(w => w.Entry).ToHashSet<Entry>(ReferenceEqualityComparer.Instance);
        // An archive that holds nothing else is asked about with what it holds.
        var withArchives = asked.SelectMany(e => e.Path.Container is { } c ? new[] { e.Path, c } : [e.Path]).ToHashSet();
        Assert.That(asked.Select(e => e.Path.Value), Is.All.Match(@"(^|/)\.[^/]"), text);
        Assert.That(rules.SelectMany(r => Inventories.Run(r, manifest, inventory)).Where(f => f.Path is null || !withArchives.Contains(f.Path)).Select(f => $"{f.Rule.Id} {f.Path}: {f.Message}"), Is.Empty, text);

        var list = manifest.PolicyFor(inventory).AllowListFor(inventory);
        Assert.That(PatternUse.Unused([list]).Select(u => u.Finding.Message), Is.Empty, text);
        Assert.That(inventory.Entries.Where(e => !withArchives.Contains(e.Path)).Select(e => list[e].Listing), Is.All.AnyOf(Listing.Allowed, Listing.Plumbing), text);
        Assert.That(asked.Select(e => list[e].Listing), Is.All.AnyOf(Listing.Unlisted, Listing.InUndeclaredArchive), text);
        Assert.That(text.Split('\n').Where(l => l.TrimStart().StartsWith("\"**", StringComparison.Ordinal)), Is.Empty, text);
        return text;
    }
}
