using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules;

/// <summary>How a content rule asks for bytes: anchors, a scanner or the whole entry, or several of these.</summary>
public abstract class ContentRequest
{
    private ContentRequest() { }

    private Func<Entry, bool>? Filter { get; set; }

    /// <summary>Asks for all of the parts. Each is asked and called for itself.</summary>
    /// <param name="parts">At least one; not combined themselves.</param>
    public static ContentRequest Of(params IReadOnlyList<ContentRequest> parts) => new CombinedRequest(parts);

    /// <summary>The same request for the entries that fit; where a rule asks in several ways, each may want other entries.</summary>
    /// <param name="wants">Asked, beside <see cref="ContentRule.Wants"/>, when name, attributes and <see cref="Entry.Kind"/> (from the first bytes) are known.</param>
    public ContentRequest Where(Func<Entry, bool> wants)
    {
        var copy = (ContentRequest)MemberwiseClone();
        copy.Filter = Filter is { } filter ? entry => filter(entry) && wants(entry) : wants;
        return copy;
    }

    internal bool Wants(Entry entry) => Filter is null || Filter(entry);

    /// <summary>
    /// Asks to be called wherever one of the byte literals occurs, as it is and in UTF-16. All rules' literals are found in one shared pass.
    /// </summary>
    /// <param name="literals">The literals; each of at least four bytes.</param>
    /// <param name="found">Called for each occurrence with a window around it.</param>
    public static ContentRequest Anchors(IReadOnlyList<AnchorLiteral> literals, AnchorFound found) =>
        new AnchorRequest(literals, null, (in match, _, entry, context) => found(in match, entry, context), null);

    /// <summary>The same, and also where escapes of JSON hide a part of the literal or of what stands around it: <see cref="Inspection.EscapedText"/>. An occurrence may come twice then.</summary>
    internal static ContentRequest AnchorsAlsoEscaped(IReadOnlyList<AnchorLiteral> literals, AnchorFound found)
    {
        var request = (AnchorRequest)Anchors(literals, found);
        request.AlsoEscaped = true;
        return request;
    }

    /// <summary>
    /// Asks the same, with a state for each entry: where many occurrences make one finding, <paramref name="found"/> counts and <paramref name="finished"/> reports.
    /// </summary>
    /// <param name="literals">The literals; each of at least four bytes.</param>
    /// <param name="begin">Makes the state, at the first occurrence in an entry.</param>
    /// <param name="found">Called for each occurrence with a window around it.</param>
    /// <param name="finished">Called once when the entry has ended, also where it could not be read to its end; not for an entry without an occurrence.</param>
    public static ContentRequest Anchors<TState>(IReadOnlyList<AnchorLiteral> literals, Func<Entry, TState> begin, AnchorFound<TState> found, Action<TState, Entry, RuleContext> finished)
        where TState : class =>
        new AnchorRequest(literals, begin, (in match, state, entry, context) => found(in match, (TState)state!, entry, context),
            (state, entry, context) => finished((TState)state, entry, context));

    /// <summary>
    /// Asks for a streaming scanner per entry. Rules that name the same factory share one scanner, so the work is done once.
    /// </summary>
    /// <param name="factory">Makes the scanner; identity decides about sharing.</param>
    /// <param name="judge">Called with the scanner when the entry has ended and was read whole.</param>
    public static ContentRequest Scan<TScanner>(ScannerFactory<TScanner> factory, Action<TScanner, Entry, RuleContext> judge)
        where TScanner : EntryScanner => new ScanRequest(factory, (scanner, entry, context) => judge((TScanner)scanner, entry, context));

    /// <summary>Asks for all bytes of an entry in one span. An entry larger than <paramref name="limit"/> becomes RG0003 for this rule.</summary>
    /// <param name="limit">The most bytes the rule can deal with.</param>
    /// <param name="judge">Called with the bytes.</param>
    public static ContentRequest Whole(int limit, WholeEntry judge) => new WholeRequest(limit, judge);

    /// <summary>
    /// Asks for facts that a reader takes from all bytes of an entry, by random access. Rules that name the same reader share the facts, so the work is done once.
    /// </summary>
    /// <param name="reader">Reads the facts; identity decides about sharing.</param>
    /// <param name="judge">Called with the facts, unless the reader found that the entry is not of its kind.</param>
    public static ContentRequest Read<TFacts>(FactsReader<TFacts> reader, Action<TFacts, Entry, RuleContext> judge)
        where TFacts : class => new ReadRequest(reader, (facts, entry, context) => judge((TFacts)facts, entry, context));

