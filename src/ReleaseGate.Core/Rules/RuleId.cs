using System.Diagnostics.CodeAnalysis;

namespace ReleaseGate.Rules;

/// <summary>The id of a rule: letters and four digits. <c>RG</c> is ReleaseGate's own prefix; outside rules bring another.</summary>
public readonly record struct RuleId : IComparable<RuleId>
{
    private readonly string? _value;

    private RuleId(string value) => _value = value;

    /// <summary>Whether the rule is ReleaseGate's own.</summary>
    public bool IsBuiltIn => ToString().StartsWith("RG", StringComparison.Ordinal) && ToString().Length == 6;

    /// <summary>Whether the rule is about the gate itself (RG0…): never waivable, its severity cannot be changed.</summary>
    public bool IsGate => IsBuiltIn && ToString()[2] == '0';

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    public static RuleId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is no rule id: two to eight capital letters and four digits are expected, e.g. RG2001.");

    /// <summary>Reads an id: two to eight capital ASCII letters, then four digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RuleId id)
    {
        id = default;
        if (text is null || text.Length is < 6 or > 12) return false;
        for (var i = 0; i < text.Length; i++)
            if (i < text.Length - 4 ? !char.IsAsciiLetterUpper(text[i]) : !char.IsAsciiDigit(text[i])) return false;
        id = new RuleId(text);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(RuleId other) => string.CompareOrdinal(ToString(), other.ToString());

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";

    /// <summary>Ordinal order.</summary>
    public static bool operator <(RuleId left, RuleId right) => left.CompareTo(right) < 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >(RuleId left, RuleId right) => left.CompareTo(right) > 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator <=(RuleId left, RuleId right) => left.CompareTo(right) <= 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >=(RuleId left, RuleId right) => left.CompareTo(right) >= 0;
}
