using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>What a drill has shown: which control catches which leak (<c>releasegate/drill/v1</c>, docs/drill.md).</summary>
/// <param name="Controls">The ids of the controls, in the order of the columns.</param>
/// <param name="Leaks">The leaks, in the order of the rows.</param>
public sealed record DrillMatrix(IReadOnlyList<string> Controls, IReadOnlyList<DrilledLeak> Leaks)
{
    /// <summary>The rules that each control stood for when it was drilled, in the order of the columns; null: nothing says.</summary>
    public IReadOnlyList<IReadOnlyList<RuleId>>? Rules { get; init; }

    /// <summary>What was drilled and when; null: nothing says.</summary>
    public DrillSource? Source { get; init; }

    /// <summary>The rules whose catches do not count: they blocked when it was drilled, and the manifest keeps them from it now. By id.</summary>
    public IReadOnlyList<RuleId> Discounted { get; init; } = [];

    /// <summary>Whether lists, rules or names of the manifest were others when it was drilled.</summary>
    internal bool IsOfOtherPolicy { get; private init; }

    /// <summary>The same for a manifest that may have changed since: what only rules caught that no longer block, nothing catches.</summary>
    /// <param name="manifest">The manifest.</param>
    internal DrillMatrix Under(Manifest manifest)
    {
        if (Rules is null) return this;
        var settings = manifest.Rules;
        var isOther = Source?.Judging is { } judging && judging != manifest.JudgingDigest();
        // What blocked under another manifest may have been made an error there.
        HashSet<RuleId> warnings = isOther ? [.. BuiltInRules.All.Where(r => r.Descriptor.DefaultSeverity != Severity.Error).Select(r => r.Descriptor.Id)] : [];
        var discounted = new SortedSet<RuleId>();
        var leaks = new List<DrilledLeak>(Leaks.Count);
        foreach (var leak in Leaks)
        {
            var off = leak.Rules.Where(r => settings.TryGetValue(r, out var setting) ? setting.Severity != Severity.Error : warnings.Contains(r)).ToList();
            discounted.UnionWith(off);
            leaks.Add(off.Count == 0 ? leak : leak with { Caught = [.. leak.Caught.Select((caught, column) => caught && Rules[column].Any(r => leak.Rules.Contains(r) && !off.Contains(r)))] });
        }

        return this with { Leaks = leaks, Discounted = [.. discounted], IsOfOtherPolicy = isOther };
    }

    /// <summary>How many leaks nothing catches where some controls and rules are off.</summary>
    /// <param name="isOn">Whether the control of a column is on.</param>
    /// <param name="off">Rules that are off besides.</param>
    public int Missed(Func<int, bool> isOn, IReadOnlySet<RuleId>? off = null)
    {
        var missed = 0;
        foreach (var leak in Leaks)
        {
            var caught = false;
            for (var i = 0; i < Controls.Count && !caught; i++) caught = leak.Caught[i] && isOn(i) && (off is not { Count: > 0 } || Rules is null || leak.Rules.Count == 0 || Rules[i].Any(r => leak.Rules.Contains(r) && !off.Contains(r)));
            if (!caught) missed++;
        }

        return missed;
    }
}

/// <summary>One leak of a drill.</summary>
/// <param name="Id">Its name, e.g. <c>source-map-beside</c>.</param>
/// <param name="Caught">Whether the control of each column caught it.</param>
public sealed record DrilledLeak(string Id, IReadOnlyList<bool> Caught)
{
    /// <summary>The rules that blocked because of it; empty where nothing says, or none did.</summary>
    public IReadOnlyList<RuleId> Rules { get; init; } = [];
}

/// <summary>What a drill was of.</summary>
/// <param name="Artifact">The artifact's file or folder name.</param>
/// <param name="IsFolder">Whether it was a folder.</param>
/// <param name="Started">When the drill began, UTC.</param>
public sealed record DrillSource(string Artifact, bool IsFolder, DateTime Started)
{
    /// <summary>SHA-256 of what decided over findings in its manifest; null: nothing says.</summary>
    internal Digest? Judging { get; init; }
}
