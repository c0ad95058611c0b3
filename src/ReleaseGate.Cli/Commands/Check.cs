using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary>The run behind <c>releasegate check</c>.</summary>
internal static class Check
{
    /// <summary>Checks, prints, writes the report.</summary>
    public static int Run(CheckArguments arguments, Surroundings surroundings)
    {
        if (!AreReportFiles(arguments, surroundings) || !IsShard(arguments.Shard, surroundings))
        {
            ClearReports(arguments, surroundings);
            return ExitCode.CouldNotRun;
        }

        var request = ReadRequest(arguments, surroundings);
        var reports = surroundings.Reports;
        var receipts = new ReceiptWriter(surroundings.Files);
        var sboms = new SbomWriter(surroundings.Files);
        var seals = new SealWriter(surroundings.Files, surroundings.Variable);
        var printer = new FindingsPrinter(OutputFormats.Of(arguments.Format, surroundings), arguments.Quiet, surroundings);
        var started = surroundings.Time.GetUtcNow().UtcDateTime;
        // Only the targets keep a state: nothing changed since the folder passed in this very build.
        var gate = request.State is null ? null : new Gate(surroundings.Files);
        try
        {
            if (gate?.StillStands(request, started) == true && receipts.Stand(request) && sboms.Stand(request) && seals.Stand(request)) return ExitCode.Passed;
            reports.Clear(request);
            gate?.Forget(request);
        }
        catch (Exception mistake) when (mistake is GateException or IOException or UnauthorizedAccessException)
        {
            Attachments.ClearRefused(surroundings.Files, request);
            throw;
        }

        if (arguments.MarkRejected) Unmark(request, surroundings);

        GateReport report;
        try
        {
            Attachments.ClearAll(surroundings.Files, request);
            using var key = seals.ReadKey(request);
            ReceiptWriter.RequireWhole(request);
            RefuseFilesAsFolders(request, arguments, surroundings);
            var time = ReceiptWriter.IsWanted(request) || SbomWriter.IsWanted(request) || key is not null ? Receipt.TimeOf(surroundings.Variable(Receipt.EpochVariable), started) : started;
            report = Settle(SealWriter.Announce(Inspect(request, started, surroundings)), arguments, reports, receipts, (all, pending) =>
            {
                seals.Prepare(all, time, key, pending, sboms.Prepare(all, time, pending), surroundings.Time.GetUtcNow().UtcDateTime);
            }, time, surroundings);
        }
        catch (GateException mistake)
        {
            Reject(request.Artifacts, arguments, surroundings);
            printer.Write(request, mistake);
            Mark(request, arguments, mistake.Message, surroundings);
            WriteError(request, mistake, started, reports, surroundings);
            return ExitCode.CouldNotRun;
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            WriteError(request, defect, started, reports, surroundings);
            throw;
        }

        if (gate?.Keep(report) is { } forgotten) surroundings.Error.WriteLine($"releasegate: {forgotten}");
        // The summary is that of the folder, too.
        if ((request.AsPlanned || request.Unfinished) && report.GoesOn) return ExitCode.Passed;
        printer.Write(report);
        if (!report.GoesOn) return ExitCode.Blocked;
        if (!arguments.Quiet) SayWhatBelongs(report, surroundings);
        if (SealWriter.WhyNot(request) is { } why) surroundings.Error.WriteLine($"releasegate: nothing was sealed: {why}");
        return ExitCode.Passed;
    }

    // Inventories and seals: where they lie is needed for the next step.
    private static void SayWhatBelongs(GateReport report, Surroundings surroundings)
    {
        var (request, files) = (report.Request, surroundings.Files);
        foreach (var inventory in SbomWriter.IsWanted(request) ? new SbomWriter(files).Sboms(request.Sboms!).Paths(report) : []) Say("inventory", inventory);
        foreach (var seal in SealWriter.IsWanted(request) ? SealWriter.Seals(files, request.Seals!).Paths(report) : []) Say("sealed", seal);

        void Say(string what, string path) => surroundings.Output.WriteLine($"{what}: {EntryPath.Printable(surroundings.Shown(path))}");
    }

