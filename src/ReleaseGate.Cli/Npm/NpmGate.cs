using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Cli.Commands;
using ReleaseGate.Governance;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Npm;

/// <summary>
/// The run behind <c>releasegate npm</c>: the real <c>npm pack</c> into a stage, the tarballs that lie there through the gate, and what has
/// passed to the output folder, byte for byte.
/// </summary>
internal sealed class NpmGate
{
    private readonly NpmArguments _arguments;
    private readonly Surroundings _surroundings;
    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly string _rejected;
    private GateReport? _report;

    private NpmGate(NpmArguments arguments, Surroundings surroundings)
    {
        (_arguments, _surroundings, _files) = (arguments, surroundings, surroundings.Files);
        _folder = _files.Path.TrimEndingDirectorySeparator(surroundings.FullPath(arguments.Folder));
        // A project lists "packages/*/package.json".
        if (_files.Path.GetFileName(_folder) == NpmPackage.FileName && _files.File.Exists(_folder)) _folder = _files.Path.GetDirectoryName(_folder)!;
        // npm never packs the node_modules of the package itself, and nobody publishes from there.
        _rejected = _files.Path.Combine(_folder, "node_modules", ".cache", "releasegate", "rejected");
    }

    /// <summary>Packs, checks, releases; see <see cref="ExitCode"/>.</summary>
    public static int Run(NpmArguments arguments, Surroundings surroundings)
    {
        if (!Check.AreReportFiles(arguments.Check, surroundings))
        {
            Refuse(arguments, surroundings);
            return ExitCode.CouldNotRun;
        }

        var gate = new NpmGate(arguments, surroundings);
        var earlier = gate.Earlier();
        var reports = surroundings.Reports;
        // As if these were checked: what was said of them goes where they can't be.
        var request = Check.ReadRequest(arguments.Check with { Paths = earlier }, surroundings) with { Artifacts = [] };
        var started = surroundings.Time.GetUtcNow().UtcDateTime;
        try
        {
            Check.ClearReports(arguments.Check with { Paths = earlier }, surroundings);
            return gate.Run(earlier);
        }
        catch (GateException mistake)
        {
            Check.WriteError(request, mistake, started, reports, surroundings);
            // As 'check' does: where the findings would stand.
            new FindingsPrinter(OutputFormats.Of(arguments.Check.Format, surroundings), arguments.Check.Quiet, surroundings)
                .Write(new GateRequest { Artifacts = [], SearchFrom = surroundings.CurrentDirectory }, mistake);
            return ExitCode.CouldNotRun;
        }
    }

    /// <summary>For a command line that can't be read: takes away what an earlier run wrote where this one would have written.</summary>
    public static void Refuse(NpmArguments arguments, Surroundings surroundings) =>
        Check.ClearReports(arguments.Check with { Paths = new NpmGate(arguments, surroundings).Earlier() }, surroundings);

    private int Run(IReadOnlyList<string> earlier)
    {
        var package = NpmPackage.Read(_files, _folder);
        var beforePublish = NpmLifecycle.IsBeforePublish(_surroundings, _folder);
        if (beforePublish && _arguments.Output is not null)
            throw new GateException(GateRules.NothingInspected.Id, "'--output' has no meaning in 'prepublishOnly': npm packs again and would pack the tarball too; leave the option out");
        if (beforePublish && _arguments.Check.Receipts is not null)
            throw new GateException(GateRules.NothingInspected.Id, "'--receipts' has no meaning in 'prepublishOnly': npm packs again, and a receipt would be about bytes that nobody keeps; leave the option out");
        if (beforePublish && _arguments.Check.Sboms is not null)
            throw new GateException(GateRules.NothingInspected.Id, "'--sbom' has no meaning in 'prepublishOnly': npm packs again, and an inventory would be about bytes that nobody keeps; leave the option out");
        if (beforePublish && _arguments.Check.Seals is not null)
            throw new GateException(GateRules.NothingInspected.Id, "'--seals' has no meaning in 'prepublishOnly': npm packs again, and a seal would be about bytes that nobody keeps; leave the option out");
        var npm = NpmProgram.Find(_surroundings, OperatingSystem.IsWindows());
        var released = _arguments.Released is { } list ? _surroundings.FullPath(list) : null;
        var output = beforePublish ? null : _surroundings.FullPath(_arguments.Output ?? ".");

        // They would look released if the run were killed, and npm would pack one into the new one.
        if (output is not null)
            foreach (var tarball in earlier) DeleteReleased(output, tarball);
        if (released is not null) Delete(released);
        // Far from the package: npm would pack it, or a script that installs anew ('npm ci') would delete it.
        var stage = _files.Path.Combine(_files.Path.GetTempPath(), "releasegate-npm-" + _files.Path.GetRandomFileName());
        _files.Directory.CreateDirectory(stage);
        try
        {
            var staged = Pack(npm, stage);
            foreach (var tarball in staged)
            {
                Delete(_files.Path.Combine(_rejected, _files.Path.GetFileName(tarball)));
                if (output is not null) DeleteReleased(output, _files.Path.GetFileName(tarball));
            }

            var code = Inspect(staged, package, output);
            if (code == ExitCode.Passed && output is not null && released is not null)
                _files.File.WriteAllLines(released, staged.Select(tarball => _files.Path.Combine(output, _files.Path.GetFileName(tarball))));
            if (!_arguments.Check.Quiet) SayNext(code, output);
            return code;
        }
        finally
        {
            if (_files.Directory.Exists(stage)) _files.Directory.Delete(stage, recursive: true);
        }
    }

