using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Rules;

/// <summary>
/// A check. There are three kinds, named for what they may look at: <see cref="EntryRule"/>, <see cref="ContentRule"/>, <see cref="ArtifactRule"/>.
/// Rules are immutable and called from several threads. They never see a path on disk, a stream, the network or the clock.
/// </summary>
public abstract class Rule
{
    private protected Rule(Descriptor descriptor) => Descriptor = descriptor;

    /// <summary>Id, title, texts and default severity.</summary>
    public Descriptor Descriptor { get; }

    /// <summary>
    /// What loaded the rule's assembly; null for a rule that is an object of the program. Held here because nothing else does: the runtime unloads a context that nobody refers to,
    /// even while objects of its assemblies live, and what the rule refers to would not be found any more.
    /// </summary>
    internal RuleLoader? Loader { get; set; }

    /// <inheritdoc/>
    public sealed override string ToString() => $"{Descriptor.Id} {Descriptor.Title}";
}

/// <summary>Looks at the name and the attributes of each entry, after everything was read.</summary>
public abstract class EntryRule(Descriptor descriptor) : Rule(descriptor)
{
    /// <summary>Called once for each entry, in stable order.</summary>
    /// <param name="entry">The entry, with its kind, length and digest.</param>
    /// <param name="inventory">The artifact it stands in.</param>
    /// <param name="context">The manifest, and where to report.</param>
    public abstract void Inspect(Entry entry, Inventory inventory, RuleContext context);
}

/// <summary>Looks at the whole inventory, after every entry was read.</summary>
public abstract class ArtifactRule(Descriptor descriptor) : Rule(descriptor)
{
    /// <summary>Called once for the artifact.</summary>
    /// <param name="inventory">Every entry, the anomalies, the package's metadata.</param>
    /// <param name="context">The manifest, and where to report.</param>
    public abstract void Inspect(Inventory inventory, RuleContext context);
}

/// <summary>
/// Looks at the bytes of entries, in the ways of <see cref="ContentRequest"/>. What it makes of an entry follows from its bytes and the last segment of its path,
/// never from its folder: entries of the same name and the same bytes are judged once.
/// </summary>
public abstract class ContentRule(Descriptor descriptor) : Rule(descriptor)
{
    /// <summary>How the rule wants to see bytes. The same object on every call.</summary>
    public abstract ContentRequest Request { get; }

    /// <summary>What the rule asks for under a manifest; null where that gives it nothing to look for. Asked once for an artifact.</summary>
    public virtual ContentRequest? RequestFor(ArtifactPolicy policy) => Request;

    /// <summary>Whether the rule wants this entry. Asked when name, attributes and <see cref="Entry.Kind"/> (from the first bytes) are known.</summary>
    public virtual bool Wants(Entry entry) => true;

    /// <summary>Called once for the artifact, after every entry was read: for what names say beside the bytes. Not asked where <see cref="RequestFor"/> is null.</summary>
    /// <param name="inventory">Every entry, the anomalies, the package's metadata.</param>
    /// <param name="context">The manifest, and where to report.</param>
    public virtual void Conclude(Inventory inventory, RuleContext context) { }
}
