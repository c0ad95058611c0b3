using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>How fast somebody has to act on a finding; what deadlines and code scanning go by.</summary>
public enum Urgency
{
    /// <summary>A note.</summary>
    Low,

    /// <summary>A warning.</summary>
    Medium,

    /// <summary>An error.</summary>
    High,

    /// <summary>A secret: once published it is used within minutes.</summary>
    Critical,
}

/// <summary>Makes urgencies.</summary>
public static class Urgencies
{
    /// <summary>The urgency of a rule's findings at a severity.</summary>
    public static Urgency Of(Descriptor rule, Severity severity) => severity switch
    {
        Severity.Error when rule.Id.IsBuiltIn && rule.Id.ToString()[2] == '4' => Urgency.Critical,
        Severity.Error => Urgency.High,
        Severity.Warning => Urgency.Medium,
        _ => Urgency.Low,
    };

    /// <summary>As manifests and reports write it.</summary>
    public static string NameOf(Urgency urgency) => urgency switch
    {
        Urgency.Critical => "critical",
        Urgency.High => "high",
        Urgency.Medium => "medium",
        _ => "low",
    };
}
