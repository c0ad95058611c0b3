namespace ReleaseGate.Rules;

/// <summary>The descriptors of what a verification finds, RG7…: no inspection reports them, so no manifest sets their severity and no waiver silences them.</summary>
public static class SealRules
{
    /// <summary>There is no seal.</summary>
    public static Descriptor SealMissing { get; } = Make("RG7001", "SealMissing",
        "The artifact has no seal.", "Have it checked and sealed, 'releasegate seal ARTIFACT --key KEY', or name the seal it has with '--seal FILE'.");

    /// <summary>The seal can't be read.</summary>
    public static Descriptor SealInvalid { get; } = Make("RG7002", "SealInvalid",
        "The seal is damaged, or no seal.", "Take the seal from where it was made, byte for byte, or seal the artifact anew.");

    /// <summary>The artifact is not the one that was inspected.</summary>
    public static Descriptor DigestMismatch { get; } = Make("RG7003", "DigestMismatch",
        "The artifact's bytes are not those that were inspected.", "Release the file that was inspected, or have this one inspected and verify it with what that run writes: 'releasegate seal ARTIFACT --key KEY' a seal, 'releasegate check --receipts DIR' a receipt.");

    /// <summary>The artifact was judged by another manifest, or without rules that it has to pass.</summary>
    public static Descriptor PolicyChanged { get; } = Make("RG7004", "PolicyChanged",
        "The artifact was judged by another manifest, or by other rules, than it has to pass.", "Have it checked by the manifest and the rules that count, and verify it with the new seal, 'releasegate seal ARTIFACT --key KEY --manifest FILE', with '--rules DLL' for each assembly, or the new receipt, 'releasegate check --manifest FILE --receipts DIR'.");

    /// <summary>The seal's time is over, or has not come.</summary>
    public static Descriptor SealStale { get; } = Make("RG7005", "SealStale",
        "The seal does not hold now: it has expired, is too old, or comes from the future.", "Check and seal the artifact once more; where a waiver has expired, solve what it was about first.");

    /// <summary>The artifact is about to go somewhere else.</summary>
    public static Descriptor WrongAudience { get; } = Make("RG7006", "WrongAudience",
        "The artifact was sealed for another destination.", "Push it to the feed it was sealed for, or have whoever answers for it seal it for this one.");

    /// <summary>Nobody who is trusted signed the seal.</summary>
    public static Descriptor UntrustedSignature { get; } = Make("RG7007", "UntrustedSignature",
        "The seal is not signed by a key that is trusted.", "Don't release it before you know who made this seal; where the key was changed, name the new public key with '--key'.");

    /// <summary>The signed statement says something else.</summary>
    public static Descriptor WrongStatement { get; } = Make("RG7008", "WrongStatement",
        "The seal's key signed a statement of another kind.", "Name the seal of ReleaseGate: a build's provenance and an inventory can be signed with the same key, and say nothing of what the gate found.");

    /// <summary>Another verifier speaks.</summary>
    public static Descriptor WrongVerifier { get; } = Make("RG7009", "WrongVerifier",
        "The seal speaks for another verifier than the one that is trusted.", "Name the verifier that this key speaks for with '--verifier URI' or \"seal\" in the manifest, or use the seal of that one.");

    /// <summary>The artifact did not pass.</summary>
    public static Descriptor NotPassed { get; } = Make("RG7010", "NotPassed",
        "The seal does not say that the artifact has passed.", "Have the artifact checked, mend what is found, and seal it then.");

    /// <summary>The log does not know the run.</summary>
    public static Descriptor NotInLog { get; } = Make("RG7011", "NotInLog",
        "The audit log does not hold the run that the seal is about.", "Verify with the log that the run was written to; where that is this one, somebody shortened or rewrote it, and 'releasegate log verify' says where.");

    /// <summary>Too few agreed.</summary>
    public static Descriptor ApprovalMissing { get; } = Make("RG7012", "ApprovalMissing",
        "The artifact has fewer seals, by different keys, than the manifest wants.", "Have another approver check and seal the same file with a key of their own, and name both seals and both public keys.");

    /// <summary>All of them, by id.</summary>
    public static IReadOnlyList<Descriptor> All { get; } = [SealMissing, SealInvalid, DigestMismatch, PolicyChanged, SealStale, WrongAudience, UntrustedSignature, WrongStatement, WrongVerifier, NotPassed, NotInLog, ApprovalMissing];

    private static Descriptor Make(string id, string title, string summary, string fix) => new(id, title, summary, fix, Severity.Error, waivable: false);
}
