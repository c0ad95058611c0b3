using System.Globalization;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Policy;

/// <summary>
/// What one manifest permits and another does not, for whoever has to approve of it. Compares what is written, section by section, and not what it comes to for
/// some artifact: that is what judging by both tells (<see cref="JudgedFinding.NeedsApproval"/>).
/// </summary>
public sealed class ManifestChanges
{
    private const int Longest = 100;

    private readonly Manifest _base;
    private readonly Manifest _working;
    private readonly HashSet<string> _newProfiles = new(StringComparer.Ordinal);
    private readonly List<PolicyChange> _changes = [];

    private ManifestChanges(Manifest @base, Manifest working) => (_base, _working) = (@base, working);

    /// <summary>What <paramref name="working"/> permits beyond <paramref name="base"/>; empty where nothing is recognised as that. Of internal names only the number is told.</summary>
    /// <param name="base">What counts.</param>
    /// <param name="working">What somebody would like to count.</param>
    public static IReadOnlyList<PolicyChange> Between(Manifest @base, Manifest working)
    {
        var changes = new ManifestChanges(@base, working);
        changes.AddProfiles();
        changes.AddSections();
        changes.AddRules();
        changes.AddHosts();
        changes.AddFirstParty();
        changes.AddDebug();
        changes.AddIdentifiers();
        changes.AddPrivate();
        changes.AddLicenses();
        changes.AddDependencies();
        changes.AddWaivers();
        changes.AddDeadlines();
        changes.AddSeal();
        changes.AddAuditLog();
        foreach (var (what, location) in ExposureChanges.Between(@base.Exposure, working.Exposure)) changes.Add(what, location);
        return changes._changes;
    }

    private void AddProfiles()
    {
        foreach (var source in _working.Sources)
        {
            if (!source.IsProfile || _base.Sources.Any(s => s.IsProfile && s.Name == source.Name)) continue;
            _newProfiles.Add(source.Name);
            if (_working.File is null) Add($"has no manifest any more, so that the built-in profile '{source.Name}' would serve", null);
            else Add($"extends the profile '{source.Name}'", PlaceOf("extends", source.Name));
        }
    }

    private void AddSections()
    {
        var (before, working) = (Groups(_base), Groups(_working));
        foreach (var after in working)
        {
            var old = Find(before, after.Match);
            foreach (var pattern in after.Permitted)
                if (!_newProfiles.Contains(pattern.Location.File) && old?.Permits(pattern.ToString()) != true) Add($"allows {Quoted(pattern.ToString())} in {Quoted(after.Match)}", pattern.Location);
            AddDestination(old?.Destination, after);
        }

        // What nobody requires, forbids or limits any more. A section that is gone has no line.
        foreach (var old in before)
        {
            var after = Find(working, old.Match);
            foreach (var pattern in old.Forbidden)
                if (after?.Forbidden.Any(p => p.ToString() == pattern.ToString()) != true) Add($"no longer forbids {Quoted(pattern.ToString())} in {Quoted(old.Match)}", after?.Location);
            foreach (var pattern in old.Required)
                if (after?.Required.Any(p => p.ToString() == pattern.ToString()) != true) Add($"no longer requires {Quoted(pattern.ToString())} in {Quoted(old.Match)}", after?.Location);
            if (after is null && old.Destination == ArtifactPolicy.Private) Add($"no longer declares {Quoted(old.Match)} {ArtifactPolicy.Private}", null);
        }

        foreach (var old in before) AddLimits(old.Match, old.Limits, Find(working, old.Match));
        foreach (var after in working)
            if (Find(before, after.Match) is null) AddLimits(after.Match, ManifestLimits.None, after);
    }

    private void AddDestination(string? before, Group after)
    {
        if (after.Destination == before) return;
        if (after.Destination == ArtifactPolicy.Public) Add($"declares {Quoted(after.Match)} {ArtifactPolicy.Public}", after.Location);
        else if (before == ArtifactPolicy.Private) Add($"no longer declares {Quoted(after.Match)} {ArtifactPolicy.Private}", after.Location);
    }

