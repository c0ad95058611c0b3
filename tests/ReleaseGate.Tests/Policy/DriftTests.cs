using System.Collections.Immutable;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Tests.Policy;

/// <summary>What became different between two snapshots, and nothing else.</summary>
public sealed class DriftTests
{
    [Test]
    public void The_same_is_no_drift()
    {
        var snapshot = Of("1.0.0", ["lib/a.dll", "b.txt"]);
        Assert.That(Drift.Between(snapshot, snapshot).IsEmpty);
        Assert.That(Drift.Between(snapshot, snapshot).Baseline, Is.EqualTo(new DriftBaseline("old", "acme.nupkg", "1.0.0", default, 1000, 2)));
    }

    [Test]
    public void Entries_come_go_and_change()
    {
        var before = Of("1.0.0", [E("a", 1, "x"), E("b", 2, "x"), E("c", 3, "x"), E("e", 5, "x")]);
        var now = Of("1.0.0", [E("a", 1, "y"), E("c", 3, "x"), E("d", 4, "x"), E("e", 9, "z", EntryKind.Zip)]);
        Assert.That(Drift.Between(before, now).Entries, Is.EqualTo(new[]
        {
            new EntryChange("a", ChangeKind.Changed, 1, 1) { Kind = EntryKind.Text },
            new EntryChange("b", ChangeKind.Removed, 2, null) { KindBefore = EntryKind.Text },
            new EntryChange("d", ChangeKind.Added, null, 4) { Kind = EntryKind.Text },
            new EntryChange("e", ChangeKind.Changed, 5, 9) { KindBefore = EntryKind.Text, Kind = EntryKind.Zip },
        }));
        Assert.That(Drift.Between(before, now).NewKinds, Is.EqualTo(new[] { EntryKind.Zip }));
    }

    [Test]
    public void Links_and_types_change()
    {
        var link = new SnapshotEntry("a", EntryType.SymbolicLink, EntryKind.Empty, 0, null, null, "b");
        Assert.That(Drift.Between(Of("1", [link]), Of("1", [link with { LinkTarget = "../c" }])).Entries, Has.Count.EqualTo(1));
        Assert.That(Drift.Between(Of("1", [link]), Of("1", [link with { Type = EntryType.HardLink }])).Entries, Has.Count.EqualTo(1));
        Assert.That(Drift.Between(Of("1", [link]), Of("1", [link])).IsEmpty);
    }

    [TestCase(420, 493, true, TestName = "A_mode_that_changed")]
    [TestCase(420, 420, false, TestName = "A_mode_that_stayed")]
    [TestCase(null, 420, false, TestName = "A_mode_that_is_new_and_usual")]
    [TestCase(null, 493, true, TestName = "A_mode_that_is_new_and_executable")]
    [TestCase(2541, null, true, TestName = "A_mode_that_is_gone_with_its_setuid_bit")]
    public void Permissions_change(int? before, int? now, bool changed)
    {
        var drift = Drift.Between(Of("1", [E("a", 1, "x") with { UnixMode = before }]), Of("1", [E("a", 1, "x") with { UnixMode = now }]));
        Assert.That(drift.Entries, changed ? Is.EqualTo(new[] { new EntryChange("a", ChangeKind.Changed, 1, 1) { Kind = EntryKind.Text, ModeBefore = before, Mode = now } }) : Is.Empty);
    }

    [Test]
    public void A_new_program_says_its_permissions() =>
        Assert.That(Drift.Between(Of("1", []), Of("1", [E("a", 1, "x") with { UnixMode = 493 }, E("b", 1, "x") with { UnixMode = 420 }])).Entries.Select(c => c.Mode), Is.EqualTo(new int?[] { 493, null }));

