using System.IO.Abstractions;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Tests.Policy;

public sealed class ProfileTests
{
    private static readonly string[] Leaks =
        ["lib/net8.0/Acme.pdb", "src/Acme.cs", "Acme.csproj", "Acme.sln", ".env", "dist/cli.js.map", "src/cli.ts", "tsconfig.tsbuildinfo", "id_rsa.bak", "x.nupkg", "msbuild.binlog", ".git/config", ".vscode/settings.xyz"];

    [Test]
    public void Closed_lets_an_ordinary_class_library_pass() => Pass("closed", Inventories.NuGet(
        "lib/net8.0/Acme.dll", "lib/net8.0/Acme.xml", "lib/net8.0/de/Acme.resources.dll", "lib/netstandard2.0/_._", "ref/net8.0/Acme.dll", "README.md", "LICENSE.txt", "icon.png", ".signature.p7s",
        "lib/net8.0-windows10.0.19041/Acme.winmd", "runtimes/win-x64/native/acme.dll", "runtimes/linux-x64/native/libacme.so", "runtimes/osx/lib/net8.0/Acme.dll", "runtimes/win10-x64/nativeassets/uap10.0/acme.dll", "THIRD-PARTY-NOTICES.TXT"));

    [Test]
    public void Closed_lets_an_analyzer_pass() => Pass("closed", Inventories.NuGet(
        "analyzers/dotnet/cs/Acme.Analyzers.dll", "analyzers/dotnet/cs/de/Acme.Analyzers.resources.dll", "build/Acme.props", "build/config/analysislevel_9.editorconfig", "tools/install.ps1", "README.md", "documentation/Acme.md", "configuration/all.editorconfig", "editorconfig/All/.editorconfig"));

    [Test]
    public void Closed_lets_a_tool_pass() => Pass("closed", Inventories.NuGet(
        "tools/net8.0/any/DotnetToolSettings.xml", "tools/net8.0/any/acme.dll", "tools/net8.0/any/acme.deps.json", "tools/net8.0/any/acme.runtimeconfig.json", "tools/net8.0/any/de/acme.resources.dll",
        "tools/net8.0/any/runtimes/unix/lib/net8.0/x.dll", "tools/net8.0/linux-x64/acme", "tools/linux_x64/acme", "tools/acme", "README.md", "_content/logo.png"));

    [Test]
    public void Closed_lets_an_MSBuild_package_pass() => Pass("closed", Inventories.NuGet(
        "build/Acme.props", "build/Acme.targets", "buildMultiTargeting/Acme.targets", "buildTransitive/Acme.targets", "build/net8.0/Acme.Tasks.dll", "tools/net8.0/Acme.Tasks.dll", "tools/net8.0/Acme.Tasks.deps.json", "README.md", "lib/netstandard2.0/_._"));

    [Test]
    public void Closed_lets_a_content_package_pass() => Pass("closed", Inventories.NuGet(
        "contentFiles/any/any/words.txt", "contentFiles/any/net8.0/data.json", "content/logo.png", "contentFiles/cs/any/_._"));

    [Test]
    public void Closed_lets_an_npm_package_pass() => Pass("closed", Inventories.Npm(
        "dist/index.js", "dist/index.mjs", "dist/index.cjs", "dist/index.d.ts", "dist/index.d.mts", "dist/style.css", "dist/app.html", "dist/core.wasm", "assets/logo.svg", "fonts/a.woff2", "README.md", "LICENSE", "bin/acme", "dist/bin/acme", "bin/acme.js", "man/acme.1", "locales/de.json"));

    [Test]
    public void Closed_lets_a_publish_folder_pass() => Pass("closed", Inventories.Folder(
        "Acme.dll", "Acme.deps.json", "Acme.runtimeconfig.json", "acme", "appsettings.json", "web.config", "de/Acme.resources.dll", "runtimes/linux-x64/native/libe_sqlite3.so", "wwwroot/index.html", "wwwroot/app.js", "wwwroot/app.js.br @Brotli", "wwwroot/app.js.br!/app.js",
        "wwwroot/app.js.gz @GZip", "wwwroot/app.js.gz!/app.js", "wwwroot/_framework/dotnet.native.wasm", "LICENSE"));

