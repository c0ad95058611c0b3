using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Reporting;

/// <summary>A line about a drift.</summary>
/// <param name="Sign"><c>+</c> for what is new, <c>-</c> for what is gone, <c>~</c> for what changed, <c>!</c> for what somebody should look at, a blank for the rest.</param>
/// <param name="Text">The line, fit to be printed; without the sign.</param>
internal sealed record DriftLine(char Sign, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => Sign == ' ' && Text.Length == 0 ? "" : $"{Sign} {Text}";
}

/// <summary>What became different since the baseline, in words. Every output for people has its lines from here; names from artifacts in them are printable and on one line.</summary>
internal static class DriftText
{
    /// <summary>How many lines about entries are enough for a first look.</summary>
    public const int UsualLines = 60;

    private const int MostTold = 20;
    private const int FewTold = 5;
    private const int MostText = 300;

    /// <summary>One line, e.g. <c>compared with Acme 1.0.0: 3 entries added, 1 removed, 12.3 KB larger (+4 %)</c>.</summary>
    /// <param name="drift">What is different.</param>
    /// <param name="length">Bytes on disk now.</param>
    /// <param name="version">The package's version now, or null.</param>
    public static string Summary(Drift drift, long length, string? version)
    {
        var order = Order(drift.Baseline, version) ?? 1;
        var text = new StringBuilder("compared with ").Append(NameOf(drift.Baseline));
        // Somebody may have named the wrong file, or work on an older line.
        if (order < 0) text.Append(", which is newer");
        if (order == 0) text.Append(", which has the same version");
        return text.Append(": ").Append(Counts(drift)).Append(", ").Append(Size(drift.Baseline.Length, length)).ToString();
    }

    /// <summary>Less than 0 where a version comes before that of a baseline, 0 where both are the same; null where one has none.</summary>
    public static int? Order(DriftBaseline baseline, string? version) =>
        PackageVersion.Parse(version) is { } now && PackageVersion.Parse(baseline.Version) is { } before ? PackageVersion.Compare(now, before) : null;

    /// <summary>What is said where no entry is different.</summary>
    public static string Nothing(Drift drift, DriftBaseline now) =>
        drift.Baseline.Digest == now.Digest ? "both are the same bytes" : "nothing that an entry shows is different; times, order or compression may be";

    /// <summary>What somebody should look at, one a line: exposure, scripts, folders, kinds, permissions, licence, dependencies. Empty where there is none.</summary>
    /// <param name="drift">What is different.</param>
    /// <param name="most">How many of each at most; of exposures at least one of each rule.</param>
    public static IReadOnlyList<DriftLine> Telling(Drift drift, int most = MostTold)
    {
        var lines = new List<DriftLine>();
        Add(drift.Exposures, drift.ExposuresShown(most), e => new DriftLine('!', $"newly exposed: {e.Rule}{(e.Path is { } path ? " " + Name(path) : "")}: {Cut(e.Message)}"), "exposures");
        AddAll([.. drift.InstallScripts], s => new DriftLine('!', $"newly runs when it is installed: {Name(s.Key)}: {Cut(s.Value)}"), "scripts");
        AddAll(drift.NewFolders, f => new DriftLine('!', $"new top folder: {Name(f)}/"), "folders");
        if (drift.NewKinds.Count > 0) lines.Add(new DriftLine('!', $"new {(drift.NewKinds.Count == 1 ? "kind" : "kinds")} of files: {string.Join(", ", drift.NewKinds)}"));
        AddAll([.. drift.Entries.Where(e => e.Mode is not null || e.ModeBefore is not null)], e => new DriftLine('!', $"permissions: {Name(e.Path)}: {Modes(e)}"), "permissions");
        if (drift.License is { } license) lines.Add(new DriftLine('!', $"licence: {Name(LicenseChange.Words(license.Before))} -> {Name(LicenseChange.Words(license.After))}"));
        AddAll(drift.Dependencies, d => new DriftLine(SignOf(d.Change), $"dependency: {Name(d.Id)} {Ranges(d)}{(d.Group.Length == 0 ? "" : $" ({Name(d.Group)})")}"), "dependencies");
        return lines;

        void AddAll<T>(IReadOnlyList<T> all, Func<T, DriftLine> line, string what) => Add(all, [.. all.Take(most)], line, what);

        void Add<T>(IReadOnlyList<T> all, IReadOnlyList<T> shown, Func<T, DriftLine> line, string what)
        {
            foreach (var item in shown) lines.Add(line(item));
            if (all.Count > shown.Count) lines.Add(new DriftLine(' ', string.Create(CultureInfo.InvariantCulture, $"and {all.Count - shown.Count:#,0} more {what}")));
        }
    }

    /// <summary>The lines about one artifact of a run; none where it has no baseline.</summary>
    public static IReadOnlyList<string> Of(Verdict verdict)
    {
        if (verdict.Drift is not { } drift) return [];
        var lines = new List<string> { $"  {Summary(drift, verdict.Inventory.Length, verdict.Inventory.Package?.Version)}" };
        foreach (var line in Telling(drift, FewTold)) lines.Add($"  {line}");
        return lines;
    }

