using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class DiagnosticDump() : EntryRule(new Descriptor("RG2014", nameof(DiagnosticDump),
    "An entry is what a diagnostic tool, a test run or a crash left behind: a dump, a trace, a build log, coverage or test results.",
    "Delete it and have the tool write outside the folders that are packed or published."))
{
    private static readonly NameTable Names = new(
        ("*.binlog", "an MSBuild binary log, with every environment variable of the build"),
        ("*.dmp", "a memory dump"),
        ("*.mdmp", "a memory dump"),
        ("*.hdmp", "a memory dump"),
        ("*.stackdump", "a stack dump"),
        ("*.nettrace", "a .NET event trace"),
        ("*.gcdump", "a .NET heap dump"),
        ("*.etl", "a Windows event trace"),
        ("*.diagsession", "a diagnostics session"),
        ("*.speedscope.json", "a CPU profile"),
        ("*.heapsnapshot", "a heap snapshot"),
        ("*.heapprofile", "a heap profile"),
        ("*.cpuprofile", "a CPU profile"),
        ("*.hprof", "a Java heap dump"),
        ("*.coverage", "coverage data"),
        ("*.coveragexml", "coverage data"),
        (".coverage", "coverage data"),
        ("coverage.cobertura.xml", "a coverage report"),
        ("cobertura-coverage.xml", "a coverage report"),
        ("cobertura.xml", "a coverage report"),
        ("coverage.opencover.xml", "a coverage report"),
        ("opencover.xml", "a coverage report"),
        ("coverage-final.json", "a coverage report"),
        ("lcov.info", "a coverage report"),
        ("*.lcov", "a coverage report"),
        ("clover.xml", "a coverage report"),
        ("*.gcda", "coverage data"),
        ("*.gcno", "coverage data"),
        ("*.profraw", "coverage data"),
        ("*.profdata", "coverage data"),
        (".nyc_output/", "coverage data"),
        ("lcov-report/", "a coverage report"),
        ("*.trx", "test results"),
        ("junit.xml", "test results"),
        ("TestResult.xml", "test results"),
        ("TestResults.xml", "test results"),
        ("TestResults/", "output of a test run"),
        ("npm-debug.log", "a package manager's debug log"),
        ("yarn-debug.log", "a package manager's debug log"),
        ("yarn-error.log", "a package manager's debug log"),
        ("pnpm-debug.log", "a package manager's debug log"),
        (".pnpm-debug.log", "a package manager's debug log"),
        ("lerna-debug.log", "a package manager's debug log"));

    public override void Inspect(Entry entry, Inventory inventory, RuleContext context)
    {
        if (!PackageLayout.IsFile(entry)) return;
        if (What(entry) is { } what) context.Report(entry, $"holds {what}");
    }

    private static string? What(Entry entry) => entry.Kind switch
    {
        EntryKind.MiniDump or EntryKind.NetTrace or EntryKind.GcDump or EntryKind.HeapDump or EntryKind.CoreDump => Magic.Describe(entry.Kind),
        _ when IsCrashLog(entry.Path.Name) => "a crash log of the Java runtime",
        // A binary log is a gzip stream, and its content has its name: told about once.
        _ when entry.Path.Container is { } outer && outer.Name.SequenceEqual(entry.Path.Name) => null,
        _ => Names.Find(entry.Path),
    };

    private static bool IsCrashLog(ReadOnlySpan<char> name) =>
        name.StartsWith("hs_err_pid", StringComparison.Ordinal) && name.EndsWith(".log", StringComparison.Ordinal);
}
