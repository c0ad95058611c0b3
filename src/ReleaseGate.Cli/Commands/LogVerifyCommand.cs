using System.CommandLine;
using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate log verify</c>: whether anything was changed since it was written.</summary>
internal sealed class LogVerifyCommand
{
    private const int Shown = 10;

    private readonly Argument<string?> _file = LogCommand.FileArgument();

    private readonly Option<string?> _seals = new("--seals") { HelpName = "DIR", Description = "Look in this folder and below for seals, and hold the log against the line that each names." };

    private readonly Option<string[]> _keys = new("--key") { HelpName = "FILE", Description = "A public key that is trusted to seal: a PEM file, or env://NAME for a variable that holds it. Seals that none of these signed are not believed. Once for each." };

    private readonly Option<string?> _manifest = LogCommand.ManifestOption();

    private readonly Option<string?> _json = new("--json") { HelpName = "FILE", Description = "Write what was found." };

    private readonly Option<bool> _quiet = SharedOptions.Quiet();

    private LogVerifyCommand() { }

    public static Command Create(Surroundings surroundings)
    {
        var verify = new LogVerifyCommand();
        var command = new Command("verify", "Says whether the log is whole: every line stands behind the one it was written behind. What was cut off at its end only seals show.")
        {
            verify._file, verify._seals, verify._keys, verify._manifest, verify._json, verify._quiet,
        };
        command.SetAction(parsed => verify.Run(parsed, surroundings));
        return command;
    }

    private int Run(ParseResult parsed, Surroundings surroundings)
    {
        var json = parsed.GetValue(_json);
        if (!Check.IsReportFile(json, surroundings)) return ExitCode.CouldNotRun;
        var path = LogCommand.FileOf(parsed.GetValue(_file), parsed.GetValue(_manifest), surroundings);
        var seals = SealsIn(parsed.GetValue(_seals), surroundings);
        TrustedKey[]? keys = parsed.GetValue(_keys) is { Length: > 0 } named ? Array.ConvertAll(named, k => KeyOf(k, surroundings)) : null;
        if (keys is not null && seals.Length == 0) throw new GateException(GateRules.NotLogged.Id, "'--key' is about seals, and none is to be looked at; name their folder with '--seals DIR'");
        if (json is not null)
        {
            Outputs.Require(surroundings.Files, [surroundings.FullPath(json)], [path, .. seals]);
            ReportFile.Clear(surroundings.Files, surroundings.FullPath(json), ReportFormat.Json);
        }

        var verification = AuditVerification.Of(surroundings.Files, path, seals, keys);
        if (json is not null) ReportFile.Write(surroundings.Files, surroundings.FullPath(json), verification.Write);
        Print(verification, EntryPath.Printable(surroundings.Shown(path)), keys is not null, parsed.GetValue(_quiet), surroundings.Output);
        return verification.IsIntact ? ExitCode.Passed : ExitCode.Blocked;
    }

    private static TrustedKey KeyOf(string named, Surroundings surroundings) =>
        TrustedKey.Read(surroundings.Files, named.StartsWith(SealPolicy.VariablePrefix, StringComparison.Ordinal) ? named : surroundings.FullPath(named), surroundings.Variable);

    private static string[] SealsIn(string? folder, Surroundings surroundings)
    {
        if (folder is null) return [];
        var full = surroundings.FullPath(folder);
        if (!surroundings.Files.Directory.Exists(full)) throw new GateException(GateRules.NotLogged.Id, "there is no such folder with seals", full);
        var found = new List<string>();
        AddSeals(full, found, new HashSet<string>(StringComparer.Ordinal), surroundings);
        var seals = found.ToArray();
        // A folder without any would prove nothing, and look as if it did.
        if (seals.Length == 0) throw new GateException(GateRules.NotLogged.Id, $"there is no seal in this folder, nothing that ends in {SigstoreBundle.Suffix}", full);
        Array.Sort(seals, StringComparer.Ordinal);
        return seals;
    }

    // Links between folders may lead in circles, and one file under two names is one seal.
    private static void AddSeals(string folder, List<string> found, HashSet<string> seen, Surroundings surroundings)
    {
        var directory = surroundings.Files.Directory;
        foreach (var file in directory.GetFiles(folder, "*" + SigstoreBundle.Suffix))
            if (seen.Add(DiskFile.Resolve(surroundings.Files, file))) found.Add(file);
        foreach (var below in directory.GetDirectories(folder))
        {
            surroundings.Cancel.ThrowIfCancellationRequested();
            if ((surroundings.Files.File.GetAttributes(below) & FileAttributes.ReparsePoint) == 0) AddSeals(below, found, seen, surroundings);
        }
    }

    private static void Print(AuditVerification log, string path, bool hasKeys, bool quiet, TextWriter output)
    {
        foreach (var broken in log.Breaks.Take(Shown)) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}({broken.Line}): error: {EntryPath.Printable(broken.Why)}"));
        if (log.BreakCount > Shown) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  and {log.BreakCount - Shown:N0} more; '--json FILE' writes {(log.BreakCount > AuditVerification.MostBreaks ? $"the first {AuditVerification.MostBreaks}" : "all")}"));
        foreach (var seal in log.Seals)
            if (seal.Problem is { } problem) output.WriteLine($"{path}: error: {EntryPath.Printable(seal.File)}: {EntryPath.Printable(problem)}");
        if (quiet) return;
        foreach (var remark in log.Remarks) Say(remark);
        var place = log.Last is { } last ? string.Create(CultureInfo.InvariantCulture, $", the last with seq {last.Sequence} and sha256 {last.Head}") : "";
        var days = log is { From: { } from, To: { } to } ? $", {from.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} to {to.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "";
        Say($"{(log.IsIntact ? "intact" : "NOT intact")}, {log.Lines.ToString("N0", CultureInfo.InvariantCulture)} {(log.Lines == 1 ? "line" : "lines")}{days}{place}");
        var pinned = log.Seals.Count(s => s is { Position: not null, Problem: null });
        var wrong = log.Seals.Count(s => s.Problem is not null);
        if (log.Seals.Count > 0)
            Say(string.Create(CultureInfo.InvariantCulture, $"{pinned} of {log.Seals.Count} {(log.Seals.Count == 1 ? "seal" : "seals")} found {(pinned == 1 || log.Seals.Count == 1 ? "its line" : "their lines")}, {log.Seals.Count(s => s is { Position: null, Problem: null })} name none{(wrong == 0 ? "" : $", {wrong} with an error")}{(hasKeys ? "" : "; their signatures were not verified: '--key FILE' does that")}"));
        else if (log.IsIntact)
            Say("whether its end was cut off only seals can tell: '--seals DIR'");

        // Errors stay on one line each: editors and build servers read them.
        void Say(string text)
        {
            foreach (var line in Columns.Wrap($"{path}: ", text, "  ", keepsWords: true)) output.WriteLine(line);
        }
    }
}
