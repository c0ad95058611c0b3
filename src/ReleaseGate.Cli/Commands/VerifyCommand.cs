using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate verify</c>: whether an artifact is the one that was inspected, by its receipt, and whether it may be pushed, by its seals.</summary>
internal sealed class VerifyCommand
{
    public const string Name = "verify";

    private const int Shown = 50;

    public static readonly string[] Examples =
    [
        "releasegate verify Acme.1.0.0.nupkg --key release.pub --policy releasegate.json --to https://feed.acme.example/v3/index.json --max-age 24h",
        "releasegate verify Acme.1.0.0.nupkg --receipt receipts/Acme.1.0.0.nupkg.receipt.json",
        "releasegate verify publish --as directory --receipt publish.receipt.json --json verification.json",
        "releasegate verify acme-cli-1.0.0.tgz --key release.pub --policy releasegate.json && npm publish ./acme-cli-1.0.0.tgz",
    ];

    private readonly Argument<string> _artifact = new("ARTIFACT") { Description = "A file or a folder." };

    private readonly Option<string?> _receipt = new("--receipt") { HelpName = "FILE", Description = "The receipt. Default without a key: ARTIFACT.receipt.json, beside the artifact." };

    private readonly Option<string?> _policy = new("--policy") { HelpName = "FILE", Description = "The manifest, or the built-in profile, that it must have been judged by." };

    private readonly Option<string?> _as = SharedOptions.AsDirectory("The artifact has to be a folder.");

    private readonly Option<string?> _json = new("--json") { HelpName = "FILE", Description = "Write what was compared and every difference." };

    private readonly Option<string?> _log = new("--log") { HelpName = "FILE", Description = "Append to this audit log, and refuse a seal whose run it does not hold. Default: append to what the manifest of '--policy' names with \"log\"." };

    private readonly Option<bool> _quiet = SharedOptions.Quiet();

    private readonly VerifySeals _seals = new();

    private VerifyCommand() { }

    public static Command Create(Surroundings surroundings)
    {
        var verify = new VerifyCommand();
        var command = new Command(Name, "Says whether these bytes may be released. With '--key' by their seal: signed by that key, for this artifact, manifest and feed. Without it by their receipt, which is not signed: who can write the artifact can write its receipt, so keep receipts where only the build can write.")
        {
            verify._artifact, verify._receipt, verify._policy, verify._as, verify._json, verify._log, verify._quiet,
        };
        foreach (var option in verify._seals.Options) command.Add(option);
        command.SetAction(parsed => verify.Run(parsed, surroundings));
        return command;
    }

