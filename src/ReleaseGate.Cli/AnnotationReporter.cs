using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli;

/// <summary>
/// The report for a build server: errors and warnings as the commands it makes annotations of, everything else as lines of its log. Each finding
/// is printed once: the server shows its commands in the log as well.
/// </summary>
internal sealed class AnnotationReporter(OutputFormat format, bool quiet, Surroundings surroundings)
{
    // GitHub shows ten errors and ten warnings of a step, and drops the rest without a word.
    private const int MostOnGitHub = 10;

    private readonly bool _isGitHub = format == OutputFormat.GitHub;
    private readonly string _root = surroundings.Repository;

    /// <summary>Prints the findings and what became of each artifact.</summary>
    public void Write(GateReport report)
    {
        var output = surroundings.Output;
        var excerpts = new Excerpt[report.Verdicts.Count];
        for (var i = 0; i < excerpts.Length; i++) excerpts[i] = Excerpt.Of(report.Verdicts[i], quiet ? Severity.Error : Severity.Note);
        var warnOnly = TextReporter.WarnOnlyHint(report);
        var chosen = _isGitHub ? Chosen(excerpts, report.Request, warnOnly is null ? 0 : 1) : null;
        if (warnOnly is not null && !(quiet && report.Passed)) output.WriteLine(Command("warning", TextReporter.WarnOnlyCode, warnOnly, RepositoryPlace.Of(surroundings.Files, _root, report.Request, null, null)));

        for (var i = 0; i < excerpts.Length; i++)
        {
            var verdict = report.Verdicts[i];
            var others = new List<string>();
            var waived = new List<string>();
            foreach (var judged in excerpts[i].Shown)
            {
                var diagnostic = Diagnostic.From(report.Request, verdict, judged);
                if (judged.Waiver is not null)
                {
                    waived.Add(diagnostic.ToString());
                    continue;
                }

                if (judged.Severity == Severity.Note || chosen?.Contains(judged) == false)
                {
                    others.Add(diagnostic.ToString());
                    continue;
                }

                var place = RepositoryPlace.Of(surroundings.Files, _root, report.Request, report.ManifestFound ? report.Manifest : null, judged.Finding.Location);
                output.WriteLine(Command(diagnostic, judged.Finding.Rule.Title, place));
            }

            foreach (var (rule, count) in excerpts[i].Left) others.Add(TextReporter.More(rule, count));
            WriteGroup($"{EntryPath.Printable(verdict.Path)}: more without an annotation", others, _isGitHub);
            // What somebody let pass is no annotation, and nobody overlooks that it is there.
            WriteGroup($"{EntryPath.Printable(verdict.Path)}: waived", waived, true);
            if (quiet) continue;
            output.WriteLine(TextReporter.Summary(verdict, report.Request.WarnOnly));
            foreach (var line in DriftText.Of(verdict)) output.WriteLine(line);
        }

        if (quiet) return;
        foreach (var line in RiskText.Lines(report)) output.WriteLine(line);
        WriteChanges(report);
        if (TextReporter.ExplainHint(report) is { } explain) output.WriteLine(explain);
        if (TextReporter.DestinationHint(report) is { } destination) output.WriteLine(destination);
        foreach (var hint in DriftText.Hints(report)) output.WriteLine(hint);
        if (!report.ManifestFound) output.WriteLine(TextReporter.ManifestHint(report));
        if (TextReporter.PartHint(report) is { } part) output.WriteLine(part);
    }

    /// <summary>Prints what kept the run from beginning.</summary>
    public void Write(GateRequest request, GateException mistake)
    {
        var location = mistake.File is { } file ? new ManifestLocation(file, mistake.Line, mistake.Column) : null;
        var place = RepositoryPlace.Of(surroundings.Files, _root, request, null, location);
        surroundings.Output.WriteLine(Command(Diagnostic.From(request, mistake), GateRules.All.FirstOrDefault(d => d.Id == mistake.Rule)?.Title, place));
    }

