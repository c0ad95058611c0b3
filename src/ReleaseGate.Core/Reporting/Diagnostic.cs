using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

/// <summary>
/// A finding as one line for people, editors and MSBuild: <c>file(line,column): error RG1001: text</c>.
/// The task and the CLI both make their messages here, so they say the same.
/// </summary>
/// <param name="File">The manifest, the project or the artifact.</param>
/// <param name="Line">1-based; 0 where there is none.</param>
/// <param name="Column">1-based; 0 where there is none.</param>
/// <param name="Severity">Error, warning or note.</param>
/// <param name="Rule">The rule's id.</param>
/// <param name="Text">What, where, why and the next step, on one line.</param>
/// <param name="HelpLink">The rule's page, or null.</param>
public sealed record Diagnostic(string File, int Line, int Column, Severity Severity, RuleId Rule, string Text, string? HelpLink)
{
    /// <summary>Makes the line for a finding.</summary>
    public static Diagnostic From(GateRequest request, Verdict verdict, JudgedFinding judged)
    {
        var finding = judged.Finding;
        var text = new StringBuilder();
        // One wording for every surface: entry (or artifact), what was found, the artifact it stands in, the next step.
        text.Append(finding.Path is { } path ? $"{path}: " : $"{EntryPath.Printable(verdict.Inventory.Name)}: ");
        text.Append(finding.Message);
        if (finding.Path is not null) text.Append(" [").Append(EntryPath.Printable(verdict.Inventory.Name)).Append(']');
        text.Append(". ").Append(finding.Fix ?? finding.Rule.Fix);
        // Nobody should have to guess why the same thing blocks in one file and not in another.
        if (judged.Severity == finding.VendoredSeverity && judged.Severity < (finding.Severity ?? finding.Rule.DefaultSeverity) && finding.Entry is { } entry
            && !verdict.Policy.Manifest.Rules.ContainsKey(finding.Rule.Id) && !verdict.Policy.IsFirstParty(entry, verdict.Inventory))
            text.Append(" By its name somebody else built the file; 'firstParty' in the manifest says which are your own.");

        if (WaivedBy(judged) is { } waived) text.Append(' ').Append(waived);
        if (judged.NeedsApproval && request.PolicyFrom is { } revision) text.Append($" The manifest of this change would let it pass; that counts once it is merged into {revision}.");

        var inManifest = finding.Location is { } location && System.IO.Path.IsPathFullyQualified(location.File) ? finding.Location : null;
        return new Diagnostic(
            inManifest?.File ?? request.Project ?? verdict.Path,
            inManifest?.Line ?? 0, inManifest?.Column ?? 0,
            SeverityOf(request, judged), finding.Rule.Id, EntryPath.Printable(text.ToString()), finding.Rule.HelpLink);
    }

    /// <summary>What a finding means to whoever reads it: where somebody asked for warnings only (<see cref="GateRequest.WarnOnly"/>), what blocks warns, but for what the gate itself could not do.</summary>
    public static Severity SeverityOf(GateRequest request, JudgedFinding judged) =>
        request.WarnOnly && judged.Severity == Severity.Error && !judged.Finding.Rule.Id.IsGate ? Severity.Warning : judged.Severity;

    /// <summary>Makes the line for something that needs approval (<see cref="GateReport.NeedApproval"/>): a note of no rule.</summary>
    public static string From(PolicyChange change)
    {
        var place = change.Location is { } at ? string.Create(CultureInfo.InvariantCulture, $"{EntryPath.Printable(at.File)}({at.Line},{at.Column}): ") : "";
        return EntryPath.Printable($"{place}needs approval: {change.What}");
    }

    /// <summary>Who lets a finding pass, until when and why, as a sentence that may hold what nobody would print; null where no waiver does.</summary>
    public static string? WaivedBy(JudgedFinding judged) => judged.Waiver is not { } waiver ? null
        : string.Create(CultureInfo.InvariantCulture, $"Waived by {waiver.Id} ({waiver.Owner}, {judged.DaysLeft switch { 0 => "last day", 1 => "1 day left", var days => $"{days} days left" }}): {waiver.Reason.TrimEnd('.', ' ')}.");

    /// <summary>Makes the line for a mistake that kept the run from beginning.</summary>
    public static Diagnostic From(GateRequest request, GateException mistake)
    {
        var descriptor = GateRules.All.FirstOrDefault(d => d.Id == mistake.Rule);
        return new Diagnostic(mistake.File ?? request.Project ?? "releasegate", mistake.Line, mistake.Column, Severity.Error, mistake.Rule, EntryPath.Printable(mistake.Message), descriptor?.HelpLink);
    }

    /// <summary>The canonical line that MSBuild and editors parse.</summary>
    public override string ToString()
    {
        var file = EntryPath.Printable(File);
        var place = Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{file}({Line},{Math.Max(1, Column)})") : file;
        // With a blank before the colon MSBuild reads a place without a line number right, also "C:\x.nupkg".
        return $"{place}{(Line > 0 ? "" : " ")}: {Severity.ToString().ToLowerInvariant()} {Rule}: {Text}";
    }
}
