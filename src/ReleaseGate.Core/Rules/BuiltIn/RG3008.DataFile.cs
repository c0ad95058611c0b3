using System.Globalization;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class DataFile() : ContentRule(new Descriptor("RG3008", nameof(DataFile),
    "An entry is data of a running system: a database, a dump of one, captured network traffic, the state of an infrastructure.",
    "Leave the file out; where users need data, ship what was made for them, in a format that shows what it holds."))
{
    /// <summary>From here on a script that fills a database is more likely data than an example.</summary>
    private const int ManyStatements = 500;

    public override ContentRequest Request { get; } = ContentRequest.Scan(DataScanner.Factory, Judge);

    public override bool Wants(Entry entry) => entry.Kind is EntryKind.Text or EntryKind.Json || IsData(entry.Kind);

    private static bool IsData(EntryKind kind) => kind is EntryKind.Sqlite or EntryKind.AccessDatabase or EntryKind.DatabaseDump or EntryKind.PacketCapture
        or EntryKind.Parquet or EntryKind.Arrow or EntryKind.Avro;

    private static void Judge(DataScanner scanner, Entry entry, RuleContext context)
    {
        if (IsData(entry.Kind))
        {
            context.Report(entry, $"holds {Magic.Describe(entry.Kind)} ({ByteSize.Format(entry.Length)})");
        }
        else if (scanner.IsState)
        {
            context.Report(entry, "holds the state of Terraform, with every attribute of every resource, passwords included", "Leave the file out, keep states in a backend that is encrypted, and replace the secrets that were in it.");
        }
        else if (scanner.Tool is { } tool && scanner.Statements > 0)
        {
            context.Report(entry, $"holds a database dump of {tool} with {Statements(scanner.Statements)}");
        }
        else if (scanner.Tool is not null)
        {
            context.Report(entry, $"holds a database dump of {scanner.Tool} without rows: names and types of tables and columns", severity: Severity.Warning);
        }
        else if (scanner.Statements >= ManyStatements)
        {
            context.Report(entry, $"holds a script that fills a database: {Statements(scanner.Statements)}", severity: Severity.Warning);
        }
    }

    private static string Statements(int count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? "statement that adds" : "statements that add")} rows");
}