    [Test]
    public void Closed_lets_other_archives_pass()
    {
        Pass("closed", Inventories.Of("acme.snupkg", ArtifactKind.SymbolsPackage, ["[Content_Types].xml", "_rels/.rels", "Acme.nuspec", "lib/net8.0/Acme.pdb"], "Acme"));
        Pass("closed", Inventories.Of("acme.vsix", ArtifactKind.Zip, ["extension.vsixmanifest", "[Content_Types].xml", "extension/package.json", "extension/out/main.js", "extension/readme.md", "extension/LICENSE.txt", "extension/syntaxes/a.tmLanguage"]));
        Pass("closed", Inventories.Of("acme-1.0-py3-none-any.whl", ArtifactKind.Zip, ["acme/__init__.py", "acme/py.typed", "acme-1.0.dist-info/METADATA", "acme-1.0.dist-info/RECORD", "acme-1.0.dist-info/WHEEL", "acme-1.0.dist-info/licenses/LICENSE"]));
        Pass("closed", Inventories.Of("acme.jar", ArtifactKind.Zip, ["META-INF/MANIFEST.MF", "com/acme/Main.class", "com/acme/m.properties", "META-INF/services/com.acme.Spi"]));
        Pass("closed", Inventories.Zip("acme.exe", "acme.dll", "README.md", "data/a.json"));
    }

    [TestCase("Acme.1.0.0.nupkg", ArtifactKind.NuGetPackage)]
    [TestCase("Acme.1.0.0.snupkg", ArtifactKind.SymbolsPackage)]
    [TestCase("acme-1.0.0.tgz", ArtifactKind.NpmPackage)]
    [TestCase("acme.zip", ArtifactKind.Zip)]
    [TestCase("acme.tar.gz", ArtifactKind.Tar)]
    [TestCase("acme.vsix", ArtifactKind.Zip)]
    [TestCase("acme.whl", ArtifactKind.Zip)]
    [TestCase("acme.jar", ArtifactKind.Zip)]
    [TestCase("publish", ArtifactKind.Directory)]
    public void Closed_stops_leaks(string name, ArtifactKind kind)
    {
        var inventory = Inventories.Of(name, kind, Leaks);
        string[] wanted = kind == ArtifactKind.SymbolsPackage ? [.. Leaks.Where(l => !l.EndsWith(".pdb", StringComparison.Ordinal))] : Leaks;

        Assert.That(Unlisted("closed", inventory), Is.EquivalentTo(wanted));
    }

    [TestCase("acme.bin", ArtifactKind.Unknown)]
    [TestCase("acme.data", ArtifactKind.Zip)]
    public void No_profile_knows_artifacts_of_any_name(string name, ArtifactKind kind)
    {
        foreach (var profile in ManifestReader.ProfileNames) Assert.That(Inventories.Profile(profile).For(name).Sections, Is.Empty, $"{profile} {kind}");
    }

    [Test]
    public void Open_lets_symbols_maps_and_sources_ship_but_not_everything()
    {
        foreach (var inventory in new[]
        {
            Inventories.NuGet("lib/net8.0/Acme.dll", "lib/net8.0/Acme.pdb", "src/Acme.cs", "src/Acme.csproj", "README.md"),
            Inventories.Npm("dist/cli.js", "dist/cli.js.map", "src/cli.ts", ".eslintrc.json", "test/a.test.js", "docs/a.md", "Makefile", "yarn.lock"),
            Inventories.Zip("a.pdb", "src/a.cs"),
            Inventories.Folder("a.pdb", "src/a.cs"),
        })
        {
            Pass("open", inventory);
        }

        Assert.That(Unlisted("open", Inventories.Npm(".env", "a.bin", "x.tgz", ".git/index.x", "core.dmp", "a.pem")), Is.EquivalentTo(new[] { ".env", "a.bin", "x.tgz", ".git/index.x", "core.dmp", "a.pem" }));
        var manifest = Inventories.Profile("open");
        Assert.That(manifest.Rules.Select(r => (r.Key.ToString(), r.Value.Severity)), Is.EquivalentTo(
            new[] { "RG2001", "RG2002", "RG2006", "RG2007", "RG2008", "RG3001", "RG3002" }.Select(id => (id, Severity.Note))));
    }

    [Test]
    public void Every_profile_is_a_manifest_whose_text_can_be_printed()
    {
        Assert.That(ManifestReader.ProfileNames, Is.EqualTo(new[] { "closed", "open" }));
        foreach (var name in ManifestReader.ProfileNames)
        {
            Assert.That(ManifestReader.ProfileText(name), Does.StartWith($"// The profile '{name}'"));
            Assert.That(Inventories.Profile(name).Sections, Is.Not.Empty);
        }
    }

