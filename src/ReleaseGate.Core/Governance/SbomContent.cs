using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Governance;

/// <summary>A package that an artifact declares or carries.</summary>
/// <param name="Id">Its id or name.</param>
/// <param name="Reference">What other parts of the document call it; no two are alike.</param>
/// <param name="IsNpm">Whether it is one of npm, otherwise of NuGet.</param>
/// <param name="IsOptional">Whether the artifact can do without it; null where it does not declare it.</param>
internal sealed record SbomLibrary(string Id, string Reference, bool IsNpm, bool? IsOptional)
{
    /// <summary>Its version, or null where only a range is known.</summary>
    public string? Version { get; init; }

    /// <summary>The package URL, or null where it comes from no registry.</summary>
    public string? Url { get; init; }

    /// <summary>Its licence, or null where it is not known.</summary>
    public PackageLicense? License { get; init; }

    /// <summary>What else is known.</summary>
    public required IReadOnlyList<(string Name, string Value)> Properties { get; init; }
}

/// <summary>What a document says of an inventory: packages, what stands in what, and what is known whole.</summary>
internal sealed class SbomContent
{
    /// <summary>The trait that RG2009 notes: name and version of an assembly.</summary>
    public const string AssemblyTrait = "assembly";

    private readonly Dictionary<Entry, List<Entry>> _inside = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Entry, string> _references = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly List<SbomLibrary> _libraries = [];
    private readonly List<string> _completeArchives = [];
    private readonly List<string> _incomplete = [];
    private readonly List<string> _closedArchives = [];

    public SbomContent(Inventory inventory, string root)
    {
        _taken.Add(root);
        Entries = inventory.Entries.Where(static e => e.Container is null);
        DeclaresDependencies = inventory.Package is not null && inventory.Kind is ArtifactKind.NuGetPackage or ArtifactKind.NpmPackage;
        Judge(inventory);
        AddLibraries(inventory);
    }

    /// <summary>The entries that stand in no other.</summary>
    public IEnumerable<Entry> Entries { get; }

    /// <summary>Whether every byte of the artifact was read, and stands in an entry.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether the artifact says what it depends on.</summary>
    public bool DeclaresDependencies { get; }

    /// <summary>The packages: those declared, in their order, then those carried, by name and version.</summary>
    public IReadOnlyList<SbomLibrary> Libraries => _libraries;

    /// <summary>Nested archives of which everything was read.</summary>
    public IReadOnlyList<string> CompleteArchives => _completeArchives;

    /// <summary>Entries of which something was not read.</summary>
    public IReadOnlyList<string> Incomplete => _incomplete;

    /// <summary>Archives that nobody looked into.</summary>
    public IReadOnlyList<string> ClosedArchives => _closedArchives;

    /// <summary>What stands in an archive, or null.</summary>
    public IReadOnlyList<Entry>? Inside(Entry entry) => _inside.GetValueOrDefault(entry);

    /// <summary>What an entry is called, or null where nothing speaks of it.</summary>
    public string? ReferenceOf(Entry entry) => _references.GetValueOrDefault(entry);

    private void Judge(Inventory inventory)
    {
        var damaged = new HashSet<EntryPath>();
        IsComplete = true;
        foreach (var anomaly in inventory.Anomalies)
        {
            if (anomaly.Kind == AnomalyKind.KindMismatch) continue;
            IsComplete = false;
            if (anomaly.Path is not null) damaged.Add(anomaly.Path);
        }

        var incomplete = new HashSet<Entry>(ReferenceEqualityComparer.Instance);
        foreach (var entry in inventory.Entries)
        {
            if (entry.Container is { } container)
            {
                if (!_inside.TryGetValue(container, out var inside)) _inside.Add(container, inside = []);
                inside.Add(entry);
            }

            if (entry.Complete && !damaged.Contains(entry.Path)) continue;
            IsComplete = false;
            // What stands in an archive is missing in that, too.
            for (var missing = entry; missing is not null && incomplete.Add(missing);) missing = missing.Container;
        }

        foreach (var entry in inventory.Entries)
        {
            if (incomplete.Contains(entry)) _incomplete.Add(Refer(entry));
            else if (entry.Entered) _completeArchives.Add(Refer(entry));
            else if (AllowList.IsArchive(entry) || entry.Kind == EntryKind.CompoundFile) _closedArchives.Add(Refer(entry));
        }
    }

    private string Refer(Entry entry)
    {
        var reference = Free("entry:" + entry.Path.Value);
        _references.Add(entry, reference);
        return reference;
    }

    private string Free(string reference)
    {
        reference = EntryPath.Printable(reference);
        var free = reference;
        for (var i = 2; !_taken.Add(free); i++) free = string.Create(CultureInfo.InvariantCulture, $"{reference}#{i}");
        return free;
    }

