using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>What a drill has shown: which control catches which leak (<c>releasegate/drill/v1</c>, docs/drill.md).</summary>
/// <param name="Controls">The ids of the controls, in the order of the columns.</param>
/// <param name="Leaks">The leaks, in the order of the rows.</param>
public sealed record DrillMatrix(IReadOnlyList<string> Controls, IReadOnlyList<DrilledLeak> Leaks)
{
    /// <summary>The rules that each control stood for when it was drilled, in the order of the columns; null: nothing says.</summary>
    public IReadOnlyList<IReadOnlyList<RuleId>>? Rules { get; init; }

    /// <summary>How many leaks none of some controls catches.</summary>
    /// <param name="isOn">Whether the control of a column is on.</param>
    public int Missed(Func<int, bool> isOn)
    {
        var missed = 0;
        foreach (var leak in Leaks)
        {
            var caught = false;
            for (var i = 0; i < Controls.Count && !caught; i++) caught = leak.Caught[i] && isOn(i);
            if (!caught) missed++;
        }

        return missed;
    }
}

/// <summary>One leak of a drill.</summary>
/// <param name="Id">Its name, e.g. <c>source-map-beside</c>.</param>
/// <param name="Caught">Whether the control of each column caught it.</param>
public sealed record DrilledLeak(string Id, IReadOnlyList<bool> Caught);
