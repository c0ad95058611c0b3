using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Adoption;

/// <summary>The run behind <c>releasegate init</c>: inspect, draft, write, and check that what was written holds.</summary>
internal sealed class InitRun
{
    private const int Shown = 20;

    private readonly InitArguments _arguments;
    private readonly Surroundings _surroundings;
    private readonly IFileSystem _files;
    private readonly ManifestReader _reader;
    private readonly string? _project;
    private readonly string? _file;
    private readonly string _output;

    private InitRun(InitArguments arguments, Surroundings surroundings)
    {
        (_arguments, _surroundings, _files, _reader) = (arguments, surroundings, surroundings.Files, new ManifestReader(surroundings.Files));
        _project = arguments.Project is { } named ? ProjectBuild.Find(surroundings, named) : null;
        _file = arguments.Output == "-" ? null
            : arguments.Output is { } output ? surroundings.FullPath(output)
            : _files.Path.Combine(_project is null ? surroundings.CurrentDirectory : _files.Path.GetDirectoryName(_project)!, ManifestSearch.FileName);
        _output = _file is null ? "-" : arguments.Output ?? surroundings.Shown(_file);
    }

    /// <summary>See <see cref="ExitCode"/>.</summary>
    public static int Run(InitArguments arguments, Surroundings surroundings) => new InitRun(arguments, surroundings).Run();

    private int Run()
    {
        if (_file is not null && !_arguments.Force && (_files.File.Exists(_file) || _files.Directory.Exists(_file)))
            return _surroundings.Refuse($"'{EntryPath.Printable(_output)}' exists; '--force' overwrites it, '--output FILE' writes another");
        var profile = _reader.ReadProfile(_arguments.Profile);
        if (Terms() is not { } terms)
            return _surroundings.Refuse("waivers need somebody who answers for them, and git knows neither user.email nor user.name here; name one: '--owner NAME'");

        // What held here before holds on: the manifest that is written would hide it.
        var place = _file ?? _files.Path.Combine(_project is null ? _surroundings.CurrentDirectory : _files.Path.GetDirectoryName(_project)!, ManifestSearch.FileName);
        var found = new ManifestSearch(_files).FindBehind(place);
        var behind = found is null ? null : Behind(place, found);

        using var build = _project is null ? null : ProjectBuild.Run(_surroundings, _project, _arguments.Publish, _arguments.IgnoreScripts);
        var request = new GateRequest
        {
            Artifacts = build?.Artifacts ?? _arguments.Artifacts,
            AsDirectory = build?.IsFolder ?? _arguments.AsDirectory,
            FirstParty = build?.FirstParty ?? [],
            Profile = found is null ? ManifestReader.DefaultProfile : null,
            Manifest = found,
            SearchFrom = _surroundings.CurrentDirectory,
        };
        if (_file is not null) Outputs.Require(_files, [_file], request with { Project = _project });
        var report = _surroundings.Check(request, _surroundings.Time.GetUtcNow().UtcDateTime, null, _surroundings.Cancel);
        if (Unusable(report) is { } why) return _surroundings.Refuse("nothing was written: " + why);

        // What a waiver of the manifest behind silences needs none here.
        var draft = ManifestDraft.From([.. report.Verdicts.Select(v => new ManifestSubject(v.Inventory, [.. v.Findings.Where(f => f.Waiver is null).Select(f => f.Finding)]))], profile, terms, behind);
        // Where the manifest goes to standard output, nothing else does.
        if (_file is null) _surroundings.Output.Write(draft.Text);
        else ReportFile.Write(_files, _file, stream => stream.Write(Encoding.UTF8.GetBytes(draft.Text)));
        return new InitSpeech(draft, report, _file is null ? _surroundings.Error : _surroundings.Output).Say(
            _file is null ? null : EntryPath.Printable(_output), build?.Command ?? CheckCommandLine(), _arguments.Profile == ManifestReader.DefaultProfile ? _reader.ReadProfile("open") : null, Holds);

        // Nobody should have to take our word for it.
        bool Holds() => _surroundings.Check(report.Request with { Profile = null, Manifest = _file }, report.Started, null, _surroundings.Cancel).Passed;
    }

    /// <summary>A manifest that is there already, as the one that is written extends it.</summary>
    private ManifestBehind Behind(string place, string found)
    {
        var extends = _files.Path.GetRelativePath(_files.Path.GetDirectoryName(place)!, found).Replace(_files.Path.DirectorySeparatorChar, '/');
        string[] names = _arguments.Profile == ManifestReader.DefaultProfile ? [extends] : [_arguments.Profile, extends];
        return new ManifestBehind(extends, _reader.Read(place, Encoding.UTF8.GetBytes($"{{ \"extends\": [{string.Join(", ", names.Select(ManifestAdvice.Quoted))}] }}")));
    }

