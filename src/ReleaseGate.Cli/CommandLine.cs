using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using ReleaseGate.Artifacts;
using ReleaseGate.Cli.Commands;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;

namespace ReleaseGate.Cli;

/// <summary>The one door of the command line: arguments in, exit code out. No globals.</summary>
internal static class CommandLine
{
    // RootCommand would take its name from the process.
    private const string Name = "releasegate";

    private const string Description = "Fails a release whose package holds something nobody said it may hold.";

    private const string Issues = "https://github.com/releasegate/releasegate/issues";

    /// <summary>Runs a command; see <see cref="ExitCode"/>.</summary>
    public static int Run(string[] args, Surroundings surroundings)
    {
        try
        {
            var code = Answer(args, surroundings);
            try
            {
                surroundings.Output.Flush();
            }
            // A full disk, a pipe that nobody reads: what was found has not been told.
            catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
            {
                surroundings.Error.WriteLine($"releasegate: error: standard output cannot be written: {EntryPath.Printable(unwritable.Message)}");
                code = ExitCode.CouldNotRun;
            }

            surroundings.Error.Flush();
            return code;
        }
        // Standard error itself: the exit code is all that is left to say it with.
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            return ExitCode.CouldNotRun;
        }
    }

    private static int Answer(string[] args, Surroundings surroundings)
    {
        try
        {
            // The door of the MSBuild targets: a file with one argument a line, so that no path needs quoting on its way through a shell.
            if (args is ["--arguments", var file]) args = surroundings.Files.File.ReadAllLines(surroundings.FullPath(file));
            return Invoke(args, surroundings);
        }
        catch (OperationCanceledException) when (surroundings.Cancel.IsCancellationRequested)
        {
            surroundings.Error.WriteLine("releasegate: stopped; nothing was passed");
            return ExitCode.Cancelled;
        }
        catch (GateException mistake)
        {
            surroundings.Error.WriteLine(Diagnostic.From(new GateRequest { Artifacts = [], SearchFrom = surroundings.CurrentDirectory }, mistake).ToString());
            return ExitCode.CouldNotRun;
        }
        catch (Exception mistake) when (mistake is IOException or UnauthorizedAccessException)
        {
            surroundings.Error.WriteLine($"releasegate: error: {EntryPath.Printable(mistake.Message)}");
            return ExitCode.CouldNotRun;
        }
        // The last line of defence: what nobody foresaw must not look like a pass, and must reach us.
        catch (Exception defect)
        {
            surroundings.Error.WriteLine($"releasegate: this is a defect of ReleaseGate {GateReport.ToolVersion}, and nothing was passed. Please report it with the lines below: {Issues}");
            surroundings.Error.WriteLine(string.Join(Environment.NewLine, Array.ConvertAll(defect.ToString().Split('\n'), line => EntryPath.Printable(line.TrimEnd('\r')))));
            return ExitCode.CouldNotRun;
        }
    }

    /// <summary>The commands with their options, for help and for tests.</summary>
    public static Command Root(Surroundings surroundings)
    {
        var root = new Command(Name, Description)
        {
            CheckCommand.Create(surroundings),
            NpmCommand.Create(surroundings),
            VerifyCommand.Create(surroundings),
            SealCommand.Create(surroundings),
            MergeCommand.Create(surroundings),
            InitCommand.Create(surroundings),
            AcceptCommand.Create(surroundings),
            WaiveCommand.Create(surroundings),
            InspectCommand.Create(surroundings),
            DiffCommand.Create(surroundings),
            DrillCommand.Create(surroundings),
            ExposureCommand.Create(surroundings),
            LogCommand.Create(surroundings),
            ExplainCommand.Create(surroundings),
            RulesCommand.Create(surroundings),
            ProfileCommand.Create(surroundings),
            SchemaCommand.Create(surroundings),
            HashWordsCommand.Create(surroundings),
        };
        return WithCommonOptions(root);
    }

    private static Command WithCommonOptions(Command root)
    {
        root.Add(new VersionOption { Action = new PrintVersion() });
        var help = new HelpOption("--help", "-h", "-?", "/?");
        var page = (HelpAction)help.Action!;
        // Else it is as wide as the terminal, and without one as its longest line.
        page.MaxWidth = Columns.Page;
        help.Action = new HelpWithExamples(page);
        root.Add(help);
        return root;
    }

    private static int Invoke(string[] args, Surroundings surroundings)
    {
        // What is run most: it needs no other command, and each costs every start its share.
        var root = args is [CheckCommand.Name, ..] ? WithCommonOptions(new Command(Name, Description) { CheckCommand.Create(surroundings) }) : Root(surroundings);
        var parsed = root.Parse(args, new ParserConfiguration
        {
            EnablePosixBundling = false,
            // "@acme/cli.tgz" is a path.
            ResponseFileTokenReplacer = null,
        });
        if (parsed.Action is null or ParseErrorAction)
        {
            var command = parsed.CommandResult.Command;
            // The library would begin with "Required command was not provided" and go on with every word behind it.
            if (command.Subcommands.Count > 0) surroundings.Error.WriteLine($"releasegate: error: {NoCommand(parsed)}");
            else foreach (var mistake in parsed.Errors) surroundings.Error.WriteLine($"releasegate: error: {Missing(mistake) ?? OneLine(mistake.Message)}");
            surroundings.Error.WriteLine($"See 'releasegate {PathOf(command)}--help'.");
            if (command is GateCommand gate) gate.Refuse(parsed);
            return ExitCode.CouldNotRun;
        }

        return parsed.Invoke(new InvocationConfiguration
        {
            Output = surroundings.Output,
            Error = surroundings.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    /// <summary>The names of a command and those above it, each with a blank behind it; "" for the program itself.</summary>
    private static string PathOf(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)}{command.Name} " : "";

    private static string NoCommand(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is not [var word, ..]) return command.Parents.Any() ? $"name one of its commands: {string.Join(", ", command.Subcommands.Select(c => c.Name))}" : "name a command, e.g. 'releasegate check a.nupkg'";
        return word.StartsWith('-')
            ? $"there is no option '{Shown(word)}'"
            : $"there is no command '{PathOf(command)}{Shown(word)}'{Spelling.Suggest(word, command.Subcommands.Select(c => c.Name))}";
    }

    /// <summary>What a command is to be told and was not; null where something else is wrong. The library names the command, and not what it lacks.</summary>
    private static string? Missing(ParseError mistake) =>
        mistake.SymbolResult is ArgumentResult { Tokens.Count: 0, Parent: CommandResult { Command: var command } } result ? $"'releasegate {PathOf(command).TrimEnd()}' wants <{result.Argument.HelpName ?? result.Argument.Name}>" : null;

    /// <summary>A word as messages show it: not at all where it looks like a key that was meant to be named.</summary>
    internal static string Shown(string word) => KeyText.IsKey(word) ? "…" : EntryPath.Printable(word);

    /// <summary>The library breaks lines in lists of values.</summary>
    private static string OneLine(string message)
    {
        var line = string.Join(' ', message.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return KeyText.IsKey(line) ? "the options can't be read, and one of them looks like a key, which is not repeated here" : EntryPath.Printable(line);
    }

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(GateReport.ToolVersion);
            return ExitCode.Passed;
        }
    }

    private sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var output = parseResult.InvocationConfiguration.Output;
            // The library leaves a blank behind each line that it breaks.
            using var text = new StringWriter { NewLine = "\n" };
            parseResult.InvocationConfiguration.Output = text;
            help.Invoke(parseResult);
            foreach (var line in text.ToString().TrimEnd('\n').Split('\n')) output.WriteLine(line.TrimEnd(' '));
            output.WriteLine();
            output.WriteLine("Examples:");
            var path = PathOf(parseResult.CommandResult.Command).TrimEnd();
            foreach (var example in ExamplesOf(path.Split(' ')[0]))
            {
                if (!$"{example} ".StartsWith($"{Name} {path}".TrimEnd() + " ", StringComparison.Ordinal)) continue;
                foreach (var line in Broken(example)) output.WriteLine(line);
            }

            output.WriteLine();
            var (passed, blocked) = ExitCodesOf(path);
            foreach (var line in Columns.Wrap("Exit codes: ", $"0 {passed}, {(blocked is null ? "" : $"1 {blocked}, ")}2 could not run, 130 stopped.")) output.WriteLine(line);
            return ExitCode.Passed;
        }

        // As a shell takes it over several lines, an option to each.
        private static IEnumerable<string> Broken(string example)
        {
            const string Option = " --";
            const string Continued = " \\";
            var line = " ";
            foreach (var part in example.Split(Option))
            {
                var next = line == " " ? $" {part}" : Option + part;
                if (line.Length + next.Length + Continued.Length > Columns.Page)
                {
                    yield return line + Continued;
                    line = "   ";
                }

                line += next;
            }

            yield return line;
        }
    }

    // What 0 and 1 mean; null: there is no 1.
    private static (string Passed, string? Blocked) ExitCodesOf(string command) => command switch
    {
        VerifyCommand.Name => ("these bytes may be released", "they may not"),
        AcceptCommand.Name => ("nothing is left", "something is left, and listed"),
        InspectCommand.Name => ("all of it was read", "something could not be read"),
        DiffCommand.Name => ("compared", "different (with '--exit-code')"),
        DrillCommand.Name => ("every leak was caught", "a leak slipped through"),
        ExposureCommand.Name => ("within tolerance", "over tolerance, or over the remediation budget"),
        LogCommand.Name => ("all is well", "the chain is broken, or more was spent than the budget has"),
        LogCommand.Name + " verify" => ("the log is whole", "its chain is broken, or a seal does not find its line"),
        LogCommand.Name + " show" or LogCommand.Name + " export" => ("all of it was shown", "the chain is broken, and what follows is not shown"),
        LogCommand.Name + " spend" => ("within the budget, or none is set", "more was spent than it has, or the chain is broken"),
        WaiveCommand.Name or ExplainCommand.Name or RulesCommand.Name or ProfileCommand.Name or SchemaCommand.Name or HashWordsCommand.Name => ("done", null),
        _ => ("passed", "blocked"),
    };

    private static string[] ExamplesOf(string command) => command switch
    {
        CheckCommand.Name => CheckCommand.Examples,
        NpmCommand.Name => NpmCommand.Examples,
        VerifyCommand.Name => VerifyCommand.Examples,
        SealCommand.Name => SealCommand.Examples,
        MergeCommand.Name => MergeCommand.Examples,
        InitCommand.Name => InitCommand.Examples,
        AcceptCommand.Name => AcceptCommand.Examples,
        WaiveCommand.Name => WaiveCommand.Examples,
        InspectCommand.Name => InspectCommand.Examples,
        DiffCommand.Name => DiffCommand.Examples,
        DrillCommand.Name => DrillCommand.Examples,
        ExposureCommand.Name => ExposureCommand.Examples,
        LogCommand.Name => LogCommand.Examples,
        ExplainCommand.Name => ExplainCommand.Examples,
        RulesCommand.Name => RulesCommand.Examples,
        ProfileCommand.Name => ProfileCommand.Examples,
        SchemaCommand.Name => SchemaCommand.Examples,
        HashWordsCommand.Name => HashWordsCommand.Examples,
        _ =>
        [
            "releasegate check bin/Release/Acme.1.0.0.nupkg",
            "releasegate npm",
            "releasegate init bin/Release/Acme.1.0.0.nupkg",
            "releasegate explain RG2001",
        ],
    };
}
