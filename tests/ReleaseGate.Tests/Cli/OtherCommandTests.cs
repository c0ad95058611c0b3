using System.CommandLine;
using ReleaseGate.Cli;
using ReleaseGate.Cli.Commands;
using ReleaseGate.Tests.Corpus;

namespace ReleaseGate.Tests.Cli;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class OtherCommandTests : IDisposable
{
    private readonly Terminal _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void Help_has_examples_and_exit_codes_for_every_command()
    {
        string[] commands = [.. CommandLine.Root(_terminal.Surroundings).Subcommands.Select(c => c.Name)];
        Assert.That(commands, Is.EqualTo(new[] { "check", "npm", "verify", "seal", "merge", "init", "accept", "waive", "inspect", "diff", "drill", "exposure", "log", "explain", "rules", "profile", "schema", "hash-words" }));
        foreach (var command in commands)
        {
            Assert.That(_terminal.Run(command, "--help"), Is.EqualTo(ExitCode.Passed));
            Assert.That(_terminal.Output, Does.Contain($"Examples:\n  releasegate {command}"));
            Assert.That(Flat(_terminal.Output), Does.Match(@" Exit codes: 0 [^:]*, 2 could not run, 130 stopped\.$"));
            Assert.That(_terminal.Output, Does.Not.Contain("--release-to"), "hidden");
        }

        Assert.That(_terminal.Run("--help"), Is.EqualTo(ExitCode.Passed));
        foreach (var command in commands) Assert.That(_terminal.Output, Does.Contain("\n  " + command + " "));
    }

    [Test]
    public void Help_of_every_command_fits_80_columns_and_shows_its_own_examples()
    {
        var pages = 0;
        Read(CommandLine.Root(_terminal.Surroundings), []);
        Assert.That(pages, Is.GreaterThan(20));

        void Read(Command command, string[] path)
        {
            Assert.That(_terminal.Run([.. path, "--help"]), Is.EqualTo(ExitCode.Passed));
            var name = string.Join(' ', path);
            var lines = _terminal.Output.Split('\n');
            Assert.That(lines.Where(l => l.Length > 80), Is.Empty, name);
            Assert.That(lines.Where(l => l.EndsWith(' ')), Is.Empty, name);
            var examples = lines.SkipWhile(l => l != "Examples:").Skip(1).TakeWhile(l => l.Length > 0).Where(l => !l.StartsWith("    ", StringComparison.Ordinal)).ToList();
            Assert.That(examples, Is.Not.Empty, name);
            if (path.Length > 0) Assert.That(examples, Is.All.StartsWith($"  releasegate {name}").Or.StartsWith("  npm "), name);
            pages++;
            foreach (var sub in command.Subcommands) Read(sub, [.. path, sub.Name]);
        }
    }

    [TestCase("0 passed, 1 blocked, 2 could not run", "check")]
    [TestCase("0 every leak was caught, 1 a leak slipped through, 2 could not run", "drill")]
    [TestCase("0 within tolerance, 1 over tolerance, or over the remediation budget, 2 could not run", "exposure")]
    [TestCase("0 all is well, 1 the chain is broken, or more was spent than the budget has, 2 could not run", "log")]
    [TestCase("0 the log is whole, 1 its chain is broken, or a seal does not find its line, 2 could not run", "log", "verify")]
    [TestCase("0 within the budget, or none is set, 1 more was spent than it has, or the chain is broken, 2 could not run", "log", "spend")]
    [TestCase("0 done, 2 could not run", "schema")]
    public void Help_says_what_1_means(string says, params string[] command)
    {
        Assert.That(_terminal.Run([.. command, "--help"]), Is.EqualTo(ExitCode.Passed));
        Assert.That(Flat(_terminal.Output), Does.EndWith($" Exit codes: {says}, 130 stopped."));
    }

