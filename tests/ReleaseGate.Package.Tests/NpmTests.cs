namespace ReleaseGate.Package.Tests;

/// <summary>What the doors of npm do beside standing: with the real npm and the installed command line.</summary>
public sealed class NpmTests
{
    [Test]
    public void What_is_released_is_what_npm_packs()
    {
        using var sandbox = new Sandbox();
        // A bundled dependency, a file that .npmignore leaves out and a folder that 'files' does not name.
        sandbox.NpmPackage("cli", "@acme/cli", """, "dependencies": { "inner": "1.0.0" }, "bundleDependencies": ["inner"] """);
        sandbox.Write("cli/dist/.npmignore", "secret.txt\n");
        sandbox.Write("cli/dist/secret.txt", "x");
        sandbox.Write("cli/node_modules/inner/package.json", """{ "name": "inner", "version": "1.0.0", "license": "MIT" }""");
        sandbox.Write("cli/node_modules/inner/index.js", "module.exports = 2;\n");

        var run = sandbox.ReleaseGate("npm", "cli", "--output", "gated");
        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(Npm.Run(sandbox, "cli", "pack", "--silent").ExitCode, Is.Zero);

        var tarball = sandbox.In("gated", "acme-cli-1.0.0.tgz");
        Assert.That(File.ReadAllBytes(tarball), Is.EqualTo(File.ReadAllBytes(sandbox.In("cli", "acme-cli-1.0.0.tgz"))));
        Assert.That(Npm.Entries(tarball), Is.EqualTo(new[] { "README.md", "dist/index.js", "node_modules/inner/index.js", "node_modules/inner/package.json", "package.json" }));
        Assert.That(run.Lines, Does.Contain("publish these very bytes: npm publish ./gated/acme-cli-1.0.0.tgz"));
        // Nothing of the run is left in the package.
        Assert.That(Directory.GetFileSystemEntries(sandbox.In("cli", "node_modules")), Has.Length.EqualTo(1));

        // The bundled package ships too.
        sandbox.Write("cli/node_modules/inner/index.js.map", """{ "version": 3, "sources": ["a.ts"], "sourcesContent": ["a"], "mappings": "AAAA" }""");
        var leaky = sandbox.ReleaseGate("npm", "cli", "--output", "gated");
        Assert.That(leaky.ExitCode, Is.EqualTo(1), leaky.Output);
        Assert.That(leaky.Output, Does.Contain("error RG2001: node_modules/inner/index.js.map: "));
        Assert.That(File.Exists(tarball), Is.False);
    }

    [Test]
    public void The_release_line_publishes_the_bytes_that_were_inspected()
    {
        using var sandbox = new Sandbox();
        sandbox.NpmPackage("cli", "@acme/cli", """, "scripts": { "prepublishOnly": "node -e \"process.exit(9)\"" } """);
        var run = sandbox.ReleaseGate("npm", "cli");
        Assert.That(run.ExitCode, Is.Zero, run.Output);
        var line = run.Lines.Single(l => l.StartsWith("publish these very bytes: npm publish ", StringComparison.Ordinal));

        // No script runs any more, and nothing is packed again.
        var published = Registry.Publish(sandbox, ".", line.Split(' ')[^1]);

        Assert.That(published.ExitCode, Is.Zero, published.Output);
        Assert.That(File.ReadAllBytes(sandbox.In("registry", "@acme-cli-1.0.0.tgz")), Is.EqualTo(File.ReadAllBytes(sandbox.In("acme-cli-1.0.0.tgz"))));
    }

    [Test]
    public void As_prepublishOnly_it_leaves_no_tarball_and_says_what_it_cannot_promise()
    {
        using var sandbox = new Sandbox();
        sandbox.NpmPackage("cli", "@acme/cli", Script("prepublishOnly", "npm"));

        var run = Registry.Publish(sandbox, "cli");

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(run.Lines, Has.One.StartsWith("acme-cli-1.0.0.tgz: npm packs once more now, and nobody inspects that."));
        Assert.That(sandbox.Tarballs(), Is.EqualTo(new[] { "@acme-cli-1.0.0.tgz" }), "only at the registry");
        // Also where npm only pretends: it tells its scripts so, and they must not.
        sandbox.Write("cli/dist/index.js.map", """{ "version": 3, "sources": ["a.ts"], "sourcesContent": ["a"], "mappings": "AAAA" }""");
        var pretended = Registry.Publish(sandbox, "cli", "--dry-run");
        Assert.That(pretended.ExitCode, Is.Not.Zero, pretended.Output);
        Assert.That(pretended.Errors, Does.Contain("RG2001"), pretended.Output);
    }

