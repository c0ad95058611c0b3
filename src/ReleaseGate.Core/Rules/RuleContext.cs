using System.Collections.Immutable;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules;

/// <summary>What a rule may know beside the bytes, and where it reports. Bound to one rule, so a rule cannot report under another's id.</summary>
public sealed class RuleContext
{
    private readonly List<Finding> _findings;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private Entry? _seenIn;

    internal RuleContext(Rule rule, ArtifactPolicy policy, List<Finding> findings)
    {
        Rule = rule;
        Policy = policy;
        _findings = findings;
    }

    /// <summary>The rule this context is bound to.</summary>
    public Rule Rule { get; }

    /// <summary>What the manifest says about this artifact.</summary>
    public ArtifactPolicy Policy { get; }

    /// <summary>Reports a finding.</summary>
    /// <param name="entry">The entry, or null for the artifact as a whole.</param>
    /// <param name="message">What was found; begins in lower case and does not repeat the path.</param>
    /// <param name="fix">The next step where it is more precise than the rule's own.</param>
    /// <param name="offset">Byte offset in the entry.</param>
    /// <param name="location">The manifest line it is about.</param>
    /// <param name="facts">Numbers and names for reports.</param>
    /// <param name="path">A path that is shown where there is no entry.</param>
    /// <param name="severity">Less than the rule's default, where the manifest does not set the rule's severity.</param>
    /// <param name="vendored">The same for an entry that the project did not build itself.</param>
    /// <exception cref="ArgumentNullException">There is no message.</exception>
    public void Report(Entry? entry, string message, string? fix = null, long? offset = null, ManifestLocation? location = null,
        ImmutableSortedDictionary<string, string>? facts = null, EntryPath? path = null,
        Severity? severity = null, Severity? vendored = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        _findings.Add(new Finding(Rule.Descriptor, entry, message)
        {
            Path = path,
            Fix = fix,
            Offset = offset,
            Location = location,
            Severity = severity,
            VendoredSeverity = vendored,
            Facts = facts ?? ImmutableSortedDictionary<string, string>.Empty,
        });
    }

    /// <summary>Whether a key is new for an entry: a secret that stands a thousand times in one file is one finding. True the first time only.</summary>
    /// <param name="entry">The entry the rule was called with.</param>
    /// <param name="key">What is not to be reported twice, e.g. the fingerprint of a secret.</param>
    public bool IsFirst(Entry entry, string key)
    {
        if (_seenIn != entry)
        {
            _seen.Clear();
            _seenIn = entry;
        }

        return _seen.Add(key);
    }

    /// <summary>Notes what an entry was recognised as, for the inventory: no finding, nothing blocks. The last value for a name stays.</summary>
    /// <param name="entry">The entry the rule was called with.</param>
    /// <param name="name">A name like <c>debug</c> or <c>pdb-id</c>: lower case letters, digits and hyphens.</param>
    /// <param name="value">What it is; printable.</param>
    /// <exception cref="ArgumentException">The name has another form.</exception>
    public void Recognise(Entry entry, string name, string value)
    {
        foreach (var c in name)
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-') throw new ArgumentException($"{Rule.Descriptor.Id} names a trait '{name}'; lower case letters, digits and hyphens are possible.", nameof(name));
        entry.Traits = entry.Traits.SetItem(name, value);
    }
}
