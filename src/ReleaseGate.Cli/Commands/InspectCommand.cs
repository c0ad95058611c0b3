using System.CommandLine;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate inspect</c>: what an artifact holds, judged by nobody.</summary>
internal static class InspectCommand
{
    public const string Name = "inspect";

    private const int ShortDigest = 12;

    public static readonly string[] Examples =
    [
        "releasegate inspect acme-cli-1.0.0.tgz",
        "releasegate inspect Acme.1.0.0.nupkg --json inventory.json",
    ];

    public static Command Create(Surroundings surroundings)
    {
        var artifact = new Argument<string>("ARTIFACT") { Description = "A package or a folder." };
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Write the inventory with whole digests." };
        var command = new Command(Name, "Lists what an artifact holds, and what its source maps expose.") { artifact, json };
        command.SetAction(parsed => Run(surroundings, parsed.GetRequiredValue(artifact), parsed.GetValue(json)));
        return command;
    }

    private static int Run(Surroundings surroundings, string path, string? json)
    {
        if (!Check.IsReportFile(json, surroundings)) return ExitCode.CouldNotRun;
        if (json is not null) ReportFile.Clear(surroundings.Files, surroundings.FullPath(json));
        var report = Inventory(surroundings, path, asDirectory: true);
        var verdict = report.Verdicts[0];
        var exposed = new List<JudgedFinding>();
        var unreadable = new List<JudgedFinding>();
        foreach (var judged in verdict.Findings)
        {
            if (judged.Finding.Rule.Id.ToString() is "RG2001" or "RG2002") exposed.Add(judged);
            else if (judged.Finding.Rule.Id == GateRules.Uninspectable.Id) unreadable.Add(judged);
        }

        WriteTable(verdict.Inventory, surroundings.Output);
        foreach (var judged in exposed) surroundings.Output.WriteLine($"{judged.Finding.Path}: {EntryPath.Printable(judged.Finding.Message)}");
        foreach (var judged in unreadable) surroundings.Output.WriteLine(Diagnostic.From(report.Request, verdict, judged).ToString());
        if (json is not null) ReportFile.Write(surroundings.Files, surroundings.FullPath(json), stream => JsonReporter.WriteInventory(report, exposed, stream));
        // A list that is not whole must not look like one.
        return unreadable.Count > 0 ? ExitCode.Blocked : ExitCode.Passed;
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
        }

        output.WriteLine($"{EntryPath.Printable(inventory.Name)}: {inventory.Kind}, {inventory.Entries.Count} {(inventory.Entries.Count == 1 ? "entry" : "entries")}, {ByteSize.Format(inventory.Length)}, sha256 {inventory.Digest}");
    }

    private static string KindOf(Entry entry) => entry.Type == EntryType.File ? entry.Kind.ToString() : entry.Type.ToString();
}
