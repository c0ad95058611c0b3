namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>How sure it is that a text is a credential.</summary>
internal enum TokenProof
{
    /// <summary>It is none.</summary>
    None,

    /// <summary>It has the shape, but its own checksum says that it was made up: an example in a text.</summary>
    Dummy,

    /// <summary>Prefix, alphabet, length and boundaries are those of the vendor (RG4002).</summary>
    Structured,

    /// <summary>A checksum or a cryptographic structure holds (RG4001).</summary>
    Proven,
}

/// <summary>What a format made of the text around an anchor.</summary>
/// <param name="Proof">How sure it is.</param>
/// <param name="Start">Where the token begins in the window.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Detail">What is known about it without using it, e.g. the account it belongs to; or null.</param>
internal readonly record struct TokenMatch(TokenProof Proof, int Start, int Length, string? Detail = null)
{
    public static TokenMatch None => default;
}

/// <summary>A kind of credential that a vendor issues. Formats are facts taken from the vendor's documentation, which <see cref="Page"/> cites.</summary>
internal abstract class TokenFormat
{
    /// <summary>Who issues it, e.g. <c>GitHub</c>.</summary>
    public required string Vendor { get; init; }

    /// <summary>What it is, in words that follow the vendor's name: <c>personal access token</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The vendor's documentation of the format.</summary>
    public required string Page { get; init; }

    /// <summary>Literals of at least four bytes; wherever one occurs, <see cref="Verify"/> is asked.</summary>
    public required IReadOnlyList<AnchorLiteral> Anchors { get; init; }

    /// <summary>What a structured match means: less than an error where the vendor calls it a test credential, or one that clients may know.</summary>
    public Severity Severity { get; init; } = Severity.Error;

    /// <summary>Whether a match can be <see cref="TokenProof.Proven"/>.</summary>
    public virtual bool CanBeProven => false;

    /// <summary>Looks at the text around an anchor. Called for every occurrence in every entry, so what is cheap to refuse comes first.</summary>
    /// <param name="window">The bytes around: 512 before and 3,584 from the anchor on, less where the entry begins or ends.</param>
    /// <param name="anchor">Where the anchor begins in the window.</param>
    /// <param name="literal">Which of <see cref="Anchors"/> it is.</param>
    public abstract TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal);
}
