using System.IO.Abstractions;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>Writes what became of a run into the audit log, where there is to be one: before anything is released, so that nothing is released that no line tells of.</summary>
/// <param name="files">Where.</param>
internal sealed class AuditedRun(IFileSystem files)
{
    /// <summary>The event of a run.</summary>
    public const string Check = "check";

    /// <summary>The most findings of one artifact that are told by their fingerprints; of the rest the number.</summary>
    public const int MostFindings = 5000;

    // A line stays well below what one may have.
    private const int MostBytes = 400_000;

    /// <summary>The log that a run is to be written into, a full path, or null: what the request says, else the manifest.</summary>
    public static string? LogOf(GateRequest request, Manifest manifest) => request.AuditLog ?? manifest.AuditLog;

    /// <summary>Refuses a log that is another file of the run, before anything is inspected or written.</summary>
    /// <exception cref="GateException">RG0010: it is.</exception>
    public static void RequireOwnFile(IFileSystem files, GateRequest request, Manifest manifest)
    {
        if (LogOf(request, manifest) is { } path) Outputs.RequireOwnLog(files, request, path, manifest);
    }

    /// <summary>Adds a line for a run. A plan and a folder that is still written into are told of only where they block: the folder itself follows.</summary>
    /// <param name="report">What was found.</param>
    /// <param name="goesOn">Whether the release goes on; false where the build holds it up for a reason of its own.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="more">Full paths of what the run writes or moves that its request does not name.</param>
    /// <returns>The report with the place of the line, of several the last; as it was where there is no log, or nothing to tell yet.</returns>
    /// <exception cref="GateException">RG0010: it can't be written; nothing may be released then.</exception>
    public GateReport Logged(GateReport report, bool goesOn, DateTime now, params IReadOnlyList<string> more)
    {
        if (LogOf(report.Request, report.Manifest) is not { } path) return report;
        if ((report.Request.AsPlanned || report.Request.Unfinished) && goesOn) return report;
        Outputs.RequireOwnLog(files, report.Request, path, report.Manifest, more);
        RequireOutside(report, path);
        var log = new AuditLog(files, path);
        AuditPosition? position = null;
        foreach (var line in Lines(report, goesOn)) position = log.Append(line, now);
        return report with { Audit = position };
    }

    // Nobody would have inspected it, and each run would change what the one before has passed.
    private void RequireOutside(GateReport report, string path)
    {
        foreach (var verdict in report.Verdicts)
        {
            if (verdict.Inventory.Kind != ArtifactKind.Directory) continue;
            if (DiskFile.IsWithin(files, path, files.Path.GetFullPath(verdict.Path, report.Request.SearchFrom)))
                throw AuditLog.Mistake($"the audit log would lie in '{EntryPath.Printable(verdict.Path)}' itself and be an entry that nobody inspected; name another file", path);
        }
    }

    /// <summary>One event for the whole run, so that it is told whole or not at all; several only where there is too much for a line.</summary>
    public static List<AuditEvent> Lines(GateReport report, bool goesOn)
    {
        var lines = new List<AuditEvent>();
        var artifacts = new JsonArray();
        var size = 0;
        foreach (var verdict in report.Verdicts)
        {
            var artifact = ArtifactOf(verdict, out var bytes);
            if (size > 0 && size + bytes > MostBytes)
            {
                lines.Add(Line(report, goesOn, artifacts));
                (artifacts, size) = ([], 0);
            }

            artifacts.Add((JsonNode)artifact);
            size += bytes;
        }

        lines.Add(Line(report, goesOn, artifacts));
        return lines;
    }

    private static AuditEvent Line(GateReport report, bool goesOn, JsonArray artifacts)
    {
        var request = report.Request;
        return new AuditEvent(Check, new JsonObject
        {
            ["result"] = !goesOn ? "blocked" : report.Passed ? "passed" : "warned",
            ["warnOnly"] = request.WarnOnly,
            ["asOf"] = request.AsOf is { } day ? JsonReporter.Written(day) : null,
            ["planned"] = request.AsPlanned || request.Unfinished,
            ["tool"] = GateReport.ToolVersion,
            ["policy"] = new JsonObject { ["sha256"] = report.Manifest.Digest.ToString(), ["found"] = report.ManifestFound, ["from"] = report.PolicyFrom },
            ["artifacts"] = artifacts,
        });
    }

    private static JsonObject ArtifactOf(Verdict verdict, out int bytes)
    {
        var inventory = verdict.Inventory;
        var (notes, waived, overTolerance) = (0, 0, 0);
        var rules = new SortedDictionary<string, int>(StringComparer.Ordinal);
        // The most urgent first, and in an order that stays: what is left out of a long list is so each time.
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var judged in verdict.Findings)
        {
            if (judged.Waiver is not null) waived++;
            else if (judged.Severity == Severity.Note) notes++;
            var rule = judged.Finding.Rule;
            if (judged.Severity == Severity.Error && rule.Id == ExposureRules.ToleranceExceeded.Id) overTolerance++;
            rules[rule.Id.ToString()] = rules.GetValueOrDefault(rule.Id.ToString()) + 1;
            // First-seen dates are asked for of these alone.
            if (!rule.Id.IsGate && rule.Waivable) found.Add((char)('0' + (Urgency.Critical - Urgencies.Of(rule, judged.Unwaived))) + JsonReporter.Fingerprint(verdict, judged.Finding));
        }

        var counts = new JsonObject();
        foreach (var (id, count) in rules) counts[id] = count;
        var fingerprints = new JsonArray();
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in found)
        {
            // One place, several urgencies.
            var fingerprint = entry[1..];
            if (!told.Add(fingerprint) || fingerprints.Count >= MostFindings) continue;
            fingerprints.Add((JsonNode)fingerprint);
        }

        var name = Short(inventory.Name)!;
        var (package, version) = (Short(inventory.Package?.Id), Short(inventory.Package?.Version));
        bytes = 400 + (6 * (name.Length + (package?.Length ?? 0) + (version?.Length ?? 0))) + (20 * fingerprints.Count) + (20 * rules.Count);
        return new JsonObject
        {
            ["name"] = name,
            ["id"] = package,
            ["version"] = version,
            // What is planned, or is gone by now, has no bytes.
            ["sha256"] = inventory.IsPlanned || inventory.Digest == default ? null : inventory.Digest.ToString(),
            ["errors"] = verdict.Errors,
            ["warnings"] = verdict.Warnings,
            ["notes"] = notes,
            ["waived"] = waived,
            ["overTolerance"] = overTolerance,
            ["rules"] = counts,
            ["findings"] = fingerprints,
            ["more"] = told.Count - fingerprints.Count,
        };
    }

    // What an artifact says of itself may be of any length.
    private static string? Short(string? text) => text is null ? null : Columns.Cut(EntryPath.Printable(text), 260);
}
