namespace ReleaseGate.Rules.BuiltIn;

/// <summary>
/// Reads source maps that stand in code as objects, as css-loader and inlined JSON leave them: <c>{version:3,sources:[…],sourcesContent:[…]}</c>, also in a string
/// for eval or JSON.parse. A map counts when it holds text of its sources.
/// </summary>
/// <remarks>
/// Every generator writes the version first, so <c>{</c>, <c>version</c> and <c>3</c> begin a candidate. Code that builds a map begins the same way,
/// and stops being data a few characters on, where <see cref="DataLiteral"/> gives up.
/// </remarks>
internal sealed class EmbeddedMapReader(TextForm form, ScriptFacts facts, bool onlyInStrings = false) : ScriptReader(form)
{
    // As .NET's serializer writes a quote in a string.
    private static ReadOnlySpan<byte> CodedQuote => @"\u0022"u8;

    private DataLiteral? _literal;
    private bool _isInString;
    private byte _outerQuote;
    private bool _afterBackslash;
    private int _hexLeft;
    private int _hexValue;
    private long _start;

    protected override ReadOnlySpan<byte> Word => "version"u8;

    protected override ReadOnlySpan<byte> Needle(TextForm form) => form switch
    {
        TextForm.Bytes => "version"u8,
        TextForm.Utf16 => "v\0e\0r\0s\0i\0o\0n\0"u8,
        _ => "\0v\0e\0r\0s\0i\0o\0n"u8,
    };

    protected override bool? Begins(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, bool isAll, long offset)
    {
        byte quote = 0;
        var text = before;
        var isEscaped = false;
        if (text.Length > 0 && text[^1] is (byte)'"' or (byte)'\'')
        {
            quote = text[^1];
            text = text[..^1];
            isEscaped = text.EndsWith("\\"u8);
            if (isEscaped) text = text[..^1];
        }
        else if (text.EndsWith(CodedQuote))
        {
            (quote, isEscaped) = ((byte)'"', true);
            text = text[..^CodedQuote.Length];
        }

        // In JSON what is no string is SourceMapScanner's.
        if (onlyInStrings && !isEscaped) return false;
        text = text.TrimEnd(" \t\r\n"u8);
        if (isEscaped)
            while (text.EndsWith(@"\n"u8)) text = text[..^2].TrimEnd((byte)' ');
        if (text.IsEmpty || text[^1] != '{') return false;
        text = text[..^1];
        // What begins a whole entry is SourceMapScanner's.
        if (offset <= before.Length * Size + 2 && text.TrimStart("\uFEFF"u8).TrimStart((byte)0xFF).TrimStart(")]}'[ \t\r\n"u8).IsEmpty) return false;
        switch (IsVersion3(after, quote, isEscaped))
        {
            case null when !isAll: return null;
            case not true: return false;
        }

        _outerQuote = text.Length > 0 && text[^1] is (byte)'\'' or (byte)'`' ? text[^1] : (byte)0;
        _isInString = isEscaped || (_outerQuote != 0 && quote != 0 && quote != _outerQuote);
        _afterBackslash = false;
        _hexLeft = 0;
        _start = offset;
        _literal = new DataLiteral();
        _literal.Read("{"u8);
        if (quote != 0) _literal.Read([quote]);
        _literal.Read(Word);
        return true;
    }

    protected override int Take(ReadOnlySpan<byte> text)
    {
        var taken = _isInString ? TakeEscaped(text) : _literal!.Read(text);
        if (_literal!.State == LiteralState.Open && taken == text.Length) return taken;
        Stop();
        End();
        return taken;
    }

    protected override void EndTaking() => End();

    private void End()
    {
        var map = _literal!.Finish();
        _literal = null;
        facts.IsTooDeep |= map.IsTooDeep;
        if (map.IsSourceMap && map.Facts.Files > 0) facts.AddMap(map.Facts, _start);
    }

    /// <summary>Undoes the escapes of the string that the map stands in.</summary>
    private int TakeEscaped(ReadOnlySpan<byte> text)
    {
        var i = 0;
        while (i < text.Length && _literal!.State == LiteralState.Open)
        {
            if (_hexLeft > 0)
            {
                if (!char.IsAsciiHexDigit((char)text[i])) return i;
                _hexValue = _hexValue << 4 | Convert.ToInt32(((char)text[i++]).ToString(), 16);
                if (--_hexLeft == 0) _literal.Read(_hexValue < 0x80 ? [(byte)_hexValue] : [0xC3, 0xBF]);
            }
            else if (_afterBackslash)
            {
                _afterBackslash = false;
                var b = text[i++];
                switch (b)
                {
                    case (byte)'n': _literal.Read("\n"u8); break;
                    case (byte)'r': _literal.Read("\r"u8); break;
                    case (byte)'t': _literal.Read("\t"u8); break;
                    case (byte)'u' or (byte)'x':
                        _hexLeft = b == 'u' ? 4 : 2;
                        _hexValue = 0;
                        break;
                    case (byte)'\n': break;
                    default: _literal.Read([b]); break;
                }
            }
            else
            {
                var run = _outerQuote != 0 ? text[i..].IndexOfAny((byte)'\\', _outerQuote) : text[i..].IndexOfAny((byte)'\\', (byte)'"', (byte)'\'');
                if (_outerQuote == 0 && run >= 0 && text[i + run] == '\'') run++; // an apostrophe in a string of double quotes, or the end: the literal tells
                var plain = run < 0 ? text[i..] : text.Slice(i, run);
                var read = _literal.Read(plain);
                i += read;
                if (read < plain.Length || i == text.Length) return i;
                if (text[i] == '\\')
                {
                    _afterBackslash = true;
                    i++;
                }
                else if (_outerQuote != 0 || text[i] == '"')
                {
                    return i; // the string ends
                }
            }
        }

        return i;
    }

    /// <summary>Whether <c>: 3</c> follows, and no further digit; null where too little is in sight.</summary>
    private static bool? IsVersion3(ReadOnlySpan<byte> after, byte quote, bool isEscaped)
    {
        var isCoded = isEscaped && after.StartsWith(CodedQuote);
        if (isCoded)
        {
            after = after[CodedQuote.Length..];
        }
        else if (isEscaped)
        {
            if (after.Length < CodedQuote.Length && CodedQuote.StartsWith(after)) return null;
            if (after[0] != '\\') return false;
            after = after[1..];
        }

        if (quote != 0 && !isCoded)
        {
            if (after.IsEmpty) return null;
            if (after[0] != quote) return false;
            after = after[1..];
        }

        after = after.TrimStart(" \t\r\n"u8);
        if (after.IsEmpty) return null;
        if (after[0] != ':') return false;
        after = after[1..].TrimStart(" \t\r\n"u8);
        if (after.IsEmpty) return null;
        if (after[0] != '3') return false;
        if (after.Length == 1) return null;
        return after[1] is (byte)',' or (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t' or (byte)'\\';
    }
}
