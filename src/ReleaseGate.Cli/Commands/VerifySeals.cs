using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using ReleaseGate.Artifacts;
using ReleaseGate.Governance;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary>The part of <c>releasegate verify</c> that is about seals: what a push step calls.</summary>
internal sealed class VerifySeals
{
    private readonly Option<string[]> _seals = new("--seal") { HelpName = "FILE", Description = "The seal. Default: ARTIFACT.sigstore.json, beside the artifact. Once for each approver." };

    private readonly Option<string[]> _keys = new("--key") { HelpName = "FILE", Description = "A public key that is trusted: a PEM file, or env://NAME for a variable that holds it. Once for each." };

    private readonly Option<string?> _to = new("--to") { HelpName = "FEED", Description = "The feed that it is about to go to, an address. Default: the public registry." };

    private readonly Option<string?> _age = new("--max-age") { HelpName = "TIME", Description = "How old a seal may be, e.g. 24h or 7d." };

    private readonly Option<string?> _verifier = new("--verifier") { HelpName = "URI", Description = "The verifier that the keys speak for. Default: what the manifest says, else ReleaseGate's own name." };

    private readonly Option<bool> _anyPolicy = new("--any-policy") { Description = "Don't compare the manifest that it was judged by." };

    private readonly Option<string[]> _rules = new("--rules") { HelpName = "DLL", Description = "An assembly whose rules must have judged it, byte for byte. May be given several times." };

    public IEnumerable<Option> Options => [_seals, _keys, _to, _age, _verifier, _anyPolicy, _rules];

    /// <summary>Full paths of what is read beside the seals.</summary>
    public IEnumerable<string> Read(ParseResult parsed, Surroundings surroundings)
    {
        foreach (var key in parsed.GetValue(_keys) ?? [])
            if (KeyText.IsReference(key) && key.Length > 0 && !key.StartsWith(SealPolicy.VariablePrefix, StringComparison.Ordinal)) yield return surroundings.FullPath(key);
        foreach (var rules in parsed.GetValue(_rules) ?? []) yield return surroundings.FullPath(rules);
    }

    /// <summary>Whether seals are to be verified.</summary>
    public bool AreWanted(ParseResult parsed) => parsed.GetValue(_seals) is { Length: > 0 } || parsed.GetValue(_keys) is { Length: > 0 };

    /// <summary>The seals, as they were written and as full paths.</summary>
    public List<(string Path, string FullPath)> Seals(ParseResult parsed, string artifact, string fullPath, Surroundings surroundings)
    {
        var named = parsed.GetValue(_seals) ?? [];
        if (named.Length == 0) return [(artifact.TrimEnd('/', surroundings.Files.Path.DirectorySeparatorChar) + SigstoreBundle.Suffix, fullPath + SigstoreBundle.Suffix)];
        var seals = new List<(string, string)>();
        foreach (var seal in named) seals.Add((seal, surroundings.FullPath(seal)));
        return seals;
    }

    /// <summary>What is wrong with how it was asked, or null.</summary>
    public string? Mistake(ParseResult parsed, bool hasPolicy)
    {
        var keys = parsed.GetValue(_keys) ?? [];
        if (!AreWanted(parsed))
        {
            foreach (var option in Options)
                if (parsed.GetResult(option) is { Implicit: false }) return $"'{option.Name}' is about seals, and none is to be verified; name the public key that is trusted with '--key FILE'";
            return null;
        }

        if (keys.Length == 0) return "a seal is worth what its key is worth; name the public key that is trusted with '--key FILE'";
        if (!hasPolicy && !parsed.GetValue(_anyPolicy)) return "name the manifest that it has to have passed with '--policy FILE'; a seal by a manifest that allows everything is one, too. Where nobody has it at hand, '--any-policy' leaves it out";
        if (hasPolicy && parsed.GetValue(_anyPolicy)) return "'--policy' compares the manifest, and '--any-policy' does not; leave one of them out";
        if (parsed.GetValue(_age) is { } age && !SealPolicy.TryParseAge(age, out _)) return $"'--max-age' wants hours or days, e.g. '24h' or '7d'; '{EntryPath.Printable(age)}' is neither";
        if (parsed.GetValue(_verifier) is { } verifier && !SealPolicy.IsVerifier(verifier)) return $"'--verifier' wants a URI, e.g. 'https://acme.example/releasegate'; '{EntryPath.Printable(verifier)}' is none";
        foreach (var text in (IEnumerable<string?>)[.. keys, .. parsed.GetValue(_seals) ?? [], parsed.GetValue(_to), .. parsed.GetValue(_rules) ?? []])
            if (text is not null && string.IsNullOrWhiteSpace(text)) return "'--seal', '--key', '--to' and '--rules' want a value; a variable in the command line may be empty";
        return null;
    }

