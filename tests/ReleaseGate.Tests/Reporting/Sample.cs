using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Reporting;

/// <summary>Hand-made verdicts, for tests of what is made of them.</summary>
internal static class Sample
{
    public static readonly DateTime Started = new(2026, 4, 1, 9, 30, 0, DateTimeKind.Utc);

    public static readonly Descriptor Stray = new("TEST0001", "Stray", "Finds strays.", "Remove it.");

    public static readonly Descriptor Odd = new("TEST0002", "Odd", "Finds odd things.", "Look at it.", Severity.Warning);

    public static Entry Entry(string path, string content = "hello", EntryType type = EntryType.File, bool complete = true) => new(new EntryPath(path), 0, type)
    {
        Length = content.Length,
        Digest = Digest.Of(System.Text.Encoding.UTF8.GetBytes(content)),
        Kind = EntryKind.Text,
        Complete = complete,
        CompressedLength = content.Length,
    };

    public static JudgedFinding Judged(Descriptor rule, Entry? entry, string message, Severity? severity = null) =>
        new(new Finding(rule, entry, message), severity ?? rule.DefaultSeverity);

    /// <summary>The same finding, silenced by a waiver that holds for twelve days more.</summary>
    public static JudgedFinding Waived(JudgedFinding judged, string id = "W-7", string reason = "a partner needs it") =>
        judged with { Severity = Severity.Note, Unwaived = judged.Severity, DaysLeft = 12, Waiver = WaiverOf(judged.Finding.Rule.Id, judged.Finding.Path?.Value ?? Waiver.WholeArtifact, id, reason) };

    public static Waiver WaiverOf(RuleId rule, string path, string id = "W-7", string reason = "a partner needs it") =>
        new(id, rule, path, "alice", reason, DateOnly.FromDateTime(Started).AddDays(12), new ManifestLocation("/here/releasegate.json", 9, 5)) { Approver = "bob" };

    public static Verdict Verdict(string path, IReadOnlyList<Entry> entries, params JudgedFinding[] findings) =>
        Verdict(path, ArtifactKind.Zip, null, null, entries, findings);

    public static Verdict Verdict(string path, ArtifactKind kind, PackageMetadata? package, string? destination, IReadOnlyList<Entry> entries, params JudgedFinding[] findings)
    {
        var name = Path.GetFileName(path);
        return new Verdict(path, new Inventory(name, kind, 1_300_000, Digest.Of("artifact"u8), entries, [], package), new ArtifactPolicy(Manifest(destination), name), findings,
            [Odd.Id, Stray.Id], [], 4_000_000, TimeSpan.FromMilliseconds(42));
    }

    public static Manifest Manifest(string? destination = null)
    {
        var place = new ManifestLocation("closed", 1, 1);
        IReadOnlyList<ManifestSection> sections = destination is null ? [] :
            [new ManifestSection(new ManifestPattern(Glob.Parse("**"), place), [], [], [], ManifestLimits.None, destination, Inherited: false, place)];
        return new Manifest("closed", null, Digest.Of("manifest"u8), sections, new Dictionary<RuleId, RuleSetting>());
    }

    public static GateReport Report(params Verdict[] verdicts) => Report(true, verdicts);

    public static GateReport Report(bool manifestFound, params Verdict[] verdicts) =>
        new(new GateRequest { Artifacts = Array.ConvertAll(verdicts, v => v.Path), SearchFrom = "/here" }, Manifest(), manifestFound, verdicts, Started);
}
