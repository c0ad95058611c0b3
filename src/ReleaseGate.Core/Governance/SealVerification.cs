using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Inspection;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>What whoever pushes an artifact expects of its seals.</summary>
public sealed record SealExpectation
{
    /// <summary>How far clocks may differ.</summary>
    public static TimeSpan ClockSkew { get; } = TimeSpan.FromMinutes(5);

    /// <summary>The keys that are trusted; never empty.</summary>
    public required IReadOnlyList<TrustedKey> Keys { get; init; }

    /// <summary>The verifier that these keys speak for, a URI.</summary>
    public required string Verifier { get; init; }

    /// <summary>The manifest that it has to be judged by, see <see cref="Manifest.Digest"/>; null: any will do.</summary>
    public Digest? Policy { get; init; }

    /// <summary>That manifest itself: its limits say how much of an artifact is read. Null: the limits of the built-in profile.</summary>
    public Manifest? Manifest { get; init; }

    /// <summary>What that manifest is called, for messages.</summary>
    public string PolicyName { get; init; } = "";

    /// <summary>The assemblies whose rules it has to be judged by, too. Others may have been there besides.</summary>
    public IReadOnlyList<ExpectedRules> Rules { get; init; } = [];

    /// <summary>The feed that it is about to go to, see <see cref="SealDestination.Feed"/>; null: the public registry.</summary>
    public string? Feed { get; init; }

    /// <summary>How old a seal may be, or null.</summary>
    public TimeSpan? MaximumAge { get; init; }

    /// <summary>How many seals by different keys there have to be; at least 1.</summary>
    public int Approvals { get; init; } = 1;

    /// <summary>Says whether the audit log holds a line; null: no log is looked at.</summary>
    public Func<AuditPosition, bool>? IsInLog { get; init; }
}

/// <summary>An assembly with rules that somebody expects to have judged an artifact.</summary>
/// <param name="Name">The name of its file, for messages.</param>
/// <param name="Digest">SHA-256 of the file.</param>
public sealed record ExpectedRules(string Name, Digest Digest);

/// <summary>What a verification objects to.</summary>
/// <param name="Rule">One of <see cref="SealRules"/>.</param>
/// <param name="Message">What it is, as findings say it: no capital, no full stop at the end.</param>
/// <param name="Seal">The seal it is about, as it was named; null: all of them.</param>
public sealed record SealObjection(Descriptor Rule, string Message, string? Seal);

/// <summary>A seal that was looked at.</summary>
/// <param name="Path">Its path as it was written.</param>
/// <param name="Statement">What it says; null where nobody trusted signed it or it can't be read.</param>
/// <param name="Key">The hint of the key that signed it, or null.</param>
/// <param name="Holds">Whether nothing is to be objected to.</param>
public sealed record CheckedSeal(string Path, SealStatement? Statement, string? Key, bool Holds);

/// <summary>Whether an artifact may be pushed, by its seals: the checks of docs/seal.md, each with a code of its own.</summary>
public sealed record SealVerification
{
    /// <summary>The name of the format that <see cref="Write"/> writes.</summary>
    public const string Schema = "releasegate/seal-verification/v1";

    /// <summary>The artifact's path as it was written.</summary>
    public required string Path { get; init; }

    /// <summary>Its file or folder name.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of its bytes as they are.</summary>
    public required Digest Digest { get; init; }

    /// <summary>What was expected.</summary>
    public required SealExpectation Expected { get; init; }

    /// <summary>The seals, in the order named.</summary>
    public required IReadOnlyList<CheckedSeal> Seals { get; init; }

    /// <summary>What is to be objected to; empty where it may be pushed.</summary>
    public required IReadOnlyList<SealObjection> Objections { get; init; }

    /// <summary>Whether it may be pushed.</summary>
    public bool Passed => Objections.Count == 0;

