using System.Diagnostics;
using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json.Nodes;
using ReleaseGate.Governance;

namespace ReleaseGate.Tests.Governance;

/// <summary>Real processes that append to one log, and are killed at it.</summary>
internal sealed class AuditProcessTests
{
    private const int Writers = 6;

    private const int Each = 500;

    private string _folder = null!;
    private string _path = null!;

    [SetUp]
    public void Make()
    {
        _folder = Directory.CreateTempSubdirectory("releasegate-audit-").FullName;
        _path = Path.Combine(_folder, "audit.jsonl");
    }

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void What_was_acknowledged_is_there_whoever_is_killed()
    {
        var torn = 0;
        var acknowledged = new HashSet<string>[Writers];
        var work = Enumerable.Range(0, Writers).Select(writer => Task.Factory.StartNew(() =>
        {
            acknowledged[writer] = [];
            // Half of them are killed on the way, some more than once, and go on where they were.
            int[] kills = writer % 2 == 0 ? [] : [40 * writer, 250 + writer];
            var next = 0;
            foreach (var kill in kills)
            {
                next = Run(writer, next, acknowledged[writer], kill);
                if (writer != 3) continue;
                // What a crash of the machine leaves, where no process is left to finish the line.
                Tear();
                Interlocked.Increment(ref torn);
            }

            Run(writer, next, acknowledged[writer], kill: null);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Task.WaitAll(work);

        var lines = new List<JsonObject>();
        var verification = AuditVerification.Of(new FileSystem(), _path, []);
        new AuditLogReader(new FileSystem(), _path).ReadIntact((_, bytes) => lines.Add(AuditLine.Members(bytes)));
        var written = lines.Where(l => (string?)l["event"] == "spend").Select(l => $"{l["writer"]} {l["n"]}").ToList();
        var recovered = lines.Where(l => (string?)l["event"] == AuditLog.Recovered).Select(l => (int)l["bytes"]!).ToList();
        Assert.Multiple(() =>
        {
            Assert.That((verification.IsIntact, verification.Torn), Is.EqualTo((true, 0L)));
            Assert.That(acknowledged.SelectMany((n, writer) => n.Select(i => $"{writer} {i}")).Except(written), Is.Empty);
            Assert.That(written.Distinct().Count(), Is.EqualTo(Writers * Each));
            // A line that was written and not yet acknowledged is written again by whoever goes on: at most one for each kill.
            Assert.That(written, Has.Count.LessThanOrEqualTo((Writers * Each) + 6));
            Assert.That(recovered, Has.Count.InRange(torn, torn + 6));
        });
    }

    [Test]
    public void Without_locks_nothing_is_written()
    {
        var start = AppendProgram.Start(_path, "a", 0, 1);
        start.Environment["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = "1";
        using var process = Process.Start(start)!;
        Assert.That(process.StandardOutput.ReadToEnd(), OperatingSystem.IsWindows() ? Is.EqualTo("0\r\n") : Does.StartWith("refused: files can't be locked here"));
        process.WaitForExit();
        if (!OperatingSystem.IsWindows()) Assert.That(new FileInfo(_path).Length, Is.Zero);
    }

    [Test]
    [Platform(Include = "Linux", Reason = "A limit on the length of files stands for a full disk there.")]
    public void A_full_disk_is_said_and_leaves_a_whole_log()
    {
        var append = AppendProgram.Start(_path, "a", 0, 100);
        // Blocks of 1,024 bytes; the signal would end the process before it is told.
        var start = new ProcessStartInfo("bash", ["-c", "ulimit -f 4; trap '' XFSZ; exec \"$@\"", "bash", append.FileName, .. append.ArgumentList]) { RedirectStandardOutput = true };
        // The runtime maps its own code by files otherwise.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.That(said[^1], Does.StartWith("refused: the audit log can't be written: "));
        var verification = AuditVerification.Of(new FileSystem(), _path, []);
        Assert.That((verification.IsIntact, verification.Torn, verification.Lines), Is.EqualTo((true, 0L, (long)said.Length - 1)));
        Assert.That(said, Has.Length.GreaterThan(10));
        Assert.That(new AuditLog(new FileSystem(), _path).Append(new AuditEvent("spend", []), DateTime.UtcNow).Sequence, Is.EqualTo(said.Length - 1));
    }

    /// <returns>The first number that was not acknowledged.</returns>
    private int Run(int writer, int from, HashSet<string> acknowledged, int? kill)
    {
        using var process = Process.Start(AppendProgram.Start(_path, writer.ToString(CultureInfo.InvariantCulture), from, Each))!;
        var next = from;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            // What a killed process wrote half is no acknowledgement.
            if (line != next.ToString(CultureInfo.InvariantCulture)) Assert.That(kill, Is.Not.Null, line);
            else acknowledged.Add((next++).ToString(CultureInfo.InvariantCulture));
            if (next == kill) process.Kill();
        }

        process.WaitForExit();
        if (kill is null) Assert.That(process.ExitCode, Is.Zero);
        return next;
    }

    private void Tear()
    {
        using var stream = AuditFile.Wait(() => new FileStream(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.None), _path, TimeSpan.FromMinutes(5));
        var line = AuditLine.Write(default, 7, DateTime.UtcNow, new AuditEvent("spend", []));
        stream.Seek(0, SeekOrigin.End);
        stream.Write(line.AsSpan(0, 40));
    }
}
