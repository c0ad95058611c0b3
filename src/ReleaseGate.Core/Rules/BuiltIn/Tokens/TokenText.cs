namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>What verifiers ask of the bytes around an anchor. Nothing here allocates.</summary>
internal static class TokenText
{
    private const int LongestPlaceholder = 512;

    // Which letters often follow a letter (bit 0 is 'a'): the pairs that make up 90 % of the English of API documentation.
    private static ReadOnlySpan<uint> CommonPairs =>
    [
        0x00EB80E, 0x0100810, 0x01A4991, 0x0004111, 0x08EB83D, 0x0084100, 0x0000010, 0x0000111, 0x02CF83C, 0x0000000, 0x0000010, 0x1104915, 0x010D113,
        0x01C405D, 0x05EB828, 0x00E4811, 0x0000800, 0x10E7111, 0x11DC115, 0x1164191, 0x00E3810, 0x0000111, 0x0000100, 0x0080004, 0x0048000, 0x0000000,
    ];

    /// <summary>How many bytes from <paramref name="from"/> on are in the set; 0 where that is outside of the window.</summary>
    public static int Run(ReadOnlySpan<byte> window, int from, Charset set, int most = int.MaxValue)
    {
        if ((uint)from >= (uint)window.Length) return 0;
        var end = Math.Min(window.Length, (int)Math.Min(int.MaxValue, (long)from + most));
        var at = from;
        while (at < end && set.Contains(window[at])) at++;
        return at - from;
    }

    /// <summary>How many bytes directly before <paramref name="before"/> are in the set.</summary>
    public static int RunBefore(ReadOnlySpan<byte> window, int before, Charset set, int most = int.MaxValue)
    {
        if ((uint)before > (uint)window.Length) return 0;
        var count = 0;
        while (count < most && count < before && set.Contains(window[before - count - 1])) count++;
        return count;
    }

    /// <summary>Whether exactly <paramref name="count"/> bytes of the set stand there: not one less, not one more.</summary>
    public static bool IsExact(ReadOnlySpan<byte> window, int from, int count, Charset set) => Run(window, from, set, count + 1) == count;

    /// <summary>
    /// Whether a token can begin here: what stands before is not in the set, or is an escape of JSON, C or a URL that only looks as if it were
    /// (<c>\n</c>, <c>\u0022</c>, <c>\x22</c>, <c>%3D</c>).
    /// </summary>
    public static bool BeginsAt(ReadOnlySpan<byte> window, int start, Charset set)
    {
        if (start <= 0 || start > window.Length || !set.Contains(window[start - 1])) return start >= 0 && start <= window.Length;
        if (start >= 2 && window[start - 2] == (byte)'\\' && window[start - 1] is (byte)'n' or (byte)'r' or (byte)'t' or (byte)'b' or (byte)'f' or (byte)'v' or (byte)'0') return true;
        if (start >= 3 && window[start - 3] == '%' && RunBefore(window, start, Charset.Hex, 2) == 2) return true;
        if (start >= 4 && window[start - 4] == '\\' && window[start - 3] == 'x' && RunBefore(window, start, Charset.Hex, 2) == 2) return true;
        if (start >= 6 && window[start - 6] == '\\' && window[start - 5] == 'u' && RunBefore(window, start, Charset.Hex, 4) == 4) return true;
        return IsLength(window, start);
    }

    // In resources, blobs of metadata and serialised objects the byte before a string is its length, which may be a letter: 'E' before 69 characters.
    private static bool IsLength(ReadOnlySpan<byte> window, int start)
    {
        int length = window[start - 1];
        if (start < 2 || window[start - 2] is >= 0x20 and < 0x80 || start + length > window.Length) return false;
        foreach (var c in window.Slice(start, length))
            if (c < 0x20) return false;
        return start + length == window.Length || window[start + length] < 0x20;
    }

    /// <summary>Whether a token can end here: the byte behind it is not in the set.</summary>
    public static bool EndsAt(ReadOnlySpan<byte> window, int end, Charset set) => end >= window.Length || !set.Contains(window[end]);

    /// <summary>Whether the bytes stand there.</summary>
    public static bool Has(ReadOnlySpan<byte> window, int at, ReadOnlySpan<byte> expected) => (uint)at <= (uint)window.Length && window[at..].StartsWith(expected);

    /// <summary>
    /// Whether the random part of a token was written by a person who wanted to show what one looks like: <c>xxxx</c>, <c>EXAMPLE</c>, <c>your…here</c>,
    /// <c>1234567890</c>, <c>abcdefgh</c>, six times the same character, a short piece repeated, or hardly any different characters. Chance does this to fewer
    /// than 1 of 1,000 real ones of 20 characters and more. Give it the random part alone, never the prefix.
    /// </summary>
    public static bool IsPlaceholder(ReadOnlySpan<byte> text)
    {
        if (text.Length > LongestPlaceholder) text = text[..LongestPlaceholder];
        return text.IsEmpty || HasWord(text) || HasSeries(text) || IsPeriodic(text) || text.Length >= 16 && Distinct(text) < 5;
    }

