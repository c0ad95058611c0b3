using System.CommandLine;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate seal</c>: checks artifacts and signs that they have passed. It believes no report and no receipt: it looks itself.</summary>
internal sealed class SealCommand
{
    public const string Name = "seal";

    public static readonly string[] Examples =
    [
        "releasegate seal Acme.1.0.0.nupkg --key env://RELEASEGATE_KEY --to https://feed.acme.example/v3/index.json",
        "releasegate seal acme-cli-1.0.0.tgz --key release.pem",
        "releasegate seal Acme.1.0.0.nupkg --statement-out statement.json --to https://feed.acme.example/v3/index.json",
    ];

    private readonly Argument<string[]> _paths = new("ARTIFACT")
    {
        Description = "A package, a glob (*, ?, **), a folder of packages, or with '--as directory' a folder.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _key = new("--key") { HelpName = "FILE", Description = $"The private key: a PEM file, or env://NAME for a variable that holds it. The password of an encrypted one stands in {SealKey.PasswordVariable}." };

    private readonly Option<string?> _to = new("--to") { HelpName = "FEED", Description = "The feed that it may go to, an address. Default: the public registry." };

    private readonly Option<string?> _output = new("--output") { HelpName = "DIR", Description = "The folder for seals. Default: beside each artifact." };

    private readonly Option<string?> _out = new("--out") { HelpName = "FILE", Description = "The file for the seal, of one artifact." };

    private readonly Option<string?> _statement = new("--statement-out") { HelpName = "FILE", Description = "Write the unsigned statement there, for a signer of your own. Needs no key." };

    private readonly Option<string?> _predicate = new("--predicate-out") { HelpName = "FILE", Description = "Write the predicate alone, for signers that make the statement themselves. Needs no key." };

    private readonly Option<string?> _manifest = SharedOptions.Manifest();

    private readonly Option<string?> _profile = SharedOptions.Profile();

    private readonly Option<string[]> _rules = SharedOptions.Rules();

    private readonly Option<string[]> _firstParty = SharedOptions.FirstParty();

    private readonly Option<string?> _policyFrom = SharedOptions.PolicyFrom();

    private readonly Option<string[]> _baseline = SharedOptions.Baseline();

    private readonly Option<string?> _drill = new("--drill") { HelpName = "FILE", Description = "The report of a drill of this package, which 'releasegate drill --json' wrote: the seal says how many leaks were seeded and missed." };

    private readonly Option<string?> _log = SharedOptions.Log();

    private readonly Option<string?> _format = OutputFormats.Option();

    private readonly Option<string?> _as = SharedOptions.AsDirectory();

    private readonly Option<bool> _quiet = SharedOptions.Quiet();

    private SealCommand() { }

    public static Command Create(Surroundings surroundings)
    {
        var seal = new SealCommand();
        var command = new GateCommand(Name, "Checks artifacts and signs that they have passed, for one destination. What does not pass is not sealed.", parsed => seal.Forget(parsed, surroundings))
        {
            seal._paths, seal._key, seal._to, seal._output, seal._out, seal._statement, seal._predicate, seal._manifest, seal._profile, seal._rules, seal._firstParty, seal._policyFrom, seal._baseline, seal._drill, seal._log, seal._format, seal._as, seal._quiet,
        };
        command.SetAction(parsed => seal.Run(parsed, surroundings));
        return command;
    }

    private int Run(ParseResult parsed, Surroundings surroundings)
    {
        var hasBegun = false;
        try
        {
            return Run(parsed, surroundings, out hasBegun);
        }
        finally
        {
            if (!hasBegun) Forget(parsed, surroundings);
        }
    }

    /// <summary>What an earlier run made must not outlive one that can't begin: takes away what the same key sealed, and unsigned statements, where this run would have written them. What is to be sealed, and what others made, stays.</summary>
    private void Forget(ParseResult parsed, Surroundings surroundings)
    {
        var files = surroundings.Files;
        var artifacts = Named(JudgeOptions.Words(parsed.GetResult(_paths)), parsed.GetResult(_as) is not null, surroundings);
        var kept = Outputs.Resolved(files, artifacts);
        try
        {
            foreach (var option in (Option<string?>[])[_statement, _predicate])
                if (JudgeOptions.Written(parsed, option) is { } path) Clear(surroundings.FullPath(path), ReportFormat.Statement);
            if (HintOf(JudgeOptions.Written(parsed, _key), surroundings) is not { } hint) return;
            List<string> seals = [.. Places([.. artifacts], null, null, surroundings)];
            if (JudgeOptions.Written(parsed, _output) is { } folder) seals = [.. Places([.. artifacts], surroundings.FullPath(folder), null, surroundings)];
            if (JudgeOptions.Written(parsed, _out) is { } file) seals = [surroundings.FullPath(file)];
            foreach (var seal in seals)
                if (ReportFile.SealedBy(files, seal) == hint) Clear(seal, ReportFormat.Seal);
        }
        catch (Exception mistake) when (mistake is IOException or UnauthorizedAccessException)
        {
            surroundings.Error.WriteLine($"releasegate: error: what an earlier run wrote is still there: {EntryPath.Printable(mistake.Message)}");
        }

        void Clear(string path, ReportFormat format)
        {
            if (!kept.Contains(DiskFile.Resolve(files, path)) && ReportFile.MayReplace(files, path, format)) ReportFile.Clear(files, path, format);
        }
    }

    // Also of what is missing now: an earlier run may have found it.
    private static List<string> Named(List<string> paths, bool asDirectory, Surroundings surroundings)
    {
        var named = new List<string>();
        foreach (var path in paths)
        {
            if (path.Length == 0 || path.StartsWith('-')) continue;
            try
            {
                named.AddRange(new Gate(surroundings.Files).Find(new GateRequest { Artifacts = [path], AsDirectory = asDirectory, SearchFrom = surroundings.CurrentDirectory }).Select(surroundings.FullPath));
            }
            catch (GateException)
            {
                if (path.AsSpan().IndexOfAny('*', '?', '\0') < 0) named.Add(surroundings.FullPath(path));
            }
        }

        return named.ConvertAll(surroundings.Files.Path.TrimEndingDirectorySeparator);
    }

    // Where the key can't be read nobody knows whose seals these are.
    private static string? HintOf(string? key, Surroundings surroundings)
    {
        if (key is null || !KeyText.IsReference(key)) return null;
        try
        {
            using var signer = SealKey.Read(surroundings.Files, key.StartsWith(SealPolicy.VariablePrefix, StringComparison.Ordinal) ? key : surroundings.FullPath(key), surroundings.Variable);
            return signer.Hint;
        }
        catch (GateException)
        {
            return null;
        }
    }

    private int Run(ParseResult parsed, Surroundings surroundings, out bool hasBegun)
    {
        hasBegun = false;
        var paths = parsed.GetRequiredValue(_paths);
        if (CheckCommand.HasUnknownOption(Name, parsed, paths, surroundings)) return ExitCode.CouldNotRun;
        var (key, statement, predicate) = (parsed.GetValue(_key), Full(parsed.GetValue(_statement)), Full(parsed.GetValue(_predicate)));
        var (folder, file) = (Full(parsed.GetValue(_output)), Full(parsed.GetValue(_out)));
        if (WhyNot() is { } mistake) return surroundings.Refuse(mistake, Name);
        var request = RequestFrom(parsed, paths, surroundings);
        var artifacts = new Gate(surroundings.Files).Find(request).Select(surroundings.FullPath).Select(surroundings.Files.Path.TrimEndingDirectorySeparator).ToArray();
        if (artifacts.Length != 1 && (file ?? statement ?? predicate) is not null)
            return surroundings.Refuse($"'--out', '--statement-out' and '--predicate-out' name one file each, and these are {artifacts.Length} artifacts; seal them one by one, or leave these options out", Name);
        var seals = key is null ? [] : Places(artifacts, folder, file, surroundings);
        var outputs = new List<(string Path, ReportFormat Format)>();
        foreach (var seal in seals) outputs.Add((seal, ReportFormat.Seal));
        if (statement is not null) outputs.Add((statement, ReportFormat.Statement));
        if (predicate is not null) outputs.Add((predicate, ReportFormat.Statement));
        List<string> read = [.. artifacts];
        if (key is { } pem && !pem.StartsWith(SealPolicy.VariablePrefix, StringComparison.Ordinal)) read.Add(surroundings.FullPath(pem));
        if (Full(parsed.GetValue(_drill)) is { } drillFile) read.Add(drillFile);
        Outputs.Require(surroundings.Files, outputs.ConvertAll(o => o.Path), read);
        using var signer = key is null ? null : SealKey.Read(surroundings.Files, request.SealKey!, surroundings.Variable);
        RequirePlaces(outputs, artifacts, signer, surroundings);
        string[] written = [.. outputs.Select(o => o.Path), .. seals.Select(p => p + SealWriter.Unreleased)];
        if (request.AuditLog is { } log)
        {
            Outputs.RequireOwnLog(surroundings.Files, request, log, manifest: null, written);
            Outputs.RequireOwnLog(surroundings.Files, log, written, read);
        }

        // What an earlier run made must not outlive a run that fails.
        foreach (var (path, format) in outputs) ReportFile.Clear(surroundings.Files, path, format);
        hasBegun = true;
        SealDestination.Feed(parsed.GetValue(_to));
        var drill = Full(parsed.GetValue(_drill)) is { } reported ? DrillReader.ReadReport(surroundings.Files, reported) : null;

        var started = surroundings.Time.GetUtcNow().UtcDateTime;
        var time = Receipt.TimeOf(surroundings.Variable(Receipt.EpochVariable), started);
        var report = surroundings.Check(request, started, null, surroundings.Cancel);
        new FindingsPrinter(OutputFormats.Of(parsed.GetValue(_format), surroundings), parsed.GetValue(_quiet), surroundings).Write(report);
        // Before the log says that it passed.
        if (report.Passed) SealWriter.RequireSealable(report);
        if (report.Passed && drill is not null) Sealing.RequireDrilled(report, drill);
        report = new AuditedRun(surroundings.Files).Logged(report, report.Passed, surroundings.Time.GetUtcNow().UtcDateTime, written);
        if (!report.Passed) return ExitCode.Blocked;
        // Between the search and the check something may have come or gone.
        if (report.Verdicts.Count != artifacts.Length) throw new GateException(GateRules.ArtifactChanged.Id, "other artifacts lie there now than when the run began. Let nothing write there, and seal them once more");
        var sealing = new Sealing(surroundings.Files, report, time, [], drill);
        using var pending = sealing.Prepare(signer, seals);
        if (signer is not null) sealing.Log(signer, surroundings.Time.GetUtcNow().UtcDateTime);
        if (statement is not null) ReportFile.Write(surroundings.Files, statement, stream => stream.Write(sealing.Statements[0].ToBytes()));
        if (predicate is not null) ReportFile.Write(surroundings.Files, predicate, stream => stream.Write(sealing.Statements[0].PredicateToBytes()));
        pending.Release();
        for (var i = 0; i < report.Verdicts.Count && !parsed.GetValue(_quiet); i++)
        {
            var said = sealing.Statements[i];
            var name = EntryPath.Printable(report.Verdicts[i].Path);
            var until = said.NotAfter is { } end ? $" until {JsonReporter.Written(end)}" : "";
            surroundings.Output.WriteLine(signer is null
                ? $"{name}: not sealed; the statement for {EntryPath.Printable(said.Resource)}{until} waits for a signature"
                : $"{name}: sealed for {EntryPath.Printable(said.Resource)}{until}, {EntryPath.Printable(surroundings.Shown(seals[i]))}, key {signer.Hint}");
        }

        return ExitCode.Passed;

        string? WhyNot() => (key, folder, file) switch
        {
            (null, _, _) when statement is null && predicate is null => "name the private key with '--key FILE' or '--key env://NAME', or a file for the unsigned statement with '--statement-out FILE'",
            (null, not null, _) or (null, _, not null) => "'--output' and '--out' say where the seal goes, and without '--key' there is none",
            (_, not null, not null) => "'--output' and '--out' both say where the seal goes; leave one of them out",
            _ => null,
        };

        string? Full(string? path) => path is null ? null : surroundings.FullPath(path);
    }

    /// <summary>Refuses outputs that may not lie where they would. All or none: where one must stay, nothing is removed.</summary>
    private static void RequirePlaces(List<(string Path, ReportFormat Format)> outputs, string[] artifacts, SealKey? signer, Surroundings surroundings)
    {
        var files = surroundings.Files;
        foreach (var (path, format) in outputs)
            if (ReportFile.Obstacle(files, path, format) is { } why) throw new IOException(why);
        foreach (var (path, format) in outputs)
            if (format == ReportFormat.Seal && ReportFile.SealedBy(files, path) is { } other && other != signer!.Hint)
                throw new GateException(GateRules.NothingInspected.Id, $"here lies a seal that another key made, key {EntryPath.Printable(other)}, and the seal of another approver is not replaced; name another file with '--out FILE', or delete it", path);
        foreach (var (path, _) in outputs)
        {
            foreach (var artifact in artifacts)
            {
                if (files.Directory.Exists(artifact) && DiskFile.IsWithin(files, path, artifact))
                    throw new GateException(GateRules.NothingInspected.Id, $"'{EntryPath.Printable(surroundings.Shown(path))}' would lie in '{EntryPath.Printable(surroundings.Shown(artifact))}' itself and be an entry that nobody inspected; name another place for it");
            }
        }
    }

    private GateRequest RequestFrom(ParseResult parsed, string[] paths, Surroundings surroundings) => Check.RequestFrom(new CheckArguments
    {
        Paths = paths,
        Manifest = parsed.GetValue(_manifest),
        Profile = parsed.GetValue(_profile),
        Rules = parsed.GetValue(_rules) ?? [],
        FirstParty = parsed.GetValue(_firstParty) ?? [],
        PolicyFrom = parsed.GetValue(_policyFrom),
        Baselines = parsed.GetValue(_baseline) ?? [],
        AsDirectory = parsed.GetValue(_as) is not null,
        SealKey = parsed.GetValue(_key),
        SealTo = parsed.GetValue(_to),
        AuditLog = parsed.GetValue(_log),
    }, surroundings);

    // Beside the artifact, under its whole name.
    private static string[] Places(string[] artifacts, string? folder, string? file, Surroundings surroundings)
    {
        if (file is not null) return [file];
        if (folder is null) return Array.ConvertAll(artifacts, a => a + SigstoreBundle.Suffix);
        return [.. Sealing.Places(surroundings.Files, folder, artifacts)];
    }
}
