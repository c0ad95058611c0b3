using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Reporting;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate check</c>: its options are <see cref="GateRequest"/>, one to one.</summary>
internal sealed class CheckCommand
{
    public const string Name = "check";

    public static readonly string[] Examples =
    [
        "releasegate check bin/Release/Acme.1.0.0.nupkg",
        "releasegate check \"artifacts/**/*.nupkg\" --json report.json",
        "releasegate check publish --as directory --manifest publish.releasegate.json",
    ];

    private readonly Argument<string[]> _paths = new("PATH")
    {
        Description = "A package, a glob (*, ?, **), a folder of packages, or with '--as directory' a folder.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _manifest = new("--manifest") { HelpName = "FILE", Description = "The manifest. Default: releasegate.json here or above, up to the repository root." };

    private readonly Option<string?> _profile = new("--profile") { HelpName = "NAME", Description = "Judge by this built-in profile, whatever manifest lies around." };

    private readonly Option<string[]> _rules = new("--rules") { HelpName = "DLL", Description = "An assembly with more rules. May be given several times." };

    private readonly Option<string[]> _firstParty = new("--first-party") { HelpName = "NAME", Description = "An assembly that the project itself built; others only pass through. May be given several times." };

    private readonly Option<string?> _policyFrom = new("--policy-from") { HelpName = "REVISION", Description = "Judge by the manifest as it is in this git revision, e.g. origin/main; what the working copy's would add needs approval." };

    private readonly Option<string[]> _baseline = new("--baseline") { HelpName = "PATH", Description = "What was released before, to compare with: an artifact, a folder, a receipt. May be given several times." };

    private readonly Option<bool> _warnOnly = new("--warn-only") { Description = "Let what blocks only warn, for the first days. The report says so; nothing is vouched for." };

    private readonly Option<DateOnly?> _asOf = new("--as-of") { HelpName = "DATE", Description = "Judge waivers by this day, e.g. 2027-01-31, and see what will break then.", CustomParser = Day };

    private readonly Option<string?> _receipts = new("--receipts") { HelpName = "DIR", Description = "Write a receipt there for each artifact that passes." };

    private readonly Option<string?> _sboms = new("--sbom") { HelpName = "DIR", Description = "Write a CycloneDX inventory of each artifact's content there." };

    private readonly Option<string?> _seals = new("--seals") { HelpName = "DIR", Description = "Write a seal there for each artifact that passes; with '--seal-key'." };

    private readonly Option<string?> _sealKey = new("--seal-key") { HelpName = "FILE", Description = "The private key to seal with: a PEM file, or env://NAME for a variable that holds it." };

    private readonly Option<string?> _sealTo = new("--seal-to") { HelpName = "FEED", Description = "The feed that what is sealed may go to. Default: the public registry." };

    private readonly Option<string?> _log = new("--log") { HelpName = "FILE", Description = "Append to this audit log." };

    private readonly Option<string?> _json = new("--json") { HelpName = "FILE", Description = "Write a report with every finding and every entry." };

    private readonly Option<string?> _sarif = new("--sarif") { HelpName = "FILE", Description = "Write the findings as SARIF 2.1.0, for code scanning." };

    private readonly Option<string?> _sarifWaived = new Option<string?>("--sarif-waived") { HelpName = "mark|omit", Description = "Whether SARIF has waived findings as suppressed or leaves them out, for services that do not know suppressions. Default: mark." }.AcceptOnlyFromAmong("mark", "omit");

    private readonly Option<string?> _junit = new("--junit") { HelpName = "FILE", Description = "Write JUnit XML, for test dashboards." };

    private readonly Option<string?> _markdown = new("--markdown") { HelpName = "FILE", Description = "Write Markdown, for a job summary or a pull request." };

    private readonly Option<string?> _html = new("--html") { HelpName = "FILE", Description = "Write a report for people: one file, for any browser." };

    private readonly Option<string[]> _reportFormats = new("--report-formats") { HelpName = "FORMAT", Description = "More formats beside the JSON report. For the MSBuild targets.", Hidden = true };

    private readonly Option<string?> _shard = new("--shard") { HelpName = "N/M", Description = "Check the Nth of M parts of the artifacts, e.g. 3/8; 'releasegate merge' joins the reports." };

    private readonly Option<string?> _format = OutputFormats.Option();

    private readonly Option<bool> _quiet = new("--quiet") { Description = "Print errors only." };

    private readonly Option<string?> _as = new Option<string?>("--as") { HelpName = "directory", Description = "Take each folder as an artifact itself, e.g. the output of a publish." }.AcceptOnlyFromAmong("directory");

    private readonly Option<string?> _project = new("--project") { HelpName = "FILE", Description = "The file that findings point at which no manifest line stands for, e.g. the project or package.json." };

    private readonly Option<string?> _releaseTo = new("--release-to") { HelpName = "DIR", Description = "Move what has passed there, all or nothing. For the MSBuild targets.", Hidden = true };

    private readonly Option<string[]> _releaseEach = new("--release-each") { HelpName = "DIR", Description = "The same for each PATH, in their order; '-' for one that stays. For the MSBuild targets.", Hidden = true };

    private readonly Option<string?> _rejectTo = new("--reject-to") { HelpName = "DIR", Description = "Move what has not passed there. For the MSBuild targets.", Hidden = true };

    private readonly Option<bool> _markRejected = new("--mark-rejected") { Description = "Mark each folder that has not passed. For the MSBuild targets.", Hidden = true };

    private readonly Option<string?> _plan = new("--plan") { HelpName = "FILE", Description = "What the build puts into the folder. For the MSBuild targets.", Hidden = true };

    private readonly Option<bool> _planned = new("--planned") { Description = "Judge the folder by the plan, before it is written. For the MSBuild targets.", Hidden = true };

    private readonly Option<bool> _unfinished = new("--unfinished") { Description = "The build still writes into the folder: say nothing yet of what is missing. For the MSBuild targets.", Hidden = true };

    private readonly Option<string?> _state = new("--state") { HelpName = "FILE", Description = "Keep what the folder was like when it passed. For the MSBuild targets.", Hidden = true };

    private CheckCommand() { }

    public static Command Create(Surroundings surroundings)
    {
        var check = new CheckCommand();
        var command = new Command(Name, "Checks artifacts against the manifest.")
        {
            check._paths, check._manifest, check._profile, check._rules, check._firstParty, check._policyFrom, check._baseline, check._warnOnly, check._asOf, check._receipts, check._sboms, check._seals, check._sealKey, check._sealTo, check._log,
            check._json, check._sarif, check._sarifWaived, check._junit, check._markdown, check._html, check._reportFormats, check._shard, check._format, check._quiet, check._as, check._project,
            check._releaseTo, check._releaseEach, check._rejectTo, check._markRejected, check._plan, check._planned, check._unfinished, check._state,
        };
        command.SetAction(parsed => check.Run(parsed, surroundings));
        return command;
    }

    private int Run(ParseResult parsed, Surroundings surroundings)
    {
        var arguments = new CheckArguments
        {
            Paths = parsed.GetRequiredValue(_paths),
            Manifest = parsed.GetValue(_manifest),
            Profile = parsed.GetValue(_profile),
            Rules = parsed.GetValue(_rules) ?? [],
            FirstParty = parsed.GetValue(_firstParty) ?? [],
            Json = parsed.GetValue(_json),
            Sarif = parsed.GetValue(_sarif),
            SarifOmitsWaived = parsed.GetValue(_sarifWaived) == "omit",
            JUnit = parsed.GetValue(_junit),
            Markdown = parsed.GetValue(_markdown),
            Html = parsed.GetValue(_html),
            ReportFormats = parsed.GetValue(_reportFormats) ?? [],
            PolicyFrom = parsed.GetValue(_policyFrom),
            Baselines = parsed.GetValue(_baseline) ?? [],
            WarnOnly = parsed.GetValue(_warnOnly),
            AsOf = parsed.GetValue(_asOf),
            Receipts = parsed.GetValue(_receipts),
            Sboms = parsed.GetValue(_sboms),
            Seals = parsed.GetValue(_seals),
            SealKey = parsed.GetValue(_sealKey),
            SealTo = parsed.GetValue(_sealTo),
            AuditLog = parsed.GetValue(_log),
            Shard = parsed.GetValue(_shard),
            Format = parsed.GetValue(_format),
            Quiet = parsed.GetValue(_quiet),
            AsDirectory = parsed.GetValue(_as) is not null,
            Project = parsed.GetValue(_project),
            ReleaseTo = parsed.GetValue(_releaseTo),
            ReleaseEach = parsed.GetValue(_releaseEach) ?? [],
            RejectTo = parsed.GetValue(_rejectTo),
            MarkRejected = parsed.GetValue(_markRejected),
            Plan = parsed.GetValue(_plan),
            AsPlanned = parsed.GetValue(_planned),
            Unfinished = parsed.GetValue(_unfinished),
            State = parsed.GetValue(_state),
        };
        if (HasUnknownOption(Name, parsed, arguments.Paths, surroundings))
        {
            Check.ClearReports(arguments, surroundings);
            return ExitCode.CouldNotRun;
        }

        return Check.Run(arguments, surroundings);
    }

    // The library would take any form that the culture of the machine knows.
    internal static DateOnly? Day(ArgumentResult result)
    {
        if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        result.AddError($"'{EntryPath.Printable(result.Tokens[0].Value)}' is no day; write it like 2027-01-31");
        return null;
    }

    /// <summary>Says so where the library took a misspelled option for one more path.</summary>
    internal static bool HasUnknownOption(string command, ParseResult parsed, IReadOnlyList<string> paths, Surroundings surroundings)
    {
        if (UnknownOption(parsed, paths) is not { } unknown) return false;
        surroundings.Error.WriteLine($"releasegate: error: there is no option '{EntryPath.Printable(unknown)}'; a path that begins with '-' stands after '--'");
        surroundings.Error.WriteLine($"See 'releasegate {command} --help'.");
        return true;
    }

    private static string? UnknownOption(ParseResult parsed, IReadOnlyList<string> paths)
    {
        foreach (var token in parsed.Tokens)
            if (token.Type == TokenType.DoubleDash) return null;
        foreach (var path in paths)
            if (path.StartsWith('-')) return path;
        return null;
    }
}