    /// <summary>
    /// Whether a text may be random: it is no placeholder, and fewer than half of its neighbouring characters are pairs as words have them. Tells keys from
    /// identifiers (<c>npm_config_registry_proxy</c>) from about 16 characters on; what is shorter is only asked whether it is a placeholder.
    /// </summary>
    public static bool IsRandom(ReadOnlySpan<byte> text)
    {
        if (IsPlaceholder(text)) return false;
        return text.Length < 16 || Wordiness(text) <= 50;
    }

    /// <summary>How many percent of the neighbouring characters are letters that often follow each other in English and in identifiers. Random base62: 10 to 40; words: 55 and more.</summary>
    public static int Wordiness(ReadOnlySpan<byte> text)
    {
        var pairs = 0;
        var common = 0;
        for (var i = 1; i < text.Length; i++)
        {
            byte a = text[i - 1], b = text[i];
            if (!Charset.Alphanumeric.Contains(a) || !Charset.Alphanumeric.Contains(b)) continue;
            pairs++;
            if (!Charset.Letters.Contains(a) || !Charset.Letters.Contains(b) || Charset.Lower.Contains(a) && Charset.Upper.Contains(b)) continue;
            if ((CommonPairs[(a | 0x20) - 'a'] >> ((b | 0x20) - 'a') & 1) != 0) common++;
        }

        return pairs == 0 ? 0 : 100 * common / pairs;
    }

    private static bool HasWord(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i + 4 <= text.Length; i++)
        {
            // The first letters, so that a random text fails at once.
            var rest = text[i..];
            switch (rest[0] | 0x20)
            {
                case 'x':
                    if (Begins(rest, "xxxx"u8)) return true;
                    break;
                case 'e':
                    if (Begins(rest, "example"u8)) return true;
                    break;
                case 'y':
                    if (Begins(rest, "your"u8)) return true;
                    break;
                case 'p':
                    if (Begins(rest, "placehold"u8)) return true;
                    break;
                case 'd':
                    if (Begins(rest, "dummy"u8) || Begins(rest, "deadbeef"u8)) return true;
                    break;
                case 's':
                    if (Begins(rest, "sample"u8) || Begins(rest, "secret"u8)) return true;
                    break;
                case 'c':
                    if (Begins(rest, "changeme"u8) || Begins(rest, "change-me"u8) || Begins(rest, "change_me"u8)) return true;
                    break;
                case 'r':
                    if (Begins(rest, "redacted"u8) || Begins(rest, "replace"u8)) return true;
                    break;
                case 'i':
                    if (Begins(rest, "insert"u8) || Begins(rest, "invalid"u8)) return true;
                    break;
                case 'n':
                    if (Begins(rest, "notreal"u8) || Begins(rest, "not-a-real"u8) || Begins(rest, "notareal"u8)) return true;
                    break;
                case 'f':
                    if (Begins(rest, "foobar"u8)) return true;
                    break;
                case '.':
                    if (Begins(rest, "..."u8)) return true;
                    break;
                case '*':
                    if (Begins(rest, "***"u8)) return true;
                    break;
            }
        }

        return false;
    }

    private static bool Begins(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower)
    {
        if (text.Length < lower.Length) return false;
        for (var i = 0; i < lower.Length; i++)
            if (text[i] != lower[i] && (text[i] | 0x20) != lower[i]) return false;
        return true;
    }

    // Six times the same, or eight that count up or down ("890123" goes on behind 9).
    private static bool HasSeries(ReadOnlySpan<byte> text)
    {
        int same = 1, up = 1, down = 1;
        for (var i = 1; i < text.Length; i++)
        {
            int a = text[i - 1], b = text[i];
            same = a == b ? same + 1 : 1;
            up = b == a + 1 || a == '9' && b == '0' ? up + 1 : 1;
            down = b == a - 1 || a == '0' && b == '9' ? down + 1 : 1;
            if (same >= 6 || up >= 8 || down >= 8) return true;
        }

        return false;
    }

    private static bool IsPeriodic(ReadOnlySpan<byte> text)
    {
        if (text.Length < 8) return false;
        for (var period = 1; period <= text.Length / 2; period++)
            if (text[period..].SequenceEqual(text[..^period])) return true;
        return false;
    }

    private static int Distinct(ReadOnlySpan<byte> text)
    {
        ulong a = 0, b = 0, c = 0, d = 0;
        foreach (var value in text)
        {
            var bit = 1UL << (value & 63);
            switch (value >> 6)
            {
                case 0: a |= bit; break;
                case 1: b |= bit; break;
                case 2: c |= bit; break;
                default: d |= bit; break;
            }
        }

        return System.Numerics.BitOperations.PopCount(a) + System.Numerics.BitOperations.PopCount(b) + System.Numerics.BitOperations.PopCount(c) + System.Numerics.BitOperations.PopCount(d);
    }
}
