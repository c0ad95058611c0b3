using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Tests.Policy;

public sealed class AllowListTests
{
    [Test]
    public void Lets_nothing_else_ship()
    {
        var manifest = Inventories.Manifest("""
            { "artifacts": [
                { "match": "*.nupkg", "require": ["lib/{tfm}/{id}.dll"], "allow": ["README.md"] } ] }
            """);
        var inventory = Inventories.NuGet("lib/net8.0/Acme.dll", "lib/net8.0/Acme.pdb @PortablePdb #1234", "lib/net8.0/Other.dll", "README.md", "docs/", "readme.md");

        var findings = Inventories.Run(new UnlistedEntry(), manifest, inventory);

        Assert.That(findings.Paths(), Is.EqualTo(new[] { "lib/net8.0/Acme.pdb", "lib/net8.0/Other.dll", "readme.md" }));
        Assert.That(findings[0].Message, Is.EqualTo("not listed in the manifest (PortablePdb, 1.2 KB)"));
        Assert.That(findings[0].Fix, Is.EqualTo("Leave the file out, or add \"lib/net8.0/Acme.pdb\" to \"allow\" of the section at line 2 of releasegate.json."));
        Assert.That(findings[0].Location, Is.EqualTo(manifest.Sections[0].Location));
        Assert.That(Inventories.Run(new MissingEntry(), manifest, inventory), Is.Empty);
    }

    [Test]
    public void Forbid_comes_before_everything_else()
    {
        var manifest = Inventories.Manifest("""
            { "artifacts": [
                { "match": "*.zip", "allow": ["**"] },
                { "match": "acme*", "require": ["a.internal.txt"],
                  "forbid": ["**/*.internal.*"] } ] }
            """);
        var inventory = Inventories.Zip("a.internal.txt", "b.txt", "c/d.internal.txt");

        var findings = Inventories.Run(new ForbiddenEntry(), manifest, inventory);

        Assert.That(findings.Paths(), Is.EqualTo(new[] { "a.internal.txt", "c/d.internal.txt" }));
        Assert.That(findings[0].Message, Is.EqualTo("forbidden by \"**/*.internal.*\""));
        Assert.That((findings[0].Location!.Line, findings[0].Location!.Column), Is.EqualTo((4, 18)));
        Assert.That(findings[0].Fix, Does.Contain("line 4 of releasegate.json"));
        Assert.That(Inventories.Run(new UnlistedEntry(), manifest, inventory), Is.Empty);
        Assert.That(Inventories.Run(new MissingEntry(), manifest, inventory), Is.Empty);
    }

    [Test]
    public void Tells_what_is_missing()
    {
        var manifest = Inventories.Manifest("""
            { "artifacts": [
                { "match": "*", "require": ["README.md",
                  "lib/{tfm}/{id}.xml"] } ] }
            """);

        var findings = Inventories.Run(new MissingEntry(), manifest, Inventories.NuGet("README.md", "lib/net8.0/Acme.dll"));

        Assert.That(findings.Single().Message, Is.EqualTo("no entry matches \"lib/{tfm}/{id}.xml\", which is required"));
        Assert.That(findings.Single().Entry, Is.Null);
        Assert.That((findings.Single().Location!.Line, findings.Single().Location!.Column), Is.EqualTo((3, 7)));
        Assert.That(Inventories.Run(new MissingEntry(), manifest, Inventories.Zip("README.md")).Single().Message, Does.Contain("is no package"));
    }

    [Test]
    public void One_finding_for_an_artifact_that_nothing_speaks_of()
    {
        var manifest = Inventories.Manifest("""{ "artifacts": [{ "match": "*.nupkg" }] }""");
        var inventory = Inventories.Zip("a", "b", "c.zip", "c.zip!/d");

        var finding = Inventories.Run(new UnlistedEntry(), manifest, inventory).Single();

        Assert.That(finding.Entry, Is.Null);
        Assert.That(finding.Message, Is.EqualTo("no section of releasegate.json has a \"match\" for \"acme.zip\", so nothing says what it may hold"));
        Assert.That(finding.Fix, Does.Contain("{ \"match\": \"*.zip\""));
        Assert.That(Inventories.Run(new NestedArchive(), manifest, inventory), Is.Empty);
    }

