using System.IO.Abstractions;
using System.Reflection;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Governance;

public sealed class StageTests
{
    private string _root = "";

    [SetUp]
    public void MakeFolders()
    {
        _root = Path.Combine(Path.GetTempPath(), "releasegate-stage-" + Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(In("stage"));
    }

    [TearDown]
    public void RemoveFolders() => Directory.Delete(_root, recursive: true);

    [Test]
    public void A_passed_set_is_released_whole_and_replaces_the_older_one()
    {
        var report = Staged(("a.1.0.0.nupkg", "package"), ("a.1.0.0.snupkg", "symbols"));
        Directory.CreateDirectory(In("out"));
        File.WriteAllText(In("out", "a.1.0.0.nupkg"), "older, and longer than the new one");
        File.WriteAllText(In("out", "a.0.9.0.nupkg"), "another version");

        var released = new Stage(new FileSystem()).Release(report, In("out"));

        Assert.That(released, Is.EqualTo(new[] { In("out", "a.1.0.0.nupkg"), In("out", "a.1.0.0.snupkg") }));
        Assert.That(Files("out"), Is.EqualTo(new[] { "a.0.9.0.nupkg", "a.1.0.0.nupkg", "a.1.0.0.snupkg" }));
        Assert.That(File.ReadAllText(In("out", "a.1.0.0.nupkg")), Is.EqualTo("package"));
        Assert.That(File.ReadAllText(In("out", "a.1.0.0.snupkg")), Is.EqualTo("symbols"));
        Assert.That(Files("stage"), Is.Empty);
    }

    [Test]
    public void Bytes_larger_than_one_buffer_arrive_unchanged()
    {
        var bytes = new byte[300_001];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(i * 31 >> 3);
        File.WriteAllBytes(In("stage", "big.nupkg"), bytes);
        var report = Report(Verdict(In("stage", "big.nupkg"), Digest.Of(bytes)));

        new Stage(new FileSystem()).Release(report, In("out"));

        Assert.That(File.ReadAllBytes(In("out", "big.nupkg")), Is.EqualTo(bytes));
    }

    [Test]
    public void A_file_changed_after_the_check_releases_nothing_of_its_set()
    {
        var report = Staged(("a.nupkg", "package"), ("a.snupkg", "symbols"));
        Directory.CreateDirectory(In("out"));
        File.WriteAllText(In("out", "a.nupkg"), "older");
        File.WriteAllText(In("stage", "a.snupkg"), "swapped");

        var mistake = Assert.Throws<GateException>(() => new Stage(new FileSystem()).Release(report, In("out")));

        Assert.That(mistake!.Rule.ToString(), Is.EqualTo("RG0008"));
        Assert.That(mistake.Message, Does.StartWith("a.snupkg: changed between the check and the release"));
        Assert.That(Files("out"), Is.Empty);
        Assert.That(Files("stage"), Is.EqualTo(new[] { "a.nupkg", "a.snupkg" }));
    }

    [Test]
    public void A_file_that_is_gone_releases_nothing_of_its_set()
    {
        var report = Staged(("a.nupkg", "package"), ("a.snupkg", "symbols"));
        File.Delete(In("stage", "a.snupkg"));

        var mistake = Assert.Throws<GateException>(() => new Stage(new FileSystem()).Release(report, In("out")));

        Assert.That(mistake!.Message, Does.StartWith("a.snupkg: is gone since it was checked"));
        Assert.That(Files("out"), Is.Empty);
    }

    [Test]
    public void A_released_file_that_differs_is_deleted_again()
    {
        var report = Staged(("a.nupkg", "package"), ("a.snupkg", "symbols"));
        var files = Meddled(moved: path =>
        {
            if (path.EndsWith(".nupkg", StringComparison.Ordinal)) File.AppendAllText(path, "!");
        });

        var mistake = Assert.Throws<GateException>(() => new Stage(files).Release(report, In("out")));

        Assert.That(mistake!.Rule.ToString(), Is.EqualTo("RG0008"));
        Assert.That(mistake.Message, Does.StartWith("a.nupkg: is not what was checked"));
        Assert.That(Files("out"), Is.Empty);
    }

    [Test]
    public void A_release_that_fails_half_way_takes_back_what_it_released()
    {
        var report = Staged(("a.nupkg", "package"), ("a.snupkg", "symbols"));
        var files = Meddled(moving: path =>
        {
            if (path.EndsWith(".nupkg", StringComparison.Ordinal)) throw new IOException("No space left on device");
        });

        Assert.Throws<IOException>(() => new Stage(files).Release(report, In("out")));

        Assert.That(Files("out"), Is.Empty);
        Assert.That(Files("stage"), Is.EqualTo(new[] { "a.nupkg", "a.snupkg" }));
    }

    [Test]
    public void Until_it_is_verified_a_file_has_no_name_that_is_pushed_and_the_package_comes_after_its_symbols()
    {
        var report = Staged(("a.nupkg", "package"), ("a.snupkg", "symbols"));
        var seen = new List<string>();
        var files = Meddled(moving: _ => seen.Add(string.Join(' ', Files("out"))));

        new Stage(files).Release(report, In("out"));

        Assert.That(seen, Is.EqualTo(new[] { "a.nupkg.unverified a.snupkg.unverified", "a.nupkg.unverified a.snupkg" }));
    }

    [Test]
    public void What_a_killed_release_left_is_replaced()
    {
        var report = Staged(("a.nupkg", "package"));
        Directory.CreateDirectory(In("out"));
        File.WriteAllText(In("out", "a.nupkg.unverified"), "half a pack");

        new Stage(new FileSystem()).Release(report, In("out"));

        Assert.That(Files("out"), Is.EqualTo(new[] { "a.nupkg" }));
        Assert.That(File.ReadAllText(In("out", "a.nupkg")), Is.EqualTo("package"));
    }

    [Test]
    public void Nothing_that_failed_and_no_empty_run_is_released()
    {
        File.WriteAllText(In("stage", "a.nupkg"), "package");
        var failed = Verdict(In("stage", "a.nupkg"), Digest.Of("package"u8)) with
        {
            Findings = [new JudgedFinding(new Finding(GateRules.Uninspectable, null, "is damaged"), Severity.Error)],
        };

        Assert.Throws<ArgumentException>(() => new Stage(new FileSystem()).Release(Report(failed), In("out")));
        Assert.Throws<ArgumentException>(() => new Stage(new FileSystem()).Release(Report(), In("out")));

        Assert.That(Directory.Exists(In("out")), Is.False);
    }

    [Test]
    public void Two_artifacts_of_one_name_are_refused()
    {
        Directory.CreateDirectory(In("other"));
        File.WriteAllText(In("stage", "a.nupkg"), "one");
        File.WriteAllText(In("other", "A.nupkg"), "two");
        var report = Report(Verdict(In("stage", "a.nupkg"), Digest.Of("one"u8)), Verdict(In("other", "A.nupkg"), Digest.Of("two"u8)));

        var mistake = Assert.Throws<GateException>(() => new Stage(new FileSystem()).Release(report, In("out")));

        Assert.That(mistake!.Message, Does.StartWith("two artifacts are named 'A.nupkg'"));

        Assert.That(Directory.Exists(In("out")), Is.False);
    }

    [Test]
    public void Rejected_files_are_put_aside_and_replace_those_of_the_run_before()
    {
        File.WriteAllText(In("stage", "a.nupkg"), "leaky");
        Directory.CreateDirectory(In("rejected"));
        File.WriteAllText(In("rejected", "a.nupkg"), "leaky before");

        var rejected = new Stage(new FileSystem()).Reject([In("stage", "a.nupkg"), In("stage", "gone.nupkg"), In("stage")], In("rejected"));

        Assert.That(rejected, Is.EqualTo(new[] { In("rejected", "a.nupkg") }));
        Assert.That(File.ReadAllText(In("rejected", "a.nupkg")), Is.EqualTo("leaky"));
        Assert.That(Files("stage"), Is.Empty);
    }

    [Test]
    public void Each_artifact_has_a_folder_of_its_own_or_stays()
    {
        Directory.CreateDirectory(In("other"));
        File.WriteAllText(In("other", "a.nupkg"), "another");
        var report = Report(
            Verdict(In("stage", "a.nupkg"), Written("a.nupkg", "package")), Verdict(In("stage", "b.zip"), Written("b.zip", "stays")), Verdict(In("other", "a.nupkg"), Digest.Of("another"u8)));
        string?[] folders = [In("out"), null, In("out", "more")];

        var released = new Stage(new FileSystem()).Release(report, folders);

        Assert.That(released, Is.EqualTo(new[] { In("out", "a.nupkg"), In("out", "more", "a.nupkg") }));
        Assert.That(Files("stage"), Is.EqualTo(new[] { "b.zip" }));
        Assert.That(File.ReadAllText(In("out", "more", "a.nupkg")), Is.EqualTo("another"));
        var moved = new Stage(new FileSystem()).Moved(report, folders);
        Assert.That(moved.Verdicts.Select(v => v.Path), Is.EqualTo(new[] { In("out", "a.nupkg"), In("stage", "b.zip"), In("out", "more", "a.nupkg") }));
    }

    [Test]
    public void One_that_changed_takes_those_in_other_folders_back()
    {
        var report = Report(Verdict(In("stage", "a.zip"), Written("a.zip", "one")), Verdict(In("stage", "b.zip"), Written("b.zip", "two")));
        File.WriteAllText(In("stage", "b.zip"), "swapped");

        Assert.Throws<GateException>(() => new Stage(new FileSystem()).Release(report, [In("out"), In("more")]));

        Assert.That(Files("out").Concat(Files("more")), Is.Empty);
        Assert.That(Files("stage"), Is.EqualTo(new[] { "a.zip", "b.zip" }));
    }

    [Test]
    public void What_lies_where_it_would_be_released_to_is_not_lost()
    {
        var report = Staged(("a.zip", "package"));

        Assert.Throws<ArgumentException>(() => new Stage(new FileSystem()).Release(report, In("stage")));
        Assert.Throws<ArgumentException>(() => new Stage(new FileSystem()).Release(report, Array.Empty<string?>()));

        Assert.That(File.ReadAllText(In("stage", "a.zip")), Is.EqualTo("package"));
    }

    [Test]
    public void Rejected_files_of_one_name_do_not_replace_each_other()
    {
        Directory.CreateDirectory(In("other"));
        File.WriteAllText(In("stage", "a.zip"), "one");
        File.WriteAllText(In("other", "A.zip"), "two");
        string[] artifacts = [In("stage", "a.zip"), In("stage", "a.zip"), In("other", "A.zip"), In("stage")];
        var stage = new Stage(new FileSystem());

        Assert.That(stage.Aside(artifacts, In("rejected")), Is.EqualTo(new[] { In("rejected"), In("rejected"), In("rejected", "2"), null }));
        Assert.That(stage.Reject(artifacts, In("rejected")), Is.EqualTo(new[] { In("rejected", "a.zip"), In("rejected", "2", "A.zip") }));

        Assert.That(File.ReadAllText(In("rejected", "a.zip")), Is.EqualTo("one"));
        Assert.That(File.ReadAllText(In("rejected", "2", "A.zip")), Is.EqualTo("two"));
    }

    private string In(params string[] parts) => Path.Combine([_root, .. parts]);

    private string[] Files(string folder) =>
        Directory.Exists(In(folder)) ? Directory.GetFiles(In(folder)).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal).ToArray() : [];

