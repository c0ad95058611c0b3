using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>What a manifest says about one artifact: the union of all sections that match its name.</summary>
public sealed class ArtifactPolicy
{
    /// <summary>The <see cref="Destination"/> of what only some may see.</summary>
    public const string Private = "private";

    /// <summary>The <see cref="Destination"/> of what everybody may see.</summary>
    public const string Public = "public";

    private const string SymbolsSuffix = ".snupkg";

    private AllowList? _allowList;
    private (Inventory Inventory, FirstParty FirstParty)? _firstParty;

    internal ArtifactPolicy(Manifest manifest, string artifactName, bool isFolder = false, IReadOnlyList<string>? firstParty = null)
    {
        Manifest = manifest;
        Built = firstParty ?? [];
        Sections = manifest.Sections.Where(s => s.Match.Glob.IsMatch(artifactName, isFolder)).ToArray();
        Budget = Budget.Default with
        {
            Output = First(l => l.Output) ?? Budget.Default.Output,
            Nested = First(l => l.Nested) ?? Budget.Default.Nested,
            Ratio = FirstNumber(l => l.Ratio) ?? Budget.Default.Ratio,
        };
        Destination = Named(Sections);
        // Symbols go where their package goes, unless a section of their own says otherwise.
        if (Destination is null && !isFolder && artifactName.EndsWith(SymbolsSuffix, StringComparison.OrdinalIgnoreCase))
        {
            var package = artifactName[..^SymbolsSuffix.Length] + ".nupkg";
            Destination = Named(manifest.Sections.Where(s => s.Match.Glob.IsMatch(package, false)));
        }

        Limits = new ManifestLimits { Size = First(l => l.Size), Entries = FirstNumber(l => l.Entries), Entry = First(l => l.Entry), Growth = Growth() };

        static string? Named(IEnumerable<ManifestSection> sections)
        {
            foreach (var section in sections)
                if (section.Destination is { } destination) return destination;
            return null;
        }

        long? First(Func<ManifestLimits, long?> limit)
        {
            foreach (var section in Sections)
                if (limit(section.Limits) is { } value) return value;
            return null;
        }

        double? Growth()
        {
            foreach (var section in Sections)
                if (section.Limits.Growth is { } value) return value;
            return null;
        }

        int? FirstNumber(Func<ManifestLimits, int?> limit)
        {
            foreach (var section in Sections)
                if (limit(section.Limits) is { } value) return value;
            return null;
        }
    }

    /// <summary>The manifest.</summary>
    public Manifest Manifest { get; }

    /// <summary>Names of the assemblies that the project itself built, as far as whoever asks for the check knows them.</summary>
    internal IReadOnlyList<string> Built { get; }

    /// <summary>The sections that apply, own ones first. Empty: nothing in the manifest speaks of this artifact.</summary>
    public IReadOnlyList<ManifestSection> Sections { get; }

    /// <summary>What the inspection may cost.</summary>
    public Budget Budget { get; }

    /// <summary>The limits that apply: of the first section that sets each.</summary>
    public ManifestLimits Limits { get; }

    /// <summary>The declared destination, of the first section that names one; for a symbols package else that of its package; or null.</summary>
    public string? Destination { get; }

    /// <summary>The severity a rule has here.</summary>
    public Severity SeverityOf(Descriptor rule) =>
        (!rule.Id.IsGate || rule.Id == GateRules.UnusedWaiver.Id) && Manifest.Rules.TryGetValue(rule.Id, out var setting) ? setting.Severity : rule.DefaultSeverity;

    /// <summary>
    /// The severity of a finding: what the manifest sets for its rule, else what the finding itself says for an entry like this, else the rule's default.
    /// </summary>
    internal Severity SeverityOf(Finding finding, Inventory inventory)
    {
        var severity = SeverityOf(finding.Rule);
        if (Manifest.Rules.ContainsKey(finding.Rule.Id)) return severity;
        if (finding.Severity is { } own && own < severity) severity = own;
        if (finding.VendoredSeverity is { } vendored && vendored < severity && finding.Entry is { } entry && !IsFirstParty(entry, inventory)) severity = vendored;
        return severity;
    }

    /// <summary>Whether the project itself built the entry, by the manifest's <c>firstParty</c> or by its name.</summary>
    public bool IsFirstParty(Entry entry, Inventory inventory)
    {
        if (_firstParty?.Inventory != inventory) _firstParty = (inventory, new FirstParty(this, inventory));
        return _firstParty.Value.FirstParty.Includes(entry);
    }

    /// <summary>The allowlist with its placeholders filled in for a package, held against all of its entries. Made once for an inventory.</summary>
    public AllowList AllowListFor(Inventory inventory)
    {
        // Several rules on several threads ask; the same list made twice does no harm, so no lock.
        var list = Volatile.Read(ref _allowList);
        if (list?.Inventory == inventory) return list;
        list = new AllowList(this, inventory);
        Volatile.Write(ref _allowList, list);
        return list;
    }
}