    /// <summary>What was not compared, one line an artifact; and one in a run that limits growth and names no baseline.</summary>
    public static IReadOnlyList<string> Hints(GateReport report)
    {
        var hints = new List<string>();
        if (report.Request.AsPlanned || report.Request.Unfinished) return hints;
        foreach (var verdict in report.Verdicts)
        {
            if (verdict.Drift is not null) continue;
            if (report.Request.Baselines.Count > 0)
            {
                hints.Add($"{EntryPath.Printable(verdict.Inventory.Name)}: no baseline is there to compare it with");
            }
            else if (verdict.Policy.Limits.Growth is not null)
            {
                ManifestLocation? location = null;
                foreach (var section in verdict.Policy.Sections)
                    if (section.Limits.Growth is not null) location ??= section.Limits.Location;
                var text = $"{verdict.Inventory.Name}: the manifest limits its growth, and no baseline was named, so nothing was compared: name what was released before ('--baseline', ReleaseGateBaseline)";
                hints.Add(new Diagnostic(location?.File ?? verdict.Path, location?.Line ?? 0, location?.Column ?? 0, Severity.Note, UnexpectedGrowth.RuleId, EntryPath.Printable(text), null).ToString());
                return hints;
            }
        }

        return hints;
    }

    /// <summary>How many entries came, went and changed, e.g. <c>3 entries added, 1 removed</c>.</summary>
    public static string Counts(Drift drift)
    {
        var counts = new int[3];
        foreach (var change in drift.Entries) counts[(int)change.Change]++;
        var text = new StringBuilder();
        foreach (var (change, word) in ((ChangeKind, string)[])[(ChangeKind.Added, "added"), (ChangeKind.Removed, "removed"), (ChangeKind.Changed, "changed")])
        {
            if (counts[(int)change] is not (> 0 and var count)) continue;
            var noun = text.Length > 0 ? "" : count == 1 ? "entry " : "entries ";
            text.Append(text.Length == 0 ? "" : ", ").Append(CultureInfo.InvariantCulture, $"{count:#,0} {noun}{word}");
        }

        return text.Length == 0 ? "no entry is different" : text.ToString();
    }

    /// <summary>How much larger it is, e.g. <c>12.3 KB larger (+4 %)</c>.</summary>
    public static string Size(long before, long now)
    {
        if (before == now) return "of the same size";
        var part = before == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({Percent((double)(now - before) / before)})");
        return $"{ByteSize.Format(Math.Abs(now - before))} {(now > before ? "larger" : "smaller")}{part}";
    }

    /// <summary>The name and version of a baseline, printable.</summary>
    public static string NameOf(DriftBaseline baseline) => Cut(baseline.Name);

    /// <summary>
    /// The entries as a tree: how many bytes came or went, and the name. Folders stand for what is in them where there is not room for all; those that changed most are opened first.
    /// </summary>
    /// <param name="drift">What is different.</param>
    /// <param name="most">How many lines at most.</param>
    /// <param name="width">How many columns, the sign included; a name that does not fit is cut in its middle.</param>
    public static IReadOnlyList<DriftLine> Tree(Drift drift, int most = UsualLines, int width = 80) => new DriftTree(drift.Entries).Lines(most, width);

    /// <summary>A name of an artifact as it is shown: printable, and not endless.</summary>
    internal static string Name(string name) => Cut(name);

    internal static string Cut(string text, int most = MostText) => Columns.Cut(EntryPath.Printable(text), most);

    internal static char SignOf(ChangeKind change) => change switch
    {
        ChangeKind.Added => '+',
        ChangeKind.Removed => '-',
        _ => '~',
    };

    internal static string WordOf(ChangeKind change) => change switch
    {
        ChangeKind.Added => "added",
        ChangeKind.Removed => "removed",
        _ => "changed",
    };

    /// <summary>Bytes that came or went, e.g. <c>+12.3 KB</c>.</summary>
    internal static string Signed(long bytes) => bytes == 0 ? "0 bytes" : $"{(bytes > 0 ? "+" : "-")}{ByteSize.Format(Math.Abs(bytes))}";

    /// <summary>What an entry is and was, where that changed; or "".</summary>
    internal static string Details(EntryChange change)
    {
        var text = new StringBuilder();
        if (change is { KindBefore: { } was, Kind: { } now }) text.Append(CultureInfo.InvariantCulture, $"{was} -> {now}");
        if (change.Mode is not null || change.ModeBefore is not null) text.Append(text.Length > 0 ? ", " : "").Append(Modes(change));
        return text.ToString();
    }

    private static string Modes(EntryChange change) =>
        change.ModeBefore is null ? Octal(change.Mode) : $"{Octal(change.ModeBefore)} -> {Octal(change.Mode)}";

    private static string Octal(int? mode) => mode is { } bits ? Convert.ToString(bits, 8).PadLeft(3, '0') : "none";

    private static string Ranges(DependencyChange change) => change.Change switch
    {
        ChangeKind.Added => Name(change.After ?? ""),
        ChangeKind.Removed => Name(change.Before ?? ""),
        _ => $"{Name(change.Before ?? "")} -> {Name(change.After ?? "")}",
    };

    private static string Percent(double share) => (share < 0 ? "" : "+") + Money.Percent(share);
}
