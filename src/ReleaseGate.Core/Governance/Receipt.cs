using System.Globalization;
using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>
/// What was inspected and has passed, digest by digest: <c>releasegate/receipt/v1</c> (docs/receipt.md, receipt.schema.json). It says nothing of folders,
/// machines or durations, so the same artifact under the same manifest and time has the same receipt everywhere. It is not signed.
/// </summary>
public sealed record Receipt
{
    /// <summary>The name of the format, the value of <c>schema</c>.</summary>
    public const string Schema = "releasegate/receipt/v1";

    /// <summary>What a receipt's name ends with, behind the whole name of its artifact.</summary>
    public const string Suffix = ".receipt.json";

    /// <summary>The variable of the environment that stands for the clock (reproducible-builds.org, 'SOURCE_DATE_EPOCH').</summary>
    public const string EpochVariable = "SOURCE_DATE_EPOCH";

    // The last second that a DateTime has.
    private const long LastSecond = 253_402_300_799;

    /// <summary>The version of ReleaseGate that inspected.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>When, UTC, in whole seconds; or what <see cref="EpochVariable"/> said instead.</summary>
    public required DateTime Time { get; init; }

    /// <summary>The package URL, or null where the artifact is no package.</summary>
    public string? PackageUrl { get; init; }

    /// <summary>What it was judged by.</summary>
    public required ReceiptPolicy Policy { get; init; }

    /// <summary>The rules that ran, by id.</summary>
    public required IReadOnlyList<ReceiptRule> Rules { get; init; }

    /// <summary>The rules that the manifest switched off, by id.</summary>
    public required IReadOnlyList<RuleId> RulesOff { get; init; }

    /// <summary>The waivers without which it would not have passed as it did, by id.</summary>
    public IReadOnlyList<ReceiptWaiver> Waivers { get; init; } = [];

    /// <summary>How many findings warned.</summary>
    public int Warnings { get; init; }

    /// <summary>How many findings were noted, waived ones among them.</summary>
    public int Notes { get; init; }

    /// <summary>What it held.</summary>
    public required Snapshot Content { get; init; }

    /// <summary>The JSON Schema of the format.</summary>
    public static string SchemaText()
    {
        using var reader = new StreamReader(typeof(Receipt).Assembly.GetManifestResourceStream("ReleaseGate.Schemas.receipt.schema.json")!);
        return reader.ReadToEnd();
    }

    /// <summary>The time a receipt of this run bears. It is never the time that waivers are judged by.</summary>
    /// <param name="epoch">The value of <see cref="EpochVariable"/>: seconds since 1970-01-01, UTC; null or empty where it is not set.</param>
    /// <param name="now">The clock, UTC.</param>
    /// <exception cref="GateException">RG0007: the value is no whole number of seconds, and whoever set it would not get what they asked for.</exception>
    public static DateTime TimeOf(string? epoch, DateTime now)
    {
        if (string.IsNullOrEmpty(epoch)) return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        if (!long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > LastSecond)
            throw new GateException(GateRules.NothingInspected.Id, $"{EpochVariable} is '{EntryPath.Printable(epoch)}', which is no whole number of seconds since 1970; correct the variable, or unset it");
        return DateTime.UnixEpoch.AddSeconds(seconds);
    }

    /// <summary>The receipt of one artifact.</summary>
    /// <param name="report">The run.</param>
    /// <param name="verdict">The artifact; it has passed.</param>
    /// <param name="time">See <see cref="TimeOf"/>.</param>
    /// <param name="files">Where the manifest's repository is looked for.</param>
    internal static Receipt Of(GateReport report, Verdict verdict, DateTime time, IFileSystem files)
    {
        var findings = new List<Finding>(verdict.Findings.Count);
        var waivers = new SortedDictionary<string, ReceiptWaiver>(StringComparer.Ordinal);
        var (warnings, notes) = (0, 0);
        foreach (var judged in verdict.Findings)
        {
            findings.Add(judged.Finding);
            if (judged.Severity == Severity.Warning) warnings++;
            else notes++;
            if (judged.Waiver is { } waiver) waivers.TryAdd(waiver.Id, new ReceiptWaiver(waiver.Id, waiver.Rule, waiver.Path, waiver.Owner, waiver.Expires));
        }

        return new Receipt
        {
            ToolVersion = GateReport.ToolVersion,
            Time = time,
            PackageUrl = JsonReporter.PackageUrl(verdict.Inventory),
            Policy = new ReceiptPolicy(NameOf(report.Manifest, files), report.Manifest.Digest, report.Request.PolicyFrom, report.ManifestFound),
            Rules = RulesOf(report, verdict),
            RulesOff = verdict.RulesOff,
            Waivers = [.. waivers.Values],
            Warnings = warnings,
            Notes = notes,
            Content = Snapshot.Of(verdict.Inventory, verdict.Path, findings),
        };
    }

    private static List<ReceiptRule> RulesOf(GateReport report, Verdict verdict)
    {
        var rules = new List<ReceiptRule>(verdict.RulesRun.Count);
        foreach (var id in verdict.RulesRun)
        {
            RuleSource? source = null;
            foreach (var outside in report.OutsideRules)
                if (outside.Rule == id) source = outside;
            rules.Add(new ReceiptRule(id, source?.Version ?? GateReport.ToolVersion, source?.Assembly, source?.Module));
        }

        return rules;
    }

    // Where the repository lies is the machine's own business.
    private static string NameOf(Manifest manifest, IFileSystem files)
    {
        if (manifest.File is not { } file || !files.Path.IsPathFullyQualified(file)) return manifest.Name;
        return files.Path.GetDirectoryName(file) is { } folder && new ManifestSearch(files).FindRepository(folder) is { } repository
            ? files.Path.GetRelativePath(repository, file).Replace(files.Path.DirectorySeparatorChar, '/')
            : files.Path.GetFileName(file);
    }
}

/// <summary>What a receipt's artifact was judged by.</summary>
/// <param name="Path">The manifest, relative to the root of its repository with '/', its file name where it stands in none; or the name of a built-in profile.</param>
/// <param name="Digest">SHA-256 of the manifest and everything it extends, see <see cref="Manifest.Digest"/>.</param>
/// <param name="From">The git revision that it was taken from, or null: the working copy.</param>
/// <param name="Found">False where no manifest was found or named and the built-in profile served.</param>
public sealed record ReceiptPolicy(string Path, Digest Digest, string? From, bool Found);

/// <summary>A rule that ran.</summary>
/// <param name="Id">The rule.</param>
/// <param name="Version">The version of ReleaseGate, or of the assembly it came from.</param>
/// <param name="Assembly">The name of that assembly; null for ReleaseGate's own rules.</param>
/// <param name="Module">The module version id of that assembly; null for ReleaseGate's own rules.</param>
public sealed record ReceiptRule(RuleId Id, string Version, string? Assembly, Guid? Module);

/// <summary>A waiver that was used.</summary>
/// <param name="Id">Its name in the manifest.</param>
/// <param name="Rule">The rule it silenced.</param>
/// <param name="Path">Its path as written.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Expires">Its last day, UTC.</param>
public sealed record ReceiptWaiver(string Id, RuleId Rule, string Path, string Owner, DateOnly Expires);