    private void AddLimits(string match, ManifestLimits before, Group? after)
    {
        var limits = after?.Limits ?? ManifestLimits.None;
        var place = limits.Location ?? after?.Location;
        Limit("size", before.Size, limits.Size, Bytes);
        Limit("entries", before.Entries, limits.Entries, Plain);
        Limit("entry", before.Entry, limits.Entry, Bytes);
        // Where the manifest says nothing, these have values of their own.
        Limit("output", before.Output ?? Budget.Default.Output, limits.Output ?? Budget.Default.Output, Bytes);
        Limit("nested", before.Nested ?? Budget.Default.Nested, limits.Nested ?? Budget.Default.Nested, Bytes);
        Limit("ratio", before.Ratio ?? Budget.Default.Ratio, limits.Ratio ?? Budget.Default.Ratio, Plain);
        Limit("growth", before.Growth, limits.Growth, static share => share.ToString("0.##%", CultureInfo.InvariantCulture));

        void Limit(string name, double? old, double? value, Func<double, string> written)
        {
            if (old is not { } from) return;
            if (value is not { } to) Add($"no longer limits \"{name}\" of {Quoted(match)}, which was {written(from)}", place);
            else if (to > from) Add($"raises \"{name}\" of {Quoted(match)} from {written(from)} to {written(to)}", place);
        }

        static string Bytes(double bytes) => ByteSize.Format((long)bytes);
        static string Plain(double count) => count.ToString("#,0", CultureInfo.InvariantCulture);
    }

    private void AddRules()
    {
        foreach (var (id, setting) in _working.Rules)
        {
            if (_newProfiles.Contains(setting.Location.File)) continue;
            var before = _base.Rules.TryGetValue(id, out var set) ? set.Severity : UsualSeverity(id);
            if (setting.Severity >= before) continue;
            Add(setting.Severity == Severity.Off ? $"switches {id} off" : $"lowers {id} from {NameOf(before)} to {NameOf(setting.Severity)}", setting.Location);
        }

        // Without a setting a finding may say for itself that it only warns.
        foreach (var (id, setting) in _base.Rules)
            if (!_working.Rules.ContainsKey(id) && setting.Severity >= UsualSeverity(id)) Add($"no longer sets {id} to {NameOf(setting.Severity)}", PlaceOf("rules"));
    }

    private void AddHosts()
    {
        var before = _base.Hosts;
        if (before.IsConfigured && !_working.Hosts.IsConfigured)
        {
            Add("removes the list of hosts, so that an artifact may point at any public one", null);
            return;
        }

        foreach (var host in _working.Hosts.Patterns)
            if (!before.Patterns.Contains(host, StringComparer.OrdinalIgnoreCase) && (before.IsConfigured || HostList.IsInner(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host)))
                Add($"allows the host {Quoted(host)}", PlaceOf("hosts", host));
    }

    private void AddFirstParty()
    {
        var before = _base.FirstParty.Select(p => p.ToString()).ToHashSet(StringComparer.Ordinal);
        var after = _working.FirstParty.Select(p => p.ToString()).ToHashSet(StringComparer.Ordinal);
        if (!before.SetEquals(after)) Add("changes \"firstParty\", by which some rules only warn about what others built", PlaceOf("firstParty"));
    }

    private void AddDebug()
    {
        var (before, after) = (_base.Debug, _working.Debug);
        if (after.GeneratedSources > before.GeneratedSources) Add(string.Create(CultureInfo.InvariantCulture, $"raises \"generatedSources\" from {before.GeneratedSources} to {after.GeneratedSources}"), PlaceOf("debug"));
        if (after.WasmNames < before.WasmNames) Add($"lowers \"wasmNames\" from {NameOf(before.WasmNames)} to {NameOf(after.WasmNames)}", PlaceOf("debug"));
        foreach (var root in after.Roots)
            if (!before.Roots.Contains(root, StringComparer.Ordinal)) Add($"lets the folder {Quoted(root)} of build machines show", PlaceOf("debug", root) ?? PlaceOf("debug", root.TrimEnd('/')));
    }

    private void AddIdentifiers()
    {
        var (before, after) = (_base.Identifiers, _working.Identifiers);
        var gone = Missing(before.Words, after.Words, EqualityComparer<IdentifierWord>.Default)
            + Missing(before.Patterns.Select(p => p.Regex + "\0" + p.Literal), after.Patterns.Select(p => p.Regex + "\0" + p.Literal), StringComparer.Ordinal)
            + Missing(before.Namespaces, after.Namespaces, StringComparer.Ordinal)
            + Missing(before.Assemblies, after.Assemblies, StringComparer.OrdinalIgnoreCase)
            + Missing(before.Hosts, after.Hosts, StringComparer.OrdinalIgnoreCase);
        foreach (var list in before.Hashes) gone += list.CountNotIn(after.Hashes);
        // Which they are is nobody's business who reads this.
        if (gone > 0) Add(string.Create(CultureInfo.InvariantCulture, $"no longer guards {gone:#,0} {(gone == 1 ? "internal name" : "internal names")}"), PlaceOf("identifiers"));

        static int Missing<T>(IEnumerable<T> before, IEnumerable<T> after, IEqualityComparer<T> comparer) => before.Except(after, comparer).Count();
    }

