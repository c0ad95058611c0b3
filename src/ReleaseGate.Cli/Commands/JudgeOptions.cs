using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Cli.Commands;

/// <summary>What <c>check</c> and <c>npm</c> have in common: how to judge, and where to write what came of it.</summary>
/// <param name="place">Where the search for the manifest begins, as the help says it.</param>
internal sealed class JudgeOptions(string place)
{
    public Option<string?> Manifest { get; } = SharedOptions.Manifest(place);

    public Option<string?> Profile { get; } = SharedOptions.Profile();

    public Option<string[]> Rules { get; } = SharedOptions.Rules();

    public Option<string?> PolicyFrom { get; } = SharedOptions.PolicyFrom("; what the working copy's would add needs approval");

    public Option<string[]> Baseline { get; } = SharedOptions.Baseline();

    public Option<bool> WarnOnly { get; } = new("--warn-only") { Description = "Let what blocks only warn, for the first days. The report says so; nothing is vouched for." };

    public Option<DateOnly?> AsOf { get; } = new("--as-of") { HelpName = "DATE", Description = "Judge waivers by this day, e.g. 2027-01-31, and see what will break then.", CustomParser = Day };

    public Option<string?> Receipts { get; } = new("--receipts") { HelpName = "DIR", Description = "Write a receipt there for each artifact that passes." };

    public Option<string?> Sboms { get; } = new("--sbom") { HelpName = "DIR", Description = "Write a CycloneDX inventory of each artifact's content there." };

    public Option<string?> Seals { get; } = new("--seals") { HelpName = "DIR", Description = "Write a seal there for each artifact that passes; with '--seal-key'." };

    public Option<string?> SealKey { get; } = new("--seal-key") { HelpName = "FILE", Description = "The private key to seal with: a PEM file, or env://NAME for a variable that holds it." };

    public Option<string?> SealTo { get; } = new("--seal-to") { HelpName = "FEED", Description = "The feed that what is sealed may go to. Default: the public registry." };

    public Option<string?> Log { get; } = SharedOptions.Log();

    public Option<string?> Json { get; } = new("--json") { HelpName = "FILE", Description = "Write a report with every finding and every entry." };

    public Option<string?> Sarif { get; } = new("--sarif") { HelpName = "FILE", Description = "Write the findings as SARIF 2.1.0, for code scanning." };

    public Option<string?> SarifWaived { get; } = new Option<string?>("--sarif-waived") { HelpName = "mark|omit", Description = "Whether SARIF has waived findings as suppressed or leaves them out, for services that do not know suppressions. Default: mark." }.AcceptOnlyFromAmong("mark", "omit");

    public Option<string?> JUnit { get; } = new("--junit") { HelpName = "FILE", Description = "Write JUnit XML, for test dashboards." };

    public Option<string?> Markdown { get; } = new("--markdown") { HelpName = "FILE", Description = "Write Markdown, for a job summary or a pull request." };

    public Option<string?> Html { get; } = new("--html") { HelpName = "FILE", Description = "Write a report for people: one file, for any browser." };

    public Option<string[]> ReportFormats { get; } = new("--report-formats") { HelpName = "FORMAT", Description = "More formats beside the JSON report. For the MSBuild targets.", Hidden = true };

    public Option<string?> Format { get; } = OutputFormats.Option();

    public Option<bool> Quiet { get; } = SharedOptions.Quiet();

    /// <summary>What was said of them. The paths are the command's.</summary>
    public CheckArguments Of(ParseResult parsed) => new()
    {
        Paths = [],
        Manifest = parsed.GetValue(Manifest),
        Profile = parsed.GetValue(Profile),
        Rules = parsed.GetValue(Rules) ?? [],
        Json = parsed.GetValue(Json),
        Sarif = parsed.GetValue(Sarif),
        SarifOmitsWaived = parsed.GetValue(SarifWaived) == "omit",
        JUnit = parsed.GetValue(JUnit),
        Markdown = parsed.GetValue(Markdown),
        Html = parsed.GetValue(Html),
        ReportFormats = parsed.GetValue(ReportFormats) ?? [],
        PolicyFrom = parsed.GetValue(PolicyFrom),
        Baselines = parsed.GetValue(Baseline) ?? [],
        WarnOnly = parsed.GetValue(WarnOnly),
        AsOf = parsed.GetValue(AsOf),
        Receipts = parsed.GetValue(Receipts),
        Sboms = parsed.GetValue(Sboms),
        Seals = parsed.GetValue(Seals),
        SealKey = parsed.GetValue(SealKey),
        SealTo = parsed.GetValue(SealTo),
        AuditLog = parsed.GetValue(Log),
        Format = parsed.GetValue(Format),
        Quiet = parsed.GetValue(Quiet),
    };

    /// <summary>Where an earlier run wrote what this one would have written, where the command line as a whole can't be read.</summary>
    public CheckArguments PlacesOf(ParseResult parsed) => new()
    {
        Paths = [],
        Receipts = Written(parsed, Receipts),
        Sboms = Written(parsed, Sboms),
        Seals = Written(parsed, Seals),
        Json = Written(parsed, Json),
        Sarif = Written(parsed, Sarif),
        JUnit = Written(parsed, JUnit),
        Markdown = Written(parsed, Markdown),
        Html = Written(parsed, Html),
        // Nothing that is to be read goes.
        Manifest = Written(parsed, Manifest),
        Baselines = Words(parsed.GetResult(Baseline)).FindAll(b => b != Governance.Baselines.CacheWord),
    };

    /// <summary>The last word behind an option, or null. The library gives no value of an option that it objects to.</summary>
    public static string? Written(ParseResult parsed, Option option) => Words(parsed.GetResult(option)) is [.., { Length: > 0 } word] ? word : null;

    /// <summary>The words behind an option or an argument.</summary>
    public static List<string> Words(SymbolResult? result)
    {
        var words = new List<string>();
        foreach (var token in result?.Tokens ?? []) words.Add(token.Value);
        return words;
    }

    // The library would take any form that the culture of the machine knows.
    private static DateOnly? Day(ArgumentResult result)
    {
        if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        result.AddError($"'{EntryPath.Printable(result.Tokens[0].Value)}' is no day; write it like 2027-01-31");
        return null;
    }
}