    [Test]
    public void Without_a_manifest_the_next_step_is_init()
    {
        var inventory = Inventories.NuGet("lib/net8.0/Acme.pdb");
        var unknown = Inventories.Of("acme.bin", ArtifactKind.GZip, ["acme"]);

        Assert.That(Inventories.Run(new UnlistedEntry(), Inventories.Profile("closed"), inventory).Single().Fix, Is.EqualTo("Leave the file out; if it belongs there, list it in a releasegate.json ('releasegate init' on the package writes one)."));
        Assert.That(Inventories.Run(new UnlistedEntry(), Inventories.Profile("closed"), unknown).Single().Fix, Is.EqualTo("List what may ship in a releasegate.json; 'releasegate init' on the artifact writes one."));
        Assert.That(Inventories.Run(new UnlistedEntry(), Inventories.Profile("closed"), Inventories.Folder("a.pdb")).Single().Fix, Does.Contain("('releasegate init --as directory' on the folder writes one)"));
    }

    [Test]
    public void A_program_packed_as_a_library_is_a_mistake_of_the_project()
    {
        var manifest = Inventories.Manifest("""{ "artifacts": [{ "match": "*", "allow": ["README.md"] }] }""");
        string[] entries = ["lib/net8.0/App.dll", "lib/net8.0/App.exe @PortableExecutable", "lib/net8.0/App @Elf", "lib/net8.0/App.runtimeconfig.json @Json", "lib/net8.0/x.so @Elf", "tools/net8.0/any/App.runtimeconfig.json @Json"];

        Assert.That(Mistaken(Inventories.NuGet(entries)), Is.EqualTo(new[] { "lib/net8.0/App", "lib/net8.0/App.exe", "lib/net8.0/App.runtimeconfig.json" }));
        Assert.That(Mistaken(Inventories.Npm(entries)), Is.Empty);
        Assert.That(Inventories.Run(new UnlistedEntry(), Inventories.Profile("closed"), Inventories.NuGet("lib/net8.0/App.runtimeconfig.json @Json")).Single().Fix, Is.EqualTo(
            "The project is an executable packed as a library: set IsPackable to false in it, or PackAsTool to true; otherwise leave the file out; if it belongs there, list it in a releasegate.json ('releasegate init' on the package writes one)."));

        string[] Mistaken(Inventory inventory) => Inventories.Run(new UnlistedEntry(), manifest, inventory).Where(f => f.Fix!.Contains("IsPackable", StringComparison.Ordinal)).Paths();
    }

    [Test]
    public void With_only_inherited_sections_the_next_step_is_a_section()
    {
        var manifest = Inventories.Manifest("""{ "extends": "closed" }""");

        var finding = Inventories.Run(new UnlistedEntry(), manifest, Inventories.NuGet("lib/net8.0/Acme.pdb")).Single();

        Assert.That(finding.Fix, Is.EqualTo("Leave the file out, or add { \"match\": \"Acme.{version}.nupkg\", \"allow\": [\"lib/net8.0/Acme.pdb\"] } to \"artifacts\" of releasegate.json."));
        Assert.That(finding.Location, Is.Null);
    }

    [TestCase("a*b{c}?.txt", "a?b?c??.txt")]
    [TestCase("we\"ird.txt", "we\\\"ird.txt")]
    [TestCase("x!/y.txt", "x?/y.txt")]
    public void The_pattern_it_proposes_is_one_that_works(string name, string proposed)
    {
        var inventory = Inventories.Of("acme.zip", ArtifactKind.Zip, []);
        var entry = new Entry(new EntryPath(name), 0) { Complete = true };
        inventory = new Inventory("acme.zip", ArtifactKind.Zip, 1, default, [entry], [], null);

        var fix = Inventories.Run(new UnlistedEntry(), Inventories.Manifest("""{ "artifacts": [{ "match": "*" }] }"""), inventory).Single().Fix!;

        Assert.That(fix, Does.Contain($"add \"{proposed}\" to"));
        var manifest = Inventories.Manifest($$"""{ "artifacts": [{ "match": "*", "allow": ["{{proposed}}"] }] }""");
        Assert.That(Inventories.Run(new UnlistedEntry(), manifest, inventory), Is.Empty);
    }

    [Test]
    public void Proposes_nothing_for_a_path_that_no_pattern_can_name()
    {
        var entry = new Entry(new EntryPath("../evil.txt"), 0) { Complete = true };
        var inventory = new Inventory("acme.zip", ArtifactKind.Zip, 1, default, [entry], [], null);

        var finding = Inventories.Run(new UnlistedEntry(), Inventories.Manifest("""{ "artifacts": [{ "match": "*", "allow": ["**/*.md"] }] }"""), inventory).Single();

        Assert.That(finding.Fix, Is.Null);
    }