    private int Run(ParseResult parsed, Surroundings surroundings)
    {
        var artifact = parsed.GetRequiredValue(_artifact);
        var json = parsed.GetValue(_json);
        // The library takes a misspelled option for the artifact.
        if (artifact.StartsWith('-')) return surroundings.Refuse($"there is no option '{CommandLine.Shown(artifact)}'", Name);
        if (!Check.IsReportFile(json, surroundings)) return ExitCode.CouldNotRun;
        if (_seals.Mistake(parsed, parsed.GetValue(_policy) is not null) is { } why) return surroundings.Refuse(why, Name);
        if (string.IsNullOrWhiteSpace(artifact)) throw new GateException(GateRules.NothingInspected.Id, "an empty path was named; a variable in the command line may be empty");
        var full = surroundings.Files.Path.TrimEndingDirectorySeparator(surroundings.FullPath(artifact));
        var seals = _seals.AreWanted(parsed) ? _seals.Seals(parsed, artifact, full, surroundings) : null;
        var byReceipt = seals is null || parsed.GetValue(_receipt) is not null;
        var read = new List<string> { full };
        if (byReceipt) read.Add(parsed.GetValue(_receipt) is { } byName ? surroundings.FullPath(byName) : full + Receipt.Suffix);
        if (seals is not null) foreach (var (_, seal) in seals) read.Add(seal);
        read.AddRange(_seals.Read(parsed, surroundings));
        if (parsed.GetValue(_policy) is { } by) read.Add(surroundings.FullPath(by));
        List<string> written = json is null ? [] : [surroundings.FullPath(json)];
        Outputs.Require(surroundings.Files, written, read);
        var log = parsed.GetValue(_log) is { } named ? surroundings.FullPath(named) : null;
        if (log is not null) Outputs.RequireOwnLog(surroundings.Files, log, written, read);
        if (json is not null) ReportFile.Clear(surroundings.Files, surroundings.FullPath(json), ReportFormat.Json);
        if (!surroundings.Files.File.Exists(full) && !surroundings.Files.Directory.Exists(full))
            throw new GateException(GateRules.NothingInspected.Id, $"'{EntryPath.Printable(artifact)}' does not exist; check the path");
        if (parsed.GetValue(_as) is not null && surroundings.Files.File.Exists(full))
            throw new GateException(GateRules.NothingInspected.Id, $"'{EntryPath.Printable(artifact)}' is a file, and '--as directory' takes folders; name the folder, or leave '--as directory' out");
        var receipt = byReceipt ? new ReceiptReader(surroundings.Files).Read(ReceiptOf(parsed.GetValue(_receipt), full, surroundings)) : null;
        var policy = parsed.GetValue(_policy) is { } manifest ? PolicyOf(manifest, surroundings) : null;
        // Now it is known which log the manifest names.
        if (policy is not null) read.AddRange(from source in policy.Sources where !source.IsProfile select source.Name);
        log ??= policy?.AuditLog;
        if (log is not null) Outputs.RequireOwnLog(surroundings.Files, log, written, read);
        var verification = receipt is null ? null : Verification.Of(surroundings.Files, receipt, artifact, full, surroundings.Cancel) with { Policy = policy?.Digest };
        var bySeal = seals is null ? null : SealVerification.Of(surroundings.Files, artifact, full, seals, Expectation(parsed, policy, surroundings), surroundings.Time.GetUtcNow().UtcDateTime, surroundings.Cancel);
        // Whoever goes on by the answer goes on with a line of it.
        LogCommand.Append(log, Logged(verification, bySeal, policy), surroundings);
        if (json is not null) ReportFile.Write(surroundings.Files, surroundings.FullPath(json), bySeal is null ? verification!.Write : stream => bySeal.Write(stream, verification));
        if (bySeal is not null) VerifySeals.Print(bySeal, parsed.GetValue(_quiet), surroundings.Output);
        if (verification is not null) Print(verification, policy, parsed.GetValue(_quiet), surroundings.Output);
        return verification?.Passed != false && bySeal?.Passed != false ? ExitCode.Passed : ExitCode.Blocked;
    }

    // What has no manifest of its own was judged by a profile.
    private static Manifest PolicyOf(string named, Surroundings surroundings)
    {
        var path = surroundings.FullPath(named);
        if (surroundings.Files.File.Exists(path)) return new ManifestReader(surroundings.Files).Read(path);
        if (ManifestReader.ProfileNames.Contains(named, StringComparer.Ordinal)) return new ManifestReader(surroundings.Files).ReadProfile(named);
        if (surroundings.Files.Directory.Exists(path)) return new ManifestReader(surroundings.Files).Read(path);
        throw new GateException(GateRules.ManifestInvalid.Id, $"there is no manifest '{EntryPath.Printable(named)}'; what has none was judged by the built-in profile '{ManifestReader.DefaultProfile}': '--policy {ManifestReader.DefaultProfile}'", path);
    }

    // Where somebody names the log, they have it here: a push step on another machine has its own.
    private SealExpectation Expectation(ParseResult parsed, Manifest? policy, Surroundings surroundings)
    {
        var expected = _seals.Expectation(parsed, policy, surroundings);
        return parsed.GetValue(_log) is { } log ? expected with { IsInLog = position => LogCommand.Holds(surroundings.FullPath(log), position, surroundings) } : expected;
    }

    private static AuditEvent Logged(Verification? verification, SealVerification? seal, Manifest? policy)
    {
        var rules = new JsonArray();
        if (verification?.IsSame == false) rules.Add((JsonNode)SealRules.DigestMismatch.Id.ToString());
        if (verification?.IsSamePolicy == false) rules.Add((JsonNode)SealRules.PolicyChanged.Id.ToString());
        if (seal is not null)
            foreach (var objection in seal.Objections) rules.Add((JsonNode)objection.Rule.Id.ToString());
        return new AuditEvent(Name, new JsonObject
        {
            ["result"] = verification?.Passed != false && seal?.Passed != false ? "passed" : "failed",
            ["artifact"] = new JsonObject { ["name"] = EntryPath.Printable(verification?.Now.Name ?? seal!.Name), ["sha256"] = (verification?.Now.Digest ?? seal!.Digest).ToString() },
            ["by"] = seal is null ? "receipt" : verification is null ? "seal" : "receipt and seal",
            ["rules"] = rules,
            ["policy"] = new JsonObject { ["sha256"] = policy?.Digest.ToString() },
        });
    }

