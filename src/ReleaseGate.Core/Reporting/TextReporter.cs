using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Reporting;

/// <summary>
/// One canonical line a finding (<see cref="Diagnostic"/>), then one line an artifact. Plain text: what editors, MSBuild and logs read.
/// </summary>
/// <param name="quiet">Whether only errors are written.</param>
public sealed class TextReporter(bool quiet = false) : IReporter
{
    /// <summary>What to do where no manifest was found, on one line. A list is written from an artifact that is right: one that did not pass is none.</summary>
    public static string ManifestHint(GateReport report)
    {
        var undeclared = Undeclared(report).First is null ? "" : ", and nothing says what is private (RG5001)";
        var where = report.Request.PolicyFrom is { } revision ? $" in {EntryPath.Printable(revision)}" : "";
        var hint = $"no releasegate.json was found{where}, so the built-in profile '{EntryPath.Printable(report.Manifest.Name)}' served{undeclared}.";
        if (where.Length > 0) return hint + " One that this change brings counts once it is merged";
        if (!report.Passed) return hint + " 'releasegate init' writes one, from an artifact that is right";
        var first = report.Verdicts[0];
        return $"{hint} To write one: releasegate init {EntryPath.Printable(Quoted(first.Path))}{(first.Inventory.Kind == ArtifactKind.Directory ? " --as directory" : "")}";
    }

    /// <summary>
    /// The note, one in a run, that nobody declared where packages go, so that RG5001 compared them with nothing; null where somebody did, or where
    /// <see cref="ManifestHint"/> says it. A report that was read back names the profile as the manifest, which is no file to write into.
    /// </summary>
    public static string? DestinationHint(GateReport report)
    {
        if (!report.ManifestFound || report.Manifest.File is not { } file || !System.IO.Path.IsPathFullyQualified(file) || Undeclared(report) is not { First: { } first } undeclared) return null;
        var others = undeclared.Count == 1 ? "" : $" (and {Count(undeclared.Count - 1, "other package", "other packages")})";
        var own = ManifestAdvice.OwnSection(first.Policy)?.Location;
        var text = $"{first.Inventory.Name}{others}: nothing says whether it is public or private, so nothing was compared: write \"destination\": \"public\" or \"private\" into the section of the manifest that is about it";
        return new Diagnostic(own?.File ?? file, own?.Line ?? 0, own?.Column ?? 0, Severity.Note, WrongDestination.RuleId, EntryPath.Printable(text), null).ToString();
    }

    // Once the manifest says what is internal, what it does not name is known to be none of it.
    private static (Verdict? First, int Count) Undeclared(GateReport report)
    {
        if (report.Manifest.Private.Ids.Count + report.Manifest.Private.Scopes.Count > 0) return default;
        Verdict? first = null;
        var count = 0;
        foreach (var verdict in report.Verdicts)
        {
            if (verdict.Inventory.Package is null || verdict.Policy.Destination is not null || verdict.RulesOff.Contains(WrongDestination.RuleId)) continue;
            first ??= verdict;
            count++;
        }

        return (first, count);
    }

    /// <summary>Where the rules that block are explained, or null where none of ours does.</summary>
    public static string? ExplainHint(GateReport report)
    {
        var blocking = new List<string>();
        foreach (var verdict in report.Verdicts)
            foreach (var judged in verdict.Findings)
                if (judged.Severity == Severity.Error && judged.Finding.Rule.Id.IsBuiltIn && !blocking.Contains(judged.Finding.Rule.Id.ToString())) blocking.Add(judged.Finding.Rule.Id.ToString());
        blocking.Sort(StringComparer.Ordinal);
        if (blocking.Count == 0) return null;
        var others = blocking.Count == 1 ? "" : $" (also {string.Join(", ", blocking.Skip(1))})";
        return $"what it means and how to mend it: releasegate explain {blocking[0]}{others}";
    }

    /// <summary>What became of one artifact, on one line, e.g. <c>a.nupkg: passed, 14 entries, 1.3 MB, 31 rules, 42 ms, sha256 …</c>.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="warnOnly">Whether somebody asked for warnings only.</param>
    public static string Summary(Verdict verdict, bool warnOnly = false)
    {
        var inventory = verdict.Inventory;
        var line = new StringBuilder();
        line.Append(EntryPath.Printable(verdict.Path)).Append(": ").Append(verdict.Passed ? "passed" : warnOnly && !verdict.Findings.Any(StopsAnyway) ? "would be blocked (warn only)" : "blocked");
        if (inventory.IsPlanned) line.Append(", nothing was written yet");
        if (verdict.Errors > 0) line.Append(", ").Append(Count(verdict.Errors, "error", "errors"));
        if (verdict.Warnings > 0) line.Append(", ").Append(Count(verdict.Warnings, "warning", "warnings"));
        if (verdict.Waived is > 0 and var waived) line.Append(CultureInfo.InvariantCulture, $", {waived:#,0} waived");
        line.Append(", ").Append(Count(inventory.Entries.Count, "entry", "entries"));
        line.Append(", ").Append(ByteSize.Format(inventory.Length));
        line.Append(", ").Append(Count(verdict.RulesRun.Count, "rule", "rules"));
        if (verdict.RulesOff.Count > 0) line.Append(CultureInfo.InvariantCulture, $" ({verdict.RulesOff.Count} off)");
        line.Append(CultureInfo.InvariantCulture, $", {verdict.Elapsed.TotalMilliseconds:#,0} ms");
        return inventory.IsPlanned ? line.ToString() : line.Append(", sha256 ").Append(inventory.Digest.ToString()).ToString();
    }

