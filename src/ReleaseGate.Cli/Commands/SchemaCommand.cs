using System.CommandLine;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate schema</c>: the JSON Schemas of what is read and written.</summary>
internal static class SchemaCommand
{
    public const string Name = "schema";

    public static readonly string[] Examples =
    [
        "releasegate schema > releasegate.schema.json",
        "releasegate schema report",
    ];

    public static Command Create(Surroundings surroundings)
    {
        var format = new Argument<string>("FORMAT") { Description = "manifest (default) or report.", DefaultValueFactory = _ => "manifest" };
        format.AcceptOnlyFromAmong("manifest", "report");
        var command = new Command(Name, "Prints the JSON Schema of the manifest or of the report.") { format };
        command.SetAction(parsed =>
        {
            surroundings.Output.Write(parsed.GetRequiredValue(format) == "report" ? Reporting.JsonReporter.SchemaText() : Policy.ManifestReader.SchemaText());
            return ExitCode.Passed;
        });
        return command;
    }
}
