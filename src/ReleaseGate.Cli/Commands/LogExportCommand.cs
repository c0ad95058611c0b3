using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate log export</c>: the log for other programs.</summary>
internal sealed class LogExportCommand
{
    private static readonly string[] Columns = ["seq", "time", "event", "result", "artifact", "id", "version", "sha256", "errors", "warnings", "notes", "waived", "rules", "waiver", "rule", "owner", "expires", "amount", "currency", "for", "ticket", "by"];

    private readonly Argument<string?> _file = LogCommand.FileArgument();

    private readonly Option<string> _format = new Option<string>("--format") { HelpName = "json|csv", Description = "One JSON array, or CSV with a row for each artifact. Default: json.", DefaultValueFactory = _ => "json" }.AcceptOnlyFromAmong("json", "csv");

    private readonly Option<DateOnly?> _since = LogCommand.SinceOption();

    private readonly Option<string?> _manifest = LogCommand.ManifestOption();

    private LogExportCommand() { }

    public static Command Create(Surroundings surroundings)
    {
        var export = new LogExportCommand();
        var command = new Command("export", "Writes the log to standard output for other programs.") { export._file, export._format, export._since, export._manifest };
        command.SetAction(parsed => export.Run(parsed, surroundings));
        return command;
    }

    private int Run(ParseResult parsed, Surroundings surroundings)
    {
        var path = LogCommand.FileOf(parsed.GetValue(_file), parsed.GetValue(_manifest), surroundings);
        var output = surroundings.Output;
        if (parsed.GetValue(_format) == "csv")
        {
            output.Write(string.Join(',', Columns) + "\n");
            return LogCommand.Read(path, parsed.GetValue(_since), (line, members) =>
            {
                var rows = 0;
                foreach (var artifact in LogCommand.Artifacts(members))
                {
                    output.Write(Row(members, artifact));
                    rows++;
                }

                if (rows == 0) output.Write(Row(members, null));
            }, surroundings);
        }

        var separator = "[\n";
        var code = LogCommand.Read(path, parsed.GetValue(_since), (line, members) =>
        {
            output.Write(separator + members.ToJsonString());
            separator = ",\n";
        }, surroundings);
        output.Write(separator == "[\n" ? "[]\n" : "\n]\n");
        return code;
    }

    private static string Row(JsonObject line, JsonObject? artifact) => string.Join(',', Array.ConvertAll(Columns, column => Cell(column switch
    {
        "artifact" => artifact?["name"] ?? line["artifact"] as JsonValue,
        "sha256" => artifact?["sha256"] ?? line["sha256"],
        "id" or "version" or "errors" or "warnings" or "notes" or "waived" => artifact?[column],
        "rules" => artifact?["rules"] is JsonObject rules ? JsonValue.Create(string.Join(' ', rules.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key}:{r.Value}")))) : null,
        _ => line[column],
    }))) + "\n";

    // Texts stand in quotes, and nothing in them reaches a terminal or turns around what stands beside it.
    private static string Cell(JsonNode? value)
    {
        if (value is not JsonValue simple) return "";
        if (simple.GetValueKind() != JsonValueKind.String) return simple.ToJsonString();
        return $"\"{Harmless(EntryPath.Printable(simple.ToString())).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    // Spreadsheets take a text that begins so for a formula. Those of countries with a decimal comma begin a cell at each ';', whatever quotes there are.
    private static string Harmless(string text)
    {
        var harmless = new StringBuilder(text.Length + 1);
        var begins = true;
        foreach (var c in text)
        {
            if (begins && c is ('=' or '+' or '-' or '@')) harmless.Append('\'');
            harmless.Append(c);
            begins = c is ';' or '|' || (begins && c is (' ' or '"'));
        }

        return harmless.ToString();
    }
}
