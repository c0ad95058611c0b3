using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate log spend</c>: keeps what remediation cost, and holds the year's sum against its budget.</summary>
internal sealed class LogSpendCommand
{
    private const decimal Most = 1_000_000_000_000m;

    private const int LongestText = 1000;

    private readonly Argument<string?> _amount = new("AMOUNT") { Description = "What was spent, e.g. 1200 or 99.50. Without it: what this year's spending comes to. To take a mistake back, spend the negative amount: 'spend --currency EUR --for \"typed twice\" -- -1200'.", Arity = ArgumentArity.ZeroOrOne };

    private readonly Option<string?> _currency = new("--currency") { HelpName = "CODE", Description = "Its currency, three capital letters of ISO 4217, e.g. EUR." };

    private readonly Option<string?> _for = new("--for") { HelpName = "TEXT", Description = "What for." };

    private readonly Option<string?> _waiver = new("--waiver") { HelpName = "ID", Description = "The waiver that it ends." };

    private readonly Option<string?> _ticket = new("--ticket") { HelpName = "TEXT", Description = "Where it is discussed." };

    private readonly Option<string?> _by = new("--by") { HelpName = "NAME", Description = "Who spent it." };

    private readonly Option<string?> _log = new("--log") { HelpName = "FILE", Description = "The audit log. Default: what the manifest says with \"log\"." };

    private readonly Option<string?> _manifest = LogCommand.ManifestOption();

    private LogSpendCommand() { }

    public static Command Create(Surroundings surroundings)
    {
        var spend = new LogSpendCommand();
        var command = new Command("spend", "Adds what remediation cost; without an amount, sums up the year and holds it against the manifest's remediation budget.")
        {
            spend._amount, spend._currency, spend._for, spend._waiver, spend._ticket, spend._by, spend._log, spend._manifest,
        };
        command.SetAction(parsed => spend.Run(parsed, surroundings));
        return command;
    }

    private int Run(ParseResult parsed, Surroundings surroundings)
    {
        var manifest = LogCommand.ManifestOf(parsed.GetValue(_manifest), surroundings);
        var path = parsed.GetValue(_log) is { } named ? surroundings.FullPath(named) : LogCommand.OfManifest(manifest);
        if (parsed.GetValue(_amount) is not { } written)
        {
            foreach (var option in (Option<string?>[])[_currency, _for, _waiver, _ticket, _by])
                if (parsed.GetValue(option) is not null) return surroundings.Refuse($"'{option.Name}' is about an amount, and there is none; name it, e.g. 'releasegate log spend 1200 --currency EUR --for \"…\"'");
            return Sum(path, manifest?.Exposure, surroundings);
        }

        // Nothing that people in other countries read in another way.
        if (!decimal.TryParse(written, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) || amount == 0 || Math.Abs(amount) > Most || decimal.Round(amount, 4) != amount)
            return surroundings.Refuse($"'{EntryPath.Printable(written)}' is no amount; write it like 1200 or 99.50");
        if (parsed.GetValue(_currency) is not { Length: 3 } currency || currency.AsSpan().IndexOfAnyExceptInRange('A', 'Z') >= 0)
            return surroundings.Refuse("say the currency, three capital letters, e.g. '--currency EUR'");
        if (string.IsNullOrWhiteSpace(parsed.GetValue(_for))) return surroundings.Refuse("say what it was spent for: '--for TEXT'");
        var members = new JsonObject { ["amount"] = amount, ["currency"] = currency };
        foreach (var (key, option) in ((string, Option<string?>)[])[("for", _for), ("waiver", _waiver), ("ticket", _ticket), ("by", _by)])
        {
            if (parsed.GetValue(option) is { Length: > LongestText }) return surroundings.Refuse($"'{option.Name}' takes {LongestText} characters at most; the log is no place for more");
            members[key] = parsed.GetValue(option);
        }

        var position = new AuditLog(surroundings.Files, path).Append(new AuditEvent(Spending.Event, members), surroundings.Time.GetUtcNow().UtcDateTime);
        surroundings.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"added {amount} {currency} to {EntryPath.Printable(surroundings.Shown(path))}, seq {position.Sequence}"));
        return ExitCode.Passed;
    }

    private static int Sum(string path, ExposureModel? model, Surroundings surroundings)
    {
        var spending = new Spending(surroundings.Time.GetUtcNow().Year, model, path);
        var code = LogCommand.Read(path, null, (line, members) =>
        {
            if (spending.Counts(line)) spending.Add(line, members);
        }, surroundings);
        if (code != ExitCode.Passed) return code;
        foreach (var line in spending.Lines()) surroundings.Output.WriteLine(line);
        return spending.IsOver ? ExitCode.Blocked : ExitCode.Passed;
    }
}