    /// <summary>Verifies an artifact.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The artifact as it was written.</param>
    /// <param name="fullPath">The same as a full path.</param>
    /// <param name="seals">Its seals: as they were written, and as full paths.</param>
    /// <param name="expected">What is expected of them.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="GateException">The artifact can't be read, or changed meanwhile (RG0003, RG0007, RG0008).</exception>
    public static SealVerification Of(IFileSystem files, string path, string fullPath, IReadOnlyList<(string Path, string FullPath)> seals, SealExpectation expected, DateTime now, CancellationToken cancel = default)
    {
        if (expected.Keys.Count == 0) throw new ArgumentException("Somebody has to be trusted.", nameof(expected));
        fullPath = files.Path.TrimEndingDirectorySeparator(fullPath);
        var (inventory, unreadable) = Look(files, fullPath, expected.Manifest, cancel);
        var objections = new List<SealObjection>();
        var looked = new List<CheckedSeal>(seals.Count);
        var approvals = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (written, full) in seals)
        {
            var before = objections.Count;
            var (statement, key) = Check(files, written, full, inventory, unreadable, expected, now, objections);
            var holds = objections.Count == before;
            if (holds) approvals.Add(key!);
            looked.Add(new CheckedSeal(written, statement, key, holds));
        }

        // Where a seal does not hold, that is what is wrong; more are asked for where those that were named could not be enough.
        if (seals.Count == 0) objections.Add(new SealObjection(SealRules.SealMissing, "no seal was named", null));
        else if (approvals.Count < expected.Approvals && (objections.Count == 0 || seals.Count < expected.Approvals))
            objections.Add(new SealObjection(SealRules.ApprovalMissing, string.Create(CultureInfo.InvariantCulture, $"{expected.Approvals:N0} seals by different keys are wanted, and {approvals.Count:N0} {(approvals.Count == 1 ? "holds" : "hold")}"), null));
        return new SealVerification { Path = path, Name = inventory.Name, Digest = inventory.Digest, Expected = expected, Seals = looked, Objections = objections };
    }

    // What can't be read whole may have other bytes, which is to be said first; the second part is why it can't.
    private static (Inventory Inventory, GateException? Unreadable) Look(IFileSystem files, string fullPath, Manifest? manifest, CancellationToken cancel)
    {
        try
        {
            using var artifact = Artifact.Open(files, fullPath, files.Directory.Exists(fullPath));
            var policy = (manifest ?? new ManifestReader(files).ReadProfile(ManifestReader.DefaultProfile)).For(artifact.Name, artifact.IsDirectory);
            var result = Inspection.Inspection.Run(artifact, [], policy, companions: [], progress: null, cancel);
            if (result.Findings.Any(f => f.Rule.Id == GateRules.ArtifactChanged.Id)) throw new GateException(GateRules.ArtifactChanged.Id, "it changed while it was verified. Let nothing write to it, and verify it once more", fullPath);
            return (result.Inventory, WhyUnreadable(files, fullPath, manifest, result));
        }
        catch (UnreadableException unreadable)
        {
            throw new GateException(GateRules.Uninspectable.Id, $"it can't be read, so nobody knows whether it was inspected: {EntryPath.Printable(unreadable.Message)}", fullPath, inner: unreadable);
        }
    }

    private static GateException? WhyUnreadable(IFileSystem files, string fullPath, Manifest? manifest, Inspection.Inspection.Result result)
    {
        if (result.Inventory.Kind == ArtifactKind.Directory && (files.DirectoryInfo.FromDirectoryName(fullPath).Attributes & FileAttributes.ReparsePoint) != 0)
            return new GateException(GateRules.Uninspectable.Id, "the folder is a link, which may lead elsewhere by the time that it is released; name the folder itself", fullPath);
        foreach (var finding in result.Findings)
        {
            // There are no rules here, which is an RG0007 of its own.
            if (!finding.Rule.Id.IsGate || finding.Rule.Id == GateRules.NothingInspected.Id) continue;
            var place = finding.Path is { } path ? $"'{EntryPath.Printable(path.Value)}': " : "";
            return new GateException(finding.Rule.Id, $"not all of it can be read as it was when it was sealed: {place}{EntryPath.Printable(finding.Message)}{(manifest is null ? ". Where the manifest that it was judged by has other \"limits\", name it with '--policy FILE'" : "")}", fullPath);
        }

        return null;
    }

    private static (SealStatement? Statement, string? Key) Check(IFileSystem files, string written, string full, Inventory artifact, GateException? unreadable, SealExpectation expected, DateTime now, List<SealObjection> objections)
    {
        var (statement, key) = Open(files, full, expected, Object);
        if (statement is null) return (null, key);
        var same = statement.Subjects.FirstOrDefault(s => s.Digest == artifact.Digest);
        if (WhyOthers(statement, same, artifact) is { } others) Object(SealRules.DigestMismatch, others);
        else if (unreadable is not null) throw unreadable;
        if (statement.Verifier != expected.Verifier) Object(SealRules.WrongVerifier, $"it speaks for '{EntryPath.Printable(statement.Verifier)}', and '{EntryPath.Printable(expected.Verifier)}' is trusted");
        CheckDestination(same);
        if (statement.Result != SealStatement.PassedResult) Object(SealRules.NotPassed, $"its result is '{EntryPath.Printable(statement.Result)}'");
        else if (!statement.Levels.Contains(SealStatement.Level, StringComparer.Ordinal)) Object(SealRules.NotPassed, $"the level {SealStatement.Level} is not among what was verified");
        if (expected.Policy is { } policy && policy != statement.Policy.Digest)
            Object(SealRules.PolicyChanged, $"it was judged by '{EntryPath.Printable(statement.Policy.Path)}', sha256 {statement.Policy.Digest}, and not by '{EntryPath.Printable(expected.PolicyName)}', sha256 {policy}");
        foreach (var rules in expected.Rules)
            if (!statement.RuleAssemblies.Any(a => a.Digest == rules.Digest))
                Object(SealRules.PolicyChanged, $"it was not judged by the rules of '{EntryPath.Printable(rules.Name)}', sha256 {rules.Digest}, {(statement.RuleAssemblies.Count == 0 ? "and by no rules but ReleaseGate's own" : $"but by those of {Named(statement.RuleAssemblies)}")}");
        CheckTime();
        if (expected.IsInLog is { } isInLog)
        {
            if (statement.Audit is not { } line) Object(SealRules.NotInLog, "it names no line of an audit log");
            else if (!isInLog(line)) Object(SealRules.NotInLog, string.Create(CultureInfo.InvariantCulture, $"the line {line.Sequence} with sha256 {line.Head} is not in the log"));
        }

        return (statement, key);

        void Object(Descriptor rule, string message) => objections.Add(new SealObjection(rule, message, written));

        // Of other bytes nothing more is believed, not even what they are called.
        void CheckDestination(SealSubject? subject)
        {
            var wanted = subject is null ? null : SealDestination.Of(artifact, subject.Name, expected.Feed);
            if (wanted is null ? SealDestination.FeedOf(statement.Resource) == SealDestination.FeedPart(expected.Feed) : statement.Resource == wanted) return;
            // No address is known to be that of the public registry, so the two ways to name it can't be taken for one.
            var advice = (SealDestination.FeedOf(statement.Resource).Length == 0, expected.Feed) switch
            {
                (true, not null) => "; it was sealed without a feed, and only no feed means the public registry: where it really goes there, leave '--to' out here, too",
                (false, null) => "; it was sealed for a feed: name the same with '--to', or, where that is the public registry's own address, seal it without a feed",
                _ => "",
            };
            Object(SealRules.WrongAudience, (wanted is null
                ? $"it is for '{EntryPath.Printable(statement.Resource)}', and this is about to go to {(expected.Feed is null ? "the public registry" : $"'{EntryPath.Printable(expected.Feed)}'")}"
                : $"it is for '{EntryPath.Printable(statement.Resource)}', and this is '{EntryPath.Printable(wanted)}'{(expected.Feed is null ? ", which means the public registry" : "")}") + advice);
        }

        void CheckTime()
        {
            if (statement.Time - now > SealExpectation.ClockSkew) Object(SealRules.SealStale, $"it was made at {JsonReporter.Written(statement.Time)}, and now is {JsonReporter.Written(now)}");
            else if (statement.NotAfter < now) Object(SealRules.SealStale, $"it held until {JsonReporter.Written(statement.NotAfter.Value)}, when the first waiver that it rests on expired: {string.Join(", ", statement.Waivers.Where(w => w.Expires < DateOnly.FromDateTime(now)).Select(w => EntryPath.Printable(w.Id)))}");
            else if (expected.MaximumAge is { } most && now - statement.Time > most)
                Object(SealRules.SealStale, string.Create(CultureInfo.InvariantCulture, $"it was made at {JsonReporter.Written(statement.Time)}, {Math.Floor((now - statement.Time).TotalHours):N0} hours ago, and {most.TotalHours:N0} hours are the most"));
        }
    }

    /// <summary>What a seal says, once somebody who is trusted has signed it; and whose key that was.</summary>
    private static (SealStatement? Statement, string? Key) Open(IFileSystem files, string full, SealExpectation expected, Action<Descriptor, string> objection)
    {
        string? key = null;
        try
        {
            var envelope = SigstoreBundle.Read(files, full).Envelope;
            var signed = envelope.PreAuthenticationEncoding();
            foreach (var trusted in expected.Keys)
                if (trusted.Signed(signed, envelope.Signatures[0].Signature.Span)) key = trusted.Hint;
            if (key is not null) return (SealStatement.Read(envelope.Payload), key);
            objection(SealRules.UntrustedSignature, $"{(expected.Keys.Count == 1 ? "the key that was named did not sign it" : "none of the keys that were named signed it")}{(envelope.Signatures[0].KeyId is { Length: > 0 } id && !expected.Keys.Any(k => k.Hint == id) ? $"; it says that the key {EntryPath.Printable(id)} did. If that is another approver's, name their public key with one more '--key'" : ", or what was signed is not what stands there now")}");
        }
        catch (GateException mistake) when (SealRules.All.FirstOrDefault(r => r.Id == mistake.Rule) is { } rule)
        {
            objection(rule, mistake.Message);
        }

        return (null, key);
    }

    // Why the artifact is not what was sealed, or null.
    private static string? WhyOthers(SealStatement statement, SealSubject? same, Inventory artifact)
    {
        if (same is null) return $"these are not the bytes that were sealed, sha256 {artifact.Digest} instead of {string.Join(", ", statement.Subjects.Select(s => s.Digest.ToString()))}";
        if (statement.Kind is { } kind ? kind == SealedFolder.KindOf(artifact) : artifact.Kind != ArtifactKind.Directory)
            return SealedFolder.WhyNot(artifact) is { } uncovered ? $"there is more in the folder than a seal can speak for: {uncovered}" : null;
        return statement.Kind switch
        {
            null => "it does not say that it is about a folder, and this is one; have the folder sealed once more",
            SealedFolder.Directory => "it was a folder when it was sealed, and now it is a file",
            SealedFolder.File => "it was a file when it was sealed, and now it is a folder",
            _ => $"it was a '{EntryPath.Printable(statement.Kind)}' when it was sealed",
        };
    }

    /// <summary>Assemblies as messages name them.</summary>
    internal static string Named(IReadOnlyList<SealRuleAssembly> assemblies) =>
        string.Join(", ", assemblies.Select(a => $"{EntryPath.Printable(a.Name)} {EntryPath.Printable(a.Version)}, sha256 {a.Digest?.ToString() ?? "unknown"}"));

    /// <summary>The JSON Schema of the format.</summary>
    public static string SchemaText() => JsonReporter.SchemaText("seal-verification.schema.json");

    /// <summary>Writes it as JSON. Every key is always there.</summary>
    /// <param name="output">Where to; stays open.</param>
    /// <param name="receipt">What a receipt said of the same artifact, or null.</param>
    public void Write(Stream output, Verification? receipt = null)
    {
        using var lines = new LineFeeds(output);
        using var json = new Utf8JsonWriter(lines, JsonReporter.Format);
        json.WriteStartObject();
        json.WriteString("schema"u8, Schema);
        json.WriteStartObject("tool"u8);
        json.WriteString("name"u8, "ReleaseGate"u8);
        JsonReporter.WriteText(json, "version"u8, GateReport.ToolVersion);
        json.WriteEndObject();
        json.WriteString("result"u8, Passed && receipt?.Passed != false ? "passed" : "refused");
        json.WriteStartObject("artifact"u8);
        JsonReporter.WriteText(json, "path"u8, Path);
        JsonReporter.WriteText(json, "name"u8, Name);
        json.WriteString("sha256"u8, Digest.ToString());
        json.WriteEndObject();
        json.WriteStartObject("expected"u8);
        json.WriteStartArray("keys"u8);
        foreach (var key in Expected.Keys) json.WriteStringValue(key.Hint);
        json.WriteEndArray();
        JsonReporter.WriteText(json, "verifier"u8, Expected.Verifier);
        JsonReporter.WriteText(json, "policy"u8, Expected.Policy?.ToString());
        json.WriteStartArray("rules"u8);
        foreach (var rules in Expected.Rules)
        {
            json.WriteStartObject();
            JsonReporter.WriteText(json, "name"u8, rules.Name);
            json.WriteString("sha256"u8, rules.Digest.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        JsonReporter.WriteText(json, "feed"u8, Expected.Feed);
        JsonReporter.WriteNumber(json, "maxAgeHours"u8, Expected.MaximumAge is { } age ? (long)age.TotalHours : null);
        json.WriteNumber("approvals"u8, Expected.Approvals);
        json.WriteEndObject();
        json.WriteStartArray("seals"u8);
        foreach (var seal in Seals) WriteSeal(json, seal);
        json.WriteEndArray();
        json.WriteStartArray("objections"u8);
        foreach (var objection in Objections)
        {
            json.WriteStartObject();
            json.WriteString("rule"u8, objection.Rule.Id.ToString());
            JsonReporter.WriteText(json, "title"u8, objection.Rule.Title);
            JsonReporter.WriteText(json, "seal"u8, objection.Seal);
            JsonReporter.WriteText(json, "message"u8, objection.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WritePropertyName("receipt"u8);
        if (receipt is null)
        {
            json.WriteNullValue();
        }
        else
        {
            using var held = new MemoryStream();
            receipt.Write(held);
            json.WriteRawValue(held.GetBuffer().AsSpan(0, (int)held.Length), skipInputValidation: false);
        }

        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private static void WriteSeal(Utf8JsonWriter json, CheckedSeal seal)
    {
        var statement = seal.Statement;
        json.WriteStartObject();
        JsonReporter.WriteText(json, "path"u8, seal.Path);
        json.WriteBoolean("holds"u8, seal.Holds);
        JsonReporter.WriteText(json, "key"u8, seal.Key);
        JsonReporter.WriteText(json, "verifier"u8, statement?.Verifier);
        JsonReporter.WriteText(json, "time"u8, statement is null ? null : JsonReporter.Written(statement.Time));
        JsonReporter.WriteText(json, "resource"u8, statement?.Resource);
        JsonReporter.WriteText(json, "policy"u8, statement?.Policy.Digest.ToString());
        JsonReporter.WriteText(json, "notAfter"u8, statement?.NotAfter is { } end ? JsonReporter.Written(end) : null);
        json.WriteStartArray("rules"u8);
        foreach (var assembly in statement?.RuleAssemblies ?? [])
        {
            json.WriteStartObject();
            JsonReporter.WriteText(json, "assembly"u8, assembly.Name);
            JsonReporter.WriteText(json, "version"u8, assembly.Version);
            JsonReporter.WriteText(json, "sha256"u8, assembly.Digest?.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (statement?.Drill is var (seeded, missed))
        {
            json.WriteStartObject("drill"u8);
            json.WriteNumber("seeded"u8, seeded);
            json.WriteNumber("missed"u8, missed);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("drill"u8);
        }

        json.WriteEndObject();
    }
}
