using ReleaseGate.Policy;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>
/// What the controls of a model catch by its drill: leaks together, so nothing is assumed to be independent. What else the drill has columns for, as the gate itself and rules of no
/// control, is always on.
/// </summary>
internal sealed class ControlCoverage
{
    private readonly ExposureModel _model;
    private readonly DrillMatrix _drill;
    private readonly int[] _columns;

    /// <param name="model">Names the controls.</param>
    /// <param name="drill">Says what they catch.</param>
    /// <exception cref="GateException">RG0001: the drill says nothing of one of them, or means other rules by it.</exception>
    public ControlCoverage(ExposureModel model, DrillMatrix drill)
    {
        (_model, _drill) = (model, drill);
        _columns = new int[model.Controls.Count];
        for (var i = 0; i < _columns.Length; i++)
        {
            _columns[i] = ColumnOf(model.Controls[i].Id);
            if (_columns[i] < 0) throw Wrong($"the drill has no column for the control \"{model.Controls[i].Id}\"");
            if (drill.Rules is { } rules && !new HashSet<RuleId>(rules[_columns[i]]).SetEquals(model.Controls[i].Rules))
                throw Wrong($"the drill measured other rules under the id of the control \"{model.Controls[i].Id}\"");
        }

        foreach (var leak in drill.Leaks)
            if (leak.Caught.Count != drill.Controls.Count) throw Wrong($"the drill says of the leak \"{leak.Id}\" what {leak.Caught.Count} controls did, and has {drill.Controls.Count}");
    }

    /// <summary>How many leaks all controls together missed.</summary>
    public int Missed => _drill.Missed(static _ => true);

    /// <summary>The share of leaks that gets past all controls, by Laplace's rule never none. The model's floor stands for the leaks that no drill knows.</summary>
    public double MissRate() => Math.Max(_model.MinimumMiss, Measured([]));

    /// <summary>
    /// The share that gets past those controls that are not off. What the floor adds gets past with them and without them, so they carry what was measured whether the floor is above it or not.
    /// Where nothing is on, neither a control nor what else the drill has columns for, all leaks pass.
    /// </summary>
    /// <param name="off">The numbers of the controls that are off.</param>
    /// <param name="rules">Rules that are off besides.</param>
    public double MissRate(HashSet<int> off, IReadOnlySet<RuleId>? rules = null) =>
        off.Count == _drill.Controls.Count ? 1 : Math.Min(1, Measured(off, rules) + Math.Max(0, _model.MinimumMiss - Measured([])));

    /// <summary>The number of the control that a rule belongs to, or null.</summary>
    public int? ControlOf(RuleId rule)
    {
        for (var i = 0; i < _model.Controls.Count; i++)
            if (_model.Controls[i].Rules.Contains(rule)) return i;
        return null;
    }

    private double Measured(HashSet<int> off, IReadOnlySet<RuleId>? rules = null) =>
        (_drill.Missed(column => Array.IndexOf(_columns, column) is var control && (control < 0 || !off.Contains(control)), rules) + 1.0) / (_drill.Leaks.Count + 2.0);

    private int ColumnOf(string id)
    {
        for (var i = 0; i < _drill.Controls.Count; i++)
            if (_drill.Controls[i] == id) return i;
        return -1;
    }

    private GateException Wrong(string what) => new(GateRules.ManifestInvalid.Id, $"{what}; run 'releasegate drill' again under this manifest", _model.Location.File, _model.Location.Line, _model.Location.Column);
}
