using System.Text.RegularExpressions;

namespace ReleaseGate.Package.Tests;

/// <summary>The recipes of docs/ci.md, action.yml and .pre-commit-hooks.yaml do what they say, with the real tool.</summary>
public sealed partial class RecipeTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Feed.Repository, "docs", "ci.md"));

    private static readonly string Action = File.ReadAllText(Path.Combine(Feed.Repository, "action.yml"));

    [OneTimeSetUp]
    public static void RequireShell()
    {
        if (NpmWrapper.Find("bash") is null || NpmWrapper.Find("git") is null) Assert.Ignore("bash or git is not installed; they run the recipes");
    }

    private static IEnumerable<string> Checks => Command().Matches(Page).Select(m => m.Groups["arguments"].Value.TrimEnd('\'').Replace("\"$GITHUB_STEP_SUMMARY\"", "summary.md")).Where(a => !a.Contains("--shard") && !a.Contains("--policy-from")).Distinct();

    [Test]
    public void The_page_has_checks() => Assert.That(Checks.Count(), Is.GreaterThanOrEqualTo(2));

    [TestCaseSource(nameof(Checks))]
    public void A_check_of_the_page_passes_and_blocks(string arguments)
    {
        using var sandbox = new Sandbox();
        Package(sandbox, "artifacts");
        var command = arguments.Split(' ');

        var clean = sandbox.ReleaseGate(command);
        Package(sandbox, "artifacts", leaky: true);
        var leaky = sandbox.ReleaseGate(command);

        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(leaky.ExitCode, Is.EqualTo(1), leaky.Output);
        Assert.That(leaky.Errors, Does.Contain("RG2013"));
        // The reports of a red run are the ones that somebody reads.
        foreach (var file in command.Where(a => a.StartsWith("releasegate.", StringComparison.Ordinal) || a == "summary.md")) Assert.That(File.ReadAllText(sandbox.In(file)), Does.Contain("RG2013"), file);
    }

    [Test]
    public void The_shards_of_the_page_join_to_one_verdict()
    {
        using var sandbox = new Sandbox();
        for (var i = 0; i < 4; i++) Package(sandbox, "artifacts", version: $"1.0.{i}");
        string Line(string command) => Regex.Match(Page, $@"(?m)^\s*- run: dotnet releasegate ({command} .*--json .*)$").Groups[1].Value;

        foreach (var shard in (string[])["1", "2", "3", "4"])
        {
            var run = sandbox.ReleaseGate(Line("check").Replace("${{ matrix.shard }}", shard).Split(' '));
            Assert.That(run.ExitCode, Is.Zero, run.Output);
        }

        var merged = sandbox.ReleaseGate(Line("merge").Split(' '));
        File.Delete(sandbox.In("shard-3.json"));
        var missing = sandbox.ReleaseGate(Line("merge").Split(' '));

        Assert.That(merged.ExitCode, Is.Zero, merged.Output);
        Assert.That(missing.ExitCode, Is.Not.Zero, missing.Output);
    }

    [Test]
    public void The_tool_manifest_brings_the_tool()
    {
        using var sandbox = new Sandbox();
        Package(sandbox, "artifacts");

        foreach (var line in Blocks("").Single(b => b.Contains("dotnet new tool-manifest")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var run = sandbox.Dotnet([.. line.Split(' ')[1..], .. line.Contains("install") ? (string[])["--version", Feed.Version] : []]);
            Assert.That(run.ExitCode, Is.Zero, run.Output);
        }

        var restore = sandbox.Dotnet("tool", "restore");
        var check = sandbox.Dotnet("releasegate", "check", "artifacts");

        Assert.That(restore.ExitCode, Is.Zero, restore.Output);
        Assert.That(check.ExitCode, Is.Zero, check.Output);
        Assert.That(check.Output, Does.Contain("Acme.1.0.0.nupkg: passed, "));
    }

    [Test]
    public void The_action_installs_the_tool_and_checks()
    {
        using var sandbox = new Sandbox();
        Package(sandbox, "my artifacts");
        Package(sandbox, "$(touch pwned)");

        var clean = RunAction(sandbox, Feed.Version, "my artifacts\r\n\n$(touch pwned)/*.nupkg\n", "--quiet --json report.json");
        var again = RunAction(sandbox, Feed.Version, "my artifacts\n", "");
        Package(sandbox, "my artifacts", leaky: true);
        var leaky = RunAction(sandbox, Feed.Version, "my artifacts", "");
        var nothing = RunAction(sandbox, Feed.Version, "", "");
        var odd = RunAction(sandbox, Feed.Version, "my artifacts", "--json * $(touch pwned)");

        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(File.ReadAllText(sandbox.In("report.json")), Does.Contain("my artifacts").And.Contain("$(touch pwned)"));
        Assert.That(again.ExitCode, Is.Zero, again.Output);
        Assert.That(again.Output, Does.Not.Contain("successfully installed"), "it is installed already");
        Assert.That(leaky.ExitCode, Is.EqualTo(1), leaky.Output);
        Assert.That(leaky.Lines, Has.Some.StartsWith("::error ").And.Some.Contains("RG2013"));
        Assert.That(nothing.ExitCode, Is.EqualTo(2), nothing.Output);
        Assert.That(odd.ExitCode, Is.EqualTo(2), odd.Output);
        Assert.That(File.Exists(sandbox.In("pwned")), Is.False, "an input was read as a command");
    }

    [Test]
    public void The_action_takes_the_tool_manifest_too()
    {
        using var sandbox = new Sandbox();
        Package(sandbox, "artifacts");
        Assert.That(RunAction(sandbox, "", "artifacts", "").ExitCode, Is.Not.Zero, "there is no tool manifest yet");
        Assert.That(sandbox.Dotnet("new", "tool-manifest").ExitCode, Is.Zero);
        Assert.That(sandbox.Dotnet("tool", "install", "ReleaseGate.Tool", "--version", Feed.Version).ExitCode, Is.Zero);

        var run = RunAction(sandbox, "", "artifacts", "--profile open");

        Assert.That(run.ExitCode, Is.Zero, run.Output);
        Assert.That(run.Output, Does.Contain("Acme.1.0.0.nupkg: passed, "));
    }

    [Test]
    public void The_action_installs_the_version_it_belongs_to_and_documents_every_input()
    {
        var version = Regex.Match(File.ReadAllText(Path.Combine(Feed.Repository, "Directory.Build.props")), "<Version>(.*)</Version>").Groups[1].Value;
        var inputs = Regex.Matches(Action[Action.IndexOf("inputs:", StringComparison.Ordinal)..Action.IndexOf("runs:", StringComparison.Ordinal)], "(?m)^  ([a-z-]+):$").Select(m => m.Groups[1].Value).ToArray();
        var documented = Regex.Matches(Page, "(?m)^\\| `([a-z-]+)` \\|").Select(m => m.Groups[1].Value);
        var used = Regex.Matches(Action, @"\$\{\{ inputs\.([a-z-]+) \}\}").Select(m => m.Groups[1].Value).Distinct();

        Assert.That(version, Is.Not.Empty);
        Assert.That(Action, Does.Contain($"    default: {version}\n"));
        Assert.That(Page, Does.Contain($"releasegate/releasegate@v{version}\n").And.Contain($"rev: v{version}\n"));
        Assert.That(documented, Is.EqualTo(inputs));
        Assert.That(used, Is.EquivalentTo(inputs));
        Assert.That(Script(), Does.Not.Contain("${{"), "an input in a script is a command");
    }

    [Test]
    public void The_hook_of_the_framework_runs_on_packages_alone()
    {
        var hook = File.ReadAllText(Path.Combine(Feed.Repository, ".pre-commit-hooks.yaml"));
        string Value(string key) => Regex.Match(hook, $"(?m)^(?:- |  ){key}: (.*)$").Groups[1].Value;
        using var sandbox = new Sandbox();
        Package(sandbox, "artifacts", leaky: true);
        var files = new Regex(Value("files"));

        var picked = ((string[])["artifacts/Acme.1.0.0.nupkg", "a.tgz", "tgz/readme.md", "zip", "src/app.zip.cs", "Acme.snupkg"]).Where(f => files.IsMatch(f));
        var run = sandbox.ReleaseGate([.. Value("entry").Split(' ')[1..], "artifacts/Acme.1.0.0.nupkg"]);

        Assert.That(Value("id"), Is.EqualTo("releasegate"));
        Assert.That(Value("entry"), Does.StartWith("releasegate check "));
        Assert.That(Value("language"), Is.EqualTo("system"));
        Assert.That(picked, Is.EqualTo(new[] { "artifacts/Acme.1.0.0.nupkg", "a.tgz", "Acme.snupkg" }));
        Assert.That(run.ExitCode, Is.EqualTo(1), run.Output);
    }

    [Test]
    public void The_git_hook_stops_a_commit_by_what_is_staged()
    {
        using var sandbox = new Sandbox();
        Directory.Delete(sandbox.In(".git"));
        Git(sandbox, "init", "--quiet");
        Git(sandbox, "config", "core.hooksPath", ".githooks");
        WriteProgram(sandbox, ".githooks/pre-commit", Blocks("sh").Single(b => b.Contains("git checkout-index")));
        WriteProgram(sandbox, "bin/releasegate", $"#!/bin/sh\nexec dotnet '{Path.Combine(Feed.Tool, "releasegate.dll")}' \"$@\"\n");

        sandbox.Write("notes.txt", "no package");
        Git(sandbox, "add", "notes.txt");
        var without = Commit(sandbox);
        Package(sandbox, "vendor ü");
        Git(sandbox, "add", "vendor ü");
        var clean = Commit(sandbox);
        Package(sandbox, "vendor ü", leaky: true);
        Git(sandbox, "add", "vendor ü");
        var leaky = Commit(sandbox);
        // What lies in the working tree by now is not what would be committed.
        Package(sandbox, "vendor ü");
        var hidden = Commit(sandbox);
        Git(sandbox, "add", "vendor ü");
        sandbox.Write("notes.txt", "changed");
        Git(sandbox, "add", "notes.txt");
        var mended = Commit(sandbox);

        Assert.That(without.ExitCode, Is.Zero, without.Output);
        Assert.That(clean.ExitCode, Is.Zero, clean.Output);
        Assert.That(clean.Output, Does.Contain("passed, "));
        Assert.That(leaky.ExitCode, Is.EqualTo(1), leaky.Output);
        Assert.That(leaky.Errors, Does.Contain("RG2013"));
        Assert.That(hidden.ExitCode, Is.EqualTo(1), hidden.Output);
        Assert.That(mended.ExitCode, Is.Zero, mended.Output);
        Assert.That(Git(sandbox, "log", "--oneline").Lines, Has.Length.EqualTo(3));
    }

    /// <summary>Writes Acme.1.0.0.nupkg, which is all that a check of one needs.</summary>
    private static void Package(Sandbox sandbox, string folder, bool leaky = false, string version = "1.0.0")
    {
        Directory.CreateDirectory(sandbox.In(folder));
        using var zip = new System.IO.Compression.ZipArchive(File.Create(sandbox.In(folder, $"Acme.{version}.nupkg")), System.IO.Compression.ZipArchiveMode.Create);
        void Add(string name, string text)
        {
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(text);
        }

        Add("Acme.nuspec", $"""<?xml version="1.0"?><package><metadata><id>Acme</id><version>{version}</version><authors>Acme</authors><description>A library.</description><license type="expression">MIT</license></metadata></package>""");
        Add("README.md", "# Acme");
        if (leaky) Add("content/appsettings.Development.json", "{}");
    }

    private static Run RunAction(Sandbox sandbox, string version, string path, string arguments)
    {
        sandbox.Write("action.sh", Script());
        var start = NpmWrapper.Start(NpmWrapper.Program("bash"), sandbox.Folder, ["--noprofile", "--norc", "-e", "-o", "pipefail", sandbox.In("action.sh")]);
        foreach (var (name, value) in ((string, string)[])[
            ("PATH", path), ("MANIFEST", ""), ("PROFILE", ""), ("FORMAT", "github"), ("VERSION", version), ("ARGS", arguments)])
            start.Environment["RELEASEGATE_" + name] = value;
        start.Environment["RUNNER_TEMP"] = Directory.CreateDirectory(sandbox.In("runner temp")).FullName;
        start.Environment["NUGET_PACKAGES"] = Feed.Cache;
        return NpmWrapper.Run(start);
    }

    /// <summary>The lines below "run: |", without their indentation.</summary>
    private static string Script()
    {
        var lines = Action.Split('\n');
        var first = Array.FindIndex(lines, l => l.EndsWith("run: |", StringComparison.Ordinal)) + 1;
        return string.Join('\n', lines[first..].Select(l => l.Length > 8 ? l[8..] : "")) + "\n";
    }

    /// <summary>The fenced blocks of the page in a language.</summary>
    private static IEnumerable<string> Blocks(string language) =>
        Regex.Matches(Page, $"(?ms)^```{language}\n(.*?)^```$").Select(m => m.Groups[1].Value);

    private static void WriteProgram(Sandbox sandbox, string path, string content)
    {
        sandbox.Write(path, content);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(sandbox.In(path.Split('/')), (UnixFileMode)0b111_101_101);
    }

    private static Run Commit(Sandbox sandbox) =>
        Git(sandbox, mustPass: false, "-c", "user.name=Acme", "-c", "user.email=dev@acme.example", "commit", "--quiet", "-m", "A change");

    private static Run Git(Sandbox sandbox, params string[] arguments) => Git(sandbox, mustPass: true, arguments);

    private static Run Git(Sandbox sandbox, bool mustPass, params string[] arguments)
    {
        var start = NpmWrapper.Start(NpmWrapper.Program("git"), sandbox.Folder, arguments);
        // A hook that runs our tests must not point them at its own repository.
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("GIT_", StringComparison.Ordinal)).ToArray()) start.Environment.Remove(name);
        start.Environment["PATH"] = sandbox.In("bin") + Path.PathSeparator + start.Environment["PATH"];
        var run = NpmWrapper.Run(start);
        if (mustPass) Assert.That(run.ExitCode, Is.Zero, run.Output);
        return run;
    }

    /// <summary>Lines of scripts that run the check: "dotnet releasegate check artifacts".</summary>
    [GeneratedRegex(@"(?m)^\s*(?:- |- script: |- run: |sh ')(?:dotnet|npx --no-install) releasegate (?<arguments>check .*)$")]
    private static partial Regex Command();
}
