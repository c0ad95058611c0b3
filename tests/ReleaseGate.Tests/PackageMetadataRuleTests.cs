using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;
using ReleaseGate.Tests.Policy;

namespace ReleaseGate.Tests;

/// <summary>The readers behind RG5005, RG5007, RG5008 and RG5009: tables, and any text.</summary>
public sealed class PackageMetadataRuleTests
{
    [TestCase("1.0.0", true)]
    [TestCase("v1.0.0", true)]
    [TestCase("0.1.0+a-b", true)]
    [TestCase("1.0.0.0", true)]
    [TestCase("1.0.0-rc.1", false)]
    [TestCase("1.0.0-", false)]
    [TestCase("", false)]
    [TestCase("$version$", false)]
    public void A_version_is_stable(string version, bool stable) => Assert.That(VersionRange.IsStable(version), Is.EqualTo(stable));

    [TestCase("1.0.0-beta", true)]
    [TestCase("[1.0.0-beta]", true)]
    [TestCase("[1.0.0-beta, )", true)]
    [TestCase("(1.0.0-beta,2.0.0)", true)]
    [TestCase(" [ 1.0.0-beta , 2.0.0 ] ", true)]
    [TestCase("1.0.0-*", true)]
    [TestCase("1.0.0", false)]
    [TestCase("[1.0.0,2.0.0-beta)", false)]
    [TestCase("(,2.0.0-beta]", false)]
    [TestCase("1.0.0+a-b", false)]
    [TestCase("*", false)]
    [TestCase("-", false)]
    [TestCase("[", false)]
    [TestCase("[]", false)]
    [TestCase("", false)]
    public void NuGet_takes_a_prerelease(string range, bool prerelease) => Assert.That(VersionRange.NeedsPrereleaseOfNuGet(range), Is.EqualTo(prerelease));

    [TestCase("1.0.0-rc.1", true)]
    [TestCase("=1.0.0-rc.1", true)]
    [TestCase("v1.0.0-rc.1", true)]
    [TestCase("^1.0.0-rc.1", true)]
    [TestCase("~ 1.0.0-rc.1", true)]
    [TestCase("~>1.0.0-rc.1", true)]
    [TestCase(">=1.0.0-rc.1 <2.0.0", true)]
    [TestCase("<2.0.0 >=1.0.0-rc.1", true)]
    [TestCase("1.0.0-rc.1 - 2.0.0", true)]
    [TestCase("^1.0.0-rc.1 || ^2.0.0-rc.1", true)]
    [TestCase("canary", true)]
    [TestCase(" next ", true)]
    [TestCase("npm:x@1.0.0-rc.1", true)]
    [TestCase("npm:@acme/x@next", true)]
    [TestCase("1.0.0", false)]
    [TestCase("^7.0.0-0", false)]
    [TestCase("^18 || ^19.0.0-rc", false)]
    [TestCase("^19.0.0-rc || ^18", false)]
    [TestCase("<2.0.0-rc.1", false)]
    [TestCase("<= 2.0.0-rc.1", false)]
    [TestCase("1.0.0 - 2.0.0-rc.1", false)]
    [TestCase(">=1.0.0-rc.1 >=1.2.0", false)]
    [TestCase("1.0.0+a-b", false)]
    [TestCase("*", false)]
    [TestCase("x", false)]
    [TestCase("", false)]
    [TestCase("||", false)]
    [TestCase("latest", false)]
    [TestCase("next-14", false)]
    [TestCase("npm:x", false)]
    [TestCase("npm:@acme/x", false)]
    [TestCase("npm:", false)]
    [TestCase("npm:@", false)]
    [TestCase("workspace:1.0.0-rc.1", false)]
    [TestCase("acme/x#1.0.0-rc.1", false)]
    [TestCase("file:../x-1.0.0-rc.1", false)]
    public void Npm_takes_a_prerelease(string range, bool prerelease) => Assert.That(VersionRange.NeedsPrereleaseOfNpm(range), Is.EqualTo(prerelease));