    private static bool IsShard(string? written, Surroundings surroundings)
    {
        if (written is null || Shard.Parse(written) is not null) return true;
        surroundings.Error.WriteLine($"releasegate: error: '--shard' wants a part and how many there are, e.g. '--shard 3/8'; '{EntryPath.Printable(written)}' is none");
        return false;
    }

    /// <summary>Removes what an earlier run wrote where this one ends before it begins: reports would say "passed", and so would receipts and seals.</summary>
    public static void ClearReports(CheckArguments arguments, Surroundings surroundings)
    {
        var json = File(arguments.Json);
        var request = RequestFrom(arguments with
        {
            Json = json, Sarif = File(arguments.Sarif), JUnit = File(arguments.JUnit), Markdown = File(arguments.Markdown), Html = File(arguments.Html),
            ReportFormats = json is null ? [] : arguments.ReportFormats, SealKey = null,
        }, surroundings);
        try
        {
            surroundings.Reports.Clear(request);
        }
        finally
        {
            Attachments.ClearRefused(surroundings.Files, request);
        }

        static string? File(string? path) => path == "-" ? null : path;
    }

    /// <summary>The arguments as the engine takes them; where they are wrong, what an earlier run wrote is gone.</summary>
    /// <exception cref="GateException">They are wrong.</exception>
    public static GateRequest ReadRequest(CheckArguments arguments, Surroundings surroundings)
    {
        try
        {
            return RequestFrom(arguments, surroundings);
        }
        catch (GateException)
        {
            // What may be wrong says nothing of where an earlier run wrote.
            ClearReports(arguments with { Baselines = [.. arguments.Baselines.Where(b => b != Baselines.CacheWord)], ReportFormats = [] }, surroundings);
            throw;
        }
    }

    /// <summary>The same for every report that is asked for.</summary>
    public static bool AreReportFiles(CheckArguments arguments, Surroundings surroundings)
    {
        foreach (var (option, file) in ((string, string?)[])[("--json", arguments.Json), ("--sarif", arguments.Sarif), ("--junit", arguments.JUnit), ("--markdown", arguments.Markdown), ("--html", arguments.Html)])
            if (!IsReportFile(file, surroundings, option)) return false;
        return true;
    }

    /// <summary>Says so where '--json' names no file: elsewhere '-' is standard output, which other lines are written to here.</summary>
    public static bool IsReportFile(string? file, Surroundings surroundings, string option = "--json")
    {
        if (file != "-") return true;
        surroundings.Error.WriteLine($"releasegate: error: '{option}' wants the name of a file, e.g. '{option} report.{option[2..]}'; it does not write to standard output");
        return false;
    }

    // With '--as directory' somebody means the folder, and named something else. The doors of a build name folders and files at once.
    private static void RefuseFilesAsFolders(GateRequest request, CheckArguments arguments, Surroundings surroundings)
    {
        if (!request.AsDirectory || arguments.MarkRejected || arguments.RejectTo is not null) return;
        foreach (var path in request.Artifacts)
            if (path.Length > 0 && surroundings.Files.File.Exists(surroundings.FullPath(path)))
                throw new GateException(GateRules.NothingInspected.Id, $"'{EntryPath.Printable(path)}' is a file, and '--as directory' takes folders; name the folder, or leave '--as directory' out");
    }

