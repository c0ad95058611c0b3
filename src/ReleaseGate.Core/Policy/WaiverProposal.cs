using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Policy;

/// <summary>What the waivers have in common that are proposed when the gate is adopted.</summary>
/// <param name="Owner">Who answers for them; empty where nobody is named yet, which no manifest accepts.</param>
/// <param name="Since">The day on which they were found, UTC.</param>
/// <param name="Expires">The last day on which they hold, UTC.</param>
/// <param name="Active">Whether they hold from the start; else they stand in the manifest as comments.</param>
internal sealed record WaiverTerms(string Owner, DateOnly Since, DateOnly Expires, bool Active);

/// <summary>A waiver for what is wrong today.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Rule">The rule it silences.</param>
/// <param name="Path">The entry's path, with a <c>*</c> where it is about many of a folder; <c>.</c> for the artifact as a whole.</param>
/// <param name="Artifact">The artifacts it is about, or null: any.</param>
/// <param name="Sha256">The only bytes it holds for, or null.</param>
/// <param name="Findings">How many findings it silences today.</param>
internal sealed record WaiverProposal(string Id, Descriptor Rule, string Path, string? Artifact, Digest? Sha256, int Findings)
{
    /// <summary>The JSON, several lines.</summary>
    public string Json(WaiverTerms terms)
    {
        List<(string Key, string Value)> keys = [("id", Id), ("rule", Rule.Id.ToString()), ("path", Path)];
        if (Artifact is not null) keys.Add(("artifact", Artifact));
        if (Sha256 is { } digest) keys.Add(("sha256", digest.ToString()));
        keys.Add(("owner", terms.Owner));
        keys.Add(("reason", "found when ReleaseGate was adopted; to be mended before this ends"));
        keys.Add(("since", JsonReporter.Written(terms.Since)));
        keys.Add(("expires", JsonReporter.Written(terms.Expires)));
        return "{\n" + string.Join(",\n", keys.Select(k => $"  \"{k.Key}\": {ManifestAdvice.Quoted(k.Value)}")) + "\n}";
    }
}

/// <summary>Sorts what blocks today into what waivers may silence for a while and what has to be mended at once.</summary>
/// <param name="last">The last number of an id that is taken.</param>
internal sealed class WaiverProposals(int last = 0)
{
    /// <summary>More than these nobody answers for one by one.</summary>
    public const int Most = 100;

    // From here on one waiver with a '*' stands for the findings of one rule about the files of one kind in one folder.
    private const int ManyOfFolder = 20;

    private readonly List<WaiverProposal> _proposals = [];
    private readonly HashSet<Finding> _refused = new(ReferenceEqualityComparer.Instance);

    /// <summary>The proposals; empty where there would be more than <see cref="Most"/>.</summary>
    public IReadOnlyList<WaiverProposal> All => TooMany ? [] : _proposals;

    /// <summary>How many there would be.</summary>
    public int Needed => _proposals.Count;

    /// <summary>Whether these are so many that waivers are no answer.</summary>
    public bool TooMany => _proposals.Count > Most;

    /// <summary>Whether a finding is one that no waiver is proposed for: a secret, the gate's own, what cannot be waived, or what stands in an entry with one of these.</summary>
    public bool Refuses(Finding finding) => TooMany || _refused.Contains(finding);

