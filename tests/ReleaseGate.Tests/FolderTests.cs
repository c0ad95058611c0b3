using System.IO.Abstractions;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Cli;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Tests.Cli;

namespace ReleaseGate.Tests;

/// <summary>Folders that a build publishes: what is planned, what lies there, what became of it since, and the mark on those that did not pass.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FolderTests : IDisposable
{
    private const string Began = "2026-03-31T10:00:00.0000000Z";

    private readonly Terminal _terminal = new();
    private readonly Gate _gate = new(new FileSystem());

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void A_plan_is_judged_by_names_and_first_bytes()
    {
        _terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "out/", "require": ["app.dll", "missing.dll"], "allow": ["**/*.txt", "data.zip!/**"], "forbid": ["no/*"] } ] }""");
        var plan = Plan(("app.dll", "MZ"), ("a.txt", "plain"), ("map.txt", """{"version":3,"sources":["a.ts"],"mappings":"AAAA"}"""),
            ("symbols.txt", "Microsoft C/C++ MSF 7.00\r\n\u001a"), ("appsettings.Development.json", "{}"), ("no/a.txt", "x"), (@"sub\b.txt", "x"), ("./c.txt", "x"), ("data.zip", "PK\u0003\u0004"));

        var verdict = Planned(plan);

        Assert.That(Found(verdict), Is.EqualTo(new[]
        {
            "RG1001 appsettings.Development.json", "RG2013 appsettings.Development.json", "RG1003 no/a.txt", "RG2006 symbols.txt",
        }));
        Assert.That(verdict.Inventory.Entries.Select(e => e.Path.Value), Is.EqualTo(new[] { "a.txt", "app.dll", "appsettings.Development.json", "c.txt", "data.zip", "map.txt", "no/a.txt", "sub/b.txt", "symbols.txt" }));
        Assert.That(Directory.Exists(In("out")), Is.False, "nothing is written");
    }

    [Test]
    public void What_goes_into_a_program_stands_behind_it()
    {
        _terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "out/", "allow": ["app", "app!/*.dll", "native.dll", "settings.json"] } ] }""");
        var assembly = Image(managed: true);
        var plan = Plan(("app", "\u007fELF\u0002\u0001"), ("app|/own.dll", assembly), ("app|/native.dll", Image(managed: false)), ("settings.json", "{}"), ("app!/inside.json", "{}"), ("app!/old.pdb", "Microsoft C/C++ MSF 7.00\r\n\u001a"));

        var verdict = Planned(plan);

        Assert.That(verdict.Inventory.Entries.Select(e => e.Path.Value), Is.EqualTo(new[] { "app", "app!/inside.json", "app!/old.pdb", "app!/own.dll", "native.dll", "settings.json" }));
        Assert.That(Found(verdict), Is.EqualTo(new[] { "RG1001 app!/inside.json", "RG1001 app!/old.pdb", "RG2006 app!/old.pdb" }));
        Assert.That(verdict.Inventory.Entries[3].Container, Is.SameAs(verdict.Inventory.Entries[0]));
    }

    [Test]
    public void A_plan_that_cannot_be_held_against_anything_is_no_pass()
    {
        Assert.That(Found(Planned(Plan())), Is.EqualTo(new[] { "RG0007 " }));
        var plan = _terminal.Write("missing.plan", $"{Artifacts.Plan.Format}\t{Began}\na.txt\t{In("nowhere", "a.txt")}\n");
        Assert.That(Found(Planned(plan)), Is.EqualTo(new[] { "RG0003 a.txt" }));

        foreach (var text in (string[])["", "a.txt\t/a.txt\n", "releasegate/plan/v1\n", "releasegate/plan/v1\tyesterday\n", "releasegate/plan/v1\t2026-03-31\n", $"releasegate/plan/v1\t{Began}\na.txt\n", $"releasegate/plan/v1\t{Began}\n\t/a.txt\n"])
            Assert.That(() => Planned(_terminal.Write("bad.plan", text)), Throws.TypeOf<GateException>().With.Property("Rule").EqualTo(Rules.GateRules.NothingInspected.Id), text);
        Assert.That(() => Planned(In("no.plan")), Throws.TypeOf<GateException>().With.Property("Rule").EqualTo(Rules.GateRules.NothingInspected.Id));
        Assert.That(() => _gate.Check(Request() with { AsPlanned = true, AsDirectory = true }, DateTime.UnixEpoch), Throws.TypeOf<GateException>().With.Property("Rule").EqualTo(Rules.GateRules.NothingInspected.Id));
    }

    [Test]
    public void Many_planned_files_are_looked_at_by_several_threads()
    {
        var plan = Plan([.. Enumerable.Range(0, 500).Select(i => ($"a{i}.txt", i == 400 ? "BSJB" + new string('\0', 30) : "x"))]);
        var verdict = Planned(plan);
        Assert.That(verdict.Inventory.Entries, Has.Count.EqualTo(500));
        Assert.That(verdict.Inventory.Entries.Select(e => e.Kind), Has.None.EqualTo(EntryKind.Empty));
        Assert.That(verdict.Passed, Is.True);
    }

    [Test]
    public void An_entry_that_is_older_than_the_build_and_no_part_of_it_was_left()
    {
        foreach (var name in (string[])["planned.bak", "left.bak", "new.bak"]) _terminal.Write($"out/{name}");
        var before = DateTime.Parse(Began, null, System.Globalization.DateTimeStyles.RoundtripKind).AddSeconds(-1);
        File.SetLastWriteTimeUtc(In("out", "planned.bak"), before);
        File.SetLastWriteTimeUtc(In("out", "left.bak"), before);

        var verdict = Check(Request() with { Plan = Plan(("planned.bak", "x")) });

        Assert.That(Found(verdict), Is.EqualTo(new[] { "RG1001 left.bak", "RG1001 new.bak", "RG1001 planned.bak" }));
        var left = verdict.Findings.Where(f => f.Finding.Message.Contains("an earlier one left it")).ToArray();
        Assert.That(left.Select(f => f.Finding.Path!.Value), Is.EqualTo(new[] { "left.bak" }));
        Assert.That(left[0].Finding.Fix, Does.StartWith("Delete the folder and publish again"));
    }

    [Test]
    public void A_verdict_stands_while_the_log_tells_the_same()
    {
        _terminal.Write("out/a.txt", "one");
        _terminal.Write("releasegate.json", """
            { "log": "a.jsonl", "artifacts": [ { "match": "**", "allow": ["**"] } ],
              "exposure": { "currency": "EUR", "controls": [ { "id": "maps", "title": "Source maps", "rules": ["RG2001"] } ],
                "pathways": [ { "id": "out", "releases": 12, "leakProbability": 0.05, "loss": { "low": 2e3, "high": 4e4 }, "cap": 1e9 } ] } }
            """);
        var log = new AuditLog(new FileSystem(), In("a.jsonl"));
        var released = 0;
        void Release(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var artifact = new JsonObject { ["name"] = $"r-{released++}", ["id"] = null, ["version"] = null, ["errors"] = 0, ["overTolerance"] = 0 };
                log.Append(new AuditEvent("check", new JsonObject { ["asOf"] = null, ["planned"] = false, ["artifacts"] = new JsonArray(artifact) }), DateTime.UnixEpoch);
            }
        }

        Release(18);
        var request = Request() with { State = In("state") };
        var report = _gate.Check(request, DateTime.UnixEpoch);
        Assert.That(report.Passed, Is.True);
        _gate.Remember(report);
        Assert.That(_gate.StillStands(request, DateTime.UnixEpoch), Is.True);
        Release(1);
        Assert.That(_gate.StillStands(request, DateTime.UnixEpoch), Is.True, "too few to say anything");
        Release(1);
        Assert.That(_gate.StillStands(request, DateTime.UnixEpoch), Is.False, "now the log says how probable a leak is");
    }

    [Test]
    public void A_verdict_stands_while_the_folder_is_what_it_was()
    {
        _terminal.Write("out/a.txt", "one");
        _terminal.Write("out/sub/b.txt", "two");
        var request = Request() with { State = In("state") };
        Assert.That(_gate.StillStands(request, DateTime.UnixEpoch), Is.False, "nothing is kept yet");

        void Pass()
        {
            var report = _gate.Check(request, DateTime.UnixEpoch);
            Assert.That(report.Passed, Is.True);
            _gate.Remember(report);
            Assert.That(_gate.StillStands(request, DateTime.UnixEpoch), Is.True);
        }

        var time = File.GetLastWriteTimeUtc(In("out", "a.txt"));
        foreach (var change in (Action[])[
            () => File.WriteAllText(In("out", "a.txt"), "three"),
            () => { File.WriteAllText(In("out", "a.txt"), "longer"); File.SetLastWriteTimeUtc(In("out", "a.txt"), time); },
            () => File.SetLastWriteTimeUtc(In("out", "a.txt"), time.AddTicks(10)),
            () => File.WriteAllText(In("out", "c.txt"), "x"),
            () => File.Delete(In("out", "c.txt")),
            () => File.Move(In("out", "sub", "b.txt"), In("out", "sub", "B.txt")),
            () => Directory.CreateDirectory(In("out", "empty")),
            () => File.WriteAllText(In("releasegate.json"), """{ "extends": "closed" }"""),
        ])
        {
            Pass();
            change();
            Assert.That(_gate.StillStands(request, DateTime.UnixEpoch), Is.False);
        }

        Pass();
        Assert.That(_gate.StillStands(request with { Profile = "closed" }, DateTime.UnixEpoch), Is.False);
        Assert.That(_gate.StillStands(request with { FirstParty = ["Acme"] }, DateTime.UnixEpoch), Is.False);
        Assert.That(_gate.StillStands(request with { Artifacts = [In("out", "sub")] }, DateTime.UnixEpoch), Is.False);
        Assert.That(_gate.StillStands(request with { State = null }, DateTime.UnixEpoch), Is.False);
        Directory.Delete(In("out"), recursive: true);
        Assert.That(_gate.StillStands(request, DateTime.UnixEpoch), Is.False);
    }

    [Test]
    public void What_is_missing_from_an_unfinished_folder_is_said_once_it_is_finished()
    {
        _terminal.Write("out/a.txt", "one");
        _terminal.Write("releasegate.json", """{ "artifacts": [ { "match": "out/", "require": ["web.config"], "allow": ["a.txt", "b.txt"] } ] }""");
        var request = Request() with { Profile = null, Manifest = In("releasegate.json"), State = In("state") };

        var unfinished = _gate.Check(request with { Unfinished = true }, DateTime.UnixEpoch);
        Assert.That(Found(unfinished.Verdicts[0]), Is.Empty);
        _gate.Remember(unfinished);
        Assert.That(_gate.StillStands(request with { Unfinished = true }, DateTime.UnixEpoch), Is.True);

        Assert.That(_gate.StillStands(request, DateTime.UnixEpoch), Is.False, "finished, it is another question");
        Assert.That(Found(_gate.Check(request, DateTime.UnixEpoch).Verdicts[0]), Is.EqualTo(new[] { "RG0006 ", "RG1002 " }));
        _terminal.Write("out/c.bak");
        Assert.That(Found(_gate.Check(request with { Unfinished = true }, DateTime.UnixEpoch).Verdicts[0]), Has.Some.Contains("c.bak"), "what may not be there is judged now");
    }

    [Test]
    public void Only_a_folder_that_passed_is_remembered()
    {
        _terminal.Write("out/a.bak");
        var report = _gate.Check(Request() with { State = In("state") }, DateTime.UnixEpoch);
        Assert.That(() => _gate.Remember(report), Throws.ArgumentException);
        var planned = _gate.Check(Request() with { State = In("state"), AsPlanned = true, Plan = Plan(("a.txt", "x")) }, DateTime.UnixEpoch);
        Assert.That(planned.Passed, Is.True);
        Assert.That(() => _gate.Remember(planned), Throws.ArgumentException);
        Assert.That(File.Exists(In("state")), Is.False);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_folder_that_changes_while_it_is_inspected_does_not_pass(bool another)
    {
        _terminal.Write("out/sub/a.txt", "one");
        var report = _gate.Check(Request(), DateTime.UnixEpoch, new Progress(() =>
        {
            if (another) File.WriteAllText(In("out", "sub", "b.txt"), "x");
            else File.SetLastWriteTimeUtc(In("out", "sub", "a.txt"), DateTime.UnixEpoch);
        }));

        Assert.That(Found(report.Verdicts[0]), Is.EqualTo(new[] { "RG0008 " }));
    }

    [Test]
    public void A_marked_folder_passes_no_check_until_it_was_checked_again()
    {
        _terminal.Write("out/a.bak");
        string[] targets = ["check", "out", "--as", "directory", "--mark-rejected"];

        Assert.That(_terminal.Run(targets), Is.EqualTo(ExitCode.Blocked));
        var mark = File.ReadAllText(In("out", RejectedMarker.FileName));
        Assert.That(mark, Does.StartWith("ReleaseGate has not passed this folder").And.Contain("error RG1001: a.bak: not listed"));
        Assert.That(_terminal.Run(targets), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Not.Contain("RG0009"), "the gate takes its own mark away before it looks");

        File.Delete(In("out", "a.bak"));
        _terminal.Write("out/a.txt");
        Assert.That(_terminal.Run("check", "out", "--as", "directory"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain($"error RG0009: {RejectedMarker.FileName}: says that the folder it lies in did not pass"));

        Assert.That(_terminal.Run(targets), Is.EqualTo(ExitCode.Passed));
        Assert.That(File.Exists(In("out", RejectedMarker.FileName)), Is.False);
        Assert.That(_terminal.Run("check", "out", "--as", "directory"), Is.EqualTo(ExitCode.Passed));
    }

    [Test]
    public void A_check_that_cannot_begin_marks_as_well()
    {
        _terminal.Write("out/a.txt");
        _terminal.Write("releasegate.json", "{");
        Assert.That(_terminal.Run("check", "out", "--as", "directory", "--mark-rejected"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(File.ReadAllText(In("out", RejectedMarker.FileName)), Does.StartWith("ReleaseGate has not passed this folder").And.Contain("releasegate.json").Or.Contain("JSON"));
    }

    [Test]
    public void Somebody_elses_file_of_that_name_stays_and_blocks()
    {
        _terminal.Write($"out/{RejectedMarker.FileName}", "my notes");
        Assert.That(_terminal.Run("check", "out", "--as", "directory"), Is.EqualTo(ExitCode.Blocked));
        Assert.That(_terminal.Output, Does.Contain("error RG0009"));
        Assert.That(_terminal.Run("check", "out", "--as", "directory", "--mark-rejected"), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(File.ReadAllText(In("out", RejectedMarker.FileName)), Is.EqualTo("my notes"));
    }

    [Test]
    public void A_state_is_kept_and_believed_by_the_command_line()
    {
        _terminal.Write("out/a.txt");
        string[] targets = ["check", "out", "--as", "directory", "--state", "state"];
        Assert.That(_terminal.Run(targets), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Does.Contain(": passed, "));
        Assert.That(_terminal.Run(targets), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Is.Empty, "nothing is read again");
        _terminal.Write("out/a.bak");
        Assert.That(_terminal.Run(targets), Is.EqualTo(ExitCode.Blocked));
    }

    [Test]
    public void What_cannot_be_remembered_takes_nothing_back_and_is_said()
    {
        _terminal.Write("out/a.txt");
        // No file can be written there.
        Directory.CreateDirectory(In("state"));
        string[] targets = ["check", "out", "--as", "directory", "--state", "state", "--receipts", "kept", "--json", "r.json"];
        for (var run = 0; run < 2; run++)
        {
            Assert.That(_terminal.Run(targets), Is.EqualTo(ExitCode.Passed), _terminal.Error);
            Assert.That(_terminal.Error, Does.StartWith("releasegate: that this folder has passed could not be kept, so it will be checked again: "));
            Assert.That(_terminal.Output, Does.Contain(": passed, "), "and so it is");
            Assert.That(File.Exists(In("kept", "out.receipt.json")), Is.True);
            Assert.That(File.ReadAllText(In("r.json")), Does.Contain("\"result\": \"passed\""));
        }
    }

    [Test]
    public void A_run_that_fails_leaves_nothing_by_which_the_next_one_would_pass()
    {
        _terminal.Write("out/a.txt");
        string[] targets = ["check", "out", "--as", "directory", "--state", "state"];
        Assert.That(_terminal.Run(targets), Is.EqualTo(ExitCode.Passed));
        Assert.That(File.Exists(In("state")), Is.True);

        // A receipt is missing, so that it is checked again; and none can be written.
        Directory.CreateDirectory(In("kept", "out.receipt.json", "x"));
        Assert.That(_terminal.Run([.. targets, "--receipts", "kept"]), Is.EqualTo(ExitCode.CouldNotRun));
        Assert.That(File.Exists(In("state")), Is.False);
        Assert.That(_terminal.Run(targets), Is.EqualTo(ExitCode.Passed));
        Assert.That(_terminal.Output, Does.Contain(": passed, "), "checked, not remembered");

        _terminal.Write("out/a.bak");
        Assert.That(_terminal.Run(targets), Is.EqualTo(ExitCode.Blocked));
        Assert.That(File.Exists(In("state")), Is.False);
    }

    private string In(params string[] parts) => Path.Combine([_terminal.Folder, .. parts]);

    private GateRequest Request() => new() { Artifacts = [In("out")], AsDirectory = true, SearchFrom = _terminal.Folder };

    private Verdict Check(GateRequest request) => _gate.Check(request, DateTime.UnixEpoch).Verdicts[0];

    private Verdict Planned(string plan) => Check(Request() with { AsPlanned = true, Plan = plan });

    private static string[] Found(Verdict verdict) => [.. verdict.Findings.Select(f => $"{f.Finding.Rule.Id} {f.Finding.Path?.Value}")];

    /// <summary>Writes the files somewhere and a plan that lists them.</summary>
    private string Plan(params (string Target, string Content)[] files)
    {
        var lines = new List<string> { $"{Artifacts.Plan.Format}\t{Began}" };
        for (var i = 0; i < files.Length; i++)
        {
            var source = In("sources", $"{i}.bin");
            Directory.CreateDirectory(In("sources"));
            File.WriteAllBytes(source, System.Text.Encoding.Latin1.GetBytes(files[i].Content));
            lines.Add($"{files[i].Target}\t{source}");
        }

        return _terminal.Write("a.plan", string.Join('\n', lines) + "\n");
    }

    /// <summary>The headers of a PE image, and as much of it as tells an assembly.</summary>
    private static string Image(bool managed)
    {
        var bytes = new byte[1024];
        bytes[0] = (byte)'M';
        bytes[1] = (byte)'Z';
        bytes[60] = 128;
        "PE\0\0"u8.CopyTo(bytes.AsSpan(128));
        bytes[132] = 0x64;
        bytes[133] = 0x86;
        bytes[134] = 1;
        bytes[148] = 240;
        bytes[152] = 0x0B;
        bytes[153] = 2;
        if (managed) bytes[152 + 112 + (14 * 8)] = 72;
        return System.Text.Encoding.Latin1.GetString(bytes);
    }

    private sealed class Progress(Action first) : IProgress<GateProgress>
    {
        private int _told;

        public void Report(GateProgress value)
        {
            if (Interlocked.Increment(ref _told) == 1) first();
        }
    }
}
