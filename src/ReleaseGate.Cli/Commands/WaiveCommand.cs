using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate waive</c>: the waiver of one finding, as the manifest takes it. What a later check would refuse is refused here.</summary>
internal sealed class WaiveCommand
{
    public const string Name = "waive";

    private const int Shown = 3;

    public static readonly string[] Examples =
    [
        "releasegate waive RG2006 lib/net8.0/Acme.pdb --reason \"Support needs it until 2.0\" --owner alice --expires 2027-01-31",
        "releasegate waive RG4003 test/server.key --from-artifact acme-1.0.0.tgz --reason \"Key of a test server\" --owner alice --expires 2027-01-31 --write",
        "releasegate waive RG2001 \"dist/app.*.js.map\" --artifact \"acme-{version}.tgz\" --reason ACME-12 --owner alice --expires 2027-01-31 --write",
    ];

    private readonly Argument<string> _rule = new("RULE") { Description = "The id of the one rule it silences." };

    private readonly Argument<string> _path = new("PATH") { Description = "The entry, as reports print it, with at most one '*' inside one segment; '.' for the artifact as a whole." };

    private readonly Option<string> _reason = new("--reason") { HelpName = "TEXT", Description = "Why it has to ship for now.", Required = true };

    private readonly Option<string> _owner = new("--owner") { HelpName = "NAME", Description = "Who answers for it.", Required = true };

    private readonly Option<string> _expires = new("--expires") { HelpName = "DATE", Description = "The last day on which it holds, UTC, e.g. 2027-01-31.", Required = true };

    private readonly Option<string?> _artifact = new("--artifact") { HelpName = "GLOB", Description = "The artifacts it is about, by name, e.g. \"Acme.{version}.nupkg\". Without it all." };

    private readonly Option<string?> _sha256 = new("--sha256") { HelpName = "HEX", Description = "The only bytes of the entry that it holds for." };

    private readonly Option<string?> _from = new("--from-artifact") { HelpName = "FILE", Description = "Check this artifact, see that the finding is there, and take the digest of its entry." };

    private readonly Option<string?> _approver = new("--approver") { HelpName = "NAME", Description = "Who agreed; somebody else than the owner." };

    private readonly Option<string?> _ticket = new("--ticket") { HelpName = "TEXT", Description = "Where it is discussed." };

    private readonly Option<string?> _since = new("--since") { HelpName = "DATE", Description = "The day on which the finding was first seen; deadlines count from it. Default: today." };

    private readonly Option<string?> _id = new("--id") { HelpName = "ID", Description = "Its name in reports. Default: the next free W-n." };

    private readonly Option<string?> _manifest = SharedOptions.Manifest();

    private readonly Option<string[]> _rules = SharedOptions.Rules();

    private readonly Option<bool> _write = new("--write") { Description = "Put it into the manifest; comments and everything else there stay as they are." };

    private WaiveCommand()
    {
    }

    public static Command Create(Surroundings surroundings)
    {
        var waive = new WaiveCommand();
        var command = new Command(Name, "Prints the waiver of a finding for the manifest, or writes it there.")
        {
            waive._rule, waive._path, waive._reason, waive._owner, waive._expires, waive._artifact, waive._sha256, waive._from, waive._approver, waive._ticket, waive._since, waive._id, waive._manifest, waive._rules, waive._write,
        };
        command.SetAction(parsed => waive.Run(parsed, surroundings));
        return command;
    }

