using System.CommandLine;
using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate diff</c>: what is different between two artifacts, judged by nobody.</summary>
internal static class DiffCommand
{
    public const string Name = "diff";

    public static readonly string[] Examples =
    [
        "releasegate diff old/Acme.1.0.0.nupkg bin/Release/Acme.1.1.0.nupkg",
        "releasegate diff acme-cli-1.0.0.tgz.receipt.json acme-cli-1.1.0.tgz --all",
        "releasegate diff old/publish publish --markdown diff.md",
    ];

    public static Command Create(Surroundings surroundings)
    {
        var old = new Argument<string>("OLD") { Description = "What was released before: an artifact, a folder, a receipt." };
        var now = new Argument<string>("NEW") { Description = "What is to be released: an artifact, a folder, a receipt." };
        var json = new Option<string?>("--json") { HelpName = "FILE", Description = "Write everything that is different as JSON." };
        var markdown = new Option<string?>("--markdown") { HelpName = "FILE", Description = "Write Markdown, for a pull request." };
        var format = new Option<string?>("--format") { HelpName = "text|markdown|json", Description = "What is printed. Default: text." }.AcceptOnlyFromAmong("text", "markdown", "json");
        var all = new Option<bool>("--all") { Description = $"Print every entry, and names whole; otherwise at most {DriftText.UsualLines} lines." };
        var exitCode = new Option<bool>("--exit-code") { Description = "Return 1 where something is different, as git does; otherwise 0." };
        var command = new Command(Name, "Shows what is different between two artifacts.") { old, now, json, markdown, format, all, exitCode };
        command.SetAction(parsed => CheckCommand.HasUnknownOption(Name, parsed, [parsed.GetRequiredValue(old), parsed.GetRequiredValue(now)], surroundings) ? ExitCode.CouldNotRun : Run(surroundings, parsed.GetRequiredValue(old), parsed.GetRequiredValue(now), parsed.GetValue(json), parsed.GetValue(markdown),
            parsed.GetValue(format) ?? "text", parsed.GetValue(all), parsed.GetValue(exitCode)));
        return command;
    }

    private static int Run(Surroundings surroundings, string old, string now, string? json, string? markdown, string format, bool all, bool exitCode)
    {
        var written = new List<string>();
        foreach (var (option, file) in ((string, string?)[])[("--json", json), ("--markdown", markdown)])
        {
            if (file == "-") return surroundings.Refuse($"'{option}' wants the name of a file; '--format {option[2..]}' writes to standard output");
            if (file is not null) written.Add(surroundings.FullPath(file));
        }

        Outputs.Require(surroundings.Files, written, [surroundings.FullPath(old), surroundings.FullPath(now)]);
        if (json is not null) ReportFile.Clear(surroundings.Files, surroundings.FullPath(json), ReportFormat.Json);
        if (markdown is not null) ReportFile.Clear(surroundings.Files, surroundings.FullPath(markdown), ReportFormat.Markdown);

        var time = surroundings.Time.GetUtcNow().UtcDateTime;
        var before = Read(surroundings, old);
        var after = Read(surroundings, now);
        var drift = Drift.Between(before, after);
        var identity = DriftBaseline.Of(after);

        if (json is not null) ReportFile.Write(surroundings.Files, surroundings.FullPath(json), stream => JsonReporter.WriteDrift(drift, identity, time, stream));
        if (markdown is not null) ReportFile.Write(surroundings.Files, surroundings.FullPath(markdown), stream => stream.Write(Encoding.UTF8.GetBytes(DriftMarkdown.Of(drift, identity))));
        switch (format)
        {
            case "json":
                using (var text = new MemoryStream())
                {
                    JsonReporter.WriteDrift(drift, identity, time, text);
                    surroundings.Output.Write(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length));
                }

                break;
            case "markdown":
                surroundings.Output.Write(DriftMarkdown.Of(drift, identity));
                break;
            default:
                Print(Lines(drift, identity, before.Kind, after.Kind, all), surroundings);
                break;
        }

        return exitCode && !(drift.IsEmpty && before.Digest == after.Digest) ? ExitCode.Blocked : ExitCode.Passed;
    }

    /// <summary>Reads a receipt, or inspects an artifact; what can't be inspected whole can't be compared.</summary>
    private static Snapshot Read(Surroundings surroundings, string path)
    {
        var full = surroundings.FullPath(path);
        var reader = new ReceiptReader(surroundings.Files);
        if (surroundings.Files.File.Exists(full) && reader.IsReceipt(full)) return reader.Read(full).Content with { Path = path };
        var verdict = InspectCommand.Inventory(surroundings, path, asDirectory: true).Verdicts[0];
        // What lacks a file or has the mark of an earlier check can be compared.
        foreach (var judged in verdict.Findings)
            if (judged.Finding.Rule.Id is var id && (id == GateRules.Uninspectable.Id || id == GateRules.RuleFailed.Id || id == GateRules.ArtifactChanged.Id))
                throw new GateException(id, $"'{EntryPath.Printable(path)}' can't be compared: {(judged.Finding.Path is { } entry ? $"{entry}: " : "")}{EntryPath.Printable(judged.Finding.Message)}");
        return Snapshot.Of(verdict.Inventory, path, verdict.Findings.Select(f => f.Finding));
    }

    private static List<DriftLine> Lines(Drift drift, DriftBaseline now, ArtifactKind kindBefore, ArtifactKind kind, bool all)
    {
        var lines = new List<DriftLine>
        {
            new(' ', $"{DriftText.NameOf(drift.Baseline)} -> {DriftText.NameOf(now)}"),
            new(' ', $"size     {ByteSize.Format(drift.Baseline.Length)} -> {ByteSize.Format(now.Length)}, {DriftText.Size(drift.Baseline.Length, now.Length)}"),
            new(' ', string.Create(CultureInfo.InvariantCulture, $"entries  {drift.Baseline.Entries:#,0} -> {now.Entries:#,0}, {DriftText.Counts(drift)}")),
        };
        if (drift.Baseline.Version is { } version && now.Version is not null && DriftText.Order(drift.Baseline, now.Version) is < 0)
            lines.Add(new DriftLine('!', $"OLD has the newer version: {EntryPath.Printable(version)}, NEW has {EntryPath.Printable(now.Version)}"));
        if (kindBefore != kind) lines.Add(new DriftLine('!', $"OLD is {kindBefore}, NEW is {kind}"));
        if (drift.IsEmpty)
        {
            lines.Add(new DriftLine(' ', DriftText.Nothing(drift, now)));
            return lines;
        }

        if (DriftText.Telling(drift, all ? int.MaxValue : 20) is { Count: > 0 } telling)
        {
            lines.Add(new DriftLine(' ', ""));
            lines.AddRange(telling);
        }

        if (drift.Entries.Count > 0)
        {
            lines.Add(new DriftLine(' ', ""));
            lines.AddRange(all ? DriftText.Tree(drift, int.MaxValue, int.MaxValue) : DriftText.Tree(drift));
        }

        return lines;
    }

    private static void Print(List<DriftLine> lines, Surroundings surroundings)
    {
        // Whatever is not a terminal gets plain lines, and never loads what makes colours.
        if (surroundings.OutputIsTerminal) TerminalReporter.Write(lines, surroundings);
        else
            foreach (var line in lines) surroundings.Output.WriteLine(line.ToString());
    }
}