    /// <summary>Prints a result of joined SARIF files, which stands at a file of the repository already.</summary>
    public void Write(SarifResult result)
    {
        var (file, line, column) = (result.Diagnostic.File, result.Diagnostic.Line, result.Diagnostic.Column);
        surroundings.Output.WriteLine(Command(result.Diagnostic, result.Title, new RepositoryPlace(surroundings.Files.Path.Combine(_root, file), file, line, column)));
    }

    // At the line of the manifest that somebody is to look at. Azure knows errors and warnings only.
    private void WriteChanges(GateReport report)
    {
        var changes = TextReporter.ApprovalLines(report).ToArray();
        for (var i = 0; i < changes.Length; i++)
        {
            var place = i < report.NeedApproval.Count && i < TextReporter.MostChanges ? RepositoryPlace.Of(surroundings.Files, _root, report.Request, null, report.NeedApproval[i].Location) : null;
            surroundings.Output.WriteLine(place is null || (_isGitHub && i >= MostOnGitHub) ? changes[i] : Command(_isGitHub ? "notice" : "warning", "needs approval", EntryPath.Printable(report.NeedApproval[i].What), place));
        }
    }

    private string Command(string kind, string title, string text, RepositoryPlace? place)
    {
        var line = place?.Line.ToString(CultureInfo.InvariantCulture);
        return _isGitHub
            ? GitHubCommand.Of(kind, [("file", place?.Path), ("line", line), ("title", title)], text)
            : AzureCommand.Of("task.logissue", [("type", kind), ("sourcepath", place?.File), ("linenumber", line)], $"{title}: {text}");
    }

    private void WriteGroup(string heading, List<string> lines, bool isGroup)
    {
        if (lines.Count == 0) return;
        if (isGroup) surroundings.Output.WriteLine(_isGitHub ? GitHubCommand.Of("group", [], heading) : $"##[group]{heading}");
        foreach (var line in lines) surroundings.Output.WriteLine(line);
        if (isGroup) surroundings.Output.WriteLine(_isGitHub ? GitHubCommand.Of("endgroup", [], "") : "##[endgroup]");
    }

    // One of each rule first: the tenth stray file says less than the first secret. Nothing is left out, the others stand in the log.
    private static HashSet<JudgedFinding> Chosen(Excerpt[] excerpts, GateRequest request, int taken)
    {
        var chosen = new HashSet<JudgedFinding>(ReferenceEqualityComparer.Instance);
        foreach (var severity in (Severity[])[Severity.Error, Severity.Warning])
        {
            var room = MostOnGitHub - (severity == Severity.Warning ? taken : 0);
            var rules = new HashSet<RuleId>();
            foreach (var firstOfItsRule in (bool[])[true, false])
                foreach (var excerpt in excerpts)
                    foreach (var judged in excerpt.Shown)
                        if (room > 0 && Diagnostic.SeverityOf(request, judged) == severity && (!firstOfItsRule || rules.Add(judged.Finding.Rule.Id)) && chosen.Add(judged)) room--;
        }

        return chosen;
    }

    private string Command(Diagnostic diagnostic, string? title, RepositoryPlace? place)
    {
        var severity = diagnostic.Severity == Severity.Error ? "error" : "warning";
        var heading = title is null ? diagnostic.Rule.ToString() : $"{diagnostic.Rule} {EntryPath.Printable(title)}";
        var line = place?.Line.ToString(CultureInfo.InvariantCulture);
        var column = place is { Column: > 0 } ? place.Column.ToString(CultureInfo.InvariantCulture) : null;
        var link = diagnostic.HelpLink is { } page ? " " + page : "";
        return _isGitHub
            ? GitHubCommand.Of(severity, [("file", place?.Path), ("line", line), ("col", column), ("title", heading)], $"{diagnostic.Text}{link}")
            : AzureCommand.Of("task.logissue", [("type", severity), ("sourcepath", place?.File), ("linenumber", line), ("columnnumber", column), ("code", diagnostic.Rule.ToString())], $"{heading}: {diagnostic.Text}{link}");
    }
}
