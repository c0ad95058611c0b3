using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>An entry that a manifest written from its artifact does not list.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Findings">What blocks it, or an archive it stands in; empty for a hidden file that nobody vouched for.</param>
public sealed record WithheldEntry(Entry Entry, IReadOnlyList<Finding> Findings)
{
    /// <summary>The rules, e.g. <c>RG2001, RG2002</c>; empty for a question.</summary>
    public string Reason => string.Join(", ", Findings.Select(f => f.Rule.Id).Distinct().Order());

    /// <summary>What the first of the rules said, on one line; empty for a question.</summary>
    public string Said => Findings.Count == 0 ? "" : EntryPath.Printable(Findings.MinBy(f => f.Rule.Id)!.Message);
}