    private static string ReceiptOf(string? named, string artifact, Surroundings surroundings)
    {
        if (named is not null) return surroundings.FullPath(named);
        var beside = artifact + Receipt.Suffix;
        return surroundings.Files.File.Exists(beside) ? beside
            : throw new GateException(GateRules.NothingInspected.Id, $"there is no '{EntryPath.Printable(surroundings.Files.Path.GetFileName(beside))}' beside it, so nobody knows what was inspected; name the receipt with '--receipt FILE'", artifact);
    }

    private static void Print(Verification verification, Manifest? policy, bool quiet, TextWriter output)
    {
        var receipt = verification.Receipt;
        var name = EntryPath.Printable(verification.Now.Name);
        if (verification.Passed && !quiet)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{EntryPath.Printable(verification.Path)}: the bytes that ReleaseGate {EntryPath.Printable(receipt.ToolVersion)} inspected on {receipt.Time:yyyy-MM-dd HH:mm:ss} UTC by '{EntryPath.Printable(receipt.Policy.Path)}', sha256 {verification.Now.Digest}"));
        if (!verification.IsSame)
        {
            output.WriteLine(Line(verification.Path, SealRules.DigestMismatch,
                $"{name}: these are not the bytes that were inspected, sha256 {verification.Now.Digest} instead of {receipt.Content.Digest}; {verification.Why}"));
            for (var i = 0; i < verification.Differences.Count && i < Shown; i++) output.WriteLine($"  {Describe(verification.Differences[i])}");
            if (verification.Differences.Count > Shown) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  and {verification.Differences.Count - Shown:N0} more; '--json FILE' writes all"));
        }

        if (!verification.IsSamePolicy)
            output.WriteLine(Line(verification.Path, SealRules.PolicyChanged,
                $"{name}: it was judged by '{receipt.Policy.Path}', sha256 {receipt.Policy.Digest}, and not by '{policy!.Name}', sha256 {policy.Digest}"));
        if (quiet) return;
        foreach (var remark in verification.Remarks) output.WriteLine($"{EntryPath.Printable(verification.Path)}: {remark}");
    }

    internal static string Line(string path, Descriptor rule, string text) =>
        new Diagnostic(path, 0, 0, Severity.Error, rule.Id, EntryPath.Printable($"{text}. {rule.Fix}"), rule.HelpLink).ToString();

    private static string Describe(EntryDifference difference)
    {
        var path = EntryPath.Printable(difference.Path);
        return difference switch
        {
            { Change: ChangeKind.Added, After: { } after } => $"+ {path}  {Size(after)}",
            { Change: ChangeKind.Removed, Before: { } before } => $"- {path}  {Size(before)}",
            { Before: { } before, After: { } after } when before.Type != after.Type => $"~ {path}  {before.Type} is now {after.Type}",
            { Before: { } before, After: { } after } when before.LinkTarget != after.LinkTarget => $"~ {path}  leads to '{EntryPath.Printable(after.LinkTarget ?? "")}' instead of '{EntryPath.Printable(before.LinkTarget ?? "")}'",
            { Before: { } before, After: { } after } when before.Length != after.Length => $"~ {path}  {Size(after)} instead of {Size(before)}",
            { Before: { } before, After: { } after } when before.Digest != after.Digest => $"~ {path}  {Size(after)}, {(after.Digest is null ? "which can't be read whole" : "other bytes")}",
            { Before: { } before, After: { } after } => $"~ {path}  mode {Mode(after)} instead of {Mode(before)}",
            _ => path,
        };
    }

    private static string Size(SnapshotEntry entry) => entry.Type == EntryType.File ? string.Create(CultureInfo.InvariantCulture, $"{entry.Length:N0} {(entry.Length == 1 ? "byte" : "bytes")}") : entry.Type.ToString();

    private static string Mode(SnapshotEntry entry) => Convert.ToString(entry.UnixMode ?? 0, 8);
}