    /// <summary>What is expected of the seals.</summary>
    public SealExpectation Expectation(ParseResult parsed, Manifest? policy, Surroundings surroundings)
    {
        var keys = new List<TrustedKey>();
        foreach (var key in parsed.GetValue(_keys)!) KeyText.RequireReference(key);
        foreach (var key in parsed.GetValue(_keys)!) keys.Add(TrustedKey.Read(surroundings.Files, key.StartsWith(SealPolicy.VariablePrefix, StringComparison.Ordinal) ? key : surroundings.FullPath(key), surroundings.Variable));
        var age = policy?.Seal.MaximumAge;
        // The stricter one holds.
        if (SealPolicy.TryParseAge(parsed.GetValue(_age), out var asked) && (age is null || asked < age)) age = asked;
        return new SealExpectation
        {
            Keys = keys,
            Verifier = parsed.GetValue(_verifier) ?? policy?.Seal.Verifier ?? SealPolicy.UsualVerifier,
            Policy = policy?.Digest,
            Manifest = policy,
            PolicyName = policy is null ? "" : surroundings.Shown(policy.Name),
            Rules = [.. (parsed.GetValue(_rules) ?? []).Select(r => RulesOf(r, surroundings))],
            Feed = SealDestination.Feed(parsed.GetValue(_to)),
            MaximumAge = age,
            Approvals = policy?.Seal.Approvals ?? 1,
        };
    }

    private static ExpectedRules RulesOf(string named, Surroundings surroundings)
    {
        var (files, path) = (surroundings.Files, surroundings.FullPath(named));
        if (!files.File.Exists(path)) throw new GateException(GateRules.RuleFailed.Id, "there is no such rule assembly; check the path", path);
        DiskFile.RequireFile(files, path);
        using var stream = files.File.OpenRead(path);
        return new ExpectedRules(files.Path.GetFileName(path), new Digest(SHA256.HashData(stream)));
    }

    /// <summary>Prints what was found.</summary>
    public static void Print(SealVerification verification, bool quiet, TextWriter output)
    {
        var path = EntryPath.Printable(verification.Path);
        if (verification.Passed && !quiet)
        {
            var wanted = verification.Expected.Approvals;
            var approvals = wanted > 1 ? string.Create(CultureInfo.InvariantCulture, $", {verification.Seals.Select(s => s.Key).Distinct(StringComparer.Ordinal).Count():N0} of {wanted:N0} approvals") : "";
            foreach (var seal in verification.Seals)
            {
                var said = seal.Statement!;
                Say(string.Create(CultureInfo.InvariantCulture, $"verified{approvals}, sealed on {said.Time:yyyy-MM-dd HH:mm:ss} UTC by {EntryPath.Printable(said.Verifier)} for {EntryPath.Printable(said.Resource)}, key {seal.Key}, sha256 {verification.Digest}"));
                if (verification.Expected.Policy is null)
                    Say($"nobody compared the manifest it was judged by ('--policy FILE' does), '{EntryPath.Printable(said.Policy.Path)}', sha256 {said.Policy.Digest}");
                if (said.RuleAssemblies.Where(a => !verification.Expected.Rules.Any(r => r.Digest == a.Digest)).ToArray() is { Length: > 0 } others)
                    Say($"nobody compared the rules beside ReleaseGate's own that judged it, too ('--rules DLL' does): {SealVerification.Named(others)}");
            }
        }

        foreach (var objection in verification.Objections)
            output.WriteLine(VerifyCommand.Line(verification.Path, objection.Rule, $"{verification.Name}: {(objection.Seal is null ? "" : $"the seal '{objection.Seal}': ")}{objection.Message}"));

        void Say(string text)
        {
            foreach (var line in Columns.Wrap($"{path}: ", text, "  ", keepsWords: true)) output.WriteLine(line);
        }
    }
}