    [TestCase("$version$", "$version$", "$version$", "$version$")]
    [TestCase("a $version$ b", "$version$", "$version$", null)]
    [TestCase("a $other$ b", "$other$", null, null)]
    [TestCase("$(Version)", "$(Version)", "$(Version)", "$(Version)")]
    [TestCase("x$(Version)", "$(Version)", null, null)]
    [TestCase("${version}", "${version}", "${version}", "${version}")]
    [TestCase("{{ version }}", "{{ version }}", "{{ version }}", "{{ version }}")]
    [TestCase("<%= name %>", "<%= name %>", "<%= name %>", "<%= name %>")]
    [TestCase("<%name%>", "<%name%>", "<%name%>", "<%name%>")]
    [TestCase("__VERSION__", null, "__VERSION__", "__VERSION__")]
    [TestCase("%VERSION%", null, "%VERSION%", "%VERSION%")]
    [TestCase("@VERSION@", null, "@VERSION@", "@VERSION@")]
    [TestCase("#{Version}#", "#{Version}#", "#{Version}#", "#{Version}#")]
    [TestCase("__version__", null, null, null)]
    [TestCase("costs $5$ or $ 6 $", null, null, null)]
    [TestCase("$", null, null, null)]
    [TestCase("$$", null, null, null)]
    [TestCase("${}", null, null, null)]
    [TestCase("{{}}", null, null, null)]
    [TestCase("{{#if x}}", null, null, null)]
    [TestCase("$(a b)", null, null, null)]
    [TestCase("", null, null, null)]
    public void Tokens(string text, string? within, string? title, string? whole)
    {
        Assert.That((PlaceholderText.Within(text), PlaceholderText.WithinTitle(text), PlaceholderText.Whole(text)), Is.EqualTo((within, title, whole)));
    }

    /// <summary>Whatever somebody writes into a package, nothing throws, and a token is part of the text.</summary>
    [Test]
    public void Any_text_is_read()
    {
        string[] pieces = ["$", "(", ")", "{", "}", "%", "_", "__", "@", "#", "<%", "=", "%>", "A", "x1", "npm:", "||", "^", "~", ">", "<", " - ", "-", "1.0.0", "-rc", ".", ",", "[", "]", " ", "/", "\0", "é", "\ud800", "99999999999999999999"];
        var random = new Random(5008);
        for (var round = 0; round < 50_000; round++)
        {
            var text = "";
            for (var count = random.Next(10); count >= 0; count--) text += pieces[random.Next(pieces.Length)];
            foreach (var token in new[] { PlaceholderText.Within(text), PlaceholderText.WithinName(text), PlaceholderText.WithinTitle(text), PlaceholderText.Whole(text) })
                if (token is not null) Assert.That(text, Does.Contain(token));
            Assert.That(PlaceholderText.WithinName(text) is not null || PlaceholderText.Within(text) is null, text);
            // A range that takes a prerelease takes one still when it is surrounded by blanks.
            Assert.That(VersionRange.NeedsPrereleaseOfNpm($" {text} "), Is.EqualTo(VersionRange.NeedsPrereleaseOfNpm(text) || VersionRange.NeedsPrereleaseOfNpm(text.Trim())), text);
            Assert.That(VersionRange.NeedsPrereleaseOfNuGet($" {text} "), Is.EqualTo(VersionRange.NeedsPrereleaseOfNuGet(text)), text);
            if (VersionRange.NeedsPrereleaseOfNuGet(text)) Assert.That(text, Does.Contain("-"));
        }
    }

