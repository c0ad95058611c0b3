using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Governance;

/// <summary>
/// Reads what <see cref="ReceiptWriter"/> wrote, of this version of ReleaseGate or another. Strict: whatever the format does not have is refused with its place, since whoever reads a
/// receipt relies on it.
/// </summary>
/// <param name="files">Where the receipts lie.</param>
public sealed class ReceiptReader(IFileSystem files)
{
    /// <summary>The most bytes a receipt may have: more than one of a million entries has.</summary>
    internal const long Limit = 512L << 20;

    /// <summary>Reads a receipt.</summary>
    /// <param name="path">Its full path; <see cref="Snapshot.Path"/> of what is read.</param>
    /// <exception cref="GateException">RG0007: there is none, or it is no receipt of this format; the message names the place.</exception>
    public Receipt Read(string path)
    {
        var info = files.FileInfo.FromFileName(path);
        if (!info.Exists) throw Mistake("there is no such receipt; 'releasegate check --receipts DIR' writes one for what passes", path);
        if (info.Length > Limit || DiskFile.IsSpecial(files, path, info.Length)) throw Mistake("this is no receipt: it is a device, or too large for one", path);
        // ReportJson looks through links.
        return ReportJson.Read(files, path, "name a receipt that 'releasegate check --receipts' wrote", root => Read(root, path));
    }

    /// <summary>Whether a file says of itself that it is a receipt, of whatever version.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public bool IsReceipt(string path)
    {
        var info = files.FileInfo.FromFileName(path);
        if (!info.Exists || DiskFile.IsSpecial(files, path, info.Length)) return false;
        DiskFile.RequireFile(files, path);
        using var stream = files.File.OpenRead(path);
        var head = new byte[256];
        return head.AsSpan(0, stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)).IndexOf("\"releasegate/receipt/"u8) > 0;
    }

    private static Receipt Read(ReportJson root, string path)
    {
        // Named first: a report has other keys, too.
        if (root.Member("schema") is { } schema && schema.Text() != Receipt.Schema) throw schema.Mistake($"'{Receipt.Schema}' is expected here");
        var keys = root.Object("schema", "tool", "time", "artifact", "policy", "rules", "rulesOff", "waivers", "warnings", "notes", "entries", "dependencies", "installScripts", "exposures");
        var tool = keys["tool"].Object("name", "version");
        if (tool["name"].Text() != "ReleaseGate") throw tool["name"].Mistake("'ReleaseGate' is expected here");
        var artifact = keys["artifact"].ObjectWithOptional("license", "name", "kind", "id", "version", "purl", "sha256", "size");
        if (artifact["id"].IsNull != artifact["version"].IsNull) throw artifact["id"].Mistake("id and version are both there, or both null");
        var policy = keys["policy"].Object("path", "sha256", "found", "from");
        return new Receipt
        {
            ToolVersion = tool["version"].Text(),
            Time = Time(keys["time"]),
            PackageUrl = artifact["purl"].TextOrNull(),
            Policy = new ReceiptPolicy(policy["path"].Text(), policy["sha256"].Sha256(), policy["from"].TextOrNull(), policy["found"].Truth()),
            Rules = keys["rules"].Array().ConvertAll(RuleOf),
            RulesOff = keys["rulesOff"].Array().ConvertAll(r => r.Rule()),
            Waivers = keys["waivers"].Array().ConvertAll(WaiverOf),
            Warnings = keys["warnings"].Count(),
            Notes = keys["notes"].Count(),
            Content = new Snapshot
            {
                Path = path,
                Name = artifact["name"].Text(),
                Kind = artifact["kind"].Name<ArtifactKind>(),
                Id = artifact["id"].TextOrNull(),
                Version = artifact["version"].TextOrNull(),
                Length = artifact["size"].Number(),
                Digest = artifact["sha256"].Sha256(),
                License = artifact.GetValueOrDefault("license") is { } license ? ReportReader.LicenseOf(license) : null,
                KnowsLicense = artifact.ContainsKey("license"),
                Entries = keys["entries"].Array().ConvertAll(EntryOf),
                Dependencies = keys["dependencies"].Array().ConvertAll(DependencyOf),
                InstallScripts = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, keys["installScripts"].Texts()),
                Exposures = keys["exposures"].Array().ConvertAll(ExposureOf),
            },
        };
    }

    private static ReceiptRule RuleOf(ReportJson rule)
    {
        var keys = rule.Object("id", "version", "assembly", "module");
        if (keys["assembly"].IsNull != keys["module"].IsNull) throw keys["assembly"].Mistake("assembly and module are both there, or both null");
        Guid? module = keys["module"].IsNull ? null : Guid.TryParseExact(keys["module"].Text(), "D", out var id) ? id : throw keys["module"].Mistake("a module version id is expected here");
        return new ReceiptRule(keys["id"].Rule(), keys["version"].Text(), keys["assembly"].TextOrNull(), module);
    }

    private static ReceiptWaiver WaiverOf(ReportJson waiver)
    {
        var keys = waiver.Object("id", "rule", "path", "owner", "expires");
        if (!DateOnly.TryParseExact(keys["expires"].Text(), JsonReporter.DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var expires)) throw keys["expires"].Mistake("a day is expected here");
        return new ReceiptWaiver(keys["id"].Text(), keys["rule"].Rule(), keys["path"].Text(), keys["owner"].Text(), expires);
    }

    private static SnapshotEntry EntryOf(ReportJson entry)
    {
        var keys = entry.Object("path", "type", "kind", "size", "sha256", "mode", "linkTarget");
        var type = keys["type"].Name<EntryType>();
        // What could not be read whole has not passed.
        if (keys["sha256"].IsNull == (type == EntryType.File)) throw keys["sha256"].Mistake("a file has a SHA-256, and nothing else has");
        return new SnapshotEntry(keys["path"].Text(), type, keys["kind"].Name<EntryKind>(), keys["size"].Number(), keys["sha256"].IsNull ? null : keys["sha256"].Sha256(),
            keys["mode"].IsNull ? null : keys["mode"].Count(), keys["linkTarget"].TextOrNull());
    }

    private static PackageDependency DependencyOf(ReportJson dependency)
    {
        var keys = dependency.Object("id", "range", "group");
        return Redacted.KeptBefore(new PackageDependency(keys["id"].Text(), keys["range"].Text(), keys["group"].Text()));
    }

    private static SnapshotExposure ExposureOf(ReportJson exposure)
    {
        var keys = exposure.Object("rule", "path", "message");
        return new SnapshotExposure(keys["rule"].Rule(), keys["path"].TextOrNull(), keys["message"].Text());
    }

    private static DateTime Time(ReportJson time) =>
        DateTime.TryParseExact(time.Text(), JsonReporter.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed)
            ? parsed : throw time.Mistake("a time like 2026-04-01T09:30:00Z is expected here");

    private static GateException Mistake(string what, string path) => new(GateRules.NothingInspected.Id, what, path);
}