    private void AddPrivate()
    {
        var (before, after) = (_base.Private, _working.Private);
        foreach (var name in (IEnumerable<InternalName>)[.. before.Ids, .. before.Scopes])
            if (!after.Ids.Concat(after.Scopes).Any(n => n.Text.Equals(name.Text, StringComparison.OrdinalIgnoreCase))) Add($"no longer calls {Quoted(name.Text)} internal", PlaceOf("private"));
        foreach (var registry in after.Registries)
            if (!before.Registries.Any(r => r.Address == registry.Address)) Add($"lets private packages go to {Quoted(registry.Text)}", PlaceOf("private", registry.Text));
    }

    private void AddLicenses()
    {
        var (before, after) = (_base.Licenses, _working.Licenses);
        if (!before.IsConfigured) return;
        if (!after.IsConfigured) Add("removes the list of licences, so that any will do", null);
        foreach (var license in after.Allow)
            if (!before.Allow.Contains(license, StringComparer.Ordinal)) Add($"allows the licence {Quoted(license)}", PlaceOf("licenses", license));
    }

    private void AddDependencies()
    {
        var (before, after) = (_base.Dependencies, _working.Dependencies);
        if (!before.IsConfigured) return;
        if (!after.IsConfigured) Add("removes the list of dependencies, so that any will do", null);
        var known = before.Patterns.ToArray();
        foreach (var pattern in after.Patterns)
            if (!known.Contains(pattern, StringComparer.Ordinal)) Add($"allows the dependency {Quoted(pattern)}", PlaceOf("dependencies", pattern));
    }

    private void AddWaivers()
    {
        foreach (var waiver in _working.Waivers)
        {
            var before = _base.Waivers.FirstOrDefault(w => w.Id == waiver.Id);
            var what = $"{waiver.Rule} on {Quoted(waiver.Path)}{(waiver.Artifact is { } artifact ? $" in {Quoted(artifact.ToString())}" : "")}";
            var until = waiver.Expires.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            if (before is null) Add($"waives {what} until {until} (waiver {ManifestText.Shown(waiver.Id)})", waiver.Location);
            else if (before.Rule != waiver.Rule || before.Path != waiver.Path || before.Artifact?.ToString() != waiver.Artifact?.ToString() || (before.Sha256 is { } bytes && waiver.Sha256 != bytes))
                Add($"waiver {ManifestText.Shown(waiver.Id)} is about something else now: {what}, until {until}", waiver.Location);
            else if (waiver.Expires > before.Expires)
                Add($"prolongs waiver {ManifestText.Shown(waiver.Id)} for {what} from {before.Expires.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} to {until}", waiver.Location);
            else if (before.Since is { } since && (waiver.Since is not { } moved || moved > since))
                Add($"lets the deadline of waiver {ManifestText.Shown(waiver.Id)} count from another day", waiver.Location);
        }
    }

    private void AddDeadlines()
    {
        foreach (var urgency in (Urgency[])[Urgency.Critical, Urgency.High, Urgency.Medium, Urgency.Low])
        {
            if (_base.Deadlines.For(urgency) is not { } before) continue;
            var name = Urgencies.NameOf(urgency);
            if (_working.Deadlines.For(urgency) is not { } after) Add($"removes the deadline for {name}", PlaceOf("deadlines"));
            else if (after > before) Add(string.Create(CultureInfo.InvariantCulture, $"loosens the deadline for {name} from {before.TotalHours:0.#} to {after.TotalHours:0.#} hours"), PlaceOf("deadlines", key: name));
        }
    }

    private void AddSeal()
    {
        var (before, after) = (_base.Seal, _working.Seal);
        if (after.Approvals < before.Approvals) Add(string.Create(CultureInfo.InvariantCulture, $"lowers \"approvals\" of seals from {before.Approvals} to {after.Approvals}"), PlaceOf("seal", key: "approvals"));
        var (old, verifier) = (before.Verifier ?? SealPolicy.UsualVerifier, after.Verifier ?? SealPolicy.UsualVerifier);
        if (old != verifier) Add($"lets {Quoted(verifier)} seal instead of {Quoted(old)}", PlaceOf("seal", key: "verifier"));
        if (before.MaximumAge is not { } age) return;
        if (after.MaximumAge is not { } longer) Add("no longer limits how old a seal may be", PlaceOf("seal"));
        else if (longer > age) Add(string.Create(CultureInfo.InvariantCulture, $"lets a seal be {longer.TotalHours:0} hours old instead of {age.TotalHours:0}"), PlaceOf("seal", key: "maxAge"));
    }

