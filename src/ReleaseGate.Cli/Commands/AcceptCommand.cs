using System.CommandLine;
using System.Globalization;
using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate accept</c>: adds to the manifest what a report names as not listed. What other rules block it leaves alone.</summary>
internal sealed class AcceptCommand
{
    public const string Name = "accept";

    private const int Shown = 20;
    private const int UsualDays = 30;

    public static readonly string[] Examples =
    [
        "releasegate accept report.json",
        "releasegate accept report.json --path \"lib/**\" --dry-run",
        "releasegate accept report.json --rule RG1001 --manifest eng/releasegate.json",
    ];

    private readonly Argument<string> _report = new("REPORT") { Description = "The report of the last check, as '--json' and the build write it." };

    private readonly Option<string?> _manifest = new("--manifest") { HelpName = "FILE", Description = "The manifest. Default: the one of the report, or releasegate.json here or above." };

    private readonly Option<string[]> _rule = new("--rule") { HelpName = "ID", Description = "Accept only findings of this rule: RG1001, RG1008. May be given several times." };

    private readonly Option<string[]> _path = new("--path") { HelpName = "GLOB", Description = "Accept only entries that match. May be given several times." };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Say what would be added, and write nothing." };

    private AcceptCommand()
    {
    }

    public static Command Create(Surroundings surroundings)
    {
        var accept = new AcceptCommand();
        var command = new Command(Name, "Adds to the manifest the entries that the last report names as not listed, for review.")
        {
            accept._report, accept._manifest, accept._rule, accept._path, accept._dryRun,
        };
        command.SetAction(parsed => accept.Run(parsed, surroundings));
        return command;
    }

    private int Run(ParseResult parsed, Surroundings surroundings)
    {
        if (CheckCommand.HasUnknownOption(Name, parsed, [parsed.GetRequiredValue(_report)], surroundings)) return ExitCode.CouldNotRun;
        var rules = new HashSet<RuleId>();
        foreach (var text in parsed.GetValue(_rule) ?? [])
        {
            if (!RuleId.TryParse(text.ToUpperInvariant(), out var id) || id.ToString() is not ("RG1001" or "RG1008")) return surroundings.Refuse($"'--rule {EntryPath.Printable(text)}': a list settles findings of RG1001 and RG1008 only; for others see 'releasegate waive --help'");
            rules.Add(id);
        }

        var globs = new List<Glob>();
        foreach (var text in parsed.GetValue(_path) ?? [])
        {
            if (!Glob.TryParse(text, out var glob, out var mistake)) return surroundings.Refuse($"'--path {EntryPath.Printable(text)}' is no pattern: {mistake}");
            globs.Add(glob);
        }

        var report = new ReportReader(surroundings.Files).Read(surroundings.FullPath(parsed.GetRequiredValue(_report)));
        if (report.SeveralManifests) return surroundings.Refuse("the report joins runs with different manifests; accept each of them by its own report");
        if (report.Passed)
        {
            surroundings.Output.WriteLine("the report has passed, so there is nothing to accept");
            return ExitCode.Passed;
        }

        var edit = Manifest(surroundings, report, parsed.GetValue(_manifest), out var file);
        var manifest = edit.Read();
        if (manifest.Digest != report.Manifest.Digest)
            // A manifest that is yet to be written has the digest of the profile that it extends in its place.
            if (!IsOfProfile(report) || new ManifestReader(surroundings.Files).ReadProfile(report.Manifest.Name).Digest != report.Manifest.Digest)
                return surroundings.Refuse($"{EntryPath.Printable(surroundings.Shown(file))} is not, or is no longer, the manifest of this report; check again with '--json', then accept that report");

        var acceptance = Acceptance.Of(report, manifest, (rule, path) => (rules.Count == 0 || rules.Contains(rule)) && (globs.Count == 0 || globs.Exists(g => g.IsMatch(path))));
        Add(edit, acceptance.Patterns, DateOnly.FromDateTime(surroundings.Time.GetUtcNow().UtcDateTime));
        acceptance.Verify(edit.Read());
        var dry = parsed.GetValue(_dryRun);
        if (acceptance.Patterns.Count > 0 && !dry) edit.Save();
        Say(surroundings, acceptance, surroundings.Shown(file), dry);
        return acceptance.Left.Count == 0 ? ExitCode.Passed : ExitCode.Blocked;
    }

    private static bool IsOfProfile(GateReport report) => ManifestReader.ProfileNames.Contains(report.Manifest.Name, StringComparer.Ordinal);