    private int Run(ParseResult parsed, Surroundings surroundings)
    {
        var now = surroundings.Time.GetUtcNow().UtcDateTime;
        var today = DateOnly.FromDateTime(now);
        var write = parsed.GetValue(_write);
        var file = parsed.GetValue(_manifest) is { } named ? surroundings.FullPath(named) : new ManifestSearch(surroundings.Files).Find(surroundings.CurrentDirectory);
        if (file is null && write) return surroundings.Refuse("there is no manifest to write it into; 'releasegate init ARTIFACT' writes one");
        if (parsed.GetValue(_from) is not null && parsed.GetValue(_sha256) is not null) return surroundings.Refuse("'--from-artifact' takes the digest of the entry; leave '--sha256' out");

        if (parsed.GetValue(_since) is null && DateOnly.TryParseExact(parsed.GetValue(_expires), WaiverReader.DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var expires) && expires < today)
            return surroundings.Refuse($"{GateRules.WaiverRefused.Id}: {JsonReporter.Written(expires)} is over, and a waiver holds until a day that is still to come; name one with '--expires'");

        // What is wrong with the manifest as it is, is said with its place; what is wrong with the waiver is said of what was typed.
        var dlls = parsed.GetValue(_rules) ?? [];
        var rules = RuleSet.Create(RuleLoader.Load(dlls, surroundings.CurrentDirectory));
        var before = file is null ? null : new ManifestReader(surroundings.Files).Read(file);
        if (before is not null) WaiverReader.RequireWaivableRules(before, rules);
        try
        {
            var keys = Keys(parsed, before, today);
            var draft = Draft.Of(keys, file, surroundings);
            var urgency = UrgencyOf(draft, rules);
            string? fingerprint = null;
            if (parsed.GetValue(_from) is { } from)
            {
                var request = new GateRequest { Artifacts = [from], AsDirectory = surroundings.Files.Directory.Exists(surroundings.FullPath(from)), Manifest = file, Rules = dlls, SearchFrom = surroundings.CurrentDirectory };
                var report = surroundings.Check(request, now, null, surroundings.Cancel);
                if (report.Verdicts is not [var verdict]) return surroundings.Refuse($"'{EntryPath.Printable(from)}' stands for several artifacts; name one");
                var finding = Find(draft.Waiver, verdict);
                urgency = Urgencies.Of(finding.Finding.Rule, finding.Unwaived);
                fingerprint = JsonReporter.Fingerprint(verdict, finding.Finding);
                if (finding.Finding.Path is not null && !draft.Waiver.Path.Contains('*', StringComparison.Ordinal))
                {
                    if (finding.Finding.Entry is not { Complete: true } entry) return surroundings.Refuse($"{finding.Finding.Path} was not read whole, so nobody knows its digest");
                    keys.Insert(keys.FindIndex(k => k.Key == "owner"), ("sha256", entry.Digest.ToString()));
                    draft = Draft.Of(keys, file, surroundings);
                }
            }

            WaiverReader.RequireWaivableRules(draft.Manifest, rules);
            RequireUseful(draft, urgency, today);
            if (draft.Manifest.Exposure is { } model)
            {
                var inputs = ExposureInputs.Read(surroundings.Files, draft.Manifest, model, null, draft.Manifest.AuditLog, now);
                var prices = WaiverPrices.By(inputs, draft.Manifest.Waivers);
                RequireAccepted(draft.Waiver, prices, today, surroundings);
                RequireOthers(draft.Waiver, before?.Waivers ?? [], WaiverPrices.By(inputs, before?.Waivers ?? []), prices, today);
            }

            foreach (var line in draft.Json.Split('\n')) surroundings.Output.WriteLine(line);
            if (!write) return ExitCode.Passed;
            if (draft.Manifest.AuditLog is { } log)
                Outputs.RequireOwnLog(surroundings.Files, log, [file!], [.. from source in draft.Manifest.Sources where !source.IsProfile select source.Name, .. parsed.GetValue(_from) is { } read ? [surroundings.FullPath(read)] : (string[])[]]);
            // The line first: a waiver that nobody logged does not get into the manifest.
            LogCommand.Append(draft.Manifest.AuditLog, Logged(draft, fingerprint), surroundings);
            draft.Edit!.Save();
            surroundings.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"added {draft.Waiver.Id} to {EntryPath.Printable(file!)}, line {draft.Waiver.Location.Line}; have it reviewed"));
            return ExitCode.Passed;
        }
        catch (GateException mistake) when (mistake.Rule == GateRules.WaiverRefused.Id)
        {
            return surroundings.Refuse($"{mistake.Rule}: {EntryPath.Printable(mistake.Message)}");
        }
    }

    /// <summary>The keys of the waiver in the order they are written; whether they are right is for the manifest's reader to say.</summary>
    private List<(string Key, string Value)> Keys(ParseResult parsed, Manifest? before, DateOnly today)
    {
        var keys = new List<(string Key, string Value)>();
        foreach (var (key, value) in ((string, string?)[])
        [
            ("id", parsed.GetValue(_id) ?? string.Create(CultureInfo.InvariantCulture, $"W-{WaiverProposals.LastNumber(before) + 1}")), ("rule", parsed.GetValue(_rule)), ("path", parsed.GetValue(_path)), ("artifact", parsed.GetValue(_artifact)), ("sha256", parsed.GetValue(_sha256)),
            ("owner", parsed.GetValue(_owner)), ("approver", parsed.GetValue(_approver)), ("ticket", parsed.GetValue(_ticket)), ("reason", parsed.GetValue(_reason)),
            ("since", parsed.GetValue(_since) ?? today.ToString(WaiverReader.DayFormat, CultureInfo.InvariantCulture)), ("expires", parsed.GetValue(_expires)),
        ])
            if (value is not null) keys.Add((key, value));
        return keys;
    }

    /// <summary>The finding of an artifact that the waiver is to silence.</summary>
    /// <exception cref="GateException">RG0005: there is none; the message says what there is instead.</exception>
    private static JudgedFinding Find(Waiver waiver, Verdict verdict)
    {
        var artifact = EntryPath.Printable(verdict.Inventory.Name);
        if (!waiver.IsAbout(verdict.Inventory)) throw Wrong($"the waiver is about artifacts named {waiver.Artifact}, and this one is {artifact}");
        var sameRule = new List<string>();
        var samePath = new List<string>();
        JudgedFinding? silenced = null;
        foreach (var judged in verdict.Findings)
        {
            var (isRule, isPath) = (judged.Finding.Rule.Id == waiver.Rule, waiver.IsAbout(judged.Finding.Path?.Value));
            if (isRule && isPath && judged.Waiver is null) return judged;
            if (isRule && isPath) silenced = judged;
            else if (isRule) Add(sameRule, judged.Finding.Path?.ToString() ?? Waiver.WholeArtifact);
            else if (isPath && !judged.Finding.Rule.Id.IsGate) Add(samePath, judged.Finding.Rule.Id.ToString());
        }

        if (silenced is not null) throw Wrong($"{silenced.Waiver!.Id} silences it already; move its \"expires\" where it is to run longer");
        throw Wrong($"{artifact} has no {waiver.Rule} of {Of(waiver)}"
            + (samePath.Count > 0 ? $"; {Of(waiver)} has {string.Join(", ", samePath)}" : sameRule.Count > 0 ? $"; there is one of {string.Join(", ", sameRule.Take(Shown))}{(sameRule.Count > Shown ? " …" : "")}" : ""));

        static void Add(List<string> list, string text)
        {
            if (!list.Contains(text)) list.Add(text);
        }
    }

    // What it silences and why stands in the manifest, under the digest.
    private static AuditEvent Logged(Draft draft, string? fingerprint) => new(Name, new JsonObject
    {
        ["waiver"] = draft.Waiver.Id,
        ["rule"] = draft.Waiver.Rule.ToString(),
        ["finding"] = fingerprint,
        ["sha256"] = draft.Waiver.Sha256?.ToString(),
        ["owner"] = draft.Waiver.Owner,
        ["approver"] = draft.Waiver.Approver,
        ["ticket"] = draft.Waiver.Ticket,
        ["since"] = draft.Waiver.Since is { } since ? JsonReporter.Written(since) : null,
        ["expires"] = JsonReporter.Written(draft.Waiver.Expires),
        ["policy"] = new JsonObject { ["sha256"] = draft.Manifest.Digest.ToString() },
    });

    private static Urgency UrgencyOf(Draft draft, RuleSet rules)
    {
        foreach (var rule in rules.Rules)
            if (rule.Descriptor.Id == draft.Waiver.Rule) return Urgencies.Of(rule.Descriptor, draft.Manifest.Rules.TryGetValue(draft.Waiver.Rule, out var setting) ? setting.Severity : rule.Descriptor.DefaultSeverity);
        return Urgency.High;
    }

    /// <summary>Refuses what the next check would.</summary>
    private static void RequireUseful(Draft draft, Urgency urgency, DateOnly today)
    {
        var (waiver, manifest) = (draft.Waiver, draft.Manifest);
        Waivers.RequirePast(manifest, today);
        if (manifest.Rules.TryGetValue(waiver.Rule, out var setting) && setting.Severity == Severity.Off) throw Wrong($"{waiver.Rule} is off in \"rules\", and a rule that is off needs no waiver");
        var since = waiver.Since?.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        if (Waivers.Refuse(waiver, manifest.Deadlines, urgency, since, today) is { } refusal) throw Wrong($"this waiver {refusal.Why} {waiver.Rule} of {Of(waiver)}");
        foreach (var other in manifest.Waivers)
            if (other.Id != waiver.Id && other.Rule == waiver.Rule && other.Path == waiver.Path && other.Sha256 == waiver.Sha256 && other.Artifact?.ToString() == waiver.Artifact?.ToString() && other.Expires >= today)
                throw Wrong($"{other.Id} silences it already; move its \"expires\" where it is to run longer");
    }

    // Beside the waiver, not among its lines: these are for the manifest. Before it, also where both streams go to one file: whoever pastes it has read what it costs.
    private static void RequireAccepted(Waiver waiver, WaiverPrices prices, DateOnly today, Surroundings surroundings)
    {
        if (prices.Refuse(waiver, today) is { } refusal) throw Wrong($"this waiver {refusal.Why} {waiver.Rule} of {Of(waiver)}. {refusal.Fix.TrimEnd('.')}");
        surroundings.Error.WriteLine(prices.Of(waiver, today) is { } price
            ? $"until {waiver.Expires.ToString(WaiverReader.DayFormat, CultureInfo.InvariantCulture)} it adds {Money.Text(price, prices.Currency)} to the loss to be expected"
            : $"nothing says what it adds to the loss to be expected: no drill has measured a control that {waiver.Rule} belongs to");
        surroundings.Error.Flush();
    }

    // It may take away what made another one cheap.
    private static void RequireOthers(Waiver waiver, IReadOnlyList<Waiver> others, WaiverPrices before, WaiverPrices after, DateOnly today)
    {
        foreach (var other in others)
            if (before.Refuse(other, today) is null && after.Refuse(other, today) is { } refusal)
                throw Wrong($"beside this waiver, {EntryPath.Printable(other.Id)} of {EntryPath.Printable(other.Owner)} {refusal.Why} {other.Rule} of {Of(other)}: both hold the same leaks. {refusal.Fix.TrimEnd('.')}");
    }

    private static string Of(Waiver waiver) => waiver.Path == Waiver.WholeArtifact ? "the artifact as a whole" : EntryPath.Printable(waiver.Path);

    private static GateException Wrong(string message) => new(GateRules.WaiverRefused.Id, message);

    /// <summary>The waiver in the manifest, as far as it is known.</summary>
    private sealed record Draft(string Json, Manifest Manifest, Waiver Waiver, ManifestEdit? Edit)
    {
        /// <exception cref="GateException">RG0005: the manifest's reader refuses it.</exception>
        public static Draft Of(List<(string Key, string Value)> keys, string? file, Surroundings surroundings)
        {
            var edit = file is null ? null : ManifestEdit.Open(surroundings.Files, file);
            var indent = edit?.Indent ?? "  ";
            var json = $"{{\n{string.Join(",\n", keys.ConvertAll(k => $"{indent}\"{k.Key}\": {ManifestAdvice.Quoted(k.Value)}"))}\n}}";
            edit?.Append("waivers", [new ManifestElement(json)]);
            // Without a manifest the profile serves that a check would judge by.
            var manifest = edit?.Read() ?? new ManifestReader(surroundings.Files).Read(surroundings.FullPath(ManifestSearch.FileName), Encoding.UTF8.GetBytes($"{{ \"extends\": \"{ManifestReader.DefaultProfile}\", \"waivers\": [{json}] }}"));
            // What a manifest extends comes behind its own.
            return new Draft(json, manifest, manifest.Waivers.Single(w => w.Id == keys[0].Value.Trim()), edit);
        }
    }
}
