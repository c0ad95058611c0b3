namespace ReleaseGate.Rules;

/// <summary>What a finding means for the release. Only errors block.</summary>
public enum Severity
{
    /// <summary>The rule does not run.</summary>
    Off,

    /// <summary>Shown in reports.</summary>
    Note,

    /// <summary>Shown everywhere; does not block.</summary>
    Warning,

    /// <summary>Blocks the release.</summary>
    Error,
}

/// <summary>Everything about a rule that can be said without running it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Title">Its name in PascalCase; reads well after "allow", e.g. <c>SymbolFile</c>.</param>
/// <param name="Summary">One sentence: what it finds.</param>
/// <param name="Fix">One sentence: the next step for whoever meets it.</param>
/// <param name="DefaultSeverity">Severity unless the manifest says otherwise.</param>
/// <param name="Waivable">Whether a waiver may silence it.</param>
public sealed record Descriptor(RuleId Id, string Title, string Summary, string Fix, Severity DefaultSeverity = Severity.Error, bool Waivable = true)
{
    private const string Pages = "https://github.com/releasegate/releasegate/blob/main/docs/rules/";

    /// <summary>Whether a waiver holds for exact bytes only, by their SHA-256.</summary>
    public bool WaivedByDigestOnly { get; init; }

    /// <summary>The page about the rule, or null for outside rules that give none.</summary>
    public string? HelpLink { get; init; } = Id.IsBuiltIn ? $"{Pages}{Id}.md" : null;

    /// <summary>Convenience for rules: takes the id as text.</summary>
    public Descriptor(string id, string title, string summary, string fix, Severity defaultSeverity = Severity.Error, bool waivable = true)
        : this(RuleId.Parse(id), title, summary, fix, defaultSeverity, waivable)
    {
    }
}