    /// <summary>The manifest the report was judged by, or a new one on top of the profile that served in its place.</summary>
    private static ManifestEdit Manifest(Surroundings surroundings, GateReport report, string? named, out string file)
    {
        var (files, path) = (surroundings.Files, surroundings.Files.Path);
        var found = new ManifestSearch(files).Find(surroundings.CurrentDirectory);
        if (IsOfProfile(report))
        {
            file = named is not null ? surroundings.FullPath(named) : found ?? path.Combine(surroundings.CurrentDirectory, ManifestSearch.FileName);
            if (files.File.Exists(file)) throw new GateException(GateRules.ManifestInvalid.Id, $"the report was judged by the profile '{report.Manifest.Name}', and there is a manifest; check again with '--json', then accept that report", file);
            return ManifestEdit.Create(files, file, $$"""
                // Written by 'releasegate accept': what may ship on top of what the profile '{{report.Manifest.Name}}' lets ship.
                {
                  "$schema": "{{ManifestReader.SchemaAddress}}",
                  "extends": "{{report.Manifest.Name}}"
                }

                """.ReplaceLineEndings("\n"));
        }

        file = named is not null ? surroundings.FullPath(named)
            : path.IsPathFullyQualified(report.Manifest.Name) && files.File.Exists(report.Manifest.Name) ? report.Manifest.Name
            : found ?? throw new GateException(GateRules.ManifestInvalid.Id, $"the manifest of the report ({EntryPath.Printable(report.Manifest.Name)}) is not here; name it with '--manifest'");
        return ManifestEdit.Open(files, file);
    }

    private static void Add(ManifestEdit edit, IReadOnlyList<AcceptedPattern> patterns, DateOnly day)
    {
        foreach (var section in patterns.GroupBy(p => (p.Section, p.Match)))
        {
            var lines = section.Select(p => p.Line(day)).ToArray();
            if (section.Key.Section >= 0) edit.Append(section.Key.Section, "allow", lines);
            else edit.Append("artifacts", [ManifestElement.Section(section.Key.Match, lines)]);
        }
    }

    private static void Say(Surroundings surroundings, Acceptance acceptance, string file, bool dry)
    {
        var said = surroundings.Output;
        if (acceptance.Patterns.Count > 0)
        {
            said.WriteLine($"{(dry ? "would add" : "added")} to {EntryPath.Printable(file)}:");
            foreach (var section in acceptance.Patterns.GroupBy(p => p.Match))
            {
                said.WriteLine($"  {EntryPath.Printable(section.Key)}:");
                foreach (var pattern in section) said.WriteLine($"    {ManifestAdvice.Quoted(pattern.Pattern)}: {pattern.Comment}");
            }
        }

        if (acceptance.Left.Count > 0)
        {
            said.WriteLine(acceptance.Patterns.Count > 0 ? "left, since a list does not settle it:" : "nothing was added; a list settles nothing of what blocks:");
            foreach (var left in acceptance.Left.OrderBy(Rank).Take(Shown)) Say(surroundings, left);
            if (acceptance.Left.Count > Shown) said.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  and {acceptance.Left.Count - Shown:#,0} more"));
        }

        if (acceptance.Patterns.Count > 0 && !dry) said.WriteLine(acceptance.Left.Count == 0 ? "next: read what was added, check again, and have it reviewed" : "next: read what was added, mend the rest, then check again");
    }

    // The worst first: a secret before all, and last what only waits for somebody to list it.
    private static int Rank(LeftFinding left)
    {
        var id = left.Judged.Finding.Rule.Id;
        return id.IsBuiltIn && id.ToString()[2] == '4' ? 0 : id.ToString() is "RG1001" or "RG1008" ? 2 : 1;
    }

    private static void Say(Surroundings surroundings, LeftFinding left)
    {
        var finding = left.Judged.Finding;
        surroundings.Output.WriteLine($"  {finding.Path?.ToString() ?? EntryPath.Printable(left.Verdict.Inventory.Name)}: {finding.Rule.Id}: {EntryPath.Printable(finding.Message)}. {EntryPath.Printable(left.Why)}");
        if (!left.IsForWaiver) return;
        if (finding.Path?.Value is { } path && (EntryPath.Printable(path) != path || path.AsSpan().IndexOfAny('\\', '*') >= 0))
        {
            surroundings.Output.WriteLine("    such a name can't be waived from the command line; mend the name");
            return;
        }

        var expires = DateOnly.FromDateTime(surroundings.Time.GetUtcNow().UtcDateTime).AddDays(UsualDays).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        surroundings.Output.WriteLine($"    releasegate waive {finding.Rule.Id} {EntryPath.Printable(ShellWord.Quoted(finding.Path?.Value ?? Waiver.WholeArtifact))} --reason TEXT --owner NAME --expires {expires}");
    }
}
