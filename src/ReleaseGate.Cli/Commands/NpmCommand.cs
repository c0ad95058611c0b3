using System.CommandLine;
using ReleaseGate.Artifacts;
using ReleaseGate.Cli.Npm;
using ReleaseGate.Reporting;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate npm</c>: instead of <c>npm pack</c>, so that what lies there afterwards has passed.</summary>
internal sealed class NpmCommand
{
    public const string Name = "npm";

    public static readonly string[] Examples =
    [
        "releasegate npm",
        "releasegate npm packages/cli --output artifacts",
        "releasegate npm --workspaces --output artifacts",
    ];

    private readonly Argument<string> _folder = new("FOLDER") { Description = "The folder of the package.json.", DefaultValueFactory = _ => "." };

    private readonly Option<string?> _output = new("--output") { HelpName = "DIR", Description = "Where the tarballs that have passed go. Default: here, as 'npm pack' does." };

    private readonly Option<bool> _workspaces = new("--workspaces") { Description = "Pack all workspaces." };

    private readonly Option<string[]> _workspace = new("--workspace", "-w") { HelpName = "NAME", Description = "Pack this workspace, by name or folder. May be given several times." };

    private readonly Option<bool> _ignoreScripts = new("--ignore-scripts") { Description = "Let npm run no scripts (prepack, prepare, postpack)." };

    private readonly Option<string?> _manifest = new("--manifest") { HelpName = "FILE", Description = "The manifest. Default: releasegate.json in FOLDER or above, up to the repository root." };

    private readonly Option<string?> _profile = new("--profile") { HelpName = "NAME", Description = "Judge by this built-in profile, whatever manifest lies around." };

    private readonly Option<string[]> _rules = new("--rules") { HelpName = "DLL", Description = "An assembly with more rules. May be given several times." };

    private readonly Option<string?> _policyFrom = new("--policy-from") { HelpName = "REVISION", Description = "Judge by the manifest as it is in this git revision, e.g. origin/main; what the working copy's would add needs approval." };

    private readonly Option<string[]> _baseline = new("--baseline") { HelpName = "PATH", Description = "What was released before, to compare with: an artifact, a folder, a receipt. May be given several times." };

    private readonly Option<bool> _warnOnly = new("--warn-only") { Description = "Let what blocks only warn, for the first days. The report says so; nothing is vouched for." };

    private readonly Option<DateOnly?> _asOf = new("--as-of") { HelpName = "DATE", Description = "Judge waivers by this day, e.g. 2027-01-31, and see what will break then.", CustomParser = CheckCommand.Day };

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

    private readonly Option<string?> _format = OutputFormats.Option();

    private readonly Option<bool> _quiet = new("--quiet") { Description = "Print errors only." };

    private readonly Option<string?> _released = new("--released") { HelpName = "FILE", Description = "Write the paths of what was released there. For the MSBuild targets.", Hidden = true };

    private NpmCommand() { }

    public static Command Create(Surroundings surroundings)
    {
        var npm = new NpmCommand();
        var command = new Command(Name, "Runs 'npm pack', checks the tarball, and hands it over only if it has passed.")
        {
            npm._folder, npm._output, npm._workspaces, npm._workspace, npm._ignoreScripts, npm._manifest, npm._profile, npm._rules, npm._policyFrom, npm._baseline, npm._warnOnly, npm._asOf, npm._receipts, npm._sboms, npm._seals, npm._sealKey, npm._sealTo, npm._log,
            npm._json, npm._sarif, npm._sarifWaived, npm._junit, npm._markdown, npm._html, npm._reportFormats, npm._format, npm._quiet, npm._released,
        };
        command.SetAction(parsed => npm.Run(parsed, surroundings));
        return command;
    }

    private int Run(ParseResult parsed, Surroundings surroundings)
    {
        var folder = parsed.GetRequiredValue(_folder);
        // The library takes a misspelled option for the folder.
        if (folder.StartsWith('-'))
        {
            surroundings.Error.WriteLine($"releasegate: error: there is no option '{EntryPath.Printable(folder)}'");
            surroundings.Error.WriteLine("See 'releasegate npm --help'.");
            return ExitCode.CouldNotRun;
        }

        return NpmGate.Run(new NpmArguments
        {
            Folder = folder,
            Output = parsed.GetValue(_output),
            Workspaces = parsed.GetValue(_workspaces),
            Workspace = parsed.GetValue(_workspace) ?? [],
            IgnoreScripts = parsed.GetValue(_ignoreScripts),
            Released = parsed.GetValue(_released),
            Check = new CheckArguments
            {
                Paths = [],
                Manifest = parsed.GetValue(_manifest),
                Profile = parsed.GetValue(_profile),
                Rules = parsed.GetValue(_rules) ?? [],
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
                Json = parsed.GetValue(_json),
                Sarif = parsed.GetValue(_sarif),
                SarifOmitsWaived = parsed.GetValue(_sarifWaived) == "omit",
                JUnit = parsed.GetValue(_junit),
                Markdown = parsed.GetValue(_markdown),
                Html = parsed.GetValue(_html),
                ReportFormats = parsed.GetValue(_reportFormats) ?? [],
                Format = parsed.GetValue(_format),
                Quiet = parsed.GetValue(_quiet),
            },
        }, surroundings);
    }
}
