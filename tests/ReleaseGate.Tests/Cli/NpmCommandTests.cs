using System.IO.Compression;
using System.Text.Json;
using ReleaseGate.Cli;
using ReleaseGate.Cli.Npm;
using ReleaseGate.Tests.Archives;

namespace ReleaseGate.Tests.Cli;

/// <summary>What <c>releasegate npm</c> does around npm; the real npm stands in the package tests.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class NpmCommandTests : IDisposable
{
    private const string Map = """{ "version": 3, "sources": ["a.ts"], "sourcesContent": ["a"], "mappings": "AAAA" }""";

    private readonly Terminal _terminal = new();
    private readonly List<ProgramStart> _starts = [];

    public NpmCommandTests()
    {
        _terminal.Write("bin/npm");
        _terminal.Write("bin/node");
        Directory.CreateDirectory(In(".git"));
        _terminal.Variables["PATH"] = $"relative{Path.PathSeparator}{Path.PathSeparator}{In("nowhere")}{Path.PathSeparator}{In("bin")}";
        Package("cli", "@acme/cli");
    }

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void What_has_passed_lies_here_and_the_release_line_says_what_to_publish()
    {
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", null));

        Assert.That(_terminal.Run("npm", "cli"), Is.EqualTo(ExitCode.Passed), _terminal.Error + _terminal.Output);
        Assert.That(_terminal.Output, Does.StartWith("acme-cli-1.0.0.tgz: passed, ").And.EndsWith("\npublish these very bytes: npm publish ./acme-cli-1.0.0.tgz\n"));
        Assert.That(Files(), Is.EqualTo(new[] { "acme-cli-1.0.0.tgz" }));
        Assert.That(_terminal.Error, Is.EqualTo("> prepack\n"), "the name of the tarball in the stage helps nobody");
        var start = _starts.Single();
        Assert.That(start.Folder, Is.EqualTo(In("cli")));
        Assert.That(start.Program, Is.EqualTo(In("bin", "npm")));
        Assert.That(start.Arguments.Take(2), Is.EqualTo(new[] { "pack", "--pack-destination" }));
        Assert.That(start.Arguments[2], Does.Not.StartWith(_terminal.Folder), "npm would pack it, or 'npm ci' delete it");
        Assert.That(Path.IsPathFullyQualified(start.Arguments[2]) && !Directory.Exists(start.Arguments[2]));
        Assert.That(start.Arguments.Skip(3), Is.EqualTo(new[] { "--dry-run=false", "--json=false", "--update-notifier=false", "--loglevel=warn" }));
    }

    [Test]
    public void What_is_blocked_lies_aside_and_nothing_of_that_name_here()
    {
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", "dist/index.js.map"));
        _terminal.Write("out/acme-cli-1.0.0.tgz", "older");

        Assert.That(_terminal.Run("npm", "cli", "--output", "out"), Is.EqualTo(ExitCode.Blocked));
        var aside = Path.Combine("cli", "node_modules", ".cache", "releasegate", "rejected");
        Assert.That(Files(), Is.EqualTo(new[] { Path.Combine(aside, "acme-cli-1.0.0.tgz").Replace('\\', '/') }));
        Assert.That(_terminal.Output, Does.StartWith($"{In("cli", "package.json")} : error ").And.Contains("error RG2001: dist/index.js.map: "));
        Assert.That(_terminal.Output, Does.Contain($"\nnothing was released. What was packed lies in {aside}, ").And.EndsWith("run it again: releasegate npm cli\n"));

        // The next one that passes leaves nothing of it.
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", null));
        Assert.That(_terminal.Run("npm", "cli", "--output", "out", "--quiet"), Is.EqualTo(ExitCode.Passed));
        Assert.That(Files(), Is.EqualTo(new[] { "out/acme-cli-1.0.0.tgz" }));
        Assert.That(_terminal.Output + _terminal.Error, Is.Empty);
    }

    [TestCase("a b$(id).tgz", "./a b$(id).tgz")]
    [TestCase("=1.0.0~x+y.tgz", null)]
    public void The_release_line_is_safe_to_copy(string file, string? quoted)
    {
        NpmPacks((file, "acme", null));
        Assert.That(_terminal.Run("npm", "cli"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        var shown = quoted is null ? "./" + file : OperatingSystem.IsWindows() ? $"\"{quoted}\"" : $"'{quoted}'";
        Assert.That(_terminal.Output, Does.EndWith($"\npublish these very bytes: npm publish {shown}\n"));
    }

    [TestCase("@a/../../evil", "1.0.0", "a-..-..-evil-1.0.0.tgz")]
    [TestCase("Upper", "=1.2.3+b.1", "Upper-=1.2.3+b.1.tgz")]
    public void An_older_one_is_gone_before_npm_packs_whatever_its_name(string name, string version, string tarball)
    {
        _terminal.Write("cli/package.json", $$"""{ "name": "{{name}}", "version": "{{version}}" }""");
        _terminal.Write(tarball, "older");
        _terminal.Start = (_, _) =>
        {
            Assert.That(Files(), Is.Empty);
            return 1;
        };
        Assert.That(_terminal.Run("npm", "cli"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(Files(), Is.Empty);
    }

    [Test]
    public void All_or_nothing_of_several()
    {
        Package(".", "all");
        _terminal.Write("all-1.0.0.tgz", "not packed now");
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", null), ("acme-core-1.0.0.tgz", "@acme/core", "dist/index.js.map"));

        Assert.That(_terminal.Run("npm", "--workspaces", "--workspace", "a", "-w", "b", "--ignore-scripts"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(Files().Where(f => !f.Contains("node_modules")), Is.EqualTo(new[] { "all-1.0.0.tgz" }));
        Assert.That(Files(), Has.Length.EqualTo(3));
        Assert.That(_starts.Single().Arguments.TakeLast(4), Is.EqualTo(new[] { "--ignore-scripts", "--workspaces", "--workspace=a", "--workspace=b" }));
    }

    [Test]
    public void Of_tarballs_npm_would_overwrite_none_is_released()
    {
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", null), ("acme-cli-1.0.0.tgz", "acme-cli", null));
        Assert.That(_terminal.Run("npm", "cli", "--workspaces"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("error RG0007: several packages make a tarball of the name 'acme-cli-1.0.0.tgz'"));
        Assert.That(Files(), Is.Empty);
    }

    [Test]
    public void A_script_may_say_the_name_of_the_tarball()
    {
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", null));
        var packs = _terminal.Start;
        _terminal.Start = (start, cancel) =>
        {
            start.Said("acme-cli-1.0.0.tgz");
            return packs(start, cancel);
        };

        Assert.That(_terminal.Run("npm", "cli"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(Files(), Is.EqualTo(new[] { "acme-cli-1.0.0.tgz" }));
    }

    [TestCase(0, "left no tarball")]
    [TestCase(254, "failed with code 254")]
    public void No_tarball_is_no_pass(int code, string said)
    {
        _terminal.Write("acme-cli-1.0.0.tgz", "older");
        _terminal.Start = (start, _) =>
        {
            start.Said("why");
            return code;
        };

        Assert.That(_terminal.Run("npm", "cli", "--quiet", "--json", "report.json"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.StartWith($"{In("cli", "package.json")} : error RG0007: ").And.Contains(said));
        Assert.That(_terminal.Error, Is.EqualTo(code == 0 ? "" : "why\n"), "what npm said is shown where it failed");
        Assert.That(Files(), Is.Empty);
        using var report = JsonDocument.Parse(File.ReadAllText(In("report.json")));
        Assert.That(report.RootElement.GetProperty("result").GetString(), Is.EqualTo("error"));
    }

    [Test]
    public void Ctrl_C_leaves_nothing_behind()
    {
        using var cancel = new CancellationTokenSource();
        using var terminal = new Terminal { Cancel = cancel.Token };
        terminal.Write("npm");
        terminal.Write("package.json", "{}");
        terminal.Variables["PATH"] = terminal.Folder;
        var stage = "";
        terminal.Start = (start, token) =>
        {
            stage = start.Arguments[2];
            File.WriteAllText(Path.Combine(start.Arguments[2], "half.tgz"), "x");
            cancel.Cancel();
            token.ThrowIfCancellationRequested();
            return 0;
        };

        Assert.That(terminal.Run("npm"), Is.EqualTo(ExitCode.Cancelled));
        Assert.That(Directory.GetFiles(terminal.Folder, "*.tgz", SearchOption.AllDirectories), Is.Empty);
        Assert.That(stage, Is.Not.Empty.And.Not.AnyOf(Directory.GetDirectories(Path.GetDirectoryName(stage)!)));
    }

    [TestCase("nowhere", "there is no package.json here")]
    [TestCase("broken", "package.json is no JSON")]
    [TestCase("--worksapces", "there is no option '--worksapces'")]
    public void Nothing_to_pack_is_told_before_npm_runs(string folder, string said)
    {
        _terminal.Write("broken/package.json", "{\n  \"name\": }");
        Directory.CreateDirectory(In("nowhere"));

        Assert.That(_terminal.Run("npm", folder), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain(said));
        if (folder == "broken") Assert.That(_terminal.Output, Does.StartWith($"{In("broken", "package.json")}(2,"));
    }

    [Test]
    public void No_npm_is_told_with_the_next_step()
    {
        _terminal.Variables["PATH"] = In("nowhere");
        Assert.That(_terminal.Run("npm", "cli"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Is.EqualTo("releasegate : error RG0007: npm was not found on PATH, so nothing was packed or checked; install Node.js, which brings npm, or put its folder on PATH\n"));
    }

    [Test]
    public void The_npm_that_runs_us_is_taken_and_that_of_others_is_not()
    {
        var script = _terminal.Write("lib/npm-cli.js");
        var node = _terminal.Write("lib/node");
        _terminal.Variables["npm_execpath"] = script;
        _terminal.Variables["npm_node_execpath"] = node;
        Assert.That(Found(windows: false), Is.EqualTo((node, script)));
        // A node of whom nobody knows where it is: that on PATH.
        _terminal.Variables["npm_node_execpath"] = "node";
        Assert.That(Found(windows: false), Is.EqualTo((In("bin", "node"), script)));
        foreach (var other in (string[])["npm-cli.js", _terminal.Write("lib/pnpm.cjs"), In("gone", "npm-cli.js")])
        {
            _terminal.Variables["npm_execpath"] = other;
            Assert.That(Found(windows: false), Is.EqualTo((In("bin", "npm"), "")), other);
        }
    }

    [Test]
    public void On_Windows_the_script_beside_npm_cmd_is_run()
    {
        Assert.That(() => Found(windows: true), Throws.TypeOf<GateException>(), "a 'npm' without extension is for shells");
        _terminal.Write("bin/npm.cmd");
        _terminal.Write("bin/node.exe");
        Assert.That(() => Found(windows: true), Throws.TypeOf<GateException>());
        var script = _terminal.Write("bin/node_modules/npm/bin/npm-cli.js");
        Assert.That(Found(windows: true), Is.EqualTo((In("bin", "node.exe"), script)));
    }

    [TestCase("prepack", "'prepack'")]
    [TestCase("prepare", "'prepare'")]
    [TestCase("postpack", "'postpack'")]
    [TestCase("prepublish", "'npm install'")]
    [TestCase("publish", "everything is published")]
    [TestCase("postpublish", "everything is published")]
    public void A_script_where_it_makes_no_sense_is_refused(string script, string said)
    {
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", null));
        Lifecycle(script, "cli");
        Assert.That(_terminal.Run("npm", "cli"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain(said).And.Contains("Call it from 'prepublishOnly'"));
        Assert.That(_starts, Is.Empty);

        // A script of another package may gate this one.
        Lifecycle(script, "other");
        Assert.That(_terminal.Run("npm", "cli"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
    }

    [Test]
    public void Inside_its_own_npm_pack_it_stops()
    {
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", null));
        Assert.That(_terminal.Run("npm", "cli"), Is.EqualTo(ExitCode.Passed));
        // A script of a script: nothing of npm's tells.
        foreach (var (name, value) in _starts[0].Variables) _terminal.Variables[name] = value;
        Assert.That(_terminal.Run("npm", "cli"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain("it would call itself without end"));
        Package("other", "other");
        _terminal.Variables["npm_lifecycle_event"] = "gate";
        Assert.That(_terminal.Run("npm", "other"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_starts[^1].Variables.Single().Value, Is.EqualTo(In("cli") + "\n" + In("other")));
    }

    [Test]
    public void Before_a_publish_nothing_stays_and_one_line_says_what_is_not_promised()
    {
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", null));
        Lifecycle("prepublishOnly", "cli");
        _terminal.Write("cli/acme-cli-1.0.0.tgz", "the user's");

        Assert.That(_terminal.Run("npm", "cli"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(_terminal.Output, Does.StartWith("acme-cli-1.0.0.tgz: passed, ").And.Contains("\nacme-cli-1.0.0.tgz: npm packs once more now, and nobody inspects that."));
        Assert.That(Files(), Is.EqualTo(new[] { "cli/acme-cli-1.0.0.tgz" }), "left as it was");
        Assert.That(_terminal.Run("npm", "cli", "--output", "out"), Is.EqualTo(ExitCode.CouldNotRun));

        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", "dist/index.js.map"));
        Assert.That(_terminal.Run("npm", "cli"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.EndWith("; then publish again\n"));
        Assert.That(Files(), Does.Contain("cli/node_modules/.cache/releasegate/rejected/acme-cli-1.0.0.tgz"));
    }

    [TestCase("pnpm/9.0.0 npm/? node/v20", "'pnpm pack'")]
    [TestCase("yarn/1.22.22 npm/? node/v20", "'yarn pack'")]
    public void Before_a_publish_of_another_manager_it_refuses(string agent, string recipe)
    {
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", null));
        Lifecycle("prepublishOnly", "cli");
        _terminal.Variables["npm_config_user_agent"] = agent;
        Assert.That(_terminal.Run("npm", "cli"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.Contain(recipe).And.Contains("'releasegate check' on the tarball"));
    }

    [TestCase("npm_command", true)]
    [TestCase("npm_config_dry_run", true)]
    [TestCase("NPM_CONFIG_DRY_RUN", true)]
    [TestCase("npm_config_workspaces", true)]
    [TestCase("npm_lifecycle_event", true)]
    [TestCase("npm_package_json", true)]
    [TestCase("npm_config_registry", false)]
    [TestCase("npm_config_userconfig", false)]
    [TestCase("npm_execpath", false)]
    [TestCase("PATH", false)]
    public void What_the_outer_command_was_told_is_kept_from_npm(string variable, bool kept)
    {
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", null));
        Assert.That(_terminal.Run("npm", "cli"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_starts[0].Withholds(variable), Is.EqualTo(kept));
    }

    [Test]
    public void A_build_server_gets_annotations_and_MSBuild_gets_lines()
    {
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", "dist/index.js.map"));
        Assert.That(_terminal.Run("npm", "cli", "--format", "github"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("::error file=cli/package.json,"));
        Assert.That(_terminal.Run("npm", "nowhere", "--format", "github"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Does.StartWith("::error "));
        Assert.That(_terminal.Run("npm", "cli", "--format", "msbuild"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain($"{In("cli", "package.json")} : error RG2001: "));
    }

    [Test]
    public void Manifest_and_report_are_found_where_they_are_meant()
    {
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", null));
        _terminal.Write("cli/releasegate.json", """{ "extends": "closed", "artifacts": [ { "match": "*.tgz", "forbid": ["README.md"] } ] }""");
        Assert.That(_terminal.Run("npm", "cli", "--json", "report.json"), Is.EqualTo(ExitCode.Blocked), _terminal.Error);
        Assert.That(_terminal.Output, Does.Contain($"{In("cli", "releasegate.json")}(1,").And.Contains("error RG1003: README.md: "));
        Assert.That(File.Exists(In("report.json")), Is.True);

        _terminal.Write("mild.json", """{ "extends": "closed" }""");
        Assert.That(_terminal.Run("npm", "cli", "--manifest", "mild.json"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Run("npm", "cli/package.json", "--profile", "closed", "--released", "list.txt"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(File.ReadAllLines(In("list.txt")), Is.EqualTo(new[] { In("acme-cli-1.0.0.tgz") }));
        Assert.That(_terminal.Run("npm", "cli", "--released", "list.txt"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(File.Exists(In("list.txt")), Is.False);
    }

    [Test]
    public void A_private_package_and_the_folder_of_pnpm_are_told()
    {
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli\", \"private\": true, \"publishConfig\": { \"directory\": \"dist\" }, \"x\": \"", null));
        Assert.That(_terminal.Run("npm", "cli"), Is.EqualTo(ExitCode.Passed), _terminal.Output);
        Assert.That(_terminal.Output, Does.Contain("acme-cli-1.0.0.tgz: 'publishConfig.directory' is for pnpm").And.Contains("\"private\" is true").And.Not.Contains("npm publish ./"));
    }

    // What 'check' alone means: paths are those of the stage, assemblies are not npm's, and what only the targets ask of it.
    private static readonly string[] OfCheckAlone = ["--first-party", "--shard", "--as", "--project", "--release-to", "--release-each", "--reject-to", "--mark-rejected", "--plan", "--planned", "--unfinished", "--state"];

    private static readonly string[] OfNpmAlone = ["--output", "--workspaces", "--workspace", "--ignore-scripts", "--released"];

    [Test]
    public void It_takes_what_check_takes_and_calls_it_the_same()
    {
        var (npm, check) = (Options("npm"), Options("check"));

        Assert.That(npm.Keys.Except(OfNpmAlone), Is.EquivalentTo(check.Keys.Except(OfCheckAlone)));
        Assert.That(check.Keys, Is.SupersetOf(OfCheckAlone), "an exception that is none any more");
        Assert.That(npm.Keys, Is.SupersetOf(OfNpmAlone));
        // The search for a manifest begins elsewhere.
        foreach (var name in npm.Keys.Except(OfNpmAlone).Except(["--manifest"]))
            Assert.That((npm[name].HelpName, npm[name].Description, npm[name].Hidden, npm[name].ValueType), Is.EqualTo((check[name].HelpName, check[name].Description, check[name].Hidden, check[name].ValueType)), name);

        Dictionary<string, System.CommandLine.Option> Options(string command) =>
            CommandLine.Root(_terminal.Surroundings).Subcommands.Single(c => c.Name == command).Options.ToDictionary(o => o.Name, StringComparer.Ordinal);
    }

    [Test]
    public void What_it_takes_arrives_in_the_request()
    {
        GateRequest? asked = null;
        using var terminal = new Terminal { Check = (request, _, _, _) => { asked = request; throw new GateException(ReleaseGate.Rules.GateRules.NothingInspected.Id, "seen"); }, Start = (start, cancel) => _terminal.Start(start, cancel) };
        foreach (var (name, value) in _terminal.Variables) terminal.Variables[name] = value;
        terminal.Write("cli/package.json", """{ "name": "@acme/cli", "version": "1.0.0" }""");
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", null));
        string Full(string name) => Path.Combine(terminal.Folder, name);

        Assert.That(terminal.Run("npm", "cli", "--policy-from", "origin/main", "--baseline", "old.tgz", "--baseline", "old.receipt.json", "--warn-only", "--as-of", "2027-01-31", "--receipts", "kept",
            "--json", "r.json", "--sarif", "r.sarif", "--sarif-waived", "omit", "--junit", "r.xml", "--markdown", "r.md", "--html", "r.html", "--manifest", "m.json", "--profile", "open", "--rules", "one.dll"), Is.EqualTo(ExitCode.CouldNotRun));

        Assert.That(terminal.Output + terminal.Error, Does.Contain("RG0007: seen"));
        Assert.That(asked!.Baselines, Is.EqualTo(new[] { Full("old.tgz"), Full("old.receipt.json") }));
        Assert.That((asked.PolicyFrom, asked.WarnOnly, asked.AsOf, asked.Receipts, asked.SarifOmitsWaived), Is.EqualTo(("origin/main", true, (DateOnly?)new DateOnly(2027, 1, 31), Full("kept"), true)));
        Assert.That((asked.Report, asked.Sarif, asked.JUnit, asked.Markdown, asked.Html), Is.EqualTo((Full("r.json"), Full("r.sarif"), Full("r.xml"), Full("r.md"), Full("r.html"))));
        Assert.That((asked.Manifest, asked.Profile, asked.SearchFrom), Is.EqualTo((Full("m.json"), "open", Full("cli"))));
        Assert.That(asked.Rules, Is.EqualTo(new[] { Full("one.dll") }));
        Assert.That(terminal.Run("npm", "cli", "--junit", "-"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(terminal.Error, Does.StartWith("releasegate: error: '--junit' wants the name of a file"));
    }

    [Test]
    public void A_tarball_gets_a_receipt_and_one_that_does_not_pass_loses_it()
    {
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", null));
        Assert.That(_terminal.Run("npm", "cli", "--output", "out", "--receipts", "kept"), Is.EqualTo(ExitCode.Passed), _terminal.Error + _terminal.Output);
        var receipt = In("kept", "acme-cli-1.0.0.tgz.receipt.json");
        Assert.That(_terminal.Run("verify", "out/acme-cli-1.0.0.tgz", "--receipt", receipt), Is.EqualTo(ExitCode.Passed), _terminal.Error + _terminal.Output);

        var works = _terminal.Start;
        _terminal.Start = (_, _) => 1;
        Assert.That(_terminal.Run("npm", "cli", "--output", "out", "--receipts", "kept"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(File.Exists(receipt), Is.False, "npm failed");

        _terminal.Start = works;
        Assert.That(_terminal.Run("npm", "cli", "--output", "out", "--receipts", "kept"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", "dist/index.js.map"));
        Assert.That(_terminal.Run("npm", "cli", "--output", "out", "--receipts", "kept"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(File.Exists(receipt), Is.False, "blocked");

        // npm packs once more.
        Lifecycle("prepublishOnly", "cli");
        Assert.That(_terminal.Run("npm", "cli", "--receipts", "kept"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain("'--receipts' has no meaning in 'prepublishOnly'"));
    }

    private static readonly string[] Said = ["out/acme-cli-1.0.0.tgz.cdx.json", "out/acme-cli-1.0.0.tgz.receipt.json", "out/acme-cli-1.0.0.tgz.sigstore.json"];

    [TestCase("--json", "-")]
    [TestCase("--baseline", "nuget")]
    [TestCase("--format", "nonsense")]
    [TestCase("--no-such-option")]
    [TestCase("--manifest", "missing.json")]
    [TestCase("--json", "notes.txt")]
    public void Nothing_that_was_said_of_a_tarball_outlives_a_run_that_is_refused(params string[] more)
    {
        _terminal.Write("notes.txt", "mine");
        Seal("out");
        Assert.That(_terminal.Run([.. Sealing("cli", "out"), .. more]), Is.EqualTo(ExitCode.CouldNotRun), _terminal.Output);
        Assert.That(Written(), Is.Empty, _terminal.Error);
    }

    [Test]
    public void Nothing_that_was_said_of_a_tarball_outlives_the_script_that_may_not_say_it()
    {
        Seal("kept");
        foreach (var script in (string[])["prepublishOnly", "prepack"])
        {
            Seal("kept");
            Lifecycle(script, "cli");
            Assert.That(_terminal.Run("npm", "cli", "--receipts", "kept", "--sbom", "kept", "--seals", "kept", "--seal-key", "release.pem"), Is.EqualTo(ExitCode.CouldNotRun));
            Assert.That(Written(), Is.Empty, script);
            _terminal.Variables.Remove("npm_lifecycle_event");
        }
    }

    [Test]
    public void What_lies_beside_a_tarball_goes_with_it_also_where_nothing_is_to_be_said_of_the_next()
    {
        Seal("out");
        _terminal.Write("out/other-1.0.0.tgz.receipt.json", "{}");
        Assert.That(_terminal.Run("npm", "cli", "--output", "out"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(Written(), Is.EqualTo(new[] { "out/other-1.0.0.tgz.receipt.json" }));

        // What others made stays.
        foreach (var file in Said) _terminal.Write(file, "{ \"mine\": true }");
        Assert.That(_terminal.Run("npm", "cli", "--output", "out"), Is.EqualTo(ExitCode.Passed), _terminal.Error);
        Assert.That(Written(), Is.SupersetOf(Said));
    }

    [TestCase(new[] { "--workspaces" }, new string[0])]
    [TestCase(new[] { "--workspace", "@acme/cli" }, new[] { "acme-core-1.0.0.tgz" })]
    [TestCase(new[] { "-w", "packages/core" }, new[] { "acme-cli-1.0.0.tgz" })]
    [TestCase(new[] { "-w", "packages" }, new string[0])]
    [TestCase(new[] { "-w", "pack" }, new[] { "acme-cli-1.0.0.tgz", "acme-core-1.0.0.tgz" })]
    public void Workspaces_that_npm_does_not_pack_leave_no_earlier_tarballs(string[] which, string[] left)
    {
        _terminal.Write("package.json", """{ "name": "all", "version": "1.0.0", "workspaces": ["packages/*", "!packages/old", "nowhere/*"] }""");
        foreach (var (folder, name) in (ReadOnlySpan<(string, string)>)[("cli", "@acme/cli"), ("core", "@acme/core"), ("old", "@acme/old"), ("cli/node_modules/inner", "inner")]) Package("packages/" + folder, name);
        foreach (var name in (string[])["all", "acme-cli", "acme-core", "acme-old", "inner"])
            foreach (var suffix in (string[])["", ".receipt.json"]) _terminal.Write($"out/{name}-1.0.0.tgz{suffix}", suffix.Length == 0 ? "older" : """{ "schema": "releasegate/receipt/v1" }""");
        _terminal.Start = (_, _) => 1;

        Assert.That(_terminal.Run(["npm", "--output", "out", "--receipts", "out", .. which]), Is.EqualTo(ExitCode.CouldNotRun));
        string[] stay = ["all-1.0.0.tgz", "acme-old-1.0.0.tgz", "inner-1.0.0.tgz", .. left];
        Assert.That(Directory.GetFiles(In("out")).Select(Path.GetFileName), Is.EquivalentTo(stay.SelectMany(f => new[] { f, f + ".receipt.json" })));
    }

    private static string[] Sealing(string folder, string output) =>
        ["npm", folder, "--output", output, "--receipts", output, "--sbom", output, "--seals", output, "--seal-key", "release.pem"];

    private void Seal(string output)
    {
        using (var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256)) _terminal.Write("release.pem", key.ExportPkcs8PrivateKeyPem());
        NpmPacks(("acme-cli-1.0.0.tgz", "@acme/cli", null));
        Assert.That(_terminal.Run(Sealing("cli", output)), Is.EqualTo(ExitCode.Passed), _terminal.Output + _terminal.Error);
        Assert.That(Written(), Is.EqualTo(Said.Select(s => s.Replace("out/", output + "/", StringComparison.Ordinal))));
    }

    // What was said of tarballs, whatever it is.
    private string[] Written() =>
        Directory.GetFiles(_terminal.Folder, "*", SearchOption.AllDirectories).Where(f => f.Contains(".tgz.", StringComparison.Ordinal)).Select(f => Path.GetRelativePath(_terminal.Folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal).ToArray();

    private (string, string) Found(bool windows)
    {
        var npm = NpmProgram.Find(_terminal.Surroundings, windows);
        return (npm.Program, npm.First.SingleOrDefault() ?? "");
    }

    private void Lifecycle(string script, string folder)
    {
        _terminal.Variables["npm_lifecycle_event"] = script;
        _terminal.Variables["npm_package_json"] = In(folder, "package.json");
        _terminal.Variables["npm_config_user_agent"] = "npm/11.0.0 node/v20";
    }

    private void Package(string folder, string name) => _terminal.Write(folder + "/package.json", $$"""{ "name": "{{name}}", "version": "1.0.0" }""");

    /// <summary>What npm is to do from now on: pack these, with an entry that leaks where one is named.</summary>
    private void NpmPacks(params (string File, string Name, string? Leak)[] tarballs) => _terminal.Start = (start, _) =>
    {
        _starts.Add(start);
        start.Said("> prepack");
        foreach (var (file, name, leak) in tarballs)
        {
            var tar = new TarBuilder()
                .Add("package/package.json", $$"""{ "name": "{{name}}", "version": "1.0.0", "license": "MIT", "files": ["dist"] }""")
                .Add("package/README.md", "# Acme\n");
            if (leak is not null) tar.Add("package/" + leak, Map);
            using (var gzip = new GZipStream(File.Create(Path.Combine(start.Arguments[2], file)), CompressionLevel.Fastest)) gzip.Write(tar.Build());
            start.Said(file);
        }

        return 0;
    };

    private string[] Files() =>
        Directory.GetFiles(_terminal.Folder, "*.tgz", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_terminal.Folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal).ToArray();

    private string In(params string[] parts) => Path.Combine([_terminal.Folder, .. parts]);
}