    [Test]
    public void What_packers_write_for_themselves_is_no_drift()
    {
        var before = Of("1.0.0", [E("[Content_Types].xml", 1, "a", EntryKind.Xml), E("_rels/.rels", 1, "a", EntryKind.Xml), E("lib/a.dll", 1, "x"), E("package/services/metadata/core-properties/0a.psmdcp", 1, "b", EntryKind.Xml), E(".signature.p7s", 9, "s", EntryKind.Der)]);
        var now = Of("1.0.0", [E("[Content_Types].xml", 2, "b", EntryKind.Xml), E("_rels/.rels", 3, "b", EntryKind.Xml), E("lib/a.dll", 1, "x"), E("package/services/metadata/core-properties/1c.psmdcp", 1, "c", EntryKind.Xml), new SnapshotEntry("lib/", EntryType.Directory, EntryKind.Empty, 0, null, null)]);
        Assert.That(Drift.Between(before, now).IsEmpty);
        Assert.That(Drift.Between(now, before).IsEmpty);
    }

    [Test]
    public void What_only_has_the_name_of_it_is()
    {
        var drift = Drift.Between(Of("1.0.0", []), Of("1.0.0", [E(".signature.p7s", 1, "a", EntryKind.Zip), E("package/services/metadata/core-properties/1c.psmdcp", 1, "c", EntryKind.Elf), E("package/services/x.psmdcp", 1, "c")]));
        Assert.That(drift.Entries.Select(e => e.Path), Is.EqualTo(new[] { ".signature.p7s", "package/services/metadata/core-properties/1c.psmdcp", "package/services/x.psmdcp" }));
        Assert.That(drift.NewFolders, Is.EqualTo(new[] { "package" }));
        // In other archives these are names like any other.
        Assert.That(Drift.Between(Of("1", [], ArtifactKind.Zip), Of("1", [E("_rels/.rels", 1, "x")], ArtifactKind.Zip)).Entries, Has.Count.EqualTo(1));
    }

    [Test]
    public void The_own_version_in_a_path_is_no_difference()
    {
        var before = Of("1.0.0", [E("lib/acme-1.0.0.js", 1, "x"), E("lib/v1.0.0/1.0.0.txt", 1, "x"), E("lib/x-11.0.0.js", 1, "x"), E("lib/y-1.0.0.1.js", 1, "x"), E("acme-1.0.0/z", 1, "x")]);
        var now = Of("1.1.0", [E("lib/acme-1.1.0.js", 2, "y"), E("lib/v1.1.0/1.1.0.txt", 1, "x"), E("lib/x-11.1.0.js", 1, "x"), E("lib/y-1.1.0.1.js", 1, "x"), E("acme-1.1.0/z", 1, "x")]);
        var drift = Drift.Between(before, now);
        Assert.That(drift.Entries.Select(e => $"{e.Change} {e.Path}"), Is.EqualTo(new[] { "Changed lib/acme-1.1.0.js", "Removed lib/x-11.0.0.js", "Added lib/x-11.1.0.js", "Removed lib/y-1.0.0.1.js", "Added lib/y-1.1.0.1.js" }));
        Assert.That(drift.NewFolders, Is.Empty);
    }

    [Test]
    public void A_version_is_also_known_as_NuGet_writes_it()
    {
        var drift = Drift.Between(Of("1.0.0.0", [E("a.1.0.0.txt", 1, "x")]), Of("1.1", [E("a.1.1.0.txt", 1, "x")]));
        Assert.That(drift.Entries, Is.Empty);
    }

    [Test]
    public void Of_two_entries_of_one_path_each_is_compared()
    {
        var drift = Drift.Between(Of("1", [E("a", 1, "x"), E("a", 2, "y")]), Of("1", [E("a", 1, "x"), E("a", 2, "y"), E("a", 3, "z")]));
        Assert.That(drift.Entries, Is.EqualTo(new[] { new EntryChange("a", ChangeKind.Added, null, 3) { Kind = EntryKind.Text } }));
    }

    [Test]
    public void Folders_at_the_top_and_kinds_are_new()
    {
        var drift = Drift.Between(Of("1", [E("lib/a", 1, "x")]), Of("1", [E("lib/b/c", 1, "x"), E("tools/a", 1, "x", EntryKind.Elf), E("x.zip", 1, "q", EntryKind.Zip), E("x.zip!/y/z", 1, "x"), E("e", 0, "", EntryKind.Empty)]));
        Assert.That(drift.NewFolders, Is.EqualTo(new[] { "tools" }));
        Assert.That(drift.NewKinds, Is.EqualTo(new[] { EntryKind.Zip, EntryKind.Elf }));
    }

