using System.IO.Abstractions;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.OutsideRules;

/// <summary>Rules of other assemblies: loaded from where they lie, with what lies beside them, against this engine; what does not load blocks.</summary>
public sealed class OutsideRuleTests
{
    private static readonly DateTime Now = new(2026, 6, 1, 12, 0, 0, DateTimeKind.Utc);

    private string _folder = "";

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("releasegate-rules-").FullName;
        using var zip = ZipFile.Open(In("a.zip"), ZipArchiveMode.Create);
        using var text = new StreamWriter(zip.CreateEntry("a.txt").Open());
        text.Write("text\n");
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_rule_reports_and_its_origin_is_recorded()
    {
        new RuleAssembly("Acme.One").Write(In("Acme.One.dll"));

        var report = Check("Acme.One.dll");

        Assert.That(Found(report), Is.EqualTo(new[] { "ACME0001 a.txt is seen" }));
        Assert.That(report.OutsideRules.Select(r => $"{r.Rule} {r.Assembly} {r.Version}"), Is.EqualTo(new[] { "ACME0001 Acme.One 1.2.3.4" }));
    }

    [Test]
    public void What_lies_beside_it_is_loaded_and_what_is_missing_blocks()
    {
        new RuleAssembly("Acme.One") { Dependency = "Acme.Words" }.Write(In("Acme.One.dll"));
        RuleAssembly.WriteDependency(In("Acme.Words.dll"), "Acme.Words", "said by another assembly");
        Assert.That(Found(Check("Acme.One.dll")), Is.EqualTo(new[] { "ACME0001 a.txt said by another assembly" }));

        File.Delete(In("Acme.Words.dll"));
        Assert.That(Found(Check("Acme.One.dll")).Single(), Does.StartWith("RG0002 ").And.Contain("Acme.Words"));
    }

    [Test]
    public void A_rule_that_ends_the_process_passes_nothing()
    {
        foreach (var exits in (bool[])[false, true])
        {
            new RuleAssembly("Acme.One") { Exits = exits }.Write(In("Acme.One.dll"));
            var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
            var start = new System.Diagnostics.ProcessStartInfo(host, ["exec", Path.Combine(AppContext.BaseDirectory, "releasegate.dll"), "check", "a.zip", "--rules", "Acme.One.dll"])
            {
                WorkingDirectory = _folder,
                RedirectStandardOutput = true,
            };
            using var process = System.Diagnostics.Process.Start(start)!;
            var said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.That(process.ExitCode, Is.EqualTo(exits ? 2 : 1), said);
            Assert.That(said, exits ? Does.Not.Contain("passed") : Does.Contain("error ACME0001: a.txt: is seen"));
        }
    }

    [Test]
    public void Two_rule_assemblies_have_their_own_copies_of_one_dependency()
    {
        foreach (var (folder, id) in (ReadOnlySpan<(string, string)>)[("x", "ACME0001"), ("y", "ACME0002")])
        {
            Directory.CreateDirectory(In(folder));
            new RuleAssembly("Acme.Rules" + folder) { Id = id, Dependency = "Acme.Words" }.Write(In($"{folder}/Acme.Rules.dll"));
            RuleAssembly.WriteDependency(In($"{folder}/Acme.Words.dll"), "Acme.Words", $"words of {folder}");
        }

        Assert.That(Found(Check("x/Acme.Rules.dll", "y/Acme.Rules.dll")), Is.EqualTo(new[] { "ACME0001 a.txt words of x", "ACME0002 a.txt words of y" }));
    }

    [Test]
    public void The_engine_of_the_host_wins_over_a_copy_beside_the_rule()
    {
        new RuleAssembly("Acme.One").Write(In("Acme.One.dll"));
        File.Copy(typeof(Gate).Assembly.Location, In("ReleaseGate.Core.dll"));
        File.Copy(typeof(IFileSystem).Assembly.Location, In("System.IO.Abstractions.dll"));

        Assert.That(Found(Check("Acme.One.dll")), Is.EqualTo(new[] { "ACME0001 a.txt is seen" }));
    }

    [TestCase(0, 0, TestName = "Built against an older engine")]
    [TestCase(9, 7, TestName = "Built against a newer engine")]
    public void The_version_of_the_engine_is_not_asked_for(int major, int minor)
    {
        new RuleAssembly("Acme.One") { Core = new Version(major, minor) }.Write(In("Acme.One.dll"));

        Assert.That(Found(Check("Acme.One.dll")), Is.EqualTo(new[] { "ACME0001 a.txt is seen" }));
    }

