using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>
/// What a seal says: an in-toto statement, version 1, with a SLSA verification summary, version 1 (slsa.dev/spec/v1.2/verification_summary). What the summary has no
/// field for stands in one that is named by the verifier's URI.
/// </summary>
public sealed record SealStatement
{
    /// <summary>The value of <c>_type</c>.</summary>
    public const string Type = "https://in-toto.io/Statement/v1";

    /// <summary>The value of <c>predicateType</c>.</summary>
    public const string PredicateType = "https://slsa.dev/verification_summary/v1";

    /// <summary>The level that an artifact which has passed is at.</summary>
    public const string Level = "RELEASEGATE_CONTENT_V1";

    /// <summary>The result of what has passed.</summary>
    public const string PassedResult = "PASSED";

    private const string SlsaVersion = "1.2";

    /// <summary>What it is about.</summary>
    public required IReadOnlyList<SealSubject> Subjects { get; init; }

    /// <summary>Who inspected, a URI.</summary>
    public required string Verifier { get; init; }

    /// <summary>The version of ReleaseGate that inspected; empty where it is not told.</summary>
    public string ToolVersion { get; init; } = "";

    /// <summary>When, UTC, in whole seconds; or what <see cref="Receipt.EpochVariable"/> said instead.</summary>
    public required DateTime Time { get; init; }

    /// <summary>What may go where, see <see cref="SealDestination"/>.</summary>
    public required string Resource { get; init; }

    /// <summary>Whether it was a folder, <c>directory</c>, or not, <c>file</c>; null in statements that do not say.</summary>
    public string? Kind { get; init; }

    /// <summary>What it was judged by.</summary>
    public required ReceiptPolicy Policy { get; init; }

    /// <summary>The assemblies with rules beside ReleaseGate's own that the run had, by name.</summary>
    public IReadOnlyList<SealRuleAssembly> RuleAssemblies { get; init; } = [];

    /// <summary>Whether it has passed: <see cref="PassedResult"/> or something else.</summary>
    public required string Result { get; init; }

    /// <summary>What it was found to be.</summary>
    public required IReadOnlyList<string> Levels { get; init; }

    /// <summary>The last moment at which all waivers that were used still hold, UTC; null where none was used.</summary>
    public DateTime? NotAfter { get; init; }

    /// <summary>The waivers without which it would not have passed, by id.</summary>
    public IReadOnlyList<SealWaiver> Waivers { get; init; } = [];

    /// <summary>The line of the audit log about the run, or null where none was kept.</summary>
    public AuditPosition? Audit { get; init; }

    /// <summary>SHA-256 of the inventory that the same run wrote, or null.</summary>
    public Digest? Sbom { get; init; }

    /// <summary>How many leaks the drill seeded that whoever sealed it named, and how many of them slipped through; or null.</summary>
    public (long Seeded, long Missed)? Drill { get; init; }

    /// <summary>The statement about one artifact.</summary>
    /// <param name="report">The run.</param>
    /// <param name="verdict">The artifact; it has passed.</param>
    /// <param name="time">See <see cref="Receipt.TimeOf"/>.</param>
    /// <param name="files">Where the manifest's repository is looked for.</param>
    /// <exception cref="ArgumentException">It has not passed, or the run was for warnings only, for another day, or of what is not finished, or of a part.</exception>
    /// <exception cref="GateException">RG7006: it may not go there. RG7003: it is a folder that no digest covers.</exception>
    internal static SealStatement Of(GateReport report, Verdict verdict, DateTime time, IFileSystem files)
    {
        var request = report.Request;
        if (!report.Passed || !verdict.Passed || request is not { WarnOnly: false, AsPlanned: false, Unfinished: false, AsOf: null, Shard: null } || report.Part is not null || verdict.Inventory.IsPlanned)
            throw new ArgumentException("Only what has passed is sealed.", nameof(report));
        var feed = SealDestination.Feed(request.SealTo);
        RequireSealable(verdict, report.Manifest, feed);
        var receipt = Receipt.Of(report, verdict, time, files);
        var name = EntryPath.Printable(verdict.Inventory.Name);
        return new SealStatement
        {
            Subjects = [new SealSubject(name, verdict.Inventory.Digest)],
            Verifier = report.Manifest.Seal.Verifier ?? SealPolicy.UsualVerifier,
            ToolVersion = receipt.ToolVersion,
            Time = receipt.Time,
            Resource = SealDestination.Of(verdict.Inventory, name, feed),
            Kind = SealedFolder.KindOf(verdict.Inventory),
            Policy = receipt.Policy,
            RuleAssemblies = AssembliesOf(report),
            Result = PassedResult,
            Levels = [Level],
            NotAfter = NotAfterOf(verdict),
            Waivers = [.. receipt.Waivers.Select(w => new SealWaiver(w.Id, w.Expires))],
            Audit = report.Audit,
        };
    }