    [Test]
    public void Plumbing_is_known_to_each_format_and_to_no_other()
    {
        var manifest = Inventories.Manifest("""{ "artifacts": [{ "match": "*" }] }""");
        string[] parts = ["[Content_Types].xml", "_rels/.rels", "Acme.nuspec", ".signature.p7s", "package/services/metadata/core-properties/1f.psmdcp"];
        string[] notParts = ["Other.nuspec", "_rels/other.rels", "lib/Acme.nuspec", "package/services/metadata/core-properties/x/1f.psmdcp", "package/services/metadata/core-properties/.psmdcp", "package.json"];

        Assert.That(Unlisted(Inventories.Of("a.nupkg", ArtifactKind.NuGetPackage, [.. parts, .. notParts], "Acme")), Is.EquivalentTo(notParts));
        Assert.That(Unlisted(Inventories.Of("a.snupkg", ArtifactKind.SymbolsPackage, [.. parts, .. notParts], "Acme")), Is.EquivalentTo(notParts));
        Assert.That(Unlisted(Inventories.Zip([.. parts])), Is.EquivalentTo(parts));
        Assert.That(Unlisted(Inventories.Npm("lib/package.json", "index.js")), Is.EquivalentTo(new[] { "lib/package.json", "index.js" }));

        string[] Unlisted(Inventory inventory) => Inventories.Run(new UnlistedEntry(), manifest, inventory).Paths();
    }

    [Test]
    public void An_undeclared_archive_is_one_finding()
    {
        var manifest = Inventories.Manifest("""{ "artifacts": [{ "match": "*", "allow": ["**"], "forbid": ["**!/**/secret"] }] }""");
        var inventory = Inventories.Zip("t/x.zip", "t/x.zip!/a", "t/x.zip!/secret", "t/x.zip!/y.zip", "t/x.zip!/y.zip!/b", "z.7z @SevenZip");

        var findings = Inventories.Run(new NestedArchive(), manifest, inventory);

        Assert.That(findings.Paths(), Is.EqualTo(new[] { "t/x.zip", "z.7z" }));
        Assert.That(findings[0].Message, Does.Contain("(Zip, 3 entries)"));
        Assert.That(findings[0].Fix, Does.Contain("add \"t/x.zip!/**\" to \"allow\""));
        Assert.That(findings[1].Message, Does.Contain("SevenZip, which was not looked into"));
        Assert.That(Inventories.Run(new UnlistedEntry(), manifest, inventory), Is.Empty);
        Assert.That(Inventories.Run(new ForbiddenEntry(), manifest, inventory).Paths(), Is.EqualTo(new[] { "t/x.zip!/secret" }));
    }

    [TestCase("**!/**")]
    [TestCase("*.7z!/**")]
    [TestCase("d{ata,*}.7z!/**")]
    public void An_archive_that_cannot_be_looked_into_is_not_declared_by_a_wildcard(string pattern)
    {
        var manifest = Inventories.Manifest($$"""{ "artifacts": [{ "match": "*", "allow": ["**", "{{pattern}}"] }] }""");

        Assert.That(Inventories.Run(new NestedArchive(), manifest, Inventories.Zip("data.7z @SevenZip")).Paths(), Is.EqualTo(new[] { "data.7z" }));
    }

    [Test]
    public void The_content_of_a_declared_archive_is_judged_one_by_one()
    {
        var manifest = Inventories.Manifest("""{ "artifacts": [{ "match": "*", "allow": ["t/x.zip!/*.txt", "t/x.zip!/y.zip!/**", "z.7z!/**"] }] }""");
        var inventory = Inventories.Zip("t/x.zip", "t/x.zip!/a.txt", "t/x.zip!/a.bin", "t/x.zip!/y.zip", "t/x.zip!/y.zip!/b", "z.7z @SevenZip");

        Assert.That(Inventories.Run(new NestedArchive(), manifest, inventory), Is.Empty);
        Assert.That(Inventories.Run(new UnlistedEntry(), manifest, inventory).Paths(), Is.EqualTo(new[] { "t/x.zip!/a.bin" }));
    }

    [TestCase("off")]
    [TestCase("note")]
    [TestCase("warning")]
    public void Where_RG1008_does_not_block_an_archive_must_be_listed_like_any_entry(string severity)
    {
        var unlisted = Inventories.Manifest($$"""{ "artifacts": [{ "match": "*" }], "rules": { "RG1008": "{{severity}}" } }""");
        var listed = Inventories.Manifest($$"""{ "artifacts": [{ "match": "*", "allow": ["*.zip"] }], "rules": { "RG1008": "{{severity}}" } }""");
        var inventory = Inventories.Zip("x.zip", "x.zip!/a");

        Assert.That(Inventories.Run(new UnlistedEntry(), unlisted, inventory).Paths(), Is.EqualTo(new[] { "x.zip" }));
        Assert.That(Inventories.Run(new UnlistedEntry(), listed, inventory), Is.Empty);
    }

