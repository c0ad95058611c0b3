using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Reporting;

// Which results there are, what they are recognised by, and what is waived.
public sealed partial class SarifReporter
{
    /// <summary>How a suppression of ours begins and what it holds, which <see cref="SarifReader"/> wants exactly so.</summary>
    internal static string Justification(string id, string owner, string reason) => $"{id} {Alias(owner)}: {Plain(Columns.Cut(reason, MostInMessage))}";

    private static string Alias(string owner) => Columns.Cut(Plain(owner), MostInName);

    // The last second of the last day, UTC.
    internal static string ExpiryOf(DateOnly day) => JsonReporter.Written(day.ToDateTime(new TimeOnly(23, 59, 59)));

    // As Microsoft's SDK writes and reads it (Result.TryIsSuppressed). The time is that of the manifest: that of the run would make two runs differ.
    private static void WriteSuppression(Utf8JsonWriter json, Waiver waiver)
    {
        json.WriteStartArray("suppressions"u8);
        json.WriteStartObject();
        json.WriteString("kind"u8, "external");
        json.WriteString("status"u8, "accepted");
        json.WriteString("justification"u8, Justification(waiver.Id, waiver.Owner, waiver.Reason));
        json.WriteStartObject("properties"u8);
        json.WriteString("alias"u8, Alias(waiver.Owner));
        if (waiver.Since is { } since) json.WriteString("timeUtc"u8, JsonReporter.Written(since.ToDateTime(default)));
        json.WriteString("expiryUtc"u8, ExpiryOf(waiver.Expires));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteDrift(Utf8JsonWriter json, Drift drift)
    {
        json.WriteStartObject("properties"u8);
        json.WriteStartObject("drift"u8);
        json.WriteString("baseline"u8, drift.Baseline.Digest.ToString());
        json.WriteNumber("added"u8, drift.Entries.Count(e => e.Change == ChangeKind.Added));
        json.WriteNumber("removed"u8, drift.Entries.Count(e => e.Change == ChangeKind.Removed));
        json.WriteNumber("changed"u8, drift.Entries.Count(e => e.Change == ChangeKind.Changed));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private sealed record Result(Verdict Verdict, JudgedFinding Judged, string? Path, int Others, string Fingerprint);

    /// <summary>The findings of a folder; folders whose names change with every build are one.</summary>
    private sealed class Folder
    {
        public required string Path { get; set; }

        public int Count { get; set; }

        public bool IsTold { get; set; }
    }

    private static List<Result> Results(List<Verdict> verdicts, bool omitsWaived)
    {
        var results = new List<Result>();
        foreach (var verdict in verdicts)
        {
            var version = verdict.Inventory.Package?.Version;
            var folders = new Dictionary<string, Folder>(StringComparer.Ordinal);
            var places = new List<(JudgedFinding Judged, Folder? Folder, string Stable)>();
            foreach (var judged in verdict.Findings)
            {
                if (omitsWaived && judged.Waiver is not null) continue;
                if (judged.Finding.Path is not { } path)
                {
                    places.Add((judged, null, ""));
                    continue;
                }

                var stable = StablePath.Of(path.Value, version);
                var (actual, key) = (FolderOf(path.Value), FolderOf(stable));
                if (!folders.TryGetValue($"{RuleKey(judged)} {key}", out var folder)) folders.Add($"{RuleKey(judged)} {key}", folder = new Folder { Path = actual });
                if (folder.Path != actual) folder.Path = key;
                folder.Count++;
                places.Add((judged, folder, stable));
            }

            foreach (var (judged, folder, stable) in places)
            {
                if (folder is null || folder.Count <= MostInFolder)
                {
                    results.Add(new Result(verdict, judged, judged.Finding.Path?.Value, 0, JsonReporter.Fingerprint(verdict, judged.Finding.Rule, folder is null ? null : stable)));
                    continue;
                }

                if (folder.IsTold) continue;
                folder.IsTold = true;
                results.Add(new Result(verdict, judged, folder.Path, folder.Count - 1, JsonReporter.Fingerprint(verdict, judged.Finding.Rule, FolderOf(stable) + "/")));
            }
        }

        return results.Count <= MostInRun ? results : ByArtifact(verdicts, omitsWaived);
    }

    // Too many folders as well: then the answer is the artifact, and the JSON report has the details.
    private static List<Result> ByArtifact(List<Verdict> verdicts, bool omitsWaived)
    {
        var results = new List<Result>();
        foreach (var verdict in verdicts)
        {
            var counts = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var judged in verdict.Findings) counts[RuleKey(judged)] = counts.GetValueOrDefault(RuleKey(judged)) + 1;
            var told = new HashSet<string>(StringComparer.Ordinal);
            foreach (var judged in verdict.Findings)
            {
                if (omitsWaived && judged.Waiver is not null) continue;
                // Each of these is decided by itself once the whole run is known.
                if (JoinedReports.IsDeferred(judged)) results.Add(new Result(verdict, judged, null, 0, JsonReporter.Fingerprint(verdict, judged.Finding)));
                else if (told.Add(RuleKey(judged))) results.Add(new Result(verdict, judged, null, counts[RuleKey(judged)] - 1, JsonReporter.Fingerprint(verdict, judged.Finding.Rule, null)));
            }
        }

        return results;
    }

    // What a waiver silences is never one with what it does not, nor with what another silences.
    private static string RuleKey(JudgedFinding judged) => $"{judged.Finding.Rule.Id} {judged.Severity} {judged.Unwaived} {judged.Waiver?.Id.Length ?? 0} {judged.Waiver?.Id}";

    private static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : ".";
}
