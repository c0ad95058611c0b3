using System.CommandLine;
using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate inspect</c>: what an artifact holds, judged by nobody.</summary>
internal static class InspectCommand
{
    public const string Name = "inspect";

    private const int ShortDigest = 12;
    private const int Shown = 10;

    public static readonly string[] Examples =
    [
        "releasegate inspect acme-cli-1.0.0.tgz",
        "releasegate inspect Acme.1.0.0.nupkg --json inventory.json",
        "releasegate inspect Acme.1.0.0.nupkg --sbom Acme.1.0.0.nupkg.cdx.json",
    ];

    public static Command Create(Surroundings surroundings)
    {
        var artifact = new Argument<string>("ARTIFACT") { Description = "A package or a folder." };
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Write the inventory, with whole digests and all findings." };
        var sbom = new Option<string?>("--sbom") { HelpName = "FILE", Description = "Write a CycloneDX inventory of the content." };
        var command = new Command(Name, "Lists what an artifact holds, what was recognised in it and what it exposes.") { artifact, json, sbom };
        command.SetAction(parsed => CheckCommand.HasUnknownOption(Name, parsed, [parsed.GetRequiredValue(artifact)], surroundings) ? ExitCode.CouldNotRun : Run(surroundings, parsed.GetRequiredValue(artifact), parsed.GetValue(json), parsed.GetValue(sbom)));
        return command;
    }

    private static int Run(Surroundings surroundings, string path, string? json, string? sbom)
    {
        if (!Check.IsReportFile(json, surroundings) || !Check.IsReportFile(sbom, surroundings, "--sbom")) return ExitCode.CouldNotRun;
        string[] written = [.. new[] { json, sbom }.OfType<string>().Select(surroundings.FullPath)];
        if (path.Length > 0) Outputs.Require(surroundings.Files, written, new GateRequest { Artifacts = [path], SearchFrom = surroundings.CurrentDirectory });
        if (json is not null) ReportFile.Clear(surroundings.Files, surroundings.FullPath(json), ReportFormat.Json);
        if (sbom is not null) ReportFile.Clear(surroundings.Files, surroundings.FullPath(sbom), ReportFormat.CycloneDx);
        var time = sbom is null ? default : Receipt.TimeOf(surroundings.Variable(Receipt.EpochVariable), surroundings.Time.GetUtcNow().UtcDateTime);

        var report = Inventory(surroundings, path, asDirectory: true);
        var verdict = report.Verdicts[0];
        var exposures = Exposure.Of(verdict);
        // What was not read, and what a rule that failed would have found, is not known.
        var unreadable = verdict.Findings.Where(f => f.Finding.Rule.Id == GateRules.Uninspectable.Id || f.Finding.Rule.Id == GateRules.RuleFailed.Id).ToArray();

        if (unreadable.Length > 0)
        {
            var known = verdict.Inventory.Entries.Count == 0 ? "could not be read, so nothing is known of what it exposes" : "could not be inspected whole, so what it exposes is known only in part";
            surroundings.Output.WriteLine($"{EntryPath.Printable(verdict.Inventory.Name)}: {known}");
            foreach (var judged in unreadable) surroundings.Output.WriteLine(Diagnostic.From(report.Request, verdict, judged).ToString());
        }

        WriteTable(verdict.Inventory, surroundings.Output);
        if (unreadable.Length == 0 || exposures.Count > 0) WriteExposures(exposures, verdict.RulesRun.Count, surroundings.Output);
        if (json is not null) ReportFile.Write(surroundings.Files, surroundings.FullPath(json), stream => JsonReporter.WriteInventory(report, exposures, unreadable, stream));
        if (sbom is not null) ReportFile.Write(surroundings.Files, surroundings.FullPath(sbom), stream => CycloneDx.Write(verdict.Inventory, time, stream));
        // A list that is not whole must not look like one.
        return unreadable.Length > 0 ? ExitCode.Blocked : ExitCode.Passed;
    }

    /// <summary>Reads one artifact for its inventory.</summary>
    public static GateReport Inventory(Surroundings surroundings, string path, bool asDirectory)
    {
        var report = surroundings.Check(new GateRequest { Artifacts = [path], Profile = "closed", AsDirectory = asDirectory, SearchFrom = surroundings.CurrentDirectory },
            surroundings.Time.GetUtcNow().UtcDateTime, null, surroundings.Cancel);
        if (report.Verdicts.Count != 1)
            throw new GateException(GateRules.NothingInspected.Id, $"'{EntryPath.Printable(path)}' stands for {report.Verdicts.Count} artifacts; name one");
        return report;
    }

    private static void WriteTable(Inventory inventory, TextWriter output)
    {
        var kinds = 4;
        var sizes = 4;
        foreach (var entry in inventory.Entries)
        {
            kinds = Math.Max(kinds, KindOf(entry).Length);
            sizes = Math.Max(sizes, ByteSize.Format(entry.Length).Length);
        }

        // The path stands last: it is the column of any length.
        output.WriteLine($"{"kind".PadRight(kinds)}  {"size".PadLeft(sizes)}  {"sha256".PadRight(ShortDigest)}  path");
        foreach (var entry in inventory.Entries)
        {
            var digest = entry is { Type: EntryType.File, Complete: true } ? entry.Digest.ToString()[..ShortDigest] : "-";
            var target = entry.LinkTarget is { } link ? $" -> {EntryPath.Printable(link)}" : "";
            output.WriteLine($"{KindOf(entry).PadRight(kinds)}  {ByteSize.Format(entry.Length).PadLeft(sizes)}  {digest,-ShortDigest}  {entry.Path}{target}");
            if (entry.Traits.Count > 0) WriteWrapped(string.Join("; ", entry.Traits.Select(t => $"{t.Key}: {EntryPath.Printable(t.Value)}")), output);
        }

        output.WriteLine($"{EntryPath.Printable(inventory.Name)}: {inventory.Kind}, {inventory.Entries.Count} {(inventory.Entries.Count == 1 ? "entry" : "entries")}, {ByteSize.Format(inventory.Length)}, sha256 {inventory.Digest}");
    }

    /// <summary>What rules found in the content, the worst first; no manifest and no list of what may ship has a say in it.</summary>
    private static void WriteExposures(IReadOnlyList<Exposure> exposures, int rules, TextWriter output)
    {
        if (exposures.Count == 0)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"exposes nothing that one of {rules} rules knows"));
            return;
        }

        output.WriteLine("what it exposes:");
        foreach (var exposure in exposures)
        {
            var times = exposure.Findings.Count == exposure.Entries ? "" : string.Create(CultureInfo.InvariantCulture, $"{exposure.Findings.Count:N0} times in ");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {exposure.Rule.Id} {exposure.Rule.Title}: {times}{exposure.Entries:N0} {(exposure.Entries == 1 ? "entry" : "entries")}"));
            foreach (var judged in exposure.Findings.Take(Shown))
                WriteWrapped($"{judged.Finding.Path?.ToString() ?? "(the artifact)"}: {EntryPath.Printable(judged.Finding.Message)}", output);
            if (exposure.Findings.Count > Shown) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    and {exposure.Findings.Count - Shown:N0} more; '--json FILE' writes all"));
        }
    }

    private static void WriteWrapped(string text, TextWriter output)
    {
        foreach (var line in Columns.Wrap("    ", text, "      ", keepsWords: true)) output.WriteLine(line);
    }

    private static string KindOf(Entry entry) => entry.Type == EntryType.File ? entry.Kind.ToString() : entry.Type.ToString();
}