    /// <summary>Writes the reports and moves what was checked to where it belongs, for the targets: all of it released, or all of it put aside and its folders marked.</summary>
    private static GateReport Settle(GateReport report, CheckArguments arguments, ReportFiles reports, ReceiptWriter receipts, Action<GateReport, PendingReceipts> attach, DateTime time, Surroundings surroundings)
    {
        var stage = new Stage(surroundings.Files);
        var audit = new AuditedRun(surroundings.Files);
        if (!report.GoesOn)
        {
            audit.Logged(report, goesOn: false, surroundings.Time.GetUtcNow().UtcDateTime);
            var rejected = Reject(report.Verdicts.Select(v => v.Path), arguments, surroundings) is { } places ? stage.Moved(report, places) : report;
            if (arguments.MarkRejected)
                foreach (var folder in Folders(report.Request, surroundings)) new RejectedMarker(surroundings.Files).Write(folder, rejected, surroundings.Time.GetUtcNow().UtcDateTime);
            WriteReports(rejected, reports, surroundings);
            return rejected;
        }

        var isReleased = arguments.ReleaseTo is not null || arguments.ReleaseEach.Count > 0;
        // Told as it was written, and not as a full path. The reports come first: where they can't be written, nothing is released.
        var moved = isReleased ? stage.Moved(report, ReleaseFolders(report, arguments, path => path)) : report;
        WriteReports(moved, reports, surroundings);
        using var pending = receipts.Prepare(report, time);
        // What no line tells of does not go out, and seals name the line.
        report = audit.Logged(report, goesOn: true, surroundings.Time.GetUtcNow().UtcDateTime, isReleased ? stage.Targets(report, ReleaseFolders(report, arguments, surroundings.FullPath)) : []);
        attach(report, pending);
        if (isReleased) stage.Release(report, ReleaseFolders(report, arguments, surroundings.FullPath), pending.Release);
        else pending.Release();
        return moved;
    }

    private static void WriteReports(GateReport report, ReportFiles reports, Surroundings surroundings)
    {
        surroundings.Cancel.ThrowIfCancellationRequested();
        // A plan that passes says little: the reports are those of the folder.
        if ((report.Request.AsPlanned || report.Request.Unfinished) && report.GoesOn) return;
        reports.Write(report);
    }

