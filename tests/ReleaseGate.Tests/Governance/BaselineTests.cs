using System.Text.Json;
using ReleaseGate.Tests.Cli;
using static ReleaseGate.Tests.Cli.DiffCommandTests;

namespace ReleaseGate.Tests.Governance;

/// <summary>Which release an artifact is compared with, and what is said where there is none.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BaselineTests : IDisposable
{
    private const string Allowed = """{ "artifacts": [ { "match": "**", "allow": ["*", "**"] } ], "rules": { "RG5002": "off" } }""";

    private readonly Terminal _terminal = new();

    public BaselineTests() => Manifest(Allowed.Replace("\"*\", ", "", StringComparison.Ordinal));

    public void Dispose() => _terminal.Dispose();

    [Test]
    public void The_newest_version_before_this_one_in_a_folder_is_taken()
    {
        foreach (var version in (string[])["0.9.0", "1.0.0-rc.1", "1.0.0-rc.10", "1.1.0", "2.0.0"]) NuGet($"old/Acme.{version}.nupkg", version);
        NuGet("old/Acme.Core.1.0.0-rc.12.nupkg", "1.0.0-rc.12", "Acme.Core");
        NuGet("Acme.1.0.0.nupkg", "1.0.0");
        Check("Acme.1.0.0.nupkg", "--baseline", "old");
        Assert.That(Baseline(), Is.EqualTo("Acme.1.0.0-rc.10.nupkg"));
        Assert.That(_terminal.Output, Does.Contain("compared with Acme.1.0.0-rc.10.nupkg: 1 entry changed, ").And.Not.Contain("newer"));
    }

    [Test]
    public void Where_nothing_came_before_the_newest_is_taken_and_said_to_be_newer()
    {
        NuGet("old/Acme.2.0.0.nupkg", "2.0.0");
        NuGet("old/Acme.1.1.0.nupkg", "1.1.0");
        NuGet("Acme.1.0.0.nupkg", "1.0.0");
        Check("Acme.1.0.0.nupkg", "--baseline", "old");
        Assert.That(_terminal.Output, Does.Contain("compared with Acme.2.0.0.nupkg, which is newer: "));
    }

    [Test]
    public void The_same_version_elsewhere_is_compared_with_and_said_to_be_the_same()
    {
        NuGet("old/Acme.1.0.0.nupkg", "1.0.0");
        NuGet("Acme.1.0.0.nupkg", "1.0.0");
        Check("Acme.1.0.0.nupkg", "--baseline", "old/Acme.1.0.0.nupkg");
        Assert.That(_terminal.Output, Does.Contain("compared with Acme.1.0.0.nupkg, which has the same version: no entry is different, of the same size"));
    }

    [Test]
    public void Each_artifact_finds_its_own_by_id_whatever_case_it_has()
    {
        NuGet("one.nupkg", "1.0.0", "ACME");
        NuGet("other.nupkg", "1.0.0", "Acme.Core");
        NuGet("in/Acme.1.1.0.nupkg", "1.1.0");
        NuGet("in/Acme.Core.1.1.0.nupkg", "1.1.0", "Acme.Core");
        NuGet("in/Acme.New.1.1.0.nupkg", "1.1.0", "Acme.New");
        Check("in", "--baseline", "other.nupkg", "--baseline", "one.nupkg");
        Assert.That(Baselines(), Is.EqualTo(new[] { "one.nupkg", "other.nupkg", null }));
        Assert.That(_terminal.Output, Does.Contain("Acme.New.1.1.0.nupkg: no baseline is there to compare it with\n"));
    }

    [Test]
    public void Another_case_is_another_package_of_npm()
    {
        Npm("old-1.0.0.tgz", "1.0.0", "Acme");
        Npm("acme-1.1.0.tgz", "1.1.0", "acme");
        Refused("it is Acme 1.0.0 (NpmPackage), and the run has no such package", "acme-1.1.0.tgz", "--baseline", "old-1.0.0.tgz");
    }

    [Test]
    public void What_is_no_package_is_found_by_its_name_or_because_it_is_alone()
    {
        foreach (var name in (string[])["old/app-1.0.0-linux-x64.zip", "old/app-1.0.0-win-x64.zip", "app-1.1.0-linux-x64.zip", "app-1.1.0-win-x64.zip", "app-1.1.0-osx.zip"]) Written.Write(_terminal.Folder, name, "  entry a.txt\n    | x");
        Check("app-1.1.0-win-x64.zip", "app-1.1.0-linux-x64.zip", "app-1.1.0-osx.zip", "--baseline", "old");
        Assert.That(Baselines(), Is.EqualTo(new[] { "app-1.0.0-win-x64.zip", "app-1.0.0-linux-x64.zip", null }));
        Check("app-1.1.0-osx.zip", "--baseline", "old/app-1.0.0-win-x64.zip");
        Assert.That(Baseline(), Is.EqualTo("app-1.0.0-win-x64.zip"));
        Refused("nothing in it has the name of an artifact of the run", "app-1.1.0-osx.zip", "--baseline", "old");
    }

    [Test]
    public void A_folder_is_compared_with_a_folder_and_with_its_receipt()
    {
        _terminal.Write("old/publish/a.txt");
        _terminal.Write("publish/a.txt", "xy");
        Check("publish", "--as", "directory", "--baseline", "old/publish");
        Assert.That(_terminal.Output, Does.Contain("compared with publish: 1 entry changed, 1 byte larger (+100 %)"));
        Assert.That(_terminal.Run("check", "old/publish", "--as", "directory", "--receipts", "r"), Is.Zero, _terminal.Output);
        Check("publish", "--as", "directory", "--baseline", "r/publish.receipt.json");
        Assert.That(_terminal.Output, Does.Contain("compared with publish: 1 entry changed, 1 byte larger (+100 %)"));
    }

    [Test]
    public void In_the_cache_of_NuGet_folder_and_package_have_one_version()
    {
        NuGet("cache/acme/1.0.0/acme.1.0.0.nupkg", "9.0.0");
        NuGet("Acme.1.2.0.nupkg", "1.2.0");
        Refused("the folder says 1.0.0, and the package in it is Acme 9.0.0; ", "Acme.1.2.0.nupkg", "--baseline", "nuget:cache");
    }

    [Test]
    public void Receipts_stand_for_packages_in_a_folder_too()
    {
        NuGet("old/Acme.1.0.0.nupkg", "1.0.0");
        NuGet("Acme.1.1.0.nupkg", "1.1.0");
        Assert.That(_terminal.Run("check", "old", "--receipts", "r"), Is.Zero, _terminal.Output);
        Check("Acme.1.1.0.nupkg", "--baseline", "r");
        Assert.That(Baseline(), Is.EqualTo("Acme.1.0.0.nupkg"));
        File.WriteAllText(Path.Combine(_terminal.Folder, "r/Acme.1.0.0.nupkg.receipt.json"), "{ \"schema\": \"releasegate/receipt/v1\" }");
        Refused("Acme.1.0.0.nupkg.receipt.json", "Acme.1.1.0.nupkg", "--baseline", "r");
    }

    [Test]
    public void The_cache_of_NuGet_gives_the_newest_before_this_one()
    {
        foreach (var version in (string[])["1.0.0", "1.2.0-rc.1", "1.2.0", "1.10.0"]) NuGet($"cache/acme/{version}/acme.{version}.nupkg", version);
        // Restored half-way: a folder without its package.
        Directory.CreateDirectory(Path.Combine(_terminal.Folder, "cache/acme/1.1.0"));
        NuGet("Acme.1.2.0.nupkg", "1.2.0");
        _terminal.Variables["NUGET_PACKAGES"] = Path.Combine(_terminal.Folder, "cache");
        Check("Acme.1.2.0.nupkg", "--baseline", "nuget");
        Assert.That(Baseline(), Is.EqualTo("acme.1.2.0-rc.1.nupkg"));
        _terminal.Variables.Clear();
        Check("Acme.1.2.0.nupkg", "--baseline", "nuget:cache");
        Assert.That(Baseline(), Is.EqualTo("acme.1.2.0-rc.1.nupkg"));
        Directory.CreateDirectory(Path.Combine(_terminal.Folder, ".nuget"));
        Directory.Move(Path.Combine(_terminal.Folder, "cache"), Path.Combine(_terminal.Folder, ".nuget/packages"));
        _terminal.Variables[OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME"] = _terminal.Folder;
        Check("Acme.1.2.0.nupkg", "--baseline", "nuget");
        Assert.That(Baseline(), Is.EqualTo("acme.1.2.0-rc.1.nupkg"));
    }

    [Test]
    public void A_first_release_has_nothing_in_the_cache()
    {
        NuGet("cache/acme/1.0.0/acme.1.0.0.nupkg", "1.0.0");
        NuGet("Acme.1.0.0.nupkg", "1.0.0");
        Refused("it has no version of Acme below this one", "Acme.1.0.0.nupkg", "--baseline", "nuget:cache");
        Refused("there is no such folder", "Acme.1.0.0.nupkg", "--baseline", "nuget:gone");
        Refused("no folder stands behind it", "Acme.1.0.0.nupkg", "--baseline", "nuget:");
        Npm("acme-1.0.0.tgz", "1.0.0", "acme");
        Refused("it serves NuGet packages", "acme-1.0.0.tgz", "--baseline", "nuget:cache");
        Assert.That(_terminal.Run("check", "Acme.1.0.0.nupkg", "--baseline", "nuget"), Is.EqualTo(2));
    }

    [Test]
    public void What_is_no_baseline_stops_the_run()
    {
        NuGet("Acme.1.1.0.nupkg", "1.1.0");
        NuGet("Acme.Core.1.0.0.nupkg", "1.0.0", "Acme.Core");
        _terminal.Write("empty/x.txt");
        _terminal.Write("bad.receipt.json", "{");
        Written.Write(_terminal.Folder, "cut.zip", "  entry a.txt\n    | x\n  cut 30");
        Refused("it does not exist", "Acme.1.1.0.nupkg", "--baseline", "gone.nupkg");
        Refused("it is Acme.Core 1.0.0", "Acme.1.1.0.nupkg", "--baseline", "Acme.Core.1.0.0.nupkg");
        Refused("neither a package nor a receipt", "Acme.1.1.0.nupkg", "--baseline", "empty");
        Refused("it is the artifact itself", "Acme.1.1.0.nupkg", "--baseline", "Acme.1.1.0.nupkg");
        Refused("bad.receipt.json", "Acme.1.1.0.nupkg", "--baseline", "bad.receipt.json");
        Refused("can't be compared with", "Acme.1.1.0.nupkg", "--baseline", "cut.zip");
    }

    [Test]
    public void The_folder_of_the_artifact_may_hold_its_baseline()
    {
        NuGet("out/Acme.1.1.0.nupkg", "1.1.0");
        NuGet("out/Acme.1.0.0.nupkg", "1.0.0");
        Check("out/Acme.1.1.0.nupkg", "--baseline", "out");
        Assert.That(Baseline(), Is.EqualTo("Acme.1.0.0.nupkg"));
    }

    [Test]
    public void A_broken_artifact_is_told_as_such()
    {
        NuGet("old/Acme.1.0.0.nupkg", "1.0.0");
        Written.Write(_terminal.Folder, "Acme.1.1.0.nupkg", "  entry a.txt\n    | x\n  cut 30");
        Assert.That(_terminal.Run("check", "Acme.1.1.0.nupkg", "--baseline", "old/Acme.1.0.0.nupkg"), Is.EqualTo(1));
        Assert.That(_terminal.Output, Does.Contain("RG0003").And.Not.Contain("can't serve"));
    }

    [Test]
    public void A_limit_that_nothing_is_held_against_is_said_once_and_blocks_where_others_are_compared()
    {
        Manifest(Allowed.Replace("] } ]", "], \"limits\": { \"growth\": \"25%\" } } ]", StringComparison.Ordinal).Replace("\"*\", ", "", StringComparison.Ordinal));
        NuGet("in/Acme.1.1.0.nupkg", "1.1.0");
        NuGet("in/Acme.New.1.1.0.nupkg", "1.1.0", "Acme.New");
        NuGet("Acme.1.0.0.nupkg", "1.0.0");
        Check("in");
        Assert.That(_terminal.Output.Split("no baseline was named, so nothing was compared"), Has.Length.EqualTo(2));
        Assert.That(_terminal.Output, Does.Match(@"releasegate\.json\(\d+,\d+\): note RG1005: Acme\.1\.1\.0\.nupkg: "));
        Assert.That(_terminal.Run("check", "in", "--baseline", "Acme.1.0.0.nupkg"), Is.EqualTo(1));
        Assert.That(_terminal.Output, Does.Contain("error RG1005: Acme.New.1.1.0.nupkg: there is nothing to compare it with, and the manifest limits its growth"));
        Assert.That(_terminal.Output, Does.Not.Contain("error RG1005: Acme.1.1.0.nupkg"));
    }

    [Test]
    public void What_is_wrong_with_a_baseline_blocks_nobody()
    {
        NuGet("old/Acme.1.0.0.nupkg", "1.0.0", entries: "  entry lib/net8.0/a.pdb.map\n    | {\"version\":3,\"sources\":[\"a.ts\"],\"sourcesContent\":[\"x\"],\"names\":[],\"mappings\":\"AAAA\"}");
        NuGet("Acme.1.1.0.nupkg", "1.1.0");
        Check("Acme.1.1.0.nupkg", "--baseline", "old");
        Assert.That(_terminal.Output, Does.Not.Contain("RG2001"));
    }

    [Test]
    public void New_exposure_is_said_even_where_the_manifest_allows_it()
    {
        Manifest("""{ "artifacts": [ { "match": "**", "allow": ["**"] } ], "rules": { "RG2001": "note", "RG2002": "note" } }""");
        NuGet("old/Acme.1.0.0.nupkg", "1.0.0", entries: "  entry lib/net8.0/b.json\n    | {}");
        NuGet("Acme.1.1.0.nupkg", "1.1.0", entries: "  entry lib/net8.0/a.map\n    | {\"version\":3,\"sources\":[\"a.ts\"],\"sourcesContent\":[\"x\"],\"names\":[],\"mappings\":\"AAAA\"}");
        Assert.That(_terminal.Run("check", "Acme.1.1.0.nupkg", "--baseline", "old"), Is.EqualTo(1), "a new kind");
        Assert.That(_terminal.Output, Does.Contain("  ! newly exposed: RG2001 lib/net8.0/a.map: "));
    }

    private void Manifest(string text) => _terminal.Write("releasegate.json", text);

    private void Check(params string[] arguments) => Assert.That(_terminal.Run(["check", .. arguments, "--json", "report.json"]), Is.Zero, _terminal.Output + _terminal.Error);

    private void Refused(string why, params string[] arguments)
    {
        Assert.That(_terminal.Run(["check", .. arguments]), Is.EqualTo(2), _terminal.Output);
        Assert.That(_terminal.Output + _terminal.Error, Does.Contain(why));
    }

    private string? Baseline() => Baselines().Single();

    private string?[] Baselines()
    {
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(_terminal.Folder, "report.json")));
        return [.. report.RootElement.GetProperty("artifacts").EnumerateArray().Select(a => a.GetProperty("drift") is { ValueKind: JsonValueKind.Object } drift ? drift.GetProperty("baseline").GetProperty("name").GetString() : null)];
    }

    private void NuGet(string path, string version, string id = "Acme", string entries = "  entry lib/net8.0/a.txt\n    | x") =>
        Written.Write(_terminal.Folder, path, $"  entry {id}.nuspec\n    | <?xml version=\"1.0\"?><package><metadata><id>{id}</id><version>{version}</version></metadata></package>\n{entries}");

    private void Npm(string path, string version, string name) =>
        Written.Write(_terminal.Folder, path, $"  entry package/package.json\n    | {{\"name\":\"{name}\",\"version\":\"{version}\",\"files\":[\"a.js\"]}}\n  entry package/a.js\n    | x");
}