    /// <summary>The names of the tarballs that npm will make, as far as they are known before: an earlier run made them under these names.</summary>
    private List<string> Earlier() => NpmPackage.Tarballs(_files, _folder, _arguments.Workspaces, _arguments.Workspace);

    /// <summary>Removes what an earlier run released, and what was said of it beside it, also where this run is asked to say nothing. What is not ours stays.</summary>
    private void DeleteReleased(string output, string tarball)
    {
        var released = _files.Path.Combine(output, tarball);
        Delete(released);
        foreach (var (suffix, format) in ((string, ReportFormat)[])[(Receipt.Suffix, ReportFormat.Receipt), (CycloneDx.Suffix, ReportFormat.CycloneDx), (SigstoreBundle.Suffix, ReportFormat.Seal)])
            if (ReportFile.MayReplace(_files, released + suffix, format)) ReportFile.Clear(_files, released + suffix, format);
    }

    /// <summary>Runs npm. What it and the package's scripts say goes to standard error.</summary>
    /// <returns>The tarballs that lie in the stage, whatever npm says.</returns>
    private string[] Pack(NpmProgram npm, string stage)
    {
        var said = new List<string>();
        var quiet = _arguments.Check.Quiet;
        var code = _surroundings.Start(NpmPack.Start(_surroundings, npm, _folder, stage, quiet, Options(), line =>
        {
            said.Add(line);
            // npm names the tarball, which would read as if it lay here.
            if (!quiet && !IsName(line)) Say(line);
        }), _surroundings.Cancel);
        if (code != 0)
        {
            if (quiet) foreach (var line in said) Say(line);
            throw NotPacked($"'npm pack' failed with code {code}, so nothing was checked or released; its own words stand above. Make 'npm pack' work in this folder first");
        }

        var tarballs = _files.Directory.Exists(stage) ? _files.Directory.GetFiles(stage) : [];
        Array.Sort(tarballs, StringComparer.Ordinal);
        if (tarballs.Length == 0) throw NotPacked("'npm pack' ended well and left no tarball, so nothing was checked; see what 'npm pack' does in this folder");
        var severals = _arguments.Workspaces || _arguments.Workspace.Count > 0;
        foreach (var tarball in tarballs)
        {
            var name = _files.Path.GetFileName(tarball);
            // npm names each tarball when it is done, and writes a second one of the same name over the first. One package alone has one, whatever its scripts say.
            if (severals && said.FindAll(line => line == name).Count > 1 || Array.FindAll(tarballs, t => _files.Path.GetFileName(t).Equals(name, StringComparison.OrdinalIgnoreCase)).Length > 1)
                throw NotPacked($"several packages make a tarball of the name '{EntryPath.Printable(name)}', so one would take the other's place and nothing was released; rename one, or pack each with '--workspace NAME' and an '--output' of its own");
        }

        return tarballs;
    }

    private static bool IsName(string line) => line.EndsWith(".tgz", StringComparison.Ordinal) && !line.AsSpan().ContainsAny(" /\\\t:");

    private List<string> Options()
    {
        List<string> arguments = [];
        if (_arguments.IgnoreScripts) arguments.Add("--ignore-scripts");
        if (_arguments.Workspaces) arguments.Add("--workspaces");
        foreach (var workspace in _arguments.Workspace) arguments.Add("--workspace=" + workspace);
        return arguments;
    }

