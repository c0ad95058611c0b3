using System.Collections.Immutable;
using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Reporting;

// Waivers, drift and what needs approval.
public sealed partial class ReportReader
{
    private static DateOnly Day(ReportJson value) =>
        DateOnly.TryParseExact(value.Text(), JsonReporter.DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : throw value.Mistake("a day like 2026-04-01 is expected here");

    private static DateTime Time(ReportJson value) =>
        DateTime.TryParseExact(value.Text(), JsonReporter.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time : throw value.Mistake("a time like 2026-04-01T09:30:00Z is expected here");

    private static List<WaiverState> WaiversOf(ReportJson waivers)
    {
        var states = new List<WaiverState>();
        foreach (var waiver in waivers.Array())
        {
            var keys = waiver.Object("id", "rule", "path", "artifact", "sha256", "owner", "approver", "ticket", "reason", "since", "expires", "daysLeft", "used", "uses", "price", "file", "line", "column");
            var place = PlaceOf(keys)!;
            var read = new Waiver(keys["id"].Text(), keys["rule"].Rule(), keys["path"].Text(), keys["owner"].Text(), keys["reason"].Text(), Day(keys["expires"]), place)
            {
                Artifact = keys["artifact"].TextOrNull() is { } name ? new ManifestPattern(Glob.TryParseArtifactName(name, out var glob, out _) ? glob : throw keys["artifact"].Mistake("a glob over artifact names is expected here"), place) : null,
                Sha256 = keys["sha256"].IsNull ? null : keys["sha256"].Sha256(),
                Approver = keys["approver"].TextOrNull(),
                Ticket = keys["ticket"].TextOrNull(),
                Since = keys["since"].IsNull ? null : Day(keys["since"]),
            };
            // Joined reports of several manifests may have one name in each.
            if (states.Exists(s => s.Waiver.IsSameAs(read))) throw keys["id"].Mistake("a waiver of this name is there twice");
            var state = new WaiverState(read, keys["uses"].Count(), keys["daysLeft"].Integer()) { Price = keys["price"].AmountOrNull() };
            if (keys["used"].Truth() != state.Uses > 0) throw keys["used"].Mistake("it contradicts the number of uses");
            states.Add(state);
        }

        return states;
    }

    private static ManifestLocation? PlaceOf(Dictionary<string, ReportJson> keys) =>
        keys["file"].TextOrNull() is { } file ? new ManifestLocation(file, (int)(keys["line"].NumberOrNull() ?? 0), (int)(keys["column"].NumberOrNull() ?? 0)) : null;

    private static List<PolicyChange> ChangesOf(ReportJson changes)
    {
        var read = new List<PolicyChange>();
        foreach (var change in changes.Array())
        {
            var keys = change.Object("what", "file", "line", "column");
            read.Add(new PolicyChange(keys["what"].Text(), PlaceOf(keys)));
        }

        return read;
    }

    private static Drift? DriftOf(ReportJson drift)
    {
        if (drift.IsNull) return null;
        var keys = drift.ObjectWithOptional("license", "baseline", "entries", "newKinds", "newFolders", "installScripts", "dependencies", "exposures");
        var baseline = keys["baseline"].Object("path", "name", "version", "sha256", "size", "entries");
        var entries = new List<EntryChange>();
        foreach (var entry in keys["entries"].Array())
        {
            var own = entry.Object("path", "change", "before", "after", "kindBefore", "kind", "modeBefore", "mode");
            entries.Add(new EntryChange(own["path"].Text(), Change(own["change"]), own["before"].NumberOrNull(), own["after"].NumberOrNull())
            {
                KindBefore = own["kindBefore"].IsNull ? null : own["kindBefore"].Name<EntryKind>(),
                Kind = own["kind"].IsNull ? null : own["kind"].Name<EntryKind>(),
                ModeBefore = (int?)own["modeBefore"].NumberOrNull(),
                Mode = (int?)own["mode"].NumberOrNull(),
            });
        }

        var dependencies = new List<DependencyChange>();
        foreach (var dependency in keys["dependencies"].Array())
        {
            var own = dependency.Object("id", "group", "change", "before", "after");
            dependencies.Add(new DependencyChange(own["id"].Text(), own["group"].Text(), Change(own["change"]), own["before"].TextOrNull(), own["after"].TextOrNull()));
        }

        var exposures = new List<SnapshotExposure>();
        foreach (var exposure in keys["exposures"].Array())
        {
            var own = exposure.Object("rule", "path", "message");
            exposures.Add(new SnapshotExposure(own["rule"].Rule(), own["path"].TextOrNull(), own["message"].Text()));
        }

        return new Drift(
            new DriftBaseline(baseline["path"].Text(), baseline["name"].Text(), baseline["version"].TextOrNull(), baseline["sha256"].Sha256(), baseline["size"].Number(), baseline["entries"].Count()),
            entries,
            keys["newKinds"].Array().ConvertAll(k => k.Name<EntryKind>()),
            keys["newFolders"].Array().ConvertAll(f => f.Text()),
            ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, keys["installScripts"].Texts()),
            dependencies,
            exposures)
        {
            License = keys.GetValueOrDefault("license") is { IsNull: false } license ? LicenseChangeOf(license) : null,
        };
    }

    private static LicenseChange LicenseChangeOf(ReportJson license)
    {
        var own = license.Object("change", "before", "after");
        var change = new LicenseChange(LicenseOf(own["before"]), LicenseOf(own["after"]));
        return change.Change == Change(own["change"]) && change.Before != change.After ? change : throw own["change"].Mistake("it does not say what before and after show");
    }

    /// <summary>A declared licence, or null.</summary>
    internal static PackageLicense? LicenseOf(ReportJson license)
    {
        if (license.IsNull) return null;
        var own = license.Object("kind", "text");
        return new PackageLicense(own["kind"].Name<LicenseKind>(), own["text"].Text());
    }

    private static ChangeKind Change(ReportJson change) => change.Text() switch
    {
        "added" => ChangeKind.Added,
        "removed" => ChangeKind.Removed,
        "changed" => ChangeKind.Changed,
        _ => throw change.Mistake("added, removed or changed is expected here"),
    };
}
