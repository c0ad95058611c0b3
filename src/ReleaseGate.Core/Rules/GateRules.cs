using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules;

/// <summary>The descriptors of the gate's own findings, RG0…: never waivable, errors unless the manifest makes RG0004 a warning.</summary>
public static class GateRules
{
    /// <summary>The manifest is missing or invalid.</summary>
    public static Descriptor ManifestInvalid { get; } = Make("RG0001", "ManifestInvalid",
        "The manifest is missing or invalid.", "Mend the manifest at the line named; 'releasegate explain RG0001' shows its shape.");

    /// <summary>A rule crashed or would not load.</summary>
    public static Descriptor RuleFailed { get; } = Make("RG0002", "RuleFailed",
        "A rule crashed or would not load, so its check was not made.", "Report it to the rule's author; until then remove the rule assembly, or update ReleaseGate.");

    /// <summary>An entry or artifact could not be inspected.</summary>
    public static Descriptor Uninspectable { get; } = Make("RG0003", "Uninspectable",
        "An entry or the artifact could not be read whole, so nobody knows what it holds.", "Pack it again; leave out what is encrypted, damaged or cannot be looked into.");

    /// <summary>A waiver silences nothing.</summary>
    public static Descriptor UnusedWaiver { get; } = Make("RG0004", "UnusedWaiver",
        "A waiver silences nothing.", "Remove the waiver, or name with \"artifact\" what it is for; left there it would silence the next accident.");

    /// <summary>A waiver has expired, runs too long or is malformed.</summary>
    public static Descriptor WaiverRefused { get; } = Make("RG0005", "WaiverRefused",
        "A waiver has expired, runs too long or is malformed, so it silences nothing.", "Mend what it silences, or renew it with somebody who answers for it.");

    /// <summary>A manifest pattern matches nothing.</summary>
    public static Descriptor UnusedPattern { get; } = Make("RG0006", "UnusedPattern",
        "A pattern of the manifest matches nothing.", "Remove the pattern or mend its spelling; an unused permission waits for the next accident.");

    /// <summary>Nothing was inspected.</summary>
    public static Descriptor NothingInspected { get; } = Make("RG0007", "NothingInspected",
        "There was no artifact, no entry or no rule, so a pass would mean nothing.", "Check the path, and that the build really made the artifact.");

    /// <summary>The artifact changed while or after it was inspected.</summary>
    public static Descriptor ArtifactChanged { get; } = Make("RG0008", "ArtifactChanged",
        "The artifact changed while or after it was inspected.", "Let nothing write to the artifact once it is checked; sign and patch before the check.");

    /// <summary>A folder that was rejected still says so.</summary>
    public static Descriptor RejectedFolder { get; } = Make("RG0009", "RejectedFolder",
        "A folder that did not pass an earlier check still carries the mark of it.", "Mend what the mark names and publish again; the gate takes the mark away itself.");

    /// <summary>The audit log could not be written.</summary>
    public static Descriptor NotLogged { get; } = Make("RG0010", "NotLogged",
        "The audit log could not be written or read, so nothing was released.", "See that the file can be written, is an audit log and lies on a disk of this machine.");

    /// <summary>All of them, by id.</summary>
    public static IReadOnlyList<Descriptor> All { get; } = [ManifestInvalid, RuleFailed, Uninspectable, UnusedWaiver, WaiverRefused, UnusedPattern, NothingInspected, ArtifactChanged, RejectedFolder, NotLogged];

    /// <summary>The next step for what could not be inspected, by its reason; null: that of the rule.</summary>
    internal static string? FixOfUninspectable(string reason) =>
        Budget.CanBeRaised(reason) ? "Where it is meant to be so large, raise the limit that is named; else find out what made it grow."
        : reason.StartsWith("the system refuses", StringComparison.Ordinal) ? "See that the gate may read it and that no other program holds it, then run it again."
        : null;

    private static Descriptor Make(string id, string title, string summary, string fix) => new(id, title, summary, fix, Severity.Error, waivable: false);
}