    /// <summary>The highest n of the waivers W-n of a manifest, or 0.</summary>
    public static int LastNumber(Manifest? manifest)
    {
        var last = 0;
        foreach (var waiver in manifest?.Waivers ?? [])
            if (waiver.Id.StartsWith("W-", StringComparison.OrdinalIgnoreCase) && int.TryParse(waiver.Id.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) last = Math.Max(last, number);
        return last;
    }

    /// <summary>Whether a waiver may silence the findings of a rule, as far as a tool may say so: a secret is revoked, not waived.</summary>
    public static bool IsForWaiver(Descriptor rule) => rule.Waivable && !rule.Id.IsGate && !(rule.Id.IsBuiltIn && rule.Id.ToString()[2] == '4');

    /// <summary>Adds what blocks in an artifact.</summary>
    /// <param name="inventory">The artifact.</param>
    /// <param name="blocking">The findings.</param>
    /// <param name="unlisted">Entries that are to be waived as unlisted: nobody said that they may ship, and no other rule finds them.</param>
    /// <param name="artifact">What to call the artifacts in the waivers; null: nothing.</param>
    public void Add(Inventory inventory, IReadOnlyList<Finding> blocking, IEnumerable<Entry> unlisted, string? artifact)
    {
        var hopeless = new HashSet<string>(StringComparer.Ordinal);
        foreach (var finding in blocking)
            if (!CanBeWaived(finding)) hopeless.Add(PathOf(finding));
        var waived = new List<Finding>();
        foreach (var finding in blocking)
        {
            // An entry with a secret is mended today; whatever else is wrong with it can be mended with it.
            if (hopeless.Contains(PathOf(finding)) && (finding.Path is not null || !CanBeWaived(finding))) _refused.Add(finding);
            else waived.Add(finding);
        }

        foreach (var entry in unlisted) waived.Add(new Finding(UnlistedEntry.Description, entry, ""));
        foreach (var rule in waived.GroupBy(f => f.Rule.Id).OrderBy(g => g.Key))
            foreach (var (path, findings) in Paths([.. rule], inventory))
                _proposals.Add(new WaiverProposal($"W-{last + _proposals.Count + 1}", findings[0].Rule, path, artifact, findings[0].Rule.WaivedByDigestOnly ? findings[0].Entry!.Digest : null, findings.Count));
    }

    internal static bool CanBeWaived(Finding finding)
    {
        if (!IsForWaiver(finding.Rule) || (finding.Rule.WaivedByDigestOnly && finding.Entry is null)) return false;
        // What no waiver can name: JSON cannot hold half a surrogate pair, a '*' in a name would mean more than the name, and the rest is refused as a path.
        return finding.Path?.Value is not { } path
            || (path.AsSpan().IndexOfAny('*', '\\') < 0 && !path.StartsWith('/') && path.Trim().Length > 0 && path != Waiver.WholeArtifact && path.EnumerateRunes().All(r => r != Rune.ReplacementChar));
    }

    private static string PathOf(Finding finding) => finding.Path?.Value ?? Waiver.WholeArtifact;

    /// <summary>The paths of waivers for the findings of one rule, each with the findings it silences.</summary>
    private static IEnumerable<(string Path, List<Finding> Findings)> Paths(IReadOnlyList<Finding> findings, Inventory inventory)
    {
        var byPath = new SortedDictionary<string, List<Finding>>(StringComparer.Ordinal);
        foreach (var finding in findings)
        {
            if (!byPath.TryGetValue(PathOf(finding), out var same)) byPath.Add(PathOf(finding), same = []);
            same.Add(finding);
        }

        // Exact bytes are those of one entry.
        if (findings[0].Rule.WaivedByDigestOnly) return byPath.Select(p => (p.Key, p.Value));
        var result = new List<(string Path, List<Finding> Findings)>();
        foreach (var group in byPath.GroupBy(p => FolderAndExtension(p.Key)))
        {
            var members = group.ToArray();
            var (folder, extension) = group.Key;
            if (members.Length > ManyOfFolder && inventory.Entries.All(e => byPath.ContainsKey(e.Path.Value) || !IsMatch(e.Path.Value, folder, extension)))
                result.Add(($"{folder}*{extension}", [.. members.SelectMany(m => m.Value)]));
            else result.AddRange(members.Select(m => (m.Key, m.Value)));
        }

        result.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return result;
    }

    private static (string Folder, string Extension) FolderAndExtension(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return (path[..^name.Length], EntryRole.ExtensionOf(name));
    }

    private static bool IsMatch(string path, string folder, string extension) =>
        path.Length >= folder.Length + extension.Length && path.StartsWith(folder, StringComparison.Ordinal) && path.EndsWith(extension, StringComparison.Ordinal)
        && path.IndexOf('/', folder.Length) < 0;
}
