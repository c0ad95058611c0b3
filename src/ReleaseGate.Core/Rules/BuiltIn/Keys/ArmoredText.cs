using ReleaseGate.Rules.BuiltIn.Tokens;

namespace ReleaseGate.Rules.BuiltIn.Keys;

/// <summary>How an armored text ended.</summary>
internal enum ArmorEnd
{
    /// <summary>With dashes, as the line <c>-----END …</c> begins.</summary>
    Marker,

    /// <summary>The window ends in it.</summary>
    Cut,

    /// <summary>With something that is none of it, e.g. the dots of an example.</summary>
    Other,
}

/// <summary>
/// Reads the base64 of a PEM or PGP block (RFC 7468, RFC 4880) as it stands in files of all kinds: with indentation, in comments, as a string of JSON, C, JavaScript or XML
/// whose line ends are escaped, cut into strings that are put together again.
/// </summary>
internal ref struct ArmoredText
{
    private const int LongestGap = 96;
    private const int LongestPrefix = 16;

    private readonly ReadOnlySpan<byte> _window;
    private readonly ReadOnlySpan<byte> _prefix;
    private readonly Span<byte> _characters;
    private int _at;
    private bool _atLineStart;
    private bool _padded;

    private ArmoredText(ReadOnlySpan<byte> window, int at, ReadOnlySpan<byte> prefix, Span<byte> characters)
    {
        _window = window;
        _at = at;
        _prefix = prefix;
        _characters = characters;
    }

    /// <summary>How many base64 characters were read, without padding.</summary>
    public int Length { get; private set; }

    /// <summary>How it ended.</summary>
    public ArmorEnd End { get; private set; }

    /// <summary>Whether a header says that it is encrypted (RFC 1421: <c>Proc-Type: 4,ENCRYPTED</c>).</summary>
    public bool IsEncrypted { get; private set; }

    /// <summary>The four characters of a PGP checksum, or -1.</summary>
    public int Checksum { get; private set; }

    /// <summary>Reads.</summary>
    /// <param name="window">The bytes around.</param>
    /// <param name="at">Where the text begins, behind the line <c>-----BEGIN …</c>.</param>
    /// <param name="begin">Where that line begins; what stands before it in its line, e.g. <c>// </c>, stands before the others too. Negative where there is none.</param>
    /// <param name="characters">Where the base64 characters go.</param>
    public static ArmoredText Read(ReadOnlySpan<byte> window, int at, int begin, Span<byte> characters)
    {
        var text = new ArmoredText(window, at, Prefix(window, begin), characters) { Checksum = -1 };
        text.End = text.Read();
        return text;
    }

    // Signs of a comment, a quotation or an added line of a diff between the beginning of the line and the marker.
    private static ReadOnlySpan<byte> Prefix(ReadOnlySpan<byte> window, int begin)
    {
        var start = begin;
        while (start > 0 && begin - start < LongestPrefix && window[start - 1] is (byte)'/' or (byte)'*' or (byte)'#' or (byte)'>' or (byte)'|' or (byte)'!' or (byte)';' or (byte)'+' or (byte)' ' or (byte)'\t') start--;
        return begin <= 0 ? default : window[start..begin].Trim(" \t"u8);
    }

    private ArmorEnd Read()
    {
        _atLineStart = true;
        while (_at < _window.Length && Length < _characters.Length)
        {
            var c = _window[_at];
            if (_atLineStart && !_prefix.IsEmpty && _window[_at..].StartsWith(_prefix))
            {
                _at += _prefix.Length;
                _atLineStart = false;
                continue;
            }

            if (Charset.Base64.Contains(c))
            {
                if (Length == 0 && SkipHeader()) continue;
                if (_padded) return ArmorEnd.Other;
                Append(c);
                _at++;
                continue;
            }

            switch (c)
            {
                case (byte)' ' or (byte)'\t':
                    _at++;
                    break;
                case (byte)'\r' or (byte)'\n':
                    _at++;
                    _atLineStart = true;
                    break;
                case (byte)'=':
                    _at++;
                    ReadChecksum();
                    _padded = true;
                    break;
                case (byte)'-':
                    return ArmorEnd.Marker;
                case (byte)'\\' when SkipEscape():
                case (byte)'"' or (byte)'\'' or (byte)'`' when SkipGap():
                case (byte)'%' when SkipCode(1, 2):
                case (byte)'&' when SkipEntity():
                case (byte)'<' when SkipBreak():
                    break;
                default:
                    return IsNearEnd() ? ArmorEnd.Cut : ArmorEnd.Other;
            }
        }

        return ArmorEnd.Cut;
    }

    // An escape that the window cuts in two ends nothing.
    private readonly bool IsNearEnd() => _window.Length - _at < 8 && _window.Length - _at < LongestGap && _window[_at] is (byte)'\\' or (byte)'"' or (byte)'\'' or (byte)'&' or (byte)'%' or (byte)'<';

    private void Append(byte c)
    {
        if (Length < _characters.Length) _characters[Length++] = c;
        _atLineStart = false;
    }

    // "=ABCD" at the start of a line is the CRC-24 of PGP.
    private void ReadChecksum()
    {
        if (!_atLineStart || TokenText.Run(_window, _at, Charset.Base64, 5) != 4) return;
        var value = 0;
        for (var i = 0; i < 4; i++) value = value << 6 | TokenCodec.Base64Value(_window[_at + i]);
        Checksum = value;
        _at += 4;
    }

    // "DEK-Info: AES-128-CBC,…" up to the end of its line, real or escaped.
    private bool SkipHeader()
    {
        var name = TokenText.Run(_window, _at, Charset.Letters | Charset.Of('-') | Charset.Digits, 24);
        if (name == 0 || !TokenText.Has(_window, _at + name, ":"u8)) return false;
        var rest = _window[_at..];
        var length = 0;
        while (length < rest.Length && !EndsHeader(rest[length..])) length++;
        IsEncrypted |= rest[..length].IndexOf("ENCRYPTED"u8) >= 0;
        _at += length;
        return true;
    }

    // A line end, as it is, escaped, as an entity of XML or in percent; or the end of the string the line stands in.
    private static bool EndsHeader(ReadOnlySpan<byte> rest) => rest[0] switch
    {
        (byte)'\n' or (byte)'\r' or (byte)'"' or (byte)'\'' or (byte)'`' or (byte)'<' => true,
        (byte)'\\' => rest.Length > 1 && rest[1] is (byte)'n' or (byte)'r' or (byte)'\\' or (byte)'u',
        (byte)'&' => rest.Length > 1 && rest[1] == '#',
        (byte)'%' => rest.Length > 1 && rest[1] == '0',
        _ => false,
    };

    private bool SkipEscape()
    {
        var at = _at;
        while (at < _window.Length && _window[at] == '\\') at++;
        if (at >= _window.Length) return false;
        switch (_window[at])
        {
            case (byte)'n' or (byte)'r':
                _at = at + 1;
                _atLineStart = true;
                return true;
            case (byte)'t':
                _at = at + 1;
                return true;
            case (byte)'/':
                Append((byte)'/');
                _at = at + 1;
                return true;
            case (byte)'u':
                _at = at;
                return SkipCode(1, 4);
            case (byte)'x':
                _at = at;
                return SkipCode(1, 2);
            case (byte)'\r' or (byte)'\n' or (byte)'"' or (byte)'\'' or (byte)'`':
                _at = at;
                return true;
            default:
                return false;
        }
    }

    // The character with a hexadecimal code: a line end, a sign of base64, a quote.
    private bool SkipCode(int before, int digits)
    {
        if (_at + before + digits > _window.Length || !TokenCodec.TryHex(_window.Slice(_at + before, digits), out var code)) return false;
        _at += before + digits;
        return Take((int)code);
    }

    private bool Take(int code)
    {
        switch (code)
        {
            case '\n' or '\r':
                _atLineStart = true;
                return true;
            case ' ' or '\t':
                return true;
            case '+' or '/':
                Append((byte)code);
                return true;
            case '=':
                _padded = true;
                return true;
            case '"' or '\'' or '`':
                _at--;
                return SkipGap();
            default:
                return false;
        }
    }

    // From the end of one string to the beginning of the next: "…" + "…", "…", "…".
    private bool SkipGap()
    {
        var rest = _window[Math.Min(_window.Length, _at + 1)..];
        var gap = rest[..Math.Min(rest.Length, LongestGap)].IndexOfAny((byte)'"', (byte)'\'', (byte)'`');
        if (gap < 0) return false;
        _at += gap + 2;
        _atLineStart = false;
        return true;
    }

    // "&#10;", "&#xD;" and the like.
    private bool SkipEntity()
    {
        var rest = _window[_at..];
        var end = rest[..Math.Min(rest.Length, 9)].IndexOf((byte)';');
        if (end < 3 || rest[1] != '#') return false;
        var isHex = rest[2] is (byte)'x' or (byte)'X';
        var code = 0;
        if (isHex)
        {
            if (!TokenCodec.TryHex(rest[3..end], out var value) || value > 0xFFFF) return false;
            code = (int)value;
        }
        else
        {
            foreach (var c in rest[2..end])
            {
                if (!Charset.Digits.Contains(c)) return false;
                code = code * 10 + c - '0';
            }
        }

        _at += end + 1;
        return Take(code);
    }

    private bool SkipBreak()
    {
        var rest = _window[_at..];
        if (rest.Length < 4 || (rest[1] | 0x20) != 'b' || (rest[2] | 0x20) != 'r') return false;
        var end = rest[..Math.Min(rest.Length, 8)].IndexOf((byte)'>');
        if (end < 0) return false;
        _at += end + 1;
        _atLineStart = true;
        return true;
    }
}
