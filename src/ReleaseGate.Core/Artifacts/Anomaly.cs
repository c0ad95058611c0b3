namespace ReleaseGate.Artifacts;

/// <summary>A kind of irregularity that a reader met. Rules turn these facts into findings.</summary>
public enum AnomalyKind
{
    /// <summary>Something could not be read whole: truncated, encrypted, unknown compression, wrong checksum, over budget (RG0003).</summary>
    Uninspectable,

    /// <summary>Bytes before, behind or between what the archive's directory covers, or a header that contradicts the directory (RG6003).</summary>
    HiddenData,

    /// <summary>Output far beyond what the input's size explains, or overlapping entries (RG6004).</summary>
    DecompressionBomb,

    /// <summary>The name of the artifact or entry promises another format than its bytes have (RG1006).</summary>
    KindMismatch,
}

/// <summary>An irregularity met while reading.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Path">The entry it is about, or null for the artifact itself.</param>
/// <param name="Reason">One sentence fragment that says what was met, e.g. "the data ends 512 bytes early".</param>
/// <param name="Offset">The byte offset in the archive where it was met, or null.</param>
public sealed record Anomaly(AnomalyKind Kind, EntryPath? Path, string Reason, long? Offset = null);