    [Test]
    public void A_rule_that_needs_what_the_engine_has_not_blocks()
    {
        new RuleAssembly("Acme.One") { MissingMethod = "Repeat" }.Write(In("Acme.One.dll"));

        Assert.That(Found(Check("Acme.One.dll")).Single(), Does.StartWith("RG0002 ").And.Contain("Repeat"));
    }

    [Test]
    public void An_assembly_that_does_not_load_names_the_engine_it_was_built_against()
    {
        new RuleAssembly("Acme.One") { Core = new Version(9, 7), Id = "no id" }.Write(In("Acme.One.dll"));

        Refused("'no id' is no rule id: two to eight capital letters and four digits are expected, e.g. RG2001. (it was built against ReleaseGate.Core 9.7.", "Acme.One.dll");
    }

    [TestCase("RG2001")]
    [TestCase("RG9999")]
    [TestCase("RGX0001")]
    public void Our_prefix_is_refused(string id)
    {
        new RuleAssembly("Acme.One") { Id = id }.Write(In("Acme.One.dll"));

        Refused("uses the prefix RG", "Acme.One.dll");
    }

    [Test]
    public void One_id_in_two_assemblies_is_refused_and_one_file_named_twice_is_not()
    {
        new RuleAssembly("Acme.One").Write(In("Acme.One.dll"));
        new RuleAssembly("Acme.Two").Write(In("Acme.Two.dll"));

        Refused("rule ACME0001 (Acme.Two.OneRule) has the id of another rule (Acme.One.OneRule)", "Acme.One.dll", "Acme.Two.dll");
        Assert.That(Found(Check("Acme.One.dll", "Acme.One.dll", In("Acme.One.dll"))), Is.EqualTo(new[] { "ACME0001 a.txt is seen" }));
    }

    [Test]
    public void The_next_build_of_a_rule_is_taken_and_its_file_is_never_held()
    {
        new RuleAssembly("Acme.One") { Message = "first" }.Write(In("Acme.One.dll"));
        var first = Check("Acme.One.dll");
        // As a build node that lives on: the first is still there while the second is written over it, and read.
        using (var file = File.Open(In("Acme.One.dll"), FileMode.Open, FileAccess.ReadWrite, FileShare.None)) Assert.That(file.Length, Is.Positive);
        new RuleAssembly("Acme.One") { Message = "second" }.Write(In("Acme.One.dll"));
        var second = Check("Acme.One.dll");

        Assert.That(Found(first), Is.EqualTo(new[] { "ACME0001 a.txt first" }));
        Assert.That(Found(second), Is.EqualTo(new[] { "ACME0001 a.txt second" }));
        Assert.That(second.OutsideRules.Single().Module, Is.Not.EqualTo(first.OutsideRules.Single().Module));
    }