    [Test]
    public void The_schema_knows_the_keys_that_the_reader_knows_and_no_others()
    {
        using var schema = JsonDocument.Parse(ManifestReader.SchemaText());
        var root = schema.RootElement;
        var section = root.GetProperty("definitions").GetProperty("section");
        var limits = section.GetProperty("properties").GetProperty("limits");

        Assert.That(Keys(root), Is.EquivalentTo(ManifestReader.ManifestKeys));
        Assert.That(Keys(section), Is.EquivalentTo(ManifestReader.SectionKeys));
        var debug = root.GetProperty("properties").GetProperty("debug");
        Assert.That(Keys(debug), Is.EquivalentTo(ManifestReader.DebugKeys));
        var identifiers = root.GetProperty("properties").GetProperty("identifiers");
        var word = identifiers.GetProperty("properties").GetProperty("words").GetProperty("items").GetProperty("anyOf")[1];
        var pattern = identifiers.GetProperty("properties").GetProperty("patterns").GetProperty("items").GetProperty("anyOf")[1];
        Assert.That(Keys(identifiers), Is.EquivalentTo(IdentifierReader.Keys));
        Assert.That(Keys(word), Is.EquivalentTo(IdentifierReader.WordKeys));
        Assert.That(Keys(pattern), Is.EquivalentTo(IdentifierReader.PatternKeys));
        var known = root.GetProperty("properties").GetProperty("private");
        Assert.That(Keys(known), Is.EquivalentTo(PrivatePackagesReader.Keys));
        Assert.That(section.GetProperty("properties").GetProperty("destination").GetProperty("enum").EnumerateArray().Select(e => e.GetString()), Is.EquivalentTo(ManifestReader.Destinations));
        Assert.That(Keys(limits), Is.EquivalentTo(ManifestReader.LimitKeys));
        var licenses = root.GetProperty("properties").GetProperty("licenses");
        var dependencies = root.GetProperty("properties").GetProperty("dependencies");
        Assert.That(Keys(licenses), Is.EquivalentTo(LicensePolicy.Keys));
        Assert.That(Keys(dependencies), Is.EquivalentTo(DependencyPolicy.Keys));
        var exposure = root.GetProperty("properties").GetProperty("exposure");
        var pathway = Item(exposure, "pathways");
        var (interval, valued) = (root.GetProperty("definitions").GetProperty("interval"), root.GetProperty("definitions").GetProperty("valued"));
        Assert.That(Keys(exposure), Is.EquivalentTo(ExposureReader.Keys));
        Assert.That(Keys(pathway), Is.EquivalentTo(ExposureReader.PathwayKeys));
        Assert.That(Keys(interval), Is.EquivalentTo(ExposureReader.IntervalKeys));
        Assert.That(Keys(valued), Is.EquivalentTo(ExposureReader.ValueKeys));
        Assert.That(Keys(Item(exposure, "controls")), Is.EquivalentTo(ExposureReader.ControlKeys));
        Assert.That(Keys(Item(exposure, "tolerance")), Is.EquivalentTo(ExposureReader.ToleranceKeys));
        Assert.That(Keys(Item(exposure, "approvers")), Is.EquivalentTo(ExposureReader.ApproverKeys));
        foreach (var part in new[] { exposure, pathway, interval, valued, Item(exposure, "controls"), Item(exposure, "tolerance"), Item(exposure, "approvers") }) Assert.That(part.GetProperty("additionalProperties").GetBoolean(), Is.False);
        Assert.That(root.GetProperty("properties").GetProperty("rules").GetProperty("additionalProperties").GetProperty("enum").EnumerateArray().Select(e => e.GetString()), Is.EquivalentTo(ManifestReader.Severities));
        foreach (var part in new[] { root, section, limits, debug, identifiers, word, pattern, known, licenses, dependencies }) Assert.That(part.GetProperty("additionalProperties").GetBoolean(), Is.False);
        foreach (var part in new[] { root, section, limits, debug, identifiers, word, pattern, known, licenses, dependencies })
            foreach (var key in part.GetProperty("properties").EnumerateObject())
                Assert.That(key.Name == "match" || key.Value.TryGetProperty("description", out _), Is.True, key.Name);

        static JsonElement Item(JsonElement part, string key) => part.GetProperty("properties").GetProperty(key).GetProperty("items");

        static IEnumerable<string> Keys(JsonElement part) => part.GetProperty("properties").EnumerateObject().Select(p => p.Name);
    }

    private static void Pass(string profile, Inventory inventory)
    {
        var manifest = Inventories.Profile(profile);
        Rule[] rules = [new UnlistedEntry(), new MissingEntry(), new ForbiddenEntry(), new OverBudget(), new CollidingEntry(), new NestedArchive()];
        Assert.That(rules.SelectMany(r => Inventories.Run(r, manifest, inventory)).Select(f => $"{f.Rule.Id} {f.Path}: {f.Message}"), Is.Empty);
    }

    private static string[] Unlisted(string profile, Inventory inventory) => Inventories.Run(new UnlistedEntry(), Inventories.Profile(profile), inventory).Paths();
}