    private static string?[] ReleaseFolders(GateReport report, CheckArguments arguments, Func<string, string> path)
    {
        var all = arguments.ReleaseTo is { } to ? path(to) : null;
        if (arguments.ReleaseEach.Count == 0) return report.Verdicts.Select(_ => all).ToArray();
        if (arguments.ReleaseEach.Count != arguments.Paths.Count) throw new ArgumentException("'--release-each' wants one folder for each path.");
        var folders = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Paths.Count; i++) folders[arguments.Paths[i]] = arguments.ReleaseEach[i] is "-" ? all : path(arguments.ReleaseEach[i]);
        return report.Verdicts.Select(v => folders.TryGetValue(v.Path, out var folder) ? folder : all).ToArray();
    }

    private static IReadOnlyList<string?>? Reject(IEnumerable<string> artifacts, CheckArguments arguments, Surroundings surroundings)
    {
        if (Full(arguments.RejectTo, surroundings) is not { } folder) return null;
        var stage = new Stage(surroundings.Files);
        var paths = artifacts.Select(surroundings.FullPath).ToArray();
        var places = stage.Aside(paths, arguments.RejectTo!);
        stage.Reject(paths, folder);
        return places;
    }

    // The marker of an earlier run is no part of the artifact.
    private static void Unmark(GateRequest request, Surroundings surroundings)
    {
        foreach (var folder in Folders(request, surroundings)) new RejectedMarker(surroundings.Files).Remove(folder);
    }

    private static void Mark(GateRequest request, CheckArguments arguments, string reason, Surroundings surroundings)
    {
        if (!arguments.MarkRejected) return;
        foreach (var folder in Folders(request, surroundings)) new RejectedMarker(surroundings.Files).Write(folder, reason, surroundings.Time.GetUtcNow().UtcDateTime);
    }

    private static IEnumerable<string> Folders(GateRequest request, Surroundings surroundings) =>
        request.Artifacts.Select(surroundings.FullPath).Where(surroundings.Files.Directory.Exists);

    /// <summary>The arguments as the engine takes them.</summary>
    public static GateRequest RequestFrom(CheckArguments arguments, Surroundings surroundings)
    {
        if (arguments.SealKey is { } reference) KeyText.RequireReference(reference);
        var rules = new string[arguments.Rules.Count];
        for (var i = 0; i < rules.Length; i++) rules[i] = surroundings.FullPath(arguments.Rules[i]);
        var request = new GateRequest
        {
            Artifacts = arguments.Paths,
            Manifest = Full(arguments.Manifest, surroundings),
            Profile = arguments.Profile,
            Rules = rules,
            FirstParty = arguments.FirstParty,
            AsDirectory = arguments.AsDirectory,
            Plan = Full(arguments.Plan, surroundings),
            AsPlanned = arguments.AsPlanned,
            Unfinished = arguments.Unfinished,
            State = Full(arguments.State, surroundings),
            SearchFrom = surroundings.CurrentDirectory,
            Shard = arguments.Shard is { } shard ? Shard.Parse(shard) : null,
            PolicyFrom = arguments.PolicyFrom,
            Baselines = [.. arguments.Baselines.Select(b => BaselineFrom(b, surroundings))],
            WarnOnly = arguments.WarnOnly,
            AsOf = arguments.AsOf,
            Receipts = Full(arguments.Receipts, surroundings),
            Sboms = Full(arguments.Sboms, surroundings),
            Seals = Full(arguments.Seals, surroundings),
            SealKey = arguments.SealKey is { } key && !key.StartsWith(SealPolicy.VariablePrefix, StringComparison.Ordinal) ? surroundings.FullPath(key) : arguments.SealKey,
            SealTo = arguments.SealTo,
            AuditLog = Full(arguments.AuditLog, surroundings),
            Report = Full(arguments.Json, surroundings),
            Sarif = Full(arguments.Sarif, surroundings),
            SarifOmitsWaived = arguments.SarifOmitsWaived,
            JUnit = Full(arguments.JUnit, surroundings),
            Markdown = Full(arguments.Markdown, surroundings),
            Html = Full(arguments.Html, surroundings),
            Project = Full(arguments.Project, surroundings),
        };
        return ReportFiles.Beside(request, arguments.ReportFormats);
    }

    // The engine does not ask the environment. Where NuGet keeps packages: learn.microsoft.com/nuget/consume-packages/managing-the-global-packages-and-cache-folders.
    private static string BaselineFrom(string written, Surroundings surroundings)
    {
        if (written == Baselines.Cache) return written;
        if (written.StartsWith(Baselines.Cache, StringComparison.Ordinal)) return Baselines.Cache + surroundings.FullPath(written[Baselines.Cache.Length..]);
        if (written != Baselines.CacheWord) return surroundings.FullPath(written);
        var folder = surroundings.Variable("NUGET_PACKAGES");
        if (string.IsNullOrEmpty(folder) && surroundings.Variable(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME") is { Length: > 0 } home) folder = surroundings.Files.Path.Combine(home, ".nuget", "packages");
        return string.IsNullOrEmpty(folder)
            ? throw new GateException(GateRules.NothingInspected.Id, "the baseline 'nuget' can't serve: neither NUGET_PACKAGES nor a home folder says where NuGet keeps packages; write 'nuget:' and the folder")
            : Baselines.Cache + surroundings.FullPath(folder);
    }

    private static string? Full(string? path, Surroundings surroundings) => path is null ? null : surroundings.FullPath(path);

    private static GateReport Inspect(GateRequest request, DateTime started, Surroundings surroundings)
    {
        if (!surroundings.ErrorIsTerminal) return surroundings.Check(request, started, null, surroundings.Cancel);
        using var progress = new ProgressLine(surroundings.Error, surroundings.Time, surroundings.Width);
        return surroundings.Check(request, started, progress, surroundings.Cancel);
    }

    // Only JSON can say that a run did not end. An empty SARIF file, for one, would close the alerts of the last.
    public static void WriteError(GateRequest request, Exception mistake, DateTime started, ReportFiles reports, Surroundings surroundings)
    {
        reports.Clear(request);
        if (request.Report is { } path) ReportFile.Write(surroundings.Files, path, stream => JsonReporter.WriteError(mistake, started, stream));
    }
}