    [Test]
    public void The_id_of_a_scoped_npm_package_is_two_segments_or_one_part_of_a_name()
    {
        var manifest = Inventories.Manifest("""{ "artifacts": [{ "match": "*.tgz", "allow": ["types/{id}/*.d.ts", "dist/{id}-{version}.js"] }] }""");

        var findings = Inventories.Run(new UnlistedEntry(), manifest, Inventories.Npm("types/@acme/cli/a.d.ts", "types/acme-cli/a.d.ts", "dist/acme-cli-1.2.3.js", "dist/acme-cli-1.2.4.js"));

        Assert.That(findings.Paths(), Is.EqualTo(new[] { "dist/acme-cli-1.2.4.js", "types/acme-cli/a.d.ts" }));
    }

    [Test]
    public void A_NuGet_version_also_matches_in_its_normalised_form()
    {
        var manifest = Inventories.Manifest("""{ "artifacts": [{ "match": "*.nupkg", "allow": ["{version}.txt"] }] }""");
        var inventory = Inventories.Of("a.nupkg", ArtifactKind.NuGetPackage, ["1.2.0.0.txt", "1.2.0.txt", "1.2.txt"], "Acme", "1.2.0.0");

        Assert.That(Inventories.Run(new UnlistedEntry(), manifest, inventory).Paths(), Is.EqualTo(new[] { "1.2.txt" }));
    }

    [Test]
    public void Limits_are_those_of_the_first_section_that_says_something()
    {
        var manifest = Inventories.Manifest("""
            { "artifacts": [
                { "match": "*", "limits": { "size": "1 KB" } },
                { "match": "*",
                  "limits": { "size": 5, "entries": 2, "entry": "100 B" } } ] }
            """);
        var inventory = Inventories.Zip("d/", "a #100", "b #101", "c.zip", "c.zip!/x #200");

        var findings = Inventories.Run(new OverBudget(), manifest, inventory);

        Assert.That(findings.Select(f => (f.Path?.ToString() ?? "", f.Message, f.Location!.Line)), Is.EqualTo(new[]
        {
            ("", "the artifact has 3 entries, 2 are allowed", 4),
            ("b", "it has 101 bytes, an entry may have 100", 4),
            ("c.zip!/x", "it has 200 bytes, an entry may have 100", 4),
        }));
        var larger = Inventories.Of("acme.zip", ArtifactKind.Zip, ["a"], length: 1001);
        Assert.That(Inventories.Run(new OverBudget(), manifest, larger).Single().Message, Is.EqualTo("the artifact has 1,001 bytes, 1,000 are allowed"));
        Assert.That(Inventories.Run(new OverBudget(), manifest, larger).Single().Location!.Line, Is.EqualTo(2));
    }

    [Test]
    public void Tells_entries_that_collide()
    {
        var manifest = Inventories.Profile("closed");
        var inventory = Inventories.Zip("a/B.txt", "a/b.txt", "c", "c", "d/e", "D", "n.zip", "n.zip!/a/b.txt", "x/", "X/", "f/g", "f/h");

        var findings = Inventories.Run(new CollidingEntry(), manifest, inventory);

        Assert.That(findings.Select(f => $"{f.Path}: {f.Message}"), Is.EqualTo(new[]
        {
            "a/b.txt: the path differs only by case from \"a/B.txt\"",
            "c: another entry has the same path",
            "D: it is a file, and \"d/e\" needs a folder of that name",
        }));
    }

    [Test]
    public void Lists_own_permissions_that_served_no_artifact_of_the_run()
    {
        var manifest = Inventories.Manifest("""
            { "extends": "closed",
              "artifacts": [
                { "match": "*.zip", "require": ["none"], "forbid": ["never"],
                  "allow": ["a", "b", "c.zip!/**", "e.7z!/**", "unused/**", "f"] },
                { "match": "*.nupkg", "allow": ["other"] } ] }
            """);
        AllowList[] lists = [.. new[] { Inventories.Zip("a", "c.zip", "c.zip!/d"), Inventories.Zip("b", "e.7z @SevenZip") }.Select(i => manifest.PolicyFor(i).AllowListFor(i))];

        var unused = PatternUse.Unused(lists);

        Assert.That(unused.Select(u => (u.Finding.Message, u.Finding.Location!.Line, u.Finding.Location.Column)), Is.EqualTo(new[]
        {
            ("the pattern \"unused/**\" of \"allow\" matches no entry", 4, 52),
            ("the pattern \"f\" of \"allow\" matches no entry", 4, 65),
        }));
        Assert.That(unused.All(u => u.Finding.Rule == GateRules.UnusedPattern && u.List == lists[1]), Is.True);
    }