    /// <summary>The terms of waivers; null where nobody answers for them.</summary>
    private WaiverTerms? Terms()
    {
        var owner = _arguments.Owner ?? GitOwner.Find(_surroundings, _project is null ? _surroundings.CurrentDirectory : _files.Path.GetDirectoryName(_project)!);
        if (owner is null && _arguments.WaiveToday) return null;
        var today = DateOnly.FromDateTime(_surroundings.Time.GetUtcNow().UtcDateTime);
        return new WaiverTerms(owner ?? "", today, today.AddDays(_arguments.Days), _arguments.WaiveToday);
    }

    /// <summary>Why a manifest cannot be written from these artifacts, or null.</summary>
    private string? Unusable(GateReport report)
    {
        var unreadable = false;
        foreach (var verdict in report.Verdicts)
        {
            foreach (var judged in verdict.Findings)
            {
                if (judged.Finding.Rule.Id != GateRules.Uninspectable.Id) continue;
                _surroundings.Error.WriteLine(Diagnostic.From(report.Request, verdict, judged).ToString());
                unreadable = true;
            }
        }

        if (unreadable) return "what cannot be read cannot be known to be good; mend what stands above, then run init again";
        var empty = report.Verdicts.FirstOrDefault(v => !v.Inventory.Entries.Any(e => e.Type == EntryType.File));
        return empty is null ? null : $"there is not a single file in '{EntryPath.Printable(empty.Path)}', so there is nothing to list; check the path, and that the build really made it, then run init again";
    }

    private string CheckCommandLine()
    {
        var artifacts = string.Join(' ', _arguments.Artifacts.Select(a => EntryPath.Printable(ShellWord.Quoted(a))));
        return $"releasegate check {artifacts}{(_arguments.AsDirectory ? " --as directory" : "")}{(_output == ManifestSearch.FileName ? "" : $" --manifest {(_file is null ? "FILE" : EntryPath.Printable(ShellWord.Quoted(_output)))}")}";
    }

    /// <summary>What init says about what it wrote.</summary>
    private sealed class InitSpeech(ManifestDraft draft, GateReport report, TextWriter said)
    {
        private readonly bool _isOne = report.Verdicts.Count == 1;

        private string Artifact => _isOne ? "the artifact" : string.Create(CultureInfo.InvariantCulture, $"the {report.Verdicts.Count:#,0} artifacts");

        /// <summary>Says it.</summary>
        /// <param name="output">The manifest's name, or null where it was printed.</param>
        /// <param name="check">The command that checks the artifacts by it.</param>
        /// <param name="open">The profile to point at for what ships on purpose, or null.</param>
        /// <param name="holds">Whether the artifacts pass by what was written.</param>
        public int Say(string? output, string check, Manifest? open, Func<bool> holds)
        {
            var isActive = draft.Terms is { Active: true };
            if (draft.LeftOut.Count == 0 && draft.Blocked.Count == 0)
            {
                if (output is null) return ExitCode.Passed;
                said.WriteLine($"wrote {output}; read it once, then commit it");
                AddsTo();
                Waived();
                var until = draft.Waivers.Count > 0 ? " until then" : "";
                var passed = holds();
                said.WriteLine(passed ? $"{Artifact} {(_isOne ? "passes" : "pass")} by it{until}: {check}" : $"{Artifact} {(_isOne ? "is" : "are")} still blocked, since no list can settle everything in {(_isOne ? "it" : "them")}: {check}");
                if (passed && until.Length > 0) said.WriteLine($"next: mend {(draft.Waivers.Count == 1 ? "it" : "them")}; 'releasegate explain {draft.Waivers[0].Rule.Id}' says how. A waiver that nothing needs any more is reported (RG0004)");
                return passed ? ExitCode.Passed : ExitCode.Blocked;
            }

            said.WriteLine($"wrote {output ?? "the manifest"}; {Artifact} {(_isOne ? "does" : "do")} not pass by it");
            AddsTo();
            Several("left out, as comments in the manifest:", draft.LeftOut, l => $"{Of(l.Artifact)}{l.Entry.Entry.Path}: {(l.Entry.Findings.Count == 0 ? "a hidden file; does it belong here?" : $"blocked by {l.Entry.Reason}: {l.Entry.Said}")}");
            Several("blocked, whatever is listed:", draft.Blocked, b => $"{(b.Finding.Path is { } path ? $"{Of(b.Artifact)}{path}" : EntryPath.Printable(b.Artifact.Name))}: {b.Finding.Rule.Id}: {EntryPath.Printable(b.Finding.Message)}");
            if (isActive) Waived();
            NeverWaived();
            said.WriteLine($"next: mend the build so that {Artifact} no longer {(_isOne ? "holds" : "hold")} these, build it again, run init again with --force (or uncomment the lines of what belongs there), then: {check}");
            if (draft.LeftOut.Count > 0) said.WriteLine("what belongs there: uncomment its line; 'releasegate explain RULE' says what else its rule asks for");
            if (open is not null && draft.LeftOut.SelectMany(l => l.Entry.Findings).Concat(draft.Blocked.Select(b => b.Finding)).Any(f => open.Rules.ContainsKey(f.Rule.Id)))
                said.WriteLine("sources, maps and symbols that ship on purpose, as open-source projects do, are let through by '--profile open'");
            if (draft is { Terms: { Active: false } terms, Waivers.Count: > 0 })
                said.WriteLine(string.Create(CultureInfo.InvariantCulture, $"to release meanwhile: init with '--waive-today' waives {(draft.Waivers.Count == 1 ? "it" : "them")} for {terms.Expires.DayNumber - terms.Since.DayNumber} {(terms.Expires.DayNumber - terms.Since.DayNumber == 1 ? "day" : "days")}, and somebody answers for it"));
            return ExitCode.Blocked;
        }

