using System.CommandLine;
using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate log</c>: reads the audit log, and adds what was spent.</summary>
internal static class LogCommand
{
    public const string Name = "log";

    public static readonly string[] Examples =
    [
        "releasegate log verify releases.log.jsonl --seals seals",
        "releasegate log show --since 2026-04-01 --event check",
        "releasegate log export --format csv > releases.csv",
        "releasegate log spend 1200 --currency EUR --for \"Rotated the key of the test server\" --waiver W-7",
        "releasegate log spend",
    ];

    public static Command Create(Surroundings surroundings) => new(Name, "Reads and verifies the audit log, and keeps what remediation costs.")
    {
        LogVerifyCommand.Create(surroundings),
        LogShowCommand.Create(surroundings),
        LogExportCommand.Create(surroundings),
        LogSpendCommand.Create(surroundings),
    };

    public static Argument<string?> FileArgument() => new("FILE") { Description = "The audit log. Default: what the manifest says with \"log\".", Arity = ArgumentArity.ZeroOrOne };

    public static Option<string?> ManifestOption() => new("--manifest") { HelpName = "FILE", Description = "The manifest that names the log. Default: releasegate.json here or above, up to the repository root." };

    public static Option<DateOnly?> SinceOption() => new("--since")
    {
        HelpName = "DATE",
        Description = "From this day on, UTC, e.g. 2027-01-31.",
        CustomParser = result =>
        {
            if (DateOnly.TryParseExact(result.Tokens[0].Value, WaiverReader.DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
            result.AddError($"'{EntryPath.Printable(result.Tokens[0].Value)}' is no day; write it like 2027-01-31");
            return null;
        },
    };

    /// <summary>The manifest that serves here, or null.</summary>
    public static Manifest? ManifestOf(string? named, Surroundings surroundings) =>
        (named is null ? new ManifestSearch(surroundings.Files).Find(surroundings.CurrentDirectory) : surroundings.FullPath(named)) is { } file ? new ManifestReader(surroundings.Files).Read(file) : null;

    /// <summary>The full path of the log.</summary>
    /// <exception cref="GateException">RG0010: nobody says which.</exception>
    public static string FileOf(string? named, string? manifest, Surroundings surroundings)
    {
        if (string.IsNullOrWhiteSpace(named)) return OfManifest(ManifestOf(manifest, surroundings));
        // The library takes a misspelled option for the file.
        if (named.StartsWith('-')) throw new GateException(GateRules.NotLogged.Id, $"there is no option '{EntryPath.Printable(named)}'; see 'releasegate log --help'");
        return surroundings.FullPath(named);
    }

    public static string OfManifest(Manifest? manifest) =>
        manifest?.AuditLog ?? throw new GateException(GateRules.NotLogged.Id, manifest is null ? "which audit log? There is no manifest here to say it; name the file" : "which audit log? The manifest names none with \"log\"; name the file", manifest?.File);

    /// <summary>Reads the lines that somebody wants to see, as far as the chain holds.</summary>
    /// <returns>0, or 1 where the chain is broken; that is said on standard error, and what stands behind it is not shown.</returns>
    public static int Read(string path, DateOnly? since, Action<AuditLine, JsonObject> each, Surroundings surroundings)
    {
        var reader = new AuditLogReader(surroundings.Files, path);
        if (!reader.Exists) throw new GateException(GateRules.NotLogged.Id, "there is no such audit log", path);
        var chain = new AuditChain();
        string? broken = null;
        reader.Read((bytes, number) =>
        {
            surroundings.Cancel.ThrowIfCancellationRequested();
            if (broken is not null) return;
            if (chain.Next(bytes, out var line) is { } why) broken = string.Create(CultureInfo.InvariantCulture, $"releasegate: error: line {number} and what follows is left out: {why}; 'releasegate log verify' says more");
            else if (since is null || DateOnly.FromDateTime(line!.Time) >= since) each(line!, AuditLine.Members(bytes));
        });
        if (broken is null) return ExitCode.Passed;
        surroundings.Error.WriteLine(broken);
        return ExitCode.Blocked;
    }

    /// <summary>Keeps what a command did, where there is a log.</summary>
    /// <exception cref="GateException">RG0010: it can't be written.</exception>
    public static void Append(string? path, AuditEvent what, Surroundings surroundings)
    {
        if (path is not null) new AuditLog(surroundings.Files, path).Append(what, surroundings.Time.GetUtcNow().UtcDateTime);
    }

    /// <summary>Whether an intact log has a line at a place.</summary>
    /// <exception cref="GateException">RG0010: the chain is broken, or it can't be read.</exception>
    public static bool Holds(string path, AuditPosition position, Surroundings surroundings)
    {
        var reader = new AuditLogReader(surroundings.Files, path);
        var holds = false;
        if (reader.Exists) reader.ReadIntact((line, bytes) => holds |= line.Sequence == position.Sequence && Digest.Of(bytes) == position.Head);
        return holds;
    }

    public static string? Text(JsonObject from, string key) => from[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static long Number(JsonObject from, string key) => from[key] is JsonValue value && value.TryGetValue<long>(out var number) ? number : 0;

    /// <summary>The artifacts that an event is about: those of a run, or the one of anything else.</summary>
    public static IEnumerable<JsonObject> Artifacts(JsonObject line)
    {
        if (line["artifacts"] is JsonArray several)
            foreach (var one in several)
                if (one is JsonObject artifact) yield return artifact;
        if (line["artifact"] is JsonObject single) yield return single;
    }
}