    // As it reads, wherever it was broken.
    private static string Flat(string text) => string.Join(' ', text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    [TestCase("there is no command 'chek'; did you mean 'check'?", "chek", "a.zip")]
    [TestCase("there is no command 'a\\u001b.nupkg'", "a\u001b.nupkg")]
    [TestCase("there is no command 'frobnicate'", "frobnicate", "--json", "x")]
    [TestCase("there is no option '--jsn'", "--jsn", "x")]
    [TestCase("name a command, e.g. 'releasegate check a.nupkg'")]
    public void What_is_no_command_is_named_first_and_once(string says, params string[] args)
    {
        Assert.That(_terminal.Run(args), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Is.EqualTo($"releasegate: error: {says}\nSee 'releasegate --help'.\n"));
        Assert.That(_terminal.Output, Is.Empty);
    }

    [TestCase("name one of its commands: verify, show, export, spend", "log ", "log")]
    [TestCase("there is no command 'log shwo'; did you mean 'show'?", "log ", "log", "shwo")]
    [TestCase("'releasegate check' wants <PATH>", "check ", "check")]
    [TestCase("'releasegate check' wants <PATH>", "check ", "check", "--quiet")]
    [TestCase("'releasegate diff' wants <NEW>", "diff ", "diff", "a.zip")]
    [TestCase("'releasegate explain' wants <RULE>", "explain ", "explain")]
    [TestCase("there is no option '--jsn'; a path that begins with '-' stands after '--'; did you mean '--json'?", "check ", "check", "--jsn", "a.zip")]
    [TestCase("there is no option '--jsn=x'; a path that begins with '-' stands after '--'; did you mean '--json'?", "check ", "check", "--jsn=x", "a.zip")]
    public void What_a_command_lacks_is_named(string says, string of, params string[] args)
    {
        Assert.That(_terminal.Run(args), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Is.EqualTo($"releasegate: error: {says}\nSee 'releasegate {of}--help'.\n"));
        Assert.That(_terminal.Output, Is.Empty);
    }

    [TestCase("explain ACME0001", "ACME0001 is no rule of ReleaseGate's own, and only these have a page here; ask whoever made the assembly that brings it.")]
    [TestCase("merge nope.json", "'nope.json' does not exist; check the path, and that the build really made it")]
    [TestCase("accept nope.json", "there is no such file; name reports that 'releasegate check --json'")]
    [TestCase("hash-words nope.txt", "nope.txt : error RG0001: there is no such file; name one with a word a line, or '-' for standard input")]
    [TestCase("accept folder", "the report cannot be read: it is a folder, and a file is expected here")]
    [TestCase("hash-words folder", "the words cannot be read: it is a folder, and a file is expected here")]
    [TestCase("hash-words words.txt --output words.txt/x", "words.txt' is a file, and a folder is wanted there; name another")]
    [TestCase("check acme.zip --receipts words.txt", "words.txt' is a file, and a folder is wanted there; name another")]
    [TestCase("check acme.zip --sbom words.txt/a/b", "words.txt' is a file, and a folder is wanted there; name another")]
    [TestCase("check acme.zip --json words.txt/a.json", "words.txt' is a file, and a folder is wanted there; name another")]
    [TestCase("check acme.zip --log words.txt/a.jsonl", "error RG0010: the audit log can't be written: '")]
    public void What_is_not_there_is_said_without_words_of_the_runtime(string command, string says)
    {
        _terminal.Write("folder/x");
        _terminal.Write("words.txt", "falcon-internal");
        Governance.DrillSample.Write(_terminal, "zip");
        Assert.That(_terminal.Run(command.Split(' ')), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain(says).And.Not.Contain("Could not").And.Not.Contain("already exists").And.Not.Contain("denied"));
    }

    [Test]
    public void Version_is_one_line()
    {
        Assert.That(_terminal.Run("--version"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Is.EqualTo(GateReport.ToolVersion + "\n"));
    }

    [Test]
    public void Rules_lists_every_rule_once_by_id()
    {
        Assert.That(_terminal.Run("rules"), Is.EqualTo(ExitCode.Passed));
        var lines = _terminal.Output.TrimEnd('\n').Split('\n');
        var known = RulesCommand.Known();

        Assert.That(lines.Skip(1).Select(l => l[..6]), Is.EqualTo(known.Select(d => d.Id.ToString())).And.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
        Assert.That(known.Select(d => d.Id).Distinct().Count(), Is.EqualTo(known.Count));
        foreach (var (line, rule) in lines.Skip(1).Zip(known)) Assert.That(line, Does.Contain(rule.Title).And.EndsWith(rule.Summary));
    }

    [Test]
    public void Explain_prints_the_page_for_an_id_or_a_title()
    {
        foreach (var rule in RulesCommand.Known())
        {
            Assert.That(_terminal.Run("explain", rule.Id.ToString().ToLowerInvariant()), Is.EqualTo(ExitCode.Passed), _terminal.Error);
            Assert.That(_terminal.Output, Does.StartWith($"# {rule.Id} {rule.Title}\n"));
            var byId = _terminal.Output;
            foreach (var name in (string[])[rule.Title, rule.Title.ToLowerInvariant(), rule.Id.ToString()[2..]])
            {
                Assert.That(_terminal.Run("explain", name), Is.EqualTo(ExitCode.Passed), name);
                Assert.That(_terminal.Output, Is.EqualTo(byId));
            }
        }
    }

    [Test]
    public void At_a_terminal_pages_and_the_list_of_rules_take_80_columns()
    {
        using var people = new Terminal { ForPeople = true };
        Assert.That(people.Run("rules"), Is.EqualTo(ExitCode.Passed));
        foreach (var line in people.Output.Split('\n')) Assert.That(line, Has.Length.LessThanOrEqualTo(80));
        foreach (var rule in RulesCommand.Known()) Assert.That(string.Join(' ', people.Output.Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries)), Does.Contain($"{rule.Id} {rule.Title} ").And.Contain(rule.Summary));

        foreach (var rule in RulesCommand.Known())
        {
            Assert.That(_terminal.Run("explain", rule.Id.ToString()), Is.EqualTo(ExitCode.Passed), _terminal.Error);
            Assert.That(people.Run("explain", rule.Id.ToString()), Is.EqualTo(ExitCode.Passed), people.Error);
            // The same words in the same order; code and tables to the letter.
            Assert.That(Words(people.Output), Is.EqualTo(Words(_terminal.Output)));
            Assert.That(Kept(people.Output), Is.EqualTo(Kept(_terminal.Output)));
            foreach (var line in people.Output.Split('\n').Except(Kept(people.Output)))
                Assert.That(line.Length, Is.LessThanOrEqualTo(80).Or.EqualTo(line.TrimStart(' ', '-', '>').Split(' ')[0].Length + line.Length - line.TrimStart(' ', '-', '>').Length), line);
        }

        static string[] Words(string page) => page.Split((char[])['\n', ' ', '>'], StringSplitOptions.RemoveEmptyEntries);

        static string[] Kept(string page)
        {
            var isCode = false;
            return [.. page.Split('\n').Where(l => (l.TrimStart().StartsWith("```", StringComparison.Ordinal) ? isCode = !isCode : isCode) || l.TrimStart().StartsWith('|') || l.StartsWith('#') || l.TrimStart() == "```")];
        }
    }

    [Test]
    public void Explain_refuses_what_is_no_rule()
    {
        Assert.That(_terminal.Run("explain", "RG9999\u001b"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Is.EqualTo("releasegate: error: there is no rule 'RG9999\\u001b'. 'releasegate rules' lists all.\n"));
    }

    [TestCase("map", "RG2001  SourceMap", "RG2002  SourceMapContent", "RG2003  InlineSourceMap", "RG2004  RemoteSourceMap", "RG2005  DanglingSourceMap")]
    [TestCase("SECRET", "RG4006  LikelySecret")]
    public void Explain_suggests_the_rules_whose_title_holds_the_word(string word, params string[] rules)
    {
        Assert.That(_terminal.Run("explain", word), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Is.EqualTo($"releasegate: error: there is no rule '{word}'. Rules whose title holds it:\n{string.Concat(rules.Select(r => $"  {r}\n"))}"));
        Assert.That(_terminal.Output, Is.Empty);
    }

    [TestCase("SourceMpa", "; did you mean 'SourceMap'?")]
    [TestCase("frobnicate", ".")]
    [TestCase("", ".")]
    public void Explain_suggests_the_rule_that_a_word_is_near_to(string word, string suggestion)
    {
        Assert.That(_terminal.Run("explain", word), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Is.EqualTo($"releasegate: error: there is no rule '{word}'{suggestion} 'releasegate rules' lists all.\n"));
    }

    [Test]
    public void Profile_prints_the_embedded_file_and_names_what_there_is()
    {
        Assert.That(_terminal.Run("profile", "closed"), Is.EqualTo(ExitCode.Passed));
        using var embedded = new StreamReader(typeof(Gate).Assembly.GetManifestResourceStream("ReleaseGate.Profiles.closed.json")!);
        Assert.That(_terminal.Output, Is.EqualTo(embedded.ReadToEnd()));
        Assert.That(_terminal.Run("profile", "../closed"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Error, Does.Contain("error RG0001: ").And.Contains("closed"));
        Assert.That(_terminal.Output, Is.Empty);
    }

    [Test]
    public void Schema_prints_that_of_the_manifest_or_of_the_report()
    {
        Assert.That(_terminal.Run("schema"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Is.EqualTo(ReleaseGate.Policy.ManifestReader.SchemaText()));
        Assert.That(_terminal.Run("schema", "report"), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Does.Contain("releasegate/report/v1"));
        Assert.That(_terminal.Run("schema", "other"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(_terminal.Output, Is.Empty);
    }

    [Test]
    public void The_page_about_the_command_line_names_every_command_and_option()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "cli.md"));
        foreach (var command in CommandLine.Root(_terminal.Surroundings).Subcommands)
        {
            Assert.That(page, Does.Contain($"\n## {command.Name}\n").And.Contains($"\n| [`{command.Name}`](#{command.Name}) |"));
            foreach (var option in command.Options.Concat(command.Subcommands.SelectMany(c => c.Options)).Where(o => !o.Hidden)) Assert.That(page, Does.Contain(option.Name), command.Name);
        }
    }

    [Test]
    public void The_page_about_the_report_names_every_key_at_the_top()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "report.md"));
        using var schema = System.Text.Json.JsonDocument.Parse(ReleaseGate.Reporting.JsonReporter.SchemaText());
        foreach (var key in schema.RootElement.GetProperty("properties").EnumerateObject())
            Assert.That(page, Does.Match($@"\n\| `{key.Name}[`.\[]"), key.Name);
    }
}