    private int Inspect(string[] staged, NpmPackage package, string? output)
    {
        var arguments = _arguments.Check with { Paths = staged, Project = package.File, ReleaseTo = output is null ? null : Shown(output), RejectTo = Shown(_rejected) };
        return Check.Run(arguments, _surroundings with
        {
            Check = (request, now, progress, cancel) =>
            {
                _report = _surroundings.Check(request with { SearchFrom = _folder }, now, progress, cancel);
                // What nobody keeps has a name and no place.
                return output is null && _report.GoesOn ? _report with { Verdicts = _report.Verdicts.Select(v => v with { Path = _files.Path.GetFileName(v.Path) }).ToArray() } : _report;
            },
        });
    }

    private void SayNext(int code, string? output)
    {
        var said = _surroundings.Output;
        var again = "releasegate npm" + (_arguments.Folder == "." ? "" : " " + ShellWord.Quoted(_arguments.Folder));
        if (code == ExitCode.Blocked)
        {
            said.WriteLine($"nothing was released. What was packed lies in {EntryPath.Printable(Shown(_rejected))}, where npm neither packs nor publishes it");
            var listed = _report?.Verdicts.All(v => v.Inventory.Package?.Npm?.HasFiles != false) != false;
            said.WriteLine($"next: {(listed ? "mend the build, or \"files\" in package.json" : "package.json has no \"files\", so npm packs the whole folder; say there what is to ship, e.g. \"files\": [\"dist\"]")}; then {(output is null ? "publish again" : $"run it again: {EntryPath.Printable(again)}")}");
        }

        if (code != ExitCode.Passed || _report is null) return;
        var seals = SealWriter.IsWanted(_report.Request) ? SealWriter.Seals(_files, _report.Request.Seals!).Paths(_report) : [];
        for (var i = 0; i < _report.Verdicts.Count; i++)
        {
            var verdict = _report.Verdicts[i];
            var name = _files.Path.GetFileName(verdict.Path);
            var npm = verdict.Inventory.Package?.Npm;
            if (npm?.PublishConfig.ContainsKey("directory") == true)
                said.WriteLine($"{EntryPath.Printable(name)}: 'publishConfig.directory' is for pnpm; npm packed the folder of package.json. To publish with pnpm: pnpm pack, and 'releasegate check' on its tarball");
            if (output is null)
                said.WriteLine($"{EntryPath.Printable(name)}: npm packs once more now, and nobody inspects that. To publish the very bytes that were inspected: {EntryPath.Printable(again)}, then npm publish {EntryPath.Printable(ShellWord.Quoted("./" + name))}");
            else if (npm?.IsPrivate == true)
                said.WriteLine($"{EntryPath.Printable(name)}: \"private\" is true in its package.json, so 'npm publish' refuses it");
            else
            {
                var tarball = EntryPath.Printable(ShellWord.Quoted(Specifier(_files.Path.Combine(output, name))));
                if (seals.Count > 0) said.WriteLine($"verify them before: releasegate verify {tarball} --seal {EntryPath.Printable(ShellWord.Quoted(Shown(seals[i])))} --key PUBLIC.pem{(_report.Request.SealTo is { } feed ? " --to " + EntryPath.Printable(ShellWord.Quoted(feed)) : "")}");
                said.WriteLine($"publish these very bytes: npm publish {tarball}");
            }
        }
    }

    /// <summary>A path as npm takes it for one: "out/a.tgz" would be the repository "a.tgz" of somebody named "out" at GitHub.</summary>
    private string Specifier(string path)
    {
        var shown = Shown(path);
        return _files.Path.IsPathFullyQualified(shown) ? shown : "./" + shown.Replace(_files.Path.DirectorySeparatorChar, '/');
    }

    private void Delete(string file)
    {
        // Where the folder is missing too, deleting is an error.
        if (_files.File.Exists(file)) _files.File.Delete(file);
    }

    private void Say(string line)
    {
        _surroundings.Error.WriteLine(line);
        _surroundings.Error.Flush();
    }

    private string Shown(string path) => _surroundings.Shown(path);

    private GateException NotPacked(string what) => new(GateRules.NothingInspected.Id, what, _files.Path.Combine(_folder, NpmPackage.FileName));
}
