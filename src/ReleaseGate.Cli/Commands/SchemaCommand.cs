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
        var format = new Argument<string>("FORMAT") { HelpName = "FORMAT", Description = "manifest (default), report, receipt, verification, seal-verification, drift, drill, exposure or log.", DefaultValueFactory = _ => "manifest" };
        format.AcceptOnlyFromAmong("manifest", "report", "receipt", "verification", "seal-verification", "drift", "drill", "exposure", "log");
        var command = new Command(Name, "Prints the JSON Schema of the manifest, of the report, of the receipt, of what 'verify', 'diff', 'drill' or 'exposure' writes, or of a line of the audit log.") { format };
        command.SetAction(parsed =>
        {
            surroundings.Output.Write(parsed.GetRequiredValue(format) switch
            {
                "report" => Reporting.JsonReporter.SchemaText(),
                "exposure" => Reporting.JsonReporter.ExposureSchemaText(),
                "drift" => Reporting.JsonReporter.DriftSchemaText(),
                "drill" => Governance.DrillReport.SchemaText(),
                "log" => Governance.AuditLine.SchemaText(),
                "verification" => Governance.Verification.SchemaText(),
                "seal-verification" => Governance.SealVerification.SchemaText(),
                "receipt" => Governance.Receipt.SchemaText(),
                _ => Policy.ManifestReader.SchemaText(),
            });
            return ExitCode.Passed;
        });
        return command;
    }
}