    /// <summary>A name that a tool gives a package says nothing against it, and one with another version does.</summary>
    [TestCase("Acme", "1.0.0", Artifacts.ArtifactKind.NuGetPackage, "{0}.{1}.nupkg")]
    [TestCase("Acme.2", "1.0.0-rc.1", Artifacts.ArtifactKind.NuGetPackage, "{0}.{1}.nupkg")]
    [TestCase("Acme.Core.Symbols", "1.0.0", Artifacts.ArtifactKind.NuGetPackage, "{0}.{1}.nupkg")]
    [TestCase("Acme.Core.Symbols", "1.0.0", Artifacts.ArtifactKind.NuGetPackage, "{0}.{1}.symbols.nupkg")]
    [TestCase("Acme", "1.0.0.5", Artifacts.ArtifactKind.SymbolsPackage, "{0}.{1}.snupkg")]
    [TestCase("acme", "1.0.0", Artifacts.ArtifactKind.NpmPackage, "{0}-{1}.tgz")]
    [TestCase("acme-2", "1.0.0-rc-2", Artifacts.ArtifactKind.NpmPackage, "{0}-{1}.tgz")]
    [TestCase("acme", "1.0.0", Artifacts.ArtifactKind.NpmPackage, "{0}-v{1}.tgz")]
    public void File_names_of_the_tools(string id, string version, Artifacts.ArtifactKind kind, string pattern)
    {
        string[] entries = kind == Artifacts.ArtifactKind.NpmPackage ? ["package.json"] : [id + ".nuspec"];
        string Said(string name) => string.Join("; ", Inventories.Run(new VersionMismatch(), Inventories.Manifest("{}"), Inventories.Of(name, kind, entries, id, version)).Select(f => f.Message));

        Assert.That(Said(string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, id, version)), Is.Empty);
        Assert.That(Said(string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, id, "3.1.4")), Is.EqualTo($"says version '{version}', the package's file name says '3.1.4'"));
    }

    [TestCase("""{ "licenses": { "allow": [] } }""", 1, 26, "\"allow\" is empty")]
    [TestCase("""{ "licenses": {} }""", 1, 15, "it has the key \"allow\"")]
    [TestCase("""{ "licenses": { "deny": ["MIT"] } }""", 1, 17, "\"licenses\" has no key \"deny\", only allow")]
    [TestCase("""{ "licenses": ["MIT"] }""", 1, 15, "\"licenses\" must be an object")]
    [TestCase("""{ "licenses": { "allow": [1] } }""", 1, 27, "this is a number")]
    [TestCase("""{ "licenses": { "allow": ["MTI"] } }""", 1, 27, "'MTI' is no identifier of the SPDX License List; a licence of one's own is named LicenseRef-…, a file \"file:LICENSE.txt\"; did you mean 'MIT'?")]
    [TestCase("""{ "licenses": { "allow": ["Apache 2.0"] } }""", 1, 27, "'Apache 2.0' is no SPDX identifier: AND, OR or the end is missing, at character 8; did you mean 'Apache-2.0'?")]
    [TestCase("""{ "licenses": { "allow": ["MIT", "Zlib OR ISC"] } }""", 1, 34, "names several licences")]
    [TestCase("""{ "licenses": { "allow": ["file:"] } }""", 1, 27, "the name of the file is missing")]
    [TestCase("""{ "dependencies": { "allow": "x" } }""", 1, 30, "\"allow\" must be an array")]
    [TestCase("""{ "dependencies": { "allow": [""] } }""", 1, 31, "it is empty")]
    [TestCase("""{ "dependencies": { "allow": ["x@1.0.0"] } }""", 1, 31, "the version has no place here")]
    [TestCase("""{ "dependencies": { "allow": ["@acme"] } }""", 1, 31, "a scope is followed by '/'")]
    [TestCase("""{ "dependencies": { "allow": ["{id}"] } }""", 1, 31, "write the id or name without a version")]
    [TestCase("""{ "dependencies": { "allow": ["a", "a"] } }""", 1, 36, "stands in \"allow\" a second time")]
    [TestCase("""{ "dependencies": { "allow": ["a//b"] } }""", 1, 31, "is no name of packages")]
    [TestCase("""{ "dependencies": { "permit": ["a"] } }""", 1, 21, "\"dependencies\" has no key \"permit\", only allow")]
    public void Manifests_that_are_wrong(string manifest, int line, int column, string message)
    {
        var error = Assert.Throws<GateException>(() => Inventories.Manifest(manifest))!;
        Assert.That((error.Line, error.Column), Is.EqualTo((line, column)), error.Message);
        Assert.That(error.Message, Does.Contain(message));
    }

    [Test]
    public void Without_the_keys_nothing_is_listed()
    {
        var manifest = Inventories.Manifest("{}");
        Assert.That((manifest.Licenses.IsConfigured, manifest.Dependencies.IsConfigured), Is.EqualTo((false, false)));
        Assert.That(Inventories.Manifest("""{ "dependencies": { "allow": [] } }""").Dependencies.IsConfigured, Is.True);
    }

    [TestCase("Acme.Core", true, true)]
    [TestCase("acme.core", true, true)]
    [TestCase("acme.core", false, false)]
    [TestCase("Acme", true, false)]
    [TestCase("NotAcme.Core", true, false)]
    [TestCase("@acme/core", false, true)]
    [TestCase("@acme/core/x", false, false)]
    [TestCase("@acme2/core", false, false)]
    public void Names_of_dependencies(string id, bool ignoreCase, bool allowed) =>
        Assert.That(Inventories.Manifest("""{ "dependencies": { "allow": ["Acme.*", "@acme/*"] } }""").Dependencies.Allows(id, ignoreCase), Is.EqualTo(allowed));

    [Test]
    public void What_is_to_be_listed_is_what_the_list_is_asked_for()
    {
        var entry = new Entry(new EntryPath("package.json"), 0);
        var package = new PackageMetadata("a", "1.0.0", [new("al", "npm:@real/one@1.1.1", "dependencies"), new("git", "git+https://github.com/x/y.git", "dependencies"), new("plain", "1", "dependencies")], [], entry);
        var inventory = new Inventory("a.tgz", ArtifactKind.NpmPackage, 1, default, [entry], [], package);

        var fixes = Inventories.Run(new UndeclaredDependency(), Inventories.Manifest("""{ "dependencies": { "allow": [] } }"""), inventory).Select(f => f.Fix);

        Assert.That(fixes, Is.EqualTo(new[]
        {
            "List \"@real/one\" under 'dependencies' in the manifest, or move it to devDependencies.",
            "Take it from a registry, or move it to devDependencies.",
            "List \"plain\" under 'dependencies' in the manifest, or move it to devDependencies.",
        }));
    }
}