    [Test]
    public void Scripts_are_new_or_say_something_else()
    {
        var before = Of("1", []) with { InstallScripts = Texts(("install", "a"), ("preinstall", "b"), ("gone", "x")) };
        var now = Of("1", []) with { InstallScripts = Texts(("install", "a"), ("preinstall", "c"), ("postinstall", "d")) };
        Assert.That(Drift.Between(before, now).InstallScripts, Is.EquivalentTo(Texts(("preinstall", "c"), ("postinstall", "d"))));
    }

    [Test]
    public void Dependencies_come_go_and_change()
    {
        var before = Of("1", []) with { Dependencies = [new("A", "1.0", "net8.0"), new("B", "1.0", "net8.0"), new("c", "1.0", "net8.0"), new("C", "1.0", "")] };
        var now = Of("1", []) with { Dependencies = [new("A", "2.0", "net8.0"), new("C", "1.0", "net8.0"), new("D", "1.0", "net8.0"), new("C", "1.0", "")] };
        Assert.That(Drift.Between(before, now).Dependencies, Is.EqualTo(new[]
        {
            new DependencyChange("A", "net8.0", ChangeKind.Changed, "1.0", "2.0"),
            new DependencyChange("B", "net8.0", ChangeKind.Removed, "1.0", null),
            new DependencyChange("D", "net8.0", ChangeKind.Added, null, "1.0"),
        }));
    }

    [Test]
    public void A_licence_comes_goes_and_changes_unless_the_baseline_does_not_say()
    {
        PackageLicense mit = new(LicenseKind.Expression, "MIT"), file = new(LicenseKind.File, "MIT");
        var none = DriftTests.Of("1", Array.Empty<string>());
        Assert.That(Of(mit, mit), Is.Null);
        Assert.That(Of(null, null), Is.Null);
        Assert.That(Of(null, mit), Is.EqualTo(new LicenseChange(null, mit)));
        Assert.That(Of(mit, null), Is.EqualTo(new LicenseChange(mit, null)));
        Assert.That(Of(mit, file), Is.EqualTo(new LicenseChange(mit, file)));
        Assert.That((Of(null, mit)!.Change, Of(mit, null)!.Change, Of(mit, file)!.Change), Is.EqualTo((ChangeKind.Added, ChangeKind.Removed, ChangeKind.Changed)));
        Assert.That(Drift.Between(none with { KnowsLicense = false }, none with { License = mit }).License, Is.Null);
        Assert.That(Drift.Between(none with { License = mit }, none with { License = file }).IsEmpty, Is.False);
        Assert.That(Drift.Between(none with { License = mit }, none with { License = mit }).IsEmpty, Is.True);

        LicenseChange? Of(PackageLicense? before, PackageLicense? now) => Drift.Between(none with { License = before }, none with { License = now }).License;
    }

    [Test]
    public void Exposure_is_new_where_a_rule_speaks_for_the_first_time_or_more_often()
    {
        var before = Of("1.0.0", []) with { Exposures = [X("RG2001", "a.map", "5 files"), X("RG2010", "lib/1.0.0/b", "/home/a"), X("RG4001", "c", "token 1"), X("RG2010", "d", "one")] };
        var now = Of("1.1.0", []) with
        {
            Exposures = [X("RG2001", "a.map", "6 files"), X("RG2001", "b.map", "6 files"), X("RG2010", "lib/1.1.0/b", "/home/b"), X("RG4001", "c", "token 2"), X("RG2010", "d", "one"), X("RG2010", "d", "two"), X("RG2001", null, "x")],
        };
        Assert.That(Drift.Between(before, now).Exposures, Is.EqualTo(new[] { X("RG4001", "c", "token 2"), X("RG2001", null, "x"), X("RG2001", "b.map", "6 files"), X("RG2010", "d", "two") }));
    }

