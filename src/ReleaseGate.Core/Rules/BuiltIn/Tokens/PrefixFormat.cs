using System.Globalization;

namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>
/// A format that is nothing but literals and runs of random characters, written as a shape: <c>dop_v1_{h64}</c>. In braces a letter for the alphabet and a length
/// or a range of lengths: <c>d</c> digits, <c>h</c> lower-case hex, <c>x</c> hex, <c>L</c> letters, <c>a</c> lower-case alphanumeric, <c>A</c> upper-case
/// alphanumeric, <c>b</c> base62, <c>u</c> base64url, <c>s</c> base64; <c>=</c> behind the length allows padding.
/// A run is as long as its alphabet goes, so a token that is one character too long is none.
/// </summary>
internal sealed class PrefixFormat : TokenFormat
{
    private const int ContextReach = 240;
    private const int PartnerReach = 256;
    private const int JudgedRun = 8;
    private const int LongestJudged = 96;

    // What stands directly before a token in code, settings and text, where the prefix alone is too short for an anchor.
    private const string Openers = "\"'`= :\t\n>,/(\0";

    private readonly string _shape;
    private readonly int _anchorOffset;
    private Part[]? _parts;
    private Part[]? _partner;

    /// <param name="shape">Literals and runs; the first run that follows the anchor may be of a range, everything before the anchor has one length.</param>
    public PrefixFormat(string shape)
    {
        _shape = shape;
        (Literal, _anchorOffset) = LongestLiteral(shape);
    }

    /// <summary>The shape as written.</summary>
    public string Shape => _shape;

    /// <summary>The literal that is looked for.</summary>
    public string Literal { get; }

    /// <summary>Words of which one must stand shortly before: for tokens whose own shape says too little.</summary>
    public IReadOnlyList<string> Context { get; init; } = [];

    /// <summary>The shape of a secret that must stand near: for identifiers that are worth nothing alone.</summary>
    public string? Partner { get; init; }

    /// <summary>Whether the token may follow a word directly, as the host of a URL does.</summary>
    public bool InUrl { get; init; }

    /// <summary>The literals and runs.</summary>
    public IReadOnlyList<Part> Parts => _parts ??= Parse(_shape);

