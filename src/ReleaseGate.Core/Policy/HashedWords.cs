using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace ReleaseGate.Policy;

/// <summary>
/// Words that are guarded without being told: of each a salted hash, its length, and a tag of 24 bits that spares the hash of nearly everything else.
/// The format is described in docs/manifest.md; <c>releasegate hash-words</c> writes it.
/// </summary>
/// <remarks>
/// A word is normalised before it is hashed: ASCII letters in lower case and digits, without the <c>-</c>, <c>_</c>, <c>.</c> and blanks between its parts. So
/// "falcon-internal" is found as FalconInternal and FALCON_INTERNAL as well. The hash is HMAC-SHA-256 (RFC 2104) under the salt, cut to 16 bytes.
/// The tag: the letters as a number, the first one lowest, modulo 2^61 - 1, times a factor that follows from the salt, modulo 2^64; of it the upper 24 bits. Modulo that prime the
/// letters of two parts are put together by a rotation, so the scanner has the number of every candidate for a few instructions.
/// </remarks>
public sealed class HashedWords
{
    /// <summary>The first word of a list.</summary>
    public const string Version = "releasegate-words/v1";

    /// <summary>The fewest letters and digits of a word.</summary>
    public const int MinimumLength = 4;

    /// <summary>The most letters and digits of a word.</summary>
    public const int MaximumLength = 63;

    /// <summary>The fewest and the most bytes of a salt.</summary>
    public const int MinimumSalt = 16, MaximumSalt = 64;

    private const int DigestLength = 16;
    private const int MissBits = 16;
    private const ulong Prime = (1UL << 61) - 1;

    // By how many bits the letters behind n letters are shifted, modulo 61.
    private static ReadOnlySpan<byte> Bits =>
    [
        0, 8, 16, 24, 32, 40, 48, 56, 3, 11, 19, 27, 35, 43, 51, 59,
        6, 14, 22, 30, 38, 46, 54, 1, 9, 17, 25, 33, 41, 49, 57, 4,
        12, 20, 28, 36, 44, 52, 60, 7, 15, 23, 31, 39, 47, 55, 2, 10,
        18, 26, 34, 42, 50, 58, 5, 13, 21, 29, 37, 45, 53, 0, 8, 16,
    ];

    private readonly byte[] _salt;
    private readonly HashSet<UInt128> _digests = [];
    private readonly HashSet<ulong> _tags = [];
    // 14 bits of the tags and four of the length: small enough for the first-level cache.
    private readonly ulong[] _coarse = new ulong[1 << 12];
    private readonly ulong _factor;
    private ulong[]? _misses;

    private HashedWords(byte[] salt)
    {
        _salt = salt;
        var key = SHA256.HashData([.. Encoding.ASCII.GetBytes(Version), .. salt]);
        // Odd, so that no letter drops out of the product.
        _factor = BinaryPrimitives.ReadUInt64LittleEndian(key) | 1;
    }

    /// <summary>How many words there are.</summary>
    public int Count => _digests.Count;

    /// <summary>The fewest letters of a word of the list.</summary>
    internal int Shortest { get; private set; } = MaximumLength;

    /// <summary>The most letters of a word of the list.</summary>
    internal int Longest { get; private set; } = MinimumLength;

    /// <summary>A bit for all words whose number times <see cref="Factor"/> begins with the same 14 bits, by the lower four of their length: bits 14 to 17 of its index.</summary>
    internal ReadOnlySpan<ulong> Coarse => _coarse;

    /// <summary>What a number is multiplied with for its tag.</summary>
    internal ulong Factor => _factor;

    /// <summary>Whether a word has this product of <see cref="Factor"/> and its number, as far as its tag goes.</summary>
    internal bool HasTag(ulong product, int length) => _tags.Contains((ulong)length << 24 | product >> 40);

    /// <summary>The number of a text of letters that may stand in either case.</summary>
    internal static ulong NumberOf(ReadOnlySpan<byte> letters)
    {
        ulong number = 0;
        for (var end = letters.Length; end > 0;)
        {
            var start = (end - 1) & ~7;
            ulong piece = 0;
            for (var i = end - 1; i >= start; i--) piece = piece << 8 | (byte)(letters[i] | 0x20);
            number = Join(Reduce(piece), number, 8);
            end = start;
        }

        return number;
    }

    /// <summary>The number of two texts, one behind the other.</summary>
    /// <param name="first">The number of the first.</param>
    /// <param name="second">The number of the second.</param>
    /// <param name="length">The letters of the first; up to 63.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Join(ulong first, ulong second, int length)
    {
        var bits = Bits[length & 63];
        var sum = first + ((second << bits | second >> (61 - bits)) & Prime);
        return Math.Min(sum, sum - Prime); // below zero is a large number
    }

    /// <summary>A number of up to eight letters modulo the prime.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Reduce(ulong letters)
    {
        var sum = (letters & Prime) + (letters >> 61);
        return Math.Min(sum, sum - Prime); // below zero is a large number
    }

    /// <summary>Whether a normalised word is in the list.</summary>
    /// <param name="word">Lower-case letters and digits, in ASCII.</param>
    /// <param name="number">Its number, under which a miss is remembered: texts repeat their words.</param>
    internal bool Holds(ReadOnlySpan<byte> word, ulong number)
    {
        var misses = _misses ??= new ulong[1 << MissBits];
        var known = number + (ulong)word.Length * 0x9E3779B97F4A7C15;
        ref var miss = ref misses[known * 0x9E3779B97F4A7C15 >> (64 - MissBits)];
        if (Volatile.Read(ref miss) == known) return false;
        if (_digests.Contains(DigestOf(_salt, word))) return true;
        Volatile.Write(ref miss, known);
        return false;
    }

