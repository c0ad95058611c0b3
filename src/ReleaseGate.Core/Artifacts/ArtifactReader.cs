using ReleaseGate.Inspection;

namespace ReleaseGate.Artifacts;

/// <summary>
/// Reads one container (zip, tar, gzip, folder) and yields its entries. Anomalies that do not stop the reading are reported
/// through the callback given at construction; what makes an entry unreadable is thrown by its stream as <see cref="UnreadableException"/>;
/// what makes the whole container unreadable is thrown by <see cref="Entries"/> as <see cref="UnreadableException"/>.
/// </summary>
internal abstract class ArtifactReader : IDisposable
{
    /// <summary>
    /// True: entries may be opened in any order and from several threads, also after the enumeration has ended (zip, folder).
    /// False: an entry must be opened and read before the next one is asked for (tar, gzip); what is left unread is skipped.
    /// </summary>
    public abstract bool AnyOrder { get; }

    /// <summary>The entries, in the order of the container. Enumerated once.</summary>
    /// <exception cref="UnreadableException">The container is damaged; entries yielded before stay valid.</exception>
    public abstract IEnumerable<EntrySource> Entries();

    public virtual void Dispose() { }
}

/// <summary>An entry that can be opened: once, or as often as wanted where its reader goes in any order.</summary>
internal abstract class EntrySource(Entry entry)
{
    public Entry Entry { get; } = entry;

    /// <summary>How many bytes the container says it has.</summary>
    public virtual long Length => 0;

    /// <summary>A number that entries of the same bytes have in common (a checksum), as far as the container knows one; null where an entry cannot be opened twice.</summary>
    public virtual uint? Likeness => null;

    /// <summary>The entries it may be the same as, where there are any.</summary>
    public Twins? Twins { get; set; }

    /// <summary>
    /// Opens the decompressed bytes. The stream verifies as it goes: at its end length and checksum have been compared with what the
    /// container promised, and any difference was thrown. Empty for folders, links and devices.
    /// </summary>
    /// <exception cref="UnreadableException">Encrypted, unknown compression, header out of bounds …</exception>
    public abstract Stream Open();

    /// <summary>
    /// Opens the same bytes for random access without holding them in memory, where that is possible; null where it is not. To be disposed where it can be.
    /// </summary>
    /// <exception cref="UnreadableException">The system refuses.</exception>
    public virtual ByteSource? OpenInPlace() => null;
}

/// <summary>Bytes cannot be read for a reason that lies in the artifact. Becomes RG0003, never a crash and never a pass.</summary>
internal sealed class UnreadableException(string reason, long? offset = null, Exception? inner = null) : Exception(reason, inner)
{
    public long? Offset { get; } = offset;
}
