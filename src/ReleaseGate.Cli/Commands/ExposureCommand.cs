using System.CommandLine;
using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Reporting.Html;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate exposure</c>: what a leak would cost, by the manifest's model, for those who answer for it.</summary>
internal static class ExposureCommand
{
    public const string Name = "exposure";

    public static readonly string[] Examples =
    [
        "releasegate exposure",
        "releasegate exposure --drill drill.json --html exposure.html",
        "releasegate exposure --log releases.log.jsonl",
        "releasegate exposure --template",
    ];

    public static Command Create(Surroundings surroundings)
    {
        var manifest = new Option<string?>("--manifest") { HelpName = "FILE", Description = "The manifest that has the model. Default: releasegate.json here or in a folder above." };
        var drill = new Option<string?>("--drill") { HelpName = "FILE", Description = "The report of a drill, instead of the one that the manifest names." };
        var log = new Option<string?>("--log") { HelpName = "FILE", Description = "The audit log, instead of the one that the manifest names." };
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Write every figure and what it is made of as JSON." };
        var markdown = new Option<string?>("--markdown") { HelpName = "FILE", Description = "Write Markdown, for a decision paper." };
        var html = new Option<string?>("--html") { HelpName = "FILE", Description = "Write a page for people, with the curve: one file, for any browser." };
        var format = new Option<string?>("--format") { HelpName = "text|markdown|json", Description = "What is printed. Default: text." }.AcceptOnlyFromAmong("text", "markdown", "json");
        var template = new Option<bool>("--template") { Description = "Print a model to begin with, for the manifest, and do nothing else." };
        var command = new Command(Name, "Says what leaks would cost in a year, at which probability, and which controls carry that.") { manifest, drill, log, json, markdown, html, format, template };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(template))
            {
                surroundings.Output.Write(ExposureModel.Template());
                return ExitCode.Passed;
            }

            var outputs = new (string Option, string? File, ReportFormat Format)[] { ("--json", parsed.GetValue(json), ReportFormat.Json), ("--markdown", parsed.GetValue(markdown), ReportFormat.Markdown), ("--html", parsed.GetValue(html), ReportFormat.Html) };
            return Run(surroundings, parsed.GetValue(manifest), parsed.GetValue(drill), parsed.GetValue(log), outputs, parsed.GetValue(format) ?? "text");
        });
        return command;
    }

    private static int Run(Surroundings surroundings, string? manifest, string? drill, string? log, (string Option, string? File, ReportFormat Format)[] outputs, string format)
    {
        foreach (var (option, file, _) in outputs)
            if (file is "-" or "") return surroundings.Refuse($"'{option}' wants the name of a file; '--format' says what is printed");

        var path = manifest is not null ? surroundings.FullPath(manifest)
            : new ManifestSearch(surroundings.Files).Find(surroundings.CurrentDirectory)
                ?? throw new GateException(GateRules.ManifestInvalid.Id, "there is no manifest here, and so no exposure model; 'releasegate init ARTIFACT' writes a manifest, and 'releasegate exposure --template' prints a model to put into it");
        var drilled = drill is null ? null : surroundings.FullPath(drill);
        List<string> written = [.. from output in outputs where output.File is not null select surroundings.FullPath(output.File)];
        var logged = log is null ? null : surroundings.FullPath(log);
        if (logged is not null && !surroundings.Files.File.Exists(logged)) throw new GateException(GateRules.NotLogged.Id, "there is no such audit log", logged);
        List<string> read = [path];
        if (drilled is not null) read.Add(drilled);
        if (logged is not null) read.Add(logged);
        Outputs.Require(surroundings.Files, written, read);
        foreach (var (_, file, kind) in outputs)
            if (file is not null) ReportFile.Clear(surroundings.Files, surroundings.FullPath(file), kind);

        var said = new ManifestReader(surroundings.Files).Read(path);
        var model = said.Exposure
            ?? throw new GateException(GateRules.ManifestInvalid.Id, "the manifest has no \"exposure\", so nothing is known of what a leak would cost; 'releasegate exposure --template' prints a model to begin with", path);
        // Rules of others need not be loaded to know what they cost.
        ExposureReader.RequireKnownRules(model, [.. RulesCommand.Known().Select(d => d.Id), .. model.Controls.SelectMany(c => c.Rules).Where(r => !r.IsBuiltIn)]);
        if (drilled is not null) model = model with { Drill = drilled, MissRate = null };
        logged ??= said.AuditLog;
        Outputs.Require(surroundings.Files, written, [.. from used in (string?[])[model.Drill, logged] where used is not null select used, .. from source in said.Sources where !source.IsProfile select source.Name]);
        var time = surroundings.Time.GetUtcNow().UtcDateTime;
        var spending = SpendingOf(surroundings, logged, model, time);
        var exposure = ExposureInputs.Read(surroundings.Files, said, model, null, logged, time).Assess(withControls: true);

        foreach (var (_, file, kind) in outputs)
        {
            if (file is null) continue;
            ReportFile.Write(surroundings.Files, surroundings.FullPath(file), stream =>
            {
                if (kind == ReportFormat.Json) JsonReporter.WriteExposure(exposure, spending, time, stream);
                else if (kind == ReportFormat.Html) ExposurePage.Write(exposure, time, stream, spending);
                else stream.Write(Encoding.UTF8.GetBytes(ExposureText.Markdown(exposure, spending)));
            });
        }

        Print(surroundings, exposure, spending, time, format);
        if (spending is { IsOver: true })
            surroundings.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"releasegate: error: this year's remediation is above the budget of {spending.Budget} {EntryPath.Printable(model.Currency)} by {spending.Excess}; raise \"remediationBudget\", or see what 'releasegate log show --event spend' tells"));
        if (!exposure.Passed && exposure.ToleranceSeverity != Severity.Off)
            foreach (var finding in ToleranceCheck.Findings(exposure))
                surroundings.Error.WriteLine(new Diagnostic(finding.Location!.File, finding.Location.Line, finding.Location.Column, exposure.ToleranceSeverity, finding.Rule.Id, EntryPath.Printable($"{finding.Message}. {finding.Rule.Fix}"), finding.Rule.HelpLink).ToString());
        return spending is { IsOver: true } || exposure.IsBlocking ? ExitCode.Blocked : ExitCode.Passed;
    }

    private static Spending? SpendingOf(Surroundings surroundings, string? log, ExposureModel model, DateTime time)
    {
        // The first run begins what the manifest names.
        if (log is null || new AuditLogReader(surroundings.Files, log) is not { Exists: true } reader) return null;
        var spending = new Spending(time.Year, model, log);
        reader.ReadIntact((line, bytes) =>
        {
            if (spending.Counts(line)) spending.Add(line, AuditLine.Members(bytes));
        });
        return spending;
    }

    private static void Print(Surroundings surroundings, ExposureAssessment exposure, Spending? spending, DateTime time, string format)
    {
        switch (format)
        {
            case "json":
                using (var text = new MemoryStream())
                {
                    JsonReporter.WriteExposure(exposure, spending, time, text);
                    surroundings.Output.Write(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length));
                }

                break;
            case "markdown":
                surroundings.Output.Write(ExposureText.Markdown(exposure, spending));
                break;
            default:
                foreach (var line in ExposureText.Lines(exposure, spending)) surroundings.Output.WriteLine(line);
                break;
        }
    }
}