    internal sealed class CombinedRequest(IReadOnlyList<ContentRequest> parts) : ContentRequest
    {
        public IReadOnlyList<ContentRequest> Parts { get; } = parts;
    }

    internal sealed class ReadRequest(FactsReader reader, Action<object, Entry, RuleContext> judge) : ContentRequest
    {
        public FactsReader Reader { get; } = reader;

        public Action<object, Entry, RuleContext> Judge { get; } = judge;
    }

    internal sealed class AnchorRequest(IReadOnlyList<AnchorLiteral> literals, Func<Entry, object>? begin, AnchorFound<object?> found, Action<object, Entry, RuleContext>? finished) : ContentRequest
    {
        public const int MinimumLength = 4;

        public const int MaximumLength = 1024;

        public IReadOnlyList<AnchorLiteral> Literals { get; } = literals;

        /// <summary>Whether it is looked for in escaped text, too.</summary>
        public bool AlsoEscaped { get; set; }

        /// <summary>Makes the state of an entry; null where the rule keeps none.</summary>
        public Func<Entry, object>? Begin { get; } = begin;

        public AnchorFound<object?> Found { get; } = found;

        public Action<object, Entry, RuleContext>? Finished { get; } = finished;
    }

    internal sealed class ScanRequest(ScannerFactory factory, Action<EntryScanner, Entry, RuleContext> judge) : ContentRequest
    {
        public ScannerFactory Factory { get; } = factory;

        public Action<EntryScanner, Entry, RuleContext> Judge { get; } = judge;
    }

    internal sealed class WholeRequest(int limit, WholeEntry judge) : ContentRequest
    {
        public int Limit { get; } = limit;

        public WholeEntry Judge { get; } = judge;
    }
}

/// <summary>A byte literal to look for.</summary>
/// <param name="Bytes">The bytes, at least four. With <paramref name="IgnoreCase"/> ASCII letters of either case match.</param>
/// <param name="IgnoreCase">Whether ASCII case is ignored.</param>
public sealed record AnchorLiteral(ReadOnlyMemory<byte> Bytes, bool IgnoreCase = false)
{
    /// <summary>A literal from ASCII text.</summary>
    public AnchorLiteral(string ascii, bool ignoreCase = false)
        : this(System.Text.Encoding.UTF8.GetBytes(ascii), ignoreCase)
    {
    }
}

/// <summary>An occurrence of a literal, with the bytes around it. Not to be kept.</summary>
public readonly ref struct AnchorMatch
{
    internal AnchorMatch(int literal, ReadOnlySpan<byte> window, int start, int length, long position, bool isWide)
    {
        Literal = literal;
        Window = window;
        Start = start;
        Length = length;
        Position = position;
        IsWide = isWide;
    }

    /// <summary>Which of the rule's literals it is.</summary>
    public int Literal { get; }

    /// <summary>
    /// The bytes around: at least 512 before and 3,584 from the start of the match on, unless the entry begins or ends there. Where <see cref="IsWide"/>, the text around
    /// as bytes, from half as many bytes of the entry.
    /// </summary>
    public ReadOnlySpan<byte> Window { get; }

    /// <summary>Where the match begins in <see cref="Window"/>.</summary>
    public int Start { get; }

    /// <summary>How long the literal is.</summary>
    public int Length { get; }

    /// <summary>Where the match begins in the entry, in bytes.</summary>
    public long Position { get; }

    /// <summary>
    /// Whether it stands in UTF-16 text (of either byte order, at even or odd offsets, in any kind of entry). <see cref="Window"/> is then that text made narrow:
    /// UTF-8 where the entry is text with a byte order mark, otherwise runs of four and more ASCII characters with a zero byte between them.
    /// </summary>
    public bool IsWide { get; }
}

/// <summary>Called for an occurrence of an anchor.</summary>
public delegate void AnchorFound(in AnchorMatch match, Entry entry, RuleContext context);

