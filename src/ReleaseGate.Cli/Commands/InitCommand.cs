using System.CommandLine;
using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate init</c>: a manifest from an artifact that is known to be good.</summary>
internal static class InitCommand
{
    public const string Name = "init";

    private const int Shown = 20;

    public static readonly string[] Examples =
    [
        "releasegate init bin/Release/Acme.1.0.0.nupkg",
        "releasegate init acme-cli-1.0.0.tgz --output packages/cli/releasegate.json",
        "releasegate init publish --as directory --output -",
        "releasegate init acme-cli-1.0.0.tgz --profile open",
    ];

    public static Command Create(Surroundings surroundings)
    {
        var artifact = new Argument<string>("ARTIFACT") { Description = "A package, or with '--as directory' a folder, that holds what it should hold." };
        var output = new Option<string>("--output") { HelpName = "FILE", Description = "Where to; '-' prints it.", DefaultValueFactory = _ => ManifestSearch.FileName };
        var force = new Option<bool>("--force") { Description = "Overwrite the file." };
        var profile = new Option<string>("--profile") { HelpName = "NAME", Description = "The profile it is good by; 'open' lets sources, maps and symbols ship.", DefaultValueFactory = _ => ManifestReader.DefaultProfile };
        var asDirectory = new Option<string?>("--as") { HelpName = "directory", Description = "Take a folder as the artifact itself, e.g. the output of a publish." }.AcceptOnlyFromAmong("directory");
        var command = new Command(Name, "Writes a manifest that allows what an artifact holds now, by role.") { artifact, output, force, profile, asDirectory };
        command.SetAction(parsed => Run(surroundings, parsed.GetRequiredValue(artifact), parsed.GetRequiredValue(output), parsed.GetValue(force), parsed.GetRequiredValue(profile), parsed.GetValue(asDirectory) is not null));
        return command;
    }

    private static int Run(Surroundings surroundings, string path, string output, bool force, string profile, bool asDirectory)
    {
        var file = output == "-" ? null : surroundings.FullPath(output);
        if (file is not null && !force && (surroundings.Files.File.Exists(file) || surroundings.Files.Directory.Exists(file)))
        {
            surroundings.Error.WriteLine($"releasegate: error: '{EntryPath.Printable(output)}' exists; '--force' overwrites it, '--output FILE' writes another");
            return ExitCode.CouldNotRun;
        }

        var reader = new ManifestReader(surroundings.Files);
        var judgedBy = reader.ReadProfile(profile);
        if (!asDirectory && surroundings.Files.Directory.Exists(surroundings.FullPath(path)))
        {
            // As for 'check', a folder stands for the packages in it, and a manifest is written from one artifact.
            var packages = new Gate(surroundings.Files).Find(new GateRequest { Artifacts = [path], SearchFrom = surroundings.CurrentDirectory });
            var named = string.Join(", ", packages.Take(Shown).Select(EntryPath.Printable)) + (packages.Count > Shown ? " …" : "");
            surroundings.Error.WriteLine($"releasegate: error: folder '{EntryPath.Printable(path)}' holds packages: {named}; name one of them, or add '--as directory' to take the folder itself");
            return ExitCode.CouldNotRun;
        }

        var report = InspectCommand.Inventory(surroundings, path, asDirectory);
        var verdict = report.Verdicts[0];
        var unreadable = false;
        foreach (var judged in verdict.Findings)
        {
            if (judged.Finding.Rule.Id != GateRules.Uninspectable.Id) continue;
            surroundings.Error.WriteLine(Diagnostic.From(report.Request, verdict, judged).ToString());
            unreadable = true;
        }

        if (unreadable || !verdict.Inventory.Entries.Any(e => e.Type == EntryType.File))
        {
            surroundings.Error.WriteLine("releasegate: error: nothing was written: " + (unreadable
                ? "what cannot be read cannot be known to be good; mend what stands above, then run init again"
                : $"there is not a single file in '{EntryPath.Printable(path)}', so there is nothing to list; check the path, and that the build really made it, then run init again"));
            return ExitCode.CouldNotRun;
        }

        var findings = verdict.Findings.Select(f => f.Finding).ToArray();
        var manifest = ManifestWriter.Write(verdict.Inventory, findings, judgedBy);
        // Where the manifest goes to standard output, nothing else does.
        var said = file is null ? surroundings.Error : surroundings.Output;
        if (file is null) surroundings.Output.Write(manifest);
        else ReportFile.Write(surroundings.Files, file, stream => stream.Write(Encoding.UTF8.GetBytes(manifest)));

        var withheld = ManifestWriter.Withheld(verdict.Inventory, findings, judgedBy);
        var blocking = ManifestWriter.Blocking(findings, verdict.Inventory, judgedBy.For(verdict.Inventory.Name, verdict.Inventory.Kind == ArtifactKind.Directory)).ToArray();
        var about = blocking.Where(f => f.Path is null || !withheld.Any(w => w.Findings.Contains(f))).ToArray();
        var check = $"releasegate check {EntryPath.Printable(path)}{(verdict.Inventory.Kind == ArtifactKind.Directory ? " --as directory" : "")}{(output == ManifestSearch.FileName ? "" : $" --manifest {(file is null ? "FILE" : EntryPath.Printable(output))}")}";
        if (withheld.Count == 0 && about.Length == 0)
        {
            if (file is null) return ExitCode.Passed;
            surroundings.Output.WriteLine($"wrote {EntryPath.Printable(output)}; read it once, then commit it");
            // Nobody should have to take our word for it.
            var judgedByIt = surroundings.Check(report.Request with { Profile = null, Manifest = file }, report.Started, null, surroundings.Cancel).Verdicts[0];
            surroundings.Output.WriteLine(judgedByIt.Passed ? $"the artifact passes by it: {check}" : $"the artifact is still blocked, since no list can settle everything in it: {check}");
            return judgedByIt.Passed ? ExitCode.Passed : ExitCode.Blocked;
        }

        said.WriteLine($"wrote {(file is null ? "the manifest" : EntryPath.Printable(output))}; the artifact does not pass by it");
        if (withheld.Count > 0) said.WriteLine("left out, as comments in the manifest:");
        foreach (var held in withheld.Take(Shown)) said.WriteLine($"  {held.Entry.Path}: {(held.Findings.Count == 0 ? "a hidden file; does it belong here?" : $"blocked by {held.Reason}: {held.Said}")}");
        if (withheld.Count > Shown) said.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  and {withheld.Count - Shown:#,0} more"));
        if (about.Length > 0) said.WriteLine("blocked, whatever is listed:");
        foreach (var finding in about.Take(Shown)) said.WriteLine($"  {finding.Path?.ToString() ?? EntryPath.Printable(verdict.Inventory.Name)}: {finding.Rule.Id}: {EntryPath.Printable(finding.Message)}");
        if (about.Length > Shown) said.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  and {about.Length - Shown:#,0} more"));
        said.WriteLine($"next: mend the build so that the artifact no longer holds these, build it again, run init again with --force (or uncomment the lines of what belongs there), then: {check}");
        if (withheld.Count > 0) said.WriteLine("what belongs there: uncomment its line; 'releasegate explain RULE' says what else its rule asks for");
        if (profile == ManifestReader.DefaultProfile && blocking.Any(f => reader.ReadProfile("open").Rules.ContainsKey(f.Rule.Id)))
            said.WriteLine("sources, maps and symbols that ship on purpose, as open-source projects do, are let through by '--profile open'");
        return ExitCode.Blocked;
    }
}