    /// <summary>How many words stand in none of these lists. A list with another salt has none in common that anybody could see.</summary>
    internal int CountNotIn(IReadOnlyList<HashedWords> lists)
    {
        var left = new HashSet<UInt128>(_digests);
        foreach (var list in lists)
            if (list._salt.AsSpan().SequenceEqual(_salt)) left.ExceptWith(list._digests);
        return left.Count;
    }

    /// <summary>Normalises a word; see the remarks of the class.</summary>
    /// <param name="word">As people write it.</param>
    /// <param name="normalised">Lower-case letters and digits.</param>
    /// <param name="mistake">What is wrong with it.</param>
    public static bool TryNormalise(string word, out string normalised, [NotNullWhen(false)] out string? mistake)
    {
        var text = new StringBuilder(word.Length);
        foreach (var c in word)
        {
            if (char.IsAsciiLetterOrDigit(c)) text.Append(char.ToLowerInvariant(c));
            else if (c is not ('-' or '_' or '.' or ' '))
            {
                normalised = "";
                mistake = $"it holds '{Artifacts.EntryPath.Printable(c.ToString())}'; a hashed word has ASCII letters, digits, '-', '_', '.' and blanks";
                return false;
            }
        }

        normalised = text.ToString();
        mistake = normalised.Length is >= MinimumLength and <= MaximumLength ? null
            : string.Create(CultureInfo.InvariantCulture, $"it has {normalised.Length} letters and digits; {MinimumLength} to {MaximumLength} are possible");
        return mistake is null;
    }

    /// <summary>Makes the lines of a list. Sorted by hash, so that the order of the words does not show.</summary>
    /// <param name="words">Normalised words; one that comes twice is written once.</param>
    /// <param name="salt">16 to 64 random bytes.</param>
    public static IReadOnlyList<string> Make(IEnumerable<string> words, ReadOnlySpan<byte> salt)
    {
        if (salt.Length is < MinimumSalt or > MaximumSalt) throw new ArgumentException($"A salt has {MinimumSalt} to {MaximumSalt} bytes.", nameof(salt));
        var list = new HashedWords(salt.ToArray());
        var lines = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            var bytes = Encoding.ASCII.GetBytes(word);
            var digest = DigestOf(list._salt, bytes).ToString("x32", CultureInfo.InvariantCulture);
            lines[digest] = string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} {list.TagOf(bytes):x6} {digest}");
        }

        return [$"{Version} salt={Convert.ToHexString(salt).ToLowerInvariant()}", .. lines.Values];
    }

    /// <summary>Reads the first line of a list.</summary>
    internal static bool TryBegin(string line, [NotNullWhen(true)] out HashedWords? words, [NotNullWhen(false)] out string? mistake)
    {
        words = null;
        mistake = null;
        var parts = line.Split(' ');
        if (parts[0] != Version)
        {
            mistake = $"the list begins with the line '{Version} salt=…' that 'releasegate hash-words' writes";
        }
        else if (parts is not [_, var salt] || !salt.StartsWith("salt=", StringComparison.Ordinal) || !IsHex(salt.AsSpan(5)) || salt.Length - 5 is < 2 * MinimumSalt or > 2 * MaximumSalt)
        {
            mistake = $"one salt of {MinimumSalt} to {MaximumSalt} bytes in hexadecimal digits follows '{Version}', and nothing else";
        }
        else
        {
            words = new HashedWords(Convert.FromHexString(salt.AsSpan(5)));
        }

        return words is not null;
    }

    /// <summary>Reads one more line.</summary>
    internal bool TryAdd(string line, [NotNullWhen(false)] out string? mistake)
    {
        mistake = null;
        if (line.Split(' ') is not [var length, { Length: 6 } tag, { Length: 2 * DigestLength } digest]
            || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var letters)
            || !IsHex(tag) || !IsHex(digest))
        {
            mistake = "a hashed word is a length, a tag of 6 and a hash of 32 hexadecimal digits; the line was not written by 'releasegate hash-words', or was changed";
        }
        else if (letters is < MinimumLength or > MaximumLength)
        {
            mistake = $"a hashed word has {MinimumLength} to {MaximumLength} letters";
        }
        else if (!_digests.Add(UInt128.Parse(digest, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)))
        {
            mistake = "the word stands in the list a second time";
        }
        else
        {
            Shortest = Math.Min(Shortest, letters);
            Longest = Math.Max(Longest, letters);
            var bits = ulong.Parse(tag, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            _tags.Add((ulong)letters << 24 | bits);
            var at = bits >> 10 | (ulong)(letters & 15) << 14;
            _coarse[at >> 6] |= 1UL << (int)(at & 63);
        }

        return mistake is null;
    }

    private ulong TagOf(ReadOnlySpan<byte> word) => NumberOf(word) * _factor >> 40;

    private static UInt128 DigestOf(byte[] salt, ReadOnlySpan<byte> word)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(salt, word, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash[..DigestLength]);
    }

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiHexDigitLower(c)) return false;
        return true;
    }
}