    private void AddLibraries(Inventory inventory)
    {
        var carried = Carried(inventory);
        if (DeclaresDependencies) AddDeclared(inventory, carried);
        var distinct = new SortedDictionary<string, (CarriedPackage First, List<(string, string)> Paths)>(StringComparer.Ordinal);
        foreach (var (folder, package) in carried)
        {
            var key = $"{package.Name}\n{package.Version}\n{package.License}";
            if (!distinct.TryGetValue(key, out var known)) distinct.Add(key, known = (package, []));
            known.Paths.Add(("path", folder));
        }

        foreach (var (package, paths) in distinct.Values)
        {
            var url = UrlOf(isNpm: true, package.Name, package.Version);
            _libraries.Add(new SbomLibrary(package.Name, Free(url ?? "library:" + package.Name), IsNpm: true, IsOptional: null) { Version = package.Version, Url = url, License = package.License, Properties = paths });
        }
    }

    private void AddDeclared(Inventory inventory, SortedDictionary<string, CarriedPackage> carried)
    {
        var isNpm = inventory.Kind == ArtifactKind.NpmPackage;
        // NuGet takes ids in any case; in npm another case is another package.
        var groups = new Dictionary<string, List<PackageDependency>>(isNpm ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
        var order = new List<List<PackageDependency>>();
        foreach (var dependency in inventory.Package!.Dependencies)
        {
            if (!groups.TryGetValue(dependency.Id, out var same))
            {
                groups.Add(dependency.Id, same = []);
                order.Add(same);
            }

            same.Add(dependency);
        }

        foreach (var same in order)
        {
            var first = same[0];
            var properties = new List<(string, string)>();
            var optional = false;
            var version = isNpm ? ExactNpm(first.Range) : ExactNuGet(first.Range);
            foreach (var dependency in same)
            {
                // An address may hold a password, a range holds none.
                properties.Add((dependency.Group.Length == 0 ? "range" : "range:" + dependency.Group, Redacted.Specifier(dependency.Range)));
                optional |= isNpm && dependency.Group == "optionalDependencies";
                if ((isNpm ? ExactNpm(dependency.Range) : ExactNuGet(dependency.Range)) != version) version = null;
            }

            PackageLicense? license = null;
            var name = first.Id;
            var isRegistry = true;
            if (isNpm)
            {
                if (NpmSpecifier.NameOf(first) is { Length: > 0 } real) name = real;
                isRegistry = NpmSpecifier.SourceOf(first) == NpmSpecifier.NameOf(first) && NpmSpecifier.WhyNot(first.Range) is null;
                if (name != first.Id) properties.Add(("alias", Redacted.Address(first.Id)));
                if (inventory.Package.Npm?.Bundled.Contains(first.Id, StringComparer.Ordinal) == true) properties.Add(("bundled", "true"));
                var folder = "node_modules/" + first.Id;
                if (carried.Remove(folder, out var package))
                {
                    (version, license) = (package.Version, package.License);
                    properties.Add(("path", folder));
                }
            }

            // What is no name may be an address.
            var shown = Redacted.Address(name);
            var url = isRegistry && shown == name ? UrlOf(isNpm, name, version) : null;
            _libraries.Add(new SbomLibrary(shown, Free(url ?? "dependency:" + Redacted.Address(first.Id)), isNpm, optional) { Version = version, Url = url, License = license, Properties = properties });
        }
    }

    /// <summary>What lies in <c>node_modules</c>, by its folder.</summary>
    private static SortedDictionary<string, CarriedPackage> Carried(Inventory inventory)
    {
        var carried = new SortedDictionary<string, CarriedPackage>(StringComparer.Ordinal);
        foreach (var entry in inventory.Entries)
        {
            if (entry.Type == EntryType.Directory || ModulePath.PackageOf(entry, out var inside) is not { } name || inside.Length == 0) continue;
            var folder = entry.Path.Inner[..^(inside.Length + 1)];
            if (inside != "package.json") carried.TryAdd(folder, new CarriedPackage(name, null, null));
            else carried[folder] = CarriedPackage.Of(entry, name);
        }

        return carried;
    }

    private static string? UrlOf(bool isNpm, string id, string? version)
    {
        foreach (var segment in id.Split('/'))
            if (segment is "" or "." or "..") return null;
        return PackageUrl.Of(isNpm ? ArtifactKind.NpmPackage : ArtifactKind.NuGetPackage, id, version);
    }

    // "[1.2.3]" is that version alone; "1.2.3" is that or a later one.
    private static string? ExactNuGet(string range)
    {
        range = range.Trim();
        return range.Length > 2 && range[0] == '[' && range[^1] == ']' && !range.Contains(',', StringComparison.Ordinal) && PackageVersion.Parse(range[1..^1].Trim()) is not null ? range[1..^1].Trim() : null;
    }

    // "1.2.3", "=1.2.3", "npm:other@1.2.3"
    private static string? ExactNpm(string range)
    {
        range = range.Trim();
        if (range.StartsWith("npm:", StringComparison.OrdinalIgnoreCase)) range = range[(range.LastIndexOf('@') is > 4 and var at ? at + 1 : range.Length)..];
        if (range.StartsWith('=')) range = range[1..].TrimStart();
        if (range.StartsWith('v')) range = range[1..];
        var core = range.AsSpan();
        if (core.IndexOfAny('-', '+') is >= 0 and var end) core = core[..end];
        if (core.Count('.') != 2) return null;
        foreach (var c in core)
            if (!char.IsAsciiDigit(c) && c != '.') return null;
        foreach (var c in range)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '+')) return null;
        return core[0] == '.' || core[^1] == '.' || core.IndexOf("..") >= 0 ? null : range;
    }
}