    // Which of their rules are switched on is the manifest's, whose digest is compared.
    private static List<SealRuleAssembly> AssembliesOf(GateReport report)
    {
        var assemblies = new List<SealRuleAssembly>();
        foreach (var rule in report.OutsideRules)
            if (new SealRuleAssembly(rule.Assembly, rule.Version, rule.Module, rule.Digest) is var assembly && !assemblies.Contains(assembly)) assemblies.Add(assembly);
        assemblies.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name) is var order and not 0 ? order : a.Module.CompareTo(b.Module));
        return assemblies;
    }

    /// <summary>The last second of the day on which the first waiver that was used expires; null where none was.</summary>
    internal static DateTime? NotAfterOf(Verdict verdict)
    {
        DateTime? first = null;
        foreach (var judged in verdict.Findings)
        {
            if (judged.Waiver is not { } waiver) continue;
            var end = waiver.Expires.ToDateTime(new TimeOnly(23, 59, 59), DateTimeKind.Utc);
            if (first is null || end < first) first = end;
        }

        return first;
    }

    /// <summary>Refuses an artifact that may not be sealed for a feed, or not at all.</summary>
    /// <exception cref="GateException">RG7006: it may not go there. RG7003: it is a folder that no digest covers.</exception>
    internal static void RequireSealable(Verdict verdict, Manifest manifest, string? feed)
    {
        if (SealedFolder.WhyNot(verdict.Inventory) is { } why)
            throw new GateException(SealRules.DigestMismatch.Id, $"{EntryPath.Printable(verdict.Inventory.Name)} can't be sealed: {why}. Take it out, or pack the folder into a zip and seal that");
        RequireAllowed(verdict, manifest, feed);
    }

    // A seal for the public registry is the paper with which a private package would go there.
    private static void RequireAllowed(Verdict verdict, Manifest manifest, string? feed)
    {
        var package = verdict.Inventory.Package?.Id;
        var why = verdict.Policy.Destination == ArtifactPolicy.Private ? "the manifest declares it private"
            : verdict.Policy.Destination is null && package is not null && manifest.Private.Find(package) is { } named ? $"the manifest calls {named.Text} internal" : null;
        if (why is null) return;
        var name = EntryPath.Printable(verdict.Inventory.Name);
        if (feed is null) throw new GateException(SealRules.WrongAudience.Id, $"{name}: {EntryPath.Printable(why)}, and a seal without a feed is one for the public registry; name the feed that it may go to");
        // The public registry has addresses, too; so only what is listed counts.
        if (manifest.Private.Registries.Count == 0)
            throw new GateException(SealRules.WrongAudience.Id, $"{name}: {EntryPath.Printable(why)}, and the manifest names no registry that it may go to; list '{EntryPath.Printable(feed)}' under \"private\": {{ \"registries\": [ … ] }}");
        if (!manifest.Private.Allows(feed))
            throw new GateException(SealRules.WrongAudience.Id, $"{name}: {EntryPath.Printable(why)}, and '{EntryPath.Printable(feed)}' is none of the registries that \"private\" lists; name one of these, or add it there");
    }

    /// <summary>The statement as JSON: the payload of an envelope.</summary>
    public byte[] ToBytes()
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, SigstoreBundle.Format))
        {
            json.WriteStartObject();
            json.WriteString("_type"u8, Type);
            json.WriteStartArray("subject"u8);
            foreach (var subject in Subjects)
            {
                json.WriteStartObject();
                JsonReporter.WriteText(json, "name"u8, subject.Name);
                json.WriteStartObject("digest"u8);
                json.WriteString("sha256"u8, subject.Digest.ToString());
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("predicateType"u8, PredicateType);
            json.WritePropertyName("predicate"u8);
            WritePredicate(json);
            json.WriteEndObject();
        }

        return output.ToArray();
    }

    /// <summary>The predicate alone as JSON, for signers that make the statement themselves.</summary>
    public byte[] PredicateToBytes()
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, SigstoreBundle.Format)) WritePredicate(json);
        return output.ToArray();
    }

    private void WritePredicate(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("verifier"u8);
        json.WriteString("id"u8, Verifier);
        json.WriteStartObject("version"u8);
        json.WriteString("releasegate"u8, ToolVersion);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("timeVerified"u8, JsonReporter.Written(Time));
        json.WriteString("resourceUri"u8, Resource);
        json.WriteStartObject("policy"u8);
        JsonReporter.WriteText(json, "uri"u8, Policy.Path);
        json.WriteStartObject("digest"u8);
        json.WriteString("sha256"u8, Policy.Digest.ToString());
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("verificationResult"u8, Result);
        json.WriteStartArray("verifiedLevels"u8);
        foreach (var level in Levels) json.WriteStringValue(level);
        json.WriteEndArray();
        json.WriteString("slsaVersion"u8, SlsaVersion);
        json.WritePropertyName(Verifier);
        WriteOwn(json);
        json.WriteEndObject();
    }

    // What the summary has no field for.
    private void WriteOwn(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (Kind is not null) json.WriteString("kind"u8, Kind);
        JsonReporter.WriteText(json, "notAfter"u8, NotAfter is { } end ? JsonReporter.Written(end) : null);
        json.WriteStartArray("waivers"u8);
        foreach (var waiver in Waivers)
        {
            json.WriteStartObject();
            JsonReporter.WriteText(json, "id"u8, waiver.Id);
            json.WriteString("expires"u8, JsonReporter.Written(waiver.Expires));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("policy"u8);
        json.WriteBoolean("found"u8, Policy.Found);
        JsonReporter.WriteText(json, "from"u8, Policy.From);
        json.WriteEndObject();
        if (RuleAssemblies.Count > 0)
        {
            json.WriteStartArray("rules"u8);
            foreach (var assembly in RuleAssemblies)
            {
                json.WriteStartObject();
                JsonReporter.WriteText(json, "assembly"u8, assembly.Name);
                JsonReporter.WriteText(json, "version"u8, assembly.Version);
                json.WriteString("module"u8, assembly.Module);
                JsonReporter.WriteText(json, "sha256"u8, assembly.Digest?.ToString());
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (Audit is { } audit)
        {
            json.WriteStartObject("audit"u8);
            json.WriteNumber("seq"u8, audit.Sequence);
            json.WriteString("head"u8, audit.Head.ToString());
            json.WriteEndObject();
        }

        if (Sbom is { } sbom)
        {
            json.WriteStartObject("sbom"u8);
            json.WriteString("sha256"u8, sbom.ToString());
            json.WriteEndObject();
        }

        if (Drill is var (seeded, missed))
        {
            json.WriteStartObject("drill"u8);
            json.WriteNumber("seeded"u8, seeded);
            json.WriteNumber("missed"u8, missed);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Reads a statement from the bytes whose signature was verified.</summary>
    /// <exception cref="GateException">RG7008: it is a statement of another kind. RG7002: it is none, or not as the format wants it.</exception>
    public static SealStatement Read(ReadOnlyMemory<byte> payload) => SealJson.Read(payload, "the payload", Read);

    private static SealStatement Read(SealJson root)
    {
        Require(root, "_type", Type);
        Require(root, "predicateType", PredicateType);
        var subject = root.Member("subject");
        var subjects = subject.Items().ConvertAll(s => new SealSubject(s.Optional("name")?.Text() ?? "", s.Member("digest").Member("sha256").Sha256()));
        if (subjects.Count == 0) throw subject.Mistake("it is about nothing");
        var predicate = root.Member("predicate");
        var verifier = predicate.Member("verifier");
        var id = verifier.Member("id").Text();
        var policy = predicate.Member("policy");
        var own = predicate.Member(id);
        var ownPolicy = own.Optional("policy");
        var waivers = own.Member("waivers").Items().ConvertAll(w => new SealWaiver(w.Member("id").Text(), DayOf(w.Member("expires"))));
        if (waivers.Count > 0 && own.Optional("notAfter") is null) throw own.Mistake("'notAfter' is missing although waivers were used");
        return new SealStatement
        {
            Subjects = subjects,
            Verifier = id,
            ToolVersion = verifier.Optional("version")?.Optional("releasegate")?.TextOrNull() ?? "",
            Time = TimeOf(predicate.Member("timeVerified")),
            Resource = predicate.Member("resourceUri").Text(),
            Kind = own.Optional("kind")?.Text(),
            Policy = new ReceiptPolicy(policy.Optional("uri")?.Text() ?? "", policy.Member("digest").Member("sha256").Sha256(), ownPolicy?.Optional("from")?.Text(), Found: true),
            RuleAssemblies = own.Optional("rules")?.Items().ConvertAll(a => new SealRuleAssembly(a.Member("assembly").Text(), a.Member("version").Text(), ModuleOf(a.Member("module")), a.Optional("sha256")?.Sha256())) ?? [],
            Result = predicate.Member("verificationResult").Text(),
            Levels = predicate.Member("verifiedLevels").Items().ConvertAll(l => l.Text()),
            NotAfter = own.Optional("notAfter") is { } end ? TimeOf(end) : null,
            Waivers = waivers,
            Audit = own.Optional("audit") is { } audit ? new AuditPosition(audit.Member("seq").Number(), audit.Member("head").Sha256()) : null,
            Sbom = own.Optional("sbom")?.Member("sha256").Sha256(),
            Drill = own.Optional("drill") is { } drill ? (drill.Member("seeded").Number(), drill.Member("missed").Number()) : null,
        };
    }

    private static void Require(SealJson root, string key, string value)
    {
        var found = root.Optional(key)?.TextOrNull();
        if (found != value)
            throw new GateException(SealRules.WrongStatement.Id, found is null ? $"the payload has no '{key}', and '{value}' is expected" : $"'{key}' is '{EntryPath.Printable(found)}', and '{value}' is expected");
    }

    private static DateTime TimeOf(SealJson time) =>
        DateTime.TryParseExact(time.Text(), JsonReporter.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed)
            ? parsed : throw time.Mistake("a time like 2026-04-01T09:30:00Z is expected");

    private static Guid ModuleOf(SealJson module) => Guid.TryParseExact(module.Text(), "D", out var id) ? id : throw module.Mistake("a module version id is expected");

    private static DateOnly DayOf(SealJson day) =>
        DateOnly.TryParseExact(day.Text(), JsonReporter.DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed) ? parsed : throw day.Mistake("a day like 2026-04-01 is expected");
}

/// <summary>What a statement is about.</summary>
/// <param name="Name">The artifact's file or folder name; for people only.</param>
/// <param name="Digest">Its SHA-256, of a folder as receipts have it (<see cref="Inventory.Digest"/>).</param>
public sealed record SealSubject(string Name, Digest Digest);

/// <summary>A waiver that was used.</summary>
/// <param name="Id">Its name in the manifest.</param>
/// <param name="Expires">Its last day, UTC.</param>
public sealed record SealWaiver(string Id, DateOnly Expires);

/// <summary>An assembly with rules that judged an artifact.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Module">Its module version id: another build has another one.</param>
/// <param name="Digest">SHA-256 of its file; null where it was none.</param>
public sealed record SealRuleAssembly(string Name, string Version, Guid Module, Digest? Digest = null);
