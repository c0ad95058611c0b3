namespace ReleaseGate.Rules;

/// <summary>The descriptors of what an exposure model says of a run, RG8…: no inspection reports them. A manifest may set their severity; no waiver silences them, the tolerance itself does.</summary>
public static class ExposureRules
{
    /// <summary>The exposure is larger than the tolerance.</summary>
    public static Descriptor ToleranceExceeded { get; } = new("RG8001", "ToleranceExceeded",
        "A year's loss by leaks is more probable, or larger, than the manifest tolerates.", "Lower what it is made of: measure the controls by a drill and mend what it missed, narrow intervals, put less at stake. Or have the tolerance raised by those who answer for it; 'releasegate exposure' shows what carries it.", waivable: false);

    /// <summary>All of them, by id.</summary>
    public static IReadOnlyList<Descriptor> All { get; } = [ToleranceExceeded];
}