    [TestCase("*.zip", true)]
    [TestCase("acme.zip", false)]
    public void An_unused_pattern_of_a_section_about_many_artifacts_may_be_meant_for_another_one(string match, bool many)
    {
        var manifest = Inventories.Manifest($$"""{ "artifacts": [{ "match": "{{match}}", "allow": ["a", "b"] }] }""");
        var inventory = Inventories.Zip("a");

        var finding = PatternUse.Unused([manifest.PolicyFor(inventory).AllowListFor(inventory)]).Single().Finding;

        Assert.That(finding.Fix, Is.EqualTo(many ? "Remove the pattern or mend its spelling; if it is meant for another artifact, narrow \"match\" of its section: \"*.zip\" is about this artifact too." : null));
    }

    [TestCase("Acme.1.2.3.nupkg", "Acme", "1.2.3", "Acme.{version}.nupkg")]
    [TestCase("Acme.1.2.0.nupkg", "Acme", "1.2+build.7", "Acme.{version}.nupkg")]
    [TestCase("Acme.1.0.0.1.0.0.nupkg", "Acme.1.0.0", "1.0.0", "Acme.1.0.0.{version}.nupkg")]
    [TestCase("Acme.1.0.0-rc.1.nupkg", "Acme", "1.0.0-rc.1", "Acme.{version}.nupkg")]
    [TestCase("odd{name}.nupkg", "Acme", "1.0.0", "odd?name?.nupkg")]
    public void The_match_it_proposes_is_about_the_versions_of_one_package(string name, string id, string version, string expected)
    {
        var inventory = Inventories.Of(name, ArtifactKind.NuGetPackage, ["a.pdb"], id, version);

        var fix = Inventories.Run(new UnlistedEntry(), Inventories.Manifest("""{ "artifacts": [] }"""), inventory).Single().Fix!;

        Assert.That(fix, Does.Contain($"{{ \"match\": \"{expected}\", "));
        var manifest = Inventories.Manifest($$"""{ "artifacts": [{ "match": "{{expected}}" }] }""");
        Assert.That(manifest.For(name).Sections, Has.Count.EqualTo(1));
        Assert.That(manifest.For("Acme.Core.1.2.3.nupkg").Sections, Is.Empty);
    }

    [Test]
    public void A_pattern_counts_as_used_also_where_another_one_allows_the_same_entry()
    {
        var manifest = Inventories.Manifest("""{ "artifacts": [{ "match": "*", "allow": ["**", "*.txt", "x/*"], "forbid": ["a.*"] }] }""");
        var inventory = Inventories.Zip("a.txt", "b");

        Assert.That(PatternUse.Unused([manifest.PolicyFor(inventory).AllowListFor(inventory)]).Select(u => u.Finding.Message).Single(), Does.Contain("\"x/*\""));
    }

    [Test]
    public void Makes_the_list_once_for_an_inventory()
    {
        var policy = Inventories.Profile("closed").For("acme.zip");
        var inventory = Inventories.Zip("a");

        Assert.That(policy.AllowListFor(inventory), Is.SameAs(policy.AllowListFor(inventory)));
        Assert.That(policy.AllowListFor(Inventories.Zip("a")), Is.Not.SameAs(policy.AllowListFor(inventory)));
    }

    [Test]
    public void Many_entries_and_many_patterns_are_judged_alike()
    {
        var patterns = string.Join(", ", Enumerable.Range(0, 60).Select(i => $"\"p{i}/**/*.{{js,css}}\""));
        var manifest = Inventories.Manifest($$"""{ "artifacts": [{ "match": "*", "allow": [{{patterns}}, "**/x/*.txt"] }] }""");
        var entries = Enumerable.Range(0, 100_000).Select(i => new Entry(new EntryPath($"p{i % 100}/a/b/f{i}.js"), i) { Complete = true }).ToArray();
        var inventory = new Inventory("big.zip", ArtifactKind.Zip, 1, default, entries, [], null);

        Assert.That(Inventories.Run(new UnlistedEntry(), manifest, inventory), Has.Count.EqualTo(40_000));
    }
}
