namespace ReleaseGate.Rules;

/// <summary>The descriptors of what a verification finds, RG7…: no inspection reports them, so no manifest sets their severity and no waiver silences them.</summary>
public static class SealRules
{
    /// <summary>The artifact is not the one that was inspected.</summary>
    public static Descriptor DigestMismatch { get; } = Make("RG7003", "DigestMismatch",
        "The artifact's bytes are not those that were inspected.", "Release the file that was inspected, or have this one inspected: 'releasegate check --receipts DIR' writes a receipt once it has passed.");

    /// <summary>The artifact was judged by another manifest.</summary>
    public static Descriptor PolicyChanged { get; } = Make("RG7004", "PolicyChanged",
        "The artifact was judged by another manifest than the one it has to pass.", "Have it checked by the manifest that counts, 'releasegate check --manifest FILE --receipts DIR', and verify it with the new receipt.");

    /// <summary>All of them, by id.</summary>
    public static IReadOnlyList<Descriptor> All { get; } = [DigestMismatch, PolicyChanged];

    private static Descriptor Make(string id, string title, string summary, string fix) => new(id, title, summary, fix, Severity.Error, waivable: false);
}