    [Test]
    public void A_hundred_thousand_entries_are_compared()
    {
        var before = Of("1.0.0", [.. Enumerable.Range(0, 100_000).Select(i => E($"d{i % 7}/f{i:d6}-1.0.0", i, "x"))]);
        var now = Of("2.0.0", [.. Enumerable.Range(1, 100_000).Select(i => E($"d{i % 7}/f{i:d6}-2.0.0", i, "x"))]);
        var drift = Drift.Between(before, now);
        Assert.That(drift.Entries.Select(e => $"{e.Change} {e.Path}"), Is.EquivalentTo(new[] { "Removed d0/f000000-1.0.0", "Added d5/f100000-2.0.0" }));
    }

    [Test]
    public void A_new_secret_is_told_before_any_number_of_source_maps()
    {
        var maps = Enumerable.Range(0, 40).Select(i => X("RG2002", $"a{i:00}.map", "holds sources"));
        var now = Of("1.1.0", []) with { Exposures = [.. maps, X("RG3001", "src/a.cs", "is a source"), X("RG4001", "z/key", "holds a key")] };
        var drift = Drift.Between(Of("1.0.0", []), now);
        var artifact = DriftBaseline.Of(now);

        Assert.That(drift.Exposures.Take(3).Select(e => e.Rule.ToString()), Is.EqualTo(new[] { "RG4001", "RG3001", "RG2002" }));
        Assert.That(drift.ExposuresShown(5).Select(e => e.Path), Is.EqualTo(new[] { "z/key", "src/a.cs", "a00.map", "a01.map", "a02.map" }));
        // There is always room for one of each rule.
        Assert.That(drift.ExposuresShown(1).Select(e => e.Path), Is.EqualTo(new[] { "z/key", "src/a.cs", "a00.map" }));
        Assert.That(DriftText.Telling(drift, 5).Select(l => l.ToString()), Is.EqualTo(new[]
        {
            "! newly exposed: RG4001 z/key: holds a key", "! newly exposed: RG3001 src/a.cs: is a source", "! newly exposed: RG2002 a00.map: holds sources",
            "! newly exposed: RG2002 a01.map: holds sources", "! newly exposed: RG2002 a02.map: holds sources", "  and 37 more exposures",
        }));
        Assert.That(DriftMarkdown.Of(drift, artifact), Does.Contain("- **Newly exposed** RG4001 `z/key`: holds a key\n- **Newly exposed** RG3001 ").And.Contain("- and 32 more of these\n"));
    }

    [Test]
    public void What_is_many_and_worse_does_not_hide_other_rules()
    {
        var keys = Enumerable.Range(0, 40).Select(i => X("RG4001", $"k{i:00}", "holds a key"));
        var drift = Drift.Between(Of("1.0.0", []), Of("1.1.0", []) with { Exposures = [X("RG2002", "a.map", "holds sources"), .. keys] });
        Assert.That(drift.ExposuresShown(3).Select(e => e.Path), Is.EqualTo(new[] { "k00", "k01", "a.map" }));
        Assert.That(drift.ExposuresShown(41), Has.Count.EqualTo(41));
    }

    private static SnapshotExposure X(string rule, string? path, string message) => new(RuleId.Parse(rule), path, message);

    private static SnapshotEntry E(string path, long length, string content, EntryKind kind = EntryKind.Text) => new(path, EntryType.File, kind, length, Digest.Of(System.Text.Encoding.UTF8.GetBytes(content)), null);

    private static ImmutableSortedDictionary<string, string> Texts(params (string Key, string Value)[] texts) => ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, texts.Select(t => KeyValuePair.Create(t.Key, t.Value)));

    private static Snapshot Of(string version, string[] paths) => Of(version, Array.ConvertAll(paths, p => E(p, 1, p)));

    private static Snapshot Of(string version, SnapshotEntry[] entries, ArtifactKind kind = ArtifactKind.NuGetPackage) => new()
    {
        Path = "old", Name = "acme.nupkg", Kind = kind, Id = "Acme", Version = version, Length = 1000, Digest = default, Entries = entries,
    };
}