    /// <summary>The warning of a run that only warns, whatever it found; null of any other.</summary>
    public static string? WarnOnlyHint(GateReport report)
    {
        if (!report.Request.WarnOnly) return null;
        var errors = report.Verdicts.Sum(v => v.Errors);
        return !report.GoesOn ? "WARN ONLY does not help here: what the gate itself could not do (RG0…) blocks all the same."
            : report.Passed ? "WARN ONLY: nothing would have been blocked. Switch it off, so that it stays so."
            : $"WARN ONLY: {report.Verdicts.Count(v => !v.Passed)} of {Count(report.Verdicts.Count, "artifact", "artifacts")} would have been blocked: {Count(errors, "error", "errors")}. Nothing is vouched for.";
    }

    /// <summary>The code of that warning.</summary>
    public const string WarnOnlyCode = "ReleaseGateWarnOnly";

    /// <summary>How many changes that need approval are shown.</summary>
    public const int MostChanges = 20;

    /// <summary>The lines about what the working copy's manifest would permit beyond the one judged by; empty where there is nothing.</summary>
    public static IEnumerable<string> ApprovalLines(GateReport report)
    {
        foreach (var change in report.NeedApproval.Take(MostChanges)) yield return Diagnostic.From(change);
        if (report.NeedApproval.Count > MostChanges) yield return string.Create(CultureInfo.InvariantCulture, $"needs approval: {report.NeedApproval.Count - MostChanges:#,0} more, see --json");
    }

    /// <summary>Which part of a run this was, or null where it was whole.</summary>
    public static string? PartHint(GateReport report) => report.Part is not { } part ? null
        : string.Create(CultureInfo.InvariantCulture, $"shard {part.Shard}: {(report.Verdicts.Count == 0 ? "nothing of" : $"{report.Verdicts.Count:#,0} of")} {Count(part.Total, "artifact", "artifacts")}; 'releasegate merge' joins the reports of all shards and decides");

    /// <summary>How many findings of a rule are not shown.</summary>
    public static string More(RuleId rule, int count) => string.Create(CultureInfo.InvariantCulture, $"{rule}: {count:#,0} more, see --json");

    /// <summary>Writes the report.</summary>
    public void Write(GateReport report, TextWriter output)
    {
        foreach (var verdict in report.Verdicts)
        {
            var excerpt = Excerpt.Of(verdict, quiet ? Severity.Error : Severity.Note);
            foreach (var judged in excerpt.Shown) output.WriteLine(Diagnostic.From(report.Request, verdict, judged).ToString());
            foreach (var (rule, count) in excerpt.Left) output.WriteLine(More(rule, count));
            if (quiet) continue;
            output.WriteLine(Summary(verdict, report.Request.WarnOnly));
            foreach (var line in DriftText.Of(verdict)) output.WriteLine(line);
        }

        if (WarnOnlyHint(report) is { } warnOnly && !(quiet && report.Passed)) output.WriteLine($"{EntryPath.Printable(report.Request.Project ?? "releasegate")} : warning {WarnOnlyCode}: {warnOnly}");
        if (quiet) return;
        foreach (var line in RiskText.Lines(report)) output.WriteLine(line);
        foreach (var change in ApprovalLines(report)) output.WriteLine(change);
        if (ExplainHint(report) is { } explain) output.WriteLine(explain);
        if (DestinationHint(report) is { } destination) output.WriteLine(destination);
        foreach (var hint in DriftText.Hints(report)) output.WriteLine(hint);
        if (!report.ManifestFound) output.WriteLine(ManifestHint(report));
        if (PartHint(report) is { } part) output.WriteLine(part);
    }

    /// <inheritdoc/>
    public void Write(GateReport report, Stream output)
    {
        using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        Write(report, writer);
    }

    private static bool StopsAnyway(JudgedFinding judged) => judged.Severity == Severity.Error && judged.Finding.Rule.Id.IsGate;

    private static string Count(int count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {(count == 1 ? one : many)}");

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
}