    [Test]
    public void What_a_run_has_loaded_goes_with_it()
    {
        new RuleAssembly("Acme.One").Write(In("Acme.One.dll"));
        var loaded = Load();
        for (var i = 0; i < 20 && loaded.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.That(loaded.IsAlive, Is.False);

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference Load() => new(RuleLoader.Load(["Acme.One.dll"], _folder).Single().GetType().Assembly);
    }

    [Test]
    public void A_rule_finds_its_dependency_however_long_it_waits_for_its_first_entry()
    {
        new RuleAssembly("Acme.One") { Dependency = "Acme.Words" }.Write(In("Acme.One.dll"));
        RuleAssembly.WriteDependency(In("Acme.Words.dll"), "Acme.Words", "said by another assembly");
        var rules = RuleLoader.Load(["Acme.One.dll"], _folder);
        for (var i = 0; i < 5; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.That(Found(new Gate(new FileSystem()) { Rules = rules }.Check(Request(), Now)), Is.EqualTo(new[] { "ACME0001 a.txt said by another assembly" }));
    }

    [Test]
    public void Rules_can_be_given_as_objects()
    {
        var report = new Gate(new FileSystem()) { Rules = [new Seen()] }.Check(Request(), Now);

        Assert.That(Found(report), Is.EqualTo(new[] { "ACME0009 a.txt is seen" }));
        Assert.That(() => new Gate(new FileSystem()) { Rules = [new Seen(), new Seen()] }.Check(Request(), Now), Throws.TypeOf<GateException>().With.Message.Contains("has the id of another rule"));
        Assert.That(() => new Gate(new FileSystem()) { Rules = [new Nameless()] }.Check(Request(), Now), Throws.TypeOf<GateException>().With.Message.Contains("has no id"));
        Assert.That(() => new Gate(new FileSystem()) { Rules = [new Speechless()] }.Check(Request(), Now), Throws.TypeOf<GateException>().With.Message.Contains("ACME0008").And.Message.Contains("NotSupportedException: nothing to say"));
    }

    [TestCase("cancels", "a.txt rule ACME0007 crashed: OperationCanceledException")]
    [TestCase("says nothing", "a.txt rule ACME0007 crashed: ArgumentNullException")]
    [TestCase("static", "a.txt rule ACME0007 crashed: TypeInitializationException", "InvalidOperationException: no list of words")]
    [TestCase("takes out", "a.txt rule ACME0007 crashed: InvalidCastException")]
    [TestCase("takes out what was met", "a.txt rule ACME0007 crashed: ", "Exception")]
    public void Whatever_a_rule_throws_blocks_as_its_crash(string how, params string[] says)
    {
        var report = new Gate(new FileSystem()) { Rules = [new Wrong(how)] }.Check(Request(), Now);

        Assert.That(Found(report).Single(), Does.StartWith("RG0002 " + says[0]).And.Contain(says[^1]));
        Assert.That(report.Verdicts.Single().Inventory.Entries, Has.Count.EqualTo(1));
    }

    [Test]
    public void What_a_static_field_of_a_rule_fails_on_is_said()
    {
        new RuleAssembly("Acme.One") { StaticFailure = "no list of words" }.Write(In("Acme.One.dll"));

        Refused("the rule assembly does not load: no list of words", "Acme.One.dll");
    }

    [Test]
    public void What_is_no_assembly_is_called_so([Values("", "text", "MZ and nothing behind it")] string content)
    {
        File.WriteAllText(In("Acme.One.dll"), content);

        Refused("the rule assembly does not load: it is no .NET assembly, or a damaged one", "Acme.One.dll");
    }

    [Test]
    public void What_lies_beside_a_rule_assembly_belongs_to_the_verdict_that_is_remembered()
    {
        foreach (var folder in (string[])["out", "rules", "rules/de"]) Directory.CreateDirectory(In(folder));
        File.WriteAllText(In("out/b.txt"), "text");
        new RuleAssembly("Acme.One") { Dependency = "Acme.Words", Id = "ACME0001" }.Write(In("rules/Acme.One.dll"));
        RuleAssembly.WriteDependency(In("rules/Acme.Words.dll"), "Acme.Words", "said by another assembly");
        File.WriteAllText(In("m.json"), """{ "artifacts": [ { "match": "**", "allow": ["**"] } ], "rules": { "ACME0001": "warning" } }""");
        var gate = new Gate(new FileSystem());
        var request = new GateRequest { Artifacts = [In("out")], AsDirectory = true, Manifest = In("m.json"), SearchFrom = _folder, State = In("state"), Rules = ["rules/Acme.One.dll"] };
        foreach (var change in (Action[])[
            () => RuleAssembly.WriteDependency(In("rules/Acme.Words.dll"), "Acme.Words", "said by another build of it"),
            () => File.WriteAllText(In("rules/Acme.One.deps.json"), "{}"),
            () => File.WriteAllText(In("rules/de/words.txt"), "Wort"),
        ])
        {
            gate.Remember(gate.Check(request, Now));
            Assert.That(gate.StillStands(request, Now), Is.True);
            change();
            Assert.That(gate.StillStands(request, Now), Is.False);
            File.Delete(In("rules/Acme.One.deps.json"));
        }
    }

    [Test]
    public void A_rule_that_can_not_say_what_it_looks_for_is_refused()
    {
        foreach (var rule in (Rule[])[new Asking(null, 2), new Asking(ContentRequest.Whole(1000, static (_, _, _) => { }), 1), new Asking(null, 0)])
            Assert.That(() => new Gate(new FileSystem()) { Rules = [rule] }.Check(Request(), Now), Throws.TypeOf<GateException>().With.Message.Contains("ACME0006").And.Message.Contains("NotSupportedException: nothing to say"));
        Assert.That(() => new Gate(new FileSystem()) { Rules = [new Severe()] }.Check(Request(), Now), Throws.TypeOf<GateException>().With.Message.Contains("has the default severity 77"));
    }

    [Test]
    public void Bytes_on_no_disk_are_checked_like_a_file()
    {
        var gate = new Gate(new FileSystem()) { Rules = [new Seen()] };
        var manifest = new ManifestReader(new FileSystem()).Read(In("m.json"), """{ "artifacts": [ { "match": "a.zip", "require": ["b.txt"], "allow": ["c.txt"] } ], "rules": { "ACME0009": "warning" } }"""u8.ToArray());

        var report = gate.Check("a.zip", File.ReadAllBytes(In("a.zip")), manifest, Now);

        Assert.That(Found(report), Is.EquivalentTo(new[] { "RG0006  ", "RG1001 a.txt ", "RG1002  ", "ACME0009 a.txt is seen" }).Using<string>((said, wanted) => said.StartsWith(wanted, StringComparison.Ordinal)));
        Assert.That(report.Passed, Is.False);
        Assert.That(report.Verdicts.Single().Inventory.Digest, Is.EqualTo(Check().Verdicts.Single().Inventory.Digest));
        File.WriteAllText(In("m.json"), """{ "artifacts": [ { "match": "a.zip", "require": ["b.txt"], "allow": ["c.txt"] } ], "rules": { "ACME0009": "warning" } }""");
        Assert.That(gate.Check(Request() with { Manifest = In("m.json"), Profile = null }, Now).Verdicts.Single().Findings.Select(f => f.ToString()), Is.EqualTo(report.Verdicts.Single().Findings.Select(f => f.ToString())));
    }

    [Test]
    public void Bytes_on_no_disk_are_judged_by_rules_and_waivers_that_exist()
    {
        var gate = new Gate(new FileSystem());
        Manifest Read(string text) => new ManifestReader(new FileSystem()).Read(In("m.json"), System.Text.Encoding.UTF8.GetBytes(text));

        Assert.That(() => gate.Check("a.zip", new byte[22], Read("""{ "rules": { "ACME0009": "warning" } }"""), Now), Throws.TypeOf<GateException>().With.Message.Contains("ACME0009"));
        Assert.That(gate.Check("a.zip", default, Read("{}"), Now).Passed, Is.False);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private GateRequest Request() => new() { Artifacts = [In("a.zip")], Profile = "open", SearchFrom = _folder };

    private GateReport Check(params string[] assemblies) => new Gate(new FileSystem()).Check(Request() with { Rules = assemblies }, Now);

    private void Refused(string message, params string[] assemblies) =>
        Assert.That(() => Check(assemblies), Throws.TypeOf<GateException>().With.Message.Contains(message).And.Property(nameof(GateException.Rule)).EqualTo(GateRules.RuleFailed.Id));

    private static string[] Found(GateReport report) => [.. report.Verdicts.Single().Findings.Select(f => $"{f.Finding.Rule.Id} {f.Finding.Path?.Value} {f.Finding.Message}").Order(StringComparer.Ordinal)];

    private sealed class Seen() : EntryRule(new Descriptor("ACME0009", "Seen", "One sentence.", "Leave it out."))
    {
        public override void Inspect(Entry entry, Inventory inventory, RuleContext context) => context.Report(entry, "is seen");
    }

    private sealed class Wrong(string how) : EntryRule(new Descriptor("ACME0007", "Wrong", "One sentence.", "Leave it out."))
    {
        public override void Inspect(Entry entry, Inventory inventory, RuleContext context)
        {
            if (how == "cancels") throw new OperationCanceledException();
            if (how == "says nothing") context.Report(entry, null!);
            if (how == "static") context.Report(entry, Broken.Word);
            if (how == "takes out") ((List<Entry>)inventory.Entries).Clear();
            // Whatever list it is: one that can't be changed throws.
            if (how == "takes out what was met") ((IList<Anomaly>)inventory.Anomalies).Add(new Anomaly(AnomalyKind.HiddenData, null, "mine"));
        }
    }

    private static class Broken
    {
        public static readonly string Word = Read();

        private static string Read() => throw new InvalidOperationException("no list of words");
    }

    private sealed class Severe() : EntryRule(new Descriptor("ACME0005", "Severe", "One sentence.", "Leave it out.", (Severity)77))
    {
        public override void Inspect(Entry entry, Inventory inventory, RuleContext context) => context.Report(entry, "is seen");
    }

    // Answers so many times, and then no more.
    private sealed class Asking(ContentRequest? byPolicy, int times) : ContentRule(new Descriptor("ACME0006", "Asking", "One sentence.", "Leave it out."))
    {
        private readonly bool _isSilent = times == 2;
        private int _left = times;

        public override ContentRequest Request => _left-- > 0 ? ContentRequest.Whole(1000, static (_, _, _) => { }) : throw new NotSupportedException("nothing to say");

        public override ContentRequest? RequestFor(ArtifactPolicy policy) => byPolicy ?? (_isSilent ? throw new NotSupportedException("nothing to say") : Request);
    }

    private sealed class Nameless() : EntryRule(null!)
    {
        public override void Inspect(Entry entry, Inventory inventory, RuleContext context) => context.Report(entry, "is seen");
    }

    private sealed class Speechless() : ContentRule(new Descriptor("ACME0008", "Speechless", "One sentence.", "Leave it out."))
    {
        public override ContentRequest Request => throw new NotSupportedException("nothing to say");
    }
}
