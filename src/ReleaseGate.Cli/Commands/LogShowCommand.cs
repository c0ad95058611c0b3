using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Reporting;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate log show</c>: the log for people.</summary>
internal sealed class LogShowCommand
{
    private const int Indent = 34;

    private const int MostArtifacts = 5;

    private readonly Argument<string?> _file = LogCommand.FileArgument();

    private readonly Option<DateOnly?> _since = LogCommand.SinceOption();

    private readonly Option<string?> _event = new Option<string?>("--event") { HelpName = "NAME", Description = "Only this event: check, waive, verify, seal, drill, spend or recovered." }
        .AcceptOnlyFromAmong(AuditedRun.Check, WaiveCommand.Name, VerifyCommand.Name, SealCommand.Name, DrillCommand.Name, Spending.Event, AuditLog.Recovered);

    private readonly Option<string?> _artifact = new("--artifact") { HelpName = "NAME", Description = "Only what is about this artifact, by the name of its file or the id of its package." };

    private readonly Option<int?> _last = new("--last") { HelpName = "N", Description = "Only the last N of them." };

    private readonly Option<string?> _manifest = LogCommand.ManifestOption();

    private LogShowCommand() { }

    public static Command Create(Surroundings surroundings)
    {
        var show = new LogShowCommand();
        show._last.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)) result.AddError("'--last' wants a number from 1 on");
        });
        var command = new Command("show", "Prints the log for people, the oldest line first.")
        {
            show._file, show._since, show._event, show._artifact, show._last, show._manifest,
        };
        command.SetAction(parsed => show.Run(parsed, surroundings));
        return command;
    }

    private int Run(ParseResult parsed, Surroundings surroundings)
    {
        var path = LogCommand.FileOf(parsed.GetValue(_file), parsed.GetValue(_manifest), surroundings);
        var (wanted, about, last) = (parsed.GetValue(_event), parsed.GetValue(_artifact), parsed.GetValue(_last));
        var kept = new Queue<string>();
        var artifact = about is null ? null : new LoggedArtifact(about);
        var found = false;
        var code = LogCommand.Read(path, parsed.GetValue(_since), (line, members) =>
        {
            // Asked of each line: one tells what others mean.
            var isAbout = artifact?.IsIn(members) ?? true;
            if (!isAbout || (wanted is not null && line.Event != wanted)) return;
            found = true;
            var text = Entry(line, members);
            if (last is null) surroundings.Output.Write(text);
            else kept.Enqueue(text);
            if (kept.Count > last) kept.Dequeue();
        }, surroundings);
        foreach (var text in kept) surroundings.Output.Write(text);
        if (!found && code == ExitCode.Passed) surroundings.Output.WriteLine("no line matches");
        return code;
    }

    private static string Entry(AuditLine line, JsonObject members)
    {
        var text = new StringBuilder();
        var lead = string.Create(CultureInfo.InvariantCulture, $"{line.Sequence,5}  {line.Time:yyyy-MM-dd HH:mm}  {line.Event,-8} ").PadRight(Indent);
        var further = new string(' ', Indent);
        foreach (var said in Said(line, members))
        {
            foreach (var part in Columns.Wrap(lead, EntryPath.Printable(said), further)) text.Append(part).Append('\n');
            lead = further;
        }

        return text.ToString();
    }

    private static List<string> Said(AuditLine line, JsonObject members)
    {
        var said = new List<string>();
        switch (line.Event)
        {
            case AuditedRun.Check:
                var artifacts = LogCommand.Artifacts(members).ToList();
                var how = $"{LogCommand.Text(members, "result")}{(members["warnOnly"]?.GetValueKind() == System.Text.Json.JsonValueKind.True ? ", warn only" : "")}{(LogCommand.Text(members, "asOf") is { } day ? $", as of {day}" : "")}{(members["planned"]?.GetValueKind() == System.Text.Json.JsonValueKind.True ? ", planned" : "")}";
                if (artifacts.Count == 0) said.Add(how);
                foreach (var artifact in artifacts.Take(MostArtifacts)) said.Add($"{how}: {LogCommand.Text(artifact, "name")}{Counts(artifact)}");
                if (artifacts.Count > MostArtifacts) said.Add(string.Create(CultureInfo.InvariantCulture, $"{how}: {artifacts.Count - MostArtifacts:N0} more"));
                break;
            case Spending.Event:
                said.Add($"{members["amount"]} {LogCommand.Text(members, "currency")}: {LogCommand.Text(members, "for")}{Tail(members, "waiver", "ticket", "by")}");
                break;
            case WaiveCommand.Name:
                said.Add($"{LogCommand.Text(members, "waiver")}: {LogCommand.Text(members, "rule")} until {LogCommand.Text(members, "expires")}{Tail(members, "owner", "approver", "ticket")}");
                break;
            case AuditLog.Recovered:
                said.Add($"cut off {members["bytes"]} bytes of an unfinished line");
                break;
            default:
                // Whatever else there is, also of a later version.
                var parts = new List<string>();
                foreach (var (key, value) in members)
                {
                    if (key is "prev" or "seq" or "time" or "event") continue;
                    if (value is JsonValue) parts.Add($"{key} {Short(value.ToString())}");
                    else if (key == "artifact" && value is JsonObject named && LogCommand.Text(named, "name") is { } name) parts.Insert(0, name);
                }

                said.Add(string.Join(", ", parts));
                break;
        }

        return said;
    }

    // A digest, in either way of writing it, says enough with its beginning.
    private static string Short(string text) =>
        (text.Length == 64 && text.All(char.IsAsciiHexDigitLower)) || (text.Length == 44 && text[^1] == '=') ? text[..12] : text;

    private static string Counts(JsonObject artifact)
    {
        var parts = new List<string>();
        foreach (var (key, one, several) in ((string, string, string)[])[("errors", "error", "errors"), ("warnings", "warning", "warnings"), ("waived", "waived", "waived")])
            if (LogCommand.Number(artifact, key) is > 0 and var count) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : several)}"));
        if (parts.Count == 0) return "";
        var rules = artifact["rules"] is JsonObject counts ? string.Join(' ', counts.Select(c => c.Key)) : "";
        return $", {string.Join(", ", parts)}{(rules.Length > 0 ? $" ({rules})" : "")}";
    }

    private static string Tail(JsonObject members, params string[] keys)
    {
        var said = keys.Select(k => LogCommand.Text(members, k)).OfType<string>().ToList();
        return said.Count == 0 ? "" : $" ({string.Join(", ", said)})";
    }
}