/// <summary>Called for an occurrence of an anchor, with the state of the entry.</summary>
public delegate void AnchorFound<in TState>(in AnchorMatch match, TState state, Entry entry, RuleContext context);

/// <summary>Called with all bytes of an entry.</summary>
public delegate void WholeEntry(ReadOnlySpan<byte> bytes, Entry entry, RuleContext context);

/// <summary>Makes scanners. Use <see cref="ScannerFactory{TScanner}"/>.</summary>
public abstract class ScannerFactory
{
    private protected ScannerFactory() { }

    internal abstract EntryScanner Open(Entry entry);
}

/// <summary>Makes a scanner for each entry that a rule wants. Keep one in a static field and share it between rules that need the same facts.</summary>
public sealed class ScannerFactory<TScanner>(Func<Entry, TScanner> open) : ScannerFactory
    where TScanner : EntryScanner
{
    internal override EntryScanner Open(Entry entry) => open(entry);
}

/// <summary>Reads facts from whole entries. Use <see cref="FactsReader{TFacts}"/>.</summary>
public abstract class FactsReader
{
    private protected FactsReader(int limit) => Limit = limit;

    /// <summary>The most bytes the reader can deal with; a larger entry becomes RG0003.</summary>
    public int Limit { get; }

    /// <summary>
    /// Whether the reader makes do with the first bytes of an entry that cannot be held whole (the stream is then shorter than <see cref="Entry.Length"/>); where it needs
    /// the rest after all it throws, which becomes RG0003 with the reason why the entry was not held.
    /// </summary>
    internal bool TakesBeginning { get; init; }

    internal abstract object? Read(Stream bytes, Entry entry);
}

/// <summary>
/// Reads facts from all bytes of an entry: a seekable stream, valid during the call. Keep one in a static field and share it between rules that need the same facts.
/// <see cref="InvalidDataException"/>, <see cref="EndOfStreamException"/> and <see cref="BadImageFormatException"/> become RG0003 with their message; anything else is a crash of the rule.
/// </summary>
/// <param name="limit">The most bytes the reader can deal with.</param>
/// <param name="read">Reads; null where the entry is not of the kind after all.</param>
public sealed class FactsReader<TFacts>(int limit, Func<Stream, Entry, TFacts?> read) : FactsReader(limit)
    where TFacts : class
{
    internal override object? Read(Stream bytes, Entry entry) => read(bytes, entry);
}

/// <summary>Reads one entry as it streams by. Collects facts; the rule judges them at the end.</summary>
public abstract class EntryScanner
{
    /// <summary>Set by the scanner when it needs no more bytes of this entry.</summary>
    public bool Done { get; protected set; }

    /// <summary>Called for each chunk, in order, until <see cref="Done"/>.</summary>
    public abstract void Scan(in Chunk chunk);

    /// <summary>Called when the entry has ended, also if <see cref="Done"/>; not for an entry that could not be read whole.</summary>
    public virtual void Finish() { }

    /// <summary>What the entry turned out to be, where the whole of it says more than its first bytes. Asked after every rule has judged the entry.</summary>
    internal virtual EntryKind? Kind => null;

    /// <summary>Why the entry could not be understood, which becomes RG0003; null where it could. Asked where <see cref="Kind"/> is.</summary>
    internal virtual string? Damage => null;
}

/// <summary>A piece of an entry. A ref struct over a pooled buffer: nobody can keep it.</summary>
public readonly ref struct Chunk
{
    internal Chunk(ReadOnlySpan<byte> buffer, int fresh, long position, bool isLast)
    {
        Buffer = buffer;
        FreshStart = fresh;
        Position = position;
        IsLast = isLast;
    }

    /// <summary>Bytes not seen before.</summary>
    public ReadOnlySpan<byte> Fresh => Buffer[FreshStart..];

    /// <summary>Up to 4 KiB that were seen before, followed by <see cref="Fresh"/>.</summary>
    public ReadOnlySpan<byte> Buffer { get; }

    /// <summary>Where <see cref="Fresh"/> begins in <see cref="Buffer"/>.</summary>
    public int FreshStart { get; }

    /// <summary>Where <see cref="Fresh"/> begins in the entry, in bytes.</summary>
    public long Position { get; }

    /// <summary>Whether the entry ends with this chunk.</summary>
    public bool IsLast { get; }
}