    private void AddAuditLog()
    {
        if (_base.AuditLog is not { } before || before == _working.AuditLog) return;
        Add(_working.AuditLog is null ? "no longer keeps an audit log" : "keeps the audit log in another file", PlaceOf("log"));
    }

    // What stands in a profile has no line that anybody could open.
    private void Add(string what, ManifestLocation? location) =>
        _changes.Add(new PolicyChange(what, location is not null && System.IO.Path.IsPathFullyQualified(location.File) ? location : null));

    /// <summary>Where the working copy says something: the key, or below it a string or a key of its own; null where it says nothing of the sort.</summary>
    private ManifestLocation? PlaceOf(string section, string? value = null, string? key = null)
    {
        foreach (var source in _working.Sources)
        {
            if (source.IsProfile || source.Root.Members.FirstOrDefault(m => m.Name == section) is not { } member) continue;
            var offset = value is null && key is null ? member.Offset : OffsetOf(member.Value, value, key);
            if (offset >= 0) return source.Text.At(offset);
        }

        return null;
    }

    private static int OffsetOf(JsonPart part, string? value, string? key)
    {
        switch (part)
        {
            case JsonPart.Text text:
                return text.Value == value ? text.Offset : -1;
            case JsonPart.Array array:
                foreach (var item in array.Items)
                    if (OffsetOf(item, value, key) is >= 0 and var found) return found;
                return -1;
            case JsonPart.Object named:
                foreach (var member in named.Members)
                {
                    if (member.Name == key) return member.Offset;
                    if (OffsetOf(member.Value, value, key) is >= 0 and var found) return found;
                }

                return -1;
            default:
                return -1;
        }
    }

    /// <summary>What the sections of a manifest say together about each name of artifacts, in their order.</summary>
    private static List<Group> Groups(Manifest manifest)
    {
        var groups = new List<Group>();
        foreach (var section in manifest.Sections)
        {
            if (Find(groups, section.Match.ToString()) is not { } group) groups.Add(group = new Group(section.Match.ToString(), section.Location));
            group.Add(section);
        }

        return groups;
    }

    private static Group? Find(List<Group> groups, string match) => groups.Find(g => g.Match == match);

    // Outside rules may have any usual severity; that they block is the cautious answer.
    private static Severity UsualSeverity(RuleId id) =>
        BuiltInRules.All.FirstOrDefault(r => r.Descriptor.Id == id)?.Descriptor.DefaultSeverity ?? GateRules.All.FirstOrDefault(d => d.Id == id)?.DefaultSeverity ?? Severity.Error;

    private static string NameOf(Severity severity) => severity.ToString().ToLowerInvariant();

    private static string Quoted(string text) => ManifestAdvice.Quoted(text.Length > Longest ? text[..Longest] + "…" : text);

    private sealed class Group(string match, ManifestLocation location)
    {
        private readonly HashSet<string> _permitted = new(StringComparer.Ordinal);

        public string Match { get; } = match;

        public ManifestLocation Location { get; } = location;

        public List<ManifestPattern> Permitted { get; } = [];

        public List<ManifestPattern> Required { get; } = [];

        public List<ManifestPattern> Forbidden { get; } = [];

        public ManifestLimits Limits { get; private set; } = ManifestLimits.None;

        public string? Destination { get; private set; }

        public bool Permits(string pattern) => _permitted.Contains(pattern);

        // The first section that sets a limit or a destination counts.
        public void Add(ManifestSection section)
        {
            Required.AddRange(section.Require);
            Forbidden.AddRange(section.Forbid);
            foreach (var pattern in (IEnumerable<ManifestPattern>)[.. section.Require, .. section.Allow])
                if (_permitted.Add(pattern.ToString())) Permitted.Add(pattern);
            Destination ??= section.Destination;
            Limits = new ManifestLimits
            {
                Location = Limits.Location ?? section.Limits.Location,
                Size = Limits.Size ?? section.Limits.Size,
                Growth = Limits.Growth ?? section.Limits.Growth,
                Entries = Limits.Entries ?? section.Limits.Entries,
                Entry = Limits.Entry ?? section.Limits.Entry,
                Output = Limits.Output ?? section.Limits.Output,
                Nested = Limits.Nested ?? section.Limits.Nested,
                Ratio = Limits.Ratio ?? section.Limits.Ratio,
            };
        }
    }
}