    /// <summary>The anchors that find a shape: its longest literal. One of three characters is expanded by the run behind it, or, where that is too many, by what stands before.</summary>
    public static IReadOnlyList<AnchorLiteral> AnchorsOf(string shape, IReadOnlyList<string> context, bool opened = false)
    {
        if (context.Count > 0) return [.. context.Select(w => new AnchorLiteral(w))];
        var (literal, offset) = LongestLiteral(shape);
        if (literal.Length >= 4) return [new AnchorLiteral(literal)];
        if (opened) return [.. Openers.Select(o => new AnchorLiteral(o + literal))];
        var set = SetOf(shape[offset + literal.Length + 1]);
        var anchors = new List<AnchorLiteral>();
        for (var c = '\0'; c < 128; c++)
            if (set.Contains((byte)c)) anchors.Add(new AnchorLiteral(literal + c));
        return anchors;
    }

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        if (Context.Count > 0) return VerifyInContext(window, anchor, Anchors[literal].Bytes.Length);
        if (Anchors[literal].Bytes.Length > Literal.Length && Anchors[literal].Bytes.Span[0] != Literal[0]) anchor++; // an opener
        return VerifyAt(window, anchor);
    }

    private TokenMatch VerifyInContext(ReadOnlySpan<byte> window, int word, int wordLength)
    {
        var from = word + wordLength;
        var reach = window[from..Math.Min(window.Length, from + ContextReach)];
        // The nearest word before it counts, so that a token is reported once.
        foreach (var other in Anchors)
            if (reach.IndexOf(other.Bytes.Span) is >= 0 and var next) reach = reach[..next];
        Span<byte> start = stackalloc byte[Literal.Length];
        for (var i = 0; i < start.Length; i++) start[i] = (byte)Literal[i];
        for (var at = 0; at < reach.Length;)
        {
            var found = reach[at..].IndexOf(start);
            if (found < 0) break;
            var match = VerifyAt(window, from + at + found);
            if (match.Proof != TokenProof.None) return match;
            at += found + 1;
        }

        return TokenMatch.None;
    }

    /// <summary>Whether the shape stands where its literal does, alone, and looks random.</summary>
    private TokenMatch VerifyAt(ReadOnlySpan<byte> window, int literal)
    {
        var parts = _parts ??= Parse(_shape);
        var start = literal;
        for (var i = 0; i < parts.Length && parts[i].Offset < _anchorOffset; i++) start -= parts[i].Least;
        if (start < 0 || !InUrl && !TokenText.BeginsAt(window, start, Charset.Word)) return TokenMatch.None;
        var end = Match(window, start, parts);
        if (end < 0 || !LooksRandom(window, start, parts) || Partner is not null && !HasPartner(window, start, end)) return TokenMatch.None;
        return new TokenMatch(PublishedExample.Is(window[start..end]) ? TokenProof.None : TokenProof.Structured, start, end - start);
    }

    /// <summary>Where the shape that begins at <paramref name="at"/> ends, or -1.</summary>
    private static int Match(ReadOnlySpan<byte> window, int at, Part[] parts)
    {
        for (var i = 0; i < parts.Length; i++)
        {
            ref readonly var part = ref parts[i];
            if (part.Text is { } text)
            {
                if (!TokenText.Has(window, at, text)) return -1;
                at += text.Length;
                continue;
            }

            // A run before a literal ends where its one length says; the literal may be of the same alphabet ("…AA").
            var isFixed = part.Least == part.Most && i + 1 < parts.Length;
            var run = TokenText.Run(window, at, part.Set, isFixed ? part.Most : part.Most + 1);
            if (run < part.Least || run > part.Most) return -1;
            at += run;
            if (part.Padded) at += TokenText.Run(window, at, Charset.Of('='), 2);
        }

        var last = parts[^1];
        return TokenText.EndsAt(window, at, last.Text is null && !last.Padded ? last.Set | Charset.Word : Charset.Word) ? at : -1;
    }

    private static bool LooksRandom(ReadOnlySpan<byte> window, int start, Part[] parts)
    {
        var at = start;
        var judged = false;
        foreach (var part in parts)
        {
            if (part.Text is { } text)
            {
                at += text.Length;
                continue;
            }

            var run = TokenText.Run(window, at, part.Set, part.Most);
            var value = window.Slice(at, Math.Min(run, LongestJudged));
            if (run >= JudgedRun)
            {
                if (!Randomness.IsLikely(value)) return false;
                judged = true;
            }

            at += run;
            if (part.Padded) at += TokenText.Run(window, at, Charset.Of('='), 2);
        }

        return judged || !TokenText.IsPlaceholder(window[start..at]);
    }

    private bool HasPartner(ReadOnlySpan<byte> window, int start, int end)
    {
        var part = (_partner ??= Parse(Partner!))[0];
        var from = Math.Max(0, start - PartnerReach);
        var to = Math.Min(window.Length, end + PartnerReach);
        for (var at = from; at < to;)
        {
            var run = TokenText.Run(window, at, Charset.Word);
            if (run >= part.Least && run <= part.Most && at != start && TokenText.Run(window, at, part.Set) == run && Randomness.IsLikely(window.Slice(at, run))) return true;
            at += run + 1;
        }

        return false;
    }

    private static (string Literal, int Offset) LongestLiteral(string shape)
    {
        var best = ("", 0);
        for (var at = 0; at < shape.Length;)
        {
            var brace = shape.IndexOf('{', at);
            if (brace < 0) brace = shape.Length;
            if (brace - at > best.Item1.Length) best = (shape[at..brace], at);
            at = brace == shape.Length ? brace : shape.IndexOf('}', brace) + 1;
        }

        return best;
    }

    private static Part[] Parse(string shape)
    {
        var parts = new List<Part>();
        for (var at = 0; at < shape.Length;)
        {
            if (shape[at] != '{')
            {
                var end = shape.IndexOf('{', at);
                if (end < 0) end = shape.Length;
                parts.Add(new Part(at, System.Text.Encoding.ASCII.GetBytes(shape[at..end]), default, end - at, end - at, Padded: false));
                at = end;
                continue;
            }

            var close = shape.IndexOf('}', at);
            var padded = shape[close - 1] == '=';
            var lengths = shape.AsSpan(at + 2, close - at - 2 - (padded ? 1 : 0));
            var dash = lengths.IndexOf('-');
            var least = int.Parse(dash < 0 ? lengths : lengths[..dash], CultureInfo.InvariantCulture);
            parts.Add(new Part(at, null, SetOf(shape[at + 1]), least, dash < 0 ? least : int.Parse(lengths[(dash + 1)..], CultureInfo.InvariantCulture), padded));
            at = close + 1;
        }

        return [.. parts];
    }

    private static Charset SetOf(char letter) => letter switch
    {
        'd' => Charset.Digits,
        'h' => Charset.LowerHex,
        'x' => Charset.Hex,
        'L' => Charset.Letters,
        'a' => Charset.LowerAlphanumeric,
        'A' => Charset.UpperAlphanumeric,
        'b' => Charset.Alphanumeric,
        'u' => Charset.Base64Url,
        's' => Charset.Base64,
        _ => throw new ArgumentOutOfRangeException(nameof(letter), letter, "no alphabet has this letter"),
    };

    /// <summary>A literal or a run.</summary>
    /// <param name="Offset">Where it stands in the shape.</param>
    /// <param name="Text">The literal, or null for a run.</param>
    /// <param name="Set">The alphabet of a run.</param>
    /// <param name="Least">The least length.</param>
    /// <param name="Most">The greatest length.</param>
    /// <param name="Padded">Whether up to two '=' may follow.</param>
    internal readonly record struct Part(int Offset, byte[]? Text, Charset Set, int Least, int Most, bool Padded);
}