        private void AddsTo()
        {
            if (draft.Extends is { } extends) said.WriteLine($"it adds to {EntryPath.Printable(extends)}, which held here before and holds on");
        }

        private void Waived()
        {
            if (draft.Waivers.Count == 0) return;
            var terms = draft.Terms!;
            Several($"waived until {terms.Expires.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}, {EntryPath.Printable(terms.Owner)} answers for it:", draft.Waivers,
                w => string.Create(CultureInfo.InvariantCulture, $"{w.Id} {w.Rule.Id} {w.Rule.Title}: {EntryPath.Printable(w.Path == Waiver.WholeArtifact ? "the artifact as a whole" : w.Path)}{(w.Findings == 1 ? "" : $", {w.Findings:#,0} findings")}"));
        }

        private void NeverWaived()
        {
            if (draft.TooManyWaivers > 0)
            {
                said.WriteLine(string.Create(CultureInfo.InvariantCulture, $"it would take {draft.TooManyWaivers:#,0} waivers, and nobody answers for so many: this is no case for waivers. Mend the build first, or lower a rule for all under \"rules\" of the manifest"));
                return;
            }

            var secrets = Listed(draft.Unwaivable.Where(u => IsSecret(u.Finding.Rule.Id)));
            if (secrets.Length > 0) said.WriteLine($"not waived by init: {secrets}. A secret that leaked is revoked and taken out");
            var others = draft.Unwaivable.GroupBy(u => (u.Artifact, Path: u.Finding.Path?.Value)).Where(g => g.Any(u => !IsSecret(u.Finding.Rule.Id)));
            Several("not waived by init:", [.. others.Select(g => g.ToArray())], Why);
        }

        private string Why((Inventory Artifact, Finding Finding)[] ofOne)
        {
            var (artifact, first) = ofOne[0];
            var place = first.Path is { } path ? Of(artifact) + path : EntryPath.Printable(artifact.Name);
            var ids = Listed(ofOne.Where(u => WaiverProposals.CanBeWaived(u.Finding)));
            var never = Listed(ofOne.Where(u => !WaiverProposals.IsForWaiver(u.Finding.Rule)));
            if (never.Length == 0) return $"{place}: {Listed(ofOne)}, since no waiver can name it";
            return ids.Length == 0 ? $"{place}: {never} cannot be waived" : $"{place}: {ids}, since {never} in it cannot be waived";
        }

        private static string Listed(IEnumerable<(Inventory Artifact, Finding Finding)> findings) => string.Join(", ", findings.Select(u => u.Finding.Rule.Id).Distinct().Order());

        private static bool IsSecret(RuleId id) => id.IsBuiltIn && id.ToString()[2] == '4';

        private string Of(Inventory artifact) => _isOne ? "" : EntryPath.Printable(artifact.Name) + ": ";

        private void Several<T>(string heading, IReadOnlyList<T> things, Func<T, string> line)
        {
            if (things.Count == 0) return;
            said.WriteLine(heading);
            foreach (var thing in things.Take(Shown)) said.WriteLine("  " + line(thing));
            if (things.Count > Shown) said.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  and {things.Count - Shown:#,0} more"));
        }
    }
}
