using System.CommandLine;
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

    public static readonly string[] Examples =
    [
        "releasegate init bin/Release/Acme.1.0.0.nupkg",
        "releasegate init acme-cli-1.0.0.tgz --output packages/cli/releasegate.json",
        "releasegate init publish --output -",
        "releasegate init acme-cli-1.0.0.tgz --profile open",
    ];

    public static Command Create(Surroundings surroundings)
    {
        var artifact = new Argument<string>("ARTIFACT") { Description = "A package or a folder that holds what it should hold." };
        var output = new Option<string>("--output") { HelpName = "FILE", Description = "Where to; '-' prints it.", DefaultValueFactory = _ => ManifestSearch.FileName };
        var force = new Option<bool>("--force") { Description = "Overwrite the file." };
        var profile = new Option<string>("--profile") { HelpName = "NAME", Description = "The profile it is good by; 'open' lets sources, maps and symbols ship.", DefaultValueFactory = _ => ManifestReader.DefaultProfile };
        var command = new Command(Name, "Writes a manifest that allows what an artifact holds now, by role.") { artifact, output, force, profile };
        command.SetAction(parsed => Run(surroundings, parsed.GetRequiredValue(artifact), parsed.GetRequiredValue(output), parsed.GetValue(force), parsed.GetRequiredValue(profile)));
        return command;
    }

    private static int Run(Surroundings surroundings, string path, string output, bool force, string profile)
    {
        var file = output == "-" ? null : surroundings.FullPath(output);
        if (file is not null && !force && (surroundings.Files.File.Exists(file) || surroundings.Files.Directory.Exists(file)))
        {
            surroundings.Error.WriteLine($"releasegate: error: '{EntryPath.Printable(output)}' exists; '--force' overwrites it, '--output FILE' writes another");
            return ExitCode.CouldNotRun;
        }

        var judgedBy = new ManifestReader(surroundings.Files).ReadProfile(profile);
        var report = InspectCommand.Inventory(surroundings, path);
        var verdict = report.Verdicts[0];
        var unreadable = false;
        foreach (var judged in verdict.Findings)
        {
            if (judged.Finding.Rule.Id != GateRules.Uninspectable.Id) continue;
            surroundings.Error.WriteLine(Diagnostic.From(report.Request, verdict, judged).ToString());
            unreadable = true;
        }

        // What could not be read cannot be known to be good.
        if (unreadable) return ExitCode.Blocked;

        var manifest = ManifestWriter.Write(verdict.Inventory, verdict.Findings.Select(f => f.Finding), judgedBy);
        if (file is null)
        {
            surroundings.Output.Write(manifest);
            return ExitCode.Passed;
        }

        ReportFile.Write(surroundings.Files, file, stream => stream.Write(Encoding.UTF8.GetBytes(manifest)));
        var isFolder = verdict.Inventory.Kind == ArtifactKind.Directory;
        var check = $"releasegate check {EntryPath.Printable(path)}{(isFolder ? " --as directory" : "")}{(output == ManifestSearch.FileName ? "" : $" --manifest {EntryPath.Printable(output)}")}";
        surroundings.Output.WriteLine($"wrote {EntryPath.Printable(output)}; read it once, then commit it");

        // A list of what is there does not make it harmless: other rules may still object.
        var judgedByIt = surroundings.Check(report.Request with { Profile = null, Manifest = file }, report.Started, null, surroundings.Cancel).Verdicts[0];
        surroundings.Output.WriteLine(judgedByIt.Passed ? $"the artifact passes by it: {check}" : $"the artifact is still blocked by rules that no list satisfies: {check}");
        if (!judgedByIt.Passed && profile == ManifestReader.DefaultProfile)
            surroundings.Output.WriteLine("sources, maps and symbols that ship on purpose, as open-source projects do, are let through by '--profile open'");
        return ExitCode.Passed;
    }
}
