using System.Diagnostics.CodeAnalysis;

namespace ReleaseGate.Rules;

/// <summary>The id of a rule: letters and four digits. <c>RG</c> is ReleaseGate's own prefix; outside rules bring another.</summary>
/// <remarks>A class, not a struct: collections of structs are compiled anew in every process, and a run of the gate is mostly start-up.</remarks>
public sealed record RuleId : IComparable<RuleId>
{
    private readonly string _value;

    private RuleId(string value) => _value = value;

    /// <summary>Whether the rule is ReleaseGate's own.</summary>
    public bool IsBuiltIn => _value.Length == 6 && _value.StartsWith("RG", StringComparison.Ordinal);

    /// <summary>Whether the rule is about the gate itself (RG0…): never waivable, its severity cannot be changed.</summary>
    public bool IsGate => IsBuiltIn && _value[2] == '0';

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static RuleId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no rule id: two to eight capital letters and four digits are expected, e.g. RG2001.");

    /// <summary>Reads an id: two to eight capital ASCII letters, then four digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out RuleId? id)
    {
        id = null;
        if (text is null || text.Length is < 6 or > 12) return false;
        for (var i = 0; i < text.Length; i++)
            if (i < text.Length - 4 ? !char.IsAsciiLetterUpper(text[i]) : !char.IsAsciiDigit(text[i])) return false;
        id = new RuleId(text);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(RuleId? other) => string.CompareOrdinal(_value, other?._value);

    /// <inheritdoc/>
    public override string ToString() => _value;

    /// <summary>Ordinal order.</summary>
    public static bool operator <(RuleId left, RuleId right) => left.CompareTo(right) < 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >(RuleId left, RuleId right) => left.CompareTo(right) > 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator <=(RuleId left, RuleId right) => left.CompareTo(right) <= 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >=(RuleId left, RuleId right) => left.CompareTo(right) >= 0;
}
