using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>What a manifest says about one artifact: the union of all sections that match its name.</summary>
public sealed class ArtifactPolicy
{
    private AllowList? _allowList;

    internal ArtifactPolicy(Manifest manifest, string artifactName, bool isFolder = false)
    {
        Manifest = manifest;
        Sections = manifest.Sections.Where(s => s.Match.Glob.IsMatch(artifactName, isFolder)).ToArray();
        Budget = Budget.Default with
        {
            Output = First(l => l.Output) ?? Budget.Default.Output,
            Nested = First(l => l.Nested) ?? Budget.Default.Nested,
            Ratio = First(l => l.Ratio) ?? Budget.Default.Ratio,
        };
        Limits = new ManifestLimits { Size = First(l => l.Size), Entries = First(l => l.Entries), Entry = First(l => l.Entry) };

        T? First<T>(Func<ManifestLimits, T?> limit) where T : struct
        {
            foreach (var section in Sections)
                if (limit(section.Limits) is { } value) return value;
            return null;
        }
    }

    /// <summary>The manifest.</summary>
    public Manifest Manifest { get; }

    /// <summary>The sections that apply, own ones first. Empty: nothing in the manifest speaks of this artifact.</summary>
    public IReadOnlyList<ManifestSection> Sections { get; }

    /// <summary>What the inspection may cost.</summary>
    public Budget Budget { get; }

    /// <summary>The limits that apply: of the first section that sets each.</summary>
    public ManifestLimits Limits { get; }

    /// <summary>The declared destination, of the first section that names one, or null.</summary>
    public string? Destination => Sections.FirstOrDefault(s => s.Destination is not null)?.Destination;

    /// <summary>The severity a rule has here.</summary>
    public Severity SeverityOf(Descriptor rule) =>
        !rule.Id.IsGate && Manifest.Rules.TryGetValue(rule.Id, out var setting) ? setting.Severity : rule.DefaultSeverity;

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