    private GateReport Staged(params (string Name, string Content)[] artifacts)
    {
        foreach (var (name, content) in artifacts) File.WriteAllText(In("stage", name), content);
        return Report(artifacts.Select(a => Verdict(In("stage", a.Name), Digest.Of(System.Text.Encoding.UTF8.GetBytes(a.Content)))).ToArray());
    }

    private Digest Written(string name, string content)
    {
        File.WriteAllText(In("stage", name), content);
        return Digest.Of(System.Text.Encoding.UTF8.GetBytes(content));
    }

    private static Verdict Verdict(string path, Digest digest) => new(
        path, new Inventory(Path.GetFileName(path), ArtifactKind.NuGetPackage, 0, digest, [], [], null), Nothing.For(Path.GetFileName(path)), [], [], [], 0, TimeSpan.Zero);

    private GateReport Report(params Verdict[] verdicts) =>
        new(new GateRequest { Artifacts = verdicts.Select(v => v.Path).ToArray(), SearchFrom = _root }, Nothing, ManifestFound: true, verdicts, DateTime.UnixEpoch);

    /// <summary>The real file system, with somebody who acts just before or after a file is renamed; told the new name.</summary>
    private static IFileSystem Meddled(Action<string>? moving = null, Action<string>? moved = null)
    {
        var real = new FileSystem();
        var file = Interception.Of<IFile>(real.File, (method, arguments, call) =>
        {
            if (method != nameof(IFile.Move)) return call();
            moving?.Invoke((string)arguments[1]!);
            var result = call();
            moved?.Invoke((string)arguments[1]!);
            return result;
        });
        return Interception.Of<IFileSystem>(real, (method, _, call) => method == "get_" + nameof(IFileSystem.File) ? file : call());
    }

    private static Manifest Nothing { get; } = new("closed", null, default, [], new Dictionary<RuleId, RuleSetting>());
}

/// <summary>Stands before an object and sees every call to it.</summary>
public class Interception : DispatchProxy
{
    private object _target = new();
    private Func<string, object?[], Func<object?>, object?> _seen = (_, _, call) => call();

    public static T Of<T>(T target, Func<string, object?[], Func<object?>, object?> seen) where T : class
    {
        var proxy = Create<T, Interception>();
        ((Interception)(object)proxy)._target = target;
        ((Interception)(object)proxy)._seen = seen;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _seen(targetMethod!.Name, args ?? [], () => targetMethod.Invoke(_target, BindingFlags.DoNotWrapExceptions, null, args, null));
}
