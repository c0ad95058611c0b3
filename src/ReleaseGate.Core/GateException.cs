using ReleaseGate.Rules;

namespace ReleaseGate;

/// <summary>
/// A mistake the user can mend: a wrong manifest, a rule assembly that does not load, an input that is not there.
/// Everything else that is thrown is a defect of the gate and surfaces as such.
/// </summary>
public sealed class GateException : Exception
{
    /// <summary>Makes an error with its place.</summary>
    /// <param name="rule">The id it is reported under, e.g. RG0001.</param>
    /// <param name="message">What is wrong and what to do about it.</param>
    /// <param name="file">The file to open, or null.</param>
    /// <param name="line">1-based; 0 where there is none.</param>
    /// <param name="column">1-based; 0 where there is none.</param>
    /// <param name="inner">What caused it.</param>
    public GateException(RuleId rule, string message, string? file = null, int line = 0, int column = 0, Exception? inner = null)
        : base(message, inner)
    {
        Rule = rule;
        File = file;
        Line = line;
        Column = column;
    }

    /// <summary>The id the error is reported under.</summary>
    public RuleId Rule { get; }

    /// <summary>The file to open, or null.</summary>
    public string? File { get; }

    /// <summary>1-based line in <see cref="File"/>; 0 where there is none.</summary>
    public int Line { get; }

    /// <summary>1-based column in <see cref="File"/>; 0 where there is none.</summary>
    public int Column { get; }
}