    [TestCase("prepack", "npm", "'prepack'")]
    [TestCase("prepare", "npm --quiet", "'prepare'")]
    public void Where_it_would_call_itself_it_says_so(string script, string arguments, string named)
    {
        using var sandbox = new Sandbox();
        sandbox.NpmPackage("cli", "@acme/cli", Script(script, arguments));

        var inside = Npm.Run(sandbox, "cli", "pack");
        var outside = sandbox.ReleaseGate("npm", "cli");

        Assert.That(inside.ExitCode, Is.Not.Zero, inside.Output);
        Assert.That(inside.Output, Does.Contain(named).And.Contains("Call it from 'prepublishOnly'"));
        Assert.That(outside.ExitCode, Is.EqualTo(2), outside.Output);
        Assert.That(outside.Output, Does.Contain("it would call itself without end"));
        Assert.That(sandbox.Tarballs(), Is.Empty);
    }

    [Test]
    public void What_npm_cannot_pack_is_no_pass()
    {
        using var sandbox = new Sandbox();
        sandbox.NpmPackage("cli", "@acme/cli", """, "scripts": { "prepack": "node -e \"console.error('no bundle today'); process.exit(3)\"" } """);
        sandbox.Write("acme-cli-1.0.0.tgz", "old");

        var run = sandbox.ReleaseGate("npm", "cli", "--json", "report.json");

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Output);
        Assert.That(run.Output, Does.Contain("no bundle today").And.Contains("'npm pack' failed with code ").And.Contains("package.json : error RG0007: "));
        Assert.That(sandbox.Tarballs(), Is.Empty, "an older one would look like this one");
        Assert.That(File.ReadAllText(sandbox.In("report.json")), Does.Contain("\"error\""));
        Assert.That(sandbox.ReleaseGate("npm", "cli", "--ignore-scripts").ExitCode, Is.Zero);
    }

    [Test]
    public void Two_packages_do_not_take_one_another_s_name()
    {
        using var sandbox = new Sandbox();
        sandbox.Write("package.json", """{ "name": "all", "version": "1.0.0", "private": true, "workspaces": ["packages/*"] }""");
        sandbox.NpmPackage("packages/a", "@acme/cli");
        sandbox.NpmPackage("packages/b", "acme-cli");

        var both = sandbox.ReleaseGate("npm", "--workspaces");
        Assert.That(both.ExitCode, Is.EqualTo(2), both.Output);
        Assert.That(both.Output, Does.Contain("several packages make a tarball of the name 'acme-cli-1.0.0.tgz'"));
        Assert.That(sandbox.Tarballs(), Is.Empty);

        var one = sandbox.ReleaseGate("npm", "-w", "@acme/cli", "-w", "packages/b");
        Assert.That(one.ExitCode, Is.EqualTo(2), one.Output);
        one = sandbox.ReleaseGate("npm", "-w", "packages/a");
        Assert.That(one.ExitCode, Is.Zero, one.Output);
        Assert.That(sandbox.Tarballs(), Is.EqualTo(new[] { "acme-cli-1.0.0.tgz" }));
    }

    [Test]
    public void A_tarball_of_an_earlier_version_is_noticed_in_the_next()
    {
        using var sandbox = new Sandbox();
        sandbox.NpmPackage("cli", "acme", """, "private": true """);
        sandbox.Write("cli/dist/acme-0.9.0.tgz", "x");
        File.Copy(sandbox.In("cli", "package.json"), sandbox.In("cli", "dist", "data.json"));
        using (var tar = new System.Formats.Tar.TarWriter(new System.IO.Compression.GZipStream(File.Create(sandbox.In("cli", "dist", "acme-0.9.0.tgz")), System.IO.Compression.CompressionLevel.Fastest)))
            tar.WriteEntry(sandbox.In("cli", "README.md"), "package/README.md");

        var run = sandbox.ReleaseGate("npm", "cli");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Output);
        Assert.That(run.Errors, Does.Contain("RG1008"), run.Output);
        Assert.That(run.Output, Does.Contain("error RG1008: dist/acme-0.9.0.tgz: "));
    }

    [Test]
    public void A_build_over_several_frameworks_packs_once_and_a_warning_that_counts_as_an_error_releases_nothing()
    {
        using var sandbox = new Sandbox();
        sandbox.Library(frameworks: $"{Sandbox.Framework};net8.0", properties: "<ReleaseGateNpmAfterTargets>\n  build;\n  Pack\n</ReleaseGateNpmAfterTargets>",
            more: """<ItemGroup><ReleaseGateNpmPackage Include="ClientApp" OutputFolder="../out; put/" /></ItemGroup>""".Replace("; ", "%3B "));
        sandbox.NpmPackage("Acme/ClientApp", "@acme/client");

        var build = sandbox.Dotnet("build", "Acme", "-tl:off", "-nologo", "-bl:" + sandbox.In("build.binlog"));
        Assert.That(build.ExitCode, Is.Zero, build.Output);
        var log = BuildLog.Read(sandbox.In("build.binlog"));
        Assert.That(log.Targets.Count(t => t == "_ReleaseGateNpmPack"), Is.EqualTo(1));
        Assert.That(File.Exists(sandbox.In("out; put", "acme-client-1.0.0.tgz")), Is.True, build.Output);

        // The bundle points at a map that is not there: RG2005, a warning.
        sandbox.Write("Acme/ClientApp/dist/index.js", "module.exports = 1;\n//# sourceMappingURL=index.js.map\n");
        var strict = sandbox.Dotnet("build", "Acme", "-tl:off", "-nologo", "-p:MSBuildWarningsAsErrors=RG2005");
        Assert.That(strict.ExitCode, Is.Not.Zero, strict.Output);
        Assert.That(strict.Errors, Does.Contain("RG2005"), strict.Output);
        Assert.That(sandbox.Tarballs(), Is.Empty);
    }

    [TestCase("task")]
    [TestCase("process")]
    public void A_publish_gates_it_too(string host)
    {
        using var sandbox = new Sandbox(" it's & $HOME (süß)");
        sandbox.Library(properties: $"<OutputType>Exe</OutputType><DebugType>none</DebugType><ReleaseGateHost>{host}</ReleaseGateHost><ReleaseGateReportPath>obj/the report.json</ReleaseGateReportPath>",
            more: """<ItemGroup><ReleaseGateNpmPackage Include="Client App/" OutputFolder="../out" /></ItemGroup>""");
        sandbox.Write("Acme/Class1.cs", "System.Console.WriteLine();");
        sandbox.NpmPackage("Acme/Client App", "@acme/client");

        var clean = sandbox.Dotnet("publish", "Acme", "-tl:off", "-nologo");
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(clean.Output, Does.Contain($"Acme -> {sandbox.In("out", "acme-client-1.0.0.tgz")} (passed ReleaseGate)"));
        Assert.That(File.ReadAllText(sandbox.In("Acme", "obj", "the report.npm.Client App.json")), Does.Contain("\"passed\""));

        sandbox.Write("Acme/Client App/dist/index.js.map", """{ "version": 3, "sources": ["a.ts"], "sourcesContent": ["a"], "mappings": "AAAA" }""");
        var leaky = sandbox.Dotnet("publish", "Acme", "--no-build", "-tl:off", "-nologo");
        Assert.That(leaky.ExitCode, Is.Not.Zero, leaky.Output);
        Assert.That(leaky.Errors, Does.Contain("RG2001"), leaky.Output);
        Assert.That(leaky.Output, Does.Contain($"{sandbox.In("Acme", "Client App", "package.json")} : error RG2001: dist/index.js.map: "));
        Assert.That(sandbox.Tarballs(), Is.Empty);
        Assert.That(sandbox.Dotnet("build", "Acme", "-tl:off", "-nologo").ExitCode, Is.Zero, "nothing is released by a build");
    }

    [TestCase("Buidl")]
    [TestCase("%3B")]
    public void A_door_that_nobody_would_open_fails_the_build(string targets)
    {
        using var sandbox = new Sandbox();
        sandbox.NoTargets("Web", """<ReleaseGateNpmPackage Include="app" />""", $"<ReleaseGateNpmAfterTargets>{targets}</ReleaseGateNpmAfterTargets>");
        sandbox.NpmPackage("Web/app", "acme");

        var misspelled = sandbox.Dotnet("build", "Web", "-tl:off", "-nologo");
        Assert.That(misspelled.ExitCode, Is.Not.Zero, misspelled.Output);
        Assert.That(misspelled.Errors, Is.EqualTo(new[] { "RG0007" }), misspelled.Output);
        Assert.That(misspelled.Output, Does.Contain("ReleaseGateNpmAfterTargets is '"));

        var off = sandbox.Dotnet("build", "Web", "-tl:off", "-nologo", "-p:ReleaseGateEnabled=false");
        Assert.That(off.ExitCode, Is.Zero, off.Output);
        Assert.That(off.Output, Does.Contain("warning ReleaseGateDisabled: "));
        Assert.That(sandbox.Tarballs(), Is.Empty);
    }

    private static string Script(string name, string arguments) =>
        $$""", "scripts": { "{{name}}": "dotnet \"{{Feed.Tool.Replace('\\', '/')}}/releasegate.dll\" {{arguments}}" }""";
}
